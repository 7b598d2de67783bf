/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The running connector without threads: what connector.c drives on its thread. Everything here is
 * used on one thread, with its GMainContext as the thread default.
 */
#pragma once

#include "connector-core/connector.h"

typedef struct _RmsCore RmsCore;

typedef void (*RmsCoreEventFunc)(RmsEvent *event, gpointer user_data);
typedef void (*RmsCoreListFunc)(RmsServerList *list, gpointer user_data);
typedef void (*RmsCoreDrainedFunc)(gpointer user_data);

/*
 * Opens everything and listens, or leaves nothing open and says why. Borrows @settings for its
 * life.
 * @on_event: for each event; @on_list: for each list that came into force.
 */
RmsCore *rms_core_new(const RmsConnectorSettings *settings,
                      RmsCoreEventFunc on_event,
                      RmsCoreListFunc on_list,
                      gpointer user_data,
                      GError **error);
/* Stops listening; @drained runs when the last request ended or after @deadline_ms, and may free
 * the core. */
void rms_core_drain(RmsCore *core,
                    guint deadline_ms,
                    RmsCoreDrainedFunc drained,
                    gpointer user_data);
void rms_core_free(RmsCore *core); /* (nullable) */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RmsCore, rms_core_free)

RmsServerList *rms_core_push(RmsCore *core,
                             RmsServerList *list,
                             gint64 expected_revision,
                             const char *author,
                             GError **error);
GPtrArray *rms_core_query_events(RmsCore *core, gint64 before_id, guint limit, GError **error);
GPtrArray *
rms_core_list_history(RmsCore *core, gint64 before_revision, guint limit, GError **error);
RmsServerList *rms_core_load_revision(RmsCore *core, gint64 revision, GError **error);
/* Returns: (transfer full) (element-type RmsGroupStatus) */
GPtrArray *rms_core_get_groups(RmsCore *core);
/* @done: called when each group was tried, or never when the core goes before. */
void rms_core_read_groups(RmsCore *core, void (*done)(gpointer user_data), gpointer user_data);
void rms_core_log(RmsCore *core, RmsEvent *event);
const char *rms_core_get_tenant(RmsCore *core); /* (nullable) */
void rms_core_set_tenant(RmsCore *core, const char *url);
void rms_core_set_token(RmsCore *core, RmsSecret *token, gint64 expires_at);
