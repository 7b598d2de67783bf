/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The way to a cloud: a HTTPS client as the settings of the environment want it. Private to the
 * room.
 */
#pragma once

#include "service-client/cloud-environment.h"
#include "service-client/http-client.h"

G_BEGIN_DECLS

/** rms_service_connection_new: A client with the authorities and the proxy of @environment. Reads
 * the proxy's password now. Returns: (transfer full): or %NULL with %RMS_SERVICE_ERROR_SETTINGS. */
RmsHttpClient *rms_service_connection_new(const RmsCloudEnvironment *environment, GError **error);

G_END_DECLS
