/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Readings and their form in the store:
 *
 *     {"group":"S-1-5-21-…","read_at":µs,"gaps":"…",
 *      "paths":["CONTOSO\\A → CONTOSO\\B"],"accounts":[["S-1-5-21-…","CONTOSO\\SRV1$",0]],
 *      "digest":"SHA-256 of the accounts' SIDs in their order"}
 */
#include "config.h"

#include "connector-core/group-reading.h"

#include <string.h>

#include "connector-core/limits.h"
#include "connector-core/model/server-list.h"
#include "connector-core/model/json.h"

typedef struct {
    RmsSid sid;
    char *name;
    const char *path; /* of the paths */
} Account;

struct _RmsGroupReading {
    gatomicrefcount ref_count;
    RmsSid group;
    gint64 read_at;
    char *gaps;
    GPtrArray *accounts; /* Account */
    GHashTable *by_sid;  /* RmsSid inside an account */
    GStringChunk *paths; /* each once */
};

static void free_account(gpointer data)
{
    Account *account = data;

    g_free(account->name);
    g_free(account);
}

RmsGroupReading *rms_group_reading_new(const RmsSid *group, gint64 read_at, const char *gaps)
{
    RmsGroupReading *reading = g_new0(RmsGroupReading, 1);

    g_atomic_ref_count_init(&reading->ref_count);
    reading->group = *group;
    reading->read_at = read_at;
    reading->gaps = g_strdup(gaps);
    reading->accounts = g_ptr_array_new_with_free_func(free_account);
    reading->by_sid = g_hash_table_new(rms_sid_hash, rms_sid_equal);
    reading->paths = g_string_chunk_new(256);
    return reading;
}

RmsGroupReading *rms_group_reading_ref(RmsGroupReading *reading)
{
    g_atomic_ref_count_inc(&reading->ref_count);
    return reading;
}

void rms_group_reading_unref(RmsGroupReading *reading)
{
    if (reading == NULL || !g_atomic_ref_count_dec(&reading->ref_count))
        return;
    g_hash_table_unref(reading->by_sid);
    g_ptr_array_unref(reading->accounts);
    g_string_chunk_free(reading->paths);
    g_free(reading->gaps);
    g_free(reading);
}

void rms_group_reading_add(RmsGroupReading *reading,
                           const RmsSid *sid,
                           const char *name,
                           const char *path)
{
    Account *account = NULL;

    g_return_if_fail(reading != NULL && sid != NULL && name != NULL && path != NULL);

    if (g_hash_table_contains(reading->by_sid, sid))
        return;
    account = g_new0(Account, 1);
    account->sid = *sid;
    account->name = g_strdup(name);
    account->path = g_string_chunk_insert_const(reading->paths, path);
    g_ptr_array_add(reading->accounts, account);
    g_hash_table_add(reading->by_sid, &account->sid);
}

const RmsSid *rms_group_reading_get_group(const RmsGroupReading *reading)
{
    return &reading->group;
}

gint64 rms_group_reading_get_time(const RmsGroupReading *reading)
{
    return reading->read_at;
}

const char *rms_group_reading_get_gaps(const RmsGroupReading *reading)
{
    return reading->gaps;
}

guint rms_group_reading_get_length(const RmsGroupReading *reading)
{
    return reading->accounts->len;
}

static const Account *get_account(const RmsGroupReading *reading, guint index)
{
    return reading->accounts->pdata[index];
}

const RmsSid *rms_group_reading_get_account(const RmsGroupReading *reading, guint index)
{
    return &get_account(reading, index)->sid;
}

const char *rms_group_reading_get_name(const RmsGroupReading *reading, guint index)
{
    return get_account(reading, index)->name;
}

const char *rms_group_reading_get_path(const RmsGroupReading *reading, guint index)
{
    return get_account(reading, index)->path;
}

gboolean rms_group_reading_has(const RmsGroupReading *reading, const RmsSid *account)
{
    return g_hash_table_contains(reading->by_sid, account);
}

/* Tells a damaged reading from a whole one. */
static char *make_digest(const RmsGroupReading *reading)
{
    g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);

    for (guint i = 0; i < reading->accounts->len; i++) {
        const RmsSid *sid = &get_account(reading, i)->sid;

        g_checksum_update(checksum, sid->bytes, sid->length);
    }
    return g_strdup(g_checksum_get_string(checksum));
}

char *rms_group_reading_to_text(const RmsGroupReading *reading)
{
    g_autoptr(cJSON) object = cJSON_CreateObject();
    g_autoptr(GHashTable) numbers = g_hash_table_new(g_direct_hash, g_direct_equal);
    g_autofree char *group = rms_sid_to_string(&reading->group);
    g_autofree char *digest = make_digest(reading);
    cJSON *paths = NULL;
    cJSON *accounts = NULL;

    cJSON_AddStringToObject(object, "group", group);
    rms_json_add_int(object, "read_at", reading->read_at);
    if (reading->gaps != NULL)
        cJSON_AddStringToObject(object, "gaps", reading->gaps);
    paths = cJSON_AddArrayToObject(object, "paths");
    accounts = cJSON_AddArrayToObject(object, "accounts");
    for (guint i = 0; i < reading->accounts->len; i++) {
        const Account *account = get_account(reading, i);
        g_autofree char *sid = rms_sid_to_string(&account->sid);
        guint number = GPOINTER_TO_UINT(g_hash_table_lookup(numbers, account->path));
        cJSON *row = cJSON_CreateArray();

        if (number == 0) {
            number = g_hash_table_size(numbers) + 1;
            g_hash_table_insert(numbers, (gpointer) account->path, GUINT_TO_POINTER(number));
            cJSON_AddItemToArray(paths, cJSON_CreateString(account->path));
        }
        cJSON_AddItemToArray(row, cJSON_CreateString(sid));
        cJSON_AddItemToArray(row, cJSON_CreateString(account->name));
        cJSON_AddItemToArray(row, cJSON_CreateNumber(number - 1));
        cJSON_AddItemToArray(accounts, row);
    }
    cJSON_AddStringToObject(object, "digest", digest);
    return rms_json_print(object, FALSE);
}

static gboolean add_rows(RmsGroupReading *reading, const cJSON *object)
{
    const cJSON *paths = cJSON_GetObjectItemCaseSensitive(object, "paths");
    const cJSON *accounts = cJSON_GetObjectItemCaseSensitive(object, "accounts");
    g_autoptr(GPtrArray) texts = g_ptr_array_new();
    const cJSON *item = NULL;

    if (!cJSON_IsArray(paths) || !cJSON_IsArray(accounts))
        return FALSE;
    cJSON_ArrayForEach(item, paths)
    {
        if (!cJSON_IsString(item))
            return FALSE;
        g_ptr_array_add(texts, item->valuestring);
    }
    cJSON_ArrayForEach(item, accounts)
    {
        const cJSON *sid_text = cJSON_IsArray(item) ? item->child : NULL;
        const cJSON *name = sid_text != NULL ? sid_text->next : NULL;
        const cJSON *path = name != NULL ? name->next : NULL;
        RmsSid sid;

        if (!cJSON_IsString(sid_text) || !cJSON_IsString(name) || !cJSON_IsNumber(path) ||
            path->valuedouble < 0 || path->valuedouble >= texts->len ||
            !rms_sid_parse(&sid, sid_text->valuestring))
            return FALSE;
        rms_group_reading_add(
            reading, &sid, name->valuestring, texts->pdata[(guint) path->valuedouble]);
    }
    return TRUE;
}

RmsGroupReading *rms_group_reading_parse(const RmsSid *group, const char *text, GError **error)
{
    g_autoptr(cJSON) object =
        rms_json_parse(text, strlen(text), RMS_MAX_GROUP_READING_BYTES, error);
    g_autoptr(RmsGroupReading) reading = NULL;
    g_autofree char *digest = NULL;
    const char *gaps = NULL;
    const char *kept_digest = NULL;
    const char *kept_group = NULL;
    gint64 read_at = 0;
    RmsSid kept;

    if (object == NULL)
        return NULL;
    kept_group = rms_json_get_string(object, "group", 256, error);
    if (kept_group == NULL || !rms_json_get_int(object, "read_at", 0, G_MAXINT64, &read_at, error))
        return NULL;
    kept_digest = rms_json_get_string(object, "digest", 64, error);
    if (kept_digest == NULL)
        return NULL;
    gaps = rms_json_peek_string(object, "gaps");
    reading = rms_group_reading_new(group, read_at, gaps);
    if (rms_sid_parse(&kept, kept_group) && rms_sid_equal(&kept, group) &&
        add_rows(reading, object)) {
        digest = make_digest(reading);
        if (strcmp(digest, kept_digest) == 0)
            return g_steal_pointer(&reading);
    }
    g_set_error_literal(error,
                        RMS_MODEL_ERROR,
                        RMS_MODEL_ERROR_SYNTAX,
                        "the accounts of a distribution group that were kept are damaged");
    return NULL;
}
