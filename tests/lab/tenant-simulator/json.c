/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Table-driven reading of JSON objects (json.h).
 */
#include "config.h"

#include "tests/lab/tenant-simulator/json.h"

#include <math.h>
#include <string.h>

G_DEFINE_QUARK(rms - sim - error - quark, rms_sim_error)

cJSON *rms_sim_json_parse(GBytes *text, GError **error)
{
    gsize length = 0;
    const char *data = g_bytes_get_data(text, &length);
    const char *end = NULL;
    /* cJSON stops at the first byte after the value; anything but blanks behind it is an error. */
    g_autoptr(cJSON) json =
        data == NULL ? NULL : cJSON_ParseWithLengthOpts(data, length, &end, FALSE);
    if (json != NULL) {
        while (end < data + length && g_ascii_isspace(*end))
            end++;
    }
    if (json == NULL || end != data + length) {
        g_set_error(error, RMS_SIM_ERROR, RMS_SIM_ERROR_INVALID, "not one JSON text");
        return NULL;
    }
    return g_steal_pointer(&json);
}

static const RmsSimJsonMember *
find_member(const RmsSimJsonMember *members, gsize n_members, const char *name)
{
    for (gsize i = 0; i < n_members; i++) {
        if (strcmp(members[i].name, name) == 0)
            return &members[i];
    }
    return NULL;
}

static gboolean read_strings(const cJSON *item, char ***field)
{
    if (!cJSON_IsArray(item))
        return FALSE;
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
    const cJSON *string = NULL;
    cJSON_ArrayForEach(string, item)
    {
        if (!cJSON_IsString(string))
            return FALSE;
        g_strv_builder_add(builder, string->valuestring);
    }
    g_strfreev(*field);
    *field = g_strv_builder_end(builder);
    return TRUE;
}

static gboolean read_member(const cJSON *item, const RmsSimJsonMember *member, gpointer out)
{
    gpointer field = (char *) out + member->offset;
    switch (member->kind) {
    case RMS_SIM_JSON_STRING:
        if (!cJSON_IsString(item) && !cJSON_IsNull(item))
            return FALSE;
        g_free(*(char **) field);
        *(char **) field = g_strdup(item->valuestring);
        return TRUE;
    case RMS_SIM_JSON_BOOLEAN:
        if (!cJSON_IsBool(item))
            return FALSE;
        *(gboolean *) field = cJSON_IsTrue(item);
        return TRUE;
    case RMS_SIM_JSON_INTEGER:
        if (!cJSON_IsNumber(item) || item->valuedouble != floor(item->valuedouble) ||
            item->valuedouble < (double) member->minimum ||
            item->valuedouble > (double) member->maximum)
            return FALSE;
        *(gint64 *) field = (gint64) item->valuedouble;
        return TRUE;
    case RMS_SIM_JSON_STRINGS:
        return read_strings(item, field);
    case RMS_SIM_JSON_OBJECT:
        if (!cJSON_IsObject(item))
            return FALSE;
        *(const cJSON **) field = item;
        return TRUE;
    case RMS_SIM_JSON_ARRAY:
        if (!cJSON_IsArray(item))
            return FALSE;
        *(const cJSON **) field = item;
        return TRUE;
    }
    g_return_val_if_reached(FALSE);
}

gboolean rms_sim_json_read(const cJSON *object,
                           const char *where,
                           const RmsSimJsonMember *members,
                           gsize n_members,
                           gpointer out,
                           GError **error)
{
    if (!cJSON_IsObject(object)) {
        g_set_error(error, RMS_SIM_ERROR, RMS_SIM_ERROR_INVALID, "%s is not an object", where);
        return FALSE;
    }
    const cJSON *item = NULL;
    cJSON_ArrayForEach(item, object)
    {
        const RmsSimJsonMember *member = find_member(members, n_members, item->string);
        if (member == NULL || !read_member(item, member, out)) {
            g_set_error(error,
                        RMS_SIM_ERROR,
                        RMS_SIM_ERROR_INVALID,
                        member == NULL ? "%s has an unknown member \"%s\""
                                       : "%s: the value of \"%s\" cannot be used",
                        where,
                        item->string);
            return FALSE;
        }
    }
    for (gsize i = 0; i < n_members; i++) {
        if (members[i].required &&
            cJSON_GetObjectItemCaseSensitive(object, members[i].name) == NULL) {
            g_set_error(error,
                        RMS_SIM_ERROR,
                        RMS_SIM_ERROR_INVALID,
                        "%s needs \"%s\"",
                        where,
                        members[i].name);
            return FALSE;
        }
    }
    return TRUE;
}

char *rms_sim_json_print(const cJSON *json)
{
    char *printed = cJSON_PrintUnformatted(json);
    char *copy = g_strdup(printed);
    cJSON_free(printed);
    return copy;
}

const char *rms_sim_json_get_string(const cJSON *object, const char *name)
{
    return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, name));
}
