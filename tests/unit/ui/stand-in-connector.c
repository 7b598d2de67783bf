/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Stand-in for connector-core/connector.h: a list in memory, and the events in stand_ins.
 */
#include "config.h"

#include "tests/unit/ui/stand-ins.h"

/* 23 November 2026, 10:00 UTC */
#define NOW G_GINT64_CONSTANT(1795428000)

struct _RmsConnector {
    GObject parent_instance;
    RmsConnectorState state;
    RmsServerList *list;
    RmsServerList *quiet; /* (nullable) what another administrator pushed unseen */
    char *tenant;
};

enum { PROP_0, PROP_STATE, PROP_LIST, PROP_TENANT_URL, N_PROPERTIES };
static GParamSpec *properties[N_PROPERTIES];
static guint event_logged;

G_DEFINE_TYPE(RmsConnector, rms_connector, G_TYPE_OBJECT)
/* clang-format off */
G_DEFINE_QUARK(rms-connector-error-quark, rms_connector_error)
/* clang-format on */

GType rms_connector_state_get_type(void)
{
    static const GEnumValue values[] = {
        {RMS_CONNECTOR_STOPPED,  "RMS_CONNECTOR_STOPPED", "stopped"},
        {RMS_CONNECTOR_STARTING,             "RMS_CONNECTOR_STARTING", "starting"},
        {RMS_CONNECTOR_SERVING, "RMS_CONNECTOR_SERVING", "serving"},
        {RMS_CONNECTOR_STOPPING,            "RMS_CONNECTOR_STOPPING", "stopping"},
        {0 }
    };
    static gsize type;

    if (g_once_init_enter(&type))
        g_once_init_leave(&type, g_enum_register_static("RmsConnectorState", values));
    return type;
}

static void
rms_connector_get_property(GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
{
    RmsConnector *self = RMS_CONNECTOR(object);

    switch (property_id) {
    case PROP_STATE:
        g_value_set_enum(value, self->state);
        break;
    case PROP_LIST:
        g_value_set_object(value, self->list);
        break;
    case PROP_TENANT_URL:
        g_value_set_string(value, self->tenant);
        break;
    default:
        G_OBJECT_WARN_INVALID_PROPERTY_ID(object, property_id, pspec);
    }
}

static void rms_connector_finalize(GObject *object)
{
    RmsConnector *self = RMS_CONNECTOR(object);

    g_clear_object(&self->list);
    g_clear_object(&self->quiet);
    g_free(self->tenant);
    G_OBJECT_CLASS(rms_connector_parent_class)->finalize(object);
}

static void rms_connector_class_init(RmsConnectorClass *class)
{
    GObjectClass *object_class = G_OBJECT_CLASS(class);

    object_class->get_property = rms_connector_get_property;
    object_class->finalize = rms_connector_finalize;
    properties[PROP_STATE] = g_param_spec_enum(
        "state", NULL, NULL, RMS_TYPE_CONNECTOR_STATE, RMS_CONNECTOR_STOPPED, G_PARAM_READABLE);
    properties[PROP_LIST] =
        g_param_spec_object("list", NULL, NULL, RMS_TYPE_SERVER_LIST, G_PARAM_READABLE);
    properties[PROP_TENANT_URL] =
        g_param_spec_string("tenant-url", NULL, NULL, NULL, G_PARAM_READABLE);
    g_object_class_install_properties(object_class, N_PROPERTIES, properties);
    event_logged = g_signal_new("event-logged",
                                RMS_TYPE_CONNECTOR,
                                G_SIGNAL_RUN_LAST,
                                0,
                                NULL,
                                NULL,
                                NULL,
                                G_TYPE_NONE,
                                1,
                                RMS_TYPE_EVENT);
}

static void rms_connector_init(RmsConnector *self)
{
    self->state = RMS_CONNECTOR_SERVING;
}

RmsConnector *stand_in_connector_new(RmsServerList *list)
{
    RmsConnector *self = g_object_new(RMS_TYPE_CONNECTOR, NULL);

    self->list = list != NULL ? g_object_ref(list) : NULL;
    return self;
}

static RmsServerList *seal_copy(RmsServerList *list, gint64 revision, const char *author)
{
    RmsServerList *copy = rms_server_list_copy(list);

    rms_server_list_seal(copy, revision, NOW, author);
    return copy;
}

static void set_list(RmsConnector *self, RmsServerList *list)
{
    g_set_object(&self->list, list);
    g_object_notify_by_pspec(G_OBJECT(self), properties[PROP_LIST]);
}

static gint64 get_revision(RmsConnector *self)
{
    RmsServerList *newest = self->quiet != NULL ? self->quiet : self->list;

    return newest != NULL ? rms_server_list_get_revision(newest) : 0;
}

void stand_in_connector_replace_list(RmsConnector *self, RmsServerList *list, const char *author)
{
    g_autoptr(RmsServerList) sealed = seal_copy(list, get_revision(self) + 1, author);

    set_list(self, sealed);
}

void stand_in_connector_replace_list_quietly(RmsConnector *self,
                                             RmsServerList *list,
                                             const char *author)
{
    g_autoptr(RmsServerList) sealed = seal_copy(list, get_revision(self) + 1, author);

    g_set_object(&self->quiet, sealed);
}

void stand_in_connector_set_state(RmsConnector *self, RmsConnectorState state)
{
    self->state = state;
    g_object_notify_by_pspec(G_OBJECT(self), properties[PROP_STATE]);
}

RmsConnectorState rms_connector_get_state(RmsConnector *self)
{
    return self->state;
}

RmsServerList *rms_connector_dup_list(RmsConnector *self)
{
    return self->list != NULL ? g_object_ref(self->list) : NULL;
}

static void finish_push(GTask *task)
{
    RmsConnector *self = g_task_get_source_object(task);
    RmsServerList *list = g_task_get_task_data(task);
    g_autoptr(RmsServerList) sealed = NULL;
    g_autoptr(RmsServerList) quiet = g_steal_pointer(&self->quiet);

    if (g_task_return_error_if_cancelled(task))
        return;
    if (stand_ins.push_error != NULL) {
        g_task_return_error(task, g_error_copy(stand_ins.push_error));
        return;
    }
    if (quiet != NULL)
        set_list(self, quiet);
    if (get_revision(self) != rms_server_list_get_revision(list)) {
        g_task_return_new_error(
            task, RMS_CONNECTOR_ERROR, RMS_CONNECTOR_ERROR_CONFLICT, "somebody else pushed");
        return;
    }
    sealed = seal_copy(list, get_revision(self) + 1, stand_ins.last_author);
    set_list(self, sealed);
    g_task_return_pointer(task, g_object_ref(sealed), g_object_unref);
}

void rms_connector_push_async(RmsConnector *self,
                              RmsServerList *list,
                              gint64 expected_revision,
                              const char *author,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
    GTask *task = g_task_new(self, cancellable, callback, user_data);

    g_assert(expected_revision == rms_server_list_get_revision(list));
    stand_ins.n_pushes++;
    g_free(stand_ins.last_author);
    stand_ins.last_author = g_strdup(author);
    g_task_set_task_data(task, rms_server_list_copy(list), g_object_unref);
    stand_ins_take_turn(task, stand_ins.push_waits, finish_push);
}

RmsServerList *rms_connector_push_finish(RmsConnector *self, GAsyncResult *result, GError **error)
{
    return g_task_propagate_pointer(G_TASK(result), error);
}

void stand_in_connector_add_event(RmsConnector *self,
                                  RmsEventNumber number,
                                  gint64 time,
                                  const char *message,
                                  const char *account,
                                  const char *sid,
                                  const char *computer)
{
    g_autoptr(RmsEvent) event = rms_event_new(number, message, account, sid, computer);

    stand_in_event_set(event, stand_ins.events->len + 1, time);
    g_ptr_array_add(stand_ins.events, g_object_ref(event));
    g_signal_emit(self, event_logged, 0, event);
}

void rms_connector_log(RmsConnector *self, RmsEvent *event)
{
    stand_in_event_set(event, stand_ins.events->len + 1, NOW * G_USEC_PER_SEC);
    g_ptr_array_add(stand_ins.events, g_object_ref(event));
    g_signal_emit(self, event_logged, 0, event);
}

void rms_connector_query_events_async(RmsConnector *self,
                                      gint64 before_id,
                                      guint limit,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data)
{
    g_autoptr(GTask) task = g_task_new(self, cancellable, callback, user_data);
    GPtrArray *found = g_ptr_array_new_with_free_func(g_object_unref);

    stand_ins.n_queries++;
    for (guint i = stand_ins.events->len; i > 0 && found->len < limit; i--) {
        RmsEvent *event = g_ptr_array_index(stand_ins.events, i - 1);

        if (before_id == 0 || rms_event_get_id(event) < before_id)
            g_ptr_array_add(found, g_object_ref(event));
    }
    g_task_return_pointer(task, found, (GDestroyNotify) g_ptr_array_unref);
}

GPtrArray *
rms_connector_query_events_finish(RmsConnector *self, GAsyncResult *result, GError **error)
{
    return g_task_propagate_pointer(G_TASK(result), error);
}

gboolean rms_connector_set_tenant(RmsConnector *self, const char *url, GError **error)
{
    if (stand_ins.set_tenant_error != NULL) {
        g_propagate_error(error, g_error_copy(stand_ins.set_tenant_error));
        return FALSE;
    }
    g_free(self->tenant);
    self->tenant = g_strdup(url);
    g_object_notify_by_pspec(G_OBJECT(self), properties[PROP_TENANT_URL]);
    return TRUE;
}

const char *rms_connector_get_tenant(RmsConnector *self)
{
    return self->tenant;
}

void rms_group_status_free(RmsGroupStatus *status)
{
    g_free(status->failure);
    g_free(status->gaps);
    g_free(status);
}

void rms_connector_query_groups_async(RmsConnector *self,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data)
{
    g_autoptr(GTask) task = g_task_new(self, cancellable, callback, user_data);

    g_task_return_pointer(
        task, g_ptr_array_ref(stand_ins.groups), (GDestroyNotify) g_ptr_array_unref);
}

GPtrArray *
rms_connector_query_groups_finish(RmsConnector *self, GAsyncResult *result, GError **error)
{
    return g_task_propagate_pointer(G_TASK(result), error);
}

void rms_connector_read_groups_async(RmsConnector *self,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data)
{
    stand_ins.n_group_readings++;
    rms_connector_query_groups_async(self, cancellable, callback, user_data);
}

GPtrArray *
rms_connector_read_groups_finish(RmsConnector *self, GAsyncResult *result, GError **error)
{
    return rms_connector_query_groups_finish(self, result, error);
}
