/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The "server" setting, and the certificate authorities that go with it.
 */
#include "config.h"

#include <check.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "directory/directory-target-private.h"
#include "directory/directory-trust-private.h"

static const struct {
    const char *server;
    gboolean with_password;
    const char *uri; /* NULL: refused */
    const char *host;
    gboolean ldaps;
    gboolean start_tls;
} targets[] = {
    {"dc1.contoso.com",       FALSE, "ldap://dc1.contoso.com:389",  "dc1.contoso.com", FALSE, FALSE},
    {"dc1.contoso.com",       TRUE,  "ldaps://dc1.contoso.com:636", "dc1.contoso.com", TRUE,  FALSE},
    {"dc1.contoso.com:3268",  FALSE, "ldap://dc1.contoso.com:3268", "dc1.contoso.com", FALSE, FALSE},
    {"ldap://dc1",            FALSE, "ldap://dc1:389",              "dc1",             FALSE, FALSE},
    {"ldap://dc1/",           FALSE, "ldap://dc1:389",              "dc1",             FALSE, FALSE},
    {"ldap://dc1",            TRUE,  "ldap://dc1:389",              "dc1",             FALSE, TRUE },
    {"ldaps://dc1",           FALSE, "ldaps://dc1:636",             "dc1",             TRUE,  FALSE},
    {"LdapS://dc1:3269",      TRUE,  "ldaps://dc1:3269",            "dc1",             TRUE,  FALSE},
    {"192.0.2.1",             FALSE, "ldap://192.0.2.1:389",        "192.0.2.1",       FALSE, FALSE},
    {"[2001:db8::1]:1389",    FALSE, "ldap://[2001:db8::1]:1389",   "2001:db8::1",     FALSE, FALSE},
    {"ldaps://[2001:db8::1]", FALSE, "ldaps://[2001:db8::1]:636",   "2001:db8::1",     TRUE,  FALSE},
    {NULL,                    FALSE, NULL,                          NULL,              FALSE, FALSE},
    {"",                      FALSE, NULL,                          NULL,              FALSE, FALSE},
    {" ",                     FALSE, NULL,                          NULL,              FALSE, FALSE},
    {"ldap://",               FALSE, NULL,                          NULL,              FALSE, FALSE},
    {"ldap:///",              FALSE, NULL,                          NULL,              FALSE, FALSE},
    {"ldapi://socket",        FALSE, NULL,                          NULL,              FALSE, FALSE},
    {"http://dc1",            FALSE, NULL,                          NULL,              FALSE, FALSE},
    {"ldap://dc1/DC=x",       FALSE, NULL,                          NULL,              FALSE, FALSE},
    {"ldap://dc1?x",          FALSE, NULL,                          NULL,              FALSE, FALSE},
    {"ldap://dc1 ldap://dc2", FALSE, NULL,                          NULL,              FALSE, FALSE},
    {"dc1 dc2",               FALSE, NULL,                          NULL,              FALSE, FALSE},
    {"dc1\n",                 FALSE, NULL,                          NULL,              FALSE, FALSE},
    {"user@dc1",              FALSE, NULL,                          NULL,              FALSE, FALSE},
    {"dc1:port",              FALSE, NULL,                          NULL,              FALSE, FALSE},
    {"dc1:0",                 FALSE, NULL,                          NULL,              FALSE, FALSE},
    {"dc1:65536",             FALSE, NULL,                          NULL,              FALSE, FALSE},
    {"-dc1",                  FALSE, NULL,                          NULL,              FALSE, FALSE},
    {"dc\xff",                FALSE, NULL,                          NULL,              FALSE, FALSE},
    {"dc1%00",                FALSE, NULL,                          NULL,              FALSE, FALSE},
};

START_TEST(test_target)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(RmsTarget) target =
        rms_target_parse(targets[_i].server, targets[_i].with_password, FALSE, &error);
    if (targets[_i].uri == NULL) {
        ck_assert_msg(target == NULL, "%s was taken", targets[_i].server);
        ck_assert(g_error_matches(error, RMS_DIRECTORY_ERROR, RMS_DIRECTORY_ERROR_UNREACHABLE));
        ck_assert(g_utf8_validate(error->message, -1, NULL));
        return;
    }
    ck_assert_msg(target != NULL, "%s", error != NULL ? error->message : "");
    ck_assert_str_eq(target->uri, targets[_i].uri);
    ck_assert_str_eq(target->host, targets[_i].host);
    ck_assert_int_eq(target->ldaps, targets[_i].ldaps);
    ck_assert_int_eq(target->start_tls, targets[_i].start_tls);
}
END_TEST

static const struct {
    const char *servers;
    gboolean with_password;
    gboolean global_catalog;
    const char *uris;     /* NULL: refused */
    const char *catalogs; /* of the same machines; NULL: none */
} lists[] = {
    {"dc1",                            FALSE, FALSE, "ldap://dc1:389",                   "dc1"                    },
    {" dc1\t ldaps://dc2 \n",          FALSE, FALSE, "ldap://dc1:389 ldaps://dc2:636",   "dc1 ldaps://dc2"        },
    {"dc1 dc2",                        FALSE, TRUE,  "ldap://dc1:3268 ldap://dc2:3268",  "dc1 dc2"                },
    {"dc1 ldap://dc2",                 TRUE,  TRUE,  "ldaps://dc1:3269 ldap://dc2:3268", "dc1 ldap://dc2"         },
    {"dc1:1389 ldaps://dc2:1",         FALSE, TRUE,  "ldap://dc1:1389 ldaps://dc2:1",    "dc1 ldaps://dc2"        },
    {"[2001:db8::1]:1389 192.0.2.1:1",
     FALSE,                                   FALSE,
     "ldap://[2001:db8::1]:1389 ldap://192.0.2.1:1",                                     "[2001:db8::1] 192.0.2.1"},
    {"dc1 ldap:// dc2",                FALSE, FALSE, NULL,                               "dc1 dc2"                },
    {"dc1, dc2",                       FALSE, FALSE, NULL,                               "dc2"                    },
    {" \t",                            FALSE, FALSE, NULL,                               NULL                     },
    {NULL,                             FALSE, FALSE, NULL,                               NULL                     },
};

START_TEST(test_list)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) found = rms_target_parse_list(
        lists[_i].servers, lists[_i].with_password, lists[_i].global_catalog, &error);
    g_autofree char *catalogs = rms_target_make_global_catalog(lists[_i].servers);
    ck_assert_pstr_eq(catalogs, lists[_i].catalogs);
    if (lists[_i].uris == NULL) {
        ck_assert_msg(found == NULL, "%s was taken", lists[_i].servers);
        ck_assert(g_error_matches(error, RMS_DIRECTORY_ERROR, RMS_DIRECTORY_ERROR_UNREACHABLE));
        return;
    }
    ck_assert_msg(found != NULL, "%s", error != NULL ? error->message : "");
    g_autoptr(GString) uris = g_string_new(NULL);
    for (guint i = 0; i < found->len; i++) {
        const RmsTarget *target = found->pdata[i];
        g_string_append_printf(uris, "%s%s", i > 0 ? " " : "", target->uri);
    }
    ck_assert_str_eq(uris->str, lists[_i].uris);
}
END_TEST

#define CERTIFICATE "-----BEGIN CERTIFICATE-----\nours\n-----END CERTIFICATE-----\n"

START_TEST(test_trust)
{
    g_autofree char *directory = g_dir_make_tmp("test-trust-XXXXXX", NULL);
    g_autofree char *file = g_build_filename(directory, "ca.pem", NULL);
    g_autoptr(GError) error = NULL;
    g_autofree char *path = NULL;

    g_autofree char *system = NULL;
    int fd = rms_trust_open(NULL, &path, &error);
    ck_assert_int_ge(fd, 0);
    ck_assert(g_file_get_contents(path, &system, NULL, NULL));
    close(fd);
    g_clear_pointer(&path, g_free);

    /* Ours comes beside the system's. */
    ck_assert(g_file_set_contents(file, CERTIFICATE, -1, NULL));
    g_autofree char *both = NULL;
    fd = rms_trust_open(file, &path, &error);
    ck_assert_int_ge(fd, 0);
    ck_assert(g_file_get_contents(path, &both, NULL, NULL));
    close(fd);
    g_clear_pointer(&path, g_free);
    ck_assert(g_str_has_prefix(both, system));
    ck_assert(g_str_has_suffix(both, CERTIFICATE));

    ck_assert(g_file_set_contents(file, "no certificate", -1, NULL));
    ck_assert_int_lt(rms_trust_open(file, &path, &error), 0);
    ck_assert(g_error_matches(error, RMS_DIRECTORY_ERROR, RMS_DIRECTORY_ERROR_TLS));
    g_clear_error(&error);
    g_unlink(file);
    ck_assert_int_lt(rms_trust_open(file, &path, &error), 0);
    ck_assert(g_error_matches(error, RMS_DIRECTORY_ERROR, RMS_DIRECTORY_ERROR_TLS));
    ck_assert_ptr_null(path);
    g_rmdir(directory);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("directory targets");
    TCase *tcase = tcase_create("all");
    tcase_add_loop_test(tcase, test_target, 0, G_N_ELEMENTS(targets));
    tcase_add_loop_test(tcase, test_list, 0, G_N_ELEMENTS(lists));
    tcase_add_test(tcase, test_trust);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
