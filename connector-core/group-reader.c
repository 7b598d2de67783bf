/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The rounds of reading, the events about them, and what is kept in the store.
 */
#include "config.h"

#include "connector-core/group-reader.h"

#include "connector-core/limits.h"
#include "directory/group-expansion.h"

/* Accounts that an event names one by one. */
#define NAMED_ACCOUNTS 20
#define SETTING_PREFIX "group:"

/* One distribution group of the list. */
typedef struct {
    RmsSid sid;
    char *name; /* as the list has it */
    RmsGroupReading *reading;
    gint64 tried_at;
    char *failure;
    gboolean wanted; /* waits to be read */
    gboolean told;   /* that reading fails or lacks something */
} Group;

typedef struct {
    RmsGroupReaderFunc done;
    gpointer user_data;
} Waiting;

struct _RmsGroupReader {
    RmsForest *forest; /* NULL: no directory */
    RmsStore *store;
    RmsEventLog *log;
    RmsGroupReaderFunc on_changed;
    gpointer user_data;
    GPtrArray *groups; /* Group, in the list's order */
    GCancellable *cancellable;
    gboolean reading; /* an expansion is under way */
    RmsSid current;
    GArray *waiting; /* Waiting */
};

/* Outlives the reader when that is freed while an expansion is under way. */
typedef struct {
    RmsGroupReader *reader;
    GCancellable *cancellable;
} Round;

void rms_group_status_free(RmsGroupStatus *status)
{
    if (status == NULL)
        return;
    g_free(status->failure);
    g_free(status->gaps);
    g_free(status);
}

static void group_free(gpointer data)
{
    Group *group = data;

    rms_group_reading_unref(group->reading);
    g_free(group->name);
    g_free(group->failure);
    g_free(group);
}

RmsGroupReader *rms_group_reader_new(const RmsDirectorySettings *directory,
                                     RmsStore *store,
                                     RmsEventLog *log,
                                     RmsGroupReaderFunc on_changed,
                                     gpointer user_data)
{
    RmsGroupReader *reader = g_new0(RmsGroupReader, 1);

    if (directory != NULL)
        reader->forest = rms_forest_new(directory);
    reader->store = store;
    reader->log = log;
    reader->on_changed = on_changed;
    reader->user_data = user_data;
    reader->groups = g_ptr_array_new_with_free_func(group_free);
    reader->cancellable = g_cancellable_new();
    reader->waiting = g_array_new(FALSE, FALSE, sizeof(Waiting));
    return reader;
}

void rms_group_reader_free(RmsGroupReader *reader)
{
    if (reader == NULL)
        return;
    g_cancellable_cancel(reader->cancellable);
    g_clear_object(&reader->cancellable);
    g_clear_object(&reader->forest);
    g_ptr_array_unref(reader->groups);
    g_array_unref(reader->waiting);
    g_free(reader);
}

static Group *find_group(RmsGroupReader *reader, const RmsSid *sid)
{
    for (guint i = 0; i < reader->groups->len; i++) {
        Group *group = reader->groups->pdata[i];

        if (rms_sid_equal(&group->sid, sid))
            return group;
    }
    return NULL;
}

static char *make_setting_name(const RmsSid *sid)
{
    g_autofree char *text = rms_sid_to_string(sid);

    return g_strconcat(SETTING_PREFIX, text, NULL);
}

static char *format_time(gint64 time)
{
    g_autoptr(GDateTime) date = g_date_time_new_from_unix_utc(time / G_USEC_PER_SEC);

    return g_date_time_format(date, "%Y-%m-%d %H:%M:%S UTC");
}

/* --- what is kept --- */

static RmsGroupReading *load_kept(RmsGroupReader *reader, Group *group)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *setting = make_setting_name(&group->sid);
    g_autofree char *text = rms_store_get_setting(reader->store, setting, &error);
    RmsGroupReading *reading = NULL;

    if (text != NULL)
        reading = rms_group_reading_parse(&group->sid, text, &error);
    if (error != NULL)
        rms_event_log_addf(reader->log,
                           RMS_EVENT_GROUP_FAILED,
                           "What was kept of the members of %s cannot be used: %s. The group "
                           "covers nobody until it has been read.",
                           group->name,
                           error->message);
    return reading;
}

static void keep(RmsGroupReader *reader, Group *group)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *setting = make_setting_name(&group->sid);
    g_autofree char *text = rms_group_reading_to_text(group->reading);

    if (!rms_store_set_setting(reader->store, setting, text, &error))
        rms_event_log_addf(reader->log,
                           RMS_EVENT_EXCEPTION,
                           "The members of %s could not be kept for the next start: %s",
                           group->name,
                           error->message);
}

static void forget(RmsGroupReader *reader, Group *group)
{
    g_autofree char *setting = make_setting_name(&group->sid);

    /* What stays behind is never used, as no entry asks for it. */
    (void) rms_store_set_setting(reader->store, setting, NULL, NULL);
}

/* --- what the log says --- */

/* Accounts of @now that are not in @before, named up to a limit. */
static guint
append_difference(GString *text, const char *verb, RmsGroupReading *now, RmsGroupReading *before)
{
    guint n = 0;

    for (guint i = 0; now != NULL && i < rms_group_reading_get_length(now); i++) {
        if (before != NULL && rms_group_reading_has(before, rms_group_reading_get_account(now, i)))
            continue;
        if (n++ < NAMED_ACCOUNTS)
            g_string_append_printf(text,
                                   "\n%s %s (%s)",
                                   verb,
                                   rms_group_reading_get_name(now, i),
                                   rms_group_reading_get_path(now, i));
    }
    if (n > NAMED_ACCOUNTS)
        g_string_append_printf(text, "\n%s %u more", verb, n - NAMED_ACCOUNTS);
    return n;
}

static void log_changes(RmsGroupReader *reader, Group *group, RmsGroupReading *before)
{
    g_autoptr(GString) text = g_string_new(NULL);

    g_string_append_printf(text,
                           "The members of the distribution group %s were read from the directory: "
                           "it covers %u accounts.",
                           group->name,
                           rms_group_reading_get_length(group->reading));
    if (append_difference(text, "new:", group->reading, before) +
            append_difference(text, "no longer:", before, group->reading) ==
        0)
        return;
    rms_event_log_addf(reader->log, RMS_EVENT_GROUP_READ, "%s", text->str);
}

static void log_gaps(RmsGroupReader *reader, Group *group)
{
    const char *gaps = rms_group_reading_get_gaps(group->reading);

    if (gaps != NULL && !group->told)
        rms_event_log_addf(reader->log,
                           RMS_EVENT_GROUP_FAILED,
                           "The distribution group %s could not be read whole: %s Accounts that "
                           "are missing are refused.",
                           group->name,
                           gaps);
    group->told = gaps != NULL;
}

static void log_failure(RmsGroupReader *reader, Group *group)
{
    g_autofree char *time = NULL;

    if (group->told)
        return;
    group->told = TRUE;
    if (group->reading != NULL)
        time = format_time(rms_group_reading_get_time(group->reading));
    rms_event_log_addf(reader->log,
                       RMS_EVENT_GROUP_FAILED,
                       "The members of the distribution group %s could not be read: %s. %s%s%s",
                       group->name,
                       group->failure,
                       time != NULL ? "What was read at "
                                    : "The group covers nobody until it can "
                                      "be read.",
                       time != NULL ? time : "",
                       time != NULL ? " stays in force." : "");
}

/* --- rounds --- */

static void read_next(RmsGroupReader *reader);

static RmsGroupReading *make_reading(RmsExpansion *expansion, const RmsSid *sid)
{
    g_autofree char *gaps = rms_expansion_dup_gap_text(expansion);
    GPtrArray *members = rms_expansion_get_members(expansion);
    RmsGroupReading *reading = rms_group_reading_new(sid, g_get_real_time(), gaps);

    for (guint i = 0; i < members->len; i++) {
        RmsExpandedMember *member = members->pdata[i];
        g_auto(GStrv) names = rms_expanded_member_dup_path(member);
        g_autofree char *path = g_strjoinv(" → ", names);

        rms_group_reading_add(reading,
                              rms_expanded_member_get_sid(member),
                              rms_expanded_member_get_account_name(member),
                              path);
    }
    return reading;
}

/* @reading: (transfer full) */
static void take_reading(RmsGroupReader *reader, Group *group, RmsGroupReading *reading)
{
    g_autoptr(RmsGroupReading) before = group->reading;

    group->reading = reading;
    g_clear_pointer(&group->failure, g_free);
    keep(reader, group);
    log_changes(reader, group, before);
    log_gaps(reader, group);
    reader->on_changed(reader->user_data);
}

static void take_failure(RmsGroupReader *reader, Group *group, const GError *error)
{
    g_free(group->failure);
    group->failure = g_strdup(error->message);
    log_failure(reader, group);
}

/* Its domain, or the whole forest, has answered that there is no such group. */
static gboolean is_definite(const GError *error)
{
    return g_error_matches(error, RMS_DIRECTORY_ERROR, RMS_DIRECTORY_ERROR_NAME);
}

static void on_expanded(GObject *source, GAsyncResult *result, gpointer user_data)
{
    Round *round = user_data;
    RmsGroupReader *reader = round->reader;
    g_autoptr(GError) error = NULL;
    g_autoptr(RmsExpansion) expansion =
        rms_forest_expand_finish(RMS_FOREST(source), result, &error);
    gboolean is_over = g_cancellable_is_cancelled(round->cancellable);
    Group *group = NULL;
    gint64 now = g_get_real_time();

    g_object_unref(round->cancellable);
    g_free(round);
    if (is_over)
        return;
    reader->reading = FALSE;
    group = find_group(reader, &reader->current);
    if (group != NULL) {
        group->tried_at = now;
        group->wanted = FALSE;
        if (expansion != NULL)
            take_reading(reader, group, make_reading(expansion, &group->sid));
        else if (is_definite(error)) {
            take_reading(reader, group, rms_group_reading_new(&group->sid, now, error->message));
        } else
            take_failure(reader, group, error);
    }
    for (guint i = 0; expansion == NULL && !is_definite(error) && i < reader->groups->len; i++) {
        Group *other = reader->groups->pdata[i];

        if (!other->wanted)
            continue;
        other->wanted = FALSE;
        other->tried_at = now;
        take_failure(reader, other, error);
    }
    read_next(reader);
}

static void end_round(RmsGroupReader *reader)
{
    g_autoptr(GArray) waiting = g_steal_pointer(&reader->waiting);

    reader->waiting = g_array_new(FALSE, FALSE, sizeof(Waiting));
    for (guint i = 0; i < waiting->len; i++) {
        const Waiting *one = &g_array_index(waiting, Waiting, i);

        one->done(one->user_data);
    }
}

static void read_next(RmsGroupReader *reader)
{
    if (reader->reading)
        return;
    for (guint i = 0; i < reader->groups->len; i++) {
        Group *group = reader->groups->pdata[i];
        Round *round = NULL;

        if (!group->wanted)
            continue;
        round = g_new0(Round, 1);
        round->reader = reader;
        round->cancellable = g_object_ref(reader->cancellable);
        reader->reading = TRUE;
        reader->current = group->sid;
        rms_forest_expand_async(
            reader->forest, &group->sid, reader->cancellable, on_expanded, round);
        return;
    }
    end_round(reader);
}

static void want(RmsGroupReader *reader, Group *group)
{
    g_autoptr(GError) error = NULL;

    if (reader->forest != NULL) {
        group->wanted = TRUE;
        return;
    }
    error = g_error_new_literal(RMS_DIRECTORY_ERROR,
                                RMS_DIRECTORY_ERROR_UNREACHABLE,
                                "no directory is configured; name a domain or a domain controller "
                                "in the configuration");
    group->tried_at = g_get_real_time();
    take_failure(reader, group, error);
}

void rms_group_reader_set_list(RmsGroupReader *reader, RmsServerList *list)
{
    g_autoptr(GPtrArray) before = NULL;

    g_return_if_fail(reader != NULL && RMS_IS_SERVER_LIST(list));

    before = g_steal_pointer(&reader->groups);
    reader->groups = g_ptr_array_new_with_free_func(group_free);
    for (guint i = 0; i < rms_server_list_get_length(list); i++) {
        RmsEntry *entry = rms_server_list_get(list, i);
        Group *group = NULL;

        if (rms_entry_get_kind(entry) != RMS_KIND_DISTRIBUTION_GROUP)
            continue;
        for (guint j = 0; j < before->len && group == NULL; j++) {
            Group *known = before->pdata[j];

            if (rms_sid_equal(&known->sid, rms_entry_get_sid(entry)))
                group = g_ptr_array_steal_index(before, j);
        }
        if (group == NULL) {
            group = g_new0(Group, 1);
            group->sid = *rms_entry_get_sid(entry);
            group->name = g_strdup(rms_entry_get_name(entry));
            group->reading = load_kept(reader, group);
        }
        g_ptr_array_add(reader->groups, group);
        if (group->tried_at == 0 && !group->wanted)
            want(reader, group);
    }
    for (guint i = 0; i < before->len; i++)
        forget(reader, before->pdata[i]);
    read_next(reader);
}

void rms_group_reader_read_all(RmsGroupReader *reader, RmsGroupReaderFunc done, gpointer user_data)
{
    const Waiting waiting = {.done = done, .user_data = user_data};

    g_return_if_fail(reader != NULL);

    if (done != NULL)
        g_array_append_val(reader->waiting, waiting);
    for (guint i = 0; i < reader->groups->len; i++)
        want(reader, reader->groups->pdata[i]);
    read_next(reader);
}

GPtrArray *rms_group_reader_get_readings(RmsGroupReader *reader)
{
    GPtrArray *readings = g_ptr_array_new_with_free_func((GDestroyNotify) rms_group_reading_unref);

    for (guint i = 0; i < reader->groups->len; i++) {
        Group *group = reader->groups->pdata[i];

        if (group->reading != NULL)
            g_ptr_array_add(readings, rms_group_reading_ref(group->reading));
    }
    return readings;
}

GPtrArray *rms_group_reader_get_status(RmsGroupReader *reader)
{
    GPtrArray *all = g_ptr_array_new_with_free_func((GDestroyNotify) rms_group_status_free);

    for (guint i = 0; i < reader->groups->len; i++) {
        Group *group = reader->groups->pdata[i];
        RmsGroupStatus *status = g_new0(RmsGroupStatus, 1);

        status->sid = group->sid;
        status->tried_at = group->tried_at;
        status->failure = g_strdup(group->failure);
        if (group->reading != NULL) {
            status->n_members = rms_group_reading_get_length(group->reading);
            status->read_at = rms_group_reading_get_time(group->reading);
            status->gaps = g_strdup(rms_group_reading_get_gaps(group->reading));
        }
        g_ptr_array_add(all, status);
    }
    return all;
}
