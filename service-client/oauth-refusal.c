/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the sign-in service's errors mean for the person in front of the console (protocol.md §4.3,
 * §4.6): two tables and the way through them.
 */
#include "config.h"

#include "service-client/oauth.h"

#include <string.h>

#include "service-client/provider-text.h"
#include "service-client/service-error-private.h"
#include "service-client/service-limits.h"

/* protocol.md §4.6, with the last two from the vendor's list of error codes: what a signed
 * assertion can get wrong. The number only refines what `error` says, and never turns a refusal
 * into success. */
static const struct {
    gint64 number;
    RmsServiceProblem problem;
    RmsServiceError code;
    const char *sentence;
} numbers[] = {
    {50011,
     RMS_SERVICE_PROBLEM_REDIRECT,            RMS_SERVICE_ERROR_SETTINGS,
     "The application does not have this redirect address. Register http://localhost as a redirect "
     "of a public client, or check the client id."                                              },
    {50020,
     RMS_SERVICE_PROBLEM_OTHER_TENANT,        RMS_SERVICE_ERROR_ACCOUNT,
     "This account belongs to another organization or is a personal account. Use a member account "
     "of the tenant."                                                                           },
    {50034,
     RMS_SERVICE_PROBLEM_UNKNOWN_ACCOUNT,     RMS_SERVICE_ERROR_ACCOUNT,
     "The tenant has no such account. Check the user name."                                     },
    {50126,
     RMS_SERVICE_PROBLEM_WRONG_PASSWORD,      RMS_SERVICE_ERROR_SIGN_IN,
     "User name or password is wrong. Sign in again."                                           },
    {50055,
     RMS_SERVICE_PROBLEM_PASSWORD_EXPIRED,    RMS_SERVICE_ERROR_SIGN_IN,
     "The password of this account has expired. Change it, then sign in again."                 },
    {50053,
     RMS_SERVICE_PROBLEM_ACCOUNT_LOCKED,      RMS_SERVICE_ERROR_ACCOUNT,
     "This account is locked. Wait, or ask an administrator to unlock it."                      },
    {50057,
     RMS_SERVICE_PROBLEM_ACCOUNT_DISABLED,    RMS_SERVICE_ERROR_ACCOUNT,
     "This account is disabled. Use another one, or ask an administrator to enable it."         },
    {50058,
     RMS_SERVICE_PROBLEM_EXPIRED,             RMS_SERVICE_ERROR_SIGN_IN,
     "Nobody is signed in any more. Sign in again."                                             },
    {50173,
     RMS_SERVICE_PROBLEM_EXPIRED,             RMS_SERVICE_ERROR_SIGN_IN,
     "The sign-in was revoked. Sign in again."                                                  },
    {70008,
     RMS_SERVICE_PROBLEM_EXPIRED,             RMS_SERVICE_ERROR_SIGN_IN,
     "The sign-in has expired. Sign in again."                                                  },
    {700082,
     RMS_SERVICE_PROBLEM_EXPIRED,             RMS_SERVICE_ERROR_SIGN_IN,
     "The sign-in has expired for want of use. Sign in again."                                  },
    {50072,
     RMS_SERVICE_PROBLEM_MFA_ENROLMENT,       RMS_SERVICE_ERROR_SIGN_IN,
     "This account has to enrol for multifactor authentication. Sign in with the browser."      },
    {50074,
     RMS_SERVICE_PROBLEM_MFA,                 RMS_SERVICE_ERROR_SIGN_IN,
     "Multifactor authentication is needed. Sign in with the browser."                          },
    {50076,
     RMS_SERVICE_PROBLEM_MFA,                 RMS_SERVICE_ERROR_SIGN_IN,
     "Multifactor authentication is needed. Sign in with the browser."                          },
    {50079,
     RMS_SERVICE_PROBLEM_MFA_ENROLMENT,       RMS_SERVICE_ERROR_SIGN_IN,
     "This account has to enrol for multifactor authentication. Sign in with the browser."      },
    {50158,
     RMS_SERVICE_PROBLEM_MFA,                 RMS_SERVICE_ERROR_SIGN_IN,
     "Another service has to confirm the sign-in. Sign in with the browser."                    },
    {50105,
     RMS_SERVICE_PROBLEM_NOT_ASSIGNED,        RMS_SERVICE_ERROR_ACCOUNT,
     "This account is not assigned to the application. An administrator can assign it."         },
    {50128,
     RMS_SERVICE_PROBLEM_NO_TENANT,           RMS_SERVICE_ERROR_SETTINGS,
     "There is no such tenant in this cloud. Check tenant and cloud environment."               },
    {90002,
     RMS_SERVICE_PROBLEM_NO_TENANT,           RMS_SERVICE_ERROR_SETTINGS,
     "There is no such tenant in this cloud. Check tenant and cloud environment."               },
    {50131,
     RMS_SERVICE_PROBLEM_POLICY,              RMS_SERVICE_ERROR_DECLINED,
     "A Conditional Access policy blocks this sign-in. Ask an administrator which one."         },
    {53000,
     RMS_SERVICE_PROBLEM_POLICY_DEVICE,       RMS_SERVICE_ERROR_DECLINED,
     "A Conditional Access policy wants a compliant device. Sign in from one, with the browser."},
    {53001,
     RMS_SERVICE_PROBLEM_POLICY_DEVICE,       RMS_SERVICE_ERROR_DECLINED,
     "A Conditional Access policy wants a joined device. Sign in from one, with the browser."   },
    {53003,
     RMS_SERVICE_PROBLEM_POLICY,              RMS_SERVICE_ERROR_DECLINED,
     "A Conditional Access policy blocks this sign-in. It may allow the browser where it forbids "
     "device codes; otherwise ask an administrator."                                            },
    {530035,
     RMS_SERVICE_PROBLEM_SECURITY_DEFAULTS,   RMS_SERVICE_ERROR_DECLINED,
     "The tenant's security defaults block this sign-in. Sign in with the browser."             },
    {500011,
     RMS_SERVICE_PROBLEM_NO_SERVICE,          RMS_SERVICE_ERROR_SETTINGS,
     "The tenant does not know the Rights Management service. Activate the service, or check "
     "resource and cloud environment."                                                          },
    {50001,
     RMS_SERVICE_PROBLEM_NO_SERVICE,          RMS_SERVICE_ERROR_SETTINGS,
     "The tenant does not know the Rights Management service. Activate the service, or check "
     "resource and cloud environment."                                                          },
    {65001,
     RMS_SERVICE_PROBLEM_CONSENT,             RMS_SERVICE_ERROR_CONSENT,
     "Nobody has consented to this application yet. An administrator must grant it "
     "user_impersonation on Microsoft Rights Management Services."                              },
    {90094,
     RMS_SERVICE_PROBLEM_ADMIN_CONSENT,       RMS_SERVICE_ERROR_CONSENT,
     "An administrator of the tenant must consent to this application."                         },
    {65004,
     RMS_SERVICE_PROBLEM_CONSENT_DECLINED,    RMS_SERVICE_ERROR_DECLINED,
     "Consent was declined. Sign in again and accept."                                          },
    {65002,
     RMS_SERVICE_PROBLEM_BORROWED_CLIENT,     RMS_SERVICE_ERROR_CONSENT,
     "This client id belongs to Microsoft and may not ask for Rights Management. Register a client "
     "of your own."                                                                             },
    {650057,
     RMS_SERVICE_PROBLEM_PERMISSION,          RMS_SERVICE_ERROR_CONSENT,
     "The application does not ask for Rights Management. Add the permission user_impersonation "
     "to its registration."                                                                     },
    {650052,
     RMS_SERVICE_PROBLEM_NO_SUBSCRIPTION,     RMS_SERVICE_ERROR_REFUSED,
     "The tenant has no subscription that includes the Rights Management service."              },
    {70000,
     RMS_SERVICE_PROBLEM_EXPIRED,             RMS_SERVICE_ERROR_SIGN_IN,
     "The sign-in is not valid any more. Sign in again."                                        },
    {70011,
     RMS_SERVICE_PROBLEM_SCOPE,               RMS_SERVICE_ERROR_SETTINGS,
     "The sign-in service does not know the scope that was asked for. Check the resource."      },
    {70016,
     RMS_SERVICE_PROBLEM_CODE_PENDING,        RMS_SERVICE_ERROR_SIGN_IN,
     "The code has not been entered yet."                                                       },
    {70018,
     RMS_SERVICE_PROBLEM_CODE_WRONG,          RMS_SERVICE_ERROR_SIGN_IN,
     "The code was not recognized. Start the sign-in again."                                    },
    {70019,
     RMS_SERVICE_PROBLEM_CODE_EXPIRED,        RMS_SERVICE_ERROR_SIGN_IN,
     "The code was not entered in time. Start the sign-in again."                               },
    {700016,
     RMS_SERVICE_PROBLEM_UNKNOWN_APPLICATION, RMS_SERVICE_ERROR_CONSENT,
     "The tenant does not know this application. Check client id and cloud environment, or have "
     "an administrator register the application."                                               },
    {7000218,
     RMS_SERVICE_PROBLEM_NOT_PUBLIC_CLIENT,   RMS_SERVICE_ERROR_CONSENT,
     "The application is not registered as a public client. Allow public client flows in its "
     "registration."                                                                            },
    {700027,
     RMS_SERVICE_PROBLEM_KEY,                 RMS_SERVICE_ERROR_CONSENT,
     "The certificate is not the one registered with the application, or the key is another "
     "one's. Register the certificate, or check both files."                                    },
    {700024,
     RMS_SERVICE_PROBLEM_CLOCK,               RMS_SERVICE_ERROR_SETTINGS,
     "The signed assertion is not valid at this time. Check this computer's clock."             },
};

/* RFC 6749 §4.1.2.1 and §5.2, RFC 8628 §3.5, OpenID Connect Core §3.1.2.6, Entra ID's own. */
static const struct {
    const char *name;
    RmsServiceProblem problem;
    RmsServiceError code;
    const char *sentence;
} names[] = {
    {"access_denied",
     RMS_SERVICE_PROBLEM_DECLINED,     RMS_SERVICE_ERROR_DECLINED,
     "The sign-in was declined."                                                              },
    {"authorization_declined",
     RMS_SERVICE_PROBLEM_DECLINED,     RMS_SERVICE_ERROR_DECLINED,
     "The sign-in was declined."                                                              },
    {"authorization_pending",
     RMS_SERVICE_PROBLEM_CODE_PENDING, RMS_SERVICE_ERROR_SIGN_IN,
     "The code has not been entered yet."                                                     },
    {"expired_token",
     RMS_SERVICE_PROBLEM_CODE_EXPIRED, RMS_SERVICE_ERROR_SIGN_IN,
     "The code was not entered in time. Start the sign-in again."                             },
    {"code_expired",
     RMS_SERVICE_PROBLEM_CODE_EXPIRED, RMS_SERVICE_ERROR_SIGN_IN,
     "The code was not entered in time. Start the sign-in again."                             },
    {"bad_verification_code",
     RMS_SERVICE_PROBLEM_CODE_WRONG,   RMS_SERVICE_ERROR_SIGN_IN,
     "The code was not recognized. Start the sign-in again."                                  },
    {"invalid_grant",
     RMS_SERVICE_PROBLEM_EXPIRED,      RMS_SERVICE_ERROR_SIGN_IN,
     "The sign-in is not valid any more. Sign in again."                                      },
    {"interaction_required",
     RMS_SERVICE_PROBLEM_INTERACTION,  RMS_SERVICE_ERROR_SIGN_IN,
     "The sign-in service wants to ask something. Sign in with the browser."                  },
    {"login_required",
     RMS_SERVICE_PROBLEM_INTERACTION,  RMS_SERVICE_ERROR_SIGN_IN,
     "Nobody is signed in any more. Sign in again."                                           },
    {"consent_required",
     RMS_SERVICE_PROBLEM_CONSENT,      RMS_SERVICE_ERROR_CONSENT,
     "An administrator of the tenant must consent to this application."                       },
    {"invalid_client",
     RMS_SERVICE_PROBLEM_NONE,         RMS_SERVICE_ERROR_CONSENT,
     "The tenant does not accept this application. Check its id, its certificate and its "
     "registration."                                                                          },
    {"unauthorized_client",
     RMS_SERVICE_PROBLEM_NONE,         RMS_SERVICE_ERROR_CONSENT,
     "The application may not sign in this way. Have an administrator check its registration."},
    {"invalid_scope",
     RMS_SERVICE_PROBLEM_SCOPE,        RMS_SERVICE_ERROR_SETTINGS,
     "The sign-in service does not know the scope that was asked for. Check the resource."    },
    {"invalid_resource",
     RMS_SERVICE_PROBLEM_NO_SERVICE,   RMS_SERVICE_ERROR_SETTINGS,
     "The tenant does not know the Rights Management service. Activate the service, or check "
     "resource and cloud environment."                                                        },
    {"invalid_request",
     RMS_SERVICE_PROBLEM_NONE,         RMS_SERVICE_ERROR_SETTINGS,
     "The sign-in service does not understand the request. Check tenant, client id and cloud "
     "environment."                                                                           },
    {"unsupported_grant_type",
     RMS_SERVICE_PROBLEM_NONE,         RMS_SERVICE_ERROR_SETTINGS,
     "The sign-in service does not offer this way of signing in."                             },
    {"slow_down",
     RMS_SERVICE_PROBLEM_BUSY,         RMS_SERVICE_ERROR_THROTTLED,
     "The sign-in service is busy. Try again later."                                          },
    {"temporarily_unavailable",
     RMS_SERVICE_PROBLEM_BUSY,         RMS_SERVICE_ERROR_THROTTLED,
     "The sign-in service is busy. Try again later."                                          },
    {"server_error",
     RMS_SERVICE_PROBLEM_BUSY,         RMS_SERVICE_ERROR_THROTTLED,
     "The sign-in service had a failure of its own. Try again later."                         },
};

const char *rms_oauth_get_refusal(const cJSON *answer)
{
    g_return_val_if_fail(answer != NULL, NULL);

    return rms_json_peek_string(answer, "error");
}

/* `error_codes` is a list of numbers; the text begins with `AADSTS50011: `. */
static gint64 find_number(const cJSON *answer)
{
    const cJSON *codes = cJSON_GetObjectItemCaseSensitive(answer, "error_codes");
    const cJSON *first = cJSON_IsArray(codes) ? cJSON_GetArrayItem(codes, 0) : NULL;

    if (cJSON_IsNumber(first) && first->valuedouble > 0 && first->valuedouble < G_MAXINT32)
        return (gint64) first->valuedouble;
    return 0;
}

static gint64 find_number_in_text(const char *description)
{
    const char *found = description != NULL ? strstr(description, "AADSTS") : NULL;

    return found != NULL ? g_ascii_strtoll(found + strlen("AADSTS"), NULL, 10) : 0;
}

/* @number: (inout): 0: looked for in @description. Returns: (transfer full): what the provider
 * calls it, for somebody who searches for it. */
static char *name_code(const char *shown_code, const char *description, gint64 *number)
{
    if (*number == 0)
        *number = find_number_in_text(description);
    return *number > 0 ? g_strdup_printf("AADSTS%" G_GINT64_FORMAT, *number) : g_strdup(shown_code);
}

GError *rms_oauth_refuse_code(const char *code, const char *description, gint64 number)
{
    RmsServiceError result = RMS_SERVICE_ERROR_REFUSED;
    RmsServiceProblem problem = RMS_SERVICE_PROBLEM_NONE;
    const char *sentence = "The sign-in service refused.";
    g_autofree char *shown_code = rms_provider_text_clean(code, RMS_SERVICE_MAX_CLAIM_BYTES);
    g_autofree char *shown =
        rms_provider_text_clean(description, RMS_SERVICE_MAX_PROVIDER_TEXT_BYTES);
    g_autofree char *provider_code = NULL;
    GError *error;

    g_return_val_if_fail(code != NULL, NULL);

    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        if (strcmp(names[i].name, code) == 0) {
            result = names[i].code;
            problem = names[i].problem;
            sentence = names[i].sentence;
        }
    }
    provider_code = name_code(shown_code, description, &number);
    for (gsize i = 0; i < G_N_ELEMENTS(numbers); i++) {
        if (numbers[i].number == number) {
            result = numbers[i].code;
            problem = numbers[i].problem;
            sentence = numbers[i].sentence;
        }
    }
    error = g_error_new(RMS_SERVICE_ERROR,
                        result,
                        "%s (%s%s%s)",
                        sentence,
                        shown_code,
                        *shown != '\0' ? ": " : "",
                        shown);
    rms_service_error_set_problem(error, problem);
    rms_service_error_set_provider(error, provider_code, *shown != '\0' ? shown : NULL);
    return error;
}

GError *rms_oauth_refuse(const cJSON *answer)
{
    g_return_val_if_fail(answer != NULL && rms_oauth_get_refusal(answer) != NULL, NULL);

    return rms_oauth_refuse_code(rms_oauth_get_refusal(answer),
                                 rms_json_peek_string(answer, "error_description"),
                                 find_number(answer));
}
