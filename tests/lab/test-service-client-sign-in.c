/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Signing in, by device code and by browser, and the account that comes of it.
 */
#include "config.h"

#include <string.h>

#include "service-client/account-private.h"
#include "service-client/service-error.h"
#include "test-service-client.h"

#define PASSWORD "Passw0rd.Cloud"
#define TENANT_ID "1c6dd8b2-3f0a-4d0e-8b0f-5d1f6a1e7c11"

/* Device code */

/* Somebody who is shown a code and does something about it. */
typedef struct {
    const char *user;
    const char *action;        /* approve, decline; NULL: nothing */
    GCancellable *cancellable; /* to cancel once the code is there */
    guint shown;
} Person;

static void
on_code_shown(const char *user_code, const char *verification_uri, guint expires_in, gpointer data)
{
    Person *person = data;
    g_autofree char *code = g_strdup_printf("user_code=%s", user_code);
    g_autofree char *user = g_strdup_printf("username=%s@contoso.example", person->user);
    g_autofree char *action = NULL;

    ck_assert(g_str_has_prefix(verification_uri, "https://login.localhost:"));
    ck_assert_uint_gt(expires_in, 0);
    person->shown++;
    if (person->action != NULL) {
        action = g_strdup_printf("action=%s", person->action);
        g_free(run_curl("-o",
                        "/dev/null",
                        "-d",
                        code,
                        "-d",
                        user,
                        "-d",
                        "password=" PASSWORD,
                        "-d",
                        action,
                        verification_uri,
                        NULL));
    }
    if (person->cancellable != NULL)
        g_cancellable_cancel(person->cancellable);
}

static void on_person_gone(gpointer data)
{
    Person *person = data;

    person->user = "gone";
}

static RmsAccount *sign_in_by_device(const Simulator *simulator, Person *person, GError **error)
{
    g_autoptr(RmsCloudEnvironment) environment = make_environment(simulator);
    g_autoptr(GAsyncResult) result = NULL;
    RmsAccount *account;

    rms_sign_in_device_async(
        environment, on_code_shown, person, on_person_gone, person->cancellable, on_done, &result);
    account = rms_sign_in_finish(wait_for(&result), error);
    g_clear_object(&result);
    settle();
    ck_assert_str_eq(person->user, "gone"); /* the data has been freed, once */
    return account;
}

START_TEST(test_device_approved)
{
    Person person = {.user = "global.admin", .action = "approve"};
    g_autoptr(GError) error = NULL;
    g_autoptr(RmsAccount) account = sign_in_by_device(&usual, &person, &error);
    g_autoptr(RmsSecret) token = NULL;
    g_autofree char *user_name = NULL;
    gboolean signed_out = TRUE;

    ck_assert_msg(account != NULL, "%s", error != NULL ? error->message : "");
    ck_assert_uint_eq(person.shown, 1);
    ck_assert_str_eq(rms_account_get_user_name(account), "global.admin@contoso.example");
    ck_assert_str_eq(rms_account_get_tenant_id(account), TENANT_ID);
    ck_assert_uint_eq(strlen(rms_account_get_object_id(account)), 36);
    ck_assert_str_eq(rms_account_get_environment(account)->tenant, "contoso.example");
    g_object_get(account, "user-name", &user_name, "signed-out", &signed_out, NULL);
    ck_assert_str_eq(user_name, "global.admin@contoso.example");
    ck_assert(!signed_out);
    token = get_token(account, &error);
    ck_assert_ptr_nonnull(token);
}
END_TEST

START_TEST(test_device_declined)
{
    Person person = {.user = "global.admin", .action = "decline"};
    GError *error = NULL;

    ck_assert_ptr_null(sign_in_by_device(&usual, &person, &error));
    check_error(&error, RMS_SERVICE_ERROR_DECLINED, "declined");
}
END_TEST

START_TEST(test_device_expired)
{
    Person person = {.user = "global.admin"};
    GError *error = NULL;

    ck_assert_ptr_null(sign_in_by_device(&brief, &person, &error));
    check_error(&error, RMS_SERVICE_ERROR_SIGN_IN, "in time");
}
END_TEST

/* The service cannot be reached for two polls; the code is still good afterwards. */
START_TEST(test_device_interrupted)
{
    Person person = {.user = "global.admin", .action = "approve"};
    g_autoptr(GError) error = NULL;
    g_autoptr(RmsAccount) account = NULL;

    put_faults(&usual, "[{\"host\":\"authority\",\"path\":\"*/token\",\"status\":503}]");
    account = sign_in_by_device(&usual, &person, &error);
    ck_assert_msg(account != NULL, "%s", error != NULL ? error->message : "");
}
END_TEST

START_TEST(test_device_cancelled)
{
    g_autoptr(GCancellable) early = g_cancellable_new();
    g_autoptr(GCancellable) waiting = g_cancellable_new();
    Person early_person = {.user = "global.admin", .cancellable = early};
    Person waiting_person = {.user = "global.admin", .cancellable = waiting};
    GError *error = NULL;

    g_cancellable_cancel(early);
    ck_assert_ptr_null(sign_in_by_device(&usual, &early_person, &error));
    check_cancelled(&error);
    ck_assert_uint_eq(early_person.shown, 0);
    ck_assert_ptr_null(sign_in_by_device(&usual, &waiting_person, &error));
    check_cancelled(&error);
    ck_assert_uint_eq(waiting_person.shown, 1);
}
END_TEST

static gboolean on_cancel_due(gpointer cancellable)
{
    g_cancellable_cancel(cancellable);
    return G_SOURCE_REMOVE;
}

/* While the answer to the first request, or to a poll, is on its way. */
START_TEST(test_device_cancelled_in_flight)
{
    static const char *const paths[] = {"*/devicecode", "*/token"};

    for (gsize i = 0; i < G_N_ELEMENTS(paths); i++) {
        g_autofree char *faults = g_strdup_printf(
            "[{\"host\":\"authority\",\"path\":\"%s\",\"delay_ms\":30000}]", paths[i]);
        g_autoptr(GCancellable) cancellable = g_cancellable_new();
        g_autoptr(RmsCloudEnvironment) environment = make_environment(&usual);
        g_autoptr(GAsyncResult) result = NULL;
        Person person = {.user = "global.admin"};
        GError *error = NULL;

        put_faults(&usual, faults);
        rms_sign_in_device_async(
            environment, on_code_shown, &person, NULL, cancellable, on_done, &result);
        g_timeout_add(1500, on_cancel_due, cancellable);
        ck_assert_ptr_null(rms_sign_in_finish(wait_for(&result), &error));
        check_cancelled(&error);
        ck_assert_uint_eq(person.shown, i);
    }
}
END_TEST

START_TEST(test_bad_settings)
{
    g_autoptr(RmsCloudEnvironment) environment = make_environment(&usual);
    g_autoptr(GAsyncResult) result = NULL;
    Person person = {.user = "global.admin"};
    GError *error = NULL;

    g_clear_pointer(&environment->client_id, g_free);
    rms_sign_in_device_async(environment, on_code_shown, &person, NULL, NULL, on_done, &result);
    ck_assert_ptr_null(rms_sign_in_finish(wait_for(&result), &error));
    check_error(&error, RMS_SERVICE_ERROR_SETTINGS, "client id");
}
END_TEST

START_TEST(test_unknown_application)
{
    g_autoptr(RmsCloudEnvironment) environment = make_environment(&usual);
    g_autoptr(GAsyncResult) result = NULL;
    Person person = {.user = "global.admin"};
    GError *error = NULL;

    g_free(environment->client_id);
    environment->client_id = g_strdup("00000000-0000-0000-0000-000000000000");
    rms_sign_in_device_async(environment, on_code_shown, &person, NULL, NULL, on_done, &result);
    ck_assert_ptr_null(rms_sign_in_finish(wait_for(&result), &error));
    check_error(&error, RMS_SERVICE_ERROR_CONSENT, "AADSTS700016");
}
END_TEST

/* Browser */

/* What the person's browser does with the page, step by step; each step is a request to our
 * listener, and what it should get. */
typedef struct {
    const char *user;
    const char *password;
    const char *action;
    const char *tamper; /* replaces the state */
    GCancellable *cancellable;
    char *back;     /* where the page sent the browser */
    char *statuses; /* of each request, in order */
    gboolean browsed;
} Browser;

static char *get_parameter(const char *uri, const char *name)
{
    g_autoptr(GUri) parsed = g_uri_parse(uri, G_URI_FLAGS_ENCODED, NULL);
    g_autoptr(GHashTable) query = NULL;

    ck_assert_ptr_nonnull(parsed);
    query = g_uri_parse_params(g_uri_get_query(parsed), -1, "&", G_URI_PARAMS_WWW_FORM, NULL);
    return g_strdup(g_hash_table_lookup(query, name));
}

static void on_browsed(GObject *source, GAsyncResult *result, gpointer user_data)
{
    Browser *browser = user_data;

    ck_assert(g_subprocess_communicate_utf8_finish(
        G_SUBPROCESS(source), result, &browser->statuses, NULL, NULL));
    browser->browsed = TRUE;
}

/* Strays first (an icon, another name for us, a POST, a page without parameters), then the answer.
 */
static void on_page_opened(const char *uri, gpointer user_data)
{
    Browser *browser = user_data;
    g_autofree char *redirect = get_parameter(uri, "redirect_uri");
    g_autofree char *state = get_parameter(uri, "state");
    g_autofree char *nonce = get_parameter(uri, "nonce");
    g_autofree char *challenge = get_parameter(uri, "code_challenge");
    g_autofree char *method = get_parameter(uri, "code_challenge_method");
    g_autofree char *code = NULL;
    g_autofree char *icon = g_strconcat(redirect, "/favicon.ico", NULL);
    g_autofree char *home = g_strconcat(redirect, "/", NULL);
    g_autofree char *rebound = g_strconcat(redirect, "/?code=x&state=", state, NULL);
    const char *write_out = "%{http_code} ";
    g_autoptr(GSubprocess) process = NULL;

    ck_assert(g_str_has_prefix(redirect, "http://localhost:"));
    ck_assert_str_eq(method, "S256");
    ck_assert_uint_eq(strlen(challenge), 43);
    ck_assert_str_ne(state, nonce);
    remember_secret(state);
    remember_secret(nonce);
    browser->back = fill_in_form(uri, browser->user, browser->password, browser->action);
    if (*browser->back == '\0') { /* the page itself says why */
        g_cancellable_cancel(browser->cancellable);
        return;
    }
    code = get_parameter(browser->back, "code");
    remember_secret(code);
    if (browser->tamper != NULL) {
        GString *forged = g_string_new(browser->back);

        g_string_replace(forged, state, browser->tamper, 0);
        g_free(browser->back);
        browser->back = g_string_free(forged, FALSE);
    }
    process = g_subprocess_new(G_SUBPROCESS_FLAGS_STDOUT_PIPE,
                               NULL,
                               "curl",
                               "-sS",
                               "-o",
                               "/dev/null",
                               "-w",
                               write_out,
                               icon,
                               "--next",
                               "-sS",
                               "-o",
                               "/dev/null",
                               "-w",
                               write_out,
                               home,
                               "--next",
                               "-sS",
                               "-o",
                               "/dev/null",
                               "-w",
                               write_out,
                               "-H",
                               "Host: evil.example",
                               rebound,
                               "--next",
                               "-sS",
                               "-o",
                               "/dev/null",
                               "-w",
                               write_out,
                               "-d",
                               "",
                               rebound,
                               "--next",
                               "-sS",
                               "-w",
                               write_out,
                               browser->back,
                               NULL);
    ck_assert_ptr_nonnull(process);
    g_subprocess_communicate_utf8_async(process, NULL, NULL, on_browsed, browser);
}

static void clear_browser(Browser *browser)
{
    g_free(browser->back);
    g_free(browser->statuses);
}

static RmsAccount *browse(const Simulator *simulator, Browser *browser, GError **error)
{
    g_autoptr(RmsCloudEnvironment) environment = make_environment(simulator);
    g_autoptr(GAsyncResult) result = NULL;

    rms_sign_in_browser_async(
        environment, on_page_opened, browser, NULL, browser->cancellable, on_done, &result);
    return rms_sign_in_finish(wait_for(&result), error);
}

/* The listener is gone: whoever comes now is refused by the system. */
static void check_closed(const Browser *browser)
{
    g_autoptr(GUri) uri = g_uri_parse(browser->back, G_URI_FLAGS_ENCODED, NULL);
    static const char *const addresses[] = {"127.0.0.1", "::1"};

    for (gsize i = 0; i < G_N_ELEMENTS(addresses); i++) {
        g_autoptr(GSocketClient) client = g_socket_client_new();
        g_autoptr(GSocketConnection) connection = g_socket_client_connect_to_host(
            client, addresses[i], (guint16) g_uri_get_port(uri), NULL, NULL);

        ck_assert_ptr_null(connection);
    }
}

START_TEST(test_browser)
{
    Browser browser = {.user = "rms.admin", .password = PASSWORD, .action = "sign-in"};
    g_autoptr(GError) error = NULL;
    g_autoptr(RmsAccount) account = browse(&usual, &browser, &error);

    ck_assert_msg(account != NULL, "%s", error != NULL ? error->message : "");
    ck_assert_str_eq(rms_account_get_user_name(account), "rms.admin@contoso.example");
    wait_until(&browser.browsed);
    ck_assert_msg(g_str_has_prefix(browser.statuses, "404 404 404 404 "), "%s", browser.statuses);
    ck_assert_ptr_nonnull(strstr(browser.statuses, "You can close this window"));
    ck_assert(g_str_has_suffix(browser.statuses, "200 "));
    check_closed(&browser);
    clear_browser(&browser);
}
END_TEST

START_TEST(test_browser_wrong_state)
{
    static const char *const states[] = {
        "", "forged", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"};

    for (gsize i = 0; i < G_N_ELEMENTS(states); i++) {
        Browser browser = {
            .user = "rms.admin", .password = PASSWORD, .action = "sign-in", .tamper = states[i]};
        GError *error = NULL;

        forget_requests(&usual);
        ck_assert_ptr_null(browse(&usual, &browser, &error));
        check_error(&error, RMS_SERVICE_ERROR_PROTOCOL, "does not belong");
        wait_until(&browser.browsed);
        ck_assert(g_str_has_suffix(browser.statuses, "400 "));
        check_closed(&browser);
        /* the code was not redeemed */
        ck_assert_uint_eq(count_requests(&usual, "token:authorization_code"), 0);
        clear_browser(&browser);
    }
}
END_TEST

START_TEST(test_browser_declined)
{
    Browser browser = {.user = "rms.admin", .password = PASSWORD, .action = "cancel"};
    GError *error = NULL;

    ck_assert_ptr_null(browse(&usual, &browser, &error));
    check_error(&error, RMS_SERVICE_ERROR_DECLINED, "access_denied");
    wait_until(&browser.browsed);
    check_closed(&browser);
    clear_browser(&browser);
}
END_TEST

/* Whatever the page does with those who may not sign in, we end without an account. */
START_TEST(test_browser_refused)
{
    static const struct {
        const char *user;
        const char *password;
        int code;
        const char *word;
    } people[] = {
        {"guest",     PASSWORD, RMS_SERVICE_ERROR_ACCOUNT, "AADSTS50020"},
        {"mfa.user",  PASSWORD, RMS_SERVICE_ERROR_SIGN_IN, "AADSTS50076"},
        {"rms.admin", "wrong",  RMS_SERVICE_ERROR_SIGN_IN, "AADSTS50126"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(people); i++) {
        g_autoptr(GCancellable) cancellable = g_cancellable_new();
        Browser browser = {.user = people[i].user,
                           .password = people[i].password,
                           .action = "sign-in",
                           .cancellable = cancellable};
        GError *error = NULL;

        ck_assert_ptr_null(browse(&usual, &browser, &error));
        if (*browser.back == '\0') {
            check_cancelled(&error); /* the page kept the browser, and the person gave up */
        } else {
            check_error(&error, people[i].code, people[i].word);
            wait_until(&browser.browsed);
        }
        clear_browser(&browser);
    }
}
END_TEST

static void on_page_ignored(const char *uri, gpointer cancellable)
{
    g_timeout_add(200, on_cancel_due, cancellable);
}

START_TEST(test_browser_cancelled)
{
    for (int when = 0; when < 2; when++) {
        g_autoptr(RmsCloudEnvironment) environment = make_environment(&usual);
        g_autoptr(GCancellable) cancellable = g_cancellable_new();
        g_autoptr(GAsyncResult) result = NULL;
        GError *error = NULL;

        if (when == 0)
            g_cancellable_cancel(cancellable);
        rms_sign_in_browser_async(
            environment, on_page_ignored, cancellable, NULL, cancellable, on_done, &result);
        ck_assert_ptr_null(rms_sign_in_finish(wait_for(&result), &error));
        check_cancelled(&error);
    }
}
END_TEST

START_TEST(test_browser_cancelled_in_flight)
{
    g_autoptr(GCancellable) cancellable = g_cancellable_new();
    Browser browser = {
        .user = "rms.admin", .password = PASSWORD, .action = "sign-in", .cancellable = cancellable};
    GError *error = NULL;

    put_faults(&usual, "[{\"host\":\"authority\",\"path\":\"*/token\",\"delay_ms\":30000}]");
    g_timeout_add(2500, on_cancel_due, cancellable);
    ck_assert_ptr_null(browse(&usual, &browser, &error));
    check_cancelled(&error);
    clear_browser(&browser);
}
END_TEST

/* Account */

START_TEST(test_token_kept)
{
    g_autoptr(RmsAccount) account = sign_in(&usual, "global.admin");
    g_autoptr(GError) error = NULL;
    g_autoptr(RmsSecret) first = get_token(account, &error);
    g_autoptr(RmsSecret) second = get_token(account, &error);

    ck_assert_ptr_nonnull(first);
    ck_assert_str_eq(rms_secret_get(first), rms_secret_get(second));
    ck_assert_uint_eq(count_requests(&usual, "token:refresh_token"), 0);
}
END_TEST

/* Tokens of 30 seconds are not good for another minute: each asking refreshes, and the refresh
 * token rotates. Three who ask at once share one. */
START_TEST(test_refresh)
{
    g_autoptr(RmsAccount) account = sign_in(&brief, "global.admin");
    GAsyncResult *results[3] = {NULL};
    g_autoptr(GError) error = NULL;
    g_autoptr(RmsSecret) first = get_token(account, &error);
    g_autoptr(RmsSecret) second = get_token(account, &error);

    ck_assert_msg(second != NULL, "%s", error != NULL ? error->message : "");
    ck_assert_str_ne(rms_secret_get(first), rms_secret_get(second));
    ck_assert_uint_eq(count_requests(&brief, "token:refresh_token"), 2);
    for (gsize i = 0; i < G_N_ELEMENTS(results); i++)
        rms_account_get_token_async(account, NULL, on_done, &results[i]);
    for (gsize i = 0; i < G_N_ELEMENTS(results); i++) {
        g_autoptr(RmsSecret) token =
            rms_account_get_token_finish(account, wait_for(&results[i]), &error);

        ck_assert_ptr_nonnull(token);
        g_object_unref(results[i]);
    }
    ck_assert_uint_eq(count_requests(&brief, "token:refresh_token"), 3);
}
END_TEST

/* One of two who wait gives up; the other gets its token. */
START_TEST(test_refresh_cancelled)
{
    g_autoptr(RmsAccount) account = sign_in(&brief, "global.admin");
    g_autoptr(GCancellable) cancellable = g_cancellable_new();
    g_autoptr(GAsyncResult) impatient = NULL;
    g_autoptr(GAsyncResult) patient = NULL;
    g_autoptr(RmsSecret) token = NULL;
    GError *error = NULL;

    put_faults(&brief, "[{\"host\":\"authority\",\"path\":\"*/token\",\"delay_ms\":1500}]");
    rms_account_get_token_async(account, cancellable, on_done, &impatient);
    rms_account_get_token_async(account, NULL, on_done, &patient);
    g_timeout_add(200, on_cancel_due, cancellable);
    ck_assert_ptr_null(rms_account_get_token_finish(account, wait_for(&impatient), &error));
    check_cancelled(&error);
    ck_assert_ptr_null(patient);
    token = rms_account_get_token_finish(account, wait_for(&patient), &error);
    ck_assert_ptr_nonnull(token);
}
END_TEST

START_TEST(test_refresh_refused)
{
    g_autoptr(RmsAccount) account = sign_in(&brief, "plain.user");
    GError *error = NULL;

    put_state(&brief, "{\"users\":{\"plain.user@contoso.example\":{\"disabled\":true}}}");
    ck_assert_ptr_null(get_token(account, &error));
    check_error(&error, RMS_SERVICE_ERROR_ACCOUNT, "AADSTS50057");
}
END_TEST

/* Every row of protocol.md §4.6, over the wire: problem, number and the provider's text arrive. */
START_TEST(test_every_refusal)
{
    static const struct {
        guint number;
        RmsServiceProblem problem;
    } refusals[] = {
        {50011,   RMS_SERVICE_PROBLEM_REDIRECT           },
        {50020,   RMS_SERVICE_PROBLEM_OTHER_TENANT       },
        {50034,   RMS_SERVICE_PROBLEM_UNKNOWN_ACCOUNT    },
        {50053,   RMS_SERVICE_PROBLEM_ACCOUNT_LOCKED     },
        {50055,   RMS_SERVICE_PROBLEM_PASSWORD_EXPIRED   },
        {50057,   RMS_SERVICE_PROBLEM_ACCOUNT_DISABLED   },
        {50058,   RMS_SERVICE_PROBLEM_EXPIRED            },
        {50072,   RMS_SERVICE_PROBLEM_MFA_ENROLMENT      },
        {50074,   RMS_SERVICE_PROBLEM_MFA                },
        {50076,   RMS_SERVICE_PROBLEM_MFA                },
        {50079,   RMS_SERVICE_PROBLEM_MFA_ENROLMENT      },
        {50105,   RMS_SERVICE_PROBLEM_NOT_ASSIGNED       },
        {50126,   RMS_SERVICE_PROBLEM_WRONG_PASSWORD     },
        {50128,   RMS_SERVICE_PROBLEM_NO_TENANT          },
        {50131,   RMS_SERVICE_PROBLEM_POLICY             },
        {50158,   RMS_SERVICE_PROBLEM_MFA                },
        {50173,   RMS_SERVICE_PROBLEM_EXPIRED            },
        {53000,   RMS_SERVICE_PROBLEM_POLICY_DEVICE      },
        {53001,   RMS_SERVICE_PROBLEM_POLICY_DEVICE      },
        {53003,   RMS_SERVICE_PROBLEM_POLICY             },
        {65001,   RMS_SERVICE_PROBLEM_CONSENT            },
        {65002,   RMS_SERVICE_PROBLEM_BORROWED_CLIENT    },
        {65004,   RMS_SERVICE_PROBLEM_CONSENT_DECLINED   },
        {70000,   RMS_SERVICE_PROBLEM_EXPIRED            },
        {70008,   RMS_SERVICE_PROBLEM_EXPIRED            },
        {70011,   RMS_SERVICE_PROBLEM_SCOPE              },
        {70016,   RMS_SERVICE_PROBLEM_CODE_PENDING       },
        {70018,   RMS_SERVICE_PROBLEM_CODE_WRONG         },
        {70019,   RMS_SERVICE_PROBLEM_CODE_EXPIRED       },
        {90002,   RMS_SERVICE_PROBLEM_NO_TENANT          },
        {90094,   RMS_SERVICE_PROBLEM_ADMIN_CONSENT      },
        {50001,   RMS_SERVICE_PROBLEM_NO_SERVICE         },
        {500011,  RMS_SERVICE_PROBLEM_NO_SERVICE         },
        {530035,  RMS_SERVICE_PROBLEM_SECURITY_DEFAULTS  },
        {650052,  RMS_SERVICE_PROBLEM_NO_SUBSCRIPTION    },
        {650057,  RMS_SERVICE_PROBLEM_PERMISSION         },
        {700016,  RMS_SERVICE_PROBLEM_UNKNOWN_APPLICATION},
        {700082,  RMS_SERVICE_PROBLEM_EXPIRED            },
        {7000218, RMS_SERVICE_PROBLEM_NOT_PUBLIC_CLIENT  },
        {700024,  RMS_SERVICE_PROBLEM_CLOCK              },
        {700027,  RMS_SERVICE_PROBLEM_KEY                },
    };
    g_autoptr(RmsAccount) account = sign_in(&usual, "plain.user");
    g_autoptr(RmsSecret) token = get_token(account, NULL);

    rms_account_reject_token(account, token);
    for (gsize i = 0; i < G_N_ELEMENTS(refusals); i++) {
        g_autofree char *code = g_strdup_printf("AADSTS%u", refusals[i].number);
        g_autofree char *state =
            g_strdup_printf("{\"users\":{\"plain.user@contoso.example\":{\"sign_in_error\":%u}}}",
                            refusals[i].number);
        g_autoptr(GError) error = NULL;

        put_state(&usual, state);
        ck_assert_ptr_null(get_token(account, &error));
        ck_assert_msg(rms_service_error_get_problem(error) == refusals[i].problem,
                      "%s: %s",
                      code,
                      error->message);
        ck_assert_str_eq(rms_service_error_get_provider_code(error), code);
        ck_assert(g_str_has_prefix(rms_service_error_get_provider_text(error), code));
    }
}
END_TEST

static void on_signed_out(GObject *account, GParamSpec *property, gpointer user_data)
{
    guint *count = user_data;

    (*count)++;
}

/* Also while a token is being waited for. */
START_TEST(test_sign_out)
{
    RmsAccount *account = sign_in(&brief, "global.admin");
    g_autoptr(GAsyncResult) result = NULL;
    GError *error = NULL;
    guint notified = 0;

    g_object_add_weak_pointer(G_OBJECT(account), (gpointer *) &account);
    g_signal_connect(account, "notify::signed-out", G_CALLBACK(on_signed_out), &notified);
    put_faults(&brief, "[{\"host\":\"authority\",\"path\":\"*/token\",\"delay_ms\":1500}]");
    rms_account_get_token_async(account, NULL, on_done, &result);
    rms_account_sign_out(account);
    rms_account_sign_out(account);
    ck_assert_uint_eq(notified, 1);
    ck_assert_ptr_null(rms_account_get_token_finish(account, wait_for(&result), &error));
    check_error(&error, RMS_SERVICE_ERROR_SIGN_IN, "signed out");
    ck_assert_ptr_null(get_token(account, &error));
    check_error(&error, RMS_SERVICE_ERROR_SIGN_IN, "Sign in again");
    g_clear_object(&result);
    g_object_unref(account);
    settle();
    ck_assert_ptr_null(account);
}
END_TEST

TCase *make_sign_in_cases(void)
{
    TCase *tcase = tcase_create("sign-in");

    tcase_add_test(tcase, test_device_approved);
    tcase_add_test(tcase, test_device_declined);
    tcase_add_test(tcase, test_device_expired);
    tcase_add_test(tcase, test_device_interrupted);
    tcase_add_test(tcase, test_device_cancelled);
    tcase_add_test(tcase, test_device_cancelled_in_flight);
    tcase_add_test(tcase, test_bad_settings);
    tcase_add_test(tcase, test_unknown_application);
    tcase_add_test(tcase, test_browser);
    tcase_add_test(tcase, test_browser_wrong_state);
    tcase_add_test(tcase, test_browser_declined);
    tcase_add_test(tcase, test_browser_refused);
    tcase_add_test(tcase, test_browser_cancelled);
    tcase_add_test(tcase, test_browser_cancelled_in_flight);
    tcase_add_test(tcase, test_token_kept);
    tcase_add_test(tcase, test_refresh);
    tcase_add_test(tcase, test_refresh_cancelled);
    tcase_add_test(tcase, test_refresh_refused);
    tcase_add_test(tcase, test_every_refusal);
    tcase_add_test(tcase, test_sign_out);
    return tcase;
}
