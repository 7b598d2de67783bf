/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The tenant's rights management service, as its administrator sees it: discovery, who am I,
 * service state, super-user state.
 *
 * Reads are published or observed (protocol.md §3.1–3.4). Writes are not public:
 * service-client/unpublished.c alone holds our contract for them.
 */
#pragma once

#include "service-client/account.h"
#include "service-client/tenant-records.h"

G_BEGIN_DECLS

/** RmsTenantRole: what the service lets this account do; asked from the service, never decided from
 * claims (protocol.md §4.5). */
typedef enum {
    RMS_TENANT_ROLE_NONE,
    RMS_TENANT_ROLE_TENANT_GLOBAL_ADMINISTRATOR, /* Entra directory role that the service accepts */
    RMS_TENANT_ROLE_RMS_GLOBAL_ADMINISTRATOR,
    RMS_TENANT_ROLE_CONNECTOR_ADMINISTRATOR
} RmsTenantRole;
#define RMS_TYPE_TENANT_ROLE (rms_tenant_role_get_type())
GType rms_tenant_role_get_type(void);

#define RMS_TYPE_TENANT (rms_tenant_get_type())
/* Read-only properties, notified on refresh: "organization", "rms-id", "tenant-id", "service-url",
 * "service-active", "super-user-feature", "role". */
G_DECLARE_FINAL_TYPE(RmsTenant, rms_tenant, RMS, TENANT, GObject)

/** rms_tenant_discover_async: Finds the admin service (protocol.md §3.1) and reads configuration
 * and states. Errors: RmsServiceError; RMS_SERVICE_ERROR_DISCOVERY keeps the documented wording. */
void rms_tenant_discover_async(RmsAccount *account,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
/** rms_tenant_discover_finish: Returns: (transfer full) */
RmsTenant *rms_tenant_discover_finish(GAsyncResult *result, GError **error);
/** rms_tenant_refresh_async: Reads all of it again. */
void rms_tenant_refresh_async(RmsTenant *tenant,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
gboolean rms_tenant_refresh_finish(RmsTenant *tenant, GAsyncResult *result, GError **error);

RmsAccount *rms_tenant_get_account(RmsTenant *tenant);
const char *
rms_tenant_get_organization(RmsTenant *tenant); /* OnPremiseDomainName, else the tenant id */
const char *rms_tenant_get_rms_id(RmsTenant *tenant);
const char *rms_tenant_get_service_url(
    RmsTenant *tenant); /* `https://<id>.rms.na.aadrm.com`, what connectors relay to */
gboolean rms_tenant_get_service_active(RmsTenant *tenant);
gboolean rms_tenant_get_super_user_feature(RmsTenant *tenant);
RmsTenantRole rms_tenant_get_role(RmsTenant *tenant);
/** rms_tenant_get_configuration: Returns: (transfer none): as last read; another after a refresh.
 */
const RmsTenantConfiguration *rms_tenant_get_configuration(RmsTenant *tenant);
/** rms_tenant_get_administrators: Returns: (transfer none) (nullable) (element-type
 * RmsTenantAdministrator): who has @role, as last read; %NULL: the service does not show this
 * account. */
GPtrArray *rms_tenant_get_administrators(RmsTenant *tenant, RmsTenantAdministratorRole role);

/** rms_tenant_read_details_async: The seven reads that nothing depends on: onboarding policy, keys,
 * templates, platforms, tracking, licence validity. One that is refused does not take the others
 * away. */
void rms_tenant_read_details_async(RmsTenant *tenant,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
/** rms_tenant_read_details_finish: Returns: (transfer full): or %NULL with an RmsServiceError that
 * every read would meet: UNREACHABLE, TLS, SIGN_IN, THROTTLED. */
RmsTenantDetails *
rms_tenant_read_details_finish(RmsTenant *tenant, GAsyncResult *result, GError **error);

/** rms_tenant_set_super_user_feature_async: Switches the feature; read back before it counts as
 * done. Not public on the wire: our contract. */
void rms_tenant_set_super_user_feature_async(RmsTenant *tenant,
                                             gboolean enabled,
                                             GCancellable *cancellable,
                                             GAsyncReadyCallback callback,
                                             gpointer user_data);
gboolean
rms_tenant_set_super_user_feature_finish(RmsTenant *tenant, GAsyncResult *result, GError **error);

G_END_DECLS
