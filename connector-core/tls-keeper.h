/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The connector's certificate over time: taken anew when its files are replaced, without a restart
 * and without touching a connection, and judged at start, at each change and every day.
 *
 * Events 4010 (taken), 4011 (what callers will not like about it), 4012 (replaced by something that
 * cannot be used; the one before stays). Used on the connector's thread; only revocation lists are
 * fetched on another.
 */
#pragma once

#include "connector-core/event-log.h"
#include "connector-core/tls-context.h"

G_BEGIN_DECLS

typedef struct _RmsTlsKeeper RmsTlsKeeper;

/** rms_tls_keeper_new: Borrows @events. @name: (nullable): of the connector. Errors:
 * RMS_CONNECTOR_ERROR_SETTINGS. */
RmsTlsKeeper *rms_tls_keeper_new(const char *certificate_file,
                                 const char *key_file,
                                 const char *name,
                                 RmsEventLog *events,
                                 GError **error);
void rms_tls_keeper_free(RmsTlsKeeper *keeper); /* (nullable) */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RmsTlsKeeper, rms_tls_keeper_free)
/** rms_tls_keeper_start: Says what it thinks of the certificate, and goes on to watch it on the
 * thread-default context. */
void rms_tls_keeper_start(RmsTlsKeeper *keeper);

/** rms_tls_keeper_get_context: Returns: (transfer none): for the next connection. Looks at the
 * files first, at most once a second. */
SSL_CTX *rms_tls_keeper_get_context(RmsTlsKeeper *keeper);
/** rms_tls_keeper_get_not_after: Returns: seconds since 1970 UTC. */
gint64 rms_tls_keeper_get_not_after(RmsTlsKeeper *keeper);

G_END_DECLS
