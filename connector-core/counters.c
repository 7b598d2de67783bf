/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Counting; see counters.h. The text is made in counters-text.c.
 */
#include "config.h"

#include "connector-core/counters.h"
#include "connector-core/counters-private.h"

#include <openssl/ssl.h>

const RmsBucket rms_counters_buckets[RMS_N_BUCKETS] = {
    {500,       "0.0005"},
    {1000,      "0.001" },
    {2500,      "0.0025"},
    {5000,      "0.005" },
    {10000,     "0.01"  },
    {25000,     "0.025" },
    {50000,     "0.05"  },
    {100000,    "0.1"   },
    {250000,    "0.25"  },
    {500000,    "0.5"   },
    {1000000,   "1.0"   },
    {2500000,   "2.5"   },
    {5000000,   "5.0"   },
    {10000000,  "10.0"  },
    {30000000,  "30.0"  },
    {100000000, "100.0" },
};

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

    while (i < RMS_N_BUCKETS && usec > rms_counters_buckets[i].usec) {
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
