/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * RmsConsole: pushing the working copy.
 *
 *     check obstacle, confirmation
 *       |-- only removals ---------------------------------------------.
 *       '-- ask the tenant: role, super-user feature                    |
 *             |-- makes super users, feature off: switch it on (4002) --+-- push (compare-and-swap)
 *             '-- otherwise --------------------------------------------'
 */
#include "config.h"

#include "ui/console-private.h"

#include <glib/gi18n.h>

#include "ui/words.h"

typedef struct {
    RmsServerList *list; /* what was reviewed; edits are refused until the push is done */
    gint64 revision;
    char *author;
    RmsTenant *tenant;
    gboolean grants_super_user;
} Push;

static void push_free(Push *push)
{
    g_clear_object(&push->list);
    g_clear_object(&push->tenant);
    g_free(push->author);
    g_free(push);
}

static void on_connector_pushed(GObject *source, GAsyncResult *result, gpointer user_data);

static void finish_push(GTask *task, RmsServerList *saved, GError *error)
{
    RmsConsole *self = g_task_get_source_object(task);
    g_autoptr(GListStore) dropped = g_steal_pointer(&self->dropped);

    if (saved != NULL) {
        rms_console_adopt_list(self, saved);
        g_clear_object(&self->dropped);
    }
    rms_console_set_pushing(self, FALSE);
    if (error == NULL) {
        g_task_return_pointer(task, g_object_ref(saved), g_object_unref);
        return;
    }
    if (dropped != NULL)
        rms_console_announce_replaced_list(self, G_LIST_MODEL(dropped));
    g_task_return_error(task, error);
}

static void push_to_connector(GTask *task)
{
    RmsConsole *self = g_task_get_source_object(task);
    Push *push = g_task_get_task_data(task);

    rms_connector_push_async(self->connector,
                             push->list,
                             push->revision,
                             push->author,
                             g_task_get_cancellable(task),
                             on_connector_pushed,
                             g_object_ref(task));
}

static void on_connector_pushed(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GTask) task = user_data;
    RmsConsole *self = g_task_get_source_object(task);
    g_autoptr(GError) error = NULL;
    g_autoptr(RmsServerList) saved =
        rms_connector_push_finish(RMS_CONNECTOR(source), result, &error);

    if (saved == NULL &&
        g_error_matches(error, RMS_CONNECTOR_ERROR, RMS_CONNECTOR_ERROR_CONFLICT)) {
        g_autoptr(RmsServerList) theirs = rms_connector_dup_list(self->connector);

        rms_console_adopt_list(self, theirs);
    }
    finish_push(task, saved, g_steal_pointer(&error));
}

static void on_super_user_feature_set(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GTask) task = user_data;
    RmsConsole *self = g_task_get_source_object(task);
    Push *push = g_task_get_task_data(task);
    g_autoptr(GError) error = NULL;
    g_autofree char *message = NULL;
    g_autoptr(RmsEvent) event = NULL;

    if (!rms_tenant_set_super_user_feature_finish(RMS_TENANT(source), result, &error)) {
        finish_push(task, NULL, g_steal_pointer(&error));
        return;
    }
    message = g_strdup_printf("%s switched on the super-user feature of the tenant of %s, because "
                              "the list about to be pushed makes super users.",
                              push->author,
                              rms_tenant_get_organization(push->tenant));
    event = rms_event_new(RMS_EVENT_SUPER_USER_FEATURE, message, push->author, NULL, NULL);
    rms_connector_log(self->connector, event);
    push_to_connector(task);
}

static void on_tenant_refreshed(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GTask) task = user_data;
    Push *push = g_task_get_task_data(task);
    g_autoptr(GError) error = NULL;

    if (!rms_tenant_refresh_finish(RMS_TENANT(source), result, &error)) {
        finish_push(task, NULL, g_steal_pointer(&error));
        return;
    }
    if (rms_tenant_get_role(push->tenant) == RMS_TENANT_ROLE_NONE) {
        finish_push(task,
                    NULL,
                    g_error_new_literal(RMS_CONSOLE_ERROR,
                                        RMS_CONSOLE_ERROR_OBSTACLE,
                                        rms_words_obstacle(RMS_OBSTACLE_NO_ROLE)));
        return;
    }
    if (push->grants_super_user && !rms_tenant_get_super_user_feature(push->tenant))
        rms_tenant_set_super_user_feature_async(push->tenant,
                                                TRUE,
                                                g_task_get_cancellable(task),
                                                on_super_user_feature_set,
                                                g_object_ref(task));
    else
        push_to_connector(task);
}

/* Returns: whether the push may start; else @task has returned. */
static gboolean check_push(RmsConsole *self, GTask *task, gboolean super_user_confirmed)
{
    RmsPushObstacle obstacle = rms_console_get_obstacle(self);

    if (obstacle != RMS_OBSTACLE_NONE) {
        g_task_return_new_error(task,
                                RMS_CONSOLE_ERROR,
                                RMS_CONSOLE_ERROR_OBSTACLE,
                                "%s",
                                rms_words_obstacle(obstacle));
        return FALSE;
    }
    if (!super_user_confirmed && rms_console_grants_super_user(self)) {
        g_task_return_new_error(task,
                                RMS_CONSOLE_ERROR,
                                RMS_CONSOLE_ERROR_UNCONFIRMED,
                                "%s",
                                _("These changes make accounts super users. Confirm that first."));
        return FALSE;
    }
    return TRUE;
}

void rms_console_push_async(RmsConsole *self,
                            gboolean super_user_confirmed,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
    g_autoptr(GTask) task = NULL;
    Push *push = NULL;

    g_return_if_fail(RMS_IS_CONSOLE(self));

    task = g_task_new(self, cancellable, callback, user_data);
    g_task_set_source_tag(task, rms_console_push_async);
    if (!check_push(self, task, super_user_confirmed))
        return;

    push = g_new0(Push, 1);
    push->list = rms_server_list_copy(self->working);
    push->revision = rms_server_list_get_revision(self->saved);
    push->author = g_strdup(rms_account_get_user_name(self->account));
    push->tenant = g_object_ref(self->tenant);
    push->grants_super_user = rms_console_grants_super_user(self);
    g_task_set_task_data(task, push, (GDestroyNotify) push_free);
    rms_console_set_pushing(self, TRUE);

    if (rms_console_only_removes(self))
        push_to_connector(task);
    else
        rms_tenant_refresh_async(
            self->tenant, cancellable, on_tenant_refreshed, g_steal_pointer(&task));
}

RmsServerList *rms_console_push_finish(RmsConsole *self, GAsyncResult *result, GError **error)
{
    g_return_val_if_fail(g_task_is_valid(result, self), NULL);
    return g_task_propagate_pointer(G_TASK(result), error);
}
