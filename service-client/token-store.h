/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Refresh tokens in the Secret Service of the session (libsecret). Private to the room; knows
 * neither OAuth nor accounts.
 *
 * Errors of all of it: %RMS_SERVICE_ERROR_STORE (there is no Secret Service, it is locked and stays
 * so, it refuses) or %G_IO_ERROR_CANCELLED.
 */
#pragma once

#include <gio/gio.h>

#include "connector-core/model/secret.h"
#include "service-client/kept-account.h"

G_BEGIN_DECLS

/** rms_token_store_save_async: Replaces what there is of the same authority, client and person. */
void rms_token_store_save_async(const RmsKeptAccount *kept,
                                RmsSecret *token,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
gboolean rms_token_store_save_finish(GAsyncResult *result, GError **error);
/** rms_token_store_load_async: May ask to unlock the keyring. */
void rms_token_store_load_async(const RmsKeptAccount *kept,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
/** rms_token_store_load_finish: Returns: (transfer full): or %NULL with an error, also when there
 * is no such token. */
RmsSecret *rms_token_store_load_finish(GAsyncResult *result, GError **error);
/** rms_token_store_clear_async: Removes it; nothing to remove is no error. */
void rms_token_store_clear_async(const RmsKeptAccount *kept,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
gboolean rms_token_store_clear_finish(GAsyncResult *result, GError **error);
/** rms_token_store_list_async: Without their tokens, and without unlocking anything. */
void rms_token_store_list_async(const char *authority,
                                const char *client_id,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
/** rms_token_store_list_finish: Returns: (transfer container) (element-type RmsKeptAccount):
 * by user name */
GPtrArray *rms_token_store_list_finish(GAsyncResult *result, GError **error);

G_END_DECLS
