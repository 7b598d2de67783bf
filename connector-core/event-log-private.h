/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * For the store, which saves the events of a push in the same transaction as the list.
 */
#pragma once

#include <glib.h>
#include <sqlite3.h>

/* Inserts @events (of RmsEvent) and gives them their ids, in a transaction that the caller begins
 * and ends. Returns: FALSE if one failed; sqlite3_errmsg() says why. */
gboolean rms_event_log_insert(sqlite3 *database, GPtrArray *events);
