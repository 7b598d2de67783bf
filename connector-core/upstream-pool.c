/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Who gets which connection to the tenant, and when there are too few; see upstream-pool.h.
 */
#include "config.h"

#include "connector-core/upstream-pool.h"
#include "connector-core/upstream-private.h"

#include "connector-core/connector.h"
#include "connector-core/limits.h"
#include "connector-core/tls-context.h"
#include "connector-core/upstream-contract.h"

/* The resolver tells no time to live; a change of address is noticed within this. */
#define ADDRESSES_USEC (30 * G_TIME_SPAN_SECOND)
/* A connection that was just used is taken as it is; after this long the kernel is asked first
 * whether the tenant has ended it. */
#define TRUST_USEC (1 * G_TIME_SPAN_SECOND)

static void on_pump_stepped(RmsWatch *watch, guint32 events);

/* OpenSSL hands over each new session; the newest is good for the next handshake. */
static int on_session_made(SSL *ssl, SSL_SESSION *session)
{
    RmsUpstreamPool *pool = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));

    SSL_SESSION_free(pool->session);
    pool->session = session;
    return 1;
}

/* `http://host:port`, without anything else: there is no way to authenticate to a proxy. The
 * setting is not repeated in errors, since somebody may have written a password into it. */
static gboolean set_proxy(RmsUpstreamPool *self, const char *url, GError **error)
{
    g_autoptr(GUri) uri = g_uri_parse(url, G_URI_FLAGS_NONE, NULL);
    const char *path = uri != NULL ? g_uri_get_path(uri) : NULL;

    if (uri == NULL || g_strcmp0(g_uri_get_scheme(uri), "http") != 0 ||
        g_uri_get_host(uri) == NULL || *g_uri_get_host(uri) == '\0' || g_uri_get_port(uri) <= 0 ||
        g_uri_get_userinfo(uri) != NULL || g_uri_get_query(uri) != NULL ||
        (*path != '\0' && strcmp(path, "/") != 0)) {
        g_set_error(error,
                    RMS_CONNECTOR_ERROR,
                    RMS_CONNECTOR_ERROR_SETTINGS,
                    "The outbound proxy has to be written as http://host:port; a proxy that wants "
                    "a user name, or TLS to itself, is not supported");
        return FALSE;
    }
    self->proxy_host = g_strdup(g_uri_get_host(uri));
    self->proxy_port = (guint16) g_uri_get_port(uri);
    return TRUE;
}

RmsUpstreamPool *rms_upstream_pool_new(const RmsConnectorSettings *settings,
                                       RmsBlockCache *blocks,
                                       RmsTrouble *trouble,
                                       GError **error)
{
    g_autoptr(RmsUpstreamPool) self = g_new0(RmsUpstreamPool, 1);

    self->blocks = blocks;
    self->trouble = trouble;
    self->limits = (RmsUpstreamLimits){
        .connect_timeout_ms = RMS_UPSTREAM_CONNECT_TIMEOUT_MS,
        .answer_timeout_ms = settings->upstream_timeout_ms != 0 ? settings->upstream_timeout_ms
                                                                : RMS_DEFAULT_UPSTREAM_TIMEOUT_MS,
        .idle_ms = RMS_UPSTREAM_IDLE_MS,
        .max_connections = RMS_UPSTREAM_MAX_CONNECTIONS,
        .max_waiting = RMS_MAX_WAITING_REQUESTS,
    };
    if (settings->upstream_proxy != NULL && !set_proxy(self, settings->upstream_proxy, error)) {
        return NULL;
    }
    self->tls = rms_tls_client_context_new(settings->upstream_ca_file, error);
    if (self->tls == NULL) {
        return NULL;
    }
    SSL_CTX_set_app_data(self->tls, self);
    SSL_CTX_set_session_cache_mode(self->tls,
                                   SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL_STORE);
    SSL_CTX_sess_set_new_cb(self->tls, on_session_made);
    return g_steal_pointer(&self);
}

void rms_upstream_pool_set_loop(RmsUpstreamPool *self, RmsIoLoop *loop)
{
    self->loop = loop;
    rms_watch_start(&self->pump, loop, -1, on_pump_stepped, NULL);
}

RmsUpstreamLimits *rms_upstream_pool_get_limits(RmsUpstreamPool *self)
{
    return &self->limits;
}

static void forget_addresses(RmsUpstreamPool *self)
{
    g_resolver_free_addresses(g_steal_pointer(&self->addresses));
    self->n_addresses = 0;
    self->good_address = 0;
}

static void cancel_lookup(RmsUpstreamPool *self)
{
    if (self->lookup != NULL) {
        g_cancellable_cancel(self->lookup);
        g_clear_object(&self->lookup);
    }
}

/* Takes the first waiting relay out of the queue. */
static RmsRelay *take_waiting(RmsUpstreamPool *self)
{
    GList *link = g_queue_pop_head_link(&self->waiting);
    RmsRelay *relay;

    if (link == NULL) {
        return NULL;
    }
    relay = link->data;
    relay->waiting = FALSE;
    return relay;
}

static void fail_all_waiting(RmsUpstreamPool *self, RmsTroubleKind kind, const char *reason)
{
    RmsRelay *relay;

    while ((relay = take_waiting(self)) != NULL) {
        rms_relay_fail(relay, kind, reason);
    }
}

/* Connections that nobody uses yet or any more. */
static void close_unused(RmsUpstreamPool *self)
{
    for (GList *link = self->all.head, *next; link != NULL; link = next) {
        RmsUpstreamConnection *connection = link->data;

        next = link->next;
        if (connection->relay == NULL) {
            rms_upstream_connection_close(connection, FALSE);
        }
    }
}

void rms_upstream_pool_free(RmsUpstreamPool *self)
{
    if (self == NULL) {
        return;
    }
    cancel_lookup(self);
    close_unused(self);
    rms_watch_stop(&self->pump);
    rms_timer_stop(&self->wait_timer);
    forget_addresses(self);
    g_clear_pointer(&self->session, SSL_SESSION_free);
    g_clear_pointer(&self->tls, SSL_CTX_free);
    g_clear_pointer(&self->token, rms_secret_unref);
    g_free(self->host);
    g_free(self->authority);
    g_free(self->proxy_host);
    g_free(self);
}

void rms_upstream_pool_set_tenant(RmsUpstreamPool *self, const char *url)
{
    g_autoptr(GUri) uri = url != NULL ? g_uri_parse(url, G_URI_FLAGS_NONE, NULL) : NULL;
    const char *host = uri != NULL ? g_uri_get_host(uri) : NULL;
    int port = uri != NULL && g_uri_get_port(uri) > 0 ? g_uri_get_port(uri) : 443;

    if (host != NULL && g_strcmp0(host, self->host) == 0 && port == self->port) {
        return;
    }
    /* The heads of those who wait name the old tenant. */
    fail_all_waiting(self, RMS_TROUBLE_CONNECT, "the tenant was changed");
    self->generation++;
    cancel_lookup(self);
    forget_addresses(self);
    g_clear_pointer(&self->session, SSL_SESSION_free);
    g_free(self->host);
    g_free(self->authority);
    self->host = g_strdup(host);
    self->port = (guint16) port;
    if (host == NULL) {
        self->authority = NULL;
    } else {
        /* An IPv6 address stands in brackets. */
        gboolean bare = strchr(host, ':') == NULL;
        g_autofree char *name = g_strdup_printf("%s%s%s", bare ? "" : "[", host, bare ? "" : "]");

        self->authority =
            port == 443 ? g_steal_pointer(&name) : g_strdup_printf("%s:%d", name, port);
    }
    close_unused(self);
}

void rms_upstream_pool_set_token(RmsUpstreamPool *self, RmsSecret *token, gint64 expires_at)
{
    g_clear_pointer(&self->token, rms_secret_unref);
    /* Anything else would be a way to forge header fields; it counts as no credential. */
    if (token != NULL && rms_upstream_contract_is_token(rms_secret_get(token))) {
        self->token = rms_secret_ref(token);
    }
    self->expires_at = expires_at;
}

RmsSecret *rms_upstream_pool_get_token(RmsUpstreamPool *self)
{
    return self->expires_at > g_get_real_time() / G_USEC_PER_SEC ? self->token : NULL;
}

const char *rms_upstream_pool_get_authority(RmsUpstreamPool *self)
{
    return self->authority;
}

gint64 rms_upstream_pool_get_token_end(RmsUpstreamPool *self)
{
    return self->token != NULL ? self->expires_at : 0;
}

void rms_upstream_pool_read_numbers(RmsUpstreamPool *self, RmsUpstreamNumbers *numbers)
{
    *numbers = self->numbers;
    numbers->connecting = self->n_connecting;
    numbers->idle = self->idle.length;
    numbers->busy = self->all.length - self->idle.length - self->n_connecting;
    numbers->waiting = self->waiting.length;
}

RmsTrouble *rms_upstream_pool_get_trouble(RmsUpstreamPool *self)
{
    return self->trouble;
}

RmsBlockCache *rms_upstream_pool_get_blocks(RmsUpstreamPool *self)
{
    return self->blocks;
}

/* Waiting */

static void on_wait_ended(RmsTimer *timer)
{
    RmsUpstreamPool *self = RMS_CONTAINER_OF(timer, RmsUpstreamPool, wait_timer);
    gint64 now = rms_io_loop_get_now(self->loop);
    GList *link;

    /* First come, first to lose patience: everybody waits equally long. */
    while ((link = self->waiting.head) != NULL) {
        RmsRelay *relay = link->data;

        if (relay->wait_until > now) {
            rms_timer_set(&self->wait_timer, self->loop, relay->wait_until, on_wait_ended);
            return;
        }
        take_waiting(self);
        rms_relay_fail(relay,
                       RMS_TROUBLE_CONNECT,
                       "none of its connections became free in time, and no new one was made");
    }
}

static void on_addresses_found(GObject *source, GAsyncResult *result, gpointer user_data);

static void look_up(RmsUpstreamPool *self)
{
    g_autoptr(GResolver) resolver = NULL;
    const char *host = self->proxy_host != NULL ? self->proxy_host : self->host;
    g_autoptr(GInetAddress) literal = g_inet_address_new_from_string(host);

    if (literal != NULL) {
        forget_addresses(self);
        self->addresses = g_list_prepend(NULL, g_steal_pointer(&literal));
        self->n_addresses = 1;
        self->addresses_until = G_MAXINT64;
        return;
    }
    if (self->lookup == NULL) {
        resolver = g_resolver_get_default();
        self->lookup = g_cancellable_new();
        g_resolver_lookup_by_name_async(resolver, host, self->lookup, on_addresses_found, self);
    }
}

/* Makes connections for those who wait, as many as there is reason and room for. A step of its own:
 * an attempt may fail at once and fail a call, which must not begin the next from inside. */
static void on_pump_stepped(RmsWatch *watch, guint32 events)
{
    RmsUpstreamPool *self = RMS_CONTAINER_OF(watch, RmsUpstreamPool, pump);

    if (self->waiting.length <= self->n_connecting || self->host == NULL) {
        return;
    }
    if (self->addresses == NULL || self->addresses_until <= rms_io_loop_get_now(self->loop)) {
        /* Old addresses serve until there are new ones. */
        look_up(self);
    }
    while (self->addresses != NULL && self->waiting.length > self->n_connecting &&
           self->all.length < self->limits.max_connections) {
        rms_upstream_connection_start(self);
    }
}

static void on_addresses_found(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GError) error = NULL;
    GList *addresses = g_resolver_lookup_by_name_finish(G_RESOLVER(source), result, &error);
    RmsUpstreamPool *self = user_data;

    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
        return; /* the pool has another tenant, or is no more */
    }
    g_clear_object(&self->lookup);
    if (addresses != NULL) {
        forget_addresses(self);
        self->addresses = addresses;
        self->n_addresses = g_list_length(addresses);
        self->addresses_until = rms_io_loop_get_now(self->loop) + ADDRESSES_USEC;
    } else if (self->addresses != NULL) {
        /* The name server is away; the tenant may be where it was. */
        self->addresses_until = rms_io_loop_get_now(self->loop) + ADDRESSES_USEC;
    } else {
        if (self->proxy_host != NULL) {
            g_autofree char *reason = g_strdup_printf(
                "the proxy's name %s could not be resolved: %s", self->proxy_host, error->message);

            fail_all_waiting(self, RMS_TROUBLE_CONNECT, reason);
        } else {
            fail_all_waiting(self, RMS_TROUBLE_NAME, error->message);
        }
    }
    rms_watch_wake(&self->pump);
}

/* Returns: (nullable): an idle connection that seems alive. */
static RmsUpstreamConnection *take_idle(RmsUpstreamPool *self)
{
    gint64 now = rms_io_loop_get_now(self->loop);

    for (GList *link = self->idle.head, *next; link != NULL; link = next) {
        RmsUpstreamConnection *connection = link->data;

        next = link->next;
        if (connection->transport.watch.queued) {
            continue; /* something came that it has not looked at yet: most likely its end */
        }
        if (now - connection->idle_since > TRUST_USEC &&
            !rms_transport_is_quiet(&connection->transport)) {
            rms_upstream_connection_wake(connection);
            continue;
        }
        g_queue_unlink(&self->idle, link);
        return connection;
    }
    return NULL;
}

void rms_upstream_pool_request(RmsUpstreamPool *self, RmsRelay *relay)
{
    RmsUpstreamConnection *connection;

    if (self->host == NULL) {
        rms_relay_fail(relay, RMS_TROUBLE_NO_TENANT, NULL);
        return;
    }
    connection = self->waiting.length == 0 ? take_idle(self) : NULL;
    if (connection != NULL) {
        rms_upstream_connection_assign(connection, relay);
        return;
    }
    if (self->waiting.length >= self->limits.max_waiting) {
        rms_relay_fail(relay, RMS_TROUBLE_OVERLOAD, NULL);
        return;
    }
    relay->waiting = TRUE;
    relay->wait_until =
        rms_io_loop_get_now(self->loop) + (gint64) self->limits.connect_timeout_ms * 1000;
    g_queue_push_tail_link(&self->waiting, &relay->waiting_link);
    if (self->waiting.length == 1) {
        rms_timer_set(&self->wait_timer, self->loop, relay->wait_until, on_wait_ended);
    }
    rms_watch_wake(&self->pump);
}

void rms_upstream_pool_cancel(RmsUpstreamPool *self, RmsRelay *relay)
{
    if (relay->waiting) {
        g_queue_unlink(&self->waiting, &relay->waiting_link);
        relay->waiting = FALSE;
    }
    if (relay->upstream != NULL) {
        rms_upstream_connection_close(relay->upstream, TRUE);
    }
}

void rms_upstream_pool_connected(RmsUpstreamPool *self, RmsUpstreamConnection *connection)
{
    self->numbers.n_connected++;
    self->numbers.n_resumed += SSL_session_reused(connection->transport.ssl) == 1;
    rms_upstream_pool_released(self, connection);
}

static void on_idle_ended(RmsTimer *timer)
{
    rms_upstream_connection_close(RMS_CONTAINER_OF(timer, RmsUpstreamConnection, timer), FALSE);
}

void rms_upstream_pool_released(RmsUpstreamPool *self, RmsUpstreamConnection *connection)
{
    RmsRelay *relay = take_waiting(self);

    if (relay != NULL) {
        rms_upstream_connection_assign(connection, relay);
        return;
    }
    connection->state = RMS_UPSTREAM_IDLE;
    connection->idle_since = rms_io_loop_get_now(self->loop);
    g_queue_push_head_link(&self->idle, &connection->idle_link);
    rms_timer_set(&connection->timer,
                  self->loop,
                  connection->idle_since + (gint64) self->limits.idle_ms * 1000,
                  on_idle_ended);
}

void rms_upstream_pool_connect_failed(RmsUpstreamPool *self,
                                      RmsTroubleKind kind,
                                      const char *reason)
{
    RmsRelay *relay = take_waiting(self);

    self->numbers.n_failed++;
    /* Each attempt was made for one who waits. */
    if (relay != NULL) {
        rms_relay_fail(relay, kind, reason);
    }
    rms_watch_wake(&self->pump);
}

void rms_upstream_pool_closed(RmsUpstreamPool *self)
{
    rms_watch_wake(&self->pump);
}
