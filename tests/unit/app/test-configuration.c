/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The console's configuration file: the shipped example is good, and each way of being wrong is
 * refused by name.
 */
#include "config.h"

#include <check.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/console-configuration.h"

#define GOOD                                                                                       \
    "[Cloud]\nEnvironment=AzureCloud\nTenant=contoso.example\nClientId=8f3c1f0e-6f0b-4c41-9a53-"   \
    "0c0e5f6a9b10\n"                                                                               \
    "[Directory]\nServer=dc1.contoso.example\n"                                                    \
    "[Connector]\nName=rmsconnector.contoso.example\nStateDirectory=/s\nKeytab=/"                  \
    "k\nHttpAddress=127.0.0.1:80\n"                                                                \
    "ApplicationId=5b2f9a64-0e7d-4f6e-a1b7-2d4c8f1e3a77\nApplicationKey=/"                         \
    "a\nApplicationCertificate=/c\n"

static char *directory;

static char *write_file(const char *name, const char *text, int mode)
{
    char *path = g_build_filename(directory, name, NULL);

    ck_assert(g_file_set_contents(path, text, -1, NULL));
    ck_assert_int_eq(g_chmod(path, mode), 0);
    return path;
}

static RmsConsoleConfiguration *load(const char *text, GError **error)
{
    g_autofree char *path = write_file("console.conf", text, 0600);

    return rms_console_configuration_load(path, error);
}

START_TEST(test_example_is_good)
{
    g_autofree char *path =
        g_build_filename(g_getenv("SOURCE_ROOT"), "docs", "console.conf.example", NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(RmsConsoleConfiguration) configuration = rms_console_configuration_load(path, &error);

    ck_assert_msg(configuration != NULL, "%s", error != NULL ? error->message : "");
    ck_assert_str_eq(configuration->environment->authority, "https://login.microsoftonline.com");
    ck_assert_str_eq(configuration->connector->https_address, "0.0.0.0:443");
    ck_assert_ptr_null(configuration->connector->http_address);
    ck_assert_str_eq(configuration->application_key, "/etc/rms-connector/application.key");
}
END_TEST

START_TEST(test_good)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(RmsConsoleConfiguration) configuration = load(GOOD, &error);

    ck_assert_msg(configuration != NULL, "%s", error != NULL ? error->message : "");
    ck_assert_str_eq(configuration->directory->server, "dc1.contoso.example");
    ck_assert_ptr_null(configuration->directory->password);
    ck_assert_str_eq(configuration->environment->connector_client_id,
                     "5b2f9a64-0e7d-4f6e-a1b7-2d4c8f1e3a77");
}
END_TEST

static const struct {
    const char *by; /* instead of the [Directory] group of GOOD */
    const char *server;
    const char *domain;
} directories[] = {
    {"[Directory]\nServer=dc1.contoso.example dc2.contoso.example\n",
     "dc1.contoso.example dc2.contoso.example",                             NULL             },
    {"[Directory]\nDomain=contoso.example\n",                         NULL, "contoso.example"},
    {"[Directory]\n",                                                 NULL, NULL             },
    {"",                                                              NULL, NULL             },
};

START_TEST(test_directory_servers)
{
    g_auto(GStrv) parts = g_strsplit(GOOD, "[Directory]\nServer=dc1.contoso.example\n", 2);
    g_autofree char *text = g_strjoinv(directories[_i].by, parts);
    g_autoptr(GError) error = NULL;
    g_autoptr(RmsConsoleConfiguration) configuration = load(text, &error);

    ck_assert_uint_eq(g_strv_length(parts), 2);
    ck_assert_msg(configuration != NULL, "%s", error != NULL ? error->message : "");
    ck_assert_pstr_eq(configuration->directory->server, directories[_i].server);
    ck_assert_pstr_eq(configuration->directory->domain, directories[_i].domain);
}
END_TEST

static const struct {
    const char *what;
    const char *replace; /* in GOOD */
    const char *by;
    const char *says; /* in the error */
} bad[] = {
    {"unknown group",                   "[Directory]",                "[Directory]\nServer=x\n[Direktory]",          "[Direktory]"                      },
    {"unknown key",                     "Keytab=/k",                  "Keytab=/k\nKeytap=/k",                        "Keytap"                           },
    {"missing key",                     "Keytab=/k\n",                "",                                            "lacks Keytab"                     },
    {"empty list of servers",           "Server=dc1.contoso.example", "Server=",                                     "Server is empty"                  },
    {"empty domain",                    "Server=dc1.contoso.example", "Domain=",                                     "Domain is empty"                  },
    {"empty value",                     "Keytab=/k",                  "Keytab=",                                     "Keytab is empty"                  },
    {"blank value",                     "Keytab=/k",                  "Keytab=  ",                                   "Keytab is empty"                  },
    {"unknown environment",             "AzureCloud",                 "AzureClod",                                   "AzureChinaCloud"                  },
    {"no environment",                  "Environment=AzureCloud\n",   "",                                            "Environment must be one of"       },
    {"environment that needs more",     "AzureCloud",                 "AzureUSGovernment2",                          "[Cloud]"                          },
    {"plain http authority",            "Tenant=",                    "Authority=http://login.example\nTenant=",     "[Cloud]"                          },
    {"nowhere to listen",               "HttpAddress=127.0.0.1:80\n", "",                                            "HttpsAddress, HttpAddress or both"},
    {"user without password file",      "Server=dc1",                 "User=reader\nServer=dc1",                     "go together"                      },
    {"password file without user",      "Server=dc1",                 "PasswordFile=/p\nServer=dc1",                 "go together"                      },
    {"password file that is not there",
     "Server=dc1",                                                    "User=r\nPasswordFile=/nowhere/p\nServer=dc1",
     "/nowhere/p"                                                                                                                                       },
    {"no key file",                     "[Cloud]",                    "Cloud",                                       "cannot be read"                   },
};

START_TEST(test_bad)
{
    g_auto(GStrv) parts = g_strsplit(GOOD, bad[_i].replace, 2);
    g_autofree char *text = g_strjoinv(bad[_i].by, parts);
    g_autoptr(GError) error = NULL;
    g_autoptr(RmsConsoleConfiguration) configuration = load(text, &error);

    ck_assert_msg(g_strv_length(parts) == 2, "%s: the row replaces nothing", bad[_i].what);
    ck_assert_msg(configuration == NULL, "%s was accepted", bad[_i].what);
    ck_assert_msg(
        strstr(error->message, bad[_i].says) != NULL, "%s: %s", bad[_i].what, error->message);
    ck_assert_msg(
        strstr(error->message, "console.conf") != NULL, "%s: %s", bad[_i].what, error->message);
}
END_TEST

START_TEST(test_password_file)
{
    g_autofree char *secret = write_file("password", "Pa55 wörd\n", 0600);
    g_autofree char *by =
        g_strdup_printf("User=reader@contoso.example\nPasswordFile=%s\nServer=dc1", secret);
    g_auto(GStrv) parts = g_strsplit(GOOD, "Server=dc1", 2);
    g_autofree char *text = g_strjoinv(by, parts);
    g_autoptr(GError) error = NULL;
    RmsConsoleConfiguration *configuration = load(text, &error);

    ck_assert_msg(configuration != NULL, "%s", error != NULL ? error->message : "");
    ck_assert_str_eq(rms_secret_get(configuration->directory->password), "Pa55 wörd");
    rms_console_configuration_free(configuration);

    ck_assert_int_eq(g_chmod(secret, 0640), 0);
    configuration = load(text, &error);
    ck_assert_ptr_null(configuration);
    ck_assert_ptr_nonnull(strstr(error->message, "chmod 600"));
    ck_assert_ptr_null(strstr(error->message, "Pa55"));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("console-configuration");
    TCase *tcase = tcase_create("file");
    SRunner *runner;
    int failed;

    directory = g_dir_make_tmp("rms-configuration-XXXXXX", NULL);
    tcase_add_test(tcase, test_example_is_good);
    tcase_add_test(tcase, test_good);
    tcase_add_loop_test(tcase, test_directory_servers, 0, G_N_ELEMENTS(directories));
    tcase_add_loop_test(tcase, test_bad, 0, G_N_ELEMENTS(bad));
    tcase_add_test(tcase, test_password_file);
    suite_add_tcase(suite, tcase);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    for (const char *const *name = (const char *const[]){"console.conf", "password", NULL};
         *name != NULL;
         name++) {
        g_autofree char *path = g_build_filename(directory, *name, NULL);
        g_unlink(path);
    }
    g_rmdir(directory);
    g_free(directory);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
