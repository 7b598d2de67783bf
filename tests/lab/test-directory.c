/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Finding objects in a real domain: each kind, each way of naming, odd names, pages, limits.
 */
#include "config.h"

#include <check.h>
#include <ldap.h>
#include <stdio.h>
#include <string.h>

#include "directory/directory-cleanup-private.h"
#include "directory/directory-filter.h"
#include "directory/directory-private.h"
#include "test-directory-fixture.h"

#define ALL RMS_KIND_ALL
#define GROUP RMS_KIND_BIT(RMS_KIND_SECURITY_GROUP)
#define LIST RMS_KIND_BIT(RMS_KIND_DISTRIBUTION_GROUP)
#define USER RMS_KIND_BIT(RMS_KIND_USER)
#define COMPUTER RMS_KIND_BIT(RMS_KIND_COMPUTER)
#define SERVICE RMS_KIND_BIT(RMS_KIND_MANAGED_SERVICE_ACCOUNT)

/* More than the lab has. */
#define PLENTY 100000

static RmsDirectory *directory;

static const struct {
    const char *typed;
    const char *account;
    RmsKind kind;
    RmsGroupScope scope;
    guint warnings;
} kinds[] = {
    {"Exchange Servers",
     "CONTOSO\\Exchange Servers",                     RMS_KIND_SECURITY_GROUP,
     RMS_SCOPE_UNIVERSAL,                                                                               0                             },
    {"SharePoint Servers",
     "CONTOSO\\SharePoint Servers",                   RMS_KIND_SECURITY_GROUP,
     RMS_SCOPE_GLOBAL,                                                                                  0                             },
    {"RMS Connector Admins",
     "CONTOSO\\RMS Connector Admins",                 RMS_KIND_SECURITY_GROUP,
     RMS_SCOPE_DOMAIN_LOCAL,                                                                            0                             },
    {"Backup Operators",
     "BUILTIN\\Backup Operators",                     RMS_KIND_SECURITY_GROUP,
     RMS_SCOPE_BUILTIN,                                                                                 RMS_WARNING_BUILTIN_GROUP     },
    {"All Staff",
     "CONTOSO\\All Staff",                            RMS_KIND_DISTRIBUTION_GROUP,
     RMS_SCOPE_UNIVERSAL,                                                                               RMS_WARNING_DISTRIBUTION_GROUP},
    {"Engineering DL",
     "CONTOSO\\Engineering DL",                       RMS_KIND_DISTRIBUTION_GROUP,
     RMS_SCOPE_GLOBAL,                                                                                  RMS_WARNING_DISTRIBUTION_GROUP},
    {"Domain Local DL",
     "CONTOSO\\Domain Local DL",                      RMS_KIND_DISTRIBUTION_GROUP,
     RMS_SCOPE_DOMAIN_LOCAL,                                                                            RMS_WARNING_DISTRIBUTION_GROUP},
    {"svc-spfarm",           "CONTOSO\\svc-spfarm",   RMS_KIND_USER,                    RMS_SCOPE_NONE, 0                             },
    {"svc-disabled",         "CONTOSO\\svc-disabled", RMS_KIND_USER,                    RMS_SCOPE_NONE, RMS_WARNING_DISABLED          },
    {"x-expired",            "CONTOSO\\x-expired",    RMS_KIND_USER,                    RMS_SCOPE_NONE, RMS_WARNING_EXPIRED           },
    {"EXCH01",               "CONTOSO\\EXCH01$",      RMS_KIND_COMPUTER,                RMS_SCOPE_NONE, 0                             },
    {"OLDSRV01",             "CONTOSO\\OLDSRV01$",    RMS_KIND_COMPUTER,                RMS_SCOPE_NONE, RMS_WARNING_DISABLED          },
    {"gmsa-sp",              "CONTOSO\\gmsa-sp$",     RMS_KIND_MANAGED_SERVICE_ACCOUNT, RMS_SCOPE_NONE, 0                             },
    {"msa-scan",             "CONTOSO\\msa-scan$",    RMS_KIND_MANAGED_SERVICE_ACCOUNT, RMS_SCOPE_NONE, 0                             },
};

START_TEST(test_kind)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) objects = test_resolve(directory, kinds[_i].typed, ALL, &error);
    ck_assert_msg(objects != NULL, "%s", error != NULL ? error->message : "");
    ck_assert_msg(objects->len == 1, "%s: %u objects", kinds[_i].typed, objects->len);
    RmsDirectoryObject *object = objects->pdata[0];
    ck_assert_str_eq(rms_directory_object_get_account_name(object), kinds[_i].account);
    ck_assert_int_eq(rms_directory_object_get_kind(object), kinds[_i].kind);
    ck_assert_int_eq(rms_directory_object_get_scope(object), kinds[_i].scope);
    ck_assert_uint_eq(rms_directory_object_get_warnings(object), kinds[_i].warnings);
    ck_assert_ptr_nonnull(rms_directory_object_get_guid(object));

    /* Found by its start as well, by its own kind only. */
    g_autofree char *start = g_strndup(kinds[_i].typed, strlen(kinds[_i].typed) - 1);
    g_autoptr(GListStore) own =
        test_search(directory, start, RMS_KIND_BIT(kinds[_i].kind), PLENTY, NULL, &error);
    ck_assert_msg(test_has(own, kinds[_i].account), "%s", start);
    g_autoptr(GListStore) others =
        test_search(directory, start, ALL & ~RMS_KIND_BIT(kinds[_i].kind), PLENTY, NULL, &error);
    ck_assert_ptr_null(error);
    ck_assert(!test_has(others, kinds[_i].account));
}
END_TEST

static const struct {
    const char *typed;
    const char *account; /* NULL: nobody */
    gboolean by_start;   /* a search finds it, resolving does not */
} names[] = {
    {"aanderson",                                                            "CONTOSO\\aanderson",        FALSE},
    {"AANDERSON",                                                            "CONTOSO\\aanderson",        FALSE},
    {" aanderson\n",                                                         "CONTOSO\\aanderson",        FALSE},
    {"Alice Anderson",                                                       "CONTOSO\\aanderson",        FALSE},
    {"CONTOSO\\aanderson",                                                   "CONTOSO\\aanderson",        FALSE},
    {"contoso\\AAnderson",                                                   "CONTOSO\\aanderson",        FALSE},
    {"contoso.example\\aanderson",                                           "CONTOSO\\aanderson",        FALSE},
    {"aanderson@contoso.example",                                            "CONTOSO\\aanderson",        FALSE},
    {"alice.anderson@contoso.example",                                       "CONTOSO\\aanderson",        FALSE},
    {"alice@contoso.example",                                                "CONTOSO\\aanderson",        FALSE},
    {"CN=Alice Anderson,OU=Engineering,OU=People,DC=contoso,DC=example",
     "CONTOSO\\aanderson",                                                                                FALSE},
    {"cn=alice anderson, ou=engineering, ou=people, dc=contoso, dc=example",
     "CONTOSO\\aanderson",                                                                                FALSE},
    {"EXCH01$",                                                              "CONTOSO\\EXCH01$",          FALSE},
    {"CONTOSO\\EXCH01$",                                                     "CONTOSO\\EXCH01$",          FALSE},
    {"CONTOSO\\EXCH01",                                                      "CONTOSO\\EXCH01$",          FALSE},
    {"exch01.contoso.example",                                               "CONTOSO\\EXCH01$",          FALSE},
    {"CONTOSO\\Exchange Servers",                                            "CONTOSO\\Exchange Servers", FALSE},
    {"BUILTIN\\Backup Operators",                                            "BUILTIN\\Backup Operators", FALSE},
    {"BUILTIN\\Administrator",                                               "BUILTIN\\Administrators",   TRUE },
    {"builtin\\backup operators",                                            "BUILTIN\\Backup Operators", FALSE},
    {"all.staff@contoso.example",                                            "CONTOSO\\All Staff",        FALSE},
    {"S-1-5-32-551",                                                         "BUILTIN\\Backup Operators", FALSE},
    {"Zoë Łukasiewicz",                                                    "CONTOSO\\zluka",            FALSE},
    {"山田 太郎",                                                        "CONTOSO\\tyamada",          FALSE},
    {"Smith, John (Contractor) *star*",                                      "CONTOSO\\jsmith.ctr",       FALSE},
    {"Back\\slash O'Neil #1",                                                "CONTOSO\\boneil",           FALSE},
    {" # Spaced out ",                                                       "CONTOSO\\# Spaced out",     FALSE},
    {"Odd, (Servers) \"Zoë\" *star* \\ back; <x> + 漢字 #1",
     "CONTOSO\\Odd (Servers) 'Zoë' 漢字 #1",                                                           FALSE},
    {"Quoted \"Q\" Person; <tag> & more = less",                             "CONTOSO\\qperson",          FALSE},
    {"مريم العلي",                                                  "CONTOSO\\malali",           FALSE},
    {"aander",                                                               "CONTOSO\\aanderson",        TRUE },
    {"Ali",                                                                  "CONTOSO\\aanderson",        TRUE },
    {"And",                                                                  "CONTOSO\\aanderson",        TRUE },
    {"alice and",                                                            "CONTOSO\\aanderson",        TRUE },
    {"CONTOSO\\aander",                                                      "CONTOSO\\aanderson",        TRUE },
    {"alice.ander",                                                          "CONTOSO\\aanderson",        TRUE },
    {"山",                                                                  "CONTOSO\\tyamada",          TRUE },
    {"Smith, J",                                                             "CONTOSO\\jsmith.ctr",       TRUE },
    {"*",                                                                    NULL,                        FALSE},
    {"a*",                                                                   NULL,                        FALSE},
    {"*)(objectClass=*",                                                     NULL,                        FALSE},
    {"\\2a",                                                                 NULL,                        FALSE},
    {"nobody is called so",                                                  NULL,                        FALSE},
    {"CN=Nobody,DC=contoso,DC=example",                                      NULL,                        FALSE},
    {"CN=Alice Anderson,DC=elsewhere,DC=example",                            NULL,                        FALSE},
    {"OU=People,DC=contoso,DC=example",                                      NULL,                        FALSE},
    {"External Contact",                                                     NULL,                        FALSE},
    {"S-1-5-21-9-9-9-999",                                                   NULL,                        FALSE},
    {"00000000-0000-0000-0000-000000000001",                                 NULL,                        FALSE},
};

START_TEST(test_name)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) exact = test_resolve(directory, names[_i].typed, ALL, &error);
    ck_assert_msg(exact != NULL, "%s: %s", names[_i].typed, error != NULL ? error->message : "");
    g_autoptr(GListStore) store =
        test_search(directory, names[_i].typed, ALL, PLENTY, NULL, &error);
    ck_assert_msg(error == NULL, "%s: %s", names[_i].typed, error != NULL ? error->message : "");

    if (names[_i].account == NULL) {
        ck_assert_msg(exact->len == 0, "%s is %u objects", names[_i].typed, exact->len);
        ck_assert_msg(
            g_list_model_get_n_items(G_LIST_MODEL(store)) == 0, "%s was found", names[_i].typed);
        return;
    }
    ck_assert_msg(test_has(store, names[_i].account), "%s was not found", names[_i].typed);
    ck_assert_msg(exact->len == (names[_i].by_start ? 0u : 1u),
                  "%s is %u objects",
                  names[_i].typed,
                  exact->len);
    if (!names[_i].by_start)
        ck_assert_str_eq(rms_directory_object_get_account_name(exact->pdata[0]), names[_i].account);
}
END_TEST

START_TEST(test_sid_and_guid)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) alice = test_resolve(directory, "aanderson", ALL, &error);
    ck_assert_msg(alice != NULL, "%s", error != NULL ? error->message : "");
    ck_assert_uint_eq(alice->len, 1);
    g_autofree char *braces =
        g_strdup_printf("{%s}", rms_directory_object_get_guid(alice->pdata[0]));
    const char *typed[] = {rms_directory_object_get_sid_text(alice->pdata[0]),
                           rms_directory_object_get_guid(alice->pdata[0]),
                           braces,
                           rms_directory_object_get_dn(alice->pdata[0])};
    for (guint i = 0; i < G_N_ELEMENTS(typed); i++) {
        g_autofree char *sid = test_find_sid(directory, typed[i]);
        ck_assert_str_eq(sid, typed[0]);
        g_autoptr(GListStore) store = test_search(directory, typed[i], ALL, 10, NULL, &error);
        ck_assert_uint_eq(g_list_model_get_n_items(G_LIST_MODEL(store)), 1);
    }
}
END_TEST

START_TEST(test_fields)
{
    g_autoptr(GPtrArray) alice = test_resolve(directory, "aanderson", ALL, NULL);
    ck_assert_ptr_nonnull(alice);
    RmsDirectoryObject *object = alice->pdata[0];
    ck_assert_str_eq(rms_directory_object_get_name(object), "Alice Anderson");
    ck_assert_str_eq(rms_directory_object_get_place(object), "contoso.example/People/Engineering");
    ck_assert_str_eq(rms_directory_object_get_upn(object), "aanderson@contoso.example");
    ck_assert_str_eq(rms_directory_object_get_mail(object), "alice.anderson@contoso.example");
    ck_assert_str_eq(rms_directory_object_get_dn(object),
                     "CN=Alice Anderson,OU=Engineering,OU=People,DC=contoso,DC=example");
    g_autoptr(GPtrArray) exchange = test_resolve(directory, "EXCH01$", ALL, NULL);
    ck_assert_str_eq(rms_directory_object_get_dns_host_name(exchange->pdata[0]),
                     "exch01.contoso.example");
}
END_TEST

START_TEST(test_other_domain)
{
    const char *typed[] = {"FABRIKAM\\aanderson", "fabrikam.example\\aanderson", "OTHER\\EXCH01$"};
    for (guint i = 0; i < G_N_ELEMENTS(typed); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(GPtrArray) objects = test_resolve(directory, typed[i], ALL, &error);
        ck_assert_ptr_null(objects);
        ck_assert(g_error_matches(error, RMS_DIRECTORY_ERROR, RMS_DIRECTORY_ERROR_NAME));
        ck_assert_msg(
            strstr(error->message, "CONTOSO (contoso.example)") != NULL, "%s", error->message);
        g_clear_error(&error);
        g_autoptr(GListStore) store = test_search(directory, typed[i], ALL, 10, NULL, &error);
        ck_assert(g_error_matches(error, RMS_DIRECTORY_ERROR, RMS_DIRECTORY_ERROR_NAME));
    }
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) nothing = test_resolve(directory, " \t", ALL, &error);
    ck_assert_ptr_null(nothing);
    ck_assert(g_error_matches(error, RMS_DIRECTORY_ERROR, RMS_DIRECTORY_ERROR_NAME));
}
END_TEST

/* Made for the test, as groups called exactly so, and taken away again. */
static const char *const odd_names[] = {
    "#leading number sign",
    "##",
    " leading space",
    "trailing space ",
    "two  spaces",
    "comma, plus + semicolon ;",
    "\"quoted\"",
    "<angle> brackets",
    "back\\slash",
    "two \\\\ backslashes",
    "trailing backslash\\",
    "(parentheses)",
    "half (open",
    "half closed)",
    "*",
    "star * inside",
    "**",
    "equals = sign",
    "=leading equals",
    "a=b, c=d",
    "CN=looks like,DC=a,DC=dn",
    "ampersand & pipe | bang !",
    "tilde ~ less <= more >=",
    "slash / and colon :",
    "100 % $",
    "dollar at the end$",
    "at@sign",
    "@leading at",
    "\\2a",
    "S-1-5-21-1-2-3",
    "{7d3e0f8c-1b52-4a7e-9c44-0a6f2be91d10}",
    "apostrophe's `grave`",
    "Ångström Éclair ñandú",
    "Straße",
    "Ελληνικά",
    "кириллица",
    "עברית",
    "東京サーバー",
    "한국어 그룹",
    "emoji 😀 group",
    /* Every character of ASCII that can be seen, and some that cannot; a name has 64 at most. */
    "!\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNO",
    "PQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~",
    "tab\tline\nbell\abackspace\bescape\033delete\177",
    /* Every plane of Unicode that has characters, marks that combine, and text that turns around.
     */
    "plane 1 𝄞",
    "plane 2 𠮷",
    "plane 3 \360\260\200\200",
    "plane 14 \363\240\201\241",
    "planes 15 and 16 \363\260\200\200\364\217\277\275",
    "combined a\314\212\314\243",
    "turned \342\200\256around\342\200\254",
};

#define ODD_OU "OU=Odd for the test"

static LDAP *connect_as_administrator(void)
{
    LDAP *ldap = NULL;
    const int version = LDAP_VERSION3;
    const int hard = LDAP_OPT_X_TLS_HARD;
    const int client = 0;
    g_autofree char *uri = g_strdup_printf("ldaps://%s", test_env("LAB_DC"));
    ck_assert_int_eq(ldap_initialize(&ldap, uri), LDAP_SUCCESS);
    ldap_set_option(ldap, LDAP_OPT_PROTOCOL_VERSION, &version);
    ldap_set_option(ldap, LDAP_OPT_REFERRALS, LDAP_OPT_OFF);
    ldap_set_option(ldap, LDAP_OPT_X_TLS_REQUIRE_CERT, &hard);
    ldap_set_option(ldap, LDAP_OPT_X_TLS_CACERTFILE, test_env("LAB_DOMAIN_CA"));
    ldap_set_option(ldap, LDAP_OPT_X_TLS_NEWCTX, &client);
    struct berval password = {0};
    ber_str2bv(test_env("LAB_ADMIN_PASSWORD"), 0, 0, &password);
    int rc = ldap_sasl_bind_s(
        ldap, test_env("LAB_ADMIN"), LDAP_SASL_SIMPLE, &password, NULL, NULL, NULL);
    ck_assert_msg(rc == LDAP_SUCCESS, "administrator: %s", ldap_err2string(rc));
    return ldap;
}

static char *odd_dn(const char *name)
{
    g_autofree char *escaped = rms_dn_escape(name);
    return g_strdup_printf("CN=%s," ODD_OU ",%s", escaped, test_env("LAB_BASE"));
}

static void add(LDAP *ldap, const char *dn, const char *class, const char *account)
{
    char *classes[] = {(char *) class, NULL};
    char *accounts[] = {(char *) account, NULL};
    LDAPMod object_class = {.mod_type = "objectClass", .mod_values = classes};
    LDAPMod account_name = {.mod_type = "sAMAccountName", .mod_values = accounts};
    LDAPMod *attributes[] = {&object_class, account != NULL ? &account_name : NULL, NULL};
    int rc = ldap_add_ext_s(ldap, dn, attributes, NULL, NULL);
    ck_assert_msg(rc == LDAP_SUCCESS, "%s: %s", dn, ldap_err2string(rc));
}

static void set_display_name(LDAP *ldap, const char *dn, const char *name)
{
    char *values[] = {(char *) name, NULL};
    LDAPMod change = {.mod_op = LDAP_MOD_REPLACE, .mod_type = "displayName", .mod_values = values};
    LDAPMod *changes[] = {&change, NULL};
    int rc = ldap_modify_ext_s(ldap, dn, changes, NULL, NULL);
    ck_assert_msg(rc == LDAP_SUCCESS, "%s: %s", dn, ldap_err2string(rc));
}

static void remove_odd(LDAP *ldap)
{
    g_autofree char *ou = g_strdup_printf(ODD_OU ",%s", test_env("LAB_BASE"));
    for (guint i = 0; i < G_N_ELEMENTS(odd_names); i++) {
        g_autofree char *dn = odd_dn(odd_names[i]);
        ldap_delete_ext_s(ldap, dn, NULL, NULL);
    }
    ldap_delete_ext_s(ldap, ou, NULL, NULL);
}

START_TEST(test_odd_names)
{
    LDAP *ldap = connect_as_administrator();
    remove_odd(ldap);
    g_autofree char *ou = g_strdup_printf(ODD_OU ",%s", test_env("LAB_BASE"));
    add(ldap, ou, "organizationalUnit", NULL);
    for (guint i = 0; i < G_N_ELEMENTS(odd_names); i++) {
        g_autofree char *dn = odd_dn(odd_names[i]);
        g_autofree char *account = g_strdup_printf("odd-%u", i);
        add(ldap, dn, "group", account);
        set_display_name(ldap, dn, odd_names[i]);
    }

    for (guint i = 0; i < G_N_ELEMENTS(odd_names); i++) {
        const char *name = odd_names[i];
        g_autofree char *account = g_strdup_printf("CONTOSO\\odd-%u", i);
        g_autoptr(GError) error = NULL;
        g_autoptr(GPtrArray) exact = test_resolve(directory, name, ALL, &error);
        ck_assert_msg(exact != NULL, "%s: %s", name, error != NULL ? error->message : "");
        ck_assert_msg(exact->len == 1, "“%s” is %u objects", name, exact->len);
        ck_assert_str_eq(rms_directory_object_get_account_name(exact->pdata[0]), account);
        g_autoptr(GListStore) store = test_search(directory, name, ALL, PLENTY, NULL, &error);
        ck_assert_msg(error == NULL, "%s: %s", name, error != NULL ? error->message : "");
        ck_assert_msg(test_has(store, account), "“%s” was not found", name);
        /* Its DN, as the server writes it, its SID and its GUID lead back to it. */
        const char *ways[] = {rms_directory_object_get_dn(exact->pdata[0]),
                              rms_directory_object_get_sid_text(exact->pdata[0]),
                              rms_directory_object_get_guid(exact->pdata[0])};
        for (guint way = 0; way < G_N_ELEMENTS(ways); way++) {
            g_autoptr(GPtrArray) again = test_resolve(directory, ways[way], ALL, &error);
            ck_assert_msg(again != NULL, "%s: %s", name, error != NULL ? error->message : "");
            ck_assert_msg(again->len == 1, "“%s” is %u objects by %s", name, again->len, ways[way]);
            ck_assert_str_eq(rms_directory_object_get_guid(again->pdata[0]), ways[2]);
        }
        /* And the DN that the one builder makes is a base of searches. */
        g_autofree char *dn = odd_dn(name);
        g_autoptr(LDAPMessage) found = NULL;
        int rc = ldap_search_ext_s(
            ldap, dn, LDAP_SCOPE_BASE, NULL, NULL, 1, NULL, NULL, NULL, 1, &found);
        ck_assert_msg(rc == LDAP_SUCCESS, "%s: %s", dn, ldap_err2string(rc));
    }
    remove_odd(ldap);
    ldap_unbind_ext(ldap, NULL, NULL);
}
END_TEST

START_TEST(test_kinds_filter)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GListStore) all = test_search(directory, "", ALL, PLENTY, NULL, &error);
    ck_assert_ptr_null(error);
    guint sum = 0;
    for (guint kind = 0; kind < RMS_N_KINDS; kind++) {
        g_autoptr(GListStore) some =
            test_search(directory, "", RMS_KIND_BIT(kind), PLENTY, NULL, &error);
        guint count = g_list_model_get_n_items(G_LIST_MODEL(some));
        ck_assert_msg(count > 0, "no object of kind %u", kind);
        sum += count;
        for (guint i = 0; i < count; i++) {
            g_autoptr(RmsDirectoryObject) object = g_list_model_get_item(G_LIST_MODEL(some), i);
            ck_assert_uint_eq(rms_directory_object_get_kind(object), kind);
        }
    }
    ck_assert_uint_eq(sum, g_list_model_get_n_items(G_LIST_MODEL(all)));
    g_autoptr(GListStore) none = test_search(directory, "", 0, PLENTY, NULL, &error);
    ck_assert_ptr_null(error);
    ck_assert_uint_eq(g_list_model_get_n_items(G_LIST_MODEL(none)), 0);
}
END_TEST

static void
on_items_changed(GListModel *model, guint position, guint removed, guint added, guint *n)
{
    ck_assert_uint_eq(removed, 0);
    ck_assert_uint_eq(position + added, g_list_model_get_n_items(model));
    (*n)++;
}

static void on_finished(GObject *source, GAsyncResult *result, gpointer data)
{
    *(GAsyncResult **) data = g_object_ref(result);
}

START_TEST(test_pages)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GListStore) whole = test_search(directory, "", ALL, PLENTY, NULL, &error);
    guint total = g_list_model_get_n_items(G_LIST_MODEL(whole));
    ck_assert_uint_gt(total, 50);

    rms_directory_set_page_sizes(directory, 2, 7);
    g_autoptr(GListStore) paged = g_list_store_new(RMS_TYPE_DIRECTORY_OBJECT);
    guint pages = 0;
    g_signal_connect(paged, "items-changed", G_CALLBACK(on_items_changed), &pages);
    g_autoptr(GAsyncResult) result = NULL;
    rms_directory_search_async(
        directory,
        &(const RmsDirectorySearch){.text = "", .kinds = ALL, .limit = PLENTY},
        paged,
        NULL,
        on_finished,
        &result);
    while (result == NULL)
        g_main_context_iteration(NULL, TRUE);
    guint pages_at_callback = pages;
    guint items_at_callback = g_list_model_get_n_items(G_LIST_MODEL(paged));
    gboolean truncated = TRUE;
    ck_assert(rms_directory_search_finish(directory, result, &truncated, &error));
    ck_assert(!truncated);
    while (g_main_context_iteration(NULL, FALSE))
        ;
    /* No page was overtaken by the callback. */
    ck_assert_uint_eq(pages, pages_at_callback);
    ck_assert_uint_eq(items_at_callback, total);
    ck_assert_uint_ge(pages, 1 + (total - 2) / 7);
    for (guint i = 0; i < total; i++) {
        g_autoptr(RmsDirectoryObject) object = g_list_model_get_item(G_LIST_MODEL(whole), i);
        ck_assert(test_has(paged, rms_directory_object_get_account_name(object)));
    }
    rms_directory_set_page_sizes(directory, 200, 1000);
}
END_TEST

START_TEST(test_limit)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GListStore) whole = test_search(directory, "", ALL, PLENTY, NULL, &error);
    guint total = g_list_model_get_n_items(G_LIST_MODEL(whole));
    const guint limits[] = {1, 2, 9, 10, total - 1, total, total + 1};
    for (guint small = 0; small < 2; small++) {
        rms_directory_set_page_sizes(directory, small ? 3 : 200, small ? 3 : 1000);
        for (guint i = 0; i < G_N_ELEMENTS(limits); i++) {
            gboolean truncated = FALSE;
            g_autoptr(GListStore) store =
                test_search(directory, "", ALL, limits[i], &truncated, &error);
            ck_assert_ptr_null(error);
            ck_assert_uint_eq(g_list_model_get_n_items(G_LIST_MODEL(store)), MIN(limits[i], total));
            ck_assert_int_eq(truncated, limits[i] < total);
        }
    }
    rms_directory_set_page_sizes(directory, 200, 1000);
}
END_TEST

START_TEST(test_cancel)
{
    /* At once; and after the first page. */
    for (guint pages_wanted = 0; pages_wanted < 2; pages_wanted++) {
        rms_directory_set_page_sizes(directory, 2, 2);
        g_autoptr(GCancellable) cancellable = g_cancellable_new();
        g_autoptr(GListStore) store = g_list_store_new(RMS_TYPE_DIRECTORY_OBJECT);
        guint pages = 0;
        g_signal_connect(store, "items-changed", G_CALLBACK(on_items_changed), &pages);
        g_autoptr(GAsyncResult) result = NULL;
        rms_directory_search_async(
            directory,
            &(const RmsDirectorySearch){.text = "", .kinds = ALL, .limit = PLENTY},
            store,
            cancellable,
            on_finished,
            &result);
        while (pages < pages_wanted)
            g_main_context_iteration(NULL, TRUE);
        ck_assert_ptr_null(result);
        g_cancellable_cancel(cancellable);
        guint items = g_list_model_get_n_items(G_LIST_MODEL(store));
        while (result == NULL)
            g_main_context_iteration(NULL, TRUE);
        g_autoptr(GError) error = NULL;
        ck_assert(!rms_directory_search_finish(directory, result, NULL, &error));
        ck_assert(g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED));

        /* A whole other search later nothing of the first has come. */
        g_autoptr(GError) second = NULL;
        g_autoptr(GListStore) other = test_search(directory, "exch", ALL, PLENTY, NULL, &second);
        ck_assert_ptr_null(second);
        ck_assert(test_has(other, "CONTOSO\\EXCH01$"));
        ck_assert_uint_eq(g_list_model_get_n_items(G_LIST_MODEL(store)), items);
    }
    rms_directory_set_page_sizes(directory, 200, 1000);

    /* Before it even started. */
    g_autoptr(GCancellable) cancelled = g_cancellable_new();
    g_cancellable_cancel(cancelled);
    g_autoptr(GListStore) store = g_list_store_new(RMS_TYPE_DIRECTORY_OBJECT);
    g_autoptr(GAsyncResult) result = NULL;
    rms_directory_search_async(
        directory,
        &(const RmsDirectorySearch){.text = "", .kinds = ALL, .limit = PLENTY},
        store,
        cancelled,
        on_finished,
        &result);
    ck_assert_ptr_null(result);
    while (result == NULL)
        g_main_context_iteration(NULL, TRUE);
    g_autoptr(GError) error = NULL;
    ck_assert(!rms_directory_search_finish(directory, result, NULL, &error));
    ck_assert(g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
    ck_assert_uint_eq(g_list_model_get_n_items(G_LIST_MODEL(store)), 0);
}
END_TEST

START_TEST(test_many_at_once)
{
    GAsyncResult *results[20] = {NULL};
    GListStore *stores[G_N_ELEMENTS(results)];
    rms_directory_set_page_sizes(directory, 3, 3);
    for (guint i = 0; i < G_N_ELEMENTS(results); i++) {
        stores[i] = g_list_store_new(RMS_TYPE_DIRECTORY_OBJECT);
        rms_directory_search_async(
            directory,
            &(const RmsDirectorySearch){.text = "exch", .kinds = ALL, .limit = PLENTY},
            stores[i],
            NULL,
            on_finished,
            &results[i]);
    }
    for (guint i = 0; i < G_N_ELEMENTS(results); i++) {
        while (results[i] == NULL)
            g_main_context_iteration(NULL, TRUE);
        g_autoptr(GError) error = NULL;
        ck_assert(rms_directory_search_finish(directory, results[i], NULL, &error));
        ck_assert(test_has(stores[i], "CONTOSO\\EXCH01$"));
        ck_assert_uint_eq(g_list_model_get_n_items(G_LIST_MODEL(stores[i])),
                          g_list_model_get_n_items(G_LIST_MODEL(stores[0])));
        g_object_unref(results[i]);
    }
    for (guint i = 0; i < G_N_ELEMENTS(results); i++)
        g_object_unref(stores[i]);
    rms_directory_set_page_sizes(directory, 200, 1000);
}
END_TEST

static const struct {
    const char *name;
    int members;
    guint warnings;
} groups[] = {
    {"Exchange Trusted Subsystem", 2,  0                             },
    {"Exchange Servers",           4,  RMS_WARNING_NESTED_GROUPS     },
    {"Organization Management",    0,  RMS_WARNING_EMPTY_GROUP       },
    {"All Staff",                  3,  RMS_WARNING_DISTRIBUTION_GROUP},
    {"Loop A",                     1,  RMS_WARNING_NESTED_GROUPS     },
    {"Domain Users",               0,  0                             }, /* by primary group only */
    {"Domain Computers",           0,  0                             }, /* by primary group only */
    {"svc-disabled",               -1, RMS_WARNING_DISABLED          },
    {"EXCH01$",                    -1, 0                             },
};

START_TEST(test_lookup_of)
{
    g_autofree char *sid = test_find_sid(directory, groups[_i].name);
    g_autoptr(GError) error = NULL;
    g_autoptr(RmsDirectoryObject) object = test_lookup(directory, sid, &error);
    ck_assert_msg(object != NULL, "%s: %s", groups[_i].name, error != NULL ? error->message : "");
    ck_assert_str_eq(rms_directory_object_get_sid_text(object), sid);
    ck_assert_msg(rms_directory_object_get_member_count(object) == groups[_i].members,
                  "%s: %d members",
                  groups[_i].name,
                  rms_directory_object_get_member_count(object));
    ck_assert_msg(rms_directory_object_get_warnings(object) == groups[_i].warnings,
                  "%s: warnings %x",
                  groups[_i].name,
                  rms_directory_object_get_warnings(object));
}
END_TEST

START_TEST(test_lookup_of_nobody)
{
    const char *sids[] = {
        "S-1-5-21-9-9-9-999", "S-1-5-21-1111111111-2222222222-3333333333-4000000000", "S-1-1-0"};
    for (guint i = 0; i < G_N_ELEMENTS(sids); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(RmsDirectoryObject) object = test_lookup(directory, sids[i], &error);
        ck_assert_ptr_null(object);
        ck_assert_msg(error == NULL, "%s: %s", sids[i], error != NULL ? error->message : "");
    }
}
END_TEST

typedef struct {
    gint64 last;
    gint64 longest;
} Ticker;

static gboolean on_ticked(gpointer data)
{
    Ticker *ticker = data;
    gint64 now = g_get_monotonic_time();
    ticker->longest = MAX(ticker->longest, now - ticker->last);
    ticker->last = now;
    return G_SOURCE_CONTINUE;
}

/* A report, never a failure: how long the caller's loop stood still while pages came in. */
START_TEST(test_report_stall)
{
    Ticker ticker = {.last = g_get_monotonic_time()};
    guint source = g_timeout_add(2, on_ticked, &ticker);
    gint64 start = g_get_monotonic_time();
    guint found = 0;
    for (guint run = 0; run < 5; run++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(GListStore) store = test_search(directory, "", ALL, PLENTY, NULL, &error);
        found = g_list_model_get_n_items(G_LIST_MODEL(store));
        ck_assert_uint_gt(found, 0);
    }
    g_source_remove(source);
    printf("stall of the main loop: longest %.1f ms; search of %u objects: %.1f ms\n",
           (double) ticker.longest / 1000,
           found,
           test_seconds_since(start) * 200);
}
END_TEST

static void sign_in(void)
{
    test_kinit("svc-rmsldap", "svc-rmsldap", NULL);
    directory = test_directory(test_env("LAB_DC"));
}

static void sign_out(void)
{
    g_clear_object(&directory);
}

int main(void)
{
    test_setup();
    Suite *suite = suite_create("directory in the lab");
    TCase *tcase = tcase_create("all");
    tcase_set_timeout(tcase, 120);
    tcase_add_unchecked_fixture(tcase, sign_in, sign_out);
    tcase_add_loop_test(tcase, test_kind, 0, G_N_ELEMENTS(kinds));
    tcase_add_loop_test(tcase, test_name, 0, G_N_ELEMENTS(names));
    tcase_add_test(tcase, test_sid_and_guid);
    tcase_add_test(tcase, test_fields);
    tcase_add_test(tcase, test_other_domain);
    tcase_add_test(tcase, test_odd_names);
    tcase_add_test(tcase, test_kinds_filter);
    tcase_add_test(tcase, test_pages);
    tcase_add_test(tcase, test_limit);
    tcase_add_test(tcase, test_cancel);
    tcase_add_test(tcase, test_many_at_once);
    tcase_add_loop_test(tcase, test_lookup_of, 0, G_N_ELEMENTS(groups));
    tcase_add_test(tcase, test_lookup_of_nobody);
    tcase_add_test(tcase, test_report_stall);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    test_teardown();
    return failed == 0 ? 0 : 1;
}
