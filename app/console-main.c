/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rms-connector-console: reads the configuration, makes connector, directory and credential, and
 * hands them to the window.
 */
#include "config.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <locale.h>
#include <signal.h>
#include <sys/prctl.h>

#include "app/console-configuration.h"
#include "connector-core/connector.h"
#include "service-client/connector-credential.h"
#include "ui/console-window.h"
#include "ui/console.h"

typedef struct {
    char *configuration_path;
    RmsConsoleConfiguration *configuration;
    RmsConnector *connector;
    RmsConnectorCredential *credential;
    RmsConsole *console;
} App;

static void on_credential_token_changed(RmsConnectorCredential *credential, gpointer user_data)
{
    App *app = user_data;
    gint64 expires_at = 0;
    g_autoptr(RmsSecret) token = rms_connector_credential_dup_token(credential, &expires_at);

    rms_connector_set_token(app->connector, token, expires_at);
}

static void
on_credential_failed(RmsConnectorCredential *credential, const GError *error, gpointer user_data)
{
    App *app = user_data;
    g_autofree char *message =
        g_strdup_printf("The tenant gives the connector no access token: %s", error->message);
    g_autoptr(RmsEvent) event = rms_event_new(RMS_EVENT_EXCEPTION, message, NULL, NULL, NULL);

    rms_connector_log(app->connector, event);
}

static void on_connector_started(GObject *source, GAsyncResult *result, gpointer user_data)
{
    App *app = user_data;
    g_autoptr(GError) error = NULL;

    if (rms_connector_start_finish(RMS_CONNECTOR(source), result, &error))
        rms_connector_credential_start(app->credential);
    else
        rms_console_report_connector_failure(app->console, error);
}

/* --config, else the user's file, else the machine's. */
static char *choose_configuration(const char *given)
{
    g_autofree char *own =
        g_build_filename(g_get_user_config_dir(), "rms-connector", "console.conf", NULL);

    if (given != NULL)
        return g_strdup(given);
    if (g_file_test(own, G_FILE_TEST_EXISTS))
        return g_steal_pointer(&own);
    return g_strdup("/etc/rms-connector/console.conf");
}

static gboolean create_services(App *app, GError **error)
{
    g_autofree char *path = choose_configuration(app->configuration_path);
    g_autoptr(RmsForest) forest = NULL;

    app->configuration = rms_console_configuration_load(path, error);
    if (app->configuration == NULL)
        return FALSE;
    app->credential = rms_connector_credential_new(app->configuration->environment,
                                                   app->configuration->application_key,
                                                   app->configuration->application_certificate,
                                                   error);
    if (app->credential == NULL)
        return FALSE;
    app->configuration->connector->directory =
        rms_directory_settings_copy(app->configuration->directory);
    app->connector = rms_connector_new(app->configuration->connector);
    forest = rms_forest_new(app->configuration->directory);
    app->console = rms_console_new(app->connector, forest, app->configuration->environment);
    g_signal_connect(
        app->credential, "token-changed", G_CALLBACK(on_credential_token_changed), app);
    g_signal_connect(app->credential, "failed", G_CALLBACK(on_credential_failed), app);
    return TRUE;
}

static void show_startup_error(GtkApplication *application, const GError *error)
{
    GtkWidget *dialog = adw_message_dialog_new(NULL, _("The console cannot start"), error->message);

    g_printerr("rms-connector-console: %s\n", error->message);
    adw_message_dialog_add_response(ADW_MESSAGE_DIALOG(dialog), "close", _("_Close"));
    gtk_window_set_application(GTK_WINDOW(dialog), application);
    gtk_window_present(GTK_WINDOW(dialog));
}

static void on_activate(GtkApplication *application, gpointer user_data)
{
    App *app = user_data;
    GtkWindow *window = gtk_application_get_active_window(application);
    g_autoptr(GError) error = NULL;

    if (window != NULL) {
        gtk_window_present(window);
        return;
    }
    if (!create_services(app, &error)) {
        show_startup_error(application, error);
        return;
    }
    window = GTK_WINDOW(rms_console_window_new(application, app->console));
    gtk_window_present(window);
    rms_connector_start_async(app->connector, NULL, on_connector_started, app);
}

static void on_connector_stopped(GObject *source, GAsyncResult *result, gpointer user_data)
{
    gboolean *done = user_data;

    rms_connector_stop_finish(RMS_CONNECTOR(source), result, NULL);
    *done = TRUE;
}

/* Lets callers in flight finish and logs the stop before the process ends. */
static void on_shutdown(GApplication *application, gpointer user_data)
{
    App *app = user_data;
    gboolean done = FALSE;

    if (app->connector == NULL || rms_connector_get_state(app->connector) != RMS_CONNECTOR_SERVING)
        return;
    rms_connector_stop_async(app->connector, on_connector_stopped, &done);
    while (!done)
        g_main_context_iteration(NULL, TRUE);
}

static int
on_handle_local_options(GApplication *application, GVariantDict *options, gpointer user_data)
{
    if (g_variant_dict_contains(options, "version")) {
        g_print("rms-connector-console %s\n", PACKAGE_VERSION);
        return 0;
    }
    return -1;
}

int main(int argc, char **argv)
{
    App app = {0};
    const GOptionEntry options[] = {
        {"config",
         'c', 0,
         G_OPTION_ARG_FILENAME, &app.configuration_path,
         N_("Configuration file"),
         N_("FILE")},
        {"version",                       'v', 0, G_OPTION_ARG_NONE, NULL, N_("Print the version"), NULL},
        {NULL}
    };
    g_autoptr(AdwApplication) application = NULL;
    int status;

#ifndef __SANITIZE_ADDRESS__
    /* Tokens and keys live in this process: no core dump, no ptrace by the same user. The leak
     * check of a sanitizer build needs ptrace. */
    prctl(PR_SET_DUMPABLE, 0);
#endif
    signal(SIGPIPE, SIG_IGN);
    setlocale(LC_ALL, "");
    bindtextdomain(GETTEXT_PACKAGE, LOCALE_DIR);
    bind_textdomain_codeset(GETTEXT_PACKAGE, "UTF-8");
    textdomain(GETTEXT_PACKAGE);

    application = adw_application_new(APPLICATION_ID, G_APPLICATION_NON_UNIQUE);
    g_application_add_main_option_entries(G_APPLICATION(application), options);
    g_signal_connect(
        application, "handle-local-options", G_CALLBACK(on_handle_local_options), NULL);
    g_signal_connect(application, "activate", G_CALLBACK(on_activate), &app);
    g_signal_connect(application, "shutdown", G_CALLBACK(on_shutdown), &app);
    status = g_application_run(G_APPLICATION(application), argc, argv);

    g_clear_object(&app.console);
    if (app.credential != NULL)
        g_signal_handlers_disconnect_by_data(app.credential, &app);
    g_clear_object(&app.credential);
    g_clear_object(&app.connector);
    rms_directory_wait_for_threads();
    rms_console_configuration_free(app.configuration);
    g_free(app.configuration_path);
    return status;
}
