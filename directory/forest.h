/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A forest of Active Directory: its domains, its global catalog, and the connections to them, all
 * with the same credentials.
 *
 * The forest of the settings is "home"; a console may know others, with credentials of their own
 * (an untrusted forest). Connections are made when somebody asks for them, and kept.
 */
#pragma once

#include "directory/directory.h"

G_BEGIN_DECLS

/** One domain of a forest; never changes. */
#define RMS_TYPE_FOREST_DOMAIN (rms_forest_domain_get_type())
G_DECLARE_FINAL_TYPE(RmsForestDomain, rms_forest_domain, RMS, FOREST_DOMAIN, GObject)
const char *rms_forest_domain_get_name(RmsForestDomain *self);         /* contoso.example */
const char *rms_forest_domain_get_netbios_name(RmsForestDomain *self); /* CONTOSO */
const char *rms_forest_domain_get_base_dn(RmsForestDomain *self);
gboolean rms_forest_domain_is_home(RmsForestDomain *self); /* the domain connected to first */

/* Properties, read-only: "name" (string: the forest root's DNS name, before it was opened the
 * server or domain of the settings), "opened" (boolean). */
#define RMS_TYPE_FOREST (rms_forest_get_type())
G_DECLARE_FINAL_TYPE(RmsForest, rms_forest, RMS, FOREST, GObject)

/** rms_forest_new: Copies @settings; connects when first asked for something. */
RmsForest *rms_forest_new(const RmsDirectorySettings *settings);

/** rms_forest_open_async: Connects to the home domain and reads which domains the forest has. */
void rms_forest_open_async(RmsForest *self,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data);
gboolean rms_forest_open_finish(RmsForest *self, GAsyncResult *result, GError **error);

const char *rms_forest_get_name(RmsForest *self);
gboolean rms_forest_get_opened(RmsForest *self);
/** rms_forest_get_domains: Returns: (transfer none): a GListModel of RmsForestDomain, home first;
 * empty until opened; the same model for the forest's whole life. */
GListModel *rms_forest_get_domains(RmsForest *self);

/* Connections: (transfer none), the same object at every call. */

/** rms_forest_get_home: The domain of the settings; never %NULL. */
RmsDirectory *rms_forest_get_home(RmsForest *self);
/** rms_forest_get_global_catalog: All domains' objects with part of their attributes
 * (protocol.md §6.4); never %NULL, but a connection may fail where there is none. Before the forest
 * was opened it is sought where the settings point, which is right unless the home domain is not
 * the one that the forest is named after. */
RmsDirectory *rms_forest_get_global_catalog(RmsForest *self);
/** rms_forest_get_domain: By DNS or NetBIOS name, in any case. Returns: (nullable): %NULL: no
 * domain of this forest, or not opened yet. */
RmsDirectory *rms_forest_get_domain(RmsForest *self, const char *name);
/** rms_forest_find_domain_of_dn: The domain that holds @dn. Returns: (nullable) */
RmsDirectory *rms_forest_find_domain_of_dn(RmsForest *self, const char *dn);

/**
 * RmsObjectCheck: what became of an account that was known by its SID.
 * @RMS_CHECK_FOUND: @object says what it is now
 * @RMS_CHECK_GONE: its own domain answered, and has no such object that the account may read
 * @RMS_CHECK_UNKNOWN: its domain is not of this forest, or did not answer: @error says why. Never
 * to be taken for gone
 */
typedef enum { RMS_CHECK_FOUND, RMS_CHECK_GONE, RMS_CHECK_UNKNOWN } RmsCheckResult;
typedef struct {
    RmsSid sid;
    RmsCheckResult result;
    RmsDirectoryObject *object; /* (nullable) */
    GError *error;              /* (nullable) */
} RmsObjectCheck;
void rms_object_check_free(RmsObjectCheck *check);

/** rms_forest_check_async: Looks all of @sids (element-type RmsSid, copied) up, each in its own
 * domain. */
void rms_forest_check_async(RmsForest *self,
                            GPtrArray *sids,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
/** rms_forest_check_finish: Returns: (transfer full) (element-type RmsObjectCheck): one for each
 * SID, in their order. Fails only when cancelled. */
GPtrArray *rms_forest_check_finish(RmsForest *self, GAsyncResult *result, GError **error);

G_END_DECLS
