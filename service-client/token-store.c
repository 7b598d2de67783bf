/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Four calls of libsecret. It encrypts what goes over the bus to the keyring's daemon, and loads
 * into memory that is not written to swap.
 */
#include "config.h"

#include "service-client/token-store.h"

#include <libsecret/secret.h>
#include <string.h>

#include "service-client/service-error.h"
#include "service-client/service-limits.h"

static const SecretSchema schema = {
    APPLICATION_ID ".RefreshToken",
    SECRET_SCHEMA_NONE,
    {{"authority", SECRET_SCHEMA_ATTRIBUTE_STRING},
      {"client-id", SECRET_SCHEMA_ATTRIBUTE_STRING},
      {"tenant-id", SECRET_SCHEMA_ATTRIBUTE_STRING},
      {"object-id", SECRET_SCHEMA_ATTRIBUTE_STRING},
      {"user-name", SECRET_SCHEMA_ATTRIBUTE_STRING},
      {NULL, 0}},
};

/* What tells accounts apart; a user name may change. */
static GHashTable *make_key(const RmsKeptAccount *kept)
{
    return secret_attributes_build(&schema,
                                   "authority",
                                   kept->authority,
                                   "client-id",
                                   kept->client_id,
                                   "tenant-id",
                                   kept->tenant_id,
                                   "object-id",
                                   kept->object_id,
                                   NULL);
}

/* @error: (transfer full) */
static GError *translate(GError *error)
{
    GError *translated;

    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return error;
    g_dbus_error_strip_remote_error(error);
    translated = g_error_new(RMS_SERVICE_ERROR,
                             RMS_SERVICE_ERROR_STORE,
                             "The keyring of this session (Secret Service) cannot be used: %s",
                             error->message);
    g_error_free(error);
    return translated;
}

/* Saving */

static void on_stored(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GTask) task = user_data;
    GError *error = NULL;

    if (secret_password_store_finish(result, &error))
        g_task_return_boolean(task, TRUE);
    else
        g_task_return_error(task, translate(error));
}

static void store(GTask *task, const RmsKeptAccount *kept, RmsSecret *token)
{
    g_autoptr(GHashTable) attributes = make_key(kept);
    g_autofree char *label = g_strdup_printf("RMS connector: %s", kept->user_name);

    g_hash_table_replace(attributes, g_strdup("user-name"), g_strdup(kept->user_name));
    secret_password_storev(&schema,
                           attributes,
                           SECRET_COLLECTION_DEFAULT,
                           label,
                           rms_secret_get(token),
                           g_task_get_cancellable(task),
                           on_stored,
                           g_object_ref(task));
}

void rms_token_store_save_async(const RmsKeptAccount *kept,
                                RmsSecret *token,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
    g_autoptr(GTask) task = g_task_new(NULL, cancellable, callback, user_data);

    g_task_set_source_tag(task, rms_token_store_save_async);
    store(task, kept, token);
}

gboolean rms_token_store_save_finish(GAsyncResult *result, GError **error)
{
    g_return_val_if_fail(g_async_result_is_tagged(result, rms_token_store_save_async), FALSE);

    return g_task_propagate_boolean(G_TASK(result), error);
}

/* Loading */

static void on_looked_up(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GTask) task = user_data;
    GError *error = NULL;
    char *text = secret_password_lookup_nonpageable_finish(result, &error);
    gsize length = text != NULL ? strlen(text) : 0;

    if (error != NULL)
        g_task_return_error(task, translate(error));
    else if (length == 0 || length > RMS_SERVICE_MAX_TOKEN_BYTES)
        g_task_return_new_error(task,
                                RMS_SERVICE_ERROR,
                                RMS_SERVICE_ERROR_STORE,
                                "The keyring holds no sign-in of this account");
    else
        g_task_return_pointer(
            task, rms_secret_new(text, (gssize) length), (GDestroyNotify) rms_secret_unref);
    secret_password_free(text);
}

void rms_token_store_load_async(const RmsKeptAccount *kept,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
    GTask *task = g_task_new(NULL, cancellable, callback, user_data);
    g_autoptr(GHashTable) key = make_key(kept);

    g_task_set_source_tag(task, rms_token_store_load_async);
    secret_password_lookupv(&schema, key, cancellable, on_looked_up, task);
}

RmsSecret *rms_token_store_load_finish(GAsyncResult *result, GError **error)
{
    g_return_val_if_fail(g_async_result_is_tagged(result, rms_token_store_load_async), NULL);

    return g_task_propagate_pointer(G_TASK(result), error);
}

/* Removing */

static void on_cleared(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GTask) task = user_data;
    GError *error = NULL;

    secret_password_clear_finish(result, &error);
    if (error != NULL)
        g_task_return_error(task, translate(error));
    else
        g_task_return_boolean(task, TRUE);
}

void rms_token_store_clear_async(const RmsKeptAccount *kept,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
    GTask *task = g_task_new(NULL, cancellable, callback, user_data);
    g_autoptr(GHashTable) key = make_key(kept);

    g_task_set_source_tag(task, rms_token_store_clear_async);
    secret_password_clearv(&schema, key, cancellable, on_cleared, task);
}

gboolean rms_token_store_clear_finish(GAsyncResult *result, GError **error)
{
    g_return_val_if_fail(g_async_result_is_tagged(result, rms_token_store_clear_async), FALSE);

    return g_task_propagate_boolean(G_TASK(result), error);
}

/* Listing */

static RmsKeptAccount *read_kept(SecretRetrievable *item)
{
    g_autoptr(GHashTable) attributes = secret_retrievable_get_attributes(item);
    g_autoptr(RmsKeptAccount) kept = g_new0(RmsKeptAccount, 1);

    kept->authority = g_strdup(g_hash_table_lookup(attributes, "authority"));
    kept->client_id = g_strdup(g_hash_table_lookup(attributes, "client-id"));
    kept->tenant_id = g_strdup(g_hash_table_lookup(attributes, "tenant-id"));
    kept->object_id = g_strdup(g_hash_table_lookup(attributes, "object-id"));
    kept->user_name = g_strdup(g_hash_table_lookup(attributes, "user-name"));
    return kept->tenant_id != NULL && kept->object_id != NULL && kept->user_name != NULL
               ? g_steal_pointer(&kept)
               : NULL;
}

static int compare_kept(gconstpointer a, gconstpointer b)
{
    const RmsKeptAccount *const *first = a;
    const RmsKeptAccount *const *second = b;

    return g_utf8_collate((*first)->user_name, (*second)->user_name);
}

static void on_searched(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GTask) task = user_data;
    g_autoptr(GPtrArray) list =
        g_ptr_array_new_with_free_func((GDestroyNotify) rms_kept_account_free);
    GError *error = NULL;
    GList *found = secret_password_search_finish(result, &error);

    if (error != NULL) {
        g_task_return_error(task, translate(error));
        return;
    }
    for (GList *item = found; item != NULL; item = item->next) {
        RmsKeptAccount *kept = list->len < RMS_SERVICE_MAX_LIST_ROWS ? read_kept(item->data) : NULL;

        if (kept != NULL)
            g_ptr_array_add(list, kept);
    }
    g_list_free_full(found, g_object_unref);
    g_ptr_array_sort(list, compare_kept);
    g_task_return_pointer(task, g_steal_pointer(&list), (GDestroyNotify) g_ptr_array_unref);
}

void rms_token_store_list_async(const char *authority,
                                const char *client_id,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
    GTask *task = g_task_new(NULL, cancellable, callback, user_data);
    g_autoptr(GHashTable) wanted =
        secret_attributes_build(&schema, "authority", authority, "client-id", client_id, NULL);

    g_task_set_source_tag(task, rms_token_store_list_async);
    secret_password_searchv(&schema, wanted, SECRET_SEARCH_ALL, cancellable, on_searched, task);
}

GPtrArray *rms_token_store_list_finish(GAsyncResult *result, GError **error)
{
    g_return_val_if_fail(g_async_result_is_tagged(result, rms_token_store_list_async), NULL);

    return g_task_propagate_pointer(G_TASK(result), error);
}
