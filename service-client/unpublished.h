/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Calls to the tenant whose wire form nobody published: our own contract. Private to the room.
 *
 *     PUT    {AdminV2}/SuperUserState                 0 or 1                        200, the number
 *     POST   {AdminV2}/Administrators/Roles/{role}    {"EmailAddress": …}, {"ObjectId": …} or
 *                                                     {"SecurityGroupDisplayName": …}
 *                                                                                   201,
 * administrator DELETE {AdminV2}/Administrators/Roles/{role}    {"ObjectId": …}               204
 *     GET    {AdminV2}/ConnectorCredentials                                         200, list
 *     POST   {AdminV2}/ConnectorCredentials           {"DisplayName", "Certificate"[,
 * "ApplicationId"]} 201, credential DELETE {AdminV2}/ConnectorCredentials/{id} 204
 *
 * The published read of the same state or list (protocol.md §3.3) says in what form the service
 * keeps it; that it is also written this way is an assumption (§3.5), which the tenant simulator
 * shares. Credentials are an invention (§3.6): a self-signed certificate whose key stays with the
 * connector, as the vendor's directory takes it for any application. A tenant that wants it
 * otherwise needs a change here and nowhere else.
 */
#pragma once

#include "connector-core/model/json.h"
#include "service-client/account.h"

G_BEGIN_DECLS

/**
 * RmsUnpublishedCall: borrowed for the call of rms_unpublished_call_async().
 * @path: below @admin_url, which is from discovery
 * @body: (nullable)
 * @status: of a success
 * @failure: begins the message of a refusal, e.g. `The super-user feature was not switched`
 */
typedef struct {
    const char *method;
    const char *admin_url;
    const char *path;
    const cJSON *body;
    guint status;
    const char *failure;
} RmsUnpublishedCall;
/** rms_unpublished_call_async: The answer to a write is a promise: read it back. */
void rms_unpublished_call_async(RmsAccount *account,
                                const RmsUnpublishedCall *call,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
/** rms_unpublished_call_finish: @json: (out) (optional) (transfer full) (nullable): the answer,
 * %NULL for one without a body. Errors: those of rms_service_call_finish(), or
 * %RMS_SERVICE_ERROR_REFUSED with the service's words; %RMS_SERVICE_PROBLEM_IDENTITY where it does
 * not know who or what is meant. */
gboolean rms_unpublished_call_finish(GAsyncResult *result, cJSON **json, GError **error);

/* The calls. Returns: what rms_unpublished_call_async() wants of them. */

/** rms_unpublished_role_path: Returns: (transfer full) */
char *rms_unpublished_role_path(const char *role_name);
/** rms_unpublished_credential_path: @id: (nullable): %NULL: all of them. Returns: (transfer full)
 */
char *rms_unpublished_credential_path(const char *id);
/** rms_unpublished_identity_body: @member: `EmailAddress` and so on. Returns: (transfer full) */
cJSON *rms_unpublished_identity_body(const char *member, const char *value);
/** rms_unpublished_credential_body: @certificate: base64 of DER. @application_id: (nullable): of
 * the application that gets a further one. Returns: (transfer full) */
cJSON *rms_unpublished_credential_body(const char *name,
                                       const char *certificate,
                                       const char *application_id);

G_END_DECLS
