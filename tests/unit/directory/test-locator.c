/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which servers are tried and in which order, out of what a resolver of this test's own answers. It
 * knows no address, so that nobody is ever asked for a site.
 */
#include "config.h"

#include <check.h>
#include <gio/gio.h>
#include <string.h>

#include "directory/directory-limits.h"
#include "directory/directory-locator-private.h"

/* A resolver that answers from a table. */
static const char *const *answers; /* "RECORD PRIORITY WEIGHT PORT TARGET", … , NULL */
static GPtrArray *asked;
static GResolverError failure;

#define TEST_TYPE_RESOLVER (test_resolver_get_type())
G_DECLARE_FINAL_TYPE(TestResolver, test_resolver, TEST, RESOLVER, GResolver)
struct _TestResolver {
    GResolver parent_instance;
};
G_DEFINE_FINAL_TYPE(TestResolver, test_resolver, G_TYPE_RESOLVER)

static GList *
lookup_service(GResolver *resolver, const char *record, GCancellable *cancellable, GError **error)
{
    GList *targets = NULL;
    g_ptr_array_add(asked, g_strdup(record));
    for (gsize i = 0; answers != NULL && answers[i] != NULL; i++) {
        g_auto(GStrv) fields = g_strsplit(answers[i], " ", -1);
        if (g_ascii_strcasecmp(fields[0], record) != 0)
            continue;
        GSrvTarget *target = g_srv_target_new(fields[4],
                                              (guint16) g_ascii_strtoull(fields[3], NULL, 10),
                                              (guint16) g_ascii_strtoull(fields[1], NULL, 10),
                                              (guint16) g_ascii_strtoull(fields[2], NULL, 10));
        targets = g_list_append(targets, target);
    }
    if (targets == NULL)
        g_set_error_literal(error, G_RESOLVER_ERROR, (int) failure, "the table has none");
    return g_srv_target_list_sort(targets);
}

static GList *
lookup_by_name(GResolver *resolver, const char *name, GCancellable *cancellable, GError **error)
{
    g_set_error_literal(error, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND, "no addresses here");
    return NULL;
}

static GList *lookup_by_name_with_flags(GResolver *resolver,
                                        const char *name,
                                        GResolverNameLookupFlags flags,
                                        GCancellable *cancellable,
                                        GError **error)
{
    return lookup_by_name(resolver, name, cancellable, error);
}

static void lookup_by_name_with_flags_async(GResolver *resolver,
                                            const char *name,
                                            GResolverNameLookupFlags flags,
                                            GCancellable *cancellable,
                                            GAsyncReadyCallback callback,
                                            gpointer data)
{
    g_autoptr(GTask) task = g_task_new(resolver, cancellable, callback, data);
    g_task_return_new_error(
        task, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND, "no addresses here");
}

static GList *
lookup_by_name_with_flags_finish(GResolver *resolver, GAsyncResult *result, GError **error)
{
    return g_task_propagate_pointer(G_TASK(result), error);
}

static void test_resolver_class_init(TestResolverClass *klass)
{
    GResolverClass *resolver_class = G_RESOLVER_CLASS(klass);

    resolver_class->lookup_service = lookup_service;
    resolver_class->lookup_by_name = lookup_by_name;
    resolver_class->lookup_by_name_with_flags = lookup_by_name_with_flags;
    resolver_class->lookup_by_name_with_flags_async = lookup_by_name_with_flags_async;
    resolver_class->lookup_by_name_with_flags_finish = lookup_by_name_with_flags_finish;
}

static void test_resolver_init(TestResolver *self)
{
}

static void on_stuck(gpointer owner)
{
    g_assert_not_reached();
}

static void set_up(void)
{
    asked = g_ptr_array_new_with_free_func(g_free);
    answers = NULL;
    failure = G_RESOLVER_ERROR_NOT_FOUND;
}

static void tear_down(void)
{
    g_ptr_array_unref(asked);
}

/* Returns: (transfer full) (nullable): the URIs in order. */
static char *find(const char *server,
                  const char *domain,
                  gboolean global_catalog,
                  gboolean with_password,
                  GError **error)
{
    g_autoptr(RmsDirectorySettings) settings = rms_directory_settings_new();
    settings->server = g_strdup(server);
    settings->domain = g_strdup(domain);
    settings->global_catalog = global_catalog;
    settings->user = g_strdup(with_password ? "user" : NULL);
    RmsWatchdog *watchdog = rms_watchdog_new(on_stuck, NULL, NULL);
    g_autoptr(GPtrArray) targets = rms_locator_find(settings, watchdog, error);
    rms_watchdog_free(watchdog);
    if (targets == NULL)
        return NULL;
    GString *uris = g_string_new(NULL);
    for (guint i = 0; i < targets->len; i++) {
        const RmsTarget *target = targets->pdata[i];
        ck_assert(server == NULL
                      ? g_ascii_strncasecmp(target->domain, domain, strlen(target->domain)) == 0
                      : target->domain == NULL);
        g_string_append_printf(uris, "%s%s", i > 0 ? " " : "", target->uri);
        /* One test does not know what another's servers did. */
        rms_locator_note(target, TRUE);
    }
    return g_string_free(uris, FALSE);
}

#define DC "_ldap._tcp.dc._msdcs.contoso.example "
#define GC "_gc._tcp.contoso.example "

static const struct {
    const char *what;
    const char *server;
    const char *domain;
    gboolean global_catalog;
    gboolean with_password;
    const char *answers[6];
    const char *uris;  /* NULL: an error */
    const char *error; /* that says this */
} rows[] = {
    {"given servers in their order",
     "dc2 ldaps://dc1",                          "contoso.example",
     FALSE,                                                                 FALSE,
     {DC "0 0 389 dc9.contoso.example"},
     "ldap://dc2:389 ldaps://dc1:636",                                                                   NULL                                                                             },
    {"one server",
     NULL,                                       "contoso.example",
     FALSE,                                                                 FALSE,
     {DC "0 100 389 dc1.contoso.example"},
     "ldap://dc1.contoso.example:389",                                                                   NULL                                                                             },
    {"by priority",
     NULL,                                       "contoso.example",
     FALSE,                                                                 FALSE,
     {DC "10 0 389 dc1.contoso.example",
      DC "0 0 389 dc2.contoso.example",
      DC "5 9 389 dc3.contoso.example"},
     "ldap://dc2.contoso.example:389 ldap://dc3.contoso.example:389 ldap://dc1.contoso.example:389",     NULL                                                                             },
    {"a password goes over TLS",
     NULL,                                       "contoso.example",
     FALSE,                                                                 TRUE,
     {DC "0 100 389 dc1.contoso.example"},
     "ldaps://dc1.contoso.example:636",                                                                  NULL                                                                             },
    {"a port of its own",
     NULL,                                       "contoso.example",
     FALSE,                                                                 TRUE,
     {DC "0 100 1389 dc1.contoso.example"},
     "ldap://dc1.contoso.example:1389",                                                                  NULL                                                                             },
    {"global catalog",
     NULL,                                       "contoso.example",
     TRUE,                                                                  FALSE,
     {GC "0 100 3268 dc1.sales.contoso.example", DC "0 100 389 dc9.contoso.example"},
     "ldap://dc1.sales.contoso.example:3268",                                                            NULL                                                                             },
    {"global catalog with a password",
     NULL,                                       "contoso.example",
     TRUE,                                                                  TRUE,
     {GC "0 100 3268 dc1.contoso.example"},
     "ldaps://dc1.contoso.example:3269",                                                                 NULL                                                                             },
    {"case and a dot at the end",
     NULL,                                       "contoso.example",
     FALSE,                                                                 FALSE,
     {DC "0 100 389 DC1.Contoso.Example."},
     "ldap://DC1.Contoso.Example:389",                                                                   NULL                                                                             },
    {"twice the same",
     NULL,                                       "contoso.example",
     FALSE,                                                                 FALSE,
     {DC "0 0 389 dc1.contoso.example", DC "1 0 389 DC1.contoso.example."},
     "ldap://dc1.contoso.example:389",                                                                   NULL                                                                             },
    {"one outside the domain",
     NULL,                                       "contoso.example",
     FALSE,                                                                 FALSE,
     {DC "0 0 389 dc1.contoso.example.evil.example", DC "1 0 389 dc1.contoso.example"},
     "ldap://dc1.contoso.example:389",                                                                   NULL                                                                             },
    {"all outside the domain",
     NULL,                                       "contoso.example",
     FALSE,                                                                 FALSE,
     {DC "0 0 389 dc1.evil.example", DC "0 0 389 xcontoso.example", DC "0 0 389 contoso.example"},
     NULL,                                                                                               "None of the servers that DNS names in _ldap._tcp.dc._msdcs.contoso.example"     },
    {"a name that is none",
     NULL,                                       "contoso.example",
     FALSE,                                                                 FALSE,
     {DC "0 0 389 x@y.contoso.example", DC "1 0 389 dc1.contoso.example"},
     "ldap://dc1.contoso.example:389",                                                                   NULL                                                                             },
    {"port zero",
     NULL,                                       "contoso.example",
     FALSE,                                                                 FALSE,
     {DC "0 0 0 dc1.contoso.example"},
     NULL,                                                                                               "None of the servers"                                                            },
    {"no record",
     NULL,                                       "contoso.example",
     FALSE,                                                                 FALSE,
     {NULL},
     NULL,                                                                                               "no service record _ldap._tcp.dc._msdcs.contoso.example; check the domain's name"},
    {"no record of a global catalog",
     NULL,                                       "contoso.example",
     TRUE,                                                                  FALSE,
     {DC "0 0 389 dc1.contoso.example"},
     NULL,                                                                                               "no service record _gc._tcp.contoso.example"                                     },
    {"a domain with a dot at the end",
     NULL,                                       "Contoso.Example.",
     FALSE,                                                                 FALSE,
     {DC "0 100 389 dc1.contoso.example"},
     "ldap://dc1.contoso.example:389",                                                                   NULL                                                                             },
    {"a domain that is none",
     NULL,                                       "contoso example",
     FALSE,                                                                 FALSE,
     {NULL},
     NULL,                                                                                               "is no domain's name"                                                            },
    {"an address as a domain",
     NULL,                                       "192.0.2.1",
     FALSE,                                                                 FALSE,
     {NULL},
     NULL,                                                                                               "is no domain's name"                                                            },
    {"no text as a domain",            NULL,     "\xff",             FALSE, FALSE, {NULL},         NULL, "is no domain's name"                                                            },
    {"a bad server",                   "dc 1:x", "contoso.example",  FALSE, FALSE, {NULL},         NULL, "such as"                                                                        },
};

START_TEST(test_find)
{
    answers = rows[_i].answers;
    g_autoptr(GError) error = NULL;
    g_autofree char *uris = find(
        rows[_i].server, rows[_i].domain, rows[_i].global_catalog, rows[_i].with_password, &error);
    if (rows[_i].uris != NULL) {
        ck_assert_msg(uris != NULL, "%s: %s", rows[_i].what, error != NULL ? error->message : "");
        ck_assert_str_eq(uris, rows[_i].uris);
        return;
    }
    ck_assert_msg(uris == NULL, "%s: %s", rows[_i].what, uris);
    ck_assert(g_error_matches(error, RMS_DIRECTORY_ERROR, RMS_DIRECTORY_ERROR_UNREACHABLE));
    ck_assert_msg(strstr(error->message, rows[_i].error) != NULL, "%s", error->message);
}
END_TEST

START_TEST(test_dns_is_away)
{
    failure = G_RESOLVER_ERROR_TEMPORARY_FAILURE;
    g_autoptr(GError) error = NULL;
    ck_assert_ptr_null(find(NULL, "contoso.example", FALSE, FALSE, &error));
    ck_assert_ptr_nonnull(
        strstr(error->message, "DNS does not answer the question for _ldap._tcp.dc._msdcs."));
}
END_TEST

START_TEST(test_weights)
{
    static const char *const weighted[] = {
        DC "0 30 389 dc1.contoso.example", DC "0 10 389 dc2.contoso.example", NULL};
    answers = weighted;
    g_random_set_seed(1);
    guint first = 0;
    for (guint i = 0; i < 400; i++) {
        g_autofree char *uris = find(NULL, "contoso.example", FALSE, FALSE, NULL);
        first += g_str_has_prefix(uris, "ldap://dc1.") ? 1 : 0;
    }
    /* Three of four, give or take five standard deviations. */
    ck_assert_msg(first > 255 && first < 345, "%u of 400", first);
}
END_TEST

START_TEST(test_failed_comes_last)
{
    g_autoptr(RmsTarget) failed = rms_target_parse("dc1.contoso.example", FALSE, FALSE, NULL);
    rms_locator_note(failed, FALSE);
    g_autofree char *first = find("DC1.contoso.example dc2 dc3", NULL, FALSE, FALSE, NULL);
    ck_assert_str_eq(first, "ldap://dc2:389 ldap://dc3:389 ldap://DC1.contoso.example:389");
    /* It answered in the end, and another port is another server. */
    g_autofree char *again = find("dc1.contoso.example dc2", NULL, FALSE, FALSE, NULL);
    ck_assert_str_eq(again, "ldap://dc1.contoso.example:389 ldap://dc2:389");
    rms_locator_note(failed, FALSE);
    g_autofree char *other = find("ldaps://dc1.contoso.example dc2", NULL, FALSE, FALSE, NULL);
    ck_assert_str_eq(other, "ldaps://dc1.contoso.example:636 ldap://dc2:389");
    rms_locator_note(failed, TRUE);
}
END_TEST

START_TEST(test_silent_ones_are_not_pinged_again)
{
    /* Three are asked for the site, and nobody answers: they come behind the one not asked. */
    static const char *const four[] = {DC "0 0 389 dc1.contoso.example",
                                       DC "1 0 389 dc2.contoso.example",
                                       DC "2 0 389 dc3.contoso.example",
                                       DC "3 0 389 dc4.contoso.example",
                                       NULL};
    answers = four;
    g_autofree char *uris = find(NULL, "contoso.example", FALSE, FALSE, NULL);
    ck_assert_str_eq(uris,
                     "ldap://dc4.contoso.example:389 ldap://dc1.contoso.example:389 "
                     "ldap://dc2.contoso.example:389 ldap://dc3.contoso.example:389");
    ck_assert_uint_eq(asked->len, 1);
}
END_TEST

START_TEST(test_ceiling)
{
    g_autoptr(GPtrArray) many = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < 2 * RMS_MAX_LOCATED_SERVERS; i++)
        g_ptr_array_add(many, g_strdup_printf(DC "%u 0 389 dc%u.contoso.example", i, i));
    g_ptr_array_add(many, NULL);
    answers = (const char *const *) many->pdata;
    g_autofree char *uris = find(NULL, "contoso.example", FALSE, FALSE, NULL);
    g_auto(GStrv) each = g_strsplit(uris, " ", -1);
    ck_assert_uint_eq(g_strv_length(each), RMS_MAX_LOCATED_SERVERS);
    answers = NULL;
}
END_TEST

int main(void)
{
    g_autoptr(GResolver) resolver = g_object_new(TEST_TYPE_RESOLVER, NULL);
    g_resolver_set_default(resolver);
    Suite *suite = suite_create("directory locator");
    TCase *tcase = tcase_create("all");
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_loop_test(tcase, test_find, 0, G_N_ELEMENTS(rows));
    tcase_add_test(tcase, test_dns_is_away);
    tcase_add_test(tcase, test_weights);
    tcase_add_test(tcase, test_failed_comes_last);
    tcase_add_test(tcase, test_silent_ones_are_not_pinged_again);
    tcase_add_test(tcase, test_ceiling);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
