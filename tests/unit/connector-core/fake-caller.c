/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Stand-ins for identity, admission, contacts and the event log, so that the serving half of the
 * connector can be tested over sockets without a domain. Linked into test programs only, in place
 * of caller.c, admission.c, contacts.c and event-log.c.
 *
 * The token `test:<sid>` is believed. RID 1001 is listed as Exchange, 1002 as FCI, 2002 is a
 * disabled account, everything else is not listed. `test:continue` asks for one more step,
 * `test:ntlm` is refused as NTLM. What would be logged is printed, one line each.
 */
#include "config.h"

#include "connector-core/admission.h"
#include "connector-core/caller.h"
#include "connector-core/connector.h"
#include "connector-core/contacts.h"
#include "connector-core/event-log.h"

#include <stdio.h>
#include <string.h>

/* Printable, to be found in answers: base64 of "reply". */
#define REPLY_TOKEN "cmVwbHk="

struct _RmsAcceptor {
    int unused;
};

struct _RmsAuthExchange {
    guint step;
};

struct _RmsAdmission {
    gboolean loaded;
};

GQuark rms_connector_error_quark(void)
{
    return g_quark_from_static_string("rms-connector-error-quark");
}

RmsCaller *rms_caller_ref(RmsCaller *caller)
{
    return g_rc_box_acquire(caller);
}

static void clear_caller(gpointer data)
{
    RmsCaller *caller = data;

    g_free(caller->account);
    g_free(caller->principal);
}

void rms_caller_unref(RmsCaller *caller)
{
    g_rc_box_release_full(caller, clear_caller);
}

void rms_auth_result_clear(RmsAuthResult *result)
{
    g_clear_pointer(&result->caller, rms_caller_unref);
    g_free(result->reply_token);
    g_free(result->detail);
}

void rms_acceptor_free(RmsAcceptor *acceptor)
{
    g_free(acceptor);
}

RmsAcceptor *rms_acceptor_new(const char *keytab, GError **error)
{
    return g_new0(RmsAcceptor, 1);
}

void rms_auth_exchange_free(RmsAuthExchange *exchange)
{
    g_free(exchange);
}

void rms_acceptor_step(RmsAcceptor *acceptor,
                       RmsAuthExchange **exchange,
                       const char *authorization,
                       RmsAuthResult *result)
{
    static const char prefix[] = "Negotiate test:";
    const char *token;
    RmsSid sid;

    result->status = RMS_AUTH_REFUSED;
    if (authorization == NULL) {
        result->reason = RMS_AUTH_REASON_NO_CREDENTIAL;
    } else if (!g_str_has_prefix(authorization, prefix)) {
        result->reason = RMS_AUTH_REASON_MALFORMED;
    } else if (strcmp(token = authorization + strlen(prefix), "continue") == 0) {
        if (*exchange == NULL) {
            *exchange = g_new0(RmsAuthExchange, 1);
        }
        (*exchange)->step++;
        result->status = RMS_AUTH_CONTINUE;
        result->reply_token = g_strdup("bW9yZQ==");
        return;
    } else if (strcmp(token, "ntlm") == 0) {
        result->reason = RMS_AUTH_REASON_NTLM;
    } else if (strcmp(token, "finish") == 0 && *exchange == NULL) {
        /* The second step of an exchange that this connection never began. */
        result->reason = RMS_AUTH_REASON_MALFORMED;
    } else {
        if (strcmp(token, "finish") == 0) {
            token = "S-1-5-21-1-2-3-1001";
        }
        if (rms_sid_parse(&sid, token)) {
            result->status = RMS_AUTH_DONE;
            result->caller = g_rc_box_new0(RmsCaller);
            result->caller->account = g_strdup_printf("CONTOSO\\%s", strrchr(token, '-') + 1);
            result->caller->principal = g_strdup("TEST@CONTOSO.EXAMPLE");
            result->caller->sid = sid;
            result->reply_token = g_strdup(REPLY_TOKEN);
        } else {
            result->reason = RMS_AUTH_REASON_MALFORMED;
        }
    }
    g_clear_pointer(exchange, rms_auth_exchange_free);
}

void rms_decision_clear(RmsDecision *decision)
{
    g_clear_object(&decision->entry);
    g_clear_pointer(&decision->others, g_ptr_array_unref);
}

RmsAdmission *rms_admission_new(RmsServerList *list, GPtrArray *readings)
{
    RmsAdmission *admission = g_new0(RmsAdmission, 1);

    admission->loaded = list != NULL;
    return admission;
}

void rms_admission_free(RmsAdmission *admission)
{
    g_free(admission);
}

void rms_admission_decide(RmsAdmission *admission,
                          const RmsCaller *caller,
                          gboolean same_machine,
                          RmsDecision *decision)
{
    g_autofree char *sid = rms_sid_to_string(&caller->sid);
    const char *rid = strrchr(sid, '-') + 1;

    if (!admission->loaded) {
        decision->verdict = RMS_VERDICT_LIST_NOT_LOADED;
    } else if (same_machine) {
        decision->verdict = RMS_VERDICT_SAME_MACHINE;
    } else if (strcmp(rid, "1001") == 0 || strcmp(rid, "1002") == 0) {
        gboolean exchange = strcmp(rid, "1001") == 0;

        decision->verdict = RMS_VERDICT_ADMITTED;
        decision->direct = TRUE;
        decision->entry = rms_entry_new(&caller->sid,
                                        NULL,
                                        exchange ? "CONTOSO\\Exchange Servers" : "CONTOSO\\Fü r$",
                                        NULL,
                                        exchange ? RMS_KIND_SECURITY_GROUP : RMS_KIND_COMPUTER,
                                        exchange ? RMS_ROLE_EXCHANGE : RMS_ROLE_FCI);
    } else {
        decision->verdict =
            strcmp(rid, "2002") == 0 ? RMS_VERDICT_ACCOUNT_DISABLED : RMS_VERDICT_NOT_LISTED;
    }
}

static void print_line(const char *what, const char *text, const char *more)
{
    printf("%s %s %s\n", what, text, more != NULL ? more : "");
    fflush(stdout);
}

void rms_contacts_admitted(RmsContacts *contacts,
                           const RmsCaller *caller,
                           const RmsDecision *decision,
                           const char *computer,
                           gboolean https)
{
    print_line("ADMITTED", caller->account, https ? "https" : "http");
}

void rms_contacts_refused(RmsContacts *contacts,
                          const RmsCaller *caller,
                          const RmsDecision *decision,
                          const char *computer)
{
    print_line("REFUSED", caller->account, computer);
}

void rms_contacts_unidentified(RmsContacts *contacts,
                               RmsAuthReason reason,
                               const char *detail,
                               const char *computer)
{
    static const char *const names[] = {"none",
                                        "no-credential",
                                        "malformed",
                                        "ntlm",
                                        "wrong-key",
                                        "clock-skew",
                                        "expired",
                                        "replay",
                                        "no-pac",
                                        "other-reason"};

    print_line("UNIDENTIFIED", names[reason], computer);
}

void rms_event_log_add(RmsEventLog *log, RmsEvent *event)
{
    g_autofree char *label = g_strdup_printf("%u", rms_event_get_number(event));

    print_line("EVENT", label, rms_event_get_message(event));
}
