/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Two things that GTK 4.8 does to words and that have to be undone: Pango puts a hyphen where it
 * breaks a long word, which in an account's name, an address or a code would be read as part of it;
 * and a button with a mnemonic tells screen readers its name twice, once with the underscore.
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/** rms_widget_words_mend: Mends the words of @root and of all that it holds now. */
void rms_widget_words_mend(GtkWidget *root);

G_END_DECLS
