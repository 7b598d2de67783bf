/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What queries ask and make of the answers, against a server that this test plays itself on a
 * socket pair: ranges, pages, limits and lies that the lab's domain controller never tells.
 */
#include "config.h"

#include <string.h>
#include <unistd.h>

#include "directory/directory-cleanup-private.h"
#include "directory/directory-limits.h"
#include "query-play.h"

START_TEST(test_pages_follow_the_cookie)
{
    Play play;
    open_play(&play);
    start_search(&play, "x", ALL, 100);
    ck_assert_str_eq(play.base, "DC=contoso,DC=example");
    ck_assert(request_has(&play, LDAP_CONTROL_PAGEDRESULTS));
    send_group(&play, 1001);
    send_reference(&play);
    send_group(&play, 1002);
    send_result(&play, LDAP_SUCCESS, "", "first cookie");
    ck_assert_uint_eq(count_found(&play), 2);
    ck_assert(!play.ended);

    read_request(&play);
    ck_assert(request_has(&play, "first cookie"));
    /* An object that moved between pages comes twice. */
    send_group(&play, 1002);
    send_group(&play, 1003);
    send_result(&play, LDAP_SUCCESS, "", "");
    ck_assert_int_eq(play.state, RMS_QUERY_DONE);
    ck_assert(play.ended);
    ck_assert_ptr_null(play.error);
    ck_assert(!play.flag);
    ck_assert_uint_eq(count_found(&play), 3);
    close_play(&play);
}
END_TEST

START_TEST(test_large_pages_come_in_turns)
{
    Play play;
    open_play(&play);
    start_search(&play, "x", ALL, 5000);
    const guint total = 2 * RMS_MAX_POST_OBJECTS + 1;
    for (guint i = 0; i < total; i++)
        send_group(&play, 1000 + i);
    ck_assert_uint_eq(count_found(&play), 0);
    send_last_result(&play, LDAP_SUCCESS);
    guint before = 0;
    guint turns = 0;
    while (!play.ended && g_main_context_iteration(NULL, FALSE)) {
        ck_assert_uint_le(count_found(&play) - before, RMS_MAX_POST_OBJECTS);
        turns += count_found(&play) > before ? 1 : 0;
        before = count_found(&play);
    }
    ck_assert(play.ended);
    ck_assert_uint_eq(turns, 3);
    ck_assert_uint_eq(count_found(&play), total);
    for (guint i = 0; i < total; i++) {
        g_autoptr(RmsDirectoryObject) object = g_list_model_get_item(G_LIST_MODEL(play.store), i);
        g_autofree char *account = g_strdup_printf("CONTOSO\\object-%u", 1000 + i);
        ck_assert_str_eq(rms_directory_object_get_account_name(object), account);
    }
    close_play(&play);
}
END_TEST

START_TEST(test_only_wanted_kinds)
{
    Play play;
    open_play(&play);
    start_search(&play, "x", RMS_KIND_BIT(RMS_KIND_SECURITY_GROUP), 100);
    const Attribute nothing[] = {{NULL}};
    send_object(&play, 1001, "user", NULL);
    send_object(&play, 1002, "group", "2");
    send_group(&play, 1003);
    send_entry(&play, "CN=nothing", nothing);
    send_entry(&play, "no dn at all", nothing);
    send_entry(&play, "", nothing);
    send_result(&play, LDAP_SUCCESS, "", NULL);
    ck_assert(play.ended);
    ck_assert_uint_eq(count_found(&play), 1);
    close_play(&play);
}
END_TEST

START_TEST(test_limit_ends_at_once)
{
    Play play;
    open_play(&play);
    start_search(&play, "x", ALL, 2);
    send_group(&play, 1001);
    send_group(&play, 1002);
    ck_assert_int_eq(play.state, RMS_QUERY_WAITING);
    send_group(&play, 1003);
    ck_assert_int_eq(play.state, RMS_QUERY_DONE);
    while (g_main_context_iteration(NULL, FALSE))
        ;
    ck_assert(play.ended);
    ck_assert(play.flag);
    ck_assert_uint_eq(count_found(&play), 2);
    close_play(&play);
}
END_TEST

static const struct {
    int code;
    gboolean with_entry;
    int error; /* -1: none, but truncated */
} ends[] = {
    {LDAP_SIZELIMIT_EXCEEDED,  TRUE,  -1                             },
    {LDAP_TIMELIMIT_EXCEEDED,  TRUE,  -1                             },
    {LDAP_ADMINLIMIT_EXCEEDED, TRUE,  -1                             },
    {LDAP_TIMELIMIT_EXCEEDED,  FALSE, RMS_DIRECTORY_ERROR_UNREACHABLE},
    {LDAP_SIZELIMIT_EXCEEDED,  FALSE, RMS_DIRECTORY_ERROR_PROTOCOL   },
    {LDAP_INSUFFICIENT_ACCESS, TRUE,  RMS_DIRECTORY_ERROR_REFUSED    },
    {LDAP_OPERATIONS_ERROR,    FALSE, RMS_DIRECTORY_ERROR_PROTOCOL   },
    {LDAP_NO_SUCH_OBJECT,      FALSE, RMS_DIRECTORY_ERROR_PROTOCOL   },
    {LDAP_BUSY,                FALSE, RMS_DIRECTORY_ERROR_UNREACHABLE},
};

START_TEST(test_end_of_search)
{
    Play play;
    open_play(&play);
    start_search(&play, "x", ALL, 100);
    if (ends[_i].with_entry)
        send_group(&play, 1001);
    send_result(&play, ends[_i].code, "00000057: LdapErr", NULL);
    ck_assert(play.ended);
    if (ends[_i].error < 0) {
        ck_assert_ptr_null(play.error);
        ck_assert(play.flag);
        ck_assert_uint_eq(count_found(&play), 1);
    } else {
        ck_assert_msg(g_error_matches(play.error, RMS_DIRECTORY_ERROR, ends[_i].error),
                      "%d: %s",
                      ends[_i].code,
                      play.error->message);
    }
    close_play(&play);
}
END_TEST

static const struct {
    int code;
    const char *diagnostic;
} losses[] = {
    {LDAP_UNAVAILABLE,      ""                                                                  },
    {LDAP_OPERATIONS_ERROR, "000004DC: LdapErr: DSID-0C090A5C, comment: In order to perform …"},
};

START_TEST(test_lost_sign_in)
{
    Play play;
    open_play(&play);
    start_search(&play, "x", ALL, 100);
    send_group(&play, 1001);
    send_result(&play, losses[_i].code, losses[_i].diagnostic, NULL);
    ck_assert_int_eq(play.state, RMS_QUERY_LOST);
    ck_assert(!play.ended);

    /* On the next connection it starts from the beginning, and tells nothing twice. */
    play.state = rms_query_start(play.query, play.connection);
    read_request(&play);
    ck_assert_uint_eq(rms_query_get_starts(play.query), 2);
    send_group(&play, 1001);
    send_group(&play, 1002);
    send_result(&play, LDAP_SUCCESS, "", NULL);
    ck_assert(play.ended);
    ck_assert_uint_eq(count_found(&play), 2);
    close_play(&play);
}
END_TEST

START_TEST(test_forgotten_page)
{
    Play play;
    open_play(&play);
    start_search(&play, "x", ALL, 100);
    send_group(&play, 1001);
    send_result(&play, LDAP_SUCCESS, "", "cookie");
    read_request(&play);
    send_result(&play, LDAP_UNAVAILABLE_CRITICAL_EXTENSION, "", NULL);
    ck_assert_int_eq(play.state, RMS_QUERY_WAITING);
    read_request(&play);
    ck_assert(!request_has(&play, "cookie"));
    send_group(&play, 1001);
    send_group(&play, 1002);
    send_result(&play, LDAP_SUCCESS, "", "cookie");
    ck_assert_uint_eq(count_found(&play), 2);
    /* Not for ever. */
    read_request(&play);
    send_result(&play, LDAP_UNAVAILABLE_CRITICAL_EXTENSION, "", NULL);
    ck_assert(play.ended);
    ck_assert_ptr_nonnull(play.error);
    close_play(&play);
}
END_TEST

START_TEST(test_endless_pages)
{
    Play play;
    open_play(&play);
    start_search(&play, "x", ALL, 100);
    guint pages = 0;
    while (!play.ended && pages <= RMS_MAX_PAGES) {
        send_result(&play, LDAP_SUCCESS, "", "and so on");
        pages++;
        if (!play.ended)
            read_request(&play);
    }
    ck_assert(play.ended);
    ck_assert_uint_eq(pages, RMS_MAX_PAGES);
    ck_assert(play.flag);
    close_play(&play);
}
END_TEST

START_TEST(test_resolve_prefers_others_to_machines)
{
    Play play;
    open_play(&play);
    start_resolve(&play, "object-1001");
    RmsSid sid;
    ck_assert(rms_sid_parse(&sid, DOMAIN_SID "-2000"));
    const Attribute machine[] = {
        {"objectSid",   sid.bytes, sid.length},
        {"objectClass",   "computer", 8},
        {"sAMAccountName", "OBJECT-1001$", 12},
        {NULL           },
    };
    send_entry(&play, "CN=OBJECT-1001,DC=contoso,DC=example", machine);
    send_group(&play, 1001);
    send_result(&play, LDAP_SUCCESS, "", NULL);
    ck_assert(play.ended);
    g_autoptr(GPtrArray) objects = play.value;
    ck_assert_uint_eq(objects->len, 1);
    ck_assert_int_eq(rms_directory_object_get_kind(objects->pdata[0]), RMS_KIND_SECURITY_GROUP);
    close_play(&play);

    /* Alone, the machine is meant. */
    open_play(&play);
    start_resolve(&play, "object-1001");
    send_entry(&play, "CN=OBJECT-1001,DC=contoso,DC=example", machine);
    send_result(&play, LDAP_SUCCESS, "", NULL);
    g_autoptr(GPtrArray) alone = play.value;
    ck_assert_uint_eq(alone->len, 1);
    close_play(&play);
}
END_TEST

START_TEST(test_resolve_ceiling)
{
    Play play;
    open_play(&play);
    start_resolve(&play, "x");
    for (guint i = 0; i <= RMS_MAX_RESOLVED_OBJECTS; i++)
        send_group(&play, 1000 + i);
    ck_assert_int_eq(play.state, RMS_QUERY_DONE);
    while (g_main_context_iteration(NULL, FALSE))
        ;
    ck_assert(g_error_matches(play.error, RMS_DIRECTORY_ERROR, RMS_DIRECTORY_ERROR_NAME));
    close_play(&play);
}
END_TEST

/* Ranges as a domain controller gives them unasked (protocol.md §6.4), and as none should. */
static const struct {
    const char *name;
    const char *attributes[3];
    guint counts[3];
    guint requests;
    int members;
    guint warnings;
} ranges[] = {
    {"no members",      {NULL},                                         {0},                       1, 0,                           RMS_WARNING_EMPTY_GROUP},
    {"plain",           {"member"},                                     {7},                       1, 7,                           0                      },
    {"whole range",     {"member;range=0-*"},                           {3},                       1, 3,                           0                      },
    {"two ranges",      {"member;range=0-1499", "member;range=1500-*"}, {1500, 10},                2, 1510,                        0                      },
    {"empty tail",      {"member;range=0-1499", "member;range=1500-*"}, {1500, 0},                 2, 1500,                        0                      },
    {"the same again",  {"member;range=0-1499", "member;range=0-1499"}, {1500, 1500},              2, 3000,                        0                      },
    {"backwards",       {"member;range=0-1499", "member;range=5-9"},    {1500, 5},                 2, 1505,                        0                      },
    {"large",
     {"member"},
     {RMS_LARGE_GROUP_MEMBERS + 1},
     1,                                                                                               RMS_LARGE_GROUP_MEMBERS + 1,
     RMS_WARNING_LARGE_GROUP                                                                                                                              },
    {"just not large",  {"member"},                                     {RMS_LARGE_GROUP_MEMBERS}, 1, RMS_LARGE_GROUP_MEMBERS,     0                      },
    {"large by ranges",
     {"member;range=0-2999", "member;range=3000-5999"},
     {3000, 3000},
     2,                                                                                               RMS_LARGE_GROUP_MEMBERS + 1,
     RMS_WARNING_LARGE_GROUP                                                                                                                              },
    {"nonsense",        {"member;range=x"},                             {3},                       1, 0,                           RMS_WARNING_EMPTY_GROUP},
};

START_TEST(test_member_ranges)
{
    Play play;
    open_play(&play);
    start_lookup(&play, DOMAIN_SID "-1001");
    ck_assert_str_eq(play.base, "<SID=" DOMAIN_SID "-1001>");
    send_group(&play, 1001);
    send_result(&play, LDAP_SUCCESS, "", NULL);
    for (guint i = 0; i < ranges[_i].requests; i++) {
        read_request(&play);
        ck_assert_msg(request_has(&play, i == 0 ? "member;range=0-*" : "member;range="),
                      "%s",
                      ranges[_i].name);
        if (ranges[_i].attributes[i] != NULL)
            send_members(&play, ranges[_i].attributes[i], ranges[_i].counts[i]);
        send_result(&play, LDAP_SUCCESS, "", NULL);
    }
    /* Groups among them, or accounts whose primary group it is: one would do. */
    read_request(&play);
    ck_assert_int_eq(play.size_limit, 1);
    ck_assert_msg(request_has(&play, ranges[_i].members > 0 ? "memberOf" : "primaryGroupID"),
                  "%s",
                  ranges[_i].name);
    send_result(&play, LDAP_SUCCESS, "", NULL);
    ck_assert_msg(play.ended, "%s", ranges[_i].name);
    g_autoptr(RmsDirectoryObject) object = play.value;
    ck_assert_msg(rms_directory_object_get_member_count(object) == ranges[_i].members,
                  "%s: %d",
                  ranges[_i].name,
                  rms_directory_object_get_member_count(object));
    ck_assert_msg(rms_directory_object_get_warnings(object) == ranges[_i].warnings,
                  "%s: %x",
                  ranges[_i].name,
                  rms_directory_object_get_warnings(object));
    close_play(&play);
}
END_TEST

START_TEST(test_one_group_inside_is_enough)
{
    Play play;
    open_play(&play);
    start_lookup(&play, DOMAIN_SID "-1001");
    send_group(&play, 1001);
    send_result(&play, LDAP_SUCCESS, "", NULL);
    read_request(&play);
    send_members(&play, "member", 3);
    send_result(&play, LDAP_SUCCESS, "", NULL);
    read_request(&play);
    const Attribute nothing[] = {{NULL}};
    send_entry(&play, "CN=Inner,DC=contoso,DC=example", nothing);
    send_result(&play, LDAP_SIZELIMIT_EXCEEDED, "", NULL);
    ck_assert_ptr_null(play.error);
    g_autoptr(RmsDirectoryObject) object = play.value;
    ck_assert_uint_eq(rms_directory_object_get_warnings(object), RMS_WARNING_NESTED_GROUPS);
    close_play(&play);
}
END_TEST

static const int absences[] = {LDAP_NO_SUCH_OBJECT, LDAP_REFERRAL, LDAP_SUCCESS};

START_TEST(test_lookup_of_nobody)
{
    Play play;
    open_play(&play);
    start_lookup(&play, DOMAIN_SID "-1001");
    send_result(&play, absences[_i], "", NULL);
    ck_assert(play.ended);
    ck_assert_ptr_null(play.error);
    ck_assert_ptr_null(play.value);
    close_play(&play);
}
END_TEST

START_TEST(test_lookup_of_a_user)
{
    Play play;
    open_play(&play);
    start_lookup(&play, DOMAIN_SID "-1001");
    send_object(&play, 1001, "user", NULL);
    send_result(&play, LDAP_SUCCESS, "", NULL);
    ck_assert(play.ended);
    g_autoptr(RmsDirectoryObject) object = play.value;
    ck_assert_int_eq(rms_directory_object_get_member_count(object), -1);
    close_play(&play);
}
END_TEST

START_TEST(test_message_ceiling)
{
    /* A length that no honest server announces is refused before memory is taken for it. */
    Play play;
    open_play(&play);
    start_search(&play, "x", ALL, 100);
    const guint8 huge[] = {0x30, 0x84, 0x7f, 0xff, 0xff, 0xff, 0x02, 0x01, 0x01};
    ck_assert_int_eq(write(play.server_fd, huge, sizeof huge), sizeof huge);
    struct timeval wait = {.tv_sec = 10};
    g_autoptr(LDAPMessage) message = NULL;
    LDAP *ldap = rms_connection_get_ldap(play.connection);
    ck_assert_int_eq(ldap_result(ldap, LDAP_RES_ANY, LDAP_MSG_ONE, &wait, &message), -1);
    rms_call_fail(rms_query_get_call(play.query), g_error_new_literal(G_IO_ERROR, 0, "end"));
    close_play(&play);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("directory queries");
    TCase *tcase = tcase_create("all");
    tcase_add_test(tcase, test_pages_follow_the_cookie);
    tcase_add_test(tcase, test_large_pages_come_in_turns);
    tcase_add_test(tcase, test_only_wanted_kinds);
    tcase_add_test(tcase, test_limit_ends_at_once);
    tcase_add_loop_test(tcase, test_end_of_search, 0, G_N_ELEMENTS(ends));
    tcase_add_loop_test(tcase, test_lost_sign_in, 0, G_N_ELEMENTS(losses));
    tcase_add_test(tcase, test_forgotten_page);
    tcase_add_test(tcase, test_endless_pages);
    tcase_add_test(tcase, test_resolve_prefers_others_to_machines);
    tcase_add_test(tcase, test_resolve_ceiling);
    tcase_add_loop_test(tcase, test_member_ranges, 0, G_N_ELEMENTS(ranges));
    tcase_add_test(tcase, test_one_group_inside_is_enough);
    tcase_add_loop_test(tcase, test_lookup_of_nobody, 0, G_N_ELEMENTS(absences));
    tcase_add_test(tcase, test_lookup_of_a_user);
    tcase_add_test(tcase, test_message_ceiling);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
