/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Text of a server for a message: one line, valid, bounded. Whether it may be shown at all is the
 * caller's decision.
 */
#include "config.h"

#include "service-client/provider-text.h"

#include <string.h>

#include "service-client/service-limits.h"

char *rms_provider_text_clean(const char *text, gsize max_bytes)
{
    g_autoptr(GString) clean = g_string_new(NULL);
    g_autofree char *valid = NULL;
    gboolean gap = FALSE;

    if (text == NULL)
        return g_strdup("");
    valid = g_utf8_make_valid(text, (gssize) strnlen(text, max_bytes * 2));
    for (const char *c = valid; *c != '\0'; c = g_utf8_next_char(c)) {
        gunichar character = g_utf8_get_char(c);

        if (g_unichar_isspace(character) || !g_unichar_isprint(character)) {
            gap = clean->len > 0;
            continue;
        }
        if (clean->len + (gap ? 1 : 0) + 6 > max_bytes) {
            g_string_append(clean, "…");
            break;
        }
        if (gap)
            g_string_append_c(clean, ' ');
        gap = FALSE;
        g_string_append_unichar(clean, character);
    }
    return g_string_free(g_steal_pointer(&clean), FALSE);
}

static gboolean is_printable(const char *text)
{
    for (const char *c = text; *c != '\0'; c = g_utf8_next_char(c)) {
        if (!g_unichar_isprint(g_utf8_get_char(c)))
            return FALSE;
    }
    return *text != '\0';
}

const char *rms_provider_text_peek(const cJSON *object, const char *name)
{
    const char *value = object != NULL ? rms_json_peek_string(object, name) : NULL;

    if (value == NULL || strlen(value) > RMS_SERVICE_MAX_CLAIM_BYTES || !is_printable(value))
        return NULL;
    return value;
}
