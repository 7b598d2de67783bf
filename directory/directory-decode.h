/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From the attributes of an entry to an RmsDirectoryObject.
 *
 * The values come from a server and are judged as such: any may be missing, doubled, too long or
 * garbage. Nothing here talks to the server, and nothing knows LDAPMessage.
 */
#pragma once

#include "directory/directory-details.h"
#include "directory/directory-object.h"
#include "directory/directory-place.h"

G_BEGIN_DECLS

/** rms_decode_attributes: %NULL-terminated list of what a search has to ask for. */
extern const char *const rms_decode_attributes[];
/** The same and what rms_decode_details() reads. */
extern const char *const rms_decode_detail_attributes[];
/** The same as the first and what says which groups an object is in. */
extern const char *const rms_decode_membership_attributes[];

typedef struct _RmsAttributes RmsAttributes;

/** rms_attributes_new: Returns: (transfer full): an empty set; attribute names are compared without
 * case and without options (`;range=…`). */
RmsAttributes *rms_attributes_new(void);
/** rms_attributes_add: Copies one value; ignored if nothing here reads @name, beyond
 * RMS_MAX_ATTRIBUTE_VALUES values, or when longer than RMS_MAX_VALUE_BYTES. */
void rms_attributes_add(RmsAttributes *attributes,
                        const char *name,
                        const void *value,
                        gsize length);
/** rms_attributes_clear: Empties the set, for the next entry. */
void rms_attributes_clear(RmsAttributes *attributes);
void rms_attributes_free(RmsAttributes *attributes);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RmsAttributes, rms_attributes_free)

/** rms_attributes_has_class: Whether @object_class is a value of objectClass, without case. */
gboolean rms_attributes_has_class(const RmsAttributes *attributes, const char *object_class);
/** rms_attributes_get_sid: Returns: %FALSE, @sid untouched, without a valid objectSid. */
gboolean rms_attributes_get_sid(const RmsAttributes *attributes, RmsSid *sid);
/** rms_attributes_get_primary_group: Returns: the RID of the primary group, or 0. */
guint32 rms_attributes_get_primary_group(const RmsAttributes *attributes);

/** rms_decode_details: Fills in all but the object; what is missing or garbage stays empty. */
void rms_decode_details(const RmsAttributes *attributes, RmsObjectDetails *details);

/** rms_decode_place: Returns: (transfer full) (nullable): %NULL if no place. @dn: valid UTF-8 */
RmsPlace *rms_decode_place(const RmsAttributes *attributes, const char *dn);

/**
 * rms_decode_object:
 * @dn: distinguished name of the entry
 * @netbios_name: of the domain it is in
 * @now: microseconds since 1970 UTC, to tell whether the account has expired
 *
 * Returns: (transfer full) (nullable): %NULL if nothing that could be authorized: no valid SID, a
 * trust, a contact, a container …
 */
RmsDirectoryObject *
rms_decode_object(RmsAttributes *attributes, const char *dn, const char *netbios_name, gint64 now);

/**
 * rms_decode_range: Reads the name of a ranged attribute (protocol.md §6.4, "Range retrieval"):
 * `member;range=0-1499`, `member;range=1500-*`.
 * @next: (out): where the next range starts; 0 if this was the last
 *
 * Returns: %FALSE, @next untouched, if @name is no range of @attribute.
 */
gboolean rms_decode_range(const char *name, const char *attribute, guint *next);

G_END_DECLS
