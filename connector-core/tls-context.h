/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What TLS the connector speaks: its own certificate towards callers, verification of the tenant.
 *
 * TLS 1.2 and 1.3 only, no renegotiation, no compression; there is no switch that turns
 * verification off.
 */
#pragma once

#include <gio/gio.h>
#include <openssl/ssl.h>

G_BEGIN_DECLS

G_DEFINE_AUTOPTR_CLEANUP_FUNC(SSL_CTX, SSL_CTX_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SSL, SSL_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(BIO, BIO_free_all)

/**
 * rms_tls_server_context_new: Loads the chain (leaf first) and its key and checks that they belong
 * together. Errors: RMS_CONNECTOR_ERROR_SETTINGS, naming the file and the remedy.
 */
SSL_CTX *
rms_tls_server_context_new(const char *certificate_file, const char *key_file, GError **error);

/**
 * rms_tls_client_context_new: Trusts the system's authorities, and those of @ca_file (nullable)
 * beside them. Errors: RMS_CONNECTOR_ERROR_SETTINGS.
 */
SSL_CTX *rms_tls_client_context_new(const char *ca_file, GError **error);
/** rms_tls_client_new: Returns: (transfer full) (nullable): a client that accepts nobody but @host
 * (a name or an address literal); %NULL if @host cannot be a name. */
SSL *rms_tls_client_new(SSL_CTX *context, const char *host);

G_END_DECLS
