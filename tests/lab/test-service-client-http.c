/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The HTTPS client where the other side misbehaves: TLS, sizes, types, silence, cancellation.
 */
#include "config.h"

#include <string.h>

#include "service-client/service-error.h"
#include "test-service-client.h"

#define DOCUMENT "/contoso.example/v2.0/.well-known/openid-configuration"

static RmsHttpClient *make_client(void)
{
    g_autofree char *ca_file = pki("cloud-ca.pem");
    g_autoptr(GError) error = NULL;
    RmsHttpClient *client = rms_http_client_new(ca_file, &error);

    ck_assert_msg(client != NULL, "%s", error != NULL ? error->message : "");
    return client;
}

static RmsHttpRequest *make_request(const char *host, const char *port)
{
    g_autofree char *url = g_strdup_printf("https://%s:%s" DOCUMENT, host, port);

    return rms_http_request_new("GET", url);
}

static RmsHttpResponse *
send(RmsHttpClient *client, RmsHttpRequest *request, GCancellable *cancellable, GError **error)
{
    g_autoptr(GAsyncResult) result = NULL;

    rms_http_client_send_async(client, request, cancellable, on_done, &result);
    return rms_http_client_send_finish(client, wait_for(&result), error);
}

START_TEST(test_answer)
{
    g_autoptr(RmsHttpClient) client = make_client();
    g_autoptr(GError) error = NULL;
    g_autoptr(RmsHttpResponse) response =
        send(client, make_request("login.localhost", usual.port), NULL, &error);
    g_autoptr(cJSON) json = NULL;

    ck_assert_msg(response != NULL, "%s", error != NULL ? error->message : "");
    ck_assert_uint_eq(response->status, 200);
    ck_assert_str_eq(response->media_type, "application/json");
    ck_assert_str_eq(response->host, "login.localhost");
    ck_assert(rms_http_response_check(response, "application/json", &error));
    json = rms_http_response_parse_json(response, &error);
    ck_assert_ptr_nonnull(json);
    ck_assert_ptr_nonnull(rms_json_peek_string(json, "token_endpoint"));
}
END_TEST

/* A fault for one answer, and what must come of it. */
static const struct {
    const char *fault;
    gboolean answered; /* it is rms_http_response_check() that refuses */
    int code;
    const char *word;
} faults[] = {
    {"\"oversized\":262145",                                                FALSE, RMS_SERVICE_ERROR_PROTOCOL,    "more than 262144 bytes" },
    {"\"oversized\":50000000",                                              FALSE, RMS_SERVICE_ERROR_PROTOCOL,    "more than 262144 bytes" },
    {"\"cut_after\":10",                                                    FALSE, RMS_SERVICE_ERROR_PROTOCOL,    "did not answer properly"},
    {"\"cut_after\":0",                                                     FALSE, RMS_SERVICE_ERROR_PROTOCOL,    "did not answer properly"},
    {"\"disconnect\":true",                                                 FALSE, RMS_SERVICE_ERROR_PROTOCOL,    "did not answer properly"},
    {"\"delay_ms\":20000",                                                  FALSE, RMS_SERVICE_ERROR_UNREACHABLE, "timed out"              },
    {"\"wrong_content_type\":true",                                         TRUE,  RMS_SERVICE_ERROR_PROTOCOL,    "text/html"              },
    {"\"status\":302,\"headers\":{\"Location\":\"https://evil.example/\"}",
     TRUE,                                                                         RMS_SERVICE_ERROR_PROTOCOL,
     "redirect"                                                                                                                            },
    {"\"status\":307,\"headers\":{\"Location\":\"https://evil.example/\"}",
     TRUE,                                                                         RMS_SERVICE_ERROR_PROTOCOL,
     "redirect"                                                                                                                            },
    {"\"status\":429,\"headers\":{\"Retry-After\":\"17\"}",
     TRUE,                                                                         RMS_SERVICE_ERROR_THROTTLED,
     "in 17 seconds"                                                                                                                       },
    {"\"status\":502",                                                      TRUE,  RMS_SERVICE_ERROR_THROTTLED,   "later"                  },
    {"\"status\":503",                                                      TRUE,  RMS_SERVICE_ERROR_THROTTLED,   "later"                  },
    {"\"status\":504",                                                      TRUE,  RMS_SERVICE_ERROR_THROTTLED,   "later"                  },
};

START_TEST(test_fault)
{
    g_autofree char *table = g_strdup_printf("[{\"host\":\"authority\",%s}]", faults[_i].fault);
    g_autoptr(RmsHttpClient) client = make_client();
    g_autoptr(RmsHttpResponse) response = NULL;
    RmsHttpRequest *request = make_request("login.localhost", usual.port);
    GError *error = NULL;

    put_faults(&usual, table);
    if (strstr(faults[_i].fault, "delay_ms") != NULL)
        rms_http_request_set_limits(request, 262144, 500);
    response = send(client, request, NULL, &error);
    if (faults[_i].answered) {
        ck_assert_msg(response != NULL, "%s", error != NULL ? error->message : "");
        if (strstr(faults[_i].fault, "Retry-After") != NULL)
            ck_assert_uint_eq(response->retry_after, 17);
        ck_assert(!rms_http_response_check(response, "application/json", &error));
        ck_assert_uint_eq(rms_service_error_get_retry_after(error), response->retry_after);
    } else {
        ck_assert_ptr_null(response);
    }
    check_error(&error, faults[_i].code, faults[_i].word);
}
END_TEST

START_TEST(test_empty_body)
{
    g_autoptr(RmsHttpClient) client = make_client();
    g_autoptr(RmsHttpResponse) response = NULL;
    GError *error = NULL;

    put_faults(&usual, "[{\"host\":\"authority\",\"empty_body\":true}]");
    response = send(client, make_request("login.localhost", usual.port), NULL, &error);
    ck_assert_ptr_nonnull(response);
    ck_assert_str_eq(rms_secret_get(response->body), "");
    ck_assert_ptr_null(rms_http_response_parse_json(response, &error));
    check_error(&error, RMS_SERVICE_ERROR_PROTOCOL, "not JSON");
}
END_TEST

/* No CA of ours: the simulator's certificate chains to nobody. */
START_TEST(test_untrusted)
{
    g_autofree char *foreign = pki("foreign-ca.pem");
    const char *const authorities[] = {NULL, foreign};

    for (gsize i = 0; i < G_N_ELEMENTS(authorities); i++) {
        g_autoptr(RmsHttpClient) client = rms_http_client_new(authorities[i], NULL);
        g_autoptr(RmsHttpResponse) response = NULL;
        GError *error = NULL;

        response = send(client, make_request("login.localhost", usual.port), NULL, &error);
        ck_assert_ptr_null(response);
        check_error(&error, RMS_SERVICE_ERROR_TLS, "certificate");
    }
}
END_TEST

START_TEST(test_other_name)
{
    g_autoptr(RmsHttpClient) client = make_client();
    GError *error = NULL;

    ck_assert_ptr_null(send(client, make_request("other.localhost", usual.port), NULL, &error));
    check_error(&error, RMS_SERVICE_ERROR_TLS, "other.localhost");
    ck_assert_ptr_null(send(client, make_request("127.0.0.1", usual.port), NULL, &error));
    check_error(&error, RMS_SERVICE_ERROR_TLS, "127.0.0.1");
}
END_TEST

START_TEST(test_old_tls)
{
    g_autoptr(RmsHttpClient) client = make_client();
    GError *error = NULL;

    ck_assert_ptr_null(send(
        client, make_request("login.localhost", g_getenv("SERVICE_CLIENT_OLD_TLS")), NULL, &error));
    check_error(&error, RMS_SERVICE_ERROR_TLS, "cannot be trusted");
}
END_TEST

START_TEST(test_unreachable)
{
    g_autoptr(RmsHttpClient) client = make_client();
    g_autoptr(GSocketListener) listener = g_socket_listener_new();
    guint16 port = g_socket_listener_add_any_inet_port(listener, NULL, NULL);
    g_autofree char *closed = g_strdup_printf("%u", port);
    GError *error = NULL;

    g_socket_listener_close(listener);
    ck_assert_ptr_null(send(client, make_request("login.localhost", closed), NULL, &error));
    check_error(&error, RMS_SERVICE_ERROR_UNREACHABLE, "cannot be reached");
    ck_assert_ptr_null(send(client, make_request("nobody.invalid", "443"), NULL, &error));
    check_error(&error, RMS_SERVICE_ERROR_UNREACHABLE, "nobody.invalid");
}
END_TEST

/* A server that takes the connection and says nothing, not even TLS. */
START_TEST(test_silent)
{
    g_autoptr(RmsHttpClient) client = make_client();
    g_autoptr(GSocketListener) listener = g_socket_listener_new();
    guint16 number = g_socket_listener_add_any_inet_port(listener, NULL, NULL);
    g_autofree char *port = g_strdup_printf("%u", number);
    RmsHttpRequest *request = make_request("login.localhost", port);
    GError *error = NULL;

    rms_http_request_set_limits(request, 1000, 300);
    ck_assert_ptr_null(send(client, request, NULL, &error));
    check_error(&error, RMS_SERVICE_ERROR_UNREACHABLE, "timed out");
}
END_TEST

START_TEST(test_no_https)
{
    static const char *const urls[] = {"http://login.localhost/",
                                       "file:///etc/passwd",
                                       "ftp://login.localhost/",
                                       "login.localhost",
                                       "",
                                       "https://",
                                       "https://a@login.localhost/",
                                       "https://login.localhost/\r\nX: y"};
    g_autoptr(RmsHttpClient) client = make_client();

    for (gsize i = 0; i < G_N_ELEMENTS(urls); i++) {
        GError *error = NULL;

        ck_assert_ptr_null(send(client, rms_http_request_new("GET", urls[i]), NULL, &error));
        check_error(&error, RMS_SERVICE_ERROR_SETTINGS, "https");
    }
}
END_TEST

START_TEST(test_header_injection)
{
    g_autoptr(RmsHttpClient) client = make_client();
    g_autoptr(RmsSecret) token = rms_secret_new("abc\r\nX-Injected: yes", -1);
    RmsHttpRequest *request = make_request("login.localhost", usual.port);
    GError *error = NULL;

    rms_http_request_set_authorization(request, "MSOID", token);
    ck_assert_ptr_null(send(client, request, NULL, &error));
    check_error(&error, RMS_SERVICE_ERROR_PROTOCOL, "not allowed");
}
END_TEST

START_TEST(test_authorities)
{
    g_autofree char *key = pki("app.key");
    g_autofree char *missing = pki("missing");
    GError *error = NULL;

    ck_assert_ptr_null(rms_http_client_new(key, &error));
    check_error(&error, RMS_SERVICE_ERROR_SETTINGS, "no certificate authority");
    ck_assert_ptr_null(rms_http_client_new(missing, &error));
    check_error(&error, RMS_SERVICE_ERROR_SETTINGS, "cannot be read");
}
END_TEST

static gboolean on_cancel_due(gpointer cancellable)
{
    g_cancellable_cancel(cancellable);
    return G_SOURCE_REMOVE;
}

/* Before it starts; at once; while it waits; and after it is done, which changes nothing. */
START_TEST(test_cancel)
{
    g_autoptr(RmsHttpClient) client = make_client();
    g_autoptr(RmsHttpResponse) response = NULL;
    GError *error = NULL;

    put_faults(&usual, "[{\"host\":\"authority\",\"delay_ms\":20000,\"count\":2}]");
    for (int when = 0; when < 3; when++) {
        g_autoptr(GCancellable) cancellable = g_cancellable_new();
        g_autoptr(GAsyncResult) result = NULL;

        if (when == 0)
            g_cancellable_cancel(cancellable);
        rms_http_client_send_async(
            client, make_request("login.localhost", usual.port), cancellable, on_done, &result);
        if (when == 1)
            g_cancellable_cancel(cancellable);
        else if (when == 2)
            g_timeout_add(300, on_cancel_due, cancellable);
        ck_assert_ptr_null(rms_http_client_send_finish(client, wait_for(&result), &error));
        check_cancelled(&error);
    }
    {
        g_autoptr(GCancellable) cancellable = g_cancellable_new();
        g_autoptr(GAsyncResult) result = NULL;

        put_faults(&usual, "[]");
        rms_http_client_send_async(
            client, make_request("login.localhost", usual.port), cancellable, on_done, &result);
        wait_for(&result);
        g_cancellable_cancel(cancellable);
        settle();
        response = rms_http_client_send_finish(client, result, NULL);
    }
}
END_TEST

/* Many at once, some of them cancelled, the client let go of at once. */
START_TEST(test_many)
{
    GAsyncResult *results[24] = {NULL};
    g_autoptr(GCancellable) cancellable = g_cancellable_new();
    RmsHttpClient *client = make_client();

    g_object_add_weak_pointer(G_OBJECT(client), (gpointer *) &client);
    for (gsize i = 0; i < G_N_ELEMENTS(results); i++)
        rms_http_client_send_async(client,
                                   make_request("login.localhost", usual.port),
                                   i % 3 == 0 ? cancellable : NULL,
                                   on_done,
                                   &results[i]);
    g_object_unref(client);
    g_cancellable_cancel(cancellable);
    for (gsize i = 0; i < G_N_ELEMENTS(results); i++) {
        g_autoptr(RmsHttpResponse) response = NULL;
        g_autoptr(GError) error = NULL;

        wait_for(&results[i]);
        response = rms_http_client_send_finish(client, results[i], &error);
        ck_assert_int_eq(response != NULL, i % 3 != 0);
        g_object_unref(results[i]);
    }
    settle();
    ck_assert_ptr_null(client); /* nothing holds on to it */
}
END_TEST

TCase *make_http_cases(void)
{
    TCase *tcase = tcase_create("http");

    tcase_add_test(tcase, test_answer);
    tcase_add_loop_test(tcase, test_fault, 0, G_N_ELEMENTS(faults));
    tcase_add_test(tcase, test_empty_body);
    tcase_add_test(tcase, test_untrusted);
    tcase_add_test(tcase, test_other_name);
    tcase_add_test(tcase, test_old_tls);
    tcase_add_test(tcase, test_unreachable);
    tcase_add_test(tcase, test_silent);
    tcase_add_test(tcase, test_no_https);
    tcase_add_test(tcase, test_header_injection);
    tcase_add_test(tcase, test_authorities);
    tcase_add_test(tcase, test_cancel);
    tcase_add_test(tcase, test_many);
    return tcase;
}
