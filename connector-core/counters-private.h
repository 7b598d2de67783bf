/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What counters.c counts and counters-text.c writes; nobody else includes this.
 */
#pragma once

#include "connector-core/counters.h"

G_BEGIN_DECLS

#define RMS_N_BUCKETS 16
/* Upper ends: from what the connector itself needs to the longest wait for the
 * tenant (RMS_DEFAULT_UPSTREAM_TIMEOUT_MS). */
typedef struct {
    gint64 usec;
    const char *seconds; /* as OpenMetrics writes numbers */
} RmsBucket;
extern const RmsBucket rms_counters_buckets[RMS_N_BUCKETS];

typedef struct {
    guint64 buckets[RMS_N_BUCKETS + 1]; /* the last: beyond all */
    guint64 count;
    gint64 sum_usec;
} RmsHistogram;

typedef enum { RMS_TIME_PROCESSING, RMS_TIME_SERVICE, RMS_TIME_RESPONSE } RmsTimeKind;
#define RMS_N_TIMES 3

#define RMS_MAX_STATUS 600
/* More numbers than there are. */
#define RMS_MAX_EVENT_NUMBERS 64

struct _RmsCounters {
    guint64 calls[RMS_SOAP_N_OPERATIONS][RMS_N_CALL_RESULTS];
    RmsHistogram times[RMS_N_TIMES][RMS_SOAP_N_OPERATIONS][2]; /* the last: failed, succeeded */
    guint64 answers[RMS_MAX_STATUS];
    guint64 connections[2];   /* HTTP, HTTPS */
    guint64 handshakes[2][2]; /* TLS 1.2, 1.3; full, resumed */
    guint64 handshake_failures;
    struct {
        guint number;
        guint64 count;
    } events[RMS_MAX_EVENT_NUMBERS];
    gint64 started_at;   /* seconds since 1970 UTC, like the next */
    gint64 list_read_at; /* 0: no list */
    gint64 list_revision;
    guint list_entries;
};

G_END_DECLS
