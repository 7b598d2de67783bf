/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Any text as the value of an Authorization header: refused with a reason, or a token that is
 * framed as one and is the only reading of its base64.
 */
#include "config.h"

#include <stdint.h>
#include <string.h>

#include "connector-core/limits.h"
#include "connector-core/negotiate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *authorization = g_strndup((const char *) data, size);
    g_autofree char *base64 = NULL;
    g_auto(RmsNegotiateToken) token = {0};
    const char *problem = NULL;
    RmsAuthReason reason = rms_negotiate_read(authorization, &token, &problem);

    if (reason != RMS_AUTH_REASON_NONE) {
        g_assert_true(reason == RMS_AUTH_REASON_NTLM || reason == RMS_AUTH_REASON_MALFORMED);
        g_assert_nonnull(problem);
        g_assert_null(token.bytes);
        return 0;
    }
    g_assert_null(problem);
    g_assert_cmpuint(token.length, >=, 2);
    g_assert_cmpuint(token.length, <=, RMS_MAX_TOKEN_BYTES);
    g_assert_cmphex(token.bytes[0], ==, token.initial ? 0x60 : 0xa1);
    base64 = g_base64_encode(token.bytes, token.length);
    g_assert_true(g_str_has_suffix(authorization, base64));
    return 0;
}
