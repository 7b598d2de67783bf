/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Finding objects of the directory while somebody types: waits for a pause, searches, drops what an
 * older search still brings, and counts what kinds and location hide.
 *
 *     text, kinds, location ──pause──> searching ──> found | nothing | failed
 *     empty text ──> idle; suggested when the suggestion exists; in a place, what is directly in it
 *     one character ──> too short
 *     candidates to choose from ──> choices, until something else is asked for
 */
#pragma once

#include "ui/location.h"

G_BEGIN_DECLS

/* Results shown at most. */
#define RMS_FINDER_LIMIT 10000
/* Hidden objects counted at most. */
#define RMS_FINDER_HIDDEN_LIMIT 20

typedef enum {
    RMS_FINDER_IDLE,
    RMS_FINDER_TOO_SHORT,
    RMS_FINDER_SEARCHING,
    RMS_FINDER_SUGGESTED,
    RMS_FINDER_FOUND,
    RMS_FINDER_LISTED,
    RMS_FINDER_CHOICES,
    RMS_FINDER_NOTHING,
    RMS_FINDER_FAILED
} RmsFinderState;

/* Signal "changed" (): state, error, truncation or what is hidden changed. */
#define RMS_TYPE_DIRECTORY_FINDER (rms_directory_finder_get_type())
G_DECLARE_FINAL_TYPE(RmsDirectoryFinder, rms_directory_finder, RMS, DIRECTORY_FINDER, GObject)

/** rms_directory_finder_new: @pause_ms: how long nothing may be typed before it searches. */
RmsDirectoryFinder *rms_directory_finder_new(RmsLocation *location, guint pause_ms);

/** rms_directory_finder_set_text: What was typed. */
void rms_directory_finder_set_text(RmsDirectoryFinder *self, const char *text);
/** rms_directory_finder_set_kinds: RMS_KIND_BIT()s to search for; searches again at once. */
void rms_directory_finder_set_kinds(RmsDirectoryFinder *self, guint kinds);
/** rms_directory_finder_set_location: Where to search; searches again at once. */
void rms_directory_finder_set_location(RmsDirectoryFinder *self, RmsLocation *location);
RmsLocation *rms_directory_finder_get_location(RmsDirectoryFinder *self);
/** rms_directory_finder_set_suggestion: @name: (nullable): looked up in the whole forest, and the
 * results if it exists, while no text was typed and no place is searched. */
void rms_directory_finder_set_suggestion(RmsDirectoryFinder *self, const char *name);
/** rms_directory_finder_offer: Shows @objects (element-type RmsDirectoryObject), which were found
 * otherwise, to choose from. */
void rms_directory_finder_offer(RmsDirectoryFinder *self, GPtrArray *objects);
/** rms_directory_finder_retry: Does the last thing again; ends the choice from candidates. */
void rms_directory_finder_retry(RmsDirectoryFinder *self);

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
/** rms_directory_finder_get_elsewhere: How many objects of these kinds match outside the location.
 * @more: (out): there may be more than that. */
guint rms_directory_finder_get_elsewhere(RmsDirectoryFinder *self, gboolean *more);

G_END_DECLS
