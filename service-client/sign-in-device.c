/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Device authorization grant (RFC 8628, protocol.md §4.3).
 *
 *     ask for a code ──> show it ──> wait ──> poll ──> tokens, or refused for good
 *                                     ▲        │
 *                                     └────────┘ pending, slow_down, unreachable
 *
 * Every arrow can be cancelled; the code's own lifetime ends the waiting in any case.
 */
#include "config.h"

#include "service-client/account-private.h"

#include <string.h>

#include "service-client/service-connection.h"
#include "service-client/service-limits.h"
#include "service-client/service-url.h"
#include "service-client/provider-text.h"

typedef struct {
    RmsCloudEnvironment *environment;
    RmsHttpClient *client;
    RmsDeviceCodeFunc show;
    gpointer show_data;
    GDestroyNotify show_destroy;
    RmsSecret *device_code;
    guint interval;  /* seconds between two polls */
    gint64 deadline; /* monotonic microseconds */
} DeviceSignIn;

static void wait_for_poll(GTask *task);

static void free_sign_in(gpointer data)
{
    DeviceSignIn *sign_in = data;

    if (sign_in->show_destroy != NULL)
        sign_in->show_destroy(sign_in->show_data);
    rms_cloud_environment_free(sign_in->environment);
    g_clear_object(&sign_in->client);
    rms_secret_unref(sign_in->device_code);
    g_free(sign_in);
}

static void on_poll_answered(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GTask) task = user_data;
    DeviceSignIn *sign_in = g_task_get_task_data(task);
    GError *error = NULL;
    g_autoptr(cJSON) answer = rms_oauth_post_finish(result, &error);
    const char *refusal = answer != NULL ? rms_oauth_get_refusal(answer) : NULL;

    /* RFC 8628 §3.5: after a time-out, poll less often. */
    if (g_error_matches(error, RMS_SERVICE_ERROR, RMS_SERVICE_ERROR_UNREACHABLE) ||
        g_error_matches(error, RMS_SERVICE_ERROR, RMS_SERVICE_ERROR_THROTTLED)) {
        sign_in->interval = MAX(sign_in->interval * 2, rms_service_error_get_retry_after(error));
        g_clear_error(&error);
        wait_for_poll(g_steal_pointer(&task));
    } else if (error != NULL) {
        g_task_return_error(task, error);
    } else if (g_strcmp0(refusal, "authorization_pending") == 0) {
        wait_for_poll(g_steal_pointer(&task));
    } else if (g_strcmp0(refusal, "slow_down") == 0) {
        sign_in->interval += 5;
        wait_for_poll(g_steal_pointer(&task));
    } else {
        rms_sign_in_complete(task, sign_in->environment, sign_in->client, NULL, answer, NULL);
    }
}

static gboolean on_poll_due(gpointer user_data)
{
    g_autoptr(GTask) task = g_object_ref(user_data);
    DeviceSignIn *sign_in = g_task_get_task_data(task);
    g_autofree char *endpoint = rms_oauth_endpoint(sign_in->environment, "token");
    RmsOauthForm *form;

    if (g_task_return_error_if_cancelled(task))
        return G_SOURCE_REMOVE;
    if (g_get_monotonic_time() >= sign_in->deadline) {
        g_task_return_new_error(task,
                                RMS_SERVICE_ERROR,
                                RMS_SERVICE_ERROR_SIGN_IN,
                                "The code was not entered in time. Start the sign-in again.");
        return G_SOURCE_REMOVE;
    }
    form = rms_oauth_form_new();
    rms_oauth_form_add(form, "grant_type", "urn:ietf:params:oauth:grant-type:device_code");
    rms_oauth_form_add(form, "client_id", sign_in->environment->client_id);
    rms_oauth_form_add_secret(form, "device_code", sign_in->device_code);
    rms_oauth_post_async(sign_in->client,
                         endpoint,
                         form,
                         g_task_get_cancellable(task),
                         on_poll_answered,
                         g_object_ref(task));
    return G_SOURCE_REMOVE;
}

/* @task: (transfer full). A cancellation wakes the timer up at once. */
static void wait_for_poll(GTask *task)
{
    DeviceSignIn *sign_in = g_task_get_task_data(task);
    gint64 left = MAX(sign_in->deadline - g_get_monotonic_time(), 0) / 1000;
    g_autoptr(GSource) timer = NULL;

    sign_in->interval = MIN(sign_in->interval, RMS_SERVICE_MAX_POLL_SECONDS);
    timer = g_timeout_source_new((guint) MIN(sign_in->interval * 1000, left));
    if (g_task_get_cancellable(task) != NULL) {
        g_autoptr(GSource) cancelled = g_cancellable_source_new(g_task_get_cancellable(task));

        g_source_set_dummy_callback(cancelled);
        g_source_add_child_source(timer, cancelled);
    }
    g_source_set_static_name(timer, "RMS device sign-in");
    g_source_set_callback(timer, on_poll_due, task, g_object_unref);
    g_source_attach(timer, g_task_get_context(task));
}

/* RFC 8628 §3.2. The address is shown for somebody to type a password there. */
static gboolean read_device_answer(DeviceSignIn *sign_in, cJSON *answer, GError **error)
{
    const char *uri =
        rms_json_get_string(answer, "verification_uri", RMS_SERVICE_MAX_URL_BYTES, NULL);
    const char *code = rms_json_get_string(answer, "user_code", RMS_SERVICE_MAX_CLAIM_BYTES, NULL);
    g_autofree char *clean_code = rms_provider_text_clean(code, RMS_SERVICE_MAX_CLAIM_BYTES);
    gint64 expires_in = 0;
    gint64 interval = 5; /* RFC 8628 §3.2, where the answer has none */

    sign_in->device_code = rms_oauth_take_secret(answer, "device_code");
    if (sign_in->device_code == NULL || *clean_code == '\0' || !rms_service_url_is_https(uri) ||
        !rms_json_get_int(answer, "expires_in", 1, G_MAXINT32, &expires_in, NULL) ||
        (cJSON_GetObjectItemCaseSensitive(answer, "interval") != NULL &&
         !rms_json_get_int(answer, "interval", 1, G_MAXINT32, &interval, NULL))) {
        g_set_error(error,
                    RMS_SERVICE_ERROR,
                    RMS_SERVICE_ERROR_PROTOCOL,
                    "The sign-in service answered without a usable device code");
        return FALSE;
    }
    expires_in = MIN(expires_in, RMS_SERVICE_MAX_DEVICE_SECONDS);
    sign_in->interval = (guint) MIN(interval, RMS_SERVICE_MAX_POLL_SECONDS);
    sign_in->deadline = g_get_monotonic_time() + expires_in * G_USEC_PER_SEC;
    sign_in->show(clean_code, uri, (guint) expires_in, sign_in->show_data);
    return TRUE;
}

static void on_device_code_answered(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GTask) task = user_data;
    DeviceSignIn *sign_in = g_task_get_task_data(task);
    GError *error = NULL;
    g_autoptr(cJSON) answer = rms_oauth_post_finish(result, &error);

    if (answer != NULL && rms_oauth_get_refusal(answer) != NULL)
        error = rms_oauth_refuse(answer);
    if (error != NULL || !read_device_answer(sign_in, answer, &error))
        g_task_return_error(task, error);
    else
        wait_for_poll(g_steal_pointer(&task));
}

void rms_sign_in_device_async(const RmsCloudEnvironment *environment,
                              RmsDeviceCodeFunc show,
                              gpointer show_data,
                              GDestroyNotify show_destroy,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
    g_autoptr(GTask) task = NULL;
    g_autofree char *endpoint = NULL;
    g_autofree char *scope = NULL;
    GError *error = NULL;
    DeviceSignIn *sign_in;
    RmsOauthForm *form;

    g_return_if_fail(environment != NULL && show != NULL);

    task = g_task_new(NULL, cancellable, callback, user_data);
    g_task_set_source_tag(task, rms_sign_in_device_async);
    sign_in = g_new0(DeviceSignIn, 1);
    sign_in->environment = rms_cloud_environment_copy(environment);
    sign_in->show = show;
    sign_in->show_data = show_data;
    sign_in->show_destroy = show_destroy;
    g_task_set_task_data(task, sign_in, free_sign_in);
    if (rms_cloud_environment_validate(environment, &error))
        sign_in->client = rms_service_connection_new(environment, &error);
    if (sign_in->client == NULL) {
        g_task_return_error(task, error);
        return;
    }
    endpoint = rms_oauth_endpoint(environment, "devicecode");
    scope = rms_oauth_scope(environment, TRUE);
    form = rms_oauth_form_new();
    rms_oauth_form_add(form, "client_id", environment->client_id);
    rms_oauth_form_add(form, "scope", scope);
    rms_oauth_post_async(sign_in->client,
                         endpoint,
                         form,
                         cancellable,
                         on_device_code_answered,
                         g_steal_pointer(&task));
}
