/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which kind of account an entry is, and what is worth knowing about it (protocol.md §6.1–6.2).
 */
#include "config.h"

#include "directory/directory-decode.h"

#include <string.h>

#include "directory/directory-limits.h"
#include "directory/directory-names.h"
#include "directory/directory-object-private.h"

/* protocol.md §6.1. */
#define GROUP_BUILTIN 0x1u
#define GROUP_GLOBAL 0x2u
#define GROUP_DOMAIN_LOCAL 0x4u
#define GROUP_UNIVERSAL 0x8u
#define GROUP_SECURITY 0x80000000u
#define UAC_DISABLED 0x2u
#define UAC_INTERDOMAIN_TRUST 0x800u
#define ACCOUNT_TYPE_TRUST 0x30000002

/* MS-ADTS §2.2.1: accountExpires counts 100 ns from 1601. */
#define FILETIME_TO_UNIX_US G_GINT64_CONSTANT(11644473600000000)

/* A group's or account's own name, SID, … and what tells its kind. */
#define OBJECT_ATTRIBUTES                                                                          \
    "objectSid", "objectGUID", "objectClass", "objectCategory", "sAMAccountName",                  \
        "sAMAccountType", "displayName", "cn", "groupType", "userAccountControl",                  \
        "accountExpires", "description", "userPrincipalName", "mail", "dNSHostName"

const char *const rms_decode_attributes[] = {OBJECT_ATTRIBUTES, NULL};
const char *const rms_decode_detail_attributes[] = {OBJECT_ATTRIBUTES,
                                                    "operatingSystem",
                                                    "operatingSystemVersion",
                                                    "whenCreated",
                                                    "whenChanged",
                                                    "lastLogonTimestamp",
                                                    "pwdLastSet",
                                                    "servicePrincipalName",
                                                    NULL};
const char *const rms_decode_membership_attributes[] = {
    OBJECT_ATTRIBUTES, "memberOf", "primaryGroupID", NULL};

struct _RmsAttributes {
    GHashTable *values; /* lower-case name → GPtrArray of GBytes */
};

RmsAttributes *rms_attributes_new(void)
{
    RmsAttributes *attributes = g_new0(RmsAttributes, 1);
    attributes->values =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_ptr_array_unref);
    return attributes;
}

void rms_attributes_add(RmsAttributes *attributes,
                        const char *name,
                        const void *value,
                        gsize length)
{
    g_return_if_fail(attributes != NULL && name != NULL);

    if (length > RMS_MAX_VALUE_BYTES)
        return;
    g_autofree char *key = g_ascii_strdown(name, (gssize) strcspn(name, ";"));
    GPtrArray *values = g_hash_table_lookup(attributes->values, key);
    if (values == NULL) {
        values = g_ptr_array_new_with_free_func((GDestroyNotify) g_bytes_unref);
        g_hash_table_insert(attributes->values, g_steal_pointer(&key), values);
    }
    if (values->len < RMS_MAX_ATTRIBUTE_VALUES)
        g_ptr_array_add(values, g_bytes_new(value, length));
}

void rms_attributes_free(RmsAttributes *attributes)
{
    if (attributes == NULL)
        return;
    g_hash_table_unref(attributes->values);
    g_free(attributes);
}

static const GPtrArray *get_values(const RmsAttributes *attributes, const char *lower_case_name)
{
    return g_hash_table_lookup(attributes->values, lower_case_name);
}

static const guint8 *
get_first(const RmsAttributes *attributes, const char *lower_case_name, gsize *length)
{
    const GPtrArray *values = get_values(attributes, lower_case_name);
    if (values == NULL || values->len == 0)
        return NULL;
    const guint8 *bytes = g_bytes_get_data(values->pdata[0], length);
    return bytes != NULL ? bytes : (const guint8 *) "";
}

static gboolean has_value(const RmsAttributes *attributes, const char *name, const char *text)
{
    const GPtrArray *values = get_values(attributes, name);
    for (guint i = 0; values != NULL && i < values->len; i++) {
        gsize length;
        const char *value = g_bytes_get_data(values->pdata[i], &length);
        if (length == strlen(text) && g_ascii_strncasecmp(value, text, length) == 0)
            return TRUE;
    }
    return FALSE;
}

/* Decimal, signed, nothing else around it. */
static gboolean get_integer(const RmsAttributes *attributes, const char *name, gint64 *number)
{
    gsize length = 0;
    const guint8 *value = get_first(attributes, name, &length);
    if (value == NULL)
        return FALSE;
    g_autofree char *text = g_strndup((const char *) value, length);
    return strlen(text) == length &&
           g_ascii_string_to_signed(text, 10, G_MININT64, G_MAXINT64, number, NULL);
}

/* Active Directory writes 32-bit flags as signed numbers: -2147483646 is 0x80000002. */
static gboolean get_flags(const RmsAttributes *attributes, const char *name, guint32 *flags)
{
    gint64 number;
    if (!get_integer(attributes, name, &number) || number < G_MININT32 || number > G_MAXUINT32)
        return FALSE;
    *flags = (guint32) number;
    return TRUE;
}

/* Text for a row of a list: one line, valid UTF-8, no control characters or direction overrides
 * that could make one account look like another, and not endless. */
static char *make_shown(const char *text, gssize length)
{
    g_autofree char *valid = g_utf8_make_valid(text, length);
    GString *shown = g_string_new(NULL);
    guint characters = 0;
    for (const char *p = valid; *p != '\0'; p = g_utf8_next_char(p)) {
        if (++characters > RMS_MAX_SHOWN_CHARACTERS) {
            g_string_append(shown, "…");
            break;
        }
        gunichar c = g_utf8_get_char(p);
        gboolean reorders = (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
        if (g_unichar_iscntrl(c) || c == 0x2028 || c == 0x2029 || reorders)
            c = 0xFFFD;
        g_string_append_unichar(shown, c);
    }
    return g_string_free(shown, FALSE);
}

static char *get_shown(const RmsAttributes *attributes, const char *name)
{
    gsize length = 0;
    const guint8 *value = get_first(attributes, name, &length);
    if (value == NULL || length == 0)
        return NULL;
    return make_shown((const char *) value, (gssize) length);
}

/* Subclasses of computer, so they are asked for first (protocol.md §6.2). */
static gboolean is_managed_service_account(const RmsAttributes *attributes)
{
    return has_value(attributes, "objectclass", "msDS-GroupManagedServiceAccount") ||
           has_value(attributes, "objectclass", "msDS-ManagedServiceAccount") ||
           has_value(attributes, "objectclass", "msDS-DelegatedManagedServiceAccount");
}

/* objectCategory=person: the filter's short form of CN=Person,CN=Schema,… */
static gboolean is_person(const RmsAttributes *attributes)
{
    gsize length = 0;
    const guint8 *value = get_first(attributes, "objectcategory", &length);
    if (value == NULL)
        return TRUE;
    g_autofree char *dn = g_strndup((const char *) value, length);
    g_autofree char *category = rms_dn_first_value(dn);
    return category != NULL && g_ascii_strcasecmp(category, "Person") == 0;
}

static gboolean is_trust(const RmsAttributes *attributes)
{
    gint64 type;
    if (get_integer(attributes, "samaccounttype", &type) && type == ACCOUNT_TYPE_TRUST)
        return TRUE;
    guint32 control;
    return get_flags(attributes, "useraccountcontrol", &control) &&
           (control & UAC_INTERDOMAIN_TRUST) != 0;
}

static gboolean find_kind(const RmsAttributes *attributes, RmsDirectoryObjectFields *fields)
{
    if (has_value(attributes, "objectclass", "group")) {
        /* Without its type nobody can tell whether the group will be in a ticket. */
        guint32 type;
        if (!get_flags(attributes, "grouptype", &type))
            return FALSE;
        fields->kind =
            (type & GROUP_SECURITY) != 0 ? RMS_KIND_SECURITY_GROUP : RMS_KIND_DISTRIBUTION_GROUP;
        if ((type & GROUP_BUILTIN) != 0)
            fields->scope = RMS_SCOPE_BUILTIN;
        else if ((type & GROUP_GLOBAL) != 0)
            fields->scope = RMS_SCOPE_GLOBAL;
        else if ((type & GROUP_DOMAIN_LOCAL) != 0)
            fields->scope = RMS_SCOPE_DOMAIN_LOCAL;
        else if ((type & GROUP_UNIVERSAL) != 0)
            fields->scope = RMS_SCOPE_UNIVERSAL;
        if (fields->kind == RMS_KIND_DISTRIBUTION_GROUP)
            fields->warnings |= RMS_WARNING_DISTRIBUTION_GROUP;
        if (fields->scope == RMS_SCOPE_BUILTIN)
            fields->warnings |= RMS_WARNING_BUILTIN_GROUP;
        return TRUE;
    }
    if (is_trust(attributes))
        return FALSE;
    if (is_managed_service_account(attributes)) {
        fields->kind = RMS_KIND_MANAGED_SERVICE_ACCOUNT;
        return TRUE;
    }
    if (has_value(attributes, "objectclass", "computer")) {
        fields->kind = RMS_KIND_COMPUTER;
        return TRUE;
    }
    if (has_value(attributes, "objectclass", "user") && is_person(attributes)) {
        fields->kind = RMS_KIND_USER;
        return TRUE;
    }
    return FALSE;
}

static gboolean has_expired(const RmsAttributes *attributes, gint64 now)
{
    gint64 expires;
    /* 0 means never, and so does the largest number, which is in the year 30828. */
    if (!get_integer(attributes, "accountexpires", &expires) || expires <= 0)
        return FALSE;
    return expires / 10 - FILETIME_TO_UNIX_US <= now;
}

/* Accounts of CN=Builtin have no domain of their own (MS-DTYP §2.4.2.4: S-1-5-32). */
static gboolean is_builtin_sid(const RmsSid *sid)
{
    static const guint8 prefix[] = {0, 0, 0, 0, 0, 5, 32, 0, 0, 0};
    return sid->length >= 12 && memcmp(sid->bytes + 2, prefix, sizeof prefix) == 0;
}

RmsDirectoryObject *rms_decode_object(const RmsAttributes *attributes,
                                      const char *dn,
                                      const char *netbios_name,
                                      gint64 now)
{
    g_return_val_if_fail(attributes != NULL && dn != NULL && netbios_name != NULL, NULL);

    RmsDirectoryObjectFields fields = {.member_count = -1};

    gsize length = 0;
    const guint8 *sid = get_first(attributes, "objectsid", &length);
    if (sid == NULL || !rms_sid_parse_bytes(&fields.sid, sid, length))
        return NULL;
    if (!find_kind(attributes, &fields))
        return NULL;

    g_autofree char *guid = NULL;
    const guint8 *guid_bytes = get_first(attributes, "objectguid", &length);
    if (guid_bytes != NULL && length == 16)
        guid = rms_guid_to_string(guid_bytes);

    g_autofree char *valid_dn = g_utf8_make_valid(dn, -1);
    g_autofree char *raw_rdn = rms_dn_first_value(valid_dn);
    g_autofree char *rdn = raw_rdn != NULL ? make_shown(raw_rdn, -1) : NULL;
    g_autofree char *sid_text = rms_sid_to_string(&fields.sid);
    g_autofree char *account = get_shown(attributes, "samaccountname");
    g_autofree char *cn = get_shown(attributes, "cn");
    g_autofree char *display_name = get_shown(attributes, "displayname");
    g_autofree char *raw_place = rms_place_from_dn(valid_dn);
    g_autofree char *place = make_shown(raw_place, -1);
    g_autofree char *description = get_shown(attributes, "description");
    g_autofree char *upn = get_shown(attributes, "userprincipalname");
    g_autofree char *mail = get_shown(attributes, "mail");
    g_autofree char *dns_host_name = get_shown(attributes, "dnshostname");

    /* There is always something to call it by, in the end its SID. */
    const char *common_name = cn != NULL ? cn : rdn;
    const char *short_name = account != NULL ? account : common_name;
    if (short_name == NULL)
        short_name = sid_text;
    g_autofree char *account_name = g_strdup_printf(
        "%s\\%s", is_builtin_sid(&fields.sid) ? "BUILTIN" : netbios_name, short_name);

    guint32 control;
    if (get_flags(attributes, "useraccountcontrol", &control) && (control & UAC_DISABLED) != 0)
        fields.warnings |= RMS_WARNING_DISABLED;
    if (!rms_kind_is_group(fields.kind) && has_expired(attributes, now))
        fields.warnings |= RMS_WARNING_EXPIRED;

    fields.guid = guid;
    fields.name =
        display_name != NULL ? display_name : (common_name != NULL ? common_name : short_name);
    fields.account_name = account_name;
    fields.dn = valid_dn;
    fields.place = place;
    fields.description = description;
    fields.upn = upn;
    fields.mail = mail;
    fields.dns_host_name = dns_host_name;
    return rms_directory_object_new(&fields);
}

gboolean
rms_attributes_has_value(const RmsAttributes *attributes, const char *name, const char *text)
{
    g_return_val_if_fail(attributes != NULL && name != NULL && text != NULL, FALSE);
    return has_value(attributes, name, text);
}

gboolean rms_attributes_get_sid(const RmsAttributes *attributes, RmsSid *sid)
{
    g_return_val_if_fail(attributes != NULL && sid != NULL, FALSE);

    gsize length = 0;
    const guint8 *bytes = get_first(attributes, "objectsid", &length);
    return bytes != NULL && rms_sid_parse_bytes(sid, bytes, length);
}

guint32 rms_attributes_get_primary_group(const RmsAttributes *attributes)
{
    g_return_val_if_fail(attributes != NULL, 0);

    gint64 rid = 0;
    return get_integer(attributes, "primarygroupid", &rid) && rid > 0 && rid <= G_MAXUINT32
               ? (guint32) rid
               : 0;
}

/* MS-ADTS §2.2.1: 100 ns since 1601; 0 and the largest number, in the year 30828, mean never. */
static gint64 get_file_time(const RmsAttributes *attributes, const char *name)
{
    gint64 ticks;
    if (!get_integer(attributes, name, &ticks) || ticks <= 0 || ticks == G_MAXINT64)
        return 0;
    return MAX(ticks / 10 - FILETIME_TO_UNIX_US, 0);
}

/* Generalized time as Active Directory writes it: 20261123120000.0Z (RFC 4517 §3.3.13). */
static gint64 get_generalized_time(const RmsAttributes *attributes, const char *name)
{
    gsize length = 0;
    const guint8 *value = get_first(attributes, name, &length);
    guint64 parts[6];
    static const guint widths[G_N_ELEMENTS(parts)] = {4, 2, 2, 2, 2, 2};
    if (value == NULL || length < 15 || value[length - 1] != 'Z')
        return 0;
    const char *digits = (const char *) value;
    for (guint i = 0; i < G_N_ELEMENTS(parts); digits += widths[i++]) {
        g_autofree char *part = g_strndup(digits, widths[i]);
        if (!g_ascii_string_to_unsigned(part, 10, 0, 9999, &parts[i], NULL))
            return 0;
    }
    g_autoptr(GDateTime) time = g_date_time_new_utc((int) parts[0],
                                                    (int) parts[1],
                                                    (int) parts[2],
                                                    (int) parts[3],
                                                    (int) parts[4],
                                                    (double) parts[5]);
    return time != NULL ? g_date_time_to_unix(time) * G_USEC_PER_SEC : 0;
}

static int compare_texts(gconstpointer a, gconstpointer b)
{
    return g_ascii_strcasecmp(*(const char *const *) a, *(const char *const *) b);
}

static GStrv get_all_shown(const RmsAttributes *attributes, const char *name)
{
    const GPtrArray *values = get_values(attributes, name);
    if (values == NULL || values->len == 0)
        return NULL;
    GPtrArray *texts = g_ptr_array_new();
    for (guint i = 0; i < values->len; i++) {
        gsize length;
        const char *value = g_bytes_get_data(values->pdata[i], &length);
        g_ptr_array_add(texts, make_shown(value != NULL ? value : "", (gssize) length));
    }
    g_ptr_array_sort(texts, compare_texts);
    g_ptr_array_add(texts, NULL);
    return (GStrv) g_ptr_array_free(texts, FALSE);
}

void rms_decode_details(const RmsAttributes *attributes, RmsObjectDetails *details)
{
    g_return_if_fail(attributes != NULL && details != NULL);

    g_autofree char *system = get_shown(attributes, "operatingsystem");
    g_autofree char *version = get_shown(attributes, "operatingsystemversion");
    g_free(details->operating_system);
    details->operating_system = system != NULL && version != NULL
                                    ? g_strdup_printf("%s %s", system, version)
                                    : g_steal_pointer(&system);
    details->created = get_generalized_time(attributes, "whencreated");
    details->changed = get_generalized_time(attributes, "whenchanged");
    details->last_logon = get_file_time(attributes, "lastlogontimestamp");
    details->password_set = get_file_time(attributes, "pwdlastset");
    details->expires = get_file_time(attributes, "accountexpires");
    g_strfreev(details->service_names);
    details->service_names = get_all_shown(attributes, "serviceprincipalname");
}

RmsPlace *rms_decode_place(const RmsAttributes *attributes, const char *dn)
{
    g_return_val_if_fail(attributes != NULL && dn != NULL, NULL);

    g_autofree char *shown = get_shown(attributes, "name");
    g_autofree char *rdn = rms_dn_first_value(dn);
    g_autofree char *shown_rdn = rdn != NULL ? make_shown(rdn, -1) : NULL;
    g_autofree char *description = get_shown(attributes, "description");
    const char *name = shown != NULL ? shown : shown_rdn;
    if (name == NULL)
        return NULL;
    if (has_value(attributes, "objectclass", "organizationalUnit"))
        return rms_place_new(RMS_PLACE_UNIT, name, dn, description);
    if (has_value(attributes, "objectclass", "container") ||
        has_value(attributes, "objectclass", "builtinDomain"))
        return rms_place_new(RMS_PLACE_CONTAINER, name, dn, description);
    return NULL;
}

gboolean rms_decode_range(const char *name, const char *attribute, guint *next)
{
    g_return_val_if_fail(name != NULL && attribute != NULL && next != NULL, FALSE);

    gsize length = strlen(attribute);
    if (g_ascii_strncasecmp(name, attribute, length) != 0 ||
        g_ascii_strncasecmp(name + length, ";range=", 7) != 0)
        return FALSE;
    g_auto(GStrv) ends = g_strsplit(name + length + 7, "-", 2);
    guint64 first = 0;
    guint64 last = 0;
    if (g_strv_length(ends) != 2 ||
        !g_ascii_string_to_unsigned(ends[0], 10, 0, G_MAXINT32, &first, NULL))
        return FALSE;
    if (strcmp(ends[1], "*") == 0) {
        *next = 0;
        return TRUE;
    }
    if (!g_ascii_string_to_unsigned(ends[1], 10, first, G_MAXINT32 - 1, &last, NULL))
        return FALSE;
    *next = (guint) last + 1;
    return TRUE;
}
