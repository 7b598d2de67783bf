/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Kerberos' side of signing in: one initiator context, made and thrown away.
 */
#include "config.h"

#include "directory/directory-ticket-private.h"

#include <gssapi/gssapi.h>
#include <gssapi/gssapi_krb5.h>
#include <krb5.h>
#include <string.h>

/* Minor codes of MIT krb5 (krb5.h) and who has to act. */
static const struct {
    krb5_error_code minor;
    RmsDirectoryError code;
    const char *sentence;
} failures[] = {
    {KRB5_FCC_NOFILE,
     RMS_DIRECTORY_ERROR_TICKET,      "There is no Kerberos ticket; run kinit, or sign in with a password"                  },
    {KRB5_CC_NOTFOUND,
     RMS_DIRECTORY_ERROR_TICKET,      "There is no Kerberos ticket; run kinit, or sign in with a password"                  },
    {KRB5KRB_AP_ERR_TKT_EXPIRED,
     RMS_DIRECTORY_ERROR_TICKET,      "The Kerberos ticket has expired; run kinit"                                          },
    {KRB5KRB_AP_ERR_SKEW,
     RMS_DIRECTORY_ERROR_TICKET,      "This machine's clock differs from the domain's; set it, then run kinit"              },
    {KRB5KDC_ERR_S_PRINCIPAL_UNKNOWN,
     RMS_DIRECTORY_ERROR_TICKET,      "Kerberos does not know the domain controller by this name; give its full name, such as "
     "dc1.contoso.com"                                                                      },
    {KRB5KDC_ERR_CLIENT_REVOKED,
     RMS_DIRECTORY_ERROR_ACCOUNT,     "The account is disabled or locked; a domain administrator has to enable or unlock it"},
    {KRB5KDC_ERR_KEY_EXP,
     RMS_DIRECTORY_ERROR_ACCOUNT,     "The account's password has expired; change it, then run kinit"                       },
    {KRB5KDC_ERR_NAME_EXP,
     RMS_DIRECTORY_ERROR_ACCOUNT,     "The account has expired; a domain administrator has to extend it"                    },
    {KRB5_KDC_UNREACH,
     RMS_DIRECTORY_ERROR_UNREACHABLE, "No Kerberos server of the domain answers; check the network and krb5.conf"           },
    {KRB5_REALM_UNKNOWN,
     RMS_DIRECTORY_ERROR_UNREACHABLE, "No Kerberos server of the domain is known; check DNS and krb5.conf"                  },
    {KRB5_REALM_CANT_RESOLVE,
     RMS_DIRECTORY_ERROR_UNREACHABLE, "No Kerberos server of the domain can be found; check DNS and krb5.conf"              },
};

GError *rms_ticket_error_new(guint32 minor, const char *detail, const char *host)
{
    RmsDirectoryError code = RMS_DIRECTORY_ERROR_TICKET;
    const char *sentence =
        "The Kerberos ticket cannot be used; run kinit, or sign in with a password";
    for (gsize i = 0; i < G_N_ELEMENTS(failures); i++) {
        if ((guint32) failures[i].minor == minor) {
            code = failures[i].code;
            sentence = failures[i].sentence;
        }
    }
    g_autofree char *reason = g_utf8_make_valid(detail != NULL ? detail : "", -1);
    return g_error_new(RMS_DIRECTORY_ERROR,
                       (int) code,
                       "%s: %s (%s)",
                       host,
                       sentence,
                       *reason != '\0' ? reason : "no reason given");
}

static char *dup_status(OM_uint32 minor)
{
    OM_uint32 ignored;
    OM_uint32 context = 0;
    gss_buffer_desc text = GSS_C_EMPTY_BUFFER;
    if (gss_display_status(
            &ignored, minor, GSS_C_MECH_CODE, (gss_OID) gss_mech_krb5, &context, &text) !=
        GSS_S_COMPLETE)
        return NULL;
    char *copy = g_strndup(text.value, text.length);
    gss_release_buffer(&ignored, &text);
    return copy;
}

gboolean rms_ticket_check(const char *host, gboolean *unknown_server, GError **error)
{
    g_return_val_if_fail(host != NULL && unknown_server != NULL, FALSE);

    OM_uint32 minor = 0;
    OM_uint32 ignored;
    g_autofree char *service = g_strdup_printf("ldap@%s", host);
    gss_buffer_desc service_buffer = {.length = strlen(service), .value = service};
    gss_name_t target = GSS_C_NO_NAME;
    gss_ctx_id_t context = GSS_C_NO_CONTEXT;
    gss_buffer_desc token = GSS_C_EMPTY_BUFFER;

    OM_uint32 major = gss_import_name(&minor, &service_buffer, GSS_C_NT_HOSTBASED_SERVICE, &target);
    if (major == GSS_S_COMPLETE)
        major = gss_init_sec_context(&minor,
                                     GSS_C_NO_CREDENTIAL,
                                     &context,
                                     target,
                                     (gss_OID) gss_mech_krb5,
                                     GSS_C_MUTUAL_FLAG,
                                     GSS_C_INDEFINITE,
                                     GSS_C_NO_CHANNEL_BINDINGS,
                                     GSS_C_NO_BUFFER,
                                     NULL,
                                     &token,
                                     NULL,
                                     NULL);
    if (GSS_ERROR(major)) {
        g_autofree char *detail = dup_status(minor);
        g_propagate_error(error, rms_ticket_error_new(minor, detail, host));
    }
    *unknown_server = GSS_ERROR(major) && minor == (OM_uint32) KRB5KDC_ERR_S_PRINCIPAL_UNKNOWN;
    gss_release_buffer(&ignored, &token);
    gss_delete_sec_context(&ignored, &context, GSS_C_NO_BUFFER);
    gss_release_name(&ignored, &target);
    return !GSS_ERROR(major);
}
