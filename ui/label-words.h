/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Keeping names as they are: Pango puts a hyphen where it breaks a long word, and in an account's
 * name, an address or a code that hyphen would be read as part of it.
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/** rms_label_words_keep: Lets no label in @root show hyphens that are not in its text. */
void rms_label_words_keep(GtkWidget *root);

G_END_DECLS
