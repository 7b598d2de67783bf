/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Settings into a client.
 */
#include "config.h"

#include "service-client/service-connection.h"

#include <string.h>

#include "service-client/secret-file.h"
#include "service-client/service-error.h"
#include "service-client/service-limits.h"

/* The first line of the file; editors end it. */
static RmsSecret *read_password(const char *path, GError **error)
{
    g_autoptr(RmsSecret) file = rms_secret_file_read(path, RMS_SERVICE_MAX_PASSWORD_BYTES, error);

    if (file == NULL)
        return NULL;
    return rms_secret_new(rms_secret_get(file), (gssize) strcspn(rms_secret_get(file), "\r\n"));
}

RmsHttpClient *rms_service_connection_new(const RmsCloudEnvironment *environment, GError **error)
{
    g_autoptr(RmsHttpClient) client = NULL;
    g_autoptr(RmsSecret) password = NULL;

    g_return_val_if_fail(environment != NULL, NULL);

    if (!rms_cloud_environment_validate_proxy(environment, error))
        return NULL;
    if (environment->proxy_password_file != NULL &&
        (password = read_password(environment->proxy_password_file, error)) == NULL)
        return NULL;
    client = rms_http_client_new(environment->ca_file, error);
    if (client != NULL && environment->proxy != NULL)
        rms_http_client_set_proxy(client, environment->proxy, environment->proxy_user, password);
    return g_steal_pointer(&client);
}
