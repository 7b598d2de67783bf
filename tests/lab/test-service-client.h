/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the parts of test-service-client share: two simulators, a person who signs in, and waiting.
 */
#pragma once

#include <check.h>
#include <gio/gio.h>

#include "service-client/account.h"
#include "service-client/http-client.h"
#include "service-client/tenant.h"

G_BEGIN_DECLS

/* @port: HTTPS; @control_port: of the simulator's control listener */
typedef struct {
    char *port;
    char *control_port;
} Simulator;
extern Simulator usual; /* lives long */
extern Simulator brief; /* tokens of 30 seconds, device codes of 3 */

/* Settings for @simulator, everything as an administrator would give it. */
RmsCloudEnvironment *make_environment(const Simulator *simulator);
/* A file of the throw-away PKI. */
char *pki(const char *name);
/* For the search in what the test wrote. @secret: (nullable) */
void remember_secret(const char *secret);

/* A GAsyncReadyCallback that keeps its result in a GAsyncResult *. */
void on_done(GObject *source, GAsyncResult *result, gpointer slot);
/* Iterates until *@slot is there. Returns: (transfer none) */
GAsyncResult *wait_for(GAsyncResult **slot);
/* Iterates until @condition. */
void wait_until(const gboolean *condition);
/* Gives what is queued a chance to be freed. */
void settle(void);

/* Runs curl to its end; our own main loop stands still meanwhile. Returns: (transfer full): what it
 * wrote to standard output. */
char *run_curl(const char *first, ...) G_GNUC_NULL_TERMINATED;
/* Talks to the control listener. */
void put_faults(const Simulator *simulator, const char *faults);
void put_state(const Simulator *simulator, const char *state);
/* Takes back all faults and states, so that a test that failed does not fail the next. */
void reset_simulators(void);
/* How often @operation has reached @simulator since its requests were forgotten. */
guint count_requests(const Simulator *simulator, const char *operation);
void forget_requests(const Simulator *simulator);
/* Tokens that were signed so far mean nothing to the service any more. */
void forget_keys(const Simulator *simulator);

/* Posts the sign-in form of @uri. Returns: (transfer full): where the page sends the browser. */
char *fill_in_form(const char *uri, const char *user, const char *password, const char *action);
/* The whole way through the browser. */
RmsAccount *sign_in(const Simulator *simulator, const char *user);
RmsAccount *sign_in_to(const RmsCloudEnvironment *environment, const char *user);
/* The same for an account that is there. @claims: (nullable): that must be on the page's address.
 */
gboolean sign_in_again(RmsAccount *account, const char *user, const char *claims, GError **error);
/* Finds the tenant. Returns: (transfer full) */
RmsTenant *discover(RmsAccount *account, GError **error);
/* Signs in, finds it, fails otherwise. Returns: (transfer full) */
RmsTenant *discover_as(const Simulator *simulator, const char *user);
/* Returns: (transfer full): after waiting for it */
RmsSecret *get_token(RmsAccount *account, GError **error);

/* Fails unless @error is @code with @word in its text; frees it. */
void check_error(GError **error, int code, const char *word);
void check_cancelled(GError **error);

TCase *make_authority_cases(void);
TCase *make_sign_in_cases(void);
TCase *make_tenant_cases(void);
TCase *make_http_cases(void);
TCase *make_write_cases(void);
TCase *make_proxy_cases(void);
TCase *make_keyring_cases(void);
TCase *make_no_keyring_cases(void);

G_END_DECLS
