/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The page of the event log.
 */
#include "config.h"

#include "ui/events-page.h"

struct _RmsEventsPage {
    AdwBin parent_instance;
    RmsConsole *console;
};

G_DEFINE_TYPE(RmsEventsPage, rms_events_page, ADW_TYPE_BIN)

static void rms_events_page_dispose(GObject *object)
{
    g_clear_object(&RMS_EVENTS_PAGE(object)->console);
    G_OBJECT_CLASS(rms_events_page_parent_class)->dispose(object);
}

static void rms_events_page_class_init(RmsEventsPageClass *class)
{
    G_OBJECT_CLASS(class)->dispose = rms_events_page_dispose;
    gtk_widget_class_set_template_from_resource(GTK_WIDGET_CLASS(class),
                                                "/org/rmsconnector/Console/events-page.ui");
}

static void rms_events_page_init(RmsEventsPage *self)
{
    gtk_widget_init_template(GTK_WIDGET(self));
}

void rms_events_page_set_console(RmsEventsPage *self, RmsConsole *console)
{
    g_set_object(&self->console, console);
}
