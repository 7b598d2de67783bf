/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The strict front of cJSON. cJSON is a lenient reader: it lets control characters, embedded NULs
 * and repeated members through, and one short text can make millions of values. Everything that it
 * would let through silently is refused here, before or after it has run; the reading itself is
 * its work.
 */
#include "config.h"

#include "connector-core/model/json.h"

#include <math.h>
#include <string.h>

#include "connector-core/model/server-list.h"

#define MAX_DEPTH 32
/* A cJSON value takes 64 bytes of memory, a byte of text suffices to ask for one. A list of 10 000
 * entries has 110 000. */
#define MAX_VALUES 1000000
/* Integers that a double holds exactly. */
#define MAX_EXACT_INTEGER 9007199254740991.0

static gboolean refuse(GError **error, gsize at, const char *why)
{
    g_set_error(error,
                RMS_MODEL_ERROR,
                RMS_MODEL_ERROR_SYNTAX,
                "not usable JSON: %s at byte %" G_GSIZE_FORMAT,
                why,
                at);
    return FALSE;
}

/* Four hexadecimal digits, not all zero. cJSON reads bad digits as zero, and ends the C string at a
 * zero, which would hide what follows. */
static gboolean check_hex_escape(const char *escape, gsize length)
{
    guint value = 0;

    if (length < 6)
        return FALSE;
    for (guint i = 2; i < 6; i++) {
        int digit = g_ascii_xdigit_value(escape[i]);

        if (digit < 0)
            return FALSE;
        value = value << 4 | (guint) digit;
    }
    return value != 0;
}

/* Moves @i from the opening quote to behind the closing one. */
static gboolean check_string(const char *text, gsize length, gsize *i, GError **error)
{
    for ((*i)++; *i < length; (*i)++) {
        guchar c = (guchar) text[*i];

        if (c == '"') {
            (*i)++;
            return TRUE;
        }
        if (c < 0x20)
            return refuse(error, *i, "control character in a string");
        if (c != '\\')
            continue;
        if (*i + 1 < length && text[*i + 1] == 'u' && !check_hex_escape(text + *i, length - *i))
            return refuse(error, *i, "NUL or bad escape in a string");
        (*i)++;
    }
    return refuse(error, length, "string without end");
}

/* RFC 8259 §6; cJSON takes whatever strtod() takes. Moves @i behind the number. */
static gboolean check_number(const char *text, gsize length, gsize *i, GError **error)
{
    gsize start = *i, at = *i;

#define DIGIT(p) ((p) < length && g_ascii_isdigit(text[p]))
    if (text[at] == '-')
        at++;
    if (!DIGIT(at) || (text[at] == '0' && DIGIT(at + 1)))
        return refuse(error, start, "bad number");
    while (DIGIT(at))
        at++;
    if (at < length && text[at] == '.') {
        at++;
        if (!DIGIT(at))
            return refuse(error, start, "bad number");
        while (DIGIT(at))
            at++;
    }
    if (at < length && (text[at] == 'e' || text[at] == 'E')) {
        at++;
        if (at < length && (text[at] == '+' || text[at] == '-'))
            at++;
        if (!DIGIT(at))
            return refuse(error, start, "bad number");
        while (DIGIT(at))
            at++;
    }
#undef DIGIT
    /* cJSON copies a number into a buffer of 64 bytes and forgets the rest. */
    if (at - start >= 63)
        return refuse(error, start, "number too long");
    *i = at;
    return TRUE;
}

/* One pass over the tokens: depth, count of values, strings and numbers. */
static gboolean check_tokens(const char *text, gsize length, GError **error)
{
    guint depth = 0, values = 1;

    for (gsize i = 0; i < length;) {
        guchar c = (guchar) text[i];

        if (c == '"') {
            if (!check_string(text, length, &i, error))
                return FALSE;
            continue;
        }
        if (c == '-' || g_ascii_isdigit(c)) {
            if (!check_number(text, length, &i, error))
                return FALSE;
            continue;
        }
        if (c == '{' || c == '[') {
            if (++depth > MAX_DEPTH)
                return refuse(error, i, "nested too deeply");
            values++;
        } else if (c == '}' || c == ']') {
            /* cJSON notices an unbalanced bracket. */
            depth -= depth > 0;
        } else if (c == ',') {
            values++;
        } else if (c < 0x20 && c != '\t' && c != '\n' && c != '\r') {
            return refuse(error, i, "control character");
        }
        if (values > MAX_VALUES)
            return refuse(error, i, "too many values");
        i++;
    }
    return TRUE;
}

/* Depth is at most MAX_DEPTH here, so recursion is safe. */
static gboolean check_members(const cJSON *value, GError **error)
{
    g_autoptr(GHashTable) seen = NULL;
    const cJSON *child;

    if (cJSON_IsObject(value))
        seen = g_hash_table_new(g_str_hash, g_str_equal);
    cJSON_ArrayForEach(child, value)
    {
        if (seen && !g_hash_table_add(seen, child->string)) {
            g_set_error_literal(error,
                                RMS_MODEL_ERROR,
                                RMS_MODEL_ERROR_SYNTAX,
                                "not usable JSON: an object has the same member twice");
            return FALSE;
        }
        if (child->child && !check_members(child, error))
            return FALSE;
    }
    return TRUE;
}

cJSON *rms_json_parse(const char *text, gsize length, gsize max_length, GError **error)
{
    const char *end = NULL;

    g_return_val_if_fail(text != NULL || length == 0, NULL);

    if (length > max_length) {
        g_set_error(error,
                    RMS_MODEL_ERROR,
                    RMS_MODEL_ERROR_SYNTAX,
                    "not usable JSON: longer than %" G_GSIZE_FORMAT " bytes",
                    max_length);
        return NULL;
    }
    if (length == 0) {
        refuse(error, 0, "nothing there");
        return NULL;
    }
    if (!g_utf8_validate_len(text, length, &end)) {
        refuse(error, (gsize) (end - text), "invalid UTF-8");
        return NULL;
    }
    /* RFC 8259 §8.1: no byte order mark; cJSON would skip it. */
    if ((guchar) text[0] == 0xEF && length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) {
        refuse(error, 0, "byte order mark");
        return NULL;
    }
    if (!check_tokens(text, length, error))
        return NULL;

    end = text;
    g_autoptr(cJSON) value = cJSON_ParseWithLengthOpts(text, length, &end, FALSE);
    if (!value) {
        refuse(error, end ? (gsize) (end - text) : 0, "syntax error");
        return NULL;
    }
    for (; end < text + length; end++) {
        if (!strchr(" \t\r\n", *end)) {
            refuse(error, (gsize) (end - text), "text behind the value");
            return NULL;
        }
    }
    if (!check_members(value, error))
        return NULL;
    return g_steal_pointer(&value);
}

static const cJSON *get_member(const cJSON *object, const char *member, GError **error)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, member);

    if (!item)
        g_set_error(
            error, RMS_MODEL_ERROR, RMS_MODEL_ERROR_SYNTAX, "member \"%s\" is missing", member);
    return item;
}

const char *
rms_json_get_string(const cJSON *object, const char *member, gsize max_bytes, GError **error)
{
    const cJSON *item = get_member(object, member, error);

    if (!item)
        return NULL;
    if (!cJSON_IsString(item)) {
        g_set_error(
            error, RMS_MODEL_ERROR, RMS_MODEL_ERROR_SYNTAX, "member \"%s\" is no string", member);
        return NULL;
    }
    if (strlen(item->valuestring) > max_bytes) {
        g_set_error(error,
                    RMS_MODEL_ERROR,
                    RMS_MODEL_ERROR_SYNTAX,
                    "member \"%s\" is longer than %" G_GSIZE_FORMAT " bytes",
                    member,
                    max_bytes);
        return NULL;
    }
    return item->valuestring;
}

const char *rms_json_peek_string(const cJSON *object, const char *member)
{
    return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, member));
}

gboolean rms_json_get_int(
    const cJSON *object, const char *member, gint64 min, gint64 max, gint64 *value, GError **error)
{
    const cJSON *item = get_member(object, member, error);

    if (!item)
        return FALSE;
    double number = cJSON_IsNumber(item) ? item->valuedouble : NAN;
    /* Compared as integers: a double next to G_MAXINT64 would round up beyond it. */
    if (!(fabs(number) <= MAX_EXACT_INTEGER) || number != trunc(number) || (gint64) number < min ||
        (gint64) number > max) {
        g_set_error(error,
                    RMS_MODEL_ERROR,
                    RMS_MODEL_ERROR_SYNTAX,
                    "member \"%s\" is no integer from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT,
                    member,
                    min,
                    max);
        return FALSE;
    }
    *value = (gint64) number;
    return TRUE;
}

void rms_json_add_int(cJSON *object, const char *member, gint64 value)
{
    char digits[24];

    g_snprintf(digits, sizeof digits, "%" G_GINT64_FORMAT, value);
    cJSON_AddRawToObject(object, member, digits);
}

char *rms_json_print(const cJSON *value, gboolean indented)
{
    char *text = cJSON_PrintBuffered(value, 4096, indented);

    /* Like every allocation of GLib's: there is no way on without memory. */
    g_assert(text != NULL);
    return text;
}
