/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Finding objects of the directory while somebody types: waits for a pause, searches, drops what an
 * older search still brings, and counts what the kinds asked for hide.
 *
 *     text, kinds ──pause──> searching ──> found | nothing | failed
 *     empty text ──> idle, or suggested when the suggestion exists
 *     one character ──> too short
 */
#pragma once

#include "directory/directory.h"

G_BEGIN_DECLS

/* Results shown at most; a longer list helps nobody choose. */
#define RMS_FINDER_LIMIT 100
/* Hidden objects counted at most. */
#define RMS_FINDER_HIDDEN_LIMIT 20

typedef enum {
    RMS_FINDER_IDLE,
    RMS_FINDER_TOO_SHORT,
    RMS_FINDER_SEARCHING,
    RMS_FINDER_SUGGESTED,
    RMS_FINDER_FOUND,
    RMS_FINDER_NOTHING,
    RMS_FINDER_FAILED
} RmsFinderState;

/* Signals: "changed" (): state, error, truncation or hidden objects changed. "resolved" (): an
 * exact name was looked up and the results are what it stands for. */
#define RMS_TYPE_DIRECTORY_FINDER (rms_directory_finder_get_type())
G_DECLARE_FINAL_TYPE(RmsDirectoryFinder, rms_directory_finder, RMS, DIRECTORY_FINDER, GObject)

/** rms_directory_finder_new: @pause_ms: how long nothing may be typed before it searches. */
RmsDirectoryFinder *rms_directory_finder_new(RmsDirectory *directory, guint pause_ms);

/** rms_directory_finder_set_text: What was typed. */
void rms_directory_finder_set_text(RmsDirectoryFinder *self, const char *text);
/** rms_directory_finder_set_kinds: RMS_KIND_BIT()s to search for; searches again at once. */
void rms_directory_finder_set_kinds(RmsDirectoryFinder *self, guint kinds);
/** rms_directory_finder_set_suggestion: @name: (nullable): looked up, and the results if it exists,
 * while no text was typed. */
void rms_directory_finder_set_suggestion(RmsDirectoryFinder *self, const char *name);
/** rms_directory_finder_retry: Does the last thing again. */
void rms_directory_finder_retry(RmsDirectoryFinder *self);
/** rms_directory_finder_resolve: Looks @text up exactly, of whatever kind it is, and emits
 * "resolved". */
void rms_directory_finder_resolve(RmsDirectoryFinder *self, const char *text);

/** rms_directory_finder_stop: Cancels what is under way; to be called before the last reference
 * goes.
 */
void rms_directory_finder_stop(RmsDirectoryFinder *self);

/** rms_directory_finder_get_results: Returns: (transfer none): a GListModel of RmsDirectoryObject,
 * the same for the finder's whole life. */
GListModel *rms_directory_finder_get_results(RmsDirectoryFinder *self);
RmsFinderState rms_directory_finder_get_state(RmsDirectoryFinder *self);
const GError *rms_directory_finder_get_error(RmsDirectoryFinder *self); /* (nullable) */
/** rms_directory_finder_get_truncated: Whether there are more results than are shown. */
gboolean rms_directory_finder_get_truncated(RmsDirectoryFinder *self);
/** rms_directory_finder_get_hidden: How many objects of other kinds match. @more: (out): there may
 * be more than that. */
guint rms_directory_finder_get_hidden(RmsDirectoryFinder *self, gboolean *more);

G_END_DECLS
