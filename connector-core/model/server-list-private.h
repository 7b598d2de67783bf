/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * For the list's own files only.
 */
#pragma once

#include "connector-core/model/server-list.h"

/* Sets what the list says of itself and leaves it open for editing. @saved_by: (nullable) */
void rms_server_list_stamp(RmsServerList *list,
                           gint64 revision,
                           gint64 saved_at,
                           const char *saved_by);
