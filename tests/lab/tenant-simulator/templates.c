/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The tenant's rights policy templates (templates.h).
 */
#include "config.h"

#include "tests/lab/tenant-simulator/templates.h"

#include "tests/lab/tenant-simulator/soap.h"
#include "tests/lab/tenant-simulator/xrml.h"

#define MAX_NAMES 3
#define MAX_RIGHTS 6
#define ISSUED G_GINT64_CONSTANT(1551688200) /* 2019-03-04T08:30Z */

static const struct {
    const char *id;
    struct {
        int lcid;
        const char *name, *description;
    } names[MAX_NAMES];
    const char *rights[MAX_RIGHTS];
} templates[] = {
    {"4b1f4e0e-2f4d-4c0b-8a37-5e2a1f0f7c21",
     {{1033, "Contoso - Confidential", "Members of the organization may read and change."}},
     {"VIEW", "EDIT", "REPLY", "REPLYALL", "FORWARD"}},
    {"9c2d7a54-6e1b-4f3a-9d80-1b7c5e3f2a68",
     {{1033, "Contoso - View only", "Members of the organization may read."},
      {1031, "Contoso - Nur für Leser", "Angehörige der Organisation dürfen lesen."}},
     {"VIEW"}                                        },
    {"e07b3f19-8a42-4d6c-b5e1-73f0c9d2814a",
     {{1041, "社外秘 – 役員のみ", "役員だけが閲覧できます。"},
      {1049, "Контозо – Только для руководства", "Только чтение."},
      {1033, "Contoso - Management only", "Management may read."}},
     {"VIEW", "REPLY"}                               },
};

guint rms_sim_templates_count(void)
{
    return G_N_ELEMENTS(templates);
}

const char *rms_sim_templates_get_id(guint index)
{
    g_return_val_if_fail(index < G_N_ELEMENTS(templates), NULL);
    return templates[index].id;
}

cJSON *rms_sim_templates_dup_ids(void)
{
    cJSON *array = cJSON_CreateArray();
    for (gsize i = 0; i < G_N_ELEMENTS(templates); i++)
        cJSON_AddItemToArray(array, cJSON_CreateString(templates[i].id));
    return array;
}

/* Everybody in the organization, as one e-mail address. */
static char *dup_identity(const RmsSimConfig *config)
{
    return g_strdup_printf("allstaff@%s", config->domain);
}

static void add_localized(cJSON *array, int lcid, const char *value)
{
    cJSON *item = cJSON_CreateObject();
    cJSON_AddNumberToObject(item, "Key", lcid);
    cJSON_AddStringToObject(item, "Value", value);
    cJSON_AddItemToArray(array, item);
}

cJSON *rms_sim_templates_dup_json(const RmsSimConfig *config)
{
    cJSON *array = cJSON_CreateArray();
    g_autofree char *identity = dup_identity(config);
    for (gsize i = 0; i < G_N_ELEMENTS(templates); i++) {
        cJSON *item = cJSON_CreateObject();
        cJSON_AddStringToObject(item, "TemplateId", templates[i].id);
        cJSON *names = cJSON_AddArrayToObject(item, "Names");
        cJSON *descriptions = cJSON_AddArrayToObject(item, "Descriptions");
        for (gsize j = 0; j < MAX_NAMES && templates[i].names[j].lcid != 0; j++) {
            add_localized(names, templates[i].names[j].lcid, templates[i].names[j].name);
            add_localized(
                descriptions, templates[i].names[j].lcid, templates[i].names[j].description);
        }
        cJSON_AddStringToObject(item, "Status", "Published");
        cJSON *definition = cJSON_CreateObject();
        cJSON_AddStringToObject(definition, "Identity", identity);
        cJSON *rights = cJSON_AddArrayToObject(definition, "Rights");
        for (gsize j = 0; j < MAX_RIGHTS && templates[i].rights[j] != NULL; j++)
            cJSON_AddItemToArray(rights, cJSON_CreateString(templates[i].rights[j]));
        cJSON_AddItemToArray(cJSON_AddArrayToObject(item, "RightsDefinitions"), definition);
        cJSON_AddItemToArray(array, item);
    }
    return array;
}

char *rms_sim_templates_dup_xrml(const RmsSimConfig *config,
                                 guint index,
                                 const char *issuer_id,
                                 EVP_PKEY *key)
{
    g_return_val_if_fail(index < G_N_ELEMENTS(templates), NULL);
    g_autoptr(GString) names = g_string_new(NULL);
    for (gsize i = 0; i < MAX_NAMES && templates[index].names[i].lcid != 0; i++)
        g_string_append_printf(names,
                               "LCID %d:NAME %s:DESCRIPTION %s;",
                               templates[index].names[i].lcid,
                               templates[index].names[i].name,
                               templates[index].names[i].description);
    const RmsSimXrmlHead head = {.body_type = RMS_SIM_XRML_TEMPLATE_BODY,
                                 .id = templates[index].id,
                                 .name = names->str,
                                 .issued = ISSUED,
                                 .issuer_type = "MS-DRM-Server",
                                 .issuer_id = issuer_id,
                                 .issuer_name = config->organization,
                                 .issuer_key = key};
    g_autoptr(xmlDoc) document = rms_sim_xrml_new(&head);
    xmlNode *body = xmlDocGetRootElement(document);
    g_autofree char *url = rms_sim_config_dup_url(config, RMS_SIM_HOST_RMS, "/_wmcs/licensing");
    rms_sim_xrml_add_object(rms_sim_xml_add(body, "DISTRIBUTIONPOINT", NULL),
                            "License-Acquisition-URL",
                            "MS-GUID",
                            "0F45FD50-383B-43EE-90A4-ED013CD0CFE5",
                            "DRM Server Cluster",
                            url);
    xmlNode *group = rms_sim_xml_add(rms_sim_xml_add(body, "WORK", NULL), "RIGHTSGROUP", NULL);
    xmlSetProp(group, (const xmlChar *) "name", (const xmlChar *) "Main-Rights");
    xmlNode *list = rms_sim_xml_add(group, "RIGHTSLIST", NULL);
    g_autofree char *identity = dup_identity(config);
    for (gsize i = 0; i < MAX_RIGHTS && templates[index].rights[i] != NULL; i++) {
        xmlNode *right = rms_sim_xml_add(list, "RIGHT", NULL);
        xmlSetProp(right, (const xmlChar *) "name", (const xmlChar *) templates[index].rights[i]);
        xmlNode *access =
            rms_sim_xml_add(rms_sim_xml_add(right, "CONDITIONLIST", NULL), "ACCESS", NULL);
        rms_sim_xrml_add_object(rms_sim_xml_add(access, "PRINCIPAL", NULL),
                                "Group",
                                "Unspecified",
                                NULL,
                                identity,
                                NULL);
    }
    return rms_sim_xrml_sign(document, key, NULL);
}
