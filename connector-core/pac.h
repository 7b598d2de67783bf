/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * KERB_VALIDATION_INFO (MS-PAC §2.5), the part of a Kerberos ticket that says who its owner is.
 *
 * A decoder of bytes and nothing else: whether the PAC is genuine was settled by the Kerberos
 * library before (caller.h). It reads the buffer once from front to end, never recurses, and takes
 * no memory for a count that the buffer cannot hold.
 */
#pragma once

#include <gio/gio.h>

#include "connector-core/model/sid.h"

G_BEGIN_DECLS

/**
 * RmsPac: what the connector wants to know of a ticket's owner. Clear with rms_pac_clear().
 * @account: `CONTOSO\EXCH01$`: LogonDomainName\EffectiveName (MS-RMPR's name of a caller)
 * @sid: the account's own
 * @groups: (array length=n_groups) (nullable): enabled groups, the primary group included; at most
 * RMS_MAX_CALLER_GROUPS. A SID that the ticket holds twice may be there twice
 * @disabled: UserAccountControl says that the account is disabled
 */
typedef struct {
    char *account;
    RmsSid sid;
    RmsSid *groups;
    guint n_groups;
    gboolean disabled;
} RmsPac;
void rms_pac_clear(RmsPac *pac);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(RmsPac, rms_pac_clear)

/**
 * rms_pac_decode: Reads a PAC_LOGON_INFO buffer as `urn:mspac:logon-info` holds it (protocol.md
 * §7.5).
 * @pac: (out caller-allocates): untouched on failure.
 *
 * Returns: %FALSE with %G_IO_ERROR_INVALID_DATA if anything in the buffer contradicts itself, its
 * length, or the limits of limits.h, or if it names no account. Errors say which field, never what
 * it holds.
 */
gboolean rms_pac_decode(const guint8 *data, gsize length, RmsPac *pac, GError **error);

G_END_DECLS
