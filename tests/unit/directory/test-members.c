/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Members of a group as servers tell them that the lab does not have: forced ranges, ranges that
 * lead nowhere, members that are held elsewhere.
 */
#include "config.h"

#include <string.h>

#include "directory/directory-cleanup-private.h"
#include "directory/directory-details.h"
#include "directory/directory-limits.h"
#include "query-play.h"

#define GROUP DOMAIN_SID "-1001"

/* Object 1002 is found by its back link, 1003 by its name only, the rest is no account of here. */
#define HERE "CN=Object 1002,DC=contoso,DC=example"
#define BY_NAME "CN=Object 1003,DC=contoso,DC=example"
#define FOREIGN "CN=S-1-5-21-9-9-9-9,CN=ForeignSecurityPrincipals,DC=contoso,DC=example"
#define CONTACT "CN=Contact,DC=contoso,DC=example"
#define ELSEWHERE "CN=Away,DC=other,DC=example"

static void send_names(Play *play, const char *attribute, const char *const *names)
{
    BerElement *ber = ber_alloc_t(LBER_USE_DER);
    ber_printf(ber, "{it{s{", play->message_id, (ber_tag_t) LDAP_RES_SEARCH_ENTRY, "CN=x");
    /* As Active Directory does: the plain attribute empty beside a range of it. */
    if (strchr(attribute, ';') != NULL)
        ber_printf(ber, "{s[]}", "member");
    ber_printf(ber, "{s[", attribute);
    for (; *names != NULL; names++)
        ber_printf(ber, "s", *names);
    ber_printf(ber, "]}}}}");
    send_message(play, ber);
}

static void open_members(Play *play, guint limit)
{
    open_play(play);
    start_members(play, GROUP, limit);
    ck_assert_str_eq(play->base, "<SID=" GROUP ">");
    send_group(play, 1001);
    send_result(play, LDAP_SUCCESS, "", NULL);
    read_request(play);
    ck_assert(request_has(play, "member;range=0-*"));
}

static RmsMemberSummary *end_members(Play *play)
{
    ck_assert(play->ended);
    ck_assert_msg(play->error == NULL, "%s", play->error != NULL ? play->error->message : "");
    return play->value;
}

static void free_summary(RmsMemberSummary *summary)
{
    rms_member_summary_clear(summary);
    g_free(summary);
}

static const struct {
    const char *name;
    const char *attributes[2]; /* one request each */
} servers[] = {
    {"a server that forces ranges",    {"member;range=0-1", "member;range=2-*"}},
    {"a server that ends ranges late", {"member;range=0-1", "member;range=2-4"}},
    {"a server without ranges",        {"member", NULL}                        },
};

START_TEST(test_members)
{
    static const char *const all[] = {HERE, BY_NAME, FOREIGN, CONTACT, ELSEWHERE, NULL};
    const char *const first[] = {HERE, BY_NAME, NULL};
    Play play;
    open_members(&play, 100);
    if (servers[_i].attributes[1] == NULL) {
        send_names(&play, servers[_i].attributes[0], all);
    } else {
        send_names(&play, servers[_i].attributes[0], first);
        send_result(&play, LDAP_SUCCESS, "", NULL);
        read_request(&play);
        ck_assert_msg(request_has(&play, "member;range=2-*"), "%s", servers[_i].name);
        send_names(&play, servers[_i].attributes[1], all + 2);
    }
    send_result(&play, LDAP_SUCCESS, "", NULL);
    read_request(&play);
    if (request_has(&play, "member;range=5-*")) {
        ck_assert_int_eq(_i, 1);
        send_result(&play, LDAP_SUCCESS, "", NULL);
        read_request(&play);
    }

    /* Those with a back link, in pages; a reference to another domain is passed over. */
    ck_assert(request_has(&play, "memberOf"));
    send_object(&play, 1002, "user", NULL);
    send_reference(&play);
    send_result(&play, LDAP_SUCCESS, "", "cookie");
    ck_assert_uint_eq(count_found(&play), 1);
    read_request(&play);
    ck_assert(request_has(&play, "cookie"));
    send_result(&play, LDAP_SUCCESS, "", NULL);

    /* The others by their names. */
    read_request(&play);
    ck_assert(request_has(&play, "distinguishedName"));
    ck_assert(request_has(&play, BY_NAME) && request_has(&play, ELSEWHERE));
    ck_assert(!request_has(&play, HERE));
    RmsSid sid;
    ck_assert(rms_sid_parse(&sid, "S-1-5-21-9-9-9-9"));
    const Attribute foreign[] = {
        {"objectClass", "foreignSecurityPrincipal", 24},
        {"objectSid",           sid.bytes, sid.length},
        {NULL  },
    };
    const Attribute contact[] = {
        {"objectClass", "contact", 7},
        {NULL           }
    };
    send_object(&play, 1003, "user", NULL);
    send_entry(&play, FOREIGN, foreign);
    send_entry(&play, CONTACT, contact);
    send_result(&play, LDAP_SUCCESS, "", NULL);

    /* And those whose primary group it is. */
    read_request(&play);
    ck_assert(request_has(&play, "primaryGroupID"));
    send_object(&play, 1004, "computer", NULL);
    send_object(&play, 1002, "user", NULL);
    send_result(&play, LDAP_SUCCESS, "", NULL);

    RmsMemberSummary *summary = end_members(&play);
    ck_assert_uint_eq(count_found(&play), 3);
    ck_assert_uint_eq(summary->n_others, 1);
    ck_assert_uint_eq(summary->elsewhere->len, 1);
    ck_assert_str_eq(summary->elsewhere->pdata[0], ELSEWHERE);
    ck_assert_uint_eq(summary->foreign->len, 1);
    ck_assert(rms_sid_equal(summary->foreign->pdata[0], &sid));
    ck_assert(!summary->truncated);
    free_summary(summary);
    close_play(&play);
}
END_TEST

START_TEST(test_ranges_that_never_end)
{
    /* Each range goes on, and all of them hold the same name. */
    static const char *const names[] = {HERE, NULL};
    Play play;
    open_members(&play, 100);
    guint asked = 0;
    while (!request_has(&play, "memberOf")) {
        ck_assert_uint_lt(asked, RMS_MAX_PAGES);
        g_autofree char *range = g_strdup_printf("member;range=%u-%u", asked, asked);
        send_names(&play, range, names);
        send_result(&play, LDAP_SUCCESS, "", NULL);
        asked++;
        read_request(&play);
    }
    ck_assert_uint_eq(asked, RMS_MAX_PAGES);
    send_object(&play, 1002, "user", NULL);
    send_result(&play, LDAP_SUCCESS, "", NULL);
    read_request(&play);
    send_result(&play, LDAP_SUCCESS, "", NULL);
    RmsMemberSummary *summary = end_members(&play);
    ck_assert_uint_eq(count_found(&play), 1);
    ck_assert(summary->truncated);
    free_summary(summary);
    close_play(&play);
}
END_TEST

START_TEST(test_range_that_stands_still)
{
    static const char *const names[] = {HERE, NULL};
    Play play;
    open_members(&play, 100);
    send_names(&play, "member;range=0-1499", names);
    send_result(&play, LDAP_SUCCESS, "", NULL);
    read_request(&play);
    ck_assert(request_has(&play, "member;range=1500-*"));
    send_names(&play, "member;range=0-1499", names);
    send_result(&play, LDAP_SUCCESS, "", NULL);
    read_request(&play);
    ck_assert(request_has(&play, "memberOf"));
    rms_call_fail(rms_query_get_call(play.query), g_error_new_literal(G_IO_ERROR, 0, "end"));
    close_play(&play);
}
END_TEST

START_TEST(test_member_limit)
{
    static const char *const names[] = {HERE, HERE, BY_NAME, CONTACT, NULL};
    Play play;
    open_members(&play, 2);
    send_names(&play, "member;range=0-3", names);
    send_result(&play, LDAP_SUCCESS, "", NULL);
    read_request(&play);
    ck_assert(request_has(&play, "memberOf"));
    send_object(&play, 1002, "user", NULL);
    send_object(&play, 1003, "user", NULL);
    send_object(&play, 1004, "user", NULL);
    ck_assert_int_eq(play.state, RMS_QUERY_DONE);
    while (g_main_context_iteration(NULL, FALSE))
        ;
    RmsMemberSummary *summary = end_members(&play);
    ck_assert_uint_eq(count_found(&play), 2);
    ck_assert(summary->truncated);
    free_summary(summary);
    close_play(&play);
}
END_TEST

static const int absences[] = {LDAP_NO_SUCH_OBJECT, LDAP_REFERRAL, LDAP_SUCCESS};

START_TEST(test_members_of_nothing)
{
    Play play;
    open_play(&play);
    start_members(&play, GROUP, 100);
    if (absences[_i] == LDAP_SUCCESS)
        send_object(&play, 1001, "user", NULL);
    send_result(&play, absences[_i], "", NULL);
    ck_assert(play.ended);
    ck_assert(g_error_matches(play.error, RMS_DIRECTORY_ERROR, RMS_DIRECTORY_ERROR_NAME));
    close_play(&play);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("directory members");
    TCase *tcase = tcase_create("all");
    tcase_add_loop_test(tcase, test_members, 0, G_N_ELEMENTS(servers));
    tcase_add_test(tcase, test_ranges_that_never_end);
    tcase_add_test(tcase, test_range_that_stands_still);
    tcase_add_test(tcase, test_member_limit);
    tcase_add_loop_test(tcase, test_members_of_nothing, 0, G_N_ELEMENTS(absences));
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
