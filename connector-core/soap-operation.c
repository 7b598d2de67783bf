/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Finding the operation's name; see soap-operation.h. XML is libxml2's business: its push parser
 * calls back for each element and is stopped at the first one inside the Body.
 */
#include "config.h"

#include "connector-core/soap-operation.h"

#include <string.h>

#include <libxml/parser.h>

#include "connector-core/service-table.h"

static const char soap11[] = "http://schemas.xmlsoap.org/soap/envelope/";
static const char soap12[] = "http://www.w3.org/2003/05/soap-envelope";

struct _RmsSoapSniffer {
    xmlParserCtxt *parser;
    gsize seen;
    guint depth;
    gboolean in_body;
    gboolean done;
    RmsSoapOperation operation;
};

/* The names of all services, each once: some operations are served on two paths. */
static const char *const *get_names(void)
{
    static const char *names[RMS_SOAP_N_OPERATIONS] = {"other"};
    static gsize made = 0;

    if (g_once_init_enter(&made)) {
        guint n_services;
        const RmsService *services = rms_service_get_all(&n_services);
        guint n = 1;

        for (guint i = 0; i < n_services; i++) {
            for (guint j = 0; j < services[i].n_operations; j++) {
                const char *name = services[i].operations[j].name;
                guint known = 1;

                while (known < n && strcmp(names[known], name) != 0) {
                    known++;
                }
                if (known == n) {
                    g_assert(n < RMS_SOAP_N_OPERATIONS);
                    names[n++] = name;
                }
            }
        }
        g_once_init_leave(&made, n);
    }
    return names;
}

const char *rms_soap_operation_get_name(RmsSoapOperation operation)
{
    const char *name = operation < RMS_SOAP_N_OPERATIONS ? get_names()[operation] : NULL;

    return name != NULL ? name : "other";
}

RmsSoapOperation rms_soap_operation_from_name(const char *name, gsize length)
{
    const char *const *names = get_names();

    for (RmsSoapOperation i = 1; i < RMS_SOAP_N_OPERATIONS && names[i] != NULL; i++) {
        if (strlen(names[i]) == length && memcmp(names[i], name, length) == 0) {
            return i;
        }
    }
    return RMS_SOAP_OPERATION_OTHER;
}

/* The last segment of an action, `"http://microsoft.com/DRM/LicensingService/AcquireLicense"`. */
static RmsSoapOperation read_action(RmsText action)
{
    const char *slash;

    if (action.length >= 2 && action.data[0] == '"' && action.data[action.length - 1] == '"') {
        action.data++;
        action.length -= 2;
    }
    slash = memrchr(action.data, '/', action.length);
    if (slash == NULL) {
        return RMS_SOAP_OPERATION_OTHER;
    }
    return rms_soap_operation_from_name(slash + 1,
                                        (gsize) (action.data + action.length - slash - 1));
}

/* The parameter `action` of a media type (RFC 3902). Returns: whether there is one. */
static gboolean find_action_parameter(const RmsText *type, RmsText *action)
{
    static const char name[] = "action=";
    const char *at = type->data;
    const char *end = type->data + type->length;

    while (at != NULL && (at = memchr(at, ';', (gsize) (end - at))) != NULL) {
        at++;
        while (at < end && (*at == ' ' || *at == '\t')) {
            at++;
        }
        if ((gsize) (end - at) >= sizeof(name) - 1 &&
            g_ascii_strncasecmp(at, name, sizeof(name) - 1) == 0) {
            const char *value = at + sizeof(name) - 1;
            const char *stop = NULL;

            if (value < end && *value == '"') {
                stop = memchr(value + 1, '"', (gsize) (end - value - 1));
                stop = stop != NULL ? stop + 1 : end;
            } else {
                stop = memchr(value, ';', (gsize) (end - value));
                stop = stop != NULL ? stop : end;
            }
            *action = (RmsText){value, (gsize) (stop - value)};
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean is_empty(const RmsText *action)
{
    return action->length == 0 || (action->length == 2 && memcmp(action->data, "\"\"", 2) == 0);
}

RmsSoapOperation rms_soap_operation_from_head(const RmsHttpHead *head, gboolean *named)
{
    RmsText action = {NULL, 0};
    gboolean found = FALSE;

    for (guint i = 0; i < head->n_fields && !found; i++) {
        if (rms_text_equal(&head->fields[i].name, "soapaction")) {
            action = head->fields[i].value;
            found = TRUE;
        }
    }
    if ((!found || is_empty(&action)) && head->content_type.data != NULL) {
        found = find_action_parameter(&head->content_type, &action);
    }
    *named = found && !is_empty(&action);
    return *named ? read_action(action) : RMS_SOAP_OPERATION_OTHER;
}

/* --- the body --- */

static void stop(RmsSoapSniffer *self)
{
    self->done = TRUE;
    xmlStopParser(self->parser);
}

static gboolean is_soap(const xmlChar *uri)
{
    return uri != NULL &&
           (strcmp((const char *) uri, soap11) == 0 || strcmp((const char *) uri, soap12) == 0);
}

static void on_element_started(void *user_data,
                               const xmlChar *name,
                               const xmlChar *prefix,
                               const xmlChar *uri,
                               int n_namespaces,
                               const xmlChar **namespaces,
                               int n_attributes,
                               int n_defaulted,
                               const xmlChar **attributes)
{
    RmsSoapSniffer *self = user_data;
    const char *local = (const char *) name;
    guint depth = self->depth++;

    if (self->done) {
        return;
    }
    if (depth == 0 && (!is_soap(uri) || strcmp(local, "Envelope") != 0)) {
        stop(self);
    } else if (depth == 1) {
        self->in_body = is_soap(uri) && strcmp(local, "Body") == 0;
    } else if (depth == 2 && self->in_body) {
        self->operation = rms_soap_operation_from_name(local, strlen(local));
        stop(self);
    }
}

static void
on_element_ended(void *user_data, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
    RmsSoapSniffer *self = user_data;

    self->depth--;
}

/* No SOAP message has a document type (SOAP 1.1 §3, SOAP 1.2 part 1 §5), and entities come with it.
 */
static void on_document_type_found(void *user_data,
                                   const xmlChar *name,
                                   const xmlChar *external,
                                   const xmlChar *system)
{
    stop(user_data);
}

static void on_error_found(void *user_data, xmlErrorPtr error)
{
    RmsSoapSniffer *self = user_data;

    /* Namespace errors and warnings do not make it another document. */
    if (error->level == XML_ERR_FATAL) {
        self->done = TRUE;
    }
}

/* libxml2 reports errors of its converters to nobody in particular, which means standard error. */
static void G_GNUC_PRINTF(2, 3) keep_silent(void *user_data, const char *format, ...)
{
}

RmsSoapSniffer *rms_soap_sniffer_new(void)
{
    RmsSoapSniffer *self = g_new0(RmsSoapSniffer, 1);
    xmlSAXHandler handler = {
        .initialized = XML_SAX2_MAGIC,
        .startElementNs = on_element_started,
        .endElementNs = on_element_ended,
        .internalSubset = on_document_type_found,
        .serror = on_error_found,
    };

    self->parser = xmlCreatePushParserCtxt(&handler, self, NULL, 0, NULL);
    g_assert(self->parser != NULL);
    xmlCtxtUseOptions(self->parser, XML_PARSE_NONET);
    return self;
}

void rms_soap_sniffer_free(RmsSoapSniffer *self)
{
    if (self == NULL) {
        return;
    }
    xmlFreeDoc(self->parser->myDoc);
    self->parser->myDoc = NULL;
    xmlFreeParserCtxt(self->parser);
    g_free(self);
}

gboolean rms_soap_sniffer_feed(RmsSoapSniffer *self, const char *data, gsize length)
{
    gsize room = RMS_MAX_SNIFFED_BYTES - self->seen;

    if (self->done) {
        return FALSE;
    }
    length = MIN(length, room);
    self->seen += length;
    if (length > 0) {
        xmlGenericErrorFunc before = xmlGenericError;
        void *context = xmlGenericErrorContext;

        xmlSetGenericErrorFunc(NULL, keep_silent);
        xmlParseChunk(self->parser, data, (int) length, 0);
        xmlSetGenericErrorFunc(context, before);
    }
    if (self->seen == RMS_MAX_SNIFFED_BYTES) {
        self->done = TRUE;
    }
    return !self->done;
}

RmsSoapOperation rms_soap_sniffer_get(RmsSoapSniffer *self)
{
    return self->operation;
}
