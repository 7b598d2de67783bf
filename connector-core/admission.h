/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which entry of the list covers a caller, and why, or why none does. A pure decision: no I/O, no
 * clock.
 *
 * Matching is by SID only. When several entries cover a caller: direct account before group, then
 * the older entry (its place in the list); the rest are kept in the decision so that the log and
 * the console can show them.
 */
#pragma once

#include "connector-core/caller.h"
#include "connector-core/group-reading.h"
#include "connector-core/model/server-list.h"

G_BEGIN_DECLS

/* A zeroed decision is a refusal. */
typedef enum {
    RMS_VERDICT_LIST_NOT_LOADED,
    RMS_VERDICT_LIST_EMPTY,
    RMS_VERDICT_NOT_LISTED,
    RMS_VERDICT_ACCOUNT_DISABLED,
    RMS_VERDICT_SAME_MACHINE,
    RMS_VERDICT_ADMITTED
} RmsVerdict;

/**
 * RmsDecision: Clear with rms_decision_clear().
 * @entry: (nullable): the entry that admits; set with ADMITTED only
 * @direct: by the account itself rather than through a group
 * @reading: (nullable): the reading of the distribution group @entry that names the account; %NULL:
 * a security group that the ticket names, or direct
 * @path: (nullable): of @reading: the groups between
 * @others: (element-type RmsEntry) (nullable): further entries that cover the caller, older first
 * @n_distribution_groups, @n_unread_groups: entries of the list that no ticket can match, and those
 * of them that could not be read from the directory yet; for the explanation
 * @oldest_reading: of the others, microseconds since 1970 UTC; 0: none
 */
typedef struct {
    RmsVerdict verdict;
    RmsEntry *entry;
    gboolean direct;
    RmsGroupReading *reading;
    const char *path;
    GPtrArray *others;
    guint n_distribution_groups;
    guint n_unread_groups;
    gint64 oldest_reading;
} RmsDecision;
void rms_decision_clear(RmsDecision *decision);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(RmsDecision, rms_decision_clear)
/** rms_decision_to_string: Returns: (transfer full): who is let in or not, why, and what to do
 * next, in English, as events and `explain` show it. */
char *rms_decision_to_string(const RmsDecision *decision, const RmsCaller *caller);

/* An index over one sealed list and the readings of its distribution groups; lookups cost the
 * caller's groups, not the list's entries or the groups' members. */
typedef struct _RmsAdmission RmsAdmission;
/** rms_admission_new: @list: (nullable): sealed; %NULL: not loaded yet. @readings: (nullable)
 * (element-type RmsGroupReading): those of groups that are no distribution group of @list count for
 * nothing. */
RmsAdmission *rms_admission_new(RmsServerList *list, GPtrArray *readings);
void rms_admission_free(RmsAdmission *admission);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RmsAdmission, rms_admission_free)
RmsServerList *rms_admission_get_list(RmsAdmission *admission); /* (transfer none) (nullable) */
/**
 * rms_admission_decide: @same_machine: the call came from the connector's own machine.
 * @decision: (out caller-allocates): zeroed by the caller.
 */
void rms_admission_decide(RmsAdmission *admission,
                          const RmsCaller *caller,
                          gboolean same_machine,
                          RmsDecision *decision);

G_END_DECLS
