/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which kinds of account each role is offered for.
 */
#include "config.h"

#include "ui/role-rules.h"

#include "directory/directory.h"

#define GROUPS (RMS_KIND_BIT(RMS_KIND_SECURITY_GROUP) | RMS_KIND_BIT(RMS_KIND_DISTRIBUTION_GROUP))

guint rms_role_rules_get_kinds(RmsRole role)
{
    switch (role) {
    case RMS_ROLE_EXCHANGE:
        /* protocol.md §5.2: a security group is required. */
        return RMS_KIND_BIT(RMS_KIND_SECURITY_GROUP);
    case RMS_ROLE_SHAREPOINT:
        /* Runs as a service account; a farm on Local System is a group of computers. */
        return GROUPS | RMS_KIND_BIT(RMS_KIND_USER) |
               RMS_KIND_BIT(RMS_KIND_MANAGED_SERVICE_ACCOUNT);
    case RMS_ROLE_FCI:
        /* Runs as Local System: the computer's account, or a group of them. */
        return GROUPS | RMS_KIND_BIT(RMS_KIND_COMPUTER);
    }
    g_return_val_if_reached(0);
}

gboolean rms_role_rules_allows(RmsRole role, RmsKind kind)
{
    return (rms_role_rules_get_kinds(role) & RMS_KIND_BIT(kind)) != 0;
}
