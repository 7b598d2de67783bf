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
#include "directory/directory-target-private.h"
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
};

RmsDomainInfo *rms_domain_info_new(char *server, char *domain, char *netbios_name, char *base_dn)
{
    RmsDomainInfo *info = g_atomic_rc_box_new(RmsDomainInfo);
    *info = (RmsDomainInfo){server, domain, netbios_name, base_dn};
    return info;
}

RmsDomainInfo *rms_domain_info_ref(RmsDomainInfo *info)
{
    return g_atomic_rc_box_acquire(info);
}

static void clear_domain_info(gpointer data)
{
    RmsDomainInfo *info = data;
    g_free(info->server);
    g_free(info->domain);
    g_free(info->netbios_name);
    g_free(info->base_dn);
}

void rms_domain_info_unref(RmsDomainInfo *info)
{
    if (info != NULL)
        g_atomic_rc_box_release_full(info, clear_domain_info);
}

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

static gboolean start_tls(RmsConnection *self, GError **error)
{
    if (!self->target->ldaps && !self->target->start_tls)
        return TRUE;

    g_autofree char *ca_path = NULL;
    int trust_fd = rms_trust_open(self->settings->ca_file, &ca_path, error);
    if (trust_fd < 0)
        return FALSE;

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

static gboolean bind_with_ticket(RmsConnection *self, GError **error)
{
    gboolean in_tls = ldap_tls_inplace(self->ldap) != 0;

    rms_watchdog_arm(self->watchdog, self->timeout_ms);
    gboolean usable = rms_ticket_check(self->target->host, error);
    gboolean timed_out = rms_watchdog_disarm(self->watchdog);
    if (!usable)
        return FALSE;

    rms_watchdog_arm(self->watchdog, self->timeout_ms);
    int rc = set_sasl_options(self, in_tls);
    if (rc == LDAP_SUCCESS)
        rc = ldap_sasl_interactive_bind_s(
            self->ldap, NULL, "GSS-SPNEGO", NULL, NULL, LDAP_SASL_QUIET, answer_nothing, NULL);
    timed_out = rms_watchdog_disarm(self->watchdog) || timed_out;
    if (rc != LDAP_SUCCESS || timed_out) {
        fail_with_code(self, RMS_STEP_BIND_TICKET, rc, timed_out, error);
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

static gboolean bind_with_password(RmsConnection *self, GError **error)
{
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
    if (rc == LDAP_SUCCESS && !timed_out)
        return answer;
    rms_ldap_message_free(answer);
    fail_with_code(self, RMS_STEP_SEARCH, rc, timed_out, error);
    return NULL;
}

static char *dup_text(RmsConnection *self, LDAPMessage *answer, const char *attribute)
{
    LDAPMessage *entry = ldap_first_entry(self->ldap, answer);
    if (entry == NULL)
        return NULL;
    g_auto(RmsBervals) values = ldap_get_values_len(self->ldap, entry, attribute);
    if (values == NULL || values[0] == NULL || values[0]->bv_len == 0 ||
        values[0]->bv_len > RMS_MAX_VALUE_BYTES ||
        !g_utf8_validate_len(values[0]->bv_val, values[0]->bv_len, NULL))
        return NULL;
    return g_strndup(values[0]->bv_val, values[0]->bv_len);
}

/* Not all may read the partitions; then the first label of the domain is nearly always right. */
static char *find_netbios_name(RmsConnection *self,
                               const char *configuration,
                               const char *base_dn,
                               const char *domain,
                               GError **error)
{
    static const char *const attributes[] = {"nETBIOSName", NULL};
    g_autofree char *name = NULL;
    if (configuration != NULL) {
        g_autofree char *base = g_strdup_printf("CN=Partitions,%s", configuration);
        g_autofree char *filter = rms_filter_for_domain(base_dn);
        g_autoptr(GError) reason = NULL;
        g_autoptr(LDAPMessage) answer =
            search_now(self, base, LDAP_SCOPE_ONELEVEL, filter, attributes, &reason);
        if (answer == NULL &&
            g_error_matches(reason, RMS_DIRECTORY_ERROR, RMS_DIRECTORY_ERROR_UNREACHABLE)) {
            g_propagate_error(error, g_steal_pointer(&reason));
            return NULL;
        }
        if (answer != NULL)
            name = dup_text(self, answer, "nETBIOSName");
    }
    if (name == NULL) {
        g_autofree char *label = g_strndup(domain, strcspn(domain, "."));
        name = g_ascii_strup(label, -1);
    }
    return g_steal_pointer(&name);
}

static gboolean look_around(RmsConnection *self, GError **error)
{
    static const char *const attributes[] = {
        "defaultNamingContext", "configurationNamingContext", "dnsHostName", NULL};
    g_autoptr(LDAPMessage) root =
        search_now(self, "", LDAP_SCOPE_BASE, "(objectClass=*)", attributes, error);
    if (root == NULL)
        return FALSE;
    g_autofree char *base_dn = dup_text(self, root, "defaultNamingContext");
    g_autofree char *configuration = dup_text(self, root, "configurationNamingContext");
    g_autofree char *server = dup_text(self, root, "dnsHostName");
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
    g_autofree char *netbios_name = find_netbios_name(self, configuration, base_dn, domain, error);
    if (netbios_name == NULL)
        return FALSE;

    self->info = rms_domain_info_new(server != NULL ? g_steal_pointer(&server)
                                                    : g_strdup(self->target->host),
                                     g_steal_pointer(&domain),
                                     g_steal_pointer(&netbios_name),
                                     g_steal_pointer(&base_dn));
    return TRUE;
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

static RmsConnection *prepare(const RmsDirectorySettings *settings,
                              RmsWatchdog *watchdog,
                              gboolean with_password,
                              GError **error)
{
    RmsTarget *target = rms_target_parse(settings->server, with_password, error);
    if (target == NULL)
        return NULL;
    RmsConnection *self = g_new0(RmsConnection, 1);
    self->settings = settings;
    self->watchdog = watchdog;
    self->timeout_ms =
        settings->timeout_ms > 0 ? settings->timeout_ms : RMS_DEFAULT_DIRECTORY_TIMEOUT_MS;
    self->target = target;
    self->fd = -1;
    return self;
}

RmsConnection *
rms_connection_open(const RmsDirectorySettings *settings, RmsWatchdog *watchdog, GError **error)
{
    g_return_val_if_fail(settings != NULL && watchdog != NULL, NULL);

    gboolean with_password = settings->user != NULL || settings->password != NULL;
    if (!check_credentials(settings, error))
        return NULL;
    g_autoptr(RmsConnection) self = prepare(settings, watchdog, with_password, error);
    if (self == NULL)
        return NULL;

    int fd = connect_socket(self, error);
    if (fd < 0 || !attach_ldap(self, fd, error) || !start_tls(self, error))
        return NULL;
    if (!(with_password ? bind_with_password(self, error) : bind_with_ticket(self, error)))
        return NULL;
    if (!look_around(self, error))
        return NULL;
    return g_steal_pointer(&self);
}

RmsConnection *rms_connection_adopt(const RmsDirectorySettings *settings,
                                    RmsWatchdog *watchdog,
                                    int fd,
                                    RmsDomainInfo *info,
                                    GError **error)
{
    g_return_val_if_fail(settings != NULL && watchdog != NULL && info != NULL, NULL);

    g_autoptr(RmsConnection) self = prepare(settings, watchdog, FALSE, error);
    if (self == NULL || !attach_ldap(self, fd, error))
        return NULL;
    self->info = info;
    return g_steal_pointer(&self);
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
