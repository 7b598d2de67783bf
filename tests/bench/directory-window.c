/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * directory-window SERVER USER [--list] TEXT…   types each into the dialog; with --list it then
 * puts the whole directory into its list
 *
 * The real dialog over a real directory. Prints milliseconds from the end of the pause in typing to
 * the rows in the list and to the frame that shows them; how long the main loop was kept from
 * polling, at most, in time and in processor time; the most memory. With SHOT=1 it then says "shot"
 * and waits for a line. LAB_PASSWORD and LAB_DOMAIN_CA are the lab's.
 */
#include "config.h"

#include <adwaita.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "directory/forest.h"
#include "ui/add-dialog.h"
#include "ui/console-window.h"
#include "ui/console.h"

#define PLENTY 1000000
#define TIMEOUT_MS 120000
/* The dialog waits that long after the last key (ui/add-dialog.c). */
#define PAUSE_MS 150
/* Frames that follow the last rows belong to them. */
#define SETTLE_MS 500

static AdwApplication *application;
static RmsDirectory *directory;
static RmsAddDialog *dialog;
static GtkEditable *entry;
static GtkListView *list;

/* --- how long the main loop is kept from polling -------------------------------------------- */

static gboolean watching;
static gint64 polled; /* when poll returned; 0: not watched yet */
static gint64 polled_cpu;
static gint64 longest;
static gint64 longest_cpu;
static guint over_budget;

#define BUDGET_US 16000

static gint64 thread_cpu_us(void)
{
    struct timespec time;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return (gint64) time.tv_sec * G_USEC_PER_SEC + time.tv_nsec / 1000;
}

static int poll_and_watch(GPollFD *fds, guint n, int timeout)
{
    int result = 0;

    if (watching && polled != 0) {
        gint64 busy = g_get_monotonic_time() - polled;

        longest = MAX(longest, busy);
        longest_cpu = MAX(longest_cpu, thread_cpu_us() - polled_cpu);
        over_budget += busy > BUDGET_US ? 1 : 0;
    }
    result = g_poll(fds, n, timeout);
    polled = watching ? g_get_monotonic_time() : 0;
    polled_cpu = watching ? thread_cpu_us() : 0;
    return result;
}

static void start_watching(void)
{
    watching = TRUE;
    polled = 0;
    longest = 0;
    longest_cpu = 0;
    over_budget = 0;
}

/* --- waiting --------------------------------------------------------------------------------- */

static double milliseconds_since(gint64 start)
{
    return (double) (g_get_monotonic_time() - start) / 1000;
}

static gboolean on_later(gpointer data)
{
    *(gboolean *) data = TRUE;
    return G_SOURCE_REMOVE;
}

static void linger(guint ms)
{
    gboolean over = FALSE;

    g_timeout_add(ms, on_later, &over);
    while (!over)
        g_main_context_iteration(NULL, TRUE);
}

static void on_painted(GdkFrameClock *clock, gpointer data)
{
    *(gboolean *) data = TRUE;
}

/* The next frame from now; one is due, since something has changed. */
static void wait_for_frame(void)
{
    GdkFrameClock *clock = gtk_widget_get_frame_clock(GTK_WIDGET(dialog));
    gboolean painted = FALSE;
    gulong id = g_signal_connect(clock, "after-paint", G_CALLBACK(on_painted), &painted);

    while (!painted)
        g_main_context_iteration(NULL, TRUE);
    g_signal_handler_disconnect(clock, id);
}

static void fail(const char *what, const GError *error)
{
    fprintf(stderr, "%s: %s\n", what, error != NULL ? error->message : "");
    exit(EXIT_FAILURE);
}

/* --- the dialog ------------------------------------------------------------------------------ */

static GtkWidget *find_widget(GtkWidget *root, GType type)
{
    if (g_type_is_a(G_OBJECT_TYPE(root), type))
        return root;
    for (GtkWidget *child = gtk_widget_get_first_child(root); child != NULL;
         child = gtk_widget_get_next_sibling(child)) {
        GtkWidget *found = find_widget(child, type);

        if (found != NULL)
            return found;
    }
    return NULL;
}

static guint count_rows(void)
{
    return g_list_model_get_n_items(G_LIST_MODEL(gtk_list_view_get_model(list)));
}

static void on_rows(GListModel *model, guint position, guint removed, guint added, gpointer data)
{
    guint *rows = data;

    *rows += added;
}

static void type_and_wait(const char *text)
{
    GListModel *model = G_LIST_MODEL(gtk_list_view_get_model(list));
    gint64 start = g_get_monotonic_time() + PAUSE_MS * G_TIME_SPAN_MILLISECOND;
    guint rows = 0;
    gulong id = g_signal_connect(model, "items-changed", G_CALLBACK(on_rows), &rows);
    double in_model = 0;

    gtk_editable_set_text(entry, text);
    while (rows == 0)
        g_main_context_iteration(NULL, TRUE);
    in_model = milliseconds_since(start);
    g_signal_handler_disconnect(model, id);
    wait_for_frame();
    printf("typed\t%s\t%.3f\t%.3f\t%u\n", text, in_model, milliseconds_since(start), count_rows());
    fflush(stdout);
    /* What the dialog still asks, and its frames. */
    linger(SETTLE_MS);
}

typedef struct {
    gboolean done;
    GError *error;
} Answer;

static void on_opened(GObject *source, GAsyncResult *result, gpointer data)
{
    Answer *answer = data;

    rms_directory_open_finish(RMS_DIRECTORY(source), result, &answer->error);
    answer->done = TRUE;
}

static void on_searched(GObject *source, GAsyncResult *result, gpointer data)
{
    Answer *answer = data;

    rms_directory_search_finish(RMS_DIRECTORY(source), result, NULL, &answer->error);
    answer->done = TRUE;
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

static void list_everything(void)
{
    GListStore *results = g_list_store_new(RMS_TYPE_DIRECTORY_OBJECT);
    GtkSingleSelection *selection = NULL;
    const RmsDirectorySearch everything = {.kinds = RMS_KIND_ALL, .limit = PLENTY};
    Answer answer = {0};
    gint64 start = 0;

    selection = gtk_single_selection_new(G_LIST_MODEL(results));
    gtk_single_selection_set_autoselect(selection, FALSE);
    gtk_single_selection_set_can_unselect(selection, TRUE);
    gtk_list_view_set_model(list, GTK_SELECTION_MODEL(selection));
    linger(SETTLE_MS);
    start_watching();
    start = g_get_monotonic_time();
    rms_directory_search_async(directory, &everything, results, NULL, on_searched, &answer);
    while (!answer.done)
        g_main_context_iteration(NULL, TRUE);
    if (answer.error != NULL)
        fail("listing", answer.error);
    printf("all\t\t%.3f\t\t%u\n",
           milliseconds_since(start),
           g_list_model_get_n_items(G_LIST_MODEL(results)));
    linger(SETTLE_MS);
    watching = FALSE;
    printf("busy\t\t%.3f\t%.3f\t%u\n",
           (double) longest / 1000,
           (double) longest_cpu / 1000,
           over_budget);
    printf("peak\t\t0\t0\t%u\n", read_peak_kilobytes());
    fflush(stdout);
    g_object_unref(selection);
}

static void open_dialog(const char *server, const char *user)
{
    g_autoptr(RmsDirectorySettings) settings = rms_directory_settings_new();
    g_autoptr(RmsConnectorSettings) connector_settings = rms_connector_settings_new();
    g_autoptr(RmsCloudEnvironment) environment =
        rms_cloud_environment_new(rms_cloud_environment_names()[0]);
    g_autoptr(RmsConnector) connector = rms_connector_new(connector_settings);
    g_autoptr(RmsForest) forest = NULL;
    g_autoptr(RmsConsole) console = NULL;
    Answer answer = {0};

    settings->server = g_strdup(server);
    settings->user = g_strdup(user);
    settings->password = rms_secret_new(g_getenv("LAB_PASSWORD"), -1);
    settings->ca_file = g_strdup(g_getenv("LAB_DOMAIN_CA"));
    settings->timeout_ms = TIMEOUT_MS;
    forest = rms_forest_new(settings);
    console = rms_console_new(connector, forest, environment);
    directory = g_object_ref(rms_console_get_directory(console));
    rms_directory_open_async(directory, NULL, on_opened, &answer);
    while (!answer.done)
        g_main_context_iteration(NULL, TRUE);
    if (answer.error != NULL)
        fail(server, answer.error);
    /* Its class brings the resources that all templates come from. */
    g_type_class_ref(RMS_TYPE_CONSOLE_WINDOW);
    dialog = rms_add_dialog_new(NULL, console);
    gtk_window_set_application(GTK_WINDOW(dialog), GTK_APPLICATION(application));
    gtk_window_present(GTK_WINDOW(dialog));
    entry = GTK_EDITABLE(find_widget(GTK_WIDGET(dialog), GTK_TYPE_SEARCH_ENTRY));
    list = GTK_LIST_VIEW(find_widget(GTK_WIDGET(dialog), GTK_TYPE_LIST_VIEW));
    linger(SETTLE_MS);
}

static void on_activate(GApplication *app, gpointer data)
{
    /* Alive until the end, whatever happens to its windows. */
    g_application_hold(app);
}

int main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;

    if (argc < 4) {
        fprintf(stderr, "see the head of directory-window.c\n");
        return 2;
    }
    g_main_context_set_poll_func(NULL, poll_and_watch);
    application = adw_application_new(APPLICATION_ID ".Bench", G_APPLICATION_NON_UNIQUE);
    g_signal_connect(application, "activate", G_CALLBACK(on_activate), NULL);
    if (!g_application_register(G_APPLICATION(application), NULL, &error))
        fail("application", error);
    g_application_activate(G_APPLICATION(application));
    open_dialog(argv[1], argv[2]);
    gboolean lists = strcmp(argv[3], "--list") == 0;
    for (int i = lists ? 4 : 3; i < argc; i++)
        type_and_wait(argv[i]);
    if (lists)
        list_everything();
    if (g_getenv("SHOT") != NULL) {
        printf("shot\n");
        fflush(stdout);
        linger(2 * SETTLE_MS);
        (void) getchar();
    }
    /* The process ends with its window; nothing here is about taking leave. */
    return EXIT_SUCCESS;
}
