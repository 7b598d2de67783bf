/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Telling files apart over time; see file-stamp.h.
 */
#include "config.h"

#include "connector-core/file-stamp.h"

RmsFileStamp rms_file_stamp_make(const struct stat *status)
{
    return (RmsFileStamp){
        status->st_dev, status->st_ino, status->st_size, status->st_mtim, status->st_ctim};
}

RmsFileStamp rms_file_stamp_read(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0 ? rms_file_stamp_make(&status) : (RmsFileStamp){0};
}

static gboolean same_time(const struct timespec *a, const struct timespec *b)
{
    return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

gboolean rms_file_stamp_equal(const RmsFileStamp *a, const RmsFileStamp *b)
{
    return a->device == b->device && a->inode == b->inode && a->size == b->size &&
           same_time(&a->modified, &b->modified) && same_time(&a->changed, &b->changed);
}
