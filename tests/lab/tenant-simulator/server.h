/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The HTTPS listener: takes requests off libsoup, hands them to the virtual host they are for, lets
 * faults have their way, logs, and sends. What the hosts answer is in tenant.h.
 */
#pragma once

#include <gio/gio.h>

#include "tests/lab/tenant-simulator/faults.h"
#include "tests/lab/tenant-simulator/request-log.h"
#include "tests/lab/tenant-simulator/tenant.h"

typedef struct _RmsSimServer RmsSimServer;

/** rms_sim_server_new: Listens. All arguments outlive it. @port: (out): the one that it got. */
RmsSimServer *rms_sim_server_new(
    RmsSimTenant *tenant, RmsSimFaults *faults, RmsSimRequestLog *log, guint *port, GError **error);
void rms_sim_server_free(RmsSimServer *server);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RmsSimServer, rms_sim_server_free)
