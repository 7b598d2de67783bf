/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The strict front of cJSON: what is refused, and the typed getters.
 */
#include "config.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "connector-core/model/json.h"
#include "connector-core/model/server-list.h"

#define TEXT(literal) literal, sizeof(literal) - 1

static const struct {
    const char *name;
    const char *text;
    gsize length;
    const char *says; /* part of the error; NULL: must be read */
} rows[] = {
    {"object",                         TEXT("{\"a\": [1, -2.5e+3, \"x\", true, false, null]}"),       NULL                },
    {"white space around",             TEXT(" \t\r\n[] \t\r\n"),                                      NULL                },
    {"plain value",                    TEXT("\"x\""),                                                 NULL                },
    {"zero",                           TEXT("-0"),                                                    NULL                },
    {"escapes",                        TEXT("\"\\\" \\\\ \\/ \\b \\f \\n \\r \\t \\u00e9\""),         NULL                },
    {"surrogate pair",                 TEXT("\"\\ud83d\\ude00\""),                                    NULL                },
    {"backslash, then u0000",          TEXT("\"CONTOSO\\\\u0000\""),                                  NULL                },
    {"same member in two objects",     TEXT("[{\"a\":1},{\"a\":2}]"),                                 NULL                },
    {"members that differ in case",    TEXT("{\"a\":1,\"A\":2}"),                                     NULL                },
    {"brackets in a string",           TEXT("\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\""), NULL                },
    {"nothing",                        TEXT(""),                                                      "nothing"           },
    {"white space alone",              TEXT("  "),                                                    "syntax"            },
    {"cut object",                     TEXT("{\"a\":1"),                                              "syntax"            },
    {"cut string",                     TEXT("\"abc"),                                                 "string without end"},
    {"cut in an escape",               TEXT("\"abc\\"),                                               "string without end"},
    {"text behind",                    TEXT("{} {}"),                                                 "behind"            },
    {"letter behind",                  TEXT("{}x"),                                                   "behind"            },
    {"NUL behind",                     TEXT("{}\0"),                                                  "UTF-8"             },
    {"NUL in a string",                TEXT("\"a\0b\""),                                              "UTF-8"             },
    {"escaped NUL",                    TEXT("\"a\\u0000b\""),                                         "NUL"               },
    {"escaped NUL behind a backslash", TEXT("\"\\\\\\u0000\""),                                       "NUL"               },
    {"escaped NUL in a member's name", TEXT("{\"a\\u0000b\":1}"),                                     "NUL"               },
    {"line end in a string",           TEXT("\"a\nb\""),                                              "control character" },
    {"tab in a string",                TEXT("\"a\tb\""),                                              "control character" },
    {"escape character between",       TEXT("[1,\x1b 2]"),                                            "control character" },
    {"form feed as white space",       TEXT("[1,\f2]"),                                               "control character" },
    {"byte order mark",                TEXT("\xEF\xBB\xBF{}"),                                        "byte order"        },
    {"Latin-1",                        TEXT("\"\xE9\""),                                              "UTF-8"             },
    {"overlong UTF-8",                 TEXT("\"\xC0\x80\""),                                          "UTF-8"             },
    {"surrogate as UTF-8",             TEXT("\"\xED\xA0\x80\""),                                      "UTF-8"             },
    {"cut UTF-8",                      TEXT("\"\xE6\x9C"),                                            "UTF-8"             },
    {"lone high surrogate",            TEXT("\"\\ud800\""),                                           "syntax"            },
    {"lone low surrogate",             TEXT("\"\\udc00\""),                                           "syntax"            },
    {"two high surrogates",            TEXT("\"\\ud800\\ud800\""),                                    "syntax"            },
    {"high surrogate, then text",      TEXT("\"\\ud800xxxxxx\""),                                     "syntax"            },
    {"unknown escape",                 TEXT("\"\\x41\""),                                             "syntax"            },
    {"short escape",                   TEXT("\"\\u12\""),                                             "bad escape"        },
    {"no hex in an escape",            TEXT("\"\\u12g4\""),                                           "bad escape"        },
    {"no hex at all in an escape",     TEXT("\"a\\uzzzzb\""),                                         "bad escape"        },
    {"repeated member",                TEXT("{\"a\":1,\"a\":1}"),                                     "twice"             },
    {"repeated member by escape",      TEXT("{\"a\":1,\"\\u0061\":2}"),                               "twice"             },
    {"repeated member inside",         TEXT("[[{\"b\":{\"a\":1,\"c\":2,\"a\":3}}]]"),                 "twice"             },
    {"leading zero",                   TEXT("01"),                                                    "bad number"        },
    {"bare point",                     TEXT("1."),                                                    "bad number"        },
    {"point first",                    TEXT("-.5"),                                                   "bad number"        },
    {"bare exponent",                  TEXT("1e"),                                                    "bad number"        },
    {"minus alone",                    TEXT("[-]"),                                                   "bad number"        },
    {"plus sign",                      TEXT("+1"),                                                    "syntax"            },
    {"hex number",                     TEXT("0x10"),                                                  "behind"            },
    {"not a number",                   TEXT("NaN"),                                                   "syntax"            },
    {"infinity",                       TEXT("-Infinity"),                                             "bad number"        },
    {"seventy digits",
     TEXT("1234567890123456789012345678901234567890123456789012345678901234567890"),
     "too long"                                                                                                           },
    {"trailing comma",                 TEXT("[1,]"),                                                  "syntax"            },
    {"member without quotes",          TEXT("{a:1}"),                                                 "syntax"            },
    {"single quotes",                  TEXT("{'a':1}"),                                               "syntax"            },
    {"comment",                        TEXT("{} // x"),                                               "behind"            },
    {"wrong bracket",                  TEXT("[}"),                                                    "syntax"            },
    {"bracket too many",               TEXT("]"),                                                     "syntax"            },
    {"longer than allowed",
     TEXT("[\"0123456789012345678901234567890123456789"
          "0123456789012345678901234567890123456789\"]"),
     "longer"                                                                                                             },
};

START_TEST(test_parse)
{
    g_autoptr(GError) error = NULL;
    /* A buffer of exactly that length, so that a byte read too far is seen. */
    g_autofree char *text = g_memdup2(rows[_i].text, rows[_i].length);
    g_autoptr(cJSON) value = rms_json_parse(text, rows[_i].length, 80, &error);

    ck_assert_msg((value != NULL) == (rows[_i].says == NULL),
                  "%s: %s",
                  rows[_i].name,
                  error ? error->message : "was read");
    if (rows[_i].says) {
        ck_assert(g_error_matches(error, RMS_MODEL_ERROR, RMS_MODEL_ERROR_SYNTAX));
        ck_assert_msg(
            strstr(error->message, rows[_i].says) != NULL, "%s: %s", rows[_i].name, error->message);
    }
}
END_TEST

static char *nested(guint depth, const char *open, const char *close)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < depth; i++)
        g_string_append(text, open);
    g_string_append_c(text, '1');
    for (guint i = 0; i < depth; i++)
        g_string_append(text, close);
    return g_string_free(text, FALSE);
}

START_TEST(test_depth)
{
    static const struct {
        guint depth;
        gboolean good;
    } depths[] = {
        {32,     TRUE },
        {33,     FALSE},
        {200000, FALSE}
    };

    for (guint i = 0; i < G_N_ELEMENTS(depths); i++) {
        g_autofree char *arrays = nested(depths[i].depth, "[", "]");
        g_autofree char *objects = nested(depths[i].depth, "{\"a\":", "}");
        g_autoptr(cJSON) one = rms_json_parse(arrays, strlen(arrays), G_MAXSIZE, NULL);
        g_autoptr(cJSON) other = rms_json_parse(objects, strlen(objects), G_MAXSIZE, NULL);
        ck_assert_int_eq(one != NULL, depths[i].good);
        ck_assert_int_eq(other != NULL, depths[i].good);
    }
}
END_TEST

/* A short text must not make an unbounded number of values. */
START_TEST(test_many_values)
{
    g_autoptr(GString) text = g_string_new("[0");
    g_autoptr(GError) error = NULL;

    for (guint i = 0; i < 1000001; i++)
        g_string_append(text, ",0");
    g_string_append_c(text, ']');
    g_autoptr(cJSON) value = rms_json_parse(text->str, text->len, G_MAXSIZE, &error);
    ck_assert_ptr_null(value);
    ck_assert_ptr_nonnull(strstr(error->message, "too many"));
}
END_TEST

START_TEST(test_strings)
{
    g_autoptr(GError) error = NULL;
    static const char text[] = "{\"s\":\"12345\",\"n\":1,\"z\":null,\"secret\":\"hunter2hunter2\"}";
    g_autoptr(cJSON) object = rms_json_parse(text, strlen(text), 1000, NULL);

    ck_assert_str_eq(rms_json_get_string(object, "s", 5, NULL), "12345");
    ck_assert_str_eq(rms_json_peek_string(object, "s"), "12345");
    static const struct {
        const char *member;
        gsize max;
        const char *says;
    } bad[] = {
        {"s",       4, "longer"   },
        {"S",       9, "missing"  },
        {"missing", 9, "missing"  },
        {"n",       9, "no string"},
        {"z",       9, "no string"},
        {"secret",  3, "longer"   }
    };
    for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_clear_error(&error);
        ck_assert_ptr_null(rms_json_get_string(object, bad[i].member, bad[i].max, &error));
        ck_assert(g_error_matches(error, RMS_MODEL_ERROR, RMS_MODEL_ERROR_SYNTAX));
        ck_assert_ptr_nonnull(strstr(error->message, bad[i].says));
        ck_assert_ptr_nonnull(strstr(error->message, bad[i].member));
        ck_assert_ptr_null(strstr(error->message, "hunter"));
    }
    ck_assert_ptr_null(rms_json_peek_string(object, "n"));
    ck_assert_ptr_null(rms_json_peek_string(object, "missing"));
}
END_TEST

START_TEST(test_integers)
{
    static const struct {
        const char *text;
        gint64 min, max;
        gboolean good;
        gint64 value;
    } integers[] = {
        {"{\"n\":0}",                   0,  0,          TRUE,  0               },
        {"{\"n\":-7}",                  -7, 7,          TRUE,  -7              },
        {"{\"n\":7}",                   0,  6,          FALSE, 0               },
        {"{\"n\":-1}",                  0,  G_MAXINT64, FALSE, 0               },
        {"{\"n\":1.5}",                 0,  9,          FALSE, 0               },
        {"{\"n\":1e3}",                 0,  G_MAXINT64, TRUE,  1000            },
        {"{\"n\":9007199254740991}",    0,  G_MAXINT64, TRUE,  9007199254740991},
        {"{\"n\":9007199254740993}",    0,  G_MAXINT64, FALSE, 0               },
        {"{\"n\":9223372036854775807}", 0,  G_MAXINT64, FALSE, 0               },
        {"{\"n\":1e400}",               0,  G_MAXINT64, FALSE, 0               },
        {"{\"n\":-1e400}",              0,  G_MAXINT64, FALSE, 0               },
        {"{\"n\":\"7\"}",               0,  9,          FALSE, 0               },
        {"{\"n\":true}",                0,  9,          FALSE, 0               },
        {"{\"n\":null}",                0,  9,          FALSE, 0               },
        {"{\"m\":1}",                   0,  9,          FALSE, 0               },
    };

    for (guint i = 0; i < G_N_ELEMENTS(integers); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(cJSON) object =
            rms_json_parse(integers[i].text, strlen(integers[i].text), 100, NULL);
        gint64 value = 4711;
        gboolean good =
            rms_json_get_int(object, "n", integers[i].min, integers[i].max, &value, &error);
        ck_assert_msg(good == integers[i].good, "%s", integers[i].text);
        ck_assert_int_eq(value, good ? integers[i].value : 4711);
        ck_assert_int_eq(error == NULL, good);
    }
}
END_TEST

START_TEST(test_print)
{
    static const char text[] = "{\"a\":[1,\"\\\"\\\\\",true]}";
    g_autoptr(cJSON) value = rms_json_parse(text, strlen(text), 100, NULL);
    g_autofree char *plain = rms_json_print(value, FALSE);
    g_autofree char *indented = rms_json_print(value, TRUE);

    ck_assert_str_eq(plain, text);
    ck_assert_ptr_nonnull(strchr(indented, '\n'));
    g_autoptr(cJSON) again = rms_json_parse(indented, strlen(indented), 100, NULL);
    ck_assert(cJSON_Compare(value, again, TRUE));
}
END_TEST

/* cJSON would print 1.79544418413771e+15 for the first. */
START_TEST(test_print_integers)
{
    static const gint64 values[] = {
        1795444184137713, 9007199254740991, -9007199254740991, 0, G_MAXINT64, G_MININT64};

    for (guint i = 0; i < G_N_ELEMENTS(values); i++) {
        g_autoptr(cJSON) object = cJSON_CreateObject();
        g_autofree char *expected = g_strdup_printf("{\"n\":%" G_GINT64_FORMAT "}", values[i]);

        rms_json_add_int(object, "n", values[i]);
        g_autofree char *text = rms_json_print(object, FALSE);
        ck_assert_str_eq(text, expected);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("json");
    TCase *tcase = tcase_create("json");

    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, test_parse, 0, G_N_ELEMENTS(rows));
    tcase_add_test(tcase, test_depth);
    tcase_add_test(tcase, test_many_values);
    tcase_add_test(tcase, test_strings);
    tcase_add_test(tcase, test_integers);
    tcase_add_test(tcase, test_print);
    tcase_add_test(tcase, test_print_integers);
    suite_add_tcase(suite, tcase);

    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
