/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What an administrator can switch in the tenant's RMS service, and who counts as an administrator
 * of it. In memory only. The wire forms are in admin.c, discovery.c and control.c.
 */
#pragma once

#include "tests/lab/tenant-simulator/tokens.h"
#include "tests/lab/tenant-simulator/users.h"

/**
 * RmsSimServiceState:
 * @activated: the tenant has the service at all; otherwise discovery refuses
 * @functional_state: 1 enabled, 0 disabled (protocol.md §3.3)
 * @onboarding_group: (nullable): object id; only its members may use the service
 */
typedef struct {
    gboolean activated;
    gint64 functional_state;
    gint64 super_user_state;
    gint64 document_tracking_state;
    gint64 max_use_license_validity_days;
    gboolean fci_enabled;
    gboolean onboarding_license;
    char *onboarding_group;
    char *onboarding_scope;
} RmsSimServiceState;

/** RmsSimAccess: what a caller may do at the admin service; ordered. */
typedef enum {
    RMS_SIM_ACCESS_NONE,
    RMS_SIM_ACCESS_CONNECTOR_ADMINISTRATOR, /* reads, and the super-user feature */
    RMS_SIM_ACCESS_ADMINISTRATOR
} RmsSimAccess;

/** rms_sim_service_state_new: @json: (nullable): first values, members as in README.md. */
RmsSimServiceState *rms_sim_service_state_new(const cJSON *json, GError **error);
void rms_sim_service_state_free(RmsSimServiceState *state);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RmsSimServiceState, rms_sim_service_state_free)

/** rms_sim_service_state_change: Sets the members that @json has; all or nothing. `users` goes to
 * rms_sim_users_change(). */
gboolean rms_sim_service_state_change(RmsSimServiceState *state,
                                      RmsSimUsers *users,
                                      const cJSON *json,
                                      GError **error);
/** rms_sim_service_state_dup_json: Returns: (transfer full) */
cJSON *rms_sim_service_state_dup_json(const RmsSimServiceState *state, const RmsSimUsers *users);

/** rms_sim_service_access: By directory roles in the token and by the service's own roles
 * (protocol.md §4.5). */
RmsSimAccess rms_sim_service_access(RmsSimUsers *users, const RmsSimClaims *claims);
/** rms_sim_service_onboards: Whether the onboarding policy lets the account in. */
gboolean rms_sim_service_onboards(const RmsSimServiceState *state,
                                  RmsSimUsers *users,
                                  const RmsSimClaims *claims);
