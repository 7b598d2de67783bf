/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One line of the list's history.
 */
#include "config.h"

#include "connector-core/revision.h"

struct _RmsRevision {
    GObject parent;
    gint64 number;
    gint64 saved_at;
    char *saved_by;
    char *changes;
};

G_DEFINE_FINAL_TYPE(RmsRevision, rms_revision, G_TYPE_OBJECT)

enum { PROP_0, PROP_NUMBER, PROP_SAVED_AT, PROP_SAVED_BY, PROP_CHANGES, N_PROPERTIES };
static GParamSpec *properties[N_PROPERTIES];

static void rms_revision_get_property(GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
    RmsRevision *self = RMS_REVISION(object);

    switch (id) {
    case PROP_NUMBER:
        g_value_set_int64(value, self->number);
        break;
    case PROP_SAVED_AT:
        g_value_set_int64(value, self->saved_at);
        break;
    case PROP_SAVED_BY:
        g_value_set_string(value, self->saved_by);
        break;
    case PROP_CHANGES:
        g_value_set_string(value, self->changes);
        break;
    default:
        G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
    }
}

static void rms_revision_finalize(GObject *object)
{
    RmsRevision *self = RMS_REVISION(object);

    g_free(self->saved_by);
    g_free(self->changes);
    G_OBJECT_CLASS(rms_revision_parent_class)->finalize(object);
}

static void rms_revision_class_init(RmsRevisionClass *klass)
{
    GObjectClass *object_class = G_OBJECT_CLASS(klass);
    const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

    object_class->get_property = rms_revision_get_property;
    object_class->finalize = rms_revision_finalize;
    properties[PROP_NUMBER] = g_param_spec_int64("number", NULL, NULL, 0, G_MAXINT64, 0, flags);
    properties[PROP_SAVED_AT] = g_param_spec_int64("saved-at", NULL, NULL, 0, G_MAXINT64, 0, flags);
    properties[PROP_SAVED_BY] = g_param_spec_string("saved-by", NULL, NULL, NULL, flags);
    properties[PROP_CHANGES] = g_param_spec_string("changes", NULL, NULL, NULL, flags);
    g_object_class_install_properties(object_class, N_PROPERTIES, properties);
}

static void rms_revision_init(RmsRevision *self)
{
}

RmsRevision *
rms_revision_new(gint64 number, gint64 saved_at, const char *saved_by, const char *changes)
{
    RmsRevision *self = g_object_new(RMS_TYPE_REVISION, NULL);

    self->number = number;
    self->saved_at = saved_at;
    self->saved_by = g_strdup(saved_by != NULL ? saved_by : "");
    self->changes = g_strdup(changes != NULL ? changes : "");
    return self;
}

gint64 rms_revision_get_number(RmsRevision *revision)
{
    g_return_val_if_fail(RMS_IS_REVISION(revision), 0);
    return revision->number;
}

gint64 rms_revision_get_saved_at(RmsRevision *revision)
{
    g_return_val_if_fail(RMS_IS_REVISION(revision), 0);
    return revision->saved_at;
}

const char *rms_revision_get_saved_by(RmsRevision *revision)
{
    g_return_val_if_fail(RMS_IS_REVISION(revision), NULL);
    return revision->saved_by;
}

const char *rms_revision_get_changes(RmsRevision *revision)
{
    g_return_val_if_fail(RMS_IS_REVISION(revision), NULL);
    return revision->changes;
}
