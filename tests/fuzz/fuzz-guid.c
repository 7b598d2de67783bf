/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Any text as an object GUID: what is taken is the same after a round trip.
 */
#include "config.h"

#include <stdint.h>
#include <string.h>

#include "connector-core/model/sid.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_bytes(const guint8 bytes[16])
{
    g_autofree char *text = rms_guid_to_string(bytes);
    guint8 again[16];

    g_assert_cmpuint(strlen(text), ==, 36);
    g_assert_true(rms_guid_parse(again, text));
    g_assert_cmpmem(again, sizeof again, bytes, sizeof again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *text = g_strndup((const char *) data, size);
    guint8 bytes[16];

    if (size >= sizeof bytes)
        check_bytes(data);
    if (rms_guid_parse(bytes, text))
        check_bytes(bytes);
    return 0;
}
