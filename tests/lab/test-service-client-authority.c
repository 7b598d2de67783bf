/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A sign-in service that answers by script, for what the simulator never says: polls too fast,
 * tokens of somebody else, half answers, and our own secrets repeated at us.
 */
#include "config.h"

#include <libsoup/soup.h>
#include <string.h>

#include "service-client/pkce.h"
#include "service-client/service-error.h"
#include "test-service-client.h"

typedef struct {
    SoupServer *server;
    char *port;
    GQueue answers; /* const char *: bodies, in order; the last stays */
    guint requests;
    gint64 times[8]; /* when each came, microseconds */
    char *nonce;     /* for {nonce} in an answer */
    char *repeat;    /* this field of the form, for {repeat} */
    char *claims;    /* of the last form */
} Authority;

/* Signed by nobody: we do not look. */
static char *make_id_token(const char *payload)
{
    g_autofree char *middle = rms_pkce_base64url((const guint8 *) payload, strlen(payload));

    return g_strdup_printf("e30.%s.c2ln", middle);
}

/* Replaces {nonce} and {repeat}, and <<…>> by a token with this payload. */
static char *fill_in(Authority *authority, const char *body, const char *form)
{
    GString *text = g_string_new(body);
    const char *begin, *end;

    if (authority->nonce != NULL)
        g_string_replace(text, "{nonce}", authority->nonce, 0);
    if (authority->repeat != NULL) {
        g_autoptr(GHashTable) fields =
            g_uri_parse_params(form, -1, "&", G_URI_PARAMS_WWW_FORM, NULL);
        const char *secret = g_hash_table_lookup(fields, authority->repeat);

        ck_assert_ptr_nonnull(secret);
        remember_secret(secret);
        g_string_replace(text, "{repeat}", secret, 0);
    }
    begin = strstr(text->str, "<<");
    end = begin != NULL ? strstr(begin, ">>") : NULL;
    if (end != NULL) {
        g_autofree char *payload = g_strndup(begin + 2, (gsize) (end - begin - 2));
        g_autofree char *token = make_id_token(payload);
        g_autofree char *marked = g_strdup_printf("<<%s>>", payload);

        g_string_replace(text, marked, token, 0);
    }
    return g_string_free(text, FALSE);
}

static void keep_claims(Authority *authority, const char *form)
{
    g_autoptr(GHashTable) fields = g_uri_parse_params(form, -1, "&", G_URI_PARAMS_WWW_FORM, NULL);

    g_free(authority->claims);
    authority->claims = fields != NULL ? g_strdup(g_hash_table_lookup(fields, "claims")) : NULL;
}

static void on_request(SoupServer *server,
                       SoupServerMessage *message,
                       const char *path,
                       GHashTable *query,
                       gpointer user_data)
{
    Authority *authority = user_data;
    SoupMessageBody *request = soup_server_message_get_request_body(message);
    g_autoptr(GBytes) bytes = soup_message_body_flatten(request);
    g_autofree char *form = g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
    const char *body = g_queue_get_length(&authority->answers) > 1
                           ? g_queue_pop_head(&authority->answers)
                           : g_queue_peek_head(&authority->answers);
    char *text = fill_in(authority, body, form);

    keep_claims(authority, form);
    if (authority->requests < G_N_ELEMENTS(authority->times))
        authority->times[authority->requests] = g_get_monotonic_time();
    authority->requests++;
    soup_server_message_set_status(message, strstr(text, "\"error\"") != NULL ? 400 : 200, NULL);
    soup_server_message_set_response(
        message, "application/json", SOUP_MEMORY_TAKE, text, strlen(text));
}

static void start_authority(Authority *authority)
{
    g_autofree char *certificate_file = pki("cloud.pem");
    g_autofree char *key_file = pki("cloud.key");
    g_autoptr(GError) error = NULL;
    g_autoptr(GTlsCertificate) certificate =
        g_tls_certificate_new_from_files(certificate_file, key_file, &error);
    GSList *uris;

    ck_assert_msg(certificate != NULL, "%s", error != NULL ? error->message : "");
    g_queue_init(&authority->answers);
    authority->server = g_object_new(SOUP_TYPE_SERVER, "tls-certificate", certificate, NULL);
    soup_server_add_handler(authority->server, NULL, on_request, authority, NULL);
    ck_assert(soup_server_listen_local(
        authority->server, 0, SOUP_SERVER_LISTEN_HTTPS | SOUP_SERVER_LISTEN_IPV4_ONLY, &error));
    uris = soup_server_get_uris(authority->server);
    authority->port = g_strdup_printf("%d", g_uri_get_port(uris->data));
    g_slist_free_full(uris, (GDestroyNotify) g_uri_unref);
}

static void stop_authority(Authority *authority)
{
    soup_server_disconnect(authority->server);
    g_clear_object(&authority->server);
    g_queue_clear(&authority->answers);
    g_free(authority->port);
    g_free(authority->nonce);
    g_free(authority->claims);
}

static void answer(Authority *authority, const char *body)
{
    g_queue_push_tail(&authority->answers, (gpointer) body);
}

static RmsCloudEnvironment *make_scripted_environment(const Authority *authority)
{
    const Simulator place = {authority->port, NULL};

    return make_environment(&place);
}

/* Device code */

#define DEVICE_CODE                                                                                \
    "{\"device_code\":\"dc\",\"user_code\":\"ABCD\",\"verification_uri\":\"https://a.example/\","  \
    "\"expires_in\":900,\"interval\":1}"
#define PENDING "{\"error\":\"authorization_pending\"}"
#define IDENTITY "\"tid\":\"1c6d\",\"oid\":\"4711\",\"preferred_username\":\"a@contoso.example\""
#define CLIENT "\"aud\":\"8f3c1f0e-6f0b-4c41-9a53-0c0e5f6a9b10\""
#define TOKENS(id_token)                                                                           \
    "{\"token_type\":\"Bearer\",\"access_token\":\"opaque\",\"expires_in\":3600,"                  \
    "\"refresh_token\":\"rt\"" id_token "}"
#define GOOD_TOKENS TOKENS(",\"id_token\":\"<<{" CLIENT "," IDENTITY "}>>\"")

static void
on_code_shown(const char *user_code, const char *verification_uri, guint expires_in, gpointer shown)
{
    g_free(*(char **) shown);
    *(char **) shown = g_strdup_printf("%s %s %u", user_code, verification_uri, expires_in);
}

static RmsAccount *sign_in_by_device(Authority *authority, char **shown, GError **error)
{
    g_autoptr(RmsCloudEnvironment) environment = make_scripted_environment(authority);
    g_autoptr(GAsyncResult) result = NULL;

    rms_sign_in_device_async(environment, on_code_shown, shown, NULL, NULL, on_done, &result);
    return rms_sign_in_finish(wait_for(&result), error);
}

/* RFC 8628 §3.5: five seconds more, for this and all later polls. */
START_TEST(test_slow_down)
{
    Authority authority = {0};
    g_autofree char *shown = NULL;
    g_autoptr(RmsAccount) account = NULL;
    g_autoptr(GError) error = NULL;

    start_authority(&authority);
    answer(&authority, DEVICE_CODE);
    answer(&authority, PENDING);
    answer(&authority, "{\"error\":\"slow_down\"}");
    answer(&authority, GOOD_TOKENS);
    account = sign_in_by_device(&authority, &shown, &error);
    ck_assert_msg(account != NULL, "%s", error != NULL ? error->message : "");
    ck_assert_str_eq(shown, "ABCD https://a.example/ 900");
    ck_assert_uint_eq(authority.requests, 4);
    ck_assert_int_ge(authority.times[1] - authority.times[0], G_USEC_PER_SEC * 9 / 10);
    ck_assert_int_ge(authority.times[2] - authority.times[1], G_USEC_PER_SEC * 9 / 10);
    ck_assert_int_lt(authority.times[2] - authority.times[1], G_USEC_PER_SEC * 5);
    ck_assert_int_ge(authority.times[3] - authority.times[2], G_USEC_PER_SEC * 59 / 10);
    stop_authority(&authority);
}
END_TEST

/* The service forgets to say when the code has run out. */
START_TEST(test_pending_for_ever)
{
    Authority authority = {0};
    g_autofree char *shown = NULL;
    GError *error = NULL;

    start_authority(&authority);
    answer(&authority,
           "{\"device_code\":\"dc\",\"user_code\":\"AB\\u0007CD\",\"verification_uri\":"
           "\"https://a.example/\",\"expires_in\":2,\"interval\":1}");
    answer(&authority, PENDING);
    ck_assert_ptr_null(sign_in_by_device(&authority, &shown, &error));
    check_error(&error, RMS_SERVICE_ERROR_SIGN_IN, "in time");
    ck_assert_str_eq(shown, "AB CD https://a.example/ 2");
    stop_authority(&authority);
}
END_TEST

START_TEST(test_bad_device_code)
{
    static const char *const answers[] = {
        "{}",
        "[]",
        "{\"user_code\":\"A\",\"verification_uri\":\"https://a.example/\",\"expires_in\":9}",
        "{\"device_code\":\"dc\",\"verification_uri\":\"https://a.example/\",\"expires_in\":9}",
        "{\"device_code\":\"dc\",\"user_code\":\"A\",\"expires_in\":9}",
        "{\"device_code\":\"dc\",\"user_code\":\"A\",\"verification_uri\":\"http://a.example/\","
        "\"expires_in\":9}",
        "{\"device_code\":\"dc\",\"user_code\":\"A\",\"verification_uri\":\"javascript:x\","
        "\"expires_in\":9}",
        "{\"device_code\":\"dc\",\"user_code\":\"A\",\"verification_uri\":\"https://a.example/\"}",
        "{\"device_code\":\"dc\",\"user_code\":\"A\",\"verification_uri\":\"https://a.example/\","
        "\"expires_in\":0}",
        "{\"device_code\":\"dc\",\"user_code\":\"A\",\"verification_uri\":\"https://a.example/\","
        "\"expires_in\":9,\"interval\":0}",
        "{\"device_code\":\"dc\",\"user_code\":\"A\",\"verification_uri\":\"https://a.example/\","
        "\"expires_in\":9,\"interval\":\"5\"}",
        "{\"device_code\":\"dc\",\"user_code\":\"\\n\",\"verification_uri\":\"https://a.example/\","
        "\"expires_in\":9}",
    };

    for (gsize i = 0; i < G_N_ELEMENTS(answers); i++) {
        Authority authority = {0};
        g_autofree char *shown = NULL;
        GError *error = NULL;

        start_authority(&authority);
        answer(&authority, answers[i]);
        ck_assert_msg(sign_in_by_device(&authority, &shown, &error) == NULL, "%s", answers[i]);
        check_error(&error, RMS_SERVICE_ERROR_PROTOCOL, "");
        ck_assert_ptr_null(shown);
        stop_authority(&authority);
    }
}
END_TEST

/* Browser */

static void on_answer_read(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_subprocess_wait_finish(G_SUBPROCESS(source), result, NULL);
}

/* Plays page and browser: comes back at once with a code. */
static void on_page_opened(const char *uri, gpointer user_data)
{
    Authority *authority = user_data;
    g_autoptr(GUri) parsed = g_uri_parse(uri, G_URI_FLAGS_ENCODED, NULL);
    g_autoptr(GHashTable) query =
        g_uri_parse_params(g_uri_get_query(parsed), -1, "&", G_URI_PARAMS_WWW_FORM, NULL);
    g_autofree char *back = g_strdup_printf("%s/?code=the-code&state=%s",
                                            (char *) g_hash_table_lookup(query, "redirect_uri"),
                                            (char *) g_hash_table_lookup(query, "state"));
    g_autoptr(GSubprocess) browser = NULL;

    authority->nonce = g_strdup(g_hash_table_lookup(query, "nonce"));
    remember_secret(authority->nonce);
    browser = g_subprocess_new(G_SUBPROCESS_FLAGS_STDOUT_SILENCE, NULL, "curl", "-sS", back, NULL);
    g_subprocess_wait_async(browser, NULL, on_answer_read, NULL);
}

static RmsAccount *browse(Authority *authority, GError **error)
{
    g_autoptr(RmsCloudEnvironment) environment = make_scripted_environment(authority);
    g_autoptr(GAsyncResult) result = NULL;

    rms_sign_in_browser_async(environment, on_page_opened, authority, NULL, NULL, on_done, &result);
    return rms_sign_in_finish(wait_for(&result), error);
}

#define NONCE "\"nonce\":\"{nonce}\""
#define ID(claims) TOKENS(",\"id_token\":\"<<{" claims "}>>\"")

static const struct {
    const char *tokens;
    const char *user_name; /* NULL: refused */
    const char *word;
} tokens[] = {
    {ID(CLIENT "," NONCE "," IDENTITY),                                  "a@contoso.example", NULL                 },
    {ID(CLIENT "," NONCE "," IDENTITY ",\"upn\":\"b@contoso.example\""), "b@contoso.example", NULL                 },
    {ID(CLIENT "," IDENTITY),                                            NULL,                "does not belong"    },
    {ID(CLIENT ",\"nonce\":\"other\"," IDENTITY),                        NULL,                "does not belong"    },
    {ID(CLIENT ",\"nonce\":\"{nonce}x\"," IDENTITY),                     NULL,                "does not belong"    },
    {ID("\"aud\":\"other\"," NONCE "," IDENTITY),                        NULL,                "does not belong"    },
    {ID(NONCE "," IDENTITY),                                             NULL,                "does not belong"    },
    {TOKENS(""),                                                         NULL,                "does not belong"    },
    {TOKENS(",\"id_token\":\"opaque\""),                                 NULL,                "does not belong"    },
    {TOKENS(",\"id_token\":7"),                                          NULL,                "does not belong"    },
    {ID(CLIENT "," NONCE),                                               NULL,                "which account"      },
    {ID(CLIENT "," NONCE ",\"tid\":\"1c6d\",\"oid\":\"4711\""),          NULL,                "which account"      },
    {ID(CLIENT "," NONCE ",\"tid\":\"1c6d\",\"upn\":\"a@b\""),           NULL,                "which account"      },
    {ID(CLIENT "," NONCE ",\"oid\":\"4711\",\"upn\":\"a@b\""),           NULL,                "which account"      },
    {"{}",                                                               NULL,                "usable access token"},
    {"[]",                                                               NULL,                "no OAuth answer"    },
};

START_TEST(test_tokens)
{
    Authority authority = {0};
    g_autoptr(RmsAccount) account = NULL;
    GError *error = NULL;

    start_authority(&authority);
    answer(&authority, tokens[_i].tokens);
    account = browse(&authority, &error);
    if (tokens[_i].user_name != NULL) {
        ck_assert_msg(account != NULL, "%s", error != NULL ? error->message : "");
        ck_assert_str_eq(rms_account_get_user_name(account), tokens[_i].user_name);
        ck_assert_str_eq(rms_account_get_tenant_id(account), "1c6d");
        ck_assert_str_eq(rms_account_get_object_id(account), "4711");
    } else {
        ck_assert_ptr_null(account);
        check_error(&error, RMS_SERVICE_ERROR_PROTOCOL, tokens[_i].word);
    }
    stop_authority(&authority);
}
END_TEST

/* A service that repeats what it should keep to itself. */
START_TEST(test_repeated_secret)
{
    static const char *const fields[] = {"code", "code_verifier"};
    static const char *const answers[] = {
        "{\"error\":\"invalid_grant\",\"error_description\":\"AADSTS70000: {repeat} is bad\"}",
        "{\"error\":\"{repeat}\"}",
    };

    for (gsize i = 0; i < G_N_ELEMENTS(fields) * G_N_ELEMENTS(answers); i++) {
        Authority authority = {.repeat = (char *) fields[i % 2]};
        GError *error = NULL;

        start_authority(&authority);
        answer(&authority, answers[i / 2]);
        ck_assert_ptr_null(browse(&authority, &error));
        ck_assert_ptr_null(strstr(error->message, "the-code"));
        check_error(
            &error, i / 2 == 0 ? RMS_SERVICE_ERROR_SIGN_IN : RMS_SERVICE_ERROR_REFUSED, "withheld");
        stop_authority(&authority);
    }
}
END_TEST

/* An answer without a new refresh token leaves the old one in force; one with does not. */
START_TEST(test_refresh_token)
{
    Authority authority = {0};
    g_autoptr(RmsAccount) account = NULL;
    g_autoptr(RmsSecret) token = NULL;
    GError *error = NULL;

    start_authority(&authority);
    answer(&authority,
           "{\"token_type\":\"Bearer\",\"access_token\":\"first\",\"expires_in\":1,"
           "\"refresh_token\":\"rt\",\"id_token\":\"<<{" CLIENT "," NONCE "," IDENTITY "}>>\"}");
    answer(&authority, "{\"token_type\":\"Bearer\",\"access_token\":\"second\",\"expires_in\":1}");
    answer(&authority, "{\"error\":\"invalid_grant\",\"error_description\":\"<{repeat}>\"}");
    account = browse(&authority, &error);
    ck_assert_msg(account != NULL, "%s", error != NULL ? error->message : "");
    token = get_token(account, &error);
    ck_assert_str_eq(rms_secret_get(token), "second");
    authority.repeat = (char *) "refresh_token";
    ck_assert_ptr_null(get_token(account, &error));
    check_error(&error, RMS_SERVICE_ERROR_SIGN_IN, "withheld");
    stop_authority(&authority);
}
END_TEST

/* A refusal that asks for claims: they go along with the next refresh, until one succeeds. */
START_TEST(test_refused_for_claims)
{
    Authority authority = {0};
    g_autoptr(RmsAccount) account = NULL;
    g_autoptr(RmsSecret) token = NULL;
    g_autoptr(RmsSecret) last = NULL;
    GError *error = NULL;

    start_authority(&authority);
    answer(&authority,
           "{\"token_type\":\"Bearer\",\"access_token\":\"first\",\"expires_in\":1,"
           "\"refresh_token\":\"rt\",\"id_token\":\"<<{" CLIENT "," NONCE "," IDENTITY "}>>\"}");
    answer(&authority,
           "{\"error\":\"interaction_required\",\"error_description\":\"AADSTS50076: more\","
           "\"claims\":\"{\\\"access_token\\\":{\\\"x\\\":1}}\"}");
    answer(&authority, "{\"token_type\":\"Bearer\",\"access_token\":\"second\",\"expires_in\":1}");
    answer(&authority, "{\"token_type\":\"Bearer\",\"access_token\":\"third\",\"expires_in\":1}");
    account = browse(&authority, &error);
    ck_assert_msg(account != NULL, "%s", error != NULL ? error->message : "");
    ck_assert_ptr_null(get_token(account, &error));
    ck_assert_ptr_null(authority.claims);
    ck_assert_int_eq(rms_service_error_get_problem(error), RMS_SERVICE_PROBLEM_CLAIMS_CHALLENGE);
    check_error(&error, RMS_SERVICE_ERROR_SIGN_IN, "AADSTS50076");
    token = get_token(account, &error);
    ck_assert_str_eq(rms_secret_get(token), "second");
    ck_assert_str_eq(authority.claims, "{\"access_token\":{\"x\":1}}");
    last = get_token(account, &error);
    ck_assert_str_eq(rms_secret_get(last), "third");
    ck_assert_ptr_null(authority.claims);
    stop_authority(&authority);
}
END_TEST

TCase *make_authority_cases(void)
{
    TCase *tcase = tcase_create("authority");

    tcase_add_test(tcase, test_slow_down);
    tcase_add_test(tcase, test_pending_for_ever);
    tcase_add_test(tcase, test_bad_device_code);
    tcase_add_loop_test(tcase, test_tokens, 0, G_N_ELEMENTS(tokens));
    tcase_add_test(tcase, test_repeated_secret);
    tcase_add_test(tcase, test_refresh_token);
    tcase_add_test(tcase, test_refused_for_claims);
    return tcase;
}
