/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the rest of this room may do with an account and nobody else.
 */
#pragma once

#include "service-client/account.h"
#include "service-client/http-client.h"
#include "service-client/oauth.h"

G_BEGIN_DECLS

/** rms_account_new: Reads from the tokens who signed in. @environment: copied. @tokens: the
 * secrets are taken over by reference. Returns: (transfer full): or %NULL with
 * %RMS_SERVICE_ERROR_PROTOCOL if they name nobody. */
RmsAccount *rms_account_new(const RmsCloudEnvironment *environment,
                            RmsHttpClient *client,
                            const RmsOauthTokens *tokens,
                            GError **error);
RmsHttpClient *rms_account_get_client(RmsAccount *account);
/** rms_account_peek_claims: Returns: (transfer none) (nullable): of the access token, for
 * explanations. */
const cJSON *rms_account_peek_claims(RmsAccount *account);
/** rms_account_reject_token: The service did not accept @token: the next one is a fresh one. */
void rms_account_reject_token(RmsAccount *account, RmsSecret *token);

/** rms_account_challenge: The service wants @claims (JSON) in the next token; they go along with
 * the next refresh and the next sign-in. */
void rms_account_challenge(RmsAccount *account, const char *claims);
/** rms_account_peek_challenge: Returns: (transfer none) (nullable) */
const char *rms_account_peek_challenge(RmsAccount *account);

/** rms_account_post_refresh: Posts the refresh; rms_oauth_post_finish() ends it. @claims:
 * (nullable) */
void rms_account_post_refresh(const RmsCloudEnvironment *environment,
                              RmsHttpClient *client,
                              RmsSecret *refresh_token,
                              const char *claims,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
/** rms_account_keep_on: For an account whose token the keyring has already. */
void rms_account_keep_on(RmsAccount *account);

/** rms_sign_in_complete: Ends @task, a sign-in: makes the account of @answer, which may be a
 * refusal. @account_again: (nullable): who signs in again; it gets the new tokens. @nonce:
 * (nullable): that the id token must repeat. */
void rms_sign_in_complete(GTask *task,
                          const RmsCloudEnvironment *environment,
                          RmsHttpClient *client,
                          RmsAccount *account_again,
                          cJSON *answer,
                          const RmsSecret *nonce);

G_END_DECLS
