/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The immutable place that views show, and the call that lists places.
 */
#include "config.h"

#include "directory/directory-place.h"

#include "directory/directory-private.h"
#include "directory/directory-query-private.h"

struct _RmsPlace {
    GObject parent_instance;
    RmsPlaceKind kind;
    char *name;
    char *dn;
    char *description;
};

G_DEFINE_FINAL_TYPE(RmsPlace, rms_place, G_TYPE_OBJECT)

enum { PROP_KIND = 1, PROP_NAME, PROP_DN, PROP_DESCRIPTION, N_PROPS };
static GParamSpec *properties[N_PROPS];

GType rms_place_kind_get_type(void)
{
    static gsize type;
    if (g_once_init_enter(&type)) {
        static const GEnumValue values[] = {
            {RMS_PLACE_DOMAIN,    "RMS_PLACE_DOMAIN",    "domain"   },
            {RMS_PLACE_UNIT,      "RMS_PLACE_UNIT",      "unit"     },
            {RMS_PLACE_CONTAINER, "RMS_PLACE_CONTAINER", "container"},
            {0,                   NULL,                  NULL       },
        };
        g_once_init_leave(&type, g_enum_register_static("RmsPlaceKind", values));
    }
    return type;
}

static void rms_place_get_property(GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
    RmsPlace *self = RMS_PLACE(object);

    switch (id) {
    case PROP_KIND:
        g_value_set_enum(value, (int) self->kind);
        break;
    case PROP_NAME:
        g_value_set_string(value, self->name);
        break;
    case PROP_DN:
        g_value_set_string(value, self->dn);
        break;
    case PROP_DESCRIPTION:
        g_value_set_string(value, self->description);
        break;
    default:
        G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
    }
}

static void rms_place_finalize(GObject *object)
{
    RmsPlace *self = RMS_PLACE(object);

    g_free(self->name);
    g_free(self->dn);
    g_free(self->description);
    G_OBJECT_CLASS(rms_place_parent_class)->finalize(object);
}

static GParamSpec *text_property(const char *name)
{
    return g_param_spec_string(name, NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
}

static void rms_place_class_init(RmsPlaceClass *klass)
{
    GObjectClass *object_class = G_OBJECT_CLASS(klass);

    object_class->get_property = rms_place_get_property;
    object_class->finalize = rms_place_finalize;

    properties[PROP_KIND] = g_param_spec_enum("kind",
                                              NULL,
                                              NULL,
                                              RMS_TYPE_PLACE_KIND,
                                              RMS_PLACE_DOMAIN,
                                              G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
    properties[PROP_NAME] = text_property("name");
    properties[PROP_DN] = text_property("dn");
    properties[PROP_DESCRIPTION] = text_property("description");
    g_object_class_install_properties(object_class, N_PROPS, properties);
}

static void rms_place_init(RmsPlace *self)
{
}

RmsPlace *
rms_place_new(RmsPlaceKind kind, const char *name, const char *dn, const char *description)
{
    g_return_val_if_fail(name != NULL && dn != NULL, NULL);

    RmsPlace *self = g_object_new(RMS_TYPE_PLACE, NULL);
    self->kind = kind;
    self->name = g_strdup(name);
    self->dn = g_strdup(dn);
    self->description = g_strdup(description);
    return self;
}

RmsPlaceKind rms_place_get_kind(RmsPlace *self)
{
    g_return_val_if_fail(RMS_IS_PLACE(self), RMS_PLACE_CONTAINER);
    return self->kind;
}

const char *rms_place_get_name(RmsPlace *self)
{
    g_return_val_if_fail(RMS_IS_PLACE(self), NULL);
    return self->name;
}

const char *rms_place_get_dn(RmsPlace *self)
{
    g_return_val_if_fail(RMS_IS_PLACE(self), NULL);
    return self->dn;
}

const char *rms_place_get_description(RmsPlace *self)
{
    g_return_val_if_fail(RMS_IS_PLACE(self), NULL);
    return self->description;
}

void rms_directory_list_places_async(RmsDirectory *self,
                                     const char *parent,
                                     GListStore *results,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data)
{
    g_return_if_fail(RMS_IS_DIRECTORY(self) && G_IS_LIST_STORE(results));

    g_autoptr(RmsCall) call = rms_directory_begin_call(
        self, results, cancellable, callback, user_data, rms_directory_list_places_async);
    rms_directory_submit(self, rms_query_new_places(call, parent));
}

gboolean rms_directory_list_places_finish(RmsDirectory *self,
                                          GAsyncResult *result,
                                          gboolean *truncated,
                                          GError **error)
{
    return rms_directory_finish_list(self, result, truncated, error);
}
