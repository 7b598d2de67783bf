/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The people and the applications of the tenant: what the configuration says of them, and what was
 * changed since. Checking passwords is authority.c's business, roles are read by service-access.c.
 */
#pragma once

#include "tests/lab/tenant-simulator/cleanups.h"

/* protocol.md §4.5: role template ids in `wids`. */
#define RMS_SIM_WID_GLOBAL_ADMINISTRATOR "62e90394-69f5-4237-9190-012177145e10"
#define RMS_SIM_WID_INFORMATION_PROTECTION_ADMINISTRATOR "7495fdc4-34c4-4d15-a289-98788ce399fd"
#define RMS_SIM_WID_COMPLIANCE_ADMINISTRATOR "17315797-102d-40b4-93e0-432062caca18"
#define RMS_SIM_WID_COMPLIANCE_DATA_ADMINISTRATOR "e6d1a23a-da11-4be4-9570-befc86d067a7"
#define RMS_SIM_WID_MEMBER "b79fbf4d-3ef9-4689-8143-76b194e85509"

/**
 * RmsSimServiceRole: roles that the RMS service keeps itself; bits of
 * RmsSimUser.service_roles.
 */
typedef enum {
    RMS_SIM_SERVICE_ROLE_GLOBAL_ADMINISTRATOR = 1 << 0,
    RMS_SIM_SERVICE_ROLE_CONNECTOR_ADMINISTRATOR = 1 << 1
} RmsSimServiceRole;

/**
 * RmsSimUser:
 * @wids: template ids of directory roles; every member has RMS_SIM_WID_MEMBER
 * @groups: object ids of groups
 * @sign_in_error: AADSTS number that each sign-in gets, 0: none
 */
typedef struct {
    char *upn;
    char *name;
    char *password;
    char *object_id;
    char **wids;
    char **groups;
    guint service_roles;
    gboolean licensed;
    gboolean guest;
    gboolean disabled;
    gint64 sign_in_error;
} RmsSimUser;

/**
 * RmsSimGroup: a security group of the directory.
 * @service_roles: bits of RmsSimServiceRole that its members have
 */
typedef struct {
    char *object_id;
    char *name;
    guint service_roles;
} RmsSimGroup;

/** RmsSimCredential: a certificate that an application may sign its assertions with. */
typedef struct {
    char *id;
    char *name;
    X509 *certificate;
} RmsSimCredential;

/**
 * RmsSimApplication:
 * @confidential: it has to sign in with one of its @credentials (of RmsSimCredential)
 * @roles: application roles that app-only tokens carry
 */
typedef struct {
    char *client_id;
    char *name;
    char *object_id;
    char **redirect_uris;
    char **roles;
    gboolean confidential;
    GPtrArray *credentials;
} RmsSimApplication;

typedef struct {
    GPtrArray *users;        /* of RmsSimUser, in the order of the configuration */
    GPtrArray *groups;       /* of RmsSimGroup */
    GPtrArray *applications; /* of RmsSimApplication */
} RmsSimUsers;

/** rms_sim_users_new: @users, @groups, @applications: (nullable): JSON arrays, see README.md.
 * @directory: that relative file names start from. Errors: RMS_SIM_ERROR_INVALID. */
RmsSimUsers *rms_sim_users_new(const cJSON *users,
                               const cJSON *groups,
                               const cJSON *applications,
                               const char *directory,
                               GError **error);
void rms_sim_users_free(RmsSimUsers *users);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RmsSimUsers, rms_sim_users_free)

/** rms_sim_users_find: by upn, without case. Returns: (nullable) (transfer none) */
RmsSimUser *rms_sim_users_find(RmsSimUsers *users, const char *upn);
RmsSimUser *rms_sim_users_find_object(RmsSimUsers *users, const char *object_id);
RmsSimApplication *rms_sim_users_find_application(RmsSimUsers *users, const char *client_id);
RmsSimGroup *rms_sim_users_find_group(RmsSimUsers *users, const char *object_id);
/** rms_sim_users_find_group_name: by name, without case. Returns: (nullable) (transfer none) */
RmsSimGroup *rms_sim_users_find_group_name(RmsSimUsers *users, const char *name);
/** rms_sim_users_add_application: Returns: (transfer none): a confidential one without credentials.
 */
RmsSimApplication *rms_sim_users_add_application(RmsSimUsers *users, const char *name);
/** rms_sim_application_add_credential: @certificate: (transfer full). Returns: (transfer none) */
RmsSimCredential *rms_sim_application_add_credential(RmsSimApplication *application,
                                                     const char *name,
                                                     X509 *certificate);
/** rms_sim_users_change: PUT /state's `users`. All or nothing. */
gboolean rms_sim_users_change(RmsSimUsers *users, const cJSON *changes, GError **error);
/** rms_sim_service_role: Returns: the role's bit, 0 for an unknown name. */
guint rms_sim_service_role(const char *name);
