/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What servers and libraries answer, and who has to act.
 */
#include "config.h"

#include <check.h>
#include <krb5.h>
#include <ldap.h>
#include <string.h>

#include "directory/directory-error-private.h"
#include "directory/directory-ticket-private.h"

#define AD_49(data)                                                                                \
    "80090308: LdapErr: DSID-0C0903A9, comment: AcceptSecurityContext error, data " data ", v1db1"

static const struct {
    RmsDirectoryStep step;
    int code;
    const char *diagnostic;
    RmsDirectoryError expected;
    const char *says;
} errors[] = {
    {RMS_STEP_BIND_PASSWORD,
     LDAP_INVALID_CREDENTIALS,                         AD_49("52e"),
     RMS_DIRECTORY_ERROR_PASSWORD,                                                                                                                                                      "password is wrong"     },
    {RMS_STEP_BIND_PASSWORD,
     LDAP_INVALID_CREDENTIALS,                         AD_49("525"),
     RMS_DIRECTORY_ERROR_PASSWORD,                                                                                                                                                      "no such user"          },
    {RMS_STEP_BIND_PASSWORD,
     LDAP_INVALID_CREDENTIALS,                         NULL,
     RMS_DIRECTORY_ERROR_PASSWORD,                                                                                                                                                      "password is wrong"     },
    {RMS_STEP_BIND_PASSWORD,
     LDAP_INVALID_CREDENTIALS,                         AD_49("zzz"),
     RMS_DIRECTORY_ERROR_PASSWORD,                                                                                                                                                      "password is wrong"     },
    {RMS_STEP_BIND_PASSWORD,
     LDAP_INVALID_CREDENTIALS,                         AD_49("530"),
     RMS_DIRECTORY_ERROR_ACCOUNT,                                                                                                                                                       "hour"                  },
    {RMS_STEP_BIND_PASSWORD,
     LDAP_INVALID_CREDENTIALS,                         AD_49("531"),
     RMS_DIRECTORY_ERROR_ACCOUNT,                                                                                                                                                       "from here"             },
    {RMS_STEP_BIND_PASSWORD,
     LDAP_INVALID_CREDENTIALS,                         AD_49("532"),
     RMS_DIRECTORY_ERROR_ACCOUNT,                                                                                                                                                       "has expired; change it"},
    {RMS_STEP_BIND_PASSWORD,
     LDAP_INVALID_CREDENTIALS,                         AD_49("533"),
     RMS_DIRECTORY_ERROR_ACCOUNT,                                                                                                                                                       "disabled"              },
    {RMS_STEP_BIND_PASSWORD,
     LDAP_INVALID_CREDENTIALS,                         AD_49("701"),
     RMS_DIRECTORY_ERROR_ACCOUNT,                                                                                                                                                       "extend"                },
    {RMS_STEP_BIND_PASSWORD,
     LDAP_INVALID_CREDENTIALS,                         AD_49("773"),
     RMS_DIRECTORY_ERROR_ACCOUNT,                                                                                                                                                       "must change"           },
    {RMS_STEP_BIND_PASSWORD,
     LDAP_INVALID_CREDENTIALS,                         AD_49("775"),
     RMS_DIRECTORY_ERROR_ACCOUNT,                                                                                                                                                       "locked"                },
    {RMS_STEP_BIND_TICKET,
     LDAP_INVALID_CREDENTIALS,                         "80090346: LdapErr: DSID-0C090597, comment: AcceptSecurityContext error, data 80090346, v4563",
     RMS_DIRECTORY_ERROR_REFUSED,                                                                                                                                                       "channel binding"       },
    {RMS_STEP_BIND_TICKET,   LDAP_INVALID_CREDENTIALS, NULL,                                                                                           RMS_DIRECTORY_ERROR_TICKET,      "kinit"                 },
    {RMS_STEP_BIND_TICKET,
     LDAP_LOCAL_ERROR,                                 "SASL(-1): generic failure",
     RMS_DIRECTORY_ERROR_TICKET,                                                                                                                                                        "kinit"                 },
    {RMS_STEP_BIND_TICKET,
     LDAP_AUTH_UNKNOWN,                                "SASL(-4): no mechanism available: No worthy mechs",
     RMS_DIRECTORY_ERROR_TICKET,                                                                                                                                                        "GSS-SPNEGO"            },
    {RMS_STEP_BIND_TICKET,
     LDAP_STRONG_AUTH_REQUIRED,                        NULL,
     RMS_DIRECTORY_ERROR_REFUSED,                                                                                                                                                       "ldaps://"              },
    {RMS_STEP_BIND_PASSWORD,
     LDAP_UNWILLING_TO_PERFORM,                        NULL,
     RMS_DIRECTORY_ERROR_REFUSED,                                                                                                                                                       "refuses"               },
    {RMS_STEP_BIND_PASSWORD, LDAP_SERVER_DOWN,         NULL,                                                                                           RMS_DIRECTORY_ERROR_UNREACHABLE, "lost"                  },
    {RMS_STEP_BIND_PASSWORD, LDAP_TIMEOUT,             NULL,                                                                                           RMS_DIRECTORY_ERROR_UNREACHABLE, "in time"               },
    {RMS_STEP_TLS,
     LDAP_CONNECT_ERROR,                               "(unknown error code)",
     RMS_DIRECTORY_ERROR_TLS,                                                                                                                                                           "certificate"           },
    {RMS_STEP_TLS,           LDAP_TIMEOUT,             NULL,                                                                                           RMS_DIRECTORY_ERROR_UNREACHABLE, "in time"               },
    {RMS_STEP_SEARCH,        LDAP_SERVER_DOWN,         NULL,                                                                                           RMS_DIRECTORY_ERROR_UNREACHABLE, "lost"                  },
    {RMS_STEP_SEARCH,        LDAP_TIMELIMIT_EXCEEDED,  NULL,                                                                                           RMS_DIRECTORY_ERROR_UNREACHABLE, "in time"               },
    {RMS_STEP_SEARCH,        LDAP_BUSY,                NULL,                                                                                           RMS_DIRECTORY_ERROR_UNREACHABLE, "busy"                  },
    {RMS_STEP_SEARCH,        LDAP_INSUFFICIENT_ACCESS, NULL,                                                                                           RMS_DIRECTORY_ERROR_REFUSED,     "refuses"               },
    {RMS_STEP_SEARCH,        LDAP_DECODING_ERROR,      NULL,                                                                                           RMS_DIRECTORY_ERROR_PROTOCOL,    "report"                },
    {RMS_STEP_SEARCH,        LDAP_PROTOCOL_ERROR,      NULL,                                                                                           RMS_DIRECTORY_ERROR_PROTOCOL,    "report"                },
    {RMS_STEP_SEARCH,        LDAP_INVALID_CREDENTIALS, NULL,                                                                                           RMS_DIRECTORY_ERROR_PROTOCOL,    "report"                },
};

START_TEST(test_error)
{
    g_autoptr(GError) error =
        rms_directory_error_new(errors[_i].step, errors[_i].code, errors[_i].diagnostic, "dc1");
    ck_assert_msg(g_error_matches(error, RMS_DIRECTORY_ERROR, (int) errors[_i].expected),
                  "row %d: %s",
                  _i,
                  error->message);
    ck_assert_msg(strstr(error->message, errors[_i].says) != NULL, "%s", error->message);
    ck_assert(g_str_has_prefix(error->message, "dc1: "));
}
END_TEST

/* Each says another thing, since another thing has to be done. */
START_TEST(test_sub_codes_differ)
{
    static const char *const diagnostics[] = {AD_49("525"),
                                              AD_49("52e"),
                                              AD_49("530"),
                                              AD_49("531"),
                                              AD_49("532"),
                                              AD_49("533"),
                                              AD_49("701"),
                                              AD_49("773"),
                                              AD_49("775")};
    g_autoptr(GHashTable) sentences = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(diagnostics); i++) {
        g_autoptr(GError) error = rms_directory_error_new(
            RMS_STEP_BIND_PASSWORD, LDAP_INVALID_CREDENTIALS, diagnostics[i], "dc1");
        char *sentence = g_strndup(error->message, strcspn(error->message, "("));
        ck_assert_msg(strstr(sentence, "; ") != NULL, "nothing to do: %s", sentence);
        ck_assert_msg(g_hash_table_add(sentences, sentence), "twice: %s", error->message);
    }
}
END_TEST

START_TEST(test_diagnostic_is_cleaned)
{
    g_autofree char *endless = g_strnfill(5000, 'x');
    g_autofree char *text = g_strdup_printf("a\nb\x1b[1m\xff%s", endless);
    g_autoptr(GError) error =
        rms_directory_error_new(RMS_STEP_SEARCH, LDAP_PROTOCOL_ERROR, text, "dc1");
    ck_assert(g_utf8_validate(error->message, -1, NULL));
    ck_assert_ptr_null(strpbrk(error->message, "\n\x1b"));
    ck_assert_uint_lt(strlen(error->message), 400);
}
END_TEST

static const struct {
    const char *diagnostic;
    guint data;
} data[] = {
    {AD_49("52e"),                       0x52e      },
    {"…, data 80090346, v4563",        0x80090346u},
    {"…, data 52e",                    0x52e      },
    {"…, data 0, v1db1",               0          },
    {"…, data xyz, v1db1",             0          },
    {"…, data 52e52e52e52e52e, v1db1", 0          },
    {"…, data ",                       0          },
    {"",                                 0          },
    {NULL,                               0          },
};

START_TEST(test_data)
{
    ck_assert_uint_eq(rms_directory_error_find_data(data[_i].diagnostic), data[_i].data);
}
END_TEST

START_TEST(test_lost)
{
    ck_assert(rms_directory_error_is_lost(LDAP_SERVER_DOWN, NULL));
    ck_assert(rms_directory_error_is_lost(LDAP_UNAVAILABLE, NULL));
    ck_assert(rms_directory_error_is_lost(LDAP_STRONG_AUTH_REQUIRED, NULL));
    ck_assert(rms_directory_error_is_lost(
        LDAP_OPERATIONS_ERROR,
        "000004DC: LdapErr: DSID-0C090A5C, comment: In order to perform this operation a "
        "successful bind must be completed on the connection., data 0, v4563"));
    ck_assert(!rms_directory_error_is_lost(LDAP_OPERATIONS_ERROR, "00000057: LdapErr"));
    ck_assert(!rms_directory_error_is_lost(LDAP_OPERATIONS_ERROR, NULL));
    ck_assert(!rms_directory_error_is_lost(LDAP_SUCCESS, NULL));
    ck_assert(!rms_directory_error_is_lost(LDAP_NO_SUCH_OBJECT, NULL));
}
END_TEST

static const struct {
    krb5_error_code minor;
    RmsDirectoryError expected;
    const char *says;
} tickets[] = {
    {KRB5_FCC_NOFILE,                 RMS_DIRECTORY_ERROR_TICKET,      "run kinit"},
    {KRB5_CC_NOTFOUND,                RMS_DIRECTORY_ERROR_TICKET,      "run kinit"},
    {KRB5KRB_AP_ERR_TKT_EXPIRED,      RMS_DIRECTORY_ERROR_TICKET,      "expired"  },
    {KRB5KRB_AP_ERR_SKEW,             RMS_DIRECTORY_ERROR_TICKET,      "clock"    },
    {KRB5KDC_ERR_S_PRINCIPAL_UNKNOWN, RMS_DIRECTORY_ERROR_TICKET,      "full name"},
    {KRB5KDC_ERR_CLIENT_REVOKED,      RMS_DIRECTORY_ERROR_ACCOUNT,     "unlock"   },
    {KRB5KDC_ERR_KEY_EXP,             RMS_DIRECTORY_ERROR_ACCOUNT,     "change it"},
    {KRB5KDC_ERR_NAME_EXP,            RMS_DIRECTORY_ERROR_ACCOUNT,     "extend"   },
    {KRB5_KDC_UNREACH,                RMS_DIRECTORY_ERROR_UNREACHABLE, "network"  },
    {KRB5_REALM_UNKNOWN,              RMS_DIRECTORY_ERROR_UNREACHABLE, "DNS"      },
    {1,                               RMS_DIRECTORY_ERROR_TICKET,      "kinit"    },
};

START_TEST(test_ticket)
{
    g_autoptr(GError) error = rms_ticket_error_new((guint32) tickets[_i].minor, NULL, "dc1");
    ck_assert(g_error_matches(error, RMS_DIRECTORY_ERROR, (int) tickets[_i].expected));
    ck_assert_msg(strstr(error->message, tickets[_i].says) != NULL, "%s", error->message);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("directory errors");
    TCase *tcase = tcase_create("all");
    tcase_add_loop_test(tcase, test_error, 0, G_N_ELEMENTS(errors));
    tcase_add_test(tcase, test_sub_codes_differ);
    tcase_add_test(tcase, test_diagnostic_is_cleaned);
    tcase_add_loop_test(tcase, test_data, 0, G_N_ELEMENTS(data));
    tcase_add_test(tcase, test_lost);
    tcase_add_loop_test(tcase, test_ticket, 0, G_N_ELEMENTS(tickets));
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
