/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One request and its answer, free of the web server's types, so that every virtual host is a plain
 * function of it. Sending it, faults and the request log are the business of server.c.
 */
#pragma once

#include "tests/lab/tenant-simulator/soap.h"
#include "tests/lab/tenant-simulator/tenant-config.h"
#include "tests/lab/tenant-simulator/tokens.h"

/**
 * RmsSimEntry: the entry of the connector's list that admitted the caller, as the connector says
 * (unpublished-contract.c).
 * @role: `exchange`, `sharepoint` or `fci`
 */
typedef struct {
    char *sid;
    char *role;
    char *name;
} RmsSimEntry;

/**
 * RmsSimExchange:
 * @path: decoded; @query: (nullable): raw
 * @request_headers: array of RmsSimHeader
 * @operation: name in the request log, known before the request is carried out
 * @claims: (nullable): of a valid access token; @refusal: why there is none, or %NULL
 * @soap: (nullable): the parsed request; @soap_problem: why there is none, or %NULL
 * @entry: (nullable): at the RMS host
 * @user, @application: for the log, when they are known otherwise than by @claims
 * @status: 0 until answered
 */
typedef struct {
    RmsSimHost host;
    char *host_name;
    char *method;
    char *path;
    char *query;
    GArray *request_headers;
    GBytes *body;

    char *operation;
    RmsSimClaims *claims;
    char *refusal;
    RmsSimSoapRequest *soap;
    char *soap_problem;
    RmsSimEntry *entry;
    char *user;
    char *application;

    guint status;
    char *content_type;
    GBytes *answer;
    GArray *response_headers;
} RmsSimExchange;

typedef struct {
    char *name;
    char *value;
} RmsSimHeader;

RmsSimExchange *rms_sim_exchange_new(void);
void rms_sim_exchange_free(RmsSimExchange *exchange);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RmsSimExchange, rms_sim_exchange_free)

void rms_sim_exchange_add_request_header(RmsSimExchange *exchange,
                                         const char *name,
                                         const char *value);
/** rms_sim_exchange_get_header: Returns: (nullable): the first of that name, without case. */
const char *rms_sim_exchange_get_header(const RmsSimExchange *exchange, const char *name);
/** rms_sim_exchange_get_credential: Returns: (nullable): the Authorization header's value behind
 * @scheme. */
const char *rms_sim_exchange_get_credential(const RmsSimExchange *exchange, const char *scheme);
/** rms_sim_exchange_dup_query, rms_sim_exchange_dup_form: Returns: (transfer full): fields of the
 * query, or of an application/x-www-form-urlencoded body; empty when there are none. */
GHashTable *rms_sim_exchange_dup_query(const RmsSimExchange *exchange);
GHashTable *rms_sim_exchange_dup_form(const RmsSimExchange *exchange);
void rms_sim_exchange_set_operation(RmsSimExchange *exchange, const char *operation);
/** rms_sim_exchange_identify: Verifies the access token of @scheme into claims or refusal. */
void rms_sim_exchange_identify(RmsSimExchange *exchange, RmsSimTokens *tokens, const char *scheme);

/* Answers. Each replaces an earlier one. */
void rms_sim_exchange_answer(RmsSimExchange *exchange,
                             guint status,
                             const char *content_type,
                             GBytes *body); /* (transfer full) */
void rms_sim_exchange_answer_text(RmsSimExchange *exchange, guint status, const char *text);
/** rms_sim_exchange_answer_html: @html: (transfer full) */
void rms_sim_exchange_answer_html(RmsSimExchange *exchange, guint status, char *html);
/** rms_sim_exchange_answer_json: @json: (transfer full) */
void rms_sim_exchange_answer_json(RmsSimExchange *exchange, guint status, cJSON *json);
void rms_sim_exchange_add_header(RmsSimExchange *exchange, const char *name, const char *value);
