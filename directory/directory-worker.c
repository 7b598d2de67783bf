/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The worker's loop. What the answers mean is the queries' business; how to connect is the
 * connection's.
 */
#include "config.h"

#include "directory/directory-worker-private.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "directory/directory-cleanup-private.h"
#include "directory/directory-error-private.h"
#include "directory/directory-failover-private.h"
#include "directory/directory-limits.h"
#include "directory/directory-locator-private.h"
#include "directory/directory-thread-private.h"

/* Messages taken in one go, before new calls and cancelled ones are looked at. */
#define MESSAGES_A_TURN 256

struct _RmsWorker {
    gatomicrefcount ref_count;
    RmsDirectorySettings *settings; /* the thread's; replaced with the lock held */
    guint timeout_ms;
    int wake_fd;
    GCancellable *give_up; /* cancelled when nobody waits for a connection any more */
    RmsThread *thread;

    GMutex lock;
    RmsDirectorySettings *next_settings; /* (nullable): for the next connection */
    GQueue incoming;                     /* RmsQuery */
    GPtrArray *calls;                    /* RmsCall: all that wait, for the watchdog */
    gboolean quit;
    gboolean stuck;

    /* Of the thread only. */
    RmsWatchdog *watchdog;
    RmsConnection *connection;
    GPtrArray *jobs;      /* in the order of the calls */
    GError *refused;      /* (nullable): why the password of the settings was refused */
    gint64 refused_until; /* monotonic µs: when it may be sent again */
};

/* A query under way. */
typedef struct {
    RmsQuery *query;
    gboolean started;
    gint64 deadline; /* monotonic µs, of the next message */
} Job;

static RmsWorker *rms_worker_ref(RmsWorker *worker)
{
    g_atomic_ref_count_inc(&worker->ref_count);
    return worker;
}

static void rms_worker_unref(gpointer data)
{
    RmsWorker *worker = data;
    if (!g_atomic_ref_count_dec(&worker->ref_count))
        return;
    g_queue_clear_full(&worker->incoming, (GDestroyNotify) rms_query_free);
    g_ptr_array_unref(worker->calls);
    rms_directory_settings_free(worker->settings);
    rms_directory_settings_free(worker->next_settings);
    rms_thread_unref(worker->thread);
    g_object_unref(worker->give_up);
    close(worker->wake_fd);
    g_mutex_clear(&worker->lock);
    g_free(worker);
}

static void wake(gpointer data)
{
    RmsWorker *worker = data;
    const guint64 one = 1;
    /* Only fails when the counter is full, and then the thread is awake anyway. */
    (void) !write(worker->wake_fd, &one, sizeof one);
}

static void free_job(gpointer data)
{
    Job *job = data;
    rms_query_free(job->query);
    g_free(job);
}

static void fail_call(RmsCall *call, const GError *error)
{
    rms_call_fail(call, g_error_copy(error));
}

static const char *name_servers(const RmsDirectorySettings *settings)
{
    if (settings->server != NULL)
        return settings->server;
    return settings->domain != NULL ? settings->domain : "The default realm";
}

/* In the watchdog's thread: the worker hangs where no socket of ours can free it. */
static void on_worker_stuck(gpointer data)
{
    RmsWorker *worker = data;
    g_mutex_lock(&worker->lock);
    g_autoptr(GError) error = g_error_new(
        RMS_DIRECTORY_ERROR,
        RMS_DIRECTORY_ERROR_UNREACHABLE,
        "%s: No answer in time, from DNS, the Kerberos server or the domain controller; "
        "check the network, and try again",
        name_servers(worker->settings));
    worker->stuck = TRUE;
    g_autoptr(GPtrArray) calls = g_steal_pointer(&worker->calls);
    worker->calls = g_ptr_array_new_with_free_func((GDestroyNotify) rms_call_unref);
    g_mutex_unlock(&worker->lock);
    for (guint i = 0; i < calls->len; i++)
        fail_call(calls->pdata[i], error);
    rms_thread_set_stuck(worker->thread);
}

static void finish_job(RmsWorker *worker, guint index)
{
    Job *job = worker->jobs->pdata[index];
    g_mutex_lock(&worker->lock);
    g_ptr_array_remove_fast(worker->calls, rms_query_get_call(job->query));
    g_mutex_unlock(&worker->lock);
    g_ptr_array_remove_index(worker->jobs, index);
}

/* Returns: FALSE when it is time to go. */
static gboolean take_incoming(RmsWorker *worker)
{
    guint64 count;
    (void) !read(worker->wake_fd, &count, sizeof count);

    g_mutex_lock(&worker->lock);
    for (RmsQuery *query; (query = g_queue_pop_head(&worker->incoming)) != NULL;) {
        Job *job = g_new0(Job, 1);
        job->query = query;
        g_ptr_array_add(worker->jobs, job);
    }
    gboolean go_on = !worker->quit && !worker->stuck;
    g_mutex_unlock(&worker->lock);
    return go_on;
}

static void abandon(RmsWorker *worker, Job *job)
{
    int id = rms_query_get_message_id(job->query);
    if (worker->connection == NULL || !job->started || id < 0)
        return;
    rms_watchdog_arm(worker->watchdog, worker->timeout_ms);
    ldap_abandon_ext(rms_connection_get_ldap(worker->connection), id, NULL, NULL);
    rms_watchdog_disarm(worker->watchdog);
}

static void drop_ended(RmsWorker *worker)
{
    for (guint i = worker->jobs->len; i > 0; i--) {
        Job *job = worker->jobs->pdata[i - 1];
        if (!rms_call_has_ended(rms_query_get_call(job->query)))
            continue;
        abandon(worker, job);
        finish_job(worker, i - 1);
    }
}

/* The connection is gone. Queries that have not been started twice wait for the next one, which is
 * to another server when this one hangs. */
static void disconnect(RmsWorker *worker, int code)
{
    if (code == LDAP_TIMEOUT && worker->connection != NULL)
        rms_locator_note(rms_connection_get_target(worker->connection), FALSE);
    g_autoptr(GError) error = rms_directory_error_new(
        RMS_STEP_SEARCH,
        code,
        NULL,
        worker->connection != NULL ? rms_connection_get_host(worker->connection) : "");
    g_clear_pointer(&worker->connection, rms_connection_close);
    for (guint i = worker->jobs->len; i > 0; i--) {
        Job *job = worker->jobs->pdata[i - 1];
        job->started = FALSE;
        if (rms_query_get_starts(job->query) < RMS_QUERY_MAX_STARTS)
            continue;
        fail_call(rms_query_get_call(job->query), error);
        finish_job(worker, i - 1);
    }
}

static void fail_all(RmsWorker *worker, const GError *error)
{
    while (worker->jobs->len > 0) {
        Job *job = worker->jobs->pdata[worker->jobs->len - 1];
        fail_call(rms_query_get_call(job->query), error);
        finish_job(worker, worker->jobs->len - 1);
    }
}

static void expect_message(RmsWorker *worker, Job *job)
{
    job->deadline = g_get_monotonic_time() + worker->timeout_ms * G_TIME_SPAN_MILLISECOND;
}

/* What became of a query after it was started or got a message. Returns: FALSE when the connection
 * is lost. */
static gboolean settle(RmsWorker *worker, guint index, RmsQueryState state)
{
    Job *job = worker->jobs->pdata[index];
    switch (state) {
    case RMS_QUERY_WAITING:
        expect_message(worker, job);
        return TRUE;
    case RMS_QUERY_DONE:
        /* A search that has enough leaves its answers behind. */
        abandon(worker, job);
        finish_job(worker, index);
        return TRUE;
    case RMS_QUERY_LOST:
    default:
        return FALSE;
    }
}

/* Only without a connection, which refers to them. */
static void take_settings(RmsWorker *worker)
{
    g_mutex_lock(&worker->lock);
    if (worker->next_settings != NULL) {
        rms_directory_settings_free(worker->settings);
        worker->settings = g_steal_pointer(&worker->next_settings);
        g_clear_error(&worker->refused);
    }
    g_mutex_unlock(&worker->lock);
}

/* Returns: whether there is a connection; else all jobs have failed. */
static gboolean ensure_connection(RmsWorker *worker)
{
    if (worker->connection != NULL)
        return TRUE;
    take_settings(worker);
    if (worker->refused != NULL && g_get_monotonic_time() < worker->refused_until) {
        fail_all(worker, worker->refused);
        return FALSE;
    }
    g_clear_error(&worker->refused);

    g_autoptr(GError) error = NULL;
    worker->connection =
        rms_failover_connect(worker->settings, worker->watchdog, worker->give_up, &error);
    if (worker->connection == NULL) {
        fail_all(worker, error);
        if (g_error_matches(error, RMS_DIRECTORY_ERROR, RMS_DIRECTORY_ERROR_PASSWORD)) {
            worker->refused = g_steal_pointer(&error);
            worker->refused_until =
                g_get_monotonic_time() + RMS_REFUSED_PASSWORD_SECONDS * G_TIME_SPAN_SECOND;
        }
        return FALSE;
    }
    take_incoming(worker);
    drop_ended(worker);
    return TRUE;
}

static void start_jobs(RmsWorker *worker)
{
    if (worker->jobs->len == 0 || !ensure_connection(worker))
        return;
    guint index = 0;
    while (index < MIN(worker->jobs->len, RMS_MAX_QUERIES_AT_ONCE)) {
        Job *job = worker->jobs->pdata[index];
        if (job->started) {
            index++;
            continue;
        }
        job->started = TRUE;
        rms_watchdog_arm(worker->watchdog, worker->timeout_ms);
        RmsQueryState state = rms_query_start(job->query, worker->connection);
        gboolean timed_out = rms_watchdog_disarm(worker->watchdog);
        /* A query that is done already leaves its place to the next. */
        if (!settle(worker, index, state) || timed_out) {
            disconnect(worker, timed_out ? LDAP_TIMEOUT : LDAP_SERVER_DOWN);
            return;
        }
    }
}

static gboolean find_job(RmsWorker *worker, int message_id, guint *index)
{
    for (guint i = 0; i < worker->jobs->len; i++) {
        Job *job = worker->jobs->pdata[i];
        if (job->started && rms_query_get_message_id(job->query) == message_id) {
            *index = i;
            return TRUE;
        }
    }
    return FALSE;
}

/* Returns: whether there may be more at once. */
static gboolean take_messages(RmsWorker *worker, gint64 *last_message)
{
    LDAP *ldap = rms_connection_get_ldap(worker->connection);
    struct timeval at_once = {0};

    for (guint taken = 0; taken < MESSAGES_A_TURN; taken++) {
        g_autoptr(LDAPMessage) message = NULL;
        /* Blocks when a message has come only in part: hence the watchdog. */
        rms_watchdog_arm(worker->watchdog, worker->timeout_ms);
        int type = ldap_result(ldap, LDAP_RES_ANY, LDAP_MSG_ONE, &at_once, &message);
        gboolean timed_out = rms_watchdog_disarm(worker->watchdog);
        if (type == 0 && !timed_out)
            return FALSE;
        if (type < 0 || timed_out) {
            disconnect(worker, timed_out ? LDAP_TIMEOUT : LDAP_SERVER_DOWN);
            return FALSE;
        }
        *last_message = g_get_monotonic_time();
        int id = ldap_msgid(message);
        guint index;
        if (!find_job(worker, id, &index))
            continue;
        Job *job = worker->jobs->pdata[index];
        rms_watchdog_arm(worker->watchdog, worker->timeout_ms);
        RmsQueryState state = rms_query_handle(job->query, worker->connection, message);
        timed_out = rms_watchdog_disarm(worker->watchdog);
        if (!settle(worker, index, state) || timed_out) {
            disconnect(worker, timed_out ? LDAP_TIMEOUT : LDAP_SERVER_DOWN);
            return FALSE;
        }
    }
    return TRUE;
}

/* Queries whose answer is overdue: if the server said nothing at all in that time, it hangs, and
 * they go on with another one. Else it is only slow with these, and they fail. */
static void expire(RmsWorker *worker, gint64 last_message)
{
    gint64 now = g_get_monotonic_time();
    gboolean hangs = now - last_message >= worker->timeout_ms * G_TIME_SPAN_MILLISECOND;
    for (guint i = worker->jobs->len; i > 0; i--) {
        Job *job = worker->jobs->pdata[i - 1];
        if (!job->started || now < job->deadline)
            continue;
        if (hangs) {
            disconnect(worker, LDAP_TIMEOUT);
            return;
        }
        rms_call_fail(
            rms_query_get_call(job->query),
            rms_directory_error_new(
                RMS_STEP_SEARCH, LDAP_TIMEOUT, NULL, rms_connection_get_host(worker->connection)));
        abandon(worker, job);
        finish_job(worker, i - 1);
    }
}

static void wait_for_work(RmsWorker *worker)
{
    struct pollfd fds[2] = {
        {.fd = worker->wake_fd, .events = POLLIN},
    };
    nfds_t count = 1;
    if (worker->connection != NULL)
        fds[count++] =
            (struct pollfd){.fd = rms_connection_get_fd(worker->connection), .events = POLLIN};
    gint64 next = G_MAXINT64;
    for (guint i = 0; i < worker->jobs->len; i++) {
        Job *job = worker->jobs->pdata[i];
        if (job->started)
            next = MIN(next, job->deadline);
        else if (i < RMS_MAX_QUERIES_AT_ONCE)
            next = 0;
    }
    int timeout = -1;
    if (next != G_MAXINT64)
        timeout = (int) CLAMP((next - g_get_monotonic_time() + 999) / 1000, 0, G_MAXINT);
    poll(fds, count, timeout);
}

static void run(gpointer data)
{
    RmsWorker *worker = data;
    gint64 last_message = 0;

    /* libldap writes to sockets that the watchdog or the peer has shut down. */
    sigset_t broken_pipe;
    sigemptyset(&broken_pipe);
    sigaddset(&broken_pipe, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &broken_pipe, NULL);

    while (take_incoming(worker)) {
        drop_ended(worker);
        start_jobs(worker);
        gboolean more = FALSE;
        if (worker->connection != NULL)
            more = take_messages(worker, &last_message);
        expire(worker, last_message);
        if (!more)
            wait_for_work(worker);
    }

    g_clear_pointer(&worker->connection, rms_connection_close);
    g_clear_error(&worker->refused);
    g_ptr_array_unref(worker->jobs);
    rms_watchdog_free(worker->watchdog);
    rms_worker_unref(worker);
}

RmsWorker *rms_worker_new(RmsDirectorySettings *settings)
{
    g_return_val_if_fail(settings != NULL, NULL);

    RmsWorker *worker = g_new0(RmsWorker, 1);
    g_atomic_ref_count_init(&worker->ref_count);
    g_mutex_init(&worker->lock);
    worker->settings = settings;
    worker->timeout_ms =
        settings->timeout_ms > 0 ? settings->timeout_ms : RMS_DEFAULT_DIRECTORY_TIMEOUT_MS;
    worker->give_up = g_cancellable_new();
    worker->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    /* As GLib's own loops do: without one, nothing would ever wake the thread. */
    if (worker->wake_fd < 0)
        g_error("directory: no wake-up descriptor: %s", g_strerror(errno));
    g_queue_init(&worker->incoming);
    worker->calls = g_ptr_array_new_with_free_func((GDestroyNotify) rms_call_unref);
    worker->jobs = g_ptr_array_new_with_free_func(free_job);
    worker->watchdog = rms_watchdog_new(on_worker_stuck, rms_worker_ref(worker), rms_worker_unref);
    worker->thread = rms_thread_start("directory", run, rms_worker_ref(worker));
    return worker;
}

void rms_worker_stop(RmsWorker *worker)
{
    if (worker == NULL)
        return;
    g_mutex_lock(&worker->lock);
    worker->quit = TRUE;
    g_mutex_unlock(&worker->lock);
    g_cancellable_cancel(worker->give_up);
    rms_thread_set_stopping(worker->thread);
    wake(worker);
    rms_worker_unref(worker);
}

void rms_worker_replace_settings(RmsWorker *worker, RmsDirectorySettings *settings)
{
    g_return_if_fail(worker != NULL && settings != NULL);

    g_mutex_lock(&worker->lock);
    rms_directory_settings_free(worker->next_settings);
    worker->next_settings = settings;
    g_mutex_unlock(&worker->lock);
}

gboolean rms_worker_submit(RmsWorker *worker, RmsQuery *query)
{
    g_return_val_if_fail(worker != NULL && query != NULL, FALSE);

    /* The thread may be done with the query before the cancellable is watched. */
    g_autoptr(RmsCall) call = rms_call_ref(rms_query_get_call(query));
    g_mutex_lock(&worker->lock);
    gboolean taken = !worker->stuck;
    if (taken) {
        g_ptr_array_add(worker->calls, rms_call_ref(call));
        g_queue_push_tail(&worker->incoming, query);
    }
    g_mutex_unlock(&worker->lock);
    if (taken) {
        rms_call_watch(call, wake, rms_worker_ref(worker), rms_worker_unref);
        wake(worker);
    }
    return taken;
}
