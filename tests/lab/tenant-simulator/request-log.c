/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The request log (request-log.h).
 */
#include "config.h"

#include "tests/lab/tenant-simulator/request-log.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "tests/lab/tenant-simulator/json.h"
#include "tests/lab/tenant-simulator/keys.h"
#include "tests/lab/tenant-simulator/limits.h"

typedef struct {
    guint64 sequence;
    char *json;
} Line;

struct _RmsSimRequestLog {
    GQueue lines; /* of Line, oldest first */
    guint size;
    guint64 sequence;
    FILE *file;
};

static void free_line(gpointer data)
{
    Line *line = data;
    g_free(line->json);
    g_free(line);
}

RmsSimRequestLog *rms_sim_request_log_new(const char *path, guint size, GError **error)
{
    FILE *file = NULL;
    if (path != NULL) {
        file = fopen(path, "ae");
        if (file == NULL) {
            g_set_error(
                error, RMS_SIM_ERROR, RMS_SIM_ERROR_FAILED, "%s: %s", path, g_strerror(errno));
            return NULL;
        }
        setvbuf(file, NULL, _IOLBF, 0);
    }
    RmsSimRequestLog *log = g_new0(RmsSimRequestLog, 1);
    log->size = size;
    log->file = file;
    g_queue_init(&log->lines);
    return log;
}

void rms_sim_request_log_free(RmsSimRequestLog *log)
{
    if (log == NULL)
        return;
    g_queue_clear_full(&log->lines, free_line);
    if (log->file != NULL)
        fclose(log->file);
    g_free(log);
}

static void add_body(cJSON *record, const char *which, GBytes *body)
{
    g_autofree char *hash_name = g_strconcat(which, "_sha256", NULL);
    g_autofree char *length_name = g_strconcat(which, "_length", NULL);
    g_autofree char *hash = rms_sim_sha256_hex(body);
    cJSON_AddStringToObject(record, hash_name, hash);
    cJSON_AddNumberToObject(record, length_name, (double) g_bytes_get_size(body));
}

static void add_headers(cJSON *record, const GArray *headers)
{
    cJSON *object = cJSON_AddObjectToObject(record, "headers");
    for (guint i = 0; i < MIN(headers->len, RMS_SIM_MAX_LOGGED_HEADERS); i++) {
        const RmsSimHeader *header = &g_array_index(headers, RmsSimHeader, i);
        g_autofree char *name = g_ascii_strdown(header->name, -1);
        g_autofree char *value = g_utf8_make_valid(header->value, -1);
        static const char *const secret[] = {
            "authorization", "proxy-authorization", "cookie", NULL};
        if (g_strv_contains(secret, name)) {
            const char *blank = strchr(value, ' ');
            g_autofree char *scheme = g_strndup(value, blank == NULL ? 0 : blank - value);
            g_free(value);
            value = g_strdup_printf("%s …", scheme);
        }
        cJSON_DeleteItemFromObjectCaseSensitive(object, name);
        cJSON_AddStringToObject(object, name, value);
    }
}

static void add_string(cJSON *record, const char *name, const char *value)
{
    if (value != NULL) {
        g_autofree char *valid = g_utf8_make_valid(value, -1);
        cJSON_AddStringToObject(record, name, valid);
    }
}

static void add_caller(cJSON *record, const RmsSimExchange *exchange)
{
    const RmsSimClaims *claims = exchange->claims;
    add_string(record, "user", claims != NULL ? claims->upn : exchange->user);
    add_string(record, "application", claims != NULL ? claims->application : exchange->application);
    if (exchange->entry != NULL) {
        add_string(record, "entry_sid", exchange->entry->sid);
        add_string(record, "entry_role", exchange->entry->role);
        add_string(record, "entry_name", exchange->entry->name);
    }
}

void rms_sim_request_log_add(RmsSimRequestLog *log,
                             const RmsSimExchange *exchange,
                             const char *fault,
                             GBytes *sent)
{
    g_autoptr(cJSON) record = cJSON_CreateObject();
    g_autoptr(GDateTime) now = g_date_time_new_now_utc();
    g_autofree char *seconds = g_date_time_format(now, "%Y-%m-%dT%H:%M:%S");
    g_autofree char *time = g_strdup_printf("%s.%06dZ", seconds, g_date_time_get_microsecond(now));
    cJSON_AddNumberToObject(record, "seq", (double) ++log->sequence);
    cJSON_AddStringToObject(record, "time", time);
    add_string(record, "host", exchange->host_name);
    add_string(record, "method", exchange->method);
    add_string(record, "path", exchange->path);
    add_string(record, "operation", exchange->operation);
    cJSON_AddNumberToObject(record, "status", exchange->status);
    add_caller(record, exchange);
    add_body(record, "request", exchange->body);
    add_body(record, "response", sent);
    add_string(record, "fault", fault);
    add_headers(record, exchange->request_headers);

    Line *line = g_new0(Line, 1);
    line->sequence = log->sequence;
    line->json = rms_sim_json_print(record);
    g_queue_push_tail(&log->lines, line);
    if (log->lines.length > log->size)
        free_line(g_queue_pop_head(&log->lines));
    if (log->file != NULL)
        fprintf(log->file, "%s\n", line->json);
}

GBytes *rms_sim_request_log_print(RmsSimRequestLog *log, guint64 since)
{
    GString *text = g_string_new("[");
    for (GList *link = log->lines.head; link != NULL; link = link->next) {
        const Line *line = link->data;
        if (line->sequence <= since)
            continue;
        if (text->len > 1)
            g_string_append_c(text, ',');
        g_string_append(text, line->json);
    }
    g_string_append_c(text, ']');
    return g_string_free_to_bytes(text);
}

void rms_sim_request_log_clear(RmsSimRequestLog *log)
{
    g_queue_clear_full(&log->lines, free_line);
}
