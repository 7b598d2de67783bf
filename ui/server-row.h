/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The widget of one authorized server in the list.
 *
 * It shows an RmsServerItem and says what somebody wants done with it; the page does it.
 */
#pragma once

#include <adwaita.h>

#include "ui/server-item.h"

G_BEGIN_DECLS

/* Signals, each with the item: "details", "change-role", "remove", "undo". */
#define RMS_TYPE_SERVER_ROW (rms_server_row_get_type())
G_DECLARE_FINAL_TYPE(RmsServerRow, rms_server_row, RMS, SERVER_ROW, AdwBin)

GtkWidget *rms_server_row_new(void);
/** rms_server_row_set_item: @item: (nullable) */
void rms_server_row_set_item(RmsServerRow *self, RmsServerItem *item);

G_END_DECLS
