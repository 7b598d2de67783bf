/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Our own contract for what Microsoft does not publish (unpublished-contract.h).
 */
#include "config.h"

#include "tests/lab/tenant-simulator/unpublished-contract.h"

#include <string.h>

#include "tests/lab/tenant-simulator/admin.h"
#include "tests/lab/tenant-simulator/json.h"
#include "tests/lab/tenant-simulator/keys.h"

#define SCHEME "Bearer"
#define HEADER_SID "X-RMS-Connector-Entry-Sid"
#define HEADER_ROLE "X-RMS-Connector-Entry-Role"
#define HEADER_NAME "X-RMS-Connector-Entry-Name"
#define ROLES_PATH "/Administrators/Roles/"
#define CREDENTIALS_PATH "/ConnectorCredentials"

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

/* Whom a body names: a user, a group, or nobody. */
typedef struct {
    RmsSimUser *user;
    RmsSimGroup *group;
} Member;

static Member find_member(RmsSimTenant *tenant, GBytes *body)
{
    g_autoptr(cJSON) json = rms_sim_json_parse(body, NULL);
    const char *object_id = rms_sim_json_get_string(json, "ObjectId");
    Member member = {0};
    if (object_id != NULL) {
        member.user = rms_sim_users_find_object(tenant->users, object_id);
        member.group = rms_sim_users_find_group(tenant->users, object_id);
    } else {
        const char *name = rms_sim_json_get_string(json, "SecurityGroupDisplayName");
        member.user =
            rms_sim_users_find(tenant->users, rms_sim_json_get_string(json, "EmailAddress"));
        member.group = rms_sim_users_find_group_name(tenant->users, name);
    }
    return member;
}

/* POST and DELETE {AdminV2}/Administrators/Roles/{role}. */
static void change_role(RmsSimTenant *tenant, RmsSimExchange *exchange, const char *rest)
{
    guint role = rms_sim_service_role(rest + strlen(ROLES_PATH));
    Member member = find_member(tenant, exchange->body);
    guint *roles = member.user != NULL    ? &member.user->service_roles
                   : member.group != NULL ? &member.group->service_roles
                                          : NULL;
    if (role == 0 || roles == NULL) {
        rms_sim_admin_error(
            exchange, 404, role == 0 ? "No such role." : "No such user or security group.");
        return;
    }
    if (g_str_equal(exchange->method, "POST")) {
        *roles |= role;
        rms_sim_exchange_answer_json(exchange,
                                     201,
                                     member.user != NULL ? rms_sim_admin_dup_member(member.user)
                                                         : rms_sim_admin_dup_group(member.group));
    } else {
        *roles &= ~role;
        rms_sim_exchange_answer(exchange, 204, NULL, g_bytes_new(NULL, 0));
    }
}

/* Connector credentials: certificates of applications that the service itself made. */

static char *dup_time(const ASN1_TIME *time)
{
    struct tm parts = {0};
    ASN1_TIME_to_tm(time, &parts);
    return g_strdup_printf("%04d-%02d-%02dT%02d:%02d:%02dZ",
                           parts.tm_year + 1900,
                           parts.tm_mon + 1,
                           parts.tm_mday,
                           parts.tm_hour,
                           parts.tm_min,
                           parts.tm_sec);
}

static cJSON *dup_credential(const RmsSimApplication *application,
                             const RmsSimCredential *credential)
{
    cJSON *json = cJSON_CreateObject();
    guint8 digest[EVP_MAX_MD_SIZE];
    unsigned int length = 0;
    g_autofree char *not_before = dup_time(X509_get0_notBefore(credential->certificate));
    g_autofree char *not_after = dup_time(X509_get0_notAfter(credential->certificate));
    X509_digest(credential->certificate, EVP_sha256(), digest, &length);
    g_autofree char *thumbprint = rms_sim_base64url(digest, length);
    cJSON_AddStringToObject(json, "CredentialId", credential->id);
    cJSON_AddStringToObject(json, "ApplicationId", application->client_id);
    cJSON_AddStringToObject(json, "DisplayName", credential->name);
    cJSON_AddStringToObject(json, "Thumbprint", thumbprint);
    cJSON_AddStringToObject(json, "NotBefore", not_before);
    cJSON_AddStringToObject(json, "NotAfter", not_after);
    return json;
}

static void list_credentials(RmsSimTenant *tenant, RmsSimExchange *exchange, const char *rest)
{
    cJSON *array = cJSON_CreateArray();
    for (guint i = 0; i < tenant->users->applications->len; i++) {
        const RmsSimApplication *application = g_ptr_array_index(tenant->users->applications, i);
        for (guint j = 0; j < application->credentials->len; j++)
            cJSON_AddItemToArray(
                array, dup_credential(application, g_ptr_array_index(application->credentials, j)));
    }
    rms_sim_exchange_answer_json(exchange, 200, array);
}

/* Self-signed, so whoever sends it has the key. */
static X509 *read_certificate(const char *text)
{
    gsize length = 0;
    g_autofree guchar *der = text != NULL ? g_base64_decode(text, &length) : NULL;
    const guchar *position = der;
    X509 *certificate = der != NULL ? d2i_X509(NULL, &position, (long) length) : NULL;
    if (certificate != NULL &&
        (X509_verify(certificate, X509_get0_pubkey(certificate)) != 1 ||
         X509_cmp_current_time(X509_get0_notAfter(certificate)) <= 0 ||
         EVP_PKEY_get_base_id(X509_get0_pubkey(certificate)) != EVP_PKEY_RSA ||
         EVP_PKEY_get_bits(X509_get0_pubkey(certificate)) < RMS_SIM_KEY_BITS))
        g_clear_pointer(&certificate, X509_free);
    return certificate;
}

static void add_credential(RmsSimTenant *tenant, RmsSimExchange *exchange, const char *rest)
{
    g_autoptr(cJSON) json = rms_sim_json_parse(exchange->body, NULL);
    const char *name = rms_sim_json_get_string(json, "DisplayName");
    const char *application_id = rms_sim_json_get_string(json, "ApplicationId");
    RmsSimApplication *application = rms_sim_users_find_application(tenant->users, application_id);
    X509 *certificate = read_certificate(rms_sim_json_get_string(json, "Certificate"));
    if (name == NULL || *name == '\0' || certificate == NULL) {
        X509_free(certificate);
        rms_sim_admin_error(
            exchange, 400, "A name and a valid self-signed RSA certificate are needed.");
        return;
    }
    if (application_id != NULL && (application == NULL || !application->confidential)) {
        X509_free(certificate);
        rms_sim_admin_error(exchange, 404, "No such connector application.");
        return;
    }
    if (application == NULL)
        application = rms_sim_users_add_application(tenant->users, name);
    const RmsSimCredential *credential =
        rms_sim_application_add_credential(application, name, certificate);
    rms_sim_exchange_answer_json(exchange, 201, dup_credential(application, credential));
}

static void remove_credential(RmsSimTenant *tenant, RmsSimExchange *exchange, const char *rest)
{
    const char *id = rest + strlen(CREDENTIALS_PATH "/");
    for (guint i = 0; i < tenant->users->applications->len; i++) {
        RmsSimApplication *application = g_ptr_array_index(tenant->users->applications, i);
        for (guint j = 0; j < application->credentials->len; j++) {
            const RmsSimCredential *credential = g_ptr_array_index(application->credentials, j);
            if (g_ascii_strcasecmp(credential->id, id) != 0)
                continue;
            g_ptr_array_remove_index(application->credentials, j);
            rms_sim_exchange_answer(exchange, 204, NULL, g_bytes_new(NULL, 0));
            return;
        }
    }
    rms_sim_admin_error(exchange, 404, "No such credential.");
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
     RMS_SIM_ACCESS_CONNECTOR_ADMINISTRATOR,                                                       put_state       },
    {"PUT",
     "/FunctionalState",       "SetTenantFunctionalState",
     RMS_SIM_ACCESS_ADMINISTRATOR,                                                                 put_state       },
    {"POST",   ROLES_PATH "*", "AddAdministrator",         RMS_SIM_ACCESS_ADMINISTRATOR,           change_role     },
    {"DELETE", ROLES_PATH "*", "RemoveAdministrator",      RMS_SIM_ACCESS_ADMINISTRATOR,           change_role     },
    {"GET",
     CREDENTIALS_PATH,         "GetConnectorCredentials",
     RMS_SIM_ACCESS_CONNECTOR_ADMINISTRATOR,                                                       list_credentials},
    {"POST",
     CREDENTIALS_PATH,         "AddConnectorCredential",
     RMS_SIM_ACCESS_CONNECTOR_ADMINISTRATOR,                                                       add_credential  },
    {"DELETE",
     CREDENTIALS_PATH "/*",
     "RemoveConnectorCredential",                          RMS_SIM_ACCESS_CONNECTOR_ADMINISTRATOR,
     remove_credential                                                                                             },
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
