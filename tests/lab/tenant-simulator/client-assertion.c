/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Checking the signed assertion by which a confidential client says who it is: private_key_jwt,
 * RFC 7523 §3, in the form that Entra ID documents.
 */
#include "config.h"

#include "tests/lab/tenant-simulator/authority-private.h"

#include <string.h>

#include "tests/lab/tenant-simulator/json.h"
#include "tests/lab/tenant-simulator/keys.h"

#define CLOCK_SKEW_SECONDS 300

/* One of the header's names of the certificate: right, wrong, or not there. */
static gboolean
names_other_certificate(const cJSON *header, const char *member, const char *expected, guint *found)
{
    const char *value = rms_sim_json_get_string(header, member);
    if (value == NULL)
        return FALSE;
    (*found)++;
    return g_ascii_strcasecmp(value, expected) != 0;
}

/* `x5t#S256`, `x5t` and `kid` that are there have to name the registered certificate, and one has
 * to be there. base64url is case-sensitive; comparing without case only ever accepts a name, the
 * signature decides. */
static gboolean names_certificate(const cJSON *header, X509 *certificate)
{
    guint8 sha256[EVP_MAX_MD_SIZE];
    guint8 sha1[EVP_MAX_MD_SIZE];
    unsigned int sha256_length = 0;
    unsigned int sha1_length = 0;
    X509_digest(certificate, EVP_sha256(), sha256, &sha256_length);
    X509_digest(certificate, EVP_sha1(), sha1, &sha1_length);
    g_autofree char *new_thumbprint = rms_sim_base64url(sha256, sha256_length);
    g_autofree char *old_thumbprint = rms_sim_base64url(sha1, sha1_length);
    g_autoptr(GString) hex = g_string_new(NULL);
    for (guint i = 0; i < sha1_length; i++)
        g_string_append_printf(hex, "%02X", sha1[i]);

    guint found = 0;
    if (names_other_certificate(header, "x5t#S256", new_thumbprint, &found) ||
        names_other_certificate(header, "x5t", old_thumbprint, &found))
        return FALSE;
    const char *kid = rms_sim_json_get_string(header, "kid");
    if (kid != NULL) {
        found++;
        if (g_ascii_strcasecmp(kid, hex->str) != 0 && !g_str_equal(kid, new_thumbprint) &&
            !g_str_equal(kid, old_thumbprint))
            return FALSE;
    }
    return found > 0;
}

static gboolean is_audience(RmsSimTenant *tenant, const char *segment, const cJSON *audience)
{
    if (!cJSON_IsString(audience))
        return FALSE;
    g_autofree char *issuer = rms_sim_config_dup_issuer(tenant->config);
    if (g_str_equal(audience->valuestring, issuer))
        return TRUE;
    const char *segments[] = {tenant->config->tenant_id, tenant->config->domain, segment};
    for (gsize i = 0; i < G_N_ELEMENTS(segments); i++) {
        g_autofree char *path = g_strdup_printf("/%s/oauth2/v2.0/token", segments[i]);
        g_autofree char *url = rms_sim_config_dup_url(tenant->config, RMS_SIM_HOST_AUTHORITY, path);
        if (g_str_equal(audience->valuestring, url))
            return TRUE;
    }
    return FALSE;
}

/* Remembers the id; FALSE when it was used before. */
static gboolean
use_id(RmsSimTenant *tenant, const char *client_id, const char *id, gint64 expires_at)
{
    g_autofree char *key = g_strdup_printf("%s/%s", client_id, id);
    if (rms_sim_grants_find(tenant->grants, RMS_SIM_GRANT_ASSERTION, key) != NULL)
        return FALSE;
    RmsSimGrant *grant = g_new0(RmsSimGrant, 1);
    grant->expires_at = expires_at;
    rms_sim_grants_add(tenant->grants, RMS_SIM_GRANT_ASSERTION, key, grant);
    return TRUE;
}

static guint check_claims(RmsSimTenant *tenant,
                          const RmsSimApplication *application,
                          const char *segment,
                          const cJSON *claims,
                          char **detail)
{
    gint64 now = rms_sim_authority_now();
    const cJSON *expires = cJSON_GetObjectItemCaseSensitive(claims, "exp");
    const cJSON *not_before = cJSON_GetObjectItemCaseSensitive(claims, "nbf");
    const char *issuer = rms_sim_json_get_string(claims, "iss");
    const char *subject = rms_sim_json_get_string(claims, "sub");
    const char *id = rms_sim_json_get_string(claims, "jti");
    if (!is_audience(tenant, segment, cJSON_GetObjectItemCaseSensitive(claims, "aud")))
        return 700023;
    if (issuer == NULL || subject == NULL ||
        g_ascii_strcasecmp(issuer, application->client_id) != 0 ||
        g_ascii_strcasecmp(subject, application->client_id) != 0)
        return 700021;
    if (!cJSON_IsNumber(expires) || expires->valuedouble + CLOCK_SKEW_SECONDS <= (double) now ||
        (cJSON_IsNumber(not_before) &&
         not_before->valuedouble > (double) (now + CLOCK_SKEW_SECONDS)))
        return 700024;
    if (id == NULL || id[0] == '\0') {
        *detail = g_strdup("[Reason - The assertion has no 'jti'.]");
        return 50027;
    }
    if (!use_id(tenant,
                application->client_id,
                id,
                (gint64) CLAMP(expires->valuedouble, 0, 1e12) + CLOCK_SKEW_SECONDS)) {
        *detail = g_strdup("[Reason - The assertion was used before.]");
        return 700027;
    }
    return 0;
}

/* The credential that the header names, if it is still good. */
static X509 *find_certificate(const RmsSimApplication *application, const cJSON *header)
{
    for (guint i = 0; i < application->credentials->len; i++) {
        const RmsSimCredential *credential = g_ptr_array_index(application->credentials, i);
        if (names_certificate(header, credential->certificate) &&
            X509_cmp_current_time(X509_get0_notAfter(credential->certificate)) > 0)
            return credential->certificate;
    }
    return NULL;
}

guint rms_sim_client_assertion_check(RmsSimTenant *tenant,
                                     const RmsSimApplication *application,
                                     const char *segment,
                                     const char *assertion,
                                     char **detail)
{
    static const char *const algorithms[] = {"RS256", "PS256", NULL};
    g_autoptr(cJSON) header = rms_sim_jws_dup_header(assertion);
    if (header == NULL)
        return 50027;
    X509 *certificate = find_certificate(application, header);
    if (certificate == NULL) {
        *detail = g_strdup("[Reason - The key was not found.]");
        return 700027;
    }
    g_autoptr(cjose_jwk_t) key = rms_sim_jwk_new(X509_get0_pubkey(certificate), NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(cJSON) claims =
        key == NULL ? NULL : rms_sim_jws_open(assertion, key, algorithms, &error);
    if (claims == NULL) {
        *detail = g_strdup_printf("[Reason - %s.]", error == NULL ? "no RSA key" : error->message);
        return 700027;
    }
    return check_claims(tenant, application, segment, claims, detail);
}
