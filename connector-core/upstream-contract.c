/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Our own contract with the tenant; see upstream-contract.h.
 */
#include "config.h"

#include "connector-core/upstream-contract.h"

gboolean rms_upstream_contract_is_token(const char *text)
{
    if (*text == '\0') {
        return FALSE;
    }
    for (; *text != '\0'; text++) {
        if (!g_ascii_isalnum(*text) && strchr("-._~+/=", *text) == NULL) {
            return FALSE;
        }
    }
    return TRUE;
}

/* RFC 3986 §2.1, §2.3. */
static void append_percent_encoded(RmsBuffer *out, const char *text)
{
    for (; *text != '\0'; text++) {
        if (g_ascii_isalnum(*text) || strchr("-._~", *text) != NULL) {
            rms_buffer_append(out, text, 1);
        } else {
            char code[4];

            g_snprintf(code, sizeof(code), "%%%02X", (guint) (guchar) *text);
            rms_buffer_append(out, code, 3);
        }
    }
}

void rms_upstream_contract_append(RmsBuffer *out, const RmsSecret *token, RmsEntry *entry)
{
    rms_buffer_append_string(out, "Authorization: Bearer ");
    rms_buffer_append(out, rms_secret_get(token), rms_secret_get_length(token));
    rms_buffer_append_string(out, "\r\nX-RMS-Connector-Entry-Sid: ");
    rms_buffer_append_string(out, rms_entry_get_sid_text(entry));
    rms_buffer_append_string(out, "\r\nX-RMS-Connector-Entry-Role: ");
    rms_buffer_append_string(out, rms_role_to_string(rms_entry_get_role(entry)));
    rms_buffer_append_string(out, "\r\nX-RMS-Connector-Entry-Name: ");
    append_percent_encoded(out, rms_entry_get_name(entry));
    rms_buffer_append_string(out, "\r\n");
}
