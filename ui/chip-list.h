/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The chips of all checked names, one stop of the Tab key: arrows go from chip to chip, Enter deals
 * with one, Delete drops it.
 */
#pragma once

#include <gtk/gtk.h>

#include "ui/name-check.h"

G_BEGIN_DECLS

/* Signals: "pressed" (RmsCheckedName *), "dropped" (RmsCheckedName *): somebody asked for it.
 * "left"
 * (): the last chip that had the focus is gone. */
#define RMS_TYPE_CHIP_LIST (rms_chip_list_get_type())
G_DECLARE_FINAL_TYPE(RmsChipList, rms_chip_list, RMS, CHIP_LIST, GtkWidget)

/** rms_chip_list_set_names: @names: a GListModel of RmsCheckedName; @list: what is authorized. */
void rms_chip_list_set_names(RmsChipList *self, GListModel *names, RmsServerList *list);
/** rms_chip_list_set_role: What the accounts are picked for; %NULL: not known yet. Shows all chips
 * anew. */
void rms_chip_list_set_role(RmsChipList *self, const RmsRole *role);
/** rms_chip_list_focus: Gives the focus to the chip of @name; %NULL: to the one that had it last.
 */
void rms_chip_list_focus(RmsChipList *self, RmsCheckedName *name);

G_END_DECLS
