/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Keeping names as they are.
 */
#include "config.h"

#include "ui/label-words.h"

void rms_label_words_keep(GtkWidget *root)
{
    g_return_if_fail(GTK_IS_WIDGET(root));

    if (GTK_IS_LABEL(root)) {
        PangoAttrList *before = gtk_label_get_attributes(GTK_LABEL(root));
        PangoAttrList *attributes =
            before != NULL ? pango_attr_list_copy(before) : pango_attr_list_new();

        pango_attr_list_insert(attributes, pango_attr_insert_hyphens_new(FALSE));
        gtk_label_set_attributes(GTK_LABEL(root), attributes);
        pango_attr_list_unref(attributes);
        return;
    }
    for (GtkWidget *child = gtk_widget_get_first_child(root); child != NULL;
         child = gtk_widget_get_next_sibling(child))
        rms_label_words_keep(child);
}
