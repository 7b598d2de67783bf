/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Sockets and TLS on them; see transport.h. Which certificates and versions are good is settled in
 * tls-context.c.
 */
#include "config.h"

#include "connector-core/transport.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

/* Reads into @data; EOF and errors are noted in the transport. */
static RmsIoStatus receive(RmsTransport *transport, char *data, gsize size, gsize *length)
{
    gssize n;

    if (!transport->readable) {
        return RMS_IO_AGAIN;
    }
    do {
        n = recv(transport->watch.fd, data, size, 0);
    } while (n < 0 && errno == EINTR);
    if (n > 0) {
        /* A short read emptied the socket: the next byte makes a new edge. Only an end that was
         * already announced makes none. */
        if ((gsize) n < size && !transport->hangup) {
            transport->readable = FALSE;
        }
        *length = (gsize) n;
        return RMS_IO_DONE;
    }
    if (n == 0) {
        transport->eof = TRUE;
        return RMS_IO_EOF;
    }
    if (errno == EAGAIN) {
        transport->readable = FALSE;
        return RMS_IO_AGAIN;
    }
    transport->error_number = errno;
    transport->failed = TRUE;
    return RMS_IO_FAILED;
}

static RmsIoStatus transmit(RmsTransport *transport, const char *data, gsize size, gsize *length)
{
    gssize n;

    if (!transport->writable) {
        return RMS_IO_AGAIN;
    }
    do {
        n = send(transport->watch.fd, data, size, MSG_NOSIGNAL);
    } while (n < 0 && errno == EINTR);
    if (n >= 0) {
        *length = (gsize) n;
        return RMS_IO_DONE;
    }
    if (errno == EAGAIN) {
        transport->writable = FALSE;
        return RMS_IO_AGAIN;
    }
    transport->error_number = errno;
    transport->failed = TRUE;
    return RMS_IO_FAILED;
}

static int on_bio_read(BIO *bio, char *data, size_t size, size_t *length)
{
    RmsIoStatus status = receive(BIO_get_data(bio), data, size, length);

    BIO_clear_retry_flags(bio);
    if (status == RMS_IO_AGAIN) {
        BIO_set_retry_read(bio);
    }
    return status == RMS_IO_DONE;
}

static int on_bio_written(BIO *bio, const char *data, size_t size, size_t *length)
{
    RmsIoStatus status = transmit(BIO_get_data(bio), data, size, length);

    BIO_clear_retry_flags(bio);
    if (status == RMS_IO_AGAIN) {
        BIO_set_retry_write(bio);
    }
    return status == RMS_IO_DONE;
}

static long on_bio_controlled(BIO *bio, int command, long number, void *pointer)
{
    RmsTransport *transport = BIO_get_data(bio);

    switch (command) {
    case BIO_CTRL_FLUSH:
        return 1;
    case BIO_CTRL_EOF:
        return transport->eof;
    default:
        return 0;
    }
}

static BIO_METHOD *get_bio_method(void)
{
    static gsize method = 0;

    if (g_once_init_enter(&method)) {
        BIO_METHOD *made =
            BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "rms-transport");

        g_assert(made != NULL);
        BIO_meth_set_read_ex(made, on_bio_read);
        BIO_meth_set_write_ex(made, on_bio_written);
        BIO_meth_set_ctrl(made, on_bio_controlled);
        g_once_init_leave(&method, GPOINTER_TO_SIZE(made));
    }
    return GSIZE_TO_POINTER(method);
}

void rms_transport_begin_tls(RmsTransport *transport, SSL *ssl)
{
    BIO *bio = BIO_new(get_bio_method());

    g_assert(bio != NULL && transport->ssl == NULL);
    BIO_set_data(bio, transport);
    BIO_set_init(bio, 1);
    SSL_set_bio(ssl, bio, bio);
    transport->ssl = ssl;
}

gboolean rms_transport_open(
    RmsTransport *transport, RmsIoLoop *loop, int fd, SSL *ssl, RmsWatchFunc step, GError **error)
{
    g_return_val_if_fail(!rms_transport_is_open(transport), FALSE);

    memset(transport, 0, sizeof(*transport));
    transport->alert = -1;
    if (!rms_watch_start(&transport->watch, loop, fd, step, error)) {
        SSL_free(ssl);
        close(fd);
        return FALSE;
    }
    if (ssl != NULL) {
        rms_transport_begin_tls(transport, ssl);
    }
    return TRUE;
}

gboolean rms_transport_is_open(const RmsTransport *transport)
{
    return transport->watch.loop != NULL;
}

void rms_transport_note(RmsTransport *transport, guint32 events)
{
    if (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) {
        transport->hangup = TRUE;
    }
    if (events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) {
        transport->readable = TRUE;
    }
    if (events & (EPOLLOUT | EPOLLHUP | EPOLLERR)) {
        transport->writable = TRUE;
    }
}

/* The first error in OpenSSL's queue is the cause, the rest are its consequences. */
static void keep_tls_reason(RmsTransport *transport)
{
    unsigned long code = ERR_peek_error();
    long verify = SSL_get_verify_result(transport->ssl);
    const char *text = ERR_reason_error_string(code);

    transport->failed = TRUE;
    if (ERR_GET_LIB(code) == ERR_LIB_SSL && ERR_GET_REASON(code) == SSL_R_HTTP_REQUEST) {
        transport->spoke_http = TRUE;
    }
    if (ERR_GET_LIB(code) == ERR_LIB_SSL && ERR_GET_REASON(code) > SSL_AD_REASON_OFFSET) {
        transport->alert = ERR_GET_REASON(code) - SSL_AD_REASON_OFFSET;
    }
    g_clear_pointer(&transport->reason, g_free);
    if (verify != X509_V_OK) {
        transport->reason = g_strdup_printf("the certificate was not accepted: %s",
                                            X509_verify_cert_error_string(verify));
    } else if (text != NULL) {
        transport->reason = g_strdup_printf("TLS: %s", text);
    }
    ERR_clear_error();
}

static RmsIoStatus judge_tls(RmsTransport *transport, int result)
{
    switch (SSL_get_error(transport->ssl, result)) {
    case SSL_ERROR_WANT_READ:
        return RMS_IO_AGAIN;
    case SSL_ERROR_WANT_WRITE:
        transport->tls_writes = TRUE;
        return RMS_IO_AGAIN;
    case SSL_ERROR_ZERO_RETURN:
        transport->eof = TRUE;
        return RMS_IO_EOF;
    default:
        keep_tls_reason(transport);
        return RMS_IO_FAILED;
    }
}

RmsIoStatus rms_transport_handshake(RmsTransport *transport)
{
    int result;

    if (transport->ssl == NULL) {
        return RMS_IO_DONE;
    }
    ERR_clear_error();
    result = SSL_do_handshake(transport->ssl);
    return result == 1 ? RMS_IO_DONE : judge_tls(transport, result);
}

RmsIoStatus rms_transport_read(RmsTransport *transport, char *data, gsize size, gsize *length)
{
    int result;

    if (transport->failed) {
        return RMS_IO_FAILED;
    }
    if (transport->ssl == NULL) {
        return receive(transport, data, size, length);
    }
    ERR_clear_error();
    transport->tls_writes = FALSE;
    result = SSL_read_ex(transport->ssl, data, size, length);
    return result == 1 ? RMS_IO_DONE : judge_tls(transport, result);
}

RmsIoStatus
rms_transport_write(RmsTransport *transport, const char *data, gsize size, gsize *length)
{
    int result;

    if (transport->failed) {
        return RMS_IO_FAILED;
    }
    if (transport->ssl == NULL) {
        return transmit(transport, data, size, length);
    }
    ERR_clear_error();
    result = SSL_write_ex(transport->ssl, data, size, length);
    return result == 1 ? RMS_IO_DONE : judge_tls(transport, result);
}

gboolean rms_transport_may_read(const RmsTransport *transport)
{
    return transport->readable || (transport->tls_writes && transport->writable) ||
           (transport->ssl != NULL && SSL_has_pending(transport->ssl));
}

gboolean rms_transport_is_quiet(RmsTransport *transport)
{
    char byte;

    return !transport->hangup && !transport->failed &&
           recv(transport->watch.fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && errno == EAGAIN;
}

void rms_transport_drop_tls(RmsTransport *transport)
{
    g_clear_pointer(&transport->ssl, SSL_free);
    g_clear_pointer(&transport->reason, g_free);
    transport->failed = FALSE;
}

void rms_transport_end(RmsTransport *transport)
{
    if (transport->ssl != NULL && !transport->failed && !SSL_in_init(transport->ssl)) {
        ERR_clear_error();
        /* One try: a peer that does not even take this does not care. */
        SSL_shutdown(transport->ssl);
        ERR_clear_error();
    }
    shutdown(transport->watch.fd, SHUT_WR);
}

void rms_transport_close(RmsTransport *transport, gboolean abrupt)
{
    int fd = transport->watch.fd;

    if (!rms_transport_is_open(transport)) {
        return;
    }
    if (abrupt) {
        struct linger linger = {.l_onoff = 1, .l_linger = 0};

        setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
    } else if (transport->ssl != NULL && !transport->failed && !SSL_in_init(transport->ssl)) {
        ERR_clear_error();
        SSL_shutdown(transport->ssl);
        ERR_clear_error();
    }
    rms_watch_stop(&transport->watch);
    g_clear_pointer(&transport->ssl, SSL_free);
    g_clear_pointer(&transport->reason, g_free);
    close(fd);
}

char *rms_transport_dup_reason(const RmsTransport *transport)
{
    if (transport->reason != NULL) {
        return g_strdup(transport->reason);
    }
    if (transport->error_number != 0) {
        return g_strdup(g_strerror(transport->error_number));
    }
    return g_strdup("the connection ended unexpectedly");
}
