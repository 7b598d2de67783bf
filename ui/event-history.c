/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The event log as far as it was loaded, newest first.
 */
#include "config.h"

#include "ui/event-history.h"

#include <string.h>

struct _RmsEventHistory {
    GObject parent_instance;

    RmsConnector *connector;
    GListStore *events;
    GCancellable *cancellable;
    gboolean loading;
    gboolean complete;
    gboolean loaded; /* the first page came */
};

enum { PROP_0, PROP_LOADING, PROP_COMPLETE, N_PROPERTIES };
static GParamSpec *properties[N_PROPERTIES];
static guint failed;

static GType get_item_type(GListModel *model)
{
    return RMS_TYPE_EVENT;
}

static guint get_n_items(GListModel *model)
{
    return g_list_model_get_n_items(G_LIST_MODEL(RMS_EVENT_HISTORY(model)->events));
}

static gpointer get_item(GListModel *model, guint position)
{
    return g_list_model_get_item(G_LIST_MODEL(RMS_EVENT_HISTORY(model)->events), position);
}

static void implement_list_model(GListModelInterface *interface)
{
    interface->get_item_type = get_item_type;
    interface->get_n_items = get_n_items;
    interface->get_item = get_item;
}

G_DEFINE_TYPE_WITH_CODE(RmsEventHistory,
                        rms_event_history,
                        G_TYPE_OBJECT,
                        G_IMPLEMENT_INTERFACE(G_TYPE_LIST_MODEL, implement_list_model))

static void set_flag(RmsEventHistory *self, gboolean *flag, gboolean value, guint property)
{
    if (*flag == value)
        return;
    *flag = value;
    g_object_notify_by_pspec(G_OBJECT(self), properties[property]);
}

/* The id of the event at @position, or 0. */
static gint64 get_id(RmsEventHistory *self, guint position)
{
    g_autoptr(RmsEvent) event = g_list_model_get_item(G_LIST_MODEL(self->events), position);

    return event != NULL ? rms_event_get_id(event) : 0;
}

static void append_older(RmsEventHistory *self, GPtrArray *page)
{
    g_autoptr(GPtrArray) older = g_ptr_array_new();
    guint n = get_n_items(G_LIST_MODEL(self));
    gint64 oldest = n > 0 ? get_id(self, n - 1) : G_MAXINT64;

    /* Events that came in while the page was on its way may be on it as well. */
    for (guint i = 0; i < page->len; i++)
        if (rms_event_get_id(page->pdata[i]) < oldest)
            g_ptr_array_add(older, page->pdata[i]);
    g_list_store_splice(self->events, n, 0, older->pdata, older->len);
}

static void on_page_loaded(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) page =
        rms_connector_query_events_finish(RMS_CONNECTOR(source), result, &error);
    RmsEventHistory *self = user_data;

    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return; /* self is gone */
    if (page != NULL) {
        append_older(self, page);
        self->loaded = TRUE;
        if (page->len < RMS_EVENT_HISTORY_PAGE)
            set_flag(self, &self->complete, TRUE, PROP_COMPLETE);
    }
    set_flag(self, &self->loading, FALSE, PROP_LOADING);
    if (error != NULL)
        g_signal_emit(self, failed, 0, error);
}

void rms_event_history_load_older(RmsEventHistory *self)
{
    guint n;

    g_return_if_fail(RMS_IS_EVENT_HISTORY(self));

    if (self->loading || self->complete)
        return;
    n = get_n_items(G_LIST_MODEL(self));
    set_flag(self, &self->loading, TRUE, PROP_LOADING);
    rms_connector_query_events_async(self->connector,
                                     self->loaded && n > 0 ? get_id(self, n - 1) : 0,
                                     RMS_EVENT_HISTORY_PAGE,
                                     self->cancellable,
                                     on_page_loaded,
                                     self);
}

static void on_event_logged(RmsConnector *connector, RmsEvent *event, RmsEventHistory *self)
{
    guint n = get_n_items(G_LIST_MODEL(self));

    if (n > 0 && rms_event_get_id(event) <= get_id(self, 0))
        return;
    g_list_store_insert(self->events, 0, event);
    if (n < RMS_EVENT_HISTORY_MAX)
        return;
    g_list_store_remove(self->events, n);
    set_flag(self, &self->complete, FALSE, PROP_COMPLETE);
}

static void on_state_changed(RmsConnector *connector, GParamSpec *pspec, RmsEventHistory *self)
{
    if (!self->loaded && rms_connector_get_state(connector) == RMS_CONNECTOR_SERVING)
        rms_event_history_load_older(self);
}

gboolean rms_event_history_get_loading(RmsEventHistory *self)
{
    g_return_val_if_fail(RMS_IS_EVENT_HISTORY(self), FALSE);
    return self->loading;
}

gboolean rms_event_history_get_complete(RmsEventHistory *self)
{
    g_return_val_if_fail(RMS_IS_EVENT_HISTORY(self), FALSE);
    return self->complete;
}

gboolean rms_event_matches(RmsEvent *event, guint levels, const char *folded)
{
    g_autofree char *number = NULL;
    g_autofree char *text = NULL;
    g_autofree char *hay = NULL;
    const char *account = rms_event_get_account(event);
    const char *computer = rms_event_get_computer(event);
    const char *sid = rms_event_get_sid(event);

    if ((levels & (1u << rms_event_get_level(event))) == 0)
        return FALSE;
    if (*folded == '\0')
        return TRUE;
    number = g_strdup_printf("%u", rms_event_get_number(event));
    text = g_strjoin("\n",
                     number,
                     account != NULL ? account : "",
                     computer != NULL ? computer : "",
                     sid != NULL ? sid : "",
                     rms_event_get_message(event),
                     NULL);
    hay = g_utf8_casefold(text, -1);
    return strstr(hay, folded) != NULL;
}

static void
rms_event_history_get_property(GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
{
    RmsEventHistory *self = RMS_EVENT_HISTORY(object);

    switch (property_id) {
    case PROP_LOADING:
        g_value_set_boolean(value, self->loading);
        break;
    case PROP_COMPLETE:
        g_value_set_boolean(value, self->complete);
        break;
    default:
        G_OBJECT_WARN_INVALID_PROPERTY_ID(object, property_id, pspec);
    }
}

static void rms_event_history_dispose(GObject *object)
{
    RmsEventHistory *self = RMS_EVENT_HISTORY(object);

    g_cancellable_cancel(self->cancellable);
    if (self->connector != NULL)
        g_signal_handlers_disconnect_by_data(self->connector, self);
    g_clear_object(&self->connector);
    G_OBJECT_CLASS(rms_event_history_parent_class)->dispose(object);
}

static void rms_event_history_finalize(GObject *object)
{
    RmsEventHistory *self = RMS_EVENT_HISTORY(object);

    g_clear_object(&self->cancellable);
    g_clear_object(&self->events);
    G_OBJECT_CLASS(rms_event_history_parent_class)->finalize(object);
}

static void rms_event_history_class_init(RmsEventHistoryClass *class)
{
    GObjectClass *object_class = G_OBJECT_CLASS(class);
    const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

    object_class->get_property = rms_event_history_get_property;
    object_class->dispose = rms_event_history_dispose;
    object_class->finalize = rms_event_history_finalize;

    properties[PROP_LOADING] = g_param_spec_boolean("loading", NULL, NULL, FALSE, flags);
    properties[PROP_COMPLETE] = g_param_spec_boolean("complete", NULL, NULL, FALSE, flags);
    g_object_class_install_properties(object_class, N_PROPERTIES, properties);
    failed = g_signal_new("failed",
                          RMS_TYPE_EVENT_HISTORY,
                          G_SIGNAL_RUN_LAST,
                          0,
                          NULL,
                          NULL,
                          NULL,
                          G_TYPE_NONE,
                          1,
                          G_TYPE_ERROR);
}

static void rms_event_history_init(RmsEventHistory *self)
{
    self->events = g_list_store_new(RMS_TYPE_EVENT);
    self->cancellable = g_cancellable_new();
    g_signal_connect_swapped(
        self->events, "items-changed", G_CALLBACK(g_list_model_items_changed), self);
}

RmsEventHistory *rms_event_history_new(RmsConnector *connector)
{
    RmsEventHistory *self = NULL;

    g_return_val_if_fail(RMS_IS_CONNECTOR(connector), NULL);

    self = g_object_new(RMS_TYPE_EVENT_HISTORY, NULL);
    self->connector = g_object_ref(connector);
    g_signal_connect(connector, "event-logged", G_CALLBACK(on_event_logged), self);
    g_signal_connect(connector, "notify::state", G_CALLBACK(on_state_changed), self);
    on_state_changed(connector, NULL, self);
    return self;
}
