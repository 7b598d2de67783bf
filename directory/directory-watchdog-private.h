/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A deadline for calls that cannot be given one.
 *
 * libldap's timeouts do not cover a TLS handshake (it blocks for ever, or spins with
 * LDAP_OPT_NETWORK_TIMEOUT set) nor an answer that stops half way. Whoever makes such a call arms
 * the watchdog around it; when the deadline passes, the watchdog shuts the socket down, and the
 * call returns with an error at once. A call that does not even return then (Kerberos waiting for a
 * KDC) is reported as stuck.
 *
 *     disarmed ──arm──▶ armed ──deadline──▶ fired ──grace──▶ stuck
 *         ▲───────────────┴──────disarm───────┴────────────────┘
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _RmsWatchdog RmsWatchdog;

/**
 * rms_watchdog_new:
 * @on_stuck: called in the watchdog's thread when a call did not return after its deadline; must
 * not block
 * @owner: passed to @on_stuck; freed with @free_owner after the last call
 */
RmsWatchdog *
rms_watchdog_new(void (*on_stuck)(gpointer owner), gpointer owner, GDestroyNotify free_owner);
/** rms_watchdog_free: No callback starts after this; one that runs may still end. */
void rms_watchdog_free(RmsWatchdog *watchdog);

/** rms_watchdog_set_socket: @fd is shut down when a deadline passes; the watchdog keeps a
 * duplicate, so that the number may be closed and used again at any time. -1: none. */
void rms_watchdog_set_socket(RmsWatchdog *watchdog, int fd);
/** rms_watchdog_set_cancellable: @cancellable: (nullable): cancelled when a deadline passes, for
 * calls that take one. */
void rms_watchdog_set_cancellable(RmsWatchdog *watchdog, GCancellable *cancellable);

/** rms_watchdog_arm: @timeout_ms: from now. */
void rms_watchdog_arm(RmsWatchdog *watchdog, guint timeout_ms);
/** rms_watchdog_disarm: Returns: whether the deadline passed, so that the socket is shut down. */
gboolean rms_watchdog_disarm(RmsWatchdog *watchdog);

G_END_DECLS
