/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Faults on request (faults.h).
 */
#include "config.h"

#include "tests/lab/tenant-simulator/faults.h"

#include <string.h>

#include "tests/lab/tenant-simulator/json.h"
#include "tests/lab/tenant-simulator/limits.h"

struct _RmsSimFaults {
    GPtrArray *rows; /* of RmsSimFault */
};

#define AT(field) G_STRUCT_OFFSET(RmsSimFault, field)
static const RmsSimJsonMember members[] = {
    {"host",                RMS_SIM_JSON_STRING,            AT(host)},
    {"path",                RMS_SIM_JSON_STRING,            AT(path)},
    {"operation",           RMS_SIM_JSON_STRING,            AT(operation)},
    {"count",               RMS_SIM_JSON_INTEGER,           AT(count),FALSE, -1, G_MAXINT32},
    {"delay_ms",                   RMS_SIM_JSON_INTEGER,                                       AT(delay_ms),FALSE, 0, RMS_SIM_MAX_DELAY_MS},
    {"status",RMS_SIM_JSON_INTEGER,AT(status),FALSE, 200, 599},
    {"headers", RMS_SIM_JSON_OBJECT,                               AT(headers_part)},
    {"soap_fault",           RMS_SIM_JSON_STRING,                                                                          AT(soap_fault)                                                                                 },
    {"empty_body",                     RMS_SIM_JSON_BOOLEAN,                                           AT(empty_body)},
    {"malformed_xml",                     RMS_SIM_JSON_BOOLEAN,                                        AT(malformed_xml)},
    {"wrong_content_type",                     RMS_SIM_JSON_BOOLEAN,                                        AT(wrong_content_type)},
    {"oversized",                     RMS_SIM_JSON_INTEGER,                                     AT(oversized),FALSE, 0, RMS_SIM_MAX_OVERSIZED},
    {"cut_after",                     RMS_SIM_JSON_INTEGER,                                AT(cut_after),FALSE, 0, G_MAXINT32},
    {"disconnect",                     RMS_SIM_JSON_BOOLEAN,                                         AT(disconnect)                                                                                  },
};
#undef AT

static void free_fault(gpointer data)
{
    RmsSimFault *fault = data;
    g_free(fault->host);
    g_free(fault->path);
    g_free(fault->operation);
    g_free(fault->soap_fault);
    g_clear_pointer(&fault->headers, g_array_unref);
    g_free(fault);
}

static void clear_header(gpointer data)
{
    RmsSimHeader *header = data;
    g_free(header->name);
    g_free(header->value);
}

static gboolean read_headers(RmsSimFault *fault, GError **error)
{
    const cJSON *item = NULL;
    fault->headers = g_array_new(FALSE, FALSE, sizeof(RmsSimHeader));
    g_array_set_clear_func(fault->headers, clear_header);
    cJSON_ArrayForEach(item, fault->headers_part)
    {
        if (!cJSON_IsString(item) || strpbrk(item->valuestring, "\r\n") != NULL) {
            g_set_error(error,
                        RMS_SIM_ERROR,
                        RMS_SIM_ERROR_INVALID,
                        "header %s: not one line of text",
                        item->string);
            return FALSE;
        }
        RmsSimHeader header = {g_strdup(item->string), g_strdup(item->valuestring)};
        g_array_append_val(fault->headers, header);
    }
    fault->headers_part = NULL;
    return TRUE;
}

static gboolean add_row(GPtrArray *rows, const cJSON *json, GError **error)
{
    RmsSimFault *fault = g_new0(RmsSimFault, 1);
    g_ptr_array_add(rows, fault);
    fault->count = 1;
    fault->delay_ms = fault->status = fault->oversized = fault->cut_after = -1;
    if (!rms_sim_json_read(json, "fault", members, G_N_ELEMENTS(members), fault, error) ||
        !read_headers(fault, error))
        return FALSE;
    if (rows->len > RMS_SIM_MAX_FAULTS) {
        g_set_error(error, RMS_SIM_ERROR, RMS_SIM_ERROR_INVALID, "too many faults");
        return FALSE;
    }
    return TRUE;
}

RmsSimFaults *rms_sim_faults_new(void)
{
    RmsSimFaults *faults = g_new0(RmsSimFaults, 1);
    faults->rows = g_ptr_array_new_with_free_func(free_fault);
    return faults;
}

void rms_sim_faults_free(RmsSimFaults *faults)
{
    if (faults == NULL)
        return;
    g_ptr_array_unref(faults->rows);
    g_free(faults);
}

gboolean rms_sim_faults_set(RmsSimFaults *faults, const cJSON *json, GError **error)
{
    g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func(free_fault);
    if (cJSON_IsArray(json)) {
        const cJSON *item = NULL;
        cJSON_ArrayForEach(item, json)
        {
            if (!add_row(rows, item, error))
                return FALSE;
        }
    } else if (!add_row(rows, json, error)) {
        return FALSE;
    }
    g_ptr_array_unref(faults->rows);
    faults->rows = g_steal_pointer(&rows);
    return TRUE;
}

static void add_field(cJSON *json, const RmsSimJsonMember *member, const RmsSimFault *fault)
{
    gconstpointer field = (const char *) fault + member->offset;
    if (member->kind == RMS_SIM_JSON_STRING && *(char *const *) field != NULL)
        cJSON_AddStringToObject(json, member->name, *(char *const *) field);
    if (member->kind == RMS_SIM_JSON_BOOLEAN && *(const gboolean *) field)
        cJSON_AddTrueToObject(json, member->name);
    if (member->kind == RMS_SIM_JSON_INTEGER &&
        (*(const gint64 *) field != -1 || field == &fault->count))
        cJSON_AddNumberToObject(json, member->name, (double) *(const gint64 *) field);
}

cJSON *rms_sim_faults_dup_json(const RmsSimFaults *faults)
{
    cJSON *array = cJSON_CreateArray();
    for (guint i = 0; i < faults->rows->len; i++) {
        const RmsSimFault *fault = g_ptr_array_index(faults->rows, i);
        cJSON *json = cJSON_CreateObject();
        for (gsize j = 0; j < G_N_ELEMENTS(members); j++)
            add_field(json, &members[j], fault);
        if (fault->headers->len > 0) {
            cJSON *headers = cJSON_AddObjectToObject(json, "headers");
            for (guint j = 0; j < fault->headers->len; j++) {
                const RmsSimHeader *header = &g_array_index(fault->headers, RmsSimHeader, j);
                cJSON_AddStringToObject(headers, header->name, header->value);
            }
        }
        cJSON_AddItemToArray(array, json);
    }
    return array;
}

static gboolean matches(const RmsSimFault *fault, const RmsSimExchange *exchange)
{
    if (fault->count == 0 ||
        (fault->host != NULL &&
         g_ascii_strcasecmp(fault->host, rms_sim_host_name(exchange->host)) != 0) ||
        (fault->operation != NULL && g_strcmp0(fault->operation, exchange->operation) != 0))
        return FALSE;
    if (fault->path == NULL)
        return TRUE;
    g_autofree char *pattern = g_ascii_strdown(fault->path, -1);
    g_autofree char *path = g_ascii_strdown(exchange->path, -1);
    return g_pattern_match_simple(pattern, path);
}

const RmsSimFault *rms_sim_faults_take(RmsSimFaults *faults, const RmsSimExchange *exchange)
{
    for (guint i = 0; i < faults->rows->len; i++) {
        RmsSimFault *fault = g_ptr_array_index(faults->rows, i);
        if (matches(fault, exchange)) {
            if (fault->count > 0)
                fault->count--;
            return fault;
        }
    }
    return NULL;
}

gboolean rms_sim_fault_replaces(const RmsSimFault *fault)
{
    return fault->status != -1 || fault->soap_fault != NULL || fault->disconnect;
}

static void replace_answer(const RmsSimFault *fault, RmsSimExchange *exchange, GString *done)
{
    gboolean soap12 = exchange->soap != NULL && exchange->soap->soap12;
    if (fault->status != -1) {
        rms_sim_exchange_answer_text(exchange, (guint) fault->status, "A fault was asked for.\n");
        g_string_append_printf(done, " status %d", (int) fault->status);
    }
    if (fault->soap_fault != NULL) {
        rms_sim_exchange_answer(exchange,
                                fault->status != -1 ? (guint) fault->status : 500,
                                rms_sim_soap_content_type(soap12),
                                rms_sim_soap_fault(soap12, fault->soap_fault));
        g_string_append_printf(done, " soap_fault %s", fault->soap_fault);
    }
    if (fault->disconnect) {
        rms_sim_exchange_answer(exchange, 0, NULL, g_bytes_new(NULL, 0));
        g_string_append(done, " disconnect");
    }
}

/* The body up to the middle of its last element, so that no parser can take it for whole. */
static GBytes *break_xml(GBytes *body)
{
    gsize length = 0;
    const char *text = g_bytes_get_data(body, &length);
    const char *end = text == NULL ? NULL : g_strrstr_len(text, length, "</");
    return g_bytes_new_from_bytes(body, 0, end == NULL ? length / 2 : (gsize) (end - text) + 3);
}

static GBytes *pad(GBytes *body, gsize size)
{
    gsize length = 0;
    gconstpointer data = g_bytes_get_data(body, &length);
    if (length >= size)
        return g_bytes_ref(body);
    char *padded = g_malloc(size);
    if (length > 0)
        memcpy(padded, data, length);
    memset(padded + length, ' ', size - length);
    return g_bytes_new_take(padded, size);
}

static void spoil_answer(const RmsSimFault *fault, RmsSimExchange *exchange, GString *done)
{
    GBytes *body = exchange->answer;
    if (fault->empty_body) {
        exchange->answer = g_bytes_new(NULL, 0);
        g_bytes_unref(body);
        g_string_append(done, " empty_body");
    } else if (fault->malformed_xml) {
        exchange->answer = break_xml(body);
        g_bytes_unref(body);
        g_string_append(done, " malformed_xml");
    } else if (fault->oversized != -1) {
        exchange->answer = pad(body, (gsize) fault->oversized);
        g_bytes_unref(body);
        g_string_append_printf(done, " oversized %d", (int) fault->oversized);
    }
    if (fault->wrong_content_type) {
        g_free(exchange->content_type);
        exchange->content_type = g_strdup("text/html; charset=utf-8");
        g_string_append(done, " wrong_content_type");
    }
}

char *rms_sim_fault_apply(const RmsSimFault *fault, RmsSimExchange *exchange)
{
    GString *done = g_string_new(NULL);
    if (rms_sim_fault_replaces(fault))
        replace_answer(fault, exchange, done);
    spoil_answer(fault, exchange, done);
    for (guint i = 0; i < fault->headers->len; i++) {
        const RmsSimHeader *header = &g_array_index(fault->headers, RmsSimHeader, i);
        rms_sim_exchange_add_header(exchange, header->name, header->value);
    }
    if (fault->cut_after != -1)
        g_string_append_printf(done, " cut_after %d", (int) fault->cut_after);
    if (fault->delay_ms != -1)
        g_string_append_printf(done, " delay_ms %d", (int) fault->delay_ms);
    if (done->len > 0)
        g_string_erase(done, 0, 1);
    return g_string_free(done, FALSE);
}
