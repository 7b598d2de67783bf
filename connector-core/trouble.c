/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Event 3000, one kind of trouble at a time; see trouble.h.
 */
#include "config.h"

#include "connector-core/trouble.h"

#include "connector-core/event-limiter.h"

struct _RmsTrouble {
    RmsEventLog *events;
    RmsEventLimiter *limiter;
    guint64 counts[RMS_N_TROUBLES];
};

static void on_event_due(RmsEvent *event, gpointer user_data)
{
    RmsTrouble *trouble = user_data;

    rms_event_log_add(trouble->events, event);
}

static gint64 read_clock(gpointer user_data)
{
    return g_get_monotonic_time();
}

RmsTrouble *rms_trouble_new(RmsEventLog *events)
{
    RmsTrouble *trouble = g_new0(RmsTrouble, 1);

    trouble->events = events;
    trouble->limiter =
        rms_event_limiter_new(RMS_EVENT_EXCEPTION, on_event_due, read_clock, trouble);
    return trouble;
}

void rms_trouble_free(RmsTrouble *trouble)
{
    if (trouble == NULL) {
        return;
    }
    rms_event_limiter_free(trouble->limiter);
    g_free(trouble);
}

void rms_trouble_report(RmsTrouble *trouble, RmsTroubleKind kind, const char *sentence)
{
    char key[12];

    trouble->counts[kind]++;
    g_snprintf(key, sizeof(key), "%d", kind);
    rms_event_limiter_add(trouble->limiter, key, RMS_EVENT_EXCEPTION, sentence, NULL, NULL, NULL);
}

guint64 rms_trouble_get_count(const RmsTrouble *trouble, RmsTroubleKind kind)
{
    return trouble->counts[kind];
}

const char *rms_trouble_get_name(RmsTroubleKind kind)
{
    static const char *const names[RMS_N_TROUBLES] = {"no-tenant",
                                                      "no-token",
                                                      "name",
                                                      "connect",
                                                      "tls",
                                                      "timeout",
                                                      "cut",
                                                      "empty",
                                                      "not-soap",
                                                      "token-refused",
                                                      "status",
                                                      "too-large",
                                                      "overload",
                                                      "connections",
                                                      "certificate"};

    return names[kind];
}
