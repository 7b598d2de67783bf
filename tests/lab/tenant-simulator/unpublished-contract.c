/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Our own contract for what Microsoft does not publish (unpublished-contract.h).
 */
#include "config.h"

#include "tests/lab/tenant-simulator/unpublished-contract.h"

#include <string.h>

#include "tests/lab/tenant-simulator/admin.h"
#include "tests/lab/tenant-simulator/json.h"

#define SCHEME "Bearer"
#define HEADER_SID "X-RMS-Connector-Entry-Sid"
#define HEADER_ROLE "X-RMS-Connector-Entry-Role"
#define HEADER_NAME "X-RMS-Connector-Entry-Name"
#define ROLES_PATH "/Administrators/Roles/"

/* S-1-<authority>-<1 to 15 numbers> (MS-DTYP §2.4.2.1). */
static gboolean is_sid(const char *text)
{
    g_auto(GStrv) parts = g_strsplit(text, "-", -1);
    guint count = g_strv_length(parts);
    if (count < 4 || count > 18 || !g_str_equal(parts[0], "S") || !g_str_equal(parts[1], "1"))
        return FALSE;
    for (guint i = 2; i < count; i++) {
        guint64 maximum = i == 2 ? G_GUINT64_CONSTANT(0xffffffffffff) : G_MAXUINT32;
        if (!g_ascii_string_to_unsigned(parts[i], 10, 0, maximum, NULL, NULL))
            return FALSE;
    }
    return TRUE;
}

static RmsSimEntry *read_entry(const RmsSimExchange *exchange)
{
    static const char *const roles[] = {"exchange", "sharepoint", "fci", NULL};
    const char *sid = rms_sim_exchange_get_header(exchange, HEADER_SID);
    const char *role = rms_sim_exchange_get_header(exchange, HEADER_ROLE);
    const char *escaped = rms_sim_exchange_get_header(exchange, HEADER_NAME);
    if (sid == NULL || role == NULL || escaped == NULL || !is_sid(sid) ||
        !g_strv_contains(roles, role))
        return NULL;
    g_autofree char *name = g_uri_unescape_string(escaped, NULL);
    if (name == NULL || name[0] == '\0' || !g_utf8_validate(name, -1, NULL))
        return NULL;
    RmsSimEntry *entry = g_new0(RmsSimEntry, 1);
    entry->sid = g_strdup(sid);
    entry->role = g_strdup(role);
    entry->name = g_steal_pointer(&name);
    return entry;
}

void rms_sim_contract_identify_connector(RmsSimTenant *tenant, RmsSimExchange *exchange)
{
    rms_sim_exchange_identify(exchange, tenant->tokens, SCHEME);
    if (exchange->claims != NULL && !exchange->claims->app_only) {
        g_clear_pointer(&exchange->claims, rms_sim_claims_free);
        exchange->refusal = g_strdup("access token refused: not an application's");
    }
    exchange->entry = read_entry(exchange);
}

gboolean rms_sim_contract_refuse_connector(RmsSimTenant *tenant, RmsSimExchange *exchange)
{
    if (exchange->claims != NULL)
        return FALSE;
    gboolean presented = rms_sim_exchange_get_credential(exchange, SCHEME) != NULL;
    cJSON *json = cJSON_CreateObject();
    cJSON_AddStringToObject(json, "error", presented ? "invalid_token" : "token_required");
    cJSON_AddStringToObject(json, "error_description", exchange->refusal);
    rms_sim_exchange_answer_json(exchange, 401, json);
    g_autofree char *challenge = g_strdup_printf(SCHEME " realm=\"%s\"%s",
                                                 tenant->config->rms_id,
                                                 presented ? ", error=\"invalid_token\"" : "");
    rms_sim_exchange_add_header(exchange, "WWW-Authenticate", challenge);
    return TRUE;
}

/* PUT {AdminV2}/SuperUserState and /FunctionalState: the number itself. */
static void put_state(RmsSimTenant *tenant, RmsSimExchange *exchange, const char *rest)
{
    g_autoptr(cJSON) number = rms_sim_json_parse(exchange->body, NULL);
    if (!cJSON_IsNumber(number) || (number->valuedouble != 0 && number->valuedouble != 1)) {
        rms_sim_admin_error(exchange, 400, "The body has to be 0 or 1.");
        return;
    }
    gint64 *state = g_str_equal(rest, "/SuperUserState") ? &tenant->state->super_user_state
                                                         : &tenant->state->functional_state;
    *state = number->valueint;
    rms_sim_exchange_answer_json(exchange, 200, cJSON_CreateNumber((double) *state));
}

static RmsSimUser *find_member(RmsSimTenant *tenant, GBytes *body)
{
    g_autoptr(cJSON) json = rms_sim_json_parse(body, NULL);
    RmsSimUser *user =
        rms_sim_users_find_object(tenant->users, rms_sim_json_get_string(json, "ObjectId"));
    return user != NULL
               ? user
               : rms_sim_users_find(tenant->users, rms_sim_json_get_string(json, "EmailAddress"));
}

/* POST and DELETE {AdminV2}/Administrators/Roles/{role}. */
static void change_role(RmsSimTenant *tenant, RmsSimExchange *exchange, const char *rest)
{
    guint role = rms_sim_service_role(rest + strlen(ROLES_PATH));
    RmsSimUser *user = find_member(tenant, exchange->body);
    if (role == 0 || user == NULL) {
        rms_sim_admin_error(exchange, 404, role == 0 ? "No such role." : "No such user.");
        return;
    }
    if (g_str_equal(exchange->method, "POST")) {
        user->service_roles |= role;
        rms_sim_exchange_answer_json(exchange, 201, rms_sim_admin_dup_member(user));
    } else {
        user->service_roles &= ~role;
        rms_sim_exchange_answer(exchange, 204, NULL, g_bytes_new(NULL, 0));
    }
}

/* @least: the access that it takes. */
static const struct {
    const char *method, *path;
    const char *operation;
    RmsSimAccess least;
    void (*answer)(RmsSimTenant *tenant, RmsSimExchange *exchange, const char *rest);
} writes[] = {
    {"PUT",
     "/SuperUserState",        "SetSuperUserState",
     RMS_SIM_ACCESS_CONNECTOR_ADMINISTRATOR,                                             put_state  },
    {"PUT",
     "/FunctionalState",       "SetTenantFunctionalState",
     RMS_SIM_ACCESS_ADMINISTRATOR,                                                       put_state  },
    {"POST",   ROLES_PATH "*", "AddAdministrator",         RMS_SIM_ACCESS_ADMINISTRATOR, change_role},
    {"DELETE", ROLES_PATH "*", "RemoveAdministrator",      RMS_SIM_ACCESS_ADMINISTRATOR, change_role},
};

static int find_write(const char *method, const char *rest)
{
    for (gsize i = 0; i < G_N_ELEMENTS(writes); i++) {
        if (g_str_equal(writes[i].method, method) && g_pattern_match_simple(writes[i].path, rest))
            return (int) i;
    }
    return -1;
}

const char *rms_sim_contract_name_write(const char *method, const char *rest)
{
    int found = find_write(method, rest);
    return found < 0 ? NULL : writes[found].operation;
}

void rms_sim_contract_answer_write(RmsSimTenant *tenant,
                                   RmsSimExchange *exchange,
                                   const char *rest,
                                   RmsSimAccess access)
{
    int found = find_write(exchange->method, rest);
    g_return_if_fail(found >= 0);
    if (access < writes[found].least)
        rms_sim_admin_error(exchange, 403, "The caller's role does not allow this.");
    else
        writes[found].answer(tenant, exchange, rest);
}
