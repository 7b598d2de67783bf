/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Decoding of the middle part of a JWT, for messages only.
 */
#include "config.h"

#include "service-client/jwt-claims.h"

#include <string.h>

#include "service-client/service-limits.h"

/* Template ids of directory roles, protocol.md §4.5. */
static const struct {
    const char *id;
    const char *name;
} directory_roles[] = {
    {"62e90394-69f5-4237-9190-012177145e10", "Global Administrator"                      },
    {"7495fdc4-34c4-4d15-a289-98788ce399fd", "Azure Information Protection Administrator"},
    {"17315797-102d-40b4-93e0-432062caca18", "Compliance Administrator"                  },
    {"e6d1a23a-da11-4be4-9570-befc86d067a7", "Compliance Data Administrator"             },
};

/* GLib skips what it does not know and cjose ends the program over it, so the alphabet and the
 * length (RFC 7515 §2) are looked at first. Returns: (transfer full) (nullable) */
static guchar *decode_base64url(const char *text, gsize length, gsize *decoded_length)
{
    g_autofree char *standard = NULL;

    if (length == 0 || length % 4 == 1 ||
        strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") < length)
        return NULL;
    standard = g_strdup_printf("%.*s%.*s", (int) length, text, (int) ((4 - length % 4) % 4), "==");
    g_strdelimit(standard, "-", '+');
    g_strdelimit(standard, "_", '/');
    return g_base64_decode(standard, decoded_length);
}

cJSON *rms_jwt_claims_decode(const RmsSecret *token)
{
    g_autofree guchar *decoded = NULL;
    const char *payload, *signature;
    cJSON *claims = NULL;
    gsize length = 0;

    g_return_val_if_fail(token != NULL, NULL);

    if (rms_secret_get_length(token) > RMS_SERVICE_MAX_TOKEN_BYTES)
        return NULL;
    payload = strchr(rms_secret_get(token), '.');
    signature = payload != NULL ? strchr(payload + 1, '.') : NULL;
    if (signature == NULL || strchr(signature + 1, '.') != NULL) /* five parts: encrypted */
        return NULL;
    payload++;
    decoded = decode_base64url(payload, (gsize) (signature - payload), &length);
    if (decoded != NULL)
        claims = rms_json_parse((const char *) decoded, length, RMS_SERVICE_MAX_TOKEN_BYTES, NULL);
    if (claims != NULL && !cJSON_IsObject(claims))
        g_clear_pointer(&claims, cJSON_Delete);
    return claims;
}

gboolean rms_jwt_claims_has(const cJSON *claims, const char *name, const char *value)
{
    const cJSON *list = claims != NULL ? cJSON_GetObjectItemCaseSensitive(claims, name) : NULL;
    const cJSON *item;

    if (!cJSON_IsArray(list))
        return FALSE;
    cJSON_ArrayForEach(item, list)
    {
        if (cJSON_IsString(item) && g_ascii_strcasecmp(item->valuestring, value) == 0)
            return TRUE;
    }
    return FALSE;
}

char *rms_jwt_claims_list_roles(const cJSON *claims)
{
    g_autoptr(GString) roles = g_string_new(NULL);

    for (gsize i = 0; i < G_N_ELEMENTS(directory_roles); i++) {
        if (rms_jwt_claims_has(claims, "wids", directory_roles[i].id))
            g_string_append_printf(
                roles, "%s%s", roles->len > 0 ? ", " : "", directory_roles[i].name);
    }
    return roles->len > 0 ? g_string_free(g_steal_pointer(&roles), FALSE) : NULL;
}
