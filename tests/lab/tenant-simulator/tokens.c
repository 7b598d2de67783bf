/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * JSON Web Tokens (tokens.h).
 */
#include "config.h"

#include "tests/lab/tenant-simulator/tokens.h"

#include <gio/gio.h>
#include <openssl/core_names.h>
#include <string.h>

#include "tests/lab/tenant-simulator/json.h"
#include "tests/lab/tenant-simulator/keys.h"

#define CLOCK_SKEW_SECONDS 300 /* between two machines; what Entra's own libraries allow */
#define MAX_PUBLISHED_KEYS 8

/* The RMS service's application id: also an audience that its tokens may have; protocol.md §4.2. */
#define RMS_APPLICATION_ID "00000012-0000-0000-c000-000000000000"

typedef struct {
    char *kid;
    EVP_PKEY *key;
    cjose_jwk_t *jwk;
} SigningKey;

struct _RmsSimTokens {
    const RmsSimConfig *config;
    GPtrArray *keys; /* of SigningKey, the one that signs first */
};

static void free_signing_key(gpointer data)
{
    SigningKey *key = data;
    g_free(key->kid);
    EVP_PKEY_free(key->key);
    cjose_jwk_release(key->jwk);
    g_free(key);
}

static void
set_number(EVP_PKEY *key, const char *parameter, GBytes **owner, uint8_t **data, size_t *length)
{
    *owner = rms_sim_key_dup_number(key, parameter);
    if (*owner != NULL)
        *data = (uint8_t *) g_bytes_get_data(*owner, length);
}

cjose_jwk_t *rms_sim_jwk_new(EVP_PKEY *key, GError **error)
{
    cjose_jwk_rsa_keyspec spec = {0};
    GBytes *owners[8] = {NULL};
    set_number(key, OSSL_PKEY_PARAM_RSA_N, &owners[0], &spec.n, &spec.nlen);
    set_number(key, OSSL_PKEY_PARAM_RSA_E, &owners[1], &spec.e, &spec.elen);
    set_number(key, OSSL_PKEY_PARAM_RSA_D, &owners[2], &spec.d, &spec.dlen);
    /* Without these five a signature takes four times as long. */
    set_number(key, OSSL_PKEY_PARAM_RSA_FACTOR1, &owners[3], &spec.p, &spec.plen);
    set_number(key, OSSL_PKEY_PARAM_RSA_FACTOR2, &owners[4], &spec.q, &spec.qlen);
    set_number(key, OSSL_PKEY_PARAM_RSA_EXPONENT1, &owners[5], &spec.dp, &spec.dplen);
    set_number(key, OSSL_PKEY_PARAM_RSA_EXPONENT2, &owners[6], &spec.dq, &spec.dqlen);
    set_number(key, OSSL_PKEY_PARAM_RSA_COEFFICIENT1, &owners[7], &spec.qi, &spec.qilen);
    cjose_err problem = {0};
    cjose_jwk_t *jwk = cjose_jwk_create_RSA_spec(&spec, &problem);
    for (gsize i = 0; i < G_N_ELEMENTS(owners); i++)
        g_clear_pointer(&owners[i], g_bytes_unref);
    if (jwk == NULL)
        g_set_error(error, RMS_SIM_ERROR, RMS_SIM_ERROR_FAILED, "JWK: %s", problem.message);
    return jwk;
}

static SigningKey *load_signing_key(RmsSimTokens *tokens, const char *name, GError **error)
{
    g_autoptr(EVP_PKEY) key = rms_sim_key_load(tokens->config->state_directory, name, error);
    if (key == NULL)
        return NULL;
    g_autoptr(cjose_jwk_t) jwk = rms_sim_jwk_new(key, error);
    if (jwk == NULL)
        return NULL;
    g_autoptr(GBytes) modulus = rms_sim_key_dup_number(key, OSSL_PKEY_PARAM_RSA_N);
    SigningKey *signing = g_new0(SigningKey, 1);
    signing->kid =
        rms_sim_sha256_base64url(g_bytes_get_data(modulus, NULL), g_bytes_get_size(modulus));
    signing->key = g_steal_pointer(&key);
    signing->jwk = g_steal_pointer(&jwk);
    return signing;
}

/* The state directory holds token-0.key (signs) … token-N.key (still published). */
static char *dup_key_name(guint index)
{
    return g_strdup_printf("token-%u", index);
}

static char *dup_key_path(const RmsSimConfig *config, guint index)
{
    g_autofree char *name = g_strdup_printf("token-%u.key", index);
    return g_build_filename(config->state_directory, name, NULL);
}

RmsSimTokens *rms_sim_tokens_new(const RmsSimConfig *config, GError **error)
{
    g_autoptr(RmsSimTokens) tokens = g_new0(RmsSimTokens, 1);
    tokens->config = config;
    tokens->keys = g_ptr_array_new_with_free_func(free_signing_key);
    for (guint i = 0; i < MAX_PUBLISHED_KEYS; i++) {
        if (i > 0) {
            g_autofree char *path =
                config->state_directory == NULL ? NULL : dup_key_path(config, i);
            if (path == NULL || !g_file_test(path, G_FILE_TEST_EXISTS))
                break;
        }
        g_autofree char *name = dup_key_name(i);
        SigningKey *key = load_signing_key(tokens, name, error);
        if (key == NULL)
            return NULL;
        g_ptr_array_add(tokens->keys, key);
    }
    return g_steal_pointer(&tokens);
}

void rms_sim_tokens_free(RmsSimTokens *tokens)
{
    if (tokens == NULL)
        return;
    g_clear_pointer(&tokens->keys, g_ptr_array_unref);
    g_free(tokens);
}

/* Moves the stored keys up by one, or removes them. */
static gboolean shift_stored_keys(const RmsSimConfig *config, gboolean forget, GError **error)
{
    if (config->state_directory == NULL)
        return TRUE;
    for (guint i = MAX_PUBLISHED_KEYS; i-- > 0;) {
        g_autofree char *from = dup_key_path(config, i);
        g_autofree char *to = dup_key_path(config, i + 1);
        if (!g_file_test(from, G_FILE_TEST_EXISTS))
            continue;
        g_autoptr(GFile) source = g_file_new_for_path(from);
        g_autoptr(GFile) target = g_file_new_for_path(to);
        gboolean drop = forget || i + 1 >= MAX_PUBLISHED_KEYS;
        if (!(drop ? g_file_delete(source, NULL, error)
                   : g_file_move(source, target, G_FILE_COPY_OVERWRITE, NULL, NULL, NULL, error)))
            return FALSE;
    }
    return TRUE;
}

gboolean rms_sim_tokens_rotate(RmsSimTokens *tokens, gboolean forget, GError **error)
{
    if (!shift_stored_keys(tokens->config, forget, error))
        return FALSE;
    g_autofree char *name = dup_key_name(0);
    SigningKey *key = load_signing_key(tokens, name, error);
    if (key == NULL)
        return FALSE;
    if (forget)
        g_ptr_array_set_size(tokens->keys, 0);
    else if (tokens->keys->len >= MAX_PUBLISHED_KEYS)
        g_ptr_array_set_size(tokens->keys, MAX_PUBLISHED_KEYS - 1);
    g_ptr_array_insert(tokens->keys, 0, key);
    return TRUE;
}

static void add_number(cJSON *jwk, const char *name, EVP_PKEY *key, const char *parameter)
{
    g_autoptr(GBytes) number = rms_sim_key_dup_number(key, parameter);
    g_autofree char *text =
        rms_sim_base64url(g_bytes_get_data(number, NULL), g_bytes_get_size(number));
    cJSON_AddStringToObject(jwk, name, text);
}

cJSON *rms_sim_tokens_dup_key_set(RmsSimTokens *tokens)
{
    cJSON *set = cJSON_CreateObject();
    cJSON *keys = cJSON_AddArrayToObject(set, "keys");
    g_autofree char *issuer = rms_sim_config_dup_issuer(tokens->config);
    for (guint i = 0; i < tokens->keys->len; i++) {
        const SigningKey *key = g_ptr_array_index(tokens->keys, i);
        cJSON *jwk = cJSON_CreateObject();
        cJSON_AddStringToObject(jwk, "kty", "RSA");
        cJSON_AddStringToObject(jwk, "use", "sig");
        cJSON_AddStringToObject(jwk, "alg", "RS256");
        cJSON_AddStringToObject(jwk, "kid", key->kid);
        add_number(jwk, "n", key->key, OSSL_PKEY_PARAM_RSA_N);
        add_number(jwk, "e", key->key, OSSL_PKEY_PARAM_RSA_E);
        cJSON_AddStringToObject(jwk, "issuer", issuer);
        cJSON_AddItemToArray(keys, jwk);
    }
    return set;
}

static char *sign_claims(RmsSimTokens *tokens, const cJSON *claims)
{
    const SigningKey *key = g_ptr_array_index(tokens->keys, 0);
    cjose_err problem = {0};
    g_autofree char *payload = rms_sim_json_print(claims);
    g_autoptr(cjose_header_t) header = cjose_header_new(&problem);
    const char *compact = NULL;
    g_autoptr(cjose_jws_t) jws = NULL;
    if (header != NULL && cjose_header_set(header, "alg", "RS256", &problem) &&
        cjose_header_set(header, "typ", "JWT", &problem) &&
        cjose_header_set(header, "kid", key->kid, &problem))
        jws = cjose_jws_sign(key->jwk, header, (uint8_t *) payload, strlen(payload), &problem);
    if (jws == NULL || !cjose_jws_export(jws, &compact, &problem))
        g_error("signing a token: %s", problem.message);
    return g_strdup(compact); /* the JWS owns the original */
}

static cJSON *new_claims(RmsSimTokens *tokens, const char *audience)
{
    gint64 now = g_get_real_time() / G_USEC_PER_SEC;
    g_autofree char *issuer = rms_sim_config_dup_issuer(tokens->config);
    g_autofree char *id = rms_sim_random();
    cJSON *claims = cJSON_CreateObject();
    cJSON_AddStringToObject(claims, "aud", audience);
    cJSON_AddStringToObject(claims, "iss", issuer);
    cJSON_AddNumberToObject(claims, "iat", (double) now);
    cJSON_AddNumberToObject(claims, "nbf", (double) now);
    cJSON_AddNumberToObject(claims, "exp", (double) (now + tokens->config->access_token_seconds));
    cJSON_AddStringToObject(claims, "tid", tokens->config->tenant_id);
    cJSON_AddStringToObject(claims, "uti", id);
    cJSON_AddStringToObject(claims, "ver", "2.0");
    return claims;
}

static void add_strings(cJSON *claims, const char *name, char **strings)
{
    if (strings == NULL || strings[0] == NULL)
        return;
    cJSON_AddItemToObject(
        claims,
        name,
        cJSON_CreateStringArray((const char *const *) strings, (int) g_strv_length(strings)));
}

/* `sub` is the same for one user and one client, and tells nothing else. */
static void add_subject(cJSON *claims, const char *object_id, const char *client_id)
{
    g_autofree char *pair = g_strdup_printf("%s/%s", object_id, client_id);
    g_autofree char *subject = rms_sim_sha256_base64url(pair, strlen(pair));
    cJSON_AddStringToObject(claims, "sub", subject);
}

char *rms_sim_tokens_make_access(RmsSimTokens *tokens,
                                 const RmsSimUser *user,
                                 const char *client_id,
                                 const char *audience,
                                 const char *scopes)
{
    g_autoptr(cJSON) claims = new_claims(tokens, audience);
    const char *methods[] = {"pwd"};
    cJSON_AddStringToObject(claims, "oid", user->object_id);
    add_subject(claims, user->object_id, audience);
    cJSON_AddStringToObject(claims, "upn", user->upn);
    cJSON_AddStringToObject(claims, "unique_name", user->upn);
    cJSON_AddStringToObject(claims, "preferred_username", user->upn);
    cJSON_AddStringToObject(claims, "name", user->name);
    cJSON_AddStringToObject(claims, "azp", client_id);
    cJSON_AddStringToObject(claims, "appid", client_id);
    cJSON_AddStringToObject(claims, "scp", scopes);
    cJSON_AddItemToObject(claims, "amr", cJSON_CreateStringArray(methods, 1));
    add_strings(claims, "wids", user->wids);
    return sign_claims(tokens, claims);
}

char *rms_sim_tokens_make_app_access(RmsSimTokens *tokens,
                                     const RmsSimApplication *application,
                                     const char *audience)
{
    g_autoptr(cJSON) claims = new_claims(tokens, audience);
    cJSON_AddStringToObject(claims, "idtyp", "app");
    cJSON_AddStringToObject(claims, "oid", application->object_id);
    cJSON_AddStringToObject(claims, "sub", application->object_id);
    cJSON_AddStringToObject(claims, "azp", application->client_id);
    cJSON_AddStringToObject(claims, "appid", application->client_id);
    cJSON_AddStringToObject(claims, "app_displayname", application->name);
    add_strings(claims, "roles", application->roles);
    return sign_claims(tokens, claims);
}

char *rms_sim_tokens_make_id(RmsSimTokens *tokens,
                             const RmsSimUser *user,
                             const char *client_id,
                             const char *nonce)
{
    g_autoptr(cJSON) claims = new_claims(tokens, client_id);
    cJSON_AddStringToObject(claims, "oid", user->object_id);
    add_subject(claims, user->object_id, client_id);
    cJSON_AddStringToObject(claims, "preferred_username", user->upn);
    cJSON_AddStringToObject(claims, "name", user->name);
    if (nonce != NULL)
        cJSON_AddStringToObject(claims, "nonce", nonce);
    return sign_claims(tokens, claims);
}

static cJSON *reject(GError **error, const char *reason)
{
    g_set_error(error, RMS_SIM_ERROR, RMS_SIM_ERROR_INVALID, "%s", reason);
    return NULL;
}

cJSON *rms_sim_jws_dup_header(const char *jws)
{
    const char *dot = strchr(jws, '.');
    if (dot == NULL)
        return NULL;
    g_autofree char *text = g_strndup(jws, dot - jws);
    g_strdelimit(text, "-", '+');
    g_strdelimit(text, "_", '/');
    gsize length = strlen(text);
    g_autofree char *padded = g_strdup_printf("%s%.*s", text, (int) ((4 - length % 4) % 4), "===");
    gsize size = 0;
    g_autofree guchar *decoded = g_base64_decode(padded, &size);
    g_autoptr(GBytes) bytes = g_bytes_new(decoded, size);
    cJSON *header = rms_sim_json_parse(bytes, NULL);
    if (!cJSON_IsObject(header))
        g_clear_pointer(&header, cJSON_Delete);
    return header;
}

cJSON *rms_sim_jws_open(const char *jws,
                        const cjose_jwk_t *key,
                        const char *const *algorithms,
                        GError **error)
{
    g_autoptr(cJSON) header = rms_sim_jws_dup_header(jws);
    const char *algorithm = rms_sim_json_get_string(header, "alg");
    if (algorithm == NULL || !g_strv_contains(algorithms, algorithm))
        return reject(error, "not a signed JWT of an algorithm that is accepted");
    cjose_err problem = {0};
    g_autoptr(cjose_jws_t) parsed = cjose_jws_import(jws, strlen(jws), &problem);
    if (parsed == NULL || !cjose_jws_verify(parsed, key, &problem))
        return reject(error, "the signature does not verify");
    uint8_t *payload = NULL;
    size_t length = 0;
    if (!cjose_jws_get_plaintext(parsed, &payload, &length, &problem))
        return reject(error, "no payload");
    g_autoptr(GBytes) bytes = g_bytes_new(payload, length); /* the JWS owns the payload */
    g_autoptr(cJSON) claims = rms_sim_json_parse(bytes, NULL);
    if (!cJSON_IsObject(claims))
        return reject(error, "the payload is not an object");
    return g_steal_pointer(&claims);
}

static gboolean is_rms_audience(const RmsSimConfig *config, const char *audience)
{
    if (audience == NULL)
        return FALSE;
    /* With or without the slash, as §4.2 says tokens for this service come. */
    gsize length = strlen(config->resource);
    if (length > 0 && config->resource[length - 1] == '/' && strlen(audience) == length - 1 &&
        strncmp(audience, config->resource, length - 1) == 0)
        return TRUE;
    return g_str_equal(audience, config->resource) || g_str_equal(audience, RMS_APPLICATION_ID);
}

static gboolean check_claims(const RmsSimConfig *config, const cJSON *claims, GError **error)
{
    gint64 now = g_get_real_time() / G_USEC_PER_SEC;
    const cJSON *expires = cJSON_GetObjectItemCaseSensitive(claims, "exp");
    const cJSON *not_before = cJSON_GetObjectItemCaseSensitive(claims, "nbf");
    g_autofree char *issuer = rms_sim_config_dup_issuer(config);
    const char *reason = NULL;
    if (g_strcmp0(rms_sim_json_get_string(claims, "iss"), issuer) != 0)
        reason = "another issuer";
    else if (!is_rms_audience(config, rms_sim_json_get_string(claims, "aud")))
        reason = "another audience";
    else if (!cJSON_IsNumber(expires) || expires->valuedouble <= (double) now)
        reason = "expired";
    else if (!cJSON_IsNumber(not_before) ||
             not_before->valuedouble > (double) (now + CLOCK_SKEW_SECONDS))
        reason = "not valid yet";
    else if (rms_sim_json_get_string(claims, "oid") == NULL ||
             rms_sim_json_get_string(claims, "appid") == NULL)
        reason = "not an access token";
    return reason == NULL || reject(error, reason) != NULL;
}

static char **dup_strings(const cJSON *array)
{
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
    const cJSON *item = NULL;
    cJSON_ArrayForEach(item, array)
    {
        if (cJSON_IsString(item))
            g_strv_builder_add(builder, item->valuestring);
    }
    return g_strv_builder_end(builder);
}

RmsSimClaims *rms_sim_tokens_verify(RmsSimTokens *tokens, const char *token, GError **error)
{
    static const char *const algorithms[] = {"RS256", NULL};
    g_autoptr(cJSON) header = rms_sim_jws_dup_header(token);
    const char *kid = rms_sim_json_get_string(header, "kid");
    const SigningKey *key = NULL;
    for (guint i = 0; i < tokens->keys->len && key == NULL; i++) {
        const SigningKey *candidate = g_ptr_array_index(tokens->keys, i);
        if (g_strcmp0(candidate->kid, kid) == 0)
            key = candidate;
    }
    if (key == NULL) {
        reject(error, "not signed by a key of this authority");
        return NULL;
    }
    g_autoptr(cJSON) claims = rms_sim_jws_open(token, key->jwk, algorithms, error);
    if (claims == NULL || !check_claims(tokens->config, claims, error))
        return NULL;
    RmsSimClaims *result = g_new0(RmsSimClaims, 1);
    result->object_id = g_strdup(rms_sim_json_get_string(claims, "oid"));
    result->upn = g_strdup(rms_sim_json_get_string(claims, "upn"));
    result->name = g_strdup(rms_sim_json_get_string(claims, "name"));
    result->application = g_strdup(rms_sim_json_get_string(claims, "appid"));
    result->app_only = g_strcmp0(rms_sim_json_get_string(claims, "idtyp"), "app") == 0;
    result->wids = dup_strings(cJSON_GetObjectItemCaseSensitive(claims, "wids"));
    result->roles = dup_strings(cJSON_GetObjectItemCaseSensitive(claims, "roles"));
    return result;
}

void rms_sim_claims_free(RmsSimClaims *claims)
{
    if (claims == NULL)
        return;
    g_free(claims->object_id);
    g_free(claims->upn);
    g_free(claims->name);
    g_free(claims->application);
    g_strfreev(claims->wids);
    g_strfreev(claims->roles);
    g_free(claims);
}
