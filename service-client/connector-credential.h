/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The connector's own access to the tenant: client credentials with a signed assertion (RFC 7523).
 *
 * Keeps a valid token and renews it ahead of its end. No person signs in here, and the private key
 * never leaves this computer.
 */
#pragma once

#include <gio/gio.h>

#include "connector-core/model/secret.h"
#include "service-client/cloud-environment.h"
#include "service-client/service-error.h"

G_BEGIN_DECLS

/* Signals: "token-changed" (no arguments) when there is a new token; "failed" (GError) when
 * renewing failed; it tries again on its own. */
#define RMS_TYPE_CONNECTOR_CREDENTIAL (rms_connector_credential_get_type())
G_DECLARE_FINAL_TYPE(
    RmsConnectorCredential, rms_connector_credential, RMS, CONNECTOR_CREDENTIAL, GObject)
/**
 * rms_connector_credential_new: Lives on the thread-default context of its maker. @environment: has
 * to pass rms_cloud_environment_validate_connector(). @key_file: PEM private key (RSA), readable by
 * its owner alone. @certificate_file: PEM certificate registered with the application. Both are
 * read now, to refuse what cannot work, and again for every token, so that renewed ones are found.
 * Returns: (transfer full): or %NULL with %RMS_SERVICE_ERROR_SETTINGS.
 */
RmsConnectorCredential *rms_connector_credential_new(const RmsCloudEnvironment *environment,
                                                     const char *key_file,
                                                     const char *certificate_file,
                                                     GError **error);
/** rms_connector_credential_new_sealed: The same with a @key_file that rms_connector_key_save()
 * sealed under the key in @sealing_key_file. */
RmsConnectorCredential *rms_connector_credential_new_sealed(const RmsCloudEnvironment *environment,
                                                            const char *key_file,
                                                            const char *sealing_key_file,
                                                            const char *certificate_file,
                                                            GError **error);
/** rms_connector_credential_get_certificate_expiry: Seconds since 1970 UTC, of the certificate as
 * last read; after that, no token comes any more. */
gint64 rms_connector_credential_get_certificate_expiry(RmsConnectorCredential *credential);
/** rms_connector_credential_renew: Reads the files again and asks for a token now, whatever the one
 * in hand is still good for: after a rotation. Not before rms_connector_credential_start(). */
void rms_connector_credential_renew(RmsConnectorCredential *credential);
/** rms_connector_credential_start: Gets the first token and goes on renewing. Once is enough. */
void rms_connector_credential_start(RmsConnectorCredential *credential);
/** rms_connector_credential_dup_token: Returns: (transfer full) (nullable): %NULL before the first
 * token, and when the last has run out. @expires_at: (out) (optional): seconds since 1970 UTC,
 * untouched with %NULL. */
RmsSecret *rms_connector_credential_dup_token(RmsConnectorCredential *credential,
                                              gint64 *expires_at);

G_END_DECLS
