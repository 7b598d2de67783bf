/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Places of the directory's tree: domains, organizational units and containers, for browsing.
 *
 * Invariant: an RmsPlace never changes after it was made.
 */
#pragma once

#include "directory/directory.h"

G_BEGIN_DECLS

typedef enum { RMS_PLACE_DOMAIN, RMS_PLACE_UNIT, RMS_PLACE_CONTAINER } RmsPlaceKind;

#define RMS_TYPE_PLACE_KIND (rms_place_kind_get_type())
GType rms_place_kind_get_type(void);

#define RMS_TYPE_PLACE (rms_place_get_type())
G_DECLARE_FINAL_TYPE(RmsPlace, rms_place, RMS, PLACE, GObject)

/** rms_place_new: Returns: (transfer full): @name: as people call it: `contoso.example`, `Servers`.
 * @description: (nullable) */
RmsPlace *
rms_place_new(RmsPlaceKind kind, const char *name, const char *dn, const char *description);
/* Each is a read-only property of the same name too. */
RmsPlaceKind rms_place_get_kind(RmsPlace *self);
const char *rms_place_get_name(RmsPlace *self);
const char *rms_place_get_dn(RmsPlace *self);
const char *rms_place_get_description(RmsPlace *self); /* (nullable) */

/**
 * rms_directory_list_places_async: The organizational units and containers directly in @parent, and
 * nothing that only experts show (showInAdvancedViewOnly).
 * @parent: (nullable): DN; %NULL: the domain itself
 * @results: a GListStore of RmsPlace, spliced in by name
 */
void rms_directory_list_places_async(RmsDirectory *self,
                                     const char *parent,
                                     GListStore *results,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
/** rms_directory_list_places_finish: @truncated: (out) (optional): RMS_MAX_PLACES were not all. */
gboolean rms_directory_list_places_finish(RmsDirectory *self,
                                          GAsyncResult *result,
                                          gboolean *truncated,
                                          GError **error);

G_END_DECLS
