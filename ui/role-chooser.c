/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Choosing a role.
 */
#include "config.h"

#include "ui/role-chooser.h"

#include "ui/role-rules.h"
#include "ui/words.h"

struct _RmsRoleChooser {
    AdwBin parent_instance;

    GtkWidget *box;
    GtkWidget *none; /* never shown: the group's active button while no role is chosen */
    GtkWidget *buttons[RMS_N_ROLES];
    GtkWidget *meanings[RMS_N_ROLES];
};

static guint chosen;

G_DEFINE_TYPE(RmsRoleChooser, rms_role_chooser, ADW_TYPE_BIN)

static void describe(RmsRoleChooser *self, RmsRole role, const char *text)
{
    gtk_label_set_label(GTK_LABEL(self->meanings[role]), text);
    gtk_accessible_update_property(GTK_ACCESSIBLE(self->buttons[role]),
                                   GTK_ACCESSIBLE_PROPERTY_LABEL,
                                   rms_words_role_title(role),
                                   GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                   text,
                                   -1);
}

static void on_toggled(RmsRoleChooser *self, GtkCheckButton *button)
{
    if (gtk_check_button_get_active(button))
        g_signal_emit(self, chosen, 0);
}

static GtkWidget *make_label(const char *text, const char *style)
{
    GtkWidget *label = gtk_label_new(text);

    gtk_label_set_xalign(GTK_LABEL(label), 0);
    gtk_label_set_wrap(GTK_LABEL(label), TRUE);
    gtk_label_set_wrap_mode(GTK_LABEL(label), PANGO_WRAP_WORD_CHAR);
    gtk_widget_set_hexpand(label, TRUE);
    gtk_widget_add_css_class(label, style);
    return label;
}

static void add_role(RmsRoleChooser *self, RmsRole role)
{
    GtkWidget *button =
        g_object_new(GTK_TYPE_CHECK_BUTTON, "accessible-role", GTK_ACCESSIBLE_ROLE_RADIO, NULL);
    GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 2);

    gtk_box_append(GTK_BOX(box), make_label(rms_words_role_title(role), "title"));
    self->meanings[role] = make_label(NULL, "caption");
    gtk_widget_add_css_class(self->meanings[role], "dim-label");
    gtk_box_append(GTK_BOX(box), self->meanings[role]);
    gtk_check_button_set_child(GTK_CHECK_BUTTON(button), box);
    gtk_check_button_set_group(GTK_CHECK_BUTTON(button), GTK_CHECK_BUTTON(self->none));
    gtk_box_append(GTK_BOX(self->box), button);
    self->buttons[role] = button;
    describe(self, role, rms_words_role_meaning(role));
    g_signal_connect_swapped(button, "toggled", G_CALLBACK(on_toggled), self);
}

gboolean rms_role_chooser_get_role(RmsRoleChooser *self, RmsRole *role)
{
    g_return_val_if_fail(RMS_IS_ROLE_CHOOSER(self), FALSE);
    g_return_val_if_fail(role != NULL, FALSE);

    for (int i = 0; i < RMS_N_ROLES; i++) {
        if (!gtk_check_button_get_active(GTK_CHECK_BUTTON(self->buttons[i])))
            continue;
        *role = i;
        return TRUE;
    }
    return FALSE;
}

void rms_role_chooser_set_role(RmsRoleChooser *self, RmsRole role)
{
    g_return_if_fail(RMS_IS_ROLE_CHOOSER(self));

    gtk_check_button_set_active(GTK_CHECK_BUTTON(self->buttons[role]), TRUE);
}

void rms_role_chooser_limit(RmsRoleChooser *self, const RmsKind *kind)
{
    g_return_if_fail(RMS_IS_ROLE_CHOOSER(self));

    for (int i = 0; i < RMS_N_ROLES; i++) {
        const char *refusal = kind != NULL ? rms_words_role_refuses(i, *kind) : NULL;

        if (refusal != NULL && gtk_check_button_get_active(GTK_CHECK_BUTTON(self->buttons[i])))
            gtk_check_button_set_active(GTK_CHECK_BUTTON(self->none), TRUE);
        gtk_widget_set_sensitive(self->buttons[i], refusal == NULL);
        describe(self, i, refusal != NULL ? refusal : rms_words_role_meaning(i));
    }
}

void rms_role_chooser_focus(RmsRoleChooser *self)
{
    RmsRole role;

    g_return_if_fail(RMS_IS_ROLE_CHOOSER(self));

    if (rms_role_chooser_get_role(self, &role))
        gtk_widget_grab_focus(self->buttons[role]);
    else
        for (int i = 0; i < RMS_N_ROLES; i++)
            if (gtk_widget_is_sensitive(self->buttons[i])) {
                gtk_widget_grab_focus(self->buttons[i]);
                return;
            }
}

static void rms_role_chooser_dispose(GObject *object)
{
    g_clear_object(&RMS_ROLE_CHOOSER(object)->none);
    G_OBJECT_CLASS(rms_role_chooser_parent_class)->dispose(object);
}

static void rms_role_chooser_class_init(RmsRoleChooserClass *class)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(class);

    G_OBJECT_CLASS(class)->dispose = rms_role_chooser_dispose;
    chosen = g_signal_new(
        "chosen", RMS_TYPE_ROLE_CHOOSER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
    gtk_widget_class_set_template_from_resource(widget_class,
                                                "/org/rmsconnector/Console/role-chooser.ui");
    gtk_widget_class_bind_template_child(widget_class, RmsRoleChooser, box);
}

static void rms_role_chooser_init(RmsRoleChooser *self)
{
    gtk_widget_init_template(GTK_WIDGET(self));
    self->none = g_object_ref_sink(gtk_check_button_new());
    gtk_check_button_set_active(GTK_CHECK_BUTTON(self->none), TRUE);
    for (int i = 0; i < RMS_N_ROLES; i++)
        add_role(self, i);
}
