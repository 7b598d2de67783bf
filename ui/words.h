/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The console's words for roles, kinds, changes, warnings, events, times: translated, whole
 * sentences, one place.
 *
 * Functions that return const char * return static, translated text. Words for what went wrong are
 * in error-words.h.
 */
#pragma once

#include "connector-core/event.h"
#include "connector-core/model/server-list.h"
#include "directory/directory-object.h"
#include "service-client/tenant.h"
#include "ui/console.h"

G_BEGIN_DECLS

const char *rms_words_role_title(RmsRole role);
/** rms_words_role_meaning: What an entry of @role may do and which account it should name. */
const char *rms_words_role_meaning(RmsRole role);
const char *rms_words_kind_title(RmsKind kind);
const char *rms_words_kind_icon(RmsKind kind); /* an icon's name */
/**
 * rms_words_name: Returns: (transfer full): @name as it is shown: characters that show nothing but
 * change the direction of text, or make one name look like another, become visible. @name comes
 * from a directory or a caller, where somebody may have chosen it to deceive.
 */
char *rms_words_name(const char *name);
/** rms_words_object_kind: Returns: (transfer full): kind and, for groups, scope: `Security group,
 * universal`. */
char *rms_words_object_kind(RmsDirectoryObject *object);
/** rms_words_role_refuses: Why @role is not offered for @kind; %NULL when it is. */
const char *rms_words_role_refuses(RmsRole role, RmsKind kind);
/** rms_words_role_limits: Which kinds @role is offered for, as a sentence. */
const char *rms_words_role_limits(RmsRole role);
/** rms_words_hidden: @n_hidden: objects of other kinds that match; @more: there may be more.
 * Returns: (transfer full): a sentence. */
char *rms_words_hidden(RmsRole role, guint n_hidden, gboolean more);
/** rms_words_warnings: Returns: (transfer full) (array zero-terminated=1): one sentence a bit of
 * RmsObjectWarning. */
char **rms_words_warnings(guint warnings);

/** rms_words_change: Returns: (transfer full): a change as a sentence of the review. */
char *rms_words_change(RmsListChange *change);
/** rms_words_change_marker: One word for a change in the list: `Added`. */
const char *rms_words_change_marker(RmsChangeKind kind);
/** rms_words_entry_added: Returns: (transfer full): when and by whom @entry was added. */
char *rms_words_entry_added(RmsEntry *entry);
/** rms_words_pending: Returns: (transfer full): how many changes wait. */
char *rms_words_pending(guint n_changes);
/** rms_words_lost: Returns: (transfer full): that so many changes are lost with the window. */
char *rms_words_lost(guint n_changes);
/** rms_words_revision: Returns: (transfer full): which revision is in force, since when, by whom.
 */
char *rms_words_revision(RmsServerList *saved);
/** rms_words_obstacle: Why pushing is not possible; empty for RMS_OBSTACLE_NONE. */
const char *rms_words_obstacle(RmsPushObstacle obstacle);
/** rms_words_super_user: Returns: (transfer full): what becoming super user means, and that the
 * feature will be switched on when it is off. @tenant: (nullable) */
char *rms_words_super_user(RmsTenant *tenant);
/** rms_words_list_replaced: Returns: (transfer full): that somebody else's list came into force,
 * and what became of one's own changes. @dropped: of RmsListChange */
char *rms_words_list_replaced(gint64 revision, const char *author, GListModel *dropped);

const char *rms_words_tenant_role(RmsTenantRole role);
/** rms_words_log_tenant_role: The same in English, for events. */
const char *rms_words_log_tenant_role(RmsTenantRole role);
const char *rms_words_connector_state(RmsConnectorState state);

const char *rms_words_event_level(RmsEventLevel level);
const char *rms_words_event_level_icon(RmsEventLevel level); /* an icon's name */
/** rms_words_event_title: What an event number stands for, in a few words; %NULL for unknown
 * numbers. */
const char *rms_words_event_title(guint number);
/** rms_words_event_text: Returns: (transfer full): all of @event as text, to copy. */
char *rms_words_event_text(RmsEvent *event);

/** rms_words_date: @seconds: since 1970 UTC. Returns: (transfer full): local day and minute, for
 * sentences. */
char *rms_words_date(gint64 seconds);
/** rms_words_log_time: @microseconds: since 1970 UTC. Returns: (transfer full): local time to the
 * second, sortable. */
char *rms_words_log_time(gint64 microseconds);
/** rms_words_remaining: Returns: (transfer full): how long a code is still good. */
char *rms_words_remaining(guint seconds);

G_END_DECLS
