/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A string that must not leak: passwords, tokens, assertions, verifiers.
 *
 * The bytes are wiped when the last reference goes. An RmsSecret never enters a GObject property, a
 * log or an error; whoever needs the text borrows it for one call.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _RmsSecret RmsSecret;

/** rms_secret_new: Copies @text (@length bytes, -1: up to the NUL). Returns: (transfer full) */
RmsSecret *rms_secret_new(const char *text, gssize length);
/** rms_secret_new_take: Takes @text, wiping it in the end as well. Returns: (transfer full) */
RmsSecret *rms_secret_new_take(char *text);
RmsSecret *rms_secret_ref(RmsSecret *secret);
/** rms_secret_unref: @secret: (nullable) */
void rms_secret_unref(RmsSecret *secret);
/** rms_secret_get: Returns: (transfer none): the text, valid while the reference is held. */
const char *rms_secret_get(const RmsSecret *secret);
gsize rms_secret_get_length(const RmsSecret *secret);
/** rms_secret_wipe_string: Overwrites and frees @text, which may be %NULL. */
void rms_secret_wipe_string(char *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(RmsSecret, rms_secret_unref)

G_END_DECLS
