/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The chip of one checked name.
 */
#include "config.h"

#include "ui/name-chip.h"

#include <glib/gi18n.h>

#include "ui/words-picker.h"
#include "ui/words.h"

struct _RmsNameChip {
    AdwBin parent_instance;

    GtkWidget *box;
    GtkWidget *main;
    GtkImage *icon;
    GtkLabel *title;
    GtkLabel *state;
    GtkWidget *drop;

    RmsCheckedName *name;
};

enum { PRESSED, DROPPED, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_TYPE(RmsNameChip, rms_name_chip, ADW_TYPE_BIN)

static const char *choose_style(RmsCheckedName *name, RmsPickObstacle obstacle)
{
    switch (rms_checked_name_get_state(name)) {
    case RMS_CHECKED_UNKNOWN:
    case RMS_CHECKED_FAILED:
        return "chip-error";
    case RMS_CHECKED_AMBIGUOUS:
        return "chip-warning";
    case RMS_CHECKED_FOUND:
        return obstacle == RMS_PICK_READY ? "chip-found" : "chip-warning";
    case RMS_CHECKED_WAITING:
        break;
    }
    return "chip-waiting";
}

static void set_style(RmsNameChip *self, const char *style)
{
    static const char *const styles[] = {
        "chip-error", "chip-warning", "chip-found", "chip-waiting"};

    for (gsize i = 0; i < G_N_ELEMENTS(styles); i++)
        gtk_widget_remove_css_class(self->box, styles[i]);
    gtk_widget_add_css_class(self->box, style);
}

void rms_name_chip_show(RmsNameChip *self,
                        RmsCheckedName *name,
                        RmsServerList *list,
                        const RmsRole *role)
{
    RmsDirectoryObject *object = rms_checked_name_get_object(name);
    g_autofree char *shown =
        rms_words_name(object != NULL ? rms_directory_object_get_account_name(object)
                                      : rms_checked_name_get_text(name));
    g_autofree char *state = rms_words_checked(name, list, role);
    g_autofree char *label = NULL;
    g_autofree char *drop = NULL;

    g_return_if_fail(RMS_IS_NAME_CHIP(self));

    g_set_object(&self->name, name);
    /* Translators: the name of an account, then what became of looking it up. */
    label = g_strdup_printf(_("%s: %s"), shown, state);
    /* Translators: takes the account %s out of those that will be added. */
    drop = g_strdup_printf(_("Drop %s"), shown);
    gtk_image_set_from_icon_name(self->icon, rms_words_checked_icon(name, list, role));
    gtk_label_set_label(self->title, shown);
    gtk_label_set_label(self->state, state);
    gtk_widget_set_tooltip_text(self->main, label);
    gtk_widget_set_tooltip_text(self->drop, drop);
    gtk_accessible_update_property(
        GTK_ACCESSIBLE(self->main), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
    gtk_accessible_update_property(
        GTK_ACCESSIBLE(self->drop), GTK_ACCESSIBLE_PROPERTY_LABEL, drop, -1);
    set_style(self, choose_style(name, rms_checked_name_get_obstacle(name, list, role)));
}

RmsCheckedName *rms_name_chip_get_name(RmsNameChip *self)
{
    g_return_val_if_fail(RMS_IS_NAME_CHIP(self), NULL);
    return self->name;
}

void rms_name_chip_set_current(RmsNameChip *self, gboolean current)
{
    g_return_if_fail(RMS_IS_NAME_CHIP(self));
    gtk_widget_set_focusable(self->main, current);
}

void rms_name_chip_focus(RmsNameChip *self)
{
    g_return_if_fail(RMS_IS_NAME_CHIP(self));
    gtk_widget_grab_focus(self->main);
}

static void on_clicked(RmsNameChip *self)
{
    g_signal_emit(self, signals[PRESSED], 0);
}

static void on_drop_clicked(RmsNameChip *self)
{
    g_signal_emit(self, signals[DROPPED], 0);
}

static void rms_name_chip_dispose(GObject *object)
{
    g_clear_object(&RMS_NAME_CHIP(object)->name);
    G_OBJECT_CLASS(rms_name_chip_parent_class)->dispose(object);
}

static guint new_signal(const char *name)
{
    return g_signal_new(
        name, RMS_TYPE_NAME_CHIP, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void rms_name_chip_class_init(RmsNameChipClass *class)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(class);

    G_OBJECT_CLASS(class)->dispose = rms_name_chip_dispose;
    signals[PRESSED] = new_signal("pressed");
    signals[DROPPED] = new_signal("dropped");
    gtk_widget_class_set_template_from_resource(widget_class,
                                                "/org/rmsconnector/Console/name-chip.ui");
    gtk_widget_class_bind_template_child(widget_class, RmsNameChip, box);
    gtk_widget_class_bind_template_child(widget_class, RmsNameChip, main);
    gtk_widget_class_bind_template_child(widget_class, RmsNameChip, icon);
    gtk_widget_class_bind_template_child(widget_class, RmsNameChip, title);
    gtk_widget_class_bind_template_child(widget_class, RmsNameChip, state);
    gtk_widget_class_bind_template_child(widget_class, RmsNameChip, drop);
    gtk_widget_class_bind_template_callback(widget_class, on_clicked);
    gtk_widget_class_bind_template_callback(widget_class, on_drop_clicked);
}

static void rms_name_chip_init(RmsNameChip *self)
{
    gtk_widget_init_template(GTK_WIDGET(self));
}

GtkWidget *rms_name_chip_new(void)
{
    return g_object_new(RMS_TYPE_NAME_CHIP, NULL);
}
