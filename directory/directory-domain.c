/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A domain, its forest, and which domain a DN belongs to.
 */
#include "config.h"

#include "directory/directory-domain-private.h"

#include <string.h>

RmsDomainNames *
rms_domain_names_new(const char *name, const char *netbios_name, const char *base_dn)
{
    g_return_val_if_fail(name != NULL && netbios_name != NULL && base_dn != NULL, NULL);

    RmsDomainNames *names = g_new0(RmsDomainNames, 1);
    names->name = g_strdup(name);
    names->netbios_name = g_strdup(netbios_name);
    names->base_dn = g_strdup(base_dn);
    return names;
}

void rms_domain_names_free(RmsDomainNames *names)
{
    if (names == NULL)
        return;
    g_free(names->name);
    g_free(names->netbios_name);
    g_free(names->base_dn);
    g_free(names);
}

RmsDomainInfo *rms_domain_info_new(char *server, char *domain, char *netbios_name, char *base_dn)
{
    RmsDomainInfo *info = g_atomic_rc_box_new0(RmsDomainInfo);
    info->server = server;
    info->domain = domain;
    info->netbios_name = netbios_name;
    info->base_dn = base_dn;
    info->root_dn = g_strdup(base_dn);
    info->domains = g_ptr_array_new_with_free_func((GDestroyNotify) rms_domain_names_free);
    return info;
}

void rms_domain_info_take_domains(RmsDomainInfo *info, GPtrArray *domains)
{
    g_return_if_fail(info != NULL && domains != NULL);

    g_ptr_array_unref(info->domains);
    info->domains = domains;
}

RmsDomainInfo *rms_domain_info_ref(RmsDomainInfo *info)
{
    return g_atomic_rc_box_acquire(info);
}

static void clear_domain_info(gpointer data)
{
    RmsDomainInfo *info = data;
    g_free(info->server);
    g_free(info->domain);
    g_free(info->netbios_name);
    g_free(info->base_dn);
    g_free(info->configuration_dn);
    g_free(info->root_dn);
    g_ptr_array_unref(info->domains);
}

void rms_domain_info_unref(RmsDomainInfo *info)
{
    if (info != NULL)
        g_atomic_rc_box_release_full(info, clear_domain_info);
}

const char *rms_domain_info_get_search_base(const RmsDomainInfo *info)
{
    g_return_val_if_fail(info != NULL, NULL);
    return info->is_global_catalog ? "" : info->base_dn;
}

const char *rms_domain_info_find_netbios(const RmsDomainInfo *info, const char *dn)
{
    g_return_val_if_fail(info != NULL && dn != NULL, NULL);

    const RmsDomainNames *names = rms_domain_names_find(info->domains, dn);
    return names != NULL ? names->netbios_name : info->netbios_name;
}

const RmsDomainNames *rms_domain_names_find(const GPtrArray *domains, const char *dn)
{
    g_return_val_if_fail(domains != NULL && dn != NULL, NULL);

    const RmsDomainNames *found = NULL;
    for (guint i = 0; i < domains->len; i++) {
        const RmsDomainNames *names = domains->pdata[i];
        if (rms_dn_is_within(dn, names->base_dn) &&
            (found == NULL || strlen(names->base_dn) > strlen(found->base_dn)))
            found = names;
    }
    return found;
}

/* Called for each row of results, so DNs are compared as text: all are of one server's writing. */
gboolean rms_dn_is_within(const char *dn, const char *base)
{
    g_return_val_if_fail(dn != NULL && base != NULL, FALSE);

    gsize dn_length = strlen(dn);
    gsize base_length = strlen(base);
    if (dn_length < base_length || base_length == 0 ||
        g_ascii_strcasecmp(dn + dn_length - base_length, base) != 0)
        return FALSE;
    if (dn_length == base_length)
        return TRUE;
    const char *comma = dn + dn_length - base_length - 1;
    if (*comma != ',')
        return FALSE;
    /* `CN=a\,DC=x` is one RDN: an odd number of backslashes makes the comma part of its value. */
    guint backslashes = 0;
    for (const char *p = comma; p > dn && p[-1] == '\\'; p--)
        backslashes++;
    return backslashes % 2 == 0;
}
