/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What callers will think of the connector's certificate, before they do: its name, its dates, its
 * chain, what it may be used for, and whether its revocation can be looked up.
 *
 * Nothing here refuses: a certificate that no Windows server likes still serves whoever does, and
 * replacing it must not need a connector that does not start. What cannot be loaded at all is
 * refused by rms_tls_server_context_new().
 */
#pragma once

#include <gio/gio.h>
#include <openssl/ssl.h>

G_BEGIN_DECLS

/* Renewal is due this long before the end: two working weeks and a holiday. */
#define RMS_CERTIFICATE_RENEWAL_DAYS 30

/** rms_tls_certificate_get_not_after: Returns: the end of @certificate's validity, seconds since
 * 1970 UTC. */
gint64 rms_tls_certificate_get_not_after(const X509 *certificate);
/** rms_tls_certificate_describe: Returns: (transfer full): subject, issuer, dates, fingerprint and
 * chain of what @context presents, in one line. */
char *rms_tls_certificate_describe(SSL_CTX *context);
/**
 * rms_tls_certificate_judge: What is wrong with what @context presents, offline.
 * @name: (nullable): of the connector; a certificate's CN counts only where it has no DNS name as
 * alternative (RFC 6125 §6.4.4), as Windows has it.
 * @now: seconds since 1970 UTC.
 * Returns: (transfer full) (element-type utf8): one sentence for each trouble, the remedy in it.
 */
GPtrArray *rms_tls_certificate_judge(SSL_CTX *context, const char *name, gint64 now);
/** rms_tls_certificate_dup_crl_urls: Returns: (transfer full): the http addresses from which
 * callers learn about revocation, of each certificate in the chain, each once; at most 8. */
GStrv rms_tls_certificate_dup_crl_urls(SSL_CTX *context);
/**
 * rms_tls_certificate_try_crl: Fetches the list at @url, as callers will. Blocks, up to 10 s: not
 * for the connector's thread.
 * Returns: (transfer full) (nullable): what is wrong with it, in one sentence.
 */
char *rms_tls_certificate_try_crl(const char *url);

G_END_DECLS
