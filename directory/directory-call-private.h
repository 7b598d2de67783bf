/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One call of the public interface on its way between the caller's context and the worker thread.
 *
 * Invariant: GTask, GListStore and RmsDirectory are touched in the caller's context only. The
 * worker posts; the call hands its posts over one in each turn of that context, so pages arrive in
 * order and never after the call's own callback, and the loop gets to other work between them. A
 * call ends once: by the worker, by the watchdog or by its cancellable, whoever is first; posts
 * behind that are dropped.
 */
#pragma once

#include "directory/directory-connection-private.h"
#include "directory/directory.h"

G_BEGIN_DECLS

typedef struct _RmsCall RmsCall;

/**
 * rms_call_new:
 * @task: (transfer full): its context is the caller's; its source object is the directory
 * @results: (nullable): where pages go
 * @on_info: called in the caller's context when a connection has told what domain this is
 */
RmsCall *rms_call_new(GTask *task,
                      GListStore *results,
                      void (*on_info)(RmsDirectory *directory, RmsDomainInfo *info));
RmsCall *rms_call_ref(RmsCall *call);
void rms_call_unref(RmsCall *call);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RmsCall, rms_call_unref)

/**
 * rms_call_watch: From now on the task's cancellable ends the call.
 * @on_cancelled: called in the thread that cancels, which it must not hold up; @data is freed with
 * @free_data when the call ends
 */
void rms_call_watch(RmsCall *call,
                    void (*on_cancelled)(gpointer data),
                    gpointer data,
                    GDestroyNotify free_data);

/* From any thread: */

/** rms_call_has_ended: Returns: whether nobody waits for it any more. */
gboolean rms_call_has_ended(RmsCall *call);
void rms_call_post_info(RmsCall *call, RmsDomainInfo *info);
/** rms_call_post_page: @objects: (transfer full) (element-type GObject): arrive in order, at most
 * RMS_MAX_POST_OBJECTS at a time */
void rms_call_post_page(RmsCall *call, GPtrArray *objects);
/** rms_call_end: @value: (transfer full) (nullable): what the task returns, freed with
 * @free_value if nobody takes it */
void rms_call_end(RmsCall *call, gpointer value, GDestroyNotify free_value);
/** rms_call_end_with_flag: The same for a task that returns a gboolean. */
void rms_call_end_with_flag(RmsCall *call, gboolean value);
/** rms_call_fail: @error: (transfer full) */
void rms_call_fail(RmsCall *call, GError *error);

G_END_DECLS
