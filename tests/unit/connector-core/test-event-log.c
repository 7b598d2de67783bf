/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Events and their log: levels, limits, order, batches, pruning, and what a full or locked disk
 * does.
 */
#include "config.h"

#include <check.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "connector-core/event-log.h"
#include "connector-core/limits.h"

static char *state;
static char *file;
static RmsStore *store;
static RmsEventLog *event_log;
static GPtrArray *heard;

static void on_event(RmsEvent *event, gpointer user_data)
{
    g_ptr_array_add(heard, g_object_ref(event));
}

static void open_log(void)
{
    store = rms_store_open(state, NULL);
    ck_assert_ptr_nonnull(store);
    event_log = rms_event_log_new(store, on_event, NULL);
}

static void close_log(void)
{
    g_clear_pointer(&event_log, rms_event_log_free);
    g_clear_pointer(&store, rms_store_close);
}

static void set_up(void)
{
    state = g_dir_make_tmp("rms-events-XXXXXX", NULL);
    file = g_build_filename(state, "connector.db", NULL);
    heard = g_ptr_array_new_with_free_func(g_object_unref);
    open_log();
}

static void tear_down(void)
{
    close_log();
    g_ptr_array_unref(heard);
    g_unlink(file);
    g_rmdir(state);
    g_free(file);
    g_free(state);
}

static void run_sql(const char *sql)
{
    sqlite3 *database = NULL;
    char *message = NULL;

    ck_assert_int_eq(sqlite3_open(file, &database), SQLITE_OK);
    ck_assert_msg(sqlite3_exec(database, sql, NULL, NULL, &message) == SQLITE_OK, "%s", message);
    sqlite3_close(database);
}

static GPtrArray *query(gint64 before_id, guint limit)
{
    g_autoptr(GError) error = NULL;
    GPtrArray *events = rms_event_log_query(event_log, before_id, limit, &error);

    ck_assert_msg(events != NULL, "%s", error != NULL ? error->message : "");
    return events;
}

static const struct {
    RmsEventNumber number;
    RmsEventLevel level;
} levels[] = {
    {RMS_EVENT_STARTED,            RMS_EVENT_LEVEL_INFORMATION},
    {RMS_EVENT_STOPPED,            RMS_EVENT_LEVEL_INFORMATION},
    {RMS_EVENT_FIRST_CONNECTION,   RMS_EVENT_LEVEL_INFORMATION},
    {RMS_EVENT_NOW_HTTPS,          RMS_EVENT_LEVEL_INFORMATION},
    {RMS_EVENT_LIST_UPDATED,       RMS_EVENT_LEVEL_INFORMATION},
    {RMS_EVENT_NO_IDENTITY,        RMS_EVENT_LEVEL_WARNING    },
    {RMS_EVENT_NOT_AUTHORIZED,     RMS_EVENT_LEVEL_WARNING    },
    {RMS_EVENT_PLAIN_HTTP,         RMS_EVENT_LEVEL_WARNING    },
    {RMS_EVENT_LIST_EMPTY,         RMS_EVENT_LEVEL_WARNING    },
    {RMS_EVENT_EXCEPTION,          RMS_EVENT_LEVEL_ERROR      },
    {RMS_EVENT_LIST_FAILED,        RMS_EVENT_LEVEL_ERROR      },
    {RMS_EVENT_LIST_PUSHED,        RMS_EVENT_LEVEL_INFORMATION},
    {RMS_EVENT_SUPER_USER_GRANTED, RMS_EVENT_LEVEL_WARNING    },
    {RMS_EVENT_SUPER_USER_FEATURE, RMS_EVENT_LEVEL_WARNING    },
    {RMS_EVENT_SIGNED_IN,          RMS_EVENT_LEVEL_INFORMATION},
    {RMS_EVENT_NTLM_REFUSED,       RMS_EVENT_LEVEL_WARNING    },
};

START_TEST(test_level)
{
    g_autoptr(RmsEvent) event = rms_event_new(levels[_i].number, "m", NULL, NULL, NULL);

    ck_assert_uint_eq(rms_event_get_level(event), levels[_i].level);
    ck_assert_uint_eq(rms_event_get_number(event), levels[_i].number);
}
END_TEST

START_TEST(test_event)
{
    gint64 before = g_get_real_time();
    g_autoptr(RmsEvent) event = rms_event_new(
        RMS_EVENT_NOT_AUTHORIZED, "m\xC3\xA4\nn", "CONTOSO\\A$", "S-1-5-21-1", "127.0.1.1");
    g_autofree char *message = NULL, *account = NULL, *sid = NULL, *computer = NULL;
    gint64 id = -1, time = 0;
    guint number = 0;
    RmsEventLevel level = RMS_EVENT_LEVEL_ERROR;

    g_object_get(event,
                 "id",
                 &id,
                 "time",
                 &time,
                 "number",
                 &number,
                 "level",
                 &level,
                 "message",
                 &message,
                 "account",
                 &account,
                 "sid",
                 &sid,
                 "computer",
                 &computer,
                 NULL);
    ck_assert_int_eq(id, 0);
    ck_assert_int_ge(time, before);
    ck_assert_int_le(time, g_get_real_time());
    ck_assert_uint_eq(number, 2001);
    ck_assert_uint_eq(level, RMS_EVENT_LEVEL_WARNING);
    ck_assert_str_eq(message, "m\xC3\xA4\nn");
    ck_assert_str_eq(account, "CONTOSO\\A$");
    ck_assert_str_eq(sid, "S-1-5-21-1");
    ck_assert_str_eq(computer, "127.0.1.1");
}
END_TEST

/* A message is cut at its limit, at a whole character, and is valid UTF-8 whatever came in. */
START_TEST(test_message_is_cut)
{
    g_autoptr(GString) longer = g_string_new("x");

    while (longer->len <= RMS_MAX_EVENT_MESSAGE_BYTES)
        g_string_append(longer, "\xE6\x9C\x8D");
    g_autoptr(RmsEvent) cut = rms_event_new(RMS_EVENT_STARTED, longer->str, NULL, NULL, NULL);
    gsize length = strlen(rms_event_get_message(cut));
    ck_assert_uint_le(length, RMS_MAX_EVENT_MESSAGE_BYTES);
    ck_assert_uint_gt(length, RMS_MAX_EVENT_MESSAGE_BYTES - 4);
    ck_assert(g_utf8_validate(rms_event_get_message(cut), -1, NULL));

    g_autoptr(RmsEvent) bad = rms_event_new(RMS_EVENT_STARTED, "a\xFF\xE6", "\x80", NULL, NULL);
    ck_assert(g_utf8_validate(rms_event_get_message(bad), -1, NULL));
    ck_assert(g_utf8_validate(rms_event_get_account(bad), -1, NULL));
}
END_TEST

START_TEST(test_round_trip)
{
    g_autoptr(RmsEvent) event =
        rms_event_new(RMS_EVENT_NOT_AUTHORIZED, "'\"\n", "A$", NULL, "127.0.1.1");

    rms_event_log_add(event_log, event);
    rms_event_log_addf(event_log, RMS_EVENT_STARTED, "%d%%", 100);
    g_autoptr(GPtrArray) events = query(0, 10);
    ck_assert_uint_eq(events->len, 2);
    ck_assert_str_eq(rms_event_get_message(events->pdata[0]), "100%");
    ck_assert_str_eq(rms_event_get_message(events->pdata[1]), "'\"\n");
    ck_assert_str_eq(rms_event_get_account(events->pdata[1]), "A$");
    ck_assert_ptr_null(rms_event_get_sid(events->pdata[1]));
    ck_assert_str_eq(rms_event_get_computer(events->pdata[1]), "127.0.1.1");
    ck_assert_int_eq(rms_event_get_time(events->pdata[1]), rms_event_get_time(event));
    ck_assert_uint_eq(rms_event_get_number(events->pdata[1]), 2001);
    ck_assert_int_eq(rms_event_get_id(events->pdata[1]), rms_event_get_id(event));
}
END_TEST

/* Events of one turn are written together and told in order once they have their ids. */
START_TEST(test_order_and_turn)
{
    for (guint i = 0; i < 50; i++)
        rms_event_log_addf(event_log, RMS_EVENT_NOT_AUTHORIZED, "%u", i);
    ck_assert_uint_eq(heard->len, 0);
    while (heard->len == 0)
        g_main_context_iteration(NULL, TRUE);
    ck_assert_uint_eq(heard->len, 50);
    gint64 last = 0;
    for (guint i = 0; i < heard->len; i++) {
        ck_assert_int_gt(rms_event_get_id(heard->pdata[i]), last);
        last = rms_event_get_id(heard->pdata[i]);
        ck_assert_int_eq(atoi(rms_event_get_message(heard->pdata[i])), (int) i);
    }
    ck_assert(!g_main_context_pending(NULL));

    rms_event_log_addf(event_log, RMS_EVENT_NOT_AUTHORIZED, "now");
    rms_event_log_flush(event_log);
    ck_assert_uint_eq(heard->len, 51);
    ck_assert(!g_main_context_pending(NULL));
}
END_TEST

START_TEST(test_query_pages)
{
    for (guint i = 1; i <= 25; i++)
        rms_event_log_addf(event_log, RMS_EVENT_NOT_AUTHORIZED, "%u", i);
    gint64 before = 0;
    int expected = 25;
    for (guint page = 0; page < 3; page++) {
        g_autoptr(GPtrArray) events = query(before, 10);
        ck_assert_uint_eq(events->len, page < 2 ? 10 : 5);
        for (guint i = 0; i < events->len; i++)
            ck_assert_int_eq(atoi(rms_event_get_message(events->pdata[i])), expected--);
        before = rms_event_get_id(events->pdata[events->len - 1]);
    }
    g_autoptr(GPtrArray) end = query(before, 10);
    ck_assert_uint_eq(end->len, 0);
}
END_TEST

START_TEST(test_survives_close)
{
    rms_event_log_addf(event_log, RMS_EVENT_STOPPED, "last words");
    close_log();
    ck_assert_uint_eq(heard->len, 1);
    open_log();
    g_autoptr(GPtrArray) events = query(0, 10);
    ck_assert_uint_eq(events->len, 1);
    rms_event_log_addf(event_log, RMS_EVENT_STARTED, "again");
    g_autoptr(GPtrArray) more = query(0, 10);
    ck_assert_int_gt(rms_event_get_id(more->pdata[0]), rms_event_get_id(more->pdata[1]));
}
END_TEST

static gint64 count_rows(void)
{
    g_autoptr(GPtrArray) events = query(0, G_MAXINT32);

    return events->len;
}

/* The oldest go; ids go on rising. */
START_TEST(test_prune)
{
    close_log();
    run_sql(
        "PRAGMA synchronous = OFF; WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM "
        "n WHERE i < 200500) INSERT INTO events(id, time, number, message) SELECT i, i, 2001, i "
        "FROM n");
    open_log();
    ck_assert_int_eq(count_rows(), RMS_MAX_EVENTS);
    for (guint i = 0; i < 1000; i++)
        rms_event_log_addf(event_log, RMS_EVENT_NOT_AUTHORIZED, "new");
    rms_event_log_flush(event_log);
    ck_assert_int_eq(count_rows(), RMS_MAX_EVENTS);
    g_autoptr(GPtrArray) newest = query(0, 1);
    ck_assert_int_eq(rms_event_get_id(newest->pdata[0]), 201500);
}
END_TEST

/* The disk is full: the listener hears all, and the loss is told once there is room again. */
START_TEST(test_disk_full)
{
    struct rlimit unlimited, limited;
    g_autofree char *large = g_strnfill(40000, 'x');

    rms_event_log_addf(event_log, RMS_EVENT_STARTED, "before");
    rms_event_log_flush(event_log);
    g_ptr_array_set_size(heard, 0);

    signal(SIGXFSZ, SIG_IGN);
    ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &unlimited), 0);
    limited = unlimited;
    limited.rlim_cur = 32 * 1024;
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limited), 0);
    for (guint i = 0; i < 3; i++) {
        rms_event_log_addf(event_log, RMS_EVENT_NOT_AUTHORIZED, "lost %s", large);
        rms_event_log_addf(event_log, RMS_EVENT_NOT_AUTHORIZED, "lost too");
        rms_event_log_flush(event_log);
    }
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &unlimited), 0);
    ck_assert_uint_eq(heard->len, 6);
    for (guint i = 0; i < heard->len; i++)
        ck_assert_int_eq(rms_event_get_id(heard->pdata[i]), 0);

    rms_event_log_addf(event_log, RMS_EVENT_NOT_AUTHORIZED, "after");
    rms_event_log_flush(event_log);
    ck_assert_uint_eq(heard->len, 8);
    g_autoptr(GPtrArray) events = query(0, 10);
    ck_assert_uint_eq(events->len, 3);
    ck_assert_str_eq(rms_event_get_message(events->pdata[0]), "after");
    ck_assert_uint_eq(rms_event_get_number(events->pdata[1]), RMS_EVENT_EXCEPTION);
    ck_assert(g_str_has_prefix(rms_event_get_message(events->pdata[1]), "6 events "));
    ck_assert_str_eq(rms_event_get_message(events->pdata[2]), "before");

    rms_event_log_addf(event_log, RMS_EVENT_NOT_AUTHORIZED, "and on");
    g_autoptr(GPtrArray) later = query(0, 10);
    ck_assert_uint_eq(later->len, 4);
}
END_TEST

/* Whoever locks the file loses us events, not time. */
START_TEST(test_locked)
{
    sqlite3 *other = NULL;
    gint64 begin = g_get_monotonic_time();

    ck_assert_int_eq(sqlite3_open(file, &other), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    rms_event_log_addf(event_log, RMS_EVENT_NOT_AUTHORIZED, "lost");
    rms_event_log_flush(event_log);
    ck_assert_int_lt(g_get_monotonic_time() - begin, 5 * G_USEC_PER_SEC);
    ck_assert_uint_eq(heard->len, 1);
    sqlite3_close(other);
    rms_event_log_addf(event_log, RMS_EVENT_NOT_AUTHORIZED, "kept");
    g_autoptr(GPtrArray) events = query(0, 10);
    ck_assert_uint_eq(events->len, 2);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("event-log");
    TCase *tcase = tcase_create("event-log");

    tcase_set_timeout(tcase, 120);
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_loop_test(tcase, test_level, 0, G_N_ELEMENTS(levels));
    tcase_add_test(tcase, test_event);
    tcase_add_test(tcase, test_message_is_cut);
    tcase_add_test(tcase, test_round_trip);
    tcase_add_test(tcase, test_order_and_turn);
    tcase_add_test(tcase, test_query_pages);
    tcase_add_test(tcase, test_survives_close);
    tcase_add_test(tcase, test_prune);
    tcase_add_test(tcase, test_disk_full);
    tcase_add_test(tcase, test_locked);
    suite_add_tcase(suite, tcase);

    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
