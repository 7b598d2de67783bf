/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A secret at rest, sealed with AES-256-GCM under a key in another file. For connectors without
 * systemd credentials (which need none of this: systemd opens them, docs/tenant.md).
 *
 * What it is good for: a copy of the state directory (a backup, a disk that is thrown away) without
 * the key file tells nothing and cannot be changed unseen. What it is not: no protection from root
 * on the running computer. In this room, because the application's private key is its only user.
 */
#pragma once

#include "connector-core/model/secret.h"

G_BEGIN_DECLS

/** rms_sealed_file_make_key: Makes the key of 32 random bytes, mode 0600. A file that is there is
 * left alone: overwriting it would lose what it sealed. Errors: %RMS_SERVICE_ERROR_SETTINGS. */
gboolean rms_sealed_file_make_key(const char *key_file, GError **error);
/** rms_sealed_file_write: @purpose: what the secret is; the same for reading, so that one sealed
 * file does not pass for another. Replaces @path by one step, mode 0600. */
gboolean rms_sealed_file_write(const char *path,
                               const char *key_file,
                               const char *purpose,
                               const RmsSecret *secret,
                               GError **error);
/** rms_sealed_file_read: Returns: (transfer full): or %NULL with %RMS_SERVICE_ERROR_SETTINGS:
 * either file is missing or readable by others, or they do not belong together. */
RmsSecret *
rms_sealed_file_read(const char *path, const char *key_file, const char *purpose, GError **error);

G_END_DECLS
