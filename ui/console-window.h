/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The console's window: its pages, actions and keys, and the notices that concern all pages.
 */
#pragma once

#include <adwaita.h>

#include "ui/console.h"

G_BEGIN_DECLS

#define RMS_TYPE_CONSOLE_WINDOW (rms_console_window_get_type())
G_DECLARE_FINAL_TYPE(
    RmsConsoleWindow, rms_console_window, RMS, CONSOLE_WINDOW, AdwApplicationWindow)

/** rms_console_window_new: Returns: (transfer none): the window, owned by @application; keeps a
 * reference to @console. */
RmsConsoleWindow *rms_console_window_new(GtkApplication *application, RmsConsole *console);

G_END_DECLS
