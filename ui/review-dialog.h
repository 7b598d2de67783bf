/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reviewing what a push would change, in words, and pushing it. Who becomes super user is said, and
 * has to be confirmed, here.
 */
#pragma once

#include <adwaita.h>

#include "ui/console.h"

G_BEGIN_DECLS

/* Signal "pushed" (RmsServerList): it is in force; the dialog has closed. */
#define RMS_TYPE_REVIEW_DIALOG (rms_review_dialog_get_type())
G_DECLARE_FINAL_TYPE(RmsReviewDialog, rms_review_dialog, RMS, REVIEW_DIALOG, AdwWindow)

RmsReviewDialog *rms_review_dialog_new(GtkWindow *parent, RmsConsole *console);

G_END_DECLS
