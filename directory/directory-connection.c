/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Connecting and signing in.
 *
 * The socket is ours until it is connected (GSocketClient takes a deadline, libldap's connect does
 * not quite), then libldap's; the watchdog and the worker keep duplicates.
 */
#include "config.h"

#include "directory/directory-connection-private.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openldap.h>
#include <sasl/sasl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "directory/directory-cleanup-private.h"
#include "directory/directory-error-private.h"
#include "directory/directory-filter.h"
#include "directory/directory-limits.h"
#include "directory/directory-names.h"
#include "directory/directory-netlogon.h"
#include "directory/directory-ticket-private.h"
#include "directory/directory-trust-private.h"

/* protocol.md §6.6: integrity and confidentiality on port 389, neither inside TLS, where channel
 * binding ties the ticket to the TLS connection. 56 is GSSAPI's value for "encrypted". All values
 * are given, since those left out are ldap.conf's. */
#define SECURITY_IN_CLEAR "noanonymous,noplain,minssf=56,maxssf=256,maxbufsize=65536"
#define SECURITY_IN_TLS "noanonymous,noplain,minssf=0,maxssf=0,maxbufsize=65536"

struct _RmsConnection {
    const RmsDirectorySettings *settings;
    RmsWatchdog *watchdog;
    guint timeout_ms;
    RmsTarget *target;
    LDAP *ldap;
    int fd; /* own duplicate */
    RmsDomainInfo *info;
    RmsAttributes *attributes;
};

static void fail_with_code(
    RmsConnection *self, RmsDirectoryStep step, int code, gboolean timed_out, GError **error)
{
    char *diagnostic = NULL;
    if (self->ldap != NULL)
        ldap_get_option(self->ldap, LDAP_OPT_DIAGNOSTIC_MESSAGE, &diagnostic);
    g_propagate_error(error,
                      rms_directory_error_new(step,
                                              timed_out ? LDAP_TIMEOUT : code,
                                              timed_out ? NULL : diagnostic,
                                              self->target->host));
    ldap_memfree(diagnostic);
}

/* A connected socket as a descriptor of its own, blocking: libldap's TLS spins on others. */
static int take_descriptor(GSocketConnection *stream)
{
    GSocket *socket = g_socket_connection_get_socket(stream);
    int fd = fcntl(g_socket_get_fd(socket), F_DUPFD_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
    int flags = fcntl(fd, F_GETFL);
    if (flags < 0 || fcntl(fd, F_SETFL, flags & ~O_NONBLOCK) < 0) {
        close(fd);
        return -1;
    }
    return fd;
}

static int connect_socket(RmsConnection *self, GError **error)
{
    g_autoptr(GSocketClient) client = g_socket_client_new();
    /* A desktop's web proxy is not the way to a domain controller. */
    g_socket_client_set_enable_proxy(client, FALSE);
    g_autoptr(GSocketConnectable) address =
        g_network_address_new(self->target->host, self->target->port);
    g_autoptr(GCancellable) cancellable = g_cancellable_new();
    g_autoptr(GError) reason = NULL;

    rms_watchdog_set_cancellable(self->watchdog, cancellable);
    rms_watchdog_arm(self->watchdog, self->timeout_ms);
    g_autoptr(GSocketConnection) stream =
        g_socket_client_connect(client, address, cancellable, &reason);
    gboolean timed_out = rms_watchdog_disarm(self->watchdog);
    rms_watchdog_set_cancellable(self->watchdog, NULL);

    int fd = stream != NULL && !timed_out ? take_descriptor(stream) : -1;
    if (fd < 0)
        g_set_error(error,
                    RMS_DIRECTORY_ERROR,
                    RMS_DIRECTORY_ERROR_UNREACHABLE,
                    "%s: No domain controller answers on port %u; check the name, the network and "
                    "the firewall (%s)",
                    self->target->host,
                    self->target->port,
                    timed_out || reason == NULL ? "no answer in time" : reason->message);
    return fd;
}

typedef struct {
    int option;
    const void *value;
} LdapOption;

/* Returns: an LDAP result code; ldap_set_option()'s own -1 would read as "server down". */
static int set_options(LDAP *ldap, const LdapOption *options, gsize count)
{
    for (gsize i = 0; i < count; i++) {
        if (ldap_set_option(ldap, options[i].option, options[i].value) != LDAP_OPT_SUCCESS)
            return LDAP_NOT_SUPPORTED;
    }
    return LDAP_SUCCESS;
}

/* Everything is set, here and below, so that neither ldap.conf nor an LDAP… environment variable
 * can turn a check off or send us elsewhere. */
static int set_general_options(RmsConnection *self)
{
    const int version = LDAP_VERSION3;
    const int none = 0;
    const int never = LDAP_DEREF_NEVER;
    const struct timeval timeout = {.tv_sec = self->timeout_ms / 1000,
                                    .tv_usec = (self->timeout_ms % 1000) * 1000};
    /* With a network timeout libldap spins in a TLS handshake that stays silent. */
    const struct timeval endless = {.tv_sec = -1};
    const LdapOption options[] = {
        {LDAP_OPT_PROTOCOL_VERSION, &version    },
        {LDAP_OPT_REFERRALS,        LDAP_OPT_OFF},
        {LDAP_OPT_RESTART,          LDAP_OPT_ON },
        {LDAP_OPT_DEREF,            &never      },
        {LDAP_OPT_SIZELIMIT,        &none       },
        {LDAP_OPT_TIMELIMIT,        &none       },
        {LDAP_OPT_NETWORK_TIMEOUT,  &endless    },
        {LDAP_OPT_TIMEOUT,          &timeout    },
 /* The ticket is for the name the administrator gave, not for what reverse DNS makes of it.
  */
        {LDAP_OPT_X_SASL_NOCANON,   LDAP_OPT_ON },
    };
    return set_options(self->ldap, options, G_N_ELEMENTS(options));
}

static int set_tls_options(RmsConnection *self, const char *ca_path)
{
    const int hard = LDAP_OPT_X_TLS_HARD;
    const int if_any =
        LDAP_OPT_X_TLS_TRY; /* the common name counts only without (RFC 6125 §6.4.4) */
    const int oldest = LDAP_OPT_X_TLS_PROTOCOL_TLS1_2;
    const int client = 0;
    const LdapOption options[] = {
        {LDAP_OPT_X_TLS_REQUIRE_CERT, &hard  },
        {LDAP_OPT_X_TLS_REQUIRE_SAN,  &if_any},
        {LDAP_OPT_X_TLS_PROTOCOL_MIN, &oldest},
        {LDAP_OPT_X_TLS_CACERTDIR,    NULL   },
        {LDAP_OPT_X_TLS_CACERTFILE,   ca_path},
        {LDAP_OPT_X_TLS_CERTFILE,     NULL   },
        {LDAP_OPT_X_TLS_KEYFILE,      NULL   },
 /* Last: the context is made from what was set before. */
        {LDAP_OPT_X_TLS_NEWCTX,       &client},
    };
    return set_options(self->ldap, options, G_N_ELEMENTS(options));
}

static int set_sasl_options(RmsConnection *self, gboolean in_tls)
{
    const LdapOption options[] = {
        {LDAP_OPT_X_SASL_SECPROPS, in_tls ? SECURITY_IN_TLS : SECURITY_IN_CLEAR},
    };
    int rc = set_options(self->ldap, options, G_N_ELEMENTS(options));
#ifdef LDAP_OPT_X_SASL_CBINDING
    const int binding = LDAP_OPT_X_SASL_CBINDING_TLS_ENDPOINT;
    const LdapOption bindings[] = {
        {LDAP_OPT_X_SASL_CBINDING, &binding},
    };
    if (rc == LDAP_SUCCESS && in_tls)
        rc = set_options(self->ldap, bindings, G_N_ELEMENTS(bindings));
#endif
    return rc;
}

static gboolean start_tls(RmsConnection *self, RmsVerdict *verdict, GError **error)
{
    if (!self->target->ldaps && !self->target->start_tls)
        return TRUE;

    g_autofree char *ca_path = NULL;
    int trust_fd = rms_trust_open(self->settings->ca_file, &ca_path, error);
    if (trust_fd < 0) {
        /* Not the server's fault. */
        *verdict = RMS_VERDICT_FINAL;
        return FALSE;
    }

    rms_watchdog_arm(self->watchdog, self->timeout_ms);
    int rc = set_tls_options(self, ca_path);
    close(trust_fd);
    if (rc == LDAP_SUCCESS)
        rc = self->target->ldaps ? ldap_install_tls(self->ldap)
                                 : ldap_start_tls_s(self->ldap, NULL, NULL);
    gboolean timed_out = rms_watchdog_disarm(self->watchdog);
    if (rc == LDAP_SUCCESS && !timed_out)
        return TRUE;
    fail_with_code(self, RMS_STEP_TLS, rc, timed_out, error);
    return FALSE;
}

/* GSS-SPNEGO asks for nothing but, with some libraries, an authorization name; ours is none. */
static int answer_nothing(LDAP *ldap, unsigned flags, void *defaults, void *interactions)
{
    for (sasl_interact_t *ask = interactions; ask->id != SASL_CB_LIST_END; ask++) {
        ask->result = "";
        ask->len = 0;
    }
    return LDAP_SUCCESS;
}

static gboolean bind_with_ticket(RmsConnection *self, RmsVerdict *verdict, GError **error)
{
    gboolean in_tls = ldap_tls_inplace(self->ldap) != 0;
    gboolean unknown_server = FALSE;

    rms_watchdog_arm(self->watchdog, self->timeout_ms);
    gboolean usable = rms_ticket_check(self->target->host, &unknown_server, error);
    gboolean timed_out = rms_watchdog_disarm(self->watchdog);
    if (!usable) {
        /* The Kerberos servers are the same for all domain controllers. */
        *verdict = unknown_server ? RMS_VERDICT_OTHERS_MAY_HELP : RMS_VERDICT_FINAL;
        return FALSE;
    }

    rms_watchdog_arm(self->watchdog, self->timeout_ms);
    int rc = set_sasl_options(self, in_tls);
    if (rc == LDAP_SUCCESS)
        rc = ldap_sasl_interactive_bind_s(
            self->ldap, NULL, "GSS-SPNEGO", NULL, NULL, LDAP_SASL_QUIET, answer_nothing, NULL);
    timed_out = rms_watchdog_disarm(self->watchdog) || timed_out;
    if (rc != LDAP_SUCCESS || timed_out) {
        g_autoptr(GError) reason = NULL;
        fail_with_code(self, RMS_STEP_BIND_TICKET, rc, timed_out, &reason);
        /* A ticket locks nobody out, however often it is not answered. */
        *verdict = g_error_matches(reason, RMS_DIRECTORY_ERROR, RMS_DIRECTORY_ERROR_UNREACHABLE)
                       ? RMS_VERDICT_OTHERS_MAY_HELP
                       : RMS_VERDICT_SIGNING_IN;
        g_propagate_error(error, g_steal_pointer(&reason));
        return FALSE;
    }

    ber_len_t strength = 0;
    if (!in_tls &&
        (ldap_get_option(self->ldap, LDAP_OPT_X_SASL_SSF, &strength) != 0 || strength < 56)) {
        g_set_error(error,
                    RMS_DIRECTORY_ERROR,
                    RMS_DIRECTORY_ERROR_REFUSED,
                    "%s: The server would not encrypt the connection; use ldaps://",
                    self->target->host);
        return FALSE;
    }
    return TRUE;
}

static gboolean bind_with_password(RmsConnection *self, RmsVerdict *verdict, GError **error)
{
    *verdict = RMS_VERDICT_SIGNING_IN;

    /* The one place a password leaves this process: never outside TLS. libldap's own copy, in the
     * buffer of the request, is freed but not wiped; it offers no way to. */
    if (!ldap_tls_inplace(self->ldap)) {
        g_set_error(error,
                    RMS_DIRECTORY_ERROR,
                    RMS_DIRECTORY_ERROR_REFUSED,
                    "%s: A password is only sent inside TLS; use ldaps://",
                    self->target->host);
        return FALSE;
    }
    struct berval credential = {.bv_val = (char *) rms_secret_get(self->settings->password),
                                .bv_len = rms_secret_get_length(self->settings->password)};
    rms_watchdog_arm(self->watchdog, self->timeout_ms);
    int rc = ldap_sasl_bind_s(
        self->ldap, self->settings->user, LDAP_SASL_SIMPLE, &credential, NULL, NULL, NULL);
    gboolean timed_out = rms_watchdog_disarm(self->watchdog);
    if (rc == LDAP_SUCCESS && !timed_out)
        return TRUE;
    fail_with_code(self, RMS_STEP_BIND_PASSWORD, rc, timed_out, error);
    return FALSE;
}

int rms_connection_search(RmsConnection *self,
                          const char *base,
                          int scope,
                          const char *filter,
                          const char *const *attributes,
                          int page_size,
                          struct berval *cookie,
                          int max_entries,
                          int *message_id)
{
    g_return_val_if_fail(self != NULL, LDAP_PARAM_ERROR);

    g_autoptr(LDAPControl) page = NULL;
    if (page_size > 0) {
        int rc = ldap_create_page_control(self->ldap, page_size, cookie, 1, &page);
        if (rc != LDAP_SUCCESS)
            return rc;
    }
    LDAPControl *controls[] = {page, NULL};
    /* Tells the server as well, so that it does not work for somebody who has left. */
    struct timeval timeout = {.tv_sec = (self->timeout_ms + 999) / 1000};
    return ldap_search_ext(self->ldap,
                           base,
                           scope,
                           filter,
                           (char **) attributes,
                           0,
                           page != NULL ? controls : NULL,
                           NULL,
                           &timeout,
                           max_entries,
                           message_id);
}

/* One search, waited for: only for what has to be known before anything else can be asked. */
static LDAPMessage *search_now(RmsConnection *self,
                               const char *base,
                               int scope,
                               const char *filter,
                               const char *const *attributes,
                               GError **error)
{
    LDAPMessage *answer = NULL;
    struct timeval timeout = {.tv_sec = (self->timeout_ms + 999) / 1000};

    rms_watchdog_arm(self->watchdog, self->timeout_ms);
    int rc = ldap_search_ext_s(
        self->ldap, base, scope, filter, (char **) attributes, 0, NULL, NULL, &timeout, 0, &answer);
    gboolean timed_out = rms_watchdog_disarm(self->watchdog);
    /* The first thousand are worth having. */
    if ((rc == LDAP_SUCCESS || (rc == LDAP_SIZELIMIT_EXCEEDED && answer != NULL)) && !timed_out)
        return answer;
    rms_ldap_message_free(answer);
    fail_with_code(self, RMS_STEP_SEARCH, rc, timed_out, error);
    return NULL;
}

static char *dup_text(RmsConnection *self, LDAPMessage *entry, const char *attribute)
{
    if (entry == NULL)
        return NULL;
    g_auto(RmsBervals) values = ldap_get_values_len(self->ldap, entry, attribute);
    if (values == NULL || values[0] == NULL || values[0]->bv_len == 0 ||
        values[0]->bv_len > RMS_MAX_VALUE_BYTES ||
        memchr(values[0]->bv_val, '\0', values[0]->bv_len) != NULL ||
        !g_utf8_validate_len(values[0]->bv_val, values[0]->bv_len, NULL))
        return NULL;
    return g_strndup(values[0]->bv_val, values[0]->bv_len);
}

/* Not all may read the partitions: none is an answer too. Returns: NULL when the server is gone. */
static GPtrArray *find_domains(RmsConnection *self, const char *configuration, GError **error)
{
    static const char *const attributes[] = {"nCName", "nETBIOSName", "dnsRoot", NULL};
    g_autoptr(GPtrArray) domains =
        g_ptr_array_new_with_free_func((GDestroyNotify) rms_domain_names_free);
    if (configuration == NULL)
        return g_steal_pointer(&domains);
    g_autofree char *base = rms_dn_below(configuration, "CN", "Partitions");
    g_autofree char *filter = rms_filter_for_domains();
    g_autoptr(GError) reason = NULL;
    g_autoptr(LDAPMessage) answer =
        search_now(self, base, LDAP_SCOPE_ONELEVEL, filter, attributes, &reason);
    if (g_error_matches(reason, RMS_DIRECTORY_ERROR, RMS_DIRECTORY_ERROR_UNREACHABLE)) {
        g_propagate_error(error, g_steal_pointer(&reason));
        return NULL;
    }
    for (LDAPMessage *entry = answer != NULL ? ldap_first_entry(self->ldap, answer) : NULL;
         entry != NULL && domains->len < RMS_MAX_FOREST_DOMAINS;
         entry = ldap_next_entry(self->ldap, entry)) {
        g_autofree char *base_dn = dup_text(self, entry, "nCName");
        g_autofree char *netbios_name = dup_text(self, entry, "nETBIOSName");
        g_autofree char *name = dup_text(self, entry, "dnsRoot");
        if (base_dn != NULL && netbios_name != NULL && name != NULL)
            g_ptr_array_add(domains, rms_domain_names_new(name, netbios_name, base_dn));
    }
    return g_steal_pointer(&domains);
}

static gboolean find_domain_sid(RmsConnection *self, RmsDomainInfo *info, GError **error)
{
    static const char *const attributes[] = {"objectSid", NULL};
    g_autoptr(GError) reason = NULL;
    g_autoptr(LDAPMessage) answer =
        search_now(self, info->base_dn, LDAP_SCOPE_BASE, "(objectClass=*)", attributes, &reason);
    if (g_error_matches(reason, RMS_DIRECTORY_ERROR, RMS_DIRECTORY_ERROR_UNREACHABLE)) {
        g_propagate_error(error, g_steal_pointer(&reason));
        return FALSE;
    }
    LDAPMessage *entry = answer != NULL ? ldap_first_entry(self->ldap, answer) : NULL;
    if (entry == NULL)
        return TRUE;
    g_auto(RmsBervals) values = ldap_get_values_len(self->ldap, entry, "objectSid");
    if (values != NULL && values[0] != NULL)
        (void) rms_sid_parse_bytes(
            &info->sid, (const guint8 *) values[0]->bv_val, values[0]->bv_len);
    return TRUE;
}

/* Where the account may not read the forest's domains, the first label of the own domain's name is
 * nearly always its NetBIOS name; for other domains' objects nothing is. */
static char *choose_netbios_name(RmsConnection *self,
                                 const GPtrArray *domains,
                                 const char *base_dn,
                                 const char *domain,
                                 GError **error)
{
    const RmsDomainNames *names = rms_domain_names_find(domains, base_dn);
    if (names != NULL && g_ascii_strcasecmp(names->base_dn, base_dn) == 0)
        return g_strdup(names->netbios_name);
    if (self->settings->global_catalog) {
        g_set_error(error,
                    RMS_DIRECTORY_ERROR,
                    RMS_DIRECTORY_ERROR_REFUSED,
                    "%s: The account may not read which domains the forest has, which searching "
                    "all of them takes; search one domain, or sign in with another account",
                    self->target->host);
        return NULL;
    }
    g_autofree char *label = g_strndup(domain, strcspn(domain, "."));
    return g_ascii_strup(label, -1);
}

static gboolean look_around(RmsConnection *self, GError **error)
{
    static const char *const attributes[] = {"defaultNamingContext",
                                             "configurationNamingContext",
                                             "rootDomainNamingContext",
                                             "dnsHostName",
                                             "isGlobalCatalogReady",
                                             NULL};
    g_autoptr(LDAPMessage) answer =
        search_now(self, "", LDAP_SCOPE_BASE, "(objectClass=*)", attributes, error);
    if (answer == NULL)
        return FALSE;
    LDAPMessage *root = ldap_first_entry(self->ldap, answer);
    g_autofree char *base_dn = dup_text(self, root, "defaultNamingContext");
    g_autofree char *configuration = dup_text(self, root, "configurationNamingContext");
    g_autofree char *forest_root = dup_text(self, root, "rootDomainNamingContext");
    g_autofree char *server = dup_text(self, root, "dnsHostName");
    g_autofree char *catalog = dup_text(self, root, "isGlobalCatalogReady");
    g_autofree char *domain = rms_domain_from_dn(base_dn);
    if (domain == NULL) {
        g_set_error(error,
                    RMS_DIRECTORY_ERROR,
                    RMS_DIRECTORY_ERROR_PROTOCOL,
                    "%s: The server is no domain controller of Active Directory; give the name of "
                    "one",
                    self->target->host);
        return FALSE;
    }
    g_autofree char *forest = rms_domain_from_dn(forest_root);
    const char *is_of = self->settings->global_catalog ? forest : domain;
    if (self->target->domain != NULL &&
        (is_of == NULL || g_ascii_strcasecmp(self->target->domain, is_of) != 0)) {
        g_set_error(error,
                    RMS_DIRECTORY_ERROR,
                    RMS_DIRECTORY_ERROR_PROTOCOL,
                    "%s: DNS names this server for %s, but it belongs to %s; correct the service "
                    "records",
                    self->target->host,
                    self->target->domain,
                    is_of != NULL ? is_of : "no forest");
        return FALSE;
    }
    g_autoptr(GPtrArray) domains = find_domains(self, configuration, error);
    if (domains == NULL)
        return FALSE;
    g_autofree char *netbios_name = choose_netbios_name(self, domains, base_dn, domain, error);
    if (netbios_name == NULL)
        return FALSE;

    self->info = rms_domain_info_new(server != NULL ? g_steal_pointer(&server)
                                                    : g_strdup(self->target->host),
                                     g_steal_pointer(&domain),
                                     g_steal_pointer(&netbios_name),
                                     g_steal_pointer(&base_dn));
    rms_domain_info_take_domains(self->info, g_steal_pointer(&domains));
    self->info->configuration_dn = g_steal_pointer(&configuration);
    if (forest_root != NULL) {
        g_free(self->info->root_dn);
        self->info->root_dn = g_steal_pointer(&forest_root);
    }
    self->info->is_global_catalog = self->settings->global_catalog;
    self->info->has_global_catalog = g_strcmp0(catalog, "TRUE") == 0;
    return find_domain_sid(self, self->info, error);
}

static gboolean attach_ldap(RmsConnection *self, int fd, GError **error)
{
    self->fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    rms_watchdog_set_socket(self->watchdog, fd);
    int rc = self->fd >= 0 ? ldap_init_fd(fd, LDAP_PROTO_TCP, self->target->uri, &self->ldap)
                           : LDAP_NO_MEMORY;
    if (rc == LDAP_SUCCESS)
        rc = set_general_options(self);
    Sockbuf *buffer = NULL;
    if (rc == LDAP_SUCCESS &&
        ldap_get_option(self->ldap, LDAP_OPT_SOCKBUF, &buffer) == LDAP_OPT_SUCCESS) {
        ber_len_t ceiling = RMS_MAX_LDAP_MESSAGE_BYTES;
        ber_sockbuf_ctrl(buffer, LBER_SB_OPT_SET_MAX_INCOMING, &ceiling);
        return TRUE;
    }
    fail_with_code(self, RMS_STEP_CONNECT, rc, FALSE, error);
    return FALSE;
}

/* A user without a password would be an "unauthenticated bind" (RFC 4513 §5.1.2), which succeeds.
 */
static gboolean check_credentials(const RmsDirectorySettings *settings, GError **error)
{
    if (settings->user == NULL && settings->password == NULL)
        return TRUE;
    if (settings->user != NULL && *settings->user != '\0' && settings->password != NULL &&
        rms_secret_get_length(settings->password) > 0)
        return TRUE;
    g_set_error_literal(error,
                        RMS_DIRECTORY_ERROR,
                        RMS_DIRECTORY_ERROR_PASSWORD,
                        "A user name and its password belong together; type both");
    return FALSE;
}

/* @target: (transfer full) */
static RmsConnection *
prepare(const RmsDirectorySettings *settings, RmsWatchdog *watchdog, RmsTarget *target)
{
    RmsConnection *self = g_new0(RmsConnection, 1);
    self->settings = settings;
    self->watchdog = watchdog;
    self->timeout_ms =
        settings->timeout_ms > 0 ? settings->timeout_ms : RMS_DEFAULT_DIRECTORY_TIMEOUT_MS;
    self->target = target;
    self->fd = -1;
    return self;
}

static gboolean sign_in(RmsConnection *self, RmsVerdict *verdict, GError **error)
{
    *verdict = RMS_VERDICT_OTHERS_MAY_HELP;
    int fd = connect_socket(self, error);
    if (fd < 0 || !attach_ldap(self, fd, error) || !start_tls(self, verdict, error))
        return FALSE;
    gboolean with_password = self->settings->user != NULL || self->settings->password != NULL;
    if (!(with_password ? bind_with_password(self, verdict, error)
                        : bind_with_ticket(self, verdict, error)))
        return FALSE;
    *verdict = RMS_VERDICT_OTHERS_MAY_HELP;
    return look_around(self, error);
}

RmsConnection *rms_connection_open(const RmsDirectorySettings *settings,
                                   RmsWatchdog *watchdog,
                                   RmsTarget *target,
                                   RmsVerdict *verdict,
                                   GError **error)
{
    g_return_val_if_fail(settings != NULL && watchdog != NULL && target != NULL, NULL);
    g_return_val_if_fail(verdict != NULL, NULL);

    g_autoptr(RmsConnection) self = prepare(settings, watchdog, target);
    *verdict = RMS_VERDICT_FINAL;
    if (!check_credentials(settings, error) || !sign_in(self, verdict, error))
        return NULL;
    return g_steal_pointer(&self);
}

char *rms_connection_ping(const RmsDirectorySettings *settings,
                          RmsWatchdog *watchdog,
                          RmsTarget *target,
                          const char *domain,
                          GError **error)
{
    g_return_val_if_fail(settings != NULL && watchdog != NULL && target != NULL, NULL);

    static const char *const attributes[] = {"Netlogon", NULL};
    g_autoptr(RmsConnection) self = prepare(settings, watchdog, target);
    self->timeout_ms = MIN(self->timeout_ms, RMS_PING_TIMEOUT_MS);
    int fd = connect_socket(self, error);
    if (fd < 0 || !attach_ldap(self, fd, error))
        return NULL;
    g_autofree char *filter = rms_filter_for_ping(domain);
    g_autoptr(LDAPMessage) answer =
        search_now(self, "", LDAP_SCOPE_BASE, filter, attributes, error);
    LDAPMessage *entry = answer != NULL ? ldap_first_entry(self->ldap, answer) : NULL;
    if (entry == NULL)
        return NULL;
    g_auto(RmsBervals) values = ldap_get_values_len(self->ldap, entry, "Netlogon");
    if (values == NULL || values[0] == NULL)
        return NULL;
    g_autoptr(RmsNetlogon) netlogon =
        rms_netlogon_parse((const guint8 *) values[0]->bv_val, values[0]->bv_len);
    if (netlogon == NULL || netlogon->client_site == NULL ||
        !rms_netlogon_is_site(netlogon->client_site))
        return NULL;
    return g_steal_pointer(&netlogon->client_site);
}

RmsConnection *rms_connection_adopt(const RmsDirectorySettings *settings,
                                    RmsWatchdog *watchdog,
                                    int fd,
                                    RmsDomainInfo *info,
                                    GError **error)
{
    g_return_val_if_fail(settings != NULL && watchdog != NULL && info != NULL, NULL);

    RmsTarget *target = rms_target_parse(settings->server, FALSE, FALSE, error);
    if (target == NULL)
        return NULL;
    g_autoptr(RmsConnection) self = prepare(settings, watchdog, target);
    if (!attach_ldap(self, fd, error))
        return NULL;
    self->info = info;
    return g_steal_pointer(&self);
}

RmsAttributes *rms_connection_get_attributes(RmsConnection *self)
{
    if (self->attributes == NULL)
        self->attributes = rms_attributes_new();
    return self->attributes;
}

void rms_connection_close(RmsConnection *self)
{
    if (self == NULL)
        return;
    if (self->ldap != NULL) {
        rms_watchdog_arm(self->watchdog, self->timeout_ms);
        ldap_unbind_ext(self->ldap, NULL, NULL);
        rms_watchdog_disarm(self->watchdog);
    }
    rms_watchdog_set_socket(self->watchdog, -1);
    if (self->fd >= 0)
        close(self->fd);
    rms_target_free(self->target);
    rms_domain_info_unref(self->info);
    rms_attributes_free(self->attributes);
    g_free(self);
}

RmsDomainInfo *rms_connection_get_info(RmsConnection *self)
{
    return self->info;
}

LDAP *rms_connection_get_ldap(RmsConnection *self)
{
    return self->ldap;
}

int rms_connection_get_fd(RmsConnection *self)
{
    return self->fd;
}

const char *rms_connection_get_host(RmsConnection *self)
{
    return self->target->host;
}

guint rms_connection_get_timeout_ms(RmsConnection *self)
{
    return self->timeout_ms;
}

const RmsTarget *rms_connection_get_target(RmsConnection *self)
{
    return self->target;
}
