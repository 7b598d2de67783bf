/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Discovery: where the tenant's admin service is, told to its administrators alone (protocol.md
 * §3.1). The form in which the real service refuses is not published; faults of §2.11 stand in for
 * it.
 */
#include "config.h"

#include "tests/lab/tenant-simulator/admin.h"

#define PATH "/_wmcs/oauth2/certification/servicelocator.asmx"

void rms_sim_discovery_prepare(RmsSimTenant *tenant, RmsSimExchange *exchange)
{
    rms_sim_exchange_identify(exchange, tenant->tokens, tenant->config->admin_scheme);
    if (g_ascii_strcasecmp(exchange->path, PATH) != 0 || !g_str_equal(exchange->method, "POST"))
        return;
    exchange->soap = rms_sim_soap_request_new(exchange->body,
                                              rms_sim_exchange_get_header(exchange, "Content-Type"),
                                              rms_sim_exchange_get_header(exchange, "SOAPAction"),
                                              &exchange->soap_problem);
    if (exchange->soap != NULL)
        rms_sim_exchange_set_operation(exchange, (const char *) exchange->soap->method->name);
}

static void answer_fault(RmsSimExchange *exchange, const char *text)
{
    gboolean soap12 = exchange->soap != NULL && exchange->soap->soap12;
    rms_sim_exchange_answer(
        exchange, 500, rms_sim_soap_content_type(soap12), rms_sim_soap_fault(soap12, text));
}

static void answer_locations(RmsSimTenant *tenant, RmsSimExchange *exchange)
{
    g_autoptr(RmsSimSoapReply) reply = rms_sim_soap_reply_new(exchange->soap);
    xmlNode *names = rms_sim_xml_child(exchange->soap->method, "ServiceNames");
    for (xmlNode *asked = rms_sim_xml_child(names, "ServiceLocationRequest"); asked != NULL;
         asked = rms_sim_xml_next(asked)) {
        g_autofree char *type = rms_sim_xml_dup_text(rms_sim_xml_child(asked, "Type"));
        guint version = g_str_equal(type, "AdminV2Service") ? 2
                        : g_str_equal(type, "AdminService") ? 1
                                                            : 0;
        if (version == 0) {
            g_autofree char *fault =
                g_strdup_printf(RMS_SIM_FAULT_INVALID_OPERATION ": unknown service type %s", type);
            answer_fault(exchange, fault);
            return;
        }
        g_autofree char *url = rms_sim_config_dup_admin_url(tenant->config, version);
        xmlNode *location = rms_sim_xml_add(reply->result, "ServiceLocationResponse", NULL);
        rms_sim_xml_add(location, "URL", url);
        rms_sim_xml_add(location, "Type", type);
    }
    rms_sim_exchange_answer(exchange,
                            200,
                            rms_sim_soap_content_type(exchange->soap->soap12),
                            rms_sim_soap_reply_print(reply));
}

void rms_sim_discovery_answer(RmsSimTenant *tenant, RmsSimExchange *exchange)
{
    if (g_ascii_strcasecmp(exchange->path, PATH) != 0) {
        rms_sim_exchange_answer_text(exchange, 404, "No such service.\n");
    } else if (!g_str_equal(exchange->method, "POST")) {
        rms_sim_exchange_answer_text(exchange, 405, "Not by this method.\n");
        rms_sim_exchange_add_header(exchange, "Allow", "POST");
    } else if (rms_sim_admin_challenge(tenant, exchange)) {
        return;
    } else if (exchange->soap == NULL) {
        answer_fault(exchange, exchange->soap_problem);
    } else if (!rms_sim_xml_is(exchange->soap->method, "FindServiceLocationsForUser") ||
               !g_str_equal(exchange->soap->service, RMS_SIM_NS_LOCATOR)) {
        answer_fault(exchange, RMS_SIM_FAULT_INVALID_OPERATION ": no such method");
    } else if (!tenant->state->activated) {
        answer_fault(exchange,
                     RMS_SIM_FAULT_UNSPECIFIED
                     ": the rights management service is not activated for this organization");
    } else if (!rms_sim_service_onboards(tenant->state, tenant->users, exchange->claims)) {
        answer_fault(exchange,
                     RMS_SIM_FAULT_UNSPECIFIED
                     ": the onboarding control policy does not include this account");
    } else if (rms_sim_service_access(tenant->users, exchange->claims) == RMS_SIM_ACCESS_NONE) {
        answer_fault(exchange,
                     RMS_SIM_FAULT_UNAUTHORIZED ": the account has no administrative role");
    } else {
        answer_locations(tenant, exchange);
    }
}
