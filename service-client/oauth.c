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
#include "service-client/service-error-private.h"

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
        error = g_error_new(RMS_SERVICE_ERROR,
                            response->status >= 500 ? RMS_SERVICE_ERROR_THROTTLED
                                                    : RMS_SERVICE_ERROR_PROTOCOL,
                            "%s answered with HTTP status %u and no OAuth answer",
                            response->host,
                            response->status);
        rms_service_error_set_retry_after(error, response->retry_after);
        g_task_return_error(task, error);
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
