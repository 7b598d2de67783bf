/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Assertions as a server would look at them: signature checked by OpenSSL and by cjose, header and
 * claims read back; keys that must not be used; and when a credential asks again.
 */
#include "config.h"

#include <check.h>
#include <cjose/cjose.h>
#include <glib/gstdio.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "service-client/client-assertion.h"
#include "service-client/connector-credential-private.h"
#include "service-client/jwt-claims.h"
#include "service-client/pkce.h"
#include "service-client/provider-text.h"

#define CLIENT "5b2f9a64-0e7d-4f6e-a1b7-2d4c8f1e3a77"
#define AUDIENCE "https://login.tenant.example/contoso.example/oauth2/v2.0/token"
#define NOW G_GINT64_CONSTANT(1795428000)

static char *directory;
static EVP_PKEY *key;
static X509 *certificate;

static char *path_of(const char *name)
{
    return g_build_filename(directory, name, NULL);
}

static void write_key(const char *name, EVP_PKEY *pkey, const char *passphrase)
{
    g_autofree char *path = path_of(name);
    FILE *file = fopen(path, "w");

    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(PEM_write_PKCS8PrivateKey(file,
                                               pkey,
                                               passphrase != NULL ? EVP_aes_256_cbc() : NULL,
                                               passphrase,
                                               passphrase != NULL ? (int) strlen(passphrase) : 0,
                                               NULL,
                                               NULL),
                     1);
    fclose(file);
    ck_assert_int_eq(g_chmod(path, 0600), 0);
}

static X509 *write_certificate(const char *name, EVP_PKEY *pkey)
{
    g_autofree char *path = path_of(name);
    FILE *file = fopen(path, "w");
    X509 *x509 = X509_new();
    X509_NAME *subject = X509_get_subject_name(x509);

    ck_assert_ptr_nonnull(file);
    X509_set_version(x509, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(x509), 1);
    X509_gmtime_adj(X509_getm_notBefore(x509), 0);
    X509_gmtime_adj(X509_getm_notAfter(x509), strcmp(name, "expired.pem") == 0 ? -3600 : 3600);
    X509_NAME_add_entry_by_txt(
        subject, "CN", MBSTRING_ASC, (const unsigned char *) "connector", -1, -1, 0);
    X509_set_issuer_name(x509, subject);
    X509_set_pubkey(x509, pkey);
    ck_assert_int_gt(X509_sign(x509, pkey, EVP_sha256()), 0);
    ck_assert_int_eq(PEM_write_X509(file, x509), 1);
    fclose(file);
    return x509;
}

static void set_up(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *garbage = NULL;
    g_autofree char *large = NULL;
    g_autofree char *padding = g_strnfill(65 * 1024, '\n');
    EVP_PKEY *other = EVP_RSA_gen(2048);
    EVP_PKEY *small = EVP_RSA_gen(1024);
    EVP_PKEY *curve = EVP_EC_gen("P-256");

    directory = g_dir_make_tmp("client-assertion-XXXXXX", &error);
    ck_assert_ptr_nonnull(directory);
    key = EVP_RSA_gen(2048);
    certificate = write_certificate("app.pem", key);
    write_key("app.key", key, NULL);
    write_key("locked.key", key, "secret");
    write_key("small.key", small, NULL);
    write_key("curve.key", curve, NULL);
    write_key("open.key", key, NULL);
    X509_free(write_certificate("other.pem", other));
    X509_free(write_certificate("expired.pem", key));
    garbage = path_of("garbage");
    large = path_of("large");
    ck_assert(g_file_set_contents(garbage, "-----BEGIN PRIVATE KEY-----\nAAAA\n", -1, NULL));
    ck_assert(g_file_set_contents(large, padding, -1, NULL));
    g_chmod(garbage, 0600);
    g_chmod(large, 0600);
    EVP_PKEY_free(other);
    EVP_PKEY_free(small);
    EVP_PKEY_free(curve);
}

static void tear_down(void)
{
    static const char *const names[] = {"app.pem",
                                        "app.key",
                                        "locked.key",
                                        "small.key",
                                        "curve.key",
                                        "open.key",
                                        "other.pem",
                                        "garbage",
                                        "large"};

    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = path_of(names[i]);

        g_unlink(path);
    }
    g_rmdir(directory);
    g_clear_pointer(&directory, g_free);
    g_clear_pointer(&key, EVP_PKEY_free);
    g_clear_pointer(&certificate, X509_free);
}

static RmsClientAssertion *load(const char *key_name, const char *certificate_name, GError **error)
{
    g_autofree char *key_file = path_of(key_name);
    g_autofree char *certificate_file = path_of(certificate_name);

    return rms_client_assertion_new(key_file, NULL, certificate_file, error);
}

static RmsSecret *sign(void)
{
    g_autoptr(RmsClientAssertion) assertion = load("app.key", "app.pem", NULL);
    g_autoptr(GError) error = NULL;
    RmsSecret *text;

    ck_assert_ptr_nonnull(assertion);
    text = rms_client_assertion_sign(assertion, CLIENT, AUDIENCE, NOW, &error);
    ck_assert_msg(text != NULL, "%s", error != NULL ? error->message : "");
    return text;
}

/* PS256: RSASSA-PSS, SHA-256, MGF1 with SHA-256, salt of 32 bytes (RFC 7518 §3.5). */
START_TEST(test_signature_by_openssl)
{
    g_autoptr(RmsSecret) text = sign();
    const char *signature = strrchr(rms_secret_get(text), '.') + 1;
    gsize signed_length = (gsize) (signature - 1 - rms_secret_get(text));
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    EVP_PKEY_CTX *parameters = NULL;
    uint8_t *bytes = NULL;
    size_t length = 0;
    cjose_err ignored;

    ck_assert(cjose_base64url_decode(signature, strlen(signature), &bytes, &length, &ignored));
    ck_assert_int_eq(EVP_DigestVerifyInit(context, &parameters, EVP_sha256(), NULL, key), 1);
    ck_assert_int_eq(EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING), 1);
    ck_assert_int_eq(EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, RSA_PSS_SALTLEN_DIGEST), 1);
    ck_assert_int_eq(
        EVP_DigestVerify(
            context, bytes, length, (const unsigned char *) rms_secret_get(text), signed_length),
        1);
    EVP_MD_CTX_free(context);
    free(bytes);
}
END_TEST

START_TEST(test_signature_by_cjose)
{
    g_autoptr(RmsSecret) text = sign();
    cjose_err ignored;
    BIGNUM *n = NULL, *e = NULL;
    uint8_t n_bytes[256], e_bytes[8];
    cjose_jwk_rsa_keyspec spec = {.n = n_bytes, .e = e_bytes};
    cjose_jwk_t *jwk;
    cjose_jws_t *jws;

    ck_assert_int_eq(EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_N, &n), 1);
    ck_assert_int_eq(EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &e), 1);
    spec.nlen = (size_t) BN_bn2bin(n, n_bytes);
    spec.elen = (size_t) BN_bn2bin(e, e_bytes);
    jwk = cjose_jwk_create_RSA_spec(&spec, &ignored);
    jws = cjose_jws_import(rms_secret_get(text), rms_secret_get_length(text), &ignored);
    ck_assert_ptr_nonnull(jws);
    ck_assert(cjose_jws_verify(jws, jwk, &ignored));
    cjose_jws_release(jws);
    cjose_jwk_release(jwk);
    BN_free(n);
    BN_free(e);
}
END_TEST

START_TEST(test_header)
{
    g_autoptr(RmsSecret) text = sign();
    guint8 digest[EVP_MAX_MD_SIZE];
    unsigned int length = 0;
    g_autofree char *thumbprint = NULL;
    cjose_err ignored;
    cjose_jws_t *jws =
        cjose_jws_import(rms_secret_get(text), rms_secret_get_length(text), &ignored);
    cjose_header_t *header = cjose_jws_get_protected(jws);

    ck_assert_int_eq(X509_digest(certificate, EVP_sha256(), digest, &length), 1);
    thumbprint = rms_pkce_base64url(digest, length);
    ck_assert_str_eq(cjose_header_get(header, "alg", &ignored), "PS256");
    ck_assert_str_eq(cjose_header_get(header, "typ", &ignored), "JWT");
    ck_assert_str_eq(cjose_header_get(header, "x5t#S256", &ignored), thumbprint);
    cjose_jws_release(jws);
}
END_TEST

START_TEST(test_claims)
{
    g_autoptr(RmsSecret) text = sign();
    g_autoptr(RmsSecret) again = sign();
    g_autoptr(cJSON) claims = rms_jwt_claims_decode(text);
    g_autoptr(cJSON) other_claims = rms_jwt_claims_decode(again);
    gint64 issued = 0, not_before = 0, expires = 0;

    ck_assert_str_eq(rms_provider_text_peek(claims, "aud"), AUDIENCE);
    ck_assert_str_eq(rms_provider_text_peek(claims, "iss"), CLIENT);
    ck_assert_str_eq(rms_provider_text_peek(claims, "sub"), CLIENT);
    ck_assert(rms_json_get_int(claims, "iat", 0, G_MAXINT64, &issued, NULL));
    ck_assert(rms_json_get_int(claims, "nbf", 0, G_MAXINT64, &not_before, NULL));
    ck_assert(rms_json_get_int(claims, "exp", 0, G_MAXINT64, &expires, NULL));
    ck_assert_int_eq(issued, NOW);
    ck_assert_int_eq(not_before, NOW);
    ck_assert_int_gt(expires, NOW);
    ck_assert_int_le(expires, NOW + 600);
    ck_assert_uint_eq(strlen(rms_provider_text_peek(claims, "jti")), 43);
    ck_assert_str_ne(rms_provider_text_peek(claims, "jti"),
                     rms_provider_text_peek(other_claims, "jti"));
}
END_TEST

static const struct {
    const char *key, *certificate;
    const char *word; /* NULL: accepted */
} files[] = {
    {"app.key",    "app.pem",     NULL                 },
    {"app.key",    "other.pem",   "not the certificate"},
    {"app.key",    "expired.pem", "has expired"        },
    {"locked.key", "app.pem",     "passphrase"         },
    {"small.key",  "app.pem",     "2048"               },
    {"curve.key",  "app.pem",     "RSA"                },
    {"garbage",    "app.pem",     "no private key"     },
    {"large",      "app.pem",     "too large"          },
    {"app.pem",    "app.pem",     "read by others"     },
    {"missing",    "app.pem",     "No such file"       },
    {"..",         "app.pem",     "not a regular file" },
    {"app.key",    "missing",     "No such file"       },
    {"app.key",    "garbage",     "no certificate"     },
    {"app.key",    "large",       "no certificate"     },
};

START_TEST(test_files)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *certificate_file = path_of("app.pem");
    g_autoptr(RmsClientAssertion) assertion = NULL;

    ck_assert_int_eq(g_chmod(certificate_file, 0644), 0);
    assertion = load(files[_i].key, files[_i].certificate, &error);
    if (files[_i].word == NULL) {
        ck_assert_ptr_nonnull(assertion);
        return;
    }
    ck_assert_ptr_null(assertion);
    ck_assert(g_error_matches(error, RMS_SERVICE_ERROR, RMS_SERVICE_ERROR_SETTINGS));
    ck_assert_msg(strstr(error->message, files[_i].word) != NULL, "%s", error->message);
    ck_assert_ptr_null(strstr(error->message, "BEGIN"));
}
END_TEST

static const struct {
    int mode;
    gboolean accepted;
    gboolean accepted_as_credential; /* in systemd's directory */
} modes[] = {
    {0600, TRUE,  TRUE },
    {0400, TRUE,  TRUE },
    {0440, FALSE, TRUE },
    {0640, FALSE, TRUE },
    {0604, FALSE, FALSE},
    {0644, FALSE, FALSE},
    {0602, FALSE, FALSE},
    {0620, FALSE, TRUE },
};

START_TEST(test_modes)
{
    g_autofree char *path = path_of("open.key");
    g_autoptr(RmsClientAssertion) plain = NULL;
    g_autoptr(RmsClientAssertion) credential = NULL;

    ck_assert_int_eq(g_chmod(path, modes[_i].mode), 0);
    g_unsetenv("CREDENTIALS_DIRECTORY");
    plain = load("open.key", "app.pem", NULL);
    ck_assert_int_eq(plain != NULL, modes[_i].accepted);
    g_setenv("CREDENTIALS_DIRECTORY", directory, TRUE);
    credential = load("open.key", "app.pem", NULL);
    ck_assert_int_eq(credential != NULL, modes[_i].accepted_as_credential);
    g_unsetenv("CREDENTIALS_DIRECTORY");
}
END_TEST

START_TEST(test_plan)
{
    /* 80 % of the life; never at once again. */
    ck_assert_uint_eq(rms_connector_credential_plan(3600, 0, 7), 2880);
    ck_assert_uint_eq(rms_connector_credential_plan(5, 0, 7), 4);
    ck_assert_uint_eq(rms_connector_credential_plan(1, 0, 7), 1);
    ck_assert_uint_eq(rms_connector_credential_plan(G_MAXUINT, 0, 7), 24 * 60 * 60);
    /* 5 s, 10 s, … up to 5 min, less up to half. */
    ck_assert_uint_eq(rms_connector_credential_plan(0, 1, 0), 5);
    ck_assert_uint_eq(rms_connector_credential_plan(0, 2, 0), 10);
    ck_assert_uint_eq(rms_connector_credential_plan(0, 6, 0), 160);
    ck_assert_uint_eq(rms_connector_credential_plan(0, 7, 0), 300);
    ck_assert_uint_eq(rms_connector_credential_plan(0, 1000, 0), 300);
    for (guint32 random = 0; random < 1000; random++) {
        guint seconds = rms_connector_credential_plan(0, 4, random);

        ck_assert_uint_gt(seconds, 20);
        ck_assert_uint_le(seconds, 40);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("service-client: client assertion");
    TCase *tcase = tcase_create("all");
    SRunner *runner;
    int failed;

    tcase_add_unchecked_fixture(tcase, set_up, tear_down);
    tcase_add_test(tcase, test_signature_by_openssl);
    tcase_add_test(tcase, test_signature_by_cjose);
    tcase_add_test(tcase, test_header);
    tcase_add_test(tcase, test_claims);
    tcase_add_loop_test(tcase, test_files, 0, G_N_ELEMENTS(files));
    tcase_add_loop_test(tcase, test_modes, 0, G_N_ELEMENTS(modes));
    tcase_add_test(tcase, test_plan);
    suite_add_tcase(suite, tcase);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
