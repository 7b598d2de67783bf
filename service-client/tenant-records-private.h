/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * JSON of the admin service into the records. Private to the room; sends nothing.
 *
 * All of it: %FALSE or %NULL with %RMS_SERVICE_ERROR_PROTOCOL when the answer has another shape
 * than observed; a member of a list that makes no sense is left out.
 */
#pragma once

#include "connector-core/model/json.h"
#include "service-client/tenant-records.h"

G_BEGIN_DECLS

/** rms_tenant_configuration_read: Returns: (transfer full) */
RmsTenantConfiguration *rms_tenant_configuration_read(const cJSON *json, GError **error);

/** rms_tenant_administrators_read: Returns: (transfer container) (element-type
 * RmsTenantAdministrator) */
GPtrArray *rms_tenant_administrators_read(const cJSON *json, GError **error);
/** rms_tenant_administrator_read: Returns: (transfer full): of one member of such a list. */
RmsTenantAdministrator *rms_tenant_administrator_read(const cJSON *json, GError **error);
/** rms_tenant_administrators_include: Whether @administrators has @object_id, or a group that
 * @claims (nullable) lists. */
gboolean rms_tenant_administrators_include(GPtrArray *administrators,
                                           const char *object_id,
                                           const cJSON *claims);

/** rms_tenant_read_get_path: Below the admin service. Returns: (transfer none) */
const char *rms_tenant_read_get_path(RmsTenantRead read);
/** rms_tenant_read_get_max_bytes: Of its answer. */
gsize rms_tenant_read_get_max_bytes(RmsTenantRead read);
/** rms_tenant_details_read: Puts the answer of one read into @details. @json: (nullable): %NULL: an
 * empty body. */
gboolean rms_tenant_details_read(RmsTenantDetails *details,
                                 RmsTenantRead read,
                                 const cJSON *json,
                                 GError **error);

G_END_DECLS
