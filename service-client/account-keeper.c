/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 *     save ──> busy ──> (another token meanwhile: save it) ──> idle, told
 *     clear ──> busy ──> gone, told
 */
#include "config.h"

#include "service-client/account-keeper.h"

struct _RmsAccountKeeper {
    grefcount references;
    RmsKeptAccount *kept;
    RmsAccountKeeperFunc done; /* NULL: nobody listens any more */
    gpointer user_data;
    RmsSecret *next; /* to be saved; NULL: nothing */
    gboolean busy;
    gboolean clearing;
    gboolean cleared;
};

static void proceed(RmsAccountKeeper *keeper);

RmsAccountKeeper *
rms_account_keeper_new(RmsKeptAccount *kept, RmsAccountKeeperFunc done, gpointer user_data)
{
    RmsAccountKeeper *keeper = g_new0(RmsAccountKeeper, 1);

    g_ref_count_init(&keeper->references);
    keeper->kept = kept;
    keeper->done = done;
    keeper->user_data = user_data;
    return keeper;
}

void rms_account_keeper_unref(RmsAccountKeeper *keeper)
{
    if (!g_ref_count_dec(&keeper->references))
        return;
    rms_kept_account_free(keeper->kept);
    rms_secret_unref(keeper->next);
    g_free(keeper);
}

void rms_account_keeper_disconnect(RmsAccountKeeper *keeper)
{
    keeper->done = NULL;
}

static void on_call_ended(RmsAccountKeeper *keeper, const GError *error)
{
    keeper->busy = FALSE;
    if (keeper->next != NULL || (keeper->clearing && !keeper->cleared))
        proceed(keeper);
    else if (keeper->done != NULL)
        keeper->done(error == NULL && !keeper->cleared, error, keeper->user_data);
    rms_account_keeper_unref(keeper);
}

static void on_saved(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GError) error = NULL;

    rms_token_store_save_finish(result, &error);
    on_call_ended(user_data, error);
}

static void on_cleared(GObject *source, GAsyncResult *result, gpointer user_data)
{
    RmsAccountKeeper *keeper = user_data;
    g_autoptr(GError) error = NULL;

    rms_token_store_clear_finish(result, &error);
    keeper->cleared = TRUE;
    on_call_ended(keeper, error);
}

static void proceed(RmsAccountKeeper *keeper)
{
    g_autoptr(RmsSecret) token = g_steal_pointer(&keeper->next);

    keeper->busy = TRUE;
    g_ref_count_inc(&keeper->references);
    if (keeper->clearing)
        rms_token_store_clear_async(keeper->kept, NULL, on_cleared, keeper);
    else
        rms_token_store_save_async(keeper->kept, token, NULL, on_saved, keeper);
}

void rms_account_keeper_save(RmsAccountKeeper *keeper, RmsSecret *token)
{
    if (keeper->clearing)
        return;
    rms_secret_unref(keeper->next);
    keeper->next = rms_secret_ref(token);
    if (!keeper->busy)
        proceed(keeper);
}

void rms_account_keeper_clear(RmsAccountKeeper *keeper)
{
    if (keeper->clearing)
        return;
    keeper->clearing = TRUE;
    g_clear_pointer(&keeper->next, rms_secret_unref);
    if (!keeper->busy)
        proceed(keeper);
}
