/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is written to the tenant by our own contract: who administers, and connectors' credentials,
 * from the making of a key pair to its rotation.
 */
#include "config.h"

#include <string.h>

#include "service-client/connector-credential.h"
#include "service-client/connector-key.h"
#include "service-client/service-error.h"
#include "service-client/tenant-administrators.h"
#include "service-client/tenant-credentials.h"
#include "test-service-client.h"

/* Administrators */

static RmsTenantAdministrator *add(RmsTenant *tenant,
                                   RmsTenantAdministratorRole role,
                                   RmsTenantIdentity kind,
                                   const char *identity,
                                   GError **error)
{
    g_autoptr(GAsyncResult) result = NULL;

    rms_tenant_add_administrator_async(tenant, role, kind, identity, NULL, on_done, &result);
    return rms_tenant_add_administrator_finish(tenant, wait_for(&result), error);
}

static gboolean remove_administrator(RmsTenant *tenant,
                                     RmsTenantAdministratorRole role,
                                     const char *object_id,
                                     GError **error)
{
    g_autoptr(GAsyncResult) result = NULL;

    rms_tenant_remove_administrator_async(tenant, role, object_id, NULL, on_done, &result);
    return rms_tenant_remove_administrator_finish(tenant, wait_for(&result), error);
}

static gboolean has(RmsTenant *tenant, RmsTenantAdministratorRole role, const char *object_id)
{
    GPtrArray *list = rms_tenant_get_administrators(tenant, role);

    for (guint i = 0; i < list->len; i++) {
        const RmsTenantAdministrator *administrator = list->pdata[i];

        if (strcmp(administrator->object_id, object_id) == 0)
            return TRUE;
    }
    return FALSE;
}

#define GROUP_ID "0d8e6ab0-43c4-4c7c-8a8f-0b7a4b2e3f10"

static const struct {
    RmsTenantAdministratorRole role;
    RmsTenantIdentity kind;
    const char *identity;
    const char *type;
    const char *display_name;
} additions[] = {
    {RMS_TENANT_ADMINISTRATOR_CONNECTOR,
     RMS_TENANT_IDENTITY_EMAIL,      "plain.user@contoso.example",
     "User",  "plain.user@contoso.example"},
    {RMS_TENANT_ADMINISTRATOR_GLOBAL,
     RMS_TENANT_IDENTITY_EMAIL,      "Plain.User@contoso.example",
     "User",  "plain.user@contoso.example"},
    {RMS_TENANT_ADMINISTRATOR_CONNECTOR,
     RMS_TENANT_IDENTITY_OBJECT_ID,  GROUP_ID,
     "Group", "Connector Admins"          },
    {RMS_TENANT_ADMINISTRATOR_CONNECTOR,
     RMS_TENANT_IDENTITY_GROUP_NAME, "Connector Admins",
     "Group", "Connector Admins"          },
};

/* Added, seen, and removed again: by both kinds of global administrator. */
START_TEST(test_administrator)
{
    g_autoptr(RmsTenant) tenant = discover_as(&usual, _i % 2 == 0 ? "global.admin" : "rms.admin");
    g_autoptr(GError) error = NULL;
    g_autoptr(RmsTenantAdministrator) added =
        add(tenant, additions[_i].role, additions[_i].kind, additions[_i].identity, &error);
    RmsTenantRole role = rms_tenant_get_role(tenant);

    ck_assert_msg(added != NULL, "%s", error != NULL ? error->message : "");
    ck_assert_str_eq(added->object_type, additions[_i].type);
    ck_assert_str_eq(added->display_name, additions[_i].display_name);
    ck_assert(has(tenant, additions[_i].role, added->object_id));
    ck_assert_msg(remove_administrator(tenant, additions[_i].role, added->object_id, &error),
                  "%s",
                  error != NULL ? error->message : "");
    ck_assert(!has(tenant, additions[_i].role, added->object_id));
    ck_assert_int_eq(rms_tenant_get_role(tenant), role);
}
END_TEST

/* The least privilege: somebody without a role gets one, by group, and can then do their work. */
START_TEST(test_dedicated_account)
{
    g_autoptr(RmsTenant) tenant = discover_as(&usual, "global.admin");
    g_autoptr(GError) error = NULL;
    g_autoptr(RmsTenantAdministrator) added = add(tenant,
                                                  RMS_TENANT_ADMINISTRATOR_CONNECTOR,
                                                  RMS_TENANT_IDENTITY_GROUP_NAME,
                                                  "Connector Admins",
                                                  &error);
    g_autoptr(RmsTenant) seen = discover_as(&usual, "group.user");

    ck_assert_int_eq(rms_tenant_get_role(seen), RMS_TENANT_ROLE_CONNECTOR_ADMINISTRATOR);
    ck_assert(
        remove_administrator(tenant, RMS_TENANT_ADMINISTRATOR_CONNECTOR, added->object_id, &error));
}
END_TEST

/* One's own last role: the list cannot be read any more, and that is no failure. */
START_TEST(test_own_role)
{
    g_autoptr(RmsTenant) owner = discover_as(&usual, "global.admin");
    g_autoptr(RmsTenant) leaving = discover_as(&usual, "rms.admin");
    const char *object_id = rms_account_get_object_id(rms_tenant_get_account(leaving));
    g_autoptr(RmsTenantAdministrator) back = NULL;
    g_autoptr(GError) error = NULL;

    ck_assert_msg(remove_administrator(leaving, RMS_TENANT_ADMINISTRATOR_GLOBAL, object_id, &error),
                  "%s",
                  error != NULL ? error->message : "");
    back = add(
        owner, RMS_TENANT_ADMINISTRATOR_GLOBAL, RMS_TENANT_IDENTITY_OBJECT_ID, object_id, &error);
    ck_assert_ptr_nonnull(back);
}
END_TEST

static const struct {
    const char *user;
    RmsTenantIdentity kind;
    const char *identity;
    const char *fault; /* NULL: none */
    int code;
    RmsServiceProblem problem;
    const char *word;
} refusals[] = {
    {"connector.admin",
     RMS_TENANT_IDENTITY_EMAIL,      "plain.user@contoso.example",
     NULL,                                                 RMS_SERVICE_ERROR_NO_ROLE,
     RMS_SERVICE_PROBLEM_NONE,     "connector.admin"},
    {"global.admin",
     RMS_TENANT_IDENTITY_EMAIL,      "nobody@contoso.example",
     NULL,                                                 RMS_SERVICE_ERROR_REFUSED,
     RMS_SERVICE_PROBLEM_IDENTITY, "No such user"   },
    {"global.admin",
     RMS_TENANT_IDENTITY_OBJECT_ID,  "3b1f9a64-0e7d-4f6e-a1b7-2d4c8f1e3a77",
     NULL,                                                 RMS_SERVICE_ERROR_REFUSED,
     RMS_SERVICE_PROBLEM_IDENTITY, "No such user"   },
    {"global.admin",
     RMS_TENANT_IDENTITY_GROUP_NAME, "plain.user@contoso.example",
     NULL,                                                 RMS_SERVICE_ERROR_REFUSED,
     RMS_SERVICE_PROBLEM_IDENTITY, "No such user"   },
    {"global.admin",
     RMS_TENANT_IDENTITY_EMAIL,      "plain.user",
     NULL,                                                 RMS_SERVICE_ERROR_REFUSED,
     RMS_SERVICE_PROBLEM_IDENTITY, "e-mail"         },
    {"global.admin",
     RMS_TENANT_IDENTITY_EMAIL,      "a@b@c",
     NULL,                                                 RMS_SERVICE_ERROR_REFUSED,
     RMS_SERVICE_PROBLEM_IDENTITY, "e-mail"         },
    {"global.admin",
     RMS_TENANT_IDENTITY_OBJECT_ID,  "plain.user",
     NULL,                                                 RMS_SERVICE_ERROR_REFUSED,
     RMS_SERVICE_PROBLEM_IDENTITY, "object id"      },
    {"global.admin",
     RMS_TENANT_IDENTITY_GROUP_NAME, "  ",
     NULL,                                                 RMS_SERVICE_ERROR_REFUSED,
     RMS_SERVICE_PROBLEM_IDENTITY, "display name"   },
    {"global.admin",
     RMS_TENANT_IDENTITY_GROUP_NAME, "a\nb",
     NULL,                                                 RMS_SERVICE_ERROR_REFUSED,
     RMS_SERVICE_PROBLEM_IDENTITY, "display name"   },
    {"global.admin",
     RMS_TENANT_IDENTITY_EMAIL,      "plain.user@contoso.example",
     "\"status\":500",                                     RMS_SERVICE_ERROR_REFUSED,
     RMS_SERVICE_PROBLEM_NONE,     "not given"      },
    {"global.admin",
     RMS_TENANT_IDENTITY_EMAIL,      "plain.user@contoso.example",
     "\"status\":429,\"headers\":{\"Retry-After\":\"7\"}", RMS_SERVICE_ERROR_THROTTLED,
     RMS_SERVICE_PROBLEM_BUSY,     "in 7 seconds"   },
    {"global.admin",
     RMS_TENANT_IDENTITY_EMAIL,      "plain.user@contoso.example",
     "\"cut_after\":3",                                    RMS_SERVICE_ERROR_PROTOCOL,
     RMS_SERVICE_PROBLEM_NONE,     "properly"       },
    {"global.admin",
     RMS_TENANT_IDENTITY_EMAIL,      "plain.user@contoso.example",
     "\"empty_body\":true",                                RMS_SERVICE_ERROR_PROTOCOL,
     RMS_SERVICE_PROBLEM_NONE,     "JSON"           },
    {"global.admin",
     RMS_TENANT_IDENTITY_EMAIL,      "plain.user@contoso.example",
     "\"wrong_content_type\":true",                        RMS_SERVICE_ERROR_PROTOCOL,
     RMS_SERVICE_PROBLEM_NONE,     "text/html"      },
};

START_TEST(test_administrator_refused)
{
    g_autoptr(RmsTenant) tenant = discover_as(&usual, refusals[_i].user);
    GError *error = NULL;

    if (refusals[_i].fault != NULL) {
        g_autofree char *table = g_strdup_printf(
            "[{\"host\":\"admin\",\"operation\":\"AddAdministrator\",%s}]", refusals[_i].fault);

        put_faults(&usual, table);
    }
    ck_assert_ptr_null(add(tenant,
                           RMS_TENANT_ADMINISTRATOR_CONNECTOR,
                           refusals[_i].kind,
                           refusals[_i].identity,
                           &error));
    ck_assert_int_eq(rms_service_error_get_problem(error), refusals[_i].problem);
    check_error(&error, refusals[_i].code, refusals[_i].word);
    /* A fault hides the answer of a change that was made. */
    if (refusals[_i].fault != NULL) {
        g_autoptr(RmsTenantAdministrator) added = add(tenant,
                                                      RMS_TENANT_ADMINISTRATOR_CONNECTOR,
                                                      refusals[_i].kind,
                                                      refusals[_i].identity,
                                                      &error);

        ck_assert(remove_administrator(
            tenant, RMS_TENANT_ADMINISTRATOR_CONNECTOR, added->object_id, &error));
    }
}
END_TEST

/* Accepted, but the list does not show it. */
START_TEST(test_not_shown_yet)
{
    g_autoptr(RmsTenant) tenant = discover_as(&usual, "global.admin");
    const char *nobody = "3b1f9a64-0e7d-4f6e-a1b7-2d4c8f1e3a77";
    GPtrArray *list = rms_tenant_get_administrators(tenant, RMS_TENANT_ADMINISTRATOR_CONNECTOR);
    const RmsTenantAdministrator *administrator = list->pdata[0];
    g_autofree char *object_id = g_strdup(administrator->object_id);
    GError *error = NULL;

    put_faults(&usual,
               "[{\"host\":\"admin\",\"operation\":\"RemoveAdministrator\",\"status\":204}]");
    ck_assert(!remove_administrator(tenant, RMS_TENANT_ADMINISTRATOR_CONNECTOR, object_id, &error));
    check_error(&error, RMS_SERVICE_ERROR_REFUSED, "does not show it yet");
    ck_assert(has(tenant, RMS_TENANT_ADMINISTRATOR_CONNECTOR, object_id));
    ck_assert(!remove_administrator(tenant, RMS_TENANT_ADMINISTRATOR_CONNECTOR, nobody, &error));
    check_error(&error, RMS_SERVICE_ERROR_REFUSED, "No such user");
}
END_TEST

/* Credentials */

static RmsTenantCredential *register_credential(RmsTenant *tenant,
                                                const char *certificate,
                                                const char *application_id,
                                                GError **error)
{
    g_autoptr(GAsyncResult) result = NULL;

    rms_tenant_register_credential_async(
        tenant, "node1", certificate, application_id, NULL, on_done, &result);
    return rms_tenant_register_credential_finish(tenant, wait_for(&result), error);
}

static gboolean remove_credential(RmsTenant *tenant, const char *id, GError **error)
{
    g_autoptr(GAsyncResult) result = NULL;

    rms_tenant_remove_credential_async(tenant, id, NULL, on_done, &result);
    return rms_tenant_remove_credential_finish(tenant, wait_for(&result), error);
}

/* Whether the list has @wanted, with the same values. */
static gboolean is_listed(RmsTenant *tenant, const RmsTenantCredential *wanted)
{
    g_autoptr(GAsyncResult) result = NULL;
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) list = NULL;

    rms_tenant_list_credentials_async(tenant, NULL, on_done, &result);
    list = rms_tenant_list_credentials_finish(tenant, wait_for(&result), &error);
    ck_assert_msg(list != NULL, "%s", error != NULL ? error->message : "");
    for (guint i = 0; i < list->len; i++) {
        const RmsTenantCredential *credential = list->pdata[i];

        if (strcmp(credential->id, wanted->id) != 0)
            continue;
        ck_assert_str_eq(credential->display_name, "node1");
        ck_assert_str_eq(credential->application_id, wanted->application_id);
        ck_assert_str_eq(credential->thumbprint, wanted->thumbprint);
        ck_assert_int_eq(credential->not_after, wanted->not_after);
        return TRUE;
    }
    return FALSE;
}

typedef struct {
    guint changed;
    gboolean told;
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

    g_clear_error(&listener->error);
    listener->error = g_error_copy(error);
    listener->told = TRUE;
}

/* Makes a pair where a connector keeps it. Returns: (transfer full): the certificate */
static char *make_pair(void)
{
    g_autofree char *key_file = pki("node1.sealed");
    g_autofree char *sealing_key_file = pki("node1.seal");
    g_autofree char *certificate_file = pki("node1.pem");
    g_autoptr(RmsSecret) key = NULL;
    g_autoptr(GError) error = NULL;
    char *certificate = NULL;

    ck_assert_msg(rms_connector_key_make("node1", 30, &key, &certificate, &error),
                  "%s",
                  error != NULL ? error->message : "");
    ck_assert(rms_connector_key_save(key, key_file, sealing_key_file, &error));
    ck_assert(g_file_set_contents(certificate_file, certificate, -1, &error));
    return certificate;
}

/* Made, registered, used, rotated, the old one taken back, and then the last. */
START_TEST(test_credential_life)
{
    g_autoptr(RmsTenant) tenant = discover_as(&usual, "connector.admin");
    g_autoptr(RmsCloudEnvironment) environment = make_environment(&usual);
    g_autofree char *first_certificate = make_pair();
    g_autofree char *second_certificate = NULL;
    g_autofree char *key_file = pki("node1.sealed");
    g_autofree char *sealing_key_file = pki("node1.seal");
    g_autofree char *certificate_file = pki("node1.pem");
    g_autoptr(RmsTenantCredential) first = NULL;
    g_autoptr(RmsTenantCredential) second = NULL;
    g_autoptr(RmsConnectorCredential) credential = NULL;
    g_autoptr(RmsSecret) token = NULL;
    Listener listener = {0};
    GError *error = NULL;

    first = register_credential(tenant, first_certificate, NULL, &error);
    ck_assert_msg(first != NULL, "%s", error != NULL ? error->message : "");
    ck_assert(is_listed(tenant, first));
    g_free(environment->connector_client_id);
    environment->connector_client_id = g_strdup(first->application_id);
    credential = rms_connector_credential_new_sealed(
        environment, key_file, sealing_key_file, certificate_file, &error);
    ck_assert_msg(credential != NULL, "%s", error != NULL ? error->message : "");
    ck_assert_int_eq(rms_connector_credential_get_certificate_expiry(credential), first->not_after);
    g_signal_connect(credential, "token-changed", G_CALLBACK(on_token_changed), &listener);
    g_signal_connect(credential, "failed", G_CALLBACK(on_failed), &listener);
    rms_connector_credential_start(credential);
    wait_until(&listener.told);
    ck_assert_msg(
        listener.changed == 1, "%s", listener.error != NULL ? listener.error->message : "");

    second_certificate = make_pair();
    second = register_credential(tenant, second_certificate, first->application_id, &error);
    ck_assert_msg(second != NULL, "%s", error != NULL ? error->message : "");
    ck_assert_str_eq(second->application_id, first->application_id);
    ck_assert(remove_credential(tenant, first->id, &error));
    listener.told = FALSE;
    rms_connector_credential_renew(credential);
    wait_until(&listener.told);
    ck_assert_msg(
        listener.changed == 2, "%s", listener.error != NULL ? listener.error->message : "");
    token = rms_connector_credential_dup_token(credential, NULL);
    remember_secret(rms_secret_get(token));

    ck_assert(remove_credential(tenant, second->id, &error));
    ck_assert(!is_listed(tenant, second));
    listener.told = FALSE;
    rms_connector_credential_renew(credential);
    wait_until(&listener.told);
    ck_assert_uint_eq(listener.changed, 2);
    ck_assert_int_eq(rms_service_error_get_problem(listener.error), RMS_SERVICE_PROBLEM_KEY);
    check_error(&listener.error, RMS_SERVICE_ERROR_CONSENT, "certificate");
    ck_assert(!remove_credential(tenant, second->id, &error));
    check_error(&error, RMS_SERVICE_ERROR_REFUSED, "No such credential");
}
END_TEST

START_TEST(test_credential_refused)
{
    g_autoptr(RmsTenant) tenant = discover_as(&usual, "connector.admin");
    g_autofree char *certificate = make_pair();
    GError *error = NULL;

    ck_assert_ptr_null(register_credential(tenant, "no certificate", NULL, &error));
    check_error(&error, RMS_SERVICE_ERROR_SETTINGS, "PEM");
    ck_assert_ptr_null(
        register_credential(tenant, certificate, "3b1f9a64-0e7d-4f6e-a1b7-2d4c8f1e3a77", &error));
    check_error(&error, RMS_SERVICE_ERROR_REFUSED, "No such connector application");
    put_faults(&usual,
               "[{\"host\":\"admin\",\"path\":\"*/ConnectorCredentials\",\"empty_body\":true}]");
    ck_assert_ptr_null(register_credential(tenant, certificate, NULL, &error));
    check_error(&error, RMS_SERVICE_ERROR_PROTOCOL, "JSON");
}
END_TEST

TCase *make_write_cases(void)
{
    TCase *tcase = tcase_create("writes");

    tcase_add_loop_test(tcase, test_administrator, 0, G_N_ELEMENTS(additions));
    tcase_add_test(tcase, test_dedicated_account);
    tcase_add_test(tcase, test_own_role);
    tcase_add_loop_test(tcase, test_administrator_refused, 0, G_N_ELEMENTS(refusals));
    tcase_add_test(tcase, test_not_shown_yet);
    tcase_add_test(tcase, test_credential_life);
    tcase_add_test(tcase, test_credential_refused);
    return tcase;
}
