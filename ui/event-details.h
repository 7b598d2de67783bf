/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * All of one event: number and what it stands for, when, who, from where, and the whole message.
 */
#pragma once

#include <adwaita.h>

#include "connector-core/event.h"

G_BEGIN_DECLS

/* Signals: "authorize" (char *account), "closed" (). */
#define RMS_TYPE_EVENT_DETAILS (rms_event_details_get_type())
G_DECLARE_FINAL_TYPE(RmsEventDetails, rms_event_details, RMS, EVENT_DETAILS, AdwBin)

/** rms_event_details_set_event: @event: (nullable) */
void rms_event_details_set_event(RmsEventDetails *self, RmsEvent *event);

G_END_DECLS
