/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Any text as the name of a ranged attribute: a next range, where there is one, goes on behind a
 * number that the name itself has.
 */
#include "config.h"

#include <stdint.h>
#include <string.h>

#include "directory/directory-decode.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *name = g_strndup((const char *) data, size);
    g_autofree char *last = NULL;
    guint next = 4711;

    if (!rms_decode_range(name, "member", &next)) {
        g_assert_cmpuint(next, ==, 4711);
        return 0;
    }
    g_assert_cmpint(g_ascii_strncasecmp(name, "member;range=", 13), ==, 0);
    if (next == 0) {
        g_assert_true(g_str_has_suffix(name, "-*"));
        return 0;
    }
    g_assert_cmpuint(next, <=, G_MAXINT32);
    /* A number may have zeros in front. */
    last = g_strdup_printf("%u", next - 1);
    g_assert_true(g_str_has_suffix(name, last));
    return 0;
}
