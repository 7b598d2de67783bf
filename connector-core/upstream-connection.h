/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One connection to the tenant, as the pool keeps it. For upstream-pool.c and relay.c.
 *
 *     CONNECTING → (TUNNEL →) HANDSHAKE → IDLE ⇄ BUSY
 *          ↖     next address     ↙       ↖ DRAINING ↙   (an answer that was replaced is read to
 *                                                         its end)
 */
#pragma once

#include "connector-core/http-parser.h"
#include "connector-core/relay.h"
#include "connector-core/transport.h"
#include "connector-core/upstream-tunnel.h"

G_BEGIN_DECLS

typedef enum {
    RMS_UPSTREAM_CONNECTING,
    RMS_UPSTREAM_TUNNEL, /* asks a proxy */
    RMS_UPSTREAM_HANDSHAKE,
    RMS_UPSTREAM_IDLE,
    RMS_UPSTREAM_BUSY,
    RMS_UPSTREAM_DRAINING,
    RMS_UPSTREAM_CLOSED
} RmsUpstreamState;

struct _RmsUpstreamConnection {
    RmsTransport transport;
    RmsUpstreamPool *pool;
    RmsTimer timer;
    GList link;      /* in the pool's list of all */
    GList idle_link; /* in its list of idle ones */
    RmsUpstreamState state;
    RmsRelay *relay; /* (nullable): BUSY only */
    RmsTunnel tunnel;
    RmsBuffer in;
    RmsHttpParser parser;
    gsize head_line;
    gboolean head_done;
    gboolean keep_alive;  /* as the answer's head said */
    gboolean reused;      /* has served a call before */
    guint generation;     /* of the tenant that it leads to */
    guint address_index;  /* which address is being tried */
    guint addresses_left; /* after this one */
    gint64 connect_until; /* monotonic microseconds */
    gint64 waiting_since; /* for the tenant to do something; 0: it is not its turn */
    gint64 idle_since;
};

/** rms_upstream_connection_start: Begins with the address that worked last. Belongs to the pool's
 * list and counts as connecting until rms_upstream_pool_connected() or _connect_failed(). */
void rms_upstream_connection_start(RmsUpstreamPool *pool);
/** rms_upstream_connection_assign: @relay: goes out on this idle connection. */
void rms_upstream_connection_assign(RmsUpstreamConnection *self, RmsRelay *relay);
/** rms_upstream_connection_wake: The relay has news. */
void rms_upstream_connection_wake(RmsUpstreamConnection *self);
/** rms_upstream_connection_close: At once; a relay on it must have been told or detached before. */
void rms_upstream_connection_close(RmsUpstreamConnection *self, gboolean abrupt);

G_END_DECLS
