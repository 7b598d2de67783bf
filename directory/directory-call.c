/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From the worker's thread back to the caller's context, in order and once.
 */
#include "config.h"

#include "directory/directory-call-private.h"

#include "directory/directory-limits.h"

struct _RmsCall {
    gatomicrefcount ref_count;
    GMainContext *context;
    GCancellable *cancellable;
    void (*on_info)(RmsDirectory *directory, RmsDomainInfo *info);

    /* Of the caller's context only. */
    GTask *task; /* NULL once it has returned */
    GListStore *results;
    gulong cancelled_id;

    GMutex lock;
    gboolean ended;
    GQueue posts; /* of Post; not empty: a source in the context hands them over */
};

typedef enum { POST_INFO, POST_PAGE, POST_VALUE, POST_FLAG, POST_ERROR } PostKind;

typedef struct {
    PostKind kind;
    gpointer data;
    GDestroyNotify free_data;
    gboolean flag;
} Post;

typedef struct {
    RmsCall *call;
    void (*on_cancelled)(gpointer data);
    gpointer data;
    GDestroyNotify free_data;
} Watch;

static void free_post(gpointer data)
{
    Post *post = data;
    if (post->data != NULL && post->free_data != NULL)
        post->free_data(post->data);
    g_free(post);
}

RmsCall *rms_call_new(GTask *task,
                      GListStore *results,
                      void (*on_info)(RmsDirectory *directory, RmsDomainInfo *info))
{
    g_return_val_if_fail(G_IS_TASK(task), NULL);

    RmsCall *call = g_new0(RmsCall, 1);
    g_atomic_ref_count_init(&call->ref_count);
    g_mutex_init(&call->lock);
    call->task = task;
    call->context = g_main_context_ref(g_task_get_context(task));
    g_set_object(&call->cancellable, g_task_get_cancellable(task));
    g_set_object(&call->results, results);
    call->on_info = on_info;
    return call;
}

RmsCall *rms_call_ref(RmsCall *call)
{
    g_atomic_ref_count_inc(&call->ref_count);
    return call;
}

void rms_call_unref(RmsCall *call)
{
    if (call == NULL || !g_atomic_ref_count_dec(&call->ref_count))
        return;
    /* All are gone already, in the caller's context, unless that context went first. */
    g_queue_clear_full(&call->posts, free_post);
    g_clear_object(&call->task);
    g_clear_object(&call->results);
    g_clear_object(&call->cancellable);
    g_main_context_unref(call->context);
    g_mutex_clear(&call->lock);
    g_free(call);
}

static void return_from_task(RmsCall *call, Post *post)
{
    g_autoptr(GTask) task = g_steal_pointer(&call->task);
    g_clear_object(&call->results);
    if (call->cancelled_id != 0)
        g_cancellable_disconnect(call->cancellable, call->cancelled_id);
    call->cancelled_id = 0;

    if (post->kind == POST_ERROR)
        g_task_return_error(task, g_steal_pointer(&post->data));
    else if (post->kind == POST_FLAG)
        g_task_return_boolean(task, post->flag);
    else
        g_task_return_pointer(task, g_steal_pointer(&post->data), post->free_data);
}

static void handle_post(RmsCall *call, Post *post)
{
    if (call->task == NULL)
        return;

    switch (post->kind) {
    case POST_INFO:
        call->on_info(g_task_get_source_object(call->task), post->data);
        break;
    case POST_PAGE:
        /* The caller may have emptied the list for its next search already. */
        if (!g_cancellable_is_cancelled(call->cancellable)) {
            GPtrArray *objects = post->data;
            g_list_store_splice(call->results,
                                g_list_model_get_n_items(G_LIST_MODEL(call->results)),
                                0,
                                objects->pdata,
                                objects->len);
        }
        break;
    case POST_VALUE:
    case POST_FLAG:
    case POST_ERROR:
        return_from_task(call, post);
        break;
    }
}

/* One post at a time, so that the loop gets to draw and to listen between two of them. */
static gboolean on_post_due(gpointer data)
{
    RmsCall *call = data;
    g_mutex_lock(&call->lock);
    Post *post = g_queue_peek_head(&call->posts);
    g_mutex_unlock(&call->lock);
    handle_post(call, post);
    /* Taken out only now: while it was there, no second source was attached. */
    g_mutex_lock(&call->lock);
    g_queue_pop_head(&call->posts);
    gboolean is_last = g_queue_is_empty(&call->posts);
    g_mutex_unlock(&call->lock);
    free_post(post);
    return is_last ? G_SOURCE_REMOVE : G_SOURCE_CONTINUE;
}

static void
send_post(RmsCall *call, PostKind kind, gpointer data, GDestroyNotify free_data, gboolean flag)
{
    Post *post = g_new0(Post, 1);
    post->kind = kind;
    post->data = data;
    post->free_data = free_data;
    post->flag = flag;

    gboolean is_end = kind == POST_VALUE || kind == POST_FLAG || kind == POST_ERROR;
    g_mutex_lock(&call->lock);
    gboolean dropped = call->ended;
    if (is_end)
        call->ended = TRUE;
    gboolean is_first = !dropped && g_queue_is_empty(&call->posts);
    if (!dropped)
        g_queue_push_tail(&call->posts, post);
    if (is_first) {
        g_autoptr(GSource) source = g_idle_source_new();
        g_source_set_priority(source, G_PRIORITY_DEFAULT_IDLE);
        g_source_set_static_name(source, "directory call");
        g_source_set_callback(
            source, on_post_due, rms_call_ref(call), (GDestroyNotify) rms_call_unref);
        g_source_attach(source, call->context);
    }
    g_mutex_unlock(&call->lock);
    if (dropped)
        free_post(post);
}

gboolean rms_call_has_ended(RmsCall *call)
{
    g_mutex_lock(&call->lock);
    gboolean ended = call->ended;
    g_mutex_unlock(&call->lock);
    return ended;
}

void rms_call_post_info(RmsCall *call, RmsDomainInfo *info)
{
    send_post(
        call, POST_INFO, rms_domain_info_ref(info), (GDestroyNotify) rms_domain_info_unref, FALSE);
}

void rms_call_post_page(RmsCall *call, GPtrArray *objects)
{
    while (objects->len > RMS_MAX_POST_OBJECTS) {
        GPtrArray *part = g_ptr_array_new_full(RMS_MAX_POST_OBJECTS, g_object_unref);
        for (guint i = 0; i < RMS_MAX_POST_OBJECTS; i++)
            g_ptr_array_add(part, g_object_ref(objects->pdata[i]));
        g_ptr_array_remove_range(objects, 0, RMS_MAX_POST_OBJECTS);
        send_post(call, POST_PAGE, part, (GDestroyNotify) g_ptr_array_unref, FALSE);
    }
    send_post(call, POST_PAGE, objects, (GDestroyNotify) g_ptr_array_unref, FALSE);
}

void rms_call_end(RmsCall *call, gpointer value, GDestroyNotify free_value)
{
    send_post(call, POST_VALUE, value, free_value, FALSE);
}

void rms_call_end_with_flag(RmsCall *call, gboolean value)
{
    send_post(call, POST_FLAG, NULL, NULL, value);
}

void rms_call_fail(RmsCall *call, GError *error)
{
    send_post(call, POST_ERROR, error, (GDestroyNotify) g_error_free, FALSE);
}

static void free_watch(gpointer data)
{
    Watch *watch = data;
    watch->free_data(watch->data);
    rms_call_unref(watch->call);
    g_free(watch);
}

static void on_cancellable_cancelled(GCancellable *cancellable, Watch *watch)
{
    rms_call_fail(watch->call,
                  g_error_new_literal(G_IO_ERROR, G_IO_ERROR_CANCELLED, "The call was cancelled"));
    watch->on_cancelled(watch->data);
}

void rms_call_watch(RmsCall *call,
                    void (*on_cancelled)(gpointer data),
                    gpointer data,
                    GDestroyNotify free_data)
{
    g_return_if_fail(call != NULL && call->cancelled_id == 0);

    if (call->cancellable == NULL) {
        free_data(data);
        return;
    }
    Watch *watch = g_new0(Watch, 1);
    watch->call = rms_call_ref(call);
    watch->on_cancelled = on_cancelled;
    watch->data = data;
    watch->free_data = free_data;
    call->cancelled_id = g_cancellable_connect(
        call->cancellable, G_CALLBACK(on_cancellable_cancelled), watch, free_watch);
}
