/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What one call asks of the server: which searches, one after the other, and what their answers
 * mean. Belongs to the worker's thread.
 *
 * directory-topic-private.h says how a query is made; each topic is a file: directory-search.c,
 * directory-lookup.c, directory-members.c, directory-memberships.c, directory-places.c.
 */
#pragma once

#include "directory/directory-call-private.h"
#include "directory/directory-connection-private.h"
#include "directory/directory-names.h"

G_BEGIN_DECLS

/* A query is started again once, when the connection was lost under it. */
#define RMS_QUERY_MAX_STARTS 2

typedef struct _RmsQuery RmsQuery;

/* Each takes its own reference to @call. */
RmsQuery *rms_query_new_open(RmsCall *call);
/** rms_query_new_search: @name: (transfer full): the text of @search, which is copied. The call's
 * value is a gboolean: truncated. */
RmsQuery *rms_query_new_search(RmsCall *call,
                               RmsTypedName *name,
                               const RmsDirectorySearch *search,
                               guint first_page,
                               guint next_page);
/** rms_query_new_resolve: @name: (transfer full). The call's value is a GPtrArray. */
RmsQuery *rms_query_new_resolve(RmsCall *call, RmsTypedName *name, guint kinds);
/** rms_query_new_lookup: The call's value is an RmsDirectoryObject or %NULL. */
RmsQuery *rms_query_new_lookup(RmsCall *call, const RmsSid *sid);
/** rms_query_new_details: The call's value is an RmsObjectDetails or %NULL. */
RmsQuery *rms_query_new_details(RmsCall *call, const RmsSid *sid);
/** rms_query_new_find_sids: @sids: (transfer full). The call's value is a GPtrArray. */
RmsQuery *rms_query_new_find_sids(RmsCall *call, GPtrArray *sids);
/** rms_query_new_members: The call's value is an RmsMemberSummary. */
RmsQuery *rms_query_new_members(RmsCall *call, const RmsSid *group, guint limit);
/** rms_query_new_memberships: The call's value is a gboolean: truncated. */
RmsQuery *rms_query_new_memberships(RmsCall *call, const RmsSid *sid);
/** rms_query_new_places: @parent: (nullable). The call's value is a gboolean: truncated. */
RmsQuery *rms_query_new_places(RmsCall *call, const char *parent);
void rms_query_free(RmsQuery *query);

RmsCall *rms_query_get_call(RmsQuery *query);

/**
 * RmsQueryState:
 * @RMS_QUERY_WAITING: for an answer to rms_query_get_message_id(), until the deadline
 * @RMS_QUERY_DONE: the call has ended
 * @RMS_QUERY_LOST: the connection or its sign-in is gone; may be started again on a new one
 */
typedef enum { RMS_QUERY_WAITING, RMS_QUERY_DONE, RMS_QUERY_LOST } RmsQueryState;

/** rms_query_start: Sends the first search; what an earlier start had found is not found twice. */
RmsQueryState rms_query_start(RmsQuery *query, RmsConnection *connection);
/** rms_query_handle: @message: one message for this query, borrowed. */
RmsQueryState rms_query_handle(RmsQuery *query, RmsConnection *connection, LDAPMessage *message);

/** rms_query_get_message_id: Returns: of the search that is under way; -1: none. */
int rms_query_get_message_id(RmsQuery *query);
/** rms_query_get_starts: Returns: how often it was started. */
guint rms_query_get_starts(RmsQuery *query);

G_END_DECLS
