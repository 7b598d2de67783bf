/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Three calls of our own contract, and their rows.
 */
#include "config.h"

#include "service-client/tenant-credentials.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <string.h>

#include "service-client/provider-text.h"
#include "service-client/service-error-private.h"
#include "service-client/service-limits.h"
#include "service-client/tenant-private.h"
#include "service-client/unpublished.h"

G_DEFINE_AUTOPTR_CLEANUP_FUNC(BIO, BIO_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(X509, X509_free)

void rms_tenant_credential_free(RmsTenantCredential *credential)
{
    if (credential == NULL)
        return;
    g_free(credential->id);
    g_free(credential->application_id);
    g_free(credential->display_name);
    g_free(credential->thumbprint);
    g_free(credential);
}

/* Returns: (nullable): %NULL for a row that cannot be used */
static RmsTenantCredential *read_credential(const cJSON *json)
{
    const char *id = rms_provider_text_peek(json, "CredentialId");
    const char *application_id = rms_provider_text_peek(json, "ApplicationId");
    const char *not_after = rms_provider_text_peek(json, "NotAfter");
    g_autoptr(GDateTime) time = NULL;
    RmsTenantCredential *credential;

    if (id == NULL || application_id == NULL)
        return NULL;
    credential = g_new0(RmsTenantCredential, 1);
    credential->id = g_strdup(id);
    credential->application_id = g_strdup(application_id);
    credential->display_name = g_strdup(rms_provider_text_peek(json, "DisplayName"));
    credential->thumbprint = g_strdup(rms_provider_text_peek(json, "Thumbprint"));
    if (not_after != NULL)
        time = g_date_time_new_from_iso8601(not_after, NULL);
    credential->not_after = time != NULL ? g_date_time_to_unix(time) : 0;
    return credential;
}

/* Returns: (transfer full): base64 of DER; or %NULL with %RMS_SERVICE_ERROR_SETTINGS */
static char *encode_certificate(const char *pem, GError **error)
{
    gsize pem_length = strlen(pem);
    g_autoptr(BIO) bio = NULL;
    g_autoptr(X509) certificate = NULL;
    g_autofree guchar *der = NULL;
    guchar *end;
    int length;

    if (pem_length <= RMS_SERVICE_MAX_KEY_BYTES) {
        bio = BIO_new_mem_buf(pem, (int) pem_length);
        certificate = PEM_read_bio_X509(bio, NULL, NULL, NULL);
        ERR_clear_error();
    }
    length = certificate != NULL ? i2d_X509(certificate, NULL) : 0;
    if (length <= 0) {
        g_set_error(error,
                    RMS_SERVICE_ERROR,
                    RMS_SERVICE_ERROR_SETTINGS,
                    "The connector's certificate is not one in PEM form");
        return NULL;
    }
    der = end = g_malloc((gsize) length);
    i2d_X509(certificate, &end);
    return g_base64_encode(der, (gsize) length);
}

static void
call(RmsTenant *tenant, const RmsUnpublishedCall *what, GAsyncReadyCallback callback, GTask *task)
{
    rms_unpublished_call_async(
        rms_tenant_get_account(tenant), what, g_task_get_cancellable(task), callback, task);
}

/* Listing */

static void on_listed(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GTask) task = user_data;
    g_autoptr(GPtrArray) list =
        g_ptr_array_new_with_free_func((GDestroyNotify) rms_tenant_credential_free);
    g_autoptr(cJSON) json = NULL;
    GError *error = NULL;
    const cJSON *item;

    if (!rms_unpublished_call_finish(result, &json, &error)) {
        g_task_return_error(task, error);
        return;
    }
    if (!cJSON_IsArray(json)) {
        g_task_return_new_error(task,
                                RMS_SERVICE_ERROR,
                                RMS_SERVICE_ERROR_PROTOCOL,
                                "The administration service answered with no list of credentials");
        return;
    }
    cJSON_ArrayForEach(item, json)
    {
        RmsTenantCredential *credential = read_credential(item);

        if (credential != NULL)
            g_ptr_array_add(list, credential);
    }
    g_task_return_pointer(task, g_steal_pointer(&list), (GDestroyNotify) g_ptr_array_unref);
}

void rms_tenant_list_credentials_async(RmsTenant *tenant,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data)
{
    g_autofree char *path = rms_unpublished_credential_path(NULL);
    GTask *task;

    g_return_if_fail(RMS_IS_TENANT(tenant));

    task = g_task_new(tenant, cancellable, callback, user_data);
    g_task_set_source_tag(task, rms_tenant_list_credentials_async);
    call(tenant,
         &(const RmsUnpublishedCall){.method = "GET",
                                     .admin_url = rms_tenant_get_admin_url(tenant),
                                     .path = path,
                                     .status = 200,
                                     .failure = "The connectors' credentials were not listed"},
         on_listed,
         task);
}

GPtrArray *
rms_tenant_list_credentials_finish(RmsTenant *tenant, GAsyncResult *result, GError **error)
{
    g_return_val_if_fail(g_task_is_valid(result, tenant), NULL);

    return g_task_propagate_pointer(G_TASK(result), error);
}

/* Registering */

static void on_registered(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GTask) task = user_data;
    g_autoptr(cJSON) json = NULL;
    GError *error = NULL;
    RmsTenantCredential *credential = NULL;

    if (!rms_unpublished_call_finish(result, &json, &error))
        g_task_return_error(task, error);
    else if ((credential = read_credential(json)) == NULL)
        g_task_return_new_error(task,
                                RMS_SERVICE_ERROR,
                                RMS_SERVICE_ERROR_PROTOCOL,
                                "The administration service registered the connector, but does not "
                                "say as which application");
    else
        g_task_return_pointer(task, credential, (GDestroyNotify) rms_tenant_credential_free);
}

void rms_tenant_register_credential_async(RmsTenant *tenant,
                                          const char *name,
                                          const char *certificate,
                                          const char *application_id,
                                          GCancellable *cancellable,
                                          GAsyncReadyCallback callback,
                                          gpointer user_data)
{
    g_autofree char *path = rms_unpublished_credential_path(NULL);
    g_autofree char *encoded = NULL;
    g_autoptr(cJSON) body = NULL;
    GError *error = NULL;
    GTask *task;

    g_return_if_fail(RMS_IS_TENANT(tenant) && name != NULL && certificate != NULL);

    task = g_task_new(tenant, cancellable, callback, user_data);
    g_task_set_source_tag(task, rms_tenant_register_credential_async);
    encoded = encode_certificate(certificate, &error);
    if (encoded == NULL) {
        g_task_return_error(task, error);
        g_object_unref(task);
        return;
    }
    body = rms_unpublished_credential_body(name, encoded, application_id);
    call(tenant,
         &(const RmsUnpublishedCall){.method = "POST",
                                     .admin_url = rms_tenant_get_admin_url(tenant),
                                     .path = path,
                                     .body = body,
                                     .status = 201,
                                     .failure = "The connector was not registered"},
         on_registered,
         task);
}

RmsTenantCredential *
rms_tenant_register_credential_finish(RmsTenant *tenant, GAsyncResult *result, GError **error)
{
    g_return_val_if_fail(g_task_is_valid(result, tenant), NULL);

    return g_task_propagate_pointer(G_TASK(result), error);
}

/* Taking back */

static void on_removed(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GTask) task = user_data;
    GError *error = NULL;

    if (rms_unpublished_call_finish(result, NULL, &error))
        g_task_return_boolean(task, TRUE);
    else
        g_task_return_error(task, error);
}

void rms_tenant_remove_credential_async(RmsTenant *tenant,
                                        const char *id,
                                        GCancellable *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer user_data)
{
    g_autofree char *path = NULL;
    GTask *task;

    g_return_if_fail(RMS_IS_TENANT(tenant) && id != NULL && *id != '\0');

    task = g_task_new(tenant, cancellable, callback, user_data);
    g_task_set_source_tag(task, rms_tenant_remove_credential_async);
    path = rms_unpublished_credential_path(id);
    call(tenant,
         &(const RmsUnpublishedCall){.method = "DELETE",
                                     .admin_url = rms_tenant_get_admin_url(tenant),
                                     .path = path,
                                     .status = 204,
                                     .failure = "The credential was not taken back"},
         on_removed,
         task);
}

gboolean
rms_tenant_remove_credential_finish(RmsTenant *tenant, GAsyncResult *result, GError **error)
{
    g_return_val_if_fail(g_task_is_valid(result, tenant), FALSE);

    return g_task_propagate_boolean(G_TASK(result), error);
}
