/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What can go wrong between here and the tenant, by who has to act.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define RMS_SERVICE_ERROR (rms_service_error_quark())
/**
 * RmsServiceError:
 * @RMS_SERVICE_ERROR_SETTINGS: a setting is missing or malformed
 * @RMS_SERVICE_ERROR_UNREACHABLE: DNS, connect, proxy, time-out
 * @RMS_SERVICE_ERROR_TLS: certificate not trusted or for another name
 * @RMS_SERVICE_ERROR_SIGN_IN: sign in again (expired, revoked, MFA, claims challenge)
 * @RMS_SERVICE_ERROR_DECLINED: the user or a policy declined; the message has the provider's text
 * @RMS_SERVICE_ERROR_CONSENT: an administrator must consent or register the application
 * @RMS_SERVICE_ERROR_ACCOUNT: this account cannot be used: guest, disabled, other tenant
 * @RMS_SERVICE_ERROR_NO_ROLE: signed in, but the service gives this account no role
 * @RMS_SERVICE_ERROR_DISCOVERY: "The attempt to discover the location of the administration service
 * and organization failed…" (seed document)
 * @RMS_SERVICE_ERROR_THROTTLED: try later
 * @RMS_SERVICE_ERROR_PROTOCOL: the answer makes no sense: wrong type, too large, cut
 * @RMS_SERVICE_ERROR_REFUSED: any other refusal of the service
 * @RMS_SERVICE_ERROR_STORE: no keyring (Secret Service), or it does not open: tokens live in memory
 */
typedef enum {
    RMS_SERVICE_ERROR_SETTINGS,
    RMS_SERVICE_ERROR_UNREACHABLE,
    RMS_SERVICE_ERROR_TLS,
    RMS_SERVICE_ERROR_SIGN_IN,
    RMS_SERVICE_ERROR_DECLINED,
    RMS_SERVICE_ERROR_CONSENT,
    RMS_SERVICE_ERROR_ACCOUNT,
    RMS_SERVICE_ERROR_NO_ROLE,
    RMS_SERVICE_ERROR_DISCOVERY,
    RMS_SERVICE_ERROR_THROTTLED,
    RMS_SERVICE_ERROR_PROTOCOL,
    RMS_SERVICE_ERROR_REFUSED,
    RMS_SERVICE_ERROR_STORE
} RmsServiceError;
GQuark rms_service_error_quark(void);

/**
 * RmsServiceProblem: finer than the code, for advice: each row of protocol.md §4.3 and §4.6 that
 * wants something else done. The number behind each is the vendor's (AADSTS…).
 * @RMS_SERVICE_PROBLEM_NONE: nothing finer than the code is known
 */
typedef enum {
    RMS_SERVICE_PROBLEM_NONE,
    /* The account */
    RMS_SERVICE_PROBLEM_OTHER_TENANT,     /* 50020: a guest, a personal account */
    RMS_SERVICE_PROBLEM_UNKNOWN_ACCOUNT,  /* 50034 */
    RMS_SERVICE_PROBLEM_WRONG_PASSWORD,   /* 50126 */
    RMS_SERVICE_PROBLEM_PASSWORD_EXPIRED, /* 50055 */
    RMS_SERVICE_PROBLEM_ACCOUNT_LOCKED,   /* 50053 */
    RMS_SERVICE_PROBLEM_ACCOUNT_DISABLED, /* 50057 */
    RMS_SERVICE_PROBLEM_NOT_ASSIGNED,     /* 50105 */
    /* The sign-in */
    RMS_SERVICE_PROBLEM_EXPIRED,           /* 50058, 50173, 70000, 70008, 700082 */
    RMS_SERVICE_PROBLEM_INTERACTION,       /* interaction_required and its like */
    RMS_SERVICE_PROBLEM_MFA,               /* 50074, 50076, 50158 */
    RMS_SERVICE_PROBLEM_MFA_ENROLMENT,     /* 50072, 50079 */
    RMS_SERVICE_PROBLEM_CLAIMS_CHALLENGE,  /* the service wants more proof than this sign-in has */
    RMS_SERVICE_PROBLEM_DECLINED,          /* access_denied */
    RMS_SERVICE_PROBLEM_CODE_PENDING,      /* 70016 */
    RMS_SERVICE_PROBLEM_CODE_WRONG,        /* 70018 */
    RMS_SERVICE_PROBLEM_CODE_EXPIRED,      /* 70019 */
    RMS_SERVICE_PROBLEM_POLICY,            /* 50131, 53003: Conditional Access */
    RMS_SERVICE_PROBLEM_POLICY_DEVICE,     /* 53000, 53001: wants a managed device */
    RMS_SERVICE_PROBLEM_SECURITY_DEFAULTS, /* 530035 */
    /* The application */
    RMS_SERVICE_PROBLEM_REDIRECT,            /* 50011 */
    RMS_SERVICE_PROBLEM_CONSENT,             /* 65001 */
    RMS_SERVICE_PROBLEM_ADMIN_CONSENT,       /* 90094 */
    RMS_SERVICE_PROBLEM_CONSENT_DECLINED,    /* 65004 */
    RMS_SERVICE_PROBLEM_BORROWED_CLIENT,     /* 65002 */
    RMS_SERVICE_PROBLEM_PERMISSION,          /* 650057 */
    RMS_SERVICE_PROBLEM_UNKNOWN_APPLICATION, /* 700016 */
    RMS_SERVICE_PROBLEM_NOT_PUBLIC_CLIENT,   /* 7000218 */
    RMS_SERVICE_PROBLEM_KEY,                 /* 700027: another key than the registered one */
    RMS_SERVICE_PROBLEM_CLOCK,               /* 700024 */
    /* Tenant and service */
    RMS_SERVICE_PROBLEM_NO_TENANT,       /* 50128, 90002 */
    RMS_SERVICE_PROBLEM_NO_SERVICE,      /* 500011, 50001: not in the tenant, or another cloud */
    RMS_SERVICE_PROBLEM_NO_SUBSCRIPTION, /* 650052 */
    RMS_SERVICE_PROBLEM_SCOPE,           /* 70011 */
    RMS_SERVICE_PROBLEM_IDENTITY,        /* who or what a request names: misspelled, unknown */
    /* Between here and there */
    RMS_SERVICE_PROBLEM_PROXY_UNREACHABLE,
    RMS_SERVICE_PROBLEM_PROXY_CREDENTIALS, /* 407 */
    RMS_SERVICE_PROBLEM_PROXY_REFUSED,     /* it does not connect us to that host */
    RMS_SERVICE_PROBLEM_BUSY,              /* 429, 503, temporarily_unavailable */
    RMS_SERVICE_N_PROBLEMS
} RmsServiceProblem;

/**
 * RmsServiceActor: who can do something about it.
 * @RMS_SERVICE_ACTOR_USER: whoever signs in
 * @RMS_SERVICE_ACTOR_TENANT_ADMINISTRATOR: accounts, policies, consent, roles, the service
 * @RMS_SERVICE_ACTOR_SETTINGS: whoever configures this console or connector
 * @RMS_SERVICE_ACTOR_NETWORK: whoever runs proxy, firewall and DNS
 * @RMS_SERVICE_ACTOR_NOBODY: waiting helps
 * @RMS_SERVICE_ACTOR_US: the answer makes no sense; a report helps
 */
typedef enum {
    RMS_SERVICE_ACTOR_USER,
    RMS_SERVICE_ACTOR_TENANT_ADMINISTRATOR,
    RMS_SERVICE_ACTOR_SETTINGS,
    RMS_SERVICE_ACTOR_NETWORK,
    RMS_SERVICE_ACTOR_NOBODY,
    RMS_SERVICE_ACTOR_US
} RmsServiceActor;

/* All of these: @error: (nullable): of any domain. */

/** rms_service_error_get_problem: %RMS_SERVICE_PROBLEM_NONE for an error of another domain, too. */
RmsServiceProblem rms_service_error_get_problem(const GError *error);
/** rms_service_error_get_actor: By problem, else by code; %RMS_SERVICE_ACTOR_US for other domains.
 */
RmsServiceActor rms_service_error_get_actor(const GError *error);
/** rms_service_error_get_provider_code: What the provider calls it: `AADSTS50011`, else `error` of
 * OAuth. Returns: (transfer none) (nullable) */
const char *rms_service_error_get_provider_code(const GError *error);
/** rms_service_error_get_provider_text: The provider's own text: one line, bounded. Returns:
 * (transfer none) (nullable) */
const char *rms_service_error_get_provider_text(const GError *error);
/** rms_service_error_get_retry_after: Seconds that the service asked to wait; 0: it did not say. */
guint rms_service_error_get_retry_after(const GError *error);

G_END_DECLS
