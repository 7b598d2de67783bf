/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One entry of the authorized-server list: which account or group, and the role it gets.
 *
 * Invariant: an RmsEntry never changes after it was made, so lists and threads share it freely.
 * Matching is by SID; name and dn are what they were when the entry was added or last refreshed.
 */
#pragma once

#include <gio/gio.h>

#include "connector-core/model/role.h"
#include "connector-core/model/sid.h"

G_BEGIN_DECLS

/* Ceilings in bytes of UTF-8. AD allows 256 characters for a group's account name and 64 for an OU;
 * 320 is the longest mail address (RFC 5321 §4.5.3.1). RMS_SERVER_LIST_MAX_JSON rests on them. */
#define RMS_ENTRY_MAX_NAME_BYTES 512
#define RMS_ENTRY_MAX_DN_BYTES 2048
#define RMS_ENTRY_MAX_NOTE_BYTES 1024
#define RMS_AUTHOR_MAX_BYTES 320
/* 9999-12-31T23:59:59Z, the last time that RFC 3339 can write. */
#define RMS_TIME_MAX G_GINT64_CONSTANT(253402300799)

#define RMS_TYPE_ENTRY (rms_entry_get_type())
G_DECLARE_FINAL_TYPE(RmsEntry, rms_entry, RMS, ENTRY, GObject)

/**
 * rms_entry_new:
 * @sid: its SID
 * @guid: (nullable): objectGUID as text
 * @name: `DOMAIN\name`, as shown
 * @dn: (nullable): distinguished name when it was added
 *
 * Does not judge; rms_entry_validate() does. Note, added_at and added_by start empty.
 */
RmsEntry *rms_entry_new(const RmsSid *sid,
                        const char *guid,
                        const char *name,
                        const char *dn,
                        RmsKind kind,
                        RmsRole role);

/* Copies that differ in one thing. (transfer full) */
RmsEntry *rms_entry_with_role(RmsEntry *entry, RmsRole role);
RmsEntry *rms_entry_with_note(RmsEntry *entry, const char *note);
/** rms_entry_with_added: @added_at: seconds since 1970, UTC. */
RmsEntry *rms_entry_with_added(RmsEntry *entry, gint64 added_at, const char *added_by);

const RmsSid *rms_entry_get_sid(RmsEntry *entry);
/* The same SID as text, borrowed; also property "sid-text". */
const char *rms_entry_get_sid_text(RmsEntry *entry);
const char *rms_entry_get_guid(RmsEntry *entry); /* (nullable) */
const char *rms_entry_get_name(RmsEntry *entry); /* also property "name" */
const char *rms_entry_get_dn(RmsEntry *entry);   /* (nullable) */
RmsKind rms_entry_get_kind(RmsEntry *entry);     /* also property "kind" */
RmsRole rms_entry_get_role(RmsEntry *entry);     /* also property "role" */
const char *rms_entry_get_note(RmsEntry *entry);
gint64 rms_entry_get_added_at(RmsEntry *entry); /* seconds since 1970 UTC; 0: not yet saved */
const char *rms_entry_get_added_by(RmsEntry *entry);
gboolean rms_entry_equal(RmsEntry *a, RmsEntry *b);
/** rms_entry_equal_details: As rms_entry_equal(), but who added it and when does not matter. */
gboolean rms_entry_equal_details(RmsEntry *a, RmsEntry *b);

/**
 * rms_entry_validate: Applies the rules that refuse (DESIGN.md §4): text limits, valid UTF-8
 * without control characters, a SID of the form `S-1-5-21-a-b-c-rid`, and Exchange only for a
 * security group (protocol.md §5.2). Returns: %FALSE with %RMS_MODEL_ERROR_RULE; the message names
 * the entry and says what to do.
 */
gboolean rms_entry_validate(RmsEntry *entry, GError **error);
/** rms_author_validate: Whether @author (nullable) can stand as author of a change: not empty, at
 * most RMS_AUTHOR_MAX_BYTES, plain text. Returns: %FALSE with %RMS_MODEL_ERROR_RULE. */
gboolean rms_author_validate(const char *author, GError **error);

G_END_DECLS
