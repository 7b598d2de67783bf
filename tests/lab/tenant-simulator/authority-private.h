/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the files of the authority share: authority.c (routes, metadata), authority-device.c,
 * authority-authorize.c, authority-token.c, authority-pages.c, client-assertion.c.
 */
#pragma once

#include "tests/lab/tenant-simulator/oauth-error.h"
#include "tests/lab/tenant-simulator/tenant.h"

/**
 * RmsSimScope: what a `scope` parameter asks for.
 * @text: as asked; @audience: of the access token; @permissions: for `scp`
 * @is_default: `/.default` was asked for
 */
typedef struct {
    char *text;
    char *audience;
    char *permissions;
    gboolean openid, offline, is_default;
} RmsSimScope;
void rms_sim_scope_free(RmsSimScope *scope);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RmsSimScope, rms_sim_scope_free)
/** rms_sim_scope_new: Returns: (transfer full): or %NULL with the AADSTS number of the problem. */
RmsSimScope *rms_sim_scope_new(const RmsSimConfig *config, const char *text, guint *problem);

/** rms_sim_authority_error: Answers an OAuth error as Entra writes it (protocol.md §4.6). @detail:
 * (nullable): put behind the table's sentence. */
void rms_sim_authority_error(RmsSimExchange *exchange, guint number, const char *detail);
/** rms_sim_authority_named_error: one that has no AADSTS number, e.g. slow_down (RFC 8628). */
void rms_sim_authority_named_error(RmsSimExchange *exchange, const char *error, const char *text);
/** rms_sim_authority_find_client: The application, public or not as asked; answers the error
 * otherwise. */
RmsSimApplication *rms_sim_authority_find_client(RmsSimTenant *tenant,
                                                 RmsSimExchange *exchange,
                                                 const char *client_id,
                                                 gboolean confidential);
/** rms_sim_authority_check_password: Signs a user in. Returns: 0 and the @user (out) (transfer
 * none), or the AADSTS number of what is wrong. */
guint rms_sim_authority_check_password(RmsSimTenant *tenant,
                                       const char *upn,
                                       const char *password,
                                       RmsSimUser **user);
/** rms_sim_authority_check_user: The same without the password, for a user who signed in before;
 * @user: (nullable): unknown. */
guint rms_sim_authority_check_user(const RmsSimUser *user);
/** rms_sim_authority_now: Seconds since 1970. */
gint64 rms_sim_authority_now(void);

/* Endpoints. @segment: the first part of the path. */
void rms_sim_authority_devicecode(RmsSimTenant *tenant,
                                  RmsSimExchange *exchange,
                                  const char *segment);
void rms_sim_authority_device_page(RmsSimTenant *tenant,
                                   RmsSimExchange *exchange,
                                   const char *segment);
void rms_sim_authority_authorize(RmsSimTenant *tenant,
                                 RmsSimExchange *exchange,
                                 const char *segment);
void rms_sim_authority_token(RmsSimTenant *tenant, RmsSimExchange *exchange, const char *segment);

/** rms_sim_client_assertion_check: private_key_jwt (RFC 7523) of @application.
 * Returns: 0, or an AADSTS number with a @detail. */
guint rms_sim_client_assertion_check(RmsSimTenant *tenant,
                                     const RmsSimApplication *application,
                                     const char *segment,
                                     const char *assertion,
                                     char **detail);

/* Pages. All text is escaped here. Returns: (transfer full): HTML. @problem: (nullable) */
char *rms_sim_page_device(const RmsSimConfig *config,
                          const char *user_code,
                          const char *user_name,
                          const char *problem);
char *rms_sim_page_sign_in(const RmsSimConfig *config,
                           const char *application,
                           const char *user_name,
                           const char *problem);
char *rms_sim_page_message(const RmsSimConfig *config, const char *title, const char *text);
