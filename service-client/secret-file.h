/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reading and writing files that hold a secret. Private to the room.
 */
#pragma once

#include "connector-core/model/secret.h"

G_BEGIN_DECLS

/** rms_secret_file_read: A regular file that only its owner (we or root) can read; in systemd's
 * credentials directory the group bits are not looked at, see rms_client_assertion_new(). Returns:
 * (transfer full): its bytes, or %NULL with %RMS_SERVICE_ERROR_SETTINGS. */
RmsSecret *rms_secret_file_read(const char *path, gsize max_bytes, GError **error);
/** rms_secret_file_write: Replaces @path by one step; mode 0600; on disk when it returns. */
gboolean rms_secret_file_write(const char *path, const void *bytes, gsize length, GError **error);

G_END_DECLS
