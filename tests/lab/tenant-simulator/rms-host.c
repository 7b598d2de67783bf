/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The tenant's RMS host: which method lives where, who may call, what the answers share
 * (protocol.md §1.2, §1.4, §2). The methods are in the other rms-*.c.
 */
#include "config.h"

#include "tests/lab/tenant-simulator/rms-host-private.h"

#include <string.h>

#include "tests/lab/tenant-simulator/unpublished-contract.h"

#define CERTIFICATION "/_wmcs/certification/"
#define LICENSING "/_wmcs/licensing/"

/* @service: (nullable): %NULL: ServerService or ServiceLocatorService (§1.2, "namespace clash").
 * @operation: name in the request log, by §3.7; %NULL: the method's. */
static const struct {
    const char *path, *method, *service, *operation;
    void (*answer)(RmsSimTenant *tenant, RmsSimExchange *exchange);
} methods[] = {
    {CERTIFICATION "servercertification.asmx",
     "Certify",                     RMS_SIM_NS_CERTIFICATION,
     "ServerCertify", rms_sim_rms_certify                     },
    {CERTIFICATION "certification.asmx",
     "Certify",                     RMS_SIM_NS_CERTIFICATION,
     NULL,            rms_sim_rms_certify                     },
    {CERTIFICATION "server.asmx",
     "GetServerInfo",               RMS_SIM_NS_SERVER,
     NULL,            rms_sim_rms_get_server_info             },
    {LICENSING "server.asmx",
     "GetServerInfo",               RMS_SIM_NS_SERVER,
     NULL,            rms_sim_rms_get_server_info             },
    {CERTIFICATION "server.asmx",
     "GetLicensorCertificate",      RMS_SIM_NS_SERVER,
     NULL,            rms_sim_rms_get_licensor_certificate    },
    {LICENSING "server.asmx",
     "GetLicensorCertificate",      RMS_SIM_NS_SERVER,
     NULL,            rms_sim_rms_get_licensor_certificate    },
    {CERTIFICATION "server.asmx",
     "FindServiceLocations",        NULL,
     NULL,            rms_sim_rms_find_service_locations      },
    {LICENSING "server.asmx",
     "FindServiceLocations",        NULL,
     NULL,            rms_sim_rms_find_service_locations      },
    {CERTIFICATION "server.asmx",
     "FindServiceLocationsForUser", NULL,
     NULL,            rms_sim_rms_find_service_locations      },
    {LICENSING "server.asmx",
     "FindServiceLocationsForUser", NULL,
     NULL,            rms_sim_rms_find_service_locations      },
    {CERTIFICATION "servicelocator.asmx",
     "FindServiceLocations",        NULL,
     NULL,            rms_sim_rms_find_service_locations      },
    {LICENSING "servicelocator.asmx",
     "FindServiceLocations",        NULL,
     NULL,            rms_sim_rms_find_service_locations      },
    {CERTIFICATION "servicelocator.asmx",
     "FindServiceLocationsForUser", NULL,
     NULL,            rms_sim_rms_find_service_locations      },
    {LICENSING "servicelocator.asmx",
     "FindServiceLocationsForUser", NULL,
     NULL,            rms_sim_rms_find_service_locations      },
    {LICENSING "publish.asmx",
     "GetClientLicensorCert",       RMS_SIM_NS_PUBLISHING,
     NULL,            rms_sim_rms_get_client_licensor_cert    },
    {LICENSING "license.asmx",
     "AcquireLicense",              RMS_SIM_NS_LICENSING,
     NULL,            rms_sim_rms_acquire_license             },
    {LICENSING "license.asmx",
     "AcquirePreLicense",           RMS_SIM_NS_LICENSING,
     NULL,            rms_sim_rms_acquire_pre_license         },
    {LICENSING "templatedistribution.asmx",
     "AcquireTemplateInformation",  RMS_SIM_NS_TEMPLATES,
     NULL,            rms_sim_rms_acquire_template_information},
    {LICENSING "templatedistribution.asmx",
     "AcquireTemplates",            RMS_SIM_NS_TEMPLATES,
     NULL,            rms_sim_rms_acquire_templates           },
};

void rms_sim_rms_fault(RmsSimExchange *exchange, const char *name, const char *text)
{
    gboolean soap12 = exchange->soap != NULL && exchange->soap->soap12;
    g_autofree char *full = text == NULL ? g_strdup(name) : g_strdup_printf("%s: %s", name, text);
    rms_sim_exchange_answer(
        exchange, 500, rms_sim_soap_content_type(soap12), rms_sim_soap_fault(soap12, full));
}

void rms_sim_rms_reply(RmsSimExchange *exchange, const RmsSimSoapReply *reply)
{
    rms_sim_exchange_answer(
        exchange, 200, rms_sim_soap_content_type(reply->soap12), rms_sim_soap_reply_print(reply));
}

void rms_sim_rms_add_certificate(xmlNode *parent, const char *xrml)
{
    rms_sim_xml_add_raw(rms_sim_xml_add(parent, "Certificate", NULL), xrml);
}

void rms_sim_rms_add_chain(RmsSimTenant *tenant, xmlNode *parent, const char *first)
{
    xmlNode *chain = rms_sim_xml_add(parent, "CertificateChain", NULL);
    if (first != NULL)
        rms_sim_rms_add_certificate(chain, first);
    for (const char *const *link = rms_sim_hierarchy_get_chain(tenant->hierarchy); *link != NULL;
         link++)
        rms_sim_rms_add_certificate(chain, *link);
}

static gboolean is_path(const char *path)
{
    for (gsize i = 0; i < G_N_ELEMENTS(methods); i++) {
        if (g_ascii_strcasecmp(methods[i].path, path) == 0)
            return TRUE;
    }
    return FALSE;
}

static int find_method(const char *path, const RmsSimSoapRequest *soap)
{
    for (gsize i = 0; i < G_N_ELEMENTS(methods); i++) {
        if (g_ascii_strcasecmp(methods[i].path, path) != 0 ||
            !rms_sim_xml_is(soap->method, methods[i].method))
            continue;
        if (methods[i].service == NULL ? g_str_equal(soap->service, RMS_SIM_NS_SERVER) ||
                                             g_str_equal(soap->service, RMS_SIM_NS_LOCATOR)
                                       : g_str_equal(soap->service, methods[i].service))
            return (int) i;
    }
    return -1;
}

void rms_sim_rms_host_prepare(RmsSimTenant *tenant, RmsSimExchange *exchange)
{
    rms_sim_contract_identify_connector(tenant, exchange);
    if (!is_path(exchange->path) || !g_str_equal(exchange->method, "POST"))
        return;
    exchange->soap = rms_sim_soap_request_new(exchange->body,
                                              rms_sim_exchange_get_header(exchange, "Content-Type"),
                                              rms_sim_exchange_get_header(exchange, "SOAPAction"),
                                              &exchange->soap_problem);
    int found = exchange->soap == NULL ? -1 : find_method(exchange->path, exchange->soap);
    if (found >= 0)
        rms_sim_exchange_set_operation(exchange,
                                       methods[found].operation != NULL ? methods[found].operation
                                                                        : methods[found].method);
}

/* Methods proper, once path, HTTP method and connector are known to be right. */
static void answer_method(RmsSimTenant *tenant, RmsSimExchange *exchange)
{
    int found = find_method(exchange->path, exchange->soap);
    if (found < 0) {
        rms_sim_rms_fault(
            exchange, RMS_SIM_FAULT_INVALID_OPERATION, "this service has no such method");
        return;
    }
    if (exchange->entry == NULL) {
        rms_sim_rms_fault(exchange,
                          RMS_SIM_FAULT_UNAUTHORIZED,
                          "the connector does not say which entry admitted the caller");
        return;
    }
    /* GetServerInfo alone has no VersionData (§1.5). */
    g_autofree char *problem = g_str_equal(methods[found].method, "GetServerInfo")
                                   ? NULL
                                   : rms_sim_soap_check_version(exchange->soap);
    if (problem != NULL)
        rms_sim_rms_fault(exchange, problem, NULL);
    else if (tenant->state->functional_state == 0)
        rms_sim_rms_fault(
            exchange, RMS_SIM_FAULT_UNSPECIFIED, "the service is disabled for this tenant");
    else
        methods[found].answer(tenant, exchange);
}

static gboolean is_soap_type(const char *type)
{
    return type != NULL &&
           (g_ascii_strncasecmp(type, "text/xml", strlen("text/xml")) == 0 ||
            g_ascii_strncasecmp(type, "application/soap+xml", strlen("application/soap+xml")) == 0);
}

void rms_sim_rms_host_answer(RmsSimTenant *tenant, RmsSimExchange *exchange)
{
    if (!is_path(exchange->path)) {
        rms_sim_exchange_answer_text(exchange, 404, "No such service.\n");
    } else if (rms_sim_contract_refuse_connector(tenant, exchange)) {
        return;
    } else if (!g_str_equal(exchange->method, "POST")) {
        rms_sim_exchange_answer_text(exchange, 405, "Not by this method.\n");
        rms_sim_exchange_add_header(exchange, "Allow", "POST");
    } else if (!is_soap_type(rms_sim_exchange_get_header(exchange, "Content-Type"))) {
        rms_sim_exchange_answer_text(exchange, 415, "SOAP is text/xml or application/soap+xml.\n");
    } else if (exchange->soap == NULL) {
        rms_sim_rms_fault(exchange, exchange->soap_problem, NULL);
    } else {
        answer_method(tenant, exchange);
    }
}
