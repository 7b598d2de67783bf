/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cJSON behind limits: size, depth, UTF-8, trailing bytes and members that occur twice are refused.
 */
#include "config.h"

#include "connector-core/model/json.h"

#include <math.h>
#include <string.h>

#include "connector-core/model/server-list.h"

#define MAX_DEPTH 32
/* 2^53: beyond it a JSON number, which cJSON keeps as a double, is not exact. */
#define MAX_EXACT 9007199254740992.0

static gboolean refuse(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);

static gboolean refuse(GError **error, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    if (error != NULL && *error == NULL)
        *error = g_error_new_valist(RMS_MODEL_ERROR, RMS_MODEL_ERROR_SYNTAX, format, arguments);
    va_end(arguments);
    return FALSE;
}

static gboolean check_tree(const cJSON *value, guint depth, GError **error)
{
    g_autoptr(GHashTable) seen = NULL;

    if (depth > MAX_DEPTH)
        return refuse(error, "the JSON is nested deeper than %d levels", MAX_DEPTH);
    if (cJSON_IsObject(value))
        seen = g_hash_table_new(g_str_hash, g_str_equal);
    for (const cJSON *child = value->child; child != NULL; child = child->next) {
        if (seen != NULL && !g_hash_table_add(seen, child->string))
            return refuse(error, "a member of an object occurs twice");
        if (!check_tree(child, depth + 1, error))
            return FALSE;
    }
    return TRUE;
}

/* cJSON ends a string at an escaped NUL without a word. */
static gboolean has_nul(const char *text, gsize length)
{
    return memchr(text, '\0', length) != NULL || g_strstr_len(text, length, "\\u0000") != NULL;
}

cJSON *rms_json_parse(const char *text, gsize length, gsize max_length, GError **error)
{
    g_autoptr(cJSON) value = NULL;
    const char *end = NULL;

    g_return_val_if_fail(text != NULL || length == 0, NULL);

    if (length > max_length) {
        refuse(error,
               "the JSON has %" G_GSIZE_FORMAT " bytes; at most %" G_GSIZE_FORMAT " are read",
               length,
               max_length);
        return NULL;
    }
    if (length == 0 || has_nul(text, length) || !g_utf8_validate(text, length, NULL)) {
        refuse(error,
               length == 0 ? "there is no JSON, only an empty text"
                           : "the JSON is not valid UTF-8 text");
        return NULL;
    }
    value = cJSON_ParseWithLengthOpts(text, length, &end, FALSE);
    if (value == NULL) {
        refuse(error,
               "the text is no JSON; it goes wrong at byte %" G_GSIZE_FORMAT,
               end != NULL ? (gsize) (end - text) : 0);
        return NULL;
    }
    while (end < text + length && strchr(" \t\r\n", *end) != NULL)
        end++;
    if (end != text + length) {
        refuse(error, "something follows the JSON at byte %" G_GSIZE_FORMAT, (gsize) (end - text));
        return NULL;
    }
    if (!check_tree(value, 0, error))
        return NULL;
    return g_steal_pointer(&value);
}

const char *rms_json_peek_string(const cJSON *object, const char *member)
{
    return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, member));
}

const char *
rms_json_get_string(const cJSON *object, const char *member, gsize max_bytes, GError **error)
{
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(object, member);

    if (!cJSON_IsString(value)) {
        refuse(error,
               value == NULL ? "member \"%s\" is missing" : "member \"%s\" must be a text",
               member);
        return NULL;
    }
    if (strlen(value->valuestring) > max_bytes) {
        refuse(error, "member \"%s\" is longer than %" G_GSIZE_FORMAT " bytes", member, max_bytes);
        return NULL;
    }
    return value->valuestring;
}

gboolean rms_json_get_int(
    const cJSON *object, const char *member, gint64 min, gint64 max, gint64 *value, GError **error)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, member);
    double number;

    if (!cJSON_IsNumber(item))
        return refuse(error,
                      item == NULL ? "member \"%s\" is missing" : "member \"%s\" must be a number",
                      member);
    number = item->valuedouble;
    if (!(fabs(number) <= MAX_EXACT) || floor(number) != number || number < (double) min ||
        number > (double) max)
        return refuse(error,
                      "member \"%s\" must be a whole number from %" G_GINT64_FORMAT
                      " to %" G_GINT64_FORMAT,
                      member,
                      min,
                      max);
    *value = (gint64) number;
    return TRUE;
}

char *rms_json_print(const cJSON *value, gboolean indented)
{
    char *text = indented ? cJSON_Print(value) : cJSON_PrintUnformatted(value);
    char *copy = g_strdup(text);

    cJSON_free(text);
    return copy;
}
