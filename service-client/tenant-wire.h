/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What discovery and the admin service say on the wire (protocol.md §2.8, §3.1, §3.3), as text in
 * and values out; its records are in tenant-records.h. Private to the room; sends nothing, so all
 * of it is tested without a network.
 */
#pragma once

#include <gio/gio.h>

#include "connector-core/model/json.h"

G_BEGIN_DECLS

/* The published wording (seed document, onboarding controls), and what causes it. */
#define RMS_TENANT_WIRE_DISCOVERY_FAILED                                                           \
    "The attempt to discover the location of the administration service and organization failed. " \
    "Make sure Microsoft Rights Management service is enabled for your organization."
#define RMS_TENANT_WIRE_DISCOVERY_CAUSES                                                           \
    "There are two causes: the service is not activated for the tenant, or an onboarding control " \
    "policy leaves this account out."

/** rms_tenant_wire_discovery_path: Below the discovery host. */
#define RMS_TENANT_WIRE_DISCOVERY_PATH "/_wmcs/oauth2/certification/ServiceLocator.asmx"

/** rms_tenant_wire_get_discovery_envelope: SOAP 1.1, asks for AdminV2Service, no header. */
const char *rms_tenant_wire_get_discovery_envelope(void);
/**
 * rms_tenant_wire_read_location: Reads the locator's answer. Returns: (transfer full): base URL of
 * the admin service, https, without a slash at its end; or %NULL with
 * %RMS_SERVICE_ERROR_NO_ROLE (a bare one, the caller explains), %RMS_SERVICE_ERROR_DISCOVERY or
 * %RMS_SERVICE_ERROR_PROTOCOL.
 */
char *rms_tenant_wire_read_location(const char *text, gsize length, GError **error);

/** rms_tenant_wire_read_state: A bare 0 or 1. */
gboolean rms_tenant_wire_read_state(const cJSON *json, gboolean *state, GError **error);
/** rms_tenant_wire_describe_refusal: `ErrorDetail` of an error answer, fit for a message. @json:
 * (nullable). Returns: (transfer full): may be empty */
char *rms_tenant_wire_describe_refusal(const cJSON *json);

G_END_DECLS
