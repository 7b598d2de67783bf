/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Effective members: every account that a group covers, directly or through groups in it, with the
 * path by which.
 *
 * Groups are walked breadth first, so that each account has its shortest path; a group that was
 * seen is not walked again, so that loops end. Members of other domains of the forest are read from
 * their own domain. What could not be read is named, never silently left out.
 */
#pragma once

#include "directory/forest.h"

G_BEGIN_DECLS

/**
 * RmsExpansionGap: what an expansion lacks; 0: nothing.
 * @RMS_GAP_DEPTH: groups nested deeper than RMS_MAX_NESTING were not walked
 * @RMS_GAP_COUNT: there are more than RMS_MAX_EXPANDED_MEMBERS accounts or RMS_MAX_EXPANDED_GROUPS
 * groups
 * @RMS_GAP_ELSEWHERE: members in domains that could not be asked
 * @RMS_GAP_FOREIGN: members of other forests, of which only the SID is known; they are members of
 * the expansion, but what groups among them hold is not
 */
typedef enum {
    RMS_GAP_DEPTH = 1 << 0,
    RMS_GAP_COUNT = 1 << 1,
    RMS_GAP_ELSEWHERE = 1 << 2,
    RMS_GAP_FOREIGN = 1 << 3
} RmsExpansionGap;

/** One account that an entry covers, as a row for views; never changes. */
#define RMS_TYPE_EXPANDED_MEMBER (rms_expanded_member_get_type())
G_DECLARE_FINAL_TYPE(RmsExpandedMember, rms_expanded_member, RMS, EXPANDED_MEMBER, GObject)
const RmsSid *rms_expanded_member_get_sid(RmsExpandedMember *self);
/** rms_expanded_member_get_object: Returns: (nullable): %NULL: of another forest, known by SID. */
RmsDirectoryObject *rms_expanded_member_get_object(RmsExpandedMember *self);
const char *rms_expanded_member_get_account_name(RmsExpandedMember *self); /* else the SID's text */
/** rms_expanded_member_dup_path: Returns: (transfer full): account names from the group that was
 * expanded to the one that the account is a direct member of: at least one. */
GStrv rms_expanded_member_dup_path(RmsExpandedMember *self);

/** The result; never changes, shared between threads by reference. */
typedef struct _RmsExpansion RmsExpansion;
RmsExpansion *rms_expansion_ref(RmsExpansion *expansion);
void rms_expansion_unref(RmsExpansion *expansion);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RmsExpansion, rms_expansion_unref)
/** rms_expansion_get_group: Returns: (transfer none): what was expanded, as it is now. */
RmsDirectoryObject *rms_expansion_get_group(RmsExpansion *expansion);
/** rms_expansion_get_members: Returns: (transfer none) (element-type RmsExpandedMember): accounts
 * only, no groups; each once; shortest path first. */
GPtrArray *rms_expansion_get_members(RmsExpansion *expansion);
guint rms_expansion_get_n_groups(RmsExpansion *expansion); /* walked, with the group itself */
guint rms_expansion_get_depth(RmsExpansion *expansion);    /* of nesting; 0: no groups in it */
guint rms_expansion_get_gaps(RmsExpansion *expansion);     /* RmsExpansionGap bits */
/** rms_expansion_dup_gap_text: Returns: (transfer full) (nullable): what is missing and why, in
 * English for a log; %NULL: nothing. */
char *rms_expansion_dup_gap_text(RmsExpansion *expansion);

/**
 * rms_forest_expand_async: Fails with RMS_DIRECTORY_ERROR_NAME when @group is no group of this
 * forest; with another RmsDirectoryError when a domain that could be reached fails half way: there
 * is no half expansion.
 */
void rms_forest_expand_async(RmsForest *self,
                             const RmsSid *group,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
/** rms_forest_expand_finish: Returns: (transfer full) */
RmsExpansion *rms_forest_expand_finish(RmsForest *self, GAsyncResult *result, GError **error);

G_END_DECLS
