/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A connection to Active Directory: bind, find objects by what people type, and tell what they are.
 *
 * libldap blocks (DNS, KDC, TLS), so each connection has one worker thread; results reach the
 * context that made the call, in pages. No function here blocks. A new search does not cancel an
 * old one: the caller's GCancellable does.
 */
#pragma once

#include <gio/gio.h>

#include "connector-core/model/secret.h"
#include "directory/directory-object.h"

G_BEGIN_DECLS

#define RMS_DIRECTORY_ERROR (rms_directory_error_quark())
/**
 * RmsDirectoryError: who has to act.
 * @RMS_DIRECTORY_ERROR_UNREACHABLE: no domain controller answered: network, DNS, firewall
 * @RMS_DIRECTORY_ERROR_TLS: the domain controller's certificate is not trusted or for another name
 * @RMS_DIRECTORY_ERROR_TICKET: no usable Kerberos ticket: run kinit, or sign in with a password
 * @RMS_DIRECTORY_ERROR_PASSWORD: wrong user name or password (AD sub-codes 525, 52e)
 * @RMS_DIRECTORY_ERROR_ACCOUNT: the account is disabled, expired, locked or must change its
 * password (533, 701, 775, 532, 773)
 * @RMS_DIRECTORY_ERROR_REFUSED: the server refuses: signing required, no right to read
 * @RMS_DIRECTORY_ERROR_NAME: what was typed is no name that can be searched for
 * @RMS_DIRECTORY_ERROR_PROTOCOL: an answer that makes no sense; report it
 */
typedef enum {
    RMS_DIRECTORY_ERROR_UNREACHABLE,
    RMS_DIRECTORY_ERROR_TLS,
    RMS_DIRECTORY_ERROR_TICKET,
    RMS_DIRECTORY_ERROR_PASSWORD,
    RMS_DIRECTORY_ERROR_ACCOUNT,
    RMS_DIRECTORY_ERROR_REFUSED,
    RMS_DIRECTORY_ERROR_NAME,
    RMS_DIRECTORY_ERROR_PROTOCOL
} RmsDirectoryError;
GQuark rms_directory_error_quark(void);

/**
 * RmsDirectorySettings: strings owned, %NULL: not set.
 * @server: one or more domain controllers with white space between, tried in order:
 * `dc1.contoso.com` or an ldap:// or ldaps:// URI; a bare name means ldap:// with sign and seal for
 * Kerberos and ldaps:// for a password. %NULL: those of @domain, found by DNS (SRV), the own site's
 * first
 * @domain: DNS name, for finding servers; for a global catalog, of the domain that the forest is
 * named after; %NULL: the default realm of krb5.conf
 * @global_catalog: ports 3268 and 3269 where @server names none, and searches of the whole forest
 * @user, @password: simple bind, only ever inside TLS (ldap:// then means StartTLS); both %NULL:
 * GSS-SPNEGO with the admin's ticket. @user is a UPN, `DOMAIN\name` or a DN
 * @ca_file: PEM that the server's certificate may chain to, beside the system's CAs
 * @timeout_ms: deadline of each connect, handshake, bind and answer of each server; 0: 10 000
 */
typedef struct {
    char *server;
    char *domain;
    gboolean global_catalog;
    char *user;
    RmsSecret *password;
    char *ca_file;
    guint timeout_ms;
} RmsDirectorySettings;
RmsDirectorySettings *rms_directory_settings_new(void);
RmsDirectorySettings *rms_directory_settings_copy(const RmsDirectorySettings *settings);
void rms_directory_settings_free(RmsDirectorySettings *settings);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RmsDirectorySettings, rms_directory_settings_free)

#define RMS_TYPE_DIRECTORY (rms_directory_get_type())
G_DECLARE_FINAL_TYPE(RmsDirectory, rms_directory, RMS, DIRECTORY, GObject)

/**
 * rms_directory_new: Copies @settings; connects on the first call that needs it, or by
 * rms_directory_open_async(), and again when a connection was lost.
 *
 * All calls of one directory are made from one context, the one whose thread-default context the
 * callbacks and pages reach.
 */
RmsDirectory *rms_directory_new(const RmsDirectorySettings *settings);
/**
 * rms_directory_wait_for_threads: For the end of a program or a test: waits until the threads of
 * directories that are gone have said goodbye to their servers. Does not wait for one that hangs in
 * a library.
 */
void rms_directory_wait_for_threads(void);
/** rms_directory_open_async: Connects, binds, reads the root DSE and the domain's NetBIOS name. */
void rms_directory_open_async(RmsDirectory *self,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
gboolean rms_directory_open_finish(RmsDirectory *self, GAsyncResult *result, GError **error);

/* After a successful open or the first other answer; %NULL before. Also properties "server",
 * "domain", "netbios-name", "base-dn", notified when they change. */
const char *rms_directory_get_server(RmsDirectory *self); /* dnsHostName of the domain controller */
const char *rms_directory_get_domain(RmsDirectory *self); /* contoso.example */
const char *rms_directory_get_netbios_name(RmsDirectory *self); /* CONTOSO */
const char *rms_directory_get_base_dn(RmsDirectory *self);

/* Bits of a kinds mask: RMS_KIND_BIT(RMS_KIND_COMPUTER) | … */
#define RMS_KIND_BIT(kind) (1u << (kind))
#define RMS_KIND_ALL ((1u << RMS_N_KINDS) - 1)

/**
 * RmsDirectorySearch: strings are borrowed, and copied by the call.
 * @text: the start of what people type: a name, `DOMAIN\name`, UPN, mail, `NAME$`, a SID, a GUID or
 * a DN. %NULL or white space only finds all objects of @kinds
 * @place: (nullable): DN of the place to search below; %NULL: the domain, or the forest on a global
 * catalog
 * @direct: only what is directly in @place
 * @kinds: RMS_KIND_BIT()s
 * @limit: objects at most, at least 1
 */
typedef struct {
    const char *text;
    const char *place;
    gboolean direct;
    guint kinds;
    guint limit;
} RmsDirectorySearch;

/**
 * rms_directory_search_async:
 * @results: a GListStore of RmsDirectoryObject; pages are spliced onto its end in the caller's
 * context as they arrive, none after @callback, and none once @cancellable is cancelled.
 */
void rms_directory_search_async(RmsDirectory *self,
                                const RmsDirectorySearch *search,
                                GListStore *results,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
/** rms_directory_search_finish: @truncated: (out) (optional): there was more than the limit. */
gboolean rms_directory_search_finish(RmsDirectory *self,
                                     GAsyncResult *result,
                                     gboolean *truncated,
                                     GError **error);

/**
 * rms_directory_resolve_async: Finds exactly what was typed (as *Check names* does): all objects
 * whose account name, UPN, mail, SID, DN or display name equals @text; `EXCH01` also matches the
 * computer `EXCH01$` when nothing else is called so. `OTHER\name` of another domain fails with
 * %RMS_DIRECTORY_ERROR_NAME.
 */
void rms_directory_resolve_async(RmsDirectory *self,
                                 const char *text,
                                 guint kinds,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
/** rms_directory_resolve_finish: Returns: (transfer full) (element-type RmsDirectoryObject): none,
 * one, or several to choose from. */
GPtrArray *rms_directory_resolve_finish(RmsDirectory *self, GAsyncResult *result, GError **error);

/** rms_directory_lookup_sid_async: The object that has @sid now, with member count and warnings
 * filled in. */
void rms_directory_lookup_sid_async(RmsDirectory *self,
                                    const RmsSid *sid,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
/** rms_directory_lookup_sid_finish: Returns: (transfer full) (nullable): %NULL without error: no
 * such object. */
RmsDirectoryObject *
rms_directory_lookup_sid_finish(RmsDirectory *self, GAsyncResult *result, GError **error);

G_END_DECLS
