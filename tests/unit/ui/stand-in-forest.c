/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Stand-in for directory/forest.h: a forest of one domain, whose accounts are those in stand_ins
 * with its SIDs.
 */
#include "config.h"

#include "tests/unit/ui/stand-ins.h"

struct _RmsForest {
    GObject parent_instance;
    char *name;
    char *sids; /* what its accounts' SIDs start with */
    RmsDirectory *home;
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
    self->home = stand_in_directory_new();
    return self;
}

void stand_in_forest_set_opened(RmsForest *self)
{
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

RmsDirectory *rms_forest_find_domain_of_dn(RmsForest *self, const char *dn)
{
    return self->home;
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
