/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Secrets: what they hold and for how long.
 */
#include "config.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "connector-core/model/secret.h"

START_TEST(test_text)
{
    g_autoptr(RmsSecret) whole = rms_secret_new("token", -1);
    g_autoptr(RmsSecret) part = rms_secret_new("token and more", 5);
    g_autoptr(RmsSecret) binary = rms_secret_new("a\0b", 3);
    g_autoptr(RmsSecret) taken = rms_secret_new_take(g_strdup("token"));
    g_autoptr(RmsSecret) empty = rms_secret_new("", -1);

    ck_assert_str_eq(rms_secret_get(whole), "token");
    ck_assert_str_eq(rms_secret_get(part), "token");
    ck_assert_uint_eq(rms_secret_get_length(part), 5);
    ck_assert_uint_eq(rms_secret_get_length(binary), 3);
    ck_assert_mem_eq(rms_secret_get(binary), "a\0b", 4);
    ck_assert_str_eq(rms_secret_get(taken), "token");
    ck_assert_uint_eq(rms_secret_get_length(empty), 0);
}
END_TEST

START_TEST(test_references)
{
    RmsSecret *secret = rms_secret_new("token", -1);

    ck_assert_ptr_eq(rms_secret_ref(secret), secret);
    rms_secret_unref(secret);
    ck_assert_str_eq(rms_secret_get(secret), "token");
    rms_secret_unref(secret);
    rms_secret_unref(NULL);
    rms_secret_wipe_string(NULL);
    rms_secret_wipe_string(g_strdup("token"));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("secret");
    TCase *tcase = tcase_create("secret");

    tcase_add_test(tcase, test_text);
    tcase_add_test(tcase, test_references);
    suite_add_tcase(suite, tcase);

    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
