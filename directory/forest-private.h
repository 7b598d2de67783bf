/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the files of a forest share.
 */
#pragma once

#include "directory/forest.h"

G_BEGIN_DECLS

/** rms_forest_get_directory: Returns: (transfer none): the connection to @domain. */
RmsDirectory *rms_forest_get_directory(RmsForest *self, RmsForestDomain *domain);

G_END_DECLS
