/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The clouds a tenant can live in (protocol.md §4.1): where to sign in, where to ask for the
 * service, and how.
 *
 * Every value is a setting with the published default; what is not published stays %NULL and is
 * asked for.
 */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * RmsCloudEnvironment: strings owned, %NULL: not published and not set.
 * @name: `AzureCloud`, `AzureChinaCloud`, `AzureUSGovernment`, `AzureUSGovernment2`,
 * `AzureUSGovernment3` or `Custom`
 * @authority: `https://login.microsoftonline.com`
 * @tenant: tenant domain or id in authority URLs; default `organizations`
 * @discovery_url: `https://discover.aadrm.com`
 * @resource: audience of tokens, `https://api.aadrm.com/`
 * @client_id: public client that the console signs in with
 * @scheme: Authorization scheme of discovery and admin service: `MSOID` (protocol.md §3.1)
 * @ca_file: PEM of a private CA beside the system's, or %NULL
 * @connector_client_id: application id of the connector itself, or %NULL
 * @proxy: `http://proxy.contoso.com:8080`, as the original's ProxyAddress (protocol.md §5.4), or
 * `https://`; `none`: never one; %NULL: what `https_proxy` and `no_proxy` in the process
 * environment say
 * @proxy_user, @proxy_password_file: for a @proxy that wants to know who asks; the file holds the
 * password in one line and is readable by its owner alone
 */
typedef struct {
    char *name;
    char *authority;
    char *tenant;
    char *discovery_url;
    char *resource;
    char *client_id;
    char *scheme;
    char *ca_file;
    char *connector_client_id;
    char *proxy;
    char *proxy_user;
    char *proxy_password_file;
} RmsCloudEnvironment;

/** rms_cloud_environment_names: Returns: (transfer none) (array zero-terminated=1): the five names
 * and Custom, in the order of the original's wizard. */
const char *const *rms_cloud_environment_names(void);
/** rms_cloud_environment_new: Returns: (transfer full) (nullable): the defaults of @name, or %NULL
 * for an unknown name. */
RmsCloudEnvironment *rms_cloud_environment_new(const char *name);
RmsCloudEnvironment *rms_cloud_environment_copy(const RmsCloudEnvironment *environment);
void rms_cloud_environment_free(RmsCloudEnvironment *environment);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RmsCloudEnvironment, rms_cloud_environment_free)
/** rms_cloud_environment_list_missing: Returns: (transfer full) (array zero-terminated=1): the
 * settings that signing in needs and that have to be asked for, by the names that errors use. The
 * client id always is: every tenant registers its own. */
char **rms_cloud_environment_list_missing(const RmsCloudEnvironment *environment);
/** rms_cloud_environment_validate: Whether all that signing in needs is there and well-formed
 * (https only). Errors: RMS_SERVICE_ERROR_SETTINGS naming the setting. */
gboolean rms_cloud_environment_validate(const RmsCloudEnvironment *environment, GError **error);
/** rms_cloud_environment_validate_connector: The same for what the connector's own credential
 * needs: its application id, and one tenant, which `organizations` and `common` are not. */
gboolean rms_cloud_environment_validate_connector(const RmsCloudEnvironment *environment,
                                                  GError **error);

/** rms_cloud_environment_validate_proxy: Part of both of the above. */
gboolean rms_cloud_environment_validate_proxy(const RmsCloudEnvironment *environment,
                                              GError **error);

G_END_DECLS
