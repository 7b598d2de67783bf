/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Answers to LDAP pings, from anybody. An answer that is understood has names that are text.
 */
#include "config.h"

#include <glib.h>
#include <stddef.h>
#include <stdint.h>

#include "directory/directory-netlogon.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(RmsNetlogon) netlogon = rms_netlogon_parse(data, size);
    if (netlogon == NULL)
        return 0;
    g_assert_true(g_utf8_validate(netlogon->domain, -1, NULL));
    g_assert_true(g_utf8_validate(netlogon->host, -1, NULL));
    g_assert_true(g_utf8_validate(netlogon->server_site, -1, NULL));
    if (netlogon->client_site != NULL && rms_netlogon_is_site(netlogon->client_site))
        g_assert_true(g_str_is_ascii(netlogon->client_site));
    return 0;
}
