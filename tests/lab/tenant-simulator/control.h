/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The control listener: what tests ask the simulator about and tell it to do (README.md, Control).
 * Plain HTTP on a loopback address; nothing of the product speaks to it.
 */
#pragma once

#include "tests/lab/tenant-simulator/faults.h"
#include "tests/lab/tenant-simulator/request-log.h"
#include "tests/lab/tenant-simulator/tenant.h"

typedef struct _RmsSimControl RmsSimControl;

/** rms_sim_control_new: Listens. All arguments outlive it. @port: (out) */
RmsSimControl *rms_sim_control_new(
    RmsSimTenant *tenant, RmsSimFaults *faults, RmsSimRequestLog *log, guint *port, GError **error);
void rms_sim_control_free(RmsSimControl *control);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RmsSimControl, rms_sim_control_free)
