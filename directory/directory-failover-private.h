/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One connection out of several servers: finds them, and goes on with the next where that can help.
 */
#pragma once

#include "directory/directory-connection-private.h"

G_BEGIN_DECLS

/**
 * rms_failover_connect: Connects to the first server that answers. Blocks.
 * @settings: has to outlive the connection
 * @give_up: (nullable): when cancelled, no further server is tried
 *
 * A server that refuses the connection, stays silent or is no domain controller makes room for the
 * next one, up to RMS_MAX_SERVERS_TRIED. One that refuses the account or its password does not:
 * each further try would count towards locking the account.
 *
 * Returns: (transfer full): or %NULL with an RmsDirectoryError that names every server tried.
 */
RmsConnection *rms_failover_connect(const RmsDirectorySettings *settings,
                                    RmsWatchdog *watchdog,
                                    GCancellable *give_up,
                                    GError **error);

/** rms_failover_may_go_on: Returns: whether the next server is tried after one failed with @reason.
 * @unanswered: (inout): sign-ins so far that nobody answered; 0 at first */
gboolean rms_failover_may_go_on(RmsVerdict verdict, const GError *reason, guint *unanswered);

G_END_DECLS
