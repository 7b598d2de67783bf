/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The public face: checks what it is given, packs it into a query, and hands that to the worker.
 * Runs in the caller's context only.
 */
#include "config.h"

#include "directory/directory.h"

#include "directory/directory-call-private.h"
#include "directory/directory-limits.h"
#include "directory/directory-names.h"
#include "directory/directory-private.h"
#include "directory/directory-query-private.h"
#include "directory/directory-thread-private.h"
#include "directory/directory-worker-private.h"

struct _RmsDirectory {
    GObject parent_instance;
    RmsDirectorySettings *settings;
    RmsWorker *worker;   /* (nullable): until the first call */
    RmsDomainInfo *info; /* (nullable): until the first answer */
    guint first_page;
    guint next_page;
};

G_DEFINE_FINAL_TYPE(RmsDirectory, rms_directory, G_TYPE_OBJECT)

enum { PROP_SERVER = 1, PROP_DOMAIN, PROP_NETBIOS_NAME, PROP_BASE_DN, N_PROPS };
static GParamSpec *properties[N_PROPS];

RmsDirectorySettings *rms_directory_settings_new(void)
{
    return g_new0(RmsDirectorySettings, 1);
}

RmsDirectorySettings *rms_directory_settings_copy(const RmsDirectorySettings *settings)
{
    g_return_val_if_fail(settings != NULL, NULL);

    RmsDirectorySettings *copy = rms_directory_settings_new();
    copy->server = g_strdup(settings->server);
    copy->domain = g_strdup(settings->domain);
    copy->global_catalog = settings->global_catalog;
    copy->user = g_strdup(settings->user);
    copy->password = settings->password != NULL ? rms_secret_ref(settings->password) : NULL;
    copy->ca_file = g_strdup(settings->ca_file);
    copy->timeout_ms = settings->timeout_ms;
    return copy;
}

void rms_directory_settings_free(RmsDirectorySettings *settings)
{
    if (settings == NULL)
        return;
    g_free(settings->server);
    g_free(settings->domain);
    g_free(settings->user);
    rms_secret_unref(settings->password);
    g_free(settings->ca_file);
    g_free(settings);
}

static void rms_directory_get_property(GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
    RmsDirectory *self = RMS_DIRECTORY(object);

    switch (id) {
    case PROP_SERVER:
        g_value_set_string(value, rms_directory_get_server(self));
        break;
    case PROP_DOMAIN:
        g_value_set_string(value, rms_directory_get_domain(self));
        break;
    case PROP_NETBIOS_NAME:
        g_value_set_string(value, rms_directory_get_netbios_name(self));
        break;
    case PROP_BASE_DN:
        g_value_set_string(value, rms_directory_get_base_dn(self));
        break;
    default:
        G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
    }
}

static void rms_directory_finalize(GObject *object)
{
    RmsDirectory *self = RMS_DIRECTORY(object);

    rms_worker_stop(self->worker);
    rms_directory_settings_free(self->settings);
    rms_domain_info_unref(self->info);
    G_OBJECT_CLASS(rms_directory_parent_class)->finalize(object);
}

static GParamSpec *text_property(const char *name)
{
    return g_param_spec_string(name, NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
}

static void rms_directory_class_init(RmsDirectoryClass *klass)
{
    GObjectClass *object_class = G_OBJECT_CLASS(klass);

    object_class->get_property = rms_directory_get_property;
    object_class->finalize = rms_directory_finalize;

    properties[PROP_SERVER] = text_property("server");
    properties[PROP_DOMAIN] = text_property("domain");
    properties[PROP_NETBIOS_NAME] = text_property("netbios-name");
    properties[PROP_BASE_DN] = text_property("base-dn");
    g_object_class_install_properties(object_class, N_PROPS, properties);
}

static void rms_directory_init(RmsDirectory *self)
{
    self->first_page = RMS_FIRST_PAGE_OBJECTS;
    self->next_page = RMS_NEXT_PAGE_OBJECTS;
}

RmsDirectory *rms_directory_new(const RmsDirectorySettings *settings)
{
    g_return_val_if_fail(settings != NULL, NULL);

    RmsDirectory *self = g_object_new(RMS_TYPE_DIRECTORY, NULL);
    self->settings = rms_directory_settings_copy(settings);
    return self;
}

void rms_directory_wait_for_threads(void)
{
    rms_thread_wait_for_stopping();
}

void rms_directory_set_page_sizes(RmsDirectory *self, guint first, guint next)
{
    g_return_if_fail(RMS_IS_DIRECTORY(self) && first > 0 && next > 0);

    self->first_page = first;
    self->next_page = next;
}

const RmsDomainInfo *rms_directory_get_info(RmsDirectory *self)
{
    g_return_val_if_fail(RMS_IS_DIRECTORY(self), NULL);
    return self->info;
}

void rms_directory_replace_settings(RmsDirectory *self, const RmsDirectorySettings *settings)
{
    g_return_if_fail(RMS_IS_DIRECTORY(self) && settings != NULL);

    rms_directory_settings_free(self->settings);
    self->settings = rms_directory_settings_copy(settings);
    if (self->worker != NULL)
        rms_worker_replace_settings(self->worker, rms_directory_settings_copy(settings));
}

static void notify_if_changed(RmsDirectory *self, guint id, const char *before, const char *now)
{
    if (g_strcmp0(before, now) != 0)
        g_object_notify_by_pspec(G_OBJECT(self), properties[id]);
}

static void on_info_found(RmsDirectory *self, RmsDomainInfo *info)
{
    if (self->info == info)
        return;
    static const RmsDomainInfo unknown;
    g_autoptr(RmsDomainInfo) owned = g_steal_pointer(&self->info);
    const RmsDomainInfo *before = owned != NULL ? owned : &unknown;
    self->info = rms_domain_info_ref(info);

    g_object_freeze_notify(G_OBJECT(self));
    notify_if_changed(self, PROP_SERVER, before->server, info->server);
    notify_if_changed(self, PROP_DOMAIN, before->domain, info->domain);
    notify_if_changed(self, PROP_NETBIOS_NAME, before->netbios_name, info->netbios_name);
    notify_if_changed(self, PROP_BASE_DN, before->base_dn, info->base_dn);
    g_object_thaw_notify(G_OBJECT(self));
}

/* A worker that hangs in a library is left to itself, and a new one takes over. */
void rms_directory_submit(RmsDirectory *self, RmsQuery *query)
{
    g_return_if_fail(RMS_IS_DIRECTORY(self) && query != NULL);

    if (self->worker != NULL && rms_worker_submit(self->worker, query))
        return;
    rms_worker_stop(self->worker);
    self->worker = rms_worker_new(rms_directory_settings_copy(self->settings));
    (void) rms_worker_submit(self->worker, query);
}

static GTask *make_task(RmsDirectory *self,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data,
                        gpointer tag)
{
    GTask *task = g_task_new(self, cancellable, callback, user_data);
    g_task_set_source_tag(task, tag);
    g_task_set_priority(task, G_PRIORITY_DEFAULT_IDLE);
    return task;
}

RmsCall *rms_directory_begin_call(RmsDirectory *self,
                                  GListStore *results,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data,
                                  gpointer tag)
{
    g_return_val_if_fail(RMS_IS_DIRECTORY(self), NULL);

    GTask *task = make_task(self, cancellable, callback, user_data, tag);
    return rms_call_new(task, results, on_info_found);
}

gboolean rms_directory_finish_list(RmsDirectory *self,
                                   GAsyncResult *result,
                                   gboolean *truncated,
                                   GError **error)
{
    g_return_val_if_fail(g_task_is_valid(result, self), FALSE);

    GError *reason = NULL;
    gboolean more = g_task_propagate_boolean(G_TASK(result), &reason);
    if (reason != NULL) {
        g_propagate_error(error, reason);
        return FALSE;
    }
    if (truncated != NULL)
        *truncated = more;
    return TRUE;
}

void rms_directory_open_async(RmsDirectory *self,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
    g_return_if_fail(RMS_IS_DIRECTORY(self));

    g_autoptr(RmsCall) call = rms_directory_begin_call(
        self, NULL, cancellable, callback, user_data, rms_directory_open_async);
    rms_directory_submit(self, rms_query_new_open(call));
}

gboolean rms_directory_open_finish(RmsDirectory *self, GAsyncResult *result, GError **error)
{
    g_return_val_if_fail(g_task_is_valid(result, self), FALSE);
    return g_task_propagate_boolean(G_TASK(result), error);
}

const char *rms_directory_get_server(RmsDirectory *self)
{
    g_return_val_if_fail(RMS_IS_DIRECTORY(self), NULL);
    return self->info != NULL ? self->info->server : NULL;
}

const char *rms_directory_get_domain(RmsDirectory *self)
{
    g_return_val_if_fail(RMS_IS_DIRECTORY(self), NULL);
    return self->info != NULL ? self->info->domain : NULL;
}

const char *rms_directory_get_netbios_name(RmsDirectory *self)
{
    g_return_val_if_fail(RMS_IS_DIRECTORY(self), NULL);
    return self->info != NULL ? self->info->netbios_name : NULL;
}

const char *rms_directory_get_base_dn(RmsDirectory *self)
{
    g_return_val_if_fail(RMS_IS_DIRECTORY(self), NULL);
    return self->info != NULL ? self->info->base_dn : NULL;
}

void rms_directory_search_async(RmsDirectory *self,
                                const RmsDirectorySearch *search,
                                GListStore *results,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
    g_return_if_fail(RMS_IS_DIRECTORY(self));
    g_return_if_fail(search != NULL && search->limit > 0);
    g_return_if_fail(G_IS_LIST_STORE(results));

    g_autoptr(GTask) task =
        make_task(self, cancellable, callback, user_data, rms_directory_search_async);
    GError *error = NULL;
    RmsTypedName *name = rms_typed_name_parse(search->text != NULL ? search->text : "", &error);
    if (name == NULL) {
        g_task_return_error(task, error);
        return;
    }
    g_autoptr(RmsCall) call = rms_call_new(g_steal_pointer(&task), results, on_info_found);
    rms_directory_submit(
        self, rms_query_new_search(call, name, search, self->first_page, self->next_page));
}

gboolean rms_directory_search_finish(RmsDirectory *self,
                                     GAsyncResult *result,
                                     gboolean *truncated,
                                     GError **error)
{
    return rms_directory_finish_list(self, result, truncated, error);
}

void rms_directory_resolve_async(RmsDirectory *self,
                                 const char *text,
                                 guint kinds,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
    g_return_if_fail(RMS_IS_DIRECTORY(self));
    g_return_if_fail(text != NULL);

    g_autoptr(GTask) task =
        make_task(self, cancellable, callback, user_data, rms_directory_resolve_async);
    GError *error = NULL;
    g_autoptr(RmsTypedName) name = rms_typed_name_parse(text, &error);
    if (name != NULL && name->form == RMS_NAME_EMPTY)
        error = g_error_new_literal(
            RMS_DIRECTORY_ERROR, RMS_DIRECTORY_ERROR_NAME, "No name was given; type one");
    if (error != NULL) {
        g_task_return_error(task, error);
        return;
    }
    g_autoptr(RmsCall) call = rms_call_new(g_steal_pointer(&task), NULL, on_info_found);
    rms_directory_submit(self, rms_query_new_resolve(call, g_steal_pointer(&name), kinds));
}

GPtrArray *rms_directory_resolve_finish(RmsDirectory *self, GAsyncResult *result, GError **error)
{
    g_return_val_if_fail(g_task_is_valid(result, self), NULL);
    return g_task_propagate_pointer(G_TASK(result), error);
}

void rms_directory_lookup_sid_async(RmsDirectory *self,
                                    const RmsSid *sid,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data)
{
    g_return_if_fail(RMS_IS_DIRECTORY(self));
    g_return_if_fail(sid != NULL && sid->length > 0);

    g_autoptr(RmsCall) call = rms_directory_begin_call(
        self, NULL, cancellable, callback, user_data, rms_directory_lookup_sid_async);
    rms_directory_submit(self, rms_query_new_lookup(call, sid));
}

RmsDirectoryObject *
rms_directory_lookup_sid_finish(RmsDirectory *self, GAsyncResult *result, GError **error)
{
    g_return_val_if_fail(g_task_is_valid(result, self), NULL);
    return g_task_propagate_pointer(G_TASK(result), error);
}
