/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The authorized-server list: one document, replaced whole, and how two of them differ.
 *
 * Invariants: a SID occurs once; every entry passed rms_entry_validate(); at most
 * RMS_SERVER_LIST_MAX entries, in the order in which they were added. A list that a store or
 * connector hands out is sealed: only rms_server_list_copy() of it can be edited, so snapshots are
 * shared between threads without locks.
 */
#pragma once

#include "connector-core/model/entry.h"

G_BEGIN_DECLS

#define RMS_MODEL_ERROR (rms_model_error_quark())
/**
 * RmsModelError:
 * @RMS_MODEL_ERROR_SYNTAX: text is no list (JSON or member types)
 * @RMS_MODEL_ERROR_RULE: a rule of the list refuses it
 * @RMS_MODEL_ERROR_DUPLICATE: the SID is in the list already
 * @RMS_MODEL_ERROR_NOT_FOUND: no entry has that SID
 */
typedef enum {
    RMS_MODEL_ERROR_SYNTAX,
    RMS_MODEL_ERROR_RULE,
    RMS_MODEL_ERROR_DUPLICATE,
    RMS_MODEL_ERROR_NOT_FOUND
} RmsModelError;
GQuark rms_model_error_quark(void);

/* DESIGN.md §4. */
#define RMS_SERVER_LIST_MAX 10000
/* 10 000 entries of the longest texts that are allowed (entry.h) fit, every character escaped. */
#define RMS_SERVER_LIST_MAX_JSON (80 * 1024 * 1024)

#define RMS_TYPE_SERVER_LIST (rms_server_list_get_type())
/* Implements GListModel of RmsEntry; properties "revision", "saved-at", "saved-by". */
G_DECLARE_FINAL_TYPE(RmsServerList, rms_server_list, RMS, SERVER_LIST, GObject)

/** rms_server_list_new: Returns: (transfer full): an empty list of revision 0, open for editing. */
RmsServerList *rms_server_list_new(void);
/** rms_server_list_copy: Returns: (transfer full): an editable copy with the same revision. */
RmsServerList *rms_server_list_copy(RmsServerList *list);

gint64 rms_server_list_get_revision(RmsServerList *list); /* 0: never saved */
gint64 rms_server_list_get_saved_at(RmsServerList *list); /* seconds since 1970 UTC */
const char *rms_server_list_get_saved_by(RmsServerList *list);
guint rms_server_list_get_length(RmsServerList *list);
RmsEntry *rms_server_list_get(RmsServerList *list, guint position); /* (transfer none) */
/** rms_server_list_lookup: Returns: (transfer none) (nullable) */
RmsEntry *rms_server_list_lookup(RmsServerList *list, const RmsSid *sid);
/** rms_server_list_equal: Same entries in the same order; revision, time and author are not
 * compared. */
gboolean rms_server_list_equal(RmsServerList *a, RmsServerList *b);

/* Editing; each emits items-changed, and changes nothing when it returns %FALSE. */
gboolean rms_server_list_add(RmsServerList *list, RmsEntry *entry, GError **error);
/** rms_server_list_replace: Puts @entry where the entry of the same SID stands. */
gboolean rms_server_list_replace(RmsServerList *list, RmsEntry *entry, GError **error);
gboolean rms_server_list_remove(RmsServerList *list, const RmsSid *sid, GError **error);
/** rms_server_list_assign: Makes @list hold what @other holds, revision included (undo, reload). */
void rms_server_list_assign(RmsServerList *list, RmsServerList *other);

/**
 * rms_server_list_seal: Ends editing and stamps the list; entries without added_at get @saved_at
 * and @saved_by. For stores.
 */
void rms_server_list_seal(RmsServerList *list,
                          gint64 revision,
                          gint64 saved_at,
                          const char *saved_by);
gboolean rms_server_list_is_sealed(RmsServerList *list);

/** rms_server_list_to_json: Returns: (transfer full): the form of DESIGN.md §4. */
char *rms_server_list_to_json(RmsServerList *list, gboolean indented);
/**
 * rms_server_list_from_json: Reads that form; unknown members, a wrong type, a bad SID, a
 * duplicate, a broken rule refuse the whole, and the error says which entry (counted from 1) and
 * what to do. Returns: (transfer full): an editable list, or %NULL with an RmsModelError.
 */
RmsServerList *rms_server_list_from_json(const char *text, gsize length, GError **error);

/**
 * RmsListChange: one line of a diff; @before is %NULL for an added entry, @after for a removed one.
 */
#define RMS_TYPE_LIST_CHANGE (rms_list_change_get_type())
G_DECLARE_FINAL_TYPE(RmsListChange, rms_list_change, RMS, LIST_CHANGE, GObject)
typedef enum {
    RMS_CHANGE_ADDED,
    RMS_CHANGE_REMOVED,
    RMS_CHANGE_ROLE,
    RMS_CHANGE_DETAILS
} RmsChangeKind;
RmsChangeKind rms_list_change_get_kind(RmsListChange *change);
RmsEntry *rms_list_change_get_before(RmsListChange *change); /* (transfer none) (nullable) */
RmsEntry *rms_list_change_get_after(RmsListChange *change);  /* (transfer none) (nullable) */
/** rms_list_change_grants_super_user: Whether it makes an account super user that was none before.
 */
gboolean rms_list_change_grants_super_user(RmsListChange *change);
/** rms_list_change_to_string: Returns: (transfer full): one English line for logs, e.g. `+
 * CONTOSO\Exchange Servers (exchange)`. */
char *rms_list_change_to_string(RmsListChange *change);

/** rms_server_list_diff: Returns: (transfer full): a GListModel of RmsListChange: removed, then
 * changed, then added. */
GListModel *rms_server_list_diff(RmsServerList *before, RmsServerList *after);
/** rms_server_list_describe_changes: Returns: (transfer full): the diff as lines of text, one a
 * change, and one more when entries changed places (the older entry wins where two cover a caller,
 * so places matter); "" when nothing changed. */
char *rms_server_list_describe_changes(RmsServerList *before, RmsServerList *after);

G_END_DECLS
