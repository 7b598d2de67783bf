/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Codes to sentences. Who has to act decides the code; the sentence says what to do.
 */
#include "config.h"

#include "directory/directory-error-private.h"

#include <ldap.h>
#include <string.h>

#define MAX_DIAGNOSTIC_CHARACTERS 200

/* SEC_E_BAD_BINDINGS (MS-ERREF): the domain controller insists on channel binding. */
#define DATA_BAD_BINDINGS 0x80090346u

G_DEFINE_QUARK(rms - directory - error - quark, rms_directory_error)

/* MS-ERREF Win32 codes that domain controllers put behind "data" when a bind fails. */
static const struct {
    guint data;
    RmsDirectoryError code;
    const char *sentence;
} bind_failures[] = {
    {0x525,
     RMS_DIRECTORY_ERROR_PASSWORD, "The domain knows no such user; check the user name, then type both again"                   },
    {0x52e,
     RMS_DIRECTORY_ERROR_PASSWORD, "The user name or the password is wrong; type both again"                                    },
    {0x530,
     RMS_DIRECTORY_ERROR_ACCOUNT,  "The account may not sign in at this hour; a domain administrator can change its logon hours"},
    {0x531,
     RMS_DIRECTORY_ERROR_ACCOUNT,  "The account may not sign in from here; a domain administrator can change its workstations"  },
    {0x532,
     RMS_DIRECTORY_ERROR_ACCOUNT,  "The account's password has expired; change it, then sign in again"                          },
    {0x533,
     RMS_DIRECTORY_ERROR_ACCOUNT,  "The account is disabled; a domain administrator has to enable it"                           },
    {0x701,
     RMS_DIRECTORY_ERROR_ACCOUNT,  "The account has expired; a domain administrator has to extend it"                           },
    {0x773,
     RMS_DIRECTORY_ERROR_ACCOUNT,  "The account must change its password first; change it, then sign in again"                  },
    {0x775,
     RMS_DIRECTORY_ERROR_ACCOUNT,  "The account is locked; wait, or have a domain administrator unlock it"                      },
    {DATA_BAD_BINDINGS,
     RMS_DIRECTORY_ERROR_REFUSED,  "The domain controller requires channel binding, and refused this one; connect to port 389"  },
};

static char *clean_diagnostic(const char *diagnostic)
{
    if (diagnostic == NULL)
        return g_strdup("");
    g_autofree char *valid = g_utf8_make_valid(diagnostic, -1);
    GString *clean = g_string_new(NULL);
    guint characters = 0;
    for (const char *p = valid; *p != '\0' && characters < MAX_DIAGNOSTIC_CHARACTERS;
         p = g_utf8_next_char(p), characters++) {
        gunichar c = g_utf8_get_char(p);
        g_string_append_unichar(clean, g_unichar_iscntrl(c) ? ' ' : c);
    }
    return g_strstrip(g_string_free(clean, FALSE));
}

guint rms_directory_error_find_data(const char *diagnostic)
{
    const char *data = diagnostic != NULL ? strstr(diagnostic, ", data ") : NULL;
    if (data == NULL)
        return 0;
    char *end;
    guint64 number = g_ascii_strtoull(data + strlen(", data "), &end, 16);
    return number <= G_MAXUINT32 && (*end == ',' || *end == '\0') ? (guint) number : 0;
}

gboolean rms_directory_error_is_lost(int code, const char *diagnostic)
{
    switch (code) {
    case LDAP_SERVER_DOWN:
    case LDAP_CONNECT_ERROR:
    case LDAP_UNAVAILABLE:
    /* RFC 4511 §4.4.1: the sign-in is no longer good, as when its ticket has expired. */
    case LDAP_STRONG_AUTH_REQUIRED:
        return TRUE;
    case LDAP_OPERATIONS_ERROR:
        /* MS-ERREF 0x4DC, ERROR_NOT_AUTHENTICATED: the bind is no longer valid. */
        return diagnostic != NULL && strstr(diagnostic, "000004DC") != NULL;
    default:
        return FALSE;
    }
}

static RmsDirectoryError
judge_bind(RmsDirectoryStep step, int code, const char *diagnostic, const char **sentence)
{
    guint data = rms_directory_error_find_data(diagnostic);
    for (gsize i = 0; data != 0 && i < G_N_ELEMENTS(bind_failures); i++) {
        if (bind_failures[i].data == data) {
            *sentence = bind_failures[i].sentence;
            return bind_failures[i].code;
        }
    }
    switch (code) {
    case LDAP_INVALID_CREDENTIALS:
    case LDAP_INAPPROPRIATE_AUTH:
        if (step == RMS_STEP_BIND_TICKET) {
            *sentence = "The domain controller refused the Kerberos ticket; run kinit, and check "
                        "that the clocks agree";
            return RMS_DIRECTORY_ERROR_TICKET;
        }
        *sentence = "The user name or the password is wrong; type both again";
        return RMS_DIRECTORY_ERROR_PASSWORD;
    case LDAP_AUTH_UNKNOWN:
    case LDAP_NOT_SUPPORTED:
        *sentence =
            "This machine lacks the SASL mechanism GSS-SPNEGO; install SASL's GSSAPI module "
            "for MIT Kerberos, or sign in with a password";
        return RMS_DIRECTORY_ERROR_TICKET;
    case LDAP_LOCAL_ERROR:
        *sentence = "Signing in with the Kerberos ticket failed; run kinit, or sign in with a "
                    "password";
        return RMS_DIRECTORY_ERROR_TICKET;
    default:
        return RMS_DIRECTORY_ERROR_PROTOCOL;
    }
}

static RmsDirectoryError
judge(RmsDirectoryStep step, int code, const char *diagnostic, const char **sentence)
{
    *sentence = NULL;
    switch (code) {
    case LDAP_TIMEOUT:
    case LDAP_TIMELIMIT_EXCEEDED:
        *sentence = "The domain controller does not answer in time; try again, or another one";
        return RMS_DIRECTORY_ERROR_UNREACHABLE;
    case LDAP_BUSY:
    case LDAP_UNAVAILABLE:
        *sentence = "The domain controller is too busy or shutting down; try again, or another one";
        return RMS_DIRECTORY_ERROR_UNREACHABLE;
    case LDAP_STRONG_AUTH_REQUIRED:
    case LDAP_CONFIDENTIALITY_REQUIRED:
        *sentence = "The domain controller demands a signed or encrypted connection; use ldaps://, "
                    "or sign in with Kerberos";
        return RMS_DIRECTORY_ERROR_REFUSED;
    case LDAP_AUTH_METHOD_NOT_SUPPORTED:
        *sentence = "The server does not offer this way to sign in; is it a domain controller?";
        return RMS_DIRECTORY_ERROR_REFUSED;
    case LDAP_INSUFFICIENT_ACCESS:
    case LDAP_UNWILLING_TO_PERFORM:
        *sentence = "The domain controller refuses; check that the account may read the domain";
        return RMS_DIRECTORY_ERROR_REFUSED;
    default:
        break;
    }

    if (step == RMS_STEP_TLS) {
        *sentence = "No trusted TLS connection could be made; check the domain controller's "
                    "certificate, the name it is for, and the CA file";
        return RMS_DIRECTORY_ERROR_TLS;
    }
    if (code == LDAP_SERVER_DOWN || code == LDAP_CONNECT_ERROR) {
        *sentence = "The connection to the domain controller was lost; try again, or another one";
        return RMS_DIRECTORY_ERROR_UNREACHABLE;
    }
    if (step == RMS_STEP_BIND_PASSWORD || step == RMS_STEP_BIND_TICKET) {
        RmsDirectoryError judged = judge_bind(step, code, diagnostic, sentence);
        if (*sentence != NULL)
            return judged;
    }
    *sentence = "The server's answer makes no sense; report this";
    return RMS_DIRECTORY_ERROR_PROTOCOL;
}

GError *
rms_directory_error_new(RmsDirectoryStep step, int code, const char *diagnostic, const char *server)
{
    const char *sentence;
    RmsDirectoryError judged = judge(step, code, diagnostic, &sentence);
    g_autofree char *clean = clean_diagnostic(diagnostic);
    const char *known = ldap_err2string(code);
    return g_error_new(RMS_DIRECTORY_ERROR,
                       (int) judged,
                       "%s: %s (%s%s%s)",
                       server,
                       sentence,
                       known,
                       *clean != '\0' ? ": " : "",
                       clean);
}
