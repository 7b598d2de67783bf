/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a connection found out about its domain and the forest around it. Only holds what it is
 * told; directory-connection.c asks the server.
 */
#pragma once

#include "connector-core/model/sid.h"

G_BEGIN_DECLS

/** RmsDomainNames: one domain of a forest. */
typedef struct {
    char *name;         /* contoso.example */
    char *netbios_name; /* CONTOSO */
    char *base_dn;
} RmsDomainNames;

/**
 * RmsDomainInfo: shared between threads; never changes once a connection has it.
 * @configuration_dn: (nullable): of the forest's configuration
 * @root_dn: base of the domain that the forest is named after
 * @sid: the domain's; length 0: could not be read
 * @is_global_catalog: the connection holds all domains' objects; searches begin at the empty base
 * @has_global_catalog: the server is a global catalog too, on ports of its own
 * @domains: (element-type RmsDomainNames): all of the forest; empty where the account may not read
 * them
 */
typedef struct {
    char *server;       /* dnsHostName of the domain controller */
    char *domain;       /* contoso.example */
    char *netbios_name; /* CONTOSO */
    char *base_dn;
    char *configuration_dn;
    char *root_dn;
    RmsSid sid;
    gboolean is_global_catalog;
    gboolean has_global_catalog;
    GPtrArray *domains;
} RmsDomainInfo;
/** rms_domain_info_new: Strings are (transfer full). The forest is just this domain until told
 * otherwise. */
RmsDomainInfo *rms_domain_info_new(char *server, char *domain, char *netbios_name, char *base_dn);
/** rms_domain_info_take_domains: @domains: (transfer full) (element-type RmsDomainNames) */
void rms_domain_info_take_domains(RmsDomainInfo *info, GPtrArray *domains);
RmsDomainInfo *rms_domain_info_ref(RmsDomainInfo *info);
void rms_domain_info_unref(RmsDomainInfo *info);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RmsDomainInfo, rms_domain_info_unref)

/** rms_domain_info_get_search_base: Returns: where a search of everything that the connection holds
 * begins: the domain, or the empty DN on a global catalog (protocol.md §6.4). */
const char *rms_domain_info_get_search_base(const RmsDomainInfo *info);
/** rms_domain_info_find_netbios: Returns: NetBIOS name of the domain that the object @dn is in; of
 * the connection's own where @dn is in none that is known. */
const char *rms_domain_info_find_netbios(const RmsDomainInfo *info, const char *dn);

/** rms_domain_names_new: Copies its arguments. */
RmsDomainNames *
rms_domain_names_new(const char *name, const char *netbios_name, const char *base_dn);
void rms_domain_names_free(RmsDomainNames *names);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RmsDomainNames, rms_domain_names_free)
/** rms_domain_names_find: Returns: (transfer none) (nullable): the one of @domains (element-type
 * RmsDomainNames) that holds @dn: the innermost, since domains contain domains. */
const RmsDomainNames *rms_domain_names_find(const GPtrArray *domains, const char *dn);

/** rms_dn_is_within: Returns: whether @dn is @base or somewhere below it, both as a server writes
 * them. */
gboolean rms_dn_is_within(const char *dn, const char *base);

G_END_DECLS
