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
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "connector-core/event-log-private.h"
#include "connector-core/limits.h"
#include "connector-core/sqlite-private.h"
#include "connector-core/store-private.h"

/* "RMSC": tells our file from any other SQLite file (PRAGMA application_id). */
#define STORE_APPLICATION_ID 0x524d5343
#define SCHEMA_VERSION 1
/* A push waits this long for another process (a backup, a curious administrator); so do callers,
 * for all of it happens on the connector's thread. */
#define BUSY_TIMEOUT_MS 1000

/* digest: SHA-256 over the row (digest_of()). SQLite does not notice a flipped bit in a text, and a
 * flipped bit in a SID authorizes somebody else. */
static const char schema[] =
    "CREATE TABLE revisions(revision INTEGER PRIMARY KEY, saved_at INTEGER NOT NULL, saved_by TEXT "
    "NOT NULL,"
    " list TEXT NOT NULL, diff TEXT NOT NULL, digest TEXT NOT NULL) STRICT;"
    "CREATE TABLE settings(name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;"
    "CREATE TABLE events(id INTEGER PRIMARY KEY AUTOINCREMENT, time INTEGER NOT NULL, number "
    "INTEGER NOT NULL,"
    " message TEXT NOT NULL, account TEXT, sid TEXT, computer TEXT) STRICT;"
    "PRAGMA application_id = 0x524d5343;"
    "PRAGMA user_version = 1;";

struct _RmsStore {
    char *path;
    sqlite3 *database;
    RmsServerList *newest; /* what was last loaded or pushed; saves reading it again for a push */
};

static gboolean refuse(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);

static gboolean refuse(GError **error, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    if (error != NULL)
        *error =
            g_error_new_valist(RMS_CONNECTOR_ERROR, RMS_CONNECTOR_ERROR_STORE, format, arguments);
    va_end(arguments);
    return FALSE;
}

/* Tells an empty file, which gets our schema, from ours and from anything else. */
static gboolean check_identity(RmsStore *store, gboolean *empty, GError **error)
{
    gint64 application_id = 0, version = 0, n_tables = 0;

    if (!rms_sqlite_read_number(store->database, "PRAGMA application_id", &application_id, error) ||
        !rms_sqlite_read_number(store->database, "PRAGMA user_version", &version, error) ||
        !rms_sqlite_read_number(
            store->database, "SELECT count(*) FROM sqlite_schema", &n_tables, error)) {
        g_prefix_error(error, "%s: ", store->path);
        return FALSE;
    }
    *empty = n_tables == 0 && application_id == 0 && version == 0;
    if (*empty)
        return TRUE;
    if (application_id != STORE_APPLICATION_ID)
        return refuse(error,
                      "%s is a database of another program; choose another state directory. It was "
                      "not changed",
                      store->path);
    if (version > SCHEMA_VERSION)
        return refuse(error,
                      "%s was written by a newer version of the connector (schema %" G_GINT64_FORMAT
                      ", this one knows %d); install that version. It was not changed",
                      store->path,
                      version,
                      SCHEMA_VERSION);
    return TRUE;
}

static gboolean create_schema(RmsStore *store, GError **error)
{
    gboolean empty;

    /* Another process may have been faster. */
    if (!rms_sqlite_run(store->database, "BEGIN IMMEDIATE", error) ||
        !check_identity(store, &empty, error) ||
        (empty && !rms_sqlite_run(store->database, schema, error)) ||
        !rms_sqlite_run(store->database, "COMMIT", error)) {
        sqlite3_exec(store->database, "ROLLBACK", NULL, NULL, NULL);
        return FALSE;
    }
    return TRUE;
}

static gboolean open_database(RmsStore *store, GError **error)
{
    gboolean empty;

    store->database = rms_sqlite_open(store->path, BUSY_TIMEOUT_MS, error);
    return store->database != NULL && check_identity(store, &empty, error) &&
           rms_sqlite_use_wal(store->database, error) &&
           rms_sqlite_run(store->database, "PRAGMA synchronous = FULL", error) &&
           (!empty || create_schema(store, error));
}

/* Returns: (transfer full): the directory's path without symbolic links, or NULL. */
static char *prepare_directory(const char *directory, GError **error)
{
    g_autofree char *path = NULL;
    struct stat status;
    char *real;

    if (g_mkdir_with_parents(directory, 0700) != 0 || (real = realpath(directory, NULL)) == NULL) {
        refuse(error, "the state directory %s cannot be made: %s", directory, g_strerror(errno));
        return NULL;
    }
    path = g_strdup(real);
    free(real);
    if (stat(path, &status) != 0) {
        refuse(error, "the state directory %s cannot be read: %s", path, g_strerror(errno));
        return NULL;
    }
    if (status.st_uid != geteuid() && status.st_uid != 0) {
        refuse(error,
               "the state directory %s belongs to another account, which could authorize servers; "
               "choose another one or give it to the connector's account",
               path);
        return NULL;
    }
    if ((status.st_mode & 022) != 0) {
        refuse(error,
               "others can write to the state directory %s, and so authorize servers; run: chmod "
               "700 %s",
               path,
               path);
        return NULL;
    }
    return g_steal_pointer(&path);
}

/* Makes the file if there is none: SQLite would make it readable by others where the umask lets
 * it. */
static gboolean prepare_file(const char *path, GError **error)
{
    struct stat status;
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
    gboolean regular;

    if (fd < 0)
        return refuse(error, "%s cannot be opened: %s", path, g_strerror(errno));
    regular = fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
    close(fd);
    return regular || refuse(error, "%s is no file; move it away", path);
}

RmsStore *rms_store_open(const char *directory, GError **error)
{
    g_autoptr(RmsStore) store = g_new0(RmsStore, 1);
    g_autofree char *path = NULL;

    g_return_val_if_fail(directory != NULL, NULL);

    path = prepare_directory(directory, error);
    if (path == NULL)
        return NULL;
    store->path = g_build_filename(path, "connector.db", NULL);
    if (!prepare_file(store->path, error) || !open_database(store, error))
        return NULL;
    /* One that was restored from a copy may let others read; from here on it is known to be ours.
     */
    if (g_chmod(store->path, 0600) != 0) {
        refuse(error, "the mode of %s cannot be set: %s", store->path, g_strerror(errno));
        return NULL;
    }
    return g_steal_pointer(&store);
}

void rms_store_close(RmsStore *store)
{
    if (store == NULL)
        return;
    sqlite3_close_v2(store->database);
    g_clear_object(&store->newest);
    g_free(store->path);
    g_free(store);
}

const char *rms_store_get_path(RmsStore *store)
{
    return store->path;
}

static char *digest_of(gint64 revision, gint64 saved_at, const char *saved_by, const char *list)
{
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    g_autofree char *head = g_strdup_printf(
        "%" G_GINT64_FORMAT "\n%" G_GINT64_FORMAT "\n%s\n", revision, saved_at, saved_by);

    g_checksum_update(sum, (const guchar *) head, -1);
    g_checksum_update(sum, (const guchar *) list, -1);
    return g_strdup(g_checksum_get_string(sum));
}

/* Reads the row that @statement stands on: revision, saved_at, saved_by, list, digest. */
static RmsServerList *read_list(RmsStore *store, sqlite3_stmt *statement, GError **error)
{
    gint64 revision = sqlite3_column_int64(statement, 0);
    gint64 saved_at = sqlite3_column_int64(statement, 1);
    const char *saved_by = (const char *) sqlite3_column_text(statement, 2);
    const char *json = (const char *) sqlite3_column_text(statement, 3);
    const char *digest = (const char *) sqlite3_column_text(statement, 4);
    g_autoptr(RmsServerList) list = NULL;
    g_autofree char *expected = NULL;

    if (saved_by == NULL || json == NULL || digest == NULL) {
        rms_sqlite_fail(store->database, "read the list", error);
        return NULL;
    }
    expected = digest_of(revision, saved_at, saved_by, json);
    if (strcmp(expected, digest) != 0 || revision <= 0 || saved_at < 0 || saved_at > RMS_TIME_MAX) {
        refuse(error,
               "revision %" G_GINT64_FORMAT " of the list in %s is damaged (its checksum does not "
               "match). Move the file away and restore a copy",
               revision,
               store->path);
        return NULL;
    }
    list = rms_server_list_from_json(json, strlen(json), error);
    if (list == NULL) {
        g_prefix_error(error, "revision %" G_GINT64_FORMAT " in %s: ", revision, store->path);
        return NULL;
    }
    rms_server_list_seal(list, revision, saved_at, saved_by);
    return g_steal_pointer(&list);
}

/* @revision: 0: the newest. Returns: (transfer full) (nullable): NULL without @error: there is
 * none. */
static RmsServerList *load(RmsStore *store, gint64 revision, GError **error)
{
    g_autoptr(sqlite3_stmt) statement = rms_sqlite_prepare(
        store->database,
        revision == 0 ? "SELECT revision, saved_at, saved_by, list, digest FROM revisions"
                        " ORDER BY revision DESC LIMIT 1"
                      : "SELECT revision, saved_at, saved_by, list, digest FROM revisions"
                        " WHERE revision = ?1",
        error);
    int step;

    if (statement == NULL)
        return NULL;
    if (revision != 0)
        sqlite3_bind_int64(statement, 1, revision);
    step = sqlite3_step(statement);
    if (step == SQLITE_ROW)
        return read_list(store, statement, error);
    if (step != SQLITE_DONE)
        rms_sqlite_fail(store->database, "read the list", error);
    return NULL;
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
    g_set_object(&store->newest, list);
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
        refuse(error, "revision %" G_GINT64_FORMAT " of the list is not kept", revision);
    return list;
}

static gboolean
insert_revision(RmsStore *store, RmsServerList *list, const char *diff, GError **error)
{
    g_autofree char *json = rms_server_list_to_json(list, FALSE);
    gint64 revision = rms_server_list_get_revision(list);
    gint64 saved_at = rms_server_list_get_saved_at(list);
    const char *saved_by = rms_server_list_get_saved_by(list);
    g_autofree char *digest = digest_of(revision, saved_at, saved_by, json);
    g_autoptr(sqlite3_stmt) insert =
        rms_sqlite_prepare(store->database,
                           "INSERT INTO revisions(revision, saved_at, saved_by, list, diff, digest)"
                           " VALUES(?1, ?2, ?3, ?4, ?5, ?6)",
                           error);
    g_autoptr(sqlite3_stmt) prune = rms_sqlite_prepare(
        store->database, "DELETE FROM revisions WHERE revision <= ?1", insert ? error : NULL);

    if (insert == NULL || prune == NULL)
        return FALSE;
    sqlite3_bind_int64(insert, 1, revision);
    sqlite3_bind_int64(insert, 2, saved_at);
    sqlite3_bind_text(insert, 3, saved_by, -1, SQLITE_STATIC);
    sqlite3_bind_text(insert, 4, json, -1, SQLITE_STATIC);
    sqlite3_bind_text(insert, 5, diff, -1, SQLITE_STATIC);
    sqlite3_bind_text(insert, 6, digest, -1, SQLITE_STATIC);
    sqlite3_bind_int64(prune, 1, revision - RMS_MAX_REVISIONS);
    return (sqlite3_step(insert) == SQLITE_DONE && sqlite3_step(prune) == SQLITE_DONE) ||
           rms_sqlite_fail(store->database, "save the list", error);
}

/* Returns: (transfer full): the newest list, read from the file only when another process saved
 * it. */
static RmsServerList *dup_newest(RmsStore *store, GError **error)
{
    gint64 revision = 0;

    if (!rms_sqlite_read_number(
            store->database, "SELECT ifnull(max(revision), 0) FROM revisions", &revision, error))
        return NULL;
    if (store->newest != NULL && rms_server_list_get_revision(store->newest) == revision)
        return g_object_ref(store->newest);
    return rms_store_load(store, error);
}

/* The entries of @list as they are saved. Who added an entry, and when, is what @newest says, not
 * what whoever pushes says. */
static RmsServerList *
stamp_entries(RmsServerList *list, RmsServerList *newest, const char *author, GError **error)
{
    g_autoptr(RmsServerList) stamped = rms_server_list_new();
    gint64 now = g_get_real_time() / G_USEC_PER_SEC;

    for (guint i = 0; i < rms_server_list_get_length(list); i++) {
        RmsEntry *entry = rms_server_list_get(list, i);
        RmsEntry *old = rms_server_list_lookup(newest, rms_entry_get_sid(entry));
        g_autoptr(RmsEntry) saved = NULL;

        if (old != NULL && rms_entry_equal(old, entry))
            saved = g_object_ref(old);
        else if (old != NULL)
            saved = rms_entry_with_added(
                entry, rms_entry_get_added_at(old), rms_entry_get_added_by(old));
        else
            saved = rms_entry_with_added(entry, now, author);
        if (!rms_server_list_add(stamped, saved, error))
            return NULL;
    }
    rms_server_list_seal(stamped, rms_server_list_get_revision(newest) + 1, now, author);
    return g_steal_pointer(&stamped);
}

/* Inside a transaction that the caller ends. */
static RmsServerList *swap(RmsStore *store,
                           RmsServerList *list,
                           gint64 expected_revision,
                           const char *author,
                           RmsStoreAuditFunc audit,
                           gpointer user_data,
                           GError **error)
{
    g_autoptr(RmsServerList) newest = dup_newest(store, error);
    g_autoptr(RmsServerList) saved = NULL;
    g_autofree char *changes = NULL;

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
    saved = stamp_entries(list, newest, author, error);
    if (saved == NULL)
        return NULL;
    changes = rms_server_list_describe_changes(newest, saved);
    if (!insert_revision(store, saved, changes, error))
        return NULL;
    if (audit != NULL && !rms_event_log_insert(store->database, audit(newest, saved, user_data))) {
        rms_sqlite_fail(store->database, "save the events of the push", error);
        return NULL;
    }
    return g_steal_pointer(&saved);
}

RmsServerList *rms_store_push(RmsStore *store,
                              RmsServerList *list,
                              gint64 expected_revision,
                              const char *author,
                              RmsStoreAuditFunc audit,
                              gpointer user_data,
                              GError **error)
{
    g_autoptr(RmsServerList) saved = NULL;

    g_return_val_if_fail(store != NULL && RMS_IS_SERVER_LIST(list), NULL);

    if (!rms_author_validate(author, error) ||
        !rms_sqlite_run(store->database, "BEGIN IMMEDIATE", error))
        return NULL;
    saved = swap(store, list, expected_revision, author, audit, user_data, error);
    if (saved == NULL || !rms_sqlite_run(store->database, "COMMIT", error)) {
        /* Fails when SQLite rolled back by itself (disk full); nothing is left open then. */
        sqlite3_exec(store->database, "ROLLBACK", NULL, NULL, NULL);
        return NULL;
    }
    g_set_object(&store->newest, saved);
    return g_steal_pointer(&saved);
}

GPtrArray *
rms_store_list_history(RmsStore *store, gint64 before_revision, guint limit, GError **error)
{
    g_autoptr(GPtrArray) history = g_ptr_array_new_with_free_func(g_object_unref);
    g_autoptr(sqlite3_stmt) statement = NULL;
    int step;

    g_return_val_if_fail(store != NULL && before_revision >= 0, NULL);

    statement = rms_sqlite_prepare(store->database,
                                   "SELECT revision, saved_at, saved_by, diff FROM revisions"
                                   " WHERE revision < ?1 ORDER BY revision DESC LIMIT ?2",
                                   error);
    if (statement == NULL)
        return NULL;
    sqlite3_bind_int64(statement, 1, before_revision > 0 ? before_revision : G_MAXINT64);
    sqlite3_bind_int64(statement, 2, limit);
    while ((step = sqlite3_step(statement)) == SQLITE_ROW)
        g_ptr_array_add(history,
                        rms_revision_new(sqlite3_column_int64(statement, 0),
                                         sqlite3_column_int64(statement, 1),
                                         (const char *) sqlite3_column_text(statement, 2),
                                         (const char *) sqlite3_column_text(statement, 3)));
    if (step != SQLITE_DONE) {
        rms_sqlite_fail(store->database, "read the history", error);
        return NULL;
    }
    return g_steal_pointer(&history);
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
