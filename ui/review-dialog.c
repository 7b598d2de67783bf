/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reviewing what a push would change, and pushing it.
 */
#include "config.h"

#include "ui/review-dialog.h"

#include <glib/gi18n.h>

#include "ui/error-words.h"
#include "ui/notice.h"
#include "ui/widget-words.h"
#include "ui/words.h"

struct _RmsReviewDialog {
    AdwWindow parent_instance;

    GtkWidget *push_button;
    GtkSpinner *spinner;
    RmsNotice *failure;
    RmsNotice *obstacle;
    GtkLabel *intro;
    GtkListBox *changes;
    GtkWidget *super_users;
    GtkLabel *super_user_names;
    GtkLabel *super_user_meaning;
    GtkCheckButton *understood;

    RmsConsole *console;
};

static guint pushed;

G_DEFINE_TYPE(RmsReviewDialog, rms_review_dialog, ADW_TYPE_WINDOW)

static const char *const change_icons[] = {
    [RMS_CHANGE_ADDED] = "list-add-symbolic",
    [RMS_CHANGE_REMOVED] = "list-remove-symbolic",
    [RMS_CHANGE_ROLE] = "document-edit-symbolic",
    [RMS_CHANGE_DETAILS] = "document-edit-symbolic",
};

static GtkWidget *make_change_row(gpointer item, gpointer user_data)
{
    RmsListChange *change = item;
    RmsEntry *after = rms_list_change_get_after(change);
    RmsEntry *entry = after != NULL ? after : rms_list_change_get_before(change);
    g_autofree char *words = rms_words_change(change);
    g_autofree char *subtitle = g_strdup(rms_words_kind_title(rms_entry_get_kind(entry)));
    GtkWidget *row = adw_action_row_new();

    if (*rms_entry_get_note(entry) != '\0') {
        g_free(subtitle);
        /* Translators: kind of account, then an administrator's note on it. */
        subtitle = g_strdup_printf(_("%s · %s"),
                                   rms_words_kind_title(rms_entry_get_kind(entry)),
                                   rms_entry_get_note(entry));
    }
    adw_preferences_row_set_use_markup(ADW_PREFERENCES_ROW(row), FALSE);
    adw_preferences_row_set_title(ADW_PREFERENCES_ROW(row), words);
    adw_action_row_set_subtitle(ADW_ACTION_ROW(row), subtitle);
    adw_action_row_set_title_lines(ADW_ACTION_ROW(row), 0);
    adw_action_row_set_icon_name(ADW_ACTION_ROW(row),
                                 change_icons[rms_list_change_get_kind(change)]);
    gtk_list_box_row_set_activatable(GTK_LIST_BOX_ROW(row), FALSE);
    rms_widget_words_mend(row);
    return row;
}

/* One line for each account that becomes super user. */
static char *name_super_users(GListModel *pending)
{
    g_autoptr(GString) names = g_string_new(NULL);

    for (guint i = 0; i < g_list_model_get_n_items(pending); i++) {
        g_autoptr(RmsListChange) change = g_list_model_get_item(pending, i);

        g_autofree char *name = NULL;

        if (!rms_list_change_grants_super_user(change))
            continue;
        name = rms_words_name(rms_entry_get_name(rms_list_change_get_after(change)));
        if (names->len > 0)
            g_string_append_c(names, '\n');
        g_string_append(names, name);
    }
    return g_string_free(g_steal_pointer(&names), FALSE);
}

static void update_super_users(RmsReviewDialog *self)
{
    g_autofree char *names = name_super_users(rms_console_get_pending(self->console));
    g_autofree char *meaning = rms_words_super_user(rms_console_get_tenant(self->console));

    gtk_widget_set_visible(self->super_users, *names != '\0');
    gtk_label_set_label(self->super_user_names, names);
    gtk_label_set_label(self->super_user_meaning, meaning);
}

static void update_obstacle(RmsReviewDialog *self, RmsPushObstacle obstacle)
{
    gtk_widget_set_visible(GTK_WIDGET(self->obstacle),
                           obstacle != RMS_OBSTACLE_NONE && obstacle != RMS_OBSTACLE_PUSHING);
    g_object_set(self->obstacle,
                 "title",
                 rms_words_obstacle(obstacle),
                 "button-label",
                 obstacle == RMS_OBSTACLE_SIGNED_OUT || obstacle == RMS_OBSTACLE_NO_ROLE
                     ? _("_Sign In…")
                     : NULL,
                 NULL);
}

/* The whole view from the console's state. */
static void update(RmsReviewDialog *self)
{
    RmsPushObstacle obstacle = rms_console_get_obstacle(self->console);
    gboolean pushing = rms_console_get_pushing(self->console);
    gboolean confirmed = !rms_console_grants_super_user(self->console) ||
                         gtk_check_button_get_active(self->understood);

    update_super_users(self);
    update_obstacle(self, obstacle);
    gtk_label_set_label(self->intro,
                        pushing ? _("Pushing…")
                                : _("These changes decide the next request of every server as soon "
                                    "as you push them."));
    gtk_widget_set_sensitive(self->push_button, obstacle == RMS_OBSTACLE_NONE && confirmed);
    gtk_widget_set_sensitive(GTK_WIDGET(self->understood), !pushing);
    gtk_widget_set_visible(GTK_WIDGET(self->changes), obstacle != RMS_OBSTACLE_NOTHING_TO_PUSH);
    gtk_spinner_set_spinning(self->spinner, pushing);
}

/* What was confirmed were other changes. */
static void on_pending_changed(RmsReviewDialog *self)
{
    gtk_check_button_set_active(self->understood, FALSE);
    update(self);
}

static void on_pushed(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(RmsReviewDialog) self = user_data;
    g_autoptr(GError) error = NULL;
    g_autoptr(RmsServerList) saved = rms_console_push_finish(RMS_CONSOLE(source), result, &error);

    if (saved != NULL) {
        g_signal_emit(self, pushed, 0, saved);
        gtk_window_destroy(GTK_WINDOW(self));
        return;
    }
    if (self->console == NULL)
        return; /* it was closed with its parent */
    gtk_check_button_set_active(self->understood, FALSE);
    update(self);
    /* The window says in a dialog what became of the changes. */
    if (!g_error_matches(error, RMS_CONNECTOR_ERROR, RMS_CONNECTOR_ERROR_CONFLICT))
        rms_notice_show_error(self->failure, error);
}

static void on_push_clicked(RmsReviewDialog *self)
{
    rms_notice_show_error(self->failure, NULL);
    rms_console_push_async(self->console,
                           gtk_check_button_get_active(self->understood),
                           NULL,
                           on_pushed,
                           g_object_ref(self));
    update(self);
}

static void on_sign_in_clicked(RmsReviewDialog *self)
{
    GtkWindow *parent = gtk_window_get_transient_for(GTK_WINDOW(self));

    gtk_widget_activate_action(GTK_WIDGET(parent), "win.sign-in", NULL);
    gtk_window_destroy(GTK_WINDOW(self));
}

/* A push under way is seen to its end: its outcome has to be known. */
static gboolean rms_review_dialog_close_request(GtkWindow *window)
{
    return rms_console_get_pushing(RMS_REVIEW_DIALOG(window)->console);
}

static void rms_review_dialog_dispose(GObject *object)
{
    RmsReviewDialog *self = RMS_REVIEW_DIALOG(object);

    if (self->console != NULL) {
        g_signal_handlers_disconnect_by_data(self->console, self);
        g_signal_handlers_disconnect_by_data(rms_console_get_pending(self->console), self);
    }
    g_clear_object(&self->console);
    G_OBJECT_CLASS(rms_review_dialog_parent_class)->dispose(object);
}

static void rms_review_dialog_class_init(RmsReviewDialogClass *class)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(class);

    g_type_ensure(RMS_TYPE_NOTICE);
    G_OBJECT_CLASS(class)->dispose = rms_review_dialog_dispose;
    GTK_WINDOW_CLASS(class)->close_request = rms_review_dialog_close_request;
    pushed = g_signal_new("pushed",
                          RMS_TYPE_REVIEW_DIALOG,
                          G_SIGNAL_RUN_LAST,
                          0,
                          NULL,
                          NULL,
                          NULL,
                          G_TYPE_NONE,
                          1,
                          RMS_TYPE_SERVER_LIST);
    gtk_widget_class_set_template_from_resource(widget_class,
                                                "/org/rmsconnector/Console/review-dialog.ui");
    gtk_widget_class_bind_template_child(widget_class, RmsReviewDialog, push_button);
    gtk_widget_class_bind_template_child(widget_class, RmsReviewDialog, spinner);
    gtk_widget_class_bind_template_child(widget_class, RmsReviewDialog, failure);
    gtk_widget_class_bind_template_child(widget_class, RmsReviewDialog, obstacle);
    gtk_widget_class_bind_template_child(widget_class, RmsReviewDialog, intro);
    gtk_widget_class_bind_template_child(widget_class, RmsReviewDialog, changes);
    gtk_widget_class_bind_template_child(widget_class, RmsReviewDialog, super_users);
    gtk_widget_class_bind_template_child(widget_class, RmsReviewDialog, super_user_names);
    gtk_widget_class_bind_template_child(widget_class, RmsReviewDialog, super_user_meaning);
    gtk_widget_class_bind_template_child(widget_class, RmsReviewDialog, understood);
    gtk_widget_class_bind_template_callback(widget_class, on_push_clicked);
    gtk_widget_class_bind_template_callback(widget_class, on_sign_in_clicked);
    gtk_widget_class_bind_template_callback(widget_class, update);
}

static void rms_review_dialog_init(RmsReviewDialog *self)
{
    gtk_widget_init_template(GTK_WIDGET(self));
    rms_widget_words_mend(GTK_WIDGET(self));
}

RmsReviewDialog *rms_review_dialog_new(GtkWindow *parent, RmsConsole *console)
{
    RmsReviewDialog *self = NULL;

    g_return_val_if_fail(RMS_IS_CONSOLE(console), NULL);

    self = g_object_new(RMS_TYPE_REVIEW_DIALOG, "transient-for", parent, NULL);
    self->console = g_object_ref(console);
    gtk_list_box_bind_model(
        self->changes, rms_console_get_pending(console), make_change_row, NULL, NULL);
    g_signal_connect_swapped(
        rms_console_get_pending(console), "items-changed", G_CALLBACK(on_pending_changed), self);
    g_signal_connect_swapped(console, "notify::obstacle", G_CALLBACK(update), self);
    g_signal_connect_swapped(console, "notify::pushing", G_CALLBACK(update), self);
    g_signal_connect_swapped(console, "notify::tenant", G_CALLBACK(update), self);
    update(self);
    return self;
}
