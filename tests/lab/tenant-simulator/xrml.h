/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * XrML 1.2 as RMS uses it (protocol.md §2.13): putting signed documents together, and reading and
 * verifying those that come back. Who issues what is the business of hierarchy.c.
 */
#pragma once

#include "tests/lab/tenant-simulator/cleanups.h"

#define RMS_SIM_XRML_RAC "Group-Identity-Credential"
#define RMS_SIM_XRML_CLC "Client-Licensor-Certificate"
#define RMS_SIM_XRML_SLC "Server-Licensor-Certificate"
#define RMS_SIM_XRML_CA "DRM-CA-Certificate"
#define RMS_SIM_XRML_MACHINE "Machine-Certificate"
#define RMS_SIM_XRML_PL_BODY "Microsoft Rights Label"
#define RMS_SIM_XRML_TEMPLATE_BODY "Microsoft Official Rights Template"

/**
 * RmsSimXrmlHead: the parts that every document begins with.
 * @body_version, @type, @name: (nullable): left out
 * @from, @until: seconds since 1970; 0: no VALIDITYTIME
 * @issuer_type: OBJECT type of the issuer; @issuer_id: GUID without braces
 */
typedef struct {
    const char *body_type, *body_version;
    const char *type, *id, *name;
    gint64 issued, from, until;
    const char *issuer_type, *issuer_id, *issuer_name;
    EVP_PKEY *issuer_key;
} RmsSimXrmlHead;

/** rms_sim_xrml_new: Returns: (transfer full): a document whose root is BODY, with its head. */
xmlDoc *rms_sim_xrml_new(const RmsSimXrmlHead *head);
/** rms_sim_xrml_add_object: `OBJECT` { `ID`, `NAME`, `ADDRESS` }; @type, @id, @name, @url:
 * (nullable). */
xmlNode *rms_sim_xrml_add_object(xmlNode *parent,
                                 const char *type,
                                 const char *id_type,
                                 const char *id,
                                 const char *name,
                                 const char *url);
void rms_sim_xrml_add_key(xmlNode *parent, EVP_PKEY *key);
void rms_sim_xrml_add_security_level(xmlNode *parent, const char *name, const char *value);
/** rms_sim_xrml_sign: Returns: (transfer full): the XrML text, signed over the bytes of BODY.
 * @purpose: (nullable) */
char *rms_sim_xrml_sign(xmlDoc *body, EVP_PKEY *key, const char *purpose);

/**
 * RmsSimXrml: a document that somebody presents.
 * @body: borrowed from the request
 * @type: of DESCRIPTOR/OBJECT, empty when there is none
 * @principal_id, @principal_name: of the issued principal, e.g. SID and e-mail of a RAC
 * @from, @until: 0 when there is no VALIDITYTIME
 */
typedef struct {
    xmlNode *xrml;
    xmlNode *body;
    char *body_type;
    char *type;
    char *principal_id;
    char *principal_name;
    gint64 from, until;
} RmsSimXrml;
/** rms_sim_xrml_read: @certificate: the `Certificate` element around it. Returns: (transfer full)
 * (nullable): %NULL when there is no XrML with a BODY in it. */
RmsSimXrml *rms_sim_xrml_read(const xmlNode *certificate);
void rms_sim_xrml_free(RmsSimXrml *xrml);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RmsSimXrml, rms_sim_xrml_free)
/** rms_sim_xrml_verify: Whether @key signed the BODY, and @raw (the request) holds it in exactly
 * the bytes that were signed. */
gboolean rms_sim_xrml_verify(const RmsSimXrml *xrml, GBytes *raw, EVP_PKEY *key);
