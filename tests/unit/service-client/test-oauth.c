/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Forms, token answers, and what each refusal of the sign-in service becomes.
 */
#include "config.h"

#include <check.h>
#include <string.h>

#include "service-client/oauth.h"
#include "service-client/provider-text.h"
#include "service-client/service-error.h"

/* Every row of protocol.md §4.6: number → who has to act, and a word of what to do. */
static const struct {
    int number;
    RmsServiceError code;
    RmsServiceProblem problem;
    RmsServiceActor actor;
    const char *word;
} numbers[] = {
    {50011,
     RMS_SERVICE_ERROR_SETTINGS,         RMS_SERVICE_PROBLEM_REDIRECT,
     RMS_SERVICE_ACTOR_SETTINGS,                                                                          "http://localhost"        },
    {50020,
     RMS_SERVICE_ERROR_ACCOUNT,          RMS_SERVICE_PROBLEM_OTHER_TENANT,
     RMS_SERVICE_ACTOR_USER,                                                                              "member account"          },
    {50034,
     RMS_SERVICE_ERROR_ACCOUNT,          RMS_SERVICE_PROBLEM_UNKNOWN_ACCOUNT,
     RMS_SERVICE_ACTOR_USER,                                                                              "user name"               },
    {50126,
     RMS_SERVICE_ERROR_SIGN_IN,          RMS_SERVICE_PROBLEM_WRONG_PASSWORD,
     RMS_SERVICE_ACTOR_USER,                                                                              "password"                },
    {50055,
     RMS_SERVICE_ERROR_SIGN_IN,          RMS_SERVICE_PROBLEM_PASSWORD_EXPIRED,
     RMS_SERVICE_ACTOR_USER,                                                                              "expired"                 },
    {50053,
     RMS_SERVICE_ERROR_ACCOUNT,          RMS_SERVICE_PROBLEM_ACCOUNT_LOCKED,
     RMS_SERVICE_ACTOR_TENANT_ADMINISTRATOR,                                                              "locked"                  },
    {50057,
     RMS_SERVICE_ERROR_ACCOUNT,          RMS_SERVICE_PROBLEM_ACCOUNT_DISABLED,
     RMS_SERVICE_ACTOR_TENANT_ADMINISTRATOR,                                                              "disabled"                },
    {50058,
     RMS_SERVICE_ERROR_SIGN_IN,          RMS_SERVICE_PROBLEM_EXPIRED,
     RMS_SERVICE_ACTOR_USER,                                                                              "Sign in again"           },
    {50173,
     RMS_SERVICE_ERROR_SIGN_IN,          RMS_SERVICE_PROBLEM_EXPIRED,
     RMS_SERVICE_ACTOR_USER,                                                                              "revoked"                 },
    {70008,
     RMS_SERVICE_ERROR_SIGN_IN,          RMS_SERVICE_PROBLEM_EXPIRED,
     RMS_SERVICE_ACTOR_USER,                                                                              "expired"                 },
    {700082,
     RMS_SERVICE_ERROR_SIGN_IN,          RMS_SERVICE_PROBLEM_EXPIRED,
     RMS_SERVICE_ACTOR_USER,                                                                              "expired"                 },
    {50072,
     RMS_SERVICE_ERROR_SIGN_IN,          RMS_SERVICE_PROBLEM_MFA_ENROLMENT,
     RMS_SERVICE_ACTOR_USER,                                                                              "enrol"                   },
    {50074,
     RMS_SERVICE_ERROR_SIGN_IN,          RMS_SERVICE_PROBLEM_MFA,
     RMS_SERVICE_ACTOR_USER,                                                                              "Multifactor"             },
    {50076,
     RMS_SERVICE_ERROR_SIGN_IN,          RMS_SERVICE_PROBLEM_MFA,
     RMS_SERVICE_ACTOR_USER,                                                                              "Multifactor"             },
    {50079,
     RMS_SERVICE_ERROR_SIGN_IN,          RMS_SERVICE_PROBLEM_MFA_ENROLMENT,
     RMS_SERVICE_ACTOR_USER,                                                                              "enrol"                   },
    {50158,   RMS_SERVICE_ERROR_SIGN_IN, RMS_SERVICE_PROBLEM_MFA,                 RMS_SERVICE_ACTOR_USER, "browser"                 },
    {50105,
     RMS_SERVICE_ERROR_ACCOUNT,          RMS_SERVICE_PROBLEM_NOT_ASSIGNED,
     RMS_SERVICE_ACTOR_TENANT_ADMINISTRATOR,                                                              "assign"                  },
    {50128,
     RMS_SERVICE_ERROR_SETTINGS,         RMS_SERVICE_PROBLEM_NO_TENANT,
     RMS_SERVICE_ACTOR_SETTINGS,                                                                          "tenant"                  },
    {90002,
     RMS_SERVICE_ERROR_SETTINGS,         RMS_SERVICE_PROBLEM_NO_TENANT,
     RMS_SERVICE_ACTOR_SETTINGS,                                                                          "tenant"                  },
    {50131,
     RMS_SERVICE_ERROR_DECLINED,         RMS_SERVICE_PROBLEM_POLICY,
     RMS_SERVICE_ACTOR_TENANT_ADMINISTRATOR,                                                              "Conditional Access"      },
    {53000,
     RMS_SERVICE_ERROR_DECLINED,         RMS_SERVICE_PROBLEM_POLICY_DEVICE,
     RMS_SERVICE_ACTOR_USER,                                                                              "compliant"               },
    {53001,
     RMS_SERVICE_ERROR_DECLINED,         RMS_SERVICE_PROBLEM_POLICY_DEVICE,
     RMS_SERVICE_ACTOR_USER,                                                                              "joined"                  },
    {53003,
     RMS_SERVICE_ERROR_DECLINED,         RMS_SERVICE_PROBLEM_POLICY,
     RMS_SERVICE_ACTOR_TENANT_ADMINISTRATOR,                                                              "Conditional Access"      },
    {530035,
     RMS_SERVICE_ERROR_DECLINED,         RMS_SERVICE_PROBLEM_SECURITY_DEFAULTS,
     RMS_SERVICE_ACTOR_USER,                                                                              "security defaults"       },
    {500011,
     RMS_SERVICE_ERROR_SETTINGS,         RMS_SERVICE_PROBLEM_NO_SERVICE,
     RMS_SERVICE_ACTOR_TENANT_ADMINISTRATOR,                                                              "Activate"                },
    {50001,
     RMS_SERVICE_ERROR_SETTINGS,         RMS_SERVICE_PROBLEM_NO_SERVICE,
     RMS_SERVICE_ACTOR_TENANT_ADMINISTRATOR,                                                              "Activate"                },
    {65001,
     RMS_SERVICE_ERROR_CONSENT,          RMS_SERVICE_PROBLEM_CONSENT,
     RMS_SERVICE_ACTOR_TENANT_ADMINISTRATOR,                                                              "administrator"           },
    {90094,
     RMS_SERVICE_ERROR_CONSENT,          RMS_SERVICE_PROBLEM_ADMIN_CONSENT,
     RMS_SERVICE_ACTOR_TENANT_ADMINISTRATOR,                                                              "administrator"           },
    {65004,
     RMS_SERVICE_ERROR_DECLINED,         RMS_SERVICE_PROBLEM_CONSENT_DECLINED,
     RMS_SERVICE_ACTOR_USER,                                                                              "declined"                },
    {65002,
     RMS_SERVICE_ERROR_CONSENT,          RMS_SERVICE_PROBLEM_BORROWED_CLIENT,
     RMS_SERVICE_ACTOR_SETTINGS,                                                                          "Register a client"       },
    {650057,
     RMS_SERVICE_ERROR_CONSENT,          RMS_SERVICE_PROBLEM_PERMISSION,
     RMS_SERVICE_ACTOR_TENANT_ADMINISTRATOR,                                                              "user_impersonation"      },
    {650052,
     RMS_SERVICE_ERROR_REFUSED,          RMS_SERVICE_PROBLEM_NO_SUBSCRIPTION,
     RMS_SERVICE_ACTOR_TENANT_ADMINISTRATOR,                                                              "subscription"            },
    {70000,
     RMS_SERVICE_ERROR_SIGN_IN,          RMS_SERVICE_PROBLEM_EXPIRED,
     RMS_SERVICE_ACTOR_USER,                                                                              "Sign in again"           },
    {70011,
     RMS_SERVICE_ERROR_SETTINGS,         RMS_SERVICE_PROBLEM_SCOPE,
     RMS_SERVICE_ACTOR_SETTINGS,                                                                          "scope"                   },
    {70016,
     RMS_SERVICE_ERROR_SIGN_IN,          RMS_SERVICE_PROBLEM_CODE_PENDING,
     RMS_SERVICE_ACTOR_USER,                                                                              "not been entered"        },
    {70018,
     RMS_SERVICE_ERROR_SIGN_IN,          RMS_SERVICE_PROBLEM_CODE_WRONG,
     RMS_SERVICE_ACTOR_USER,                                                                              "not recognized"          },
    {70019,
     RMS_SERVICE_ERROR_SIGN_IN,          RMS_SERVICE_PROBLEM_CODE_EXPIRED,
     RMS_SERVICE_ACTOR_USER,                                                                              "in time"                 },
    {700016,
     RMS_SERVICE_ERROR_CONSENT,          RMS_SERVICE_PROBLEM_UNKNOWN_APPLICATION,
     RMS_SERVICE_ACTOR_SETTINGS,                                                                          "register the application"},
    {7000218,
     RMS_SERVICE_ERROR_CONSENT,          RMS_SERVICE_PROBLEM_NOT_PUBLIC_CLIENT,
     RMS_SERVICE_ACTOR_TENANT_ADMINISTRATOR,                                                              "public client"           },
    {700027,
     RMS_SERVICE_ERROR_CONSENT,          RMS_SERVICE_PROBLEM_KEY,
     RMS_SERVICE_ACTOR_SETTINGS,                                                                          "certificate"             },
    {700024,
     RMS_SERVICE_ERROR_SETTINGS,         RMS_SERVICE_PROBLEM_CLOCK,
     RMS_SERVICE_ACTOR_SETTINGS,                                                                          "clock"                   },
};

static cJSON *parse(const char *text)
{
    cJSON *json = rms_json_parse(text, strlen(text), 1 << 20, NULL);

    ck_assert_ptr_nonnull(json);
    return json;
}

static void check_error(GError *error, RmsServiceError code, const char *word)
{
    ck_assert_msg(g_error_matches(error, RMS_SERVICE_ERROR, (int) code),
                  "code %d, not %d: %s",
                  error->code,
                  (int) code,
                  error->message);
    ck_assert_msg(strstr(error->message, word) != NULL, "no “%s”: %s", word, error->message);
    ck_assert_ptr_null(strpbrk(error->message, "\r\n"));
}

/* A copy says the same. */
static void check_details(const GError *error, int number, const char *text)
{
    g_autoptr(GError) copy = g_error_copy(error);
    g_autofree char *code = g_strdup_printf("AADSTS%d", number);

    ck_assert_str_eq(rms_service_error_get_provider_code(copy), code);
    ck_assert_str_eq(rms_service_error_get_provider_text(copy), text);
    ck_assert_int_eq(rms_service_error_get_problem(copy), rms_service_error_get_problem(error));
}

START_TEST(test_number_in_member)
{
    g_autofree char *text =
        g_strdup_printf("{\"error\":\"made_up\",\"error_codes\":[%d],"
                        "\"error_description\":\"Said the service.\\r\\nTrace ID: 1\"}",
                        numbers[_i].number);
    g_autoptr(cJSON) answer = parse(text);
    g_autoptr(GError) error = rms_oauth_refuse(answer);

    check_error(error, numbers[_i].code, numbers[_i].word);
    ck_assert_ptr_nonnull(strstr(error->message, "made_up: Said the service. Trace ID: 1"));
    check_details(error, numbers[_i].number, "Said the service. Trace ID: 1");
    ck_assert_int_eq(rms_service_error_get_problem(error), numbers[_i].problem);
    ck_assert_int_eq(rms_service_error_get_actor(error), numbers[_i].actor);
}
END_TEST

START_TEST(test_number_in_text)
{
    g_autofree char *text = g_strdup_printf("AADSTS%d: Said the service.", numbers[_i].number);
    g_autoptr(GError) error = rms_oauth_refuse_code("made_up", text, 0);

    check_error(error, numbers[_i].code, numbers[_i].word);
}
END_TEST

/* Without a known number, `error` decides. */
static const struct {
    const char *answer;
    RmsServiceError code;
    const char *word;
} refusals[] = {
    {"{\"error\":\"access_denied\"}",                                  RMS_SERVICE_ERROR_DECLINED,  "declined"      },
    {"{\"error\":\"authorization_declined\"}",                         RMS_SERVICE_ERROR_DECLINED,  "declined"      },
    {"{\"error\":\"expired_token\"}",                                  RMS_SERVICE_ERROR_SIGN_IN,   "in time"       },
    {"{\"error\":\"bad_verification_code\"}",                          RMS_SERVICE_ERROR_SIGN_IN,   "not recognized"},
    {"{\"error\":\"invalid_grant\"}",                                  RMS_SERVICE_ERROR_SIGN_IN,   "Sign in again" },
    {"{\"error\":\"interaction_required\"}",                           RMS_SERVICE_ERROR_SIGN_IN,   "browser"       },
    {"{\"error\":\"login_required\"}",                                 RMS_SERVICE_ERROR_SIGN_IN,   "Sign in again" },
    {"{\"error\":\"consent_required\"}",                               RMS_SERVICE_ERROR_CONSENT,   "consent"       },
    {"{\"error\":\"invalid_client\"}",                                 RMS_SERVICE_ERROR_CONSENT,   "application"   },
    {"{\"error\":\"unauthorized_client\"}",                            RMS_SERVICE_ERROR_CONSENT,   "application"   },
    {"{\"error\":\"invalid_scope\"}",                                  RMS_SERVICE_ERROR_SETTINGS,  "resource"      },
    {"{\"error\":\"invalid_resource\"}",                               RMS_SERVICE_ERROR_SETTINGS,  "Activate"      },
    {"{\"error\":\"invalid_request\"}",                                RMS_SERVICE_ERROR_SETTINGS,  "Check"         },
    {"{\"error\":\"unsupported_grant_type\"}",                         RMS_SERVICE_ERROR_SETTINGS,  "way"           },
    {"{\"error\":\"slow_down\"}",                                      RMS_SERVICE_ERROR_THROTTLED, "later"         },
    {"{\"error\":\"temporarily_unavailable\"}",                        RMS_SERVICE_ERROR_THROTTLED, "later"         },
    {"{\"error\":\"server_error\"}",                                   RMS_SERVICE_ERROR_THROTTLED, "later"         },
    {"{\"error\":\"something_new\"}",                                  RMS_SERVICE_ERROR_REFUSED,   "something_new" },
    {"{\"error\":\"invalid_grant\",\"error_codes\":[1]}",              RMS_SERVICE_ERROR_SIGN_IN,   "again"         },
    {"{\"error\":\"invalid_grant\",\"error_codes\":[-50076]}",         RMS_SERVICE_ERROR_SIGN_IN,   "again"         },
    {"{\"error\":\"invalid_grant\",\"error_codes\":[1e300]}",          RMS_SERVICE_ERROR_SIGN_IN,   "again"         },
    {"{\"error\":\"invalid_grant\",\"error_codes\":\"50057\"}",        RMS_SERVICE_ERROR_SIGN_IN,   "again"         },
    {"{\"error\":\"invalid_grant\",\"error_codes\":[]}",               RMS_SERVICE_ERROR_SIGN_IN,   "again"         },
    {"{\"error\":\"invalid_grant\",\"error_description\":\"AADSTS\"}",
     RMS_SERVICE_ERROR_SIGN_IN,                                                                     "again"         },
    {"{\"error\":\"invalid_grant\",\"error_description\":7}",          RMS_SERVICE_ERROR_SIGN_IN,   "again"         },
    {"{\"error\":\"\"}",                                               RMS_SERVICE_ERROR_REFUSED,   "refused"       },
};

/* What is no error of the sign-in service has none of its details. */
START_TEST(test_no_details)
{
    g_autoptr(GError) bare = g_error_new(RMS_SERVICE_ERROR, RMS_SERVICE_ERROR_TLS, "x");
    g_autoptr(GError) foreign = g_error_new(G_IO_ERROR, G_IO_ERROR_FAILED, "x");
    const GError *const errors[] = {NULL, bare, foreign};

    for (gsize i = 0; i < G_N_ELEMENTS(errors); i++) {
        ck_assert_int_eq(rms_service_error_get_problem(errors[i]), RMS_SERVICE_PROBLEM_NONE);
        ck_assert_ptr_null(rms_service_error_get_provider_code(errors[i]));
        ck_assert_ptr_null(rms_service_error_get_provider_text(errors[i]));
        ck_assert_uint_eq(rms_service_error_get_retry_after(errors[i]), 0);
        ck_assert_int_eq(rms_service_error_get_actor(errors[i]),
                         errors[i] == bare ? RMS_SERVICE_ACTOR_NETWORK : RMS_SERVICE_ACTOR_US);
    }
}
END_TEST

START_TEST(test_refusal)
{
    g_autoptr(cJSON) answer = parse(refusals[_i].answer);
    g_autoptr(GError) error = rms_oauth_refuse(answer);

    check_error(error, refusals[_i].code, refusals[_i].word);
}
END_TEST

START_TEST(test_no_refusal)
{
    static const char *const answers[] = {
        "{}", "{\"error\":null}", "{\"error\":5}", "{\"Error\":\"x\"}"};

    for (gsize i = 0; i < G_N_ELEMENTS(answers); i++) {
        g_autoptr(cJSON) answer = parse(answers[i]);

        ck_assert_ptr_null(rms_oauth_get_refusal(answer));
    }
}
END_TEST

START_TEST(test_provider_text)
{
    static const struct {
        const char *text;
        gsize max_bytes;
        const char *clean;
    } texts[] = {
        {NULL,               100, ""           },
        {"",                 100, ""           },
        {"plain",            100, "plain"      },
        {"  a \r\n\t b  ",   100, "a b"        },
        {"a\033[31mb\007c",  100, "a [31mb c"  },
        {"a\xff"
         "b",       100,
         "a\xef\xbf\xbd"
         "b"                                   },
        {"caf\xc3\xa9",      100, "caf\xc3\xa9"},
        {"a\xe2\x80\xae"
         "b",       100,
         "a b"                                 },
        {"0123456789abcdef", 10,  "01234…"   },
    };

    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autofree char *clean = rms_provider_text_clean(texts[i].text, texts[i].max_bytes);

        ck_assert_str_eq(clean, texts[i].clean);
        ck_assert(g_utf8_validate(clean, -1, NULL));
    }
}
END_TEST

START_TEST(test_form)
{
    g_autoptr(RmsOauthForm) form = rms_oauth_form_new();
    g_autoptr(RmsOauthForm) empty = rms_oauth_form_new();
    g_autoptr(RmsSecret) code = rms_secret_new("a+b/c=&d e%", -1);
    g_autoptr(RmsSecret) encoded = NULL;
    g_autoptr(RmsSecret) nothing = NULL;

    rms_oauth_form_add(form, "scope", "https://api.aadrm.com//.default openid");
    rms_oauth_form_add_secret(form, "code", code);
    rms_oauth_form_add(form, "empty", "");
    rms_oauth_form_add(form, "name", "J\xc3\xb6rg");
    encoded = rms_oauth_form_encode(form);
    ck_assert_str_eq(rms_secret_get(encoded),
                     "scope=https%3A%2F%2Fapi.aadrm.com%2F%2F.default%20openid"
                     "&code=a%2Bb%2Fc%3D%26d%20e%25&empty=&name=J%C3%B6rg");
    nothing = rms_oauth_form_encode(empty);
    ck_assert_str_eq(rms_secret_get(nothing), "");
}
END_TEST

START_TEST(test_endpoint_and_scope)
{
    g_autoptr(RmsCloudEnvironment) environment = rms_cloud_environment_new("AzureCloud");
    g_autofree char *endpoint = rms_oauth_endpoint(environment, "token");
    g_autofree char *user = rms_oauth_scope(environment, TRUE);
    g_autofree char *application = rms_oauth_scope(environment, FALSE);

    ck_assert_str_eq(endpoint, "https://login.microsoftonline.com/organizations/oauth2/v2.0/token");
    ck_assert_str_eq(user, "https://api.aadrm.com//.default openid profile offline_access");
    ck_assert_str_eq(application, "https://api.aadrm.com//.default");
}
END_TEST

static const struct {
    const char *answer;
    int code; /* -1: tokens */
} token_answers[] = {
    {"{\"token_type\":\"Bearer\",\"access_token\":\"a\",\"expires_in\":3600,"
     "\"refresh_token\":\"r\",\"id_token\":\"i\"}",                              -1                        },
    {"{\"token_type\":\"bearer\",\"access_token\":\"a\",\"expires_in\":1}",           -1                        },
    {"{\"token_type\":\"Bearer\",\"access_token\":\"a\",\"expires_in\":3600,"
     "\"refresh_token\":7}",                                                     -1                        },
    {"{\"error\":\"invalid_grant\",\"access_token\":\"a\"}",                          RMS_SERVICE_ERROR_SIGN_IN },
    {"{}",                                                                            RMS_SERVICE_ERROR_PROTOCOL},
    {"{\"token_type\":\"mac\",\"access_token\":\"a\",\"expires_in\":1}",
     RMS_SERVICE_ERROR_PROTOCOL                                                                                 },
    {"{\"access_token\":\"a\",\"expires_in\":1}",                                     RMS_SERVICE_ERROR_PROTOCOL},
    {"{\"token_type\":\"Bearer\",\"expires_in\":1}",                                  RMS_SERVICE_ERROR_PROTOCOL},
    {"{\"token_type\":\"Bearer\",\"access_token\":\"\",\"expires_in\":1}",
     RMS_SERVICE_ERROR_PROTOCOL                                                                                 },
    {"{\"token_type\":\"Bearer\",\"access_token\":[\"a\"],\"expires_in\":1}",
     RMS_SERVICE_ERROR_PROTOCOL                                                                                 },
    {"{\"token_type\":\"Bearer\",\"access_token\":\"a b\",\"expires_in\":1}",
     RMS_SERVICE_ERROR_PROTOCOL                                                                                 },
    {"{\"token_type\":\"Bearer\",\"access_token\":\"a\\r\\nX: y\",\"expires_in\":1}",
     RMS_SERVICE_ERROR_PROTOCOL                                                                                 },
    {"{\"token_type\":\"Bearer\",\"access_token\":\"a\"}",                            RMS_SERVICE_ERROR_PROTOCOL},
    {"{\"token_type\":\"Bearer\",\"access_token\":\"a\",\"expires_in\":0}",
     RMS_SERVICE_ERROR_PROTOCOL                                                                                 },
    {"{\"token_type\":\"Bearer\",\"access_token\":\"a\",\"expires_in\":-5}",
     RMS_SERVICE_ERROR_PROTOCOL                                                                                 },
    {"{\"token_type\":\"Bearer\",\"access_token\":\"a\",\"expires_in\":1e300}",
     RMS_SERVICE_ERROR_PROTOCOL                                                                                 },
    {"{\"token_type\":\"Bearer\",\"access_token\":\"a\",\"expires_in\":\"3600\"}",
     RMS_SERVICE_ERROR_PROTOCOL                                                                                 },
};

START_TEST(test_tokens)
{
    g_autoptr(cJSON) answer = parse(token_answers[_i].answer);
    g_autoptr(GError) error = NULL;
    g_autoptr(RmsOauthTokens) tokens = rms_oauth_tokens_take(answer, &error);
    const char *left;

    if (token_answers[_i].code < 0) {
        ck_assert_ptr_nonnull(tokens);
        ck_assert_str_eq(rms_secret_get(tokens->access_token), "a");
        ck_assert_uint_ge(tokens->expires_in, 1);
        left = rms_json_peek_string(answer, "access_token");
        ck_assert_str_eq(left, ""); /* wiped where it came from */
    } else {
        ck_assert_ptr_null(tokens);
        ck_assert(g_error_matches(error, RMS_SERVICE_ERROR, token_answers[_i].code));
    }
}
END_TEST

START_TEST(test_tokens_complete)
{
    g_autoptr(cJSON) answer = parse(token_answers[0].answer);
    g_autoptr(RmsOauthTokens) tokens = rms_oauth_tokens_take(answer, NULL);

    ck_assert_str_eq(rms_secret_get(tokens->refresh_token), "r");
    ck_assert_str_eq(rms_secret_get(tokens->id_token), "i");
    ck_assert_uint_eq(tokens->expires_in, 3600);
}
END_TEST

START_TEST(test_token_too_long)
{
    g_autofree char *token = g_strnfill(64 * 1024 + 1, 'a');
    g_autofree char *text = g_strdup_printf("{\"t\":\"%s\",\"u\":\"%s\"}", token, token + 1);
    g_autoptr(cJSON) answer = parse(text);
    g_autoptr(RmsSecret) too_long = rms_oauth_take_secret(answer, "t");
    g_autoptr(RmsSecret) longest = rms_oauth_take_secret(answer, "u");

    ck_assert_ptr_null(too_long);
    ck_assert_ptr_nonnull(longest);
    ck_assert_uint_eq(rms_secret_get_length(longest), 64 * 1024);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("service-client: oauth");
    TCase *tcase = tcase_create("all");
    SRunner *runner;
    int failed;

    tcase_add_loop_test(tcase, test_number_in_member, 0, G_N_ELEMENTS(numbers));
    tcase_add_loop_test(tcase, test_number_in_text, 0, G_N_ELEMENTS(numbers));
    tcase_add_test(tcase, test_no_details);
    tcase_add_loop_test(tcase, test_refusal, 0, G_N_ELEMENTS(refusals));
    tcase_add_test(tcase, test_no_refusal);
    tcase_add_test(tcase, test_provider_text);
    tcase_add_test(tcase, test_form);
    tcase_add_test(tcase, test_endpoint_and_scope);
    tcase_add_loop_test(tcase, test_tokens, 0, G_N_ELEMENTS(token_answers));
    tcase_add_test(tcase, test_tokens_complete);
    tcase_add_test(tcase, test_token_too_long);
    suite_add_tcase(suite, tcase);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
