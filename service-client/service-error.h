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
    RMS_SERVICE_ERROR_REFUSED
} RmsServiceError;
GQuark rms_service_error_quark(void);

G_END_DECLS
