/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Proving to the sign-in service that we are an application: a JWT signed with its private key
 * (RFC 7523 §2.2, §3). Private to the room; talks to nobody.
 */
#pragma once

#include "connector-core/model/secret.h"

G_BEGIN_DECLS

/**
 * RmsClientAssertion: a private key and the thumbprint of its certificate. Made for one signature
 * and freed, so that the key stays in memory no longer than that, and a renewed one on disk is
 * found.
 */
typedef struct _RmsClientAssertion RmsClientAssertion;

/**
 * rms_client_assertion_new: @key_file: PEM, RSA of 2048 bits or more, without a passphrase, a
 * regular file that only its owner (we or root) can read. In systemd's credentials directory the
 * group bits are not looked at: there they show an access list that admits only us.
 * @sealing_key_file: (nullable): with one, @key_file is sealed under the key in it
 * (service-client/sealed-file.h). @certificate_file: PEM, of the same key, not expired. Returns:
 * (transfer full): or %NULL with %RMS_SERVICE_ERROR_SETTINGS.
 */
RmsClientAssertion *rms_client_assertion_new(const char *key_file,
                                             const char *sealing_key_file,
                                             const char *certificate_file,
                                             GError **error);
/** rms_client_assertion_get_expiry: Of the certificate, seconds since 1970 UTC. */
gint64 rms_client_assertion_get_expiry(const RmsClientAssertion *assertion);
void rms_client_assertion_free(RmsClientAssertion *assertion);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RmsClientAssertion, rms_client_assertion_free)
/**
 * rms_client_assertion_sign: PS256 with `x5t#S256`, as the vendor recommends. @client_id: issuer
 * and subject. @audience: the token endpoint. @now: seconds since 1970 UTC. Returns: (transfer
 * full): or %NULL with %RMS_SERVICE_ERROR_SETTINGS.
 */
RmsSecret *rms_client_assertion_sign(RmsClientAssertion *assertion,
                                     const char *client_id,
                                     const char *audience,
                                     gint64 now,
                                     GError **error);

G_END_DECLS
