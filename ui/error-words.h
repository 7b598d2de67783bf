/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What went wrong, and what to do about it, in words chosen from an error's domain and code.
 *
 * The error's own text is for an expander below; it is never the whole of what somebody reads.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * RmsErrorWords: static, translated text.
 * @title: what happened, a few words
 * @advice: who has to do what now
 */
typedef struct {
    const char *title;
    const char *advice;
} RmsErrorWords;

/** rms_error_words: Never fails: an unknown error gets general words. */
RmsErrorWords rms_error_words(const GError *error);
/** rms_error_words_worth_showing: Whether anybody should see @error: %FALSE for what was cancelled.
 */
gboolean rms_error_words_worth_showing(const GError *error);

G_END_DECLS
