/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * SIDs and GUIDs between bytes and text. What a SID stands for is the directory's business.
 */
#include "config.h"

#include "connector-core/model/sid.h"

#include <string.h>

/* MS-DTYP §2.4.2.2: revision, sub-authority count, six bytes of authority, then the
 * sub-authorities. */
#define SID_REVISION 1
#define SID_HEADER_BYTES 8
#define SID_MAX_SUBS 15
/* MS-DTYP §2.4.2.1: 1*10DIGIT, and 0x with exactly twelve hexadecimal digits. */
#define SID_MAX_DECIMAL_DIGITS 10
#define SID_HEX_DIGITS 12

G_DEFINE_BOXED_TYPE(RmsSid, rms_sid, rms_sid_copy, rms_sid_free)

gboolean rms_sid_parse_bytes(RmsSid *sid, const guint8 *data, gsize length)
{
    g_return_val_if_fail(sid != NULL, FALSE);

    /* A SID names somebody by at least one sub-authority (MS-DTYP §2.4.2.1). */
    if (!data || length < SID_HEADER_BYTES || data[0] != SID_REVISION || data[1] == 0 ||
        data[1] > SID_MAX_SUBS || length != SID_HEADER_BYTES + 4 * (gsize) data[1])
        return FALSE;

    RmsSid out = {.length = (guint8) length};
    memcpy(out.bytes, data, length);
    *sid = out;
    return TRUE;
}

gboolean rms_sid_append(RmsSid *sid, guint32 rid)
{
    g_return_val_if_fail(sid != NULL && sid->length >= SID_HEADER_BYTES, FALSE);

    if (sid->bytes[1] >= SID_MAX_SUBS)
        return FALSE;
    rid = GUINT32_TO_LE(rid);
    memcpy(sid->bytes + sid->length, &rid, sizeof rid);
    sid->length += sizeof rid;
    sid->bytes[1]++;
    return TRUE;
}

/* Reads one decimal number of MS-DTYP §2.4.2.1 and moves @text behind it. */
static gboolean read_decimal(const char **text, guint32 *value)
{
    guint64 sum = 0;
    guint digits = 0;

    for (; g_ascii_isdigit(**text); (*text)++) {
        if (++digits > SID_MAX_DECIMAL_DIGITS)
            return FALSE;
        sum = sum * 10 + (guint64) (**text - '0');
    }
    if (digits == 0 || sum > G_MAXUINT32)
        return FALSE;
    *value = (guint32) sum;
    return TRUE;
}

/* Reads the identifier authority, decimal or hexadecimal, and moves @text behind it. */
static gboolean read_authority(const char **text, guint64 *value)
{
    if ((*text)[0] == '0' && ((*text)[1] == 'x' || (*text)[1] == 'X')) {
        guint64 sum = 0;

        *text += 2;
        for (guint i = 0; i < SID_HEX_DIGITS; i++, (*text)++) {
            int digit = g_ascii_xdigit_value(**text);
            if (digit < 0)
                return FALSE;
            sum = sum << 4 | (guint64) digit;
        }
        *value = sum;
        return TRUE;
    }

    guint32 decimal;
    if (!read_decimal(text, &decimal))
        return FALSE;
    *value = decimal;
    return TRUE;
}

gboolean rms_sid_parse(RmsSid *sid, const char *text)
{
    guint64 authority;

    g_return_val_if_fail(sid != NULL, FALSE);

    if (!text || (text[0] != 'S' && text[0] != 's') || strncmp(text + 1, "-1-", 3) != 0)
        return FALSE;
    text += 4;
    if (!read_authority(&text, &authority))
        return FALSE;

    RmsSid out = {.length = SID_HEADER_BYTES, .bytes = {SID_REVISION}};
    for (guint i = 0; i < 6; i++)
        out.bytes[2 + i] = (guint8) (authority >> (8 * (5 - i)));

    do {
        guint32 rid;

        if (*text != '-')
            return FALSE;
        text++;
        if (!read_decimal(&text, &rid) || !rms_sid_append(&out, rid))
            return FALSE;
    } while (*text != '\0');

    *sid = out;
    return TRUE;
}

char *rms_sid_to_string(const RmsSid *sid)
{
    guint64 authority = 0;

    g_return_val_if_fail(sid != NULL && sid->length >= SID_HEADER_BYTES, NULL);

    GString *text = g_string_sized_new(48);
    for (guint i = 0; i < 6; i++)
        authority = authority << 8 | sid->bytes[2 + i];
    g_string_append_printf(text,
                           authority > G_MAXUINT32 ? "S-1-0x%012" G_GINT64_MODIFIER "x"
                                                   : "S-1-%" G_GUINT64_FORMAT,
                           authority);
    for (guint i = 0; i < sid->bytes[1]; i++) {
        guint32 rid;
        memcpy(&rid, sid->bytes + SID_HEADER_BYTES + 4 * i, sizeof rid);
        g_string_append_printf(text, "-%" G_GUINT32_FORMAT, GUINT32_FROM_LE(rid));
    }
    return g_string_free(text, FALSE);
}

guint rms_sid_hash(gconstpointer sid)
{
    const RmsSid *s = sid;
    guint32 hash = 2166136261u; /* FNV-1a, 32 bits */

    /* The domain is the same for most SIDs of a list, so the last sub-authority goes through the
     * whole mixing like the rest. */
    for (guint i = 0; i < s->length; i++)
        hash = (hash ^ s->bytes[i]) * 16777619u;
    return hash;
}

gboolean rms_sid_equal(gconstpointer a, gconstpointer b)
{
    const RmsSid *x = a, *y = b;

    return x->length == y->length && memcmp(x->bytes, y->bytes, x->length) == 0;
}

RmsSid *rms_sid_copy(const RmsSid *sid)
{
    return g_memdup2(sid, sizeof *sid);
}

void rms_sid_free(RmsSid *sid)
{
    g_free(sid);
}

/* MS-DTYP §2.3.4.3: the order in which the 16 stored bytes appear in the text; the first three
 * fields are little-endian. */
static const guint8 guid_order[16] = {3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};

char *rms_guid_to_string(const guint8 bytes[16])
{
    static const char digits[] = "0123456789abcdef";
    GString *text = g_string_sized_new(36);

    for (guint i = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            g_string_append_c(text, '-');
        g_string_append_c(text, digits[bytes[guid_order[i]] >> 4]);
        g_string_append_c(text, digits[bytes[guid_order[i]] & 0xF]);
    }
    return g_string_free(text, FALSE);
}

gboolean rms_guid_parse(guint8 bytes[16], const char *text)
{
    guint8 out[16];

    if (!text)
        return FALSE;
    gboolean braces = text[0] == '{';
    if (braces)
        text++;
    for (guint i = 0; i < 16; i++) {
        if ((i == 4 || i == 6 || i == 8 || i == 10) && *text++ != '-')
            return FALSE;
        int high = g_ascii_xdigit_value(text[0]);
        int low = high < 0 ? -1 : g_ascii_xdigit_value(text[1]);
        if (low < 0)
            return FALSE;
        out[guid_order[i]] = (guint8) (high << 4 | low);
        text += 2;
    }
    if (braces && *text++ != '}')
        return FALSE;
    if (*text != '\0')
        return FALSE;
    memcpy(bytes, out, sizeof out);
    return TRUE;
}
