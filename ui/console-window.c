/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The console's window.
 */
#include "config.h"

#include "ui/console-window.h"

#include <glib/gi18n.h>

#include "ui/add-dialog.h"
#include "ui/events-page.h"
#include "ui/notice.h"
#include "ui/review-dialog.h"
#include "ui/rms-console-resources.h"
#include "ui/servers-page.h"
#include "ui/tenant-page.h"
#include "ui/widget-words.h"
#include "ui/words.h"

struct _RmsConsoleWindow {
    AdwApplicationWindow parent_instance;

    AdwToastOverlay *toasts;
    AdwViewStack *stack;
    GtkWidget *add_button;
    GtkWidget *search_button;
    RmsNotice *connector_notice;
    RmsServersPage *servers_page;
    RmsEventsPage *events_page;
    RmsTenantPage *tenant_page;

    RmsConsole *console;
    GBinding *search_binding;
    gboolean return_to_servers; /* signing in was asked for there */
    gboolean leaving;           /* closing was confirmed */
};

G_DEFINE_TYPE(RmsConsoleWindow, rms_console_window, ADW_TYPE_APPLICATION_WINDOW)

static const struct {
    const char *action;
    const char *keys[3];
} accelerators[] = {
    {"win.add-server",         {"<Control>n", NULL}              },
    {"win.review",             {"<Control>s", NULL}              },
    {"win.search",             {"<Control>f", NULL}              },
    {"win.refresh",            {"F5", "<Control>r", NULL}        },
    {"win.show-page::servers", {"<Control>1", NULL}              },
    {"win.show-page::events",  {"<Control>2", NULL}              },
    {"win.show-page::tenant",  {"<Control>3", NULL}              },
    {"win.show-help-overlay",  {"<Control>question", "F1", NULL} },
    {"window.close",           {"<Control>w", "<Control>q", NULL}},
};

static void show_toast(RmsConsoleWindow *self, const char *text)
{
    /* A toast's title is markup. */
    g_autofree char *escaped = g_markup_escape_text(text, -1);

    AdwToast *toast = adw_toast_new(escaped);

    /* The last thing that happened is what somebody wants to know. */
    adw_toast_set_priority(toast, ADW_TOAST_PRIORITY_HIGH);
    adw_toast_overlay_add_toast(self->toasts, toast);
}

static void on_connector_failed(RmsConsoleWindow *self)
{
    rms_notice_show_error(self->connector_notice, rms_console_get_connector_failure(self->console));
}

/* --- actions ------------------------------------------------------------------------------ */

static void on_added(RmsConsoleWindow *self, const char *name)
{
    adw_view_stack_set_visible_child_name(self->stack, "servers");
}

static RmsAddDialog *present_add_dialog(RmsConsoleWindow *self)
{
    RmsAddDialog *dialog = rms_add_dialog_new(GTK_WINDOW(self), self->console);

    g_signal_connect_object(dialog, "added", G_CALLBACK(on_added), self, G_CONNECT_SWAPPED);
    gtk_window_present(GTK_WINDOW(dialog));
    return dialog;
}

static void add_server(GtkWidget *widget, const char *action_name, GVariant *parameter)
{
    present_add_dialog(RMS_CONSOLE_WINDOW(widget));
}

static void on_authorize(RmsConsoleWindow *self, const char *account)
{
    rms_add_dialog_find(present_add_dialog(self), account);
}

static void on_pushed(RmsConsoleWindow *self, RmsServerList *saved)
{
    /* Translators: %s is the number of the list's revision. */
    g_autofree char *revision =
        g_strdup_printf("%" G_GINT64_FORMAT, rms_server_list_get_revision(saved));
    g_autofree char *text = g_strdup_printf(_("Pushed: revision %s is in force"), revision);

    show_toast(self, text);
}

static void review(GtkWidget *widget, const char *action_name, GVariant *parameter)
{
    RmsConsoleWindow *self = RMS_CONSOLE_WINDOW(widget);
    RmsReviewDialog *dialog = rms_review_dialog_new(GTK_WINDOW(self), self->console);

    g_signal_connect_object(dialog, "pushed", G_CALLBACK(on_pushed), self, G_CONNECT_SWAPPED);
    gtk_window_present(GTK_WINDOW(dialog));
}

static void undo_all(GtkWidget *widget, const char *action_name, GVariant *parameter)
{
    rms_console_undo_all(RMS_CONSOLE_WINDOW(widget)->console);
}

static void on_refreshed(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(RmsConsoleWindow) self = user_data;
    g_autoptr(GError) error = NULL;

    rms_console_refresh_finish(RMS_CONSOLE(source), result, &error);
    if (self->console != NULL)
        rms_tenant_page_show_error(self->tenant_page, error);
}

static void refresh(GtkWidget *widget, const char *action_name, GVariant *parameter)
{
    RmsConsoleWindow *self = RMS_CONSOLE_WINDOW(widget);

    rms_servers_page_check(self->servers_page);
    rms_console_refresh_async(self->console, NULL, on_refreshed, g_object_ref(self));
}

static void sign_in(GtkWidget *widget, const char *action_name, GVariant *parameter)
{
    RmsConsoleWindow *self = RMS_CONSOLE_WINDOW(widget);

    /* Somebody without a role signs in as somebody else. */
    if (rms_console_get_obstacle(self->console) == RMS_OBSTACLE_NO_ROLE)
        rms_console_sign_out(self->console);
    self->return_to_servers =
        adw_view_stack_get_visible_child(self->stack) == GTK_WIDGET(self->servers_page);
    adw_view_stack_set_visible_child_name(self->stack, "tenant");
}

static void sign_out(GtkWidget *widget, const char *action_name, GVariant *parameter)
{
    rms_console_sign_out(RMS_CONSOLE_WINDOW(widget)->console);
}

static void show_page(GtkWidget *widget, const char *action_name, GVariant *parameter)
{
    adw_view_stack_set_visible_child_name(RMS_CONSOLE_WINDOW(widget)->stack,
                                          g_variant_get_string(parameter, NULL));
}

static void search(GtkWidget *widget, const char *action_name, GVariant *parameter)
{
    GtkToggleButton *button = GTK_TOGGLE_BUTTON(RMS_CONSOLE_WINDOW(widget)->search_button);

    if (gtk_widget_get_visible(GTK_WIDGET(button)))
        gtk_toggle_button_set_active(button, !gtk_toggle_button_get_active(button));
}

static void show_toast_action(GtkWidget *widget, const char *action_name, GVariant *parameter)
{
    show_toast(RMS_CONSOLE_WINDOW(widget), g_variant_get_string(parameter, NULL));
}

static void about(GtkWidget *widget, const char *action_name, GVariant *parameter)
{
    adw_show_about_window(
        GTK_WINDOW(widget),
        "application-name",
        _("RMS Connector"),
        "application-icon",
        APPLICATION_ID,
        "version",
        PACKAGE_VERSION,
        "developer-name",
        _("The RMS connector project"),
        "comments",
        _("Authorizes on-premises Exchange, SharePoint and file servers to use the cloud’s Rights "
          "Management service."),
        "license-type",
        GTK_LICENSE_GPL_3_0,
        /* Translators: put your names here, one a line. */
        "translator-credits",
        _("translator-credits"),
        NULL);
}

static void install_actions(GtkWidgetClass *class)
{
    gtk_widget_class_install_action(class, "win.add-server", NULL, add_server);
    gtk_widget_class_install_action(class, "win.review", NULL, review);
    gtk_widget_class_install_action(class, "win.undo-all", NULL, undo_all);
    gtk_widget_class_install_action(class, "win.refresh", NULL, refresh);
    gtk_widget_class_install_action(class, "win.sign-in", NULL, sign_in);
    gtk_widget_class_install_action(class, "win.sign-out", NULL, sign_out);
    gtk_widget_class_install_action(class, "win.show-page", "s", show_page);
    gtk_widget_class_install_action(class, "win.search", NULL, search);
    gtk_widget_class_install_action(class, "win.show-toast", "s", show_toast_action);
    gtk_widget_class_install_action(class, "win.about", NULL, about);
}

static void update_actions(RmsConsoleWindow *self)
{
    GtkWidget *widget = GTK_WIDGET(self);
    gboolean pending = g_list_model_get_n_items(rms_console_get_pending(self->console)) > 0;
    gboolean pushing = rms_console_get_pushing(self->console);

    gtk_widget_action_set_enabled(
        widget, "win.add-server", rms_console_get_saved(self->console) != NULL && !pushing);
    gtk_widget_action_set_enabled(widget, "win.review", pending && !pushing);
    gtk_widget_action_set_enabled(widget, "win.undo-all", pending && !pushing);
    gtk_widget_action_set_enabled(
        widget, "win.sign-out", rms_console_get_account(self->console) != NULL);
}

/* --- pages -------------------------------------------------------------------------------- */

static GtkSearchBar *get_search_bar(RmsConsoleWindow *self)
{
    GtkWidget *page = adw_view_stack_get_visible_child(self->stack);

    if (page == GTK_WIDGET(self->servers_page))
        return rms_servers_page_get_search_bar(self->servers_page);
    if (page == GTK_WIDGET(self->events_page))
        return rms_events_page_get_search_bar(self->events_page);
    return NULL;
}

/* The header's buttons belong to the page that is shown. */
static void on_page_changed(RmsConsoleWindow *self)
{
    GtkSearchBar *bar = get_search_bar(self);

    g_clear_pointer(&self->search_binding, g_binding_unbind);
    gtk_widget_set_visible(self->search_button, bar != NULL);
    gtk_widget_set_visible(self->add_button,
                           adw_view_stack_get_visible_child(self->stack) ==
                               GTK_WIDGET(self->servers_page));
    if (bar != NULL)
        self->search_binding =
            g_object_bind_property(bar,
                                   "search-mode-enabled",
                                   self->search_button,
                                   "active",
                                   G_BINDING_BIDIRECTIONAL | G_BINDING_SYNC_CREATE);
}

static void on_signed_in(RmsConsoleWindow *self)
{
    /* Translators: %s is a user name. */
    g_autofree char *text = g_strdup_printf(
        _("Signed in as %s"), rms_account_get_user_name(rms_console_get_account(self->console)));

    if (self->return_to_servers)
        adw_view_stack_set_visible_child_name(self->stack, "servers");
    self->return_to_servers = FALSE;
    show_toast(self, text);
}

/* Shown over whatever dialog is open, because that dialog's changes are meant. */
static GtkWindow *get_top_window(RmsConsoleWindow *self)
{
    GListModel *toplevels = gtk_window_get_toplevels();

    for (guint i = 0; i < g_list_model_get_n_items(toplevels); i++) {
        g_autoptr(GtkWindow) window = g_list_model_get_item(toplevels, i);

        if (gtk_window_get_transient_for(window) == GTK_WINDOW(self) &&
            gtk_widget_get_visible(GTK_WIDGET(window)) && gtk_window_get_modal(window))
            return window;
    }
    return GTK_WINDOW(self);
}

static void
on_list_replaced(RmsConsoleWindow *self, gint64 revision, const char *author, GListModel *dropped)
{
    g_autofree char *words = rms_words_list_replaced(revision, author, dropped);
    GtkWidget *dialog =
        adw_message_dialog_new(get_top_window(self), _("The List Changed Meanwhile"), words);

    adw_message_dialog_add_response(ADW_MESSAGE_DIALOG(dialog), "ok", _("_Review Again"));
    rms_widget_words_mend(dialog);
    gtk_window_present(GTK_WINDOW(dialog));
}

/* --- leaving ------------------------------------------------------------------------------ */

static gboolean on_leaving(gpointer user_data)
{
    gtk_window_close(GTK_WINDOW(user_data));
    return G_SOURCE_REMOVE;
}

/* The dialog still needs its parent until it has closed itself. */
static void
on_leave_response(RmsConsoleWindow *self, const char *response, AdwMessageDialog *dialog)
{
    if (!g_str_equal(response, "leave"))
        return;
    self->leaving = TRUE;
    g_idle_add_full(G_PRIORITY_DEFAULT_IDLE, on_leaving, g_object_ref(self), g_object_unref);
}

static gboolean rms_console_window_close_request(GtkWindow *window)
{
    RmsConsoleWindow *self = RMS_CONSOLE_WINDOW(window);
    guint n_changes = g_list_model_get_n_items(rms_console_get_pending(self->console));
    gboolean serving =
        rms_connector_get_state(rms_console_get_connector(self->console)) == RMS_CONNECTOR_SERVING;
    g_autoptr(GString) body = g_string_new(NULL);
    GtkWidget *dialog = NULL;

    if (self->leaving || (n_changes == 0 && !serving))
        return GTK_WINDOW_CLASS(rms_console_window_parent_class)->close_request(window);

    if (serving)
        g_string_append(body,
                        _("The connector runs inside the console. Until it is started again, "
                          "servers cannot protect or open content."));
    if (n_changes > 0) {
        g_autofree char *lost = rms_words_lost(n_changes);

        if (body->len > 0)
            g_string_append(body, "\n\n");
        g_string_append(body, lost);
    }
    dialog = adw_message_dialog_new(
        window, serving ? _("Stop the Connector?") : _("Leave Without Pushing?"), body->str);
    adw_message_dialog_add_responses(ADW_MESSAGE_DIALOG(dialog),
                                     "cancel",
                                     _("_Cancel"),
                                     "leave",
                                     serving ? _("_Stop and Close") : _("_Leave"),
                                     NULL);
    adw_message_dialog_set_response_appearance(
        ADW_MESSAGE_DIALOG(dialog), "leave", ADW_RESPONSE_DESTRUCTIVE);
    g_signal_connect_swapped(dialog, "response", G_CALLBACK(on_leave_response), self);
    rms_widget_words_mend(dialog);
    gtk_window_present(GTK_WINDOW(dialog));
    return TRUE;
}

static void rms_console_window_dispose(GObject *object)
{
    RmsConsoleWindow *self = RMS_CONSOLE_WINDOW(object);

    if (self->console != NULL) {
        g_signal_handlers_disconnect_by_data(self->console, self);
        g_signal_handlers_disconnect_by_data(rms_console_get_pending(self->console), self);
    }
    g_clear_pointer(&self->search_binding, g_binding_unbind);
    g_clear_object(&self->console);
    G_OBJECT_CLASS(rms_console_window_parent_class)->dispose(object);
}

static void rms_console_window_class_init(RmsConsoleWindowClass *class)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(class);

    rms_console_register_resource();
    g_type_ensure(RMS_TYPE_NOTICE);
    g_type_ensure(RMS_TYPE_SERVERS_PAGE);
    g_type_ensure(RMS_TYPE_EVENTS_PAGE);
    g_type_ensure(RMS_TYPE_TENANT_PAGE);

    G_OBJECT_CLASS(class)->dispose = rms_console_window_dispose;
    GTK_WINDOW_CLASS(class)->close_request = rms_console_window_close_request;
    install_actions(widget_class);
    gtk_widget_class_set_template_from_resource(widget_class,
                                                "/org/rmsconnector/Console/console-window.ui");
    gtk_widget_class_bind_template_child(widget_class, RmsConsoleWindow, toasts);
    gtk_widget_class_bind_template_child(widget_class, RmsConsoleWindow, stack);
    gtk_widget_class_bind_template_child(widget_class, RmsConsoleWindow, add_button);
    gtk_widget_class_bind_template_child(widget_class, RmsConsoleWindow, search_button);
    gtk_widget_class_bind_template_child(widget_class, RmsConsoleWindow, connector_notice);
    gtk_widget_class_bind_template_child(widget_class, RmsConsoleWindow, servers_page);
    gtk_widget_class_bind_template_child(widget_class, RmsConsoleWindow, events_page);
    gtk_widget_class_bind_template_child(widget_class, RmsConsoleWindow, tenant_page);
    gtk_widget_class_bind_template_callback(widget_class, on_page_changed);
    gtk_widget_class_bind_template_callback(widget_class, on_signed_in);
    gtk_widget_class_bind_template_callback(widget_class, on_authorize);
}

static void rms_console_window_init(RmsConsoleWindow *self)
{
    gtk_widget_init_template(GTK_WIDGET(self));
    rms_widget_words_mend(GTK_WIDGET(self));
    on_page_changed(self);
}

/* GtkApplication does the first two by itself for an application whose resources are found by its
 * id before it starts; these are registered with the window. */
static void set_up_application(RmsConsoleWindow *self, GtkApplication *application)
{
    g_autoptr(GtkBuilder) builder =
        gtk_builder_new_from_resource("/org/rmsconnector/Console/help-overlay.ui");
    g_autoptr(GtkCssProvider) style = gtk_css_provider_new();
    GdkDisplay *display = gtk_widget_get_display(GTK_WIDGET(self));

    gtk_application_window_set_help_overlay(
        GTK_APPLICATION_WINDOW(self),
        GTK_SHORTCUTS_WINDOW(gtk_builder_get_object(builder, "help_overlay")));
    gtk_css_provider_load_from_resource(style, "/org/rmsconnector/Console/console.css");
    gtk_style_context_add_provider_for_display(
        display, GTK_STYLE_PROVIDER(style), GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
    gtk_icon_theme_add_resource_path(gtk_icon_theme_get_for_display(display),
                                     "/org/rmsconnector/Console/icons/hicolor");
    for (gsize i = 0; i < G_N_ELEMENTS(accelerators); i++)
        gtk_application_set_accels_for_action(
            application, accelerators[i].action, accelerators[i].keys);
}

RmsConsoleWindow *rms_console_window_new(GtkApplication *application, RmsConsole *console)
{
    RmsConsoleWindow *self = NULL;

    g_return_val_if_fail(GTK_IS_APPLICATION(application), NULL);
    g_return_val_if_fail(RMS_IS_CONSOLE(console), NULL);

    self = g_object_new(RMS_TYPE_CONSOLE_WINDOW, "application", application, NULL);
    set_up_application(self, application);
    self->console = g_object_ref(console);
    rms_servers_page_set_console(self->servers_page, console);
    rms_events_page_set_console(self->events_page, console);
    rms_tenant_page_set_console(self->tenant_page, console);
    g_signal_connect_swapped(console, "connector-failed", G_CALLBACK(on_connector_failed), self);
    g_signal_connect_swapped(console, "list-replaced", G_CALLBACK(on_list_replaced), self);
    g_signal_connect_swapped(console, "notify", G_CALLBACK(update_actions), self);
    g_signal_connect_swapped(
        rms_console_get_pending(console), "items-changed", G_CALLBACK(update_actions), self);
    on_connector_failed(self);
    update_actions(self);
    return self;
}
