/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The decision, over an index from SID to place in the list.
 *
 * A caller brings up to thousands of groups, and every request asks: so each group costs one
 * lookup, and memory is taken only when something matches. How the decision reads is below it.
 */
#include "config.h"

#include "connector-core/admission.h"

#include <string.h>

struct _RmsAdmission {
    RmsServerList *list; /* NULL: not loaded yet */
    GHashTable *places;  /* RmsSid inside an entry of the list → its place, counted from 1 */
    guint n_distribution_groups;
};

/* The domain's last part and the account's number tell nearly all SIDs apart, and cost less than
 * all 28 bytes of a usual one. Who could choose SIDs that collide may edit the list already. */
static guint hash_end(gconstpointer pointer)
{
    const RmsSid *sid = pointer;
    guint32 end[2];

    memcpy(end, sid->bytes + MAX(sid->length, sizeof end) - sizeof end, sizeof end);
    return end[1] * 2654435761u ^ end[0];
}

RmsAdmission *rms_admission_new(RmsServerList *list)
{
    RmsAdmission *admission = g_new0(RmsAdmission, 1);
    guint length = list != NULL ? rms_server_list_get_length(list) : 0;

    admission->places = g_hash_table_new(hash_end, rms_sid_equal);
    if (list != NULL)
        admission->list = g_object_ref(list);
    for (guint i = 0; i < length; i++) {
        RmsEntry *entry = rms_server_list_get(list, i);

        g_hash_table_insert(
            admission->places, (gpointer) rms_entry_get_sid(entry), GUINT_TO_POINTER(i + 1));
        if (rms_entry_get_kind(entry) == RMS_KIND_DISTRIBUTION_GROUP)
            admission->n_distribution_groups++;
    }
    return admission;
}

void rms_admission_free(RmsAdmission *admission)
{
    if (admission == NULL)
        return;
    g_hash_table_unref(admission->places);
    g_clear_object(&admission->list);
    g_free(admission);
}

RmsServerList *rms_admission_get_list(RmsAdmission *admission)
{
    g_return_val_if_fail(admission != NULL, NULL);
    return admission->list;
}

static int compare_places(gconstpointer a, gconstpointer b)
{
    guint one = *(const guint *) a, other = *(const guint *) b;

    return one < other ? -1 : one > other;
}

/* The places of all entries that cover @caller through a group, older first; %NULL for none. A
 * ticket may name a group twice. */
static GArray *find_groups(RmsAdmission *admission, const RmsCaller *caller)
{
    GArray *places = NULL;

    for (guint i = 0; i < caller->n_groups; i++) {
        guint place = GPOINTER_TO_UINT(g_hash_table_lookup(admission->places, &caller->groups[i]));

        if (place == 0)
            continue;
        if (places == NULL)
            places = g_array_new(FALSE, FALSE, sizeof place);
        g_array_append_val(places, place);
    }
    if (places != NULL)
        g_array_sort(places, compare_places);
    return places;
}

static void cover(RmsAdmission *admission, guint place, RmsDecision *decision)
{
    RmsEntry *entry = rms_server_list_get(admission->list, place - 1);

    if (decision->entry == NULL) {
        decision->verdict = RMS_VERDICT_ADMITTED;
        decision->entry = g_object_ref(entry);
        return;
    }
    if (decision->others == NULL)
        decision->others = g_ptr_array_new_with_free_func(g_object_unref);
    g_ptr_array_add(decision->others, g_object_ref(entry));
}

static void match(RmsAdmission *admission, const RmsCaller *caller, RmsDecision *decision)
{
    guint own = GPOINTER_TO_UINT(g_hash_table_lookup(admission->places, &caller->sid));
    g_autoptr(GArray) groups = find_groups(admission, caller);
    guint last = own;

    decision->verdict = RMS_VERDICT_NOT_LISTED;
    if (own != 0) {
        decision->direct = TRUE;
        cover(admission, own, decision);
    }
    for (guint i = 0; groups != NULL && i < groups->len; i++) {
        guint place = g_array_index(groups, guint, i);

        if (place != last && place != own)
            cover(admission, place, decision);
        last = place;
    }
}

void rms_admission_decide(RmsAdmission *admission,
                          const RmsCaller *caller,
                          gboolean same_machine,
                          RmsDecision *decision)
{
    g_return_if_fail(admission != NULL && caller != NULL && decision != NULL);

    decision->n_distribution_groups = admission->n_distribution_groups;
    /* What no list could change comes first, so that the explanation sends nobody to the list. */
    if (same_machine)
        decision->verdict = RMS_VERDICT_SAME_MACHINE;
    else if (admission->list == NULL)
        decision->verdict = RMS_VERDICT_LIST_NOT_LOADED;
    else if (rms_server_list_get_length(admission->list) == 0)
        decision->verdict = RMS_VERDICT_LIST_EMPTY;
    else if (caller->disabled)
        decision->verdict = RMS_VERDICT_ACCOUNT_DISABLED;
    else
        match(admission, caller, decision);
}

void rms_decision_clear(RmsDecision *decision)
{
    g_clear_object(&decision->entry);
    g_clear_pointer(&decision->others, g_ptr_array_unref);
    *decision = (RmsDecision){0};
}

static const char *describe_role(RmsRole role)
{
    switch (role) {
    case RMS_ROLE_EXCHANGE:
        return "Exchange (super user)";
    case RMS_ROLE_SHAREPOINT:
        return "SharePoint";
    case RMS_ROLE_FCI:
        return "FCI";
    }
    return "unknown";
}

static void append_admitted(GString *text, const RmsDecision *decision)
{
    g_string_append_printf(text,
                           "is admitted with the role %s because the list of authorized servers "
                           "holds %s%s.",
                           describe_role(rms_entry_get_role(decision->entry)),
                           decision->direct ? "the account itself, as "
                                            : "a group that it is a member of: ",
                           rms_entry_get_name(decision->entry));
    if (decision->others == NULL)
        return;
    g_string_append(text, " It is also covered by ");
    for (guint i = 0; i < decision->others->len; i++) {
        RmsEntry *other = decision->others->pdata[i];

        g_string_append_printf(text,
                               "%s%s (%s)",
                               i > 0 ? ", " : "",
                               rms_entry_get_name(other),
                               describe_role(rms_entry_get_role(other)));
    }
    g_string_append(text,
                    ", which counts for nothing. Servers that are admitted by different entries "
                    "cannot open each other's content: let one entry cover each account.");
}

static void append_not_listed(GString *text, const RmsDecision *decision, const RmsCaller *caller)
{
    g_string_append_printf(text,
                           "is refused because the list of authorized servers holds neither the "
                           "account nor any of the %u groups in its Kerberos ticket. Add the "
                           "account, or a security group that it is a member of. If it became a "
                           "member only lately, its ticket is older than that: restart the server "
                           "or service that calls, or run \"klist -li 0x3e7 purge\" there for a "
                           "computer account.",
                           caller->n_groups);
    if (decision->n_distribution_groups > 0)
        g_string_append_printf(text,
                               " %u of the list's entries are distribution groups, which Kerberos "
                               "tickets never name: replace them by security groups.",
                               decision->n_distribution_groups);
}

char *rms_decision_to_string(const RmsDecision *decision, const RmsCaller *caller)
{
    g_autofree char *sid = NULL;
    GString *text;

    g_return_val_if_fail(decision != NULL && caller != NULL, NULL);

    sid = rms_sid_to_string(&caller->sid);
    text = g_string_new(NULL);
    g_string_append_printf(text, "%s (%s) ", caller->account, sid);
    switch (decision->verdict) {
    case RMS_VERDICT_ADMITTED:
        append_admitted(text, decision);
        break;
    case RMS_VERDICT_NOT_LISTED:
        append_not_listed(text, decision, caller);
        break;
    case RMS_VERDICT_LIST_EMPTY:
        g_string_append(text,
                        "is refused because the list of authorized servers is empty. Add the "
                        "servers in the console and push the list.");
        break;
    case RMS_VERDICT_LIST_NOT_LOADED:
        g_string_append(text,
                        "is refused because this connector has no list of authorized servers yet. "
                        "Push one from the console; if that was done, event 3001 says why it could "
                        "not be loaded.");
        break;
    case RMS_VERDICT_ACCOUNT_DISABLED:
        g_string_append(text,
                        "is refused because the account was disabled in Active Directory when its "
                        "ticket was issued. Enable the account and restart the server or service "
                        "that calls, or remove it from the list of authorized servers.");
        break;
    case RMS_VERDICT_SAME_MACHINE:
        g_string_append(text,
                        "is refused because it calls from the same machine as the connector, "
                        "which is never authorized. Run the connector on a machine of its own.");
        break;
    }
    return g_string_free(text, FALSE);
}
