/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Mending what GTK 4.8 does to words.
 */
#include "config.h"

#include "ui/widget-words.h"

static void forbid_hyphens(GtkLabel *label)
{
    PangoAttrList *before = gtk_label_get_attributes(label);
    PangoAttrList *attributes =
        before != NULL ? pango_attr_list_copy(before) : pango_attr_list_new();

    pango_attr_list_insert(attributes, pango_attr_insert_hyphens_new(FALSE));
    gtk_label_set_attributes(label, attributes);
    pango_attr_list_unref(attributes);
}

/* The label inside names the button, too, and that one without the underscore. */
static void name_button(GtkButton *button)
{
    if (gtk_button_get_label(button) != NULL && gtk_button_get_use_underline(button))
        gtk_accessible_reset_property(GTK_ACCESSIBLE(button), GTK_ACCESSIBLE_PROPERTY_LABEL);
}

void rms_widget_words_mend(GtkWidget *root)
{
    g_return_if_fail(GTK_IS_WIDGET(root));

    if (GTK_IS_LABEL(root)) {
        forbid_hyphens(GTK_LABEL(root));
        return;
    }
    if (GTK_IS_BUTTON(root))
        name_button(GTK_BUTTON(root));
    for (GtkWidget *child = gtk_widget_get_first_child(root); child != NULL;
         child = gtk_widget_get_next_sibling(child))
        rms_widget_words_mend(child);
}
