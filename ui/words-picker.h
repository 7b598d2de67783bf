/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The words of the object picker: what became of a name, what hides results, where is searched.
 */
#pragma once

#include "ui/directory-finder.h"
#include "ui/name-check.h"

G_BEGIN_DECLS

/** rms_words_checked: Returns: (transfer full): a few words on @name and what to do about it; for
 * what can be added its kind. @role: (nullable) */
char *rms_words_checked(RmsCheckedName *name, RmsServerList *list, const RmsRole *role);
/** rms_words_checked_icon: An icon's name for the same. */
const char *rms_words_checked_icon(RmsCheckedName *name, RmsServerList *list, const RmsRole *role);
/** rms_words_checked_problem: Returns: (transfer full): all that speaks against adding @name, or
 * that should be known before, in sentences; empty: nothing. */
char *rms_words_checked_problem(RmsCheckedName *name, RmsServerList *list, const RmsRole *role);
/** rms_words_left_unadded: Returns: (transfer full): that @n_added accounts were added and the
 * others were not. */
char *rms_words_left_unadded(guint n_added);
/** rms_words_picked: Returns: (transfer full): heading of the roles: of the one account that is
 * picked, or of how many. @name: (nullable) */
char *rms_words_picked(RmsCheckedName *name, guint n);

/** rms_words_kinds_hide: Returns: (transfer full): that @n_hidden objects (or @more) are not shown
 * because of their kind, as a sentence. */
char *rms_words_kinds_hide(guint n_hidden, gboolean more);
/** rms_words_location_hides: The same of their place. @location: where was searched */
char *rms_words_location_hides(RmsLocation *location, guint n_elsewhere, gboolean more);
/** rms_words_location: Returns: (transfer full): what @location is called on its own. */
char *rms_words_location(RmsLocation *location);
/** rms_words_kinds: Returns: (transfer full): which kinds of RMS_KIND_BIT()s are searched for, for
 * a button. */
char *rms_words_kinds(guint kinds);

G_END_DECLS
