/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The widget of one object of the directory.
 */
#include "config.h"

#include "ui/object-row.h"

#include <glib/gi18n.h>
#include <string.h>

#include "ui/widget-words.h"
#include "ui/words.h"

struct _RmsObjectRow {
    AdwBin parent_instance;

    GtkImage *icon;
    GtkLabel *account_name;
    GtkLabel *name;
    GtkLabel *kind;
    GtkLabel *authorized;
    GtkLabel *warnings;
};

G_DEFINE_TYPE(RmsObjectRow, rms_object_row, ADW_TYPE_BIN)

static void show_text(GtkLabel *label, const char *text)
{
    gtk_label_set_label(label, text != NULL ? text : "");
    gtk_widget_set_visible(GTK_WIDGET(label), text != NULL && *text != '\0');
}

/* The display name, where it says more than the account name does. */
static const char *get_telling_name(RmsDirectoryObject *object)
{
    const char *name = rms_directory_object_get_name(object);
    const char *account_name = rms_directory_object_get_account_name(object);
    const char *backslash = strchr(account_name, '\\');
    const char *bare = backslash != NULL ? backslash + 1 : account_name;
    gsize length = strcspn(bare, "$");

    return strlen(name) == length && strncmp(name, bare, length) == 0 ? NULL : name;
}

void rms_object_row_set_object(RmsObjectRow *self, RmsDirectoryObject *object, RmsEntry *entry)
{
    g_autofree char *kind = rms_words_object_kind(object);
    g_autofree char *account_name = rms_words_name(rms_directory_object_get_account_name(object));
    g_autofree char *where = rms_words_name(rms_directory_object_get_place(object));
    const char *telling = get_telling_name(object);
    g_autofree char *name = telling != NULL ? rms_words_name(telling) : NULL;
    g_autofree char *place = NULL;
    g_autofree char *authorized = NULL;
    g_auto(GStrv) warnings = rms_words_warnings(rms_directory_object_get_warnings(object));
    g_autofree char *all_warnings = g_strjoinv("\n", warnings);

    g_return_if_fail(RMS_IS_OBJECT_ROW(self));

    /* Translators: kind of account, then where it is in the directory. */
    place = g_strdup_printf(_("%s · %s"), kind, where);
    if (entry != NULL)
        /* Translators: %s is a role. */
        authorized = g_strdup_printf(_("Already authorized as %s"),
                                     rms_words_role_title(rms_entry_get_role(entry)));
    gtk_image_set_from_icon_name(self->icon,
                                 rms_words_kind_icon(rms_directory_object_get_kind(object)));
    gtk_label_set_label(self->account_name, account_name);
    show_text(self->name, name);
    gtk_label_set_label(self->kind, place);
    show_text(self->authorized, authorized);
    show_text(self->warnings, all_warnings);
}

GtkWidget *rms_object_row_new(void)
{
    return g_object_new(RMS_TYPE_OBJECT_ROW, NULL);
}

static void rms_object_row_class_init(RmsObjectRowClass *class)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(class);

    gtk_widget_class_set_template_from_resource(widget_class,
                                                "/org/rmsconnector/Console/object-row.ui");
    gtk_widget_class_bind_template_child(widget_class, RmsObjectRow, icon);
    gtk_widget_class_bind_template_child(widget_class, RmsObjectRow, account_name);
    gtk_widget_class_bind_template_child(widget_class, RmsObjectRow, name);
    gtk_widget_class_bind_template_child(widget_class, RmsObjectRow, kind);
    gtk_widget_class_bind_template_child(widget_class, RmsObjectRow, authorized);
    gtk_widget_class_bind_template_child(widget_class, RmsObjectRow, warnings);
}

static void rms_object_row_init(RmsObjectRow *self)
{
    gtk_widget_init_template(GTK_WIDGET(self));
    rms_widget_words_mend(GTK_WIDGET(self));
}
