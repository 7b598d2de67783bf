/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Upkeep of the list: asks the directory what became of the account of each entry, and removes
 * entries whose account is gone.
 *
 * Entries are asked about when they come into the working copy, when somebody asks for it, and when
 * a directory that did not answer may do so again: it connected to a server, or a pause is over
 * that doubles each time. Nothing blocks; answers replace older ones only when they say something:
 * what was found out once stays while the directory is away.
 */
#pragma once

#include "ui/console.h"
#include "ui/upkeep-finding.h"

G_BEGIN_DECLS

/* Longest pause before a directory that did not answer is asked again. */
#define RMS_UPKEEP_LONGEST_PAUSE_SECONDS (15 * 60)

/* Signal: "changed" (): a finding, or whether it is checking, changed. */
#define RMS_TYPE_UPKEEP (rms_upkeep_get_type())
G_DECLARE_FINAL_TYPE(RmsUpkeep, rms_upkeep, RMS, UPKEEP, GObject)

/**
 * rms_upkeep_new:
 * @forests: a GListModel of RmsForest, asked in this order; kept
 * @pause_seconds: first pause before a directory that did not answer is asked again
 *
 * Follows the working copy of @console, to which it keeps a reference. Begins to ask when it
 * returns to the main loop.
 */
RmsUpkeep *rms_upkeep_new(RmsConsole *console, GListModel *forests, guint pause_seconds);

/** rms_upkeep_check: Asks about all entries again. */
void rms_upkeep_check(RmsUpkeep *self);
/** rms_upkeep_stop: Cancels what is under way and asks no more. */
void rms_upkeep_stop(RmsUpkeep *self);
gboolean rms_upkeep_get_checking(RmsUpkeep *self);

/** rms_upkeep_get_finding: Returns: (transfer none) (nullable): of the entry of the working copy
 * or the saved list that has @sid; %NULL: not asked yet. */
RmsUpkeepFinding *rms_upkeep_get_finding(RmsUpkeep *self, const RmsSid *sid);
/** rms_upkeep_get_failure: Returns: (transfer none) (nullable): why the directory could not be
 * asked about some entries the last time. */
const GError *rms_upkeep_get_failure(RmsUpkeep *self);
/** rms_upkeep_dup_orphans: Returns: (transfer full) (element-type RmsEntry): entries of the working
 * copy whose account is gone, in its order. */
GPtrArray *rms_upkeep_dup_orphans(RmsUpkeep *self);

/**
 * rms_upkeep_remove_orphans: Removes exactly those from the working copy; a change like any other,
 * to be reviewed and pushed, and to be undone before. Returns: %FALSE with an error of
 * rms_console_remove(); those before it are removed then.
 */
gboolean rms_upkeep_remove_orphans(RmsUpkeep *self, GError **error);

G_END_DECLS
