/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Finding servers. GLib's resolver asks DNS and puts the answers into the order of RFC 2782.
 */
#include "config.h"

#include "directory/directory-locator-private.h"

#include <krb5.h>
#include <string.h>

#include "directory/directory-connection-private.h"
#include "directory/directory-limits.h"

/* What tells a domain controller's service record from other LDAP servers' (MS-ADTS §6.3.2.3). */
#define DOMAIN_CONTROLLERS "dc._msdcs."

/* Servers that failed: "host:port" → when to forget it, monotonic µs. */
static GMutex failed_lock;
static GHashTable *failed;

static char *make_key(const RmsTarget *target)
{
    g_autofree char *host = g_ascii_strdown(target->host, -1);
    return g_strdup_printf("%s:%u", host, target->port);
}

static gboolean is_past(gpointer key, gpointer until, gpointer now)
{
    return *(gint64 *) until <= *(gint64 *) now;
}

void rms_locator_note(const RmsTarget *target, gboolean answers)
{
    g_return_if_fail(target != NULL);

    g_autofree char *key = make_key(target);
    gint64 now = g_get_monotonic_time();
    g_mutex_lock(&failed_lock);
    if (failed == NULL)
        failed = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_hash_table_foreach_remove(failed, is_past, &now);
    if (answers) {
        g_hash_table_remove(failed, key);
    } else if (g_hash_table_size(failed) < RMS_MAX_FAILED_SERVERS) {
        gint64 *until = g_new(gint64, 1);
        *until = now + RMS_FAILED_SERVER_SECONDS * G_TIME_SPAN_SECOND;
        g_hash_table_insert(failed, g_steal_pointer(&key), until);
    }
    g_mutex_unlock(&failed_lock);
}

void rms_locator_forget(void)
{
    g_mutex_lock(&failed_lock);
    g_clear_pointer(&failed, g_hash_table_unref);
    g_mutex_unlock(&failed_lock);
}

static gboolean has_failed(const RmsTarget *target)
{
    g_autofree char *key = make_key(target);
    g_mutex_lock(&failed_lock);
    const gint64 *until = failed != NULL ? g_hash_table_lookup(failed, key) : NULL;
    gboolean yes = until != NULL && *until > g_get_monotonic_time();
    g_mutex_unlock(&failed_lock);
    return yes;
}

/* Keeps the order among those that failed and among the others. */
static GPtrArray *put_failed_last(GPtrArray *targets)
{
    GPtrArray *ordered = g_ptr_array_new_with_free_func((GDestroyNotify) rms_target_free);
    for (guint pass = 0; pass < 2; pass++) {
        for (guint i = 0; i < targets->len; i++) {
            if (targets->pdata[i] != NULL && (pass == 1 || !has_failed(targets->pdata[i])))
                g_ptr_array_add(ordered, g_steal_pointer(&targets->pdata[i]));
        }
    }
    g_ptr_array_unref(targets);
    return ordered;
}

/* DNS may name any host; only one of the domain's own is asked, since a certificate for a name
 * elsewhere proves nothing about the domain. */
static gboolean is_inside(const char *host, const char *domain)
{
    gsize host_length = strlen(host);
    gsize domain_length = strlen(domain);
    return host_length > domain_length + 1 && host[host_length - domain_length - 1] == '.' &&
           g_ascii_strcasecmp(host + host_length - domain_length, domain) == 0;
}

static GError *
explain_dns(const char *record, const char *domain, gboolean global_catalog, const GError *reason)
{
    const char *what = global_catalog ? "global catalog" : "domain controller";
    if (g_error_matches(reason, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND))
        return g_error_new(RMS_DIRECTORY_ERROR,
                           RMS_DIRECTORY_ERROR_UNREACHABLE,
                           "%s: DNS names no %s: it has no service record %s; check the domain's "
                           "name and that this machine asks the domain's DNS servers, or give a "
                           "server's name",
                           domain,
                           what,
                           record);
    return g_error_new(RMS_DIRECTORY_ERROR,
                       RMS_DIRECTORY_ERROR_UNREACHABLE,
                       "%s: DNS does not answer the question for %s; check the network and "
                       "resolv.conf, or give a %s's name (%s)",
                       domain,
                       record,
                       what,
                       reason != NULL ? reason->message : "no answer in time");
}

typedef struct {
    const RmsDirectorySettings *settings;
    RmsWatchdog *watchdog;
    guint timeout_ms;
    const char *domain;
} Locator;

/* The servers of one record in the order of RFC 2782. @site: (nullable) */
static GList *look_up(Locator *locator, const char *site, char **record, GError **error)
{
    gboolean global_catalog = locator->settings->global_catalog;
    g_autofree char *domain = g_strconcat(site != NULL ? site : "",
                                          site != NULL ? "._sites." : "",
                                          global_catalog ? "" : DOMAIN_CONTROLLERS,
                                          locator->domain,
                                          NULL);

    g_autoptr(GResolver) resolver = g_resolver_get_default();
    g_autoptr(GCancellable) cancellable = g_cancellable_new();
    g_autoptr(GError) reason = NULL;
    const char *service = global_catalog ? "gc" : "ldap";
    *record = g_strdup_printf("_%s._tcp.%s", service, domain);

    rms_watchdog_set_cancellable(locator->watchdog, cancellable);
    rms_watchdog_arm(locator->watchdog, locator->timeout_ms);
    GList *servers =
        g_resolver_lookup_service(resolver, service, "tcp", domain, cancellable, &reason);
    gboolean timed_out = rms_watchdog_disarm(locator->watchdog);
    rms_watchdog_set_cancellable(locator->watchdog, NULL);
    if (servers == NULL)
        g_propagate_error(
            error,
            explain_dns(*record, locator->domain, global_catalog, timed_out ? NULL : reason));
    return servers;
}

/* A password goes over TLS, to the port for that, unless the record has a port of its own. */
static RmsTarget *make_target(Locator *locator, const char *host, guint16 port)
{
    const RmsDirectorySettings *settings = locator->settings;
    gboolean with_password = settings->user != NULL || settings->password != NULL;
    gboolean usual = port == (settings->global_catalog ? 3268 : 389);
    g_autofree char *server = usual ? g_strdup(host) : g_strdup_printf("ldap://%s:%u", host, port);
    RmsTarget *target = rms_target_parse(server, with_password, settings->global_catalog, NULL);
    if (target != NULL)
        target->domain = g_strdup(locator->domain);
    return target;
}

static gboolean has_target(const GPtrArray *targets, const RmsTarget *target)
{
    for (guint i = 0; i < targets->len; i++) {
        const RmsTarget *known = targets->pdata[i];
        if (known->port == target->port && g_ascii_strcasecmp(known->host, target->host) == 0)
            return TRUE;
    }
    return FALSE;
}

static void add_servers(Locator *locator, GPtrArray *targets, GList *servers)
{
    for (GList *link = servers; link != NULL && targets->len < RMS_MAX_LOCATED_SERVERS;
         link = link->next) {
        g_autofree char *host = g_strdup(g_srv_target_get_hostname(link->data));
        gsize length = strlen(host);
        if (length > 0 && host[length - 1] == '.')
            host[length - 1] = '\0';
        g_autoptr(RmsTarget) target = NULL;
        if (is_inside(host, locator->domain))
            target = make_target(locator, host, g_srv_target_get_port(link->data));
        if (target != NULL && !has_target(targets, target))
            g_ptr_array_add(targets, g_steal_pointer(&target));
    }
}

static char *find_default_domain(GError **error)
{
    krb5_context context = NULL;
    char *realm = NULL;
    char *domain = NULL;
    if (krb5_init_context(&context) == 0 && krb5_get_default_realm(context, &realm) == 0)
        domain = g_ascii_strdown(realm, -1);
    if (realm != NULL)
        krb5_free_default_realm(context, realm);
    if (context != NULL)
        krb5_free_context(context);
    if (domain == NULL)
        g_set_error_literal(error,
                            RMS_DIRECTORY_ERROR,
                            RMS_DIRECTORY_ERROR_UNREACHABLE,
                            "Neither a domain nor a server is given, and krb5.conf has no default "
                            "realm; give the domain's name");
    return domain;
}

/* Where a server is asked in the clear, whatever the password needs later: nothing that is said
 * then is secret. */
static RmsTarget *make_ping_target(Locator *locator, const RmsTarget *target)
{
    g_autofree char *server = target->ldaps
                                  ? g_strdup(target->host)
                                  : g_strdup_printf("ldap://%s:%u", target->host, target->port);
    return rms_target_parse(server, FALSE, locator->settings->global_catalog, NULL);
}

/* The site of this machine, as the first server that answers knows it. */
static char *find_site(Locator *locator, const GPtrArray *targets)
{
    /* A global catalog need not hold the domain that the forest is named after. */
    const char *domain = locator->settings->global_catalog ? NULL : locator->domain;
    guint pings = 0;
    for (guint i = 0; i < targets->len && pings < RMS_MAX_PINGS; i++) {
        if (has_failed(targets->pdata[i]))
            continue;
        RmsTarget *target = make_ping_target(locator, targets->pdata[i]);
        if (target == NULL)
            continue;
        pings++;
        g_autoptr(GError) error = NULL;
        char *site =
            rms_connection_ping(locator->settings, locator->watchdog, target, domain, &error);
        if (error == NULL)
            return site;
        if (g_error_matches(error, RMS_DIRECTORY_ERROR, RMS_DIRECTORY_ERROR_UNREACHABLE))
            rms_locator_note(targets->pdata[i], FALSE);
    }
    return NULL;
}

/* Returns: (transfer full) (nullable): the domain of the settings, without the dot that DNS names
 * may end in. */
static char *find_domain(const RmsDirectorySettings *settings, GError **error)
{
    g_autofree char *domain =
        settings->domain != NULL ? g_strdup(settings->domain) : find_default_domain(error);
    if (domain == NULL)
        return NULL;
    if (g_str_has_suffix(domain, "."))
        domain[strlen(domain) - 1] = '\0';
    if (rms_target_is_host(domain) && !g_hostname_is_ip_address(domain))
        return g_steal_pointer(&domain);
    g_autofree char *valid = g_utf8_make_valid(domain, -1);
    g_set_error(error,
                RMS_DIRECTORY_ERROR,
                RMS_DIRECTORY_ERROR_UNREACHABLE,
                "“%s” is no domain's name; give one such as contoso.com",
                valid);
    return NULL;
}

static GPtrArray *find_by_dns(Locator *locator, GError **error)
{
    g_autofree char *record = NULL;
    GList *servers = look_up(locator, NULL, &record, error);
    if (servers == NULL)
        return NULL;

    g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func((GDestroyNotify) rms_target_free);
    add_servers(locator, all, servers);
    g_resolver_free_targets(servers);
    if (all->len == 0) {
        g_set_error(error,
                    RMS_DIRECTORY_ERROR,
                    RMS_DIRECTORY_ERROR_UNREACHABLE,
                    "%s: None of the servers that DNS names in %s is inside the domain, so none is "
                    "trusted; give a server's name",
                    locator->domain,
                    record);
        return NULL;
    }
    /* Where there is no choice, the site does not matter. */
    g_autofree char *site = all->len > 1 ? find_site(locator, all) : NULL;
    if (site == NULL)
        return g_steal_pointer(&all);

    /* Without a record for the site its servers are just not preferred. */
    g_autofree char *site_record = NULL;
    GPtrArray *targets = g_ptr_array_new_with_free_func((GDestroyNotify) rms_target_free);
    servers = look_up(locator, site, &site_record, NULL);
    add_servers(locator, targets, servers);
    g_resolver_free_targets(servers);
    for (guint i = 0; i < all->len && targets->len < RMS_MAX_LOCATED_SERVERS; i++) {
        if (!has_target(targets, all->pdata[i]))
            g_ptr_array_add(targets, g_steal_pointer(&all->pdata[i]));
    }
    return targets;
}

GPtrArray *
rms_locator_find(const RmsDirectorySettings *settings, RmsWatchdog *watchdog, GError **error)
{
    g_return_val_if_fail(settings != NULL && watchdog != NULL, NULL);

    GPtrArray *targets = NULL;
    if (settings->server != NULL) {
        gboolean with_password = settings->user != NULL || settings->password != NULL;
        targets =
            rms_target_parse_list(settings->server, with_password, settings->global_catalog, error);
    } else {
        g_autofree char *domain = find_domain(settings, error);
        if (domain == NULL)
            return NULL;
        Locator locator = {
            .settings = settings,
            .watchdog = watchdog,
            .timeout_ms =
                settings->timeout_ms > 0 ? settings->timeout_ms : RMS_DEFAULT_DIRECTORY_TIMEOUT_MS,
            .domain = domain,
        };
        targets = find_by_dns(&locator, error);
    }
    return targets != NULL ? put_failed_last(targets) : NULL;
}
