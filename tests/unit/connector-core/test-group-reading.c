/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is kept of a distribution group, and that a damaged one is none.
 */
#include "config.h"

#include <check.h>
#include <string.h>

#include "connector-core/group-reading.h"

#define GROUP "S-1-5-21-1-2-3-700"

static RmsSid parse(const char *text)
{
    RmsSid sid;

    ck_assert(rms_sid_parse(&sid, text));
    return sid;
}

static RmsGroupReading *make_reading(void)
{
    const RmsSid group = parse(GROUP);
    const RmsSid one = parse("S-1-5-21-1-2-3-1103");
    const RmsSid other = parse("S-1-5-21-1-2-3-1104");
    RmsGroupReading *reading = rms_group_reading_new(&group, 42, "one domain was away");

    rms_group_reading_add(reading, &one, "CONTOSO\\EXCH01$", "CONTOSO\\A → CONTOSO\\B");
    rms_group_reading_add(reading, &other, "CONTOSO\\\"odd\"", "CONTOSO\\A");
    /* Once for each account; the first path counts. */
    rms_group_reading_add(reading, &one, "CONTOSO\\EXCH01$", "CONTOSO\\A");
    return reading;
}

START_TEST(test_round_trip)
{
    const RmsSid group = parse(GROUP);
    const RmsSid one = parse("S-1-5-21-1-2-3-1103");
    const RmsSid stranger = parse("S-1-5-21-1-2-3-1105");
    g_autoptr(RmsGroupReading) reading = make_reading();
    g_autofree char *text = rms_group_reading_to_text(reading);
    g_autoptr(GError) error = NULL;
    g_autoptr(RmsGroupReading) again = rms_group_reading_parse(&group, text, &error);

    ck_assert_msg(again != NULL, "%s", error != NULL ? error->message : "");
    ck_assert_uint_eq(rms_group_reading_get_length(again), 2);
    ck_assert_int_eq(rms_group_reading_get_time(again), 42);
    ck_assert_str_eq(rms_group_reading_get_gaps(again), "one domain was away");
    ck_assert_str_eq(rms_group_reading_get_path(again, 0), "CONTOSO\\A → CONTOSO\\B");
    ck_assert_str_eq(rms_group_reading_get_name(again, 1), "CONTOSO\\\"odd\"");
    ck_assert(rms_group_reading_has(again, &one));
    ck_assert(!rms_group_reading_has(again, &stranger));
}
END_TEST

static const struct {
    const char *title;
    const char *from;
    const char *to;
} damages[] = {
    {"another account",         "-1103",                                                  "-1105"  },
    {"one account less",        "[\"S-1-5-21-1-2-3-1104\",\"CONTOSO\\\\\\\"odd\\\"\",1]", "[]"     },
    {"another group",           "3-700",                                                  "3-701"  },
    {"no such path",            ",1]",                                                    ",2]"    },
    {"no number of a path",     ",1]",                                                    ",\"1\"]"},
    {"a path before the first", ",1]",                                                    ",-1]"   },
    {"no time",                 "read_at",                                                "read_on"},
    {"no digest",               "digest",                                                 "digits" },
    {"cut off",                 "}",                                                      ""       },
    {"nothing",                 NULL,                                                     ""       },
};

START_TEST(test_damaged)
{
    const RmsSid group = parse(GROUP);
    g_autoptr(RmsGroupReading) reading = make_reading();
    g_autofree char *text = rms_group_reading_to_text(reading);
    g_autoptr(GString) damaged = g_string_new(damages[_i].from != NULL ? text : "");
    g_autoptr(GError) error = NULL;

    if (damages[_i].from != NULL)
        ck_assert_msg(g_string_replace(damaged, damages[_i].from, damages[_i].to, 1) == 1,
                      "%s: %s",
                      damages[_i].title,
                      text);
    ck_assert_msg(
        rms_group_reading_parse(&group, damaged->str, &error) == NULL, "%s", damages[_i].title);
    ck_assert_ptr_nonnull(error);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("group reading");
    TCase *tcase = tcase_create("all");
    SRunner *runner = NULL;
    int failed = 0;

    tcase_add_test(tcase, test_round_trip);
    tcase_add_loop_test(tcase, test_damaged, 0, G_N_ELEMENTS(damages));
    suite_add_tcase(suite, tcase);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
