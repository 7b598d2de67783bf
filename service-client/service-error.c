/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The room's error domain, and who has to act on what.
 */
#include "config.h"

#include "service-client/service-error-private.h"

typedef struct {
    RmsServiceProblem problem;
    char *provider_code;
    char *provider_text;
    guint retry_after;
} RmsServiceErrorPrivate;

static void rms_service_error_private_init(RmsServiceErrorPrivate *private)
{
    *private = (RmsServiceErrorPrivate){0};
}

static void rms_service_error_private_copy(const RmsServiceErrorPrivate *source,
                                           RmsServiceErrorPrivate *copy)
{
    copy->problem = source->problem;
    copy->provider_code = g_strdup(source->provider_code);
    copy->provider_text = g_strdup(source->provider_text);
    copy->retry_after = source->retry_after;
}

static void rms_service_error_private_clear(RmsServiceErrorPrivate *private)
{
    g_free(private->provider_code);
    g_free(private->provider_text);
}

G_DEFINE_EXTENDED_ERROR(RmsServiceError, rms_service_error)

static RmsServiceErrorPrivate *peek(const GError *error)
{
    return error != NULL && error->domain == RMS_SERVICE_ERROR
               ? rms_service_error_get_private(error)
               : NULL;
}

void rms_service_error_set_problem(GError *error, RmsServiceProblem problem)
{
    RmsServiceErrorPrivate *private = peek(error);

    if (private != NULL)
    private->problem = problem;
}

void rms_service_error_set_provider(GError *error, const char *code, const char *text)
{
    RmsServiceErrorPrivate *private = peek(error);

    if (private == NULL)
        return;
    g_free(private->provider_code);
    g_free(private->provider_text);
    private->provider_code = g_strdup(code);
    private->provider_text = g_strdup(text);
}

void rms_service_error_set_retry_after(GError *error, guint seconds)
{
    RmsServiceErrorPrivate *private = peek(error);

    if (private != NULL)
    private->retry_after = seconds;
}

RmsServiceProblem rms_service_error_get_problem(const GError *error)
{
    const RmsServiceErrorPrivate *private = peek(error);

    return private != NULL ? private->problem : RMS_SERVICE_PROBLEM_NONE;
}

const char *rms_service_error_get_provider_code(const GError *error)
{
    const RmsServiceErrorPrivate *private = peek(error);

    return private != NULL ? private->provider_code : NULL;
}

const char *rms_service_error_get_provider_text(const GError *error)
{
    const RmsServiceErrorPrivate *private = peek(error);

    return private != NULL ? private->provider_text : NULL;
}

guint rms_service_error_get_retry_after(const GError *error)
{
    const RmsServiceErrorPrivate *private = peek(error);

    return private != NULL ? private->retry_after : 0;
}

static RmsServiceActor get_actor_of_code(RmsServiceError code)
{
    switch (code) {
    case RMS_SERVICE_ERROR_SIGN_IN:
    case RMS_SERVICE_ERROR_DECLINED:
    case RMS_SERVICE_ERROR_ACCOUNT:
    case RMS_SERVICE_ERROR_STORE:
        return RMS_SERVICE_ACTOR_USER;
    case RMS_SERVICE_ERROR_CONSENT:
    case RMS_SERVICE_ERROR_NO_ROLE:
    case RMS_SERVICE_ERROR_DISCOVERY:
    case RMS_SERVICE_ERROR_REFUSED:
        return RMS_SERVICE_ACTOR_TENANT_ADMINISTRATOR;
    case RMS_SERVICE_ERROR_SETTINGS:
        return RMS_SERVICE_ACTOR_SETTINGS;
    case RMS_SERVICE_ERROR_UNREACHABLE:
    case RMS_SERVICE_ERROR_TLS:
        return RMS_SERVICE_ACTOR_NETWORK;
    case RMS_SERVICE_ERROR_THROTTLED:
        return RMS_SERVICE_ACTOR_NOBODY;
    default:
        return RMS_SERVICE_ACTOR_US;
    }
}

RmsServiceActor rms_service_error_get_actor(const GError *error)
{
    if (error == NULL || error->domain != RMS_SERVICE_ERROR)
        return RMS_SERVICE_ACTOR_US;
    switch (rms_service_error_get_problem(error)) {
    case RMS_SERVICE_PROBLEM_IDENTITY:
        return RMS_SERVICE_ACTOR_USER;
    /* What the account's code says too little or something else about. */
    case RMS_SERVICE_PROBLEM_ACCOUNT_LOCKED:
    case RMS_SERVICE_PROBLEM_ACCOUNT_DISABLED:
    case RMS_SERVICE_PROBLEM_NOT_ASSIGNED:
    case RMS_SERVICE_PROBLEM_POLICY:
    case RMS_SERVICE_PROBLEM_NO_SERVICE:
        return RMS_SERVICE_ACTOR_TENANT_ADMINISTRATOR;
    case RMS_SERVICE_PROBLEM_BORROWED_CLIENT:
    case RMS_SERVICE_PROBLEM_UNKNOWN_APPLICATION:
    case RMS_SERVICE_PROBLEM_KEY:
    case RMS_SERVICE_PROBLEM_PROXY_CREDENTIALS:
        return RMS_SERVICE_ACTOR_SETTINGS;
    default:
        return get_actor_of_code((RmsServiceError) error->code);
    }
}
