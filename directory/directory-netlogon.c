/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Decoder of ping answers. The names are compressed as in DNS messages; the resolver library
 * expands them, within the buffer and without loops.
 *
 *     0 opcode u16 │ 2 zero u16 │ 4 flags u32 │ 8 domain GUID │ 24 forest, domain, host, NetBIOS
 *     domain, NetBIOS computer, user, server's site, client's site │ NtVersion u32 │ FFFF FFFF
 */
#include "config.h"

#include "directory/directory-netlogon.h"

#include <arpa/nameser.h>
#include <netinet/in.h>
#include <resolv.h>
#include <string.h>

#include "directory/directory-limits.h"

/* MS-ADTS §6.3.1.3: LOGON_SAM_LOGON_RESPONSE_EX to LOGON_SAM_USER_UNKNOWN_EX, of one layout. */
#define FIRST_OPCODE 23
#define LAST_OPCODE 25
#define NAMES_OFFSET 24

typedef struct {
    const guint8 *data;
    gsize length;
    gsize position;
} Reader;

/* Returns: (transfer full) (nullable): the next name; NULL if there is none, and so ever after. */
static char *read_name(Reader *reader)
{
    char name[NS_MAXDNAME];
    if (reader->position >= reader->length)
        return NULL;
    int taken = dn_expand(reader->data,
                          reader->data + reader->length,
                          reader->data + reader->position,
                          name,
                          sizeof name);
    if (taken <= 0 || (gsize) taken > reader->length - reader->position) {
        reader->position = reader->length;
        return NULL;
    }
    reader->position += (gsize) taken;
    return g_utf8_validate(name, -1, NULL) ? g_strdup(name) : g_strdup("");
}

static void skip_names(Reader *reader, guint count)
{
    for (guint i = 0; i < count; i++)
        g_free(read_name(reader));
}

void rms_netlogon_free(RmsNetlogon *netlogon)
{
    if (netlogon == NULL)
        return;
    g_free(netlogon->domain);
    g_free(netlogon->host);
    g_free(netlogon->server_site);
    g_free(netlogon->client_site);
    g_free(netlogon);
}

RmsNetlogon *rms_netlogon_parse(const guint8 *data, gsize length)
{
    g_return_val_if_fail(data != NULL || length == 0, NULL);

    if (length <= NAMES_OFFSET || length > RMS_MAX_VALUE_BYTES)
        return NULL;
    guint opcode = data[0] | (guint) data[1] << 8;
    if (opcode < FIRST_OPCODE || opcode > LAST_OPCODE)
        return NULL;

    g_autoptr(RmsNetlogon) netlogon = g_new0(RmsNetlogon, 1);
    Reader reader = {data, length, NAMES_OFFSET};
    skip_names(&reader, 1);
    netlogon->domain = read_name(&reader);
    netlogon->host = read_name(&reader);
    skip_names(&reader, 3);
    netlogon->server_site = read_name(&reader);
    netlogon->client_site = read_name(&reader);
    if (netlogon->client_site == NULL)
        return NULL;
    if (*netlogon->client_site == '\0')
        g_clear_pointer(&netlogon->client_site, g_free);
    return g_steal_pointer(&netlogon);
}

gboolean rms_netlogon_is_site(const char *name)
{
    g_return_val_if_fail(name != NULL, FALSE);

    gsize length = strlen(name);
    if (length == 0 || length > NS_MAXLABEL)
        return FALSE;
    for (const char *p = name; *p != '\0'; p++) {
        if (!g_ascii_isalnum(*p) && *p != '-' && *p != '_')
            return FALSE;
    }
    return TRUE;
}
