/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * push-behind STATE-DIRECTORY SID NAME AUTHOR: another administrator, who pushes one more entry (a
 * computer as file server) to the store of a running connector, behind its back.
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

    if (argc != 5 || !rms_sid_parse(&sid, argv[2])) {
        g_printerr("usage: push-behind STATE-DIRECTORY SID NAME AUTHOR\n");
        return 2;
    }
    entry = rms_entry_new(&sid, NULL, argv[3], NULL, RMS_KIND_COMPUTER, RMS_ROLE_FCI);
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
