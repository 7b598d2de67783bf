/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which certificate authorities a domain controller's certificate may chain to: the system's, and
 * one file of the administrator's beside them.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * rms_trust_open: libldap takes one file of certificates only, so the system's and @ca_file are put
 * together in one without a name.
 * @ca_file: (nullable): PEM
 * @path: (out): (transfer full): a path that opens it while the returned descriptor is open
 *
 * Returns: a descriptor to close, or -1 with %RMS_DIRECTORY_ERROR_TLS.
 */
int rms_trust_open(const char *ca_file, char **path, GError **error);

G_END_DECLS
