/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The page of the event log.
 */
#pragma once

#include <adwaita.h>

#include "ui/console.h"

G_BEGIN_DECLS

#define RMS_TYPE_EVENTS_PAGE (rms_events_page_get_type())
G_DECLARE_FINAL_TYPE(RmsEventsPage, rms_events_page, RMS, EVENTS_PAGE, AdwBin)

/** rms_events_page_set_console: To be called once; keeps a reference. */
void rms_events_page_set_console(RmsEventsPage *self, RmsConsole *console);

G_END_DECLS
