/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Checking names: how text becomes names, who is asked about each, what comes of it, and that one
 * bad name loses nothing.
 */
#include "config.h"

#include <check.h>

#include "tests/unit/ui/stand-ins.h"
#include "ui/name-check.h"

#define RESEARCH "research.contoso.example"

/* --- text --------------------------------------------------------------------------------- */

static const struct {
    const char *text;
    const char *names; /* parted by '|' */
    const char *last;
} splits[] = {
    {"",                                "",                             ""                   },
    {" ; ;; \n ",                       "",                             ""                   },
    {"EXCH01$",                         "EXCH01$",                      "EXCH01$"            },
    {" a b ; c;",                       "a b|c",                        ""                   },
    {"a;b; c d",                        "a|b|c d",                      "c d"                },
    {"EXCH01$\r\nEXCH02$\nEXCH03$\r\n", "EXCH01$|EXCH02$|EXCH03$",      ""                   },
    {"a; A ;\xc3\x84;\xc3\xa4",         "a|\xc3\x84",                   "\xc3\xa4"           },
    {"CONTOSO\\a; b@contoso.example",   "CONTOSO\\a|b@contoso.example", "b@contoso.example"  },
    {"CONTOSO\\;b",                     "CONTOSO\\|b",                  "b"                  },
    {"\"Smith; John\"; b",              "Smith; John|b",                "b"                  },
    {" \"a\" ",                         "a",                            "a"                  },
    {"\"a;b",                           "\"a|b",                        "b"                  },
    {"5\" disk;b",                      "5\" disk|b",                   "b"                  },
    {"\"a\" b;c",                       "\"a\" b|c",                    "c"                  },
    {"\"a\nb\"",                        "\"a|b\"",                      "b\""                },
    {"CN=a\\;b,DC=x;c",                 "CN=a\\;b,DC=x|c",              "c"                  },
    {"CN=\"a;b\",DC=x;c",               "CN=\"a;b\",DC=x|c",            "c"                  },
    {"CN=\"a\\\";b\",DC=x",             "CN=\"a\\\";b\",DC=x",          "CN=\"a\\\";b\",DC=x"},
    {"CN=a\\\\;b",                      "CN=a\\\\|b",                   "b"                  },
    {"S-1-5-21-1-2-3-4;{0}",            "S-1-5-21-1-2-3-4|{0}",         "{0}"                },
};

START_TEST(test_splitting)
{
    g_auto(GStrv) names = rms_names_split(splits[_i].text);
    g_autofree char *joined = g_strjoinv("|", names);
    g_autofree char *last = rms_names_dup_last(splits[_i].text);

    ck_assert_str_eq(joined, splits[_i].names);
    ck_assert_str_eq(last, splits[_i].last);
}
END_TEST

/* --- the directory ------------------------------------------------------------------------ */

static GListStore *forests;
static RmsForest *home;
static RmsNameCheck *check;

static void add_object(guint rid, const char *name, RmsKind kind, const char *place)
{
    g_ptr_array_add(stand_ins.objects, stand_in_object(rid, name, kind, RMS_SCOPE_NONE, place, 0));
}

static void setup(void)
{
    static const char *const domains[] = {RESEARCH, NULL};

    stand_ins_reset();
    stand_ins.more_domains = domains;
    add_object(1, "Exchange Servers", RMS_KIND_SECURITY_GROUP, "contoso.example/Groups");
    add_object(2, "EXCH01$", RMS_KIND_COMPUTER, "contoso.example/Servers");
    add_object(3, "anders", RMS_KIND_USER, "contoso.example/People");
    add_object(4, "Anders", RMS_KIND_USER, "contoso.example/Contractors");
    add_object(5, "RESEARCH\\LAB01$", RMS_KIND_COMPUTER, RESEARCH "/Servers");
    add_object(6, "RESEARCH\\EXCH01$", RMS_KIND_COMPUTER, RESEARCH "/Servers");
    add_object(7, "FABRIKAM\\EXCH01$", RMS_KIND_COMPUTER, "fabrikam.example/Servers");
    home = stand_in_forest_new("contoso.example", "S-1-5-21-1-2-3-");
    forests = g_list_store_new(RMS_TYPE_FOREST);
    g_list_store_append(forests, home);
    check = rms_name_check_new(G_LIST_MODEL(forests));
}

static void teardown(void)
{
    rms_name_check_stop(check);
    stand_ins_release();
    while (g_main_context_iteration(NULL, FALSE))
        ;
    g_assert_finalize_object(g_steal_pointer(&check));
    g_clear_object(&forests);
    g_assert_finalize_object(g_steal_pointer(&home));
    stand_ins_reset();
}

static gboolean is_settled(gpointer data)
{
    return !rms_name_check_get_busy(check);
}

static void settle(void)
{
    ck_assert(stand_ins_run_until(is_settled, NULL));
    while (g_main_context_iteration(NULL, FALSE))
        ;
}

static void check_text(const char *text)
{
    g_autofree char *left = rms_name_check_add_text(check, text);

    ck_assert_ptr_null(left);
    settle();
}

static guint count(void)
{
    return g_list_model_get_n_items(rms_name_check_get_names(check));
}

static RmsCheckedName *get(guint i)
{
    g_autoptr(RmsCheckedName) name = g_list_model_get_item(rms_name_check_get_names(check), i);

    ck_assert_ptr_nonnull(name);
    return name;
}

#define FOUND RMS_CHECKED_FOUND
#define AMBIGUOUS RMS_CHECKED_AMBIGUOUS
#define UNKNOWN RMS_CHECKED_UNKNOWN

static const struct {
    const char *text;
    RmsCheckedState state;
    const char *account; /* (nullable) */
} names[] = {
    {"Exchange Servers",  FOUND,     "CONTOSO\\Exchange Servers"},
    {"exch01$",           FOUND,     "CONTOSO\\EXCH01$"         },
    {"anders",            AMBIGUOUS, NULL                       },
    {"nobody",            UNKNOWN,   NULL                       },
 /* A name without a domain is not sought in other domains. */
    {"LAB01$",            UNKNOWN,   NULL                       },
    {"RESEARCH\\LAB01$",  FOUND,     "RESEARCH\\LAB01$"         },
    {"research\\exch01$", FOUND,     "RESEARCH\\EXCH01$"        },
    {"RESEARCH\\anders",  UNKNOWN,   NULL                       },
    {"NOWHERE\\EXCH01$",  UNKNOWN,   NULL                       },
    {"S-1-5-21-1-2-3-5",  FOUND,     "RESEARCH\\LAB01$"         },
    {"S-1-5-21-1-2-3-99", UNKNOWN,   NULL                       },
    {"\xff",              UNKNOWN,   NULL                       },
};

START_TEST(test_each_form_goes_where_it_belongs)
{
    check_text(names[_i].text);
    ck_assert_uint_eq(count(), 1);
    ck_assert_int_eq(rms_checked_name_get_state(get(0)), names[_i].state);
    if (names[_i].account != NULL)
        ck_assert_str_eq(rms_directory_object_get_account_name(rms_checked_name_get_object(get(0))),
                         names[_i].account);
    else
        ck_assert_ptr_null(rms_checked_name_get_object(get(0)));
}
END_TEST

START_TEST(test_other_location)
{
    g_autoptr(RmsLocation) all = rms_location_new_forest(home);

    rms_name_check_set_location(check, all);
    check_text("LAB01$; EXCH01$");
    ck_assert_int_eq(rms_checked_name_get_state(get(0)), FOUND);
    /* The same name in two domains is never guessed. */
    ck_assert_int_eq(rms_checked_name_get_state(get(1)), AMBIGUOUS);
    ck_assert_uint_ge(rms_checked_name_get_candidates(get(1))->len, 2);
}
END_TEST

START_TEST(test_other_forest)
{
    g_autoptr(RmsForest) fabrikam = stand_in_forest_new("fabrikam.example", "S-1-5-21-9-9-9-");

    stand_ins.more_domains = NULL;
    stand_in_forest_set_opened(fabrikam);
    g_list_store_append(forests, fabrikam);
    check_text("FABRIKAM\\EXCH01$; EXCH01$");
    ck_assert_str_eq(rms_directory_object_get_account_name(rms_checked_name_get_object(get(0))),
                     "FABRIKAM\\EXCH01$");
    ck_assert_str_eq(rms_directory_object_get_account_name(rms_checked_name_get_object(get(1))),
                     "CONTOSO\\EXCH01$");
}
END_TEST

START_TEST(test_one_bad_name_loses_nothing)
{
    RmsRole exchange = RMS_ROLE_EXCHANGE;
    g_autoptr(RmsServerList) list = rms_server_list_new();

    check_text("Exchange Servers; nobody; anders; EXCH01$");
    ck_assert_uint_eq(count(), 4);
    ck_assert_int_eq(rms_checked_name_get_obstacle(get(0), list, &exchange), RMS_PICK_READY);
    ck_assert_int_eq(rms_checked_name_get_obstacle(get(1), list, &exchange), RMS_PICK_UNSETTLED);
    ck_assert_int_eq(rms_checked_name_get_obstacle(get(2), list, &exchange), RMS_PICK_UNSETTLED);
    ck_assert_int_eq(rms_checked_name_get_obstacle(get(3), list, &exchange), RMS_PICK_KIND);
    ck_assert_int_eq(rms_checked_name_get_obstacle(get(3), list, NULL), RMS_PICK_READY);
    rms_name_check_choose(check, get(2), rms_checked_name_get_candidates(get(2))->pdata[1]);
    settle();
    ck_assert_int_eq(rms_checked_name_get_state(get(2)), FOUND);
    ck_assert_ptr_null(rms_checked_name_get_candidates(get(2)));
    rms_name_check_remove(check, get(1));
    ck_assert_uint_eq(count(), 3);
    for (guint i = 0; i < count(); i++)
        ck_assert_int_eq(rms_checked_name_get_state(get(i)), FOUND);
}
END_TEST

START_TEST(test_each_account_once)
{
    g_autoptr(RmsEntry) entry = stand_in_entry(1, "x", RMS_KIND_SECURITY_GROUP, RMS_ROLE_FCI, "");
    g_autoptr(RmsServerList) list = rms_server_list_new();

    check_text("EXCH01$; CONTOSO\\EXCH01$; S-1-5-21-1-2-3-2");
    ck_assert_uint_eq(count(), 1);
    rms_name_check_add_object(check, stand_ins.objects->pdata[1], rms_forest_get_home(home));
    ck_assert_uint_eq(count(), 1);
    rms_name_check_add_object(check, stand_ins.objects->pdata[0], rms_forest_get_home(home));
    ck_assert_uint_eq(count(), 2);
    ck_assert(rms_server_list_add(list, entry, NULL));
    ck_assert_int_eq(rms_checked_name_get_obstacle(get(1), list, NULL), RMS_PICK_ALREADY);
}
END_TEST

START_TEST(test_failure_and_another_try)
{
    stand_ins.unreachable = RESEARCH;
    check_text("RESEARCH\\LAB01$; EXCH01$");
    /* A domain that does not answer does not hold up the others. */
    ck_assert_int_eq(rms_checked_name_get_state(get(0)), RMS_CHECKED_FAILED);
    ck_assert(g_error_matches(
        rms_checked_name_get_error(get(0)), RMS_DIRECTORY_ERROR, RMS_DIRECTORY_ERROR_UNREACHABLE));
    ck_assert_int_eq(rms_checked_name_get_state(get(1)), FOUND);
    stand_ins.unreachable = NULL;
    rms_name_check_retry(check, get(0));
    settle();
    ck_assert_int_eq(rms_checked_name_get_state(get(0)), FOUND);
    ck_assert_ptr_null(rms_checked_name_get_error(get(0)));
}
END_TEST

START_TEST(test_dropped_while_waiting)
{
    stand_ins.directory_waits = TRUE;
    g_free(rms_name_check_add_text(check, "EXCH01$; anders"));
    ck_assert(rms_name_check_get_busy(check));
    rms_name_check_remove(check, get(0));
    stand_ins_release();
    settle();
    ck_assert_uint_eq(count(), 1);
    ck_assert_str_eq(rms_checked_name_get_text(get(0)), "anders");
    ck_assert_uint_eq(stand_ins.n_cancelled, 1);
}
END_TEST

START_TEST(test_too_many)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autofree char *left = NULL;

    for (guint i = 0; i < RMS_MAX_CHECKED_NAMES + 2; i++)
        g_string_append_printf(text, "n%u\n", i);
    left = rms_name_check_add_text(check, text->str);
    ck_assert_uint_eq(count(), RMS_MAX_CHECKED_NAMES);
    ck_assert_str_eq(left, "n500; n501");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("name-check");
    TCase *text = tcase_create("text");
    TCase *tcase = tcase_create("check");
    SRunner *runner = NULL;
    int failed;

    tcase_add_loop_test(text, test_splitting, 0, G_N_ELEMENTS(splits));
    suite_add_tcase(suite, text);
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_loop_test(tcase, test_each_form_goes_where_it_belongs, 0, G_N_ELEMENTS(names));
    tcase_add_test(tcase, test_other_location);
    tcase_add_test(tcase, test_other_forest);
    tcase_add_test(tcase, test_one_bad_name_loses_nothing);
    tcase_add_test(tcase, test_each_account_once);
    tcase_add_test(tcase, test_failure_and_another_try);
    tcase_add_test(tcase, test_dropped_while_waiting);
    tcase_add_test(tcase, test_too_many);
    suite_add_tcase(suite, tcase);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
