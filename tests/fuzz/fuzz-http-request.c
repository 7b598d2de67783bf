/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a caller sends, through the whole server: the same answers come however the bytes arrive.
 *
 * The first byte says where the stream is cut in two; the rest is the stream. Identity is that of
 * fake-caller.c, and there is no tenant, so a call that is admitted gets the retryable fault.
 */
#include "config.h"

#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "connector-core/http-connection-private.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static RmsHttpServer *get_server(void)
{
    static const RmsConnectorSettings settings = {.connector_name = (char *) "connector.example",
                                                  .http_address = (char *) "127.0.0.1:0"};
    static RmsHttpServer *server = NULL;

    if (server == NULL) {
        g_autoptr(RmsServerList) list = rms_server_list_new();

        /* What the stand-ins would log. */
        if (freopen("/dev/null", "w", stdout) == NULL) {
            g_assert_not_reached();
        }
        server = rms_http_server_new(&settings, rms_acceptor_new("", NULL), NULL, NULL, NULL);
        g_assert_nonnull(server);
        g_assert_true(rms_http_server_listen(server, NULL));
        rms_http_server_set_admission(server, rms_admission_new(list, NULL));
    }
    return server;
}

static void settle(void)
{
    /* One round hands over to the next at most a few times. */
    for (guint idle = 0; idle < 3;) {
        idle = g_main_context_iteration(NULL, FALSE) ? 0 : idle + 1;
    }
}

/* Adds what has come back; whether more may come. */
static gboolean collect(int fd, GString *answers)
{
    char bytes[16 * 1024];
    gssize n;

    while ((n = recv(fd, bytes, sizeof(bytes), MSG_DONTWAIT)) > 0) {
        g_string_append_len(answers, bytes, n);
    }
    return n != 0;
}

/* Sends @data in two pieces. Returns: (transfer full): the status lines of what came back. */
static GString *talk(const char *data, gsize length, gsize cut)
{
    RmsHttpServer *server = get_server();
    struct sockaddr_storage peer = {.ss_family = AF_INET};
    g_autoptr(GString) answers = g_string_new(NULL);
    GString *statuses = g_string_new(NULL);
    const gsize ends[] = {cut, length};
    gsize sent = 0;
    int pair[2];

    g_assert_cmpint(
        socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair), ==, 0);
    rms_http_connection_start(server, pair[0], &server->listeners[RMS_LISTENER_HTTP], &peer);
    for (guint i = 0; i < G_N_ELEMENTS(ends); i++) {
        while (sent < ends[i]) {
            gssize n = send(pair[1], data + sent, ends[i] - sent, MSG_NOSIGNAL);

            if (n <= 0) {
                break; /* it has ended the connection */
            }
            sent += (gsize) n;
        }
        settle();
        collect(pair[1], answers);
    }
    shutdown(pair[1], SHUT_WR);
    while (server->connections.length > 0) {
        settle();
        collect(pair[1], answers);
    }
    collect(pair[1], answers);
    close(pair[1]);
    settle();

    g_assert_true(answers->len == 0 || g_str_has_prefix(answers->str, "HTTP/1.1 "));
    for (const char *at = answers->str; (at = strstr(at, "HTTP/1.1 ")) != NULL; at++) {
        g_string_append_len(statuses, at, strcspn(at, "\r"));
        g_string_append_c(statuses, '\n');
    }
    return statuses;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    GString *whole;
    GString *pieces;

    if (size < 2) {
        return 0;
    }
    whole = talk((const char *) data + 1, size - 1, size - 1);
    pieces = talk((const char *) data + 1, size - 1, MIN(data[0], size - 1));
    if (!g_string_equal(whole, pieces)) {
        g_error("whole:\n%spieces:\n%s", whole->str, pieces->str);
    }
    g_string_free(whole, TRUE);
    g_string_free(pieces, TRUE);
    return 0;
}
