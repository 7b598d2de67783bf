/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whether a sign-in with a ticket is bound to its TLS connection (RFC 5929 §4,
 * tls-server-end-point), which Samba never asks for. So this test plays the server: it has the
 * domain controller's certificate and Kerberos key, and sees what a domain controller that insists
 * would see.
 */
#include "config.h"

#include <check.h>
#include <gssapi/gssapi.h>
#include <gssapi/gssapi_ext.h>
#include <gssapi/gssapi_krb5.h>
#include <lber.h>
#include <ldap.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <string.h>
#include <unistd.h>

#include "test-directory-fixture.h"

/* As in test-directory-connection.c: Cyrus SASL's Kerberos plug-in loses a credential. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libgssapiv2.so\n";
}

const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "fast_unwind_on_malloc=0:malloc_context_size=12";
}

#define PREFIX "tls-server-end-point:"
#define MAX_REQUEST_BYTES 65536

typedef struct {
    const char *certificate; /* shown to the client */
    GBytes *binding;         /* what the acceptor expects */
    int listener;
    /* What the acceptor said. */
    OM_uint32 major;
    gboolean bound;
    gboolean asked;
} Server;

static char *pki_path(const char *name)
{
    return g_build_filename(test_env("LAB_PKI"), name, NULL);
}

/* The binding of a certificate that is signed with SHA-256. */
static GBytes *make_binding(const char *name)
{
    g_autofree char *path = pki_path(name);
    BIO *file = BIO_new_file(path, "r");
    X509 *certificate = PEM_read_bio_X509(file, NULL, NULL, NULL);
    ck_assert_ptr_nonnull(certificate);
    guint8 hash[EVP_MAX_MD_SIZE];
    unsigned length = 0;
    ck_assert_int_eq(X509_digest(certificate, EVP_sha256(), hash, &length), 1);
    X509_free(certificate);
    BIO_free(file);
    GByteArray *binding = g_byte_array_new();
    g_byte_array_append(binding, (const guint8 *) PREFIX, strlen(PREFIX));
    g_byte_array_append(binding, hash, length);
    return g_byte_array_free_to_bytes(binding);
}

/* Returns: (transfer full) (nullable): the token of a bind by GSS-SPNEGO (RFC 4511 §4.2). */
static struct berval *read_token(SSL *tls, ber_int_t *message_id)
{
    guint8 *data = g_malloc(MAX_REQUEST_BYTES);
    int length = SSL_read(tls, data, MAX_REQUEST_BYTES);
    struct berval *token = NULL;
    if (length > 0) {
        struct berval request = {.bv_val = (char *) data, .bv_len = (ber_len_t) length};
        BerElement *ber = ber_init(&request);
        ber_int_t version;
        struct berval name = {0};
        struct berval mechanism = {0};
        ber_tag_t choice;
        if (ber_scanf(ber,
                      "{it{imt{mO",
                      message_id,
                      &choice,
                      &version,
                      &name,
                      &choice,
                      &mechanism,
                      &token) == LBER_ERROR ||
            choice != LDAP_AUTH_SASL || mechanism.bv_len != strlen("GSS-SPNEGO")) {
            ber_bvfree(token);
            token = NULL;
        }
        ber_free(ber, 1);
    }
    g_free(data);
    return token;
}

static void send_answer(SSL *tls, ber_int_t message_id, int code, const gss_buffer_desc *token)
{
    BerElement *ber = ber_alloc_t(LBER_USE_DER);
    struct berval flat;
    ber_printf(ber,
               "{it{essto}}",
               message_id,
               (ber_tag_t) LDAP_RES_BIND,
               code,
               "",
               "",
               (ber_tag_t) LDAP_TAG_SASL_RES_CREDS,
               token->length > 0 ? (const char *) token->value : "",
               (ber_len_t) token->length);
    ber_flatten2(ber, &flat, 0);
    SSL_write(tls, flat.bv_val, (int) flat.bv_len);
    ber_free(ber, 1);
}

static void accept_sign_in(Server *server, SSL *tls)
{
    gsize length;
    gconstpointer bytes = g_bytes_get_data(server->binding, &length);
    struct gss_channel_bindings_struct bindings = {
        .application_data = {.length = length, .value = (void *) bytes},
    };
    gss_ctx_id_t context = GSS_C_NO_CONTEXT;
    OM_uint32 minor;
    do {
        ber_int_t id = 0;
        struct berval *token = read_token(tls, &id);
        if (token == NULL)
            break;
        server->asked = TRUE;
        gss_buffer_desc input = {.length = token->bv_len, .value = token->bv_val};
        gss_buffer_desc output = GSS_C_EMPTY_BUFFER;
        OM_uint32 flags = 0;
        server->major = gss_accept_sec_context(&minor,
                                               &context,
                                               GSS_C_NO_CREDENTIAL,
                                               &input,
                                               &bindings,
                                               NULL,
                                               NULL,
                                               &output,
                                               &flags,
                                               NULL,
                                               NULL);
        ber_bvfree(token);
        server->bound = (flags & GSS_C_CHANNEL_BOUND_FLAG) != 0;
        int code = LDAP_SUCCESS;
        if (GSS_ERROR(server->major))
            code = LDAP_INVALID_CREDENTIALS;
        else if (server->major == GSS_S_CONTINUE_NEEDED)
            code = LDAP_SASL_BIND_IN_PROGRESS;
        send_answer(tls, id, code, &output);
        gss_release_buffer(&minor, &output);
    } while (server->major == GSS_S_CONTINUE_NEEDED);
    gss_delete_sec_context(&minor, &context, GSS_C_NO_BUFFER);
}

static gpointer serve(gpointer data)
{
    Server *server = data;
    g_autofree char *stem = g_strndup(server->certificate, strcspn(server->certificate, "."));
    g_autofree char *key_name = g_strconcat(stem, ".key", NULL);
    g_autofree char *certificate = pki_path(server->certificate);
    g_autofree char *key = pki_path(key_name);
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());
    int fd = accept(server->listener, NULL, NULL);
    if (fd >= 0 && SSL_CTX_use_certificate_chain_file(context, certificate) == 1 &&
        SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) == 1) {
        SSL *tls = SSL_new(context);
        SSL_set_fd(tls, fd);
        if (SSL_accept(tls) == 1)
            accept_sign_in(server, tls);
        SSL_free(tls);
    }
    if (fd >= 0)
        close(fd);
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
    ck_assert_int_eq(listen(server->listener, 1), 0);
    ck_assert_int_eq(getsockname(server->listener, (struct sockaddr *) &address, &size), 0);
    return ntohs(address.sin_port);
}

static const struct {
    const char *bound_to;
    OM_uint32 major;
    RmsDirectoryError code; /* what the client makes of it */
} rows[] = {
  /* The server speaks no further, which is no domain controller's way. */
    {"dc.pem",  GSS_S_COMPLETE,     RMS_DIRECTORY_ERROR_UNREACHABLE},
 /* Somebody in between, with another certificate that the client would trust. */
    {"dc2.pem", GSS_S_BAD_BINDINGS, RMS_DIRECTORY_ERROR_TICKET     },
};

START_TEST(test_bound)
{
    g_autoptr(GBytes) binding = make_binding(rows[_i].bound_to);
    Server server = {.certificate = "dc.pem", .binding = binding};
    guint16 port = listen_for(&server);
    GThread *thread = g_thread_new("server", serve, &server);
    g_autofree char *uri = g_strdup_printf("ldaps://%s:%u", test_env("LAB_DC"), port);
    g_autoptr(RmsDirectory) directory = test_directory(uri);
    g_autoptr(GError) error = NULL;
    ck_assert(!test_open(directory, &error));
    g_thread_join(thread);
    close(server.listener);
    ck_assert_msg(server.asked, "%s", error->message);
    ck_assert_msg(server.major == rows[_i].major, "%08x", server.major);
    ck_assert(server.bound == (rows[_i].major == GSS_S_COMPLETE));
    ck_assert_msg(
        g_error_matches(error, RMS_DIRECTORY_ERROR, (int) rows[_i].code), "%s", error->message);
}
END_TEST

static void sign_in(void)
{
    test_kinit("svc-rmsldap", "svc-rmsldap", NULL);
}

int main(void)
{
    test_setup();
    g_autofree char *keytab = g_build_filename(test_env("LAB_KEYTABS"), "dc1.keytab", NULL);
    krb5_gss_register_acceptor_identity(keytab);
    Suite *suite = suite_create("channel binding in the lab");
    TCase *tcase = tcase_create("all");
    tcase_set_timeout(tcase, 60);
    tcase_add_checked_fixture(tcase, sign_in, NULL);
    tcase_add_loop_test(tcase, test_bound, 0, G_N_ELEMENTS(rows));
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    test_teardown();
    return failed == 0 ? 0 : 1;
}
