/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Switches of the tenant's RMS service and who may turn them (service-state.h).
 */
#include "config.h"

#include "tests/lab/tenant-simulator/service-state.h"

#include "tests/lab/tenant-simulator/json.h"

/* What is read from JSON before any of it counts. */
typedef struct {
    RmsSimServiceState state;
    const cJSON *onboarding;
    const cJSON *users;
} Change;

static void clear_change(Change *change)
{
    g_free(change->state.onboarding_group);
    g_free(change->state.onboarding_scope);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Change, clear_change)

static gboolean read_change(const cJSON *json, Change *change, GError **error)
{
#define AT(field) G_STRUCT_OFFSET(Change, field)
#define STATE(field) AT(state.field)
    static const RmsSimJsonMember members[] = {
        {"activated",                     RMS_SIM_JSON_BOOLEAN,                       STATE(activated)                                                           },
        {"functional_state",              RMS_SIM_JSON_INTEGER,                       STATE(functional_state),                                                     FALSE, 0, 1},
        {"super_user_state",                              RMS_SIM_JSON_INTEGER,                                                                       STATE(super_user_state),                                                                                                                                                  FALSE, 0, 1},
        {"document_tracking_state",
         RMS_SIM_JSON_INTEGER,STATE(document_tracking_state),
         FALSE, 0,
         1},
        {"max_use_license_validity_days",
         RMS_SIM_JSON_INTEGER,                                                                        STATE(max_use_license_validity_days),
         FALSE, 0,
         3650},
        {"fci_enabled", RMS_SIM_JSON_BOOLEAN,                                                                       STATE(fci_enabled)                                                                                                                                                },
        {"onboarding",                               RMS_SIM_JSON_OBJECT,                                           AT(onboarding)                                                                                                                                    },
        {"users",                           RMS_SIM_JSON_OBJECT,                                                                    AT(users)                                                                                                                                                    },
    };
    static const RmsSimJsonMember onboarding[] = {
        {"use_rms_user_license",     RMS_SIM_JSON_BOOLEAN, STATE(onboarding_license)},
        {"security_group_object_id", RMS_SIM_JSON_STRING,  STATE(onboarding_group)  },
        {"scope",                    RMS_SIM_JSON_STRING,  STATE(onboarding_scope)  },
    };
#undef STATE
#undef AT
    if (!rms_sim_json_read(json, "the state", members, G_N_ELEMENTS(members), change, error) ||
        (change->onboarding != NULL && !rms_sim_json_read(change->onboarding,
                                                          "onboarding",
                                                          onboarding,
                                                          G_N_ELEMENTS(onboarding),
                                                          change,
                                                          error)))
        return FALSE;
    static const char *const scopes[] = {"All", "WindowsApp", "MobileApp", NULL};
    if (change->state.onboarding_scope == NULL ||
        !g_strv_contains(scopes, change->state.onboarding_scope)) {
        g_set_error(error, RMS_SIM_ERROR, RMS_SIM_ERROR_INVALID, "onboarding: unknown scope");
        return FALSE;
    }
    return TRUE;
}

gboolean rms_sim_service_state_change(RmsSimServiceState *state,
                                      RmsSimUsers *users,
                                      const cJSON *json,
                                      GError **error)
{
    g_auto(Change) change = {.state = *state};
    change.state.onboarding_group = g_strdup(state->onboarding_group);
    change.state.onboarding_scope = g_strdup(state->onboarding_scope);
    if (!read_change(json, &change, error) ||
        (change.users != NULL && !rms_sim_users_change(users, change.users, error)))
        return FALSE;
    RmsSimServiceState old = *state;
    *state = change.state;
    change.state = old;
    return TRUE;
}

RmsSimServiceState *rms_sim_service_state_new(const cJSON *json, GError **error)
{
    g_autoptr(RmsSimServiceState) state = g_new0(RmsSimServiceState, 1);
    state->activated = TRUE;
    state->functional_state = 1;
    state->document_tracking_state = 1;
    state->max_use_license_validity_days = 30; /* protocol.md §3.3 */
    state->fci_enabled = TRUE;
    state->onboarding_scope = g_strdup("All");
    if (json != NULL && cJSON_HasObjectItem(json, "users")) {
        g_set_error(
            error, RMS_SIM_ERROR, RMS_SIM_ERROR_INVALID, "service: users have no place here");
        return NULL;
    }
    if (json != NULL && !rms_sim_service_state_change(state, NULL, json, error))
        return NULL;
    return g_steal_pointer(&state);
}

void rms_sim_service_state_free(RmsSimServiceState *state)
{
    if (state == NULL)
        return;
    g_free(state->onboarding_group);
    g_free(state->onboarding_scope);
    g_free(state);
}

cJSON *rms_sim_service_state_dup_json(const RmsSimServiceState *state, const RmsSimUsers *users)
{
    cJSON *json = cJSON_CreateObject();
    cJSON_AddBoolToObject(json, "activated", state->activated);
    cJSON_AddNumberToObject(json, "functional_state", (double) state->functional_state);
    cJSON_AddNumberToObject(json, "super_user_state", (double) state->super_user_state);
    cJSON_AddNumberToObject(
        json, "document_tracking_state", (double) state->document_tracking_state);
    cJSON_AddNumberToObject(
        json, "max_use_license_validity_days", (double) state->max_use_license_validity_days);
    cJSON_AddBoolToObject(json, "fci_enabled", state->fci_enabled);
    cJSON *onboarding = cJSON_AddObjectToObject(json, "onboarding");
    cJSON_AddBoolToObject(onboarding, "use_rms_user_license", state->onboarding_license);
    if (state->onboarding_group != NULL)
        cJSON_AddStringToObject(onboarding, "security_group_object_id", state->onboarding_group);
    else
        cJSON_AddNullToObject(onboarding, "security_group_object_id");
    cJSON_AddStringToObject(onboarding, "scope", state->onboarding_scope);
    cJSON *people = cJSON_AddObjectToObject(json, "users");
    for (guint i = 0; i < users->users->len; i++) {
        const RmsSimUser *user = g_ptr_array_index(users->users, i);
        cJSON *item = cJSON_AddObjectToObject(people, user->upn);
        cJSON_AddBoolToObject(item, "licensed", user->licensed);
        cJSON_AddBoolToObject(item, "guest", user->guest);
        cJSON_AddBoolToObject(item, "disabled", user->disabled);
        cJSON_AddNumberToObject(item, "sign_in_error", (double) user->sign_in_error);
    }
    return json;
}

RmsSimAccess rms_sim_service_access(RmsSimUsers *users, const RmsSimClaims *claims)
{
    static const char *const accepted[] = {RMS_SIM_WID_GLOBAL_ADMINISTRATOR,
                                           RMS_SIM_WID_INFORMATION_PROTECTION_ADMINISTRATOR,
                                           RMS_SIM_WID_COMPLIANCE_ADMINISTRATOR,
                                           RMS_SIM_WID_COMPLIANCE_DATA_ADMINISTRATOR,
                                           NULL};
    if (claims->app_only)
        return RMS_SIM_ACCESS_NONE;
    for (char **wid = claims->wids; *wid != NULL; wid++) {
        if (g_strv_contains(accepted, *wid))
            return RMS_SIM_ACCESS_ADMINISTRATOR;
    }
    const RmsSimUser *user = rms_sim_users_find_object(users, claims->object_id);
    if (user == NULL)
        return RMS_SIM_ACCESS_NONE;
    guint roles = user->service_roles;
    for (char **id = user->groups; id != NULL && *id != NULL; id++) {
        const RmsSimGroup *group = rms_sim_users_find_group(users, *id);
        roles |= group != NULL ? group->service_roles : 0;
    }
    if (roles & RMS_SIM_SERVICE_ROLE_GLOBAL_ADMINISTRATOR)
        return RMS_SIM_ACCESS_ADMINISTRATOR;
    if (roles & RMS_SIM_SERVICE_ROLE_CONNECTOR_ADMINISTRATOR)
        return RMS_SIM_ACCESS_CONNECTOR_ADMINISTRATOR;
    return RMS_SIM_ACCESS_NONE;
}

gboolean rms_sim_service_onboards(const RmsSimServiceState *state,
                                  RmsSimUsers *users,
                                  const RmsSimClaims *claims)
{
    const RmsSimUser *user = rms_sim_users_find_object(users, claims->object_id);
    if (state->onboarding_license && (user == NULL || !user->licensed))
        return FALSE;
    if (state->onboarding_group == NULL)
        return TRUE;
    return user != NULL && user->groups != NULL &&
           g_strv_contains((const char *const *) user->groups, state->onboarding_group);
}
