/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How two lists differ, entry by entry: what a review shows, and what event 4000 and the history
 * say. Who added an entry and when is no difference: the store decides that.
 */
#include "config.h"

#include <string.h>

#include "connector-core/model/server-list.h"

struct _RmsListChange {
    GObject parent;
    RmsEntry *before;
    RmsEntry *after;
};

G_DEFINE_FINAL_TYPE(RmsListChange, rms_list_change, G_TYPE_OBJECT)

static void rms_list_change_finalize(GObject *object)
{
    RmsListChange *self = RMS_LIST_CHANGE(object);

    g_clear_object(&self->before);
    g_clear_object(&self->after);
    G_OBJECT_CLASS(rms_list_change_parent_class)->finalize(object);
}

static void rms_list_change_class_init(RmsListChangeClass *klass)
{
    G_OBJECT_CLASS(klass)->finalize = rms_list_change_finalize;
}

static void rms_list_change_init(RmsListChange *self)
{
}

static void append_change(GListStore *changes, RmsEntry *before, RmsEntry *after)
{
    g_autoptr(RmsListChange) change = g_object_new(RMS_TYPE_LIST_CHANGE, NULL);

    change->before = before != NULL ? g_object_ref(before) : NULL;
    change->after = after != NULL ? g_object_ref(after) : NULL;
    g_list_store_append(changes, change);
}

RmsChangeKind rms_list_change_get_kind(RmsListChange *change)
{
    g_return_val_if_fail(RMS_IS_LIST_CHANGE(change), RMS_CHANGE_DETAILS);

    if (change->before == NULL)
        return RMS_CHANGE_ADDED;
    if (change->after == NULL)
        return RMS_CHANGE_REMOVED;
    return rms_entry_get_role(change->before) != rms_entry_get_role(change->after)
               ? RMS_CHANGE_ROLE
               : RMS_CHANGE_DETAILS;
}

RmsEntry *rms_list_change_get_before(RmsListChange *change)
{
    g_return_val_if_fail(RMS_IS_LIST_CHANGE(change), NULL);
    return change->before;
}

RmsEntry *rms_list_change_get_after(RmsListChange *change)
{
    g_return_val_if_fail(RMS_IS_LIST_CHANGE(change), NULL);
    return change->after;
}

gboolean rms_list_change_grants_super_user(RmsListChange *change)
{
    g_return_val_if_fail(RMS_IS_LIST_CHANGE(change), FALSE);

    return change->after != NULL && rms_role_grants_super_user(rms_entry_get_role(change->after)) &&
           (change->before == NULL ||
            !rms_role_grants_super_user(rms_entry_get_role(change->before)));
}

/* "name, note": what differs beside the role. */
static char *describe_details(RmsEntry *before, RmsEntry *after)
{
    g_autoptr(GPtrArray) words = g_ptr_array_new();

    if (strcmp(rms_entry_get_name(before), rms_entry_get_name(after)) != 0)
        g_ptr_array_add(words, (gpointer) "name");
    if (rms_entry_get_kind(before) != rms_entry_get_kind(after))
        g_ptr_array_add(words, (gpointer) "kind");
    if (g_strcmp0(rms_entry_get_dn(before), rms_entry_get_dn(after)) != 0)
        g_ptr_array_add(words, (gpointer) "distinguished name");
    if (g_strcmp0(rms_entry_get_guid(before), rms_entry_get_guid(after)) != 0)
        g_ptr_array_add(words, (gpointer) "GUID");
    if (strcmp(rms_entry_get_note(before), rms_entry_get_note(after)) != 0)
        g_ptr_array_add(words, (gpointer) "note");
    g_ptr_array_add(words, NULL);
    return g_strjoinv(", ", (char **) words->pdata);
}

char *rms_list_change_to_string(RmsListChange *change)
{
    RmsEntry *entry;
    const char *role;

    g_return_val_if_fail(RMS_IS_LIST_CHANGE(change), NULL);

    entry = change->after != NULL ? change->after : change->before;
    role = rms_role_to_string(rms_entry_get_role(entry));
    switch (rms_list_change_get_kind(change)) {
    case RMS_CHANGE_ADDED:
        return g_strdup_printf("+ %s (%s)", rms_entry_get_name(entry), role);
    case RMS_CHANGE_REMOVED:
        return g_strdup_printf("- %s (%s)", rms_entry_get_name(entry), role);
    case RMS_CHANGE_ROLE:
        return g_strdup_printf("~ %s (%s, was %s)",
                               rms_entry_get_name(entry),
                               role,
                               rms_role_to_string(rms_entry_get_role(change->before)));
    case RMS_CHANGE_DETAILS:
    default: {
        g_autofree char *details = describe_details(change->before, change->after);

        return g_strdup_printf("~ %s (%s, changed: %s)", rms_entry_get_name(entry), role, details);
    }
    }
}

GListModel *rms_server_list_diff(RmsServerList *before, RmsServerList *after)
{
    g_autoptr(GListStore) changes = g_list_store_new(RMS_TYPE_LIST_CHANGE);

    g_return_val_if_fail(RMS_IS_SERVER_LIST(before) && RMS_IS_SERVER_LIST(after), NULL);

    for (guint i = 0; i < rms_server_list_get_length(before); i++) {
        RmsEntry *entry = rms_server_list_get(before, i);

        if (rms_server_list_lookup(after, rms_entry_get_sid(entry)) == NULL)
            append_change(changes, entry, NULL);
    }
    for (guint i = 0; i < rms_server_list_get_length(before); i++) {
        RmsEntry *entry = rms_server_list_get(before, i);
        RmsEntry *other = rms_server_list_lookup(after, rms_entry_get_sid(entry));

        if (other != NULL && !rms_entry_equal_details(entry, other))
            append_change(changes, entry, other);
    }
    for (guint i = 0; i < rms_server_list_get_length(after); i++) {
        RmsEntry *entry = rms_server_list_get(after, i);

        if (rms_server_list_lookup(before, rms_entry_get_sid(entry)) == NULL)
            append_change(changes, NULL, entry);
    }
    return G_LIST_MODEL(g_steal_pointer(&changes));
}

/* Whether the entries that both lists have stand in another order. */
static gboolean places_changed(RmsServerList *before, RmsServerList *after)
{
    guint n = rms_server_list_get_length(after);
    guint k = 0;

    /* Walks both lists side by side over the entries in common. */
    for (guint i = 0; i < rms_server_list_get_length(before); i++) {
        const RmsSid *sid = rms_entry_get_sid(rms_server_list_get(before, i));

        if (rms_server_list_lookup(after, sid) == NULL)
            continue;
        while (k < n && rms_server_list_lookup(
                            before, rms_entry_get_sid(rms_server_list_get(after, k))) == NULL)
            k++;
        if (!rms_sid_equal(sid, rms_entry_get_sid(rms_server_list_get(after, k))))
            return TRUE;
        k++;
    }
    return FALSE;
}

char *rms_server_list_describe_changes(RmsServerList *before, RmsServerList *after)
{
    g_autoptr(GListModel) changes = NULL;
    GString *text;

    g_return_val_if_fail(RMS_IS_SERVER_LIST(before) && RMS_IS_SERVER_LIST(after), NULL);

    changes = rms_server_list_diff(before, after);
    text = g_string_new(NULL);
    for (guint i = 0; i < g_list_model_get_n_items(changes); i++) {
        g_autoptr(RmsListChange) change = g_list_model_get_item(changes, i);
        g_autofree char *line = rms_list_change_to_string(change);

        g_string_append_printf(text, "%s%s", i > 0 ? "\n" : "", line);
    }
    if (places_changed(before, after))
        g_string_append_printf(text, "%s~ order of the entries", text->len > 0 ? "\n" : "");
    return g_string_free(text, FALSE);
}
