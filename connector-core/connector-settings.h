/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a connector is told when it starts. A plain value: filled by app/ from its configuration,
 * copied by the façade, never changed while it runs.
 */
#pragma once

#include <glib-object.h>

#include "directory/directory.h"

G_BEGIN_DECLS

/**
 * RmsConnectorSettings: strings are owned; %NULL means "not set".
 * @connector_name: the load-balanced name that servers call, e.g. `rmsconnector.contoso.com`
 * @state_directory: list, history and events live in `connector.db` here; made with mode 0700
 * @keytab: keytab file that holds the keys of `HTTP/<connector_name>`
 * @http_address, @https_address: `address:port` (`[v6]:port`) to listen on; %NULL: not that one. At
 * least one is set
 * @certificate_file, @key_file: PEM chain (leaf first) and key; needed with @https_address
 * @metrics_address: `address:port` on the loopback interface for `GET /metrics`, without
 * authentication; %NULL: counters are not served
 * @upstream_ca_file: PEM of a private CA that the tenant's certificate may chain to beside the
 * system's, or %NULL
 * @upstream_proxy: `http://host:port` of the proxy that leads to the tenant, without
 * authentication; %NULL: directly
 * @directory: where the members of distribution groups are read; %NULL: they admit nobody
 * @header_timeout_ms, @body_timeout_ms, @idle_timeout_ms: 0 takes the default of limits.h
 * @upstream_timeout_ms: from the last byte sent to the first byte of the answer; 0 takes the
 * default
 * @max_connections: 0 takes the default
 */
typedef struct {
    char *connector_name;
    char *state_directory;
    char *keytab;
    char *http_address;
    char *https_address;
    char *certificate_file;
    char *key_file;
    char *metrics_address;
    char *upstream_ca_file;
    char *upstream_proxy;
    RmsDirectorySettings *directory;
    guint header_timeout_ms;
    guint body_timeout_ms;
    guint idle_timeout_ms;
    guint upstream_timeout_ms;
    guint max_connections;
} RmsConnectorSettings;

RmsConnectorSettings *rms_connector_settings_new(void);
RmsConnectorSettings *rms_connector_settings_copy(const RmsConnectorSettings *settings);
void rms_connector_settings_free(RmsConnectorSettings *settings);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RmsConnectorSettings, rms_connector_settings_free)

G_END_DECLS
