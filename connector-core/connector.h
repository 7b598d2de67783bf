/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The connector: the façade that app/ and ui/ use.
 *
 * It runs on a thread and GMainContext of its own, so that a busy window never stalls a caller.
 * Every function here may be called from the context that made the RmsConnector; callbacks, notify
 * and signals arrive there. Nothing here blocks.
 *
 *     stopped --start--> starting --listening--> serving --stop--> stopping --> stopped
 *                            \--error--> stopped (start_finish says why)
 */
#pragma once

#include "connector-core/connector-settings.h"
#include "connector-core/event.h"
#include "connector-core/group-status.h"
#include "connector-core/model/secret.h"
#include "connector-core/model/server-list.h"
#include "connector-core/revision.h"

G_BEGIN_DECLS

#define RMS_CONNECTOR_ERROR (rms_connector_error_quark())
/**
 * RmsConnectorError:
 * @RMS_CONNECTOR_ERROR_SETTINGS: the settings cannot work: keytab, certificate, address; the
 * message names which
 * @RMS_CONNECTOR_ERROR_STORE: the state directory cannot be read or written
 * @RMS_CONNECTOR_ERROR_CONFLICT: somebody else saved a newer revision; reload, review, push again
 * @RMS_CONNECTOR_ERROR_NOT_RUNNING: the connector is stopped
 */
typedef enum {
    RMS_CONNECTOR_ERROR_SETTINGS,
    RMS_CONNECTOR_ERROR_STORE,
    RMS_CONNECTOR_ERROR_CONFLICT,
    RMS_CONNECTOR_ERROR_NOT_RUNNING
} RmsConnectorError;
GQuark rms_connector_error_quark(void);

typedef enum {
    RMS_CONNECTOR_STOPPED,
    RMS_CONNECTOR_STARTING,
    RMS_CONNECTOR_SERVING,
    RMS_CONNECTOR_STOPPING
} RmsConnectorState;
#define RMS_TYPE_CONNECTOR_STATE (rms_connector_state_get_type())
GType rms_connector_state_get_type(void);

/*
 * Properties: "state" (RmsConnectorState), "list" (RmsServerList, sealed; %NULL before it was
 * loaded), "tenant-url" (string). Signal: "event-logged" (RmsEvent): for every event, in order.
 */
#define RMS_TYPE_CONNECTOR (rms_connector_get_type())
G_DECLARE_FINAL_TYPE(RmsConnector, rms_connector, RMS, CONNECTOR, GObject)

/** rms_connector_new: Copies @settings; does nothing yet. Dropping the last reference stops it and
 * waits for its thread. */
RmsConnector *rms_connector_new(const RmsConnectorSettings *settings);

/** rms_connector_start_async: Opens the store, reads keytab and certificate, listens. Errors:
 * RmsConnectorError, GIOError. */
void rms_connector_start_async(RmsConnector *self,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
gboolean rms_connector_start_finish(RmsConnector *self, GAsyncResult *result, GError **error);
/** rms_connector_stop_async: Stops listening, lets requests in flight end (at most 5 s), logs 1001.
 */
void rms_connector_stop_async(RmsConnector *self, GAsyncReadyCallback callback, gpointer user_data);
gboolean rms_connector_stop_finish(RmsConnector *self, GAsyncResult *result, GError **error);

RmsConnectorState rms_connector_get_state(RmsConnector *self);
/** rms_connector_dup_list: Returns: (transfer full) (nullable): the list in force; sealed. */
RmsServerList *rms_connector_dup_list(RmsConnector *self);

/**
 * rms_connector_push_async: Replaces the list by the entries of @list if the stored revision is
 * still @expected_revision. When the callback runs the new list is on disk (synced) and in force
 * for the next request. Logs 4000, and 4001 for each entry that becomes super user.
 * @list: copied now.
 * @author: who did it, as the sign-in says, e.g. `admin@contoso.example`.
 */
void rms_connector_push_async(RmsConnector *self,
                              RmsServerList *list,
                              gint64 expected_revision,
                              const char *author,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
/** rms_connector_push_finish: Returns: (transfer full): the saved list with its new revision, or
 * %NULL (RMS_CONNECTOR_ERROR_CONFLICT, _STORE; RmsModelError). */
RmsServerList *rms_connector_push_finish(RmsConnector *self, GAsyncResult *result, GError **error);

/**
 * rms_connector_query_history_async: The newest @limit revisions of the list below @before_revision
 * (0: from the newest), newest first; RMS_MAX_REVISIONS are kept.
 */
void rms_connector_query_history_async(RmsConnector *self,
                                       gint64 before_revision,
                                       guint limit,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data);
/** rms_connector_query_history_finish: Returns: (transfer full) (element-type RmsRevision): */
GPtrArray *
rms_connector_query_history_finish(RmsConnector *self, GAsyncResult *result, GError **error);
/** rms_connector_load_revision_async: The list as it was saved then; push a copy of it to go back.
 */
void rms_connector_load_revision_async(RmsConnector *self,
                                       gint64 revision,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data);
/** rms_connector_load_revision_finish: Returns: (transfer full): sealed. */
RmsServerList *
rms_connector_load_revision_finish(RmsConnector *self, GAsyncResult *result, GError **error);

/**
 * rms_connector_query_events_async: The newest @limit events with an id below @before_id (0: from
 * the end), newest first.
 */
void rms_connector_query_events_async(RmsConnector *self,
                                      gint64 before_id,
                                      guint limit,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data);
/** rms_connector_query_events_finish: Returns: (transfer full) (element-type RmsEvent): */
GPtrArray *
rms_connector_query_events_finish(RmsConnector *self, GAsyncResult *result, GError **error);

/** rms_connector_query_groups_async: What is known of each distribution group in the list. */
void rms_connector_query_groups_async(RmsConnector *self,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data);
/** rms_connector_query_groups_finish: Returns: (transfer full) (element-type RmsGroupStatus): in
 * the list's order. */
GPtrArray *
rms_connector_query_groups_finish(RmsConnector *self, GAsyncResult *result, GError **error);
/** rms_connector_read_groups_async: Reads the members of all distribution groups in the list now,
 * as happens at start, at each push that adds one, and every 15 minutes. Ends when all were tried.
 */
void rms_connector_read_groups_async(RmsConnector *self,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
/** rms_connector_read_groups_finish: Returns: as rms_connector_query_groups_finish(), afterwards.
 */
GPtrArray *
rms_connector_read_groups_finish(RmsConnector *self, GAsyncResult *result, GError **error);

/** rms_connector_log: Adds an event of the console's (sign-in, super-user feature); returns at
 * once. Before the connector runs, the first 100 are kept and logged when it starts. */
void rms_connector_log(RmsConnector *self, RmsEvent *event);

/**
 * rms_connector_set_tenant: Where to relay, `https://host[:port]` without path; kept over restarts.
 * %NULL forgets it. Returns: %FALSE with RMS_CONNECTOR_ERROR_SETTINGS if @url is not such a URL;
 * nothing is changed then.
 */
gboolean rms_connector_set_tenant(RmsConnector *self, const char *url, GError **error);
/** rms_connector_get_tenant: Returns: (transfer none) (nullable) */
const char *rms_connector_get_tenant(RmsConnector *self);
/**
 * rms_connector_set_token: The credential presented to the tenant from now on. Kept in memory only.
 * @expires_at: seconds since 1970 UTC; after that calls are answered with a retryable error.
 */
void rms_connector_set_token(RmsConnector *self, RmsSecret *token, gint64 expires_at);

G_END_DECLS
