/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * HTTP/1.1 messages as this program accepts them: llhttp, never lenient, and the rules that it
 * leaves to its user.
 *
 * A head is parsed in one go once it is complete, so every name and value is one piece of the
 * buffer that it came in. A body goes through piece by piece. Used for requests and for the
 * tenant's answers.
 */
#pragma once

#include <glib.h>
#include <llhttp.h>

#include "connector-core/limits.h"

G_BEGIN_DECLS

/* A piece of a buffer, not NUL-terminated. */
typedef struct {
    const char *data;
    gsize length;
} RmsText;
/** rms_text_equal: ignores the case of ASCII letters. */
gboolean rms_text_equal(const RmsText *text, const char *word);
/** rms_text_has_token: Returns: whether the comma-separated list @text holds @token, case ignored.
 */
gboolean rms_text_has_token(const RmsText *text, const RmsText *token);

/* The fields that this program treats in a way of their own. */
typedef enum {
    RMS_FIELD_OTHER,
    RMS_FIELD_HOST,
    RMS_FIELD_AUTHORIZATION,
    RMS_FIELD_CONNECTION,
    RMS_FIELD_CONTENT_LENGTH,
    RMS_FIELD_CONTENT_TYPE,
    RMS_FIELD_TRANSFER_ENCODING,
    RMS_FIELD_EXPECT,
    RMS_FIELD_DATE,
    RMS_FIELD_HOP,       /* meant for one hop: Keep-Alive, Proxy-*, TE, Trailer, Upgrade … */
    RMS_FIELD_COOKIE,    /* Cookie, Set-Cookie: state between other parties */
    RMS_FIELD_CHALLENGE, /* WWW-Authenticate and its kin: between the tenant and the connector */
    RMS_FIELD_SITE,      /* Strict-Transport-Security, Alt-Svc: about the tenant's name, not ours */
    RMS_FIELD_CONNECTOR  /* X-RMS-Connector-*: ours alone, a forgery in a request */
} RmsFieldKind;

typedef struct {
    RmsText name;
    RmsText value;
    RmsFieldKind kind;
} RmsHttpField;

typedef enum {
    RMS_BODY_NONE,
    RMS_BODY_LENGTH,
    RMS_BODY_CHUNKED,
    RMS_BODY_UNTIL_END /* answers only */
} RmsBodyKind;

/**
 * RmsHttpHead: One parsed head; its pieces live as long as the buffer is left alone.
 * @host, @authorization, @content_type, @expect: (nullable data): the only field of that name
 * @keep_alive: the peer lets the connection live after this message
 */
typedef struct {
    guint method; /* llhttp_method_t */
    guint status;
    guint minor; /* of HTTP/1.x */
    RmsText target;
    RmsText host;
    RmsText authorization;
    RmsText content_type;
    RmsText expect;
    gboolean keep_alive;
    RmsBodyKind body;
    gboolean has_length; /* Content-Length was there, be it 0 */
    guint64 content_length;
    guint n_fields;
    RmsHttpField fields[RMS_MAX_HEADER_COUNT];
} RmsHttpHead;

/** RmsHttpProblem: @status: what a server answers; @text: (transfer none): one plain sentence. */
typedef struct {
    guint status;
    const char *text;
} RmsHttpProblem;

typedef void (*RmsBodyFunc)(const char *data, gsize length, gpointer user_data);

/** RmsHttpParser: Read access to @body_bytes and @complete. */
typedef struct {
    llhttp_t llhttp;
    RmsHttpHead *head;
    RmsHttpProblem *problem;
    RmsBodyFunc sink;
    gpointer sink_data;
    guint64 max_body;
    guint64 body_bytes; /* of content, so far */
    guint64 wire_bytes; /* the same with chunk framing */
    gboolean head_complete;
    gboolean complete; /* the whole message went through */
} RmsHttpParser;

typedef enum { RMS_HEAD_INCOMPLETE, RMS_HEAD_COMPLETE, RMS_HEAD_BAD } RmsHeadState;

/**
 * rms_http_find_head: Looks for the end of a head in the first @length bytes of @data.
 * @line: (inout): where the last incomplete line starts; 0 for a new head.
 * @head_length: (out): of the head with its empty line, when COMPLETE.
 *
 * Also where line ends are judged: CR LF and nothing else, and no folded lines.
 */
RmsHeadState rms_http_find_head(
    const char *data, gsize length, gsize *line, gsize *head_length, RmsHttpProblem *problem);

void rms_http_parser_init(RmsHttpParser *parser, llhttp_type_t type, guint64 max_body);
/**
 * rms_http_parser_parse_head: @data: exactly one head, as rms_http_find_head() found it.
 * Returns: %FALSE with @problem; the message cannot be understood and the connection has to end.
 */
gboolean rms_http_parser_parse_head(RmsHttpParser *parser,
                                    const char *data,
                                    gsize length,
                                    RmsHttpHead *head,
                                    RmsHttpProblem *problem);
/** rms_http_parser_skip_body: For an answer to HEAD: there is no body whatever the head says. */
void rms_http_parser_skip_body(RmsHttpParser *parser);
/**
 * rms_http_parser_feed: Takes body bytes, handing the content to @sink, until @data ends or the
 * message is complete.
 * @consumed: (out): bytes of @data that belong to this message.
 */
gboolean rms_http_parser_feed(RmsHttpParser *parser,
                              const char *data,
                              gsize length,
                              RmsBodyFunc sink,
                              gpointer user_data,
                              gsize *consumed,
                              RmsHttpProblem *problem);
/** rms_http_parser_end: The peer ended. Returns: whether the message is complete by that. */
gboolean rms_http_parser_end(RmsHttpParser *parser);

G_END_DECLS
