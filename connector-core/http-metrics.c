/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The listener for counters: `GET /metrics` on a loopback address, and nothing else.
 *
 * There is no authentication, so only processes of this machine may ask: other addresses are
 * refused when the connector starts. A web page that a local browser shows must not ask either,
 * whatever name it makes resolve to 127.0.0.1; so the Host has to be an address or localhost.
 */
#include "config.h"

#include "connector-core/http-connection-private.h"

#include <string.h>

#define PATH "/metrics"
#define OPENMETRICS "application/openmetrics-text"

gboolean rms_http_metrics_is_allowed(const char *address)
{
    g_autoptr(GSocketConnectable) parsed = g_network_address_parse(address, 0, NULL);
    g_autoptr(GInetAddress) inet = NULL;

    if (parsed != NULL) {
        inet = g_inet_address_new_from_string(
            g_network_address_get_hostname(G_NETWORK_ADDRESS(parsed)));
    }
    return inet != NULL && g_inet_address_get_is_loopback(inet);
}

static gboolean is_local_host(const RmsText *host)
{
    g_autofree char *text = g_strndup(host->data, host->length);
    g_autoptr(GSocketConnectable) parsed = g_network_address_parse(text, 0, NULL);
    const char *name =
        parsed != NULL ? g_network_address_get_hostname(G_NETWORK_ADDRESS(parsed)) : NULL;

    return name != NULL &&
           (g_hostname_is_ip_address(name) || g_ascii_strcasecmp(name, "localhost") == 0);
}

static gboolean accepts_openmetrics(const RmsHttpHead *head)
{
    for (guint i = 0; i < head->n_fields; i++) {
        if (rms_text_equal(&head->fields[i].name, "accept")) {
            return memmem(head->fields[i].value.data,
                          head->fields[i].value.length,
                          OPENMETRICS,
                          strlen(OPENMETRICS)) != NULL;
        }
    }
    return FALSE;
}

static void refuse(RmsHttpConnection *self, guint status, const char *fields, const char *sentence)
{
    rms_http_answer_text(&self->out, &self->request, status, fields, sentence);
}

void rms_http_metrics_answer(RmsHttpConnection *self, const RmsHttpHead *head)
{
    gboolean openmetrics = accepts_openmetrics(head);
    const char *query = memchr(head->target.data, '?', head->target.length);
    gsize length = query != NULL ? (gsize) (query - head->target.data) : head->target.length;
    g_autoptr(GString) text = NULL;
    RmsGauges gauges = {0};

    if (head->body != RMS_BODY_NONE) {
        self->request.keep_alive = FALSE;
    }
    if (head->host.data == NULL || !is_local_host(&head->host)) {
        refuse(self, 421, NULL, "Ask for counters by address.");
        return;
    }
    if (length != strlen(PATH) || memcmp(head->target.data, PATH, length) != 0) {
        refuse(self, 404, NULL, "Counters are at " PATH ".");
        return;
    }
    if (head->method != HTTP_GET && head->method != HTTP_HEAD) {
        refuse(self, 405, "Allow: GET, HEAD\r\n", "Counters can be read only.");
        return;
    }
    text = g_string_sized_new(32 * 1024);
    rms_http_server_read_gauges(self->server, &gauges);
    rms_counters_write(self->server->counters, &gauges, openmetrics, text);
    rms_http_answer_whole(&self->out,
                          &self->request,
                          200,
                          openmetrics ? OPENMETRICS "; version=1.0.0; charset=utf-8"
                                      : "text/plain; version=0.0.4; charset=utf-8",
                          NULL,
                          text->str,
                          text->len);
}
