/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the console knows and may do, without a widget: the saved list and the working copy of it,
 * the changes that wait to be pushed, who is signed in to which tenant, and whether pushing is
 * possible.
 *
 * Invariants: "pending" is always the difference between the saved list and the working copy. A
 * list that makes anyone super user is pushed only with the caller's word that this was confirmed.
 * All of it lives in the context of the thread that made it.
 */
#pragma once

#include "connector-core/connector.h"
#include "directory/forest.h"
#include "service-client/tenant.h"

G_BEGIN_DECLS

#define RMS_CONSOLE_ERROR (rms_console_error_quark())
/**
 * RmsConsoleError:
 * @RMS_CONSOLE_ERROR_OBSTACLE: pushing is not possible; the message is the sentence that
 * rms_console_get_obstacle() stands for
 * @RMS_CONSOLE_ERROR_UNCONFIRMED: the changes make somebody super user and nobody confirmed that
 * @RMS_CONSOLE_ERROR_PUSHING: the list cannot be edited while it is being pushed
 */
typedef enum {
    RMS_CONSOLE_ERROR_OBSTACLE,
    RMS_CONSOLE_ERROR_UNCONFIRMED,
    RMS_CONSOLE_ERROR_PUSHING
} RmsConsoleError;
GQuark rms_console_error_quark(void);

/** RmsPushObstacle: why pushing is not possible; the first that holds, in this order. */
typedef enum {
    RMS_OBSTACLE_NONE,
    RMS_OBSTACLE_NOT_LOADED,
    RMS_OBSTACLE_NOTHING_TO_PUSH,
    RMS_OBSTACLE_PUSHING,
    RMS_OBSTACLE_NOT_RUNNING,
    RMS_OBSTACLE_SIGNED_OUT,
    RMS_OBSTACLE_NO_ROLE
} RmsPushObstacle;

/*
 * Properties, all read-only: "saved" (RmsServerList; %NULL before it was loaded), "account"
 * (RmsAccount), "tenant" (RmsTenant), "signing-in" (boolean), "pushing" (boolean), "obstacle" (int,
 * RmsPushObstacle).
 *
 * Signals:
 *   "list-replaced" (gint64 revision, char *author, GListModel *dropped): somebody else's list came
 *   into force while changes were pending. They were kept on top of it, but for @dropped.
 *   "connector-failed" (): rms_console_get_connector_failure() changed.
 */
#define RMS_TYPE_CONSOLE (rms_console_get_type())
G_DECLARE_FINAL_TYPE(RmsConsole, rms_console, RMS, CONSOLE, GObject)

/** rms_console_new: Keeps references to @connector and @home, the forest of the configuration, and
 * copies @environment. Returns: (transfer full) */
RmsConsole *
rms_console_new(RmsConnector *connector, RmsForest *home, const RmsCloudEnvironment *environment);

/* All (transfer none). */
RmsConnector *rms_console_get_connector(RmsConsole *self);
/** rms_console_get_forests: A GListModel of RmsForest, home first; the same model for the console's
 * whole life. */
GListModel *rms_console_get_forests(RmsConsole *self);
/** rms_console_add_forest: One more, for this session. */
void rms_console_add_forest(RmsConsole *self, RmsForest *forest);
/** rms_console_get_directory: The home domain of the first forest. */
RmsDirectory *rms_console_get_directory(RmsConsole *self);
const RmsCloudEnvironment *rms_console_get_environment(RmsConsole *self);
RmsServerList *rms_console_get_saved(RmsConsole *self); /* (nullable) */
/** rms_console_get_working: The working copy; to look at, and edited only by the functions below.
 */
RmsServerList *rms_console_get_working(RmsConsole *self);
/** rms_console_get_pending: A GListModel of RmsListChange; the same model for the console's whole
 * life. */
GListModel *rms_console_get_pending(RmsConsole *self);
RmsAccount *rms_console_get_account(RmsConsole *self); /* (nullable) */
RmsTenant *rms_console_get_tenant(RmsConsole *self);   /* (nullable) */
gboolean rms_console_get_pushing(RmsConsole *self);
RmsPushObstacle rms_console_get_obstacle(RmsConsole *self);

/** rms_console_report_connector_failure: Tells the console, and so the window, that the connector
 * did not start. */
void rms_console_report_connector_failure(RmsConsole *self, const GError *error);
/** rms_console_get_connector_failure: Returns: (transfer none) (nullable): until it starts again.
 */
const GError *rms_console_get_connector_failure(RmsConsole *self);

/* Editing the working copy. Each returns %FALSE and changes nothing with an RmsModelError or
 * RMS_CONSOLE_ERROR_PUSHING. */

/** rms_console_add: @note: (nullable). */
gboolean rms_console_add(
    RmsConsole *self, RmsDirectoryObject *object, RmsRole role, const char *note, GError **error);
gboolean rms_console_change_role(RmsConsole *self, const RmsSid *sid, RmsRole role, GError **error);
gboolean rms_console_remove(RmsConsole *self, const RmsSid *sid, GError **error);
/** rms_console_undo: Takes back the pending change of @sid, if there is one. */
void rms_console_undo(RmsConsole *self, const RmsSid *sid);
void rms_console_undo_all(RmsConsole *self);

/** rms_console_grants_super_user: Whether a pending change makes an account super user that is
 * none in the saved list. */
gboolean rms_console_grants_super_user(RmsConsole *self);
/** rms_console_only_removes: Whether every pending change takes rights away. */
gboolean rms_console_only_removes(RmsConsole *self);

/**
 * rms_console_push_async: Replaces the list in force by the working copy.
 * @super_user_confirmed: the administrator confirmed, for these changes, that they make super users
 *
 * Asks the tenant first what the account may do and whether its super-user feature is on; switches
 * that on (event 4002) if the changes need it. Changes that only remove do not wait for the tenant:
 * taking rights away works in an outage too.
 */
void rms_console_push_async(RmsConsole *self,
                            gboolean super_user_confirmed,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
/** rms_console_push_finish: Returns: (transfer full): the saved list, or %NULL with an
 * RmsConsoleError, RmsServiceError or RmsConnectorError. After RMS_CONNECTOR_ERROR_CONFLICT the
 * changes are pending still, on top of the other list. */
RmsServerList *rms_console_push_finish(RmsConsole *self, GAsyncResult *result, GError **error);

/**
 * rms_console_sign_in_device_async: As rms_sign_in_device_async(); then finds the tenant, tells the
 * connector where to relay and logs event 4003. Who was signed in before stays so until this
 * succeeds.
 */
void rms_console_sign_in_device_async(RmsConsole *self,
                                      RmsDeviceCodeFunc show,
                                      gpointer show_data,
                                      GDestroyNotify show_destroy,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data);
/** rms_console_sign_in_browser_async: The same by rms_sign_in_browser_async(). */
void rms_console_sign_in_browser_async(RmsConsole *self,
                                       RmsOpenUriFunc open,
                                       gpointer open_data,
                                       GDestroyNotify open_destroy,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data);
/** rms_console_sign_in_finish: For both. Errors: RmsServiceError, RmsConnectorError,
 * G_IO_ERROR_PENDING while another sign-in is under way. */
gboolean rms_console_sign_in_finish(RmsConsole *self, GAsyncResult *result, GError **error);
/** rms_console_sign_out: The connector goes on serving; pending changes stay. */
void rms_console_sign_out(RmsConsole *self);

/** rms_console_refresh_async: Asks the tenant again. Does nothing when nobody is signed in. */
void rms_console_refresh_async(RmsConsole *self,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
gboolean rms_console_refresh_finish(RmsConsole *self, GAsyncResult *result, GError **error);

G_END_DECLS
