/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The console's window.
 */
#include "config.h"

#include "ui/console-window.h"

#include <glib/gi18n.h>

#include "ui/events-page.h"
#include "ui/notice.h"
#include "ui/rms-console-resources.h"
#include "ui/servers-page.h"
#include "ui/tenant-page.h"

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
};

G_DEFINE_TYPE(RmsConsoleWindow, rms_console_window, ADW_TYPE_APPLICATION_WINDOW)

static void on_connector_failed(RmsConsoleWindow *self)
{
    rms_notice_show_error(self->connector_notice, rms_console_get_connector_failure(self->console));
}

static void rms_console_window_dispose(GObject *object)
{
    RmsConsoleWindow *self = RMS_CONSOLE_WINDOW(object);

    if (self->console != NULL)
        g_signal_handlers_disconnect_by_data(self->console, self);
    g_clear_object(&self->console);
    G_OBJECT_CLASS(rms_console_window_parent_class)->dispose(object);
}

static void rms_console_window_class_init(RmsConsoleWindowClass *class)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(class);

    g_resources_register(rms_console_get_resource());
    g_type_ensure(RMS_TYPE_NOTICE);
    g_type_ensure(RMS_TYPE_SERVERS_PAGE);
    g_type_ensure(RMS_TYPE_EVENTS_PAGE);
    g_type_ensure(RMS_TYPE_TENANT_PAGE);

    G_OBJECT_CLASS(class)->dispose = rms_console_window_dispose;
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
}

static void rms_console_window_init(RmsConsoleWindow *self)
{
    gtk_widget_init_template(GTK_WIDGET(self));
}

RmsConsoleWindow *rms_console_window_new(GtkApplication *application, RmsConsole *console)
{
    RmsConsoleWindow *self = NULL;

    g_return_val_if_fail(GTK_IS_APPLICATION(application), NULL);
    g_return_val_if_fail(RMS_IS_CONSOLE(console), NULL);

    self = g_object_new(RMS_TYPE_CONSOLE_WINDOW, "application", application, NULL);
    self->console = g_object_ref(console);
    rms_servers_page_set_console(self->servers_page, console);
    rms_events_page_set_console(self->events_page, console);
    rms_tenant_page_set_console(self->tenant_page, console);
    g_signal_connect_swapped(console, "connector-failed", G_CALLBACK(on_connector_failed), self);
    on_connector_failed(self);
    return self;
}
