/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One call on its way to the tenant and back.
 *
 * Bodies pass byte by byte, both ways at once, and neither side can make the other hold more than
 * a window. The answer's head is rewritten hop by hop; an answer that these callers would take for
 * final although it is the connector's own trouble becomes the retryable fault (protocol.md §2.11).
 *
 * The caller's connection owns the relay and feeds it; a pooled connection to the tenant drains it
 * and brings the answer, which is written to the caller's out buffer.
 */
#pragma once

#include "connector-core/buffer.h"
#include "connector-core/call-result.h"
#include "connector-core/http-answer.h"
#include "connector-core/io-loop.h"
#include "connector-core/model/entry.h"
#include "connector-core/trouble.h"

G_BEGIN_DECLS

typedef struct _RmsUpstreamPool RmsUpstreamPool;
typedef struct _RmsUpstreamConnection RmsUpstreamConnection;

/**
 * RmsRelayState:
 * @RMS_RELAY_ANSWERED: the whole answer, or the fault in its place, stands in the out buffer
 * @RMS_RELAY_BROKEN: a part of the answer went out and the rest will not come: close abruptly
 */
typedef enum {
    RMS_RELAY_IDLE,
    RMS_RELAY_ACTIVE,
    RMS_RELAY_ANSWERED,
    RMS_RELAY_BROKEN
} RmsRelayState;

/* Embedded in the caller's connection; zeroed is idle. The caller's connection reads @state and
 * @hold; the rest is for relay.c, upstream-pool.c and upstream-connection.c. */
typedef struct {
    RmsRelayState state;
    gboolean hold; /* nothing of the out buffer may be sent yet */

    RmsUpstreamPool *pool;
    RmsWatch *client;        /* woken when there is news */
    RmsBuffer *out;          /* the caller's */
    RmsHttpRequest *request; /* the caller's */
    RmsBuffer to_tenant;     /* not sent yet */
    gboolean chunked_request;
    gboolean request_complete; /* everything stands in to_tenant or was sent */
    gboolean dispatched;       /* the pool knows of it */
    gboolean sent_any;
    gint64 service_since; /* monotonic microseconds: all of the request is the tenant's to answer */
    gint64 service_usec;  /* what that took, once it is over */
    gboolean failed;      /* answered by the fault */

    RmsUpstreamConnection *upstream; /* (nullable) */
    GList waiting_link;              /* in the pool's queue */
    gboolean waiting;
    gint64 wait_until; /* monotonic microseconds */

    gsize mark; /* what stood in the out buffer before the answer */
    guint64 answer_bytes;
    guint answer_status;
    gboolean answer_begun;
    gboolean needs_body; /* an empty one would be no answer */
    gboolean chunked_answer;
    gboolean answer_paused; /* the caller reads too slowly; wake the upstream when it has */
} RmsRelay;

/* The caller's side */

/**
 * rms_relay_start: Begins with the head alone.
 * @head: the request's, valid during this call
 * @client, @out, @request: of the caller's connection, borrowed until rms_relay_clear()
 */
void rms_relay_start(RmsRelay *relay,
                     RmsUpstreamPool *pool,
                     RmsWatch *client,
                     RmsBuffer *out,
                     RmsHttpRequest *request,
                     const RmsHttpHead *head,
                     RmsEntry *entry);
/** rms_relay_get_room: Returns: body bytes that it takes now. */
gsize rms_relay_get_room(const RmsRelay *relay);
/** rms_relay_push: An RmsBodyFunc; @relay: the RmsRelay. */
void rms_relay_push(const char *data, gsize length, gpointer relay);
void rms_relay_end_request(RmsRelay *relay);
/** rms_relay_drained: Some of the out buffer was sent. */
void rms_relay_drained(RmsRelay *relay);
/** rms_relay_get_result: Returns: what became of an answered call. */
RmsCallResult rms_relay_get_result(const RmsRelay *relay);
/** rms_relay_clear: Forgets everything; breaks off what is under way. */
void rms_relay_clear(RmsRelay *relay);

/* The tenant's side */

/** rms_relay_answer_head: Returns: %TRUE: the body is to follow; %FALSE: the relay is done with
 * this answer, which it replaced. */
gboolean rms_relay_answer_head(RmsRelay *relay, const RmsHttpHead *head);
/** rms_relay_answer_body: An RmsBodyFunc; @relay: the RmsRelay. */
void rms_relay_answer_body(const char *data, gsize length, gpointer relay);
void rms_relay_answer_end(RmsRelay *relay);
/** rms_relay_get_answer_room: Returns: body bytes of the answer that may come now. */
gsize rms_relay_get_answer_room(const RmsRelay *relay);
/** rms_relay_fail: No answer will come, or not the rest of it. @reason: (nullable): what a library
 * or the system said. */
void rms_relay_fail(RmsRelay *relay, RmsTroubleKind kind, const char *reason);

G_END_DECLS
