/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reads the console's configuration file. One table holds every key; nothing else knows their
 * names.
 */
#include "config.h"

#include "app/console-configuration.h"

#include <gio/gio.h>
#include <string.h>

G_DEFINE_QUARK(rms - configuration - error - quark, rms_configuration_error)

/* Where a key's text goes in RmsConsoleConfiguration. */
typedef enum { IN_ENVIRONMENT, IN_DIRECTORY, IN_CONNECTOR, IN_SELF } Part;

typedef struct {
    const char *group;
    const char *key;
    Part part;
    gsize offset;
    gboolean required;
} Key;

#define ENVIRONMENT(key, field, required)                                                          \
    {                                                                                              \
        "Cloud", key, IN_ENVIRONMENT, G_STRUCT_OFFSET(RmsCloudEnvironment, field), required        \
    }
#define DIRECTORY(key, field, required)                                                            \
    {                                                                                              \
        "Directory", key, IN_DIRECTORY, G_STRUCT_OFFSET(RmsDirectorySettings, field), required     \
    }
#define CONNECTOR(key, field, required)                                                            \
    {                                                                                              \
        "Connector", key, IN_CONNECTOR, G_STRUCT_OFFSET(RmsConnectorSettings, field), required     \
    }
#define SELF(key, field, required)                                                                 \
    {                                                                                              \
        "Connector", key, IN_SELF, G_STRUCT_OFFSET(RmsConsoleConfiguration, field), required       \
    }

static const Key keys[] = {
    ENVIRONMENT("Environment", name, TRUE),
    ENVIRONMENT("Authority", authority, FALSE),
    ENVIRONMENT("Tenant", tenant, FALSE),
    ENVIRONMENT("Discovery", discovery_url, FALSE),
    ENVIRONMENT("Resource", resource, FALSE),
    ENVIRONMENT("ClientId", client_id, FALSE),
    ENVIRONMENT("Scheme", scheme, FALSE),
    ENVIRONMENT("CertificateAuthority", ca_file, FALSE),
    DIRECTORY("Server", server, FALSE),
    DIRECTORY("Domain", domain, FALSE),
    DIRECTORY("User", user, FALSE),
    DIRECTORY("CertificateAuthority", ca_file, FALSE),
    CONNECTOR("Name", connector_name, TRUE),
    CONNECTOR("StateDirectory", state_directory, TRUE),
    CONNECTOR("Keytab", keytab, TRUE),
    CONNECTOR("HttpAddress", http_address, FALSE),
    CONNECTOR("HttpsAddress", https_address, FALSE),
    CONNECTOR("Certificate", certificate_file, FALSE),
    CONNECTOR("Key", key_file, FALSE),
    CONNECTOR("TenantCertificateAuthority", upstream_ca_file, FALSE),
    CONNECTOR("TenantProxy", upstream_proxy, FALSE),
    CONNECTOR("MetricsAddress", metrics_address, FALSE),
    {"Connector",
                                                "ApplicationId", IN_ENVIRONMENT,
                                                G_STRUCT_OFFSET(RmsCloudEnvironment, connector_client_id),
                                                TRUE},
    SELF("ApplicationKey", application_key, TRUE),
    SELF("ApplicationCertificate", application_certificate, TRUE),
};

/* Its file, not the password, stands in the configuration. */
#define PASSWORD_GROUP "Directory"
#define PASSWORD_KEY "PasswordFile"
#define MAX_PASSWORD_BYTES 1024

static const Key *find_key(const char *group, const char *key)
{
    for (gsize i = 0; i < G_N_ELEMENTS(keys); i++) {
        if (strcmp(keys[i].group, group) == 0 && (key == NULL || strcmp(keys[i].key, key) == 0))
            return &keys[i];
    }
    return NULL;
}

static gboolean refuse_unknown(GKeyFile *file, const char *path, GError **error)
{
    g_auto(GStrv) groups = g_key_file_get_groups(file, NULL);

    for (gsize i = 0; groups[i] != NULL; i++) {
        g_auto(GStrv) names = g_key_file_get_keys(file, groups[i], NULL, NULL);

        if (find_key(groups[i], NULL) == NULL) {
            g_set_error(
                error,
                RMS_CONFIGURATION_ERROR,
                RMS_CONFIGURATION_ERROR_KEY,
                "%s: group [%s] is not known; the groups are [Cloud], [Directory] and [Connector]",
                path,
                groups[i]);
            return FALSE;
        }
        for (gsize k = 0; names != NULL && names[k] != NULL; k++) {
            if (find_key(groups[i], names[k]) == NULL &&
                !(strcmp(groups[i], PASSWORD_GROUP) == 0 && strcmp(names[k], PASSWORD_KEY) == 0)) {
                g_set_error(error,
                            RMS_CONFIGURATION_ERROR,
                            RMS_CONFIGURATION_ERROR_KEY,
                            "%s: [%s] has no setting called %s; correct its spelling or remove it",
                            path,
                            groups[i],
                            names[k]);
                return FALSE;
            }
        }
    }
    return TRUE;
}

static char **locate(RmsConsoleConfiguration *configuration, const Key *key)
{
    gpointer base = NULL;

    switch (key->part) {
    case IN_ENVIRONMENT:
        base = configuration->environment;
        break;
    case IN_DIRECTORY:
        base = configuration->directory;
        break;
    case IN_CONNECTOR:
        base = configuration->connector;
        break;
    case IN_SELF:
        base = configuration;
        break;
    }
    return G_STRUCT_MEMBER_P(base, key->offset);
}

static gboolean read_key(RmsConsoleConfiguration *configuration,
                         GKeyFile *file,
                         const char *path,
                         const Key *key,
                         GError **error)
{
    g_autoptr(GError) local_error = NULL;
    g_autofree char *value = NULL;
    char **place = locate(configuration, key);

    if (!g_key_file_has_key(file, key->group, key->key, NULL)) {
        if (!key->required)
            return TRUE;
        g_set_error(error,
                    RMS_CONFIGURATION_ERROR,
                    RMS_CONFIGURATION_ERROR_KEY,
                    "%s: [%s] lacks %s",
                    path,
                    key->group,
                    key->key);
        return FALSE;
    }
    value = g_key_file_get_string(file, key->group, key->key, &local_error);
    if (value != NULL)
        g_strstrip(value);
    if (value == NULL || *value == '\0') {
        g_set_error(error,
                    RMS_CONFIGURATION_ERROR,
                    RMS_CONFIGURATION_ERROR_KEY,
                    "%s: [%s] %s is empty or not readable%s%s",
                    path,
                    key->group,
                    key->key,
                    local_error != NULL ? ": " : "",
                    local_error != NULL ? local_error->message : "");
        return FALSE;
    }
    g_free(*place);
    *place = g_steal_pointer(&value);
    return TRUE;
}

static gboolean read_password(RmsConsoleConfiguration *configuration,
                              GKeyFile *file,
                              const char *path,
                              GError **error)
{
    g_autoptr(GError) local_error = NULL;
    g_autofree char *name = g_key_file_get_string(file, PASSWORD_GROUP, PASSWORD_KEY, NULL);
    g_autoptr(GFile) secret_file = NULL;
    g_autoptr(GFileInfo) info = NULL;
    char *text = NULL;
    gsize length = 0;

    if ((name == NULL) != (configuration->directory->user == NULL)) {
        g_set_error(error,
                    RMS_CONFIGURATION_ERROR,
                    RMS_CONFIGURATION_ERROR_KEY,
                    "%s: [Directory] User and PasswordFile go together; leave both out to use your "
                    "Kerberos ticket",
                    path);
        return FALSE;
    }
    if (name == NULL)
        return TRUE;

    secret_file = g_file_new_for_path(name);
    info = g_file_query_info(secret_file,
                             G_FILE_ATTRIBUTE_UNIX_MODE "," G_FILE_ATTRIBUTE_STANDARD_SIZE,
                             0,
                             NULL,
                             &local_error);
    if (info != NULL &&
        (g_file_info_get_attribute_uint32(info, G_FILE_ATTRIBUTE_UNIX_MODE) & 077) != 0)
        g_set_error(&local_error,
                    RMS_CONFIGURATION_ERROR,
                    RMS_CONFIGURATION_ERROR_KEY,
                    "others can read it; run: chmod 600 %s",
                    name);
    else if (info != NULL && g_file_info_get_size(info) > MAX_PASSWORD_BYTES)
        g_set_error(&local_error,
                    RMS_CONFIGURATION_ERROR,
                    RMS_CONFIGURATION_ERROR_KEY,
                    "it is longer than any password (%d bytes)",
                    MAX_PASSWORD_BYTES);
    if (local_error != NULL || !g_file_get_contents(name, &text, &length, &local_error)) {
        g_set_error(error,
                    RMS_CONFIGURATION_ERROR,
                    RMS_CONFIGURATION_ERROR_KEY,
                    "%s: [Directory] PasswordFile %s cannot be used: %s",
                    path,
                    name,
                    local_error->message);
        return FALSE;
    }
    configuration->directory->password = rms_secret_new_take(g_strchomp(text));
    return TRUE;
}

/* The environment's name decides the defaults of the rest of [Cloud], so it is read first. */
static gboolean read_environment_name(RmsConsoleConfiguration *configuration,
                                      GKeyFile *file,
                                      const char *path,
                                      GError **error)
{
    g_autofree char *name = g_key_file_get_string(file, "Cloud", "Environment", NULL);
    g_autofree char *known = g_strjoinv(", ", (char **) rms_cloud_environment_names());

    configuration->environment = name != NULL ? rms_cloud_environment_new(g_strstrip(name)) : NULL;
    if (configuration->environment != NULL)
        return TRUE;
    g_set_error(error,
                RMS_CONFIGURATION_ERROR,
                RMS_CONFIGURATION_ERROR_KEY,
                "%s: [Cloud] Environment must be one of %s",
                path,
                known);
    return FALSE;
}

RmsConsoleConfiguration *rms_console_configuration_load(const char *path, GError **error)
{
    g_autoptr(RmsConsoleConfiguration) configuration = g_new0(RmsConsoleConfiguration, 1);
    g_autoptr(GKeyFile) file = g_key_file_new();
    g_autoptr(GError) local_error = NULL;

    g_return_val_if_fail(path != NULL, NULL);

    configuration->directory = rms_directory_settings_new();
    configuration->connector = rms_connector_settings_new();
    if (!g_key_file_load_from_file(file, path, G_KEY_FILE_NONE, &local_error)) {
        g_set_error(error,
                    RMS_CONFIGURATION_ERROR,
                    RMS_CONFIGURATION_ERROR_FILE,
                    "%s cannot be read: %s",
                    path,
                    local_error->message);
        return NULL;
    }
    if (!refuse_unknown(file, path, error) ||
        !read_environment_name(configuration, file, path, error))
        return NULL;
    for (gsize i = 0; i < G_N_ELEMENTS(keys); i++) {
        if (!read_key(configuration, file, path, &keys[i], error))
            return NULL;
    }
    if (!read_password(configuration, file, path, error))
        return NULL;
    if (!rms_cloud_environment_validate(configuration->environment, &local_error)) {
        g_set_error(error,
                    RMS_CONFIGURATION_ERROR,
                    RMS_CONFIGURATION_ERROR_KEY,
                    "%s: [Cloud]: %s",
                    path,
                    local_error->message);
        return NULL;
    }
    if (configuration->connector->http_address == NULL &&
        configuration->connector->https_address == NULL) {
        g_set_error(error,
                    RMS_CONFIGURATION_ERROR,
                    RMS_CONFIGURATION_ERROR_KEY,
                    "%s: [Connector] needs HttpsAddress, HttpAddress or both",
                    path);
        return NULL;
    }
    return g_steal_pointer(&configuration);
}

void rms_console_configuration_free(RmsConsoleConfiguration *configuration)
{
    if (configuration == NULL)
        return;
    rms_cloud_environment_free(configuration->environment);
    rms_directory_settings_free(configuration->directory);
    rms_connector_settings_free(configuration->connector);
    g_free(configuration->application_key);
    g_free(configuration->application_certificate);
    g_free(configuration);
}
