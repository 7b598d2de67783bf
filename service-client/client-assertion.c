/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Key and certificate from disk, assertion out of both. OpenSSL reads the files, cjose signs.
 *
 * Copies of the assertion inside cjose are freed, not wiped: it is good for minutes, once.
 */
#include "config.h"

#include "service-client/client-assertion.h"

#include <cjose/cjose.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <string.h>

#include "connector-core/model/json.h"
#include "service-client/pkce.h"
#include "service-client/connector-key.h"
#include "service-client/sealed-file.h"
#include "service-client/secret-file.h"
#include "service-client/service-error-private.h"
#include "service-client/service-limits.h"

struct _RmsClientAssertion {
    cjose_jwk_t *key;
    gint64 expires_at; /* of the certificate, seconds since 1970 UTC */
    char *thumbprint;  /* base64url(SHA-256(certificate)), RFC 7515 §4.1.8 */
};

G_DEFINE_AUTOPTR_CLEANUP_FUNC(BIO, BIO_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EVP_PKEY, EVP_PKEY_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(X509, X509_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(BIGNUM, BN_clear_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(cjose_header_t, cjose_header_release)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(cjose_jws_t, cjose_jws_release)

static gboolean refuse_file(const char *path, const char *reason, GError **error)
{
    g_set_error(error, RMS_SERVICE_ERROR, RMS_SERVICE_ERROR_SETTINGS, "%s %s", path, reason);
    return FALSE;
}

static int refuse_passphrase(char *buffer, int size, int writing, void *user_data)
{
    return 0;
}

/* @sealing_key_file: (nullable): the file is in the clear */
static EVP_PKEY *load_key(const char *path, const char *sealing_key_file, GError **error)
{
    g_autoptr(RmsSecret) text =
        sealing_key_file != NULL
            ? rms_sealed_file_read(path, sealing_key_file, RMS_CONNECTOR_KEY_PURPOSE, error)
            : rms_secret_file_read(path, RMS_SERVICE_MAX_KEY_BYTES, error);
    g_autoptr(EVP_PKEY) key = NULL;
    g_autoptr(BIO) bio = NULL;

    if (text == NULL)
        return NULL;
    bio = BIO_new_mem_buf(rms_secret_get(text), (int) rms_secret_get_length(text));
    key = PEM_read_bio_PrivateKey(bio, NULL, refuse_passphrase, NULL);
    ERR_clear_error();
    if (key == NULL) {
        refuse_file(path, "holds no private key in PEM form without a passphrase", error);
        return NULL;
    }
    if (EVP_PKEY_get_base_id(key) != EVP_PKEY_RSA || EVP_PKEY_get_bits(key) < 2048) {
        refuse_file(path, "does not hold an RSA key of 2048 bits or more", error);
        return NULL;
    }
    return g_steal_pointer(&key);
}

static X509 *load_certificate(const char *path, GError **error)
{
    g_autoptr(GError) local_error = NULL;
    g_autofree char *text = NULL;
    g_autoptr(BIO) bio = NULL;
    X509 *certificate = NULL;
    gsize length;

    if (!g_file_get_contents(path, &text, &length, &local_error)) {
        refuse_file(path, local_error->message, error);
        return NULL;
    }
    if (length <= RMS_SERVICE_MAX_KEY_BYTES) {
        bio = BIO_new_mem_buf(text, (int) length);
        certificate = PEM_read_bio_X509(bio, NULL, refuse_passphrase, NULL);
        ERR_clear_error();
    }
    if (certificate == NULL)
        refuse_file(path, "holds no certificate in PEM form", error);
    return certificate;
}

/* Fills one member of cjose's key; its owner wipes and frees it. */
static gboolean copy_number(EVP_PKEY *key, const char *name, uint8_t **bytes, size_t *length)
{
    g_autoptr(BIGNUM) number = NULL;

    if (EVP_PKEY_get_bn_param(key, name, &number) != 1)
        return FALSE;
    *length = (size_t) BN_num_bytes(number);
    *bytes = OPENSSL_malloc(*length);
    return *bytes != NULL && BN_bn2bin(number, *bytes) > 0;
}

static cjose_jwk_t *convert_key(EVP_PKEY *key)
{
    cjose_jwk_rsa_keyspec spec = {0};
    cjose_jwk_t *converted = NULL;
    cjose_err ignored;

    if (copy_number(key, OSSL_PKEY_PARAM_RSA_N, &spec.n, &spec.nlen) &&
        copy_number(key, OSSL_PKEY_PARAM_RSA_E, &spec.e, &spec.elen) &&
        copy_number(key, OSSL_PKEY_PARAM_RSA_D, &spec.d, &spec.dlen) &&
        copy_number(key, OSSL_PKEY_PARAM_RSA_FACTOR1, &spec.p, &spec.plen) &&
        copy_number(key, OSSL_PKEY_PARAM_RSA_FACTOR2, &spec.q, &spec.qlen) &&
        copy_number(key, OSSL_PKEY_PARAM_RSA_EXPONENT1, &spec.dp, &spec.dplen) &&
        copy_number(key, OSSL_PKEY_PARAM_RSA_EXPONENT2, &spec.dq, &spec.dqlen) &&
        copy_number(key, OSSL_PKEY_PARAM_RSA_COEFFICIENT1, &spec.qi, &spec.qilen))
        converted = cjose_jwk_create_RSA_spec(&spec, &ignored);
    OPENSSL_clear_free(spec.n, spec.nlen);
    OPENSSL_clear_free(spec.e, spec.elen);
    OPENSSL_clear_free(spec.d, spec.dlen);
    OPENSSL_clear_free(spec.p, spec.plen);
    OPENSSL_clear_free(spec.q, spec.qlen);
    OPENSSL_clear_free(spec.dp, spec.dplen);
    OPENSSL_clear_free(spec.dq, spec.dqlen);
    OPENSSL_clear_free(spec.qi, spec.qilen);
    return converted;
}

static char *take_thumbprint(X509 *certificate)
{
    guint8 digest[EVP_MAX_MD_SIZE];
    unsigned int length = 0;

    if (X509_digest(certificate, EVP_sha256(), digest, &length) != 1)
        return NULL;
    return rms_pkce_base64url(digest, length);
}

static gboolean read_expiry(X509 *certificate, gint64 *seconds)
{
    struct tm parts = {0};
    g_autoptr(GDateTime) time = NULL;

    if (ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &parts) != 1)
        return FALSE;
    time = g_date_time_new_utc(parts.tm_year + 1900,
                               parts.tm_mon + 1,
                               parts.tm_mday,
                               parts.tm_hour,
                               parts.tm_min,
                               parts.tm_sec);
    if (time == NULL)
        return FALSE;
    *seconds = g_date_time_to_unix(time);
    return TRUE;
}

static void refuse_expired(const char *path, gint64 expires_at, GError **error)
{
    g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(expires_at);
    g_autofree char *day = g_date_time_format(time, "%Y-%m-%d");
    g_autofree char *reason =
        g_strdup_printf("has expired on %s. Make a new key pair and register it.", day);

    refuse_file(path, reason, error);
    if (error != NULL)
        rms_service_error_set_problem(*error, RMS_SERVICE_PROBLEM_KEY);
}

gint64 rms_client_assertion_get_expiry(const RmsClientAssertion *assertion)
{
    g_return_val_if_fail(assertion != NULL, 0);

    return assertion->expires_at;
}

RmsClientAssertion *rms_client_assertion_new(const char *key_file,
                                             const char *sealing_key_file,
                                             const char *certificate_file,
                                             GError **error)
{
    g_autoptr(RmsClientAssertion) assertion = NULL;
    g_autoptr(EVP_PKEY) key = NULL;
    g_autoptr(X509) certificate = NULL;
    gint64 expires_at = 0;

    g_return_val_if_fail(key_file != NULL && certificate_file != NULL, NULL);

    key = load_key(key_file, sealing_key_file, error);
    certificate = key != NULL ? load_certificate(certificate_file, error) : NULL;
    if (certificate == NULL)
        return NULL;
    if (X509_check_private_key(certificate, key) != 1) {
        ERR_clear_error();
        refuse_file(certificate_file, "is not the certificate of the application's key", error);
        return NULL;
    }
    if (!read_expiry(certificate, &expires_at)) {
        refuse_file(certificate_file, "does not say how long it is valid", error);
        return NULL;
    }
    if (expires_at <= g_get_real_time() / G_USEC_PER_SEC) {
        refuse_expired(certificate_file, expires_at, error);
        return NULL;
    }
    assertion = g_new0(RmsClientAssertion, 1);
    assertion->expires_at = expires_at;
    assertion->key = convert_key(key);
    assertion->thumbprint = take_thumbprint(certificate);
    if (assertion->key == NULL || assertion->thumbprint == NULL) {
        refuse_file(key_file, "cannot be used for signing", error);
        return NULL;
    }
    return g_steal_pointer(&assertion);
}

void rms_client_assertion_free(RmsClientAssertion *assertion)
{
    if (assertion == NULL)
        return;
    cjose_jwk_release(assertion->key);
    g_free(assertion->thumbprint);
    g_free(assertion);
}

/* RFC 7523 §3 */
static char *
write_claims(const char *client_id, const char *audience, const RmsSecret *id, gint64 now)
{
    g_autoptr(cJSON) claims = cJSON_CreateObject();

    cJSON_AddStringToObject(claims, "aud", audience);
    cJSON_AddStringToObject(claims, "iss", client_id);
    cJSON_AddStringToObject(claims, "sub", client_id);
    cJSON_AddStringToObject(claims, "jti", rms_secret_get(id));
    cJSON_AddNumberToObject(claims, "iat", (double) now);
    cJSON_AddNumberToObject(claims, "nbf", (double) now);
    cJSON_AddNumberToObject(claims, "exp", (double) (now + RMS_SERVICE_ASSERTION_SECONDS));
    return rms_json_print(claims, FALSE);
}

static cjose_header_t *write_header(const char *thumbprint)
{
    g_autoptr(cjose_header_t) header = NULL;
    cjose_err ignored;

    header = cjose_header_new(&ignored);
    if (header == NULL || !cjose_header_set(header, CJOSE_HDR_ALG, CJOSE_HDR_ALG_PS256, &ignored) ||
        !cjose_header_set(header, "typ", "JWT", &ignored) ||
        !cjose_header_set(header, "x5t#S256", thumbprint, &ignored))
        return NULL;
    return g_steal_pointer(&header);
}

RmsSecret *rms_client_assertion_sign(RmsClientAssertion *assertion,
                                     const char *client_id,
                                     const char *audience,
                                     gint64 now,
                                     GError **error)
{
    g_autoptr(cjose_header_t) header = NULL;
    g_autoptr(cjose_jws_t) jws = NULL;
    g_autoptr(RmsSecret) id = NULL;
    g_autofree char *claims = NULL;
    const char *text = NULL; /* the JWS owns it */
    cjose_err ignored;

    g_return_val_if_fail(assertion != NULL && client_id != NULL && audience != NULL, NULL);

    id = rms_pkce_random();
    header = write_header(assertion->thumbprint);
    if (id != NULL && header != NULL) {
        claims = write_claims(client_id, audience, id, now);
        jws = cjose_jws_sign(
            assertion->key, header, (const uint8_t *) claims, strlen(claims), &ignored);
    }
    if (jws == NULL || !cjose_jws_export(jws, &text, &ignored)) {
        g_set_error(error,
                    RMS_SERVICE_ERROR,
                    RMS_SERVICE_ERROR_SETTINGS,
                    "The application's key does not sign");
        return NULL;
    }
    return rms_secret_new(text, -1);
}
