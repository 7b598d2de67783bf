/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the connector knows of a distribution group in its list: Kerberos tickets never name these,
 * so it reads their members from the directory and keeps the last good reading.
 */
#pragma once

#include <glib.h>

#include "connector-core/model/sid.h"

G_BEGIN_DECLS

/**
 * RmsGroupStatus: times are microseconds since 1970 UTC; 0: never.
 * @sid: of the entry
 * @n_members: accounts that the entry covers by the last good reading
 * @read_at: time of that reading
 * @tried_at: of the last try
 * @failure: (nullable): why the last try failed; the last good reading stays in force
 * @gaps: (nullable): what the last good reading lacks, and why
 */
typedef struct {
    RmsSid sid;
    guint n_members;
    gint64 read_at;
    gint64 tried_at;
    char *failure;
    char *gaps;
} RmsGroupStatus;
void rms_group_status_free(RmsGroupStatus *status);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RmsGroupStatus, rms_group_status_free)

G_END_DECLS
