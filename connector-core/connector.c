/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The façade: the owner's context on one side, the connector's thread on the other, and messages
 * between them.
 *
 * A Call carries a GTask to the connector's thread and back; the task completes, and is let go of,
 * in the owner's context only. What the connector has to say by itself (events, a new list) goes
 * through a Link that outlives both sides, so that nothing keeps a dropped RmsConnector alive.
 */
#include "config.h"

#include "connector-core/connector.h"

#include <string.h>

#include "connector-core/connector-private.h"

GQuark rms_connector_error_quark(void)
{
    return g_quark_from_static_string("rms-connector-error-quark");
}

#define DRAIN_MS 5000
/* A host name has at most 253 characters (RFC 1035 §2.3.4). */
#define MAX_TENANT_URL_BYTES 300
/* Events of the console's that came before the connector ran; later ones are dropped. */
#define MAX_EARLY_EVENTS 100

typedef struct {
    gatomicrefcount references;
    GWeakRef connector;
} Link;

struct _RmsConnector {
    GObject parent;
    RmsConnectorSettings *settings;
    GMainContext *owner;
    GMainContext *context; /* the connector's */
    GMainLoop *loop;
    GThread *thread;

    /* Touched on the connector's thread only. Tenant, token and events are kept so that a start
     * after they came finds them. */
    RmsCore *core;
    gboolean draining;
    GQueue waiting; /* of Call: starts and stops that came while draining */
    GQueue reading; /* of Call: wait until all distribution groups were read */
    gboolean tenant_wanted;
    char *wanted_tenant;
    GPtrArray *early_events;
    RmsSecret *token;
    gint64 token_expires_at;

    Link *link;

    /* What the owner sees; changed in the owner's context only. */
    RmsConnectorState state;
    guint last_change; /* number of the last start or stop that was asked for */
    RmsServerList *list;
    char *tenant_url;
    gboolean tenant_chosen; /* by the owner; what the store kept is old news then */
};

G_DEFINE_FINAL_TYPE(RmsConnector, rms_connector, G_TYPE_OBJECT)

enum { PROP_0, PROP_STATE, PROP_LIST, PROP_TENANT_URL, N_PROPERTIES };
static GParamSpec *properties[N_PROPERTIES];
enum { EVENT_LOGGED, N_SIGNALS };
static guint signals[N_SIGNALS];

GType rms_connector_state_get_type(void)
{
    static gsize type = 0;
    static const GEnumValue values[] = {
        {RMS_CONNECTOR_STOPPED,  "RMS_CONNECTOR_STOPPED",  "stopped" },
        {RMS_CONNECTOR_STARTING, "RMS_CONNECTOR_STARTING", "starting"},
        {RMS_CONNECTOR_SERVING,  "RMS_CONNECTOR_SERVING",  "serving" },
        {RMS_CONNECTOR_STOPPING, "RMS_CONNECTOR_STOPPING", "stopping"},
        {0,                      NULL,                     NULL      }
    };

    if (g_once_init_enter(&type))
        g_once_init_leave(&type, g_enum_register_static("RmsConnectorState", values));
    return type;
}

/* --- messages --- */

/* Always a turn of @context's loop later, never at once in the wrong thread as
 * g_main_context_invoke() may. */
static void post(GMainContext *context, GSourceFunc function, gpointer data, GDestroyNotify destroy)
{
    g_autoptr(GSource) source = g_idle_source_new();

    g_source_set_priority(source, G_PRIORITY_DEFAULT);
    g_source_set_callback(source, function, data, destroy);
    g_source_attach(source, context);
}

static void link_unref(Link *link)
{
    if (!g_atomic_ref_count_dec(&link->references))
        return;
    g_weak_ref_clear(&link->connector);
    g_free(link);
}

/* Something the connector's thread says by itself. One of the members is set. */
typedef struct {
    Link *link;
    RmsEvent *event;
    RmsServerList *list;
    char *tenant_url;
} News;

static void news_free(gpointer data)
{
    News *news = data;

    g_clear_object(&news->event);
    g_clear_object(&news->list);
    g_free(news->tenant_url);
    link_unref(news->link);
    g_free(news);
}

static gboolean on_news(gpointer user_data)
{
    News *news = user_data;
    g_autoptr(RmsConnector) self = g_weak_ref_get(&news->link->connector);

    if (self == NULL)
        return G_SOURCE_REMOVE;
    if (news->event != NULL)
        g_signal_emit(self, signals[EVENT_LOGGED], 0, news->event);
    if (news->list != NULL && g_set_object(&self->list, news->list))
        g_object_notify_by_pspec(G_OBJECT(self), properties[PROP_LIST]);
    if (news->tenant_url != NULL && !self->tenant_chosen &&
        g_strcmp0(self->tenant_url, news->tenant_url) != 0) {
        g_free(self->tenant_url);
        self->tenant_url = g_strdup(news->tenant_url);
        g_object_notify_by_pspec(G_OBJECT(self), properties[PROP_TENANT_URL]);
    }
    return G_SOURCE_REMOVE;
}

static void
post_news(RmsConnector *self, RmsEvent *event, RmsServerList *list, const char *tenant_url)
{
    News *news = g_new0(News, 1);

    g_atomic_ref_count_inc(&self->link->references);
    news->link = self->link;
    news->event = event != NULL ? g_object_ref(event) : NULL;
    news->list = list != NULL ? g_object_ref(list) : NULL;
    news->tenant_url = g_strdup(tenant_url);
    post(self->owner, on_news, news, news_free);
}

static void on_core_event(RmsEvent *event, gpointer user_data)
{
    post_news(user_data, event, NULL, NULL);
}

static void on_core_list(RmsServerList *list, gpointer user_data)
{
    post_news(user_data, NULL, list, NULL);
}

/* One command. @run fills @result or @error on the connector's thread; the task ends in the owner's
 * context. */
typedef struct _Call Call;
struct _Call {
    GTask *task; /* NULL: nobody waits */
    RmsConnector *self;
    void (*run)(Call *call);
    gboolean delayed; /* @run goes on by itself and calls call_done() later */
    guint change;     /* starts and stops: their number; else 0 */
    RmsConnectorState state_after;
    RmsServerList *list;
    RmsEvent *event;
    RmsSecret *token;
    char *text;
    gint64 number;
    guint limit;
    gpointer result;
    GDestroyNotify result_free;
    GError *error;
};

static void call_free(Call *call)
{
    g_clear_object(&call->task);
    g_clear_object(&call->list);
    g_clear_object(&call->event);
    g_clear_pointer(&call->token, rms_secret_unref);
    g_free(call->text);
    if (call->result != NULL)
        call->result_free(call->result);
    g_clear_error(&call->error);
    g_free(call);
}

static void set_state(RmsConnector *self, RmsConnectorState state)
{
    if (self->state == state)
        return;
    self->state = state;
    g_object_notify_by_pspec(G_OBJECT(self), properties[PROP_STATE]);
}

static gboolean on_call_returned(gpointer user_data)
{
    Call *call = user_data;

    if (call->task == NULL)
        return G_SOURCE_REMOVE;
    /* When another start or stop is on its way, that one decides. */
    if (call->change != 0) {
        RmsConnector *self = g_task_get_source_object(call->task);

        if (call->change == self->last_change)
            set_state(self, call->state_after);
    }
    if (call->error != NULL)
        g_task_return_error(call->task, g_steal_pointer(&call->error));
    else if (call->result_free != NULL)
        g_task_return_pointer(call->task, g_steal_pointer(&call->result), call->result_free);
    else
        g_task_return_boolean(call->task, TRUE);
    return G_SOURCE_REMOVE;
}

static void call_done(Call *call)
{
    call->state_after = call->self->core != NULL ? RMS_CONNECTOR_SERVING : RMS_CONNECTOR_STOPPED;
    post(call->self->owner, on_call_returned, call, (GDestroyNotify) call_free);
}

static gboolean on_call_arrived(gpointer user_data)
{
    Call *call = user_data;

    if (call->self->core == NULL && call->task != NULL && call->change == 0)
        g_set_error(&call->error,
                    RMS_CONNECTOR_ERROR,
                    RMS_CONNECTOR_ERROR_NOT_RUNNING,
                    "the connector is not running");
    else
        call->run(call);
    if (!call->delayed)
        call_done(call);
    return G_SOURCE_REMOVE;
}

static Call *call_new(RmsConnector *self, GTask *task, void (*run)(Call *call))
{
    Call *call = g_new0(Call, 1);

    call->self = self;
    call->task = task;
    call->run = run;
    return call;
}

static void send_call(Call *call)
{
    post(call->self->context, on_call_arrived, call, NULL);
}

/* --- start and stop --- */

static void wait_for_drain(Call *call)
{
    call->delayed = TRUE;
    g_queue_push_tail(&call->self->waiting, call);
}

static void log_early_events(RmsConnector *self)
{
    for (guint i = 0; i < self->early_events->len; i++)
        rms_core_log(self->core, self->early_events->pdata[i]);
    g_ptr_array_set_size(self->early_events, 0);
}

static void run_start(Call *call)
{
    RmsConnector *self = call->self;

    if (self->draining) {
        wait_for_drain(call);
        return;
    }
    if (self->core != NULL)
        return;
    self->core = rms_core_new(self->settings, on_core_event, on_core_list, self, &call->error);
    if (self->core == NULL)
        return;
    if (self->tenant_wanted)
        rms_core_set_tenant(self->core, self->wanted_tenant);
    if (self->token != NULL)
        rms_core_set_token(self->core, self->token, self->token_expires_at);
    log_early_events(self);
    post_news(self, NULL, NULL, rms_core_get_tenant(self->core));
}

static void end_reading(RmsConnector *self);

static void on_core_drained(gpointer user_data)
{
    Call *call = user_data;
    RmsConnector *self = call->self;
    GQueue waiting = self->waiting;

    g_clear_pointer(&self->core, rms_core_free);
    end_reading(self);
    self->draining = FALSE;
    g_queue_init(&self->waiting);
    call_done(call);
    for (Call *next; (next = g_queue_pop_head(&waiting)) != NULL;) {
        next->delayed = FALSE;
        on_call_arrived(next);
    }
}

static void run_stop(Call *call)
{
    RmsConnector *self = call->self;

    if (self->draining) {
        wait_for_drain(call);
        return;
    }
    if (self->core == NULL)
        return;
    call->delayed = TRUE;
    self->draining = TRUE;
    rms_core_drain(self->core, DRAIN_MS, on_core_drained, call);
}

static void run_quit(Call *call)
{
    g_clear_pointer(&call->self->core, rms_core_free);
    end_reading(call->self);
    g_main_loop_quit(call->self->loop);
}

static gpointer run_thread(gpointer user_data)
{
    RmsConnector *self = user_data;

    g_main_context_push_thread_default(self->context);
    g_main_loop_run(self->loop);
    /* What was cancelled on the way out still comes back, and frees what it held. */
    while (g_main_context_iteration(self->context, FALSE))
        ;
    g_main_context_pop_thread_default(self->context);
    return NULL;
}

void rms_connector_start_async(RmsConnector *self,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
    GTask *task;
    Call *call;

    g_return_if_fail(RMS_IS_CONNECTOR(self));

    task = g_task_new(self, cancellable, callback, user_data);
    g_task_set_source_tag(task, rms_connector_start_async);
    /* It either listens or it does not: a cancelled start would leave nobody who knows. */
    g_task_set_check_cancellable(task, FALSE);
    call = call_new(self, task, run_start);
    call->change = ++self->last_change;
    set_state(self, RMS_CONNECTOR_STARTING);
    send_call(call);
}

gboolean rms_connector_start_finish(RmsConnector *self, GAsyncResult *result, GError **error)
{
    g_return_val_if_fail(g_task_is_valid(result, self), FALSE);
    return g_task_propagate_boolean(G_TASK(result), error);
}

void rms_connector_stop_async(RmsConnector *self, GAsyncReadyCallback callback, gpointer user_data)
{
    GTask *task;
    Call *call;

    g_return_if_fail(RMS_IS_CONNECTOR(self));

    task = g_task_new(self, NULL, callback, user_data);
    g_task_set_source_tag(task, rms_connector_stop_async);
    call = call_new(self, task, run_stop);
    call->change = ++self->last_change;
    set_state(self, RMS_CONNECTOR_STOPPING);
    send_call(call);
}

gboolean rms_connector_stop_finish(RmsConnector *self, GAsyncResult *result, GError **error)
{
    g_return_val_if_fail(g_task_is_valid(result, self), FALSE);
    return g_task_propagate_boolean(G_TASK(result), error);
}

RmsConnectorState rms_connector_get_state(RmsConnector *self)
{
    g_return_val_if_fail(RMS_IS_CONNECTOR(self), RMS_CONNECTOR_STOPPED);
    return self->state;
}

/* --- the list --- */

RmsServerList *rms_connector_dup_list(RmsConnector *self)
{
    g_return_val_if_fail(RMS_IS_CONNECTOR(self), NULL);
    return self->list != NULL ? g_object_ref(self->list) : NULL;
}

static void run_push(Call *call)
{
    call->result =
        rms_core_push(call->self->core, call->list, call->number, call->text, &call->error);
}

void rms_connector_push_async(RmsConnector *self,
                              RmsServerList *list,
                              gint64 expected_revision,
                              const char *author,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
    GTask *task;
    Call *call;

    g_return_if_fail(RMS_IS_CONNECTOR(self) && RMS_IS_SERVER_LIST(list) && author != NULL);

    task = g_task_new(self, cancellable, callback, user_data);
    g_task_set_source_tag(task, rms_connector_push_async);
    /* Once it is on disk it is in force, and its author has to hear so. */
    g_task_set_check_cancellable(task, FALSE);
    call = call_new(self, task, run_push);
    call->list = rms_server_list_copy(list);
    call->number = expected_revision;
    call->text = g_strdup(author);
    call->result_free = g_object_unref;
    send_call(call);
}

RmsServerList *rms_connector_push_finish(RmsConnector *self, GAsyncResult *result, GError **error)
{
    g_return_val_if_fail(g_task_is_valid(result, self), NULL);
    return g_task_propagate_pointer(G_TASK(result), error);
}

/* --- history --- */

static void run_query_history(Call *call)
{
    call->result = rms_core_list_history(call->self->core, call->number, call->limit, &call->error);
}

void rms_connector_query_history_async(RmsConnector *self,
                                       gint64 before_revision,
                                       guint limit,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data)
{
    GTask *task;
    Call *call;

    g_return_if_fail(RMS_IS_CONNECTOR(self) && before_revision >= 0);

    task = g_task_new(self, cancellable, callback, user_data);
    g_task_set_source_tag(task, rms_connector_query_history_async);
    call = call_new(self, task, run_query_history);
    call->number = before_revision;
    call->limit = limit;
    call->result_free = (GDestroyNotify) g_ptr_array_unref;
    send_call(call);
}

GPtrArray *
rms_connector_query_history_finish(RmsConnector *self, GAsyncResult *result, GError **error)
{
    g_return_val_if_fail(g_task_is_valid(result, self), NULL);
    return g_task_propagate_pointer(G_TASK(result), error);
}

static void run_load_revision(Call *call)
{
    call->result = rms_core_load_revision(call->self->core, call->number, &call->error);
}

void rms_connector_load_revision_async(RmsConnector *self,
                                       gint64 revision,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data)
{
    GTask *task;
    Call *call;

    g_return_if_fail(RMS_IS_CONNECTOR(self) && revision > 0);

    task = g_task_new(self, cancellable, callback, user_data);
    g_task_set_source_tag(task, rms_connector_load_revision_async);
    call = call_new(self, task, run_load_revision);
    call->number = revision;
    call->result_free = g_object_unref;
    send_call(call);
}

RmsServerList *
rms_connector_load_revision_finish(RmsConnector *self, GAsyncResult *result, GError **error)
{
    g_return_val_if_fail(g_task_is_valid(result, self), NULL);
    return g_task_propagate_pointer(G_TASK(result), error);
}

/* --- events --- */

static void run_query_events(Call *call)
{
    call->result = rms_core_query_events(call->self->core, call->number, call->limit, &call->error);
}

void rms_connector_query_events_async(RmsConnector *self,
                                      gint64 before_id,
                                      guint limit,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data)
{
    GTask *task;
    Call *call;

    g_return_if_fail(RMS_IS_CONNECTOR(self));

    task = g_task_new(self, cancellable, callback, user_data);
    g_task_set_source_tag(task, rms_connector_query_events_async);
    call = call_new(self, task, run_query_events);
    call->number = before_id;
    call->limit = limit;
    call->result_free = (GDestroyNotify) g_ptr_array_unref;
    send_call(call);
}

GPtrArray *
rms_connector_query_events_finish(RmsConnector *self, GAsyncResult *result, GError **error)
{
    g_return_val_if_fail(g_task_is_valid(result, self), NULL);
    return g_task_propagate_pointer(G_TASK(result), error);
}

/* --- distribution groups --- */

static void run_query_groups(Call *call)
{
    call->result = rms_core_get_groups(call->self->core);
}

void rms_connector_query_groups_async(RmsConnector *self,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data)
{
    GTask *task;
    Call *call;

    g_return_if_fail(RMS_IS_CONNECTOR(self));

    task = g_task_new(self, cancellable, callback, user_data);
    g_task_set_source_tag(task, rms_connector_query_groups_async);
    call = call_new(self, task, run_query_groups);
    call->result_free = (GDestroyNotify) g_ptr_array_unref;
    send_call(call);
}

GPtrArray *
rms_connector_query_groups_finish(RmsConnector *self, GAsyncResult *result, GError **error)
{
    g_return_val_if_fail(g_task_is_valid(result, self), NULL);
    return g_task_propagate_pointer(G_TASK(result), error);
}

static void on_groups_read(gpointer user_data)
{
    Call *call = user_data;

    g_queue_remove(&call->self->reading, call);
    if (call->self->core != NULL)
        call->result = rms_core_get_groups(call->self->core);
    call_done(call);
}

/* A core that goes does not end the rounds it began. */
static void end_reading(RmsConnector *self)
{
    for (Call *call; (call = g_queue_pop_head(&self->reading)) != NULL;) {
        g_set_error(&call->error,
                    RMS_CONNECTOR_ERROR,
                    RMS_CONNECTOR_ERROR_NOT_RUNNING,
                    "the connector has stopped");
        call_done(call);
    }
}

static void run_read_groups(Call *call)
{
    call->delayed = TRUE;
    g_queue_push_tail(&call->self->reading, call);
    rms_core_read_groups(call->self->core, on_groups_read, call);
}

void rms_connector_read_groups_async(RmsConnector *self,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data)
{
    GTask *task;
    Call *call;

    g_return_if_fail(RMS_IS_CONNECTOR(self));

    task = g_task_new(self, cancellable, callback, user_data);
    g_task_set_source_tag(task, rms_connector_read_groups_async);
    call = call_new(self, task, run_read_groups);
    call->result_free = (GDestroyNotify) g_ptr_array_unref;
    send_call(call);
}

GPtrArray *
rms_connector_read_groups_finish(RmsConnector *self, GAsyncResult *result, GError **error)
{
    g_return_val_if_fail(g_task_is_valid(result, self), NULL);
    return g_task_propagate_pointer(G_TASK(result), error);
}

static void run_log(Call *call)
{
    if (call->self->core != NULL)
        rms_core_log(call->self->core, call->event);
    else if (call->self->early_events->len < MAX_EARLY_EVENTS)
        g_ptr_array_add(call->self->early_events, g_object_ref(call->event));
}

void rms_connector_log(RmsConnector *self, RmsEvent *event)
{
    Call *call;

    g_return_if_fail(RMS_IS_CONNECTOR(self) && RMS_IS_EVENT(event));

    call = call_new(self, NULL, run_log);
    call->event = g_object_ref(event);
    send_call(call);
}

/* --- the tenant --- */

/* `https://host[:port]`, nothing before or behind. The relay writes the host into requests, so
 * GUri's decoding of %0d%0a must not get the chance. */
static gboolean check_tenant_url(const char *url, GError **error)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "0123456789-.:[]";
    g_autoptr(GUri) uri = NULL;
    g_autofree char *quoted = NULL;

    if (g_str_has_prefix(url, "https://") && strlen(url) <= MAX_TENANT_URL_BYTES &&
        strspn(url + 8, allowed) == strlen(url + 8) && !g_str_has_suffix(url, ":"))
        uri = g_uri_parse(url, G_URI_FLAGS_NONE, NULL);
    if (uri != NULL && g_uri_get_host(uri) != NULL && *g_uri_get_host(uri) != '\0' &&
        g_uri_get_port(uri) != 0)
        return TRUE;
    quoted = g_strescape(url, NULL);
    g_set_error(error,
                RMS_CONNECTOR_ERROR,
                RMS_CONNECTOR_ERROR_SETTINGS,
                "\"%.200s\" is no address of a tenant; one looks like https://host.example or "
                "https://host.example:8443, without a path",
                quoted);
    return FALSE;
}

static void run_set_tenant(Call *call)
{
    g_free(call->self->wanted_tenant);
    call->self->wanted_tenant = g_strdup(call->text);
    call->self->tenant_wanted = TRUE;
    if (call->self->core != NULL)
        rms_core_set_tenant(call->self->core, call->text);
}

gboolean rms_connector_set_tenant(RmsConnector *self, const char *url, GError **error)
{
    Call *call;

    g_return_val_if_fail(RMS_IS_CONNECTOR(self), FALSE);

    if (url != NULL && !check_tenant_url(url, error))
        return FALSE;
    /* Sent even when it seems to be the same: the store may hold another one that is not known
     * here yet. */
    call = call_new(self, NULL, run_set_tenant);
    call->text = g_strdup(url);
    send_call(call);
    self->tenant_chosen = TRUE;
    if (g_strcmp0(self->tenant_url, url) != 0) {
        char *copy = g_strdup(url);

        g_free(self->tenant_url);
        self->tenant_url = copy;
        g_object_notify_by_pspec(G_OBJECT(self), properties[PROP_TENANT_URL]);
    }
    return TRUE;
}

const char *rms_connector_get_tenant(RmsConnector *self)
{
    g_return_val_if_fail(RMS_IS_CONNECTOR(self), NULL);
    return self->tenant_url;
}

static void run_set_token(Call *call)
{
    g_clear_pointer(&call->self->token, rms_secret_unref);
    call->self->token = g_steal_pointer(&call->token);
    call->self->token_expires_at = call->number;
    if (call->self->core != NULL)
        rms_core_set_token(call->self->core, call->self->token, call->number);
}

void rms_connector_set_token(RmsConnector *self, RmsSecret *token, gint64 expires_at)
{
    Call *call;

    g_return_if_fail(RMS_IS_CONNECTOR(self));

    call = call_new(self, NULL, run_set_token);
    call->token = token != NULL ? rms_secret_ref(token) : NULL;
    call->number = expires_at;
    send_call(call);
}

/* --- the object --- */

static void rms_connector_get_property(GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
    RmsConnector *self = RMS_CONNECTOR(object);

    switch (id) {
    case PROP_STATE:
        g_value_set_enum(value, self->state);
        break;
    case PROP_LIST:
        g_value_set_object(value, self->list);
        break;
    case PROP_TENANT_URL:
        g_value_set_string(value, self->tenant_url);
        break;
    default:
        G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
    }
}

/* No task is under way here: each holds a reference. Calls without one still are, and run before
 * the quit. */
static void rms_connector_dispose(GObject *object)
{
    RmsConnector *self = RMS_CONNECTOR(object);

    if (self->thread != NULL) {
        send_call(call_new(self, NULL, run_quit));
        g_thread_join(g_steal_pointer(&self->thread));
    }
    G_OBJECT_CLASS(rms_connector_parent_class)->dispose(object);
}

static void rms_connector_finalize(GObject *object)
{
    RmsConnector *self = RMS_CONNECTOR(object);

    g_main_loop_unref(self->loop);
    g_main_context_unref(self->context);
    g_main_context_unref(self->owner);
    link_unref(self->link);
    g_clear_object(&self->list);
    g_clear_pointer(&self->token, rms_secret_unref);
    g_ptr_array_unref(self->early_events);
    g_free(self->wanted_tenant);
    g_free(self->tenant_url);
    rms_connector_settings_free(self->settings);
    G_OBJECT_CLASS(rms_connector_parent_class)->finalize(object);
}

static void rms_connector_class_init(RmsConnectorClass *klass)
{
    GObjectClass *object_class = G_OBJECT_CLASS(klass);
    const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

    object_class->get_property = rms_connector_get_property;
    object_class->dispose = rms_connector_dispose;
    object_class->finalize = rms_connector_finalize;
    properties[PROP_STATE] = g_param_spec_enum(
        "state", NULL, NULL, RMS_TYPE_CONNECTOR_STATE, RMS_CONNECTOR_STOPPED, flags);
    properties[PROP_LIST] = g_param_spec_object("list", NULL, NULL, RMS_TYPE_SERVER_LIST, flags);
    properties[PROP_TENANT_URL] = g_param_spec_string("tenant-url", NULL, NULL, NULL, flags);
    g_object_class_install_properties(object_class, N_PROPERTIES, properties);
    /**
     * RmsConnector::event-logged:
     * @event: an RmsEvent
     */
    signals[EVENT_LOGGED] = g_signal_new("event-logged",
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
    self->owner = g_main_context_ref_thread_default();
    self->context = g_main_context_new();
    self->loop = g_main_loop_new(self->context, FALSE);
    self->early_events = g_ptr_array_new_with_free_func(g_object_unref);
    self->link = g_new0(Link, 1);
    g_atomic_ref_count_init(&self->link->references);
    g_weak_ref_init(&self->link->connector, self);
}

RmsConnector *rms_connector_new(const RmsConnectorSettings *settings)
{
    RmsConnector *self;

    g_return_val_if_fail(settings != NULL, NULL);

    self = g_object_new(RMS_TYPE_CONNECTOR, NULL);
    self->settings = rms_connector_settings_copy(settings);
    self->thread = g_thread_new("rms-connector", run_thread, self);
    return self;
}
