/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The decoder of KERB_VALIDATION_INFO: 32-bit little-endian NDR (C706 chapter 14) inside a type
 * serialization version 1 header (MS-RPCE §2.2.6).
 *
 * NDR writes the structure's fixed part first and then, in the order of the pointers in it, what
 * the non-null ones point to. So one cursor that only moves forward reads everything, and whoever
 * adds a field here has to keep the order.
 */
#include "config.h"

#include "connector-core/pac.h"

#include <string.h>

#include "connector-core/limits.h"

/* Where the fixed part's fields stand, from the buffer's start (protocol.md §7.5). The headers take
 * 16 bytes, so alignment by 4 is the same from the buffer's start and from the headers' end. */
enum {
    HEADER_BYTES = 16,
    OBJECT_LENGTH = 8,
    TOP_POINTER = 16,
    EFFECTIVE_NAME = 68,
    FULL_NAME = 76,
    LOGON_SCRIPT = 84,
    PROFILE_PATH = 92,
    HOME_DIRECTORY = 100,
    HOME_DIRECTORY_DRIVE = 108,
    USER_ID = 120,
    PRIMARY_GROUP_ID = 124,
    GROUP_COUNT = 128,
    GROUP_IDS = 132,
    USER_FLAGS = 136,
    LOGON_SERVER = 156,
    LOGON_DOMAIN_NAME = 164,
    LOGON_DOMAIN_ID = 172,
    USER_ACCOUNT_CONTROL = 184,
    SID_COUNT = 216,
    EXTRA_SIDS = 220,
    RESOURCE_GROUP_DOMAIN_SID = 224,
    RESOURCE_GROUP_COUNT = 228,
    RESOURCE_GROUP_IDS = 232,
    FIXED_END = 236
};

/* MS-RPCE §2.2.6.1 and §2.2.6.2: version 1, little-endian, header length 8, filler. */
static const guint8 type_header[8] = {0x01, 0x10, 0x08, 0x00, 0xcc, 0xcc, 0xcc, 0xcc};

/* MS-PAC §2.2.1, GROUP_MEMBERSHIP attributes. */
#define SE_GROUP_ENABLED 0x00000004u
#define SE_GROUP_USE_FOR_DENY_ONLY 0x00000010u
/* MS-PAC §2.5, UserFlags D and H: whether ExtraSids and ResourceGroupIds mean anything. */
#define LOGON_EXTRA_SIDS 0x00000020u
#define LOGON_RESOURCE_GROUPS 0x00000200u
/* MS-SAMR §2.2.1.12, USER_ACCOUNT_DISABLED. */
#define SAM_ACCOUNT_DISABLED 0x00000001u

/* A group membership in either array: {u32 RID or pointer, u32 attributes}. */
#define MEMBERSHIP_BYTES 8
#define SID_FIXED_BYTES 8
#define SID_MAX_SUB_AUTHORITIES 15

typedef struct {
    const guint8 *data;
    gsize length;
    gsize position; /* never beyond length */
} Cursor;

static gboolean refuse(GError **error, const char *what)
{
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "PAC logon information: %s", what);
    return FALSE;
}

static guint16 get_u16(const guint8 *bytes)
{
    return bytes[0] | bytes[1] << 8;
}

static guint32 get_u32(const guint8 *bytes)
{
    return get_u16(bytes) | (guint32) get_u16(bytes + 2) << 16;
}

/* @count bytes that start at the next multiple of 4, or %NULL if the buffer ends before them. */
static const guint8 *take(Cursor *cursor, gsize count)
{
    gsize start = (cursor->position + 3) & ~(gsize) 3;

    if (start > cursor->length || count > cursor->length - start)
        return NULL;
    cursor->position = start + count;
    return cursor->data + start;
}

static gboolean take_u32(Cursor *cursor, guint32 *value)
{
    const guint8 *bytes = take(cursor, 4);

    if (bytes == NULL)
        return FALSE;
    *value = get_u32(bytes);
    return TRUE;
}

/* RPC_UNICODE_STRING (MS-DTYP §2.3.10): a conformant, varying array of UTF-16LE units behind the
 * fixed part at @field. @bytes: (out) (nullable): where the units stand, %NULL for a null pointer.
 */
static gboolean
take_string(Cursor *cursor, gsize field, const guint8 **bytes, gsize *n_units, GError **error)
{
    const guint8 *fixed = cursor->data + field;
    guint16 used = get_u16(fixed), max = get_u16(fixed + 2);
    guint32 max_count, offset, actual;

    *bytes = NULL;
    *n_units = used / 2;
    if (used % 2 != 0 || max % 2 != 0 || used > max)
        return refuse(error, "a string's lengths contradict each other");
    if (get_u32(fixed + 4) == 0)
        return max == 0 || refuse(error, "a string has a length and no text");
    if (!take_u32(cursor, &max_count) || !take_u32(cursor, &offset) || !take_u32(cursor, &actual))
        return refuse(error, "it ends before a string's counts");
    if (max_count != max / 2 || offset != 0 || actual != used / 2)
        return refuse(error, "a string's counts differ from its lengths");
    *bytes = take(cursor, used);
    return *bytes != NULL || refuse(error, "it ends inside a string");
}

static gboolean skip_strings(Cursor *cursor, gsize first_field, gsize last_field, GError **error)
{
    for (gsize field = first_field; field <= last_field; field += 8) {
        const guint8 *bytes;
        gsize n_units;

        if (!take_string(cursor, field, &bytes, &n_units, error))
            return FALSE;
    }
    return TRUE;
}

/* Half of a `DOMAIN\name` that people read in logs: nothing that hides or turns text around, or
 * makes the name seem to begin or end elsewhere. */
static gboolean is_fit_for_name(const char *text)
{
    for (const char *c = text; *c != '\0'; c = g_utf8_next_char(c))
        if (*c == '\\' || !g_unichar_isprint(g_utf8_get_char(c)))
            return FALSE;
    return *text != '\0';
}

/* Returns: (transfer full): the string as UTF-8, or %NULL if it is no name. @problem: for the
 * error.
 */
static char *take_name(Cursor *cursor, gsize field, const char *problem, GError **error)
{
    gunichar2 units[RMS_MAX_ACCOUNT_NAME_UNITS];
    g_autofree char *name = NULL;
    const guint8 *bytes;
    gsize n_units;
    glong n_read = 0;

    if (!take_string(cursor, field, &bytes, &n_units, error))
        return NULL;
    if (bytes != NULL && n_units <= G_N_ELEMENTS(units)) {
        for (gsize i = 0; i < n_units; i++)
            units[i] = get_u16(bytes + 2 * i);
        name = g_utf16_to_utf8(units, n_units, &n_read, NULL, NULL);
    }
    /* The conversion ends at a NUL inside. */
    if (name == NULL || n_read != (glong) n_units || !is_fit_for_name(name)) {
        refuse(error, problem);
        return NULL;
    }
    return g_steal_pointer(&name);
}

/* RPC_SID (MS-DTYP §2.4.2.3): the number of sub-authorities, then the SID, which says it again. */
static gboolean take_sid(Cursor *cursor, RmsSid *sid, GError **error)
{
    const guint8 *bytes;
    guint32 count;

    if (!take_u32(cursor, &count))
        return refuse(error, "it ends before a SID");
    if (count > SID_MAX_SUB_AUTHORITIES)
        return refuse(error, "a SID has too many parts");
    bytes = take(cursor, SID_FIXED_BYTES + 4 * (gsize) count);
    if (bytes == NULL)
        return refuse(error, "it ends inside a SID");
    /* Which also finds that it counts its parts otherwise. */
    if (!rms_sid_parse_bytes(sid, bytes, SID_FIXED_BYTES + 4 * (gsize) count))
        return refuse(error, "a SID is damaged");
    return TRUE;
}

/* An array of memberships, whose length stands in the fixed part (@fixed_count) and before it.
 * @rows: (out): @fixed_count times MEMBERSHIP_BYTES. */
static gboolean
take_memberships(Cursor *cursor, guint32 fixed_count, const guint8 **rows, GError **error)
{
    guint32 count;

    if (!take_u32(cursor, &count))
        return refuse(error, "it ends before a list of groups");
    if (count != fixed_count)
        return refuse(error, "a list of groups is not as long as its count says");
    *rows = take(cursor, MEMBERSHIP_BYTES * (gsize) count);
    return *rows != NULL || refuse(error, "it ends inside a list of groups");
}

/* Deny-only groups must never grant anything (MS-PAC §2.2.1). */
static gboolean is_enabled(guint32 attributes)
{
    return (attributes & SE_GROUP_ENABLED) != 0 && (attributes & SE_GROUP_USE_FOR_DENY_ONLY) == 0;
}

static gboolean
append_member(GArray *groups, const RmsSid *domain, guint32 relative_id, GError **error)
{
    RmsSid sid = *domain;

    if (!rms_sid_append(&sid, relative_id))
        return refuse(error, "a domain's SID has no room for accounts");
    g_array_append_val(groups, sid);
    return TRUE;
}

/* @rows: (nullable): with @count memberships in @domain. */
static gboolean append_memberships(
    GArray *groups, const RmsSid *domain, const guint8 *rows, guint32 count, GError **error)
{
    for (guint32 i = 0; i < count; i++) {
        const guint8 *row = rows + MEMBERSHIP_BYTES * (gsize) i;

        if (is_enabled(get_u32(row + 4)) && !append_member(groups, domain, get_u32(row), error))
            return FALSE;
    }
    return TRUE;
}

static gboolean has_member(const guint8 *rows, guint32 count, guint32 relative_id)
{
    for (guint32 i = 0; i < count; i++)
        if (get_u32(rows + MEMBERSHIP_BYTES * (gsize) i) == relative_id)
            return TRUE;
    return FALSE;
}

/* ExtraSids. @owner: (nullable): where the first goes if it is the account itself (UserId 0). */
static gboolean take_extra_sids(Cursor *cursor, GArray *groups, RmsSid *owner, GError **error)
{
    guint32 count = get_u32(cursor->data + SID_COUNT);
    gboolean counts = (get_u32(cursor->data + USER_FLAGS) & LOGON_EXTRA_SIDS) != 0;
    const guint8 *rows = NULL;

    if (get_u32(cursor->data + EXTRA_SIDS) == 0) {
        if (count > 0)
            return refuse(error, "extra SIDs are counted and missing");
    } else if (!take_memberships(cursor, count, &rows, error)) {
        return FALSE;
    }
    if (owner != NULL && (count == 0 || !counts || !is_enabled(get_u32(rows + 4))))
        return refuse(error, "it does not say whose it is");

    for (guint32 i = 0; i < count; i++) {
        const guint8 *row = rows + MEMBERSHIP_BYTES * (gsize) i;
        RmsSid sid;

        if (get_u32(row) == 0)
            return refuse(error, "an extra SID is missing");
        if (!take_sid(cursor, &sid, error))
            return FALSE;
        if (i == 0 && owner != NULL)
            *owner = sid;
        else if (counts && is_enabled(get_u32(row + 4)))
            g_array_append_val(groups, sid);
    }
    return TRUE;
}

/* ResourceGroupDomainSid and ResourceGroupIds: domain-local groups of the service's domain. */
static gboolean take_resource_groups(Cursor *cursor, GArray *groups, GError **error)
{
    guint32 count = get_u32(cursor->data + RESOURCE_GROUP_COUNT);
    gboolean counts = (get_u32(cursor->data + USER_FLAGS) & LOGON_RESOURCE_GROUPS) != 0;
    gboolean has_domain = get_u32(cursor->data + RESOURCE_GROUP_DOMAIN_SID) != 0;
    RmsSid domain = {0};
    const guint8 *rows = NULL;

    if (has_domain && !take_sid(cursor, &domain, error))
        return FALSE;
    if (get_u32(cursor->data + RESOURCE_GROUP_IDS) == 0) {
        if (count > 0)
            return refuse(error, "resource groups are counted and missing");
    } else if (!take_memberships(cursor, count, &rows, error)) {
        return FALSE;
    }
    if (count > 0 && !has_domain)
        return refuse(error, "resource groups have no domain");
    return !counts || append_memberships(groups, &domain, rows, count, error);
}

static gboolean check_header(const guint8 *data, gsize length, GError **error)
{
    guint32 object_length;
    guint64 n_groups;

    if (length > RMS_MAX_PAC_BYTES)
        return refuse(error, "it is larger than the connector accepts");
    if (length < FIXED_END)
        return refuse(error, "it is too short");
    if (memcmp(data, type_header, sizeof type_header) != 0)
        return refuse(error, "it is not little-endian NDR of version 1");
    /* The length counts from behind the headers; up to 7 bytes bring the whole to a multiple of 8.
     */
    object_length = get_u32(data + OBJECT_LENGTH);
    if (object_length > length - HEADER_BYTES || length - HEADER_BYTES - object_length > 7)
        return refuse(error, "its header gives another length");
    if (object_length < FIXED_END - HEADER_BYTES)
        return refuse(error, "it is too short");
    if (get_u32(data + TOP_POINTER) == 0)
        return refuse(error, "it is empty");
    /* One for the primary group. */
    n_groups = (guint64) 1 + get_u32(data + GROUP_COUNT) + get_u32(data + SID_COUNT) +
               get_u32(data + RESOURCE_GROUP_COUNT);
    if (n_groups > RMS_MAX_CALLER_GROUPS)
        return refuse(error, "the account is in more groups than the connector accepts");
    return TRUE;
}

gboolean rms_pac_decode(const guint8 *data, gsize length, RmsPac *pac, GError **error)
{
    g_autoptr(GArray) groups = g_array_new(FALSE, FALSE, sizeof(RmsSid));
    g_autofree char *name = NULL;
    g_autofree char *domain_name = NULL;
    Cursor cursor = {data, length, FIXED_END};
    guint32 user_id, primary_group_id, group_count;
    const guint8 *rows = NULL;
    RmsSid domain, sid;

    if (!check_header(data, length, error))
        return FALSE;
    cursor.length = HEADER_BYTES + get_u32(data + OBJECT_LENGTH);
    user_id = get_u32(data + USER_ID);
    primary_group_id = get_u32(data + PRIMARY_GROUP_ID);
    group_count = get_u32(data + GROUP_COUNT);

    name = take_name(&cursor, EFFECTIVE_NAME, "it has no usable account name", error);
    if (name == NULL || !skip_strings(&cursor, FULL_NAME, HOME_DIRECTORY_DRIVE, error))
        return FALSE;
    if (get_u32(data + GROUP_IDS) == 0) {
        if (group_count > 0)
            return refuse(error, "groups are counted and missing");
    } else if (!take_memberships(&cursor, group_count, &rows, error)) {
        return FALSE;
    }
    if (!skip_strings(&cursor, LOGON_SERVER, LOGON_SERVER, error))
        return FALSE;
    domain_name = take_name(&cursor, LOGON_DOMAIN_NAME, "it has no usable domain name", error);
    if (domain_name == NULL)
        return FALSE;
    if (get_u32(data + LOGON_DOMAIN_ID) == 0)
        return refuse(error, "it has no domain SID");
    if (!take_sid(&cursor, &domain, error))
        return FALSE;

    sid = domain;
    if (user_id != 0 && !rms_sid_append(&sid, user_id))
        return refuse(error, "a domain's SID has no room for accounts");
    /* The primary group is in GroupIds as a rule, and its attributes there decide. */
    if (primary_group_id != 0 && !has_member(rows, group_count, primary_group_id) &&
        !append_member(groups, &domain, primary_group_id, error))
        return FALSE;
    if (!append_memberships(groups, &domain, rows, group_count, error) ||
        !take_extra_sids(&cursor, groups, user_id == 0 ? &sid : NULL, error) ||
        !take_resource_groups(&cursor, groups, error))
        return FALSE;
    if (cursor.length - cursor.position > 7)
        return refuse(error, "something follows its last field");

    *pac = (RmsPac){
        .account = g_strconcat(domain_name, "\\", name, NULL),
        .sid = sid,
        .n_groups = groups->len,
        .disabled = (get_u32(data + USER_ACCOUNT_CONTROL) & SAM_ACCOUNT_DISABLED) != 0,
    };
    if (pac->n_groups > 0)
        pac->groups = g_array_steal(groups, NULL);
    return TRUE;
}

void rms_pac_clear(RmsPac *pac)
{
    g_free(pac->account);
    g_free(pac->groups);
    *pac = (RmsPac){0};
}
