/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The AADSTS errors of the authority as one table: number, OAuth error, HTTP status, sentence
 * (protocol.md §4.3 and §4.6). How an error travels is the business of authority*.c.
 */
#pragma once

#include <glib.h>

/**
 * RmsSimOAuthError:
 * @number: AADSTS number; it is in error_codes and in front of the description
 * @error: RFC 6749, RFC 8628 or Entra's own error name
 * @status: at the token and device code endpoints
 */
typedef struct {
    guint number;
    const char *error;
    guint status;
    const char *text;
} RmsSimOAuthError;

/** rms_sim_oauth_error_find: Returns: (nullable) (transfer none) */
const RmsSimOAuthError *rms_sim_oauth_error_find(guint number);
