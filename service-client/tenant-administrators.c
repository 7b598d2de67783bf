/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Write, read the list back, compare.
 *
 * Whoever takes the last role from their own account cannot read the list any more: that is what
 * was asked for, and no failure.
 */
#include "config.h"

#include "service-client/tenant-administrators.h"

#include <string.h>

#include "service-client/account-private.h"
#include "service-client/service-call.h"
#include "service-client/service-error-private.h"
#include "service-client/service-limits.h"
#include "service-client/service-url.h"
#include "service-client/tenant-private.h"
#include "service-client/tenant-records-private.h"
#include "service-client/unpublished.h"

typedef struct {
    RmsTenantAdministratorRole role;
    gboolean adding;
    char *object_id;
    RmsTenantAdministrator *added;
} Change;

static const char *const members[] = {"EmailAddress", "ObjectId", "SecurityGroupDisplayName"};

static void free_change(gpointer data)
{
    Change *change = data;

    g_free(change->object_id);
    rms_tenant_administrator_free(change->added);
    g_free(change);
}

static gboolean is_printable(const char *text)
{
    gboolean blank = TRUE;

    if (!g_utf8_validate(text, -1, NULL) || strlen(text) > RMS_SERVICE_MAX_CLAIM_BYTES)
        return FALSE;
    for (const char *c = text; *c != '\0'; c = g_utf8_next_char(c)) {
        gunichar character = g_utf8_get_char(c);

        if (!g_unichar_isprint(character))
            return FALSE;
        blank = blank && g_unichar_isspace(character);
    }
    return !blank;
}

/* One @, something on both sides, no blanks: more is the service's to judge. */
static gboolean is_email(const char *text)
{
    const char *at = strchr(text, '@');

    return at != NULL && at != text && at[1] != '\0' && strchr(at + 1, '@') == NULL &&
           strpbrk(text, " \t,;<>\"") == NULL;
}

gboolean rms_tenant_identity_check(RmsTenantIdentity kind, const char *text, GError **error)
{
    static const char *const wanted[] = {"an e-mail address such as admin@contoso.com",
                                         "an object id such as "
                                         "1c6dd8b2-3f0a-4d0e-8b0f-5d1f6a1e7c11",
                                         "the display name of a security group"};
    gboolean good;
    GError *refusal;

    g_return_val_if_fail(kind < G_N_ELEMENTS(wanted) && text != NULL, FALSE);

    good = is_printable(text);
    if (kind == RMS_TENANT_IDENTITY_EMAIL)
        good = good && is_email(text);
    else if (kind == RMS_TENANT_IDENTITY_OBJECT_ID)
        good = good && g_uuid_string_is_valid(text);
    if (good)
        return TRUE;
    refusal =
        g_error_new(RMS_SERVICE_ERROR, RMS_SERVICE_ERROR_REFUSED, "This is not %s", wanted[kind]);
    rms_service_error_set_problem(refusal, RMS_SERVICE_PROBLEM_IDENTITY);
    g_propagate_error(error, refusal);
    return FALSE;
}

static void return_change(GTask *task, Change *change)
{
    if (change->adding)
        g_task_return_pointer(
            task, g_steal_pointer(&change->added), (GDestroyNotify) rms_tenant_administrator_free);
    else
        g_task_return_boolean(task, TRUE);
}

/* @list: (transfer full) */
static void compare(GTask *task, GPtrArray *list)
{
    RmsTenant *tenant = g_task_get_source_object(task);
    Change *change = g_task_get_task_data(task);
    gboolean there = rms_tenant_administrators_include(list, change->object_id, NULL);

    rms_tenant_take_administrators(tenant, change->role, list);
    if (there == change->adding)
        return_change(task, change);
    else
        g_task_return_new_error(
            task,
            RMS_SERVICE_ERROR,
            RMS_SERVICE_ERROR_REFUSED,
            "The administration service accepted the change, but its list of "
            "administrators does not show it yet. Look again in a few minutes.");
}

static void on_list_answered(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GTask) task = user_data;
    RmsTenant *tenant = g_task_get_source_object(task);
    Change *change = g_task_get_task_data(task);
    RmsAccount *account = rms_tenant_get_account(tenant);
    g_autoptr(cJSON) json = NULL;
    GPtrArray *list = NULL;
    GError *error = NULL;
    g_autoptr(RmsHttpResponse) response = rms_service_call_finish(result, &error);

    if (g_error_matches(error, RMS_SERVICE_ERROR, RMS_SERVICE_ERROR_NO_ROLE) && !change->adding &&
        g_ascii_strcasecmp(change->object_id, rms_account_get_object_id(account)) == 0) {
        g_clear_error(&error);
        return_change(task, change);
        return;
    }
    if (response != NULL && response->status != 200)
        error = rms_service_call_refuse(response);
    else if (response != NULL)
        json = rms_http_response_parse_json(response, &error);
    if (json != NULL)
        list = rms_tenant_administrators_read(json, &error);
    if (list != NULL)
        compare(task, list);
    else
        g_task_return_error(task, error);
}

static void on_written(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GTask) task = user_data;
    RmsTenant *tenant = g_task_get_source_object(task);
    Change *change = g_task_get_task_data(task);
    g_autofree char *path =
        rms_unpublished_role_path(rms_tenant_administrator_role_name(change->role));
    g_autofree char *url = rms_service_url_join(rms_tenant_get_admin_url(tenant), path);
    g_autoptr(cJSON) json = NULL;
    GError *error = NULL;

    if (rms_unpublished_call_finish(result, &json, &error) && change->adding)
        change->added = rms_tenant_administrator_read(json, &error);
    if (error != NULL) {
        g_task_return_error(task, error);
        return;
    }
    if (change->added != NULL)
        change->object_id = g_strdup(change->added->object_id);
    rms_tenant_get_async(
        tenant, url, 0, g_task_get_cancellable(task), on_list_answered, g_object_ref(task));
}

static void write_change(GTask *task, const char *method, guint status, const cJSON *body)
{
    RmsTenant *tenant = g_task_get_source_object(task);
    const Change *change = g_task_get_task_data(task);
    g_autofree char *path =
        rms_unpublished_role_path(rms_tenant_administrator_role_name(change->role));

    rms_unpublished_call_async(
        rms_tenant_get_account(tenant),
        &(const RmsUnpublishedCall){.method = method,
                                    .admin_url = rms_tenant_get_admin_url(tenant),
                                    .path = path,
                                    .body = body,
                                    .status = status,
                                    .failure = change->adding ? "The role was not given"
                                                              : "The role was not taken"},
        g_task_get_cancellable(task),
        on_written,
        g_object_ref(task));
}

void rms_tenant_add_administrator_async(RmsTenant *tenant,
                                        RmsTenantAdministratorRole role,
                                        RmsTenantIdentity kind,
                                        const char *identity,
                                        GCancellable *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer user_data)
{
    g_autoptr(GTask) task = NULL;
    g_autoptr(cJSON) body = NULL;
    GError *error = NULL;
    Change *change;

    g_return_if_fail(RMS_IS_TENANT(tenant) && identity != NULL && kind < G_N_ELEMENTS(members));

    task = g_task_new(tenant, cancellable, callback, user_data);
    g_task_set_source_tag(task, rms_tenant_add_administrator_async);
    change = g_new0(Change, 1);
    change->role = role;
    change->adding = TRUE;
    g_task_set_task_data(task, change, free_change);
    if (!rms_tenant_identity_check(kind, identity, &error)) {
        g_task_return_error(task, error);
        return;
    }
    body = rms_unpublished_identity_body(members[kind], identity);
    write_change(task, "POST", 201, body);
}

RmsTenantAdministrator *
rms_tenant_add_administrator_finish(RmsTenant *tenant, GAsyncResult *result, GError **error)
{
    g_return_val_if_fail(g_task_is_valid(result, tenant), NULL);

    return g_task_propagate_pointer(G_TASK(result), error);
}

void rms_tenant_remove_administrator_async(RmsTenant *tenant,
                                           RmsTenantAdministratorRole role,
                                           const char *object_id,
                                           GCancellable *cancellable,
                                           GAsyncReadyCallback callback,
                                           gpointer user_data)
{
    g_autoptr(GTask) task = NULL;
    g_autoptr(cJSON) body = NULL;
    Change *change;

    g_return_if_fail(RMS_IS_TENANT(tenant) && object_id != NULL);

    task = g_task_new(tenant, cancellable, callback, user_data);
    g_task_set_source_tag(task, rms_tenant_remove_administrator_async);
    change = g_new0(Change, 1);
    change->role = role;
    change->object_id = g_strdup(object_id);
    g_task_set_task_data(task, change, free_change);
    body = rms_unpublished_identity_body("ObjectId", object_id);
    write_change(task, "DELETE", 204, body);
}

gboolean
rms_tenant_remove_administrator_finish(RmsTenant *tenant, GAsyncResult *result, GError **error)
{
    g_return_val_if_fail(g_task_is_valid(result, tenant), FALSE);

    return g_task_propagate_boolean(G_TASK(result), error);
}
