/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Who is calling: SPNEGO over HTTP (RFC 4559), Kerberos only, and the SIDs out of the ticket's PAC.
 *
 * Invariant: an RmsCaller exists only for a ticket whose PAC the Kerberos library verified against
 * our key (protocol.md §7.4); without a PAC there is no caller. Used on the connector's thread
 * only.
 */
#pragma once

#include <gio/gio.h>

#include "connector-core/model/sid.h"

G_BEGIN_DECLS

/**
 * RmsCaller: immutable, reference counted.
 * @account: `CONTOSO\EXCH01$`: LogonDomainName\EffectiveName of the PAC
 * @principal: `EXCH01$@CONTOSO.EXAMPLE`
 * @sid: the account's own
 * @groups: (array length=n_groups): every enabled group SID, the primary group included
 * @disabled: the PAC says that the account is disabled
 */
typedef struct {
    char *account;
    char *principal;
    RmsSid sid;
    RmsSid *groups;
    guint n_groups;
    gboolean disabled;
} RmsCaller;
/**
 * rms_caller_new: @groups: (array length=n_groups) (nullable): copied.
 *
 * Only rms_acceptor_step() makes callers that are let in; everybody else composes one to ask
 * rms_admission_decide() what would happen. Returns: (transfer full)
 */
RmsCaller *rms_caller_new(const char *account,
                          const char *principal,
                          const RmsSid *sid,
                          const RmsSid *groups,
                          guint n_groups,
                          gboolean disabled);
RmsCaller *rms_caller_ref(RmsCaller *caller);
void rms_caller_unref(RmsCaller *caller);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RmsCaller, rms_caller_unref)

/**
 * RmsAuthStatus: a zeroed result is a refusal.
 * @RMS_AUTH_REFUSED: answer 401; @reason says why
 * @RMS_AUTH_CONTINUE: answer 401 with reply_token; the next token comes on the same connection
 * @RMS_AUTH_DONE: the caller is known; reply_token (if any) goes out with the answer
 */
typedef enum { RMS_AUTH_REFUSED, RMS_AUTH_CONTINUE, RMS_AUTH_DONE } RmsAuthStatus;

/** RmsAuthReason: why a token was refused; each has its own sentence in events and in the threat
 * model. */
typedef enum {
    RMS_AUTH_REASON_NONE,
    RMS_AUTH_REASON_NO_CREDENTIAL, /* no Authorization header: anonymous */
    RMS_AUTH_REASON_MALFORMED, /* not base64, not SPNEGO or Kerberos, another scheme (Basic, Bearer)
                                */
    RMS_AUTH_REASON_NTLM,      /* NTLM token: the SPN is missing or the client cannot reach a KDC */
    RMS_AUTH_REASON_WRONG_KEY, /* ticket for another service, realm or key version */
    RMS_AUTH_REASON_CLOCK_SKEW,
    RMS_AUTH_REASON_EXPIRED,
    RMS_AUTH_REASON_REPLAY,
    RMS_AUTH_REASON_NO_PAC, /* authenticated, but without usable SIDs */
    RMS_AUTH_REASON_OTHER
} RmsAuthReason;

/**
 * RmsAuthResult: what one step gave. Clear with rms_auth_result_clear().
 * @caller: (nullable): set with DONE only
 * @reply_token: (nullable): base64, to follow `WWW-Authenticate: Negotiate `
 * @detail: (nullable): one English line for the log, with the Kerberos library's own words; no
 * token bytes
 */
typedef struct {
    RmsAuthStatus status;
    RmsAuthReason reason;
    RmsCaller *caller;
    char *reply_token;
    char *detail;
} RmsAuthResult;
void rms_auth_result_clear(RmsAuthResult *result);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(RmsAuthResult, rms_auth_result_clear)

/* The connector's own keys. Re-reads the keytab by itself when the file changes, and keeps the old
 * keys while the new file is of no use; a refusal for WRONG_KEY says so then. */
typedef struct _RmsAcceptor RmsAcceptor;
/**
 * rms_acceptor_new: @keytab: a file with at least one HTTP/ key that other users of the machine
 * cannot read. Keys of other services in it are not used. Errors: RMS_CONNECTOR_ERROR_SETTINGS,
 * naming the file, what it lacks and what to do.
 */
RmsAcceptor *rms_acceptor_new(const char *keytab, GError **error);
void rms_acceptor_free(RmsAcceptor *acceptor);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RmsAcceptor, rms_acceptor_free)
/** rms_acceptor_has_host: Returns: whether the keytab has a key of `HTTP/<host>`. Servers that call
 * another name are refused with WRONG_KEY, so a connector should warn when it starts without one
 * for its own name. */
gboolean rms_acceptor_has_host(RmsAcceptor *acceptor, const char *host);

/* One exchange of tokens on one connection; a Kerberos exchange mostly ends with its first step. */
typedef struct _RmsAuthExchange RmsAuthExchange;
void rms_auth_exchange_free(RmsAuthExchange *exchange); /* @exchange: (nullable) */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RmsAuthExchange, rms_auth_exchange_free)

/**
 * rms_acceptor_step: One step of RFC 4559. Looks at the value of an Authorization header (%NULL:
 * there was none).
 * @exchange: (inout): the connection's exchange; made on the first token, freed and set to %NULL
 * unless CONTINUE.
 * @result: (out caller-allocates): zeroed by the caller.
 */
void rms_acceptor_step(RmsAcceptor *acceptor,
                       RmsAuthExchange **exchange,
                       const char *authorization,
                       RmsAuthResult *result);

G_END_DECLS
