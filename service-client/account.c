/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A signed-in account: who it is, and its tokens, refreshed when they are asked for and near their
 * end. How it came to be signed in is the business of sign-in-*.c.
 *
 * However many ask at once, one refresh is under way: a refresh token may be good for one use only.
 */
#include "config.h"

#include "service-client/account-private.h"

#include <string.h>
#include <time.h>

#include "service-client/account-keeper.h"
#include "service-client/claims-challenge.h"
#include "service-client/jwt-claims.h"
#include "service-client/service-limits.h"
#include "service-client/pkce.h"
#include "service-client/provider-text.h"
#include "service-client/service-error-private.h"

struct _RmsAccount {
    GObject parent_instance;

    RmsCloudEnvironment *environment;
    RmsHttpClient *client;
    char *user_name;
    char *tenant_id;
    char *object_id;
    cJSON *claims;
    RmsSecret *access_token;
    RmsSecret *refresh_token;
    char *challenge;   /* claims that the service wants; NULL: none */
    gint64 good_until; /* seconds of CLOCK_BOOTTIME */
    gboolean signed_out;
    GQueue waiting;           /* GTask *, each with a Waiter */
    GCancellable *refreshing; /* NULL: no refresh under way */
    RmsAccountKeeper *keeper; /* NULL: lives in memory only */
    GQueue keeping;           /* GTask * of rms_account_keep_async() */
    gboolean kept;
};

G_DEFINE_FINAL_TYPE(RmsAccount, rms_account, G_TYPE_OBJECT)

enum { PROP_0, PROP_USER_NAME, PROP_TENANT_ID, PROP_SIGNED_OUT, PROP_KEPT, N_PROPERTIES };
static GParamSpec *properties[N_PROPERTIES];

/* One caller of rms_account_get_token_async(). */
typedef struct {
    GSource *cancelled;
} Waiter;

static void rms_account_finalize(GObject *object)
{
    RmsAccount *account = RMS_ACCOUNT(object);

    if (account->keeper != NULL)
        rms_account_keeper_disconnect(account->keeper);
    g_clear_pointer(&account->keeper, rms_account_keeper_unref);
    rms_cloud_environment_free(account->environment);
    g_clear_object(&account->client);
    g_clear_object(&account->refreshing);
    g_free(account->user_name);
    g_free(account->tenant_id);
    g_free(account->object_id);
    g_free(account->challenge);
    cJSON_Delete(account->claims);
    rms_secret_unref(account->access_token);
    rms_secret_unref(account->refresh_token);

    G_OBJECT_CLASS(rms_account_parent_class)->finalize(object);
}

static void
rms_account_get_property(GObject *object, guint id, GValue *value, GParamSpec *specification)
{
    RmsAccount *account = RMS_ACCOUNT(object);

    switch (id) {
    case PROP_USER_NAME:
        g_value_set_string(value, account->user_name);
        break;
    case PROP_TENANT_ID:
        g_value_set_string(value, account->tenant_id);
        break;
    case PROP_SIGNED_OUT:
        g_value_set_boolean(value, account->signed_out);
        break;
    case PROP_KEPT:
        g_value_set_boolean(value, account->kept);
        break;
    default:
        G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, specification);
    }
}

static void rms_account_class_init(RmsAccountClass *klass)
{
    GObjectClass *object_class = G_OBJECT_CLASS(klass);

    object_class->finalize = rms_account_finalize;
    object_class->get_property = rms_account_get_property;
    properties[PROP_USER_NAME] = g_param_spec_string(
        "user-name", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
    properties[PROP_TENANT_ID] = g_param_spec_string(
        "tenant-id", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
    properties[PROP_SIGNED_OUT] = g_param_spec_boolean(
        "signed-out", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
    properties[PROP_KEPT] =
        g_param_spec_boolean("kept", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
    g_object_class_install_properties(object_class, N_PROPERTIES, properties);
}

static void rms_account_init(RmsAccount *account)
{
    g_queue_init(&account->waiting);
    g_queue_init(&account->keeping);
}

/* Goes on while the computer sleeps, and does not jump when somebody sets the clock. */
static gint64 now(void)
{
    struct timespec time = {0};

    clock_gettime(CLOCK_BOOTTIME, &time);
    return time.tv_sec;
}

static void keep_tokens(RmsAccount *account, const RmsOauthTokens *tokens)
{
    rms_secret_unref(account->access_token);
    account->access_token = rms_secret_ref(tokens->access_token);
    account->good_until = now() + tokens->expires_in;
    if (tokens->refresh_token != NULL) {
        rms_secret_unref(account->refresh_token);
        account->refresh_token = rms_secret_ref(tokens->refresh_token);
        if (account->keeper != NULL)
            rms_account_keeper_save(account->keeper, account->refresh_token);
    }
    cJSON_Delete(account->claims);
    account->claims = rms_jwt_claims_decode(tokens->access_token);
}

/* The id token is meant for us; the access token serves where an authority does not put the claim
 * into the other (protocol.md §4.5). */
static char *dup_claim(const cJSON *id_claims, const cJSON *access_claims, const char *name)
{
    const char *value = rms_provider_text_peek(id_claims, name);

    return g_strdup(value != NULL ? value : rms_provider_text_peek(access_claims, name));
}

RmsAccount *rms_account_new(const RmsCloudEnvironment *environment,
                            RmsHttpClient *client,
                            const RmsOauthTokens *tokens,
                            GError **error)
{
    static const char *const user_claims[] = {"upn", "preferred_username", "unique_name"};
    g_autoptr(RmsAccount) account = g_object_new(RMS_TYPE_ACCOUNT, NULL);
    g_autoptr(cJSON) id_claims = NULL;

    if (tokens->id_token != NULL)
        id_claims = rms_jwt_claims_decode(tokens->id_token);
    keep_tokens(account, tokens);
    account->environment = rms_cloud_environment_copy(environment);
    account->client = g_object_ref(client);
    for (gsize i = 0; i < G_N_ELEMENTS(user_claims) && account->user_name == NULL; i++)
        account->user_name = dup_claim(id_claims, account->claims, user_claims[i]);
    account->tenant_id = dup_claim(id_claims, account->claims, "tid");
    account->object_id = dup_claim(id_claims, account->claims, "oid");
    if (account->user_name == NULL || account->tenant_id == NULL || account->object_id == NULL) {
        g_set_error(error,
                    RMS_SERVICE_ERROR,
                    RMS_SERVICE_ERROR_PROTOCOL,
                    "The sign-in service did not say which account signed in");
        return NULL;
    }
    return g_steal_pointer(&account);
}

const char *rms_account_get_user_name(RmsAccount *account)
{
    g_return_val_if_fail(RMS_IS_ACCOUNT(account), NULL);

    return account->user_name;
}

const char *rms_account_get_tenant_id(RmsAccount *account)
{
    g_return_val_if_fail(RMS_IS_ACCOUNT(account), NULL);

    return account->tenant_id;
}

const char *rms_account_get_object_id(RmsAccount *account)
{
    g_return_val_if_fail(RMS_IS_ACCOUNT(account), NULL);

    return account->object_id;
}

const RmsCloudEnvironment *rms_account_get_environment(RmsAccount *account)
{
    g_return_val_if_fail(RMS_IS_ACCOUNT(account), NULL);

    return account->environment;
}

RmsHttpClient *rms_account_get_client(RmsAccount *account)
{
    return account->client;
}

const cJSON *rms_account_peek_claims(RmsAccount *account)
{
    return account->claims;
}

void rms_account_reject_token(RmsAccount *account, RmsSecret *token)
{
    /* Another caller may have had it refreshed already. */
    if (account->access_token != NULL &&
        rms_pkce_equal(account->access_token, rms_secret_get(token)))
        account->good_until = 0;
}

void rms_account_challenge(RmsAccount *account, const char *claims)
{
    g_free(account->challenge);
    account->challenge = g_strdup(claims);
    account->good_until = 0;
}

const char *rms_account_peek_challenge(RmsAccount *account)
{
    return account->challenge;
}

/* Tokens for those who wait */

static void free_waiter(gpointer data)
{
    Waiter *waiter = data;

    if (waiter->cancelled != NULL) {
        g_source_destroy(waiter->cancelled);
        g_source_unref(waiter->cancelled);
    }
    g_free(waiter);
}

static GTask *leave_queue(RmsAccount *account, GTask *task)
{
    Waiter *waiter = g_task_get_task_data(task);

    g_queue_remove(&account->waiting, task);
    if (waiter->cancelled != NULL)
        g_source_destroy(waiter->cancelled);
    return task;
}

static gboolean on_waiter_cancelled(GCancellable *cancellable, gpointer user_data)
{
    g_autoptr(GTask) task = leave_queue(g_task_get_source_object(user_data), user_data);

    g_task_return_error_if_cancelled(task);
    return G_SOURCE_REMOVE;
}

/* Callbacks may ask again or sign out, so the queue is emptied first. @error: (nullable) */
static void answer_waiting(RmsAccount *account, const GError *error)
{
    g_autoptr(RmsAccount) alive = g_object_ref(account);
    g_autoptr(RmsSecret) token = NULL;
    g_autoptr(GPtrArray) tasks = g_ptr_array_new_with_free_func(g_object_unref);

    if (error == NULL)
        token = rms_secret_ref(account->access_token);
    while (!g_queue_is_empty(&account->waiting))
        g_ptr_array_add(tasks, leave_queue(account, g_queue_peek_head(&account->waiting)));
    for (guint i = 0; i < tasks->len; i++) {
        if (error != NULL)
            g_task_return_error(tasks->pdata[i], g_error_copy(error));
        else
            g_task_return_pointer(
                tasks->pdata[i], rms_secret_ref(token), (GDestroyNotify) rms_secret_unref);
    }
}

/* A refusal may name claims of its own, which replace those that we asked with. */
static RmsOauthTokens *take_refreshed(RmsAccount *account, cJSON *answer, GError **error)
{
    const char *claims = rms_json_peek_string(answer, "claims");
    GError *refusal = NULL;
    RmsOauthTokens *tokens;

    if (rms_oauth_get_refusal(answer) != NULL && rms_claims_challenge_check(claims))
        rms_account_challenge(account, claims);
    tokens = rms_oauth_tokens_take(answer, &refusal);
    if (tokens != NULL)
        g_clear_pointer(&account->challenge, g_free);
    else if (account->challenge != NULL &&
             g_error_matches(refusal, RMS_SERVICE_ERROR, RMS_SERVICE_ERROR_SIGN_IN))
        rms_service_error_set_problem(refusal, RMS_SERVICE_PROBLEM_CLAIMS_CHALLENGE);
    if (refusal != NULL)
        g_propagate_error(error, refusal);
    return tokens;
}

static void on_refreshed(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(RmsAccount) account = user_data;
    g_autoptr(GError) error = NULL;
    g_autoptr(RmsOauthTokens) tokens = NULL;
    g_autoptr(cJSON) answer = rms_oauth_post_finish(result, &error);

    if (answer != NULL)
        tokens = take_refreshed(account, answer, &error);
    if (account->signed_out) /* those who waited have been told already */
        return;
    g_clear_object(&account->refreshing);
    if (tokens != NULL)
        keep_tokens(account, tokens);
    answer_waiting(account, error);
}

void rms_account_post_refresh(const RmsCloudEnvironment *environment,
                              RmsHttpClient *client,
                              RmsSecret *refresh_token,
                              const char *claims,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
    g_autofree char *endpoint = rms_oauth_endpoint(environment, "token");
    g_autofree char *scope = rms_oauth_scope(environment, TRUE);
    RmsOauthForm *form = rms_oauth_form_new();

    rms_oauth_form_add(form, "grant_type", "refresh_token");
    rms_oauth_form_add(form, "client_id", environment->client_id);
    rms_oauth_form_add(form, "scope", scope);
    if (claims != NULL)
        rms_oauth_form_add(form, "claims", claims);
    rms_oauth_form_add_secret(form, "refresh_token", refresh_token);
    rms_oauth_post_async(client, endpoint, form, cancellable, callback, user_data);
}

static void refresh(RmsAccount *account)
{
    account->refreshing = g_cancellable_new();
    rms_account_post_refresh(account->environment,
                             account->client,
                             account->refresh_token,
                             account->challenge,
                             account->refreshing,
                             on_refreshed,
                             g_object_ref(account));
}

void rms_account_get_token_async(RmsAccount *account,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
    g_autoptr(GTask) task = NULL;
    Waiter *waiter;

    g_return_if_fail(RMS_IS_ACCOUNT(account));

    task = g_task_new(account, cancellable, callback, user_data);
    g_task_set_source_tag(task, rms_account_get_token_async);
    if (g_task_return_error_if_cancelled(task))
        return;
    if (account->signed_out) {
        g_task_return_new_error(task,
                                RMS_SERVICE_ERROR,
                                RMS_SERVICE_ERROR_SIGN_IN,
                                "This account has been signed out. Sign in again.");
        return;
    }
    if (account->good_until - now() >= RMS_SERVICE_MIN_TOKEN_SECONDS) {
        g_task_return_pointer(
            task, rms_secret_ref(account->access_token), (GDestroyNotify) rms_secret_unref);
        return;
    }
    if (account->refresh_token == NULL) {
        GError *error = g_error_new(RMS_SERVICE_ERROR,
                                    RMS_SERVICE_ERROR_SIGN_IN,
                                    "The sign-in has expired. Sign in again.");

        rms_service_error_set_problem(error,
                                      account->challenge != NULL
                                          ? RMS_SERVICE_PROBLEM_CLAIMS_CHALLENGE
                                          : RMS_SERVICE_PROBLEM_EXPIRED);
        g_task_return_error(task, error);
        return;
    }
    waiter = g_new0(Waiter, 1);
    if (cancellable != NULL) {
        waiter->cancelled = g_cancellable_source_new(cancellable);
        g_source_set_callback(waiter->cancelled, G_SOURCE_FUNC(on_waiter_cancelled), task, NULL);
        g_source_attach(waiter->cancelled, g_task_get_context(task));
    }
    g_task_set_task_data(task, waiter, free_waiter);
    g_queue_push_tail(&account->waiting, g_steal_pointer(&task));
    if (account->refreshing == NULL)
        refresh(account);
}

RmsSecret *rms_account_get_token_finish(RmsAccount *account, GAsyncResult *result, GError **error)
{
    g_return_val_if_fail(g_task_is_valid(result, account), NULL);

    return g_task_propagate_pointer(G_TASK(result), error);
}

/* Keeping */

static void set_kept(RmsAccount *account, gboolean kept)
{
    if (account->kept == kept)
        return;
    account->kept = kept;
    g_object_notify_by_pspec(G_OBJECT(account), properties[PROP_KEPT]);
}

static void on_keeper_done(gboolean kept, const GError *error, gpointer user_data)
{
    g_autoptr(RmsAccount) account = g_object_ref(user_data);

    set_kept(account, kept);
    while (!g_queue_is_empty(&account->keeping)) {
        g_autoptr(GTask) task = g_queue_pop_head(&account->keeping);

        if (error != NULL)
            g_task_return_error(task, g_error_copy(error));
        else
            g_task_return_boolean(task, kept);
    }
}

static void make_keeper(RmsAccount *account)
{
    RmsKeptAccount *kept;

    if (account->keeper != NULL)
        return;
    kept = g_new0(RmsKeptAccount, 1);
    kept->authority = g_strdup(account->environment->authority);
    kept->client_id = g_strdup(account->environment->client_id);
    kept->tenant_id = g_strdup(account->tenant_id);
    kept->object_id = g_strdup(account->object_id);
    kept->user_name = g_strdup(account->user_name);
    account->keeper = rms_account_keeper_new(kept, on_keeper_done, account);
}

void rms_account_keep_on(RmsAccount *account)
{
    make_keeper(account);
    account->kept = TRUE;
    rms_account_keeper_save(account->keeper, account->refresh_token);
}

void rms_account_keep_async(RmsAccount *account,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
    g_autoptr(GTask) task = NULL;

    g_return_if_fail(RMS_IS_ACCOUNT(account));

    task = g_task_new(account, cancellable, callback, user_data);
    g_task_set_source_tag(task, rms_account_keep_async);
    if (account->refresh_token == NULL) {
        g_task_return_new_error(task,
                                RMS_SERVICE_ERROR,
                                RMS_SERVICE_ERROR_STORE,
                                "There is no sign-in to keep: the account is signed out, or the "
                                "sign-in service gave no refresh token");
        return;
    }
    g_queue_push_tail(&account->keeping, g_steal_pointer(&task));
    make_keeper(account);
    rms_account_keeper_save(account->keeper, account->refresh_token);
}

gboolean rms_account_keep_finish(RmsAccount *account, GAsyncResult *result, GError **error)
{
    g_return_val_if_fail(g_task_is_valid(result, account), FALSE);

    return g_task_propagate_boolean(G_TASK(result), error);
}

void rms_account_sign_out(RmsAccount *account)
{
    g_autoptr(RmsAccount) alive = NULL;
    g_autoptr(GError) error = NULL;

    g_return_if_fail(RMS_IS_ACCOUNT(account));

    if (account->signed_out)
        return;
    alive = g_object_ref(account);
    account->signed_out = TRUE;
    if (account->keeper != NULL)
        rms_account_keeper_clear(account->keeper);
    g_clear_pointer(&account->access_token, rms_secret_unref);
    g_clear_pointer(&account->refresh_token, rms_secret_unref);
    g_clear_pointer(&account->claims, cJSON_Delete);
    g_clear_pointer(&account->challenge, g_free);
    if (account->refreshing != NULL)
        g_cancellable_cancel(account->refreshing);
    g_clear_object(&account->refreshing);
    error = g_error_new(
        RMS_SERVICE_ERROR, RMS_SERVICE_ERROR_SIGN_IN, "This account has been signed out");
    answer_waiting(account, error);
    g_object_notify_by_pspec(G_OBJECT(account), properties[PROP_SIGNED_OUT]);
}

/* The end of every sign-in */

/* OpenID Connect Core §3.1.3.7: over TLS to the authority itself the signature needs no check of
 * ours; that the token is for us and for this sign-in does. */
static gboolean check_id_token(const RmsOauthTokens *tokens,
                               const RmsCloudEnvironment *environment,
                               const RmsSecret *nonce,
                               GError **error)
{
    g_autoptr(cJSON) claims = NULL;

    if (tokens->id_token != NULL)
        claims = rms_jwt_claims_decode(tokens->id_token);
    if (g_strcmp0(rms_provider_text_peek(claims, "aud"), environment->client_id) == 0 &&
        (nonce == NULL || rms_pkce_equal(nonce, rms_provider_text_peek(claims, "nonce"))))
        return TRUE;
    g_set_error(error,
                RMS_SERVICE_ERROR,
                RMS_SERVICE_ERROR_PROTOCOL,
                "The sign-in service answered with a token that does not belong to this sign-in");
    return FALSE;
}

/* Whoever signs in again has to be the same person: what was decided for one must not go out under
 * the name of another. */
static gboolean take_over(RmsAccount *account, RmsAccount *again, GError **error)
{
    if (account->signed_out) {
        g_set_error(error,
                    RMS_SERVICE_ERROR,
                    RMS_SERVICE_ERROR_SIGN_IN,
                    "This account has been signed out meanwhile. Sign in again.");
        return FALSE;
    }
    if (g_ascii_strcasecmp(account->tenant_id, again->tenant_id) != 0 ||
        g_ascii_strcasecmp(account->object_id, again->object_id) != 0) {
        g_set_error(error,
                    RMS_SERVICE_ERROR,
                    RMS_SERVICE_ERROR_ACCOUNT,
                    "Not %s but %s signed in. Sign in as the same account, or sign out first.",
                    account->user_name,
                    again->user_name);
        return FALSE;
    }
    rms_secret_unref(account->access_token);
    account->access_token = g_steal_pointer(&again->access_token);
    account->good_until = again->good_until;
    rms_secret_unref(account->refresh_token);
    account->refresh_token = g_steal_pointer(&again->refresh_token);
    if (account->keeper != NULL && account->refresh_token != NULL)
        rms_account_keeper_save(account->keeper, account->refresh_token);
    cJSON_Delete(account->claims);
    account->claims = g_steal_pointer(&again->claims);
    g_clear_pointer(&account->challenge, g_free);
    return TRUE;
}

void rms_sign_in_complete(GTask *task,
                          const RmsCloudEnvironment *environment,
                          RmsHttpClient *client,
                          RmsAccount *account_again,
                          cJSON *answer,
                          const RmsSecret *nonce)
{
    g_autoptr(RmsOauthTokens) tokens = NULL;
    g_autoptr(RmsAccount) made = NULL;
    RmsAccount *account = NULL;
    GError *error = NULL;

    tokens = rms_oauth_tokens_take(answer, &error);
    if (tokens != NULL && check_id_token(tokens, environment, nonce, &error))
        made = rms_account_new(environment, client, tokens, &error);
    if (made != NULL && account_again == NULL)
        account = g_steal_pointer(&made);
    else if (made != NULL && take_over(account_again, made, &error))
        account = g_object_ref(account_again);
    if (account != NULL)
        g_task_return_pointer(task, account, g_object_unref);
    else
        g_task_return_error(task, error);
}

RmsAccount *rms_sign_in_finish(GAsyncResult *result, GError **error)
{
    g_return_val_if_fail(g_async_result_is_tagged(result, rms_sign_in_device_async) ||
                             g_async_result_is_tagged(result, rms_sign_in_browser_async) ||
                             g_async_result_is_tagged(result, rms_sign_in_again_async),
                         NULL);

    return g_task_propagate_pointer(G_TASK(result), error);
}
