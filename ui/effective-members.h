/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The dialog that shows every account that a group covers, with the path by which.
 */
#pragma once

#include <adwaita.h>

#include "connector-core/connector.h"
#include "directory/forest.h"

G_BEGIN_DECLS

#define RMS_TYPE_EFFECTIVE_MEMBERS (rms_effective_members_get_type())
G_DECLARE_FINAL_TYPE(RmsEffectiveMembers, rms_effective_members, RMS, EFFECTIVE_MEMBERS, AdwWindow)

/**
 * rms_effective_members_present: Shows and loads.
 * @connector: (nullable): says, of a distribution group, what it has read itself
 */
void rms_effective_members_present(GtkWindow *parent,
                                   RmsConnector *connector,
                                   RmsForest *forest,
                                   RmsDirectoryObject *group);

G_END_DECLS
