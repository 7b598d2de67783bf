/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The table of services. Shapes of requests and answers follow protocol.md §2.1–2.10; certificates
 * and licences are XML of their own and stay open (`any`).
 */
#include "config.h"

#include "connector-core/service-table.h"

#include <string.h>

#define DRM "http://microsoft.com/DRM/"

#define SEQUENCE(name, content)                                                                    \
    "<s:complexType name=\"" name "\"><s:sequence>" content "</s:sequence></s:complexType>"
#define ONE(name, type) "<s:element name=\"" name "\" type=\"" type "\"/>"
#define OPTIONAL(name, type) "<s:element minOccurs=\"0\" name=\"" name "\" type=\"" type "\"/>"
#define MANY(name, type)                                                                           \
    "<s:element minOccurs=\"0\" maxOccurs=\"unbounded\" name=\"" name "\" type=\"" type "\"/>"
/* An array is a type of its own around its items. */
#define ARRAY(item) SEQUENCE("ArrayOf" item, MANY(item, "tns:" item))

/* One piece of foreign XML; the signed fragments stand in no namespace. */
#define XML_NODE                                                                                   \
    "<s:complexType name=\"XmlNode\" mixed=\"true\"><s:sequence>"                                  \
    "<s:any minOccurs=\"0\" processContents=\"skip\"/></s:sequence></s:complexType>"
#define XML_NODES XML_NODE SEQUENCE("ArrayOfXmlNode", MANY("Certificate", "tns:XmlNode"))
#define STRINGS SEQUENCE("ArrayOfString", MANY("string", "s:string"))

#define CERTIFICATION_TYPES                                                                        \
    XML_NODES                                                                                      \
    SEQUENCE("CertifyParams",                                                                      \
             OPTIONAL("MachineCertificateChain", "tns:ArrayOfXmlNode")                             \
                 ONE("Persistent", "s:boolean"))                                                   \
    SEQUENCE("QuotaResponse",                                                                      \
             ONE("Verified", "s:boolean") ONE("CurrentConsumption", "s:int")                       \
                 ONE("Maximum", "s:int"))                                                          \
    SEQUENCE("CertifyResponse",                                                                    \
             OPTIONAL("CertificateChain", "tns:ArrayOfXmlNode")                                    \
                 OPTIONAL("Quota", "tns:QuotaResponse"))

static const RmsOperation certification_operations[] = {
    {"Certify",
     OPTIONAL("requestParams", "tns:CertifyParams"),
     OPTIONAL("CertifyResult", "tns:CertifyResponse")},
};

#define SERVER_TYPES                                                                               \
    XML_NODES                                                                                      \
    SEQUENCE("GetLicensorCertificateResponse", OPTIONAL("CertificateChain", "tns:ArrayOfXmlNode")) \
    SEQUENCE("ServiceLocationRequest", ONE("Type", "s:string"))                                    \
    ARRAY("ServiceLocationRequest")                                                                \
    SEQUENCE("ServiceLocationResponse", OPTIONAL("URL", "s:string") ONE("Type", "s:string"))       \
    ARRAY("ServiceLocationResponse")                                                               \
    SEQUENCE("ServerInfoRequest", ONE("Type", "s:string") OPTIONAL("AdditionalInfo", "s:string"))  \
    ARRAY("ServerInfoRequest")

static const RmsOperation server_operations[] = {
    {"GetLicensorCertificate",
     "",                                                            OPTIONAL("GetLicensorCertificateResult", "tns:GetLicensorCertificateResponse")},
    { "FindServiceLocations",
     OPTIONAL("ServiceNames", "tns:ArrayOfServiceLocationRequest"),
     OPTIONAL("FindServiceLocationsResult",                                                                  "tns:ArrayOfServiceLocationResponse")},
    { "GetServerInfo",
     OPTIONAL("requests",          "tns:ArrayOfServerInfoRequest"),
     OPTIONAL("GetServerInfoResult",                                                                                                "tns:XmlNode")},
};

#define LOCATOR_TYPES                                                                              \
    SEQUENCE("ServiceLocationRequest", ONE("Type", "s:string"))                                    \
    ARRAY("ServiceLocationRequest")                                                                \
    SEQUENCE("ServiceLocationResponse", OPTIONAL("URL", "s:string") ONE("Type", "s:string"))       \
    ARRAY("ServiceLocationResponse")

static const RmsOperation locator_operations[] = {
    {"FindServiceLocationsForUser",
     OPTIONAL("ServiceNames", "tns:ArrayOfServiceLocationRequest"),
     OPTIONAL("FindServiceLocationsForUserResult", "tns:ArrayOfServiceLocationResponse")},
};

#define LICENSING_TYPES                                                                            \
    XML_NODES STRINGS SEQUENCE("AcquireLicenseParams",                                             \
                               OPTIONAL("LicenseeCerts", "tns:ArrayOfXmlNode")                     \
                                   OPTIONAL("IssuanceLicense", "tns:ArrayOfXmlNode")               \
                                       OPTIONAL("ApplicationData", "tns:XmlNode"))                 \
        ARRAY("AcquireLicenseParams")                                                              \
            SEQUENCE("AcquireLicenseResponse",                                                     \
                     OPTIONAL("CertificateChain", "tns:ArrayOfXmlNode")                            \
                         OPTIONAL("ReferenceCertificates", "tns:ArrayOfXmlNode"))                  \
                ARRAY("AcquireLicenseResponse")                                                    \
                    SEQUENCE("AcquirePreLicenseParams",                                            \
                             OPTIONAL("LicenseeIdentities", "tns:ArrayOfString")                   \
                                 OPTIONAL("IssuanceLicense", "tns:ArrayOfXmlNode")                 \
                                     OPTIONAL("ApplicationData", "tns:XmlNode"))                   \
                        ARRAY("AcquirePreLicenseParams")                                           \
                            SEQUENCE("AcquirePreLicenseResponse",                                  \
                                     OPTIONAL("Licenses", "tns:ArrayOfXmlNode") OPTIONAL(          \
                                         "CertificateChain", "tns:ArrayOfXmlNode")                 \
                                         OPTIONAL("ReferenceCertificates", "tns:ArrayOfXmlNode"))  \
                                ARRAY("AcquirePreLicenseResponse")

static const RmsOperation licensing_operations[] = {
    {"AcquireLicense",
     OPTIONAL("RequestParams", "tns:ArrayOfAcquireLicenseParams"),
     OPTIONAL("AcquireLicenseResult",    "tns:ArrayOfAcquireLicenseResponse")   },
    {"AcquirePreLicense",
     OPTIONAL("RequestParams", "tns:ArrayOfAcquirePreLicenseParams"),
     OPTIONAL("AcquirePreLicenseResult", "tns:ArrayOfAcquirePreLicenseResponse")},
};

#define PUBLISHING_TYPES                                                                           \
    XML_NODES                                                                                      \
    SEQUENCE("AcquireIssuanceLicenseParams", OPTIONAL("UnsignedIssuanceLicense", "tns:XmlNode"))   \
    ARRAY("AcquireIssuanceLicenseParams")                                                          \
    SEQUENCE("AcquireIssuanceLicenseResponse", OPTIONAL("CertificateChain", "tns:ArrayOfXmlNode")) \
    ARRAY("AcquireIssuanceLicenseResponse")                                                        \
    SEQUENCE("GetClientLicensorCertParams", OPTIONAL("PersonaCerts", "tns:ArrayOfXmlNode"))        \
    ARRAY("GetClientLicensorCertParams")                                                           \
    SEQUENCE("GetClientLicensorCertResponse", OPTIONAL("CertificateChain", "tns:ArrayOfXmlNode"))  \
    ARRAY("GetClientLicensorCertResponse")

static const RmsOperation publishing_operations[] = {
    {"AcquireIssuanceLicense",
     OPTIONAL("RequestParams", "tns:ArrayOfAcquireIssuanceLicenseParams"),
     OPTIONAL("AcquireIssuanceLicenseResult", "tns:ArrayOfAcquireIssuanceLicenseResponse")},
    {"GetClientLicensorCert",
     OPTIONAL("RequestParams", "tns:ArrayOfGetClientLicensorCertParams"),
     OPTIONAL("GetClientLicensorCertResult",  "tns:ArrayOfGetClientLicensorCertResponse") },
};

#define TEMPLATE_TYPES                                                                             \
    STRINGS                                                                                        \
    SEQUENCE("GuidHash", ONE("Guid", "s:string") ONE("Hash", "s:string"))                          \
    SEQUENCE("TemplateInformation",                                                                \
             OPTIONAL("ServerPublicKey", "s:string") ONE("GuidHashCount", "s:int")                 \
                 MANY("GuidHash", "tns:GuidHash"))                                                 \
    SEQUENCE("GuidTemplate",                                                                       \
             ONE("Guid", "s:string") ONE("Hash", "s:string") OPTIONAL("Template", "s:string"))     \
    ARRAY("GuidTemplate")

static const RmsOperation template_operations[] = {
    {"AcquireTemplateInformation",
     "",                                     OPTIONAL("AcquireTemplateInformationResult", "tns:TemplateInformation")},
    { "AcquireTemplates",
     OPTIONAL("guids", "tns:ArrayOfString"),
     OPTIONAL("AcquireTemplatesResult",                                                   "tns:ArrayOfGuidTemplate")},
};

#define SERVICE(path, name, space, types, operations)                                              \
    {                                                                                              \
        "/_wmcs/" path, name, DRM space, types, operations, G_N_ELEMENTS(operations)               \
    }

static const RmsService services[] = {
    SERVICE("certification/servercertification.asmx",
            "ServerCertificationWebService",
            "CertificationService",
            CERTIFICATION_TYPES,
            certification_operations),
    SERVICE("certification/certification.asmx",
            "CertificationWebService",
            "CertificationService",
            CERTIFICATION_TYPES,
            certification_operations),
    SERVICE(
        "certification/server.asmx", "Server", "ServerService", SERVER_TYPES, server_operations),
    SERVICE("certification/servicelocator.asmx",
            "ServiceLocator",
            "ServiceLocatorService",
            LOCATOR_TYPES,
            locator_operations),
    SERVICE("licensing/license.asmx",
            "License",
            "LicensingService",
            LICENSING_TYPES,
            licensing_operations),
    SERVICE("licensing/publish.asmx",
            "Publish",
            "PublishingService",
            PUBLISHING_TYPES,
            publishing_operations),
    SERVICE("licensing/templatedistribution.asmx",
            "TemplateDistributionWebService",
            "TemplateDistributionService",
            TEMPLATE_TYPES,
            template_operations),
    SERVICE("licensing/server.asmx", "Server", "ServerService", SERVER_TYPES, server_operations),
    SERVICE("licensing/servicelocator.asmx",
            "ServiceLocator",
            "ServiceLocatorService",
            LOCATOR_TYPES,
            locator_operations),
};

gboolean rms_operation_has_version(const RmsOperation *operation)
{
    return strcmp(operation->name, "GetServerInfo") != 0;
}

const RmsService *rms_service_find(const char *path, gsize length)
{
    for (guint i = 0; i < G_N_ELEMENTS(services); i++) {
        /* IIS matches paths without case (protocol.md §1.2). */
        if (strlen(services[i].path) == length &&
            g_ascii_strncasecmp(services[i].path, path, length) == 0) {
            return &services[i];
        }
    }
    return NULL;
}

const RmsService *rms_service_get_all(guint *n)
{
    *n = G_N_ELEMENTS(services);
    return services;
}
