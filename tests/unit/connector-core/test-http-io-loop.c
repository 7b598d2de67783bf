/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The loop: edges, wake-ups in turn, watches that end under others, timers that move.
 */
#include "config.h"

#include <check.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "connector-core/io-loop.h"

#define MS ((gint64) 1000)

typedef struct {
    RmsWatch watch;
    RmsTimer timer;
    GString *trace;
    char name;
    guint32 events;
    guint n_steps;
    gint64 fired_at;
    RmsWatch *wakes;
    RmsWatch *stops;
} Thing;

static RmsIoLoop *loop;

static void on_thing_stepped(RmsWatch *watch, guint32 events)
{
    Thing *thing = RMS_CONTAINER_OF(watch, Thing, watch);

    thing->events |= events;
    thing->n_steps++;
    if (thing->trace != NULL) {
        g_string_append_c(thing->trace, thing->name);
    }
    if (thing->wakes != NULL) {
        rms_watch_wake(thing->wakes);
    }
    if (thing->stops != NULL) {
        rms_watch_stop(thing->stops);
    }
}

static void on_thing_timed(RmsTimer *timer)
{
    Thing *thing = RMS_CONTAINER_OF(timer, Thing, timer);

    thing->fired_at = g_get_monotonic_time();
    if (thing->trace != NULL) {
        g_string_append_c(thing->trace, thing->name);
    }
}

static void setup(void)
{
    loop = rms_io_loop_new(NULL);
    ck_assert_ptr_nonnull(loop);
}

static void teardown(void)
{
    rms_io_loop_free(loop);
}

/* Runs until nothing is ready any more. */
static void run(void)
{
    while (g_main_context_iteration(NULL, FALSE)) {
    }
}

START_TEST(test_edges)
{
    Thing thing = {0};
    int pair[2];
    char byte;

    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair), 0);
    ck_assert(rms_watch_start(&thing.watch, loop, pair[0], on_thing_stepped, NULL));
    run();
    ck_assert_uint_eq(thing.events, EPOLLOUT);
    ck_assert_uint_eq(thing.n_steps, 1);
    run();
    ck_assert_uint_eq(thing.n_steps, 1);
    ck_assert_int_eq(write(pair[1], "x", 1), 1);
    run();
    ck_assert(thing.events & EPOLLIN);
    ck_assert_int_eq(read(pair[0], &byte, 1), 1);
    thing.events = 0;
    close(pair[1]);
    run();
    ck_assert(thing.events & EPOLLHUP);
    rms_watch_stop(&thing.watch);
    rms_watch_stop(&thing.watch);
    close(pair[0]);
}
END_TEST

START_TEST(test_wakes_in_turn)
{
    g_autoptr(GString) trace = g_string_new(NULL);
    Thing a = {.trace = trace, .name = 'a'};
    Thing b = {.trace = trace, .name = 'b'};
    Thing c = {.trace = trace, .name = 'c'};

    a.wakes = &c.watch;
    ck_assert(rms_watch_start(&a.watch, loop, -1, on_thing_stepped, NULL));
    ck_assert(rms_watch_start(&b.watch, loop, -1, on_thing_stepped, NULL));
    ck_assert(rms_watch_start(&c.watch, loop, -1, on_thing_stepped, NULL));
    rms_watch_wake(&a.watch);
    rms_watch_wake(&b.watch);
    rms_watch_wake(&a.watch);
    ck_assert_str_eq(trace->str, "");
    run();
    /* Each once, and what a step wakes comes behind those who wait already. */
    ck_assert_str_eq(trace->str, "abc");
    rms_watch_stop(&a.watch);
    rms_watch_stop(&b.watch);
    rms_watch_stop(&c.watch);
}
END_TEST

START_TEST(test_stopped_before_its_turn)
{
    Thing a = {0};
    Thing b = {0};
    int first[2];
    int second[2];

    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, first), 0);
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, second), 0);
    ck_assert(rms_watch_start(&a.watch, loop, first[0], on_thing_stepped, NULL));
    ck_assert(rms_watch_start(&b.watch, loop, second[0], on_thing_stepped, NULL));
    /* Both have an event in the same batch; whoever comes first ends the other. */
    a.stops = &b.watch;
    b.stops = &a.watch;
    run();
    ck_assert_uint_eq(a.n_steps + b.n_steps, 1);
    rms_watch_stop(&a.watch);
    rms_watch_stop(&b.watch);
    for (guint i = 0; i < 2; i++) {
        close(first[i]);
        close(second[i]);
    }
}
END_TEST

static void count_free(gpointer data)
{
    (*(guint *) data)++;
}

START_TEST(test_deferred_free)
{
    guint freed = 0;

    rms_io_loop_defer_free(loop, &freed, count_free);
    ck_assert_uint_eq(freed, 0);
    run();
    ck_assert_uint_eq(freed, 1);
    rms_io_loop_defer_free(loop, &freed, count_free);
    teardown();
    ck_assert_uint_eq(freed, 2);
    setup();
}
END_TEST

static void run_until(const Thing *thing)
{
    while (thing->fired_at == 0) {
        g_main_context_iteration(NULL, TRUE);
    }
}

START_TEST(test_timers_in_order)
{
    g_autoptr(GString) trace = g_string_new(NULL);
    gint64 now = g_get_monotonic_time();
    Thing things[4] = {0};

    for (guint i = 0; i < 4; i++) {
        things[i].trace = trace;
        things[i].name = (char) ('a' + i);
        rms_timer_set(&things[i].timer, loop, now + (350 - 100 * (gint64) i) * MS, on_thing_timed);
    }
    rms_timer_clear(&things[2].timer);
    run_until(&things[0]);
    ck_assert_str_eq(trace->str, "dba");
    for (guint i = 0; i < 4; i++) {
        rms_timer_stop(&things[i].timer);
    }
}
END_TEST

START_TEST(test_timer_never_early)
{
    gint64 now = g_get_monotonic_time();
    Thing moved_out = {0};
    Thing moved_in = {0};
    Thing past = {0};

    rms_timer_set(&moved_out.timer, loop, now + 60 * MS, on_thing_timed);
    rms_timer_set(&moved_out.timer, loop, now + 300 * MS, on_thing_timed);
    rms_timer_set(&moved_in.timer, loop, now + 3600 * 1000 * MS, on_thing_timed);
    rms_timer_set(&moved_in.timer, loop, now + 120 * MS, on_thing_timed);
    rms_timer_set(&past.timer, loop, now - 1, on_thing_timed);
    run_until(&moved_out);
    ck_assert_int_ge(moved_out.fired_at, now + 300 * MS);
    ck_assert_int_ge(moved_in.fired_at, now + 120 * MS);
    ck_assert_int_lt(moved_in.fired_at, moved_out.fired_at);
    ck_assert_int_ne(past.fired_at, 0);
    rms_timer_stop(&moved_out.timer);
    rms_timer_stop(&moved_in.timer);
    rms_timer_stop(&past.timer);
}
END_TEST

START_TEST(test_far_timer_keeps_its_distance)
{
    gint64 now = g_get_monotonic_time();
    Thing far = {0};
    Thing near = {0};

    /* Beyond the wheel's horizon. */
    rms_timer_set(&far.timer, loop, now + 3600 * 1000 * MS, on_thing_timed);
    rms_timer_set(&near.timer, loop, now + 100 * MS, on_thing_timed);
    run_until(&near);
    ck_assert_int_eq(far.fired_at, 0);
    rms_timer_stop(&far.timer);
    rms_timer_stop(&near.timer);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("http-io-loop");
    TCase *tcase = tcase_create("loop");
    SRunner *runner;
    int failed;

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, test_edges);
    tcase_add_test(tcase, test_wakes_in_turn);
    tcase_add_test(tcase, test_stopped_before_its_turn);
    tcase_add_test(tcase, test_deferred_free);
    tcase_add_test(tcase, test_timers_in_order);
    tcase_add_test(tcase, test_timer_never_early);
    tcase_add_test(tcase, test_far_timer_keeps_its_distance);
    suite_add_tcase(suite, tcase);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
