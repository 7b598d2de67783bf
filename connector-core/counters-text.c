/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Counters as OpenMetrics text (https://prometheus.io/docs/specs/om/open_metrics_spec/), or in the
 * form before it. Units are base units; a series that never counted anything is left out where
 * there are many of its kind.
 */
#include "config.h"

#include "connector-core/counters.h"
#include "connector-core/counters-private.h"

#include <dirent.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#define PREFIX "rms_connector_"

typedef struct {
    GString *out;
    gboolean openmetrics;
} Writer;

/* The head of a family. OpenMetrics names a counter without `_total`. */
static void begin(Writer *writer, const char *name, const char *type, const char *help)
{
    const char *suffix = !writer->openmetrics && g_str_equal(type, "counter") ? "_total" : "";

    g_string_append_printf(
        writer->out, "# HELP %s%s %s\n# TYPE %s%s %s\n", name, suffix, help, name, suffix, type);
}

static void write_gauge(Writer *writer, const char *name, const char *help, gint64 value)
{
    begin(writer, name, "gauge", help);
    g_string_append_printf(writer->out, "%s %" G_GINT64_FORMAT "\n", name, value);
}

static void write_counter(Writer *writer, const char *name, const char *help, guint64 value)
{
    begin(writer, name, "counter", help);
    g_string_append_printf(writer->out, "%s_total %" G_GUINT64_FORMAT "\n", name, value);
}

static void write_calls(Writer *writer, const RmsCounters *counters)
{
    static const char *const results[RMS_N_CALL_RESULTS] = {
        "succeeded", "fault", "unavailable", "refused", "aborted"};

    begin(
        writer,
        PREFIX "calls",
        "counter",
        "Calls by operation and result: succeeded, fault (of the tenant's), unavailable (answered "
        "by the retryable fault), refused (not admitted), aborted.");
    for (guint i = 0; i < RMS_SOAP_N_OPERATIONS; i++) {
        for (guint j = 0; j < RMS_N_CALL_RESULTS; j++) {
            g_string_append_printf(writer->out,
                                   PREFIX "calls_total{operation=\"%s\",result=\"%s\"} "
                                          "%" G_GUINT64_FORMAT "\n",
                                   rms_soap_operation_get_name(i),
                                   results[j],
                                   counters->calls[i][j]);
        }
    }
}

/* Locales write decimal points of their own. */
static void append_seconds(GString *out, gint64 usec)
{
    g_string_append_printf(
        out, "%" G_GINT64_FORMAT ".%06d", usec / G_USEC_PER_SEC, (int) (usec % G_USEC_PER_SEC));
}

static void write_histogram(Writer *writer,
                            const char *name,
                            RmsSoapOperation operation,
                            gboolean succeeded,
                            const RmsHistogram *histogram)
{
    g_autofree char *labels = g_strdup_printf("operation=\"%s\",result=\"%s\"",
                                              rms_soap_operation_get_name(operation),
                                              succeeded ? "succeeded" : "failed");
    guint64 below = 0;

    for (guint i = 0; i <= RMS_N_BUCKETS; i++) {
        below += histogram->buckets[i];
        g_string_append_printf(writer->out,
                               "%s_bucket{%s,le=\"%s\"} %" G_GUINT64_FORMAT "\n",
                               name,
                               labels,
                               i < RMS_N_BUCKETS ? rms_counters_buckets[i].seconds : "+Inf",
                               below);
    }
    g_string_append_printf(writer->out, "%s_sum{%s} ", name, labels);
    append_seconds(writer->out, histogram->sum_usec);
    g_string_append_printf(
        writer->out, "\n%s_count{%s} %" G_GUINT64_FORMAT "\n", name, labels, histogram->count);
}

static void write_times(Writer *writer, const RmsCounters *counters)
{
    static const struct {
        const char *name;
        const char *help;
    } times[RMS_N_TIMES] = {
        {PREFIX "processing_seconds", "Time that relayed calls spent inside the connector."  },
        {PREFIX "service_seconds",    "Time that relayed calls spent waiting for the tenant."},
        {PREFIX "response_seconds",   "Time from a call's head to the end of its answer."    },
    };

    for (guint i = 0; i < RMS_N_TIMES; i++) {
        begin(writer, times[i].name, "histogram", times[i].help);
        for (guint j = 0; j < RMS_SOAP_N_OPERATIONS; j++) {
            for (guint k = 0; k < 2; k++) {
                const RmsHistogram *histogram = &counters->times[i][j][k];

                if (histogram->count > 0) {
                    write_histogram(writer, times[i].name, j, k == 1, histogram);
                }
            }
        }
    }
}

static void write_answers(Writer *writer, const RmsCounters *counters)
{
    begin(writer, PREFIX "answers", "counter", "Answers to callers by HTTP status.");
    for (guint status = 0; status < RMS_MAX_STATUS; status++) {
        if (counters->answers[status] > 0) {
            g_string_append_printf(writer->out,
                                   PREFIX "answers_total{code=\"%u\"} %" G_GUINT64_FORMAT "\n",
                                   status,
                                   counters->answers[status]);
        }
    }
}

static void write_callers(Writer *writer, const RmsCounters *counters, const RmsGauges *gauges)
{
    static const char *const schemes[] = {"http", "https"};
    static const char *const versions[] = {"1.2", "1.3"};

    write_gauge(writer, PREFIX "connections", "Open connections of callers.", gauges->connections);
    write_gauge(writer,
                PREFIX "idle_connections",
                "Open connections of callers that are between two requests.",
                gauges->idle_connections);
    begin(writer, PREFIX "accepted_connections", "counter", "Connections accepted from callers.");
    for (guint i = 0; i < 2; i++) {
        g_string_append_printf(writer->out,
                               PREFIX "accepted_connections_total{scheme=\"%s\"} "
                                      "%" G_GUINT64_FORMAT "\n",
                               schemes[i],
                               counters->connections[i]);
    }
    begin(writer,
          PREFIX "tls_connections",
          "counter",
          "Callers' TLS connections that sent a request, by version and resumption.");
    for (guint i = 0; i < 2; i++) {
        for (guint j = 0; j < 2; j++) {
            g_string_append_printf(writer->out,
                                   PREFIX "tls_connections_total{version=\"%s\",resumed=\"%s\"} "
                                          "%" G_GUINT64_FORMAT "\n",
                                   versions[i],
                                   j == 1 ? "true" : "false",
                                   counters->handshakes[i][j]);
        }
    }
    write_counter(writer,
                  PREFIX "tls_failures",
                  "Callers' TLS connections that failed.",
                  counters->handshake_failures);
}

static void write_upstream(Writer *writer, const RmsUpstreamNumbers *numbers)
{
    begin(writer, PREFIX "upstream_connections", "gauge", "Connections to the tenant by state.");
    g_string_append_printf(writer->out,
                           PREFIX "upstream_connections{state=\"connecting\"} %u\n" PREFIX
                                  "upstream_connections{state=\"idle\"} %u\n" PREFIX
                                  "upstream_connections{state=\"busy\"} %u\n",
                           numbers->connecting,
                           numbers->idle,
                           numbers->busy);
    write_gauge(writer,
                PREFIX "upstream_waiting_calls",
                "Calls that wait for a connection to the tenant.",
                numbers->waiting);
    write_counter(writer,
                  PREFIX "upstream_connects",
                  "Connections made to the tenant.",
                  numbers->n_connected);
    write_counter(writer,
                  PREFIX "upstream_resumptions",
                  "Connections made to the tenant that resumed a TLS session.",
                  numbers->n_resumed);
    write_counter(writer,
                  PREFIX "upstream_connect_failures",
                  "Attempts to connect to the tenant that failed at every address.",
                  numbers->n_failed);
    write_counter(
        writer,
        PREFIX "upstream_retries",
        "Calls sent again because a kept connection had ended before it took any of them.",
        numbers->n_retried);
}

static void write_troubles(Writer *writer, const RmsTrouble *trouble)
{
    begin(writer, PREFIX "troubles", "counter", "Troubles behind event 3000 by kind.");
    for (guint kind = 0; kind < RMS_N_TROUBLES; kind++) {
        g_string_append_printf(writer->out,
                               PREFIX "troubles_total{kind=\"%s\"} %" G_GUINT64_FORMAT "\n",
                               rms_trouble_get_name(kind),
                               rms_trouble_get_count(trouble, kind));
    }
}

static void write_events(Writer *writer, const RmsCounters *counters)
{
    begin(writer, PREFIX "events", "counter", "Events logged by number.");
    for (guint i = 0; i < RMS_MAX_EVENT_NUMBERS && counters->events[i].number != 0; i++) {
        g_string_append_printf(writer->out,
                               PREFIX "events_total{number=\"%u\"} %" G_GUINT64_FORMAT "\n",
                               counters->events[i].number,
                               counters->events[i].count);
    }
}

static void write_list(Writer *writer, const RmsCounters *counters)
{
    gint64 now = g_get_real_time() / G_USEC_PER_SEC;

    write_gauge(writer,
                PREFIX "list_loaded",
                "Whether a list of authorized servers is in force.",
                counters->list_read_at != 0);
    if (counters->list_read_at == 0) {
        return;
    }
    write_gauge(writer,
                PREFIX "list_revision",
                "Revision of the list of authorized servers in force.",
                counters->list_revision);
    write_gauge(writer,
                PREFIX "list_entries",
                "Entries of the list of authorized servers in force.",
                counters->list_entries);
    write_gauge(writer,
                PREFIX "list_age_seconds",
                "Time since the list of authorized servers was last read or pushed.",
                MAX(now - counters->list_read_at, 0));
}

static guint count_descriptors(void)
{
    DIR *directory = opendir("/proc/self/fd");
    guint n = 0;

    if (directory == NULL) {
        return 0;
    }
    while (readdir(directory) != NULL) {
        n++;
    }
    closedir(directory);
    return n > 3 ? n - 3 : 0; /* `.`, `..`, and the one that reads it */
}

static gint64 read_resident_bytes(void)
{
    FILE *file = fopen("/proc/self/statm", "re");
    long long pages = 0;

    if (file == NULL) {
        return 0;
    }
    if (fscanf(file, "%*d %lld", &pages) != 1) {
        pages = 0;
    }
    fclose(file);
    return (gint64) pages * sysconf(_SC_PAGESIZE);
}

/* Under the names that every Prometheus client library uses. */
static void write_process(Writer *writer, const RmsCounters *counters)
{
    struct rusage usage = {0};
    struct rlimit limit = {0};

    getrusage(RUSAGE_SELF, &usage);
    getrlimit(RLIMIT_NOFILE, &limit);
    begin(writer, "process_cpu_seconds", "counter", "CPU time of the process.");
    g_string_append(writer->out, "process_cpu_seconds_total ");
    append_seconds(writer->out,
                   (gint64) (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * G_USEC_PER_SEC +
                       usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
    g_string_append_c(writer->out, '\n');
    write_gauge(writer,
                "process_resident_memory_bytes",
                "Resident memory of the process.",
                read_resident_bytes());
    write_gauge(
        writer, "process_open_fds", "Open descriptors of the process.", count_descriptors());
    write_gauge(writer,
                "process_max_fds",
                "Descriptors that the process may open.",
                (gint64) MIN(limit.rlim_cur, (rlim_t) G_MAXINT64));
    write_gauge(writer,
                PREFIX "start_time_seconds",
                "When the connector started, since 1970 UTC.",
                counters->started_at);
}

void rms_counters_write(const RmsCounters *counters,
                        const RmsGauges *gauges,
                        gboolean openmetrics,
                        GString *out)
{
    Writer writer = {out, openmetrics};

    begin(&writer, PREFIX "build_info", "gauge", "Version of the connector.");
    g_string_append(out, PREFIX "build_info{version=\"" PACKAGE_VERSION "\"} 1\n");
    write_calls(&writer, counters);
    write_times(&writer, counters);
    write_answers(&writer, counters);
    write_callers(&writer, counters, gauges);
    write_upstream(&writer, &gauges->upstream);
    write_troubles(&writer, gauges->trouble);
    write_events(&writer, counters);
    write_list(&writer, counters);
    if (gauges->certificate_not_after != 0) {
        write_gauge(&writer,
                    PREFIX "certificate_not_after_seconds",
                    "End of the validity of the connector's certificate, since 1970 UTC.",
                    gauges->certificate_not_after);
    }
    write_gauge(&writer,
                PREFIX "credential_not_after_seconds",
                "End of the validity of the connector's credential for the tenant, since 1970 UTC; "
                "0: there is none.",
                gauges->credential_not_after);
    write_process(&writer, counters);
    if (openmetrics) {
        g_string_append(out, "# EOF\n");
    }
}
