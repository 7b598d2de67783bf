/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the kinds of query share: a query is a topic, which knows what to ask next and what an
 * answer means, with the state that the topic keeps behind it. Belongs to the worker's thread.
 *
 *     topic->start ──▶ [ handle_entry … ] ──▶ handle_result ──▶ another search, or done
 */
#pragma once

#include "directory/directory-decode.h"
#include "directory/directory-query-private.h"

G_BEGIN_DECLS

/** RmsQueryResult: how one search ended; borrowed. */
typedef struct {
    int code;
    const char *diagnostic;
    LDAPControl **controls;
} RmsQueryResult;

/**
 * RmsQueryTopic:
 * @start: forgets how far an earlier start came, but not what it delivered, and sends the first
 * search
 * @handle_entry: @entry: borrowed
 * @handle_result: the search that was sent has ended, with whatever code
 * @clear: frees what the topic keeps
 */
typedef struct {
    RmsQueryState (*start)(RmsQuery *query, RmsConnection *connection);
    RmsQueryState (*handle_entry)(RmsQuery *query, RmsConnection *connection, LDAPMessage *entry);
    RmsQueryState (*handle_result)(RmsQuery *query,
                                   RmsConnection *connection,
                                   const RmsQueryResult *result);
    void (*clear)(RmsQuery *query);
} RmsQueryTopic;

/* The first member of each topic's own struct. */
struct _RmsQuery {
    const RmsQueryTopic *topic;
    RmsCall *call;
    guint starts;
    int message_id; /* -1: no search under way */
};

/** rms_query_new: Returns: (transfer full): @size zeroed bytes that begin with a query about
 * @topic. */
gpointer rms_query_new(const RmsQueryTopic *topic, gsize size, RmsCall *call);

/* How a handler returns. */

/** rms_query_fail: @error: (transfer full) */
RmsQueryState rms_query_fail(RmsQuery *query, GError *error);
/** rms_query_fail_with_code: Lost where @code says so, else the call ends with what it means. */
RmsQueryState rms_query_fail_with_code(RmsQuery *query,
                                       RmsConnection *connection,
                                       int code,
                                       const char *diagnostic);
/** rms_query_end: @value: (transfer full) */
RmsQueryState rms_query_end(RmsQuery *query, gpointer value, GDestroyNotify free_value);
RmsQueryState rms_query_end_with_flag(RmsQuery *query, gboolean value);

/** rms_query_ask: One search without pages; @max_entries: 0: all. */
RmsQueryState rms_query_ask(RmsQuery *query,
                            RmsConnection *connection,
                            const char *base,
                            int scope,
                            const char *filter,
                            const char *const *attributes,
                            int max_entries);

/**
 * RmsPager: one search in pages; zeroed: none. The same filter is asked again with the server's
 * cookie until that is empty (RFC 2696).
 */
typedef struct {
    char *base;
    int scope;
    char *filter;
    const char *const *attributes;
    guint first_size;
    guint next_size;
    struct berval *cookie;
    guint pages;
} RmsPager;
/** rms_pager_begin: Copies @base. @filter: (transfer full). Later pages have RMS_NEXT_PAGE_OBJECTS,
 * and so has the first unless @first_size is set afterwards. */
void rms_pager_begin(
    RmsPager *pager, const char *base, int scope, char *filter, const char *const *attributes);
RmsQueryState rms_pager_send(RmsPager *pager, RmsQuery *query, RmsConnection *connection);
/** rms_pager_advance: Takes the cookie of a page that ended well. Returns: whether there is another
 * page. */
gboolean
rms_pager_advance(RmsPager *pager, RmsConnection *connection, const RmsQueryResult *result);
/** rms_pager_is_forgotten: Whether the server no longer knows how far the pages had come, because
 * it keeps only so many; the query may be started again. */
gboolean rms_pager_is_forgotten(const RmsPager *pager, const RmsQuery *query, int code);
void rms_pager_clear(RmsPager *pager);

/** rms_result_is_ceiling: Whether @code is the server's own limit of size, time or work. */
gboolean rms_result_is_ceiling(int code);

/** rms_entry_read: Returns: (transfer full): the attributes of @entry, bounded. */
RmsAttributes *rms_entry_read(RmsConnection *connection, LDAPMessage *entry);
/** rms_entry_dup_dn: Returns: (transfer full) (nullable): %NULL: none, or longer than
 * RMS_MAX_VALUE_BYTES. */
char *rms_entry_dup_dn(RmsConnection *connection, LDAPMessage *entry);
/** rms_entry_decode: Returns: (transfer full) (nullable): as rms_decode_object(). */
RmsDirectoryObject *rms_entry_decode(RmsConnection *connection, LDAPMessage *entry);

G_END_DECLS
