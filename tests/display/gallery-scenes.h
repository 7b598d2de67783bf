/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The scenes of the gallery: what is in the list, the log and the directory, and what somebody did.
 */
#pragma once

#include <adwaita.h>

#include "ui/console-window.h"

G_BEGIN_DECLS

typedef struct {
    RmsConnector *connector;
    RmsForest *forest;
    RmsConsole *console;
    GtkWindow *window;
} Gallery;

/* Makes the window with what @scene starts from. */
void gallery_open(Gallery *gallery,
                  GtkApplication *application,
                  const char *scene,
                  gboolean long_names);
/* Does what leads to @scene; the window is shown already. */
void gallery_play(Gallery *gallery, const char *scene);
void gallery_close(Gallery *gallery);
void gallery_print_scenes(void);

G_END_DECLS
