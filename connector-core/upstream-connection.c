/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Connecting, sending a call and reading its answer; see upstream-connection.h. Which call comes
 * next is the pool's business, what an answer means the relay's.
 */
#include "config.h"

#include "connector-core/upstream-connection.h"
#include "connector-core/upstream-private.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "connector-core/limits.h"
#include "connector-core/tls-context.h"

/* What one step moves before others get their turn. */
#define STEP_BUDGET_BYTES (256 * 1024)
#define READ_BYTES (16 * 1024)
#define DRAIN_MS (5 * 1000)

static gint64 get_now(RmsUpstreamConnection *self)
{
    return rms_io_loop_get_now(self->pool->loop);
}

static void on_connection_stepped(RmsWatch *watch, guint32 events);
static void on_deadline_passed(RmsTimer *timer);

static void free_connection(gpointer data)
{
    RmsUpstreamConnection *self = data;

    rms_buffer_clear(&self->in);
    rms_tunnel_clear(&self->tunnel);
    g_free(self);
}

static gboolean is_connecting(const RmsUpstreamConnection *self)
{
    return self->state == RMS_UPSTREAM_CONNECTING || self->state == RMS_UPSTREAM_TUNNEL ||
           self->state == RMS_UPSTREAM_HANDSHAKE;
}

void rms_upstream_connection_close(RmsUpstreamConnection *self, gboolean abrupt)
{
    RmsUpstreamPool *pool = self->pool;

    if (self->state == RMS_UPSTREAM_CLOSED) {
        return;
    }
    if (is_connecting(self)) {
        pool->n_connecting--;
    } else if (self->state == RMS_UPSTREAM_IDLE) {
        g_queue_unlink(&pool->idle, &self->idle_link);
    }
    if (self->relay != NULL) {
        self->relay->upstream = NULL;
        self->relay = NULL;
    }
    self->state = RMS_UPSTREAM_CLOSED;
    g_queue_unlink(&pool->all, &self->link);
    rms_timer_stop(&self->timer);
    rms_transport_close(&self->transport, abrupt);
    rms_io_loop_defer_free(pool->loop, self, free_connection);
    rms_upstream_pool_closed(pool);
}

void rms_upstream_connection_wake(RmsUpstreamConnection *self)
{
    rms_watch_wake(&self->transport.watch);
}

/* Connecting */

/* Returns: (nullable): TLS towards the tenant, which goes on where the last connection was. */
static SSL *new_client(RmsUpstreamPool *pool)
{
    SSL *ssl = rms_tls_client_new(pool->tls, pool->host);

    if (ssl != NULL && pool->session != NULL) {
        SSL_set_session(ssl, pool->session);
    }
    return ssl;
}

/* Opens a socket towards the address that is being tried. Returns: whether that is under way. */
static gboolean try_address(RmsUpstreamConnection *self, char **reason)
{
    RmsUpstreamPool *pool = self->pool;
    GInetAddress *address =
        g_list_nth_data(pool->addresses, self->address_index % pool->n_addresses);
    g_autoptr(GSocketAddress) socket_address = g_inet_socket_address_new(
        address, pool->proxy_host != NULL ? pool->proxy_port : pool->port);
    g_autoptr(GError) error = NULL;
    struct sockaddr_storage native;
    gssize length = g_socket_address_get_native_size(socket_address);
    gint64 now = get_now(self);
    g_autoptr(SSL) ssl = NULL;
    int on = 1;
    int fd;

    if (!g_socket_address_to_native(socket_address, &native, sizeof(native), &error)) {
        *reason = g_strdup(error->message);
        return FALSE;
    }
    fd = socket(native.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0 || (connect(fd, (struct sockaddr *) &native, (socklen_t) length) != 0 &&
                   errno != EINPROGRESS)) {
        *reason = g_strdup(g_strerror(errno));
        if (fd >= 0) {
            close(fd);
        }
        return FALSE;
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    ssl = new_client(pool);
    if (ssl == NULL) {
        *reason = g_strdup("its name cannot stand in a certificate");
        close(fd);
        return FALSE;
    }
    if (!rms_transport_open(&self->transport,
                            pool->loop,
                            fd,
                            pool->proxy_host == NULL ? g_steal_pointer(&ssl) : NULL,
                            on_connection_stepped,
                            &error)) {
        *reason = g_strdup(error->message);
        return FALSE;
    }
    self->state = RMS_UPSTREAM_CONNECTING;
    /* Each address gets its share of the time that is left. */
    rms_timer_set(&self->timer,
                  pool->loop,
                  now + (self->connect_until - now) / (gint64) (self->addresses_left + 1),
                  on_deadline_passed);
    return TRUE;
}

/* This address did not work: the next, or the end. Takes @reason. */
static void try_next(RmsUpstreamConnection *self, RmsTroubleKind kind, char *reason)
{
    RmsUpstreamPool *pool = self->pool;

    rms_transport_close(&self->transport, FALSE);
    while (self->addresses_left > 0 && self->connect_until > get_now(self)) {
        g_autofree char *last = g_steal_pointer(&reason);

        self->addresses_left--;
        self->address_index++;
        if (try_address(self, &reason)) {
            return;
        }
        kind = RMS_TROUBLE_CONNECT;
    }
    rms_upstream_connection_close(self, FALSE);
    rms_upstream_pool_connect_failed(pool, kind, reason);
    g_free(reason);
}

void rms_upstream_connection_start(RmsUpstreamPool *pool)
{
    RmsUpstreamConnection *self = g_new0(RmsUpstreamConnection, 1);
    char *reason = NULL;

    self->pool = pool;
    self->link.data = self;
    self->idle_link.data = self;
    self->in.cache = pool->blocks;
    self->state = RMS_UPSTREAM_CONNECTING;
    self->generation = pool->generation;
    self->address_index = pool->good_address;
    self->addresses_left = pool->n_addresses - 1;
    self->connect_until = get_now(self) + (gint64) pool->limits.connect_timeout_ms * 1000;
    rms_http_parser_init(&self->parser, HTTP_RESPONSE, RMS_MAX_ANSWER_BYTES);
    g_queue_push_tail_link(&pool->all, &self->link);
    pool->n_connecting++;
    if (!try_address(self, &reason)) {
        try_next(self, RMS_TROUBLE_CONNECT, reason);
    }
}

static void advance_connecting(RmsUpstreamConnection *self)
{
    int code = 0;
    socklen_t length = sizeof(code);

    if (!self->transport.writable) {
        return;
    }
    if (getsockopt(self->transport.watch.fd, SOL_SOCKET, SO_ERROR, &code, &length) != 0) {
        code = errno;
    }
    if (code != 0) {
        try_next(self, RMS_TROUBLE_CONNECT, g_strdup(g_strerror(code)));
        return;
    }
    if (self->pool->proxy_host == NULL) {
        self->state = RMS_UPSTREAM_HANDSHAKE;
        return;
    }
    self->state = RMS_UPSTREAM_TUNNEL;
    rms_tunnel_begin(&self->tunnel, self->pool->blocks, self->pool->host, self->pool->port);
}

static void advance_tunnel(RmsUpstreamConnection *self)
{
    char *reason = NULL;

    switch (rms_tunnel_advance(&self->tunnel, &self->transport, &reason)) {
    case RMS_IO_DONE:
        rms_tunnel_clear(&self->tunnel);
        /* Its name was good enough when the socket was opened. */
        rms_transport_begin_tls(&self->transport, new_client(self->pool));
        self->state = RMS_UPSTREAM_HANDSHAKE;
        break;
    case RMS_IO_AGAIN:
        break;
    case RMS_IO_EOF:
    case RMS_IO_FAILED:
        rms_tunnel_clear(&self->tunnel);
        try_next(self, RMS_TROUBLE_CONNECT, reason);
        break;
    }
}

static void advance_handshake(RmsUpstreamConnection *self)
{
    switch (rms_transport_handshake(&self->transport)) {
    case RMS_IO_DONE:
        self->pool->n_connecting--;
        self->pool->good_address = self->address_index % self->pool->n_addresses;
        rms_timer_clear(&self->timer);
        rms_upstream_pool_connected(self->pool, self);
        break;
    case RMS_IO_AGAIN:
        break;
    case RMS_IO_EOF:
    case RMS_IO_FAILED:
        try_next(self, RMS_TROUBLE_TLS, rms_transport_dup_reason(&self->transport));
        break;
    }
}

/* One call */

void rms_upstream_connection_assign(RmsUpstreamConnection *self, RmsRelay *relay)
{
    self->relay = relay;
    relay->upstream = self;
    self->state = RMS_UPSTREAM_BUSY;
    self->head_done = FALSE;
    self->head_line = 0;
    self->waiting_since = 0;
    rms_timer_clear(&self->timer); /* that of an idle connection */
    rms_watch_wake(&self->transport.watch);
}

/* The relay and this connection part. Returns: whether the whole request went out on it. */
static gboolean detach(RmsUpstreamConnection *self)
{
    RmsRelay *relay = g_steal_pointer(&self->relay);
    gboolean whole = relay->request_complete && rms_buffer_length(&relay->to_tenant) == 0;

    relay->upstream = NULL;
    return whole;
}

/* Nobody asked anything. TLS may have something to say to itself (session tickets); whatever else
 * comes, an end or bytes that belong to nothing, the connection is of no use. */
static gboolean has_news(RmsUpstreamConnection *self)
{
    char byte;
    gsize length = 0;

    return rms_buffer_length(&self->in) > 0 ||
           (rms_transport_may_read(&self->transport) &&
            rms_transport_read(&self->transport, &byte, 1, &length) != RMS_IO_AGAIN);
}

static void release(RmsUpstreamConnection *self)
{
    /* The end may have come in one piece with the answer; no edge will tell of it. */
    if (!self->keep_alive || self->generation != self->pool->generation || has_news(self)) {
        rms_upstream_connection_close(self, FALSE);
        return;
    }
    self->reused = TRUE;
    rms_upstream_pool_released(self->pool, self);
}

/* The call failed here. A kept connection may have died before it got any of the request: then it
 * is as good as never tried. */
static void fail(RmsUpstreamConnection *self, RmsTroubleKind kind, const char *reason)
{
    RmsRelay *relay = self->relay;
    gboolean untouched = relay != NULL && self->reused && !relay->sent_any;
    RmsUpstreamPool *pool = self->pool;

    if (relay != NULL) {
        detach(self);
    }
    rms_upstream_connection_close(self, TRUE);
    if (untouched) {
        pool->numbers.n_retried++;
        rms_upstream_pool_request(pool, relay);
    } else if (relay != NULL) {
        rms_relay_fail(relay, kind, reason);
    }
}

static void finish_answer(RmsUpstreamConnection *self)
{
    RmsRelay *relay = self->relay;

    if (!detach(self)) {
        self->keep_alive = FALSE; /* answered before it had heard everything */
    }
    rms_relay_answer_end(relay);
    release(self);
}

/* The relay has replaced the answer; its body is of no interest. */
static void begin_draining(RmsUpstreamConnection *self, gboolean whole)
{
    if (!whole || !self->keep_alive) {
        rms_upstream_connection_close(self, FALSE);
        return;
    }
    self->state = RMS_UPSTREAM_DRAINING;
    if (self->parser.complete) {
        release(self);
        return;
    }
    rms_timer_set(&self->timer,
                  self->pool->loop,
                  get_now(self) + (gint64) DRAIN_MS * 1000,
                  on_deadline_passed);
}

static void on_head_arrived(RmsUpstreamConnection *self, gsize head_length)
{
    RmsHttpHead *head = &self->pool->head;
    RmsHttpProblem problem = {0, NULL};
    RmsRelay *relay = self->relay;
    gboolean wanted;
    gboolean whole;

    if (!rms_http_parser_parse_head(
            &self->parser, rms_buffer_peek(&self->in), head_length, head, &problem)) {
        fail(self, RMS_TROUBLE_NOT_SOAP, problem.text);
        return;
    }
    self->head_line = 0;
    if (head->status / 100 == 1 && head->status != 101) {
        rms_buffer_consume(&self->in, head_length);
        return;
    }
    self->head_done = TRUE;
    self->keep_alive = head->keep_alive && head->status != 101;
    whole = relay->request_complete && rms_buffer_length(&relay->to_tenant) == 0;
    wanted = rms_relay_answer_head(relay, head);
    rms_buffer_consume(&self->in, head_length);
    if (!wanted) {
        detach(self);
        begin_draining(self, whole);
    } else if (self->parser.complete) {
        finish_answer(self);
    }
}

/* Returns: whether it moved. */
static gboolean parse_head(RmsUpstreamConnection *self)
{
    RmsHttpProblem problem = {0, NULL};
    gsize head_length = 0;

    switch (rms_http_find_head(rms_buffer_peek(&self->in),
                               rms_buffer_length(&self->in),
                               &self->head_line,
                               &head_length,
                               &problem)) {
    case RMS_HEAD_COMPLETE:
        if (head_length <= RMS_MAX_HEADER_BYTES) {
            on_head_arrived(self, head_length);
            return TRUE;
        }
        break;
    case RMS_HEAD_BAD:
        fail(self, RMS_TROUBLE_NOT_SOAP, problem.text);
        return TRUE;
    case RMS_HEAD_INCOMPLETE:
        if (rms_buffer_length(&self->in) <= RMS_MAX_HEADER_BYTES) {
            return FALSE;
        }
        break;
    }
    fail(self, RMS_TROUBLE_NOT_SOAP, "its header fields are too large");
    return TRUE;
}

static void drop_bytes(const char *data, gsize length, gpointer user_data)
{
}

/* Returns: whether it moved. */
static gboolean parse_body(RmsUpstreamConnection *self)
{
    RmsHttpProblem problem = {0, NULL};
    RmsRelay *relay = self->relay;
    gsize room = relay != NULL ? rms_relay_get_answer_room(relay) : RMS_MAX_DRAINED_BYTES;
    gsize length = MIN(rms_buffer_length(&self->in), room);
    gsize consumed = 0;

    if (room == 0) {
        relay->answer_paused = TRUE;
    }
    if (length == 0) {
        return FALSE;
    }
    if (!rms_http_parser_feed(&self->parser,
                              rms_buffer_peek(&self->in),
                              length,
                              relay != NULL ? rms_relay_answer_body : drop_bytes,
                              relay,
                              &consumed,
                              &problem)) {
        fail(self, problem.status == 413 ? RMS_TROUBLE_TOO_LARGE : RMS_TROUBLE_CUT, problem.text);
        return TRUE;
    }
    rms_buffer_consume(&self->in, consumed);
    if (self->parser.complete && relay != NULL) {
        finish_answer(self);
    } else if (self->parser.complete) {
        release(self);
    } else if (relay == NULL && self->parser.wire_bytes > RMS_MAX_DRAINED_BYTES) {
        rms_upstream_connection_close(self, TRUE);
    }
    return TRUE;
}

/* The tenant ended in good order; only an answer without length may end so. */
static void on_end_arrived(RmsUpstreamConnection *self)
{
    self->keep_alive = FALSE;
    if (self->relay == NULL) {
        rms_upstream_connection_close(self, FALSE);
    } else if (self->head_done && rms_http_parser_end(&self->parser)) {
        finish_answer(self);
    } else {
        fail(self, RMS_TROUBLE_CUT, "it ended the connection");
    }
}

/* Returns: whether bytes came, or the connection changed its state. */
static gboolean read_more(RmsUpstreamConnection *self)
{
    g_autofree char *reason = NULL;
    gsize length = 0;
    char *room;

    if (!rms_transport_may_read(&self->transport)) {
        return FALSE;
    }
    room = rms_buffer_reserve(&self->in, rms_buffer_length(&self->in) == 0 ? READ_BYTES : 1024);
    switch (rms_transport_read(&self->transport, room, rms_buffer_get_room(&self->in), &length)) {
    case RMS_IO_DONE:
        rms_buffer_commit(&self->in, length);
        self->waiting_since = 0;
        return TRUE;
    case RMS_IO_AGAIN:
        if (rms_buffer_length(&self->in) == 0) {
            rms_buffer_clear(&self->in);
        }
        return FALSE;
    case RMS_IO_EOF:
        on_end_arrived(self);
        return TRUE;
    case RMS_IO_FAILED:
        reason = rms_transport_dup_reason(&self->transport);
        fail(self, RMS_TROUBLE_CUT, reason);
        return TRUE;
    }
    return FALSE;
}

/* Returns: %FALSE once the tenant takes nothing any more. */
static gboolean send_request(RmsUpstreamConnection *self)
{
    RmsRelay *relay = self->relay;
    gsize before = rms_relay_get_room(relay);

    while (rms_buffer_length(&relay->to_tenant) > 0) {
        gsize length = 0;
        RmsIoStatus status = rms_transport_write(&self->transport,
                                                 rms_buffer_peek(&relay->to_tenant),
                                                 rms_buffer_length(&relay->to_tenant),
                                                 &length);

        if (status == RMS_IO_AGAIN) {
            break;
        }
        if (status != RMS_IO_DONE) {
            return FALSE;
        }
        relay->sent_any = TRUE;
        self->waiting_since = 0;
        rms_buffer_consume(&relay->to_tenant, length);
    }
    if (!relay->request_complete && before < rms_relay_get_room(relay)) {
        rms_watch_wake(relay->client);
    }
    return TRUE;
}

/* The clock runs only while it is the tenant's turn: not while the caller is slow to send or to
 * read. */
static void plan_deadline(RmsUpstreamConnection *self)
{
    RmsRelay *relay = self->relay;

    if (relay->answer_paused ||
        (rms_buffer_length(&relay->to_tenant) == 0 && !relay->request_complete)) {
        self->waiting_since = 0;
        rms_timer_clear(&self->timer);
        return;
    }
    if (self->waiting_since == 0) {
        self->waiting_since = get_now(self);
    }
    rms_timer_set(&self->timer,
                  self->pool->loop,
                  self->waiting_since + (gint64) self->pool->limits.answer_timeout_ms * 1000,
                  on_deadline_passed);
}

static void advance_busy(RmsUpstreamConnection *self)
{
    gsize budget = STEP_BUDGET_BYTES;

    if (self->state == RMS_UPSTREAM_BUSY && !send_request(self)) {
        g_autofree char *reason = rms_transport_dup_reason(&self->transport);

        fail(self, RMS_TROUBLE_CUT, reason);
        return;
    }
    while (self->state == RMS_UPSTREAM_BUSY || self->state == RMS_UPSTREAM_DRAINING) {
        gsize before = rms_buffer_length(&self->in);

        if (before > 0 && (self->head_done ? parse_body(self) : parse_head(self))) {
            continue;
        }
        if (self->relay != NULL && self->relay->answer_paused) {
            break;
        }
        if (budget == 0) {
            rms_watch_wake(&self->transport.watch);
            break;
        }
        if (!read_more(self)) {
            break;
        }
        if (self->state == RMS_UPSTREAM_BUSY || self->state == RMS_UPSTREAM_DRAINING) {
            budget -= MIN(budget, rms_buffer_length(&self->in) - before);
        }
    }
    if (self->state == RMS_UPSTREAM_BUSY) {
        plan_deadline(self);
    }
}

static void advance_idle(RmsUpstreamConnection *self)
{
    if (has_news(self)) {
        rms_upstream_connection_close(self, FALSE);
    }
}

static void on_connection_stepped(RmsWatch *watch, guint32 events)
{
    RmsUpstreamConnection *self = RMS_CONTAINER_OF(watch, RmsUpstreamConnection, transport.watch);

    rms_transport_note(&self->transport, events);
    if (self->state == RMS_UPSTREAM_CONNECTING) {
        advance_connecting(self);
    }
    if (self->state == RMS_UPSTREAM_TUNNEL) {
        advance_tunnel(self);
    }
    if (self->state == RMS_UPSTREAM_HANDSHAKE) {
        advance_handshake(self);
    }
    if (self->state == RMS_UPSTREAM_BUSY || self->state == RMS_UPSTREAM_DRAINING) {
        advance_busy(self);
    } else if (self->state == RMS_UPSTREAM_IDLE) {
        advance_idle(self);
    }
}

static void on_deadline_passed(RmsTimer *timer)
{
    RmsUpstreamConnection *self = RMS_CONTAINER_OF(timer, RmsUpstreamConnection, timer);

    switch (self->state) {
    case RMS_UPSTREAM_CONNECTING:
        try_next(self, RMS_TROUBLE_CONNECT, g_strdup(g_strerror(ETIMEDOUT)));
        break;
    case RMS_UPSTREAM_TUNNEL:
        try_next(self, RMS_TROUBLE_CONNECT, g_strdup("the proxy did not connect in time"));
        break;
    case RMS_UPSTREAM_HANDSHAKE:
        try_next(self, RMS_TROUBLE_TLS, g_strdup("the handshake took too long"));
        break;
    case RMS_UPSTREAM_BUSY:
        fail(self, RMS_TROUBLE_TIMEOUT, NULL);
        break;
    case RMS_UPSTREAM_IDLE:
    case RMS_UPSTREAM_DRAINING:
        rms_upstream_connection_close(self, FALSE);
        break;
    case RMS_UPSTREAM_CLOSED:
        break;
    }
}
