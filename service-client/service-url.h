/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Addresses that we append paths to. Private to the room.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** rms_service_url_is_base: Whether @text (nullable) is a https URL with a host, and without what
 * would swallow an appended path (query, fragment) or hide the host (user part). */
gboolean rms_service_url_is_base(const char *text);
/** rms_service_url_join: @base without slashes at its end, then @path. Returns: (transfer full) */
char *rms_service_url_join(const char *base, const char *path);

G_END_DECLS
