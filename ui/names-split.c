/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Text that holds several names. What a name means is for directory-names.h and the directory.
 */
#include "config.h"

#include <string.h>

#include "ui/name-check.h"

static gboolean is_separator(char c)
{
    return c == ';' || c == '\n' || c == '\r';
}

static gboolean is_end_of_quoted(const char *p)
{
    while (*p == ' ' || *p == '\t')
        p++;
    return *p == '\0' || is_separator(*p) || *p == ',' || *p == '+';
}

/* Returns: behind the quote that closes the one at @p, or @p + 1 when that is just a character of a
 * name: none closes it in this line, or something follows. */
static const char *skip_quoted(const char *p)
{
    for (const char *q = p + 1; *q != '\0' && *q != '\n' && *q != '\r'; q++) {
        if (*q == '\\' && q[1] != '\0')
            q++;
        else if (*q == '"')
            return is_end_of_quoted(q + 1) ? q + 1 : p + 1;
    }
    return p + 1;
}

/* Returns: the end of the name that starts at @start. */
static const char *find_end(const char *start)
{
    char before = '\0'; /* the last character that is no white space */
    gboolean is_dn = FALSE;
    const char *p = start;

    while (*p != '\0' && !is_separator(*p)) {
        const char *next = p + 1;

        if (*p == '"' && (before == '\0' || before == '='))
            next = skip_quoted(p);
        else if (*p == '\\' && is_dn && (p[1] == ';' || p[1] == '\\'))
            next = p + 2;
        if (*p == '=')
            is_dn = TRUE;
        if (!g_ascii_isspace(*p))
            before = *p;
        p = next;
    }
    return p;
}

/* Without white space around it, and without quotes around all of it. */
static char *dup_name(const char *start, const char *end)
{
    char *name = g_strstrip(g_strndup(start, end - start));
    gsize length = strlen(name);

    if (length >= 2 && name[0] == '"' && skip_quoted(name) == name + length) {
        memmove(name, name + 1, length - 2);
        name[length - 2] = '\0';
        g_strstrip(name);
    }
    return name;
}

GStrv rms_names_split(const char *text)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    const char *start = text;

    g_return_val_if_fail(text != NULL, NULL);

    while (*start != '\0') {
        const char *end = find_end(start);
        g_autofree char *name = dup_name(start, end);

        if (*name != '\0' && g_hash_table_add(seen, g_utf8_casefold(name, -1)))
            g_ptr_array_add(names, g_steal_pointer(&name));
        start = *end != '\0' ? end + 1 : end;
    }
    g_ptr_array_add(names, NULL);
    return (GStrv) g_ptr_array_free(g_steal_pointer(&names), FALSE);
}

char *rms_names_dup_last(const char *text)
{
    const char *start = text;

    g_return_val_if_fail(text != NULL, NULL);

    while (TRUE) {
        const char *end = find_end(start);

        if (*end == '\0')
            return dup_name(start, end);
        start = end + 1;
    }
}
