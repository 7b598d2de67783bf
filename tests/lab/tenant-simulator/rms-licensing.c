/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Use licences: AcquireLicense and AcquirePreLicense (protocol.md §2.2, §2.3). Rights come from the
 * super-user feature, from owning the publishing licence, or from rights that the publishing
 * licence lists in the clear – real ones list them encrypted.
 */
#include "config.h"

#include "tests/lab/tenant-simulator/rms-host-private.h"

#include <string.h>

#include "tests/lab/tenant-simulator/limits.h"

#define LICENSING_FAULT(name) RMS_SIM_MDRM "Licensing." name
#define FAULT_NO_RIGHTS LICENSING_FAULT("NoRightsForRequestedPrincipalException")
#define FAULT_LABEL_SIGNATURE LICENSING_FAULT("InvalidRightsLabelSignatureException")

static const char *const owner_rights[] = {"OWNER", NULL};

/* A publishing licence that somebody asks to open. */
typedef struct {
    RmsSimXrml *label;
    RmsSimXrml *clc; /* (nullable): a leaf comes without (§2.3) */
} Label;

static void clear_label(Label *label)
{
    g_clear_pointer(&label->label, rms_sim_xrml_free);
    g_clear_pointer(&label->clc, rms_sim_xrml_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Label, clear_label)

/* Reads the chain PL, CLC, …; the exception's name when it is none, or its CLC is not ours. */
static const char *
read_label(RmsSimTenant *tenant, RmsSimExchange *exchange, const xmlNode *chain, Label *label)
{
    xmlNode *first = rms_sim_xml_child(chain, "Certificate");
    label->label = first == NULL ? NULL : rms_sim_xrml_read(first);
    if (label->label == NULL || g_strcmp0(label->label->body_type, RMS_SIM_XRML_PL_BODY) != 0)
        return RMS_SIM_FAULT_ARGUMENT;
    xmlNode *second = rms_sim_xml_next(first);
    label->clc = second == NULL ? NULL : rms_sim_xrml_read(second);
    if (label->clc == NULL)
        return NULL;
    if (!g_str_equal(label->clc->type, RMS_SIM_XRML_CLC) ||
        !rms_sim_xrml_verify(
            label->clc, exchange->soap->raw, rms_sim_hierarchy_get_key(tenant->hierarchy)))
        return FAULT_LABEL_SIGNATURE;
    return NULL;
}

/* `RIGHT name="VIEW"` or plain `VIEW`. */
static char *dup_right_name(const xmlNode *right)
{
    return rms_sim_xml_is(right, "RIGHT") ? rms_sim_xml_dup_attribute(right, "name")
                                          : g_strdup((const char *) right->name);
}

static gboolean grants_to(const xmlNode *right, const char *email)
{
    xmlNode *access = rms_sim_xml_path(right, "CONDITIONLIST/ACCESS");
    for (xmlNode *principal = rms_sim_xml_child(access, "PRINCIPAL"); principal != NULL;
         principal = rms_sim_xml_next(principal)) {
        g_autofree char *name = rms_sim_xml_dup_text(rms_sim_xml_path(principal, "OBJECT/NAME"));
        if (g_ascii_strcasecmp(name, email) == 0 || g_ascii_strcasecmp(name, "ANYONE") == 0)
            return TRUE;
    }
    return FALSE;
}

/* (transfer full) (nullable): the rights that the label grants to @email. */
static char **dup_rights(const RmsSimXrml *label, const char *email)
{
    xmlNode *list = rms_sim_xml_path(label->body, "WORK/RIGHTSGROUP/RIGHTSLIST");
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
    guint count = 0;
    for (xmlNode *right = list == NULL ? NULL : list->children; right != NULL;
         right = right->next) {
        g_autofree char *name = right->type == XML_ELEMENT_NODE ? dup_right_name(right) : NULL;
        if (name != NULL && grants_to(right, email)) {
            g_strv_builder_add(builder, name);
            count++;
        }
    }
    return count == 0 ? NULL : g_strv_builder_end(builder);
}

static char *dup_content_id(const RmsSimXrml *label)
{
    g_autofree char *id =
        rms_sim_xml_dup_text(rms_sim_xml_path(label->body, "DESCRIPTOR/OBJECT/ID"));
    gsize length = strlen(id);
    if (length > 2 && id[0] == '{' && id[length - 1] == '}')
        return g_strndup(id + 1, length - 2);
    return g_uuid_string_random();
}

/* The use licence for the entry that admitted the caller, or %NULL: no rights. */
static char *dup_entry_license(RmsSimTenant *tenant,
                               const RmsSimEntry *entry,
                               const RmsSimXrml *rac,
                               const Label *label)
{
    gboolean super_user =
        g_str_equal(entry->role, "exchange") && tenant->state->super_user_state != 0;
    gboolean owner = label->clc != NULL && g_str_equal(label->clc->principal_id, entry->sid);
    g_auto(GStrv) listed = NULL;
    const char *const *rights = owner_rights;
    if (!super_user && !owner) {
        listed = dup_rights(label->label, rac->principal_name);
        rights = (const char *const *) listed;
    }
    if (rights == NULL)
        return NULL;
    g_autofree char *content = dup_content_id(label->label);
    return rms_sim_hierarchy_dup_use_license(tenant->hierarchy,
                                             "Windows",
                                             rac->principal_id,
                                             rac->principal_name,
                                             content,
                                             rights,
                                             tenant->state->max_use_license_validity_days);
}

/* In place of a licence that is not granted: the exception's name, where clients look for it. */
static void add_exception(xmlNode *parent, const char *element, const char *name, guint index)
{
    g_autofree char *number = g_strdup_printf("%u", index);
    xmlNode *exception =
        rms_sim_xml_add(rms_sim_xml_add(parent, "Certificate", NULL), element, NULL);
    rms_sim_xml_add(exception, "ExceptionString", name);
    rms_sim_xml_add(exception, "batchindex", number);
}

static gboolean is_application_data_too_large(const xmlNode *item)
{
    xmlNode *data = rms_sim_xml_child(item, "ApplicationData");
    if (data == NULL)
        return FALSE;
    g_autoptr(xmlBuffer) buffer = xmlBufferCreate();
    return xmlNodeDump(buffer, data->doc, data, 0, 0) > RMS_SIM_MAX_APPLICATION_DATA;
}

/* Version 1.0.0.0 has one item, 1.1.0.0 and later a batch (§2.2). */
static gboolean may_batch(const RmsSimSoapRequest *soap)
{
    return !soap->has_version || soap->maximum[0] > 1 || soap->maximum[1] >= 1;
}

void rms_sim_rms_acquire_license(RmsSimTenant *tenant, RmsSimExchange *exchange)
{
    xmlNode *list = rms_sim_xml_child(exchange->soap->method, "RequestParams");
    xmlNode *item = rms_sim_xml_child(list, "AcquireLicenseParams");
    if (item == NULL) {
        rms_sim_rms_fault(exchange, RMS_SIM_FAULT_ARGUMENT_NULL, "AcquireLicenseParams");
        return;
    }
    if (rms_sim_xml_next(item) != NULL && !may_batch(exchange->soap)) {
        rms_sim_rms_fault(exchange, RMS_SIM_FAULT_ARGUMENT, "no batch in this version");
        return;
    }
    g_autoptr(RmsSimSoapReply) reply = rms_sim_soap_reply_new(exchange->soap);
    xmlNode *last_label = NULL;
    for (guint index = 0; item != NULL; item = rms_sim_xml_next(item), index++) {
        g_autoptr(RmsSimXrml) rac = NULL;
        const char *problem =
            rms_sim_rms_check_rac(tenant, exchange, rms_sim_xml_child(item, "LicenseeCerts"), &rac);
        if (problem == NULL && is_application_data_too_large(item))
            problem = RMS_SIM_FAULT_ARGUMENT;
        if (problem != NULL) {
            rms_sim_rms_fault(exchange, problem, NULL);
            return;
        }
        /* A later item may leave its licence out and means the last one given (§2.2). */
        xmlNode *given = rms_sim_xml_child(item, "IssuanceLicense");
        if (given != NULL)
            last_label = given;
        g_auto(Label) label = {0};
        g_autofree char *license = NULL;
        problem = last_label == NULL ? RMS_SIM_FAULT_ARGUMENT_NULL
                                     : read_label(tenant, exchange, last_label, &label);
        if (problem == NULL && label.clc == NULL)
            problem = FAULT_LABEL_SIGNATURE;
        if (problem == NULL) {
            license = dup_entry_license(tenant, exchange->entry, rac, &label);
            problem = license == NULL ? FAULT_NO_RIGHTS : NULL;
        }
        xmlNode *response = rms_sim_xml_add(reply->result, "AcquireLicenseResponse", NULL);
        if (problem == NULL)
            rms_sim_rms_add_chain(tenant, response, license);
        else
            add_exception(rms_sim_xml_add(response, "CertificateChain", NULL),
                          "AcquireLicenseException",
                          problem,
                          index);
        rms_sim_xml_add(response, "ReferenceCertificates", NULL);
    }
    rms_sim_rms_reply(exchange, reply);
}

static void add_pre_license(
    RmsSimTenant *tenant, xmlNode *licenses, const Label *label, const char *email, guint index)
{
    g_auto(GStrv) rights = dup_rights(label->label, email);
    if (rights == NULL) {
        add_exception(licenses, "AcquirePreLicenseException", FAULT_NO_RIGHTS, index);
        return;
    }
    g_autofree char *content = dup_content_id(label->label);
    g_autofree char *license =
        rms_sim_hierarchy_dup_use_license(tenant->hierarchy,
                                          "Unspecified",
                                          NULL,
                                          email,
                                          content,
                                          (const char *const *) rights,
                                          tenant->state->max_use_license_validity_days);
    rms_sim_rms_add_certificate(licenses, license);
}

void rms_sim_rms_acquire_pre_license(RmsSimTenant *tenant, RmsSimExchange *exchange)
{
    xmlNode *list = rms_sim_xml_child(exchange->soap->method, "RequestParams");
    xmlNode *item = rms_sim_xml_child(list, "AcquirePreLicenseParams");
    if (item == NULL) {
        rms_sim_rms_fault(exchange, RMS_SIM_FAULT_ARGUMENT_NULL, "AcquirePreLicenseParams");
        return;
    }
    g_autoptr(RmsSimSoapReply) reply = rms_sim_soap_reply_new(exchange->soap);
    for (; item != NULL; item = rms_sim_xml_next(item)) {
        g_auto(Label) label = {0};
        const char *problem =
            read_label(tenant, exchange, rms_sim_xml_child(item, "IssuanceLicense"), &label);
        xmlNode *response = rms_sim_xml_add(reply->result, "AcquirePreLicenseResponse", NULL);
        xmlNode *licenses = rms_sim_xml_add(response, "Licenses", NULL);
        guint index = 0;
        xmlNode *identities = rms_sim_xml_child(item, "LicenseeIdentities");
        for (xmlNode *identity = rms_sim_xml_child(identities, "string");
             identity != NULL && problem == NULL;
             identity = rms_sim_xml_next(identity), index++) {
            g_autofree char *email = rms_sim_xml_dup_text(identity);
            if (index >= RMS_SIM_MAX_LICENSEE_IDENTITIES)
                problem = RMS_SIM_FAULT_ARGUMENT;
            else
                add_pre_license(tenant, licenses, &label, email, index);
        }
        if (problem != NULL) {
            rms_sim_rms_fault(exchange, problem, NULL);
            return;
        }
        rms_sim_rms_add_chain(tenant, response, NULL);
        rms_sim_xml_add(response, "ReferenceCertificates", NULL);
    }
    rms_sim_rms_reply(exchange, reply);
}
