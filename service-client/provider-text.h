/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Text that a server sent, made fit for one of our messages. Private to the room.
 */
#pragma once

#include "connector-core/model/json.h"

G_BEGIN_DECLS

/** rms_provider_text_clean: @text: (nullable): any bytes up to a NUL. Returns: (transfer full): one
 * line of valid UTF-8 without control characters, cut to @max_bytes; empty for %NULL. */
char *rms_provider_text_clean(const char *text, gsize max_bytes);

/** rms_provider_text_peek: Returns: (transfer none) (nullable): the member @name of @object
 * (nullable) if it is text that can be shown as it stands: printable, not empty, bounded
 * (%RMS_SERVICE_MAX_CLAIM_BYTES). */
const char *rms_provider_text_peek(const cJSON *object, const char *name);

G_END_DECLS
