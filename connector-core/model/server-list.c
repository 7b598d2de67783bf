/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The authorized-server list in memory. Its JSON form is in list-json.c, differences are in
 * list-diff.c.
 */
#include "config.h"

#include "connector-core/model/server-list.h"

#include "connector-core/model/server-list-private.h"

GQuark rms_model_error_quark(void)
{
    return g_quark_from_static_string("rms-model-error-quark");
}

struct _RmsServerList {
    GObject parent;
    GPtrArray *entries; /* of RmsEntry, in the order in which they were added */
    GHashTable *by_sid; /* RmsSid inside an entry → that entry */
    gboolean sealed;
    gint64 revision;
    gint64 saved_at;
    char *saved_by;
};

static void list_model_init(GListModelInterface *interface);

G_DEFINE_FINAL_TYPE_WITH_CODE(RmsServerList,
                              rms_server_list,
                              G_TYPE_OBJECT,
                              G_IMPLEMENT_INTERFACE(G_TYPE_LIST_MODEL, list_model_init))

enum { PROP_0, PROP_REVISION, PROP_SAVED_AT, PROP_SAVED_BY, N_PROPERTIES };
static GParamSpec *properties[N_PROPERTIES];

static GType get_item_type(GListModel *model)
{
    return RMS_TYPE_ENTRY;
}

static guint get_n_items(GListModel *model)
{
    return RMS_SERVER_LIST(model)->entries->len;
}

static gpointer get_item(GListModel *model, guint position)
{
    RmsServerList *self = RMS_SERVER_LIST(model);

    return position < self->entries->len ? g_object_ref(self->entries->pdata[position]) : NULL;
}

static void list_model_init(GListModelInterface *interface)
{
    interface->get_item_type = get_item_type;
    interface->get_n_items = get_n_items;
    interface->get_item = get_item;
}

static void
rms_server_list_get_property(GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
    RmsServerList *self = RMS_SERVER_LIST(object);

    switch (id) {
    case PROP_REVISION:
        g_value_set_int64(value, self->revision);
        break;
    case PROP_SAVED_AT:
        g_value_set_int64(value, self->saved_at);
        break;
    case PROP_SAVED_BY:
        g_value_set_string(value, self->saved_by);
        break;
    default:
        G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
    }
}

static void rms_server_list_finalize(GObject *object)
{
    RmsServerList *self = RMS_SERVER_LIST(object);

    g_hash_table_unref(self->by_sid);
    g_ptr_array_unref(self->entries);
    g_free(self->saved_by);
    G_OBJECT_CLASS(rms_server_list_parent_class)->finalize(object);
}

static void rms_server_list_class_init(RmsServerListClass *klass)
{
    GObjectClass *object_class = G_OBJECT_CLASS(klass);
    const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

    object_class->get_property = rms_server_list_get_property;
    object_class->finalize = rms_server_list_finalize;
    properties[PROP_REVISION] = g_param_spec_int64("revision", NULL, NULL, 0, G_MAXINT64, 0, flags);
    properties[PROP_SAVED_AT] = g_param_spec_int64("saved-at", NULL, NULL, 0, G_MAXINT64, 0, flags);
    properties[PROP_SAVED_BY] = g_param_spec_string("saved-by", NULL, NULL, NULL, flags);
    g_object_class_install_properties(object_class, N_PROPERTIES, properties);
}

static void rms_server_list_init(RmsServerList *self)
{
    self->entries = g_ptr_array_new_with_free_func(g_object_unref);
    self->by_sid = g_hash_table_new(rms_sid_hash, rms_sid_equal);
    self->saved_by = g_strdup("");
}

RmsServerList *rms_server_list_new(void)
{
    return g_object_new(RMS_TYPE_SERVER_LIST, NULL);
}

static void append_entry(RmsServerList *list, RmsEntry *entry)
{
    g_ptr_array_add(list->entries, g_object_ref(entry));
    g_hash_table_insert(list->by_sid, (gpointer) rms_entry_get_sid(entry), entry);
}

void rms_server_list_stamp(RmsServerList *list,
                           gint64 revision,
                           gint64 saved_at,
                           const char *saved_by)
{
    g_return_if_fail(RMS_IS_SERVER_LIST(list) && !list->sealed);

    list->revision = revision;
    list->saved_at = saved_at;
    g_free(list->saved_by);
    list->saved_by = g_strdup(saved_by != NULL ? saved_by : "");
    for (guint i = 1; i < N_PROPERTIES; i++)
        g_object_notify_by_pspec(G_OBJECT(list), properties[i]);
}

RmsServerList *rms_server_list_copy(RmsServerList *list)
{
    RmsServerList *copy;

    g_return_val_if_fail(RMS_IS_SERVER_LIST(list), NULL);

    copy = rms_server_list_new();
    rms_server_list_assign(copy, list);
    return copy;
}

void rms_server_list_assign(RmsServerList *list, RmsServerList *other)
{
    guint removed;

    g_return_if_fail(RMS_IS_SERVER_LIST(list) && !list->sealed);
    g_return_if_fail(RMS_IS_SERVER_LIST(other));

    if (list == other)
        return;
    removed = list->entries->len;
    g_hash_table_remove_all(list->by_sid);
    g_ptr_array_set_size(list->entries, 0);
    for (guint i = 0; i < other->entries->len; i++)
        append_entry(list, other->entries->pdata[i]);
    g_list_model_items_changed(G_LIST_MODEL(list), 0, removed, list->entries->len);
    rms_server_list_stamp(list, other->revision, other->saved_at, other->saved_by);
}

gint64 rms_server_list_get_revision(RmsServerList *list)
{
    g_return_val_if_fail(RMS_IS_SERVER_LIST(list), 0);
    return list->revision;
}

gint64 rms_server_list_get_saved_at(RmsServerList *list)
{
    g_return_val_if_fail(RMS_IS_SERVER_LIST(list), 0);
    return list->saved_at;
}

const char *rms_server_list_get_saved_by(RmsServerList *list)
{
    g_return_val_if_fail(RMS_IS_SERVER_LIST(list), NULL);
    return list->saved_by;
}

guint rms_server_list_get_length(RmsServerList *list)
{
    g_return_val_if_fail(RMS_IS_SERVER_LIST(list), 0);
    return list->entries->len;
}

RmsEntry *rms_server_list_get(RmsServerList *list, guint position)
{
    g_return_val_if_fail(RMS_IS_SERVER_LIST(list), NULL);
    g_return_val_if_fail(position < list->entries->len, NULL);
    return list->entries->pdata[position];
}

RmsEntry *rms_server_list_lookup(RmsServerList *list, const RmsSid *sid)
{
    g_return_val_if_fail(RMS_IS_SERVER_LIST(list), NULL);
    g_return_val_if_fail(sid != NULL, NULL);
    return g_hash_table_lookup(list->by_sid, sid);
}

gboolean rms_server_list_equal(RmsServerList *a, RmsServerList *b)
{
    g_return_val_if_fail(RMS_IS_SERVER_LIST(a) && RMS_IS_SERVER_LIST(b), FALSE);

    if (a->entries->len != b->entries->len)
        return FALSE;
    for (guint i = 0; i < a->entries->len; i++) {
        if (!rms_entry_equal(a->entries->pdata[i], b->entries->pdata[i]))
            return FALSE;
    }
    return TRUE;
}

gboolean rms_server_list_add(RmsServerList *list, RmsEntry *entry, GError **error)
{
    g_return_val_if_fail(RMS_IS_SERVER_LIST(list) && !list->sealed, FALSE);
    g_return_val_if_fail(RMS_IS_ENTRY(entry), FALSE);

    if (!rms_entry_validate(entry, error))
        return FALSE;
    if (g_hash_table_contains(list->by_sid, rms_entry_get_sid(entry))) {
        g_set_error(error,
                    RMS_MODEL_ERROR,
                    RMS_MODEL_ERROR_DUPLICATE,
                    "%s (%s) is in the list already; change its role instead of adding it again",
                    rms_entry_get_name(entry),
                    rms_entry_get_sid_text(entry));
        return FALSE;
    }
    if (list->entries->len >= RMS_SERVER_LIST_MAX) {
        g_set_error(error,
                    RMS_MODEL_ERROR,
                    RMS_MODEL_ERROR_RULE,
                    "the list is full: it holds at most %d entries. Authorize a group instead of "
                    "single accounts",
                    RMS_SERVER_LIST_MAX);
        return FALSE;
    }
    append_entry(list, entry);
    g_list_model_items_changed(G_LIST_MODEL(list), list->entries->len - 1, 0, 1);
    return TRUE;
}

static gboolean
find_position(RmsServerList *list, const RmsSid *sid, guint *position, GError **error)
{
    RmsEntry *entry = g_hash_table_lookup(list->by_sid, sid);
    g_autofree char *text = NULL;

    if (entry != NULL && g_ptr_array_find(list->entries, entry, position))
        return TRUE;
    text = rms_sid_to_string(sid);
    g_set_error(error,
                RMS_MODEL_ERROR,
                RMS_MODEL_ERROR_NOT_FOUND,
                "no entry of the list has the SID %s",
                text);
    return FALSE;
}

/* @entry: (transfer full) */
static void put_entry(RmsServerList *list, guint position, RmsEntry *entry)
{
    RmsEntry *old = list->entries->pdata[position];

    /* The key lives in the entry, so it is exchanged before the old one goes. */
    g_hash_table_replace(list->by_sid, (gpointer) rms_entry_get_sid(entry), entry);
    list->entries->pdata[position] = entry;
    g_object_unref(old);
}

gboolean rms_server_list_replace(RmsServerList *list, RmsEntry *entry, GError **error)
{
    guint position;

    g_return_val_if_fail(RMS_IS_SERVER_LIST(list) && !list->sealed, FALSE);
    g_return_val_if_fail(RMS_IS_ENTRY(entry), FALSE);

    if (!rms_entry_validate(entry, error) ||
        !find_position(list, rms_entry_get_sid(entry), &position, error))
        return FALSE;
    put_entry(list, position, g_object_ref(entry));
    g_list_model_items_changed(G_LIST_MODEL(list), position, 1, 1);
    return TRUE;
}

gboolean rms_server_list_remove(RmsServerList *list, const RmsSid *sid, GError **error)
{
    guint position;

    g_return_val_if_fail(RMS_IS_SERVER_LIST(list) && !list->sealed, FALSE);
    g_return_val_if_fail(sid != NULL, FALSE);

    if (!find_position(list, sid, &position, error))
        return FALSE;
    g_hash_table_remove(list->by_sid, sid);
    g_ptr_array_remove_index(list->entries, position);
    g_list_model_items_changed(G_LIST_MODEL(list), position, 1, 0);
    return TRUE;
}

void rms_server_list_seal(RmsServerList *list,
                          gint64 revision,
                          gint64 saved_at,
                          const char *saved_by)
{
    g_return_if_fail(RMS_IS_SERVER_LIST(list) && !list->sealed);
    g_return_if_fail(revision >= 0 && saved_at >= 0 && saved_at <= RMS_TIME_MAX);

    for (guint i = 0; i < list->entries->len; i++) {
        RmsEntry *entry = list->entries->pdata[i];

        if (rms_entry_get_added_at(entry) != 0)
            continue;
        put_entry(list, i, rms_entry_with_added(entry, saved_at, saved_by));
        g_list_model_items_changed(G_LIST_MODEL(list), i, 1, 1);
    }
    rms_server_list_stamp(list, revision, saved_at, saved_by);
    list->sealed = TRUE;
}

gboolean rms_server_list_is_sealed(RmsServerList *list)
{
    g_return_val_if_fail(RMS_IS_SERVER_LIST(list), FALSE);
    return list->sealed;
}
