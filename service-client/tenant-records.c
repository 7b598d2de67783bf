/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reading of the admin service's answers, member by member.
 *
 * Members that nobody needs to work with may be missing: what is observed of one tenant need not
 * hold for the next (protocol.md §3.3). Ids and addresses that the connector is built on may not.
 */
#include "config.h"

#include "service-client/tenant-records-private.h"

#include <string.h>

#include "service-client/jwt-claims.h"
#include "service-client/provider-text.h"
#include "service-client/service-error.h"
#include "service-client/service-limits.h"
#include "service-client/service-url.h"

#define ENGLISH 1033 /* [MS-LCID] en-US */

static gboolean refuse(GError **error, const char *what)
{
    g_set_error(error,
                RMS_SERVICE_ERROR,
                RMS_SERVICE_ERROR_PROTOCOL,
                "The administration service answered with %s",
                what);
    return FALSE;
}

static char *dup_text(const cJSON *json, const char *member)
{
    return g_strdup(rms_provider_text_peek(json, member));
}

static int read_boolean(const cJSON *json, const char *member)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(json, member);

    return cJSON_IsBool(item) ? cJSON_IsTrue(item) : -1;
}

static int read_count(const cJSON *json, const char *member)
{
    gint64 count = -1;

    rms_json_get_int(json, member, 0, G_MAXINT, &count, NULL);
    return (int) count;
}

/* The texts of the list @json (nullable); never %NULL. */
static char **dup_texts(const cJSON *json)
{
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
    guint count = 0;
    const cJSON *item;

    cJSON_ArrayForEach(item, json)
    {
        g_autofree char *clean = NULL;

        if (!cJSON_IsString(item) || ++count > RMS_SERVICE_MAX_LIST_ROWS)
            continue;
        clean = rms_provider_text_clean(item->valuestring, RMS_SERVICE_MAX_CLAIM_BYTES);
        if (*clean != '\0')
            g_strv_builder_add(builder, clean);
    }
    return g_strv_builder_end(builder);
}

/* Reads each member of the list @json by @read, which may leave one out. Returns: (nullable) */
static GPtrArray *read_list(const cJSON *json,
                            const char *what,
                            gpointer (*read)(const cJSON *item),
                            GDestroyNotify destroy,
                            gboolean *truncated,
                            GError **error)
{
    g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(destroy);
    const cJSON *item;

    if (!cJSON_IsArray(json)) {
        refuse(error, what);
        return NULL;
    }
    cJSON_ArrayForEach(item, json)
    {
        gpointer record = NULL;

        if (list->len == RMS_SERVICE_MAX_LIST_ROWS) {
            *truncated = TRUE;
            break;
        }
        if (cJSON_IsObject(item))
            record = read(item);
        if (record != NULL)
            g_ptr_array_add(list, record);
    }
    return g_steal_pointer(&list);
}

/* Configuration */

void rms_tenant_configuration_free(RmsTenantConfiguration *configuration)
{
    if (configuration == NULL)
        return;
    g_free(configuration->organization);
    g_free(configuration->rms_id);
    g_free(configuration->tenant_id);
    g_free(configuration->service_url);
    g_free(configuration->licensing_intranet_url);
    g_free(configuration->licensing_extranet_url);
    g_free(configuration->certification_intranet_url);
    g_free(configuration->certification_extranet_url);
    g_free(configuration->admin_url);
    g_free(configuration->admin_v2_url);
    g_free(configuration->provisioned_at);
    g_free(configuration->current_key_id);
    g_free(configuration->functional_state);
    g_free(configuration->ipc_v3_state);
    g_free(configuration->document_tracking_state);
    g_strfreev(configuration->super_users);
    g_strfreev(configuration->role_members);
    g_strfreev(configuration->template_ids);
    g_free(configuration);
}

/* `https://TEN/_wmcs/licensing` without its path. @value: (nullable). Returns: (nullable) */
static char *strip_path(const char *value)
{
    g_autoptr(GUri) uri = NULL;

    if (!rms_service_url_is_base(value))
        return NULL;
    uri = g_uri_parse(value, G_URI_FLAGS_NONE, NULL);
    return g_uri_join(
        G_URI_FLAGS_NONE, "https", NULL, g_uri_get_host(uri), g_uri_get_port(uri), "", NULL, NULL);
}

static void read_configuration_texts(RmsTenantConfiguration *configuration, const cJSON *json)
{
#define AT(field) G_STRUCT_OFFSET(RmsTenantConfiguration, field)
    static const struct {
        const char *member;
        gsize offset;
    } texts[] = {
        {"OnPremiseDomainName",                       AT(organization)              },
        {"RightsManagementServiceId",                 AT(rms_id)                    },
        {"BPOSId",                                    AT(tenant_id)                 },
        {"LicensingIntranetDistributionPointUrl",     AT(licensing_intranet_url)    },
        {"LicensingExtranetDistributionPointUrl",     AT(licensing_extranet_url)    },
        {"CertificationIntranetDistributionPointUrl", AT(certification_intranet_url)},
        {"CertificationExtranetDistributionPointUrl", AT(certification_extranet_url)},
        {"AdminConnectionUrl",                        AT(admin_url)                 },
        {"AdminV2ConnectionUrl",                      AT(admin_v2_url)              },
        {"ProvisioningDate",                          AT(provisioned_at)            },
        {"CurrentLicensorCertificateGuid",            AT(current_key_id)            },
        {"FunctionalState",                           AT(functional_state)          },
        {"IPCv3ServiceFunctionalState",               AT(ipc_v3_state)              },
        {"DocumentTrackingFeatureState",              AT(document_tracking_state)   },
    };
#undef AT

    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        char **field = G_STRUCT_MEMBER_P(configuration, texts[i].offset);

        *field = dup_text(json, texts[i].member);
    }
}

RmsTenantConfiguration *rms_tenant_configuration_read(const cJSON *json, GError **error)
{
    g_autoptr(RmsTenantConfiguration) configuration = g_new0(RmsTenantConfiguration, 1);

    g_return_val_if_fail(json != NULL, NULL);

    read_configuration_texts(configuration, json);
    if (configuration->organization == NULL)
        configuration->organization = g_strdup(configuration->tenant_id);
    configuration->service_url = strip_path(configuration->licensing_extranet_url);
    if (configuration->service_url == NULL)
        configuration->service_url = strip_path(configuration->licensing_intranet_url);
    if (configuration->rms_id == NULL || configuration->tenant_id == NULL ||
        configuration->service_url == NULL) {
        refuse(error, "a configuration that lacks the tenant's ids or addresses");
        return NULL;
    }
    configuration->key_rollover_count = read_count(json, "KeyRolloverCount");
    configuration->super_users_enabled = read_boolean(json, "SuperUsersEnabled");
    configuration->fci_enabled = read_boolean(json, "FciEnabledForConnectorAuthorization");
    configuration->super_users = dup_texts(cJSON_GetObjectItemCaseSensitive(json, "SuperUsers"));
    configuration->role_members =
        dup_texts(cJSON_GetObjectItemCaseSensitive(json, "AdminRoleMembers"));
    configuration->template_ids = dup_texts(cJSON_GetObjectItemCaseSensitive(json, "Templates"));
    return g_steal_pointer(&configuration);
}

/* Administrators */

const char *rms_tenant_administrator_role_name(RmsTenantAdministratorRole role)
{
    return role == RMS_TENANT_ADMINISTRATOR_GLOBAL ? "GlobalAdministrator"
                                                   : "ConnectorAdministrator";
}

RmsTenantAdministrator *rms_tenant_administrator_copy(const RmsTenantAdministrator *administrator)
{
    RmsTenantAdministrator *copy = g_new0(RmsTenantAdministrator, 1);

    copy->object_id = g_strdup(administrator->object_id);
    copy->object_type = g_strdup(administrator->object_type);
    copy->display_name = g_strdup(administrator->display_name);
    copy->email = g_strdup(administrator->email);
    return copy;
}

void rms_tenant_administrator_free(RmsTenantAdministrator *administrator)
{
    if (administrator == NULL)
        return;
    g_free(administrator->object_id);
    g_free(administrator->object_type);
    g_free(administrator->display_name);
    g_free(administrator->email);
    g_free(administrator);
}

static gpointer read_administrator(const cJSON *item)
{
    RmsTenantAdministrator *administrator;

    if (rms_provider_text_peek(item, "ObjectId") == NULL)
        return NULL;
    administrator = g_new0(RmsTenantAdministrator, 1);
    administrator->object_id = dup_text(item, "ObjectId");
    administrator->object_type = dup_text(item, "ObjectType");
    administrator->display_name = dup_text(item, "DisplayName");
    administrator->email = dup_text(item, "EmailAddress");
    return administrator;
}

RmsTenantAdministrator *rms_tenant_administrator_read(const cJSON *json, GError **error)
{
    RmsTenantAdministrator *administrator = NULL;

    g_return_val_if_fail(json != NULL, NULL);

    if (cJSON_IsObject(json))
        administrator = read_administrator(json);
    if (administrator == NULL)
        refuse(error, "no administrator");
    return administrator;
}

/* Not truncated: whoever is left out would lose their role. The answer's size is the ceiling. */
GPtrArray *rms_tenant_administrators_read(const cJSON *json, GError **error)
{
    g_autoptr(GPtrArray) list =
        g_ptr_array_new_with_free_func((GDestroyNotify) rms_tenant_administrator_free);
    const cJSON *item;

    g_return_val_if_fail(json != NULL, NULL);

    if (!cJSON_IsArray(json)) {
        refuse(error, "no list of administrators");
        return NULL;
    }
    cJSON_ArrayForEach(item, json)
    {
        gpointer administrator = cJSON_IsObject(item) ? read_administrator(item) : NULL;

        if (administrator != NULL)
            g_ptr_array_add(list, administrator);
    }
    return g_steal_pointer(&list);
}

gboolean rms_tenant_administrators_include(GPtrArray *administrators,
                                           const char *object_id,
                                           const cJSON *claims)
{
    g_return_val_if_fail(administrators != NULL && object_id != NULL, FALSE);

    for (guint i = 0; i < administrators->len; i++) {
        const RmsTenantAdministrator *administrator = administrators->pdata[i];

        if (g_ascii_strcasecmp(administrator->object_id, object_id) == 0 ||
            rms_jwt_claims_has(claims, "groups", administrator->object_id))
            return TRUE;
    }
    return FALSE;
}

/* Details */

static gboolean read_onboarding(RmsTenantDetails *details, const cJSON *json, GError **error)
{
    const cJSON *license = cJSON_GetObjectItemCaseSensitive(json, "UseRmsUserLicense");

    if (!cJSON_IsObject(json) || !cJSON_IsBool(license))
        return refuse(error, "no onboarding control policy");
    details->onboarding.use_license = cJSON_IsTrue(license);
    details->onboarding.group_object_id = dup_text(json, "SecurityGroupObjectId");
    details->onboarding.scope = dup_text(json, "Scope");
    return TRUE;
}

static void free_key(gpointer data)
{
    RmsTenantKey *key = data;

    g_free(key->id);
    g_free(key->type);
    g_free(key->status);
    g_free(key->created_at);
    g_free(key);
}

/* Get-AipServiceKeys prints KeyIdentifier; the configuration names keys by their certificate. */
static gpointer read_key(const cJSON *item)
{
    RmsTenantKey *key = g_new0(RmsTenantKey, 1);

    key->id = dup_text(item, "KeyIdentifier");
    if (key->id == NULL)
        key->id = dup_text(item, "LicensorCertificateGuid");
    key->type = dup_text(item, "KeyType");
    key->status = dup_text(item, "Status");
    key->created_at = dup_text(item, "CreationTime");
    return key;
}

static gboolean read_keys(RmsTenantDetails *details, const cJSON *json, GError **error)
{
    details->keys = read_list(json,
                              "no list of keys",
                              read_key,
                              free_key,
                              &details->truncated[RMS_TENANT_READ_KEYS],
                              error);
    return details->keys != NULL;
}

static void free_text(gpointer data)
{
    RmsTenantText *text = data;

    g_free(text->text);
    g_free(text);
}

static gpointer read_text(const cJSON *item)
{
    RmsTenantText *text;
    gint64 lcid = 0;
    const char *value = rms_provider_text_peek(item, "Value");

    if (value == NULL || !rms_json_get_int(item, "Key", 0, G_MAXINT32, &lcid, NULL))
        return NULL;
    text = g_new0(RmsTenantText, 1);
    text->lcid = (guint) lcid;
    text->text = g_strdup(value);
    return text;
}

static void free_rights(gpointer data)
{
    RmsTenantRights *rights = data;

    g_free(rights->identity);
    g_strfreev(rights->rights);
    g_free(rights);
}

static gpointer read_rights(const cJSON *item)
{
    RmsTenantRights *rights = g_new0(RmsTenantRights, 1);

    rights->identity = dup_text(item, "Identity");
    rights->rights = dup_texts(cJSON_GetObjectItemCaseSensitive(item, "Rights"));
    return rights;
}

static void free_template(gpointer data)
{
    RmsTenantTemplate *record = data;

    g_free(record->id);
    g_free(record->status);
    g_clear_pointer(&record->names, g_ptr_array_unref);
    g_clear_pointer(&record->descriptions, g_ptr_array_unref);
    g_clear_pointer(&record->rights, g_ptr_array_unref);
    g_free(record);
}

/* @item's list @member; empty where there is none. */
static GPtrArray *read_inner_list(const cJSON *item,
                                  const char *member,
                                  gpointer (*read)(const cJSON *item),
                                  GDestroyNotify destroy)
{
    const cJSON *json = cJSON_GetObjectItemCaseSensitive(item, member);
    gboolean ignored = FALSE;
    GPtrArray *list = read_list(json, "", read, destroy, &ignored, NULL);

    return list != NULL ? list : g_ptr_array_new_with_free_func(destroy);
}

static gpointer read_template(const cJSON *item)
{
    RmsTenantTemplate *record;

    if (rms_provider_text_peek(item, "TemplateId") == NULL)
        return NULL;
    record = g_new0(RmsTenantTemplate, 1);
    record->id = dup_text(item, "TemplateId");
    record->status = dup_text(item, "Status");
    record->names = read_inner_list(item, "Names", read_text, free_text);
    record->descriptions = read_inner_list(item, "Descriptions", read_text, free_text);
    record->rights = read_inner_list(item, "RightsDefinitions", read_rights, free_rights);
    return record;
}

const char *rms_tenant_template_get_name(const RmsTenantTemplate *record, guint lcid)
{
    const RmsTenantText *best = NULL;

    g_return_val_if_fail(record != NULL, NULL);

    for (guint i = 0; i < record->names->len; i++) {
        const RmsTenantText *name = record->names->pdata[i];

        if (name->lcid == lcid)
            return name->text;
        if (best == NULL || (name->lcid == ENGLISH && best->lcid != ENGLISH))
            best = name;
    }
    return best != NULL ? best->text : NULL;
}

static gboolean read_templates(RmsTenantDetails *details, const cJSON *json, GError **error)
{
    details->templates = read_list(json,
                                   "no list of templates",
                                   read_template,
                                   free_template,
                                   &details->truncated[RMS_TENANT_READ_TEMPLATES],
                                   error);
    return details->templates != NULL;
}

static gpointer read_platform(const cJSON *item)
{
    static const char *const names[] = {
        "Windows", "Windows Store", "Windows Phone", "macOS", "iOS", "Android", "Web"};
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(item, "Value");
    RmsTenantPlatform *platform;
    gint64 number = 0;

    if (!cJSON_IsBool(value) || !rms_json_get_int(item, "Key", 0, G_MAXINT32, &number, NULL))
        return NULL;
    platform = g_new0(RmsTenantPlatform, 1);
    platform->number = (guint) number;
    platform->name = platform->number < G_N_ELEMENTS(names) ? names[platform->number] : NULL;
    platform->allowed = cJSON_IsTrue(value);
    return platform;
}

static gboolean read_platforms(RmsTenantDetails *details, const cJSON *json, GError **error)
{
    details->platforms = read_list(json,
                                   "no list of device platforms",
                                   read_platform,
                                   g_free,
                                   &details->truncated[RMS_TENANT_READ_PLATFORMS],
                                   error);
    return details->platforms != NULL;
}

static gboolean read_do_not_track(RmsTenantDetails *details, const cJSON *json, GError **error)
{
    if (json == NULL || cJSON_IsNull(json))
        return TRUE;
    if (!cJSON_IsString(json))
        return refuse(error, "no group that is not tracked");
    if (*json->valuestring != '\0')
        details->do_not_track_group =
            rms_provider_text_clean(json->valuestring, RMS_SERVICE_MAX_CLAIM_BYTES);
    return TRUE;
}

static gboolean read_document_tracking(RmsTenantDetails *details, const cJSON *json, GError **error)
{
    if (!cJSON_IsNumber(json) || (json->valuedouble != 0.0 && json->valuedouble != 1.0))
        return refuse(error, "a state that is neither 0 nor 1");
    details->document_tracking = json->valuedouble == 1.0;
    return TRUE;
}

static gboolean read_license_validity(RmsTenantDetails *details, const cJSON *json, GError **error)
{
    if (!cJSON_IsNumber(json) || !(json->valuedouble >= 0.0) ||
        !(json->valuedouble <= G_MAXINT32) ||
        json->valuedouble != (double) (guint) json->valuedouble)
        return refuse(error, "a validity that is no number of days");
    details->license_validity_days = (guint) json->valuedouble;
    return TRUE;
}

/* protocol.md §3.3. Templates carry every name in every language, and every right of everybody. */
static const struct {
    const char *path;
    gsize max_bytes;
    gboolean may_be_empty;
    gboolean (*read)(RmsTenantDetails *details, const cJSON *json, GError **error);
} reads[RMS_TENANT_N_READS] = {
    [RMS_TENANT_READ_ONBOARDING] = {"/OnboardingControlPolicy",
                                    RMS_SERVICE_MAX_ANSWER_BYTES,                               FALSE,
                                    read_onboarding                                                             },
    [RMS_TENANT_READ_KEYS] = {"/Keys",                      RMS_SERVICE_MAX_ANSWER_BYTES, FALSE, read_keys},
    [RMS_TENANT_READ_TEMPLATES] = {"/Templates",
                                    RMS_SERVICE_MAX_TEMPLATES_BYTES,                            FALSE,
                                    read_templates                                                              },
    [RMS_TENANT_READ_PLATFORMS] = {"/DevicePlatforms",
                                    RMS_SERVICE_MAX_ANSWER_BYTES,                               FALSE,
                                    read_platforms                                                              },
    [RMS_TENANT_READ_DO_NOT_TRACK] = {"/DoNotTrackUserGroup",
                                    RMS_SERVICE_MAX_ANSWER_BYTES,                               TRUE,
                                    read_do_not_track                                                           },
    [RMS_TENANT_READ_DOCUMENT_TRACKING] = {"/DocumentTrackingState",
                                    RMS_SERVICE_MAX_ANSWER_BYTES,                               FALSE,
                                    read_document_tracking                                                      },
    [RMS_TENANT_READ_LICENSE_VALIDITY] = {"/MaxUseLicenseValidityTime",
                                    RMS_SERVICE_MAX_ANSWER_BYTES,                               FALSE,
                                    read_license_validity                                                       },
};

const char *rms_tenant_read_get_path(RmsTenantRead read)
{
    g_return_val_if_fail(read < RMS_TENANT_N_READS, NULL);

    return reads[read].path;
}

gsize rms_tenant_read_get_max_bytes(RmsTenantRead read)
{
    g_return_val_if_fail(read < RMS_TENANT_N_READS, 0);

    return reads[read].max_bytes;
}

gboolean rms_tenant_details_read(RmsTenantDetails *details,
                                 RmsTenantRead read,
                                 const cJSON *json,
                                 GError **error)
{
    g_return_val_if_fail(details != NULL && read < RMS_TENANT_N_READS, FALSE);

    if (json == NULL && !reads[read].may_be_empty)
        return refuse(error, "nothing");
    return reads[read].read(details, json, error);
}

void rms_tenant_details_free(RmsTenantDetails *details)
{
    if (details == NULL)
        return;
    for (gsize i = 0; i < G_N_ELEMENTS(details->errors); i++)
        g_clear_error(&details->errors[i]);
    g_free(details->onboarding.group_object_id);
    g_free(details->onboarding.scope);
    g_clear_pointer(&details->keys, g_ptr_array_unref);
    g_clear_pointer(&details->templates, g_ptr_array_unref);
    g_clear_pointer(&details->platforms, g_ptr_array_unref);
    g_free(details->do_not_track_group);
    g_free(details);
}
