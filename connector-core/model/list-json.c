/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The list's JSON form (docs/architecture.md, "The list"). Reading is all or nothing.
 */
#include "config.h"

#include <string.h>

#include "connector-core/model/json.h"
#include "connector-core/model/server-list-private.h"

/* The longest SID has 184 characters; the names of roles and kinds are shorter than 32. */
#define MAX_SID_BYTES 192
#define MAX_WORD_BYTES 32

static void add_time(cJSON *object, const char *member, gint64 seconds)
{
    g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(seconds);
    g_autofree char *text = time != NULL ? g_date_time_format(time, "%Y-%m-%dT%H:%M:%SZ") : NULL;

    if (seconds != 0 && text != NULL)
        cJSON_AddStringToObject(object, member, text);
}

static cJSON *entry_to_json(RmsEntry *entry)
{
    cJSON *object = cJSON_CreateObject();

    cJSON_AddStringToObject(object, "sid", rms_entry_get_sid_text(entry));
    if (rms_entry_get_guid(entry) != NULL)
        cJSON_AddStringToObject(object, "guid", rms_entry_get_guid(entry));
    cJSON_AddStringToObject(object, "name", rms_entry_get_name(entry));
    if (rms_entry_get_dn(entry) != NULL)
        cJSON_AddStringToObject(object, "dn", rms_entry_get_dn(entry));
    cJSON_AddStringToObject(object, "kind", rms_kind_to_string(rms_entry_get_kind(entry)));
    cJSON_AddStringToObject(object, "role", rms_role_to_string(rms_entry_get_role(entry)));
    cJSON_AddStringToObject(object, "note", rms_entry_get_note(entry));
    add_time(object, "added_at", rms_entry_get_added_at(entry));
    if (*rms_entry_get_added_by(entry) != '\0')
        cJSON_AddStringToObject(object, "added_by", rms_entry_get_added_by(entry));
    return object;
}

char *rms_server_list_to_json(RmsServerList *list, gboolean indented)
{
    g_autoptr(cJSON) object = cJSON_CreateObject();
    cJSON *entries;

    g_return_val_if_fail(RMS_IS_SERVER_LIST(list), NULL);

    rms_json_add_int(object, "revision", rms_server_list_get_revision(list));
    add_time(object, "saved_at", rms_server_list_get_saved_at(list));
    if (*rms_server_list_get_saved_by(list) != '\0')
        cJSON_AddStringToObject(object, "saved_by", rms_server_list_get_saved_by(list));
    entries = cJSON_AddArrayToObject(object, "entries");
    for (guint i = 0; i < rms_server_list_get_length(list); i++)
        cJSON_AddItemToArray(entries, entry_to_json(rms_server_list_get(list, i)));
    return rms_json_print(object, indented);
}

static gboolean refuse(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);

static gboolean refuse(GError **error, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    if (error != NULL)
        *error = g_error_new_valist(RMS_MODEL_ERROR, RMS_MODEL_ERROR_SYNTAX, format, arguments);
    va_end(arguments);
    return FALSE;
}

/* A peer's words, fit for one line of a log. */
static char *quote(const char *text)
{
    g_autofree char *start = g_utf8_substring(text, 0, MIN(g_utf8_strlen(text, -1), 60));

    return g_strescape(start, NULL);
}

static gboolean check_members(const cJSON *object, const char *const *known, GError **error)
{
    if (!cJSON_IsObject(object))
        return refuse(error, "there must be an object { … }");
    for (const cJSON *member = object->child; member != NULL; member = member->next) {
        if (!g_strv_contains(known, member->string)) {
            g_autofree char *names = g_strjoinv(", ", (char **) known);
            g_autofree char *quoted = quote(member->string);

            return refuse(error, "member \"%s\" is not known; there may be: %s", quoted, names);
        }
    }
    return TRUE;
}

/* An optional text; @value stays as it is when the member is missing. */
static gboolean read_text(
    const cJSON *object, const char *member, gsize max_bytes, const char **value, GError **error)
{
    if (cJSON_GetObjectItemCaseSensitive(object, member) == NULL)
        return TRUE;
    *value = rms_json_get_string(object, member, max_bytes, error);
    return *value != NULL;
}

/* GLib's reader knows many forms of ISO 8601, some of them without a zone; the list has one. */
static gboolean parse_time(const char *text, gint64 *seconds)
{
    static const char form[] = "dddd-dd-ddTdd:dd:ddZ";
    g_autoptr(GDateTime) time = NULL;

    if (strlen(text) != sizeof form - 1)
        return FALSE;
    for (guint i = 0; i < sizeof form - 1; i++) {
        if (form[i] == 'd' ? !g_ascii_isdigit(text[i]) : text[i] != form[i])
            return FALSE;
    }
    time = g_date_time_new_from_iso8601(text, NULL);
    if (time == NULL || g_date_time_to_unix(time) < 0)
        return FALSE;
    *seconds = g_date_time_to_unix(time);
    return TRUE;
}

static gboolean read_time(const cJSON *object, const char *member, gint64 *seconds, GError **error)
{
    const char *text = NULL;

    if (!read_text(object, member, MAX_WORD_BYTES, &text, error))
        return FALSE;
    if (text != NULL && !parse_time(text, seconds))
        return refuse(error, "member \"%s\" must be a time such as 2026-11-23T10:00:00Z", member);
    return TRUE;
}

static RmsEntry *entry_from_json(const cJSON *object, GError **error)
{
    static const char *const known[] = {
        "sid", "guid", "name", "dn", "kind", "role", "note", "added_at", "added_by", NULL};
    const char *sid_text, *name, *kind_text, *role_text;
    const char *guid = NULL, *dn = NULL, *note = NULL, *added_by = NULL;
    const char *rule = NULL, *offender = NULL;
    gint64 added_at = 0;
    RmsSid sid;
    RmsKind kind;
    RmsRole role;
    g_autoptr(RmsEntry) plain = NULL;
    g_autoptr(RmsEntry) noted = NULL;

    if (!check_members(object, known, error) ||
        (sid_text = rms_json_get_string(object, "sid", MAX_SID_BYTES, error)) == NULL ||
        (name = rms_json_get_string(object, "name", RMS_ENTRY_MAX_NAME_BYTES, error)) == NULL ||
        (kind_text = rms_json_get_string(object, "kind", MAX_WORD_BYTES, error)) == NULL ||
        (role_text = rms_json_get_string(object, "role", MAX_WORD_BYTES, error)) == NULL ||
        !read_text(object, "guid", 38, &guid, error) ||
        !read_text(object, "dn", RMS_ENTRY_MAX_DN_BYTES, &dn, error) ||
        !read_text(object, "note", RMS_ENTRY_MAX_NOTE_BYTES, &note, error) ||
        !read_text(object, "added_by", RMS_AUTHOR_MAX_BYTES, &added_by, error) ||
        !read_time(object, "added_at", &added_at, error))
        return NULL;
    if (!rms_sid_parse(&sid, sid_text)) {
        rule = "is no SID; one looks like S-1-5-21-1-2-3-1104";
        offender = sid_text;
    } else if (!rms_kind_from_string(kind_text, &kind)) {
        rule = "is no known kind; there are security-group, distribution-group, user, computer and "
               "managed-service-account";
        offender = kind_text;
    } else if (!rms_role_from_string(role_text, &role)) {
        rule = "is no known role; there are exchange, sharepoint and fci";
        offender = role_text;
    }
    if (rule != NULL) {
        g_autofree char *quoted = quote(offender);

        g_set_error(error, RMS_MODEL_ERROR, RMS_MODEL_ERROR_RULE, "\"%s\" %s", quoted, rule);
        return NULL;
    }
    plain = rms_entry_new(&sid, guid, name, dn, kind, role);
    noted = rms_entry_with_note(plain, note);
    return rms_entry_with_added(noted, added_at, added_by);
}

RmsServerList *rms_server_list_from_json(const char *text, gsize length, GError **error)
{
    static const char *const known[] = {"revision", "saved_at", "saved_by", "entries", NULL};
    g_autoptr(cJSON) object = rms_json_parse(text, length, RMS_SERVER_LIST_MAX_JSON, error);
    g_autoptr(RmsServerList) list = rms_server_list_new();
    const cJSON *entries, *item;
    const char *saved_by = "";
    gint64 revision = 0, saved_at = 0;
    guint number = 0;

    if (object == NULL || !check_members(object, known, error))
        return NULL;
    entries = cJSON_GetObjectItemCaseSensitive(object, "entries");
    if (!cJSON_IsArray(entries)) {
        refuse(error, "member \"entries\" must be there and be an array [ … ]");
        return NULL;
    }
    if ((cJSON_GetObjectItemCaseSensitive(object, "revision") != NULL &&
         !rms_json_get_int(object, "revision", 0, G_MAXINT64, &revision, error)) ||
        !read_time(object, "saved_at", &saved_at, error) ||
        !read_text(object, "saved_by", RMS_AUTHOR_MAX_BYTES, &saved_by, error) ||
        (*saved_by != '\0' && !rms_author_validate(saved_by, error)))
        return NULL;
    cJSON_ArrayForEach(item, entries)
    {
        g_autoptr(RmsEntry) entry = entry_from_json(item, error);

        number++;
        if (entry == NULL || !rms_server_list_add(list, entry, error)) {
            g_prefix_error(error, "entry %u: ", number);
            return NULL;
        }
    }
    rms_server_list_stamp(list, revision, saved_at, saved_by);
    return g_steal_pointer(&list);
}
