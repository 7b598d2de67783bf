/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the RMS host tells of itself: GetServerInfo, GetLicensorCertificate, FindServiceLocations
 * (ForUser), and the templates (protocol.md §2.5, §2.7–2.10).
 */
#include "config.h"

#include "tests/lab/tenant-simulator/rms-host-private.h"

#include <openssl/x509.h>
#include <string.h>

#include "tests/lab/tenant-simulator/limits.h"
#include "tests/lab/tenant-simulator/templates.h"

/* Exchange compares versions as text; 6.x passes (protocol.md §1.3). */
#define SERVER_VERSION "6.1.0.0"

/* §2.8; @path: %NULL: known, but not served: the URL is empty. */
static const struct {
    const char *type, *path;
} locations[] = {
    {"EnrollmentService",              NULL                  },
    {"LicensingService",               "/_wmcs/licensing"    },
    {"PublishingService",              "/_wmcs/licensing"    },
    {"CertificationService",           "/_wmcs/certification"},
    {"ActivationService",              NULL                  },
    {"PrecertificationService",        NULL                  },
    {"ServerService",                  "/_wmcs/certification"},
    {"DrmRemoteDirectoryServices",     NULL                  },
    {"GroupExpansionService",          NULL                  },
    {"LicensingInternalService",       "/_wmcs/licensing"    },
    {"CertificationInternalService",   "/_wmcs/certification"},
    {"ServerLicensingWSService",       NULL                  },
    {"CertificationWSService",         NULL                  },
    {"PreLicensingWSService",          NULL                  },
    {"PublishingWSService",            NULL                  },
    {"TemplateDistributionWSService",  NULL                  },
    {"ServerLicensingMexService",      NULL                  },
    {"CertificationMexService",        NULL                  },
    {"PreLicensingMexService",         NULL                  },
    {"PublishingMexService",           NULL                  },
    {"TemplateDistributionMexService", NULL                  },
};

static char *dup_location(const RmsSimConfig *config, gsize index)
{
    return locations[index].path == NULL
               ? g_strdup("")
               : rms_sim_config_dup_url(config, RMS_SIM_HOST_RMS, locations[index].path);
}

static void set(xmlNode *node, const char *name, const char *value)
{
    xmlSetProp(node, (const xmlChar *) name, (const xmlChar *) value);
}

static void add_version(RmsSimTenant *tenant, xmlNode *info)
{
    set(rms_sim_xml_add(info, "VersionInfo", NULL), "Version", SERVER_VERSION);
}

static void add_features(RmsSimTenant *tenant, xmlNode *info)
{
    static const struct {
        const char *name, *value;
    } features[] = {
        {"GroupExpansionWebService",          "false"},
        {"ActiveDirectoryServicesRemoting",   "false"},
        {"FederatedServicesEnabled",          "false"},
        {"ServerCertificationSharedIdentity", "true" },
        {"MultiForestAcquirePreLicense",      "true" },
        {"CryptoMode",                        "2"    },
    };
    xmlNode *list = rms_sim_xml_add(info, "ServerFeatureInfo", NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(features); i++) {
        xmlNode *feature = rms_sim_xml_add(list, "Feature", NULL);
        set(feature, "Name", features[i].name);
        set(feature, "Value", features[i].value);
    }
}

static void add_licensor_chain(RmsSimTenant *tenant, xmlNode *info)
{
    xmlNode *chain = rms_sim_xml_add(info, "ServerLicensorCertificateChain", NULL);
    for (const char *const *link = rms_sim_hierarchy_get_chain(tenant->hierarchy); *link != NULL;
         link++)
        rms_sim_xml_add_raw(chain, *link);
}

static void add_locations(RmsSimTenant *tenant, xmlNode *info)
{
    xmlNode *list = rms_sim_xml_add(info, "ServiceLocations", NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(locations); i++) {
        g_autofree char *url = dup_location(tenant->config, i);
        xmlNode *location = rms_sim_xml_add(list, "ServiceLocation", NULL);
        set(location, "Type", locations[i].type);
        set(location, "Url", url);
    }
}

static const struct {
    const char *type;
    void (*add)(RmsSimTenant *tenant, xmlNode *info);
} infos[] = {
    {"VersionInfo",               add_version       },
    {"ServerFeatureInfo",         add_features      },
    {"ServerLicensorCertificate", add_licensor_chain},
    {"ServiceLocations",          add_locations     },
};

void rms_sim_rms_get_server_info(RmsSimTenant *tenant, RmsSimExchange *exchange)
{
    g_autoptr(RmsSimSoapReply) reply = rms_sim_soap_reply_new(exchange->soap);
    xmlNode *results = rms_sim_xml_add(reply->result, "Results", NULL);
    /* In no namespace, and so is what is in it. */
    xmlSetNs(results, xmlNewNs(results, (const xmlChar *) "", NULL));
    xmlNode *requests = rms_sim_xml_child(exchange->soap->method, "requests");
    for (xmlNode *asked = rms_sim_xml_child(requests, "ServerInfoRequest"); asked != NULL;
         asked = rms_sim_xml_next(asked)) {
        g_autofree char *type = rms_sim_xml_dup_text(rms_sim_xml_child(asked, "Type"));
        g_autofree char *additional =
            rms_sim_xml_dup_text(rms_sim_xml_child(asked, "AdditionalInfo"));
        gsize found = 0;
        while (found < G_N_ELEMENTS(infos) && !g_str_equal(infos[found].type, type))
            found++;
        if (found == G_N_ELEMENTS(infos)) {
            rms_sim_rms_fault(exchange, RMS_SIM_FAULT_INVALID_OPERATION, "unknown Type");
            return;
        }
        xmlNode *info = rms_sim_xml_add(results, "ServerInfoRequest", NULL);
        set(info, "Type", type);
        set(info, "AdditionalInfo", additional);
        infos[found].add(tenant, info);
    }
    rms_sim_rms_reply(exchange, reply);
}

void rms_sim_rms_get_licensor_certificate(RmsSimTenant *tenant, RmsSimExchange *exchange)
{
    g_autoptr(RmsSimSoapReply) reply = rms_sim_soap_reply_new(exchange->soap);
    rms_sim_rms_add_chain(tenant, reply->result, NULL);
    rms_sim_rms_reply(exchange, reply);
}

void rms_sim_rms_find_service_locations(RmsSimTenant *tenant, RmsSimExchange *exchange)
{
    g_autoptr(RmsSimSoapReply) reply = rms_sim_soap_reply_new(exchange->soap);
    xmlNode *names = rms_sim_xml_child(exchange->soap->method, "ServiceNames");
    for (xmlNode *asked = rms_sim_xml_child(names, "ServiceLocationRequest"); asked != NULL;
         asked = rms_sim_xml_next(asked)) {
        g_autofree char *type = rms_sim_xml_dup_text(rms_sim_xml_child(asked, "Type"));
        gsize found = 0;
        while (found < G_N_ELEMENTS(locations) && !g_str_equal(locations[found].type, type))
            found++;
        if (found == G_N_ELEMENTS(locations)) {
            rms_sim_rms_fault(exchange, RMS_SIM_FAULT_INVALID_OPERATION, "unknown service type");
            return;
        }
        g_autofree char *url = dup_location(tenant->config, found);
        xmlNode *location = rms_sim_xml_add(reply->result, "ServiceLocationResponse", NULL);
        rms_sim_xml_add(location, "URL", url);
        rms_sim_xml_add(location, "Type", type);
    }
    rms_sim_rms_reply(exchange, reply);
}

static char *dup_template_hash(RmsSimTenant *tenant, guint index)
{
    const char *text = rms_sim_hierarchy_get_template(tenant->hierarchy, index);
    guint8 hash[EVP_MAX_MD_SIZE];
    unsigned int length = 0;
    EVP_Digest(text, strlen(text), hash, &length, EVP_sha256(), NULL);
    return g_base64_encode(hash, length);
}

void rms_sim_rms_acquire_template_information(RmsSimTenant *tenant, RmsSimExchange *exchange)
{
    g_autoptr(RmsSimSoapReply) reply = rms_sim_soap_reply_new(exchange->soap);
    /* i2d of an RSA key without its algorithm identifier is the PKCS#1 form that §2.9 asks for. */
    guint8 *der = NULL;
    int length = i2d_PublicKey(rms_sim_hierarchy_get_key(tenant->hierarchy), &der);
    g_autofree char *key = g_base64_encode(der, MAX(length, 0));
    OPENSSL_free(der);
    g_autofree char *count = g_strdup_printf("%u", rms_sim_templates_count());
    rms_sim_xml_add(reply->result, "ServerPublicKey", key);
    rms_sim_xml_add(reply->result, "GuidHashCount", count);
    for (guint i = 0; i < rms_sim_templates_count(); i++) {
        g_autofree char *hash = dup_template_hash(tenant, i);
        xmlNode *item = rms_sim_xml_add(reply->result, "GuidHash", NULL);
        rms_sim_xml_add(item, "Guid", rms_sim_templates_get_id(i));
        rms_sim_xml_add(item, "Hash", hash);
    }
    rms_sim_rms_reply(exchange, reply);
}

static guint find_template(const char *guid)
{
    guint index = 0;
    while (index < rms_sim_templates_count() &&
           g_ascii_strcasecmp(rms_sim_templates_get_id(index), guid) != 0)
        index++;
    return index;
}

void rms_sim_rms_acquire_templates(RmsSimTenant *tenant, RmsSimExchange *exchange)
{
    g_autoptr(RmsSimSoapReply) reply = rms_sim_soap_reply_new(exchange->soap);
    xmlNode *guids = rms_sim_xml_child(exchange->soap->method, "guids");
    guint count = 0;
    for (xmlNode *asked = rms_sim_xml_child(guids, "string"); asked != NULL;
         asked = rms_sim_xml_next(asked)) {
        g_autofree char *guid = rms_sim_xml_dup_text(asked);
        guint index = find_template(guid);
        if (++count > RMS_SIM_MAX_TEMPLATES_A_CALL || index == rms_sim_templates_count()) {
            rms_sim_rms_fault(exchange,
                              RMS_SIM_FAULT_ARGUMENT,
                              index == rms_sim_templates_count() ? "unknown template"
                                                                 : "too many templates");
            return;
        }
        g_autofree char *hash = dup_template_hash(tenant, index);
        xmlNode *item = rms_sim_xml_add(reply->result, "GuidTemplate", NULL);
        rms_sim_xml_add(item, "Guid", rms_sim_templates_get_id(index));
        rms_sim_xml_add(item, "Hash", hash);
        rms_sim_xml_add(item, "Template", rms_sim_hierarchy_get_template(tenant->hierarchy, index));
    }
    rms_sim_rms_reply(exchange, reply);
}
