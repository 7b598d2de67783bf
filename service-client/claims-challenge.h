/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A service that wants more proof than a token has says so in its 401 (RFC 6750 §3, OpenID Connect
 * Core §5.5, "claims challenge" of the vendor's documentation). Private to the room.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** rms_claims_challenge_find: @challenges: (array zero-terminated=1): values of `WWW-Authenticate`.
 * Returns: (transfer full) (nullable): the JSON to pass on as `claims`; %NULL: none of them asks
 * for claims in a form that may be passed on. */
char *rms_claims_challenge_find(const char *const *challenges);
/** rms_claims_challenge_check: Returns: whether @claims (nullable) is a JSON object within bounds.
 */
gboolean rms_claims_challenge_check(const char *claims);

G_END_DECLS
