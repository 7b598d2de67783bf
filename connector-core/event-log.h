/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The event log: events in the connector's SQLite file, oldest dropped beyond RMS_MAX_EVENTS, and
 * one listener.
 *
 * A write that fails (disk full) never stops the service: the event still reaches the listener, and
 * the loss is counted and logged once writing works again. Used on the connector's thread only.
 */
#pragma once

#include "connector-core/event.h"
#include "connector-core/store.h"

G_BEGIN_DECLS

typedef struct _RmsEventLog RmsEventLog;
typedef void (*RmsEventLogFunc)(RmsEvent *event, gpointer user_data);

/** rms_event_log_new: @listener: (nullable): called for each event after it was written. */
RmsEventLog *rms_event_log_new(RmsStore *store, RmsEventLogFunc listener, gpointer user_data);
void rms_event_log_free(RmsEventLog *log);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RmsEventLog, rms_event_log_free)
/** rms_event_log_add: @event: (transfer none). */
void rms_event_log_add(RmsEventLog *log, RmsEvent *event);
/** rms_event_log_addf: As rms_event_log_add() with a message alone. */
void rms_event_log_addf(RmsEventLog *log, RmsEventNumber number, const char *format, ...)
    G_GNUC_PRINTF(3, 4);
/** rms_event_log_flush: Writes what is pending now and tells the listener, rather than at the end
 * of this turn of the main loop. */
void rms_event_log_flush(RmsEventLog *log);
/** rms_event_log_tell: Tells the listener of @events that the store saved with a list. */
void rms_event_log_tell(RmsEventLog *log, GPtrArray *events);
/** rms_event_log_query: As rms_connector_query_events_async(). Returns: (transfer full)
 * (element-type RmsEvent) */
GPtrArray *rms_event_log_query(RmsEventLog *log, gint64 before_id, guint limit, GError **error);

G_END_DECLS
