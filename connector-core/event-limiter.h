/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Events that a peer can cause at will: the first of a kind is logged at once, those that repeat it
 * within a minute are counted, and the count is logged when the minute is over.
 *
 * Kinds are told apart by a key. At most RMS_MAX_REPEATING_EVENTS keys are followed at a time;
 * what comes beyond is only counted, so a peer with many addresses fills neither memory nor the
 * log. Used on one thread; whoever makes it runs the thread-default main context.
 */
#pragma once

#include "connector-core/event.h"

G_BEGIN_DECLS

typedef void (*RmsEventSink)(RmsEvent *event, gpointer user_data);
/* Returns: microseconds that never go back, as g_get_monotonic_time(). */
typedef gint64 (*RmsClock)(gpointer user_data);

typedef struct _RmsEventLimiter RmsEventLimiter;

/**
 * rms_event_limiter_new: @overflow: the number of the event that counts what came beyond the keys
 * that can be followed. @user_data: for @sink and @clock.
 */
RmsEventLimiter *rms_event_limiter_new(RmsEventNumber overflow,
                                       RmsEventSink sink,
                                       RmsClock clock,
                                       gpointer user_data);
/** rms_event_limiter_free: Logs what was held back. @limiter: (nullable) */
void rms_event_limiter_free(RmsEventLimiter *limiter);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RmsEventLimiter, rms_event_limiter_free)

/** rms_event_limiter_add: @key: what makes it a repetition. The rest as for rms_event_new(). */
void rms_event_limiter_add(RmsEventLimiter *limiter,
                           const char *key,
                           RmsEventNumber number,
                           const char *message,
                           const char *account,
                           const char *sid,
                           const char *computer);
/** rms_event_limiter_flush: Logs what was held back for a minute (@all: whatever was); a timer does
 * so by itself. */
void rms_event_limiter_flush(RmsEventLimiter *limiter, gboolean all);

G_END_DECLS
