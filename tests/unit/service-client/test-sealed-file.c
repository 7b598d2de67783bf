/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Secrets at rest: what comes back, what a changed byte does, who may read the files; and a
 * connector's key pair on its way through them.
 */
#include "config.h"

#include <check.h>
#include <errno.h>
#include <glib/gstdio.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "service-client/client-assertion.h"
#include "service-client/connector-key.h"
#include "service-client/sealed-file.h"
#include "service-client/service-error.h"

#define PURPOSE "a test"
#define SECRET "ninety nine\0bytes"

static char *directory, *sealed, *key, *other_key;

static void set_up(void)
{
    directory = g_dir_make_tmp("sealed-XXXXXX", NULL);
    sealed = g_build_filename(directory, "sealed", NULL);
    key = g_build_filename(directory, "key", NULL);
    other_key = g_build_filename(directory, "other-key", NULL);
    ck_assert(rms_sealed_file_make_key(key, NULL));
    ck_assert(rms_sealed_file_make_key(other_key, NULL));
}

static void tear_down(void)
{
    g_autoptr(GDir) files = g_dir_open(directory, 0, NULL);
    const char *name;

    while ((name = g_dir_read_name(files)) != NULL) {
        g_autofree char *path = g_build_filename(directory, name, NULL);

        g_unlink(path);
    }
    g_rmdir(directory);
    g_clear_pointer(&directory, g_free);
    g_clear_pointer(&sealed, g_free);
    g_clear_pointer(&key, g_free);
    g_clear_pointer(&other_key, g_free);
}

static void seal(void)
{
    g_autoptr(RmsSecret) secret = rms_secret_new(SECRET, sizeof SECRET);
    g_autoptr(GError) error = NULL;

    ck_assert_msg(rms_sealed_file_write(sealed, key, PURPOSE, secret, &error),
                  "%s",
                  error != NULL ? error->message : "");
}

static void check_refused(const char *key_file, const char *purpose, const char *word)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(RmsSecret) opened = rms_sealed_file_read(sealed, key_file, purpose, &error);

    ck_assert_ptr_null(opened);
    ck_assert(g_error_matches(error, RMS_SERVICE_ERROR, RMS_SERVICE_ERROR_SETTINGS));
    ck_assert_msg(strstr(error->message, word) != NULL, "no “%s”: %s", word, error->message);
    ck_assert_ptr_null(strstr(error->message, "ninety"));
}

START_TEST(test_round_trip)
{
    g_autofree char *first = NULL;
    g_autofree char *second = NULL;
    g_autoptr(RmsSecret) opened = NULL;
    gsize length = 0;
    struct stat status;

    seal();
    opened = rms_sealed_file_read(sealed, key, PURPOSE, NULL);
    ck_assert_ptr_nonnull(opened);
    ck_assert_uint_eq(rms_secret_get_length(opened), sizeof SECRET);
    ck_assert_int_eq(memcmp(rms_secret_get(opened), SECRET, sizeof SECRET), 0);
    ck_assert(g_file_get_contents(sealed, &first, &length, NULL));
    ck_assert_ptr_null(g_strstr_len(first, (gssize) length, "ninety"));
    ck_assert_int_eq(g_stat(sealed, &status), 0);
    ck_assert_int_eq(status.st_mode & 0777, 0600);
    seal(); /* another nonce, another text */
    ck_assert(g_file_get_contents(sealed, &second, NULL, NULL));
    ck_assert_int_ne(memcmp(first, second, length), 0);
}
END_TEST

/* Any bit of any byte. */
START_TEST(test_changed)
{
    g_autofree char *text = NULL;
    gsize length = 0;

    seal();
    ck_assert(g_file_get_contents(sealed, &text, &length, NULL));
    for (gsize i = 0; i < length; i++) {
        text[i] ^= 1 << (i % 8);
        ck_assert(g_file_set_contents(sealed, text, (gssize) length, NULL));
        g_chmod(sealed, 0600);
        check_refused(key, PURPOSE, i < 8 ? "not a sealed file" : "changed since");
        text[i] ^= 1 << (i % 8);
    }
    for (gsize i = 0; i < length; i++) {
        ck_assert(g_file_set_contents(sealed, text, (gssize) i, NULL));
        check_refused(key, PURPOSE, "seal");
    }
}
END_TEST

START_TEST(test_wrong_key)
{
    seal();
    check_refused(other_key, PURPOSE, "this key");
    check_refused(key, "another purpose", "this key");
    check_refused("/nonexistent", PURPOSE, "No such file");
    ck_assert(g_file_set_contents(other_key, "short", -1, NULL));
    g_chmod(other_key, 0600);
    check_refused(other_key, PURPOSE, "32 bytes");
}
END_TEST

START_TEST(test_readable_by_others)
{
    seal();
    g_chmod(key, 0640);
    check_refused(key, PURPOSE, "chmod 600");
    g_chmod(key, 0600);
    g_chmod(sealed, 0604);
    check_refused(key, PURPOSE, "chmod 600");
}
END_TEST

/* Making the key a second time leaves it alone. */
START_TEST(test_key_kept)
{
    g_autofree char *nowhere = g_build_filename(directory, "missing", "key", NULL);
    g_autoptr(RmsSecret) opened = NULL;
    g_autoptr(GError) error = NULL;

    seal();
    ck_assert(rms_sealed_file_make_key(key, &error));
    opened = rms_sealed_file_read(sealed, key, PURPOSE, NULL);
    ck_assert_ptr_nonnull(opened);
    ck_assert(!rms_sealed_file_make_key(nowhere, &error));
    ck_assert(g_error_matches(error, RMS_SERVICE_ERROR, RMS_SERVICE_ERROR_SETTINGS));
}
END_TEST

START_TEST(test_connector_key)
{
    g_autofree char *certificate_file = g_build_filename(directory, "app.pem", NULL);
    g_autofree char *clear_file = g_build_filename(directory, "clear.key", NULL);
    g_autofree char *text = NULL;
    g_autofree char *certificate = NULL;
    g_autoptr(RmsSecret) made = NULL;
    g_autoptr(RmsClientAssertion) assertion = NULL;
    g_autoptr(RmsClientAssertion) clear = NULL;
    g_autoptr(GError) error = NULL;
    gint64 now = g_get_real_time() / G_USEC_PER_SEC;

    ck_assert_msg(
        rms_connector_key_make("connector.contoso.example", 30, &made, &certificate, &error),
        "%s",
        error != NULL ? error->message : "");
    ck_assert(g_file_set_contents(certificate_file, certificate, -1, NULL));
    ck_assert(rms_connector_key_save(made, sealed, key, &error));
    ck_assert(rms_connector_key_save(made, clear_file, NULL, &error));
    ck_assert(g_file_get_contents(sealed, &text, NULL, NULL));
    ck_assert_ptr_null(strstr(text, "PRIVATE"));
    assertion = rms_client_assertion_new(sealed, key, certificate_file, &error);
    ck_assert_msg(assertion != NULL, "%s", error != NULL ? error->message : "");
    ck_assert_int_ge(rms_client_assertion_get_expiry(assertion), now + 30 * 86400 - 60);
    ck_assert_int_le(rms_client_assertion_get_expiry(assertion), now + 30 * 86400 + 60);
    clear = rms_client_assertion_new(clear_file, NULL, certificate_file, &error);
    ck_assert_ptr_nonnull(clear);
    ck_assert_ptr_null(rms_client_assertion_new(sealed, NULL, certificate_file, &error));
    ck_assert_ptr_nonnull(strstr(error->message, "no private key"));
    g_clear_error(&error);
    ck_assert_ptr_null(rms_client_assertion_new(sealed, other_key, certificate_file, &error));
    ck_assert_ptr_nonnull(strstr(error->message, "this key"));
}
END_TEST

START_TEST(test_certificate)
{
    g_autofree char *certificate = NULL;
    g_autoptr(RmsSecret) made = NULL;
    X509 *x509;
    BIO *bio;

    ck_assert(rms_connector_key_make("büro", 1, &made, &certificate, NULL));
    bio = BIO_new_mem_buf(certificate, -1);
    x509 = PEM_read_bio_X509(bio, NULL, NULL, NULL);
    ck_assert_ptr_nonnull(x509);
    ck_assert_int_eq(X509_verify(x509, X509_get0_pubkey(x509)), 1);
    ck_assert_int_eq(EVP_PKEY_get_bits(X509_get0_pubkey(x509)), 3072);
    ck_assert_int_eq(X509_check_ca(x509), 0);
    ck_assert_uint_eq(X509_get_key_usage(x509), KU_DIGITAL_SIGNATURE);
    ck_assert_ptr_null(strstr(certificate, "PRIVATE"));
    X509_free(x509);
    BIO_free(bio);
}
END_TEST

START_TEST(test_bad_name)
{
    g_autofree char *at_most = g_strnfill(64, 'x');
    g_autofree char *too_long = g_strnfill(65, 'x');
    const char *const names[] = {"", too_long, "\xff"};
    g_autofree char *certificate = NULL;
    g_autoptr(RmsSecret) made = NULL;

    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autoptr(GError) error = NULL;

        ck_assert(!rms_connector_key_make(names[i], 30, &made, &certificate, &error));
        ck_assert(g_error_matches(error, RMS_SERVICE_ERROR, RMS_SERVICE_ERROR_SETTINGS));
        ck_assert_ptr_null(made);
        ck_assert_ptr_null(certificate);
    }
    ck_assert(rms_connector_key_make(at_most, 30, &made, &certificate, NULL));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("service-client: sealed file");
    TCase *tcase = tcase_create("all");
    SRunner *runner;
    int failed;

    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, test_round_trip);
    tcase_add_test(tcase, test_changed);
    tcase_add_test(tcase, test_wrong_key);
    tcase_add_test(tcase, test_readable_by_others);
    tcase_add_test(tcase, test_key_kept);
    tcase_add_test(tcase, test_connector_key);
    tcase_add_test(tcase, test_certificate);
    tcase_add_test(tcase, test_bad_name);
    suite_add_tcase(suite, tcase);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
