/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The widget of one authorized server in the list.
 */
#include "config.h"

#include "ui/server-row.h"

#include <glib/gi18n.h>

#include "ui/upkeep-words.h"
#include "ui/widget-words.h"
#include "ui/words.h"

struct _RmsServerRow {
    AdwBin parent_instance;

    GtkWidget *box;
    GtkWidget *icon;
    GtkWidget *name;
    GtkWidget *tags;
    GtkWidget *marker;
    GtkWidget *super_user;
    GtkWidget *found_tag;
    GtkWidget *found_icon;
    GtkWidget *found_word;
    GtkWidget *found;
    GtkWidget *role;
    GtkWidget *note;
    GtkWidget *added;
    GtkWidget *undo_button;
    GtkWidget *menu_button;

    RmsServerItem *item;
};

enum { DETAILS, CHANGE_ROLE, REMOVE, UNDO, N_SIGNALS };
static guint signals[N_SIGNALS];
static const char *const actions[N_SIGNALS] = {
    "row.details", "row.change-role", "row.remove", "row.undo"};

G_DEFINE_TYPE(RmsServerRow, rms_server_row, ADW_TYPE_BIN)

static const char *const change_styles[] = {
    [RMS_CHANGE_ADDED] = "added",
    [RMS_CHANGE_REMOVED] = "removed",
    [RMS_CHANGE_ROLE] = "changed",
    [RMS_CHANGE_DETAILS] = "changed",
};

static void show_change(RmsServerRow *self, RmsListChange *change)
{
    for (gsize i = 0; i < G_N_ELEMENTS(change_styles); i++)
        gtk_widget_remove_css_class(self->box, change_styles[i]);
    gtk_widget_set_visible(self->marker, change != NULL);
    gtk_widget_set_visible(self->undo_button, change != NULL);
    if (change == NULL)
        return;
    gtk_widget_add_css_class(self->box, change_styles[rms_list_change_get_kind(change)]);
    gtk_label_set_label(GTK_LABEL(self->marker),
                        rms_words_change_marker(rms_list_change_get_kind(change)));
}

static void set_accessible_label(GtkWidget *widget, char *text)
{
    gtk_widget_set_tooltip_text(widget, text);
    gtk_accessible_update_property(GTK_ACCESSIBLE(widget), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
    g_free(text);
}

/* Role and kind; for a changed role what it was as well. */
static char *describe_role(RmsEntry *entry, RmsListChange *change)
{
    const char *role = rms_words_role_title(rms_entry_get_role(entry));
    const char *kind = rms_words_kind_title(rms_entry_get_kind(entry));

    if (change != NULL && rms_list_change_get_kind(change) == RMS_CHANGE_ROLE)
        /* Translators: role now, role before, kind of account. */
        return g_strdup_printf(
            _("%s, before %s · %s"),
            role,
            rms_words_role_title(rms_entry_get_role(rms_list_change_get_before(change))),
            kind);
    /* Translators: role, kind of account: "Exchange · Security group". */
    return g_strdup_printf(_("%s · %s"), role, kind);
}

static gboolean show_finding(RmsServerRow *self, RmsUpkeepFinding *finding)
{
    guint state = finding != NULL ? rms_upkeep_finding_get_state(finding) : 0;
    g_autofree char *text = finding != NULL ? rms_upkeep_words_sentences(finding) : g_strdup("");
    const char *tag = rms_upkeep_words_tag(state);

    gtk_widget_set_visible(self->found_tag, tag != NULL);
    gtk_widget_set_visible(self->found, tag != NULL);
    gtk_image_set_from_icon_name(GTK_IMAGE(self->found_icon), rms_upkeep_words_icon(state));
    gtk_label_set_label(GTK_LABEL(self->found_word), tag != NULL ? tag : "");
    gtk_label_set_label(GTK_LABEL(self->found), text);
    if ((state & RMS_UPKEEP_GONE) != 0)
        gtk_widget_add_css_class(self->found_tag, "gone");
    else
        gtk_widget_remove_css_class(self->found_tag, "gone");
    return tag != NULL;
}

static void show_item(RmsServerRow *self)
{
    RmsEntry *entry = rms_server_item_get_entry(self->item);
    RmsListChange *change = rms_server_item_get_change(self->item);
    g_autofree char *name = rms_words_name(rms_entry_get_name(entry));
    gboolean found = show_finding(self, rms_server_item_get_finding(self->item));
    gboolean removed = change != NULL && rms_list_change_get_kind(change) == RMS_CHANGE_REMOVED;
    g_autofree char *role = describe_role(entry, change);
    g_autofree char *added = rms_words_entry_added(entry);

    gtk_image_set_from_icon_name(GTK_IMAGE(self->icon),
                                 rms_words_kind_icon(rms_entry_get_kind(entry)));
    gtk_label_set_label(GTK_LABEL(self->name), name);
    gtk_label_set_label(GTK_LABEL(self->role), role);
    gtk_label_set_label(GTK_LABEL(self->note), rms_entry_get_note(entry));
    gtk_widget_set_visible(self->note, *rms_entry_get_note(entry) != '\0');
    gtk_label_set_label(GTK_LABEL(self->added), added);
    gtk_widget_set_visible(self->super_user, rms_role_grants_super_user(rms_entry_get_role(entry)));
    show_change(self, change);
    gtk_widget_set_visible(self->tags,
                           found || change != NULL ||
                               rms_role_grants_super_user(rms_entry_get_role(entry)));
    /* Translators: %s is the name of an account. */
    set_accessible_label(self->undo_button, g_strdup_printf(_("Undo the Change of %s"), name));
    /* Translators: %s is the name of an account. */
    set_accessible_label(self->menu_button, g_strdup_printf(_("Actions for %s"), name));
    gtk_widget_action_set_enabled(GTK_WIDGET(self), "row.change-role", !removed);
    gtk_widget_action_set_enabled(GTK_WIDGET(self), "row.remove", !removed);
    gtk_widget_action_set_enabled(GTK_WIDGET(self), "row.undo", change != NULL);
}

void rms_server_row_set_item(RmsServerRow *self, RmsServerItem *item)
{
    g_return_if_fail(RMS_IS_SERVER_ROW(self));

    g_set_object(&self->item, item);
    if (item != NULL)
        show_item(self);
}

GtkWidget *rms_server_row_new(void)
{
    return g_object_new(RMS_TYPE_SERVER_ROW, NULL);
}

static void on_action(GtkWidget *widget, const char *action_name, GVariant *parameter)
{
    RmsServerRow *self = RMS_SERVER_ROW(widget);
    g_autoptr(RmsServerItem) item = NULL;

    if (self->item == NULL)
        return;
    item = g_object_ref(self->item); /* doing it may give this row another item */
    for (gsize i = 0; i < N_SIGNALS; i++)
        if (g_str_equal(actions[i], action_name))
            g_signal_emit(self, signals[i], 0, item);
}

static void rms_server_row_dispose(GObject *object)
{
    g_clear_object(&RMS_SERVER_ROW(object)->item);
    G_OBJECT_CLASS(rms_server_row_parent_class)->dispose(object);
}

static void rms_server_row_class_init(RmsServerRowClass *class)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(class);

    G_OBJECT_CLASS(class)->dispose = rms_server_row_dispose;
    for (gsize i = 0; i < N_SIGNALS; i++) {
        signals[i] = g_signal_new(actions[i] + strlen("row."),
                                  RMS_TYPE_SERVER_ROW,
                                  G_SIGNAL_RUN_LAST,
                                  0,
                                  NULL,
                                  NULL,
                                  NULL,
                                  G_TYPE_NONE,
                                  1,
                                  RMS_TYPE_SERVER_ITEM);
        gtk_widget_class_install_action(widget_class, actions[i], NULL, on_action);
    }
    gtk_widget_class_add_binding_action(
        widget_class, GDK_KEY_Return, GDK_ALT_MASK, "row.details", NULL);
    gtk_widget_class_add_binding_action(widget_class, GDK_KEY_Delete, 0, "row.remove", NULL);
    gtk_widget_class_add_binding_action(
        widget_class, GDK_KEY_z, GDK_CONTROL_MASK, "row.undo", NULL);

    gtk_widget_class_set_template_from_resource(widget_class,
                                                "/org/rmsconnector/Console/server-row.ui");
    gtk_widget_class_bind_template_child(widget_class, RmsServerRow, box);
    gtk_widget_class_bind_template_child(widget_class, RmsServerRow, icon);
    gtk_widget_class_bind_template_child(widget_class, RmsServerRow, name);
    gtk_widget_class_bind_template_child(widget_class, RmsServerRow, tags);
    gtk_widget_class_bind_template_child(widget_class, RmsServerRow, marker);
    gtk_widget_class_bind_template_child(widget_class, RmsServerRow, super_user);
    gtk_widget_class_bind_template_child(widget_class, RmsServerRow, found_tag);
    gtk_widget_class_bind_template_child(widget_class, RmsServerRow, found_icon);
    gtk_widget_class_bind_template_child(widget_class, RmsServerRow, found_word);
    gtk_widget_class_bind_template_child(widget_class, RmsServerRow, found);
    gtk_widget_class_bind_template_child(widget_class, RmsServerRow, role);
    gtk_widget_class_bind_template_child(widget_class, RmsServerRow, note);
    gtk_widget_class_bind_template_child(widget_class, RmsServerRow, added);
    gtk_widget_class_bind_template_child(widget_class, RmsServerRow, undo_button);
    gtk_widget_class_bind_template_child(widget_class, RmsServerRow, menu_button);
}

static void rms_server_row_init(RmsServerRow *self)
{
    gtk_widget_init_template(GTK_WIDGET(self));
    rms_widget_words_mend(GTK_WIDGET(self));
}
