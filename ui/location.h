/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where objects are looked for: a whole forest, one of its domains, or a place in a domain's tree.
 *
 * Invariant: a location never changes after it was made.
 */
#pragma once

#include "directory/directory-place.h"
#include "directory/forest.h"

G_BEGIN_DECLS

/**
 * RmsLocationKind: the last two are no locations, but rows of a tree that say why there are none.
 * @RMS_LOCATION_LOADING: the directory was asked what is here
 * @RMS_LOCATION_PROBLEM: it could not be asked, or there is more than is shown
 */
typedef enum {
    RMS_LOCATION_FOREST,
    RMS_LOCATION_DOMAIN,
    RMS_LOCATION_PLACE,
    RMS_LOCATION_LOADING,
    RMS_LOCATION_PROBLEM
} RmsLocationKind;

#define RMS_TYPE_LOCATION (rms_location_get_type())
G_DECLARE_FINAL_TYPE(RmsLocation, rms_location, RMS, LOCATION, GObject)

/* Each returns (transfer full) and keeps references. */
RmsLocation *rms_location_new_forest(RmsForest *forest);
/** rms_location_new_home: The domain that the forest's settings name. */
RmsLocation *rms_location_new_home(RmsForest *forest);
RmsLocation *rms_location_new_domain(RmsForest *forest, RmsForestDomain *domain);
RmsLocation *rms_location_new_place(RmsLocation *parent, RmsPlace *place);

RmsLocationKind rms_location_get_kind(RmsLocation *self);
RmsForest *rms_location_get_forest(RmsLocation *self);
/** rms_location_get_directory: Returns: (transfer none): the connection that searches it: a
 * domain's, or the global catalog. */
RmsDirectory *rms_location_get_directory(RmsLocation *self);
/** rms_location_get_place: Returns: (nullable): DN to search below; %NULL: all of the directory. */
const char *rms_location_get_place(RmsLocation *self);
/** rms_location_get_name: What it is called among its siblings: `Servers`, `contoso.example`. */
const char *rms_location_get_name(RmsLocation *self);
/** rms_location_dup_path: Returns: (transfer full): what it is called alone:
 * `contoso.example/Servers`. */
char *rms_location_dup_path(RmsLocation *self);
/** rms_location_get_error: Returns: (nullable): of %RMS_LOCATION_PROBLEM; %NULL there: there are
 * more than RMS_MAX_PLACES. */
const GError *rms_location_get_error(RmsLocation *self);
gboolean rms_location_equal(RmsLocation *a, RmsLocation *b);
/** rms_location_dup_wider: Returns: (transfer full) (nullable): all that could be searched from
 * here: the forest, or its only domain; %NULL: @self is that. */
RmsLocation *rms_location_dup_wider(RmsLocation *self);

/** rms_location_dup_children: Returns: (transfer full) (nullable): a GListModel of RmsLocation that
 * fills later: domains, or units and containers. What is still under way when the model goes is
 * cancelled. %NULL for rows that are no locations. */
GListModel *rms_location_dup_children(RmsLocation *self);

G_END_DECLS
