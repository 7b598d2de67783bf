/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Stand-in for directory/directory.h: finds among the objects in stand_ins.
 */
#include "config.h"

#include "tests/unit/ui/stand-ins.h"

#include <string.h>

struct _RmsDirectory {
    GObject parent_instance;
};

G_DEFINE_TYPE(RmsDirectory, rms_directory, G_TYPE_OBJECT)

static void rms_directory_class_init(RmsDirectoryClass *class)
{
}

static void rms_directory_init(RmsDirectory *self)
{
}

RmsDirectory *stand_in_directory_new(void)
{
    return g_object_new(RMS_TYPE_DIRECTORY, NULL);
}

const char *rms_directory_get_domain(RmsDirectory *self)
{
    return "contoso.example";
}

typedef struct {
    char *text;
    guint kinds;
    guint limit;
    GListStore *results;
    RmsSid sid;
} Query;

static void query_free(Query *query)
{
    g_free(query->text);
    g_clear_object(&query->results);
    g_free(query);
}

static GTask *start(RmsDirectory *self,
                    const char *text,
                    guint kinds,
                    GCancellable *cancellable,
                    GAsyncReadyCallback callback,
                    gpointer user_data)
{
    GTask *task = g_task_new(self, cancellable, callback, user_data);
    Query *query = g_new0(Query, 1);

    query->text = g_strdup(text);
    query->kinds = kinds;
    g_task_set_task_data(task, query, (GDestroyNotify) query_free);
    return task;
}

static gboolean fail_if_told(GTask *task)
{
    if (g_task_return_error_if_cancelled(task)) {
        stand_ins.n_cancelled++;
        return TRUE;
    }
    if (stand_ins.directory_error == NULL)
        return FALSE;
    g_task_return_error(task, g_error_copy(stand_ins.directory_error));
    return TRUE;
}

static const char *get_bare_name(RmsDirectoryObject *object)
{
    return strchr(rms_directory_object_get_account_name(object), '\\') + 1;
}

static gboolean matches(RmsDirectoryObject *object, Query *query, gboolean whole)
{
    const char *names[] = {rms_directory_object_get_name(object),
                           get_bare_name(object),
                           rms_directory_object_get_account_name(object),
                           rms_directory_object_get_sid_text(object)};

    if ((query->kinds & RMS_KIND_BIT(rms_directory_object_get_kind(object))) == 0)
        return FALSE;
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
        if (whole ? g_ascii_strcasecmp(names[i], query->text) == 0
                  : g_ascii_strncasecmp(names[i], query->text, strlen(query->text)) == 0)
            return TRUE;
    return FALSE;
}

static void finish_search(GTask *task)
{
    Query *query = g_task_get_task_data(task);
    guint n = 0;
    gboolean truncated = FALSE;

    if (fail_if_told(task))
        return;
    for (guint i = 0; i < stand_ins.objects->len; i++) {
        RmsDirectoryObject *object = g_ptr_array_index(stand_ins.objects, i);

        if (!matches(object, query, FALSE))
            continue;
        truncated = n == query->limit;
        if (truncated)
            break;
        g_list_store_append(query->results, object);
        n++;
    }
    g_task_return_boolean(task, truncated);
}

void rms_directory_search_async(RmsDirectory *self,
                                const RmsDirectorySearch *search,
                                GListStore *results,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
    GTask *task = start(self, search->text, search->kinds, cancellable, callback, user_data);
    Query *query = g_task_get_task_data(task);

    stand_ins.n_searches++;
    query->limit = search->limit;
    query->results = g_object_ref(results);
    stand_ins_take_turn(task, stand_ins.directory_waits, finish_search);
}

gboolean rms_directory_search_finish(RmsDirectory *self,
                                     GAsyncResult *result,
                                     gboolean *truncated,
                                     GError **error)
{
    g_autoptr(GError) failure = NULL;
    gboolean more = g_task_propagate_boolean(G_TASK(result), &failure);

    if (failure != NULL) {
        g_propagate_error(error, g_steal_pointer(&failure));
        return FALSE;
    }
    if (truncated != NULL)
        *truncated = more;
    return TRUE;
}

static void finish_resolve(GTask *task)
{
    Query *query = g_task_get_task_data(task);
    GPtrArray *found = NULL;

    if (fail_if_told(task))
        return;
    found = g_ptr_array_new_with_free_func(g_object_unref);
    for (guint i = 0; i < stand_ins.objects->len; i++)
        if (matches(g_ptr_array_index(stand_ins.objects, i), query, TRUE))
            g_ptr_array_add(found, g_object_ref(g_ptr_array_index(stand_ins.objects, i)));
    g_task_return_pointer(task, found, (GDestroyNotify) g_ptr_array_unref);
}

void rms_directory_resolve_async(RmsDirectory *self,
                                 const char *text,
                                 guint kinds,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
    stand_ins_take_turn(start(self, text, kinds, cancellable, callback, user_data),
                        stand_ins.directory_waits,
                        finish_resolve);
}

GPtrArray *rms_directory_resolve_finish(RmsDirectory *self, GAsyncResult *result, GError **error)
{
    return g_task_propagate_pointer(G_TASK(result), error);
}

static void finish_lookup(GTask *task)
{
    Query *query = g_task_get_task_data(task);

    if (fail_if_told(task))
        return;
    for (guint i = 0; i < stand_ins.objects->len; i++) {
        RmsDirectoryObject *object = g_ptr_array_index(stand_ins.objects, i);

        if (rms_sid_equal(rms_directory_object_get_sid(object), &query->sid)) {
            g_task_return_pointer(task, g_object_ref(object), g_object_unref);
            return;
        }
    }
    g_task_return_pointer(task, NULL, NULL);
}

void rms_directory_lookup_sid_async(RmsDirectory *self,
                                    const RmsSid *sid,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data)
{
    GTask *task = start(self, NULL, RMS_KIND_ALL, cancellable, callback, user_data);
    Query *query = g_task_get_task_data(task);

    query->sid = *sid;
    stand_ins_take_turn(task, stand_ins.directory_waits, finish_lookup);
}

RmsDirectoryObject *
rms_directory_lookup_sid_finish(RmsDirectory *self, GAsyncResult *result, GError **error)
{
    return g_task_propagate_pointer(G_TASK(result), error);
}
