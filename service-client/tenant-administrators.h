/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Giving and taking the roles that the service keeps itself: Add- and
 * Remove-AipServiceRoleBasedAdministrator (protocol.md §3.5). Who has them is
 * rms_tenant_get_administrators().
 *
 * Not public on the wire: service-client/unpublished.h. Takes a global administrator; the service
 * refuses a connector administrator (%RMS_SERVICE_ERROR_NO_ROLE).
 */
#pragma once

#include "service-client/tenant.h"

G_BEGIN_DECLS

/** RmsTenantIdentity: how an administrator is named; the cmdlet's three parameters. */
typedef enum {
    RMS_TENANT_IDENTITY_EMAIL,
    RMS_TENANT_IDENTITY_OBJECT_ID, /* of an account or a security group */
    RMS_TENANT_IDENTITY_GROUP_NAME /* display name of a security group */
} RmsTenantIdentity;
/** rms_tenant_identity_check: Whether @text has the form that @kind wants; says nothing about
 * whether there is such a one. Errors: %RMS_SERVICE_ERROR_REFUSED, %RMS_SERVICE_PROBLEM_IDENTITY.
 */
gboolean rms_tenant_identity_check(RmsTenantIdentity kind, const char *text, GError **error);

/** rms_tenant_add_administrator_async: Gives @role to @identity; read back before it counts as
 * done. Somebody who has it keeps it. */
void rms_tenant_add_administrator_async(RmsTenant *tenant,
                                        RmsTenantAdministratorRole role,
                                        RmsTenantIdentity kind,
                                        const char *identity,
                                        GCancellable *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer user_data);
/** rms_tenant_add_administrator_finish: Returns: (transfer full): whom the service understood. */
RmsTenantAdministrator *
rms_tenant_add_administrator_finish(RmsTenant *tenant, GAsyncResult *result, GError **error);
/** rms_tenant_remove_administrator_async: @object_id: of one of rms_tenant_get_administrators().
 * One's own role can be taken, too: ask before. */
void rms_tenant_remove_administrator_async(RmsTenant *tenant,
                                           RmsTenantAdministratorRole role,
                                           const char *object_id,
                                           GCancellable *cancellable,
                                           GAsyncReadyCallback callback,
                                           gpointer user_data);
gboolean
rms_tenant_remove_administrator_finish(RmsTenant *tenant, GAsyncResult *result, GError **error);

G_END_DECLS
