/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Asking which role an entry shall have instead.
 */
#include "config.h"

#include "ui/role-dialog.h"

#include <glib/gi18n.h>

#include "ui/error-words.h"
#include "ui/role-chooser.h"
#include "ui/widget-words.h"
#include "ui/words.h"

typedef struct {
    RmsConsole *console;
    RmsEntry *entry;
    RmsRoleChooser *chooser;
} RoleDialog;

static void role_dialog_free(RoleDialog *data)
{
    g_object_unref(data->console);
    g_object_unref(data->entry);
    g_free(data);
}

static void show_failure(GtkWindow *parent, const GError *error)
{
    RmsErrorWords words = rms_error_words(error);
    GtkWidget *dialog = adw_message_dialog_new(parent, words.title, error->message);

    adw_message_dialog_add_response(ADW_MESSAGE_DIALOG(dialog), "close", _("_Close"));
    rms_widget_words_mend(dialog);
    gtk_window_present(GTK_WINDOW(dialog));
}

static void on_response(AdwMessageDialog *dialog, const char *response, RoleDialog *data)
{
    RmsRole role;
    g_autoptr(GError) error = NULL;

    if (!g_str_equal(response, "change") || !rms_role_chooser_get_role(data->chooser, &role))
        return;
    if (!rms_console_change_role(data->console, rms_entry_get_sid(data->entry), role, &error))
        show_failure(gtk_window_get_transient_for(GTK_WINDOW(dialog)), error);
}

static void on_chosen(RmsRoleChooser *chooser, AdwMessageDialog *dialog)
{
    RmsRole role;
    RoleDialog *data = g_object_get_data(G_OBJECT(dialog), "role-dialog");

    adw_message_dialog_set_response_enabled(dialog,
                                            "change",
                                            rms_role_chooser_get_role(chooser, &role) &&
                                                role != rms_entry_get_role(data->entry));
}

void rms_role_dialog_present(GtkWindow *parent, RmsConsole *console, RmsEntry *entry)
{
    RoleDialog *data = g_new0(RoleDialog, 1);
    GtkWidget *dialog = adw_message_dialog_new(parent, _("Change Role"), NULL);
    RmsKind kind = rms_entry_get_kind(entry);
    g_autofree char *name = rms_words_name(rms_entry_get_name(entry));
    AdwMessageDialog *message = ADW_MESSAGE_DIALOG(dialog);

    data->console = g_object_ref(console);
    data->entry = g_object_ref(entry);
    data->chooser = g_object_new(RMS_TYPE_ROLE_CHOOSER, NULL);
    g_object_set_data_full(
        G_OBJECT(dialog), "role-dialog", data, (GDestroyNotify) role_dialog_free);

    /* Translators: %s is the name of an account. */
    adw_message_dialog_format_body(
        message, _("Which role shall %s have? Nothing changes before you push."), name);
    adw_message_dialog_set_extra_child(message, GTK_WIDGET(data->chooser));
    adw_message_dialog_add_responses(message, "cancel", _("_Cancel"), "change", _("C_hange"), NULL);
    adw_message_dialog_set_response_appearance(message, "change", ADW_RESPONSE_SUGGESTED);
    adw_message_dialog_set_response_enabled(message, "change", FALSE);
    adw_message_dialog_set_default_response(message, "change");
    rms_role_chooser_limit(data->chooser, &kind);
    rms_role_chooser_set_role(data->chooser, rms_entry_get_role(entry));
    g_signal_connect(data->chooser, "chosen", G_CALLBACK(on_chosen), dialog);
    g_signal_connect(dialog, "response", G_CALLBACK(on_response), data);
    rms_widget_words_mend(dialog);
    gtk_window_present(GTK_WINDOW(dialog));
    rms_role_chooser_focus(data->chooser);
}
