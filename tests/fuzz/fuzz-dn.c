/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Any text as a distinguished name, and as a value inside one: what is read from it is valid, and a
 * value that was escaped is read back as it was.
 */
#include "config.h"

#include <stdint.h>
#include <string.h>

#include "directory/directory-filter.h"
#include "directory/directory-names.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_reading(const char *dn)
{
    g_autofree char *domain = rms_domain_from_dn(dn);
    g_autofree char *place = rms_place_from_dn(dn);
    g_autofree char *value = rms_dn_first_value(dn);

    g_assert_nonnull(place);
    g_assert_true(g_utf8_validate(place, -1, NULL));
    g_assert_true(domain == NULL || g_utf8_validate(domain, -1, NULL));
    g_assert_true(value == NULL || g_utf8_validate(value, -1, NULL));
}

/* Nothing in @value ends it, or begins another part of the name. */
static void check_escaping(const char *value)
{
    g_autofree char *dn = rms_dn_below("DC=contoso,DC=example", "CN", value);
    g_autofree char *again = rms_dn_first_value(dn);
    g_autofree char *domain = rms_domain_from_dn(dn);

    g_assert_cmpstr(again, ==, value);
    g_assert_cmpstr(domain, ==, "contoso.example");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *raw = g_strndup((const char *) data, MIN(size, 2048));
    g_autofree char *text = g_utf8_make_valid(raw, -1);

    check_reading(text);
    if (*text != '\0')
        check_escaping(text);
    return 0;
}
