/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One row of the page of authorized servers.
 */
#include "config.h"

#include "ui/server-item.h"

#include <string.h>

#include "ui/upkeep-words.h"
#include "ui/words.h"

struct _RmsServerItem {
    GObject parent_instance;

    RmsEntry *entry;
    RmsListChange *change;
    RmsUpkeepFinding *finding;
};

G_DEFINE_TYPE(RmsServerItem, rms_server_item, G_TYPE_OBJECT)

static void rms_server_item_finalize(GObject *object)
{
    RmsServerItem *self = RMS_SERVER_ITEM(object);

    g_clear_object(&self->entry);
    g_clear_object(&self->change);
    g_clear_object(&self->finding);
    G_OBJECT_CLASS(rms_server_item_parent_class)->finalize(object);
}

static void rms_server_item_class_init(RmsServerItemClass *class)
{
    G_OBJECT_CLASS(class)->finalize = rms_server_item_finalize;
}

static void rms_server_item_init(RmsServerItem *self)
{
}

RmsServerItem *
rms_server_item_new(RmsEntry *entry, RmsListChange *change, RmsUpkeepFinding *finding)
{
    RmsServerItem *self = g_object_new(RMS_TYPE_SERVER_ITEM, NULL);

    self->entry = g_object_ref(entry);
    g_set_object(&self->change, change);
    g_set_object(&self->finding, finding);
    return self;
}

RmsEntry *rms_server_item_get_entry(RmsServerItem *self)
{
    g_return_val_if_fail(RMS_IS_SERVER_ITEM(self), NULL);
    return self->entry;
}

RmsListChange *rms_server_item_get_change(RmsServerItem *self)
{
    g_return_val_if_fail(RMS_IS_SERVER_ITEM(self), NULL);
    return self->change;
}

RmsUpkeepFinding *rms_server_item_get_finding(RmsServerItem *self)
{
    g_return_val_if_fail(RMS_IS_SERVER_ITEM(self), NULL);
    return self->finding;
}

gboolean rms_server_item_equal(RmsServerItem *a, RmsServerItem *b)
{
    if (!rms_entry_equal(a->entry, b->entry) || (a->change == NULL) != (b->change == NULL) ||
        !rms_upkeep_finding_equal(a->finding, b->finding))
        return FALSE;
    return a->change == NULL ||
           rms_list_change_get_kind(a->change) == rms_list_change_get_kind(b->change);
}

gboolean rms_server_item_matches(RmsServerItem *self, const char *folded)
{
    g_autofree char *text = NULL;
    g_autofree char *hay = NULL;
    g_autofree char *found = NULL;

    if (*folded == '\0')
        return TRUE;
    if (self->finding != NULL)
        found = rms_upkeep_words_sentences(self->finding);
    text = g_strjoin("\n",
                     rms_entry_get_name(self->entry),
                     rms_words_kind_title(rms_entry_get_kind(self->entry)),
                     rms_words_role_title(rms_entry_get_role(self->entry)),
                     rms_entry_get_note(self->entry),
                     found != NULL ? found : "",
                     NULL);
    hay = g_utf8_casefold(text, -1);
    return strstr(hay, folded) != NULL;
}
