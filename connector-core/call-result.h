/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What becomes of a call, in the words of the counters; the relay knows it, counters.c adds it up.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * RmsCallResult:
 * @RMS_CALL_SUCCEEDED: the tenant served it
 * @RMS_CALL_FAULT: the tenant's own SOAP fault, or its refusal of the request
 * @RMS_CALL_UNAVAILABLE: the retryable fault: no answer of the tenant's could be had
 * @RMS_CALL_REFUSED: the caller is not admitted
 * @RMS_CALL_ABORTED: the caller left, its body did not come, or the answer broke off
 */
typedef enum {
    RMS_CALL_SUCCEEDED,
    RMS_CALL_FAULT,
    RMS_CALL_UNAVAILABLE,
    RMS_CALL_REFUSED,
    RMS_CALL_ABORTED
} RmsCallResult;
#define RMS_N_CALL_RESULTS 5

G_END_DECLS
