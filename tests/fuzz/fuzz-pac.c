/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Any bytes as a PAC's logon information: refused with a reason, or a caller whose every part holds
 * what pac.h promises.
 */
#include "config.h"

#include <stdint.h>
#include <string.h>

#include "connector-core/limits.h"
#include "connector-core/pac.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_sid(const RmsSid *sid)
{
    RmsSid again;

    g_assert_true(rms_sid_parse_bytes(&again, sid->bytes, sid->length));
    g_assert_true(rms_sid_equal(&again, sid));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_auto(RmsPac) pac = {0};
    g_autoptr(GError) error = NULL;
    const char *name;

    if (!rms_pac_decode(data, size, &pac, &error)) {
        g_assert_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
        g_assert_null(pac.account);
        g_assert_null(pac.groups);
        return 0;
    }
    g_assert_no_error(error);
    g_assert_true(g_utf8_validate(pac.account, -1, NULL));
    name = strchr(pac.account, '\\');
    g_assert_true(name != NULL && name > pac.account && name[1] != '\0');
    g_assert_null(strchr(name + 1, '\\'));
    for (const char *c = pac.account; *c != '\0'; c = g_utf8_next_char(c))
        g_assert_true(g_unichar_isprint(g_utf8_get_char(c)));
    check_sid(&pac.sid);
    g_assert_cmpuint(pac.n_groups, <=, RMS_MAX_CALLER_GROUPS);
    for (guint i = 0; i < pac.n_groups; i++)
        check_sid(&pac.groups[i]);
    return 0;
}
