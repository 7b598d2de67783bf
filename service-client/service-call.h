/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One authorized request to discovery or the admin service (protocol.md §3.1, §3.3), and words for
 * its refusal. Private to the room; what a good answer says is tenant-wire.h's business.
 */
#pragma once

#include "service-client/account.h"
#include "service-client/http-client.h"

G_BEGIN_DECLS

/**
 * RmsServiceRequest: borrowed for the call of rms_service_call_async().
 * @method: `GET`, `POST`, `PUT` or `DELETE`
 * @media_type: of the answer wanted, and of @body
 * @body: (nullable): no secret
 * @max_bytes: of the answer; 0: %RMS_SERVICE_MAX_ANSWER_BYTES
 */
typedef struct {
    const char *method;
    const char *url;
    const char *media_type;
    const char *body;
    gsize max_bytes;
} RmsServiceRequest;
/** rms_service_call_async: Sends with the account's token; a token that the service does not accept
 * (401) is refreshed once. */
void rms_service_call_async(RmsAccount *account,
                            const RmsServiceRequest *request,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
/** rms_service_call_finish: Returns: (transfer full): an answer that is neither 401, 403, redirect
 * nor "later"; or %NULL with an RmsServiceError: SIGN_IN (401 for good), NO_ROLE (403), those of
 * rms_account_get_token_finish() and rms_http_client_send_finish(). */
RmsHttpResponse *rms_service_call_finish(GAsyncResult *result, GError **error);
/** rms_service_call_explain_no_role: The sentence for an account that the service gives no role;
 * its claims only explain. Returns: (transfer full) */
GError *rms_service_call_explain_no_role(RmsAccount *account);

/** rms_service_call_refuse: %RMS_SERVICE_ERROR_REFUSED for an answer that is not what was asked
 * for, with the service's own words if it has any. Returns: (transfer full) */
GError *rms_service_call_refuse(const RmsHttpResponse *response);

G_END_DECLS
