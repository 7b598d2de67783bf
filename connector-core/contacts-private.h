/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * For tests: contacts with a clock and a log of one's own.
 */
#pragma once

#include "connector-core/contacts.h"
#include "connector-core/event-limiter.h"

/* @user_data: for @sink and @clock. */
RmsContacts *
rms_contacts_new_with(RmsEventSink sink, RmsClock clock, gpointer user_data, const char *spn);
/* What the timers do when the minute is over. */
void rms_contacts_flush(RmsContacts *contacts);
