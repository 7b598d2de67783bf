/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Stand-in for directory/directory.h: finds among the objects in stand_ins
 * those of its domain, or, as a global catalog, all of them. Places are those where objects are.
 */
#include "config.h"

#include "tests/unit/ui/stand-ins.h"

#include <string.h>

#include "directory/directory-names.h"
#include "directory/directory-place.h"

struct _RmsDirectory {
    GObject parent_instance;
    char *domain; /* (nullable): a global catalog */
};

G_DEFINE_TYPE(RmsDirectory, rms_directory, G_TYPE_OBJECT)

static void rms_directory_finalize(GObject *object)
{
    g_free(RMS_DIRECTORY(object)->domain);
    G_OBJECT_CLASS(rms_directory_parent_class)->finalize(object);
}

static void rms_directory_class_init(RmsDirectoryClass *class)
{
    G_OBJECT_CLASS(class)->finalize = rms_directory_finalize;
}

static void rms_directory_init(RmsDirectory *self)
{
}

RmsDirectory *stand_in_directory_new(const char *domain)
{
    RmsDirectory *self = g_object_new(RMS_TYPE_DIRECTORY, NULL);

    self->domain = g_strdup(domain);
    return self;
}

const char *rms_directory_get_domain(RmsDirectory *self)
{
    return self->domain != NULL ? self->domain : "contoso.example";
}

const char *rms_directory_get_server(RmsDirectory *self)
{
    return "dc1.contoso.example";
}

static gboolean is_in_domain(RmsDirectory *self, RmsDirectoryObject *object)
{
    const char *place = rms_directory_object_get_place(object);
    gsize length = self->domain != NULL ? strlen(self->domain) : 0;

    return self->domain == NULL || (g_ascii_strncasecmp(place, self->domain, length) == 0 &&
                                    (place[length] == '\0' || place[length] == '/'));
}

/* What the place with @dn is called from its domain on. */
static char *dup_path(RmsDirectory *self, const char *dn)
{
    g_autofree char *above = dn != NULL ? rms_place_from_dn(dn) : NULL;
    g_autofree char *name = dn != NULL ? rms_dn_first_value(dn) : NULL;

    return dn != NULL ? g_strdup_printf("%s/%s", above, name) : g_strdup(self->domain);
}

typedef struct {
    char *text;
    char *path; /* (nullable) */
    gboolean direct;
    guint kinds;
    guint limit;
    GListStore *results;
    RmsSid sid;
} Query;

static void query_free(Query *query)
{
    g_free(query->text);
    g_free(query->path);
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
    RmsDirectory *self = g_task_get_source_object(task);

    if (g_task_return_error_if_cancelled(task)) {
        stand_ins.n_cancelled++;
        return TRUE;
    }
    if (stand_ins.unreachable != NULL && g_strcmp0(stand_ins.unreachable, self->domain) == 0) {
        g_task_return_new_error(task,
                                RMS_DIRECTORY_ERROR,
                                RMS_DIRECTORY_ERROR_UNREACHABLE,
                                "%s: no domain controller answered within 10 s",
                                self->domain);
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

static gboolean is_in_place(RmsDirectoryObject *object, Query *query)
{
    const char *place = rms_directory_object_get_place(object);
    gsize length = query->path != NULL ? strlen(query->path) : 0;

    return query->path == NULL ||
           (strncmp(place, query->path, length) == 0 &&
            (place[length] == '\0' || (!query->direct && place[length] == '/')));
}

static gboolean
matches(RmsDirectory *self, RmsDirectoryObject *object, Query *query, gboolean whole)
{
    const char *names[] = {rms_directory_object_get_name(object),
                           get_bare_name(object),
                           rms_directory_object_get_account_name(object),
                           rms_directory_object_get_sid_text(object)};

    if ((query->kinds & RMS_KIND_BIT(rms_directory_object_get_kind(object))) == 0)
        return FALSE;
    if (!is_in_domain(self, object) || !is_in_place(object, query))
        return FALSE;
    if (query->text == NULL)
        return TRUE;
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

        if (!matches(g_task_get_source_object(task), object, query, FALSE))
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
    query->path = search->place != NULL ? dup_path(self, search->place) : NULL;
    query->direct = search->direct;
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
        if (matches(g_task_get_source_object(task),
                    g_ptr_array_index(stand_ins.objects, i),
                    query,
                    TRUE))
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

static int compare_places(gconstpointer a, gconstpointer b)
{
    return strcmp(rms_place_get_name(*(RmsPlace *const *) a),
                  rms_place_get_name(*(RmsPlace *const *) b));
}

static char *dup_parent_dn(RmsDirectory *self, const char *parent)
{
    g_auto(GStrv) labels = g_strsplit(self->domain, ".", -1);
    g_autofree char *tail = g_strjoinv(",DC=", labels);

    return parent != NULL ? g_strdup(parent) : g_strdup_printf("DC=%s", tail);
}

static void finish_places(GTask *task)
{
    RmsDirectory *self = g_task_get_source_object(task);
    Query *query = g_task_get_task_data(task);
    g_autoptr(GPtrArray) places = g_ptr_array_new_with_free_func(g_object_unref);
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autofree char *path = dup_path(self, query->text);
    g_autofree char *parent = dup_parent_dn(self, query->text);
    gsize length = strlen(path);

    if (fail_if_told(task))
        return;
    for (guint i = 0; i < stand_ins.objects->len; i++) {
        const char *place = rms_directory_object_get_place(g_ptr_array_index(stand_ins.objects, i));
        g_autofree char *name = NULL;
        g_autofree char *dn = NULL;

        if (strncmp(place, path, length) != 0 || place[length] != '/')
            continue;
        name = g_strndup(place + length + 1, strcspn(place + length + 1, "/"));
        dn = g_strdup_printf("OU=%s,%s", name, parent);
        if (g_hash_table_add(seen, g_strdup(name)))
            g_ptr_array_add(places, rms_place_new(RMS_PLACE_UNIT, name, dn, NULL));
    }
    g_ptr_array_sort(places, compare_places);
    g_list_store_splice(query->results, 0, 0, places->pdata, places->len);
    g_task_return_boolean(task, FALSE);
}

void rms_directory_list_places_async(RmsDirectory *self,
                                     const char *parent,
                                     GListStore *results,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data)
{
    GTask *task = start(self, parent, 0, cancellable, callback, user_data);
    Query *query = g_task_get_task_data(task);

    query->results = g_object_ref(results);
    stand_ins_take_turn(task, stand_ins.directory_waits, finish_places);
}

gboolean rms_directory_list_places_finish(RmsDirectory *self,
                                          GAsyncResult *result,
                                          gboolean *truncated,
                                          GError **error)
{
    return rms_directory_search_finish(self, result, truncated, error);
}
