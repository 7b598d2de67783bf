/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Who was seen how, and the texts that an administrator reads.
 *
 * protocol.md §5.1, the state of an account on this node:
 *
 *     unknown ──HTTP: 1002, 2002──> HTTP <──HTTP: 2002── HTTPS
 *        '─────HTTPS: 1002────────>      ──HTTPS: 1003─>
 *
 * Every text says what happened to whom, why, and what to do about it. None holds more of a
 * credential than the words that came with its refusal.
 */
#include "config.h"

#include "connector-core/contacts.h"

#include "connector-core/contacts-private.h"
#include "connector-core/limits.h"

typedef struct {
    RmsSid sid;
    gboolean https;
    GList link; /* in RmsContacts.recent */
} Contact;

struct _RmsContacts {
    RmsEventSink sink;
    RmsClock clock;
    gpointer user_data;
    char *spn;
    GHashTable *by_sid; /* RmsSid inside a Contact → Contact */
    GQueue recent;      /* of Contact: last seen first */
    RmsEventLimiter *refused;
    RmsEventLimiter *unidentified;
};

static void add_to_log(RmsEvent *event, gpointer user_data)
{
    rms_event_log_add(user_data, event);
}

static gint64 read_clock(gpointer user_data)
{
    return g_get_monotonic_time();
}

RmsContacts *
rms_contacts_new_with(RmsEventSink sink, RmsClock clock, gpointer user_data, const char *spn)
{
    RmsContacts *contacts = g_new0(RmsContacts, 1);

    contacts->sink = sink;
    contacts->clock = clock;
    contacts->user_data = user_data;
    contacts->spn = g_strdup(spn);
    contacts->by_sid = g_hash_table_new_full(rms_sid_hash, rms_sid_equal, NULL, g_free);
    contacts->refused = rms_event_limiter_new(RMS_EVENT_NOT_AUTHORIZED, sink, clock, user_data);
    contacts->unidentified = rms_event_limiter_new(RMS_EVENT_NO_IDENTITY, sink, clock, user_data);
    return contacts;
}

RmsContacts *rms_contacts_new(RmsEventLog *log, const char *spn)
{
    g_return_val_if_fail(log != NULL && spn != NULL, NULL);
    return rms_contacts_new_with(add_to_log, read_clock, log, spn);
}

void rms_contacts_free(RmsContacts *contacts)
{
    if (contacts == NULL)
        return;
    rms_event_limiter_free(contacts->unidentified);
    rms_event_limiter_free(contacts->refused);
    g_hash_table_unref(contacts->by_sid);
    g_free(contacts->spn);
    g_free(contacts);
}

void rms_contacts_flush(RmsContacts *contacts)
{
    rms_event_limiter_flush(contacts->refused, FALSE);
    rms_event_limiter_flush(contacts->unidentified, FALSE);
}

/* --- admitted --------------------------------------------------------------------------------- */

/* The contact of @sid, made on the first; the longest unseen makes room. @known: (out) */
static Contact *touch(RmsContacts *contacts, const RmsSid *sid, gboolean *known)
{
    Contact *contact = g_hash_table_lookup(contacts->by_sid, sid);

    *known = contact != NULL;
    if (*known) {
        g_queue_unlink(&contacts->recent, &contact->link);
    } else {
        if (g_hash_table_size(contacts->by_sid) >= RMS_MAX_CONTACTS) {
            GList *oldest = g_queue_pop_tail_link(&contacts->recent);

            g_hash_table_remove(contacts->by_sid, &((Contact *) oldest->data)->sid);
        }
        contact = g_new0(Contact, 1);
        contact->sid = *sid;
        contact->link.data = contact;
        g_hash_table_insert(contacts->by_sid, &contact->sid, contact);
    }
    g_queue_push_head_link(&contacts->recent, &contact->link);
    return contact;
}

static void log_contact(RmsContacts *contacts,
                        RmsEventNumber number,
                        const RmsCaller *caller,
                        const char *computer,
                        const char *message)
{
    g_autofree char *sid = rms_sid_to_string(&caller->sid);
    g_autoptr(RmsEvent) event = rms_event_new(number, message, caller->account, sid, computer);

    contacts->sink(event, contacts->user_data);
}

static void log_first(RmsContacts *contacts,
                      const RmsCaller *caller,
                      const RmsDecision *decision,
                      const char *computer,
                      gboolean https)
{
    g_autofree char *why = rms_decision_to_string(decision, caller);
    g_autofree char *message =
        g_strdup_printf("First call over %s from %s: %s", https ? "HTTPS" : "HTTP", computer, why);

    log_contact(contacts, RMS_EVENT_FIRST_CONNECTION, caller, computer, message);
}

static void
log_scheme(RmsContacts *contacts, const RmsCaller *caller, const char *computer, gboolean https)
{
    g_autofree char *sid = rms_sid_to_string(&caller->sid);
    g_autofree char *message = NULL;

    if (https)
        message = g_strdup_printf("%s (%s) at %s called over HTTP until now and calls over HTTPS "
                                  "from now on.",
                                  caller->account,
                                  sid,
                                  computer);
    else
        message = g_strdup_printf(
            "%s (%s) at %s calls over plain HTTP: others on the network can read and change what "
            "it sends. Give that server the connector's https:// addresses in its registry "
            "settings.",
            caller->account,
            sid,
            computer);
    log_contact(
        contacts, https ? RMS_EVENT_NOW_HTTPS : RMS_EVENT_PLAIN_HTTP, caller, computer, message);
}

void rms_contacts_admitted(RmsContacts *contacts,
                           const RmsCaller *caller,
                           const RmsDecision *decision,
                           const char *computer,
                           gboolean https)
{
    gboolean known;
    Contact *contact;

    g_return_if_fail(contacts != NULL && caller != NULL && decision != NULL && computer != NULL);

    contact = touch(contacts, &caller->sid, &known);
    if (known && contact->https == https)
        return;
    contact->https = https;
    if (!known)
        log_first(contacts, caller, decision, computer, https);
    if (known || !https)
        log_scheme(contacts, caller, computer, https);
}

/* --- refused ---------------------------------------------------------------------------------- */

void rms_contacts_refused(RmsContacts *contacts,
                          const RmsCaller *caller,
                          const RmsDecision *decision,
                          const char *computer)
{
    g_autofree char *sid = NULL;
    g_autofree char *key = NULL;
    g_autofree char *why = NULL;
    g_autofree char *message = NULL;

    g_return_if_fail(contacts != NULL && caller != NULL && decision != NULL && computer != NULL);

    sid = rms_sid_to_string(&caller->sid);
    key = g_strdup_printf("%s %d", sid, decision->verdict);
    why = rms_decision_to_string(decision, caller);
    message = g_strdup_printf("A call from %s was refused: %s", computer, why);
    rms_event_limiter_add(
        contacts->refused, key, RMS_EVENT_NOT_AUTHORIZED, message, caller->account, sid, computer);
}

/* --- unidentified ----------------------------------------------------------------------------- */

/* What happened and what to do, for a sentence that begins with "A call from 10.0.0.1". Each `$SPN`
 * is the service principal name. */
static const char *find_advice(RmsAuthReason reason)
{
    switch (reason) {
    case RMS_AUTH_REASON_NONE:
    case RMS_AUTH_REASON_OTHER:
        break;
    case RMS_AUTH_REASON_NO_CREDENTIAL:
        return "brought no credential. If a server that is to be authorized runs there, check that "
               "it gets a Kerberos ticket (\"klist get $SPN\" on it). If a load balancer probes "
               "the "
               "connector, nothing is wrong.";
    case RMS_AUTH_REASON_MALFORMED:
        return "brought a credential that is no Kerberos ticket. Check what the client is, and "
               "that "
               "no proxy on its way to $SPN changes the Authorization header.";
    case RMS_AUTH_REASON_NTLM:
        return "tried NTLM, which the connector refuses: the client found no Kerberos ticket for "
               "$SPN. Check that exactly one account has that name (\"setspn -Q $SPN\"), that the "
               "client uses the name and neither an address nor an alias, and that it reaches a "
               "domain controller (\"klist get $SPN\" on it).";
    case RMS_AUTH_REASON_WRONG_KEY:
        return "brought a ticket that this node's keytab cannot open. Export the keytab anew from "
               "the account that owns $SPN, also after a change of its password, and copy it to "
               "every node; check that no second account has the name (\"setspn -X\"), and that "
               "the "
               "client belongs to a trusted forest.";
    case RMS_AUTH_REASON_CLOCK_SKEW:
        return "brought a ticket that is more than five minutes off this node's clock. Compare the "
               "time of this node, of the client and of its domain controller; without the right "
               "time no ticket for $SPN works.";
    case RMS_AUTH_REASON_EXPIRED:
        return "brought an expired ticket. That happens once after a machine slept; if it goes on, "
               "compare the clocks and renew the client's ticket for $SPN (\"klist purge\").";
    case RMS_AUTH_REASON_REPLAY:
        return "brought a ticket and authenticator that were used already. A load balancer or "
               "proxy in front of $SPN repeats requests, or somebody records and replays them.";
    case RMS_AUTH_REASON_NO_PAC:
        return "brought a valid ticket that does not say who it belongs to. Check that the account "
               "that owns $SPN is not set to need no authorization data, and that the client's "
               "account is in Active Directory.";
    }
    return "brought a credential for $SPN that was refused.";
}

void rms_contacts_unidentified(RmsContacts *contacts,
                               RmsAuthReason reason,
                               const char *detail,
                               const char *computer)
{
    g_autofree char *key = NULL;
    g_autoptr(GString) message = NULL;

    g_return_if_fail(contacts != NULL && computer != NULL);

    key = g_strdup_printf("%d %s", reason, computer);
    message = g_string_new(find_advice(reason));
    g_string_replace(message, "$SPN", contacts->spn, 0);
    g_string_prepend(message, " ");
    g_string_prepend(message, computer);
    g_string_prepend(message, "A call from ");
    if (detail != NULL)
        g_string_append_printf(message, " Details: %s.", detail);
    rms_event_limiter_add(contacts->unidentified,
                          key,
                          reason == RMS_AUTH_REASON_NTLM ? RMS_EVENT_NTLM_REFUSED
                                                         : RMS_EVENT_NO_IDENTITY,
                          message->str,
                          NULL,
                          NULL,
                          computer);
}
