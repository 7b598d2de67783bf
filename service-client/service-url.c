/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which addresses are good enough to send a token to.
 */
#include "config.h"

#include "service-client/service-url.h"

#include <string.h>

#include "service-client/service-limits.h"

/* g_uri_parse() lets control characters pass; RFC 3986 §2 does not know them. Returns: (transfer
 * full) (nullable) */
static GUri *parse_https(const char *text)
{
    g_autoptr(GUri) uri = NULL;

    if (text == NULL || strlen(text) > RMS_SERVICE_MAX_URL_BYTES)
        return NULL;
    for (const char *c = text; *c != '\0'; c++) {
        if (!g_ascii_isgraph(*c))
            return NULL;
    }
    uri = g_uri_parse(text, G_URI_FLAGS_NONE, NULL);
    if (uri == NULL || g_strcmp0(g_uri_get_scheme(uri), "https") != 0 ||
        g_uri_get_host(uri) == NULL || *g_uri_get_host(uri) == '\0' ||
        g_uri_get_userinfo(uri) != NULL)
        return NULL;
    return g_steal_pointer(&uri);
}

gboolean rms_service_url_is_https(const char *text)
{
    g_autoptr(GUri) uri = parse_https(text);

    return uri != NULL;
}

gboolean rms_service_url_is_base(const char *text)
{
    g_autoptr(GUri) uri = parse_https(text);

    return uri != NULL && g_uri_get_query(uri) == NULL && g_uri_get_fragment(uri) == NULL;
}

char *rms_service_url_dup_host(const char *text)
{
    g_autoptr(GUri) uri = parse_https(text);

    return uri != NULL ? g_strdup(g_uri_get_host(uri)) : NULL;
}

char *rms_service_url_join(const char *base, const char *path)
{
    gsize length;

    g_return_val_if_fail(base != NULL && path != NULL, NULL);

    length = strlen(base);
    while (length > 0 && base[length - 1] == '/')
        length--;
    return g_strdup_printf("%.*s%s", (int) length, base, path);
}
