/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What there is to know about an object of the real domain: its place, its details, who is in it,
 * what it is in, and many objects by their SIDs.
 */
#include "config.h"

#include <check.h>
#include <string.h>

#include "directory/directory-details.h"
#include "directory/directory-place.h"
#include "test-directory-fixture.h"

#define ALL RMS_KIND_ALL
#define PLENTY 10000

static RmsDirectory *directory;

static void on_finished(GObject *source, GAsyncResult *result, gpointer data)
{
    *(GAsyncResult **) data = g_object_ref(result);
}

static void wait_for(GAsyncResult **result)
{
    while (*result == NULL)
        g_main_context_iteration(NULL, TRUE);
}

static void open_directory(void)
{
    test_kinit("svc-rmsldap", "svc-rmsldap", NULL);
    directory = test_directory(test_env("LAB_DC"));
}

static void close_directory(void)
{
    g_clear_object(&directory);
}

static void find_sid(const char *name, RmsSid *sid)
{
    g_autofree char *text = test_find_sid(directory, name);
    ck_assert(rms_sid_parse(sid, text));
}

static char *below_base(const char *rdns)
{
    return *rdns == '\0' ? g_strdup(test_env("LAB_BASE"))
                         : g_strdup_printf("%s,%s", rdns, test_env("LAB_BASE"));
}

/* --- places -------------------------------------------------------------------------------- */

static GListStore *list_places(const char *parent, GError **error)
{
    g_autoptr(GAsyncResult) result = NULL;
    GListStore *places = g_list_store_new(RMS_TYPE_PLACE);
    rms_directory_list_places_async(directory, parent, places, NULL, on_finished, &result);
    wait_for(&result);
    gboolean truncated = TRUE;
    if (rms_directory_list_places_finish(directory, result, &truncated, error))
        ck_assert(!truncated);
    return places;
}

static RmsPlace *find_place(GListStore *places, const char *name)
{
    for (guint i = 0; i < g_list_model_get_n_items(G_LIST_MODEL(places)); i++) {
        g_autoptr(RmsPlace) place = g_list_model_get_item(G_LIST_MODEL(places), i);
        if (strcmp(rms_place_get_name(place), name) == 0)
            return g_steal_pointer(&place);
    }
    return NULL;
}

START_TEST(test_places)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GListStore) places = list_places(NULL, &error);
    ck_assert_msg(error == NULL, "%s", error != NULL ? error->message : "");
    g_autoptr(RmsPlace) servers = find_place(places, "Servers");
    g_autoptr(RmsPlace) builtin = find_place(places, "Builtin");
    g_autoptr(RmsPlace) users = find_place(places, "Users");
    g_autoptr(RmsPlace) system = find_place(places, "System");
    g_autoptr(RmsPlace) odd = find_place(places, "Odd, + \"Names\" ; <x>");
    ck_assert_int_eq(rms_place_get_kind(servers), RMS_PLACE_UNIT);
    ck_assert_int_eq(rms_place_get_kind(builtin), RMS_PLACE_CONTAINER);
    ck_assert_int_eq(rms_place_get_kind(users), RMS_PLACE_CONTAINER);
    /* Shown to experts only. */
    ck_assert_ptr_null(system);
    ck_assert_ptr_nonnull(odd);
    for (guint i = 1; i < g_list_model_get_n_items(G_LIST_MODEL(places)); i++) {
        g_autoptr(RmsPlace) before = g_list_model_get_item(G_LIST_MODEL(places), i - 1);
        g_autoptr(RmsPlace) after = g_list_model_get_item(G_LIST_MODEL(places), i);
        ck_assert_int_le(g_utf8_collate(rms_place_get_name(before), rms_place_get_name(after)), 0);
    }

    /* The DN that a place came with is a place to search, whatever its name holds. */
    g_autoptr(GAsyncResult) result = NULL;
    g_autoptr(GListStore) found = g_list_store_new(RMS_TYPE_DIRECTORY_OBJECT);
    const RmsDirectorySearch search = {
        .place = rms_place_get_dn(odd), .direct = TRUE, .kinds = ALL, .limit = PLENTY};
    rms_directory_search_async(directory, &search, found, NULL, on_finished, &result);
    wait_for(&result);
    ck_assert(rms_directory_search_finish(directory, result, NULL, &error));
    ck_assert_uint_gt(g_list_model_get_n_items(G_LIST_MODEL(found)), 5);
}
END_TEST

START_TEST(test_search_below_a_place)
{
    static const struct {
        const char *text;
        const char *place;
        gboolean direct;
        const char *expected; /* NULL: nothing */
    } rows[] = {
        {"EXCH01", "OU=Servers", FALSE, "CONTOSO\\EXCH01$"},
        {"EXCH01", "CN=Users",   FALSE, NULL              },
        {"EXCH01", "",           FALSE, "CONTOSO\\EXCH01$"},
        {"EXCH01", "",           TRUE,  NULL              },
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *place = below_base(rows[i].place);
        g_autoptr(GAsyncResult) result = NULL;
        g_autoptr(GListStore) found = g_list_store_new(RMS_TYPE_DIRECTORY_OBJECT);
        g_autoptr(GError) error = NULL;
        const RmsDirectorySearch search = {.text = rows[i].text,
                                           .place = place,
                                           .direct = rows[i].direct,
                                           .kinds = RMS_KIND_BIT(RMS_KIND_COMPUTER),
                                           .limit = PLENTY};
        rms_directory_search_async(directory, &search, found, NULL, on_finished, &result);
        wait_for(&result);
        ck_assert_msg(rms_directory_search_finish(directory, result, NULL, &error),
                      "%s: %s",
                      place,
                      error != NULL ? error->message : "");
        if (rows[i].expected != NULL)
            ck_assert_msg(test_has(found, rows[i].expected), "row %zu", i);
        else
            ck_assert_uint_eq(g_list_model_get_n_items(G_LIST_MODEL(found)), 0);
    }
}
END_TEST

START_TEST(test_place_that_is_gone)
{
    g_autofree char *gone = below_base("OU=Gone");
    g_autoptr(GError) listing = NULL;
    g_autoptr(GError) searching = NULL;
    g_autoptr(GListStore) places = list_places(gone, &listing);
    ck_assert(g_error_matches(listing, RMS_DIRECTORY_ERROR, RMS_DIRECTORY_ERROR_NAME));
    ck_assert_ptr_nonnull(strstr(listing->message, gone));

    g_autoptr(GAsyncResult) result = NULL;
    g_autoptr(GListStore) found = g_list_store_new(RMS_TYPE_DIRECTORY_OBJECT);
    const RmsDirectorySearch search = {.place = gone, .kinds = ALL, .limit = PLENTY};
    rms_directory_search_async(directory, &search, found, NULL, on_finished, &result);
    wait_for(&result);
    ck_assert(!rms_directory_search_finish(directory, result, NULL, &searching));
    ck_assert(g_error_matches(searching, RMS_DIRECTORY_ERROR, RMS_DIRECTORY_ERROR_NAME));
}
END_TEST

/* --- members ------------------------------------------------------------------------------- */

static GListStore *
list_members(const char *group, guint limit, RmsMemberSummary *summary, GError **error)
{
    RmsSid sid;
    find_sid(group, &sid);
    g_autoptr(GAsyncResult) result = NULL;
    GListStore *members = g_list_store_new(RMS_TYPE_DIRECTORY_OBJECT);
    rms_directory_list_members_async(directory, &sid, limit, members, NULL, on_finished, &result);
    wait_for(&result);
    rms_directory_list_members_finish(directory, result, summary, error);
    return members;
}

START_TEST(test_members)
{
    static const struct {
        const char *group;
        const char *members[5];
    } rows[] = {
        {"Exchange Servers",
         {"CONTOSO\\EXCH01$",
          "CONTOSO\\EXCH02$",
          "CONTOSO\\OLDSRV01$",
          "CONTOSO\\Exchange Install Domain Servers"}  },
        {"Scan Servers DL",  {"CONTOSO\\SHAREPOINT02$"}},
        {"Loop A",           {"CONTOSO\\Loop B"}       },
        {"Domain Guests",    {"CONTOSO\\Guest"}        },
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_auto(RmsMemberSummary) summary = {0};
        g_autoptr(GError) error = NULL;
        g_autoptr(GListStore) members = list_members(rows[i].group, PLENTY, &summary, &error);
        guint expected = 0;
        ck_assert_msg(error == NULL, "%s: %s", rows[i].group, error != NULL ? error->message : "");
        for (const char *const *name = rows[i].members; *name != NULL; name++, expected++)
            ck_assert_msg(test_has(members, *name), "%s has no %s", rows[i].group, *name);
        ck_assert_uint_eq(g_list_model_get_n_items(G_LIST_MODEL(members)), expected);
        ck_assert_uint_eq(summary.elsewhere->len, 0);
        ck_assert_uint_eq(summary.foreign->len, 0);
        ck_assert(!summary.truncated);
    }
}
END_TEST

/* Primary groups are in no member attribute: every account of the domain, and nobody twice. */
START_TEST(test_primary_members)
{
    g_auto(RmsMemberSummary) summary = {0};
    g_autoptr(GError) error = NULL;
    g_autoptr(GListStore) computers = list_members("Domain Computers", PLENTY, &summary, &error);
    ck_assert_msg(error == NULL, "%s", error != NULL ? error->message : "");
    ck_assert(test_has(computers, "CONTOSO\\EXCH03$"));
    ck_assert(test_has(computers, "CONTOSO\\OUTSIDER01$"));
}
END_TEST

START_TEST(test_member_limit)
{
    g_auto(RmsMemberSummary) summary = {0};
    g_autoptr(GError) error = NULL;
    g_autoptr(GListStore) members = list_members("Exchange Servers", 2, &summary, &error);
    ck_assert_msg(error == NULL, "%s", error != NULL ? error->message : "");
    ck_assert_uint_eq(g_list_model_get_n_items(G_LIST_MODEL(members)), 2);
    ck_assert(summary.truncated);
}
END_TEST

START_TEST(test_members_of_no_group)
{
    RmsMemberSummary summary = {.n_others = 42};
    g_autoptr(GError) error = NULL;
    g_autoptr(GListStore) members = list_members("EXCH01$", PLENTY, &summary, &error);
    ck_assert(g_error_matches(error, RMS_DIRECTORY_ERROR, RMS_DIRECTORY_ERROR_NAME));
    ck_assert_uint_eq(g_list_model_get_n_items(G_LIST_MODEL(members)), 0);
    /* Untouched on failure. */
    ck_assert_uint_eq(summary.n_others, 42);
}
END_TEST

/* --- memberships --------------------------------------------------------------------------- */

static char *describe(RmsMembership *membership)
{
    g_autofree char *path = g_strjoinv(" > ", (char **) rms_membership_get_path(membership));
    return g_strdup_printf(
        "%s%s%s%s",
        path,
        *path != '\0' ? " > " : "",
        rms_directory_object_get_account_name(rms_membership_get_group(membership)),
        rms_membership_get_primary(membership) ? " (primary)" : "");
}

static char *list_memberships(const char *name)
{
    RmsSid sid;
    find_sid(name, &sid);
    g_autoptr(GAsyncResult) result = NULL;
    g_autoptr(GListStore) memberships = g_list_store_new(RMS_TYPE_MEMBERSHIP);
    g_autoptr(GError) error = NULL;
    gboolean truncated = TRUE;
    rms_directory_list_memberships_async(directory, &sid, memberships, NULL, on_finished, &result);
    wait_for(&result);
    ck_assert_msg(rms_directory_list_memberships_finish(directory, result, &truncated, &error),
                  "%s",
                  error != NULL ? error->message : "");
    ck_assert(!truncated);
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < g_list_model_get_n_items(G_LIST_MODEL(memberships)); i++) {
        g_autoptr(RmsMembership) membership = g_list_model_get_item(G_LIST_MODEL(memberships), i);
        g_autofree char *line = describe(membership);
        g_string_append_printf(text, "%s\n", line);
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}

START_TEST(test_memberships)
{
    static const struct {
        const char *name;
        const char *line; /* without a newline before: the first line */
    } rows[] = {
        {"EXCH03$",       "CONTOSO\\Exchange Site Berlin\n"                       },
        {"EXCH03$",
         "\nCONTOSO\\Exchange Site Berlin > CONTOSO\\Exchange Install Domain "
         "Servers\n"                                                              },
        {"EXCH03$",
         "\nCONTOSO\\Exchange Site Berlin > CONTOSO\\Exchange Install Domain Servers > "
         "CONTOSO\\Exchange Servers\n"                                            },
        {"EXCH03$",       "\nCONTOSO\\Domain Computers (primary)\n"               },
        {"SHAREPOINT02$", "\nCONTOSO\\Scan Servers DL > CONTOSO\\RMS Servers DL\n"},
        {"Loop A",        "CONTOSO\\Loop B\n"                                     },
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *lines = list_memberships(rows[i].name);
        ck_assert_msg(strstr(lines, rows[i].line) != NULL,
                      "%s: %s is not in\n%s",
                      rows[i].name,
                      rows[i].line,
                      lines);
    }
}
END_TEST

/* --- details and many SIDs ------------------------------------------------------------------ */

static RmsObjectDetails *load_details(const RmsSid *sid, GError **error)
{
    g_autoptr(GAsyncResult) result = NULL;
    rms_directory_load_details_async(directory, sid, NULL, on_finished, &result);
    wait_for(&result);
    return rms_directory_load_details_finish(directory, result, error);
}

START_TEST(test_details)
{
    RmsSid sid;
    g_autoptr(GError) error = NULL;
    find_sid("EXCH01$", &sid);
    g_autoptr(RmsObjectDetails) computer = load_details(&sid, &error);
    ck_assert_msg(computer != NULL, "%s", error != NULL ? error->message : "");
    ck_assert_str_eq(rms_directory_object_get_account_name(computer->object), "CONTOSO\\EXCH01$");
    ck_assert(g_strv_contains((const char *const *) computer->service_names,
                              "HOST/exch01.contoso.example"));
    ck_assert_int_gt(computer->created, 0);
    ck_assert_int_le(computer->created, g_get_real_time());
    ck_assert_int_eq(computer->expires, 0);

    find_sid("x-expired", &sid);
    g_autoptr(RmsObjectDetails) expired = load_details(&sid, &error);
    ck_assert_int_gt(expired->expires, 0);
    ck_assert_int_lt(expired->expires, g_get_real_time());

    find_sid("Exchange Servers", &sid);
    g_autoptr(RmsObjectDetails) group = load_details(&sid, &error);
    ck_assert_int_eq(rms_directory_object_get_member_count(group->object), 4);

    ck_assert(rms_sid_parse(&sid, "S-1-5-21-1-2-3-4"));
    g_autoptr(RmsObjectDetails) nobody = load_details(&sid, &error);
    ck_assert_ptr_null(nobody);
    ck_assert_ptr_null(error);
}
END_TEST

/* More than one search takes, with some that nobody has. */
START_TEST(test_many_sids)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GListStore) all = test_search(directory, "", ALL, PLENTY, NULL, &error);
    guint n = g_list_model_get_n_items(G_LIST_MODEL(all));
    ck_assert_uint_gt(n, 60);
    g_autoptr(GPtrArray) sids = g_ptr_array_new_with_free_func((GDestroyNotify) rms_sid_free);
    for (guint i = 0; i < n; i++) {
        g_autoptr(RmsDirectoryObject) object = g_list_model_get_item(G_LIST_MODEL(all), i);
        RmsSid gone;
        g_autofree char *text = g_strdup_printf("S-1-5-21-1-2-3-%u", i + 1000);
        ck_assert(rms_sid_parse(&gone, text));
        g_ptr_array_add(sids, rms_sid_copy(&gone));
        g_ptr_array_add(sids, rms_sid_copy(rms_directory_object_get_sid(object)));
    }
    g_autoptr(GAsyncResult) result = NULL;
    rms_directory_find_sids_async(directory, sids, NULL, on_finished, &result);
    wait_for(&result);
    g_autoptr(GPtrArray) found = rms_directory_find_sids_finish(directory, result, &error);
    ck_assert_msg(found != NULL, "%s", error != NULL ? error->message : "");
    ck_assert_uint_eq(found->len, n);
}
END_TEST

int main(void)
{
    test_setup();
    Suite *suite = suite_create("details in the lab");
    TCase *tcase = tcase_create("all");
    tcase_set_timeout(tcase, 120);
    tcase_add_checked_fixture(tcase, open_directory, close_directory);
    tcase_add_test(tcase, test_places);
    tcase_add_test(tcase, test_search_below_a_place);
    tcase_add_test(tcase, test_place_that_is_gone);
    tcase_add_test(tcase, test_members);
    tcase_add_test(tcase, test_primary_members);
    tcase_add_test(tcase, test_member_limit);
    tcase_add_test(tcase, test_members_of_no_group);
    tcase_add_test(tcase, test_memberships);
    tcase_add_test(tcase, test_details);
    tcase_add_test(tcase, test_many_sids);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    test_teardown();
    return failed == 0 ? 0 : 1;
}
