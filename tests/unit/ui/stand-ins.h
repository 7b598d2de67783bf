/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Stand-ins, at link time, for the connector, the directory, signing in and the tenant: what the
 * console's tests and the gallery of its pages need of them, without network, clock or disk.
 *
 * They keep the contracts of the headers that they implement: callbacks arrive later, never from
 * within the call; a cancelled call ends with G_IO_ERROR_CANCELLED; a push compares revisions.
 */
#pragma once

#include "connector-core/connector.h"
#include "directory/directory.h"
#include "directory/directory-details.h"
#include "directory/forest.h"
#include "service-client/tenant.h"

G_BEGIN_DECLS

/**
 * StandIns: what the next calls meet. Errors are owned, stay until cleared, and every call of that
 * kind returns a copy.
 */
typedef struct {
    /* Signing in. */
    const char *user_name;
    GError *sign_in_error;
    gboolean sign_in_waits; /* until it is cancelled or stand_ins_release() */
    const char *user_code;
    const char *verification_uri;
    guint code_seconds;
    /* Tenant. */
    const char *organization;
    const char *service_url;
    RmsTenantRole role;
    gboolean super_user_feature;
    gboolean service_active;
    GError *discover_error;
    GError *refresh_error;
    GError *feature_error;
    guint n_refreshes;
    guint n_feature_switches;
    /* Connector. */
    GError *push_error;
    GError *set_tenant_error;
    gboolean push_waits;
    guint n_pushes;
    char *last_author;
    GPtrArray *events; /* of RmsEvent, oldest first */
    guint n_queries;
    /* Directory. */
    GPtrArray *objects; /* of RmsDirectoryObject */
    GError *directory_error;
    gboolean directory_waits;
    guint n_searches;
    guint n_cancelled;
    GPtrArray *members; /* of RmsDirectoryObject: group, member, group, member … */
    GError *members_error;
    GPtrArray *groups; /* of RmsGroupStatus: what the connector knows; borrowed by answers */
    guint n_group_readings;
    guint n_checks;
    guint n_checked_sids;
} StandIns;
extern StandIns stand_ins;

/* A clean sheet: administrator@contoso.example would sign in as connector administrator. */
void stand_ins_reset(void);
/* Lets what waits go on. */
void stand_ins_release(void);
/* For the stand-ins themselves: returns @task's turn now, or when it is released or cancelled. */
typedef void (*StandInTurn)(GTask *task);
void stand_ins_take_turn(GTask *task, gboolean waits, StandInTurn turn);

RmsConnector *stand_in_connector_new(RmsServerList *list);
/* As if another administrator pushed @list. */
void stand_in_connector_replace_list(RmsConnector *connector,
                                     RmsServerList *list,
                                     const char *author);
/* Replaces it, but tells nobody before the next push meets it. */
void stand_in_connector_replace_list_quietly(RmsConnector *connector,
                                             RmsServerList *list,
                                             const char *author);
void stand_in_connector_set_state(RmsConnector *connector, RmsConnectorState state);
/* Adds an event of that time; emits "event-logged". */
void stand_in_connector_add_event(RmsConnector *connector,
                                  RmsEventNumber number,
                                  gint64 time,
                                  const char *message,
                                  const char *account,
                                  const char *sid,
                                  const char *computer);
void stand_in_event_set(RmsEvent *event, gint64 id, gint64 time);

RmsDirectory *stand_in_directory_new(void);
void stand_in_add_member(RmsDirectoryObject *group, RmsDirectoryObject *member);
RmsMembership *stand_in_membership(RmsDirectoryObject *group, const char *const *path);
/* Accounts whose SIDs start with @sids are its own. */
RmsForest *stand_in_forest_new(const char *name, const char *sids);
/* As if it was opened just now. */
void stand_in_forest_set_opened(RmsForest *forest);

/* An entry and an object of CONTOSO with the SID S-1-5-21-1-2-3-@rid. */
RmsEntry *stand_in_entry(guint rid, const char *name, RmsKind kind, RmsRole role, const char *note);
RmsDirectoryObject *stand_in_object(guint rid,
                                    const char *name,
                                    RmsKind kind,
                                    RmsGroupScope scope,
                                    const char *place,
                                    guint warnings);

/* Runs the main context until @condition (@data) holds. Returns: FALSE if that takes 20 s. */
gboolean stand_ins_run_until(gboolean (*condition)(gpointer data), gpointer data);

G_END_DECLS
