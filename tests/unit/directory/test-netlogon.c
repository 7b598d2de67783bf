/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Answers to LDAP pings: a real one, and what a liar might send instead.
 */
#include "config.h"

#include <check.h>
#include <string.h>

#include "directory/directory-limits.h"
#include "directory/directory-netlogon.h"

#define HEAD "\27\0\0\0\275\21\0\0&\35\274\344\235A\321E\2079|\0\234\2720\364"
#define NAMES "\7contoso\7example\0\xc0\x18\3dc1\xc0\x18\7CONTOSO\0\3DC1\0\0"
#define TAIL "\5\0\0\0\xff\xff\xff\xff"
#define SITE "\27Default-First-Site-Name\0"

#define BYTES(text) text, sizeof(text) - 1

static const struct {
    const char *what;
    const char *data;
    gsize length;
    const char *server_site; /* NULL: refused */
    const char *client_site; /* NULL: none */
} rows[] = {
    {"a real answer",
     BYTES(HEAD NAMES SITE "\xc0\x40" TAIL),
     "Default-First-Site-Name",                                                                                           "Default-First-Site-Name"},
    {"another site",                        BYTES(HEAD NAMES SITE "\6Berlin\0" TAIL),          "Default-First-Site-Name", "Berlin"                 },
    {"no site of the client's",             BYTES(HEAD NAMES SITE "\0" TAIL),                  "Default-First-Site-Name", NULL                     },
    {"no tail",                             BYTES(HEAD NAMES SITE "\6Berlin\0"),               "Default-First-Site-Name", "Berlin"                 },
    {"user unknown",
     BYTES("\x19"
           "\0\0\0"
           "0123"
           "0123456789abcdef" NAMES SITE "\1x\0"),
     "Default-First-Site-Name",                                                                                           "x"                      },
    {"a dot in a label",                    BYTES(HEAD NAMES SITE "\3a.b\0"),                  "Default-First-Site-Name", "a\\.b"                  },
    {"no text",                             BYTES(HEAD NAMES SITE "\2\xff\xfe\0"),             "Default-First-Site-Name", "\\255\\254"             },
    {"another opcode",
     BYTES("\x13"
           "\0\0\0"
           "0123"
           "0123456789abcdef" NAMES SITE "\1x\0"),
     NULL,                                                                                                                NULL                     },
    {"opcode in the wrong order",
     BYTES("\0\x17\0\0"
           "0123"
           "0123456789abcdef" NAMES SITE "\1x\0"),
     NULL,                                                                                                                NULL                     },
    {"nothing",                             BYTES(""),                                         NULL,                      NULL                     },
    {"head only",                           BYTES(HEAD),                                       NULL,                      NULL                     },
    {"a name too few",                      BYTES(HEAD NAMES SITE),                            NULL,                      NULL                     },
    {"a label that goes on behind the end", BYTES(HEAD NAMES SITE "\6Berl"),                   NULL,                      NULL                     },
    {"no end of the name",                  BYTES(HEAD NAMES SITE "\6Berlin"),                 NULL,                      NULL                     },
    {"half a pointer",                      BYTES(HEAD NAMES SITE "\xc0"),                     NULL,                      NULL                     },
    {"a pointer behind the end",            BYTES(HEAD NAMES SITE "\xff\xff"),                 NULL,                      NULL                     },
    {"a pointer to itself",                 BYTES(HEAD NAMES "\xc0\x40"),                      NULL,                      NULL                     },
    {"pointers in a circle",                BYTES(HEAD "\xc0\x1a\xc0\x18" NAMES SITE "\1x\0"), NULL,                      NULL                     },
    {"an unknown kind of label",            BYTES(HEAD NAMES SITE "\x80\0"),                   NULL,                      NULL                     },
};

START_TEST(test_parse)
{
    /* Of just this size, so that a sanitizer sees each byte too many. */
    g_autofree guint8 *data = g_memdup2(rows[_i].data, rows[_i].length);
    g_autoptr(RmsNetlogon) netlogon = rms_netlogon_parse(data, rows[_i].length);
    if (rows[_i].server_site == NULL) {
        ck_assert_msg(netlogon == NULL, "%s was taken", rows[_i].what);
        return;
    }
    ck_assert_msg(netlogon != NULL, "%s was refused", rows[_i].what);
    ck_assert_str_eq(netlogon->domain, "contoso.example");
    ck_assert_str_eq(netlogon->host, "dc1.contoso.example");
    ck_assert_str_eq(netlogon->server_site, rows[_i].server_site);
    ck_assert_pstr_eq(netlogon->client_site, rows[_i].client_site);
}
END_TEST

START_TEST(test_too_long)
{
    g_autofree guint8 *data = g_malloc0(RMS_MAX_VALUE_BYTES + 1);
    memcpy(data, HEAD NAMES SITE "\1x\0", sizeof(HEAD NAMES SITE "\1x\0"));
    g_autoptr(RmsNetlogon) longest = rms_netlogon_parse(data, RMS_MAX_VALUE_BYTES);
    ck_assert_ptr_nonnull(longest);
    ck_assert_ptr_null(rms_netlogon_parse(data, RMS_MAX_VALUE_BYTES + 1));
}
END_TEST

static const struct {
    const char *name;
    gboolean good;
} sites[] = {
    {"Default-First-Site-Name",                                          TRUE },
    {"Berlin_2",                                                         TRUE },
    {"a\\.b",                                                            FALSE},
    {"a.b",                                                              FALSE},
    {"",                                                                 FALSE},
    {"a b",                                                              FALSE},
    {"Köln",                                                            FALSE},
    {"0123456789012345678901234567890123456789012345678901234567890123", FALSE},
    {"012345678901234567890123456789012345678901234567890123456789012",  TRUE },
};

START_TEST(test_site)
{
    ck_assert_msg(rms_netlogon_is_site(sites[_i].name) == sites[_i].good, "%s", sites[_i].name);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("netlogon");
    TCase *tcase = tcase_create("all");
    tcase_add_loop_test(tcase, test_parse, 0, G_N_ELEMENTS(rows));
    tcase_add_test(tcase, test_too_long);
    tcase_add_loop_test(tcase, test_site, 0, G_N_ELEMENTS(sites));
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
