/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The people and the applications of the tenant (users.h).
 */
#include "config.h"

#include "tests/lab/tenant-simulator/users.h"

#include <openssl/pem.h>

#include "tests/lab/tenant-simulator/json.h"
#include "tests/lab/tenant-simulator/keys.h"
#include "tests/lab/tenant-simulator/oauth-error.h"

static void free_user(gpointer data)
{
    RmsSimUser *user = data;
    g_free(user->upn);
    g_free(user->name);
    g_free(user->password);
    g_free(user->object_id);
    g_strfreev(user->wids);
    g_strfreev(user->groups);
    g_free(user);
}

static void free_application(gpointer data)
{
    RmsSimApplication *application = data;
    g_free(application->client_id);
    g_free(application->name);
    g_free(application->object_id);
    g_strfreev(application->redirect_uris);
    g_strfreev(application->roles);
    g_clear_pointer(&application->credentials, g_ptr_array_unref);
    g_free(application);
}

static void free_group(gpointer data)
{
    RmsSimGroup *group = data;
    g_free(group->object_id);
    g_free(group->name);
    g_free(group);
}

static void free_credential(gpointer data)
{
    RmsSimCredential *credential = data;
    g_free(credential->id);
    g_free(credential->name);
    X509_free(credential->certificate);
    g_free(credential);
}

RmsSimCredential *rms_sim_application_add_credential(RmsSimApplication *application,
                                                     const char *name,
                                                     X509 *certificate)
{
    RmsSimCredential *credential = g_new0(RmsSimCredential, 1);
    credential->id = g_uuid_string_random();
    credential->name = g_strdup(name);
    credential->certificate = certificate;
    g_ptr_array_add(application->credentials, credential);
    return credential;
}

RmsSimApplication *rms_sim_users_add_application(RmsSimUsers *users, const char *name)
{
    static const char *const roles[] = {"RMS.Connector", NULL};
    RmsSimApplication *application = g_new0(RmsSimApplication, 1);
    application->client_id = g_uuid_string_random();
    application->name = g_strdup(name);
    application->object_id = rms_sim_guid_from(application->client_id);
    application->roles = g_strdupv((char **) roles);
    application->confidential = TRUE;
    application->credentials = g_ptr_array_new_with_free_func(free_credential);
    g_ptr_array_add(users->applications, application);
    return application;
}

static const struct {
    const char *name;
    const char *wid;
} directory_roles[] = {
    {"GlobalAdministrator",                RMS_SIM_WID_GLOBAL_ADMINISTRATOR                },
    {"InformationProtectionAdministrator", RMS_SIM_WID_INFORMATION_PROTECTION_ADMINISTRATOR},
    {"ComplianceAdministrator",            RMS_SIM_WID_COMPLIANCE_ADMINISTRATOR            },
    {"ComplianceDataAdministrator",        RMS_SIM_WID_COMPLIANCE_DATA_ADMINISTRATOR       },
};

static const char *find_wid(const char *role)
{
    for (gsize i = 0; i < G_N_ELEMENTS(directory_roles); i++) {
        if (g_str_equal(directory_roles[i].name, role))
            return directory_roles[i].wid;
    }
    return g_uuid_string_is_valid(role) ? role : NULL;
}

guint rms_sim_service_role(const char *name)
{
    if (g_strcmp0(name, "GlobalAdministrator") == 0)
        return RMS_SIM_SERVICE_ROLE_GLOBAL_ADMINISTRATOR;
    if (g_strcmp0(name, "ConnectorAdministrator") == 0)
        return RMS_SIM_SERVICE_ROLE_CONNECTOR_ADMINISTRATOR;
    return 0;
}

static gboolean
set_roles(RmsSimUser *user, char **directory_role_names, char **service_role_names, GError **error)
{
    g_autoptr(GStrvBuilder) wids = g_strv_builder_new();
    for (char **role = directory_role_names; role != NULL && *role != NULL; role++) {
        const char *wid = find_wid(*role);
        if (wid == NULL) {
            g_set_error(error,
                        RMS_SIM_ERROR,
                        RMS_SIM_ERROR_INVALID,
                        "user %s: unknown directory role %s",
                        user->upn,
                        *role);
            return FALSE;
        }
        g_strv_builder_add(wids, wid);
    }
    g_strv_builder_add(wids, RMS_SIM_WID_MEMBER);
    user->wids = g_strv_builder_end(wids);
    for (char **role = service_role_names; role != NULL && *role != NULL; role++) {
        guint bit = rms_sim_service_role(*role);
        if (bit == 0) {
            g_set_error(error,
                        RMS_SIM_ERROR,
                        RMS_SIM_ERROR_INVALID,
                        "user %s: unknown service role %s",
                        user->upn,
                        *role);
            return FALSE;
        }
        user->service_roles |= bit;
    }
    return TRUE;
}

static gboolean check_sign_in_error(gint64 number, const char *upn, GError **error)
{
    if (number == 0 || rms_sim_oauth_error_find((guint) number) != NULL)
        return TRUE;
    g_set_error(error,
                RMS_SIM_ERROR,
                RMS_SIM_ERROR_INVALID,
                "user %s: unknown AADSTS number %" G_GINT64_FORMAT,
                upn,
                number);
    return FALSE;
}

/* What a user's JSON object is read into before it becomes an RmsSimUser. */
typedef struct {
    char *upn, *name, *password, *object_id;
    char **directory_roles, **service_roles, **groups;
    gboolean licensed, guest, disabled;
    gint64 sign_in_error;
} UserMembers;

static void clear_user_members(UserMembers *read)
{
    g_strfreev(read->directory_roles);
    g_strfreev(read->service_roles);
    g_strfreev(read->groups);
    g_free(read->upn);
    g_free(read->name);
    g_free(read->password);
    g_free(read->object_id);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(UserMembers, clear_user_members)

static gboolean add_user(RmsSimUsers *users, const cJSON *json, GError **error)
{
#define AT(field) G_STRUCT_OFFSET(UserMembers, field)
    static const RmsSimJsonMember members[] = {
        {"upn",                RMS_SIM_JSON_STRING, AT(upn),                  TRUE},
        {"password",                    RMS_SIM_JSON_STRING,                              AT(password),                TRUE},
        {"name",                RMS_SIM_JSON_STRING,                                   AT(name)                                      },
        {"object_id",            RMS_SIM_JSON_STRING,AT(object_id)},
        {"directory_roles",       RMS_SIM_JSON_STRINGS,                              AT(directory_roles)                                                                 },
        {"service_roles", RMS_SIM_JSON_STRINGS,AT(service_roles)},
        {"groups",   RMS_SIM_JSON_STRINGS,                                AT(groups)                                                                                                                 },
        {"licensed",          RMS_SIM_JSON_BOOLEAN,AT(licensed)},
        {"guest",        RMS_SIM_JSON_BOOLEAN,                              AT(guest)                                                                                                                                                    },
        {"sign_in_error",           RMS_SIM_JSON_INTEGER, AT(sign_in_error),FALSE, 0, G_MAXINT32},
        {"disabled",   RMS_SIM_JSON_BOOLEAN,                 AT(disabled)                                                                                                                                                                                 },
    };
#undef AT
    g_auto(UserMembers) read = {.licensed = TRUE};
    if (!rms_sim_json_read(json, "user", members, G_N_ELEMENTS(members), &read, error))
        return FALSE;
    if (read.upn == NULL || read.password == NULL || rms_sim_users_find(users, read.upn) != NULL) {
        g_set_error(error,
                    RMS_SIM_ERROR,
                    RMS_SIM_ERROR_INVALID,
                    "user %s: no upn, no password, or there twice",
                    read.upn);
        return FALSE;
    }

    RmsSimUser *user = g_new0(RmsSimUser, 1);
    g_ptr_array_add(users->users, user);
    user->upn = g_steal_pointer(&read.upn);
    user->name = read.name != NULL ? g_steal_pointer(&read.name) : g_strdup(user->upn);
    user->password = g_steal_pointer(&read.password);
    user->object_id =
        read.object_id != NULL ? g_steal_pointer(&read.object_id) : rms_sim_guid_from(user->upn);
    user->groups = g_steal_pointer(&read.groups);
    user->licensed = read.licensed;
    user->guest = read.guest;
    user->disabled = read.disabled;
    user->sign_in_error = read.sign_in_error;
    return check_sign_in_error(user->sign_in_error, user->upn, error) &&
           set_roles(user, read.directory_roles, read.service_roles, error);
}

static X509 *load_certificate(const char *file, const char *directory, GError **error)
{
    g_autofree char *path = g_canonicalize_filename(file, directory);
    g_autofree char *pem = NULL;
    gsize length = 0;
    if (!g_file_get_contents(path, &pem, &length, error))
        return NULL;
    g_autoptr(BIO) memory = BIO_new_mem_buf(pem, (int) length);
    X509 *certificate = PEM_read_bio_X509(memory, NULL, NULL, NULL);
    if (certificate == NULL)
        g_set_error(error, RMS_SIM_ERROR, RMS_SIM_ERROR_INVALID, "%s: no PEM certificate", path);
    return certificate;
}

static gboolean
add_application(RmsSimUsers *users, const cJSON *json, const char *directory, GError **error)
{
    struct {
        RmsSimApplication application;
        char *certificate;
    } read = {0};
#define AT(field) ((gsize) ((char *) &read.field - (char *) &read))
    const RmsSimJsonMember members[] = {
        {"client_id", RMS_SIM_JSON_STRING, AT(application.client_id), TRUE},
        {"name",           RMS_SIM_JSON_STRING,                         AT(application.name)                    },
        {"redirect_uris",           RMS_SIM_JSON_STRINGS,                AT(application.redirect_uris)},
        {"certificate",           RMS_SIM_JSON_STRING,                  AT(certificate)                       },
        {"roles",           RMS_SIM_JSON_STRINGS,                        AT(application.roles)},
    };
#undef AT
    gboolean ok =
        rms_sim_json_read(json, "application", members, G_N_ELEMENTS(members), &read, error);
    g_autofree char *file = read.certificate;
    RmsSimApplication *application = g_memdup2(&read.application, sizeof read.application);
    application->credentials = g_ptr_array_new_with_free_func(free_credential);
    g_ptr_array_add(users->applications, application);
    if (!ok)
        return FALSE;
    if (application->client_id == NULL) {
        g_set_error(error, RMS_SIM_ERROR, RMS_SIM_ERROR_INVALID, "application without client_id");
        return FALSE;
    }
    if (application->name == NULL)
        application->name = g_strdup(application->client_id);
    application->object_id = rms_sim_guid_from(application->client_id);
    if (file != NULL) {
        X509 *certificate = load_certificate(file, directory, error);
        if (certificate == NULL)
            return FALSE;
        rms_sim_application_add_credential(application, application->name, certificate);
        application->confidential = TRUE;
    }
    return TRUE;
}

static gboolean add_group(RmsSimUsers *users, const cJSON *json, GError **error)
{
#define AT(field) G_STRUCT_OFFSET(RmsSimGroup, field)
    static const RmsSimJsonMember members[] = {
        {"name", RMS_SIM_JSON_STRING, AT(name),   TRUE},
        {"object_id",      RMS_SIM_JSON_STRING,               AT(object_id)},
    };
#undef AT
    RmsSimGroup *group = g_new0(RmsSimGroup, 1);
    g_ptr_array_add(users->groups, group);
    if (!rms_sim_json_read(json, "group", members, G_N_ELEMENTS(members), group, error))
        return FALSE;
    if (group->name == NULL) {
        g_set_error(error, RMS_SIM_ERROR, RMS_SIM_ERROR_INVALID, "group without name");
        return FALSE;
    }
    if (group->object_id == NULL)
        group->object_id = rms_sim_guid_from(group->name);
    return TRUE;
}

RmsSimUsers *rms_sim_users_new(const cJSON *users,
                               const cJSON *groups,
                               const cJSON *applications,
                               const char *directory,
                               GError **error)
{
    g_autoptr(RmsSimUsers) self = g_new0(RmsSimUsers, 1);
    self->users = g_ptr_array_new_with_free_func(free_user);
    self->groups = g_ptr_array_new_with_free_func(free_group);
    self->applications = g_ptr_array_new_with_free_func(free_application);
    const cJSON *item = NULL;
    cJSON_ArrayForEach(item, users)
    {
        if (!add_user(self, item, error))
            return NULL;
    }
    cJSON_ArrayForEach(item, groups)
    {
        if (!add_group(self, item, error))
            return NULL;
    }
    cJSON_ArrayForEach(item, applications)
    {
        if (!add_application(self, item, directory, error))
            return NULL;
    }
    return g_steal_pointer(&self);
}

void rms_sim_users_free(RmsSimUsers *users)
{
    if (users == NULL)
        return;
    g_clear_pointer(&users->users, g_ptr_array_unref);
    g_clear_pointer(&users->groups, g_ptr_array_unref);
    g_clear_pointer(&users->applications, g_ptr_array_unref);
    g_free(users);
}

RmsSimUser *rms_sim_users_find(RmsSimUsers *users, const char *upn)
{
    for (guint i = 0; upn != NULL && i < users->users->len; i++) {
        RmsSimUser *user = g_ptr_array_index(users->users, i);
        if (g_ascii_strcasecmp(user->upn, upn) == 0)
            return user;
    }
    return NULL;
}

RmsSimUser *rms_sim_users_find_object(RmsSimUsers *users, const char *object_id)
{
    for (guint i = 0; object_id != NULL && i < users->users->len; i++) {
        RmsSimUser *user = g_ptr_array_index(users->users, i);
        if (g_ascii_strcasecmp(user->object_id, object_id) == 0)
            return user;
    }
    return NULL;
}

RmsSimGroup *rms_sim_users_find_group(RmsSimUsers *users, const char *object_id)
{
    for (guint i = 0; object_id != NULL && i < users->groups->len; i++) {
        RmsSimGroup *group = g_ptr_array_index(users->groups, i);
        if (g_ascii_strcasecmp(group->object_id, object_id) == 0)
            return group;
    }
    return NULL;
}

RmsSimGroup *rms_sim_users_find_group_name(RmsSimUsers *users, const char *name)
{
    g_autofree char *wanted = name != NULL ? g_utf8_casefold(name, -1) : NULL;
    for (guint i = 0; name != NULL && i < users->groups->len; i++) {
        RmsSimGroup *group = g_ptr_array_index(users->groups, i);
        g_autofree char *folded = g_utf8_casefold(group->name, -1);
        if (g_str_equal(folded, wanted))
            return group;
    }
    return NULL;
}

RmsSimApplication *rms_sim_users_find_application(RmsSimUsers *users, const char *client_id)
{
    for (guint i = 0; client_id != NULL && i < users->applications->len; i++) {
        RmsSimApplication *application = g_ptr_array_index(users->applications, i);
        if (g_ascii_strcasecmp(application->client_id, client_id) == 0)
            return application;
    }
    return NULL;
}

static gboolean change_user(RmsSimUser *user, const cJSON *change, gboolean really, GError **error)
{
#define AT(field) G_STRUCT_OFFSET(UserMembers, field)
    static const RmsSimJsonMember members[] = {
        {"password",      RMS_SIM_JSON_STRING,  AT(password)     },
        {"licensed",      RMS_SIM_JSON_BOOLEAN, AT(licensed)     },
        {"guest",         RMS_SIM_JSON_BOOLEAN, AT(guest)        },
        {"sign_in_error", RMS_SIM_JSON_INTEGER, AT(sign_in_error), FALSE, 0, G_MAXINT32},
        {"disabled",              RMS_SIM_JSON_BOOLEAN,                        AT(disabled)                                        },
    };
#undef AT
    g_auto(UserMembers) read = {.licensed = user->licensed,
                                .guest = user->guest,
                                .disabled = user->disabled,
                                .sign_in_error = user->sign_in_error};
    if (!rms_sim_json_read(change, user->upn, members, G_N_ELEMENTS(members), &read, error) ||
        !check_sign_in_error(read.sign_in_error, user->upn, error))
        return FALSE;
    if (really) {
        user->licensed = read.licensed;
        user->guest = read.guest;
        user->disabled = read.disabled;
        user->sign_in_error = read.sign_in_error;
        if (read.password != NULL) {
            g_free(user->password);
            user->password = g_steal_pointer(&read.password);
        }
    }
    return TRUE;
}

gboolean rms_sim_users_change(RmsSimUsers *users, const cJSON *changes, GError **error)
{
    for (int really = 0; really <= 1; really++) {
        const cJSON *change = NULL;
        cJSON_ArrayForEach(change, changes)
        {
            RmsSimUser *user = rms_sim_users_find(users, change->string);
            if (user == NULL) {
                g_set_error(
                    error, RMS_SIM_ERROR, RMS_SIM_ERROR_INVALID, "no user %s", change->string);
                return FALSE;
            }
            if (!change_user(user, change, really == 1, error))
                return FALSE;
        }
    }
    return TRUE;
}
