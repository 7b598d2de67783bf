/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What this room and its tests may ask of a directory, and nobody else.
 */
#pragma once

#include "directory/directory-domain-private.h"
#include "directory/directory-query-private.h"
#include "directory/directory.h"

G_BEGIN_DECLS

/** rms_directory_set_page_sizes: Objects of the first and of each later page of a search. */
void rms_directory_set_page_sizes(RmsDirectory *self, guint first, guint next);

/** rms_directory_get_info: Returns: (transfer none) (nullable): what the connection found out;
 * %NULL before the first answer. */
const RmsDomainInfo *rms_directory_get_info(RmsDirectory *self);
/** rms_directory_replace_settings: Copies @settings, which hold from the next time that a
 * connection is made; one that there is goes on. */
void rms_directory_replace_settings(RmsDirectory *self, const RmsDirectorySettings *settings);

/** rms_directory_begin_call: Returns: (transfer full): a call whose task has this directory as its
 * source. @results: (nullable) */
RmsCall *rms_directory_begin_call(RmsDirectory *self,
                                  GListStore *results,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data,
                                  gpointer tag);
/** rms_directory_submit: @query: (transfer full) */
void rms_directory_submit(RmsDirectory *self, RmsQuery *query);
/** rms_directory_finish_list: For calls whose value is whether their list is truncated. */
gboolean rms_directory_finish_list(RmsDirectory *self,
                                   GAsyncResult *result,
                                   gboolean *truncated,
                                   GError **error);

G_END_DECLS
