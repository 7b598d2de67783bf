/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The connector's connections to its tenant: kept, limited, shared by all callers.
 *
 * A call takes an idle connection or waits, first come first served, for one that becomes idle or
 * is newly made. Names are resolved without blocking and addresses tried in turn.
 */
#pragma once

#include "connector-core/connector-settings.h"
#include "connector-core/relay.h"
#include "connector-core/model/secret.h"

G_BEGIN_DECLS

/** RmsUpstreamLimits: defaults from limits.h and the settings. */
typedef struct {
    guint connect_timeout_ms; /* also the longest wait for a connection */
    guint answer_timeout_ms;
    guint idle_ms;
    guint max_connections;
    guint max_waiting;
} RmsUpstreamLimits;

/** RmsUpstreamNumbers: How things stand, and what was counted since the start. */
typedef struct {
    guint connecting;
    guint idle;
    guint busy;
    guint waiting; /* calls */
    guint64 n_connected;
    guint64 n_resumed; /* of these, by a TLS session of before */
    guint64 n_failed;  /* at every address */
    guint64 n_retried; /* calls whose kept connection had ended before it took any of them */
} RmsUpstreamNumbers;

/** rms_upstream_pool_new: Borrows @loop, @blocks and @trouble. Errors:
 * RMS_CONNECTOR_ERROR_SETTINGS. */
RmsUpstreamPool *rms_upstream_pool_new(const RmsConnectorSettings *settings,
                                       RmsBlockCache *blocks,
                                       RmsTrouble *trouble,
                                       GError **error);
/** rms_upstream_pool_set_loop: Before the first call. */
void rms_upstream_pool_set_loop(RmsUpstreamPool *pool, RmsIoLoop *loop);
/** rms_upstream_pool_free: No relay may be under way. */
void rms_upstream_pool_free(RmsUpstreamPool *pool);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RmsUpstreamPool, rms_upstream_pool_free)
RmsUpstreamLimits *rms_upstream_pool_get_limits(RmsUpstreamPool *pool);

/** rms_upstream_pool_set_tenant: @url: (nullable): `https://host[:port]`. Calls that wait for a
 * connection to the old one fail. */
void rms_upstream_pool_set_tenant(RmsUpstreamPool *pool, const char *url);
/** rms_upstream_pool_set_token: @token: (nullable). @expires_at: seconds since 1970 UTC. */
void rms_upstream_pool_set_token(RmsUpstreamPool *pool, RmsSecret *token, gint64 expires_at);
/** rms_upstream_pool_get_token: Returns: (transfer none) (nullable): the credential, if there is
 * one and it has not expired. */
RmsSecret *rms_upstream_pool_get_token(RmsUpstreamPool *pool);
/** rms_upstream_pool_get_authority: Returns: (transfer none) (nullable): what goes into Host. */
const char *rms_upstream_pool_get_authority(RmsUpstreamPool *pool);
/** rms_upstream_pool_get_token_end: Returns: seconds since 1970 UTC; 0: there is no credential. */
gint64 rms_upstream_pool_get_token_end(RmsUpstreamPool *pool);
void rms_upstream_pool_read_numbers(RmsUpstreamPool *pool, RmsUpstreamNumbers *numbers);
RmsTrouble *rms_upstream_pool_get_trouble(RmsUpstreamPool *pool);
RmsBlockCache *rms_upstream_pool_get_blocks(RmsUpstreamPool *pool);

/** rms_upstream_pool_request: Finds @relay a connection, now or later; rms_relay_fail() if not. */
void rms_upstream_pool_request(RmsUpstreamPool *pool, RmsRelay *relay);
/** rms_upstream_pool_cancel: @relay goes away: leaves the queue, or its connection is closed. */
void rms_upstream_pool_cancel(RmsUpstreamPool *pool, RmsRelay *relay);

G_END_DECLS
