/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Listing, restoring and forgetting what the keyring has.
 */
#include "config.h"

#include "service-client/kept-account.h"

#include "service-client/account-private.h"
#include "service-client/service-connection.h"
#include "service-client/service-error-private.h"
#include "service-client/token-store.h"

typedef struct {
    RmsCloudEnvironment *environment;
    RmsHttpClient *client;
    RmsKeptAccount *kept;
    RmsSecret *token;
} Restoring;

void rms_kept_account_free(RmsKeptAccount *kept)
{
    if (kept == NULL)
        return;
    g_free(kept->authority);
    g_free(kept->client_id);
    g_free(kept->tenant_id);
    g_free(kept->object_id);
    g_free(kept->user_name);
    g_free(kept);
}

static RmsKeptAccount *copy_kept(const RmsKeptAccount *kept)
{
    RmsKeptAccount *copy = g_new0(RmsKeptAccount, 1);

    copy->authority = g_strdup(kept->authority);
    copy->client_id = g_strdup(kept->client_id);
    copy->tenant_id = g_strdup(kept->tenant_id);
    copy->object_id = g_strdup(kept->object_id);
    copy->user_name = g_strdup(kept->user_name);
    return copy;
}

static void free_restoring(gpointer data)
{
    Restoring *restoring = data;

    rms_cloud_environment_free(restoring->environment);
    g_clear_object(&restoring->client);
    rms_kept_account_free(restoring->kept);
    rms_secret_unref(restoring->token);
    g_free(restoring);
}

static gboolean is_same(const RmsKeptAccount *kept, RmsAccount *account, GError **error)
{
    if (g_ascii_strcasecmp(kept->tenant_id, rms_account_get_tenant_id(account)) == 0 &&
        g_ascii_strcasecmp(kept->object_id, rms_account_get_object_id(account)) == 0)
        return TRUE;
    g_set_error(error,
                RMS_SERVICE_ERROR,
                RMS_SERVICE_ERROR_PROTOCOL,
                "The sign-in service answered for another account than %s",
                kept->user_name);
    return FALSE;
}

static void on_refreshed(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GTask) task = user_data;
    Restoring *restoring = g_task_get_task_data(task);
    g_autoptr(RmsOauthTokens) tokens = NULL;
    g_autoptr(RmsAccount) account = NULL;
    GError *error = NULL;
    g_autoptr(cJSON) answer = rms_oauth_post_finish(result, &error);

    if (answer != NULL)
        tokens = rms_oauth_tokens_take(answer, &error);
    if (tokens != NULL && tokens->refresh_token == NULL)
        tokens->refresh_token = rms_secret_ref(restoring->token);
    if (tokens != NULL)
        account = rms_account_new(restoring->environment, restoring->client, tokens, &error);
    if (account == NULL || !is_same(restoring->kept, account, &error)) {
        g_task_return_error(task, error);
        return;
    }
    rms_account_keep_on(account);
    g_task_return_pointer(task, g_steal_pointer(&account), g_object_unref);
}

static void on_loaded(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GTask) task = user_data;
    Restoring *restoring = g_task_get_task_data(task);
    GError *error = NULL;

    restoring->token = rms_token_store_load_finish(result, &error);
    if (restoring->token == NULL) {
        g_task_return_error(task, error);
        return;
    }
    rms_account_post_refresh(restoring->environment,
                             restoring->client,
                             restoring->token,
                             NULL,
                             g_task_get_cancellable(task),
                             on_refreshed,
                             g_object_ref(task));
}

void rms_kept_account_restore_async(const RmsCloudEnvironment *environment,
                                    const RmsKeptAccount *kept,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data)
{
    g_autoptr(GTask) task = NULL;
    GError *error = NULL;
    Restoring *restoring;

    g_return_if_fail(environment != NULL && kept != NULL);

    task = g_task_new(NULL, cancellable, callback, user_data);
    g_task_set_source_tag(task, rms_kept_account_restore_async);
    restoring = g_new0(Restoring, 1);
    restoring->environment = rms_cloud_environment_copy(environment);
    restoring->kept = copy_kept(kept);
    g_task_set_task_data(task, restoring, free_restoring);
    if (rms_cloud_environment_validate(environment, &error))
        restoring->client = rms_service_connection_new(environment, &error);
    if (restoring->client == NULL)
        g_task_return_error(task, error);
    else
        rms_token_store_load_async(kept, cancellable, on_loaded, g_object_ref(task));
}

RmsAccount *rms_kept_account_restore_finish(GAsyncResult *result, GError **error)
{
    g_return_val_if_fail(g_async_result_is_tagged(result, rms_kept_account_restore_async), NULL);

    return g_task_propagate_pointer(G_TASK(result), error);
}

void rms_kept_accounts_list_async(const RmsCloudEnvironment *environment,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
    g_return_if_fail(environment != NULL);
    g_return_if_fail(environment->authority != NULL && environment->client_id != NULL);

    rms_token_store_list_async(
        environment->authority, environment->client_id, cancellable, callback, user_data);
}

GPtrArray *rms_kept_accounts_list_finish(GAsyncResult *result, GError **error)
{
    return rms_token_store_list_finish(result, error);
}

void rms_kept_account_forget_async(const RmsKeptAccount *kept,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data)
{
    g_return_if_fail(kept != NULL);

    rms_token_store_clear_async(kept, cancellable, callback, user_data);
}

gboolean rms_kept_account_forget_finish(GAsyncResult *result, GError **error)
{
    return rms_token_store_clear_finish(result, error);
}
