/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Finding objects: by the start of what is typed, exactly by it, or by their SIDs. And the query
 * that only opens the connection.
 */
#include "config.h"

#include <string.h>

#include "directory/directory-cleanup-private.h"
#include "directory/directory-filter.h"
#include "directory/directory-limits.h"
#include "directory/directory-topic-private.h"

typedef struct {
    RmsQuery query;
    RmsPager pager;
    RmsTypedName *name; /* NULL when SIDs are looked for */
    gboolean exact;
    char *place; /* NULL: everything that the connection holds */
    gboolean direct;
    guint kinds;
    guint limit;
    guint first_page;
    guint next_page;
    gboolean other_domain; /* `OTHER\name`: not this domain's */
    gboolean builtin_only; /* `BUILTIN\name`: not one of this domain's accounts called so */
    GPtrArray *sids;       /* NULL when a name is looked for */
    guint next_sid;        /* the first that was not asked for yet */
    GPtrArray *objects;    /* of the page that is coming in; all of them unless pages go out */
    GHashTable *found;     /* SIDs of all so far, so that a second start adds only the rest */
} Search;

static Search *new_search(const RmsQueryTopic *topic, RmsCall *call)
{
    Search *search = rms_query_new(topic, sizeof *search, call);
    search->objects = g_ptr_array_new_with_free_func(g_object_unref);
    search->found =
        g_hash_table_new_full(rms_sid_hash, rms_sid_equal, (GDestroyNotify) rms_sid_free, NULL);
    return search;
}

static void clear(RmsQuery *query)
{
    Search *search = (Search *) query;
    rms_pager_clear(&search->pager);
    rms_typed_name_free(search->name);
    g_free(search->place);
    g_clear_pointer(&search->sids, g_ptr_array_unref);
    g_ptr_array_unref(search->objects);
    g_hash_table_unref(search->found);
}

static GPtrArray *steal_objects(Search *search)
{
    GPtrArray *objects = search->objects;
    search->objects = g_ptr_array_new_with_free_func(g_object_unref);
    return objects;
}

/* --- names --------------------------------------------------------------------------------- */

/* The account part of `DOMAIN\name` or `name@domain` if the domain is the one connected to. */
static const char *find_local_account(Search *search, const RmsDomainInfo *info)
{
    const RmsTypedName *name = search->name;
    search->other_domain = FALSE;
    search->builtin_only = FALSE;
    if (name->domain == NULL)
        return NULL;
    gboolean is_own = g_ascii_strcasecmp(name->domain, info->domain) == 0;
    if (name->form == RMS_NAME_DOMAIN_ACCOUNT) {
        search->builtin_only = g_ascii_strcasecmp(name->domain, "BUILTIN") == 0;
        is_own = is_own || search->builtin_only ||
                 g_ascii_strcasecmp(name->domain, info->netbios_name) == 0;
        search->other_domain = !is_own;
    }
    return is_own ? name->account : NULL;
}

static RmsQueryState start_name(RmsQuery *query, RmsConnection *connection)
{
    Search *search = (Search *) query;
    const RmsDomainInfo *info = rms_connection_get_info(connection);
    const char *local_account = find_local_account(search, info);
    rms_pager_begin(&search->pager,
                    search->place != NULL ? search->place : rms_domain_info_get_search_base(info),
                    search->direct ? LDAP_SCOPE_ONELEVEL : LDAP_SCOPE_SUBTREE,
                    search->exact
                        ? rms_filter_for_resolve(search->name, local_account, search->kinds)
                        : rms_filter_for_search(search->name, local_account, search->kinds),
                    rms_decode_attributes);
    search->pager.first_size = search->first_page;
    search->pager.next_size = search->next_page;
    return rms_pager_send(&search->pager, query, connection);
}

static void deliver_page(Search *search)
{
    if (!search->exact && search->objects->len > 0)
        rms_call_post_page(search->query.call, steal_objects(search));
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

static void drop_machines_behind_others(Search *search)
{
    GPtrArray *objects = search->objects;
    guint machines = 0;
    for (guint i = 0; i < objects->len; i++)
        machines += is_called_by_machine_name(objects->pdata[i], search->name) ? 1 : 0;
    if (machines == objects->len)
        return;
    for (guint i = objects->len; i > 0; i--) {
        if (is_called_by_machine_name(objects->pdata[i - 1], search->name))
            g_ptr_array_remove_index(objects, i - 1);
    }
}

static RmsQueryState end_name(Search *search, RmsConnection *connection, gboolean truncated)
{
    RmsQuery *query = &search->query;
    const RmsDomainInfo *info = rms_connection_get_info(connection);
    deliver_page(search);
    if (g_hash_table_size(search->found) == 0 && search->other_domain)
        return rms_query_fail(
            query,
            g_error_new(RMS_DIRECTORY_ERROR,
                        RMS_DIRECTORY_ERROR_NAME,
                        "This connection serves the domain %s (%s); to find “%s”, connect to its "
                        "own domain",
                        info->netbios_name,
                        info->domain,
                        search->name->text));
    if (!search->exact)
        return rms_query_end_with_flag(query, truncated);
    if (truncated)
        return rms_query_fail(
            query,
            g_error_new(RMS_DIRECTORY_ERROR,
                        RMS_DIRECTORY_ERROR_NAME,
                        "More than %d objects are called “%s”; search for it, and "
                        "choose from the list",
                        RMS_MAX_RESOLVED_OBJECTS,
                        search->name->text));
    drop_machines_behind_others(search);
    return rms_query_end(query, steal_objects(search), (GDestroyNotify) g_ptr_array_unref);
}

static RmsQueryState
handle_named_entry(RmsQuery *query, RmsConnection *connection, LDAPMessage *entry)
{
    Search *search = (Search *) query;
    g_autoptr(RmsDirectoryObject) object = rms_entry_decode(connection, entry);
    if (object == NULL ||
        (search->kinds & RMS_KIND_BIT(rms_directory_object_get_kind(object))) == 0)
        return RMS_QUERY_WAITING;
    if (search->builtin_only && rms_directory_object_get_scope(object) != RMS_SCOPE_BUILTIN)
        return RMS_QUERY_WAITING;
    const RmsSid *sid = rms_directory_object_get_sid(object);
    if (g_hash_table_contains(search->found, sid))
        return RMS_QUERY_WAITING;
    /* One more than asked for: what came so far is shown, and that it is not all. */
    if (g_hash_table_size(search->found) >= search->limit)
        return end_name(search, connection, TRUE);
    g_hash_table_add(search->found, rms_sid_copy(sid));
    g_ptr_array_add(search->objects, g_steal_pointer(&object));
    return RMS_QUERY_WAITING;
}

static RmsQueryState
handle_named_result(RmsQuery *query, RmsConnection *connection, const RmsQueryResult *result)
{
    Search *search = (Search *) query;
    /* What came before the server's own limit is worth showing. */
    if (rms_result_is_ceiling(result->code) && g_hash_table_size(search->found) > 0)
        return end_name(search, connection, TRUE);
    if (rms_pager_is_forgotten(&search->pager, query, result->code))
        return rms_query_start(query, connection);
    if (result->code == LDAP_NO_SUCH_OBJECT && search->place != NULL)
        return rms_query_fail(query,
                              g_error_new(RMS_DIRECTORY_ERROR,
                                          RMS_DIRECTORY_ERROR_NAME,
                                          "There is no place %s any more; choose another",
                                          search->place));
    if (result->code != LDAP_SUCCESS)
        return rms_query_fail_with_code(query, connection, result->code, result->diagnostic);
    if (!rms_pager_advance(&search->pager, connection, result))
        return end_name(search, connection, FALSE);
    if (search->pager.pages >= RMS_MAX_PAGES)
        return end_name(search, connection, TRUE);
    deliver_page(search);
    return rms_pager_send(&search->pager, query, connection);
}

static const RmsQueryTopic name_topic = {
    .start = start_name,
    .handle_entry = handle_named_entry,
    .handle_result = handle_named_result,
    .clear = clear,
};

RmsQuery *rms_query_new_search(RmsCall *call,
                               RmsTypedName *name,
                               const RmsDirectorySearch *wanted,
                               guint first_page,
                               guint next_page)
{
    Search *search = new_search(&name_topic, call);
    search->name = name;
    search->place = g_strdup(wanted->place);
    search->direct = wanted->direct;
    search->kinds = wanted->kinds;
    search->limit = wanted->limit;
    search->first_page = first_page;
    search->next_page = next_page;
    return &search->query;
}

RmsQuery *rms_query_new_resolve(RmsCall *call, RmsTypedName *name, guint kinds)
{
    Search *search = new_search(&name_topic, call);
    search->name = name;
    search->exact = TRUE;
    search->kinds = kinds;
    search->limit = RMS_MAX_RESOLVED_OBJECTS;
    search->first_page = RMS_FIRST_PAGE_OBJECTS;
    search->next_page = RMS_NEXT_PAGE_OBJECTS;
    return &search->query;
}

/* --- SIDs ---------------------------------------------------------------------------------- */

static RmsQueryState ask_for_sids(Search *search, RmsConnection *connection)
{
    RmsQuery *query = &search->query;
    guint first = search->next_sid;
    if (first >= search->sids->len)
        return rms_query_end(query, steal_objects(search), (GDestroyNotify) g_ptr_array_unref);
    search->next_sid = MIN(first + RMS_SIDS_A_SEARCH, search->sids->len);
    g_autofree char *filter = rms_filter_for_sids(
        (const RmsSid *const *) search->sids->pdata + first, search->next_sid - first);
    return rms_query_ask(query,
                         connection,
                         rms_domain_info_get_search_base(rms_connection_get_info(connection)),
                         LDAP_SCOPE_SUBTREE,
                         filter,
                         rms_decode_attributes,
                         0);
}

static RmsQueryState start_sids(RmsQuery *query, RmsConnection *connection)
{
    Search *search = (Search *) query;
    search->next_sid = 0;
    return ask_for_sids(search, connection);
}

static RmsQueryState
handle_entry_with_sid(RmsQuery *query, RmsConnection *connection, LDAPMessage *entry)
{
    Search *search = (Search *) query;
    g_autoptr(RmsDirectoryObject) object = rms_entry_decode(connection, entry);
    if (object != NULL &&
        g_hash_table_add(search->found, rms_sid_copy(rms_directory_object_get_sid(object))))
        g_ptr_array_add(search->objects, g_steal_pointer(&object));
    return RMS_QUERY_WAITING;
}

static RmsQueryState
handle_sids_result(RmsQuery *query, RmsConnection *connection, const RmsQueryResult *result)
{
    /* No ceiling is harmless here: what is missing would be taken for gone. */
    if (result->code != LDAP_SUCCESS)
        return rms_query_fail_with_code(query, connection, result->code, result->diagnostic);
    return ask_for_sids((Search *) query, connection);
}

static const RmsQueryTopic sids_topic = {
    .start = start_sids,
    .handle_entry = handle_entry_with_sid,
    .handle_result = handle_sids_result,
    .clear = clear,
};

RmsQuery *rms_query_new_find_sids(RmsCall *call, GPtrArray *sids)
{
    Search *search = new_search(&sids_topic, call);
    search->sids = sids;
    return &search->query;
}

/* --- opening ------------------------------------------------------------------------------- */

static RmsQueryState start_open(RmsQuery *query, RmsConnection *connection)
{
    return rms_query_end_with_flag(query, TRUE);
}

static const RmsQueryTopic open_topic = {.start = start_open};

RmsQuery *rms_query_new_open(RmsCall *call)
{
    return rms_query_new(&open_topic, sizeof(RmsQuery), call);
}
