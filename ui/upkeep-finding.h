/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What became of the account of an entry: the judgement on one answer of the directory.
 *
 * Invariant: never changes after it was made. Only an answer of the account's own domain makes an
 * account gone; whatever could not be asked is unknown, and nothing else.
 */
#pragma once

#include "connector-core/model/entry.h"
#include "directory/forest.h"

G_BEGIN_DECLS

/**
 * RmsUpkeepState: bits; 0: as the entry says.
 * @RMS_UPKEEP_RENAMED: another account name; case does not matter
 * @RMS_UPKEEP_MOVED: in another place of the directory
 * @RMS_UPKEEP_OTHER_KIND: a security group became a distribution group or the other way round
 * @RMS_UPKEEP_DISABLED, @RMS_UPKEEP_EXPIRED: it cannot call
 * @RMS_UPKEEP_GONE: its own domain has no such account; alone
 * @RMS_UPKEEP_UNKNOWN: could not be asked; alone
 */
typedef enum {
    RMS_UPKEEP_RENAMED = 1 << 0,
    RMS_UPKEEP_MOVED = 1 << 1,
    RMS_UPKEEP_OTHER_KIND = 1 << 2,
    RMS_UPKEEP_DISABLED = 1 << 3,
    RMS_UPKEEP_EXPIRED = 1 << 4,
    RMS_UPKEEP_GONE = 1 << 5,
    RMS_UPKEEP_UNKNOWN = 1 << 6
} RmsUpkeepState;

#define RMS_TYPE_UPKEEP_FINDING (rms_upkeep_finding_get_type())
G_DECLARE_FINAL_TYPE(RmsUpkeepFinding, rms_upkeep_finding, RMS, UPKEEP_FINDING, GObject)

/** rms_upkeep_finding_new: Returns: (transfer full): @check judged against @entry. */
RmsUpkeepFinding *rms_upkeep_finding_new(RmsEntry *entry, const RmsObjectCheck *check);
/** rms_upkeep_finding_again: Returns: (transfer full): the same answer judged against @entry, which
 * has the same SID. */
RmsUpkeepFinding *rms_upkeep_finding_again(RmsUpkeepFinding *self, RmsEntry *entry);

guint rms_upkeep_finding_get_state(RmsUpkeepFinding *self); /* RmsUpkeepState bits */
RmsEntry *rms_upkeep_finding_get_entry(RmsUpkeepFinding *self);
/** rms_upkeep_finding_get_object: Returns: (transfer none) (nullable): what it is now. */
RmsDirectoryObject *rms_upkeep_finding_get_object(RmsUpkeepFinding *self);
/** rms_upkeep_finding_get_error: Returns: (transfer none) (nullable): why it is unknown. */
const GError *rms_upkeep_finding_get_error(RmsUpkeepFinding *self);
/** rms_upkeep_finding_equal: Whether both say the same; each (nullable). */
gboolean rms_upkeep_finding_equal(RmsUpkeepFinding *a, RmsUpkeepFinding *b);

G_END_DECLS
