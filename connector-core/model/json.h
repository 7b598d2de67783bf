/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reading JSON that came from somebody else: cJSON behind a size and depth limit and typed getters.
 *
 * Getters name the member in their error, never its value (it may be a secret).
 */
#pragma once

#include <cjson/cJSON.h>
#include <glib.h>

G_BEGIN_DECLS

G_DEFINE_AUTOPTR_CLEANUP_FUNC(cJSON, cJSON_Delete)

/**
 * rms_json_parse: @text: @length bytes, need not end in NUL; must be one JSON value, valid UTF-8,
 * at most @max_length bytes and 32 levels deep, with nothing but white space behind it and no
 * member twice in an object. Returns: (transfer full): the value, or %NULL with
 * %RMS_MODEL_ERROR_SYNTAX.
 */
cJSON *rms_json_parse(const char *text, gsize length, gsize max_length, GError **error);
/** rms_json_get_string: Returns: (transfer none): the member's text, or %NULL with an error if it
 * is missing, no string or longer than @max_bytes. */
const char *
rms_json_get_string(const cJSON *object, const char *member, gsize max_bytes, GError **error);
/** rms_json_peek_string: Returns: (transfer none) (nullable): the member's text, or %NULL when it
 * is missing or no string. */
const char *rms_json_peek_string(const cJSON *object, const char *member);
/** rms_json_get_int: Reads an integer in [@min, @max]. Returns: %FALSE, @value untouched, with an
 * error otherwise. */
gboolean rms_json_get_int(
    const cJSON *object, const char *member, gint64 min, gint64 max, gint64 *value, GError **error);
/** rms_json_add_int: Adds an integer with all of its digits; cJSON's own numbers keep 15, too few
 * for microseconds since 1970. */
void rms_json_add_int(cJSON *object, const char *member, gint64 value);
/** rms_json_print: Returns: (transfer full): @value as text, `g_free` frees it. */
char *rms_json_print(const cJSON *value, gboolean indented);

G_END_DECLS
