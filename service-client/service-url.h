/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Addresses that we send tokens to, or people. Private to the room.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** rms_service_url_is_https: Whether @text (nullable) is a https URL with a host and without what
 * would hide it (user part, control characters, blanks). */
gboolean rms_service_url_is_https(const char *text);
/** rms_service_url_is_base: Also without what would swallow an appended path (query, fragment). */
gboolean rms_service_url_is_base(const char *text);
/** rms_service_url_dup_host: Returns: (transfer full) (nullable): %NULL for anything but a https
 * URL. */
char *rms_service_url_dup_host(const char *text);
/** rms_service_url_join: @base without slashes at its end, then @path. Returns: (transfer full) */
char *rms_service_url_join(const char *base, const char *path);

G_END_DECLS
