/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The key pair by which a connector proves to the tenant who it is. Made here, on the connector;
 * only the certificate is ever told to anybody (service-client/tenant-credentials.h).
 */
#pragma once

#include "connector-core/model/secret.h"

G_BEGIN_DECLS

#define RMS_CONNECTOR_KEY_PURPOSE "connector application key" /* rms_sealed_file_write() */

/**
 * rms_connector_key_make: A new RSA key of 3072 bits and a self-signed certificate of it (SHA-256,
 * digital signature). Takes about a second: not for a thread that draws.
 * @name: the certificate's common name, at most 64 characters
 * @days: that it is valid from now; 1 to 3650
 * @key: (out) (transfer full): PEM
 * @certificate: (out) (transfer full): PEM
 * Errors: %RMS_SERVICE_ERROR_SETTINGS.
 */
gboolean rms_connector_key_make(
    const char *name, guint days, RmsSecret **key, char **certificate, GError **error);
/** rms_connector_key_save: Writes @key to @key_file, mode 0600; with a @sealing_key_file (nullable)
 * sealed under the key in it, which is made if there is none. */
gboolean rms_connector_key_save(const RmsSecret *key,
                                const char *key_file,
                                const char *sealing_key_file,
                                GError **error);

G_END_DECLS
