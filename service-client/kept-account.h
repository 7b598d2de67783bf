/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Accounts that stay signed in when the console ends: their refresh tokens are in the keyring of
 * the desktop session (Secret Service). Several of one cloud can be kept.
 *
 * Where there is no keyring, %RMS_SERVICE_ERROR_STORE says so, and an account lives in memory only.
 */
#pragma once

#include "service-client/account.h"

G_BEGIN_DECLS

/** RmsKeptAccount: what a kept account is found by; none of it is secret. @user_name: for people;
 * the ids tell accounts apart. */
typedef struct {
    char *authority;
    char *client_id;
    char *tenant_id;
    char *object_id;
    char *user_name;
} RmsKeptAccount;
void rms_kept_account_free(RmsKeptAccount *kept);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RmsKeptAccount, rms_kept_account_free)

/** rms_account_keep_async: Puts the refresh token into the keyring, and from then on each one that
 * replaces it; rms_account_sign_out() takes it out. May ask to unlock the keyring. */
void rms_account_keep_async(RmsAccount *account,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
/** rms_account_keep_finish: Errors: %RMS_SERVICE_ERROR_STORE: the account goes on in memory only.
 */
gboolean rms_account_keep_finish(RmsAccount *account, GAsyncResult *result, GError **error);

/** rms_kept_accounts_list_async: Those that signed in with @environment's authority and client id.
 * Unlocks nothing and loads no token. */
void rms_kept_accounts_list_async(const RmsCloudEnvironment *environment,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
/** rms_kept_accounts_list_finish: Returns: (transfer container) (element-type RmsKeptAccount): by
 * user name */
GPtrArray *rms_kept_accounts_list_finish(GAsyncResult *result, GError **error);
/** rms_kept_account_restore_async: Signs @kept in without anybody, by its refresh token. */
void rms_kept_account_restore_async(const RmsCloudEnvironment *environment,
                                    const RmsKeptAccount *kept,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
/** rms_kept_account_restore_finish: Returns: (transfer full): an account that is kept; or %NULL
 * with %RMS_SERVICE_ERROR_STORE, or as rms_sign_in_finish(): with %RMS_SERVICE_ERROR_SIGN_IN
 * somebody has to sign in. */
RmsAccount *rms_kept_account_restore_finish(GAsyncResult *result, GError **error);
/** rms_kept_account_forget_async: Takes the token out of the keyring without signing in first. */
void rms_kept_account_forget_async(const RmsKeptAccount *kept,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
gboolean rms_kept_account_forget_finish(GAsyncResult *result, GError **error);

G_END_DECLS
