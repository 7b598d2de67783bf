/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * All of one event.
 */
#include "config.h"

#include "ui/event-details.h"

#include <glib/gi18n.h>

#include "ui/widget-words.h"
#include "ui/words.h"

struct _RmsEventDetails {
    AdwBin parent_instance;

    GtkImage *icon;
    GtkLabel *title;
    GtkLabel *facts;
    GtkLabel *message;
    GtkWidget *authorize_button;

    RmsEvent *event;
};

enum { AUTHORIZE, CLOSED, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_TYPE(RmsEventDetails, rms_event_details, ADW_TYPE_BIN)

static char *describe_title(RmsEvent *event)
{
    guint number = rms_event_get_number(event);
    const char *title = rms_words_event_title(number);
    const char *level = rms_words_event_level(rms_event_get_level(event));

    if (title == NULL)
        return g_strdup_printf("%s %u", level, number);
    /* Translators: level and number of an event, and what the number stands for:
     * "Warning 2001: Caller that is not authorized refused". */
    return g_strdup_printf(_("%s %u: %s"), level, number, title);
}

static char *describe_facts(RmsEvent *event)
{
    g_autofree char *time = rms_words_log_time(rms_event_get_time(event));
    g_autofree char *account = rms_words_name(rms_event_get_account(event));
    g_autoptr(GString) facts = g_string_new(time);

    if (rms_event_get_account(event) != NULL) {
        g_string_append(facts, " · ");
        /* Translators: %s is an account's name. */
        g_string_append_printf(facts, _("Account %s"), account);
    }
    if (rms_event_get_computer(event) != NULL) {
        g_string_append(facts, " · ");
        /* Translators: %s is a computer's name or address. */
        g_string_append_printf(facts, _("Computer %s"), rms_event_get_computer(event));
    }
    if (rms_event_get_sid(event) != NULL)
        g_string_append_printf(facts, " · %s", rms_event_get_sid(event));
    return g_string_free(g_steal_pointer(&facts), FALSE);
}

void rms_event_details_set_event(RmsEventDetails *self, RmsEvent *event)
{
    g_autofree char *title = NULL;
    g_autofree char *facts = NULL;
    g_autofree char *message = NULL;

    g_return_if_fail(RMS_IS_EVENT_DETAILS(self));

    if (!g_set_object(&self->event, event) || event == NULL)
        return;
    title = describe_title(event);
    facts = describe_facts(event);
    message = rms_words_name(rms_event_get_message(event));
    gtk_image_set_from_icon_name(self->icon,
                                 rms_words_event_level_icon(rms_event_get_level(event)));
    gtk_label_set_label(self->title, title);
    gtk_label_set_label(self->facts, facts);
    gtk_label_set_label(self->message, message);
    gtk_widget_set_visible(self->authorize_button,
                           rms_event_get_number(event) == RMS_EVENT_NOT_AUTHORIZED &&
                               rms_event_get_account(event) != NULL);
}

static void on_copy_clicked(RmsEventDetails *self)
{
    g_autofree char *text = rms_words_event_text(self->event);

    gdk_clipboard_set_text(gtk_widget_get_clipboard(GTK_WIDGET(self)), text);
    gtk_widget_activate_action(GTK_WIDGET(self), "win.show-toast", "s", _("Event copied"));
}

static void on_close_clicked(RmsEventDetails *self)
{
    g_signal_emit(self, signals[CLOSED], 0);
}

/* By SID where there is one: it is what the list matches. */
static void on_authorize_clicked(RmsEventDetails *self)
{
    const char *sid = rms_event_get_sid(self->event);

    g_signal_emit(
        self, signals[AUTHORIZE], 0, sid != NULL ? sid : rms_event_get_account(self->event));
}

static void rms_event_details_dispose(GObject *object)
{
    g_clear_object(&RMS_EVENT_DETAILS(object)->event);
    G_OBJECT_CLASS(rms_event_details_parent_class)->dispose(object);
}

static void rms_event_details_class_init(RmsEventDetailsClass *class)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(class);

    G_OBJECT_CLASS(class)->dispose = rms_event_details_dispose;
    signals[AUTHORIZE] = g_signal_new("authorize",
                                      RMS_TYPE_EVENT_DETAILS,
                                      G_SIGNAL_RUN_LAST,
                                      0,
                                      NULL,
                                      NULL,
                                      NULL,
                                      G_TYPE_NONE,
                                      1,
                                      G_TYPE_STRING);
    signals[CLOSED] = g_signal_new(
        "closed", RMS_TYPE_EVENT_DETAILS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
    gtk_widget_class_set_template_from_resource(widget_class,
                                                "/org/rmsconnector/Console/event-details.ui");
    gtk_widget_class_bind_template_child(widget_class, RmsEventDetails, icon);
    gtk_widget_class_bind_template_child(widget_class, RmsEventDetails, title);
    gtk_widget_class_bind_template_child(widget_class, RmsEventDetails, facts);
    gtk_widget_class_bind_template_child(widget_class, RmsEventDetails, message);
    gtk_widget_class_bind_template_child(widget_class, RmsEventDetails, authorize_button);
    gtk_widget_class_bind_template_callback(widget_class, on_copy_clicked);
    gtk_widget_class_bind_template_callback(widget_class, on_close_clicked);
    gtk_widget_class_bind_template_callback(widget_class, on_authorize_clicked);
}

static void rms_event_details_init(RmsEventDetails *self)
{
    gtk_widget_init_template(GTK_WIDGET(self));
    rms_widget_words_mend(GTK_WIDGET(self));
}
