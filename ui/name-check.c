/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Checking names: where each is looked up, and what comes of it. How text becomes names is in
 * names-split.c.
 *
 *     typed ──> waiting ──> found | ambiguous ──choose──> found
 *                  ↑  └───> unknown | failed ──retry──┐
 *                  └──────────────────────────────────┘
 */
#include "config.h"

#include "ui/name-check.h"

#include "directory/directory-names.h"
#include "ui/role-rules.h"

struct _RmsCheckedName {
    GObject parent_instance;

    char *text;
    RmsCheckedState state;
    RmsDirectoryObject *object; /* (nullable) */
    GPtrArray *candidates;      /* (nullable) */
    RmsDirectory *found_in;     /* (nullable) where object or candidates come from */
    GError *error;
    GCancellable *round; /* (nullable) of the look-up under way */
};

G_DEFINE_TYPE(RmsCheckedName, rms_checked_name, G_TYPE_OBJECT)

struct _RmsNameCheck {
    GObject parent_instance;

    GListModel *forests;
    RmsLocation *location;
    GListStore *names;
};

static guint changed;

G_DEFINE_TYPE(RmsNameCheck, rms_name_check, G_TYPE_OBJECT)

/* --- one name ----------------------------------------------------------------------------- */

static void forget_answer(RmsCheckedName *name)
{
    g_clear_object(&name->object);
    g_clear_pointer(&name->candidates, g_ptr_array_unref);
    g_clear_object(&name->found_in);
    g_clear_error(&name->error);
}

static void end_round(RmsCheckedName *name)
{
    g_cancellable_cancel(name->round);
    g_clear_object(&name->round);
}

static void rms_checked_name_finalize(GObject *object)
{
    RmsCheckedName *self = RMS_CHECKED_NAME(object);

    end_round(self);
    forget_answer(self);
    g_free(self->text);
    G_OBJECT_CLASS(rms_checked_name_parent_class)->finalize(object);
}

static void rms_checked_name_class_init(RmsCheckedNameClass *class)
{
    G_OBJECT_CLASS(class)->finalize = rms_checked_name_finalize;
}

static void rms_checked_name_init(RmsCheckedName *self)
{
}

const char *rms_checked_name_get_text(RmsCheckedName *self)
{
    g_return_val_if_fail(RMS_IS_CHECKED_NAME(self), NULL);
    return self->text;
}

RmsCheckedState rms_checked_name_get_state(RmsCheckedName *self)
{
    g_return_val_if_fail(RMS_IS_CHECKED_NAME(self), RMS_CHECKED_UNKNOWN);
    return self->state;
}

RmsDirectoryObject *rms_checked_name_get_object(RmsCheckedName *self)
{
    g_return_val_if_fail(RMS_IS_CHECKED_NAME(self), NULL);
    return self->object;
}

GPtrArray *rms_checked_name_get_candidates(RmsCheckedName *self)
{
    g_return_val_if_fail(RMS_IS_CHECKED_NAME(self), NULL);
    return self->candidates;
}

const GError *rms_checked_name_get_error(RmsCheckedName *self)
{
    g_return_val_if_fail(RMS_IS_CHECKED_NAME(self), NULL);
    return self->error;
}

RmsPickObstacle
rms_checked_name_get_obstacle(RmsCheckedName *self, RmsServerList *list, const RmsRole *role)
{
    g_return_val_if_fail(RMS_IS_CHECKED_NAME(self), RMS_PICK_UNSETTLED);
    g_return_val_if_fail(RMS_IS_SERVER_LIST(list), RMS_PICK_UNSETTLED);

    if (self->object == NULL)
        return RMS_PICK_UNSETTLED;
    if (rms_server_list_lookup(list, rms_directory_object_get_sid(self->object)) != NULL)
        return RMS_PICK_ALREADY;
    if (role != NULL && !rms_role_rules_allows(*role, rms_directory_object_get_kind(self->object)))
        return RMS_PICK_KIND;
    return RMS_PICK_READY;
}

/* --- looking up --------------------------------------------------------------------------- */

/* What a callback of a look-up needs. */
typedef struct {
    RmsNameCheck *check;
    RmsCheckedName *name;
    GCancellable *round;
    RmsTypedName *typed; /* (nullable) */
    GPtrArray *sources;  /* (nullable) of RmsDirectory, in the order in which they are asked */
    guint source;        /* the one being asked */
} LookUp;

static LookUp *look_up_new(RmsNameCheck *check, RmsCheckedName *name)
{
    LookUp *look_up = g_new0(LookUp, 1);

    look_up->check = g_object_ref(check);
    look_up->name = g_object_ref(name);
    look_up->round = g_object_ref(name->round);
    return look_up;
}

static void look_up_free(LookUp *look_up)
{
    rms_typed_name_free(look_up->typed);
    g_clear_pointer(&look_up->sources, g_ptr_array_unref);
    g_object_unref(look_up->round);
    g_object_unref(look_up->name);
    g_object_unref(look_up->check);
    g_free(look_up);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LookUp, look_up_free)

static gboolean is_current(LookUp *look_up)
{
    return look_up->name->round == look_up->round && !g_cancellable_is_cancelled(look_up->round);
}

static void announce(RmsNameCheck *self, RmsCheckedName *name)
{
    g_autoptr(RmsCheckedName) kept = g_object_ref(name);
    guint position = 0;

    if (g_list_store_find(self->names, name, &position))
        g_list_store_splice(self->names, position, 1, (gpointer *) &kept, 1);
    g_signal_emit(self, changed, 0);
}

static void set_state(RmsNameCheck *self, RmsCheckedName *name, RmsCheckedState state)
{
    name->state = state;
    announce(self, name);
}

/* The object's own domain counts its members; a global catalog knows part of it only. */
static RmsDirectory *find_home(RmsNameCheck *self, RmsCheckedName *name)
{
    const char *dn = rms_directory_object_get_dn(name->object);

    for (guint i = 0; i < g_list_model_get_n_items(self->forests); i++) {
        g_autoptr(RmsForest) forest = g_list_model_get_item(self->forests, i);
        RmsDirectory *directory = rms_forest_find_domain_of_dn(forest, dn);

        if (directory != NULL)
            return directory;
    }
    return name->found_in;
}

static void on_members_counted(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(LookUp) look_up = user_data;
    RmsCheckedName *name = look_up->name;
    g_autoptr(RmsDirectoryObject) object =
        rms_directory_lookup_sid_finish(RMS_DIRECTORY(source), result, NULL);

    /* Without it there are fewer warnings; searching shows why the directory fails. */
    if (!is_current(look_up) || object == NULL)
        return;
    g_set_object(&name->object, object);
    announce(look_up->check, name);
}

/* Takes @object for what @name means. */
static void adopt(RmsNameCheck *self, RmsCheckedName *name, RmsDirectoryObject *object)
{
    RmsCheckedName *other = rms_name_check_find(self, rms_directory_object_get_sid(object));
    RmsDirectory *directory = NULL;

    if (other != NULL && other != name) {
        rms_name_check_remove(self, name);
        return;
    }
    g_set_object(&name->object, object);
    g_clear_pointer(&name->candidates, g_ptr_array_unref);
    end_round(name);
    name->round = g_cancellable_new();
    directory = find_home(self, name);
    set_state(self, name, RMS_CHECKED_FOUND);
    rms_directory_lookup_sid_async(directory,
                                   rms_directory_object_get_sid(object),
                                   name->round,
                                   on_members_counted,
                                   look_up_new(self, name));
}

static void ask(LookUp *look_up);

static void on_resolved(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(LookUp) look_up = user_data;
    RmsCheckedName *name = look_up->name;
    RmsNameCheck *self = look_up->check;
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) objects =
        rms_directory_resolve_finish(RMS_DIRECTORY(source), result, &error);

    if (!is_current(look_up))
        return;
    if (error != NULL && !g_error_matches(error, RMS_DIRECTORY_ERROR, RMS_DIRECTORY_ERROR_NAME)) {
        name->error = g_steal_pointer(&error);
        set_state(self, name, RMS_CHECKED_FAILED);
        return;
    }
    if ((error != NULL || objects->len == 0) && look_up->source + 1 < look_up->sources->len) {
        look_up->source++;
        ask(g_steal_pointer(&look_up));
        return;
    }
    g_set_object(&name->found_in, RMS_DIRECTORY(source));
    if (error != NULL || objects->len == 0) {
        name->error = g_steal_pointer(&error);
        set_state(self, name, RMS_CHECKED_UNKNOWN);
    } else if (objects->len == 1) {
        adopt(self, name, objects->pdata[0]);
    } else {
        name->candidates = g_steal_pointer(&objects);
        set_state(self, name, RMS_CHECKED_AMBIGUOUS);
    }
}

/* Takes @look_up. */
static void ask(LookUp *look_up)
{
    rms_directory_resolve_async(look_up->sources->pdata[look_up->source],
                                look_up->name->text,
                                RMS_KIND_ALL,
                                look_up->round,
                                on_resolved,
                                look_up);
}

static void add_source(LookUp *look_up, RmsDirectory *directory)
{
    if (directory != NULL && !g_ptr_array_find(look_up->sources, directory, NULL))
        g_ptr_array_add(look_up->sources, g_object_ref(directory));
}

/* The domain that the name names, in whichever forest it is. */
static void add_named_domain(LookUp *look_up)
{
    GListModel *forests = look_up->check->forests;

    for (guint i = 0; i < g_list_model_get_n_items(forests); i++) {
        g_autoptr(RmsForest) forest = g_list_model_get_item(forests, i);

        if (look_up->typed->form == RMS_NAME_DN)
            add_source(look_up, rms_forest_find_domain_of_dn(forest, look_up->typed->text));
        else if (look_up->typed->domain != NULL)
            add_source(look_up, rms_forest_get_domain(forest, look_up->typed->domain));
    }
}

/* A plain name is sought where somebody chose to search and nowhere else: another domain may have
 * another account of that name. What can stand for one object only is sought in the whole forest.
 */
static void choose_sources(LookUp *look_up)
{
    RmsLocation *location = look_up->check->location;
    RmsForest *forest = rms_location_get_forest(location);
    RmsNameForm form = look_up->typed->form;

    look_up->sources = g_ptr_array_new_with_free_func(g_object_unref);
    add_named_domain(look_up);
    if (form == RMS_NAME_DOMAIN_ACCOUNT && look_up->sources->len > 0)
        return;
    add_source(look_up, rms_location_get_directory(location));
    if ((form == RMS_NAME_SID || form == RMS_NAME_GUID || form == RMS_NAME_ADDRESS) &&
        g_list_model_get_n_items(rms_forest_get_domains(forest)) > 1)
        add_source(look_up, rms_forest_get_global_catalog(forest));
}

static void on_forest_opened(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(LookUp) look_up = user_data;

    /* When it cannot be opened, looking up says why. */
    rms_forest_open_finish(RMS_FOREST(source), result, NULL);
    if (!is_current(look_up))
        return;
    choose_sources(look_up);
    ask(g_steal_pointer(&look_up));
}

static void start(RmsNameCheck *self, RmsCheckedName *name)
{
    LookUp *look_up = NULL;
    RmsTypedName *typed = NULL;
    RmsForest *forest = rms_location_get_forest(self->location);

    end_round(name);
    forget_answer(name);
    typed = rms_typed_name_parse(name->text, &name->error);
    if (typed == NULL) {
        set_state(self, name, RMS_CHECKED_UNKNOWN);
        return;
    }
    name->round = g_cancellable_new();
    look_up = look_up_new(self, name);
    look_up->typed = typed;
    set_state(self, name, RMS_CHECKED_WAITING);
    if (typed->form == RMS_NAME_PLAIN || typed->form == RMS_NAME_MACHINE ||
        rms_forest_get_opened(forest)) {
        choose_sources(look_up);
        ask(look_up);
    } else {
        rms_forest_open_async(forest, name->round, on_forest_opened, look_up);
    }
}

/* --- all names ---------------------------------------------------------------------------- */

RmsNameCheck *rms_name_check_new(GListModel *forests)
{
    RmsNameCheck *self = NULL;
    g_autoptr(RmsForest) home = NULL;

    g_return_val_if_fail(G_IS_LIST_MODEL(forests), NULL);

    self = g_object_new(RMS_TYPE_NAME_CHECK, NULL);
    self->forests = g_object_ref(forests);
    home = g_list_model_get_item(forests, 0);
    self->location = rms_location_new_home(home);
    return self;
}

void rms_name_check_stop(RmsNameCheck *self)
{
    g_return_if_fail(RMS_IS_NAME_CHECK(self));

    for (guint i = 0; i < g_list_model_get_n_items(G_LIST_MODEL(self->names)); i++) {
        g_autoptr(RmsCheckedName) name = g_list_model_get_item(G_LIST_MODEL(self->names), i);

        end_round(name);
    }
}

void rms_name_check_set_location(RmsNameCheck *self, RmsLocation *location)
{
    g_return_if_fail(RMS_IS_NAME_CHECK(self));
    g_return_if_fail(RMS_IS_LOCATION(location));

    g_set_object(&self->location, location);
}

GListModel *rms_name_check_get_names(RmsNameCheck *self)
{
    g_return_val_if_fail(RMS_IS_NAME_CHECK(self), NULL);
    return G_LIST_MODEL(self->names);
}

gboolean rms_name_check_get_busy(RmsNameCheck *self)
{
    g_return_val_if_fail(RMS_IS_NAME_CHECK(self), FALSE);

    for (guint i = 0; i < g_list_model_get_n_items(G_LIST_MODEL(self->names)); i++) {
        g_autoptr(RmsCheckedName) name = g_list_model_get_item(G_LIST_MODEL(self->names), i);

        if (name->state == RMS_CHECKED_WAITING)
            return TRUE;
    }
    return FALSE;
}

RmsCheckedName *rms_name_check_find(RmsNameCheck *self, const RmsSid *sid)
{
    g_return_val_if_fail(RMS_IS_NAME_CHECK(self), NULL);
    g_return_val_if_fail(sid != NULL, NULL);

    for (guint i = 0; i < g_list_model_get_n_items(G_LIST_MODEL(self->names)); i++) {
        g_autoptr(RmsCheckedName) name = g_list_model_get_item(G_LIST_MODEL(self->names), i);

        if (name->object != NULL && rms_sid_equal(rms_directory_object_get_sid(name->object), sid))
            return name; /* the list keeps it */
    }
    return NULL;
}

char *rms_name_check_add_text(RmsNameCheck *self, const char *text)
{
    g_auto(GStrv) names = NULL;
    guint room;
    guint n;

    g_return_val_if_fail(RMS_IS_NAME_CHECK(self), NULL);
    g_return_val_if_fail(text != NULL, NULL);

    names = rms_names_split(text);
    n = g_strv_length(names);
    room = RMS_MAX_CHECKED_NAMES -
           MIN(g_list_model_get_n_items(G_LIST_MODEL(self->names)), RMS_MAX_CHECKED_NAMES);
    for (guint i = 0; i < MIN(n, room); i++) {
        g_autoptr(RmsCheckedName) name = g_object_new(RMS_TYPE_CHECKED_NAME, NULL);

        name->text = g_strdup(names[i]);
        g_list_store_append(self->names, name);
        start(self, name);
    }
    return n > room ? g_strjoinv("; ", names + room) : NULL;
}

void rms_name_check_add_object(RmsNameCheck *self,
                               RmsDirectoryObject *object,
                               RmsDirectory *directory)
{
    g_autoptr(RmsCheckedName) name = NULL;

    g_return_if_fail(RMS_IS_NAME_CHECK(self));
    g_return_if_fail(RMS_IS_DIRECTORY_OBJECT(object));
    g_return_if_fail(RMS_IS_DIRECTORY(directory));

    if (rms_name_check_find(self, rms_directory_object_get_sid(object)) != NULL)
        return;
    name = g_object_new(RMS_TYPE_CHECKED_NAME, NULL);
    name->text = g_strdup(rms_directory_object_get_account_name(object));
    name->found_in = g_object_ref(directory);
    g_list_store_append(self->names, name);
    adopt(self, name, object);
}

void rms_name_check_choose(RmsNameCheck *self, RmsCheckedName *name, RmsDirectoryObject *object)
{
    g_return_if_fail(RMS_IS_NAME_CHECK(self));
    g_return_if_fail(RMS_IS_CHECKED_NAME(name));
    g_return_if_fail(RMS_IS_DIRECTORY_OBJECT(object));
    g_return_if_fail(name->state == RMS_CHECKED_AMBIGUOUS);

    adopt(self, name, object);
}

void rms_name_check_retry(RmsNameCheck *self, RmsCheckedName *name)
{
    g_return_if_fail(RMS_IS_NAME_CHECK(self));
    g_return_if_fail(RMS_IS_CHECKED_NAME(name));

    start(self, name);
}

void rms_name_check_remove(RmsNameCheck *self, RmsCheckedName *name)
{
    guint position = 0;

    g_return_if_fail(RMS_IS_NAME_CHECK(self));
    g_return_if_fail(RMS_IS_CHECKED_NAME(name));

    if (!g_list_store_find(self->names, name, &position))
        return;
    end_round(name);
    g_list_store_remove(self->names, position);
    g_signal_emit(self, changed, 0);
}

static void rms_name_check_dispose(GObject *object)
{
    RmsNameCheck *self = RMS_NAME_CHECK(object);

    rms_name_check_stop(self);
    g_clear_object(&self->location);
    g_clear_object(&self->forests);
    G_OBJECT_CLASS(rms_name_check_parent_class)->dispose(object);
}

static void rms_name_check_finalize(GObject *object)
{
    g_clear_object(&RMS_NAME_CHECK(object)->names);
    G_OBJECT_CLASS(rms_name_check_parent_class)->finalize(object);
}

static void rms_name_check_class_init(RmsNameCheckClass *class)
{
    G_OBJECT_CLASS(class)->dispose = rms_name_check_dispose;
    G_OBJECT_CLASS(class)->finalize = rms_name_check_finalize;
    changed = g_signal_new(
        "changed", RMS_TYPE_NAME_CHECK, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void rms_name_check_init(RmsNameCheck *self)
{
    self->names = g_list_store_new(RMS_TYPE_CHECKED_NAME);
}
