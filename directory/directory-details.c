/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The values of directory-details.h, and the calls that ask for them.
 */
#include "config.h"

#include "directory/directory-details.h"

#include "directory/directory-object-private.h"
#include "directory/directory-private.h"
#include "directory/directory-query-private.h"

RmsObjectDetails *rms_object_details_new(void)
{
    RmsObjectDetails *details = g_new0(RmsObjectDetails, 1);
    g_atomic_ref_count_init(&details->ref_count);
    return details;
}

RmsObjectDetails *rms_object_details_ref(RmsObjectDetails *details)
{
    g_atomic_ref_count_inc(&details->ref_count);
    return details;
}

void rms_object_details_unref(RmsObjectDetails *details)
{
    if (details == NULL || !g_atomic_ref_count_dec(&details->ref_count))
        return;
    g_clear_object(&details->object);
    g_free(details->operating_system);
    g_strfreev(details->service_names);
    g_free(details);
}

void rms_member_summary_clear(RmsMemberSummary *summary)
{
    g_clear_pointer(&summary->elsewhere, g_ptr_array_unref);
    g_clear_pointer(&summary->foreign, g_ptr_array_unref);
    *summary = (RmsMemberSummary){0};
}

struct _RmsMembership {
    GObject parent_instance;
    RmsDirectoryObject *group;
    GStrv path;
    gboolean primary;
};

G_DEFINE_FINAL_TYPE(RmsMembership, rms_membership, G_TYPE_OBJECT)

static void rms_membership_finalize(GObject *object)
{
    RmsMembership *self = RMS_MEMBERSHIP(object);

    g_clear_object(&self->group);
    g_strfreev(self->path);
    G_OBJECT_CLASS(rms_membership_parent_class)->finalize(object);
}

static void rms_membership_class_init(RmsMembershipClass *klass)
{
    G_OBJECT_CLASS(klass)->finalize = rms_membership_finalize;
}

static void rms_membership_init(RmsMembership *self)
{
}

RmsMembership *
rms_membership_new(RmsDirectoryObject *group, const char *const *path, gboolean primary)
{
    g_return_val_if_fail(RMS_IS_DIRECTORY_OBJECT(group) && path != NULL, NULL);

    RmsMembership *self = g_object_new(RMS_TYPE_MEMBERSHIP, NULL);
    self->group = g_object_ref(group);
    self->path = g_strdupv((GStrv) path);
    self->primary = primary;
    return self;
}

RmsDirectoryObject *rms_membership_get_group(RmsMembership *self)
{
    g_return_val_if_fail(RMS_IS_MEMBERSHIP(self), NULL);
    return self->group;
}

const char *const *rms_membership_get_path(RmsMembership *self)
{
    g_return_val_if_fail(RMS_IS_MEMBERSHIP(self), NULL);
    return (const char *const *) self->path;
}

gboolean rms_membership_get_primary(RmsMembership *self)
{
    g_return_val_if_fail(RMS_IS_MEMBERSHIP(self), FALSE);
    return self->primary;
}

void rms_directory_load_details_async(RmsDirectory *self,
                                      const RmsSid *sid,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data)
{
    g_return_if_fail(RMS_IS_DIRECTORY(self));
    g_return_if_fail(sid != NULL && sid->length > 0);

    g_autoptr(RmsCall) call = rms_directory_begin_call(
        self, NULL, cancellable, callback, user_data, rms_directory_load_details_async);
    rms_directory_submit(self, rms_query_new_details(call, sid));
}

RmsObjectDetails *
rms_directory_load_details_finish(RmsDirectory *self, GAsyncResult *result, GError **error)
{
    g_return_val_if_fail(g_task_is_valid(result, self), NULL);
    return g_task_propagate_pointer(G_TASK(result), error);
}

void rms_directory_list_members_async(RmsDirectory *self,
                                      const RmsSid *group,
                                      guint limit,
                                      GListStore *results,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data)
{
    g_return_if_fail(RMS_IS_DIRECTORY(self) && G_IS_LIST_STORE(results));
    g_return_if_fail(group != NULL && group->length > 0 && limit > 0);

    g_autoptr(RmsCall) call = rms_directory_begin_call(
        self, results, cancellable, callback, user_data, rms_directory_list_members_async);
    rms_directory_submit(self, rms_query_new_members(call, group, limit));
}

gboolean rms_directory_list_members_finish(RmsDirectory *self,
                                           GAsyncResult *result,
                                           RmsMemberSummary *summary,
                                           GError **error)
{
    g_return_val_if_fail(g_task_is_valid(result, self), FALSE);
    g_return_val_if_fail(summary != NULL, FALSE);

    g_autofree RmsMemberSummary *found = g_task_propagate_pointer(G_TASK(result), error);
    if (found == NULL)
        return FALSE;
    *summary = *found;
    return TRUE;
}

void rms_directory_list_memberships_async(RmsDirectory *self,
                                          const RmsSid *sid,
                                          GListStore *results,
                                          GCancellable *cancellable,
                                          GAsyncReadyCallback callback,
                                          gpointer user_data)
{
    g_return_if_fail(RMS_IS_DIRECTORY(self) && G_IS_LIST_STORE(results));
    g_return_if_fail(sid != NULL && sid->length > 0);

    g_autoptr(RmsCall) call = rms_directory_begin_call(
        self, results, cancellable, callback, user_data, rms_directory_list_memberships_async);
    rms_directory_submit(self, rms_query_new_memberships(call, sid));
}

gboolean rms_directory_list_memberships_finish(RmsDirectory *self,
                                               GAsyncResult *result,
                                               gboolean *truncated,
                                               GError **error)
{
    return rms_directory_finish_list(self, result, truncated, error);
}

void rms_directory_find_sids_async(RmsDirectory *self,
                                   GPtrArray *sids,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data)
{
    g_return_if_fail(RMS_IS_DIRECTORY(self) && sids != NULL);

    GPtrArray *copy = g_ptr_array_new_with_free_func((GDestroyNotify) rms_sid_free);
    for (guint i = 0; i < sids->len; i++)
        g_ptr_array_add(copy, rms_sid_copy(sids->pdata[i]));
    g_autoptr(RmsCall) call = rms_directory_begin_call(
        self, NULL, cancellable, callback, user_data, rms_directory_find_sids_async);
    rms_directory_submit(self, rms_query_new_find_sids(call, copy));
}

GPtrArray *rms_directory_find_sids_finish(RmsDirectory *self, GAsyncResult *result, GError **error)
{
    g_return_val_if_fail(g_task_is_valid(result, self), NULL);
    return g_task_propagate_pointer(G_TASK(result), error);
}
