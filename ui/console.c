/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * RmsConsole: its state, and editing the working copy.
 */
#include "config.h"

#include "ui/console-private.h"

#include <glib/gi18n.h>

#include "ui/list-rebase.h"

enum {
    PROP_0,
    PROP_SAVED,
    PROP_ACCOUNT,
    PROP_TENANT,
    PROP_SIGNING_IN,
    PROP_PUSHING,
    PROP_OBSTACLE,
    N_PROPERTIES
};
static GParamSpec *properties[N_PROPERTIES];

enum { LIST_REPLACED, CONNECTOR_FAILED, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_TYPE(RmsConsole, rms_console, G_TYPE_OBJECT)
/* clang-format off */
G_DEFINE_QUARK(rms-console-error-quark, rms_console_error)
/* clang-format on */

static RmsPushObstacle find_obstacle(RmsConsole *self)
{
    if (self->saved == NULL)
        return RMS_OBSTACLE_NOT_LOADED;
    if (g_list_model_get_n_items(G_LIST_MODEL(self->pending)) == 0)
        return RMS_OBSTACLE_NOTHING_TO_PUSH;
    if (self->pushing)
        return RMS_OBSTACLE_PUSHING;
    if (rms_connector_get_state(self->connector) != RMS_CONNECTOR_SERVING)
        return RMS_OBSTACLE_NOT_RUNNING;
    if (self->account == NULL || self->tenant == NULL)
        return RMS_OBSTACLE_SIGNED_OUT;
    if (rms_tenant_get_role(self->tenant) == RMS_TENANT_ROLE_NONE)
        return RMS_OBSTACLE_NO_ROLE;
    return RMS_OBSTACLE_NONE;
}

void rms_console_update_obstacle(RmsConsole *self)
{
    RmsPushObstacle obstacle = find_obstacle(self);

    if (obstacle == self->obstacle)
        return;
    self->obstacle = obstacle;
    g_object_notify_by_pspec(G_OBJECT(self), properties[PROP_OBSTACLE]);
}

static void update_pending(RmsConsole *self)
{
    g_autoptr(RmsServerList) nothing = rms_server_list_new();
    g_autoptr(GListModel) diff =
        rms_server_list_diff(self->saved != NULL ? self->saved : nothing, self->working);
    g_autoptr(GPtrArray) changes = g_ptr_array_new_with_free_func(g_object_unref);
    guint before = g_list_model_get_n_items(G_LIST_MODEL(self->pending));

    for (guint i = 0; i < g_list_model_get_n_items(diff); i++)
        g_ptr_array_add(changes, g_list_model_get_item(diff, i));
    if (before > 0 || changes->len > 0)
        g_list_store_splice(self->pending, 0, before, changes->pdata, changes->len);
    rms_console_update_obstacle(self);
}

static void on_working_items_changed(
    GListModel *working, guint position, guint removed, guint added, RmsConsole *self)
{
    update_pending(self);
}

void rms_console_announce_replaced_list(RmsConsole *self, GListModel *dropped)
{
    g_signal_emit(self,
                  signals[LIST_REPLACED],
                  0,
                  rms_server_list_get_revision(self->saved),
                  rms_server_list_get_saved_by(self->saved),
                  dropped);
}

void rms_console_adopt_list(RmsConsole *self, RmsServerList *list)
{
    g_autoptr(GPtrArray) dropped = g_ptr_array_new_with_free_func(g_object_unref);
    g_autoptr(GListStore) lost = g_list_store_new(RMS_TYPE_LIST_CHANGE);
    g_autoptr(RmsServerList) rebased = NULL;
    gboolean had_changes = g_list_model_get_n_items(G_LIST_MODEL(self->pending)) > 0;

    if (list == NULL || (self->saved != NULL && rms_server_list_get_revision(self->saved) ==
                                                    rms_server_list_get_revision(list)))
        return;
    rebased = rms_list_rebase(list, G_LIST_MODEL(self->pending), NULL, dropped);
    g_set_object(&self->saved, list);
    rms_server_list_assign(self->working, rebased);
    update_pending(self);
    g_object_notify_by_pspec(G_OBJECT(self), properties[PROP_SAVED]);
    if (!had_changes)
        return;
    g_list_store_splice(lost, 0, 0, dropped->pdata, dropped->len);
    if (self->pushing)
        g_set_object(&self->dropped, lost); /* whose list it is shows when the push is done */
    else
        rms_console_announce_replaced_list(self, G_LIST_MODEL(lost));
}

static void on_connector_list_changed(RmsConnector *connector, GParamSpec *pspec, RmsConsole *self)
{
    g_autoptr(RmsServerList) list = rms_connector_dup_list(connector);

    rms_console_adopt_list(self, list);
}

static void on_connector_state_changed(RmsConnector *connector, GParamSpec *pspec, RmsConsole *self)
{
    RmsConnectorState state = rms_connector_get_state(connector);

    if (self->connector_failure != NULL &&
        (state == RMS_CONNECTOR_STARTING || state == RMS_CONNECTOR_SERVING)) {
        g_clear_error(&self->connector_failure);
        g_signal_emit(self, signals[CONNECTOR_FAILED], 0);
    }
    rms_console_update_obstacle(self);
}

static void on_account_signed_out(RmsAccount *account, GParamSpec *pspec, RmsConsole *self)
{
    gboolean signed_out = FALSE;

    g_object_get(account, "signed-out", &signed_out, NULL);
    if (signed_out)
        rms_console_adopt_account(self, NULL, NULL);
}

static void on_tenant_changed(RmsTenant *tenant, GParamSpec *pspec, RmsConsole *self)
{
    rms_console_update_obstacle(self);
}

void rms_console_adopt_account(RmsConsole *self, RmsAccount *account, RmsTenant *tenant)
{
    if (self->account != NULL)
        g_signal_handlers_disconnect_by_data(self->account, self);
    if (self->tenant != NULL)
        g_signal_handlers_disconnect_by_data(self->tenant, self);
    g_set_object(&self->account, account);
    g_set_object(&self->tenant, tenant);
    if (account != NULL)
        g_signal_connect(account, "notify::signed-out", G_CALLBACK(on_account_signed_out), self);
    if (tenant != NULL)
        g_signal_connect(tenant, "notify", G_CALLBACK(on_tenant_changed), self);
    rms_console_update_obstacle(self);
    g_object_notify_by_pspec(G_OBJECT(self), properties[PROP_ACCOUNT]);
    g_object_notify_by_pspec(G_OBJECT(self), properties[PROP_TENANT]);
}

void rms_console_set_signing_in(RmsConsole *self, gboolean signing_in)
{
    if (self->signing_in == signing_in)
        return;
    self->signing_in = signing_in;
    g_object_notify_by_pspec(G_OBJECT(self), properties[PROP_SIGNING_IN]);
}

void rms_console_set_pushing(RmsConsole *self, gboolean pushing)
{
    if (self->pushing == pushing)
        return;
    self->pushing = pushing;
    rms_console_update_obstacle(self);
    g_object_notify_by_pspec(G_OBJECT(self), properties[PROP_PUSHING]);
}

RmsConnector *rms_console_get_connector(RmsConsole *self)
{
    g_return_val_if_fail(RMS_IS_CONSOLE(self), NULL);
    return self->connector;
}

GListModel *rms_console_get_forests(RmsConsole *self)
{
    g_return_val_if_fail(RMS_IS_CONSOLE(self), NULL);
    return G_LIST_MODEL(self->forests);
}

void rms_console_add_forest(RmsConsole *self, RmsForest *forest)
{
    g_return_if_fail(RMS_IS_CONSOLE(self) && RMS_IS_FOREST(forest));

    g_list_store_append(self->forests, forest);
}

RmsDirectory *rms_console_get_directory(RmsConsole *self)
{
    g_autoptr(RmsForest) home = NULL;

    g_return_val_if_fail(RMS_IS_CONSOLE(self), NULL);

    /* The model keeps it. */
    home = g_list_model_get_item(G_LIST_MODEL(self->forests), 0);
    return rms_forest_get_home(home);
}

const RmsCloudEnvironment *rms_console_get_environment(RmsConsole *self)
{
    g_return_val_if_fail(RMS_IS_CONSOLE(self), NULL);
    return self->environment;
}

RmsServerList *rms_console_get_saved(RmsConsole *self)
{
    g_return_val_if_fail(RMS_IS_CONSOLE(self), NULL);
    return self->saved;
}

RmsServerList *rms_console_get_working(RmsConsole *self)
{
    g_return_val_if_fail(RMS_IS_CONSOLE(self), NULL);
    return self->working;
}

GListModel *rms_console_get_pending(RmsConsole *self)
{
    g_return_val_if_fail(RMS_IS_CONSOLE(self), NULL);
    return G_LIST_MODEL(self->pending);
}

RmsAccount *rms_console_get_account(RmsConsole *self)
{
    g_return_val_if_fail(RMS_IS_CONSOLE(self), NULL);
    return self->account;
}

RmsTenant *rms_console_get_tenant(RmsConsole *self)
{
    g_return_val_if_fail(RMS_IS_CONSOLE(self), NULL);
    return self->tenant;
}

gboolean rms_console_get_pushing(RmsConsole *self)
{
    g_return_val_if_fail(RMS_IS_CONSOLE(self), FALSE);
    return self->pushing;
}

RmsPushObstacle rms_console_get_obstacle(RmsConsole *self)
{
    g_return_val_if_fail(RMS_IS_CONSOLE(self), RMS_OBSTACLE_NOT_LOADED);
    return self->obstacle;
}

void rms_console_report_connector_failure(RmsConsole *self, const GError *error)
{
    g_return_if_fail(RMS_IS_CONSOLE(self));
    g_return_if_fail(error != NULL);

    g_clear_error(&self->connector_failure);
    self->connector_failure = g_error_copy(error);
    g_signal_emit(self, signals[CONNECTOR_FAILED], 0);
}

const GError *rms_console_get_connector_failure(RmsConsole *self)
{
    g_return_val_if_fail(RMS_IS_CONSOLE(self), NULL);
    return self->connector_failure;
}

static gboolean check_editable(RmsConsole *self, GError **error)
{
    if (!self->pushing)
        return TRUE;
    g_set_error_literal(error,
                        RMS_CONSOLE_ERROR,
                        RMS_CONSOLE_ERROR_PUSHING,
                        _("The list is being pushed. Wait until that is done."));
    return FALSE;
}

/* An account that was removed and is added again with the same role is the entry it was. */
static RmsEntry *
make_entry(RmsConsole *self, RmsDirectoryObject *object, RmsRole role, const char *note)
{
    const RmsSid *sid = rms_directory_object_get_sid(object);
    RmsEntry *was = self->saved != NULL ? rms_server_list_lookup(self->saved, sid) : NULL;
    g_autoptr(RmsEntry) bare = rms_entry_new(sid,
                                             rms_directory_object_get_guid(object),
                                             rms_directory_object_get_account_name(object),
                                             rms_directory_object_get_dn(object),
                                             rms_directory_object_get_kind(object),
                                             role);
    g_autoptr(RmsEntry) noted = rms_entry_with_note(bare, note != NULL ? note : "");

    if (was == NULL)
        return g_steal_pointer(&noted);
    return rms_entry_with_added(noted, rms_entry_get_added_at(was), rms_entry_get_added_by(was));
}

gboolean rms_console_add(
    RmsConsole *self, RmsDirectoryObject *object, RmsRole role, const char *note, GError **error)
{
    g_autoptr(RmsEntry) entry = NULL;

    g_return_val_if_fail(RMS_IS_CONSOLE(self), FALSE);
    g_return_val_if_fail(RMS_IS_DIRECTORY_OBJECT(object), FALSE);

    if (!check_editable(self, error))
        return FALSE;
    entry = make_entry(self, object, role, note);
    return rms_server_list_add(self->working, entry, error);
}

gboolean rms_console_change_role(RmsConsole *self, const RmsSid *sid, RmsRole role, GError **error)
{
    RmsEntry *entry;
    g_autoptr(RmsEntry) changed = NULL;

    g_return_val_if_fail(RMS_IS_CONSOLE(self), FALSE);
    g_return_val_if_fail(sid != NULL, FALSE);

    if (!check_editable(self, error))
        return FALSE;
    entry = rms_server_list_lookup(self->working, sid);
    if (entry == NULL) {
        g_set_error_literal(error,
                            RMS_MODEL_ERROR,
                            RMS_MODEL_ERROR_NOT_FOUND,
                            "The entry is not in the list any more");
        return FALSE;
    }
    if (rms_entry_get_role(entry) == role)
        return TRUE;
    changed = rms_entry_with_role(entry, role);
    return rms_server_list_replace(self->working, changed, error);
}

gboolean rms_console_remove(RmsConsole *self, const RmsSid *sid, GError **error)
{
    g_return_val_if_fail(RMS_IS_CONSOLE(self), FALSE);
    g_return_val_if_fail(sid != NULL, FALSE);

    if (!check_editable(self, error))
        return FALSE;
    return rms_server_list_remove(self->working, sid, error);
}

void rms_console_undo(RmsConsole *self, const RmsSid *sid)
{
    g_autoptr(RmsServerList) rebased = NULL;

    g_return_if_fail(RMS_IS_CONSOLE(self));
    g_return_if_fail(sid != NULL);

    if (self->pushing || self->saved == NULL)
        return;
    rebased = rms_list_rebase(self->saved, G_LIST_MODEL(self->pending), sid, NULL);
    rms_server_list_assign(self->working, rebased);
}

void rms_console_undo_all(RmsConsole *self)
{
    g_return_if_fail(RMS_IS_CONSOLE(self));

    if (!self->pushing && self->saved != NULL)
        rms_server_list_assign(self->working, self->saved);
}

gboolean rms_console_grants_super_user(RmsConsole *self)
{
    g_return_val_if_fail(RMS_IS_CONSOLE(self), FALSE);

    for (guint i = 0; i < g_list_model_get_n_items(G_LIST_MODEL(self->pending)); i++) {
        g_autoptr(RmsListChange) change = g_list_model_get_item(G_LIST_MODEL(self->pending), i);

        if (rms_list_change_grants_super_user(change))
            return TRUE;
    }
    return FALSE;
}

gboolean rms_console_only_removes(RmsConsole *self)
{
    g_return_val_if_fail(RMS_IS_CONSOLE(self), FALSE);

    for (guint i = 0; i < g_list_model_get_n_items(G_LIST_MODEL(self->pending)); i++) {
        g_autoptr(RmsListChange) change = g_list_model_get_item(G_LIST_MODEL(self->pending), i);

        if (rms_list_change_get_kind(change) != RMS_CHANGE_REMOVED)
            return FALSE;
    }
    return TRUE;
}

static void
rms_console_get_property(GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
{
    RmsConsole *self = RMS_CONSOLE(object);

    switch (property_id) {
    case PROP_SAVED:
        g_value_set_object(value, self->saved);
        break;
    case PROP_ACCOUNT:
        g_value_set_object(value, self->account);
        break;
    case PROP_TENANT:
        g_value_set_object(value, self->tenant);
        break;
    case PROP_SIGNING_IN:
        g_value_set_boolean(value, self->signing_in);
        break;
    case PROP_PUSHING:
        g_value_set_boolean(value, self->pushing);
        break;
    case PROP_OBSTACLE:
        g_value_set_int(value, self->obstacle);
        break;
    default:
        G_OBJECT_WARN_INVALID_PROPERTY_ID(object, property_id, pspec);
    }
}

static void rms_console_dispose(GObject *object)
{
    RmsConsole *self = RMS_CONSOLE(object);

    if (self->account != NULL)
        g_signal_handlers_disconnect_by_data(self->account, self);
    if (self->tenant != NULL)
        g_signal_handlers_disconnect_by_data(self->tenant, self);
    if (self->connector != NULL)
        g_signal_handlers_disconnect_by_data(self->connector, self);
    if (self->working != NULL)
        g_signal_handlers_disconnect_by_data(self->working, self);
    g_clear_object(&self->account);
    g_clear_object(&self->tenant);
    g_clear_object(&self->connector);
    G_OBJECT_CLASS(rms_console_parent_class)->dispose(object);
}

static void rms_console_finalize(GObject *object)
{
    RmsConsole *self = RMS_CONSOLE(object);

    rms_cloud_environment_free(self->environment);
    g_clear_object(&self->saved);
    g_clear_object(&self->working);
    g_clear_object(&self->pending);
    g_clear_object(&self->forests);
    g_clear_object(&self->dropped);
    g_clear_error(&self->connector_failure);
    G_OBJECT_CLASS(rms_console_parent_class)->finalize(object);
}

static void rms_console_class_init(RmsConsoleClass *class)
{
    GObjectClass *object_class = G_OBJECT_CLASS(class);
    const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

    object_class->get_property = rms_console_get_property;
    object_class->dispose = rms_console_dispose;
    object_class->finalize = rms_console_finalize;

    properties[PROP_SAVED] = g_param_spec_object("saved", NULL, NULL, RMS_TYPE_SERVER_LIST, flags);
    properties[PROP_ACCOUNT] = g_param_spec_object("account", NULL, NULL, RMS_TYPE_ACCOUNT, flags);
    properties[PROP_TENANT] = g_param_spec_object("tenant", NULL, NULL, RMS_TYPE_TENANT, flags);
    properties[PROP_SIGNING_IN] = g_param_spec_boolean("signing-in", NULL, NULL, FALSE, flags);
    properties[PROP_PUSHING] = g_param_spec_boolean("pushing", NULL, NULL, FALSE, flags);
    properties[PROP_OBSTACLE] = g_param_spec_int("obstacle",
                                                 NULL,
                                                 NULL,
                                                 RMS_OBSTACLE_NONE,
                                                 RMS_OBSTACLE_NO_ROLE,
                                                 RMS_OBSTACLE_NOT_LOADED,
                                                 flags);
    g_object_class_install_properties(object_class, N_PROPERTIES, properties);

    signals[LIST_REPLACED] = g_signal_new("list-replaced",
                                          RMS_TYPE_CONSOLE,
                                          G_SIGNAL_RUN_LAST,
                                          0,
                                          NULL,
                                          NULL,
                                          NULL,
                                          G_TYPE_NONE,
                                          3,
                                          G_TYPE_INT64,
                                          G_TYPE_STRING,
                                          G_TYPE_LIST_MODEL);
    signals[CONNECTOR_FAILED] = g_signal_new("connector-failed",
                                             RMS_TYPE_CONSOLE,
                                             G_SIGNAL_RUN_LAST,
                                             0,
                                             NULL,
                                             NULL,
                                             NULL,
                                             G_TYPE_NONE,
                                             0);
}

static void rms_console_init(RmsConsole *self)
{
    self->working = rms_server_list_new();
    self->pending = g_list_store_new(RMS_TYPE_LIST_CHANGE);
    self->forests = g_list_store_new(RMS_TYPE_FOREST);
    self->obstacle = RMS_OBSTACLE_NOT_LOADED;
    g_signal_connect(self->working, "items-changed", G_CALLBACK(on_working_items_changed), self);
}

RmsConsole *
rms_console_new(RmsConnector *connector, RmsForest *home, const RmsCloudEnvironment *environment)
{
    RmsConsole *self = NULL;

    g_return_val_if_fail(RMS_IS_CONNECTOR(connector), NULL);
    g_return_val_if_fail(RMS_IS_FOREST(home), NULL);
    g_return_val_if_fail(environment != NULL, NULL);

    self = g_object_new(RMS_TYPE_CONSOLE, NULL);
    self->connector = g_object_ref(connector);
    g_list_store_append(self->forests, home);
    self->environment = rms_cloud_environment_copy(environment);
    g_signal_connect(connector, "notify::list", G_CALLBACK(on_connector_list_changed), self);
    g_signal_connect(connector, "notify::state", G_CALLBACK(on_connector_state_changed), self);
    on_connector_list_changed(connector, NULL, self);
    return self;
}
