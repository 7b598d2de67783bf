/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What tests may turn on a directory, and nobody else.
 */
#pragma once

#include "directory/directory.h"

G_BEGIN_DECLS

/** rms_directory_set_page_sizes: Objects of the first and of each later page of a search. */
void rms_directory_set_page_sizes(RmsDirectory *self, guint first, guint next);

G_END_DECLS
