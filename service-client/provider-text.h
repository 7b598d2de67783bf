/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Text that a server sent, made fit for one of our messages. Private to the room.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** rms_provider_text_clean: @text: (nullable): any bytes up to a NUL. Returns: (transfer full): one
 * line of valid UTF-8 without control characters, cut to @max_bytes; empty for %NULL. */
char *rms_provider_text_clean(const char *text, gsize max_bytes);

G_END_DECLS
