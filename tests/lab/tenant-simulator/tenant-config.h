/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The simulator's configuration file (README.md documents it). Read once, never changed; what
 * changes while it runs is in users.h and service-state.h.
 */
#pragma once

#include "tests/lab/tenant-simulator/cleanups.h"

/** RmsSimHost: the virtual hosts of the one listener. */
typedef enum {
    RMS_SIM_HOST_AUTHORITY,
    RMS_SIM_HOST_DISCOVERY,
    RMS_SIM_HOST_ADMIN,
    RMS_SIM_HOST_RMS,
    RMS_SIM_HOST_UNKNOWN
} RmsSimHost;

typedef struct {
    char *address;
    gint64 port;
    char *certificate, *key; /* PEM files; NULL for the control listener */
} RmsSimListener;

/**
 * RmsSimConfig:
 * @directory: of the configuration file
 * @public_port: what clients see; 0 until the listener is up and none was configured
 * @control: address %NULL: none
 * @listen_part …: (nullable): parts of @json, before they are taken apart
 */
typedef struct {
    cJSON *json;
    char *directory;
    RmsSimListener listen, control;
    gint64 public_port;
    char *hosts[RMS_SIM_HOST_UNKNOWN];
    char *tenant_id, *rms_id, *domain, *organization;
    char *resource;
    char **other_resources;
    char *admin_scheme;
    char *state_directory;
    char *request_log;
    gint64 request_log_size;
    gint64 access_token_seconds, refresh_token_seconds;
    gint64 device_code_seconds, device_interval_seconds;
    const cJSON *listen_part, *control_part, *hosts_part, *tenant_part;
    const cJSON *service_part, *users_part, *groups_part, *applications_part;
} RmsSimConfig;

/** rms_sim_config_load: Errors: G_FILE_ERROR, RMS_SIM_ERROR_INVALID. */
RmsSimConfig *rms_sim_config_load(const char *path, GError **error);
void rms_sim_config_free(RmsSimConfig *config);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RmsSimConfig, rms_sim_config_free)

/** rms_sim_host_name: `authority`, `discovery`, `admin`, `rms` or `unknown`. */
const char *rms_sim_host_name(RmsSimHost host);
/** rms_sim_config_find_host: @name: without port; matched without case. */
RmsSimHost rms_sim_config_find_host(const RmsSimConfig *config, const char *name);
/** rms_sim_config_dup_url: Returns: (transfer full): `https://host[:port]` and @path. */
char *rms_sim_config_dup_url(const RmsSimConfig *config, RmsSimHost host, const char *path);
/** rms_sim_config_dup_admin_url: Returns: (transfer full): base of the admin service (protocol.md
 * §3.2), v1 or v2. */
char *rms_sim_config_dup_admin_url(const RmsSimConfig *config, guint version);
/** rms_sim_config_dup_issuer: Returns: (transfer full): issuer of tokens. */
char *rms_sim_config_dup_issuer(const RmsSimConfig *config);
