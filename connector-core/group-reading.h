/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which accounts a distribution group covered when it was read from the directory, and by which
 * path. No I/O.
 *
 * Invariant: a reading never changes after it was made. It speaks of accounts by SID only; names
 * and paths are for explanations.
 */
#pragma once

#include <glib.h>

#include "connector-core/model/sid.h"

G_BEGIN_DECLS

typedef struct _RmsGroupReading RmsGroupReading;

/** rms_group_reading_new: An empty one, to be filled before it is shared. @group: SID of the entry.
 * @read_at: microseconds since 1970 UTC. @gaps: (nullable): what it lacks. */
RmsGroupReading *rms_group_reading_new(const RmsSid *group, gint64 read_at, const char *gaps);
RmsGroupReading *rms_group_reading_ref(RmsGroupReading *reading);
void rms_group_reading_unref(RmsGroupReading *reading);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RmsGroupReading, rms_group_reading_unref)
/** rms_group_reading_add: An account and its path: account names of the groups from the entry's own
 * on, with " → " between. Once for each SID; the first path counts. */
void rms_group_reading_add(RmsGroupReading *reading,
                           const RmsSid *account,
                           const char *name,
                           const char *path);

const RmsSid *rms_group_reading_get_group(const RmsGroupReading *reading);
gint64 rms_group_reading_get_time(const RmsGroupReading *reading);
const char *rms_group_reading_get_gaps(const RmsGroupReading *reading); /* (nullable) */
guint rms_group_reading_get_length(const RmsGroupReading *reading);
const RmsSid *rms_group_reading_get_account(const RmsGroupReading *reading, guint index);
const char *rms_group_reading_get_name(const RmsGroupReading *reading, guint index);
const char *rms_group_reading_get_path(const RmsGroupReading *reading, guint index);
/** rms_group_reading_has: Whether @account is covered. */
gboolean rms_group_reading_has(const RmsGroupReading *reading, const RmsSid *account);

/** rms_group_reading_to_text: Returns: (transfer full): JSON, for the store. */
char *rms_group_reading_to_text(const RmsGroupReading *reading);
/** rms_group_reading_parse: Returns: (transfer full): what rms_group_reading_to_text() wrote for
 * @group, or %NULL with an RmsModelError when it is anything else: a damaged reading admits nobody.
 */
RmsGroupReading *rms_group_reading_parse(const RmsSid *group, const char *text, GError **error);

G_END_DECLS
