/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where to connect: the "server" setting, read. Only looks at text.
 */
#pragma once

#include <glib.h>

#include "directory/directory.h"

G_BEGIN_DECLS

/**
 * RmsTarget:
 * @host: name or address, without brackets
 * @uri: `ldap://host:port`, as libldap takes it
 * @ldaps: TLS from the first byte
 * @start_tls: TLS by StartTLS before anything else
 */
typedef struct {
    char *host;
    char *uri;
    guint16 port;
    gboolean ldaps;
    gboolean start_tls;
} RmsTarget;

/**
 * rms_target_parse: @with_password: a simple bind will follow, which is only ever made inside TLS:
 * a bare name means ldaps://, and ldap:// means StartTLS.
 *
 * Returns: (transfer full): or %NULL with %RMS_DIRECTORY_ERROR_UNREACHABLE when @server is no
 * server.
 */
RmsTarget *rms_target_parse(const char *server, gboolean with_password, GError **error);
void rms_target_free(RmsTarget *target);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RmsTarget, rms_target_free)

G_END_DECLS
