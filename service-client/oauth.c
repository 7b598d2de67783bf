/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Forms out, JSON in. Secrets are moved, not copied: out of the answer into RmsSecret, from there
 * straight into a form.
 */
#include "config.h"

#include "service-client/oauth.h"

#include <string.h>

#include "service-client/service-limits.h"
#include "service-client/service-url.h"
#include "service-client/provider-text.h"
#include "service-client/service-error.h"

char *rms_oauth_endpoint(const RmsCloudEnvironment *environment, const char *name)
{
    g_autofree char *path = g_strdup_printf("/%s/oauth2/v2.0/%s", environment->tenant, name);

    return rms_service_url_join(environment->authority, path);
}

char *rms_oauth_scope(const RmsCloudEnvironment *environment, gboolean user)
{
    return g_strconcat(
        environment->resource, "/.default", user ? " openid profile offline_access" : "", NULL);
}

/* Forms */

typedef struct {
    char *name;
    RmsSecret *value;
    gboolean secret;
} FormField;

struct _RmsOauthForm {
    GPtrArray *fields;
};

static void free_field(gpointer data)
{
    FormField *field = data;

    g_free(field->name);
    rms_secret_unref(field->value);
    g_free(field);
}

RmsOauthForm *rms_oauth_form_new(void)
{
    RmsOauthForm *form = g_new0(RmsOauthForm, 1);

    form->fields = g_ptr_array_new_with_free_func(free_field);
    return form;
}

void rms_oauth_form_free(RmsOauthForm *form)
{
    if (form == NULL)
        return;
    g_ptr_array_unref(form->fields);
    g_free(form);
}

static void add_field(RmsOauthForm *form, const char *name, RmsSecret *value, gboolean secret)
{
    FormField *field = g_new0(FormField, 1);

    field->name = g_strdup(name);
    field->value = value;
    field->secret = secret;
    g_ptr_array_add(form->fields, field);
}

void rms_oauth_form_add(RmsOauthForm *form, const char *name, const char *value)
{
    g_return_if_fail(form != NULL && name != NULL && value != NULL);

    add_field(form, name, rms_secret_new(value, -1), FALSE);
}

void rms_oauth_form_add_secret(RmsOauthForm *form, const char *name, RmsSecret *value)
{
    g_return_if_fail(form != NULL && name != NULL && value != NULL);

    add_field(form, name, rms_secret_ref(value), TRUE);
}

RmsSecret *rms_oauth_form_encode(const RmsOauthForm *form)
{
    gsize bound = 1;
    GString *text;

    g_return_val_if_fail(form != NULL, NULL);

    /* Room for every byte escaped, so that the text is never moved and left behind. */
    for (guint i = 0; i < form->fields->len; i++) {
        const FormField *field = form->fields->pdata[i];

        bound += 3 * (strlen(field->name) + rms_secret_get_length(field->value)) + 2;
    }
    text = g_string_sized_new(bound);
    for (guint i = 0; i < form->fields->len; i++) {
        const FormField *field = form->fields->pdata[i];

        if (i > 0)
            g_string_append_c(text, '&');
        g_string_append_uri_escaped(text, field->name, NULL, FALSE);
        g_string_append_c(text, '=');
        g_string_append_uri_escaped(text, rms_secret_get(field->value), NULL, FALSE);
    }
    return rms_secret_new_take(g_string_free(text, FALSE));
}

/* Refusals */

/* protocol.md §4.6, with the last two from the vendor's list of error codes: what a signed
 * assertion can get wrong. The number only refines what `error` says, and never turns a refusal
 * into success. */
static const struct {
    gint64 number;
    RmsServiceError code;
    const char *sentence;
} numbers[] = {
    {50011,
     RMS_SERVICE_ERROR_SETTINGS,          "The application does not have this redirect address. Register http://localhost as a redirect "
     "of a public client, or check the client id."                                                   },
    {50020,
     RMS_SERVICE_ERROR_ACCOUNT,           "This account belongs to another organization or is a personal account. Use a member account "
     "of the tenant."                                                                                 },
    {50034,   RMS_SERVICE_ERROR_ACCOUNT,  "The tenant has no such account. Check the user name."                                     },
    {50126,   RMS_SERVICE_ERROR_SIGN_IN,  "User name or password is wrong. Sign in again."                                           },
    {50055,
     RMS_SERVICE_ERROR_SIGN_IN,           "The password of this account has expired. Change it, then sign in again."                 },
    {50053,
     RMS_SERVICE_ERROR_ACCOUNT,           "This account is locked. Wait, or ask an administrator to unlock it."                      },
    {50057,
     RMS_SERVICE_ERROR_ACCOUNT,           "This account is disabled. Use another one, or ask an administrator to enable it."         },
    {50058,   RMS_SERVICE_ERROR_SIGN_IN,  "Nobody is signed in any more. Sign in again."                                             },
    {50173,   RMS_SERVICE_ERROR_SIGN_IN,  "The sign-in was revoked. Sign in again."                                                  },
    {70008,   RMS_SERVICE_ERROR_SIGN_IN,  "The sign-in has expired. Sign in again."                                                  },
    {700082,  RMS_SERVICE_ERROR_SIGN_IN,  "The sign-in has expired for want of use. Sign in again."                                  },
    {50072,
     RMS_SERVICE_ERROR_SIGN_IN,           "This account has to enrol for multifactor authentication. Sign in with the browser."      },
    {50074,
     RMS_SERVICE_ERROR_SIGN_IN,           "Multifactor authentication is needed. Sign in with the browser."                          },
    {50076,
     RMS_SERVICE_ERROR_SIGN_IN,           "Multifactor authentication is needed. Sign in with the browser."                          },
    {50079,
     RMS_SERVICE_ERROR_SIGN_IN,           "This account has to enrol for multifactor authentication. Sign in with the browser."      },
    {50158,
     RMS_SERVICE_ERROR_SIGN_IN,           "Another service has to confirm the sign-in. Sign in with the browser."                    },
    {50105,
     RMS_SERVICE_ERROR_ACCOUNT,           "This account is not assigned to the application. An administrator can assign it."         },
    {50128,
     RMS_SERVICE_ERROR_SETTINGS,          "There is no such tenant in this cloud. Check tenant and cloud environment."               },
    {90002,
     RMS_SERVICE_ERROR_SETTINGS,          "There is no such tenant in this cloud. Check tenant and cloud environment."               },
    {50131,
     RMS_SERVICE_ERROR_DECLINED,          "A Conditional Access policy blocks this sign-in. Ask an administrator which one."         },
    {53000,
     RMS_SERVICE_ERROR_DECLINED,          "A Conditional Access policy wants a compliant device. Sign in from one, with the browser."},
    {53001,
     RMS_SERVICE_ERROR_DECLINED,          "A Conditional Access policy wants a joined device. Sign in from one, with the browser."   },
    {53003,
     RMS_SERVICE_ERROR_DECLINED,          "A Conditional Access policy blocks this sign-in. It may allow the browser where it forbids "
     "device codes; otherwise ask an administrator."                                                 },
    {530035,
     RMS_SERVICE_ERROR_DECLINED,          "The tenant's security defaults block this sign-in. Sign in with the browser."             },
    {500011,
     RMS_SERVICE_ERROR_SETTINGS,          "The tenant does not know the Rights Management service. Activate the service, or check "
     "resource and cloud environment."                                                               },
    {50001,
     RMS_SERVICE_ERROR_SETTINGS,          "The tenant does not know the Rights Management service. Activate the service, or check "
     "resource and cloud environment."                                                               },
    {65001,
     RMS_SERVICE_ERROR_CONSENT,           "Nobody has consented to this application yet. An administrator must grant it "
     "user_impersonation on Microsoft Rights Management Services."                                    },
    {90094,
     RMS_SERVICE_ERROR_CONSENT,           "An administrator of the tenant must consent to this application."                         },
    {65004,   RMS_SERVICE_ERROR_DECLINED, "Consent was declined. Sign in again and accept."                                          },
    {65002,
     RMS_SERVICE_ERROR_CONSENT,           "This client id belongs to Microsoft and may not ask for Rights Management. Register a client "
     "of your own."                                                                                   },
    {650057,
     RMS_SERVICE_ERROR_CONSENT,           "The application does not ask for Rights Management. Add the permission user_impersonation "
     "to its registration."                                                                           },
    {650052,
     RMS_SERVICE_ERROR_REFUSED,           "The tenant has no subscription that includes the Rights Management service."              },
    {70000,   RMS_SERVICE_ERROR_SIGN_IN,  "The sign-in is not valid any more. Sign in again."                                        },
    {70011,
     RMS_SERVICE_ERROR_SETTINGS,          "The sign-in service does not know the scope that was asked for. Check the resource."      },
    {70016,   RMS_SERVICE_ERROR_SIGN_IN,  "The code has not been entered yet."                                                       },
    {70018,   RMS_SERVICE_ERROR_SIGN_IN,  "The code was not recognized. Start the sign-in again."                                    },
    {70019,
     RMS_SERVICE_ERROR_SIGN_IN,           "The code was not entered in time. Start the sign-in again."                               },
    {700016,
     RMS_SERVICE_ERROR_CONSENT,           "The tenant does not know this application. Check client id and cloud environment, or have "
     "an administrator register the application."                                                     },
    {7000218,
     RMS_SERVICE_ERROR_CONSENT,           "The application is not registered as a public client. Allow public client flows in its "
     "registration."                                                                                  },
    {700027,
     RMS_SERVICE_ERROR_CONSENT,           "The certificate is not the one registered with the application, or the key is another "
     "one's. Register the certificate, or check both files."                                          },
    {700024,
     RMS_SERVICE_ERROR_SETTINGS,          "The signed assertion is not valid at this time. Check this computer's clock."             },
};

/* RFC 6749 §4.1.2.1 and §5.2, RFC 8628 §3.5, OpenID Connect Core §3.1.2.6, Entra ID's own. */
static const struct {
    const char *name;
    RmsServiceError code;
    const char *sentence;
} names[] = {
    {"access_denied",           RMS_SERVICE_ERROR_DECLINED,  "The sign-in was declined."                                                              },
    {"authorization_declined",  RMS_SERVICE_ERROR_DECLINED,  "The sign-in was declined."                                                              },
    {"authorization_pending",   RMS_SERVICE_ERROR_SIGN_IN,   "The code has not been entered yet."                                                     },
    {"expired_token",
     RMS_SERVICE_ERROR_SIGN_IN,                              "The code was not entered in time. Start the sign-in again."                             },
    {"code_expired",
     RMS_SERVICE_ERROR_SIGN_IN,                              "The code was not entered in time. Start the sign-in again."                             },
    {"bad_verification_code",
     RMS_SERVICE_ERROR_SIGN_IN,                              "The code was not recognized. Start the sign-in again."                                  },
    {"invalid_grant",
     RMS_SERVICE_ERROR_SIGN_IN,                              "The sign-in is not valid any more. Sign in again."                                      },
    {"interaction_required",
     RMS_SERVICE_ERROR_SIGN_IN,                              "The sign-in service wants to ask something. Sign in with the browser."                  },
    {"login_required",          RMS_SERVICE_ERROR_SIGN_IN,   "Nobody is signed in any more. Sign in again."                                           },
    {"consent_required",
     RMS_SERVICE_ERROR_CONSENT,                              "An administrator of the tenant must consent to this application."                       },
    {"invalid_client",
     RMS_SERVICE_ERROR_CONSENT,                              "The tenant does not accept this application. Check its id, its certificate and its "
     "registration."                                                                                                   },
    {"unauthorized_client",
     RMS_SERVICE_ERROR_CONSENT,                              "The application may not sign in this way. Have an administrator check its registration."},
    {"invalid_scope",
     RMS_SERVICE_ERROR_SETTINGS,                             "The sign-in service does not know the scope that was asked for. Check the resource."    },
    {"invalid_resource",
     RMS_SERVICE_ERROR_SETTINGS,                             "The tenant does not know the Rights Management service. Activate the service, or check "
     "resource and cloud environment."                                                                                },
    {"invalid_request",
     RMS_SERVICE_ERROR_SETTINGS,                             "The sign-in service does not understand the request. Check tenant, client id and cloud "
     "environment."                                                                                                   },
    {"unsupported_grant_type",
     RMS_SERVICE_ERROR_SETTINGS,                             "The sign-in service does not offer this way of signing in."                             },
    {"slow_down",               RMS_SERVICE_ERROR_THROTTLED, "The sign-in service is busy. Try again later."                                          },
    {"temporarily_unavailable",
     RMS_SERVICE_ERROR_THROTTLED,                            "The sign-in service is busy. Try again later."                                          },
    {"server_error",
     RMS_SERVICE_ERROR_THROTTLED,                            "The sign-in service had a failure of its own. Try again later."                         },
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

GError *rms_oauth_refuse_code(const char *code, const char *description, gint64 number)
{
    RmsServiceError result = RMS_SERVICE_ERROR_REFUSED;
    const char *sentence = "The sign-in service refused.";
    g_autofree char *shown_code = rms_provider_text_clean(code, RMS_SERVICE_MAX_CLAIM_BYTES);
    g_autofree char *shown =
        rms_provider_text_clean(description, RMS_SERVICE_MAX_PROVIDER_TEXT_BYTES);

    g_return_val_if_fail(code != NULL, NULL);

    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        if (strcmp(names[i].name, code) == 0) {
            result = names[i].code;
            sentence = names[i].sentence;
        }
    }
    if (number == 0)
        number = find_number_in_text(description);
    for (gsize i = 0; i < G_N_ELEMENTS(numbers); i++) {
        if (numbers[i].number == number) {
            result = numbers[i].code;
            sentence = numbers[i].sentence;
        }
    }
    return g_error_new(RMS_SERVICE_ERROR,
                       result,
                       "%s (%s%s%s)",
                       sentence,
                       shown_code,
                       *shown != '\0' ? ": " : "",
                       shown);
}

GError *rms_oauth_refuse(const cJSON *answer)
{
    g_return_val_if_fail(answer != NULL && rms_oauth_get_refusal(answer) != NULL, NULL);

    return rms_oauth_refuse_code(rms_oauth_get_refusal(answer),
                                 rms_json_peek_string(answer, "error_description"),
                                 find_number(answer));
}

/* Posting */

static void withhold(cJSON *answer, const char *member, const char *secret)
{
    const char *text = rms_json_peek_string(answer, member);

    if (text != NULL && *secret != '\0' && strstr(text, secret) != NULL)
        cJSON_ReplaceItemInObjectCaseSensitive(
            answer, member, cJSON_CreateString("text withheld, it repeats a secret"));
}

/* An answer that nobody takes any more may still hold tokens. */
static void free_answer(gpointer data)
{
    cJSON *answer = data;
    cJSON *item;

    cJSON_ArrayForEach(item, answer)
    {
        if (cJSON_IsString(item))
            explicit_bzero(item->valuestring, strlen(item->valuestring));
    }
    cJSON_Delete(answer);
}

static void on_form_answered(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GTask) task = user_data;
    const RmsOauthForm *form = g_task_get_task_data(task);
    g_autoptr(RmsHttpResponse) response = NULL;
    g_autoptr(cJSON) answer = NULL;
    GError *error = NULL;

    response = rms_http_client_send_finish(RMS_HTTP_CLIENT(source), result, &error);
    if (response == NULL || !rms_http_response_check(response, "application/json", &error) ||
        (answer = rms_http_response_parse_json(response, &error)) == NULL) {
        g_task_return_error(task, error);
        return;
    }
    for (guint i = 0; i < form->fields->len; i++) {
        const FormField *field = form->fields->pdata[i];

        if (!field->secret)
            continue;
        withhold(answer, "error", rms_secret_get(field->value));
        withhold(answer, "error_description", rms_secret_get(field->value));
    }
    /* RFC 6749 §5.2: a refusal is 400 or 401 and says `error`; nothing else is an answer. */
    if (!cJSON_IsObject(answer) ||
        (response->status != 200) != (rms_oauth_get_refusal(answer) != NULL)) {
        g_task_return_new_error(task,
                                RMS_SERVICE_ERROR,
                                response->status >= 500 ? RMS_SERVICE_ERROR_THROTTLED
                                                        : RMS_SERVICE_ERROR_PROTOCOL,
                                "%s answered with HTTP status %u and no OAuth answer",
                                response->host,
                                response->status);
        free_answer(g_steal_pointer(&answer));
        return;
    }
    g_task_return_pointer(task, g_steal_pointer(&answer), free_answer);
}

void rms_oauth_post_async(RmsHttpClient *client,
                          const char *url,
                          RmsOauthForm *form,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
    g_autoptr(RmsHttpRequest) request = NULL;
    g_autoptr(RmsSecret) body = NULL;
    GTask *task;

    g_return_if_fail(RMS_IS_HTTP_CLIENT(client) && url != NULL && form != NULL);

    task = g_task_new(client, cancellable, callback, user_data);
    g_task_set_source_tag(task, rms_oauth_post_async);
    g_task_set_task_data(task, form, (GDestroyNotify) rms_oauth_form_free);
    body = rms_oauth_form_encode(form);
    request = rms_http_request_new("POST", url);
    rms_http_request_add_header(request, "Accept", "application/json");
    rms_http_request_set_body(request, "application/x-www-form-urlencoded", body);
    rms_http_client_send_async(
        client, g_steal_pointer(&request), cancellable, on_form_answered, task);
}

cJSON *rms_oauth_post_finish(GAsyncResult *result, GError **error)
{
    g_return_val_if_fail(g_async_result_is_tagged(result, rms_oauth_post_async), NULL);

    return g_task_propagate_pointer(G_TASK(result), error);
}

/* Tokens */

RmsSecret *rms_oauth_take_secret(cJSON *answer, const char *member)
{
    cJSON *item = cJSON_GetObjectItemCaseSensitive(answer, member);
    RmsSecret *secret = NULL;
    gsize length;

    if (!cJSON_IsString(item))
        return NULL;
    length = strlen(item->valuestring);
    if (length > 0 && length <= RMS_SERVICE_MAX_TOKEN_BYTES &&
        strspn(item->valuestring,
               "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
               "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~") == length)
        secret = rms_secret_new(item->valuestring, (gssize) length);
    explicit_bzero(item->valuestring, length);
    return secret;
}

RmsOauthTokens *rms_oauth_tokens_take(cJSON *answer, GError **error)
{
    g_autoptr(RmsOauthTokens) tokens = NULL;
    const char *type;
    gint64 expires_in = 0;

    g_return_val_if_fail(answer != NULL, NULL);

    if (rms_oauth_get_refusal(answer) != NULL) {
        g_propagate_error(error, rms_oauth_refuse(answer));
        return NULL;
    }
    tokens = g_new0(RmsOauthTokens, 1);
    tokens->access_token = rms_oauth_take_secret(answer, "access_token");
    tokens->refresh_token = rms_oauth_take_secret(answer, "refresh_token");
    tokens->id_token = rms_oauth_take_secret(answer, "id_token");
    type = rms_json_peek_string(answer, "token_type");
    if (tokens->access_token == NULL || type == NULL || g_ascii_strcasecmp(type, "Bearer") != 0 ||
        !rms_json_get_int(answer, "expires_in", 1, G_MAXINT32, &expires_in, NULL)) {
        g_set_error(error,
                    RMS_SERVICE_ERROR,
                    RMS_SERVICE_ERROR_PROTOCOL,
                    "The sign-in service answered without a usable access token");
        return NULL;
    }
    tokens->expires_in = (guint) expires_in;
    return g_steal_pointer(&tokens);
}

void rms_oauth_tokens_free(RmsOauthTokens *tokens)
{
    if (tokens == NULL)
        return;
    rms_secret_unref(tokens->access_token);
    rms_secret_unref(tokens->refresh_token);
    rms_secret_unref(tokens->id_token);
    g_free(tokens);
}
