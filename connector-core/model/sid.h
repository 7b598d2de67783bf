/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Security identifiers and object GUIDs: binary layouts of MS-DTYP §2.4.2 and §2.3.4, and their
 * text.
 *
 * Invariant: an RmsSid that these functions filled is valid, and two equal SIDs are equal byte by
 * byte.
 */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/* MS-DTYP §2.4.2.2: at most 15 sub-authorities, 8 + 4n bytes. */
#define RMS_SID_MAX_BYTES 68

/**
 * RmsSid:
 * @length: bytes used, 8 to 68; 0 in a zeroed value that holds no SID
 * @bytes: the SID as directories and tickets carry it
 */
typedef struct {
    guint8 length;
    guint8 bytes[RMS_SID_MAX_BYTES];
} RmsSid;

#define RMS_TYPE_SID (rms_sid_get_type())
/** rms_sid_get_type: Returns: the boxed type. */
GType rms_sid_get_type(void);

/** rms_sid_parse_bytes: @data must be exactly one SID. Returns: %FALSE, @sid untouched, if it is
 * not. */
gboolean rms_sid_parse_bytes(RmsSid *sid, const guint8 *data, gsize length);
/** rms_sid_parse: Reads `S-1-…` (MS-DTYP §2.4.2.1); case of the S is ignored. Returns: %FALSE, @sid
 * untouched, on anything else. */
gboolean rms_sid_parse(RmsSid *sid, const char *text);
/** rms_sid_to_string: Returns: (transfer full): the text form. */
char *rms_sid_to_string(const RmsSid *sid);
/** rms_sid_append: Adds the sub-authority @rid. Returns: %FALSE, @sid untouched, when 15 are there
 * already. */
gboolean rms_sid_append(RmsSid *sid, guint32 rid);
guint rms_sid_hash(gconstpointer sid);
gboolean rms_sid_equal(gconstpointer a, gconstpointer b);
RmsSid *rms_sid_copy(const RmsSid *sid);
void rms_sid_free(RmsSid *sid);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RmsSid, rms_sid_free)

/** rms_guid_to_string: @bytes: 16 bytes as AD stores objectGUID. Returns: (transfer full): lower
 * case, no braces. */
char *rms_guid_to_string(const guint8 bytes[16]);
/** rms_guid_parse: Reads the text form, with or without braces. Returns: %FALSE, @bytes untouched,
 * if @text is none. */
gboolean rms_guid_parse(guint8 bytes[16], const char *text);

G_END_DECLS
