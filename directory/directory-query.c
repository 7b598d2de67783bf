/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Searches and what their answers mean. Nothing here waits.
 */
#include "config.h"

#include "directory/directory-query-private.h"

#include <string.h>

#include "directory/directory-cleanup-private.h"
#include "directory/directory-decode.h"
#include "directory/directory-error-private.h"
#include "directory/directory-filter.h"
#include "directory/directory-limits.h"
#include "directory/directory-object-private.h"

typedef enum { QUERY_OPEN, QUERY_SEARCH, QUERY_RESOLVE, QUERY_LOOKUP } QueryKind;

typedef enum { LOOKUP_OBJECT, LOOKUP_MEMBERS, LOOKUP_GROUPS, LOOKUP_PRIMARY } LookupStep;

struct _RmsQuery {
    QueryKind kind;
    RmsCall *call;
    RmsTypedName *name;
    char *place; /* NULL: the whole domain */
    gboolean direct;
    guint kinds;
    guint limit;
    guint first_page;
    guint next_page;
    RmsSid sid;

    guint starts;
    int message_id;

    /* Of searches and resolving. */
    char *filter;
    gboolean other_domain; /* `OTHER\name`: not this domain's */
    gboolean builtin_only; /* `BUILTIN\name`: not one of this domain's accounts called so */
    struct berval *cookie;
    guint pages;
    GPtrArray *page;   /* objects of the page that is coming in; all of them when resolving */
    GHashTable *found; /* SIDs of all so far, so that a second start adds only the rest */

    /* Of looking up. */
    LookupStep step;
    RmsDirectoryObject *object;
    guint members;
    guint next_member; /* where the next range starts; 0: no more */
    gboolean has_groups;
    gboolean has_primary_members;
};

static RmsQuery *new_query(QueryKind kind, RmsCall *call)
{
    RmsQuery *query = g_new0(RmsQuery, 1);
    query->kind = kind;
    query->call = rms_call_ref(call);
    query->message_id = -1;
    query->page = g_ptr_array_new_with_free_func(g_object_unref);
    query->found =
        g_hash_table_new_full(rms_sid_hash, rms_sid_equal, (GDestroyNotify) rms_sid_free, NULL);
    return query;
}

RmsQuery *rms_query_new_open(RmsCall *call)
{
    return new_query(QUERY_OPEN, call);
}

RmsQuery *rms_query_new_search(RmsCall *call,
                               RmsTypedName *name,
                               const RmsDirectorySearch *search,
                               guint first_page,
                               guint next_page)
{
    RmsQuery *query = new_query(QUERY_SEARCH, call);
    query->name = name;
    query->place = g_strdup(search->place);
    query->direct = search->direct;
    query->kinds = search->kinds;
    query->limit = search->limit;
    query->first_page = first_page;
    query->next_page = next_page;
    return query;
}

RmsQuery *rms_query_new_resolve(RmsCall *call, RmsTypedName *name, guint kinds)
{
    RmsQuery *query = new_query(QUERY_RESOLVE, call);
    query->name = name;
    query->kinds = kinds;
    query->limit = RMS_MAX_RESOLVED_OBJECTS;
    query->first_page = RMS_FIRST_PAGE_OBJECTS;
    query->next_page = RMS_NEXT_PAGE_OBJECTS;
    return query;
}

RmsQuery *rms_query_new_lookup(RmsCall *call, const RmsSid *sid)
{
    RmsQuery *query = new_query(QUERY_LOOKUP, call);
    query->sid = *sid;
    return query;
}

void rms_query_free(RmsQuery *query)
{
    if (query == NULL)
        return;
    rms_typed_name_free(query->name);
    g_free(query->place);
    g_free(query->filter);
    ber_bvfree(query->cookie);
    g_ptr_array_unref(query->page);
    g_hash_table_unref(query->found);
    g_clear_object(&query->object);
    rms_call_unref(query->call);
    g_free(query);
}

RmsCall *rms_query_get_call(RmsQuery *query)
{
    return query->call;
}

int rms_query_get_message_id(RmsQuery *query)
{
    return query->message_id;
}

guint rms_query_get_starts(RmsQuery *query)
{
    return query->starts;
}

static RmsQueryState end_with_error(RmsQuery *query, GError *error)
{
    rms_call_fail(query->call, error);
    return RMS_QUERY_DONE;
}

static RmsQueryState
fail_with_code(RmsQuery *query, RmsConnection *connection, int code, const char *diagnostic)
{
    if (rms_directory_error_is_lost(code, diagnostic))
        return RMS_QUERY_LOST;
    return end_with_error(
        query,
        rms_directory_error_new(
            RMS_STEP_SEARCH, code, diagnostic, rms_connection_get_host(connection)));
}

/* The account part of `DOMAIN\name` or `name@domain` if the domain is the one connected to. */
static const char *find_local_account(RmsQuery *query, const RmsDomainInfo *info)
{
    const RmsTypedName *name = query->name;
    query->other_domain = FALSE;
    query->builtin_only = FALSE;
    if (name->domain == NULL)
        return NULL;
    gboolean is_own = g_ascii_strcasecmp(name->domain, info->domain) == 0;
    if (name->form == RMS_NAME_DOMAIN_ACCOUNT) {
        query->builtin_only = g_ascii_strcasecmp(name->domain, "BUILTIN") == 0;
        is_own = is_own || query->builtin_only ||
                 g_ascii_strcasecmp(name->domain, info->netbios_name) == 0;
        query->other_domain = !is_own;
    }
    return is_own ? name->account : NULL;
}

static RmsQueryState send_page(RmsQuery *query, RmsConnection *connection)
{
    guint size = query->pages == 0 ? query->first_page : query->next_page;
    const char *base = query->place != NULL
                           ? query->place
                           : rms_domain_info_get_search_base(rms_connection_get_info(connection));
    int rc = rms_connection_search(connection,
                                   base,
                                   query->direct ? LDAP_SCOPE_ONELEVEL : LDAP_SCOPE_SUBTREE,
                                   query->filter,
                                   rms_decode_attributes,
                                   (int) size,
                                   query->cookie,
                                   0,
                                   &query->message_id);
    query->pages++;
    return rc == LDAP_SUCCESS ? RMS_QUERY_WAITING : fail_with_code(query, connection, rc, NULL);
}

static RmsQueryState send_lookup(RmsQuery *query, RmsConnection *connection)
{
    static const char *const nothing[] = {LDAP_NO_ATTRS, NULL};
    const char *base_dn = rms_connection_get_info(connection)->base_dn;
    g_autofree char *range = g_strdup_printf("member;range=%u-*", query->next_member);
    const char *const members[] = {range, NULL};
    g_autofree char *base = rms_base_for_sid(&query->sid);
    g_autofree char *filter = NULL;
    int rc = LDAP_PARAM_ERROR;

    switch (query->step) {
    case LOOKUP_OBJECT:
        filter = rms_filter_for_kinds(RMS_KIND_ALL);
        rc = rms_connection_search(connection,
                                   base,
                                   LDAP_SCOPE_BASE,
                                   filter,
                                   rms_decode_attributes,
                                   0,
                                   NULL,
                                   0,
                                   &query->message_id);
        break;
    case LOOKUP_MEMBERS:
        filter = rms_filter_for_kinds(RMS_KIND_ALL);
        rc = rms_connection_search(
            connection, base, LDAP_SCOPE_BASE, filter, members, 0, NULL, 0, &query->message_id);
        break;
    case LOOKUP_GROUPS:
        filter = rms_filter_for_groups_in(rms_directory_object_get_dn(query->object));
        rc = rms_connection_search(connection,
                                   base_dn,
                                   LDAP_SCOPE_SUBTREE,
                                   filter,
                                   nothing,
                                   0,
                                   NULL,
                                   1,
                                   &query->message_id);
        break;
    case LOOKUP_PRIMARY:
        filter = rms_filter_for_primary_group(&query->sid);
        rc = rms_connection_search(connection,
                                   base_dn,
                                   LDAP_SCOPE_SUBTREE,
                                   filter,
                                   nothing,
                                   0,
                                   NULL,
                                   1,
                                   &query->message_id);
        break;
    }
    return rc == LDAP_SUCCESS ? RMS_QUERY_WAITING : fail_with_code(query, connection, rc, NULL);
}

RmsQueryState rms_query_start(RmsQuery *query, RmsConnection *connection)
{
    g_return_val_if_fail(query != NULL && connection != NULL, RMS_QUERY_DONE);

    RmsDomainInfo *info = rms_connection_get_info(connection);
    query->starts++;
    query->message_id = -1;
    rms_call_post_info(query->call, info);

    switch (query->kind) {
    case QUERY_OPEN:
        rms_call_end_with_flag(query->call, TRUE);
        return RMS_QUERY_DONE;
    case QUERY_SEARCH:
    case QUERY_RESOLVE: {
        const char *local_account = find_local_account(query, info);
        g_free(query->filter);
        query->filter = query->kind == QUERY_SEARCH
                            ? rms_filter_for_search(query->name, local_account, query->kinds)
                            : rms_filter_for_resolve(query->name, local_account, query->kinds);
        g_clear_pointer(&query->cookie, ber_bvfree);
        query->pages = 0;
        return send_page(query, connection);
    }
    case QUERY_LOOKUP:
        query->step = LOOKUP_OBJECT;
        g_clear_object(&query->object);
        query->members = 0;
        query->next_member = 0;
        query->has_groups = FALSE;
        query->has_primary_members = FALSE;
        return send_lookup(query, connection);
    }
    g_assert_not_reached();
}

static RmsDirectoryObject *decode_entry(RmsConnection *connection, LDAPMessage *entry)
{
    LDAP *ldap = rms_connection_get_ldap(connection);
    char *dn = ldap_get_dn(ldap, entry);
    if (dn == NULL)
        return NULL;
    g_autoptr(RmsAttributes) attributes = rms_attributes_new();
    g_autoptr(BerElement) position = NULL;
    for (char *name = ldap_first_attribute(ldap, entry, &position); name != NULL;
         name = ldap_next_attribute(ldap, entry, position)) {
        g_auto(RmsBervals) values = ldap_get_values_len(ldap, entry, name);
        for (guint i = 0; values != NULL && values[i] != NULL && i < RMS_MAX_ATTRIBUTE_VALUES; i++)
            rms_attributes_add(attributes, name, values[i]->bv_val, values[i]->bv_len);
        ldap_memfree(name);
    }
    RmsDirectoryObject *object = NULL;
    if (strlen(dn) <= RMS_MAX_VALUE_BYTES)
        object =
            rms_decode_object(attributes,
                              dn,
                              rms_domain_info_find_netbios(rms_connection_get_info(connection), dn),
                              g_get_real_time());
    ldap_memfree(dn);
    return object;
}

static void deliver_page(RmsQuery *query)
{
    if (query->kind != QUERY_SEARCH || query->page->len == 0)
        return;
    rms_call_post_page(query->call, query->page);
    query->page = g_ptr_array_new_with_free_func(g_object_unref);
}

/* `EXCH01` means the computer EXCH01$ only when nothing else is called so. */
static gboolean is_called_by_machine_name(RmsDirectoryObject *object, const RmsTypedName *name)
{
    const char *account = strchr(rms_directory_object_get_account_name(object), '\\') + 1;
    const char *typed = name->account != NULL ? name->account : name->text;
    return g_str_has_suffix(account, "$") && !g_str_has_suffix(typed, "$") &&
           g_ascii_strncasecmp(account, typed, strlen(account) - 1) == 0 &&
           strlen(typed) == strlen(account) - 1;
}

static void drop_machines_behind_others(RmsQuery *query)
{
    guint machines = 0;
    for (guint i = 0; i < query->page->len; i++)
        machines += is_called_by_machine_name(query->page->pdata[i], query->name) ? 1 : 0;
    if (machines == query->page->len)
        return;
    for (guint i = query->page->len; i > 0; i--) {
        if (is_called_by_machine_name(query->page->pdata[i - 1], query->name))
            g_ptr_array_remove_index(query->page, i - 1);
    }
}

static RmsQueryState end_search(RmsQuery *query, RmsConnection *connection, gboolean truncated)
{
    const RmsDomainInfo *info = rms_connection_get_info(connection);
    guint found = g_hash_table_size(query->found);
    deliver_page(query);
    if (found == 0 && query->other_domain)
        return end_with_error(
            query,
            g_error_new(RMS_DIRECTORY_ERROR,
                        RMS_DIRECTORY_ERROR_NAME,
                        "This connection serves the domain %s (%s); to find “%s”, connect to its "
                        "own domain",
                        info->netbios_name,
                        info->domain,
                        query->name->text));
    if (query->kind == QUERY_SEARCH) {
        rms_call_end_with_flag(query->call, truncated);
        return RMS_QUERY_DONE;
    }
    if (truncated)
        return end_with_error(
            query,
            g_error_new(RMS_DIRECTORY_ERROR,
                        RMS_DIRECTORY_ERROR_NAME,
                        "More than %d objects are called “%s”; search for it, and "
                        "choose from the list",
                        RMS_MAX_RESOLVED_OBJECTS,
                        query->name->text));
    drop_machines_behind_others(query);
    rms_call_end(query->call, g_steal_pointer(&query->page), (GDestroyNotify) g_ptr_array_unref);
    query->page = g_ptr_array_new_with_free_func(g_object_unref);
    return RMS_QUERY_DONE;
}

static RmsQueryState
handle_found_entry(RmsQuery *query, RmsConnection *connection, LDAPMessage *entry)
{
    g_autoptr(RmsDirectoryObject) object = decode_entry(connection, entry);
    if (object == NULL || (query->kinds & RMS_KIND_BIT(rms_directory_object_get_kind(object))) == 0)
        return RMS_QUERY_WAITING;
    if (query->builtin_only && rms_directory_object_get_scope(object) != RMS_SCOPE_BUILTIN)
        return RMS_QUERY_WAITING;
    const RmsSid *sid = rms_directory_object_get_sid(object);
    if (g_hash_table_contains(query->found, sid))
        return RMS_QUERY_WAITING;
    /* One more than asked for: what came so far is shown, and that it is not all. */
    if (g_hash_table_size(query->found) >= query->limit)
        return end_search(query, connection, TRUE);
    g_hash_table_add(query->found, rms_sid_copy(sid));
    g_ptr_array_add(query->page, g_steal_pointer(&object));
    return RMS_QUERY_WAITING;
}

static void count_members(RmsQuery *query, RmsConnection *connection, LDAPMessage *entry)
{
    LDAP *ldap = rms_connection_get_ldap(connection);
    guint asked = query->next_member;
    query->next_member = 0;
    g_autoptr(BerElement) position = NULL;
    for (char *name = ldap_first_attribute(ldap, entry, &position); name != NULL;
         name = ldap_next_attribute(ldap, entry, position)) {
        guint next = 0;
        gboolean is_range = rms_decode_range(name, "member", &next);
        if (is_range || g_ascii_strcasecmp(name, "member") == 0) {
            g_auto(RmsBervals) values = ldap_get_values_len(ldap, entry, name);
            guint count = values != NULL ? (guint) ldap_count_values_len(values) : 0;
            query->members += MIN(count, RMS_LARGE_GROUP_MEMBERS + 1);
            /* A range that does not go on would be asked for for ever. */
            if (is_range && count > 0 && next > asked)
                query->next_member = next;
        }
        ldap_memfree(name);
    }
    if (query->members > RMS_LARGE_GROUP_MEMBERS) {
        query->members = RMS_LARGE_GROUP_MEMBERS + 1;
        query->next_member = 0;
    }
}

static void handle_looked_up_entry(RmsQuery *query, RmsConnection *connection, LDAPMessage *entry)
{
    switch (query->step) {
    case LOOKUP_OBJECT:
        g_clear_object(&query->object);
        query->object = decode_entry(connection, entry);
        break;
    case LOOKUP_MEMBERS:
        count_members(query, connection, entry);
        break;
    case LOOKUP_GROUPS:
        query->has_groups = TRUE;
        break;
    case LOOKUP_PRIMARY:
        query->has_primary_members = TRUE;
        break;
    }
}

static RmsQueryState end_lookup(RmsQuery *query)
{
    if (query->object != NULL && rms_kind_is_group(rms_directory_object_get_kind(query->object))) {
        g_autoptr(RmsDirectoryObject) plain = g_steal_pointer(&query->object);
        query->object = rms_directory_object_with_members(
            plain, (int) query->members, query->has_primary_members, query->has_groups);
    }
    rms_call_end(query->call, g_steal_pointer(&query->object), g_object_unref);
    return RMS_QUERY_DONE;
}

static RmsQueryState go_on_looking_up(RmsQuery *query, RmsConnection *connection)
{
    switch (query->step) {
    case LOOKUP_OBJECT:
        if (query->object == NULL ||
            !rms_kind_is_group(rms_directory_object_get_kind(query->object)))
            return end_lookup(query);
        query->step = LOOKUP_MEMBERS;
        break;
    case LOOKUP_MEMBERS:
        if (query->next_member > 0)
            break;
        /* Members by primaryGroupID are in no member attribute (protocol.md §6.5). */
        query->step = query->members > 0 ? LOOKUP_GROUPS : LOOKUP_PRIMARY;
        break;
    case LOOKUP_GROUPS:
    case LOOKUP_PRIMARY:
        return end_lookup(query);
    }
    return send_lookup(query, connection);
}

/* The server no longer knows how far the search had come: it keeps only so many at a time. */
static gboolean is_forgotten_page(RmsQuery *query, int code)
{
    return query->pages > 1 &&
           (code == LDAP_UNAVAILABLE_CRITICAL_EXTENSION || code == LDAP_UNWILLING_TO_PERFORM);
}

static gboolean is_ceiling_of_server(int code)
{
    return code == LDAP_SIZELIMIT_EXCEEDED || code == LDAP_TIMELIMIT_EXCEEDED ||
           code == LDAP_ADMINLIMIT_EXCEEDED;
}

static RmsQueryState handle_search_result(RmsQuery *query,
                                          RmsConnection *connection,
                                          int code,
                                          const char *diagnostic,
                                          LDAPControl **controls)
{
    g_clear_pointer(&query->cookie, ber_bvfree);
    guint got = g_hash_table_size(query->found);
    /* What came before the server's own limit is worth showing. */
    if (is_ceiling_of_server(code) && got > 0)
        return end_search(query, connection, TRUE);
    if (is_forgotten_page(query, code) && query->starts < RMS_QUERY_MAX_STARTS)
        return rms_query_start(query, connection);
    if (code != LDAP_SUCCESS)
        return fail_with_code(query, connection, code, diagnostic);

    LDAPControl *page = ldap_control_find(LDAP_CONTROL_PAGEDRESULTS, controls, NULL);
    struct berval cookie = {0};
    ber_int_t estimate;
    if (page != NULL &&
        ldap_parse_pageresponse_control(
            rms_connection_get_ldap(connection), page, &estimate, &cookie) == LDAP_SUCCESS &&
        cookie.bv_len > 0)
        query->cookie = ber_bvdup(&cookie);
    ber_memfree(cookie.bv_val);

    if (query->cookie == NULL)
        return end_search(query, connection, FALSE);
    if (query->pages >= RMS_MAX_PAGES)
        return end_search(query, connection, TRUE);
    deliver_page(query);
    return send_page(query, connection);
}

static RmsQueryState
handle_lookup_result(RmsQuery *query, RmsConnection *connection, int code, const char *diagnostic)
{
    gboolean is_question_answered = query->step != LOOKUP_OBJECT && is_ceiling_of_server(code);
    /* Referral: the SID of another domain. */
    if (code == LDAP_NO_SUCH_OBJECT || code == LDAP_REFERRAL) {
        g_clear_object(&query->object);
        return end_lookup(query);
    }
    if (code != LDAP_SUCCESS && !is_question_answered)
        return fail_with_code(query, connection, code, diagnostic);
    return go_on_looking_up(query, connection);
}

static RmsQueryState handle_result(RmsQuery *query, RmsConnection *connection, LDAPMessage *message)
{
    int code = LDAP_OTHER;
    char *diagnostic = NULL;
    LDAPControl **controls = NULL;
    int rc = ldap_parse_result(
        rms_connection_get_ldap(connection), message, &code, NULL, &diagnostic, NULL, &controls, 0);
    RmsQueryState state;
    query->message_id = -1;
    if (rc != LDAP_SUCCESS)
        state = fail_with_code(query, connection, rc, NULL);
    else if (query->kind == QUERY_LOOKUP)
        state = handle_lookup_result(query, connection, code, diagnostic);
    else
        state = handle_search_result(query, connection, code, diagnostic, controls);
    ldap_controls_free(controls);
    ldap_memfree(diagnostic);
    return state;
}

RmsQueryState rms_query_handle(RmsQuery *query, RmsConnection *connection, LDAPMessage *message)
{
    g_return_val_if_fail(query != NULL && connection != NULL, RMS_QUERY_DONE);

    switch (ldap_msgtype(message)) {
    case LDAP_RES_SEARCH_ENTRY:
        if (query->kind == QUERY_LOOKUP)
            handle_looked_up_entry(query, connection, message);
        else
            return handle_found_entry(query, connection, message);
        return RMS_QUERY_WAITING;
    case LDAP_RES_SEARCH_RESULT:
        return handle_result(query, connection, message);
    default:
        /* References to other domains: an account there has its own connection. */
        return RMS_QUERY_WAITING;
    }
}
