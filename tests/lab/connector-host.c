/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A connector without a window, for the lab's tests: the real façade, driven by one JSON object a
 * line on standard input, answering with one JSON object a line on standard output.
 *
 *     {"cmd":"push","expected":N,"author":"…","entries":[…]}     {"list":{…}}
 *     {"cmd":"list"}                                              {"list":{…}}
 *     {"cmd":"token","value":"…","expires_at":N}                  {"ok":true}
 *     {"cmd":"tenant","url":"https://…" or null}                  {"ok":true}
 *     {"cmd":"events","limit":N,"before":N}                       {"events":[…]}
 *     {"cmd":"history","limit":N,"before":N}                      {"history":[…]}
 *     {"cmd":"revision","revision":N}                             {"list":{…}}
 *     {"cmd":"groups"}                                            {"groups":[…]}
 *     {"cmd":"read-groups"}                                       {"groups":[…]}
 *     {"cmd":"stop"}                                              {"ok":true}, then it ends
 *
 * A command that fails answers {"error":"…","code":"conflict"}. Commands are answered in order, the
 * next one is read when the last was answered. Events come in between as they are logged:
 * {"event":{…}}. The end of input stops it as well.
 */
#include "config.h"

#include <gio/gio.h>
#include <gio/gunixinputstream.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "connector-core/connector.h"
#include "connector-core/model/json.h"

#define MAX_LINE RMS_SERVER_LIST_MAX_JSON

typedef struct {
    GMainLoop *loop;
    RmsConnector *connector;
    GDataInputStream *input;
    gboolean stopping;
    int status;
} Host;

static void read_command(Host *host);

/* @message: (transfer full) */
static void answer(cJSON *message)
{
    g_autoptr(cJSON) owned = message;
    g_autofree char *text = rms_json_print(owned, FALSE);

    puts(text);
    fflush(stdout);
}

static cJSON *ok(void)
{
    cJSON *message = cJSON_CreateObject();

    cJSON_AddTrueToObject(message, "ok");
    return message;
}

static const char *name_code(const GError *error)
{
    static const char *const connector[] = {"settings", "store", "conflict", "not-running"};
    static const char *const model[] = {"syntax", "rule", "duplicate", "not-found"};

    if (error->domain == RMS_CONNECTOR_ERROR && (guint) error->code < G_N_ELEMENTS(connector))
        return connector[error->code];
    if (error->domain == RMS_MODEL_ERROR && (guint) error->code < G_N_ELEMENTS(model))
        return model[error->code];
    return "other";
}

static cJSON *failure(const GError *error)
{
    cJSON *message = cJSON_CreateObject();

    cJSON_AddStringToObject(message, "error", error->message);
    cJSON_AddStringToObject(message, "code", name_code(error));
    return message;
}

static cJSON *list_answer(RmsServerList *list)
{
    g_autofree char *text = rms_server_list_to_json(list, FALSE);
    cJSON *message = cJSON_CreateObject();

    cJSON_AddItemToObject(message, "list", cJSON_Parse(text));
    return message;
}

static void add_text(cJSON *object, const char *member, const char *text)
{
    if (text != NULL)
        cJSON_AddStringToObject(object, member, text);
    else
        cJSON_AddNullToObject(object, member);
}

static cJSON *event_value(RmsEvent *event)
{
    static const char *const levels[] = {"information", "warning", "error"};
    cJSON *value = cJSON_CreateObject();

    rms_json_add_int(value, "id", rms_event_get_id(event));
    rms_json_add_int(value, "time", rms_event_get_time(event));
    cJSON_AddNumberToObject(value, "number", rms_event_get_number(event));
    cJSON_AddStringToObject(value, "level", levels[rms_event_get_level(event)]);
    cJSON_AddStringToObject(value, "message", rms_event_get_message(event));
    add_text(value, "account", rms_event_get_account(event));
    add_text(value, "sid", rms_event_get_sid(event));
    add_text(value, "computer", rms_event_get_computer(event));
    return value;
}

static void on_event_logged(RmsConnector *connector, RmsEvent *event, Host *host)
{
    cJSON *message = cJSON_CreateObject();

    cJSON_AddItemToObject(message, "event", event_value(event));
    answer(message);
}

/* Answers the command under way and reads the next. @message: (transfer full) */
static void finish_command(Host *host, cJSON *message)
{
    answer(message);
    read_command(host);
}

static void refuse_command(Host *host, const GError *error)
{
    finish_command(host, failure(error));
}

static void on_connector_pushed(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(RmsServerList) saved =
        rms_connector_push_finish(RMS_CONNECTOR(source), result, &error);

    finish_command(user_data, saved != NULL ? list_answer(saved) : failure(error));
}

static void run_push(Host *host, const cJSON *command)
{
    const cJSON *entries = cJSON_GetObjectItemCaseSensitive(command, "entries");
    g_autoptr(cJSON) document = cJSON_CreateObject();
    g_autoptr(GError) error = NULL;
    g_autoptr(RmsServerList) list = NULL;
    g_autofree char *text = NULL;
    const char *author = rms_json_get_string(command, "author", RMS_AUTHOR_MAX_BYTES, &error);
    gint64 expected = 0;

    if (author == NULL ||
        !rms_json_get_int(command, "expected", 0, G_MAXINT64, &expected, &error)) {
        refuse_command(host, error);
        return;
    }
    cJSON_AddItemToObject(
        document, "entries", entries != NULL ? cJSON_Duplicate(entries, TRUE) : cJSON_CreateNull());
    text = rms_json_print(document, FALSE);
    list = rms_server_list_from_json(text, strlen(text), &error);
    if (list == NULL)
        refuse_command(host, error);
    else
        rms_connector_push_async(
            host->connector, list, expected, author, NULL, on_connector_pushed, host);
}

static void run_list(Host *host, const cJSON *command)
{
    g_autoptr(RmsServerList) list = rms_connector_dup_list(host->connector);
    g_autoptr(RmsServerList) none = rms_server_list_new();

    finish_command(host, list_answer(list != NULL ? list : none));
}

static void run_token(Host *host, const cJSON *command)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(RmsSecret) token = NULL;
    const char *value = rms_json_get_string(command, "value", 64 * 1024, &error);
    gint64 expires_at = 0;

    if (value == NULL ||
        !rms_json_get_int(command, "expires_at", 0, G_MAXINT64, &expires_at, &error)) {
        refuse_command(host, error);
        return;
    }
    token = rms_secret_new(value, -1);
    rms_connector_set_token(host->connector, token, expires_at);
    finish_command(host, ok());
}

static void run_tenant(Host *host, const cJSON *command)
{
    g_autoptr(GError) error = NULL;

    if (rms_connector_set_tenant(host->connector, rms_json_peek_string(command, "url"), &error))
        finish_command(host, ok());
    else
        refuse_command(host, error);
}

/* Optional members "limit" and "before" of a command that reads back. */
static gboolean read_window(const cJSON *command, gint64 *before, gint64 *limit, GError **error)
{
    *before = 0;
    *limit = 100;
    return (cJSON_GetObjectItemCaseSensitive(command, "before") == NULL ||
            rms_json_get_int(command, "before", 0, G_MAXINT64, before, error)) &&
           (cJSON_GetObjectItemCaseSensitive(command, "limit") == NULL ||
            rms_json_get_int(command, "limit", 1, G_MAXINT32, limit, error));
}

static void on_connector_events_read(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) events =
        rms_connector_query_events_finish(RMS_CONNECTOR(source), result, &error);
    g_autoptr(cJSON) message = NULL;
    cJSON *array;

    if (events == NULL) {
        refuse_command(user_data, error);
        return;
    }
    message = cJSON_CreateObject();
    array = cJSON_AddArrayToObject(message, "events");
    for (guint i = 0; i < events->len; i++)
        cJSON_AddItemToArray(array, event_value(events->pdata[i]));
    finish_command(user_data, g_steal_pointer(&message));
}

static void run_events(Host *host, const cJSON *command)
{
    g_autoptr(GError) error = NULL;
    gint64 before, limit;

    if (!read_window(command, &before, &limit, &error))
        refuse_command(host, error);
    else
        rms_connector_query_events_async(
            host->connector, before, (guint) limit, NULL, on_connector_events_read, host);
}

static void on_connector_history_read(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) history =
        rms_connector_query_history_finish(RMS_CONNECTOR(source), result, &error);
    g_autoptr(cJSON) message = NULL;
    cJSON *array;

    if (history == NULL) {
        refuse_command(user_data, error);
        return;
    }
    message = cJSON_CreateObject();
    array = cJSON_AddArrayToObject(message, "history");
    for (guint i = 0; i < history->len; i++) {
        RmsRevision *revision = history->pdata[i];
        cJSON *value = cJSON_CreateObject();

        rms_json_add_int(value, "revision", rms_revision_get_number(revision));
        rms_json_add_int(value, "saved_at", rms_revision_get_saved_at(revision));
        cJSON_AddStringToObject(value, "saved_by", rms_revision_get_saved_by(revision));
        cJSON_AddStringToObject(value, "changes", rms_revision_get_changes(revision));
        cJSON_AddItemToArray(array, value);
    }
    finish_command(user_data, g_steal_pointer(&message));
}

static void run_history(Host *host, const cJSON *command)
{
    g_autoptr(GError) error = NULL;
    gint64 before, limit;

    if (!read_window(command, &before, &limit, &error))
        refuse_command(host, error);
    else
        rms_connector_query_history_async(
            host->connector, before, (guint) limit, NULL, on_connector_history_read, host);
}

static void on_connector_revision_loaded(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(RmsServerList) list =
        rms_connector_load_revision_finish(RMS_CONNECTOR(source), result, &error);

    finish_command(user_data, list != NULL ? list_answer(list) : failure(error));
}

static void run_revision(Host *host, const cJSON *command)
{
    g_autoptr(GError) error = NULL;
    gint64 revision;

    if (!rms_json_get_int(command, "revision", 1, G_MAXINT64, &revision, &error))
        refuse_command(host, error);
    else
        rms_connector_load_revision_async(
            host->connector, revision, NULL, on_connector_revision_loaded, host);
}

static void finish_groups(Host *host, GPtrArray *groups, const GError *error)
{
    g_autoptr(cJSON) message = NULL;
    cJSON *array;

    if (groups == NULL) {
        refuse_command(host, error);
        return;
    }
    message = cJSON_CreateObject();
    array = cJSON_AddArrayToObject(message, "groups");
    for (guint i = 0; i < groups->len; i++) {
        const RmsGroupStatus *status = groups->pdata[i];
        g_autofree char *sid = rms_sid_to_string(&status->sid);
        cJSON *value = cJSON_CreateObject();

        cJSON_AddStringToObject(value, "sid", sid);
        cJSON_AddNumberToObject(value, "n_members", status->n_members);
        rms_json_add_int(value, "read_at", status->read_at);
        rms_json_add_int(value, "tried_at", status->tried_at);
        add_text(value, "failure", status->failure);
        add_text(value, "gaps", status->gaps);
        cJSON_AddItemToArray(array, value);
    }
    finish_command(host, g_steal_pointer(&message));
}

static void on_connector_groups_queried(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) groups =
        rms_connector_query_groups_finish(RMS_CONNECTOR(source), result, &error);

    finish_groups(user_data, groups, error);
}

static void run_groups(Host *host, const cJSON *command)
{
    rms_connector_query_groups_async(host->connector, NULL, on_connector_groups_queried, host);
}

static void on_connector_groups_read(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) groups =
        rms_connector_read_groups_finish(RMS_CONNECTOR(source), result, &error);

    finish_groups(user_data, groups, error);
}

static void run_read_groups(Host *host, const cJSON *command)
{
    rms_connector_read_groups_async(host->connector, NULL, on_connector_groups_read, host);
}

static void on_connector_stopped(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GError) error = NULL;
    Host *host = user_data;

    if (!rms_connector_stop_finish(RMS_CONNECTOR(source), result, &error)) {
        g_printerr("connector-host: %s\n", error->message);
        host->status = 1;
    }
    answer(ok());
    g_main_loop_quit(host->loop);
}

static void run_stop(Host *host, const cJSON *command)
{
    host->stopping = TRUE;
    rms_connector_stop_async(host->connector, on_connector_stopped, host);
}

static const struct {
    const char *name;
    void (*run)(Host *host, const cJSON *command);
} commands[] = {
    {"push",        run_push       },
    {"list",        run_list       },
    {"token",       run_token      },
    {"tenant",      run_tenant     },
    {"events",      run_events     },
    {"history",     run_history    },
    {"revision",    run_revision   },
    {"groups",      run_groups     },
    {"read-groups", run_read_groups},
    {"stop",        run_stop       },
};

static void run_command(Host *host, const char *line)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(cJSON) command = rms_json_parse(line, strlen(line), MAX_LINE, &error);
    const char *name = command != NULL ? rms_json_get_string(command, "cmd", 32, &error) : NULL;

    for (guint i = 0; name != NULL && i < G_N_ELEMENTS(commands); i++) {
        if (strcmp(name, commands[i].name) == 0) {
            commands[i].run(host, command);
            return;
        }
    }
    if (error == NULL)
        g_set_error(
            &error, RMS_MODEL_ERROR, RMS_MODEL_ERROR_SYNTAX, "there is no command %s", name);
    refuse_command(host, error);
}

static void on_input_line_read(GObject *source, GAsyncResult *result, gpointer user_data)
{
    Host *host = user_data;
    g_autoptr(GError) error = NULL;
    g_autofree char *line = g_data_input_stream_read_line_finish(host->input, result, NULL, &error);

    if (error != NULL)
        g_printerr("connector-host: %s\n", error->message);
    if (line != NULL)
        run_command(host, line);
    else
        run_stop(host, NULL);
}

static void read_command(Host *host)
{
    if (!host->stopping)
        g_data_input_stream_read_line_async(
            host->input, G_PRIORITY_DEFAULT, NULL, on_input_line_read, host);
}

static void on_connector_started(GObject *source, GAsyncResult *result, gpointer user_data)
{
    Host *host = user_data;
    g_autoptr(GError) error = NULL;

    if (rms_connector_start_finish(RMS_CONNECTOR(source), result, &error)) {
        read_command(host);
        return;
    }
    g_printerr("connector-host: %s\n", error->message);
    host->status = 1;
    g_main_loop_quit(host->loop);
}

static gboolean read_settings(int *argc, char ***argv, RmsConnectorSettings *settings)
{
    int header_timeout = 0, body_timeout = 0, idle_timeout = 0, upstream_timeout = 0,
        max_connections = 0;
    g_autofree char *directory = NULL;
    g_autofree char *directory_ca = NULL;
    const GOptionEntry entries[] = {
        {"name",                0, 0, G_OPTION_ARG_STRING,   &settings->connector_name,   NULL, "NAME"     },
        {"state-directory",
         0,                        0,
         G_OPTION_ARG_FILENAME,                              &settings->state_directory,
         NULL,                                                                                  "DIRECTORY"},
        {"keytab",              0, 0, G_OPTION_ARG_FILENAME, &settings->keytab,           NULL, "FILE"     },
        {"http-address",        0, 0, G_OPTION_ARG_STRING,   &settings->http_address,     NULL, "ADDRESS"  },
        {"https-address",       0, 0, G_OPTION_ARG_STRING,   &settings->https_address,    NULL, "ADDRESS"  },
        {"certificate",         0, 0, G_OPTION_ARG_FILENAME, &settings->certificate_file, NULL, "FILE"     },
        {"key",                 0, 0, G_OPTION_ARG_FILENAME, &settings->key_file,         NULL, "FILE"     },
        {"metrics-address",     0, 0, G_OPTION_ARG_STRING,   &settings->metrics_address,  NULL, "ADDRESS"  },
        {"upstream-proxy",      0, 0, G_OPTION_ARG_STRING,   &settings->upstream_proxy,   NULL, "URL"      },
        {"directory",           0, 0, G_OPTION_ARG_STRING,   &directory,                  NULL, "SERVER"   },
        {"directory-ca",        0, 0, G_OPTION_ARG_FILENAME, &directory_ca,               NULL, "FILE"     },
        {"upstream-ca",         0, 0, G_OPTION_ARG_FILENAME, &settings->upstream_ca_file, NULL, "FILE"     },
        {"header-timeout-ms",   0, 0, G_OPTION_ARG_INT,      &header_timeout,             NULL, "MS"       },
        {"body-timeout-ms",     0, 0, G_OPTION_ARG_INT,      &body_timeout,               NULL, "MS"       },
        {"idle-timeout-ms",     0, 0, G_OPTION_ARG_INT,      &idle_timeout,               NULL, "MS"       },
        {"upstream-timeout-ms", 0, 0, G_OPTION_ARG_INT,      &upstream_timeout,           NULL, "MS"       },
        {"max-connections",     0, 0, G_OPTION_ARG_INT,      &max_connections,            NULL, "N"        },
        G_OPTION_ENTRY_NULL
    };
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);
    g_autoptr(GError) error = NULL;

    g_option_context_add_main_entries(context, entries, NULL);
    if (!g_option_context_parse(context, argc, argv, &error) || *argc > 1) {
        g_printerr("connector-host: %s\n", error != NULL ? error->message : "too many arguments");
        return FALSE;
    }
    /* Signs in as the lab's reader; the environment has its password. */
    if (directory != NULL) {
        settings->directory = rms_directory_settings_new();
        settings->directory->server = g_steal_pointer(&directory);
        settings->directory->ca_file = g_steal_pointer(&directory_ca);
        settings->directory->user = g_strdup(g_getenv("LAB_READER"));
        settings->directory->password = rms_secret_new(g_getenv("LAB_PASSWORD"), -1);
        settings->directory->timeout_ms = 5000;
    }
    settings->header_timeout_ms = (guint) MAX(header_timeout, 0);
    settings->body_timeout_ms = (guint) MAX(body_timeout, 0);
    settings->idle_timeout_ms = (guint) MAX(idle_timeout, 0);
    settings->upstream_timeout_ms = (guint) MAX(upstream_timeout, 0);
    settings->max_connections = (guint) MAX(max_connections, 0);
    return TRUE;
}

int main(int argc, char **argv)
{
    g_autoptr(RmsConnectorSettings) settings = rms_connector_settings_new();
    g_autoptr(GInputStream) input = g_unix_input_stream_new(STDIN_FILENO, FALSE);
    Host host = {.status = 0};

    if (!read_settings(&argc, &argv, settings))
        return 2;
    host.loop = g_main_loop_new(NULL, FALSE);
    host.input = g_data_input_stream_new(input);
    host.connector = rms_connector_new(settings);
    g_signal_connect(host.connector, "event-logged", G_CALLBACK(on_event_logged), &host);
    rms_connector_start_async(host.connector, NULL, on_connector_started, &host);
    g_main_loop_run(host.loop);

    g_object_unref(host.connector);
    g_object_unref(host.input);
    g_main_loop_unref(host.loop);
    return host.status;
}
