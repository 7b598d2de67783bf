/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From attributes to objects: each kind, and whatever a server may send instead.
 */
#include "config.h"

#include <check.h>
#include <string.h>

#include "directory/directory-decode.h"
#include "directory/directory-limits.h"

#define DN "CN=Thing,OU=Servers,DC=contoso,DC=example"
/* 2026-11-23 in microseconds since 1970. */
#define NOW G_GINT64_CONSTANT(1795392000000000)

#define TOP_USER "top,person,organizationalPerson,user"

static void add_text(RmsAttributes *attributes, const char *name, const char *text)
{
    rms_attributes_add(attributes, name, text, strlen(text));
}

static void add_sid(RmsAttributes *attributes, const char *text)
{
    RmsSid sid;
    ck_assert(rms_sid_parse(&sid, text));
    rms_attributes_add(attributes, "objectSid", sid.bytes, sid.length);
}

static void add_classes(RmsAttributes *attributes, const char *classes)
{
    g_auto(GStrv) names = g_strsplit(classes, ",", -1);
    for (guint i = 0; names[i] != NULL; i++)
        add_text(attributes, "objectClass", names[i]);
}

static RmsDirectoryObject *decode(RmsAttributes *attributes)
{
    return rms_decode_object(attributes, DN, "CONTOSO", NOW);
}

#define DROPPED (-1)

static const struct {
    const char *name;
    const char *classes;
    const char *category;
    const char *group_type;
    const char *control;
    const char *account_type;
    const char *expires;
    int kind;
    RmsGroupScope scope;
    guint warnings;
} kinds[] = {
    {"global security group",
     "top,group",                                                       "Group",
     "-2147483646",                                                                                            NULL,
     "268435456",                                                                                                                    NULL,
     RMS_KIND_SECURITY_GROUP,                                                                                                                                                                 RMS_SCOPE_GLOBAL,
     0                                                                                                                                                                                                                                    },
    {"domain local security group",
     "top,group",                                                       "Group",
     "-2147483644",                                                                                            NULL,
     NULL,                                                                                                                           NULL,
     RMS_KIND_SECURITY_GROUP,                                                                                                                                                                 RMS_SCOPE_DOMAIN_LOCAL,
     0                                                                                                                                                                                                                                    },
    {"universal security group",
     "top,group",                                                       "Group",
     "-2147483640",                                                                                            NULL,
     NULL,                                                                                                                           NULL,
     RMS_KIND_SECURITY_GROUP,                                                                                                                                                                 RMS_SCOPE_UNIVERSAL,
     0                                                                                                                                                                                                                                    },
    {"builtin group",
     "top,group",                                                       "Group",
     "-2147483643",                                                                                            NULL,
     NULL,                                                                                                                           NULL,
     RMS_KIND_SECURITY_GROUP,                                                                                                                                                                 RMS_SCOPE_BUILTIN,
     RMS_WARNING_BUILTIN_GROUP                                                                                                                                                                                                            },
    {"unsigned group type",
     "top,group",                                                       "Group",
     "2147483650",                                                                                             NULL,
     NULL,                                                                                                                           NULL,
     RMS_KIND_SECURITY_GROUP,                                                                                                                                                                 RMS_SCOPE_GLOBAL,
     0                                                                                                                                                                                                                                    },
    {"distribution group",
     "top,group",                                                       "Group",
     "8",                                                                                                      NULL,
     "268435457",                                                                                                                    NULL,
     RMS_KIND_DISTRIBUTION_GROUP,                                                                                                                                                             RMS_SCOPE_UNIVERSAL,
     RMS_WARNING_DISTRIBUTION_GROUP                                                                                                                                                                                                       },
    {"group without type",                    "top,group",              "Group",                         NULL, NULL,    NULL,        NULL,                  DROPPED,                          0,                      0                   },
    {"group with garbage for a type",         "top,group",              "Group",                         "2x", NULL,    NULL,        NULL,                  DROPPED,                          0,                      0                   },
    {"group type beyond 32 bits",
     "top,group",                                                       "Group",
     "99999999999",                                                                                            NULL,
     NULL,                                                                                                                           NULL,
     DROPPED,                                                                                                                                                                                 0,
     0                                                                                                                                                                                                                                    },
    {"user",
     TOP_USER,                                                          "Person",
     NULL,                                                                                                     "512",
     "805306368",                                                                                                                    "9223372036854775807",
     RMS_KIND_USER,                                                                                                                                                                           0,
     0                                                                                                                                                                                                                                    },
    {"user that never expires",               TOP_USER,                 "Person",                        NULL, "512",   NULL,        "0",                   RMS_KIND_USER,                    0,                      0                   },
    {"disabled user",
     TOP_USER,                                                          "Person",
     NULL,                                                                                                     "66050",
     NULL,                                                                                                                           NULL,
     RMS_KIND_USER,                                                                                                                                                                           0,
     RMS_WARNING_DISABLED                                                                                                                                                                                                                 },
    {"expired user",
     TOP_USER,                                                          "Person",
     NULL,                                                                                                     "512",
     NULL,                                                                                                                           "132223104000000000",
     RMS_KIND_USER,                                                                                                                                                                           0,
     RMS_WARNING_EXPIRED                                                                                                                                                                                                                  },
    {"user that expires later",
     TOP_USER,                                                          "Person",
     NULL,                                                                                                     "512",
     NULL,                                                                                                                           "999999999999999999",
     RMS_KIND_USER,                                                                                                                                                                           0,
     0                                                                                                                                                                                                                                    },
    {"user with garbage flags",               TOP_USER,                 "Person",                        NULL, "-",     "x",         "soon",                RMS_KIND_USER,                    0,                      0                   },
    {"user with negative expiry",             TOP_USER,                 "Person",                        NULL, "512",   NULL,        "-1",                  RMS_KIND_USER,                    0,                      0                   },
    {"user class, other category",            TOP_USER,                 "ms-DS-Thing",                   NULL, "512",   NULL,        NULL,                  DROPPED,                          0,                      0                   },
    {"user without category",                 TOP_USER,                 NULL,                            NULL, "512",   NULL,        NULL,                  RMS_KIND_USER,                    0,                      0                   },
    {"inetOrgPerson",
     TOP_USER ",inetOrgPerson",
     "Person",                                                                                           NULL,
     "512",                                                                                                             NULL,
     NULL,                                                                                                                                                  RMS_KIND_USER,
     0,                                                                                                                                                                                                               0                   },
    {"trust by account type",                 TOP_USER,                 "Person",                        NULL, "2080",  "805306370", NULL,                  DROPPED,                          0,                      0                   },
    {"trust by control flags",                TOP_USER,                 "Person",                        NULL, "2080",  NULL,        NULL,                  DROPPED,                          0,                      0                   },
    {"contact",
     "top,person,organizationalPerson,contact",                         "Person",
     NULL,                                                                                                     NULL,
     NULL,                                                                                                                           NULL,
     DROPPED,                                                                                                                                                                                 0,
     0                                                                                                                                                                                                                                    },
    {"computer",
     TOP_USER ",computer",
     "Computer",                                                                                         NULL,
     "4096",                                                                                                            "805306369",
     NULL,                                                                                                                                                  RMS_KIND_COMPUTER,
     0,                                                                                                                                                                                                               0                   },
    {"disabled computer",
     TOP_USER ",computer",
     "Computer",                                                                                         NULL,
     "4098",                                                                                                            NULL,
     NULL,                                                                                                                                                  RMS_KIND_COMPUTER,
     0,                                                                                                                                                                                                               RMS_WARNING_DISABLED},
    {"group managed service account",
     TOP_USER ",computer,msDS-GroupManagedServiceAccount",
     "ms-DS-Group-Managed-Service-Account",                                                              NULL,
     "4096",                                                                                                            NULL,
     NULL,                                                                                                                                                  RMS_KIND_MANAGED_SERVICE_ACCOUNT,
     0,                                                                                                                                                                                                               0                   },
    {"managed service account, order turned",
     "msDS-ManagedServiceAccount,computer,user,top",                    "ms-DS-Managed-Service-Account",
     NULL,                                                                                                     "4096",
     NULL,                                                                                                                           NULL,
     RMS_KIND_MANAGED_SERVICE_ACCOUNT,                                                                                                                                                        0,
     0                                                                                                                                                                                                                                    },
    {"case of classes",
     "TOP,Person,USER,Computer",                                        "computer",
     NULL,                                                                                                     "4096",
     NULL,                                                                                                                           NULL,
     RMS_KIND_COMPUTER,                                                                                                                                                                       0,
     0                                                                                                                                                                                                                                    },
    {"organizational unit",                   "top,organizationalUnit", NULL,                            NULL, NULL,    NULL,        NULL,                  DROPPED,                          0,                      0                   },
    {"foreign security principal",
     "top,foreignSecurityPrincipal",                                    NULL,
     NULL,                                                                                                     NULL,
     NULL,                                                                                                                           NULL,
     DROPPED,                                                                                                                                                                                 0,
     0                                                                                                                                                                                                                                    },
};

START_TEST(test_kind)
{
    g_autoptr(RmsAttributes) attributes = rms_attributes_new();
    add_sid(attributes, "S-1-5-21-1-2-3-1104");
    add_classes(attributes, kinds[_i].classes);
    add_text(attributes, "sAMAccountName", "thing");
    if (kinds[_i].category != NULL) {
        g_autofree char *category =
            g_strdup_printf("CN=%s,CN=Schema,CN=Configuration,DC=x", kinds[_i].category);
        add_text(attributes, "objectCategory", category);
    }
    if (kinds[_i].group_type != NULL)
        add_text(attributes, "groupType", kinds[_i].group_type);
    if (kinds[_i].control != NULL)
        add_text(attributes, "userAccountControl", kinds[_i].control);
    if (kinds[_i].account_type != NULL)
        add_text(attributes, "sAMAccountType", kinds[_i].account_type);
    if (kinds[_i].expires != NULL)
        add_text(attributes, "accountExpires", kinds[_i].expires);

    g_autoptr(RmsDirectoryObject) object = decode(attributes);
    if (kinds[_i].kind == DROPPED) {
        ck_assert_msg(object == NULL, "%s", kinds[_i].name);
        return;
    }
    ck_assert_msg(object != NULL, "%s", kinds[_i].name);
    ck_assert_int_eq((int) rms_directory_object_get_kind(object), kinds[_i].kind);
    ck_assert_int_eq((int) rms_directory_object_get_scope(object), (int) kinds[_i].scope);
    ck_assert_msg(rms_directory_object_get_warnings(object) == kinds[_i].warnings,
                  "%s: warnings %x",
                  kinds[_i].name,
                  rms_directory_object_get_warnings(object));
}
END_TEST

static RmsAttributes *make_user(void)
{
    RmsAttributes *attributes = rms_attributes_new();
    add_sid(attributes, "S-1-5-21-1-2-3-1104");
    add_classes(attributes, TOP_USER);
    return attributes;
}

START_TEST(test_all_fields)
{
    g_autoptr(RmsAttributes) attributes = make_user();
    const guint8 guid[] = {0x8c,
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
    rms_attributes_add(attributes, "OBJECTGUID", guid, sizeof guid);
    add_text(attributes, "sAMAccountName", "aanderson");
    add_text(attributes, "displayName", "Alice Anderson");
    add_text(attributes, "cn", "Alice");
    add_text(attributes, "description", "Engineer");
    add_text(attributes, "userPrincipalName", "aanderson@contoso.example");
    add_text(attributes, "mail", "alice.anderson@contoso.example");
    add_text(attributes, "dNSHostName", "host.contoso.example");

    g_autoptr(RmsDirectoryObject) object = decode(attributes);
    ck_assert_ptr_nonnull(object);
    ck_assert_str_eq(rms_directory_object_get_sid_text(object), "S-1-5-21-1-2-3-1104");
    ck_assert_str_eq(rms_directory_object_get_guid(object), "7d3e0f8c-1b52-4a7e-9c44-0a6f2be91d10");
    ck_assert_str_eq(rms_directory_object_get_name(object), "Alice Anderson");
    ck_assert_str_eq(rms_directory_object_get_account_name(object), "CONTOSO\\aanderson");
    ck_assert_str_eq(rms_directory_object_get_dn(object), DN);
    ck_assert_str_eq(rms_directory_object_get_place(object), "contoso.example/Servers");
    ck_assert_str_eq(rms_directory_object_get_description(object), "Engineer");
    ck_assert_str_eq(rms_directory_object_get_upn(object), "aanderson@contoso.example");
    ck_assert_str_eq(rms_directory_object_get_mail(object), "alice.anderson@contoso.example");
    ck_assert_str_eq(rms_directory_object_get_dns_host_name(object), "host.contoso.example");
    ck_assert_int_eq(rms_directory_object_get_member_count(object), -1);

    /* Views bind: each getter is a property too. */
    g_autofree char *name = NULL;
    g_autofree char *sid_text = NULL;
    g_autofree char *place = NULL;
    RmsKind kind = RMS_KIND_COMPUTER;
    guint warnings = 1;
    g_object_get(object,
                 "name",
                 &name,
                 "sid-text",
                 &sid_text,
                 "place",
                 &place,
                 "kind",
                 &kind,
                 "warnings",
                 &warnings,
                 NULL);
    ck_assert_str_eq(name, "Alice Anderson");
    ck_assert_str_eq(sid_text, "S-1-5-21-1-2-3-1104");
    ck_assert_str_eq(place, "contoso.example/Servers");
    ck_assert_int_eq(kind, RMS_KIND_USER);
    ck_assert_uint_eq(warnings, 0);
}
END_TEST

START_TEST(test_names_fall_back)
{
    g_autoptr(RmsAttributes) attributes = make_user();
    g_autoptr(RmsDirectoryObject) bare = decode(attributes);
    ck_assert_str_eq(rms_directory_object_get_name(bare), "Thing");
    ck_assert_str_eq(rms_directory_object_get_account_name(bare), "CONTOSO\\Thing");
    ck_assert_ptr_null(rms_directory_object_get_guid(bare));
    ck_assert_ptr_null(rms_directory_object_get_description(bare));

    add_text(attributes, "displayName", "");
    add_text(attributes, "cn", "Common");
    g_autoptr(RmsDirectoryObject) common = decode(attributes);
    ck_assert_str_eq(rms_directory_object_get_name(common), "Common");

    g_autoptr(RmsAttributes) nothing = make_user();
    g_autoptr(RmsDirectoryObject) nameless = rms_decode_object(nothing, "?", "CONTOSO", NOW);
    ck_assert_str_eq(rms_directory_object_get_name(nameless), "S-1-5-21-1-2-3-1104");
    ck_assert_str_eq(rms_directory_object_get_place(nameless), "");
}
END_TEST

static const struct {
    const char *dn;
    const char *place;
} neighbours[] = {
    {"CN=A,OU=Servers,DC=contoso,DC=example",          "contoso.example/Servers"  },
    {"CN=B,OU=Servers,DC=contoso,DC=example",          "contoso.example/Servers"  },
    {"CN=C\\,OU=Servers,OU=B,DC=contoso,DC=example",   "contoso.example/B"        },
    {"CN=C\\\\,OU=Servers,DC=contoso,DC=example",      "contoso.example/Servers"  },
    {"CN=\"D,OU=Servers\",OU=B,DC=contoso,DC=example", ""                         },
    {"CN=E,OU=F,OU=Servers,DC=contoso,DC=example",     "contoso.example/Servers/F"},
    {"DC=contoso,DC=example",                          "contoso.example"          },
    {"DC=fabrikam,DC=example",                         "fabrikam.example"         },
    {"no name",                                        ""                         },
    {"CN=A,OU=Servers,DC=contoso,DC=example",          "contoso.example/Servers"  },
};

/* One set for many entries: nothing of one reaches the next, but the place that they share. */
START_TEST(test_one_after_the_other)
{
    g_autoptr(RmsAttributes) attributes = rms_attributes_new();
    for (guint i = 0; i < G_N_ELEMENTS(neighbours); i++) {
        rms_attributes_clear(attributes);
        add_sid(attributes, "S-1-5-21-1-2-3-1104");
        add_classes(attributes, TOP_USER);
        if (i == 0)
            add_text(attributes, "description", "of the first only");
        g_autoptr(RmsDirectoryObject) object =
            rms_decode_object(attributes, neighbours[i].dn, "CONTOSO", NOW);
        ck_assert_str_eq(rms_directory_object_get_place(object), neighbours[i].place);
        ck_assert_str_eq(rms_directory_object_get_dn(object), neighbours[i].dn);
        ck_assert(i == 0 || rms_directory_object_get_description(object) == NULL);
    }
}
END_TEST

START_TEST(test_builtin_domain)
{
    g_autoptr(RmsAttributes) attributes = rms_attributes_new();
    add_sid(attributes, "S-1-5-32-544");
    add_classes(attributes, "top,group");
    add_text(attributes, "groupType", "-2147483643");
    add_text(attributes, "sAMAccountName", "Administrators");
    g_autoptr(RmsDirectoryObject) object = decode(attributes);
    ck_assert_str_eq(rms_directory_object_get_account_name(object), "BUILTIN\\Administrators");
}
END_TEST

static const struct {
    const char *name;
    const char *bytes;
    gsize length;
} bad_sids[] = {
    {"empty",              "",                         0 },
    {"too short",          "\1\1\0\0\0\0\0",           7 },
    {"count does not fit", "\1\2\0\0\0\0\0\5\1\0\0\0", 12},
    {"wrong revision",     "\2\1\0\0\0\0\0\5\1\0\0\0", 12},
    {"as text",            "S-1-5-21-1-2-3-1104",      19},
};

START_TEST(test_bad_sid)
{
    g_autoptr(RmsAttributes) attributes = rms_attributes_new();
    add_classes(attributes, TOP_USER);
    rms_attributes_add(attributes, "objectSid", bad_sids[_i].bytes, bad_sids[_i].length);
    ck_assert_msg(decode(attributes) == NULL, "%s", bad_sids[_i].name);
}
END_TEST

static const struct {
    const char *name;
    const char *value;
    gsize length;
    const char *shown;
} texts[] = {
    {"plain",                "Zo\xc3\xab", 4, "Zoë"          },
    {"invalid UTF-8",        "Zo\xeb",     3, "Zo\xef\xbf\xbd"},
    {"NUL inside",
     "a\0b",                               3,
     "a\xef\xbf\xbd"
     "b"                                                      },
    {"a line break",
     "a\nb",                               3,
     "a\xef\xbf\xbd"
     "b"                                                      },
    {"a direction override",
     "a\xe2\x80\xae"
     "b",                                  5,
     "a\xef\xbf\xbd"
     "b"                                                      },
    {"a line separator",
     "a\xe2\x80\xa8"
     "b",                                  5,
     "a\xef\xbf\xbd"
     "b"                                                      },
};

START_TEST(test_shown_text)
{
    g_autoptr(RmsAttributes) attributes = make_user();
    rms_attributes_add(attributes, "displayName", texts[_i].value, texts[_i].length);
    g_autoptr(RmsDirectoryObject) object = decode(attributes);
    ck_assert_msg(strcmp(rms_directory_object_get_name(object), texts[_i].shown) == 0,
                  "%s: %s",
                  texts[_i].name,
                  rms_directory_object_get_name(object));
}
END_TEST

START_TEST(test_ceilings)
{
    g_autoptr(RmsAttributes) attributes = make_user();
    g_autofree char *huge = g_strnfill(RMS_MAX_VALUE_BYTES + 1, 'x');
    add_text(attributes, "displayName", huge);
    g_autofree char *longest = g_strnfill(RMS_MAX_VALUE_BYTES, 'y');
    add_text(attributes, "description", longest);
    g_autoptr(RmsDirectoryObject) object = decode(attributes);
    ck_assert_str_eq(rms_directory_object_get_name(object), "Thing");
    ck_assert_int_eq(g_utf8_strlen(rms_directory_object_get_description(object), -1),
                     RMS_MAX_SHOWN_CHARACTERS + 1);
    ck_assert(g_str_has_suffix(rms_directory_object_get_description(object), "y…"));

    /* A class behind the ceiling is not seen, so the entry stays what the first ones say. */
    g_autoptr(RmsAttributes) many = rms_attributes_new();
    add_sid(many, "S-1-5-21-1-2-3-1104");
    add_text(many, "objectClass", "user");
    for (guint i = 1; i < RMS_MAX_ATTRIBUTE_VALUES; i++)
        add_text(many, "objectClass", "x");
    add_text(many, "objectClass", "computer");
    g_autoptr(RmsDirectoryObject) first = decode(many);
    ck_assert_int_eq(rms_directory_object_get_kind(first), RMS_KIND_USER);
}
END_TEST

START_TEST(test_garbage)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(20261123);
    guint decoded = 0;
    for (int run = 0; run < 5000; run++) {
        g_autoptr(RmsAttributes) attributes =
            g_rand_boolean(rand) ? make_user() : rms_attributes_new();
        for (guint i = 0; rms_decode_attributes[i] != NULL; i++) {
            guint8 value[80];
            gsize length = (gsize) g_rand_int_range(rand, 0, sizeof value);
            for (gsize k = 0; k < length; k++)
                value[k] = (guint8) g_rand_int(rand);
            if (g_rand_int_range(rand, 0, 3) > 0)
                rms_attributes_add(attributes, rms_decode_attributes[i], value, length);
        }
        guint8 dn[40] = {0};
        for (gsize k = 0; k < sizeof dn - 1; k++)
            dn[k] = (guint8) g_rand_int(rand);
        g_autoptr(RmsDirectoryObject) object =
            rms_decode_object(attributes, (const char *) dn, "CONTOSO", NOW);
        if (object == NULL)
            continue;
        decoded++;
        ck_assert(g_utf8_validate(rms_directory_object_get_name(object), -1, NULL));
        ck_assert(g_utf8_validate(rms_directory_object_get_account_name(object), -1, NULL));
        ck_assert(g_utf8_validate(rms_directory_object_get_dn(object), -1, NULL));
        ck_assert(g_utf8_validate(rms_directory_object_get_place(object), -1, NULL));
    }
    ck_assert_uint_gt(decoded, 0);
}
END_TEST

static const struct {
    const char *name;
    gboolean is_range;
    guint next;
} ranges[] = {
    {"member;range=0-1499",        TRUE,  1500},
    {"member;range=1500-*",        TRUE,  0   },
    {"MEMBER;Range=0-*",           TRUE,  0   },
    {"member",                     FALSE, 7   },
    {"member;range=",              FALSE, 7   },
    {"member;range=5",             FALSE, 7   },
    {"member;range=5-",            FALSE, 7   },
    {"member;range=5-4",           FALSE, 7   },
    {"member;range=-1-4",          FALSE, 7   },
    {"member;range=0-99999999999", FALSE, 7   },
    {"memberOf;range=0-1499",      FALSE, 7   },
};

START_TEST(test_range)
{
    guint next = 7;
    ck_assert_msg(rms_decode_range(ranges[_i].name, "member", &next) == ranges[_i].is_range,
                  "%s",
                  ranges[_i].name);
    ck_assert_uint_eq(next, ranges[_i].next);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("directory decoding");
    TCase *tcase = tcase_create("all");
    tcase_add_loop_test(tcase, test_kind, 0, G_N_ELEMENTS(kinds));
    tcase_add_test(tcase, test_all_fields);
    tcase_add_test(tcase, test_names_fall_back);
    tcase_add_test(tcase, test_builtin_domain);
    tcase_add_loop_test(tcase, test_bad_sid, 0, G_N_ELEMENTS(bad_sids));
    tcase_add_loop_test(tcase, test_shown_text, 0, G_N_ELEMENTS(texts));
    tcase_add_test(tcase, test_one_after_the_other);
    tcase_add_test(tcase, test_ceilings);
    tcase_add_test(tcase, test_garbage);
    tcase_add_loop_test(tcase, test_range, 0, G_N_ELEMENTS(ranges));
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
