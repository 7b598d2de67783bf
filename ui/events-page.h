/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The page of the event log: a table, newest first, a filter, and the selected event below.
 */
#pragma once

#include <adwaita.h>

#include "ui/console.h"

G_BEGIN_DECLS

/* Signal "authorize" (char *account): somebody wants the account of a refused caller authorized. */
#define RMS_TYPE_EVENTS_PAGE (rms_events_page_get_type())
G_DECLARE_FINAL_TYPE(RmsEventsPage, rms_events_page, RMS, EVENTS_PAGE, AdwBin)

/** rms_events_page_set_console: To be called once; keeps a reference. */
void rms_events_page_set_console(RmsEventsPage *self, RmsConsole *console);
/** rms_events_page_get_search_bar: Returns: (transfer none) */
GtkSearchBar *rms_events_page_get_search_bar(RmsEventsPage *self);

G_END_DECLS
