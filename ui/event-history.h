/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The event log as far as it was loaded, newest first: new events come in at the top, older ones
 * when they are asked for.
 *
 * Invariant: ids fall strictly from the first item to the last, without gaps in between.
 */
#pragma once

#include "connector-core/connector.h"

G_BEGIN_DECLS

/* Events a page; and held at most: beyond that the oldest are let go of, to be loaded again. */
#define RMS_EVENT_HISTORY_PAGE 200
#define RMS_EVENT_HISTORY_MAX 50000

/* A GListModel of RmsEvent; read-only properties "loading" (boolean), "complete" (boolean: the
 * oldest event is loaded). Signal "failed" (GError): loading failed. */
#define RMS_TYPE_EVENT_HISTORY (rms_event_history_get_type())
G_DECLARE_FINAL_TYPE(RmsEventHistory, rms_event_history, RMS, EVENT_HISTORY, GObject)

/** rms_event_history_new: Follows @connector, to which it keeps a reference, and loads the first
 * page as soon as it serves. */
RmsEventHistory *rms_event_history_new(RmsConnector *connector);
/** rms_event_history_load_older: Asks for another page; does nothing while one is on its way or
 * when there is none. */
void rms_event_history_load_older(RmsEventHistory *self);
gboolean rms_event_history_get_loading(RmsEventHistory *self);
gboolean rms_event_history_get_complete(RmsEventHistory *self);

/** rms_event_matches: Whether @event has one of @levels (bits 1 << RmsEventLevel) and number,
 * account, computer, SID or message contain @folded, which g_utf8_casefold() made. */
gboolean rms_event_matches(RmsEvent *event, guint levels, const char *folded);

G_END_DECLS
