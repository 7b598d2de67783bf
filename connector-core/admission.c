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

/* An account that a reading names. */
typedef struct _Cover Cover;
struct _Cover {
    guint place; /* of the entry, counted from 1 */
    RmsGroupReading *reading;
    const char *path; /* of the reading */
    Cover *next;      /* another entry that covers the same account */
};

struct _RmsAdmission {
    RmsServerList *list; /* NULL: not loaded yet */
    GHashTable *places;  /* RmsSid inside an entry of the list → its place, counted from 1 */
    GHashTable *covers;  /* RmsSid inside a reading → Cover */
    GPtrArray *readings; /* RmsGroupReading, of distribution groups in the list */
    guint n_distribution_groups;
    gint64 oldest_reading;
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

static void free_covers(gpointer data)
{
    for (Cover *cover = data, *next = NULL; cover != NULL; cover = next) {
        next = cover->next;
        g_free(cover);
    }
}

static void add_cover(RmsAdmission *admission, guint place, RmsGroupReading *reading, guint index)
{
    const RmsSid *sid = rms_group_reading_get_account(reading, index);
    Cover *first = g_hash_table_lookup(admission->covers, sid);
    Cover *cover = g_new0(Cover, 1);

    cover->place = place;
    cover->reading = reading;
    cover->path = rms_group_reading_get_path(reading, index);
    if (first == NULL) {
        g_hash_table_insert(admission->covers, (gpointer) sid, cover);
        return;
    }
    cover->next = first->next;
    first->next = cover;
}

static void add_reading(RmsAdmission *admission, RmsGroupReading *reading)
{
    guint place = GPOINTER_TO_UINT(
        g_hash_table_lookup(admission->places, rms_group_reading_get_group(reading)));

    /* A security group is the ticket's business: what the directory says of it, later than the
     * ticket or not, never admits anybody, and so never makes a super user. */
    if (place == 0 || rms_entry_get_kind(rms_server_list_get(admission->list, place - 1)) !=
                          RMS_KIND_DISTRIBUTION_GROUP)
        return;
    g_ptr_array_add(admission->readings, rms_group_reading_ref(reading));
    if (admission->oldest_reading == 0 ||
        rms_group_reading_get_time(reading) < admission->oldest_reading)
        admission->oldest_reading = rms_group_reading_get_time(reading);
    for (guint i = 0; i < rms_group_reading_get_length(reading); i++)
        add_cover(admission, place, reading, i);
}

RmsAdmission *rms_admission_new(RmsServerList *list, GPtrArray *readings)
{
    RmsAdmission *admission = g_new0(RmsAdmission, 1);
    guint length = list != NULL ? rms_server_list_get_length(list) : 0;

    admission->places = g_hash_table_new(hash_end, rms_sid_equal);
    admission->covers = g_hash_table_new_full(hash_end, rms_sid_equal, NULL, free_covers);
    admission->readings = g_ptr_array_new_with_free_func((GDestroyNotify) rms_group_reading_unref);
    if (list != NULL)
        admission->list = g_object_ref(list);
    for (guint i = 0; i < length; i++) {
        RmsEntry *entry = rms_server_list_get(list, i);

        g_hash_table_insert(
            admission->places, (gpointer) rms_entry_get_sid(entry), GUINT_TO_POINTER(i + 1));
        if (rms_entry_get_kind(entry) == RMS_KIND_DISTRIBUTION_GROUP)
            admission->n_distribution_groups++;
    }
    for (guint i = 0; readings != NULL && i < readings->len; i++)
        add_reading(admission, readings->pdata[i]);
    return admission;
}

void rms_admission_free(RmsAdmission *admission)
{
    if (admission == NULL)
        return;
    g_hash_table_unref(admission->covers);
    g_hash_table_unref(admission->places);
    g_ptr_array_unref(admission->readings);
    g_clear_object(&admission->list);
    g_free(admission);
}

RmsServerList *rms_admission_get_list(RmsAdmission *admission)
{
    g_return_val_if_fail(admission != NULL, NULL);
    return admission->list;
}

/* One way in which an entry covers the caller. */
typedef struct {
    guint place;
    const Cover *cover; /* NULL: the ticket names the entry's group */
} Match;

static int compare_matches(gconstpointer a, gconstpointer b)
{
    const Match *one = a, *other = b;

    return one->place < other->place ? -1 : one->place > other->place;
}

static void append_match(GArray **matches, guint place, const Cover *cover)
{
    const Match match = {.place = place, .cover = cover};

    if (*matches == NULL)
        *matches = g_array_new(FALSE, FALSE, sizeof match);
    g_array_append_val(*matches, match);
}

/* All entries that cover @caller through a group, older first; %NULL for none. A ticket may name a
 * group twice. */
static GArray *find_groups(RmsAdmission *admission, const RmsCaller *caller)
{
    GArray *matches = NULL;

    for (guint i = 0; i < caller->n_groups; i++) {
        guint place = GPOINTER_TO_UINT(g_hash_table_lookup(admission->places, &caller->groups[i]));

        if (place != 0)
            append_match(&matches, place, NULL);
    }
    for (const Cover *cover = g_hash_table_lookup(admission->covers, &caller->sid); cover != NULL;
         cover = cover->next)
        append_match(&matches, cover->place, cover);
    if (matches != NULL)
        g_array_sort(matches, compare_matches);
    return matches;
}

static void
cover(RmsAdmission *admission, guint place, const Cover *by_reading, RmsDecision *decision)
{
    RmsEntry *entry = rms_server_list_get(admission->list, place - 1);

    if (decision->entry == NULL) {
        decision->verdict = RMS_VERDICT_ADMITTED;
        decision->entry = g_object_ref(entry);
        if (by_reading != NULL) {
            decision->reading = rms_group_reading_ref(by_reading->reading);
            decision->path = by_reading->path;
        }
        return;
    }
    if (decision->others == NULL)
        decision->others = g_ptr_array_new_with_free_func(g_object_unref);
    g_ptr_array_add(decision->others, g_object_ref(entry));
}

static void match(RmsAdmission *admission, const RmsCaller *caller, RmsDecision *decision)
{
    guint own = GPOINTER_TO_UINT(g_hash_table_lookup(admission->places, &caller->sid));
    g_autoptr(GArray) matches = find_groups(admission, caller);
    guint last = own;

    decision->verdict = RMS_VERDICT_NOT_LISTED;
    if (own != 0) {
        decision->direct = TRUE;
        cover(admission, own, NULL, decision);
    }
    for (guint i = 0; matches != NULL && i < matches->len; i++) {
        const Match *one = &g_array_index(matches, Match, i);

        if (one->place != last && one->place != own)
            cover(admission, one->place, one->cover, decision);
        last = one->place;
    }
}

void rms_admission_decide(RmsAdmission *admission,
                          const RmsCaller *caller,
                          gboolean same_machine,
                          RmsDecision *decision)
{
    g_return_if_fail(admission != NULL && caller != NULL && decision != NULL);

    decision->n_distribution_groups = admission->n_distribution_groups;
    decision->n_unread_groups = admission->n_distribution_groups - admission->readings->len;
    decision->oldest_reading = admission->oldest_reading;
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
    g_clear_pointer(&decision->reading, rms_group_reading_unref);
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

static void append_time(GString *text, gint64 time)
{
    g_autoptr(GDateTime) date = g_date_time_new_from_unix_utc(time / G_USEC_PER_SEC);
    g_autofree char *formatted = g_date_time_format(date, "%Y-%m-%d %H:%M UTC");

    g_string_append(text, formatted);
}

static const char *describe_way(const RmsDecision *decision)
{
    if (decision->direct)
        return "the account itself, as ";
    if (decision->reading != NULL)
        return "a distribution group that it is a member of: ";
    return "a group that it is a member of: ";
}

static void append_admitted(GString *text, const RmsDecision *decision)
{
    g_string_append_printf(text,
                           "is admitted with the role %s because the list of authorized servers "
                           "holds %s%s",
                           describe_role(rms_entry_get_role(decision->entry)),
                           describe_way(decision),
                           rms_entry_get_name(decision->entry));
    if (decision->reading != NULL) {
        g_string_append_printf(
            text, " (by way of %s, as read from the directory at ", decision->path);
        append_time(text, rms_group_reading_get_time(decision->reading));
        g_string_append_c(text, ')');
    }
    g_string_append_c(text, '.');
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
    if (decision->n_distribution_groups == 0)
        return;
    g_string_append_printf(text,
                           " Kerberos tickets never name distribution groups, of which the list "
                           "holds %u; their members are read from the directory instead, and the "
                           "account is in none that was read",
                           decision->n_distribution_groups);
    if (decision->oldest_reading != 0) {
        g_string_append(text, " (the oldest at ");
        append_time(text, decision->oldest_reading);
        g_string_append_c(text, ')');
    }
    g_string_append(text, ". They are read every 15 minutes and whenever somebody asks for it.");
    if (decision->n_unread_groups > 0)
        g_string_append_printf(text,
                               " %u could not be read at all yet; event 4007 says why.",
                               decision->n_unread_groups);
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
