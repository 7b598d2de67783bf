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
 * rms_connector_credential_new: @environment: needs connector_client_id and tenant. @key_file: PEM
 * private key, readable by the owner alone.
 * @certificate_file: PEM certificate registered with the application; its thumbprint goes into the
 * assertion. Errors: RMS_SERVICE_ERROR_SETTINGS.
 */
RmsConnectorCredential *rms_connector_credential_new(const RmsCloudEnvironment *environment,
                                                     const char *key_file,
                                                     const char *certificate_file,
                                                     GError **error);
/** rms_connector_credential_start: Gets the first token and goes on renewing, on the thread-default
 * context. */
void rms_connector_credential_start(RmsConnectorCredential *credential);
/** rms_connector_credential_dup_token: Returns: (transfer full) (nullable): @expires_at: (out):
 * seconds since 1970 UTC. */
RmsSecret *rms_connector_credential_dup_token(RmsConnectorCredential *credential,
                                              gint64 *expires_at);

G_END_DECLS
