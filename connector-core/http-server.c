/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Listeners, the number of connections, and the end; see http-server.h. One connection's life is
 * http-connection.c.
 */
#include "config.h"

#include "connector-core/http-server.h"
#include "connector-core/http-server-private.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "connector-core/connector.h"
#include "connector-core/http-connection-private.h"

#define BACKLOG 1024
/* Connections accepted before others get their turn. */
#define ACCEPT_BATCH 64
/* Pause after the process ran out of descriptors, unless a connection ends before. */
#define ACCEPT_PAUSE_USEC (500 * G_TIME_SPAN_MILLISECOND)
/* An idle connection makes room for a new one only if its client had time to use it again. */
#define MIN_IDLE_USEC (1 * G_TIME_SPAN_SECOND)
#define LINGER_MS (2 * 1000)
/* Who reads counters is one program, or two. */
#define MAX_METRICS_CONNECTIONS 8

static guint choose(guint setting, guint standard)
{
    return setting != 0 ? setting : standard;
}

RmsHttpServer *rms_http_server_new(const RmsConnectorSettings *settings,
                                   RmsAcceptor *acceptor,
                                   RmsContacts *contacts,
                                   RmsEventLog *events,
                                   GError **error)
{
    g_autoptr(RmsHttpServer) self = g_new0(RmsHttpServer, 1);

    self->settings = settings;
    self->acceptor = acceptor;
    self->contacts = contacts;
    self->events = events;
    self->limits = (RmsHttpLimits){
        .header_timeout_ms = choose(settings->header_timeout_ms, RMS_DEFAULT_HEADER_TIMEOUT_MS),
        .body_timeout_ms = choose(settings->body_timeout_ms, RMS_DEFAULT_BODY_TIMEOUT_MS),
        .idle_timeout_ms = choose(settings->idle_timeout_ms, RMS_DEFAULT_IDLE_TIMEOUT_MS),
        .write_timeout_ms = RMS_DEFAULT_WRITE_TIMEOUT_MS,
        .linger_ms = LINGER_MS,
        .max_connections = choose(settings->max_connections, RMS_DEFAULT_MAX_CONNECTIONS),
    };
    self->admission = rms_admission_new(NULL, NULL);
    self->blocks = rms_block_cache_new();
    self->trouble = rms_trouble_new(events);
    self->counters = rms_counters_new();
    for (guint i = 0; i < G_N_ELEMENTS(self->listeners); i++) {
        self->listeners[i].fd = -1;
        self->listeners[i].server = self;
    }
    if (settings->http_address == NULL && settings->https_address == NULL) {
        g_set_error(error,
                    RMS_CONNECTOR_ERROR,
                    RMS_CONNECTOR_ERROR_SETTINGS,
                    "No address to listen on: set an HTTP address, an HTTPS address, or both");
        return NULL;
    }
    if (settings->metrics_address != NULL &&
        !rms_http_metrics_is_allowed(settings->metrics_address)) {
        g_set_error(
            error,
            RMS_CONNECTOR_ERROR,
            RMS_CONNECTOR_ERROR_SETTINGS,
            "Counters cannot be served on %s: whoever asks for them is not authenticated, so "
            "only this machine may. Write a loopback address and a port, like "
            "127.0.0.1:9464, and let an agent on this machine collect them",
            settings->metrics_address);
        return NULL;
    }
    if (settings->https_address != NULL) {
        if (settings->certificate_file == NULL || settings->key_file == NULL) {
            g_set_error(error,
                        RMS_CONNECTOR_ERROR,
                        RMS_CONNECTOR_ERROR_SETTINGS,
                        "HTTPS on %s needs a certificate file and a key file",
                        settings->https_address);
            return NULL;
        }
        self->tls = rms_tls_keeper_new(settings->certificate_file,
                                       settings->key_file,
                                       settings->connector_name,
                                       events,
                                       error);
        if (self->tls == NULL) {
            return NULL;
        }
    }
    self->pool = rms_upstream_pool_new(settings, self->blocks, self->trouble, error);
    if (self->pool == NULL) {
        return NULL;
    }
    return g_steal_pointer(&self);
}

RmsHttpLimits *rms_http_server_get_limits(RmsHttpServer *self)
{
    return &self->limits;
}

static void set_accept_paused(RmsHttpServer *self, gboolean paused)
{
    if (self->accept_paused == paused) {
        return;
    }
    self->accept_paused = paused;
    if (!paused) {
        rms_timer_clear(&self->accept_timer);
        for (guint i = 0; i < G_N_ELEMENTS(self->listeners); i++) {
            rms_watch_wake(&self->listeners[i].watch);
        }
    }
}

static void on_accept_pause_ended(RmsTimer *timer)
{
    RmsHttpServer *self = RMS_CONTAINER_OF(timer, RmsHttpServer, accept_timer);

    set_accept_paused(self, FALSE);
}

/* The longest idle connection ends, if it was idle long enough. Returns: whether one did. */
static gboolean close_idle(RmsHttpServer *self, gint64 now)
{
    RmsHttpConnection *oldest = g_queue_peek_head(&self->idle);

    if (oldest == NULL || now - rms_http_connection_get_idle_since(oldest) < MIN_IDLE_USEC) {
        return FALSE;
    }
    rms_http_connection_close(oldest);
    return TRUE;
}

/* Callers beyond the limit wait in the kernel's queue: an answer of 503 would be final for them
 * (protocol.md §2.11), a moment of waiting is nothing. */
static gboolean has_place(RmsHttpServer *self, gint64 now)
{
    if (self->connections.length < self->limits.max_connections || close_idle(self, now)) {
        return TRUE;
    }
    rms_trouble_report(self->trouble,
                       RMS_TROUBLE_CONNECTIONS,
                       "The connector holds as many connections as it may; further servers wait. "
                       "Add a node, or raise the limit.");
    set_accept_paused(self, TRUE);
    rms_timer_set(&self->accept_timer, self->loop, now + ACCEPT_PAUSE_USEC, on_accept_pause_ended);
    return FALSE;
}

/* Returns: whether it is worth trying again at once. */
static gboolean accept_failed(RmsHttpServer *self, int code, gint64 now)
{
    switch (code) {
    case EAGAIN:
        return FALSE;
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM:
        rms_trouble_report(self->trouble,
                           RMS_TROUBLE_CONNECTIONS,
                           "The connector cannot take another connection: this machine or process "
                           "has no descriptors or memory left. Raise LimitNOFILE.");
        /* The descriptor of a closed connection is free at once. */
        if (close_idle(self, now)) {
            return TRUE;
        }
        set_accept_paused(self, TRUE);
        rms_timer_set(
            &self->accept_timer, self->loop, now + ACCEPT_PAUSE_USEC, on_accept_pause_ended);
        return FALSE;
    default:
        /* accept(2): the error of a connection that died in the queue. */
        return TRUE;
    }
}

static void on_listener_stepped(RmsWatch *watch, guint32 events)
{
    RmsListener *listener = RMS_CONTAINER_OF(watch, RmsListener, watch);
    RmsHttpServer *self = listener->server;
    gint64 now = rms_io_loop_get_now(self->loop);

    for (guint i = 0; i < ACCEPT_BATCH; i++) {
        struct sockaddr_storage peer = {0};
        socklen_t length = sizeof(peer);
        int on = 1;
        int fd;

        if (!listener->metrics && (self->accept_paused || !has_place(self, now))) {
            return;
        }
        fd =
            accept4(listener->fd, (struct sockaddr *) &peer, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0) {
            if (!accept_failed(self, errno, now)) {
                return;
            }
            continue;
        }
        if (listener->metrics && self->n_metrics >= MAX_METRICS_CONNECTIONS) {
            close(fd);
            continue;
        }
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
        rms_http_connection_start(self, fd, listener, &peer);
    }
    rms_watch_wake(watch);
}

/* Binds one socket. Returns: -1 with @error. */
static int open_listener(const char *address, GError **error)
{
    g_autoptr(GSocketConnectable) parsed = NULL;
    g_autoptr(GSocketAddress) socket_address = NULL;
    struct sockaddr_storage native;
    gssize length;
    int on = 1;
    int fd;

    parsed = g_network_address_parse(address, 0, NULL);
    if (parsed != NULL) {
        socket_address = g_inet_socket_address_new_from_string(
            g_network_address_get_hostname(G_NETWORK_ADDRESS(parsed)),
            g_network_address_get_port(G_NETWORK_ADDRESS(parsed)));
    }
    if (socket_address == NULL) {
        g_set_error(error,
                    RMS_CONNECTOR_ERROR,
                    RMS_CONNECTOR_ERROR_SETTINGS,
                    "%s is not an address to listen on; write an IP address and a port, like "
                    "192.0.2.10:443 or [2001:db8::10]:443",
                    address);
        return -1;
    }
    length = g_socket_address_get_native_size(socket_address);
    if (!g_socket_address_to_native(socket_address, &native, sizeof(native), error)) {
        return -1;
    }
    fd = socket(native.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd >= 0) {
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
        if (bind(fd, (struct sockaddr *) &native, (socklen_t) length) == 0 &&
            listen(fd, BACKLOG) == 0) {
            return fd;
        }
    }
    g_set_error(error,
                G_IO_ERROR,
                g_io_error_from_errno(errno),
                "Cannot listen on %s: %s%s",
                address,
                g_strerror(errno),
                errno == EADDRINUSE ? "; another program listens there"
                : errno == EACCES   ? "; ports below 1024 need the capability "
                                      "CAP_NET_BIND_SERVICE"
                                    : "");
    if (fd >= 0) {
        close(fd);
    }
    return -1;
}

static void close_listeners(RmsHttpServer *self)
{
    for (guint i = 0; i < G_N_ELEMENTS(self->listeners); i++) {
        RmsListener *listener = &self->listeners[i];

        rms_watch_stop(&listener->watch);
        if (listener->fd >= 0) {
            close(listener->fd);
            listener->fd = -1;
        }
    }
    rms_timer_stop(&self->accept_timer);
}

static gboolean
start_listener(RmsHttpServer *self, const char *address, RmsListenerKind kind, GError **error)
{
    RmsListener *listener = &self->listeners[kind];

    if (address == NULL) {
        return TRUE;
    }
    listener->https = kind == RMS_LISTENER_HTTPS;
    listener->metrics = kind == RMS_LISTENER_METRICS;
    listener->fd = open_listener(address, error);
    return listener->fd >= 0 &&
           rms_watch_start(&listener->watch, self->loop, listener->fd, on_listener_stepped, error);
}

gboolean rms_http_server_listen(RmsHttpServer *self, GError **error)
{
    g_return_val_if_fail(self->loop == NULL, FALSE);

    self->context = g_main_context_ref_thread_default();
    self->loop = rms_io_loop_new(error);
    if (self->loop == NULL) {
        return FALSE;
    }
    if (!start_listener(self, self->settings->http_address, RMS_LISTENER_HTTP, error) ||
        !start_listener(self, self->settings->https_address, RMS_LISTENER_HTTPS, error) ||
        !start_listener(self, self->settings->metrics_address, RMS_LISTENER_METRICS, error)) {
        close_listeners(self);
        g_clear_pointer(&self->loop, rms_io_loop_free);
        g_clear_pointer(&self->context, g_main_context_unref);
        return FALSE;
    }
    rms_upstream_pool_set_loop(self->pool, self->loop);
    if (self->tls != NULL) {
        rms_tls_keeper_start(self->tls);
    }
    return TRUE;
}

guint16 rms_http_server_get_port(RmsHttpServer *self, RmsListenerKind kind)
{
    struct sockaddr_storage address;
    socklen_t length = sizeof(address);
    int fd = self->listeners[kind].fd;

    if (fd < 0 || getsockname(fd, (struct sockaddr *) &address, &length) != 0) {
        return 0;
    }
    return g_ntohs(address.ss_family == AF_INET6 ? ((struct sockaddr_in6 *) &address)->sin6_port
                                                 : ((struct sockaddr_in *) &address)->sin_port);
}

static gboolean is_busy(RmsHttpServer *self)
{
    for (GList *link = self->connections.head; link != NULL; link = link->next) {
        if (rms_http_connection_is_busy(link->data)) {
            return TRUE;
        }
    }
    return FALSE;
}

static void close_connections(RmsHttpServer *self)
{
    while (self->connections.head != NULL) {
        rms_http_connection_close(self->connections.head->data);
    }
}

static gboolean on_drain_announced(gpointer user_data)
{
    RmsHttpServer *self = user_data;
    GSourceFunc done = g_steal_pointer(&self->drain_done);

    g_clear_pointer(&self->drain_source, g_source_unref);
    /* It may free the server. */
    done(self->drain_data);
    return G_SOURCE_REMOVE;
}

static void on_drained(RmsTimer *timer)
{
    RmsHttpServer *self = RMS_CONTAINER_OF(timer, RmsHttpServer, drain_timer);

    if (self->drain_source == NULL) {
        close_connections(self);
        rms_timer_clear(&self->drain_timer);
        self->drain_source = g_idle_source_new();
        g_source_set_callback(self->drain_source, on_drain_announced, self, NULL);
        g_source_attach(self->drain_source, self->context);
    }
}

void rms_http_server_connection_closed(RmsHttpServer *self)
{
    if (self->drain_done != NULL && self->drain_source == NULL && !is_busy(self)) {
        /* From the loop, not from inside a connection's step. */
        rms_timer_set(&self->drain_timer, self->loop, rms_io_loop_get_now(self->loop), on_drained);
    }
    if (self->accept_paused && !self->draining &&
        self->connections.length < self->limits.max_connections) {
        set_accept_paused(self, FALSE);
    }
}

void rms_http_server_drain(RmsHttpServer *self,
                           guint deadline_ms,
                           GSourceFunc done,
                           gpointer user_data)
{
    g_return_if_fail(self->loop != NULL && !self->draining && done != NULL);

    self->draining = TRUE;
    self->drain_done = done;
    self->drain_data = user_data;
    close_listeners(self);
    rms_timer_set(&self->drain_timer,
                  self->loop,
                  rms_io_loop_get_now(self->loop) + (gint64) deadline_ms * 1000,
                  on_drained);
    for (GList *link = self->connections.head, *next; link != NULL; link = next) {
        next = link->next;
        if (!rms_http_connection_is_busy(link->data)) {
            rms_http_connection_close(link->data);
        }
    }
    rms_http_server_connection_closed(self);
}

void rms_http_server_free(RmsHttpServer *self)
{
    if (self == NULL) {
        return;
    }
    self->draining = TRUE;
    self->drain_done = NULL;
    if (self->drain_source != NULL) {
        g_source_destroy(self->drain_source);
        g_clear_pointer(&self->drain_source, g_source_unref);
    }
    if (self->loop != NULL) {
        close_listeners(self);
        close_connections(self);
        rms_timer_stop(&self->drain_timer);
        g_clear_pointer(&self->pool, rms_upstream_pool_free);
        rms_io_loop_free(self->loop);
    }
    rms_upstream_pool_free(self->pool);
    g_clear_pointer(&self->context, g_main_context_unref);
    g_clear_pointer(&self->tls, rms_tls_keeper_free);
    rms_admission_free(self->admission);
    rms_trouble_free(self->trouble);
    rms_counters_free(self->counters);
    rms_block_cache_free(self->blocks);
    g_free(self);
}

void rms_http_server_read_gauges(RmsHttpServer *self, RmsGauges *gauges)
{
    gauges->connections = self->connections.length - self->n_metrics;
    gauges->idle_connections = self->idle.length;
    gauges->certificate_not_after = self->tls != NULL ? rms_tls_keeper_get_not_after(self->tls) : 0;
    gauges->credential_not_after = rms_upstream_pool_get_token_end(self->pool);
    rms_upstream_pool_read_numbers(self->pool, &gauges->upstream);
    gauges->trouble = self->trouble;
}

RmsCounters *rms_http_server_get_counters(RmsHttpServer *self)
{
    return self->counters;
}

void rms_http_server_set_admission(RmsHttpServer *self, RmsAdmission *admission)
{
    rms_admission_free(self->admission);
    self->admission = admission;
}

void rms_http_server_set_tenant(RmsHttpServer *self, const char *url)
{
    rms_upstream_pool_set_tenant(self->pool, url);
}

void rms_http_server_set_token(RmsHttpServer *self, RmsSecret *token, gint64 expires_at)
{
    rms_upstream_pool_set_token(self->pool, token, expires_at);
}
