/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The two halves of a caller's connection share this: http-connection.c moves bytes and watches
 * the clock, http-request.c decides.
 */
#pragma once

#include <netinet/in.h>

#include "connector-core/http-answer.h"
#include "connector-core/http-connection.h"
#include "connector-core/http-server-private.h"
#include "connector-core/relay.h"
#include "connector-core/transport.h"

G_BEGIN_DECLS

typedef enum {
    RMS_HTTP_HEAD,    /* reads a head, or waits for one */
    RMS_HTTP_RELAY,   /* a call is on its way; its body may still be coming */
    RMS_HTTP_DISCARD, /* answered; the body is read and thrown away */
    RMS_HTTP_LAST,    /* the last answer is on its way */
    RMS_HTTP_LINGER,  /* our side ended; waits for the peer's end */
    RMS_HTTP_CLOSED   /* only waits to be freed */
} RmsHttpState;

struct _RmsHttpConnection {
    RmsTransport transport;
    RmsHttpServer *server;
    RmsTimer timer;
    GList link;
    GList idle_link;
    RmsBuffer in;
    RmsBuffer out;
    RmsHttpParser parser;
    RmsHttpRequest request;
    RmsAuthExchange *exchange;
    RmsRelay relay;
    RmsSoapOperation operation; /* of the call under way, like the next three */
    RmsSoapSniffer *sniffer;    /* (nullable): still looks for it */
    gint64 request_since;       /* when its head was complete; monotonic microseconds */
    RmsCaller *caller;
    RmsDecision decision;  /* that admitted it */
    gint64 read_deadline;  /* monotonic microseconds; 0: none */
    gint64 write_deadline; /* likewise; set while the peer does not take our bytes */
    gint64 idle_since;
    gint64 body_since;     /* when the body began, moved on by the time it was not wanted */
    gint64 body_paused_at; /* 0: it is wanted */
    guint64 discard_from;  /* bytes of the body before they were thrown away */
    gsize head_line;       /* where the line that is not complete yet starts */
    gsize lingered_bytes;
    gsize budget; /* bytes that this step may still read */
    RmsHttpState state;
    gboolean https;
    gboolean metrics; /* asks for counters, calls nobody */
    gboolean same_machine;
    gboolean idle;
    gboolean served_any;
    gboolean abrupt;           /* close with a reset */
    gboolean anonymous_so_far; /* asked to authenticate, has not answered yet */
    char computer[INET6_ADDRSTRLEN];
};

/* http-connection.c */

/** rms_http_connection_answered: The whole answer stands in the out buffer. */
void rms_http_connection_answered(RmsHttpConnection *self);
/** rms_http_connection_relay: The relay was started; the body is to be fed to it. */
void rms_http_connection_relay(RmsHttpConnection *self);
void rms_http_connection_leave_idle(RmsHttpConnection *self);

/* http-request.c */

/** rms_http_request_begin: A complete head of @head_length bytes stands at the front of the in
 * buffer: consumes and treats it. */
void rms_http_request_begin(RmsHttpConnection *self, gsize head_length);
/** rms_http_request_refuse: Answers with one sentence and ends the connection: what follows on it
 * cannot be told from garbage. */
void rms_http_request_refuse(RmsHttpConnection *self, guint status, const char *sentence);
/** rms_http_request_push: An RmsBodyFunc: hands a piece of the body to the relay. */
void rms_http_request_push(const char *data, gsize length, gpointer connection);
/** rms_http_request_relayed: The call was answered. */
void rms_http_request_relayed(RmsHttpConnection *self);
/** rms_http_request_connection_ended: Settles what the connection owes to others. */
void rms_http_request_connection_ended(RmsHttpConnection *self);
/** rms_http_request_tls_failed: Says so if the peer did not like our certificate. */
void rms_http_request_tls_failed(RmsHttpConnection *self);

/* http-metrics.c */

/** rms_http_metrics_is_allowed: Returns: whether counters may be served on @address. */
gboolean rms_http_metrics_is_allowed(const char *address);
/** rms_http_metrics_answer: Answers what came to the counters' listener. */
void rms_http_metrics_answer(RmsHttpConnection *self, const RmsHttpHead *head);

G_END_DECLS
