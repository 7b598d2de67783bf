/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a connector keeps on disk: list revisions with author, time and diff, settings learned at
 * run time, and the event log's rows.
 *
 * SQLite, WAL, synchronous=FULL: when rms_store_push() returned, no crash or power cut loses it,
 * and a reader finds the old list or the new one, never a mixture. Used on the connector's thread
 * only.
 */
#pragma once

#include "connector-core/model/server-list.h"
#include "connector-core/revision.h"

G_BEGIN_DECLS

typedef struct _RmsStore RmsStore;

/** rms_store_open: Makes or opens `connector.db` in @directory (made with mode 0700). A directory
 * that others can write to, a file of another program, of a newer version or a damaged one is
 * refused and left as it is. Errors: RMS_CONNECTOR_ERROR_STORE with what to do. */
RmsStore *rms_store_open(const char *directory, GError **error);
void rms_store_close(RmsStore *store); /* @store: (nullable) */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RmsStore, rms_store_close)

/** rms_store_load: Returns: (transfer full): the newest list, sealed; revision 0 and empty if none
 * was ever pushed. A damaged one is an error, never an older or an empty list. */
RmsServerList *rms_store_load(RmsStore *store, GError **error);
/**
 * RmsStoreAuditFunc: What the event log shall say about a push. Returns: (transfer none)
 * (element-type RmsEvent): saved in the same transaction as the list, so that neither is ever
 * there without the other.
 */
typedef GPtrArray *(*RmsStoreAuditFunc)(RmsServerList *before,
                                        RmsServerList *after,
                                        gpointer user_data);
/**
 * rms_store_push: Compare-and-swap: saves the entries of @list as revision @expected_revision + 1
 * if the newest is still @expected_revision, else RMS_CONNECTOR_ERROR_CONFLICT. Entries that are
 * new get the time and @author as added_at and added_by, the others keep theirs, whatever @list
 * says.
 * @audit: (nullable): called before the list is saved.
 * Returns: (transfer full): the saved list, sealed. Errors: also RmsModelError for @author.
 */
RmsServerList *rms_store_push(RmsStore *store,
                              RmsServerList *list,
                              gint64 expected_revision,
                              const char *author,
                              RmsStoreAuditFunc audit,
                              gpointer user_data,
                              GError **error);
/** rms_store_load_revision: Returns: (transfer full): an older list, sealed. */
RmsServerList *rms_store_load_revision(RmsStore *store, gint64 revision, GError **error);
/** rms_store_list_history: The newest @limit revisions below @before_revision (0: from the newest),
 * newest first; RMS_MAX_REVISIONS are kept. Returns: (transfer full) (element-type RmsRevision) */
GPtrArray *
rms_store_list_history(RmsStore *store, gint64 before_revision, guint limit, GError **error);

/** rms_store_get_setting: Returns: (transfer full) (nullable) */
char *rms_store_get_setting(RmsStore *store, const char *name, GError **error);
/** rms_store_set_setting: @value: (nullable): %NULL removes it. */
gboolean
rms_store_set_setting(RmsStore *store, const char *name, const char *value, GError **error);

G_END_DECLS
