/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * SOAP 1.1 and 1.2 as RMS speaks them (soap.h).
 */
#include "config.h"

#include "tests/lab/tenant-simulator/soap.h"

#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <string.h>

#define SOAP11 "http://schemas.xmlsoap.org/soap/envelope/"
#define SOAP12 "http://www.w3.org/2003/05/soap-envelope"

/* What this server supports; protocol.md §1.5. */
#define MINIMUM_VERSION "1.0.0.0"
#define MAXIMUM_VERSION "1.2.0.0"
static const guint maximum_version[4] = {1, 2, 0, 0};

G_DEFINE_AUTOPTR_CLEANUP_FUNC(xmlParserCtxt, xmlFreeParserCtxt)

gboolean rms_sim_xml_is(const xmlNode *node, const char *name)
{
    return node != NULL && node->type == XML_ELEMENT_NODE &&
           g_str_equal((const char *) node->name, name);
}

static xmlNode *find_element(xmlNode *node, const char *name)
{
    while (node != NULL &&
           !(name == NULL ? node->type == XML_ELEMENT_NODE : rms_sim_xml_is(node, name)))
        node = node->next;
    return node;
}

xmlNode *rms_sim_xml_child(const xmlNode *node, const char *name)
{
    return node == NULL ? NULL : find_element(node->children, name);
}

xmlNode *rms_sim_xml_path(const xmlNode *node, const char *path)
{
    g_auto(GStrv) names = g_strsplit(path, "/", -1);
    xmlNode *found = (xmlNode *) node;
    for (char **name = names; *name != NULL && found != NULL; name++)
        found = rms_sim_xml_child(found, *name);
    return found;
}

xmlNode *rms_sim_xml_next(const xmlNode *node)
{
    return find_element(node->next, (const char *) node->name);
}

char *rms_sim_xml_dup_text(const xmlNode *node)
{
    xmlChar *content = node == NULL ? NULL : xmlNodeGetContent(node);
    char *text = g_strdup(content == NULL ? "" : (const char *) content);
    xmlFree(content);
    return g_strstrip(text);
}

char *rms_sim_xml_dup_attribute(const xmlNode *node, const char *name)
{
    xmlChar *value = node == NULL ? NULL : xmlGetNoNsProp(node, (const xmlChar *) name);
    char *copy = g_strdup((const char *) value);
    xmlFree(value);
    return copy;
}

xmlNode *rms_sim_xml_add(xmlNode *parent, const char *name, const char *text)
{
    return xmlNewTextChild(parent, NULL, (const xmlChar *) name, (const xmlChar *) text);
}

void rms_sim_xml_add_raw(xmlNode *parent, const char *xml)
{
    xmlNode *text = xmlNewText((const xmlChar *) xml);
    /* libxml2's own mark for text that its serializer must not escape. */
    text->name = xmlStringTextNoenc;
    xmlAddChild(parent, text);
}

/* A DTD ends the parse before any of it is read. */
static void
on_internal_subset(void *data, const xmlChar *name, const xmlChar *external, const xmlChar *system)
{
    xmlStopParser(data);
}

static xmlDoc *parse_document(GBytes *body)
{
    gsize length = 0;
    const char *data = g_bytes_get_data(body, &length);
    if (length == 0 || length > G_MAXINT)
        return NULL;
    g_autoptr(xmlParserCtxt) context = xmlCreateMemoryParserCtxt(data, (int) length);
    if (context == NULL)
        return NULL;
    /* The body has a ceiling already; libxml2's own on one text would be below that of a licence.
     */
    xmlCtxtUseOptions(context,
                      XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING |
                          XML_PARSE_NOCDATA | XML_PARSE_COMPACT | XML_PARSE_HUGE);
    context->sax->internalSubset = on_internal_subset;
    xmlParseDocument(context);
    xmlDoc *document = context->myDoc;
    context->myDoc = NULL;
    if (document != NULL && (!context->wellFormed || document->intSubset != NULL))
        g_clear_pointer(&document, xmlFreeDoc);
    return document;
}

static gboolean is_in(const xmlNode *node, const char *namespace_uri)
{
    return node != NULL && node->ns != NULL &&
           g_strcmp0((const char *) node->ns->href, namespace_uri) == 0;
}

/* Returns the fault's text when the envelope is not one, or its Body has not exactly one child. */
static char *read_envelope(RmsSimSoapRequest *request)
{
    xmlNode *envelope = xmlDocGetRootElement(request->document);
    const char *soap = is_in(envelope, SOAP12) ? SOAP12 : SOAP11;
    request->soap12 = soap == (const char *) SOAP12;
    if (!rms_sim_xml_is(envelope, "Envelope") || !is_in(envelope, soap))
        return g_strdup(RMS_SIM_FAULT_INVALID_OPERATION ": not a SOAP envelope");
    xmlNode *body = NULL;
    for (xmlNode *child = envelope->children; child != NULL; child = child->next) {
        if (child->type != XML_ELEMENT_NODE || !is_in(child, soap))
            continue;
        if (rms_sim_xml_is(child, "Header"))
            request->header = child;
        if (rms_sim_xml_is(child, "Body")) {
            if (body != NULL)
                return g_strdup(RMS_SIM_FAULT_INVALID_OPERATION ": two bodies");
            body = child;
        }
    }
    request->method = rms_sim_xml_child(body, NULL);
    if (request->method == NULL || find_element(request->method->next, NULL) != NULL ||
        request->method->ns == NULL)
        return g_strdup(RMS_SIM_FAULT_INVALID_OPERATION ": Body needs exactly one method");
    request->service = (const char *) request->method->ns->href;
    return NULL;
}

/* SOAP 1.1 has the header SOAPAction, SOAP 1.2 a parameter of the media type; both may be missing
 * (§1.4). */
static char *dup_action(const char *content_type, const char *soap_action)
{
    g_autofree char *action = g_strdup(soap_action);
    const char *parameter = action != NULL ? NULL : strstr(content_type, "action=");
    if (parameter != NULL) {
        action = g_strdup(parameter + strlen("action="));
        if (action[0] == '"') {
            char *end = strchr(action + 1, '"');
            if (end != NULL)
                end[1] = '\0';
        } else {
            action[strcspn(action, "; ")] = '\0';
        }
    }
    if (action == NULL)
        return NULL;
    g_strstrip(action);
    gsize length = strlen(action);
    if (length >= 2 && action[0] == '"' && action[length - 1] == '"') {
        action[length - 1] = '\0';
        memmove(action, action + 1, length - 1);
    }
    return action[0] == '\0' ? NULL : g_steal_pointer(&action);
}

RmsSimSoapRequest *rms_sim_soap_request_new(GBytes *body,
                                            const char *content_type,
                                            const char *soap_action,
                                            char **problem)
{
    g_autoptr(RmsSimSoapRequest) request = g_new0(RmsSimSoapRequest, 1);
    request->raw = g_bytes_ref(body);
    request->document = parse_document(body);
    if (request->document == NULL) {
        *problem = g_strdup(RMS_SIM_FAULT_INVALID_OPERATION ": the request is not well-formed XML "
                                                            "without a DTD");
        return NULL;
    }
    g_autofree char *fault = read_envelope(request);
    if (fault == NULL) {
        g_autofree char *action = dup_action(content_type != NULL ? content_type : "", soap_action);
        g_autofree char *called =
            g_strdup_printf("%s/%s", request->service, (const char *) request->method->name);
        if (action != NULL && g_strcmp0(action, called) != 0)
            fault = g_strdup_printf(RMS_SIM_FAULT_INVALID_OPERATION
                                    ": SOAPAction %s does not fit the body %s",
                                    action,
                                    called);
    }
    if (fault != NULL) {
        *problem = g_steal_pointer(&fault);
        return NULL;
    }
    return g_steal_pointer(&request);
}

void rms_sim_soap_request_free(RmsSimSoapRequest *request)
{
    if (request == NULL)
        return;
    g_clear_pointer(&request->raw, g_bytes_unref);
    g_clear_pointer(&request->document, xmlFreeDoc);
    g_free(request);
}

static gboolean parse_version(const char *text, guint version[4])
{
    g_auto(GStrv) parts = g_strsplit(text, ".", 5);
    if (g_strv_length(parts) != 4)
        return FALSE;
    for (guint i = 0; i < 4; i++) {
        guint64 number = 0;
        if (!g_ascii_string_to_unsigned(parts[i], 10, 0, G_MAXINT32, &number, NULL))
            return FALSE;
        version[i] = (guint) number;
    }
    return TRUE;
}

static int compare_versions(const guint a[4], const guint b[4])
{
    for (guint i = 0; i < 4; i++) {
        if (a[i] != b[i])
            return a[i] < b[i] ? -1 : 1;
    }
    return 0;
}

char *rms_sim_soap_check_version(RmsSimSoapRequest *request)
{
    xmlNode *data = rms_sim_xml_child(request->header, "VersionData");
    if (data == NULL)
        return NULL;
    g_autofree char *minimum_text = rms_sim_xml_dup_text(rms_sim_xml_child(data, "MinimumVersion"));
    g_autofree char *maximum_text = rms_sim_xml_dup_text(rms_sim_xml_child(data, "MaximumVersion"));
    guint minimum[4] = {0};
    guint maximum[4] = {0};
    if (!is_in(data, request->service) || !parse_version(minimum_text, minimum) ||
        !parse_version(maximum_text, maximum) || compare_versions(minimum, maximum) > 0)
        return g_strdup_printf(
            RMS_SIM_FAULT_MALFORMED_VERSION ": %s to %s", minimum_text, maximum_text);
    static const guint lowest[4] = {1, 0, 0, 0};
    if (compare_versions(maximum, maximum_version) > 0 || compare_versions(maximum, lowest) < 0)
        return g_strdup_printf(RMS_SIM_FAULT_UNSUPPORTED_VERSION ": requested %s", maximum_text);
    request->has_version = TRUE;
    memcpy(request->maximum, maximum, sizeof maximum);
    return NULL;
}

/* An envelope with an empty Body, which is returned. */
static xmlNode *new_envelope(gboolean soap12, xmlDoc **document, xmlNode **header)
{
    *document = xmlNewDoc((const xmlChar *) "1.0");
    xmlNode *envelope = xmlNewDocNode(*document, NULL, (const xmlChar *) "Envelope", NULL);
    xmlDocSetRootElement(*document, envelope);
    xmlNs *soap =
        xmlNewNs(envelope, (const xmlChar *) (soap12 ? SOAP12 : SOAP11), (const xmlChar *) "s");
    xmlSetNs(envelope, soap);
    if (header != NULL)
        *header = xmlNewChild(envelope, soap, (const xmlChar *) "Header", NULL);
    return xmlNewChild(envelope, soap, (const xmlChar *) "Body", NULL);
}

static xmlNode *add_in_namespace(xmlNode *parent, const char *name, const char *namespace_uri)
{
    xmlNode *node = xmlNewDocNode(parent->doc, NULL, (const xmlChar *) name, NULL);
    xmlAddChild(parent, node);
    xmlSetNs(node, xmlNewNs(node, (const xmlChar *) namespace_uri, NULL));
    return node;
}

RmsSimSoapReply *rms_sim_soap_reply_new(const RmsSimSoapRequest *request)
{
    RmsSimSoapReply *reply = g_new0(RmsSimSoapReply, 1);
    reply->soap12 = request->soap12;
    xmlNode *header = NULL;
    xmlNode *body =
        new_envelope(request->soap12, &reply->document, request->has_version ? &header : NULL);
    if (header != NULL) {
        xmlNode *data = add_in_namespace(header, "VersionData", request->service);
        rms_sim_xml_add(data, "MinimumVersion", MINIMUM_VERSION);
        rms_sim_xml_add(data, "MaximumVersion", MAXIMUM_VERSION);
    }
    g_autofree char *response = g_strdup_printf("%sResponse", (const char *) request->method->name);
    g_autofree char *result = g_strdup_printf("%sResult", (const char *) request->method->name);
    reply->result =
        rms_sim_xml_add(add_in_namespace(body, response, request->service), result, NULL);
    return reply;
}

void rms_sim_soap_reply_free(RmsSimSoapReply *reply)
{
    if (reply == NULL)
        return;
    xmlFreeDoc(reply->document);
    g_free(reply);
}

static GBytes *print_document(xmlDoc *document)
{
    xmlChar *text = NULL;
    int length = 0;
    xmlDocDumpMemoryEnc(document, &text, &length, "utf-8");
    return g_bytes_new_with_free_func(text, length, (GDestroyNotify) xmlFree, text);
}

GBytes *rms_sim_soap_reply_print(const RmsSimSoapReply *reply)
{
    return print_document(reply->document);
}

GBytes *rms_sim_soap_fault(gboolean soap12, const char *text)
{
    g_autoptr(xmlDoc) document = NULL;
    xmlNode *body = new_envelope(soap12, &document, NULL);
    xmlNode *fault = rms_sim_xml_add(body, "Fault", NULL);
    if (soap12) {
        rms_sim_xml_add(rms_sim_xml_add(fault, "Code", NULL), "Value", "s:Receiver");
        xmlNode *reason = rms_sim_xml_add(rms_sim_xml_add(fault, "Reason", NULL), "Text", text);
        xmlNodeSetLang(reason, (const xmlChar *) "en");
    } else {
        /* Children of a SOAP 1.1 fault are in no namespace; the prefix on the others keeps the
         * default free. */
        xmlAddChild(fault, xmlNewDocNode(document, NULL, (const xmlChar *) "faultcode", NULL));
        xmlNodeAddContent(fault->last, (const xmlChar *) "s:Server");
        xmlAddChild(fault, xmlNewDocNode(document, NULL, (const xmlChar *) "faultstring", NULL));
        xmlNodeAddContent(fault->last, (const xmlChar *) text);
    }
    return print_document(document);
}

const char *rms_sim_soap_content_type(gboolean soap12)
{
    return soap12 ? "application/soap+xml; charset=utf-8" : "text/xml; charset=utf-8";
}
