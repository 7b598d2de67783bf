/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * RmsConsole: signing in and out, and what the tenant says of the account.
 */
#include "config.h"

#include "ui/console-private.h"

#include <glib/gi18n.h>

#include "ui/words.h"

static void on_tenant_discovered(GObject *source, GAsyncResult *result, gpointer user_data);

/* Which tenant a connector serves is decided by who signs in with a role there; a sign-in without a
 * role changes nothing. */
static gboolean point_connector_at(RmsConsole *self, RmsTenant *tenant, GError **error)
{
    g_autofree char *before = g_strdup(rms_connector_get_tenant(self->connector));
    const char *url = rms_tenant_get_service_url(tenant);
    RmsAccount *account = rms_tenant_get_account(tenant);
    const char *user_name = rms_account_get_user_name(account);
    g_autoptr(GString) message = g_string_new(NULL);
    g_autoptr(RmsEvent) event = NULL;
    RmsTenantRole role = rms_tenant_get_role(tenant);

    if (role != RMS_TENANT_ROLE_NONE && !rms_connector_set_tenant(self->connector, url, error))
        return FALSE;
    g_string_printf(message,
                    "%s signed in to the tenant of %s. Role: %s.",
                    user_name,
                    rms_tenant_get_organization(tenant),
                    rms_words_log_tenant_role(role));
    if (role != RMS_TENANT_ROLE_NONE && g_strcmp0(before, url) != 0) {
        g_string_append_printf(message, " The connector now relays to %s", url);
        if (before != NULL)
            g_string_append_printf(message, ", no longer to %s", before);
        g_string_append_c(message, '.');
    }
    event = rms_event_new(RMS_EVENT_SIGNED_IN, message->str, user_name, NULL, NULL);
    rms_connector_log(self->connector, event);
    return TRUE;
}

static void finish_sign_in(GTask *task, GError *error)
{
    rms_console_set_signing_in(g_task_get_source_object(task), FALSE);
    if (error != NULL)
        g_task_return_error(task, error);
    else
        g_task_return_boolean(task, TRUE);
}

static void on_account_signed_in(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GTask) task = user_data;
    g_autoptr(GError) error = NULL;
    g_autoptr(RmsAccount) account = rms_sign_in_finish(result, &error);

    if (account == NULL) {
        finish_sign_in(task, g_steal_pointer(&error));
        return;
    }
    g_task_set_task_data(task, g_object_ref(account), g_object_unref);
    rms_tenant_discover_async(
        account, g_task_get_cancellable(task), on_tenant_discovered, g_object_ref(task));
}

static void on_tenant_discovered(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GTask) task = user_data;
    RmsConsole *self = g_task_get_source_object(task);
    RmsAccount *account = g_task_get_task_data(task);
    g_autoptr(GError) error = NULL;
    g_autoptr(RmsTenant) tenant = rms_tenant_discover_finish(result, &error);

    if (tenant == NULL ||
        g_cancellable_set_error_if_cancelled(g_task_get_cancellable(task), &error) ||
        !point_connector_at(self, tenant, &error)) {
        rms_account_sign_out(account);
        finish_sign_in(task, g_steal_pointer(&error));
        return;
    }
    if (self->account != NULL && self->account != account)
        rms_console_sign_out(self);
    rms_console_adopt_account(self, account, tenant);
    finish_sign_in(task, NULL);
}

static GTask *start_sign_in(RmsConsole *self,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data,
                            gpointer source_tag)
{
    g_autoptr(GTask) task = g_task_new(self, cancellable, callback, user_data);

    g_task_set_source_tag(task, source_tag);
    if (self->signing_in) {
        g_task_return_new_error(task,
                                G_IO_ERROR,
                                G_IO_ERROR_PENDING,
                                "%s",
                                _("Another sign-in is under way. Finish or cancel it first."));
        return NULL;
    }
    rms_console_set_signing_in(self, TRUE);
    return g_steal_pointer(&task);
}

void rms_console_sign_in_device_async(RmsConsole *self,
                                      RmsDeviceCodeFunc show,
                                      gpointer show_data,
                                      GDestroyNotify show_destroy,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data)
{
    GTask *task = NULL;

    g_return_if_fail(RMS_IS_CONSOLE(self));
    g_return_if_fail(show != NULL);

    task = start_sign_in(self, cancellable, callback, user_data, rms_console_sign_in_device_async);
    if (task != NULL)
        rms_sign_in_device_async(self->environment,
                                 show,
                                 show_data,
                                 show_destroy,
                                 cancellable,
                                 on_account_signed_in,
                                 task);
    else if (show_destroy != NULL)
        show_destroy(show_data);
}

void rms_console_sign_in_browser_async(RmsConsole *self,
                                       RmsOpenUriFunc open,
                                       gpointer open_data,
                                       GDestroyNotify open_destroy,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data)
{
    GTask *task = NULL;

    g_return_if_fail(RMS_IS_CONSOLE(self));
    g_return_if_fail(open != NULL);

    task = start_sign_in(self, cancellable, callback, user_data, rms_console_sign_in_browser_async);
    if (task != NULL)
        rms_sign_in_browser_async(self->environment,
                                  open,
                                  open_data,
                                  open_destroy,
                                  cancellable,
                                  on_account_signed_in,
                                  task);
    else if (open_destroy != NULL)
        open_destroy(open_data);
}

gboolean rms_console_sign_in_finish(RmsConsole *self, GAsyncResult *result, GError **error)
{
    g_return_val_if_fail(g_task_is_valid(result, self), FALSE);
    return g_task_propagate_boolean(G_TASK(result), error);
}

void rms_console_sign_out(RmsConsole *self)
{
    g_autoptr(RmsAccount) account = NULL;

    g_return_if_fail(RMS_IS_CONSOLE(self));

    if (self->account == NULL)
        return;
    account = g_object_ref(self->account);
    rms_console_adopt_account(self, NULL, NULL);
    rms_account_sign_out(account);
}

static void on_tenant_refreshed(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GTask) task = user_data;
    g_autoptr(GError) error = NULL;

    if (rms_tenant_refresh_finish(RMS_TENANT(source), result, &error))
        g_task_return_boolean(task, TRUE);
    else
        g_task_return_error(task, g_steal_pointer(&error));
}

void rms_console_refresh_async(RmsConsole *self,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
    GTask *task = NULL;

    g_return_if_fail(RMS_IS_CONSOLE(self));

    task = g_task_new(self, cancellable, callback, user_data);
    g_task_set_source_tag(task, rms_console_refresh_async);
    if (self->tenant != NULL) {
        rms_tenant_refresh_async(self->tenant, cancellable, on_tenant_refreshed, task);
        return;
    }
    g_task_return_boolean(task, TRUE);
    g_object_unref(task);
}

gboolean rms_console_refresh_finish(RmsConsole *self, GAsyncResult *result, GError **error)
{
    g_return_val_if_fail(g_task_is_valid(result, self), FALSE);
    return g_task_propagate_boolean(G_TASK(result), error);
}
