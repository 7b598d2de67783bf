/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The life of one caller's connection; see http-connection.h. What a request means is decided in
 * http-request.c; how HTTP is read stands in http-parser.c.
 */
#include "config.h"

#include "connector-core/http-connection.h"
#include "connector-core/http-connection-private.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "connector-core/http-answer.h"

/* What one step moves before others get their turn. */
#define STEP_BUDGET_BYTES (256 * 1024)
/* Room for a read: at most one TLS record comes at a time. */
#define READ_BYTES (16 * 1024)

static gint64 get_now(RmsHttpConnection *self)
{
    return rms_io_loop_get_now(self->server->loop);
}

static void set_read_deadline(RmsHttpConnection *self, guint timeout_ms)
{
    self->read_deadline = get_now(self) + (gint64) timeout_ms * 1000;
}

static void free_connection(gpointer data)
{
    RmsHttpConnection *self = data;

    rms_buffer_clear(&self->in);
    rms_buffer_clear(&self->out);
    rms_http_request_clear(&self->request);
    rms_decision_clear(&self->decision);
    g_clear_pointer(&self->caller, rms_caller_unref);
    rms_auth_exchange_free(self->exchange);
    rms_soap_sniffer_free(self->sniffer);
    g_free(self);
}

void rms_http_connection_close(RmsHttpConnection *self)
{
    RmsHttpServer *server = self->server;

    if (self->state == RMS_HTTP_CLOSED) {
        return;
    }
    rms_relay_clear(&self->relay);
    rms_http_request_connection_ended(self);
    rms_http_connection_leave_idle(self);
    self->state = RMS_HTTP_CLOSED;
    rms_timer_stop(&self->timer);
    rms_transport_close(&self->transport, self->abrupt);
    g_queue_unlink(&server->connections, &self->link);
    server->n_metrics -= self->metrics ? 1 : 0;
    rms_io_loop_defer_free(server->loop, self, free_connection);
    rms_http_server_connection_closed(server);
}

gboolean rms_http_connection_is_busy(RmsHttpConnection *self)
{
    return self->state != RMS_HTTP_LINGER && self->state != RMS_HTTP_CLOSED &&
           (self->state != RMS_HTTP_HEAD || rms_buffer_length(&self->in) > 0 ||
            rms_buffer_length(&self->out) > 0);
}

gint64 rms_http_connection_get_idle_since(RmsHttpConnection *self)
{
    return self->idle_since;
}

static void enter_idle(RmsHttpConnection *self)
{
    if (!self->idle) {
        self->idle = TRUE;
        self->idle_since = get_now(self);
        g_queue_push_tail_link(&self->server->idle, &self->idle_link);
    }
}

void rms_http_connection_leave_idle(RmsHttpConnection *self)
{
    if (self->idle) {
        self->idle = FALSE;
        g_queue_unlink(&self->server->idle, &self->idle_link);
    }
}

/* Everything is said; what the peer still sends is thrown away until it has read our last words
 * (a reset on unread bytes would destroy them). */
static void begin_linger(RmsHttpConnection *self)
{
    self->state = RMS_HTTP_LINGER;
    self->lingered_bytes = 0;
    rms_buffer_clear(&self->in);
    rms_transport_end(&self->transport);
    set_read_deadline(self, self->server->limits.linger_ms);
    rms_http_server_connection_closed(self->server);
}

static void next_request(RmsHttpConnection *self)
{
    rms_http_request_clear(&self->request);
    self->state = RMS_HTTP_HEAD;
    self->head_line = 0;
    if (rms_buffer_length(&self->in) > 0) {
        set_read_deadline(self, self->server->limits.header_timeout_ms);
    } else {
        set_read_deadline(self, self->server->limits.idle_timeout_ms);
    }
}

void rms_http_connection_answered(RmsHttpConnection *self)
{
    if (!self->request.keep_alive) {
        self->state = RMS_HTTP_LAST;
        self->read_deadline = 0;
    } else if (self->parser.complete) {
        next_request(self);
    } else {
        self->state = RMS_HTTP_DISCARD;
        self->discard_from = self->parser.wire_bytes;
        set_read_deadline(self, self->server->limits.body_timeout_ms);
    }
}

/* Returns: %FALSE if it is closed now. */
static gboolean flush(RmsHttpConnection *self)
{
    if (self->relay.hold) {
        return TRUE;
    }
    while (rms_buffer_length(&self->out) > 0) {
        gsize length = 0;

        switch (rms_transport_write(&self->transport,
                                    rms_buffer_peek(&self->out),
                                    rms_buffer_length(&self->out),
                                    &length)) {
        case RMS_IO_DONE:
            rms_buffer_consume(&self->out, length);
            self->write_deadline =
                get_now(self) + (gint64) self->server->limits.write_timeout_ms * 1000;
            break;
        case RMS_IO_AGAIN:
            if (self->write_deadline == 0) {
                self->write_deadline =
                    get_now(self) + (gint64) self->server->limits.write_timeout_ms * 1000;
            }
            return TRUE;
        case RMS_IO_EOF:
        case RMS_IO_FAILED:
            rms_http_connection_close(self);
            return FALSE;
        }
    }
    self->write_deadline = 0;
    return TRUE;
}

/* The caller's request cannot go on. Says so if it has heard nothing yet. */
static void break_off(RmsHttpConnection *self, guint status, const char *sentence)
{
    gboolean begun = self->relay.answer_begun && !self->relay.hold;

    if (self->relay.hold) {
        rms_buffer_truncate(&self->out, self->relay.mark);
    }
    rms_relay_clear(&self->relay);
    if (begun) {
        self->abrupt = TRUE;
        rms_http_connection_close(self);
    } else {
        rms_http_request_refuse(self, status, sentence);
    }
}

/* Reads once into the buffer. Returns: whether bytes came; closes on an end. */
static gboolean read_more(RmsHttpConnection *self)
{
    gsize length = 0;
    char *room;

    if (!rms_transport_may_read(&self->transport)) {
        return FALSE;
    }
    room = rms_buffer_reserve(&self->in, rms_buffer_length(&self->in) == 0 ? READ_BYTES : 1024);
    switch (rms_transport_read(&self->transport, room, rms_buffer_get_room(&self->in), &length)) {
    case RMS_IO_DONE:
        rms_buffer_commit(&self->in, length);
        self->budget -= MIN(self->budget, length);
        return TRUE;
    case RMS_IO_AGAIN:
        break;
    case RMS_IO_FAILED:
        if (self->transport.spoke_http) {
            rms_transport_drop_tls(&self->transport);
            rms_buffer_clear(&self->in);
            rms_http_request_refuse(
                self, 400, "This port speaks HTTPS: use an address that starts with https://.");
            return TRUE;
        }
        rms_http_request_tls_failed(self);
        rms_http_connection_close(self);
        return FALSE;
    case RMS_IO_EOF:
        rms_http_connection_close(self);
        return FALSE;
    }
    if (rms_buffer_length(&self->in) == 0) {
        rms_buffer_clear(&self->in);
    }
    return FALSE;
}

/* Empty lines before a request are left over from clients of old (RFC 9112 §2.2). */
static void skip_empty_lines(RmsHttpConnection *self)
{
    while (self->head_line == 0 && rms_buffer_length(&self->in) >= 2 &&
           memcmp(rms_buffer_peek(&self->in), "\r\n", 2) == 0) {
        rms_buffer_consume(&self->in, 2);
    }
}

/* Returns: whether there is reason to go on at once. */
static gboolean advance_head(RmsHttpConnection *self)
{
    RmsHttpProblem problem = {0, NULL};
    gsize head_length = 0;

    if (rms_buffer_length(&self->out) > 0) {
        return FALSE; /* one answer at a time */
    }
    skip_empty_lines(self);
    if (rms_buffer_length(&self->in) > 0) {
        gsize length = rms_buffer_length(&self->in);

        if (self->idle) {
            rms_http_connection_leave_idle(self);
            set_read_deadline(self, self->server->limits.header_timeout_ms);
        }
        switch (rms_http_find_head(
            rms_buffer_peek(&self->in), length, &self->head_line, &head_length, &problem)) {
        case RMS_HEAD_COMPLETE:
            rms_http_request_begin(self, head_length);
            return TRUE;
        case RMS_HEAD_BAD:
            rms_http_request_refuse(self, problem.status, problem.text);
            return TRUE;
        case RMS_HEAD_INCOMPLETE:
            if (self->head_line == 0 && length > RMS_MAX_REQUEST_LINE_BYTES) {
                rms_http_request_refuse(self, 414, "The request target is too long.");
                return TRUE;
            }
            if (length > RMS_MAX_HEADER_BYTES) {
                rms_http_request_refuse(self, 431, "The header fields are too large.");
                return TRUE;
            }
            break;
        }
    } else if (self->server->draining) {
        rms_http_connection_close(self);
        return FALSE;
    } else if (self->served_any && !self->metrics) {
        enter_idle(self);
    }
    return read_more(self);
}

static void drop_bytes(const char *data, gsize length, gpointer user_data)
{
}

static gboolean advance_discard(RmsHttpConnection *self)
{
    RmsHttpProblem problem = {0, NULL};
    gsize consumed = 0;

    if (rms_buffer_length(&self->in) == 0) {
        return read_more(self);
    }
    if (!rms_http_parser_feed(&self->parser,
                              rms_buffer_peek(&self->in),
                              rms_buffer_length(&self->in),
                              drop_bytes,
                              NULL,
                              &consumed,
                              &problem) ||
        self->parser.wire_bytes - self->discard_from > RMS_MAX_DISCARDED_BYTES) {
        /* The answer is on its way already; only the connection cannot go on. */
        self->request.keep_alive = FALSE;
        self->state = RMS_HTTP_LAST;
        return TRUE;
    }
    rms_buffer_consume(&self->in, consumed);
    if (self->parser.complete) {
        next_request(self);
    }
    return TRUE;
}

/* A body has to arrive whole in time; large ones get a second more for each 64 KiB received. */
static void set_body_deadline(RmsHttpConnection *self)
{
    self->read_deadline = self->body_since + (gint64) self->server->limits.body_timeout_ms * 1000 +
                          (gint64) (self->parser.body_bytes / (64 * 1024)) * G_USEC_PER_SEC;
}

/* The tenant takes no more at the moment; that is not the caller's fault. */
static void pause_body(RmsHttpConnection *self)
{
    if (self->body_paused_at == 0) {
        self->body_paused_at = get_now(self);
        self->read_deadline = 0;
    }
}

static void resume_body(RmsHttpConnection *self)
{
    if (self->body_paused_at != 0) {
        self->body_since += get_now(self) - self->body_paused_at;
        self->body_paused_at = 0;
        set_body_deadline(self);
    }
}

void rms_http_connection_relay(RmsHttpConnection *self)
{
    self->state = RMS_HTTP_RELAY;
    self->read_deadline = 0;
    if (self->parser.complete) {
        rms_relay_end_request(&self->relay);
    } else {
        self->body_since = get_now(self);
        self->body_paused_at = 0;
        set_body_deadline(self);
    }
}

/* Feeds the body to the relay. Returns: whether there is reason to go on at once. */
static gboolean advance_body(RmsHttpConnection *self)
{
    RmsHttpProblem problem = {0, NULL};
    gsize room = rms_relay_get_room(&self->relay);
    gsize consumed = 0;

    if (room == 0) {
        pause_body(self);
        return FALSE;
    }
    resume_body(self);
    if (rms_buffer_length(&self->in) == 0) {
        return read_more(self);
    }
    if (!rms_http_parser_feed(&self->parser,
                              rms_buffer_peek(&self->in),
                              MIN(rms_buffer_length(&self->in), room),
                              rms_http_request_push,
                              self,
                              &consumed,
                              &problem)) {
        break_off(self, problem.status, problem.text);
        return TRUE;
    }
    rms_buffer_consume(&self->in, consumed);
    if (self->parser.complete) {
        self->read_deadline = 0;
        rms_relay_end_request(&self->relay);
    } else {
        set_body_deadline(self);
    }
    return TRUE;
}

/* Returns: whether there is reason to go on at once. */
static gboolean advance_relay(RmsHttpConnection *self)
{
    switch (self->relay.state) {
    case RMS_RELAY_ANSWERED:
        rms_http_request_relayed(self);
        rms_relay_clear(&self->relay);
        rms_http_connection_answered(self);
        return TRUE;
    case RMS_RELAY_BROKEN:
        self->abrupt = TRUE;
        rms_http_connection_close(self);
        return FALSE;
    case RMS_RELAY_ACTIVE:
    case RMS_RELAY_IDLE:
        break;
    }
    rms_relay_drained(&self->relay);
    return !self->parser.complete && advance_body(self);
}

static gboolean advance_linger(RmsHttpConnection *self)
{
    gsize length = rms_buffer_length(&self->in);

    self->lingered_bytes += length;
    rms_buffer_clear(&self->in);
    if (self->lingered_bytes > RMS_MAX_DISCARDED_BYTES) {
        rms_http_connection_close(self);
        return FALSE;
    }
    return read_more(self);
}

static gboolean advance(RmsHttpConnection *self)
{
    if (!flush(self)) {
        return FALSE;
    }
    switch (self->state) {
    case RMS_HTTP_HEAD:
        return advance_head(self);
    case RMS_HTTP_RELAY:
        return advance_relay(self);
    case RMS_HTTP_DISCARD:
        return advance_discard(self);
    case RMS_HTTP_LAST:
        if (rms_buffer_length(&self->out) > 0) {
            return FALSE;
        }
        begin_linger(self);
        return TRUE;
    case RMS_HTTP_LINGER:
        return advance_linger(self);
    case RMS_HTTP_CLOSED:
        break;
    }
    return FALSE;
}

static void on_deadline_passed(RmsTimer *timer);

static void plan_deadline(RmsHttpConnection *self)
{
    gint64 deadline = self->read_deadline;

    if (self->write_deadline != 0 && (deadline == 0 || self->write_deadline < deadline)) {
        deadline = self->write_deadline;
    }
    if (deadline != 0) {
        rms_timer_set(&self->timer, self->server->loop, deadline, on_deadline_passed);
    } else {
        rms_timer_clear(&self->timer);
    }
}

static void run(RmsHttpConnection *self)
{
    self->budget = STEP_BUDGET_BYTES;
    while (self->budget > 0 && advance(self)) {
    }
    if (self->state == RMS_HTTP_CLOSED) {
        return;
    }
    if (self->budget == 0) {
        rms_watch_wake(&self->transport.watch);
    }
    plan_deadline(self);
}

static void on_connection_stepped(RmsWatch *watch, guint32 events)
{
    RmsHttpConnection *self = RMS_CONTAINER_OF(watch, RmsHttpConnection, transport.watch);

    rms_transport_note(&self->transport, events);
    if (self->state == RMS_HTTP_RELAY && (events & (EPOLLHUP | EPOLLERR))) {
        /* Nobody is left to answer. One that only ended its own side still listens. */
        rms_http_connection_close(self);
        return;
    }
    run(self);
}

static void on_deadline_passed(RmsTimer *timer)
{
    RmsHttpConnection *self = RMS_CONTAINER_OF(timer, RmsHttpConnection, timer);
    gint64 now = get_now(self);

    if (self->write_deadline != 0 && self->write_deadline <= now) {
        self->abrupt = TRUE;
        rms_http_connection_close(self);
        return;
    }
    if (self->read_deadline == 0 || self->read_deadline > now) {
        plan_deadline(self);
        return;
    }
    switch (self->state) {
    case RMS_HTTP_HEAD:
        if (rms_buffer_length(&self->out) > 0) {
            /* Nobody looks at the head yet; the clock of the answer before it runs. */
            set_read_deadline(self, self->server->limits.header_timeout_ms);
            plan_deadline(self);
            return;
        }
        if (rms_buffer_length(&self->in) > 0) {
            rms_http_request_refuse(self, 408, "The request did not arrive in time.");
            run(self);
            return;
        }
        break;
    case RMS_HTTP_RELAY:
        break_off(self, 408, "The body did not arrive in time.");
        run(self);
        return;
    case RMS_HTTP_DISCARD:
    case RMS_HTTP_LAST:
    case RMS_HTTP_LINGER:
    case RMS_HTTP_CLOSED:
        break;
    }
    rms_http_connection_close(self);
}

/* IPv4 callers on a dual-stack socket look like IPv6 ones; both sides do. */
static gboolean is_same_address(const struct sockaddr_storage *a, const struct sockaddr_storage *b)
{
    if (a->ss_family != b->ss_family) {
        return FALSE;
    }
    if (a->ss_family == AF_INET) {
        return ((const struct sockaddr_in *) a)->sin_addr.s_addr ==
               ((const struct sockaddr_in *) b)->sin_addr.s_addr;
    }
    return memcmp(&((const struct sockaddr_in6 *) a)->sin6_addr,
                  &((const struct sockaddr_in6 *) b)->sin6_addr,
                  sizeof(struct in6_addr)) == 0;
}

static void describe_peer(RmsHttpConnection *self, const struct sockaddr_storage *peer)
{
    if (peer->ss_family == AF_INET) {
        inet_ntop(AF_INET,
                  &((const struct sockaddr_in *) peer)->sin_addr,
                  self->computer,
                  sizeof(self->computer));
    } else {
        const struct in6_addr *address = &((const struct sockaddr_in6 *) peer)->sin6_addr;

        if (IN6_IS_ADDR_V4MAPPED(address)) {
            inet_ntop(AF_INET, &address->s6_addr[12], self->computer, sizeof(self->computer));
        } else {
            inet_ntop(AF_INET6, address, self->computer, sizeof(self->computer));
        }
    }
}

void rms_http_connection_start(RmsHttpServer *server,
                               int fd,
                               const RmsListener *listener,
                               const struct sockaddr_storage *peer)
{
    RmsHttpConnection *self = g_new0(RmsHttpConnection, 1);
    struct sockaddr_storage local = {0};
    socklen_t local_length = sizeof(local);
    SSL *ssl = NULL;

    self->server = server;
    self->https = listener->https;
    self->metrics = listener->metrics;
    self->in.cache = server->blocks;
    self->out.cache = server->blocks;
    self->link.data = self;
    self->idle_link.data = self;
    rms_http_parser_init(&self->parser, HTTP_REQUEST, RMS_MAX_BODY_BYTES);
    if (getsockname(fd, (struct sockaddr *) &local, &local_length) == 0) {
        self->same_machine = is_same_address(&local, peer);
    }
    describe_peer(self, peer);
    if (self->https) {
        ssl = SSL_new(rms_tls_keeper_get_context(server->tls));
        if (ssl == NULL) {
            close(fd);
            g_free(self);
            return;
        }
        SSL_set_accept_state(ssl);
    }
    if (!rms_transport_open(&self->transport, server->loop, fd, ssl, on_connection_stepped, NULL)) {
        g_free(self);
        return;
    }
    g_queue_push_tail_link(&server->connections, &self->link);
    if (self->metrics) {
        server->n_metrics++;
    } else {
        rms_counters_add_connection(server->counters, self->https);
    }
    /* The first request, TLS handshake included, has to come as fast as any. */
    set_read_deadline(self, server->limits.header_timeout_ms);
    plan_deadline(self);
}
