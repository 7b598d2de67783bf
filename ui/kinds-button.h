/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Choosing which kinds of account are searched for: a button that says which, with a check button
 * for each.
 */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* Signal "changed" (): somebody ticked other kinds. */
#define RMS_TYPE_KINDS_BUTTON (rms_kinds_button_get_type())
G_DECLARE_FINAL_TYPE(RmsKindsButton, rms_kinds_button, RMS, KINDS_BUTTON, AdwBin)

guint rms_kinds_button_get_kinds(RmsKindsButton *self); /* RMS_KIND_BIT()s; at least one */
/** rms_kinds_button_set_kinds: Ticks @ticked and offers @offered and those that are ticked. Emits
 * nothing. */
void rms_kinds_button_set_kinds(RmsKindsButton *self, guint offered, guint ticked);

G_END_DECLS
