/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Threads that end by themselves some time after they are told to, and that a program can wait for
 * in the end, unless one hangs.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _RmsThread RmsThread;

/** rms_thread_start: Returns: (transfer full): a thread that runs @run with @data. */
RmsThread *rms_thread_start(const char *name, void (*run)(gpointer data), gpointer data);
/** rms_thread_set_stopping: It has been told to end: from now on it is waited for. */
void rms_thread_set_stopping(RmsThread *thread);
/** rms_thread_set_stuck: It hangs: nobody waits for it any more. */
void rms_thread_set_stuck(RmsThread *thread);
void rms_thread_unref(RmsThread *thread);

/** rms_thread_wait_for_stopping: Waits until all threads that were told to end have ended. */
void rms_thread_wait_for_stopping(void);

G_END_DECLS
