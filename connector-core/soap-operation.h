/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which operation a call is for: by its SOAPAction, by the action of SOAP 1.2, or, where neither is
 * there, by the first element in its Body (protocol.md §1.4). For counting only: the tenant
 * dispatches by itself, and the body goes to it untouched.
 */
#pragma once

#include <glib.h>

#include "connector-core/http-parser.h"
#include "connector-core/limits.h"

G_BEGIN_DECLS

/* Names an operation of the services' table; a closed set, so that a caller cannot invent one.
 * 0: none of them, or not known. */
typedef guint RmsSoapOperation;
#define RMS_SOAP_OPERATION_OTHER 0
/* The eleven names in the table, and "other" (service-table.c; a test compares). */
#define RMS_SOAP_N_OPERATIONS 12

/** rms_soap_operation_get_name: Returns: (transfer none): such as `AcquireLicense`, or `other`. */
const char *rms_soap_operation_get_name(RmsSoapOperation operation);
/** rms_soap_operation_from_name: @name: (array length=length): case matters, as it does in XML. */
RmsSoapOperation rms_soap_operation_from_name(const char *name, gsize length);
/**
 * rms_soap_operation_from_head: What SOAPAction or the Content-Type's action says.
 * @named: (out): whether one of them is there and not empty; the body need not be asked then.
 */
RmsSoapOperation rms_soap_operation_from_head(const RmsHttpHead *head, gboolean *named);

typedef struct _RmsSoapSniffer RmsSoapSniffer;

/** rms_soap_sniffer_new: For the body of one call, from its first byte on. */
RmsSoapSniffer *rms_soap_sniffer_new(void);
void rms_soap_sniffer_free(RmsSoapSniffer *sniffer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RmsSoapSniffer, rms_soap_sniffer_free)
/**
 * rms_soap_sniffer_feed: Looks at the next bytes, at RMS_MAX_SNIFFED_BYTES in all. A document type
 * declaration, anything that is no SOAP and anything that is no XML end the search.
 * Returns: whether more is wanted.
 */
gboolean rms_soap_sniffer_feed(RmsSoapSniffer *sniffer, const char *data, gsize length);
/** rms_soap_sniffer_get: Returns: what was found so far. */
RmsSoapOperation rms_soap_sniffer_get(RmsSoapSniffer *sniffer);

G_END_DECLS
