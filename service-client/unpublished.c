/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The room's only write to the tenant. See the header for what is assumed.
 */
#include "config.h"

#include "service-client/unpublished.h"

#include "service-client/service-call.h"
#include "service-client/service-url.h"

static void on_answered(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GTask) task = user_data;
    g_autoptr(RmsHttpResponse) response = NULL;
    GError *error = NULL;

    response = rms_service_call_finish(result, &error);
    if (response == NULL) {
        g_task_return_error(task, error);
        return;
    }
    if (response->status == 200) {
        g_task_return_boolean(task, TRUE);
        return;
    }
    error = rms_service_call_refuse(response);
    g_prefix_error(&error, "The super-user feature was not switched: ");
    g_task_return_error(task, error);
}

void rms_unpublished_set_super_user_state_async(RmsAccount *account,
                                                const char *admin_url,
                                                gboolean enabled,
                                                GCancellable *cancellable,
                                                GAsyncReadyCallback callback,
                                                gpointer user_data)
{
    g_autofree char *url = NULL;
    GTask *task;

    g_return_if_fail(RMS_IS_ACCOUNT(account) && admin_url != NULL);

    task = g_task_new(account, cancellable, callback, user_data);
    g_task_set_source_tag(task, rms_unpublished_set_super_user_state_async);
    url = rms_service_url_join(admin_url, "/SuperUserState");
    rms_service_call_async(account,
                           &(const RmsServiceRequest){.method = "PUT",
                                                      .url = url,
                                                      .media_type = "application/json",
                                                      .body = enabled ? "1" : "0"},
                           cancellable,
                           on_answered,
                           task);
}

gboolean rms_unpublished_set_super_user_state_finish(GAsyncResult *result, GError **error)
{
    g_return_val_if_fail(
        g_async_result_is_tagged(result, rms_unpublished_set_super_user_state_async), FALSE);

    return g_task_propagate_boolean(G_TASK(result), error);
}
