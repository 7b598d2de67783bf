/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Heads of answers and small answers; see http-answer.h.
 */
#include "config.h"

#include "connector-core/http-answer.h"

#include <time.h>

#define TEXT_PLAIN "text/plain; charset=utf-8"

static const char *get_reason(guint status)
{
    static const struct {
        guint status;
        const char *reason;
    } reasons[] = {
        {200, "OK"                             },
        {400, "Bad Request"                    },
        {401, "Unauthorized"                   },
        {403, "Forbidden"                      },
        {404, "Not Found"                      },
        {405, "Method Not Allowed"             },
        {406, "Not Acceptable"                 },
        {408, "Request Timeout"                },
        {410, "Gone"                           },
        {411, "Length Required"                },
        {413, "Content Too Large"              },
        {414, "URI Too Long"                   },
        {415, "Unsupported Media Type"         },
        {417, "Expectation Failed"             },
        {421, "Misdirected Request"            },
        {422, "Unprocessable Content"          },
        {431, "Request Header Fields Too Large"},
        {500, "Internal Server Error"          },
        {501, "Not Implemented"                },
        {505, "HTTP Version Not Supported"     },
    };

    for (guint i = 0; i < G_N_ELEMENTS(reasons); i++) {
        if (reasons[i].status == status) {
            return reasons[i].reason;
        }
    }
    return "";
}

void rms_http_request_clear(RmsHttpRequest *request)
{
    g_free(request->reply_token);
    memset(request, 0, sizeof(*request));
}

const char *rms_http_date(void)
{
    static const char days[7][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char months[12][4] = {
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    /* Several connectors may run in one process, each on its thread. */
    static _Thread_local time_t made_at = 0;
    static _Thread_local char text[64];
    time_t now = time(NULL);
    struct tm utc;

    if (now != made_at && gmtime_r(&now, &utc) != NULL) {
        g_snprintf(text,
                   sizeof(text),
                   "%s, %02d %s %04d %02d:%02d:%02d GMT",
                   days[utc.tm_wday],
                   utc.tm_mday,
                   months[utc.tm_mon],
                   utc.tm_year + 1900,
                   utc.tm_hour,
                   utc.tm_min,
                   utc.tm_sec);
        made_at = now;
    }
    return text;
}

void rms_http_answer_begin(RmsBuffer *out,
                           const RmsHttpRequest *request,
                           guint status,
                           gboolean with_date)
{
    rms_buffer_append_string(out, "HTTP/1.1 ");
    rms_buffer_append_number(out, status, 10);
    rms_buffer_append(out, " ", 1);
    rms_buffer_append_string(out, get_reason(status));
    rms_buffer_append(out, "\r\n", 2);
    if (with_date) {
        rms_buffer_append_string(out, "Date: ");
        rms_buffer_append_string(out, rms_http_date());
        rms_buffer_append(out, "\r\n", 2);
    }
    /* RFC 4559 §4. The identity is that of this request alone: Persistent-Auth (MS-N2HT) would have
     * its place here. */
    if (request->reply_token != NULL) {
        rms_buffer_append_string(out, "WWW-Authenticate: Negotiate ");
        rms_buffer_append_string(out, request->reply_token);
        rms_buffer_append(out, "\r\n", 2);
    } else if (request->offer_negotiate) {
        rms_buffer_append_string(out, "WWW-Authenticate: Negotiate\r\n");
    }
    if (request->strict_transport) {
        rms_buffer_append_string(out, "Strict-Transport-Security: max-age=31536000\r\n");
    }
    if (!request->keep_alive) {
        rms_buffer_append_string(out, "Connection: close\r\n");
    } else if (request->minor == 0) {
        rms_buffer_append_string(out, "Connection: keep-alive\r\n");
    }
}

void rms_http_answer_whole(RmsBuffer *out,
                           const RmsHttpRequest *request,
                           guint status,
                           const char *content_type,
                           const char *fields,
                           const char *body,
                           gsize length)
{
    rms_http_answer_begin(out, request, status, TRUE);
    if (fields != NULL) {
        rms_buffer_append_string(out, fields);
    }
    rms_buffer_append_string(out, "Content-Type: ");
    rms_buffer_append_string(out, content_type);
    rms_buffer_append_string(
        out, "\r\nX-Content-Type-Options: nosniff\r\nCache-Control: no-store\r\nContent-Length: ");
    rms_buffer_append_number(out, length, 10);
    rms_buffer_append(out, "\r\n\r\n", 4);
    if (request->method != HTTP_HEAD) {
        rms_buffer_append(out, body, length);
    }
}

void rms_http_answer_text(RmsBuffer *out,
                          const RmsHttpRequest *request,
                          guint status,
                          const char *fields,
                          const char *sentence)
{
    g_autofree char *line = g_strconcat(sentence, "\n", NULL);

    rms_http_answer_whole(out, request, status, TEXT_PLAIN, fields, line, strlen(line));
}
