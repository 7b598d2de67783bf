/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One row of the page of authorized servers: an entry, the change that waits for it, and what
 * became of its account.
 *
 * Never changes after it was made.
 */
#pragma once

#include "connector-core/model/server-list.h"
#include "ui/upkeep-finding.h"

G_BEGIN_DECLS

#define RMS_TYPE_SERVER_ITEM (rms_server_item_get_type())
G_DECLARE_FINAL_TYPE(RmsServerItem, rms_server_item, RMS, SERVER_ITEM, GObject)

/** rms_server_item_new: @entry: as it will be; for one that will be removed, as it is. @change:
 * (nullable). @finding: (nullable) */
RmsServerItem *
rms_server_item_new(RmsEntry *entry, RmsListChange *change, RmsUpkeepFinding *finding);
RmsEntry *rms_server_item_get_entry(RmsServerItem *self);
RmsListChange *rms_server_item_get_change(RmsServerItem *self);     /* (nullable) */
RmsUpkeepFinding *rms_server_item_get_finding(RmsServerItem *self); /* (nullable) */
/** rms_server_item_equal: Whether both would look the same. */
gboolean rms_server_item_equal(RmsServerItem *a, RmsServerItem *b);
/** rms_server_item_matches: Whether its name, present name, role, kind, note or what became
 * of it contains @folded, which
 * g_utf8_casefold() made; everything matches an empty text. */
gboolean rms_server_item_matches(RmsServerItem *self, const char *folded);

G_END_DECLS
