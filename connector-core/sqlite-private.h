/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * SQLite as this room uses it: cleanups, and one way of opening, preparing and failing. Every error
 * is RMS_CONNECTOR_ERROR_STORE and says what to do.
 */
#pragma once

#include <glib.h>
#include <sqlite3.h>

#include "connector-core/connector.h"

/* sqlite3_close_v2() and sqlite3_finalize() accept NULL. */
static inline void rms_sqlite_close(sqlite3 *database)
{
    sqlite3_close_v2(database);
}
static inline void rms_sqlite_finalize(sqlite3_stmt *statement)
{
    sqlite3_finalize(statement);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(sqlite3, rms_sqlite_close)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(sqlite3_stmt, rms_sqlite_finalize)

/* Opens a file that is there, changing nothing in it. */
sqlite3 *rms_sqlite_open(const char *path, guint busy_timeout_ms, GError **error);
gboolean rms_sqlite_use_wal(sqlite3 *database, GError **error);
gboolean rms_sqlite_run(sqlite3 *database, const char *sql, GError **error);
sqlite3_stmt *rms_sqlite_prepare(sqlite3 *database, const char *sql, GError **error);
/* The first column of the first row; there has to be one. */
gboolean rms_sqlite_read_number(sqlite3 *database, const char *sql, gint64 *value, GError **error);
/* Sets @error from what @database last said; @doing: "save the list". Returns: FALSE */
gboolean rms_sqlite_fail(sqlite3 *database, const char *doing, GError **error);
