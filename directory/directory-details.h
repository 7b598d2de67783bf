/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What there is to know about one object beyond a row of results: its details, who is in it, and
 * what it is in. The members of members are group-expansion.h's.
 */
#pragma once

#include "directory/directory.h"

G_BEGIN_DECLS

/**
 * RmsObjectDetails: never changes; times are microseconds since 1970 UTC, 0: never or not known.
 * @object: with its members counted, as from a lookup
 * @operating_system: (nullable): of computers, with its version
 * @last_logon: lastLogonTimestamp, which domain controllers share: up to 14 days late (MS-ADA1)
 * @expires: 0: never
 * @service_names: (nullable): servicePrincipalName, sorted
 */
typedef struct {
    gatomicrefcount ref_count;
    RmsDirectoryObject *object;
    char *operating_system;
    gint64 created;
    gint64 changed;
    gint64 last_logon;
    gint64 password_set;
    gint64 expires;
    GStrv service_names;
} RmsObjectDetails;
RmsObjectDetails *rms_object_details_ref(RmsObjectDetails *details);
void rms_object_details_unref(RmsObjectDetails *details);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RmsObjectDetails, rms_object_details_unref)

void rms_directory_load_details_async(RmsDirectory *self,
                                      const RmsSid *sid,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data);
/** rms_directory_load_details_finish: Returns: (transfer full) (nullable): %NULL without error: no
 * such object. */
RmsObjectDetails *
rms_directory_load_details_finish(RmsDirectory *self, GAsyncResult *result, GError **error);

/**
 * RmsMemberSummary: what came beside the objects. Clear with rms_member_summary_clear().
 * @elsewhere: (element-type utf8): DNs of members that this server does not hold: other domains'
 * @foreign: (element-type RmsSid): members of trusted forests, known by their SID only
 * (foreignSecurityPrincipal, protocol.md §6.2)
 * @n_others: members that can never call: contacts, public folders …
 * @truncated: there were more than asked for
 */
typedef struct {
    GPtrArray *elsewhere;
    GPtrArray *foreign;
    guint n_others;
    gboolean truncated;
} RmsMemberSummary;
void rms_member_summary_clear(RmsMemberSummary *summary);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(RmsMemberSummary, rms_member_summary_clear)

/**
 * rms_directory_list_members_async: The direct members of a group, those by primary group too.
 * @results: a GListStore of RmsDirectoryObject, spliced in pages as rms_directory_search_async()
 * does
 * @limit: members at most; at least 1
 *
 * Reads `member` in ranges, whether the server forces them or not (protocol.md §6.4).
 */
void rms_directory_list_members_async(RmsDirectory *self,
                                      const RmsSid *group,
                                      guint limit,
                                      GListStore *results,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data);
/** rms_directory_list_members_finish: @summary: (out caller-allocates): untouched on failure.
 * Fails with RMS_DIRECTORY_ERROR_NAME when there is no such group. */
gboolean rms_directory_list_members_finish(RmsDirectory *self,
                                           GAsyncResult *result,
                                           RmsMemberSummary *summary,
                                           GError **error);

/**
 * RmsMembership: one group that an object is in.
 * @path: (element-type utf8): account names of the groups between, from the object's own group to
 * the one that is a member of @group; empty: a direct member. The shortest, where there are several
 * @primary: by primaryGroupID
 */
#define RMS_TYPE_MEMBERSHIP (rms_membership_get_type())
G_DECLARE_FINAL_TYPE(RmsMembership, rms_membership, RMS, MEMBERSHIP, GObject)
RmsDirectoryObject *rms_membership_get_group(RmsMembership *self);
const char *const *rms_membership_get_path(RmsMembership *self);
gboolean rms_membership_get_primary(RmsMembership *self);

/**
 * rms_directory_list_memberships_async: All groups that @sid is in, directly or through groups;
 * nearest first. Loops end; at most RMS_MAX_MEMBERSHIPS and RMS_MAX_NESTING levels.
 * @results: a GListStore of RmsMembership
 */
void rms_directory_list_memberships_async(RmsDirectory *self,
                                          const RmsSid *sid,
                                          GListStore *results,
                                          GCancellable *cancellable,
                                          GAsyncReadyCallback callback,
                                          gpointer user_data);
gboolean rms_directory_list_memberships_finish(RmsDirectory *self,
                                               GAsyncResult *result,
                                               gboolean *truncated,
                                               GError **error);

/**
 * rms_directory_find_sids_async: Those of @sids that this directory holds, by few searches; without
 * member counts.
 * @sids: (element-type RmsSid): copied
 */
void rms_directory_find_sids_async(RmsDirectory *self,
                                   GPtrArray *sids,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
/** rms_directory_find_sids_finish: Returns: (transfer full) (element-type RmsDirectoryObject): in
 * no order; complete, or %NULL with an error. */
GPtrArray *rms_directory_find_sids_finish(RmsDirectory *self, GAsyncResult *result, GError **error);

G_END_DECLS
