/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Heads, bodies and failures of one relayed call; see relay.h.
 *
 * What the tenant answers and what the caller gets (protocol.md §2.11: Exchange takes 3xx, 401,
 * 403, 404, 502, 503, 504 for final and retries a 500):
 *
 *     tenant                                    caller
 *     2xx with a body                           as it is
 *     500 with a body (a SOAP fault)            as it is, byte by byte
 *     400 405 406 410 413 415 422               as it is: about the caller's own request
 *     200 or 500 without a body, 204            retryable fault; "empty response": TLS inspection
 *     2xx as text/html                          retryable fault: a proxy's page, not SOAP
 *     401 403                                   retryable fault: it is the connector's credential
 *     1xx                                       skipped (101: retryable fault)
 *     anything else: 3xx 404 407 408 429 5xx …  retryable fault
 *     no name, no connection, no TLS, no answer
 *     in time, broken off before a byte went out  retryable fault
 *     broken off later                          the connection ends with a reset
 *
 * Every retryable fault is also event 3000, once a minute for each kind.
 */
#include "config.h"

#include "connector-core/relay.h"

#include "connector-core/limits.h"
#include "connector-core/soap-fault.h"
#include "connector-core/upstream-connection.h"
#include "connector-core/upstream-contract.h"
#include "connector-core/upstream-pool.h"

/* Whether a Connection field names @name as meant for one hop (RFC 9110 §7.6.1). */
static gboolean is_named_by_connection(const RmsHttpHead *head, const RmsText *name)
{
    for (guint i = 0; i < head->n_fields; i++) {
        if (head->fields[i].kind == RMS_FIELD_CONNECTION &&
            rms_text_has_token(&head->fields[i].value, name)) {
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean has_connection_field(const RmsHttpHead *head)
{
    for (guint i = 0; i < head->n_fields; i++) {
        if (head->fields[i].kind == RMS_FIELD_CONNECTION) {
            return TRUE;
        }
    }
    return FALSE;
}

/* The fields that travel from end to end, in either direction. */
static void append_fields(RmsBuffer *out, const RmsHttpHead *head)
{
    gboolean check = has_connection_field(head);

    for (guint i = 0; i < head->n_fields; i++) {
        const RmsHttpField *field = &head->fields[i];

        switch (field->kind) {
        case RMS_FIELD_OTHER:
        case RMS_FIELD_CONTENT_TYPE:
        case RMS_FIELD_DATE:
            if (!check || !is_named_by_connection(head, &field->name)) {
                rms_buffer_append(out, field->name.data, field->name.length);
                rms_buffer_append(out, ": ", 2);
                rms_buffer_append(out, field->value.data, field->value.length);
                rms_buffer_append(out, "\r\n", 2);
            }
            break;
        case RMS_FIELD_HOST:
        case RMS_FIELD_AUTHORIZATION:
        case RMS_FIELD_CONNECTION:
        case RMS_FIELD_CONTENT_LENGTH:
        case RMS_FIELD_TRANSFER_ENCODING:
        case RMS_FIELD_EXPECT:
        case RMS_FIELD_HOP:
        case RMS_FIELD_COOKIE:
        case RMS_FIELD_CHALLENGE:
        case RMS_FIELD_SITE:
        case RMS_FIELD_CONNECTOR:
            break;
        }
    }
}

static void append_length(RmsBuffer *out, guint64 length)
{
    rms_buffer_append_string(out, "Content-Length: ");
    rms_buffer_append_number(out, length, 10);
    rms_buffer_append(out, "\r\n\r\n", 4);
}

static void append_chunk_size(RmsBuffer *out, gsize length)
{
    rms_buffer_append_number(out, length, 16);
    rms_buffer_append(out, "\r\n", 2);
}

void rms_relay_start(RmsRelay *relay,
                     RmsUpstreamPool *pool,
                     RmsWatch *client,
                     RmsBuffer *out,
                     RmsHttpRequest *request,
                     const RmsHttpHead *head,
                     RmsEntry *entry)
{
    RmsSecret *token = rms_upstream_pool_get_token(pool);
    RmsBuffer *to_tenant = &relay->to_tenant;

    memset(relay, 0, sizeof(*relay));
    relay->state = RMS_RELAY_ACTIVE;
    relay->pool = pool;
    relay->client = client;
    relay->out = out;
    relay->request = request;
    relay->waiting_link.data = relay;
    to_tenant->cache = rms_upstream_pool_get_blocks(pool);
    to_tenant->sensitive = TRUE;
    if (rms_upstream_pool_get_authority(pool) == NULL) {
        rms_relay_fail(relay, RMS_TROUBLE_NO_TENANT, NULL);
        return;
    }
    if (token == NULL) {
        rms_relay_fail(relay, RMS_TROUBLE_NO_TOKEN, NULL);
        return;
    }
    /* The path as the table has it: nothing of the target that a caller wrote goes further. */
    rms_buffer_append_string(to_tenant, "POST ");
    rms_buffer_append_string(to_tenant, request->service->path);
    rms_buffer_append_string(to_tenant, " HTTP/1.1\r\nHost: ");
    rms_buffer_append_string(to_tenant, rms_upstream_pool_get_authority(pool));
    rms_buffer_append(to_tenant, "\r\n", 2);
    rms_upstream_contract_append(to_tenant, token, entry);
    append_fields(to_tenant, head);
    relay->chunked_request = head->body == RMS_BODY_CHUNKED;
    if (relay->chunked_request) {
        rms_buffer_append_string(to_tenant, "Transfer-Encoding: chunked\r\n\r\n");
    } else {
        append_length(to_tenant, head->content_length);
    }
}

gsize rms_relay_get_room(const RmsRelay *relay)
{
    gsize used = rms_buffer_length(&relay->to_tenant);

    return used < RMS_RELAY_WINDOW_BYTES ? RMS_RELAY_WINDOW_BYTES - used : 0;
}

/* Tells the tenant's side that there is something to send. */
static void offer(RmsRelay *relay)
{
    if (!relay->dispatched) {
        relay->service_since = g_get_monotonic_time();
        relay->dispatched = TRUE;
        rms_upstream_pool_request(relay->pool, relay);
    } else if (relay->upstream != NULL) {
        rms_upstream_connection_wake(relay->upstream);
    }
}

void rms_relay_push(const char *data, gsize length, gpointer user_data)
{
    RmsRelay *relay = user_data;

    if (relay->state != RMS_RELAY_ACTIVE) {
        return;
    }
    if (relay->chunked_request) {
        append_chunk_size(&relay->to_tenant, length);
    }
    rms_buffer_append(&relay->to_tenant, data, length);
    if (relay->chunked_request) {
        rms_buffer_append(&relay->to_tenant, "\r\n", 2);
    }
    if (relay->dispatched || rms_buffer_length(&relay->to_tenant) >= RMS_RELAY_DISPATCH_BYTES) {
        offer(relay);
    }
}

void rms_relay_end_request(RmsRelay *relay)
{
    if (relay->state != RMS_RELAY_ACTIVE) {
        return;
    }
    if (relay->chunked_request) {
        rms_buffer_append_string(&relay->to_tenant, "0\r\n\r\n");
    }
    relay->request_complete = TRUE;
    if (relay->dispatched) {
        relay->service_since =
            g_get_monotonic_time(); /* until now the caller was slow, not the tenant */
    }
    offer(relay);
}

void rms_relay_drained(RmsRelay *relay)
{
    if (relay->answer_paused && relay->upstream != NULL &&
        rms_buffer_length(relay->out) <= RMS_RELAY_WINDOW_BYTES / 2) {
        relay->answer_paused = FALSE;
        rms_upstream_connection_wake(relay->upstream);
    }
}

RmsCallResult rms_relay_get_result(const RmsRelay *relay)
{
    if (relay->failed) {
        return RMS_CALL_UNAVAILABLE;
    }
    return relay->answer_status / 100 == 2 ? RMS_CALL_SUCCEEDED : RMS_CALL_FAULT;
}

void rms_relay_clear(RmsRelay *relay)
{
    if (relay->state == RMS_RELAY_IDLE) {
        return;
    }
    rms_upstream_pool_cancel(relay->pool, relay);
    rms_buffer_clear(&relay->to_tenant);
    memset(relay, 0, sizeof(*relay));
}

static void finish(RmsRelay *relay, RmsRelayState state)
{
    if (relay->service_since != 0) {
        relay->service_usec = g_get_monotonic_time() - relay->service_since;
    }
    relay->state = state;
    relay->hold = FALSE;
    rms_buffer_clear(&relay->to_tenant);
    rms_watch_wake(relay->client);
}

/* The sentence of event 3000. */
static char *describe_trouble(RmsRelay *relay, RmsTroubleKind kind, const char *reason)
{
    const char *host = rms_upstream_pool_get_authority(relay->pool);

    switch (kind) {
    case RMS_TROUBLE_NO_TENANT:
        return g_strdup("A call could not be relayed: the connector does not know its tenant yet. "
                        "Sign in with the console.");
    case RMS_TROUBLE_NO_TOKEN:
        return g_strdup_printf("A call could not be relayed: the connector has no valid credential "
                               "for its tenant %s. Check that its sign-in works.",
                               host);
    case RMS_TROUBLE_NAME:
        return g_strdup_printf(
            "The tenant's name %s could not be resolved: %s. Check DNS.", host, reason);
    case RMS_TROUBLE_CONNECT:
        return g_strdup_printf("No connection to the tenant %s: %s. Check that this machine may "
                               "reach it over HTTPS.",
                               host,
                               reason);
    case RMS_TROUBLE_TLS:
        return g_strdup_printf("No TLS connection to the tenant %s: %s. TLS inspection between the "
                               "connector and the cloud is not supported.",
                               host,
                               reason);
    case RMS_TROUBLE_TIMEOUT:
        return g_strdup_printf("The tenant %s did not answer in time.", host);
    case RMS_TROUBLE_CUT:
        return g_strdup_printf("The tenant %s ended the connection before its answer was complete: "
                               "%s.",
                               host,
                               reason);
    case RMS_TROUBLE_EMPTY:
        return g_strdup_printf("Empty response from the tenant %s (status %s). This points to TLS "
                               "inspection between the connector and the cloud, which is not "
                               "supported.",
                               host,
                               reason);
    case RMS_TROUBLE_NOT_SOAP:
        return g_strdup_printf("The answer of the tenant %s is none of its service: %s. A proxy or "
                               "TLS inspection may stand in between.",
                               host,
                               reason);
    case RMS_TROUBLE_TOKEN_REFUSED:
        return g_strdup_printf("The tenant %s refused the connector's credential (status %s). "
                               "Check the connector's application and its permissions.",
                               host,
                               reason);
    case RMS_TROUBLE_STATUS:
        return g_strdup_printf(
            "The tenant %s answered with status %s instead of serving the call.", host, reason);
    case RMS_TROUBLE_TOO_LARGE:
        return g_strdup_printf("The answer of the tenant %s is too large.", host);
    case RMS_TROUBLE_OVERLOAD:
        return g_strdup_printf("Too many calls wait for a connection to the tenant %s.", host);
    case RMS_TROUBLE_CONNECTIONS:
    case RMS_TROUBLE_CERTIFICATE:
        break;
    }
    return g_strdup("A call could not be relayed.");
}

void rms_relay_fail(RmsRelay *relay, RmsTroubleKind kind, const char *reason)
{
    g_autofree char *sentence = NULL;
    const char *type;
    const char *fault;

    g_return_if_fail(relay->state == RMS_RELAY_ACTIVE);

    sentence = describe_trouble(relay, kind, reason);
    rms_trouble_report(rms_upstream_pool_get_trouble(relay->pool), kind, sentence);
    if (relay->answer_begun && !relay->hold) {
        finish(relay, RMS_RELAY_BROKEN);
        return;
    }
    if (relay->answer_begun) {
        rms_buffer_truncate(relay->out, relay->mark);
    }
    relay->failed = TRUE;
    relay->answer_status = 500;
    fault = rms_soap_fault_retry(relay->request->soap12, &type);
    rms_http_answer_whole(relay->out, relay->request, 500, type, NULL, fault, strlen(fault));
    finish(relay, RMS_RELAY_ANSWERED);
}

static gboolean is_html(const RmsText *type)
{
    static const char html[] = "text/html";

    return type->length >= sizeof(html) - 1 &&
           g_ascii_strncasecmp(type->data, html, sizeof(html) - 1) == 0;
}

/* The table above. Returns: %FALSE: the answer is to be replaced, @kind says why. */
static gboolean judge_answer(const RmsHttpHead *head, RmsTroubleKind *kind)
{
    switch (head->status) {
    case 400:
    case 405:
    case 406:
    case 410:
    case 413:
    case 415:
    case 422:
        return TRUE;
    case 401:
    case 403:
        *kind = RMS_TROUBLE_TOKEN_REFUSED;
        return FALSE;
    default:
        break;
    }
    if (head->status != 500 && head->status / 100 != 2) {
        *kind = RMS_TROUBLE_STATUS;
        return FALSE;
    }
    if (head->body == RMS_BODY_NONE) {
        *kind = RMS_TROUBLE_EMPTY;
        return FALSE;
    }
    if (head->status != 500 && is_html(&head->content_type)) {
        *kind = RMS_TROUBLE_NOT_SOAP;
        return FALSE;
    }
    return TRUE;
}

static gboolean has_date(const RmsHttpHead *head)
{
    for (guint i = 0; i < head->n_fields; i++) {
        if (head->fields[i].kind == RMS_FIELD_DATE) {
            return TRUE;
        }
    }
    return FALSE;
}

gboolean rms_relay_answer_head(RmsRelay *relay, const RmsHttpHead *head)
{
    RmsHttpRequest *request = relay->request;
    RmsBuffer *out = relay->out;
    RmsTroubleKind kind;

    if (!judge_answer(head, &kind)) {
        g_autofree char *status = g_strdup_printf(
            kind == RMS_TROUBLE_NOT_SOAP ? "a web page with status %u" : "%u", head->status);

        rms_relay_fail(relay, kind, status);
        return FALSE;
    }
    if (head->body == RMS_BODY_LENGTH && head->content_length > RMS_MAX_ANSWER_BYTES) {
        rms_relay_fail(relay, RMS_TROUBLE_TOO_LARGE, NULL);
        return FALSE;
    }
    relay->mark = rms_buffer_length(out);
    relay->answer_begun = TRUE;
    relay->hold = TRUE;
    relay->answer_status = head->status;
    relay->needs_body = head->status == 500 || head->status / 100 == 2;
    if (head->body == RMS_BODY_CHUNKED || head->body == RMS_BODY_UNTIL_END) {
        relay->chunked_answer = request->minor > 0;
        if (!relay->chunked_answer) {
            request->keep_alive = FALSE; /* HTTP/1.0: the end of the connection ends the body */
        }
    }
    rms_http_answer_begin(out, request, head->status, !has_date(head));
    append_fields(out, head);
    if (relay->chunked_answer) {
        rms_buffer_append_string(out, "Transfer-Encoding: chunked\r\n\r\n");
    } else if (head->body == RMS_BODY_CHUNKED || head->body == RMS_BODY_UNTIL_END) {
        rms_buffer_append(out, "\r\n", 2);
    } else {
        append_length(out, head->content_length);
    }
    return TRUE;
}

void rms_relay_answer_body(const char *data, gsize length, gpointer user_data)
{
    RmsRelay *relay = user_data;
    RmsBuffer *out = relay->out;

    relay->answer_bytes += length;
    if (relay->chunked_answer) {
        append_chunk_size(out, length);
    }
    rms_buffer_append(out, data, length);
    if (relay->chunked_answer) {
        rms_buffer_append(out, "\r\n", 2);
    }
    if (rms_buffer_length(out) - relay->mark >= RMS_RELAY_HOLD_BYTES) {
        relay->hold = FALSE;
    }
    if (!relay->hold) {
        rms_watch_wake(relay->client);
    }
}

void rms_relay_answer_end(RmsRelay *relay)
{
    if (relay->answer_bytes == 0 && relay->needs_body) {
        g_autofree char *status = g_strdup_printf("%u", relay->answer_status);

        rms_relay_fail(relay, RMS_TROUBLE_EMPTY, status);
        return;
    }
    if (relay->chunked_answer) {
        rms_buffer_append_string(relay->out, "0\r\n\r\n");
    }
    finish(relay, RMS_RELAY_ANSWERED);
}

gsize rms_relay_get_answer_room(const RmsRelay *relay)
{
    gsize used = rms_buffer_length(relay->out);

    return used < RMS_RELAY_WINDOW_BYTES ? RMS_RELAY_WINDOW_BYTES - used : 0;
}
