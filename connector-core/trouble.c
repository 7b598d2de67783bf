/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Rate limit of event 3000; see trouble.h.
 */
#include "config.h"

#include "connector-core/trouble.h"

#define PERIOD_USEC (60 * G_USEC_PER_SEC)

struct _RmsTrouble {
    RmsEventLog *events;
    struct {
        gint64 reported_at; /* 0: never */
        guint left_out;
    } kinds[RMS_N_TROUBLES];
};

RmsTrouble *rms_trouble_new(RmsEventLog *events)
{
    RmsTrouble *trouble = g_new0(RmsTrouble, 1);

    trouble->events = events;
    return trouble;
}

void rms_trouble_free(RmsTrouble *trouble)
{
    g_free(trouble);
}

void rms_trouble_report(RmsTrouble *trouble, RmsTroubleKind kind, gint64 now, const char *sentence)
{
    gint64 last = trouble->kinds[kind].reported_at;

    if (last != 0 && now - last < PERIOD_USEC) {
        trouble->kinds[kind].left_out++;
        return;
    }
    if (trouble->kinds[kind].left_out > 0) {
        rms_event_log_addf(trouble->events,
                           RMS_EVENT_EXCEPTION,
                           "%s (%u more of this kind since the last such event)",
                           sentence,
                           trouble->kinds[kind].left_out);
    } else {
        rms_event_log_addf(trouble->events, RMS_EVENT_EXCEPTION, "%s", sentence);
    }
    trouble->kinds[kind].reported_at = now;
    trouble->kinds[kind].left_out = 0;
}
