/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The domains of a forest and the connections to them. What became of accounts is in
 * forest-check.c.
 */
#include "config.h"

#include "directory/forest.h"

#include "directory/directory-names.h"
#include "directory/directory-private.h"
#include "directory/directory-target-private.h"
#include "directory/forest-private.h"

struct _RmsForestDomain {
    GObject parent_instance;
    RmsDomainNames *names;
    gboolean home;
};

G_DEFINE_FINAL_TYPE(RmsForestDomain, rms_forest_domain, G_TYPE_OBJECT)

struct _RmsForest {
    GObject parent_instance;
    RmsDirectorySettings *settings;
    char *name;
    gboolean opened;
    GListStore *domains;
    RmsDirectory *home;
    RmsDirectory *catalog;   /* (nullable): until asked for */
    GHashTable *directories; /* DNS name in lower case → RmsDirectory; without home */
};

G_DEFINE_FINAL_TYPE(RmsForest, rms_forest, G_TYPE_OBJECT)

enum { PROP_NAME = 1, PROP_OPENED, N_PROPS };
static GParamSpec *properties[N_PROPS];

static void rms_forest_domain_finalize(GObject *object)
{
    RmsForestDomain *self = RMS_FOREST_DOMAIN(object);

    rms_domain_names_free(self->names);
    G_OBJECT_CLASS(rms_forest_domain_parent_class)->finalize(object);
}

static void rms_forest_domain_class_init(RmsForestDomainClass *klass)
{
    G_OBJECT_CLASS(klass)->finalize = rms_forest_domain_finalize;
}

static void rms_forest_domain_init(RmsForestDomain *self)
{
}

static RmsForestDomain *
new_domain(const char *name, const char *netbios_name, const char *base_dn, gboolean home)
{
    RmsForestDomain *domain = g_object_new(RMS_TYPE_FOREST_DOMAIN, NULL);
    domain->names = rms_domain_names_new(name, netbios_name, base_dn);
    domain->home = home;
    return domain;
}

const char *rms_forest_domain_get_name(RmsForestDomain *self)
{
    g_return_val_if_fail(RMS_IS_FOREST_DOMAIN(self), NULL);
    return self->names->name;
}

const char *rms_forest_domain_get_netbios_name(RmsForestDomain *self)
{
    g_return_val_if_fail(RMS_IS_FOREST_DOMAIN(self), NULL);
    return self->names->netbios_name;
}

const char *rms_forest_domain_get_base_dn(RmsForestDomain *self)
{
    g_return_val_if_fail(RMS_IS_FOREST_DOMAIN(self), NULL);
    return self->names->base_dn;
}

gboolean rms_forest_domain_is_home(RmsForestDomain *self)
{
    g_return_val_if_fail(RMS_IS_FOREST_DOMAIN(self), FALSE);
    return self->home;
}

static void rms_forest_get_property(GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
    RmsForest *self = RMS_FOREST(object);

    switch (id) {
    case PROP_NAME:
        g_value_set_string(value, self->name);
        break;
    case PROP_OPENED:
        g_value_set_boolean(value, self->opened);
        break;
    default:
        G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
    }
}

static void rms_forest_finalize(GObject *object)
{
    RmsForest *self = RMS_FOREST(object);

    rms_directory_settings_free(self->settings);
    g_free(self->name);
    g_clear_object(&self->domains);
    g_clear_object(&self->home);
    g_clear_object(&self->catalog);
    g_hash_table_unref(self->directories);
    G_OBJECT_CLASS(rms_forest_parent_class)->finalize(object);
}

static void rms_forest_class_init(RmsForestClass *klass)
{
    GObjectClass *object_class = G_OBJECT_CLASS(klass);

    object_class->get_property = rms_forest_get_property;
    object_class->finalize = rms_forest_finalize;

    properties[PROP_NAME] =
        g_param_spec_string("name", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
    properties[PROP_OPENED] = g_param_spec_boolean(
        "opened", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
    g_object_class_install_properties(object_class, N_PROPS, properties);
}

static void rms_forest_init(RmsForest *self)
{
    self->domains = g_list_store_new(RMS_TYPE_FOREST_DOMAIN);
    self->directories = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_object_unref);
}

RmsForest *rms_forest_new(const RmsDirectorySettings *settings)
{
    g_return_val_if_fail(settings != NULL, NULL);

    RmsForest *self = g_object_new(RMS_TYPE_FOREST, NULL);
    self->settings = rms_directory_settings_copy(settings);
    self->settings->global_catalog = FALSE;
    const char *given = settings->server != NULL ? settings->server : settings->domain;
    self->name = g_strdup(given != NULL ? given : "");
    self->home = rms_directory_new(self->settings);
    return self;
}

/* Settings for another server, with the same credentials. Each of @server, @domain may be NULL. */
static RmsDirectorySettings *make_settings(RmsForest *self, char *server, const char *domain)
{
    RmsDirectorySettings *settings = rms_directory_settings_copy(self->settings);
    g_free(settings->server);
    settings->server = server;
    g_free(settings->domain);
    settings->domain = g_strdup(domain);
    return settings;
}

/* The home domain's own servers where they were given by name, unless they are no global catalogs;
 * else those that DNS names for the forest. */
static RmsDirectorySettings *make_catalog_settings(RmsForest *self)
{
    const RmsDomainInfo *info = rms_directory_get_info(self->home);
    char *server = NULL;
    if (info == NULL || info->has_global_catalog)
        server = rms_target_make_global_catalog(self->settings->server);
    g_autofree char *root =
        info != NULL ? rms_domain_from_dn(info->root_dn) : g_strdup(self->settings->domain);
    RmsDirectorySettings *settings = make_settings(self, server, root);
    settings->global_catalog = TRUE;
    return settings;
}

static void update_catalog(RmsForest *self)
{
    if (self->catalog == NULL)
        return;
    g_autoptr(RmsDirectorySettings) settings = make_catalog_settings(self);
    rms_directory_replace_settings(self->catalog, settings);
}

static gboolean has_domains(RmsForest *self, GPtrArray *domains)
{
    guint count = g_list_model_get_n_items(G_LIST_MODEL(self->domains));
    if (count != domains->len)
        return FALSE;
    for (guint i = 0; i < count; i++) {
        g_autoptr(RmsForestDomain) known = g_list_model_get_item(G_LIST_MODEL(self->domains), i);
        const RmsForestDomain *found = domains->pdata[i];
        if (g_ascii_strcasecmp(known->names->name, found->names->name) != 0 ||
            g_ascii_strcasecmp(known->names->base_dn, found->names->base_dn) != 0)
            return FALSE;
    }
    return TRUE;
}

static gint compare_domains(gconstpointer a, gconstpointer b)
{
    const RmsForestDomain *first = *(RmsForestDomain *const *) a;
    const RmsForestDomain *second = *(RmsForestDomain *const *) b;
    if (first->home != second->home)
        return first->home ? -1 : 1;
    return g_ascii_strcasecmp(first->names->name, second->names->name);
}

static void update_domains(RmsForest *self, const RmsDomainInfo *info)
{
    g_autoptr(GPtrArray) domains = g_ptr_array_new_with_free_func(g_object_unref);
    g_ptr_array_add(domains, new_domain(info->domain, info->netbios_name, info->base_dn, TRUE));
    for (guint i = 0; i < info->domains->len; i++) {
        const RmsDomainNames *names = info->domains->pdata[i];
        if (g_ascii_strcasecmp(names->base_dn, info->base_dn) != 0)
            g_ptr_array_add(domains,
                            new_domain(names->name, names->netbios_name, names->base_dn, FALSE));
    }
    g_ptr_array_sort(domains, compare_domains);
    if (!has_domains(self, domains))
        g_list_store_splice(self->domains,
                            0,
                            g_list_model_get_n_items(G_LIST_MODEL(self->domains)),
                            domains->pdata,
                            domains->len);
}

static void on_home_opened(GObject *source, GAsyncResult *result, gpointer data)
{
    g_autoptr(GTask) task = data;
    RmsForest *self = g_task_get_source_object(task);
    GError *error = NULL;
    if (!rms_directory_open_finish(RMS_DIRECTORY(source), result, &error)) {
        g_task_return_error(task, error);
        return;
    }
    const RmsDomainInfo *info = rms_directory_get_info(self->home);
    update_domains(self, info);
    update_catalog(self);
    g_autofree char *name = rms_domain_from_dn(info->root_dn);
    if (name != NULL && g_strcmp0(name, self->name) != 0) {
        g_free(self->name);
        self->name = g_steal_pointer(&name);
        g_object_notify_by_pspec(G_OBJECT(self), properties[PROP_NAME]);
    }
    if (!self->opened) {
        self->opened = TRUE;
        g_object_notify_by_pspec(G_OBJECT(self), properties[PROP_OPENED]);
    }
    g_task_return_boolean(task, TRUE);
}

void rms_forest_open_async(RmsForest *self,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
    g_return_if_fail(RMS_IS_FOREST(self));

    GTask *task = g_task_new(self, cancellable, callback, user_data);
    g_task_set_source_tag(task, rms_forest_open_async);
    rms_directory_open_async(self->home, cancellable, on_home_opened, task);
}

gboolean rms_forest_open_finish(RmsForest *self, GAsyncResult *result, GError **error)
{
    g_return_val_if_fail(g_task_is_valid(result, self), FALSE);
    return g_task_propagate_boolean(G_TASK(result), error);
}

const char *rms_forest_get_name(RmsForest *self)
{
    g_return_val_if_fail(RMS_IS_FOREST(self), NULL);
    return self->name;
}

gboolean rms_forest_get_opened(RmsForest *self)
{
    g_return_val_if_fail(RMS_IS_FOREST(self), FALSE);
    return self->opened;
}

GListModel *rms_forest_get_domains(RmsForest *self)
{
    g_return_val_if_fail(RMS_IS_FOREST(self), NULL);
    return G_LIST_MODEL(self->domains);
}

RmsDirectory *rms_forest_get_home(RmsForest *self)
{
    g_return_val_if_fail(RMS_IS_FOREST(self), NULL);
    return self->home;
}

RmsDirectory *rms_forest_get_global_catalog(RmsForest *self)
{
    g_return_val_if_fail(RMS_IS_FOREST(self), NULL);

    if (self->catalog == NULL) {
        g_autoptr(RmsDirectorySettings) settings = make_catalog_settings(self);
        self->catalog = rms_directory_new(settings);
    }
    return self->catalog;
}

RmsDirectory *rms_forest_get_directory(RmsForest *self, RmsForestDomain *domain)
{
    g_return_val_if_fail(RMS_IS_FOREST(self) && RMS_IS_FOREST_DOMAIN(domain), NULL);

    if (domain->home)
        return self->home;
    g_autofree char *key = g_ascii_strdown(domain->names->name, -1);
    RmsDirectory *directory = g_hash_table_lookup(self->directories, key);
    if (directory == NULL) {
        /* The servers of the settings are the home domain's. */
        g_autoptr(RmsDirectorySettings) settings = make_settings(self, NULL, domain->names->name);
        directory = rms_directory_new(settings);
        g_hash_table_insert(self->directories, g_steal_pointer(&key), directory);
    }
    return directory;
}

RmsDirectory *rms_forest_get_domain(RmsForest *self, const char *name)
{
    g_return_val_if_fail(RMS_IS_FOREST(self) && name != NULL, NULL);

    for (guint i = 0; i < g_list_model_get_n_items(G_LIST_MODEL(self->domains)); i++) {
        g_autoptr(RmsForestDomain) domain = g_list_model_get_item(G_LIST_MODEL(self->domains), i);
        if (g_ascii_strcasecmp(domain->names->name, name) == 0 ||
            g_ascii_strcasecmp(domain->names->netbios_name, name) == 0)
            return rms_forest_get_directory(self, domain);
    }
    return NULL;
}

RmsDirectory *rms_forest_find_domain_of_dn(RmsForest *self, const char *dn)
{
    g_return_val_if_fail(RMS_IS_FOREST(self) && dn != NULL, NULL);

    g_autoptr(GPtrArray) names = g_ptr_array_new();
    for (guint i = 0; i < g_list_model_get_n_items(G_LIST_MODEL(self->domains)); i++) {
        g_autoptr(RmsForestDomain) domain = g_list_model_get_item(G_LIST_MODEL(self->domains), i);
        g_ptr_array_add(names, domain->names);
    }
    const RmsDomainNames *found = rms_domain_names_find(names, dn);
    return found != NULL ? rms_forest_get_domain(self, found->name) : NULL;
}
