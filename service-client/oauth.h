/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * OAuth 2 as Entra ID speaks it (protocol.md §4): endpoints, forms, answers, and what its errors
 * mean for the person in front of the console. Private to the room; knows no flow.
 */
#pragma once

#include "service-client/cloud-environment.h"
#include "service-client/http-client.h"

G_BEGIN_DECLS

/** rms_oauth_endpoint: `{authority}/{tenant}/oauth2/v2.0/{name}`. Returns: (transfer full) */
char *rms_oauth_endpoint(const RmsCloudEnvironment *environment, const char *name);
/** rms_oauth_scope: `{resource}/.default`; the resource keeps a slash of its own, so it may be
 * doubled (protocol.md §4.2). @user: also ask who signed in and for a refresh token. Returns:
 * (transfer full) */
char *rms_oauth_scope(const RmsCloudEnvironment *environment, gboolean user);

/** RmsOauthForm: `application/x-www-form-urlencoded`, wiped in the end. */
typedef struct _RmsOauthForm RmsOauthForm;
RmsOauthForm *rms_oauth_form_new(void);
void rms_oauth_form_free(RmsOauthForm *form);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RmsOauthForm, rms_oauth_form_free)
void rms_oauth_form_add(RmsOauthForm *form, const char *name, const char *value);
/** rms_oauth_form_add_secret: As above; a provider's text that repeats @value is not shown. */
void rms_oauth_form_add_secret(RmsOauthForm *form, const char *name, RmsSecret *value);
/** rms_oauth_form_encode: Returns: (transfer full): the form as it goes out. */
RmsSecret *rms_oauth_form_encode(const RmsOauthForm *form);

/** rms_oauth_post_async: @form: (transfer full) */
void rms_oauth_post_async(RmsHttpClient *client,
                          const char *url,
                          RmsOauthForm *form,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data);
/** rms_oauth_post_finish: Returns: (transfer full): the answer, which may be a refusal
 * (rms_oauth_get_refusal()), or %NULL with an RmsServiceError or %G_IO_ERROR_CANCELLED. */
cJSON *rms_oauth_post_finish(GAsyncResult *result, GError **error);
/** rms_oauth_get_refusal: Returns: (transfer none) (nullable): the `error` of RFC 6749 §5.2, %NULL
 * in an answer that is none. */
const char *rms_oauth_get_refusal(const cJSON *answer);
/** rms_oauth_refuse: Puts @answer, a refusal, into words: our sentence, what to do, and the
 * provider's text. Returns: (transfer full) */
GError *rms_oauth_refuse(const cJSON *answer);
/** rms_oauth_refuse_code: The same from its parts, as the browser flow gets them. @code: `error`.
 * @description: (nullable): `error_description`. @number: of AADSTS, 0: look for it in
 * @description. Returns: (transfer full) */
GError *rms_oauth_refuse_code(const char *code, const char *description, gint64 number);

/**
 * RmsOauthTokens:
 * @access_token: never %NULL
 * @refresh_token: (nullable)
 * @id_token: (nullable)
 * @expires_in: seconds from the answer on
 */
typedef struct {
    RmsSecret *access_token;
    RmsSecret *refresh_token;
    RmsSecret *id_token;
    guint expires_in;
} RmsOauthTokens;
/** rms_oauth_tokens_take: Moves the tokens out of @answer, wiping them there. Returns: (transfer
 * full): or %NULL with the refusal or %RMS_SERVICE_ERROR_PROTOCOL. */
RmsOauthTokens *rms_oauth_tokens_take(cJSON *answer, GError **error);
void rms_oauth_tokens_free(RmsOauthTokens *tokens);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RmsOauthTokens, rms_oauth_tokens_free)
/** rms_oauth_take_secret: Moves one text out of @answer. Returns: (transfer full) (nullable): %NULL
 * if it is missing, empty, too long or not printable ASCII (RFC 6749 appendix A). */
RmsSecret *rms_oauth_take_secret(cJSON *answer, const char *member);

G_END_DECLS
