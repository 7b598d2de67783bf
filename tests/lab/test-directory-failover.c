/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Several servers, of which the first is not what it should be. All are the lab's one domain
 * controller behind ports that refuse, hang or break.
 */
#include "config.h"

#include <check.h>
#include <string.h>

#include "directory/directory-locator-private.h"
#include "directory/directory-private.h"
#include "test-directory-fixture.h"

/* What a deadline may be overrun by on a busy machine. */
#define SLACK_SECONDS 3.0

static void sign_in(void)
{
    rms_locator_forget();
    test_kinit("svc-rmsldap", "svc-rmsldap", NULL);
}

static RmsDirectory *
new_directory(const char *server, gboolean with_password, const char *password, guint timeout_ms)
{
    g_autoptr(RmsDirectorySettings) settings = test_settings(
        server, with_password ? test_env("LAB_READER") : NULL, with_password ? password : NULL);
    settings->timeout_ms = timeout_ms;
    return rms_directory_new(settings);
}

/* The domain controller behind @port, then the domain controller itself. */
static char *two_servers(const char *scheme, guint16 port, const char *second)
{
    return g_strdup_printf(
        "%s%s:%u %s%s", scheme, test_env("LAB_DC"), port, second, test_env("LAB_DC"));
}

static const struct {
    const char *name;
    TestProxyMode mode;
    const char *scheme;
    const char *second;
    gboolean with_password;
    gboolean waits;
} bad_servers[] = {
    {"silent, ticket",          TEST_PROXY_SILENT,       "ldap://",  "",         FALSE, TRUE },
    {"silent in TLS, password", TEST_PROXY_SILENT,       "ldaps://", "",         TRUE,  TRUE },
    {"without StartTLS",        TEST_PROXY_NO_START_TLS, "ldap://",  "ldaps://", TRUE,  FALSE},
};

START_TEST(test_next_after_a_bad_one)
{
    TestProxy *proxy = test_proxy_new(TEST_DC_ADDRESS, bad_servers[_i].mode);
    g_autofree char *server =
        two_servers(bad_servers[_i].scheme, test_proxy_get_port(proxy), bad_servers[_i].second);
    g_autoptr(RmsDirectory) directory = new_directory(
        server, bad_servers[_i].with_password, test_env("LAB_PASSWORD"), TEST_SHORT_TIMEOUT_MS);
    g_autoptr(GError) error = NULL;
    gint64 start = g_get_monotonic_time();
    ck_assert_msg(test_open(directory, &error),
                  "%s: %s",
                  bad_servers[_i].name,
                  error != NULL ? error->message : "");
    double limit = (bad_servers[_i].waits ? TEST_SHORT_TIMEOUT_MS / 1000.0 : 0.0) + SLACK_SECONDS;
    ck_assert_msg(test_seconds_since(start) < limit, "%.1f s", test_seconds_since(start));
    ck_assert_uint_eq(test_proxy_get_connections(proxy), 1);

    /* For some minutes it is tried last, by others too. */
    g_autoptr(RmsDirectory) other = new_directory(
        server, bad_servers[_i].with_password, test_env("LAB_PASSWORD"), TEST_SHORT_TIMEOUT_MS);
    ck_assert_msg(test_open(other, &error), "%s", error != NULL ? error->message : "");
    ck_assert_uint_eq(test_proxy_get_connections(proxy), 1);
    test_proxy_free(proxy);
}
END_TEST

START_TEST(test_next_after_refused)
{
    g_autofree char *server = two_servers("", 1, "");
    g_autoptr(RmsDirectory) directory = new_directory(server, FALSE, NULL, TEST_TIMEOUT_MS);
    g_autoptr(GError) error = NULL;
    gint64 start = g_get_monotonic_time();
    ck_assert_msg(test_open(directory, &error), "%s", error != NULL ? error->message : "");
    ck_assert_msg(test_seconds_since(start) < SLACK_SECONDS, "%.1f s", test_seconds_since(start));
}
END_TEST

START_TEST(test_all_are_named)
{
    g_autoptr(RmsDirectory) directory =
        new_directory("nosuch.contoso.example dc1.contoso.example:1 ldaps://dc1.contoso.example:2",
                      FALSE,
                      NULL,
                      TEST_TIMEOUT_MS);
    g_autoptr(GError) error = NULL;
    ck_assert(!test_open(directory, &error));
    ck_assert(g_error_matches(error, RMS_DIRECTORY_ERROR, RMS_DIRECTORY_ERROR_UNREACHABLE));
    ck_assert_msg(strstr(error->message, "nosuch.contoso.example: ") != NULL &&
                      strstr(error->message, "port 1;") != NULL &&
                      strstr(error->message, "port 2;") != NULL,
                  "%s",
                  error->message);
}
END_TEST

START_TEST(test_most_telling_code_wins)
{
    /* A port that is closed says less than a certificate that is not trusted. */
    g_autoptr(RmsDirectorySettings) settings =
        test_settings("dc1.contoso.example:1 ldaps://dc1.contoso.example", NULL, NULL);
    g_free(settings->ca_file);
    settings->ca_file = g_strdup(test_env("LAB_CLOUD_CA"));
    g_autoptr(RmsDirectory) directory = rms_directory_new(settings);
    g_autoptr(GError) error = NULL;
    ck_assert(!test_open(directory, &error));
    ck_assert_msg(
        g_error_matches(error, RMS_DIRECTORY_ERROR, RMS_DIRECTORY_ERROR_TLS), "%s", error->message);
}
END_TEST

START_TEST(test_wrong_password_is_sent_once)
{
    /* Each server would count it, and so would each key that is typed into a search. */
    TestProxy *first = test_proxy_new_relay(TEST_DC_ADDRESS, TEST_DC_ADDRESS, 636);
    TestProxy *second = test_proxy_new_relay(TEST_DC_ADDRESS, TEST_DC_ADDRESS, 636);
    g_autofree char *server = g_strdup_printf("ldaps://%s:%u ldaps://%s:%u",
                                              test_env("LAB_DC"),
                                              test_proxy_get_port(first),
                                              test_env("LAB_DC"),
                                              test_proxy_get_port(second));
    g_autoptr(RmsDirectory) directory = new_directory(server, TRUE, "wrong", TEST_TIMEOUT_MS);
    for (guint i = 0; i < 3; i++) {
        g_autoptr(GError) error = NULL;
        ck_assert(!test_open(directory, &error));
        ck_assert(g_error_matches(error, RMS_DIRECTORY_ERROR, RMS_DIRECTORY_ERROR_PASSWORD));
    }
    ck_assert_uint_eq(test_proxy_get_connections(first), 1);
    ck_assert_uint_eq(test_proxy_get_connections(second), 0);

    /* Another password is another matter. */
    g_autoptr(RmsDirectorySettings) settings =
        test_settings(server, test_env("LAB_READER"), test_env("LAB_PASSWORD"));
    rms_directory_replace_settings(directory, settings);
    g_autoptr(GError) error = NULL;
    ck_assert_msg(test_open(directory, &error), "%s", error != NULL ? error->message : "");
    g_clear_object(&directory);
    rms_directory_wait_for_threads();
    test_proxy_free(first);
    test_proxy_free(second);
}
END_TEST

/* Stops answering between two messages, and in the middle of one after some pages. */
static const gsize freezes[] = {0, 30001};

START_TEST(test_hangs_in_mid_search)
{
    TestProxy *proxy = test_proxy_new_relay(TEST_DC_ADDRESS, TEST_DC_ADDRESS, 389);
    g_autofree char *server = two_servers("", test_proxy_get_port(proxy), "");
    g_autoptr(RmsDirectory) directory = new_directory(server, FALSE, NULL, TEST_SHORT_TIMEOUT_MS);
    rms_directory_set_page_sizes(directory, 5, 5);
    g_autofree char *sid = test_find_sid_patiently(directory, "EXCH01$");
    ck_assert_uint_eq(test_proxy_get_connections(proxy), 1);
    g_autoptr(RmsDirectory) direct = test_directory(test_env("LAB_DC"));
    g_autoptr(GError) error = NULL;
    g_autoptr(GListStore) whole = test_search(direct, "", RMS_KIND_ALL, 100000, NULL, &error);
    ck_assert_ptr_null(error);
    guint total = g_list_model_get_n_items(G_LIST_MODEL(whole));

    test_proxy_freeze_after(proxy, freezes[_i]);
    gint64 start = g_get_monotonic_time();
    double cpu = test_cpu_seconds();
    g_autoptr(GListStore) found = test_search(directory, "", RMS_KIND_ALL, 100000, NULL, &error);
    double seconds = test_seconds_since(start);
    ck_assert_msg(error == NULL, "%s", error != NULL ? error->message : "");
    ck_assert_msg(seconds < TEST_SHORT_TIMEOUT_MS / 1000.0 + SLACK_SECONDS, "%.1f s", seconds);
    ck_assert_msg(test_cpu_seconds() - cpu < 0.5 * seconds, "waiting is not free");
    /* All of it, and nothing twice. */
    ck_assert_uint_eq(g_list_model_get_n_items(G_LIST_MODEL(found)), total);
    for (guint i = 0; i < total; i++) {
        g_autoptr(RmsDirectoryObject) object = g_list_model_get_item(G_LIST_MODEL(whole), i);
        ck_assert(test_has(found, rms_directory_object_get_account_name(object)));
    }
    ck_assert_uint_eq(test_proxy_get_connections(proxy), 1);
    g_clear_object(&directory);
    rms_directory_wait_for_threads();
    test_proxy_free(proxy);
}
END_TEST

START_TEST(test_end_of_program_does_not_wait_for_all)
{
    /* Whoever leaves while servers are tried waits for one of them at most. */
    TestProxy *proxies[4];
    g_autoptr(GString) server = g_string_new(NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(proxies); i++) {
        proxies[i] = test_proxy_new(TEST_DC_ADDRESS, TEST_PROXY_SILENT);
        g_string_append_printf(
            server, "ldaps://%s:%u ", test_env("LAB_DC"), test_proxy_get_port(proxies[i]));
    }
    RmsDirectory *directory = new_directory(server->str, FALSE, NULL, TEST_SHORT_TIMEOUT_MS);
    g_autoptr(GCancellable) cancellable = g_cancellable_new();
    gpointer gone = directory;
    g_object_add_weak_pointer(G_OBJECT(directory), &gone);
    rms_directory_open_async(directory, cancellable, NULL, NULL);
    g_object_unref(directory);
    while (test_proxy_get_connections(proxies[0]) == 0)
        g_main_context_iteration(NULL, FALSE);
    gint64 start = g_get_monotonic_time();
    g_cancellable_cancel(cancellable);
    while (gone != NULL)
        g_main_context_iteration(NULL, TRUE);
    rms_directory_wait_for_threads();
    ck_assert_msg(test_seconds_since(start) < TEST_SHORT_TIMEOUT_MS / 1000.0 + SLACK_SECONDS,
                  "%.1f s",
                  test_seconds_since(start));
    ck_assert_uint_eq(test_proxy_get_connections(proxies[1]), 0);
    for (gsize i = 0; i < G_N_ELEMENTS(proxies); i++)
        test_proxy_free(proxies[i]);
}
END_TEST

int main(void)
{
    test_setup();
    Suite *suite = suite_create("directory failover in the lab");
    TCase *tcase = tcase_create("all");
    tcase_set_timeout(tcase, 120);
    tcase_add_checked_fixture(tcase, sign_in, NULL);
    tcase_add_loop_test(tcase, test_next_after_a_bad_one, 0, G_N_ELEMENTS(bad_servers));
    tcase_add_test(tcase, test_next_after_refused);
    tcase_add_test(tcase, test_all_are_named);
    tcase_add_test(tcase, test_wrong_password_is_sent_once);
    tcase_add_loop_test(tcase, test_hangs_in_mid_search, 0, G_N_ELEMENTS(freezes));
    tcase_add_test(tcase, test_most_telling_code_wins);
    tcase_add_test(tcase, test_end_of_program_does_not_wait_for_all);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    test_teardown();
    return failed == 0 ? 0 : 1;
}
