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
#include "directory/directory-target-private.h"
#include "directory/directory-decode.h"
#include "directory/directory-watchdog-private.h"
#include "directory/directory.h"

G_BEGIN_DECLS

typedef struct _RmsConnection RmsConnection;

/**
 * RmsVerdict: what a server's failure means for the others.
 * @RMS_VERDICT_OTHERS_MAY_HELP: nothing was risked: the next one may do better
 * @RMS_VERDICT_SIGNING_IN: it failed at the sign-in, which other servers may count too
 * @RMS_VERDICT_FINAL: it would fail everywhere
 */
typedef enum { RMS_VERDICT_OTHERS_MAY_HELP, RMS_VERDICT_SIGNING_IN, RMS_VERDICT_FINAL } RmsVerdict;

/**
 * rms_connection_open: Connects to one server, signs in and looks around.
 * @settings: has to outlive the connection
 * @target: (transfer full)
 * @verdict: (out): set on failure
 *
 * Returns: (transfer full): or %NULL with an RmsDirectoryError.
 */
RmsConnection *rms_connection_open(const RmsDirectorySettings *settings,
                                   RmsWatchdog *watchdog,
                                   RmsTarget *target,
                                   RmsVerdict *verdict,
                                   GError **error);
/**
 * rms_connection_ping: Asks @target, without signing in, in which site this machine is (MS-ADTS
 * §6.3.3), within RMS_PING_TIMEOUT_MS a step.
 * @target: (transfer full)
 * @domain: (nullable): DNS name that the server has to hold; %NULL: whichever it has
 *
 * Returns: (transfer full) (nullable): a name that can be a DNS label, from an answer that nobody
 * has vouched for; %NULL without an error: no site, or none that can be looked for.
 */
char *rms_connection_ping(const RmsDirectorySettings *settings,
                          RmsWatchdog *watchdog,
                          RmsTarget *target,
                          const char *domain,
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

/* Borrowed. */
RmsDomainInfo *rms_connection_get_info(RmsConnection *connection);
/** rms_connection_get_attributes: Returns: a set to read one entry after the other into. */
RmsAttributes *rms_connection_get_attributes(RmsConnection *connection);
LDAP *rms_connection_get_ldap(RmsConnection *connection);
/** rms_connection_get_fd: Returns: a duplicate to wait on; valid until the connection is closed,
 * whatever libldap does with its own. */
int rms_connection_get_fd(RmsConnection *connection);
const char *rms_connection_get_host(RmsConnection *connection);
const RmsTarget *rms_connection_get_target(RmsConnection *connection);
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
