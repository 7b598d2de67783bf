/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One signed-in connection to a domain controller: TCP, TLS, bind, and what the root DSE says.
 *
 * Everything here blocks, and belongs to one thread: the worker's. Each step obeys the deadline of
 * the settings by way of the watchdog.
 */
#pragma once

#include <ldap.h>

#include "directory/directory-domain-private.h"
#include "directory/directory-watchdog-private.h"
#include "directory/directory.h"

G_BEGIN_DECLS

typedef struct _RmsConnection RmsConnection;

/**
 * rms_connection_open: Finds servers, and connects to the first of them that answers: signs in and
 * looks around.
 * @settings: has to outlive the connection
 * @give_up: (nullable): when cancelled, no further server is tried
 *
 * A server that refuses the connection, stays silent or is no domain controller makes room for the
 * next one. One that refuses the account or its password does not: each further try would count
 * towards locking the account.
 *
 * Returns: (transfer full): or %NULL with an RmsDirectoryError that names every server tried.
 */
RmsConnection *rms_connection_open(const RmsDirectorySettings *settings,
                                   RmsWatchdog *watchdog,
                                   GCancellable *give_up,
                                   GError **error);
/** rms_connection_adopt: For tests: speaks on the socket @fd (transfer full), where somebody is
 * taken for signed in to the domain @info (transfer full). */
RmsConnection *rms_connection_adopt(const RmsDirectorySettings *settings,
                                    RmsWatchdog *watchdog,
                                    int fd,
                                    RmsDomainInfo *info,
                                    GError **error);
/** rms_connection_close: Says goodbye and frees; @connection may be %NULL. */
void rms_connection_close(RmsConnection *connection);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RmsConnection, rms_connection_close)

/** rms_connection_blame: Its server hangs: for some minutes others are tried first. */
void rms_connection_blame(RmsConnection *connection);

/* Borrowed. */
RmsDomainInfo *rms_connection_get_info(RmsConnection *connection);
LDAP *rms_connection_get_ldap(RmsConnection *connection);
/** rms_connection_get_fd: Returns: a duplicate to wait on; valid until the connection is closed,
 * whatever libldap does with its own. */
int rms_connection_get_fd(RmsConnection *connection);
const char *rms_connection_get_host(RmsConnection *connection);
guint rms_connection_get_timeout_ms(RmsConnection *connection);

/**
 * rms_connection_search: Sends a search; the answers come from ldap_result().
 * @page_size: 0: without paging
 * @cookie: (nullable): of the page before
 * @max_entries: 0: no limit but the server's
 * @message_id: (out)
 *
 * Returns: an LDAP result code of libldap.
 */
int rms_connection_search(RmsConnection *connection,
                          const char *base,
                          int scope,
                          const char *filter,
                          const char *const *attributes,
                          int page_size,
                          struct berval *cookie,
                          int max_entries,
                          int *message_id);

G_END_DECLS
