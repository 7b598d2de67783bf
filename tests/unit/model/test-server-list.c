/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Entries, the list's editing and its rules, differences.
 */
#include "config.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "connector-core/model/server-list.h"

#define DOMAIN "S-1-5-21-1004336348-1177238915-682003330-"

static RmsEntry *make_entry(guint rid, const char *name, RmsKind kind, RmsRole role)
{
    g_autofree char *text = g_strdup_printf(DOMAIN "%u", rid);
    RmsSid sid;

    ck_assert(rms_sid_parse(&sid, text));
    return rms_entry_new(&sid, NULL, name, NULL, kind, role);
}

static void add(RmsServerList *list, guint rid, const char *name, RmsKind kind, RmsRole role)
{
    g_autoptr(RmsEntry) entry = make_entry(rid, name, kind, role);
    g_autoptr(GError) error = NULL;

    ck_assert_msg(rms_server_list_add(list, entry, &error), "%s", error ? error->message : "");
}

START_TEST(test_names)
{
    RmsRole role = RMS_ROLE_FCI;
    RmsKind kind = RMS_KIND_USER;

    for (guint i = 0; i < RMS_N_ROLES; i++) {
        ck_assert(rms_role_from_string(rms_role_to_string((RmsRole) i), &role));
        ck_assert_uint_eq(role, i);
        ck_assert_int_eq(rms_role_grants_super_user(role), i == RMS_ROLE_EXCHANGE);
    }
    for (guint i = 0; i < RMS_N_KINDS; i++) {
        ck_assert(rms_kind_from_string(rms_kind_to_string((RmsKind) i), &kind));
        ck_assert_uint_eq(kind, i);
        ck_assert_int_eq(rms_kind_is_group(kind),
                         i == RMS_KIND_SECURITY_GROUP || i == RMS_KIND_DISTRIBUTION_GROUP);
    }
    role = RMS_ROLE_SHAREPOINT;
    static const char *const bad[] = {NULL, "", "Exchange", "exchange ", "exchang", "0", "super"};
    for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
        ck_assert(!rms_role_from_string(bad[i], &role));
        ck_assert(!rms_kind_from_string(bad[i], &kind));
    }
    ck_assert_uint_eq(role, RMS_ROLE_SHAREPOINT);
}
END_TEST

static const struct {
    const char *name;
    const char *sid;
    const char *guid;
    const char *account;
    RmsKind kind;
    RmsRole role;
    const char *says; /* part of the message; NULL: passes */
} rule_rows[] = {
    {"exchange group",
     DOMAIN "1103",
     NULL,                                                "CONTOSO\\Exchange Servers",
     RMS_KIND_SECURITY_GROUP,                                                                                                       RMS_ROLE_EXCHANGE,
     NULL                                                                                                                                                                    },
    {"exchange computer",
     DOMAIN "1103",
     NULL,                                                "CONTOSO\\EXCH01$",
     RMS_KIND_COMPUTER,                                                                                                             RMS_ROLE_EXCHANGE,
     "takes a security group"                                                                                                                                                },
    {"exchange user",
     DOMAIN "1103",
     NULL,                                                "CONTOSO\\svc",
     RMS_KIND_USER,                                                                                                                 RMS_ROLE_EXCHANGE,
     "takes a security group"                                                                                                                                                },
    {"exchange gMSA",
     DOMAIN "1103",
     NULL,                                                "CONTOSO\\g$",
     RMS_KIND_MANAGED_SERVICE_ACCOUNT,                                                                                              RMS_ROLE_EXCHANGE,
     "takes a security group"                                                                                                                                                },
    {"exchange dist. group",
     DOMAIN "1103",
     NULL,                                                "CONTOSO\\dl",
     RMS_KIND_DISTRIBUTION_GROUP,                                                                                                   RMS_ROLE_EXCHANGE,
     "takes a security group"                                                                                                                                                },
    {"sharepoint user",
     DOMAIN "1103",
     NULL,                                                "CONTOSO\\svc",
     RMS_KIND_USER,                                                                                                                 RMS_ROLE_SHAREPOINT,
     NULL                                                                                                                                                                    },
    {"fci dist. group",
     DOMAIN "1103",
     NULL,                                                "CONTOSO\\dl",
     RMS_KIND_DISTRIBUTION_GROUP,                                                                                                   RMS_ROLE_FCI,
     NULL                                                                                                                                                                    },
    {"CJK name",
     DOMAIN "1103",
     NULL,                                                "CONTOSO\\\xE6\x9C\x8D\xE5\x8A\xA1\xE5\x99\xA8",
     RMS_KIND_SECURITY_GROUP,                                                                                                       RMS_ROLE_FCI,
     NULL                                                                                                                                                                    },
    {"quotes in the name",
     DOMAIN "1103",
     NULL,                                                "CONTOSO\\\"a\" 'b' \\ <c> & d",
     RMS_KIND_SECURITY_GROUP,                                                                                                       RMS_ROLE_FCI,
     NULL                                                                                                                                                                    },
    {"right-to-left name",
     DOMAIN "1103",
     NULL,                                                "CONTOSO\\\xD7\xA9\xD7\xA8\xD7\xAA",
     RMS_KIND_SECURITY_GROUP,                                                                                                       RMS_ROLE_FCI,
     NULL                                                                                                                                                                    },
    {"guid",
     DOMAIN "1103",
     "{7D3E0F8C-1B52-4A7E-9C44-0A6F2BE91D10}",            "x",
     RMS_KIND_COMPUTER,                                                                                                             RMS_ROLE_FCI,
     NULL                                                                                                                                                                    },
    {"bad guid",               DOMAIN "1103", "7D3E0F8C", "x",                                             RMS_KIND_COMPUTER,       RMS_ROLE_FCI,        "GUID"              },
    {"no name",                DOMAIN "1103", NULL,       "",                                              RMS_KIND_COMPUTER,       RMS_ROLE_FCI,        "no name"           },
    {"line end",
     DOMAIN "1103",
     NULL,                                                "a\nb",
     RMS_KIND_COMPUTER,                                                                                                             RMS_ROLE_FCI,
     "control characters"                                                                                                                                                    },
    {"escape",
     DOMAIN "1103",
     NULL,                                                "a\x1b[31mb",
     RMS_KIND_COMPUTER,                                                                                                             RMS_ROLE_FCI,
     "control characters"                                                                                                                                                    },
    {"delete",                 DOMAIN "1103", NULL,       "a\x7f",                                         RMS_KIND_COMPUTER,       RMS_ROLE_FCI,        "control characters"},
    {"C1 control",
     DOMAIN "1103",
     NULL,                                                "a\xC2\x9B"
     "b",                                                                                        RMS_KIND_COMPUTER,
     RMS_ROLE_FCI,                                                                                                                                       "control characters"},
    {"line separator",
     DOMAIN "1103",
     NULL,                                                "a\xE2\x80\xA8"
     "b",                                                                                        RMS_KIND_COMPUTER,
     RMS_ROLE_FCI,                                                                                                                                       "control characters"},
    {"direction override",
     DOMAIN "1103",
     NULL,                                                "a\xE2\x80\xAE"
     "b",                                                                                        RMS_KIND_COMPUTER,
     RMS_ROLE_FCI,                                                                                                                                       "control characters"},
    {"direction isolate",
     DOMAIN "1103",
     NULL,                                                "a\xE2\x81\xA6"
     "b",                                                                                        RMS_KIND_COMPUTER,
     RMS_ROLE_FCI,                                                                                                                                       "control characters"},
    {"no UTF-8",               DOMAIN "1103", NULL,       "a\xFF",                                         RMS_KIND_COMPUTER,       RMS_ROLE_FCI,        "UTF-8"             },
    {"lone surrogate",
     DOMAIN "1103",
     NULL,                                                "a\xED\xA0\x80",
     RMS_KIND_COMPUTER,                                                                                                             RMS_ROLE_FCI,
     "UTF-8"                                                                                                                                                                 },
    {"everyone",               "S-1-1-0",     NULL,       "Everyone",                                      RMS_KIND_SECURITY_GROUP, RMS_ROLE_FCI,        "in a domain"       },
    {"authenticated users",
     "S-1-5-11",                              NULL,
     "Authenticated Users",                                                                                RMS_KIND_SECURITY_GROUP,
     RMS_ROLE_EXCHANGE,                                                                                                                                  "in a domain"       },
    {"asserted identity",
     "S-1-18-1",                              NULL,
     "x",                                                                                                  RMS_KIND_SECURITY_GROUP,
     RMS_ROLE_EXCHANGE,                                                                                                                                  "in a domain"       },
    {"local system",           "S-1-5-18",    NULL,       "SYSTEM",                                        RMS_KIND_USER,           RMS_ROLE_FCI,        "in a domain"       },
    {"builtin group",
     "S-1-5-32-544",                          NULL,
     "BUILTIN\\Administrators",                                                                            RMS_KIND_SECURITY_GROUP,
     RMS_ROLE_FCI,                                                                                                                                       "in a domain"       },
    {"the domain itself",
     "S-1-5-21-1-2-3",                        NULL,
     "CONTOSO",                                                                                            RMS_KIND_SECURITY_GROUP,
     RMS_ROLE_FCI,                                                                                                                                       "in a domain"       },
    {"longer than a domain's",
     DOMAIN "1103-1",
     NULL,                                                "x",
     RMS_KIND_SECURITY_GROUP,                                                                                                       RMS_ROLE_FCI,
     "in a domain"                                                                                                                                                           },
    {"unknown kind",           DOMAIN "1103", NULL,       "x",                                             (RmsKind) 5,             RMS_ROLE_FCI,        "kind"              },
    {"unknown role",           DOMAIN "1103", NULL,       "x",                                             RMS_KIND_COMPUTER,       (RmsRole) 3,         "role"              },
};

START_TEST(test_rules)
{
    g_autoptr(RmsServerList) list = rms_server_list_new();
    g_autoptr(GError) error = NULL;
    RmsSid sid;

    ck_assert(rms_sid_parse(&sid, rule_rows[_i].sid));
    g_autoptr(RmsEntry) entry = rms_entry_new(&sid,
                                              rule_rows[_i].guid,
                                              rule_rows[_i].account,
                                              NULL,
                                              rule_rows[_i].kind,
                                              rule_rows[_i].role);
    gboolean good = rms_server_list_add(list, entry, &error);
    ck_assert_msg(good == (rule_rows[_i].says == NULL),
                  "%s: %s",
                  rule_rows[_i].name,
                  error ? error->message : "passed");
    ck_assert_uint_eq(rms_server_list_get_length(list), good ? 1 : 0);
    if (!good) {
        ck_assert(g_error_matches(error, RMS_MODEL_ERROR, RMS_MODEL_ERROR_RULE));
        ck_assert_msg(strstr(error->message, rule_rows[_i].says) != NULL, "%s", error->message);
        ck_assert_msg(strstr(error->message, rule_rows[_i].sid) != NULL, "%s", error->message);
        ck_assert(g_utf8_validate(error->message, -1, NULL));
    }
}
END_TEST

START_TEST(test_text_limits)
{
    static const struct {
        gsize name, dn, note, author;
        gboolean good;
    } rows[] = {
        {RMS_ENTRY_MAX_NAME_BYTES,
         RMS_ENTRY_MAX_DN_BYTES,                                   RMS_ENTRY_MAX_NOTE_BYTES,
         RMS_AUTHOR_MAX_BYTES,                                                                                             TRUE },
        {RMS_ENTRY_MAX_NAME_BYTES + 1, 1,                          1,                            1,                        FALSE},
        {1,                            RMS_ENTRY_MAX_DN_BYTES + 1, 1,                            1,                        FALSE},
        {1,                            1,                          RMS_ENTRY_MAX_NOTE_BYTES + 1, 1,                        FALSE},
        {1,                            1,                          1,                            RMS_AUTHOR_MAX_BYTES + 1, FALSE},
    };
    RmsSid sid;

    ck_assert(rms_sid_parse(&sid, DOMAIN "1103"));
    g_autofree char *name = g_strnfill(rows[_i].name, 'n');
    g_autofree char *dn = g_strnfill(rows[_i].dn, 'd');
    g_autofree char *note = g_strnfill(rows[_i].note, 't');
    g_autofree char *author = g_strnfill(rows[_i].author, 'a');
    g_autoptr(RmsEntry) plain =
        rms_entry_new(&sid, NULL, name, dn, RMS_KIND_COMPUTER, RMS_ROLE_FCI);
    g_autoptr(RmsEntry) noted = rms_entry_with_note(plain, note);
    g_autoptr(RmsEntry) entry = rms_entry_with_added(noted, 1, author);
    ck_assert_int_eq(rms_entry_validate(entry, NULL), rows[_i].good);
}
END_TEST

START_TEST(test_author)
{
    g_autofree char *longest = g_strnfill(RMS_AUTHOR_MAX_BYTES, 'a');
    g_autofree char *longer = g_strnfill(RMS_AUTHOR_MAX_BYTES + 1, 'a');

    ck_assert(rms_author_validate("admin@contoso.example", NULL));
    ck_assert(rms_author_validate(longest, NULL));
    ck_assert(!rms_author_validate(longer, NULL));
    ck_assert(!rms_author_validate(NULL, NULL));
    ck_assert(!rms_author_validate("", NULL));
    ck_assert(!rms_author_validate("a\nb", NULL));
}
END_TEST

START_TEST(test_entry_copies)
{
    g_autoptr(RmsEntry) entry =
        make_entry(1103, "CONTOSO\\G", RMS_KIND_SECURITY_GROUP, RMS_ROLE_FCI);
    g_autoptr(RmsEntry) role = rms_entry_with_role(entry, RMS_ROLE_EXCHANGE);
    g_autoptr(RmsEntry) note = rms_entry_with_note(role, "why");
    g_autoptr(RmsEntry) added = rms_entry_with_added(note, 1700000000, "a@b");

    ck_assert(!rms_entry_equal(entry, role));
    ck_assert(!rms_entry_equal(role, note));
    ck_assert(!rms_entry_equal(note, added));
    ck_assert(rms_entry_equal_details(note, added));
    ck_assert_uint_eq(rms_entry_get_role(entry), RMS_ROLE_FCI);
    ck_assert_str_eq(rms_entry_get_note(entry), "");
    ck_assert_int_eq(rms_entry_get_added_at(entry), 0);
    ck_assert_uint_eq(rms_entry_get_role(added), RMS_ROLE_EXCHANGE);
    ck_assert_str_eq(rms_entry_get_note(added), "why");
    ck_assert_str_eq(rms_entry_get_added_by(added), "a@b");
    ck_assert_int_eq(rms_entry_get_added_at(added), 1700000000);

    g_autofree char *sid_text = NULL, *name = NULL;
    RmsKind kind;
    RmsRole seen;
    g_object_get(added, "sid-text", &sid_text, "name", &name, "kind", &kind, "role", &seen, NULL);
    ck_assert_str_eq(sid_text, DOMAIN "1103");
    ck_assert_str_eq(name, "CONTOSO\\G");
    ck_assert_uint_eq(kind, RMS_KIND_SECURITY_GROUP);
    ck_assert_uint_eq(seen, RMS_ROLE_EXCHANGE);
}
END_TEST

typedef struct {
    guint position, removed, added, calls;
} Changed;

static void
on_items_changed(GListModel *model, guint position, guint removed, guint added, Changed *changed)
{
    changed->position = position;
    changed->removed = removed;
    changed->added = added;
    changed->calls++;
}

START_TEST(test_editing)
{
    g_autoptr(RmsServerList) list = rms_server_list_new();
    g_autoptr(GError) error = NULL;
    Changed changed = {0};

    g_signal_connect(list, "items-changed", G_CALLBACK(on_items_changed), &changed);
    add(list, 1, "a", RMS_KIND_SECURITY_GROUP, RMS_ROLE_FCI);
    add(list, 2, "b", RMS_KIND_COMPUTER, RMS_ROLE_FCI);
    add(list, 3, "c", RMS_KIND_COMPUTER, RMS_ROLE_FCI);
    ck_assert_uint_eq(changed.calls, 3);
    ck_assert_uint_eq(changed.position, 2);
    ck_assert_uint_eq(changed.added, 1);

    g_autoptr(RmsEntry) twin = make_entry(2, "renamed", RMS_KIND_COMPUTER, RMS_ROLE_SHAREPOINT);
    ck_assert(!rms_server_list_add(list, twin, &error));
    ck_assert(g_error_matches(error, RMS_MODEL_ERROR, RMS_MODEL_ERROR_DUPLICATE));
    ck_assert_ptr_nonnull(strstr(error->message, "already"));
    g_clear_error(&error);

    ck_assert(rms_server_list_replace(list, twin, &error));
    ck_assert_uint_eq(changed.calls, 4);
    ck_assert_uint_eq(changed.position, 1);
    ck_assert_uint_eq(changed.removed, 1);
    ck_assert_ptr_eq(rms_server_list_get(list, 1), twin);
    ck_assert_ptr_eq(rms_server_list_lookup(list, rms_entry_get_sid(twin)), twin);

    g_autoptr(RmsEntry) bad = rms_entry_with_role(twin, RMS_ROLE_EXCHANGE);
    ck_assert(!rms_server_list_replace(list, bad, &error));
    ck_assert(g_error_matches(error, RMS_MODEL_ERROR, RMS_MODEL_ERROR_RULE));
    g_clear_error(&error);
    g_autoptr(RmsEntry) stranger = make_entry(9, "z", RMS_KIND_COMPUTER, RMS_ROLE_FCI);
    ck_assert(!rms_server_list_replace(list, stranger, &error));
    ck_assert(g_error_matches(error, RMS_MODEL_ERROR, RMS_MODEL_ERROR_NOT_FOUND));
    g_clear_error(&error);
    ck_assert(!rms_server_list_remove(list, rms_entry_get_sid(stranger), &error));
    ck_assert(g_error_matches(error, RMS_MODEL_ERROR, RMS_MODEL_ERROR_NOT_FOUND));
    ck_assert_uint_eq(changed.calls, 4);

    /* The key that is asked with may be the one that goes away. */
    ck_assert(rms_server_list_remove(list, rms_entry_get_sid(rms_server_list_get(list, 0)), NULL));
    ck_assert_uint_eq(changed.position, 0);
    ck_assert_uint_eq(changed.removed, 1);
    ck_assert_uint_eq(rms_server_list_get_length(list), 2);
    ck_assert_ptr_eq(rms_server_list_get(list, 0), twin);

    g_autoptr(RmsServerList) copy = rms_server_list_copy(list);
    ck_assert(rms_server_list_equal(copy, list));
    add(copy, 1, "a", RMS_KIND_SECURITY_GROUP, RMS_ROLE_FCI);
    ck_assert(!rms_server_list_equal(copy, list));
    rms_server_list_assign(list, copy);
    ck_assert(rms_server_list_equal(copy, list));
    ck_assert_uint_eq(changed.removed, 2);
    ck_assert_uint_eq(changed.added, 3);

    g_autoptr(GObject) item = g_list_model_get_item(G_LIST_MODEL(list), 2);
    ck_assert_ptr_nonnull(item);
    ck_assert_ptr_null(g_list_model_get_item(G_LIST_MODEL(list), 3));
}
END_TEST

START_TEST(test_seal)
{
    g_autoptr(RmsServerList) list = rms_server_list_new();
    g_autoptr(RmsEntry) plain = make_entry(1, "a", RMS_KIND_COMPUTER, RMS_ROLE_FCI);
    g_autoptr(RmsEntry) old = rms_entry_with_added(plain, 5, "old@x");

    ck_assert(rms_server_list_add(list, old, NULL));
    add(list, 2, "b", RMS_KIND_COMPUTER, RMS_ROLE_FCI);
    rms_server_list_seal(list, 7, 1700000000, "new@x");
    ck_assert(rms_server_list_is_sealed(list));
    ck_assert_int_eq(rms_server_list_get_revision(list), 7);
    ck_assert_int_eq(rms_server_list_get_saved_at(list), 1700000000);
    ck_assert_str_eq(rms_server_list_get_saved_by(list), "new@x");
    ck_assert_str_eq(rms_entry_get_added_by(rms_server_list_get(list, 0)), "old@x");
    RmsEntry *stamped = rms_server_list_get(list, 1);
    ck_assert_str_eq(rms_entry_get_added_by(stamped), "new@x");
    ck_assert_int_eq(rms_entry_get_added_at(stamped), 1700000000);
    ck_assert_ptr_eq(rms_server_list_lookup(list, rms_entry_get_sid(stamped)), stamped);

    g_autoptr(RmsServerList) copy = rms_server_list_copy(list);
    ck_assert(!rms_server_list_is_sealed(copy));
    ck_assert_int_eq(rms_server_list_get_revision(copy), 7);
    add(copy, 3, "c", RMS_KIND_COMPUTER, RMS_ROLE_FCI);
    ck_assert_uint_eq(rms_server_list_get_length(list), 2);
}
END_TEST

START_TEST(test_full)
{
    g_autoptr(RmsServerList) list = rms_server_list_new();
    g_autoptr(GError) error = NULL;

    for (guint i = 0; i < RMS_SERVER_LIST_MAX; i++)
        add(list, i, "c", RMS_KIND_COMPUTER, RMS_ROLE_FCI);
    g_autoptr(RmsEntry) over =
        make_entry(RMS_SERVER_LIST_MAX, "over", RMS_KIND_COMPUTER, RMS_ROLE_FCI);
    ck_assert(!rms_server_list_add(list, over, &error));
    ck_assert(g_error_matches(error, RMS_MODEL_ERROR, RMS_MODEL_ERROR_RULE));
    ck_assert_ptr_nonnull(strstr(error->message, "full"));
    ck_assert(rms_server_list_remove(list, rms_entry_get_sid(rms_server_list_get(list, 0)), NULL));
    ck_assert(rms_server_list_add(list, over, NULL));
    for (guint i = 1; i <= RMS_SERVER_LIST_MAX; i++) {
        g_autoptr(RmsEntry) probe = make_entry(i, "c", RMS_KIND_COMPUTER, RMS_ROLE_FCI);
        ck_assert_ptr_nonnull(rms_server_list_lookup(list, rms_entry_get_sid(probe)));
    }
}
END_TEST

START_TEST(test_diff)
{
    g_autoptr(RmsServerList) before = rms_server_list_new();
    g_autoptr(RmsServerList) after = rms_server_list_new();
    static const struct {
        RmsChangeKind kind;
        const char *text;
        gboolean grants;
    } expected[] = {
        {RMS_CHANGE_REMOVED, "- gone (exchange)",                      FALSE},
        {RMS_CHANGE_ROLE,    "~ down (sharepoint, was exchange)",      FALSE},
        {RMS_CHANGE_ROLE,    "~ up (exchange, was fci)",               TRUE },
        {RMS_CHANGE_DETAILS, "~ new name (exchange, changed: name)",   FALSE},
        {RMS_CHANGE_DETAILS, "~ noted (fci, changed: kind, note)",     FALSE},
        {RMS_CHANGE_ADDED,   "+ harmless (fci)",                       FALSE},
        {RMS_CHANGE_ADDED,   "+ CONTOSO\\Exchange Servers (exchange)", TRUE },
    };

    add(before, 1, "same", RMS_KIND_COMPUTER, RMS_ROLE_FCI);
    add(before, 2, "gone", RMS_KIND_SECURITY_GROUP, RMS_ROLE_EXCHANGE);
    add(before, 3, "down", RMS_KIND_SECURITY_GROUP, RMS_ROLE_EXCHANGE);
    add(before, 4, "up", RMS_KIND_SECURITY_GROUP, RMS_ROLE_FCI);
    add(before, 5, "old name", RMS_KIND_SECURITY_GROUP, RMS_ROLE_EXCHANGE);
    add(before, 6, "noted", RMS_KIND_SECURITY_GROUP, RMS_ROLE_FCI);

    add(after, 10, "harmless", RMS_KIND_COMPUTER, RMS_ROLE_FCI);
    add(after, 3, "down", RMS_KIND_SECURITY_GROUP, RMS_ROLE_SHAREPOINT);
    add(after, 4, "up", RMS_KIND_SECURITY_GROUP, RMS_ROLE_EXCHANGE);
    add(after, 5, "new name", RMS_KIND_SECURITY_GROUP, RMS_ROLE_EXCHANGE);
    g_autoptr(RmsEntry) six = make_entry(6, "noted", RMS_KIND_COMPUTER, RMS_ROLE_FCI);
    g_autoptr(RmsEntry) noted = rms_entry_with_note(six, "n");
    ck_assert(rms_server_list_add(after, noted, NULL));
    add(after, 11, "CONTOSO\\Exchange Servers", RMS_KIND_SECURITY_GROUP, RMS_ROLE_EXCHANGE);
    /* Who added an entry is the store's matter, not a difference. */
    g_autoptr(RmsEntry) one = make_entry(1, "same", RMS_KIND_COMPUTER, RMS_ROLE_FCI);
    g_autoptr(RmsEntry) one_added = rms_entry_with_added(one, 99, "x");
    ck_assert(rms_server_list_add(after, one_added, NULL));

    g_autoptr(GListModel) diff = rms_server_list_diff(before, after);
    ck_assert_uint_eq(g_list_model_get_n_items(diff), G_N_ELEMENTS(expected));
    for (guint i = 0; i < G_N_ELEMENTS(expected); i++) {
        g_autoptr(RmsListChange) change = g_list_model_get_item(diff, i);
        g_autofree char *text = rms_list_change_to_string(change);
        ck_assert_str_eq(text, expected[i].text);
        ck_assert_uint_eq(rms_list_change_get_kind(change), expected[i].kind);
        ck_assert_int_eq(rms_list_change_grants_super_user(change), expected[i].grants);
        ck_assert((rms_list_change_get_before(change) == NULL) ==
                  (expected[i].kind == RMS_CHANGE_ADDED));
        ck_assert((rms_list_change_get_after(change) == NULL) ==
                  (expected[i].kind == RMS_CHANGE_REMOVED));
    }
    g_autoptr(GListModel) none = rms_server_list_diff(after, after);
    ck_assert_uint_eq(g_list_model_get_n_items(none), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("server-list");
    TCase *tcase = tcase_create("server-list");

    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, test_names);
    tcase_add_loop_test(tcase, test_rules, 0, G_N_ELEMENTS(rule_rows));
    tcase_add_loop_test(tcase, test_text_limits, 0, 5);
    tcase_add_test(tcase, test_author);
    tcase_add_test(tcase, test_entry_copies);
    tcase_add_test(tcase, test_editing);
    tcase_add_test(tcase, test_seal);
    tcase_add_test(tcase, test_full);
    tcase_add_test(tcase, test_diff);
    suite_add_tcase(suite, tcase);

    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
