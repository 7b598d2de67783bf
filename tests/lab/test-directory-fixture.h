/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the directory's lab tests share: settings for the lab's domain controller, calls that are
 * waited for, tickets, and objects with odd names.
 */
#pragma once

#include "directory/directory.h"
#include "test-directory-proxy.h"

G_BEGIN_DECLS

/* Address of the lab's domain controller, on which the tests put their relays: its name and
 * certificate then fit. */
#define TEST_DC_ADDRESS "127.0.0.2"
/* For what is expected to succeed, on a machine that has other things to do; and for what is
 * expected to hang. */
#define TEST_TIMEOUT_MS 30000
#define TEST_SHORT_TIMEOUT_MS 2000

/** test_setup: Reads the lab's environment and replaces what could help or hurt: a credential cache
 * of our own, and LDAP variables that try to turn the checks off. Ends the program outside the lab.
 */
void test_setup(void);
void test_teardown(void);
const char *test_env(const char *name);

/** test_kinit: A new ticket for @principal from its keytab; @lifetime: (nullable): such as "5s". */
void test_kinit(const char *keytab, const char *principal, const char *lifetime);
void test_kdestroy(void);
/** test_set_kdc: @kdc: (nullable): `address:port` where libkrb5 looks for the KDC; %NULL: the
 * lab's. */
void test_set_kdc(const char *kdc);

/** test_settings: Returns: (transfer full): @server, and @user with @password unless %NULL, and the
 * domain's CA. */
RmsDirectorySettings *test_settings(const char *server, const char *user, const char *password);
/** test_directory: Returns: (transfer full): signed in with the ticket at @server. */
RmsDirectory *test_directory(const char *server);
/** test_directory_through: Returns: (transfer full): the same through @proxy. */
RmsDirectory *test_directory_through(TestProxy *proxy, guint timeout_ms);

/* Calls that run the default context until they end. @error: what they ended with. */
gboolean test_open(RmsDirectory *directory, GError **error);
/** test_search: Returns: (transfer full): what was found, also on failure. */
GListStore *test_search(RmsDirectory *directory,
                        const char *text,
                        guint kinds,
                        guint limit,
                        gboolean *truncated,
                        GError **error);
GPtrArray *test_resolve(RmsDirectory *directory, const char *text, guint kinds, GError **error);
RmsDirectoryObject *test_lookup(RmsDirectory *directory, const char *sid, GError **error);

/** test_has: Returns: whether @store holds an object with @account_name once; fails on twice. */
gboolean test_has(GListStore *store, const char *account_name);
/** test_find_sid: Returns: (transfer full): SID text of the one object called @text. */
char *test_find_sid(RmsDirectory *directory, const char *text);

/** test_find_sid_patiently: The same with a short timeout, which a busy machine may need several
 * of. */
char *test_find_sid_patiently(RmsDirectory *directory, const char *text);

/** test_seconds_since: @start: g_get_monotonic_time(). */
double test_seconds_since(gint64 start);
/** test_cpu_seconds: Returns: processor time of this process so far. */
double test_cpu_seconds(void);

G_END_DECLS
