/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Adding a server: finding its account or group in the directory, and giving it a role.
 */
#pragma once

#include <adwaita.h>

#include "ui/console.h"

G_BEGIN_DECLS

/* Signal "added" (char *name): it is in the working copy; the dialog has closed. */
#define RMS_TYPE_ADD_DIALOG (rms_add_dialog_get_type())
G_DECLARE_FINAL_TYPE(RmsAddDialog, rms_add_dialog, RMS, ADD_DIALOG, AdwWindow)

RmsAddDialog *rms_add_dialog_new(GtkWindow *parent, RmsConsole *console);
/** rms_add_dialog_find: Looks @text up exactly (a name or a SID) and chooses it, as if it had been
 * typed and Enter pressed. */
void rms_add_dialog_find(RmsAddDialog *self, const char *text);

G_END_DECLS
