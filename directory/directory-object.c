/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The immutable object that views show. Only holds what the decoder found; it decides nothing but
 * which warnings a member count means.
 */
#include "config.h"

#include "directory/directory-object-private.h"

#include <string.h>

#include "directory/directory-limits.h"

/* All text stands in one block: there may be a hundred thousand objects, of a dozen strings each.
 */
struct _RmsDirectoryObject {
    GObject parent_instance;
    RmsSid sid;
    RmsKind kind;
    RmsGroupScope scope;
    guint warnings;
    int member_count;
    char *texts;
    const char *sid_text;
    const char *guid;
    const char *name;
    const char *account_name;
    const char *dn;
    const char *place;
    const char *description;
    const char *upn;
    const char *mail;
    const char *dns_host_name;
};

G_DEFINE_FINAL_TYPE(RmsDirectoryObject, rms_directory_object, G_TYPE_OBJECT)

enum {
    PROP_SID_TEXT = 1,
    PROP_GUID,
    PROP_KIND,
    PROP_SCOPE,
    PROP_NAME,
    PROP_ACCOUNT_NAME,
    PROP_DN,
    PROP_PLACE,
    PROP_DESCRIPTION,
    PROP_UPN,
    PROP_MAIL,
    PROP_DNS_HOST_NAME,
    PROP_WARNINGS,
    PROP_MEMBER_COUNT,
    N_PROPS
};
static GParamSpec *properties[N_PROPS];

GType rms_group_scope_get_type(void)
{
    static gsize type;
    if (g_once_init_enter(&type)) {
        static const GEnumValue values[] = {
            {RMS_SCOPE_NONE,         "RMS_SCOPE_NONE",         "none"        },
            {RMS_SCOPE_BUILTIN,      "RMS_SCOPE_BUILTIN",      "builtin"     },
            {RMS_SCOPE_GLOBAL,       "RMS_SCOPE_GLOBAL",       "global"      },
            {RMS_SCOPE_DOMAIN_LOCAL, "RMS_SCOPE_DOMAIN_LOCAL", "domain-local"},
            {RMS_SCOPE_UNIVERSAL,    "RMS_SCOPE_UNIVERSAL",    "universal"   },
            {0,                      NULL,                     NULL          },
        };
        g_once_init_leave(&type, g_enum_register_static("RmsGroupScope", values));
    }
    return type;
}

static void
rms_directory_object_get_property(GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
    RmsDirectoryObject *self = RMS_DIRECTORY_OBJECT(object);

    switch (id) {
    case PROP_SID_TEXT:
        g_value_set_string(value, self->sid_text);
        break;
    case PROP_GUID:
        g_value_set_string(value, self->guid);
        break;
    case PROP_KIND:
        g_value_set_enum(value, (int) self->kind);
        break;
    case PROP_SCOPE:
        g_value_set_enum(value, (int) self->scope);
        break;
    case PROP_NAME:
        g_value_set_string(value, self->name);
        break;
    case PROP_ACCOUNT_NAME:
        g_value_set_string(value, self->account_name);
        break;
    case PROP_DN:
        g_value_set_string(value, self->dn);
        break;
    case PROP_PLACE:
        g_value_set_string(value, self->place);
        break;
    case PROP_DESCRIPTION:
        g_value_set_string(value, self->description);
        break;
    case PROP_UPN:
        g_value_set_string(value, self->upn);
        break;
    case PROP_MAIL:
        g_value_set_string(value, self->mail);
        break;
    case PROP_DNS_HOST_NAME:
        g_value_set_string(value, self->dns_host_name);
        break;
    case PROP_WARNINGS:
        g_value_set_uint(value, self->warnings);
        break;
    case PROP_MEMBER_COUNT:
        g_value_set_int(value, self->member_count);
        break;
    default:
        G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
    }
}

static void rms_directory_object_finalize(GObject *object)
{
    RmsDirectoryObject *self = RMS_DIRECTORY_OBJECT(object);

    g_free(self->texts);
    G_OBJECT_CLASS(rms_directory_object_parent_class)->finalize(object);
}

static GParamSpec *text_property(const char *name)
{
    return g_param_spec_string(name, NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
}

static void rms_directory_object_class_init(RmsDirectoryObjectClass *klass)
{
    GObjectClass *object_class = G_OBJECT_CLASS(klass);
    GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

    object_class->get_property = rms_directory_object_get_property;
    object_class->finalize = rms_directory_object_finalize;

    properties[PROP_SID_TEXT] = text_property("sid-text");
    properties[PROP_GUID] = text_property("guid");
    properties[PROP_KIND] =
        g_param_spec_enum("kind", NULL, NULL, RMS_TYPE_KIND, RMS_KIND_SECURITY_GROUP, flags);
    properties[PROP_SCOPE] =
        g_param_spec_enum("scope", NULL, NULL, RMS_TYPE_GROUP_SCOPE, RMS_SCOPE_NONE, flags);
    properties[PROP_NAME] = text_property("name");
    properties[PROP_ACCOUNT_NAME] = text_property("account-name");
    properties[PROP_DN] = text_property("dn");
    properties[PROP_PLACE] = text_property("place");
    properties[PROP_DESCRIPTION] = text_property("description");
    properties[PROP_UPN] = text_property("upn");
    properties[PROP_MAIL] = text_property("mail");
    properties[PROP_DNS_HOST_NAME] = text_property("dns-host-name");
    properties[PROP_WARNINGS] = g_param_spec_uint("warnings", NULL, NULL, 0, G_MAXUINT, 0, flags);
    properties[PROP_MEMBER_COUNT] =
        g_param_spec_int("member-count", NULL, NULL, -1, G_MAXINT, -1, flags);
    g_object_class_install_properties(object_class, N_PROPS, properties);
}

static void rms_directory_object_init(RmsDirectoryObject *self)
{
    self->member_count = -1;
}

typedef struct {
    const char *text; /* (nullable) */
    const char **place;
} Text;

static void set_texts(RmsDirectoryObject *self, const Text *texts, gsize count)
{
    gsize size = 0;
    for (gsize i = 0; i < count; i++)
        size += texts[i].text != NULL ? strlen(texts[i].text) + 1 : 0;
    self->texts = g_malloc(size);
    char *end = self->texts;
    for (gsize i = 0; i < count; i++) {
        if (texts[i].text == NULL)
            continue;
        *texts[i].place = end;
        end = g_stpcpy(end, texts[i].text) + 1;
    }
}

RmsDirectoryObject *rms_directory_object_new(const RmsDirectoryObjectFields *fields)
{
    g_return_val_if_fail(fields != NULL && fields->sid.length > 0, NULL);

    RmsDirectoryObject *self = g_object_new(RMS_TYPE_DIRECTORY_OBJECT, NULL);
    self->sid = fields->sid;
    self->kind = fields->kind;
    self->scope = fields->scope;
    self->warnings = fields->warnings;
    self->member_count = fields->member_count;
    g_autofree char *sid_text = rms_sid_to_string(&fields->sid);
    const Text texts[] = {
        {sid_text,                                                 &self->sid_text     },
        {fields->guid,                                             &self->guid         },
        {fields->name != NULL ? fields->name : "",                 &self->name         },
        {fields->account_name != NULL ? fields->account_name : "", &self->account_name },
        {fields->dn != NULL ? fields->dn : "",                     &self->dn           },
        {fields->place != NULL ? fields->place : "",               &self->place        },
        {fields->description,                                      &self->description  },
        {fields->upn,                                              &self->upn          },
        {fields->mail,                                             &self->mail         },
        {fields->dns_host_name,                                    &self->dns_host_name},
    };
    set_texts(self, texts, G_N_ELEMENTS(texts));
    return self;
}

RmsDirectoryObject *rms_directory_object_with_members(RmsDirectoryObject *self,
                                                      int member_count,
                                                      gboolean has_primary_members,
                                                      gboolean has_groups)
{
    g_return_val_if_fail(RMS_IS_DIRECTORY_OBJECT(self), NULL);

    RmsDirectoryObjectFields fields = {
        .sid = self->sid,
        .guid = self->guid,
        .kind = self->kind,
        .scope = self->scope,
        .name = self->name,
        .account_name = self->account_name,
        .dn = self->dn,
        .place = self->place,
        .description = self->description,
        .upn = self->upn,
        .mail = self->mail,
        .dns_host_name = self->dns_host_name,
        .warnings = self->warnings,
        .member_count = member_count,
    };
    if (member_count == 0 && !has_primary_members)
        fields.warnings |= RMS_WARNING_EMPTY_GROUP;
    if (member_count > RMS_LARGE_GROUP_MEMBERS)
        fields.warnings |= RMS_WARNING_LARGE_GROUP;
    if (has_groups)
        fields.warnings |= RMS_WARNING_NESTED_GROUPS;
    return rms_directory_object_new(&fields);
}

const RmsSid *rms_directory_object_get_sid(RmsDirectoryObject *self)
{
    g_return_val_if_fail(RMS_IS_DIRECTORY_OBJECT(self), NULL);
    return &self->sid;
}

const char *rms_directory_object_get_sid_text(RmsDirectoryObject *self)
{
    g_return_val_if_fail(RMS_IS_DIRECTORY_OBJECT(self), NULL);
    return self->sid_text;
}

const char *rms_directory_object_get_guid(RmsDirectoryObject *self)
{
    g_return_val_if_fail(RMS_IS_DIRECTORY_OBJECT(self), NULL);
    return self->guid;
}

RmsKind rms_directory_object_get_kind(RmsDirectoryObject *self)
{
    g_return_val_if_fail(RMS_IS_DIRECTORY_OBJECT(self), RMS_KIND_USER);
    return self->kind;
}

RmsGroupScope rms_directory_object_get_scope(RmsDirectoryObject *self)
{
    g_return_val_if_fail(RMS_IS_DIRECTORY_OBJECT(self), RMS_SCOPE_NONE);
    return self->scope;
}

const char *rms_directory_object_get_name(RmsDirectoryObject *self)
{
    g_return_val_if_fail(RMS_IS_DIRECTORY_OBJECT(self), NULL);
    return self->name;
}

const char *rms_directory_object_get_account_name(RmsDirectoryObject *self)
{
    g_return_val_if_fail(RMS_IS_DIRECTORY_OBJECT(self), NULL);
    return self->account_name;
}

const char *rms_directory_object_get_dn(RmsDirectoryObject *self)
{
    g_return_val_if_fail(RMS_IS_DIRECTORY_OBJECT(self), NULL);
    return self->dn;
}

const char *rms_directory_object_get_place(RmsDirectoryObject *self)
{
    g_return_val_if_fail(RMS_IS_DIRECTORY_OBJECT(self), NULL);
    return self->place;
}

const char *rms_directory_object_get_description(RmsDirectoryObject *self)
{
    g_return_val_if_fail(RMS_IS_DIRECTORY_OBJECT(self), NULL);
    return self->description;
}

const char *rms_directory_object_get_upn(RmsDirectoryObject *self)
{
    g_return_val_if_fail(RMS_IS_DIRECTORY_OBJECT(self), NULL);
    return self->upn;
}

const char *rms_directory_object_get_mail(RmsDirectoryObject *self)
{
    g_return_val_if_fail(RMS_IS_DIRECTORY_OBJECT(self), NULL);
    return self->mail;
}

const char *rms_directory_object_get_dns_host_name(RmsDirectoryObject *self)
{
    g_return_val_if_fail(RMS_IS_DIRECTORY_OBJECT(self), NULL);
    return self->dns_host_name;
}

guint rms_directory_object_get_warnings(RmsDirectoryObject *self)
{
    g_return_val_if_fail(RMS_IS_DIRECTORY_OBJECT(self), 0);
    return self->warnings;
}

int rms_directory_object_get_member_count(RmsDirectoryObject *self)
{
    g_return_val_if_fail(RMS_IS_DIRECTORY_OBJECT(self), -1);
    return self->member_count;
}
