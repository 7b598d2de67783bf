/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The widget of one object of the directory among the results of a search.
 */
#pragma once

#include <adwaita.h>

#include "directory/directory-object.h"
#include "ui/console.h"

G_BEGIN_DECLS

#define RMS_TYPE_OBJECT_ROW (rms_object_row_get_type())
G_DECLARE_FINAL_TYPE(RmsObjectRow, rms_object_row, RMS, OBJECT_ROW, AdwBin)

GtkWidget *rms_object_row_new(void);
/** rms_object_row_set_object: @entry: (nullable): its entry in the list, if it is authorized
 * already. */
void rms_object_row_set_object(RmsObjectRow *self, RmsDirectoryObject *object, RmsEntry *entry);

G_END_DECLS
