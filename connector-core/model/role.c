/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Wire names of roles and kinds.
 */
#include "config.h"

#include "connector-core/model/role.h"

#include <string.h>

static const char *const role_names[RMS_N_ROLES] = {
    [RMS_ROLE_EXCHANGE] = "exchange",
    [RMS_ROLE_SHAREPOINT] = "sharepoint",
    [RMS_ROLE_FCI] = "fci",
};

static const char *const kind_names[RMS_N_KINDS] = {
    [RMS_KIND_SECURITY_GROUP] = "security-group",
    [RMS_KIND_DISTRIBUTION_GROUP] = "distribution-group",
    [RMS_KIND_USER] = "user",
    [RMS_KIND_COMPUTER] = "computer",
    [RMS_KIND_MANAGED_SERVICE_ACCOUNT] = "managed-service-account",
};

static gboolean
find_name(const char *const *names, gsize n_names, const char *text, guint *position)
{
    for (guint i = 0; text != NULL && i < n_names; i++) {
        if (strcmp(names[i], text) == 0) {
            *position = i;
            return TRUE;
        }
    }
    return FALSE;
}

GType rms_role_get_type(void)
{
    static gsize type = 0;
    static const GEnumValue values[] = {
        {RMS_ROLE_EXCHANGE,   "RMS_ROLE_EXCHANGE",   "exchange"  },
        {RMS_ROLE_SHAREPOINT, "RMS_ROLE_SHAREPOINT", "sharepoint"},
        {RMS_ROLE_FCI,        "RMS_ROLE_FCI",        "fci"       },
        {0,                   NULL,                  NULL        }
    };

    if (g_once_init_enter(&type))
        g_once_init_leave(&type, g_enum_register_static("RmsRole", values));
    return type;
}

GType rms_kind_get_type(void)
{
    static gsize type = 0;
    static const GEnumValue values[] = {
        {RMS_KIND_SECURITY_GROUP,          "RMS_KIND_SECURITY_GROUP",     "security-group"         },
        {RMS_KIND_DISTRIBUTION_GROUP,      "RMS_KIND_DISTRIBUTION_GROUP", "distribution-group"     },
        {RMS_KIND_USER,                    "RMS_KIND_USER",               "user"                   },
        {RMS_KIND_COMPUTER,                "RMS_KIND_COMPUTER",           "computer"               },
        {RMS_KIND_MANAGED_SERVICE_ACCOUNT,
         "RMS_KIND_MANAGED_SERVICE_ACCOUNT",                              "managed-service-account"},
        {0,                                NULL,                          NULL                     }
    };

    if (g_once_init_enter(&type))
        g_once_init_leave(&type, g_enum_register_static("RmsKind", values));
    return type;
}

const char *rms_role_to_string(RmsRole role)
{
    g_return_val_if_fail((guint) role < RMS_N_ROLES, NULL);
    return role_names[role];
}

gboolean rms_role_from_string(const char *text, RmsRole *role)
{
    guint position;

    if (!find_name(role_names, RMS_N_ROLES, text, &position))
        return FALSE;
    *role = position;
    return TRUE;
}

gboolean rms_role_grants_super_user(RmsRole role)
{
    return role == RMS_ROLE_EXCHANGE;
}

const char *rms_kind_to_string(RmsKind kind)
{
    g_return_val_if_fail((guint) kind < RMS_N_KINDS, NULL);
    return kind_names[kind];
}

gboolean rms_kind_from_string(const char *text, RmsKind *kind)
{
    guint position;

    if (!find_name(kind_names, RMS_N_KINDS, text, &position))
        return FALSE;
    *kind = position;
    return TRUE;
}

gboolean rms_kind_is_group(RmsKind kind)
{
    return kind == RMS_KIND_SECURITY_GROUP || kind == RMS_KIND_DISTRIBUTION_GROUP;
}
