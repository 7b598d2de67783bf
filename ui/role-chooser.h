/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Choosing a role: three radio buttons, each with what it means, or why it is not offered.
 */
#pragma once

#include <adwaita.h>

#include "connector-core/model/role.h"

G_BEGIN_DECLS

/* Signal "chosen" (): somebody chose a role, or it was set. */
#define RMS_TYPE_ROLE_CHOOSER (rms_role_chooser_get_type())
G_DECLARE_FINAL_TYPE(RmsRoleChooser, rms_role_chooser, RMS, ROLE_CHOOSER, AdwBin)

/** rms_role_chooser_get_role: Returns: %FALSE, @role untouched, while none is chosen. */
gboolean rms_role_chooser_get_role(RmsRoleChooser *self, RmsRole *role);
void rms_role_chooser_set_role(RmsRoleChooser *self, RmsRole role);
/** rms_role_chooser_limit: Offers only what rms_role_rules_allows() for @kind; a role that was
 * chosen and does not fit is no longer chosen. @kind: (nullable): %NULL offers all. */
void rms_role_chooser_limit(RmsRoleChooser *self, const RmsKind *kind);
/** rms_role_chooser_focus: Gives the focus to the role that is chosen, or to the first offered. */
void rms_role_chooser_focus(RmsRoleChooser *self);

G_END_DECLS
