/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the files of the RMS host share: rms-host.c (dispatch), rms-server-info.c (server, locator,
 * templates), rms-certification.c (Certify, GetClientLicensorCert), rms-licensing.c (use licences).
 */
#pragma once

#include "tests/lab/tenant-simulator/tenant.h"
#include "tests/lab/tenant-simulator/xrml.h"

/** rms_sim_rms_fault: Answers a SOAP fault; @name: exception, @text: (nullable): put behind it. */
void rms_sim_rms_fault(RmsSimExchange *exchange, const char *name, const char *text);
/** rms_sim_rms_reply: Answers with @reply. */
void rms_sim_rms_reply(RmsSimExchange *exchange, const RmsSimSoapReply *reply);
/** rms_sim_rms_add_certificate: `<Certificate>` around signed XrML, byte for byte. */
void rms_sim_rms_add_certificate(xmlNode *parent, const char *xrml);
/** rms_sim_rms_add_chain: `<CertificateChain>` with @first, (nullable), and the server's chain. */
void rms_sim_rms_add_chain(RmsSimTenant *tenant, xmlNode *parent, const char *first);
/**
 * rms_sim_rms_check_rac: The RAC at the head of a chain: ours, in time, and of the entry that
 * admitted the caller.
 * Returns: (nullable) (transfer none): the exception's full name, %NULL when all is well; @rac:
 * (out) (transfer full)
 */
const char *rms_sim_rms_check_rac(RmsSimTenant *tenant,
                                  RmsSimExchange *exchange,
                                  const xmlNode *chain,
                                  RmsSimXrml **rac);
/** rms_sim_rms_dup_email: Returns: (transfer full): the e-mail address that stands for an entry. */
char *rms_sim_rms_dup_email(const RmsSimConfig *config, const RmsSimEntry *entry);

void rms_sim_rms_certify(RmsSimTenant *tenant, RmsSimExchange *exchange);
void rms_sim_rms_get_client_licensor_cert(RmsSimTenant *tenant, RmsSimExchange *exchange);
void rms_sim_rms_acquire_license(RmsSimTenant *tenant, RmsSimExchange *exchange);
void rms_sim_rms_acquire_pre_license(RmsSimTenant *tenant, RmsSimExchange *exchange);
void rms_sim_rms_get_licensor_certificate(RmsSimTenant *tenant, RmsSimExchange *exchange);
void rms_sim_rms_get_server_info(RmsSimTenant *tenant, RmsSimExchange *exchange);
void rms_sim_rms_find_service_locations(RmsSimTenant *tenant, RmsSimExchange *exchange);
void rms_sim_rms_acquire_template_information(RmsSimTenant *tenant, RmsSimExchange *exchange);
void rms_sim_rms_acquire_templates(RmsSimTenant *tenant, RmsSimExchange *exchange);
