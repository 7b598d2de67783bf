/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A forest as a whole: its domains, its global catalog, servers found by DNS, and what became of
 * accounts that are known by their SID.
 */
#include "config.h"

#include <check.h>
#include <string.h>

#include "directory/directory-private.h"
#include "directory/forest.h"
#include "test-directory-fixture.h"

static void sign_in(void)
{
    test_kinit("svc-rmsldap", "svc-rmsldap", NULL);
}

static void on_finished(GObject *source, GAsyncResult *result, gpointer data)
{
    *(GAsyncResult **) data = g_object_ref(result);
}

static gboolean open_forest(RmsForest *forest, GError **error)
{
    g_autoptr(GAsyncResult) result = NULL;
    rms_forest_open_async(forest, NULL, on_finished, &result);
    while (result == NULL)
        g_main_context_iteration(NULL, TRUE);
    return rms_forest_open_finish(forest, result, error);
}

static GPtrArray *check_sids(RmsForest *forest, const char *const *texts)
{
    g_autoptr(GPtrArray) sids = g_ptr_array_new_with_free_func((GDestroyNotify) rms_sid_free);
    for (gsize i = 0; texts[i] != NULL; i++) {
        RmsSid sid;
        ck_assert(rms_sid_parse(&sid, texts[i]));
        g_ptr_array_add(sids, rms_sid_copy(&sid));
    }
    g_autoptr(GAsyncResult) result = NULL;
    rms_forest_check_async(forest, sids, NULL, on_finished, &result);
    while (result == NULL)
        g_main_context_iteration(NULL, TRUE);
    g_autoptr(GError) error = NULL;
    GPtrArray *checks = rms_forest_check_finish(forest, result, &error);
    ck_assert_msg(checks != NULL, "%s", error != NULL ? error->message : "");
    ck_assert_uint_eq(checks->len, sids->len);
    for (guint i = 0; i < checks->len; i++) {
        const RmsObjectCheck *check = checks->pdata[i];
        ck_assert(rms_sid_equal(&check->sid, sids->pdata[i]));
        ck_assert((check->object != NULL) == (check->result == RMS_CHECK_FOUND));
        ck_assert((check->error != NULL) == (check->result == RMS_CHECK_UNKNOWN));
    }
    return checks;
}

static RmsForest *new_forest(const char *server, const char *domain)
{
    g_autoptr(RmsDirectorySettings) settings = test_settings(server, NULL, NULL);
    settings->domain = g_strdup(domain);
    return rms_forest_new(settings);
}

static const struct {
    const char *server;
    const char *domain; /* both NULL: that of krb5.conf */
} ways[] = {
    {"dc1.contoso.example",            NULL             },
    {NULL,                             "contoso.example"},
    {NULL,                             NULL             },
 /* A global catalog's ports are its own. */
    {"ldap://dc1.contoso.example:389", NULL             },
};

START_TEST(test_opens)
{
    g_autoptr(RmsForest) forest = new_forest(ways[_i].server, ways[_i].domain);
    g_autoptr(GError) error = NULL;
    GListModel *domains = rms_forest_get_domains(forest);
    ck_assert(!rms_forest_get_opened(forest));
    ck_assert_uint_eq(g_list_model_get_n_items(domains), 0);
    ck_assert_msg(open_forest(forest, &error), "%s", error != NULL ? error->message : "");
    ck_assert(rms_forest_get_opened(forest));
    ck_assert_str_eq(rms_forest_get_name(forest), "contoso.example");
    ck_assert(domains == rms_forest_get_domains(forest));
    ck_assert_uint_ge(g_list_model_get_n_items(domains), 1);
    g_autoptr(RmsForestDomain) home = g_list_model_get_item(domains, 0);
    ck_assert(rms_forest_domain_is_home(home));
    ck_assert_str_eq(rms_forest_domain_get_name(home), "contoso.example");
    ck_assert_str_eq(rms_forest_domain_get_netbios_name(home), "CONTOSO");

    RmsDirectory *directory = rms_forest_get_home(forest);
    ck_assert(rms_forest_get_domain(forest, "Contoso") == directory);
    ck_assert(rms_forest_get_domain(forest, "CONTOSO.example") == directory);
    ck_assert_ptr_null(rms_forest_get_domain(forest, "elsewhere.example"));
    ck_assert(rms_forest_find_domain_of_dn(forest, "CN=x,DC=contoso,DC=example") == directory);
    ck_assert_ptr_null(rms_forest_find_domain_of_dn(forest, "CN=x,DC=elsewhere"));

    RmsDirectory *catalog = rms_forest_get_global_catalog(forest);
    ck_assert(catalog == rms_forest_get_global_catalog(forest));
    g_autoptr(GListStore) found =
        test_search(catalog, "Exchange Servers", RMS_KIND_ALL, 100, NULL, &error);
    ck_assert_msg(error == NULL, "%s", error != NULL ? error->message : "");
    ck_assert(test_has(found, "CONTOSO\\Exchange Servers"));
    ck_assert(rms_directory_get_info(catalog)->is_global_catalog);
}
END_TEST

START_TEST(test_check)
{
    g_autoptr(RmsForest) forest = new_forest(test_env("LAB_DC"), NULL);
    g_autofree char *sid = test_find_sid(rms_forest_get_home(forest), "EXCH01$");
    const RmsDomainInfo *info = rms_directory_get_info(rms_forest_get_home(forest));
    g_autofree char *domain = rms_sid_to_string(&info->sid);
    g_autofree char *gone = g_strconcat(domain, "-999999", NULL);
    const char *const sids[] = {
        "S-1-5-21-1-2-3-1104", gone, sid, "S-1-5-32-544", domain, gone, NULL};
    static const RmsCheckResult expected[] = {RMS_CHECK_UNKNOWN,
                                              RMS_CHECK_GONE,
                                              RMS_CHECK_FOUND,
                                              RMS_CHECK_UNKNOWN,
                                              RMS_CHECK_UNKNOWN,
                                              RMS_CHECK_GONE};
    g_autoptr(GPtrArray) checks = check_sids(forest, sids);
    for (guint i = 0; i < checks->len; i++) {
        const RmsObjectCheck *check = checks->pdata[i];
        ck_assert_msg(check->result == expected[i], "%s: %d", sids[i], (int) check->result);
    }
    const RmsObjectCheck *found = checks->pdata[2];
    ck_assert_str_eq(rms_directory_object_get_account_name(found->object), "CONTOSO\\EXCH01$");
    const RmsObjectCheck *stranger = checks->pdata[0];
    ck_assert_ptr_nonnull(strstr(stranger->error->message, "no domain of the forest"));
}
END_TEST

START_TEST(test_check_without_an_answer)
{
    /* Nobody answers: nothing is known, and nothing is gone. */
    g_autoptr(RmsForest) forest = new_forest("dc1.contoso.example:1", NULL);
    const char *const sids[] = {"S-1-5-21-1-2-3-1104", "S-1-5-21-1-2-3-1105", NULL};
    g_autoptr(GPtrArray) checks = check_sids(forest, sids);
    for (guint i = 0; i < checks->len; i++) {
        const RmsObjectCheck *check = checks->pdata[i];
        ck_assert_int_eq(check->result, RMS_CHECK_UNKNOWN);
        ck_assert(
            g_error_matches(check->error, RMS_DIRECTORY_ERROR, RMS_DIRECTORY_ERROR_UNREACHABLE));
    }
}
END_TEST

int main(void)
{
    test_setup();
    Suite *suite = suite_create("forest in the lab");
    TCase *tcase = tcase_create("all");
    tcase_set_timeout(tcase, 120);
    tcase_add_checked_fixture(tcase, sign_in, NULL);
    tcase_add_loop_test(tcase, test_opens, 0, G_N_ELEMENTS(ways));
    tcase_add_test(tcase, test_check);
    tcase_add_test(tcase, test_check_without_an_answer);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    test_teardown();
    return failed == 0 ? 0 : 1;
}
