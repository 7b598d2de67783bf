/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The HTTPS listener (server.h).
 */
#include "config.h"

#include "tests/lab/tenant-simulator/server.h"

#include <libsoup/soup.h>

#include "tests/lab/tenant-simulator/limits.h"
#include "tests/lab/tenant-simulator/soup-listen.h"

struct _RmsSimServer {
    RmsSimTenant *tenant;
    RmsSimFaults *faults;
    RmsSimRequestLog *log;
    SoupServer *soup;
    GHashTable *delayed; /* of Delayed, a set that owns */
};

/* An answer that waits for its time. */
typedef struct {
    RmsSimServer *server;
    SoupServerMessage *message;
    guint source;
} Delayed;

static void free_delayed(gpointer data)
{
    Delayed *delayed = data;
    g_clear_handle_id(&delayed->source, g_source_remove);
    g_object_unref(delayed->message);
    g_free(delayed);
}

static gboolean on_delay_elapsed(gpointer data)
{
    Delayed *delayed = data;
    delayed->source = 0;
    soup_server_message_unpause(delayed->message);
    g_hash_table_remove(delayed->server->delayed, delayed);
    return G_SOURCE_REMOVE;
}

static void delay(RmsSimServer *server, SoupServerMessage *message, guint milliseconds)
{
    Delayed *delayed = g_new0(Delayed, 1);
    delayed->server = server;
    delayed->message = g_object_ref(message);
    delayed->source = g_timeout_add(milliseconds, on_delay_elapsed, delayed);
    g_hash_table_add(server->delayed, delayed);
    soup_server_message_pause(message);
}

static void on_closed(GObject *source, GAsyncResult *result, gpointer data)
{
    g_io_stream_close_finish(G_IO_STREAM(source), result, NULL);
}

static void on_cut_written(GObject *source, GAsyncResult *result, gpointer data)
{
    g_autoptr(GIOStream) stream = data;
    g_output_stream_write_all_finish(G_OUTPUT_STREAM(source), result, NULL, NULL);
    g_io_stream_close_async(stream, G_PRIORITY_DEFAULT, NULL, on_closed, NULL);
}

/* The head of the whole answer, @length bytes of its body, then the end of the connection. */
static void send_cut(SoupServerMessage *message, const RmsSimExchange *exchange, gsize length)
{
    gsize whole = g_bytes_get_size(exchange->answer);
    g_autoptr(GString) text = g_string_new(NULL);
    g_string_append_printf(text,
                           "HTTP/1.1 %u %s\r\nContent-Type: %s\r\nContent-Length: %" G_GSIZE_FORMAT
                           "\r\n\r\n",
                           exchange->status,
                           soup_status_get_phrase(exchange->status),
                           exchange->content_type != NULL ? exchange->content_type : "text/plain",
                           whole);
    if (whole > 0)
        g_string_append_len(
            text, g_bytes_get_data(exchange->answer, NULL), (gssize) MIN(length, whole));
    g_autoptr(GIOStream) stream = soup_server_message_steal_connection(message);
    GOutputStream *output = g_io_stream_get_output_stream(stream);
    g_autoptr(GBytes) bytes = g_string_free_to_bytes(g_steal_pointer(&text));
    gsize size = 0;
    gconstpointer data = g_bytes_get_data(bytes, &size);
    /* The bytes live as long as the stream, which is all that the operation keeps. */
    g_object_set_data_full(
        G_OBJECT(stream), "rms-answer", g_steal_pointer(&bytes), (GDestroyNotify) g_bytes_unref);
    g_output_stream_write_all_async(
        output, data, size, G_PRIORITY_DEFAULT, NULL, on_cut_written, g_steal_pointer(&stream));
}

static void disconnect(SoupServerMessage *message)
{
    g_autoptr(GIOStream) stream = soup_server_message_steal_connection(message);
    g_io_stream_close_async(stream, G_PRIORITY_DEFAULT, NULL, on_closed, NULL);
}

static void send_answer(SoupServerMessage *message, const RmsSimExchange *exchange)
{
    SoupMessageHeaders *headers = soup_server_message_get_response_headers(message);
    soup_server_message_set_status(message, exchange->status, NULL);
    if (exchange->content_type != NULL)
        soup_message_headers_replace(headers, "Content-Type", exchange->content_type);
    for (guint i = 0; i < exchange->response_headers->len; i++) {
        const RmsSimHeader *header = &g_array_index(exchange->response_headers, RmsSimHeader, i);
        soup_message_headers_replace(headers, header->name, header->value);
    }
    SoupMessageBody *body = soup_server_message_get_response_body(message);
    if (g_bytes_get_size(exchange->answer) > 0)
        soup_message_body_append_bytes(body, exchange->answer);
    soup_message_body_complete(body);
}

static const struct {
    void (*prepare)(RmsSimTenant *tenant, RmsSimExchange *exchange);
    void (*answer)(RmsSimTenant *tenant, RmsSimExchange *exchange);
} hosts[] = {
    [RMS_SIM_HOST_AUTHORITY] = {rms_sim_authority_prepare, rms_sim_authority_answer},
    [RMS_SIM_HOST_DISCOVERY] = {rms_sim_discovery_prepare, rms_sim_discovery_answer},
    [RMS_SIM_HOST_ADMIN] = {rms_sim_admin_prepare,     rms_sim_admin_answer    },
    [RMS_SIM_HOST_RMS] = {rms_sim_rms_host_prepare,  rms_sim_rms_host_answer },
};

static RmsSimExchange *
new_exchange(RmsSimServer *server, SoupServerMessage *message, const char *path)
{
    RmsSimExchange *exchange = rms_sim_exchange_new();
    GUri *uri = soup_server_message_get_uri(message);
    exchange->host_name = g_strdup(g_uri_get_host(uri));
    exchange->host = rms_sim_config_find_host(server->tenant->config, exchange->host_name);
    exchange->method = g_strdup(soup_server_message_get_method(message));
    exchange->path = g_strdup(path);
    exchange->query = g_strdup(g_uri_get_query(uri));
    exchange->body = rms_sim_soup_dup_body(message);
    SoupMessageHeadersIter iter;
    const char *name = NULL;
    const char *value = NULL;
    soup_message_headers_iter_init(&iter, soup_server_message_get_request_headers(message));
    while (soup_message_headers_iter_next(&iter, &name, &value))
        rms_sim_exchange_add_request_header(exchange, name, value);
    return exchange;
}

static void on_request(SoupServer *soup,
                       SoupServerMessage *message,
                       const char *path,
                       GHashTable *query,
                       gpointer data)
{
    RmsSimServer *server = data;
    g_autoptr(RmsSimExchange) exchange = new_exchange(server, message, path);
    gboolean known = exchange->host != RMS_SIM_HOST_UNKNOWN;
    gboolean too_large = rms_sim_soup_is_too_large(message);
    if (known && !too_large)
        hosts[exchange->host].prepare(server->tenant, exchange);
    const RmsSimFault *fault = rms_sim_faults_take(server->faults, exchange);
    if (too_large)
        rms_sim_exchange_answer_text(exchange, 413, "The request is too large.\n");
    else if (!known)
        rms_sim_exchange_answer_text(exchange, 421, "No such host here.\n");
    else if (fault == NULL || !rms_sim_fault_replaces(fault))
        hosts[exchange->host].answer(server->tenant, exchange);
    g_autofree char *done = fault == NULL ? NULL : rms_sim_fault_apply(fault, exchange);
    rms_sim_request_log_add(server->log, exchange, done, exchange->answer);

    if (fault != NULL && fault->disconnect) {
        disconnect(message);
    } else if (fault != NULL && fault->cut_after != -1) {
        send_cut(message, exchange, (gsize) fault->cut_after);
    } else {
        send_answer(message, exchange);
        if (fault != NULL && fault->delay_ms > 0)
            delay(server, message, (guint) fault->delay_ms);
    }
}

RmsSimServer *rms_sim_server_new(
    RmsSimTenant *tenant, RmsSimFaults *faults, RmsSimRequestLog *log, guint *port, GError **error)
{
    const RmsSimListener *listener = &tenant->config->listen;
    g_autoptr(GTlsCertificate) certificate =
        g_tls_certificate_new_from_files(listener->certificate, listener->key, error);
    if (certificate == NULL) {
        g_prefix_error(error, "%s, %s: ", listener->certificate, listener->key);
        return NULL;
    }
    g_autoptr(RmsSimServer) server = g_new0(RmsSimServer, 1);
    server->tenant = tenant;
    server->faults = faults;
    server->log = log;
    server->delayed = g_hash_table_new_full(NULL, NULL, free_delayed, NULL);
    server->soup = rms_sim_soup_listen(
        listener, certificate, RMS_SIM_MAX_BODY, on_request, server, port, error);
    return server->soup == NULL ? NULL : g_steal_pointer(&server);
}

void rms_sim_server_free(RmsSimServer *server)
{
    if (server == NULL)
        return;
    g_clear_pointer(&server->delayed, g_hash_table_unref);
    if (server->soup != NULL)
        soup_server_disconnect(server->soup);
    g_clear_object(&server->soup);
    g_free(server);
}
