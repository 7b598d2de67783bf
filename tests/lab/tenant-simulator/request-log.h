/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the simulator received and what it answered: in memory up to a number of requests, and as
 * JSON lines in a file. Bodies only as hash and length, credentials only as their scheme.
 */
#pragma once

#include "tests/lab/tenant-simulator/exchange.h"

typedef struct _RmsSimRequestLog RmsSimRequestLog;

/** rms_sim_request_log_new: @path: (nullable): appended to. */
RmsSimRequestLog *rms_sim_request_log_new(const char *path, guint size, GError **error);
void rms_sim_request_log_free(RmsSimRequestLog *log);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RmsSimRequestLog, rms_sim_request_log_free)

/** rms_sim_request_log_add: @fault: (nullable): what a fault did, in words; @sent: the answer's
 * body as it went out. */
void rms_sim_request_log_add(RmsSimRequestLog *log,
                             const RmsSimExchange *exchange,
                             const char *fault,
                             GBytes *sent);
/** rms_sim_request_log_print: Returns: (transfer full): JSON array of the requests after @since. */
GBytes *rms_sim_request_log_print(RmsSimRequestLog *log, guint64 since);
void rms_sim_request_log_clear(RmsSimRequestLog *log);
