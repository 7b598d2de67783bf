/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Finding the tenant as each kind of account, reading it, its super-user feature; and the
 * connector's own credential.
 */
#include "config.h"

#include <string.h>

#include "service-client/connector-credential.h"
#include "service-client/jwt-claims.h"
#include "service-client/provider-text.h"
#include "service-client/service-error.h"
#include "service-client/tenant.h"
#include "test-service-client.h"

static const struct {
    const char *user;
    RmsTenantRole role;
} roles[] = {
    {"global.admin",    RMS_TENANT_ROLE_TENANT_GLOBAL_ADMINISTRATOR},
    {"aip.admin",       RMS_TENANT_ROLE_TENANT_GLOBAL_ADMINISTRATOR},
    {"rms.admin",       RMS_TENANT_ROLE_RMS_GLOBAL_ADMINISTRATOR   },
    {"connector.admin", RMS_TENANT_ROLE_CONNECTOR_ADMINISTRATOR    },
};

START_TEST(test_role)
{
    g_autoptr(RmsTenant) tenant = discover_as(&usual, roles[_i].user);
    g_autofree char *service_url = g_strdup_printf("https://rms.localhost:%s", usual.port);
    g_autofree char *organization = NULL;
    g_autofree char *tenant_id = NULL;
    RmsTenantRole role = RMS_TENANT_ROLE_NONE;

    ck_assert_int_eq(rms_tenant_get_role(tenant), roles[_i].role);
    ck_assert_str_eq(rms_tenant_get_rms_id(tenant), "7d3e0f8c-1b52-4a7e-9c44-0a6f2be91d10");
    ck_assert_str_eq(rms_tenant_get_service_url(tenant), service_url);
    ck_assert(rms_tenant_get_service_active(tenant));
    ck_assert(!rms_tenant_get_super_user_feature(tenant));
    g_object_get(
        tenant, "organization", &organization, "tenant-id", &tenant_id, "role", &role, NULL);
    ck_assert_str_eq(organization, rms_tenant_get_organization(tenant));
    ck_assert_uint_gt(strlen(organization), 0);
    ck_assert_str_eq(tenant_id, "1c6dd8b2-3f0a-4d0e-8b0f-5d1f6a1e7c11");
    ck_assert_int_eq(role, roles[_i].role);
}
END_TEST

START_TEST(test_no_role)
{
    g_autoptr(RmsAccount) account = sign_in(&usual, "plain.user");
    GError *error = NULL;

    ck_assert_ptr_null(discover(account, &error));
    check_error(&error, RMS_SERVICE_ERROR_NO_ROLE, "plain.user@contoso.example");
}
END_TEST

#define WORDING                                                                                    \
    "The attempt to discover the location of the administration service and organization failed. " \
    "Make sure Microsoft Rights Management service is enabled for your organization."

START_TEST(test_not_discovered)
{
    static const char *const states[] = {
        "{\"activated\":false}",
        "{\"onboarding\":{\"use_rms_user_license\":false,"
        "\"security_group_object_id\":\"3b1f9a64-0e7d-4f6e-a1b7-2d4c8f1e3a77\",\"scope\":\"All\"}}",
    };
    g_autoptr(RmsAccount) account = sign_in(&usual, "global.admin");

    for (gsize i = 0; i < G_N_ELEMENTS(states); i++) {
        GError *error = NULL;

        reset_simulators();
        put_state(&usual, states[i]);
        ck_assert_ptr_null(discover(account, &error));
        ck_assert_ptr_nonnull(strstr(error->message, "not activated for the tenant"));
        ck_assert_ptr_nonnull(strstr(error->message, "onboarding control policy"));
        check_error(&error, RMS_SERVICE_ERROR_DISCOVERY, WORDING);
    }
}
END_TEST

static void on_notified(GObject *object, GParamSpec *property, gpointer names)
{
    g_ptr_array_add(names, g_strdup(property->name));
}

static gboolean set_super_user_feature(RmsTenant *tenant, gboolean enabled, GError **error)
{
    g_autoptr(GAsyncResult) result = NULL;

    rms_tenant_set_super_user_feature_async(tenant, enabled, NULL, on_done, &result);
    return rms_tenant_set_super_user_feature_finish(tenant, wait_for(&result), error);
}

static gboolean refresh(RmsTenant *tenant, GError **error)
{
    g_autoptr(GAsyncResult) result = NULL;

    rms_tenant_refresh_async(tenant, NULL, on_done, &result);
    return rms_tenant_refresh_finish(tenant, wait_for(&result), error);
}

/* Every role that may sign in may switch it; what counts is what another reader sees. */
START_TEST(test_super_user_feature)
{
    g_autoptr(RmsTenant) tenant = discover_as(&usual, roles[_i].user);
    g_autoptr(RmsTenant) reader = discover_as(&usual, "global.admin");
    g_autoptr(GPtrArray) notified = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GError) error = NULL;

    g_signal_connect(tenant, "notify", G_CALLBACK(on_notified), notified);
    ck_assert_msg(
        set_super_user_feature(tenant, TRUE, &error), "%s", error != NULL ? error->message : "");
    ck_assert(rms_tenant_get_super_user_feature(tenant));
    ck_assert_uint_eq(notified->len, 1);
    ck_assert_str_eq(notified->pdata[0], "super-user-feature");
    ck_assert(!rms_tenant_get_super_user_feature(reader));
    ck_assert(refresh(reader, &error));
    ck_assert(rms_tenant_get_super_user_feature(reader));
    ck_assert(set_super_user_feature(tenant, FALSE, &error));
    ck_assert(!rms_tenant_get_super_user_feature(tenant));
    ck_assert(refresh(reader, &error));
    ck_assert(!rms_tenant_get_super_user_feature(reader));
}
END_TEST

START_TEST(test_super_user_feature_refused)
{
    g_autoptr(RmsTenant) tenant = discover_as(&usual, "global.admin");
    GError *error = NULL;

    put_faults(&usual, "[{\"host\":\"admin\",\"path\":\"*/SuperUserState\",\"status\":500}]");
    ck_assert(!set_super_user_feature(tenant, TRUE, &error));
    check_error(&error, RMS_SERVICE_ERROR_REFUSED, "was not switched");
    ck_assert(!rms_tenant_get_super_user_feature(tenant));
}
END_TEST

/* What a failed reading found is not mixed into what is known. */
START_TEST(test_refresh)
{
    static const struct {
        const char *fault;
        int code;
        const char *word;
    } faults[] = {
        {"\"path\":\"*/GlobalAdministrator\",\"oversized\":300000",
         RMS_SERVICE_ERROR_PROTOCOL,                                                                    "262144"       },
        {"\"path\":\"*/GlobalAdministrator\",\"cut_after\":1",             RMS_SERVICE_ERROR_PROTOCOL,  "admin"        },
        {"\"path\":\"*/GlobalAdministrator\",\"wrong_content_type\":true",
         RMS_SERVICE_ERROR_PROTOCOL,                                                                    "text/html"    },
        {"\"path\":\"*/GlobalAdministrator\",\"empty_body\":true",
         RMS_SERVICE_ERROR_PROTOCOL,                                                                    "JSON"         },
        {"\"path\":\"*/GlobalAdministrator\",\"status\":503",              RMS_SERVICE_ERROR_THROTTLED, "later"        },
        {"\"path\":\"*/GlobalAdministrator\",\"status\":500",              RMS_SERVICE_ERROR_REFUSED,   "500"          },
        {"\"path\":\"*/GlobalAdministrator\",\"status\":401,\"count\":2",
         RMS_SERVICE_ERROR_SIGN_IN,                                                                     "Sign in again"},
    };
    g_autoptr(RmsTenant) tenant = discover_as(&usual, "global.admin");
    g_autoptr(GPtrArray) notified = g_ptr_array_new_with_free_func(g_free);
    GError *error = NULL;

    g_signal_connect(tenant, "notify", G_CALLBACK(on_notified), notified);
    put_state(&usual, "{\"super_user_state\":1}");
    for (gsize i = 0; i < G_N_ELEMENTS(faults); i++) {
        g_autofree char *table = g_strdup_printf("[{\"host\":\"admin\",%s}]", faults[i].fault);

        put_faults(&usual, table);
        ck_assert_msg(!refresh(tenant, &error), "%s", faults[i].fault);
        check_error(&error, faults[i].code, faults[i].word);
        ck_assert(!rms_tenant_get_super_user_feature(tenant));
        ck_assert_uint_eq(notified->len, 0);
    }
    put_faults(&usual, "[]");
    ck_assert(refresh(tenant, &error));
    ck_assert(rms_tenant_get_super_user_feature(tenant));
    ck_assert_uint_eq(notified->len, 1);
}
END_TEST

/* The service forgets the key that signed our token: one refresh, unseen by the caller. */
START_TEST(test_token_refused_once)
{
    g_autoptr(RmsTenant) tenant = discover_as(&usual, "global.admin");
    g_autoptr(GError) error = NULL;

    forget_requests(&usual);
    forget_keys(&usual);
    ck_assert_msg(refresh(tenant, &error), "%s", error != NULL ? error->message : "");
    ck_assert_uint_eq(count_requests(&usual, "token:refresh_token"), 1);
}
END_TEST

#define CHALLENGE                                                                                  \
    "[{\"host\":\"admin\",\"path\":\"*/Configuration\",\"status\":401,\"count\":%d,\"headers\":{"  \
    "\"WWW-Authenticate\":\"MSOID error=\\\"insufficient_claims\\\", "                             \
    "claims=\\\"eyJhY2Nlc3NfdG9rZW4iOnt9fQ==\\\"\"}}]"

/* The sign-in service may be content with who signed in already. */
START_TEST(test_challenge_met_silently)
{
    g_autoptr(RmsTenant) tenant = discover_as(&usual, "global.admin");
    g_autofree char *table = g_strdup_printf(CHALLENGE, 1);
    g_autoptr(GError) error = NULL;

    put_faults(&usual, table);
    forget_requests(&usual);
    ck_assert_msg(refresh(tenant, &error), "%s", error != NULL ? error->message : "");
    ck_assert_uint_eq(count_requests(&usual, "token:refresh_token"), 1);
}
END_TEST

/* Somebody has to sign in again, the same person, and then the same account works. */
START_TEST(test_challenge)
{
    g_autoptr(RmsTenant) tenant = discover_as(&usual, "global.admin");
    RmsAccount *account = rms_tenant_get_account(tenant);
    g_autofree char *table = g_strdup_printf(CHALLENGE, 3);
    GError *error = NULL;

    put_faults(&usual, table);
    ck_assert(!refresh(tenant, &error));
    ck_assert_int_eq(rms_service_error_get_problem(error), RMS_SERVICE_PROBLEM_CLAIMS_CHALLENGE);
    check_error(&error, RMS_SERVICE_ERROR_SIGN_IN, "more proof");
    put_state(&usual, "{\"users\":{\"global.admin@contoso.example\":{\"sign_in_error\":50076}}}");
    ck_assert(!refresh(tenant, &error));
    ck_assert_int_eq(rms_service_error_get_problem(error), RMS_SERVICE_PROBLEM_CLAIMS_CHALLENGE);
    check_error(&error, RMS_SERVICE_ERROR_SIGN_IN, "50076");
    put_state(&usual, "{\"users\":{\"global.admin@contoso.example\":{\"sign_in_error\":0}}}");
    put_faults(&usual, "[]");
    ck_assert(!sign_in_again(account, "rms.admin", NULL, &error));
    check_error(&error, RMS_SERVICE_ERROR_ACCOUNT, "rms.admin");
    ck_assert(sign_in_again(account, "global.admin", "{\"access_token\":{}}", &error));
    ck_assert_msg(refresh(tenant, &error), "%s", error != NULL ? error->message : "");
    rms_account_sign_out(account);
    ck_assert(!sign_in_again(account, "global.admin", NULL, &error));
    check_error(&error, RMS_SERVICE_ERROR_SIGN_IN, "signed out");
}
END_TEST

START_TEST(test_role_lost)
{
    g_autoptr(RmsTenant) tenant = discover_as(&usual, "global.admin");
    GError *error = NULL;

    put_faults(&usual, "[{\"host\":\"admin\",\"path\":\"*/Configuration\",\"status\":403}]");
    ck_assert(!refresh(tenant, &error));
    check_error(&error, RMS_SERVICE_ERROR_NO_ROLE, "Global Administrator");
    ck_assert_int_eq(rms_tenant_get_role(tenant), RMS_TENANT_ROLE_NONE);
    ck_assert(refresh(tenant, &error));
    ck_assert_int_eq(rms_tenant_get_role(tenant), RMS_TENANT_ROLE_TENANT_GLOBAL_ADMINISTRATOR);
}
END_TEST

/* Whoever may not see who administers gets the smallest role. */
START_TEST(test_lists_withheld)
{
    g_autoptr(RmsTenant) tenant = NULL;

    put_faults(&usual, "[{\"host\":\"admin\",\"path\":\"*/Roles/*\",\"status\":403,\"count\":2}]");
    tenant = discover_as(&usual, "global.admin");
    ck_assert_int_eq(rms_tenant_get_role(tenant), RMS_TENANT_ROLE_CONNECTOR_ADMINISTRATOR);
    ck_assert_ptr_null(rms_tenant_get_administrators(tenant, RMS_TENANT_ADMINISTRATOR_GLOBAL));
}
END_TEST

START_TEST(test_discovery_faults)
{
    static const struct {
        const char *fault;
        int code;
        const char *word;
    } faults[] = {
        {"\"malformed_xml\":true",                      RMS_SERVICE_ERROR_PROTOCOL,  "not XML"                     },
        {"\"empty_body\":true",                         RMS_SERVICE_ERROR_PROTOCOL,  "not XML"                     },
        {"\"wrong_content_type\":true",                 RMS_SERVICE_ERROR_PROTOCOL,  "text/html"                   },
        {"\"oversized\":300000",                        RMS_SERVICE_ERROR_PROTOCOL,  "262144"                      },
        {"\"status\":404",                              RMS_SERVICE_ERROR_REFUSED,   "404"                         },
        {"\"status\":403",                              RMS_SERVICE_ERROR_NO_ROLE,   "global.admin@contoso.example"},
        {"\"status\":503",                              RMS_SERVICE_ERROR_THROTTLED, "later"                       },
        {"\"soap_fault\":\"Some.New.Exception: text\"",
         RMS_SERVICE_ERROR_DISCOVERY,                                                "Some.New.Exception"          },
        {"\"soap_fault\":\"\"",                         RMS_SERVICE_ERROR_DISCOVERY, WORDING                       },
    };
    g_autoptr(RmsAccount) account = sign_in(&usual, "global.admin");

    for (gsize i = 0; i < G_N_ELEMENTS(faults); i++) {
        g_autofree char *table = g_strdup_printf("[{\"host\":\"discovery\",%s}]", faults[i].fault);
        GError *error = NULL;

        put_faults(&usual, table);
        ck_assert_msg(discover(account, &error) == NULL, "%s", faults[i].fault);
        check_error(&error, faults[i].code, faults[i].word);
    }
}
END_TEST

static RmsTenantDetails *read_details(RmsTenant *tenant, GError **error)
{
    g_autoptr(GAsyncResult) result = NULL;

    rms_tenant_read_details_async(tenant, NULL, on_done, &result);
    return rms_tenant_read_details_finish(tenant, wait_for(&result), error);
}

/* All that can be read, as the smallest role. */
START_TEST(test_details)
{
    g_autoptr(RmsTenant) tenant = discover_as(&usual, "connector.admin");
    const RmsTenantConfiguration *configuration = rms_tenant_get_configuration(tenant);
    GPtrArray *connector_administrators =
        rms_tenant_get_administrators(tenant, RMS_TENANT_ADMINISTRATOR_CONNECTOR);
    const RmsTenantAdministrator *administrator = connector_administrators->pdata[0];
    g_autoptr(GError) error = NULL;
    g_autoptr(RmsTenantDetails) details = read_details(tenant, &error);
    const RmsTenantTemplate *record;

    ck_assert_msg(details != NULL, "%s", error != NULL ? error->message : "");
    for (gsize i = 0; i < RMS_TENANT_N_READS; i++)
        ck_assert_msg(details->errors[i] == NULL, "%s", details->errors[i]->message);
    ck_assert_str_eq(administrator->email, "connector.admin@contoso.example");
    ck_assert_str_eq(administrator->object_type, "User");
    ck_assert_str_eq(configuration->functional_state, "Enabled");
    ck_assert_int_eq(configuration->fci_enabled, TRUE);
    ck_assert_uint_eq(g_strv_length(configuration->role_members), 2);
    ck_assert_str_eq(details->onboarding.scope, "All");
    ck_assert_uint_eq(details->keys->len, 1);
    ck_assert_uint_eq(details->platforms->len, 7);
    ck_assert_uint_eq(details->templates->len, 3);
    record = details->templates->pdata[1];
    ck_assert_str_eq(rms_tenant_template_get_name(record, 1031), "Contoso - Nur für Leser");
    ck_assert_str_eq(rms_tenant_template_get_name(record, 1041), "Contoso - View only");
    ck_assert_ptr_null(details->do_not_track_group);
    ck_assert(details->document_tracking);
    ck_assert_uint_eq(details->license_validity_days, 30);
}
END_TEST

/* One that is refused does not take the others away; what all would meet ends it. */
START_TEST(test_details_faults)
{
    static const struct {
        const char *fault;
        RmsTenantRead read;
        gboolean ends;
        int code;
        const char *word;
    } faults[] = {
        {"\"path\":\"*/Keys\",\"status\":403",
         RMS_TENANT_READ_KEYS,       FALSE,
         RMS_SERVICE_ERROR_NO_ROLE,   "connector.admin"},
        {"\"path\":\"*/Keys\",\"status\":404",
         RMS_TENANT_READ_KEYS,       FALSE,
         RMS_SERVICE_ERROR_REFUSED,   "404"            },
        {"\"path\":\"*/Templates\",\"oversized\":4194305",
         RMS_TENANT_READ_TEMPLATES,  FALSE,
         RMS_SERVICE_ERROR_PROTOCOL,  "4194304"        },
        {"\"path\":\"*/Templates\",\"cut_after\":20",
         RMS_TENANT_READ_TEMPLATES,  FALSE,
         RMS_SERVICE_ERROR_PROTOCOL,  "properly"       },
        {"\"path\":\"*/Templates\",\"empty_body\":true",
         RMS_TENANT_READ_TEMPLATES,  FALSE,
         RMS_SERVICE_ERROR_PROTOCOL,  "nothing"        },
        {"\"path\":\"*/OnboardingControlPolicy\",\"wrong_content_type\":true",
         RMS_TENANT_READ_ONBOARDING, FALSE,
         RMS_SERVICE_ERROR_PROTOCOL,  "text/html"      },
        {"\"path\":\"*/DevicePlatforms\",\"status\":503",
         RMS_TENANT_READ_PLATFORMS,  TRUE,
         RMS_SERVICE_ERROR_THROTTLED, "later"          },
        {"\"path\":\"*/DevicePlatforms\",\"status\":401,\"count\":2",
         RMS_TENANT_READ_PLATFORMS,  TRUE,
         RMS_SERVICE_ERROR_SIGN_IN,   "Sign in again"  },
    };
    g_autoptr(RmsTenant) tenant = discover_as(&usual, "connector.admin");

    for (gsize i = 0; i < G_N_ELEMENTS(faults); i++) {
        g_autofree char *table = g_strdup_printf("[{\"host\":\"admin\",%s}]", faults[i].fault);
        g_autoptr(RmsTenantDetails) details = NULL;
        GError *error = NULL;

        put_faults(&usual, table);
        details = read_details(tenant, &error);
        ck_assert_msg((details == NULL) == faults[i].ends, "%s", faults[i].fault);
        if (details != NULL) {
            error = g_steal_pointer(&details->errors[faults[i].read]);
            ck_assert_uint_eq(details->license_validity_days, 30);
        }
        check_error(&error, faults[i].code, faults[i].word);
    }
}
END_TEST

static gboolean on_cancel_due(gpointer cancellable)
{
    g_cancellable_cancel(cancellable);
    return G_SOURCE_REMOVE;
}

START_TEST(test_cancelled)
{
    static const char *const faults[] = {
        "[{\"host\":\"discovery\",\"delay_ms\":30000}]",
        "[{\"host\":\"admin\",\"path\":\"*/Configuration\",\"delay_ms\":30000}]",
        "[{\"host\":\"admin\",\"path\":\"*/ConnectorAdministrator\",\"delay_ms\":30000}]",
    };
    g_autoptr(RmsAccount) account = sign_in(&usual, "global.admin");

    for (gsize i = 0; i < G_N_ELEMENTS(faults); i++) {
        g_autoptr(GCancellable) cancellable = g_cancellable_new();
        g_autoptr(GAsyncResult) result = NULL;
        GError *error = NULL;

        put_faults(&usual, faults[i]);
        rms_tenant_discover_async(account, cancellable, on_done, &result);
        g_timeout_add(700, on_cancel_due, cancellable);
        ck_assert_ptr_null(rms_tenant_discover_finish(wait_for(&result), &error));
        check_cancelled(&error);
    }
}
END_TEST

/* The connector's credential */

typedef struct {
    gboolean told;
    guint changed;
    guint failed;
    GError *error;
} Listener;

static void on_token_changed(RmsConnectorCredential *credential, gpointer user_data)
{
    Listener *listener = user_data;

    listener->changed++;
    listener->told = TRUE;
}

static void on_failed(RmsConnectorCredential *credential, const GError *error, gpointer user_data)
{
    Listener *listener = user_data;

    listener->failed++;
    listener->told = TRUE;
    g_clear_error(&listener->error);
    listener->error = g_error_copy(error);
}

static RmsConnectorCredential *
make_credential(const RmsCloudEnvironment *environment, const char *name, Listener *listener)
{
    g_autofree char *key_name = g_strconcat(name, ".key", NULL);
    g_autofree char *certificate_name = g_strconcat(name, ".pem", NULL);
    g_autofree char *key_file = pki(key_name);
    g_autofree char *certificate_file = pki(certificate_name);
    g_autoptr(GError) error = NULL;
    RmsConnectorCredential *credential =
        rms_connector_credential_new(environment, key_file, certificate_file, &error);

    ck_assert_msg(credential != NULL, "%s", error != NULL ? error->message : "");
    g_signal_connect(credential, "token-changed", G_CALLBACK(on_token_changed), listener);
    g_signal_connect(credential, "failed", G_CALLBACK(on_failed), listener);
    return credential;
}

START_TEST(test_credential)
{
    g_autoptr(RmsCloudEnvironment) environment = make_environment(&usual);
    Listener listener = {0};
    RmsConnectorCredential *credential = make_credential(environment, "app", &listener);
    g_autoptr(RmsSecret) token = NULL;
    g_autoptr(cJSON) claims = NULL;
    gint64 now = g_get_real_time() / G_USEC_PER_SEC;
    gint64 expires_at = 7;

    g_object_add_weak_pointer(G_OBJECT(credential), (gpointer *) &credential);
    ck_assert_ptr_null(rms_connector_credential_dup_token(credential, &expires_at));
    ck_assert_int_eq(expires_at, 7);
    rms_connector_credential_start(credential);
    rms_connector_credential_start(credential);
    wait_until(&listener.told);
    ck_assert_msg(
        listener.changed == 1, "%s", listener.error != NULL ? listener.error->message : "");
    token = rms_connector_credential_dup_token(credential, &expires_at);
    ck_assert_ptr_nonnull(token);
    remember_secret(rms_secret_get(token));
    ck_assert_int_ge(expires_at, now + 3600);
    ck_assert_int_le(expires_at, now + 3660);
    claims = rms_jwt_claims_decode(token);
    ck_assert_str_eq(rms_provider_text_peek(claims, "aud"), "https://api.aadrm.com/");
    ck_assert_uint_eq(count_requests(&usual, "token:client_credentials"), 1);
    g_object_unref(credential);
    settle();
    ck_assert_ptr_null(credential);
}
END_TEST

/* Tokens of 30 seconds are renewed after 24. */
START_TEST(test_credential_renewed)
{
    g_autoptr(RmsCloudEnvironment) environment = make_environment(&brief);
    Listener listener = {0};
    g_autoptr(RmsConnectorCredential) credential = make_credential(environment, "app", &listener);
    g_autoptr(RmsSecret) first = NULL;
    g_autoptr(RmsSecret) second = NULL;
    gint64 begun, took;

    rms_connector_credential_start(credential);
    wait_until(&listener.told);
    begun = g_get_monotonic_time();
    first = rms_connector_credential_dup_token(credential, NULL);
    listener.told = FALSE;
    wait_until(&listener.told);
    took = (g_get_monotonic_time() - begun) / G_USEC_PER_SEC;
    ck_assert_uint_eq(listener.changed, 2);
    ck_assert_int_ge(took, 22);
    ck_assert_int_lt(took, 30);
    second = rms_connector_credential_dup_token(credential, NULL);
    ck_assert_str_ne(rms_secret_get(first), rms_secret_get(second));
}
END_TEST

START_TEST(test_credential_wrong_key)
{
    g_autoptr(RmsCloudEnvironment) environment = make_environment(&usual);
    Listener listener = {0};
    g_autoptr(RmsConnectorCredential) credential = make_credential(environment, "wrong", &listener);

    rms_connector_credential_start(credential);
    wait_until(&listener.told);
    ck_assert_uint_eq(listener.changed, 0);
    ck_assert_ptr_null(rms_connector_credential_dup_token(credential, NULL));
    check_error(&listener.error, RMS_SERVICE_ERROR_CONSENT, "certificate");
}
END_TEST

/* A busy service says how long to wait; the first retry would come within five seconds. */
START_TEST(test_credential_waits)
{
    g_autoptr(RmsCloudEnvironment) environment = make_environment(&usual);
    Listener listener = {0};
    g_autoptr(RmsConnectorCredential) credential = make_credential(environment, "app", &listener);
    gint64 begun, took;

    put_faults(&usual,
               "[{\"host\":\"authority\",\"path\":\"*/token\",\"status\":429,"
               "\"headers\":{\"Retry-After\":\"7\"}}]");
    begun = g_get_monotonic_time();
    rms_connector_credential_start(credential);
    wait_until(&listener.told);
    ck_assert_uint_eq(rms_service_error_get_retry_after(listener.error), 7);
    check_error(&listener.error, RMS_SERVICE_ERROR_THROTTLED, "in 7 seconds");
    listener.told = FALSE;
    wait_until(&listener.told);
    took = (g_get_monotonic_time() - begun) / G_USEC_PER_SEC;
    ck_assert_uint_eq(listener.changed, 1);
    ck_assert_int_ge(took, 6);
}
END_TEST

/* It tries again by itself, and says so each time. */
START_TEST(test_credential_comes_back)
{
    g_autoptr(RmsCloudEnvironment) environment = make_environment(&usual);
    Listener listener = {0};
    g_autoptr(RmsConnectorCredential) credential = make_credential(environment, "app", &listener);

    put_faults(&usual, "[{\"host\":\"authority\",\"path\":\"*/token\",\"status\":503}]");
    rms_connector_credential_start(credential);
    wait_until(&listener.told);
    ck_assert_uint_eq(listener.failed, 1);
    check_error(&listener.error, RMS_SERVICE_ERROR_THROTTLED, "later");
    listener.told = FALSE;
    wait_until(&listener.told);
    ck_assert_uint_eq(listener.changed, 1);
}
END_TEST

/* Let go of while it asks. */
START_TEST(test_credential_dropped)
{
    g_autoptr(RmsCloudEnvironment) environment = make_environment(&usual);
    Listener listener = {0};
    RmsConnectorCredential *credential = make_credential(environment, "app", &listener);

    g_object_add_weak_pointer(G_OBJECT(credential), (gpointer *) &credential);
    rms_connector_credential_start(credential);
    g_object_unref(credential);
    ck_assert_ptr_null(credential);
    settle();
    ck_assert(!listener.told);
}
END_TEST

START_TEST(test_credential_settings)
{
    g_autoptr(RmsCloudEnvironment) environment = make_environment(&usual);
    g_autofree char *key_file = pki("app.key");
    g_autofree char *certificate_file = pki("wrong.pem");
    GError *error = NULL;

    ck_assert_ptr_null(
        rms_connector_credential_new(environment, key_file, certificate_file, &error));
    check_error(&error, RMS_SERVICE_ERROR_SETTINGS, "wrong.pem");
    g_free(environment->tenant);
    environment->tenant = g_strdup("organizations");
    ck_assert_ptr_null(
        rms_connector_credential_new(environment, key_file, certificate_file, &error));
    check_error(&error, RMS_SERVICE_ERROR_SETTINGS, "tenant");
}
END_TEST

TCase *make_tenant_cases(void)
{
    TCase *tcase = tcase_create("tenant");

    tcase_add_loop_test(tcase, test_role, 0, G_N_ELEMENTS(roles));
    tcase_add_test(tcase, test_no_role);
    tcase_add_test(tcase, test_not_discovered);
    tcase_add_loop_test(tcase, test_super_user_feature, 0, G_N_ELEMENTS(roles));
    tcase_add_test(tcase, test_super_user_feature_refused);
    tcase_add_test(tcase, test_refresh);
    tcase_add_test(tcase, test_token_refused_once);
    tcase_add_test(tcase, test_challenge_met_silently);
    tcase_add_test(tcase, test_challenge);
    tcase_add_test(tcase, test_role_lost);
    tcase_add_test(tcase, test_lists_withheld);
    tcase_add_test(tcase, test_details);
    tcase_add_test(tcase, test_details_faults);
    tcase_add_test(tcase, test_discovery_faults);
    tcase_add_test(tcase, test_cancelled);
    tcase_add_test(tcase, test_credential);
    tcase_add_test(tcase, test_credential_renewed);
    tcase_add_test(tcase, test_credential_wrong_key);
    tcase_add_test(tcase, test_credential_waits);
    tcase_add_test(tcase, test_credential_comes_back);
    tcase_add_test(tcase, test_credential_dropped);
    tcase_add_test(tcase, test_credential_settings);
    return tcase;
}
