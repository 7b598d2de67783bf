/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reading the configuration file (tenant-config.h).
 */
#include "config.h"

#include "tests/lab/tenant-simulator/tenant-config.h"

#include <gio/gio.h>

#include "tests/lab/tenant-simulator/json.h"

#define A_YEAR (366 * 24 * 3600)

static gboolean read_listener(
    const cJSON *json, const char *where, gboolean tls, RmsSimListener *listener, GError **error)
{
#define AT(field) G_STRUCT_OFFSET(RmsSimListener, field)
    const RmsSimJsonMember members[] = {
        {"address", RMS_SIM_JSON_STRING,  AT(address), TRUE          },
        {"port",    RMS_SIM_JSON_INTEGER, AT(port),    TRUE,           0, 65535},
        {"certificate",    RMS_SIM_JSON_STRING,                        AT(certificate),                       TRUE              },
        {"key",     RMS_SIM_JSON_STRING,                         AT(key),          TRUE},
    };
#undef AT
    if (!rms_sim_json_read(json, where, members, tls ? 4 : 2, listener, error))
        return FALSE;
    g_autoptr(GInetAddress) address =
        listener->address == NULL ? NULL : g_inet_address_new_from_string(listener->address);
    if (address == NULL || (!tls && !g_inet_address_get_is_loopback(address))) {
        g_set_error(error,
                    RMS_SIM_ERROR,
                    RMS_SIM_ERROR_INVALID,
                    "%s: \"address\" is not %s address",
                    where,
                    tls ? "an IP" : "a loopback");
        return FALSE;
    }
    return TRUE;
}

static gboolean read_parts(RmsSimConfig *config, GError **error)
{
#define AT(field) G_STRUCT_OFFSET(RmsSimConfig, field)
    static const RmsSimJsonMember hosts[] = {
        {"authority", RMS_SIM_JSON_STRING, AT(hosts[RMS_SIM_HOST_AUTHORITY]), TRUE},
        {"discovery", RMS_SIM_JSON_STRING, AT(hosts[RMS_SIM_HOST_DISCOVERY]), TRUE},
        {"admin",     RMS_SIM_JSON_STRING, AT(hosts[RMS_SIM_HOST_ADMIN]),     TRUE},
        {"rms",       RMS_SIM_JSON_STRING, AT(hosts[RMS_SIM_HOST_RMS]),       TRUE},
    };
    static const RmsSimJsonMember tenant[] = {
        {"id",           RMS_SIM_JSON_STRING, AT(tenant_id),    TRUE},
        {"rms_id",       RMS_SIM_JSON_STRING, AT(rms_id),       TRUE},
        {"domain",       RMS_SIM_JSON_STRING, AT(domain),       TRUE},
        {"organization", RMS_SIM_JSON_STRING, AT(organization), TRUE},
    };
#undef AT
    if (!read_listener(config->listen_part, "listen", TRUE, &config->listen, error) ||
        (config->control_part != NULL &&
         !read_listener(config->control_part, "control", FALSE, &config->control, error)) ||
        !rms_sim_json_read(
            config->hosts_part, "hosts", hosts, G_N_ELEMENTS(hosts), config, error) ||
        !rms_sim_json_read(
            config->tenant_part, "tenant", tenant, G_N_ELEMENTS(tenant), config, error))
        return FALSE;
    for (guint i = 0; i < RMS_SIM_HOST_UNKNOWN; i++) {
        if (config->hosts[i] == NULL || config->hosts[i][0] == '\0') {
            g_set_error(error, RMS_SIM_ERROR, RMS_SIM_ERROR_INVALID, "hosts: an empty name");
            return FALSE;
        }
    }
    if (config->tenant_id == NULL || !g_uuid_string_is_valid(config->tenant_id) ||
        config->rms_id == NULL || !g_uuid_string_is_valid(config->rms_id)) {
        g_set_error(error, RMS_SIM_ERROR, RMS_SIM_ERROR_INVALID, "tenant: ids have to be GUIDs");
        return FALSE;
    }
    return TRUE;
}

static void resolve(char **file, const char *directory)
{
    if (*file == NULL)
        return;
    char *path = g_canonicalize_filename(*file, directory);
    g_free(*file);
    *file = path;
}

static gboolean read_members(RmsSimConfig *config, GError **error)
{
#define AT(field) G_STRUCT_OFFSET(RmsSimConfig, field)
    static const RmsSimJsonMember members[] = {
        {"listen",                RMS_SIM_JSON_OBJECT,                         AT(listen_part),                                    TRUE},
        {"control",                       RMS_SIM_JSON_OBJECT,                                                          AT(control_part)                                                                  },
        {"public_port",                       RMS_SIM_JSON_INTEGER,                                                      AT(public_port),FALSE, 1, 65535},
        {"hosts",                  RMS_SIM_JSON_OBJECT,                                                            AT(hosts_part),                                                                                                              TRUE},
        {"tenant",                 RMS_SIM_JSON_OBJECT,                        AT(tenant_part), TRUE},
        {"resource",                       RMS_SIM_JSON_STRING,                                                           AT(resource)                                                                         },
        {"other_resources",                   RMS_SIM_JSON_STRINGS,                                                              AT(other_resources)                                                                                                      },
        {"admin_scheme",           RMS_SIM_JSON_STRING,AT(admin_scheme)},
        {"state_directory",    RMS_SIM_JSON_STRING,AT(state_directory)},
        {"request_log",       RMS_SIM_JSON_STRING,                                                       AT(request_log)                                                                                                                                    },
        {"request_log_size",    RMS_SIM_JSON_INTEGER,                                                              AT(request_log_size),                                                                                                                                                                                    FALSE, 1, 1000000},
        {"access_token_seconds",        RMS_SIM_JSON_INTEGER,AT(access_token_seconds),FALSE, 1, A_YEAR},
        {"refresh_token_seconds",
         RMS_SIM_JSON_INTEGER,AT(refresh_token_seconds),
         FALSE, 1,
         A_YEAR},
        {"device_code_seconds",                       RMS_SIM_JSON_INTEGER,                                             AT(device_code_seconds),                                                                    FALSE, 1, A_YEAR},
        {"device_interval_seconds",
         RMS_SIM_JSON_INTEGER,                                                            AT(device_interval_seconds),
         FALSE, 1,
         3600},
        {"applications", RMS_SIM_JSON_ARRAY,                                                 AT(applications_part)                                                                                              },
        {"users",                      RMS_SIM_JSON_ARRAY,                                                               AT(users_part)                                                                                                                },
        {"groups",RMS_SIM_JSON_ARRAY,AT(groups_part)},
        {"service",                 RMS_SIM_JSON_OBJECT,                                                            AT(service_part)                                                                                     },
    };
#undef AT
    if (!rms_sim_json_read(
            config->json, "the configuration", members, G_N_ELEMENTS(members), config, error) ||
        !read_parts(config, error))
        return FALSE;
    if (config->resource == NULL || config->admin_scheme == NULL) {
        g_set_error(error,
                    RMS_SIM_ERROR,
                    RMS_SIM_ERROR_INVALID,
                    "\"resource\" and \"admin_scheme\" cannot be null");
        return FALSE;
    }
    resolve(&config->listen.certificate, config->directory);
    resolve(&config->listen.key, config->directory);
    resolve(&config->state_directory, config->directory);
    resolve(&config->request_log, config->directory);
    return TRUE;
}

RmsSimConfig *rms_sim_config_load(const char *path, GError **error)
{
    g_autofree char *text = NULL;
    gsize length = 0;
    if (!g_file_get_contents(path, &text, &length, error))
        return NULL;
    g_autoptr(GBytes) bytes = g_bytes_new_take(g_steal_pointer(&text), length);

    g_autoptr(RmsSimConfig) config = g_new0(RmsSimConfig, 1);
    g_autofree char *absolute = g_canonicalize_filename(path, NULL);
    config->directory = g_path_get_dirname(absolute);
    config->resource = g_strdup("https://api.aadrm.com/"); /* protocol.md §4.2 */
    config->admin_scheme = g_strdup("MSOID");              /* protocol.md §3.1 */
    config->request_log_size = 10000;
    config->access_token_seconds = 3600;
    config->refresh_token_seconds = 24 * 3600;
    config->device_code_seconds = 900; /* protocol.md §4.3, as the interval */
    config->device_interval_seconds = 5;
    config->json = rms_sim_json_parse(bytes, error);
    if (config->json == NULL || !read_members(config, error)) {
        g_prefix_error(error, "%s: ", path);
        return NULL;
    }
    return g_steal_pointer(&config);
}

static void clear_listener(RmsSimListener *listener)
{
    g_free(listener->address);
    g_free(listener->certificate);
    g_free(listener->key);
}

void rms_sim_config_free(RmsSimConfig *config)
{
    if (config == NULL)
        return;
    clear_listener(&config->listen);
    clear_listener(&config->control);
    for (guint i = 0; i < RMS_SIM_HOST_UNKNOWN; i++)
        g_free(config->hosts[i]);
    g_free(config->tenant_id);
    g_free(config->rms_id);
    g_free(config->domain);
    g_free(config->organization);
    g_free(config->resource);
    g_strfreev(config->other_resources);
    g_free(config->admin_scheme);
    g_free(config->state_directory);
    g_free(config->request_log);
    g_free(config->directory);
    cJSON_Delete(config->json);
    g_free(config);
}

const char *rms_sim_host_name(RmsSimHost host)
{
    static const char *const names[] = {"authority", "discovery", "admin", "rms", "unknown"};
    return names[host];
}

RmsSimHost rms_sim_config_find_host(const RmsSimConfig *config, const char *name)
{
    for (guint i = 0; name != NULL && i < RMS_SIM_HOST_UNKNOWN; i++) {
        if (g_ascii_strcasecmp(config->hosts[i], name) == 0)
            return (RmsSimHost) i;
    }
    return RMS_SIM_HOST_UNKNOWN;
}

char *rms_sim_config_dup_url(const RmsSimConfig *config, RmsSimHost host, const char *path)
{
    g_return_val_if_fail(host < RMS_SIM_HOST_UNKNOWN, NULL);
    if (config->public_port == 443)
        return g_strdup_printf("https://%s%s", config->hosts[host], path);
    return g_strdup_printf("https://%s:%d%s", config->hosts[host], (int) config->public_port, path);
}

char *rms_sim_config_dup_admin_url(const RmsSimConfig *config, guint version)
{
    g_autofree char *path = g_strdup_printf(
        "/%s/admin.svc/Tenants/%s", version == 1 ? "admin" : "adminV2", config->rms_id);
    return rms_sim_config_dup_url(config, RMS_SIM_HOST_ADMIN, path);
}

char *rms_sim_config_dup_issuer(const RmsSimConfig *config)
{
    g_autofree char *path = g_strdup_printf("/%s/v2.0", config->tenant_id);
    return rms_sim_config_dup_url(config, RMS_SIM_HOST_AUTHORITY, path);
}
