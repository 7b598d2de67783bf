/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which failures lead to the next server: none that could lock an account.
 */
#include "config.h"

#include <check.h>

#include "directory/directory-failover-private.h"

static const struct {
    const char *what;
    RmsVerdict verdict;
    RmsDirectoryError code;
    gboolean first;  /* after the first such failure */
    gboolean second; /* after the next one */
} rows[] = {
    {"refused port",                 RMS_VERDICT_OTHERS_MAY_HELP, RMS_DIRECTORY_ERROR_UNREACHABLE, TRUE,  TRUE },
    {"bad certificate",              RMS_VERDICT_OTHERS_MAY_HELP, RMS_DIRECTORY_ERROR_TLS,         TRUE,  TRUE },
    {"no domain controller",         RMS_VERDICT_OTHERS_MAY_HELP, RMS_DIRECTORY_ERROR_PROTOCOL,    TRUE,  TRUE },
    {"not known to Kerberos",        RMS_VERDICT_OTHERS_MAY_HELP, RMS_DIRECTORY_ERROR_TICKET,      TRUE,  TRUE },
    {"no right to read",             RMS_VERDICT_OTHERS_MAY_HELP, RMS_DIRECTORY_ERROR_REFUSED,     FALSE, FALSE},
    {"silent when asked to sign in",
     RMS_VERDICT_SIGNING_IN,                                      RMS_DIRECTORY_ERROR_UNREACHABLE,
     TRUE,                                                                                                FALSE},
    {"wrong password",               RMS_VERDICT_SIGNING_IN,      RMS_DIRECTORY_ERROR_PASSWORD,    FALSE, FALSE},
    {"locked account",               RMS_VERDICT_SIGNING_IN,      RMS_DIRECTORY_ERROR_ACCOUNT,     FALSE, FALSE},
    {"ticket refused",               RMS_VERDICT_SIGNING_IN,      RMS_DIRECTORY_ERROR_TICKET,      FALSE, FALSE},
    {"signing required",             RMS_VERDICT_SIGNING_IN,      RMS_DIRECTORY_ERROR_REFUSED,     FALSE, FALSE},
    {"odd answer to the sign-in",
     RMS_VERDICT_SIGNING_IN,                                      RMS_DIRECTORY_ERROR_PROTOCOL,
     FALSE,                                                                                               FALSE},
    {"no ticket",                    RMS_VERDICT_FINAL,           RMS_DIRECTORY_ERROR_TICKET,      FALSE, FALSE},
    {"no Kerberos server",           RMS_VERDICT_FINAL,           RMS_DIRECTORY_ERROR_UNREACHABLE, FALSE, FALSE},
};

START_TEST(test_may_go_on)
{
    g_autoptr(GError) reason =
        g_error_new_literal(RMS_DIRECTORY_ERROR, (int) rows[_i].code, rows[_i].what);
    guint unanswered = 0;
    ck_assert_msg(rms_failover_may_go_on(rows[_i].verdict, reason, &unanswered) == rows[_i].first,
                  "%s",
                  rows[_i].what);
    ck_assert_msg(rms_failover_may_go_on(rows[_i].verdict, reason, &unanswered) == rows[_i].second,
                  "%s, again",
                  rows[_i].what);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("directory failover");
    TCase *tcase = tcase_create("all");
    tcase_add_loop_test(tcase, test_may_go_on, 0, G_N_ELEMENTS(rows));
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
