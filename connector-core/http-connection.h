/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One caller's connection: requests one after the other, each routed, authenticated, admitted and
 * answered before the next is looked at.
 *
 *     HEAD --answered, body left--> DISCARD --body read--> HEAD
 *       \--admitted POST--> RELAY --answered--> HEAD or DISCARD
 *     any --last answer--> LINGER --peer ended or time is up--> closed
 */
#pragma once

#include <sys/socket.h>

#include "connector-core/http-server-private.h"

G_BEGIN_DECLS

typedef struct _RmsHttpConnection RmsHttpConnection;

/** rms_http_connection_start: Takes @fd. The connection belongs to the server's list from here on
 * and ends by itself. @peer: its address. */
void rms_http_connection_start(RmsHttpServer *server,
                               int fd,
                               const RmsListener *listener,
                               const struct sockaddr_storage *peer);
/** rms_http_connection_close: At once, whatever it does. */
void rms_http_connection_close(RmsHttpConnection *connection);
/** rms_http_connection_is_busy: Returns: whether a request is being read or answered. */
gboolean rms_http_connection_is_busy(RmsHttpConnection *connection);
/** rms_http_connection_get_idle_since: Returns: monotonic microseconds; only for idle ones. */
gint64 rms_http_connection_get_idle_since(RmsHttpConnection *connection);

G_END_DECLS
