/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * TLS contexts; see tls-context.h. Bytes move in transport.c.
 */
#include "config.h"

#include "connector-core/tls-context.h"

#include <string.h>

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "connector-core/connector.h"

/*
 * TLS 1.2 for callers. The CBC suites at the end are what Schannel of Windows Server 2012 and
 * 2012 R2 has together with ECDHE and an RSA certificate; those servers are supported callers
 * (protocol.md §5.4). Nothing without forward secrecy.
 */
#define SERVER_CIPHERS                                                                             \
    "ECDHE+AESGCM:ECDHE+CHACHA20:"                                                                 \
    "ECDHE-ECDSA-AES256-SHA384:ECDHE-RSA-AES256-SHA384:"                                           \
    "ECDHE-ECDSA-AES128-SHA256:ECDHE-RSA-AES128-SHA256"
#define CLIENT_CIPHERS "ECDHE+AESGCM:ECDHE+CHACHA20"
#define GROUPS "X25519:P-256:P-384"

/* RFC 7301 wire form of the only protocol spoken here. */
static const unsigned char alpn_http11[] = "\x08http/1.1";
#define ALPN_LENGTH (sizeof(alpn_http11) - 1)

/* The innermost OpenSSL error as text; empties the queue. */
static const char *take_openssl_reason(void)
{
    const char *text = ERR_reason_error_string(ERR_peek_last_error());

    ERR_clear_error();
    return text != NULL ? text : "unknown error";
}

static SSL_CTX *make_context(const SSL_METHOD *method, const char *ciphers)
{
    g_autoptr(SSL_CTX) context = SSL_CTX_new(method);

    g_assert(context != NULL);
    if (SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) != 1 ||
        SSL_CTX_set_cipher_list(context, ciphers) != 1 ||
        SSL_CTX_set1_groups_list(context, GROUPS) != 1) {
        /* Constants of this file that this OpenSSL does not know. */
        g_assert_not_reached();
    }
    SSL_CTX_set_options(context,
                        SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                            SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_read_ahead(context, 1);
    return g_steal_pointer(&context);
}

static int on_alpn_selected(SSL *ssl,
                            const unsigned char **out,
                            unsigned char *out_length,
                            const unsigned char *in,
                            unsigned int in_length,
                            void *user_data)
{
    unsigned char *chosen = NULL;

    if (SSL_select_next_proto(&chosen, out_length, alpn_http11, ALPN_LENGTH, in, in_length) !=
        OPENSSL_NPN_NEGOTIATED) {
        return SSL_TLSEXT_ERR_ALERT_FATAL;
    }
    *out = chosen;
    return SSL_TLSEXT_ERR_OK;
}

SSL_CTX *
rms_tls_server_context_new(const char *certificate_file, const char *key_file, GError **error)
{
    g_autoptr(SSL_CTX) context = make_context(TLS_server_method(), SERVER_CIPHERS);
    static const unsigned char session_id_context[] = "rms-connector";

    /* A key behind a passphrase must not ask on the terminal of a service. */
    SSL_CTX_set_default_passwd_cb_userdata(context, (void *) "");
    ERR_clear_error();
    if (SSL_CTX_use_certificate_chain_file(context, certificate_file) != 1) {
        g_set_error(error,
                    RMS_CONNECTOR_ERROR,
                    RMS_CONNECTOR_ERROR_SETTINGS,
                    "The certificate file %s cannot be used (%s). It has to be readable by the "
                    "connector and hold the server's certificate and its intermediate "
                    "certificates in PEM form, the server's first",
                    certificate_file,
                    take_openssl_reason());
        return NULL;
    }
    /* Loading compares with the certificate already. */
    if (SSL_CTX_use_PrivateKey_file(context, key_file, SSL_FILETYPE_PEM) != 1) {
        gboolean mismatch = ERR_GET_REASON(ERR_peek_last_error()) == X509_R_KEY_VALUES_MISMATCH;

        g_set_error(error,
                    RMS_CONNECTOR_ERROR,
                    RMS_CONNECTOR_ERROR_SETTINGS,
                    mismatch ? "The key file %s is not the key of the certificate in %s (%s). "
                               "Name the key that the certificate was requested with"
                             : "The key file %s for the certificate %s cannot be used (%s). It has "
                               "to be readable by the connector and hold the private key in PEM "
                               "form without a passphrase",
                    key_file,
                    certificate_file,
                    take_openssl_reason());
        return NULL;
    }
    /* Tickets make a node resume without a table of sessions; one is enough for a server that
     * keeps its connections. */
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_session_id_context(context, session_id_context, sizeof(session_id_context) - 1);
    SSL_CTX_set_num_tickets(context, 1);
    SSL_CTX_set_alpn_select_cb(context, on_alpn_selected, NULL);
    /* Ten thousand idle callers would hold 34 KiB each. */
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
    return g_steal_pointer(&context);
}

SSL_CTX *rms_tls_client_context_new(const char *ca_file, GError **error)
{
    g_autoptr(SSL_CTX) context = make_context(TLS_client_method(), CLIENT_CIPHERS);

    ERR_clear_error();
    if (SSL_CTX_set_default_verify_paths(context) != 1) {
        g_set_error(error,
                    RMS_CONNECTOR_ERROR,
                    RMS_CONNECTOR_ERROR_SETTINGS,
                    "The system's certificate authorities cannot be read: %s",
                    take_openssl_reason());
        return NULL;
    }
    if (ca_file != NULL && SSL_CTX_load_verify_file(context, ca_file) != 1) {
        g_set_error(error,
                    RMS_CONNECTOR_ERROR,
                    RMS_CONNECTOR_ERROR_SETTINGS,
                    "The file of certificate authorities %s cannot be used (%s). It has to be "
                    "readable by the connector and hold certificates in PEM form",
                    ca_file,
                    take_openssl_reason());
        return NULL;
    }
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_alpn_protos(context, alpn_http11, ALPN_LENGTH);
    return g_steal_pointer(&context);
}

SSL *rms_tls_client_new(SSL_CTX *context, const char *host)
{
    g_autoptr(SSL) ssl = SSL_new(context);
    X509_VERIFY_PARAM *parameters = SSL_get0_param(ssl);
    gboolean set;

    SSL_set_connect_state(ssl);
    SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    if (g_hostname_is_ip_address(host)) {
        set = X509_VERIFY_PARAM_set1_ip_asc(parameters, host) == 1;
    } else {
        set = SSL_set1_host(ssl, host) == 1 && SSL_set_tlsext_host_name(ssl, host) == 1;
    }
    /* Without a name any certificate would do. */
    return set ? g_steal_pointer(&ssl) : NULL;
}
