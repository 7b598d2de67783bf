/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the pool and its connections share; nobody else includes this.
 */
#pragma once

#include "connector-core/upstream-connection.h"
#include "connector-core/upstream-pool.h"

G_BEGIN_DECLS

struct _RmsUpstreamPool {
    RmsIoLoop *loop;
    RmsBlockCache *blocks;
    RmsTrouble *trouble;
    RmsUpstreamLimits limits;
    SSL_CTX *tls;
    SSL_SESSION *session; /* (nullable): of the newest handshake, for the next */
    char *host;           /* (nullable): no tenant */
    char *authority;
    guint16 port;
    char *proxy_host; /* (nullable): directly */
    guint16 proxy_port;
    RmsSecret *token;
    gint64 expires_at;
    guint generation; /* counts tenants */
    GQueue all;
    GQueue idle;    /* the last used first */
    GQueue waiting; /* of RmsRelay, in the order of arrival */
    guint n_connecting;
    RmsWatch pump; /* makes connections; woken whenever there may be reason to */
    RmsTimer wait_timer;
    GList *addresses; /* of GInetAddress */
    guint n_addresses;
    gint64 addresses_until;
    guint good_address; /* the one that worked last */
    GCancellable *lookup;
    RmsUpstreamNumbers numbers; /* those that are counted; the rest stands in the queues */
    RmsHttpHead head;           /* of the answer that is looked at in this moment */
};

/** rms_upstream_pool_connected: @connection finished its handshake. */
void rms_upstream_pool_connected(RmsUpstreamPool *pool, RmsUpstreamConnection *connection);
/** rms_upstream_pool_connect_failed: Every address was tried; @connection is closed. */
void rms_upstream_pool_connect_failed(RmsUpstreamPool *pool,
                                      RmsTroubleKind kind,
                                      const char *reason);
/** rms_upstream_pool_released: @connection is free for another call. */
void rms_upstream_pool_released(RmsUpstreamPool *pool, RmsUpstreamConnection *connection);
/** rms_upstream_pool_closed: A connection is gone, and there may be room for another. */
void rms_upstream_pool_closed(RmsUpstreamPool *pool);

G_END_DECLS
