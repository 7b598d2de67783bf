/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What this room and its tests may ask of a directory, and nobody else.
 */
#pragma once

#include "directory/directory-domain-private.h"
#include "directory/directory.h"

G_BEGIN_DECLS

/** rms_directory_set_page_sizes: Objects of the first and of each later page of a search. */
void rms_directory_set_page_sizes(RmsDirectory *self, guint first, guint next);

/** rms_directory_get_info: Returns: (transfer none) (nullable): what the connection found out;
 * %NULL before the first answer. */
const RmsDomainInfo *rms_directory_get_info(RmsDirectory *self);
/** rms_directory_replace_settings: Copies @settings, which hold from the next time that a
 * connection is made; one that there is goes on. */
void rms_directory_replace_settings(RmsDirectory *self, const RmsDirectorySettings *settings);

G_END_DECLS
