/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The real HTTP server with stand-ins for identity (fake-caller.c), driven by the socket tests.
 *
 *     http-host KEY=VALUE…
 *
 * Keys: http, https, metrics, cert, key, ca, proxy, tenant, and the limits named in set_limit().
 * Prints `READY http-port https-port metrics-port`, then what is logged. Takes commands on standard
 * input: `tenant URL`, `token TEXT SECONDS-LEFT`, `addresses FIRST SECOND`, `list loaded|none`,
 * `drain MILLISECONDS`, `quit`, `tick` (nothing); answers each by `OK`.
 */
#include "config.h"

#include "connector-core/http-server-private.h"
#include "connector-core/upstream-private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <glib-unix.h>

typedef struct {
    GMainLoop *main_loop;
    RmsHttpServer *server;
    GIOChannel *input;
} Host;

static void say(const char *word)
{
    puts(word);
    fflush(stdout);
}

static gboolean on_drained(gpointer user_data)
{
    say("DRAINED");
    return G_SOURCE_REMOVE;
}

static void set_token(Host *host, const char *text, const char *seconds)
{
    g_autoptr(RmsSecret) token = rms_secret_new(text, -1);

    rms_http_server_set_token(
        host->server, token, g_get_real_time() / G_USEC_PER_SEC + atoi(seconds));
}

static void set_list(Host *host, gboolean loaded)
{
    g_autoptr(RmsServerList) list = loaded ? rms_server_list_new() : NULL;

    rms_http_server_set_admission(host->server, rms_admission_new(list, NULL));
}

/* What the resolver would find: @first, then @second. */
static void set_addresses(Host *host, const char *first, const char *second)
{
    RmsUpstreamPool *pool = host->server->pool;

    g_resolver_free_addresses(pool->addresses);
    pool->addresses = g_list_append(NULL, g_inet_address_new_from_string(first));
    pool->addresses = g_list_append(pool->addresses, g_inet_address_new_from_string(second));
    pool->n_addresses = 2;
    pool->addresses_until = G_MAXINT64;
}

static void obey(Host *host, char **words)
{
    if (strcmp(words[0], "tenant") == 0) {
        rms_http_server_set_tenant(host->server, words[1]);
    } else if (strcmp(words[0], "token") == 0) {
        set_token(host, words[1], words[2]);
    } else if (strcmp(words[0], "addresses") == 0) {
        set_addresses(host, words[1], words[2]);
    } else if (strcmp(words[0], "list") == 0) {
        set_list(host, strcmp(words[1], "loaded") == 0);
    } else if (strcmp(words[0], "drain") == 0) {
        rms_http_server_drain(host->server, (guint) atoi(words[1]), on_drained, NULL);
    } else if (strcmp(words[0], "quit") == 0) {
        g_main_loop_quit(host->main_loop);
    }
    say("OK");
}

static gboolean on_command_arrived(GIOChannel *input, GIOCondition condition, gpointer user_data)
{
    Host *host = user_data;
    g_autofree char *line = NULL;
    g_auto(GStrv) words = NULL;

    if (g_io_channel_read_line(input, &line, NULL, NULL, NULL) != G_IO_STATUS_NORMAL) {
        g_main_loop_quit(host->main_loop);
        return G_SOURCE_REMOVE;
    }
    words = g_strsplit(g_strchomp(line), " ", 3);
    obey(host, words);
    return G_SOURCE_CONTINUE;
}

static void set_limit(RmsHttpServer *server, const char *name, const char *value)
{
    RmsHttpLimits *limits = rms_http_server_get_limits(server);
    RmsUpstreamLimits *upstream = rms_upstream_pool_get_limits(server->pool);
    const struct {
        const char *name;
        guint *slot;
    } known[] = {
        {"header",               &limits->header_timeout_ms   },
        {"body",                 &limits->body_timeout_ms     },
        {"idle",                 &limits->idle_timeout_ms     },
        {"write",                &limits->write_timeout_ms    },
        {"linger",               &limits->linger_ms           },
        {"connections",          &limits->max_connections     },
        {"connect",              &upstream->connect_timeout_ms},
        {"answer",               &upstream->answer_timeout_ms },
        {"upstream-idle",        &upstream->idle_ms           },
        {"upstream-connections", &upstream->max_connections   },
        {"upstream-waiting",     &upstream->max_waiting       },
    };

    for (guint i = 0; i < G_N_ELEMENTS(known); i++) {
        if (strcmp(name, known[i].name) == 0) {
            *known[i].slot = (guint) atoi(value);
        }
    }
}

/* Returns: (nullable): the value of @name in the arguments. */
static char *get_value(int argc, char **argv, const char *name)
{
    for (int i = 1; i < argc; i++) {
        if (g_str_has_prefix(argv[i], name) && argv[i][strlen(name)] == '=') {
            return argv[i] + strlen(name) + 1;
        }
    }
    return NULL;
}

int main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(RmsAcceptor) acceptor = rms_acceptor_new("", NULL);
    RmsConnectorSettings settings = {.connector_name = "rmsconnector.contoso.example",
                                     .http_address = get_value(argc, argv, "http"),
                                     .https_address = get_value(argc, argv, "https"),
                                     .certificate_file = get_value(argc, argv, "cert"),
                                     .key_file = get_value(argc, argv, "key"),
                                     .metrics_address = get_value(argc, argv, "metrics"),
                                     .upstream_proxy = get_value(argc, argv, "proxy"),
                                     .upstream_ca_file = get_value(argc, argv, "ca")};
    Host host = {0};

    host.server = rms_http_server_new(&settings, acceptor, NULL, NULL, &error);
    if (host.server != NULL) {
        for (int i = 1; i < argc; i++) {
            g_auto(GStrv) pair = g_strsplit(argv[i], "=", 2);

            set_limit(host.server, pair[0], pair[1]);
        }
    }
    if (host.server == NULL || !rms_http_server_listen(host.server, &error)) {
        printf("ERROR %s\n", error->message);
        g_clear_pointer(&host.server, rms_http_server_free);
        return 1;
    }
    set_list(&host, TRUE);
    if (get_value(argc, argv, "tenant") != NULL) {
        rms_http_server_set_tenant(host.server, get_value(argc, argv, "tenant"));
        set_token(&host, "tenant-token", "3600");
    }
    host.main_loop = g_main_loop_new(NULL, FALSE);
    host.input = g_io_channel_unix_new(STDIN_FILENO);
    g_io_add_watch(host.input, G_IO_IN | G_IO_HUP, on_command_arrived, &host);
    printf("READY %u %u %u\n",
           rms_http_server_get_port(host.server, RMS_LISTENER_HTTP),
           rms_http_server_get_port(host.server, RMS_LISTENER_HTTPS),
           rms_http_server_get_port(host.server, RMS_LISTENER_METRICS));
    fflush(stdout);
    g_main_loop_run(host.main_loop);
    rms_http_server_free(host.server);
    g_io_channel_unref(host.input);
    g_main_loop_unref(host.main_loop);
    return 0;
}
