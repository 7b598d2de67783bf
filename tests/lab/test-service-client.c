/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The service client against the tenant simulator. test-service-client.py starts both; the cases
 * are in test-service-client-*.c.
 */
#include "config.h"

#include "test-service-client.h"

#include <libsoup/soup.h>
#include <stdio.h>
#include <string.h>

#include "service-client/service-error.h"

#define PASSWORD "Passw0rd.Cloud"
#define WATCHDOG_SECONDS 60

Simulator usual, brief;
static FILE *secrets;
static SoupSession *session;
static guint watchdog;

char *pki(const char *name)
{
    return g_build_filename(g_getenv("SERVICE_CLIENT_DIRECTORY"), name, NULL);
}

void remember_secret(const char *secret)
{
    if (secret != NULL && strlen(secret) > 8) /* shorter ones are words of a script */
        fprintf(secrets, "%s\n", secret);
    fflush(secrets);
}

RmsCloudEnvironment *make_environment(const Simulator *simulator)
{
    RmsCloudEnvironment *environment = rms_cloud_environment_new("Custom");

    environment->authority = g_strdup_printf("https://login.localhost:%s", simulator->port);
    environment->discovery_url = g_strdup_printf("https://discover.localhost:%s", simulator->port);
    environment->resource = g_strdup("https://api.aadrm.com/");
    environment->client_id = g_strdup("8f3c1f0e-6f0b-4c41-9a53-0c0e5f6a9b10");
    environment->connector_client_id = g_strdup("5b2f9a64-0e7d-4f6e-a1b7-2d4c8f1e3a77");
    environment->ca_file = pki("cloud-ca.pem");
    g_free(environment->tenant);
    environment->tenant = g_strdup("contoso.example");
    return environment;
}

/* Waiting */

void on_done(GObject *source, GAsyncResult *result, gpointer slot)
{
    GAsyncResult **kept = slot;

    ck_assert_ptr_null(*kept); /* exactly once */
    *kept = g_object_ref(result);
}

GAsyncResult *wait_for(GAsyncResult **slot)
{
    while (*slot == NULL)
        g_main_context_iteration(NULL, TRUE);
    return *slot;
}

void wait_until(const gboolean *condition)
{
    while (!*condition)
        g_main_context_iteration(NULL, TRUE);
}

void settle(void)
{
    while (g_main_context_iteration(NULL, FALSE))
        ;
}

static gboolean on_watchdog(gpointer user_data)
{
    g_error("a case has taken longer than %d seconds", WATCHDOG_SECONDS);
    return G_SOURCE_REMOVE;
}

/* The simulator's side */

char *run_curl(const char *first, ...)
{
    g_autoptr(GPtrArray) arguments = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *ca_file = pki("cloud-ca.pem");
    g_autoptr(GSubprocess) process = NULL;
    g_autoptr(GError) error = NULL;
    char *output = NULL;
    va_list list;

    g_ptr_array_add(arguments, g_strdup("curl"));
    g_ptr_array_add(arguments, g_strdup("-sS"));
    g_ptr_array_add(arguments, g_strdup("--noproxy"));
    g_ptr_array_add(arguments, g_strdup("*"));
    g_ptr_array_add(arguments, g_strdup("--cacert"));
    g_ptr_array_add(arguments, g_steal_pointer(&ca_file));
    va_start(list, first);
    for (const char *argument = first; argument != NULL; argument = va_arg(list, const char *))
        g_ptr_array_add(arguments, g_strdup(argument));
    va_end(list);
    g_ptr_array_add(arguments, NULL);
    process = g_subprocess_newv(
        (const char *const *) arguments->pdata, G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error);
    ck_assert_msg(process != NULL, "%s", error != NULL ? error->message : "");
    ck_assert(g_subprocess_communicate_utf8(process, NULL, NULL, &output, NULL, &error));
    ck_assert_msg(g_subprocess_get_successful(process), "curl failed for %s", first);
    return output;
}

/* Returns: (transfer full): the control listener's answer */
static char *
control(const Simulator *simulator, const char *method, const char *path, const char *body)
{
    g_autofree char *url = g_strdup_printf("http://127.0.0.1:%s%s", simulator->control_port, path);
    g_autoptr(SoupMessage) message = soup_message_new(method, url);
    g_autoptr(GBytes) answer = NULL;
    g_autoptr(GError) error = NULL;

    if (body != NULL) {
        g_autoptr(GBytes) bytes = g_bytes_new(body, strlen(body));

        soup_message_set_request_body_from_bytes(message, "application/json", bytes);
    }
    answer = soup_session_send_and_read(session, message, NULL, &error);
    ck_assert_msg(answer != NULL, "%s", error != NULL ? error->message : "");
    ck_assert_msg(soup_message_get_status(message) < 300,
                  "%s %s: %u",
                  method,
                  path,
                  soup_message_get_status(message));
    return g_strndup(g_bytes_get_data(answer, NULL), g_bytes_get_size(answer));
}

void put_faults(const Simulator *simulator, const char *faults)
{
    g_free(control(simulator, "PUT", "/faults", faults));
}

void put_state(const Simulator *simulator, const char *state)
{
    g_free(control(simulator, "PUT", "/state", state));
}

void forget_requests(const Simulator *simulator)
{
    g_free(control(simulator, "DELETE", "/requests", NULL));
}

void forget_keys(const Simulator *simulator)
{
    g_free(control(simulator, "POST", "/keys/rotate?forget=1", NULL));
}

guint count_requests(const Simulator *simulator, const char *operation)
{
    g_autofree char *text = control(simulator, "GET", "/requests", NULL);
    g_autoptr(cJSON) requests = cJSON_Parse(text);
    const cJSON *request;
    guint count = 0;

    ck_assert(cJSON_IsArray(requests));
    cJSON_ArrayForEach(request, requests)
    {
        const char *name = rms_json_peek_string(request, "operation");

        count += g_strcmp0(name, operation) == 0 ? 1 : 0;
    }
    return count;
}

void reset_simulators(void)
{
    const Simulator *const all[] = {&usual, &brief};

    for (gsize i = 0; i < G_N_ELEMENTS(all); i++) {
        put_faults(all[i], "[]");
        put_state(
            all[i],
            "{\"activated\":true,\"functional_state\":1,\"super_user_state\":0,"
            "\"onboarding\":{\"use_rms_user_license\":false,"
            "\"security_group_object_id\":null,\"scope\":\"All\"},"
            "\"users\":{\"plain.user@contoso.example\":{\"disabled\":false,\"sign_in_error\":0},"
            "\"global.admin@contoso.example\":{\"sign_in_error\":0}}}");
        forget_requests(all[i]);
    }
}

/* A person */

char *fill_in_form(const char *uri, const char *user, const char *password, const char *action)
{
    g_autofree char *user_field = g_strdup_printf("username=%s@contoso.example", user);
    g_autofree char *password_field = g_strdup_printf("password=%s", password);
    g_autofree char *action_field = g_strdup_printf("action=%s", action);

    return run_curl("-o",
                    "/dev/null",
                    "-w",
                    "%{redirect_url}",
                    "-d",
                    user_field,
                    "-d",
                    password_field,
                    "-d",
                    action_field,
                    uri,
                    NULL);
}

static void on_browser_ended(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_subprocess_wait_finish(G_SUBPROCESS(source), result, NULL);
}

/* What comes back is read by our own listener, so the loop must go on meanwhile. */
static void on_page_opened(const char *uri, gpointer user)
{
    g_autofree char *back = fill_in_form(uri, user, PASSWORD, "sign-in");
    g_autoptr(GSubprocess) browser = NULL;

    ck_assert_msg(*back != '\0', "the simulator's page does not send the browser back");
    browser = g_subprocess_new(
        G_SUBPROCESS_FLAGS_STDOUT_SILENCE, NULL, "curl", "-sS", "--noproxy", "*", back, NULL);
    g_subprocess_wait_async(browser, NULL, on_browser_ended, NULL);
}

RmsAccount *sign_in_to(const RmsCloudEnvironment *environment, const char *user)
{
    g_autoptr(GAsyncResult) result = NULL;
    g_autoptr(GError) error = NULL;
    RmsAccount *account;

    rms_sign_in_browser_async(
        environment, on_page_opened, (gpointer) user, NULL, NULL, on_done, &result);
    account = rms_sign_in_finish(wait_for(&result), &error);
    ck_assert_msg(account != NULL, "%s: %s", user, error != NULL ? error->message : "");
    return account;
}

RmsAccount *sign_in(const Simulator *simulator, const char *user)
{
    g_autoptr(RmsCloudEnvironment) environment = make_environment(simulator);

    return sign_in_to(environment, user);
}

typedef struct {
    const char *user;
    const char *claims;
} Again;

static void on_page_opened_again(const char *uri, gpointer user_data)
{
    const Again *again = user_data;
    g_autoptr(GUri) parsed = g_uri_parse(uri, G_URI_FLAGS_ENCODED, NULL);
    g_autoptr(GHashTable) query =
        g_uri_parse_params(g_uri_get_query(parsed), -1, "&", G_URI_PARAMS_WWW_FORM, NULL);

    ck_assert_ptr_nonnull(g_hash_table_lookup(query, "login_hint"));
    ck_assert_ptr_null(g_hash_table_lookup(query, "prompt"));
    if (again->claims != NULL)
        ck_assert_str_eq(g_hash_table_lookup(query, "claims"), again->claims);
    on_page_opened(uri, (gpointer) again->user);
}

gboolean sign_in_again(RmsAccount *account, const char *user, const char *claims, GError **error)
{
    Again again = {user, claims};
    g_autoptr(GAsyncResult) result = NULL;
    g_autoptr(RmsAccount) same = NULL;

    rms_sign_in_again_async(account, on_page_opened_again, &again, NULL, NULL, on_done, &result);
    same = rms_sign_in_finish(wait_for(&result), error);
    ck_assert(same == NULL || same == account);
    return same != NULL;
}

RmsTenant *discover(RmsAccount *account, GError **error)
{
    g_autoptr(GAsyncResult) result = NULL;

    rms_tenant_discover_async(account, NULL, on_done, &result);
    return rms_tenant_discover_finish(wait_for(&result), error);
}

RmsTenant *discover_as(const Simulator *simulator, const char *user)
{
    g_autoptr(RmsAccount) account = sign_in(simulator, user);
    g_autoptr(GError) error = NULL;
    RmsTenant *tenant = discover(account, &error);

    ck_assert_msg(tenant != NULL, "%s: %s", user, error != NULL ? error->message : "");
    return tenant;
}

RmsSecret *get_token(RmsAccount *account, GError **error)
{
    g_autoptr(GAsyncResult) result = NULL;
    RmsSecret *token;

    rms_account_get_token_async(account, NULL, on_done, &result);
    token = rms_account_get_token_finish(account, wait_for(&result), error);
    remember_secret(token != NULL ? rms_secret_get(token) : NULL);
    return token;
}

void check_error(GError **error, int code, const char *word)
{
    ck_assert_msg(g_error_matches(*error, RMS_SERVICE_ERROR, code),
                  "not code %d: %s",
                  code,
                  *error != NULL ? (*error)->message : "no error");
    ck_assert_msg(strstr((*error)->message, word) != NULL, "no “%s”: %s", word, (*error)->message);
    /* So that the search in what the test wrote sees every message. */
    g_printerr("error: %s\n", (*error)->message);
    g_clear_error(error);
}

void check_cancelled(GError **error)
{
    ck_assert_msg(g_error_matches(*error, G_IO_ERROR, G_IO_ERROR_CANCELLED),
                  "not cancelled: %s",
                  *error != NULL ? (*error)->message : "no error");
    g_clear_error(error);
}

static void set_up(void)
{
    reset_simulators();
    watchdog = g_timeout_add_seconds(WATCHDOG_SECONDS, on_watchdog, NULL);
}

static void tear_down(void)
{
    settle();
    g_source_remove(watchdog);
}

static void read_simulator(const char *variable, Simulator *simulator)
{
    g_auto(GStrv) ports = g_strsplit(g_getenv(variable), " ", 2);

    simulator->port = g_strdup(ports[0]);
    simulator->control_port = g_strdup(ports[1]);
}

int main(void)
{
    TCase *(*const all[])(void) = {make_http_cases,
                                   make_authority_cases,
                                   make_sign_in_cases,
                                   make_tenant_cases,
                                   make_write_cases,
                                   make_proxy_cases,
                                   make_keyring_cases,
                                   make_no_keyring_cases};
    /* The last by itself: what is on the bus is found out once in a process. */
    const gboolean no_keyring = g_getenv("SERVICE_CLIENT_NO_KEYRING") != NULL;
    Suite *suite = suite_create("service-client");
    SRunner *runner;
    int failed;

    if (g_getenv("SERVICE_CLIENT_DIRECTORY") == NULL) {
        g_printerr("Run this by test-service-client.py\n");
        return 2;
    }
    read_simulator("SERVICE_CLIENT_USUAL", &usual);
    read_simulator("SERVICE_CLIENT_BRIEF", &brief);
    session = soup_session_new();
    secrets = fopen(g_getenv("SERVICE_CLIENT_SECRETS"), "a");
    for (gsize i = 0; i < G_N_ELEMENTS(all); i++) {
        TCase *tcase;

        if ((all[i] == make_no_keyring_cases) != no_keyring)
            continue;
        tcase = all[i]();
        tcase_add_checked_fixture(tcase, set_up, tear_down);
        suite_add_tcase(suite, tcase);
    }
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    fclose(secrets);
    g_object_unref(session);
    g_free(usual.port);
    g_free(usual.control_port);
    g_free(brief.port);
    g_free(brief.control_port);
    return failed == 0 ? 0 : 1;
}
