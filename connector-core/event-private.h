/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * For the event log only: events get their id when they are logged, and come back from the file
 * with their time.
 */
#pragma once

#include "connector-core/event.h"

RmsEvent *rms_event_restore(gint64 id,
                            gint64 time,
                            guint number,
                            const char *message,
                            const char *account,
                            const char *sid,
                            const char *computer);
void rms_event_set_id(RmsEvent *event, gint64 id);
