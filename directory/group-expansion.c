/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The walk, one group after the other, in the context of whoever asked.
 *
 *     find the group ▶ [ its members here ▶ each member elsewhere, in its own domain ] for each
 *     group in the order they were found ▶ done
 *
 * A path is not copied for each account: accounts and groups remember the group that they were
 * found in.
 */
#include "config.h"

#include "directory/group-expansion.h"

#include "directory/directory-details.h"
#include "directory/directory-limits.h"

/* A group of the walk. */
typedef struct {
    RmsDirectoryObject *group;
    guint parent; /* index in the walk; of the first group: its own */
    guint depth;  /* 0: the group that is expanded */
} Step;

/* Shared by an expansion and its members. */
typedef struct {
    gatomicrefcount ref_count;
    GArray *steps; /* Step */
} Walk;

struct _RmsExpandedMember {
    GObject parent_instance;
    Walk *walk;
    guint step; /* the group that it is a direct member of */
    RmsSid sid;
    RmsDirectoryObject *object; /* NULL: of another forest */
    char *sid_text;             /* of such a one */
};

G_DEFINE_FINAL_TYPE(RmsExpandedMember, rms_expanded_member, G_TYPE_OBJECT)

struct _RmsExpansion {
    gatomicrefcount ref_count;
    Walk *walk;
    GPtrArray *members; /* RmsExpandedMember */
    guint depth;
    guint gaps;
    guint n_foreign;
    GPtrArray *unread; /* char *: members that could not be read, with the reason */
};

typedef struct {
    RmsSid wanted;
    RmsExpansion *expansion;
    GHashTable *seen; /* RmsSid of groups and accounts alike */
    guint step;       /* whose members are being read */
    GListStore *found;
    GPtrArray *elsewhere; /* char *: DNs of the same group that are still to be read */
    guint next_elsewhere;
} Expander;

/* --- values -------------------------------------------------------------------------------- */

static void clear_step(gpointer data)
{
    Step *step = data;
    g_clear_object(&step->group);
}

static Walk *walk_new(void)
{
    Walk *walk = g_new0(Walk, 1);
    g_atomic_ref_count_init(&walk->ref_count);
    walk->steps = g_array_new(FALSE, FALSE, sizeof(Step));
    g_array_set_clear_func(walk->steps, clear_step);
    return walk;
}

static Walk *walk_ref(Walk *walk)
{
    g_atomic_ref_count_inc(&walk->ref_count);
    return walk;
}

static void walk_unref(Walk *walk)
{
    if (!g_atomic_ref_count_dec(&walk->ref_count))
        return;
    g_array_unref(walk->steps);
    g_free(walk);
}

static const Step *get_step(const Walk *walk, guint index)
{
    return &g_array_index(walk->steps, Step, index);
}

static void rms_expanded_member_finalize(GObject *object)
{
    RmsExpandedMember *self = RMS_EXPANDED_MEMBER(object);

    g_clear_object(&self->object);
    g_free(self->sid_text);
    g_clear_pointer(&self->walk, walk_unref);
    G_OBJECT_CLASS(rms_expanded_member_parent_class)->finalize(object);
}

static void rms_expanded_member_class_init(RmsExpandedMemberClass *klass)
{
    G_OBJECT_CLASS(klass)->finalize = rms_expanded_member_finalize;
}

static void rms_expanded_member_init(RmsExpandedMember *self)
{
}

const RmsSid *rms_expanded_member_get_sid(RmsExpandedMember *self)
{
    g_return_val_if_fail(RMS_IS_EXPANDED_MEMBER(self), NULL);
    return &self->sid;
}

RmsDirectoryObject *rms_expanded_member_get_object(RmsExpandedMember *self)
{
    g_return_val_if_fail(RMS_IS_EXPANDED_MEMBER(self), NULL);
    return self->object;
}

const char *rms_expanded_member_get_account_name(RmsExpandedMember *self)
{
    g_return_val_if_fail(RMS_IS_EXPANDED_MEMBER(self), NULL);
    return self->object != NULL ? rms_directory_object_get_account_name(self->object)
                                : self->sid_text;
}

GStrv rms_expanded_member_dup_path(RmsExpandedMember *self)
{
    g_return_val_if_fail(RMS_IS_EXPANDED_MEMBER(self), NULL);

    guint length = get_step(self->walk, self->step)->depth + 1;
    GStrv path = g_new0(char *, length + 1);
    guint step = self->step;
    for (guint i = length; i > 0; i--) {
        const Step *group = get_step(self->walk, step);
        path[i - 1] = g_strdup(rms_directory_object_get_account_name(group->group));
        step = group->parent;
    }
    return path;
}

static RmsExpansion *expansion_new(void)
{
    RmsExpansion *expansion = g_new0(RmsExpansion, 1);
    g_atomic_ref_count_init(&expansion->ref_count);
    expansion->walk = walk_new();
    expansion->members = g_ptr_array_new_with_free_func(g_object_unref);
    expansion->unread = g_ptr_array_new_with_free_func(g_free);
    return expansion;
}

RmsExpansion *rms_expansion_ref(RmsExpansion *expansion)
{
    g_atomic_ref_count_inc(&expansion->ref_count);
    return expansion;
}

void rms_expansion_unref(RmsExpansion *expansion)
{
    if (expansion == NULL || !g_atomic_ref_count_dec(&expansion->ref_count))
        return;
    g_ptr_array_unref(expansion->members);
    g_ptr_array_unref(expansion->unread);
    walk_unref(expansion->walk);
    g_free(expansion);
}

RmsDirectoryObject *rms_expansion_get_group(RmsExpansion *expansion)
{
    g_return_val_if_fail(expansion != NULL, NULL);
    return get_step(expansion->walk, 0)->group;
}

GPtrArray *rms_expansion_get_members(RmsExpansion *expansion)
{
    g_return_val_if_fail(expansion != NULL, NULL);
    return expansion->members;
}

guint rms_expansion_get_n_groups(RmsExpansion *expansion)
{
    g_return_val_if_fail(expansion != NULL, 0);
    return expansion->walk->steps->len;
}

guint rms_expansion_get_depth(RmsExpansion *expansion)
{
    g_return_val_if_fail(expansion != NULL, 0);
    return expansion->depth;
}

guint rms_expansion_get_gaps(RmsExpansion *expansion)
{
    g_return_val_if_fail(expansion != NULL, 0);
    return expansion->gaps;
}

/* Of what could not be read, so many are named. */
#define NAMED_UNREAD 5

char *rms_expansion_dup_gap_text(RmsExpansion *expansion)
{
    g_return_val_if_fail(expansion != NULL, NULL);

    if (expansion->gaps == 0)
        return NULL;
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
    if ((expansion->gaps & RMS_GAP_DEPTH) != 0)
        g_ptr_array_add(
            lines,
            g_strdup_printf("Groups nested more than %d deep were not read.", RMS_MAX_NESTING));
    if ((expansion->gaps & RMS_GAP_COUNT) != 0)
        g_ptr_array_add(lines,
                        g_strdup_printf("Only the first %d accounts in %d groups were read.",
                                        RMS_MAX_EXPANDED_MEMBERS,
                                        RMS_MAX_EXPANDED_GROUPS));
    if ((expansion->gaps & RMS_GAP_FOREIGN) != 0)
        g_ptr_array_add(lines,
                        g_strdup_printf("%u members are of other forests and known by their SIDs "
                                        "alone; if one is a group, its members are missing.",
                                        expansion->n_foreign));
    for (guint i = 0; i < MIN(expansion->unread->len, NAMED_UNREAD); i++)
        g_ptr_array_add(lines, g_strdup(expansion->unread->pdata[i]));
    if (expansion->unread->len > NAMED_UNREAD)
        g_ptr_array_add(lines,
                        g_strdup_printf("%u more members could not be read.",
                                        expansion->unread->len - NAMED_UNREAD));
    g_ptr_array_add(lines, NULL);
    return g_strjoinv(" ", (char **) lines->pdata);
}

/* --- the walk ------------------------------------------------------------------------------ */

static void expander_free(gpointer data)
{
    Expander *expander = data;
    rms_expansion_unref(expander->expansion);
    g_hash_table_unref(expander->seen);
    g_clear_object(&expander->found);
    g_clear_pointer(&expander->elsewhere, g_ptr_array_unref);
    g_free(expander);
}

static void read_step(GTask *task);

static void fail(GTask *task, GError *error)
{
    g_task_return_error(task, error);
    g_object_unref(task);
}

static void add_step(Expander *expander, RmsDirectoryObject *group, guint parent, guint depth)
{
    const Step step = {.group = g_object_ref(group), .parent = parent, .depth = depth};
    g_array_append_val(expander->expansion->walk->steps, step);
    expander->expansion->depth = MAX(expander->expansion->depth, depth);
}

static void add_account(Expander *expander, const RmsSid *sid, RmsDirectoryObject *object)
{
    RmsExpansion *expansion = expander->expansion;
    if (expansion->members->len >= RMS_MAX_EXPANDED_MEMBERS) {
        expansion->gaps |= RMS_GAP_COUNT;
        return;
    }
    RmsExpandedMember *member = g_object_new(RMS_TYPE_EXPANDED_MEMBER, NULL);
    member->walk = walk_ref(expansion->walk);
    member->step = expander->step;
    member->sid = *sid;
    if (object != NULL)
        member->object = g_object_ref(object);
    else
        member->sid_text = rms_sid_to_string(sid);
    g_ptr_array_add(expansion->members, member);
}

static gboolean is_new(Expander *expander, const RmsSid *sid)
{
    return g_hash_table_add(expander->seen, rms_sid_copy(sid));
}

static void take_object(Expander *expander, RmsDirectoryObject *object)
{
    RmsExpansion *expansion = expander->expansion;
    const RmsSid *sid = rms_directory_object_get_sid(object);
    guint depth = get_step(expansion->walk, expander->step)->depth + 1;
    gboolean is_group = rms_kind_is_group(rms_directory_object_get_kind(object));
    /* What is too deep here may be reached by a shorter way; so it is not seen yet. */
    if (is_group && depth > RMS_MAX_NESTING) {
        if (!g_hash_table_contains(expander->seen, sid))
            expansion->gaps |= RMS_GAP_DEPTH;
        return;
    }
    if (!is_new(expander, sid))
        return;
    if (!is_group)
        add_account(expander, sid, object);
    else if (expansion->walk->steps->len >= RMS_MAX_EXPANDED_GROUPS)
        expansion->gaps |= RMS_GAP_COUNT;
    else
        add_step(expander, object, expander->step, depth);
}

static void leave_unread(Expander *expander, const char *dn, const char *reason)
{
    expander->expansion->gaps |= RMS_GAP_ELSEWHERE;
    g_ptr_array_add(expander->expansion->unread,
                    g_strdup_printf("%s could not be read: %s.", dn, reason));
}

static RmsDirectory *find_directory(RmsForest *forest, RmsDirectoryObject *group)
{
    RmsDirectory *own = rms_forest_find_domain_of_dn(forest, rms_directory_object_get_dn(group));
    return own != NULL ? own : rms_forest_get_home(forest);
}

static void read_elsewhere(GTask *task);

static void on_elsewhere_read(GObject *source, GAsyncResult *result, gpointer data)
{
    GTask *task = data;
    Expander *expander = g_task_get_task_data(task);
    const char *dn = expander->elsewhere->pdata[expander->next_elsewhere - 1];
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) objects =
        rms_directory_resolve_finish(RMS_DIRECTORY(source), result, &error);
    if (g_task_return_error_if_cancelled(task)) {
        g_object_unref(task);
        return;
    }
    if (error != NULL)
        leave_unread(expander, dn, error->message);
    else if (objects->len == 0)
        leave_unread(expander, dn, "its domain shows no such account");
    for (guint i = 0; objects != NULL && i < objects->len; i++)
        take_object(expander, objects->pdata[i]);
    read_elsewhere(task);
}

static void read_elsewhere(GTask *task)
{
    RmsForest *forest = g_task_get_source_object(task);
    Expander *expander = g_task_get_task_data(task);
    const Step *step = get_step(expander->expansion->walk, expander->step);
    RmsDirectory *here = find_directory(forest, step->group);
    while (expander->next_elsewhere < expander->elsewhere->len) {
        const char *dn = expander->elsewhere->pdata[expander->next_elsewhere++];
        RmsDirectory *own = rms_forest_find_domain_of_dn(forest, dn);
        if (own != NULL && own != here) {
            rms_directory_resolve_async(
                own, dn, RMS_KIND_ALL, g_task_get_cancellable(task), on_elsewhere_read, task);
            return;
        }
        leave_unread(expander,
                     dn,
                     own != NULL ? "it is gone, or this account may not see it"
                                 : "it is of no domain of this forest");
    }
    expander->step++;
    read_step(task);
}

static void on_members_listed(GObject *source, GAsyncResult *result, gpointer data)
{
    GTask *task = data;
    Expander *expander = g_task_get_task_data(task);
    const Step *step = get_step(expander->expansion->walk, expander->step);
    g_auto(RmsMemberSummary) summary = {0};
    g_autoptr(GError) error = NULL;
    RmsDirectory *directory = RMS_DIRECTORY(source);
    g_clear_pointer(&expander->elsewhere, g_ptr_array_unref);
    expander->next_elsewhere = 0;
    if (!rms_directory_list_members_finish(directory, result, &summary, &error)) {
        /* A domain that was never reached is a gap; one that fails half way leaves no expansion. */
        gboolean is_gap =
            expander->step > 0 && rms_directory_get_domain(directory) == NULL &&
            g_error_matches(error, RMS_DIRECTORY_ERROR, RMS_DIRECTORY_ERROR_UNREACHABLE);
        if (!is_gap) {
            fail(task, g_steal_pointer(&error));
            return;
        }
        leave_unread(expander, rms_directory_object_get_account_name(step->group), error->message);
        expander->step++;
        read_step(task);
        return;
    }
    GListModel *found = G_LIST_MODEL(expander->found);
    for (guint i = 0; i < g_list_model_get_n_items(found); i++) {
        g_autoptr(RmsDirectoryObject) object = g_list_model_get_item(found, i);
        take_object(expander, object);
    }
    for (guint i = 0; i < summary.foreign->len; i++) {
        const RmsSid *sid = summary.foreign->pdata[i];
        expander->expansion->gaps |= RMS_GAP_FOREIGN;
        if (is_new(expander, sid)) {
            expander->expansion->n_foreign++;
            add_account(expander, sid, NULL);
        }
    }
    if (summary.truncated)
        expander->expansion->gaps |= RMS_GAP_COUNT;
    expander->elsewhere = g_steal_pointer(&summary.elsewhere);
    read_elsewhere(task);
}

static void read_step(GTask *task)
{
    RmsForest *forest = g_task_get_source_object(task);
    Expander *expander = g_task_get_task_data(task);
    if (expander->step >= expander->expansion->walk->steps->len) {
        g_task_return_pointer(
            task, g_steal_pointer(&expander->expansion), (GDestroyNotify) rms_expansion_unref);
        g_object_unref(task);
        return;
    }
    RmsDirectoryObject *group = get_step(expander->expansion->walk, expander->step)->group;
    g_clear_object(&expander->found);
    expander->found = g_list_store_new(RMS_TYPE_DIRECTORY_OBJECT);
    rms_directory_list_members_async(find_directory(forest, group),
                                     rms_directory_object_get_sid(group),
                                     RMS_MAX_EXPANDED_MEMBERS,
                                     expander->found,
                                     g_task_get_cancellable(task),
                                     on_members_listed,
                                     task);
}

static void on_group_checked(GObject *source, GAsyncResult *result, gpointer data)
{
    GTask *task = data;
    Expander *expander = g_task_get_task_data(task);
    GError *error = NULL;
    g_autoptr(GPtrArray) checks = rms_forest_check_finish(RMS_FOREST(source), result, &error);
    if (checks == NULL) {
        fail(task, error);
        return;
    }
    const RmsObjectCheck *check = checks->pdata[0];
    if (check->result == RMS_CHECK_UNKNOWN) {
        fail(task, g_error_copy(check->error));
        return;
    }
    if (check->object == NULL || !rms_kind_is_group(rms_directory_object_get_kind(check->object))) {
        g_autofree char *text = rms_sid_to_string(&expander->wanted);
        fail(task,
             g_error_new(RMS_DIRECTORY_ERROR,
                         RMS_DIRECTORY_ERROR_NAME,
                         check->object == NULL ? "The group %s no longer exists" : "%s is no group",
                         text));
        return;
    }
    (void) is_new(expander, &expander->wanted);
    add_step(expander, check->object, 0, 0);
    read_step(task);
}

void rms_forest_expand_async(RmsForest *self,
                             const RmsSid *group,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
    g_return_if_fail(RMS_IS_FOREST(self) && group != NULL && group->length > 0);

    g_autoptr(GPtrArray) sids = g_ptr_array_new();
    Expander *expander = g_new0(Expander, 1);
    expander->wanted = *group;
    expander->expansion = expansion_new();
    expander->seen =
        g_hash_table_new_full(rms_sid_hash, rms_sid_equal, (GDestroyNotify) rms_sid_free, NULL);
    GTask *task = g_task_new(self, cancellable, callback, user_data);
    g_task_set_source_tag(task, rms_forest_expand_async);
    g_task_set_task_data(task, expander, expander_free);
    g_ptr_array_add(sids, &expander->wanted);
    rms_forest_check_async(self, sids, cancellable, on_group_checked, task);
}

RmsExpansion *rms_forest_expand_finish(RmsForest *self, GAsyncResult *result, GError **error)
{
    g_return_val_if_fail(g_task_is_valid(result, self), NULL);
    return g_task_propagate_pointer(G_TASK(result), error);
}
