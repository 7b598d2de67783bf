/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The way through an outbound proxy: CONNECT (RFC 9110 §9.3.6), before TLS begins. The proxy learns
 * the tenant's name and port and nothing else; it is not authenticated to (protocol.md §5.4) and
 * cannot read what follows.
 */
#pragma once

#include "connector-core/buffer.h"
#include "connector-core/transport.h"

G_BEGIN_DECLS

/* Embedded in its owner; zeroed memory is an idle tunnel. All fields are private. */
typedef struct {
    RmsBuffer out;
    RmsBuffer in;
    gsize line;
} RmsTunnel;

/** rms_tunnel_begin: @host: a name or an address literal, without brackets. */
void rms_tunnel_begin(RmsTunnel *tunnel, RmsBlockCache *blocks, const char *host, guint16 port);
/**
 * rms_tunnel_advance: Moves on as far as the plain @transport lets it.
 * @reason: (out): set on failure: what went wrong, as the end of a sentence.
 * Returns: DONE once the proxy has connected, AGAIN, or FAILED.
 */
RmsIoStatus rms_tunnel_advance(RmsTunnel *tunnel, RmsTransport *transport, char **reason);
void rms_tunnel_clear(RmsTunnel *tunnel);

G_END_DECLS
