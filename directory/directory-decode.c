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

/* All that is read here; what searches ask for beyond is left out of the set. */
typedef enum {
    ATTRIBUTE_SID,
    ATTRIBUTE_GUID,
    ATTRIBUTE_CLASS,
    ATTRIBUTE_CATEGORY,
    ATTRIBUTE_ACCOUNT_NAME,
    ATTRIBUTE_ACCOUNT_TYPE,
    ATTRIBUTE_DISPLAY_NAME,
    ATTRIBUTE_COMMON_NAME,
    ATTRIBUTE_GROUP_TYPE,
    ATTRIBUTE_ACCOUNT_CONTROL,
    ATTRIBUTE_EXPIRES,
    ATTRIBUTE_DESCRIPTION,
    ATTRIBUTE_UPN,
    ATTRIBUTE_MAIL,
    ATTRIBUTE_DNS_HOST_NAME,
    ATTRIBUTE_SYSTEM,
    ATTRIBUTE_SYSTEM_VERSION,
    ATTRIBUTE_CREATED,
    ATTRIBUTE_CHANGED,
    ATTRIBUTE_LAST_LOGON,
    ATTRIBUTE_PASSWORD_SET,
    ATTRIBUTE_SERVICE_NAMES,
    ATTRIBUTE_PRIMARY_GROUP,
    ATTRIBUTE_NAME,
    N_ATTRIBUTES
} Attribute;

static const char *const attribute_names[N_ATTRIBUTES] = {
    [ATTRIBUTE_SID] = "objectSid",
    [ATTRIBUTE_GUID] = "objectGUID",
    [ATTRIBUTE_CLASS] = "objectClass",
    [ATTRIBUTE_CATEGORY] = "objectCategory",
    [ATTRIBUTE_ACCOUNT_NAME] = "sAMAccountName",
    [ATTRIBUTE_ACCOUNT_TYPE] = "sAMAccountType",
    [ATTRIBUTE_DISPLAY_NAME] = "displayName",
    [ATTRIBUTE_COMMON_NAME] = "cn",
    [ATTRIBUTE_GROUP_TYPE] = "groupType",
    [ATTRIBUTE_ACCOUNT_CONTROL] = "userAccountControl",
    [ATTRIBUTE_EXPIRES] = "accountExpires",
    [ATTRIBUTE_DESCRIPTION] = "description",
    [ATTRIBUTE_UPN] = "userPrincipalName",
    [ATTRIBUTE_MAIL] = "mail",
    [ATTRIBUTE_DNS_HOST_NAME] = "dNSHostName",
    [ATTRIBUTE_SYSTEM] = "operatingSystem",
    [ATTRIBUTE_SYSTEM_VERSION] = "operatingSystemVersion",
    [ATTRIBUTE_CREATED] = "whenCreated",
    [ATTRIBUTE_CHANGED] = "whenChanged",
    [ATTRIBUTE_LAST_LOGON] = "lastLogonTimestamp",
    [ATTRIBUTE_PASSWORD_SET] = "pwdLastSet",
    [ATTRIBUTE_SERVICE_NAMES] = "servicePrincipalName",
    [ATTRIBUTE_PRIMARY_GROUP] = "primaryGroupID",
    [ATTRIBUTE_NAME] = "name",
};

/* Values stand one behind the other in one buffer, in the order in which they came. A domain
 * controller lists a hundred thousand entries of some twenty values: neither a hash table nor an
 * allocation a value would be cheap. */
typedef struct {
    Attribute attribute;
    gsize offset;
    gsize length;
} Value;

struct _RmsAttributes {
    GArray *values; /* of Value */
    GByteArray *bytes;
    guint counts[N_ATTRIBUTES];
    /* Of the entry before: neighbours in an answer are mostly neighbours in the tree. */
    char *parent;
    char *place;
};

RmsAttributes *rms_attributes_new(void)
{
    RmsAttributes *attributes = g_new0(RmsAttributes, 1);
    attributes->values = g_array_sized_new(FALSE, FALSE, sizeof(Value), 32);
    attributes->bytes = g_byte_array_sized_new(1024);
    return attributes;
}

/* Returns: N_ATTRIBUTES for one that nothing here looks at. */
static Attribute find_attribute(const char *name)
{
    /* Servers answer in the schema's spelling, and rarely with options. */
    for (Attribute i = 0; i < N_ATTRIBUTES; i++) {
        if (strcmp(attribute_names[i], name) == 0)
            return i;
    }
    gsize length = strcspn(name, ";");
    for (Attribute i = 0; i < N_ATTRIBUTES; i++) {
        if (strlen(attribute_names[i]) == length &&
            g_ascii_strncasecmp(attribute_names[i], name, length) == 0)
            return i;
    }
    return N_ATTRIBUTES;
}

void rms_attributes_add(RmsAttributes *attributes,
                        const char *name,
                        const void *value,
                        gsize length)
{
    g_return_if_fail(attributes != NULL && name != NULL);

    Attribute attribute = find_attribute(name);
    if (length > RMS_MAX_VALUE_BYTES || attribute == N_ATTRIBUTES ||
        attributes->counts[attribute] >= RMS_MAX_ATTRIBUTE_VALUES)
        return;
    attributes->counts[attribute]++;
    const Value added = {attribute, attributes->bytes->len, length};
    g_array_append_val(attributes->values, added);
    g_byte_array_append(attributes->bytes, value, (guint) length);
}

void rms_attributes_clear(RmsAttributes *attributes)
{
    g_return_if_fail(attributes != NULL);

    g_array_set_size(attributes->values, 0);
    g_byte_array_set_size(attributes->bytes, 0);
    memset(attributes->counts, 0, sizeof attributes->counts);
}

void rms_attributes_free(RmsAttributes *attributes)
{
    if (attributes == NULL)
        return;
    g_array_unref(attributes->values);
    g_byte_array_unref(attributes->bytes);
    g_free(attributes->parent);
    g_free(attributes->place);
    g_free(attributes);
}

/* The next value of @attribute from @position on, which it moves behind that. Returns: (nullable):
 * valid until something is added. */
static const guint8 *
get_next(const RmsAttributes *attributes, Attribute attribute, guint *position, gsize *length)
{
    if (attributes->counts[attribute] == 0)
        return NULL;
    while (*position < attributes->values->len) {
        const Value *value = &g_array_index(attributes->values, Value, (*position)++);
        if (value->attribute == attribute) {
            *length = value->length;
            /* Not NULL, even for an empty value. */
            return value->length > 0 ? attributes->bytes->data + value->offset
                                     : (const guint8 *) "";
        }
    }
    return NULL;
}

static const guint8 *get_first(const RmsAttributes *attributes, Attribute attribute, gsize *length)
{
    guint position = 0;
    return get_next(attributes, attribute, &position, length);
}

static gboolean has_value(const RmsAttributes *attributes, Attribute attribute, const char *text)
{
    guint position = 0;
    gsize length;
    const guint8 *value;
    while ((value = get_next(attributes, attribute, &position, &length)) != NULL) {
        if (length == strlen(text) && g_ascii_strncasecmp((const char *) value, text, length) == 0)
            return TRUE;
    }
    return FALSE;
}

/* Decimal, signed, nothing else around it. */
static gboolean get_integer(const RmsAttributes *attributes, Attribute attribute, gint64 *number)
{
    gsize length = 0;
    const guint8 *value = get_first(attributes, attribute, &length);
    if (value == NULL)
        return FALSE;
    g_autofree char *text = g_strndup((const char *) value, length);
    return strlen(text) == length &&
           g_ascii_string_to_signed(text, 10, G_MININT64, G_MAXINT64, number, NULL);
}

/* Active Directory writes 32-bit flags as signed numbers: -2147483646 is 0x80000002. */
static gboolean get_flags(const RmsAttributes *attributes, Attribute attribute, guint32 *flags)
{
    gint64 number;
    if (!get_integer(attributes, attribute, &number) || number < G_MININT32 || number > G_MAXUINT32)
        return FALSE;
    *flags = (guint32) number;
    return TRUE;
}

/* Text for a row of a list: one line, valid UTF-8, no control characters or direction overrides
 * that could make one account look like another, and not endless. */
static char *make_shown(const char *text, gssize length)
{
    /* Nearly every name: nothing in it needs a closer look. */
    gsize n = length >= 0 ? (gsize) length : strlen(text);
    gsize plain = 0;
    while (plain < n && g_ascii_isprint(text[plain]))
        plain++;
    if (plain == n && n <= RMS_MAX_SHOWN_CHARACTERS)
        return g_strndup(text, n);

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

static char *get_shown(const RmsAttributes *attributes, Attribute attribute)
{
    gsize length = 0;
    const guint8 *value = get_first(attributes, attribute, &length);
    if (value == NULL || length == 0)
        return NULL;
    return make_shown((const char *) value, (gssize) length);
}

/* Subclasses of computer, so they are asked for first (protocol.md §6.2). */
static gboolean is_managed_service_account(const RmsAttributes *attributes)
{
    return has_value(attributes, ATTRIBUTE_CLASS, "msDS-GroupManagedServiceAccount") ||
           has_value(attributes, ATTRIBUTE_CLASS, "msDS-ManagedServiceAccount") ||
           has_value(attributes, ATTRIBUTE_CLASS, "msDS-DelegatedManagedServiceAccount");
}

/* objectCategory=person: the filter's short form of CN=Person,CN=Schema,… */
static gboolean is_person(const RmsAttributes *attributes)
{
    gsize length = 0;
    const guint8 *value = get_first(attributes, ATTRIBUTE_CATEGORY, &length);
    if (value == NULL)
        return TRUE;
    static const char usual[] = "CN=Person,";
    if (length > strlen(usual) &&
        g_ascii_strncasecmp((const char *) value, usual, strlen(usual)) == 0)
        return TRUE;
    g_autofree char *dn = g_strndup((const char *) value, length);
    g_autofree char *category = rms_dn_first_value(dn);
    return category != NULL && g_ascii_strcasecmp(category, "Person") == 0;
}

static gboolean is_trust(const RmsAttributes *attributes)
{
    gint64 type;
    if (get_integer(attributes, ATTRIBUTE_ACCOUNT_TYPE, &type) && type == ACCOUNT_TYPE_TRUST)
        return TRUE;
    guint32 control;
    return get_flags(attributes, ATTRIBUTE_ACCOUNT_CONTROL, &control) &&
           (control & UAC_INTERDOMAIN_TRUST) != 0;
}

static gboolean find_kind(const RmsAttributes *attributes, RmsDirectoryObjectFields *fields)
{
    if (has_value(attributes, ATTRIBUTE_CLASS, "group")) {
        /* Without its type nobody can tell whether the group will be in a ticket. */
        guint32 type;
        if (!get_flags(attributes, ATTRIBUTE_GROUP_TYPE, &type))
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
    if (has_value(attributes, ATTRIBUTE_CLASS, "computer")) {
        fields->kind = RMS_KIND_COMPUTER;
        return TRUE;
    }
    if (has_value(attributes, ATTRIBUTE_CLASS, "user") && is_person(attributes)) {
        fields->kind = RMS_KIND_USER;
        return TRUE;
    }
    return FALSE;
}

static gboolean has_expired(const RmsAttributes *attributes, gint64 now)
{
    gint64 expires;
    /* 0 means never, and so does the largest number, which is in the year 30828. */
    if (!get_integer(attributes, ATTRIBUTE_EXPIRES, &expires) || expires <= 0)
        return FALSE;
    return expires / 10 - FILETIME_TO_UNIX_US <= now;
}

/* Accounts of CN=Builtin have no domain of their own (MS-DTYP §2.4.2.4: S-1-5-32). */
static gboolean is_builtin_sid(const RmsSid *sid)
{
    static const guint8 prefix[] = {0, 0, 0, 0, 0, 5, 32, 0, 0, 0};
    return sid->length >= 12 && memcmp(sid->bytes + 2, prefix, sizeof prefix) == 0;
}

/* What stands behind the first comma that is not escaped; NULL where that is not so simple, or more
 * than the parent is needed: a domain's first name is part of its place. */
static const char *find_parent(const char *dn)
{
    if (strchr(dn, '"') != NULL || g_ascii_strncasecmp(dn, "DC=", 3) == 0)
        return NULL;
    for (const char *p = dn; *p != '\0'; p++) {
        if (*p == '\\' && p[1] != '\0')
            p++;
        else if (*p == ',')
            return p + 1;
    }
    return NULL;
}

/* The place depends on the parent alone. Returns: valid until the next call. */
static const char *find_place(RmsAttributes *attributes, const char *dn)
{
    const char *parent = find_parent(dn);
    if (parent != NULL && g_strcmp0(parent, attributes->parent) == 0)
        return attributes->place;
    g_autofree char *raw_place = rms_place_from_dn(dn);
    g_free(attributes->parent);
    g_free(attributes->place);
    attributes->parent = g_strdup(parent);
    attributes->place = make_shown(raw_place, -1);
    return attributes->place;
}

RmsDirectoryObject *
rms_decode_object(RmsAttributes *attributes, const char *dn, const char *netbios_name, gint64 now)
{
    g_return_val_if_fail(attributes != NULL && dn != NULL && netbios_name != NULL, NULL);

    RmsDirectoryObjectFields fields = {.member_count = -1};

    gsize length = 0;
    const guint8 *sid = get_first(attributes, ATTRIBUTE_SID, &length);
    if (sid == NULL || !rms_sid_parse_bytes(&fields.sid, sid, length))
        return NULL;
    if (!find_kind(attributes, &fields))
        return NULL;

    g_autofree char *guid = NULL;
    const guint8 *guid_bytes = get_first(attributes, ATTRIBUTE_GUID, &length);
    if (guid_bytes != NULL && length == 16)
        guid = rms_guid_to_string(guid_bytes);

    g_autofree char *valid_dn = g_utf8_make_valid(dn, -1);
    g_autofree char *account = get_shown(attributes, ATTRIBUTE_ACCOUNT_NAME);
    g_autofree char *cn = get_shown(attributes, ATTRIBUTE_COMMON_NAME);
    g_autofree char *raw_rdn = cn == NULL ? rms_dn_first_value(valid_dn) : NULL;
    g_autofree char *rdn = raw_rdn != NULL ? make_shown(raw_rdn, -1) : NULL;
    g_autofree char *display_name = get_shown(attributes, ATTRIBUTE_DISPLAY_NAME);
    g_autofree char *description = get_shown(attributes, ATTRIBUTE_DESCRIPTION);
    g_autofree char *upn = get_shown(attributes, ATTRIBUTE_UPN);
    g_autofree char *mail = get_shown(attributes, ATTRIBUTE_MAIL);
    g_autofree char *dns_host_name = get_shown(attributes, ATTRIBUTE_DNS_HOST_NAME);

    /* There is always something to call it by, in the end its SID. */
    const char *common_name = cn != NULL ? cn : rdn;
    const char *short_name = account != NULL ? account : common_name;
    g_autofree char *sid_text = short_name == NULL ? rms_sid_to_string(&fields.sid) : NULL;
    if (short_name == NULL)
        short_name = sid_text;
    g_autofree char *account_name = g_strdup_printf(
        "%s\\%s", is_builtin_sid(&fields.sid) ? "BUILTIN" : netbios_name, short_name);

    guint32 control;
    if (get_flags(attributes, ATTRIBUTE_ACCOUNT_CONTROL, &control) && (control & UAC_DISABLED) != 0)
        fields.warnings |= RMS_WARNING_DISABLED;
    if (!rms_kind_is_group(fields.kind) && has_expired(attributes, now))
        fields.warnings |= RMS_WARNING_EXPIRED;

    fields.guid = guid;
    fields.name =
        display_name != NULL ? display_name : (common_name != NULL ? common_name : short_name);
    fields.account_name = account_name;
    fields.dn = valid_dn;
    fields.place = find_place(attributes, valid_dn);
    fields.description = description;
    fields.upn = upn;
    fields.mail = mail;
    fields.dns_host_name = dns_host_name;
    return rms_directory_object_new(&fields);
}

gboolean rms_attributes_has_class(const RmsAttributes *attributes, const char *object_class)
{
    g_return_val_if_fail(attributes != NULL && object_class != NULL, FALSE);
    return has_value(attributes, ATTRIBUTE_CLASS, object_class);
}

gboolean rms_attributes_get_sid(const RmsAttributes *attributes, RmsSid *sid)
{
    g_return_val_if_fail(attributes != NULL && sid != NULL, FALSE);

    gsize length = 0;
    const guint8 *bytes = get_first(attributes, ATTRIBUTE_SID, &length);
    return bytes != NULL && rms_sid_parse_bytes(sid, bytes, length);
}

guint32 rms_attributes_get_primary_group(const RmsAttributes *attributes)
{
    g_return_val_if_fail(attributes != NULL, 0);

    gint64 rid = 0;
    return get_integer(attributes, ATTRIBUTE_PRIMARY_GROUP, &rid) && rid > 0 && rid <= G_MAXUINT32
               ? (guint32) rid
               : 0;
}

/* MS-ADTS §2.2.1: 100 ns since 1601; 0 and the largest number, in the year 30828, mean never. */
static gint64 get_file_time(const RmsAttributes *attributes, Attribute attribute)
{
    gint64 ticks;
    if (!get_integer(attributes, attribute, &ticks) || ticks <= 0 || ticks == G_MAXINT64)
        return 0;
    return MAX(ticks / 10 - FILETIME_TO_UNIX_US, 0);
}

/* Generalized time as Active Directory writes it: 20261123120000.0Z (RFC 4517 §3.3.13). */
static gint64 get_generalized_time(const RmsAttributes *attributes, Attribute attribute)
{
    gsize length = 0;
    const guint8 *value = get_first(attributes, attribute, &length);
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

static GStrv get_all_shown(const RmsAttributes *attributes, Attribute attribute)
{
    if (attributes->counts[attribute] == 0)
        return NULL;
    GPtrArray *texts = g_ptr_array_new();
    guint position = 0;
    gsize length;
    const guint8 *value;
    while ((value = get_next(attributes, attribute, &position, &length)) != NULL)
        g_ptr_array_add(texts, make_shown((const char *) value, (gssize) length));
    g_ptr_array_sort(texts, compare_texts);
    g_ptr_array_add(texts, NULL);
    return (GStrv) g_ptr_array_free(texts, FALSE);
}

void rms_decode_details(const RmsAttributes *attributes, RmsObjectDetails *details)
{
    g_return_if_fail(attributes != NULL && details != NULL);

    g_autofree char *system = get_shown(attributes, ATTRIBUTE_SYSTEM);
    g_autofree char *version = get_shown(attributes, ATTRIBUTE_SYSTEM_VERSION);
    g_free(details->operating_system);
    details->operating_system = system != NULL && version != NULL
                                    ? g_strdup_printf("%s %s", system, version)
                                    : g_steal_pointer(&system);
    details->created = get_generalized_time(attributes, ATTRIBUTE_CREATED);
    details->changed = get_generalized_time(attributes, ATTRIBUTE_CHANGED);
    details->last_logon = get_file_time(attributes, ATTRIBUTE_LAST_LOGON);
    details->password_set = get_file_time(attributes, ATTRIBUTE_PASSWORD_SET);
    details->expires = get_file_time(attributes, ATTRIBUTE_EXPIRES);
    g_strfreev(details->service_names);
    details->service_names = get_all_shown(attributes, ATTRIBUTE_SERVICE_NAMES);
}

RmsPlace *rms_decode_place(const RmsAttributes *attributes, const char *dn)
{
    g_return_val_if_fail(attributes != NULL && dn != NULL, NULL);

    g_autofree char *shown = get_shown(attributes, ATTRIBUTE_NAME);
    g_autofree char *rdn = rms_dn_first_value(dn);
    g_autofree char *shown_rdn = rdn != NULL ? make_shown(rdn, -1) : NULL;
    g_autofree char *description = get_shown(attributes, ATTRIBUTE_DESCRIPTION);
    const char *name = shown != NULL ? shown : shown_rdn;
    if (name == NULL)
        return NULL;
    if (has_value(attributes, ATTRIBUTE_CLASS, "organizationalUnit"))
        return rms_place_new(RMS_PLACE_UNIT, name, dn, description);
    if (has_value(attributes, ATTRIBUTE_CLASS, "container") ||
        has_value(attributes, ATTRIBUTE_CLASS, "builtinDomain"))
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
