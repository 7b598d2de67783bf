/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The tenant as an object: found once, read as a whole, changed in one place.
 *
 *     discover ──> Configuration ──> FunctionalState ──> SuperUserState ──> the two lists of roles
 *                  └──────────────────────── read_all(), also for a refresh ──────────────────┘
 *
 * What is read is collected beside the object and put into it at the end, so that a failed reading
 * leaves no mixture.
 */
#include "config.h"

#include "service-client/tenant-private.h"

#include <string.h>

#include "service-client/account-private.h"
#include "service-client/jwt-claims.h"
#include "service-client/service-call.h"
#include "service-client/service-url.h"
#include "service-client/tenant-records-private.h"
#include "service-client/tenant-wire.h"
#include "service-client/unpublished.h"

#define N_ADMINISTRATOR_ROLES (RMS_TENANT_ADMINISTRATOR_CONNECTOR + 1)

struct _RmsTenant {
    GObject parent_instance;

    RmsAccount *account;
    char *admin_url;
    RmsTenantConfiguration *configuration;
    GPtrArray *administrators[N_ADMINISTRATOR_ROLES]; /* NULL: withheld */
    gboolean service_active;
    gboolean super_user_feature;
    RmsTenantRole role;
};

G_DEFINE_FINAL_TYPE(RmsTenant, rms_tenant, G_TYPE_OBJECT)

enum {
    PROP_0,
    PROP_ORGANIZATION,
    PROP_RMS_ID,
    PROP_TENANT_ID,
    PROP_SERVICE_URL,
    PROP_SERVICE_ACTIVE,
    PROP_SUPER_USER_FEATURE,
    PROP_ROLE,
    N_PROPERTIES
};
static GParamSpec *properties[N_PROPERTIES];

GType rms_tenant_role_get_type(void)
{
    static const GEnumValue values[] = {
        {RMS_TENANT_ROLE_NONE,                        "RMS_TENANT_ROLE_NONE", "none"                       },
        {RMS_TENANT_ROLE_TENANT_GLOBAL_ADMINISTRATOR,
         "RMS_TENANT_ROLE_TENANT_GLOBAL_ADMINISTRATOR",                       "tenant-global-administrator"},
        {RMS_TENANT_ROLE_RMS_GLOBAL_ADMINISTRATOR,
         "RMS_TENANT_ROLE_RMS_GLOBAL_ADMINISTRATOR",                          "rms-global-administrator"   },
        {RMS_TENANT_ROLE_CONNECTOR_ADMINISTRATOR,
         "RMS_TENANT_ROLE_CONNECTOR_ADMINISTRATOR",                           "connector-administrator"    },
        {0,                                           NULL,                   NULL                         },
    };
    static gsize type;

    if (g_once_init_enter(&type))
        g_once_init_leave(&type, g_enum_register_static("RmsTenantRole", values));
    return type;
}

static void rms_tenant_finalize(GObject *object)
{
    RmsTenant *tenant = RMS_TENANT(object);

    g_clear_object(&tenant->account);
    g_free(tenant->admin_url);
    rms_tenant_configuration_free(tenant->configuration);
    for (gsize i = 0; i < N_ADMINISTRATOR_ROLES; i++)
        g_clear_pointer(&tenant->administrators[i], g_ptr_array_unref);

    G_OBJECT_CLASS(rms_tenant_parent_class)->finalize(object);
}

static void
rms_tenant_get_property(GObject *object, guint id, GValue *value, GParamSpec *specification)
{
    RmsTenant *tenant = RMS_TENANT(object);

    switch (id) {
    case PROP_ORGANIZATION:
        g_value_set_string(value, tenant->configuration->organization);
        break;
    case PROP_RMS_ID:
        g_value_set_string(value, tenant->configuration->rms_id);
        break;
    case PROP_TENANT_ID:
        g_value_set_string(value, tenant->configuration->tenant_id);
        break;
    case PROP_SERVICE_URL:
        g_value_set_string(value, tenant->configuration->service_url);
        break;
    case PROP_SERVICE_ACTIVE:
        g_value_set_boolean(value, tenant->service_active);
        break;
    case PROP_SUPER_USER_FEATURE:
        g_value_set_boolean(value, tenant->super_user_feature);
        break;
    case PROP_ROLE:
        g_value_set_enum(value, tenant->role);
        break;
    default:
        G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, specification);
    }
}

static void rms_tenant_class_init(RmsTenantClass *klass)
{
    const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;
    GObjectClass *object_class = G_OBJECT_CLASS(klass);

    object_class->finalize = rms_tenant_finalize;
    object_class->get_property = rms_tenant_get_property;
    properties[PROP_ORGANIZATION] = g_param_spec_string("organization", NULL, NULL, NULL, flags);
    properties[PROP_RMS_ID] = g_param_spec_string("rms-id", NULL, NULL, NULL, flags);
    properties[PROP_TENANT_ID] = g_param_spec_string("tenant-id", NULL, NULL, NULL, flags);
    properties[PROP_SERVICE_URL] = g_param_spec_string("service-url", NULL, NULL, NULL, flags);
    properties[PROP_SERVICE_ACTIVE] =
        g_param_spec_boolean("service-active", NULL, NULL, FALSE, flags);
    properties[PROP_SUPER_USER_FEATURE] =
        g_param_spec_boolean("super-user-feature", NULL, NULL, FALSE, flags);
    properties[PROP_ROLE] =
        g_param_spec_enum("role", NULL, NULL, RMS_TYPE_TENANT_ROLE, RMS_TENANT_ROLE_NONE, flags);
    g_object_class_install_properties(object_class, N_PROPERTIES, properties);
}

static void rms_tenant_init(RmsTenant *tenant)
{
    tenant->configuration = g_new0(RmsTenantConfiguration, 1);
}

RmsAccount *rms_tenant_get_account(RmsTenant *tenant)
{
    g_return_val_if_fail(RMS_IS_TENANT(tenant), NULL);

    return tenant->account;
}

const char *rms_tenant_get_organization(RmsTenant *tenant)
{
    g_return_val_if_fail(RMS_IS_TENANT(tenant), NULL);

    return tenant->configuration->organization;
}

const char *rms_tenant_get_rms_id(RmsTenant *tenant)
{
    g_return_val_if_fail(RMS_IS_TENANT(tenant), NULL);

    return tenant->configuration->rms_id;
}

const char *rms_tenant_get_service_url(RmsTenant *tenant)
{
    g_return_val_if_fail(RMS_IS_TENANT(tenant), NULL);

    return tenant->configuration->service_url;
}

gboolean rms_tenant_get_service_active(RmsTenant *tenant)
{
    g_return_val_if_fail(RMS_IS_TENANT(tenant), FALSE);

    return tenant->service_active;
}

gboolean rms_tenant_get_super_user_feature(RmsTenant *tenant)
{
    g_return_val_if_fail(RMS_IS_TENANT(tenant), FALSE);

    return tenant->super_user_feature;
}

RmsTenantRole rms_tenant_get_role(RmsTenant *tenant)
{
    g_return_val_if_fail(RMS_IS_TENANT(tenant), RMS_TENANT_ROLE_NONE);

    return tenant->role;
}

const RmsTenantConfiguration *rms_tenant_get_configuration(RmsTenant *tenant)
{
    g_return_val_if_fail(RMS_IS_TENANT(tenant), NULL);

    return tenant->configuration;
}

GPtrArray *rms_tenant_get_administrators(RmsTenant *tenant, RmsTenantAdministratorRole role)
{
    g_return_val_if_fail(RMS_IS_TENANT(tenant) && role < N_ADMINISTRATOR_ROLES, NULL);

    return tenant->administrators[role];
}

static void set_role(RmsTenant *tenant, RmsTenantRole role)
{
    if (tenant->role == role)
        return;
    tenant->role = role;
    g_object_notify_by_pspec(G_OBJECT(tenant), properties[PROP_ROLE]);
}

static void set_super_user_feature(RmsTenant *tenant, gboolean enabled)
{
    if (tenant->super_user_feature == enabled)
        return;
    tenant->super_user_feature = enabled;
    g_object_notify_by_pspec(G_OBJECT(tenant), properties[PROP_SUPER_USER_FEATURE]);
}

/* @configuration: (transfer full) */
static void set_configuration(RmsTenant *tenant, RmsTenantConfiguration *configuration)
{
    g_autoptr(RmsTenantConfiguration) old = tenant->configuration;
    GObject *object = G_OBJECT(tenant);

    tenant->configuration = configuration;
    if (g_strcmp0(old->organization, configuration->organization) != 0)
        g_object_notify_by_pspec(object, properties[PROP_ORGANIZATION]);
    if (g_strcmp0(old->rms_id, configuration->rms_id) != 0)
        g_object_notify_by_pspec(object, properties[PROP_RMS_ID]);
    if (g_strcmp0(old->tenant_id, configuration->tenant_id) != 0)
        g_object_notify_by_pspec(object, properties[PROP_TENANT_ID]);
    if (g_strcmp0(old->service_url, configuration->service_url) != 0)
        g_object_notify_by_pspec(object, properties[PROP_SERVICE_URL]);
}

static void set_service_active(RmsTenant *tenant, gboolean active)
{
    if (tenant->service_active == active)
        return;
    tenant->service_active = active;
    g_object_notify_by_pspec(G_OBJECT(tenant), properties[PROP_SERVICE_ACTIVE]);
}

/* For the other files of the tenant */

const char *rms_tenant_get_admin_url(RmsTenant *tenant)
{
    return tenant->admin_url;
}

void rms_tenant_get_async(RmsTenant *tenant,
                          const char *url,
                          gsize max_bytes,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
    rms_service_call_async(
        tenant->account,
        &(const RmsServiceRequest){
            .method = "GET", .url = url, .media_type = "application/json", .max_bytes = max_bytes},
        cancellable,
        callback,
        user_data);
}

/* Reading all of it */

/* What one reading has found so far. */
typedef struct {
    guint step;
    RmsTenantConfiguration *configuration;
    gboolean service_active;
    gboolean super_user_feature;
    GPtrArray *administrators[N_ADMINISTRATOR_ROLES]; /* NULL: withheld */
    gboolean lists_withheld;
} Reading;

static gboolean
read_configuration(RmsTenant *tenant, Reading *reading, const cJSON *json, GError **error)
{
    reading->configuration = rms_tenant_configuration_read(json, error);
    return reading->configuration != NULL;
}

static gboolean
read_functional_state(RmsTenant *tenant, Reading *reading, const cJSON *json, GError **error)
{
    return rms_tenant_wire_read_state(json, &reading->service_active, error);
}

static gboolean
read_super_user_state(RmsTenant *tenant, Reading *reading, const cJSON *json, GError **error)
{
    return rms_tenant_wire_read_state(json, &reading->super_user_feature, error);
}

static gboolean
read_global_administrators(RmsTenant *tenant, Reading *reading, const cJSON *json, GError **error)
{
    GPtrArray *list = rms_tenant_administrators_read(json, error);

    reading->administrators[RMS_TENANT_ADMINISTRATOR_GLOBAL] = list;
    return list != NULL;
}

static gboolean read_connector_administrators(RmsTenant *tenant,
                                              Reading *reading,
                                              const cJSON *json,
                                              GError **error)
{
    GPtrArray *list = rms_tenant_administrators_read(json, error);

    reading->administrators[RMS_TENANT_ADMINISTRATOR_CONNECTOR] = list;
    return list != NULL;
}

/* protocol.md §3.3 */
static const struct {
    const char *path;
    gboolean (*read)(RmsTenant *tenant, Reading *reading, const cJSON *json, GError **error);
    gboolean is_list_of_roles;
} steps[] = {
    {"/Configuration",                               read_configuration,            FALSE},
    {"/FunctionalState",                             read_functional_state,         FALSE},
    {"/SuperUserState",                              read_super_user_state,         FALSE},
    {"/Administrators/Roles/GlobalAdministrator",    read_global_administrators,    TRUE },
    {"/Administrators/Roles/ConnectorAdministrator", read_connector_administrators, TRUE },
};

static void take_step(GTask *task);

static void free_reading(gpointer data)
{
    Reading *reading = data;

    rms_tenant_configuration_free(reading->configuration);
    for (gsize i = 0; i < N_ADMINISTRATOR_ROLES; i++)
        g_clear_pointer(&reading->administrators[i], g_ptr_array_unref);
    g_free(reading);
}

/* @list: (nullable) */
static gboolean lists_account(RmsAccount *account, GPtrArray *list)
{
    return list != NULL && rms_tenant_administrators_include(list,
                                                             rms_account_get_object_id(account),
                                                             rms_account_peek_claims(account));
}

/* @list: (nullable) */
static gboolean has_group(GPtrArray *list)
{
    for (guint i = 0; list != NULL && i < list->len; i++) {
        const RmsTenantAdministrator *administrator = list->pdata[i];

        if (g_strcmp0(administrator->object_type, "Group") == 0)
            return TRUE;
    }
    return FALSE;
}

/* Tokens need not say which groups somebody is in. One that names directory roles, but none that
 * counts, leaves a group as the reason why the service let us in. */
static gboolean lacks_directory_role(RmsAccount *account)
{
    const cJSON *claims = rms_account_peek_claims(account);
    g_autofree char *roles = rms_jwt_claims_list_roles(claims);

    return roles == NULL && claims != NULL &&
           cJSON_IsArray(cJSON_GetObjectItemCaseSensitive(claims, "wids"));
}

/* The service lists who has one of its own roles; whom it lets in without being listed has a
 * directory role, or a role by a group. Somebody who may not even see the lists gets the smallest.
 */
static RmsTenantRole
find_role(RmsAccount *account, GPtrArray *const *administrators, gboolean lists_withheld)
{
    GPtrArray *global = administrators[RMS_TENANT_ADMINISTRATOR_GLOBAL];
    GPtrArray *connector = administrators[RMS_TENANT_ADMINISTRATOR_CONNECTOR];

    if (lists_account(account, global))
        return RMS_TENANT_ROLE_RMS_GLOBAL_ADMINISTRATOR;
    if (lists_account(account, connector) || lists_withheld)
        return RMS_TENANT_ROLE_CONNECTOR_ADMINISTRATOR;
    if (lacks_directory_role(account) && has_group(connector))
        return RMS_TENANT_ROLE_CONNECTOR_ADMINISTRATOR;
    if (lacks_directory_role(account) && has_group(global))
        return RMS_TENANT_ROLE_RMS_GLOBAL_ADMINISTRATOR;
    return RMS_TENANT_ROLE_TENANT_GLOBAL_ADMINISTRATOR;
}

void rms_tenant_take_administrators(RmsTenant *tenant,
                                    RmsTenantAdministratorRole role,
                                    GPtrArray *list)
{
    gboolean withheld = FALSE;

    g_clear_pointer(&tenant->administrators[role], g_ptr_array_unref);
    tenant->administrators[role] = list;
    for (gsize i = 0; i < N_ADMINISTRATOR_ROLES; i++)
        withheld |= tenant->administrators[i] == NULL;
    set_role(tenant, find_role(tenant->account, tenant->administrators, withheld));
}

static void apply_reading(RmsTenant *tenant, Reading *reading)
{
    GObject *object = G_OBJECT(tenant);

    g_object_freeze_notify(object);
    set_configuration(tenant, g_steal_pointer(&reading->configuration));
    set_service_active(tenant, reading->service_active);
    set_super_user_feature(tenant, reading->super_user_feature);
    set_role(tenant, find_role(tenant->account, reading->administrators, reading->lists_withheld));
    for (gsize i = 0; i < N_ADMINISTRATOR_ROLES; i++) {
        g_clear_pointer(&tenant->administrators[i], g_ptr_array_unref);
        tenant->administrators[i] = g_steal_pointer(&reading->administrators[i]);
    }
    g_object_thaw_notify(object);
}

static gboolean
read_step(RmsTenant *tenant, Reading *reading, const RmsHttpResponse *response, GError **error)
{
    g_autoptr(cJSON) json = NULL;

    if (response->status != 200) {
        g_propagate_error(error, rms_service_call_refuse(response));
        return FALSE;
    }
    json = rms_http_response_parse_json(response, error);
    return json != NULL && steps[reading->step].read(tenant, reading, json, error);
}

static void on_step_answered(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GTask) task = user_data;
    RmsTenant *tenant = g_task_get_source_object(task);
    Reading *reading = g_task_get_task_data(task);
    GError *error = NULL;
    g_autoptr(RmsHttpResponse) response = rms_service_call_finish(result, &error);

    if (steps[reading->step].is_list_of_roles &&
        g_error_matches(error, RMS_SERVICE_ERROR, RMS_SERVICE_ERROR_NO_ROLE)) {
        reading->lists_withheld = TRUE;
        g_clear_error(&error);
    } else if (response != NULL) {
        read_step(tenant, reading, response, &error);
    }
    if (error != NULL) {
        if (g_error_matches(error, RMS_SERVICE_ERROR, RMS_SERVICE_ERROR_NO_ROLE))
            set_role(tenant, RMS_TENANT_ROLE_NONE);
        g_task_return_error(task, error);
        return;
    }
    reading->step++;
    if (reading->step < G_N_ELEMENTS(steps)) {
        take_step(g_steal_pointer(&task));
        return;
    }
    apply_reading(tenant, reading);
    g_task_return_boolean(task, TRUE);
}

/* @task: (transfer full) */
static void take_step(GTask *task)
{
    RmsTenant *tenant = g_task_get_source_object(task);
    Reading *reading = g_task_get_task_data(task);
    g_autofree char *url = rms_service_url_join(tenant->admin_url, steps[reading->step].path);

    rms_tenant_get_async(tenant, url, 0, g_task_get_cancellable(task), on_step_answered, task);
}

void rms_tenant_refresh_async(RmsTenant *tenant,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
    GTask *task;

    g_return_if_fail(RMS_IS_TENANT(tenant));

    task = g_task_new(tenant, cancellable, callback, user_data);
    g_task_set_source_tag(task, rms_tenant_refresh_async);
    g_task_set_task_data(task, g_new0(Reading, 1), free_reading);
    take_step(task);
}

gboolean rms_tenant_refresh_finish(RmsTenant *tenant, GAsyncResult *result, GError **error)
{
    g_return_val_if_fail(g_task_is_valid(result, tenant), FALSE);

    return g_task_propagate_boolean(G_TASK(result), error);
}

/* Finding it */

static void on_first_read(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GTask) task = user_data;
    RmsTenant *tenant = RMS_TENANT(source);
    GError *error = NULL;

    if (rms_tenant_refresh_finish(tenant, result, &error))
        g_task_return_pointer(task, g_object_ref(tenant), g_object_unref);
    else
        g_task_return_error(task, error);
}

/* A locator says no with a fault in HTTP 500; other statuses are not its answer at all. */
static char *read_location(RmsAccount *account, const RmsHttpResponse *response, GError **error)
{
    GError *local_error = NULL;
    char *url;

    if ((response->status != 200 && response->status != 500) ||
        strcmp(response->media_type, "text/xml") != 0) {
        g_propagate_error(error, rms_service_call_refuse(response));
        return NULL;
    }
    url = rms_tenant_wire_read_location(
        rms_secret_get(response->body), rms_secret_get_length(response->body), &local_error);
    if (g_error_matches(local_error, RMS_SERVICE_ERROR, RMS_SERVICE_ERROR_NO_ROLE)) {
        g_clear_error(&local_error);
        local_error = rms_service_call_explain_no_role(account);
    }
    if (local_error != NULL)
        g_propagate_error(error, local_error);
    return url;
}

static void on_location_answered(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GTask) task = user_data;
    RmsAccount *account = RMS_ACCOUNT(source);
    g_autoptr(RmsHttpResponse) response = NULL;
    g_autoptr(RmsTenant) tenant = NULL;
    GError *error = NULL;
    char *admin_url = NULL;

    response = rms_service_call_finish(result, &error);
    if (response != NULL)
        admin_url = read_location(account, response, &error);
    if (admin_url == NULL) {
        g_task_return_error(task, error);
        return;
    }
    tenant = g_object_new(RMS_TYPE_TENANT, NULL);
    tenant->account = g_object_ref(account);
    tenant->admin_url = admin_url;
    rms_tenant_refresh_async(
        tenant, g_task_get_cancellable(task), on_first_read, g_object_ref(task));
}

void rms_tenant_discover_async(RmsAccount *account,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
    g_autofree char *url = NULL;
    GTask *task;

    g_return_if_fail(RMS_IS_ACCOUNT(account));

    task = g_task_new(account, cancellable, callback, user_data);
    g_task_set_source_tag(task, rms_tenant_discover_async);
    url = rms_service_url_join(rms_account_get_environment(account)->discovery_url,
                               RMS_TENANT_WIRE_DISCOVERY_PATH);
    rms_service_call_async(
        account,
        &(const RmsServiceRequest){.method = "POST",
                                   .url = url,
                                   .media_type = "text/xml",
                                   .body = rms_tenant_wire_get_discovery_envelope()},
        cancellable,
        on_location_answered,
        task);
}

RmsTenant *rms_tenant_discover_finish(GAsyncResult *result, GError **error)
{
    g_return_val_if_fail(g_async_result_is_tagged(result, rms_tenant_discover_async), NULL);

    return g_task_propagate_pointer(G_TASK(result), error);
}

/* The super-user feature */

static void on_state_read_back(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GTask) task = user_data;
    RmsTenant *tenant = g_task_get_source_object(task);
    gboolean wanted = GPOINTER_TO_INT(g_task_get_task_data(task));
    GError *error = NULL;
    g_autoptr(RmsHttpResponse) response = rms_service_call_finish(result, &error);
    g_autoptr(cJSON) json = NULL;
    gboolean state = FALSE;

    if (response != NULL && response->status != 200)
        error = rms_service_call_refuse(response);
    else if (response != NULL)
        json = rms_http_response_parse_json(response, &error);
    if (json == NULL || !rms_tenant_wire_read_state(json, &state, &error)) {
        g_task_return_error(task, error);
        return;
    }
    set_super_user_feature(tenant, state);
    if (state == wanted)
        g_task_return_boolean(task, TRUE);
    else
        g_task_return_new_error(task,
                                RMS_SERVICE_ERROR,
                                RMS_SERVICE_ERROR_REFUSED,
                                "The administration service accepted the change, but the "
                                "super-user feature is still %s",
                                state ? "on" : "off");
}

static void on_state_written(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GTask) task = user_data;
    RmsTenant *tenant = g_task_get_source_object(task);
    g_autofree char *url = rms_service_url_join(tenant->admin_url, "/SuperUserState");
    GError *error = NULL;

    if (!rms_unpublished_call_finish(result, NULL, &error)) {
        g_task_return_error(task, error);
        return;
    }
    rms_tenant_get_async(
        tenant, url, 0, g_task_get_cancellable(task), on_state_read_back, g_object_ref(task));
}

void rms_tenant_set_super_user_feature_async(RmsTenant *tenant,
                                             gboolean enabled,
                                             GCancellable *cancellable,
                                             GAsyncReadyCallback callback,
                                             gpointer user_data)
{
    g_autoptr(cJSON) state = cJSON_CreateNumber(enabled ? 1 : 0);
    GTask *task;

    g_return_if_fail(RMS_IS_TENANT(tenant));

    task = g_task_new(tenant, cancellable, callback, user_data);
    g_task_set_source_tag(task, rms_tenant_set_super_user_feature_async);
    g_task_set_task_data(task, GINT_TO_POINTER(enabled != FALSE), NULL);
    rms_unpublished_call_async(
        tenant->account,
        &(const RmsUnpublishedCall){.method = "PUT",
                                    .admin_url = tenant->admin_url,
                                    .path = "/SuperUserState",
                                    .body = state,
                                    .status = 200,
                                    .failure = "The super-user feature was not switched"},
        cancellable,
        on_state_written,
        task);
}

gboolean
rms_tenant_set_super_user_feature_finish(RmsTenant *tenant, GAsyncResult *result, GError **error)
{
    g_return_val_if_fail(g_task_is_valid(result, tenant), FALSE);

    return g_task_propagate_boolean(G_TASK(result), error);
}
