/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which kinds of account each role is offered for.
 *
 * The list itself refuses less (rms_entry_validate(): Exchange takes security groups only); these
 * are what the seed document recommends for each role, so that the Add dialog offers what works.
 */
#pragma once

#include "connector-core/model/role.h"

G_BEGIN_DECLS

/** rms_role_rules_get_kinds: Returns: bits of RMS_KIND_BIT() of the kinds that @role is offered
 * for.
 */
guint rms_role_rules_get_kinds(RmsRole role);
/** rms_role_rules_allows: Returns: whether @kind is among them. */
gboolean rms_role_rules_allows(RmsRole role, RmsKind kind);

G_END_DECLS
