/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The admin service's reads (protocol.md §3.3, §3.4). Its writes are not public and therefore in
 * unpublished-contract.c.
 */
#include "config.h"

#include "tests/lab/tenant-simulator/admin.h"

#include <string.h>

#include "tests/lab/tenant-simulator/json.h"
#include "tests/lab/tenant-simulator/keys.h"
#include "tests/lab/tenant-simulator/templates.h"
#include "tests/lab/tenant-simulator/unpublished-contract.h"

#define PROVISIONED "2019-03-04T08:30:00Z" /* a date like any other */

void rms_sim_admin_error(RmsSimExchange *exchange, guint status, const char *detail)
{
    cJSON *json = cJSON_CreateObject();
    cJSON_AddStringToObject(json, "ErrorDetail", detail);
    rms_sim_exchange_answer_json(exchange, status, json);
}

gboolean rms_sim_admin_challenge(RmsSimTenant *tenant, RmsSimExchange *exchange)
{
    if (exchange->claims != NULL)
        return FALSE;
    rms_sim_admin_error(exchange, 401, exchange->refusal);
    g_autofree char *path = g_strdup_printf("/%s/oauth2/v2.0/authorize", tenant->config->tenant_id);
    g_autofree char *authority =
        rms_sim_config_dup_url(tenant->config, RMS_SIM_HOST_AUTHORITY, path);
    g_autofree char *challenge = g_strdup_printf("%s authorization_uri=\"%s\", resource_id=\"%s\"",
                                                 tenant->config->admin_scheme,
                                                 authority,
                                                 tenant->config->resource);
    rms_sim_exchange_add_header(exchange, "WWW-Authenticate", challenge);
    return TRUE;
}

cJSON *rms_sim_admin_dup_member(const RmsSimUser *user)
{
    cJSON *json = cJSON_CreateObject();
    cJSON_AddStringToObject(json, "ObjectId", user->object_id);
    cJSON_AddStringToObject(json, "ObjectType", "User");
    cJSON_AddStringToObject(json, "DisplayName", user->name);
    cJSON_AddStringToObject(json, "EmailAddress", user->upn);
    return json;
}

cJSON *rms_sim_admin_dup_group(const RmsSimGroup *group)
{
    cJSON *json = cJSON_CreateObject();
    cJSON_AddStringToObject(json, "ObjectId", group->object_id);
    cJSON_AddStringToObject(json, "ObjectType", "Group");
    cJSON_AddStringToObject(json, "DisplayName", group->name);
    cJSON_AddNullToObject(json, "EmailAddress");
    return json;
}

static cJSON *dup_members(RmsSimTenant *tenant, guint role)
{
    cJSON *array = cJSON_CreateArray();
    for (guint i = 0; i < tenant->users->users->len; i++) {
        const RmsSimUser *user = g_ptr_array_index(tenant->users->users, i);
        if (user->service_roles & role)
            cJSON_AddItemToArray(array, rms_sim_admin_dup_member(user));
    }
    for (guint i = 0; i < tenant->users->groups->len; i++) {
        const RmsSimGroup *group = g_ptr_array_index(tenant->users->groups, i);
        if (group->service_roles & role)
            cJSON_AddItemToArray(array, rms_sim_admin_dup_group(group));
    }
    return array;
}

static void add_url(cJSON *json, const char *name, char *url)
{
    cJSON_AddStringToObject(json, name, url);
    g_free(url);
}

static void add_role_members(cJSON *array, RmsSimTenant *tenant, const char *role)
{
    for (guint i = 0; i < tenant->users->users->len; i++) {
        const RmsSimUser *user = g_ptr_array_index(tenant->users->users, i);
        if (user->service_roles & rms_sim_service_role(role)) {
            g_autofree char *text = g_strdup_printf("%s -> %s", role, user->object_id);
            cJSON_AddItemToArray(array, cJSON_CreateString(text));
        }
    }
}

static cJSON *dup_keys(RmsSimTenant *tenant)
{
    cJSON *key = cJSON_CreateObject();
    g_autofree char *guid = rms_sim_guid_from(tenant->config->rms_id);
    cJSON_AddStringToObject(key, "LicensorCertificateGuid", guid);
    cJSON_AddStringToObject(key, "KeyType", "MicrosoftManaged");
    cJSON_AddStringToObject(key, "Status", "Active");
    cJSON_AddStringToObject(key, "CreationTime", PROVISIONED);
    cJSON_AddNumberToObject(key, "KeySize", RMS_SIM_KEY_BITS);
    cJSON *array = cJSON_CreateArray();
    cJSON_AddItemToArray(array, key);
    return array;
}

static cJSON *dup_configuration(RmsSimTenant *tenant)
{
    const RmsSimConfig *config = tenant->config;
    const RmsSimServiceState *state = tenant->state;
    static const char *const points[][2] = {
        {"LicensingIntranetDistributionPointUrl",     "/_wmcs/licensing"    },
        {"LicensingExtranetDistributionPointUrl",     "/_wmcs/licensing"    },
        {"CertificationIntranetDistributionPointUrl", "/_wmcs/certification"},
        {"CertificationExtranetDistributionPointUrl", "/_wmcs/certification"},
    };
    cJSON *json = cJSON_CreateObject();
    cJSON_AddStringToObject(json, "BPOSId", config->tenant_id);
    cJSON_AddStringToObject(json, "RightsManagementServiceId", config->rms_id);
    for (gsize i = 0; i < G_N_ELEMENTS(points); i++)
        add_url(json, points[i][0], rms_sim_config_dup_url(config, RMS_SIM_HOST_RMS, points[i][1]));
    add_url(json, "AdminConnectionUrl", rms_sim_config_dup_admin_url(config, 1));
    add_url(json, "AdminV2ConnectionUrl", rms_sim_config_dup_admin_url(config, 2));
    cJSON_AddStringToObject(json, "OnPremiseDomainName", config->domain);
    cJSON_AddItemToObject(json, "Keys", dup_keys(tenant));
    g_autofree char *guid = rms_sim_guid_from(config->rms_id);
    cJSON_AddStringToObject(json, "CurrentLicensorCertificateGuid", guid);
    cJSON_AddItemToObject(json, "Templates", rms_sim_templates_dup_ids());
    cJSON_AddStringToObject(
        json, "FunctionalState", state->functional_state ? "Enabled" : "Disabled");
    cJSON_AddBoolToObject(json, "SuperUsersEnabled", state->super_user_state != 0);
    cJSON_AddArrayToObject(json, "SuperUsers");
    cJSON *members = cJSON_AddArrayToObject(json, "AdminRoleMembers");
    add_role_members(members, tenant, "GlobalAdministrator");
    add_role_members(members, tenant, "ConnectorAdministrator");
    cJSON_AddNumberToObject(json, "KeyRolloverCount", 0);
    cJSON_AddStringToObject(json, "ProvisioningDate", PROVISIONED);
    cJSON_AddStringToObject(json, "IPCv3ServiceFunctionalState", "Enabled");
    cJSON_AddObjectToObject(json, "DevicePlatformState");
    cJSON_AddStringToObject(json,
                            "DocumentTrackingFeatureState",
                            state->document_tracking_state ? "Enabled" : "Disabled");
    cJSON_AddBoolToObject(json, "FciEnabledForConnectorAuthorization", state->fci_enabled);
    return json;
}

static cJSON *dup_functional_state(RmsSimTenant *tenant)
{
    return cJSON_CreateNumber((double) tenant->state->functional_state);
}

static cJSON *dup_super_user_state(RmsSimTenant *tenant)
{
    return cJSON_CreateNumber((double) tenant->state->super_user_state);
}

static cJSON *dup_global_administrators(RmsSimTenant *tenant)
{
    return dup_members(tenant, RMS_SIM_SERVICE_ROLE_GLOBAL_ADMINISTRATOR);
}

static cJSON *dup_connector_administrators(RmsSimTenant *tenant)
{
    return dup_members(tenant, RMS_SIM_SERVICE_ROLE_CONNECTOR_ADMINISTRATOR);
}

static cJSON *dup_onboarding_policy(RmsSimTenant *tenant)
{
    cJSON *json = cJSON_CreateObject();
    cJSON_AddBoolToObject(json, "UseRmsUserLicense", tenant->state->onboarding_license);
    if (tenant->state->onboarding_group != NULL)
        cJSON_AddStringToObject(json, "SecurityGroupObjectId", tenant->state->onboarding_group);
    else
        cJSON_AddNullToObject(json, "SecurityGroupObjectId");
    cJSON_AddStringToObject(json, "Scope", tenant->state->onboarding_scope);
    return json;
}

static cJSON *dup_templates(RmsSimTenant *tenant)
{
    return rms_sim_templates_dup_json(tenant->config);
}

static cJSON *dup_device_platforms(RmsSimTenant *tenant)
{
    /* protocol.md §3.3: 0 Windows, 1 WindowsStore, 2 WindowsPhone, 3 Mac, 4 iOS, 5 Android, 6 Web.
     */
    cJSON *array = cJSON_CreateArray();
    for (int key = 0; key <= 6; key++) {
        cJSON *platform = cJSON_CreateObject();
        cJSON_AddNumberToObject(platform, "Key", key);
        cJSON_AddBoolToObject(platform, "Value", TRUE);
        cJSON_AddItemToArray(array, platform);
    }
    return array;
}

static cJSON *dup_do_not_track_group(RmsSimTenant *tenant)
{
    return cJSON_CreateString("");
}

static cJSON *dup_document_tracking_state(RmsSimTenant *tenant)
{
    return cJSON_CreateNumber((double) tenant->state->document_tracking_state);
}

static cJSON *dup_max_validity(RmsSimTenant *tenant)
{
    return cJSON_CreateNumber((double) tenant->state->max_use_license_validity_days);
}

/* The twelve reads; @operation by protocol.md §3.7 where it has a name. */
static const struct {
    const char *path;
    const char *operation;
    cJSON *(*dup)(RmsSimTenant *tenant);
} reads[] = {
    {"/Configuration",                               "GetConfiguration",             dup_configuration           },
    {"/FunctionalState",                             "GetTenantFunctionalState",     dup_functional_state        },
    {"/SuperUserState",                              "GetSuperUserState",            dup_super_user_state        },
    {"/Administrators/Roles/GlobalAdministrator",    "GetAdministrators",            dup_global_administrators   },
    {"/Administrators/Roles/ConnectorAdministrator",
     "GetAdministrators",                                                            dup_connector_administrators},
    {"/OnboardingControlPolicy",                     "GetOnboardingControlPolicy",   dup_onboarding_policy       },
    {"/Keys",                                        "GetKeys",                      dup_keys                    },
    {"/Templates",                                   "GetAllTemplates",              dup_templates               },
    {"/DevicePlatforms",                             "GetDevicePlatforms",           dup_device_platforms        },
    {"/DoNotTrackUserGroup",                         "GetDoNotTrackUserGroup",       dup_do_not_track_group      },
    {"/DocumentTrackingState",                       "GetDocumentTrackingState",     dup_document_tracking_state },
    {"/MaxUseLicenseValidityTime",                   "GetMaxUseLicenseValidityTime", dup_max_validity            },
};

/* The path behind the tenant's base; %NULL: not this tenant's. v1 knows FunctionalState alone. */
static const char *find_rest(const RmsSimConfig *config, const char *path)
{
    for (guint version = 1; version <= 2; version++) {
        g_autofree char *base = rms_sim_config_dup_admin_url(config, version);
        const char *base_path = strchr(base + strlen("https://"), '/');
        gsize length = strlen(base_path);
        if (g_ascii_strncasecmp(path, base_path, length) == 0 && path[length] == '/' &&
            (version == 2 || g_str_equal(path + length, "/FunctionalState")))
            return path + length;
    }
    return NULL;
}

static int find_read(const char *rest)
{
    for (gsize i = 0; i < G_N_ELEMENTS(reads); i++) {
        if (g_str_equal(reads[i].path, rest))
            return (int) i;
    }
    return -1;
}

void rms_sim_admin_prepare(RmsSimTenant *tenant, RmsSimExchange *exchange)
{
    rms_sim_exchange_identify(exchange, tenant->tokens, tenant->config->admin_scheme);
    const char *rest = find_rest(tenant->config, exchange->path);
    if (rest == NULL)
        return;
    const char *write = rms_sim_contract_name_write(exchange->method, rest);
    int read = find_read(rest);
    if (write != NULL)
        rms_sim_exchange_set_operation(exchange, write);
    else if (read >= 0 && g_str_equal(exchange->method, "GET"))
        rms_sim_exchange_set_operation(exchange, reads[read].operation);
}

void rms_sim_admin_answer(RmsSimTenant *tenant, RmsSimExchange *exchange)
{
    if (rms_sim_admin_challenge(tenant, exchange))
        return;
    const char *rest = find_rest(tenant->config, exchange->path);
    if (rest == NULL) {
        rms_sim_admin_error(exchange, 404, "There is no such tenant or resource.");
        return;
    }
    RmsSimAccess access = rms_sim_service_access(tenant->users, exchange->claims);
    int read = find_read(rest);
    if (access == RMS_SIM_ACCESS_NONE)
        rms_sim_admin_error(exchange, 403, "The caller has no administrative role in this tenant.");
    else if (rms_sim_contract_name_write(exchange->method, rest) != NULL)
        rms_sim_contract_answer_write(tenant, exchange, rest, access);
    else if (read < 0)
        rms_sim_admin_error(exchange, 404, "There is no such resource.");
    else if (!g_str_equal(exchange->method, "GET"))
        rms_sim_admin_error(exchange, 405, "Not by this method.");
    else
        rms_sim_exchange_answer_json(exchange, 200, reads[read].dup(tenant));
}
