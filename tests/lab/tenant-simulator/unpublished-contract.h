/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Our own contract for what Microsoft does not publish (protocol.md §3.5, §3.6, §8): how the
 * connector presents itself and the admitted entry to the RMS host, and the writes of the admin
 * service. Nothing published belongs here, and nothing else knows any of it. README.md has the wire
 * form.
 */
#pragma once

#include "tests/lab/tenant-simulator/tenant.h"

/** rms_sim_contract_identify_connector: Reads the connector's token and the entry headers into
 * claims, refusal and entry of @exchange. */
void rms_sim_contract_identify_connector(RmsSimTenant *tenant, RmsSimExchange *exchange);
/** rms_sim_contract_refuse_connector: Answers when the connector has no valid token. Returns:
 * whether it did. */
gboolean rms_sim_contract_refuse_connector(RmsSimTenant *tenant, RmsSimExchange *exchange);
/** rms_sim_contract_name_write: Names the operation of an admin write. @rest: the path behind the
 * tenant's base. Returns: (nullable): none of ours. */
const char *rms_sim_contract_name_write(const char *method, const char *rest);
/** rms_sim_contract_answer_write: Carries it out; @access: of the caller. */
void rms_sim_contract_answer_write(RmsSimTenant *tenant,
                                   RmsSimExchange *exchange,
                                   const char *rest,
                                   RmsSimAccess access);
