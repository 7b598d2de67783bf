/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Effective members over a table of groups: shortest paths, loops, ceilings, other domains and
 * failures, which the lab's domain has not enough groups for.
 *
 * The calls that the walk makes of a forest and its directories are played by this test.
 */
#include "config.h"

#include <check.h>
#include <string.h>

#include "directory/directory-details.h"
#include "directory/directory-limits.h"
#include "directory/directory-object-private.h"
#include "directory/group-expansion.h"

#define HOME "DC=contoso,DC=example"
#define SALES "DC=sales,DC=example"
#define DOMAIN "S-1-5-21-1-2-3-"

/* --- the forest that is played -------------------------------------------------------------- */

/* A member: a number below GROUPS_FROM is an account, else a group; "s7": of the domain SALES;
 * "f7": of another forest; "x": of no domain of the forest. */
#define GROUPS_FROM 1000

struct _RmsDirectory {
    GObject parent_instance;
    const char *base_dn;
};
G_DEFINE_FINAL_TYPE(RmsDirectory, rms_directory, G_TYPE_OBJECT)
static void rms_directory_class_init(RmsDirectoryClass *klass)
{
}
static void rms_directory_init(RmsDirectory *self)
{
}

struct _RmsForest {
    GObject parent_instance;
    RmsDirectory *home;
    RmsDirectory *sales;
};
G_DEFINE_FINAL_TYPE(RmsForest, rms_forest, G_TYPE_OBJECT)

static struct {
    const char *(*get_members)(guint group); /* blanks between */
    gboolean sales_is_away;
    guint failing_group; /* 0: none */
    guint n_reads;
} world;

static void rms_forest_finalize(GObject *object)
{
    RmsForest *self = RMS_FOREST(object);

    g_object_unref(self->home);
    g_object_unref(self->sales);
    G_OBJECT_CLASS(rms_forest_parent_class)->finalize(object);
}

static void rms_forest_class_init(RmsForestClass *klass)
{
    G_OBJECT_CLASS(klass)->finalize = rms_forest_finalize;
}

static void rms_forest_init(RmsForest *self)
{
    self->home = g_object_new(RMS_TYPE_DIRECTORY, NULL);
    self->home->base_dn = HOME;
    self->sales = g_object_new(RMS_TYPE_DIRECTORY, NULL);
    self->sales->base_dn = SALES;
}

RmsDirectory *rms_forest_get_home(RmsForest *self)
{
    return self->home;
}

RmsDirectory *rms_forest_find_domain_of_dn(RmsForest *self, const char *dn)
{
    if (g_str_has_suffix(dn, HOME))
        return self->home;
    return g_str_has_suffix(dn, SALES) ? self->sales : NULL;
}

const char *rms_directory_get_domain(RmsDirectory *self)
{
    return strcmp(self->base_dn, SALES) == 0 && world.sales_is_away ? NULL : "a.example";
}

GQuark rms_directory_error_quark(void)
{
    return g_quark_from_static_string("test-directory-error");
}

static void make_sid(RmsSid *sid, const char *domain, guint number)
{
    g_autofree char *text = g_strdup_printf("%s%u", domain, number);

    ck_assert(rms_sid_parse(sid, text));
}

static guint get_number(const RmsSid *sid)
{
    g_autofree char *text = rms_sid_to_string(sid);

    return (guint) g_ascii_strtoull(strrchr(text, '-') + 1, NULL, 10);
}

static RmsDirectoryObject *make_object(guint number, const char *base_dn)
{
    g_autofree char *name = g_strdup_printf("%u", number);
    g_autofree char *dn = g_strdup_printf("CN=%u,%s", number, base_dn);
    gboolean is_group = number >= GROUPS_FROM;
    RmsDirectoryObjectFields fields = {
        .kind = is_group ? RMS_KIND_SECURITY_GROUP : RMS_KIND_COMPUTER,
        .scope = is_group ? RMS_SCOPE_UNIVERSAL : RMS_SCOPE_NONE,
        .name = name,
        .account_name = name,
        .dn = dn,
        .place = "",
        .member_count = -1,
    };

    make_sid(&fields.sid, DOMAIN, number);
    return rms_directory_object_new(&fields);
}

void rms_object_check_free(RmsObjectCheck *check)
{
    g_clear_object(&check->object);
    g_clear_error(&check->error);
    g_free(check);
}

static GTask *
make_task(gpointer source, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
    return g_task_new(source, cancellable, callback, data);
}

void rms_forest_check_async(RmsForest *self,
                            GPtrArray *sids,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
    g_autoptr(GTask) task = make_task(self, cancellable, callback, user_data);
    GPtrArray *checks = g_ptr_array_new_with_free_func((GDestroyNotify) rms_object_check_free);
    RmsObjectCheck *check = g_new0(RmsObjectCheck, 1);
    guint number = get_number(sids->pdata[0]);

    check->sid = *(const RmsSid *) sids->pdata[0];
    check->result = number == 9999 ? RMS_CHECK_GONE : RMS_CHECK_FOUND;
    if (check->result == RMS_CHECK_FOUND)
        check->object = make_object(number, HOME);
    g_ptr_array_add(checks, check);
    g_task_return_pointer(task, checks, (GDestroyNotify) g_ptr_array_unref);
}

GPtrArray *rms_forest_check_finish(RmsForest *self, GAsyncResult *result, GError **error)
{
    return g_task_propagate_pointer(G_TASK(result), error);
}

void rms_member_summary_clear(RmsMemberSummary *summary)
{
    g_clear_pointer(&summary->elsewhere, g_ptr_array_unref);
    g_clear_pointer(&summary->foreign, g_ptr_array_unref);
}

static GError *unreachable_error(void)
{
    return g_error_new(RMS_DIRECTORY_ERROR, RMS_DIRECTORY_ERROR_UNREACHABLE, "nobody answers");
}

static void
play_members(RmsDirectory *self, guint group, GListStore *results, RmsMemberSummary *summary)
{
    g_auto(GStrv) members = g_strsplit(world.get_members(group), " ", -1);

    summary->elsewhere = g_ptr_array_new_with_free_func(g_free);
    summary->foreign = g_ptr_array_new_with_free_func((GDestroyNotify) rms_sid_free);
    for (char **member = members; *member != NULL; member++) {
        RmsSid sid;

        if (**member == '\0')
            continue;
        if (**member == 's') {
            g_ptr_array_add(summary->elsewhere, g_strdup_printf("CN=%s," SALES, *member + 1));
        } else if (**member == 'x') {
            g_ptr_array_add(summary->elsewhere, g_strdup("CN=x,DC=nowhere"));
        } else if (**member == 'f') {
            make_sid(&sid, "S-1-5-21-9-9-9-", (guint) atoi(*member + 1));
            g_ptr_array_add(summary->foreign, rms_sid_copy(&sid));
        } else {
            g_autoptr(RmsDirectoryObject) object =
                make_object((guint) atoi(*member), self->base_dn);

            g_list_store_append(results, object);
        }
    }
}

void rms_directory_list_members_async(RmsDirectory *self,
                                      const RmsSid *group,
                                      guint limit,
                                      GListStore *results,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data)
{
    g_autoptr(GTask) task = make_task(self, cancellable, callback, user_data);
    guint number = get_number(group);
    RmsMemberSummary *summary = NULL;

    world.n_reads++;
    if (number == world.failing_group) {
        g_task_return_error(task, unreachable_error());
        return;
    }
    summary = g_new0(RmsMemberSummary, 1);
    play_members(self, number, results, summary);
    g_task_return_pointer(task, summary, NULL);
}

gboolean rms_directory_list_members_finish(RmsDirectory *self,
                                           GAsyncResult *result,
                                           RmsMemberSummary *summary,
                                           GError **error)
{
    g_autofree RmsMemberSummary *found = g_task_propagate_pointer(G_TASK(result), error);

    if (found != NULL)
        *summary = *found;
    return found != NULL;
}

void rms_directory_resolve_async(RmsDirectory *self,
                                 const char *text,
                                 guint kinds,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
    g_autoptr(GTask) task = make_task(self, cancellable, callback, user_data);
    GPtrArray *found = NULL;

    if (world.sales_is_away) {
        g_task_return_error(task, unreachable_error());
        return;
    }
    found = g_ptr_array_new_with_free_func(g_object_unref);
    g_ptr_array_add(found, make_object((guint) atoi(text + strlen("CN=")), SALES));
    g_task_return_pointer(task, found, (GDestroyNotify) g_ptr_array_unref);
}

GPtrArray *rms_directory_resolve_finish(RmsDirectory *self, GAsyncResult *result, GError **error)
{
    return g_task_propagate_pointer(G_TASK(result), error);
}

/* --- expanding ------------------------------------------------------------------------------ */

static void on_finished(GObject *source, GAsyncResult *result, gpointer data)
{
    *(GAsyncResult **) data = g_object_ref(result);
}

static RmsExpansion *expand(guint group, GError **error)
{
    g_autoptr(RmsForest) forest = g_object_new(RMS_TYPE_FOREST, NULL);
    g_autoptr(GAsyncResult) result = NULL;
    RmsSid sid;

    make_sid(&sid, DOMAIN, group);
    rms_forest_expand_async(forest, &sid, NULL, on_finished, &result);
    while (result == NULL)
        g_main_context_iteration(NULL, TRUE);
    return rms_forest_expand_finish(forest, result, error);
}

static char *describe(RmsExpansion *expansion)
{
    GPtrArray *members = rms_expansion_get_members(expansion);
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < members->len; i++) {
        g_auto(GStrv) path = rms_expanded_member_dup_path(members->pdata[i]);
        g_autofree char *joined = g_strjoinv(">", path);

        g_string_append_printf(text,
                               "%s%s>%s",
                               i > 0 ? " " : "",
                               joined,
                               rms_expanded_member_get_account_name(members->pdata[i]));
    }
    return g_string_free(text, FALSE);
}

#define MAX_GROUPS 6
typedef struct {
    guint group;
    const char *members;
} GroupRow;

static const struct {
    const char *title;
    GroupRow groups[MAX_GROUPS];
    gboolean sales_is_away;
    const char *accounts;
    guint depth;
    guint gaps;
    const char *says;
} rows[] = {
    {.title = "direct", .groups = {{1000, "1 2"}}, .accounts = "1000>1 1000>2"},
    {.title = "nested",
     .groups = {{1000, "1001"}, {1001, "1002 1"}, {1002, "2"}},
     .accounts = "1000>1001>1 1000>1001>1002>2",
     .depth = 2},
    {.title = "by two ways, the shortest counts",
     .groups = {{1000, "1001 1002"}, {1001, "1003"}, {1002, "1"}, {1003, "1 2"}},
     .accounts = "1000>1002>1 1000>1001>1003>2",
     .depth = 2},
    {.title = "a loop",
     .groups = {{1000, "1001 1"}, {1001, "1000 2"}},
     .accounts = "1000>1 1000>1001>2",
     .depth = 1},
    {.title = "in itself", .groups = {{1000, "1000 1"}}, .accounts = "1000>1"},
    {.title = "empty", .groups = {{1000, ""}}, .accounts = ""},
    {.title = "another domain's account and group",
     .groups = {{1000, "s1 s1001"}, {1001, "2"}},
     .accounts = "1000>1 1000>1001>2",
     .depth = 1},
    {.title = "another domain that is away",
     .groups = {{1000, "1 s2"}},
     .sales_is_away = TRUE,
     .accounts = "1000>1",
     .gaps = RMS_GAP_ELSEWHERE,
     .says = "CN=2," SALES " could not be read: nobody answers."},
    {.title = "of no domain",
     .groups = {{1000, "1 x"}},
     .accounts = "1000>1",
     .gaps = RMS_GAP_ELSEWHERE,
     .says = "CN=x,DC=nowhere could not be read: it is of no domain of this forest."},
    {.title = "of another forest",
     .groups = {{1000, "f7 1001"}, {1001, "f7 f8"}},
     .accounts = "1000>S-1-5-21-9-9-9-7 1000>1001>S-1-5-21-9-9-9-8",
     .depth = 1,
     .gaps = RMS_GAP_FOREIGN,
     .says = "2 members are of other forests"},
};

static const GroupRow *current;

static const char *get_row_members(guint group)
{
    for (guint i = 0; i < MAX_GROUPS; i++) {
        if (current[i].group == group)
            return current[i].members;
    }
    ck_abort_msg("nobody knows the group %u", group);
}

START_TEST(test_rows)
{
    g_autoptr(GError) error = NULL;

    current = rows[_i].groups;
    world.get_members = get_row_members;
    world.sales_is_away = rows[_i].sales_is_away;
    g_autoptr(RmsExpansion) expansion = expand(1000, &error);
    ck_assert_msg(expansion != NULL, "%s: %s", rows[_i].title, error != NULL ? error->message : "");
    g_autofree char *accounts = describe(expansion);
    g_autofree char *says = rms_expansion_dup_gap_text(expansion);
    ck_assert_msg(strcmp(accounts, rows[_i].accounts) == 0, "%s: %s", rows[_i].title, accounts);
    ck_assert_uint_eq(rms_expansion_get_depth(expansion), rows[_i].depth);
    ck_assert_uint_eq(rms_expansion_get_gaps(expansion), rows[_i].gaps);
    ck_assert((says != NULL) == (rows[_i].gaps != 0));
    if (rows[_i].says != NULL)
        ck_assert_msg(strstr(says, rows[_i].says) != NULL, "%s", says);
}
END_TEST

static const char *get_chain(guint group)
{
    static char text[32];

    g_snprintf(text, sizeof text, "%u %u", group + 1, group - GROUPS_FROM + 1);
    return text;
}

/* Each group has an account and another group in it, without end. */
START_TEST(test_depth)
{
    world.get_members = get_chain;
    g_autoptr(RmsExpansion) expansion = expand(1000, NULL);
    g_autofree char *says = rms_expansion_dup_gap_text(expansion);

    ck_assert_uint_eq(rms_expansion_get_depth(expansion), RMS_MAX_NESTING);
    ck_assert_uint_eq(rms_expansion_get_members(expansion)->len, RMS_MAX_NESTING + 1);
    ck_assert_uint_eq(rms_expansion_get_gaps(expansion), RMS_GAP_DEPTH);
    ck_assert_ptr_nonnull(strstr(says, "nested more than 32 deep"));
    ck_assert_uint_eq(world.n_reads, RMS_MAX_NESTING + 1);
}
END_TEST

static char *many_groups;

static const char *get_many(guint group)
{
    return group == 1000 ? many_groups : "";
}

START_TEST(test_too_many_groups)
{
    g_autoptr(GString) text = g_string_new(NULL);

    for (guint i = 0; i < RMS_MAX_EXPANDED_GROUPS + 10; i++)
        g_string_append_printf(text, "%u ", 1001 + i);
    many_groups = text->str;
    world.get_members = get_many;
    g_autoptr(RmsExpansion) expansion = expand(1000, NULL);
    ck_assert_uint_eq(rms_expansion_get_n_groups(expansion), RMS_MAX_EXPANDED_GROUPS);
    ck_assert_uint_eq(rms_expansion_get_gaps(expansion), RMS_GAP_COUNT);
    ck_assert_uint_eq(world.n_reads, RMS_MAX_EXPANDED_GROUPS);
}
END_TEST

static const char *get_nested(guint group)
{
    return group == 1000 ? "1 1001 2" : "3";
}

/* There is no half expansion. */
START_TEST(test_failing_half_way)
{
    g_autoptr(GError) error = NULL;

    world.get_members = get_nested;
    world.failing_group = 1001;
    ck_assert_ptr_null(expand(1000, &error));
    ck_assert(g_error_matches(error, RMS_DIRECTORY_ERROR, RMS_DIRECTORY_ERROR_UNREACHABLE));
}
END_TEST

START_TEST(test_gone)
{
    g_autoptr(GError) error = NULL;

    ck_assert_ptr_null(expand(9999, &error));
    ck_assert(g_error_matches(error, RMS_DIRECTORY_ERROR, RMS_DIRECTORY_ERROR_NAME));
    ck_assert_ptr_nonnull(strstr(error->message, "no longer exists"));
}
END_TEST

static void forget_world(void)
{
    memset(&world, 0, sizeof world);
}

int main(void)
{
    Suite *suite = suite_create("group expansion");
    TCase *tcase = tcase_create("all");
    SRunner *runner = NULL;
    int failed = 0;

    tcase_set_timeout(tcase, 60);
    tcase_add_checked_fixture(tcase, forget_world, NULL);
    tcase_add_loop_test(tcase, test_rows, 0, G_N_ELEMENTS(rows));
    tcase_add_test(tcase, test_depth);
    tcase_add_test(tcase, test_too_many_groups);
    tcase_add_test(tcase, test_failing_half_way);
    tcase_add_test(tcase, test_gone);
    suite_add_tcase(suite, tcase);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
