/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What became of accounts that are known by their SIDs.
 *
 *     open the forest ──▶ [open the other domains, if a SID is not home's] ──▶ ask each for its
 * SIDs
 *
 * A SID's domain part says whose it is, and a domain's own SID is only known from a connection to
 * it. So other domains are connected to when there is a SID that home does not own, and never
 * otherwise.
 */
#include "config.h"

#include "directory/forest.h"

#include <string.h>

#include "directory/directory-details.h"
#include "directory/directory-private.h"
#include "directory/forest-private.h"

typedef struct {
    GPtrArray *checks; /* RmsObjectCheck, in the caller's order */
    GPtrArray *silent; /* char *: domains that could not be opened, with the reason */
    guint pending;     /* calls under way */
} Check;

/* What one domain is asked for. */
typedef struct {
    GTask *task;
    GPtrArray *checks; /* RmsObjectCheck, of the task */
} Question;

void rms_object_check_free(RmsObjectCheck *check)
{
    if (check == NULL)
        return;
    g_clear_object(&check->object);
    g_clear_error(&check->error);
    g_free(check);
}

static void free_check(gpointer data)
{
    Check *check = data;
    g_clear_pointer(&check->checks, g_ptr_array_unref);
    g_ptr_array_unref(check->silent);
    g_free(check);
}

/* MS-DTYP §2.4.2: an account's SID is its domain's and one sub-authority of four bytes more. */
static gboolean is_of_domain(const RmsSid *sid, const RmsSid *domain)
{
    return domain->length > 0 && sid->length == domain->length + 4 &&
           memcmp(sid->bytes + 2, domain->bytes + 2, domain->length - 2u) == 0;
}

static RmsDirectory *find_directory(RmsForest *self, const RmsSid *sid)
{
    GListModel *domains = rms_forest_get_domains(self);
    for (guint i = 0; i < g_list_model_get_n_items(domains); i++) {
        g_autoptr(RmsForestDomain) domain = g_list_model_get_item(domains, i);
        RmsDirectory *directory = rms_forest_get_directory(self, domain);
        const RmsDomainInfo *info = rms_directory_get_info(directory);
        if (info != NULL && is_of_domain(sid, &info->sid))
            return directory;
    }
    return NULL;
}

static void finish(GTask *task)
{
    Check *check = g_task_get_task_data(task);
    if (!g_task_return_error_if_cancelled(task))
        g_task_return_pointer(
            task, g_steal_pointer(&check->checks), (GDestroyNotify) g_ptr_array_unref);
    g_object_unref(task);
}

static void free_question(Question *question)
{
    g_ptr_array_unref(question->checks);
    g_free(question);
}

static void settle(RmsObjectCheck *check, GHashTable *found, const GError *error)
{
    if (error != NULL) {
        check->error = g_error_copy(error);
        return;
    }
    RmsDirectoryObject *object = g_hash_table_lookup(found, &check->sid);
    check->result = object != NULL ? RMS_CHECK_FOUND : RMS_CHECK_GONE;
    g_set_object(&check->object, object);
}

static void on_found(GObject *source, GAsyncResult *result, gpointer data)
{
    Question *question = data;
    GTask *task = question->task;
    Check *check = g_task_get_task_data(task);
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) objects =
        rms_directory_find_sids_finish(RMS_DIRECTORY(source), result, &error);
    g_autoptr(GHashTable) found = g_hash_table_new(rms_sid_hash, rms_sid_equal);
    for (guint i = 0; objects != NULL && i < objects->len; i++)
        g_hash_table_insert(
            found, (gpointer) rms_directory_object_get_sid(objects->pdata[i]), objects->pdata[i]);
    for (guint i = 0; i < question->checks->len; i++)
        settle(question->checks->pdata[i], found, error);
    free_question(question);
    if (--check->pending == 0)
        finish(task);
}

static void ask(GTask *task, RmsDirectory *directory, GPtrArray *checks)
{
    Check *check = g_task_get_task_data(task);
    Question *question = g_new0(Question, 1);
    question->task = task;
    question->checks = g_ptr_array_ref(checks);
    g_autoptr(GPtrArray) sids = g_ptr_array_new();
    for (guint i = 0; i < checks->len; i++) {
        RmsObjectCheck *one = checks->pdata[i];
        g_ptr_array_add(sids, &one->sid);
    }
    check->pending++;
    rms_directory_find_sids_async(
        directory, sids, g_task_get_cancellable(task), on_found, question);
}

static GError *explain_stranger(RmsForest *self, const Check *check, const RmsSid *sid)
{
    g_autofree char *text = rms_sid_to_string(sid);
    if (check->silent->len == 0)
        return g_error_new(RMS_DIRECTORY_ERROR,
                           RMS_DIRECTORY_ERROR_NAME,
                           "%s is of no domain of the forest %s; look for it in its own forest",
                           text,
                           rms_forest_get_name(self));
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
    for (guint i = 0; i < check->silent->len; i++)
        g_strv_builder_add(builder, check->silent->pdata[i]);
    g_auto(GStrv) parts = g_strv_builder_end(builder);
    g_autofree char *silent = g_strjoinv("; ", parts);
    return g_error_new(RMS_DIRECTORY_ERROR,
                       RMS_DIRECTORY_ERROR_UNREACHABLE,
                       "%s is of no domain of the forest %s that could be asked; not asked: %s",
                       text,
                       rms_forest_get_name(self),
                       silent);
}

/* What stays unknown although every domain that is known of was asked. */
static void note_blind_spots(RmsForest *self, Check *check)
{
    GListModel *domains = rms_forest_get_domains(self);
    for (guint i = 0; i < g_list_model_get_n_items(domains); i++) {
        g_autoptr(RmsForestDomain) domain = g_list_model_get_item(domains, i);
        const RmsDomainInfo *info = rms_directory_get_info(rms_forest_get_directory(self, domain));
        if (info != NULL && info->sid.length == 0)
            g_ptr_array_add(check->silent,
                            g_strdup_printf("%s (its own SID cannot be read)", info->domain));
        if (info != NULL && rms_forest_domain_is_home(domain) && info->domains->len == 0)
            g_ptr_array_add(check->silent,
                            g_strdup("other domains (the account may not read which there are)"));
    }
}

static void ask_all(GTask *task)
{
    RmsForest *self = g_task_get_source_object(task);
    Check *check = g_task_get_task_data(task);
    g_autoptr(GHashTable) questions =
        g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify) g_ptr_array_unref);
    note_blind_spots(self, check);
    for (guint i = 0; i < check->checks->len; i++) {
        RmsObjectCheck *one = check->checks->pdata[i];
        RmsDirectory *directory = find_directory(self, &one->sid);
        if (directory == NULL) {
            one->error = explain_stranger(self, check, &one->sid);
            continue;
        }
        GPtrArray *checks = g_hash_table_lookup(questions, directory);
        if (checks == NULL) {
            checks = g_ptr_array_new();
            g_hash_table_insert(questions, directory, checks);
        }
        g_ptr_array_add(checks, one);
    }
    check->pending = 1;
    GHashTableIter iter;
    gpointer directory;
    gpointer checks;
    g_hash_table_iter_init(&iter, questions);
    while (g_hash_table_iter_next(&iter, &directory, &checks))
        ask(task, directory, checks);
    if (--check->pending == 0)
        finish(task);
}

typedef struct {
    GTask *task;
    char *name;
} Opening;

static void on_domain_opened(GObject *source, GAsyncResult *result, gpointer data)
{
    Opening *opening = data;
    GTask *task = opening->task;
    Check *check = g_task_get_task_data(task);
    g_autoptr(GError) error = NULL;
    if (!rms_directory_open_finish(RMS_DIRECTORY(source), result, &error))
        g_ptr_array_add(check->silent, g_strdup_printf("%s (%s)", opening->name, error->message));
    g_free(opening->name);
    g_free(opening);
    if (--check->pending == 0)
        ask_all(task);
}

static gboolean has_strangers(RmsForest *self, const Check *check)
{
    for (guint i = 0; i < check->checks->len; i++) {
        const RmsObjectCheck *one = check->checks->pdata[i];
        if (find_directory(self, &one->sid) == NULL)
            return TRUE;
    }
    return FALSE;
}

static void open_others(GTask *task)
{
    RmsForest *self = g_task_get_source_object(task);
    Check *check = g_task_get_task_data(task);
    GListModel *domains = rms_forest_get_domains(self);
    check->pending = 1;
    for (guint i = 0; i < g_list_model_get_n_items(domains); i++) {
        g_autoptr(RmsForestDomain) domain = g_list_model_get_item(domains, i);
        RmsDirectory *directory = rms_forest_get_directory(self, domain);
        if (rms_directory_get_info(directory) != NULL)
            continue;
        Opening *opening = g_new0(Opening, 1);
        opening->task = task;
        opening->name = g_strdup(rms_forest_domain_get_name(domain));
        check->pending++;
        rms_directory_open_async(
            directory, g_task_get_cancellable(task), on_domain_opened, opening);
    }
    if (--check->pending == 0)
        ask_all(task);
}

static void on_forest_opened(GObject *source, GAsyncResult *result, gpointer data)
{
    GTask *task = data;
    RmsForest *self = RMS_FOREST(source);
    Check *check = g_task_get_task_data(task);
    g_autoptr(GError) error = NULL;
    if (!rms_forest_open_finish(self, result, &error)) {
        for (guint i = 0; i < check->checks->len; i++) {
            RmsObjectCheck *one = check->checks->pdata[i];
            one->error = g_error_copy(error);
        }
        finish(task);
        return;
    }
    if (has_strangers(self, check))
        open_others(task);
    else
        ask_all(task);
}

void rms_forest_check_async(RmsForest *self,
                            GPtrArray *sids,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
    g_return_if_fail(RMS_IS_FOREST(self) && sids != NULL);

    Check *check = g_new0(Check, 1);
    check->silent = g_ptr_array_new_with_free_func(g_free);
    check->checks = g_ptr_array_new_with_free_func((GDestroyNotify) rms_object_check_free);
    for (guint i = 0; i < sids->len; i++) {
        RmsObjectCheck *one = g_new0(RmsObjectCheck, 1);
        one->sid = *(const RmsSid *) sids->pdata[i];
        one->result = RMS_CHECK_UNKNOWN;
        g_ptr_array_add(check->checks, one);
    }
    GTask *task = g_task_new(self, cancellable, callback, user_data);
    g_task_set_source_tag(task, rms_forest_check_async);
    g_task_set_task_data(task, check, free_check);
    rms_forest_open_async(self, cancellable, on_forest_opened, task);
}

GPtrArray *rms_forest_check_finish(RmsForest *self, GAsyncResult *result, GError **error)
{
    g_return_val_if_fail(g_task_is_valid(result, self), NULL);
    return g_task_propagate_pointer(G_TASK(result), error);
}
