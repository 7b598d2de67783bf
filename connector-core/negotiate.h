/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The outside of what a client sends in an Authorization header (RFC 4559): scheme, base64, and
 * just enough of the framing (RFC 2743 §3.1, RFC 4178 §4.2) to tell Kerberos from NTLM and from
 * noise.
 *
 * Nothing here decides who anybody is; the GSSAPI library reads the token anew. For acceptor.c
 * only.
 */
#pragma once

#include "connector-core/caller.h"

G_BEGIN_DECLS

/**
 * RmsNegotiateToken: Clear with rms_negotiate_token_clear().
 * @bytes: (array length=length): what the base64 stood for
 * @initial: it begins an exchange; otherwise it goes on with one
 */
typedef struct {
    guint8 *bytes;
    gsize length;
    gboolean initial;
} RmsNegotiateToken;
void rms_negotiate_token_clear(RmsNegotiateToken *token);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(RmsNegotiateToken, rms_negotiate_token_clear)

/**
 * rms_negotiate_read: @authorization: (nullable): the header's value.
 * @token: (out caller-allocates): zeroed by the caller, filled with NONE only.
 * @problem: (out): static English text unless NONE, with nothing of the header in it.
 *
 * Returns: %RMS_AUTH_REASON_NONE if @token is worth showing to GSSAPI, else why not: NO_CREDENTIAL,
 * NTLM or MALFORMED.
 */
RmsAuthReason
rms_negotiate_read(const char *authorization, RmsNegotiateToken *token, const char **problem);

G_END_DECLS
