/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The places directly in a place: asked for in pages, delivered together by name.
 */
#include "config.h"

#include <string.h>

#include "directory/directory-cleanup-private.h"
#include "directory/directory-filter.h"
#include "directory/directory-limits.h"
#include "directory/directory-place.h"
#include "directory/directory-topic-private.h"

static const char *const place_attributes[] = {
    "objectClass",
    "name",
    "description",
    NULL,
};

typedef struct {
    RmsQuery query;
    RmsPager pager;
    char *parent; /* NULL: the domain */
    GPtrArray *places;
} Places;

static void clear(RmsQuery *query)
{
    Places *self = (Places *) query;
    rms_pager_clear(&self->pager);
    g_free(self->parent);
    g_clear_pointer(&self->places, g_ptr_array_unref);
}

static RmsQueryState start(RmsQuery *query, RmsConnection *connection)
{
    Places *self = (Places *) query;
    g_ptr_array_set_size(self->places, 0);
    rms_pager_begin(&self->pager,
                    self->parent != NULL ? self->parent
                                         : rms_connection_get_info(connection)->base_dn,
                    LDAP_SCOPE_ONELEVEL,
                    rms_filter_for_places(),
                    place_attributes);
    return rms_pager_send(&self->pager, query, connection);
}

static int compare_places(gconstpointer a, gconstpointer b)
{
    return g_utf8_collate(rms_place_get_name(*(RmsPlace *const *) a),
                          rms_place_get_name(*(RmsPlace *const *) b));
}

static RmsQueryState end(Places *self, gboolean truncated)
{
    g_ptr_array_sort(self->places, compare_places);
    if (self->places->len > 0)
        rms_call_post_page(self->query.call, g_steal_pointer(&self->places));
    return rms_query_end_with_flag(&self->query, truncated);
}

static RmsQueryState handle_entry(RmsQuery *query, RmsConnection *connection, LDAPMessage *entry)
{
    Places *self = (Places *) query;
    g_autofree char *dn = rms_entry_dup_dn(connection, entry);
    if (dn == NULL)
        return RMS_QUERY_WAITING;
    if (self->places->len >= RMS_MAX_PLACES)
        return end(self, TRUE);
    g_autoptr(RmsAttributes) attributes = rms_entry_read(connection, entry);
    g_autofree char *valid = g_utf8_make_valid(dn, -1);
    RmsPlace *place = rms_decode_place(attributes, valid);
    if (place != NULL)
        g_ptr_array_add(self->places, place);
    return RMS_QUERY_WAITING;
}

static RmsQueryState
handle_result(RmsQuery *query, RmsConnection *connection, const RmsQueryResult *result)
{
    Places *self = (Places *) query;
    if (rms_result_is_ceiling(result->code) && self->places->len > 0)
        return end(self, TRUE);
    if (rms_pager_is_forgotten(&self->pager, query, result->code))
        return rms_query_start(query, connection);
    if (result->code == LDAP_NO_SUCH_OBJECT && self->parent != NULL)
        return rms_query_fail(query,
                              g_error_new(RMS_DIRECTORY_ERROR,
                                          RMS_DIRECTORY_ERROR_NAME,
                                          "There is no place %s any more; choose another",
                                          self->parent));
    if (result->code != LDAP_SUCCESS)
        return rms_query_fail_with_code(query, connection, result->code, result->diagnostic);
    if (!rms_pager_advance(&self->pager, connection, result))
        return end(self, FALSE);
    if (self->pager.pages >= RMS_MAX_PAGES)
        return end(self, TRUE);
    return rms_pager_send(&self->pager, query, connection);
}

static const RmsQueryTopic topic = {
    .start = start,
    .handle_entry = handle_entry,
    .handle_result = handle_result,
    .clear = clear,
};

RmsQuery *rms_query_new_places(RmsCall *call, const char *parent)
{
    Places *self = rms_query_new(&topic, sizeof *self, call);
    self->parent = g_strdup(parent);
    self->places = g_ptr_array_new_with_free_func(g_object_unref);
    return &self->query;
}
