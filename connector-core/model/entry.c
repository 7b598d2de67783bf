/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One entry of the authorized-server list, and the rules that refuse an entry by itself.
 */
#include "config.h"

#include "connector-core/model/entry.h"

#include <string.h>

#include "connector-core/model/server-list.h"

struct _RmsEntry {
    GObject parent;
    RmsSid sid;
    char *sid_text;
    char *guid;
    char *name;
    char *dn;
    RmsKind kind;
    RmsRole role;
    char *note;
    gint64 added_at;
    char *added_by;
};

G_DEFINE_FINAL_TYPE(RmsEntry, rms_entry, G_TYPE_OBJECT)

enum {
    PROP_0,
    PROP_SID_TEXT,
    PROP_NAME,
    PROP_KIND,
    PROP_ROLE,
    PROP_NOTE,
    PROP_ADDED_AT,
    PROP_ADDED_BY,
    N_PROPERTIES
};
static GParamSpec *properties[N_PROPERTIES];

static void rms_entry_get_property(GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
    RmsEntry *self = RMS_ENTRY(object);

    switch (id) {
    case PROP_SID_TEXT:
        g_value_set_string(value, self->sid_text);
        break;
    case PROP_NAME:
        g_value_set_string(value, self->name);
        break;
    case PROP_KIND:
        g_value_set_enum(value, self->kind);
        break;
    case PROP_ROLE:
        g_value_set_enum(value, self->role);
        break;
    case PROP_NOTE:
        g_value_set_string(value, self->note);
        break;
    case PROP_ADDED_AT:
        g_value_set_int64(value, self->added_at);
        break;
    case PROP_ADDED_BY:
        g_value_set_string(value, self->added_by);
        break;
    default:
        G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
    }
}

static void rms_entry_finalize(GObject *object)
{
    RmsEntry *self = RMS_ENTRY(object);

    g_free(self->sid_text);
    g_free(self->guid);
    g_free(self->name);
    g_free(self->dn);
    g_free(self->note);
    g_free(self->added_by);
    G_OBJECT_CLASS(rms_entry_parent_class)->finalize(object);
}

static void rms_entry_class_init(RmsEntryClass *klass)
{
    GObjectClass *object_class = G_OBJECT_CLASS(klass);
    const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

    object_class->get_property = rms_entry_get_property;
    object_class->finalize = rms_entry_finalize;
    properties[PROP_SID_TEXT] = g_param_spec_string("sid-text", NULL, NULL, NULL, flags);
    properties[PROP_NAME] = g_param_spec_string("name", NULL, NULL, NULL, flags);
    properties[PROP_KIND] =
        g_param_spec_enum("kind", NULL, NULL, RMS_TYPE_KIND, RMS_KIND_SECURITY_GROUP, flags);
    properties[PROP_ROLE] =
        g_param_spec_enum("role", NULL, NULL, RMS_TYPE_ROLE, RMS_ROLE_EXCHANGE, flags);
    properties[PROP_NOTE] = g_param_spec_string("note", NULL, NULL, NULL, flags);
    properties[PROP_ADDED_AT] = g_param_spec_int64("added-at", NULL, NULL, 0, G_MAXINT64, 0, flags);
    properties[PROP_ADDED_BY] = g_param_spec_string("added-by", NULL, NULL, NULL, flags);
    g_object_class_install_properties(object_class, N_PROPERTIES, properties);
}

static void rms_entry_init(RmsEntry *self)
{
}

RmsEntry *rms_entry_new(const RmsSid *sid,
                        const char *guid,
                        const char *name,
                        const char *dn,
                        RmsKind kind,
                        RmsRole role)
{
    guint8 guid_bytes[16];
    RmsEntry *self;

    g_return_val_if_fail(sid != NULL && sid->length > 0, NULL);
    g_return_val_if_fail(name != NULL, NULL);

    self = g_object_new(RMS_TYPE_ENTRY, NULL);
    self->sid = *sid;
    self->sid_text = rms_sid_to_string(sid);
    /* One spelling, so that equal GUIDs are equal texts; a bad one stays for validation to name. */
    self->guid = rms_guid_parse(guid_bytes, guid) ? rms_guid_to_string(guid_bytes) : g_strdup(guid);
    self->name = g_strdup(name);
    self->dn = g_strdup(dn);
    self->kind = kind;
    self->role = role;
    self->note = g_strdup("");
    self->added_by = g_strdup("");
    return self;
}

static RmsEntry *copy_entry(RmsEntry *entry)
{
    RmsEntry *copy =
        rms_entry_new(&entry->sid, entry->guid, entry->name, entry->dn, entry->kind, entry->role);

    g_free(copy->note);
    g_free(copy->added_by);
    copy->note = g_strdup(entry->note);
    copy->added_at = entry->added_at;
    copy->added_by = g_strdup(entry->added_by);
    return copy;
}

RmsEntry *rms_entry_with_role(RmsEntry *entry, RmsRole role)
{
    RmsEntry *copy;

    g_return_val_if_fail(RMS_IS_ENTRY(entry), NULL);
    copy = copy_entry(entry);
    copy->role = role;
    return copy;
}

RmsEntry *rms_entry_with_note(RmsEntry *entry, const char *note)
{
    RmsEntry *copy;

    g_return_val_if_fail(RMS_IS_ENTRY(entry), NULL);
    copy = copy_entry(entry);
    g_free(copy->note);
    copy->note = g_strdup(note != NULL ? note : "");
    return copy;
}

RmsEntry *rms_entry_with_added(RmsEntry *entry, gint64 added_at, const char *added_by)
{
    RmsEntry *copy;

    g_return_val_if_fail(RMS_IS_ENTRY(entry), NULL);
    copy = copy_entry(entry);
    copy->added_at = added_at;
    g_free(copy->added_by);
    copy->added_by = g_strdup(added_by != NULL ? added_by : "");
    return copy;
}

const RmsSid *rms_entry_get_sid(RmsEntry *entry)
{
    g_return_val_if_fail(RMS_IS_ENTRY(entry), NULL);
    return &entry->sid;
}

const char *rms_entry_get_sid_text(RmsEntry *entry)
{
    g_return_val_if_fail(RMS_IS_ENTRY(entry), NULL);
    return entry->sid_text;
}

const char *rms_entry_get_guid(RmsEntry *entry)
{
    g_return_val_if_fail(RMS_IS_ENTRY(entry), NULL);
    return entry->guid;
}

const char *rms_entry_get_name(RmsEntry *entry)
{
    g_return_val_if_fail(RMS_IS_ENTRY(entry), NULL);
    return entry->name;
}

const char *rms_entry_get_dn(RmsEntry *entry)
{
    g_return_val_if_fail(RMS_IS_ENTRY(entry), NULL);
    return entry->dn;
}

RmsKind rms_entry_get_kind(RmsEntry *entry)
{
    g_return_val_if_fail(RMS_IS_ENTRY(entry), RMS_KIND_USER);
    return entry->kind;
}

RmsRole rms_entry_get_role(RmsEntry *entry)
{
    g_return_val_if_fail(RMS_IS_ENTRY(entry), RMS_ROLE_FCI);
    return entry->role;
}

const char *rms_entry_get_note(RmsEntry *entry)
{
    g_return_val_if_fail(RMS_IS_ENTRY(entry), NULL);
    return entry->note;
}

gint64 rms_entry_get_added_at(RmsEntry *entry)
{
    g_return_val_if_fail(RMS_IS_ENTRY(entry), 0);
    return entry->added_at;
}

const char *rms_entry_get_added_by(RmsEntry *entry)
{
    g_return_val_if_fail(RMS_IS_ENTRY(entry), NULL);
    return entry->added_by;
}

gboolean rms_entry_equal_details(RmsEntry *a, RmsEntry *b)
{
    g_return_val_if_fail(RMS_IS_ENTRY(a) && RMS_IS_ENTRY(b), FALSE);

    return a == b || (rms_sid_equal(&a->sid, &b->sid) && a->kind == b->kind && a->role == b->role &&
                      g_strcmp0(a->guid, b->guid) == 0 && g_strcmp0(a->name, b->name) == 0 &&
                      g_strcmp0(a->dn, b->dn) == 0 && g_strcmp0(a->note, b->note) == 0);
}

gboolean rms_entry_equal(RmsEntry *a, RmsEntry *b)
{
    return rms_entry_equal_details(a, b) && a->added_at == b->added_at &&
           g_strcmp0(a->added_by, b->added_by) == 0;
}

/* Text that logs and windows can show as it stands: no control characters, no line separators, and
 * none of the characters that turn the direction of what follows (Unicode UAX #9), with which a
 * name can pass for another. @lines_allowed: a note may have line ends and tabs; a name may not, it
 * would forge lines of a log. */
static gboolean is_plain_text(const char *text, gboolean lines_allowed)
{
    if (!g_utf8_validate(text, -1, NULL))
        return FALSE;
    for (const char *p = text; *p != '\0'; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);

        if (lines_allowed && (c == '\n' || c == '\t'))
            continue;
        if (g_unichar_iscntrl(c) || c == 0x2028 || c == 0x2029 || (c >= 0x202A && c <= 0x202E) ||
            (c >= 0x2066 && c <= 0x2069))
            return FALSE;
    }
    return TRUE;
}

static gboolean check_text(RmsEntry *entry,
                           const char *what,
                           const char *text,
                           gsize max_bytes,
                           gboolean lines_allowed,
                           GError **error)
{
    if (text == NULL)
        return TRUE;
    if (strlen(text) > max_bytes) {
        g_set_error(error,
                    RMS_MODEL_ERROR,
                    RMS_MODEL_ERROR_RULE,
                    "the %s of entry %s is longer than %" G_GSIZE_FORMAT " bytes; shorten it",
                    what,
                    entry->sid_text,
                    max_bytes);
        return FALSE;
    }
    if (!is_plain_text(text, lines_allowed)) {
        g_set_error(error,
                    RMS_MODEL_ERROR,
                    RMS_MODEL_ERROR_RULE,
                    "the %s of entry %s holds control characters or is not valid UTF-8; remove "
                    "them",
                    what,
                    entry->sid_text);
        return FALSE;
    }
    return TRUE;
}

/* S-1-5-21-a-b-c-rid. Every account and group that can be authorized has such a SID; others stand
 * for "everyone", "authenticated users" or the way of signing in (S-1-18-1 is in every ticket), and
 * an entry of theirs would admit the whole forest. */
static gboolean is_domain_account(const RmsSid *sid)
{
    static const guint8 prefix[] = {1, 5, 0, 0, 0, 0, 0, 5, 21, 0, 0, 0};

    return sid->length == 28 && memcmp(sid->bytes, prefix, sizeof prefix) == 0;
}

gboolean rms_entry_validate(RmsEntry *entry, GError **error)
{
    const char *why = NULL;
    guint8 guid[16];

    g_return_val_if_fail(RMS_IS_ENTRY(entry), FALSE);

    /* The name is checked first: the later messages show it. */
    if (!check_text(entry, "name", entry->name, RMS_ENTRY_MAX_NAME_BYTES, FALSE, error) ||
        !check_text(entry, "distinguished name", entry->dn, RMS_ENTRY_MAX_DN_BYTES, FALSE, error) ||
        !check_text(entry, "note", entry->note, RMS_ENTRY_MAX_NOTE_BYTES, TRUE, error) ||
        !check_text(entry, "author", entry->added_by, RMS_AUTHOR_MAX_BYTES, FALSE, error))
        return FALSE;

    if (*entry->name == '\0')
        why = "it has no name; give the account's name";
    else if (!is_domain_account(&entry->sid))
        why = "its SID is not that of an account or group in a domain; choose such an object";
    else if (entry->guid != NULL && !rms_guid_parse(guid, entry->guid))
        why = "its GUID is malformed; leave it out or correct it";
    else if ((guint) entry->kind >= RMS_N_KINDS)
        why = "its kind is unknown";
    else if ((guint) entry->role >= RMS_N_ROLES)
        why = "its role is unknown";
    else if (entry->added_at < 0 || entry->added_at > RMS_TIME_MAX)
        why = "the time at which it was added is out of range";
    else if (entry->role == RMS_ROLE_EXCHANGE && entry->kind != RMS_KIND_SECURITY_GROUP)
        why = "the Exchange role takes a security group. Put its servers into one, such as "
              "Exchange Servers, and authorize the group";
    if (why == NULL)
        return TRUE;
    g_set_error(error,
                RMS_MODEL_ERROR,
                RMS_MODEL_ERROR_RULE,
                "%s (%s): %s",
                entry->name,
                entry->sid_text,
                why);
    return FALSE;
}

gboolean rms_author_validate(const char *author, GError **error)
{
    if (author != NULL && *author != '\0' && strlen(author) <= RMS_AUTHOR_MAX_BYTES &&
        is_plain_text(author, FALSE))
        return TRUE;
    g_set_error(error,
                RMS_MODEL_ERROR,
                RMS_MODEL_ERROR_RULE,
                "the author of a change has to be named in at most %d bytes of plain text",
                RMS_AUTHOR_MAX_BYTES);
    return FALSE;
}
