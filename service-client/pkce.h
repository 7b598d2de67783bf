/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Values that nobody can guess, and the proof of possession of one: PKCE (RFC 7636). Private to the
 * room.
 */
#pragma once

#include "connector-core/model/secret.h"

G_BEGIN_DECLS

/** rms_pkce_random: 32 random bytes in base64url: a verifier, state, nonce or jti. Returns:
 * (transfer full) (nullable): %NULL if the system has no randomness. */
RmsSecret *rms_pkce_random(void);
/** rms_pkce_challenge: base64url(SHA-256(@verifier)), method `S256` (RFC 7636 §4.2). Returns:
 * (transfer full) (nullable) */
char *rms_pkce_challenge(const RmsSecret *verifier);
/** rms_pkce_base64url: RFC 7636 appendix A: without padding. Returns: (transfer full) (nullable) */
char *rms_pkce_base64url(const guint8 *bytes, gsize length);
/** rms_pkce_equal: In time that does not depend on where the two differ. @text: (nullable) */
gboolean rms_pkce_equal(const RmsSecret *secret, const char *text);

G_END_DECLS
