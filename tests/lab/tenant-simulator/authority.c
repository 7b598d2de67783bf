/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The sign-in authority: routes, metadata, signing keys, and what its endpoints share (protocol.md
 * §4). The endpoints themselves are in authority-device.c, authority-authorize.c and
 * authority-token.c.
 */
#include "config.h"

#include "tests/lab/tenant-simulator/authority-private.h"

#include <string.h>

#include "tests/lab/tenant-simulator/json.h"
#include "tests/lab/tenant-simulator/keys.h"

void rms_sim_scope_free(RmsSimScope *scope)
{
    if (scope == NULL)
        return;
    g_free(scope->text);
    g_free(scope->audience);
    g_free(scope->permissions);
    g_free(scope);
}

/* With or without a slash at the end it is the same resource; the token's audience keeps what was
 * asked for (protocol.md §4.2). */
static gboolean is_same_resource(const char *known, const char *asked)
{
    gsize length = strlen(known);
    gsize asked_length = strlen(asked);
    if (length > 0 && known[length - 1] == '/')
        length--;
    if (asked_length > 0 && asked[asked_length - 1] == '/')
        asked_length--;
    return length == asked_length && strncmp(known, asked, length) == 0;
}

static gboolean is_resource(const RmsSimConfig *config, const char *audience)
{
    if (is_same_resource(config->resource, audience))
        return TRUE;
    for (char **other = config->other_resources; other != NULL && *other != NULL; other++) {
        if (is_same_resource(*other, audience))
            return TRUE;
    }
    return FALSE;
}

/* Adds one word of a scope; 0 or the AADSTS number of what is wrong with it. */
static guint add_scope_word(const RmsSimConfig *config,
                            RmsSimScope *scope,
                            GString *permissions,
                            const char *word)
{
    static const char *const open_id[] = {"openid", "profile", "email", "offline_access", NULL};
    if (g_strv_contains(open_id, word)) {
        scope->openid = scope->openid || g_str_equal(word, "openid");
        scope->offline = scope->offline || g_str_equal(word, "offline_access");
        return 0;
    }
    const char *slash = strrchr(word, '/');
    if (slash == NULL || slash[1] == '\0')
        return 70011;
    g_autofree char *audience = g_strndup(word, slash - word);
    if (!is_resource(config, audience))
        return 500011;
    if (scope->audience != NULL && !g_str_equal(scope->audience, audience))
        return 70011; /* one access token has one audience */
    if (scope->audience == NULL)
        scope->audience = g_steal_pointer(&audience);
    const char *permission = slash + 1;
    if (g_str_equal(permission, ".default")) {
        scope->is_default = TRUE;
        permission = "user_impersonation";
    }
    if (permissions->len > 0)
        g_string_append_c(permissions, ' ');
    g_string_append(permissions, permission);
    return 0;
}

RmsSimScope *rms_sim_scope_new(const RmsSimConfig *config, const char *text, guint *problem)
{
    *problem = text == NULL ? 90014 : 0;
    if (text == NULL)
        return NULL;
    g_autoptr(RmsSimScope) scope = g_new0(RmsSimScope, 1);
    g_autoptr(GString) permissions = g_string_new(NULL);
    g_auto(GStrv) words = g_strsplit(text, " ", -1);
    for (char **word = words; *word != NULL && *problem == 0; word++) {
        if (**word != '\0')
            *problem = add_scope_word(config, scope, permissions, *word);
    }
    if (*problem == 0 && scope->audience == NULL)
        *problem = 70011;
    if (*problem != 0)
        return NULL;
    scope->text = g_strdup(text);
    scope->permissions = g_strdup(permissions->str);
    return g_steal_pointer(&scope);
}

gint64 rms_sim_authority_now(void)
{
    return g_get_real_time() / G_USEC_PER_SEC;
}

static void answer_error(
    RmsSimExchange *exchange, guint status, guint number, const char *error, const char *text)
{
    g_autoptr(GDateTime) now = g_date_time_new_now_utc();
    g_autofree char *time = g_date_time_format(now, "%Y-%m-%d %H:%M:%SZ");
    g_autofree char *trace = g_uuid_string_random();
    const char *asked = rms_sim_exchange_get_header(exchange, "client-request-id");
    g_autofree char *correlation =
        asked != NULL && g_uuid_string_is_valid(asked) ? g_strdup(asked) : g_uuid_string_random();
    g_autofree char *sentence =
        number != 0 ? g_strdup_printf("AADSTS%u: %s", number, text) : g_strdup(text);
    g_autofree char *description = g_strdup_printf(
        "%s Trace ID: %s Correlation ID: %s Timestamp: %s", sentence, trace, correlation, time);
    cJSON *json = cJSON_CreateObject();
    cJSON_AddStringToObject(json, "error", error);
    cJSON_AddStringToObject(json, "error_description", description);
    cJSON *codes = cJSON_AddArrayToObject(json, "error_codes");
    if (number != 0)
        cJSON_AddItemToArray(codes, cJSON_CreateNumber(number));
    cJSON_AddStringToObject(json, "timestamp", time);
    cJSON_AddStringToObject(json, "trace_id", trace);
    cJSON_AddStringToObject(json, "correlation_id", correlation);
    rms_sim_exchange_answer_json(exchange, status, json);
}

void rms_sim_authority_error(RmsSimExchange *exchange, guint number, const char *detail)
{
    const RmsSimOAuthError *error = rms_sim_oauth_error_find(number);
    g_return_if_fail(error != NULL);
    g_autofree char *text =
        detail == NULL ? g_strdup(error->text) : g_strdup_printf("%s %s", error->text, detail);
    answer_error(exchange, error->status, number, error->error, text);
}

void rms_sim_authority_named_error(RmsSimExchange *exchange, const char *error, const char *text)
{
    answer_error(exchange, 400, 0, error, text);
}

RmsSimApplication *rms_sim_authority_find_client(RmsSimTenant *tenant,
                                                 RmsSimExchange *exchange,
                                                 const char *client_id,
                                                 gboolean confidential)
{
    if (client_id == NULL) {
        rms_sim_authority_error(exchange, 90014, "The field is 'client_id'.");
        return NULL;
    }
    RmsSimApplication *application = rms_sim_users_find_application(tenant->users, client_id);
    if (application == NULL)
        rms_sim_authority_error(exchange, 700016, NULL);
    else if (!confidential && application->confidential)
        rms_sim_authority_error(exchange, 7000218, NULL);
    else if (confidential && !application->confidential)
        rms_sim_authority_error(exchange, 700025, NULL);
    else
        return application;
    return NULL;
}

guint rms_sim_authority_check_user(const RmsSimUser *user)
{
    if (user == NULL)
        return 50034;
    if (user->guest)
        return 50020;
    if (user->disabled)
        return 50057;
    return (guint) user->sign_in_error;
}

guint rms_sim_authority_check_password(RmsSimTenant *tenant,
                                       const char *upn,
                                       const char *password,
                                       RmsSimUser **user)
{
    *user = rms_sim_users_find(tenant->users, upn);
    if (*user != NULL && g_strcmp0((*user)->password, password) != 0)
        return 50126;
    return rms_sim_authority_check_user(*user);
}

static void answer_metadata(RmsSimTenant *tenant, RmsSimExchange *exchange, const char *segment)
{
    static const struct {
        const char *name, *path;
    } endpoints[] = {
        {"authorization_endpoint",        "oauth2/v2.0/authorize" },
        {"token_endpoint",                "oauth2/v2.0/token"     },
        {"device_authorization_endpoint", "oauth2/v2.0/devicecode"},
        {"end_session_endpoint",          "oauth2/v2.0/logout"    },
        {"jwks_uri",                      "discovery/v2.0/keys"   },
    };
    static const struct {
        const char *name, *values[4];
    } lists[] = {
        {"token_endpoint_auth_methods_supported", {"private_key_jwt"}                             },
        {"response_modes_supported",              {"query"}                                       },
        {"response_types_supported",              {"code"}                                        },
        {"subject_types_supported",               {"pairwise"}                                    },
        {"id_token_signing_alg_values_supported", {"RS256"}                                       },
        {"code_challenge_methods_supported",      {"S256"}                                        },
        {"scopes_supported",                      {"openid", "profile", "email", "offline_access"}},
    };
    gboolean any_tenant = g_ascii_strcasecmp(segment, "common") == 0 ||
                          g_ascii_strcasecmp(segment, "organizations") == 0;
    cJSON *json = cJSON_CreateObject();
    /* The metadata of no tenant in particular has a placeholder; clients put the `tid` in. */
    g_autofree char *issuer =
        any_tenant
            ? rms_sim_config_dup_url(tenant->config, RMS_SIM_HOST_AUTHORITY, "/{tenantid}/v2.0")
            : rms_sim_config_dup_issuer(tenant->config);
    cJSON_AddStringToObject(json, "issuer", issuer);
    for (gsize i = 0; i < G_N_ELEMENTS(endpoints); i++) {
        g_autofree char *path = g_strdup_printf(
            "/%s/%s", any_tenant ? segment : tenant->config->tenant_id, endpoints[i].path);
        g_autofree char *url = rms_sim_config_dup_url(tenant->config, RMS_SIM_HOST_AUTHORITY, path);
        cJSON_AddStringToObject(json, endpoints[i].name, url);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(lists); i++) {
        cJSON *array = cJSON_AddArrayToObject(json, lists[i].name);
        for (gsize j = 0; j < 4 && lists[i].values[j] != NULL; j++)
            cJSON_AddItemToArray(array, cJSON_CreateString(lists[i].values[j]));
    }
    rms_sim_exchange_answer_json(exchange, 200, json);
}

static void answer_keys(RmsSimTenant *tenant, RmsSimExchange *exchange, const char *segment)
{
    rms_sim_exchange_answer_json(exchange, 200, rms_sim_tokens_dup_key_set(tenant->tokens));
}

static void answer_logout(RmsSimTenant *tenant, RmsSimExchange *exchange, const char *segment)
{
    rms_sim_exchange_answer_html(
        exchange, 200, rms_sim_page_message(tenant->config, "Signed out", "You are signed out."));
}

/* @methods: those that are answered; @path: behind the tenant's segment, or %NULL for a page of the
 * host itself, named in @operation. */
static const struct {
    const char *path;
    const char *methods;
    const char *operation;
    void (*answer)(RmsSimTenant *tenant, RmsSimExchange *exchange, const char *segment);
} endpoints[] = {
    {"oauth2/v2.0/token",                     "POST",     "token",      rms_sim_authority_token      },
    {"oauth2/v2.0/devicecode",                "POST",     "devicecode", rms_sim_authority_devicecode },
    {"oauth2/v2.0/authorize",                 "GET POST", "authorize",  rms_sim_authority_authorize  },
    {"oauth2/v2.0/logout",                    "GET POST", "logout",     answer_logout                },
    {"v2.0/.well-known/openid-configuration", "GET",      "metadata",   answer_metadata              },
    {".well-known/openid-configuration",      "GET",      "metadata",   answer_metadata              },
    {"discovery/v2.0/keys",                   "GET",      "keys",       answer_keys                  },
    {NULL,                                    "GET POST", "device",     rms_sim_authority_device_page},
};

/* The endpoint's index, or -1. @segment: (out) (transfer full) */
static int find_endpoint(const char *path, char **segment)
{
    const char *rest = path[0] == '/' ? strchr(path + 1, '/') : NULL;
    *segment = rest == NULL ? NULL : g_strndup(path + 1, rest - path - 1);
    for (gsize i = 0; i < G_N_ELEMENTS(endpoints); i++) {
        if (endpoints[i].path == NULL
                ? g_ascii_strcasecmp(path, "/device") == 0
                : rest != NULL && g_ascii_strcasecmp(rest + 1, endpoints[i].path) == 0)
            return (int) i;
    }
    return -1;
}

static gboolean is_tenant(const RmsSimConfig *config, const char *segment)
{
    const char *known[] = {config->tenant_id, config->domain, "common", "organizations"};
    for (gsize i = 0; i < G_N_ELEMENTS(known); i++) {
        if (g_ascii_strcasecmp(known[i], segment) == 0)
            return TRUE;
    }
    return FALSE;
}

void rms_sim_authority_prepare(RmsSimTenant *tenant, RmsSimExchange *exchange)
{
    g_autofree char *segment = NULL;
    int found = find_endpoint(exchange->path, &segment);
    if (found < 0)
        return;
    rms_sim_exchange_set_operation(exchange, endpoints[found].operation);
    g_autoptr(GHashTable) form = rms_sim_exchange_dup_form(exchange);
    g_autoptr(GHashTable) query = rms_sim_exchange_dup_query(exchange);
    const char *client = g_hash_table_lookup(form, "client_id");
    exchange->application =
        g_strdup(client != NULL ? client : g_hash_table_lookup(query, "client_id"));
    exchange->user = g_strdup(g_hash_table_lookup(form, "username"));
    const char *grant = g_hash_table_lookup(form, "grant_type");
    if (grant != NULL) {
        /* The URN of RFC 8628 by its last word. */
        const char *colon = strrchr(grant, ':');
        g_autofree char *operation = g_strdup_printf("token:%s", colon == NULL ? grant : colon + 1);
        rms_sim_exchange_set_operation(exchange, operation);
    }
}

void rms_sim_authority_answer(RmsSimTenant *tenant, RmsSimExchange *exchange)
{
    g_autofree char *segment = NULL;
    int found = find_endpoint(exchange->path, &segment);
    if (found < 0) {
        rms_sim_exchange_answer_text(exchange, 404, "No such page.\n");
    } else if (endpoints[found].path != NULL && !is_tenant(tenant->config, segment)) {
        g_autofree char *detail = g_strdup_printf("The tenant is '%s'.", segment);
        rms_sim_authority_error(exchange, 90002, detail);
    } else {
        g_auto(GStrv) methods = g_strsplit(endpoints[found].methods, " ", -1);
        if (g_strv_contains((const char *const *) methods, exchange->method)) {
            endpoints[found].answer(tenant, exchange, segment);
        } else {
            g_autofree char *allow = g_strjoinv(", ", methods);
            rms_sim_exchange_answer_text(exchange, 405, "Not by this method.\n");
            rms_sim_exchange_add_header(exchange, "Allow", allow);
        }
    }
    rms_sim_exchange_add_header(exchange, "Cache-Control", "no-store");
    rms_sim_exchange_add_header(exchange, "Pragma", "no-cache");
}
