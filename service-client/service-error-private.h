/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Errors that carry more than a code and a sentence. Private to the room.
 */
#pragma once

#include "service-client/service-error.h"

G_BEGIN_DECLS

/** rms_service_error_set_problem: @error: of this domain, or %NULL. */
void rms_service_error_set_problem(GError *error, RmsServiceProblem problem);
/** rms_service_error_set_provider: @code, @text: (nullable) (transfer none): shown as they are. */
void rms_service_error_set_provider(GError *error, const char *code, const char *text);
void rms_service_error_set_retry_after(GError *error, guint seconds);

G_END_DECLS
