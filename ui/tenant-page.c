/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The page of the tenant: signing in, and who is signed in to what.
 */
#include "config.h"

#include "ui/tenant-page.h"

struct _RmsTenantPage {
    AdwBin parent_instance;
    RmsConsole *console;
};

G_DEFINE_TYPE(RmsTenantPage, rms_tenant_page, ADW_TYPE_BIN)

static void rms_tenant_page_dispose(GObject *object)
{
    g_clear_object(&RMS_TENANT_PAGE(object)->console);
    G_OBJECT_CLASS(rms_tenant_page_parent_class)->dispose(object);
}

static void rms_tenant_page_class_init(RmsTenantPageClass *class)
{
    G_OBJECT_CLASS(class)->dispose = rms_tenant_page_dispose;
    gtk_widget_class_set_template_from_resource(GTK_WIDGET_CLASS(class),
                                                "/org/rmsconnector/Console/tenant-page.ui");
}

static void rms_tenant_page_init(RmsTenantPage *self)
{
    gtk_widget_init_template(GTK_WIDGET(self));
}

void rms_tenant_page_set_console(RmsTenantPage *self, RmsConsole *console)
{
    g_set_object(&self->console, console);
}
