/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Byte queues: content survives growing and sliding, storage is shared, secrets are wiped.
 */
#include "config.h"

#include <check.h>

#include "connector-core/buffer.h"

START_TEST(test_content)
{
    g_autoptr(RmsBlockCache) cache = rms_block_cache_new();
    RmsBuffer buffer = {.cache = cache};
    guint8 next_in = 0;
    guint8 next_out = 0;
    gboolean good = TRUE;
    GRand *rand = g_rand_new_with_seed(1);

    for (guint round = 0; round < 20000; round++) {
        gsize in = (gsize) g_rand_int_range(rand, 0, round % 100 == 0 ? 60000 : 300);
        gsize out;
        char *room = rms_buffer_reserve(&buffer, in);

        ck_assert_uint_ge(rms_buffer_get_room(&buffer), in);
        for (gsize i = 0; i < in; i++) {
            room[i] = (char) next_in++;
        }
        rms_buffer_commit(&buffer, in);
        out = (gsize) g_rand_int_range(rand, 0, 900);
        out = MIN(out, rms_buffer_length(&buffer));
        for (gsize i = 0; i < out; i++) {
            good = good && (guint8) rms_buffer_peek(&buffer)[i] == next_out;
            next_out++;
        }
        ck_assert(good);
        rms_buffer_consume(&buffer, out);
    }
    rms_buffer_clear(&buffer);
    g_rand_free(rand);
}
END_TEST

START_TEST(test_text)
{
    static const struct {
        guint64 number;
        guint base;
        const char *text;
    } rows[] = {
        {0,           10, "0"                   },
        {7,           10, "7"                   },
        {65536,       10, "65536"               },
        {G_MAXUINT64, 10, "18446744073709551615"},
        {0,           16, "0"                   },
        {255,         16, "ff"                  },
        {65536,       16, "10000"               },
        {G_MAXUINT64, 16, "ffffffffffffffff"    }
    };
    g_autoptr(RmsBlockCache) cache = rms_block_cache_new();

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        RmsBuffer buffer = {.cache = cache};

        rms_buffer_append_string(&buffer, "a");
        rms_buffer_append_number(&buffer, rows[i].number, rows[i].base);
        rms_buffer_append(&buffer, "\0z", 3);
        ck_assert_str_eq(rms_buffer_peek(&buffer) + 1, rows[i].text);
        rms_buffer_truncate(&buffer, 1);
        ck_assert_uint_eq(rms_buffer_length(&buffer), 1);
        rms_buffer_clear(&buffer);
    }
}
END_TEST

START_TEST(test_storage_is_given_back)
{
    g_autoptr(RmsBlockCache) cache = rms_block_cache_new();
    RmsBuffer first = {.cache = cache};
    RmsBuffer second = {.cache = cache};
    char *storage;

    rms_buffer_append_string(&first, "x");
    storage = first.data;
    rms_buffer_consume(&first, 1);
    ck_assert_ptr_null(first.data);
    rms_buffer_append_string(&second, "y");
    ck_assert_ptr_eq(second.data, storage);
    rms_buffer_clear(&second);
}
END_TEST

/* Where the cache's block lies after a sensitive buffer used it. */
static void check_wiped(RmsBlockCache *cache, const char *secret)
{
    RmsBuffer probe = {.cache = cache};

    rms_buffer_reserve(&probe, 1);
    ck_assert_ptr_null(memmem(probe.data, RMS_BLOCK_BYTES, secret, strlen(secret)));
    rms_buffer_clear(&probe);
}

START_TEST(test_secrets_are_wiped)
{
    static const char secret[] = "Bearer tenant-token";
    g_autoptr(RmsBlockCache) cache = rms_block_cache_new();
    RmsBuffer plain = {.cache = cache};
    RmsBuffer buffer = {.cache = cache, .sensitive = TRUE};
    gsize length = strlen(secret);

    /* A block of known content, or uninitialized memory would be read below. */
    memset(rms_buffer_reserve(&plain, RMS_BLOCK_BYTES), 'x', RMS_BLOCK_BYTES);
    rms_buffer_clear(&plain);

    rms_buffer_append_string(&buffer, secret);
    rms_buffer_consume(&buffer, length);
    check_wiped(cache, secret);

    rms_buffer_append_string(&buffer, secret);
    rms_buffer_truncate(&buffer, 0);
    ck_assert_ptr_null(memmem(buffer.data, RMS_BLOCK_BYTES, secret, length));
    rms_buffer_clear(&buffer);

    /* Growing moves to other storage, sliding within the same. */
    rms_buffer_append_string(&buffer, secret);
    rms_buffer_reserve(&buffer, 2 * RMS_BLOCK_BYTES);
    check_wiped(cache, secret);
    rms_buffer_clear(&buffer);
    rms_buffer_append_string(&buffer, secret);
    memset(rms_buffer_reserve(&buffer, RMS_BLOCK_BYTES - length), 'x', RMS_BLOCK_BYTES - length);
    rms_buffer_commit(&buffer, RMS_BLOCK_BYTES - length);
    rms_buffer_consume(&buffer, RMS_BLOCK_BYTES - 5);
    rms_buffer_reserve(&buffer, 100);
    ck_assert_ptr_null(memmem(buffer.data, RMS_BLOCK_BYTES, secret, length));
    rms_buffer_clear(&buffer);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("http-buffer");
    TCase *tcase = tcase_create("buffer");
    SRunner *runner;
    int failed;

    tcase_add_test(tcase, test_content);
    tcase_add_test(tcase, test_text);
    tcase_add_test(tcase, test_storage_is_given_back);
    tcase_add_test(tcase, test_secrets_are_wiped);
    suite_add_tcase(suite, tcase);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
