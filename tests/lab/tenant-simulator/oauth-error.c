/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The AADSTS errors of the authority (oauth-error.h).
 */
#include "config.h"

#include "tests/lab/tenant-simulator/oauth-error.h"

/* clang-format off */
static const RmsSimOAuthError errors[] = {
    {50001, "invalid_resource", 400, "The resource principal was not found in the tenant or is disabled."},
    {50011, "invalid_request", 400, "The redirect URI specified in the request does not match the redirect URIs configured for the application."},
    {50020, "invalid_grant", 400, "User account does not exist in the tenant and cannot access the application in that tenant. Sign out and sign in again with a different account of the tenant."},
    {50027, "invalid_client", 401, "JWT token is invalid or malformed."},
    {50034, "invalid_grant", 400, "The user account does not exist in the directory. To sign into this application, the account must be added to the directory."},
    {50053, "invalid_grant", 400, "The account is locked, you've tried to sign in too many times with an incorrect user ID or password."},
    {50055, "invalid_grant", 400, "The password is expired."},
    {50057, "invalid_grant", 400, "The user account is disabled."},
    {50058, "login_required", 400, "A silent sign-in request was sent but no user is signed in."},
    {50059, "invalid_request", 400, "No tenant-identifying information found in either the request or implied by any provided credentials."},
    {50072, "interaction_required", 400, "Due to a configuration change made by your administrator, you must enroll in multi-factor authentication to access the application."},
    {50074, "interaction_required", 400, "Strong authentication is required."},
    {50076, "interaction_required", 400, "Due to a configuration change made by your administrator, or because you moved to a new location, you must use multi-factor authentication to access the application."},
    {50079, "interaction_required", 400, "You must enroll in multi-factor authentication to access the application."},
    {50105, "invalid_grant", 400, "Your administrator has configured the application to block users unless they are specifically granted access to it."},
    {50126, "invalid_grant", 400, "Error validating credentials due to invalid username or password."},
    {50128, "invalid_request", 400, "Invalid domain name. No tenant-identifying information found in either the request or implied by any provided credentials."},
    {50131, "interaction_required", 400, "Device is not in required device state, or the request was blocked due to suspicious activity, access policy, or security policy decisions."},
    {50158, "interaction_required", 400, "External security challenge was not satisfied."},
    {50173, "invalid_grant", 400, "The provided grant has expired due to it being revoked, a fresh auth token is needed. The user might have changed or reset their password."},
    {53000, "interaction_required", 400, "Your device is required to be compliant to access this resource."},
    {53001, "interaction_required", 400, "Device is not domain joined."},
    {53003, "interaction_required", 400, "Access has been blocked by Conditional Access policies. The access policy does not allow token issuance."},
    {54005, "invalid_grant", 400, "OAuth2 authorization code was already redeemed, please retry with a new valid code or use an existing refresh token."},
    {65001, "invalid_grant", 400, "The user or administrator has not consented to use the application. Send an interactive authorization request for this user and resource."},
    {65002, "invalid_grant", 400, "Consent between first party application and first party resource must be configured via preauthorization."},
    {65004, "authorization_declined", 400, "User declined to consent to access the app."},
    {70000, "invalid_grant", 400, "The provided grant is invalid."},
    {70003, "unsupported_grant_type", 400, "The app requested an unsupported grant type."},
    {70008, "invalid_grant", 400, "The provided authorization code or refresh token has expired or was revoked."},
    {70011, "invalid_scope", 400, "The provided value for the input parameter 'scope' is not valid."},
    {70016, "authorization_pending", 400, "OAuth 2.0 device flow error. Authorization is pending. Continue polling."},
    {70018, "bad_verification_code", 400, "Invalid verification code."},
    {70019, "expired_token", 400, "Verification code expired."},
    {90002, "invalid_request", 400, "Tenant not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud."},
    {90014, "invalid_request", 400, "A required field is missing from the request."},
    {90023, "invalid_request", 400, "The request has an invalid or unsupported parameter."},
    {90094, "invalid_grant", 400, "Admin consent is required for the permissions requested by this application."},
    {500011, "invalid_resource", 400, "The resource principal was not found in the tenant. You might have sent your authentication request to the wrong tenant."},
    {501481, "invalid_grant", 400, "The Code_Verifier does not match the code_challenge supplied in the authorization request."},
    {501491, "invalid_request", 400, "Invalid size of Code_Challenge parameter."},
    {530035, "interaction_required", 400, "Access has been blocked by security defaults."},
    {650052, "invalid_grant", 400, "The app needs access to a service that your organization has not subscribed to or enabled."},
    {650057, "invalid_resource", 400, "Invalid resource. The client has requested access to a resource which is not listed in the requested permissions in the client's application registration."},
    {700016, "unauthorized_client", 400, "Application was not found in the directory. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant."},
    {700021, "invalid_client", 401, "Client assertion application identifier doesn't match 'client_id' parameter."},
    {700023, "invalid_client", 401, "Client assertion audience claim does not match Realm issuer."},
    {700024, "invalid_client", 401, "Client assertion is not within its valid time range."},
    {700025, "invalid_client", 401, "Client is public so neither 'client_assertion' nor 'client_secret' should be presented."},
    {700027, "invalid_client", 401, "Client assertion failed signature validation."},
    {700082, "invalid_grant", 400, "The refresh token has expired due to inactivity."},
    {7000216, "invalid_client", 401, "'client_assertion', 'client_secret' or 'request' is required for the 'client_credentials' grant type."},
    {7000218, "invalid_client", 401, "The request body must contain the following parameter: 'client_assertion' or 'client_secret'."},
};
/* clang-format on */

const RmsSimOAuthError *rms_sim_oauth_error_find(guint number)
{
    for (gsize i = 0; i < G_N_ELEMENTS(errors); i++) {
        if (errors[i].number == number)
            return &errors[i];
    }
    return NULL;
}
