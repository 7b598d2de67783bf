/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * SIDs (MS-DTYP §2.4.2) and GUIDs (MS-DTYP §2.3.4): binary to text and back.
 */
#include "config.h"

#include "connector-core/model/sid.h"

#include <string.h>

#define SID_REVISION 1
#define SID_MAX_SUB_AUTHORITIES 15
#define SID_HEADER_BYTES 8

G_DEFINE_BOXED_TYPE(RmsSid, rms_sid, rms_sid_copy, rms_sid_free)

gboolean rms_sid_parse_bytes(RmsSid *sid, const guint8 *data, gsize length)
{
    if (length < SID_HEADER_BYTES || data[0] != SID_REVISION || data[1] > SID_MAX_SUB_AUTHORITIES ||
        length != SID_HEADER_BYTES + 4 * (gsize) data[1])
        return FALSE;
    memset(sid, 0, sizeof *sid);
    sid->length = length;
    memcpy(sid->bytes, data, length);
    return TRUE;
}

/* A decimal or, for the authority, 0x-prefixed number up to @max; moves @text behind it. */
static gboolean take_number(const char **text, gboolean hex_allowed, guint64 max, guint64 *value)
{
    char *end = NULL;
    gboolean hex = hex_allowed && g_ascii_strncasecmp(*text, "0x", 2) == 0;
    const char *digits = hex ? *text + 2 : *text;

    if (!(hex ? g_ascii_isxdigit(*digits) : g_ascii_isdigit(*digits)) ||
        strspn(digits, "0123456789abcdefABCDEF") > 15)
        return FALSE;
    *value = g_ascii_strtoull(digits, &end, hex ? 16 : 10);
    *text = end;
    return *value <= max;
}

gboolean rms_sid_parse(RmsSid *sid, const char *text)
{
    guint8 bytes[RMS_SID_MAX_BYTES] = {SID_REVISION};
    guint64 value;

    if (text == NULL || g_ascii_strncasecmp(text, "S-1-", 4) != 0)
        return FALSE;
    text += 4;
    if (!take_number(&text, TRUE, G_GUINT64_CONSTANT(0xffffffffffff), &value))
        return FALSE;
    for (guint i = 0; i < 6; i++)
        bytes[2 + i] = value >> (8 * (5 - i));
    while (*text == '-') {
        guint8 *sub = bytes + SID_HEADER_BYTES + 4 * bytes[1];

        text++;
        if (bytes[1] == SID_MAX_SUB_AUTHORITIES || !take_number(&text, FALSE, G_MAXUINT32, &value))
            return FALSE;
        for (guint i = 0; i < 4; i++)
            sub[i] = value >> (8 * i);
        bytes[1]++;
    }
    return *text == '\0' && bytes[1] > 0 &&
           rms_sid_parse_bytes(sid, bytes, SID_HEADER_BYTES + 4 * (gsize) bytes[1]);
}

char *rms_sid_to_string(const RmsSid *sid)
{
    GString *text;
    guint64 authority = 0;

    g_return_val_if_fail(sid != NULL && sid->length >= SID_HEADER_BYTES, NULL);

    for (guint i = 2; i < SID_HEADER_BYTES; i++)
        authority = authority << 8 | sid->bytes[i];
    text = g_string_new("S-1-");
    /* MS-DTYP §2.4.2.1: decimal below 2^32, else twelve hex digits. */
    if (authority <= G_MAXUINT32)
        g_string_append_printf(text, "%" G_GUINT64_FORMAT, authority);
    else
        g_string_append_printf(text, "0x%012" G_GINT64_MODIFIER "x", authority);
    for (guint i = SID_HEADER_BYTES; i < sid->length; i += 4) {
        guint32 sub = sid->bytes[i] | sid->bytes[i + 1] << 8 | sid->bytes[i + 2] << 16 |
                      (guint32) sid->bytes[i + 3] << 24;

        g_string_append_printf(text, "-%u", sub);
    }
    return g_string_free(text, FALSE);
}

gboolean rms_sid_append(RmsSid *sid, guint32 rid)
{
    g_return_val_if_fail(sid->length >= SID_HEADER_BYTES, FALSE);

    if (sid->bytes[1] >= SID_MAX_SUB_AUTHORITIES)
        return FALSE;
    for (guint i = 0; i < 4; i++)
        sid->bytes[sid->length + i] = rid >> (8 * i);
    sid->length += 4;
    sid->bytes[1]++;
    return TRUE;
}

/* FNV-1a over the last sub-authorities: those tell accounts of a domain apart. */
guint rms_sid_hash(gconstpointer pointer)
{
    const RmsSid *sid = pointer;
    guint32 hash = 2166136261u;

    for (guint i = 0; i < sid->length; i++)
        hash = (hash ^ sid->bytes[i]) * 16777619u;
    return hash;
}

gboolean rms_sid_equal(gconstpointer a, gconstpointer b)
{
    const RmsSid *one = a, *other = b;

    return one->length == other->length && memcmp(one->bytes, other->bytes, one->length) == 0;
}

RmsSid *rms_sid_copy(const RmsSid *sid)
{
    return sid != NULL ? g_memdup2(sid, sizeof *sid) : NULL;
}

void rms_sid_free(RmsSid *sid)
{
    g_free(sid);
}

/* Where each byte of the text form stands in the stored form: u32, u16, u16 little-endian, then
 * eight bytes as they are. */
static const guint8 guid_order[16] = {3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};

char *rms_guid_to_string(const guint8 bytes[16])
{
    GString *text = g_string_sized_new(36);

    for (guint i = 0; i < 16; i++)
        g_string_append_printf(
            text, i == 4 || i == 6 || i == 8 || i == 10 ? "-%02x" : "%02x", bytes[guid_order[i]]);
    return g_string_free(text, FALSE);
}

gboolean rms_guid_parse(guint8 bytes[16], const char *text)
{
    g_autofree char *bare = NULL;
    gsize length = text != NULL ? strlen(text) : 0;

    if (length == 38 && text[0] == '{' && text[37] == '}')
        bare = g_strndup(text + 1, 36);
    else if (length == 36)
        bare = g_strdup(text);
    if (bare == NULL || !g_uuid_string_is_valid(bare))
        return FALSE;
    text = bare;
    for (guint i = 0; i < 16; i++) {
        if (*text == '-')
            text++;
        bytes[guid_order[i]] = g_ascii_xdigit_value(text[0]) << 4 | g_ascii_xdigit_value(text[1]);
        text += 2;
    }
    return TRUE;
}
