/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Files that hold a secret: looked at before they are believed, wiped from memory afterwards.
 */
#include "config.h"

#include "service-client/secret-file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "service-client/service-error.h"

static gboolean refuse_file(const char *path, const char *reason, GError **error)
{
    g_set_error(error, RMS_SERVICE_ERROR, RMS_SERVICE_ERROR_SETTINGS, "%s %s", path, reason);
    return FALSE;
}

static gboolean is_system_credential(const char *path)
{
    const char *directory = g_getenv("CREDENTIALS_DIRECTORY"); /* systemd.exec(5) */
    g_autofree char *parent = g_path_get_dirname(path);

    return directory != NULL && strcmp(parent, directory) == 0;
}

/* Looks at the file that is open, not at the name, which may mean another file a moment later. */
static gboolean check_file(int fd, const char *path, gsize max_bytes, GError **error)
{
    struct stat status;
    mode_t forbidden = is_system_credential(path) ? S_IRWXO : S_IRWXG | S_IRWXO;

    if (fstat(fd, &status) != 0)
        return refuse_file(path, g_strerror(errno), error);
    if (!S_ISREG(status.st_mode))
        return refuse_file(path, "is not a regular file", error);
    if (status.st_uid != geteuid() && status.st_uid != 0)
        return refuse_file(path, "belongs to another user", error);
    if ((status.st_mode & forbidden) != 0)
        return refuse_file(
            path,
            "can be read by others than its owner. Take their rights away (chmod 600).",
            error);
    if (status.st_size > (goffset) max_bytes)
        return refuse_file(path, "is too large to be what it should be", error);
    return TRUE;
}

RmsSecret *rms_secret_file_read(const char *path, gsize max_bytes, GError **error)
{
    g_autofree char *buffer = g_malloc0(max_bytes + 1);
    int fd = g_open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0);
    RmsSecret *secret = NULL;
    gsize length = 0;
    ssize_t count = 0;

    if (fd < 0) {
        refuse_file(path, g_strerror(errno), error);
        return NULL;
    }
    if (check_file(fd, path, max_bytes, error)) {
        do {
            count = read(fd, buffer + length, max_bytes - length);
            length += count > 0 ? (gsize) count : 0;
        } while (count > 0 || (count < 0 && errno == EINTR));
        if (count < 0)
            refuse_file(path, g_strerror(errno), error);
        else
            secret = rms_secret_new(buffer, (gssize) length);
    }
    explicit_bzero(buffer, max_bytes);
    close(fd);
    return secret;
}

gboolean rms_secret_file_write(const char *path, const void *bytes, gsize length, GError **error)
{
    g_autoptr(GError) local_error = NULL;

    g_return_val_if_fail(path != NULL && bytes != NULL, FALSE);

    if (g_file_set_contents_full(path,
                                 bytes,
                                 (gssize) length,
                                 G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE,
                                 0600,
                                 &local_error) &&
        g_chmod(path, 0600) == 0) /* a file that was there keeps its own mode */
        return TRUE;
    return refuse_file(path, local_error != NULL ? local_error->message : g_strerror(errno), error);
}
