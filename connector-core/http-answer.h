/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The connector's own words in HTTP: heads of answers, and small answers as a whole.
 */
#pragma once

#include "connector-core/buffer.h"
#include "connector-core/http-parser.h"
#include "connector-core/service-table.h"

G_BEGIN_DECLS

/**
 * RmsHttpRequest: What has to be remembered of a request until it is answered.
 * @keep_alive: the connection goes on after the answer
 * @offer_negotiate: a 401: WWW-Authenticate is due even without a token
 * @strict_transport: tell the caller never to use plain HTTP (RFC 6797)
 * @reply_token: (nullable): base64, goes out with whatever answer comes
 */
typedef struct {
    guint method;
    guint minor;
    gboolean keep_alive;
    gboolean offer_negotiate;
    gboolean soap12;
    gboolean strict_transport;
    char *reply_token;
    const RmsService *service;
} RmsHttpRequest;
/** rms_http_request_clear: Back to zero. */
void rms_http_request_clear(RmsHttpRequest *request);

/** rms_http_date: Returns: (transfer none): the present moment as RFC 9110 §5.6.7 wants it. */
const char *rms_http_date(void);

/** rms_http_answer_begin: Status line and the fields that every answer carries. More fields may
 * follow, then an empty line. @with_date: unless the fields that follow have one. */
void rms_http_answer_begin(RmsBuffer *out,
                           const RmsHttpRequest *request,
                           guint status,
                           gboolean with_date);
/**
 * rms_http_answer_whole: A complete answer; without the body for HEAD.
 * @fields: (nullable): further header lines, each with its CR LF.
 */
void rms_http_answer_whole(RmsBuffer *out,
                           const RmsHttpRequest *request,
                           guint status,
                           const char *content_type,
                           const char *fields,
                           const char *body,
                           gsize length);
/** rms_http_answer_text: As rms_http_answer_whole() with one sentence of plain text. */
void rms_http_answer_text(RmsBuffer *out,
                          const RmsHttpRequest *request,
                          guint status,
                          const char *fields,
                          const char *sentence);

G_END_DECLS
