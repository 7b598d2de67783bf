/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a token says of itself. Private to the room.
 *
 * Signatures are not looked at: an access token is the service's to judge, and an id token came
 * from the authority over verified TLS (OpenID Connect Core §3.1.3.7). Claims name and explain;
 * nothing is ever granted because of one.
 */
#pragma once

#include "connector-core/model/json.h"
#include "connector-core/model/secret.h"

G_BEGIN_DECLS

/** rms_jwt_claims_decode: Returns: (transfer full) (nullable): the claims, or %NULL for anything
 * but a signed JWT (tokens may be opaque). */
cJSON *rms_jwt_claims_decode(const RmsSecret *token);
/** rms_jwt_claims_has: Whether @value is a member of the list @name. @claims: (nullable) */
gboolean rms_jwt_claims_has(const cJSON *claims, const char *name, const char *value);
/** rms_jwt_claims_list_roles: Returns: (transfer full) (nullable): the directory roles that `wids`
 * names and that matter to Rights Management (protocol.md §4.5), comma-separated; %NULL: none. */
char *rms_jwt_claims_list_roles(const cJSON *claims);

G_END_DECLS
