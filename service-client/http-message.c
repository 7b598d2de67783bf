/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Requests before they are sent, and answers once they are there.
 */
#include "config.h"

#include "service-client/http-message-private.h"

#include <string.h>

#include "service-client/service-error-private.h"
#include "service-client/service-limits.h"

/* Requests */

RmsHttpRequest *rms_http_request_new(const char *method, const char *url)
{
    RmsHttpRequest *request;

    g_return_val_if_fail(method != NULL && url != NULL, NULL);

    request = g_new0(RmsHttpRequest, 1);
    request->method = g_strdup(method);
    request->url = g_strdup(url);
    request->max_bytes = RMS_SERVICE_MAX_ANSWER_BYTES;
    request->milliseconds = RMS_SERVICE_REQUEST_SECONDS * 1000;
    return request;
}

void rms_http_request_free(RmsHttpRequest *request)
{
    if (request == NULL)
        return;
    for (struct curl_slist *header = request->headers; header != NULL; header = header->next)
        explicit_bzero(header->data, strlen(header->data));
    curl_slist_free_all(request->headers);
    rms_secret_unref(request->body);
    g_free(request->content_type);
    g_free(request->method);
    g_free(request->url);
    g_free(request);
}

/* RFC 9110 §5.5: visible characters, space, tab. A line end in a value would start a header of the
 * sender's choice, and values include tokens, which come from a peer. */
static gboolean is_header_value(const char *value)
{
    for (const char *c = value; *c != '\0'; c++) {
        if (((guchar) *c < 0x20 && *c != '\t') || (guchar) *c >= 0x7f)
            return FALSE;
    }
    return TRUE;
}

void rms_http_request_add_header(RmsHttpRequest *request, const char *name, const char *value)
{
    g_autofree char *line = NULL;

    g_return_if_fail(request != NULL && name != NULL && value != NULL);

    if (!is_header_value(value)) {
        request->malformed = TRUE;
        return;
    }
    line = g_strconcat(name, ": ", value, NULL);
    request->headers = curl_slist_append(request->headers, line);
}

void rms_http_request_set_authorization(RmsHttpRequest *request,
                                        const char *scheme,
                                        RmsSecret *token)
{
    char *line;

    g_return_if_fail(request != NULL && scheme != NULL && token != NULL);

    if (!is_header_value(scheme) || !is_header_value(rms_secret_get(token))) {
        request->malformed = TRUE;
        return;
    }
    line = g_strconcat("Authorization: ", scheme, " ", rms_secret_get(token), NULL);
    request->headers = curl_slist_append(request->headers, line);
    rms_secret_wipe_string(line);
}

void rms_http_request_set_body(RmsHttpRequest *request, const char *content_type, RmsSecret *body)
{
    g_return_if_fail(request != NULL && content_type != NULL && body != NULL);

    rms_secret_unref(request->body);
    request->body = rms_secret_ref(body);
    g_free(request->content_type);
    request->content_type = g_strdup(content_type);
}

void rms_http_request_set_limits(RmsHttpRequest *request, gsize max_bytes, guint milliseconds)
{
    g_return_if_fail(request != NULL && max_bytes > 0 && milliseconds > 0);

    request->max_bytes = max_bytes;
    request->milliseconds = milliseconds;
}

/* Responses */

void rms_http_response_free(RmsHttpResponse *response)
{
    if (response == NULL)
        return;
    rms_secret_unref(response->body);
    g_strfreev(response->challenges);
    g_free(response->media_type);
    g_free(response->host);
    g_free(response);
}

static GError *refuse_busy(const RmsHttpResponse *response)
{
    g_autofree char *when = response->retry_after > 0
                                ? g_strdup_printf("in %u seconds", response->retry_after)
                                : g_strdup("later");
    GError *error = g_error_new(RMS_SERVICE_ERROR,
                                RMS_SERVICE_ERROR_THROTTLED,
                                "%s cannot answer at the moment (HTTP status %u). Try again %s.",
                                response->host,
                                response->status,
                                when);

    rms_service_error_set_problem(error, RMS_SERVICE_PROBLEM_BUSY);
    rms_service_error_set_retry_after(error, response->retry_after);
    return error;
}

gboolean
rms_http_response_check(const RmsHttpResponse *response, const char *media_type, GError **error)
{
    g_return_val_if_fail(response != NULL && media_type != NULL, FALSE);

    switch (response->status) {
    case 429:
    case 502:
    case 503:
    case 504:
        g_propagate_error(error, refuse_busy(response));
        return FALSE;
    default:
        break;
    }
    if (response->status >= 300 && response->status < 400) {
        g_set_error(error,
                    RMS_SERVICE_ERROR,
                    RMS_SERVICE_ERROR_PROTOCOL,
                    "%s answered with a redirect (HTTP status %u), which is never followed. Check "
                    "the address, and whether a proxy or sign-in portal is in between.",
                    response->host,
                    response->status);
        return FALSE;
    }
    if (response->status >= 200 && response->status < 300 && response->status != 204 &&
        strcmp(response->media_type, media_type) != 0) {
        g_set_error(error,
                    RMS_SERVICE_ERROR,
                    RMS_SERVICE_ERROR_PROTOCOL,
                    "%s answered with %s where %s was expected. Check the address, and whether a "
                    "proxy or sign-in portal is in between.",
                    response->host,
                    *response->media_type != '\0' ? response->media_type : "no content type",
                    media_type);
        return FALSE;
    }
    return TRUE;
}

cJSON *rms_http_response_parse_json(const RmsHttpResponse *response, GError **error)
{
    g_autoptr(GError) local_error = NULL;
    cJSON *json;

    g_return_val_if_fail(response != NULL, NULL);

    json = rms_json_parse(rms_secret_get(response->body),
                          rms_secret_get_length(response->body),
                          rms_secret_get_length(response->body), /* bounded when it came */
                          &local_error);
    if (json == NULL)
        g_set_error(error,
                    RMS_SERVICE_ERROR,
                    RMS_SERVICE_ERROR_PROTOCOL,
                    "%s answered with something that is not JSON: %s",
                    response->host,
                    local_error->message);
    return json;
}
