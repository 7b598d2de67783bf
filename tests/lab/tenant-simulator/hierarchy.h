/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The private hierarchy behind the tenant's RMS host: a root, two enrolment certificates, the
 * server licensor certificate, and what the server issues: RAC, CLC and use licences (protocol.md
 * §2.13). RSA-2048 and SHA-256, cryptographic mode 2. Requests and faults are the business of
 * rms-*.c.
 */
#pragma once

#include "tests/lab/tenant-simulator/tenant-config.h"

typedef struct _RmsSimHierarchy RmsSimHierarchy;

/** rms_sim_hierarchy_new: Keys come from the state directory, if there is one; the certificates
 * follow from keys and configuration alone, so they are the same after a restart. */
RmsSimHierarchy *rms_sim_hierarchy_new(const RmsSimConfig *config, GError **error);
void rms_sim_hierarchy_free(RmsSimHierarchy *hierarchy);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RmsSimHierarchy, rms_sim_hierarchy_free)

/** rms_sim_hierarchy_get_chain: (transfer none): SLC, enrolment service, enrolment CA, root as
 * XrML, then %NULL. */
const char *const *rms_sim_hierarchy_get_chain(const RmsSimHierarchy *hierarchy);
/** rms_sim_hierarchy_get_key: (transfer none): of the SLC; signs all that the server issues. */
EVP_PKEY *rms_sim_hierarchy_get_key(const RmsSimHierarchy *hierarchy);
/** rms_sim_hierarchy_get_template: (transfer none): signed XrML. */
const char *rms_sim_hierarchy_get_template(const RmsSimHierarchy *hierarchy, guint index);

/** rms_sim_hierarchy_dup_rac: Returns: (transfer full): XrML. All who come with the same SID get
 * the same principal and key. @persistent: for a year, otherwise for 15 minutes (protocol.md §2.1).
 */
char *rms_sim_hierarchy_dup_rac(RmsSimHierarchy *hierarchy,
                                const char *sid,
                                const char *email,
                                gboolean persistent,
                                GError **error);
/** rms_sim_hierarchy_dup_clc: Returns: (transfer full): XrML; for the principal of a RAC. */
char *rms_sim_hierarchy_dup_clc(RmsSimHierarchy *hierarchy,
                                const char *sid,
                                const char *email,
                                GError **error);
/**
 * rms_sim_hierarchy_dup_use_license: Returns: (transfer full): XrML.
 * @id_type, @id: of the principal: `Windows` and a SID, or `Unspecified` and %NULL
 * @content_id: GUID of the content; @rights: %NULL-terminated
 * @days: how long it is good for; 0: no limit
 */
char *rms_sim_hierarchy_dup_use_license(RmsSimHierarchy *hierarchy,
                                        const char *id_type,
                                        const char *id,
                                        const char *email,
                                        const char *content_id,
                                        const char *const *rights,
                                        gint64 days);
