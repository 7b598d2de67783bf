/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Stand-in for service-client/account.h and service-client/tenant.h: signs in whom stand_ins names.
 */
#include "config.h"

#include "tests/unit/ui/stand-ins.h"

struct _RmsAccount {
    GObject parent_instance;
    char *user_name;
    gboolean signed_out;
};

enum { ACCOUNT_PROP_0, ACCOUNT_PROP_SIGNED_OUT, N_ACCOUNT_PROPERTIES };
static GParamSpec *account_properties[N_ACCOUNT_PROPERTIES];

G_DEFINE_TYPE(RmsAccount, rms_account, G_TYPE_OBJECT)

static void
rms_account_get_property(GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
{
    g_value_set_boolean(value, RMS_ACCOUNT(object)->signed_out);
}

static void rms_account_finalize(GObject *object)
{
    g_free(RMS_ACCOUNT(object)->user_name);
    G_OBJECT_CLASS(rms_account_parent_class)->finalize(object);
}

static void rms_account_class_init(RmsAccountClass *class)
{
    GObjectClass *object_class = G_OBJECT_CLASS(class);

    object_class->get_property = rms_account_get_property;
    object_class->finalize = rms_account_finalize;
    account_properties[ACCOUNT_PROP_SIGNED_OUT] =
        g_param_spec_boolean("signed-out", NULL, NULL, FALSE, G_PARAM_READABLE);
    g_object_class_install_properties(object_class, N_ACCOUNT_PROPERTIES, account_properties);
}

static void rms_account_init(RmsAccount *self)
{
}

static void finish_sign_in(GTask *task)
{
    RmsAccount *account = NULL;

    if (g_task_return_error_if_cancelled(task))
        return;
    if (stand_ins.sign_in_error != NULL) {
        g_task_return_error(task, g_error_copy(stand_ins.sign_in_error));
        return;
    }
    account = g_object_new(RMS_TYPE_ACCOUNT, NULL);
    account->user_name = g_strdup(stand_ins.user_name);
    g_task_return_pointer(task, account, g_object_unref);
}

void rms_sign_in_device_async(const RmsCloudEnvironment *environment,
                              RmsDeviceCodeFunc show,
                              gpointer show_data,
                              GDestroyNotify show_destroy,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
    GTask *task = g_task_new(NULL, cancellable, callback, user_data);

    if (stand_ins.sign_in_error == NULL)
        show(stand_ins.user_code, stand_ins.verification_uri, stand_ins.code_seconds, show_data);
    if (show_destroy != NULL)
        show_destroy(show_data);
    stand_ins_take_turn(task, stand_ins.sign_in_waits, finish_sign_in);
}

void rms_sign_in_browser_async(const RmsCloudEnvironment *environment,
                               RmsOpenUriFunc open,
                               gpointer open_data,
                               GDestroyNotify open_destroy,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
    GTask *task = g_task_new(NULL, cancellable, callback, user_data);

    open("https://login.tenant.example/authorize", open_data);
    if (open_destroy != NULL)
        open_destroy(open_data);
    stand_ins_take_turn(task, stand_ins.sign_in_waits, finish_sign_in);
}

RmsAccount *rms_sign_in_finish(GAsyncResult *result, GError **error)
{
    return g_task_propagate_pointer(G_TASK(result), error);
}

const char *rms_account_get_user_name(RmsAccount *account)
{
    return account->user_name;
}

void rms_account_sign_out(RmsAccount *account)
{
    account->signed_out = TRUE;
    g_object_notify_by_pspec(G_OBJECT(account), account_properties[ACCOUNT_PROP_SIGNED_OUT]);
}

struct _RmsTenant {
    GObject parent_instance;
    RmsAccount *account;
    gboolean feature;
    RmsTenantRole role;
};

enum { TENANT_PROP_0, TENANT_PROP_ROLE, TENANT_PROP_FEATURE, N_TENANT_PROPERTIES };
static GParamSpec *tenant_properties[N_TENANT_PROPERTIES];

G_DEFINE_TYPE(RmsTenant, rms_tenant, G_TYPE_OBJECT)

GType rms_tenant_role_get_type(void)
{
    return G_TYPE_INT;
}

static void
rms_tenant_get_property(GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
{
    if (property_id == TENANT_PROP_ROLE)
        g_value_set_int(value, RMS_TENANT(object)->role);
    else
        g_value_set_boolean(value, RMS_TENANT(object)->feature);
}

static void rms_tenant_finalize(GObject *object)
{
    g_clear_object(&RMS_TENANT(object)->account);
    G_OBJECT_CLASS(rms_tenant_parent_class)->finalize(object);
}

static void rms_tenant_class_init(RmsTenantClass *class)
{
    GObjectClass *object_class = G_OBJECT_CLASS(class);

    object_class->get_property = rms_tenant_get_property;
    object_class->finalize = rms_tenant_finalize;
    tenant_properties[TENANT_PROP_ROLE] =
        g_param_spec_int("role", NULL, NULL, 0, 10, 0, G_PARAM_READABLE);
    tenant_properties[TENANT_PROP_FEATURE] =
        g_param_spec_boolean("super-user-feature", NULL, NULL, FALSE, G_PARAM_READABLE);
    g_object_class_install_properties(object_class, N_TENANT_PROPERTIES, tenant_properties);
}

static void rms_tenant_init(RmsTenant *self)
{
}

static void read_tenant(RmsTenant *self)
{
    self->role = stand_ins.role;
    self->feature = stand_ins.super_user_feature;
    g_object_notify_by_pspec(G_OBJECT(self), tenant_properties[TENANT_PROP_ROLE]);
    g_object_notify_by_pspec(G_OBJECT(self), tenant_properties[TENANT_PROP_FEATURE]);
}

void rms_tenant_discover_async(RmsAccount *account,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
    g_autoptr(GTask) task = g_task_new(NULL, cancellable, callback, user_data);
    RmsTenant *tenant = NULL;

    if (stand_ins.discover_error != NULL) {
        g_task_return_error(task, g_error_copy(stand_ins.discover_error));
        return;
    }
    tenant = g_object_new(RMS_TYPE_TENANT, NULL);
    tenant->account = g_object_ref(account);
    read_tenant(tenant);
    g_task_return_pointer(task, tenant, g_object_unref);
}

RmsTenant *rms_tenant_discover_finish(GAsyncResult *result, GError **error)
{
    return g_task_propagate_pointer(G_TASK(result), error);
}

void rms_tenant_refresh_async(RmsTenant *tenant,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
    g_autoptr(GTask) task = g_task_new(tenant, cancellable, callback, user_data);

    stand_ins.n_refreshes++;
    if (stand_ins.refresh_error != NULL) {
        g_task_return_error(task, g_error_copy(stand_ins.refresh_error));
        return;
    }
    read_tenant(tenant);
    g_task_return_boolean(task, TRUE);
}

gboolean rms_tenant_refresh_finish(RmsTenant *tenant, GAsyncResult *result, GError **error)
{
    return g_task_propagate_boolean(G_TASK(result), error);
}

RmsAccount *rms_tenant_get_account(RmsTenant *tenant)
{
    return tenant->account;
}

const char *rms_tenant_get_organization(RmsTenant *tenant)
{
    return stand_ins.organization;
}

const char *rms_tenant_get_rms_id(RmsTenant *tenant)
{
    return "7d3e0f8c-1b52-4a7e-9c44-0a6f2be91d10";
}

const char *rms_tenant_get_service_url(RmsTenant *tenant)
{
    return stand_ins.service_url;
}

gboolean rms_tenant_get_service_active(RmsTenant *tenant)
{
    return stand_ins.service_active;
}

gboolean rms_tenant_get_super_user_feature(RmsTenant *tenant)
{
    return tenant->feature;
}

RmsTenantRole rms_tenant_get_role(RmsTenant *tenant)
{
    return tenant->role;
}

void rms_tenant_set_super_user_feature_async(RmsTenant *tenant,
                                             gboolean enabled,
                                             GCancellable *cancellable,
                                             GAsyncReadyCallback callback,
                                             gpointer user_data)
{
    g_autoptr(GTask) task = g_task_new(tenant, cancellable, callback, user_data);

    if (stand_ins.feature_error != NULL) {
        g_task_return_error(task, g_error_copy(stand_ins.feature_error));
        return;
    }
    stand_ins.n_feature_switches++;
    stand_ins.super_user_feature = enabled;
    read_tenant(tenant);
    g_task_return_boolean(task, TRUE);
}

gboolean
rms_tenant_set_super_user_feature_finish(RmsTenant *tenant, GAsyncResult *result, GError **error)
{
    return g_task_propagate_boolean(G_TASK(result), error);
}
