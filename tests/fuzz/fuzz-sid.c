/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Any bytes as a SID, in its binary form and as text: what is taken is the same after a round trip
 * through the other form.
 */
#include "config.h"

#include <stdint.h>
#include <string.h>

#include "connector-core/model/sid.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_text(const RmsSid *sid)
{
    g_autofree char *text = rms_sid_to_string(sid);
    RmsSid again;

    g_assert_true(g_str_has_prefix(text, "S-1-"));
    g_assert_true(rms_sid_parse(&again, text));
    g_assert_true(rms_sid_equal(&again, sid));
    g_assert_cmpuint(rms_sid_hash(&again), ==, rms_sid_hash(sid));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *text = g_strndup((const char *) data, size);
    RmsSid sid;

    if (rms_sid_parse_bytes(&sid, data, size)) {
        g_assert_cmpmem(sid.bytes, sid.length, data, size);
        check_text(&sid);
    }
    if (rms_sid_parse(&sid, text)) {
        RmsSid again;

        g_assert_true(rms_sid_parse_bytes(&again, sid.bytes, sid.length));
        check_text(&sid);
    }
    return 0;
}
