/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A non-blocking byte stream over a connected socket, plain or TLS.
 *
 * Readiness comes from the edge-triggered loop and is remembered here, so that nothing asks the
 * kernel twice; OpenSSL reads and writes through a BIO on the same memory. When TLS wants to write
 * in order to read (or the reverse), the next edge of either kind runs the owner's step, which
 * tries again: owners need not know. Nothing here raises SIGPIPE.
 */
#pragma once

#include <openssl/ssl.h>

#include "connector-core/io-loop.h"

G_BEGIN_DECLS

/**
 * RmsIoStatus:
 * @RMS_IO_DONE: some bytes went through
 * @RMS_IO_AGAIN: nothing now; the step runs again when the socket moves
 * @RMS_IO_EOF: the peer ended its side in good order
 * @RMS_IO_FAILED: broken; rms_transport_dup_reason() says why
 */
typedef enum { RMS_IO_DONE, RMS_IO_AGAIN, RMS_IO_EOF, RMS_IO_FAILED } RmsIoStatus;

/* Embedded in its owner; zeroed memory is a closed transport. @watch and @ssl may be read. */
typedef struct {
    RmsWatch watch;
    SSL *ssl; /* (nullable): plain */
    char *reason;
    int error_number;
    int alert; /* SSL_AD_*: what the peer complained of; -1: nothing */
    gboolean readable;
    gboolean writable;
    gboolean hangup;     /* the peer ended or reset: the end stands behind what is still to read */
    gboolean tls_writes; /* a read waits for TLS to write something of its own */
    gboolean eof;
    gboolean failed;
    gboolean spoke_http; /* plain HTTP came where TLS was expected */
} RmsTransport;

/** rms_transport_open: Takes @fd (non-blocking) and @ssl (nullable), also on failure. */
gboolean rms_transport_open(
    RmsTransport *transport, RmsIoLoop *loop, int fd, SSL *ssl, RmsWatchFunc step, GError **error);
/** rms_transport_begin_tls: A plain transport goes on as TLS. Takes @ssl. */
void rms_transport_begin_tls(RmsTransport *transport, SSL *ssl);
gboolean rms_transport_is_open(const RmsTransport *transport);
/** rms_transport_note: First thing in the owner's step: remembers what the loop reported. */
void rms_transport_note(RmsTransport *transport, guint32 events);

/** rms_transport_handshake: Client side; DONE once the peer is verified. Plain: DONE. */
RmsIoStatus rms_transport_handshake(RmsTransport *transport);
RmsIoStatus rms_transport_read(RmsTransport *transport, char *data, gsize size, gsize *length);
RmsIoStatus
rms_transport_write(RmsTransport *transport, const char *data, gsize size, gsize *length);

/** rms_transport_may_read: Returns: whether a read could give anything just now. */
gboolean rms_transport_may_read(const RmsTransport *transport);
/** rms_transport_is_quiet: Asks the kernel. Returns: %TRUE if the idle peer has neither sent
 * anything nor ended. */
gboolean rms_transport_is_quiet(RmsTransport *transport);
/** rms_transport_drop_tls: Goes on in plain text after @spoke_http, to say so. */
void rms_transport_drop_tls(RmsTransport *transport);

/** rms_transport_end: Ends our side (close_notify, FIN); reading goes on. */
void rms_transport_end(RmsTransport *transport);
/** rms_transport_close: Closes at once; @abrupt: with a reset, so that nobody takes what was sent
 * for complete. Harmless on a closed one. */
void rms_transport_close(RmsTransport *transport, gboolean abrupt);
/** rms_transport_dup_reason: Returns: (transfer full): why the last call failed, in English. */
char *rms_transport_dup_reason(const RmsTransport *transport);

G_END_DECLS
