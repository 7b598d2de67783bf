/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Entries as a server may send them: the first line of the input is the DN, each other one
 * `attribute=value`; what comes of them is fit to be shown, or nothing.
 */
#include "config.h"

#include <glib.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "directory/directory-decode.h"
#include "directory/directory-object-private.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(RmsAttributes) attributes = rms_attributes_new();
    g_autofree char *dn = NULL;
    while (size > 0) {
        const uint8_t *end = memchr(data, '\n', size);
        size_t length = end != NULL ? (size_t) (end - data) : size;
        const uint8_t *equals = memchr(data, '=', length);
        if (dn == NULL) {
            dn = g_strndup((const char *) data, length);
        } else if (equals != NULL) {
            size_t before = (size_t) (equals - data);
            g_autofree char *name = g_strndup((const char *) data, before);
            rms_attributes_add(attributes, name, equals + 1, length - before - 1);
        }
        data += MIN(length + 1, size);
        size -= MIN(length + 1, size);
    }
    if (dn == NULL)
        return 0;

    g_autoptr(RmsDirectoryObject) object = rms_decode_object(attributes, dn, "CONTOSO", 0);
    if (object != NULL) {
        g_assert_true(g_utf8_validate(rms_directory_object_get_name(object), -1, NULL));
        g_assert_true(g_utf8_validate(rms_directory_object_get_account_name(object), -1, NULL));
        g_assert_true(g_utf8_validate(rms_directory_object_get_place(object), -1, NULL));
        g_assert_true(g_utf8_validate(rms_directory_object_get_dn(object), -1, NULL));
    }
    g_autofree char *valid = g_utf8_make_valid(dn, -1);
    g_autoptr(RmsPlace) place = rms_decode_place(attributes, valid);
    g_assert_true(place == NULL || g_utf8_validate(rms_place_get_name(place), -1, NULL));
    g_autoptr(RmsObjectDetails) details = rms_object_details_new();
    rms_decode_details(attributes, details);
    g_assert_cmpint(details->expires, >=, 0);
    g_assert_cmpint(details->last_logon, >=, 0);
    return 0;
}
