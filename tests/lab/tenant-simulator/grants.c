/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the authority remembers between two requests (grants.h).
 */
#include "config.h"

#include "tests/lab/tenant-simulator/grants.h"

#include <openssl/rand.h>

#include "tests/lab/tenant-simulator/keys.h"
#include "tests/lab/tenant-simulator/limits.h"

#define USER_CODE_LENGTH 9
/* No vowels, so that no words come out, and nothing that is mistaken for something else. */
#define USER_CODE_LETTERS "BCDFGHJKLMNPQRSTVWXZ23456789"

struct _RmsSimGrants {
    GHashTable *tables[RMS_SIM_N_GRANTS]; /* char * → RmsSimGrant */
};

void rms_sim_grant_free(RmsSimGrant *grant)
{
    if (grant == NULL)
        return;
    g_free(grant->client_id);
    g_free(grant->scope);
    g_free(grant->object_id);
    g_free(grant->user_code);
    g_free(grant->redirect_uri);
    g_free(grant->code_challenge);
    g_free(grant->nonce);
    g_free(grant);
}

RmsSimGrants *rms_sim_grants_new(void)
{
    RmsSimGrants *grants = g_new0(RmsSimGrants, 1);
    for (guint i = 0; i < RMS_SIM_N_GRANTS; i++)
        grants->tables[i] = g_hash_table_new_full(
            g_str_hash, g_str_equal, g_free, (GDestroyNotify) rms_sim_grant_free);
    return grants;
}

void rms_sim_grants_free(RmsSimGrants *grants)
{
    if (grants == NULL)
        return;
    for (guint i = 0; i < RMS_SIM_N_GRANTS; i++)
        g_hash_table_unref(grants->tables[i]);
    g_free(grants);
}

static void make_room(GHashTable *table)
{
    if (g_hash_table_size(table) < RMS_SIM_MAX_GRANTS)
        return;
    GHashTableIter iter;
    gpointer key = NULL;
    gpointer value = NULL;
    gpointer first = NULL;
    gint64 ends = G_MAXINT64;
    g_hash_table_iter_init(&iter, table);
    while (g_hash_table_iter_next(&iter, &key, &value)) {
        const RmsSimGrant *grant = value;
        if (grant->expires_at < ends) {
            ends = grant->expires_at;
            first = key;
        }
    }
    g_hash_table_remove(table, first);
}

const char *
rms_sim_grants_add(RmsSimGrants *grants, RmsSimGrantKind kind, const char *key, RmsSimGrant *grant)
{
    make_room(grants->tables[kind]);
    char *owned = key != NULL ? g_strdup(key) : rms_sim_random();
    g_hash_table_replace(grants->tables[kind], owned, grant);
    return owned;
}

RmsSimGrant *rms_sim_grants_find(RmsSimGrants *grants, RmsSimGrantKind kind, const char *key)
{
    return key == NULL ? NULL : g_hash_table_lookup(grants->tables[kind], key);
}

RmsSimGrant *rms_sim_grants_find_user_code(RmsSimGrants *grants, const char *user_code)
{
    if (user_code == NULL)
        return NULL;
    g_autoptr(GString) plain = g_string_new(NULL);
    for (const char *c = user_code; *c != '\0'; c++) {
        if (g_ascii_isalnum(*c))
            g_string_append_c(plain, g_ascii_toupper(*c));
    }
    GHashTableIter iter;
    gpointer value = NULL;
    g_hash_table_iter_init(&iter, grants->tables[RMS_SIM_GRANT_DEVICE]);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        RmsSimGrant *grant = value;
        if (g_str_equal(grant->user_code, plain->str))
            return grant;
    }
    return NULL;
}

char *rms_sim_grants_dup_user_code(void)
{
    guint8 random[USER_CODE_LENGTH];
    if (RAND_bytes(random, sizeof random) != 1)
        g_error("no random numbers");
    char *code = g_malloc0(USER_CODE_LENGTH + 1);
    for (guint i = 0; i < USER_CODE_LENGTH; i++)
        code[i] = USER_CODE_LETTERS[random[i] % (sizeof USER_CODE_LETTERS - 1)];
    return code;
}
