/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Effective members in the real domain, beside what its own rule for nested membership says
 * (LDAP_MATCHING_RULE_IN_CHAIN, protocol.md §6.4).
 */
#include "config.h"

#include <check.h>
#include <string.h>

#include "directory/directory-filter.h"
#include "directory/group-expansion.h"
#include "test-directory-fixture.h"

static RmsForest *forest;

static void open_forest(void)
{
    test_kinit("svc-rmsldap", "svc-rmsldap", NULL);
    g_autoptr(RmsDirectorySettings) settings = test_settings(test_env("LAB_DC"), NULL, NULL);
    forest = rms_forest_new(settings);
}

static void close_forest(void)
{
    g_clear_object(&forest);
}

static void on_finished(GObject *source, GAsyncResult *result, gpointer data)
{
    *(GAsyncResult **) data = g_object_ref(result);
}

static RmsExpansion *expand_sid(const char *text, GCancellable *cancellable, GError **error)
{
    RmsSid sid;
    g_autoptr(GAsyncResult) result = NULL;
    ck_assert(rms_sid_parse(&sid, text));
    rms_forest_expand_async(forest, &sid, cancellable, on_finished, &result);
    while (result == NULL)
        g_main_context_iteration(NULL, TRUE);
    return rms_forest_expand_finish(forest, result, error);
}

static RmsExpansion *expand(const char *name)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *sid = test_find_sid(rms_forest_get_home(forest), name);
    RmsExpansion *expansion = expand_sid(sid, NULL, &error);
    ck_assert_msg(expansion != NULL, "%s: %s", name, error != NULL ? error->message : "");
    return expansion;
}

/* DNs of the accounts, not groups, that are members of the group @dn by the server's own rule;
 * asked with OpenLDAP's client. */
static GHashTable *find_in_chain(const char *dn)
{
    g_autofree char *escaped = rms_filter_escape(dn, -1);
    g_autofree char *filter =
        g_strdup_printf("(&(!(objectClass=group))(memberOf:1.2.840.113556.1.4.1941:=%s))", escaped);
    g_autofree char *uri = g_strdup_printf("ldaps://%s", test_env("LAB_DC"));
    const char *argv[] = {"ldapsearch",
                          "-LLL",
                          "-o",
                          "ldif-wrap=no",
                          "-x",
                          "-H",
                          uri,
                          "-D",
                          test_env("LAB_READER"),
                          "-w",
                          test_env("LAB_PASSWORD"),
                          "-b",
                          test_env("LAB_BASE"),
                          "-E",
                          "!1.2.840.113556.1.4.1339",
                          filter,
                          "distinguishedName",
                          NULL};
    g_autofree char *output = NULL;
    g_autoptr(GError) error = NULL;
    ck_assert_msg(g_spawn_sync(NULL,
                               (char **) argv,
                               NULL,
                               G_SPAWN_SEARCH_PATH,
                               NULL,
                               NULL,
                               &output,
                               NULL,
                               NULL,
                               &error),
                  "%s",
                  error != NULL ? error->message : "");
    GHashTable *names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_auto(GStrv) lines = g_strsplit(output, "\n", -1);
    for (char **line = lines; *line != NULL; line++) {
        gsize length;
        if (g_str_has_prefix(*line, "dn: "))
            g_hash_table_add(names, g_strdup(*line + 4));
        else if (g_str_has_prefix(*line, "dn:: ")) {
            g_autofree guchar *bytes = g_base64_decode(*line + 5, &length);
            g_hash_table_add(names, g_strndup((char *) bytes, length));
        }
    }
    return names;
}

static int compare_texts(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *) a, *(const char *const *) b);
}

/* One line for each account, with its path, in the order of their names. */
static char *describe(RmsExpansion *expansion)
{
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
    GPtrArray *members = rms_expansion_get_members(expansion);
    for (guint i = 0; i < members->len; i++) {
        g_auto(GStrv) path = rms_expanded_member_dup_path(members->pdata[i]);
        g_autofree char *joined = g_strjoinv(" > ", path);
        g_ptr_array_add(lines,
                        g_strdup_printf("%s: %s",
                                        rms_expanded_member_get_account_name(members->pdata[i]),
                                        joined));
    }
    g_ptr_array_sort(lines, compare_texts);
    g_ptr_array_add(lines, NULL);
    return g_strjoinv("\n", (char **) lines->pdata);
}

START_TEST(test_paths)
{
    static const struct {
        const char *group;
        const char *accounts;
        guint n_groups;
        guint depth;
    } rows[] = {
        {"Exchange Servers",
         "CONTOSO\\EXCH01$: CONTOSO\\Exchange Servers\n"
         "CONTOSO\\EXCH02$: CONTOSO\\Exchange Servers\n"
         "CONTOSO\\EXCH03$: CONTOSO\\Exchange Servers > CONTOSO\\Exchange Install Domain Servers > "
         "CONTOSO\\Exchange Site Berlin\n"
         "CONTOSO\\OLDSRV01$: CONTOSO\\Exchange Servers",                              3,
         2                                                                                 },
        {"RMS Servers DL",
         "CONTOSO\\FILESRV01$: CONTOSO\\RMS Servers DL > CONTOSO\\File Servers FCI\n"
         "CONTOSO\\FILESRV02$: CONTOSO\\RMS Servers DL > CONTOSO\\File Servers FCI\n"
         "CONTOSO\\FILESRV03$: CONTOSO\\RMS Servers DL > CONTOSO\\File Servers FCI\n"
         "CONTOSO\\FILESRV04$: CONTOSO\\RMS Servers DL > CONTOSO\\File Servers FCI\n"
         "CONTOSO\\SHAREPOINT02$: CONTOSO\\RMS Servers DL > CONTOSO\\Scan Servers DL", 3,
         1                                                                                 },
        {"Loop A",           "",                                                       2, 1},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(RmsExpansion) expansion = expand(rows[i].group);
        g_autofree char *accounts = describe(expansion);
        g_autofree char *gaps = rms_expansion_dup_gap_text(expansion);
        ck_assert_str_eq(accounts, rows[i].accounts);
        ck_assert_uint_eq(rms_expansion_get_n_groups(expansion), rows[i].n_groups);
        ck_assert_uint_eq(rms_expansion_get_depth(expansion), rows[i].depth);
        ck_assert_uint_eq(rms_expansion_get_gaps(expansion), 0);
        ck_assert_ptr_null(gaps);
    }
}
END_TEST

/* Every group of the domain but BUILTIN's: the same accounts as the server's own rule finds. */
START_TEST(test_against_the_rule)
{
    g_autoptr(GError) error = NULL;
    RmsDirectory *home = rms_forest_get_home(forest);
    g_autoptr(GListStore) groups = test_search(home,
                                               "",
                                               RMS_KIND_BIT(RMS_KIND_SECURITY_GROUP) |
                                                   RMS_KIND_BIT(RMS_KIND_DISTRIBUTION_GROUP),
                                               1000,
                                               NULL,
                                               &error);
    guint n_compared = 0;
    for (guint i = 0; i < g_list_model_get_n_items(G_LIST_MODEL(groups)); i++) {
        g_autoptr(RmsDirectoryObject) group = g_list_model_get_item(G_LIST_MODEL(groups), i);
        if (rms_directory_object_get_scope(group) == RMS_SCOPE_BUILTIN)
            continue;
        g_autoptr(RmsExpansion) expansion =
            expand_sid(rms_directory_object_get_sid_text(group), NULL, &error);
        ck_assert_msg(expansion != NULL, "%s", error != NULL ? error->message : "");
        g_autoptr(GHashTable) by_rule = find_in_chain(rms_directory_object_get_dn(group));
        GPtrArray *members = rms_expansion_get_members(expansion);
        guint n_by_attribute = 0;
        for (guint j = 0; j < members->len; j++) {
            RmsDirectoryObject *object = rms_expanded_member_get_object(members->pdata[j]);
            ck_assert_ptr_nonnull(object);
            n_by_attribute +=
                g_hash_table_contains(by_rule, rms_directory_object_get_dn(object)) ? 1 : 0;
        }
        /* The rule does not know primary groups, so there may be more, and never fewer. */
        ck_assert_msg(n_by_attribute == g_hash_table_size(by_rule),
                      "%s: %u of %u",
                      rms_directory_object_get_account_name(group),
                      n_by_attribute,
                      g_hash_table_size(by_rule));
        n_compared++;
    }
    ck_assert_uint_gt(n_compared, 15);
}
END_TEST

START_TEST(test_primary_group)
{
    g_autoptr(RmsExpansion) expansion = expand("Domain Computers");
    g_autofree char *accounts = describe(expansion);
    ck_assert_ptr_nonnull(strstr(accounts, "CONTOSO\\OUTSIDER01$: CONTOSO\\Domain Computers"));
}
END_TEST

START_TEST(test_no_group)
{
    g_autoptr(GError) account = NULL;
    g_autoptr(GError) gone = NULL;
    g_autoptr(GError) stranger = NULL;
    g_autofree char *sid = test_find_sid(rms_forest_get_home(forest), "EXCH01$");
    g_autofree char *domain = g_strndup(sid, (gsize) (strrchr(sid, '-') - sid));
    g_autofree char *nobody = g_strdup_printf("%s-999999", domain);
    ck_assert_ptr_null(expand_sid(sid, NULL, &account));
    ck_assert_ptr_null(expand_sid(nobody, NULL, &gone));
    ck_assert_ptr_null(expand_sid("S-1-5-21-1-2-3-4", NULL, &stranger));
    ck_assert(g_error_matches(account, RMS_DIRECTORY_ERROR, RMS_DIRECTORY_ERROR_NAME));
    ck_assert(g_error_matches(gone, RMS_DIRECTORY_ERROR, RMS_DIRECTORY_ERROR_NAME));
    ck_assert(g_error_matches(stranger, RMS_DIRECTORY_ERROR, RMS_DIRECTORY_ERROR_NAME));
}
END_TEST

START_TEST(test_cancelled)
{
    g_autoptr(GCancellable) cancellable = g_cancellable_new();
    g_autoptr(GError) error = NULL;
    g_autofree char *sid = test_find_sid(rms_forest_get_home(forest), "Exchange Servers");
    g_cancellable_cancel(cancellable);
    ck_assert_ptr_null(expand_sid(sid, cancellable, &error));
    ck_assert(g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
}
END_TEST

int main(void)
{
    test_setup();
    Suite *suite = suite_create("group expansion in the lab");
    TCase *tcase = tcase_create("all");
    tcase_set_timeout(tcase, 120);
    tcase_add_checked_fixture(tcase, open_forest, close_forest);
    tcase_add_test(tcase, test_paths);
    tcase_add_test(tcase, test_against_the_rule);
    tcase_add_test(tcase, test_primary_group);
    tcase_add_test(tcase, test_no_group);
    tcase_add_test(tcase, test_cancelled);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    test_teardown();
    return failed == 0 ? 0 : 1;
}
