/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reads the members of the distribution groups in the list, which no Kerberos ticket names, and
 * keeps the last good reading of each, over restarts too, while the directory is away.
 *
 * One group is read after the other. When the directory refuses or is not reached, the others of
 * that round are not tried: a wrong password tried for each would lock the account out. A group
 * that its domain no longer has covers nobody from then on.
 */
#pragma once

#include "connector-core/event-log.h"
#include "connector-core/group-reading.h"
#include "connector-core/group-status.h"
#include "connector-core/model/server-list.h"
#include "connector-core/store.h"
#include "directory/directory.h"

G_BEGIN_DECLS

typedef struct _RmsGroupReader RmsGroupReader;

/** RmsGroupReaderFunc: The readings in force have changed. */
typedef void (*RmsGroupReaderFunc)(gpointer user_data);

/** rms_group_reader_new: Borrows @store and @log. @directory: (nullable): copied; %NULL: nothing
 * can be read, and the status says so. */
RmsGroupReader *rms_group_reader_new(const RmsDirectorySettings *directory,
                                     RmsStore *store,
                                     RmsEventLog *log,
                                     RmsGroupReaderFunc on_changed,
                                     gpointer user_data);
/** rms_group_reader_free: Ends what is under way; who waits for a round is not called. */
void rms_group_reader_free(RmsGroupReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RmsGroupReader, rms_group_reader_free)

/** rms_group_reader_set_list: Takes up the distribution groups of @list: finds what was kept of
 * them, and begins to read those that were not read by this process yet. Does not call @on_changed
 * for what was kept. */
void rms_group_reader_set_list(RmsGroupReader *reader, RmsServerList *list);
/** rms_group_reader_read_all: Reads all again. @done: (nullable): called when each was tried. */
void rms_group_reader_read_all(RmsGroupReader *reader, RmsGroupReaderFunc done, gpointer user_data);

/** rms_group_reader_get_readings: Returns: (transfer full) (element-type RmsGroupReading): those in
 * force. */
GPtrArray *rms_group_reader_get_readings(RmsGroupReader *reader);
/** rms_group_reader_get_status: Returns: (transfer full) (element-type RmsGroupStatus): of each
 * distribution group, in the list's order. */
GPtrArray *rms_group_reader_get_status(RmsGroupReader *reader);

G_END_DECLS
