/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * HTTPS requests for this room: libcurl on the owner's GMainContext. Private to the room.
 *
 * What always holds: https only, TLS 1.2 or later, peer and name verified, no redirect followed,
 * every answer bounded in size and time. Bodies are wiped when they go; no error has any of one.
 * Nothing here knows OAuth or the tenant.
 */
#pragma once

#include <gio/gio.h>

#include "connector-core/model/json.h"
#include "connector-core/model/secret.h"

G_BEGIN_DECLS

/** RmsHttpRequest: Owned by who made it until it is sent. */
typedef struct _RmsHttpRequest RmsHttpRequest;

/** rms_http_request_new: @method: `GET`, `POST`, `PUT` or `DELETE`. Returns: (transfer full) */
RmsHttpRequest *rms_http_request_new(const char *method, const char *url);
/** rms_http_request_free: @request: (nullable) */
void rms_http_request_free(RmsHttpRequest *request);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RmsHttpRequest, rms_http_request_free)
/** rms_http_request_add_header: A header whose value is no secret. */
void rms_http_request_add_header(RmsHttpRequest *request, const char *name, const char *value);
/** rms_http_request_set_authorization: `Authorization: @scheme @token`. */
void rms_http_request_set_authorization(RmsHttpRequest *request,
                                        const char *scheme,
                                        RmsSecret *token);
/** rms_http_request_set_body: @content_type: sent as it stands. */
void rms_http_request_set_body(RmsHttpRequest *request, const char *content_type, RmsSecret *body);
/** rms_http_request_set_limits: Other than the room's own (service-client/service-limits.h).
 * @max_bytes: of the answer; @milliseconds: for all of it. */
void rms_http_request_set_limits(RmsHttpRequest *request, gsize max_bytes, guint milliseconds);

/**
 * RmsHttpResponse:
 * @host: who answered
 * @status: 100 to 599
 * @media_type: lower case, without parameters; empty if there is none
 * @retry_after: seconds that the server asked to wait, 0 if it did not
 * @challenges: (array zero-terminated=1): values of `WWW-Authenticate`
 * @body: text; empty, never %NULL
 */
typedef struct {
    char *host;
    guint status;
    char *media_type;
    guint retry_after;
    char **challenges;
    RmsSecret *body;
} RmsHttpResponse;
/** rms_http_response_free: @response: (nullable) */
void rms_http_response_free(RmsHttpResponse *response);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RmsHttpResponse, rms_http_response_free)
/** rms_http_response_check: Refuses what no caller can use: redirects, "come back later", and a
 * success of another type than @media_type. Every other status is the caller's to judge. */
gboolean
rms_http_response_check(const RmsHttpResponse *response, const char *media_type, GError **error);
/** rms_http_response_parse_json: Returns: (transfer full): or %NULL with
 * %RMS_SERVICE_ERROR_PROTOCOL. */
cJSON *rms_http_response_parse_json(const RmsHttpResponse *response, GError **error);

#define RMS_TYPE_HTTP_CLIENT (rms_http_client_get_type())
G_DECLARE_FINAL_TYPE(RmsHttpClient, rms_http_client, RMS, HTTP_CLIENT, GObject)

/**
 * rms_http_client_new: Lives on the thread-default context of its maker, as do its requests.
 * @ca_file: (nullable): PEM authorities to trust beside the system's. Returns: (transfer full): or
 * %NULL with %RMS_SERVICE_ERROR_SETTINGS.
 */
RmsHttpClient *rms_http_client_new(const char *ca_file, GError **error);
/** rms_http_client_set_proxy: Every request goes through @address, `http://host:port` or
 * `https://host:port`; `none`: through none, whatever the process environment says. @user,
 * @password: (nullable): for a proxy that asks. */
void rms_http_client_set_proxy(RmsHttpClient *client,
                               const char *address,
                               const char *user,
                               RmsSecret *password);
/** rms_http_client_send_async: @request: (transfer full) */
void rms_http_client_send_async(RmsHttpClient *client,
                                RmsHttpRequest *request,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
/** rms_http_client_send_finish: Returns: (transfer full): whatever status came, or %NULL with an
 * RmsServiceError (UNREACHABLE, TLS, PROTOCOL, SETTINGS) or %G_IO_ERROR_CANCELLED. */
RmsHttpResponse *
rms_http_client_send_finish(RmsHttpClient *client, GAsyncResult *result, GError **error);

G_END_DECLS
