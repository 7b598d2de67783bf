/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The keys of HTTP/ services out of a keytab file, held in memory. For acceptor.c only.
 *
 * Only HTTP/ keys are taken: a ticket for another service whose key lies in the same file
 * (`host/`, `cifs/`) must not open this one. Reading the file once also keeps it out of every
 * request.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _RmsServiceKeys RmsServiceKeys;

/**
 * rms_service_keys_load: @path: of a keytab file, `FILE:` in front allowed.
 *
 * Returns: (transfer full): the keys, or %NULL with RMS_CONNECTOR_ERROR_SETTINGS if the file is
 * missing, unreadable, damaged, open to other users, or without an HTTP/ key; the message says
 * which, and what to do.
 */
RmsServiceKeys *rms_service_keys_load(const char *path, GError **error);
void rms_service_keys_free(RmsServiceKeys *keys); /* @keys: (nullable) */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RmsServiceKeys, rms_service_keys_free)

/** rms_service_keys_get_name: Returns: what the krb5 library calls them, `MEMORY:…`. */
const char *rms_service_keys_get_name(RmsServiceKeys *keys);
/** rms_service_keys_has_host: Returns: whether there is a key of `HTTP/<host>`; case does not
 * count. */
gboolean rms_service_keys_has_host(RmsServiceKeys *keys, const char *host);
/** rms_service_keys_notice_change: Returns: whether the file changed since it was loaded or since
 * this was last called, so that each change is tried once; %FALSE while it cannot be looked at. */
gboolean rms_service_keys_notice_change(RmsServiceKeys *keys);

G_END_DECLS
