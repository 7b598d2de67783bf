/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One account's token in the keyring, kept up to date. Private to the room.
 *
 * Refreshing and signing out do not wait for the keyring, so what they want is put in order here:
 * one call at a time, of several tokens the last, and clearing after everything.
 */
#pragma once

#include "service-client/token-store.h"

G_BEGIN_DECLS

typedef struct _RmsAccountKeeper RmsAccountKeeper;

/** RmsAccountKeeperFunc: The keyring is up to date (@error %NULL), has been cleared, or does not
 * take it. */
typedef void (*RmsAccountKeeperFunc)(gboolean kept, const GError *error, gpointer user_data);
/** rms_account_keeper_new: @kept: (transfer full). @done is not called after
 * rms_account_keeper_disconnect(). Returns: (transfer full) */
RmsAccountKeeper *
rms_account_keeper_new(RmsKeptAccount *kept, RmsAccountKeeperFunc done, gpointer user_data);
void rms_account_keeper_unref(RmsAccountKeeper *keeper);
void rms_account_keeper_disconnect(RmsAccountKeeper *keeper);
void rms_account_keeper_save(RmsAccountKeeper *keeper, RmsSecret *token);
/** rms_account_keeper_clear: For good: nothing is saved any more. */
void rms_account_keeper_clear(RmsAccountKeeper *keeper);

G_END_DECLS
