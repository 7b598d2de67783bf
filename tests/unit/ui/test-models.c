/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The models behind the pages: rows of the server list, and the event log as far as it was loaded.
 */
#include "config.h"

#include <check.h>

#include "tests/unit/ui/stand-ins.h"
#include "ui/event-history.h"
#include "ui/server-items.h"

static RmsConnector *connector;

static void setup(void)
{
    g_autoptr(RmsServerList) list = rms_server_list_new();

    stand_ins_reset();
    for (guint i = 0; i < 3; i++) {
        g_autofree char *name = g_strdup_printf("FILESRV0%u$", i);
        g_autoptr(RmsEntry) entry =
            stand_in_entry(1000 + i, name, RMS_KIND_COMPUTER, RMS_ROLE_FCI, "");

        ck_assert(rms_server_list_add(list, entry, NULL));
    }
    rms_server_list_seal(list, 1, 1795428000, "first@contoso.example");
    connector = stand_in_connector_new(list);
}

static void teardown(void)
{
    g_assert_finalize_object(g_steal_pointer(&connector));
    stand_ins_reset();
}

/* --- rows of the server list --------------------------------------------------------------- */

static char seen[4096];

/* "FILESRV00$ FILESRV01$-removed …" */
static const char *look(GListModel *items)
{
    static const char *const marks[] = {
        [RMS_CHANGE_ADDED] = "+", [RMS_CHANGE_REMOVED] = "-", [RMS_CHANGE_ROLE] = "*"};

    seen[0] = '\0';
    for (guint i = 0; i < g_list_model_get_n_items(items); i++) {
        g_autoptr(RmsServerItem) item = g_list_model_get_item(items, i);
        RmsListChange *change = rms_server_item_get_change(item);

        if (i > 0)
            g_strlcat(seen, " ", sizeof seen);
        g_strlcat(seen,
                  rms_entry_get_name(rms_server_item_get_entry(item)) + strlen("CONTOSO\\"),
                  sizeof seen);
        if (change != NULL)
            g_strlcat(seen, marks[rms_list_change_get_kind(change)], sizeof seen);
    }
    return seen;
}

static void
on_items_changed(GListModel *items, guint position, guint removed, guint added, guint *touched)
{
    touched[0] = position;
    touched[1] = removed;
    touched[2] = added;
    touched[3]++;
}

START_TEST(test_server_items)
{
    g_autoptr(RmsForest) forest = stand_in_forest_new("contoso.example", "S-1-5-21-1-2-3-");
    g_autoptr(RmsCloudEnvironment) environment = rms_cloud_environment_new("AzureCloud");
    RmsConsole *console = rms_console_new(connector, forest, environment);
    RmsServerItems *items = rms_server_items_new(console, NULL);
    g_autoptr(RmsDirectoryObject) object =
        stand_in_object(1100, "Farm", RMS_KIND_SECURITY_GROUP, RMS_SCOPE_GLOBAL, "x", 0);
    g_autoptr(RmsServerItem) kept = g_list_model_get_item(G_LIST_MODEL(items), 2);
    g_autoptr(RmsServerItem) still = NULL;
    guint touched[4] = {0};
    RmsSid sid;

    g_signal_connect(items, "items-changed", G_CALLBACK(on_items_changed), touched);
    ck_assert_str_eq(look(G_LIST_MODEL(items)), "FILESRV00$ FILESRV01$ FILESRV02$");
    ck_assert(rms_console_add(console, object, RMS_ROLE_SHAREPOINT, "", NULL));
    ck_assert_str_eq(look(G_LIST_MODEL(items)), "FILESRV00$ FILESRV01$ FILESRV02$ Farm+");
    ck_assert_uint_eq(touched[0], 3);
    ck_assert_uint_eq(touched[1], 0);
    ck_assert_uint_eq(touched[2], 1);

    ck_assert(rms_sid_parse(&sid, "S-1-5-21-1-2-3-1001"));
    ck_assert(rms_console_remove(console, &sid, NULL));
    ck_assert_str_eq(look(G_LIST_MODEL(items)), "FILESRV00$ FILESRV01$- FILESRV02$ Farm+");
    ck_assert_uint_eq(touched[0], 1);
    ck_assert_uint_eq(touched[1], 1);
    ck_assert_uint_eq(touched[2], 1);
    still = g_list_model_get_item(G_LIST_MODEL(items), 2);
    ck_assert_ptr_eq(still, kept);

    ck_assert(rms_sid_parse(&sid, "S-1-5-21-1-2-3-1000"));
    ck_assert(rms_console_change_role(console, &sid, RMS_ROLE_SHAREPOINT, NULL));
    ck_assert_str_eq(look(G_LIST_MODEL(items)), "FILESRV00$* FILESRV01$- FILESRV02$ Farm+");
    rms_console_undo_all(console);
    ck_assert_str_eq(look(G_LIST_MODEL(items)), "FILESRV00$ FILESRV01$ FILESRV02$");
    ck_assert_uint_gt(touched[3], 3);

    g_assert_finalize_object(items);
    g_assert_finalize_object(console);
}
END_TEST

START_TEST(test_server_item_matches)
{
    static const struct {
        const char *folded;
        gboolean matches;
    } rows[] = {
        {"",           TRUE },
        {"filesrv",    TRUE },
        {"contoso\\f", TRUE },
        {"finance",    TRUE },
        {"computer",   TRUE },
        {"fci",        TRUE },
        {"exchange",   FALSE},
    };
    g_autoptr(RmsEntry) entry =
        stand_in_entry(1, "FILESRV01$", RMS_KIND_COMPUTER, RMS_ROLE_FCI, "Finance share");
    g_autoptr(RmsServerItem) item = rms_server_item_new(entry, NULL, NULL);

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
        ck_assert_msg(rms_server_item_matches(item, rows[i].folded) == rows[i].matches,
                      "'%s'",
                      rows[i].folded);
}
END_TEST

/* --- the event log ------------------------------------------------------------------------- */

static void log_events(guint n)
{
    for (guint i = 0; i < n; i++)
        stand_in_connector_add_event(
            connector, RMS_EVENT_FIRST_CONNECTION, 0, "hello", NULL, NULL, NULL);
}

static gboolean is_loaded(gpointer history)
{
    return !rms_event_history_get_loading(history);
}

static void check_order(RmsEventHistory *history, gint64 newest, guint n)
{
    ck_assert_uint_eq(g_list_model_get_n_items(G_LIST_MODEL(history)), n);
    for (guint i = 0; i < n; i++) {
        g_autoptr(RmsEvent) event = g_list_model_get_item(G_LIST_MODEL(history), i);

        ck_assert_int_eq(rms_event_get_id(event), newest - i);
    }
}

START_TEST(test_history_loads_pages_and_grows)
{
    RmsEventHistory *history = NULL;

    log_events(RMS_EVENT_HISTORY_PAGE + 50);
    history = rms_event_history_new(connector);
    ck_assert(rms_event_history_get_loading(history));
    log_events(2); /* while the first page is on its way */
    ck_assert(stand_ins_run_until(is_loaded, history));
    check_order(history, RMS_EVENT_HISTORY_PAGE + 52, RMS_EVENT_HISTORY_PAGE + 2);
    ck_assert(!rms_event_history_get_complete(history));

    log_events(1);
    rms_event_history_load_older(history);
    rms_event_history_load_older(history);
    ck_assert(stand_ins_run_until(is_loaded, history));
    ck_assert_uint_eq(stand_ins.n_queries, 2);
    check_order(history, RMS_EVENT_HISTORY_PAGE + 53, RMS_EVENT_HISTORY_PAGE + 53);
    ck_assert(rms_event_history_get_complete(history));
    rms_event_history_load_older(history);
    ck_assert_uint_eq(stand_ins.n_queries, 2);
    g_assert_finalize_object(history);
}
END_TEST

START_TEST(test_history_waits_for_the_connector)
{
    RmsEventHistory *history = NULL;

    log_events(3);
    stand_in_connector_set_state(connector, RMS_CONNECTOR_STOPPED);
    history = rms_event_history_new(connector);
    ck_assert_uint_eq(stand_ins.n_queries, 0);
    stand_in_connector_set_state(connector, RMS_CONNECTOR_STARTING);
    ck_assert_uint_eq(stand_ins.n_queries, 0);
    stand_in_connector_set_state(connector, RMS_CONNECTOR_SERVING);
    ck_assert(stand_ins_run_until(is_loaded, history));
    check_order(history, 3, 3);
    /* It was stopped and started again: what was loaded stays. */
    stand_in_connector_set_state(connector, RMS_CONNECTOR_STOPPED);
    log_events(1);
    stand_in_connector_set_state(connector, RMS_CONNECTOR_SERVING);
    ck_assert_uint_eq(stand_ins.n_queries, 1);
    check_order(history, 4, 4);
    g_assert_finalize_object(history);
}
END_TEST

START_TEST(test_history_lets_go_of_the_oldest)
{
    RmsEventHistory *history = rms_event_history_new(connector);

    ck_assert(stand_ins_run_until(is_loaded, history));
    ck_assert(rms_event_history_get_complete(history));
    log_events(RMS_EVENT_HISTORY_MAX + 5);
    check_order(history, RMS_EVENT_HISTORY_MAX + 5, RMS_EVENT_HISTORY_MAX);
    ck_assert(!rms_event_history_get_complete(history));
    g_assert_finalize_object(history);
}
END_TEST

START_TEST(test_history_dropped_while_loading)
{
    RmsEventHistory *history = NULL;

    log_events(3);
    history = rms_event_history_new(connector);
    ck_assert(rms_event_history_get_loading(history));
    g_assert_finalize_object(history);
    while (g_main_context_iteration(NULL, FALSE))
        ;
}
END_TEST

START_TEST(test_event_matches)
{
    static const guint all = 7;
    static const struct {
        guint levels;
        const char *folded;
        gboolean matches;
    } rows[] = {
        {7,      "",           TRUE },
        {1 << 1, "",           TRUE },
        {1 << 0, "",           FALSE},
        {1 << 2, "",           FALSE},
        {7,      "outsider",   TRUE },
        {7,      "127.0.1.99", TRUE },
        {7,      "2001",       TRUE },
        {7,      "s-1-5-21",   TRUE },
        {7,
         "r\xc3\xbc"
         "ckgabe",             TRUE },
        {7,      "filesrv",    FALSE},
        {1 << 2, "outsider",   FALSE},
    };
    g_autoptr(RmsEvent) event = rms_event_new(RMS_EVENT_NOT_AUTHORIZED,
                                              "refused: R\xc3\x9c"
                                              "CKGABE",
                                              "CONTOSO\\OUTSIDER01$",
                                              "S-1-5-21-1",
                                              "127.0.1.99");
    g_autoptr(RmsEvent) bare = rms_event_new(RMS_EVENT_STARTED, "started", NULL, NULL, NULL);

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
        ck_assert_msg(rms_event_matches(event, rows[i].levels, rows[i].folded) == rows[i].matches,
                      "%u '%s'",
                      rows[i].levels,
                      rows[i].folded);
    ck_assert(rms_event_matches(bare, all, "started"));
    ck_assert(!rms_event_matches(bare, all, "outsider"));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("models");
    TCase *tcase = tcase_create("models");
    SRunner *runner = NULL;
    int failed;

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, test_server_items);
    tcase_add_test(tcase, test_server_item_matches);
    tcase_add_test(tcase, test_history_loads_pages_and_grows);
    tcase_add_test(tcase, test_history_waits_for_the_connector);
    tcase_add_test(tcase, test_history_lets_go_of_the_oldest);
    tcase_add_test(tcase, test_history_dropped_while_loading);
    tcase_add_test(tcase, test_event_matches);
    tcase_set_timeout(tcase, 60);
    suite_add_tcase(suite, tcase);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
