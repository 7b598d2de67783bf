/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The rows of the page of authorized servers: the saved list in its order, with what will be
 * removed still in its place, then what will be added.
 *
 * Rows that stay the same keep their objects, so that a view keeps its place and focus.
 */
#pragma once

#include "ui/console.h"
#include "ui/server-item.h"
#include "ui/upkeep.h"

G_BEGIN_DECLS

#define RMS_TYPE_SERVER_ITEMS (rms_server_items_get_type())
/* A GListModel of RmsServerItem. */
G_DECLARE_FINAL_TYPE(RmsServerItems, rms_server_items, RMS, SERVER_ITEMS, GObject)

/** rms_server_items_new: Follows @console and @upkeep (nullable), to which it keeps references. */
RmsServerItems *rms_server_items_new(RmsConsole *console, RmsUpkeep *upkeep);

G_END_DECLS
