/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Helpers of the directory's lab tests.
 */
#include "config.h"

#include "test-directory-fixture.h"

#include <check.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* Of this test's own: credential cache and krb5.conf. */
static char *directory_name;
static char *lab_krb5_conf;

const char *test_env(const char *name)
{
    const char *value = g_getenv(name);
    if (value == NULL) {
        fprintf(stderr, "%s is not set: run this by tests/lab/lab with\n", name);
        exit(2);
    }
    return value;
}

void test_setup(void)
{
    test_env("LAB_HOME");
    directory_name = g_dir_make_tmp("test-directory-XXXXXX", NULL);
    g_autofree char *cache = g_strdup_printf("FILE:%s/ccache", directory_name);
    g_setenv("KRB5CCNAME", cache, TRUE);
    /* Changed by its contents, never by the variable: a thread may be reading that. */
    g_file_get_contents(test_env("KRB5_CONFIG"), &lab_krb5_conf, NULL, NULL);
    g_autofree char *krb5_conf = g_build_filename(directory_name, "krb5.conf", NULL);
    g_setenv("KRB5_CONFIG", krb5_conf, TRUE);
    test_set_kdc(NULL);
    g_unsetenv("LDAPTLS_CACERT");
    g_setenv("LDAPTLS_REQCERT", "never", TRUE);
    g_setenv("LDAPREFERRALS", "on", TRUE);
    g_setenv("LDAPSASL_NOCANON", "off", TRUE);
    g_setenv("LDAPSASL_SECPROPS", "maxssf=0", TRUE);
    g_setenv("LDAPNETWORK_TIMEOUT", "1", TRUE);
    g_setenv("LDAPSIZELIMIT", "1", TRUE);
}

void test_teardown(void)
{
    rms_directory_wait_for_threads();
    test_kdestroy();
    g_unlink(test_env("KRB5_CONFIG"));
    g_rmdir(directory_name);
    g_clear_pointer(&lab_krb5_conf, g_free);
    g_clear_pointer(&directory_name, g_free);
}

void test_kinit(const char *keytab, const char *principal, const char *lifetime)
{
    g_autofree char *path = g_strdup_printf("%s/%s.keytab", test_env("LAB_KEYTABS"), keytab);
    const char *argv[] = {
        "kinit", "-k", "-t", path, principal, lifetime != NULL ? "-l" : NULL, lifetime, NULL};
    g_autoptr(GError) error = NULL;
    int status = -1;
    ck_assert_msg(g_spawn_sync(NULL,
                               (char **) argv,
                               NULL,
                               G_SPAWN_SEARCH_PATH,
                               NULL,
                               NULL,
                               NULL,
                               NULL,
                               &status,
                               &error) &&
                      status == 0,
                  "kinit failed");
}

void test_kdestroy(void)
{
    g_autofree char *path = g_build_filename(directory_name, "ccache", NULL);
    g_unlink(path);
}

void test_set_kdc(const char *kdc)
{
    g_autoptr(GRegex) setting = g_regex_new("^\\s*kdc = .*$", G_REGEX_MULTILINE, 0, NULL);
    g_autofree char *line = g_strdup_printf("kdc = %s", kdc);
    g_autofree char *changed =
        g_regex_replace_literal(setting, lab_krb5_conf, -1, 0, line, 0, NULL);
    const char *text = kdc != NULL ? changed : lab_krb5_conf;
    if (!g_file_set_contents(test_env("KRB5_CONFIG"), text, -1, NULL))
        g_error("krb5.conf cannot be written");
}

RmsDirectorySettings *test_settings(const char *server, const char *user, const char *password)
{
    RmsDirectorySettings *settings = rms_directory_settings_new();
    settings->server = g_strdup(server);
    settings->user = g_strdup(user);
    settings->password = password != NULL ? rms_secret_new(password, -1) : NULL;
    settings->ca_file = g_strdup(test_env("LAB_DOMAIN_CA"));
    settings->timeout_ms = TEST_TIMEOUT_MS;
    return settings;
}

RmsDirectory *test_directory(const char *server)
{
    g_autoptr(RmsDirectorySettings) settings = test_settings(server, NULL, NULL);
    return rms_directory_new(settings);
}

RmsDirectory *test_directory_through(TestProxy *proxy, guint timeout_ms)
{
    g_autofree char *server =
        g_strdup_printf("%s:%u", test_env("LAB_DC"), test_proxy_get_port(proxy));
    g_autoptr(RmsDirectorySettings) settings = test_settings(server, NULL, NULL);
    settings->timeout_ms = timeout_ms;
    return rms_directory_new(settings);
}

typedef struct {
    gboolean done;
    gboolean ok;
    gboolean truncated;
    gpointer value;
    GError **error;
} Answer;

static void wait_for(Answer *answer)
{
    while (!answer->done)
        g_main_context_iteration(NULL, TRUE);
}

static void on_opened(GObject *source, GAsyncResult *result, gpointer data)
{
    Answer *answer = data;
    ck_assert(!answer->done);
    answer->ok = rms_directory_open_finish(RMS_DIRECTORY(source), result, answer->error);
    answer->done = TRUE;
}

gboolean test_open(RmsDirectory *directory, GError **error)
{
    Answer answer = {.error = error};
    rms_directory_open_async(directory, NULL, on_opened, &answer);
    wait_for(&answer);
    return answer.ok;
}

static void on_searched(GObject *source, GAsyncResult *result, gpointer data)
{
    Answer *answer = data;
    ck_assert(!answer->done);
    answer->ok = rms_directory_search_finish(
        RMS_DIRECTORY(source), result, &answer->truncated, answer->error);
    answer->done = TRUE;
}

GListStore *test_search(RmsDirectory *directory,
                        const char *text,
                        guint kinds,
                        guint limit,
                        gboolean *truncated,
                        GError **error)
{
    Answer answer = {.error = error};
    GListStore *store = g_list_store_new(RMS_TYPE_DIRECTORY_OBJECT);
    const RmsDirectorySearch search = {.text = text, .kinds = kinds, .limit = limit};
    rms_directory_search_async(directory, &search, store, NULL, on_searched, &answer);
    wait_for(&answer);
    if (truncated != NULL)
        *truncated = answer.truncated;
    return store;
}

static void on_resolved(GObject *source, GAsyncResult *result, gpointer data)
{
    Answer *answer = data;
    ck_assert(!answer->done);
    answer->value = rms_directory_resolve_finish(RMS_DIRECTORY(source), result, answer->error);
    answer->done = TRUE;
}

GPtrArray *test_resolve(RmsDirectory *directory, const char *text, guint kinds, GError **error)
{
    Answer answer = {.error = error};
    rms_directory_resolve_async(directory, text, kinds, NULL, on_resolved, &answer);
    wait_for(&answer);
    return answer.value;
}

static void on_looked_up(GObject *source, GAsyncResult *result, gpointer data)
{
    Answer *answer = data;
    ck_assert(!answer->done);
    answer->value = rms_directory_lookup_sid_finish(RMS_DIRECTORY(source), result, answer->error);
    answer->done = TRUE;
}

RmsDirectoryObject *test_lookup(RmsDirectory *directory, const char *text, GError **error)
{
    Answer answer = {.error = error};
    RmsSid sid;
    ck_assert(rms_sid_parse(&sid, text));
    rms_directory_lookup_sid_async(directory, &sid, NULL, on_looked_up, &answer);
    wait_for(&answer);
    return answer.value;
}

gboolean test_has(GListStore *store, const char *account_name)
{
    guint found = 0;
    for (guint i = 0; i < g_list_model_get_n_items(G_LIST_MODEL(store)); i++) {
        g_autoptr(RmsDirectoryObject) object = g_list_model_get_item(G_LIST_MODEL(store), i);
        if (strcmp(rms_directory_object_get_account_name(object), account_name) == 0)
            found++;
    }
    ck_assert_msg(found <= 1, "%s was found %u times", account_name, found);
    return found == 1;
}

char *test_find_sid(RmsDirectory *directory, const char *text)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) objects = test_resolve(directory, text, RMS_KIND_ALL, &error);
    ck_assert_msg(objects != NULL, "%s: %s", text, error != NULL ? error->message : "");
    ck_assert_msg(objects->len == 1, "%s: %u objects", text, objects->len);
    return g_strdup(rms_directory_object_get_sid_text(objects->pdata[0]));
}

char *test_find_sid_patiently(RmsDirectory *directory, const char *text)
{
    gint64 start = g_get_monotonic_time();
    while (TRUE) {
        g_autoptr(GError) error = NULL;
        g_autoptr(GPtrArray) objects = test_resolve(directory, text, RMS_KIND_ALL, &error);
        if (objects != NULL) {
            ck_assert_uint_eq(objects->len, 1);
            return g_strdup(rms_directory_object_get_sid_text(objects->pdata[0]));
        }
        ck_assert_msg(
            g_error_matches(error, RMS_DIRECTORY_ERROR, RMS_DIRECTORY_ERROR_UNREACHABLE) &&
                test_seconds_since(start) < TEST_TIMEOUT_MS / 1000.0,
            "%s",
            error->message);
    }
}

double test_seconds_since(gint64 start)
{
    return (double) (g_get_monotonic_time() - start) / G_USEC_PER_SEC;
}

double test_cpu_seconds(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double) usage.ru_utime.tv_sec + (double) usage.ru_utime.tv_usec / 1e6 +
           (double) usage.ru_stime.tv_sec + (double) usage.ru_stime.tv_usec / 1e6;
}
