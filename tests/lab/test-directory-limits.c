/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a server with limits makes of searches, and what searches cost it: OpenLDAP with the limits
 * of Active Directory (slapd/slapd-up), which Samba does not have.
 */
#include "config.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "test-directory-fixture.h"

#define SLAPD_ADDRESS "127.0.0.4"
#define LDAPS_PORT 636
/* More than there is. */
#define PLENTY 1000000
/* Inside the second page: one entry is half a kilobyte or more, the first page has 200. */
#define BYTES_INTO_A_PAGE (256 * 1024)
#define PATIENCE_US (30 * G_USEC_PER_SEC)

static RmsDirectory *open_directory(const char *server, const char *user)
{
    g_autoptr(RmsDirectorySettings) settings =
        test_settings(server, user, test_env("LAB_PASSWORD"));
    g_autoptr(RmsDirectory) directory = rms_directory_new(settings);
    g_autoptr(GError) error = NULL;
    ck_assert_msg(
        test_open(directory, &error), "%s: %s", server, error != NULL ? error->message : "");
    return g_steal_pointer(&directory);
}

static guint count_different(GListStore *objects)
{
    g_autoptr(GHashTable) sids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; i < g_list_model_get_n_items(G_LIST_MODEL(objects)); i++) {
        g_autoptr(RmsDirectoryObject) object = g_list_model_get_item(G_LIST_MODEL(objects), i);
        g_hash_table_add(sids, g_strdup(rms_directory_object_get_sid_text(object)));
    }
    return g_hash_table_size(sids);
}

/* MaxPageSize: a search without pages ends after 1000, and one with larger pages is refused. */
START_TEST(test_everything_in_pages)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(RmsDirectory) directory =
        open_directory(test_env("LAB_SLAPD"), test_env("LAB_SLAPD_READER"));
    ck_assert_str_eq(rms_directory_get_netbios_name(directory), "CONTOSO");

    gboolean truncated = TRUE;
    g_autoptr(GListStore) all =
        test_search(directory, NULL, RMS_KIND_ALL, PLENTY, &truncated, &error);
    ck_assert_msg(error == NULL, "%s", error != NULL ? error->message : "");
    ck_assert(!truncated);
    ck_assert_uint_eq(count_different(all), (guint) atoi(test_env("LAB_SLAPD_COUNT")));
    ck_assert_uint_eq(g_list_model_get_n_items(G_LIST_MODEL(all)), count_different(all));
}
END_TEST

/* The server stops in the middle of a page: what came is shown, and that it is not all. */
START_TEST(test_stopped_by_the_server)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(RmsDirectory) directory =
        open_directory(test_env("LAB_SLAPD"), test_env("LAB_SLAPD_STOPPED"));

    gboolean truncated = FALSE;
    g_autoptr(GListStore) some =
        test_search(directory, NULL, RMS_KIND_ALL, PLENTY, &truncated, &error);
    ck_assert_msg(error == NULL, "%s", error != NULL ? error->message : "");
    ck_assert(truncated);
    guint stop = (guint) atoi(test_env("LAB_SLAPD_STOP"));
    ck_assert_uint_eq(count_different(some), stop);
}
END_TEST

static void on_searched(GObject *source, GAsyncResult *result, gpointer data)
{
    rms_directory_search_finish(RMS_DIRECTORY(source), result, NULL, data);
}

/* The number behind @word in the last line of the log that has it; -1: none. */
static int find_last_number(const char *word, char **connection)
{
    g_autofree char *log = NULL;
    ck_assert(g_file_get_contents(test_env("LAB_SLAPD_LOG"), &log, NULL, NULL));
    const char *place = g_strrstr(log, word);
    if (place == NULL)
        return -1;
    if (connection != NULL) {
        const char *start = g_strrstr_len(log, place - log, "conn=");
        g_free(*connection);
        *connection = g_strndup(start, strcspn(start, " "));
    }
    return atoi(place + strlen(word));
}

static gboolean on_patience_over(gpointer data)
{
    *(gboolean *) data = TRUE;
    return G_SOURCE_REMOVE;
}

/* A frozen network keeps the server in the middle of its answer, however fast it is. */
START_TEST(test_superseded_search_is_abandoned)
{
    TestProxy *proxy = test_proxy_new_relay(SLAPD_ADDRESS, SLAPD_ADDRESS, LDAPS_PORT);
    g_autofree char *server =
        g_strdup_printf("ldaps://" SLAPD_ADDRESS ":%u", test_proxy_get_port(proxy));
    g_autoptr(RmsDirectory) directory = open_directory(server, test_env("LAB_SLAPD_READER"));
    g_autoptr(GListStore) results = g_list_store_new(RMS_TYPE_DIRECTORY_OBJECT);
    g_autoptr(GCancellable) cancellable = g_cancellable_new();
    g_autoptr(GError) error = NULL;
    int abandoned_before = find_last_number("ABANDON msg=", NULL);
    ck_assert_int_eq(abandoned_before, -1);

    test_proxy_freeze_after(proxy, BYTES_INTO_A_PAGE);
    const RmsDirectorySearch everything = {.kinds = RMS_KIND_ALL, .limit = PLENTY};
    rms_directory_search_async(directory, &everything, results, cancellable, on_searched, &error);
    while (g_list_model_get_n_items(G_LIST_MODEL(results)) == 0 && error == NULL)
        g_main_context_iteration(NULL, TRUE);
    g_cancellable_cancel(cancellable);
    while (error == NULL)
        g_main_context_iteration(NULL, TRUE);
    ck_assert(g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED));

    g_autofree char *connection = NULL;
    int abandoned = -1;
    for (gint64 start = g_get_monotonic_time();
         abandoned < 0 && g_get_monotonic_time() - start < PATIENCE_US;) {
        abandoned = find_last_number("ABANDON msg=", &connection);
        gboolean later = FALSE;
        g_timeout_add(10, on_patience_over, &later);
        while (!later)
            g_main_context_iteration(NULL, TRUE);
    }
    /* libldap counts messages from 1, slapd operations from 0: it was the search. */
    g_autofree char *search = g_strdup_printf("%s op=%d SRCH base=", connection, abandoned - 1);
    ck_assert_msg(find_last_number(search, NULL) >= 0, "%s is not in the log", search);

    /* The next search has the same connection. */
    test_proxy_thaw(proxy);
    g_autoptr(GError) next_error = NULL;
    g_autoptr(GListStore) next =
        test_search(directory, "Large Group", RMS_KIND_ALL, 10, NULL, &next_error);
    ck_assert_ptr_null(next_error);
    ck_assert_uint_eq(g_list_model_get_n_items(G_LIST_MODEL(next)), 1);
    ck_assert_uint_eq(test_proxy_get_connections(proxy), 1);
    g_clear_object(&directory);
    rms_directory_wait_for_threads();
    test_proxy_free(proxy);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("directory-limits");
    TCase *tests = tcase_create("slapd");
    tcase_add_unchecked_fixture(tests, test_setup, test_teardown);
    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, test_everything_in_pages);
    tcase_add_test(tests, test_stopped_by_the_server);
    tcase_add_test(tests, test_superseded_search_is_abandoned);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed > 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
