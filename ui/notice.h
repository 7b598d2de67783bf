/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A notice in a page: an icon and a word for how serious it is, a title, advice, the raw text in an
 * expander, and at most one button.
 */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

typedef enum { RMS_NOTICE_INFORMATION, RMS_NOTICE_WARNING, RMS_NOTICE_ERROR } RmsNoticeLevel;
#define RMS_TYPE_NOTICE_LEVEL (rms_notice_level_get_type())
GType rms_notice_level_get_type(void);

/* Properties: "level", "title", "advice" (empty: none), "details" (empty: no expander),
 * "button-label" (empty: no button). Signal: "button-clicked". */
#define RMS_TYPE_NOTICE (rms_notice_get_type())
G_DECLARE_FINAL_TYPE(RmsNotice, rms_notice, RMS, NOTICE, AdwBin)

/** rms_notice_show_error: Shows @error in the words of ui/error-words.h; hides the notice for %NULL
 * and for what was cancelled. */
void rms_notice_show_error(RmsNotice *self, const GError *error);

G_END_DECLS
