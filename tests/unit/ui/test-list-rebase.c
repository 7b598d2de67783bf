/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Making changes again on top of somebody else's list: each way in which one entry can meet it.
 */
#include "config.h"

#include <check.h>

#include "tests/unit/ui/stand-ins.h"
#include "ui/list-rebase.h"

#define ABSENT (-1)

typedef struct {
    const char *name;
    /* The role of the entry, or ABSENT: where both began, in my copy, in their list; what is left.
     */
    int began, mine, theirs, expected;
    gboolean dropped;
} Row;

static const Row rows[] = {
    {"add, untouched by them",          ABSENT,       RMS_ROLE_FCI,        ABSENT,              RMS_ROLE_FCI,        FALSE},
    {"add what they added",             ABSENT,       RMS_ROLE_FCI,        RMS_ROLE_FCI,        RMS_ROLE_FCI,        TRUE },
    {"add, they with another role",     ABSENT,       RMS_ROLE_FCI,        RMS_ROLE_SHAREPOINT, RMS_ROLE_FCI,        FALSE},
    {"remove, untouched by them",       RMS_ROLE_FCI, ABSENT,              RMS_ROLE_FCI,        ABSENT,              FALSE},
    {"remove what they removed",        RMS_ROLE_FCI, ABSENT,              ABSENT,              ABSENT,              TRUE },
    {"remove what they changed",        RMS_ROLE_FCI, ABSENT,              RMS_ROLE_SHAREPOINT, ABSENT,              FALSE},
    {"change, untouched by them",
     RMS_ROLE_FCI,                                    RMS_ROLE_SHAREPOINT,
     RMS_ROLE_FCI,                                                                              RMS_ROLE_SHAREPOINT,
     FALSE                                                                                                                },
    {"change what they changed so",
     RMS_ROLE_FCI,                                    RMS_ROLE_SHAREPOINT,
     RMS_ROLE_SHAREPOINT,                                                                       RMS_ROLE_SHAREPOINT,
     TRUE                                                                                                                 },
    {"change what they changed else",
     RMS_ROLE_FCI,                                    RMS_ROLE_SHAREPOINT,
     RMS_ROLE_EXCHANGE,                                                                         RMS_ROLE_SHAREPOINT,
     FALSE                                                                                                                },
    {"change what they removed",        RMS_ROLE_FCI, RMS_ROLE_SHAREPOINT, ABSENT,              ABSENT,              TRUE },
    {"become super user, they removed",
     RMS_ROLE_SHAREPOINT,                             RMS_ROLE_EXCHANGE,
     ABSENT,                                                                                    ABSENT,
     TRUE                                                                                                                 },
    {"nothing, they added",             ABSENT,       ABSENT,              RMS_ROLE_FCI,        RMS_ROLE_FCI,        FALSE},
    {"nothing, they removed",           RMS_ROLE_FCI, RMS_ROLE_FCI,        ABSENT,              ABSENT,              FALSE},
};

static RmsServerList *make_list(int role)
{
    RmsServerList *list = rms_server_list_new();
    g_autoptr(RmsEntry) other =
        stand_in_entry(500, "Others", RMS_KIND_SECURITY_GROUP, RMS_ROLE_FCI, "");

    ck_assert(rms_server_list_add(list, other, NULL));
    if (role != ABSENT) {
        g_autoptr(RmsEntry) entry =
            stand_in_entry(1000, "Servers", RMS_KIND_SECURITY_GROUP, role, "");

        ck_assert(rms_server_list_add(list, entry, NULL));
    }
    return list;
}

START_TEST(test_one_entry)
{
    const Row *row = &rows[_i];
    g_autoptr(RmsServerList) began = make_list(row->began);
    g_autoptr(RmsServerList) mine = make_list(row->mine);
    g_autoptr(RmsServerList) theirs = make_list(row->theirs);
    g_autoptr(RmsServerList) expected = make_list(row->expected);
    g_autoptr(GListModel) changes = rms_server_list_diff(began, mine);
    g_autoptr(GPtrArray) dropped = g_ptr_array_new_with_free_func(g_object_unref);
    g_autoptr(RmsServerList) result = rms_list_rebase(theirs, changes, NULL, dropped);

    ck_assert_msg(rms_server_list_equal(result, expected), "%s: wrong list", row->name);
    ck_assert_msg(
        dropped->len == (row->dropped ? 1 : 0), "%s: dropped %u", row->name, dropped->len);
}
END_TEST

START_TEST(test_leaves_one_out)
{
    g_autoptr(RmsServerList) began = make_list(RMS_ROLE_FCI);
    g_autoptr(RmsServerList) mine = make_list(RMS_ROLE_SHAREPOINT);
    g_autoptr(RmsEntry) added = stand_in_entry(7, "FS1$", RMS_KIND_COMPUTER, RMS_ROLE_FCI, "");
    g_autoptr(GListModel) changes = NULL;
    g_autoptr(RmsServerList) result = NULL;
    RmsSid sid;

    ck_assert(rms_server_list_add(mine, added, NULL));
    ck_assert(rms_sid_parse(&sid, "S-1-5-21-1-2-3-1000"));
    changes = rms_server_list_diff(began, mine);
    ck_assert_uint_eq(g_list_model_get_n_items(changes), 2);
    result = rms_list_rebase(began, changes, &sid, NULL);
    ck_assert_uint_eq(rms_server_list_get_length(result), 3);
    ck_assert_int_eq(rms_entry_get_role(rms_server_list_lookup(result, &sid)), RMS_ROLE_FCI);
}
END_TEST

/* What they did to an entry beside its role stays theirs. */
START_TEST(test_keeps_their_note)
{
    g_autoptr(RmsServerList) began = make_list(RMS_ROLE_FCI);
    g_autoptr(RmsServerList) mine = make_list(RMS_ROLE_SHAREPOINT);
    g_autoptr(RmsServerList) theirs = make_list(RMS_ROLE_FCI);
    g_autoptr(RmsEntry) noted =
        stand_in_entry(1000, "Servers", RMS_KIND_SECURITY_GROUP, RMS_ROLE_FCI, "asked for by Ada");
    g_autoptr(GListModel) changes = rms_server_list_diff(began, mine);
    g_autoptr(RmsServerList) result = NULL;
    RmsEntry *entry = NULL;

    ck_assert(rms_server_list_replace(theirs, noted, NULL));
    result = rms_list_rebase(theirs, changes, NULL, NULL);
    entry = rms_server_list_lookup(result, rms_entry_get_sid(noted));
    ck_assert_str_eq(rms_entry_get_note(entry), "asked for by Ada");
    ck_assert_int_eq(rms_entry_get_role(entry), RMS_ROLE_SHAREPOINT);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("list-rebase");
    TCase *tcase = tcase_create("rebase");
    SRunner *runner = NULL;
    int failed;

    tcase_add_loop_test(tcase, test_one_entry, 0, G_N_ELEMENTS(rows));
    tcase_add_test(tcase, test_leaves_one_out);
    tcase_add_test(tcase, test_keeps_their_note);
    suite_add_tcase(suite, tcase);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
