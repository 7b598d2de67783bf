/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * CONNECT and its answer; see upstream-tunnel.h. When to try, and how often, is decided in
 * upstream-connection.c.
 */
#include "config.h"

#include "connector-core/upstream-tunnel.h"

#include "connector-core/http-parser.h"

#define READ_BYTES 4096

void rms_tunnel_begin(RmsTunnel *tunnel, RmsBlockCache *blocks, const char *host, guint16 port)
{
    gboolean bare = strchr(host, ':') == NULL;
    g_autofree char *authority =
        g_strdup_printf("%s%s%s:%u", bare ? "" : "[", host, bare ? "" : "]", port);

    rms_tunnel_clear(tunnel);
    tunnel->out.cache = blocks;
    tunnel->in.cache = blocks;
    rms_buffer_append_string(&tunnel->out, "CONNECT ");
    rms_buffer_append_string(&tunnel->out, authority);
    rms_buffer_append_string(&tunnel->out, " HTTP/1.1\r\nHost: ");
    rms_buffer_append_string(&tunnel->out, authority);
    rms_buffer_append_string(&tunnel->out, "\r\n\r\n");
}

void rms_tunnel_clear(RmsTunnel *tunnel)
{
    rms_buffer_clear(&tunnel->out);
    rms_buffer_clear(&tunnel->in);
    tunnel->line = 0;
}

static RmsIoStatus fail(char **reason, char *text)
{
    *reason = text;
    return RMS_IO_FAILED;
}

static RmsIoStatus judge_head(RmsTunnel *tunnel, gsize length, char **reason)
{
    g_autofree RmsHttpHead *head = g_new0(RmsHttpHead, 1);
    RmsHttpProblem problem = {0, NULL};
    RmsHttpParser parser;

    rms_http_parser_init(&parser, HTTP_RESPONSE, 0);
    if (!rms_http_parser_parse_head(
            &parser, rms_buffer_peek(&tunnel->in), length, head, &problem)) {
        return fail(reason, g_strdup("the proxy's answer is no HTTP"));
    }
    if (head->status / 100 != 2) {
        return fail(reason,
                    g_strdup_printf("the proxy refused to connect (status %u%s)",
                                    head->status,
                                    head->status == 407 ? ": it wants a password, which is not "
                                                          "supported; let this machine pass"
                                                        : ""));
    }
    /* In TLS the client speaks first: whatever stands here is not the tenant's. */
    if (length != rms_buffer_length(&tunnel->in)) {
        return fail(reason, g_strdup("the proxy sent something before the tenant could"));
    }
    return RMS_IO_DONE;
}

static RmsIoStatus read_head(RmsTunnel *tunnel, RmsTransport *transport, char **reason)
{
    while (rms_transport_may_read(transport)) {
        RmsHttpProblem problem = {0, NULL};
        char *room = rms_buffer_reserve(&tunnel->in, READ_BYTES);
        gsize length = 0;
        RmsIoStatus status = rms_transport_read(transport, room, READ_BYTES, &length);

        if (status == RMS_IO_AGAIN) {
            break;
        }
        if (status != RMS_IO_DONE) {
            return fail(reason, g_strdup("the proxy ended the connection"));
        }
        rms_buffer_commit(&tunnel->in, length);
        switch (rms_http_find_head(rms_buffer_peek(&tunnel->in),
                                   rms_buffer_length(&tunnel->in),
                                   &tunnel->line,
                                   &length,
                                   &problem)) {
        case RMS_HEAD_COMPLETE:
            return judge_head(tunnel, length, reason);
        case RMS_HEAD_BAD:
            return fail(reason, g_strdup("the proxy's answer is no HTTP"));
        case RMS_HEAD_INCOMPLETE:
            if (rms_buffer_length(&tunnel->in) > RMS_MAX_PROXY_HEAD_BYTES) {
                return fail(reason, g_strdup("the proxy's answer is too large"));
            }
            break;
        }
    }
    return RMS_IO_AGAIN;
}

RmsIoStatus rms_tunnel_advance(RmsTunnel *tunnel, RmsTransport *transport, char **reason)
{
    while (rms_buffer_length(&tunnel->out) > 0) {
        gsize length = 0;
        RmsIoStatus status = rms_transport_write(
            transport, rms_buffer_peek(&tunnel->out), rms_buffer_length(&tunnel->out), &length);

        if (status == RMS_IO_AGAIN) {
            return RMS_IO_AGAIN;
        }
        if (status != RMS_IO_DONE) {
            return fail(reason, rms_transport_dup_reason(transport));
        }
        rms_buffer_consume(&tunnel->out, length);
    }
    return read_head(tunnel, transport, reason);
}
