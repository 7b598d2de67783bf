/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The list's JSON form: what is refused and how the refusal reads, and that whatever the list
 * accepts comes back equal.
 */
#include "config.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "connector-core/model/server-list.h"

#define SID "S-1-5-21-1004336348-1177238915-682003330-1103"
#define ENTRY_OF(extra)                                                                            \
    "{\"entries\":[{\"sid\":\"" SID                                                                \
    "\",\"name\":\"n\",\"kind\":\"computer\",\"role\":\"fci\"" extra "}]}"

static const struct {
    const char *name;
    const char *text;
    int code;         /* -1: must be read */
    const char *says; /* part of the error */
} rows[] = {
    {"no entries",                    "{\"entries\":[]}",                                           -1,                        NULL                      },
    {"shortest entry",                ENTRY_OF(""),                                                 -1,                        NULL                      },
    {"all of the list's members",
     "{\"revision\":7,\"saved_at\":\"2026-11-23T10:00:00Z\",\"saved_by\":\"a@b\",\"entries\":[]}",  -1,
     NULL                                                                                                                                                },
    {"all of an entry's members",
     ENTRY_OF(
         ",\"guid\":\"7d3e0f8c-1b52-4a7e-9c44-0a6f2be91d10\",\"dn\":\"CN=x\",\"note\":\"a\\nb\","
         "\"added_at\":\"1970-01-01T00:00:01Z\",\"added_by\":\"\""),
     -1,
     NULL                                                                                                                                                },
    {"leap day",                      ENTRY_OF(",\"added_at\":\"2024-02-29T23:59:59Z\""),           -1,                        NULL                      },
    {"last second",                   ENTRY_OF(",\"added_at\":\"9999-12-31T23:59:59Z\""),           -1,                        NULL                      },

    {"no JSON",                       "entries",                                                    RMS_MODEL_ERROR_SYNTAX,    "syntax"                  },
    {"no object",                     "[]",                                                         RMS_MODEL_ERROR_SYNTAX,    "object"                  },
    {"entries missing",               "{}",                                                         RMS_MODEL_ERROR_SYNTAX,    "\"entries\""             },
    {"entries no array",              "{\"entries\":{}}",                                           RMS_MODEL_ERROR_SYNTAX,    "\"entries\""             },
    {"unknown member",                "{\"entries\":[],\"etag\":1}",                                RMS_MODEL_ERROR_SYNTAX,    "\"etag\""                },
    {"other case",                    "{\"entries\":[],\"Revision\":1}",                            RMS_MODEL_ERROR_SYNTAX,    "\"Revision\""            },
    {"unknown member with an escape",
     "{\"entries\":[],\"\\u001b[31m\\n\":1}",                                                       RMS_MODEL_ERROR_SYNTAX,
     "\\033[31m\\n"                                                                                                                                      },
    {"repeated member",               "{\"entries\":[],\"entries\":[]}",                            RMS_MODEL_ERROR_SYNTAX,    "twice"                   },
    {"negative revision",
     "{\"revision\":-1,\"entries\":[]}",                                                            RMS_MODEL_ERROR_SYNTAX,
     "\"revision\""                                                                                                                                      },
    {"revision as text",
     "{\"revision\":\"1\",\"entries\":[]}",                                                         RMS_MODEL_ERROR_SYNTAX,
     "\"revision\""                                                                                                                                      },
    {"author with a line end",
     "{\"saved_by\":\"a\\nb\",\"entries\":[]}",                                                     RMS_MODEL_ERROR_RULE,
     "author"                                                                                                                                            },
    {"author null",                   "{\"saved_by\":null,\"entries\":[]}",                         RMS_MODEL_ERROR_SYNTAX,    "\"saved_by\""            },

    {"entry no object",               "{\"entries\":[1]}",                                          RMS_MODEL_ERROR_SYNTAX,    "entry 1: "               },
    {"entry's unknown member",        ENTRY_OF(",\"Name\":\"x\""),                                  RMS_MODEL_ERROR_SYNTAX,    "\"Name\""                },
    {"entry's repeated member",
     ENTRY_OF(",\"role\":\"exchange\""),
     RMS_MODEL_ERROR_SYNTAX,                                                                                                   "twice"                   },
    {"sid missing",
     "{\"entries\":[{\"name\":\"n\",\"kind\":\"computer\",\"role\":\"fci\"}]}",                     RMS_MODEL_ERROR_SYNTAX,
     "entry 1: member \"sid\""                                                                                                                           },
    {"name missing",
     "{\"entries\":[{\"sid\":\"" SID "\",\"kind\":\"computer\",\"role\":\"fci\"}]}",
     RMS_MODEL_ERROR_SYNTAX,                                                                                                   "\"name\""                },
    {"kind missing",
     "{\"entries\":[{\"sid\":\"" SID "\",\"name\":\"n\",\"role\":\"fci\"}]}",
     RMS_MODEL_ERROR_SYNTAX,                                                                                                   "\"kind\""                },
    {"role missing",
     "{\"entries\":[{\"sid\":\"" SID "\",\"name\":\"n\",\"kind\":\"computer\"}]}",
     RMS_MODEL_ERROR_SYNTAX,                                                                                                   "\"role\""                },
    {"bad sid",
     "{\"entries\":[{\"sid\":\"S-1-5-\",\"name\":\"n\",\"kind\":\"computer\",\"role\":\"fci\"}]}",  RMS_MODEL_ERROR_RULE,
     "entry 1: \"S-1-5-\" is no SID"                                                                                                                     },
    {"everyone",
     "{\"entries\":[{\"sid\":\"S-1-1-0\",\"name\":\"n\",\"kind\":\"security-group\",\"role\":"
     "\"exchange\"}]}",                                                                             RMS_MODEL_ERROR_RULE,
     "entry 1: n (S-1-1-0)"                                                                                                                              },
    {"unknown kind",
     "{\"entries\":[{\"sid\":\"" SID "\",\"name\":\"n\",\"kind\":\"group\",\"role\":\"fci\"}]}",
     RMS_MODEL_ERROR_RULE,                                                                                                     "security-group"          },
    {"unknown role",
     "{\"entries\":[{\"sid\":\"" SID "\",\"name\":\"n\",\"kind\":\"computer\",\"role\":\"\\n\"}]}",
     RMS_MODEL_ERROR_RULE,                                                                                                     "\"\\n\" is no known role"},
    {"exchange computer",
     "{\"entries\":[{\"sid\":\"" SID
     "\",\"name\":\"n\",\"kind\":\"computer\",\"role\":\"exchange\"}]}",                            RMS_MODEL_ERROR_RULE,
     "takes a security group"                                                                                                                            },
    {"sid twice",
     "{\"entries\":[{\"sid\":\"" SID "\",\"name\":\"n\",\"kind\":\"computer\",\"role\":\"fci\"},"
     "{\"sid\":\"s-1-5-21-1004336348-1177238915-682003330-01103\",\"name\":\"m\",\"kind\":"
     "\"computer\",\"role\":\"fci\"}]}",                                                            RMS_MODEL_ERROR_DUPLICATE,
     "entry 2: m"                                                                                                                                        },
    {"name with an escape",
     "{\"entries\":[{\"sid\":\"" SID
     "\",\"name\":\"\\u001b\",\"kind\":\"computer\",\"role\":\"fci\"}]}",                           RMS_MODEL_ERROR_RULE,
     "control characters"                                                                                                                                },
    {"guid malformed",                ENTRY_OF(",\"guid\":\"7d3e\""),                               RMS_MODEL_ERROR_RULE,      "GUID"                    },
    {"guid null",                     ENTRY_OF(",\"guid\":null"),                                   RMS_MODEL_ERROR_SYNTAX,    "\"guid\""                },
    {"note as number",                ENTRY_OF(",\"note\":1"),                                      RMS_MODEL_ERROR_SYNTAX,    "\"note\""                },
    {"time without zone",
     ENTRY_OF(",\"added_at\":\"2026-11-23T10:00:00\""),
     RMS_MODEL_ERROR_SYNTAX,                                                                                                   "\"added_at\""            },
    {"time with offset",
     ENTRY_OF(",\"added_at\":\"2026-11-23T10:00:00+01:00\""),
     RMS_MODEL_ERROR_SYNTAX,                                                                                                   "\"added_at\""            },
    {"time with fraction",
     ENTRY_OF(",\"added_at\":\"2026-11-23T10:00:00.5Z\""),
     RMS_MODEL_ERROR_SYNTAX,                                                                                                   "\"added_at\""            },
    {"date alone",
     ENTRY_OF(",\"added_at\":\"2026-11-23\""),
     RMS_MODEL_ERROR_SYNTAX,                                                                                                   "\"added_at\""            },
    {"week date",
     ENTRY_OF(",\"added_at\":\"2026-W48-1T10:00Z\""),
     RMS_MODEL_ERROR_SYNTAX,                                                                                                   "\"added_at\""            },
    {"thirteenth month",
     ENTRY_OF(",\"added_at\":\"2026-13-01T10:00:00Z\""),
     RMS_MODEL_ERROR_SYNTAX,                                                                                                   "\"added_at\""            },
    {"no leap day",
     ENTRY_OF(",\"added_at\":\"2023-02-29T10:00:00Z\""),
     RMS_MODEL_ERROR_SYNTAX,                                                                                                   "\"added_at\""            },
    {"before 1970",
     ENTRY_OF(",\"added_at\":\"1969-12-31T23:59:59Z\""),
     RMS_MODEL_ERROR_SYNTAX,                                                                                                   "\"added_at\""            },
    {"time as number",
     ENTRY_OF(",\"added_at\":1700000000"),
     RMS_MODEL_ERROR_SYNTAX,                                                                                                   "\"added_at\""            },
};

START_TEST(test_read)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(RmsServerList) list =
        rms_server_list_from_json(rows[_i].text, strlen(rows[_i].text), &error);

    ck_assert_msg((list != NULL) == (rows[_i].code == -1),
                  "%s: %s",
                  rows[_i].name,
                  error ? error->message : "was read");
    if (!list) {
        ck_assert_msg(g_error_matches(error, RMS_MODEL_ERROR, rows[_i].code),
                      "%s: %s",
                      rows[_i].name,
                      error->message);
        ck_assert_msg(
            strstr(error->message, rows[_i].says) != NULL, "%s: %s", rows[_i].name, error->message);
        for (const char *c = error->message; *c; c++)
            ck_assert_msg(!g_ascii_iscntrl(*c), "%s", rows[_i].name);
        return;
    }
    ck_assert(!rms_server_list_is_sealed(list));
    g_autofree char *printed = rms_server_list_to_json(list, TRUE);
    g_autoptr(RmsServerList) again = rms_server_list_from_json(printed, strlen(printed), &error);
    ck_assert_msg(again != NULL, "%s", error ? error->message : "");
    ck_assert(rms_server_list_equal(list, again));
    ck_assert_int_eq(rms_server_list_get_revision(list), rms_server_list_get_revision(again));
    ck_assert_int_eq(rms_server_list_get_saved_at(list), rms_server_list_get_saved_at(again));
    ck_assert_str_eq(rms_server_list_get_saved_by(list), rms_server_list_get_saved_by(again));
}
END_TEST

/* DESIGN: the form itself, member by member. */
START_TEST(test_form)
{
    static const char form[] =
        "{\"revision\":7,\"saved_at\":\"2026-11-23T10:00:00Z\",\"saved_by\":\"admin@contoso."
        "example\","
        "\"entries\":[{\"sid\":\"" SID "\",\"guid\":\"7d3e0f8c-1b52-4a7e-9c44-0a6f2be91d10\","
        "\"name\":\"CONTOSO\\\\Exchange Servers\",\"dn\":\"CN=Exchange Servers\","
        "\"kind\":\"security-group\",\"role\":\"exchange\",\"note\":\"\","
        "\"added_at\":\"2026-11-23T09:00:00Z\",\"added_by\":\"admin@contoso.example\"}]}";
    g_autoptr(RmsServerList) list = rms_server_list_from_json(form, strlen(form), NULL);

    ck_assert_ptr_nonnull(list);
    ck_assert_int_eq(rms_server_list_get_saved_at(list), 1795428000);
    ck_assert_int_eq(rms_entry_get_added_at(rms_server_list_get(list, 0)), 1795424400);
    g_autofree char *text = rms_server_list_to_json(list, FALSE);
    ck_assert_str_eq(text, form);
}
END_TEST

/* What the rules allow in a text, and what they refuse, in proportions that reach both. */
static char *random_text(GRand *random, gsize max_bytes, gboolean lines)
{
    static const gunichar odd[] = {'"',
                                   '\\',
                                   '/',
                                   '<',
                                   '&',
                                   '\'',
                                   0x7F,
                                   0x00E9,
                                   0x05E9,
                                   0x200B,
                                   0x4E2D,
                                   0xFFFD,
                                   0x1F600,
                                   0xFEFF,
                                   0x0301,
                                   0x20AC};
    GString *text = g_string_new(NULL);
    guint length = (guint) g_rand_int_range(random, 1, 40);

    for (guint i = 0; i < length && text->len + 4 <= max_bytes; i++) {
        gunichar c = g_rand_boolean(random) ? odd[g_rand_int_range(random, 0, G_N_ELEMENTS(odd))]
                                            : (gunichar) g_rand_int_range(random, 0x20, 0x7E);
        if (c == 0x7F)
            c = lines && g_rand_boolean(random) ? '\n' : 'u';
        g_string_append_unichar(text, c);
    }
    return g_string_free(text, FALSE);
}

/* Whatever the list accepts is read back equal, in both layouts. */
START_TEST(test_round_trip)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(20261123);

    for (guint round = 0; round < 200; round++) {
        g_autoptr(RmsServerList) list = rms_server_list_new();
        guint n = (guint) g_rand_int_range(random, 0, 20);

        for (guint i = 0; i < n; i++) {
            g_autofree char *name = random_text(random, RMS_ENTRY_MAX_NAME_BYTES, FALSE);
            g_autofree char *dn = random_text(random, RMS_ENTRY_MAX_DN_BYTES, FALSE);
            g_autofree char *note = random_text(random, RMS_ENTRY_MAX_NOTE_BYTES, TRUE);
            guint8 guid_bytes[16];
            for (guint k = 0; k < sizeof guid_bytes; k++)
                guid_bytes[k] = (guint8) g_rand_int(random);
            g_autofree char *guid = rms_guid_to_string(guid_bytes);
            RmsSid sid;
            ck_assert(rms_sid_parse(&sid, "S-1-5-21"));
            for (guint k = 0; k < 4; k++)
                rms_sid_append(&sid, g_rand_int(random));
            g_autoptr(RmsEntry) plain =
                rms_entry_new(&sid,
                              g_rand_boolean(random) ? guid : NULL,
                              name,
                              g_rand_boolean(random) ? dn : NULL,
                              RMS_KIND_SECURITY_GROUP,
                              (RmsRole) g_rand_int_range(random, 0, RMS_N_ROLES));
            g_autoptr(RmsEntry) noted = rms_entry_with_note(plain, note);
            g_autoptr(RmsEntry) entry =
                rms_entry_with_added(noted, g_rand_int(random), "a\"b\\c@d");
            g_autoptr(GError) error = NULL;
            ck_assert_msg(
                rms_server_list_add(list, entry, &error), "%s", error ? error->message : "");
        }
        g_autofree char *text = rms_server_list_to_json(list, (round & 1) != 0);
        g_autoptr(GError) error = NULL;
        g_autoptr(RmsServerList) again = rms_server_list_from_json(text, strlen(text), &error);
        ck_assert_msg(again != NULL, "%s: %s", error ? error->message : "", text);
        ck_assert(rms_server_list_equal(list, again));

        /* Cut anywhere, it is no list. */
        gsize cut = (gsize) g_rand_int_range(random, 0, (gint32) strlen(text));
        g_autoptr(RmsServerList) half = rms_server_list_from_json(text, cut, NULL);
        ck_assert_ptr_null(half);
    }
}
END_TEST

/* A list of the most and the longest, every character escaped, can be read back: what can be saved
 * can be loaded. */
START_TEST(test_largest)
{
    g_autoptr(RmsServerList) list = rms_server_list_new();
    g_autofree char *name = g_strnfill(RMS_ENTRY_MAX_NAME_BYTES, '"');
    g_autofree char *dn = g_strnfill(RMS_ENTRY_MAX_DN_BYTES, '\\');
    g_autofree char *note = g_strnfill(RMS_ENTRY_MAX_NOTE_BYTES, '\n');
    g_autofree char *author = g_strnfill(RMS_AUTHOR_MAX_BYTES, '"');
    g_autoptr(GError) error = NULL;
    RmsSid domain;

    ck_assert(rms_sid_parse(&domain, "S-1-5-21-4294967295-4294967295-4294967295"));
    for (guint i = 0; i < RMS_SERVER_LIST_MAX; i++) {
        RmsSid sid = domain;
        rms_sid_append(&sid, G_MAXUINT32 - i);
        g_autoptr(RmsEntry) plain = rms_entry_new(&sid,
                                                  "7d3e0f8c-1b52-4a7e-9c44-0a6f2be91d10",
                                                  name,
                                                  dn,
                                                  RMS_KIND_MANAGED_SERVICE_ACCOUNT,
                                                  RMS_ROLE_SHAREPOINT);
        g_autoptr(RmsEntry) noted = rms_entry_with_note(plain, note);
        g_autoptr(RmsEntry) entry = rms_entry_with_added(noted, RMS_TIME_MAX, author);
        ck_assert(rms_server_list_add(list, entry, NULL));
    }
    g_autofree char *text = rms_server_list_to_json(list, TRUE);
    gsize length = strlen(text);
    ck_assert_uint_le(length, RMS_SERVER_LIST_MAX_JSON);
    g_autoptr(RmsServerList) again = rms_server_list_from_json(text, length, &error);
    ck_assert_msg(again != NULL, "%s", error ? error->message : "");
    ck_assert_uint_eq(rms_server_list_get_length(again), RMS_SERVER_LIST_MAX);
}
END_TEST

START_TEST(test_one_too_many)
{
    g_autoptr(GString) text = g_string_new("{\"entries\":[");
    g_autoptr(GError) error = NULL;

    for (guint i = 0; i <= RMS_SERVER_LIST_MAX; i++)
        g_string_append_printf(text,
                               "%s{\"sid\":\"S-1-5-21-1-2-3-%u\",\"name\":\"n\",\"kind\":"
                               "\"computer\",\"role\":\"fci\"}",
                               i > 0 ? "," : "",
                               i);
    g_string_append(text, "]}");
    g_autoptr(RmsServerList) list = rms_server_list_from_json(text->str, text->len, &error);
    ck_assert_ptr_null(list);
    ck_assert(g_error_matches(error, RMS_MODEL_ERROR, RMS_MODEL_ERROR_RULE));
    ck_assert_msg(g_str_has_prefix(error->message, "entry 10001: "), "%s", error->message);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("list-json");
    TCase *tcase = tcase_create("list-json");

    tcase_set_timeout(tcase, 120);
    tcase_add_loop_test(tcase, test_read, 0, G_N_ELEMENTS(rows));
    tcase_add_test(tcase, test_form);
    tcase_add_test(tcase, test_round_trip);
    tcase_add_test(tcase, test_largest);
    tcase_add_test(tcase, test_one_too_many);
    suite_add_tcase(suite, tcase);

    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
