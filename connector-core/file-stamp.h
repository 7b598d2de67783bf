/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whether a file is still the one that was read. Compares what changes when somebody writes to a
 * file, replaces it, or points a link elsewhere; the contents are not read.
 */
#pragma once

#include <glib.h>

#include <sys/stat.h>

G_BEGIN_DECLS

/* Zeroed: of no file. */
typedef struct {
    dev_t device;
    ino_t inode;
    off_t size;
    struct timespec modified;
    struct timespec changed;
} RmsFileStamp;

/** rms_file_stamp_make: @status: as stat(2) or fstat(2) filled it. */
RmsFileStamp rms_file_stamp_make(const struct stat *status);
/** rms_file_stamp_read: Returns: that of the file at @path, links followed; zeroed if there is
 * none.
 */
RmsFileStamp rms_file_stamp_read(const char *path);
gboolean rms_file_stamp_equal(const RmsFileStamp *a, const RmsFileStamp *b);

G_END_DECLS
