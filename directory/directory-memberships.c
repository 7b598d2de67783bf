/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The groups that an object is in, upwards, level by level: each group's own memberOf says what the
 * next level is. A group that was seen is not asked again, so that loops end.
 *
 *     object ▶ its primary group ▶ [ groups of a level, some at a time ] … ▶ done
 */
#include "config.h"

#include <string.h>

#include "directory/directory-cleanup-private.h"
#include "directory/directory-details.h"
#include "directory/directory-filter.h"
#include "directory/directory-limits.h"
#include "directory/directory-object-private.h"
#include "directory/directory-topic-private.h"

/* DNs asked for in one search. */
#define NAMES_A_SEARCH 25

typedef enum { STEP_OBJECT, STEP_PRIMARY, STEP_GROUPS } Step;

/* A group by the name that something in it gave. */
typedef struct {
    char *dn;
    gsize child; /* index + 1 of the known group that is a member of it; 0: the object itself */
    guint level;
    RmsDirectoryObject *group; /* (nullable) until read */
    gboolean primary;
} Known;

typedef struct {
    RmsQuery query;
    RmsSid sid;
    Step step;
    guint32 primary_rid; /* 0: none */
    gboolean exists;
    GPtrArray *known;  /* Known, in the order they were found: nearest first */
    GHashTable *index; /* DN as a key → index + 1 in known */
    guint asked;       /* known groups that were asked for */
    guint last_asked;
    gboolean truncated;
} Memberships;

static void free_known(gpointer data)
{
    Known *known = data;
    g_free(known->dn);
    g_clear_object(&known->group);
    g_free(known);
}

static void clear(RmsQuery *query)
{
    Memberships *self = (Memberships *) query;
    g_ptr_array_unref(self->known);
    g_hash_table_unref(self->index);
}

static void add_known(Memberships *self, char *dn, gsize child, guint level)
{
    g_autofree char *key = g_utf8_strdown(dn, -1);
    if (g_hash_table_contains(self->index, key)) {
        g_free(dn);
        return;
    }
    if (self->known->len >= RMS_MAX_MEMBERSHIPS || level > RMS_MAX_NESTING) {
        self->truncated = TRUE;
        g_free(dn);
        return;
    }
    Known *known = g_new0(Known, 1);
    known->dn = dn;
    known->child = child;
    known->level = level;
    g_ptr_array_add(self->known, known);
    g_hash_table_insert(self->index, g_steal_pointer(&key), GSIZE_TO_POINTER(self->known->len));
}

/* The groups that @entry says it is in. */
static void take_parents(
    Memberships *self, RmsConnection *connection, LDAPMessage *entry, gsize child, guint level)
{
    LDAP *ldap = rms_connection_get_ldap(connection);
    g_autoptr(BerElement) position = NULL;
    for (char *name = ldap_first_attribute(ldap, entry, &position); name != NULL;
         name = ldap_next_attribute(ldap, entry, position)) {
        guint next = 0;
        gboolean is_range = rms_decode_range(name, "memberOf", &next);
        if (is_range || g_ascii_strcasecmp(name, "memberOf") == 0) {
            g_auto(RmsBervals) values = ldap_get_values_len(ldap, entry, name);
            for (guint i = 0; values != NULL && values[i] != NULL; i++) {
                if (values[i]->bv_len <= RMS_MAX_VALUE_BYTES)
                    add_known(self,
                              g_utf8_make_valid(values[i]->bv_val, (gssize) values[i]->bv_len),
                              child,
                              level);
            }
            /* More direct groups than a domain controller gives at once: nobody reads them all. */
            self->truncated = self->truncated || next > 0;
        }
        ldap_memfree(name);
    }
}

static RmsQueryState start(RmsQuery *query, RmsConnection *connection)
{
    Memberships *self = (Memberships *) query;
    g_autofree char *base = rms_base_for_sid(&self->sid);
    g_autofree char *filter = rms_filter_for_kinds(RMS_KIND_ALL);
    self->step = STEP_OBJECT;
    self->primary_rid = 0;
    self->exists = FALSE;
    self->asked = 0;
    self->last_asked = 0;
    self->truncated = FALSE;
    g_hash_table_remove_all(self->index);
    g_ptr_array_set_size(self->known, 0);
    return rms_query_ask(
        query, connection, base, LDAP_SCOPE_BASE, filter, rms_decode_membership_attributes, 0);
}

/* A primary group is of the account's own domain, and in no memberOf (protocol.md §6.5). */
static RmsQueryState ask_for_primary(Memberships *self, RmsConnection *connection)
{
    RmsSid sid = self->sid;
    g_autofree char *filter = rms_filter_for_kinds(RMS_KIND_ALL);
    self->step = STEP_PRIMARY;
    sid.length -= 4;
    sid.bytes[1]--;
    if (!rms_sid_append(&sid, self->primary_rid))
        return rms_query_end_with_flag(&self->query, self->truncated);
    g_autofree char *base = rms_base_for_sid(&sid);
    return rms_query_ask(&self->query,
                         connection,
                         base,
                         LDAP_SCOPE_BASE,
                         filter,
                         rms_decode_membership_attributes,
                         0);
}

static RmsQueryState end(Memberships *self)
{
    g_autoptr(GPtrArray) memberships = g_ptr_array_new_with_free_func(g_object_unref);
    for (guint i = 0; i < self->known->len; i++) {
        const Known *known = self->known->pdata[i];
        if (known->group == NULL)
            continue;
        g_autoptr(GPtrArray) path = g_ptr_array_new();
        for (gsize child = known->child; child > 0;) {
            const Known *inner = self->known->pdata[child - 1];
            if (inner->group != NULL)
                g_ptr_array_insert(
                    path, 0, (gpointer) rms_directory_object_get_account_name(inner->group));
            child = inner->child;
        }
        g_ptr_array_add(path, NULL);
        g_ptr_array_add(
            memberships,
            rms_membership_new(known->group, (const char *const *) path->pdata, known->primary));
    }
    if (memberships->len > 0)
        rms_call_post_page(self->query.call, g_steal_pointer(&memberships));
    return rms_query_end_with_flag(&self->query, self->truncated);
}

static RmsQueryState ask_for_groups(Memberships *self, RmsConnection *connection)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    self->step = STEP_GROUPS;
    while (self->asked < self->known->len && names->len < NAMES_A_SEARCH) {
        const Known *known = self->known->pdata[self->asked];
        /* Levels are read one after the other, so that paths are shortest. */
        if (names->len > 0 &&
            known->level != ((const Known *) self->known->pdata[self->asked - 1])->level)
            break;
        self->asked++;
        if (known->group == NULL)
            g_ptr_array_add(names, known->dn);
    }
    if (names->len == 0 && self->asked >= self->known->len)
        return end(self);
    if (names->len == 0)
        return ask_for_groups(self, connection);
    g_autofree char *filter = rms_filter_for_names((const char *const *) names->pdata, names->len);
    return rms_query_ask(&self->query,
                         connection,
                         rms_domain_info_get_search_base(rms_connection_get_info(connection)),
                         LDAP_SCOPE_SUBTREE,
                         filter,
                         rms_decode_membership_attributes,
                         0);
}

static void take_group(Memberships *self, RmsConnection *connection, LDAPMessage *entry)
{
    g_autoptr(RmsDirectoryObject) group = rms_entry_decode(connection, entry);
    if (group == NULL || !rms_kind_is_group(rms_directory_object_get_kind(group)))
        return;
    g_autofree char *dn = rms_entry_dup_dn(connection, entry);
    g_autofree char *key = g_utf8_strdown(dn, -1);
    if (self->step == STEP_PRIMARY)
        add_known(self, g_strdup(dn), 0, 1);
    gsize place = GPOINTER_TO_SIZE(g_hash_table_lookup(self->index, key));
    if (place == 0)
        return;
    Known *known = self->known->pdata[place - 1];
    if (known->group != NULL)
        return;
    known->group = g_steal_pointer(&group);
    known->primary = self->step == STEP_PRIMARY;
    take_parents(self, connection, entry, place, known->level + 1);
}

static RmsQueryState handle_entry(RmsQuery *query, RmsConnection *connection, LDAPMessage *entry)
{
    Memberships *self = (Memberships *) query;
    if (self->step != STEP_OBJECT) {
        take_group(self, connection, entry);
        return RMS_QUERY_WAITING;
    }
    g_autoptr(RmsAttributes) attributes = rms_entry_read(connection, entry);
    self->exists = TRUE;
    self->primary_rid = rms_attributes_get_primary_group(attributes);
    take_parents(self, connection, entry, 0, 1);
    return RMS_QUERY_WAITING;
}

static RmsQueryState
handle_result(RmsQuery *query, RmsConnection *connection, const RmsQueryResult *result)
{
    Memberships *self = (Memberships *) query;
    gboolean is_missing = result->code == LDAP_NO_SUCH_OBJECT || result->code == LDAP_REFERRAL;
    if (result->code != LDAP_SUCCESS && !(is_missing && self->step != STEP_GROUPS))
        return rms_query_fail_with_code(query, connection, result->code, result->diagnostic);
    if (self->step == STEP_OBJECT && !self->exists) {
        g_autofree char *text = rms_sid_to_string(&self->sid);
        return rms_query_fail(query,
                              g_error_new(RMS_DIRECTORY_ERROR,
                                          RMS_DIRECTORY_ERROR_NAME,
                                          "There is no %s in this directory; look it up again",
                                          text));
    }
    if (self->step == STEP_OBJECT && self->primary_rid != 0)
        return ask_for_primary(self, connection);
    return ask_for_groups(self, connection);
}

static const RmsQueryTopic topic = {
    .start = start,
    .handle_entry = handle_entry,
    .handle_result = handle_result,
    .clear = clear,
};

RmsQuery *rms_query_new_memberships(RmsCall *call, const RmsSid *sid)
{
    Memberships *self = rms_query_new(&topic, sizeof *self, call);
    self->sid = *sid;
    self->known = g_ptr_array_new_with_free_func(free_known);
    self->index = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    return &self->query;
}
