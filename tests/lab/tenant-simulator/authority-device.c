/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The device authorization grant (RFC 8628, protocol.md §4.3): its endpoint, and the page on which
 * a person decides. Polling is in authority-token.c.
 */
#include "config.h"

#include "tests/lab/tenant-simulator/authority-private.h"

void rms_sim_authority_devicecode(RmsSimTenant *tenant,
                                  RmsSimExchange *exchange,
                                  const char *segment)
{
    const RmsSimConfig *config = tenant->config;
    g_autoptr(GHashTable) form = rms_sim_exchange_dup_form(exchange);
    RmsSimApplication *client = rms_sim_authority_find_client(
        tenant, exchange, g_hash_table_lookup(form, "client_id"), FALSE);
    if (client == NULL)
        return;
    guint problem = 0;
    g_autoptr(RmsSimScope) scope =
        rms_sim_scope_new(config, g_hash_table_lookup(form, "scope"), &problem);
    if (scope == NULL) {
        rms_sim_authority_error(exchange, problem, "The field is 'scope'.");
        return;
    }

    RmsSimGrant *grant = g_new0(RmsSimGrant, 1);
    grant->client_id = g_strdup(client->client_id);
    grant->scope = g_strdup(scope->text);
    do {
        g_free(grant->user_code);
        grant->user_code = rms_sim_grants_dup_user_code();
    } while (rms_sim_grants_find_user_code(tenant->grants, grant->user_code) != NULL);
    grant->expires_at = rms_sim_authority_now() + config->device_code_seconds;
    grant->interval = config->device_interval_seconds;
    g_autofree char *page = rms_sim_config_dup_url(config, RMS_SIM_HOST_AUTHORITY, "/device");
    g_autofree char *message =
        g_strdup_printf("To sign in, use a web browser to open the page %s and enter the code %s "
                        "to authenticate.",
                        page,
                        grant->user_code);
    cJSON *json = cJSON_CreateObject();
    cJSON_AddStringToObject(json, "user_code", grant->user_code);
    cJSON_AddStringToObject(
        json, "device_code", rms_sim_grants_add(tenant->grants, RMS_SIM_GRANT_DEVICE, NULL, grant));
    cJSON_AddStringToObject(json, "verification_uri", page);
    cJSON_AddNumberToObject(json, "expires_in", (double) config->device_code_seconds);
    cJSON_AddNumberToObject(json, "interval", (double) config->device_interval_seconds);
    cJSON_AddStringToObject(json, "message", message);
    rms_sim_exchange_answer_json(exchange, 200, json);
}

static void
answer_form(RmsSimTenant *tenant, RmsSimExchange *exchange, GHashTable *form, guint number)
{
    const RmsSimOAuthError *error = number == 0 ? NULL : rms_sim_oauth_error_find(number);
    g_autofree char *problem =
        error == NULL ? NULL : g_strdup_printf("AADSTS%u: %s", number, error->text);
    rms_sim_exchange_answer_html(exchange,
                                 error == NULL ? 200 : 400,
                                 rms_sim_page_device(tenant->config,
                                                     g_hash_table_lookup(form, "user_code"),
                                                     g_hash_table_lookup(form, "username"),
                                                     problem));
}

void rms_sim_authority_device_page(RmsSimTenant *tenant,
                                   RmsSimExchange *exchange,
                                   const char *segment)
{
    if (g_str_equal(exchange->method, "GET")) {
        g_autoptr(GHashTable) query = rms_sim_exchange_dup_query(exchange);
        answer_form(tenant, exchange, query, 0);
        return;
    }
    g_autoptr(GHashTable) form = rms_sim_exchange_dup_form(exchange);
    RmsSimGrant *grant =
        rms_sim_grants_find_user_code(tenant->grants, g_hash_table_lookup(form, "user_code"));
    const char *action = g_hash_table_lookup(form, "action");
    RmsSimUser *user = NULL;
    guint problem = 0;
    if (grant == NULL || grant->state != RMS_SIM_GRANT_PENDING)
        problem = 70018;
    else if (grant->expires_at <= rms_sim_authority_now())
        problem = 70019;
    else if (g_strcmp0(action, "approve") != 0 && g_strcmp0(action, "decline") != 0)
        problem = 90023;
    else
        problem = rms_sim_authority_check_password(tenant,
                                                   g_hash_table_lookup(form, "username"),
                                                   g_hash_table_lookup(form, "password"),
                                                   &user);
    if (problem != 0) {
        answer_form(tenant, exchange, form, problem);
        return;
    }
    gboolean approve = g_str_equal(action, "approve");
    grant->state = approve ? RMS_SIM_GRANT_APPROVED : RMS_SIM_GRANT_DECLINED;
    grant->object_id = g_strdup(user->object_id);
    rms_sim_exchange_answer_html(
        exchange,
        200,
        approve ? rms_sim_page_message(tenant->config,
                                       "You are signed in",
                                       "The device is signed in. You can close this page.")
                : rms_sim_page_message(tenant->config,
                                       "You declined",
                                       "The device was not signed in. You can close this page."));
}
