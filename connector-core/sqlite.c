/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One way of opening, preparing and failing. Which tables there are is store.c's and event-log.c's.
 */
#include "config.h"

#include "connector-core/sqlite-private.h"

#include <string.h>

gboolean rms_sqlite_fail(sqlite3 *database, const char *doing, GError **error)
{
    int code = database != NULL ? sqlite3_extended_errcode(database) : SQLITE_NOMEM;
    const char *advice = "";

    switch (code & 0xff) {
    case SQLITE_FULL:
        advice = "; the disk is full: make room";
        break;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        advice = "; the file is damaged or not ours: move it away and restore a copy. It was not "
                 "changed";
        break;
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_CANTOPEN:
        advice = "; check who owns the state directory and its files";
        break;
    case SQLITE_BUSY:
        advice = "; another process holds the file: is a second connector running on it?";
        break;
    default:
        break;
    }
    g_set_error(error,
                RMS_CONNECTOR_ERROR,
                RMS_CONNECTOR_ERROR_STORE,
                "cannot %s: %s%s",
                doing,
                database != NULL ? sqlite3_errmsg(database) : "out of memory",
                advice);
    return FALSE;
}

gboolean rms_sqlite_run(sqlite3 *database, const char *sql, GError **error)
{
    return sqlite3_exec(database, sql, NULL, NULL, NULL) == SQLITE_OK ||
           rms_sqlite_fail(database, "use the store", error);
}

sqlite3_stmt *rms_sqlite_prepare(sqlite3 *database, const char *sql, GError **error)
{
    sqlite3_stmt *statement = NULL;

    if (sqlite3_prepare_v2(database, sql, -1, &statement, NULL) != SQLITE_OK)
        rms_sqlite_fail(database, "use the store", error);
    return statement;
}

gboolean rms_sqlite_read_number(sqlite3 *database, const char *sql, gint64 *value, GError **error)
{
    g_autoptr(sqlite3_stmt) statement = rms_sqlite_prepare(database, sql, error);

    if (statement == NULL)
        return FALSE;
    if (sqlite3_step(statement) != SQLITE_ROW)
        return rms_sqlite_fail(database, "read the store", error);
    *value = sqlite3_column_int64(statement, 0);
    return TRUE;
}

sqlite3 *rms_sqlite_open(const char *path, guint busy_timeout_ms, GError **error)
{
    g_autoptr(sqlite3) database = NULL;

    /* Nothing that could change a file which may turn out to be another program's. */
    if (sqlite3_open_v2(path,
                        &database,
                        SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_NOMUTEX,
                        NULL) != SQLITE_OK ||
        sqlite3_busy_timeout(database, (int) busy_timeout_ms) != SQLITE_OK ||
        sqlite3_exec(database,
                     "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON;",
                     NULL,
                     NULL,
                     NULL) != SQLITE_OK) {
        g_autofree char *doing = g_strdup_printf("open %s", path);

        rms_sqlite_fail(database, doing, error);
        return NULL;
    }
    return g_steal_pointer(&database);
}

gboolean rms_sqlite_use_wal(sqlite3 *database, GError **error)
{
    g_autoptr(sqlite3_stmt) statement =
        rms_sqlite_prepare(database, "PRAGMA journal_mode = WAL", error);

    if (statement == NULL)
        return FALSE;
    if (sqlite3_step(statement) != SQLITE_ROW)
        return rms_sqlite_fail(database, "use the store", error);
    if (g_strcmp0((const char *) sqlite3_column_text(statement, 0), "wal") == 0)
        return TRUE;
    g_set_error(error,
                RMS_CONNECTOR_ERROR,
                RMS_CONNECTOR_ERROR_STORE,
                "the state directory is on a file system without shared memory maps (a network "
                "share?); choose a directory on a local disk");
    return FALSE;
}
