/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Service page and WSDL; see service-page.h.
 */
#include "config.h"

#include "connector-core/service-page.h"

GString *rms_service_page(const RmsService *service)
{
    GString *page = g_string_sized_new(2048);

    g_string_append_printf(page,
                           "<!DOCTYPE html>\n"
                           "<html lang=\"en\">\n"
                           "<head><meta charset=\"utf-8\"><title>%s</title></head>\n"
                           "<body>\n"
                           "<h1>%s</h1>\n"
                           "<p>The RMS connector answers on this address. The following "
                           "operations are supported; their formal definition is the "
                           "<a href=\"?wsdl\">service description</a>.</p>\n"
                           "<ul>\n",
                           service->name,
                           service->name);
    for (guint i = 0; i < service->n_operations; i++) {
        g_string_append_printf(page, "<li>%s</li>\n", service->operations[i].name);
    }
    g_string_append(page, "</ul>\n</body>\n</html>\n");
    return page;
}

static void append_types(GString *wsdl, const RmsService *service)
{
    g_string_append_printf(wsdl,
                           "<wsdl:types><s:schema elementFormDefault=\"qualified\" "
                           "xmlns:tns=\"%s\" targetNamespace=\"%s\">",
                           service->space,
                           service->space);
    for (guint i = 0; i < service->n_operations; i++) {
        const RmsOperation *operation = &service->operations[i];

        g_string_append_printf(wsdl,
                               "<s:element name=\"%s\"><s:complexType><s:sequence>%s</s:sequence>"
                               "</s:complexType></s:element>"
                               "<s:element name=\"%sResponse\"><s:complexType><s:sequence>%s"
                               "</s:sequence></s:complexType></s:element>",
                               operation->name,
                               operation->request,
                               operation->name,
                               operation->response);
    }
    g_string_append(wsdl, service->types);
    g_string_append(wsdl,
                    "<s:element name=\"VersionData\" type=\"tns:VersionData\"/>"
                    "<s:complexType name=\"VersionData\"><s:sequence>"
                    "<s:element minOccurs=\"0\" name=\"MinimumVersion\" type=\"s:string\"/>"
                    "<s:element minOccurs=\"0\" name=\"MaximumVersion\" type=\"s:string\"/>"
                    "</s:sequence><s:anyAttribute/></s:complexType>"
                    "</s:schema></wsdl:types>");
}

static void append_message(GString *wsdl, const char *name, const char *suffix, const char *element)
{
    g_string_append_printf(wsdl,
                           "<wsdl:message name=\"%sSoap%s\">"
                           "<wsdl:part name=\"parameters\" element=\"tns:%s%s\"/></wsdl:message>",
                           name,
                           suffix,
                           name,
                           element);
}

static void append_messages(GString *wsdl, const RmsService *service)
{
    for (guint i = 0; i < service->n_operations; i++) {
        const char *name = service->operations[i].name;

        append_message(wsdl, name, "In", "");
        append_message(wsdl, name, "Out", "Response");
        if (rms_operation_has_version(&service->operations[i])) {
            g_string_append_printf(wsdl,
                                   "<wsdl:message name=\"%sVersionData\"><wsdl:part "
                                   "name=\"VersionData\" element=\"tns:VersionData\"/>"
                                   "</wsdl:message>",
                                   name);
        }
    }
    g_string_append_printf(wsdl, "<wsdl:portType name=\"%sSoap\">", service->name);
    for (guint i = 0; i < service->n_operations; i++) {
        const char *name = service->operations[i].name;

        g_string_append_printf(wsdl,
                               "<wsdl:operation name=\"%s\"><wsdl:input message=\"tns:%sSoapIn\"/>"
                               "<wsdl:output message=\"tns:%sSoapOut\"/></wsdl:operation>",
                               name,
                               name,
                               name);
    }
    g_string_append(wsdl, "</wsdl:portType>");
}

/* @soap: the prefix of the binding, soap or soap12; @port: its port's suffix. */
static void
append_binding(GString *wsdl, const RmsService *service, const char *soap, const char *port)
{
    g_string_append_printf(wsdl,
                           "<wsdl:binding name=\"%s%s\" type=\"tns:%sSoap\"><%s:binding "
                           "transport=\"http://schemas.xmlsoap.org/soap/http\"/>",
                           service->name,
                           port,
                           service->name,
                           soap);
    for (guint i = 0; i < service->n_operations; i++) {
        const RmsOperation *operation = &service->operations[i];
        g_autofree char *header = NULL;

        if (rms_operation_has_version(operation)) {
            header = g_strdup_printf(
                "<%s:header message=\"tns:%sVersionData\" part=\"VersionData\" use=\"literal\"/>",
                soap,
                operation->name);
        }
        g_string_append_printf(wsdl,
                               "<wsdl:operation name=\"%s\"><%s:operation soapAction=\"%s/%s\" "
                               "style=\"document\"/>"
                               "<wsdl:input><%s:body use=\"literal\"/>%s</wsdl:input>"
                               "<wsdl:output><%s:body use=\"literal\"/>%s</wsdl:output>"
                               "</wsdl:operation>",
                               operation->name,
                               soap,
                               service->space,
                               operation->name,
                               soap,
                               header != NULL ? header : "",
                               soap,
                               header != NULL ? header : "");
    }
    g_string_append(wsdl, "</wsdl:binding>");
}

GString *
rms_service_wsdl(const RmsService *service, const char *scheme, const char *host, gsize host_length)
{
    static const char *const ports[][2] = {
        {"soap",   "Soap"  },
        {"soap12", "Soap12"}
    };
    g_autofree char *safe_host = g_markup_escape_text(host, (gssize) host_length);
    GString *wsdl = g_string_sized_new(8192);

    g_string_append_printf(wsdl,
                           "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
                           "<wsdl:definitions xmlns:wsdl=\"http://schemas.xmlsoap.org/wsdl/\" "
                           "xmlns:soap=\"http://schemas.xmlsoap.org/wsdl/soap/\" "
                           "xmlns:soap12=\"http://schemas.xmlsoap.org/wsdl/soap12/\" "
                           "xmlns:s=\"http://www.w3.org/2001/XMLSchema\" "
                           "xmlns:tns=\"%s\" targetNamespace=\"%s\">",
                           service->space,
                           service->space);
    append_types(wsdl, service);
    append_messages(wsdl, service);
    for (guint i = 0; i < G_N_ELEMENTS(ports); i++) {
        append_binding(wsdl, service, ports[i][0], ports[i][1]);
    }
    g_string_append_printf(wsdl, "<wsdl:service name=\"%s\">", service->name);
    for (guint i = 0; i < G_N_ELEMENTS(ports); i++) {
        g_string_append_printf(wsdl,
                               "<wsdl:port name=\"%s%s\" binding=\"tns:%s%s\"><%s:address "
                               "location=\"%s://%s%s\"/></wsdl:port>",
                               service->name,
                               ports[i][1],
                               service->name,
                               ports[i][1],
                               ports[i][0],
                               scheme,
                               safe_host,
                               service->path);
    }
    g_string_append(wsdl, "</wsdl:service></wsdl:definitions>\n");
    return wsdl;
}
