/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a group covers, prepared for a view.
 */
#include "config.h"

#include "ui/coverage.h"

#include <glib/gi18n.h>
#include <string.h>

#include "directory/directory-limits.h"
#include "ui/object-facts.h"
#include "ui/words.h"

/* Rows are made for so long in one turn; the rest of a frame is the view's. */
#define TURN_MICROSECONDS 5000
/* The clock is looked at once for so many rows. */
#define ROWS_A_LOOK 64

struct _RmsCoveredAccount {
    GObject parent_instance;

    char *name;
    char *path;
    char *key;                  /* both, casefolded */
    RmsDirectoryObject *object; /* (nullable) */
};

G_DEFINE_TYPE(RmsCoveredAccount, rms_covered_account, G_TYPE_OBJECT)

struct _RmsCoverage {
    GObject parent_instance;

    GListStore *accounts;
    RmsExpansion *expansion; /* (nullable) */
    GError *failure;         /* (nullable) */
    GCancellable *cancellable;
    guint next; /* member that gets a row next */
    guint idle;
    gboolean loading;
};

static guint changed;

G_DEFINE_TYPE(RmsCoverage, rms_coverage, G_TYPE_OBJECT)

/* --- a row --------------------------------------------------------------------------------- */

static void rms_covered_account_finalize(GObject *object)
{
    RmsCoveredAccount *self = RMS_COVERED_ACCOUNT(object);

    g_free(self->name);
    g_free(self->path);
    g_free(self->key);
    g_clear_object(&self->object);
    G_OBJECT_CLASS(rms_covered_account_parent_class)->finalize(object);
}

static void rms_covered_account_class_init(RmsCoveredAccountClass *class)
{
    G_OBJECT_CLASS(class)->finalize = rms_covered_account_finalize;
}

static void rms_covered_account_init(RmsCoveredAccount *self)
{
}

static RmsCoveredAccount *make_account(RmsExpandedMember *member)
{
    RmsCoveredAccount *self = g_object_new(RMS_TYPE_COVERED_ACCOUNT, NULL);
    g_auto(GStrv) path = rms_expanded_member_dup_path(member);
    const char *name = rms_expanded_member_get_account_name(member);
    g_autofree char *text = NULL;

    self->name = rms_words_name(name);
    self->path = rms_object_facts_path(path[0], (const char *const *) path + 1, name);
    text = g_strjoin("\n", self->name, self->path, NULL);
    self->key = g_utf8_casefold(text, -1);
    g_set_object(&self->object, rms_expanded_member_get_object(member));
    return self;
}

const char *rms_covered_account_get_name(RmsCoveredAccount *self)
{
    g_return_val_if_fail(RMS_IS_COVERED_ACCOUNT(self), NULL);
    return self->name;
}

const char *rms_covered_account_get_path(RmsCoveredAccount *self)
{
    g_return_val_if_fail(RMS_IS_COVERED_ACCOUNT(self), NULL);
    return self->path;
}

gboolean rms_covered_account_get_kind(RmsCoveredAccount *self, RmsKind *kind)
{
    g_return_val_if_fail(RMS_IS_COVERED_ACCOUNT(self), FALSE);

    if (self->object == NULL)
        return FALSE;
    *kind = rms_directory_object_get_kind(self->object);
    return TRUE;
}

gboolean rms_covered_account_matches(RmsCoveredAccount *self, const char *folded)
{
    return *folded == '\0' || strstr(self->key, folded) != NULL;
}

/* --- loading ------------------------------------------------------------------------------- */

static gboolean on_turn(gpointer user_data)
{
    RmsCoverage *self = user_data;
    GPtrArray *members = rms_expansion_get_members(self->expansion);
    g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func(g_object_unref);
    gint64 end = g_get_monotonic_time() + TURN_MICROSECONDS;

    while (self->next < members->len &&
           (rows->len % ROWS_A_LOOK != 0 || rows->len == 0 || g_get_monotonic_time() < end))
        g_ptr_array_add(rows, make_account(members->pdata[self->next++]));
    g_list_store_splice(self->accounts,
                        g_list_model_get_n_items(G_LIST_MODEL(self->accounts)),
                        0,
                        rows->pdata,
                        rows->len);
    if (self->next < members->len)
        return G_SOURCE_CONTINUE;
    self->idle = 0;
    self->loading = FALSE;
    g_signal_emit(self, changed, 0);
    return G_SOURCE_REMOVE;
}

static void on_expanded(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(RmsCoverage) self = user_data;
    g_autoptr(GError) error = NULL;
    g_autoptr(RmsExpansion) expansion =
        rms_forest_expand_finish(RMS_FOREST(source), result, &error);

    if (g_task_get_cancellable(G_TASK(result)) != self->cancellable ||
        g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return;
    if (expansion == NULL) {
        self->loading = FALSE;
        self->failure = g_steal_pointer(&error);
    } else {
        self->expansion = g_steal_pointer(&expansion);
        self->idle = g_idle_add(on_turn, self);
    }
    g_signal_emit(self, changed, 0);
}

static void forget(RmsCoverage *self)
{
    g_cancellable_cancel(self->cancellable);
    g_clear_object(&self->cancellable);
    g_clear_handle_id(&self->idle, g_source_remove);
    g_clear_pointer(&self->expansion, rms_expansion_unref);
    g_clear_error(&self->failure);
    self->next = 0;
    self->loading = FALSE;
}

void rms_coverage_load(RmsCoverage *self, RmsForest *forest, const RmsSid *group)
{
    g_return_if_fail(RMS_IS_COVERAGE(self));

    forget(self);
    self->cancellable = g_cancellable_new();
    self->loading = TRUE;
    g_list_store_remove_all(self->accounts);
    rms_forest_expand_async(forest, group, self->cancellable, on_expanded, g_object_ref(self));
    g_signal_emit(self, changed, 0);
}

void rms_coverage_stop(RmsCoverage *self)
{
    g_return_if_fail(RMS_IS_COVERAGE(self));
    forget(self);
}

GListModel *rms_coverage_get_accounts(RmsCoverage *self)
{
    g_return_val_if_fail(RMS_IS_COVERAGE(self), NULL);
    return G_LIST_MODEL(self->accounts);
}

gboolean rms_coverage_get_loading(RmsCoverage *self)
{
    g_return_val_if_fail(RMS_IS_COVERAGE(self), FALSE);
    return self->loading;
}

const GError *rms_coverage_get_failure(RmsCoverage *self)
{
    g_return_val_if_fail(RMS_IS_COVERAGE(self), NULL);
    return self->failure;
}

RmsExpansion *rms_coverage_get_expansion(RmsCoverage *self)
{
    g_return_val_if_fail(RMS_IS_COVERAGE(self), NULL);
    return self->expansion;
}

static void rms_coverage_dispose(GObject *object)
{
    forget(RMS_COVERAGE(object));
    G_OBJECT_CLASS(rms_coverage_parent_class)->dispose(object);
}

static void rms_coverage_finalize(GObject *object)
{
    g_object_unref(RMS_COVERAGE(object)->accounts);
    G_OBJECT_CLASS(rms_coverage_parent_class)->finalize(object);
}

static void rms_coverage_class_init(RmsCoverageClass *class)
{
    G_OBJECT_CLASS(class)->dispose = rms_coverage_dispose;
    G_OBJECT_CLASS(class)->finalize = rms_coverage_finalize;
    changed = g_signal_new(
        "changed", RMS_TYPE_COVERAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void rms_coverage_init(RmsCoverage *self)
{
    self->accounts = g_list_store_new(RMS_TYPE_COVERED_ACCOUNT);
}

RmsCoverage *rms_coverage_new(void)
{
    return g_object_new(RMS_TYPE_COVERAGE, NULL);
}

/* --- words --------------------------------------------------------------------------------- */

char *rms_coverage_words_summary(RmsExpansion *expansion)
{
    guint n = rms_expansion_get_members(expansion)->len;
    guint n_groups = rms_expansion_get_n_groups(expansion);
    guint depth = rms_expansion_get_depth(expansion);
    g_autofree char *accounts =
        g_strdup_printf(ngettext("%u account is covered", "%u accounts are covered", n), n);

    if (depth == 0)
        /* Translators: %s is "3 accounts are covered". */
        return g_strdup_printf(_("%s, all of them directly."), accounts);
    /* Translators: "3 accounts are covered, through 4 groups nested up to 2 deep." */
    return g_strdup_printf(
        _("%s, through %u groups nested up to %u deep."), accounts, n_groups, depth);
}

char *rms_coverage_words_gaps(guint gaps)
{
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);

    if (gaps == 0)
        return NULL;
    if ((gaps & RMS_GAP_DEPTH) != 0)
        g_ptr_array_add(
            lines,
            g_strdup_printf(_("Groups nested more than %d deep were not read."), RMS_MAX_NESTING));
    if ((gaps & RMS_GAP_COUNT) != 0)
        g_ptr_array_add(lines,
                        g_strdup_printf(_("There are more: at most %d accounts and %d groups are "
                                          "read."),
                                        RMS_MAX_EXPANDED_MEMBERS,
                                        RMS_MAX_EXPANDED_GROUPS));
    if ((gaps & RMS_GAP_ELSEWHERE) != 0)
        g_ptr_array_add(lines, g_strdup(_("Some members are in domains that could not be asked.")));
    if ((gaps & RMS_GAP_FOREIGN) != 0)
        g_ptr_array_add(lines,
                        g_strdup(_("Some members are of other forests: only their SIDs are known, "
                                   "and nobody in groups among them is shown.")));
    g_ptr_array_add(lines, NULL);
    return g_strjoinv("\n", (char **) lines->pdata);
}

char *rms_coverage_words_group(const RmsGroupStatus *status)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autofree char *read_at = NULL;
    g_autofree char *tried_at = NULL;

    if (status == NULL)
        return g_strdup(_("The connector knows nothing of this group: it is not in the list in "
                          "force."));
    read_at = rms_words_date(status->read_at / G_USEC_PER_SEC);
    tried_at = rms_words_date(status->tried_at / G_USEC_PER_SEC);
    if (status->read_at == 0)
        g_string_append(text, _("The connector has not read the members yet: it admits none."));
    else
        g_string_append_printf(text,
                               ngettext("The connector admits %u account by its reading of %s.",
                                        "The connector admits %u accounts by its reading of %s.",
                                        status->n_members),
                               status->n_members,
                               read_at);
    if (status->failure != NULL) {
        g_string_append_c(text, '\n');
        /* Translators: date, then the reason. */
        g_string_append_printf(text, _("The last try, %s, failed: %s"), tried_at, status->failure);
    }
    if (status->gaps != NULL)
        g_string_append_printf(text, "\n%s", status->gaps);
    return g_string_free(g_steal_pointer(&text), FALSE);
}

char *rms_coverage_dup_text(GListModel *accounts)
{
    g_autoptr(GString) text = g_string_new(NULL);

    for (guint i = 0; i < g_list_model_get_n_items(accounts); i++) {
        g_autoptr(RmsCoveredAccount) account = g_list_model_get_item(accounts, i);

        g_string_append_printf(text, "%s\t%s\n", account->name, account->path);
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}
