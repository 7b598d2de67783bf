/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the server, its connections and their tests share; nobody else includes this.
 */
#pragma once

#include "connector-core/buffer.h"
#include "connector-core/http-parser.h"
#include "connector-core/http-server.h"
#include "connector-core/io-loop.h"
#include "connector-core/tls-keeper.h"
#include "connector-core/trouble.h"
#include "connector-core/upstream-pool.h"

G_BEGIN_DECLS

/* limits.h and the settings, as the server applies them. */
typedef struct {
    guint header_timeout_ms;
    guint body_timeout_ms;
    guint idle_timeout_ms;
    guint write_timeout_ms;
    guint linger_ms;
    guint max_connections;
} RmsHttpLimits;

typedef struct {
    RmsWatch watch;
    RmsHttpServer *server;
    int fd; /* -1: none */
    gboolean https;
    gboolean metrics;
} RmsListener;

typedef enum { RMS_LISTENER_HTTP, RMS_LISTENER_HTTPS, RMS_LISTENER_METRICS } RmsListenerKind;
#define RMS_N_LISTENERS 3

struct _RmsHttpServer {
    const RmsConnectorSettings *settings;
    RmsAcceptor *acceptor;
    RmsContacts *contacts;
    RmsEventLog *events;
    RmsAdmission *admission;
    RmsHttpLimits limits;
    RmsTlsKeeper *tls; /* (nullable) */
    RmsBlockCache *blocks;
    GMainContext *context; /* from listen on, like the next */
    RmsIoLoop *loop;
    RmsTrouble *trouble;
    RmsCounters *counters;
    RmsUpstreamPool *pool;
    RmsListener listeners[RMS_N_LISTENERS];
    guint n_metrics; /* connections of those who read counters */
    RmsTimer accept_timer;
    gboolean accept_paused;
    GQueue connections; /* all */
    GQueue idle;        /* those between two requests, longest first */
    RmsTimer drain_timer;
    GSourceFunc drain_done;
    gpointer drain_data;
    GSource *drain_source;
    gboolean draining;
    RmsHttpHead head; /* of the request that is looked at in this moment */
};

/** rms_http_server_get_limits: Returns: (transfer none): to be changed before the server listens.
 */
RmsHttpLimits *rms_http_server_get_limits(RmsHttpServer *server);
/** rms_http_server_get_port: Returns: the port that is listened on, in host order; 0: none. */
guint16 rms_http_server_get_port(RmsHttpServer *server, RmsListenerKind kind);
/** rms_http_server_read_gauges: How things stand at this moment. */
void rms_http_server_read_gauges(RmsHttpServer *server, RmsGauges *gauges);

/* For http-connection.c: a connection went away, or stopped being busy. */
void rms_http_server_connection_closed(RmsHttpServer *server);

G_END_DECLS
