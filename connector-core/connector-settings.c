/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a connector is told when it starts.
 */
#include "config.h"

#include "connector-core/connector-settings.h"

RmsConnectorSettings *rms_connector_settings_new(void)
{
    return g_new0(RmsConnectorSettings, 1);
}

RmsConnectorSettings *rms_connector_settings_copy(const RmsConnectorSettings *settings)
{
    RmsConnectorSettings *copy;

    g_return_val_if_fail(settings != NULL, NULL);

    copy = g_memdup2(settings, sizeof *settings);
    copy->connector_name = g_strdup(settings->connector_name);
    copy->state_directory = g_strdup(settings->state_directory);
    copy->keytab = g_strdup(settings->keytab);
    copy->http_address = g_strdup(settings->http_address);
    copy->https_address = g_strdup(settings->https_address);
    copy->certificate_file = g_strdup(settings->certificate_file);
    copy->key_file = g_strdup(settings->key_file);
    copy->metrics_address = g_strdup(settings->metrics_address);
    copy->upstream_ca_file = g_strdup(settings->upstream_ca_file);
    copy->upstream_proxy = g_strdup(settings->upstream_proxy);
    if (settings->directory != NULL)
        copy->directory = rms_directory_settings_copy(settings->directory);
    return copy;
}

void rms_connector_settings_free(RmsConnectorSettings *settings)
{
    if (settings == NULL)
        return;
    g_free(settings->connector_name);
    g_free(settings->state_directory);
    g_free(settings->keytab);
    g_free(settings->http_address);
    g_free(settings->https_address);
    g_free(settings->certificate_file);
    g_free(settings->key_file);
    g_free(settings->metrics_address);
    g_free(settings->upstream_ca_file);
    g_free(settings->upstream_proxy);
    rms_directory_settings_free(settings->directory);
    g_free(settings);
}
