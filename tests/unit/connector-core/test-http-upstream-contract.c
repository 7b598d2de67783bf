/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Our own contract with the tenant: what stands in the head of a relayed call, to the byte.
 */
#include "config.h"

#include <check.h>

#include "connector-core/upstream-contract.h"

START_TEST(test_head)
{
    g_autoptr(RmsBlockCache) cache = rms_block_cache_new();
    g_autoptr(RmsSecret) token = rms_secret_new("abc.DEF-1_2~3+4/5==", -1);
    g_autoptr(RmsEntry) entry = NULL;
    RmsBuffer buffer = {.cache = cache, .sensitive = TRUE};
    RmsSid sid;

    ck_assert(rms_sid_parse(&sid, "S-1-5-21-1-2-3-1105"));
    entry = rms_entry_new(&sid,
                          NULL,
                          "CONTOSO\\Gr\xc3\xbc\xc3\x9f\x65\r\nX: y %41",
                          NULL,
                          RMS_KIND_SECURITY_GROUP,
                          RMS_ROLE_SHAREPOINT);
    rms_upstream_contract_append(&buffer, token, entry);
    rms_buffer_append(&buffer, "", 1);
    ck_assert_str_eq(rms_buffer_peek(&buffer),
                     "Authorization: Bearer abc.DEF-1_2~3+4/5==\r\n"
                     "X-RMS-Connector-Entry-Sid: S-1-5-21-1-2-3-1105\r\n"
                     "X-RMS-Connector-Entry-Role: sharepoint\r\n"
                     "X-RMS-Connector-Entry-Name: "
                     "CONTOSO%5CGr%C3%BC%C3%9Fe%0D%0AX%3A%20y%20%2541\r\n");
    rms_buffer_clear(&buffer);
}
END_TEST

START_TEST(test_token)
{
    static const struct {
        const char *text;
        gboolean good;
    } rows[] = {
        {"eyJhbGciOiJSUzI1NiJ9.e30.abc-_", TRUE },
        {"a+b/c==",                        TRUE },
        {"",                               FALSE},
        {"a b",                            FALSE},
        {"a\r\nX: y",                      FALSE},
        {"a\tb",                           FALSE},
        {"a\"b",                           FALSE},
        {"\xc3\xa4",                       FALSE}
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        ck_assert_int_eq(rms_upstream_contract_is_token(rows[i].text), rows[i].good);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("http-upstream-contract");
    TCase *tcase = tcase_create("contract");
    SRunner *runner;
    int failed;

    tcase_add_test(tcase, test_head);
    tcase_add_test(tcase, test_token);
    suite_add_tcase(suite, tcase);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
