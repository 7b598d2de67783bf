/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which events are said about callers, how often, and in which words.
 */
#include "config.h"

#include <check.h>
#include <string.h>

#include "connector-core/contacts-private.h"
#include "connector-core/limits.h"

#define SPN "HTTP/rmsconnector.contoso.example"
#define SECOND ((gint64) G_USEC_PER_SEC)

/* A log and a clock of the test's own. */
typedef struct {
    GPtrArray *events;
    gint64 now;
    RmsContacts *contacts;
} Fixture;

static void on_event(RmsEvent *event, gpointer user_data)
{
    g_ptr_array_add(((Fixture *) user_data)->events, g_object_ref(event));
}

static gint64 read_clock(gpointer user_data)
{
    return ((Fixture *) user_data)->now;
}

static void fixture_init(Fixture *fixture)
{
    fixture->events = g_ptr_array_new_with_free_func(g_object_unref);
    fixture->now = 1000 * SECOND;
    fixture->contacts = rms_contacts_new_with(on_event, read_clock, fixture, SPN);
}

static void fixture_clear(Fixture *fixture)
{
    g_clear_pointer(&fixture->contacts, rms_contacts_free);
    g_clear_pointer(&fixture->events, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Fixture, fixture_clear)

/* Numbers of the events since the last call, with blanks between; empties the log. */
static char *take_numbers(Fixture *fixture)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < fixture->events->len; i++)
        g_string_append_printf(
            text, "%s%u", i > 0 ? " " : "", rms_event_get_number(fixture->events->pdata[i]));
    g_ptr_array_set_size(fixture->events, 0);
    return g_string_free(text, FALSE);
}

static RmsCaller *make_caller(guint32 relative_id)
{
    g_autofree char *account = g_strdup_printf("CONTOSO\\SRV%u$", relative_id);
    RmsSid sid;

    ck_assert(rms_sid_parse(&sid, "S-1-5-21-1-2-3"));
    ck_assert(rms_sid_append(&sid, relative_id));
    return rms_caller_new(account, "SRV$@CONTOSO.EXAMPLE", &sid, NULL, 0, FALSE);
}

static void admit(Fixture *fixture, const RmsCaller *caller, gboolean https)
{
    g_auto(RmsDecision) decision = {.verdict = RMS_VERDICT_ADMITTED, .direct = TRUE};

    decision.entry =
        rms_entry_new(&caller->sid, NULL, caller->account, NULL, RMS_KIND_COMPUTER, RMS_ROLE_FCI);
    rms_contacts_admitted(fixture->contacts, caller, &decision, "127.0.1.21", https);
}

static void
refuse(Fixture *fixture, const RmsCaller *caller, RmsVerdict verdict, const char *computer)
{
    RmsDecision decision = {.verdict = verdict};

    rms_contacts_refused(fixture->contacts, caller, &decision, computer);
}

/* protocol.md §5.1: h is an admitted call over HTTP, s one over HTTPS. */
static const struct {
    const char *calls;
    const char *numbers;
} states[] = {
    {"h",        "1002 2002"                    },
    {"s",        "1002"                         },
    {"hh",       "1002 2002"                    },
    {"ss",       "1002"                         },
    {"hs",       "1002 2002 1003"               },
    {"sh",       "1002 2002"                    },
    {"hss",      "1002 2002 1003"               },
    {"shh",      "1002 2002"                    },
    {"hsh",      "1002 2002 1003 2002"          },
    {"shs",      "1002 2002 1003"               },
    {"hhsshhss", "1002 2002 1003 2002 1003"     },
    {"shshsh",   "1002 2002 1003 2002 1003 2002"},
};

START_TEST(test_states)
{
    g_auto(Fixture) fixture = {0};
    g_autoptr(RmsCaller) caller = make_caller(1103);
    g_autofree char *numbers = NULL;

    fixture_init(&fixture);
    for (const char *call = states[_i].calls; *call != '\0'; call++) {
        fixture.now += 3600 * SECOND;
        admit(&fixture, caller, *call == 's');
    }
    numbers = take_numbers(&fixture);
    ck_assert_msg(strcmp(numbers, states[_i].numbers) == 0,
                  "%s gave %s, not %s",
                  states[_i].calls,
                  numbers,
                  states[_i].numbers);
}
END_TEST

/* What protocol.md §5.1 wants in the events of an admitted caller. */
START_TEST(test_admitted_texts)
{
    static const struct {
        guint number;
        const char *says;
    } expected[] = {
        {1002,
         "First call over HTTP from 127.0.1.21: CONTOSO\\SRV7$ (S-1-5-21-1-2-3-7) is "
         "admitted with the role FCI"                                                      },
        {2002, "CONTOSO\\SRV7$ (S-1-5-21-1-2-3-7) at 127.0.1.21 calls over plain HTTP"     },
        {1003, "CONTOSO\\SRV7$ (S-1-5-21-1-2-3-7) at 127.0.1.21 called over HTTP until now"},
    };
    g_auto(Fixture) fixture = {0};
    g_autoptr(RmsCaller) caller = make_caller(7);

    fixture_init(&fixture);
    admit(&fixture, caller, FALSE);
    admit(&fixture, caller, TRUE);
    ck_assert_uint_eq(fixture.events->len, G_N_ELEMENTS(expected));
    for (guint i = 0; i < G_N_ELEMENTS(expected); i++) {
        RmsEvent *event = fixture.events->pdata[i];

        ck_assert_uint_eq(rms_event_get_number(event), expected[i].number);
        ck_assert_msg(strstr(rms_event_get_message(event), expected[i].says) != NULL,
                      "%s",
                      rms_event_get_message(event));
        ck_assert_str_eq(rms_event_get_account(event), "CONTOSO\\SRV7$");
        ck_assert_str_eq(rms_event_get_sid(event), "S-1-5-21-1-2-3-7");
        ck_assert_str_eq(rms_event_get_computer(event), "127.0.1.21");
    }
}
END_TEST

/* One more account than is remembered: the longest unseen is forgotten, and logged anew. */
START_TEST(test_forgetting)
{
    g_auto(Fixture) fixture = {0};
    g_autofree char *again = NULL;
    g_autofree char *forgotten = NULL;

    fixture_init(&fixture);
    for (guint i = 0; i < RMS_MAX_CONTACTS; i++) {
        g_autoptr(RmsCaller) caller = make_caller(1000 + i);

        admit(&fixture, caller, TRUE);
    }
    ck_assert_uint_eq(fixture.events->len, RMS_MAX_CONTACTS);
    g_ptr_array_set_size(fixture.events, 0);
    {
        g_autoptr(RmsCaller) first = make_caller(1000);
        g_autoptr(RmsCaller) second = make_caller(1001);
        g_autoptr(RmsCaller) further = make_caller(999);

        admit(&fixture, first, TRUE); /* seen again: now the second is the oldest */
        admit(&fixture, further, TRUE);
        admit(&fixture, first, TRUE);
        again = take_numbers(&fixture);
        admit(&fixture, second, TRUE);
        forgotten = take_numbers(&fixture);
    }
    ck_assert_str_eq(again, "1002");
    ck_assert_str_eq(forgotten, "1002");
}
END_TEST

START_TEST(test_refused)
{
    g_auto(Fixture) fixture = {0};
    g_autoptr(RmsCaller) caller = make_caller(1103);
    g_autoptr(RmsCaller) other = make_caller(1104);
    g_autofree char *first = NULL;
    g_autofree char *nothing = NULL;
    RmsEvent *event;

    fixture_init(&fixture);
    refuse(&fixture, caller, RMS_VERDICT_NOT_LISTED, "127.0.1.1");
    event = fixture.events->pdata[0];
    ck_assert(g_str_has_prefix(rms_event_get_message(event),
                               "A call from 127.0.1.1 was refused: CONTOSO\\SRV1103$ "
                               "(S-1-5-21-1-2-3-1103) is refused because"));
    ck_assert_str_eq(rms_event_get_account(event), "CONTOSO\\SRV1103$");
    ck_assert_str_eq(rms_event_get_sid(event), "S-1-5-21-1-2-3-1103");
    ck_assert_str_eq(rms_event_get_computer(event), "127.0.1.1");

    /* Again: counted. Another verdict, another account: said. */
    for (guint i = 0; i < 40; i++)
        refuse(&fixture, caller, RMS_VERDICT_NOT_LISTED, "127.0.1.1");
    refuse(&fixture, caller, RMS_VERDICT_NOT_LISTED, "127.0.1.2");
    refuse(&fixture, caller, RMS_VERDICT_LIST_EMPTY, "127.0.1.1");
    refuse(&fixture, other, RMS_VERDICT_NOT_LISTED, "127.0.1.3");
    first = take_numbers(&fixture);
    ck_assert_str_eq(first, "2001 2001 2001");

    /* The minute is not over, then it is. */
    fixture.now += 59 * SECOND;
    rms_contacts_flush(fixture.contacts);
    nothing = take_numbers(&fixture);
    ck_assert_str_eq(nothing, "");
    fixture.now += SECOND;
    rms_contacts_flush(fixture.contacts);
    ck_assert_uint_eq(fixture.events->len, 1);
    event = fixture.events->pdata[0];
    ck_assert_uint_eq(rms_event_get_number(event), 2001);
    ck_assert_str_eq(rms_event_get_computer(event), "127.0.1.2");
    ck_assert_msg(
        g_str_has_suffix(rms_event_get_message(event), " [41 such calls in the last 60 seconds.]"),
        "%s",
        rms_event_get_message(event));
}
END_TEST

/* However often, at most one event a minute; all are counted, and the last ones when it ends. */
START_TEST(test_refused_for_long)
{
    g_auto(Fixture) fixture = {0};
    g_autoptr(GPtrArray) events = NULL;
    g_autoptr(RmsCaller) caller = make_caller(1103);
    guint64 counted = 0;

    fixture_init(&fixture);
    events = g_ptr_array_ref(fixture.events);
    for (guint i = 0; i < 10 * 60 * 20; i++) {
        refuse(&fixture, caller, RMS_VERDICT_NOT_LISTED, "127.0.1.1");
        fixture.now += SECOND / 20;
    }
    g_clear_pointer(&fixture.contacts, rms_contacts_free);
    ck_assert_uint_ge(events->len, 10);
    ck_assert_uint_le(events->len, 11);
    for (guint i = 0; i < events->len; i++) {
        const char *tail = strrchr(rms_event_get_message(events->pdata[i]), '[');

        counted += tail != NULL ? g_ascii_strtoull(tail + 1, NULL, 10) : 1;
    }
    ck_assert_uint_eq(counted, 10 * 60 * 20);
}
END_TEST

/* After a quiet minute the next one is said at once, without a count. */
START_TEST(test_refused_after_a_pause)
{
    g_auto(Fixture) fixture = {0};
    g_autoptr(RmsCaller) caller = make_caller(1103);

    fixture_init(&fixture);
    refuse(&fixture, caller, RMS_VERDICT_NOT_LISTED, "127.0.1.1");
    fixture.now += 61 * SECOND;
    refuse(&fixture, caller, RMS_VERDICT_NOT_LISTED, "127.0.1.1");
    ck_assert_uint_eq(fixture.events->len, 2);
    ck_assert_ptr_null(strchr(rms_event_get_message(fixture.events->pdata[1]), '['));
}
END_TEST

static const struct {
    RmsAuthReason reason;
    const char *detail;
    guint number;
    const char *says;
} unidentified[] = {
    {RMS_AUTH_REASON_NO_CREDENTIAL, NULL,                2000, "brought no credential"         },
    {RMS_AUTH_REASON_MALFORMED,
     "the token is not base64",                          2000,
     "Details: the token is not base64."                                                       },
    {RMS_AUTH_REASON_NTLM,          NULL,                4004, "setspn -Q " SPN                },
    {RMS_AUTH_REASON_WRONG_KEY,
     "no key",                                           2000,
     "Export the keytab anew from the account that owns " SPN                                  },
    {RMS_AUTH_REASON_CLOCK_SKEW,    NULL,                2000, "Compare the time"              },
    {RMS_AUTH_REASON_EXPIRED,       NULL,                2000, "expired ticket"                },
    {RMS_AUTH_REASON_REPLAY,        NULL,                2000, "used already"                  },
    {RMS_AUTH_REASON_NO_PAC,        NULL,                2000, "does not say who it belongs to"},
    {RMS_AUTH_REASON_OTHER,         "100% strange $SPN", 2000, "Details: 100% strange $SPN."   },
};

START_TEST(test_unidentified)
{
    g_auto(Fixture) fixture = {0};
    RmsEvent *event;

    fixture_init(&fixture);
    rms_contacts_unidentified(
        fixture.contacts, unidentified[_i].reason, unidentified[_i].detail, "127.0.1.50");
    ck_assert_uint_eq(fixture.events->len, 1);
    event = fixture.events->pdata[0];
    ck_assert_uint_eq(rms_event_get_number(event), unidentified[_i].number);
    ck_assert(g_str_has_prefix(rms_event_get_message(event), "A call from 127.0.1.50 "));
    ck_assert_msg(strstr(rms_event_get_message(event), unidentified[_i].says) != NULL,
                  "%s",
                  rms_event_get_message(event));
    ck_assert_ptr_null(rms_event_get_account(event));
    ck_assert_ptr_null(rms_event_get_sid(event));
    ck_assert_str_eq(rms_event_get_computer(event), "127.0.1.50");
}
END_TEST

/* By computer and reason: the same again is counted, anything else is said. */
START_TEST(test_unidentified_again)
{
    g_auto(Fixture) fixture = {0};
    g_autofree char *first = NULL;
    g_autofree char *later = NULL;

    fixture_init(&fixture);
    rms_contacts_unidentified(fixture.contacts, RMS_AUTH_REASON_NTLM, NULL, "127.0.1.50");
    rms_contacts_unidentified(fixture.contacts, RMS_AUTH_REASON_NTLM, NULL, "127.0.1.50");
    rms_contacts_unidentified(fixture.contacts, RMS_AUTH_REASON_NTLM, NULL, "127.0.1.51");
    rms_contacts_unidentified(fixture.contacts, RMS_AUTH_REASON_REPLAY, NULL, "127.0.1.50");
    first = take_numbers(&fixture);
    ck_assert_str_eq(first, "4004 4004 2000");
    fixture.now += 60 * SECOND;
    rms_contacts_flush(fixture.contacts);
    later = take_numbers(&fixture);
    ck_assert_str_eq(later, "4004");
}
END_TEST

/* A scan from more addresses than are followed: one event sums up the rest, authenticated refusals
 * are still said one by one, and after the scan so are others. */
START_TEST(test_scan)
{
    g_auto(Fixture) fixture = {0};
    g_autoptr(RmsCaller) caller = make_caller(1103);
    g_autofree char *meanwhile = NULL;
    RmsEvent *event;

    fixture_init(&fixture);
    for (guint i = 0; i < RMS_MAX_REPEATING_EVENTS + 1000; i++) {
        g_autofree char *computer = g_strdup_printf("fd00::%x", i);

        rms_contacts_unidentified(fixture.contacts, RMS_AUTH_REASON_MALFORMED, NULL, computer);
    }
    ck_assert_uint_eq(fixture.events->len, RMS_MAX_REPEATING_EVENTS);
    g_ptr_array_set_size(fixture.events, 0);
    refuse(&fixture, caller, RMS_VERDICT_NOT_LISTED, "127.0.1.1");
    meanwhile = take_numbers(&fixture);
    ck_assert_str_eq(meanwhile, "2001");

    fixture.now += 60 * SECOND;
    rms_contacts_flush(fixture.contacts);
    ck_assert_uint_eq(fixture.events->len, 1);
    event = fixture.events->pdata[0];
    ck_assert_uint_eq(rms_event_get_number(event), 2000);
    ck_assert(g_str_has_prefix(rms_event_get_message(event), "1000 more calls were refused"));
    ck_assert_ptr_null(rms_event_get_computer(event));

    rms_contacts_unidentified(fixture.contacts, RMS_AUTH_REASON_MALFORMED, NULL, "127.0.1.50");
    ck_assert_uint_eq(fixture.events->len, 2);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("contacts");
    TCase *tcase = tcase_create("events");
    SRunner *runner;
    int failed;

    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, test_states, 0, G_N_ELEMENTS(states));
    tcase_add_test(tcase, test_admitted_texts);
    tcase_add_test(tcase, test_forgetting);
    tcase_add_test(tcase, test_refused);
    tcase_add_test(tcase, test_refused_for_long);
    tcase_add_test(tcase, test_refused_after_a_pause);
    tcase_add_loop_test(tcase, test_unidentified, 0, G_N_ELEMENTS(unidentified));
    tcase_add_test(tcase, test_unidentified_again);
    tcase_add_test(tcase, test_scan);
    suite_add_tcase(suite, tcase);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
