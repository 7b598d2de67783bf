/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One thread that polls all sockets; orders reach it by a lock and a wake-up descriptor.
 */
#include "config.h"

#include "test-directory-proxy.h"

#include <errno.h>
#include <gio/gnetworking.h>
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define MAX_PAIRS 32
#define NO_LIMIT G_MAXSIZE

typedef struct {
    int client;
    int server; /* -1: nothing behind it */
} Pair;

struct _TestProxy {
    TestProxyMode mode;
    struct sockaddr_in target;
    int listener;
    int wake;
    guint16 port;
    GThread *thread;

    GMutex lock;
    gboolean quit;
    guint connections;
    gboolean drop;
    gboolean frozen;
    gsize freeze_left;
    gsize reset_left;
    GByteArray *received;

    /* Of the thread only. */
    Pair pairs[MAX_PAIRS];
    guint n_pairs;
};

static void close_pair(TestProxy *proxy, guint index, gboolean reset)
{
    Pair *pair = &proxy->pairs[index];
    if (reset) {
        const struct linger at_once = {.l_onoff = 1};
        setsockopt(pair->client, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    }
    close(pair->client);
    if (pair->server >= 0)
        close(pair->server);
    *pair = proxy->pairs[--proxy->n_pairs];
}

static void take_connection(TestProxy *proxy)
{
    int client = accept(proxy->listener, NULL, NULL);
    if (client < 0)
        return;
    g_assert(proxy->n_pairs < MAX_PAIRS);
    int server = -1;
    if (proxy->mode == TEST_PROXY_RELAY) {
        server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        int rc = connect(server, (struct sockaddr *) &proxy->target, sizeof proxy->target);
        g_assert(rc == 0);
    }
    proxy->pairs[proxy->n_pairs++] = (Pair){client, server};
    g_mutex_lock(&proxy->lock);
    proxy->connections++;
    g_mutex_unlock(&proxy->lock);
}

/* From the client. Returns: FALSE when the pair is done. */
static gboolean move_up(TestProxy *proxy, Pair *pair)
{
    guint8 buffer[16384];
    gssize got = read(pair->client, buffer, sizeof buffer);
    if (got <= 0)
        return FALSE;
    g_mutex_lock(&proxy->lock);
    gboolean first = proxy->received->len == 0;
    g_byte_array_append(proxy->received, buffer, (guint) got);
    g_mutex_unlock(&proxy->lock);
    if (proxy->mode == TEST_PROXY_NO_START_TLS && first) {
        /* LDAPMessage 1, ExtendedResponse, protocolError, two empty strings (RFC 4511 §4.12). */
        const guint8 refusal[] = {
            0x30, 0x0c, 0x02, 0x01, 0x01, 0x78, 0x07, 0x0a, 0x01, 0x02, 0x04, 0x00, 0x04, 0x00};
        (void) !send(pair->client, refusal, sizeof refusal, MSG_NOSIGNAL);
    }
    return pair->server < 0 || send(pair->server, buffer, (gsize) got, MSG_NOSIGNAL) == got;
}

/* From the server, as far as orders allow. Returns: FALSE when the pair is done. */
static gboolean move_down(TestProxy *proxy, Pair *pair, gboolean *reset)
{
    guint8 buffer[16384];
    g_mutex_lock(&proxy->lock);
    gsize allowed = MIN(sizeof buffer, MIN(proxy->freeze_left, proxy->reset_left));
    g_mutex_unlock(&proxy->lock);
    gssize got = allowed > 0 ? read(pair->server, buffer, allowed) : 0;
    if (allowed > 0 && got <= 0)
        return FALSE;
    gboolean sent = got == 0 || send(pair->client, buffer, (gsize) got, MSG_NOSIGNAL) == got;

    g_mutex_lock(&proxy->lock);
    if (proxy->freeze_left != NO_LIMIT) {
        proxy->freeze_left -= (gsize) got;
        proxy->frozen = proxy->freeze_left == 0;
    }
    if (proxy->reset_left != NO_LIMIT) {
        proxy->reset_left -= (gsize) got;
        *reset = proxy->reset_left == 0;
    }
    if (*reset)
        proxy->reset_left = NO_LIMIT;
    g_mutex_unlock(&proxy->lock);
    return sent && !*reset;
}

static gpointer run(gpointer data)
{
    TestProxy *proxy = data;
    while (TRUE) {
        struct pollfd fds[2 + 2 * MAX_PAIRS];
        g_mutex_lock(&proxy->lock);
        gboolean quit = proxy->quit;
        gboolean frozen = proxy->frozen;
        gboolean drop = proxy->drop;
        proxy->drop = FALSE;
        g_mutex_unlock(&proxy->lock);
        if (quit)
            break;
        while (drop && proxy->n_pairs > 0)
            close_pair(proxy, 0, FALSE);
        guint n_pairs = proxy->n_pairs;
        fds[0] = (struct pollfd){.fd = proxy->wake, .events = POLLIN};
        fds[1] = (struct pollfd){.fd = proxy->listener, .events = POLLIN};
        for (guint i = 0; i < n_pairs; i++) {
            /* A frozen relay takes nothing from the server, but still what clients send. */
            fds[2 + 2 * i] = (struct pollfd){.fd = proxy->pairs[i].client, .events = POLLIN};
            fds[3 + 2 * i] =
                (struct pollfd){.fd = frozen ? -1 : proxy->pairs[i].server, .events = POLLIN};
        }
        poll(fds, 2 + 2 * n_pairs, -1);

        guint64 count;
        if (fds[0].revents != 0)
            (void) !read(proxy->wake, &count, sizeof count);
        for (guint i = n_pairs; i > 0; i--) {
            Pair *pair = &proxy->pairs[i - 1];
            gboolean reset = FALSE;
            if ((fds[2 * i].revents != 0 && !move_up(proxy, pair)) ||
                (fds[2 * i + 1].revents != 0 && !move_down(proxy, pair, &reset)))
                close_pair(proxy, i - 1, reset);
        }
        if (fds[1].revents != 0)
            take_connection(proxy);
    }
    while (proxy->n_pairs > 0)
        close_pair(proxy, 0, FALSE);
    return NULL;
}

static struct sockaddr_in make_address(const char *text, guint16 port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    int rc = inet_pton(AF_INET, text, &address.sin_addr);
    g_assert(rc == 1);
    return address;
}

static TestProxy *
start(const char *address, TestProxyMode mode, const char *target, guint16 target_port)
{
    TestProxy *proxy = g_new0(TestProxy, 1);
    g_mutex_init(&proxy->lock);
    proxy->mode = mode;
    proxy->freeze_left = NO_LIMIT;
    proxy->reset_left = NO_LIMIT;
    proxy->received = g_byte_array_new();
    proxy->target = make_address(target, target_port);

    struct sockaddr_in own = make_address(address, 0);
    socklen_t size = sizeof own;
    proxy->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int rc = bind(proxy->listener, (struct sockaddr *) &own, sizeof own);
    g_assert(rc == 0);
    rc = listen(proxy->listener, 16);
    g_assert(rc == 0);
    rc = getsockname(proxy->listener, (struct sockaddr *) &own, &size);
    g_assert(rc == 0);
    proxy->port = ntohs(own.sin_port);
    proxy->wake = eventfd(0, EFD_CLOEXEC);
    proxy->thread = g_thread_new("proxy", run, proxy);
    return proxy;
}

TestProxy *test_proxy_new(const char *address, TestProxyMode mode)
{
    return start(address, mode, address, 0);
}

TestProxy *test_proxy_new_relay(const char *address, const char *target, guint16 target_port)
{
    return start(address, TEST_PROXY_RELAY, target, target_port);
}

static void wake(TestProxy *proxy)
{
    const guint64 one = 1;
    (void) !write(proxy->wake, &one, sizeof one);
}

void test_proxy_free(TestProxy *proxy)
{
    g_mutex_lock(&proxy->lock);
    proxy->quit = TRUE;
    g_mutex_unlock(&proxy->lock);
    wake(proxy);
    g_thread_join(proxy->thread);
    close(proxy->listener);
    close(proxy->wake);
    g_byte_array_unref(proxy->received);
    g_mutex_clear(&proxy->lock);
    g_free(proxy);
}

guint16 test_proxy_get_port(TestProxy *proxy)
{
    return proxy->port;
}

guint test_proxy_get_connections(TestProxy *proxy)
{
    g_mutex_lock(&proxy->lock);
    guint connections = proxy->connections;
    g_mutex_unlock(&proxy->lock);
    return connections;
}

void test_proxy_freeze_after(TestProxy *proxy, gsize bytes)
{
    g_mutex_lock(&proxy->lock);
    proxy->freeze_left = bytes;
    proxy->frozen = bytes == 0;
    g_mutex_unlock(&proxy->lock);
    wake(proxy);
}

void test_proxy_thaw(TestProxy *proxy)
{
    g_mutex_lock(&proxy->lock);
    proxy->freeze_left = NO_LIMIT;
    proxy->frozen = FALSE;
    g_mutex_unlock(&proxy->lock);
    wake(proxy);
}

void test_proxy_reset_after(TestProxy *proxy, gsize bytes)
{
    g_assert(bytes > 0);
    g_mutex_lock(&proxy->lock);
    proxy->reset_left = bytes;
    g_mutex_unlock(&proxy->lock);
    wake(proxy);
}

void test_proxy_drop(TestProxy *proxy)
{
    g_mutex_lock(&proxy->lock);
    proxy->drop = TRUE;
    g_mutex_unlock(&proxy->lock);
    wake(proxy);
}

GBytes *test_proxy_dup_received(TestProxy *proxy)
{
    g_mutex_lock(&proxy->lock);
    GBytes *bytes = g_bytes_new(proxy->received->data, proxy->received->len);
    g_mutex_unlock(&proxy->lock);
    return bytes;
}
