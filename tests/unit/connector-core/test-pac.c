/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The decoder of PAC logon information: a real one, composed ones, and every damage that we could
 * think of. Each buffer is a copy of its exact size, so that the address sanitizer sees a read
 * beyond it.
 */
#include "config.h"

#include <check.h>

#include "connector-core/limits.h"
#include "connector-core/pac.h"
#include "tests/unit/connector-core/pac-samples.h"

#define DOMAIN "S-1-5-21-1-2-3"

/* @groups as text, in the decoder's order, joined by spaces. */
static char *join_groups(const RmsPac *pac)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < pac->n_groups; i++) {
        g_autofree char *sid = rms_sid_to_string(&pac->groups[i]);

        g_string_append_printf(text, "%s%s", i > 0 ? " " : "", sid);
    }
    return g_string_free(text, FALSE);
}

/* As rms_pac_decode(), from a copy that ends where @length says. */
static gboolean decode_copy(const guint8 *data, gsize length, RmsPac *pac, GError **error)
{
    g_autofree guint8 *copy = g_memdup2(data, length);

    return rms_pac_decode(copy, length, pac, error);
}

START_TEST(test_real)
{
    g_auto(RmsPac) pac = {0};
    g_autoptr(GError) error = NULL;
    g_autofree char *sid = NULL;
    g_autofree char *groups = NULL;

    ck_assert(decode_copy(exch01_pac, sizeof exch01_pac, &pac, &error));
    ck_assert_ptr_null(error);
    sid = rms_sid_to_string(&pac.sid);
    groups = join_groups(&pac);
    ck_assert_str_eq(pac.account, "CONTOSO\\EXCH01$");
    ck_assert_str_eq(sid, EXCH01_DOMAIN_SID "-1103");
    ck_assert(!pac.disabled);
    ck_assert_str_eq(groups,
                     EXCH01_DOMAIN_SID "-515 " EXCH01_DOMAIN_SID "-1114 " EXCH01_DOMAIN_SID
                                       "-1115 " EXCH01_DOMAIN_SID "-1140 " EXCH01_DOMAIN_SID
                                       "-1141 " EXCH01_DOMAIN_SID "-1142 " EXCH01_DOMAIN_SID
                                       "-1143 " EXCH01_DOMAIN_SID "-1144 " EXCH01_DOMAIN_SID
                                       "-1145 " EXCH01_DOMAIN_SID "-1116 " EXCH01_DOMAIN_SID
                                       "-1117 S-1-18-1");
}
END_TEST

static const SampleGroup enabled_and_not[] = {
    {512, 7         },
    {600, 0         }, /* not enabled */
    {601, 0x10      }, /* deny-only */
    {602, 0x14      }, /* both: deny wins */
    {603, 0x20000004},
    {604, 3         }, /* mandatory and by default, yet not enabled */
};
static const SampleGroup primary_denied[] = {
    {513, 0x10},
    {700, 7   }
};
static const SampleSid two_extras[] = {
    {"S-1-5-21-9-9-9-1000", 7},
    {"S-1-18-1",            7}
};
static const SampleSid denied_first[] = {
    {"S-1-5-21-9-9-9-1000", 0x17},
    {"S-1-18-1",            7   }
};
static const SampleGroup resources[] = {
    {1200, 0x20000007},
    {1201, 0x20000013}
};

#define SAMPLE .name = "A", .domain = "D", .domain_sid = DOMAIN, .user_id = 500
#define FIFTEEN "S-1-5-1-2-3-4-5-6-7-8-9-10-11-12-13-14-15"

/* Composed tickets: what comes out, or the word in the error. */
static const struct {
    const char *title;
    SamplePac pac;
    const char *account;
    const char *sid;
    const char *groups;
    gboolean disabled;
    const char *error;
} composed[] = {
    {"no groups at all",                                                     {SAMPLE},                   "D\\A",                                                                          DOMAIN "-500", ""},
    {"primary group alone",
     {SAMPLE, .primary_group_id = 513},
     "D\\A",                                                                                                                                                         DOMAIN "-500",
     DOMAIN "-513"},
    {"names beyond ASCII",
     {.name = "山田$", .domain = "ŁÓDŹ", .domain_sid = DOMAIN, .user_id = 500},
     "ŁÓDŹ\\山田$",                                                                                                                                                                       DOMAIN "-500",
     ""},
    {"only enabled groups count, deny-only never",
     {SAMPLE, .groups = enabled_and_not, .n_groups = 6},
     "D\\A",                                                                                                                                                                  DOMAIN "-500",
     DOMAIN "-512 " DOMAIN "-603"},
    {"primary group among the groups comes once",
     {SAMPLE, .primary_group_id = 512, .groups = enabled_and_not, .n_groups = 1},
     "D\\A",                                                                                                                                   DOMAIN "-500",
     DOMAIN "-512"},
    {"primary group that is deny-only does not count",
     {SAMPLE, .primary_group_id = 513, .groups = primary_denied, .n_groups = 2},
     "D\\A",                                                                                                                                                        DOMAIN "-500",
     DOMAIN "-700"},
    {"extra SIDs",
     {SAMPLE, .user_flags = 0x20, .extra_sids = two_extras, .n_extra_sids = 2},
     "D\\A",                                                                                                                                                                              DOMAIN "-500",
     "S-1-5-21-9-9-9-1000 S-1-18-1"},
    {"extra SIDs without their flag do not count",
     {SAMPLE, .extra_sids = two_extras, .n_extra_sids = 2},
     "D\\A",                                                                                                                    DOMAIN "-500",
     ""},
    {"a deny-only extra SID does not count",
     {SAMPLE, .user_flags = 0x20, .extra_sids = denied_first, .n_extra_sids = 2},
     "D\\A",                                                                                                                                                                       DOMAIN "-500",
     "S-1-18-1"},
    {"resource groups belong to their own domain",
     {SAMPLE,
      .user_flags = 0x220,
      .groups = enabled_and_not,
      .n_groups = 1,
      .extra_sids = two_extras,
      .n_extra_sids = 1,
      .resource_domain_sid = "S-1-5-21-7-7-7",
      .resource_groups = resources,
      .n_resource_groups = 2},
     "D\\A",                                                                                                                                                                              DOMAIN "-500",
     DOMAIN "-512 S-1-5-21-9-9-9-1000 S-1-5-21-7-7-7-1200"},
    {"resource groups without their flag do not count",
     {SAMPLE,
      .resource_domain_sid = "S-1-5-21-7-7-7",
      .resource_groups = resources,
      .n_resource_groups = 2},
     "D\\A",                                                                                                       DOMAIN "-500",
     ""},
    {"a resource domain without groups",
     {SAMPLE, .resource_domain_sid = DOMAIN},
     "D\\A",                                                                                                                                                                                  DOMAIN "-500",
     ""},
    {"user 0: the first extra SID is the caller",
     {.name = "A",
      .domain = "D",
      .domain_sid = DOMAIN,
      .user_flags = 0x20,
      .extra_sids = two_extras,
      .n_extra_sids = 2},
     "D\\A",                                                                                                                                                                              "S-1-5-21-9-9-9-1000",
     "S-1-18-1"},
    {"a disabled account is told",
     {SAMPLE, .user_account_control = 0x81},
     "D\\A",                                                                                                                           DOMAIN "-500",
     "", TRUE},
    {"a member server is not disabled",
     {SAMPLE, .user_account_control = 0x80},
     "D\\A",                                                                                                                               DOMAIN "-500",
     ""},

    {"user 0 without extra SIDs",
     {.name = "A", .domain = "D", .domain_sid = DOMAIN, .user_flags = 0x20},
     .error = "whose it is"                                                                                                                                                                             },
    {"user 0, extra SIDs without their flag",
     {.name = "A",
      .domain = "D",
      .domain_sid = DOMAIN,
      .extra_sids = two_extras,
      .n_extra_sids = 2},
     .error = "whose it is"                                                                                                                                            },
    {"user 0, the first extra SID is deny-only",
     {.name = "A",
      .domain = "D",
      .domain_sid = DOMAIN,
      .user_flags = 0x20,
      .extra_sids = denied_first,
      .n_extra_sids = 2},
     .error = "whose it is"                                                                                                                                                                                 },
    {"no domain SID",                            {.name = "A", .domain = "D", .user_id = 500},                                                                                .error = "no domain SID"                                                                                                                                                                             },
    {"account without a name",
     {.name = "", .domain = "D", .domain_sid = DOMAIN, .user_id = 500},
     .error = "account name"                                                                                                                                          },
    {"account name a null pointer",
     {.domain = "D", .domain_sid = DOMAIN, .user_id = 500},
     .error = "account name"                                                                                                                                                                                 },
    {"domain without a name",
     {.name = "A", .domain = "", .domain_sid = DOMAIN, .user_id = 500},
     .error = "domain name"                                                                                                                                             },
    {"line end in a name",
     {.name = "A\nB", .domain = "D", .domain_sid = DOMAIN, .user_id = 500},
     .error = "account name"                                                                                                                                                                               },
    {"backslash in a domain",
     {.name = "A", .domain = "D\\E", .domain_sid = DOMAIN, .user_id = 500},
     .error = "domain name"},
    {"right-to-left override in a name",
     {.name = "A\u202eB", .domain = "D", .domain_sid = DOMAIN, .user_id = 500},
     .error = "account name"               },
    {"zero-width space in a name",
     {.name = "A\u200bB", .domain = "D", .domain_sid = DOMAIN, .user_id = 500},
     .error = "account name"},
    {"C1 control in a name",
     {.name = "A\xc2\x9b"
              "B",
      .domain = "D",
      .domain_sid = DOMAIN,
      .user_id = 500},
     .error = "account name"},
    {"domain SID without room for the user",
     {.name = "A", .domain = "D", .domain_sid = FIFTEEN, .user_id = 500},
     .error = "no room"                },
    {"resource domain SID without room",
     {SAMPLE,
      .user_flags = 0x200,
      .resource_domain_sid = FIFTEEN,
      .resource_groups = resources,
      .n_resource_groups = 1},
     .error = "no room"},
    {"resource groups without their domain",
     {SAMPLE, .user_flags = 0x200, .resource_groups = resources, .n_resource_groups = 2},
     .error = "no domain"              },
};

START_TEST(test_composed)
{
    g_auto(RmsPac) pac = {0};
    g_autoptr(GError) error = NULL;
    g_autoptr(GByteArray) bytes = sample_pac(&composed[_i].pac);
    gboolean decoded = decode_copy(bytes->data, bytes->len, &pac, &error);

    if (composed[_i].error == NULL) {
        g_autofree char *sid = NULL;
        g_autofree char *groups = join_groups(&pac);

        ck_assert_msg(decoded, "%s: %s", composed[_i].title, decoded ? "" : error->message);
        sid = rms_sid_to_string(&pac.sid);
        ck_assert_str_eq(pac.account, composed[_i].account);
        ck_assert_str_eq(sid, composed[_i].sid);
        ck_assert_str_eq(groups, composed[_i].groups);
        ck_assert_int_eq(pac.disabled, composed[_i].disabled);
    } else {
        ck_assert_msg(!decoded, "%s: was accepted", composed[_i].title);
        ck_assert(g_error_matches(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA));
        ck_assert_msg(strstr(error->message, composed[_i].error) != NULL,
                      "%s: %s",
                      composed[_i].title,
                      error->message);
        ck_assert_ptr_null(pac.account);
    }
}
END_TEST

/* Damage to the real one: @width bytes at @offset become @value (little-endian). Rows without an
 * error are changes that a decoder must bear. */
static const struct {
    const char *title;
    guint offset, width;
    guint32 value;
    const char *error;
} damages[] = {
    {"version 2",                                    0x00,  1, 2,                     "NDR"                 },
    {"big-endian",                                   0x01,  1, 0x00,                  "NDR"                 },
    {"header length",                                0x02,  2, 16,                    "NDR"                 },
    {"filler",                                       0x04,  4, 0,                     "NDR"                 },
    {"object length 0",                              0x08,  4, 0,                     "another length"      },
    {"object length one short of what it takes",     0x08,  4, 504 - 8,               "another length"      },
    {"object length one too long",                   0x08,  4, 505,                   "another length"      },
    {"object length huge",                           0x08,  4, 0xffffffff,            "another length"      },
    {"object length that cuts the last SID",         0x08,  4, 503,                   "inside a SID"        },
    {"private header's filler is nobody's business", 0x0c,  4, 0xcccccccc,            NULL                  },
    {"top pointer null",                             0x10,  4, 0,                     "empty"               },
    {"top pointer any other",                        0x10,  4, 0x5555,                NULL                  },
    {"name: odd length",                             0x44,  2, 13,                    "lengths contradict"  },
    {"name: odd maximum",                            0x46,  2, 15,                    "lengths contradict"  },
    {"name: longer than its maximum",                0x44,  2, 16,                    "lengths contradict"  },
    {"name: null with a length",                     0x48,  4, 0,                     "length and no text"  },
    {"name: length below its count",                 0x44,  2, 12,                    "differ"              },
    {"name: array's maximum differs",                0xec,  4, 8,                     "differ"              },
    {"name: array's maximum huge",                   0xec,  4, 0xffffffff,            "differ"              },
    {"name: array's offset not 0",                   0xf0,  4, 1,                     "differ"              },
    {"name: array's length differs",                 0xf4,  4, 6,                     "differ"              },
    {"name: array's length huge",                    0xf4,  4, 0x80000007,            "differ"              },
    {"name: NUL inside",                             0xfa,  2, 0,                     "account name"        },
    {"name: lone surrogate",                         0xfa,  2, 0xd800,                "account name"        },
    {"name: another letter",                         0xf8,  2, 'e',                   NULL                  },
    {"full name: a length without text",             0x4c,  2, 2,                     "lengths contradict"  },
    {"full name: a length that its array lacks",     0x4c,  4, 0x00020002,            "differ"              },
    {"full name: null",                              0x50,  4, 0,                     "not as long"         }, /* all that follows moves by 12 bytes */
    {"logon script: length without text",            0x56,  2, 2,                     "differ"              },
    {"drive: null",                                  0x70,  4, 0,                     "not as long"         },
    {"logon server: actual beyond maximum",          0x1a8, 4, 5,                     "differ"              },
    {"logon server: null",                           0xa0,  4, 0,                     "length and no text"  },
    {"domain: odd length",                           0xa4,  2, 13,                    "lengths contradict"  },
    {"domain: null",                                 0xa8,  4, 0,                     "length and no text"  },
    {"group count one less",                         0x80,  4, 10,                    "not as long"         },
    {"group count one more",                         0x80,  4, 12,                    "not as long"         },
    {"group count 0",                                0x80,  4, 0,                     "not as long"         },
    {"group count beyond the limit",                 0x80,  4, RMS_MAX_CALLER_GROUPS, "more groups"         },
    {"group count overflows 32 bits times 8",        0x80,  4, 0x20000001,            "more groups"         },
    {"group count the largest",                      0x80,  4, 0xffffffff,            "more groups"         },
    {"groups null",                                  0x84,  4, 0,                     "counted and missing" },
    {"group array's count one less",                 0x144, 4, 10,                    "not as long"         },
    {"group array's count huge",                     0x144, 4, 0xffffffff,            "not as long"         },
    {"a group's other attributes",                   0x14c, 4, 0xe0000007,            NULL                  },
    {"domain SID null",                              0xac,  4, 0,                     "no domain SID"       },
    {"domain SID: count differs from the SID's",     0x1d0, 4, 3,                     "damaged"             },
    {"domain SID: count one more",                   0x1d0, 4, 5,                     "damaged"             },
    {"domain SID: 16 parts",                         0x1d0, 4, 16,                    "too many parts"      },
    {"domain SID: count huge",                       0x1d0, 4, 0x40000004,            "too many parts"      },
    {"domain SID: revision 2",                       0x1d4, 1, 2,                     "damaged"             },
    {"domain SID: its own count differs",            0x1d5, 1, 3,                     "damaged"             },
    {"extra SID count 0",                            0xd8,  4, 0,                     "not as long"         },
    {"extra SID count one more",                     0xd8,  4, 2,                     "not as long"         },
    {"extra SID count beyond the limit",             0xd8,  4, RMS_MAX_CALLER_GROUPS, "more groups"         },
    {"extra SIDs null",                              0xdc,  4, 0,                     "counted and missing" },
    {"extra SIDs' array says another count",         0x1ec, 4, 2,                     "not as long"         },
    {"extra SID null",                               0x1f0, 4, 0,                     "extra SID is missing"},
    {"extra SID: count 0 for a SID of 1",            0x1f8, 4, 0,                     "damaged"             },
    {"extra SID: 15 parts, buffer ends",             0x1f8, 4, 15,                    "inside a SID"        },
    {"extra SID: revision 0",                        0x1fc, 1, 0,                     "damaged"             },
    {"resource domain points behind the end",        0xe0,  4, 0x20034,               "before a SID"        },
    {"resource groups counted",                      0xe4,  4, 1,                     "counted and missing" },
    {"resource group count beyond the limit",        0xe4,  4, 0xfffffff0,            "more groups"         },
    {"resource groups point behind the end",         0xe8,  4, 0x20038,               "before a list"       },
    {"user flags: all others",                       0x88,  4, 0xfffffdff,            NULL                  },
};

static void set_bytes(guint8 *data, guint offset, guint width, guint32 value)
{
    for (guint i = 0; i < width; i++)
        data[offset + i] = value >> (8 * i);
}

START_TEST(test_damage)
{
    g_auto(RmsPac) pac = {0};
    g_autoptr(GError) error = NULL;
    guint8 data[sizeof exch01_pac];
    gboolean decoded;

    memcpy(data, exch01_pac, sizeof data);
    set_bytes(data, damages[_i].offset, damages[_i].width, damages[_i].value);
    ck_assert_msg(memcmp(data, exch01_pac, sizeof data) != 0, "%s: no damage", damages[_i].title);
    decoded = decode_copy(data, sizeof data, &pac, &error);
    if (damages[_i].error == NULL) {
        ck_assert_msg(decoded, "%s: %s", damages[_i].title, decoded ? "" : error->message);
    } else {
        ck_assert_msg(!decoded, "%s: was accepted", damages[_i].title);
        ck_assert(g_error_matches(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA));
        ck_assert_msg(strstr(error->message, damages[_i].error) != NULL,
                      "%s: %s",
                      damages[_i].title,
                      error->message);
        ck_assert_ptr_null(pac.account);
        ck_assert_ptr_null(pac.groups);
    }
}
END_TEST

/* Cut at every place: with the header as it was, and with one that says the new length. */
START_TEST(test_truncation)
{
    for (gsize length = 0; length < sizeof exch01_pac; length++) {
        g_auto(RmsPac) pac = {0};
        g_autofree guint8 *data = g_memdup2(exch01_pac, sizeof exch01_pac);

        ck_assert_msg(!decode_copy(data, length, &pac, NULL), "cut to %zu: was accepted", length);
        if (length >= 16)
            set_bytes(data, 8, 4, length - 16);
        ck_assert_msg(!decode_copy(data, length, &pac, NULL),
                      "cut to %zu with its length: was accepted",
                      length);
    }
}
END_TEST

/* What follows the last field: padding to a multiple of 8, no more. */
START_TEST(test_trailing)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();

    g_byte_array_append(bytes, exch01_pac, sizeof exch01_pac);
    for (guint extra = 1; extra <= 16; extra++) {
        g_auto(RmsPac) outside = {0};
        g_auto(RmsPac) inside = {0};

        sample_zeros(bytes, 1);
        set_bytes(bytes->data, 8, 4, sizeof exch01_pac - 16);
        ck_assert_int_eq(decode_copy(bytes->data, bytes->len, &outside, NULL), extra <= 7);
        set_bytes(bytes->data, 8, 4, bytes->len - 16);
        ck_assert_int_eq(decode_copy(bytes->data, bytes->len, &inside, NULL), extra <= 7);
    }
}
END_TEST

/* As many groups as the limit allows, one more, and a buffer beyond the limit. */
START_TEST(test_limits)
{
    g_autofree SampleGroup *many = g_new(SampleGroup, RMS_MAX_CALLER_GROUPS);
    SamplePac sample = {SAMPLE, .primary_group_id = 513, .groups = many};
    g_autoptr(GByteArray) largest = NULL;
    g_autoptr(GByteArray) too_many = NULL;
    g_autoptr(GError) error = NULL;
    g_auto(RmsPac) pac = {0};
    g_auto(RmsPac) refused = {0};

    for (guint i = 0; i < RMS_MAX_CALLER_GROUPS; i++)
        many[i] = (SampleGroup){10000 + i, 7};
    sample.n_groups = RMS_MAX_CALLER_GROUPS - 1;
    largest = sample_pac(&sample);
    ck_assert(decode_copy(largest->data, largest->len, &pac, NULL));
    ck_assert_uint_eq(pac.n_groups, RMS_MAX_CALLER_GROUPS);

    sample.n_groups = RMS_MAX_CALLER_GROUPS;
    too_many = sample_pac(&sample);
    ck_assert(!decode_copy(too_many->data, too_many->len, &refused, &error));
    ck_assert_ptr_nonnull(strstr(error->message, "more groups"));
    g_clear_error(&error);

    g_byte_array_set_size(largest, RMS_MAX_PAC_BYTES + 1);
    ck_assert(!decode_copy(largest->data, largest->len, &refused, &error));
    ck_assert_ptr_nonnull(strstr(error->message, "larger"));
    g_clear_error(&error);
}
END_TEST

/* A name may be as long as the directory lets it be, and no longer. */
START_TEST(test_name_limit)
{
    for (guint extra = 0; extra < 2; extra++) {
        g_autofree char *name = g_strnfill(RMS_MAX_ACCOUNT_NAME_UNITS + extra, 'n');
        SamplePac sample = {.name = name, .domain = "D", .domain_sid = DOMAIN, .user_id = 500};
        g_autoptr(GByteArray) bytes = sample_pac(&sample);
        g_auto(RmsPac) pac = {0};

        ck_assert_int_eq(decode_copy(bytes->data, bytes->len, &pac, NULL), extra == 0);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("pac");
    TCase *tcase = tcase_create("decode");
    SRunner *runner;
    int failed;

    tcase_add_test(tcase, test_real);
    tcase_add_loop_test(tcase, test_composed, 0, G_N_ELEMENTS(composed));
    tcase_add_loop_test(tcase, test_damage, 0, G_N_ELEMENTS(damages));
    tcase_add_test(tcase, test_truncation);
    tcase_add_test(tcase, test_trailing);
    tcase_add_test(tcase, test_limits);
    tcase_add_test(tcase, test_name_limit);
    suite_add_tcase(suite, tcase);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
