/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What upkeep found out, in words: on the row of an entry, and for the list as a whole.
 *
 * Functions that return const char * return static, translated text.
 */
#pragma once

#include "ui/upkeep-finding.h"

G_BEGIN_DECLS

/** rms_upkeep_words_tag: One or two words for the weightiest bit of @state (RmsUpkeepState);
 * %NULL: nothing to tell. */
const char *rms_upkeep_words_tag(guint state);
const char *rms_upkeep_words_icon(guint state); /* an icon's name; %NULL: nothing to tell */
/** rms_upkeep_words_sentences: Returns: (transfer full): all that @finding says, a sentence a line;
 * empty: the account is as its entry says. */
char *rms_upkeep_words_sentences(RmsUpkeepFinding *finding);
/** rms_upkeep_words_orphans: Returns: (transfer full): how many accounts are gone. */
char *rms_upkeep_words_orphans(guint n);
/** rms_upkeep_words_remove_orphans: Returns: (transfer full): what removing @orphans (element-type
 * RmsEntry) does, with their names; at most a few of them. */
char *rms_upkeep_words_remove_orphans(GPtrArray *orphans);

G_END_DECLS
