/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The token endpoint: four grants (protocol.md §4.3, §4.4; RFC 6749, 7523, 7636, 8628).
 */
#include "config.h"

#include "tests/lab/tenant-simulator/authority-private.h"

#include <string.h>

#include "tests/lab/tenant-simulator/keys.h"

/* A poll this much earlier than the interval says is still in time: the client measures from the
 * answer, we from the request. */
#define POLL_TOLERANCE_US (G_USEC_PER_SEC / 2)
#define SLOW_DOWN_SECONDS 5 /* RFC 8628 §3.5 */

/* @refresh_scope: (nullable): what a refresh token is to be good for; %NULL: none is made. */
static void answer_tokens(RmsSimTenant *tenant,
                          RmsSimExchange *exchange,
                          const RmsSimApplication *client,
                          const RmsSimUser *user,
                          const RmsSimScope *scope,
                          const char *refresh_scope,
                          const char *nonce)
{
    const RmsSimConfig *config = tenant->config;
    g_free(exchange->user);
    exchange->user = g_strdup(user->upn);
    g_autofree char *access = rms_sim_tokens_make_access(
        tenant->tokens, user, client->client_id, scope->audience, scope->permissions);
    cJSON *json = cJSON_CreateObject();
    cJSON_AddStringToObject(json, "token_type", "Bearer");
    cJSON_AddStringToObject(json, "scope", scope->text);
    cJSON_AddNumberToObject(json, "expires_in", (double) config->access_token_seconds);
    cJSON_AddNumberToObject(json, "ext_expires_in", (double) config->access_token_seconds);
    cJSON_AddStringToObject(json, "access_token", access);
    if (refresh_scope != NULL) {
        RmsSimGrant *grant = g_new0(RmsSimGrant, 1);
        grant->state = RMS_SIM_GRANT_APPROVED;
        grant->client_id = g_strdup(client->client_id);
        grant->scope = g_strdup(refresh_scope);
        grant->object_id = g_strdup(user->object_id);
        grant->expires_at = rms_sim_authority_now() + config->refresh_token_seconds;
        cJSON_AddStringToObject(
            json,
            "refresh_token",
            rms_sim_grants_add(tenant->grants, RMS_SIM_GRANT_REFRESH, NULL, grant));
    }
    if (scope->openid) {
        g_autofree char *id =
            rms_sim_tokens_make_id(tenant->tokens, user, client->client_id, nonce);
        cJSON_AddStringToObject(json, "id_token", id);
    }
    rms_sim_exchange_answer_json(exchange, 200, json);
}

/* The end of every grant of a user: may that user still sign in, and for which scope? */
static void redeem(RmsSimTenant *tenant,
                   RmsSimExchange *exchange,
                   const RmsSimApplication *client,
                   RmsSimGrant *grant,
                   const char *scope_text,
                   gboolean refreshing)
{
    const RmsSimUser *user = rms_sim_users_find_object(tenant->users, grant->object_id);
    guint problem = rms_sim_authority_check_user(user);
    if (problem != 0) {
        rms_sim_authority_error(exchange, problem, NULL);
        return;
    }
    g_autoptr(RmsSimScope) scope =
        rms_sim_scope_new(tenant->config, scope_text != NULL ? scope_text : grant->scope, &problem);
    if (scope == NULL) {
        rms_sim_authority_error(exchange, problem, NULL);
        return;
    }
    grant->state = RMS_SIM_GRANT_USED;
    /* Copies, because adding a grant may let this one go. A refresh leads to a new refresh token
     * for all that the first one was good for, whatever this one token is for. */
    g_autofree char *nonce = g_strdup(grant->nonce);
    g_autofree char *refresh_scope = refreshing       ? g_strdup(grant->scope)
                                     : scope->offline ? g_strdup(scope->text)
                                                      : NULL;
    answer_tokens(tenant, exchange, client, user, scope, refresh_scope, nonce);
}

static void grant_device_code(RmsSimTenant *tenant,
                              RmsSimExchange *exchange,
                              GHashTable *form,
                              const char *segment)
{
    RmsSimApplication *client = rms_sim_authority_find_client(
        tenant, exchange, g_hash_table_lookup(form, "client_id"), FALSE);
    if (client == NULL)
        return;
    RmsSimGrant *grant = rms_sim_grants_find(
        tenant->grants, RMS_SIM_GRANT_DEVICE, g_hash_table_lookup(form, "device_code"));
    if (grant == NULL || !g_str_equal(grant->client_id, client->client_id) ||
        grant->state == RMS_SIM_GRANT_USED) {
        rms_sim_authority_error(exchange, 70018, NULL);
        return;
    }
    if (grant->state == RMS_SIM_GRANT_DECLINED) {
        rms_sim_authority_error(exchange, 65004, NULL);
        return;
    }
    if (grant->expires_at <= rms_sim_authority_now()) {
        rms_sim_authority_error(exchange, 70019, NULL);
        return;
    }
    gint64 now = g_get_monotonic_time();
    gint64 polled_at = grant->polled_at;
    grant->polled_at = now;
    if (polled_at != 0 && now - polled_at < grant->interval * G_USEC_PER_SEC - POLL_TOLERANCE_US) {
        grant->interval += SLOW_DOWN_SECONDS;
        rms_sim_authority_named_error(
            exchange, "slow_down", "The device polls too often; wait 5 seconds longer.");
        return;
    }
    if (grant->state == RMS_SIM_GRANT_PENDING) {
        rms_sim_authority_error(exchange, 70016, NULL);
        return;
    }
    redeem(tenant, exchange, client, grant, NULL, FALSE);
}

static gboolean verifies_challenge(const char *challenge, const char *verifier)
{
    if (verifier == NULL)
        return FALSE;
    gsize length = strlen(verifier);
    if (length < 43 || length > 128) /* RFC 7636 §4.1 */
        return FALSE;
    for (const char *c = verifier; *c != '\0'; c++) {
        if (!g_ascii_isalnum(*c) && strchr("-._~", *c) == NULL)
            return FALSE;
    }
    g_autofree char *hashed = rms_sim_sha256_base64url(verifier, length);
    return g_str_equal(hashed, challenge);
}

static void grant_authorization_code(RmsSimTenant *tenant,
                                     RmsSimExchange *exchange,
                                     GHashTable *form,
                                     const char *segment)
{
    RmsSimApplication *client = rms_sim_authority_find_client(
        tenant, exchange, g_hash_table_lookup(form, "client_id"), FALSE);
    if (client == NULL)
        return;
    RmsSimGrant *grant =
        rms_sim_grants_find(tenant->grants, RMS_SIM_GRANT_CODE, g_hash_table_lookup(form, "code"));
    guint problem = 0;
    if (grant == NULL || !g_str_equal(grant->client_id, client->client_id))
        problem = 70000;
    else if (grant->state == RMS_SIM_GRANT_USED)
        problem = 54005;
    else if (grant->expires_at <= rms_sim_authority_now())
        problem = 70008;
    else if (g_strcmp0(grant->redirect_uri, g_hash_table_lookup(form, "redirect_uri")) != 0)
        problem = 50011;
    else if (!verifies_challenge(grant->code_challenge, g_hash_table_lookup(form, "code_verifier")))
        problem = 501481;
    if (problem != 0)
        rms_sim_authority_error(exchange, problem, NULL);
    else
        redeem(tenant, exchange, client, grant, g_hash_table_lookup(form, "scope"), FALSE);
}

static void grant_refresh_token(RmsSimTenant *tenant,
                                RmsSimExchange *exchange,
                                GHashTable *form,
                                const char *segment)
{
    RmsSimApplication *client = rms_sim_authority_find_client(
        tenant, exchange, g_hash_table_lookup(form, "client_id"), FALSE);
    if (client == NULL)
        return;
    RmsSimGrant *grant = rms_sim_grants_find(
        tenant->grants, RMS_SIM_GRANT_REFRESH, g_hash_table_lookup(form, "refresh_token"));
    guint problem = 0;
    if (grant == NULL || !g_str_equal(grant->client_id, client->client_id))
        problem = 70000;
    else if (grant->state == RMS_SIM_GRANT_USED)
        problem = 70008; /* rotated: the newer one counts */
    else if (grant->expires_at <= rms_sim_authority_now())
        problem = 700082;
    if (problem != 0)
        rms_sim_authority_error(exchange, problem, NULL);
    else
        redeem(tenant, exchange, client, grant, g_hash_table_lookup(form, "scope"), TRUE);
}

static void grant_client_credentials(RmsSimTenant *tenant,
                                     RmsSimExchange *exchange,
                                     GHashTable *form,
                                     const char *segment)
{
    const RmsSimConfig *config = tenant->config;
    if (g_ascii_strcasecmp(segment, "common") == 0 ||
        g_ascii_strcasecmp(segment, "organizations") == 0) {
        rms_sim_authority_error(exchange, 50059, NULL);
        return;
    }
    RmsSimApplication *client = rms_sim_authority_find_client(
        tenant, exchange, g_hash_table_lookup(form, "client_id"), TRUE);
    if (client == NULL)
        return;
    const char *assertion = g_hash_table_lookup(form, "client_assertion");
    if (assertion == NULL ||
        g_strcmp0(g_hash_table_lookup(form, "client_assertion_type"),
                  "urn:ietf:params:oauth:client-assertion-type:jwt-bearer") != 0) {
        rms_sim_authority_error(exchange, 7000216, NULL);
        return;
    }
    g_autofree char *detail = NULL;
    guint problem = rms_sim_client_assertion_check(tenant, client, segment, assertion, &detail);
    if (problem != 0) {
        rms_sim_authority_error(exchange, problem, detail);
        return;
    }
    g_autoptr(RmsSimScope) scope =
        rms_sim_scope_new(config, g_hash_table_lookup(form, "scope"), &problem);
    if (scope == NULL || !scope->is_default) {
        rms_sim_authority_error(
            exchange,
            scope == NULL ? problem : 70011,
            "Client credential flows must have a scope value with /.default suffixed to the "
            "resource identifier.");
        return;
    }
    g_autofree char *access =
        rms_sim_tokens_make_app_access(tenant->tokens, client, scope->audience);
    cJSON *json = cJSON_CreateObject();
    cJSON_AddStringToObject(json, "token_type", "Bearer");
    cJSON_AddNumberToObject(json, "expires_in", (double) config->access_token_seconds);
    cJSON_AddNumberToObject(json, "ext_expires_in", (double) config->access_token_seconds);
    cJSON_AddStringToObject(json, "access_token", access);
    rms_sim_exchange_answer_json(exchange, 200, json);
}

static const struct {
    const char *type;
    void (*grant)(RmsSimTenant *tenant,
                  RmsSimExchange *exchange,
                  GHashTable *form,
                  const char *segment);
} grants[] = {
    {"urn:ietf:params:oauth:grant-type:device_code", grant_device_code       },
    {"authorization_code",                           grant_authorization_code},
    {"refresh_token",                                grant_refresh_token     },
    {"client_credentials",                           grant_client_credentials},
};

void rms_sim_authority_token(RmsSimTenant *tenant, RmsSimExchange *exchange, const char *segment)
{
    g_autoptr(GHashTable) form = rms_sim_exchange_dup_form(exchange);
    const char *type = g_hash_table_lookup(form, "grant_type");
    if (type == NULL) {
        rms_sim_authority_error(exchange, 90014, "The field is 'grant_type'.");
        return;
    }
    for (gsize i = 0; i < G_N_ELEMENTS(grants); i++) {
        if (g_str_equal(grants[i].type, type)) {
            grants[i].grant(tenant, exchange, form, segment);
            return;
        }
    }
    rms_sim_authority_error(exchange, 70003, NULL);
}
