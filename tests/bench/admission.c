/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What it costs to know and admit a caller once Kerberos is done with its ticket: decoding the PAC,
 * and looking its groups up in a full list. Medians of CPU time; never fails on time.
 */
#include "config.h"

#include <gio/gio.h>
#include <stdlib.h>
#include <time.h>

#include "connector-core/admission.h"
#include "connector-core/negotiate.h"
#include "connector-core/pac.h"
#include "tests/unit/connector-core/pac-samples.h"

#define N_RUNS 21
#define N_CALLS 2000
#define DOMAIN "S-1-5-21-1111111111-2222222222-3333333333"
#define FIRST_GROUP 10000

static double cpu_microseconds(void)
{
    struct timespec time;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return time.tv_sec * 1e6 + time.tv_nsec / 1e3;
}

static int compare_doubles(gconstpointer a, gconstpointer b)
{
    double one = *(const double *) a, other = *(const double *) b;

    return one < other ? -1 : one > other;
}

/* Median over the runs of what one call costs. */
static double measure(void (*call)(gpointer), gpointer data, guint n_calls)
{
    double runs[N_RUNS];

    for (guint i = 0; i < N_RUNS; i++) {
        double start = cpu_microseconds();

        for (guint k = 0; k < n_calls; k++)
            call(data);
        runs[i] = (cpu_microseconds() - start) / n_calls;
    }
    qsort(runs, N_RUNS, sizeof *runs, compare_doubles);
    return runs[N_RUNS / 2];
}

typedef struct {
    GByteArray *pac;
    RmsAdmission *admission;
    RmsCaller *caller;
    RmsServerList *list;
    RmsVerdict expected;
} Work;

static void decode(gpointer data)
{
    Work *work = data;
    g_auto(RmsPac) pac = {0};

    if (!rms_pac_decode(work->pac->data, work->pac->len, &pac, NULL))
        g_error("the PAC was refused");
}

static void decide(gpointer data)
{
    Work *work = data;
    g_auto(RmsDecision) decision = {0};

    rms_admission_decide(work->admission, work->caller, FALSE, &decision);
    if (decision.verdict != work->expected)
        g_error("the verdict was %d", decision.verdict);
}

static void decode_and_decide(gpointer data)
{
    decode(data);
    decide(data);
}

static void build_index(gpointer data)
{
    rms_admission_free(rms_admission_new(((Work *) data)->list, NULL));
}

static void read_header(gpointer data)
{
    g_auto(RmsNegotiateToken) token = {0};
    const char *problem;

    if (rms_negotiate_read(data, &token, &problem) != RMS_AUTH_REASON_NONE)
        g_error("%s", problem);
}

/* With @n_groups, numbered from FIRST_GROUP. */
static GByteArray *make_pac(guint n_groups)
{
    g_autofree SampleGroup *groups = g_new(SampleGroup, n_groups);
    SamplePac sample = {.name = "EXCH01$",
                        .domain = "CONTOSO",
                        .domain_sid = DOMAIN,
                        .user_id = 1103,
                        .primary_group_id = FIRST_GROUP,
                        .groups = groups,
                        .n_groups = n_groups};

    for (guint i = 0; i < n_groups; i++)
        groups[i] = (SampleGroup){FIRST_GROUP + i, 7};
    return sample_pac(&sample);
}

/* RMS_SERVER_LIST_MAX entries that begin with @first. */
static RmsServerList *make_list(guint32 first)
{
    RmsServerList *list = rms_server_list_new();
    RmsSid domain;

    g_assert_true(rms_sid_parse(&domain, DOMAIN));
    for (guint i = 0; i < RMS_SERVER_LIST_MAX; i++) {
        g_autoptr(RmsEntry) entry = NULL;
        RmsSid sid = domain;

        rms_sid_append(&sid, first + i);
        entry = rms_entry_new(
            &sid, NULL, "CONTOSO\\Group", NULL, RMS_KIND_SECURITY_GROUP, RMS_ROLE_EXCHANGE);
        rms_server_list_add(list, entry, NULL);
    }
    rms_server_list_seal(list, 1, 1, "admin@contoso.example");
    return list;
}

static RmsCaller *make_caller(GByteArray *bytes)
{
    g_auto(RmsPac) pac = {0};

    g_assert_true(rms_pac_decode(bytes->data, bytes->len, &pac, NULL));
    return rms_caller_new(
        pac.account, "EXCH01$@CONTOSO.EXAMPLE", &pac.sid, pac.groups, pac.n_groups, FALSE);
}

/* A token of @length bytes in a header. */
static char *make_header(guint length)
{
    g_autofree guint8 *bytes = g_malloc0(length);
    g_autofree char *base64 = NULL;

    bytes[0] = 0xa1;
    bytes[1] = 0x82;
    bytes[2] = (length - 4) >> 8;
    bytes[3] = (length - 4) & 0xff;
    base64 = g_base64_encode(bytes, length);
    return g_strconcat("Negotiate ", base64, NULL);
}

int main(void)
{
    static const guint sizes[] = {20, 120, 1000};
    g_autoptr(RmsServerList) strangers = make_list(FIRST_GROUP + 5000);
    g_autoptr(RmsAdmission) refusing = rms_admission_new(strangers, NULL);
    g_autoptr(GString) table = g_string_new("groups  decode us  refuse us  admit us\n");
    double figure = 0;

    for (guint i = 0; i < G_N_ELEMENTS(sizes); i++) {
        g_autoptr(GByteArray) pac = make_pac(sizes[i]);
        g_autoptr(RmsCaller) caller = make_caller(pac);
        g_autoptr(RmsServerList) members = make_list(FIRST_GROUP + sizes[i] - 1);
        g_autoptr(RmsAdmission) admitting = rms_admission_new(members, NULL);
        Work refused = {pac, refusing, caller, strangers, RMS_VERDICT_NOT_LISTED};
        Work admitted = {pac, admitting, caller, members, RMS_VERDICT_ADMITTED};

        g_string_append_printf(table,
                               "%6u  %9.2f  %9.2f  %8.2f\n",
                               sizes[i],
                               measure(decode, &refused, N_CALLS),
                               measure(decide, &refused, N_CALLS),
                               measure(decide, &admitted, N_CALLS));
        if (sizes[i] == 120)
            figure = measure(decode_and_decide, &admitted, N_CALLS);
    }
    g_string_append_printf(table,
                           "index over %d entries: %.0f us\n",
                           RMS_SERVER_LIST_MAX,
                           measure(build_index, &(Work){.list = strangers}, 5));
    for (guint length = 2048; length <= 12288; length *= 6) {
        g_autofree char *header = make_header(length);

        g_string_append_printf(table,
                               "header with a token of %u bytes: %.2f us\n",
                               length,
                               measure(read_header, header, N_CALLS));
    }
    g_print("decode-and-decide-120-groups %.2f us goal <= 5 %s\n%s",
            figure,
            figure <= 5 ? "met" : "short",
            table->str);
    return 0;
}
