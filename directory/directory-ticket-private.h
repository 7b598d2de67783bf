/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whether the administrator's Kerberos ticket can sign in to a domain controller, asked of the
 * Kerberos library itself: SASL passes on only a sentence, in the administrator's language.
 */
#pragma once

#include "directory/directory.h"

G_BEGIN_DECLS

/**
 * rms_ticket_check: Gets the ticket for ldap/@host; the sign-in that follows finds it in the
 * credential cache. Talks to the KDC, so it blocks.
 * @unknown_server: (out): set to whether Kerberos does not know this server; another may be known
 *
 * Returns: %FALSE with %RMS_DIRECTORY_ERROR_TICKET, %RMS_DIRECTORY_ERROR_ACCOUNT or
 * %RMS_DIRECTORY_ERROR_UNREACHABLE.
 */
gboolean rms_ticket_check(const char *host, gboolean *unknown_server, GError **error);

/** rms_ticket_error_new: Returns: (transfer full): what to tell about a minor status @minor of
 * GSSAPI. @detail: (nullable): the library's own words. */
GError *rms_ticket_error_new(guint32 minor, const char *detail, const char *host);

G_END_DECLS
