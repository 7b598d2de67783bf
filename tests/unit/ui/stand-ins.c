/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the stand-ins share: their clean sheet, waiting, and things of CONTOSO to fill lists with.
 */
#include "config.h"

#include "tests/unit/ui/stand-ins.h"

#include "directory/directory-object-private.h"

StandIns stand_ins;

/* Tasks that wait, with their turns. */
typedef struct {
    GTask *task;
    StandInTurn turn;
    GCancellable *cancellable;
    gulong handler;
} Waiting;
static GList *waiting;

void stand_ins_reset(void)
{
    g_assert(waiting == NULL);
    g_clear_error(&stand_ins.sign_in_error);
    g_clear_error(&stand_ins.discover_error);
    g_clear_error(&stand_ins.refresh_error);
    g_clear_error(&stand_ins.feature_error);
    g_clear_error(&stand_ins.push_error);
    g_clear_error(&stand_ins.set_tenant_error);
    g_clear_error(&stand_ins.directory_error);
    g_clear_error(&stand_ins.members_error);
    g_clear_pointer(&stand_ins.members, g_ptr_array_unref);
    g_clear_pointer(&stand_ins.groups, g_ptr_array_unref);
    g_clear_pointer(&stand_ins.events, g_ptr_array_unref);
    g_clear_pointer(&stand_ins.objects, g_ptr_array_unref);
    g_free(stand_ins.last_author);
    stand_ins = (StandIns){
        .user_name = "administrator@contoso.example",
        .user_code = "FJQK-2MZX",
        .verification_uri = "https://login.tenant.example/device",
        .code_seconds = 900,
        .organization = "Contoso",
        .service_url = "https://7d3e0f8c-1b52-4a7e-9c44-0a6f2be91d10.rms.tenant.example",
        .role = RMS_TENANT_ROLE_CONNECTOR_ADMINISTRATOR,
        .service_active = TRUE,
        .events = g_ptr_array_new_with_free_func(g_object_unref),
        .objects = g_ptr_array_new_with_free_func(g_object_unref),
        .members = g_ptr_array_new_with_free_func(g_object_unref),
        .groups = g_ptr_array_new_with_free_func((GDestroyNotify) rms_group_status_free),
    };
}

static void waiting_go(Waiting *wait)
{
    waiting = g_list_remove(waiting, wait);
    if (wait->cancellable != NULL)
        g_signal_handler_disconnect(wait->cancellable, wait->handler);
    wait->turn(wait->task);
    g_clear_object(&wait->cancellable);
    g_object_unref(wait->task);
    g_free(wait);
}

static gboolean on_idle_cancelled(gpointer user_data)
{
    if (g_list_find(waiting, user_data) != NULL)
        waiting_go(user_data);
    return G_SOURCE_REMOVE;
}

static void on_cancelled(GCancellable *cancellable, gpointer user_data)
{
    g_idle_add(on_idle_cancelled, user_data);
}

void stand_ins_release(void)
{
    while (waiting != NULL)
        waiting_go(waiting->data);
}

void stand_ins_take_turn(GTask *task, gboolean waits, StandInTurn turn)
{
    Waiting *wait = NULL;
    GCancellable *cancellable = g_task_get_cancellable(task);

    if (!waits) {
        turn(task);
        g_object_unref(task);
        return;
    }
    wait = g_new0(Waiting, 1);
    wait->task = task;
    wait->turn = turn;
    waiting = g_list_append(waiting, wait);
    if (cancellable == NULL)
        return;
    wait->cancellable = g_object_ref(cancellable);
    wait->handler = g_signal_connect(cancellable, "cancelled", G_CALLBACK(on_cancelled), wait);
}

static void fill_sid(guint rid, RmsSid *sid)
{
    g_autofree char *text = g_strdup_printf("S-1-5-21-1-2-3-%u", rid);

    g_assert(rms_sid_parse(sid, text));
}

RmsEntry *stand_in_entry(guint rid, const char *name, RmsKind kind, RmsRole role, const char *note)
{
    RmsSid sid;
    g_autofree char *full = g_strconcat("CONTOSO\\", name, NULL);
    g_autoptr(RmsEntry) bare = NULL;

    fill_sid(rid, &sid);
    bare = rms_entry_new(&sid, NULL, full, NULL, kind, role);
    return rms_entry_with_note(bare, note);
}

RmsDirectoryObject *stand_in_object(guint rid,
                                    const char *name,
                                    RmsKind kind,
                                    RmsGroupScope scope,
                                    const char *place,
                                    guint warnings)
{
    g_autofree char *full = g_strconcat("CONTOSO\\", name, NULL);
    g_autofree char *shown = g_strndup(name, strcspn(name, "$"));
    RmsDirectoryObjectFields fields = {
        .kind = kind,
        .scope = scope,
        .name = shown,
        .account_name = full,
        .dn = "CN=x,DC=contoso,DC=example",
        .place = place,
        .warnings = warnings,
        .member_count = -1,
    };

    fill_sid(rid, &fields.sid);
    return rms_directory_object_new(&fields);
}

static gboolean on_too_late(gpointer user_data)
{
    *(gboolean *) user_data = TRUE;
    return G_SOURCE_REMOVE;
}

gboolean stand_ins_run_until(gboolean (*condition)(gpointer data), gpointer data)
{
    gboolean too_late = FALSE;
    guint source = g_timeout_add_seconds(20, on_too_late, &too_late);

    while (!condition(data) && !too_late)
        g_main_context_iteration(NULL, TRUE);
    if (!too_late)
        g_source_remove(source);
    return !too_late;
}
