/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One thread for the deadlines of all connections; it sleeps unless one passes.
 */
#include "config.h"

#include "directory/directory-watchdog-private.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

/* What a call needs to return once its socket is shut down. */
#define GRACE_US (G_TIME_SPAN_MILLISECOND * 250)

struct _RmsWatchdog {
    gatomicrefcount ref_count;
    void (*on_stuck)(gpointer owner);
    gpointer owner;
    GDestroyNotify free_owner;
    GSource *source;

    GMutex lock;
    gint64 deadline; /* monotonic µs; 0: disarmed */
    gint64 wakes_at; /* when the thread looks next; -1: when told to */
    gboolean fired;
    gboolean stuck;
    int fd; /* own duplicate */
    GCancellable *cancellable;
};

/* With the lock held. Waking the thread costs more than reading an entry, and deadlines come with
 * each: it is only told of one that is earlier than when it looks anyway. */
static void look_at(RmsWatchdog *watchdog, gint64 time)
{
    watchdog->wakes_at = time;
    g_source_set_ready_time(watchdog->source, time);
}

static gpointer run_context(gpointer data)
{
    GMainContext *context = data;
    while (TRUE)
        g_main_context_iteration(context, TRUE);
    return NULL;
}

/* Lives as long as the process. */
static GMainContext *get_context(void)
{
    static GMainContext *context;
    static gsize ready;
    if (g_once_init_enter(&ready)) {
        context = g_main_context_new();
        g_thread_unref(g_thread_new("ldap-watchdog", run_context, context));
        g_once_init_leave(&ready, 1);
    }
    return context;
}

static void close_socket(RmsWatchdog *watchdog)
{
    if (watchdog->fd >= 0)
        close(watchdog->fd);
    watchdog->fd = -1;
}

static void rms_watchdog_unref(gpointer data)
{
    RmsWatchdog *watchdog = data;
    if (!g_atomic_ref_count_dec(&watchdog->ref_count))
        return;
    close_socket(watchdog);
    g_clear_object(&watchdog->cancellable);
    g_mutex_clear(&watchdog->lock);
    if (watchdog->free_owner != NULL)
        watchdog->free_owner(watchdog->owner);
    g_free(watchdog);
}

static gboolean on_deadline_reached(gpointer data)
{
    RmsWatchdog *watchdog = data;
    g_autoptr(GCancellable) cancellable = NULL;
    gboolean stuck = FALSE;

    g_mutex_lock(&watchdog->lock);
    gint64 now = g_get_monotonic_time();
    gint64 next = -1;
    if (watchdog->deadline == 0 || watchdog->stuck) {
        /* Disarmed meanwhile, or nothing left to do. */
    } else if (now < watchdog->deadline) {
        next = watchdog->deadline;
    } else if (!watchdog->fired) {
        watchdog->fired = TRUE;
        if (watchdog->fd >= 0)
            shutdown(watchdog->fd, SHUT_RDWR);
        g_set_object(&cancellable, watchdog->cancellable);
        next = now + GRACE_US;
    } else if (now < watchdog->deadline + GRACE_US) {
        next = watchdog->deadline + GRACE_US;
    } else {
        watchdog->stuck = TRUE;
        stuck = TRUE;
    }
    look_at(watchdog, next);
    g_mutex_unlock(&watchdog->lock);

    if (cancellable != NULL)
        g_cancellable_cancel(cancellable);
    if (stuck)
        watchdog->on_stuck(watchdog->owner);
    return G_SOURCE_CONTINUE;
}

static gboolean dispatch_deadline(GSource *source, GSourceFunc callback, gpointer data)
{
    return callback(data);
}

static GSourceFuncs deadline_funcs = {.dispatch = dispatch_deadline};

RmsWatchdog *
rms_watchdog_new(void (*on_stuck)(gpointer owner), gpointer owner, GDestroyNotify free_owner)
{
    g_return_val_if_fail(on_stuck != NULL, NULL);

    RmsWatchdog *watchdog = g_new0(RmsWatchdog, 1);
    g_atomic_ref_count_init(&watchdog->ref_count);
    g_mutex_init(&watchdog->lock);
    watchdog->fd = -1;
    watchdog->wakes_at = -1;
    watchdog->on_stuck = on_stuck;
    watchdog->owner = owner;
    watchdog->free_owner = free_owner;

    watchdog->source = g_source_new(&deadline_funcs, sizeof(GSource));
    g_source_set_static_name(watchdog->source, "ldap deadline");
    g_atomic_ref_count_inc(&watchdog->ref_count);
    g_source_set_callback(watchdog->source, on_deadline_reached, watchdog, rms_watchdog_unref);
    g_source_attach(watchdog->source, get_context());
    return watchdog;
}

void rms_watchdog_free(RmsWatchdog *watchdog)
{
    if (watchdog == NULL)
        return;
    rms_watchdog_disarm(watchdog);
    g_source_destroy(watchdog->source);
    g_source_unref(watchdog->source);
    rms_watchdog_unref(watchdog);
}

void rms_watchdog_set_socket(RmsWatchdog *watchdog, int fd)
{
    g_return_if_fail(watchdog != NULL);

    g_mutex_lock(&watchdog->lock);
    close_socket(watchdog);
    if (fd >= 0)
        watchdog->fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    g_mutex_unlock(&watchdog->lock);
}

void rms_watchdog_set_cancellable(RmsWatchdog *watchdog, GCancellable *cancellable)
{
    g_return_if_fail(watchdog != NULL);

    g_mutex_lock(&watchdog->lock);
    g_set_object(&watchdog->cancellable, cancellable);
    g_mutex_unlock(&watchdog->lock);
}

void rms_watchdog_arm(RmsWatchdog *watchdog, guint timeout_ms)
{
    g_return_if_fail(watchdog != NULL);

    g_mutex_lock(&watchdog->lock);
    watchdog->deadline = g_get_monotonic_time() + timeout_ms * G_TIME_SPAN_MILLISECOND;
    watchdog->fired = FALSE;
    watchdog->stuck = FALSE;
    if (watchdog->wakes_at < 0 || watchdog->wakes_at > watchdog->deadline)
        look_at(watchdog, watchdog->deadline);
    g_mutex_unlock(&watchdog->lock);
}

gboolean rms_watchdog_disarm(RmsWatchdog *watchdog)
{
    g_return_val_if_fail(watchdog != NULL, FALSE);

    g_mutex_lock(&watchdog->lock);
    gboolean fired = watchdog->fired;
    watchdog->deadline = 0;
    g_mutex_unlock(&watchdog->lock);
    return fired;
}
