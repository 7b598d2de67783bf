/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The thread behind a directory: it owns the connection, sends what the queries ask, hands them
 * their answers, and connects anew when the connection is lost.
 *
 * Several queries may be under way on one connection. The thread sleeps in poll() on the socket and
 * on a wake-up descriptor, so new calls and cancelling take effect at once.
 */
#pragma once

#include "directory/directory-query-private.h"
#include "directory/directory.h"

G_BEGIN_DECLS

typedef struct _RmsWorker RmsWorker;

/** rms_worker_new: Starts the thread. @settings: (transfer full) */
RmsWorker *rms_worker_new(RmsDirectorySettings *settings);
/** rms_worker_stop: Lets the thread end by itself and drops the caller's reference. */
void rms_worker_stop(RmsWorker *worker);

/** rms_worker_replace_settings: @settings: (transfer full): for the next connection it makes. */
void rms_worker_replace_settings(RmsWorker *worker, RmsDirectorySettings *settings);

/** rms_worker_submit: @query: (transfer full). Returns: %FALSE, with @query untouched, when the
 * thread hangs in a library and will take nothing more: a new worker has to. */
gboolean rms_worker_submit(RmsWorker *worker, RmsQuery *query);

G_END_DECLS
