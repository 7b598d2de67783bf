/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The simulated tenant: its parts, and the functions that answer for each virtual host. The web
 * server in front of it is server.c.
 */
#pragma once

#include "tests/lab/tenant-simulator/exchange.h"
#include "tests/lab/tenant-simulator/grants.h"
#include "tests/lab/tenant-simulator/hierarchy.h"
#include "tests/lab/tenant-simulator/service-state.h"
#include "tests/lab/tenant-simulator/tenant-config.h"
#include "tests/lab/tenant-simulator/tokens.h"
#include "tests/lab/tenant-simulator/users.h"

typedef struct {
    RmsSimConfig *config;
    RmsSimUsers *users;
    RmsSimServiceState *state;
    RmsSimTokens *tokens;
    RmsSimGrants *grants;
    RmsSimHierarchy *hierarchy;
} RmsSimTenant;

/*
 * Each host answers in two steps: the first names the operation and the caller and changes nothing,
 * so that a fault can take the place of the second.
 */
void rms_sim_authority_prepare(RmsSimTenant *tenant, RmsSimExchange *exchange);
void rms_sim_authority_answer(RmsSimTenant *tenant, RmsSimExchange *exchange);
void rms_sim_discovery_prepare(RmsSimTenant *tenant, RmsSimExchange *exchange);
void rms_sim_discovery_answer(RmsSimTenant *tenant, RmsSimExchange *exchange);
void rms_sim_admin_prepare(RmsSimTenant *tenant, RmsSimExchange *exchange);
void rms_sim_admin_answer(RmsSimTenant *tenant, RmsSimExchange *exchange);
void rms_sim_rms_host_prepare(RmsSimTenant *tenant, RmsSimExchange *exchange);
void rms_sim_rms_host_answer(RmsSimTenant *tenant, RmsSimExchange *exchange);
