/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is the same for all queries: sending, paging, reading entries, ending. What they are about
 * is in a file of its own for each topic. Nothing here waits.
 */
#include "config.h"

#include "directory/directory-topic-private.h"

#include <string.h>

#include "directory/directory-cleanup-private.h"
#include "directory/directory-error-private.h"
#include "directory/directory-limits.h"

gpointer rms_query_new(const RmsQueryTopic *topic, gsize size, RmsCall *call)
{
    g_return_val_if_fail(topic != NULL && size >= sizeof(RmsQuery) && call != NULL, NULL);

    RmsQuery *query = g_malloc0(size);
    query->topic = topic;
    query->call = rms_call_ref(call);
    query->message_id = -1;
    return query;
}

void rms_query_free(RmsQuery *query)
{
    if (query == NULL)
        return;
    if (query->topic->clear != NULL)
        query->topic->clear(query);
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

RmsQueryState rms_query_fail(RmsQuery *query, GError *error)
{
    rms_call_fail(query->call, error);
    return RMS_QUERY_DONE;
}

RmsQueryState rms_query_fail_with_code(RmsQuery *query,
                                       RmsConnection *connection,
                                       int code,
                                       const char *diagnostic)
{
    if (rms_directory_error_is_lost(code, diagnostic))
        return RMS_QUERY_LOST;
    return rms_query_fail(
        query,
        rms_directory_error_new(
            RMS_STEP_SEARCH, code, diagnostic, rms_connection_get_host(connection)));
}

RmsQueryState rms_query_end(RmsQuery *query, gpointer value, GDestroyNotify free_value)
{
    rms_call_end(query->call, value, free_value);
    return RMS_QUERY_DONE;
}

RmsQueryState rms_query_end_with_flag(RmsQuery *query, gboolean value)
{
    rms_call_end_with_flag(query->call, value);
    return RMS_QUERY_DONE;
}

RmsQueryState rms_query_ask(RmsQuery *query,
                            RmsConnection *connection,
                            const char *base,
                            int scope,
                            const char *filter,
                            const char *const *attributes,
                            int max_entries)
{
    int rc = rms_connection_search(
        connection, base, scope, filter, attributes, 0, NULL, max_entries, &query->message_id);
    return rc == LDAP_SUCCESS ? RMS_QUERY_WAITING
                              : rms_query_fail_with_code(query, connection, rc, NULL);
}

void rms_pager_begin(
    RmsPager *pager, const char *base, int scope, char *filter, const char *const *attributes)
{
    rms_pager_clear(pager);
    pager->base = g_strdup(base);
    pager->scope = scope;
    pager->filter = filter;
    pager->attributes = attributes;
    pager->first_size = RMS_NEXT_PAGE_OBJECTS;
    pager->next_size = RMS_NEXT_PAGE_OBJECTS;
}

RmsQueryState rms_pager_send(RmsPager *pager, RmsQuery *query, RmsConnection *connection)
{
    int rc = rms_connection_search(connection,
                                   pager->base,
                                   pager->scope,
                                   pager->filter,
                                   pager->attributes,
                                   (int) (pager->pages == 0 ? pager->first_size : pager->next_size),
                                   pager->cookie,
                                   0,
                                   &query->message_id);
    pager->pages++;
    return rc == LDAP_SUCCESS ? RMS_QUERY_WAITING
                              : rms_query_fail_with_code(query, connection, rc, NULL);
}

gboolean rms_pager_advance(RmsPager *pager, RmsConnection *connection, const RmsQueryResult *result)
{
    g_clear_pointer(&pager->cookie, ber_bvfree);
    LDAPControl *control = ldap_control_find(LDAP_CONTROL_PAGEDRESULTS, result->controls, NULL);
    struct berval cookie = {0};
    ber_int_t estimate;
    if (control != NULL &&
        ldap_parse_pageresponse_control(
            rms_connection_get_ldap(connection), control, &estimate, &cookie) == LDAP_SUCCESS &&
        cookie.bv_len > 0)
        pager->cookie = ber_bvdup(&cookie);
    ber_memfree(cookie.bv_val);
    return pager->cookie != NULL;
}

gboolean rms_pager_is_forgotten(const RmsPager *pager, const RmsQuery *query, int code)
{
    return pager->pages > 1 && query->starts < RMS_QUERY_MAX_STARTS &&
           (code == LDAP_UNAVAILABLE_CRITICAL_EXTENSION || code == LDAP_UNWILLING_TO_PERFORM);
}

void rms_pager_clear(RmsPager *pager)
{
    g_free(pager->base);
    g_free(pager->filter);
    ber_bvfree(pager->cookie);
    *pager = (RmsPager){0};
}

gboolean rms_result_is_ceiling(int code)
{
    return code == LDAP_SIZELIMIT_EXCEEDED || code == LDAP_TIMELIMIT_EXCEEDED ||
           code == LDAP_ADMINLIMIT_EXCEEDED;
}

/* Names and values stay where libldap has them, in the message. */
static void add_attributes(RmsAttributes *attributes, RmsConnection *connection, LDAPMessage *entry)
{
    LDAP *ldap = rms_connection_get_ldap(connection);
    g_autoptr(BerElement) position = NULL;
    struct berval dn;
    struct berval name;
    struct berval *values = NULL;
    if (ldap_get_dn_ber(ldap, entry, &position, &dn) != LDAP_SUCCESS || position == NULL)
        return;
    while (ldap_get_attribute_ber(ldap, entry, position, &name, &values) == LDAP_SUCCESS &&
           name.bv_val != NULL) {
        char text[RMS_MAX_ATTRIBUTE_NAME_BYTES + 1];
        if (name.bv_len <= RMS_MAX_ATTRIBUTE_NAME_BYTES) {
            memcpy(text, name.bv_val, name.bv_len);
            text[name.bv_len] = '\0';
            for (guint i = 0; values != NULL && values[i].bv_val != NULL; i++)
                rms_attributes_add(attributes, text, values[i].bv_val, values[i].bv_len);
        }
        ber_memfree(values);
        values = NULL;
    }
}

RmsAttributes *rms_entry_read(RmsConnection *connection, LDAPMessage *entry)
{
    RmsAttributes *attributes = rms_attributes_new();
    add_attributes(attributes, connection, entry);
    return attributes;
}

char *rms_entry_dup_dn(RmsConnection *connection, LDAPMessage *entry)
{
    char *dn = ldap_get_dn(rms_connection_get_ldap(connection), entry);
    char *copy = dn != NULL && strlen(dn) <= RMS_MAX_VALUE_BYTES ? g_strdup(dn) : NULL;
    ldap_memfree(dn);
    return copy;
}

RmsDirectoryObject *rms_entry_decode(RmsConnection *connection, LDAPMessage *entry)
{
    g_autofree char *dn = rms_entry_dup_dn(connection, entry);
    if (dn == NULL)
        return NULL;
    RmsAttributes *attributes = rms_connection_get_attributes(connection);
    rms_attributes_clear(attributes);
    add_attributes(attributes, connection, entry);
    return rms_decode_object(attributes,
                             dn,
                             rms_domain_info_find_netbios(rms_connection_get_info(connection), dn),
                             g_get_real_time());
}

RmsQueryState rms_query_start(RmsQuery *query, RmsConnection *connection)
{
    g_return_val_if_fail(query != NULL && connection != NULL, RMS_QUERY_DONE);

    query->starts++;
    query->message_id = -1;
    rms_call_post_info(query->call, rms_connection_get_info(connection));
    return query->topic->start(query, connection);
}

static RmsQueryState handle_result(RmsQuery *query, RmsConnection *connection, LDAPMessage *message)
{
    RmsQueryResult result = {.code = LDAP_OTHER};
    char *diagnostic = NULL;
    int rc = ldap_parse_result(rms_connection_get_ldap(connection),
                               message,
                               &result.code,
                               NULL,
                               &diagnostic,
                               NULL,
                               &result.controls,
                               0);
    result.diagnostic = diagnostic;
    query->message_id = -1;
    RmsQueryState state = rc == LDAP_SUCCESS
                              ? query->topic->handle_result(query, connection, &result)
                              : rms_query_fail_with_code(query, connection, rc, NULL);
    ldap_controls_free(result.controls);
    ldap_memfree(diagnostic);
    return state;
}

RmsQueryState rms_query_handle(RmsQuery *query, RmsConnection *connection, LDAPMessage *message)
{
    g_return_val_if_fail(query != NULL && connection != NULL, RMS_QUERY_DONE);

    switch (ldap_msgtype(message)) {
    case LDAP_RES_SEARCH_ENTRY:
        return query->topic->handle_entry(query, connection, message);
    case LDAP_RES_SEARCH_RESULT:
        return handle_result(query, connection, message);
    default:
        /* References to other domains: an account there has its own connection. */
        return RMS_QUERY_WAITING;
    }
}
