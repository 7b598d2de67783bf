/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Something that listens where a domain controller might: a relay to the real one that can be made
 * to hang or to break, and servers that misbehave from the start.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * TestProxyMode:
 * @TEST_PROXY_RELAY: bytes go both ways
 * @TEST_PROXY_SILENT: connections are taken and nothing is ever said
 * @TEST_PROXY_NO_START_TLS: the first message is answered with an LDAP "protocolError", as a server
 * without StartTLS does; what comes is recorded
 */
typedef enum { TEST_PROXY_RELAY, TEST_PROXY_SILENT, TEST_PROXY_NO_START_TLS } TestProxyMode;

typedef struct _TestProxy TestProxy;

/** test_proxy_new: Listens on a free port of @address. */
TestProxy *test_proxy_new(const char *address, TestProxyMode mode);
/** test_proxy_new_relay: Listens on a free port of @address and relays to @target. */
TestProxy *test_proxy_new_relay(const char *address, const char *target, guint16 target_port);
void test_proxy_free(TestProxy *proxy);
guint16 test_proxy_get_port(TestProxy *proxy);
/** test_proxy_get_connections: Returns: how many were made so far. */
guint test_proxy_get_connections(TestProxy *proxy);

/** test_proxy_freeze_after: Answers stop after @bytes more, in the middle of a message if need be;
 * connections stay open. */
void test_proxy_freeze_after(TestProxy *proxy, gsize bytes);
/** test_proxy_thaw: Everything flows again, what was held back first. */
void test_proxy_thaw(TestProxy *proxy);
/** test_proxy_reset_after: All connections are reset after @bytes more of answers; new ones work.
 */
void test_proxy_reset_after(TestProxy *proxy, gsize bytes);
/** test_proxy_drop: All connections are closed, as by a server that shuts down. */
void test_proxy_drop(TestProxy *proxy);
/** test_proxy_dup_received: Returns: (transfer full): what clients sent. */
GBytes *test_proxy_dup_received(TestProxy *proxy);

G_END_DECLS
