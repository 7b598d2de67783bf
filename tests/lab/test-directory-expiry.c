/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A sign-in that ends while it is used, as when its ticket expires: this test plays a domain
 * controller with the lab's certificate that ends it in each way there is, once or for good.
 */
#include "config.h"

#include <arpa/inet.h>
#include <check.h>
#include <lber.h>
#include <ldap.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <string.h>
#include <unistd.h>

#include "test-directory-fixture.h"

/* libldap 2.5 loses the text of a Notice of Disconnection. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:ber_memalloc_x\n";
}

#define BASE "DC=contoso,DC=example"
#define MAX_REQUEST_BYTES 65536

/* How a connection ends when it is asked for more than a newcomer asks. */
typedef enum { END_NOTICE, END_STRONG_AUTH, END_NOT_AUTHENTICATED, END_CLOSE } End;

typedef struct {
    End end;
    guint bad;   /* connections that end so; later ones answer */
    guint binds; /* so far; read when the thread has ended */
    int listener;
    char *certificate;
    char *key;
} Server;

static void send_ber(SSL *tls, BerElement *ber)
{
    struct berval flat;
    ber_flatten2(ber, &flat, 0);
    SSL_write(tls, flat.bv_val, (int) flat.bv_len);
    ber_free(ber, 1);
}

static void
send_result(SSL *tls, ber_int_t id, ber_tag_t operation, int code, const char *diagnostic)
{
    BerElement *ber = ber_alloc_t(LBER_USE_DER);
    ber_printf(ber, "{it{ess}}", id, operation, code, "", diagnostic);
    send_ber(tls, ber);
}

/* RFC 4511 §4.4.1. */
static void send_notice(SSL *tls)
{
    BerElement *ber = ber_alloc_t(LBER_USE_DER);
    ber_printf(ber,
               "{it{essts}}",
               0,
               (ber_tag_t) LDAP_RES_EXTENDED,
               LDAP_STRONG_AUTH_REQUIRED,
               "",
               "The ticket has expired",
               (ber_tag_t) LDAP_TAG_EXOP_RES_OID,
               LDAP_NOTICE_OF_DISCONNECTION);
    send_ber(tls, ber);
}

static void send_root(SSL *tls, ber_int_t id)
{
    BerElement *ber = ber_alloc_t(LBER_USE_DER);
    ber_printf(ber,
               "{it{s{{s[s]}}}}",
               id,
               (ber_tag_t) LDAP_RES_SEARCH_ENTRY,
               "",
               "defaultNamingContext",
               BASE);
    send_ber(tls, ber);
}

static void send_group(SSL *tls, ber_int_t id)
{
    RmsSid sid;
    ck_assert(rms_sid_parse(&sid, "S-1-5-21-1-2-3-1104"));
    BerElement *ber = ber_alloc_t(LBER_USE_DER);
    ber_printf(ber,
               "{it{s{{s[o]}{s[s]}{s[s]}{s[s]}}}}",
               id,
               (ber_tag_t) LDAP_RES_SEARCH_ENTRY,
               "CN=Servers," BASE,
               "objectSid",
               (const char *) sid.bytes,
               (ber_len_t) sid.length,
               "objectClass",
               "group",
               "groupType",
               "-2147483646",
               "sAMAccountName",
               "Servers");
    send_ber(tls, ber);
}

/* Returns: whether the connection goes on. */
static gboolean answer_search(Server *server, SSL *tls, ber_int_t id, ber_int_t scope)
{
    if (scope == LDAP_SCOPE_BASE || scope == LDAP_SCOPE_ONELEVEL || server->binds > server->bad) {
        if (scope == LDAP_SCOPE_BASE)
            send_root(tls, id);
        else if (scope == LDAP_SCOPE_SUBTREE)
            send_group(tls, id);
        send_result(tls, id, LDAP_RES_SEARCH_RESULT, LDAP_SUCCESS, "");
        return TRUE;
    }
    switch (server->end) {
    case END_NOTICE:
        send_notice(tls);
        return FALSE;
    case END_STRONG_AUTH:
        send_result(tls, id, LDAP_RES_SEARCH_RESULT, LDAP_STRONG_AUTH_REQUIRED, "");
        return TRUE;
    case END_NOT_AUTHENTICATED:
        send_result(tls,
                    id,
                    LDAP_RES_SEARCH_RESULT,
                    LDAP_OPERATIONS_ERROR,
                    "000004DC: LdapErr: DSID-0C090A5C, comment: In order to perform this operation "
                    "a successful bind must be completed on the connection., data 0, v4563");
        return TRUE;
    case END_CLOSE:
    default:
        return FALSE;
    }
}

/* One request; the client waits for the answer to each of them, so that they come one by one. */
static gboolean answer(Server *server, SSL *tls, char *data, int length)
{
    struct berval request = {.bv_val = data, .bv_len = (ber_len_t) length};
    BerElement *ber = ber_init(&request);
    ber_int_t id = 0;
    ber_tag_t operation = LBER_ERROR;
    gboolean go_on = FALSE;
    if (ber_scanf(ber, "{it", &id, &operation) == LBER_ERROR) {
        /* No LDAP. */
    } else if (operation == LDAP_REQ_BIND) {
        server->binds++;
        send_result(tls, id, LDAP_RES_BIND, LDAP_SUCCESS, "");
        go_on = TRUE;
    } else if (operation == LDAP_REQ_SEARCH) {
        struct berval base;
        ber_int_t scope = 0;
        ber_scanf(ber, "{me", &base, &scope);
        go_on = answer_search(server, tls, id, scope);
    }
    ber_free(ber, 1);
    return go_on;
}

static void talk(Server *server, SSL *tls)
{
    char *data = g_malloc(MAX_REQUEST_BYTES);
    for (int length; (length = SSL_read(tls, data, MAX_REQUEST_BYTES)) > 0;) {
        if (!answer(server, tls, data, length))
            break;
    }
    SSL_shutdown(tls);
    g_free(data);
}

static gpointer serve(gpointer data)
{
    Server *server = data;
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());
    SSL_CTX_use_certificate_chain_file(context, server->certificate);
    SSL_CTX_use_PrivateKey_file(context, server->key, SSL_FILETYPE_PEM);
    for (int fd; (fd = accept(server->listener, NULL, NULL)) >= 0; close(fd)) {
        SSL *tls = SSL_new(context);
        SSL_set_fd(tls, fd);
        if (SSL_accept(tls) == 1)
            talk(server, tls);
        SSL_free(tls);
    }
    SSL_CTX_free(context);
    return NULL;
}

static guint16 listen_for(Server *server)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t size = sizeof address;
    ck_assert_int_eq(inet_pton(AF_INET, TEST_DC_ADDRESS, &address.sin_addr), 1);
    server->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_eq(bind(server->listener, (struct sockaddr *) &address, sizeof address), 0);
    ck_assert_int_eq(listen(server->listener, 4), 0);
    ck_assert_int_eq(getsockname(server->listener, (struct sockaddr *) &address, &size), 0);
    return ntohs(address.sin_port);
}

static const struct {
    const char *what;
    End end;
    guint bad;
} rows[] = {
    {"notice of disconnection",           END_NOTICE,            1},
    {"strongAuthRequired",                END_STRONG_AUTH,       1},
    {"not authenticated",                 END_NOT_AUTHENTICATED, 1},
    {"closed",                            END_CLOSE,             1},
    {"notice of disconnection, for good", END_NOTICE,            9},
    {"strongAuthRequired, for good",      END_STRONG_AUTH,       9},
    {"not authenticated, for good",       END_NOT_AUTHENTICATED, 9},
    {"closed, for good",                  END_CLOSE,             9},
};

START_TEST(test_signs_in_once_more)
{
    Server server = {.end = rows[_i].end, .bad = rows[_i].bad};
    server.certificate = g_build_filename(test_env("LAB_PKI"), "dc.pem", NULL);
    server.key = g_build_filename(test_env("LAB_PKI"), "dc.key", NULL);
    g_autofree char *uri =
        g_strdup_printf("ldaps://%s:%u", test_env("LAB_DC"), listen_for(&server));
    GThread *thread = g_thread_new("server", serve, &server);
    g_autoptr(RmsDirectorySettings) settings = test_settings(uri, "user", "password");
    RmsDirectory *directory = rms_directory_new(settings);

    g_autoptr(GError) error = NULL;
    g_autoptr(GListStore) found = test_search(directory, "s", RMS_KIND_ALL, 100, NULL, &error);
    if (rows[_i].bad == 1) {
        ck_assert_msg(error == NULL, "%s: %s", rows[_i].what, error != NULL ? error->message : "");
        ck_assert(test_has(found, "CONTOSO\\Servers"));
    } else {
        ck_assert_msg(g_error_matches(error, RMS_DIRECTORY_ERROR, RMS_DIRECTORY_ERROR_UNREACHABLE),
                      "%s: %s",
                      rows[_i].what,
                      error != NULL ? error->message : "found something");
    }
    g_object_unref(directory);
    rms_directory_wait_for_threads();
    shutdown(server.listener, SHUT_RDWR);
    g_thread_join(thread);
    close(server.listener);
    ck_assert_msg(server.binds == 2, "%s: %u sign-ins", rows[_i].what, server.binds);
    g_free(server.certificate);
    g_free(server.key);
}
END_TEST

int main(void)
{
    test_setup();
    Suite *suite = suite_create("expiring sign-in in the lab");
    TCase *tcase = tcase_create("all");
    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, test_signs_in_once_more, 0, G_N_ELEMENTS(rows));
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    test_teardown();
    return failed == 0 ? 0 : 1;
}
