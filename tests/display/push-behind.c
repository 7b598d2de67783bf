/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * push-behind STATE-DIRECTORY SID NAME AUTHOR [KIND ROLE DN]: another administrator, who pushes one
 * more entry (a computer as file server, unless told otherwise) to the store of a connector, behind
 * its back or before it starts.
 */
#include "config.h"

#include "connector-core/store.h"

int main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(RmsStore) store = NULL;
    g_autoptr(RmsServerList) list = NULL;
    g_autoptr(RmsServerList) saved = NULL;
    g_autoptr(RmsServerList) copy = NULL;
    g_autoptr(RmsEntry) entry = NULL;
    RmsSid sid;
    RmsKind kind = RMS_KIND_COMPUTER;
    RmsRole role = RMS_ROLE_FCI;

    if ((argc != 5 && argc != 8) || !rms_sid_parse(&sid, argv[2]) ||
        (argc == 8 &&
         (!rms_kind_from_string(argv[5], &kind) || !rms_role_from_string(argv[6], &role)))) {
        g_printerr("usage: push-behind STATE-DIRECTORY SID NAME AUTHOR [KIND ROLE DN]\n");
        return 2;
    }
    entry = rms_entry_new(&sid, NULL, argv[3], argc == 8 ? argv[7] : NULL, kind, role);
    store = rms_store_open(argv[1], &error);
    if (store != NULL)
        list = rms_store_load(store, &error);
    if (list != NULL) {
        copy = rms_server_list_copy(list);
        if (rms_server_list_add(copy, entry, &error))
            saved = rms_store_push(
                store, copy, rms_server_list_get_revision(list), argv[4], NULL, NULL, &error);
    }
    if (saved == NULL) {
        g_printerr("push-behind: %s\n", error->message);
        return 1;
    }
    g_print("%" G_GINT64_FORMAT "\n", rms_server_list_get_revision(saved));
    return 0;
}
