/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The page of the authorized servers: the list as it will be, with what waits to be pushed.
 */
#include "config.h"

#include "ui/servers-page.h"

struct _RmsServersPage {
    AdwBin parent_instance;
    RmsConsole *console;
};

G_DEFINE_TYPE(RmsServersPage, rms_servers_page, ADW_TYPE_BIN)

static void rms_servers_page_dispose(GObject *object)
{
    g_clear_object(&RMS_SERVERS_PAGE(object)->console);
    G_OBJECT_CLASS(rms_servers_page_parent_class)->dispose(object);
}

static void rms_servers_page_class_init(RmsServersPageClass *class)
{
    G_OBJECT_CLASS(class)->dispose = rms_servers_page_dispose;
    gtk_widget_class_set_template_from_resource(GTK_WIDGET_CLASS(class),
                                                "/org/rmsconnector/Console/servers-page.ui");
}

static void rms_servers_page_init(RmsServersPage *self)
{
    gtk_widget_init_template(GTK_WIDGET(self));
}

void rms_servers_page_set_console(RmsServersPage *self, RmsConsole *console)
{
    g_set_object(&self->console, console);
}
