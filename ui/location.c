/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where objects are looked for.
 */
#include "config.h"

#include "ui/location.h"

#include "directory/directory-names.h"

struct _RmsLocation {
    GObject parent_instance;

    RmsLocationKind kind;
    RmsForest *forest;
    RmsDirectory *directory;
    char *name;
    char *dn; /* (nullable) */
    GError *error;
};

G_DEFINE_TYPE(RmsLocation, rms_location, G_TYPE_OBJECT)

static void rms_location_finalize(GObject *object)
{
    RmsLocation *self = RMS_LOCATION(object);

    g_clear_object(&self->forest);
    g_clear_object(&self->directory);
    g_free(self->name);
    g_free(self->dn);
    g_clear_error(&self->error);
    G_OBJECT_CLASS(rms_location_parent_class)->finalize(object);
}

static void rms_location_class_init(RmsLocationClass *class)
{
    G_OBJECT_CLASS(class)->finalize = rms_location_finalize;
}

static void rms_location_init(RmsLocation *self)
{
}

static RmsLocation *
new_location(RmsLocationKind kind, RmsForest *forest, RmsDirectory *directory, const char *name)
{
    RmsLocation *self = g_object_new(RMS_TYPE_LOCATION, NULL);

    self->kind = kind;
    self->forest = g_object_ref(forest);
    self->directory = g_object_ref(directory);
    self->name = g_strdup(name);
    return self;
}

RmsLocation *rms_location_new_forest(RmsForest *forest)
{
    g_return_val_if_fail(RMS_IS_FOREST(forest), NULL);

    return new_location(RMS_LOCATION_FOREST,
                        forest,
                        rms_forest_get_global_catalog(forest),
                        rms_forest_get_name(forest));
}

RmsLocation *rms_location_new_home(RmsForest *forest)
{
    RmsDirectory *home;
    const char *domain;

    g_return_val_if_fail(RMS_IS_FOREST(forest), NULL);

    home = rms_forest_get_home(forest);
    domain = rms_directory_get_domain(home);
    return new_location(
        RMS_LOCATION_DOMAIN, forest, home, domain != NULL ? domain : rms_forest_get_name(forest));
}

RmsLocation *rms_location_new_domain(RmsForest *forest, RmsForestDomain *domain)
{
    RmsDirectory *directory;
    const char *name;

    g_return_val_if_fail(RMS_IS_FOREST(forest), NULL);
    g_return_val_if_fail(RMS_IS_FOREST_DOMAIN(domain), NULL);

    name = rms_forest_domain_get_name(domain);
    directory = rms_forest_get_domain(forest, name);
    g_return_val_if_fail(directory != NULL, NULL);
    return new_location(RMS_LOCATION_DOMAIN, forest, directory, name);
}

RmsLocation *rms_location_new_place(RmsLocation *parent, RmsPlace *place)
{
    RmsLocation *self = NULL;

    g_return_val_if_fail(RMS_IS_LOCATION(parent), NULL);
    g_return_val_if_fail(RMS_IS_PLACE(place), NULL);

    self = new_location(
        RMS_LOCATION_PLACE, parent->forest, parent->directory, rms_place_get_name(place));
    self->dn = g_strdup(rms_place_get_dn(place));
    return self;
}

RmsLocationKind rms_location_get_kind(RmsLocation *self)
{
    g_return_val_if_fail(RMS_IS_LOCATION(self), RMS_LOCATION_PROBLEM);
    return self->kind;
}

RmsForest *rms_location_get_forest(RmsLocation *self)
{
    g_return_val_if_fail(RMS_IS_LOCATION(self), NULL);
    return self->forest;
}

RmsDirectory *rms_location_get_directory(RmsLocation *self)
{
    g_return_val_if_fail(RMS_IS_LOCATION(self), NULL);
    return self->directory;
}

const char *rms_location_get_place(RmsLocation *self)
{
    g_return_val_if_fail(RMS_IS_LOCATION(self), NULL);
    return self->dn;
}

const char *rms_location_get_name(RmsLocation *self)
{
    g_return_val_if_fail(RMS_IS_LOCATION(self), NULL);
    return self->name;
}

char *rms_location_dup_path(RmsLocation *self)
{
    g_autofree char *path = NULL;

    g_return_val_if_fail(RMS_IS_LOCATION(self), NULL);

    if (self->dn == NULL)
        return g_strdup(self->name);
    path = rms_place_from_dn(self->dn);
    /* That is where the place itself stands. */
    return g_strdup_printf("%s/%s", path, self->name);
}

const GError *rms_location_get_error(RmsLocation *self)
{
    g_return_val_if_fail(RMS_IS_LOCATION(self), NULL);
    return self->error;
}

gboolean rms_location_equal(RmsLocation *a, RmsLocation *b)
{
    g_return_val_if_fail(RMS_IS_LOCATION(a), FALSE);
    g_return_val_if_fail(RMS_IS_LOCATION(b), FALSE);

    return a->kind == b->kind && a->directory == b->directory && g_strcmp0(a->dn, b->dn) == 0;
}

RmsLocation *rms_location_dup_wider(RmsLocation *self)
{
    g_return_val_if_fail(RMS_IS_LOCATION(self), NULL);

    if (self->kind == RMS_LOCATION_FOREST)
        return NULL;
    if (g_list_model_get_n_items(rms_forest_get_domains(self->forest)) > 1)
        return rms_location_new_forest(self->forest);
    return self->dn != NULL ? rms_location_new_home(self->forest) : NULL;
}

/* --- what is below ------------------------------------------------------------------------ */

/* A list being filled; the list may go before. */
typedef struct {
    RmsLocation *parent;
    GWeakRef children;
    GListStore *places; /* (nullable) what the directory fills */
} Filling;

static void filling_free(Filling *filling)
{
    if (filling->places != NULL)
        g_signal_handlers_disconnect_by_data(filling->places, filling);
    g_clear_object(&filling->places);
    g_weak_ref_clear(&filling->children);
    g_object_unref(filling->parent);
    g_free(filling);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Filling, filling_free)

/* The row that says that more is to come is always the last. */
static void end_loading(GListStore *children)
{
    guint n = g_list_model_get_n_items(G_LIST_MODEL(children));
    g_autoptr(RmsLocation) last =
        n > 0 ? g_list_model_get_item(G_LIST_MODEL(children), n - 1) : NULL;

    if (last != NULL && last->kind == RMS_LOCATION_LOADING)
        g_list_store_remove(children, n - 1);
}

static void add_problem(GListStore *children, RmsLocation *parent, const GError *error)
{
    g_autoptr(RmsLocation) problem =
        new_location(RMS_LOCATION_PROBLEM, parent->forest, parent->directory, parent->name);

    problem->dn = g_strdup(parent->dn);
    problem->error = error != NULL ? g_error_copy(error) : NULL;
    g_list_store_append(children, problem);
}

static void add_domains(GListStore *children, RmsLocation *parent)
{
    GListModel *domains = rms_forest_get_domains(parent->forest);

    for (guint i = 0; i < g_list_model_get_n_items(domains); i++) {
        g_autoptr(RmsForestDomain) domain = g_list_model_get_item(domains, i);
        g_autoptr(RmsLocation) location = rms_location_new_domain(parent->forest, domain);

        g_list_store_append(children, location);
    }
}

static void on_forest_opened(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(Filling) filling = user_data;
    g_autoptr(GListStore) children = g_weak_ref_get(&filling->children);
    g_autoptr(GError) error = NULL;

    rms_forest_open_finish(RMS_FOREST(source), result, &error);
    if (children == NULL)
        return;
    end_loading(children);
    if (error == NULL)
        add_domains(children, filling->parent);
    else
        add_problem(children, filling->parent, error);
}

static void
on_places_changed(GListModel *places, guint position, guint removed, guint added, Filling *filling)
{
    g_autoptr(GListStore) children = g_weak_ref_get(&filling->children);
    g_autoptr(GPtrArray) locations = g_ptr_array_new_with_free_func(g_object_unref);

    if (children == NULL)
        return;
    for (guint i = 0; i < added; i++) {
        g_autoptr(RmsPlace) place = g_list_model_get_item(places, position + i);

        g_ptr_array_add(locations, rms_location_new_place(filling->parent, place));
    }
    g_list_store_splice(children, position, removed, locations->pdata, locations->len);
}

static void on_places_listed(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(Filling) filling = user_data;
    g_autoptr(GListStore) children = g_weak_ref_get(&filling->children);
    g_autoptr(GError) error = NULL;
    gboolean truncated = FALSE;

    rms_directory_list_places_finish(RMS_DIRECTORY(source), result, &truncated, &error);
    if (children == NULL)
        return;
    end_loading(children);
    if (error != NULL || truncated)
        add_problem(children, filling->parent, error);
}

static void cancel_filling(gpointer cancellable)
{
    g_cancellable_cancel(cancellable);
    g_object_unref(cancellable);
}

GListModel *rms_location_dup_children(RmsLocation *self)
{
    g_autoptr(GListStore) children = NULL;
    g_autoptr(RmsLocation) loading = NULL;
    GCancellable *cancellable = NULL;
    Filling *filling = NULL;

    g_return_val_if_fail(RMS_IS_LOCATION(self), NULL);

    if (self->kind > RMS_LOCATION_PLACE)
        return NULL;
    children = g_list_store_new(RMS_TYPE_LOCATION);
    if (self->kind == RMS_LOCATION_FOREST && rms_forest_get_opened(self->forest)) {
        add_domains(children, self);
        return G_LIST_MODEL(g_steal_pointer(&children));
    }
    loading = new_location(RMS_LOCATION_LOADING, self->forest, self->directory, self->name);
    g_list_store_append(children, loading);
    cancellable = g_cancellable_new();
    g_object_set_data_full(G_OBJECT(children), "filling", cancellable, cancel_filling);
    filling = g_new0(Filling, 1);
    filling->parent = g_object_ref(self);
    g_weak_ref_init(&filling->children, children);
    if (self->kind == RMS_LOCATION_FOREST) {
        rms_forest_open_async(self->forest, cancellable, on_forest_opened, filling);
    } else {
        filling->places = g_list_store_new(RMS_TYPE_PLACE);
        g_signal_connect(filling->places, "items-changed", G_CALLBACK(on_places_changed), filling);
        rms_directory_list_places_async(
            self->directory, self->dn, filling->places, cancellable, on_places_listed, filling);
    }
    return G_LIST_MODEL(g_steal_pointer(&children));
}
