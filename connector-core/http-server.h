/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The connector's front: listens, speaks HTTP/1.1, authenticates, admits, relays (DESIGN.md §2, "in
 * the order in which a request meets it"). One GMainContext, no locks: everything here runs on the
 * connector's thread.
 */
#pragma once

#include "connector-core/admission.h"
#include "connector-core/caller.h"
#include "connector-core/connector-settings.h"
#include "connector-core/contacts.h"
#include "connector-core/counters.h"
#include "connector-core/event-log.h"
#include "connector-core/model/secret.h"

G_BEGIN_DECLS

typedef struct _RmsHttpServer RmsHttpServer;

/** rms_http_server_new: Borrows all of these for its life. Loads certificate and key. Errors:
 * RMS_CONNECTOR_ERROR_SETTINGS. */
RmsHttpServer *rms_http_server_new(const RmsConnectorSettings *settings,
                                   RmsAcceptor *acceptor,
                                   RmsContacts *contacts,
                                   RmsEventLog *events,
                                   GError **error);
/** rms_http_server_listen: Binds both addresses on the thread-default context. Errors: GIOError /
 * RMS_CONNECTOR_ERROR_SETTINGS with the address and the cause. */
gboolean rms_http_server_listen(RmsHttpServer *server, GError **error);
/** rms_http_server_drain: Stops accepting; @done runs when the last request ended or after
 * @deadline_ms. */
void rms_http_server_drain(RmsHttpServer *server,
                           guint deadline_ms,
                           GSourceFunc done,
                           gpointer user_data);
void rms_http_server_free(RmsHttpServer *server);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RmsHttpServer, rms_http_server_free)

/** rms_http_server_get_counters: Returns: (transfer none): lives as long as the server. */
RmsCounters *rms_http_server_get_counters(RmsHttpServer *server);
/** rms_http_server_set_admission: (transfer full): @admission decides from the next request on,
 * also on open connections. */
void rms_http_server_set_admission(RmsHttpServer *server, RmsAdmission *admission);
/** rms_http_server_set_tenant: @url: (nullable): `https://host[:port]`, already checked. */
void rms_http_server_set_tenant(RmsHttpServer *server, const char *url);
/** rms_http_server_set_token: @token: (nullable). @expires_at: seconds since 1970 UTC. */
void rms_http_server_set_token(RmsHttpServer *server, RmsSecret *token, gint64 expires_at);

G_END_DECLS
