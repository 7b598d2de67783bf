/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The console's words: that there are some for everything, and that those on which somebody decides
 * say what they have to.
 */
#include "config.h"

#include <check.h>
#include <string.h>

#include "tests/unit/ui/stand-ins.h"
#include "ui/error-words.h"
#include "ui/role-rules.h"
#include "ui/words.h"

static void check_says(const char *text, const char *what)
{
    ck_assert_ptr_nonnull(text);
    ck_assert_msg(strstr(text, what) != NULL, "\"%s\" does not say \"%s\"", text, what);
}

/* --- which kinds a role is offered for ----------------------------------------------------- */

static const struct {
    RmsRole role;
    RmsKind kind;
    gboolean allowed;
} role_rows[] = {
    {RMS_ROLE_EXCHANGE,   RMS_KIND_SECURITY_GROUP,          TRUE },
    {RMS_ROLE_EXCHANGE,   RMS_KIND_DISTRIBUTION_GROUP,      FALSE},
    {RMS_ROLE_EXCHANGE,   RMS_KIND_USER,                    FALSE},
    {RMS_ROLE_EXCHANGE,   RMS_KIND_COMPUTER,                FALSE},
    {RMS_ROLE_EXCHANGE,   RMS_KIND_MANAGED_SERVICE_ACCOUNT, FALSE},
    {RMS_ROLE_SHAREPOINT, RMS_KIND_SECURITY_GROUP,          TRUE },
    {RMS_ROLE_SHAREPOINT, RMS_KIND_DISTRIBUTION_GROUP,      TRUE },
    {RMS_ROLE_SHAREPOINT, RMS_KIND_USER,                    TRUE },
    {RMS_ROLE_SHAREPOINT, RMS_KIND_COMPUTER,                FALSE},
    {RMS_ROLE_SHAREPOINT, RMS_KIND_MANAGED_SERVICE_ACCOUNT, TRUE },
    {RMS_ROLE_FCI,        RMS_KIND_SECURITY_GROUP,          TRUE },
    {RMS_ROLE_FCI,        RMS_KIND_DISTRIBUTION_GROUP,      TRUE },
    {RMS_ROLE_FCI,        RMS_KIND_USER,                    FALSE},
    {RMS_ROLE_FCI,        RMS_KIND_COMPUTER,                TRUE },
    {RMS_ROLE_FCI,        RMS_KIND_MANAGED_SERVICE_ACCOUNT, FALSE},
};

START_TEST(test_role_rules)
{
    RmsRole role = role_rows[_i].role;
    RmsKind kind = role_rows[_i].kind;

    ck_assert_int_eq(rms_role_rules_allows(role, kind), role_rows[_i].allowed);
    ck_assert_int_eq(rms_words_role_refuses(role, kind) == NULL, role_rows[_i].allowed);
}
END_TEST

/* What the dialog offers, the list takes. */
START_TEST(test_list_takes_what_is_offered)
{
    g_autoptr(RmsServerList) list = rms_server_list_new();

    for (gsize i = 0; i < G_N_ELEMENTS(role_rows); i++) {
        g_autoptr(RmsEntry) entry =
            stand_in_entry(1000 + i, "x", role_rows[i].kind, role_rows[i].role, "");

        ck_assert_msg(!role_rows[i].allowed || rms_server_list_add(list, entry, NULL),
                      "%s for %s",
                      rms_role_to_string(role_rows[i].role),
                      rms_kind_to_string(role_rows[i].kind));
    }
}
END_TEST

/* --- changes ------------------------------------------------------------------------------- */

#define ABSENT (-1)

static const struct {
    int before, after;
    const char *says;
    const char *never_says;
} change_rows[] = {
    {ABSENT,              RMS_ROLE_EXCHANGE,   "becomes super user",   "no longer" },
    {ABSENT,              RMS_ROLE_FCI,        "Add ",                 "super user"},
    {RMS_ROLE_EXCHANGE,   ABSENT,              "Remove ",              "becomes"   },
    {RMS_ROLE_SHAREPOINT, RMS_ROLE_EXCHANGE,   "becomes super user",   "no longer" },
    {RMS_ROLE_EXCHANGE,   RMS_ROLE_SHAREPOINT, "no longer super user", "becomes"   },
    {RMS_ROLE_FCI,        RMS_ROLE_SHAREPOINT, "to SharePoint",        "super user"},
};

static RmsServerList *make_list(int role)
{
    RmsServerList *list = rms_server_list_new();

    if (role != ABSENT) {
        g_autoptr(RmsEntry) entry = stand_in_entry(1, "Servers", RMS_KIND_SECURITY_GROUP, role, "");

        ck_assert(rms_server_list_add(list, entry, NULL));
    }
    return list;
}

START_TEST(test_changes)
{
    g_autoptr(RmsServerList) before = make_list(change_rows[_i].before);
    g_autoptr(RmsServerList) after = make_list(change_rows[_i].after);
    g_autoptr(GListModel) diff = rms_server_list_diff(before, after);
    g_autoptr(RmsListChange) change = g_list_model_get_item(diff, 0);
    g_autofree char *words = rms_words_change(change);

    check_says(words, change_rows[_i].says);
    check_says(words, "\u2068CONTOSO\\Servers\u2069");
    ck_assert_ptr_null(strstr(words, change_rows[_i].never_says));
    ck_assert_int_eq(strstr(words, "becomes super user") != NULL,
                     rms_list_change_grants_super_user(change));
}
END_TEST

START_TEST(test_list_replaced_names_what_was_lost)
{
    g_autoptr(RmsServerList) before = make_list(RMS_ROLE_FCI);
    g_autoptr(RmsServerList) after = make_list(ABSENT);
    g_autoptr(GListModel) dropped = rms_server_list_diff(before, after);
    g_autofree char *words = rms_words_list_replaced(8, "other@contoso.example", dropped);
    g_autofree char *without = rms_words_list_replaced(8, "other@contoso.example", NULL);

    check_says(words, "other@contoso.example");
    check_says(words, "revision 8");
    check_says(words, "Remove ");
    check_says(words, "CONTOSO\\Servers");
    ck_assert_ptr_null(strstr(without, "Remove"));
}
END_TEST

START_TEST(test_hidden)
{
    g_autofree char *one = rms_words_hidden(RMS_ROLE_EXCHANGE, 1, FALSE);
    g_autofree char *many = rms_words_hidden(RMS_ROLE_FCI, 20, TRUE);

    check_says(one, "1 other account matches");
    check_says(one, "security groups only");
    check_says(many, "At least 20 other accounts");
}
END_TEST

START_TEST(test_warnings)
{
    g_auto(GStrv) none = rms_words_warnings(0);
    g_auto(GStrv) all = rms_words_warnings(0x3f);

    ck_assert_uint_eq(g_strv_length(none), 0);
    ck_assert_uint_eq(g_strv_length(all), 6);
    check_says(all[0], "disabled");
    check_says(all[4], "distribution group");
}
END_TEST

/* --- names that somebody chose to deceive --------------------------------------------------- */

static const struct {
    const char *name;
    const char *shown;
} name_rows[] = {
    {"CONTOSO\\Exchange Servers",                        "CONTOSO\\Exchange Servers"},
    {"\u202esrevreS egnahcxE\u202c",                                                  "\ufffdsrevreS egnahcxE\ufffd"},
    {"Exchange\u200b Servers","Exchange\ufffd Servers"},
    {"a\u2069b\u2066c\u200fd\ufeff",                           "a\ufffdb\ufffdc\ufffdd\ufffd"},
    {"\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
     "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"},
    {"\u05e9\u05e8\u05ea\u05d9\u05dd","\u05e9\u05e8\u05ea\u05d9\u05dd"},
    {"two\nlines", "two\nlines"},
    {"broken\xff",                                                  "broken\ufffd"},
    {
     "",                         "",
     },
};

START_TEST(test_names)
{
    g_autofree char *shown = rms_words_name(name_rows[_i].name);

    ck_assert_str_eq(shown, name_rows[_i].shown);
}
END_TEST

/* --- times --------------------------------------------------------------------------------- */

static const struct {
    guint seconds;
    const char *says;
} remaining_rows[] = {
    {900, "15 more minutes"},
    {899, "15 more minutes"},
    {119, "2 more minutes" },
    {89,  "1 more minute." },
    {60,  "1 more minute." },
    {59,  "59 more seconds"},
    {1,   "1 more second." },
    {0,   "expired"        },
};

START_TEST(test_remaining)
{
    g_autofree char *words = rms_words_remaining(remaining_rows[_i].seconds);

    check_says(words, remaining_rows[_i].says);
}
END_TEST

START_TEST(test_event_text)
{
    g_autoptr(RmsEvent) event = rms_event_new(
        RMS_EVENT_NOT_AUTHORIZED, "why\nand how", "CONTOSO\\A$", "S-1-5-7", "127.0.1.99");
    g_autoptr(RmsEvent) bare = rms_event_new(RMS_EVENT_STARTED, "started", NULL, NULL, NULL);
    g_autofree char *text = rms_words_event_text(event);
    g_autofree char *bare_text = rms_words_event_text(bare);
    const char *const parts[] = {
        "Warning", "2001", "CONTOSO\\A$", "S-1-5-7", "127.0.1.99", "why\nand how"};

    for (gsize i = 0; i < G_N_ELEMENTS(parts); i++)
        check_says(text, parts[i]);
    ck_assert_ptr_null(strstr(bare_text, "Account"));
}
END_TEST

/* --- errors -------------------------------------------------------------------------------- */

static const struct {
    const char *name;
    GQuark (*domain)(void);
    int n_codes;
} domains[] = {
    {"directory", rms_directory_error_quark, RMS_DIRECTORY_ERROR_PROTOCOL + 1   },
    {"service",   rms_service_error_quark,   RMS_SERVICE_ERROR_REFUSED + 1      },
    {"connector", rms_connector_error_quark, RMS_CONNECTOR_ERROR_NOT_RUNNING + 1},
    {"model",     rms_model_error_quark,     RMS_MODEL_ERROR_NOT_FOUND + 1      },
    {"console",   rms_console_error_quark,   RMS_CONSOLE_ERROR_PUSHING + 1      },
};

/* Each code has a title of its own and an advice; the general words are for strangers only. */
START_TEST(test_every_error_has_words)
{
    g_autoptr(GHashTable) titles = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GError) stranger = g_error_new_literal(G_IO_ERROR, G_IO_ERROR_FAILED, "x");
    const char *general = rms_error_words(stranger).title;

    for (gsize i = 0; i < G_N_ELEMENTS(domains); i++)
        for (int code = 0; code < domains[i].n_codes; code++) {
            g_autoptr(GError) error = g_error_new_literal(domains[i].domain(), code, "x");
            RmsErrorWords words = rms_error_words(error);

            ck_assert_msg(strcmp(words.title, general) != 0, "%s %d", domains[i].name, code);
            ck_assert_msg(*words.advice != '\0', "%s %d", domains[i].name, code);
            ck_assert_msg(g_hash_table_add(titles, (gpointer) words.title),
                          "%s %d: \"%s\" is used twice",
                          domains[i].name,
                          code,
                          words.title);
        }
}
END_TEST

START_TEST(test_errors_worth_showing)
{
    g_autoptr(GError) cancelled = g_error_new_literal(G_IO_ERROR, G_IO_ERROR_CANCELLED, "x");
    g_autoptr(GError) other = g_error_new_literal(G_IO_ERROR, G_IO_ERROR_FAILED, "x");

    ck_assert(!rms_error_words_worth_showing(NULL));
    ck_assert(!rms_error_words_worth_showing(cancelled));
    ck_assert(rms_error_words_worth_showing(other));
}
END_TEST

/* The words of the original for this one, because people search for them (seed document). */
START_TEST(test_discovery_keeps_its_wording)
{
    g_autoptr(GError) error =
        g_error_new_literal(RMS_SERVICE_ERROR, RMS_SERVICE_ERROR_DISCOVERY, "x");

    check_says(rms_error_words(error).advice,
               "The attempt to discover the location of the administration service and "
               "organization failed. Make sure Microsoft Rights Management service is enabled for "
               "your organization");
}
END_TEST

START_TEST(test_obstacles)
{
    for (int obstacle = RMS_OBSTACLE_NONE; obstacle <= RMS_OBSTACLE_NO_ROLE; obstacle++)
        ck_assert_int_eq(*rms_words_obstacle(obstacle) == '\0', obstacle == RMS_OBSTACLE_NONE);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("words");
    TCase *tcase = tcase_create("words");
    SRunner *runner = NULL;
    int failed;

    tcase_add_checked_fixture(tcase, stand_ins_reset, stand_ins_reset);
    tcase_add_loop_test(tcase, test_role_rules, 0, G_N_ELEMENTS(role_rows));
    tcase_add_test(tcase, test_list_takes_what_is_offered);
    tcase_add_loop_test(tcase, test_changes, 0, G_N_ELEMENTS(change_rows));
    tcase_add_test(tcase, test_list_replaced_names_what_was_lost);
    tcase_add_test(tcase, test_hidden);
    tcase_add_test(tcase, test_warnings);
    tcase_add_loop_test(tcase, test_remaining, 0, G_N_ELEMENTS(remaining_rows));
    tcase_add_loop_test(tcase, test_names, 0, G_N_ELEMENTS(name_rows));
    tcase_add_test(tcase, test_event_text);
    tcase_add_test(tcase, test_every_error_has_words);
    tcase_add_test(tcase, test_errors_worth_showing);
    tcase_add_test(tcase, test_discovery_keeps_its_wording);
    tcase_add_test(tcase, test_obstacles);
    suite_add_tcase(suite, tcase);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
