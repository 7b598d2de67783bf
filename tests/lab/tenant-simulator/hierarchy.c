/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The private hierarchy behind the tenant's RMS host (hierarchy.h).
 */
#include "config.h"

#include "tests/lab/tenant-simulator/hierarchy.h"

#include "tests/lab/tenant-simulator/keys.h"
#include "tests/lab/tenant-simulator/limits.h"
#include "tests/lab/tenant-simulator/soap.h"
#include "tests/lab/tenant-simulator/templates.h"
#include "tests/lab/tenant-simulator/xrml.h"

#define DAY_SECONDS (24 * 3600)
#define TEMPORARY_SECONDS (15 * 60)
#define ISSUED G_GINT64_CONSTANT(1551688200)        /* 2019-03-04T08:30Z, of the authorities */
#define AUTHORITY_END G_GINT64_CONSTANT(4102444800) /* 2100-01-01T00:00Z */

/* protocol.md §2.13, fixed GUIDs. */
#define ACTIVATION_ID "8BA9EA80-99E4-4a2b-9764-4CD84F77C3A0"
#define LICENSING_INTRANET_ID "0F45FD50-383B-43EE-90A4-ED013CD0CFE5"
#define LICENSING_EXTRANET_ID "94BF969A-CA04-44d6-AA96-51071281FEF2"

#define ISSUER_CA "DRM-Certificate-Authority"
#define ISSUER_SERVER "MS-DRM-Server"

/* Each is issued by the next, the last by itself. */
static const struct {
    const char *key_name, *name, *type, *issuer_type;
} authorities[] = {
    {"xrml-server",        "Server Licensor",      RMS_SIM_XRML_SLC, ISSUER_CA},
    {"xrml-enrollment",    "Enrollment Service",   RMS_SIM_XRML_CA,  ISSUER_CA},
    {"xrml-enrollment-ca", "Enrollment Authority", RMS_SIM_XRML_CA,  ISSUER_CA},
    {"xrml-root",          "Root",                 RMS_SIM_XRML_CA,  ISSUER_CA},
};
#define N_AUTHORITIES G_N_ELEMENTS(authorities)

/* The keys of one admitted entry. */
typedef struct {
    EVP_PKEY *rac, *clc;
} Identity;

struct _RmsSimHierarchy {
    const RmsSimConfig *config;
    EVP_PKEY *keys[N_AUTHORITIES];
    char *ids[N_AUTHORITIES];
    char *chain[N_AUTHORITIES + 1];
    GPtrArray *templates;   /* of char * */
    GHashTable *identities; /* SID → Identity */
    GQueue order;           /* of SIDs in identities, oldest first */
};

static void free_identity(gpointer data)
{
    Identity *identity = data;
    EVP_PKEY_free(identity->rac);
    EVP_PKEY_free(identity->clc);
    g_free(identity);
}

static void add_point(xmlNode *body,
                      const RmsSimConfig *config,
                      const char *type,
                      const char *id,
                      const char *name,
                      const char *path)
{
    g_autofree char *url = rms_sim_config_dup_url(config, RMS_SIM_HOST_RMS, path);
    rms_sim_xrml_add_object(
        rms_sim_xml_add(body, "DISTRIBUTIONPOINT", NULL), type, "MS-GUID", id, name, url);
}

static void add_licensing_points(xmlNode *body, const RmsSimConfig *config)
{
    add_point(body,
              config,
              "License-Acquisition-URL",
              LICENSING_INTRANET_ID,
              "DRM Server Cluster",
              "/_wmcs/licensing");
    add_point(body,
              config,
              "Extranet-License-Acquisition-URL",
              LICENSING_EXTRANET_ID,
              "DRM Server Cluster",
              "/_wmcs/licensing");
}

static void add_activation_points(xmlNode *body, const RmsSimConfig *config)
{
    add_point(body,
              config,
              "Activation",
              ACTIVATION_ID,
              "Microsoft Identity Certification Server",
              "/_wmcs/certification");
    add_point(body,
              config,
              "Extranet-Activation",
              ACTIVATION_ID,
              "Microsoft Identity Certification Server",
              "/_wmcs/certification");
}

static xmlNode *add_principal(xmlNode *body)
{
    xmlNode *principal =
        rms_sim_xml_add(rms_sim_xml_add(body, "ISSUEDPRINCIPALS", NULL), "PRINCIPAL", NULL);
    xmlSetProp(principal, (const xmlChar *) "internal-id", (const xmlChar *) "1");
    return principal;
}

static char *dup_authority(const RmsSimHierarchy *hierarchy, guint index)
{
    guint issuer = MIN(index + 1, N_AUTHORITIES - 1);
    const RmsSimXrmlHead head = {.body_type = "LICENSE",
                                 .body_version = "3.0",
                                 .type = authorities[index].type,
                                 .id = hierarchy->ids[index],
                                 .name = authorities[index].name,
                                 .issued = ISSUED,
                                 .from = ISSUED,
                                 .until = AUTHORITY_END,
                                 .issuer_type = authorities[index].issuer_type,
                                 .issuer_id = hierarchy->ids[issuer],
                                 .issuer_name = authorities[issuer].name,
                                 .issuer_key = hierarchy->keys[issuer]};
    g_autoptr(xmlDoc) document = rms_sim_xrml_new(&head);
    xmlNode *body = xmlDocGetRootElement(document);
    if (index == 0)
        add_licensing_points(body, hierarchy->config);
    xmlNode *principal = add_principal(body);
    rms_sim_xrml_add_object(principal,
                            index == 0 ? ISSUER_SERVER : ISSUER_CA,
                            "MS-GUID",
                            hierarchy->ids[index],
                            authorities[index].name,
                            NULL);
    rms_sim_xrml_add_key(principal, hierarchy->keys[index]);
    return rms_sim_xrml_sign(document, hierarchy->keys[issuer], NULL);
}

RmsSimHierarchy *rms_sim_hierarchy_new(const RmsSimConfig *config, GError **error)
{
    g_autoptr(RmsSimHierarchy) hierarchy = g_new0(RmsSimHierarchy, 1);
    hierarchy->config = config;
    hierarchy->templates = g_ptr_array_new_with_free_func(g_free);
    hierarchy->identities = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_identity);
    g_queue_init(&hierarchy->order);
    for (guint i = 0; i < N_AUTHORITIES; i++) {
        g_autofree char *seed = g_strdup_printf("%s/%s", authorities[i].key_name, config->rms_id);
        hierarchy->ids[i] = rms_sim_guid_from(seed);
        hierarchy->keys[i] =
            rms_sim_key_load(config->state_directory, authorities[i].key_name, error);
        if (hierarchy->keys[i] == NULL)
            return NULL;
    }
    for (guint i = 0; i < N_AUTHORITIES; i++)
        hierarchy->chain[i] = dup_authority(hierarchy, i);
    for (guint i = 0; i < rms_sim_templates_count(); i++)
        g_ptr_array_add(
            hierarchy->templates,
            rms_sim_templates_dup_xrml(config, i, hierarchy->ids[0], hierarchy->keys[0]));
    return g_steal_pointer(&hierarchy);
}

void rms_sim_hierarchy_free(RmsSimHierarchy *hierarchy)
{
    if (hierarchy == NULL)
        return;
    for (guint i = 0; i < N_AUTHORITIES; i++) {
        EVP_PKEY_free(hierarchy->keys[i]);
        g_free(hierarchy->ids[i]);
        g_free(hierarchy->chain[i]);
    }
    g_queue_clear(&hierarchy->order);
    g_clear_pointer(&hierarchy->identities, g_hash_table_unref);
    g_clear_pointer(&hierarchy->templates, g_ptr_array_unref);
    g_free(hierarchy);
}

const char *const *rms_sim_hierarchy_get_chain(const RmsSimHierarchy *hierarchy)
{
    return (const char *const *) hierarchy->chain;
}

EVP_PKEY *rms_sim_hierarchy_get_key(const RmsSimHierarchy *hierarchy)
{
    return hierarchy->keys[0];
}

const char *rms_sim_hierarchy_get_template(const RmsSimHierarchy *hierarchy, guint index)
{
    g_return_val_if_fail(index < hierarchy->templates->len, NULL);
    return g_ptr_array_index(hierarchy->templates, index);
}

static const Identity *find_identity(RmsSimHierarchy *hierarchy, const char *sid, GError **error)
{
    Identity *identity = g_hash_table_lookup(hierarchy->identities, sid);
    if (identity != NULL)
        return identity;
    g_autoptr(EVP_PKEY) rac = rms_sim_key_generate(error);
    if (rac == NULL)
        return NULL;
    g_autoptr(EVP_PKEY) clc = rms_sim_key_generate(error);
    if (clc == NULL)
        return NULL;
    if (g_hash_table_size(hierarchy->identities) >= RMS_SIM_MAX_IDENTITIES)
        g_hash_table_remove(hierarchy->identities, g_queue_pop_head(&hierarchy->order));
    identity = g_new0(Identity, 1);
    identity->rac = g_steal_pointer(&rac);
    identity->clc = g_steal_pointer(&clc);
    char *key = g_strdup(sid);
    g_hash_table_insert(hierarchy->identities, key, identity);
    g_queue_push_tail(&hierarchy->order, key);
    return identity;
}

/* The head of what the server itself issues; valid from a minute ago, because times have no
 * seconds. */
static RmsSimXrmlHead
server_head(const RmsSimHierarchy *hierarchy, const char *type, const char *id, gint64 seconds)
{
    gint64 now = g_get_real_time() / G_USEC_PER_SEC;
    return (RmsSimXrmlHead){.body_type = "LICENSE",
                            .body_version = "3.0",
                            .type = type,
                            .id = id,
                            .issued = now,
                            .from = now - 60,
                            .until = seconds == 0 ? 0 : now + seconds,
                            .issuer_type = ISSUER_SERVER,
                            .issuer_id = hierarchy->ids[0],
                            .issuer_name = authorities[0].name,
                            .issuer_key = hierarchy->keys[0]};
}

char *rms_sim_hierarchy_dup_rac(RmsSimHierarchy *hierarchy,
                                const char *sid,
                                const char *email,
                                gboolean persistent,
                                GError **error)
{
    const Identity *identity = find_identity(hierarchy, sid, error);
    if (identity == NULL)
        return NULL;
    g_autofree char *id = g_uuid_string_random();
    RmsSimXrmlHead head = server_head(
        hierarchy, RMS_SIM_XRML_RAC, id, persistent ? 365 * DAY_SECONDS : TEMPORARY_SECONDS);
    g_autoptr(xmlDoc) document = rms_sim_xrml_new(&head);
    xmlNode *body = xmlDocGetRootElement(document);
    add_activation_points(body, hierarchy->config);
    xmlNode *principal = add_principal(body);
    rms_sim_xrml_add_object(principal, "Group-Identity", "Windows", sid, email, NULL);
    rms_sim_xrml_add_key(principal, identity->rac);
    rms_sim_xrml_add_security_level(principal, "Group-Identity-Type", "Group");
    rms_sim_xrml_add_security_level(
        principal, "Group-Identity-Policy", "Group-Identity-Credential");
    return rms_sim_xrml_sign(document, hierarchy->keys[0], NULL);
}

char *rms_sim_hierarchy_dup_clc(RmsSimHierarchy *hierarchy,
                                const char *sid,
                                const char *email,
                                GError **error)
{
    const Identity *identity = find_identity(hierarchy, sid, error);
    if (identity == NULL)
        return NULL;
    g_autofree char *id = g_uuid_string_random();
    RmsSimXrmlHead head = server_head(hierarchy, RMS_SIM_XRML_CLC, id, 365 * DAY_SECONDS);
    g_autoptr(xmlDoc) document = rms_sim_xrml_new(&head);
    xmlNode *body = xmlDocGetRootElement(document);
    add_licensing_points(body, hierarchy->config);
    xmlNode *principal = add_principal(body);
    rms_sim_xrml_add_object(principal, "Group-Identity", "Windows", sid, email, NULL);
    rms_sim_xrml_add_key(principal, identity->clc);
    return rms_sim_xrml_sign(document, hierarchy->keys[0], NULL);
}

static void add_right(xmlNode *list, const char *name)
{
    xmlNode *right = rms_sim_xml_add(list, "RIGHT", NULL);
    xmlSetProp(right, (const xmlChar *) "name", (const xmlChar *) name);
    xmlNode *access =
        rms_sim_xml_add(rms_sim_xml_add(right, "CONDITIONLIST", NULL), "ACCESS", NULL);
    xmlSetProp(rms_sim_xml_add(access, "PRINCIPAL", NULL),
               (const xmlChar *) "internal-id",
               (const xmlChar *) "1");
}

char *rms_sim_hierarchy_dup_use_license(RmsSimHierarchy *hierarchy,
                                        const char *id_type,
                                        const char *id,
                                        const char *email,
                                        const char *content_id,
                                        const char *const *rights,
                                        gint64 days)
{
    g_autofree char *license_id = g_uuid_string_random();
    RmsSimXrmlHead head = server_head(hierarchy, NULL, license_id, days * DAY_SECONDS);
    g_autoptr(xmlDoc) document = rms_sim_xrml_new(&head);
    xmlNode *body = xmlDocGetRootElement(document);
    add_licensing_points(body, hierarchy->config);
    xmlNode *principal = add_principal(body);
    rms_sim_xrml_add_object(principal, "Group-Identity", id_type, id, email, NULL);
    xmlNode *work = rms_sim_xml_add(body, "WORK", NULL);
    rms_sim_xrml_add_object(work, "Microsoft Office Document", "MS-GUID", content_id, NULL, NULL);
    xmlNode *group = rms_sim_xml_add(work, "RIGHTSGROUP", NULL);
    xmlSetProp(group, (const xmlChar *) "name", (const xmlChar *) "Main-Rights");
    xmlNode *list = rms_sim_xml_add(group, "RIGHTSLIST", NULL);
    for (const char *const *right = rights; *right != NULL; right++)
        add_right(list, *right);
    return rms_sim_xrml_sign(document, hierarchy->keys[0], "Content-License");
}
