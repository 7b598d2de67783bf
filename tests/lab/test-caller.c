/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Real tickets for the acceptor, from the lab's KDC: who it says they belong to, against what the
 * directory says over LDAP, and every way to be refused. Runs inside the lab; the argument is the
 * folder of the lab's scripts.
 */
#include "config.h"

#include <check.h>
#include <glib/gstdio.h>
#include <string.h>

#include "connector-core/caller.h"
#include "connector-core/gss-cleanup-private.h"
#include "tests/lab/lab-tickets.h"

#define CONNECTOR_KEYTAB "connector.keytab"
#define N_MANY_GROUPS 1000

static const char *scripts;

static RmsAcceptor *make_acceptor(const char *keytab)
{
    g_autoptr(GError) error = NULL;
    RmsAcceptor *acceptor = rms_acceptor_new(keytab, &error);

    ck_assert_msg(acceptor != NULL, "%s", error != NULL ? error->message : "");
    return acceptor;
}

static RmsAcceptor *make_lab_acceptor(void)
{
    g_autofree char *keytab = g_build_filename(g_getenv("LAB_KEYTABS"), CONNECTOR_KEYTAB, NULL);

    return make_acceptor(keytab);
}

/* One step with @token as SPNEGO and HTTP would carry it. */
static void
present(RmsAcceptor *acceptor, RmsAuthExchange **exchange, GBytes *token, RmsAuthResult *result)
{
    g_autofree char *base64 =
        g_base64_encode(g_bytes_get_data(token, NULL), g_bytes_get_size(token));
    g_autofree char *header = g_strconcat("Negotiate ", base64, NULL);

    rms_acceptor_step(acceptor, exchange, header, result);
}

/* @token ends in a caller at once. Returns: (transfer full) */
static RmsCaller *accept_caller(RmsAcceptor *acceptor, GBytes *token)
{
    g_autoptr(RmsAuthExchange) exchange = NULL;
    g_auto(RmsAuthResult) result = {0};

    present(acceptor, &exchange, token, &result);
    ck_assert_msg(result.status == RMS_AUTH_DONE, "%s", result.detail);
    ck_assert_ptr_null(exchange);
    return g_steal_pointer(&result.caller);
}

/* @token is refused for @reason, in words that hold @says (%NULL: any). */
static void
refuse_token(RmsAcceptor *acceptor, GBytes *token, RmsAuthReason reason, const char *says)
{
    g_autoptr(RmsAuthExchange) exchange = NULL;
    g_auto(RmsAuthResult) result = {0};

    present(acceptor, &exchange, token, &result);
    ck_assert_int_eq(result.status, RMS_AUTH_REFUSED);
    ck_assert_msg(result.reason == reason, "%d: %s", result.reason, result.detail);
    ck_assert_ptr_null(result.caller);
    ck_assert_ptr_null(exchange);
    if (says != NULL)
        ck_assert_msg(strstr(result.detail, says) != NULL, "%s", result.detail);
}

/* --- who -------------------------------------------------------------------------------------- */

static GHashTable *set_of_groups(const RmsCaller *caller)
{
    GHashTable *set = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (guint i = 0; i < caller->n_groups; i++)
        g_hash_table_add(set, rms_sid_to_string(&caller->groups[i]));
    return set;
}

/* The ticket names the groups of tokenGroups, but for two that differ by design: BUILTIN groups are
 * each machine's own, and S-1-18-1 (asserted identity) is the KDC's. */
static void compare_groups(const RmsCaller *caller, const LabAccount *account)
{
    g_autoptr(GHashTable) set = set_of_groups(caller);

    g_hash_table_remove(set, "S-1-18-1");
    for (guint i = 0; i < account->groups->len; i++) {
        const char *sid = account->groups->pdata[i];

        if (!g_str_has_prefix(sid, "S-1-5-32-"))
            ck_assert_msg(g_hash_table_remove(set, sid), "%s lacks %s", caller->account, sid);
    }
    ck_assert_msg(
        g_hash_table_size(set) == 0, "%s: %u too many", caller->account, g_hash_table_size(set));
}

static const struct {
    const char *name;
    const char *member_of; /* through whatever nesting */
    const char *not_member_of;
} accounts[] = {
    {"EXCH01$",       "Exchange Servers",            "File Servers FCI"          },
    {"EXCH03$",       "Exchange Servers",            "Exchange Trusted Subsystem"},
    {"FILESRV01$",    "File Servers FCI",            "Exchange Servers"          },
    {"FILESRV03$",    "RMS Local Servers",           "Exchange Servers"          },
    {"OUTSIDER01$",   "Domain Computers",            "Exchange Servers"          },
    {"SHAREPOINT02$", "SharePoint Servers",          "Scan Servers DL"           },
    {"svc-spfarm",    "SharePoint Service Accounts", "SharePoint Servers"        },
    {"tyamada",       "Domain Users",                "Domain Computers"          },
};

static gboolean holds_group(const RmsCaller *caller, const char *name)
{
    g_autoptr(LabAccount) group = lab_account_read(name);
    g_autoptr(GHashTable) set = set_of_groups(caller);

    return g_hash_table_contains(set, group->sid);
}

START_TEST(test_identity)
{
    g_autoptr(RmsAcceptor) acceptor = make_lab_acceptor();
    g_autoptr(LabAccount) account = lab_account_read(accounts[_i].name);
    g_autoptr(GBytes) token = lab_token_new(accounts[_i].name, LAB_TARGET, LAB_SPNEGO);
    g_autoptr(RmsCaller) caller = accept_caller(acceptor, token);
    g_autofree char *sid = rms_sid_to_string(&caller->sid);
    g_autofree char *expected_account = g_strconcat("CONTOSO\\", accounts[_i].name, NULL);
    g_autofree char *expected_principal = g_strconcat(accounts[_i].name, "@CONTOSO.EXAMPLE", NULL);

    ck_assert_str_eq(caller->account, expected_account);
    ck_assert_str_eq(caller->principal, expected_principal);
    ck_assert_str_eq(sid, account->sid);
    ck_assert(!caller->disabled);
    compare_groups(caller, account);
    ck_assert(holds_group(caller, accounts[_i].member_of));
    ck_assert(!holds_group(caller, accounts[_i].not_member_of));
}
END_TEST

/* A ticket of ten kilobytes. The groups are made for this, in a lab that nobody else uses. */
START_TEST(test_many_groups)
{
    g_autoptr(RmsAcceptor) acceptor = make_lab_acceptor();
    g_autoptr(LabAccount) account = NULL;
    g_autoptr(GBytes) token = NULL;
    g_autoptr(RmsCaller) caller = NULL;

    lab_add_groups("bbaker", N_MANY_GROUPS);
    account = lab_account_read("bbaker");
    token = lab_token_new("bbaker", LAB_TARGET, LAB_SPNEGO);
    ck_assert_uint_gt(g_bytes_get_size(token), 8 * N_MANY_GROUPS);
    caller = accept_caller(acceptor, token);
    ck_assert_uint_gt(caller->n_groups, N_MANY_GROUPS);
    compare_groups(caller, account);
}
END_TEST

START_TEST(test_disabled_gets_no_ticket)
{
    g_autofree char *error = lab_try_ticket("OLDSRV01$");

    ck_assert_ptr_nonnull(error);
    ck_assert_msg(strstr(error, "revoked") != NULL, "%s", error);
}
END_TEST

/* --- forms ------------------------------------------------------------------------------------ */

START_TEST(test_raw_kerberos)
{
    g_autoptr(RmsAcceptor) acceptor = make_lab_acceptor();
    g_autoptr(GBytes) token = lab_token_new("EXCH01$", LAB_TARGET, LAB_KERBEROS);
    g_autoptr(RmsCaller) caller = accept_caller(acceptor, token);

    ck_assert_str_eq(caller->account, "CONTOSO\\EXCH01$");
}
END_TEST

/* Windows offers Kerberos under Microsoft's OID first, and NTLM last. */
START_TEST(test_windows_offer)
{
    g_autoptr(RmsAcceptor) acceptor = make_lab_acceptor();
    g_autoptr(GBytes) kerberos = lab_token_new("EXCH01$", LAB_TARGET, LAB_KERBEROS);
    g_autoptr(GBytes) token = lab_wrap_offer(LAB_OFFER_WINDOWS, kerberos);
    g_autoptr(RmsCaller) caller = accept_caller(acceptor, token);

    ck_assert_str_eq(caller->account, "CONTOSO\\EXCH01$");
}
END_TEST

/* The client hears that it is the connector who answers. */
START_TEST(test_mutual)
{
    g_autoptr(RmsAcceptor) acceptor = make_lab_acceptor();
    g_autoptr(RmsAuthExchange) exchange = NULL;
    g_auto(RmsAuthResult) result = {0};
    g_autoptr(LabClient) client = lab_client_new("EXCH01$", LAB_TARGET, LAB_SPNEGO);
    g_autoptr(GBytes) reply = NULL;
    g_autofree guint8 *bytes = NULL;
    gsize length;

    present(acceptor, &exchange, lab_client_get_token(client), &result);
    ck_assert_int_eq(result.status, RMS_AUTH_DONE);
    ck_assert_ptr_nonnull(result.reply_token);
    bytes = g_base64_decode(result.reply_token, &length);
    reply = g_bytes_new(bytes, length);
    ck_assert(lab_client_finish(client, reply));
}
END_TEST

/* Two steps on one connection: an offer without a token, then the token; and back to the start in
 * between. */
START_TEST(test_two_steps)
{
    g_autoptr(RmsAcceptor) acceptor = make_lab_acceptor();
    g_autoptr(RmsAuthExchange) exchange = NULL;
    g_autoptr(GBytes) kerberos = lab_token_new("EXCH01$", LAB_TARGET, LAB_KERBEROS);
    g_autoptr(GBytes) offer = lab_wrap_offer(LAB_OFFER_KERBEROS, NULL);
    g_autoptr(GBytes) follow_up = lab_wrap_follow_up(kerberos);
    g_autoptr(GBytes) again = lab_token_new("EXCH02$", LAB_TARGET, LAB_SPNEGO);

    for (guint round = 0; round < 2; round++) {
        g_auto(RmsAuthResult) asked = {0};

        present(acceptor, &exchange, offer, &asked);
        ck_assert_msg(asked.status == RMS_AUTH_CONTINUE, "%s", asked.detail);
        ck_assert_ptr_nonnull(asked.reply_token);
        ck_assert_ptr_nonnull(exchange);
        if (round == 0) {
            g_auto(RmsAuthResult) done = {0};

            present(acceptor, &exchange, follow_up, &done);
            ck_assert_msg(done.status == RMS_AUTH_DONE, "%s", done.detail);
            ck_assert_str_eq(done.caller->account, "CONTOSO\\EXCH01$");
        } else {
            g_auto(RmsAuthResult) anew = {0};

            present(acceptor, &exchange, again, &anew);
            ck_assert_msg(anew.status == RMS_AUTH_DONE, "%s", anew.detail);
            ck_assert_str_eq(anew.caller->account, "CONTOSO\\EXCH02$");
        }
        ck_assert_ptr_null(exchange);
    }
    refuse_token(acceptor, follow_up, RMS_AUTH_REASON_MALFORMED, "never begun");
}
END_TEST

/* --- refused ---------------------------------------------------------------------------------- */

START_TEST(test_replay)
{
    for (LabForm form = LAB_SPNEGO; form <= LAB_KERBEROS; form++) {
        g_autoptr(RmsAcceptor) acceptor = make_lab_acceptor();
        g_autoptr(RmsAcceptor) other_acceptor = make_lab_acceptor();
        g_autoptr(GBytes) token = lab_token_new("EXCH01$", LAB_TARGET, form);
        g_autoptr(RmsCaller) caller = accept_caller(acceptor, token);

        refuse_token(acceptor, token, RMS_AUTH_REASON_REPLAY, "replay");
        refuse_token(other_acceptor, token, RMS_AUTH_REASON_REPLAY, "replay");
    }
}
END_TEST

/* Six minutes off in either direction; a minute is borne. */
START_TEST(test_clock)
{
    static const struct {
        int offset;
        gboolean accepted;
    } rows[] = {
        {360,  FALSE},
        {-360, FALSE},
        {60,   TRUE },
        {-60,  TRUE },
    };

    for (LabForm form = LAB_SPNEGO; form <= LAB_KERBEROS; form++)
        for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
            g_autoptr(RmsAcceptor) acceptor = make_lab_acceptor();
            g_autoptr(GBytes) token = lab_token_new("EXCH01$", LAB_TARGET, form);

            lab_clock_offset = rows[i].offset;
            if (rows[i].accepted)
                rms_caller_unref(accept_caller(acceptor, token));
            else
                refuse_token(acceptor, token, RMS_AUTH_REASON_CLOCK_SKEW, NULL);
            lab_clock_offset = 0;
        }
}
END_TEST

/* A client that goes on using its ticket a day later, with an authenticator of that day. */
START_TEST(test_expired)
{
    g_autoptr(RmsAcceptor) acceptor = make_lab_acceptor();
    g_autoptr(LabTicket) ticket = lab_ticket_get("EXCH01$", LAB_TARGET);
    g_autoptr(GBytes) now = lab_ticket_make_token(ticket);
    g_autoptr(GBytes) later = NULL;
    g_autoptr(RmsCaller) caller = accept_caller(acceptor, now);

    ck_assert_str_eq(caller->account, "CONTOSO\\EXCH01$");
    lab_clock_offset = 24 * 3600;
    later = lab_ticket_make_token(ticket);
    refuse_token(acceptor, later, RMS_AUTH_REASON_EXPIRED, NULL);
    lab_clock_offset = -24 * 3600;
    g_bytes_unref(later);
    later = lab_ticket_make_token(ticket);
    refuse_token(acceptor, later, RMS_AUTH_REASON_CLOCK_SKEW, NULL);
    lab_clock_offset = 0;
}
END_TEST

START_TEST(test_other_service)
{
    g_autoptr(RmsAcceptor) acceptor = make_lab_acceptor();

    for (LabForm form = LAB_SPNEGO; form <= LAB_KERBEROS; form++) {
        g_autoptr(GBytes) token = lab_token_new("EXCH01$", "HTTP@exch02.contoso.example", form);

        refuse_token(acceptor, token, RMS_AUTH_REASON_WRONG_KEY, NULL);
    }
}
END_TEST

/* Another realm has a service of our name, with another key. */
START_TEST(test_other_realm)
{
    g_autoptr(RmsAcceptor) acceptor = make_lab_acceptor();
    g_autoptr(GBytes) token = lab_run_token_script(scripts, "fabrikam-token");

    refuse_token(acceptor, token, RMS_AUTH_REASON_WRONG_KEY, NULL);
}
END_TEST

/* A KDC that is no domain controller: the key fits, and nobody says who it is. */
START_TEST(test_no_pac)
{
    g_autofree char *keytab = NULL;
    g_autoptr(RmsAcceptor) acceptor = NULL;
    g_autoptr(GBytes) token = lab_run_token_script(scripts, "fabrikam-token");

    keytab = g_build_filename(g_getenv("LAB_HOME"), "fabrikam", "service.keytab", NULL);
    acceptor = make_acceptor(keytab);
    refuse_token(acceptor, token, RMS_AUTH_REASON_NO_PAC, "EXCH01$@FABRIKAM.EXAMPLE");
}
END_TEST

/* Damage where it is not the frame: in the encrypted parts. */
START_TEST(test_damaged)
{
    g_autoptr(RmsAcceptor) acceptor = make_lab_acceptor();

    for (guint from_end = 1; from_end < 1024; from_end *= 2) {
        g_autoptr(GBytes) token = lab_token_new("EXCH01$", LAB_TARGET, LAB_KERBEROS);
        g_autoptr(GBytes) damaged = lab_flip_byte(token, g_bytes_get_size(token) - from_end);

        refuse_token(acceptor, damaged, RMS_AUTH_REASON_WRONG_KEY, NULL);
    }
}
END_TEST

START_TEST(test_truncated)
{
    g_autoptr(RmsAcceptor) acceptor = make_lab_acceptor();
    g_autoptr(GBytes) token = lab_token_new("EXCH01$", LAB_TARGET, LAB_SPNEGO);
    gsize length = g_bytes_get_size(token);

    for (gsize n = 1; n < length; n += 37) {
        g_autoptr(GBytes) cut = g_bytes_new_from_bytes(token, 0, n);

        refuse_token(acceptor, cut, RMS_AUTH_REASON_MALFORMED, NULL);
    }
}
END_TEST

/* --- keys ------------------------------------------------------------------------------------- */

typedef struct {
    char *directory;
    char *path;
} Scratch;

static void scratch_init(Scratch *scratch)
{
    scratch->directory = g_dir_make_tmp("rms-caller-XXXXXX", NULL);
    scratch->path = g_build_filename(scratch->directory, "k.keytab", NULL);
}

static void scratch_clear(Scratch *scratch)
{
    g_unlink(scratch->path);
    g_rmdir(scratch->directory);
    g_free(scratch->path);
    g_free(scratch->directory);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Scratch, scratch_clear)

/* The key that would fit lies in the file, but as another service's. */
START_TEST(test_key_of_another_service)
{
    g_auto(Scratch) scratch = {0};
    g_autoptr(RmsAcceptor) acceptor = NULL;
    g_autoptr(GBytes) token = lab_token_new("EXCH01$", LAB_TARGET, LAB_SPNEGO);

    scratch_init(&scratch);
    lab_keytab_copy_keys(scratch.path, "host/rmsconnector.contoso.example@CONTOSO.EXAMPLE");
    lab_keytab_add_noise(scratch.path, LAB_SERVICE, 1);
    acceptor = make_acceptor(scratch.path);
    refuse_token(acceptor, token, RMS_AUTH_REASON_WRONG_KEY, NULL);
}
END_TEST

/* The service's name stands outside of what is encrypted, so anybody can write anything there; and
 * what the Kerberos library says of a refused ticket quotes it. */
START_TEST(test_quoted_names)
{
    static const char name[] = "rmsconnector.contoso.example";
    static const char forged[] = "\x1b[2J\xff\xe2\x80\xae"
                                 "ctor.contoso.\n\r2001!";
    g_auto(Scratch) scratch = {0};
    g_autoptr(RmsAcceptor) acceptor = NULL;
    g_autoptr(GBytes) token = lab_token_new("EXCH01$", LAB_TARGET, LAB_KERBEROS);
    g_autoptr(GBytes) hostile = lab_replace(token, name, forged);
    g_autoptr(RmsAuthExchange) exchange = NULL;
    g_auto(RmsAuthResult) result = {0};

    scratch_init(&scratch);
    lab_keytab_add_noise(scratch.path, LAB_SERVICE, 1);
    acceptor = make_acceptor(scratch.path);
    present(acceptor, &exchange, hostile, &result);
    ck_assert_int_eq(result.reason, RMS_AUTH_REASON_WRONG_KEY);
    ck_assert_msg(strstr(result.detail, "ctor.contoso.") != NULL, "%s", result.detail);
    ck_assert(g_utf8_validate(result.detail, -1, NULL));
    for (const char *c = result.detail; *c != '\0'; c = g_utf8_next_char(c))
        ck_assert_msg(g_unichar_isprint(g_utf8_get_char(c)), "%s", result.detail);
}
END_TEST

/* The account's password was changed: tickets of both keys are good while both are in the file; and
 * a file that is of no use meanwhile is told with the refusals that it causes. */
START_TEST(test_key_rotation)
{
    g_auto(Scratch) scratch = {0};
    g_autoptr(RmsAcceptor) acceptor = NULL;
    g_autoptr(GBytes) token = lab_token_new("EXCH01$", LAB_TARGET, LAB_SPNEGO);
    g_autoptr(RmsCaller) caller = NULL;

    scratch_init(&scratch);
    lab_keytab_add_noise(scratch.path, LAB_SERVICE, 7);
    acceptor = make_acceptor(scratch.path);
    refuse_token(acceptor, token, RMS_AUTH_REASON_WRONG_KEY, NULL);

    ck_assert_int_eq(g_chmod(scratch.path, 0644), 0);
    refuse_token(acceptor, token, RMS_AUTH_REASON_WRONG_KEY, "chmod 600");
    ck_assert_int_eq(g_chmod(scratch.path, 0600), 0);

    lab_keytab_copy_keys(scratch.path, LAB_SERVICE);
    caller = accept_caller(acceptor, token);
    ck_assert_str_eq(caller->account, "CONTOSO\\EXCH01$");
}
END_TEST

int main(int argc, char **argv)
{
    Suite *suite = suite_create("caller");
    TCase *tcase = tcase_create("tickets");
    SRunner *runner;
    int failed;

    if (argc != 2 || g_getenv("LAB_KEYTABS") == NULL) {
        g_printerr("usage: lab with %s FOLDER-OF-THE-LAB\n", argv[0]);
        return 2;
    }
    scripts = argv[1];
    tcase_set_timeout(tcase, 120);
    tcase_add_loop_test(tcase, test_identity, 0, G_N_ELEMENTS(accounts));
    tcase_add_test(tcase, test_many_groups);
    tcase_add_test(tcase, test_disabled_gets_no_ticket);
    tcase_add_test(tcase, test_raw_kerberos);
    tcase_add_test(tcase, test_windows_offer);
    tcase_add_test(tcase, test_mutual);
    tcase_add_test(tcase, test_two_steps);
    tcase_add_test(tcase, test_replay);
    tcase_add_test(tcase, test_clock);
    tcase_add_test(tcase, test_expired);
    tcase_add_test(tcase, test_other_service);
    tcase_add_test(tcase, test_other_realm);
    tcase_add_test(tcase, test_no_pac);
    tcase_add_test(tcase, test_damaged);
    tcase_add_test(tcase, test_truncated);
    tcase_add_test(tcase, test_key_of_another_service);
    tcase_add_test(tcase, test_quoted_names);
    tcase_add_test(tcase, test_key_rotation);
    suite_add_tcase(suite, tcase);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
