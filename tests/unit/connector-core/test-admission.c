/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Who is admitted by which entry, and what the explanation says.
 */
#include "config.h"

#include <check.h>
#include <string.h>

#include "connector-core/admission.h"
#include "connector-core/limits.h"

#define DOMAIN "S-1-5-21-1-2-3-"
#define MAX_ROWS 4

typedef struct {
    const char *sid;
    RmsKind kind;
    RmsRole role;
} ListRow;

static RmsEntry *make_entry(const ListRow *row)
{
    g_autofree char *name = g_strconcat("CONTOSO\\", strrchr(row->sid, '-') + 1, NULL);
    RmsSid sid;

    ck_assert(rms_sid_parse(&sid, row->sid));
    return rms_entry_new(&sid, NULL, name, NULL, row->kind, row->role);
}

/* @rows ends with a row without a SID. */
static RmsServerList *make_list(const ListRow *rows)
{
    RmsServerList *list = rms_server_list_new();

    for (guint i = 0; rows[i].sid != NULL; i++) {
        g_autoptr(RmsEntry) entry = make_entry(&rows[i]);

        ck_assert(rms_server_list_add(list, entry, NULL));
    }
    rms_server_list_seal(list, 1, 1, "admin@contoso.example");
    return list;
}

/* @groups: SIDs with blanks between. */
static RmsCaller *make_caller(const char *sid_text, const char *groups, gboolean disabled)
{
    g_auto(GStrv) texts = g_strsplit(groups, " ", -1);
    g_autofree RmsSid *sids = g_new0(RmsSid, g_strv_length(texts));
    RmsSid sid;

    ck_assert(rms_sid_parse(&sid, sid_text));
    for (guint i = 0; texts[i] != NULL; i++)
        ck_assert(rms_sid_parse(&sids[i], texts[i]));
    return rms_caller_new(
        "CONTOSO\\EXCH01$", "EXCH01$@CONTOSO.EXAMPLE", &sid, sids, g_strv_length(texts), disabled);
}

#define EXCHANGE(rid) DOMAIN #rid, RMS_KIND_SECURITY_GROUP, RMS_ROLE_EXCHANGE
#define FCI(rid) DOMAIN #rid, RMS_KIND_COMPUTER, RMS_ROLE_FCI
#define SHAREPOINT(rid) DOMAIN #rid, RMS_KIND_USER, RMS_ROLE_SHAREPOINT
#define MAIL(rid) DOMAIN #rid, RMS_KIND_DISTRIBUTION_GROUP, RMS_ROLE_FCI
#define ME DOMAIN "1103"

static const struct {
    const char *title;
    gboolean no_list;
    ListRow list[MAX_ROWS + 1];
    const char *groups;
    const char *readings; /* "GROUP ACCOUNT ACCOUNT, GROUP …": by RID */
    gboolean disabled, same_machine;
    RmsVerdict verdict;
    const char *entry;
    gboolean direct;
    const char *others; /* SIDs with blanks between */
    const char *says;
} cases[] = {
    {.title = "by the account itself",
     .list = {{FCI(1103)}},
     .groups = DOMAIN "515",
     .verdict = RMS_VERDICT_ADMITTED,
     .entry = ME,
     .direct = TRUE,
     .says = "is admitted with the role FCI because the list of authorized servers holds the "
             "account itself, as CONTOSO\\1103."},
    {.title = "by its only group",
     .list = {{EXCHANGE(600)}},
     .groups = DOMAIN "600",
     .verdict = RMS_VERDICT_ADMITTED,
     .entry = DOMAIN "600",
     .says = "Exchange (super user) because the list of authorized servers holds a group that it "
             "is a member of: CONTOSO\\600."},
    {.title = "by the last of its groups",
     .list = {{FCI(900)}, {EXCHANGE(600)}},
     .groups = DOMAIN "500 " DOMAIN "501 " DOMAIN "600",
     .verdict = RMS_VERDICT_ADMITTED,
     .entry = DOMAIN "600"                                                   },
    {.title = "the account wins over an older group",
     .list = {{EXCHANGE(600)}, {SHAREPOINT(1103)}},
     .groups = DOMAIN "600",
     .verdict = RMS_VERDICT_ADMITTED,
     .entry = ME,
     .direct = TRUE,
     .others = DOMAIN "600",
     .says = "also covered by CONTOSO\\600 (Exchange (super user)), which counts for nothing"},
    {.title = "of groups the older entry wins, whatever the ticket's order",
     .list = {{EXCHANGE(602)}, {EXCHANGE(600)}, {EXCHANGE(601)}},
     .groups = DOMAIN "601 " DOMAIN "600 " DOMAIN "602",
     .verdict = RMS_VERDICT_ADMITTED,
     .entry = DOMAIN "602",
     .others = DOMAIN "600 " DOMAIN "601"},
    {.title = "a group that the ticket names twice covers once",
     .list = {{EXCHANGE(600)}, {EXCHANGE(601)}},
     .groups = DOMAIN "601 " DOMAIN "600 " DOMAIN "601 " DOMAIN "600",
     .verdict = RMS_VERDICT_ADMITTED,
     .entry = DOMAIN "600",
     .others = DOMAIN "601"},
    {.title = "the account among its own groups covers once",
     .list = {{FCI(1103)}},
     .groups = ME,
     .verdict = RMS_VERDICT_ADMITTED,
     .entry = ME,
     .direct = TRUE},
    {.title = "the account among its own groups, behind an older one",
     .list = {{EXCHANGE(600)}, {FCI(1103)}},
     .groups = ME " " DOMAIN "600",
     .verdict = RMS_VERDICT_ADMITTED,
     .entry = ME,
     .direct = TRUE,
     .others = DOMAIN "600"},
    {.title = "by a SID of another domain (SID history)",
     .list = {{"S-1-5-21-9-9-9-1103", RMS_KIND_COMPUTER, RMS_ROLE_FCI}},
     .groups = "S-1-5-21-9-9-9-1103",
     .verdict = RMS_VERDICT_ADMITTED,
     .entry = "S-1-5-21-9-9-9-1103"                                                  },

    {.title = "not listed",
     .list = {{FCI(1104)}},
     .groups = DOMAIN "515 " DOMAIN "600",
     .verdict = RMS_VERDICT_NOT_LISTED,
     .says = "CONTOSO\\EXCH01$ (" ME ") is refused because the list of authorized servers holds "
             "neither the account nor any of the 2 groups"                                                                },
    {.title = "not listed, in a list of distribution groups",
     .list = {{MAIL(700)}, {FCI(1104)}},
     .groups = DOMAIN "515",
     .verdict = RMS_VERDICT_NOT_LISTED,
     .says =
         "of which the list holds 1; their members are read from the directory instead, and the "
         "account is in none that was read. They are read every 15 minutes and whenever "
         "somebody asks for it. 1 could not be read at all yet; event 4007 says why."      },
    {.title = "by a distribution group that was read",
     .list = {{MAIL(700)}},
     .groups = DOMAIN "515",
     .readings = "700 1102 1103",
     .verdict = RMS_VERDICT_ADMITTED,
     .entry = DOMAIN "700",
     .says = "holds a distribution group that it is a member of: CONTOSO\\700 (by way of A → B, as "
             "read from the directory at 2026-11-23 10:00 UTC)."},
    {.title = "in no distribution group that was read",
     .list = {{MAIL(700)}, {MAIL(701)}},
     .groups = DOMAIN "515",
     .readings = "700 1102 1104",
     .verdict = RMS_VERDICT_NOT_LISTED,
     .says = "in none that was read (the oldest at 2026-11-23 10:00 UTC). They are read every 15 "
             "minutes and whenever somebody asks for it. 1 could not be read at all"},
    {.title = "the account wins over a distribution group",
     .list = {{MAIL(700)}, {SHAREPOINT(1103)}},
     .groups = DOMAIN "515",
     .readings = "700 1103",
     .verdict = RMS_VERDICT_ADMITTED,
     .entry = ME,
     .direct = TRUE,
     .others = DOMAIN "700"},
    {.title = "of a distribution and a security group the older entry wins",
     .list = {{EXCHANGE(600)}, {MAIL(700)}, {EXCHANGE(601)}},
     .groups = DOMAIN "601 " DOMAIN "600",
     .readings = "700 1103",
     .verdict = RMS_VERDICT_ADMITTED,
     .entry = DOMAIN "600",
     .others = DOMAIN "700 " DOMAIN "601"},
    {.title = "by two distribution groups, the older entry first",
     .list = {{MAIL(701)}, {MAIL(700)}},
     .groups = DOMAIN "515",
     .readings = "700 1103, 701 1103",
     .verdict = RMS_VERDICT_ADMITTED,
     .entry = DOMAIN "701",
     .others = DOMAIN "700"},
    {.title = "a reading of a security group makes nobody super user",
     .list = {{EXCHANGE(600)}},
     .groups = DOMAIN "515",
     .readings = "600 1103",
     .verdict = RMS_VERDICT_NOT_LISTED                                                                },
    {.title = "a reading of a group that left the list admits nobody",
     .list = {{FCI(1104)}},
     .groups = DOMAIN "515",
     .readings = "700 1103",
     .verdict = RMS_VERDICT_NOT_LISTED                                                                   },
    {.title = "same number in another domain",
     .list = {{"S-1-5-21-1-2-4-1103", RMS_KIND_COMPUTER, RMS_ROLE_FCI}},
     .groups = DOMAIN "515",
     .verdict = RMS_VERDICT_NOT_LISTED                                                                              },
    {.title = "SIDs that are nearly the entry's",
     .list = {{FCI(1104)}},
     .groups = "S-1-5-21-1-2-3 S-1-5-21-0-1-2-3-1104 S-1-5-21-1-2-4-1104 S-1-5-32-1104 S-1-18-1",
     .verdict = RMS_VERDICT_NOT_LISTED           },
    {.title = "listed and disabled",
     .list = {{FCI(1103)}},
     .groups = DOMAIN "515",
     .disabled = TRUE,
     .verdict = RMS_VERDICT_ACCOUNT_DISABLED,
     .says = "was disabled in Active Directory"},
    {.title = "listed, from the connector's machine",
     .list = {{FCI(1103)}},
     .groups = DOMAIN "515",
     .same_machine = TRUE,
     .verdict = RMS_VERDICT_SAME_MACHINE,
     .says = "same machine"},
    {.title = "empty list",
     .groups = DOMAIN "515",
     .verdict = RMS_VERDICT_LIST_EMPTY,
     .says = "list of authorized servers is empty"                                                                               },
    {.title = "no list",
     .no_list = TRUE,
     .groups = DOMAIN "515",
     .verdict = RMS_VERDICT_LIST_NOT_LOADED,
     .says = "no list of authorized servers yet"                                                                   },
    {.title = "no list, from the connector's machine",
     .no_list = TRUE,
     .groups = DOMAIN "515",
     .same_machine = TRUE,
     .verdict = RMS_VERDICT_SAME_MACHINE                      },
};

/* 2026-11-23 10:00 UTC. */
#define READ_AT (G_GINT64_CONSTANT(1795428000) * G_USEC_PER_SEC)

static GPtrArray *make_readings(const char *text)
{
    GPtrArray *readings = g_ptr_array_new_with_free_func((GDestroyNotify) rms_group_reading_unref);
    g_auto(GStrv) groups = g_strsplit(text != NULL ? text : "", ", ", -1);

    for (char **group = groups; text != NULL && *group != NULL; group++) {
        g_auto(GStrv) rids = g_strsplit(*group, " ", -1);
        RmsGroupReading *reading = NULL;

        for (guint i = 0; rids[i] != NULL; i++) {
            g_autofree char *sid_text = g_strconcat(DOMAIN, rids[i], NULL);
            RmsSid sid;

            ck_assert(rms_sid_parse(&sid, sid_text));
            if (i == 0)
                reading = rms_group_reading_new(&sid, READ_AT, NULL);
            else
                rms_group_reading_add(reading, &sid, rids[i], "A → B");
        }
        g_ptr_array_add(readings, reading);
    }
    return readings;
}

static char *join_others(const RmsDecision *decision)
{
    GString *text;

    if (decision->others == NULL)
        return NULL;
    text = g_string_new(NULL);
    for (guint i = 0; i < decision->others->len; i++)
        g_string_append_printf(
            text, "%s%s", i > 0 ? " " : "", rms_entry_get_sid_text(decision->others->pdata[i]));
    return g_string_free(text, FALSE);
}

START_TEST(test_decide)
{
    g_autoptr(RmsServerList) list = cases[_i].no_list ? NULL : make_list(cases[_i].list);
    g_autoptr(GPtrArray) readings = make_readings(cases[_i].readings);
    g_autoptr(RmsAdmission) admission = rms_admission_new(list, readings);
    g_autoptr(RmsCaller) caller = make_caller(ME, cases[_i].groups, cases[_i].disabled);
    g_auto(RmsDecision) decision = {0};
    g_autofree char *others = NULL;
    g_autofree char *says = NULL;

    rms_admission_decide(admission, caller, cases[_i].same_machine, &decision);
    others = join_others(&decision);
    says = rms_decision_to_string(&decision, caller);
    ck_assert_msg(decision.verdict == cases[_i].verdict, "%s: %s", cases[_i].title, says);
    ck_assert_pstr_eq(decision.entry != NULL ? rms_entry_get_sid_text(decision.entry) : NULL,
                      cases[_i].entry);
    ck_assert_int_eq(decision.direct, cases[_i].direct);
    ck_assert_pstr_eq(others, cases[_i].others);
    ck_assert_msg(g_str_has_prefix(says, "CONTOSO\\EXCH01$ (" ME ") is "), "%s", says);
    if (cases[_i].says != NULL)
        ck_assert_msg(strstr(says, cases[_i].says) != NULL, "%s: %s", cases[_i].title, says);
}
END_TEST

/* What nobody decided admits nobody. */
START_TEST(test_zeroed)
{
    RmsDecision decision = {0};
    RmsAuthResult result = {0};

    ck_assert_int_ne(decision.verdict, RMS_VERDICT_ADMITTED);
    ck_assert_int_eq(result.status, RMS_AUTH_REFUSED);
}
END_TEST

/* The longest list and the most groups that the limits allow: each entry is found, nothing else. */
START_TEST(test_full)
{
    g_autoptr(RmsServerList) list = rms_server_list_new();
    g_autoptr(RmsAdmission) admission = NULL;
    g_autofree RmsSid *groups = g_new0(RmsSid, RMS_MAX_CALLER_GROUPS);
    RmsSid domain, own;

    ck_assert(rms_sid_parse(&domain, "S-1-5-21-1-2-3"));
    ck_assert(rms_sid_parse(&own, ME));
    for (guint i = 0; i < RMS_SERVER_LIST_MAX; i++) {
        g_autoptr(RmsEntry) entry = NULL;
        RmsSid sid = domain;

        ck_assert(rms_sid_append(&sid, 100000 + i));
        entry = rms_entry_new(
            &sid, NULL, "CONTOSO\\G", NULL, RMS_KIND_SECURITY_GROUP, RMS_ROLE_EXCHANGE);
        ck_assert(rms_server_list_add(list, entry, NULL));
    }
    rms_server_list_seal(list, 1, 1, "admin@contoso.example");
    admission = rms_admission_new(list, NULL);
    ck_assert_ptr_eq(rms_admission_get_list(admission), list);

    for (guint i = 0; i < RMS_MAX_CALLER_GROUPS; i++) {
        groups[i] = domain;
        ck_assert(rms_sid_append(&groups[i], 100000 + RMS_SERVER_LIST_MAX + i));
    }
    for (guint i = 0; i < RMS_SERVER_LIST_MAX; i += 499) {
        g_autoptr(RmsCaller) stranger =
            rms_caller_new("C\\A$", "A$@C", &own, groups, RMS_MAX_CALLER_GROUPS, FALSE);
        g_autoptr(RmsCaller) member = NULL;
        g_auto(RmsDecision) refused = {0};
        g_auto(RmsDecision) admitted = {0};
        RmsSid before = groups[RMS_MAX_CALLER_GROUPS - 1];

        rms_admission_decide(admission, stranger, FALSE, &refused);
        ck_assert_int_eq(refused.verdict, RMS_VERDICT_NOT_LISTED);

        groups[RMS_MAX_CALLER_GROUPS - 1] = *rms_entry_get_sid(rms_server_list_get(list, i));
        member = rms_caller_new("C\\A$", "A$@C", &own, groups, RMS_MAX_CALLER_GROUPS, FALSE);
        rms_admission_decide(admission, member, FALSE, &admitted);
        ck_assert_int_eq(admitted.verdict, RMS_VERDICT_ADMITTED);
        ck_assert_ptr_eq(admitted.entry, rms_server_list_get(list, i));
        ck_assert_ptr_null(admitted.others);
        groups[RMS_MAX_CALLER_GROUPS - 1] = before;
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("admission");
    TCase *tcase = tcase_create("decide");
    SRunner *runner;
    int failed;

    tcase_add_loop_test(tcase, test_decide, 0, G_N_ELEMENTS(cases));
    tcase_add_test(tcase, test_zeroed);
    tcase_add_test(tcase, test_full);
    suite_add_tcase(suite, tcase);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
