/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the files of the tenant share: tenant.c (the object), tenant-details.c,
 * tenant-administrators.c, tenant-credentials.c.
 */
#pragma once

#include "service-client/tenant.h"

G_BEGIN_DECLS

/** rms_tenant_get_admin_url: Returns: (transfer none): from discovery. */
const char *rms_tenant_get_admin_url(RmsTenant *tenant);
/** rms_tenant_get_async: Asks for JSON at @url; rms_service_call_finish() ends it. @max_bytes: of
 * the answer, 0: as usual. */
void rms_tenant_get_async(RmsTenant *tenant,
                          const char *url,
                          gsize max_bytes,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data);

/** rms_tenant_take_administrators: @list: (transfer full): who has @role from here on; decides the
 * account's own role anew. */
void rms_tenant_take_administrators(RmsTenant *tenant,
                                    RmsTenantAdministratorRole role,
                                    GPtrArray *list);

G_END_DECLS
