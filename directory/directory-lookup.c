/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One object by its SID, with its direct members counted; and, when asked, its details.
 *
 *     object ▶ members (range by range) ▶ groups inside, or primary group ▶ done
 */
#include "config.h"

#include "directory/directory-cleanup-private.h"
#include "directory/directory-details.h"
#include "directory/directory-filter.h"
#include "directory/directory-limits.h"
#include "directory/directory-object-private.h"
#include "directory/directory-topic-private.h"

typedef enum { STEP_OBJECT, STEP_MEMBERS, STEP_GROUPS, STEP_PRIMARY } Step;

typedef struct {
    RmsQuery query;
    RmsSid sid;
    RmsObjectDetails *details; /* (nullable): wanted; without its object until the end */
    Step step;
    RmsDirectoryObject *object; /* NULL: no such object */
    guint members;
    guint next_member; /* where the next range starts; 0: no more */
    gboolean has_groups;
    gboolean has_primary_members;
} Lookup;

static void clear(RmsQuery *query)
{
    Lookup *lookup = (Lookup *) query;
    g_clear_object(&lookup->object);
    rms_object_details_unref(lookup->details);
}

static RmsQueryState send(Lookup *lookup, RmsConnection *connection)
{
    static const char *const nothing[] = {LDAP_NO_ATTRS, NULL};
    RmsQuery *query = &lookup->query;
    const char *everything = rms_domain_info_get_search_base(rms_connection_get_info(connection));
    g_autofree char *range = g_strdup_printf("member;range=%u-*", lookup->next_member);
    const char *const members[] = {range, NULL};
    g_autofree char *base = rms_base_for_sid(&lookup->sid);
    g_autofree char *filter = NULL;

    switch (lookup->step) {
    case STEP_OBJECT:
        filter = rms_filter_for_kinds(RMS_KIND_ALL);
        return rms_query_ask(query,
                             connection,
                             base,
                             LDAP_SCOPE_BASE,
                             filter,
                             lookup->details != NULL ? rms_decode_detail_attributes
                                                     : rms_decode_attributes,
                             0);
    case STEP_MEMBERS:
        filter = rms_filter_for_kinds(RMS_KIND_ALL);
        return rms_query_ask(query, connection, base, LDAP_SCOPE_BASE, filter, members, 0);
    case STEP_GROUPS:
        filter = rms_filter_for_groups_in(rms_directory_object_get_dn(lookup->object));
        return rms_query_ask(query, connection, everything, LDAP_SCOPE_SUBTREE, filter, nothing, 1);
    case STEP_PRIMARY:
        filter = rms_filter_for_primary_group(&lookup->sid);
        return rms_query_ask(query, connection, everything, LDAP_SCOPE_SUBTREE, filter, nothing, 1);
    }
    g_assert_not_reached();
}

static RmsQueryState start(RmsQuery *query, RmsConnection *connection)
{
    Lookup *lookup = (Lookup *) query;
    lookup->step = STEP_OBJECT;
    g_clear_object(&lookup->object);
    lookup->members = 0;
    lookup->next_member = 0;
    lookup->has_groups = FALSE;
    lookup->has_primary_members = FALSE;
    return send(lookup, connection);
}

static void take_object(Lookup *lookup, RmsConnection *connection, LDAPMessage *entry)
{
    g_clear_object(&lookup->object);
    lookup->object = rms_entry_decode(connection, entry);
    if (lookup->object == NULL || lookup->details == NULL)
        return;
    g_autoptr(RmsAttributes) attributes = rms_entry_read(connection, entry);
    rms_decode_details(attributes, lookup->details);
}

static void count_members(Lookup *lookup, RmsConnection *connection, LDAPMessage *entry)
{
    LDAP *ldap = rms_connection_get_ldap(connection);
    guint asked = lookup->next_member;
    lookup->next_member = 0;
    g_autoptr(BerElement) position = NULL;
    for (char *name = ldap_first_attribute(ldap, entry, &position); name != NULL;
         name = ldap_next_attribute(ldap, entry, position)) {
        guint next = 0;
        gboolean is_range = rms_decode_range(name, "member", &next);
        if (is_range || g_ascii_strcasecmp(name, "member") == 0) {
            g_auto(RmsBervals) values = ldap_get_values_len(ldap, entry, name);
            guint count = values != NULL ? (guint) ldap_count_values_len(values) : 0;
            lookup->members += MIN(count, RMS_LARGE_GROUP_MEMBERS + 1);
            /* A range that does not go on would be asked for for ever. */
            if (is_range && count > 0 && next > asked)
                lookup->next_member = next;
        }
        ldap_memfree(name);
    }
    if (lookup->members > RMS_LARGE_GROUP_MEMBERS) {
        lookup->members = RMS_LARGE_GROUP_MEMBERS + 1;
        lookup->next_member = 0;
    }
}

static RmsQueryState handle_entry(RmsQuery *query, RmsConnection *connection, LDAPMessage *entry)
{
    Lookup *lookup = (Lookup *) query;
    switch (lookup->step) {
    case STEP_OBJECT:
        take_object(lookup, connection, entry);
        break;
    case STEP_MEMBERS:
        count_members(lookup, connection, entry);
        break;
    case STEP_GROUPS:
        lookup->has_groups = TRUE;
        break;
    case STEP_PRIMARY:
        lookup->has_primary_members = TRUE;
        break;
    }
    return RMS_QUERY_WAITING;
}

static RmsQueryState end(Lookup *lookup)
{
    if (lookup->object != NULL &&
        rms_kind_is_group(rms_directory_object_get_kind(lookup->object))) {
        g_autoptr(RmsDirectoryObject) plain = g_steal_pointer(&lookup->object);
        lookup->object = rms_directory_object_with_members(
            plain, (int) lookup->members, lookup->has_primary_members, lookup->has_groups);
    }
    if (lookup->details == NULL || lookup->object == NULL)
        return rms_query_end(&lookup->query, g_steal_pointer(&lookup->object), g_object_unref);
    lookup->details->object = g_steal_pointer(&lookup->object);
    return rms_query_end(&lookup->query,
                         g_steal_pointer(&lookup->details),
                         (GDestroyNotify) rms_object_details_unref);
}

static RmsQueryState go_on(Lookup *lookup, RmsConnection *connection)
{
    switch (lookup->step) {
    case STEP_OBJECT:
        if (lookup->object == NULL ||
            !rms_kind_is_group(rms_directory_object_get_kind(lookup->object)))
            return end(lookup);
        lookup->step = STEP_MEMBERS;
        break;
    case STEP_MEMBERS:
        if (lookup->next_member > 0)
            break;
        /* Members by primaryGroupID are in no member attribute (protocol.md §6.5). */
        lookup->step = lookup->members > 0 ? STEP_GROUPS : STEP_PRIMARY;
        break;
    case STEP_GROUPS:
    case STEP_PRIMARY:
        return end(lookup);
    }
    return send(lookup, connection);
}

static RmsQueryState
handle_result(RmsQuery *query, RmsConnection *connection, const RmsQueryResult *result)
{
    Lookup *lookup = (Lookup *) query;
    gboolean is_answered = lookup->step != STEP_OBJECT && rms_result_is_ceiling(result->code);
    /* Referral: the SID of another domain. */
    if (result->code == LDAP_NO_SUCH_OBJECT || result->code == LDAP_REFERRAL) {
        g_clear_object(&lookup->object);
        return end(lookup);
    }
    if (result->code != LDAP_SUCCESS && !is_answered)
        return rms_query_fail_with_code(query, connection, result->code, result->diagnostic);
    return go_on(lookup, connection);
}

static const RmsQueryTopic topic = {
    .start = start,
    .handle_entry = handle_entry,
    .handle_result = handle_result,
    .clear = clear,
};

RmsQuery *rms_query_new_lookup(RmsCall *call, const RmsSid *sid)
{
    Lookup *lookup = rms_query_new(&topic, sizeof *lookup, call);
    lookup->sid = *sid;
    return &lookup->query;
}

RmsQuery *rms_query_new_details(RmsCall *call, const RmsSid *sid)
{
    Lookup *lookup = rms_query_new(&topic, sizeof *lookup, call);
    lookup->sid = *sid;
    lookup->details = rms_object_details_new();
    return &lookup->query;
}
