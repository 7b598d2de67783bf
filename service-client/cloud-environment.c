/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The table of clouds, and what a usable set of settings looks like.
 *
 * Only what the vendor states, or its own public tools use, is a default (protocol.md §4.1, §4.2).
 * The discovery hosts of China and the US government clouds, and everything but the authority of
 * the two air-gapped ones, are not published: a guess there would send tokens to a host that nobody
 * vouched for.
 */
#include "config.h"

#include "service-client/cloud-environment.h"

#include <string.h>

#include "service-client/service-limits.h"
#include "service-client/service-url.h"
#include "service-client/service-error.h"

static const RmsCloudEnvironment environments[] = {
    {.name = (char *) "AzureCloud",
     .authority = (char *) "https://login.microsoftonline.com",
     .discovery_url = (char *) "https://discover.aadrm.com",
     .resource = (char *) "https://api.aadrm.com/"},
    {.name = (char *) "AzureChinaCloud",
     .authority = (char *) "https://login.partner.microsoftonline.cn"},
    {.name = (char *) "AzureUSGovernment",
     .authority = (char *) "https://login.microsoftonline.us",
     .resource = (char *) "https://aadrm.us"},
    {.name = (char *) "AzureUSGovernment2",
     .authority = (char *) "https://login.microsoftonline.eaglex.ic.gov"},
    {.name = (char *) "AzureUSGovernment3",
     .authority = (char *) "https://login.microsoftonline.microsoft.scloud"},
    {.name = (char *) "Custom"                         },
};

static const char *const names[] = {"AzureCloud",
                                    "AzureChinaCloud",
                                    "AzureUSGovernment",
                                    "AzureUSGovernment2",
                                    "AzureUSGovernment3",
                                    "Custom",
                                    NULL};

static const char *const proxy_schemes[] = {"http", "https", NULL};

const char *const *rms_cloud_environment_names(void)
{
    return names;
}

RmsCloudEnvironment *rms_cloud_environment_new(const char *name)
{
    g_return_val_if_fail(name != NULL, NULL);

    for (gsize i = 0; i < G_N_ELEMENTS(environments); i++) {
        RmsCloudEnvironment *environment;

        if (strcmp(environments[i].name, name) != 0)
            continue;
        environment = rms_cloud_environment_copy(&environments[i]);
        environment->tenant = g_strdup("organizations");
        environment->scheme = g_strdup("MSOID");
        return environment;
    }
    return NULL;
}

RmsCloudEnvironment *rms_cloud_environment_copy(const RmsCloudEnvironment *environment)
{
    RmsCloudEnvironment *copy;

    g_return_val_if_fail(environment != NULL, NULL);

    copy = g_new0(RmsCloudEnvironment, 1);
    copy->name = g_strdup(environment->name);
    copy->authority = g_strdup(environment->authority);
    copy->tenant = g_strdup(environment->tenant);
    copy->discovery_url = g_strdup(environment->discovery_url);
    copy->resource = g_strdup(environment->resource);
    copy->client_id = g_strdup(environment->client_id);
    copy->scheme = g_strdup(environment->scheme);
    copy->ca_file = g_strdup(environment->ca_file);
    copy->connector_client_id = g_strdup(environment->connector_client_id);
    copy->proxy = g_strdup(environment->proxy);
    copy->proxy_user = g_strdup(environment->proxy_user);
    copy->proxy_password_file = g_strdup(environment->proxy_password_file);
    return copy;
}

void rms_cloud_environment_free(RmsCloudEnvironment *environment)
{
    if (environment == NULL)
        return;
    g_free(environment->name);
    g_free(environment->authority);
    g_free(environment->tenant);
    g_free(environment->discovery_url);
    g_free(environment->resource);
    g_free(environment->client_id);
    g_free(environment->scheme);
    g_free(environment->ca_file);
    g_free(environment->connector_client_id);
    g_free(environment->proxy);
    g_free(environment->proxy_user);
    g_free(environment->proxy_password_file);
    g_free(environment);
}

/* What is missing in a known cloud is missing because nobody published it. @value: (nullable) */
static gboolean require_of(const RmsCloudEnvironment *environment,
                           gboolean fulfilled,
                           const char *value,
                           const char *setting,
                           const char *wanted,
                           GError **error)
{
    const gboolean unpublished = value == NULL && g_strcmp0(environment->name, "Custom") != 0;

    if (!fulfilled)
        g_set_error(error,
                    RMS_SERVICE_ERROR,
                    RMS_SERVICE_ERROR_SETTINGS,
                    "The setting “%s” must be %s%s%s%s",
                    setting,
                    wanted,
                    unpublished ? ". For " : "",
                    unpublished ? environment->name : "",
                    unpublished ? " it is not published: ask Microsoft, or use Custom" : "");
    return fulfilled;
}

static gboolean require(gboolean fulfilled, const char *setting, const char *wanted, GError **error)
{
    const RmsCloudEnvironment nothing = {.name = (char *) "Custom"};

    return require_of(&nothing, fulfilled, NULL, setting, wanted, error);
}

static gboolean consists_of(const char *text, const char *punctuation)
{
    if (text == NULL || *text == '\0' || strlen(text) > RMS_SERVICE_MAX_CLAIM_BYTES)
        return FALSE;
    for (const char *c = text; *c != '\0'; c++) {
        if (!g_ascii_isalnum(*c) && strchr(punctuation, *c) == NULL)
            return FALSE;
    }
    return TRUE;
}

/* Credentials have no place in the address: it is shown and logged. */
static gboolean is_proxy(const char *text)
{
    g_autoptr(GUri) uri = NULL;

    if (strcmp(text, "none") == 0)
        return TRUE;
    if (strlen(text) > RMS_SERVICE_MAX_URL_BYTES)
        return FALSE;
    uri = g_uri_parse(text, G_URI_FLAGS_NONE, NULL);
    return uri != NULL && g_strv_contains(proxy_schemes, g_uri_get_scheme(uri)) &&
           g_uri_get_host(uri) != NULL &&
           consists_of(g_uri_get_host(uri),
                       strchr(g_uri_get_host(uri), ':') != NULL ? ":" : ".-_") &&
           g_uri_get_port(uri) > 0 && g_uri_get_userinfo(uri) == NULL &&
           (*g_uri_get_path(uri) == '\0' || strcmp(g_uri_get_path(uri), "/") == 0) &&
           g_uri_get_query(uri) == NULL && g_uri_get_fragment(uri) == NULL;
}

gboolean rms_cloud_environment_validate_proxy(const RmsCloudEnvironment *environment,
                                              GError **error)
{
    const gboolean configured =
        environment->proxy != NULL && strcmp(environment->proxy, "none") != 0;

    return require(environment->proxy == NULL || is_proxy(environment->proxy),
                   "proxy",
                   "http:// or https://, a host and a port, such as http://proxy.contoso.com:8080, "
                   "or “none”",
                   error) &&
           require(environment->proxy_user == NULL ||
                       (configured && *environment->proxy_user != '\0' &&
                        strchr(environment->proxy_user, ':') == NULL),
                   "proxy user",
                   "a user name without a colon, beside a proxy",
                   error) &&
           require((environment->proxy_user == NULL) == (environment->proxy_password_file == NULL),
                   "proxy password file",
                   "there when the proxy user is, and only then",
                   error);
}

static gboolean validate_authority(const RmsCloudEnvironment *environment, GError **error)
{
    return require_of(environment,
                      rms_service_url_is_base(environment->authority),
                      environment->authority,
                      "authority",
                      "the https:// address of the sign-in service",
                      error) &&
           require(consists_of(environment->tenant, ".-_"),
                   "tenant",
                   "the domain name or id of the tenant",
                   error) &&
           require_of(environment,
                      rms_service_url_is_base(environment->resource),
                      environment->resource,
                      "resource",
                      "the https:// identifier of the Rights Management service",
                      error) &&
           rms_cloud_environment_validate_proxy(environment, error);
}

gboolean rms_cloud_environment_validate(const RmsCloudEnvironment *environment, GError **error)
{
    g_return_val_if_fail(environment != NULL, FALSE);

    return validate_authority(environment, error) &&
           require_of(environment,
                      rms_service_url_is_base(environment->discovery_url),
                      environment->discovery_url,
                      "discovery",
                      "the https:// address of the discovery service",
                      error) &&
           require(consists_of(environment->client_id, "-._"),
                   "client id",
                   "the id of the public client that is registered for the console",
                   error) &&
           require(consists_of(environment->scheme, "-._"),
                   "scheme",
                   "an authorization scheme such as MSOID",
                   error);
}

gboolean rms_cloud_environment_validate_connector(const RmsCloudEnvironment *environment,
                                                  GError **error)
{
    g_return_val_if_fail(environment != NULL, FALSE);

    return validate_authority(environment, error) &&
           require(g_ascii_strcasecmp(environment->tenant, "organizations") != 0 &&
                       g_ascii_strcasecmp(environment->tenant, "common") != 0,
                   "tenant",
                   "the domain name or id of the tenant that the connector belongs to",
                   error) &&
           require(consists_of(environment->connector_client_id, "-._"),
                   "application id",
                   "the id of the connector's own application",
                   error);
}

char **rms_cloud_environment_list_missing(const RmsCloudEnvironment *environment)
{
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();

    g_return_val_if_fail(environment != NULL, NULL);

    if (environment->authority == NULL)
        g_strv_builder_add(builder, "authority");
    if (environment->resource == NULL)
        g_strv_builder_add(builder, "resource");
    if (environment->discovery_url == NULL)
        g_strv_builder_add(builder, "discovery");
    if (environment->client_id == NULL)
        g_strv_builder_add(builder, "client id");
    return g_strv_builder_end(builder);
}
