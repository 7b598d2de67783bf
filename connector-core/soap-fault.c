/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The retryable fault; see soap-fault.h.
 */
#include "config.h"

#include "connector-core/soap-fault.h"

#include <string.h>

#define XML "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"

static const char soap12_type[] = "application/soap+xml";

const char *rms_soap_fault_retry(gboolean soap12, const char **content_type)
{
    if (soap12) {
        *content_type = "application/soap+xml; charset=utf-8";
        return XML "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\"><s:Body>"
                   "<s:Fault><s:Code><s:Value>s:Receiver</s:Value></s:Code>"
                   "<s:Reason><s:Text xml:lang=\"en\"></s:Text></s:Reason></s:Fault>"
                   "</s:Body></s:Envelope>";
    }
    *content_type = "text/xml; charset=utf-8";
    return XML "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body>"
               "<s:Fault><faultcode>s:Server</faultcode><faultstring></faultstring></s:Fault>"
               "</s:Body></s:Envelope>";
}

gboolean rms_soap_is_soap12(const char *content_type, gsize length)
{
    gsize type_length = sizeof(soap12_type) - 1;

    return length >= type_length &&
           g_ascii_strncasecmp(content_type, soap12_type, type_length) == 0 &&
           (length == type_length || strchr("; \t", content_type[type_length]) != NULL);
}
