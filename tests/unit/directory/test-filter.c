/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Filters: whatever is typed, the filter keeps its shape and means the bytes that were typed.
 */
#include "config.h"

#include <check.h>
#include <ldap.h>
#include <string.h>

#include "directory/directory-filter.h"
#include "directory/directory.h"

/* Reads an assertion value back, RFC 4515 §3; fails on a byte that must not stand bare. */
static GByteArray *unescape(const char *value)
{
    GByteArray *bytes = g_byte_array_new();
    for (const char *p = value; *p != '\0'; p++) {
        guint8 byte = (guint8) *p;
        if (byte == '\\') {
            ck_assert(g_ascii_isxdigit(p[1]) && g_ascii_isxdigit(p[2]));
            byte = (guint8) (g_ascii_xdigit_value(p[1]) << 4 | g_ascii_xdigit_value(p[2]));
            p += 2;
        } else {
            ck_assert_msg(strchr("()*&|!=~<>:", byte) == NULL && byte >= 0x20 && byte < 0x7f,
                          "byte %02x stands bare",
                          byte);
        }
        g_byte_array_append(bytes, &byte, 1);
    }
    return bytes;
}

START_TEST(test_escape_each_byte)
{
    const guint8 byte = (guint8) _i;
    /* Alone, first, last and between harmless ones. */
    const guint8 texts[][3] = {
        {byte, 'a',  'b' },
        {'a',  byte, 'b' },
        {'a',  'b',  byte},
        {byte, byte, byte}
    };
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autofree char *escaped = rms_filter_escape(texts[i], 3);
        g_autoptr(GByteArray) back = unescape(escaped);
        ck_assert_uint_eq(back->len, 3);
        ck_assert_mem_eq(back->data, texts[i], 3);
    }
}
END_TEST

START_TEST(test_escape_random_bytes)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(20261123);
    for (int run = 0; run < 2000; run++) {
        guint8 data[64];
        gsize length = (gsize) g_rand_int_range(rand, 0, sizeof data);
        for (gsize i = 0; i < length; i++)
            data[i] = (guint8) g_rand_int(rand);
        g_autofree char *escaped = rms_filter_escape(data, (gssize) length);
        g_autoptr(GByteArray) back = unescape(escaped);
        ck_assert_uint_eq(back->len, length);
        if (length > 0)
            ck_assert_mem_eq(back->data, data, length);
    }
}
END_TEST

/* Parentheses that stand bare: the shape of a filter. */
static char *get_shape(const char *filter)
{
    GString *shape = g_string_new(NULL);
    for (const char *p = filter; *p != '\0'; p++) {
        if (strchr("()&|!*", *p) != NULL)
            g_string_append_c(shape, *p);
    }
    return g_string_free(shape, FALSE);
}

/* libldap's own parser, exported but in no header. */
int ldap_pvt_put_filter(BerElement *ber, const char *filter);

static void assert_parses(const char *filter)
{
    BerElement *ber = ber_alloc_t(LBER_USE_DER);
    int rc = ldap_pvt_put_filter(ber, filter);
    ber_free(ber, 1);
    ck_assert_msg(rc == 0, "malformed: %s", filter);
}

/* One line for each comparison of a filter in BER (RFC 4511 §4.5.1.7), however deep it stands:
 * what the server will compare, after all unescaping. */
static void read_comparisons(BerElement *ber, GString *lines)
{
    ber_len_t length;
    ber_tag_t tag = ber_peek_tag(ber, &length);
    char *last = NULL;
    struct berval attribute = {0};
    struct berval value = {0};
    switch (tag) {
    case LDAP_FILTER_AND:
    case LDAP_FILTER_OR:
        g_string_append_c(lines, tag == LDAP_FILTER_AND ? '&' : '|');
        for (ber_tag_t inner = ber_first_element(ber, &length, &last); inner != LBER_DEFAULT;
             inner = ber_next_element(ber, &length, last))
            read_comparisons(ber, lines);
        return;
    case LDAP_FILTER_NOT:
        ck_assert(ber_skip_tag(ber, &length) != LBER_ERROR);
        g_string_append_c(lines, '!');
        read_comparisons(ber, lines);
        return;
    case LDAP_FILTER_PRESENT:
        ck_assert(ber_scanf(ber, "m", &attribute) != LBER_ERROR);
        break;
    case LDAP_FILTER_EQUALITY:
        ck_assert(ber_scanf(ber, "{mm}", &attribute, &value) != LBER_ERROR);
        break;
    case LDAP_FILTER_SUBSTRINGS:
        /* Only ever the start of a name: one part. */
        ck_assert(ber_scanf(ber, "{m{m}}", &attribute, &value) != LBER_ERROR);
        break;
    default:
        /* Bits: no text in them. */
        ck_assert_uint_eq(tag, LDAP_FILTER_EXT);
        ck_assert(ber_scanf(ber, "x") != LBER_ERROR);
        g_string_append(lines, "bits\n");
        return;
    }
    g_string_append_printf(lines, "%lx ", tag);
    g_string_append_len(lines, attribute.bv_val, (gssize) attribute.bv_len);
    g_string_append_c(lines, '=');
    g_string_append_len(lines, value.bv_val, (gssize) value.bv_len);
    g_string_append_c(lines, '\n');
}

static char *compare_what(const char *filter)
{
    BerElement *written = ber_alloc_t(LBER_USE_DER);
    struct berval bytes;
    ck_assert_msg(ldap_pvt_put_filter(written, filter) == 0, "malformed: %s", filter);
    ck_assert_int_eq(ber_flatten2(written, &bytes, 0), 0);
    BerElement *ber = ber_init(&bytes);
    GString *lines = g_string_new(NULL);
    read_comparisons(ber, lines);
    ber_free(ber, 1);
    ber_free(written, 1);
    return g_string_free(lines, FALSE);
}

static void assert_same_but_for(const char *filter,
                                const char *harmless,
                                const char *typed,
                                const char *harmless_typed)
{
    g_autofree char *compared = compare_what(filter);
    g_autofree char *pattern = compare_what(harmless);
    g_auto(GStrv) parts = g_strsplit(pattern, harmless_typed, -1);
    ck_assert_uint_gt(g_strv_length(parts), 3);
    g_autofree char *expected = g_strjoinv(typed, parts);
    ck_assert_str_eq(compared, expected);
}

START_TEST(test_server_compares_what_was_typed)
{
    /* Two of each byte, so that none is white space at an end, and none looks like another form of
     * name. */
    char text[] = {'Q', (char) _i, 'Q', (char) _i, 'Q', '\0'};
    g_autoptr(RmsTypedName) harmless = rms_typed_name_parse("QzQzQ", NULL);
    g_autoptr(RmsTypedName) name = rms_typed_name_parse(text, NULL);
    ck_assert_ptr_nonnull(name);
    /* These two make an address and a host of it, which are compared with more. */
    if (_i == '@' || _i == '.')
        return;
    g_autofree char *search = rms_filter_for_search(name, NULL, RMS_KIND_ALL);
    g_autofree char *like_search = rms_filter_for_search(harmless, NULL, RMS_KIND_ALL);
    assert_same_but_for(search, like_search, text, "QzQzQ");
    g_autofree char *exact = rms_filter_for_resolve(name, NULL, RMS_KIND_ALL);
    g_autofree char *like_exact = rms_filter_for_resolve(harmless, NULL, RMS_KIND_ALL);
    assert_same_but_for(exact, like_exact, text, "QzQzQ");
    const char *names[] = {text, text, text};
    const char *like_names[] = {"QzQzQ", "QzQzQ", "QzQzQ"};
    g_autofree char *of_names = rms_filter_for_names(names, 3);
    g_autofree char *like_of_names = rms_filter_for_names(like_names, 3);
    assert_same_but_for(of_names, like_of_names, text, "QzQzQ");
}
END_TEST

/* String and character literals; and text that begins a comparison of a filter or a part of a DN,
 * which something is put into or appended to. */
#define LITERAL "\"(?:[^\"\\\\]|\\\\.)*\"|'(?:[^'\\\\]|\\\\.)*'"
#define ASSEMBLED                                                                                  \
    "^\".*(?:[(][&|!]|[(][A-Za-z][A-Za-z0-9:.-]*=(?:%|\"$)|\\b(?i:CN|DC|OU)=(?:%|\"$))"

static gboolean assembles(const char *line)
{
    static GRegex *literal = NULL;
    if (literal == NULL)
        literal = g_regex_new(LITERAL, G_REGEX_OPTIMIZE, 0, NULL);
    /* To compare is to read. */
    if (strstr(line, "cmp(") != NULL)
        return FALSE;
    g_autoptr(GMatchInfo) match = NULL;
    for (g_regex_match(literal, line, 0, &match); g_match_info_matches(match);
         g_match_info_next(match, NULL)) {
        g_autofree char *text = g_match_info_fetch(match, 0);
        if (g_regex_match_simple(ASSEMBLED, text, 0, 0))
            return TRUE;
    }
    return FALSE;
}

static const struct {
    const char *line;
    gboolean assembles;
} lines_of_code[] = {
    {"g_strdup_printf(\"(cn=%s)\", name)",            TRUE },
    {"g_strconcat(\"(&(anr=\", name, \"))\", NULL)",  TRUE },
    {"g_string_append(filter, \"(|\");",              TRUE },
    {"g_strconcat(\"(memberOf=\", dn, \")\", NULL)",  TRUE },
    {"g_strdup_printf(\"(memberOf:1.2.3:=%s)\", dn)", TRUE },
    {"g_strdup_printf(\"CN=%s,%s\", name, parent)",   TRUE },
    {"g_strconcat(\"OU=\", name, NULL)",              TRUE },
    {"ask(\"(objectClass=*)\")",                      FALSE},
    {"strcmp(category, \"CN=Person,CN=Schema\")",     FALSE},
    {"g_error_new(\"%s (%s) is away\", a, b)",        FALSE},
    {"rms_dn_below(parent, \"CN\", value)",           FALSE},
    {"strncasecmp(dn, \"DC=\", 3) == 0",              FALSE},
    {"strchr(dn, '\"') && f(\"%s\", g(&x), \"\")",    FALSE},
};

START_TEST(test_only_the_builder_assembles)
{
    for (guint i = 0; i < G_N_ELEMENTS(lines_of_code); i++)
        ck_assert_msg(assembles(lines_of_code[i].line) == lines_of_code[i].assembles,
                      "%s",
                      lines_of_code[i].line);

    static const char *const rooms[] = {"directory", "ui", "app", "connector-core"};
    for (guint room = 0; room < G_N_ELEMENTS(rooms); room++) {
        g_autofree char *path = g_build_filename(g_getenv("RMS_SOURCE_DIR"), rooms[room], NULL);
        g_autoptr(GError) error = NULL;
        g_autoptr(GDir) folder = g_dir_open(path, 0, &error);
        ck_assert_msg(folder != NULL, "%s", error != NULL ? error->message : "");
        guint sources = 0;
        for (const char *name = g_dir_read_name(folder); name != NULL;
             name = g_dir_read_name(folder)) {
            if (!g_str_has_suffix(name, ".c") || strcmp(name, "directory-filter.c") == 0)
                continue;
            g_autofree char *file = g_build_filename(path, name, NULL);
            g_autofree char *text = NULL;
            ck_assert(g_file_get_contents(file, &text, NULL, NULL));
            g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
            for (guint i = 0; lines[i] != NULL; i++)
                ck_assert_msg(!assembles(lines[i]), "%s:%u: %s", name, i + 1, lines[i]);
            sources++;
        }
        ck_assert_uint_gt(sources, 0);
    }
}
END_TEST

START_TEST(test_typed_bytes_keep_the_shape)
{
    /* Each byte but NUL inside a name; those that make another form of name are left to their own
     * tests, and invalid UTF-8 is refused before a filter is made. */
    char text[] = {'x', (char) _i, 'y', '\0'};
    g_autoptr(RmsTypedName) harmless = rms_typed_name_parse("xzy", NULL);
    g_autoptr(RmsTypedName) name = rms_typed_name_parse(text, NULL);
    if (_i >= 0x80) {
        ck_assert_ptr_null(name);
        return;
    }
    ck_assert_ptr_nonnull(name);
    if (strchr("\\@.", text[1]) != NULL)
        return;
    g_autofree char *expected = rms_filter_for_search(harmless, NULL, RMS_KIND_ALL);
    g_autofree char *filter = rms_filter_for_search(name, NULL, RMS_KIND_ALL);
    g_autofree char *expected_shape = get_shape(expected);
    g_autofree char *shape = get_shape(filter);
    ck_assert_str_eq(shape, expected_shape);
    assert_parses(filter);

    g_autofree char *exact = rms_filter_for_resolve(name, NULL, RMS_KIND_ALL);
    ck_assert_ptr_null(strstr(exact, "anr"));
    assert_parses(exact);
}
END_TEST

static const struct {
    const char *name;
    const char *typed;
    const char *local_account;
    gboolean exact;
    const char *has;
    const char *has_not;
} searches[] = {
    {"plain text searches by its start",    "exch",              NULL,   FALSE, "(anr=exch)",                                                                    "*)(anr"          },
    {"a star is a star",                    "*",                 NULL,   FALSE, "(anr=\\2a)",                                                                    "(anr=*"          },
    {"an injection stays text",
     "x)(objectClass=*",                                         NULL,
     FALSE,                                                                     "(anr=x\\29\\28objectClass\\3d\\2a)",
     "x)("                                                                                                                                                                         },
    {"a backslash stays one",
     "Back\\slash O'Neil #1",                                    NULL,
     FALSE,                                                                     "(displayName=Back\\5cslash\\20O\\27Neil\\20\\231)",
     "Back\\s"                                                                                                                                                                     },
    {"CJK is bytes",                        "山",               NULL,   FALSE, "(cn=\\e5\\b1\\b1)",                                                             "山"             },
    {"white space around is tried too",     " x ",               NULL,   FALSE, "(cn=\\20x\\20)",                                                                NULL              },
    {"without it first",                    " x ",               NULL,   FALSE, "(cn=x)",                                                                        NULL              },
    {"own domain: the account",             "CONTOSO\\exch",     "exch", FALSE, "(anr=exch)",                                                                    "sAMAccountName=*"},
    {"own domain: the text too",            "CONTOSO\\exch",     "exch", FALSE, "(anr=CONTOSO\\5cexch)",                                                         NULL              },
    {"an address may be an account",        "a@contoso.example", "a",    FALSE, "(sAMAccountName=a)",                                                            "=a*"             },
    {"an address is a mail",                "a@b.c",             NULL,   FALSE, "(mail=a@b.c*)",                                                                 "HOST/"           },
    {"an address is a proxy address",
     "a@b.c",                                                    NULL,
     TRUE,                                                                      "(proxyAddresses=smtp:a@b.c)",
     "*)(mail"                                                                                                                                                                     },
    {"a host",
     "exch01.contoso.example",                                   NULL,
     TRUE,                                                                      "(servicePrincipalName=HOST/exch01.contoso",
     NULL                                                                                                                                                                          },
    {"a SID is bytes",
     "S-1-5-32-544",                                             NULL,
     FALSE,                                                                     "(objectSid=\\01\\02\\00\\00\\00\\00\\00\\05\\20\\00\\00\\00\\20\\02\\00\\00)",
     NULL                                                                                                                                                                          },
    {"a GUID is bytes in stored order",
     "00010203-0405-0607-0809-0a0b0c0d0e0f",                     NULL,
     TRUE,                                                                      "(objectGUID=\\03\\02\\01\\00\\05\\04\\07\\06\\08\\09\\0a\\0b\\0c\\0d\\0e\\0f)",
     NULL                                                                                                                                                                          },
    {"a DN",                                "CN=a,DC=b",         NULL,   TRUE,  "(distinguishedName=CN\\3da\\2cDC\\3db)",                                        NULL              },
    {"exact: a machine without its dollar",
     "EXCH01",                                                   NULL,
     TRUE,                                                                      "(sAMAccountName=EXCH01$)",
     "anr"                                                                                                                                                                         },
    {"exact: not twice",                    "EXCH01$",           NULL,   TRUE,  "(sAMAccountName=EXCH01$)",                                                      "$$"              },
    {"contacts are left out",               "x",                 NULL,   FALSE, "(objectSid=*)",                                                                 NULL              },
    {"trusts are left out",                 "x",                 NULL,   FALSE, "(!(sAMAccountType=805306370))",                                                 NULL              },
    {"nothing typed finds all",             "",                  NULL,   FALSE, "(&(|(&(objectCategory=group)",                                                  "anr"             },
};

START_TEST(test_search)
{
    g_autoptr(RmsTypedName) name = rms_typed_name_parse(searches[_i].typed, NULL);
    g_autofree char *filter =
        searches[_i].exact ? rms_filter_for_resolve(name, searches[_i].local_account, RMS_KIND_ALL)
                           : rms_filter_for_search(name, searches[_i].local_account, RMS_KIND_ALL);
    ck_assert_msg(strstr(filter, searches[_i].has) != NULL, "%s: %s", searches[_i].name, filter);
    if (searches[_i].has_not != NULL)
        ck_assert_msg(
            strstr(filter, searches[_i].has_not) == NULL, "%s: %s", searches[_i].name, filter);
    assert_parses(filter);
}
END_TEST

static const struct {
    guint kinds;
    const char *has;
    const char *has_not;
} masks[] = {
    {RMS_KIND_BIT(RMS_KIND_SECURITY_GROUP),
     "(groupType:1.2.840.113556.1.4.803:=2147483648)",                                               "person"  },
    {RMS_KIND_BIT(RMS_KIND_DISTRIBUTION_GROUP),
     "(!(groupType:1.2.840.113556.1.4.803:=2147483648))",                                            "computer"},
    {RMS_KIND_BIT(RMS_KIND_USER),                    "(&(objectCategory=person)(objectClass=user))", "group"   },
    {RMS_KIND_BIT(RMS_KIND_COMPUTER),                "(objectCategory=computer)",                    "msDS"    },
    {RMS_KIND_BIT(RMS_KIND_MANAGED_SERVICE_ACCOUNT),
     "(objectClass=msDS-GroupManagedServiceAccount)",                                                "person"  },
    {0,                                              "(!(objectClass=*))",                           "group"   },
    {1u << RMS_N_KINDS,                              "(!(objectClass=*))",                           "group"   },
};

START_TEST(test_kinds)
{
    g_autofree char *filter = rms_filter_for_kinds(masks[_i].kinds);
    ck_assert_msg(strstr(filter, masks[_i].has) != NULL, "%s", filter);
    ck_assert_msg(strstr(filter, masks[_i].has_not) == NULL, "%s", filter);
    assert_parses(filter);
}
END_TEST

START_TEST(test_other_filters)
{
    g_autofree char *groups = rms_filter_for_groups_in("CN=a*(b)\\,c,DC=x");
    ck_assert_str_eq(
        groups, "(&(objectCategory=group)(memberOf=CN\\3da\\2a\\28b\\29\\5c\\2cc\\2cDC\\3dx))");
    assert_parses(groups);
    g_autofree char *ping = rms_filter_for_ping("contoso.example)(x=*");
    ck_assert_str_eq(ping,
                     "(&(DnsDomain=contoso.example\\29\\28x\\3d\\2a)(NtVer=\\06\\00\\00\\00))");

    RmsSid sid;
    ck_assert(rms_sid_parse(&sid, "S-1-5-21-1-2-3-500"));
    g_autofree char *base = rms_base_for_sid(&sid);
    ck_assert_str_eq(base, "<SID=S-1-5-21-1-2-3-500>");
    g_autofree char *primary = rms_filter_for_primary_group(&sid);
    ck_assert_str_eq(primary, "(primaryGroupID=500)");
    ck_assert(rms_sid_append(&sid, 4294967295u));
    g_autofree char *highest = rms_filter_for_primary_group(&sid);
    ck_assert_str_eq(highest, "(primaryGroupID=4294967295)");
}
END_TEST

START_TEST(test_dn_each_byte)
{
    char byte = (char) _i;
    const char texts[][4] = {
        {byte, 'a',  'b',  '\0'},
        {'a',  byte, 'b',  '\0'},
        {'a',  'b',  byte, '\0'},
        {byte, '\0', '\0', '\0'},
        {byte, byte, '\0', '\0'},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autofree char *dn = rms_dn_below("DC=x", "CN", texts[i]);
        if (_i >= 0x80)
            continue;
        g_autofree char *back = rms_dn_first_value(dn);
        ck_assert_msg(g_strcmp0(back, texts[i]) == 0, "%02x: %s -> %s", _i, dn, back);
        g_autofree char *place = rms_place_from_dn(dn);
        ck_assert_str_eq(place, "x");
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("directory filters");
    TCase *tcase = tcase_create("all");
    tcase_add_loop_test(tcase, test_escape_each_byte, 0, 256);
    tcase_add_test(tcase, test_escape_random_bytes);
    tcase_add_loop_test(tcase, test_typed_bytes_keep_the_shape, 1, 256);
    tcase_add_loop_test(tcase, test_server_compares_what_was_typed, 1, 128);
    tcase_add_test(tcase, test_only_the_builder_assembles);
    tcase_add_loop_test(tcase, test_search, 0, G_N_ELEMENTS(searches));
    tcase_add_loop_test(tcase, test_kinds, 0, G_N_ELEMENTS(masks));
    tcase_add_test(tcase, test_other_filters);
    tcase_add_loop_test(tcase, test_dn_each_byte, 1, 256);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
