/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The epoll set, the run queue and the timer wheel behind one GSource.
 *
 * A round: take what epoll has, queue the watches concerned, run the queue, let due timers run. All
 * events of a batch are moved into the queue before the first step runs, so a step may stop any
 * watch without leaving a stale pointer behind.
 */
#include "config.h"

#include "connector-core/io-loop.h"

#include <errno.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <glib-unix.h>

#define EVENTS_PER_WAIT 256
/* Steps run before other sources of the context get their turn. */
#define STEPS_PER_DISPATCH 1024

/* Wheel: 1024 slots of 50 ms, about 51 s; later deadlines go round again. A power of two. */
#define TICK_USEC ((gint64) 50 * 1000)
#define N_SLOTS 1024

typedef struct {
    gpointer data;
    GDestroyNotify destroy;
} Deferred;

struct _RmsIoLoop {
    GSource *source;
    GQueue queue; /* of RmsWatch, by their own links */
    GArray *deferred;
    gint64 now;
    gint64 tick;      /* the last tick whose slot was looked at */
    gint64 wake_tick; /* no occupied slot comes before it; 0: all are empty */
    guint n_timers;
    int epoll_fd;
    gboolean dispatching;
    RmsTimer *slots[N_SLOTS];
};

typedef struct {
    GSource source;
    RmsIoLoop *loop;
} LoopSource;

/* Ready times wake the context for timers and for work that is still queued. */
static void plan_wakeup(RmsIoLoop *loop)
{
    gint64 ready = -1;

    if (loop->queue.head != NULL || loop->deferred->len > 0) {
        ready = 0;
    } else if (loop->wake_tick != 0) {
        ready = loop->wake_tick * TICK_USEC;
    }
    if (g_source_get_ready_time(loop->source) != ready) {
        g_source_set_ready_time(loop->source, ready);
    }
}

static void run_deferred(RmsIoLoop *loop)
{
    while (loop->deferred->len > 0) {
        Deferred last = g_array_index(loop->deferred, Deferred, loop->deferred->len - 1);

        g_array_set_size(loop->deferred, loop->deferred->len - 1);
        last.destroy(last.data);
    }
}

static void unlink_timer(RmsTimer *timer)
{
    RmsIoLoop *loop = timer->loop;

    if (timer->due_tick == 0) {
        return;
    }
    if (timer->prev != NULL) {
        timer->prev->next = timer->next;
    } else {
        loop->slots[timer->due_tick % N_SLOTS] = timer->next;
    }
    if (timer->next != NULL) {
        timer->next->prev = timer->prev;
    }
    timer->prev = NULL;
    timer->next = NULL;
    timer->due_tick = 0;
    loop->n_timers--;
}

static void link_timer(RmsTimer *timer)
{
    RmsIoLoop *loop = timer->loop;
    gint64 tick = (timer->deadline + TICK_USEC - 1) / TICK_USEC;
    RmsTimer **slot;

    /* Never the slot of loop->tick itself: it may be the one that is being emptied. */
    tick = CLAMP(tick, loop->tick + 1, loop->tick + N_SLOTS - 1);
    slot = &loop->slots[tick % N_SLOTS];
    timer->due_tick = tick;
    timer->next = *slot;
    timer->prev = NULL;
    if (*slot != NULL) {
        (*slot)->prev = timer;
    }
    *slot = timer;
    loop->n_timers++;
    if (loop->wake_tick == 0 || tick < loop->wake_tick) {
        loop->wake_tick = tick;
    }
}

static gint64 find_wake_tick(RmsIoLoop *loop)
{
    if (loop->n_timers > 0) {
        for (gint64 tick = loop->tick + 1; tick < loop->tick + N_SLOTS; tick++) {
            if (loop->slots[tick % N_SLOTS] != NULL) {
                return tick;
            }
        }
    }
    return 0;
}

static void run_timers(RmsIoLoop *loop)
{
    gint64 until = loop->now / TICK_USEC;

    if (loop->wake_tick == 0 || until < loop->wake_tick) {
        loop->tick = MAX(loop->tick, until);
        return;
    }
    /* After a long stall one turn looks at every slot there is. */
    if (until - loop->tick > N_SLOTS) {
        loop->tick = until - N_SLOTS;
    }
    while (loop->tick < until) {
        RmsTimer *timer;

        loop->tick++;
        /* Timers set from here on land in later slots, so this list only gets shorter. */
        while ((timer = loop->slots[loop->tick % N_SLOTS]) != NULL) {
            unlink_timer(timer);
            if (timer->deadline > loop->now) {
                link_timer(timer);
            } else if (timer->deadline != 0) {
                timer->deadline = 0;
                timer->func(timer);
            }
        }
    }
    loop->wake_tick = find_wake_tick(loop);
}

static void take_events(RmsIoLoop *loop)
{
    struct epoll_event events[EVENTS_PER_WAIT];
    int n;

    n = epoll_wait(loop->epoll_fd, events, EVENTS_PER_WAIT, 0);
    for (int i = 0; i < n; i++) {
        RmsWatch *watch = events[i].data.ptr;

        watch->events |= events[i].events;
        rms_watch_wake(watch);
    }
}

static void run_queue(RmsIoLoop *loop)
{
    guint budget = STEPS_PER_DISPATCH;

    while (budget-- > 0 && loop->queue.head != NULL) {
        RmsWatch *watch = loop->queue.head->data;
        guint32 events = watch->events;

        g_queue_unlink(&loop->queue, &watch->link);
        watch->queued = FALSE;
        watch->events = 0;
        watch->func(watch, events);
    }
}

static gboolean on_loop_dispatched(GSource *source, GSourceFunc callback, gpointer user_data)
{
    RmsIoLoop *loop = ((LoopSource *) source)->loop;

    g_return_val_if_fail(!loop->dispatching, G_SOURCE_CONTINUE);

    loop->dispatching = TRUE;
    loop->now = g_source_get_time(source);
    take_events(loop);
    run_queue(loop);
    run_timers(loop);
    loop->dispatching = FALSE;
    run_deferred(loop);
    plan_wakeup(loop);
    return G_SOURCE_CONTINUE;
}

static GSourceFuncs loop_source_funcs = {.dispatch = on_loop_dispatched};

RmsIoLoop *rms_io_loop_new(GError **error)
{
    RmsIoLoop *loop;
    int fd = epoll_create1(EPOLL_CLOEXEC);

    if (fd < 0) {
        int code = errno;

        g_set_error(error,
                    G_IO_ERROR,
                    g_io_error_from_errno(code),
                    "Cannot watch sockets: %s",
                    g_strerror(code));
        return NULL;
    }
    loop = g_new0(RmsIoLoop, 1);
    loop->epoll_fd = fd;
    loop->deferred = g_array_new(FALSE, FALSE, sizeof(Deferred));
    loop->now = g_get_monotonic_time();
    loop->tick = loop->now / TICK_USEC;
    loop->source = g_source_new(&loop_source_funcs, sizeof(LoopSource));
    ((LoopSource *) loop->source)->loop = loop;
    g_source_set_static_name(loop->source, "rms-io-loop");
    g_source_add_unix_fd(loop->source, fd, G_IO_IN);
    /* Else GLib takes the descriptor out of the poll and puts it back around every dispatch, and
     * wakes itself each time: three system calls a round. */
    g_source_set_can_recurse(loop->source, TRUE);
    g_source_attach(loop->source, g_main_context_get_thread_default());
    return loop;
}

void rms_io_loop_free(RmsIoLoop *loop)
{
    if (loop == NULL) {
        return;
    }
    run_deferred(loop);
    g_source_destroy(loop->source);
    g_source_unref(loop->source);
    g_array_unref(loop->deferred);
    close(loop->epoll_fd);
    g_free(loop);
}

gint64 rms_io_loop_get_now(RmsIoLoop *loop)
{
    /* Outside a round the last one may be long ago. */
    if (!loop->dispatching) {
        loop->now = g_get_monotonic_time();
    }
    return loop->now;
}

void rms_io_loop_defer_free(RmsIoLoop *loop, gpointer data, GDestroyNotify destroy)
{
    Deferred deferred = {data, destroy};

    g_array_append_val(loop->deferred, deferred);
    if (!loop->dispatching) {
        plan_wakeup(loop);
    }
}

gboolean
rms_watch_start(RmsWatch *watch, RmsIoLoop *loop, int fd, RmsWatchFunc func, GError **error)
{
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET,
                                .data.ptr = watch};

    g_return_val_if_fail(watch->loop == NULL, FALSE);

    if (fd >= 0 && epoll_ctl(loop->epoll_fd, EPOLL_CTL_ADD, fd, &event) < 0) {
        int code = errno;

        g_set_error(error,
                    G_IO_ERROR,
                    g_io_error_from_errno(code),
                    "Cannot watch a socket: %s",
                    g_strerror(code));
        return FALSE;
    }
    watch->loop = loop;
    watch->func = func;
    watch->fd = fd;
    watch->link.data = watch;
    return TRUE;
}

void rms_watch_stop(RmsWatch *watch)
{
    if (watch->loop == NULL) {
        return;
    }
    if (watch->fd >= 0) {
        epoll_ctl(watch->loop->epoll_fd, EPOLL_CTL_DEL, watch->fd, NULL);
    }
    if (watch->queued) {
        g_queue_unlink(&watch->loop->queue, &watch->link);
        watch->queued = FALSE;
    }
    watch->events = 0;
    watch->loop = NULL;
}

void rms_watch_wake(RmsWatch *watch)
{
    if (watch->loop == NULL || watch->queued) {
        return;
    }
    watch->queued = TRUE;
    g_queue_push_tail_link(&watch->loop->queue, &watch->link);
    if (!watch->loop->dispatching) {
        plan_wakeup(watch->loop);
    }
}

void rms_timer_set(RmsTimer *timer, RmsIoLoop *loop, gint64 deadline, RmsTimerFunc func)
{
    gint64 tick = (deadline + TICK_USEC - 1) / TICK_USEC;

    timer->loop = loop;
    timer->func = func;
    timer->deadline = deadline;
    if (timer->due_tick != 0 && timer->due_tick <= tick) {
        /* Fires too early, sees the new deadline and goes round again. */
        return;
    }
    unlink_timer(timer);
    if (loop->n_timers == 0) {
        loop->tick = rms_io_loop_get_now(loop) / TICK_USEC;
    }
    link_timer(timer);
    if (!loop->dispatching) {
        plan_wakeup(loop);
    }
}

void rms_timer_clear(RmsTimer *timer)
{
    timer->deadline = 0;
}

void rms_timer_stop(RmsTimer *timer)
{
    timer->deadline = 0;
    if (timer->loop != NULL) {
        unlink_timer(timer);
    }
}
