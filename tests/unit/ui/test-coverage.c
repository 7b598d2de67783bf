/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a group covers, prepared for a view, and the words for details: over the real expansion and
 * members that the stand-ins hold.
 */
#include "config.h"

#include <check.h>
#include <string.h>

#include "directory/directory-object-private.h"
#include "tests/unit/ui/stand-ins.h"
#include "ui/coverage.h"
#include "ui/object-facts.h"

static RmsForest *forest;
static RmsCoverage *coverage;

static RmsDirectoryObject *add(guint rid, const char *name, RmsKind kind)
{
    RmsDirectoryObject *object =
        stand_in_object(rid,
                        name,
                        kind,
                        rms_kind_is_group(kind) ? RMS_SCOPE_UNIVERSAL : RMS_SCOPE_NONE,
                        "contoso.example/Servers",
                        0);

    g_ptr_array_add(stand_ins.objects, object);
    return object;
}

/* Top holds EXCH01$ and Middle; Middle holds EXCH02$, EXCH01$ again, and Top: a loop. */
static void setup(void)
{
    RmsDirectoryObject *top, *middle, *first, *second;

    stand_ins_reset();
    top = add(1, "Top", RMS_KIND_SECURITY_GROUP);
    middle = add(2, "Middle", RMS_KIND_SECURITY_GROUP);
    first = add(3, "EXCH01$", RMS_KIND_COMPUTER);
    second = add(4, "EXCH02$", RMS_KIND_COMPUTER);
    stand_in_add_member(top, first);
    stand_in_add_member(top, middle);
    stand_in_add_member(middle, second);
    stand_in_add_member(middle, first);
    stand_in_add_member(middle, top);
    forest = stand_in_forest_new("contoso.example", "S-1-5-21-1-2-3-");
    coverage = rms_coverage_new();
}

static void teardown(void)
{
    rms_coverage_stop(coverage);
    while (g_main_context_iteration(NULL, FALSE))
        continue;
    g_assert_finalize_object(g_steal_pointer(&coverage));
    g_clear_object(&forest);
    stand_ins_reset();
}

static gboolean is_loaded(gpointer data)
{
    return !rms_coverage_get_loading(coverage);
}

static void load(guint rid)
{
    RmsDirectoryObject *group = stand_ins.objects->pdata[rid - 1];

    rms_coverage_load(coverage, forest, rms_directory_object_get_sid(group));
    ck_assert(stand_ins_run_until(is_loaded, NULL));
}

START_TEST(test_accounts_with_their_paths)
{
    g_autofree char *text = NULL;
    g_autofree char *summary = NULL;

    load(1);
    ck_assert_ptr_null(rms_coverage_get_failure(coverage));
    text = rms_coverage_dup_text(rms_coverage_get_accounts(coverage));
    ck_assert_str_eq(text,
                     "CONTOSO\\EXCH01$\tCONTOSO\\Top → CONTOSO\\EXCH01$\n"
                     "CONTOSO\\EXCH02$\tCONTOSO\\Top → CONTOSO\\Middle → CONTOSO\\EXCH02$\n");
    summary = rms_coverage_words_summary(rms_coverage_get_expansion(coverage));
    ck_assert_str_eq(summary, "2 accounts are covered, through 2 groups nested up to 1 deep.");
}
END_TEST

static const struct {
    const char *typed;
    gboolean first, second;
} filter_rows[] = {
    {"",                   TRUE,  TRUE },
    {"exch",               TRUE,  TRUE },
    {"EXCH01",             TRUE,  FALSE},
    {"middle",             FALSE, TRUE }, /* by the group on its path */
    {"top → contoso\\e", TRUE,  FALSE},
    {"nobody",             FALSE, FALSE},
};

START_TEST(test_filter)
{
    g_autoptr(RmsCoveredAccount) first = NULL;
    g_autoptr(RmsCoveredAccount) second = NULL;
    g_autofree char *folded = g_utf8_casefold(filter_rows[_i].typed, -1);

    load(1);
    first = g_list_model_get_item(rms_coverage_get_accounts(coverage), 0);
    second = g_list_model_get_item(rms_coverage_get_accounts(coverage), 1);
    ck_assert_int_eq(rms_covered_account_matches(first, folded), filter_rows[_i].first);
    ck_assert_int_eq(rms_covered_account_matches(second, folded), filter_rows[_i].second);
}
END_TEST

/* Rows come in turns; all of them come. */
START_TEST(test_many)
{
    for (guint i = 0; i < 5000; i++) {
        g_autofree char *name = g_strdup_printf("S%u$", i);
        g_autoptr(RmsDirectoryObject) object = stand_in_object(
            10000 + i, name, RMS_KIND_COMPUTER, RMS_SCOPE_NONE, "contoso.example", 0);

        stand_in_add_member(stand_ins.objects->pdata[0], object);
    }
    load(1);
    ck_assert_uint_eq(g_list_model_get_n_items(rms_coverage_get_accounts(coverage)), 5002);
    load(2); /* another one replaces it */
    ck_assert_uint_eq(g_list_model_get_n_items(rms_coverage_get_accounts(coverage)), 5002);
}
END_TEST

START_TEST(test_failure_and_another_try)
{
    stand_ins.directory_error =
        g_error_new_literal(RMS_DIRECTORY_ERROR, RMS_DIRECTORY_ERROR_UNREACHABLE, "down");
    load(1);
    ck_assert(g_error_matches(
        rms_coverage_get_failure(coverage), RMS_DIRECTORY_ERROR, RMS_DIRECTORY_ERROR_UNREACHABLE));
    ck_assert_uint_eq(g_list_model_get_n_items(rms_coverage_get_accounts(coverage)), 0);
    g_clear_error(&stand_ins.directory_error);
    load(1);
    ck_assert_ptr_null(rms_coverage_get_failure(coverage));
    ck_assert_uint_eq(g_list_model_get_n_items(rms_coverage_get_accounts(coverage)), 2);
}
END_TEST

START_TEST(test_another_group_drops_the_first)
{
    stand_ins.directory_waits = TRUE;
    rms_coverage_load(coverage, forest, rms_directory_object_get_sid(stand_ins.objects->pdata[0]));
    stand_ins.directory_waits = FALSE;
    load(2);
    ck_assert_ptr_null(rms_coverage_get_failure(coverage));
    ck_assert_uint_eq(g_list_model_get_n_items(rms_coverage_get_accounts(coverage)), 2);
    while (stand_ins.n_cancelled < 1)
        g_main_context_iteration(NULL, TRUE);
}
END_TEST

/* --- words -------------------------------------------------------------------------------- */

static void check_says(const char *text, const char *what)
{
    ck_assert_msg(text != NULL && strstr(text, what) != NULL, "\"%s\" lacks \"%s\"", text, what);
}

static const struct {
    guint gap;
    const char *says;
} gap_rows[] = {
    {RMS_GAP_DEPTH,     "more than 32 deep"        },
    {RMS_GAP_COUNT,     "at most 100000 accounts"  },
    {RMS_GAP_ELSEWHERE, "domains that could not"   },
    {RMS_GAP_FOREIGN,   "only their SIDs are known"},
};

START_TEST(test_gaps)
{
    g_autofree char *all = rms_coverage_words_gaps(RMS_GAP_DEPTH | RMS_GAP_COUNT |
                                                   RMS_GAP_ELSEWHERE | RMS_GAP_FOREIGN);
    g_autofree char *one = rms_coverage_words_gaps(gap_rows[_i].gap);

    check_says(one, gap_rows[_i].says);
    check_says(all, gap_rows[_i].says);
    ck_assert_ptr_null(strchr(one, '\n'));
    ck_assert_ptr_null(rms_coverage_words_gaps(0));
}
END_TEST

START_TEST(test_group_status)
{
    RmsGroupStatus never = {.tried_at = 1795428000000000, .failure = (char *) "down"};
    RmsGroupStatus good = {.n_members = 3, .read_at = 1795428000000000};
    g_autofree char *unknown = rms_coverage_words_group(NULL);
    g_autofree char *bad = rms_coverage_words_group(&never);
    g_autofree char *fine = rms_coverage_words_group(&good);

    check_says(unknown, "not in the list");
    check_says(bad, "admits none");
    check_says(bad, "failed: down");
    check_says(fine, "admits 3 accounts by its reading of 23 November 2026");
    ck_assert_ptr_null(strstr(fine, "failed"));
}
END_TEST

static const char *get_value(GPtrArray *facts, const char *title)
{
    for (guint i = 0; i < facts->len; i++) {
        const RmsFact *fact = facts->pdata[i];

        if (g_str_equal(fact->title, title))
            return fact->value;
    }
    return NULL;
}

START_TEST(test_facts)
{
    const char *const names[] = {"HOST/a", "HTTP/a", NULL};
    RmsDirectoryObject *computer = stand_ins.objects->pdata[2];
    RmsObjectDetails details = {
        .operating_system = (char *) "Windows Server 2022",
        .created = 1795428000000000,
        .last_logon = 1795428000000000,
        .service_names = (GStrv) names,
    };
    g_autoptr(GPtrArray) bare = rms_object_facts(computer, NULL);
    g_autoptr(GPtrArray) facts = rms_object_facts(computer, &details);
    g_autoptr(GPtrArray) group = rms_object_facts(stand_ins.objects->pdata[0], &details);
    g_autofree char *text = rms_object_facts_to_text(facts);

    ck_assert_str_eq(get_value(bare, "Kind"), "Computer account");
    ck_assert_str_eq(get_value(bare, "SID"), "S-1-5-21-1-2-3-3");
    ck_assert_ptr_null(get_value(bare, "Last logon"));
    ck_assert_ptr_null(get_value(bare, "Mail"));
    check_says(get_value(facts, "Created"), "23 November 2026");
    check_says(get_value(facts, "Last logon"), "up to 14 days later");
    ck_assert_str_eq(get_value(facts, "Expires"), "Never");
    ck_assert_ptr_null(get_value(facts, "Password set"));
    check_says(text, "Service principal names: HOST/a\nService principal names: HTTP/a\n");
    ck_assert_str_eq(get_value(group, "Kind"), "Security group, universal");
    ck_assert_ptr_null(get_value(group, "Expires"));
}
END_TEST

START_TEST(test_never_logged_on)
{
    RmsObjectDetails details = {.expires = 1795428000000000};
    g_autoptr(GPtrArray) facts = rms_object_facts(stand_ins.objects->pdata[2], &details);

    check_says(get_value(facts, "Last logon"), "never, or within the last 14 days");
    check_says(get_value(facts, "Expires"), "23 November 2026");
}
END_TEST

START_TEST(test_membership_path)
{
    const char *const none[] = {NULL};
    const char *const between[] = {"CONTOSO\\Middle", NULL};
    g_autoptr(RmsMembership) direct = stand_in_membership(stand_ins.objects->pdata[0], none);
    g_autoptr(RmsMembership) nested = stand_in_membership(stand_ins.objects->pdata[0], between);
    g_autofree char *directly = rms_object_facts_membership(direct, "CONTOSO\\EXCH02$");
    g_autofree char *path = rms_object_facts_membership(nested, "CONTOSO\\EXCH02$");

    ck_assert_str_eq(directly, "Direct member");
    ck_assert_str_eq(path, "CONTOSO\\EXCH02$ → CONTOSO\\Middle → CONTOSO\\Top");
}
END_TEST

START_TEST(test_member_counts)
{
    g_autoptr(GPtrArray) two = g_ptr_array_new();
    RmsMemberSummary plain = {0};
    RmsMemberSummary cut = {.truncated = TRUE};
    RmsMemberSummary mixed = {.elsewhere = two, .foreign = two, .n_others = 1};
    g_autofree char *all = NULL;
    g_autofree char *one = rms_object_facts_members(1, 1, &plain);
    g_autofree char *first = rms_object_facts_members(20, 300, &cut);
    g_autofree char *large = rms_object_facts_members(20, 5001, &cut);

    g_ptr_array_set_size(two, 2);
    all = rms_object_facts_members(3, 8, &mixed);
    ck_assert_str_eq(one, "1 direct member.");
    ck_assert_str_eq(first, "The first 20 of 300 direct members.");
    ck_assert_str_eq(large, "The first 20 direct members; there are more.");
    check_says(all, "2 more are in other domains.");
    check_says(all, "2 more are of other forests");
    check_says(all, "1 more is no account");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("coverage");
    TCase *tcase = tcase_create("coverage");
    SRunner *runner = NULL;
    int failed;

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, test_accounts_with_their_paths);
    tcase_add_loop_test(tcase, test_filter, 0, G_N_ELEMENTS(filter_rows));
    tcase_add_test(tcase, test_many);
    tcase_add_test(tcase, test_failure_and_another_try);
    tcase_add_test(tcase, test_another_group_drops_the_first);
    tcase_add_loop_test(tcase, test_gaps, 0, G_N_ELEMENTS(gap_rows));
    tcase_add_test(tcase, test_group_status);
    tcase_add_test(tcase, test_facts);
    tcase_add_test(tcase, test_never_logged_on);
    tcase_add_test(tcase, test_membership_path);
    tcase_add_test(tcase, test_member_counts);
    tcase_set_timeout(tcase, 60);
    suite_add_tcase(suite, tcase);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
