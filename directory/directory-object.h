/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One object of the directory as the console shows it: an account or a group that may be
 * authorized.
 *
 * Invariant: never changes after it was made; always has a valid SID.
 */
#pragma once

#include <gio/gio.h>

#include "connector-core/model/role.h"
#include "connector-core/model/sid.h"

G_BEGIN_DECLS

/**
 * RmsGroupScope: groupType bits of MS-ADTS §2.2.12.
 * @RMS_SCOPE_NONE: no group
 */
typedef enum {
    RMS_SCOPE_NONE,
    RMS_SCOPE_BUILTIN,
    RMS_SCOPE_GLOBAL,
    RMS_SCOPE_DOMAIN_LOCAL,
    RMS_SCOPE_UNIVERSAL
} RmsGroupScope;

#define RMS_TYPE_GROUP_SCOPE (rms_group_scope_get_type())
GType rms_group_scope_get_type(void);

/**
 * RmsObjectWarning: what an admin should know before authorizing it (DESIGN.md §4, rules that
 * warn).
 */
typedef enum {
    RMS_WARNING_DISABLED = 1 << 0,
    RMS_WARNING_EXPIRED = 1 << 1,
    RMS_WARNING_EMPTY_GROUP = 1 << 2,
    RMS_WARNING_LARGE_GROUP = 1 << 3, /* more than 5 000 direct members */
    RMS_WARNING_DISTRIBUTION_GROUP = 1 << 4,
    RMS_WARNING_NESTED_GROUPS = 1 << 5,
    RMS_WARNING_BUILTIN_GROUP = 1 << 6 /* never in a Kerberos ticket: admits nobody */
} RmsObjectWarning;

#define RMS_TYPE_DIRECTORY_OBJECT (rms_directory_object_get_type())
G_DECLARE_FINAL_TYPE(RmsDirectoryObject, rms_directory_object, RMS, DIRECTORY_OBJECT, GObject)

/* Each is a read-only property of the same name too: "sid-text", "kind", "name", … so that views
 * can bind. */
const RmsSid *rms_directory_object_get_sid(RmsDirectoryObject *self);
const char *rms_directory_object_get_sid_text(RmsDirectoryObject *self);
const char *rms_directory_object_get_guid(RmsDirectoryObject *self); /* (nullable) text form */
RmsKind rms_directory_object_get_kind(RmsDirectoryObject *self);
RmsGroupScope rms_directory_object_get_scope(RmsDirectoryObject *self);
const char *rms_directory_object_get_name(
    RmsDirectoryObject *self); /* what people call it: displayName, else cn */
const char *rms_directory_object_get_account_name(RmsDirectoryObject *self); /* `CONTOSO\EXCH01$` */
const char *rms_directory_object_get_dn(RmsDirectoryObject *self);
const char *
rms_directory_object_get_place(RmsDirectoryObject *self); /* `contoso.example/Servers/Exchange` */
const char *rms_directory_object_get_description(RmsDirectoryObject *self);   /* (nullable) */
const char *rms_directory_object_get_upn(RmsDirectoryObject *self);           /* (nullable) */
const char *rms_directory_object_get_mail(RmsDirectoryObject *self);          /* (nullable) */
const char *rms_directory_object_get_dns_host_name(RmsDirectoryObject *self); /* (nullable) */
/** rms_directory_object_get_warnings: Returns: RmsObjectWarning bits. Member warnings only from a
 * lookup, not from a search. */
guint rms_directory_object_get_warnings(RmsDirectoryObject *self);
/** rms_directory_object_get_member_count: Returns: direct members of a group, counted up to
 * RMS_LARGE_GROUP_MEMBERS + 1; -1: not a group, or not from a lookup. */
int rms_directory_object_get_member_count(RmsDirectoryObject *self);

G_END_DECLS
