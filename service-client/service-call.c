/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Token, request, and at most one more of both when the service does not like the token.
 */
#include "config.h"

#include "service-client/service-call.h"

#include <string.h>

#include "service-client/account-private.h"
#include "service-client/claims-challenge.h"
#include "service-client/jwt-claims.h"
#include "service-client/service-error-private.h"
#include "service-client/service-limits.h"
#include "service-client/tenant-wire.h"

typedef struct {
    char *method;
    char *url;
    char *media_type;
    RmsSecret *body;
    gsize max_bytes;
    RmsSecret *token;
    gboolean again; /* this is the second try */
} Call;

static void get_token(GTask *task);

static void free_call(gpointer data)
{
    Call *call = data;

    g_free(call->method);
    g_free(call->url);
    g_free(call->media_type);
    rms_secret_unref(call->body);
    rms_secret_unref(call->token);
    g_free(call);
}

GError *rms_service_call_explain_no_role(RmsAccount *account)
{
    g_autofree char *roles = rms_jwt_claims_list_roles(rms_account_peek_claims(account));

    return g_error_new(
        RMS_SERVICE_ERROR,
        RMS_SERVICE_ERROR_NO_ROLE,
        "%s is signed in, but may not administer the Rights Management service. It needs to be a "
        "global administrator of the tenant, or to get the role GlobalAdministrator or "
        "ConnectorAdministrator of the service (Add-AipServiceRoleBasedAdministrator). %s%s%s",
        rms_account_get_user_name(account),
        roles != NULL ? "Its token names the directory role "
                      : "Its token names no directory role that counts.",
        roles != NULL ? roles : "",
        roles != NULL ? "; such a role has to be assigned directly, not through a group." : "");
}

GError *rms_service_call_refuse(const RmsHttpResponse *response)
{
    g_autoptr(cJSON) json = rms_http_response_parse_json(response, NULL);
    g_autofree char *detail = rms_tenant_wire_describe_refusal(json);
    GError *error = g_error_new(RMS_SERVICE_ERROR,
                                RMS_SERVICE_ERROR_REFUSED,
                                "%s refused with HTTP status %u%s%s",
                                response->host,
                                response->status,
                                *detail != '\0' ? ": " : "",
                                detail);

    rms_service_error_set_provider(error, NULL, *detail != '\0' ? detail : NULL);
    return error;
}

static GError *refuse_token(const RmsHttpResponse *response, gboolean challenged)
{
    GError *error;

    if (!challenged)
        return g_error_new(RMS_SERVICE_ERROR,
                           RMS_SERVICE_ERROR_SIGN_IN,
                           "%s does not accept this sign-in. Sign in again.",
                           response->host);
    error = g_error_new(RMS_SERVICE_ERROR,
                        RMS_SERVICE_ERROR_SIGN_IN,
                        "%s wants more proof than this sign-in has, such as a second factor. Sign "
                        "in again with the browser.",
                        response->host);
    rms_service_error_set_problem(error, RMS_SERVICE_PROBLEM_CLAIMS_CHALLENGE);
    return error;
}

static void on_answered(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GTask) task = user_data;
    RmsAccount *account = g_task_get_source_object(task);
    Call *call = g_task_get_task_data(task);
    GError *error = NULL;
    g_autofree char *claims = NULL;
    g_autoptr(RmsHttpResponse) response =
        rms_http_client_send_finish(RMS_HTTP_CLIENT(source), result, &error);

    if (response != NULL && response->status == 401)
        claims = rms_claims_challenge_find((const char *const *) response->challenges);
    if (claims != NULL)
        rms_account_challenge(account, claims);
    if (response != NULL && response->status == 401 && !call->again) {
        rms_account_reject_token(account, call->token);
        call->again = TRUE;
        get_token(g_steal_pointer(&task));
        return;
    }
    if (response != NULL && response->status == 401)
        error = refuse_token(response, claims != NULL);
    else if (response != NULL && response->status == 403)
        error = rms_service_call_explain_no_role(account);
    else if (response != NULL)
        rms_http_response_check(response, call->media_type, &error);
    if (error != NULL)
        g_task_return_error(task, error);
    else
        g_task_return_pointer(
            task, g_steal_pointer(&response), (GDestroyNotify) rms_http_response_free);
}

static void on_token_ready(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GTask) task = user_data;
    RmsAccount *account = RMS_ACCOUNT(source);
    Call *call = g_task_get_task_data(task);
    g_autofree char *content_type = g_strconcat(call->media_type, "; charset=utf-8", NULL);
    g_autoptr(RmsHttpRequest) request = NULL;
    GError *error = NULL;

    rms_secret_unref(call->token);
    call->token = rms_account_get_token_finish(account, result, &error);
    if (call->token == NULL) {
        g_task_return_error(task, error);
        return;
    }
    request = rms_http_request_new(call->method, call->url);
    rms_http_request_set_authorization(
        request, rms_account_get_environment(account)->scheme, call->token);
    rms_http_request_add_header(request, "Accept", call->media_type);
    if (call->max_bytes > 0)
        rms_http_request_set_limits(request, call->max_bytes, RMS_SERVICE_REQUEST_SECONDS * 1000);
    if (call->body != NULL)
        rms_http_request_set_body(request, content_type, call->body);
    rms_http_client_send_async(rms_account_get_client(account),
                               g_steal_pointer(&request),
                               g_task_get_cancellable(task),
                               on_answered,
                               g_object_ref(task));
}

/* @task: (transfer full) */
static void get_token(GTask *task)
{
    rms_account_get_token_async(
        g_task_get_source_object(task), g_task_get_cancellable(task), on_token_ready, task);
}

void rms_service_call_async(RmsAccount *account,
                            const RmsServiceRequest *request,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
    GTask *task;
    Call *call;

    g_return_if_fail(RMS_IS_ACCOUNT(account) && request != NULL);
    g_return_if_fail(request->method != NULL && request->url != NULL);
    g_return_if_fail(request->media_type != NULL);

    task = g_task_new(account, cancellable, callback, user_data);
    g_task_set_source_tag(task, rms_service_call_async);
    call = g_new0(Call, 1);
    call->method = g_strdup(request->method);
    call->url = g_strdup(request->url);
    call->media_type = g_strdup(request->media_type);
    call->max_bytes = request->max_bytes;
    if (request->body != NULL)
        call->body = rms_secret_new(request->body, -1);
    g_task_set_task_data(task, call, free_call);
    get_token(task);
}

RmsHttpResponse *rms_service_call_finish(GAsyncResult *result, GError **error)
{
    g_return_val_if_fail(g_async_result_is_tagged(result, rms_service_call_async), NULL);

    return g_task_propagate_pointer(G_TASK(result), error);
}
