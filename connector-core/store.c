/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * `connector.db`: list revisions, settings learned at run time, and the table of events (written by
 * event-log.c).
 *
 * Each revision is a row that holds the whole list as JSON, so a reader cannot meet half of one,
 * and history needs no replay.
 */
#include "config.h"

#include "connector-core/store.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "connector-core/sqlite-private.h"
#include "connector-core/store-private.h"

/* "RMSC": tells our file from any other SQLite file (PRAGMA application_id). */
#define STORE_APPLICATION_ID 0x524d5343
#define SCHEMA_VERSION 1
#define BUSY_TIMEOUT_MS 5000

static const char schema[] =
    "CREATE TABLE revisions(revision INTEGER PRIMARY KEY, saved_at INTEGER NOT NULL, saved_by TEXT "
    "NOT NULL,"
    " list TEXT NOT NULL, diff TEXT NOT NULL) STRICT;"
    "CREATE TABLE settings(name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;"
    "CREATE TABLE events(id INTEGER PRIMARY KEY AUTOINCREMENT, time INTEGER NOT NULL, number "
    "INTEGER NOT NULL,"
    " message TEXT NOT NULL, account TEXT, sid TEXT, computer TEXT) STRICT;"
    "PRAGMA application_id = 0x524d5343;"
    "PRAGMA user_version = 1;";

struct _RmsStore {
    char *path;
    sqlite3 *database;
};

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

sqlite3 *rms_sqlite_open(const char *path, const char *synchronous, GError **error)
{
    g_autoptr(sqlite3) database = NULL;
    g_autofree char *pragmas =
        g_strdup_printf("PRAGMA journal_mode = WAL; PRAGMA synchronous = %s;", synchronous);

    if (sqlite3_open_v2(path,
                        &database,
                        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOFOLLOW,
                        NULL) != SQLITE_OK ||
        sqlite3_busy_timeout(database, BUSY_TIMEOUT_MS) != SQLITE_OK ||
        sqlite3_exec(database, pragmas, NULL, NULL, NULL) != SQLITE_OK) {
        g_autofree char *doing = g_strdup_printf("open %s", path);

        rms_sqlite_fail(database, doing, error);
        return NULL;
    }
    return g_steal_pointer(&database);
}

static gboolean read_number(sqlite3 *database, const char *sql, gint64 *value, GError **error)
{
    g_autoptr(sqlite3_stmt) statement = rms_sqlite_prepare(database, sql, error);

    if (statement == NULL)
        return FALSE;
    if (sqlite3_step(statement) != SQLITE_ROW)
        return rms_sqlite_fail(database, "read the store", error);
    *value = sqlite3_column_int64(statement, 0);
    return TRUE;
}

/* A new file gets our schema; anything else must be ours and not newer than we are. */
static gboolean prepare_schema(RmsStore *store, GError **error)
{
    gint64 application_id = 0, version = 0, n_tables = 0;

    if (!rms_sqlite_run(store->database, "BEGIN IMMEDIATE", error))
        return FALSE;
    if (!read_number(store->database, "PRAGMA application_id", &application_id, error) ||
        !read_number(store->database, "PRAGMA user_version", &version, error) ||
        !read_number(store->database, "SELECT count(*) FROM sqlite_schema", &n_tables, error))
        return FALSE;
    if (n_tables == 0 && application_id == 0)
        return rms_sqlite_run(store->database, schema, error) &&
               rms_sqlite_run(store->database, "COMMIT", error);
    if (application_id != STORE_APPLICATION_ID || version > SCHEMA_VERSION) {
        g_set_error(error,
                    RMS_CONNECTOR_ERROR,
                    RMS_CONNECTOR_ERROR_STORE,
                    application_id != STORE_APPLICATION_ID
                        ? "%s is a database of another program; choose another state directory. It "
                          "was not changed"
                        : "%s was written by a newer version of the connector; install that "
                          "version. It was not changed",
                    store->path);
        return FALSE;
    }
    return rms_sqlite_run(store->database, "ROLLBACK", error);
}

static gboolean prepare_directory(const char *directory, GError **error)
{
    struct stat status;

    if (g_mkdir_with_parents(directory, 0700) != 0 || stat(directory, &status) != 0) {
        g_set_error(error,
                    RMS_CONNECTOR_ERROR,
                    RMS_CONNECTOR_ERROR_STORE,
                    "the state directory %s cannot be made: %s",
                    directory,
                    g_strerror(errno));
        return FALSE;
    }
    if ((status.st_mode & 022) != 0) {
        g_set_error(error,
                    RMS_CONNECTOR_ERROR,
                    RMS_CONNECTOR_ERROR_STORE,
                    "others can write to the state directory %s, and so authorize servers; run: "
                    "chmod 700 %s",
                    directory,
                    directory);
        return FALSE;
    }
    return TRUE;
}

/* SQLite would make the file readable by others where the umask lets it. */
static gboolean prepare_file(const char *path, GError **error)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

    if (fd < 0 || fchmod(fd, 0600) != 0) {
        g_set_error(error,
                    RMS_CONNECTOR_ERROR,
                    RMS_CONNECTOR_ERROR_STORE,
                    "%s cannot be opened: %s",
                    path,
                    g_strerror(errno));
        if (fd >= 0)
            close(fd);
        return FALSE;
    }
    close(fd);
    return TRUE;
}

RmsStore *rms_store_open(const char *directory, GError **error)
{
    g_autoptr(RmsStore) store = NULL;

    g_return_val_if_fail(directory != NULL, NULL);

    if (!prepare_directory(directory, error))
        return NULL;
    store = g_new0(RmsStore, 1);
    store->path = g_build_filename(directory, "connector.db", NULL);
    if (!prepare_file(store->path, error))
        return NULL;
    store->database = rms_sqlite_open(store->path, "FULL", error);
    if (store->database == NULL || !prepare_schema(store, error))
        return NULL;
    return g_steal_pointer(&store);
}

void rms_store_close(RmsStore *store)
{
    if (store == NULL)
        return;
    sqlite3_close_v2(store->database);
    g_free(store->path);
    g_free(store);
}

const char *rms_store_get_path(RmsStore *store)
{
    return store->path;
}

/* @revision: 0: the newest. Returns: (transfer full) (nullable): NULL without @error: there is
 * none. */
static RmsServerList *load(RmsStore *store, gint64 revision, GError **error)
{
    g_autoptr(sqlite3_stmt) statement = NULL;
    g_autoptr(RmsServerList) list = NULL;
    int step;

    statement = rms_sqlite_prepare(store->database,
                                   revision == 0
                                       ? "SELECT revision, saved_at, saved_by, list FROM revisions"
                                         " ORDER BY revision DESC LIMIT 1"
                                       : "SELECT revision, saved_at, saved_by, list FROM revisions"
                                         " WHERE revision = ?1",
                                   error);
    if (statement == NULL)
        return NULL;
    if (revision != 0)
        sqlite3_bind_int64(statement, 1, revision);
    step = sqlite3_step(statement);
    if (step == SQLITE_DONE)
        return NULL;
    if (step != SQLITE_ROW) {
        rms_sqlite_fail(store->database, "read the list", error);
        return NULL;
    }
    list = rms_server_list_from_json((const char *) sqlite3_column_text(statement, 3),
                                     sqlite3_column_bytes(statement, 3),
                                     error);
    if (list == NULL) {
        g_prefix_error(error,
                       "revision %" G_GINT64_FORMAT " in %s: ",
                       (gint64) sqlite3_column_int64(statement, 0),
                       store->path);
        return NULL;
    }
    rms_server_list_seal(list,
                         sqlite3_column_int64(statement, 0),
                         sqlite3_column_int64(statement, 1),
                         (const char *) sqlite3_column_text(statement, 2));
    return g_steal_pointer(&list);
}

RmsServerList *rms_store_load(RmsStore *store, GError **error)
{
    g_autoptr(GError) local_error = NULL;
    RmsServerList *list;

    g_return_val_if_fail(store != NULL, NULL);

    list = load(store, 0, &local_error);
    if (list == NULL && local_error == NULL) {
        list = rms_server_list_new();
        rms_server_list_seal(list, 0, 0, NULL);
    }
    if (local_error != NULL)
        g_propagate_error(error, g_steal_pointer(&local_error));
    return list;
}

RmsServerList *rms_store_load_revision(RmsStore *store, gint64 revision, GError **error)
{
    g_autoptr(GError) local_error = NULL;
    RmsServerList *list;

    g_return_val_if_fail(store != NULL && revision > 0, NULL);

    list = load(store, revision, &local_error);
    if (local_error != NULL)
        g_propagate_error(error, g_steal_pointer(&local_error));
    else if (list == NULL)
        g_set_error(error,
                    RMS_CONNECTOR_ERROR,
                    RMS_CONNECTOR_ERROR_STORE,
                    "there is no revision %" G_GINT64_FORMAT " of the list",
                    revision);
    return list;
}

static char *describe_diff(RmsServerList *before, RmsServerList *after)
{
    g_autoptr(GListModel) changes = rms_server_list_diff(before, after);
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < g_list_model_get_n_items(changes); i++) {
        g_autoptr(RmsListChange) change = g_list_model_get_item(changes, i);
        g_autofree char *line = rms_list_change_to_string(change);

        g_string_append_printf(text, "%s%s", i > 0 ? "\n" : "", line);
    }
    return g_string_free(text, FALSE);
}

static gboolean
insert_revision(RmsStore *store, RmsServerList *list, const char *diff, GError **error)
{
    g_autofree char *json = rms_server_list_to_json(list, FALSE);
    g_autoptr(sqlite3_stmt) statement = NULL;

    statement = rms_sqlite_prepare(store->database,
                                   "INSERT INTO revisions(revision, saved_at, saved_by, list, "
                                   "diff) VALUES(?1, ?2, ?3, ?4, ?5)",
                                   error);
    if (statement == NULL)
        return FALSE;
    sqlite3_bind_int64(statement, 1, rms_server_list_get_revision(list));
    sqlite3_bind_int64(statement, 2, rms_server_list_get_saved_at(list));
    sqlite3_bind_text(statement, 3, rms_server_list_get_saved_by(list), -1, SQLITE_STATIC);
    sqlite3_bind_text(statement, 4, json, -1, SQLITE_STATIC);
    sqlite3_bind_text(statement, 5, diff, -1, SQLITE_STATIC);
    return sqlite3_step(statement) == SQLITE_DONE ||
           rms_sqlite_fail(store->database, "save the list", error);
}

/* Inside a transaction that the caller ends. */
static RmsServerList *swap(RmsStore *store,
                           RmsServerList *list,
                           gint64 expected_revision,
                           const char *author,
                           GError **error)
{
    g_autoptr(RmsServerList) newest = rms_store_load(store, error);
    g_autoptr(RmsServerList) saved = NULL;
    g_autofree char *diff = NULL;

    if (newest == NULL)
        return NULL;
    if (rms_server_list_get_revision(newest) != expected_revision) {
        g_set_error(error,
                    RMS_CONNECTOR_ERROR,
                    RMS_CONNECTOR_ERROR_CONFLICT,
                    "%s saved revision %" G_GINT64_FORMAT
                    " of the list meanwhile; this change was made on revision %" G_GINT64_FORMAT
                    ". Reload the list, review, and push again",
                    *rms_server_list_get_saved_by(newest) != '\0'
                        ? rms_server_list_get_saved_by(newest)
                        : "somebody",
                    rms_server_list_get_revision(newest),
                    expected_revision);
        return NULL;
    }
    saved = rms_server_list_copy(list);
    rms_server_list_seal(saved, expected_revision + 1, g_get_real_time() / G_USEC_PER_SEC, author);
    diff = describe_diff(newest, saved);
    return insert_revision(store, saved, diff, error) ? g_steal_pointer(&saved) : NULL;
}

RmsServerList *rms_store_push(RmsStore *store,
                              RmsServerList *list,
                              gint64 expected_revision,
                              const char *author,
                              GError **error)
{
    g_autoptr(RmsServerList) saved = NULL;

    g_return_val_if_fail(store != NULL && RMS_IS_SERVER_LIST(list) && author != NULL, NULL);

    if (!rms_sqlite_run(store->database, "BEGIN IMMEDIATE", error))
        return NULL;
    saved = swap(store, list, expected_revision, author, error);
    if (saved == NULL || !rms_sqlite_run(store->database, "COMMIT", error)) {
        /* Fails when SQLite rolled back by itself (disk full); nothing is left open then. */
        sqlite3_exec(store->database, "ROLLBACK", NULL, NULL, NULL);
        return NULL;
    }
    return g_steal_pointer(&saved);
}

char *rms_store_get_setting(RmsStore *store, const char *name, GError **error)
{
    g_autoptr(sqlite3_stmt) statement = NULL;
    int step;

    g_return_val_if_fail(store != NULL && name != NULL, NULL);

    statement =
        rms_sqlite_prepare(store->database, "SELECT value FROM settings WHERE name = ?1", error);
    if (statement == NULL)
        return NULL;
    sqlite3_bind_text(statement, 1, name, -1, SQLITE_STATIC);
    step = sqlite3_step(statement);
    if (step == SQLITE_ROW)
        return g_strdup((const char *) sqlite3_column_text(statement, 0));
    if (step != SQLITE_DONE)
        rms_sqlite_fail(store->database, "read a setting", error);
    return NULL;
}

gboolean rms_store_set_setting(RmsStore *store, const char *name, const char *value, GError **error)
{
    g_autoptr(sqlite3_stmt) statement = NULL;

    g_return_val_if_fail(store != NULL && name != NULL, FALSE);

    statement =
        rms_sqlite_prepare(store->database,
                           value != NULL ? "INSERT INTO settings(name, value) VALUES(?1, ?2)"
                                           " ON CONFLICT(name) DO UPDATE SET value = ?2"
                                         : "DELETE FROM settings WHERE name = ?1",
                           error);
    if (statement == NULL)
        return FALSE;
    sqlite3_bind_text(statement, 1, name, -1, SQLITE_STATIC);
    if (value != NULL)
        sqlite3_bind_text(statement, 2, value, -1, SQLITE_STATIC);
    return sqlite3_step(statement) == SQLITE_DONE ||
           rms_sqlite_fail(store->database, "save a setting", error);
}
