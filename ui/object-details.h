/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The details of one object of the directory: what is known of it, its members, and what it is a
 * member of.
 *
 * Loads when it is shown, each part by itself: what fails hides nothing else. Another object
 * cancels what is under way.
 */
#pragma once

#include <adwaita.h>

#include "connector-core/connector.h"
#include "directory/forest.h"

G_BEGIN_DECLS

#define RMS_TYPE_OBJECT_DETAILS_VIEW (rms_object_details_view_get_type())
G_DECLARE_FINAL_TYPE(
    RmsObjectDetailsView, rms_object_details_view, RMS, OBJECT_DETAILS_VIEW, AdwBin)

GtkWidget *rms_object_details_view_new(void);
/**
 * rms_object_details_view_set_connector: @connector: (nullable): asked what it knows itself of
 * distribution groups.
 */
void rms_object_details_view_set_connector(RmsObjectDetailsView *self, RmsConnector *connector);
/** rms_object_details_view_set_object: Shows @object (nullable: nothing) of @forest (nullable with
 * it). */
void rms_object_details_view_set_object(RmsObjectDetailsView *self,
                                        RmsForest *forest,
                                        RmsDirectoryObject *object);

/** rms_object_details_present: The details in a window of their own over @parent. @connector:
 * (nullable) */
GtkWindow *rms_object_details_present(GtkWindow *parent,
                                      RmsConnector *connector,
                                      RmsForest *forest,
                                      RmsDirectoryObject *object);

G_END_DECLS
