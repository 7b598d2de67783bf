/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Faults on request: a table of what to match and what then goes wrong (README.md, Control).
 * Sending what is left of an answer is the business of server.c.
 */
#pragma once

#include "tests/lab/tenant-simulator/exchange.h"

typedef struct _RmsSimFaults RmsSimFaults;

/**
 * RmsSimFault: one row. Unset numbers are -1.
 * @host, @path, @operation: (nullable): %NULL matches everything; @path is a glob without case
 * @count: how many more times; -1: for ever
 */
typedef struct {
    char *host, *path, *operation;
    gint64 count;
    gint64 delay_ms;
    gint64 status;
    const cJSON *headers_part;
    GArray *headers; /* (nullable): of RmsSimHeader */
    char *soap_fault;
    gboolean empty_body, malformed_xml, wrong_content_type, disconnect;
    gint64 oversized;
    gint64 cut_after;
} RmsSimFault;

RmsSimFaults *rms_sim_faults_new(void);
void rms_sim_faults_free(RmsSimFaults *faults);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RmsSimFaults, rms_sim_faults_free)

/** rms_sim_faults_set: Replaces the table; @json: an array, or one object. The old one stays on
 * error. */
gboolean rms_sim_faults_set(RmsSimFaults *faults, const cJSON *json, GError **error);
/** rms_sim_faults_dup_json: Returns: (transfer full): the table with what is left of the counts. */
cJSON *rms_sim_faults_dup_json(const RmsSimFaults *faults);
/** rms_sim_faults_take: The first row that matches; its count goes down by one.
 * Returns: (nullable) (transfer none): valid until the table is set again */
const RmsSimFault *rms_sim_faults_take(RmsSimFaults *faults, const RmsSimExchange *exchange);
/** rms_sim_fault_replaces: Whether the request is not carried out at all. */
gboolean rms_sim_fault_replaces(const RmsSimFault *fault);
/** rms_sim_fault_apply: Replaces or spoils the exchange's answer. Returns: (transfer full): what
 * was done, for the log. */
char *rms_sim_fault_apply(const RmsSimFault *fault, RmsSimExchange *exchange);
