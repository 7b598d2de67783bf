/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The server's side of LDAP as far as searches need it, by liblber.
 */
#include "config.h"

#include "query-play.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "directory/directory-cleanup-private.h"

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
void read_request(Play *play)
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

gboolean request_has(Play *play, const char *text)
{
    gsize length;
    const char *bytes = g_bytes_get_data(play->request, &length);
    return memmem(bytes, length, text, strlen(text)) != NULL;
}

void send_message(Play *play, BerElement *ber)
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

void send_entry(Play *play, const char *dn, const Attribute *attributes)
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
    send_message(play, ber);
}

void send_object(Play *play, guint rid, const char *class, const char *group_type)
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

void send_group(Play *play, guint rid)
{
    send_object(play, rid, "group", "-2147483646");
}

void send_members(Play *play, const char *attribute, guint count)
{
    BerElement *ber = ber_alloc_t(LBER_USE_DER);
    ber_printf(
        ber, "{it{s{{s[", play->message_id, (ber_tag_t) LDAP_RES_SEARCH_ENTRY, "CN=x", attribute);
    for (guint i = 0; i < count; i++)
        ber_printf(ber, "s", "CN=Member,DC=contoso,DC=example");
    ber_printf(ber, "]}}}}");
    send_message(play, ber);
}

void send_reference(Play *play)
{
    BerElement *ber = ber_alloc_t(LBER_USE_DER);
    ber_printf(ber,
               "{it{s}}",
               play->message_id,
               (ber_tag_t) LDAP_RES_SEARCH_REFERENCE,
               "ldap://elsewhere.example/DC=elsewhere");
    send_message(play, ber);
}

static void answer(Play *play, int code, const char *diagnostic, const char *cookie)
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
    send_message(play, ber);
}

void send_result(Play *play, int code, const char *diagnostic, const char *cookie)
{
    answer(play, code, diagnostic, cookie);
    while (g_main_context_iteration(NULL, FALSE))
        ;
}

void send_last_result(Play *play, int code)
{
    answer(play, code, "", NULL);
}

void open_play(Play *play)
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

void close_play(Play *play)
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

void start_search(Play *play, const char *text, guint kinds, guint limit)
{
    GTask *task = g_task_new(play->directory, NULL, on_flag_returned, play);
    g_autoptr(RmsCall) call = rms_call_new(task, play->store, on_info);
    const RmsDirectorySearch search = {.kinds = kinds, .limit = limit};
    start(play, rms_query_new_search(call, rms_typed_name_parse(text, NULL), &search, 10, 20));
}

void start_resolve(Play *play, const char *text)
{
    GTask *task = g_task_new(play->directory, NULL, on_value_returned, play);
    g_autoptr(RmsCall) call = rms_call_new(task, NULL, on_info);
    start(play, rms_query_new_resolve(call, rms_typed_name_parse(text, NULL), ALL));
}

void start_lookup(Play *play, const char *text)
{
    RmsSid sid;
    ck_assert(rms_sid_parse(&sid, text));
    GTask *task = g_task_new(play->directory, NULL, on_value_returned, play);
    g_autoptr(RmsCall) call = rms_call_new(task, NULL, on_info);
    start(play, rms_query_new_lookup(call, &sid));
}

guint count_found(Play *play)
{
    return g_list_model_get_n_items(G_LIST_MODEL(play->store));
}

void start_members(Play *play, const char *text, guint limit)
{
    RmsSid sid;
    ck_assert(rms_sid_parse(&sid, text));
    GTask *task = g_task_new(play->directory, NULL, on_value_returned, play);
    g_autoptr(RmsCall) call = rms_call_new(task, play->store, on_info);
    start(play, rms_query_new_members(call, &sid, limit));
}
