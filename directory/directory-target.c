/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The "server" setting: a bare name, name:port, or an ldap:// or ldaps:// URI.
 */
#include "config.h"

#include "directory/directory-target-private.h"

#include <gio/gio.h>
#include <ldap.h>
#include <string.h>

static RmsTarget *refuse(const char *server, GError **error)
{
    g_autofree char *valid = g_utf8_make_valid(server, -1);
    g_set_error(error,
                RMS_DIRECTORY_ERROR,
                RMS_DIRECTORY_ERROR_UNREACHABLE,
                "“%s” is no domain controller's name; give one such as dc1.contoso.com, or an "
                "ldap:// or ldaps:// URI",
                valid);
    return NULL;
}

gboolean rms_target_is_host(const char *host)
{
    g_return_val_if_fail(host != NULL, FALSE);

    if (g_hostname_is_ip_address(host))
        return TRUE;
    if (*host == '\0' || *host == '-' || *host == '.' || strlen(host) > 253)
        return FALSE;
    for (const char *p = host; *p != '\0'; p++) {
        if (!g_ascii_isalnum(*p) && strchr("-._", *p) == NULL)
            return FALSE;
    }
    return TRUE;
}

/* Of a domain controller and of a global catalog; without and with TLS (protocol.md §6.4). */
static const guint16 default_ports[2][2] = {
    {LDAP_PORT, LDAPS_PORT},
    {3268,      3269      }
};

RmsTarget *rms_target_parse(const char *server,
                            gboolean with_password,
                            gboolean global_catalog,
                            GError **error)
{
    if (server == NULL || *server == '\0')
        return refuse("", error);

    gboolean ldaps = with_password;
    global_catalog = global_catalog ? 1 : 0;
    const char *rest = server;
    if (g_ascii_strncasecmp(server, "ldaps://", 8) == 0) {
        ldaps = TRUE;
        rest = server + 8;
    } else if (g_ascii_strncasecmp(server, "ldap://", 7) == 0) {
        ldaps = FALSE;
        rest = server + 7;
    }
    g_autofree char *authority = g_strdup(rest);
    /* One trailing slash is how people paste URIs; a base or a filter is not ours to obey. */
    if (rest != server && g_str_has_suffix(authority, "/"))
        authority[strlen(authority) - 1] = '\0';

    g_autoptr(GSocketConnectable) address =
        g_network_address_parse(authority, default_ports[global_catalog][ldaps], NULL);
    if (address == NULL)
        return refuse(server, error);
    const char *host = g_network_address_get_hostname(G_NETWORK_ADDRESS(address));
    guint16 port = g_network_address_get_port(G_NETWORK_ADDRESS(address));
    if (!rms_target_is_host(host) || port == 0)
        return refuse(server, error);

    RmsTarget *target = g_new0(RmsTarget, 1);
    target->host = g_strdup(host);
    target->port = port;
    target->ldaps = ldaps;
    target->start_tls = with_password && !ldaps;
    gboolean brackets = strchr(host, ':') != NULL;
    target->uri = g_strdup_printf("%s://%s%s%s:%u",
                                  ldaps ? "ldaps" : "ldap",
                                  brackets ? "[" : "",
                                  host,
                                  brackets ? "]" : "",
                                  port);
    return target;
}

RmsTarget *rms_target_copy(const RmsTarget *target)
{
    g_return_val_if_fail(target != NULL, NULL);

    RmsTarget *copy = g_new(RmsTarget, 1);
    *copy = *target;
    copy->host = g_strdup(target->host);
    copy->uri = g_strdup(target->uri);
    copy->domain = g_strdup(target->domain);
    return copy;
}

void rms_target_free(RmsTarget *target)
{
    if (target == NULL)
        return;
    g_free(target->host);
    g_free(target->uri);
    g_free(target->domain);
    g_free(target);
}

GPtrArray *rms_target_parse_list(const char *servers,
                                 gboolean with_password,
                                 gboolean global_catalog,
                                 GError **error)
{
    g_auto(GStrv) names = g_strsplit_set(servers != NULL ? servers : "", " \t\r\n", -1);
    g_autoptr(GPtrArray) targets = g_ptr_array_new_with_free_func((GDestroyNotify) rms_target_free);
    for (gsize i = 0; names[i] != NULL; i++) {
        if (*names[i] == '\0')
            continue;
        RmsTarget *target = rms_target_parse(names[i], with_password, global_catalog, error);
        if (target == NULL)
            return NULL;
        g_ptr_array_add(targets, target);
    }
    if (targets->len == 0) {
        refuse(servers != NULL ? servers : "", error);
        return NULL;
    }
    return g_steal_pointer(&targets);
}

char *rms_target_make_global_catalog(const char *servers)
{
    g_auto(GStrv) names = g_strsplit_set(servers != NULL ? servers : "", " \t\r\n", -1);
    GString *catalogs = g_string_new(NULL);
    for (gsize i = 0; names[i] != NULL; i++) {
        g_autoptr(RmsTarget) target = rms_target_parse(names[i], FALSE, FALSE, NULL);
        if (target == NULL)
            continue;
        gboolean brackets = strchr(target->host, ':') != NULL;
        gboolean has_scheme = strstr(names[i], "://") != NULL;
        g_string_append_printf(catalogs,
                               "%s%s%s%s%s",
                               catalogs->len > 0 ? " " : "",
                               !has_scheme ? "" : (target->ldaps ? "ldaps://" : "ldap://"),
                               brackets ? "[" : "",
                               target->host,
                               brackets ? "]" : "");
    }
    return g_string_free(catalogs, catalogs->len == 0);
}
