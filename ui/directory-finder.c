/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Finding objects of the directory while somebody types.
 *
 * Each round (search, look-up) has a cancellable of its own. A callback whose round is no longer
 * the current one drops what it brings.
 */
#include "config.h"

#include "ui/directory-finder.h"

#include <string.h>

/* ANR with one letter would walk through half of a large domain. */
#define MIN_CHARACTERS 2

struct _RmsDirectoryFinder {
    GObject parent_instance;

    RmsDirectory *directory;
    guint pause_ms;
    guint pause; /* source id */

    char *text;
    char *exact; /* (nullable) text of the look-up that is shown or under way */
    char *suggestion;
    guint kinds;

    GListStore *results;
    RmsFinderState state;
    GError *error;
    gboolean truncated;
    guint n_hidden;
    gboolean more_hidden;

    GCancellable *round; /* (nullable) */
};

enum { CHANGED, RESOLVED, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_TYPE(RmsDirectoryFinder, rms_directory_finder, G_TYPE_OBJECT)

/* What a callback of a round needs; holds a reference so that the finder outlives it. */
typedef struct {
    RmsDirectoryFinder *finder;
    GCancellable *round;
    GListStore *incoming;
    gboolean shown; /* the first page has taken the place of older results */
} Round;

static Round *round_new(RmsDirectoryFinder *self)
{
    Round *round = g_new0(Round, 1);

    round->finder = g_object_ref(self);
    round->round = g_object_ref(self->round);
    return round;
}

static void round_free(Round *round)
{
    if (round->incoming != NULL)
        g_signal_handlers_disconnect_by_data(round->incoming, round);
    g_clear_object(&round->incoming);
    g_object_unref(round->round);
    g_object_unref(round->finder);
    g_free(round);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Round, round_free)

static gboolean is_current(Round *round)
{
    return round->finder->round == round->round && !g_cancellable_is_cancelled(round->round);
}

static void clear_results(RmsDirectoryFinder *self)
{
    if (g_list_model_get_n_items(G_LIST_MODEL(self->results)) > 0)
        g_list_store_remove_all(self->results);
}

static void end_round(RmsDirectoryFinder *self)
{
    g_clear_handle_id(&self->pause, g_source_remove);
    g_cancellable_cancel(self->round);
    g_clear_object(&self->round);
}

/* A new round; what the last one found stays visible until the new one brings something. */
static void begin_round(RmsDirectoryFinder *self)
{
    end_round(self);
    self->round = g_cancellable_new();
    g_clear_error(&self->error);
    self->truncated = FALSE;
    self->n_hidden = 0;
    self->more_hidden = FALSE;
}

static void set_state(RmsDirectoryFinder *self, RmsFinderState state)
{
    self->state = state;
    g_signal_emit(self, signals[CHANGED], 0);
}

static void fail(RmsDirectoryFinder *self, GError *error)
{
    clear_results(self);
    g_clear_error(&self->error);
    self->error = error;
    set_state(self, RMS_FINDER_FAILED);
}

static void on_hidden_counted(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(Round) round = user_data;
    RmsDirectoryFinder *self = round->finder;
    gboolean truncated = FALSE;

    /* It is a hint only: when counting fails, none is given. */
    if (!rms_directory_search_finish(RMS_DIRECTORY(source), result, &truncated, NULL) ||
        !is_current(round))
        return;
    self->n_hidden = g_list_model_get_n_items(G_LIST_MODEL(round->incoming));
    self->more_hidden = truncated;
    if (self->n_hidden > 0)
        g_signal_emit(self, signals[CHANGED], 0);
}

static void count_hidden(RmsDirectoryFinder *self)
{
    Round *round = NULL;

    if (self->kinds == RMS_KIND_ALL)
        return;
    round = round_new(self);
    round->incoming = g_list_store_new(RMS_TYPE_DIRECTORY_OBJECT);
    rms_directory_search_async(self->directory,
                               &(const RmsDirectorySearch){.text = self->text,
                                                           .kinds = RMS_KIND_ALL & ~self->kinds,
                                                           .limit = RMS_FINDER_HIDDEN_LIMIT},
                               round->incoming,
                               self->round,
                               on_hidden_counted,
                               round);
}

static void
on_page_arrived(GListModel *incoming, guint position, guint removed, guint added, Round *round)
{
    RmsDirectoryFinder *self = round->finder;
    g_autoptr(GPtrArray) page = g_ptr_array_new_with_free_func(g_object_unref);
    guint n = g_list_model_get_n_items(G_LIST_MODEL(self->results));

    if (!is_current(round))
        return;
    for (guint i = 0; i < added; i++)
        g_ptr_array_add(page, g_list_model_get_item(incoming, position + i));
    if (round->shown)
        g_list_store_splice(self->results, n, 0, page->pdata, page->len);
    else
        g_list_store_splice(self->results, 0, n, page->pdata, page->len);
    round->shown = TRUE;
    g_signal_emit(self, signals[CHANGED], 0);
}

static void on_searched(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(Round) round = user_data;
    RmsDirectoryFinder *self = round->finder;
    g_autoptr(GError) error = NULL;
    gboolean truncated = FALSE;

    rms_directory_search_finish(RMS_DIRECTORY(source), result, &truncated, &error);
    if (!is_current(round))
        return;
    if (error != NULL) {
        fail(self, g_steal_pointer(&error));
        return;
    }
    if (!round->shown)
        clear_results(self);
    self->truncated = truncated;
    set_state(self, round->shown ? RMS_FINDER_FOUND : RMS_FINDER_NOTHING);
    count_hidden(self);
}

static void search(RmsDirectoryFinder *self)
{
    Round *round = NULL;

    begin_round(self);
    round = round_new(self);
    round->incoming = g_list_store_new(RMS_TYPE_DIRECTORY_OBJECT);
    g_signal_connect(round->incoming, "items-changed", G_CALLBACK(on_page_arrived), round);
    set_state(self, RMS_FINDER_SEARCHING);
    rms_directory_search_async(self->directory,
                               &(const RmsDirectorySearch){.text = self->text,
                                                           .kinds = self->kinds,
                                                           .limit = RMS_FINDER_LIMIT},
                               round->incoming,
                               self->round,
                               on_searched,
                               round);
}

static void show_objects(RmsDirectoryFinder *self, GPtrArray *objects)
{
    g_list_store_splice(self->results,
                        0,
                        g_list_model_get_n_items(G_LIST_MODEL(self->results)),
                        objects->pdata,
                        objects->len);
}

static void on_suggestion_found(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(Round) round = user_data;
    RmsDirectoryFinder *self = round->finder;
    g_autoptr(GPtrArray) objects =
        rms_directory_resolve_finish(RMS_DIRECTORY(source), result, NULL);

    /* Nobody asked for it: when it fails there is just no suggestion. */
    if (!is_current(round) || objects == NULL || objects->len == 0)
        return;
    show_objects(self, objects);
    set_state(self, RMS_FINDER_SUGGESTED);
}

static void suggest(RmsDirectoryFinder *self)
{
    begin_round(self);
    clear_results(self);
    set_state(self, RMS_FINDER_IDLE);
    if (self->suggestion != NULL)
        rms_directory_resolve_async(self->directory,
                                    self->suggestion,
                                    self->kinds,
                                    self->round,
                                    on_suggestion_found,
                                    round_new(self));
}

static void on_resolved(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(Round) round = user_data;
    RmsDirectoryFinder *self = round->finder;
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) objects =
        rms_directory_resolve_finish(RMS_DIRECTORY(source), result, &error);

    if (!is_current(round))
        return;
    if (objects == NULL) {
        fail(self, g_steal_pointer(&error));
        return;
    }
    show_objects(self, objects);
    set_state(self, objects->len > 0 ? RMS_FINDER_FOUND : RMS_FINDER_NOTHING);
    g_signal_emit(self, signals[RESOLVED], 0);
}

static void on_pause_over(gpointer user_data)
{
    RmsDirectoryFinder *self = user_data;

    self->pause = 0;
    search(self);
}

/* Starts what text and kinds ask for; typed text waits for a pause. */
static void start(RmsDirectoryFinder *self, gboolean typed)
{
    glong n_characters = g_utf8_strlen(self->text, -1);

    if (n_characters == 0) {
        suggest(self);
    } else if (n_characters < MIN_CHARACTERS) {
        begin_round(self);
        clear_results(self);
        set_state(self, RMS_FINDER_TOO_SHORT);
    } else if (typed) {
        begin_round(self);
        set_state(self, RMS_FINDER_SEARCHING);
        self->pause = g_timeout_add_once(self->pause_ms, on_pause_over, self);
    } else {
        search(self);
    }
}

void rms_directory_finder_set_text(RmsDirectoryFinder *self, const char *text)
{
    g_autofree char *stripped = NULL;

    g_return_if_fail(RMS_IS_DIRECTORY_FINDER(self));

    stripped = g_strstrip(g_strdup(text));
    if (strcmp(stripped, self->text) == 0)
        return;
    g_free(self->text);
    self->text = g_steal_pointer(&stripped);
    g_clear_pointer(&self->exact, g_free);
    start(self, TRUE);
}

void rms_directory_finder_set_kinds(RmsDirectoryFinder *self, guint kinds)
{
    g_return_if_fail(RMS_IS_DIRECTORY_FINDER(self));

    if (self->kinds == kinds)
        return;
    self->kinds = kinds;
    /* An exact name stays what it is; the dialog says why a kind does not fit. */
    if (self->exact == NULL)
        start(self, FALSE);
}

void rms_directory_finder_set_suggestion(RmsDirectoryFinder *self, const char *name)
{
    g_return_if_fail(RMS_IS_DIRECTORY_FINDER(self));

    if (g_strcmp0(self->suggestion, name) == 0)
        return;
    g_free(self->suggestion);
    self->suggestion = g_strdup(name);
    if (*self->text == '\0')
        suggest(self);
}

void rms_directory_finder_retry(RmsDirectoryFinder *self)
{
    g_autofree char *exact = NULL;

    g_return_if_fail(RMS_IS_DIRECTORY_FINDER(self));

    exact = g_strdup(self->exact);
    if (exact != NULL)
        rms_directory_finder_resolve(self, exact);
    else
        start(self, FALSE);
}

void rms_directory_finder_resolve(RmsDirectoryFinder *self, const char *text)
{
    g_autofree char *stripped = NULL;

    g_return_if_fail(RMS_IS_DIRECTORY_FINDER(self));

    stripped = g_strstrip(g_strdup(text));
    if (*stripped == '\0')
        return;
    g_free(self->text);
    g_free(self->exact);
    self->exact = g_strdup(stripped);
    self->text = g_steal_pointer(&stripped);
    begin_round(self);
    set_state(self, RMS_FINDER_SEARCHING);
    rms_directory_resolve_async(
        self->directory, self->exact, RMS_KIND_ALL, self->round, on_resolved, round_new(self));
}

void rms_directory_finder_stop(RmsDirectoryFinder *self)
{
    g_return_if_fail(RMS_IS_DIRECTORY_FINDER(self));

    end_round(self);
}

GListModel *rms_directory_finder_get_results(RmsDirectoryFinder *self)
{
    g_return_val_if_fail(RMS_IS_DIRECTORY_FINDER(self), NULL);
    return G_LIST_MODEL(self->results);
}

RmsFinderState rms_directory_finder_get_state(RmsDirectoryFinder *self)
{
    g_return_val_if_fail(RMS_IS_DIRECTORY_FINDER(self), RMS_FINDER_IDLE);
    return self->state;
}

const GError *rms_directory_finder_get_error(RmsDirectoryFinder *self)
{
    g_return_val_if_fail(RMS_IS_DIRECTORY_FINDER(self), NULL);
    return self->error;
}

gboolean rms_directory_finder_get_truncated(RmsDirectoryFinder *self)
{
    g_return_val_if_fail(RMS_IS_DIRECTORY_FINDER(self), FALSE);
    return self->truncated;
}

guint rms_directory_finder_get_hidden(RmsDirectoryFinder *self, gboolean *more)
{
    g_return_val_if_fail(RMS_IS_DIRECTORY_FINDER(self), 0);
    g_return_val_if_fail(more != NULL, 0);

    *more = self->more_hidden;
    return self->n_hidden;
}

static void rms_directory_finder_dispose(GObject *object)
{
    RmsDirectoryFinder *self = RMS_DIRECTORY_FINDER(object);

    end_round(self);
    g_clear_object(&self->directory);
    G_OBJECT_CLASS(rms_directory_finder_parent_class)->dispose(object);
}

static void rms_directory_finder_finalize(GObject *object)
{
    RmsDirectoryFinder *self = RMS_DIRECTORY_FINDER(object);

    g_clear_object(&self->results);
    g_clear_error(&self->error);
    g_free(self->text);
    g_free(self->exact);
    g_free(self->suggestion);
    G_OBJECT_CLASS(rms_directory_finder_parent_class)->finalize(object);
}

static void rms_directory_finder_class_init(RmsDirectoryFinderClass *class)
{
    G_OBJECT_CLASS(class)->dispose = rms_directory_finder_dispose;
    G_OBJECT_CLASS(class)->finalize = rms_directory_finder_finalize;

    signals[CHANGED] = g_signal_new("changed",
                                    RMS_TYPE_DIRECTORY_FINDER,
                                    G_SIGNAL_RUN_LAST,
                                    0,
                                    NULL,
                                    NULL,
                                    NULL,
                                    G_TYPE_NONE,
                                    0);
    signals[RESOLVED] = g_signal_new("resolved",
                                     RMS_TYPE_DIRECTORY_FINDER,
                                     G_SIGNAL_RUN_LAST,
                                     0,
                                     NULL,
                                     NULL,
                                     NULL,
                                     G_TYPE_NONE,
                                     0);
}

static void rms_directory_finder_init(RmsDirectoryFinder *self)
{
    self->results = g_list_store_new(RMS_TYPE_DIRECTORY_OBJECT);
    self->text = g_strdup("");
    self->kinds = RMS_KIND_ALL;
}

RmsDirectoryFinder *rms_directory_finder_new(RmsDirectory *directory, guint pause_ms)
{
    RmsDirectoryFinder *self = NULL;

    g_return_val_if_fail(RMS_IS_DIRECTORY(directory), NULL);

    self = g_object_new(RMS_TYPE_DIRECTORY_FINDER, NULL);
    self->directory = g_object_ref(directory);
    self->pause_ms = pause_ms;
    return self;
}
