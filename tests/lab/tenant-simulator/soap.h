/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * SOAP 1.1 and 1.2 as RMS speaks them: reading envelopes, the VersionData header, building answers
 * and faults (protocol.md §1.4, §1.5, §2, §2.11). What a method means is the business of the hosts.
 */
#pragma once

#include "tests/lab/tenant-simulator/cleanups.h"

#define RMS_SIM_DRM "http://microsoft.com/DRM/"
#define RMS_SIM_NS_CERTIFICATION RMS_SIM_DRM "CertificationService"
#define RMS_SIM_NS_LICENSING RMS_SIM_DRM "LicensingService"
#define RMS_SIM_NS_PUBLISHING RMS_SIM_DRM "PublishingService"
#define RMS_SIM_NS_SERVER RMS_SIM_DRM "ServerService"
#define RMS_SIM_NS_LOCATOR RMS_SIM_DRM "ServiceLocatorService"
#define RMS_SIM_NS_TEMPLATES RMS_SIM_DRM "TemplateDistributionService"

/* Exception names of §2.11. */
#define RMS_SIM_MDRM "Microsoft.DigitalRightsManagement."
#define RMS_SIM_FAULT_UNAUTHORIZED "System.UnauthorizedAccessException"
#define RMS_SIM_FAULT_ARGUMENT_NULL "System.ArgumentNullException"
#define RMS_SIM_FAULT_INVALID_OPERATION "System.InvalidOperationException"
#define RMS_SIM_FAULT_UNSUPPORTED_VERSION RMS_SIM_MDRM "Core.UnsupportedDataVersionException"
#define RMS_SIM_FAULT_MALFORMED_VERSION RMS_SIM_MDRM "Core.MalformedDataVersionException"
#define RMS_SIM_FAULT_ARGUMENT RMS_SIM_MDRM "Core.DRMSArgumentException"
#define RMS_SIM_FAULT_UNSPECIFIED RMS_SIM_MDRM "Utilities.UnspecifiedErrorException"

/**
 * RmsSimSoapRequest: a parsed envelope.
 * @raw: the bytes as they were received
 * @method: the Body's one child; @service: its namespace
 * @maximum: of VersionData, {0} when the header is not there
 */
typedef struct {
    GBytes *raw;
    xmlDoc *document;
    gboolean soap12;
    xmlNode *header;
    xmlNode *method;
    const char *service;
    gboolean has_version;
    guint maximum[4];
} RmsSimSoapRequest;

/**
 * rms_sim_soap_request_new: @content_type, @soap_action: (nullable): of the request. Without
 * SOAPAction the body element alone says what is called.
 * Returns: (transfer full): or %NULL with the text of a fault in @problem.
 */
RmsSimSoapRequest *rms_sim_soap_request_new(GBytes *body,
                                            const char *content_type,
                                            const char *soap_action,
                                            char **problem);
void rms_sim_soap_request_free(RmsSimSoapRequest *request);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RmsSimSoapRequest, rms_sim_soap_request_free)
/** rms_sim_soap_check_version: VersionData by the rules of §1.5. Returns: (transfer full): the text
 * of a fault, %NULL when all is well. */
char *rms_sim_soap_check_version(RmsSimSoapRequest *request);

/** rms_sim_xml_is: Whether @node is an element of that name, in whatever namespace. */
gboolean rms_sim_xml_is(const xmlNode *node, const char *name);
/** rms_sim_xml_child: Returns: (nullable): the first child element of that name. */
xmlNode *rms_sim_xml_child(const xmlNode *node, const char *name);
/** rms_sim_xml_path: the child of the child …; @path: names separated by `/`. */
xmlNode *rms_sim_xml_path(const xmlNode *node, const char *path);
/** rms_sim_xml_next: the next sibling element of the same name. */
xmlNode *rms_sim_xml_next(const xmlNode *node);
/** rms_sim_xml_dup_text: Returns: (transfer full): trimmed text, empty for %NULL. */
char *rms_sim_xml_dup_text(const xmlNode *node);
/** rms_sim_xml_dup_attribute: Returns: (transfer full) (nullable) */
char *rms_sim_xml_dup_attribute(const xmlNode *node, const char *name);
/** rms_sim_xml_add: Adds an element in the parent's namespace. @text: (nullable) */
xmlNode *rms_sim_xml_add(xmlNode *parent, const char *name, const char *text);
/** rms_sim_xml_add_raw: Adds text that is written as it is: signed XrML, whose bytes must not
 * change. */
void rms_sim_xml_add_raw(xmlNode *parent, const char *xml);

/** RmsSimSoapReply: an answer under construction: `<MethodResponse><MethodResult>`, in the
 * namespace of the request. */
typedef struct {
    xmlDoc *document;
    xmlNode *result;
    gboolean soap12;
} RmsSimSoapReply;
RmsSimSoapReply *rms_sim_soap_reply_new(const RmsSimSoapRequest *request);
void rms_sim_soap_reply_free(RmsSimSoapReply *reply);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RmsSimSoapReply, rms_sim_soap_reply_free)
/** rms_sim_soap_reply_print: Returns: (transfer full) */
GBytes *rms_sim_soap_reply_print(const RmsSimSoapReply *reply);
/** rms_sim_soap_fault: Returns: (transfer full): an envelope with a Fault. @text: the exception's
 * full name, then anything. */
GBytes *rms_sim_soap_fault(gboolean soap12, const char *text);
/** rms_sim_soap_content_type: of answers. */
const char *rms_sim_soap_content_type(gboolean soap12);
