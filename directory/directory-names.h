/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What an administrator typed: an account with its domain, an address, a DN, a SID, a GUID, or just
 * a name.
 *
 * Only looks at the text; whether such an object exists, and whether the domain is the right one,
 * is for whoever asks the directory.
 */
#pragma once

#include <glib.h>

#include "connector-core/model/sid.h"

G_BEGIN_DECLS

/**
 * RmsNameForm:
 * @RMS_NAME_EMPTY: nothing but white space
 * @RMS_NAME_PLAIN: a name, or its start
 * @RMS_NAME_MACHINE: `EXCH01$`
 * @RMS_NAME_DOMAIN_ACCOUNT: `CONTOSO\name`
 * @RMS_NAME_ADDRESS: `name@contoso.com`: user principal name or mail address
 * @RMS_NAME_DN: at least two RDNs of RFC 4514
 * @RMS_NAME_SID: `S-1-…`
 * @RMS_NAME_GUID: objectGUID as text, with or without braces
 */
typedef enum {
    RMS_NAME_EMPTY,
    RMS_NAME_PLAIN,
    RMS_NAME_MACHINE,
    RMS_NAME_DOMAIN_ACCOUNT,
    RMS_NAME_ADDRESS,
    RMS_NAME_DN,
    RMS_NAME_SID,
    RMS_NAME_GUID
} RmsNameForm;

/**
 * RmsTypedName:
 * @form: what it looks like; an odd display name may look like something else, so searches always
 * try @text as a name too
 * @text: as typed, without white space around it
 * @typed: as typed
 * @domain: domain of DOMAIN_ACCOUNT and ADDRESS, else %NULL
 * @account: the other half of those two, else %NULL
 */
typedef struct {
    RmsNameForm form;
    char *text;
    char *typed;
    char *domain;
    char *account;
    RmsSid sid;
    guint8 guid[16];
} RmsTypedName;

/** rms_typed_name_parse: Returns: (transfer full): what @text is, or %NULL with
 * %RMS_DIRECTORY_ERROR_NAME when it is too long or no UTF-8. */
RmsTypedName *rms_typed_name_parse(const char *text, GError **error);
void rms_typed_name_free(RmsTypedName *name);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RmsTypedName, rms_typed_name_free)

/**
 * rms_domain_from_dn: Returns: (transfer full) (nullable): the DNS name that the DC parts of @dn
 * make (`contoso.example`), or %NULL if it has none or is no DN.
 */
char *rms_domain_from_dn(const char *dn);

/**
 * rms_place_from_dn: Returns: (transfer full): where the object stands, as administration tools
 * show it: `contoso.example/Servers/Exchange` for `CN=EXCH01,OU=Exchange,OU=Servers,DC=…`; a slash
 * inside a name is `\/`. Empty if @dn is no DN.
 */
char *rms_place_from_dn(const char *dn);

/** rms_dn_first_value: Returns: (transfer full) (nullable): value of the first RDN of @dn. */
char *rms_dn_first_value(const char *dn);

G_END_DECLS
