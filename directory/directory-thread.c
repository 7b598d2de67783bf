/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A list of this room's threads. One that has ended is joined when the next one starts.
 */
#include "config.h"

#include "directory/directory-thread-private.h"

typedef enum { THREAD_RUNNING, THREAD_STOPPING, THREAD_ENDED, THREAD_STUCK } ThreadState;

struct _RmsThread {
    GThread *handle;
    void (*run)(gpointer data);
    gpointer data;
    ThreadState state;
};

static GMutex lock;
static GCond changed;
static GList *threads; /* RmsThread, a reference each; none that is stuck */

void rms_thread_unref(RmsThread *thread)
{
    if (thread != NULL)
        g_atomic_rc_box_release(thread);
}

static gpointer run_thread(gpointer data)
{
    RmsThread *thread = data;
    thread->run(thread->data);

    g_mutex_lock(&lock);
    if (thread->state != THREAD_STUCK)
        thread->state = THREAD_ENDED;
    g_cond_broadcast(&changed);
    g_mutex_unlock(&lock);
    rms_thread_unref(thread);
    return NULL;
}

/* With the lock held. */
static gboolean has_state(ThreadState state)
{
    for (GList *link = threads; link != NULL; link = link->next) {
        RmsThread *thread = link->data;
        if (thread->state == state)
            return TRUE;
    }
    return FALSE;
}

static void join_ended(gboolean wait)
{
    GList *ended = NULL;
    g_mutex_lock(&lock);
    while (wait && has_state(THREAD_STOPPING))
        g_cond_wait(&changed, &lock);
    for (GList *link = threads; link != NULL;) {
        GList *next = link->next;
        RmsThread *thread = link->data;
        if (thread->state == THREAD_ENDED) {
            threads = g_list_remove_link(threads, link);
            ended = g_list_concat(link, ended);
        }
        link = next;
    }
    g_mutex_unlock(&lock);

    for (GList *link = ended; link != NULL; link = link->next) {
        RmsThread *thread = link->data;
        g_thread_join(thread->handle);
    }
    g_list_free_full(ended, (GDestroyNotify) rms_thread_unref);
}

RmsThread *rms_thread_start(const char *name, void (*run)(gpointer data), gpointer data)
{
    g_return_val_if_fail(run != NULL, NULL);

    join_ended(FALSE);
    RmsThread *thread = g_atomic_rc_box_new0(RmsThread);
    thread->run = run;
    thread->data = data;
    g_mutex_lock(&lock);
    thread->handle = g_thread_new(name, run_thread, g_atomic_rc_box_acquire(thread));
    threads = g_list_prepend(threads, g_atomic_rc_box_acquire(thread));
    g_mutex_unlock(&lock);
    return thread;
}

void rms_thread_set_stopping(RmsThread *thread)
{
    g_return_if_fail(thread != NULL);

    g_mutex_lock(&lock);
    if (thread->state == THREAD_RUNNING)
        thread->state = THREAD_STOPPING;
    g_mutex_unlock(&lock);
}

void rms_thread_set_stuck(RmsThread *thread)
{
    g_return_if_fail(thread != NULL);

    g_mutex_lock(&lock);
    gboolean left_behind = thread->state == THREAD_RUNNING || thread->state == THREAD_STOPPING;
    if (left_behind) {
        thread->state = THREAD_STUCK;
        threads = g_list_remove(threads, thread);
        g_cond_broadcast(&changed);
    }
    g_mutex_unlock(&lock);
    if (left_behind) {
        /* It takes its resources with it when it ends after all. */
        g_thread_unref(thread->handle);
        rms_thread_unref(thread);
    }
}

void rms_thread_wait_for_stopping(void)
{
    join_ended(TRUE);
}
