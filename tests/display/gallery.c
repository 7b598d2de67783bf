/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * gallery SCENE: the console's real window over stand-ins, in one state, to look at and to take
 * pictures of. Prints "ready" when the scene stands and ends with the window or at a line on stdin.
 *
 *   GALLERY_WIDTH=360   how wide the window is
 *   GALLERY_TEXT=2      text size
 *   GALLERY_RTL=1       right to left
 *   GALLERY_LONG=1      long names everywhere
 *   GALLERY_LOCALES=D   where translations are, for LANGUAGE
 */
#include "config.h"

#include <adwaita.h>
#include <gio/gunixinputstream.h>
#include <libintl.h>
#include <locale.h>
#include <stdlib.h>

#include "tests/display/gallery-scenes.h"

static const char *scene;
static Gallery gallery;

static void on_line(GObject *source, GAsyncResult *result, gpointer user_data)
{
    /* Not only quit: how the window takes leave is looked at, too. */
    gtk_window_destroy(gallery.window);
    g_application_quit(G_APPLICATION(user_data));
}

static gboolean on_settled(gpointer user_data)
{
    static GDataInputStream *input;
    g_autoptr(GInputStream) standard = g_unix_input_stream_new(0, FALSE);

    g_print("ready\n");
    input = g_data_input_stream_new(standard);
    g_data_input_stream_read_line_async(input, 0, NULL, on_line, user_data);
    return G_SOURCE_REMOVE;
}

static void on_activate(GtkApplication *application, gpointer user_data)
{
    const char *width = g_getenv("GALLERY_WIDTH");
    const char *text = g_getenv("GALLERY_TEXT");

    if (g_getenv("GALLERY_RTL") != NULL)
        gtk_widget_set_default_direction(GTK_TEXT_DIR_RTL);
    if (text != NULL)
        g_object_set(gtk_settings_get_default(),
                     "gtk-xft-dpi",
                     (int) (g_ascii_strtod(text, NULL) * 96 * 1024),
                     NULL);
    gallery_open(&gallery, application, scene, g_getenv("GALLERY_LONG") != NULL);
    if (width != NULL)
        gtk_window_set_default_size(gallery.window, atoi(width), 660);
    gtk_window_present(gallery.window);
    gallery_play(&gallery, scene);
    /* Frames come before idles of low priority: what was asked for has been drawn by then. */
    g_timeout_add(700, on_settled, application);
}

int main(int argc, char **argv)
{
    g_autoptr(AdwApplication) application = NULL;
    int status;

    setlocale(LC_ALL, "");
    if (g_getenv("GALLERY_LOCALES") != NULL) {
        bindtextdomain(GETTEXT_PACKAGE, g_getenv("GALLERY_LOCALES"));
        bind_textdomain_codeset(GETTEXT_PACKAGE, "UTF-8");
        textdomain(GETTEXT_PACKAGE);
    }
    if (argc != 2) {
        gallery_print_scenes();
        return 2;
    }
    scene = argv[1];
    application = adw_application_new(APPLICATION_ID, G_APPLICATION_NON_UNIQUE);
    g_signal_connect(application, "activate", G_CALLBACK(on_activate), NULL);
    status = g_application_run(G_APPLICATION(application), 1, argv);
    gallery_close(&gallery);
    return status;
}
