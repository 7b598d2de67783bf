/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Asking which role an entry shall have instead.
 */
#pragma once

#include <adwaita.h>

#include "ui/console.h"

G_BEGIN_DECLS

/** rms_role_dialog_present: Asks, and changes the role of @entry in @console's working copy. */
void rms_role_dialog_present(GtkWindow *parent, RmsConsole *console, RmsEntry *entry);

G_END_DECLS
