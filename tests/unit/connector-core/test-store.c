/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The store: what is saved is read back, compare-and-swap, provenance, history, and every file or
 * directory that it must refuse and leave alone.
 */
#include "config.h"

#include <check.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "connector-core/connector.h"
#include "connector-core/event-log.h"
#include "connector-core/limits.h"
#include "connector-core/store.h"

static char *home;
static char *state;
static char *file;

static void set_up(void)
{
    home = g_dir_make_tmp("rms-store-XXXXXX", NULL);
    state = g_build_filename(home, "state", NULL);
    file = g_build_filename(state, "connector.db", NULL);
}

static void remove_tree(const char *path)
{
    g_autoptr(GDir) directory = g_dir_open(path, 0, NULL);
    const char *name;

    while (directory != NULL && (name = g_dir_read_name(directory)) != NULL) {
        g_autofree char *child = g_build_filename(path, name, NULL);

        if (g_file_test(child, G_FILE_TEST_IS_DIR) && !g_file_test(child, G_FILE_TEST_IS_SYMLINK))
            remove_tree(child);
        else
            g_unlink(child);
    }
    g_rmdir(path);
}

static void tear_down(void)
{
    remove_tree(home);
    g_free(home);
    g_free(state);
    g_free(file);
}

static RmsStore *open_store(void)
{
    g_autoptr(GError) error = NULL;
    RmsStore *store = rms_store_open(state, &error);

    ck_assert_msg(store != NULL, "%s", error != NULL ? error->message : "");
    return store;
}

static void expect_refusal(const char *says)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(RmsStore) store = rms_store_open(state, &error);

    ck_assert_ptr_null(store);
    ck_assert(g_error_matches(error, RMS_CONNECTOR_ERROR, RMS_CONNECTOR_ERROR_STORE));
    ck_assert_msg(strstr(error->message, says) != NULL, "%s", error->message);
}

static RmsEntry *make_entry(guint rid, RmsRole role)
{
    g_autofree char *text = g_strdup_printf("S-1-5-21-1-2-3-%u", rid);
    g_autofree char *name = g_strdup_printf("CONTOSO\\\"%u\"", rid);
    RmsSid sid;

    ck_assert(rms_sid_parse(&sid, text));
    return rms_entry_new(&sid, NULL, name, NULL, RMS_KIND_SECURITY_GROUP, role);
}

static void add(RmsServerList *list, guint rid, RmsRole role)
{
    g_autoptr(RmsEntry) entry = make_entry(rid, role);

    ck_assert(rms_server_list_add(list, entry, NULL));
}

static RmsServerList *
push(RmsStore *store, RmsServerList *list, gint64 expected, const char *author)
{
    g_autoptr(GError) error = NULL;
    RmsServerList *saved = rms_store_push(store, list, expected, author, NULL, NULL, &error);

    ck_assert_msg(saved != NULL, "%s", error != NULL ? error->message : "");
    return saved;
}

static void run_sql(const char *sql)
{
    sqlite3 *database = NULL;
    char *message = NULL;

    ck_assert_int_eq(sqlite3_open(file, &database), SQLITE_OK);
    ck_assert_msg(sqlite3_exec(database, sql, NULL, NULL, &message) == SQLITE_OK, "%s", message);
    sqlite3_close(database);
}

START_TEST(test_round_trip)
{
    g_autoptr(RmsStore) store = open_store();
    g_autoptr(RmsServerList) none = rms_store_load(store, NULL);
    g_autoptr(RmsServerList) list = rms_server_list_new();
    struct stat status;

    ck_assert(rms_server_list_is_sealed(none));
    ck_assert_int_eq(rms_server_list_get_revision(none), 0);
    ck_assert_uint_eq(rms_server_list_get_length(none), 0);
    ck_assert_int_eq(stat(state, &status), 0);
    ck_assert_uint_eq(status.st_mode & 0777, 0700);
    ck_assert_int_eq(stat(file, &status), 0);
    ck_assert_uint_eq(status.st_mode & 0777, 0600);

    add(list, 1, RMS_ROLE_EXCHANGE);
    add(list, 2, RMS_ROLE_FCI);
    g_autoptr(RmsServerList) saved = push(store, list, 0, "admin@contoso.example");
    ck_assert(rms_server_list_is_sealed(saved));
    ck_assert_int_eq(rms_server_list_get_revision(saved), 1);
    ck_assert_str_eq(rms_server_list_get_saved_by(saved), "admin@contoso.example");
    ck_assert_int_gt(rms_server_list_get_saved_at(saved), 1700000000);

    g_clear_pointer(&store, rms_store_close);
    store = open_store();
    g_autoptr(RmsServerList) loaded = rms_store_load(store, NULL);
    ck_assert(rms_server_list_equal(saved, loaded));
    ck_assert(rms_server_list_is_sealed(loaded));
    ck_assert_int_eq(rms_server_list_get_revision(loaded), 1);
    ck_assert_int_eq(rms_server_list_get_saved_at(loaded), rms_server_list_get_saved_at(saved));
    ck_assert_str_eq(rms_server_list_get_saved_by(loaded), "admin@contoso.example");
}
END_TEST

START_TEST(test_conflict)
{
    g_autoptr(RmsStore) store = open_store();
    g_autoptr(RmsStore) other = open_store();
    g_autoptr(RmsServerList) list = rms_server_list_new();
    g_autoptr(GError) error = NULL;

    add(list, 1, RMS_ROLE_FCI);
    g_autoptr(RmsServerList) first = push(store, list, 0, "first@x");
    static const gint64 stale[] = {0, 2, 7};
    for (guint i = 0; i < G_N_ELEMENTS(stale); i++) {
        g_clear_error(&error);
        ck_assert_ptr_null(rms_store_push(store, list, stale[i], "second@x", NULL, NULL, &error));
        ck_assert(g_error_matches(error, RMS_CONNECTOR_ERROR, RMS_CONNECTOR_ERROR_CONFLICT));
        ck_assert_ptr_nonnull(strstr(error->message, "first@x"));
    }
    /* A second process sees the first one's revision, and the other way round. */
    g_clear_error(&error);
    ck_assert_ptr_null(rms_store_push(other, list, 0, "other@x", NULL, NULL, &error));
    ck_assert(g_error_matches(error, RMS_CONNECTOR_ERROR, RMS_CONNECTOR_ERROR_CONFLICT));
    add(list, 2, RMS_ROLE_FCI);
    g_autoptr(RmsServerList) second = push(other, list, 1, "other@x");
    g_clear_error(&error);
    ck_assert_ptr_null(rms_store_push(store, list, 1, "first@x", NULL, NULL, &error));
    ck_assert(g_error_matches(error, RMS_CONNECTOR_ERROR, RMS_CONNECTOR_ERROR_CONFLICT));
    g_autoptr(RmsServerList) third = push(store, list, 2, "first@x");
    ck_assert_int_eq(rms_server_list_get_revision(third), 3);
    ck_assert_uint_eq(rms_server_list_get_length(third), 2);
}
END_TEST

START_TEST(test_author)
{
    g_autoptr(RmsStore) store = open_store();
    g_autoptr(RmsServerList) list = rms_server_list_new();
    static const char *const bad[] = {NULL, "", "a\nb", "a\xFF"};

    for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) error = NULL;

        ck_assert_ptr_null(rms_store_push(store, list, 0, bad[i], NULL, NULL, &error));
        ck_assert(g_error_matches(error, RMS_MODEL_ERROR, RMS_MODEL_ERROR_RULE));
    }
    g_autoptr(RmsServerList) saved = push(store, list, 0, "a@b");
    ck_assert_int_eq(rms_server_list_get_revision(saved), 1);
}
END_TEST

/* Who added an entry is what the store saw, not what the pushed list claims. */
START_TEST(test_provenance)
{
    g_autoptr(RmsStore) store = open_store();
    g_autoptr(RmsServerList) list = rms_server_list_new();
    g_autoptr(RmsEntry) plain = make_entry(1, RMS_ROLE_FCI);
    g_autoptr(RmsEntry) forged = rms_entry_with_added(plain, 7, "somebody@else");

    ck_assert(rms_server_list_add(list, forged, NULL));
    g_autoptr(RmsServerList) first = push(store, list, 0, "first@x");
    ck_assert_str_eq(rms_entry_get_added_by(rms_server_list_get(first, 0)), "first@x");
    ck_assert_int_eq(rms_entry_get_added_at(rms_server_list_get(first, 0)),
                     rms_server_list_get_saved_at(first));

    g_autoptr(RmsEntry) promoted = rms_entry_with_role(forged, RMS_ROLE_EXCHANGE);
    ck_assert(rms_server_list_replace(list, promoted, NULL));
    add(list, 2, RMS_ROLE_FCI);
    g_autoptr(RmsServerList) second = push(store, list, 1, "second@x");
    ck_assert_str_eq(rms_entry_get_added_by(rms_server_list_get(second, 0)), "first@x");
    ck_assert_uint_eq(rms_entry_get_role(rms_server_list_get(second, 0)), RMS_ROLE_EXCHANGE);
    ck_assert_str_eq(rms_entry_get_added_by(rms_server_list_get(second, 1)), "second@x");
    g_autoptr(RmsServerList) loaded = rms_store_load(store, NULL);
    ck_assert(rms_server_list_equal(loaded, second));
}
END_TEST

START_TEST(test_history)
{
    g_autoptr(RmsStore) store = open_store();
    g_autoptr(RmsServerList) list = rms_server_list_new();
    static const struct {
        gint64 number;
        const char *author;
        const char *changes;
    } expected[] = {
        {5, "e@x", ""                                                     },
        {4, "d@x", "~ order of the entries"                               },
        {3, "c@x", "~ CONTOSO\\\"2\" (exchange, was fci)"                 },
        {2, "b@x", "- CONTOSO\\\"1\" (fci)\n+ CONTOSO\\\"3\" (sharepoint)"},
        {1, "a@x", "+ CONTOSO\\\"1\" (fci)\n+ CONTOSO\\\"2\" (fci)"       },
    };

    add(list, 1, RMS_ROLE_FCI);
    add(list, 2, RMS_ROLE_FCI);
    g_autoptr(RmsServerList) one = push(store, list, 0, "a@x");
    ck_assert(rms_server_list_remove(list, rms_entry_get_sid(rms_server_list_get(list, 0)), NULL));
    add(list, 3, RMS_ROLE_SHAREPOINT);
    g_object_unref(push(store, list, 1, "b@x"));
    g_autoptr(RmsEntry) promoted = make_entry(2, RMS_ROLE_EXCHANGE);
    ck_assert(rms_server_list_replace(list, promoted, NULL));
    g_object_unref(push(store, list, 2, "c@x"));
    ck_assert(rms_server_list_remove(list, rms_entry_get_sid(promoted), NULL));
    ck_assert(rms_server_list_add(list, promoted, NULL));
    g_object_unref(push(store, list, 3, "d@x"));
    g_object_unref(push(store, list, 4, "e@x"));

    g_autoptr(GPtrArray) history = rms_store_list_history(store, 0, 100, NULL);
    ck_assert_uint_eq(history->len, G_N_ELEMENTS(expected));
    for (guint i = 0; i < history->len; i++) {
        ck_assert_int_eq(rms_revision_get_number(history->pdata[i]), expected[i].number);
        ck_assert_str_eq(rms_revision_get_saved_by(history->pdata[i]), expected[i].author);
        ck_assert_str_eq(rms_revision_get_changes(history->pdata[i]), expected[i].changes);
        ck_assert_int_gt(rms_revision_get_saved_at(history->pdata[i]), 1700000000);
    }
    g_autoptr(GPtrArray) page = rms_store_list_history(store, 4, 2, NULL);
    ck_assert_uint_eq(page->len, 2);
    ck_assert_int_eq(rms_revision_get_number(page->pdata[0]), 3);
    ck_assert_int_eq(rms_revision_get_number(page->pdata[1]), 2);

    g_autoptr(RmsServerList) again = rms_store_load_revision(store, 1, NULL);
    ck_assert(rms_server_list_equal(again, one));
    g_autoptr(GError) error = NULL;
    ck_assert_ptr_null(rms_store_load_revision(store, 6, &error));
    ck_assert(g_error_matches(error, RMS_CONNECTOR_ERROR, RMS_CONNECTOR_ERROR_STORE));
}
END_TEST

START_TEST(test_old_revisions_go)
{
    g_autoptr(RmsStore) store = open_store();
    g_autoptr(RmsServerList) list = rms_server_list_new();

    for (gint64 i = 0; i < RMS_MAX_REVISIONS + 3; i++)
        g_object_unref(push(store, list, i, "a@x"));
    g_autoptr(GPtrArray) history = rms_store_list_history(store, 0, G_MAXINT, NULL);
    ck_assert_uint_eq(history->len, RMS_MAX_REVISIONS);
    ck_assert_int_eq(rms_revision_get_number(history->pdata[0]), RMS_MAX_REVISIONS + 3);
    ck_assert_int_eq(rms_revision_get_number(history->pdata[history->len - 1]), 4);
    ck_assert_ptr_null(rms_store_load_revision(store, 3, NULL));
}
END_TEST

START_TEST(test_settings)
{
    g_autoptr(RmsStore) store = open_store();
    g_autoptr(GError) error = NULL;

    ck_assert_ptr_null(rms_store_get_setting(store, "a", &error));
    ck_assert_ptr_null(error);
    ck_assert(rms_store_set_setting(store, "a", "1", NULL));
    ck_assert(rms_store_set_setting(store, "b", "'; DROP TABLE settings; --", NULL));
    ck_assert(rms_store_set_setting(store, "a", "2", NULL));
    g_clear_pointer(&store, rms_store_close);
    store = open_store();
    g_autofree char *a = rms_store_get_setting(store, "a", NULL);
    g_autofree char *b = rms_store_get_setting(store, "b", NULL);
    ck_assert_str_eq(a, "2");
    ck_assert_str_eq(b, "'; DROP TABLE settings; --");
    ck_assert(rms_store_set_setting(store, "a", NULL, NULL));
    ck_assert_ptr_null(rms_store_get_setting(store, "a", NULL));
}
END_TEST

static GPtrArray *audit(RmsServerList *before, RmsServerList *after, gpointer user_data)
{
    GPtrArray *events = user_data;
    g_autofree char *message = g_strdup_printf("%d to %d",
                                               (int) rms_server_list_get_revision(before),
                                               (int) rms_server_list_get_revision(after));

    ck_assert(rms_server_list_is_sealed(after));
    g_ptr_array_add(events, rms_event_new(RMS_EVENT_LIST_PUSHED, message, NULL, NULL, NULL));
    g_ptr_array_add(events, rms_event_new(RMS_EVENT_SUPER_USER_GRANTED, "x", "n", NULL, NULL));
    return events;
}

/* The events of a push are saved with the list, or not at all. */
START_TEST(test_audit)
{
    g_autoptr(RmsStore) store = open_store();
    g_autoptr(RmsEventLog) event_log = rms_event_log_new(store, NULL, NULL);
    g_autoptr(RmsServerList) list = rms_server_list_new();
    g_autoptr(GPtrArray) events = g_ptr_array_new_with_free_func(g_object_unref);
    g_autoptr(GPtrArray) none = g_ptr_array_new_with_free_func(g_object_unref);
    g_autoptr(GError) error = NULL;

    g_autoptr(RmsServerList) saved = rms_store_push(store, list, 0, "a@x", audit, events, NULL);
    ck_assert_ptr_nonnull(saved);
    ck_assert_ptr_null(rms_store_push(store, list, 0, "a@x", audit, none, &error));
    ck_assert_uint_eq(none->len, 0);

    g_autoptr(GPtrArray) logged = rms_event_log_query(event_log, 0, 10, NULL);
    ck_assert_uint_eq(logged->len, 2);
    ck_assert_str_eq(rms_event_get_message(logged->pdata[1]), "0 to 1");
    ck_assert_int_eq(rms_event_get_id(logged->pdata[1]), rms_event_get_id(events->pdata[0]));
    ck_assert_str_eq(rms_event_get_account(logged->pdata[0]), "n");

    /* Without a place for the events there is no push. */
    run_sql("ALTER TABLE events RENAME TO gone");
    g_clear_error(&error);
    ck_assert_ptr_null(rms_store_push(store, list, 1, "a@x", audit, none, &error));
    run_sql("ALTER TABLE gone RENAME TO events");
    g_autoptr(RmsServerList) kept = rms_store_load(store, NULL);
    ck_assert_int_eq(rms_server_list_get_revision(kept), 1);
}
END_TEST

/* --- what must be refused and left alone --- */

static void make_state(const char *content, gsize length)
{
    ck_assert_int_eq(g_mkdir(state, 0700), 0);
    if (content != NULL)
        ck_assert(g_file_set_contents(file, content, (gssize) length, NULL));
}

static void make_garbage(void)
{
    static char garbage[8192];

    memset(garbage, 'x', sizeof garbage);
    make_state(garbage, sizeof garbage);
}

static void make_short_garbage(void)
{
    make_state("hello", 5);
}

static void make_foreign(void)
{
    make_state(NULL, 0);
    run_sql("CREATE TABLE mail(id INTEGER PRIMARY KEY); INSERT INTO mail VALUES(1)");
}

static void make_foreign_without_tables(void)
{
    make_state(NULL, 0);
    run_sql("PRAGMA user_version = 3; CREATE TABLE t(a); DROP TABLE t");
}

static void make_newer(void)
{
    rms_store_close(open_store());
    run_sql("PRAGMA user_version = 2");
}

static void make_truncated(void)
{
    g_autoptr(RmsStore) store = open_store();
    g_autoptr(RmsServerList) list = rms_server_list_new();

    for (guint i = 0; i < 100; i++)
        add(list, i, RMS_ROLE_FCI);
    g_object_unref(push(store, list, 0, "a@x"));
    g_clear_pointer(&store, rms_store_close);
    ck_assert_int_eq(truncate(file, 4096 + 100), 0);
}

static void make_symbolic_link(void)
{
    g_autofree char *target = g_build_filename(home, "target", NULL);

    make_state(NULL, 0);
    ck_assert(g_file_set_contents(target, "", 0, NULL));
    ck_assert_int_eq(symlink(target, file), 0);
}

static void make_fifo(void)
{
    make_state(NULL, 0);
    ck_assert_int_eq(mkfifo(file, 0600), 0);
}

static void make_directory(void)
{
    make_state(NULL, 0);
    ck_assert_int_eq(g_mkdir(file, 0700), 0);
}

static void make_open_to_group(void)
{
    make_state(NULL, 0);
    ck_assert_int_eq(g_chmod(state, 0770), 0);
}

static void make_open_to_all(void)
{
    make_state(NULL, 0);
    ck_assert_int_eq(g_chmod(state, 0707), 0);
}

static void make_file_of_the_directory(void)
{
    ck_assert(g_file_set_contents(state, "", 0, NULL));
}

static const struct {
    const char *name;
    void (*make)(void);
    const char *says;
} refusals[] = {
    {"garbage",                 make_garbage,                "not a database"  },
    {"short garbage",           make_short_garbage,          "not a database"  },
    {"another program's",       make_foreign,                "another program" },
    {"another program's empty", make_foreign_without_tables, "another program" },
    {"newer version's",         make_newer,                  "newer version"   },
    {"truncated",               make_truncated,              "malformed"       },
    {"symbolic link",           make_symbolic_link,          "cannot be opened"},
    {"FIFO",                    make_fifo,                   "is no file"      },
    {"directory",               make_directory,              "cannot be opened"},
    {"group may write",         make_open_to_group,          "chmod 700"       },
    {"others may write",        make_open_to_all,            "chmod 700"       },
    {"state is a file",         make_file_of_the_directory,  "cannot be made"  },
};

START_TEST(test_refused)
{
    g_autofree char *before = NULL, *after = NULL;
    gsize length_before = 0, length_after = 0;
    gboolean regular;

    refusals[_i].make();
    regular =
        g_file_test(file, G_FILE_TEST_IS_REGULAR) && !g_file_test(file, G_FILE_TEST_IS_SYMLINK);
    if (regular)
        ck_assert(g_file_get_contents(file, &before, &length_before, NULL));
    expect_refusal(refusals[_i].says);
    expect_refusal(refusals[_i].says);
    if (regular) {
        ck_assert(g_file_get_contents(file, &after, &length_after, NULL));
        ck_assert_uint_eq(length_before, length_after);
        ck_assert_mem_eq(before, after, length_before);
    }
}
END_TEST

/* A damaged revision is an error, never another list: not the one before, not an empty one. */
START_TEST(test_damaged_row)
{
    static const char *const damages[] = {
        "UPDATE revisions SET list = replace(list, '-3-1\"', '-3-9\"') WHERE revision = 2",
        "UPDATE revisions SET list = '{\"entries\":[]}' WHERE revision = 2",
        "UPDATE revisions SET list = substr(list, 1, 20) WHERE revision = 2",
        "UPDATE revisions SET list = '' WHERE revision = 2",
        "UPDATE revisions SET saved_by = 'somebody@else' WHERE revision = 2",
        "UPDATE revisions SET saved_at = saved_at + 1 WHERE revision = 2",
        "UPDATE revisions SET revision = 3 WHERE revision = 2",
        "UPDATE revisions SET digest = '' WHERE revision = 2",
    };
    g_autoptr(RmsStore) store = open_store();
    g_autoptr(RmsServerList) list = rms_server_list_new();
    g_autoptr(GError) error = NULL;

    add(list, 1, RMS_ROLE_EXCHANGE);
    g_object_unref(push(store, list, 0, "a@x"));
    g_object_unref(push(store, list, 1, "a@x"));
    g_clear_pointer(&store, rms_store_close);
    run_sql(damages[_i]);
    store = open_store();
    ck_assert_ptr_null(rms_store_load(store, &error));
    ck_assert(g_error_matches(error, RMS_CONNECTOR_ERROR, RMS_CONNECTOR_ERROR_STORE));
    ck_assert_msg(strstr(error->message, "damaged") != NULL, "%s", error->message);
    g_clear_error(&error);
    ck_assert_ptr_null(rms_store_push(store, list, 2, "a@x", NULL, NULL, &error));
    ck_assert_ptr_nonnull(error);
    g_autoptr(RmsServerList) first = rms_store_load_revision(store, 1, NULL);
    ck_assert_ptr_nonnull(first);
}
END_TEST

/* A restored copy that everybody may read is ours again after it was opened. */
START_TEST(test_mode_is_mended)
{
    struct stat status;

    rms_store_close(open_store());
    ck_assert_int_eq(g_chmod(file, 0644), 0);
    rms_store_close(open_store());
    ck_assert_int_eq(stat(file, &status), 0);
    ck_assert_uint_eq(status.st_mode & 0777, 0600);
}
END_TEST

/* systemd's StateDirectory= with DynamicUser= is a symbolic link. */
START_TEST(test_linked_directory)
{
    g_autofree char *link = g_build_filename(home, "link", NULL);
    g_autoptr(RmsStore) store = NULL;

    ck_assert_int_eq(g_mkdir(state, 0700), 0);
    ck_assert_int_eq(symlink(state, link), 0);
    store = rms_store_open(link, NULL);
    ck_assert_ptr_nonnull(store);
    ck_assert(g_file_test(file, G_FILE_TEST_IS_REGULAR));
}
END_TEST

/* A full disk refuses the push, keeps the list, and takes the next one when there is room. */
START_TEST(test_disk_full)
{
    g_autoptr(RmsStore) store = open_store();
    g_autoptr(RmsServerList) list = rms_server_list_new();
    g_autoptr(GError) error = NULL;
    struct rlimit unlimited, limited;

    add(list, 1, RMS_ROLE_FCI);
    g_autoptr(RmsServerList) first = push(store, list, 0, "a@x");
    for (guint i = 2; i < 500; i++)
        add(list, i, RMS_ROLE_FCI);

    signal(SIGXFSZ, SIG_IGN);
    ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &unlimited), 0);
    limited = unlimited;
    limited.rlim_cur = 32 * 1024;
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limited), 0);
    RmsServerList *refused = rms_store_push(store, list, 1, "a@x", NULL, NULL, &error);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &unlimited), 0);
    ck_assert_ptr_null(refused);
    ck_assert(g_error_matches(error, RMS_CONNECTOR_ERROR, RMS_CONNECTOR_ERROR_STORE));

    g_autoptr(RmsServerList) kept = rms_store_load(store, NULL);
    ck_assert(rms_server_list_equal(kept, first));
    g_autoptr(RmsServerList) second = push(store, list, 1, "a@x");
    ck_assert_int_eq(rms_server_list_get_revision(second), 2);
    ck_assert_uint_eq(rms_server_list_get_length(second), 499);
}
END_TEST

/* Whoever holds the file makes a push fail in time, not hang. */
START_TEST(test_locked)
{
    g_autoptr(RmsStore) store = open_store();
    g_autoptr(RmsServerList) list = rms_server_list_new();
    g_autoptr(GError) error = NULL;
    sqlite3 *other = NULL;

    ck_assert_int_eq(sqlite3_open(file, &other), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    ck_assert_ptr_null(rms_store_push(store, list, 0, "a@x", NULL, NULL, &error));
    ck_assert(g_error_matches(error, RMS_CONNECTOR_ERROR, RMS_CONNECTOR_ERROR_STORE));
    ck_assert_ptr_nonnull(strstr(error->message, "another process"));
    sqlite3_close(other);
    g_object_unref(push(store, list, 0, "a@x"));
}
END_TEST

/* The longest list can be pushed and loaded. */
START_TEST(test_largest)
{
    g_autoptr(RmsStore) store = open_store();
    g_autoptr(RmsServerList) list = rms_server_list_new();

    for (guint i = 0; i < RMS_SERVER_LIST_MAX; i++)
        add(list, i, RMS_ROLE_FCI);
    g_autoptr(RmsServerList) saved = push(store, list, 0, "a@x");
    g_autoptr(RmsServerList) loaded = rms_store_load(store, NULL);
    ck_assert(rms_server_list_equal(saved, loaded));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("store");
    TCase *tcase = tcase_create("store");

    tcase_set_timeout(tcase, 120);
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_test(tcase, test_round_trip);
    tcase_add_test(tcase, test_conflict);
    tcase_add_test(tcase, test_author);
    tcase_add_test(tcase, test_provenance);
    tcase_add_test(tcase, test_history);
    tcase_add_test(tcase, test_old_revisions_go);
    tcase_add_test(tcase, test_settings);
    tcase_add_test(tcase, test_audit);
    tcase_add_loop_test(tcase, test_refused, 0, G_N_ELEMENTS(refusals));
    tcase_add_loop_test(tcase, test_damaged_row, 0, 8);
    tcase_add_test(tcase, test_mode_is_mended);
    tcase_add_test(tcase, test_linked_directory);
    tcase_add_test(tcase, test_disk_full);
    tcase_add_test(tcase, test_locked);
    tcase_add_test(tcase, test_largest);
    suite_add_tcase(suite, tcase);

    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
