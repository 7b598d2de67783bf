/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The certificates by which connectors prove to the tenant who they are: register, list, take back.
 * The key pair is made on the connector (service-client/connector-key.h); only its certificate
 * comes here.
 *
 * Not public on the wire: service-client/unpublished.h. In a real tenant the certificate is
 * registered with an application by hand (docs/tenant.md).
 */
#pragma once

#include "service-client/tenant.h"

G_BEGIN_DECLS

/**
 * RmsTenantCredential:
 * @id: to take it back by
 * @application_id: client id that the connector signs in with
 * @thumbprint: (nullable): base64url of the certificate's SHA-256
 * @not_after: seconds since 1970 UTC; 0: not said
 */
typedef struct {
    char *id;
    char *application_id;
    char *display_name;
    char *thumbprint;
    gint64 not_after;
} RmsTenantCredential;
void rms_tenant_credential_free(RmsTenantCredential *credential);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RmsTenantCredential, rms_tenant_credential_free)

/** rms_tenant_list_credentials_async: All connectors' credentials. */
void rms_tenant_list_credentials_async(RmsTenant *tenant,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data);
/** rms_tenant_list_credentials_finish: Returns: (transfer container) (element-type
 * RmsTenantCredential) */
GPtrArray *
rms_tenant_list_credentials_finish(RmsTenant *tenant, GAsyncResult *result, GError **error);
/**
 * rms_tenant_register_credential_async: @name: shown in the list. @certificate: PEM, self-signed.
 * @application_id: (nullable): %NULL makes a new application; that of a connector adds a further
 * certificate to it, which is how a key is rotated: register the new one, let the connector sign in
 * with it, remove the old one.
 */
void rms_tenant_register_credential_async(RmsTenant *tenant,
                                          const char *name,
                                          const char *certificate,
                                          const char *application_id,
                                          GCancellable *cancellable,
                                          GAsyncReadyCallback callback,
                                          gpointer user_data);
/** rms_tenant_register_credential_finish: Returns: (transfer full) */
RmsTenantCredential *
rms_tenant_register_credential_finish(RmsTenant *tenant, GAsyncResult *result, GError **error);
/** rms_tenant_remove_credential_async: The connector that holds its key gets no token any more;
 * the one that it has stays good until its end. */
void rms_tenant_remove_credential_async(RmsTenant *tenant,
                                        const char *id,
                                        GCancellable *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer user_data);
gboolean
rms_tenant_remove_credential_finish(RmsTenant *tenant, GAsyncResult *result, GError **error);

G_END_DECLS
