/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * SIDs and GUIDs between bytes and text.
 */
#include "config.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "connector-core/model/sid.h"

/* @text: (nullable) what is to be printed again; NULL: @input must be refused. */
static const struct {
    const char *name;
    const char *input;
    const char *text;
} sid_rows[] = {
    {"domain account",         "S-1-5-21-1-2-3-1103",                          "S-1-5-21-1-2-3-1103"                      },
    {"lower case s",           "s-1-5-32-544",                                 "S-1-5-32-544"                             },
    {"everyone",               "S-1-1-0",                                      "S-1-1-0"                                  },
    {"largest numbers",        "S-1-4294967295-4294967295",                    "S-1-4294967295-4294967295"                },
    {"hex authority",          "S-1-0x0123456789aB-7",                         "S-1-0x0123456789ab-7"                     },
    {"small hex authority",    "S-1-0x000000000005-32",                        "S-1-5-32"                                 },
    {"leading zeros",          "S-1-05-0000000021",                            "S-1-5-21"                                 },
    {"fifteen subs",
     "S-1-5-1-2-3-4-5-6-7-8-9-10-11-12-13-14-15",                              "S-1-5-1-2-3-4-5-6-7-8-9-10-11-12-13-14-15"},
    {"sixteen subs",           "S-1-5-1-2-3-4-5-6-7-8-9-10-11-12-13-14-15-16", NULL                                       },
    {"nothing",                NULL,                                           NULL                                       },
    {"empty",                  "",                                             NULL                                       },
    {"revision 2",             "S-2-5-21-1",                                   NULL                                       },
    {"only the revision",      "S-1",                                          NULL                                       },
    {"no authority",           "S-1-",                                         NULL                                       },
    {"no sub-authority",       "S-1-5",                                        NULL                                       },
    {"dash at the end",        "S-1-5-21-",                                    NULL                                       },
    {"two dashes",             "S-1-5--21",                                    NULL                                       },
    {"minus sign",             "S-1-5-21--1",                                  NULL                                       },
    {"plus sign",              "S-1-5-+21",                                    NULL                                       },
    {"space before",           " S-1-5-21",                                    NULL                                       },
    {"space behind",           "S-1-5-21 ",                                    NULL                                       },
    {"line end behind",        "S-1-5-21\n",                                   NULL                                       },
    {"sub over 32 bits",       "S-1-5-4294967296",                             NULL                                       },
    {"eleven digits",          "S-1-5-00000000021",                            NULL                                       },
    {"authority over 32 bits", "S-1-4294967296-1",                             NULL                                       },
    {"short hex authority",    "S-1-0x05-1",                                   NULL                                       },
    {"long hex authority",     "S-1-0x0000000000005-1",                        NULL                                       },
    {"hex sub-authority",      "S-1-5-0x15",                                   NULL                                       },
    {"no hex digit",           "S-1-0x00000000000g-1",                         NULL                                       },
    {"other digits",           "S-1-5-\xD9\xA1",                               NULL                                       },
    {"well-known alias",       "BA",                                           NULL                                       },
};

START_TEST(test_sid_text)
{
    RmsSid sid, untouched;

    memset(&sid, 0xA5, sizeof sid);
    untouched = sid;
    gboolean good = rms_sid_parse(&sid, sid_rows[_i].input);
    ck_assert_msg(good == (sid_rows[_i].text != NULL), "%s", sid_rows[_i].name);
    if (!good) {
        ck_assert_mem_eq(&sid, &untouched, sizeof sid);
        return;
    }
    g_autofree char *text = rms_sid_to_string(&sid);
    ck_assert_str_eq(text, sid_rows[_i].text);

    RmsSid again, from_bytes;
    ck_assert(rms_sid_parse(&again, text));
    ck_assert(rms_sid_equal(&sid, &again));
    ck_assert_uint_eq(rms_sid_hash(&sid), rms_sid_hash(&again));
    ck_assert(rms_sid_parse_bytes(&from_bytes, sid.bytes, sid.length));
    ck_assert_mem_eq(&sid, &from_bytes, sizeof sid);
}
END_TEST

static const struct {
    const char *name;
    guint8 bytes[72];
    gsize length;
    const char *text;
} byte_rows[] = {
    {"domain admins",
     {1, 5, 0, 0, 0, 0, 0, 5, 21, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0, 2, 0, 0},
     28,                                                                                           "S-1-5-21-67305985-134678021-202050057-512"},
    {"big-endian authority", {1, 1, 0, 0, 0, 0, 1, 2, 1, 0, 0, 0},                             12, "S-1-258-1"                                },
    {"authority above 2^32", {1, 1, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0},                             12, "S-1-0x000100000000-1"                     },
    {"no sub-authority",     {1, 0, 0, 0, 0, 0, 0, 5},                                         8,  NULL                                       },
    {"empty",                {0},                                                              0,  NULL                                       },
    {"revision 0",           {0, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0},                            12, NULL                                       },
    {"revision 2",           {2, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0},                            12, NULL                                       },
    {"header cut",           {1, 0, 0, 0, 0, 0, 0},                                            7,  NULL                                       },
    {"one byte short",       {1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0},                               11, NULL                                       },
    {"one byte over",        {1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0, 0},                         13, NULL                                       },
    {"count lies",           {1, 2, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0},                            12, NULL                                       },
    {"sixteen subs",         {1, 16, 0, 0, 0, 0, 0, 5},                                        72, NULL                                       },
    {"count 255",            {1, 255, 0, 0, 0, 0, 0, 5},                                       72, NULL                                       },
};

START_TEST(test_sid_bytes)
{
    RmsSid sid = {0};

    gboolean good = rms_sid_parse_bytes(&sid, byte_rows[_i].bytes, byte_rows[_i].length);
    ck_assert_msg(good == (byte_rows[_i].text != NULL), "%s", byte_rows[_i].name);
    if (!good) {
        ck_assert_uint_eq(sid.length, 0);
        return;
    }
    g_autofree char *text = rms_sid_to_string(&sid);
    ck_assert_str_eq(text, byte_rows[_i].text);
}
END_TEST

START_TEST(test_sid_append)
{
    RmsSid sid;

    ck_assert(rms_sid_parse(&sid, "S-1-5-21"));
    for (guint i = 1; i < 15; i++)
        ck_assert(rms_sid_append(&sid, i << 24));
    ck_assert_uint_eq(sid.length, RMS_SID_MAX_BYTES);
    RmsSid full = sid;
    ck_assert(!rms_sid_append(&sid, 1));
    ck_assert_mem_eq(&sid, &full, sizeof sid);

    g_autoptr(RmsSid) copy = rms_sid_copy(&sid);
    ck_assert(rms_sid_equal(copy, &sid));
    copy->bytes[copy->length - 1] ^= 1;
    ck_assert(!rms_sid_equal(copy, &sid));
}
END_TEST

/* Neighbouring RIDs of one domain must not pile up in a few buckets. */
START_TEST(test_sid_hash_spreads)
{
    g_autofree guint *buckets = g_new0(guint, 16384);
    guint worst = 0;

    for (guint rid = 0; rid < 10000; rid++) {
        RmsSid sid;
        ck_assert(rms_sid_parse(&sid, "S-1-5-21-1004336348-1177238915-682003330"));
        ck_assert(rms_sid_append(&sid, 1000 + rid));
        guint *bucket = &buckets[rms_sid_hash(&sid) % 16384];
        worst = MAX(worst, ++*bucket);
    }
    ck_assert_uint_le(worst, 10);
}
END_TEST

static const struct {
    const char *name;
    const char *input;
    const char *text;
} guid_rows[] = {
    {"plain",         "7d3e0f8c-1b52-4a7e-9c44-0a6f2be91d10",  "7d3e0f8c-1b52-4a7e-9c44-0a6f2be91d10"},
    {"upper, braces",
     "{7D3E0F8C-1B52-4A7E-9C44-0A6F2BE91D10}",                 "7d3e0f8c-1b52-4a7e-9c44-0a6f2be91d10"},
    {"nothing",       NULL,                                    NULL                                  },
    {"empty",         "",                                      NULL                                  },
    {"braces alone",  "{}",                                    NULL                                  },
    {"open brace",    "{7d3e0f8c-1b52-4a7e-9c44-0a6f2be91d10", NULL                                  },
    {"close brace",   "7d3e0f8c-1b52-4a7e-9c44-0a6f2be91d10}", NULL                                  },
    {"no dashes",     "7d3e0f8c1b524a7e9c440a6f2be91d10",      NULL                                  },
    {"dash moved",    "7d3e0f8-c1b52-4a7e-9c44-0a6f2be91d10",  NULL                                  },
    {"digit short",   "7d3e0f8c-1b52-4a7e-9c44-0a6f2be91d1",   NULL                                  },
    {"digit over",    "7d3e0f8c-1b52-4a7e-9c44-0a6f2be91d100", NULL                                  },
    {"no hex",        "7d3e0f8c-1b52-4a7e-9c44-0a6f2be91dxx",  NULL                                  },
    {"cut in a byte", "7",                                     NULL                                  },
};

START_TEST(test_guid)
{
    guint8 bytes[16], untouched[16];

    memset(bytes, 0x5A, sizeof bytes);
    memcpy(untouched, bytes, sizeof bytes);
    gboolean good = rms_guid_parse(bytes, guid_rows[_i].input);
    ck_assert_msg(good == (guid_rows[_i].text != NULL), "%s", guid_rows[_i].name);
    if (!good) {
        ck_assert_mem_eq(bytes, untouched, sizeof bytes);
        return;
    }
    /* MS-DTYP §2.3.4: the first three fields little-endian. */
    static const guint8 stored[16] = {0x8c,
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
    ck_assert_mem_eq(bytes, stored, sizeof bytes);
    g_autofree char *text = rms_guid_to_string(bytes);
    ck_assert_str_eq(text, guid_rows[_i].text);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sid");
    TCase *tcase = tcase_create("sid");

    tcase_add_loop_test(tcase, test_sid_text, 0, G_N_ELEMENTS(sid_rows));
    tcase_add_loop_test(tcase, test_sid_bytes, 0, G_N_ELEMENTS(byte_rows));
    tcase_add_test(tcase, test_sid_append);
    tcase_add_test(tcase, test_sid_hash_spreads);
    tcase_add_loop_test(tcase, test_guid, 0, G_N_ELEMENTS(guid_rows));
    suite_add_tcase(suite, tcase);

    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
