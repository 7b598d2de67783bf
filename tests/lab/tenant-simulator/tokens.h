/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * JSON Web Tokens: the authority's signing keys, access tokens and id tokens (protocol.md §4.5),
 * and their verification. Which grant leads to a token is the business of authority-token.c.
 */
#pragma once

#include "tests/lab/tenant-simulator/tenant-config.h"
#include "tests/lab/tenant-simulator/users.h"

typedef struct _RmsSimTokens RmsSimTokens;

/**
 * RmsSimClaims: what a verified access token says.
 * @object_id, @upn: of the user; @upn %NULL in an app-only token
 * @application: client id
 * @wids, @roles: (nullable)
 */
typedef struct {
    char *object_id;
    char *upn;
    char *name;
    char *application;
    char **wids;
    char **roles;
    gboolean app_only;
} RmsSimClaims;
void rms_sim_claims_free(RmsSimClaims *claims);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RmsSimClaims, rms_sim_claims_free)

/** rms_sim_tokens_new: @config outlives it. Loads the signing keys from the state directory. */
RmsSimTokens *rms_sim_tokens_new(const RmsSimConfig *config, GError **error);
void rms_sim_tokens_free(RmsSimTokens *tokens);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RmsSimTokens, rms_sim_tokens_free)

/** rms_sim_tokens_rotate: A new key signs from here on. @forget: the older ones are no longer
 * published, and what they signed is void. */
gboolean rms_sim_tokens_rotate(RmsSimTokens *tokens, gboolean forget, GError **error);
/** rms_sim_tokens_dup_key_set: Returns: (transfer full): the JWK set (RFC 7517). */
cJSON *rms_sim_tokens_dup_key_set(RmsSimTokens *tokens);

/** rms_sim_tokens_make_access: @audience: the resource; @scopes: of the delegated permission, e.g.
 * `user_impersonation`. Returns: (transfer full) */
char *rms_sim_tokens_make_access(RmsSimTokens *tokens,
                                 const RmsSimUser *user,
                                 const char *client_id,
                                 const char *audience,
                                 const char *scopes);
/** rms_sim_tokens_make_app_access: (transfer full): an app-only access token. */
char *rms_sim_tokens_make_app_access(RmsSimTokens *tokens,
                                     const RmsSimApplication *application,
                                     const char *audience);
/** rms_sim_tokens_make_id: (transfer full): an id token; @nonce: (nullable) */
char *rms_sim_tokens_make_id(RmsSimTokens *tokens,
                             const RmsSimUser *user,
                             const char *client_id,
                             const char *nonce);
/**
 * rms_sim_tokens_verify: Signature, issuer, time, and that the audience is the RMS resource.
 * Returns: (transfer full): RMS_SIM_ERROR_INVALID with the reason otherwise.
 */
RmsSimClaims *rms_sim_tokens_verify(RmsSimTokens *tokens, const char *token, GError **error);

/**
 * rms_sim_jws_open: Verifies a compact JWS by @key and reads its payload. @algorithms: those that
 * are accepted; never `none`.
 * Returns: (transfer full): the claims; RMS_SIM_ERROR_INVALID.
 */
cJSON *rms_sim_jws_open(const char *jws,
                        const cjose_jwk_t *key,
                        const char *const *algorithms,
                        GError **error);
/** rms_sim_jws_dup_header: Returns: (transfer full): the protected header, not verified. */
cJSON *rms_sim_jws_dup_header(const char *jws);
/** rms_sim_jwk_new: Returns: (transfer full): @key for cjose, with the private part if it has one.
 */
cjose_jwk_t *rms_sim_jwk_new(EVP_PKEY *key, GError **error);
