/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Names as text. libldap parses DNs (RFC 4514); nothing here talks to a server.
 */
#include "config.h"

#include "directory/directory-names.h"

#include <ldap.h>
#include <string.h>

#include "directory/directory-cleanup-private.h"
#include "directory/directory-limits.h"
#include "directory/directory.h"

/* Samba escapes a question mark, which RFC 4514 §3 does not allow and libldap refuses. */
static int parse_dn(const char *text, LDAPDN *dn)
{
    GString *plain = g_string_new(NULL);
    for (const char *p = text; *p != '\0'; p++) {
        if (p[0] == '\\' && p[1] == '?')
            continue;
        g_string_append_c(plain, *p);
        if (p[0] == '\\' && p[1] != '\0')
            g_string_append_c(plain, *++p);
    }
    int rc = ldap_str2dn(plain->str, dn, LDAP_DN_FORMAT_LDAPV3);
    g_string_free(plain, TRUE);
    return rc;
}

static gboolean looks_like_dn(const char *text)
{
    g_auto(LDAPDN) dn = NULL;
    if (parse_dn(text, &dn) != LDAP_SUCCESS || dn == NULL)
        return FALSE;
    return dn[0] != NULL && dn[1] != NULL;
}

/* `DOMAIN\name`: neither half may hold a backslash (MS-SAMR §3.1.1.6 forbids it in account names),
 * so two backslashes are a display name. */
static gboolean split_domain_account(const char *text, char **domain, char **account)
{
    const char *backslash = strchr(text, '\\');
    if (backslash == NULL || backslash == text || backslash[1] == '\0' ||
        strchr(backslash + 1, '\\') != NULL)
        return FALSE;
    *domain = g_strndup(text, (gsize) (backslash - text));
    *account = g_strdup(backslash + 1);
    return TRUE;
}

static gboolean split_address(const char *text, char **domain, char **account)
{
    const char *at = strrchr(text, '@');
    if (at == NULL || at == text || at[1] == '\0' || strpbrk(at + 1, " \t\r\n") != NULL)
        return FALSE;
    *account = g_strndup(text, (gsize) (at - text));
    *domain = g_strdup(at + 1);
    return TRUE;
}

static RmsNameForm find_form(RmsTypedName *name)
{
    const char *text = name->text;
    gsize length = strlen(text);
    if (length == 0)
        return RMS_NAME_EMPTY;
    if (rms_sid_parse(&name->sid, text))
        return RMS_NAME_SID;
    if (rms_guid_parse(name->guid, text))
        return RMS_NAME_GUID;
    if (looks_like_dn(text))
        return RMS_NAME_DN;
    if (split_domain_account(text, &name->domain, &name->account))
        return RMS_NAME_DOMAIN_ACCOUNT;
    if (split_address(text, &name->domain, &name->account))
        return RMS_NAME_ADDRESS;
    if (length > 1 && text[length - 1] == '$')
        return RMS_NAME_MACHINE;
    return RMS_NAME_PLAIN;
}

RmsTypedName *rms_typed_name_parse(const char *text, GError **error)
{
    g_return_val_if_fail(text != NULL, NULL);

    /* Measured before anything else looks at it: a clipboard can hold megabytes. */
    if (strnlen(text, RMS_MAX_TYPED_BYTES + 1) > RMS_MAX_TYPED_BYTES) {
        g_set_error(error,
                    RMS_DIRECTORY_ERROR,
                    RMS_DIRECTORY_ERROR_NAME,
                    "The name is longer than %d bytes; type the start of it",
                    RMS_MAX_TYPED_BYTES);
        return NULL;
    }
    if (!g_utf8_validate(text, -1, NULL)) {
        g_set_error_literal(error,
                            RMS_DIRECTORY_ERROR,
                            RMS_DIRECTORY_ERROR_NAME,
                            "The name is not valid UTF-8 text; type it anew");
        return NULL;
    }

    RmsTypedName *name = g_new0(RmsTypedName, 1);
    name->typed = g_strdup(text);
    name->text = g_strstrip(g_strdup(text));
    name->form = find_form(name);
    return name;
}

void rms_typed_name_free(RmsTypedName *name)
{
    if (name == NULL)
        return;
    g_free(name->text);
    g_free(name->typed);
    g_free(name->domain);
    g_free(name->account);
    g_free(name);
}

static gboolean is_domain_component(LDAPRDN rdn)
{
    return rdn != NULL && rdn[0] != NULL && rdn[1] == NULL && rdn[0]->la_attr.bv_len == 2 &&
           g_ascii_strncasecmp(rdn[0]->la_attr.bv_val, "DC", 2) == 0;
}

static char *dup_value(LDAPRDN rdn)
{
    if (rdn == NULL || rdn[0] == NULL)
        return g_strdup("");
    const struct berval *value = &rdn[0]->la_value;
    return g_utf8_make_valid(value->bv_val != NULL ? value->bv_val : "", (gssize) value->bv_len);
}

/* Length of a parsed DN, and where its trailing run of DC parts begins. */
static guint measure_dn(LDAPDN dn, guint *first_component)
{
    guint length = 0;
    while (dn[length] != NULL)
        length++;
    guint first = length;
    while (first > 0 && is_domain_component(dn[first - 1]))
        first--;
    *first_component = first;
    return length;
}

static void append_domain(GString *text, LDAPDN dn, guint first, guint length)
{
    for (guint i = first; i < length; i++) {
        g_autofree char *value = dup_value(dn[i]);
        if (i > first)
            g_string_append_c(text, '.');
        g_string_append(text, value);
    }
}

char *rms_domain_from_dn(const char *dn_text)
{
    g_auto(LDAPDN) dn = NULL;
    if (dn_text == NULL || parse_dn(dn_text, &dn) != LDAP_SUCCESS || dn == NULL)
        return NULL;
    guint first;
    guint length = measure_dn(dn, &first);
    if (first == length)
        return NULL;
    GString *domain = g_string_new(NULL);
    append_domain(domain, dn, first, length);
    return g_string_free(domain, FALSE);
}

char *rms_place_from_dn(const char *dn_text)
{
    g_auto(LDAPDN) dn = NULL;
    if (dn_text == NULL || parse_dn(dn_text, &dn) != LDAP_SUCCESS || dn == NULL)
        return g_strdup("");
    guint first;
    guint length = measure_dn(dn, &first);
    GString *place = g_string_new(NULL);
    append_domain(place, dn, first, length);
    for (guint i = first; i > 1; i--) {
        g_autofree char *value = dup_value(dn[i - 1]);
        if (place->len > 0)
            g_string_append_c(place, '/');
        for (const char *p = value; *p != '\0'; p++) {
            if (*p == '/')
                g_string_append_c(place, '\\');
            g_string_append_c(place, *p);
        }
    }
    return g_string_free(place, FALSE);
}

char *rms_dn_first_value(const char *dn_text)
{
    g_auto(LDAPDN) dn = NULL;
    if (dn_text == NULL || parse_dn(dn_text, &dn) != LDAP_SUCCESS || dn == NULL || dn[0] == NULL)
        return NULL;
    return dup_value(dn[0]);
}
