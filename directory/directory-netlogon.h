/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A domain controller's answer to an LDAP ping: NETLOGON_SAM_LOGON_RESPONSE_EX (MS-ADTS §6.3.1.9).
 *
 * It is not authenticated, so it only ever says where to look first. Only looks at bytes.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * RmsNetlogon: names as the server wrote them; special characters escaped as in master files
 * (RFC 1035 §5.1).
 * @server_site: (not nullable): the site of the server
 * @client_site: (nullable): the site of whoever asked; %NULL: its address is in none that the
 * domain knows
 */
typedef struct {
    char *domain;
    char *host;
    char *server_site;
    char *client_site;
} RmsNetlogon;
void rms_netlogon_free(RmsNetlogon *netlogon);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RmsNetlogon, rms_netlogon_free)

/** rms_netlogon_parse: Returns: (transfer full) (nullable): %NULL if @data is no such answer. */
RmsNetlogon *rms_netlogon_parse(const guint8 *data, gsize length);

/** rms_netlogon_is_site: Returns: whether @name can be a label of a DNS name; a site called
 * otherwise is not looked for. */
gboolean rms_netlogon_is_site(const char *name);

G_END_DECLS
