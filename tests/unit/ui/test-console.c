/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * RmsConsole over stand-ins: editing and undoing, who may push, what a push does to the tenant, and
 * what becomes of changes when somebody else pushes.
 */
#include "config.h"

#include <check.h>
#include <string.h>

#include "tests/unit/ui/stand-ins.h"
#include "ui/console.h"

static RmsConnector *connector;
static RmsForest *forest;
static RmsConsole *console;
static RmsDirectoryObject *exchange, *spfarm, *filesrv;

/* What the last asynchronous call came to. */
static struct {
    gboolean done;
    gboolean ok;
    GError *error;
    RmsServerList *saved;
} outcome;

static void clear_outcome(void)
{
    g_clear_error(&outcome.error);
    g_clear_object(&outcome.saved);
    outcome.done = outcome.ok = FALSE;
}

static gboolean is_done(gpointer data)
{
    return outcome.done;
}

static void setup(void)
{
    g_autoptr(RmsServerList) list = rms_server_list_new();
    g_autoptr(RmsCloudEnvironment) environment = rms_cloud_environment_new("AzureCloud");
    g_autoptr(RmsEntry) entry = stand_in_entry(
        1200, "svc-spfarm", RMS_KIND_USER, RMS_ROLE_SHAREPOINT, "Central Administration");

    stand_ins_reset();
    ck_assert(rms_server_list_add(list, entry, NULL));
    rms_server_list_seal(list, 7, 1763892000, "first@contoso.example");
    connector = stand_in_connector_new(list);
    forest = stand_in_forest_new("contoso.example", "S-1-5-21-1-2-3-");
    console = rms_console_new(connector, forest, environment);
    exchange = stand_in_object(
        1100, "Exchange Servers", RMS_KIND_SECURITY_GROUP, RMS_SCOPE_UNIVERSAL, "x", 0);
    spfarm = stand_in_object(1200, "svc-spfarm", RMS_KIND_USER, RMS_SCOPE_NONE, "x", 0);
    filesrv = stand_in_object(1300, "FILESRV01$", RMS_KIND_COMPUTER, RMS_SCOPE_NONE, "x", 0);
}

static void teardown(void)
{
    clear_outcome();
    g_clear_object(&exchange);
    g_clear_object(&spfarm);
    g_clear_object(&filesrv);
    g_assert_finalize_object(g_steal_pointer(&console));
    g_assert_finalize_object(g_steal_pointer(&connector));
    g_assert_finalize_object(g_steal_pointer(&forest));
    stand_ins_reset();
}

static guint count_pending(void)
{
    return g_list_model_get_n_items(rms_console_get_pending(console));
}

static RmsEntry *working(RmsDirectoryObject *object)
{
    return rms_server_list_lookup(rms_console_get_working(console),
                                  rms_directory_object_get_sid(object));
}

static void add(RmsDirectoryObject *object, RmsRole role)
{
    ck_assert(rms_console_add(console, object, role, NULL, NULL));
}

static void on_sign_in_done(GObject *source, GAsyncResult *result, gpointer user_data)
{
    outcome.ok = rms_console_sign_in_finish(console, result, &outcome.error);
    outcome.done = TRUE;
}

static void on_code(const char *code, const char *uri, guint expires_in, gpointer user_data)
{
    ck_assert_str_eq(code, stand_ins.user_code);
}

static void sign_in(void)
{
    clear_outcome();
    rms_console_sign_in_device_async(console, on_code, NULL, NULL, NULL, on_sign_in_done, NULL);
    ck_assert(stand_ins_run_until(is_done, NULL));
}

static void on_push_done(GObject *source, GAsyncResult *result, gpointer user_data)
{
    outcome.saved = rms_console_push_finish(console, result, &outcome.error);
    outcome.done = TRUE;
}

static void push(gboolean confirmed)
{
    clear_outcome();
    rms_console_push_async(console, confirmed, NULL, on_push_done, NULL);
    ck_assert(stand_ins_run_until(is_done, NULL));
}

static RmsEvent *last_event(void)
{
    ck_assert_uint_gt(stand_ins.events->len, 0);
    return g_ptr_array_index(stand_ins.events, stand_ins.events->len - 1);
}

START_TEST(test_starts_with_the_list_in_force)
{
    ck_assert_int_eq(rms_server_list_get_revision(rms_console_get_saved(console)), 7);
    ck_assert(
        rms_server_list_equal(rms_console_get_saved(console), rms_console_get_working(console)));
    ck_assert_uint_eq(count_pending(), 0);
    ck_assert_int_eq(rms_console_get_obstacle(console), RMS_OBSTACLE_NOTHING_TO_PUSH);
}
END_TEST

START_TEST(test_editing_makes_changes)
{
    add(exchange, RMS_ROLE_EXCHANGE);
    ck_assert(
        rms_console_change_role(console, rms_directory_object_get_sid(spfarm), RMS_ROLE_FCI, NULL));
    ck_assert_uint_eq(count_pending(), 2);
    ck_assert(rms_console_grants_super_user(console));
    ck_assert(!rms_console_only_removes(console));
    ck_assert_str_eq(rms_entry_get_name(working(exchange)), "CONTOSO\\Exchange Servers");
    rms_console_undo(console, rms_directory_object_get_sid(exchange));
    ck_assert_uint_eq(count_pending(), 1);
    ck_assert(!rms_console_grants_super_user(console));
    rms_console_undo_all(console);
    ck_assert_uint_eq(count_pending(), 0);
    ck_assert(
        rms_server_list_equal(rms_console_get_saved(console), rms_console_get_working(console)));
}
END_TEST

START_TEST(test_undoing_a_removal_restores_its_place)
{
    add(exchange, RMS_ROLE_EXCHANGE);
    ck_assert(rms_console_remove(console, rms_directory_object_get_sid(spfarm), NULL));
    ck_assert_uint_eq(count_pending(), 2);
    rms_console_undo(console, rms_directory_object_get_sid(spfarm));
    ck_assert_uint_eq(count_pending(), 1);
    ck_assert_str_eq(rms_entry_get_name(rms_server_list_get(rms_console_get_working(console), 0)),
                     "CONTOSO\\svc-spfarm");
}
END_TEST

START_TEST(test_removed_and_added_again_is_no_change)
{
    ck_assert(rms_console_remove(console, rms_directory_object_get_sid(spfarm), NULL));
    ck_assert(rms_console_only_removes(console));
    ck_assert(
        rms_console_add(console, spfarm, RMS_ROLE_SHAREPOINT, "Central Administration", NULL));
    ck_assert_int_eq(rms_entry_get_added_at(working(spfarm)), 1763892000);
    ck_assert_str_eq(rms_entry_get_added_by(working(spfarm)), "first@contoso.example");
}
END_TEST

START_TEST(test_refuses_what_the_list_refuses)
{
    g_autoptr(GError) error = NULL;

    ck_assert(!rms_console_add(console, spfarm, RMS_ROLE_FCI, NULL, &error));
    ck_assert(g_error_matches(error, RMS_MODEL_ERROR, RMS_MODEL_ERROR_DUPLICATE));
    g_clear_error(&error);
    ck_assert(!rms_console_add(console, filesrv, RMS_ROLE_EXCHANGE, NULL, &error));
    ck_assert(g_error_matches(error, RMS_MODEL_ERROR, RMS_MODEL_ERROR_RULE));
    g_clear_error(&error);
    ck_assert(!rms_console_change_role(
        console, rms_directory_object_get_sid(filesrv), RMS_ROLE_FCI, &error));
    ck_assert(g_error_matches(error, RMS_MODEL_ERROR, RMS_MODEL_ERROR_NOT_FOUND));
    ck_assert_uint_eq(count_pending(), 0);
}
END_TEST

START_TEST(test_sign_in_finds_the_tenant_and_tells_the_connector)
{
    sign_in();
    ck_assert(outcome.ok);
    ck_assert_str_eq(rms_account_get_user_name(rms_console_get_account(console)),
                     "administrator@contoso.example");
    ck_assert_str_eq(rms_connector_get_tenant(connector), stand_ins.service_url);
    ck_assert_uint_eq(rms_event_get_number(last_event()), RMS_EVENT_SIGNED_IN);
    ck_assert_ptr_nonnull(
        strstr(rms_event_get_message(last_event()), "administrator@contoso.example"));
    ck_assert_str_eq(rms_event_get_account(last_event()), "administrator@contoso.example");

    rms_console_sign_out(console);
    ck_assert_ptr_null(rms_console_get_account(console));
    ck_assert_ptr_null(rms_console_get_tenant(console));
    ck_assert_str_eq(rms_connector_get_tenant(connector), stand_ins.service_url);
}
END_TEST

typedef struct {
    const char *name;
    GError **error; /* where the failure is put */
} SignInRow;

static const SignInRow sign_in_rows[] = {
    {"sign-in",    &stand_ins.sign_in_error   },
    {"discovery",  &stand_ins.discover_error  },
    {"set tenant", &stand_ins.set_tenant_error},
};

START_TEST(test_failed_sign_in_leaves_nothing)
{
    const SignInRow *row = &sign_in_rows[_i];

    *row->error = g_error_new_literal(RMS_SERVICE_ERROR, RMS_SERVICE_ERROR_NO_ROLE, "told to fail");
    sign_in();
    ck_assert_msg(!outcome.ok, "%s", row->name);
    ck_assert(g_error_matches(outcome.error, RMS_SERVICE_ERROR, RMS_SERVICE_ERROR_NO_ROLE));
    ck_assert_ptr_null(rms_console_get_account(console));
    ck_assert_ptr_null(rms_connector_get_tenant(connector));
    ck_assert_uint_eq(stand_ins.events->len, 0);
}
END_TEST

START_TEST(test_sign_in_can_be_cancelled)
{
    g_autoptr(GCancellable) cancellable = g_cancellable_new();

    stand_ins.sign_in_waits = TRUE;
    rms_console_sign_in_device_async(
        console, on_code, NULL, NULL, cancellable, on_sign_in_done, NULL);
    g_cancellable_cancel(cancellable);
    ck_assert(stand_ins_run_until(is_done, NULL));
    ck_assert(g_error_matches(outcome.error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
    stand_ins.sign_in_waits = FALSE;
    sign_in();
    ck_assert(outcome.ok);
}
END_TEST

START_TEST(test_one_sign_in_at_a_time)
{
    g_autoptr(GCancellable) cancellable = g_cancellable_new();

    stand_ins.sign_in_waits = TRUE;
    rms_console_sign_in_device_async(
        console, on_code, NULL, NULL, cancellable, on_sign_in_done, NULL);
    sign_in();
    ck_assert(g_error_matches(outcome.error, G_IO_ERROR, G_IO_ERROR_PENDING));
    clear_outcome();
    stand_ins_release();
    ck_assert(stand_ins_run_until(is_done, NULL));
    ck_assert(outcome.ok);
}
END_TEST

START_TEST(test_account_without_role_changes_nothing)
{
    stand_ins.role = RMS_TENANT_ROLE_NONE;
    sign_in();
    ck_assert(outcome.ok);
    ck_assert_ptr_null(rms_connector_get_tenant(connector));
    add(exchange, RMS_ROLE_EXCHANGE);
    ck_assert_int_eq(rms_console_get_obstacle(console), RMS_OBSTACLE_NO_ROLE);
    push(TRUE);
    ck_assert(g_error_matches(outcome.error, RMS_CONSOLE_ERROR, RMS_CONSOLE_ERROR_OBSTACLE));
    ck_assert_uint_eq(stand_ins.n_pushes, 0);
}
END_TEST

START_TEST(test_session_that_ends_signs_out)
{
    sign_in();
    rms_account_sign_out(rms_console_get_account(console));
    ck_assert_ptr_null(rms_console_get_account(console));
    add(exchange, RMS_ROLE_EXCHANGE);
    ck_assert_int_eq(rms_console_get_obstacle(console), RMS_OBSTACLE_SIGNED_OUT);
}
END_TEST

START_TEST(test_push_needs_somebody)
{
    add(filesrv, RMS_ROLE_FCI);
    ck_assert_int_eq(rms_console_get_obstacle(console), RMS_OBSTACLE_SIGNED_OUT);
    push(FALSE);
    ck_assert(g_error_matches(outcome.error, RMS_CONSOLE_ERROR, RMS_CONSOLE_ERROR_OBSTACLE));
    sign_in();
    stand_in_connector_set_state(connector, RMS_CONNECTOR_STOPPED);
    ck_assert_int_eq(rms_console_get_obstacle(console), RMS_OBSTACLE_NOT_RUNNING);
    stand_in_connector_set_state(connector, RMS_CONNECTOR_SERVING);
    ck_assert_int_eq(rms_console_get_obstacle(console), RMS_OBSTACLE_NONE);
    push(FALSE);
    ck_assert_int_eq(rms_server_list_get_revision(outcome.saved), 8);
    ck_assert_str_eq(stand_ins.last_author, "administrator@contoso.example");
    ck_assert_uint_eq(count_pending(), 0);
    ck_assert_uint_eq(stand_ins.n_feature_switches, 0);
    ck_assert_int_eq(rms_server_list_get_revision(rms_console_get_working(console)), 8);
}
END_TEST

START_TEST(test_super_users_need_confirmation)
{
    sign_in();
    add(exchange, RMS_ROLE_EXCHANGE);
    push(FALSE);
    ck_assert(g_error_matches(outcome.error, RMS_CONSOLE_ERROR, RMS_CONSOLE_ERROR_UNCONFIRMED));
    ck_assert_uint_eq(stand_ins.n_pushes, 0);
    ck_assert_uint_eq(stand_ins.n_feature_switches, 0);

    push(TRUE);
    ck_assert_ptr_nonnull(outcome.saved);
    ck_assert_uint_eq(stand_ins.n_feature_switches, 1);
    ck_assert_uint_eq(rms_event_get_number(last_event()), RMS_EVENT_SUPER_USER_FEATURE);
    ck_assert_ptr_nonnull(
        strstr(rms_event_get_message(last_event()), "administrator@contoso.example"));

    /* The entry is super user already: nothing to ask again. */
    add(filesrv, RMS_ROLE_FCI);
    push(FALSE);
    ck_assert_ptr_nonnull(outcome.saved);
    ck_assert_uint_eq(stand_ins.n_feature_switches, 1);
}
END_TEST

START_TEST(test_feature_that_is_on_stays_untouched)
{
    stand_ins.super_user_feature = TRUE;
    sign_in();
    add(exchange, RMS_ROLE_EXCHANGE);
    push(TRUE);
    ck_assert_ptr_nonnull(outcome.saved);
    ck_assert_uint_eq(stand_ins.n_feature_switches, 0);
}
END_TEST

/* It was on at sign-in and somebody switched it off since. */
START_TEST(test_feature_is_asked_at_the_push)
{
    stand_ins.super_user_feature = TRUE;
    sign_in();
    stand_ins.super_user_feature = FALSE;
    add(exchange, RMS_ROLE_EXCHANGE);
    push(TRUE);
    ck_assert_ptr_nonnull(outcome.saved);
    ck_assert_uint_eq(stand_ins.n_feature_switches, 1);
}
END_TEST

START_TEST(test_nothing_is_pushed_when_the_feature_fails)
{
    sign_in();
    stand_ins.feature_error =
        g_error_new_literal(RMS_SERVICE_ERROR, RMS_SERVICE_ERROR_REFUSED, "no");
    add(exchange, RMS_ROLE_EXCHANGE);
    push(TRUE);
    ck_assert(g_error_matches(outcome.error, RMS_SERVICE_ERROR, RMS_SERVICE_ERROR_REFUSED));
    ck_assert_uint_eq(stand_ins.n_pushes, 0);
    ck_assert_uint_eq(count_pending(), 1);
    ck_assert(!rms_console_get_pushing(console));
}
END_TEST

START_TEST(test_role_taken_away_since_sign_in)
{
    sign_in();
    stand_ins.role = RMS_TENANT_ROLE_NONE;
    add(filesrv, RMS_ROLE_FCI);
    push(FALSE);
    ck_assert(g_error_matches(outcome.error, RMS_CONSOLE_ERROR, RMS_CONSOLE_ERROR_OBSTACLE));
    ck_assert_uint_eq(stand_ins.n_pushes, 0);
}
END_TEST

START_TEST(test_taking_away_works_in_an_outage)
{
    sign_in();
    stand_ins.refresh_error =
        g_error_new_literal(RMS_SERVICE_ERROR, RMS_SERVICE_ERROR_UNREACHABLE, "outage");
    add(filesrv, RMS_ROLE_FCI);
    push(FALSE);
    ck_assert(g_error_matches(outcome.error, RMS_SERVICE_ERROR, RMS_SERVICE_ERROR_UNREACHABLE));
    rms_console_undo_all(console);
    ck_assert(rms_console_remove(console, rms_directory_object_get_sid(spfarm), NULL));
    push(FALSE);
    ck_assert_ptr_nonnull(outcome.saved);
    ck_assert_uint_eq(rms_server_list_get_length(outcome.saved), 0);
}
END_TEST

START_TEST(test_no_editing_while_pushing)
{
    g_autoptr(GError) error = NULL;

    sign_in();
    add(filesrv, RMS_ROLE_FCI);
    clear_outcome();
    stand_ins.push_waits = TRUE;
    rms_console_push_async(console, FALSE, NULL, on_push_done, NULL);
    ck_assert(rms_console_get_pushing(console));
    ck_assert_int_eq(rms_console_get_obstacle(console), RMS_OBSTACLE_PUSHING);
    ck_assert(!rms_console_add(console, exchange, RMS_ROLE_EXCHANGE, NULL, &error));
    ck_assert(g_error_matches(error, RMS_CONSOLE_ERROR, RMS_CONSOLE_ERROR_PUSHING));
    rms_console_undo_all(console);
    ck_assert_uint_eq(count_pending(), 1);
    while (stand_ins.n_pushes == 0)
        g_main_context_iteration(NULL, TRUE);
    stand_ins_release();
    ck_assert(stand_ins_run_until(is_done, NULL));
    ck_assert_ptr_nonnull(outcome.saved);
    ck_assert(!rms_console_get_pushing(console));
}
END_TEST

/* What "list-replaced" said. */
static struct {
    guint times;
    gint64 revision;
    char author[64];
    guint n_dropped;
} replaced;

static void on_list_replaced(
    RmsConsole *self, gint64 revision, const char *author, GListModel *dropped, gpointer user_data)
{
    replaced.times++;
    replaced.revision = revision;
    g_strlcpy(replaced.author, author, sizeof replaced.author);
    replaced.n_dropped = g_list_model_get_n_items(dropped);
}

static RmsServerList *make_their_list(void)
{
    RmsServerList *theirs = rms_server_list_copy(rms_console_get_saved(console));
    g_autoptr(RmsEntry) entry =
        stand_in_entry(1300, "FILESRV01$", RMS_KIND_COMPUTER, RMS_ROLE_FCI, "");

    ck_assert(rms_server_list_add(theirs, entry, NULL));
    return theirs;
}

START_TEST(test_list_replaced_beneath_changes)
{
    g_autoptr(RmsServerList) theirs = make_their_list();

    memset(&replaced, 0, sizeof replaced);
    g_signal_connect(console, "list-replaced", G_CALLBACK(on_list_replaced), NULL);
    add(exchange, RMS_ROLE_EXCHANGE);
    add(filesrv, RMS_ROLE_FCI);
    stand_in_connector_replace_list(connector, theirs, "other@contoso.example");
    ck_assert_uint_eq(replaced.times, 1);
    ck_assert_int_eq(replaced.revision, 8);
    ck_assert_str_eq(replaced.author, "other@contoso.example");
    ck_assert_uint_eq(replaced.n_dropped, 1);
    ck_assert_uint_eq(count_pending(), 1);
    ck_assert_ptr_nonnull(working(exchange));
    ck_assert_ptr_nonnull(working(filesrv));
    ck_assert_int_eq(rms_server_list_get_revision(rms_console_get_saved(console)), 8);
}
END_TEST

START_TEST(test_list_replaced_without_changes_is_quiet)
{
    g_autoptr(RmsServerList) theirs = make_their_list();

    memset(&replaced, 0, sizeof replaced);
    g_signal_connect(console, "list-replaced", G_CALLBACK(on_list_replaced), NULL);
    stand_in_connector_replace_list(connector, theirs, "other@contoso.example");
    ck_assert_uint_eq(replaced.times, 0);
    ck_assert_ptr_nonnull(working(filesrv));
    ck_assert_uint_eq(count_pending(), 0);
}
END_TEST

START_TEST(test_conflict_keeps_changes)
{
    g_autoptr(RmsServerList) theirs = make_their_list();

    memset(&replaced, 0, sizeof replaced);
    g_signal_connect(console, "list-replaced", G_CALLBACK(on_list_replaced), NULL);
    sign_in();
    add(exchange, RMS_ROLE_EXCHANGE);
    stand_in_connector_replace_list_quietly(connector, theirs, "other@contoso.example");
    push(TRUE);
    ck_assert(g_error_matches(outcome.error, RMS_CONNECTOR_ERROR, RMS_CONNECTOR_ERROR_CONFLICT));
    ck_assert_uint_eq(replaced.times, 1);
    ck_assert_str_eq(replaced.author, "other@contoso.example");
    ck_assert_uint_eq(count_pending(), 1);
    ck_assert_ptr_nonnull(working(exchange));
    ck_assert_ptr_nonnull(working(filesrv));

    push(TRUE);
    ck_assert_int_eq(rms_server_list_get_revision(outcome.saved), 9);
    ck_assert_uint_eq(rms_server_list_get_length(outcome.saved), 3);
    ck_assert_uint_eq(replaced.times, 1);
}
END_TEST

static void on_connector_failed(RmsConsole *self, gpointer user_data)
{
    (*(guint *) user_data)++;
}

START_TEST(test_connector_failure_is_kept_until_it_starts)
{
    g_autoptr(GError) error =
        g_error_new_literal(RMS_CONNECTOR_ERROR, RMS_CONNECTOR_ERROR_SETTINGS, "no keytab");
    guint times = 0;

    g_signal_connect(console, "connector-failed", G_CALLBACK(on_connector_failed), &times);
    stand_in_connector_set_state(connector, RMS_CONNECTOR_STOPPED);
    rms_console_report_connector_failure(console, error);
    ck_assert_str_eq(rms_console_get_connector_failure(console)->message, "no keytab");
    stand_in_connector_set_state(connector, RMS_CONNECTOR_STARTING);
    ck_assert_ptr_null(rms_console_get_connector_failure(console));
    ck_assert_uint_eq(times, 2);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("console");
    TCase *tcase = tcase_create("console");
    SRunner *runner = NULL;
    int failed;

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, test_starts_with_the_list_in_force);
    tcase_add_test(tcase, test_editing_makes_changes);
    tcase_add_test(tcase, test_undoing_a_removal_restores_its_place);
    tcase_add_test(tcase, test_removed_and_added_again_is_no_change);
    tcase_add_test(tcase, test_refuses_what_the_list_refuses);
    tcase_add_test(tcase, test_sign_in_finds_the_tenant_and_tells_the_connector);
    tcase_add_loop_test(tcase, test_failed_sign_in_leaves_nothing, 0, G_N_ELEMENTS(sign_in_rows));
    tcase_add_test(tcase, test_sign_in_can_be_cancelled);
    tcase_add_test(tcase, test_one_sign_in_at_a_time);
    tcase_add_test(tcase, test_account_without_role_changes_nothing);
    tcase_add_test(tcase, test_session_that_ends_signs_out);
    tcase_add_test(tcase, test_push_needs_somebody);
    tcase_add_test(tcase, test_super_users_need_confirmation);
    tcase_add_test(tcase, test_feature_that_is_on_stays_untouched);
    tcase_add_test(tcase, test_feature_is_asked_at_the_push);
    tcase_add_test(tcase, test_nothing_is_pushed_when_the_feature_fails);
    tcase_add_test(tcase, test_role_taken_away_since_sign_in);
    tcase_add_test(tcase, test_taking_away_works_in_an_outage);
    tcase_add_test(tcase, test_no_editing_while_pushing);
    tcase_add_test(tcase, test_list_replaced_beneath_changes);
    tcase_add_test(tcase, test_list_replaced_without_changes_is_quiet);
    tcase_add_test(tcase, test_conflict_keeps_changes);
    tcase_add_test(tcase, test_connector_failure_is_kept_until_it_starts);
    suite_add_tcase(suite, tcase);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
