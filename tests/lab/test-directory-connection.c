/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The life of a connection to a real domain controller: each way to sign in and to fail, deadlines
 * against servers that hang, and what happens when the connection is lost.
 */
#include "config.h"

#include <check.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "directory/directory-connection-private.h"
#include "directory/directory-private.h"
#include "test-directory-fixture.h"

/* Cyrus SASL's Kerberos plug-in (2.1.28 of Debian 12) loses the credential that it gets when no
 * security layer is wanted; nothing in libldap lets us free it. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libgssapiv2.so\n";
}

/* That library has no frame pointers to find it by. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "fast_unwind_on_malloc=0:malloc_context_size=12";
}

/* What a deadline may be overrun by on a busy machine. */
#define SLACK_SECONDS 3.0

static void sign_in(void)
{
    test_kinit("svc-rmsldap", "svc-rmsldap", NULL);
}

static char *with_scheme(const char *scheme)
{
    return g_strconcat(scheme, test_env("LAB_DC"), NULL);
}

static const struct {
    const char *scheme;
    const char *user; /* NULL: with the ticket */
} ways[] = {
    {"",         NULL                                                                    },
    {"ldap://",  NULL                                                                    },
    {"ldaps://", NULL                                                                    },
    {"LDAPS://", NULL                                                                    },
    {"",         "svc-rmsldap@contoso.example"                                           },
    {"",         "CONTOSO\\svc-rmsldap"                                                  },
    {"",         "CN=RMS Connector LDAP reader,OU=Service Accounts,DC=contoso,DC=example"},
    {"ldap://",  "svc-rmsldap@contoso.example"                                           },
    {"ldaps://", "svc-rmsldap@contoso.example"                                           },
};

static void on_notified(GObject *object, GParamSpec *pspec, guint *count)
{
    (*count)++;
}

START_TEST(test_way_to_sign_in)
{
    g_autofree char *server = with_scheme(ways[_i].scheme);
    g_autoptr(RmsDirectorySettings) settings = test_settings(
        server, ways[_i].user, ways[_i].user != NULL ? test_env("LAB_PASSWORD") : NULL);
    g_autoptr(RmsDirectory) directory = rms_directory_new(settings);
    guint notified = 0;
    g_signal_connect(directory, "notify", G_CALLBACK(on_notified), &notified);
    ck_assert_ptr_null(rms_directory_get_domain(directory));

    g_autoptr(GError) error = NULL;
    ck_assert_msg(test_open(directory, &error), "%s", error != NULL ? error->message : "");
    ck_assert_str_eq(rms_directory_get_server(directory), test_env("LAB_DC"));
    ck_assert_str_eq(rms_directory_get_domain(directory), "contoso.example");
    ck_assert_str_eq(rms_directory_get_netbios_name(directory), "CONTOSO");
    ck_assert_str_eq(rms_directory_get_base_dn(directory), "DC=contoso,DC=example");
    ck_assert_uint_eq(notified, 4);

    g_autofree char *sid = test_find_sid(directory, "EXCH01$");
    ck_assert_ptr_nonnull(sid);
    /* Nothing changed, so nobody is told again. */
    ck_assert(test_open(directory, &error));
    ck_assert_uint_eq(notified, 4);
}
END_TEST

/* protocol.md §6.6: sealed by Kerberos in the clear, bound to the channel and not sealed twice in
 * TLS, a password in TLS only. */
static const struct {
    const char *server;
    gboolean global_catalog;
    gboolean with_password;
    guint16 port;
    gboolean in_tls;
} bindings[] = {
    {"dc1.contoso.example",         FALSE, FALSE, 389,  FALSE},
    {"dc1.contoso.example",         TRUE,  FALSE, 3268, FALSE},
    {"ldaps://dc1.contoso.example", FALSE, FALSE, 636,  TRUE },
    {"ldaps://dc1.contoso.example", TRUE,  FALSE, 3269, TRUE },
    {"dc1.contoso.example",         FALSE, TRUE,  636,  TRUE },
    {"dc1.contoso.example",         TRUE,  TRUE,  3269, TRUE },
    {"ldap://dc1.contoso.example",  FALSE, TRUE,  389,  TRUE },
    {"ldap://dc1.contoso.example",  TRUE,  TRUE,  3268, TRUE },
};

static void on_stuck(gpointer owner)
{
    g_assert_not_reached();
}

START_TEST(test_protection)
{
    gboolean with_password = bindings[_i].with_password;
    g_autoptr(RmsDirectorySettings) settings =
        test_settings(bindings[_i].server,
                      with_password ? test_env("LAB_READER") : NULL,
                      with_password ? test_env("LAB_PASSWORD") : NULL);
    settings->global_catalog = bindings[_i].global_catalog;
    RmsTarget *target =
        rms_target_parse(settings->server, with_password, settings->global_catalog, NULL);
    ck_assert_uint_eq(target->port, bindings[_i].port);
    RmsWatchdog *watchdog = rms_watchdog_new(on_stuck, NULL, NULL);
    RmsVerdict verdict;
    g_autoptr(GError) error = NULL;
    RmsConnection *connection = rms_connection_open(settings, watchdog, target, &verdict, &error);
    ck_assert_msg(connection != NULL, "%s", error != NULL ? error->message : "");

    LDAP *ldap = rms_connection_get_ldap(connection);
    ck_assert((ldap_tls_inplace(ldap) != 0) == bindings[_i].in_tls);
    ber_len_t strength = 0;
    (void) ldap_get_option(ldap, LDAP_OPT_X_SASL_SSF, &strength);
    /* AES-256 outside of TLS, no second layer inside. */
    ck_assert_uint_eq(strength, bindings[_i].in_tls ? 0 : 256);
    if (bindings[_i].in_tls && !with_password) {
        int binding = -1;
        ck_assert_int_eq(ldap_get_option(ldap, LDAP_OPT_X_SASL_CBINDING, &binding), 0);
        ck_assert_int_eq(binding, LDAP_OPT_X_SASL_CBINDING_TLS_ENDPOINT);
    }
    const RmsDomainInfo *info = rms_connection_get_info(connection);
    ck_assert(info->is_global_catalog == bindings[_i].global_catalog);
    ck_assert(info->has_global_catalog);
    ck_assert_uint_eq(info->sid.length, 24);
    rms_connection_close(connection);
    rms_watchdog_free(watchdog);
}
END_TEST

static const struct {
    const char *name;
    const char *server; /* NULL: the lab's domain controller */
    const char *user;
    const char *password; /* NULL: the right one */
    const char *ca;       /* NULL: the right one; "" none beside the system's; else a variable */
    RmsDirectoryError code;
    const char *says;
} failures[] = {
    {"wrong password",
     NULL,                                        "svc-rmsldap@contoso.example",
     "wrong",                                                                           NULL,
     RMS_DIRECTORY_ERROR_PASSWORD,                                                                                                       "password is wrong"},
    {"unknown user",
     NULL,                                        "nobody@contoso.example",
     NULL,                                                                              NULL,
     RMS_DIRECTORY_ERROR_PASSWORD,                                                                                                       "password is wrong"},
    {"empty password",
     NULL,                                        "svc-rmsldap@contoso.example",
     "",                                                                                NULL,
     RMS_DIRECTORY_ERROR_PASSWORD,                                                                                                       "type both"        },
    {"empty user",                     NULL,      "",                             NULL, NULL,           RMS_DIRECTORY_ERROR_PASSWORD,    "type both"        },
    {"disabled",
     NULL,                                        "svc-disabled@contoso.example",
     NULL,                                                                              NULL,
     RMS_DIRECTORY_ERROR_ACCOUNT,                                                                                                        "disabled"         },
    {"expired",
     NULL,                                        "x-expired@contoso.example",
     NULL,                                                                              NULL,
     RMS_DIRECTORY_ERROR_ACCOUNT,                                                                                                        "expired"          },
    {"must change",
     NULL,                                        "x-mustchange@contoso.example",
     NULL,                                                                              NULL,
     RMS_DIRECTORY_ERROR_ACCOUNT,                                                                                                        "must change"      },
    {"unknown CA, password",
     NULL,                                        "svc-rmsldap@contoso.example",
     NULL,                                                                              "",
     RMS_DIRECTORY_ERROR_TLS,                                                                                                            "certificate"      },
    {"unknown CA, StartTLS",
     "ldap://dc1.contoso.example",                "svc-rmsldap@contoso.example",
     NULL,                                                                              "",
     RMS_DIRECTORY_ERROR_TLS,                                                                                                            "certificate"      },
    {"unknown CA, ticket",
     "ldaps://dc1.contoso.example",               NULL,
     NULL,                                                                              "",
     RMS_DIRECTORY_ERROR_TLS,                                                                                                            "certificate"      },
    {"another CA",
     NULL,                                        "svc-rmsldap@contoso.example",
     NULL,                                                                              "LAB_CLOUD_CA",
     RMS_DIRECTORY_ERROR_TLS,                                                                                                            "certificate"      },
    {"CA file that is none",
     NULL,                                        "svc-rmsldap@contoso.example",
     NULL,                                                                              "KRB5_CONFIG",
     RMS_DIRECTORY_ERROR_TLS,                                                                                                            "PEM"              },
    {"CA file that is not there",
     NULL,                                        "svc-rmsldap@contoso.example",
     NULL,                                                                              "LAB_DC",
     RMS_DIRECTORY_ERROR_TLS,                                                                                                            "cannot be read"   },
    {"dead port",
     "dc1.contoso.example:1",                     NULL,
     NULL,                                                                              NULL,
     RMS_DIRECTORY_ERROR_UNREACHABLE,                                                                                                    "port 1"           },
    {"dead port, TLS",
     "ldaps://dc1.contoso.example:1",             NULL,
     NULL,                                                                              NULL,
     RMS_DIRECTORY_ERROR_UNREACHABLE,                                                                                                    "port 1"           },
    {"unknown host",
     "nosuch.contoso.example",                    NULL,
     NULL,                                                                              NULL,
     RMS_DIRECTORY_ERROR_UNREACHABLE,                                                                                                    "nosuch"           },
    {"plain LDAP where TLS is spoken",
     "dc1.contoso.example:636",                   NULL,
     NULL,                                                                              NULL,
     RMS_DIRECTORY_ERROR_UNREACHABLE,                                                                                                    "dc1"              },
    {"TLS where plain LDAP is spoken",
     "ldaps://dc1.contoso.example:389",           NULL,
     NULL,                                                                              NULL,
     RMS_DIRECTORY_ERROR_TLS,                                                                                                            "dc1"              },
    {"address instead of a name",
     "127.0.0.2",                                 NULL,
     NULL,                                                                              NULL,
     RMS_DIRECTORY_ERROR_TICKET,                                                                                                         "full name"        },
    {"no server",                      "",        NULL,                           NULL, NULL,           RMS_DIRECTORY_ERROR_UNREACHABLE, "such as"          },
    {"no host",                        "ldap://", NULL,                           NULL, NULL,           RMS_DIRECTORY_ERROR_UNREACHABLE, "such as"          },
    {"another scheme",
     "ldapi://%2fvar",                            NULL,
     NULL,                                                                              NULL,
     RMS_DIRECTORY_ERROR_UNREACHABLE,                                                                                                    "such as"          },
    {"a base in the URI",
     "ldap://dc1.contoso.example/DC=x",           NULL,
     NULL,                                                                              NULL,
     RMS_DIRECTORY_ERROR_UNREACHABLE,                                                                                                    "such as"          },
};

START_TEST(test_failure)
{
    const char *password =
        failures[_i].password != NULL ? failures[_i].password : test_env("LAB_PASSWORD");
    g_autoptr(RmsDirectorySettings) settings =
        test_settings(failures[_i].server != NULL ? failures[_i].server : test_env("LAB_DC"),
                      failures[_i].user,
                      failures[_i].user != NULL ? password : NULL);
    if (failures[_i].ca != NULL) {
        g_free(settings->ca_file);
        settings->ca_file = *failures[_i].ca != '\0' ? g_strdup(test_env(failures[_i].ca)) : NULL;
    }
    g_autoptr(RmsDirectory) directory = rms_directory_new(settings);
    g_autoptr(GError) error = NULL;
    ck_assert_msg(!test_open(directory, &error), "%s: succeeded", failures[_i].name);
    ck_assert_msg(g_error_matches(error, RMS_DIRECTORY_ERROR, (int) failures[_i].code),
                  "%s: %s %d: %s",
                  failures[_i].name,
                  g_quark_to_string(error->domain),
                  error->code,
                  error->message);
    ck_assert_msg(strstr(error->message, failures[_i].says) != NULL, "%s", error->message);
    ck_assert_ptr_null(strstr(error->message, test_env("LAB_PASSWORD")));
    ck_assert_ptr_null(rms_directory_get_domain(directory));
    ck_assert(strpbrk(error->message, "\r\n") == NULL);

    /* The next call tries again, and says the same. */
    g_autoptr(GError) again = NULL;
    g_autoptr(GPtrArray) objects = test_resolve(directory, "x", RMS_KIND_ALL, &again);
    ck_assert(g_error_matches(again, RMS_DIRECTORY_ERROR, (int) failures[_i].code));
}
END_TEST

START_TEST(test_certificate_for_another_name)
{
    /* The relay's address is none of those in the certificate. */
    TestProxy *proxy = test_proxy_new_relay("127.0.0.8", TEST_DC_ADDRESS, 636);
    g_autofree char *server = g_strdup_printf("ldaps://127.0.0.8:%u", test_proxy_get_port(proxy));
    g_autoptr(RmsDirectorySettings) settings =
        test_settings(server, test_env("LAB_READER"), test_env("LAB_PASSWORD"));
    g_autoptr(RmsDirectory) directory = rms_directory_new(settings);
    g_autoptr(GError) error = NULL;
    ck_assert(!test_open(directory, &error));
    ck_assert_msg(
        g_error_matches(error, RMS_DIRECTORY_ERROR, RMS_DIRECTORY_ERROR_TLS), "%s", error->message);
    test_proxy_free(proxy);
}
END_TEST

START_TEST(test_no_ticket)
{
    test_kdestroy();
    g_autoptr(RmsDirectory) directory = test_directory(test_env("LAB_DC"));
    g_autoptr(GError) error = NULL;
    ck_assert(!test_open(directory, &error));
    ck_assert(g_error_matches(error, RMS_DIRECTORY_ERROR, RMS_DIRECTORY_ERROR_TICKET));
    ck_assert_msg(strstr(error->message, "run kinit") != NULL, "%s", error->message);

    /* kinit in another window is enough. */
    test_kinit("svc-rmsldap", "svc-rmsldap", NULL);
    g_clear_error(&error);
    ck_assert_msg(test_open(directory, &error), "%s", error != NULL ? error->message : "");
}
END_TEST

START_TEST(test_ticket_expires)
{
    g_autoptr(RmsDirectory) early = test_directory(test_env("LAB_DC"));
    g_autoptr(GError) error = NULL;
    ck_assert_msg(test_open(early, &error), "%s", error != NULL ? error->message : "");

    /* libkrb5 counts a ticket as expired two minutes before it does. */
    test_kinit("svc-rmsldap", "svc-rmsldap", "60s");
    g_autoptr(RmsDirectory) late = test_directory(test_env("LAB_DC"));
    ck_assert(!test_open(late, &error));
    ck_assert_msg(g_error_matches(error, RMS_DIRECTORY_ERROR, RMS_DIRECTORY_ERROR_TICKET),
                  "%s",
                  error->message);
    ck_assert_msg(strstr(error->message, "expired; run kinit") != NULL, "%s", error->message);

    /* Who is signed in stays so, and a new ticket is enough for the other. */
    g_autofree char *sid = test_find_sid(early, "EXCH01$");
    ck_assert_ptr_nonnull(sid);
    test_kinit("svc-rmsldap", "svc-rmsldap", NULL);
    g_clear_error(&error);
    ck_assert_msg(test_open(late, &error), "%s", error != NULL ? error->message : "");
}
END_TEST

START_TEST(test_password_never_leaves_without_tls)
{
    TestProxy *proxy = test_proxy_new(TEST_DC_ADDRESS, TEST_PROXY_NO_START_TLS);
    g_autofree char *server =
        g_strdup_printf("ldap://%s:%u", test_env("LAB_DC"), test_proxy_get_port(proxy));
    g_autoptr(RmsDirectorySettings) settings =
        test_settings(server, test_env("LAB_READER"), "The secret itself");
    g_autoptr(RmsDirectory) directory = rms_directory_new(settings);
    g_autoptr(GError) error = NULL;
    ck_assert(!test_open(directory, &error));
    ck_assert_msg(
        g_error_matches(error, RMS_DIRECTORY_ERROR, RMS_DIRECTORY_ERROR_TLS), "%s", error->message);
    g_autoptr(GBytes) received = test_proxy_dup_received(proxy);
    gsize length;
    const char *bytes = g_bytes_get_data(received, &length);
    /* It asked for StartTLS (RFC 4511 §4.14.1), and said nothing else of interest. */
    ck_assert_ptr_nonnull(memmem(bytes, length, "1.3.6.1.4.1.1466.20037", 22));
    ck_assert_ptr_null(memmem(bytes, length, "secret", 6));
    ck_assert_ptr_null(memmem(bytes, length, "svc-rmsldap", 11));
    test_proxy_free(proxy);
}
END_TEST

static const struct {
    const char *name;
    const char *scheme;
    gboolean with_password;
} silences[] = {
    {"ldap, ticket",    "ldap://",  FALSE},
    {"ldaps, ticket",   "ldaps://", FALSE},
    {"ldaps, password", "ldaps://", TRUE },
    {"StartTLS",        "ldap://",  TRUE },
};

START_TEST(test_silent_server)
{
    TestProxy *proxy = test_proxy_new(TEST_DC_ADDRESS, TEST_PROXY_SILENT);
    g_autofree char *server = g_strdup_printf(
        "%s%s:%u", silences[_i].scheme, test_env("LAB_DC"), test_proxy_get_port(proxy));
    g_autoptr(RmsDirectorySettings) settings =
        test_settings(server,
                      silences[_i].with_password ? test_env("LAB_READER") : NULL,
                      silences[_i].with_password ? test_env("LAB_PASSWORD") : NULL);
    settings->timeout_ms = TEST_SHORT_TIMEOUT_MS;
    g_autoptr(RmsDirectory) directory = rms_directory_new(settings);
    g_autoptr(GError) error = NULL;
    gint64 start = g_get_monotonic_time();
    double cpu = test_cpu_seconds();
    ck_assert(!test_open(directory, &error));
    double seconds = test_seconds_since(start);
    ck_assert_msg(g_error_matches(error, RMS_DIRECTORY_ERROR, RMS_DIRECTORY_ERROR_UNREACHABLE),
                  "%s: %s",
                  silences[_i].name,
                  error->message);
    ck_assert_msg(seconds < TEST_SHORT_TIMEOUT_MS / 1000.0 + SLACK_SECONDS, "%.1f s", seconds);
    ck_assert_uint_eq(test_proxy_get_connections(proxy), 1);
    /* Waiting costs nothing: libldap is not spinning. */
    ck_assert_msg(test_cpu_seconds() - cpu < 0.5 * seconds,
                  "%s: %.2f s of processor time in %.2f s",
                  silences[_i].name,
                  test_cpu_seconds() - cpu,
                  seconds);
    test_proxy_free(proxy);
}
END_TEST

START_TEST(test_silent_kerberos_server)
{
    /* libkrb5 waits in its own way, on sockets of its own: the call ends all the same. */
    TestProxy *proxy = test_proxy_new(TEST_DC_ADDRESS, TEST_PROXY_SILENT);
    /* Only the ticket that opens the door, none for the domain controller yet. */
    test_kdestroy();
    test_kinit("svc-rmsldap", "svc-rmsldap", NULL);
    g_autofree char *kdc = g_strdup_printf(TEST_DC_ADDRESS ":%u", test_proxy_get_port(proxy));
    test_set_kdc(kdc);
    {
        g_autoptr(RmsDirectorySettings) settings = test_settings(test_env("LAB_DC"), NULL, NULL);
        settings->timeout_ms = TEST_SHORT_TIMEOUT_MS;
        g_autoptr(RmsDirectory) directory = rms_directory_new(settings);
        g_autoptr(GError) error = NULL;
        gint64 start = g_get_monotonic_time();
        ck_assert(!test_open(directory, &error));
        double seconds = test_seconds_since(start);
        ck_assert_msg(g_error_matches(error, RMS_DIRECTORY_ERROR, RMS_DIRECTORY_ERROR_UNREACHABLE),
                      "%s",
                      error->message);
        ck_assert_msg(seconds < TEST_SHORT_TIMEOUT_MS / 1000.0 + SLACK_SECONDS, "%.1f s", seconds);
        /* The hanging thread is left behind: a second call does not queue up behind it. */
        g_clear_error(&error);
        start = g_get_monotonic_time();
        ck_assert(!test_open(directory, &error));
        seconds = test_seconds_since(start);
        ck_assert_msg(seconds < TEST_SHORT_TIMEOUT_MS / 1000.0 + SLACK_SECONDS, "%.1f s", seconds);
    }
    /* Closing its connections lets the library go. */
    ck_assert_uint_gt(test_proxy_get_connections(proxy), 0);
    test_proxy_free(proxy);
    test_set_kdc(NULL);
}
END_TEST

START_TEST(test_closed_while_idle)
{
    TestProxy *proxy = test_proxy_new_relay(TEST_DC_ADDRESS, TEST_DC_ADDRESS, 389);
    g_autoptr(RmsDirectory) directory = test_directory_through(proxy, TEST_TIMEOUT_MS);
    g_autofree char *first = test_find_sid(directory, "EXCH01$");
    ck_assert_uint_eq(test_proxy_get_connections(proxy), 1);
    test_proxy_drop(proxy);

    /* Nothing spins on the dead socket. */
    double cpu = test_cpu_seconds();
    gint64 start = g_get_monotonic_time();
    while (test_seconds_since(start) < 0.5)
        g_usleep(50 * 1000);
    ck_assert_msg(test_cpu_seconds() - cpu < 0.25, "%.2f s", test_cpu_seconds() - cpu);

    g_autofree char *second = test_find_sid(directory, "EXCH01$");
    ck_assert_str_eq(first, second);
    ck_assert_uint_eq(test_proxy_get_connections(proxy), 2);
    g_clear_object(&directory);
    rms_directory_wait_for_threads();
    test_proxy_free(proxy);
}
END_TEST

START_TEST(test_reset_in_mid_search)
{
    TestProxy *proxy = test_proxy_new_relay(TEST_DC_ADDRESS, TEST_DC_ADDRESS, 389);
    g_autoptr(RmsDirectory) directory = test_directory_through(proxy, TEST_TIMEOUT_MS);
    g_autoptr(GError) error = NULL;
    g_autoptr(GListStore) whole = test_search(directory, "", RMS_KIND_ALL, 100000, NULL, &error);
    ck_assert_ptr_null(error);
    guint total = g_list_model_get_n_items(G_LIST_MODEL(whole));

    /* Whole pages arrive, then the connection breaks within one; the rest comes by another. */
    rms_directory_set_page_sizes(directory, 5, 5);
    test_proxy_reset_after(proxy, 20000);
    g_autoptr(GListStore) again = test_search(directory, "", RMS_KIND_ALL, 100000, NULL, &error);
    ck_assert_msg(error == NULL, "%s", error != NULL ? error->message : "");
    ck_assert_uint_eq(test_proxy_get_connections(proxy), 2);
    ck_assert_uint_eq(g_list_model_get_n_items(G_LIST_MODEL(again)), total);
    for (guint i = 0; i < total; i++) {
        g_autoptr(RmsDirectoryObject) object = g_list_model_get_item(G_LIST_MODEL(whole), i);
        ck_assert(test_has(again, rms_directory_object_get_account_name(object)));
    }
    g_clear_object(&directory);
    rms_directory_wait_for_threads();
    test_proxy_free(proxy);
}
END_TEST

/* Stops answering between two messages, and in the middle of one. */
static const gsize freezes[] = {0, 5001};

START_TEST(test_hangs_in_mid_life)
{
    TestProxy *proxy = test_proxy_new_relay(TEST_DC_ADDRESS, TEST_DC_ADDRESS, 389);
    g_autoptr(RmsDirectory) directory = test_directory_through(proxy, TEST_SHORT_TIMEOUT_MS);
    g_autofree char *sid = test_find_sid_patiently(directory, "EXCH01$");

    test_proxy_freeze_after(proxy, freezes[_i]);
    g_autoptr(GError) error = NULL;
    double cpu = test_cpu_seconds();
    gint64 start = g_get_monotonic_time();
    g_autoptr(GListStore) store = test_search(directory, "", RMS_KIND_ALL, 100000, NULL, &error);
    double seconds = test_seconds_since(start);
    ck_assert_ptr_nonnull(error);
    ck_assert_msg(g_error_matches(error, RMS_DIRECTORY_ERROR, RMS_DIRECTORY_ERROR_UNREACHABLE),
                  "%s",
                  error->message);
    /* A half message costs the deadline once, and connecting anew to what still hangs once more. */
    ck_assert_msg(seconds < 2 * TEST_SHORT_TIMEOUT_MS / 1000.0 + SLACK_SECONDS, "%.1f s", seconds);
    ck_assert_msg(test_cpu_seconds() - cpu < 0.25 * seconds,
                  "%.2f s of processor time in %.2f s",
                  test_cpu_seconds() - cpu,
                  seconds);

    test_proxy_thaw(proxy);
    g_autofree char *again = test_find_sid_patiently(directory, "EXCH01$");
    ck_assert_str_eq(sid, again);
    g_clear_object(&directory);
    rms_directory_wait_for_threads();
    test_proxy_free(proxy);
}
END_TEST

static void on_finished(GObject *source, GAsyncResult *result, gpointer data)
{
    *(GAsyncResult **) data = g_object_ref(result);
}

START_TEST(test_cancel_while_connecting)
{
    TestProxy *proxy = test_proxy_new(TEST_DC_ADDRESS, TEST_PROXY_SILENT);
    g_autoptr(RmsDirectory) directory = test_directory_through(proxy, TEST_TIMEOUT_MS);
    g_autoptr(GCancellable) cancellable = g_cancellable_new();
    g_autoptr(GAsyncResult) result = NULL;
    rms_directory_open_async(directory, cancellable, on_finished, &result);
    while (test_proxy_get_connections(proxy) == 0)
        g_main_context_iteration(NULL, FALSE);
    gint64 start = g_get_monotonic_time();
    g_cancellable_cancel(cancellable);
    while (result == NULL)
        g_main_context_iteration(NULL, TRUE);
    g_autoptr(GError) error = NULL;
    ck_assert(!rms_directory_open_finish(directory, result, &error));
    ck_assert(g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
    /* At once, long before the deadline. */
    ck_assert_msg(
        test_seconds_since(start) < TEST_TIMEOUT_MS / 2000.0, "%.1f s", test_seconds_since(start));
    g_clear_object(&result);
    g_clear_object(&directory);
    test_proxy_free(proxy);
}
END_TEST

START_TEST(test_cancel_of_one_leaves_others)
{
    g_autoptr(RmsDirectory) directory = test_directory(test_env("LAB_DC"));
    rms_directory_set_page_sizes(directory, 2, 2);
    g_autoptr(GCancellable) cancellable = g_cancellable_new();
    g_autoptr(GListStore) stopped = g_list_store_new(RMS_TYPE_DIRECTORY_OBJECT);
    g_autoptr(GListStore) running = g_list_store_new(RMS_TYPE_DIRECTORY_OBJECT);
    g_autoptr(GAsyncResult) first = NULL;
    g_autoptr(GAsyncResult) second = NULL;
    rms_directory_search_async(
        directory,
        &(const RmsDirectorySearch){.text = "", .kinds = RMS_KIND_ALL, .limit = 100000},
        stopped,
        cancellable,
        on_finished,
        &first);
    rms_directory_search_async(
        directory,
        &(const RmsDirectorySearch){.text = "", .kinds = RMS_KIND_ALL, .limit = 100000},
        running,
        NULL,
        on_finished,
        &second);
    while (g_list_model_get_n_items(G_LIST_MODEL(stopped)) == 0)
        g_main_context_iteration(NULL, TRUE);
    g_cancellable_cancel(cancellable);
    while (first == NULL || second == NULL)
        g_main_context_iteration(NULL, TRUE);
    g_autoptr(GError) error = NULL;
    ck_assert(!rms_directory_search_finish(directory, first, NULL, &error));
    g_clear_error(&error);
    ck_assert(rms_directory_search_finish(directory, second, NULL, &error));
    ck_assert_uint_gt(g_list_model_get_n_items(G_LIST_MODEL(running)),
                      g_list_model_get_n_items(G_LIST_MODEL(stopped)));
}
END_TEST

START_TEST(test_dropped_while_busy)
{
    /* The caller loses interest in everything at once: the call keeps what it needs. */
    RmsDirectory *directory = test_directory(test_env("LAB_DC"));
    g_autoptr(GListStore) store = g_list_store_new(RMS_TYPE_DIRECTORY_OBJECT);
    g_autoptr(GAsyncResult) result = NULL;
    gpointer gone = directory;
    g_object_add_weak_pointer(G_OBJECT(directory), &gone);
    rms_directory_search_async(
        directory,
        &(const RmsDirectorySearch){.text = "", .kinds = RMS_KIND_ALL, .limit = 100000},
        store,
        NULL,
        on_finished,
        &result);
    g_object_unref(directory);
    while (result == NULL)
        g_main_context_iteration(NULL, TRUE);
    ck_assert_uint_gt(g_list_model_get_n_items(G_LIST_MODEL(store)), 0);
    g_clear_object(&result);
    while (gone != NULL)
        g_main_context_iteration(NULL, TRUE);
}
END_TEST

int main(void)
{
    test_setup();
    Suite *suite = suite_create("directory connection in the lab");
    TCase *tcase = tcase_create("all");
    tcase_set_timeout(tcase, 120);
    tcase_add_checked_fixture(tcase, sign_in, NULL);
    tcase_add_loop_test(tcase, test_way_to_sign_in, 0, G_N_ELEMENTS(ways));
    tcase_add_loop_test(tcase, test_protection, 0, G_N_ELEMENTS(bindings));
    tcase_add_loop_test(tcase, test_failure, 0, G_N_ELEMENTS(failures));
    tcase_add_test(tcase, test_certificate_for_another_name);
    tcase_add_test(tcase, test_no_ticket);
    tcase_add_test(tcase, test_ticket_expires);
    tcase_add_test(tcase, test_password_never_leaves_without_tls);
    tcase_add_loop_test(tcase, test_silent_server, 0, G_N_ELEMENTS(silences));
    tcase_add_test(tcase, test_silent_kerberos_server);
    tcase_add_test(tcase, test_closed_while_idle);
    tcase_add_test(tcase, test_reset_in_mid_search);
    tcase_add_loop_test(tcase, test_hangs_in_mid_life, 0, G_N_ELEMENTS(freezes));
    tcase_add_test(tcase, test_cancel_while_connecting);
    tcase_add_test(tcase, test_cancel_of_one_leaves_others);
    tcase_add_test(tcase, test_dropped_while_busy);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    test_teardown();
    return failed == 0 ? 0 : 1;
}
