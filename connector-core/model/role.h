/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The role that an entry of the authorized-server list gives, and the kinds of account it may name.
 *
 * The wire names are part of the list's JSON form (docs/architecture.md, "The list"). Nothing here
 * does I/O.
 */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * RmsRole:
 * @RMS_ROLE_EXCHANGE: super user of the tenant's content (protocol.md §5.2); "exchange"
 * @RMS_ROLE_SHAREPOINT: regular rights; "sharepoint"
 * @RMS_ROLE_FCI: file servers with File Classification Infrastructure, regular rights; "fci"
 */
typedef enum { RMS_ROLE_EXCHANGE, RMS_ROLE_SHAREPOINT, RMS_ROLE_FCI } RmsRole;
#define RMS_N_ROLES 3

/**
 * RmsKind:
 * @RMS_KIND_SECURITY_GROUP: "security-group"
 * @RMS_KIND_DISTRIBUTION_GROUP: "distribution-group"; never in a Kerberos ticket
 * @RMS_KIND_USER: "user"; a person's or a service's user account
 * @RMS_KIND_COMPUTER: "computer"; its account name ends in `$`
 * @RMS_KIND_MANAGED_SERVICE_ACCOUNT: "managed-service-account"; gMSA or sMSA
 */
typedef enum {
    RMS_KIND_SECURITY_GROUP,
    RMS_KIND_DISTRIBUTION_GROUP,
    RMS_KIND_USER,
    RMS_KIND_COMPUTER,
    RMS_KIND_MANAGED_SERVICE_ACCOUNT
} RmsKind;
#define RMS_N_KINDS 5

#define RMS_TYPE_ROLE (rms_role_get_type())
GType rms_role_get_type(void);
#define RMS_TYPE_KIND (rms_kind_get_type())
GType rms_kind_get_type(void);

/** rms_role_to_string: Returns: the wire name, static. */
const char *rms_role_to_string(RmsRole role);
/** rms_role_from_string: Returns: %FALSE, with @role untouched, unless @text is exactly a wire
 * name. */
gboolean rms_role_from_string(const char *text, RmsRole *role);
/** rms_role_grants_super_user: Returns: whether entries of @role become super users of the tenant.
 */
gboolean rms_role_grants_super_user(RmsRole role);

/** rms_kind_to_string: Returns: the wire name, static. */
const char *rms_kind_to_string(RmsKind kind);
/** rms_kind_from_string: Returns: %FALSE, with @kind untouched, unless @text is exactly a wire
 * name. */
gboolean rms_kind_from_string(const char *text, RmsKind *kind);
/** rms_kind_is_group: Returns: whether an entry of @kind covers its members. */
gboolean rms_kind_is_group(RmsKind kind);

G_END_DECLS
