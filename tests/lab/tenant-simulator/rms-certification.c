/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Identities: Certify makes a RAC for the entry that admitted the caller, GetClientLicensorCert a
 * CLC for a RAC (protocol.md §2.1, §2.6).
 */
#include "config.h"

#include "tests/lab/tenant-simulator/rms-host-private.h"

#include <string.h>

#include "tests/lab/tenant-simulator/limits.h"

#define LICENSING_FAULT(name) RMS_SIM_MDRM "Licensing." name
#define FAULT_MACHINE RMS_SIM_MDRM "Core.VerifyMachineCertificateChainFailedException"
#define FAULT_PERSONA_SIGNATURE LICENSING_FAULT("InvalidPersonaCertSignatureException")
#define FAULT_PERSONA_TIME LICENSING_FAULT("InvalidPersonaCertTimeException")
#define FAULT_PERSONA_UNEXPECTED LICENSING_FAULT("UnexpectedPersonaCertException")

char *rms_sim_rms_dup_email(const RmsSimConfig *config, const RmsSimEntry *entry)
{
    const char *backslash = strrchr(entry->name, '\\');
    const char *relative_id = strrchr(entry->sid, '-');
    g_autoptr(GString) local = g_string_new(NULL);
    for (const char *c = backslash == NULL ? entry->name : backslash + 1; *c != '\0'; c++) {
        if (g_ascii_isalnum(*c))
            g_string_append_c(local, g_ascii_tolower(*c));
        else if (local->len > 0 && local->str[local->len - 1] != '-')
            g_string_append_c(local, '-');
    }
    while (local->len > 0 && local->str[local->len - 1] == '-')
        g_string_truncate(local, local->len - 1);
    return g_strdup_printf("%s%s@%s",
                           local->len > 0 ? local->str : "entry",
                           relative_id == NULL ? "" : relative_id,
                           config->domain);
}

/* The SPC chain: real clients have one signed by Microsoft, lab clients one of their own; here only
 * its shape counts. */
static gboolean is_machine_chain(const xmlNode *chain)
{
    xmlNode *first = rms_sim_xml_child(chain, "Certificate");
    g_autoptr(RmsSimXrml) machine = first == NULL ? NULL : rms_sim_xrml_read(first);
    return machine != NULL && g_str_equal(machine->type, RMS_SIM_XRML_MACHINE);
}

void rms_sim_rms_certify(RmsSimTenant *tenant, RmsSimExchange *exchange)
{
    xmlNode *parameters = rms_sim_xml_child(exchange->soap->method, "requestParams");
    xmlNode *machine = rms_sim_xml_child(parameters, "MachineCertificateChain");
    g_autofree char *persistent = rms_sim_xml_dup_text(rms_sim_xml_child(parameters, "Persistent"));
    if (machine == NULL) {
        rms_sim_rms_fault(exchange, RMS_SIM_FAULT_ARGUMENT_NULL, "MachineCertificateChain");
        return;
    }
    if (!is_machine_chain(machine)) {
        rms_sim_rms_fault(exchange, FAULT_MACHINE, NULL);
        return;
    }
    g_autofree char *email = rms_sim_rms_dup_email(tenant->config, exchange->entry);
    g_autoptr(GError) error = NULL;
    g_autofree char *rac =
        rms_sim_hierarchy_dup_rac(tenant->hierarchy,
                                  exchange->entry->sid,
                                  email,
                                  g_str_equal(persistent, "true") || g_str_equal(persistent, "1"),
                                  &error);
    if (rac == NULL) {
        rms_sim_rms_fault(exchange, RMS_SIM_FAULT_UNSPECIFIED, error->message);
        return;
    }
    g_autoptr(RmsSimSoapReply) reply = rms_sim_soap_reply_new(exchange->soap);
    rms_sim_rms_add_chain(tenant, reply->result, rac);
    /* Clients ignore the quota; current below maximum (§2.1). */
    xmlNode *quota = rms_sim_xml_add(reply->result, "Quota", NULL);
    rms_sim_xml_add(quota, "Verified", "true");
    rms_sim_xml_add(quota, "CurrentConsumption", "5");
    rms_sim_xml_add(quota, "Maximum", "10");
    rms_sim_rms_reply(exchange, reply);
}

/* Ceilings of §2.12 on a chain of licensee certificates. */
static gboolean is_chain_too_large(const xmlNode *chain)
{
    guint count = 0;
    for (xmlNode *link = rms_sim_xml_child(chain, "Certificate"); link != NULL;
         link = rms_sim_xml_next(link)) {
        g_autoptr(xmlBuffer) buffer = xmlBufferCreate();
        if (++count > RMS_SIM_MAX_LICENSEE_CERTIFICATES ||
            xmlNodeDump(buffer, link->doc, link, 0, 0) > RMS_SIM_MAX_LICENSEE_CERTIFICATE)
            return TRUE;
    }
    return FALSE;
}

const char *rms_sim_rms_check_rac(RmsSimTenant *tenant,
                                  RmsSimExchange *exchange,
                                  const xmlNode *chain,
                                  RmsSimXrml **rac)
{
    if (is_chain_too_large(chain))
        return RMS_SIM_FAULT_ARGUMENT;
    xmlNode *first = rms_sim_xml_child(chain, "Certificate");
    g_autoptr(RmsSimXrml) read = first == NULL ? NULL : rms_sim_xrml_read(first);
    gint64 now = g_get_real_time() / G_USEC_PER_SEC;
    if (read == NULL || !g_str_equal(read->type, RMS_SIM_XRML_RAC))
        return FAULT_PERSONA_UNEXPECTED;
    if (!rms_sim_xrml_verify(
            read, exchange->soap->raw, rms_sim_hierarchy_get_key(tenant->hierarchy)))
        return FAULT_PERSONA_SIGNATURE;
    if (now < read->from || now >= read->until)
        return FAULT_PERSONA_TIME;
    /* A RAC of one entry presented by a caller whom another entry admitted: two identities that
     * could not read each other's content. */
    if (!g_str_equal(read->principal_id, exchange->entry->sid))
        return FAULT_PERSONA_UNEXPECTED;
    *rac = g_steal_pointer(&read);
    return NULL;
}

void rms_sim_rms_get_client_licensor_cert(RmsSimTenant *tenant, RmsSimExchange *exchange)
{
    xmlNode *list = rms_sim_xml_child(exchange->soap->method, "RequestParams");
    xmlNode *item = rms_sim_xml_child(list, "GetClientLicensorCertParams");
    if (item == NULL) {
        rms_sim_rms_fault(exchange, RMS_SIM_FAULT_ARGUMENT_NULL, "GetClientLicensorCertParams");
        return;
    }
    g_autoptr(RmsSimSoapReply) reply = rms_sim_soap_reply_new(exchange->soap);
    for (; item != NULL; item = rms_sim_xml_next(item)) {
        g_autoptr(RmsSimXrml) rac = NULL;
        const char *problem =
            rms_sim_rms_check_rac(tenant, exchange, rms_sim_xml_child(item, "PersonaCerts"), &rac);
        if (problem != NULL) {
            rms_sim_rms_fault(exchange, problem, NULL);
            return;
        }
        g_autoptr(GError) error = NULL;
        g_autofree char *clc = rms_sim_hierarchy_dup_clc(
            tenant->hierarchy, rac->principal_id, rac->principal_name, &error);
        if (clc == NULL) {
            rms_sim_rms_fault(exchange, RMS_SIM_FAULT_UNSPECIFIED, error->message);
            return;
        }
        rms_sim_rms_add_chain(
            tenant, rms_sim_xml_add(reply->result, "GetClientLicensorCertResponse", NULL), clc);
    }
    rms_sim_rms_reply(exchange, reply);
}
