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
 * @domain: (nullable): which domain it has to be of; of a global catalog, which forest
 */
typedef struct {
    char *host;
    char *uri;
    guint16 port;
    gboolean ldaps;
    gboolean start_tls;
    char *domain;
} RmsTarget;

/**
 * rms_target_parse:
 * @with_password: a simple bind will follow, which is only ever made inside TLS: a bare name means
 * ldaps://, and ldap:// means StartTLS
 * @global_catalog: 3268 and 3269 instead of 389 and 636 where @server names no port
 *
 * Returns: (transfer full): or %NULL with %RMS_DIRECTORY_ERROR_UNREACHABLE when @server is no
 * server.
 */
RmsTarget *rms_target_parse(const char *server,
                            gboolean with_password,
                            gboolean global_catalog,
                            GError **error);
RmsTarget *rms_target_copy(const RmsTarget *target);
void rms_target_free(RmsTarget *target);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RmsTarget, rms_target_free)

/** rms_target_is_host: Returns: whether @host is a name or an address; anything else could change
 * what a URI or a record's name built from it means. */
gboolean rms_target_is_host(const char *host);

/** rms_target_parse_list: @servers: names with white space between. Returns: (transfer full)
 * (element-type RmsTarget): at least one; one bad name refuses all. */
GPtrArray *rms_target_parse_list(const char *servers,
                                 gboolean with_password,
                                 gboolean global_catalog,
                                 GError **error);
/** rms_target_make_global_catalog: Returns: (transfer full): @servers without their ports: the same
 * machines' global catalogs; %NULL if @servers are none. */
char *rms_target_make_global_catalog(const char *servers);

G_END_DECLS
