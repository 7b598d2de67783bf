/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The way through a proxy: tinyproxy, with and without credentials, by settings and by the process
 * environment. The proxies connect to the port of the usual simulator and to no other.
 */
#include "config.h"

#include <string.h>

#include "service-client/connector-credential.h"
#include "service-client/service-error.h"
#include "test-service-client.h"

static RmsCloudEnvironment *make_proxied(const Simulator *simulator, const char *port_variable)
{
    RmsCloudEnvironment *environment = make_environment(simulator);

    environment->proxy = g_strdup_printf("http://127.0.0.1:%s", g_getenv(port_variable));
    return environment;
}

static void set_user(RmsCloudEnvironment *environment, const char *user, const char *file)
{
    environment->proxy_user = g_strdup(user);
    environment->proxy_password_file = pki(file);
}

/* How many connections went through, by what the proxy logged. */
static guint count_connects(const char *name)
{
    g_autofree char *log_name = g_strconcat(name, ".log", NULL);
    g_autofree char *path = pki(log_name);
    g_autofree char *log = NULL;
    guint count = 0;

    ck_assert(g_file_get_contents(path, &log, NULL, NULL));
    for (const char *c = log; (c = strstr(c, "CONNECT login.localhost:")) != NULL; c++)
        count++;
    return count;
}

START_TEST(test_proxy)
{
    g_autoptr(RmsCloudEnvironment) environment = make_proxied(&usual, "SERVICE_CLIENT_PROXY");
    guint before = count_connects("proxy");
    g_autoptr(RmsAccount) account = sign_in_to(environment, "global.admin");
    g_autoptr(GError) error = NULL;
    g_autoptr(RmsTenant) tenant = discover(account, &error);

    ck_assert_msg(tenant != NULL, "%s", error != NULL ? error->message : "");
    ck_assert_uint_gt(count_connects("proxy"), before);
}
END_TEST

START_TEST(test_proxy_with_credentials)
{
    g_autoptr(RmsCloudEnvironment) environment = make_proxied(&usual, "SERVICE_CLIENT_AUTH_PROXY");
    g_autoptr(RmsAccount) account = NULL;
    g_autoptr(RmsTenant) tenant = NULL;
    g_autoptr(GError) error = NULL;

    set_user(environment, "somebody", "proxy-password");
    account = sign_in_to(environment, "global.admin");
    tenant = discover(account, &error);
    ck_assert_msg(tenant != NULL, "%s", error != NULL ? error->message : "");
}
END_TEST

/* By the process environment; settings go before it, and `none` is a setting. */
START_TEST(test_proxy_of_process)
{
    g_autofree char *address =
        g_strdup_printf("http://127.0.0.1:%s", g_getenv("SERVICE_CLIENT_PROXY"));
    g_autofree char *no_proxy = g_strdup(g_getenv("no_proxy"));
    g_autoptr(RmsCloudEnvironment) environment = make_environment(&usual);
    g_autoptr(RmsCloudEnvironment) direct = make_environment(&usual);
    g_autoptr(RmsAccount) account = NULL;
    g_autoptr(RmsAccount) direct_account = NULL;
    guint before = count_connects("proxy");
    guint between;

    direct->proxy = g_strdup("none");
    g_setenv("https_proxy", address, TRUE);
    g_unsetenv("no_proxy");
    account = sign_in_to(environment, "global.admin");
    between = count_connects("proxy");
    direct_account = sign_in_to(direct, "global.admin");
    g_setenv("no_proxy", no_proxy, TRUE);
    g_unsetenv("https_proxy");
    ck_assert_uint_gt(between, before);
    ck_assert_uint_eq(count_connects("proxy"), between);
}
END_TEST

static const struct {
    const Simulator *simulator;
    const char *port_variable; /* NULL: nobody listens there */
    const char *user;
    const char *file;
    int code;
    RmsServiceProblem problem;
    const char *word;
} refusals[] = {
    {&usual,
     "SERVICE_CLIENT_AUTH_PROXY", NULL,
     NULL,             RMS_SERVICE_ERROR_UNREACHABLE,
     RMS_SERVICE_PROBLEM_PROXY_CREDENTIALS, "user name and password"  },
    {&usual,
     "SERVICE_CLIENT_AUTH_PROXY", "somebody",
     "wrong-password", RMS_SERVICE_ERROR_UNREACHABLE,
     RMS_SERVICE_PROBLEM_PROXY_CREDENTIALS, "does not accept"         },
    {&usual,
     "SERVICE_CLIENT_AUTH_PROXY", "nobody",
     "proxy-password", RMS_SERVICE_ERROR_UNREACHABLE,
     RMS_SERVICE_PROBLEM_PROXY_CREDENTIALS, "does not accept"         },
    {&brief,
     "SERVICE_CLIENT_PROXY",      NULL,
     NULL,             RMS_SERVICE_ERROR_UNREACHABLE,
     RMS_SERVICE_PROBLEM_PROXY_REFUSED,     "does not connect us"     },
    {&usual,
     NULL,                        NULL,
     NULL,             RMS_SERVICE_ERROR_UNREACHABLE,
     RMS_SERVICE_PROBLEM_PROXY_UNREACHABLE, "because the proxy cannot"},
    {&usual,
     "SERVICE_CLIENT_AUTH_PROXY", "somebody",
     "missing",        RMS_SERVICE_ERROR_SETTINGS,
     RMS_SERVICE_PROBLEM_NONE,              "No such file"            },
    {&usual,
     "SERVICE_CLIENT_AUTH_PROXY", "somebody",
     "cloud.pem",      RMS_SERVICE_ERROR_SETTINGS,
     RMS_SERVICE_PROBLEM_NONE,              "cloud.pem"               },
};

static void on_code_shown(const char *code, const char *uri, guint expires_in, gpointer data)
{
    ck_abort_msg("a code came through");
}

START_TEST(test_proxy_refused)
{
    g_autoptr(RmsCloudEnvironment) environment =
        make_proxied(refusals[_i].simulator, "SERVICE_CLIENT_PROXY");
    g_autoptr(GAsyncResult) result = NULL;
    GError *error = NULL;

    g_free(environment->proxy);
    environment->proxy = g_strdup_printf(
        "http://127.0.0.1:%s",
        refusals[_i].port_variable != NULL ? g_getenv(refusals[_i].port_variable) : "1");
    if (refusals[_i].user != NULL)
        set_user(environment, refusals[_i].user, refusals[_i].file);
    rms_sign_in_device_async(environment, on_code_shown, NULL, NULL, NULL, on_done, &result);
    ck_assert_ptr_null(rms_sign_in_finish(wait_for(&result), &error));
    ck_assert_int_eq(rms_service_error_get_problem(error), refusals[_i].problem);
    ck_assert_ptr_null(strstr(error->message, "Pr0xy"));
    check_error(&error, refusals[_i].code, refusals[_i].word);
}
END_TEST

TCase *make_proxy_cases(void)
{
    TCase *tcase = tcase_create("proxy");

    tcase_add_test(tcase, test_proxy);
    tcase_add_test(tcase, test_proxy_with_credentials);
    tcase_add_test(tcase, test_proxy_of_process);
    tcase_add_loop_test(tcase, test_proxy_refused, 0, G_N_ELEMENTS(refusals));
    return tcase;
}
