/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Judging the connector's certificate; see tls-certificate.h. Loading it is tls-context.c, watching
 * its files tls-keeper.c.
 */
#include "config.h"

#include "connector-core/tls-certificate.h"

#include <string.h>

#include <openssl/err.h>
#include <openssl/http.h>
#include <openssl/x509v3.h>

#include "connector-core/tls-context.h"

#define MAX_CRL_URLS 8
#define CRL_TIMEOUT_SECONDS 10
/* Lists of large authorities have some megabytes. */
#define MAX_CRL_BYTES (20 * 1024 * 1024)
#define SECONDS_A_DAY (24 * 60 * 60)

static gint64 read_time(const ASN1_TIME *time)
{
    struct tm utc;

    return time != NULL && ASN1_TIME_to_tm(time, &utc) == 1 ? (gint64) timegm(&utc) : 0;
}

gint64 rms_tls_certificate_get_not_after(const X509 *certificate)
{
    return read_time(X509_get0_notAfter(certificate));
}

static char *dup_date(gint64 seconds)
{
    g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(seconds);

    return time != NULL ? g_date_time_format(time, "%Y-%m-%d") : g_strdup("an unknown day");
}

/* RFC 2253, but readable: names of authorities have umlauts. */
static char *dup_name(const X509_NAME *name)
{
    g_autoptr(BIO) text = BIO_new(BIO_s_mem());
    char *data = NULL;
    long length;

    X509_NAME_print_ex(text, name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
    length = BIO_get_mem_data(text, &data);
    return g_utf8_make_valid(data != NULL ? data : "", data != NULL ? length : 0);
}

static char *dup_fingerprint(const X509 *certificate)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int length = 0;
    GString *text = g_string_new(NULL);

    if (X509_digest(certificate, EVP_sha256(), digest, &length) == 1) {
        for (unsigned int i = 0; i < length; i++) {
            g_string_append_printf(text, "%02x", digest[i]);
        }
    }
    return g_string_free(text, FALSE);
}

/* The leaf, then what follows it in the file. */
static GPtrArray *get_chain(SSL_CTX *context)
{
    GPtrArray *chain = g_ptr_array_new();
    STACK_OF(X509) *others = NULL;
    X509 *leaf = SSL_CTX_get0_certificate(context);

    if (leaf != NULL) {
        g_ptr_array_add(chain, leaf);
    }
    SSL_CTX_get0_chain_certs(context, &others);
    for (int i = 0; others != NULL && i < sk_X509_num(others); i++) {
        g_ptr_array_add(chain, sk_X509_value(others, i));
    }
    return chain;
}

static gboolean is_self_signed(X509 *certificate)
{
    return X509_NAME_cmp(X509_get_subject_name(certificate), X509_get_issuer_name(certificate)) ==
           0;
}

static gboolean is_issued_by(X509 *certificate, X509 *issuer)
{
    gboolean issued = X509_check_issued(issuer, certificate) == X509_V_OK &&
                      X509_verify(certificate, X509_get0_pubkey(issuer)) == 1;

    ERR_clear_error();
    return issued;
}

/* Whether this machine trusts who issued @last; other machines may trust others. */
static gboolean is_known_here(X509 *last)
{
    X509_STORE *store = X509_STORE_new();
    X509_STORE_CTX *search = X509_STORE_CTX_new();
    X509 *issuer = NULL;
    gboolean known;

    X509_STORE_set_default_paths(store);
    known = X509_STORE_CTX_init(search, store, last, NULL) == 1 &&
            X509_STORE_CTX_get1_issuer(&issuer, search, last) == 1;
    X509_free(issuer);
    X509_STORE_CTX_free(search);
    X509_STORE_free(store);
    ERR_clear_error();
    return known;
}

char *rms_tls_certificate_describe(SSL_CTX *context)
{
    g_autoptr(GPtrArray) chain = get_chain(context);
    g_autofree char *subject = NULL;
    g_autofree char *issuer = NULL;
    g_autofree char *root = NULL;
    g_autofree char *until = NULL;
    g_autofree char *fingerprint = NULL;
    X509 *leaf;
    X509 *last;

    if (chain->len == 0) {
        return g_strdup("no certificate");
    }
    leaf = chain->pdata[0];
    last = chain->pdata[chain->len - 1];
    subject = dup_name(X509_get_subject_name(leaf));
    issuer = dup_name(X509_get_issuer_name(leaf));
    root = dup_name(X509_get_issuer_name(last));
    until = dup_date(rms_tls_certificate_get_not_after(leaf));
    fingerprint = dup_fingerprint(leaf);
    return g_strdup_printf(
        "%s, issued by %s, valid until %s, SHA-256 %s; its chain of %u leads to %s, "
        "which this machine %s",
        subject,
        issuer,
        until,
        fingerprint,
        chain->len,
        root,
        is_known_here(last) ? "trusts" : "does not know (the calling servers have to)");
}

static void G_GNUC_PRINTF(2, 3) complain(GPtrArray *troubles, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    g_ptr_array_add(troubles, g_strdup_vprintf(format, arguments));
    va_end(arguments);
}

static void judge_dates(GPtrArray *troubles, X509 *certificate, gboolean leaf, gint64 now)
{
    gint64 from = read_time(X509_get0_notBefore(certificate));
    gint64 until = rms_tls_certificate_get_not_after(certificate);
    g_autofree char *name = dup_name(X509_get_subject_name(certificate));
    g_autofree char *whose = leaf ? g_strdup("The connector's certificate")
                                  : g_strdup_printf("The certificate of %s in the chain", name);
    g_autofree char *end = dup_date(until);
    g_autofree char *begin = dup_date(from);

    if (until < now) {
        complain(troubles,
                 "%s has expired (%s); servers that call over HTTPS will not connect until it is "
                 "renewed.",
                 whose,
                 end);
    } else if (from > now) {
        complain(troubles,
                 "%s is not valid before %s; check this machine's clock, or wait.",
                 whose,
                 begin);
    } else if (until - now < (gint64) RMS_CERTIFICATE_RENEWAL_DAYS * SECONDS_A_DAY) {
        complain(troubles,
                 "%s expires on %s; renew it and replace the file, a restart is not needed.",
                 whose,
                 end);
    }
}

static void judge_chain(GPtrArray *troubles, GPtrArray *chain, gint64 now)
{
    for (guint i = 0; i + 1 < chain->len; i++) {
        g_autofree char *name = dup_name(X509_get_subject_name(chain->pdata[i]));
        g_autofree char *next = dup_name(X509_get_subject_name(chain->pdata[i + 1]));

        judge_dates(troubles, chain->pdata[i + 1], FALSE, now);
        if (!is_issued_by(chain->pdata[i], chain->pdata[i + 1])) {
            complain(troubles,
                     "The chain in the connector's certificate file is out of order: %s was not "
                     "issued by %s, which follows it. Put the connector's certificate first, then "
                     "each one's issuer.",
                     name,
                     next);
            return;
        }
    }
    if (chain->len == 1 && is_self_signed(chain->pdata[0])) {
        complain(troubles,
                 "The connector's certificate is self-signed; only servers that were told to trust "
                 "this very certificate will connect. Have it issued by the domain's authority.");
    }
}

GPtrArray *rms_tls_certificate_judge(SSL_CTX *context, const char *name, gint64 now)
{
    GPtrArray *troubles = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) chain = get_chain(context);
    X509 *leaf;

    if (chain->len == 0) {
        return troubles;
    }
    leaf = chain->pdata[0];
    judge_dates(troubles, leaf, TRUE, now);
    if (name != NULL && X509_check_host(leaf, name, 0, 0, NULL) != 1) {
        complain(troubles,
                 "The connector's certificate does not name %s; servers that call it by this name "
                 "over HTTPS will not connect. Have it issued with this name as alternative name.",
                 name);
    }
    if ((X509_get_extended_key_usage(leaf) & XKU_SSL_SERVER) == 0) {
        complain(troubles,
                 "The connector's certificate is not meant for servers (extended key usage); have "
                 "it issued with server authentication.");
    }
    judge_chain(troubles, chain, now);
    return troubles;
}

/* The http addresses in the distribution points of @certificate; ldap ones are for members of the
 * forest, which ask their own domain controller. */
static void add_crl_urls(GPtrArray *urls, X509 *certificate)
{
    CRL_DIST_POINTS *points =
        X509_get_ext_d2i(certificate, NID_crl_distribution_points, NULL, NULL);

    for (int i = 0; i < sk_DIST_POINT_num(points); i++) {
        const DIST_POINT *point = sk_DIST_POINT_value(points, i);
        const GENERAL_NAMES *names = point->distpoint != NULL && point->distpoint->type == 0
                                         ? point->distpoint->name.fullname
                                         : NULL;

        for (int j = 0; j < sk_GENERAL_NAME_num(names); j++) {
            const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, j);
            g_autofree char *url = NULL;

            if (name->type != GEN_URI) {
                continue;
            }
            url = g_strndup((const char *) ASN1_STRING_get0_data(name->d.uniformResourceIdentifier),
                            (gsize) ASN1_STRING_length(name->d.uniformResourceIdentifier));
            if (g_ascii_strncasecmp(url, "http://", 7) == 0 && urls->len < MAX_CRL_URLS &&
                !g_ptr_array_find_with_equal_func(urls, url, g_str_equal, NULL)) {
                g_ptr_array_add(urls, g_steal_pointer(&url));
            }
        }
    }
    CRL_DIST_POINTS_free(points);
}

GStrv rms_tls_certificate_dup_crl_urls(SSL_CTX *context)
{
    g_autoptr(GPtrArray) chain = get_chain(context);
    GPtrArray *urls = g_ptr_array_new();

    for (guint i = 0; i < chain->len; i++) {
        add_crl_urls(urls, chain->pdata[i]);
    }
    g_ptr_array_add(urls, NULL);
    return (GStrv) g_ptr_array_free(urls, FALSE);
}

/* OpenSSL tries again and again, until its time is over, where nobody listens. */
static gboolean can_connect(const char *url, char **reason)
{
    g_autoptr(GSocketClient) client = g_socket_client_new();
    g_autoptr(GSocketConnection) connection = NULL;
    g_autoptr(GError) error = NULL;

    if (g_getenv("http_proxy") != NULL) {
        return TRUE; /* OpenSSL will use it */
    }
    g_socket_client_set_enable_proxy(client, FALSE);
    g_socket_client_set_timeout(client, CRL_TIMEOUT_SECONDS);
    connection = g_socket_client_connect_to_uri(client, url, 80, NULL, &error);
    if (connection == NULL) {
        *reason = g_strdup(error->message);
    }
    return connection != NULL;
}

/* Returns: (nullable): what the server sent, if it is ASN.1. */
static BIO *fetch(const char *url, char **reason)
{
    BIO *answer;

    if (!can_connect(url, reason)) {
        return NULL;
    }
    ERR_clear_error();
    answer = OSSL_HTTP_get(url,
                           NULL,
                           NULL,
                           NULL,
                           NULL,
                           NULL,
                           NULL,
                           0,
                           NULL,
                           NULL,
                           TRUE,
                           MAX_CRL_BYTES,
                           CRL_TIMEOUT_SECONDS);
    if (answer == NULL) {
        const char *text = ERR_reason_error_string(ERR_peek_error());

        *reason = g_strdup(text != NULL ? text : "no answer");
        ERR_clear_error();
    }
    return answer;
}

char *rms_tls_certificate_try_crl(const char *url)
{
    g_autofree char *reason = NULL;
    g_autoptr(BIO) answer = fetch(url, &reason);
    X509_CRL *list = NULL;
    char *trouble = NULL;

    if (answer == NULL) {
        return g_strdup_printf(
            "The revocation list at %s cannot be fetched from here (%s). Servers "
            "that check revocation will refuse the connector's certificate if "
            "they cannot fetch it either.",
            url,
            reason);
    }
    list = d2i_X509_CRL_bio(answer, NULL);
    ERR_clear_error();
    if (list == NULL) {
        trouble = g_strdup_printf("What is at %s is no revocation list; servers that check "
                                  "revocation will refuse the connector's certificate.",
                                  url);
    } else if (X509_CRL_get0_nextUpdate(list) != NULL &&
               X509_cmp_current_time(X509_CRL_get0_nextUpdate(list)) < 0) {
        trouble = g_strdup_printf("The revocation list at %s is out of date; servers that check "
                                  "revocation will refuse the connector's certificate. Have its "
                                  "authority publish a new one.",
                                  url);
    }
    X509_CRL_free(list);
    return trouble;
}
