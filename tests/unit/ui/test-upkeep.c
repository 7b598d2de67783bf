/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Upkeep of the list: what is said of each account, that only what its own domain disowns is an
 * orphan, and when the directory is asked.
 */
#include "config.h"

#include <check.h>
#include <string.h>

#include "directory/directory-names.h"
#include "directory/directory-object-private.h"
#include "tests/unit/ui/stand-ins.h"
#include "ui/upkeep-words.h"
#include "ui/upkeep.h"

#define HOME "S-1-5-21-1-2-3-"
#define SERVERS "OU=Servers,DC=contoso,DC=example"

/* --- the judgement ------------------------------------------------------------------------ */

typedef struct {
    const char *name;
    /* The entry. */
    const char *entry_name;
    const char *entry_dn;
    /* The answer. */
    RmsCheckResult result;
    int error; /* of RmsDirectoryError */
    const char *object_name;
    const char *object_dn;
    RmsKind object_kind;
    guint warnings;
    /* What is said then. */
    guint state;
    const char *says;
} JudgementRow;

#define ENTRY "CONTOSO\\A$", "CN=A," SERVERS
#define FOUND(name, dn, kind, warnings) RMS_CHECK_FOUND, 0, name, dn, kind, warnings
#define NOT_FOUND(result, error) result, error, NULL, NULL, RMS_KIND_COMPUTER, 0
#define COMPUTER RMS_KIND_COMPUTER

static const JudgementRow judgement_rows[] = {
    {"as it was",                       ENTRY,                                            FOUND("CONTOSO\\A$",                             "CN=A," SERVERS,                                                                                                                                      COMPUTER,                                                                                                                                                         0),0, ""},
    {"case and spaces of the DN do not matter",
     ENTRY,                                                                               FOUND("contoso\\a$",                                                                                      "cn=a, ou=servers, dc=CONTOSO, dc=example",                                                                                                                                                                                                                                                                                      COMPUTER,                                                                                                                                                                                                                                                                                                                                                     0),
     0, ""},
    {"renamed",
     ENTRY,                                                                                   FOUND("CONTOSO\\B$",                                                                                                                                "CN=B," SERVERS,                                                                                                                                                                                                                                                                                    COMPUTER,                                                                                                                                                                                                                                                                                                                                                                                                                                            0),
     RMS_UPKEEP_RENAMED, "Now called CONTOSO\\B$."},
    {"only its common name",                  ENTRY,                                                          FOUND("CONTOSO\\A$","CN=other," SERVERS,                                                                                                                                                                                                                                                                         COMPUTER,                                                                                                                                                                                                                                                                                                                                                                                                                0),0, ""},
    {"moved",
     ENTRY,FOUND("CONTOSO\\A$",                                    "CN=A,OU=Old," SERVERS,COMPUTER,0),
     RMS_UPKEEP_MOVED, "Moved: contoso.example/Servers → contoso.example/Servers/Old."},
    {"without a DN, not moved",
     "CONTOSO\\A$",                                                                           NULL,
     FOUND("CONTOSO\\A$",                                                                                                                                                                                                                                                                                   "CN=A," SERVERS,                                                                                                                                                                                                                                                                                                                                                                                          COMPUTER, 0),
     0, ""},
    {"disabled",
     ENTRY, FOUND("CONTOSO\\A$",                                                "CN=A," SERVERS,                                                                                                                                                                            COMPUTER,                                                                                                                                                                                                                                                                                                                                                                                                                                                RMS_WARNING_DISABLED),
     RMS_UPKEEP_DISABLED, "disabled"},
    {"expired",
     ENTRY,                                                          FOUND("CONTOSO\\A$",                                                                                                       "CN=A," SERVERS,                                                                                                                                                                                                                                                                                          COMPUTER,                                                                                                                                                                                                                                                                                                                                                                                                                                                        RMS_WARNING_EXPIRED),
     RMS_UPKEEP_EXPIRED, "expired"},
    {"another kind",
     ENTRY,                                                          FOUND("CONTOSO\\A$",                                           "CN=A," SERVERS,            RMS_KIND_DISTRIBUTION_GROUP,0),
     RMS_UPKEEP_OTHER_KIND, "now: Distribution group"},
    {"several things",
     ENTRY,                                                                         FOUND("CONTOSO\\B$",                                                                                                                                "CN=B,DC=contoso,DC=example",                                                                                                                                                                                                        COMPUTER,                                                                                                                                                                                                                                                   RMS_WARNING_DISABLED),
     RMS_UPKEEP_RENAMED | RMS_UPKEEP_MOVED | RMS_UPKEEP_DISABLED,
     "Now called CONTOSO\\B$.\nMoved: "},
    {"other warnings are not upkeep's",
     ENTRY,                                                       FOUND("CONTOSO\\A$",                                                                                                      "CN=A," SERVERS,                                                                                                                                                                                                                                             COMPUTER,                                                                                                                                                                                                                                                                                                                                                                                                                                                        RMS_WARNING_EMPTY_GROUP),
     0, ""},
    {"gone",      ENTRY,                                                    NOT_FOUND(RMS_CHECK_GONE,                                                                                                                0),                                                                                                                                                                                                                                           RMS_UPKEEP_GONE,                                                                                                                                                                                                                                                                                                                                                                                                           "no longer exists"},
    {"unreachable",
     ENTRY,NOT_FOUND(RMS_CHECK_UNKNOWN,RMS_DIRECTORY_ERROR_UNREACHABLE),
     RMS_UPKEEP_UNKNOWN,                                                                                                                                                                                                                                                                                                                                                                                                  "could not be asked"},
    {"refused",
     ENTRY,                                                                               NOT_FOUND(RMS_CHECK_UNKNOWN,                                                     RMS_DIRECTORY_ERROR_REFUSED),
     RMS_UPKEEP_UNKNOWN, "could not be asked"},
    {"of another forest",
     ENTRY,                                                                               NOT_FOUND(RMS_CHECK_UNKNOWN,                                                                                                                         RMS_DIRECTORY_ERROR_NAME),
     RMS_UPKEEP_UNKNOWN,                                                                                                                                                                                                                                                                                                                                                        "does not know"},
    {"found, but not shown",               ENTRY,                                                               NOT_FOUND(RMS_CHECK_FOUND,                                                                                                  0),                                                                                                                                                                                                                                                                                      RMS_UPKEEP_UNKNOWN,                                                                                                                                                                                                                                                                                                                                                                                                                                                                  ""                                                                                      },
};

static RmsSid make_sid(const char *domain, guint rid)
{
    g_autofree char *text = g_strdup_printf("%s%u", domain, rid);
    RmsSid sid;

    ck_assert(rms_sid_parse(&sid, text));
    return sid;
}

static RmsDirectoryObject *
make_object(guint rid, const char *name, const char *dn, RmsKind kind, guint warnings)
{
    RmsDirectoryObjectFields fields = {
        .sid = make_sid(HOME, rid),
        .kind = kind,
        .name = name,
        .account_name = name,
        .dn = dn,
        .warnings = warnings,
        .member_count = -1,
    };
    g_autofree char *place = rms_place_from_dn(dn);

    fields.place = place;
    return rms_directory_object_new(&fields);
}

START_TEST(test_judgement)
{
    const JudgementRow *row = &judgement_rows[_i];
    RmsSid sid = make_sid(HOME, 1);
    g_autoptr(RmsEntry) entry =
        rms_entry_new(&sid, NULL, row->entry_name, row->entry_dn, COMPUTER, RMS_ROLE_FCI);
    g_autoptr(RmsDirectoryObject) object =
        row->object_name != NULL
            ? make_object(1, row->object_name, row->object_dn, row->object_kind, row->warnings)
            : NULL;
    g_autoptr(GError) error = row->result == RMS_CHECK_UNKNOWN
                                  ? g_error_new_literal(RMS_DIRECTORY_ERROR, row->error, "why")
                                  : NULL;
    RmsObjectCheck check = {.sid = sid, .result = row->result, .object = object, .error = error};
    g_autoptr(RmsUpkeepFinding) finding = rms_upkeep_finding_new(entry, &check);
    g_autofree char *says = rms_upkeep_words_sentences(finding);

    ck_assert_msg(rms_upkeep_finding_get_state(finding) == row->state,
                  "%s: %#x",
                  row->name,
                  rms_upkeep_finding_get_state(finding));
    ck_assert_msg(strstr(says, row->says) != NULL && (*says == '\0') == (row->state == 0),
                  "%s: \"%s\"",
                  row->name,
                  says);
    ck_assert_msg((rms_upkeep_words_tag(row->state) == NULL) == (row->state == 0), "%s", row->name);
    ck_assert_msg(
        (rms_upkeep_words_icon(row->state) == NULL) == (row->state == 0), "%s", row->name);
}
END_TEST

/* --- asking ------------------------------------------------------------------------------- */

typedef struct {
    RmsConnector *connector;
    RmsConsole *console;
    GListStore *forests;
    RmsForest *forest;
    RmsUpkeep *upkeep;
} Fixture;
static Fixture fixture;

/* In the saved list: 1 is as it was, 2 renamed, 3 gone, 4 gone, 5 of another forest. */
static RmsServerList *make_list(void)
{
    RmsServerList *list = rms_server_list_new();

    for (guint rid = 1; rid <= 5; rid++) {
        RmsSid sid = make_sid(rid == 5 ? "S-1-5-21-9-9-9-" : HOME, rid);
        g_autofree char *name = g_strdup_printf("CONTOSO\\S%u$", rid);
        g_autoptr(RmsEntry) entry =
            rms_entry_new(&sid, NULL, name, NULL, RMS_KIND_COMPUTER, RMS_ROLE_FCI);

        ck_assert(rms_server_list_add(list, entry, NULL));
    }
    rms_server_list_seal(list, 1, 1795428000, "admin@contoso.example");
    return list;
}

static void setup(void)
{
    g_autoptr(RmsServerList) list = make_list();
    g_autoptr(RmsCloudEnvironment) environment = rms_cloud_environment_new("AzureCloud");

    stand_ins_reset();
    g_ptr_array_add(stand_ins.objects,
                    make_object(1, "CONTOSO\\S1$", "CN=S1," SERVERS, COMPUTER, 0));
    g_ptr_array_add(stand_ins.objects,
                    make_object(2, "CONTOSO\\NEW$", "CN=NEW," SERVERS, COMPUTER, 0));
    fixture.connector = stand_in_connector_new(list);
    fixture.forest = stand_in_forest_new("contoso.example", HOME);
    fixture.console = rms_console_new(fixture.connector, fixture.forest, environment);
    fixture.forests = g_list_store_new(RMS_TYPE_FOREST);
    g_list_store_append(fixture.forests, fixture.forest);
}

static void teardown(void)
{
    if (fixture.upkeep != NULL)
        rms_upkeep_stop(fixture.upkeep);
    stand_ins_release();
    while (g_main_context_iteration(NULL, FALSE))
        continue;
    g_clear_object(&fixture.upkeep);
    g_clear_object(&fixture.forests);
    g_clear_object(&fixture.forest);
    g_clear_object(&fixture.console);
    g_clear_object(&fixture.connector);
    stand_ins_reset();
}

static gboolean is_quiet(gpointer data)
{
    return stand_ins.n_checks >= *(guint *) data && !rms_upkeep_get_checking(fixture.upkeep);
}

static void run_until_checked(guint n_checks)
{
    ck_assert(stand_ins_run_until(is_quiet, &n_checks));
}

static void begin(void)
{
    fixture.upkeep = rms_upkeep_new(fixture.console, G_LIST_MODEL(fixture.forests), 1);
}

static guint get_state(guint rid)
{
    RmsSid sid = make_sid(rid == 5 ? "S-1-5-21-9-9-9-" : HOME, rid);
    RmsUpkeepFinding *finding = rms_upkeep_get_finding(fixture.upkeep, &sid);

    ck_assert_ptr_nonnull(finding);
    return rms_upkeep_finding_get_state(finding);
}

static void check_orphans(guint n, const guint *rids)
{
    g_autoptr(GPtrArray) orphans = rms_upkeep_dup_orphans(fixture.upkeep);

    ck_assert_uint_eq(orphans->len, n);
    for (guint i = 0; i < n; i++) {
        RmsSid sid = make_sid(HOME, rids[i]);

        ck_assert(rms_sid_equal(rms_entry_get_sid(orphans->pdata[i]), &sid));
    }
}

START_TEST(test_checks_the_list)
{
    const guint gone[] = {3, 4};

    begin();
    run_until_checked(1);
    ck_assert_uint_eq(stand_ins.n_checks, 1);
    ck_assert_uint_eq(stand_ins.n_checked_sids, 5);
    ck_assert_uint_eq(get_state(1), 0);
    ck_assert_uint_eq(get_state(2), RMS_UPKEEP_RENAMED);
    ck_assert_uint_eq(get_state(3), RMS_UPKEEP_GONE);
    ck_assert_uint_eq(get_state(5), RMS_UPKEEP_UNKNOWN);
    ck_assert_ptr_null(rms_upkeep_get_failure(fixture.upkeep)); /* it is just a stranger */
    check_orphans(2, gone);
}
END_TEST

START_TEST(test_removes_exactly_the_orphans)
{
    GListModel *pending = rms_console_get_pending(fixture.console);

    begin();
    run_until_checked(1);
    ck_assert(rms_upkeep_remove_orphans(fixture.upkeep, NULL));
    ck_assert_uint_eq(g_list_model_get_n_items(pending), 2);
    for (guint i = 0; i < 2; i++) {
        g_autoptr(RmsListChange) change = g_list_model_get_item(pending, i);
        RmsSid sid = make_sid(HOME, 3 + i);

        ck_assert_int_eq(rms_list_change_get_kind(change), RMS_CHANGE_REMOVED);
        ck_assert(rms_sid_equal(rms_entry_get_sid(rms_list_change_get_before(change)), &sid));
    }
    check_orphans(0, NULL);
    rms_console_undo_all(fixture.console);
    ck_assert_uint_eq(g_list_model_get_n_items(pending), 0);
}
END_TEST

/* A directory that is away makes nothing gone, and what is known stays known. */
START_TEST(test_unreachable_is_never_gone)
{
    const guint gone[] = {3, 4};

    stand_ins.directory_error =
        g_error_new_literal(RMS_DIRECTORY_ERROR, RMS_DIRECTORY_ERROR_UNREACHABLE, "down");
    begin();
    run_until_checked(1);
    for (guint rid = 1; rid <= 5; rid++)
        ck_assert_uint_eq(get_state(rid), RMS_UPKEEP_UNKNOWN);
    check_orphans(0, NULL);
    ck_assert(rms_upkeep_remove_orphans(fixture.upkeep, NULL));
    ck_assert_uint_eq(g_list_model_get_n_items(rms_console_get_pending(fixture.console)), 0);
    ck_assert_ptr_nonnull(rms_upkeep_get_failure(fixture.upkeep));

    /* It comes back, and is asked without anybody saying so. */
    g_clear_error(&stand_ins.directory_error);
    stand_in_forest_set_opened(fixture.forest);
    run_until_checked(2);
    check_orphans(2, gone);
    ck_assert_ptr_null(rms_upkeep_get_failure(fixture.upkeep));

    stand_ins.directory_error =
        g_error_new_literal(RMS_DIRECTORY_ERROR, RMS_DIRECTORY_ERROR_UNREACHABLE, "down");
    rms_upkeep_check(fixture.upkeep);
    run_until_checked(3);
    ck_assert_uint_eq(get_state(1), 0);
    check_orphans(2, gone);
    ck_assert_ptr_nonnull(rms_upkeep_get_failure(fixture.upkeep));
}
END_TEST

START_TEST(test_asks_again_after_a_pause)
{
    stand_ins.directory_error =
        g_error_new_literal(RMS_DIRECTORY_ERROR, RMS_DIRECTORY_ERROR_UNREACHABLE, "down");
    begin();
    run_until_checked(1);
    g_clear_error(&stand_ins.directory_error);
    run_until_checked(2);
    ck_assert_uint_eq(get_state(1), 0);
}
END_TEST

/* Only what came new is asked about; what is known of the others stays. */
START_TEST(test_asks_about_new_entries_alone)
{
    begin();
    run_until_checked(1);
    g_ptr_array_add(stand_ins.objects,
                    make_object(7, "CONTOSO\\S7$", "CN=S7," SERVERS, COMPUTER, 0));
    ck_assert(rms_console_add(fixture.console,
                              stand_ins.objects->pdata[stand_ins.objects->len - 1],
                              RMS_ROLE_FCI,
                              NULL,
                              NULL));
    run_until_checked(2);
    ck_assert_uint_eq(stand_ins.n_checked_sids, 6);
    ck_assert_uint_eq(get_state(7), 0);
}
END_TEST

/* Each account is judged by its own forest, whatever the others say. */
START_TEST(test_other_forests)
{
    g_autoptr(RmsForest) other = stand_in_forest_new("fabrikam.example", "S-1-5-21-9-9-9-");

    begin();
    run_until_checked(1);
    g_list_store_append(fixture.forests, other);
    run_until_checked(3);
    ck_assert_uint_eq(stand_ins.n_checked_sids, 5 + 5 + 1);
    ck_assert_uint_eq(get_state(5), RMS_UPKEEP_GONE);
    ck_assert_uint_eq(get_state(2), RMS_UPKEEP_RENAMED);
}
END_TEST

/* Somebody else pushed a list in which the entry has its new name. */
START_TEST(test_newer_list_is_judged_again)
{
    g_autoptr(RmsServerList) theirs = NULL;
    RmsSid sid = make_sid(HOME, 2);
    g_autoptr(RmsEntry) entry =
        rms_entry_new(&sid, NULL, "CONTOSO\\NEW$", NULL, RMS_KIND_COMPUTER, RMS_ROLE_FCI);

    begin();
    run_until_checked(1);
    theirs = rms_server_list_copy(rms_console_get_saved(fixture.console));
    ck_assert(rms_server_list_replace(theirs, entry, NULL));
    stand_in_connector_replace_list(fixture.connector, theirs, "other@contoso.example");
    ck_assert_uint_eq(get_state(2), 0);
    ck_assert_uint_eq(stand_ins.n_checks, 1);
}
END_TEST

START_TEST(test_stops)
{
    guint one = 1;

    stand_ins.directory_waits = TRUE;
    begin();
    while (stand_ins.n_checks < one)
        g_main_context_iteration(NULL, TRUE);
    rms_upkeep_stop(fixture.upkeep);
    while (stand_ins.n_cancelled < one)
        g_main_context_iteration(NULL, TRUE);
    rms_upkeep_check(fixture.upkeep);
    while (g_main_context_iteration(NULL, FALSE))
        continue;
    ck_assert_uint_eq(stand_ins.n_checks, 1);
}
END_TEST

START_TEST(test_no_forest)
{
    g_list_store_remove_all(fixture.forests);
    begin();
    while (g_main_context_iteration(NULL, FALSE))
        continue;
    ck_assert(!rms_upkeep_get_checking(fixture.upkeep));
    check_orphans(0, NULL);
}
END_TEST

START_TEST(test_question_names_the_orphans)
{
    g_autofree char *one = rms_upkeep_words_orphans(1);
    g_autofree char *many = rms_upkeep_words_orphans(3);
    g_autofree char *question = NULL;
    g_autoptr(GPtrArray) orphans = NULL;

    begin();
    run_until_checked(1);
    orphans = rms_upkeep_dup_orphans(fixture.upkeep);
    question = rms_upkeep_words_remove_orphans(orphans);
    ck_assert_ptr_nonnull(strstr(question, "CONTOSO\\S3$\nCONTOSO\\S4$"));
    ck_assert_str_eq(one, "1 authorized account no longer exists");
    ck_assert_str_eq(many, "3 authorized accounts no longer exist");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("upkeep");
    TCase *tcase = tcase_create("upkeep");
    SRunner *runner = NULL;
    int failed;

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_loop_test(tcase, test_judgement, 0, G_N_ELEMENTS(judgement_rows));
    tcase_add_test(tcase, test_checks_the_list);
    tcase_add_test(tcase, test_removes_exactly_the_orphans);
    tcase_add_test(tcase, test_unreachable_is_never_gone);
    tcase_add_test(tcase, test_asks_again_after_a_pause);
    tcase_add_test(tcase, test_asks_about_new_entries_alone);
    tcase_add_test(tcase, test_other_forests);
    tcase_add_test(tcase, test_newer_list_is_judged_again);
    tcase_add_test(tcase, test_stops);
    tcase_add_test(tcase, test_no_forest);
    tcase_add_test(tcase, test_question_names_the_orphans);
    tcase_set_timeout(tcase, 60);
    suite_add_tcase(suite, tcase);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
