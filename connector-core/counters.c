/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Counting; see counters.h. The text is made in counters-text.c.
 */
#include "config.h"

#include "connector-core/counters.h"
#include "connector-core/counters-private.h"

#include <openssl/ssl.h>

const gint64 rms_counters_buckets[RMS_N_BUCKETS] = {500,
                                                    1000,
                                                    2500,
                                                    5000,
                                                    10000,
                                                    25000,
                                                    50000,
                                                    100000,
                                                    250000,
                                                    500000,
                                                    1000000,
                                                    2500000,
                                                    5000000,
                                                    10000000,
                                                    30000000,
                                                    100000000};

static gint64 get_seconds(void)
{
    return g_get_real_time() / G_USEC_PER_SEC;
}

RmsCounters *rms_counters_new(void)
{
    RmsCounters *counters = g_new0(RmsCounters, 1);

    counters->started_at = get_seconds();
    return counters;
}

void rms_counters_free(RmsCounters *counters)
{
    g_free(counters);
}

static void observe(RmsHistogram *histogram, gint64 usec)
{
    guint i = 0;

    while (i < RMS_N_BUCKETS && usec > rms_counters_buckets[i]) {
        i++;
    }
    histogram->buckets[i]++;
    histogram->count++;
    histogram->sum_usec += usec;
}

void rms_counters_add_call(RmsCounters *counters, RmsSoapOperation operation, RmsCallResult result)
{
    g_return_if_fail(operation < RMS_SOAP_N_OPERATIONS);

    counters->calls[operation][result]++;
}

void rms_counters_add_relayed(RmsCounters *counters,
                              RmsSoapOperation operation,
                              RmsCallResult result,
                              gint64 response_usec,
                              gint64 service_usec)
{
    gboolean succeeded = result == RMS_CALL_SUCCEEDED;

    rms_counters_add_call(counters, operation, result);
    service_usec = CLAMP(service_usec, 0, response_usec);
    observe(&counters->times[RMS_TIME_PROCESSING][operation][succeeded],
            response_usec - service_usec);
    observe(&counters->times[RMS_TIME_SERVICE][operation][succeeded], service_usec);
    observe(&counters->times[RMS_TIME_RESPONSE][operation][succeeded], response_usec);
}

void rms_counters_add_answer(RmsCounters *counters, guint status)
{
    g_return_if_fail(status < RMS_MAX_STATUS);

    counters->answers[status]++;
}

void rms_counters_add_connection(RmsCounters *counters, gboolean https)
{
    counters->connections[https ? 1 : 0]++;
}

void rms_counters_add_handshake(RmsCounters *counters, int version, gboolean resumed)
{
    counters->handshakes[version == TLS1_3_VERSION ? 1 : 0][resumed ? 1 : 0]++;
}

void rms_counters_add_handshake_failure(RmsCounters *counters)
{
    counters->handshake_failures++;
}

void rms_counters_add_event(RmsCounters *counters, guint number)
{
    for (guint i = 0; i < RMS_MAX_EVENT_NUMBERS; i++) {
        if (counters->events[i].number == number || counters->events[i].number == 0) {
            counters->events[i].number = number;
            counters->events[i].count++;
            return;
        }
    }
}

void rms_counters_set_list(RmsCounters *counters, gint64 revision, guint n_entries)
{
    counters->list_read_at = get_seconds();
    counters->list_revision = revision;
    counters->list_entries = n_entries;
}
