/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The page of the tenant.
 */
#include "config.h"

#include "ui/tenant-page.h"

#include <glib/gi18n.h>

#include "ui/notice.h"
#include "ui/sign-in-view.h"
#include "ui/widget-words.h"
#include "ui/words.h"

struct _RmsTenantPage {
    AdwBin parent_instance;

    GtkStack *stack;
    RmsSignInView *sign_in_view;
    RmsNotice *failure;
    AdwActionRow *account_row;
    AdwActionRow *role_row;
    AdwActionRow *organization_row;
    AdwActionRow *rms_id_row;
    AdwActionRow *service_url_row;
    AdwActionRow *service_row;
    AdwActionRow *feature_row;
    AdwActionRow *connector_row;
    AdwActionRow *relay_row;

    RmsConsole *console;
    RmsTenant *tenant; /* (nullable) whose changes are followed */
};

static guint signed_in;

G_DEFINE_TYPE(RmsTenantPage, rms_tenant_page, ADW_TYPE_BIN)

static void show_tenant(RmsTenantPage *self, RmsTenant *tenant)
{
    adw_action_row_set_subtitle(self->account_row,
                                rms_account_get_user_name(rms_console_get_account(self->console)));
    adw_action_row_set_subtitle(self->role_row, rms_words_tenant_role(rms_tenant_get_role(tenant)));
    adw_action_row_set_subtitle(self->organization_row, rms_tenant_get_organization(tenant));
    adw_action_row_set_subtitle(self->rms_id_row, rms_tenant_get_rms_id(tenant));
    adw_action_row_set_subtitle(self->service_url_row, rms_tenant_get_service_url(tenant));
    adw_action_row_set_subtitle(self->service_row,
                                rms_tenant_get_service_active(tenant)
                                    ? _("Active")
                                    : _("Not active: nobody can protect or open content"));
    adw_action_row_set_subtitle(self->feature_row,
                                rms_tenant_get_super_user_feature(tenant)
                                    ? _("On: super users read all protected content")
                                    : _("Off: nobody is super user"));
}

static void update(RmsTenantPage *self)
{
    RmsConnector *connector = rms_console_get_connector(self->console);
    RmsTenant *tenant = rms_console_get_tenant(self->console);
    const char *relays_to = rms_connector_get_tenant(connector);

    if (tenant != NULL)
        show_tenant(self, tenant);
    adw_action_row_set_subtitle(self->connector_row,
                                rms_words_connector_state(rms_connector_get_state(connector)));
    adw_action_row_set_subtitle(
        self->relay_row,
        relays_to != NULL ? relays_to : _("No tenant yet: an administrator has to sign in once"));
    gtk_stack_set_visible_child_name(self->stack, tenant != NULL ? "tenant" : "sign-in");
}

static void on_tenant_changed(RmsTenantPage *self)
{
    RmsTenant *tenant = rms_console_get_tenant(self->console);

    if (self->tenant != NULL)
        g_signal_handlers_disconnect_by_data(self->tenant, self);
    g_set_object(&self->tenant, tenant);
    if (tenant != NULL)
        g_signal_connect_swapped(tenant, "notify", G_CALLBACK(update), self);
    rms_notice_show_error(self->failure, NULL);
    update(self);
}

static void on_signed_in(RmsTenantPage *self)
{
    g_signal_emit(self, signed_in, 0);
}

void rms_tenant_page_show_error(RmsTenantPage *self, const GError *error)
{
    g_return_if_fail(RMS_IS_TENANT_PAGE(self));

    rms_notice_show_error(self->failure, error);
}

static void rms_tenant_page_dispose(GObject *object)
{
    RmsTenantPage *self = RMS_TENANT_PAGE(object);

    if (self->tenant != NULL)
        g_signal_handlers_disconnect_by_data(self->tenant, self);
    if (self->console != NULL) {
        g_signal_handlers_disconnect_by_data(self->console, self);
        g_signal_handlers_disconnect_by_data(rms_console_get_connector(self->console), self);
    }
    g_clear_object(&self->tenant);
    g_clear_object(&self->console);
    G_OBJECT_CLASS(rms_tenant_page_parent_class)->dispose(object);
}

static void rms_tenant_page_class_init(RmsTenantPageClass *class)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(class);

    g_type_ensure(RMS_TYPE_NOTICE);
    g_type_ensure(RMS_TYPE_SIGN_IN_VIEW);
    G_OBJECT_CLASS(class)->dispose = rms_tenant_page_dispose;
    signed_in = g_signal_new(
        "signed-in", RMS_TYPE_TENANT_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
    gtk_widget_class_set_template_from_resource(widget_class,
                                                "/org/rmsconnector/Console/tenant-page.ui");
    gtk_widget_class_bind_template_child(widget_class, RmsTenantPage, stack);
    gtk_widget_class_bind_template_child(widget_class, RmsTenantPage, sign_in_view);
    gtk_widget_class_bind_template_child(widget_class, RmsTenantPage, failure);
    gtk_widget_class_bind_template_child(widget_class, RmsTenantPage, account_row);
    gtk_widget_class_bind_template_child(widget_class, RmsTenantPage, role_row);
    gtk_widget_class_bind_template_child(widget_class, RmsTenantPage, organization_row);
    gtk_widget_class_bind_template_child(widget_class, RmsTenantPage, rms_id_row);
    gtk_widget_class_bind_template_child(widget_class, RmsTenantPage, service_url_row);
    gtk_widget_class_bind_template_child(widget_class, RmsTenantPage, service_row);
    gtk_widget_class_bind_template_child(widget_class, RmsTenantPage, feature_row);
    gtk_widget_class_bind_template_child(widget_class, RmsTenantPage, connector_row);
    gtk_widget_class_bind_template_child(widget_class, RmsTenantPage, relay_row);
    gtk_widget_class_bind_template_callback(widget_class, on_signed_in);
}

static void rms_tenant_page_init(RmsTenantPage *self)
{
    gtk_widget_init_template(GTK_WIDGET(self));
    rms_widget_words_mend(GTK_WIDGET(self));
}

void rms_tenant_page_set_console(RmsTenantPage *self, RmsConsole *console)
{
    RmsConnector *connector = rms_console_get_connector(console);

    g_return_if_fail(RMS_IS_TENANT_PAGE(self));
    g_return_if_fail(self->console == NULL);

    self->console = g_object_ref(console);
    rms_sign_in_view_set_console(self->sign_in_view, console);
    g_signal_connect_swapped(console, "notify::tenant", G_CALLBACK(on_tenant_changed), self);
    g_signal_connect_swapped(connector, "notify", G_CALLBACK(update), self);
    on_tenant_changed(self);
}
