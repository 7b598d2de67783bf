/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reading of locator answers (XML) and of bare states and refusals (JSON).
 *
 * The XML comes from the network: no DTD gets as far as being parsed, so there are no entities, and
 * nothing is ever loaded.
 */
#include "config.h"

#include "service-client/tenant-wire.h"

#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/tree.h>
#include <string.h>

#include "service-client/provider-text.h"
#include "service-client/service-error-private.h"
#include "service-client/service-limits.h"
#include "service-client/service-url.h"

#define SOAP_11 "http://schemas.xmlsoap.org/soap/envelope/"
#define SOAP_12 "http://www.w3.org/2003/05/soap-envelope"
#define LOCATOR "http://microsoft.com/DRM/ServiceLocatorService" /* MS-RMPR */

G_DEFINE_AUTOPTR_CLEANUP_FUNC(xmlDoc, xmlFreeDoc)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(xmlParserCtxt, xmlFreeParserCtxt)

const char *rms_tenant_wire_get_discovery_envelope(void)
{
    return "<?xml version=\"1.0\" encoding=\"utf-8\"?>"
           "<s:Envelope xmlns:s=\"" SOAP_11 "\"><s:Body>"
           "<FindServiceLocationsForUser xmlns=\"" LOCATOR "\"><ServiceNames>"
           "<ServiceLocationRequest><Type>AdminV2Service</Type></ServiceLocationRequest>"
           "</ServiceNames></FindServiceLocationsForUser></s:Body></s:Envelope>";
}

/* Called at `<!DOCTYPE`, before anything inside of it is read. */
static void refuse_doctype(void *context,
                           const xmlChar *name,
                           const xmlChar *external_id,
                           const xmlChar *system_id)
{
    xmlStopParser(context);
}

static xmlDoc *parse_xml(const char *text, gsize length)
{
    g_autoptr(xmlParserCtxt) context = NULL;
    xmlDoc *document;

    if (length == 0 || length > RMS_SERVICE_MAX_ANSWER_BYTES)
        return NULL;
    context = xmlCreateMemoryParserCtxt(text, (int) length);
    if (context == NULL)
        return NULL;
    xmlCtxtUseOptions(context, XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
    context->sax->internalSubset = refuse_doctype;
    xmlParseDocument(context);
    document = context->myDoc;
    context->myDoc = NULL;
    if (context->wellFormed == 1 && context->nsWellFormed == 1)
        return document;
    xmlFreeDoc(document);
    return NULL;
}

static gboolean is_element(const xmlNode *node, const char *namespace, const char *name)
{
    return node->type == XML_ELEMENT_NODE && node->ns != NULL &&
           strcmp((const char *) node->ns->href, namespace) == 0 &&
           strcmp((const char *) node->name, name) == 0;
}

/* The one child of that name; %NULL if there is none, or more than one. @node: (nullable) */
static xmlNode *find_child(const xmlNode *node, const char *namespace, const char *name)
{
    xmlNode *found = NULL;

    for (xmlNode *child = node != NULL ? node->children : NULL; child != NULL;
         child = child->next) {
        if (!is_element(child, namespace, name))
            continue;
        if (found != NULL)
            return NULL;
        found = child;
    }
    return found;
}

/* @node: (nullable) */
static char *dup_content(const xmlNode *node)
{
    xmlChar *content = node != NULL ? xmlNodeGetContent(node) : NULL;
    char *text = g_strdup(content != NULL ? (const char *) content : "");

    xmlFree(content);
    return g_strstrip(text);
}

/* `faultstring` of SOAP 1.1 is in no namespace; in SOAP 1.2 it is `Reason/Text`. Returns:
 * (nullable)
 */
static char *dup_fault(const xmlNode *body, const char *soap)
{
    xmlNode *fault = find_child(body, soap, "Fault");
    xmlNode *text = NULL;

    if (fault == NULL)
        return NULL;
    for (xmlNode *child = fault->children; child != NULL; child = child->next) {
        if (child->type == XML_ELEMENT_NODE && child->ns == NULL &&
            strcmp((const char *) child->name, "faultstring") == 0)
            text = child;
    }
    if (text == NULL)
        text = find_child(find_child(fault, soap, "Reason"), soap, "Text");
    return dup_content(text);
}

/* The exception's name stands at the front of the text; what follows is free (protocol.md §2.11).
 */
static void set_fault(const char *fault, GError **error)
{
    g_autofree char *shown = rms_provider_text_clean(fault, RMS_SERVICE_MAX_PROVIDER_TEXT_BYTES);

    GError *refusal;

    if (g_str_has_prefix(fault, "System.UnauthorizedAccessException"))
        refusal = g_error_new(RMS_SERVICE_ERROR,
                              RMS_SERVICE_ERROR_NO_ROLE,
                              "This account may not administer the Rights Management service");
    else
        refusal = g_error_new(RMS_SERVICE_ERROR,
                              RMS_SERVICE_ERROR_DISCOVERY,
                              "%s %s%s%s%s",
                              RMS_TENANT_WIRE_DISCOVERY_FAILED,
                              RMS_TENANT_WIRE_DISCOVERY_CAUSES,
                              *shown != '\0' ? " (" : "",
                              shown,
                              *shown != '\0' ? ")" : "");
    rms_service_error_set_provider(refusal, NULL, *shown != '\0' ? shown : NULL);
    g_propagate_error(error, refusal);
}

static void set_protocol_error(const char *what, GError **error)
{
    g_set_error(error, RMS_SERVICE_ERROR, RMS_SERVICE_ERROR_PROTOCOL, "%s", what);
}

char *rms_tenant_wire_read_location(const char *text, gsize length, GError **error)
{
    g_autoptr(xmlDoc) document = NULL;
    g_autofree char *fault = NULL;
    g_autofree char *url = NULL;
    g_autofree char *type = NULL;
    const char *soap;
    xmlNode *root, *body, *location;

    g_return_val_if_fail(text != NULL, NULL);

    document = parse_xml(text, length);
    root = document != NULL ? xmlDocGetRootElement(document) : NULL;
    if (root == NULL) {
        set_protocol_error("The discovery service answered with something that is not XML", error);
        return NULL;
    }
    soap = is_element(root, SOAP_12, "Envelope") ? SOAP_12 : SOAP_11;
    body = is_element(root, soap, "Envelope") ? find_child(root, soap, "Body") : NULL;
    fault = dup_fault(body, soap);
    if (fault != NULL) {
        set_fault(fault, error);
        return NULL;
    }
    location =
        find_child(find_child(find_child(body, LOCATOR, "FindServiceLocationsForUserResponse"),
                              LOCATOR,
                              "FindServiceLocationsForUserResult"),
                   LOCATOR,
                   "ServiceLocationResponse");
    type = dup_content(find_child(location, LOCATOR, "Type"));
    url = dup_content(find_child(location, LOCATOR, "URL"));
    if (location != NULL && strcmp(type, "AdminV2Service") == 0 && *url == '\0') {
        set_fault("", error);
        return NULL;
    }
    if (strcmp(type, "AdminV2Service") != 0 || !rms_service_url_is_base(url)) {
        set_protocol_error("The discovery service answered without the location of the "
                           "administration service",
                           error);
        return NULL;
    }
    return rms_service_url_join(url, "");
}

/* Answers of the admin service */

gboolean rms_tenant_wire_read_state(const cJSON *json, gboolean *state, GError **error)
{
    g_return_val_if_fail(json != NULL && state != NULL, FALSE);

    if (!cJSON_IsNumber(json) || (json->valuedouble != 0.0 && json->valuedouble != 1.0)) {
        set_protocol_error("The administration service answered with a state that is neither 0 "
                           "nor 1",
                           error);
        return FALSE;
    }
    *state = json->valuedouble == 1.0;
    return TRUE;
}

char *rms_tenant_wire_describe_refusal(const cJSON *json)
{
    const char *detail = json != NULL ? rms_json_peek_string(json, "ErrorDetail") : NULL;

    return rms_provider_text_clean(detail, RMS_SERVICE_MAX_PROVIDER_TEXT_BYTES);
}
