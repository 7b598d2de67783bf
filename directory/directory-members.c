/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The direct members of a group. Its member attribute, read in ranges, says who they are; searches
 * say what they are.
 *
 *     group ▶ names (range by range) ▶ objects that say memberOf ▶ the other names, some at a time
 *           ▶ accounts whose primary group it is ▶ done; names without an object are elsewhere
 */
#include "config.h"

#include <string.h>

#include "directory/directory-cleanup-private.h"
#include "directory/directory-details.h"
#include "directory/directory-error-private.h"
#include "directory/directory-filter.h"
#include "directory/directory-limits.h"
#include "directory/directory-topic-private.h"

/* DNs asked for in one search. */
#define NAMES_A_SEARCH 25

typedef enum { STEP_GROUP, STEP_NAMES, STEP_BACK_LINKS, STEP_REST, STEP_PRIMARY } Step;

typedef struct {
    RmsQuery query;
    RmsPager pager;
    RmsSid sid;
    guint limit;
    Step step;
    RmsDirectoryObject *group;
    guint next_member;  /* where the next range starts */
    guint ranges;       /* asked for so far */
    gboolean more;      /* there is a next range */
    GHashTable *wanted; /* DN as a key → DN; names without an object so far */
    GPtrArray *rest;    /* DNs borrowed from wanted, asked for one by one */
    guint next_rest;
    GHashTable *found;  /* SIDs delivered */
    GPtrArray *objects; /* of the page that is coming in */
    RmsMemberSummary summary;
} Members;

static void forget_progress(Members *members)
{
    members->step = STEP_GROUP;
    members->next_member = 0;
    members->ranges = 0;
    members->more = FALSE;
    members->next_rest = 0;
    g_ptr_array_set_size(members->rest, 0);
    g_hash_table_remove_all(members->wanted);
    g_clear_object(&members->group);
    rms_member_summary_clear(&members->summary);
    members->summary.elsewhere = g_ptr_array_new_with_free_func(g_free);
    members->summary.foreign = g_ptr_array_new_with_free_func((GDestroyNotify) rms_sid_free);
}

static void clear(RmsQuery *query)
{
    Members *members = (Members *) query;
    rms_pager_clear(&members->pager);
    g_clear_object(&members->group);
    g_ptr_array_unref(members->rest);
    g_hash_table_unref(members->wanted);
    g_hash_table_unref(members->found);
    g_ptr_array_unref(members->objects);
    rms_member_summary_clear(&members->summary);
}

/* Servers write a DN the same way everywhere, but for case. */
static char *make_key(const char *dn)
{
    return g_utf8_strdown(dn, -1);
}

static const char *get_search_base(RmsConnection *connection)
{
    return rms_domain_info_get_search_base(rms_connection_get_info(connection));
}

static void deliver(Members *members)
{
    if (members->objects->len == 0)
        return;
    rms_call_post_page(members->query.call, members->objects);
    members->objects = g_ptr_array_new_with_free_func(g_object_unref);
}

static void free_summary(gpointer data)
{
    rms_member_summary_clear(data);
    g_free(data);
}

static RmsQueryState end(Members *members, gboolean truncated)
{
    deliver(members);
    GHashTableIter iter;
    gpointer dn;
    g_hash_table_iter_init(&iter, members->wanted);
    while (!truncated && g_hash_table_iter_next(&iter, NULL, &dn))
        g_ptr_array_add(members->summary.elsewhere, g_strdup(dn));
    RmsMemberSummary *summary = g_new0(RmsMemberSummary, 1);
    *summary = members->summary;
    summary->truncated = truncated;
    members->summary = (RmsMemberSummary){0};
    return rms_query_end(&members->query, summary, free_summary);
}

static RmsQueryState ask_for_names(Members *members, RmsConnection *connection)
{
    g_autofree char *base = rms_base_for_sid(&members->sid);
    g_autofree char *filter = rms_filter_for_kinds(RMS_KIND_ALL);
    g_autofree char *range = g_strdup_printf("member;range=%u-*", members->next_member);
    const char *const attributes[] = {range, NULL};
    members->step = STEP_NAMES;
    members->ranges++;
    members->more = FALSE;
    return rms_query_ask(&members->query, connection, base, LDAP_SCOPE_BASE, filter, attributes, 0);
}

static RmsQueryState ask_for_back_links(Members *members, RmsConnection *connection)
{
    members->step = STEP_BACK_LINKS;
    rms_pager_begin(&members->pager,
                    get_search_base(connection),
                    LDAP_SCOPE_SUBTREE,
                    rms_filter_for_members_of(rms_directory_object_get_dn(members->group)),
                    rms_decode_attributes);
    return rms_pager_send(&members->pager, &members->query, connection);
}

static RmsQueryState ask_for_primary(Members *members, RmsConnection *connection)
{
    members->step = STEP_PRIMARY;
    rms_pager_begin(&members->pager,
                    get_search_base(connection),
                    LDAP_SCOPE_SUBTREE,
                    rms_filter_for_primary_group(&members->sid),
                    rms_decode_attributes);
    return rms_pager_send(&members->pager, &members->query, connection);
}

/* Members of domain local groups may be in other domains: those have no back link here. */
static RmsQueryState ask_for_rest(Members *members, RmsConnection *connection)
{
    guint first = members->next_rest;
    if (first >= members->rest->len)
        return ask_for_primary(members, connection);
    members->next_rest = MIN(first + NAMES_A_SEARCH, members->rest->len);
    g_autofree char *filter = rms_filter_for_names(
        (const char *const *) members->rest->pdata + first, members->next_rest - first);
    return rms_query_ask(&members->query,
                         connection,
                         get_search_base(connection),
                         LDAP_SCOPE_SUBTREE,
                         filter,
                         rms_decode_attributes,
                         0);
}

static RmsQueryState begin_rest(Members *members, RmsConnection *connection)
{
    GHashTableIter iter;
    gpointer dn;
    members->step = STEP_REST;
    g_hash_table_iter_init(&iter, members->wanted);
    while (g_hash_table_iter_next(&iter, NULL, &dn))
        g_ptr_array_add(members->rest, g_strdup(dn));
    return ask_for_rest(members, connection);
}

static RmsQueryState start(RmsQuery *query, RmsConnection *connection)
{
    Members *members = (Members *) query;
    g_autofree char *base = rms_base_for_sid(&members->sid);
    g_autofree char *filter = rms_filter_for_kinds(RMS_KIND_ALL);
    forget_progress(members);
    return rms_query_ask(
        query, connection, base, LDAP_SCOPE_BASE, filter, rms_decode_attributes, 0);
}

/* Returns: FALSE when there are more than may be. */
static gboolean take_values(Members *members, RmsBervals values)
{
    for (guint i = 0; values != NULL && values[i] != NULL; i++) {
        if (values[i]->bv_len > RMS_MAX_VALUE_BYTES)
            continue;
        g_autofree char *dn = g_utf8_make_valid(values[i]->bv_val, (gssize) values[i]->bv_len);
        g_autofree char *key = make_key(dn);
        if (g_hash_table_contains(members->wanted, key))
            continue;
        if (g_hash_table_size(members->wanted) >= members->limit)
            return FALSE;
        g_hash_table_insert(members->wanted, g_steal_pointer(&key), g_steal_pointer(&dn));
    }
    return TRUE;
}

/* Returns: FALSE when there are more than may be. */
static gboolean take_names(Members *members, RmsConnection *connection, LDAPMessage *entry)
{
    LDAP *ldap = rms_connection_get_ldap(connection);
    guint asked = members->next_member;
    gboolean fits = TRUE;
    g_autoptr(BerElement) position = NULL;
    for (char *name = ldap_first_attribute(ldap, entry, &position); name != NULL;
         name = ldap_next_attribute(ldap, entry, position)) {
        guint next = 0;
        gboolean is_range = rms_decode_range(name, "member", &next);
        if (is_range || g_ascii_strcasecmp(name, "member") == 0) {
            g_auto(RmsBervals) values = ldap_get_values_len(ldap, entry, name);
            fits = take_values(members, values) && fits;
            /* A range that does not go on would be asked for for ever. */
            if (is_range && values != NULL && values[0] != NULL && next > asked) {
                members->more = TRUE;
                members->next_member = next;
            }
        }
        ldap_memfree(name);
    }
    return fits;
}

static gboolean is_foreign(const RmsAttributes *attributes)
{
    return rms_attributes_has_class(attributes, "foreignSecurityPrincipal");
}

/* Returns: FALSE when there are more than may be. */
static gboolean take_member(Members *members, RmsConnection *connection, LDAPMessage *entry)
{
    g_autofree char *dn = rms_entry_dup_dn(connection, entry);
    if (dn == NULL)
        return TRUE;
    g_autoptr(RmsAttributes) attributes = rms_entry_read(connection, entry);
    g_autoptr(RmsDirectoryObject) object =
        rms_decode_object(attributes,
                          dn,
                          rms_domain_info_find_netbios(rms_connection_get_info(connection), dn),
                          g_get_real_time());
    g_autofree char *key = make_key(dn);
    RmsSid sid;
    g_hash_table_remove(members->wanted, key);
    if (object == NULL) {
        if (is_foreign(attributes) && rms_attributes_get_sid(attributes, &sid))
            g_ptr_array_add(members->summary.foreign, rms_sid_copy(&sid));
        else
            members->summary.n_others++;
        return TRUE;
    }
    if (g_hash_table_contains(members->found, rms_directory_object_get_sid(object)))
        return TRUE;
    if (g_hash_table_size(members->found) >= members->limit)
        return FALSE;
    g_hash_table_add(members->found, rms_sid_copy(rms_directory_object_get_sid(object)));
    g_ptr_array_add(members->objects, g_steal_pointer(&object));
    return TRUE;
}

static RmsQueryState handle_entry(RmsQuery *query, RmsConnection *connection, LDAPMessage *entry)
{
    Members *members = (Members *) query;
    switch (members->step) {
    case STEP_GROUP:
        g_clear_object(&members->group);
        members->group = rms_entry_decode(connection, entry);
        break;
    case STEP_NAMES:
        if (!take_names(members, connection, entry)) {
            /* What is there is shown; the objects of the names that fit are asked for. */
            members->summary.truncated = TRUE;
            members->more = FALSE;
        }
        break;
    case STEP_BACK_LINKS:
    case STEP_REST:
    case STEP_PRIMARY:
        if (!take_member(members, connection, entry))
            return end(members, TRUE);
        break;
    }
    return RMS_QUERY_WAITING;
}

static RmsQueryState fail_without_group(Members *members)
{
    g_autofree char *text = rms_sid_to_string(&members->sid);
    return rms_query_fail(&members->query,
                          g_error_new(RMS_DIRECTORY_ERROR,
                                      RMS_DIRECTORY_ERROR_NAME,
                                      "%s is no group of this directory; look it up again",
                                      text));
}

static RmsQueryState
handle_result(RmsQuery *query, RmsConnection *connection, const RmsQueryResult *result)
{
    Members *members = (Members *) query;
    if (members->step == STEP_GROUP &&
        (result->code == LDAP_NO_SUCH_OBJECT || result->code == LDAP_REFERRAL))
        return fail_without_group(members);
    if (rms_pager_is_forgotten(&members->pager, query, result->code))
        return rms_query_start(query, connection);
    if (result->code != LDAP_SUCCESS)
        return rms_query_fail_with_code(query, connection, result->code, result->diagnostic);

    switch (members->step) {
    case STEP_GROUP:
        if (members->group == NULL ||
            !rms_kind_is_group(rms_directory_object_get_kind(members->group)))
            return fail_without_group(members);
        return ask_for_names(members, connection);
    case STEP_NAMES:
        /* The same names in range after range would never reach the limit. */
        if (members->more && members->ranges < RMS_MAX_PAGES)
            return ask_for_names(members, connection);
        members->summary.truncated = members->summary.truncated || members->more;
        if (g_hash_table_size(members->wanted) == 0)
            return ask_for_primary(members, connection);
        return ask_for_back_links(members, connection);
    case STEP_BACK_LINKS:
    case STEP_PRIMARY:
        deliver(members);
        if (rms_pager_advance(&members->pager, connection, result)) {
            if (members->pager.pages >= RMS_MAX_PAGES)
                return end(members, TRUE);
            return rms_pager_send(&members->pager, query, connection);
        }
        if (members->step == STEP_BACK_LINKS)
            return begin_rest(members, connection);
        return end(members, members->summary.truncated);
    case STEP_REST:
        deliver(members);
        return ask_for_rest(members, connection);
    }
    g_assert_not_reached();
}

static const RmsQueryTopic topic = {
    .start = start,
    .handle_entry = handle_entry,
    .handle_result = handle_result,
    .clear = clear,
};

RmsQuery *rms_query_new_members(RmsCall *call, const RmsSid *group, guint limit)
{
    Members *members = rms_query_new(&topic, sizeof *members, call);
    members->sid = *group;
    members->limit = limit;
    members->wanted = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    members->rest = g_ptr_array_new_with_free_func(g_free);
    members->found =
        g_hash_table_new_full(rms_sid_hash, rms_sid_equal, (GDestroyNotify) rms_sid_free, NULL);
    members->objects = g_ptr_array_new_with_free_func(g_object_unref);
    return &members->query;
}
