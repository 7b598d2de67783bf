/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Upkeep of the list.
 *
 *     entries not asked about ──idle──> first forest ──unknown there──> next forest … ──> findings
 *     some unknown ──server found, or pause over──> asked again
 */
#include "config.h"

#include "ui/upkeep.h"

struct _RmsUpkeep {
    GObject parent_instance;

    RmsConsole *console;
    GListModel *forests;
    GHashTable *findings; /* RmsSid → RmsUpkeepFinding */
    GCancellable *cancellable;
    GPtrArray *watched; /* of RmsForest and RmsDirectory, whose notify says that they answer */
    GError *failure;    /* (nullable) why the last round could not ask about some */
    guint idle;
    guint retry;
    guint first_pause;
    guint pause;
    gboolean checking; /* a round is under way */
    gboolean all;      /* the next round asks about all entries, not only new ones */
    gboolean stopped;
};

/* One walk through the forests. */
typedef struct {
    RmsUpkeep *upkeep;
    GPtrArray *entries;  /* RmsEntry asked about */
    GPtrArray *findings; /* RmsUpkeepFinding of each; NULL before its first answer */
    GPtrArray *asked;    /* RmsEntry that the forest is being asked about; borrowed */
    guint forest;
    gboolean all;
} Round;

static guint changed;

G_DEFINE_TYPE(RmsUpkeep, rms_upkeep, G_TYPE_OBJECT)

static void schedule(RmsUpkeep *self);

static void round_free(Round *round)
{
    g_ptr_array_unref(round->asked);
    g_ptr_array_unref(round->findings);
    g_ptr_array_unref(round->entries);
    g_object_unref(round->upkeep);
    g_free(round);
}

static gboolean is_unknown(RmsUpkeepFinding *finding)
{
    return (rms_upkeep_finding_get_state(finding) & RMS_UPKEEP_UNKNOWN) != 0;
}

/* An account of a forest that this console does not know stays unknown. */
static gboolean is_worth_asking_again(RmsUpkeepFinding *finding)
{
    return is_unknown(finding) && !g_error_matches(rms_upkeep_finding_get_error(finding),
                                                   RMS_DIRECTORY_ERROR,
                                                   RMS_DIRECTORY_ERROR_NAME);
}

/* --- asking ------------------------------------------------------------------------------- */

/* What was found out before stays while the directory is away. */
static void take_finding(RmsUpkeep *self, RmsUpkeepFinding *finding)
{
    const RmsSid *sid = rms_entry_get_sid(rms_upkeep_finding_get_entry(finding));
    RmsUpkeepFinding *before = g_hash_table_lookup(self->findings, sid);

    if (before != NULL && is_unknown(finding) && !is_unknown(before))
        return;
    g_hash_table_replace(self->findings, rms_sid_copy(sid), g_object_ref(finding));
}

static gboolean on_pause_over(gpointer user_data)
{
    RmsUpkeep *self = user_data;

    self->retry = 0;
    rms_upkeep_check(self);
    return G_SOURCE_REMOVE;
}

static void wait_for_directory(RmsUpkeep *self)
{
    if (self->retry != 0)
        return;
    self->retry = g_timeout_add_seconds(self->pause, on_pause_over, self);
    self->pause = MIN(self->pause * 2, RMS_UPKEEP_LONGEST_PAUSE_SECONDS);
}

/* The directory answers: those that it was silent about are asked about again. */
static void end_silence(RmsUpkeep *self, const Round *round)
{
    if (self->failure != NULL && !round->all)
        self->all = TRUE;
    g_clear_error(&self->failure);
    g_clear_handle_id(&self->retry, g_source_remove);
    self->pause = self->first_pause;
}

static void finish_round(Round *round)
{
    RmsUpkeep *self = round->upkeep;
    RmsUpkeepFinding *silent = NULL;

    self->checking = FALSE;
    for (guint i = 0; i < round->findings->len; i++) {
        RmsUpkeepFinding *finding = round->findings->pdata[i];

        take_finding(self, finding);
        if (silent == NULL && is_worth_asking_again(finding))
            silent = finding;
    }
    if (silent != NULL) {
        g_clear_error(&self->failure);
        self->failure = g_error_copy(rms_upkeep_finding_get_error(silent));
        wait_for_directory(self);
    } else {
        end_silence(self, round);
    }
    schedule(self); /* what came into the list meanwhile */
    g_signal_emit(self, changed, 0);
}

static void ask_forest(Round *round);

/* A reason why it could not be asked says more than that it is of another forest. */
static gboolean says_more(RmsUpkeepFinding *finding, RmsUpkeepFinding *before)
{
    return before == NULL || !is_unknown(finding) || !is_worth_asking_again(before);
}

static void on_checked(GObject *source, GAsyncResult *result, gpointer user_data)
{
    Round *round = user_data;
    RmsUpkeep *self = round->upkeep;
    g_autoptr(GPtrArray) checks = rms_forest_check_finish(RMS_FOREST(source), result, NULL);

    if (checks == NULL || self->stopped) { /* cancelled */
        round_free(round);
        return;
    }
    for (guint i = 0, k = 0; i < round->entries->len && k < checks->len; i++) {
        g_autoptr(RmsUpkeepFinding) finding = NULL;

        if (round->entries->pdata[i] != round->asked->pdata[k])
            continue;
        finding = rms_upkeep_finding_new(round->entries->pdata[i], checks->pdata[k++]);
        if (says_more(finding, round->findings->pdata[i]))
            g_set_object((RmsUpkeepFinding **) &round->findings->pdata[i], finding);
    }
    round->forest++;
    ask_forest(round);
}

static void ask_forest(Round *round)
{
    RmsUpkeep *self = round->upkeep;
    g_autoptr(GPtrArray) sids = g_ptr_array_new();
    g_autoptr(RmsForest) forest = g_list_model_get_item(self->forests, round->forest);

    g_ptr_array_set_size(round->asked, 0);
    for (guint i = 0; i < round->entries->len; i++) {
        RmsUpkeepFinding *finding = round->findings->pdata[i];

        if (finding != NULL && !is_unknown(finding))
            continue;
        g_ptr_array_add(round->asked, round->entries->pdata[i]);
        g_ptr_array_add(sids, (gpointer) rms_entry_get_sid(round->entries->pdata[i]));
    }
    if (forest == NULL || sids->len == 0) {
        finish_round(round);
        round_free(round);
        return;
    }
    rms_forest_check_async(forest, sids, self->cancellable, on_checked, round);
}

static void free_optional_object(gpointer object)
{
    g_clear_object(&object);
}

static void add_entries(GPtrArray *entries, RmsServerList *list, GHashTable *seen, RmsUpkeep *only)
{
    for (guint i = 0; list != NULL && i < rms_server_list_get_length(list); i++) {
        RmsEntry *entry = rms_server_list_get(list, i);
        const RmsSid *sid = rms_entry_get_sid(entry);

        if (only != NULL && g_hash_table_contains(only->findings, sid))
            continue;
        if (g_hash_table_add(seen, (gpointer) sid))
            g_ptr_array_add(entries, g_object_ref(entry));
    }
}

/* Asks about all entries, or about those that were not asked about yet. */
static void begin_round(RmsUpkeep *self, gboolean all)
{
    g_autoptr(GPtrArray) entries = g_ptr_array_new_with_free_func(g_object_unref);
    g_autoptr(GHashTable) seen = g_hash_table_new(rms_sid_hash, rms_sid_equal);
    Round *round = NULL;

    add_entries(entries, rms_console_get_working(self->console), seen, all ? NULL : self);
    add_entries(entries, rms_console_get_saved(self->console), seen, all ? NULL : self);
    if (entries->len == 0 || g_list_model_get_n_items(self->forests) == 0)
        return;
    round = g_new0(Round, 1);
    round->all = all;
    round->upkeep = g_object_ref(self);
    round->entries = g_steal_pointer(&entries);
    round->findings = g_ptr_array_new_with_free_func(free_optional_object);
    g_ptr_array_set_size(round->findings, (gint) round->entries->len);
    round->asked = g_ptr_array_new();
    self->checking = TRUE;
    g_signal_emit(self, changed, 0);
    ask_forest(round);
}

static gboolean on_idle(gpointer user_data)
{
    RmsUpkeep *self = user_data;
    gboolean all = self->all;

    self->idle = 0;
    if (self->checking)
        return G_SOURCE_REMOVE; /* looked at when the round ends */
    self->all = FALSE;
    begin_round(self, all);
    return G_SOURCE_REMOVE;
}

static void schedule(RmsUpkeep *self)
{
    if (self->idle == 0 && !self->stopped)
        self->idle = g_idle_add(on_idle, self);
}

void rms_upkeep_check(RmsUpkeep *self)
{
    g_return_if_fail(RMS_IS_UPKEEP(self));

    self->all = TRUE;
    g_clear_handle_id(&self->retry, g_source_remove);
    schedule(self);
}

/* --- what happens elsewhere ------------------------------------------------------------------ */

static gboolean is_same_entry(RmsEntry *a, RmsEntry *b)
{
    return g_str_equal(rms_entry_get_name(a), rms_entry_get_name(b)) &&
           g_strcmp0(rms_entry_get_dn(a), rms_entry_get_dn(b)) == 0 &&
           rms_entry_get_kind(a) == rms_entry_get_kind(b);
}

/* The same account may stand in a newer list by another name. */
static void on_list_changed(RmsUpkeep *self)
{
    RmsServerList *working = rms_console_get_working(self->console);

    for (guint i = 0; i < rms_server_list_get_length(working); i++) {
        RmsEntry *entry = rms_server_list_get(working, i);
        const RmsSid *sid = rms_entry_get_sid(entry);
        RmsUpkeepFinding *finding = g_hash_table_lookup(self->findings, sid);

        if (finding != NULL && !is_same_entry(entry, rms_upkeep_finding_get_entry(finding)))
            g_hash_table_replace(
                self->findings, rms_sid_copy(sid), rms_upkeep_finding_again(finding, entry));
    }
    schedule(self);
    g_signal_emit(self, changed, 0);
}

/* It found a server: what it could not be asked before it can be asked now. */
static void on_directory_found(RmsUpkeep *self)
{
    if (self->retry != 0)
        rms_upkeep_check(self);
}

static void watch(RmsUpkeep *self, gpointer object, const char *signal)
{
    g_ptr_array_add(self->watched, g_object_ref(object));
    g_signal_connect_swapped(object, signal, G_CALLBACK(on_directory_found), self);
}

static void unwatch(RmsUpkeep *self)
{
    for (guint i = 0; i < self->watched->len; i++)
        g_signal_handlers_disconnect_by_data(self->watched->pdata[i], self);
    g_ptr_array_set_size(self->watched, 0);
}

static void on_forests_changed(RmsUpkeep *self)
{
    unwatch(self);
    for (guint i = 0; i < g_list_model_get_n_items(self->forests); i++) {
        g_autoptr(RmsForest) forest = g_list_model_get_item(self->forests, i);

        watch(self, forest, "notify::opened");
        watch(self, rms_forest_get_home(forest), "notify::server");
    }
    rms_upkeep_check(self);
}

void rms_upkeep_stop(RmsUpkeep *self)
{
    g_return_if_fail(RMS_IS_UPKEEP(self));

    self->stopped = TRUE;
    g_cancellable_cancel(self->cancellable);
    g_clear_handle_id(&self->idle, g_source_remove);
    g_clear_handle_id(&self->retry, g_source_remove);
    unwatch(self);
    if (self->console != NULL) {
        g_signal_handlers_disconnect_by_data(self->console, self);
        g_signal_handlers_disconnect_by_data(rms_console_get_working(self->console), self);
    }
    if (self->forests != NULL)
        g_signal_handlers_disconnect_by_data(self->forests, self);
}

/* --- answers -------------------------------------------------------------------------------- */

gboolean rms_upkeep_get_checking(RmsUpkeep *self)
{
    g_return_val_if_fail(RMS_IS_UPKEEP(self), FALSE);
    return self->checking;
}

RmsUpkeepFinding *rms_upkeep_get_finding(RmsUpkeep *self, const RmsSid *sid)
{
    g_return_val_if_fail(RMS_IS_UPKEEP(self), NULL);
    g_return_val_if_fail(sid != NULL, NULL);
    return g_hash_table_lookup(self->findings, sid);
}

const GError *rms_upkeep_get_failure(RmsUpkeep *self)
{
    g_return_val_if_fail(RMS_IS_UPKEEP(self), NULL);
    return self->failure;
}

GPtrArray *rms_upkeep_dup_orphans(RmsUpkeep *self)
{
    GPtrArray *orphans = NULL;
    RmsServerList *working = NULL;

    g_return_val_if_fail(RMS_IS_UPKEEP(self), NULL);

    orphans = g_ptr_array_new_with_free_func(g_object_unref);
    working = rms_console_get_working(self->console);
    for (guint i = 0; i < rms_server_list_get_length(working); i++) {
        RmsEntry *entry = rms_server_list_get(working, i);
        RmsUpkeepFinding *finding = g_hash_table_lookup(self->findings, rms_entry_get_sid(entry));

        if (finding != NULL && rms_upkeep_finding_get_state(finding) == RMS_UPKEEP_GONE)
            g_ptr_array_add(orphans, g_object_ref(entry));
    }
    return orphans;
}

gboolean rms_upkeep_remove_orphans(RmsUpkeep *self, GError **error)
{
    g_autoptr(GPtrArray) orphans = NULL;

    g_return_val_if_fail(RMS_IS_UPKEEP(self), FALSE);

    orphans = rms_upkeep_dup_orphans(self);
    for (guint i = 0; i < orphans->len; i++)
        if (!rms_console_remove(self->console, rms_entry_get_sid(orphans->pdata[i]), error))
            return FALSE;
    return TRUE;
}

static void rms_upkeep_dispose(GObject *object)
{
    RmsUpkeep *self = RMS_UPKEEP(object);

    rms_upkeep_stop(self);
    g_clear_object(&self->console);
    g_clear_object(&self->forests);
    G_OBJECT_CLASS(rms_upkeep_parent_class)->dispose(object);
}

static void rms_upkeep_finalize(GObject *object)
{
    RmsUpkeep *self = RMS_UPKEEP(object);

    g_clear_error(&self->failure);
    g_hash_table_unref(self->findings);
    g_ptr_array_unref(self->watched);
    g_object_unref(self->cancellable);
    G_OBJECT_CLASS(rms_upkeep_parent_class)->finalize(object);
}

static void rms_upkeep_class_init(RmsUpkeepClass *class)
{
    G_OBJECT_CLASS(class)->dispose = rms_upkeep_dispose;
    G_OBJECT_CLASS(class)->finalize = rms_upkeep_finalize;
    changed = g_signal_new(
        "changed", RMS_TYPE_UPKEEP, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void rms_upkeep_init(RmsUpkeep *self)
{
    self->findings = g_hash_table_new_full(
        rms_sid_hash, rms_sid_equal, (GDestroyNotify) rms_sid_free, g_object_unref);
    self->watched = g_ptr_array_new_with_free_func(g_object_unref);
    self->cancellable = g_cancellable_new();
}

RmsUpkeep *rms_upkeep_new(RmsConsole *console, GListModel *forests, guint pause_seconds)
{
    RmsUpkeep *self = NULL;

    g_return_val_if_fail(RMS_IS_CONSOLE(console), NULL);
    g_return_val_if_fail(G_IS_LIST_MODEL(forests), NULL);
    g_return_val_if_fail(pause_seconds > 0, NULL);

    self = g_object_new(RMS_TYPE_UPKEEP, NULL);
    self->console = g_object_ref(console);
    self->forests = g_object_ref(forests);
    self->first_pause = pause_seconds;
    self->pause = pause_seconds;
    g_signal_connect_swapped(
        rms_console_get_working(console), "items-changed", G_CALLBACK(on_list_changed), self);
    g_signal_connect_swapped(console, "notify::saved", G_CALLBACK(on_list_changed), self);
    g_signal_connect_swapped(forests, "items-changed", G_CALLBACK(on_forests_changed), self);
    on_forests_changed(self);
    return self;
}
