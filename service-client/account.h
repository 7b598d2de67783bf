/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Signing in to the tenant, and the account that comes of it: OAuth 2 device authorization (RFC
 * 8628) and authorization code with PKCE on loopback (RFC 8252, RFC 7636), as protocol.md §4 says
 * Entra ID speaks them.
 *
 * Tokens stay inside RmsAccount as RmsSecret; nobody outside this room sees a refresh token.
 */
#pragma once

#include <gio/gio.h>

#include "connector-core/model/secret.h"
#include "service-client/cloud-environment.h"
#include "service-client/service-error.h"

G_BEGIN_DECLS

#define RMS_TYPE_ACCOUNT (rms_account_get_type())
/* Read-only properties: "user-name", "tenant-id", "signed-out"; "kept": the keyring has its refresh
 * token (kept-account.h), %FALSE again when the last one could not be stored, and at the end of
 * signing out. */
G_DECLARE_FINAL_TYPE(RmsAccount, rms_account, RMS, ACCOUNT, GObject)

/**
 * RmsDeviceCodeFunc: Show this to the user: open @verification_uri anywhere and type @user_code,
 * within @expires_in seconds.
 */
typedef void (*RmsDeviceCodeFunc)(const char *user_code,
                                  const char *verification_uri,
                                  guint expires_in,
                                  gpointer user_data);
/**
 * rms_sign_in_device_async: Asks for a device code, hands it to @show, polls until the user
 * decided. Cancelling stops the polling.
 */
void rms_sign_in_device_async(const RmsCloudEnvironment *environment,
                              RmsDeviceCodeFunc show,
                              gpointer show_data,
                              GDestroyNotify show_destroy,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
/**
 * RmsOpenUriFunc: Open @uri in the system browser.
 */
typedef void (*RmsOpenUriFunc)(const char *uri, gpointer user_data);
/**
 * rms_sign_in_browser_async: Listens on a loopback port, has @open open the sign-in page, serves
 * exactly one answer, checks state and nonce.
 */
void rms_sign_in_browser_async(const RmsCloudEnvironment *environment,
                               RmsOpenUriFunc open,
                               gpointer open_data,
                               GDestroyNotify open_destroy,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
/**
 * rms_sign_in_again_async: The browser once more for an account whose requests end with
 * %RMS_SERVICE_ERROR_SIGN_IN; the only way to answer a claims challenge
 * (%RMS_SERVICE_PROBLEM_CLAIMS_CHALLENGE). Another person than before is refused
 * (%RMS_SERVICE_ERROR_ACCOUNT). The account keeps its identity and gets new tokens.
 */
void rms_sign_in_again_async(RmsAccount *account,
                             RmsOpenUriFunc open,
                             gpointer open_data,
                             GDestroyNotify open_destroy,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
/** rms_sign_in_finish: For all of them. Returns: (transfer full): the account, or %NULL with an
 * RmsServiceError or G_IO_ERROR_CANCELLED. */
RmsAccount *rms_sign_in_finish(GAsyncResult *result, GError **error);

const char *rms_account_get_user_name(
    RmsAccount *account); /* upn, else preferred_username; for display and authorship */
const char *rms_account_get_tenant_id(RmsAccount *account);
const char *rms_account_get_object_id(RmsAccount *account);
const RmsCloudEnvironment *rms_account_get_environment(RmsAccount *account);

/** rms_account_get_token_async: An access token good for another minute at least, refreshed if need
 * be. */
void rms_account_get_token_async(RmsAccount *account,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
/** rms_account_get_token_finish: Returns: (transfer full): RMS_SERVICE_ERROR_SIGN_IN: only a new
 * sign-in helps. */
RmsSecret *rms_account_get_token_finish(RmsAccount *account, GAsyncResult *result, GError **error);
/** rms_account_sign_out: Forgets and wipes the tokens; those in the keyring, too, which takes until
 * "kept" is %FALSE. */
void rms_account_sign_out(RmsAccount *account);

G_END_DECLS
