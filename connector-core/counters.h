/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the connector counts: calls by operation and result, the three times of Microsoft's
 * performance counters (protocol.md §5.3), answers, connections, events, and the list's age.
 *
 * Plain integers on the connector's thread: counting is an addition. No label comes from a peer, so
 * the number of series is fixed; accounts and addresses are in the event log, never here.
 */
#pragma once

#include <glib.h>

#include "connector-core/call-result.h"
#include "connector-core/soap-operation.h"
#include "connector-core/trouble.h"
#include "connector-core/upstream-pool.h"

G_BEGIN_DECLS

typedef struct _RmsCounters RmsCounters;

RmsCounters *rms_counters_new(void);
void rms_counters_free(RmsCounters *counters);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RmsCounters, rms_counters_free)

/** rms_counters_add_call: A call that came to no relayed answer. */
void rms_counters_add_call(RmsCounters *counters, RmsSoapOperation operation, RmsCallResult result);
/**
 * rms_counters_add_relayed: A call that was answered.
 * @response_usec: as the caller saw it, from the request's head to the end of the answer
 * @service_usec: the part of it spent waiting for the tenant; the rest is the connector's own
 */
void rms_counters_add_relayed(RmsCounters *counters,
                              RmsSoapOperation operation,
                              RmsCallResult result,
                              gint64 response_usec,
                              gint64 service_usec);
/** rms_counters_add_answer: Any answer to a caller. */
void rms_counters_add_answer(RmsCounters *counters, guint status);
void rms_counters_add_connection(RmsCounters *counters, gboolean https);
/** rms_counters_add_handshake: @version: as SSL_version() says. */
void rms_counters_add_handshake(RmsCounters *counters, int version, gboolean resumed);
void rms_counters_add_handshake_failure(RmsCounters *counters);
void rms_counters_add_event(RmsCounters *counters, guint number);
/** rms_counters_set_list: The list in force was read just now. */
void rms_counters_set_list(RmsCounters *counters, gint64 revision, guint n_entries);

/** RmsGauges: What others know at the moment of asking. */
typedef struct {
    guint connections;
    guint idle_connections;
    gint64 certificate_not_after; /* seconds since 1970 UTC; 0: no HTTPS */
    gint64 credential_not_after;  /* likewise; 0: none */
    RmsUpstreamNumbers upstream;
    const RmsTrouble *trouble;
} RmsGauges;

/** rms_counters_write: Appends everything as text: OpenMetrics 1.0, or else the form that
 * Prometheus took before (0.0.4). The samples are the same; OpenMetrics names a counter's family
 * without
 * `_total`, and says where it ends. */
void rms_counters_write(const RmsCounters *counters,
                        const RmsGauges *gauges,
                        gboolean openmetrics,
                        GString *out);

G_END_DECLS
