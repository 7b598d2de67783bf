/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One window a key:
 *
 *     (none) --event, logged--> open, 0 held --event, held--> open, n held
 *       ^                           |                             |
 *       '---- minute over ----------'      minute over: latest event and count logged, open, 0 held
 */
#include "config.h"

#include "connector-core/event-limiter.h"

#include "connector-core/limits.h"

#define WINDOW_SECONDS 60

typedef struct {
    gint64 opened;
    guint64 n_held;
    RmsEvent *latest; /* of those held back; NULL: none */
} Window;

struct _RmsEventLimiter {
    RmsEventNumber overflow;
    RmsEventSink sink;
    RmsClock clock;
    gpointer user_data;
    GHashTable *windows; /* char * → Window */
    guint64 n_overflowed;
    gint64 overflow_since;
    GSource *timer; /* runs while something is held back */
};

static void window_free(gpointer data)
{
    Window *window = data;

    g_clear_object(&window->latest);
    g_free(window);
}

RmsEventLimiter *rms_event_limiter_new(RmsEventNumber overflow,
                                       RmsEventSink sink,
                                       RmsClock clock,
                                       gpointer user_data)
{
    RmsEventLimiter *limiter = g_new0(RmsEventLimiter, 1);

    limiter->overflow = overflow;
    limiter->sink = sink;
    limiter->clock = clock;
    limiter->user_data = user_data;
    limiter->windows = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, window_free);
    return limiter;
}

static void stop_timer(RmsEventLimiter *limiter)
{
    if (limiter->timer != NULL)
        g_source_destroy(limiter->timer);
    g_clear_pointer(&limiter->timer, g_source_unref);
}

void rms_event_limiter_free(RmsEventLimiter *limiter)
{
    if (limiter == NULL)
        return;
    rms_event_limiter_flush(limiter, TRUE);
    stop_timer(limiter);
    g_hash_table_unref(limiter->windows);
    g_free(limiter);
}

static gboolean is_over(const Window *window, gint64 now)
{
    return now - window->opened >= WINDOW_SECONDS * G_USEC_PER_SEC;
}

/* The latest event that @window held back, and how many it stands for; then a new minute begins. */
static void log_held(RmsEventLimiter *limiter, Window *window, gint64 now)
{
    g_autoptr(RmsEvent) event = NULL;
    g_autofree char *message = NULL;

    message = g_strdup_printf("%s [%" G_GUINT64_FORMAT " such %s in the last %" G_GINT64_FORMAT
                              " seconds.]",
                              rms_event_get_message(window->latest),
                              window->n_held,
                              window->n_held == 1 ? "call" : "calls",
                              (now - window->opened) / G_USEC_PER_SEC);
    event = rms_event_new(rms_event_get_number(window->latest),
                          message,
                          rms_event_get_account(window->latest),
                          rms_event_get_sid(window->latest),
                          rms_event_get_computer(window->latest));
    g_clear_object(&window->latest);
    window->n_held = 0;
    window->opened = now;
    limiter->sink(event, limiter->user_data);
}

static void log_overflow(RmsEventLimiter *limiter, gint64 now)
{
    g_autoptr(RmsEvent) event = NULL;
    g_autofree char *message = NULL;

    message = g_strdup_printf(
        "%" G_GUINT64_FORMAT " more calls were refused in the last %" G_GINT64_FORMAT
        " seconds and are not listed one by one, because more than %d callers "
        "were refused at the same time. Look for a scan or an attack, or for "
        "one cause behind all of them, such as a wrong keytab.",
        limiter->n_overflowed,
        (now - limiter->overflow_since) / G_USEC_PER_SEC,
        RMS_MAX_REPEATING_EVENTS);
    event = rms_event_new(limiter->overflow, message, NULL, NULL, NULL);
    limiter->n_overflowed = 0;
    limiter->sink(event, limiter->user_data);
}

void rms_event_limiter_flush(RmsEventLimiter *limiter, gboolean all)
{
    gint64 now = limiter->clock(limiter->user_data);
    gboolean holding = FALSE;
    GHashTableIter iter;
    gpointer value;

    g_hash_table_iter_init(&iter, limiter->windows);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        Window *window = value;

        if (window->n_held == 0 && is_over(window, now))
            g_hash_table_iter_remove(&iter);
        else if (window->n_held > 0 && (all || is_over(window, now)))
            log_held(limiter, window, now);
        else if (window->n_held > 0)
            holding = TRUE;
    }
    if (limiter->n_overflowed > 0 &&
        (all || now - limiter->overflow_since >= WINDOW_SECONDS * G_USEC_PER_SEC))
        log_overflow(limiter, now);
    if (!holding && limiter->n_overflowed == 0)
        stop_timer(limiter);
}

static gboolean on_timer_fired(gpointer user_data)
{
    rms_event_limiter_flush(user_data, FALSE);
    return G_SOURCE_CONTINUE;
}

static void start_timer(RmsEventLimiter *limiter)
{
    if (limiter->timer != NULL)
        return;
    limiter->timer = g_timeout_source_new_seconds(WINDOW_SECONDS);
    g_source_set_callback(limiter->timer, on_timer_fired, limiter, NULL);
    g_source_attach(limiter->timer, g_main_context_get_thread_default());
}

static gboolean is_spent(gpointer key, gpointer value, gpointer user_data)
{
    const Window *window = value;

    return window->n_held == 0 && is_over(window, *(const gint64 *) user_data);
}

void rms_event_limiter_add(RmsEventLimiter *limiter,
                           const char *key,
                           RmsEventNumber number,
                           const char *message,
                           const char *account,
                           const char *sid,
                           const char *computer)
{
    gint64 now = limiter->clock(limiter->user_data);
    Window *window = g_hash_table_lookup(limiter->windows, key);
    g_autoptr(RmsEvent) event = NULL;

    if (window == NULL && g_hash_table_size(limiter->windows) >= RMS_MAX_REPEATING_EVENTS &&
        g_hash_table_foreach_remove(limiter->windows, is_spent, &now) == 0) {
        if (limiter->n_overflowed++ == 0)
            limiter->overflow_since = now;
        start_timer(limiter);
        return;
    }
    event = rms_event_new(number, message, account, sid, computer);
    if (window != NULL && (window->n_held > 0 || !is_over(window, now))) {
        g_set_object(&window->latest, event);
        window->n_held++;
        if (is_over(window, now))
            log_held(limiter, window, now);
        else
            start_timer(limiter);
        return;
    }
    if (window == NULL) {
        window = g_new0(Window, 1);
        g_hash_table_insert(limiter->windows, g_strdup(key), window);
    }
    window->opened = now;
    limiter->sink(event, limiter->user_data);
}
