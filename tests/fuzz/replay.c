/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Runs a fuzz target over files instead of libFuzzer's inventions: each argument is a file or a
 * directory of files. So the corpus is a test for every compiler.
 */
#include "config.h"

#include <gio/gio.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static guint replay_file(const char *path)
{
    g_autofree char *data = NULL;
    g_autofree uint8_t *exact = NULL;
    g_autoptr(GError) error = NULL;
    gsize size;

    if (!g_file_get_contents(path, &data, &size, &error))
        g_error("%s", error->message);
    /* GLib adds a NUL; a copy of the exact size lets the address sanitizer see one byte too far. */
    exact = g_memdup2(data, size);
    LLVMFuzzerTestOneInput(exact, size);
    return 1;
}

static guint replay(const char *path)
{
    g_autoptr(GDir) directory = g_dir_open(path, 0, NULL);
    const char *name;
    guint n = 0;

    if (directory == NULL)
        return replay_file(path);
    while ((name = g_dir_read_name(directory)) != NULL) {
        g_autofree char *inside = g_build_filename(path, name, NULL);

        n += replay_file(inside);
    }
    return n;
}

int main(int argc, char **argv)
{
    guint n = 0;

    for (int i = 1; i < argc; i++)
        n += replay(argv[i]);
    g_print("%u inputs\n", n);
    return n > 0 ? 0 : 1;
}
