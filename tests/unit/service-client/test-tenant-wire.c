/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Locator answers, friendly and hostile, and answers of the admin service.
 */
#include "config.h"

#include <check.h>
#include <glib/gstdio.h>
#include <string.h>

#include "service-client/service-error.h"
#include "service-client/tenant-records-private.h"
#include "service-client/tenant-wire.h"

#define OPEN                                                                                       \
    "<?xml version=\"1.0\" encoding=\"utf-8\"?>"                                                   \
    "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body>"
#define CLOSE "</s:Body></s:Envelope>"
#define OPEN12 "<e:Envelope xmlns:e=\"http://www.w3.org/2003/05/soap-envelope\"><e:Body>"
#define CLOSE12 "</e:Body></e:Envelope>"
#define ANSWER(inner)                                                                              \
    "<FindServiceLocationsForUserResponse "                                                        \
    "xmlns=\"http://microsoft.com/DRM/ServiceLocatorService\">"                                    \
    "<FindServiceLocationsForUserResult>" inner "</FindServiceLocationsForUserResult>"             \
    "</FindServiceLocationsForUserResponse>"
#define LOCATION(url, type)                                                                        \
    "<ServiceLocationResponse><URL>" url "</URL><Type>" type "</Type></ServiceLocationResponse>"
#define GOOD "https://admin.tenant.example/adminV2/admin.svc/Tenants/7d3e"
#define GOOD_ANSWER ANSWER(LOCATION(GOOD, "AdminV2Service"))
#define FAULT(text)                                                                                \
    "<s:Fault><faultcode>s:Server</faultcode><faultstring>" text "</faultstring></s:Fault>"

/* Entities of entities, each ten of the one before. */
#define LAUGHS                                                                                     \
    "<!DOCTYPE l [<!ENTITY a \"https://admin.tenant.example\">"                                    \
    "<!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;\"><!ENTITY c "                                    \
    "\"&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;\">"                                                          \
    "<!ENTITY d \"&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;\">]>"
#define INTERNAL "<!DOCTYPE l [<!ENTITY u \"" GOOD "\">]>"
#define ENVELOPE "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body>"

#define FAULT12(text)                                                                              \
    "<e:Fault><e:Code/><e:Reason><e:Text xml:lang=\"en\">" text "</e:Text></e:Reason></e:Fault>"
#define UNSPECIFIED "Microsoft.DigitalRightsManagement.Utilities.UnspecifiedErrorException"
/* To the letter what the seed document shows. */
#define WORDING                                                                                    \
    "The attempt to discover the location of the administration service and organization failed. " \
    "Make sure Microsoft Rights Management service is enabled for your organization."
#define SOAP(body) OPEN body CLOSE
#define SOAP12(body) OPEN12 body CLOSE12
#define BARE(body) ENVELOPE body CLOSE

typedef struct {
    const char *name;
    const char *text;
    const char *url; /* NULL: refused */
    RmsServiceError code;
    const char *word;
} Location;

/* Without the macro clang-format 14 ends with a crash. */
#define ROW(...)                                                                                   \
    {                                                                                              \
        __VA_ARGS__                                                                                \
    }

static const Location locations[] = {
    ROW("plain", SOAP(GOOD_ANSWER), GOOD, 0, NULL),
    ROW("slash at the end", SOAP(ANSWER(LOCATION(GOOD "/", "AdminV2Service"))), GOOD, 0, NULL),
    ROW("white space", SOAP(ANSWER(LOCATION(" " GOOD "\n", "AdminV2Service"))), GOOD, 0, NULL),
    ROW("SOAP 1.2", SOAP12(GOOD_ANSWER), GOOD, 0, NULL),
    ROW("CDATA", SOAP(ANSWER(LOCATION("<![CDATA[" GOOD "]]>", "AdminV2Service"))), GOOD, 0, NULL),
    ROW("no role",
        SOAP(FAULT("System.UnauthorizedAccessException: who are you")),
        NULL,
        RMS_SERVICE_ERROR_NO_ROLE,
        "may not administer"),
    ROW("not activated",
        SOAP(FAULT(UNSPECIFIED ": service is not activated")),
        NULL,
        RMS_SERVICE_ERROR_DISCOVERY,
        "is not activated)"),
    ROW("fault without a word",
        SOAP(FAULT("")),
        NULL,
        RMS_SERVICE_ERROR_DISCOVERY,
        "onboarding control policy"),
    ROW("SOAP 1.2 fault",
        SOAP12(FAULT12("Some.Exception")),
        NULL,
        RMS_SERVICE_ERROR_DISCOVERY,
        "(Some.Exception)"),
    ROW("the exception is only mentioned",
        SOAP(FAULT("Other.Exception --- System.UnauthorizedAccessException")),
        NULL,
        RMS_SERVICE_ERROR_DISCOVERY,
        "Other.Exception"),
    ROW("empty location",
        SOAP(ANSWER(LOCATION("", "AdminV2Service"))),
        NULL,
        RMS_SERVICE_ERROR_DISCOVERY,
        WORDING),
    ROW("other type",
        SOAP(ANSWER(LOCATION(GOOD, "AdminService"))),
        NULL,
        RMS_SERVICE_ERROR_PROTOCOL,
        "location"),
    ROW("two locations",
        SOAP(ANSWER(LOCATION(GOOD, "AdminV2Service") LOCATION(GOOD, "AdminV2Service"))),
        NULL,
        RMS_SERVICE_ERROR_PROTOCOL,
        "location"),
    ROW("two bodies",
        SOAP(GOOD_ANSWER "</s:Body><s:Body>" GOOD_ANSWER),
        NULL,
        RMS_SERVICE_ERROR_PROTOCOL,
        "location"),
    ROW("other namespace",
        SOAP("<FindServiceLocationsForUserResponse xmlns=\"urn:x\"/>"),
        NULL,
        RMS_SERVICE_ERROR_PROTOCOL,
        "location"),
    ROW("a prefix that is not declared",
        SOAP12(FAULT("x")),
        NULL,
        RMS_SERVICE_ERROR_PROTOCOL,
        "not XML"),
    ROW("http",
        SOAP(ANSWER(LOCATION("http://admin.tenant.example/x", "AdminV2Service"))),
        NULL,
        RMS_SERVICE_ERROR_PROTOCOL,
        "location"),
    ROW("file",
        SOAP(ANSWER(LOCATION("file:///etc/passwd", "AdminV2Service"))),
        NULL,
        RMS_SERVICE_ERROR_PROTOCOL,
        "location"),
    ROW("user part",
        SOAP(ANSWER(LOCATION("https://good.example@evil.example/", "AdminV2Service"))),
        NULL,
        RMS_SERVICE_ERROR_PROTOCOL,
        "location"),
    ROW("query",
        SOAP(ANSWER(LOCATION("https://admin.tenant.example/?x=", "AdminV2Service"))),
        NULL,
        RMS_SERVICE_ERROR_PROTOCOL,
        "location"),
    ROW("line end",
        SOAP(ANSWER(LOCATION("https://admin.tenant.example/&#13;&#10;X", "AdminV2Service"))),
        NULL,
        RMS_SERVICE_ERROR_PROTOCOL,
        "location"),
};

/* What is no answer at all, or wants more of the parser than it may do. */
static const Location hostile[] = {
    ROW("no XML", "HTTP is fun", NULL, RMS_SERVICE_ERROR_PROTOCOL, "not XML"),
    ROW("nothing", "", NULL, RMS_SERVICE_ERROR_PROTOCOL, "not XML"),
    ROW("a page of HTML",
        "<html><body>Sign in</body></html>",
        NULL,
        RMS_SERVICE_ERROR_PROTOCOL,
        "location"),
    ROW("cut", OPEN GOOD_ANSWER "</s:Bo", NULL, RMS_SERVICE_ERROR_PROTOCOL, "not XML"),
    ROW("something behind the envelope",
        SOAP(GOOD_ANSWER) "<x/>",
        NULL,
        RMS_SERVICE_ERROR_PROTOCOL,
        "not XML"),
    ROW("harmless document type",
        "<!DOCTYPE Envelope>" BARE(GOOD_ANSWER),
        NULL,
        RMS_SERVICE_ERROR_PROTOCOL,
        "not XML"),
    ROW("internal entity",
        INTERNAL BARE(ANSWER(LOCATION("&u;", "AdminV2Service"))),
        NULL,
        RMS_SERVICE_ERROR_PROTOCOL,
        "not XML"),
    ROW("entities of entities",
        LAUGHS BARE(ANSWER(LOCATION("&d;", "AdminV2Service"))),
        NULL,
        RMS_SERVICE_ERROR_PROTOCOL,
        "not XML"),
    ROW("external document type over the network",
        "<!DOCTYPE l SYSTEM \"http://127.0.0.1:9/x.dtd\">" BARE(GOOD_ANSWER),
        NULL,
        RMS_SERVICE_ERROR_PROTOCOL,
        "not XML"),
    ROW("undeclared entity",
        SOAP(ANSWER(LOCATION("&u;", "AdminV2Service"))),
        NULL,
        RMS_SERVICE_ERROR_PROTOCOL,
        "not XML"),
    ROW("bytes that are not UTF-8",
        SOAP(ANSWER(LOCATION("https://admin.tenant.example/\xff", "AdminV2Service"))),
        NULL,
        RMS_SERVICE_ERROR_PROTOCOL,
        "not XML"),
};

static void check_location(const Location *location)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *url =
        rms_tenant_wire_read_location(location->text, strlen(location->text), &error);

    ck_assert_msg(g_strcmp0(url, location->url) == 0, "%s", location->name);
    if (location->url != NULL) {
        ck_assert_ptr_null(error);
        return;
    }
    ck_assert_msg(g_error_matches(error, RMS_SERVICE_ERROR, (int) location->code),
                  "%s: %d %s",
                  location->name,
                  error->code,
                  error->message);
    ck_assert_msg(
        strstr(error->message, location->word) != NULL, "%s: %s", location->name, error->message);
}

START_TEST(test_location)
{
    check_location(&locations[_i]);
}
END_TEST

START_TEST(test_hostile)
{
    check_location(&hostile[_i]);
}
END_TEST

/* An external entity names a file with a good location; it must not be read. */
START_TEST(test_external_entity)
{
    g_autofree char *path = NULL;
    g_autofree char *text = NULL;
    g_autofree char *url = NULL;
    g_autoptr(GError) error = NULL;
    int fd = g_file_open_tmp("location-XXXXXX", &path, NULL);

    ck_assert_int_ge(fd, 0);
    g_close(fd, NULL);
    ck_assert(g_file_set_contents(path, GOOD, -1, NULL));
    text = g_strdup_printf("<!DOCTYPE l [<!ENTITY u SYSTEM \"file://%s\">]>%s",
                           path,
                           ENVELOPE ANSWER(LOCATION("&u;", "AdminV2Service")) CLOSE);
    url = rms_tenant_wire_read_location(text, strlen(text), &error);
    g_unlink(path);
    ck_assert_ptr_null(url);
    ck_assert(g_error_matches(error, RMS_SERVICE_ERROR, RMS_SERVICE_ERROR_PROTOCOL));
}
END_TEST

START_TEST(test_deep_and_large)
{
    g_autoptr(GString) deep = g_string_new(OPEN);
    g_autofree char *blanks = g_strnfill(256 * 1024, ' ');
    g_autofree char *large = g_strconcat(OPEN GOOD_ANSWER CLOSE, blanks, NULL);
    g_autoptr(GError) error = NULL;

    for (int i = 0; i < 20000; i++)
        g_string_append(deep, "<a>");
    ck_assert_ptr_null(rms_tenant_wire_read_location(deep->str, deep->len, &error));
    ck_assert(g_error_matches(error, RMS_SERVICE_ERROR, RMS_SERVICE_ERROR_PROTOCOL));
    g_clear_error(&error);
    ck_assert_ptr_null(rms_tenant_wire_read_location(large, strlen(large), &error));
    ck_assert(g_error_matches(error, RMS_SERVICE_ERROR, RMS_SERVICE_ERROR_PROTOCOL));
}
END_TEST

/* Every prefix of a good answer is refused, and none breaks anything. */
START_TEST(test_prefixes)
{
    const char *text = OPEN GOOD_ANSWER CLOSE;

    for (gsize length = 0; length < strlen(text); length++) {
        g_autofree char *prefix = g_strndup(text, length);
        g_autoptr(GError) error = NULL;

        ck_assert_ptr_null(rms_tenant_wire_read_location(prefix, length, &error));
        ck_assert(g_error_matches(error, RMS_SERVICE_ERROR, RMS_SERVICE_ERROR_PROTOCOL));
    }
}
END_TEST

/* protocol.md §3.1: no SOAP header, type AdminV2Service; and our own reader takes it for XML. */
START_TEST(test_envelope)
{
    const char *envelope = rms_tenant_wire_get_discovery_envelope();
    g_autoptr(GError) error = NULL;

    ck_assert_ptr_nonnull(strstr(envelope, "<Type>AdminV2Service</Type>"));
    ck_assert_ptr_null(strstr(envelope, "Header"));
    ck_assert_ptr_null(rms_tenant_wire_read_location(envelope, strlen(envelope), &error));
    ck_assert_ptr_nonnull(strstr(error->message, "location"));
}
END_TEST

static cJSON *parse(const char *text)
{
    cJSON *json = rms_json_parse(text, strlen(text), 1 << 20, NULL);

    ck_assert_msg(json != NULL, "%s", text);
    return json;
}

#define IDS "\"RightsManagementServiceId\":\"7d3e\",\"BPOSId\":\"1c6d\""
#define EXTRANET "\"LicensingExtranetDistributionPointUrl\":"
#define INTRANET "\"LicensingIntranetDistributionPointUrl\":"

static const struct {
    const char *text;
    const char *organization; /* NULL: refused */
    const char *service_url;
} configurations[] = {
    {"{" IDS ",\"OnPremiseDomainName\":\"Contoso\"," EXTRANET
     "\"https://ten.example/_wmcs/licensing\"," INTRANET "\"https://inside.example/\"}",
     "Contoso",                                                                                            "https://ten.example"     },
    {"{" IDS "," EXTRANET "\"https://ten.example:8443/_wmcs/licensing\"}",
     "1c6d",                                                                                               "https://ten.example:8443"},
    {"{" IDS ",\"OnPremiseDomainName\":\"\"," INTRANET "\"https://ten.example/_wmcs/licensing\"}",
     "1c6d",                                                                                               "https://ten.example"     },
    {"{" IDS "," EXTRANET "\"http://ten.example/\"," INTRANET "\"https://ten.example/\"}",
     "1c6d",                                                                                               "https://ten.example"     },
    {"{" IDS "," EXTRANET "\"https://[::1]/_wmcs/licensing\"}",                                    "1c6d", "https://[::1]"           },
    {"{" IDS "}",                                                                                  NULL,   NULL                      },
    {"{" IDS "," EXTRANET "\"http://ten.example/_wmcs/licensing\"}",                               NULL,   NULL                      },
    {"{" IDS "," EXTRANET "7}",                                                                    NULL,   NULL                      },
    {"{\"BPOSId\":\"1c6d\"," EXTRANET "\"https://ten.example/\"}",                                 NULL,   NULL                      },
    {"{\"RightsManagementServiceId\":\"7d3e\"," EXTRANET "\"https://ten.example/\"}",              NULL,   NULL                      },
    {"[]",                                                                                         NULL,   NULL                      },
    {"1",                                                                                          NULL,   NULL                      },
};

START_TEST(test_configuration)
{
    g_autoptr(cJSON) json = parse(configurations[_i].text);
    g_autoptr(GError) error = NULL;
    g_autoptr(RmsTenantConfiguration) configuration = rms_tenant_configuration_read(json, &error);

    if (configurations[_i].organization == NULL) {
        ck_assert_ptr_null(configuration);
        ck_assert(g_error_matches(error, RMS_SERVICE_ERROR, RMS_SERVICE_ERROR_PROTOCOL));
        return;
    }
    ck_assert_ptr_nonnull(configuration);
    ck_assert_str_eq(configuration->organization, configurations[_i].organization);
    ck_assert_str_eq(configuration->service_url, configurations[_i].service_url);
    ck_assert_str_eq(configuration->rms_id, "7d3e");
    ck_assert_str_eq(configuration->tenant_id, "1c6d");
}
END_TEST

START_TEST(test_state)
{
    static const struct {
        const char *text;
        int state; /* -1: refused */
    } states[] = {
        {"0",     0 },
        {"1",     1 },
        {"1.0",   1 },
        {"2",     -1},
        {"-1",    -1},
        {"0.5",   -1},
        {"true",  -1},
        {"\"1\"", -1},
        {"null",  -1},
        {"{}",    -1},
        {"[1]",   -1},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(states); i++) {
        g_autoptr(cJSON) json = parse(states[i].text);
        g_autoptr(GError) error = NULL;
        gboolean state = 42;
        gboolean read = rms_tenant_wire_read_state(json, &state, &error);

        ck_assert_msg(read == (states[i].state >= 0), "%s", states[i].text);
        ck_assert_int_eq(state, read ? states[i].state : 42);
        ck_assert_int_eq(error == NULL, read);
    }
}
END_TEST

START_TEST(test_membership)
{
    static const struct {
        const char *text;
        int member; /* -1: refused */
    } lists[] = {
        {"[]",                                                          0 },
        {"[{\"ObjectId\":\"AAAA-1\"}]",                                 1 },
        {"[{\"ObjectId\":\"bbbb-2\"},{\"ObjectId\":\"aaaa-1\"}]",       1 },
        {"[{\"ObjectId\":\"gggg-9\",\"ObjectType\":\"Group\"}]",        1 }, /* a group of ours */
        {"[{\"ObjectId\":\"bbbb-2\"}]",                                 0 },
        {"[{\"ObjectId\":\"\"},{\"ObjectId\":7},{},5,null,\"aaaa-1\"]", 0 },
        {"[{\"EmailAddress\":\"aaaa-1\"}]",                             0 },
        {"{\"ObjectId\":\"aaaa-1\"}",                                   -1},
        {"null",                                                        -1},
        {"\"aaaa-1\"",                                                  -1},
    };
    g_autoptr(cJSON) claims = parse("{\"groups\":[\"gggg-9\"]}");

    for (gsize i = 0; i < G_N_ELEMENTS(lists); i++) {
        g_autoptr(cJSON) json = parse(lists[i].text);
        g_autoptr(GError) error = NULL;
        g_autoptr(GPtrArray) list = rms_tenant_administrators_read(json, &error);

        ck_assert_msg((list != NULL) == (lists[i].member >= 0), "%s", lists[i].text);
        if (list != NULL)
            ck_assert_msg(rms_tenant_administrators_include(list, "aaaa-1", claims) ==
                              lists[i].member,
                          "%s",
                          lists[i].text);
        ck_assert_int_eq(error == NULL, list != NULL);
    }
}
END_TEST

START_TEST(test_refusal)
{
    g_autoptr(cJSON) good = parse("{\"ErrorDetail\":\"no\\r\\nway\"}");
    g_autoptr(cJSON) bad = parse("[\"ErrorDetail\"]");
    g_autofree char *described = rms_tenant_wire_describe_refusal(good);
    g_autofree char *nothing = rms_tenant_wire_describe_refusal(bad);
    g_autofree char *missing = rms_tenant_wire_describe_refusal(NULL);

    ck_assert_str_eq(described, "no way");
    ck_assert_str_eq(nothing, "");
    ck_assert_str_eq(missing, "");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("service-client: tenant wire");
    TCase *tcase = tcase_create("all");
    SRunner *runner;
    int failed;

    tcase_add_loop_test(tcase, test_location, 0, G_N_ELEMENTS(locations));
    tcase_add_loop_test(tcase, test_hostile, 0, G_N_ELEMENTS(hostile));
    tcase_add_test(tcase, test_external_entity);
    tcase_add_test(tcase, test_deep_and_large);
    tcase_add_test(tcase, test_prefixes);
    tcase_add_test(tcase, test_envelope);
    tcase_add_loop_test(tcase, test_configuration, 0, G_N_ELEMENTS(configurations));
    tcase_add_test(tcase, test_state);
    tcase_add_test(tcase, test_membership);
    tcase_add_test(tcase, test_refusal);
    suite_add_tcase(suite, tcase);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
