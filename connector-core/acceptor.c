/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Callers from tickets: the GSSAPI side of caller.h.
 *
 *     Authorization ─ negotiate.c ─> token ─ GSSAPI with service-keys.c ─> name
 *                                            name ─ its PAC, pac.c ─> RmsCaller
 *
 * Everything is refused that does not come out of this chain whole. What a refusal says may quote
 * the Kerberos library, which may quote the unverified outside of a ticket: so it is cleaned first.
 */
#include "config.h"

#include "connector-core/caller.h"

#include <gssapi/gssapi_ext.h>
#include <gssapi/gssapi_krb5.h>
#include <krb5.h>
#include <string.h>

#include "connector-core/connector.h"
#include "connector-core/gss-cleanup-private.h"
#include "connector-core/negotiate.h"
#include "connector-core/pac.h"
#include "connector-core/service-keys.h"

/* In characters; the library's sentences are shorter unless somebody chose the names in them. */
#define MAX_DETAIL 400

struct _RmsAcceptor {
    char *keytab;
    RmsServiceKeys *keys;
    gss_cred_id_t credential;
    char *reload_problem; /* why the file as it is now gave no keys; NULL: it did */
};

struct _RmsAuthExchange {
    gss_ctx_id_t context;
};

static gss_OID_desc oid_spnego = {6, "\x2b\x06\x01\x05\x05\x02"};

/* --- words ------------------------------------------------------------------------------------ */

/* One printable line. */
static char *clean(const char *text, gsize length)
{
    g_autofree char *valid = g_utf8_make_valid(text, length);
    GString *line = g_string_new(NULL);
    guint n = 0;

    for (const char *c = valid; *c != '\0' && n < MAX_DETAIL; c = g_utf8_next_char(c), n++) {
        gunichar character = g_utf8_get_char(c);

        g_string_append_unichar(line, g_unichar_isprint(character) ? character : '?');
    }
    return g_string_free(line, FALSE);
}

/* What the library says about a status code: all of its sentences in one line; %NULL if it does not
 * know the code. */
static char *describe_status(OM_uint32 status, int type, gss_OID mechanism)
{
    g_autoptr(GString) words = NULL;
    OM_uint32 minor, more = 0;

    do {
        g_auto(RmsGssBuffer) text = GSS_C_EMPTY_BUFFER;

        if (GSS_ERROR(gss_display_status(&minor, status, type, mechanism, &more, &text)))
            return NULL;
        if (words == NULL)
            words = g_string_new(NULL);
        else
            g_string_append(words, "; ");
        g_string_append_len(words, text.value, text.length);
    } while (more != 0);
    return clean(words->str, words->len);
}

/* The mechanism's words as a rule; GSSAPI's own say more than "unspecified failure" at times. */
static char *describe_failure(OM_uint32 major, OM_uint32 minor)
{
    g_autofree char *general = describe_status(major, GSS_C_GSS_CODE, GSS_C_NO_OID);
    g_autofree char *special =
        minor != 0 ? describe_status(minor, GSS_C_MECH_CODE, GSS_C_NO_OID) : NULL;

    if (special == NULL)
        return g_steal_pointer(&general);
    if (general == NULL || GSS_ROUTINE_ERROR(major) == GSS_S_FAILURE)
        return g_steal_pointer(&special);
    return g_strdup_printf("%s (%s)", special, general);
}

/* --- reasons ---------------------------------------------------------------------------------- */

static const struct {
    krb5_error_code code;
    RmsAuthReason reason;
} krb5_reasons[] = {
    {KRB5KRB_AP_ERR_SKEW,          RMS_AUTH_REASON_CLOCK_SKEW},
    {KRB5KRB_AP_ERR_TKT_NYV,       RMS_AUTH_REASON_CLOCK_SKEW},
    {KRB5KRB_AP_ERR_TKT_EXPIRED,   RMS_AUTH_REASON_EXPIRED   },
    {KRB5KRB_AP_ERR_REPEAT,        RMS_AUTH_REASON_REPLAY    },
    {KRB5KRB_AP_WRONG_PRINC,       RMS_AUTH_REASON_WRONG_KEY },
    {KRB5KRB_AP_ERR_NOT_US,        RMS_AUTH_REASON_WRONG_KEY },
    {KRB5KRB_AP_ERR_NOKEY,         RMS_AUTH_REASON_WRONG_KEY },
    {KRB5KRB_AP_ERR_BADKEYVER,     RMS_AUTH_REASON_WRONG_KEY },
    {KRB5KRB_AP_ERR_BAD_INTEGRITY, RMS_AUTH_REASON_WRONG_KEY },
    {KRB5KRB_AP_ERR_MODIFIED,      RMS_AUTH_REASON_WRONG_KEY },
    {KRB5_KT_NOTFOUND,             RMS_AUTH_REASON_WRONG_KEY },
    {KRB5_KT_KVNONOTFOUND,         RMS_AUTH_REASON_WRONG_KEY },
    {KRB5_BAD_ENCTYPE,             RMS_AUTH_REASON_WRONG_KEY },
    {KRB5KDC_ERR_ETYPE_NOSUPP,     RMS_AUTH_REASON_WRONG_KEY },
    {KRB5KRB_AP_ERR_MSG_TYPE,      RMS_AUTH_REASON_MALFORMED },
    {KRB5KRB_AP_ERR_BADVERSION,    RMS_AUTH_REASON_MALFORMED },
    {ASN1_BAD_ID,                  RMS_AUTH_REASON_MALFORMED },
    {ASN1_OVERRUN,                 RMS_AUTH_REASON_MALFORMED },
};

/* MIT's SPNEGO hands Kerberos' codes on under numbers of its own, for which there is no way back
 * but the words: a code that reads the same is the one that was meant. The words of a code are the
 * library's for this thread's last failure with it, names included, so two codes do not read alike.
 */
static RmsAuthReason find_krb5_reason(OM_uint32 minor)
{
    g_autofree char *words = describe_status(minor, GSS_C_MECH_CODE, GSS_C_NO_OID);

    for (guint i = 0; i < G_N_ELEMENTS(krb5_reasons); i++)
        if ((OM_uint32) krb5_reasons[i].code == minor)
            return krb5_reasons[i].reason;
    for (guint i = 0; i < G_N_ELEMENTS(krb5_reasons); i++) {
        g_autofree char *candidate =
            describe_status(krb5_reasons[i].code, GSS_C_MECH_CODE, (gss_OID) gss_mech_krb5);

        if (candidate != NULL && g_strcmp0(candidate, words) == 0)
            return krb5_reasons[i].reason;
    }
    return RMS_AUTH_REASON_OTHER;
}

static RmsAuthReason find_reason(OM_uint32 major, OM_uint32 minor)
{
    RmsAuthReason reason = minor != 0 ? find_krb5_reason(minor) : RMS_AUTH_REASON_OTHER;

    if (reason != RMS_AUTH_REASON_OTHER)
        return reason;
    if ((GSS_SUPPLEMENTARY_INFO(major) & (GSS_S_DUPLICATE_TOKEN | GSS_S_OLD_TOKEN)) != 0)
        return RMS_AUTH_REASON_REPLAY;
    switch (GSS_ROUTINE_ERROR(major)) {
    case GSS_S_CREDENTIALS_EXPIRED:
    case GSS_S_CONTEXT_EXPIRED:
        return RMS_AUTH_REASON_EXPIRED;
    case GSS_S_DEFECTIVE_TOKEN:
    case GSS_S_BAD_MECH:
    case GSS_S_BAD_SIG:
        return RMS_AUTH_REASON_MALFORMED;
    default:
        return RMS_AUTH_REASON_OTHER;
    }
}

/* @detail: (transfer full) */
static void refuse(RmsAuthResult *result, RmsAuthReason reason, char *detail)
{
    result->status = RMS_AUTH_REFUSED;
    result->reason = reason;
    g_free(result->detail);
    result->detail = detail;
}

/* --- keys ------------------------------------------------------------------------------------- */

/* @credential: (out): for SPNEGO that negotiates Kerberos alone, and for Kerberos without SPNEGO.
 */
static gboolean acquire_credential(RmsServiceKeys *keys, gss_cred_id_t *credential, GError **error)
{
    gss_OID_desc both[] = {oid_spnego, *gss_mech_krb5};
    gss_OID_set_desc mechanisms = {G_N_ELEMENTS(both), both};
    gss_OID_set_desc kerberos = {1, (gss_OID) gss_mech_krb5};
    gss_key_value_element_desc keytab = {"keytab", rms_service_keys_get_name(keys)};
    gss_key_value_set_desc store = {1, &keytab};
    g_auto(gss_cred_id_t) acquired = GSS_C_NO_CREDENTIAL;
    OM_uint32 major, minor;

    /* Without a name any key will do: the file holds those of this service only, and servers may
     * call it by several names. */
    major = gss_acquire_cred_from(&minor,
                                  GSS_C_NO_NAME,
                                  GSS_C_INDEFINITE,
                                  &mechanisms,
                                  GSS_C_ACCEPT,
                                  &store,
                                  &acquired,
                                  NULL,
                                  NULL);
    if (!GSS_ERROR(major))
        major = gss_set_neg_mechs(&minor, acquired, &kerberos);
    if (GSS_ERROR(major)) {
        g_autofree char *words = describe_failure(major, minor);

        g_set_error(error,
                    RMS_CONNECTOR_ERROR,
                    RMS_CONNECTOR_ERROR_SETTINGS,
                    "the Kerberos library does not take the keytab's keys: %s",
                    words);
        return FALSE;
    }
    *credential = acquired;
    acquired = GSS_C_NO_CREDENTIAL;
    return TRUE;
}

static gboolean load_keys(RmsAcceptor *acceptor, GError **error)
{
    g_autoptr(RmsServiceKeys) keys = rms_service_keys_load(acceptor->keytab, error);
    gss_cred_id_t credential;

    if (keys == NULL || !acquire_credential(keys, &credential, error))
        return FALSE;
    rms_gss_cred_free(acceptor->credential);
    rms_service_keys_free(acceptor->keys);
    acceptor->credential = credential;
    acceptor->keys = g_steal_pointer(&keys);
    return TRUE;
}

RmsAcceptor *rms_acceptor_new(const char *keytab, GError **error)
{
    g_autoptr(RmsAcceptor) acceptor = g_new0(RmsAcceptor, 1);

    g_return_val_if_fail(keytab != NULL, NULL);

    acceptor->keytab = g_strdup(keytab);
    return load_keys(acceptor, error) ? g_steal_pointer(&acceptor) : NULL;
}

void rms_acceptor_free(RmsAcceptor *acceptor)
{
    if (acceptor == NULL)
        return;
    rms_gss_cred_free(acceptor->credential);
    rms_service_keys_free(acceptor->keys);
    g_free(acceptor->reload_problem);
    g_free(acceptor->keytab);
    g_free(acceptor);
}

gboolean rms_acceptor_has_host(RmsAcceptor *acceptor, const char *host)
{
    g_return_val_if_fail(acceptor != NULL && host != NULL, FALSE);
    return rms_service_keys_has_host(acceptor->keys, host);
}

static void follow_keytab(RmsAcceptor *acceptor)
{
    g_autoptr(GError) error = NULL;

    if (!rms_service_keys_notice_change(acceptor->keys))
        return;
    g_clear_pointer(&acceptor->reload_problem, g_free);
    if (!load_keys(acceptor, &error))
        acceptor->reload_problem = g_strdup(error->message);
}

/* --- one step --------------------------------------------------------------------------------- */

void rms_auth_exchange_free(RmsAuthExchange *exchange)
{
    if (exchange == NULL)
        return;
    rms_gss_context_free(exchange->context);
    g_free(exchange);
}

/* Returns: (transfer full): the caller whose verified ticket gave @name, or %NULL with @result
 * refused. */
static RmsCaller *make_caller(gss_name_t name, RmsAuthResult *result)
{
    static const char attribute_name[] = "urn:mspac:logon-info";
    gss_buffer_desc attribute = {sizeof attribute_name - 1, (char *) attribute_name};
    g_auto(RmsGssBuffer) value = GSS_C_EMPTY_BUFFER;
    g_auto(RmsGssBuffer) shown = GSS_C_EMPTY_BUFFER;
    g_autofree char *principal = NULL;
    g_autoptr(GError) error = NULL;
    g_auto(RmsPac) pac = {0};
    int authenticated = 0, complete = 0, more = -1;
    OM_uint32 major, minor;

    major = gss_display_name(&minor, name, &shown, NULL);
    if (GSS_ERROR(major)) {
        refuse(result, RMS_AUTH_REASON_OTHER, describe_failure(major, minor));
        return NULL;
    }
    principal = clean(shown.value, shown.length);

    major = gss_get_name_attribute(
        &minor, name, &attribute, &authenticated, &complete, &value, NULL, &more);
    if (GSS_ERROR(major) || !authenticated || more != 0) {
        refuse(result,
               RMS_AUTH_REASON_NO_PAC,
               g_strdup_printf("the ticket of %s holds no PAC that is signed for this service",
                               principal));
        return NULL;
    }
    if (!rms_pac_decode(value.value, value.length, &pac, &error)) {
        refuse(result,
               RMS_AUTH_REASON_NO_PAC,
               g_strdup_printf(
                   "the PAC in the ticket of %s is of no use: %s", principal, error->message));
        return NULL;
    }
    return rms_caller_new(pac.account, principal, &pac.sid, pac.groups, pac.n_groups, pac.disabled);
}

static void set_reply(RmsAuthResult *result, const gss_buffer_desc *reply)
{
    if (reply->length > 0)
        result->reply_token = g_base64_encode(reply->value, reply->length);
}

static void
refuse_token(RmsAcceptor *acceptor, OM_uint32 major, OM_uint32 minor, RmsAuthResult *result)
{
    RmsAuthReason reason = find_reason(major, minor);
    g_autofree char *words = describe_failure(major, minor);

    if (reason == RMS_AUTH_REASON_WRONG_KEY && acceptor->reload_problem != NULL)
        refuse(result,
               reason,
               g_strdup_printf("%s; the keys are those from before the keytab changed, because %s",
                               words,
                               acceptor->reload_problem));
    else
        refuse(result, reason, g_steal_pointer(&words));
}

static void accept_token(RmsAcceptor *acceptor,
                         RmsAuthExchange *exchange,
                         RmsNegotiateToken *token,
                         RmsAuthResult *result)
{
    gss_buffer_desc input = {token->length, token->bytes};
    g_auto(RmsGssBuffer) reply = GSS_C_EMPTY_BUFFER;
    g_auto(gss_name_t) name = GSS_C_NO_NAME;
    gss_OID mechanism = GSS_C_NO_OID;
    OM_uint32 major, minor, flags = 0;

    major = gss_accept_sec_context(&minor,
                                   &exchange->context,
                                   acceptor->credential,
                                   &input,
                                   GSS_C_NO_CHANNEL_BINDINGS,
                                   &name,
                                   &mechanism,
                                   &reply,
                                   &flags,
                                   NULL,
                                   NULL);
    if (GSS_ERROR(major)) {
        refuse_token(acceptor, major, minor, result);
    } else if ((major & GSS_S_CONTINUE_NEEDED) != 0) {
        result->status = RMS_AUTH_CONTINUE;
        set_reply(result, &reply);
    } else if (mechanism == GSS_C_NO_OID || !gss_oid_equal(mechanism, gss_mech_krb5)) {
        refuse(result, RMS_AUTH_REASON_OTHER, g_strdup("the client did not use Kerberos"));
    } else if ((flags & GSS_C_ANON_FLAG) != 0 || name == GSS_C_NO_NAME) {
        refuse(result, RMS_AUTH_REASON_OTHER, g_strdup("the client's ticket is anonymous"));
    } else {
        result->caller = make_caller(name, result);
        if (result->caller == NULL)
            return;
        result->status = RMS_AUTH_DONE;
        set_reply(result, &reply);
    }
}

void rms_acceptor_step(RmsAcceptor *acceptor,
                       RmsAuthExchange **exchange,
                       const char *authorization,
                       RmsAuthResult *result)
{
    g_auto(RmsNegotiateToken) token = {0};
    const char *problem;
    RmsAuthReason reason;

    g_return_if_fail(acceptor != NULL && exchange != NULL && result != NULL);

    reason = rms_negotiate_read(authorization, &token, &problem);
    if (reason != RMS_AUTH_REASON_NONE) {
        refuse(result, reason, g_strdup(problem));
    } else if (!token.initial && *exchange == NULL) {
        refuse(result,
               RMS_AUTH_REASON_MALFORMED,
               g_strdup(
                   "the client went on with an exchange that was never begun on this connection"));
    } else {
        follow_keytab(acceptor);
        /* A client may begin anew on a connection where it gave up before. */
        if (token.initial)
            g_clear_pointer(exchange, rms_auth_exchange_free);
        if (*exchange == NULL)
            *exchange = g_new0(RmsAuthExchange, 1);
        accept_token(acceptor, *exchange, &token, result);
    }
    if (result->status != RMS_AUTH_CONTINUE)
        g_clear_pointer(exchange, rms_auth_exchange_free);
}
