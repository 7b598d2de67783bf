/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Finding while somebody types: when it searches, what late answers do, what is hidden, what is
 * suggested.
 */
#include "config.h"

#include <check.h>

#include "tests/unit/ui/stand-ins.h"
#include "ui/directory-finder.h"

static RmsDirectory *directory;
static RmsDirectoryFinder *finder;
static guint n_resolved;

static void on_resolved(RmsDirectoryFinder *self, gpointer user_data)
{
    n_resolved++;
}

static void add_object(guint rid, const char *name, RmsKind kind)
{
    g_ptr_array_add(stand_ins.objects, stand_in_object(rid, name, kind, RMS_SCOPE_NONE, "x", 0));
}

static void setup(void)
{
    stand_ins_reset();
    n_resolved = 0;
    add_object(1, "Exchange Servers", RMS_KIND_SECURITY_GROUP);
    add_object(2, "Exchange Operators", RMS_KIND_DISTRIBUTION_GROUP);
    add_object(3, "EXCH01$", RMS_KIND_COMPUTER);
    add_object(4, "EXCH02$", RMS_KIND_COMPUTER);
    add_object(5, "svc-spfarm", RMS_KIND_USER);
    directory = stand_in_directory_new();
    finder = rms_directory_finder_new(directory, 0);
    g_signal_connect(finder, "resolved", G_CALLBACK(on_resolved), NULL);
}

static void teardown(void)
{
    rms_directory_finder_stop(finder);
    stand_ins_release();
    while (g_main_context_iteration(NULL, FALSE))
        ;
    g_assert_finalize_object(g_steal_pointer(&finder));
    g_assert_finalize_object(g_steal_pointer(&directory));
    stand_ins_reset();
}

static gboolean is_settled(gpointer data)
{
    return rms_directory_finder_get_state(finder) != RMS_FINDER_SEARCHING;
}

static void settle(void)
{
    ck_assert(stand_ins_run_until(is_settled, NULL));
    while (g_main_context_iteration(NULL, FALSE))
        ;
}

static void type(const char *text)
{
    rms_directory_finder_set_text(finder, text);
    settle();
}

static guint count(void)
{
    return g_list_model_get_n_items(rms_directory_finder_get_results(finder));
}

static RmsDirectoryObject *first(void)
{
    g_autoptr(RmsDirectoryObject) object =
        g_list_model_get_item(rms_directory_finder_get_results(finder), 0);

    return object;
}

typedef struct {
    const char *text;
    RmsFinderState state;
    guint n_results;
    guint n_searches;
} Row;

static const Row rows[] = {
    {"exch",      RMS_FINDER_FOUND,     4, 1},
    {"EXCH01$",   RMS_FINDER_FOUND,     1, 1},
    {"  svc  ",   RMS_FINDER_FOUND,     1, 1},
    {"nobody",    RMS_FINDER_NOTHING,   0, 1},
    {"e",         RMS_FINDER_TOO_SHORT, 0, 0},
    {" e ",       RMS_FINDER_TOO_SHORT, 0, 0},
    {"\xc3\xbc",  RMS_FINDER_TOO_SHORT, 0, 0},
    {"\xc3\xbcz", RMS_FINDER_NOTHING,   0, 1},
    {"   ",       RMS_FINDER_IDLE,      0, 0},
};

START_TEST(test_typing)
{
    const Row *row = &rows[_i];

    type(row->text);
    ck_assert_msg(rms_directory_finder_get_state(finder) == row->state, "'%s'", row->text);
    ck_assert_msg(count() == row->n_results, "'%s': %u results", row->text, count());
    ck_assert_msg(stand_ins.n_searches == row->n_searches, "'%s'", row->text);
}
END_TEST

START_TEST(test_fast_typing_searches_once)
{
    rms_directory_finder_set_text(finder, "ex");
    rms_directory_finder_set_text(finder, "exc");
    rms_directory_finder_set_text(finder, "exch0");
    settle();
    ck_assert_uint_eq(stand_ins.n_searches, 1);
    ck_assert_uint_eq(count(), 2);
}
END_TEST

START_TEST(test_late_answers_are_dropped)
{
    stand_ins.directory_waits = TRUE;
    rms_directory_finder_set_text(finder, "exch");
    while (stand_ins.n_searches == 0)
        g_main_context_iteration(NULL, TRUE);
    stand_ins.directory_waits = FALSE;
    type("svc");
    ck_assert_uint_eq(count(), 1);
    stand_ins_release();
    while (g_main_context_iteration(NULL, FALSE))
        ;
    ck_assert_uint_eq(stand_ins.n_cancelled, 1);
    ck_assert_uint_eq(count(), 1);
    ck_assert_int_eq(rms_directory_finder_get_state(finder), RMS_FINDER_FOUND);
}
END_TEST

START_TEST(test_kinds_hide_and_say_so)
{
    gboolean more = TRUE;

    type("exch");
    ck_assert_uint_eq(rms_directory_finder_get_hidden(finder, &more), 0);
    rms_directory_finder_set_kinds(finder, RMS_KIND_BIT(RMS_KIND_SECURITY_GROUP));
    settle();
    ck_assert_uint_eq(count(), 1);
    ck_assert_uint_eq(rms_directory_finder_get_hidden(finder, &more), 3);
    ck_assert(!more);
    rms_directory_finder_set_kinds(finder, RMS_KIND_ALL);
    settle();
    ck_assert_uint_eq(count(), 4);
    ck_assert_uint_eq(rms_directory_finder_get_hidden(finder, &more), 0);
}
END_TEST

START_TEST(test_limits)
{
    gboolean more = FALSE;

    for (guint i = 0; i < RMS_FINDER_LIMIT + 1; i++)
        add_object(100 + i, "many", RMS_KIND_USER);
    type("many");
    ck_assert_uint_eq(count(), RMS_FINDER_LIMIT);
    ck_assert(rms_directory_finder_get_truncated(finder));
    rms_directory_finder_set_kinds(finder, RMS_KIND_BIT(RMS_KIND_COMPUTER));
    settle();
    ck_assert_uint_eq(count(), 0);
    ck_assert_int_eq(rms_directory_finder_get_state(finder), RMS_FINDER_NOTHING);
    ck_assert_uint_eq(rms_directory_finder_get_hidden(finder, &more), RMS_FINDER_HIDDEN_LIMIT);
    ck_assert(more);
    ck_assert(!rms_directory_finder_get_truncated(finder));
}
END_TEST

START_TEST(test_suggestion_while_nothing_is_typed)
{
    rms_directory_finder_set_kinds(finder, RMS_KIND_BIT(RMS_KIND_SECURITY_GROUP));
    rms_directory_finder_set_suggestion(finder, "Exchange Servers");
    settle();
    ck_assert_int_eq(rms_directory_finder_get_state(finder), RMS_FINDER_SUGGESTED);
    ck_assert_uint_eq(count(), 1);
    type("nobody");
    ck_assert_uint_eq(count(), 0);
    type("");
    ck_assert_int_eq(rms_directory_finder_get_state(finder), RMS_FINDER_SUGGESTED);
    rms_directory_finder_set_suggestion(finder, NULL);
    settle();
    ck_assert_int_eq(rms_directory_finder_get_state(finder), RMS_FINDER_IDLE);
    ck_assert_uint_eq(count(), 0);
    rms_directory_finder_set_suggestion(finder, "No Such Group");
    settle();
    ck_assert_int_eq(rms_directory_finder_get_state(finder), RMS_FINDER_IDLE);
}
END_TEST

START_TEST(test_exact_name_of_any_kind)
{
    rms_directory_finder_set_kinds(finder, RMS_KIND_BIT(RMS_KIND_SECURITY_GROUP));
    rms_directory_finder_resolve(finder, " exch01$ ");
    settle();
    ck_assert_uint_eq(n_resolved, 1);
    ck_assert_uint_eq(count(), 1);
    ck_assert_str_eq(rms_directory_object_get_account_name(first()), "CONTOSO\\EXCH01$");
    /* The entry still holds the same text, and a role that does not fit does not hide it. */
    rms_directory_finder_set_text(finder, "exch01$");
    rms_directory_finder_set_kinds(finder, RMS_KIND_ALL);
    settle();
    ck_assert_uint_eq(stand_ins.n_searches, 0);
    rms_directory_finder_resolve(finder, "exch");
    settle();
    ck_assert_uint_eq(n_resolved, 2);
    ck_assert_int_eq(rms_directory_finder_get_state(finder), RMS_FINDER_NOTHING);
    rms_directory_finder_resolve(finder, "  ");
    settle();
    ck_assert_uint_eq(n_resolved, 2);
}
END_TEST

START_TEST(test_failure_and_another_try)
{
    stand_ins.directory_error =
        g_error_new_literal(RMS_DIRECTORY_ERROR, RMS_DIRECTORY_ERROR_TICKET, "no ticket");
    type("exch");
    ck_assert_int_eq(rms_directory_finder_get_state(finder), RMS_FINDER_FAILED);
    ck_assert_str_eq(rms_directory_finder_get_error(finder)->message, "no ticket");
    ck_assert_uint_eq(count(), 0);
    g_clear_error(&stand_ins.directory_error);
    rms_directory_finder_retry(finder);
    settle();
    ck_assert_int_eq(rms_directory_finder_get_state(finder), RMS_FINDER_FOUND);
    ck_assert_ptr_null(rms_directory_finder_get_error(finder));

    stand_ins.directory_error =
        g_error_new_literal(RMS_DIRECTORY_ERROR, RMS_DIRECTORY_ERROR_UNREACHABLE, "no answer");
    rms_directory_finder_resolve(finder, "EXCH02$");
    settle();
    ck_assert_int_eq(rms_directory_finder_get_state(finder), RMS_FINDER_FAILED);
    g_clear_error(&stand_ins.directory_error);
    rms_directory_finder_retry(finder);
    settle();
    ck_assert_uint_eq(n_resolved, 1);
    ck_assert_uint_eq(count(), 1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("directory-finder");
    TCase *tcase = tcase_create("finder");
    SRunner *runner = NULL;
    int failed;

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_loop_test(tcase, test_typing, 0, G_N_ELEMENTS(rows));
    tcase_add_test(tcase, test_fast_typing_searches_once);
    tcase_add_test(tcase, test_late_answers_are_dropped);
    tcase_add_test(tcase, test_kinds_hide_and_say_so);
    tcase_add_test(tcase, test_limits);
    tcase_add_test(tcase, test_suggestion_while_nothing_is_typed);
    tcase_add_test(tcase, test_exact_name_of_any_kind);
    tcase_add_test(tcase, test_failure_and_another_try);
    suite_add_tcase(suite, tcase);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
