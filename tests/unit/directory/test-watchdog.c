/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Deadlines for calls that block, and threads that end later.
 */
#include "config.h"

#include <check.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "directory/directory-thread-private.h"
#include "directory/directory-watchdog-private.h"

/* Of the owner that the watchdog calls back. */
typedef struct {
    GMutex lock;
    GCond changed;
    guint stuck;
    guint freed;
} Owner;

static void on_stuck(gpointer data)
{
    Owner *owner = data;
    g_mutex_lock(&owner->lock);
    owner->stuck++;
    g_cond_broadcast(&owner->changed);
    g_mutex_unlock(&owner->lock);
}

static void on_freed(gpointer data)
{
    Owner *owner = data;
    g_mutex_lock(&owner->lock);
    owner->freed++;
    g_cond_broadcast(&owner->changed);
    g_mutex_unlock(&owner->lock);
}

static void wait_for(Owner *owner, guint *count, guint wanted)
{
    g_mutex_lock(&owner->lock);
    while (*count < wanted)
        g_cond_wait(&owner->changed, &owner->lock);
    g_mutex_unlock(&owner->lock);
}

START_TEST(test_blocked_read_returns)
{
    Owner owner = {0};
    int fds[2];
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
    RmsWatchdog *watchdog = rms_watchdog_new(on_stuck, &owner, on_freed);
    rms_watchdog_set_socket(watchdog, fds[0]);
    rms_watchdog_arm(watchdog, 20);
    char byte;
    ck_assert_int_eq(read(fds[0], &byte, 1), 0);
    ck_assert(rms_watchdog_disarm(watchdog));
    rms_watchdog_free(watchdog);
    wait_for(&owner, &owner.freed, 1);
    ck_assert_uint_eq(owner.stuck, 0);
    close(fds[0]);
    close(fds[1]);
}
END_TEST

START_TEST(test_in_time)
{
    Owner owner = {0};
    int fds[2];
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
    RmsWatchdog *watchdog = rms_watchdog_new(on_stuck, &owner, on_freed);
    rms_watchdog_set_socket(watchdog, fds[0]);
    /* A second watchdog fires meanwhile: the thread has seen both, and touched only its socket. */
    int others[2];
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, others), 0);
    RmsWatchdog *other = rms_watchdog_new(on_stuck, &owner, on_freed);
    rms_watchdog_set_socket(other, others[0]);
    rms_watchdog_arm(watchdog, 60000);
    rms_watchdog_arm(other, 20);
    char byte;
    ck_assert_int_eq(read(others[0], &byte, 1), 0);
    ck_assert(!rms_watchdog_disarm(watchdog));
    ck_assert_int_eq(write(fds[0], "x", 1), 1);
    ck_assert(rms_watchdog_disarm(other));

    rms_watchdog_free(watchdog);
    rms_watchdog_free(other);
    wait_for(&owner, &owner.freed, 2);
    for (int i = 0; i < 2; i++) {
        close(fds[i]);
        close(others[i]);
    }
}
END_TEST

/* The thread is not told of every deadline: it meets one that is earlier than the last in time, and
 * takes none for passed that was replaced by a later one. */
START_TEST(test_armed_again)
{
    Owner owner = {0};
    int fds[2];
    int others[2];
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, others), 0);
    RmsWatchdog *watchdog = rms_watchdog_new(on_stuck, &owner, on_freed);
    RmsWatchdog *other = rms_watchdog_new(on_stuck, &owner, on_freed);
    rms_watchdog_set_socket(watchdog, fds[0]);
    rms_watchdog_set_socket(other, others[0]);

    rms_watchdog_arm(watchdog, 20);
    ck_assert(!rms_watchdog_disarm(watchdog));
    rms_watchdog_arm(watchdog, 60000);
    rms_watchdog_arm(other, 100);
    char byte;
    ck_assert_int_eq(read(others[0], &byte, 1), 0);
    ck_assert(rms_watchdog_disarm(other));
    ck_assert(!rms_watchdog_disarm(watchdog));

    rms_watchdog_arm(watchdog, 20);
    ck_assert_int_eq(read(fds[0], &byte, 1), 0);
    ck_assert(rms_watchdog_disarm(watchdog));

    rms_watchdog_free(watchdog);
    rms_watchdog_free(other);
    wait_for(&owner, &owner.freed, 2);
    for (int i = 0; i < 2; i++) {
        close(fds[i]);
        close(others[i]);
    }
}
END_TEST

START_TEST(test_number_used_again)
{
    /* Whoever closed the socket and got its number anew is left alone. */
    Owner owner = {0};
    int fds[2];
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
    RmsWatchdog *watchdog = rms_watchdog_new(on_stuck, &owner, on_freed);
    rms_watchdog_set_socket(watchdog, fds[0]);
    int number = fds[0];
    close(fds[0]);
    int innocent[2];
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, innocent), 0);
    ck_assert_int_eq(innocent[0], number);
    rms_watchdog_arm(watchdog, 1);
    wait_for(&owner, &owner.stuck, 1);
    ck_assert_int_eq(write(innocent[0], "x", 1), 1);
    char byte;
    ck_assert_int_eq(read(innocent[1], &byte, 1), 1);
    rms_watchdog_free(watchdog);
    wait_for(&owner, &owner.freed, 1);
    close(fds[1]);
    close(innocent[0]);
    close(innocent[1]);
}
END_TEST

START_TEST(test_cancellable)
{
    Owner owner = {0};
    RmsWatchdog *watchdog = rms_watchdog_new(on_stuck, &owner, on_freed);
    g_autoptr(GCancellable) cancellable = g_cancellable_new();
    rms_watchdog_set_cancellable(watchdog, cancellable);
    rms_watchdog_arm(watchdog, 5);
    wait_for(&owner, &owner.stuck, 1);
    ck_assert(g_cancellable_is_cancelled(cancellable));
    /* Once only. */
    ck_assert(rms_watchdog_disarm(watchdog));
    ck_assert_uint_eq(owner.stuck, 1);
    rms_watchdog_free(watchdog);
    wait_for(&owner, &owner.freed, 1);
}
END_TEST

static void run_until_written(gpointer data)
{
    int *fds = data;
    char byte;
    gssize got = read(fds[0], &byte, 1);
    fds[0] = got == 1 ? -2 : -3;
}

START_TEST(test_waits_for_stopping_threads)
{
    int fds[2];
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
    int reading = fds[0];
    RmsThread *thread = rms_thread_start("test", run_until_written, fds);
    /* Runs, and was not told to end: not waited for. */
    rms_thread_wait_for_stopping();
    rms_thread_set_stopping(thread);
    ck_assert_int_eq(write(fds[1], "x", 1), 1);
    rms_thread_wait_for_stopping();
    ck_assert_int_eq(fds[0], -2);
    rms_thread_set_stuck(thread);
    rms_thread_unref(thread);
    close(reading);
    close(fds[1]);
}
END_TEST

START_TEST(test_does_not_wait_for_stuck_threads)
{
    static int fds[2];
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
    RmsThread *thread = rms_thread_start("test", run_until_written, fds);
    rms_thread_set_stopping(thread);
    rms_thread_set_stuck(thread);
    rms_thread_wait_for_stopping();
    ck_assert_int_eq(write(fds[1], "x", 1), 1);
    rms_thread_unref(thread);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("directory watchdog");
    TCase *tcase = tcase_create("all");
    tcase_add_test(tcase, test_blocked_read_returns);
    tcase_add_test(tcase, test_in_time);
    tcase_add_test(tcase, test_armed_again);
    tcase_add_test(tcase, test_number_used_again);
    tcase_add_test(tcase, test_cancellable);
    tcase_add_test(tcase, test_waits_for_stopping_threads);
    tcase_add_test(tcase, test_does_not_wait_for_stuck_threads);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
