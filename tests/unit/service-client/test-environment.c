/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The table of clouds, and which settings are good enough to send a token to.
 */
#include "config.h"

#include <check.h>
#include <string.h>

#include "service-client/cloud-environment.h"
#include "service-client/service-error.h"
#include "service-client/service-url.h"

/* protocol.md §4.1, §4.2: what is published, and nothing else. */
static const struct {
    const char *name;
    const char *authority;
    const char *discovery_url;
    const char *resource;
} environments[] = {
    {"AzureCloud",
     "https://login.microsoftonline.com",                                    "https://discover.aadrm.com",
     "https://api.aadrm.com/"                                                                                                },
    {"AzureChinaCloud",    "https://login.partner.microsoftonline.cn",       NULL,                         NULL              },
    {"AzureUSGovernment",  "https://login.microsoftonline.us",               NULL,                         "https://aadrm.us"},
    {"AzureUSGovernment2", "https://login.microsoftonline.eaglex.ic.gov",    NULL,                         NULL              },
    {"AzureUSGovernment3", "https://login.microsoftonline.microsoft.scloud", NULL,                         NULL              },
    {"Custom",             NULL,                                             NULL,                         NULL              },
};

static void check_text(const char *value, const char *wanted)
{
    ck_assert_msg(g_strcmp0(value, wanted) == 0,
                  "%s, not %s",
                  value != NULL ? value : "nothing",
                  wanted != NULL ? wanted : "nothing");
}

START_TEST(test_defaults)
{
    g_autoptr(RmsCloudEnvironment) environment = rms_cloud_environment_new(environments[_i].name);
    g_autoptr(RmsCloudEnvironment) copy = NULL;

    ck_assert_str_eq(rms_cloud_environment_names()[_i], environments[_i].name);
    ck_assert_ptr_nonnull(environment);
    copy = rms_cloud_environment_copy(environment);
    check_text(copy->name, environments[_i].name);
    check_text(copy->authority, environments[_i].authority);
    check_text(copy->discovery_url, environments[_i].discovery_url);
    check_text(copy->resource, environments[_i].resource);
    check_text(copy->tenant, "organizations");
    check_text(copy->scheme, "MSOID");
    check_text(copy->client_id, NULL);
    check_text(copy->ca_file, NULL);
    check_text(copy->connector_client_id, NULL);
}
END_TEST

START_TEST(test_missing)
{
    static const struct {
        const char *name, *missing;
    } clouds[] = {
        {"AzureCloud",         "client id"                             },
        {"AzureChinaCloud",    "resource discovery client id"          },
        {"AzureUSGovernment",  "discovery client id"                   },
        {"AzureUSGovernment3", "resource discovery client id"          },
        {"Custom",             "authority resource discovery client id"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(clouds); i++) {
        g_autoptr(RmsCloudEnvironment) environment = rms_cloud_environment_new(clouds[i].name);
        g_auto(GStrv) missing = rms_cloud_environment_list_missing(environment);
        g_autofree char *joined = g_strjoinv(" ", missing);
        g_autoptr(GError) error = NULL;

        ck_assert_str_eq(joined, clouds[i].missing);
        ck_assert(!rms_cloud_environment_validate(environment, &error));
        ck_assert_int_eq(strstr(error->message, "not published") != NULL,
                         strcmp(clouds[i].name, "AzureCloud") != 0 &&
                             strcmp(clouds[i].name, "Custom") != 0);
    }
}
END_TEST

START_TEST(test_unknown_name)
{
    ck_assert_ptr_null(rms_cloud_environment_new("azurecloud"));
    ck_assert_ptr_null(rms_cloud_environment_new(""));
    ck_assert_ptr_null(rms_cloud_environment_names()[G_N_ELEMENTS(environments)]);
}
END_TEST

/* One setting at a time is replaced in a complete environment. */
static const struct {
    gsize offset;
    const char *value;
    const char *named; /* the setting that the error names; NULL: accepted */
    const char *named_for_connector;
} settings[] = {
#define SETTING(member) G_STRUCT_OFFSET(RmsCloudEnvironment, member)
    {SETTING(authority),           "https://login.tenant.example",            NULL,                  NULL                 },
    {SETTING(authority),           "https://login.tenant.example:8443/",      NULL,                  NULL                 },
    {SETTING(authority),           "https://[::1]:8443",                      NULL,                  NULL                 },
    {SETTING(authority),           NULL,                                      "authority",           "authority"          },
    {SETTING(authority),           "",                                        "authority",           "authority"          },
    {SETTING(authority),           "http://login.tenant.example",             "authority",           "authority"          },
    {SETTING(authority),           "login.tenant.example",                    "authority",           "authority"          },
    {SETTING(authority),           "https://",                                "authority",           "authority"          },
    {SETTING(authority),           "https:///path",                           "authority",           "authority"          },
    {SETTING(authority),           "https://good.example@evil.example",       "authority",           "authority"          },
    {SETTING(authority),           "https://login.tenant.example?x=",         "authority",           "authority"          },
    {SETTING(authority),           "https://login.tenant.example#x",          "authority",           "authority"          },
    {SETTING(authority),           "file:///etc/passwd",                      "authority",           "authority"          },
    {SETTING(tenant),              "contoso.example",                         NULL,                  NULL                 },
    {SETTING(tenant),              "1c6dd8b2-3f0a-4d0e-8b0f-5d1f6a1e7c11",    NULL,                  NULL                 },
    {SETTING(tenant),              "organizations",                           NULL,                  "tenant"             },
    {SETTING(tenant),              "Common",                                  NULL,                  "tenant"             },
    {SETTING(tenant),              NULL,                                      "tenant",              "tenant"             },
    {SETTING(tenant),              "",                                        "tenant",              "tenant"             },
    {SETTING(tenant),              "contoso/../evil",                         "tenant",              "tenant"             },
    {SETTING(tenant),              "contoso?x",                               "tenant",              "tenant"             },
    {SETTING(tenant),              "contoso example",                         "tenant",              "tenant"             },
    {SETTING(discovery_url),       NULL,                                      "discovery",           NULL                 },
    {SETTING(discovery_url),       "http://discover.tenant.example",          "discovery",           NULL                 },
    {SETTING(resource),            NULL,                                      "resource",            "resource"           },
    {SETTING(resource),            "api.aadrm.com",                           "resource",            "resource"           },
    {SETTING(client_id),           NULL,                                      "client id",           NULL                 },
    {SETTING(client_id),           "a b",                                     "client id",           NULL                 },
    {SETTING(client_id),           "a\r\nb",                                  "client id",           NULL                 },
    {SETTING(scheme),              "Bearer",                                  NULL,                  NULL                 },
    {SETTING(scheme),              NULL,                                      "scheme",              NULL                 },
    {SETTING(scheme),              "MSOID x",                                 "scheme",              NULL                 },
    {SETTING(scheme),              "MSOID\r\nX: y",                           "scheme",              NULL                 },
    {SETTING(connector_client_id), NULL,                                      NULL,                  "application id"     },
    {SETTING(proxy),               "http://proxy.contoso.com:8080",           NULL,                  NULL                 },
    {SETTING(proxy),               "https://proxy.contoso.com:8443/",         NULL,                  NULL                 },
    {SETTING(proxy),               "http://[::1]:3128",                       NULL,                  NULL                 },
    {SETTING(proxy),               "none",                                    NULL,                  NULL                 },
    {SETTING(proxy),               "",                                        "proxy",               "proxy"              },
    {SETTING(proxy),               "proxy.contoso.com:8080",                  "proxy",               "proxy"              },
    {SETTING(proxy),               "http://proxy.contoso.com",                "proxy",               "proxy"              },
    {SETTING(proxy),               "socks5://proxy.contoso.com:1080",         "proxy",               "proxy"              },
    {SETTING(proxy),               "http://user:word@proxy.contoso.com:8080", "proxy",               "proxy"              },
    {SETTING(proxy),               "http://proxy.contoso.com:8080/x",         "proxy",               "proxy"              },
    {SETTING(proxy),               "http://proxy.contoso.com:8080?x",         "proxy",               "proxy"              },
    {SETTING(proxy),               "http://a\r\nb:8080",                      "proxy",               "proxy"              },
    {SETTING(proxy_user),          "somebody",                                "proxy user",          "proxy user"         }, /* without a proxy */
    {SETTING(proxy_password_file), "/file",                                   "proxy password file", "proxy password file"},
    {SETTING(connector_client_id), "a&b=c",                                   NULL,                  "application id"     },
};

static void check_named(gboolean accepted, const GError *error, const char *named)
{
    g_autofree char *quoted = g_strdup_printf("“%s”", named);

    ck_assert_int_eq(accepted, named == NULL);
    if (named == NULL) {
        ck_assert_ptr_null(error);
        return;
    }
    ck_assert(g_error_matches(error, RMS_SERVICE_ERROR, RMS_SERVICE_ERROR_SETTINGS));
    ck_assert_msg(strstr(error->message, quoted) != NULL, "%s: %s", named, error->message);
}

START_TEST(test_validate)
{
    g_autoptr(RmsCloudEnvironment) environment = rms_cloud_environment_new("AzureCloud");
    g_autoptr(GError) error = NULL;
    g_autoptr(GError) connector_error = NULL;
    char **setting = G_STRUCT_MEMBER_P(environment, settings[_i].offset);
    gboolean accepted;

    environment->client_id = g_strdup("8f3c1f0e-6f0b-4c41-9a53-0c0e5f6a9b10");
    environment->connector_client_id = g_strdup("5b2f9a64-0e7d-4f6e-a1b7-2d4c8f1e3a77");
    g_free(environment->tenant);
    environment->tenant = g_strdup("contoso.example");
    g_free(*setting);
    *setting = g_strdup(settings[_i].value);

    accepted = rms_cloud_environment_validate(environment, &error);
    check_named(accepted, error, settings[_i].named);
    accepted = rms_cloud_environment_validate_connector(environment, &connector_error);
    check_named(accepted, connector_error, settings[_i].named_for_connector);
}
END_TEST

/* User and password file go together, and with a proxy. */
START_TEST(test_proxy_user)
{
    static const struct {
        const char *proxy, *user, *file, *named;
    } users[] = {
        {"http://p.example:1", "u",   "/f", NULL                 },
        {"http://p.example:1", "u",   NULL, "proxy password file"},
        {"http://p.example:1", NULL,  "/f", "proxy password file"},
        {"http://p.example:1", "",    "/f", "proxy user"         },
        {"http://p.example:1", "a:b", "/f", "proxy user"         },
        {"none",               "u",   "/f", "proxy user"         },
        {NULL,                 "u",   "/f", "proxy user"         },
    };

    for (gsize i = 0; i < G_N_ELEMENTS(users); i++) {
        g_autoptr(RmsCloudEnvironment) environment = rms_cloud_environment_new("AzureCloud");
        g_autoptr(RmsCloudEnvironment) copy = NULL;
        g_autoptr(GError) error = NULL;
        gboolean accepted;

        environment->proxy = g_strdup(users[i].proxy);
        environment->proxy_user = g_strdup(users[i].user);
        environment->proxy_password_file = g_strdup(users[i].file);
        copy = rms_cloud_environment_copy(environment);
        accepted = rms_cloud_environment_validate_proxy(copy, &error);
        check_named(accepted, error, users[i].named);
    }
}
END_TEST

START_TEST(test_join)
{
    static const struct {
        const char *base, *path, *joined;
    } joins[] = {
        {"https://a.example",    "/b", "https://a.example/b"},
        {"https://a.example/",   "/b", "https://a.example/b"},
        {"https://a.example//",  "/b", "https://a.example/b"},
        {"https://a.example/c/", "",   "https://a.example/c"},
        {"",                     "/b", "/b"                 },
    };

    for (gsize i = 0; i < G_N_ELEMENTS(joins); i++) {
        g_autofree char *joined = rms_service_url_join(joins[i].base, joins[i].path);

        ck_assert_str_eq(joined, joins[i].joined);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("service-client: environment");
    TCase *tcase = tcase_create("all");
    SRunner *runner;
    int failed;

    tcase_add_loop_test(tcase, test_defaults, 0, G_N_ELEMENTS(environments));
    tcase_add_test(tcase, test_missing);
    tcase_add_test(tcase, test_unknown_name);
    tcase_add_loop_test(tcase, test_validate, 0, G_N_ELEMENTS(settings));
    tcase_add_test(tcase, test_proxy_user);
    tcase_add_test(tcase, test_join);
    suite_add_tcase(suite, tcase);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
