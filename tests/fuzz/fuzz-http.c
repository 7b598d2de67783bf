/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A stream of HTTP messages: it means the same however it is cut into pieces.
 *
 * The first byte chooses requests or answers and how the second reading is cut; the rest is the
 * stream. Both readings must accept the same heads and bodies and stop for the same reason.
 */
#include "config.h"

#include <stdint.h>

#include "connector-core/http-parser.h"

#define MAX_BODY 5000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void append_body(const char *data, gsize length, gpointer user_data)
{
    g_string_append_len(user_data, data, (gssize) length);
}

static gboolean lies_within(const RmsText *text, const char *data, gsize length)
{
    return text->data >= data && text->data + text->length <= data + length;
}

static void
describe_head(GString *trace, const RmsHttpHead *head, const char *data, gsize head_length)
{
    g_assert_cmpuint(head->n_fields, <=, RMS_MAX_HEADER_COUNT);
    g_string_append_printf(trace,
                           "[%u %u %u %d %d %" G_GUINT64_FORMAT ":",
                           head->method,
                           head->status,
                           head->minor,
                           head->keep_alive,
                           head->body,
                           head->content_length);
    for (guint i = 0; i < head->n_fields; i++) {
        const RmsHttpField *field = &head->fields[i];

        g_assert_true(lies_within(&field->name, data, head_length));
        g_assert_true(lies_within(&field->value, data, head_length));
        g_assert_cmpuint(field->name.length, >, 0);
        /* What is forwarded must not be able to end its line. */
        g_assert_null(memchr(field->value.data, '\r', field->value.length));
        g_assert_null(memchr(field->value.data, '\n', field->value.length));
        g_assert_null(memchr(field->value.data, '\0', field->value.length));
        g_string_append_len(trace, field->name.data, (gssize) field->name.length);
        g_string_append_c(trace, '=');
        g_string_append_len(trace, field->value.data, (gssize) field->value.length);
        g_string_append_c(trace, ';');
    }
    g_string_append_c(trace, ']');
}

/* Reads the stream in pieces of @piece bytes. Returns: (transfer full): what was understood. */
static GString *read_stream(const char *data, gsize size, llhttp_type_t type, gsize piece)
{
    GString *trace = g_string_new(NULL);
    g_autofree RmsHttpHead *head = g_new0(RmsHttpHead, 1);
    RmsHttpProblem problem = {0, NULL};
    RmsHttpParser parser;
    gsize start = 0; /* of what was not consumed */
    gsize end = 0;   /* of what has arrived */
    gsize line = 0;
    gboolean in_body = FALSE;

    rms_http_parser_init(&parser, type, MAX_BODY);
    while (problem.status == 0) {
        gsize head_length = 0;
        gsize consumed = 0;

        if (!in_body) {
            RmsHeadState state =
                rms_http_find_head(data + start, end - start, &line, &head_length, &problem);

            if (state == RMS_HEAD_COMPLETE) {
                g_assert_cmpuint(head_length, <=, end - start);
                if (!rms_http_parser_parse_head(
                        &parser, data + start, head_length, head, &problem)) {
                    break;
                }
                describe_head(trace, head, data + start, head_length);
                start += head_length;
                line = 0;
                in_body = !parser.complete;
                continue;
            }
        } else if (start < end) {
            if (!rms_http_parser_feed(
                    &parser, data + start, end - start, append_body, trace, &consumed, &problem)) {
                break;
            }
            g_assert_cmpuint(consumed, <=, end - start);
            g_assert_true(parser.complete || consumed == end - start);
            g_assert_cmpuint(parser.body_bytes, <=, MAX_BODY);
            start += consumed;
            in_body = !parser.complete;
            continue;
        }
        if (end == size) {
            break;
        }
        end = MIN(end + piece, size);
    }
    if (problem.status == 0 && in_body) {
        g_string_append_printf(trace, "{end %d}", rms_http_parser_end(&parser));
    }
    g_assert_true((problem.status == 0) == (problem.text == NULL));
    /* How far a body came before its framing broke depends on the pieces; that it broke does not.
     */
    if (problem.status != 0 && in_body) {
        g_string_truncate(trace, 0);
    }
    g_string_append_printf(trace, "{%s}", problem.status != 0 ? "refused" : "");
    return trace;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    GString *whole;
    GString *pieces;
    llhttp_type_t type;
    gsize piece;

    if (size == 0) {
        return 0;
    }
    type = (data[0] & 1) != 0 ? HTTP_REQUEST : HTTP_RESPONSE;
    piece = 1 + (data[0] >> 1);
    whole = read_stream((const char *) data + 1, size - 1, type, size);
    pieces = read_stream((const char *) data + 1, size - 1, type, piece);
    g_assert_true(g_string_equal(whole, pieces));
    g_string_free(whole, TRUE);
    g_string_free(pieces, TRUE);
    return 0;
}
