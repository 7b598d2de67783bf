/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Stand-in for directory/directory-details.h: members as stand_in_add_member() told, and
 * memberships that follow from them. Expanding a group is the real thing, over these.
 */
#include "config.h"

#include "tests/unit/ui/stand-ins.h"

#include "directory/directory-details.h"

/* 23 November 2026, 10:00 UTC */
#define NOW (G_GINT64_CONSTANT(1795428000) * G_USEC_PER_SEC)
#define DAY (G_GINT64_CONSTANT(24 * 3600) * G_USEC_PER_SEC)

struct _RmsMembership {
    GObject parent_instance;
    RmsDirectoryObject *group;
    GStrv path;
};

G_DEFINE_TYPE(RmsMembership, rms_membership, G_TYPE_OBJECT)

static void rms_membership_finalize(GObject *object)
{
    g_clear_object(&RMS_MEMBERSHIP(object)->group);
    g_strfreev(RMS_MEMBERSHIP(object)->path);
    G_OBJECT_CLASS(rms_membership_parent_class)->finalize(object);
}

static void rms_membership_class_init(RmsMembershipClass *class)
{
    G_OBJECT_CLASS(class)->finalize = rms_membership_finalize;
}

static void rms_membership_init(RmsMembership *self)
{
}

RmsMembership *stand_in_membership(RmsDirectoryObject *group, const char *const *path)
{
    RmsMembership *self = g_object_new(RMS_TYPE_MEMBERSHIP, NULL);

    self->group = g_object_ref(group);
    self->path = g_strdupv((GStrv) path);
    return self;
}

RmsDirectoryObject *rms_membership_get_group(RmsMembership *self)
{
    return self->group;
}

const char *const *rms_membership_get_path(RmsMembership *self)
{
    return (const char *const *) self->path;
}

gboolean rms_membership_get_primary(RmsMembership *self)
{
    return FALSE;
}

RmsObjectDetails *rms_object_details_ref(RmsObjectDetails *details)
{
    g_atomic_ref_count_inc(&details->ref_count);
    return details;
}

void rms_object_details_unref(RmsObjectDetails *details)
{
    if (!g_atomic_ref_count_dec(&details->ref_count))
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

void stand_in_add_member(RmsDirectoryObject *group, RmsDirectoryObject *member)
{
    g_ptr_array_add(stand_ins.members, g_object_ref(group));
    g_ptr_array_add(stand_ins.members, g_object_ref(member));
}

typedef struct {
    RmsSid sid;
    guint limit;
    GListStore *results;
} Query;

static void query_free(gpointer data)
{
    Query *query = data;

    g_clear_object(&query->results);
    g_free(query);
}

static void ask(RmsDirectory *self,
                const RmsSid *sid,
                guint limit,
                GListStore *results,
                StandInTurn turn,
                GCancellable *cancellable,
                GAsyncReadyCallback callback,
                gpointer user_data)
{
    GTask *task = g_task_new(self, cancellable, callback, user_data);
    Query *query = g_new0(Query, 1);

    query->sid = *sid;
    query->limit = limit;
    g_set_object(&query->results, results);
    g_task_set_task_data(task, query, query_free);
    stand_ins_take_turn(task, stand_ins.directory_waits, turn);
}

static gboolean fail_if_told(GTask *task, const GError *error)
{
    if (g_task_return_error_if_cancelled(task)) {
        stand_ins.n_cancelled++;
        return TRUE;
    }
    if (error != NULL)
        g_task_return_error(task, g_error_copy(error));
    return error != NULL;
}

static void finish_details(GTask *task)
{
    Query *query = g_task_get_task_data(task);

    if (fail_if_told(task, stand_ins.directory_error))
        return;
    for (guint i = 0; i < stand_ins.objects->len; i++) {
        RmsDirectoryObject *object = stand_ins.objects->pdata[i];
        RmsObjectDetails *details = NULL;

        if (!rms_sid_equal(rms_directory_object_get_sid(object), &query->sid))
            continue;
        details = g_new0(RmsObjectDetails, 1);
        g_atomic_ref_count_init(&details->ref_count);
        details->object = g_object_ref(object);
        details->created = NOW - 400 * DAY;
        details->changed = NOW - 3 * DAY;
        if (rms_directory_object_get_kind(object) == RMS_KIND_COMPUTER) {
            const char *const names[] = {"HOST/exch03.contoso.example", "HTTP/exch03", NULL};

            details->operating_system = g_strdup("Windows Server 2022 Standard 10.0 (20348)");
            details->last_logon = NOW - DAY;
            details->service_names = g_strdupv((GStrv) names);
        }
        g_task_return_pointer(task, details, (GDestroyNotify) rms_object_details_unref);
        return;
    }
    g_task_return_pointer(task, NULL, NULL);
}

void rms_directory_load_details_async(RmsDirectory *self,
                                      const RmsSid *sid,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data)
{
    ask(self, sid, 0, NULL, finish_details, cancellable, callback, user_data);
}

RmsObjectDetails *
rms_directory_load_details_finish(RmsDirectory *self, GAsyncResult *result, GError **error)
{
    return g_task_propagate_pointer(G_TASK(result), error);
}

static void finish_members(GTask *task)
{
    Query *query = g_task_get_task_data(task);
    gboolean truncated = FALSE;

    if (fail_if_told(task,
                     stand_ins.members_error != NULL ? stand_ins.members_error
                                                     : stand_ins.directory_error))
        return;
    for (guint i = 0; i < stand_ins.members->len && !truncated; i += 2) {
        if (!rms_sid_equal(rms_directory_object_get_sid(stand_ins.members->pdata[i]), &query->sid))
            continue;
        truncated = g_list_model_get_n_items(G_LIST_MODEL(query->results)) == query->limit;
        if (!truncated)
            g_list_store_append(query->results, stand_ins.members->pdata[i + 1]);
    }
    g_task_return_boolean(task, truncated);
}

void rms_directory_list_members_async(RmsDirectory *self,
                                      const RmsSid *group,
                                      guint limit,
                                      GListStore *results,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data)
{
    ask(self, group, limit, results, finish_members, cancellable, callback, user_data);
}

gboolean rms_directory_list_members_finish(RmsDirectory *self,
                                           GAsyncResult *result,
                                           RmsMemberSummary *summary,
                                           GError **error)
{
    g_autoptr(GError) failure = NULL;
    gboolean truncated = g_task_propagate_boolean(G_TASK(result), &failure);

    if (failure != NULL) {
        g_propagate_error(error, g_steal_pointer(&failure));
        return FALSE;
    }
    *summary = (RmsMemberSummary){.elsewhere = g_ptr_array_new_with_free_func(g_free),
                                  .foreign = g_ptr_array_new_with_free_func(g_free),
                                  .truncated = truncated};
    return TRUE;
}

static void add_groups_of(GListStore *results, const RmsSid *sid, const char *const *path)
{
    for (guint i = 0; i < stand_ins.members->len; i += 2) {
        RmsDirectoryObject *group = stand_ins.members->pdata[i];
        g_autoptr(RmsMembership) membership = NULL;
        g_autoptr(GStrvBuilder) longer = NULL;
        g_auto(GStrv) next = NULL;

        if (!rms_sid_equal(rms_directory_object_get_sid(stand_ins.members->pdata[i + 1]), sid))
            continue;
        membership = stand_in_membership(group, path);
        g_list_store_append(results, membership);
        longer = g_strv_builder_new();
        g_strv_builder_addv(longer, (const char **) path);
        g_strv_builder_add(longer, rms_directory_object_get_account_name(group));
        next = g_strv_builder_end(longer);
        add_groups_of(results, rms_directory_object_get_sid(group), (const char *const *) next);
    }
}

static void finish_memberships(GTask *task)
{
    const char *const none[] = {NULL};
    Query *query = g_task_get_task_data(task);

    if (fail_if_told(task, stand_ins.directory_error))
        return;
    add_groups_of(query->results, &query->sid, none);
    g_task_return_boolean(task, TRUE);
}

void rms_directory_list_memberships_async(RmsDirectory *self,
                                          const RmsSid *sid,
                                          GListStore *results,
                                          GCancellable *cancellable,
                                          GAsyncReadyCallback callback,
                                          gpointer user_data)
{
    ask(self, sid, 0, results, finish_memberships, cancellable, callback, user_data);
}

gboolean rms_directory_list_memberships_finish(RmsDirectory *self,
                                               GAsyncResult *result,
                                               gboolean *truncated,
                                               GError **error)
{
    *truncated = FALSE;
    return g_task_propagate_boolean(G_TASK(result), error);
}
