/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The façade: states, order of what arrives in the owner's context, and that dropping it at any
 * moment is safe. The real store, keys and HTTP server (on a port of the system's choice) are
 * behind it.
 */
#include "config.h"

#include <check.h>
#include <glib/gstdio.h>
#include <krb5.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "connector-core/connector.h"
#include "connector-core/store.h"

static char *home;
static RmsConnectorSettings *settings;

/* A key of the right name that no KDC knows. */
static void write_keytab(const char *path)
{
    g_autofree char *name = g_strconcat("FILE:", path, NULL);
    krb5_context context;
    krb5_keytab keytab;
    krb5_keytab_entry entry = {.vno = 1};
    krb5_octet key[32] = {1};

    ck_assert_int_eq(krb5_init_context(&context), 0);
    ck_assert_int_eq(krb5_kt_resolve(context, name, &keytab), 0);
    ck_assert_int_eq(krb5_parse_name(context,
                                     "HTTP/rmsconnector.contoso.example@CONTOSO.EXAMPLE",
                                     &entry.principal),
                     0);
    entry.key.enctype = ENCTYPE_AES256_CTS_HMAC_SHA1_96;
    entry.key.length = sizeof key;
    entry.key.contents = key;
    ck_assert_int_eq(krb5_kt_add_entry(context, keytab, &entry), 0);
    krb5_free_principal(context, entry.principal);
    krb5_kt_close(context, keytab);
    krb5_free_context(context);
    ck_assert_int_eq(g_chmod(path, 0600), 0);
}

static void set_up(void)
{
    home = g_dir_make_tmp("rms-connector-XXXXXX", NULL);
    settings = rms_connector_settings_new();
    settings->connector_name = g_strdup("rmsconnector.contoso.example");
    settings->state_directory = g_build_filename(home, "state", NULL);
    settings->keytab = g_build_filename(home, "connector.keytab", NULL);
    settings->http_address = g_strdup("127.0.0.1:0");
    write_keytab(settings->keytab);
}

static void tear_down(void)
{
    g_autofree char *file = g_build_filename(settings->state_directory, "connector.db", NULL);

    g_unlink(file);
    g_rmdir(settings->state_directory);
    g_unlink(settings->keytab);
    g_rmdir(home);
    rms_connector_settings_free(settings);
    g_free(home);
}

/* What the owner sees, in the order in which it came: "state serving", "event 1000", "list 0",
 * "push 1" … */
typedef struct {
    RmsConnector *connector;
    GPtrArray *seen;
    guint answers;
    GError *error;       /* of the last answer */
    RmsServerList *list; /* of the last push or load */
    GPtrArray *rows;     /* of the last query */
} Owner;

static void see(Owner *owner, const char *format, ...) G_GNUC_PRINTF(2, 3);

static void see(Owner *owner, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    g_ptr_array_add(owner->seen, g_strdup_vprintf(format, arguments));
    va_end(arguments);
}

static void on_event_logged(RmsConnector *connector, RmsEvent *event, Owner *owner)
{
    see(owner, "event %u", rms_event_get_number(event));
}

static void on_state_notified(RmsConnector *connector, GParamSpec *pspec, Owner *owner)
{
    static const char *const names[] = {"stopped", "starting", "serving", "stopping"};

    see(owner, "state %s", names[rms_connector_get_state(connector)]);
}

static void on_list_notified(RmsConnector *connector, GParamSpec *pspec, Owner *owner)
{
    g_autoptr(RmsServerList) list = rms_connector_dup_list(connector);

    ck_assert(rms_server_list_is_sealed(list));
    see(owner, "list %d", (int) rms_server_list_get_revision(list));
}

static void on_tenant_notified(RmsConnector *connector, GParamSpec *pspec, Owner *owner)
{
    const char *url = rms_connector_get_tenant(connector);

    see(owner, "tenant %s", url != NULL ? url : "none");
}

static void owner_init(Owner *owner)
{
    *owner = (Owner){.connector = rms_connector_new(settings),
                     .seen = g_ptr_array_new_with_free_func(g_free)};
    g_signal_connect(owner->connector, "event-logged", G_CALLBACK(on_event_logged), owner);
    g_signal_connect(owner->connector, "notify::state", G_CALLBACK(on_state_notified), owner);
    g_signal_connect(owner->connector, "notify::list", G_CALLBACK(on_list_notified), owner);
    g_signal_connect(owner->connector, "notify::tenant-url", G_CALLBACK(on_tenant_notified), owner);
}

static void owner_clear(Owner *owner)
{
    g_clear_object(&owner->connector);
    /* What was on its way when the connector went finds nobody and is freed. */
    while (g_main_context_iteration(NULL, FALSE))
        ;
    g_ptr_array_unref(owner->seen);
    g_clear_error(&owner->error);
    g_clear_object(&owner->list);
    g_clear_pointer(&owner->rows, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Owner, owner_clear)

static void wait_for_answers(Owner *owner, guint answers)
{
    while (owner->answers < answers)
        g_main_context_iteration(NULL, TRUE);
}

static void on_started(GObject *source, GAsyncResult *result, gpointer user_data)
{
    Owner *owner = user_data;

    g_clear_error(&owner->error);
    if (rms_connector_start_finish(RMS_CONNECTOR(source), result, &owner->error))
        see(owner, "started");
    else
        see(owner, "start failed");
    owner->answers++;
}

static void on_stopped(GObject *source, GAsyncResult *result, gpointer user_data)
{
    Owner *owner = user_data;

    g_clear_error(&owner->error);
    ck_assert(rms_connector_stop_finish(RMS_CONNECTOR(source), result, &owner->error));
    see(owner, "stopped");
    owner->answers++;
}

static void on_pushed(GObject *source, GAsyncResult *result, gpointer user_data)
{
    Owner *owner = user_data;

    g_clear_error(&owner->error);
    g_clear_object(&owner->list);
    owner->list = rms_connector_push_finish(RMS_CONNECTOR(source), result, &owner->error);
    if (owner->list != NULL)
        see(owner, "pushed %d", (int) rms_server_list_get_revision(owner->list));
    else
        see(owner, "push failed");
    owner->answers++;
}

static void on_events_read(GObject *source, GAsyncResult *result, gpointer user_data)
{
    Owner *owner = user_data;

    g_clear_error(&owner->error);
    g_clear_pointer(&owner->rows, g_ptr_array_unref);
    owner->rows = rms_connector_query_events_finish(RMS_CONNECTOR(source), result, &owner->error);
    owner->answers++;
}

static void on_history_read(GObject *source, GAsyncResult *result, gpointer user_data)
{
    Owner *owner = user_data;

    g_clear_error(&owner->error);
    g_clear_pointer(&owner->rows, g_ptr_array_unref);
    owner->rows = rms_connector_query_history_finish(RMS_CONNECTOR(source), result, &owner->error);
    owner->answers++;
}

static void on_revision_loaded(GObject *source, GAsyncResult *result, gpointer user_data)
{
    Owner *owner = user_data;

    g_clear_error(&owner->error);
    g_clear_object(&owner->list);
    owner->list = rms_connector_load_revision_finish(RMS_CONNECTOR(source), result, &owner->error);
    owner->answers++;
}

static void start(Owner *owner)
{
    rms_connector_start_async(owner->connector, NULL, on_started, owner);
    wait_for_answers(owner, owner->answers + 1);
}

static void stop(Owner *owner)
{
    rms_connector_stop_async(owner->connector, on_stopped, owner);
    wait_for_answers(owner, owner->answers + 1);
}

static RmsServerList *make_list(guint n)
{
    RmsServerList *list = rms_server_list_new();

    for (guint i = 0; i < n; i++) {
        g_autofree char *sid_text = g_strdup_printf("S-1-5-21-1-2-3-%u", 1000 + i);
        RmsSid sid;

        ck_assert(rms_sid_parse(&sid, sid_text));
        g_autoptr(RmsEntry) entry = rms_entry_new(
            &sid, NULL, "CONTOSO\\G", NULL, RMS_KIND_SECURITY_GROUP, RMS_ROLE_EXCHANGE);
        ck_assert(rms_server_list_add(list, entry, NULL));
    }
    return list;
}

static void push(Owner *owner, guint n, gint64 expected, const char *author)
{
    g_autoptr(RmsServerList) list = make_list(n);

    rms_connector_push_async(owner->connector, list, expected, author, NULL, on_pushed, owner);
    wait_for_answers(owner, owner->answers + 1);
}

static void expect_seen(Owner *owner, const char *expected)
{
    g_autofree char *seen = NULL;

    g_ptr_array_add(owner->seen, NULL);
    seen = g_strjoinv(", ", (char **) owner->seen->pdata);
    ck_assert_str_eq(seen, expected);
    g_ptr_array_set_size(owner->seen, 0);
}

/* --- life --- */

START_TEST(test_start_push_stop)
{
    g_auto(Owner) owner;

    owner_init(&owner);
    ck_assert_ptr_null(rms_connector_dup_list(owner.connector));
    start(&owner);
    expect_seen(
        &owner,
        "state starting, list 0, event 1000, event 1004, event 2003, state serving, started");

    push(&owner, 2, 0, "admin@contoso.example");
    expect_seen(&owner, "event 4000, event 4001, event 4001, list 1, event 1004, pushed 1");
    ck_assert_str_eq(rms_server_list_get_saved_by(owner.list), "admin@contoso.example");
    g_autoptr(RmsServerList) in_force = rms_connector_dup_list(owner.connector);
    ck_assert_ptr_eq(in_force, owner.list);

    stop(&owner);
    expect_seen(&owner, "state stopping, event 1001, state stopped, stopped");
    start(&owner);
    expect_seen(&owner, "state starting, list 1, event 1000, event 1004, state serving, started");
    g_autoptr(RmsServerList) again = rms_connector_dup_list(owner.connector);
    ck_assert(rms_server_list_equal(again, in_force));
}
END_TEST

START_TEST(test_push_refused)
{
    g_auto(Owner) owner;

    owner_init(&owner);
    start(&owner);
    push(&owner, 1, 0, "a@x");
    g_ptr_array_set_size(owner.seen, 0);
    push(&owner, 2, 0, "b@x");
    ck_assert(g_error_matches(owner.error, RMS_CONNECTOR_ERROR, RMS_CONNECTOR_ERROR_CONFLICT));
    push(&owner, 2, 1, "b\nx");
    ck_assert(g_error_matches(owner.error, RMS_MODEL_ERROR, RMS_MODEL_ERROR_RULE));
    expect_seen(&owner, "push failed, push failed");
    g_autoptr(RmsServerList) list = rms_connector_dup_list(owner.connector);
    ck_assert_int_eq(rms_server_list_get_revision(list), 1);
    ck_assert_uint_eq(rms_server_list_get_length(list), 1);
}
END_TEST

/* Another process on the same state directory pushed first: its list comes into force here at once.
 */
START_TEST(test_push_lost_to_another_writer)
{
    g_auto(Owner) owner;
    g_autoptr(RmsServerList) theirs = make_list(2);
    g_autoptr(RmsServerList) saved = NULL;
    RmsStore *store = NULL;

    owner_init(&owner);
    start(&owner);
    g_ptr_array_set_size(owner.seen, 0);
    store = rms_store_open(settings->state_directory, NULL);
    ck_assert_ptr_nonnull(store);
    saved = rms_store_push(store, theirs, 0, "other@x", NULL, NULL, NULL);
    ck_assert_ptr_nonnull(saved);
    rms_store_close(store);

    push(&owner, 1, 0, "a@x");
    ck_assert(g_error_matches(owner.error, RMS_CONNECTOR_ERROR, RMS_CONNECTOR_ERROR_CONFLICT));
    expect_seen(&owner, "list 1, event 1004, push failed");
    push(&owner, 1, 1, "a@x");
    ck_assert_int_eq(rms_server_list_get_revision(owner.list), 2);
}
END_TEST

START_TEST(test_not_running)
{
    g_auto(Owner) owner;

    owner_init(&owner);
    for (guint round = 0; round < 2; round++) {
        push(&owner, 1, 0, "a@x");
        ck_assert(
            g_error_matches(owner.error, RMS_CONNECTOR_ERROR, RMS_CONNECTOR_ERROR_NOT_RUNNING));
        rms_connector_query_events_async(owner.connector, 0, 1, NULL, on_events_read, &owner);
        wait_for_answers(&owner, owner.answers + 1);
        ck_assert(
            g_error_matches(owner.error, RMS_CONNECTOR_ERROR, RMS_CONNECTOR_ERROR_NOT_RUNNING));
        rms_connector_query_history_async(owner.connector, 0, 1, NULL, on_history_read, &owner);
        wait_for_answers(&owner, owner.answers + 1);
        ck_assert(
            g_error_matches(owner.error, RMS_CONNECTOR_ERROR, RMS_CONNECTOR_ERROR_NOT_RUNNING));
        start(&owner);
        stop(&owner);
    }
    ck_assert_uint_eq(rms_connector_get_state(owner.connector), RMS_CONNECTOR_STOPPED);
}
END_TEST

/* Starts and stops in any order end in what was asked for last; each gets its answer. */
START_TEST(test_any_order)
{
    static const struct {
        const char *calls; /* + start, - stop, all at once */
        RmsConnectorState end;
    } orders[] = {
        {"+",      RMS_CONNECTOR_SERVING},
        {"++",     RMS_CONNECTOR_SERVING},
        {"-",      RMS_CONNECTOR_STOPPED},
        {"+-",     RMS_CONNECTOR_STOPPED},
        {"+--",    RMS_CONNECTOR_STOPPED},
        {"+-+",    RMS_CONNECTOR_SERVING},
        {"+-+-",   RMS_CONNECTOR_STOPPED},
        {"+--++",  RMS_CONNECTOR_SERVING},
        {"-+-+-+", RMS_CONNECTOR_SERVING},
        {"+-+--+", RMS_CONNECTOR_SERVING},
    };
    g_auto(Owner) owner;

    owner_init(&owner);
    for (const char *call = orders[_i].calls; *call != '\0'; call++) {
        if (*call == '+')
            rms_connector_start_async(owner.connector, NULL, on_started, &owner);
        else
            rms_connector_stop_async(owner.connector, on_stopped, &owner);
        ck_assert_uint_eq(rms_connector_get_state(owner.connector),
                          *call == '+' ? RMS_CONNECTOR_STARTING : RMS_CONNECTOR_STOPPING);
    }
    wait_for_answers(&owner, (guint) strlen(orders[_i].calls));
    ck_assert_uint_eq(rms_connector_get_state(owner.connector), orders[_i].end);
    /* It is what it says: a push works or does not. */
    push(&owner, 0, 0, "a@x");
    ck_assert((owner.list != NULL) == (orders[_i].end == RMS_CONNECTOR_SERVING));
}
END_TEST

/* --- what cannot start --- */

static void without_name(void)
{
    g_clear_pointer(&settings->connector_name, g_free);
}
static void without_address(void)
{
    g_clear_pointer(&settings->http_address, g_free);
}
static void without_keytab(void)
{
    g_unlink(settings->keytab);
}
static void with_bad_address(void)
{
    g_free(settings->http_address);
    settings->http_address = g_strdup("127.0.0.1:99999");
}
static void with_foreign_address(void)
{
    g_free(settings->http_address);
    settings->http_address = g_strdup("192.0.2.1:80"); /* RFC 5737: nobody's */
}
static void without_certificate(void)
{
    settings->https_address = g_strdup("127.0.0.1:0");
}
static void with_open_directory(void)
{
    ck_assert_int_eq(g_mkdir(settings->state_directory, 0777), 0);
    ck_assert_int_eq(g_chmod(settings->state_directory, 0777), 0);
}

static const struct {
    const char *name;
    void (*spoil)(void);
    int code; /* -1: any error */
} failures[] = {
    {"without name",        without_name,         RMS_CONNECTOR_ERROR_SETTINGS},
    {"without address",     without_address,      RMS_CONNECTOR_ERROR_SETTINGS},
    {"without keytab",      without_keytab,       RMS_CONNECTOR_ERROR_SETTINGS},
    {"bad address",         with_bad_address,     RMS_CONNECTOR_ERROR_SETTINGS},
    {"foreign address",     with_foreign_address, -1                          },
    {"without certificate", without_certificate,  RMS_CONNECTOR_ERROR_SETTINGS},
    {"open directory",      with_open_directory,  RMS_CONNECTOR_ERROR_STORE   },
};

START_TEST(test_start_fails)
{
    g_auto(Owner) owner;

    failures[_i].spoil();
    owner_init(&owner);
    for (guint round = 0; round < 2; round++) {
        start(&owner);
        ck_assert_msg(owner.error != NULL, "%s", failures[_i].name);
        if (failures[_i].code != -1)
            ck_assert_msg(g_error_matches(owner.error, RMS_CONNECTOR_ERROR, failures[_i].code),
                          "%s: %s",
                          failures[_i].name,
                          owner.error->message);
        expect_seen(&owner, "state starting, state stopped, start failed");
    }
}
END_TEST

/* A list that cannot be read is no empty list: the service runs, refuses everybody, and says why.
 */
START_TEST(test_damaged_list)
{
    g_autofree char *file = g_build_filename(settings->state_directory, "connector.db", NULL);
    g_auto(Owner) owner;
    sqlite3 *database;

    owner_init(&owner);
    start(&owner);
    push(&owner, 1, 0, "a@x");
    stop(&owner);
    ck_assert_int_eq(sqlite3_open(file, &database), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(database, "UPDATE revisions SET digest = ''", NULL, NULL, NULL),
                     SQLITE_OK);
    sqlite3_close(database);

    owner_clear(&owner);
    owner_init(&owner);
    start(&owner);
    expect_seen(&owner, "state starting, event 1000, event 3001, state serving, started");
    ck_assert_ptr_null(rms_connector_dup_list(owner.connector));
}
END_TEST

/* --- tenant, token, events, history --- */

static const struct {
    const char *url;
    gboolean good;
} urls[] = {
    {"https://7d3e0f8c-1b52-4a7e-9c44-0a6f2be91d10.rms.na.aadrm.com", TRUE },
    {"https://host:8443",                                             TRUE },
    {"https://[2001:db8::1]:443",                                     TRUE },
    {"http://host",                                                   FALSE},
    {"HTTPS://host",                                                  FALSE},
    {"https://",                                                      FALSE},
    {"https://:443",                                                  FALSE},
    {"https://host:",                                                 FALSE},
    {"https://host:0",                                                FALSE},
    {"https://host:65536",                                            FALSE},
    {"https://host/",                                                 FALSE},
    {"https://host/_wmcs",                                            FALSE},
    {"https://host?a",                                                FALSE},
    {"https://host#a",                                                FALSE},
    {"https://user@host",                                             FALSE},
    {"https://host%0d%0aX-Evil:1",                                    FALSE},
    {"https://ho st",                                                 FALSE},
    {"https://host\r\n",                                              FALSE},
    {" https://host",                                                 FALSE},
    {"",                                                              FALSE},
};

START_TEST(test_tenant_url)
{
    g_autoptr(GError) error = NULL;
    g_auto(Owner) owner;
    gboolean good;

    owner_init(&owner);
    good = rms_connector_set_tenant(owner.connector, urls[_i].url, &error);
    ck_assert_msg(good == urls[_i].good, "%s", urls[_i].url);
    if (good) {
        ck_assert_str_eq(rms_connector_get_tenant(owner.connector), urls[_i].url);
    } else {
        ck_assert(g_error_matches(error, RMS_CONNECTOR_ERROR, RMS_CONNECTOR_ERROR_SETTINGS));
        ck_assert_ptr_null(strpbrk(error->message, "\r\n"));
        ck_assert_ptr_null(rms_connector_get_tenant(owner.connector));
    }
}
END_TEST

START_TEST(test_tenant_is_kept)
{
    g_auto(Owner) owner;

    owner_init(&owner);
    start(&owner);
    ck_assert(rms_connector_set_tenant(owner.connector, "https://one.example", NULL));
    owner_clear(&owner);

    owner_init(&owner);
    ck_assert_ptr_null(rms_connector_get_tenant(owner.connector));
    start(&owner);
    expect_seen(&owner,
                "state starting, list 0, event 1000, event 1004, event 2003, tenant "
                "https://one.example, state serving, started");
    owner_clear(&owner);

    /* What the owner chose while it was starting wins over what was kept. */
    owner_init(&owner);
    rms_connector_start_async(owner.connector, NULL, on_started, &owner);
    ck_assert(rms_connector_set_tenant(owner.connector, "https://two.example", NULL));
    wait_for_answers(&owner, 1);
    ck_assert_str_eq(rms_connector_get_tenant(owner.connector), "https://two.example");
    owner_clear(&owner);

    /* And before it started; NULL forgets. */
    owner_init(&owner);
    ck_assert(rms_connector_set_tenant(owner.connector, NULL, NULL));
    start(&owner);
    ck_assert_ptr_null(rms_connector_get_tenant(owner.connector));
    owner_clear(&owner);
    owner_init(&owner);
    start(&owner);
    ck_assert_ptr_null(rms_connector_get_tenant(owner.connector));
}
END_TEST

START_TEST(test_console_events)
{
    g_auto(Owner) owner;

    owner_init(&owner);
    for (guint i = 0; i < 150; i++) {
        g_autoptr(RmsEvent) early = rms_event_new(RMS_EVENT_SIGNED_IN, "early", NULL, NULL, NULL);

        rms_connector_log(owner.connector, early);
    }
    start(&owner);
    g_autoptr(RmsEvent) late = rms_event_new(RMS_EVENT_SIGNED_IN, "late", "a@x", NULL, NULL);
    rms_connector_log(owner.connector, late);
    rms_connector_query_events_async(owner.connector, 0, 1000, NULL, on_events_read, &owner);
    wait_for_answers(&owner, owner.answers + 1);
    ck_assert_uint_eq(owner.rows->len, 3 + 100 + 1);
    ck_assert_str_eq(rms_event_get_message(owner.rows->pdata[0]), "late");
    ck_assert_str_eq(rms_event_get_account(owner.rows->pdata[0]), "a@x");
    ck_assert_str_eq(rms_event_get_message(owner.rows->pdata[1]), "early");
}
END_TEST

START_TEST(test_history_and_undo)
{
    g_auto(Owner) owner;

    owner_init(&owner);
    start(&owner);
    push(&owner, 2, 0, "a@x");
    g_autoptr(RmsServerList) first = g_object_ref(owner.list);
    push(&owner, 0, 1, "b@x");
    rms_connector_query_history_async(owner.connector, 0, 10, NULL, on_history_read, &owner);
    wait_for_answers(&owner, owner.answers + 1);
    ck_assert_uint_eq(owner.rows->len, 2);
    ck_assert_int_eq(rms_revision_get_number(owner.rows->pdata[0]), 2);
    ck_assert_str_eq(rms_revision_get_saved_by(owner.rows->pdata[0]), "b@x");
    ck_assert_str_eq(rms_revision_get_changes(owner.rows->pdata[0]),
                     "- CONTOSO\\G (exchange)\n- CONTOSO\\G (exchange)");

    rms_connector_load_revision_async(owner.connector, 1, NULL, on_revision_loaded, &owner);
    wait_for_answers(&owner, owner.answers + 1);
    ck_assert(rms_server_list_equal(owner.list, first));
    g_autoptr(RmsServerList) back = rms_server_list_copy(owner.list);
    rms_connector_push_async(owner.connector, back, 2, "c@x", NULL, on_pushed, &owner);
    wait_for_answers(&owner, owner.answers + 1);
    ck_assert_int_eq(rms_server_list_get_revision(owner.list), 3);
    ck_assert_uint_eq(rms_server_list_get_length(owner.list), 2);
    ck_assert_str_eq(rms_entry_get_added_by(rms_server_list_get(owner.list, 0)), "c@x");
}
END_TEST

START_TEST(test_cancelled_query)
{
    g_autoptr(GCancellable) cancellable = g_cancellable_new();
    g_auto(Owner) owner;

    owner_init(&owner);
    start(&owner);
    rms_connector_query_events_async(owner.connector, 0, 10, cancellable, on_events_read, &owner);
    g_cancellable_cancel(cancellable);
    wait_for_answers(&owner, owner.answers + 1);
    ck_assert(g_error_matches(owner.error, G_IO_ERROR, G_IO_ERROR_CANCELLED));

    /* A push that is on disk is told, cancelled or not. */
    g_autoptr(RmsServerList) list = make_list(1);
    rms_connector_push_async(owner.connector, list, 0, "a@x", cancellable, on_pushed, &owner);
    wait_for_answers(&owner, owner.answers + 1);
    ck_assert_int_eq(rms_server_list_get_revision(owner.list), 1);
}
END_TEST

/* The list is copied when it is pushed: what the owner does to it afterwards is another matter. */
START_TEST(test_pushed_list_is_copied)
{
    g_autoptr(RmsServerList) list = make_list(2);
    g_auto(Owner) owner;

    owner_init(&owner);
    start(&owner);
    rms_connector_push_async(owner.connector, list, 0, "a@x", NULL, on_pushed, &owner);
    ck_assert(rms_server_list_remove(list, rms_entry_get_sid(rms_server_list_get(list, 0)), NULL));
    wait_for_answers(&owner, owner.answers + 1);
    ck_assert_uint_eq(rms_server_list_get_length(owner.list), 2);
    ck_assert_uint_eq(rms_server_list_get_length(list), 1);
}
END_TEST

/* --- dropping it --- */

static void drop(Owner *owner)
{
    g_clear_object(&owner->connector);
}

static void drop_while_serving(Owner *owner)
{
    start(owner);
    g_clear_object(&owner->connector);
}

static void drop_while_starting(Owner *owner)
{
    rms_connector_start_async(owner->connector, NULL, on_started, owner);
    g_clear_object(&owner->connector);
    wait_for_answers(owner, 1);
}

static void drop_while_stopping(Owner *owner)
{
    start(owner);
    rms_connector_stop_async(owner->connector, on_stopped, owner);
    rms_connector_start_async(owner->connector, NULL, on_started, owner);
    g_clear_object(&owner->connector);
    wait_for_answers(owner, 3);
}

static void drop_while_pushing(Owner *owner)
{
    g_autoptr(RmsServerList) list = make_list(3);

    start(owner);
    for (gint64 i = 0; i < 5; i++)
        rms_connector_push_async(owner->connector, list, i, "a@x", NULL, on_pushed, owner);
    g_clear_object(&owner->connector);
    wait_for_answers(owner, 6);
    ck_assert_ptr_null(owner->error);
    ck_assert_int_eq(rms_server_list_get_revision(owner->list), 5);
}

static void drop_while_telling(Owner *owner)
{
    g_autoptr(RmsSecret) token = rms_secret_new("secret", -1);

    start(owner);
    for (guint i = 0; i < 100; i++) {
        g_autoptr(RmsEvent) event = rms_event_new(RMS_EVENT_SIGNED_IN, "m", NULL, NULL, NULL);

        rms_connector_log(owner->connector, event);
        rms_connector_set_token(owner->connector, token, G_MAXINT64);
        rms_connector_set_tenant(owner->connector, "https://one.example", NULL);
    }
    g_clear_object(&owner->connector);
}

static void drop_in_signal(Owner *owner)
{
    g_signal_connect_swapped(owner->connector, "event-logged", G_CALLBACK(drop), owner);
    rms_connector_start_async(owner->connector, NULL, on_started, owner);
    wait_for_answers(owner, 1);
    ck_assert_ptr_null(owner->connector);
}

static void on_started_drop(GObject *source, GAsyncResult *result, gpointer user_data)
{
    Owner *owner = user_data;

    on_started(source, result, user_data);
    g_clear_object(&owner->connector);
}

static void drop_in_callback(Owner *owner)
{
    rms_connector_start_async(owner->connector, NULL, on_started_drop, owner);
    wait_for_answers(owner, 1);
}

static const struct {
    const char *name;
    void (*drop)(Owner *owner);
} drops[] = {
    {"unused",         drop               },
    {"while serving",  drop_while_serving },
    {"while starting", drop_while_starting},
    {"while stopping", drop_while_stopping},
    {"while pushing",  drop_while_pushing },
    {"while telling",  drop_while_telling },
    {"in a signal",    drop_in_signal     },
    {"in a callback",  drop_in_callback   },
};

START_TEST(test_drop)
{
    gpointer weak;
    g_auto(Owner) owner;

    owner_init(&owner);
    weak = owner.connector;
    g_object_add_weak_pointer(weak, &weak);
    drops[_i].drop(&owner);
    /* The last answer's task lets go when its callback has returned. */
    while (g_main_context_iteration(NULL, FALSE))
        ;
    ck_assert_msg(weak == NULL, "%s", drops[_i].name);
}
END_TEST

/* Everything arrives in the context that made the connector, whichever that is. */
static gpointer run_owner(gpointer data)
{
    g_autoptr(GMainContext) context = g_main_context_new();
    Owner owner;

    g_main_context_push_thread_default(context);
    owner_init(&owner);
    rms_connector_start_async(owner.connector, NULL, on_started, &owner);
    while (owner.answers < 1)
        g_main_context_iteration(context, TRUE);
    expect_seen(
        &owner,
        "state starting, list 0, event 1000, event 1004, event 2003, state serving, started");
    g_clear_object(&owner.connector);
    while (g_main_context_iteration(context, FALSE))
        ;
    g_ptr_array_unref(owner.seen);
    g_main_context_pop_thread_default(context);
    return NULL;
}

START_TEST(test_other_context)
{
    g_thread_join(g_thread_new("owner", run_owner, NULL));
    ck_assert(!g_main_context_pending(NULL));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("connector");
    TCase *tcase = tcase_create("connector");

    tcase_set_timeout(tcase, 120);
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_test(tcase, test_start_push_stop);
    tcase_add_test(tcase, test_push_refused);
    tcase_add_test(tcase, test_push_lost_to_another_writer);
    tcase_add_test(tcase, test_not_running);
    tcase_add_loop_test(tcase, test_any_order, 0, 10);
    tcase_add_loop_test(tcase, test_start_fails, 0, G_N_ELEMENTS(failures));
    tcase_add_test(tcase, test_damaged_list);
    tcase_add_loop_test(tcase, test_tenant_url, 0, G_N_ELEMENTS(urls));
    tcase_add_test(tcase, test_tenant_is_kept);
    tcase_add_test(tcase, test_console_events);
    tcase_add_test(tcase, test_history_and_undo);
    tcase_add_test(tcase, test_cancelled_query);
    tcase_add_test(tcase, test_pushed_list_is_copied);
    tcase_add_loop_test(tcase, test_drop, 0, G_N_ELEMENTS(drops));
    tcase_add_test(tcase, test_other_context);
    suite_add_tcase(suite, tcase);

    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
