/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How directory objects are made: by this room's decoder, and by tests that need one without a
 * directory.
 */
#pragma once

#include "directory/directory-details.h"
#include "directory/directory-object.h"

G_BEGIN_DECLS

/**
 * RmsDirectoryObjectFields: what an object is made of; strings are borrowed and copied.
 * @sid: must be valid
 * @member_count: -1: not known
 */
typedef struct {
    RmsSid sid;
    const char *guid;
    RmsKind kind;
    RmsGroupScope scope;
    const char *name;
    const char *account_name;
    const char *dn;
    const char *place;
    const char *description;
    const char *upn;
    const char *mail;
    const char *dns_host_name;
    guint warnings;
    int member_count;
} RmsDirectoryObjectFields;

/** rms_directory_object_new: Returns: (transfer full): an object that looks like @fields. */
RmsDirectoryObject *rms_directory_object_new(const RmsDirectoryObjectFields *fields);

/** rms_directory_object_with_members: Returns: (transfer full): a copy of @self with
 * @member_count and, beside its own, the warnings that follow from its members.
 * @has_primary_members: accounts have it as their primary group, which counts as being a member
 * though no member attribute says so (protocol.md §6.5) */
RmsDirectoryObject *rms_directory_object_with_members(RmsDirectoryObject *self,
                                                      int member_count,
                                                      gboolean has_primary_members,
                                                      gboolean has_groups);

/** rms_object_details_new: Returns: (transfer full): details without anything in them. */
RmsObjectDetails *rms_object_details_new(void);
/** rms_membership_new: Copies @path. */
RmsMembership *
rms_membership_new(RmsDirectoryObject *group, const char *const *path, gboolean primary);

G_END_DECLS
