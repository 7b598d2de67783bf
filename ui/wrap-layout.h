/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A layout that puts children beside each other, as wide as each wants to be, and goes on in the
 * next line when one is full. GtkFlowBox makes columns, which chips of different length do not
 * form.
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define RMS_TYPE_WRAP_LAYOUT (rms_wrap_layout_get_type())
G_DECLARE_FINAL_TYPE(RmsWrapLayout, rms_wrap_layout, RMS, WRAP_LAYOUT, GtkLayoutManager)

/** rms_wrap_layout_new: @spacing: pixels between children and between lines. */
GtkLayoutManager *rms_wrap_layout_new(int spacing);

G_END_DECLS
