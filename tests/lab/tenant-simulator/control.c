/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The control listener (control.h).
 */
#include "config.h"

#include "tests/lab/tenant-simulator/control.h"

#include <libsoup/soup.h>
#include <string.h>

#include "tests/lab/tenant-simulator/json.h"
#include "tests/lab/tenant-simulator/limits.h"
#include "tests/lab/tenant-simulator/soup-listen.h"

struct _RmsSimControl {
    RmsSimTenant *tenant;
    RmsSimFaults *faults;
    RmsSimRequestLog *log;
    SoupServer *soup;
};

/* A request to one of the actions below: its query, its body, and the answer to fill. */
typedef struct {
    GHashTable *query;
    GBytes *body;
    guint status;
    GBytes *answer;
} Call;

static void answer_json(Call *call, cJSON *json)
{
    char *text = rms_sim_json_print(json);
    cJSON_Delete(json);
    call->answer = g_bytes_new_take(text, strlen(text));
}

static void refuse(Call *call, const GError *error)
{
    cJSON *json = cJSON_CreateObject();
    cJSON_AddStringToObject(json, "error", error->message);
    call->status = g_error_matches(error, RMS_SIM_ERROR, RMS_SIM_ERROR_INVALID) ? 400 : 500;
    answer_json(call, json);
}

static void get_requests(RmsSimControl *control, Call *call)
{
    const char *since = call->query == NULL ? NULL : g_hash_table_lookup(call->query, "since");
    guint64 number = 0;
    g_autoptr(GError) error = NULL;
    if (since != NULL && !g_ascii_string_to_unsigned(since, 10, 0, G_MAXUINT64, &number, &error)) {
        refuse(call, error);
        call->status = 400;
        return;
    }
    call->answer = rms_sim_request_log_print(control->log, number);
}

static void delete_requests(RmsSimControl *control, Call *call)
{
    rms_sim_request_log_clear(control->log);
}

static void get_faults(RmsSimControl *control, Call *call)
{
    answer_json(call, rms_sim_faults_dup_json(control->faults));
}

static void put_faults(RmsSimControl *control, Call *call)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(cJSON) json = rms_sim_json_parse(call->body, &error);
    if (json == NULL || !rms_sim_faults_set(control->faults, json, &error))
        refuse(call, error);
    else
        get_faults(control, call);
}

static void delete_faults(RmsSimControl *control, Call *call)
{
    g_autoptr(cJSON) none = cJSON_CreateArray();
    rms_sim_faults_set(control->faults, none, NULL);
}

static void get_state(RmsSimControl *control, Call *call)
{
    answer_json(call,
                rms_sim_service_state_dup_json(control->tenant->state, control->tenant->users));
}

static void put_state(RmsSimControl *control, Call *call)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(cJSON) json = rms_sim_json_parse(call->body, &error);
    if (json == NULL ||
        !rms_sim_service_state_change(control->tenant->state, control->tenant->users, json, &error))
        refuse(call, error);
    else
        get_state(control, call);
}

static void rotate_keys(RmsSimControl *control, Call *call)
{
    const char *forget = call->query == NULL ? NULL : g_hash_table_lookup(call->query, "forget");
    g_autoptr(GError) error = NULL;
    if (!rms_sim_tokens_rotate(control->tenant->tokens, g_strcmp0(forget, "1") == 0, &error))
        refuse(call, error);
    else
        answer_json(call, rms_sim_tokens_dup_key_set(control->tenant->tokens));
}

static const struct {
    const char *method, *path;
    void (*act)(RmsSimControl *control, Call *call);
} actions[] = {
    {"GET",    "/requests",    get_requests   },
    {"DELETE", "/requests",    delete_requests},
    {"GET",    "/faults",      get_faults     },
    {"PUT",    "/faults",      put_faults     },
    {"DELETE", "/faults",      delete_faults  },
    {"GET",    "/state",       get_state      },
    {"PUT",    "/state",       put_state      },
    {"POST",   "/keys/rotate", rotate_keys    },
};

static void on_request(SoupServer *soup,
                       SoupServerMessage *message,
                       const char *path,
                       GHashTable *query,
                       gpointer data)
{
    RmsSimControl *control = data;
    g_autoptr(GBytes) body = rms_sim_soup_dup_body(message);
    Call call = {.query = query, .body = body, .status = 0};
    if (rms_sim_soup_is_too_large(message))
        call.status = 413;
    for (gsize i = 0; i < G_N_ELEMENTS(actions) && call.status == 0; i++) {
        if (g_str_equal(actions[i].path, path) &&
            g_str_equal(actions[i].method, soup_server_message_get_method(message))) {
            call.status = 200;
            actions[i].act(control, &call);
            if (call.answer == NULL && call.status == 200)
                call.status = 204;
            break;
        }
    }
    soup_server_message_set_status(message, call.status == 0 ? 404 : call.status, NULL);
    if (call.answer != NULL) {
        soup_message_headers_replace(
            soup_server_message_get_response_headers(message), "Content-Type", "application/json");
        SoupMessageBody *answer = soup_server_message_get_response_body(message);
        soup_message_body_append_bytes(answer, call.answer);
        soup_message_body_complete(answer);
        g_bytes_unref(call.answer);
    }
}

RmsSimControl *rms_sim_control_new(
    RmsSimTenant *tenant, RmsSimFaults *faults, RmsSimRequestLog *log, guint *port, GError **error)
{
    g_autoptr(RmsSimControl) control = g_new0(RmsSimControl, 1);
    control->tenant = tenant;
    control->faults = faults;
    control->log = log;
    control->soup = rms_sim_soup_listen(
        &tenant->config->control, NULL, RMS_SIM_MAX_CONTROL_BODY, on_request, control, port, error);
    return control->soup == NULL ? NULL : g_steal_pointer(&control);
}

void rms_sim_control_free(RmsSimControl *control)
{
    if (control == NULL)
        return;
    if (control->soup != NULL)
        soup_server_disconnect(control->soup);
    g_clear_object(&control->soup);
    g_free(control);
}
