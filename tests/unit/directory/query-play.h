/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A directory server that a test plays itself on a socket pair: it reads what a query asks, and
 * answers what no honest server would.
 */
#pragma once

#include <check.h>

#include "directory/directory-query-private.h"

G_BEGIN_DECLS

#define DOMAIN_SID "S-1-5-21-1-2-3"
#define ALL RMS_KIND_ALL

typedef struct {
    RmsDirectorySettings *settings;
    RmsWatchdog *watchdog;
    RmsConnection *connection;
    Sockbuf *server;
    int server_fd;
    RmsDirectory *directory;
    GListStore *store;
    RmsQuery *query;
    RmsQueryState state;
    /* The request that came last. */
    ber_int_t message_id;
    char *base;
    ber_int_t size_limit;
    GBytes *request;
    /* How the call ended. */
    gboolean ended;
    gboolean flag;
    gpointer value;
    GError *error;
} Play;

typedef struct {
    const char *name;
    const void *value;
    gsize length;
} Attribute;

void open_play(Play *play);
void close_play(Play *play);

/* A query is begun, and its first request read. */
void start_search(Play *play, const char *text, guint kinds, guint limit);
void start_resolve(Play *play, const char *text);
void start_lookup(Play *play, const char *text);
void start_members(Play *play, const char *text, guint limit);

/** read_request: Reads one request as a server does (RFC 4511 §4.5.1). */
void read_request(Play *play);
gboolean request_has(Play *play, const char *text);

/* Answers to the request that came last; the query handles each at once. */
/** send_message: @ber: (transfer full) */
void send_message(Play *play, BerElement *ber);
void send_entry(Play *play, const char *dn, const Attribute *attributes);
void send_object(Play *play, guint rid, const char *class, const char *group_type);
void send_group(Play *play, guint rid);
void send_members(Play *play, const char *attribute, guint count);
void send_reference(Play *play);
/** send_result: Also runs what the query posted. @cookie: (nullable): of the next page */
void send_result(Play *play, int code, const char *diagnostic, const char *cookie);
/** send_last_result: Leaves what the query posted to the caller to run. */
void send_last_result(Play *play, int code);

/** count_found: Objects that reached the caller's list. */
guint count_found(Play *play);

G_END_DECLS
