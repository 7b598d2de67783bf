/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The tenant's three rights policy templates: as the admin service lists them and as signed XrML.
 */
#pragma once

#include "tests/lab/tenant-simulator/tenant-config.h"

/** rms_sim_templates_dup_ids: Returns: (transfer full): JSON array of GUIDs. */
cJSON *rms_sim_templates_dup_ids(void);
/** rms_sim_templates_dup_json: Returns: (transfer full): what `/Templates` answers (protocol.md
 * §3.3). */
cJSON *rms_sim_templates_dup_json(const RmsSimConfig *config);
guint rms_sim_templates_count(void);
const char *rms_sim_templates_get_id(guint index);
/** rms_sim_templates_dup_xrml: Returns: (transfer full): signed by @key, whose certificate has
 * @issuer_id. */
char *rms_sim_templates_dup_xrml(const RmsSimConfig *config,
                                 guint index,
                                 const char *issuer_id,
                                 EVP_PKEY *key);
