/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What becomes of a request: framing → path → method → identity → admission → page or relay, each
 * with its own answer.
 *
 * Paths and methods are judged before identity: the table is no secret, and a scanner costs no
 * Kerberos. Service pages and OPTIONS need an identity but no entry in the list: the documented
 * installation check is an administrator's browser, before any server is authorized
 * (protocol.md §1.7). Only a call that would reach the tenant needs admission.
 */
#include "config.h"

#include "connector-core/http-connection-private.h"

#include "connector-core/service-page.h"
#include "connector-core/soap-fault.h"
#include "connector-core/upstream-pool.h"

#define ALLOW "Allow: GET, HEAD, POST, OPTIONS\r\n"

static void answer(RmsHttpConnection *self, guint status, const char *fields, const char *sentence)
{
    if (!self->metrics) {
        rms_counters_add_answer(self->server->counters, status);
    }
    rms_http_answer_text(&self->out, &self->request, status, fields, sentence);
}

/* A year, once there is nothing but HTTPS to be had here: a server that is told so by mistake could
 * not go back. */
static void decide_strict_transport(RmsHttpConnection *self)
{
    self->request.strict_transport =
        self->transport.ssl != NULL && self->server->settings->http_address == NULL;
}

void rms_http_request_refuse(RmsHttpConnection *self, guint status, const char *sentence)
{
    rms_http_connection_leave_idle(self);
    decide_strict_transport(self);
    self->request.keep_alive = FALSE;
    answer(self, status, NULL, sentence);
    rms_http_connection_answered(self);
}

void rms_http_request_connection_ended(RmsHttpConnection *self)
{
    if (self->caller != NULL) {
        rms_counters_add_call(self->server->counters, self->operation, RMS_CALL_ABORTED);
        g_clear_pointer(&self->caller, rms_caller_unref);
    }
    rms_decision_clear(&self->decision);
    memset(&self->decision, 0, sizeof(self->decision));
    /* A first request without a credential is a normal step; one that nothing ever followed is
     * worth an event. */
    if (self->anonymous_so_far) {
        self->anonymous_so_far = FALSE;
        rms_contacts_unidentified(
            self->server->contacts, RMS_AUTH_REASON_NO_CREDENTIAL, NULL, self->computer);
    }
}

void rms_http_request_tls_failed(RmsHttpConnection *self)
{
    rms_counters_add_handshake_failure(self->server->counters);
    if (self->transport.alert == SSL_AD_UNKNOWN_CA ||
        self->transport.alert == SSL_AD_BAD_CERTIFICATE ||
        self->transport.alert == SSL_AD_CERTIFICATE_EXPIRED ||
        self->transport.alert == SSL_AD_CERTIFICATE_UNKNOWN) {
        g_autofree char *sentence = g_strdup_printf(
            "The server at %s did not accept the connector's certificate (%s). Check that its "
            "authority is trusted there, that it names the connector and that it is valid.",
            self->computer,
            SSL_alert_desc_string_long(self->transport.alert));

        rms_trouble_report(self->server->trouble, RMS_TROUBLE_CERTIFICATE, sentence);
    }
}

/* RFC 9110 §7.2 and RFC 3986 §3.2.2: a name, an address, a port; nothing that needs escaping. */
static gboolean is_host(const RmsText *host)
{
    if (host->length == 0 || host->length > 255 + 6) {
        return FALSE;
    }
    for (gsize i = 0; i < host->length; i++) {
        if (!g_ascii_isalnum(host->data[i]) && strchr(".-_:[]", host->data[i]) == NULL) {
            return FALSE;
        }
    }
    return memchr(host->data, '\0', host->length) == NULL;
}

/* Splits the target into host (absolute form only), path and query, undecoded. */
static gboolean split_target(const RmsText *target, RmsText *host, RmsText *path, RmsText *query)
{
    static const char *const schemes[] = {"http://", "https://"};
    const char *at = target->data;
    const char *end = target->data + target->length;
    const char *mark;

    for (guint i = 0; i < G_N_ELEMENTS(schemes); i++) {
        gsize length = strlen(schemes[i]);

        if (target->length > length && g_ascii_strncasecmp(at, schemes[i], length) == 0) {
            at += length;
            mark = memchr(at, '/', (gsize) (end - at));
            /* RFC 9112 §3.2.2: the authority replaces what Host says. */
            *host = (RmsText){at, (gsize) ((mark != NULL ? mark : end) - at)};
            at = mark != NULL ? mark : end;
            break;
        }
    }
    if (at == end || *at != '/' || memchr(at, '#', (gsize) (end - at)) != NULL) {
        return FALSE;
    }
    mark = memchr(at, '?', (gsize) (end - at));
    *path = (RmsText){at, (gsize) ((mark != NULL ? mark : end) - at)};
    *query = (RmsText){mark != NULL ? mark + 1 : end, (gsize) (mark != NULL ? end - mark - 1 : 0)};
    return TRUE;
}

/* Methods that this server knows; a service takes the first four. */
static gboolean is_known_method(guint method)
{
    switch (method) {
    case HTTP_GET:
    case HTTP_HEAD:
    case HTTP_POST:
    case HTTP_OPTIONS:
    case HTTP_PUT:
    case HTTP_DELETE:
    case HTTP_PATCH:
    case HTTP_TRACE:
        return TRUE;
    default:
        return FALSE;
    }
}

static gboolean is_allowed_method(guint method)
{
    return method == HTTP_GET || method == HTTP_HEAD || method == HTTP_POST ||
           method == HTTP_OPTIONS;
}

/* What the head alone decides. Returns: the status to refuse with, 0: go on. Only 404, 405 and 417
 * leave the connection usable. */
static guint judge_head(const RmsHttpHead *head,
                        RmsHttpRequest *request,
                        RmsText *query,
                        RmsText *host,
                        const char **sentence)
{
    RmsText path;

    if (head->minor > 0 && head->host.data == NULL) {
        *sentence = "The Host is missing.";
        return 400;
    }
    *host = head->host;
    if (head->target.length > RMS_MAX_REQUEST_LINE_BYTES) {
        *sentence = "The request target is too long.";
        return 414;
    }
    if (!is_known_method(head->method)) {
        *sentence = "This method is not implemented.";
        return 501;
    }
    if (!split_target(&head->target, host, &path, query)) {
        *sentence = "The request target is malformed.";
        return 400;
    }
    if (host->data != NULL && !is_host(host)) {
        *sentence = "The Host is malformed.";
        return 400;
    }
    if (head->body == RMS_BODY_LENGTH && head->content_length > RMS_MAX_BODY_BYTES) {
        *sentence = "The body is too large.";
        return 413;
    }
    if (head->expect.data != NULL &&
        (head->minor == 0 || !rms_text_equal(&head->expect, "100-continue"))) {
        *sentence = "This expectation is not understood.";
        return 417;
    }
    request->service = rms_service_find(path.data, path.length);
    if (request->service == NULL) {
        *sentence = "There is no such service.";
        return 404;
    }
    if (!is_allowed_method(head->method)) {
        *sentence = "A service does not take this method.";
        return 405;
    }
    if (head->method == HTTP_POST && head->body == RMS_BODY_NONE && !head->has_length) {
        *sentence = "A POST has to say how long its body is.";
        return 411;
    }
    return 0;
}

/* A body that nobody wants is read only so far, then the connection has to end. */
static void drop_large_body(RmsHttpConnection *self, const RmsHttpHead *head)
{
    if (head->body == RMS_BODY_LENGTH && head->content_length > RMS_MAX_DISCARDED_BYTES) {
        self->request.keep_alive = FALSE;
    }
}

/* Returns: (transfer full) (nullable): the caller; without one the request is answered. */
static RmsCaller *authenticate(RmsHttpConnection *self, const RmsHttpHead *head)
{
    g_auto(RmsAuthResult) result = {0};
    const char *authorization = NULL;

    if (head->authorization.data != NULL) {
        /* The head is ours to write: what follows a value is its line end. */
        ((char *) head->authorization.data)[head->authorization.length] = '\0';
        authorization = head->authorization.data;
        self->anonymous_so_far = FALSE;
    }
    rms_acceptor_step(self->server->acceptor, &self->exchange, authorization, &result);
    self->request.reply_token = g_steal_pointer(&result.reply_token);
    switch (result.status) {
    case RMS_AUTH_DONE:
        return g_steal_pointer(&result.caller);
    case RMS_AUTH_CONTINUE:
        drop_large_body(self, head);
        self->request.offer_negotiate = TRUE;
        answer(self, 401, NULL, "The authentication goes on.");
        return NULL;
    case RMS_AUTH_REFUSED:
        break;
    }
    self->request.offer_negotiate = TRUE;
    drop_large_body(self, head);
    if (result.reason == RMS_AUTH_REASON_NO_CREDENTIAL) {
        self->anonymous_so_far = TRUE;
        answer(self, 401, NULL, "The connector wants to know who calls: authenticate.");
    } else {
        rms_contacts_unidentified(
            self->server->contacts, result.reason, result.detail, self->computer);
        answer(self,
               401,
               NULL,
               "The connector could not establish who calls. Its event log says why.");
    }
    return NULL;
}

static void serve_page(RmsHttpConnection *self, const RmsText *query, const RmsText *host)
{
    const RmsService *service = self->request.service;
    const char *type = "text/html; charset=utf-8";
    GString *page;

    rms_counters_add_answer(self->server->counters, 200);
    if (self->request.method == HTTP_OPTIONS) {
        rms_http_answer_begin(&self->out, &self->request, 200, TRUE);
        rms_buffer_append_string(&self->out, ALLOW "Content-Length: 0\r\n\r\n");
        return;
    }
    if (rms_text_equal(query, "wsdl")) {
        static const RmsText unknown = {"localhost", 9};
        const RmsText *name = host->data != NULL ? host : &unknown;

        type = "text/xml; charset=utf-8";
        page = rms_service_wsdl(service, self->https ? "https" : "http", name->data, name->length);
    } else {
        page = rms_service_page(service);
    }
    rms_http_answer_whole(&self->out, &self->request, 200, type, NULL, page->str, page->len);
    g_string_free(page, TRUE);
}

static const char *explain_refusal(RmsVerdict verdict)
{
    switch (verdict) {
    case RMS_VERDICT_LIST_EMPTY:
        return "No server is authorized to use this connector yet.";
    case RMS_VERDICT_LIST_NOT_LOADED:
        return "The connector has not loaded its list of authorized servers yet.";
    case RMS_VERDICT_ACCOUNT_DISABLED:
        return "The calling account is disabled.";
    case RMS_VERDICT_SAME_MACHINE:
        return "The connector does not serve the machine that it runs on.";
    case RMS_VERDICT_ADMITTED:
    case RMS_VERDICT_NOT_LISTED:
        break;
    }
    return "The calling account is not authorized to use this connector.";
}

static void serve_call(RmsHttpConnection *self, const RmsHttpHead *head, RmsCaller *caller)
{
    g_auto(RmsDecision) decision = {0};
    RmsHttpServer *server = self->server;
    gboolean named = FALSE;

    self->operation = rms_soap_operation_from_head(head, &named);
    rms_admission_decide(server->admission, caller, self->same_machine, &decision);
    if (decision.verdict != RMS_VERDICT_ADMITTED) {
        rms_contacts_refused(server->contacts, caller, &decision, self->computer);
        rms_counters_add_call(server->counters, self->operation, RMS_CALL_REFUSED);
        drop_large_body(self, head);
        answer(self, 403, NULL, explain_refusal(decision.verdict));
        return;
    }
    self->request.soap12 = rms_soap_is_soap12(head->content_type.data, head->content_type.length);
    if (!named && head->body != RMS_BODY_NONE) {
        self->sniffer = rms_soap_sniffer_new();
    }
    self->caller = rms_caller_ref(caller);
    self->decision = decision;
    memset(&decision, 0, sizeof(decision));
    if (head->expect.data != NULL && head->body != RMS_BODY_NONE) {
        rms_buffer_append_string(&self->out, "HTTP/1.1 100 Continue\r\n\r\n");
    }
    rms_relay_start(&self->relay,
                    server->pool,
                    &self->transport.watch,
                    &self->out,
                    &self->request,
                    head,
                    self->decision.entry);
}

void rms_http_request_push(const char *data, gsize length, gpointer connection)
{
    RmsHttpConnection *self = connection;

    if (self->sniffer != NULL && !rms_soap_sniffer_feed(self->sniffer, data, length)) {
        self->operation = rms_soap_sniffer_get(self->sniffer);
        g_clear_pointer(&self->sniffer, rms_soap_sniffer_free);
    }
    rms_relay_push(data, length, &self->relay);
}

void rms_http_request_relayed(RmsHttpConnection *self)
{
    RmsCounters *counters = self->server->counters;

    g_clear_pointer(&self->sniffer, rms_soap_sniffer_free);
    rms_counters_add_answer(counters, self->relay.answer_status);
    rms_counters_add_relayed(counters,
                             self->operation,
                             rms_relay_get_result(&self->relay),
                             g_get_monotonic_time() - self->request_since,
                             self->relay.service_usec);
    rms_contacts_admitted(
        self->server->contacts, self->caller, &self->decision, self->computer, self->https);
    rms_decision_clear(&self->decision);
    memset(&self->decision, 0, sizeof(self->decision));
    g_clear_pointer(&self->caller, rms_caller_unref);
}

static void treat_head(RmsHttpConnection *self, const RmsHttpHead *head)
{
    g_autoptr(RmsCaller) caller = NULL;
    RmsText query = {NULL, 0};
    RmsText host = {NULL, 0};
    const char *sentence = NULL;
    guint status;

    self->request.method = head->method;
    self->request.minor = head->minor;
    self->request.keep_alive = head->keep_alive && !self->server->draining;
    if (self->metrics) {
        rms_http_metrics_answer(self, head);
        return;
    }
    if (head->method != HTTP_POST) {
        drop_large_body(self, head);
    }
    if (head->method == HTTP_OPTIONS && rms_text_equal(&head->target, "*") &&
        (head->host.data != NULL || head->minor == 0)) {
        serve_page(self, &query, &host);
        return;
    }
    status = judge_head(head, &self->request, &query, &host, &sentence);
    if (status != 0) {
        drop_large_body(self, head);
        if (status != 404 && status != 405 && status != 417) {
            self->request.keep_alive = FALSE;
        }
        answer(self, status, status == 405 ? ALLOW : NULL, sentence);
        return;
    }
    caller = authenticate(self, head);
    if (caller == NULL) {
        return;
    }
    if (head->method == HTTP_POST) {
        serve_call(self, head, caller);
    } else {
        serve_page(self, &query, &host);
    }
}

void rms_http_request_begin(RmsHttpConnection *self, gsize head_length)
{
    RmsHttpHead *head = &self->server->head;
    RmsHttpProblem problem = {0, NULL};

    rms_http_connection_leave_idle(self);
    if (!self->served_any && self->transport.ssl != NULL) {
        rms_counters_add_handshake(self->server->counters,
                                   SSL_version(self->transport.ssl),
                                   SSL_session_reused(self->transport.ssl) == 1);
    }
    self->served_any = TRUE;
    self->request_since = g_get_monotonic_time();
    decide_strict_transport(self);
    if (head_length > RMS_MAX_HEADER_BYTES) {
        rms_http_request_refuse(self, 431, "The header fields are too large.");
        return;
    }
    if (!rms_http_parser_parse_head(
            &self->parser, rms_buffer_peek(&self->in), head_length, head, &problem)) {
        rms_http_request_refuse(self, problem.status, problem.text);
        return;
    }
    treat_head(self, head);
    /* Only now: the head's pieces point into the buffer. */
    rms_buffer_consume(&self->in, head_length);
    if (self->relay.state != RMS_RELAY_IDLE) {
        rms_http_connection_relay(self);
    } else {
        rms_http_connection_answered(self);
    }
}
