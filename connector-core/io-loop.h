/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Readiness, deadlines and hand-overs of the hot path: one epoll set behind one GSource, so that
 * ten thousand idle callers cost the GMainContext nothing.
 *
 * Every watched object has one step function. It runs from the loop only, never from another
 * object's step: whoever has news for a neighbour calls rms_watch_wake(). A step that closes its
 * object defers the free, so no step ever returns into freed memory. Used on one thread.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _RmsIoLoop RmsIoLoop;
typedef struct _RmsWatch RmsWatch;
typedef struct _RmsTimer RmsTimer;

/* The owner of an embedded watch or timer. */
#define RMS_CONTAINER_OF(pointer, type, member)                                                    \
    ((type *) (gpointer) ((char *) (pointer) -G_STRUCT_OFFSET(type, member)))

/** RmsWatchFunc: @events: the EPOLL* bits that arrived since the last call; 0: woken. */
typedef void (*RmsWatchFunc)(RmsWatch *watch, guint32 events);
typedef void (*RmsTimerFunc)(RmsTimer *timer);

/* Embedded in its owner; zeroed memory is a valid idle watch. All fields are private. */
struct _RmsWatch {
    RmsIoLoop *loop;
    RmsWatchFunc func;
    GList link; /* in the run queue; data points to the watch */
    guint32 events;
    int fd;
    gboolean queued;
};

/* Embedded in its owner; zeroed memory is a valid idle timer. All fields are private. */
struct _RmsTimer {
    RmsIoLoop *loop;
    RmsTimerFunc func;
    RmsTimer *prev;
    RmsTimer *next;
    gint64 deadline; /* monotonic microseconds; 0: not set */
    gint64 due_tick; /* the tick whose slot holds it; 0: in no slot */
};

/** rms_io_loop_new: Attached to the thread-default context of the caller. */
RmsIoLoop *rms_io_loop_new(GError **error);
/** rms_io_loop_free: Every watch and timer must be gone. Runs what was deferred. */
void rms_io_loop_free(RmsIoLoop *loop);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RmsIoLoop, rms_io_loop_free)

/** rms_io_loop_get_now: Returns: monotonic microseconds, as of this round of the loop. */
gint64 rms_io_loop_get_now(RmsIoLoop *loop);
/** rms_io_loop_defer_free: Calls @destroy on @data once no step is running. */
void rms_io_loop_defer_free(RmsIoLoop *loop, gpointer data, GDestroyNotify destroy);

/**
 * rms_watch_start: Watches @fd, edge-triggered, for reading, writing and hang-up. @func has to
 * remember readiness until the kernel says EAGAIN. With -1 for @fd it is only ever woken.
 */
gboolean
rms_watch_start(RmsWatch *watch, RmsIoLoop *loop, int fd, RmsWatchFunc func, GError **error);
/** rms_watch_stop: Forgets the fd (which stays open) and anything queued. Harmless on an idle
 * watch. */
void rms_watch_stop(RmsWatch *watch);
/** rms_watch_wake: Runs the step once more, soon, in its turn. */
void rms_watch_wake(RmsWatch *watch);

/**
 * rms_timer_set: Calls @func once, not before @deadline (monotonic microseconds) and at most about
 * 50 ms after it. Setting it anew replaces the deadline; moving it further away costs nothing.
 */
void rms_timer_set(RmsTimer *timer, RmsIoLoop *loop, gint64 deadline, RmsTimerFunc func);
/** rms_timer_clear: It will not run; it may still be set again cheaply. */
void rms_timer_clear(RmsTimer *timer);
/** rms_timer_stop: As rms_timer_clear(), and the loop forgets it: before its owner is freed. */
void rms_timer_stop(RmsTimer *timer);

G_END_DECLS
