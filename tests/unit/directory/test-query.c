/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What queries ask and make of the answers, against a server that this test plays itself on a
 * socket pair: ranges, pages, limits and lies that the lab's domain controller never tells.
 */
#include "config.h"

#include <check.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "directory/directory-cleanup-private.h"
#include "directory/directory-limits.h"
#include "directory/directory-query-private.h"

#define DOMAIN_SID "S-1-5-21-1-2-3"
#define ALL RMS_KIND_ALL

typedef struct {
    RmsDirectorySettings *settings;
    RmsWatchdog *watchdog;
    RmsConnection *connection;
    Sockbuf *server;
    int server_fd;
    RmsDirectory *directory;
    GListStore *store;
    RmsQuery *query;
    RmsQueryState state;
    /* The request that came last. */
    ber_int_t message_id;
    char *base;
    ber_int_t size_limit;
    GBytes *request;
    /* How the call ended. */
    gboolean ended;
    gboolean flag;
    gpointer value;
    GError *error;
} Play;

static void on_info(RmsDirectory *directory, RmsDomainInfo *info)
{
    ck_assert_str_eq(info->domain, "contoso.example");
}

static void on_stuck(gpointer owner)
{
    g_assert_not_reached();
}

static void on_flag_returned(GObject *source, GAsyncResult *result, gpointer data)
{
    Play *play = data;
    ck_assert(!play->ended);
    play->ended = TRUE;
    play->flag = g_task_propagate_boolean(G_TASK(result), &play->error);
}

static void on_value_returned(GObject *source, GAsyncResult *result, gpointer data)
{
    Play *play = data;
    ck_assert(!play->ended);
    play->ended = TRUE;
    play->value = g_task_propagate_pointer(G_TASK(result), &play->error);
}

static void forget_request(Play *play)
{
    ldap_memfree(play->base);
    play->base = NULL;
    g_clear_pointer(&play->request, g_bytes_unref);
}

/* Reads one request as a server does (RFC 4511 §4.5.1). */
static void read_request(Play *play)
{
    forget_request(play);
    char raw[65536];
    gssize waiting = recv(play->server_fd, raw, sizeof raw, MSG_PEEK | MSG_DONTWAIT);
    ck_assert_msg(waiting > 0, "nothing was asked");
    play->request = g_bytes_new(raw, (gsize) waiting);
    BerElement *ber = ber_alloc_t(LBER_USE_DER);
    ber_len_t length;
    ck_assert_int_eq(ber_get_next(play->server, &length, ber), LDAP_TAG_MESSAGE);
    ber_int_t scope, deref;
    ber_tag_t tag =
        ber_scanf(ber, "i{aeei", &play->message_id, &play->base, &scope, &deref, &play->size_limit);
    ck_assert(tag != LBER_ERROR);
    ck_assert_int_eq(deref, LDAP_DEREF_NEVER);
    ber_free(ber, 1);
}

static gboolean request_has(Play *play, const char *text)
{
    gsize length;
    const char *bytes = g_bytes_get_data(play->request, &length);
    return memmem(bytes, length, text, strlen(text)) != NULL;
}

static void send_bytes(Play *play, BerElement *ber)
{
    ck_assert_int_eq(ber_flush2(play->server, ber, LBER_FLUSH_FREE_ALWAYS), 0);
    /* The client takes it at once, so that no buffer fills. */
    LDAP *ldap = rms_connection_get_ldap(play->connection);
    struct timeval wait = {.tv_sec = 10};
    g_autoptr(LDAPMessage) message = NULL;
    ck_assert_int_gt(ldap_result(ldap, LDAP_RES_ANY, LDAP_MSG_ONE, &wait, &message), 0);
    ck_assert_int_eq(ldap_msgid(message), rms_query_get_message_id(play->query));
    play->state = rms_query_handle(play->query, play->connection, message);
}

typedef struct {
    const char *name;
    const void *value;
    gsize length;
} Attribute;

static void send_entry(Play *play, const char *dn, const Attribute *attributes)
{
    BerElement *ber = ber_alloc_t(LBER_USE_DER);
    ber_printf(ber, "{it{s{", play->message_id, (ber_tag_t) LDAP_RES_SEARCH_ENTRY, dn);
    for (; attributes->name != NULL; attributes++)
        ber_printf(ber,
                   "{s[o]}",
                   attributes->name,
                   (const char *) attributes->value,
                   (ber_len_t) attributes->length);
    ber_printf(ber, "}}}");
    send_bytes(play, ber);
}

static void send_object(Play *play, guint rid, const char *class, const char *group_type)
{
    g_autofree char *text = g_strdup_printf(DOMAIN_SID "-%u", rid);
    RmsSid sid;
    ck_assert(rms_sid_parse(&sid, text));
    g_autofree char *dn = g_strdup_printf("CN=Object %u,DC=contoso,DC=example", rid);
    g_autofree char *account = g_strdup_printf("object-%u", rid);
    const Attribute attributes[] = {
        {"objectSid",      sid.bytes, sid.length},
        {"objectClass",      class, strlen(class)},
        {"sAMAccountName",    account, strlen(account)},
        {group_type != NULL ? "groupType" : NULL,
         group_type, group_type != NULL ? strlen(group_type) : 0},
        {NULL},
    };
    send_entry(play, dn, attributes);
}

static void send_group(Play *play, guint rid)
{
    send_object(play, rid, "group", "-2147483646");
}

static void send_members(Play *play, const char *attribute, guint count)
{
    BerElement *ber = ber_alloc_t(LBER_USE_DER);
    ber_printf(
        ber, "{it{s{{s[", play->message_id, (ber_tag_t) LDAP_RES_SEARCH_ENTRY, "CN=x", attribute);
    for (guint i = 0; i < count; i++)
        ber_printf(ber, "s", "CN=Member,DC=contoso,DC=example");
    ber_printf(ber, "]}}}}");
    send_bytes(play, ber);
}

static void send_reference(Play *play)
{
    BerElement *ber = ber_alloc_t(LBER_USE_DER);
    ber_printf(ber,
               "{it{s}}",
               play->message_id,
               (ber_tag_t) LDAP_RES_SEARCH_REFERENCE,
               "ldap://elsewhere.example/DC=elsewhere");
    send_bytes(play, ber);
}

static void send_result(Play *play, int code, const char *diagnostic, const char *cookie)
{
    BerElement *ber = ber_alloc_t(LBER_USE_DER);
    ber_printf(ber,
               "{it{ess}",
               play->message_id,
               (ber_tag_t) LDAP_RES_SEARCH_RESULT,
               (ber_int_t) code,
               "",
               diagnostic);
    if (cookie != NULL) {
        BerElement *control = ber_alloc_t(LBER_USE_DER);
        struct berval value;
        ber_printf(control, "{is}", 0, cookie);
        ber_flatten2(control, &value, 0);
        ber_printf(
            ber, "t{{sO}}", (ber_tag_t) LDAP_TAG_CONTROLS, LDAP_CONTROL_PAGEDRESULTS, &value);
        ber_free(control, 1);
    }
    ber_printf(ber, "}");
    send_bytes(play, ber);
    while (g_main_context_iteration(NULL, FALSE))
        ;
}

static void open_play(Play *play)
{
    int fds[2];
    *play = (Play){0};
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
    const int room = 4 * 1024 * 1024;
    setsockopt(fds[1], SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
    play->server_fd = fds[1];
    play->server = ber_sockbuf_alloc();
    ber_sockbuf_add_io(play->server, &ber_sockbuf_io_tcp, LBER_SBIOD_LEVEL_PROVIDER, &fds[1]);
    play->settings = rms_directory_settings_new();
    play->settings->server = g_strdup("dc1.contoso.example");
    play->settings->timeout_ms = 60000;
    play->directory = rms_directory_new(play->settings);
    play->watchdog = rms_watchdog_new(on_stuck, NULL, NULL);
    RmsDomainInfo *info = rms_domain_info_new(g_strdup("dc1.contoso.example"),
                                              g_strdup("contoso.example"),
                                              g_strdup("CONTOSO"),
                                              g_strdup("DC=contoso,DC=example"));
    play->connection = rms_connection_adopt(play->settings, play->watchdog, fds[0], info, NULL);
    ck_assert_ptr_nonnull(play->connection);
    play->store = g_list_store_new(RMS_TYPE_DIRECTORY_OBJECT);
}

static void close_play(Play *play)
{
    while (g_main_context_iteration(NULL, FALSE))
        ;
    forget_request(play);
    rms_query_free(play->query);
    rms_connection_close(play->connection);
    rms_watchdog_free(play->watchdog);
    ber_sockbuf_free(play->server);
    g_object_unref(play->store);
    g_object_unref(play->directory);
    rms_directory_settings_free(play->settings);
    g_clear_error(&play->error);
}

static void start(Play *play, RmsQuery *query)
{
    play->query = query;
    play->state = rms_query_start(query, play->connection);
    ck_assert_int_eq(play->state, RMS_QUERY_WAITING);
    read_request(play);
}

static void start_search(Play *play, const char *text, guint kinds, guint limit)
{
    GTask *task = g_task_new(play->directory, NULL, on_flag_returned, play);
    g_autoptr(RmsCall) call = rms_call_new(task, play->store, on_info);
    const RmsDirectorySearch search = {.kinds = kinds, .limit = limit};
    start(play, rms_query_new_search(call, rms_typed_name_parse(text, NULL), &search, 10, 20));
}

static void start_resolve(Play *play, const char *text)
{
    GTask *task = g_task_new(play->directory, NULL, on_value_returned, play);
    g_autoptr(RmsCall) call = rms_call_new(task, NULL, on_info);
    start(play, rms_query_new_resolve(call, rms_typed_name_parse(text, NULL), ALL));
}

static void start_lookup(Play *play, const char *text)
{
    RmsSid sid;
    ck_assert(rms_sid_parse(&sid, text));
    GTask *task = g_task_new(play->directory, NULL, on_value_returned, play);
    g_autoptr(RmsCall) call = rms_call_new(task, NULL, on_info);
    start(play, rms_query_new_lookup(call, &sid));
}

static guint count_found(Play *play)
{
    return g_list_model_get_n_items(G_LIST_MODEL(play->store));
}

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
