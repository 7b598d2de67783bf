/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Stand-in for directory/forest.h: a forest of its home domain and stand_ins.more_domains, whose
 * accounts are those in stand_ins with its SIDs.
 */
#include "config.h"

#include <string.h>

#include "directory/directory-names.h"
#include "tests/unit/ui/stand-ins.h"

struct _RmsForestDomain {
    GObject parent_instance;
    char *name;
    char *netbios_name;
    RmsDirectory *directory;
};

G_DEFINE_TYPE(RmsForestDomain, rms_forest_domain, G_TYPE_OBJECT)

static void rms_forest_domain_finalize(GObject *object)
{
    RmsForestDomain *self = RMS_FOREST_DOMAIN(object);

    g_free(self->name);
    g_free(self->netbios_name);
    g_clear_object(&self->directory);
    G_OBJECT_CLASS(rms_forest_domain_parent_class)->finalize(object);
}

static void rms_forest_domain_class_init(RmsForestDomainClass *class)
{
    G_OBJECT_CLASS(class)->finalize = rms_forest_domain_finalize;
}

static void rms_forest_domain_init(RmsForestDomain *self)
{
}

const char *rms_forest_domain_get_name(RmsForestDomain *self)
{
    return self->name;
}

struct _RmsForest {
    GObject parent_instance;
    char *name;
    char *sids; /* what its accounts' SIDs start with */
    RmsDirectory *home;
    RmsDirectory *catalog;
    GListStore *domains;
    gboolean opened;
};

enum { PROP_0, PROP_NAME, PROP_OPENED, N_PROPERTIES };
static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_TYPE(RmsForest, rms_forest, G_TYPE_OBJECT)

static void
rms_forest_get_property(GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
{
    RmsForest *self = RMS_FOREST(object);

    if (property_id == PROP_NAME)
        g_value_set_string(value, self->name);
    else
        g_value_set_boolean(value, self->opened);
}

static void rms_forest_finalize(GObject *object)
{
    RmsForest *self = RMS_FOREST(object);

    g_free(self->name);
    g_free(self->sids);
    g_clear_object(&self->home);
    g_clear_object(&self->catalog);
    g_clear_object(&self->domains);
    G_OBJECT_CLASS(rms_forest_parent_class)->finalize(object);
}

static void rms_forest_class_init(RmsForestClass *class)
{
    GObjectClass *object_class = G_OBJECT_CLASS(class);

    object_class->get_property = rms_forest_get_property;
    object_class->finalize = rms_forest_finalize;
    properties[PROP_NAME] = g_param_spec_string("name", NULL, NULL, NULL, G_PARAM_READABLE);
    properties[PROP_OPENED] = g_param_spec_boolean("opened", NULL, NULL, FALSE, G_PARAM_READABLE);
    g_object_class_install_properties(object_class, N_PROPERTIES, properties);
}

static void rms_forest_init(RmsForest *self)
{
}

RmsForest *stand_in_forest_new(const char *name, const char *sids)
{
    RmsForest *self = g_object_new(RMS_TYPE_FOREST, NULL);

    self->name = g_strdup(name);
    self->sids = g_strdup(sids);
    self->home = stand_in_directory_new(name);
    self->catalog = stand_in_directory_new(NULL);
    self->domains = g_list_store_new(RMS_TYPE_FOREST_DOMAIN);
    return self;
}

static void add_domain(RmsForest *self, const char *name, RmsDirectory *directory)
{
    g_autoptr(RmsForestDomain) domain = g_object_new(RMS_TYPE_FOREST_DOMAIN, NULL);
    g_autofree char *label = g_strndup(name, strcspn(name, "."));

    domain->name = g_strdup(name);
    domain->netbios_name = g_ascii_strup(label, -1);
    domain->directory = g_object_ref(directory);
    g_list_store_append(self->domains, domain);
}

void stand_in_forest_set_opened(RmsForest *self)
{
    if (!self->opened) {
        add_domain(self, self->name, self->home);
        for (guint i = 0; stand_ins.more_domains != NULL && stand_ins.more_domains[i] != NULL;
             i++) {
            g_autoptr(RmsDirectory) directory = stand_in_directory_new(stand_ins.more_domains[i]);

            add_domain(self, stand_ins.more_domains[i], directory);
        }
    }
    self->opened = TRUE;
    g_object_notify_by_pspec(G_OBJECT(self), properties[PROP_OPENED]);
}

const char *rms_forest_get_name(RmsForest *self)
{
    return self->name;
}

RmsDirectory *rms_forest_get_home(RmsForest *self)
{
    return self->home;
}

RmsDirectory *rms_forest_get_global_catalog(RmsForest *self)
{
    return self->catalog;
}

GListModel *rms_forest_get_domains(RmsForest *self)
{
    return G_LIST_MODEL(self->domains);
}

gboolean rms_forest_get_opened(RmsForest *self)
{
    return self->opened;
}

RmsDirectory *rms_forest_get_domain(RmsForest *self, const char *name)
{
    for (guint i = 0; i < g_list_model_get_n_items(G_LIST_MODEL(self->domains)); i++) {
        g_autoptr(RmsForestDomain) domain = g_list_model_get_item(G_LIST_MODEL(self->domains), i);

        if (g_ascii_strcasecmp(domain->name, name) == 0 ||
            g_ascii_strcasecmp(domain->netbios_name, name) == 0)
            return domain->directory;
    }
    return NULL;
}

RmsDirectory *rms_forest_find_domain_of_dn(RmsForest *self, const char *dn)
{
    g_autofree char *domain = rms_domain_from_dn(dn);

    return domain != NULL ? rms_forest_get_domain(self, domain) : NULL;
}

static void finish_open(GTask *task)
{
    RmsForest *self = g_task_get_source_object(task);

    if (g_task_return_error_if_cancelled(task)) {
        stand_ins.n_cancelled++;
    } else if (stand_ins.directory_error != NULL) {
        g_task_return_error(task, g_error_copy(stand_ins.directory_error));
    } else {
        stand_in_forest_set_opened(self);
        g_task_return_boolean(task, TRUE);
    }
}

void rms_forest_open_async(RmsForest *self,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
    stand_ins_take_turn(
        g_task_new(self, cancellable, callback, user_data), stand_ins.directory_waits, finish_open);
}

gboolean rms_forest_open_finish(RmsForest *self, GAsyncResult *result, GError **error)
{
    return g_task_propagate_boolean(G_TASK(result), error);
}

void rms_object_check_free(RmsObjectCheck *check)
{
    g_clear_object(&check->object);
    g_clear_error(&check->error);
    g_free(check);
}

static void look_up(RmsForest *self, RmsObjectCheck *check)
{
    g_autofree char *text = rms_sid_to_string(&check->sid);

    if (!g_str_has_prefix(text, self->sids)) {
        check->result = RMS_CHECK_UNKNOWN;
        check->error = g_error_new_literal(
            RMS_DIRECTORY_ERROR, RMS_DIRECTORY_ERROR_NAME, "of no domain of this forest");
        return;
    }
    if (stand_ins.directory_error != NULL) {
        check->result = RMS_CHECK_UNKNOWN;
        check->error = g_error_copy(stand_ins.directory_error);
        return;
    }
    check->result = RMS_CHECK_GONE;
    for (guint i = 0; i < stand_ins.objects->len; i++) {
        RmsDirectoryObject *object = stand_ins.objects->pdata[i];

        if (!rms_sid_equal(rms_directory_object_get_sid(object), &check->sid))
            continue;
        check->result = RMS_CHECK_FOUND;
        g_set_object(&check->object, object);
    }
}

static void finish_check(GTask *task)
{
    RmsForest *self = g_task_get_source_object(task);
    GPtrArray *checks = g_task_get_task_data(task);

    if (g_task_return_error_if_cancelled(task)) {
        stand_ins.n_cancelled++;
        return;
    }
    for (guint i = 0; i < checks->len; i++)
        look_up(self, checks->pdata[i]);
    g_task_return_pointer(task, g_ptr_array_ref(checks), (GDestroyNotify) g_ptr_array_unref);
}

void rms_forest_check_async(RmsForest *self,
                            GPtrArray *sids,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
    GTask *task = g_task_new(self, cancellable, callback, user_data);
    GPtrArray *checks = g_ptr_array_new_with_free_func((GDestroyNotify) rms_object_check_free);

    stand_ins.n_checks++;
    stand_ins.n_checked_sids += sids->len;
    for (guint i = 0; i < sids->len; i++) {
        RmsObjectCheck *check = g_new0(RmsObjectCheck, 1);

        check->sid = *(const RmsSid *) sids->pdata[i];
        g_ptr_array_add(checks, check);
    }
    g_task_set_task_data(task, checks, (GDestroyNotify) g_ptr_array_unref);
    stand_ins_take_turn(task, stand_ins.directory_waits, finish_check);
}

GPtrArray *rms_forest_check_finish(RmsForest *self, GAsyncResult *result, GError **error)
{
    return g_task_propagate_pointer(G_TASK(result), error);
}
