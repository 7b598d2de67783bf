/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which operation a call is for, as counters will have it: from the head, and from bodies good and
 * bad, however they are cut.
 */
#include "config.h"

#include <check.h>
#include <string.h>

#include "connector-core/service-table.h"
#include "connector-core/soap-operation.h"

#define ENVELOPE11 "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\">"
#define ENVELOPE12 "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\">"
#define END "</s:Envelope>"
#define HEADER                                                                                     \
    "<s:Header><VersionData xmlns=\"http://microsoft.com/DRM/LicensingService\"><MinimumVersion>"  \
    "1.1.0.0</MinimumVersion></VersionData></s:Header>"
#define LICENSE "<AcquireLicense xmlns=\"http://microsoft.com/DRM/LicensingService\"/>"

START_TEST(test_names)
{
    gboolean seen[RMS_SOAP_N_OPERATIONS] = {FALSE};
    guint n_services;
    const RmsService *services = rms_service_get_all(&n_services);

    for (guint i = 0; i < n_services; i++) {
        for (guint j = 0; j < services[i].n_operations; j++) {
            const char *name = services[i].operations[j].name;
            RmsSoapOperation operation = rms_soap_operation_from_name(name, strlen(name));

            ck_assert_uint_ne(operation, RMS_SOAP_OPERATION_OTHER);
            ck_assert_str_eq(rms_soap_operation_get_name(operation), name);
            seen[operation] = TRUE;
        }
    }
    for (guint i = 1; i < RMS_SOAP_N_OPERATIONS; i++) {
        ck_assert(seen[i]);
    }
    ck_assert_str_eq(rms_soap_operation_get_name(RMS_SOAP_OPERATION_OTHER), "other");
    ck_assert_str_eq(rms_soap_operation_get_name(RMS_SOAP_N_OPERATIONS), "other");
}
END_TEST

START_TEST(test_head)
{
    static const struct {
        const char *fields;
        const char *operation;
        gboolean named;
    } rows[] = {
        {"SOAPAction: \"http://microsoft.com/DRM/LicensingService/AcquireLicense\"\r\n",
         "AcquireLicense",                                                                                                      TRUE },
        {"soapaction: http://microsoft.com/DRM/ServerService/GetServerInfo\r\n",
         "GetServerInfo",                                                                                                       TRUE },
 /* The clash of namespaces (protocol.md §1.2): either service's locator call. */
        {"SOAPAction: \"http://microsoft.com/DRM/ServerService/FindServiceLocationsForUser\"\r\n",
         "FindServiceLocationsForUser",                                                                                         TRUE },
        {"Content-Type: application/soap+xml; charset=utf-8; "
         "action=\"http://microsoft.com/DRM/PublishingService/AcquireIssuanceLicense\"\r\n", "AcquireIssuanceLicense",
         TRUE                                                                                                                        },
        {"Content-Type: application/soap+xml;ACTION=http://microsoft.com/DRM/x/Certify;x=y\r\n",
         "Certify",                                                                                                             TRUE },
        {"SOAPAction: \"\"\r\nContent-Type: application/soap+xml; action=\"x/Certify\"\r\n",
         "Certify",                                                                                                             TRUE },
        {"SOAPAction: \"x/AcquireTemplates\"\r\nContent-Type: a/b; action=\"x/Certify\"\r\n",
         "AcquireTemplates",                                                                                                    TRUE },
        {"SOAPAction: \"http://microsoft.com/DRM/LicensingService/Frobnicate\"\r\n",                  "other",                  TRUE },
        {"SOAPAction: \"http://microsoft.com/DRM/LicensingService/acquirelicense\"\r\n",
         "other",                                                                                                               TRUE },
        {"SOAPAction: \"AcquireLicense\"\r\n",                                                        "other",                  TRUE },
        {"SOAPAction: \"x/AcquireLicense\r\n",                                                        "AcquireLicense",         TRUE },
        {"SOAPAction: x/\r\n",                                                                        "other",                  TRUE },
        {"SOAPAction:\r\n",                                                                           "other",                  FALSE},
        {"SOAPAction: \"\"\r\n",                                                                      "other",                  FALSE},
        {"SOAPAction: \"\"\r\nContent-Type: a/b; action=\"\"\r\n",                                    "other",                  FALSE},
        {"Content-Type: application/soap+xml; action=\"x/Certify\r\n",                                "Certify",                TRUE },
        {"Content-Type: application/soap+xml; action=\r\n",                                           "other",                  FALSE},
        {"Content-Type: application/soap+xml; xaction=\"x/Certify\"\r\n",                             "other",                  FALSE},
        {"Content-Type: ;\r\n",                                                                       "other",                  FALSE},
        {"X: y\r\n",                                                                                  "other",                  FALSE},
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text =
            g_strdup_printf("POST / HTTP/1.1\r\n%sContent-Length: 0\r\n\r\n", rows[i].fields);
        g_autofree RmsHttpHead *head = g_new0(RmsHttpHead, 1);
        RmsHttpProblem problem = {0, NULL};
        RmsHttpParser parser;
        RmsSoapOperation operation;
        gboolean named = FALSE;

        rms_http_parser_init(&parser, HTTP_REQUEST, 0);
        ck_assert(rms_http_parser_parse_head(&parser, text, strlen(text), head, &problem));
        operation = rms_soap_operation_from_head(head, &named);
        ck_assert_msg(strcmp(rms_soap_operation_get_name(operation), rows[i].operation) == 0 &&
                          named == rows[i].named,
                      "%s: %s %d",
                      rows[i].fields,
                      rms_soap_operation_get_name(operation),
                      named);
    }
}
END_TEST

static RmsSoapOperation sniff(const char *data, gsize length, gsize piece)
{
    g_autoptr(RmsSoapSniffer) sniffer = rms_soap_sniffer_new();

    for (gsize at = 0; at < length; at += piece) {
        if (!rms_soap_sniffer_feed(sniffer, data + at, MIN(piece, length - at))) {
            break;
        }
    }
    return rms_soap_sniffer_get(sniffer);
}

START_TEST(test_bodies)
{
    static const struct {
        const char *name;
        const char *body;
        const char *operation;
    } rows[] = {
        {"SOAP 1.1",                      ENVELOPE11 "<s:Body>" LICENSE "</s:Body>" END,                "AcquireLicense"},
        {"SOAP 1.2",                      ENVELOPE12 "<s:Body>" LICENSE "</s:Body>" END,                "AcquireLicense"},
        {"with a header",                 ENVELOPE11 HEADER "<s:Body>" LICENSE "</s:Body>" END,         "AcquireLicense"},
        {"declaration, comments, blanks",
         "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<!-- x -->\n" ENVELOPE11
         "\n <s:Body>\n <!-- y --> " LICENSE "</s:Body>" END,
         "AcquireLicense"                                                                                               },
        {"byte order mark",
         "\xef\xbb\xbf" ENVELOPE11 "<s:Body>" LICENSE "</s:Body>" END,
         "AcquireLicense"                                                                                               },
        {"default namespace",
         "<Envelope xmlns=\"http://schemas.xmlsoap.org/soap/envelope/\"><Body>" LICENSE
         "</Body></Envelope>",                                                                          "AcquireLicense"},
        {"the rest is cut off",           ENVELOPE11 "<s:Body>" LICENSE,                                "AcquireLicense"},
        {"the first of two",
         ENVELOPE11 "<s:Body><x:Certify xmlns:x=\"y\"/>" LICENSE "</s:Body>" END,
         "Certify"                                                                                                      },
        {"named in the header only",
         ENVELOPE11 "<s:Header>" LICENSE "</s:Header><s:Body/>" END,
         "other"                                                                                                        },
        {"deeper than the body",          ENVELOPE11 "<s:Body><x>" LICENSE "</x></s:Body>" END,         "other"         },
        {"a body inside the header",
         ENVELOPE11 "<s:Header><s:Body>" LICENSE "</s:Body></s:Header>" END,
         "other"                                                                                                        },
        {"another namespace's body",      ENVELOPE11 "<Body>" LICENSE "</Body>" END,                    "other"         },
        {"another envelope",              "<s:Envelope xmlns:s=\"x\"><s:Body>" LICENSE "</s:Body>" END, "other"         },
        {"document type",                 "<!DOCTYPE x>" ENVELOPE11 "<s:Body>" LICENSE "</s:Body>" END, "other"         },
        {"entities",
         "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;\">]>" ENVELOPE11
         "<s:Body>&b;" LICENSE "</s:Body>" END,
         "other"                                                                                                        },
        {"a file as entity",
         "<!DOCTYPE x [<!ENTITY a SYSTEM \"file:///etc/passwd\">]>" ENVELOPE11 "<s:Body>&a;" LICENSE
         "</s:Body>" END,
         "other"                                                                                                        },
        {"unknown entity",                ENVELOPE11 "<s:Body>&a;" LICENSE "</s:Body>" END,             "other"         },
        {"broken before it",              ENVELOPE11 "<s:Body></x>" LICENSE "</s:Body>" END,            "other"         },
        {"broken tag",                    ENVELOPE11 "<s:Body><AcquireLicense",                         "other"         },
        {"unknown operation",             ENVELOPE11 "<s:Body><Frobnicate/></s:Body>" END,              "other"         },
        {"no operation",                  ENVELOPE11 "<s:Body/>" END,                                   "other"         },
        {"no XML",                        "{\"x\": 1}",                                                 "other"         },
        {"gzip",                          "\x1f\x8b\x08\x01\x02\x03",                                   "other"         },
        {"unknown encoding",
         "<?xml version=\"1.0\" encoding=\"x-none\"?>" ENVELOPE11 "<s:Body>" LICENSE
         "</s:Body>" END,
         "other"                                                                                                        },
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        gsize length = strlen(rows[i].body);
        const gsize pieces[] = {length, 1, 2, 7, 64};

        for (guint j = 0; j < G_N_ELEMENTS(pieces); j++) {
            const char *found = rms_soap_operation_get_name(sniff(rows[i].body, length, pieces[j]));

            ck_assert_msg(strcmp(found, rows[i].operation) == 0,
                          "%s in pieces of %zu: %s",
                          rows[i].name,
                          pieces[j],
                          found);
        }
    }
}
END_TEST

START_TEST(test_utf16)
{
    static const char body[] = ENVELOPE11 "<s:Body>" LICENSE "</s:Body>" END;
    gsize length = 0;
    g_autofree char *wide =
        g_convert(body, -1, "UTF-16", "UTF-8", NULL, &length, NULL); /* with its mark */

    ck_assert_str_eq(rms_soap_operation_get_name(sniff(wide, length, length)), "AcquireLicense");
    ck_assert_str_eq(rms_soap_operation_get_name(sniff(wide, length, 1)), "AcquireLicense");
}
END_TEST

/* What stands too far behind is not looked for: the first bytes have to say it. */
START_TEST(test_limit)
{
    static const char tail[] = "<s:Body>" LICENSE "</s:Body>" END;

    for (gint over = -1; over <= 1; over++) {
        g_autoptr(GString) body = g_string_new(ENVELOPE11 "<!--");
        gsize end = RMS_MAX_SNIFFED_BYTES - strlen("<s:Body>" LICENSE) - strlen("-->");

        while (body->len < end + (gsize) over) {
            g_string_append_c(body, 'x');
        }
        g_string_append(body, "-->");
        g_string_append(body, tail);
        ck_assert_str_eq(rms_soap_operation_get_name(sniff(body->str, body->len, 1000)),
                         over <= 0 ? "AcquireLicense" : "other");
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("soap-operation");
    TCase *tests = tcase_create("all");
    SRunner *runner;
    int failed;

    tcase_add_test(tests, test_names);
    tcase_add_test(tests, test_head);
    tcase_add_test(tests, test_bodies);
    tcase_add_test(tests, test_utf16);
    tcase_add_test(tests, test_limit);
    suite_add_tcase(suite, tests);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
