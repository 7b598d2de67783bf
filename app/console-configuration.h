/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The console's configuration file: which cloud, which directory, and the connector of a single
 * box.
 *
 * A key file (GLib's format). A group or key that is not known, a missing one or a bad value
 * refuses the whole file, and the error names file, group and key. docs/console.conf.example shows
 * every key.
 */
#pragma once

#include "connector-core/connector-settings.h"
#include "directory/directory.h"
#include "service-client/cloud-environment.h"

G_BEGIN_DECLS

#define RMS_CONFIGURATION_ERROR (rms_configuration_error_quark())
/**
 * RmsConfigurationError:
 * @RMS_CONFIGURATION_ERROR_FILE: the file cannot be read or is no key file
 * @RMS_CONFIGURATION_ERROR_KEY: a group or key is unknown, missing or has a bad value
 */
typedef enum { RMS_CONFIGURATION_ERROR_FILE, RMS_CONFIGURATION_ERROR_KEY } RmsConfigurationError;
GQuark rms_configuration_error_quark(void);

/**
 * RmsConsoleConfiguration: all owned.
 * @environment: group [Cloud]
 * @directory: group [Directory]
 * @connector: group [Connector]
 * @application_key, @application_certificate: [Connector] ApplicationKey, ApplicationCertificate:
 * the connector's own credential
 */
typedef struct {
    RmsCloudEnvironment *environment;
    RmsDirectorySettings *directory;
    RmsConnectorSettings *connector;
    char *application_key;
    char *application_certificate;
} RmsConsoleConfiguration;

/** rms_console_configuration_load: Returns: (transfer full): or %NULL with an
 * RmsConfigurationError. */
RmsConsoleConfiguration *rms_console_configuration_load(const char *path, GError **error);
void rms_console_configuration_free(RmsConsoleConfiguration *configuration);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RmsConsoleConfiguration, rms_console_configuration_free)

G_END_DECLS
