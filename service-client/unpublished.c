/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Paths and bodies of our own contract. See the header for what is assumed.
 */
#include "config.h"

#include "service-client/unpublished.h"

#include "service-client/service-call.h"
#include "service-client/service-error-private.h"
#include "service-client/service-url.h"

typedef struct {
    guint status;
    char *failure;
} Expected;

static void free_expected(gpointer data)
{
    Expected *expected = data;

    g_free(expected->failure);
    g_free(expected);
}

static GError *refuse(const RmsHttpResponse *response, const Expected *expected)
{
    GError *error = rms_service_call_refuse(response);

    g_prefix_error(&error, "%s: ", expected->failure);
    if (response->status == 404 || response->status == 400)
        rms_service_error_set_problem(error, RMS_SERVICE_PROBLEM_IDENTITY);
    return error;
}

static void on_answered(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GTask) task = user_data;
    const Expected *expected = g_task_get_task_data(task);
    g_autoptr(RmsHttpResponse) response = NULL;
    g_autoptr(cJSON) json = NULL;
    GError *error = NULL;

    response = rms_service_call_finish(result, &error);
    if (response != NULL && response->status != expected->status)
        error = refuse(response, expected);
    else if (response != NULL && response->status != 204)
        json = rms_http_response_parse_json(response, &error);
    if (error != NULL)
        g_task_return_error(task, error);
    else
        g_task_return_pointer(task, g_steal_pointer(&json), (GDestroyNotify) cJSON_Delete);
}

void rms_unpublished_call_async(RmsAccount *account,
                                const RmsUnpublishedCall *call,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
    g_autofree char *url = NULL;
    g_autofree char *body = NULL;
    Expected *expected;
    GTask *task;

    g_return_if_fail(RMS_IS_ACCOUNT(account) && call != NULL && call->admin_url != NULL);

    task = g_task_new(account, cancellable, callback, user_data);
    g_task_set_source_tag(task, rms_unpublished_call_async);
    expected = g_new0(Expected, 1);
    expected->status = call->status;
    expected->failure = g_strdup(call->failure);
    g_task_set_task_data(task, expected, free_expected);
    url = rms_service_url_join(call->admin_url, call->path);
    if (call->body != NULL)
        body = rms_json_print(call->body, FALSE);
    rms_service_call_async(
        account,
        &(const RmsServiceRequest){
            .method = call->method, .url = url, .media_type = "application/json", .body = body},
        cancellable,
        on_answered,
        task);
}

gboolean rms_unpublished_call_finish(GAsyncResult *result, cJSON **json, GError **error)
{
    g_autoptr(GError) local_error = NULL;
    g_autoptr(cJSON) answer = NULL;

    g_return_val_if_fail(g_async_result_is_tagged(result, rms_unpublished_call_async), FALSE);

    answer = g_task_propagate_pointer(G_TASK(result), &local_error);
    if (local_error != NULL) {
        g_propagate_error(error, g_steal_pointer(&local_error));
        return FALSE;
    }
    if (json != NULL)
        *json = g_steal_pointer(&answer);
    return TRUE;
}

char *rms_unpublished_role_path(const char *role_name)
{
    return g_strconcat("/Administrators/Roles/", role_name, NULL);
}

char *rms_unpublished_credential_path(const char *id)
{
    g_autofree char *escaped = id != NULL ? g_uri_escape_string(id, NULL, FALSE) : NULL;

    return g_strconcat(
        "/ConnectorCredentials", escaped != NULL ? "/" : "", escaped != NULL ? escaped : "", NULL);
}

cJSON *rms_unpublished_identity_body(const char *member, const char *value)
{
    cJSON *body = cJSON_CreateObject();

    cJSON_AddStringToObject(body, member, value);
    return body;
}

cJSON *rms_unpublished_credential_body(const char *name,
                                       const char *certificate,
                                       const char *application_id)
{
    cJSON *body = cJSON_CreateObject();

    cJSON_AddStringToObject(body, "DisplayName", name);
    cJSON_AddStringToObject(body, "Certificate", certificate);
    if (application_id != NULL)
        cJSON_AddStringToObject(body, "ApplicationId", application_id);
    return body;
}
