/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A SoupServer on one address (soup-listen.h).
 */
#include "config.h"

#include "tests/lab/tenant-simulator/soup-listen.h"

#define RECEIVED "rms-sim-received"   /* bytes of the body so far */
#define TOO_LARGE "rms-sim-too-large" /* set: over the ceiling */
#define CEILING "rms-sim-ceiling"

static void on_chunk(SoupServerMessage *message, GBytes *chunk, gpointer data)
{
    gsize ceiling = GPOINTER_TO_SIZE(data);
    gsize received = GPOINTER_TO_SIZE(g_object_get_data(G_OBJECT(message), RECEIVED));
    received += g_bytes_get_size(chunk);
    g_object_set_data(G_OBJECT(message), RECEIVED, GSIZE_TO_POINTER(received));
    if (received > ceiling && !rms_sim_soup_is_too_large(message)) {
        SoupMessageBody *body = soup_server_message_get_request_body(message);
        soup_message_body_set_accumulate(body, FALSE);
        soup_message_body_truncate(body);
        g_object_set_data(G_OBJECT(message), TOO_LARGE, GINT_TO_POINTER(TRUE));
    }
}

static void on_request_started(SoupServer *soup, SoupServerMessage *message, gpointer data)
{
    g_signal_connect(
        message, "got-chunk", G_CALLBACK(on_chunk), g_object_get_data(G_OBJECT(soup), CEILING));
}

gboolean rms_sim_soup_is_too_large(SoupServerMessage *message)
{
    return g_object_get_data(G_OBJECT(message), TOO_LARGE) != NULL;
}

GBytes *rms_sim_soup_dup_body(SoupServerMessage *message)
{
    if (rms_sim_soup_is_too_large(message))
        return g_bytes_new(NULL, 0);
    return soup_message_body_flatten(soup_server_message_get_request_body(message));
}

SoupServer *rms_sim_soup_listen(const RmsSimListener *listener,
                                GTlsCertificate *certificate,
                                gsize max_body,
                                SoupServerCallback handler,
                                gpointer user_data,
                                guint *port,
                                GError **error)
{
    g_autoptr(GSocketAddress) address =
        g_inet_socket_address_new_from_string(listener->address, (guint) listener->port);
    g_autoptr(SoupServer) soup = soup_server_new("tls-certificate", certificate, NULL);
    g_object_set_data(G_OBJECT(soup), CEILING, GSIZE_TO_POINTER(max_body));
    g_signal_connect(soup, "request-started", G_CALLBACK(on_request_started), NULL);
    soup_server_add_handler(soup, NULL, handler, user_data, NULL);
    if (!soup_server_listen(
            soup, address, certificate != NULL ? SOUP_SERVER_LISTEN_HTTPS : 0, error)) {
        g_prefix_error(error, "%s port %d: ", listener->address, (int) listener->port);
        return NULL;
    }
    GSList *uris = soup_server_get_uris(soup);
    *port = (guint) g_uri_get_port(uris->data);
    g_slist_free_full(uris, (GDestroyNotify) g_uri_unref);
    return g_steal_pointer(&soup);
}
