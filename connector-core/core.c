/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The running connector: store, event log, keys, list in force and HTTP server, and how a new list
 * reaches all of them.
 */
#include "config.h"

#include <string.h>

#include "connector-core/admission.h"
#include "connector-core/caller.h"
#include "connector-core/connector-private.h"
#include "connector-core/contacts.h"
#include "connector-core/event-log.h"
#include "connector-core/group-reader.h"
#include "connector-core/http-server.h"
#include "connector-core/limits.h"
#include "connector-core/store.h"

/* protocol.md §5.2: every 15 minutes, as a net under the pushes that take effect at once. */
#define REFRESH_SECONDS (15 * 60)
#define TENANT_SETTING "tenant-url"

struct _RmsCore {
    const RmsConnectorSettings *settings;
    RmsCoreEventFunc on_event;
    RmsCoreListFunc on_list;
    gpointer user_data;
    RmsStore *store;
    RmsEventLog *log;
    RmsAcceptor *acceptor;
    RmsContacts *contacts;
    RmsHttpServer *server;
    RmsGroupReader *groups;
    RmsServerList *list;
    char *tenant_url;
    GSource *refresh;
    gboolean started;
    RmsCoreDrainedFunc drained;
    gpointer drained_data;
};

static void on_event_written(RmsEvent *event, gpointer user_data)
{
    RmsCore *core = user_data;

    if (core->server != NULL)
        rms_counters_add_event(rms_http_server_get_counters(core->server),
                               rms_event_get_number(event));
    core->on_event(event, core->user_data);
}

/* An event's message grows by a line, or counts the lines that no longer fit. */
static void append_line(GString *text, const char *line, guint *omitted)
{
    if (*omitted > 0 || text->len + strlen(line) > RMS_MAX_EVENT_MESSAGE_BYTES - 100)
        (*omitted)++;
    else
        g_string_append_printf(text, "\n%s", line);
}

static void append_omitted(GString *text, guint omitted)
{
    if (omitted > 0)
        g_string_append_printf(text, "\n… and %u more", omitted);
}

/* Events 1004 (with every account in the list) and 2003. */
static void log_list(RmsCore *core)
{
    g_autoptr(GString) text = g_string_new(NULL);
    guint omitted = 0;

    g_string_append_printf(
        text,
        "The list of authorized accounts has been updated: revision %" G_GINT64_FORMAT
        ", %u entries.",
        rms_server_list_get_revision(core->list),
        rms_server_list_get_length(core->list));
    for (guint i = 0; i < rms_server_list_get_length(core->list); i++) {
        RmsEntry *entry = rms_server_list_get(core->list, i);
        g_autofree char *line = g_strdup_printf("%s %s (%s)",
                                                rms_entry_get_sid_text(entry),
                                                rms_entry_get_name(entry),
                                                rms_role_to_string(rms_entry_get_role(entry)));

        append_line(text, line, &omitted);
    }
    append_omitted(text, omitted);
    rms_event_log_addf(core->log, RMS_EVENT_LIST_UPDATED, "%s", text->str);
    if (rms_server_list_get_length(core->list) == 0)
        rms_event_log_addf(core->log,
                           RMS_EVENT_LIST_EMPTY,
                           "The list of authorized servers is empty, so every server is refused. "
                           "Authorize your servers in the "
                           "console and push the list.");
}

/* What is known decides from the next request on. */
static void decide_anew(gpointer user_data)
{
    RmsCore *core = user_data;
    g_autoptr(GPtrArray) readings = rms_group_reader_get_readings(core->groups);

    rms_http_server_set_admission(core->server, rms_admission_new(core->list, readings));
}

/* @list decides from the next request on. */
static void put_in_force(RmsCore *core, RmsServerList *list)
{
    g_set_object(&core->list, list);
    rms_group_reader_set_list(core->groups, list);
    decide_anew(core);
    rms_counters_set_list(rms_http_server_get_counters(core->server),
                          rms_server_list_get_revision(list),
                          rms_server_list_get_length(list));
    log_list(core);
    core->on_list(list, core->user_data);
}

/* The last good list stays in force when the store cannot be read. */
static void read_list(RmsCore *core)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(RmsServerList) list = rms_store_load(core->store, &error);

    if (list != NULL)
        put_in_force(core, list);
    else
        rms_event_log_addf(core->log,
                           RMS_EVENT_LIST_FAILED,
                           "The list of authorized servers could not be read: %s. %s",
                           error->message,
                           core->list != NULL ? "The list that was read before stays in force."
                                              : "Every server is refused until it can be read.");
}

static gboolean on_refresh_due(gpointer user_data)
{
    RmsCore *core = user_data;

    read_list(core);
    rms_group_reader_read_all(core->groups, NULL, NULL);
    return G_SOURCE_CONTINUE;
}

static void start_refreshing(RmsCore *core)
{
    core->refresh = g_timeout_source_new_seconds(REFRESH_SECONDS);
    g_source_set_callback(core->refresh, on_refresh_due, core, NULL);
    g_source_attach(core->refresh, g_main_context_get_thread_default());
}

static void check_keytab(RmsCore *core)
{
    const char *name = core->settings->connector_name;

    if (rms_acceptor_has_host(core->acceptor, name))
        return;
    rms_event_log_addf(
        core->log,
        RMS_EVENT_KEYTAB_LACKS_NAME,
        "The keytab %s has no key of HTTP/%s, so every server that calls %s will be refused. "
        "Give that name to the connector's service account (setspn -S HTTP/%s ACCOUNT), "
        "export its keys and replace the keytab; a restart is not needed.",
        core->settings->keytab,
        name,
        name,
        name);
}

static void read_tenant(RmsCore *core)
{
    g_autoptr(GError) error = NULL;

    core->tenant_url = rms_store_get_setting(core->store, TENANT_SETTING, &error);
    if (error != NULL)
        rms_event_log_addf(core->log,
                           RMS_EVENT_EXCEPTION,
                           "The tenant's address could not be read: %s",
                           error->message);
    rms_http_server_set_tenant(core->server, core->tenant_url);
}

RmsCore *rms_core_new(const RmsConnectorSettings *settings,
                      RmsCoreEventFunc on_event,
                      RmsCoreListFunc on_list,
                      gpointer user_data,
                      GError **error)
{
    g_autoptr(RmsCore) core = g_new0(RmsCore, 1);
    g_autofree char *spn = g_strdup_printf(
        "HTTP/%s", settings->connector_name != NULL ? settings->connector_name : "");

    core->settings = settings;
    core->on_event = on_event;
    core->on_list = on_list;
    core->user_data = user_data;
    if (settings->connector_name == NULL || settings->state_directory == NULL ||
        settings->keytab == NULL ||
        (settings->http_address == NULL && settings->https_address == NULL)) {
        g_set_error(error,
                    RMS_CONNECTOR_ERROR,
                    RMS_CONNECTOR_ERROR_SETTINGS,
                    "the connector needs its name, a state directory, a keytab and an address to "
                    "listen on");
        return NULL;
    }
    core->store = rms_store_open(settings->state_directory, error);
    if (core->store == NULL)
        return NULL;
    core->log = rms_event_log_new(core->store, on_event_written, core);
    core->contacts = rms_contacts_new(core->log, spn);
    core->acceptor = rms_acceptor_new(settings->keytab, error);
    if (core->acceptor == NULL)
        return NULL;
    core->server = rms_http_server_new(settings, core->acceptor, core->contacts, core->log, error);
    if (core->server == NULL || !rms_http_server_listen(core->server, error))
        return NULL;
    core->groups =
        rms_group_reader_new(settings->directory, core->store, core->log, decide_anew, core);
    core->started = TRUE;
    rms_event_log_addf(
        core->log, RMS_EVENT_STARTED, "The connector %s has started.", settings->connector_name);
    check_keytab(core);
    read_tenant(core);
    read_list(core);
    start_refreshing(core);
    /* Whoever waits for the start finds them in the log. */
    rms_event_log_flush(core->log);
    return g_steal_pointer(&core);
}

static gboolean on_server_drained(gpointer user_data)
{
    RmsCore *core = user_data;

    core->drained(core->drained_data);
    return G_SOURCE_REMOVE;
}

void rms_core_drain(RmsCore *core,
                    guint deadline_ms,
                    RmsCoreDrainedFunc drained,
                    gpointer user_data)
{
    core->drained = drained;
    core->drained_data = user_data;
    rms_http_server_drain(core->server, deadline_ms, on_server_drained, core);
}

void rms_core_free(RmsCore *core)
{
    if (core == NULL)
        return;
    if (core->refresh != NULL)
        g_source_destroy(core->refresh);
    g_clear_pointer(&core->refresh, g_source_unref);
    g_clear_pointer(&core->groups, rms_group_reader_free);
    g_clear_pointer(&core->server, rms_http_server_free);
    rms_contacts_free(core->contacts);
    if (core->started)
        rms_event_log_addf(core->log,
                           RMS_EVENT_STOPPED,
                           "The connector %s has stopped.",
                           core->settings->connector_name);
    rms_acceptor_free(core->acceptor);
    rms_event_log_free(core->log);
    rms_store_close(core->store);
    g_clear_object(&core->list);
    g_free(core->tenant_url);
    g_free(core);
}

static void
add_event(GPtrArray *events, RmsEventNumber number, const char *message, RmsEntry *entry)
{
    g_ptr_array_add(events,
                    rms_event_new(number,
                                  message,
                                  entry != NULL ? rms_entry_get_name(entry) : NULL,
                                  entry != NULL ? rms_entry_get_sid_text(entry) : NULL,
                                  NULL));
}

/* Events 4000 and, for each entry that becomes super user, 4001. @user_data: the array for them. */
static GPtrArray *describe_push(RmsServerList *before, RmsServerList *after, gpointer user_data)
{
    GPtrArray *events = user_data;
    g_autoptr(GListModel) changes = rms_server_list_diff(before, after);
    g_autofree char *described = rms_server_list_describe_changes(before, after);
    g_auto(GStrv) lines = g_strsplit(described, "\n", -1);
    g_autoptr(GString) text = g_string_new(NULL);
    guint omitted = 0;

    g_string_append_printf(text,
                           "%s pushed revision %" G_GINT64_FORMAT
                           " of the list of authorized servers:",
                           rms_server_list_get_saved_by(after),
                           rms_server_list_get_revision(after));
    for (guint i = 0; lines[i] != NULL; i++)
        append_line(text, lines[i], &omitted);
    append_omitted(text, omitted);
    if (lines[0] == NULL)
        g_string_append(text, "\nno entry changed");
    add_event(events, RMS_EVENT_LIST_PUSHED, text->str, NULL);

    for (guint i = 0; i < g_list_model_get_n_items(changes); i++) {
        g_autoptr(RmsListChange) change = g_list_model_get_item(changes, i);
        g_autofree char *message = NULL;
        RmsEntry *entry = rms_list_change_get_after(change);

        if (!rms_list_change_grants_super_user(change))
            continue;
        message = g_strdup_printf("%s made %s a super user: its members can now read all protected "
                                  "content of the organization.",
                                  rms_server_list_get_saved_by(after),
                                  rms_entry_get_name(entry));
        add_event(events, RMS_EVENT_SUPER_USER_GRANTED, message, entry);
    }
    return events;
}

/* Whoever lost to another writer of the same store has to see what won. */
static void read_newer_list(RmsCore *core)
{
    g_autoptr(RmsServerList) list = rms_store_load(core->store, NULL);

    if (list != NULL && (core->list == NULL || rms_server_list_get_revision(list) !=
                                                   rms_server_list_get_revision(core->list))) {
        put_in_force(core, list);
        rms_event_log_flush(core->log);
    }
}

RmsServerList *rms_core_push(RmsCore *core,
                             RmsServerList *list,
                             gint64 expected_revision,
                             const char *author,
                             GError **error)
{
    g_autoptr(GPtrArray) events = g_ptr_array_new_with_free_func(g_object_unref);
    g_autoptr(GError) failure = NULL;
    RmsServerList *saved;

    /* What happened before the push comes before it in the log. */
    rms_event_log_flush(core->log);
    saved = rms_store_push(
        core->store, list, expected_revision, author, describe_push, events, &failure);
    if (saved == NULL) {
        if (g_error_matches(failure, RMS_CONNECTOR_ERROR, RMS_CONNECTOR_ERROR_CONFLICT))
            read_newer_list(core);
        g_propagate_error(error, g_steal_pointer(&failure));
        return NULL;
    }
    rms_event_log_tell(core->log, events);
    put_in_force(core, saved);
    rms_event_log_flush(core->log);
    return saved;
}

GPtrArray *rms_core_query_events(RmsCore *core, gint64 before_id, guint limit, GError **error)
{
    return rms_event_log_query(core->log, before_id, limit, error);
}

GPtrArray *rms_core_list_history(RmsCore *core, gint64 before_revision, guint limit, GError **error)
{
    return rms_store_list_history(core->store, before_revision, limit, error);
}

RmsServerList *rms_core_load_revision(RmsCore *core, gint64 revision, GError **error)
{
    return rms_store_load_revision(core->store, revision, error);
}

GPtrArray *rms_core_get_groups(RmsCore *core)
{
    return rms_group_reader_get_status(core->groups);
}

void rms_core_read_groups(RmsCore *core, void (*done)(gpointer user_data), gpointer user_data)
{
    rms_group_reader_read_all(core->groups, done, user_data);
}

void rms_core_log(RmsCore *core, RmsEvent *event)
{
    rms_event_log_add(core->log, event);
}

const char *rms_core_get_tenant(RmsCore *core)
{
    return core->tenant_url;
}

void rms_core_set_tenant(RmsCore *core, const char *url)
{
    g_autoptr(GError) error = NULL;

    if (g_strcmp0(core->tenant_url, url) == 0)
        return;
    g_free(core->tenant_url);
    core->tenant_url = g_strdup(url);
    rms_http_server_set_tenant(core->server, url);
    if (!rms_store_set_setting(core->store, TENANT_SETTING, url, &error))
        rms_event_log_addf(core->log,
                           RMS_EVENT_EXCEPTION,
                           "The tenant's address could not be kept for the next start: %s",
                           error->message);
}

void rms_core_set_token(RmsCore *core, RmsSecret *token, gint64 expires_at)
{
    rms_http_server_set_token(core->server, token, expires_at);
}
