/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Strict HTTP/1.1 on top of llhttp; see http-parser.h. Who is answered what is not decided here.
 */
#include "config.h"

#include "connector-core/http-parser.h"

#include <string.h>

static const struct {
    const char *name;
    RmsFieldKind kind;
} known_fields[] = {
    {"host",                      RMS_FIELD_HOST             },
    {"authorization",             RMS_FIELD_AUTHORIZATION    },
    {"connection",                RMS_FIELD_CONNECTION       },
    {"content-length",            RMS_FIELD_CONTENT_LENGTH   },
    {"content-type",              RMS_FIELD_CONTENT_TYPE     },
    {"transfer-encoding",         RMS_FIELD_TRANSFER_ENCODING},
    {"expect",                    RMS_FIELD_EXPECT           },
    {"date",                      RMS_FIELD_DATE             },
    {"keep-alive",                RMS_FIELD_HOP              },
    {"proxy-connection",          RMS_FIELD_HOP              },
    {"proxy-authorization",       RMS_FIELD_HOP              },
    {"proxy-authenticate",        RMS_FIELD_HOP              },
    {"te",                        RMS_FIELD_HOP              },
    {"trailer",                   RMS_FIELD_HOP              },
    {"upgrade",                   RMS_FIELD_HOP              },
    {"http2-settings",            RMS_FIELD_HOP              },
    {"cookie",                    RMS_FIELD_COOKIE           },
    {"cookie2",                   RMS_FIELD_COOKIE           },
    {"set-cookie",                RMS_FIELD_COOKIE           },
    {"set-cookie2",               RMS_FIELD_COOKIE           },
    {"www-authenticate",          RMS_FIELD_CHALLENGE        },
    {"authentication-info",       RMS_FIELD_CHALLENGE        },
    {"persistent-auth",           RMS_FIELD_CHALLENGE        },
    {"strict-transport-security", RMS_FIELD_SITE             },
    {"alt-svc",                   RMS_FIELD_SITE             },
    {"clear-site-data",           RMS_FIELD_SITE             },
};

static const char connector_prefix[] = "x-rms-connector-";

gboolean rms_text_equal(const RmsText *text, const char *word)
{
    return strlen(word) == text->length && g_ascii_strncasecmp(text->data, word, text->length) == 0;
}

gboolean rms_text_has_token(const RmsText *text, const RmsText *token)
{
    const char *at = text->data;
    const char *end = text->data + text->length;

    while (at < end) {
        const char *comma = memchr(at, ',', (gsize) (end - at));
        const char *stop = comma != NULL ? comma : end;
        RmsText item;

        while (at < stop && (*at == ' ' || *at == '\t')) {
            at++;
        }
        item.data = at;
        item.length = (gsize) (stop - at);
        while (item.length > 0 && (at[item.length - 1] == ' ' || at[item.length - 1] == '\t')) {
            item.length--;
        }
        if (item.length == token->length &&
            g_ascii_strncasecmp(item.data, token->data, token->length) == 0) {
            return TRUE;
        }
        at = stop + 1;
    }
    return FALSE;
}

/* Servers that hand fields on as variables (CGI, IIS) take `_` and `-` for the same. */
static gboolean is_ours(const RmsText *name)
{
    gsize length = sizeof(connector_prefix) - 1;

    if (name->length < length) {
        return FALSE;
    }
    for (gsize i = 0; i < length; i++) {
        char byte = name->data[i] == '_' ? '-' : g_ascii_tolower(name->data[i]);

        if (byte != connector_prefix[i]) {
            return FALSE;
        }
    }
    return TRUE;
}

static RmsFieldKind classify_field(const RmsText *name)
{
    for (guint i = 0; i < G_N_ELEMENTS(known_fields); i++) {
        const char *known = known_fields[i].name;

        if (known[0] == g_ascii_tolower(name->data[0]) && rms_text_equal(name, known)) {
            return known_fields[i].kind;
        }
    }
    return is_ours(name) ? RMS_FIELD_CONNECTOR : RMS_FIELD_OTHER;
}

/* Keeps the first problem. Returns what an llhttp callback returns to stop. */
static int set_problem(RmsHttpProblem *problem, guint status, const char *text)
{
    if (problem->status == 0) {
        problem->status = status;
        problem->text = text;
    }
    return -1;
}

static int on_target(llhttp_t *llhttp, const char *at, size_t length)
{
    RmsHttpParser *parser = llhttp->data;

    parser->head->target = (RmsText){at, length};
    return 0;
}

static int on_field_name(llhttp_t *llhttp, const char *at, size_t length)
{
    RmsHttpParser *parser = llhttp->data;
    RmsHttpHead *head = parser->head;

    if (parser->head_complete) {
        return 0; /* a trailer: read and dropped */
    }
    if (head->n_fields == RMS_MAX_HEADER_COUNT) {
        return set_problem(parser->problem, 431, "The request has too many header fields.");
    }
    if (length == 0) {
        return set_problem(parser->problem, 400, "A header field has no name.");
    }
    head->fields[head->n_fields].name = (RmsText){at, length};
    head->fields[head->n_fields].value = (RmsText){at + length, 0};
    head->n_fields++;
    return 0;
}

static int on_field_value(llhttp_t *llhttp, const char *at, size_t length)
{
    RmsHttpParser *parser = llhttp->data;

    if (parser->head_complete) {
        return 0;
    }
    /* Folded lines were refused before, so a value is one piece. */
    while (length > 0 && (at[length - 1] == ' ' || at[length - 1] == '\t')) {
        length--;
    }
    parser->head->fields[parser->head->n_fields - 1].value = (RmsText){at, length};
    return 0;
}

static int on_head_complete(llhttp_t *llhttp)
{
    RmsHttpParser *parser = llhttp->data;

    parser->head_complete = TRUE;
    /* An upgrade is never accepted; the rest of the message is what its framing says. */
    llhttp->upgrade = 0;
    return HPE_PAUSED;
}

static int on_body(llhttp_t *llhttp, const char *at, size_t length)
{
    RmsHttpParser *parser = llhttp->data;

    parser->body_bytes += length;
    if (parser->body_bytes > parser->max_body) {
        return set_problem(parser->problem, 413, "The body is too large.");
    }
    parser->sink(at, length, parser->sink_data);
    return 0;
}

static int on_message_complete(llhttp_t *llhttp)
{
    RmsHttpParser *parser = llhttp->data;

    parser->complete = TRUE;
    return HPE_PAUSED;
}

static const llhttp_settings_t parser_settings = {
    .on_url = on_target,
    .on_header_field = on_field_name,
    .on_header_value = on_field_value,
    .on_headers_complete = on_head_complete,
    .on_body = on_body,
    .on_message_complete = on_message_complete,
};

RmsHeadState rms_http_find_head(
    const char *data, gsize length, gsize *line, gsize *head_length, RmsHttpProblem *problem)
{
    const char *feed;

    while (*line < length && (feed = memchr(data + *line, '\n', length - *line)) != NULL) {
        const char *start = data + *line;
        gsize line_length = (gsize) (feed - start);

        if (line_length == 0 || feed[-1] != '\r' || memchr(start, '\r', line_length - 1) != NULL) {
            set_problem(problem, 400, "A line does not end in CR LF.");
            return RMS_HEAD_BAD;
        }
        if (line_length == 1) {
            *head_length = (gsize) (feed + 1 - data);
            return RMS_HEAD_COMPLETE;
        }
        if (*line > 0 && (*start == ' ' || *start == '\t')) {
            set_problem(problem, 400, "A header field is folded over several lines.");
            return RMS_HEAD_BAD;
        }
        *line = (gsize) (feed + 1 - data);
    }
    return RMS_HEAD_INCOMPLETE;
}

void rms_http_parser_init(RmsHttpParser *parser, llhttp_type_t type, guint64 max_body)
{
    memset(parser, 0, sizeof(*parser));
    llhttp_init(&parser->llhttp, type, &parser_settings);
    parser->llhttp.data = parser;
    parser->max_body = max_body;
}

/* A token of RFC 9110 §5.6.2, up to a space: the shape of a method. */
static gboolean starts_with_token(const char *data, gsize length)
{
    gsize i = 0;

    while (i < length && (g_ascii_isalnum(data[i]) || strchr("!#$%&'*+-.^_`|~", data[i]) != NULL) &&
           data[i] != '\0') {
        i++;
    }
    return i > 0 && i < length && data[i] == ' ';
}

static void describe_error(RmsHttpParser *parser,
                           llhttp_errno_t code,
                           const char *data,
                           gsize length,
                           RmsHttpProblem *problem)
{
    switch (code) {
    case HPE_OK:
        /* The preface of HTTP/2 looks like a head that goes on. */
        if (parser->llhttp.method == HTTP_PRI) {
            set_problem(problem, 505, "Only HTTP/1.1 and HTTP/1.0 are spoken here.");
        } else {
            set_problem(problem, 400, "The message is malformed.");
        }
        break;
    case HPE_INVALID_METHOD:
        if (starts_with_token(data, length)) {
            set_problem(problem, 501, "This method is not implemented.");
        } else {
            set_problem(problem, 400, "This is not an HTTP request.");
        }
        break;
    case HPE_PAUSED_H2_UPGRADE:
    case HPE_INVALID_VERSION:
        set_problem(problem, 505, "Only HTTP/1.1 and HTTP/1.0 are spoken here.");
        break;
    case HPE_INVALID_URL:
        set_problem(problem, 400, "The request target is malformed.");
        break;
    case HPE_UNEXPECTED_CONTENT_LENGTH:
        set_problem(problem, 400, "The length of the body is given more than once.");
        break;
    case HPE_INVALID_CONTENT_LENGTH:
        set_problem(problem, 400, "The Content-Length is malformed.");
        break;
    case HPE_INVALID_TRANSFER_ENCODING:
        set_problem(problem, 400, "The Transfer-Encoding is malformed.");
        break;
    case HPE_INVALID_CONSTANT:
        set_problem(problem, 400, "The request line is malformed.");
        break;
    case HPE_INVALID_CHUNK_SIZE:
    case HPE_STRICT:
        set_problem(problem,
                    400,
                    parser->head_complete ? "The chunked body is malformed."
                                          : "The message is malformed.");
        break;
    default:
        set_problem(problem, 400, "A header field is malformed.");
        break;
    }
}

/* Notes the only field of a kind. */
static gboolean
set_single(RmsText *slot, const RmsText *value, RmsHttpProblem *problem, const char *text)
{
    if (slot->data != NULL) {
        set_problem(problem, 400, text);
        return FALSE;
    }
    *slot = *value;
    return TRUE;
}

/* Single spaces and HTTP, where llhttp also takes several and sister protocols. */
static gboolean check_request_line(const char *data, gsize length, const RmsHttpHead *head)
{
    static const char version[] = " HTTP/1.";
    const char *space = memchr(data, ' ', length);

    return space != NULL && head->target.data == space + 1 &&
           memcmp(head->target.data + head->target.length, version, sizeof(version) - 1) == 0;
}

static gboolean check_fields(RmsHttpHead *head, RmsHttpProblem *problem)
{
    RmsText coding = {NULL, 0};
    gboolean good = TRUE;

    for (guint i = 0; i < head->n_fields && good; i++) {
        RmsHttpField *field = &head->fields[i];

        field->kind = classify_field(&field->name);
        switch (field->kind) {
        case RMS_FIELD_HOST:
            good = set_single(
                &head->host, &field->value, problem, "The Host is given more than once.");
            break;
        case RMS_FIELD_AUTHORIZATION:
            good = set_single(&head->authorization,
                              &field->value,
                              problem,
                              "The Authorization is given more than once.");
            break;
        case RMS_FIELD_CONTENT_TYPE:
            good = set_single(&head->content_type,
                              &field->value,
                              problem,
                              "The Content-Type is given more than once.");
            break;
        case RMS_FIELD_EXPECT:
            good = set_single(
                &head->expect, &field->value, problem, "The Expect is given more than once.");
            break;
        case RMS_FIELD_TRANSFER_ENCODING:
            good = set_single(
                &coding, &field->value, problem, "The Transfer-Encoding is given more than once.");
            break;
        default:
            break;
        }
    }
    if (good && coding.data != NULL) {
        /* llhttp takes an empty coding for none, and any list that ends in chunked. */
        if (head->minor == 0 || coding.length == 0) {
            set_problem(problem, 400, "The Transfer-Encoding is malformed.");
            return FALSE;
        }
        if (!rms_text_equal(&coding, "chunked")) {
            set_problem(problem, 501, "Only the transfer coding chunked is implemented.");
            return FALSE;
        }
    }
    return good;
}

gboolean rms_http_parser_parse_head(RmsHttpParser *parser,
                                    const char *data,
                                    gsize length,
                                    RmsHttpHead *head,
                                    RmsHttpProblem *problem)
{
    llhttp_t *llhttp = &parser->llhttp;
    llhttp_errno_t code;

    llhttp_reset(llhttp);
    parser->head = head;
    parser->problem = problem;
    parser->body_bytes = 0;
    parser->wire_bytes = 0;
    parser->head_complete = FALSE;
    parser->complete = FALSE;
    memset(head, 0, G_STRUCT_OFFSET(RmsHttpHead, fields));

    code = llhttp_execute(llhttp, data, length);
    parser->head = NULL;
    parser->problem = NULL;
    if (code != HPE_PAUSED || llhttp_get_error_pos(llhttp) != data + length) {
        describe_error(parser, code, data, length, problem);
        return FALSE;
    }
    head->method = llhttp->method;
    head->status = llhttp->status_code;
    head->minor = llhttp->http_minor;
    if (llhttp->http_major != 1) {
        set_problem(problem, 505, "Only HTTP/1.1 and HTTP/1.0 are spoken here.");
        return FALSE;
    }
    if (llhttp->type == HTTP_REQUEST && !check_request_line(data, length, head)) {
        set_problem(problem, 400, "The request line is malformed.");
        return FALSE;
    }
    if (!check_fields(head, problem)) {
        return FALSE;
    }
    head->keep_alive = llhttp_should_keep_alive(llhttp);
    head->has_length = (llhttp->flags & F_CONTENT_LENGTH) != 0;
    head->content_length = llhttp->content_length;
    if (llhttp->flags & F_CHUNKED) {
        head->body = RMS_BODY_CHUNKED;
    } else if (llhttp_message_needs_eof(llhttp)) {
        head->body = RMS_BODY_UNTIL_END;
    } else if (llhttp->content_length > 0) {
        head->body = RMS_BODY_LENGTH;
    } else {
        head->body = RMS_BODY_NONE;
    }
    parser->complete = head->body == RMS_BODY_NONE;
    llhttp_resume(llhttp);
    return TRUE;
}

void rms_http_parser_skip_body(RmsHttpParser *parser)
{
    parser->complete = TRUE;
}

gboolean rms_http_parser_feed(RmsHttpParser *parser,
                              const char *data,
                              gsize length,
                              RmsBodyFunc sink,
                              gpointer user_data,
                              gsize *consumed,
                              RmsHttpProblem *problem)
{
    llhttp_errno_t code;

    *consumed = 0;
    if (parser->complete || length == 0) {
        return TRUE;
    }
    parser->sink = sink;
    parser->sink_data = user_data;
    parser->problem = problem;
    code = llhttp_execute(&parser->llhttp, data, length);
    parser->problem = NULL;
    if (code == HPE_OK) {
        *consumed = length;
    } else if (code == HPE_PAUSED && parser->complete) {
        *consumed = (gsize) (llhttp_get_error_pos(&parser->llhttp) - data);
    } else {
        describe_error(parser, code, data, length, problem);
        return FALSE;
    }
    parser->wire_bytes += *consumed;
    if (parser->wire_bytes > 9 * parser->body_bytes + RMS_MAX_CHUNK_OVERHEAD_BYTES) {
        set_problem(problem, 400, "The chunked body has too much framing.");
        return FALSE;
    }
    return TRUE;
}

gboolean rms_http_parser_end(RmsHttpParser *parser)
{
    if (!parser->complete) {
        /* Nothing may have been fed since the head. */
        llhttp_execute(&parser->llhttp, "", 0);
        llhttp_finish(&parser->llhttp);
    }
    return parser->complete;
}
