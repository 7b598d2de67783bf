/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One request and its answer (exchange.h).
 */
#include "config.h"

#include "tests/lab/tenant-simulator/exchange.h"

#include <libsoup/soup.h>
#include <string.h>

#include "tests/lab/tenant-simulator/json.h"

static void clear_header(gpointer data)
{
    RmsSimHeader *header = data;
    g_free(header->name);
    g_free(header->value);
}

static GArray *new_headers(void)
{
    GArray *headers = g_array_new(FALSE, FALSE, sizeof(RmsSimHeader));
    g_array_set_clear_func(headers, clear_header);
    return headers;
}

static void add_header(GArray *headers, const char *name, const char *value)
{
    RmsSimHeader header = {g_strdup(name), g_strdup(value)};
    g_array_append_val(headers, header);
}

RmsSimExchange *rms_sim_exchange_new(void)
{
    RmsSimExchange *exchange = g_new0(RmsSimExchange, 1);
    exchange->request_headers = new_headers();
    exchange->response_headers = new_headers();
    return exchange;
}

static void free_entry(RmsSimEntry *entry)
{
    if (entry == NULL)
        return;
    g_free(entry->sid);
    g_free(entry->role);
    g_free(entry->name);
    g_free(entry);
}

void rms_sim_exchange_free(RmsSimExchange *exchange)
{
    if (exchange == NULL)
        return;
    g_free(exchange->host_name);
    g_free(exchange->method);
    g_free(exchange->path);
    g_free(exchange->query);
    g_clear_pointer(&exchange->request_headers, g_array_unref);
    g_clear_pointer(&exchange->body, g_bytes_unref);
    g_free(exchange->operation);
    rms_sim_claims_free(exchange->claims);
    g_free(exchange->refusal);
    rms_sim_soap_request_free(exchange->soap);
    g_free(exchange->soap_problem);
    free_entry(exchange->entry);
    g_free(exchange->user);
    g_free(exchange->application);
    g_free(exchange->content_type);
    g_clear_pointer(&exchange->answer, g_bytes_unref);
    g_clear_pointer(&exchange->response_headers, g_array_unref);
    g_free(exchange);
}

void rms_sim_exchange_add_request_header(RmsSimExchange *exchange,
                                         const char *name,
                                         const char *value)
{
    add_header(exchange->request_headers, name, value);
}

const char *rms_sim_exchange_get_header(const RmsSimExchange *exchange, const char *name)
{
    for (guint i = 0; i < exchange->request_headers->len; i++) {
        const RmsSimHeader *header = &g_array_index(exchange->request_headers, RmsSimHeader, i);
        if (g_ascii_strcasecmp(header->name, name) == 0)
            return header->value;
    }
    return NULL;
}

const char *rms_sim_exchange_get_credential(const RmsSimExchange *exchange, const char *scheme)
{
    const char *value = rms_sim_exchange_get_header(exchange, "Authorization");
    gsize length = strlen(scheme);
    if (value == NULL || g_ascii_strncasecmp(value, scheme, length) != 0 || value[length] != ' ')
        return NULL;
    value += length;
    while (*value == ' ')
        value++;
    return *value == '\0' ? NULL : value;
}

static GHashTable *decode_form(const char *text)
{
    /* A field that is there twice keeps its first value only in soup's table; RFC 6749 §3.1 forbids
     * repeating one, and the simulator has no need to tell. */
    if (text != NULL)
        return soup_form_decode(text);
    return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
}

GHashTable *rms_sim_exchange_dup_query(const RmsSimExchange *exchange)
{
    return decode_form(exchange->query);
}

GHashTable *rms_sim_exchange_dup_form(const RmsSimExchange *exchange)
{
    const char *type = rms_sim_exchange_get_header(exchange, "Content-Type");
    if (type == NULL || g_ascii_strncasecmp(type, "application/x-www-form-urlencoded", 33) != 0)
        return decode_form(NULL);
    gsize length = 0;
    const char *data = g_bytes_get_data(exchange->body, &length);
    g_autofree char *text = g_strndup(data, length);
    return decode_form(text);
}

void rms_sim_exchange_set_operation(RmsSimExchange *exchange, const char *operation)
{
    char *copy = g_strdup(operation);
    g_free(exchange->operation);
    exchange->operation = copy;
}

void rms_sim_exchange_identify(RmsSimExchange *exchange, RmsSimTokens *tokens, const char *scheme)
{
    const char *token = rms_sim_exchange_get_credential(exchange, scheme);
    g_autoptr(GError) error = NULL;
    if (token != NULL)
        exchange->claims = rms_sim_tokens_verify(tokens, token, &error);
    if (exchange->claims == NULL) {
        g_free(exchange->refusal);
        exchange->refusal = token == NULL
                                ? g_strdup_printf("no Authorization of scheme %s", scheme)
                                : g_strdup_printf("access token refused: %s", error->message);
    }
}

void rms_sim_exchange_answer(RmsSimExchange *exchange,
                             guint status,
                             const char *content_type,
                             GBytes *body)
{
    exchange->status = status;
    g_free(exchange->content_type);
    exchange->content_type = g_strdup(content_type);
    g_clear_pointer(&exchange->answer, g_bytes_unref);
    exchange->answer = body;
}

void rms_sim_exchange_answer_text(RmsSimExchange *exchange, guint status, const char *text)
{
    rms_sim_exchange_answer(
        exchange, status, "text/plain; charset=utf-8", g_bytes_new(text, strlen(text)));
}

void rms_sim_exchange_answer_html(RmsSimExchange *exchange, guint status, char *html)
{
    rms_sim_exchange_answer(
        exchange, status, "text/html; charset=utf-8", g_bytes_new_take(html, strlen(html)));
    /* No form-action here: browsers would apply it to the redirect to the loopback address too. */
    rms_sim_exchange_add_header(exchange,
                                "Content-Security-Policy",
                                "default-src 'none'; style-src 'unsafe-inline'; "
                                "frame-ancestors 'none'; base-uri 'none'");
    rms_sim_exchange_add_header(exchange, "X-Content-Type-Options", "nosniff");
    rms_sim_exchange_add_header(exchange, "Referrer-Policy", "no-referrer");
}

void rms_sim_exchange_answer_json(RmsSimExchange *exchange, guint status, cJSON *json)
{
    char *text = rms_sim_json_print(json);
    cJSON_Delete(json);
    rms_sim_exchange_answer(
        exchange, status, "application/json; charset=utf-8", g_bytes_new_take(text, strlen(text)));
}

void rms_sim_exchange_add_header(RmsSimExchange *exchange, const char *name, const char *value)
{
    add_header(exchange->response_headers, name, value);
}
