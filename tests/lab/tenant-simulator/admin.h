/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The admin service (protocol.md §3.2–3.4): forms that its reads in admin.c and the writes of
 * unpublished-contract.c share.
 */
#pragma once

#include "tests/lab/tenant-simulator/tenant.h"

/** rms_sim_admin_error: `{"ErrorDetail": …}` (protocol.md §3.3). */
void rms_sim_admin_error(RmsSimExchange *exchange, guint status, const char *detail);
/** rms_sim_admin_dup_member: Returns: (transfer full): an administrator as the lists have it. */
cJSON *rms_sim_admin_dup_member(const RmsSimUser *user);
/** rms_sim_admin_dup_group: Returns: (transfer full): the same of a security group. */
cJSON *rms_sim_admin_dup_group(const RmsSimGroup *group);
/** rms_sim_admin_challenge: Answers 401 when the caller has no valid token. Returns: whether it
 * did.
 */
gboolean rms_sim_admin_challenge(RmsSimTenant *tenant, RmsSimExchange *exchange);
