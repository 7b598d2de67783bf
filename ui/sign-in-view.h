/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Signing in: choosing how, waiting for the browser or for a code to be entered elsewhere, and what
 * went wrong.
 */
#pragma once

#include <adwaita.h>

#include "ui/console.h"

G_BEGIN_DECLS

/* Signal "signed-in" (). */
#define RMS_TYPE_SIGN_IN_VIEW (rms_sign_in_view_get_type())
G_DECLARE_FINAL_TYPE(RmsSignInView, rms_sign_in_view, RMS, SIGN_IN_VIEW, AdwBin)

/** rms_sign_in_view_set_console: To be called once; keeps a reference. */
void rms_sign_in_view_set_console(RmsSignInView *self, RmsConsole *console);

G_END_DECLS
