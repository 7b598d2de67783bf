/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Choosing which kinds of account are searched for.
 */
#include "config.h"

#include "ui/kinds-button.h"

#include <glib/gi18n.h>

#include "directory/directory.h"
#include "ui/words-picker.h"
#include "ui/words.h"

struct _RmsKindsButton {
    AdwBin parent_instance;

    GtkWidget *button;
    GtkWidget *label;
    GtkWidget *checks[RMS_N_KINDS];
    gboolean setting;
};

static guint changed;

G_DEFINE_TYPE(RmsKindsButton, rms_kinds_button, ADW_TYPE_BIN)

guint rms_kinds_button_get_kinds(RmsKindsButton *self)
{
    guint kinds = 0;

    g_return_val_if_fail(RMS_IS_KINDS_BUTTON(self), RMS_KIND_ALL);

    for (guint i = 0; i < RMS_N_KINDS; i++)
        if (gtk_check_button_get_active(GTK_CHECK_BUTTON(self->checks[i])))
            kinds |= RMS_KIND_BIT(i);
    return kinds;
}

static void update_label(RmsKindsButton *self)
{
    g_autofree char *kinds = rms_words_kinds(rms_kinds_button_get_kinds(self));
    g_autofree char *label = NULL;

    /* Translators: %s is which kinds of account are searched for: "All kinds". */
    label = g_strdup_printf(_("Kinds: %s"), kinds);
    gtk_label_set_label(GTK_LABEL(self->label), kinds);
    gtk_accessible_update_property(
        GTK_ACCESSIBLE(self->button), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}

void rms_kinds_button_set_kinds(RmsKindsButton *self, guint offered, guint ticked)
{
    g_return_if_fail(RMS_IS_KINDS_BUTTON(self));

    self->setting = TRUE;
    for (guint i = 0; i < RMS_N_KINDS; i++) {
        gboolean active = (ticked & RMS_KIND_BIT(i)) != 0;

        gtk_check_button_set_active(GTK_CHECK_BUTTON(self->checks[i]), active);
        gtk_widget_set_sensitive(self->checks[i], active || (offered & RMS_KIND_BIT(i)) != 0);
    }
    self->setting = FALSE;
    update_label(self);
}

static void on_toggled(RmsKindsButton *self, GtkCheckButton *check)
{
    if (self->setting)
        return;
    /* Searching for nothing at all helps nobody: the last one stays. */
    if (rms_kinds_button_get_kinds(self) == 0) {
        self->setting = TRUE;
        gtk_check_button_set_active(check, TRUE);
        self->setting = FALSE;
        return;
    }
    update_label(self);
    g_signal_emit(self, changed, 0);
}

static void rms_kinds_button_class_init(RmsKindsButtonClass *class)
{
    changed = g_signal_new(
        "changed", RMS_TYPE_KINDS_BUTTON, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void rms_kinds_button_init(RmsKindsButton *self)
{
    GtkWidget *popover = gtk_popover_new();
    GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 6);
    GtkWidget *content = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 6);

    self->button = gtk_menu_button_new();
    self->label = gtk_label_new(NULL);
    gtk_label_set_ellipsize(GTK_LABEL(self->label), PANGO_ELLIPSIZE_END);
    gtk_box_append(GTK_BOX(content), self->label);
    gtk_box_append(GTK_BOX(content), gtk_image_new_from_icon_name("pan-down-symbolic"));
    gtk_menu_button_set_child(GTK_MENU_BUTTON(self->button), content);
    for (guint i = 0; i < RMS_N_KINDS; i++) {
        self->checks[i] = gtk_check_button_new_with_label(rms_words_kind_title(i));
        gtk_check_button_set_active(GTK_CHECK_BUTTON(self->checks[i]), TRUE);
        g_signal_connect_swapped(self->checks[i], "toggled", G_CALLBACK(on_toggled), self);
        gtk_box_append(GTK_BOX(box), self->checks[i]);
    }
    gtk_popover_set_child(GTK_POPOVER(popover), box);
    gtk_menu_button_set_popover(GTK_MENU_BUTTON(self->button), popover);
    gtk_widget_set_tooltip_text(self->button, _("Kinds of account to search for"));
    adw_bin_set_child(ADW_BIN(self), self->button);
    update_label(self);
}
