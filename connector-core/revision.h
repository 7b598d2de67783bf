/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One line of the list's history: which revision, when, by whom, and what changed. The list itself
 * is read by its number when somebody wants it.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define RMS_TYPE_REVISION (rms_revision_get_type())
/* Properties: "number", "saved-at", "saved-by", "changes". Never changes. */
G_DECLARE_FINAL_TYPE(RmsRevision, rms_revision, RMS, REVISION, GObject)

/** rms_revision_new: @changes: lines of rms_server_list_describe_changes(). */
RmsRevision *
rms_revision_new(gint64 number, gint64 saved_at, const char *saved_by, const char *changes);
gint64 rms_revision_get_number(RmsRevision *revision);
gint64 rms_revision_get_saved_at(RmsRevision *revision); /* seconds since 1970 UTC */
const char *rms_revision_get_saved_by(RmsRevision *revision);
/* Lines that begin with `+ `, `- ` or `~ `; "" when no entry changed. */
const char *rms_revision_get_changes(RmsRevision *revision);

G_END_DECLS
