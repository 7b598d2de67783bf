/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * directory-lister SERVER USER first TEXT…   searches for each on one connection, up to its first
 * rows directory-lister SERVER USER all           lists everything directory-lister filter TEXT
 * what such a search asks, for ldapsearch: filter, attributes
 *
 * The directory room without a window; the bench reads its lines, milliseconds since the search (or
 * connection) began, and when they came. LAB_PASSWORD and LAB_DOMAIN_CA are the lab's.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "directory/directory-decode.h"
#include "directory/directory-filter.h"
#include "directory/directory.h"

#define PLENTY 1000000
#define TIMEOUT_MS 120000

typedef struct {
    const char *what;
    gint64 start;
    guint rows;
    GCancellable *enough; /* (nullable): cancelled by the first rows */
    gboolean done;
    GError *error;
} Run;

static double milliseconds_since(gint64 start)
{
    return (double) (g_get_monotonic_time() - start) / 1000;
}

static void say(const char *word, const char *what, double milliseconds, guint rows)
{
    printf("%s\t%s\t%.3f\t%u\n", word, what, milliseconds, rows);
    fflush(stdout);
}

/* "VmHWM:   12345 kB": the most memory this process ever had. */
static guint read_peak_kilobytes(void)
{
    g_autofree char *status = NULL;
    const char *line = NULL;

    if (g_file_get_contents("/proc/self/status", &status, NULL, NULL))
        line = strstr(status, "VmHWM:");
    return line != NULL ? (guint) strtoul(line + strlen("VmHWM:"), NULL, 10) : 0;
}

static void finish(Run *run, const char *what)
{
    while (!run->done)
        g_main_context_iteration(NULL, TRUE);
    if (run->error != NULL && !g_error_matches(run->error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
        fprintf(stderr, "%s: %s\n", what, run->error->message);
        exit(EXIT_FAILURE);
    }
    g_clear_error(&run->error);
}

static void on_opened(GObject *source, GAsyncResult *result, gpointer data)
{
    Run *run = data;

    rms_directory_open_finish(RMS_DIRECTORY(source), result, &run->error);
    run->done = TRUE;
}

static void on_searched(GObject *source, GAsyncResult *result, gpointer data)
{
    Run *run = data;

    rms_directory_search_finish(RMS_DIRECTORY(source), result, NULL, &run->error);
    run->done = TRUE;
}

static void on_rows(GListModel *results, guint position, guint removed, guint added, gpointer data)
{
    Run *run = data;

    if (run->rows == 0)
        say("first", run->what, milliseconds_since(run->start), added);
    run->rows += added;
    if (run->enough != NULL)
        g_cancellable_cancel(run->enough);
}

static void search(RmsDirectory *directory, const char *text, gboolean all)
{
    g_autoptr(GListStore) results = g_list_store_new(RMS_TYPE_DIRECTORY_OBJECT);
    g_autoptr(GCancellable) enough = all ? NULL : g_cancellable_new();
    Run run = {.what = all ? "*" : text, .start = g_get_monotonic_time(), .enough = enough};
    const RmsDirectorySearch wanted = {.text = text, .kinds = RMS_KIND_ALL, .limit = PLENTY};

    g_signal_connect(results, "items-changed", G_CALLBACK(on_rows), &run);
    rms_directory_search_async(directory, &wanted, results, enough, on_searched, &run);
    finish(&run, run.what);
    say("end", run.what, milliseconds_since(run.start), run.rows);
}

static int print_filter(const char *text)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(RmsTypedName) name = rms_typed_name_parse(text, &error);
    g_autofree char *filter = NULL;
    g_autofree char *attributes = g_strjoinv(" ", (char **) rms_decode_attributes);

    if (name == NULL) {
        fprintf(stderr, "%s\n", error->message);
        return EXIT_FAILURE;
    }
    filter = rms_filter_for_search(name, NULL, RMS_KIND_ALL);
    printf("%s\n%s\n", filter, attributes);
    return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
    g_autoptr(RmsDirectorySettings) settings = NULL;
    RmsDirectory *directory = NULL;
    Run opening = {.start = g_get_monotonic_time()};
    gboolean all = argc == 4 && strcmp(argv[3], "all") == 0;

    if (argc == 3 && strcmp(argv[1], "filter") == 0)
        return print_filter(argv[2]);
    if (!all && (argc < 5 || strcmp(argv[3], "first") != 0)) {
        fprintf(stderr, "see the head of directory-lister.c\n");
        return 2;
    }
    settings = rms_directory_settings_new();
    settings->server = g_strdup(argv[1]);
    settings->user = g_strdup(argv[2]);
    settings->password = rms_secret_new(g_getenv("LAB_PASSWORD"), -1);
    settings->ca_file = g_strdup(g_getenv("LAB_DOMAIN_CA"));
    settings->timeout_ms = TIMEOUT_MS;
    directory = rms_directory_new(settings);
    rms_directory_open_async(directory, NULL, on_opened, &opening);
    finish(&opening, argv[1]);
    say("open", "", milliseconds_since(opening.start), 0);
    if (all)
        search(directory, NULL, TRUE);
    for (int i = 4; i < argc; i++)
        search(directory, argv[i], FALSE);
    say("peak", "", 0, read_peak_kilobytes());
    g_object_unref(directory);
    rms_directory_wait_for_threads();
    return EXIT_SUCCESS;
}
