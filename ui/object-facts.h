/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is known of an object of the directory, as titles and values to read and to copy.
 */
#pragma once

#include "directory/directory-details.h"

G_BEGIN_DECLS

/** RmsFact: both owned and translated; @value may have several lines. */
typedef struct {
    char *title;
    char *value;
} RmsFact;

/** rms_object_facts: @details: (nullable): not loaded yet. Returns: (transfer full) (element-type
 * RmsFact): what is not known is left out. */
GPtrArray *rms_object_facts(RmsDirectoryObject *object, RmsObjectDetails *details);
/** rms_object_facts_to_text: Returns: (transfer full): a line a fact, to copy. */
char *rms_object_facts_to_text(GPtrArray *facts);

/** rms_object_facts_path: Returns: (transfer full): `A → B → C`. @last: (nullable): ends the path
 */
char *rms_object_facts_path(const char *first, const char *const *between, const char *last);
/** rms_object_facts_membership: Returns: (transfer full): how the object @account is in the group:
 * directly, as its primary group, or by which path. */
char *rms_object_facts_membership(RmsMembership *membership, const char *account);
/** rms_object_facts_members: Returns: (transfer full): how many members are listed, whether there
 * are more, and which cannot be listed. @count: -1: not known */
char *rms_object_facts_members(guint n_listed, int count, const RmsMemberSummary *summary);

G_END_DECLS
