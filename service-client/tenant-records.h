/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the admin service knows of a tenant (protocol.md §3.3, §3.4), as plain values.
 *
 * Texts are the service's own, made sure to be printable and bounded; %NULL: the service did not
 * say, or said something else than text. Lists are bounded (service-client/service-limits.h); where
 * the service sent more, the rest is left out and the record says so.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * RmsTenantConfiguration: Get-AipServiceConfiguration.
 * @organization: OnPremiseDomainName, else the tenant id
 * @rms_id: RightsManagementServiceId
 * @tenant_id: BPOSId
 * @service_url: what connectors relay to, `https://<id>.rms.na.aadrm.com`
 * @licensing_intranet_url, @licensing_extranet_url, @certification_intranet_url,
 * @certification_extranet_url: distribution points
 * @admin_url, @admin_v2_url: of the admin service; discovery says which one to use
 * @provisioned_at: as the service writes it
 * @current_key_id: CurrentLicensorCertificateGuid
 * @functional_state, @ipc_v3_state, @document_tracking_state: `Enabled` or `Disabled`
 * @key_rollover_count: -1: not said
 * @super_users_enabled, @fci_enabled: -1: not said. Without the second the tenant authorizes no
 * file server on the connector.
 * @super_users: (array zero-terminated=1)
 * @role_members: (array zero-terminated=1): `GlobalAdministrator -> <object id>`
 * @template_ids: (array zero-terminated=1)
 */
typedef struct {
    char *organization;
    char *rms_id;
    char *tenant_id;
    char *service_url;
    char *licensing_intranet_url;
    char *licensing_extranet_url;
    char *certification_intranet_url;
    char *certification_extranet_url;
    char *admin_url;
    char *admin_v2_url;
    char *provisioned_at;
    char *current_key_id;
    char *functional_state;
    char *ipc_v3_state;
    char *document_tracking_state;
    int key_rollover_count;
    int super_users_enabled;
    int fci_enabled;
    char **super_users;
    char **role_members;
    char **template_ids;
} RmsTenantConfiguration;
void rms_tenant_configuration_free(RmsTenantConfiguration *configuration);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RmsTenantConfiguration, rms_tenant_configuration_free)

/** RmsTenantAdministratorRole: the roles that the service keeps itself. */
typedef enum {
    RMS_TENANT_ADMINISTRATOR_GLOBAL,   /* `GlobalAdministrator` */
    RMS_TENANT_ADMINISTRATOR_CONNECTOR /* `ConnectorAdministrator` */
} RmsTenantAdministratorRole;
/** rms_tenant_administrator_role_name: The name on the wire. Returns: (transfer none) */
const char *rms_tenant_administrator_role_name(RmsTenantAdministratorRole role);

/**
 * RmsTenantAdministrator: one row of Get-AipServiceRoleBasedAdministrator.
 * @object_id: never %NULL
 * @object_type: `User` or `Group`
 */
typedef struct {
    char *object_id;
    char *object_type;
    char *display_name;
    char *email;
} RmsTenantAdministrator;
RmsTenantAdministrator *rms_tenant_administrator_copy(const RmsTenantAdministrator *administrator);
void rms_tenant_administrator_free(RmsTenantAdministrator *administrator);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RmsTenantAdministrator, rms_tenant_administrator_free)

/**
 * RmsTenantOnboarding: Get-AipServiceOnboardingControlPolicy.
 * @use_license: only accounts with a licence may protect content
 * @group_object_id: (nullable): only its members may; %NULL: everybody
 * @scope: (nullable): `All`, `WindowsApp` or `MobileApp`
 */
typedef struct {
    gboolean use_license;
    char *group_object_id;
    char *scope;
} RmsTenantOnboarding;

/** RmsTenantKey: one row of Get-AipServiceKeys; no key material. */
typedef struct {
    char *id;
    char *type;
    char *status;
    char *created_at;
} RmsTenantKey;

/** RmsTenantText: @lcid: Windows language id, [MS-LCID]. */
typedef struct {
    guint lcid;
    char *text;
} RmsTenantText;

/** RmsTenantRights: @identity: e-mail address of whom @rights (array zero-terminated=1) are for. */
typedef struct {
    char *identity;
    char **rights;
} RmsTenantRights;

/**
 * RmsTenantTemplate: one row of Get-AipServiceTemplate.
 * @status: `Published` or `Archived`
 * @names, @descriptions: (element-type RmsTenantText)
 * @rights: (element-type RmsTenantRights)
 */
typedef struct {
    char *id;
    char *status;
    GPtrArray *names;
    GPtrArray *descriptions;
    GPtrArray *rights;
} RmsTenantTemplate;
/** rms_tenant_template_get_name: Its name in the language @lcid, else in English (1033), else the
 * first. Returns: (transfer none) (nullable) */
const char *rms_tenant_template_get_name(const RmsTenantTemplate *record, guint lcid);

/** RmsTenantPlatform: @number: as in protocol.md §3.3. @name: (nullable): %NULL: a newer one. */
typedef struct {
    guint number;
    const char *name;
    gboolean allowed;
} RmsTenantPlatform;

/** RmsTenantRead: what rms_tenant_read_details_async() asks for, one request each. */
typedef enum {
    RMS_TENANT_READ_ONBOARDING,
    RMS_TENANT_READ_KEYS,
    RMS_TENANT_READ_TEMPLATES,
    RMS_TENANT_READ_PLATFORMS,
    RMS_TENANT_READ_DO_NOT_TRACK,
    RMS_TENANT_READ_DOCUMENT_TRACKING,
    RMS_TENANT_READ_LICENSE_VALIDITY,
    RMS_TENANT_N_READS
} RmsTenantRead;

/**
 * RmsTenantDetails:
 * @errors: why a read has no result, an RmsServiceError; %NULL: it has one
 * @truncated: the service sent more than is kept
 * @keys: (element-type RmsTenantKey)
 * @templates: (element-type RmsTenantTemplate)
 * @platforms: (element-type RmsTenantPlatform)
 * @do_not_track_group: (nullable): %NULL: nobody
 * @license_validity_days: MaxUseLicenseValidityTime
 */
typedef struct {
    GError *errors[RMS_TENANT_N_READS];
    gboolean truncated[RMS_TENANT_N_READS];
    RmsTenantOnboarding onboarding;
    GPtrArray *keys;
    GPtrArray *templates;
    GPtrArray *platforms;
    char *do_not_track_group;
    gboolean document_tracking;
    guint license_validity_days;
} RmsTenantDetails;
void rms_tenant_details_free(RmsTenantDetails *details);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RmsTenantDetails, rms_tenant_details_free)

G_END_DECLS
