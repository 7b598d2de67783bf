/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The list's JSON form. Whatever comes in: it is refused with one printable line, or it is a list
 * that keeps its rules and comes back equal from its own text.
 */
#include "config.h"

#include <stdint.h>
#include <string.h>

#include "connector-core/model/server-list.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_refusal(const GError *error)
{
    g_assert_nonnull(error);
    g_assert_true(error->domain == RMS_MODEL_ERROR);
    g_assert_true(g_utf8_validate(error->message, -1, NULL));
    for (const char *c = error->message; *c != '\0'; c++)
        g_assert_false(g_ascii_iscntrl(*c));
}

static void check_entries(RmsServerList *list)
{
    g_assert_cmpuint(rms_server_list_get_length(list), <=, RMS_SERVER_LIST_MAX);
    for (guint i = 0; i < rms_server_list_get_length(list); i++) {
        RmsEntry *entry = rms_server_list_get(list, i);

        g_assert_true(rms_entry_validate(entry, NULL));
        g_assert_true(rms_server_list_lookup(list, rms_entry_get_sid(entry)) == entry);
    }
}

static void check_round_trip(RmsServerList *list, gboolean indented)
{
    g_autofree char *text = rms_server_list_to_json(list, indented);
    g_autoptr(RmsServerList) again = rms_server_list_from_json(text, strlen(text), NULL);

    g_assert_nonnull(again);
    g_assert_true(rms_server_list_equal(list, again));
    g_assert_cmpint(rms_server_list_get_revision(list), ==, rms_server_list_get_revision(again));
    g_assert_cmpint(rms_server_list_get_saved_at(list), ==, rms_server_list_get_saved_at(again));
    g_assert_cmpstr(rms_server_list_get_saved_by(list), ==, rms_server_list_get_saved_by(again));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(RmsServerList) list = rms_server_list_from_json((const char *) data, size, &error);

    if (list == NULL) {
        check_refusal(error);
        return 0;
    }
    g_assert_no_error(error);
    check_entries(list);
    check_round_trip(list, FALSE);
    check_round_trip(list, TRUE);
    return 0;
}
