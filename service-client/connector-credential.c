/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Client credentials, kept fresh.
 *
 *     start ──> sign, ask ──> token ──(80 % of its life)──> sign, ask ──> …
 *                   ▲             │ refused, unreachable
 *                   └── 5 s … 5 min, with jitter; the token in hand is kept until its end
 */
#include "config.h"

#include "service-client/connector-credential-private.h"

#include <string.h>

#include "service-client/client-assertion.h"
#include "service-client/http-client.h"
#include "service-client/oauth.h"
#include "service-client/service-connection.h"
#include "service-client/service-limits.h"

struct _RmsConnectorCredential {
    GObject parent_instance;

    RmsCloudEnvironment *environment;
    char *key_file;
    char *sealing_key_file; /* NULL: the key is in the clear */
    char *certificate_file;
    gint64 certificate_expires_at;
    RmsHttpClient *client;
    GMainContext *context;
    GCancellable *cancellable;
    GSource *timer;
    RmsSecret *token;
    gint64 expires_at; /* seconds since 1970 UTC */
    guint failures;
    gboolean started;
};

G_DEFINE_FINAL_TYPE(RmsConnectorCredential, rms_connector_credential, G_TYPE_OBJECT)

enum { SIGNAL_TOKEN_CHANGED, SIGNAL_FAILED, N_SIGNALS };
static guint signals[N_SIGNALS];

static void renew(RmsConnectorCredential *credential);

static void rms_connector_credential_dispose(GObject *object)
{
    RmsConnectorCredential *credential = RMS_CONNECTOR_CREDENTIAL(object);

    g_cancellable_cancel(credential->cancellable);
    if (credential->timer != NULL)
        g_source_destroy(credential->timer);
    g_clear_pointer(&credential->timer, g_source_unref);
    g_clear_object(&credential->client);

    G_OBJECT_CLASS(rms_connector_credential_parent_class)->dispose(object);
}

static void rms_connector_credential_finalize(GObject *object)
{
    RmsConnectorCredential *credential = RMS_CONNECTOR_CREDENTIAL(object);

    rms_cloud_environment_free(credential->environment);
    g_free(credential->key_file);
    g_free(credential->sealing_key_file);
    g_free(credential->certificate_file);
    g_clear_object(&credential->cancellable);
    g_clear_pointer(&credential->context, g_main_context_unref);
    rms_secret_unref(credential->token);

    G_OBJECT_CLASS(rms_connector_credential_parent_class)->finalize(object);
}

static void rms_connector_credential_class_init(RmsConnectorCredentialClass *klass)
{
    GObjectClass *object_class = G_OBJECT_CLASS(klass);

    object_class->dispose = rms_connector_credential_dispose;
    object_class->finalize = rms_connector_credential_finalize;
    signals[SIGNAL_TOKEN_CHANGED] = g_signal_new("token-changed",
                                                 RMS_TYPE_CONNECTOR_CREDENTIAL,
                                                 G_SIGNAL_RUN_LAST,
                                                 0,
                                                 NULL,
                                                 NULL,
                                                 NULL,
                                                 G_TYPE_NONE,
                                                 0);
    signals[SIGNAL_FAILED] = g_signal_new("failed",
                                          RMS_TYPE_CONNECTOR_CREDENTIAL,
                                          G_SIGNAL_RUN_LAST,
                                          0,
                                          NULL,
                                          NULL,
                                          NULL,
                                          G_TYPE_NONE,
                                          1,
                                          G_TYPE_ERROR);
}

static void rms_connector_credential_init(RmsConnectorCredential *credential)
{
    credential->cancellable = g_cancellable_new();
    credential->context = g_main_context_ref_thread_default();
}

/* Returns: (transfer full): made anew for each signature, so that the key stays in memory no longer
 */
static RmsClientAssertion *load_assertion(RmsConnectorCredential *credential, GError **error)
{
    RmsClientAssertion *assertion = rms_client_assertion_new(
        credential->key_file, credential->sealing_key_file, credential->certificate_file, error);

    if (assertion != NULL)
        credential->certificate_expires_at = rms_client_assertion_get_expiry(assertion);
    return assertion;
}

RmsConnectorCredential *rms_connector_credential_new_sealed(const RmsCloudEnvironment *environment,
                                                            const char *key_file,
                                                            const char *sealing_key_file,
                                                            const char *certificate_file,
                                                            GError **error)
{
    g_autoptr(RmsConnectorCredential) credential = NULL;
    g_autoptr(RmsClientAssertion) assertion = NULL;

    g_return_val_if_fail(environment != NULL, NULL);
    g_return_val_if_fail(key_file != NULL && certificate_file != NULL, NULL);

    if (!rms_cloud_environment_validate_connector(environment, error))
        return NULL;
    credential = g_object_new(RMS_TYPE_CONNECTOR_CREDENTIAL, NULL);
    credential->environment = rms_cloud_environment_copy(environment);
    credential->key_file = g_strdup(key_file);
    credential->sealing_key_file = g_strdup(sealing_key_file);
    credential->certificate_file = g_strdup(certificate_file);
    assertion = load_assertion(credential, error);
    if (assertion == NULL)
        return NULL;
    credential->client = rms_service_connection_new(environment, error);
    return credential->client != NULL ? g_steal_pointer(&credential) : NULL;
}

RmsConnectorCredential *rms_connector_credential_new(const RmsCloudEnvironment *environment,
                                                     const char *key_file,
                                                     const char *certificate_file,
                                                     GError **error)
{
    return rms_connector_credential_new_sealed(
        environment, key_file, NULL, certificate_file, error);
}

gint64 rms_connector_credential_get_certificate_expiry(RmsConnectorCredential *credential)
{
    g_return_val_if_fail(RMS_IS_CONNECTOR_CREDENTIAL(credential), 0);

    return credential->certificate_expires_at;
}

guint rms_connector_credential_plan(guint expires_in, guint failures, guint32 random)
{
    guint longest;

    if (failures == 0)
        return CLAMP(expires_in / 5 * 4, 1, RMS_SERVICE_MAX_RENEWAL_SECONDS);
    longest = MIN(5u << MIN(failures - 1, 6), 300);
    return longest - random % (longest / 2);
}

static gboolean on_due(gpointer user_data)
{
    RmsConnectorCredential *credential = user_data;

    g_clear_pointer(&credential->timer, g_source_unref);
    renew(credential);
    return G_SOURCE_REMOVE;
}

/* @retry_after: seconds that the service asked to wait, which may be more than we would */
static void plan_next(RmsConnectorCredential *credential, guint expires_in, guint retry_after)
{
    guint seconds = rms_connector_credential_plan(expires_in, credential->failures, g_random_int());

    seconds = MAX(seconds, MIN(retry_after, RMS_SERVICE_MAX_WAIT_SECONDS));
    credential->timer = g_timeout_source_new_seconds(seconds);
    g_source_set_static_name(credential->timer, "RMS connector credential");
    g_source_set_callback(credential->timer, on_due, credential, NULL);
    g_source_attach(credential->timer, credential->context);
}

static void fail(RmsConnectorCredential *credential, const GError *error)
{
    credential->failures = MIN(credential->failures + 1, 1000);
    plan_next(credential, 0, rms_service_error_get_retry_after(error));
    g_signal_emit(credential, signals[SIGNAL_FAILED], 0, error);
}

static void on_answered(GObject *source, GAsyncResult *result, gpointer user_data)
{
    GWeakRef *reference = user_data;
    g_autoptr(RmsConnectorCredential) credential = g_weak_ref_get(reference);
    g_autoptr(RmsOauthTokens) tokens = NULL;
    g_autoptr(GError) error = NULL;
    g_autoptr(cJSON) answer = rms_oauth_post_finish(result, &error);

    g_weak_ref_clear(reference);
    g_free(reference);
    if (answer != NULL)
        tokens = rms_oauth_tokens_take(answer, &error);
    if (credential == NULL || g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return;
    if (tokens == NULL) {
        fail(credential, error);
        return;
    }
    rms_secret_unref(credential->token);
    credential->token = rms_secret_ref(tokens->access_token);
    credential->expires_at = g_get_real_time() / G_USEC_PER_SEC + tokens->expires_in;
    credential->failures = 0;
    plan_next(credential, tokens->expires_in, 0);
    g_signal_emit(credential, signals[SIGNAL_TOKEN_CHANGED], 0);
}

static void renew(RmsConnectorCredential *credential)
{
    g_autofree char *endpoint = rms_oauth_endpoint(credential->environment, "token");
    g_autofree char *scope = rms_oauth_scope(credential->environment, FALSE);
    g_autoptr(RmsClientAssertion) assertion = NULL;
    g_autoptr(RmsOauthForm) form = NULL;
    g_autoptr(RmsSecret) signed_assertion = NULL;
    g_autoptr(GError) error = NULL;
    GWeakRef *reference;

    assertion = load_assertion(credential, &error);
    if (assertion != NULL)
        signed_assertion = rms_client_assertion_sign(assertion,
                                                     credential->environment->connector_client_id,
                                                     endpoint,
                                                     g_get_real_time() / G_USEC_PER_SEC,
                                                     &error);
    if (signed_assertion == NULL) {
        fail(credential, error);
        return;
    }
    form = rms_oauth_form_new();
    rms_oauth_form_add(form, "grant_type", "client_credentials");
    rms_oauth_form_add(form, "client_id", credential->environment->connector_client_id);
    rms_oauth_form_add(form, "scope", scope);
    rms_oauth_form_add(
        form, "client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
    rms_oauth_form_add_secret(form, "client_assertion", signed_assertion);
    reference = g_new0(GWeakRef, 1);
    g_weak_ref_init(reference, credential);
    rms_oauth_post_async(credential->client,
                         endpoint,
                         g_steal_pointer(&form),
                         credential->cancellable,
                         on_answered,
                         reference);
}

void rms_connector_credential_start(RmsConnectorCredential *credential)
{
    g_return_if_fail(RMS_IS_CONNECTOR_CREDENTIAL(credential));

    if (credential->started)
        return;
    credential->started = TRUE;
    renew(credential);
}

/* A request that is under way signed with the old key and is let go of. */
void rms_connector_credential_renew(RmsConnectorCredential *credential)
{
    g_return_if_fail(RMS_IS_CONNECTOR_CREDENTIAL(credential) && credential->started);

    if (credential->timer != NULL)
        g_source_destroy(credential->timer);
    g_clear_pointer(&credential->timer, g_source_unref);
    g_cancellable_cancel(credential->cancellable);
    g_object_unref(credential->cancellable);
    credential->cancellable = g_cancellable_new();
    renew(credential);
}

RmsSecret *rms_connector_credential_dup_token(RmsConnectorCredential *credential,
                                              gint64 *expires_at)
{
    g_return_val_if_fail(RMS_IS_CONNECTOR_CREDENTIAL(credential), NULL);

    if (credential->token == NULL || credential->expires_at <= g_get_real_time() / G_USEC_PER_SEC)
        return NULL;
    if (expires_at != NULL)
        *expires_at = credential->expires_at;
    return rms_secret_ref(credential->token);
}
