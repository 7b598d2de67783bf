/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The authorization endpoint: authorization code with PKCE on registered redirect URIs (protocol.md
 * §4.4; RFC 6749, 7636, 8252). Redeeming the code is in authority-token.c.
 */
#include "config.h"

#include "tests/lab/tenant-simulator/authority-private.h"

#include <string.h>

#define CODE_SECONDS 600    /* RFC 6749 §4.1.2 recommends no more */
#define CHALLENGE_LENGTH 43 /* base64url of a SHA-256 hash */

static gboolean is_loopback(const char *host)
{
    return host != NULL && (g_str_equal(host, "localhost") || g_str_equal(host, "127.0.0.1") ||
                            g_str_equal(host, "::1"));
}

static const char *path_or_root(GUri *uri)
{
    const char *path = g_uri_get_path(uri);
    return path[0] == '\0' ? "/" : path;
}

/* A registered loopback URI stands for all its ports; anything else has to be the same text. */
static gboolean is_registered(const RmsSimApplication *client, const char *redirect_uri)
{
    g_autoptr(GUri) asked = g_uri_parse(redirect_uri, G_URI_FLAGS_ENCODED, NULL);
    if (asked == NULL || g_uri_get_fragment(asked) != NULL || g_uri_get_userinfo(asked) != NULL)
        return FALSE;
    for (char **known = client->redirect_uris; known != NULL && *known != NULL; known++) {
        if (g_str_equal(*known, redirect_uri))
            return TRUE;
        g_autoptr(GUri) registered = g_uri_parse(*known, G_URI_FLAGS_ENCODED, NULL);
        if (registered != NULL && g_str_equal(g_uri_get_scheme(registered), "http") &&
            g_str_equal(g_uri_get_scheme(asked), "http") &&
            is_loopback(g_uri_get_host(registered)) &&
            g_strcmp0(g_uri_get_host(registered), g_uri_get_host(asked)) == 0 &&
            g_str_equal(path_or_root(registered), path_or_root(asked)) &&
            g_strcmp0(g_uri_get_query(registered), g_uri_get_query(asked)) == 0)
            return TRUE;
    }
    return FALSE;
}

static void append_parameter(GString *url, const char *name, const char *value)
{
    if (value == NULL)
        return;
    char last = url->str[url->len - 1];
    if (strchr(url->str, '?') == NULL)
        g_string_append_c(url, '?');
    else if (last != '?' && last != '&')
        g_string_append_c(url, '&');
    g_string_append_printf(url, "%s=", name);
    g_string_append_uri_escaped(url, value, NULL, FALSE);
}

/* Back to the application: either @code, or @error with @description. */
static void redirect(RmsSimExchange *exchange,
                     GHashTable *query,
                     const char *code,
                     const char *error,
                     const char *description)
{
    g_autoptr(GString) url = g_string_new(g_hash_table_lookup(query, "redirect_uri"));
    append_parameter(url, "code", code);
    append_parameter(url, "error", error);
    append_parameter(url, "error_description", description);
    append_parameter(url, "state", g_hash_table_lookup(query, "state"));
    rms_sim_exchange_answer(exchange, 302, NULL, g_bytes_new(NULL, 0));
    rms_sim_exchange_add_header(exchange, "Location", url->str);
}

static void
redirect_error(RmsSimExchange *exchange, GHashTable *query, guint number, const char *name)
{
    const RmsSimOAuthError *error = rms_sim_oauth_error_find(number);
    g_autofree char *description = g_strdup_printf("AADSTS%u: %s", number, error->text);
    redirect(exchange, query, NULL, name != NULL ? name : error->error, description);
}

/* Errors about the client or its redirect URI stay on this side: nobody can be trusted with them.
 */
static RmsSimApplication *
find_client(RmsSimTenant *tenant, RmsSimExchange *exchange, GHashTable *query)
{
    RmsSimApplication *client =
        rms_sim_users_find_application(tenant->users, g_hash_table_lookup(query, "client_id"));
    const char *redirect_uri = g_hash_table_lookup(query, "redirect_uri");
    guint problem = 0;
    if (client == NULL)
        problem = 700016;
    else if (redirect_uri == NULL || !is_registered(client, redirect_uri))
        problem = 50011;
    if (problem == 0)
        return client;
    g_autofree char *text =
        g_strdup_printf("AADSTS%u: %s", problem, rms_sim_oauth_error_find(problem)->text);
    rms_sim_exchange_answer_html(
        exchange, 400, rms_sim_page_message(tenant->config, "Sign-in is not possible", text));
    return NULL;
}

static guint check_challenge(const char *challenge, const char *method)
{
    if (challenge == NULL)
        return 90014;
    if (g_strcmp0(method, "S256") != 0)
        return 90023;
    return strlen(challenge) == CHALLENGE_LENGTH ? 0 : 501491;
}

/* Everything but client and redirect URI; FALSE when the answer is a redirect with the error. */
static gboolean check_request(RmsSimTenant *tenant, RmsSimExchange *exchange, GHashTable *query)
{
    const char *mode = g_hash_table_lookup(query, "response_mode");
    const char *prompt = g_hash_table_lookup(query, "prompt");
    static const char *const prompts[] = {"login", "select_account", "consent", "none", NULL};
    guint problem = 0;
    if (g_strcmp0(g_hash_table_lookup(query, "response_type"), "code") != 0) {
        redirect_error(exchange, query, 90023, "unsupported_response_type");
        return FALSE;
    }
    g_autoptr(RmsSimScope) scope =
        rms_sim_scope_new(tenant->config, g_hash_table_lookup(query, "scope"), &problem);
    if (problem == 0)
        problem = check_challenge(g_hash_table_lookup(query, "code_challenge"),
                                  g_hash_table_lookup(query, "code_challenge_method"));
    if (problem == 0 && ((mode != NULL && !g_str_equal(mode, "query")) ||
                         (prompt != NULL && !g_strv_contains(prompts, prompt))))
        problem = 90023;
    if (problem == 0 && g_strcmp0(prompt, "none") == 0)
        problem = 50058;
    if (problem != 0)
        redirect_error(exchange, query, problem, NULL);
    return problem == 0;
}

static void answer_form(RmsSimTenant *tenant,
                        RmsSimExchange *exchange,
                        const RmsSimApplication *client,
                        const char *user_name,
                        guint number)
{
    g_autofree char *problem =
        number == 0
            ? NULL
            : g_strdup_printf("AADSTS%u: %s", number, rms_sim_oauth_error_find(number)->text);
    rms_sim_exchange_answer_html(
        exchange,
        number == 0 ? 200 : 400,
        rms_sim_page_sign_in(tenant->config, client->name, user_name, problem));
}

void rms_sim_authority_authorize(RmsSimTenant *tenant,
                                 RmsSimExchange *exchange,
                                 const char *segment)
{
    g_autoptr(GHashTable) query = rms_sim_exchange_dup_query(exchange);
    RmsSimApplication *client = find_client(tenant, exchange, query);
    if (client == NULL || !check_request(tenant, exchange, query))
        return;
    if (g_str_equal(exchange->method, "GET")) {
        answer_form(tenant, exchange, client, g_hash_table_lookup(query, "login_hint"), 0);
        return;
    }
    g_autoptr(GHashTable) form = rms_sim_exchange_dup_form(exchange);
    const char *action = g_hash_table_lookup(form, "action");
    if (g_strcmp0(action, "cancel") == 0) {
        redirect_error(exchange, query, 65004, "access_denied");
        return;
    }
    const char *user_name = g_hash_table_lookup(form, "username");
    RmsSimUser *user = NULL;
    guint problem = 90023;
    if (g_strcmp0(action, "sign-in") == 0)
        problem = rms_sim_authority_check_password(
            tenant, user_name, g_hash_table_lookup(form, "password"), &user);
    if (problem != 0) {
        answer_form(tenant, exchange, client, user_name, problem);
        return;
    }
    RmsSimGrant *grant = g_new0(RmsSimGrant, 1);
    grant->state = RMS_SIM_GRANT_APPROVED;
    grant->client_id = g_strdup(client->client_id);
    grant->object_id = g_strdup(user->object_id);
    grant->scope = g_strdup(g_hash_table_lookup(query, "scope"));
    grant->redirect_uri = g_strdup(g_hash_table_lookup(query, "redirect_uri"));
    grant->code_challenge = g_strdup(g_hash_table_lookup(query, "code_challenge"));
    grant->nonce = g_strdup(g_hash_table_lookup(query, "nonce"));
    grant->expires_at = rms_sim_authority_now() + CODE_SECONDS;
    redirect(exchange,
             query,
             rms_sim_grants_add(tenant->grants, RMS_SIM_GRANT_CODE, NULL, grant),
             NULL,
             NULL);
}
