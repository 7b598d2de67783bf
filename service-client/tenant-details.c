/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The reads that nothing depends on, one after the other over one connection. What each answer
 * means is tenant-records.c's business.
 */
#include "config.h"

#include "service-client/tenant-private.h"

#include "service-client/service-call.h"
#include "service-client/service-url.h"
#include "service-client/tenant-records-private.h"

typedef struct {
    RmsTenantRead read;
    RmsTenantDetails *details;
} DetailsReading;

static void read_next_detail(GTask *task);

static void free_details_reading(gpointer data)
{
    DetailsReading *reading = data;

    rms_tenant_details_free(reading->details);
    g_free(reading);
}

/* What no other read will get past either. */
static gboolean ends_reading(const GError *error)
{
    static const RmsServiceError codes[] = {RMS_SERVICE_ERROR_UNREACHABLE,
                                            RMS_SERVICE_ERROR_TLS,
                                            RMS_SERVICE_ERROR_SIGN_IN,
                                            RMS_SERVICE_ERROR_THROTTLED};

    for (gsize i = 0; i < G_N_ELEMENTS(codes); i++) {
        if (g_error_matches(error, RMS_SERVICE_ERROR, (int) codes[i]))
            return TRUE;
    }
    return error != NULL && error->domain != RMS_SERVICE_ERROR;
}

static gboolean
read_detail(DetailsReading *reading, const RmsHttpResponse *response, GError **error)
{
    g_autoptr(cJSON) json = NULL;

    if (response->status != 200 && response->status != 204) {
        g_propagate_error(error, rms_service_call_refuse(response));
        return FALSE;
    }
    if (rms_secret_get_length(response->body) > 0 &&
        (json = rms_http_response_parse_json(response, error)) == NULL)
        return FALSE;
    return rms_tenant_details_read(reading->details, reading->read, json, error);
}

static void on_detail_answered(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GTask) task = user_data;
    DetailsReading *reading = g_task_get_task_data(task);
    GError *error = NULL;
    g_autoptr(RmsHttpResponse) response = rms_service_call_finish(result, &error);

    if (ends_reading(error)) {
        g_task_return_error(task, error);
        return;
    }
    if (response != NULL)
        read_detail(reading, response, &error);
    reading->details->errors[reading->read] = error;
    reading->read++;
    if (reading->read < RMS_TENANT_N_READS)
        read_next_detail(g_steal_pointer(&task));
    else
        g_task_return_pointer(
            task, g_steal_pointer(&reading->details), (GDestroyNotify) rms_tenant_details_free);
}

/* @task: (transfer full) */
static void read_next_detail(GTask *task)
{
    RmsTenant *tenant = g_task_get_source_object(task);
    const DetailsReading *reading = g_task_get_task_data(task);
    g_autofree char *url = rms_service_url_join(rms_tenant_get_admin_url(tenant),
                                                rms_tenant_read_get_path(reading->read));

    rms_tenant_get_async(tenant,
                         url,
                         rms_tenant_read_get_max_bytes(reading->read),
                         g_task_get_cancellable(task),
                         on_detail_answered,
                         task);
}

void rms_tenant_read_details_async(RmsTenant *tenant,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data)
{
    DetailsReading *reading;
    GTask *task;

    g_return_if_fail(RMS_IS_TENANT(tenant));

    task = g_task_new(tenant, cancellable, callback, user_data);
    g_task_set_source_tag(task, rms_tenant_read_details_async);
    reading = g_new0(DetailsReading, 1);
    reading->details = g_new0(RmsTenantDetails, 1);
    g_task_set_task_data(task, reading, free_details_reading);
    read_next_detail(task);
}

RmsTenantDetails *
rms_tenant_read_details_finish(RmsTenant *tenant, GAsyncResult *result, GError **error)
{
    g_return_val_if_fail(g_task_is_valid(result, tenant), NULL);

    return g_task_propagate_pointer(G_TASK(result), error);
}
