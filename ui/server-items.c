/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The rows of the page of authorized servers.
 */
#include "config.h"

#include "ui/server-items.h"

struct _RmsServerItems {
    GObject parent_instance;

    RmsConsole *console;
    RmsUpkeep *upkeep; /* (nullable) */
    GPtrArray *items;  /* of RmsServerItem */
};

static GType get_item_type(GListModel *model)
{
    return RMS_TYPE_SERVER_ITEM;
}

static guint get_n_items(GListModel *model)
{
    return RMS_SERVER_ITEMS(model)->items->len;
}

static gpointer get_item(GListModel *model, guint position)
{
    RmsServerItems *self = RMS_SERVER_ITEMS(model);

    return position < self->items->len ? g_object_ref(g_ptr_array_index(self->items, position))
                                       : NULL;
}

static void implement_list_model(GListModelInterface *interface)
{
    interface->get_item_type = get_item_type;
    interface->get_n_items = get_n_items;
    interface->get_item = get_item;
}

G_DEFINE_TYPE_WITH_CODE(RmsServerItems,
                        rms_server_items,
                        G_TYPE_OBJECT,
                        G_IMPLEMENT_INTERFACE(G_TYPE_LIST_MODEL, implement_list_model))

/* SID → change; borrows from @pending, which outlives it. */
static GHashTable *index_changes(GListModel *pending)
{
    GHashTable *changes = g_hash_table_new_full(rms_sid_hash, rms_sid_equal, NULL, g_object_unref);

    for (guint i = 0; i < g_list_model_get_n_items(pending); i++) {
        RmsListChange *change = g_list_model_get_item(pending, i);
        RmsEntry *after = rms_list_change_get_after(change);
        RmsEntry *entry = after != NULL ? after : rms_list_change_get_before(change);

        g_hash_table_replace(changes, (gpointer) rms_entry_get_sid(entry), change);
    }
    return changes;
}

static RmsServerItem *make_item(RmsServerItems *self, GHashTable *changes, RmsEntry *entry)
{
    const RmsSid *sid = rms_entry_get_sid(entry);

    return rms_server_item_new(entry,
                               g_hash_table_lookup(changes, sid),
                               self->upkeep != NULL ? rms_upkeep_get_finding(self->upkeep, sid)
                                                    : NULL);
}

static GPtrArray *make_items(RmsServerItems *self)
{
    RmsConsole *console = self->console;
    GPtrArray *items = g_ptr_array_new_with_free_func(g_object_unref);
    g_autoptr(GHashTable) changes = index_changes(rms_console_get_pending(console));
    RmsServerList *saved = rms_console_get_saved(console);
    RmsServerList *working = rms_console_get_working(console);

    for (guint i = 0; saved != NULL && i < rms_server_list_get_length(saved); i++) {
        RmsEntry *was = rms_server_list_get(saved, i);
        RmsEntry *is = rms_server_list_lookup(working, rms_entry_get_sid(was));

        g_ptr_array_add(items, make_item(self, changes, is != NULL ? is : was));
    }
    for (guint i = 0; i < rms_server_list_get_length(working); i++) {
        RmsEntry *is = rms_server_list_get(working, i);

        if (saved == NULL || rms_server_list_lookup(saved, rms_entry_get_sid(is)) == NULL)
            g_ptr_array_add(items, make_item(self, changes, is));
    }
    return items;
}

static void update(RmsServerItems *self)
{
    g_autoptr(GPtrArray) before = self->items;
    GPtrArray *after = make_items(self);
    guint head = 0, tail = 0;

    while (head < before->len && head < after->len &&
           rms_server_item_equal(before->pdata[head], after->pdata[head])) {
        g_set_object((GObject **) &after->pdata[head], before->pdata[head]);
        head++;
    }
    while (tail < before->len - head && tail < after->len - head &&
           rms_server_item_equal(before->pdata[before->len - 1 - tail],
                                 after->pdata[after->len - 1 - tail])) {
        g_set_object((GObject **) &after->pdata[after->len - 1 - tail],
                     before->pdata[before->len - 1 - tail]);
        tail++;
    }
    self->items = after;
    if (before->len - head - tail > 0 || after->len - head - tail > 0)
        g_list_model_items_changed(
            G_LIST_MODEL(self), head, before->len - head - tail, after->len - head - tail);
}

static void rms_server_items_dispose(GObject *object)
{
    RmsServerItems *self = RMS_SERVER_ITEMS(object);

    if (self->console != NULL) {
        g_signal_handlers_disconnect_by_data(self->console, self);
        g_signal_handlers_disconnect_by_data(rms_console_get_pending(self->console), self);
    }
    if (self->upkeep != NULL)
        g_signal_handlers_disconnect_by_data(self->upkeep, self);
    g_clear_object(&self->upkeep);
    g_clear_object(&self->console);
    G_OBJECT_CLASS(rms_server_items_parent_class)->dispose(object);
}

static void rms_server_items_finalize(GObject *object)
{
    g_ptr_array_unref(RMS_SERVER_ITEMS(object)->items);
    G_OBJECT_CLASS(rms_server_items_parent_class)->finalize(object);
}

static void rms_server_items_class_init(RmsServerItemsClass *class)
{
    G_OBJECT_CLASS(class)->dispose = rms_server_items_dispose;
    G_OBJECT_CLASS(class)->finalize = rms_server_items_finalize;
}

static void rms_server_items_init(RmsServerItems *self)
{
    self->items = g_ptr_array_new_with_free_func(g_object_unref);
}

RmsServerItems *rms_server_items_new(RmsConsole *console, RmsUpkeep *upkeep)
{
    RmsServerItems *self = NULL;

    g_return_val_if_fail(RMS_IS_CONSOLE(console), NULL);

    self = g_object_new(RMS_TYPE_SERVER_ITEMS, NULL);
    self->console = g_object_ref(console);
    g_signal_connect_swapped(
        rms_console_get_pending(console), "items-changed", G_CALLBACK(update), self);
    g_signal_connect_swapped(console, "notify::saved", G_CALLBACK(update), self);
    g_set_object(&self->upkeep, upkeep);
    if (upkeep != NULL)
        g_signal_connect_swapped(upkeep, "changed", G_CALLBACK(update), self);
    update(self);
    return self;
}
