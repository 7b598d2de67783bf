/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The admin service's answers as records: each read with what is good, what is odd and what is
 * none.
 */
#include "config.h"

#include <check.h>
#include <string.h>

#include "service-client/service-error.h"
#include "service-client/service-limits.h"
#include "service-client/tenant-records-private.h"

static cJSON *parse(const char *text)
{
    cJSON *json = rms_json_parse(text, strlen(text), 1 << 22, NULL);

    ck_assert_msg(json != NULL, "%s", text);
    return json;
}

static void check_text(const char *value, const char *wanted)
{
    ck_assert_msg(g_strcmp0(value, wanted) == 0,
                  "%s, not %s",
                  value != NULL ? value : "nothing",
                  wanted != NULL ? wanted : "nothing");
}

/* protocol.md §3.4, every member. */
START_TEST(test_configuration)
{
    g_autoptr(cJSON) json = parse(
        "{\"BPOSId\":\"1c6d\",\"RightsManagementServiceId\":\"7d3e\",\"OnPremiseDomainName\":"
        "\"Contoso\","
        "\"ProvisioningDate\":\"2019-03-04T08:30:00Z\","
        "\"LicensingIntranetDistributionPointUrl\":\"https://in.example/_wmcs/licensing\","
        "\"LicensingExtranetDistributionPointUrl\":\"https://ex.example/_wmcs/licensing\","
        "\"CertificationIntranetDistributionPointUrl\":\"https://in.example/_wmcs/certification\","
        "\"CertificationExtranetDistributionPointUrl\":\"https://ex.example/_wmcs/certification\","
        "\"AdminConnectionUrl\":\"https://admin.example/1\",\"AdminV2ConnectionUrl\":\"https://"
        "admin.example/2\",\"Keys\":[{}],\"CurrentLicensorCertificateGuid\":\"0a\","
        "\"KeyRolloverCount\":2,\"Templates\":[\"t1\",7,\"t2\"],\"FunctionalState\":\"Enabled\","
        "\"SuperUsersEnabled\":true,\"SuperUsers\":[\"su@contoso.example\",\"a\\u0007b\"],"
        "\"AdminRoleMembers\":[\"GlobalAdministrator -> 0b\"],"
        "\"IPCv3ServiceFunctionalState\":\"Enabled\",\"DevicePlatformState\":{},"
        "\"DocumentTrackingFeatureState\":\"Disabled\",\"FciEnabledForConnectorAuthorization\":"
        "false}");
    g_autoptr(GError) error = NULL;
    g_autoptr(RmsTenantConfiguration) configuration = rms_tenant_configuration_read(json, &error);

    ck_assert_msg(configuration != NULL, "%s", error != NULL ? error->message : "");
    check_text(configuration->organization, "Contoso");
    check_text(configuration->rms_id, "7d3e");
    check_text(configuration->tenant_id, "1c6d");
    check_text(configuration->service_url, "https://ex.example");
    check_text(configuration->licensing_intranet_url, "https://in.example/_wmcs/licensing");
    check_text(configuration->licensing_extranet_url, "https://ex.example/_wmcs/licensing");
    check_text(configuration->certification_intranet_url, "https://in.example/_wmcs/certification");
    check_text(configuration->certification_extranet_url, "https://ex.example/_wmcs/certification");
    check_text(configuration->admin_url, "https://admin.example/1");
    check_text(configuration->admin_v2_url, "https://admin.example/2");
    check_text(configuration->provisioned_at, "2019-03-04T08:30:00Z");
    check_text(configuration->current_key_id, "0a");
    check_text(configuration->functional_state, "Enabled");
    check_text(configuration->ipc_v3_state, "Enabled");
    check_text(configuration->document_tracking_state, "Disabled");
    ck_assert_int_eq(configuration->key_rollover_count, 2);
    ck_assert_int_eq(configuration->super_users_enabled, TRUE);
    ck_assert_int_eq(configuration->fci_enabled, FALSE);
    ck_assert_uint_eq(g_strv_length(configuration->super_users), 2);
    check_text(configuration->super_users[1], "a b");
    check_text(configuration->role_members[0], "GlobalAdministrator -> 0b");
    ck_assert_uint_eq(g_strv_length(configuration->template_ids), 2);
}
END_TEST

START_TEST(test_bare_configuration)
{
    g_autoptr(cJSON) json =
        parse("{\"BPOSId\":\"1c6d\",\"RightsManagementServiceId\":\"7d3e\","
              "\"SuperUsers\":\"x\",\"KeyRolloverCount\":-1,"
              "\"LicensingIntranetDistributionPointUrl\":\"https://in.example\"}");
    g_autoptr(RmsTenantConfiguration) configuration = rms_tenant_configuration_read(json, NULL);

    ck_assert_ptr_nonnull(configuration);
    check_text(configuration->organization, "1c6d");
    check_text(configuration->functional_state, NULL);
    ck_assert_int_eq(configuration->key_rollover_count, -1);
    ck_assert_int_eq(configuration->super_users_enabled, -1);
    ck_assert_int_eq(configuration->fci_enabled, -1);
    ck_assert_uint_eq(g_strv_length(configuration->super_users), 0);
}
END_TEST

/* Writes what a read found, in short, so that a row can say what it wants. */
static char *describe(const RmsTenantDetails *details, RmsTenantRead read)
{
    GString *text = g_string_new(NULL);

    switch (read) {
    case RMS_TENANT_READ_ONBOARDING:
        g_string_append_printf(
            text,
            "%d %s %s",
            details->onboarding.use_license,
            details->onboarding.group_object_id != NULL ? details->onboarding.group_object_id : "-",
            details->onboarding.scope != NULL ? details->onboarding.scope : "-");
        break;
    case RMS_TENANT_READ_KEYS:
        for (guint i = 0; i < details->keys->len; i++) {
            const RmsTenantKey *key = details->keys->pdata[i];

            g_string_append_printf(text, "%s/%s;", key->id != NULL ? key->id : "-", key->status);
        }
        break;
    case RMS_TENANT_READ_TEMPLATES:
        for (guint i = 0; i < details->templates->len; i++) {
            const RmsTenantTemplate *record = details->templates->pdata[i];
            const char *name = rms_tenant_template_get_name(record, 1031);

            g_string_append_printf(
                text, "%s=%s %u;", record->id, name != NULL ? name : "-", record->rights->len);
        }
        break;
    case RMS_TENANT_READ_PLATFORMS:
        for (guint i = 0; i < details->platforms->len; i++) {
            const RmsTenantPlatform *platform = details->platforms->pdata[i];

            g_string_append_printf(text,
                                   "%u %s %d;",
                                   platform->number,
                                   platform->name != NULL ? platform->name : "-",
                                   platform->allowed);
        }
        break;
    case RMS_TENANT_READ_DO_NOT_TRACK:
        g_string_append(text,
                        details->do_not_track_group != NULL ? details->do_not_track_group : "-");
        break;
    case RMS_TENANT_READ_DOCUMENT_TRACKING:
        g_string_append_printf(text, "%d", details->document_tracking);
        break;
    default:
        g_string_append_printf(text, "%u", details->license_validity_days);
    }
    return g_string_free(text, FALSE);
}

static const struct {
    RmsTenantRead read;
    const char *text;   /* NULL: an empty body */
    const char *wanted; /* NULL: refused */
} rows[] = {
    {RMS_TENANT_READ_ONBOARDING,
     "{\"UseRmsUserLicense\":true,\"SecurityGroupObjectId\":\"g\",\"Scope\":\"All\"}",  "1 g All"                   },
    {RMS_TENANT_READ_ONBOARDING,
     "{\"UseRmsUserLicense\":false,\"SecurityGroupObjectId\":null}",                    "0 - -"                     },
    {RMS_TENANT_READ_ONBOARDING,        "{\"UseRmsUserLicense\":\"no\"}",               NULL                        },
    {RMS_TENANT_READ_ONBOARDING,        "{}",                                           NULL                        },
    {RMS_TENANT_READ_ONBOARDING,        "[]",                                           NULL                        },
    {RMS_TENANT_READ_ONBOARDING,        NULL,                                           NULL                        },
    {RMS_TENANT_READ_KEYS,              "[]",                                           ""                          },
    {RMS_TENANT_READ_KEYS,
     "[{\"LicensorCertificateGuid\":\"a\",\"Status\":\"Active\"},{\"KeyIdentifier\":\"b\","
     "\"Status\":\"Archived\"},7]",                                                     "a/Active;b/Archived;"      },
    {RMS_TENANT_READ_KEYS,              "{}",                                           NULL                        },
    {RMS_TENANT_READ_TEMPLATES,         "[]",                                           ""                          },
    {RMS_TENANT_READ_TEMPLATES,
     "[{\"TemplateId\":\"t\",\"Names\":[{\"Key\":1033,\"Value\":\"En\"},{\"Key\":1031,\"Value\":"
     "\"De\"}],\"RightsDefinitions\":[{\"Identity\":\"a@b\",\"Rights\":[\"VIEW\"]}]}]", "t=De 1;"                   },
    {RMS_TENANT_READ_TEMPLATES,
     "[{\"TemplateId\":\"t\",\"Names\":[{\"Key\":1041,\"Value\":\"Ja\"},{\"Key\":1033,\"Value\":"
     "\"En\"}]}]",                                                                      "t=En 0;"                   },
    {RMS_TENANT_READ_TEMPLATES,
     "[{\"TemplateId\":\"t\",\"Names\":[{\"Key\":1041,\"Value\":\"Ja\"},{\"Key\":1036,\"Value\":"
     "\"Fr\"}]}]",                                                                      "t=Ja 0;"                   },
    {RMS_TENANT_READ_TEMPLATES,
     "[{\"TemplateId\":\"t\",\"Names\":[{\"Key\":\"x\",\"Value\":\"X\"},{\"Key\":1}]},{\"Names\":[]"
     "}]",                                                                              "t=- 0;"                    },
    {RMS_TENANT_READ_TEMPLATES,         "\"t\"",                                        NULL                        },
    {RMS_TENANT_READ_PLATFORMS,
     "[{\"Key\":0,\"Value\":true},{\"Key\":6,\"Value\":false},{\"Key\":7,\"Value\":true},{\"Key\":"
     "1}]",                                                                             "0 Windows 1;6 Web 0;7 - 1;"},
    {RMS_TENANT_READ_PLATFORMS,         "{\"0\":true}",                                 NULL                        },
    {RMS_TENANT_READ_DO_NOT_TRACK,      NULL,                                           "-"                         },
    {RMS_TENANT_READ_DO_NOT_TRACK,      "null",                                         "-"                         },
    {RMS_TENANT_READ_DO_NOT_TRACK,      "\"\"",                                         "-"                         },
    {RMS_TENANT_READ_DO_NOT_TRACK,      "\"hr@contoso.example\"",                       "hr@contoso.example"        },
    {RMS_TENANT_READ_DO_NOT_TRACK,      "[]",                                           NULL                        },
    {RMS_TENANT_READ_DOCUMENT_TRACKING, "1",                                            "1"                         },
    {RMS_TENANT_READ_DOCUMENT_TRACKING, "0",                                            "0"                         },
    {RMS_TENANT_READ_DOCUMENT_TRACKING, "2",                                            NULL                        },
    {RMS_TENANT_READ_DOCUMENT_TRACKING, "true",                                         NULL                        },
    {RMS_TENANT_READ_DOCUMENT_TRACKING, NULL,                                           NULL                        },
    {RMS_TENANT_READ_LICENSE_VALIDITY,  "30",                                           "30"                        },
    {RMS_TENANT_READ_LICENSE_VALIDITY,  "0",                                            "0"                         },
    {RMS_TENANT_READ_LICENSE_VALIDITY,  "-1",                                           NULL                        },
    {RMS_TENANT_READ_LICENSE_VALIDITY,  "1.5",                                          NULL                        },
    {RMS_TENANT_READ_LICENSE_VALIDITY,  "1e99",                                         NULL                        },
    {RMS_TENANT_READ_LICENSE_VALIDITY,  "\"30\"",                                       NULL                        },
};

START_TEST(test_read)
{
    g_autoptr(RmsTenantDetails) details = g_new0(RmsTenantDetails, 1);
    g_autoptr(cJSON) json = rows[_i].text != NULL ? parse(rows[_i].text) : NULL;
    g_autofree char *found = NULL;
    g_autoptr(GError) error = NULL;
    gboolean read = rms_tenant_details_read(details, rows[_i].read, json, &error);

    ck_assert_msg(read == (rows[_i].wanted != NULL), "%s", rows[_i].text);
    if (!read) {
        ck_assert(g_error_matches(error, RMS_SERVICE_ERROR, RMS_SERVICE_ERROR_PROTOCOL));
        return;
    }
    found = describe(details, rows[_i].read);
    ck_assert_msg(strcmp(found, rows[_i].wanted) == 0, "%s: %s", rows[_i].text, found);
}
END_TEST

START_TEST(test_too_many)
{
    g_autoptr(RmsTenantDetails) details = g_new0(RmsTenantDetails, 1);
    g_autoptr(cJSON) json = cJSON_CreateArray();

    for (int i = 0; i < RMS_SERVICE_MAX_LIST_ROWS; i++)
        cJSON_AddItemToArray(json, cJSON_CreateObject());
    ck_assert(rms_tenant_details_read(details, RMS_TENANT_READ_KEYS, json, NULL));
    ck_assert(!details->truncated[RMS_TENANT_READ_KEYS]);
    g_clear_pointer(&details->keys, g_ptr_array_unref);
    cJSON_AddItemToArray(json, cJSON_CreateObject());
    ck_assert(rms_tenant_details_read(details, RMS_TENANT_READ_KEYS, json, NULL));
    ck_assert(details->truncated[RMS_TENANT_READ_KEYS]);
    ck_assert_uint_eq(details->keys->len, RMS_SERVICE_MAX_LIST_ROWS);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("service-client: tenant records");
    TCase *tcase = tcase_create("all");
    SRunner *runner;
    int failed;

    tcase_add_test(tcase, test_configuration);
    tcase_add_test(tcase, test_bare_configuration);
    tcase_add_loop_test(tcase, test_read, 0, G_N_ELEMENTS(rows));
    tcase_add_test(tcase, test_too_many);
    suite_add_tcase(suite, tcase);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
