/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The page of the authorized servers: the list as it will be, with what waits to be pushed.
 *
 * Adding, reviewing and signing in are the window's actions: win.add-server, win.review,
 * win.undo-all, win.sign-in.
 */
#pragma once

#include <adwaita.h>

#include "ui/console.h"

G_BEGIN_DECLS

#define RMS_TYPE_SERVERS_PAGE (rms_servers_page_get_type())
G_DECLARE_FINAL_TYPE(RmsServersPage, rms_servers_page, RMS, SERVERS_PAGE, AdwBin)

/** rms_servers_page_set_console: To be called once; keeps a reference. */
void rms_servers_page_set_console(RmsServersPage *self, RmsConsole *console);
/** rms_servers_page_check: Asks the directory again what became of the accounts in the list. */
void rms_servers_page_check(RmsServersPage *self);
/** rms_servers_page_get_search_bar: Returns: (transfer none) */
GtkSearchBar *rms_servers_page_get_search_bar(RmsServersPage *self);

G_END_DECLS
