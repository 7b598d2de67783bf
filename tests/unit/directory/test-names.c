/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What an administrator typed, and names made from DNs. No server.
 */
#include "config.h"

#include <check.h>
#include <string.h>

#include "directory/directory-limits.h"
#include "directory/directory-names.h"
#include "directory/directory.h"

static const struct {
    const char *typed;
    RmsNameForm form;
    const char *text;
    const char *domain;
    const char *account;
} forms[] = {
    {"",                                       RMS_NAME_EMPTY,          "",                                       NULL,      NULL              },
    {" \t\n",                                  RMS_NAME_EMPTY,          "",                                       NULL,      NULL              },
    {"exch",                                   RMS_NAME_PLAIN,          "exch",                                   NULL,      NULL              },
    {"  Exchange Servers\n",                   RMS_NAME_PLAIN,          "Exchange Servers",                       NULL,      NULL              },
    {"山田 太郎",                          RMS_NAME_PLAIN,          "山田 太郎",                          NULL,      NULL              },
    {"EXCH01$",                                RMS_NAME_MACHINE,        "EXCH01$",                                NULL,      NULL              },
    {"$",                                      RMS_NAME_PLAIN,          "$",                                      NULL,      NULL              },
    {"CONTOSO\\alice",                         RMS_NAME_DOMAIN_ACCOUNT, "CONTOSO\\alice",                         "CONTOSO", "alice"           },
    {"CONTOSO\\EXCH01$",                       RMS_NAME_DOMAIN_ACCOUNT, "CONTOSO\\EXCH01$",                       "CONTOSO", "EXCH01$"         },
    {"contoso.example\\Exchange Servers",
     RMS_NAME_DOMAIN_ACCOUNT,                                           "contoso.example\\Exchange Servers",
     "contoso.example",                                                                                                      "Exchange Servers"},
    {"CONTOSO\\",                              RMS_NAME_PLAIN,          "CONTOSO\\",                              NULL,      NULL              },
    {"\\alice",                                RMS_NAME_PLAIN,          "\\alice",                                NULL,      NULL              },
    {"a\\b\\c",                                RMS_NAME_PLAIN,          "a\\b\\c",                                NULL,      NULL              },
    {"alice@contoso.example",
     RMS_NAME_ADDRESS,                                                  "alice@contoso.example",
     "contoso.example",                                                                                                      "alice"           },
    {"a@b@c",                                  RMS_NAME_ADDRESS,        "a@b@c",                                  "c",       "a@b"             },
    {"alice@",                                 RMS_NAME_PLAIN,          "alice@",                                 NULL,      NULL              },
    {"@contoso.example",                       RMS_NAME_PLAIN,          "@contoso.example",                       NULL,      NULL              },
    {"alice @ home",                           RMS_NAME_PLAIN,          "alice @ home",                           NULL,      NULL              },
    {"CN=EXCH01,OU=Servers,DC=contoso",        RMS_NAME_DN,             "CN=EXCH01,OU=Servers,DC=contoso",        NULL,      NULL              },
    {"CN=Smith\\, John,DC=contoso",            RMS_NAME_DN,             "CN=Smith\\, John,DC=contoso",            NULL,      NULL              },
    {"CN=EXCH01",                              RMS_NAME_PLAIN,          "CN=EXCH01",                              NULL,      NULL              },
    {"Smith, John",                            RMS_NAME_PLAIN,          "Smith, John",                            NULL,      NULL              },
    {"S-1-5-21-1-2-3-500",                     RMS_NAME_SID,            "S-1-5-21-1-2-3-500",                     NULL,      NULL              },
    {" s-1-5-32-544 ",                         RMS_NAME_SID,            "s-1-5-32-544",                           NULL,      NULL              },
    {"S-1-5-x",                                RMS_NAME_PLAIN,          "S-1-5-x",                                NULL,      NULL              },
    {"7d3e0f8c-1b52-4a7e-9c44-0a6f2be91d10",
     RMS_NAME_GUID,                                                     "7d3e0f8c-1b52-4a7e-9c44-0a6f2be91d10",
     NULL,                                                                                                                   NULL              },
    {"{7D3E0F8C-1B52-4A7E-9C44-0A6F2BE91D10}",
     RMS_NAME_GUID,                                                     "{7D3E0F8C-1B52-4A7E-9C44-0A6F2BE91D10}",
     NULL,                                                                                                                   NULL              },
    {"{7D3E0F8C-1B52-4A7E-9C44-0A6F2BE91D10",
     RMS_NAME_PLAIN,                                                    "{7D3E0F8C-1B52-4A7E-9C44-0A6F2BE91D10",
     NULL,                                                                                                                   NULL              },
};

START_TEST(test_form)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(RmsTypedName) name = rms_typed_name_parse(forms[_i].typed, &error);
    ck_assert_ptr_nonnull(name);
    ck_assert_ptr_null(error);
    ck_assert_msg(name->form == forms[_i].form, "%s: form %d", forms[_i].typed, name->form);
    ck_assert_str_eq(name->text, forms[_i].text);
    ck_assert_str_eq(name->typed, forms[_i].typed);
    ck_assert_pstr_eq(name->domain, forms[_i].domain);
    ck_assert_pstr_eq(name->account, forms[_i].account);
}
END_TEST

START_TEST(test_sid_and_guid_are_read)
{
    g_autoptr(RmsTypedName) sid = rms_typed_name_parse("S-1-5-32-544", NULL);
    g_autofree char *text = rms_sid_to_string(&sid->sid);
    ck_assert_str_eq(text, "S-1-5-32-544");

    g_autoptr(RmsTypedName) guid =
        rms_typed_name_parse("7d3e0f8c-1b52-4a7e-9c44-0a6f2be91d10", NULL);
    const guint8 stored[] = {0x8c,
                             0x0f,
                             0x3e,
                             0x7d,
                             0x52,
                             0x1b,
                             0x7e,
                             0x4a,
                             0x9c,
                             0x44,
                             0x0a,
                             0x6f,
                             0x2b,
                             0xe9,
                             0x1d,
                             0x10};
    ck_assert_mem_eq(guid->guid, stored, sizeof stored);
}
END_TEST

START_TEST(test_refused)
{
    g_autoptr(GError) error = NULL;
    ck_assert_ptr_null(rms_typed_name_parse("Zo\xeb", &error));
    ck_assert(g_error_matches(error, RMS_DIRECTORY_ERROR, RMS_DIRECTORY_ERROR_NAME));
    g_clear_error(&error);

    g_autofree char *longest = g_strnfill(RMS_MAX_TYPED_BYTES, 'a');
    g_autoptr(RmsTypedName) name = rms_typed_name_parse(longest, &error);
    ck_assert_ptr_nonnull(name);
    g_autofree char *longer = g_strnfill(RMS_MAX_TYPED_BYTES + 1, 'a');
    ck_assert_ptr_null(rms_typed_name_parse(longer, &error));
    ck_assert(g_error_matches(error, RMS_DIRECTORY_ERROR, RMS_DIRECTORY_ERROR_NAME));
}
END_TEST

static const struct {
    const char *dn;
    const char *domain;
    const char *place;
    const char *first;
} dns[] = {
    {"CN=EXCH01,OU=Exchange,OU=Servers,DC=contoso,DC=example",
     "contoso.example",                                                           "contoso.example/Servers/Exchange",
     "EXCH01"                                                                                                                      },
    {"CN=Users,dc=contoso,dc=example",                         "contoso.example", "contoso.example",                  "Users"      },
    {"DC=contoso,DC=example",                                  "contoso.example", "contoso.example",                  "contoso"    },
    {"CN=a/b,OU=c/d,DC=x",                                     "x",               "x/c\\/d",                          "a/b"        },
    {"CN=Smith\\, John,OU=A\\+B,DC=x",                         "x",               "x/A+B",                            "Smith, John"},
    {"CN=Zo\\C3\\AB,DC=x",                                     "x",               "x",                                "Zoë"       },
    {"CN=EXCH01",                                              NULL,              "",                                 "EXCH01"     },
    {"DC=a,CN=b,DC=c",                                         "c",               "c/b",                              "a"          },
    {"",                                                       NULL,              "",                                 NULL         },
    {"no dn",                                                  NULL,              "",                                 NULL         },
    {"CN=who\\?,OU=\\\\\\?,DC=x",                              "x",               "x/\\?",                            "who?"       },
    {"CN=broken\\",                                            NULL,              "",                                 NULL         },
};

START_TEST(test_dn)
{
    g_autofree char *domain = rms_domain_from_dn(dns[_i].dn);
    ck_assert_pstr_eq(domain, dns[_i].domain);
    g_autofree char *place = rms_place_from_dn(dns[_i].dn);
    ck_assert_str_eq(place, dns[_i].place);
    g_autofree char *first = rms_dn_first_value(dns[_i].dn);
    ck_assert_pstr_eq(first, dns[_i].first);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("directory names");
    TCase *tcase = tcase_create("all");
    tcase_add_loop_test(tcase, test_form, 0, G_N_ELEMENTS(forms));
    tcase_add_test(tcase, test_sid_and_guid_are_read);
    tcase_add_test(tcase, test_refused);
    tcase_add_loop_test(tcase, test_dn, 0, G_N_ELEMENTS(dns));
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
