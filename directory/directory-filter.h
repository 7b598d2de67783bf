/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Search filters (RFC 4515) and search bases for Active Directory.
 *
 * Every byte that an administrator types reaches the server through rms_filter_escape(); no other
 * file assembles filter text. Nothing here talks to a server, so all of it is tested without one.
 */
#pragma once

#include <glib.h>

#include "directory/directory-names.h"

G_BEGIN_DECLS

/** rms_filter_escape: Returns: (transfer full): @length bytes of @data (-1: up to the NUL) as an
 * assertion value; whatever is in them, it cannot end the value or act as a wildcard. */
char *rms_filter_escape(const void *data, gssize length);

/**
 * rms_filter_for_search: What finds objects by the start of @name.
 * @local_account: the account part of @name if its domain is the one searched, else %NULL; the
 * whole text is tried as a name in any case
 * @kinds: bits of RMS_KIND_BIT()
 *
 * Returns: (transfer full): the filter; an empty name finds all objects of @kinds.
 */
char *rms_filter_for_search(const RmsTypedName *name, const char *local_account, guint kinds);

/** rms_filter_for_resolve: Like rms_filter_for_search(), but only objects called exactly so. */
char *rms_filter_for_resolve(const RmsTypedName *name, const char *local_account, guint kinds);

/** rms_filter_for_kinds: Objects with a SID of any of @kinds; a set without a kind finds nothing.
 */
char *rms_filter_for_kinds(guint kinds);

/** rms_filter_for_groups_in: Groups that are direct members of the group @dn. */
char *rms_filter_for_groups_in(const char *dn);

/** rms_filter_for_members_of: Everything that is a direct member of the group @dn. */
char *rms_filter_for_members_of(const char *dn);

/** rms_filter_for_sids: Objects with any of the @count SIDs of @sids; at least one. */
char *rms_filter_for_sids(const RmsSid *const *sids, guint count);

/** rms_filter_for_names: Objects with any of the @count DNs of @dns; at least one. */
char *rms_filter_for_names(const char *const *dns, guint count);

/** rms_filter_for_places: Organizational units and containers, without what only experts are shown.
 */
char *rms_filter_for_places(void);

/** rms_filter_for_primary_group: Accounts whose primary group is @sid of their own domain. */
char *rms_filter_for_primary_group(const RmsSid *sid);

/** rms_filter_for_domains: The crossRefs of all domains of the forest, below CN=Partitions
 * (protocol.md §6.4, "NetBIOS name"). */
char *rms_filter_for_domains(void);

/** rms_filter_for_ping: What asks a domain controller where the client stands (MS-ADTS §6.3.3,
 * "LDAP ping"). @domain: (nullable): of which it has to be; %NULL: of its own */
char *rms_filter_for_ping(const char *domain);

/** rms_base_for_sid: Returns: (transfer full): `<SID=S-1-…>` (protocol.md §6.3). */
char *rms_base_for_sid(const RmsSid *sid);

/** rms_dn_escape: Returns: (transfer full): @value as the value of an RDN (RFC 4514 §2.4). */
char *rms_dn_escape(const char *value);
/** rms_dn_below: Returns: (transfer full): the DN of the RDN @attribute=@value below @parent.
 * @attribute: a constant */
char *rms_dn_below(const char *parent, const char *attribute, const char *value);

G_END_DECLS
