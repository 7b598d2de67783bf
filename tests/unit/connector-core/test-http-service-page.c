/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The table of services, the page and the WSDL: every name that the WSDL uses is defined in it, and
 * its schema is one.
 */
#include "config.h"

#include <check.h>
#include <string.h>

#include <libxml/parser.h>
#include <libxml/xmlschemas.h>
#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>

#include "connector-core/service-page.h"
#include "connector-core/soap-fault.h"

START_TEST(test_find)
{
    static const struct {
        const char *path;
        const char *name; /* NULL: there is none */
    } rows[] = {
        {"/_wmcs/certification/servercertification.asmx",   "ServerCertificationWebService" },
        {"/_WMCS/Certification/ServerCertification.asmx",   "ServerCertificationWebService" },
        {"/_wmcs/certification/certification.asmx",         "CertificationWebService"       },
        {"/_wmcs/certification/server.asmx",                "Server"                        },
        {"/_wmcs/licensing/server.asmx",                    "Server"                        },
        {"/_wmcs/licensing/license.asmx",                   "License"                       },
        {"/_wmcs/licensing/publish.asmx",                   "Publish"                       },
        {"/_wmcs/licensing/templatedistribution.asmx",      "TemplateDistributionWebService"},
        {"/_wmcs/licensing/servicelocator.asmx",            "ServiceLocator"                },
        {"/_wmcs/certification/servicelocator.asmx",        "ServiceLocator"                },
        {"",                                                NULL                            },
        {"/",                                               NULL                            },
        {"/_wmcs",                                          NULL                            },
        {"/_wmcs/licensing",                                NULL                            },
        {"_wmcs/licensing/license.asmx",                    NULL                            },
        {"/_wmcs/licensing/license.asm",                    NULL                            },
        {"/_wmcs/licensing/license.asmxx",                  NULL                            },
        {"/_wmcs/licensing/license.asmx/",                  NULL                            },
        {"/_wmcs/licensing//license.asmx",                  NULL                            },
        {"/_wmcs/licensing/../licensing/license.asmx",      NULL                            },
        {"/_wmcs/licensing/%6cicense.asmx",                 NULL                            },
        {"/_wmcs/certification/precertification.asmx",      NULL                            },
        {"/_wmcs/certification/activation.asmx",            NULL                            },
        {"/_wmcs/certification/mobilecertification.asmx",   NULL                            },
        {"/_wmcs/licensing/editissuancelicense.asmx",       NULL                            },
        {"/_wmcs/decommission/decommission.asmx",           NULL                            },
        {"/_wmcs/groupexpansion/groupexpansion.asmx",       NULL                            },
        {"/_wmcs/oauth2/certification/servicelocator.asmx", NULL                            },
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        const RmsService *service = rms_service_find(rows[i].path, strlen(rows[i].path));

        if (rows[i].name == NULL) {
            ck_assert_msg(service == NULL, "%s", rows[i].path);
        } else {
            ck_assert_msg(service != NULL, "%s", rows[i].path);
            ck_assert_str_eq(service->name, rows[i].name);
        }
    }
}
END_TEST

static guint count_nodes(xmlXPathContext *context, const char *expression)
{
    xmlXPathObject *found = xmlXPathEvalExpression(BAD_CAST expression, context);
    guint n;

    ck_assert_msg(found != NULL, "%s", expression);
    n = found->nodesetval != NULL ? (guint) found->nodesetval->nodeNr : 0;
    xmlXPathFreeObject(found);
    return n;
}

/* The schema inside the WSDL, read by a schema processor: unknown types and doubles are errors. */
static void check_schema(xmlXPathContext *context)
{
    xmlXPathObject *found = xmlXPathEvalExpression(BAD_CAST "//s:schema", context);
    xmlDoc *document = xmlNewDoc(BAD_CAST "1.0");
    xmlSchemaParserCtxt *parser;
    xmlSchema *schema;
    xmlNode *copy;

    ck_assert_int_eq(found->nodesetval->nodeNr, 1);
    copy = xmlDocCopyNode(found->nodesetval->nodeTab[0], document, 1);
    xmlDocSetRootElement(document, copy);
    xmlReconciliateNs(document, copy);
    parser = xmlSchemaNewDocParserCtxt(document);
    schema = xmlSchemaParse(parser);
    ck_assert_ptr_nonnull(schema);
    xmlSchemaFree(schema);
    xmlSchemaFreeParserCtxt(parser);
    xmlFreeDoc(document);
    xmlXPathFreeObject(found);
}

static void check_wsdl(const RmsService *service)
{
    GString *text = rms_service_wsdl(service, "https", "h&<\"h", 5);
    xmlDoc *document =
        xmlReadMemory(text->str, (int) text->len, NULL, NULL, XML_PARSE_NONET | XML_PARSE_NOENT);
    xmlXPathContext *context = xmlXPathNewContext(document);
    guint n = service->n_operations;

    ck_assert_ptr_nonnull(document);
    xmlXPathRegisterNs(context, BAD_CAST "w", BAD_CAST "http://schemas.xmlsoap.org/wsdl/");
    xmlXPathRegisterNs(context, BAD_CAST "a", BAD_CAST "http://schemas.xmlsoap.org/wsdl/soap/");
    xmlXPathRegisterNs(context, BAD_CAST "b", BAD_CAST "http://schemas.xmlsoap.org/wsdl/soap12/");
    xmlXPathRegisterNs(context, BAD_CAST "s", BAD_CAST "http://www.w3.org/2001/XMLSchema");
    check_schema(context);
    ck_assert_uint_eq(count_nodes(context, "//w:portType/w:operation"), n);
    ck_assert_uint_eq(count_nodes(context, "//w:binding"), 2);
    ck_assert_uint_eq(count_nodes(context, "//w:binding/w:operation"), 2 * n);
    ck_assert_uint_eq(count_nodes(context, "//a:operation[@style='document']"), n);
    ck_assert_uint_eq(count_nodes(context, "//b:operation[@style='document']"), n);
    ck_assert_uint_eq(count_nodes(context, "//a:body[@use='literal']"), 2 * n);
    /* Messages, elements, port types and bindings that are named are there. */
    ck_assert_uint_eq(count_nodes(context,
                                  "//w:portType/w:operation/*[not(substring-after(@message, ':') = "
                                  "//w:message/@name)]"),
                      0);
    ck_assert_uint_eq(count_nodes(context,
                                  "//a:header[not(substring-after(@message, ':') = "
                                  "//w:message/@name)]"),
                      0);
    ck_assert_uint_eq(count_nodes(context,
                                  "//w:part[not(substring-after(@element, ':') = "
                                  "//s:schema/s:element/@name)]"),
                      0);
    ck_assert_uint_eq(
        count_nodes(context, "//w:binding[not(substring-after(@type, ':') = //w:portType/@name)]"),
        0);
    ck_assert_uint_eq(
        count_nodes(context, "//w:port[not(substring-after(@binding, ':') = //w:binding/@name)]"),
        0);
    /* A host is text, whatever it holds. */
    ck_assert_uint_eq(count_nodes(context, "//*[starts-with(@location, 'https://h&<\"h/_wmcs/')]"),
                      2);
    xmlXPathFreeContext(context);
    xmlFreeDoc(document);
    g_string_free(text, TRUE);
}

START_TEST(test_wsdl)
{
    guint n;
    const RmsService *services = rms_service_get_all(&n);

    ck_assert_uint_eq(n, 9);
    for (guint i = 0; i < n; i++) {
        check_wsdl(&services[i]);
    }
}
END_TEST

START_TEST(test_faults)
{
    for (guint soap12 = 0; soap12 < 2; soap12++) {
        const char *type;
        const char *fault = rms_soap_fault_retry(soap12 == 1, &type);
        xmlDoc *document = xmlReadMemory(fault, (int) strlen(fault), NULL, NULL, XML_PARSE_NONET);

        ck_assert_ptr_nonnull(document);
        ck_assert_str_eq((const char *) xmlDocGetRootElement(document)->name, "Envelope");
        ck_assert(rms_soap_is_soap12(type, strlen(type)) == (soap12 == 1));
        xmlFreeDoc(document);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("http-service-page");
    TCase *tcase = tcase_create("services");
    SRunner *runner;
    int failed;

    tcase_add_test(tcase, test_find);
    tcase_add_test(tcase, test_wsdl);
    tcase_add_test(tcase, test_faults);
    suite_add_tcase(suite, tcase);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    xmlCleanupParser();
    return failed == 0 ? 0 : 1;
}
