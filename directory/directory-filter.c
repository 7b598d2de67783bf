/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The one builder of filters. Terms that an administrator's text goes into are limited to
 * attributes that Active Directory indexes: one term without an index makes the whole filter a scan
 * of the domain.
 */
#include "config.h"

#include "directory/directory-filter.h"

#include <string.h>

#include "directory/directory.h"

/* MS-ADTS §3.1.1.3.4.4.1: LDAP_MATCHING_RULE_BIT_AND. */
#define BIT_AND "1.2.840.113556.1.4.803"
/* protocol.md §6.1: GROUP_TYPE_SECURITY_ENABLED, and sAMAccountType of trusts. */
#define SECURITY_ENABLED "2147483648"
#define TRUST_ACCOUNT "805306370"

/* Anything but plain letters and digits and a little punctuation is hex-escaped. Escaping too much
 * is harmless (RFC 4515 §3 allows it for any byte); forgetting one character is an injection. */
static gboolean is_plain(guint8 byte)
{
    return g_ascii_isalnum((char) byte) || byte == '-' || byte == '_' || byte == '.' ||
           byte == '@' || byte == '$';
}

static void append_escaped(GString *filter, const void *data, gsize length)
{
    const guint8 *bytes = data;
    for (gsize i = 0; i < length; i++) {
        if (is_plain(bytes[i]))
            g_string_append_c(filter, (char) bytes[i]);
        else
            g_string_append_printf(filter, "\\%02x", bytes[i]);
    }
}

char *rms_filter_escape(const void *data, gssize length)
{
    g_return_val_if_fail(data != NULL, NULL);

    GString *value = g_string_new(NULL);
    append_escaped(value, data, length < 0 ? strlen(data) : (gsize) length);
    return g_string_free(value, FALSE);
}

/* (ATTRIBUTE=PREFIX value SUFFIX); attribute, prefix and suffix are constants of this file. */
static void append_term(GString *filter,
                        const char *attribute,
                        const char *prefix,
                        const char *value,
                        const char *suffix)
{
    g_string_append_printf(filter, "(%s=%s", attribute, prefix);
    append_escaped(filter, value, strlen(value));
    g_string_append_printf(filter, "%s)", suffix);
}

static void append_binary_term(GString *filter, const char *attribute, const void *data, gsize size)
{
    g_string_append_printf(filter, "(%s=", attribute);
    append_escaped(filter, data, size);
    g_string_append_c(filter, ')');
}

/* Computers, managed service accounts and users share object classes; objectCategory tells people
 * from the rest (protocol.md §6.2). Unknown classes (an old schema) simply match nothing. */
static const char *const kind_terms[RMS_N_KINDS] = {
    [RMS_KIND_SECURITY_GROUP] =
        "(&(objectCategory=group)(groupType:" BIT_AND ":=" SECURITY_ENABLED "))",
    [RMS_KIND_DISTRIBUTION_GROUP] =
        "(&(objectCategory=group)(!(groupType:" BIT_AND ":=" SECURITY_ENABLED ")))",
    [RMS_KIND_USER] = "(&(objectCategory=person)(objectClass=user))",
    [RMS_KIND_COMPUTER] = "(objectCategory=computer)",
    [RMS_KIND_MANAGED_SERVICE_ACCOUNT] = "(objectClass=msDS-GroupManagedServiceAccount)"
                                         "(objectClass=msDS-ManagedServiceAccount)"
                                         "(objectClass=msDS-DelegatedManagedServiceAccount)",
};

static void append_kinds(GString *filter, guint kinds)
{
    g_string_append(filter, "(|");
    for (guint kind = 0; kind < RMS_N_KINDS; kind++) {
        if ((kinds & RMS_KIND_BIT(kind)) != 0)
            g_string_append(filter, kind_terms[kind]);
    }
    /* RFC 4526: an empty OR is false, but not every server knows; this is false on each. */
    if ((kinds & RMS_KIND_ALL) == 0)
        g_string_append(filter, "(!(objectClass=*))");
    g_string_append(filter, ")(objectSid=*)(!(sAMAccountType=" TRUST_ACCOUNT "))");
}

static void append_identity_terms(GString *filter, const RmsTypedName *name)
{
    if (name->form == RMS_NAME_SID)
        append_binary_term(filter, "objectSid", name->sid.bytes, name->sid.length);
    if (name->form == RMS_NAME_GUID)
        append_binary_term(filter, "objectGUID", name->guid, sizeof name->guid);
    if (name->form == RMS_NAME_DN)
        append_term(filter, "distinguishedName", "", name->text, "");
}

/* Names that are exactly @text. Active Directory compares without case and, mostly, accents. */
static void append_exact_terms(GString *filter, const char *text)
{
    append_term(filter, "sAMAccountName", "", text, "");
    append_term(filter, "displayName", "", text, "");
    append_term(filter, "cn", "", text, "");
    append_term(filter, "userPrincipalName", "", text, "");
    append_term(filter, "mail", "", text, "");
    if (strchr(text, '@') != NULL)
        append_term(filter, "proxyAddresses", "smtp:", text, "");
    /* A host's DNS name: dNSHostName has no index, servicePrincipalName has. */
    else if (strchr(text, '.') != NULL && strchr(text, ' ') == NULL)
        append_term(filter, "servicePrincipalName", "HOST/", text, "");
}

/* `EXCH01` for the computer EXCH01$. */
static void append_machine_term(GString *filter, const char *text)
{
    if (!g_str_has_suffix(text, "$"))
        append_term(filter, "sAMAccountName", "", text, "$");
}

static void append_account_terms(GString *filter, const char *account)
{
    append_term(filter, "sAMAccountName", "", account, "");
    append_machine_term(filter, account);
}

static void append_names(GString *filter,
                         const RmsTypedName *name,
                         void (*append)(GString *filter, const char *text))
{
    append(filter, name->text);
    /* White space around a name is nearly always the clipboard's, and sometimes the name's. */
    if (strcmp(name->text, name->typed) != 0)
        append(filter, name->typed);
}

static void append_start_terms(GString *filter, const char *text)
{
    append_term(filter, "anr", "", text, "");
    append_exact_terms(filter, text);
    append_term(filter, "userPrincipalName", "", text, "*");
    append_term(filter, "mail", "", text, "*");
}

char *rms_filter_for_search(const RmsTypedName *name, const char *local_account, guint kinds)
{
    g_return_val_if_fail(name != NULL, NULL);

    GString *filter = g_string_new("(&");
    if (name->form != RMS_NAME_EMPTY) {
        g_string_append(filter, "(|");
        append_identity_terms(filter, name);
        /* `CONTOSO\name` has a start, `name@contoso.com` is complete. */
        if (local_account != NULL && name->form == RMS_NAME_DOMAIN_ACCOUNT)
            append_start_terms(filter, local_account);
        else if (local_account != NULL)
            append_account_terms(filter, local_account);
        append_names(filter, name, append_start_terms);
        g_string_append_c(filter, ')');
    }
    append_kinds(filter, kinds);
    g_string_append_c(filter, ')');
    return g_string_free(filter, FALSE);
}

static void append_resolve_terms(GString *filter, const char *text)
{
    append_exact_terms(filter, text);
    append_machine_term(filter, text);
}

char *rms_filter_for_resolve(const RmsTypedName *name, const char *local_account, guint kinds)
{
    g_return_val_if_fail(name != NULL && name->form != RMS_NAME_EMPTY, NULL);

    GString *filter = g_string_new("(&(|");
    append_identity_terms(filter, name);
    if (local_account != NULL)
        append_account_terms(filter, local_account);
    append_names(filter, name, append_resolve_terms);
    g_string_append_c(filter, ')');
    append_kinds(filter, kinds);
    g_string_append_c(filter, ')');
    return g_string_free(filter, FALSE);
}

char *rms_filter_for_kinds(guint kinds)
{
    GString *filter = g_string_new("(&");
    append_kinds(filter, kinds);
    g_string_append_c(filter, ')');
    return g_string_free(filter, FALSE);
}

char *rms_filter_for_groups_in(const char *dn)
{
    g_return_val_if_fail(dn != NULL, NULL);

    GString *filter = g_string_new("(&(objectCategory=group)");
    append_term(filter, "memberOf", "", dn, "");
    g_string_append_c(filter, ')');
    return g_string_free(filter, FALSE);
}

char *rms_filter_for_members_of(const char *dn)
{
    g_return_val_if_fail(dn != NULL, NULL);

    GString *filter = g_string_new(NULL);
    append_term(filter, "memberOf", "", dn, "");
    return g_string_free(filter, FALSE);
}

char *rms_filter_for_sids(const RmsSid *const *sids, guint count)
{
    g_return_val_if_fail(sids != NULL && count > 0, NULL);

    GString *filter = g_string_new("(|");
    for (guint i = 0; i < count; i++)
        append_binary_term(filter, "objectSid", sids[i]->bytes, sids[i]->length);
    g_string_append_c(filter, ')');
    return g_string_free(filter, FALSE);
}

char *rms_filter_for_names(const char *const *dns, guint count)
{
    g_return_val_if_fail(dns != NULL && count > 0, NULL);

    GString *filter = g_string_new("(|");
    for (guint i = 0; i < count; i++)
        append_term(filter, "distinguishedName", "", dns[i], "");
    g_string_append_c(filter, ')');
    return g_string_free(filter, FALSE);
}

char *rms_filter_for_places(void)
{
    return g_strdup("(&(|(objectClass=organizationalUnit)(objectClass=container)"
                    "(objectClass=builtinDomain))(!(showInAdvancedViewOnly=TRUE)))");
}

char *rms_filter_for_primary_group(const RmsSid *sid)
{
    g_return_val_if_fail(sid != NULL && sid->length >= 12, NULL);

    /* primaryGroupID holds the last sub-authority (MS-DTYP §2.4.2: little-endian). */
    guint32 rid;
    memcpy(&rid, sid->bytes + sid->length - sizeof rid, sizeof rid);
    return g_strdup_printf("(primaryGroupID=%" G_GUINT32_FORMAT ")", GUINT32_FROM_LE(rid));
}

char *rms_filter_for_domains(void)
{
    /* MS-ADTS §2.2.10: FLAG_CR_NTDS_DOMAIN; the others are the forest's own partitions. */
    return g_strdup("(&(objectClass=crossRef)(systemFlags:" BIT_AND ":=2))");
}

char *rms_filter_for_ping(const char *domain)
{
    /* MS-ADTS §6.3.1.1: NETLOGON_NT_VERSION_5 and 5EX, the answer with the client's site. */
    static const guint8 version[] = {6, 0, 0, 0};
    GString *filter = g_string_new("(&");
    if (domain != NULL)
        append_term(filter, "DnsDomain", "", domain, "");
    append_binary_term(filter, "NtVer", version, sizeof version);
    g_string_append_c(filter, ')');
    return g_string_free(filter, FALSE);
}

char *rms_base_for_sid(const RmsSid *sid)
{
    g_return_val_if_fail(sid != NULL && sid->length > 0, NULL);

    g_autofree char *text = rms_sid_to_string(sid);
    return g_strdup_printf("<SID=%s>", text);
}

char *rms_dn_escape(const char *value)
{
    g_return_val_if_fail(value != NULL, NULL);

    gsize length = strlen(value);
    GString *escaped = g_string_new(NULL);
    for (gsize i = 0; i < length; i++) {
        char c = value[i];
        gboolean at_end = i == 0 || i + 1 == length;
        if (g_ascii_iscntrl(c))
            g_string_append_printf(escaped, "\\%02x", (guint8) c);
        else if (strchr("\"+,;<>\\=", c) != NULL || (c == ' ' && at_end) || (c == '#' && i == 0))
            g_string_append_printf(escaped, "\\%c", c);
        else
            g_string_append_c(escaped, c);
    }
    return g_string_free(escaped, FALSE);
}

char *rms_dn_below(const char *parent, const char *attribute, const char *value)
{
    g_return_val_if_fail(parent != NULL && attribute != NULL && value != NULL, NULL);

    g_autofree char *escaped = rms_dn_escape(value);
    return g_strconcat(attribute, "=", escaped, *parent != '\0' ? "," : "", parent, NULL);
}
