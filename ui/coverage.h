/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a group covers, prepared for a view: one row an account, with its path as text.
 *
 * Rows are made and handed over a few thousand at a time, so that a window stays fluid with the
 * largest of groups.
 */
#pragma once

#include "connector-core/group-status.h"
#include "directory/group-expansion.h"

G_BEGIN_DECLS

/** One account; never changes. */
#define RMS_TYPE_COVERED_ACCOUNT (rms_covered_account_get_type())
G_DECLARE_FINAL_TYPE(RmsCoveredAccount, rms_covered_account, RMS, COVERED_ACCOUNT, GObject)
const char *rms_covered_account_get_name(RmsCoveredAccount *self); /* as it is shown */
const char *rms_covered_account_get_path(RmsCoveredAccount *self); /* `A → B → name` */
/** rms_covered_account_get_kind: Returns: %FALSE, @kind untouched: of another forest, not known. */
gboolean rms_covered_account_get_kind(RmsCoveredAccount *self, RmsKind *kind);
/** rms_covered_account_matches: Whether its name or path contains @folded, which
 * g_utf8_casefold() made; everything matches an empty text. */
gboolean rms_covered_account_matches(RmsCoveredAccount *self, const char *folded);

/* Signal: "changed" (): loading, failure or the expansion changed. */
#define RMS_TYPE_COVERAGE (rms_coverage_get_type())
G_DECLARE_FINAL_TYPE(RmsCoverage, rms_coverage, RMS, COVERAGE, GObject)
RmsCoverage *rms_coverage_new(void);
/** rms_coverage_load: Expands @group; again, when it did before. */
void rms_coverage_load(RmsCoverage *self, RmsForest *forest, const RmsSid *group);
/** rms_coverage_stop: Cancels; to be called before the last reference goes. */
void rms_coverage_stop(RmsCoverage *self);
/** rms_coverage_get_accounts: A GListModel of RmsCoveredAccount, the same for its whole life. */
GListModel *rms_coverage_get_accounts(RmsCoverage *self);
gboolean rms_coverage_get_loading(RmsCoverage *self);
const GError *rms_coverage_get_failure(RmsCoverage *self);   /* (nullable) */
RmsExpansion *rms_coverage_get_expansion(RmsCoverage *self); /* (nullable) */

/** rms_coverage_words_summary: Returns: (transfer full): count, groups and depth. */
char *rms_coverage_words_summary(RmsExpansion *expansion);
/** rms_coverage_words_gaps: Returns: (transfer full) (nullable): what is missing, in sentences. */
char *rms_coverage_words_gaps(guint gaps);
/** rms_coverage_words_group: Returns: (transfer full): what the connector knows of a distribution
 * group. @status: (nullable): nothing */
char *rms_coverage_words_group(const RmsGroupStatus *status);
/** rms_coverage_dup_text: Returns: (transfer full): @accounts (of RmsCoveredAccount) as lines, name
 * and path parted by a tab, to copy. */
char *rms_coverage_dup_text(GListModel *accounts);

G_END_DECLS
