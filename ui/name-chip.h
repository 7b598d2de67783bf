/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The chip of one checked name: what it is, what became of it, and a way to drop it.
 */
#pragma once

#include <adwaita.h>

#include "ui/name-check.h"

G_BEGIN_DECLS

/* Signals: "pressed" (): somebody wants to deal with it. "dropped" (). */
#define RMS_TYPE_NAME_CHIP (rms_name_chip_get_type())
G_DECLARE_FINAL_TYPE(RmsNameChip, rms_name_chip, RMS, NAME_CHIP, AdwBin)

GtkWidget *rms_name_chip_new(void);
/** rms_name_chip_show: Shows @name as it is now, for @list and @role (nullable). */
void rms_name_chip_show(RmsNameChip *self,
                        RmsCheckedName *name,
                        RmsServerList *list,
                        const RmsRole *role);
RmsCheckedName *rms_name_chip_get_name(RmsNameChip *self);
/** rms_name_chip_set_current: Whether Tab gets to it; one of a row of chips is. */
void rms_name_chip_set_current(RmsNameChip *self, gboolean current);
void rms_name_chip_focus(RmsNameChip *self);

G_END_DECLS
