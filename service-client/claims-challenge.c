/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Finding the claims in `Bearer realm="", error="insufficient_claims", claims="eyJ…"`; libsoup
 * reads the list of parameters.
 *
 * The claims go from the service to the sign-in service through the person's browser; nothing here
 * depends on what they say.
 */
#include "config.h"

#include "service-client/claims-challenge.h"

#include <libsoup/soup.h>
#include <string.h>

#include "connector-core/model/json.h"
#include "service-client/service-limits.h"

gboolean rms_claims_challenge_check(const char *claims)
{
    g_autoptr(cJSON) json = NULL;
    gsize length = claims != NULL ? strlen(claims) : 0;

    if (length == 0 || length > RMS_SERVICE_MAX_CHALLENGE_BYTES)
        return FALSE;
    json = rms_json_parse(claims, length, length, NULL);
    return cJSON_IsObject(json);
}

/* Base64 of a JSON object; the vendor's services leave the padding out at times. */
static char *decode(const char *value)
{
    gsize length = strlen(value);
    g_autofree char *padded = NULL;
    g_autofree guchar *decoded = NULL;
    g_autofree char *claims = NULL;

    if (length == 0 || length > RMS_SERVICE_MAX_CHALLENGE_BYTES)
        return NULL;
    padded = g_strdup_printf("%s%.*s", value, (int) ((4 - length % 4) % 4), "===");
    g_strdelimit(padded, "-", '+');
    g_strdelimit(padded, "_", '/');
    decoded = g_base64_decode(padded, &length);
    claims = g_strndup((const char *) decoded, length);
    return strlen(claims) == length && rms_claims_challenge_check(claims) ? g_steal_pointer(&claims)
                                                                          : NULL;
}

char *rms_claims_challenge_find(const char *const *challenges)
{
    g_return_val_if_fail(challenges != NULL, NULL);

    for (; *challenges != NULL; challenges++) {
        const char *parameters = strchr(*challenges, ' ');
        GHashTable *table =
            parameters != NULL ? soup_header_parse_param_list(parameters + 1) : NULL;
        const char *error = table != NULL ? g_hash_table_lookup(table, "error") : NULL;
        const char *value = table != NULL ? g_hash_table_lookup(table, "claims") : NULL;
        char *claims = NULL;

        if (value != NULL && g_strcmp0(error, "insufficient_claims") == 0)
            claims = decode(value);
        g_clear_pointer(&table, soup_header_free_param_list);
        if (claims != NULL)
            return claims;
    }
    return NULL;
}
