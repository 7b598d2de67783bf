/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Key, certificate and PEM by OpenSSL.
 */
#include "config.h"

#include "service-client/connector-key.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "service-client/sealed-file.h"
#include "service-client/secret-file.h"
#include "service-client/service-error.h"

#define KEY_BITS 3072
#define SERIAL_BYTES 16 /* RFC 5280 §4.1.2.2: at most 20 */
#define MAX_NAME 64     /* RFC 5280 appendix A.1, ub-common-name */

G_DEFINE_AUTOPTR_CLEANUP_FUNC(BIO, BIO_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(BIGNUM, BN_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EVP_PKEY, EVP_PKEY_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(X509, X509_free)

static gboolean add_serial(X509 *certificate)
{
    guint8 bytes[SERIAL_BYTES];
    g_autoptr(BIGNUM) number = NULL;

    if (RAND_bytes(bytes, sizeof bytes) != 1)
        return FALSE;
    bytes[0] &= 0x7f; /* positive */
    number = BN_bin2bn(bytes, sizeof bytes, NULL);
    return number != NULL && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)) != NULL;
}

static gboolean add_extension(X509 *certificate, int nid, const char *value)
{
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, nid, value);
    gboolean added = extension != NULL && X509_add_ext(certificate, extension, -1) == 1;

    X509_EXTENSION_free(extension);
    return added;
}

static X509 *make_certificate(EVP_PKEY *key, const char *name, guint days)
{
    g_autoptr(X509) certificate = X509_new();
    X509_NAME *subject = certificate != NULL ? X509_get_subject_name(certificate) : NULL;

    if (subject != NULL && X509_set_version(certificate, X509_VERSION_3) == 1 &&
        add_serial(certificate) &&
        X509_gmtime_adj(X509_getm_notBefore(certificate), -300) != NULL && /* clocks differ */
        X509_time_adj_ex(X509_getm_notAfter(certificate), (int) days, 0, NULL) != NULL &&
        X509_NAME_add_entry_by_txt(
            subject, "CN", MBSTRING_UTF8, (const guint8 *) name, -1, -1, 0) == 1 &&
        X509_set_issuer_name(certificate, subject) == 1 && X509_set_pubkey(certificate, key) == 1 &&
        add_extension(certificate, NID_basic_constraints, "critical,CA:FALSE") &&
        add_extension(certificate, NID_key_usage, "critical,digitalSignature") &&
        X509_sign(certificate, key, EVP_sha256()) > 0)
        return g_steal_pointer(&certificate);
    return NULL;
}

static RmsSecret *print_key(EVP_PKEY *key)
{
    g_autoptr(BIO) bio = BIO_new(BIO_s_secmem());
    char *text = NULL;
    long length;

    if (bio == NULL || PEM_write_bio_PKCS8PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL) != 1)
        return NULL;
    length = BIO_get_mem_data(bio, &text);
    return rms_secret_new(text, length);
}

static char *print_certificate(X509 *certificate)
{
    g_autoptr(BIO) bio = BIO_new(BIO_s_mem());
    char *text = NULL;
    long length;

    if (bio == NULL || PEM_write_bio_X509(bio, certificate) != 1)
        return NULL;
    length = BIO_get_mem_data(bio, &text);
    return g_strndup(text, (gsize) length);
}

gboolean rms_connector_key_make(
    const char *name, guint days, RmsSecret **key, char **certificate, GError **error)
{
    g_autoptr(EVP_PKEY) pair = NULL;
    g_autoptr(X509) self_signed = NULL;
    g_autoptr(RmsSecret) key_text = NULL;
    g_autofree char *certificate_text = NULL;

    g_return_val_if_fail(name != NULL && key != NULL && certificate != NULL, FALSE);
    g_return_val_if_fail(days >= 1 && days <= 3650, FALSE);

    if (*name == '\0' || !g_utf8_validate(name, -1, NULL) || g_utf8_strlen(name, -1) > MAX_NAME) {
        g_set_error(error,
                    RMS_SERVICE_ERROR,
                    RMS_SERVICE_ERROR_SETTINGS,
                    "The connector's name must have 1 to %d characters",
                    MAX_NAME);
        return FALSE;
    }
    pair = EVP_RSA_gen(KEY_BITS);
    self_signed = pair != NULL ? make_certificate(pair, name, days) : NULL;
    if (self_signed != NULL) {
        key_text = print_key(pair);
        certificate_text = print_certificate(self_signed);
    }
    ERR_clear_error();
    if (key_text == NULL || certificate_text == NULL) {
        g_set_error(error,
                    RMS_SERVICE_ERROR,
                    RMS_SERVICE_ERROR_SETTINGS,
                    "This computer cannot make a key pair");
        return FALSE;
    }
    *key = g_steal_pointer(&key_text);
    *certificate = g_steal_pointer(&certificate_text);
    return TRUE;
}

gboolean rms_connector_key_save(const RmsSecret *key,
                                const char *key_file,
                                const char *sealing_key_file,
                                GError **error)
{
    g_return_val_if_fail(key != NULL && key_file != NULL, FALSE);

    if (sealing_key_file == NULL)
        return rms_secret_file_write(
            key_file, rms_secret_get(key), rms_secret_get_length(key), error);
    return rms_sealed_file_make_key(sealing_key_file, error) &&
           rms_sealed_file_write(key_file, sealing_key_file, RMS_CONNECTOR_KEY_PURPOSE, key, error);
}
