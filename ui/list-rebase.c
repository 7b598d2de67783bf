/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Making changes again on top of another list.
 */
#include "config.h"

#include "ui/list-rebase.h"

static const RmsSid *get_change_sid(RmsListChange *change)
{
    RmsEntry *after = rms_list_change_get_after(change);

    return rms_entry_get_sid(after != NULL ? after : rms_list_change_get_before(change));
}

/* @there with what @change changes, and nothing else of it: name and place stay as the base has
 * them. */
static RmsEntry *merge_entry(RmsEntry *there, RmsListChange *change)
{
    RmsEntry *before = rms_list_change_get_before(change);
    RmsEntry *after = rms_list_change_get_after(change);
    g_autoptr(RmsEntry) merged = g_object_ref(there);

    if (before == NULL || rms_entry_get_role(before) != rms_entry_get_role(after)) {
        RmsEntry *with_role = rms_entry_with_role(merged, rms_entry_get_role(after));

        g_set_object(&merged, with_role);
        g_object_unref(with_role);
    }
    if (before != NULL && g_strcmp0(rms_entry_get_note(before), rms_entry_get_note(after)) != 0) {
        RmsEntry *with_note = rms_entry_with_note(merged, rms_entry_get_note(after));

        g_set_object(&merged, with_note);
        g_object_unref(with_note);
    }
    return g_steal_pointer(&merged);
}

/* Returns: whether @change made a difference to @list. */
static gboolean apply_change(RmsServerList *list, RmsListChange *change)
{
    const RmsSid *sid = get_change_sid(change);
    RmsEntry *there = rms_server_list_lookup(list, sid);
    RmsEntry *after = rms_list_change_get_after(change);
    g_autoptr(RmsEntry) merged = NULL;

    if (after == NULL)
        return there != NULL && rms_server_list_remove(list, sid, NULL);
    if (there == NULL)
        return rms_list_change_get_before(change) == NULL && rms_server_list_add(list, after, NULL);
    merged = merge_entry(there, change);
    return !rms_entry_equal(merged, there) && rms_server_list_replace(list, merged, NULL);
}

RmsServerList *
rms_list_rebase(RmsServerList *base, GListModel *changes, const RmsSid *except, GPtrArray *dropped)
{
    RmsServerList *list = NULL;
    guint n = changes != NULL ? g_list_model_get_n_items(changes) : 0;

    g_return_val_if_fail(RMS_IS_SERVER_LIST(base), NULL);

    list = rms_server_list_copy(base);
    for (guint i = 0; i < n; i++) {
        g_autoptr(RmsListChange) change = g_list_model_get_item(changes, i);

        if (except != NULL && rms_sid_equal(except, get_change_sid(change)))
            continue;
        if (!apply_change(list, change) && dropped != NULL)
            g_ptr_array_add(dropped, g_object_ref(change));
    }
    return list;
}
