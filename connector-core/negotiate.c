/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From an Authorization header to a token, and what kind of token it is.
 */
#include "config.h"

#include "connector-core/negotiate.h"

#include <string.h>

#include "connector-core/limits.h"

/* Contents of OBJECT IDENTIFIERs (protocol.md §7.1). */
typedef struct {
    const char *bytes;
    gsize length;
} Oid;
#define OID(text)                                                                                  \
    {                                                                                              \
        text, sizeof(text) - 1                                                                     \
    }
static const Oid oid_spnego = OID("\x2b\x06\x01\x05\x05\x02");
static const Oid oid_kerberos = OID("\x2a\x86\x48\x86\xf7\x12\x01\x02\x02");
/* The same with a bit lost, as Windows offers it inside SPNEGO since Windows 2000 (MS-SPNG). */
static const Oid oid_ms_kerberos = OID("\x2a\x86\x48\x82\xf7\x12\x01\x02\x02");
static const Oid oid_ntlm = OID("\x2b\x06\x01\x04\x01\x82\x37\x02\x02\x0a");

/* With its NUL: how every NTLM message begins (MS-NLMP §2.2.1). */
static const char ntlm_signature[8] = "NTLMSSP";

enum {
    TAG_OID = 0x06,
    TAG_SEQUENCE = 0x30,
    TAG_INITIAL = 0x60,   /* [APPLICATION 0]: RFC 2743 §3.1 */
    TAG_CONTEXT_0 = 0xa0, /* NegTokenInit, and mechTypes in it */
    TAG_RESPONSE = 0xa1   /* NegTokenResp */
};

/* What is left to read of some DER. */
typedef struct {
    const guint8 *bytes;
    gsize length;
} Der;

/* One element of @tag from @der's front into @contents; %FALSE, both untouched, if there is none.
 */
static gboolean take_element(Der *der, guint8 tag, Der *contents)
{
    gsize header = 2, length;

    if (der->length < header || der->bytes[0] != tag)
        return FALSE;
    length = der->bytes[1];
    if (length >= 0x80) {
        gsize n_octets = length & 0x7f;

        /* 0x80 would be the indefinite form, which DER has not. */
        if (n_octets == 0 || n_octets > 4 || der->length < header + n_octets)
            return FALSE;
        length = 0;
        for (gsize i = 0; i < n_octets; i++)
            length = length << 8 | der->bytes[header + i];
        header += n_octets;
    }
    if (length > der->length - header)
        return FALSE;
    *contents = (Der){der->bytes + header, length};
    der->bytes += header + length;
    der->length -= header + length;
    return TRUE;
}

static gboolean is_oid(const Der *contents, const Oid *oid)
{
    return contents->length == oid->length && memcmp(contents->bytes, oid->bytes, oid->length) == 0;
}

static gboolean is_kerberos(const Der *contents)
{
    return is_oid(contents, &oid_kerberos) || is_oid(contents, &oid_ms_kerberos);
}

/* Looks at the mechanisms that a NegTokenInit offers. */
static RmsAuthReason judge_offer(Der der, const char **problem)
{
    Der token, sequence, tagged, mechanisms, mechanism;
    gboolean kerberos = FALSE, ntlm = FALSE;

    *problem = "the SPNEGO token is damaged";
    if (!take_element(&der, TAG_CONTEXT_0, &token) ||
        !take_element(&token, TAG_SEQUENCE, &sequence) ||
        !take_element(&sequence, TAG_CONTEXT_0, &tagged) ||
        !take_element(&tagged, TAG_SEQUENCE, &mechanisms))
        return RMS_AUTH_REASON_MALFORMED;
    while (take_element(&mechanisms, TAG_OID, &mechanism)) {
        kerberos = kerberos || is_kerberos(&mechanism);
        ntlm = ntlm || is_oid(&mechanism, &oid_ntlm);
    }
    if (mechanisms.length > 0)
        return RMS_AUTH_REASON_MALFORMED;
    if (kerberos)
        return RMS_AUTH_REASON_NONE;
    *problem = ntlm ? "the client offered NTLM and not Kerberos"
                    : "the client offered mechanisms without Kerberos among them";
    return ntlm ? RMS_AUTH_REASON_NTLM : RMS_AUTH_REASON_MALFORMED;
}

static RmsAuthReason judge(RmsNegotiateToken *token, const char **problem)
{
    Der der = {token->bytes, token->length};
    Der contents, mechanism;

    if (token->length >= sizeof ntlm_signature &&
        memcmp(token->bytes, ntlm_signature, sizeof ntlm_signature) == 0) {
        *problem = "the client sent NTLM instead of Kerberos";
        return RMS_AUTH_REASON_NTLM;
    }
    *problem = "the token is neither SPNEGO nor Kerberos, or is cut off";
    if (take_element(&der, TAG_RESPONSE, &contents))
        return der.length == 0 ? RMS_AUTH_REASON_NONE : RMS_AUTH_REASON_MALFORMED;
    if (!take_element(&der, TAG_INITIAL, &contents) || der.length > 0 ||
        !take_element(&contents, TAG_OID, &mechanism))
        return RMS_AUTH_REASON_MALFORMED;
    token->initial = TRUE;
    if (is_oid(&mechanism, &oid_kerberos))
        return RMS_AUTH_REASON_NONE;
    if (is_oid(&mechanism, &oid_spnego))
        return judge_offer(contents, problem);
    return RMS_AUTH_REASON_MALFORMED;
}

/* RFC 4648 §4 to the letter: padded, no other character anywhere, no stray bits at the end. GLib's
 * decoder alone skips what it does not know. */
static gboolean is_base64(const char *text, gsize length)
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    gsize n_digits = strspn(text, alphabet);
    guint stray_bits = 0;

    if (length == 0 || length % 4 != 0 || n_digits > length || length - n_digits > 2)
        return FALSE;
    if (strspn(text + n_digits, "=") < length - n_digits)
        return FALSE;
    if (n_digits < length)
        stray_bits = (guint) (strchr(alphabet, text[n_digits - 1]) - alphabet) &
                     (length - n_digits == 1 ? 0x3 : 0xf);
    return stray_bits == 0;
}

/* Whether @authorization is of @scheme (case does not count, RFC 9110 §11.1); then @rest is what
 * follows the blanks. */
static gboolean has_scheme(const char *authorization, const char *scheme, const char **rest)
{
    gsize length = strlen(scheme);

    if (g_ascii_strncasecmp(authorization, scheme, length) != 0 ||
        (authorization[length] != ' ' && authorization[length] != '\0'))
        return FALSE;
    *rest = authorization + length + strspn(authorization + length, " ");
    return TRUE;
}

RmsAuthReason
rms_negotiate_read(const char *authorization, RmsNegotiateToken *token, const char **problem)
{
    g_auto(RmsNegotiateToken) read = {0};
    RmsAuthReason reason;
    const char *text;
    gsize length;

    *problem = NULL;
    if (authorization == NULL) {
        *problem = "the request had no Authorization header";
        return RMS_AUTH_REASON_NO_CREDENTIAL;
    }
    if (has_scheme(authorization, "NTLM", &text)) {
        *problem = "the client sent NTLM instead of Negotiate";
        return RMS_AUTH_REASON_NTLM;
    }
    if (!has_scheme(authorization, "Negotiate", &text)) {
        *problem = has_scheme(authorization, "Basic", &text)
                       ? "the client sent Basic instead of Negotiate"
                   : has_scheme(authorization, "Bearer", &text)
                       ? "the client sent Bearer instead of Negotiate"
                       : "the client sent a scheme other than Negotiate";
        return RMS_AUTH_REASON_MALFORMED;
    }
    length = strlen(text);
    if (length > (RMS_MAX_TOKEN_BYTES + 2) / 3 * 4) {
        *problem = "the token is larger than the connector accepts";
        return RMS_AUTH_REASON_MALFORMED;
    }
    if (!is_base64(text, length)) {
        *problem = length > 0 ? "the token is not base64" : "Negotiate came without a token";
        return RMS_AUTH_REASON_MALFORMED;
    }
    read.bytes = g_base64_decode(text, &read.length);
    reason = judge(&read, problem);
    if (reason == RMS_AUTH_REASON_NONE) {
        *problem = NULL;
        *token = read;
        read = (RmsNegotiateToken){0};
    }
    return reason;
}

void rms_negotiate_token_clear(RmsNegotiateToken *token)
{
    g_free(token->bytes);
    *token = (RmsNegotiateToken){0};
}
