/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the authority remembers between two requests: device codes, authorization codes, refresh
 * tokens, and the ids of assertions. In memory; each table has a ceiling, above which the grant
 * that ends first goes. Rules of the protocol are in authority*.c.
 */
#pragma once

#include <glib.h>

typedef struct _RmsSimGrants RmsSimGrants;

typedef enum {
    RMS_SIM_GRANT_PENDING, /* a device nobody has decided on */
    RMS_SIM_GRANT_APPROVED,
    RMS_SIM_GRANT_DECLINED,
    RMS_SIM_GRANT_USED
} RmsSimGrantState;

/** RmsSimGrantKind: each has its own table and its own random keys. */
typedef enum {
    RMS_SIM_GRANT_DEVICE,
    RMS_SIM_GRANT_CODE,
    RMS_SIM_GRANT_REFRESH,
    RMS_SIM_GRANT_ASSERTION,
    RMS_SIM_N_GRANTS
} RmsSimGrantKind;

/**
 * RmsSimGrant: fields that a kind has no use for are unset.
 * @expires_at: seconds since 1970
 * @interval: seconds between two polls; @polled_at: monotonic microseconds, 0: never
 */
typedef struct {
    RmsSimGrantState state;
    char *client_id;
    char *scope;
    char *object_id;
    char *user_code;
    char *redirect_uri;
    char *code_challenge;
    char *nonce;
    gint64 expires_at;
    gint64 interval;
    gint64 polled_at;
} RmsSimGrant;
void rms_sim_grant_free(RmsSimGrant *grant);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RmsSimGrant, rms_sim_grant_free)

RmsSimGrants *rms_sim_grants_new(void);
void rms_sim_grants_free(RmsSimGrants *grants);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RmsSimGrants, rms_sim_grants_free)

/** rms_sim_grants_add: @grant: (transfer full). @key: (nullable): %NULL makes a random one.
 * Returns: (transfer none): the key */
const char *
rms_sim_grants_add(RmsSimGrants *grants, RmsSimGrantKind kind, const char *key, RmsSimGrant *grant);
/** rms_sim_grants_find: Returns: (nullable) (transfer none): also one that has expired. */
RmsSimGrant *rms_sim_grants_find(RmsSimGrants *grants, RmsSimGrantKind kind, const char *key);
/** rms_sim_grants_find_user_code: @user_code: as typed: without case, blanks and dashes ignored. */
RmsSimGrant *rms_sim_grants_find_user_code(RmsSimGrants *grants, const char *user_code);
/** rms_sim_grants_dup_user_code: Returns: (transfer full): a new code for people. */
char *rms_sim_grants_dup_user_code(void);
