/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The event log. Events are gathered during one turn of the main loop and written in one
 * transaction, on a connection of its own with synchronous=NORMAL: a burst of refusals costs one
 * write and no fsync, `kill -9` loses no event that was written, and a power cut at most the last
 * few. Events that say who did what to the connector are synced.
 */
#include "config.h"

#include "connector-core/event-log.h"

#include "connector-core/event-log-private.h"
#include "connector-core/event-private.h"
#include "connector-core/limits.h"
#include "connector-core/sqlite-private.h"
#include "connector-core/store-private.h"

/* How often old rows are looked for, in events; so many go at a time. */
#define PRUNE_EVERY 1000
/* Writing an event is not worth making callers wait for whoever else has the file open. */
#define BUSY_TIMEOUT_MS 100

struct _RmsEventLog {
    sqlite3 *database; /* NULL: could not be opened; events go to the listener alone */
    gboolean synced;   /* synchronous is FULL at present */
    GPtrArray *pending;
    GSource *flush;
    guint64 written;
    guint64 lost;
    RmsEventLogFunc listener;
    gpointer user_data;
};

static gboolean insert_event(sqlite3 *database, sqlite3_stmt *statement, RmsEvent *event)
{
    sqlite3_reset(statement);
    sqlite3_bind_int64(statement, 1, rms_event_get_time(event));
    sqlite3_bind_int(statement, 2, (int) rms_event_get_number(event));
    sqlite3_bind_text(statement, 3, rms_event_get_message(event), -1, SQLITE_STATIC);
    sqlite3_bind_text(statement, 4, rms_event_get_account(event), -1, SQLITE_STATIC);
    sqlite3_bind_text(statement, 5, rms_event_get_sid(event), -1, SQLITE_STATIC);
    sqlite3_bind_text(statement, 6, rms_event_get_computer(event), -1, SQLITE_STATIC);
    if (sqlite3_step(statement) != SQLITE_DONE)
        return FALSE;
    rms_event_set_id(event, sqlite3_last_insert_rowid(database));
    return TRUE;
}

gboolean rms_event_log_insert(sqlite3 *database, GPtrArray *events)
{
    g_autoptr(sqlite3_stmt) statement =
        rms_sqlite_prepare(database,
                           "INSERT INTO events(time, number, message, account, sid, computer)"
                           " VALUES(?1, ?2, ?3, ?4, ?5, ?6)",
                           NULL);

    if (statement == NULL)
        return FALSE;
    for (guint i = 0; i < events->len; i++) {
        if (!insert_event(database, statement, events->pdata[i]))
            return FALSE;
    }
    return TRUE;
}

/* Ours from 4000 up are about administrators; refused callers are not worth an fsync each. */
static gboolean is_audit(RmsEvent *event)
{
    return rms_event_get_number(event) >= RMS_EVENT_LIST_PUSHED &&
           rms_event_get_number(event) != RMS_EVENT_NTLM_REFUSED;
}

static void choose_sync(RmsEventLog *log, GPtrArray *events)
{
    gboolean sync = FALSE;

    for (guint i = 0; i < events->len && !sync; i++)
        sync = is_audit(events->pdata[i]);
    if (sync != log->synced &&
        rms_sqlite_run(log->database,
                       sync ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL",
                       NULL))
        log->synced = sync;
}

static gboolean write_events(RmsEventLog *log, GPtrArray *events)
{
    if (log->database == NULL)
        return FALSE;
    choose_sync(log, events);
    if (rms_sqlite_run(log->database, "BEGIN IMMEDIATE", NULL)) {
        if (rms_event_log_insert(log->database, events) &&
            rms_sqlite_run(log->database, "COMMIT", NULL))
            return TRUE;
        sqlite3_exec(log->database, "ROLLBACK", NULL, NULL, NULL);
    }
    for (guint i = 0; i < events->len; i++)
        rms_event_set_id(events->pdata[i], 0);
    return FALSE;
}

static void prune(RmsEventLog *log)
{
    g_autofree char *sql = g_strdup_printf(
        "DELETE FROM events WHERE id <= (SELECT max(id) FROM events) - %d", RMS_MAX_EVENTS);

    rms_sqlite_run(log->database, sql, NULL);
}

static void tell(RmsEventLog *log, GPtrArray *events)
{
    for (guint i = 0; i < events->len && log->listener != NULL; i++)
        log->listener(events->pdata[i], log->user_data);
}

static void flush(RmsEventLog *log)
{
    g_autoptr(GPtrArray) events = g_steal_pointer(&log->pending);

    log->pending = g_ptr_array_new_with_free_func(g_object_unref);
    if (log->flush != NULL) {
        g_source_destroy(log->flush);
        g_clear_pointer(&log->flush, g_source_unref);
    }
    if (events->len == 0)
        return;
    if (log->lost > 0) {
        g_autofree char *message =
            g_strdup_printf("%" G_GUINT64_FORMAT
                            " events before this one could not be written to the event log's file",
                            log->lost);

        g_ptr_array_insert(
            events, 0, rms_event_new(RMS_EVENT_EXCEPTION, message, NULL, NULL, NULL));
    }
    if (write_events(log, events)) {
        guint64 before = log->written;

        log->lost = 0;
        log->written += events->len;
        if (before / PRUNE_EVERY != log->written / PRUNE_EVERY)
            prune(log);
    } else {
        if (log->lost > 0)
            g_ptr_array_remove_index(events, 0);
        log->lost += events->len;
    }
    tell(log, events);
}

static gboolean on_flush_due(gpointer user_data)
{
    flush(user_data);
    return G_SOURCE_REMOVE;
}

RmsEventLog *rms_event_log_new(RmsStore *store, RmsEventLogFunc listener, gpointer user_data)
{
    RmsEventLog *log = g_new0(RmsEventLog, 1);

    log->database = rms_sqlite_open(rms_store_get_path(store), BUSY_TIMEOUT_MS, NULL);
    if (log->database != NULL)
        rms_sqlite_run(log->database, "PRAGMA synchronous = NORMAL", NULL);
    log->pending = g_ptr_array_new_with_free_func(g_object_unref);
    log->listener = listener;
    log->user_data = user_data;
    if (log->database != NULL)
        prune(log);
    return log;
}

void rms_event_log_free(RmsEventLog *log)
{
    if (log == NULL)
        return;
    flush(log);
    g_ptr_array_unref(log->pending);
    sqlite3_close_v2(log->database);
    g_free(log);
}

void rms_event_log_add(RmsEventLog *log, RmsEvent *event)
{
    g_return_if_fail(log != NULL && RMS_IS_EVENT(event));

    g_ptr_array_add(log->pending, g_object_ref(event));
    if (log->flush != NULL)
        return;
    log->flush = g_idle_source_new();
    g_source_set_priority(log->flush, G_PRIORITY_DEFAULT);
    g_source_set_callback(log->flush, on_flush_due, log, NULL);
    g_source_attach(log->flush, g_main_context_get_thread_default());
}

void rms_event_log_addf(RmsEventLog *log, RmsEventNumber number, const char *format, ...)
{
    va_list arguments;
    g_autofree char *message = NULL;
    g_autoptr(RmsEvent) event = NULL;

    va_start(arguments, format);
    message = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    event = rms_event_new(number, message, NULL, NULL, NULL);
    rms_event_log_add(log, event);
}

void rms_event_log_flush(RmsEventLog *log)
{
    g_return_if_fail(log != NULL);
    flush(log);
}

void rms_event_log_tell(RmsEventLog *log, GPtrArray *events)
{
    g_return_if_fail(log != NULL && events != NULL);

    flush(log);
    tell(log, events);
}

GPtrArray *rms_event_log_query(RmsEventLog *log, gint64 before_id, guint limit, GError **error)
{
    g_autoptr(GPtrArray) events = g_ptr_array_new_with_free_func(g_object_unref);
    g_autoptr(sqlite3_stmt) statement = NULL;
    int step;

    g_return_val_if_fail(log != NULL, NULL);

    flush(log);
    if (log->database == NULL) {
        g_set_error(error,
                    RMS_CONNECTOR_ERROR,
                    RMS_CONNECTOR_ERROR_STORE,
                    "the event log's file could not be opened");
        return NULL;
    }
    statement =
        rms_sqlite_prepare(log->database,
                           "SELECT id, time, number, message, account, sid, computer FROM events"
                           " WHERE id < ?1 ORDER BY id DESC LIMIT ?2",
                           error);
    if (statement == NULL)
        return NULL;
    sqlite3_bind_int64(statement, 1, before_id > 0 ? before_id : G_MAXINT64);
    sqlite3_bind_int64(statement, 2, limit);
    while ((step = sqlite3_step(statement)) == SQLITE_ROW) {
        g_ptr_array_add(events,
                        rms_event_restore(sqlite3_column_int64(statement, 0),
                                          sqlite3_column_int64(statement, 1),
                                          sqlite3_column_int(statement, 2),
                                          (const char *) sqlite3_column_text(statement, 3),
                                          (const char *) sqlite3_column_text(statement, 4),
                                          (const char *) sqlite3_column_text(statement, 5),
                                          (const char *) sqlite3_column_text(statement, 6)));
    }
    if (step != SQLITE_DONE) {
        rms_sqlite_fail(log->database, "read the event log", error);
        return NULL;
    }
    return g_steal_pointer(&events);
}
