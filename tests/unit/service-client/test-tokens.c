/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * PKCE against the vectors of its RFC, and claims of tokens that mean well or do not.
 */
#include "config.h"

#include <check.h>
#include <string.h>

#include "service-client/claims-challenge.h"
#include "service-client/jwt-claims.h"
#include "service-client/pkce.h"
#include "service-client/service-limits.h"
#include "service-client/provider-text.h"

/* RFC 7636 appendix A */
START_TEST(test_base64url)
{
    const guint8 bytes[] = {3, 236, 255, 224, 193};
    g_autofree char *encoded = rms_pkce_base64url(bytes, sizeof bytes);

    ck_assert_str_eq(encoded, "A-z_4ME");
}
END_TEST

/* RFC 7636 appendix B */
START_TEST(test_challenge)
{
    const guint8 octets[] = {116, 24,  223, 180, 151, 153, 224, 37,  79,  250, 96,
                             125, 216, 173, 187, 186, 22,  212, 37,  77,  105, 214,
                             191, 240, 91,  88,  5,   88,  83,  132, 141, 121};
    g_autofree char *verifier = rms_pkce_base64url(octets, sizeof octets);
    g_autoptr(RmsSecret) secret = NULL;
    g_autofree char *challenge = NULL;

    ck_assert_str_eq(verifier, "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
    secret = rms_secret_new(verifier, -1);
    challenge = rms_pkce_challenge(secret);
    ck_assert_str_eq(challenge, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
}
END_TEST

/* RFC 7636 §4.1: 43 to 128 unreserved characters; no two alike. */
START_TEST(test_random)
{
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (int i = 0; i < 100; i++) {
        g_autoptr(RmsSecret) secret = rms_pkce_random();

        ck_assert_uint_eq(rms_secret_get_length(secret), 43);
        ck_assert_uint_eq(strspn(rms_secret_get(secret),
                                 "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                 "0123456789-_"),
                          43);
        ck_assert(g_hash_table_add(seen, g_strdup(rms_secret_get(secret))));
    }
}
END_TEST

START_TEST(test_equal)
{
    g_autoptr(RmsSecret) secret = rms_secret_new("abc", -1);

    ck_assert(rms_pkce_equal(secret, "abc"));
    ck_assert(!rms_pkce_equal(secret, "abd"));
    ck_assert(!rms_pkce_equal(secret, "ab"));
    ck_assert(!rms_pkce_equal(secret, "abcd"));
    ck_assert(!rms_pkce_equal(secret, ""));
    ck_assert(!rms_pkce_equal(secret, NULL));
}
END_TEST

/* @payload becomes the middle of a token. */
static RmsSecret *make_token(const char *payload)
{
    g_autofree char *middle = rms_pkce_base64url((const guint8 *) payload, strlen(payload));

    return rms_secret_new_take(g_strdup_printf("eyJhbGciOiJSUzI1NiJ9.%s.c2ln", middle));
}

START_TEST(test_claims)
{
    g_autoptr(RmsSecret) token =
        make_token("{\"upn\":\"a@contoso.example\",\"n\":7,\"empty\":\"\",\"bad\":\"a\\u0007b\","
                   "\"wids\":[\"B79FBF4D-3EF9-4689-8143-76B194E85509\",5,"
                   "\"62E90394-69F5-4237-9190-012177145E10\","
                   "\"7495fdc4-34c4-4d15-a289-98788ce399fd\"]}");
    g_autoptr(cJSON) claims = rms_jwt_claims_decode(token);
    g_autofree char *roles = NULL;

    ck_assert_ptr_nonnull(claims);
    ck_assert_str_eq(rms_provider_text_peek(claims, "upn"), "a@contoso.example");
    ck_assert_ptr_null(rms_provider_text_peek(claims, "UPN"));
    ck_assert_ptr_null(rms_provider_text_peek(claims, "n"));
    ck_assert_ptr_null(rms_provider_text_peek(claims, "empty"));
    ck_assert_ptr_null(rms_provider_text_peek(claims, "bad"));
    ck_assert_ptr_null(rms_provider_text_peek(NULL, "upn"));
    ck_assert(rms_jwt_claims_has(claims, "wids", "62e90394-69f5-4237-9190-012177145e10"));
    ck_assert(!rms_jwt_claims_has(claims, "wids", "62e90394"));
    ck_assert(!rms_jwt_claims_has(claims, "upn", "a@contoso.example"));
    ck_assert(!rms_jwt_claims_has(NULL, "wids", "x"));
    roles = rms_jwt_claims_list_roles(claims);
    ck_assert_str_eq(roles, "Global Administrator, Azure Information Protection Administrator");
}
END_TEST

START_TEST(test_no_roles)
{
    static const char *const payloads[] = {
        "{}",
        "{\"wids\":[]}",
        "{\"wids\":\"62e90394-69f5-4237-9190-012177145e10\"}",
        "{\"wids\":[\"b79fbf4d-3ef9-4689-8143-76b194e85509\"]}",
    };

    ck_assert_ptr_null(rms_jwt_claims_list_roles(NULL));
    for (gsize i = 0; i < G_N_ELEMENTS(payloads); i++) {
        g_autoptr(RmsSecret) token = make_token(payloads[i]);
        g_autoptr(cJSON) claims = rms_jwt_claims_decode(token);

        ck_assert_ptr_nonnull(claims);
        ck_assert_ptr_null(rms_jwt_claims_list_roles(claims));
    }
}
END_TEST

static const char *const garbage[] = {
    "",
    ".",
    "..",
    "...",
    "opaque",
    "a.b",
    "a..c",
    "a.e30",            /* two parts */
    "a.e30.c.d.e",      /* encrypted: five parts */
    "a.e30=.c",         /* padding */
    "a.!!!!.c",         /* not base64url */
    "a.e.c",            /* no whole byte */
    "a.ew.c",           /* `{` */
    "a.W10.c",          /* `[]` */
    "a.MQ.c",           /* `1` */
    "a.bnVsbA.c",       /* `null` */
    "a.eyJhIjoxfXg.c",  /* `{"a":1}x` */
    "a.eyJhIjoi_yJ9.c", /* `{"a":"\xff"}` */
    "a.AAAA.c",         /* NUL bytes */
};

START_TEST(test_garbage)
{
    g_autoptr(RmsSecret) token = rms_secret_new(garbage[_i], -1);
    g_autoptr(cJSON) claims = rms_jwt_claims_decode(token);

    ck_assert_msg(claims == NULL, "“%s” was read", garbage[_i]);
}
END_TEST

/* Each byte of a good token replaced by each of a few; whatever comes out, nothing breaks. */
START_TEST(test_mutations)
{
    const char bytes[] = {'\x01', '.', '=', '-', '_', 'A', '"', '\x7f', (char) 0xff};
    g_autoptr(RmsSecret) token = make_token("{\"upn\":\"a@b\",\"wids\":[\"x\"],\"aud\":[1,{}]}");
    gsize length = rms_secret_get_length(token);

    for (gsize i = 0; i < length; i++) {
        for (gsize j = 0; j < sizeof bytes; j++) {
            g_autofree char *text = g_strdup(rms_secret_get(token));
            g_autoptr(RmsSecret) mutated = NULL;
            g_autoptr(cJSON) claims = NULL;

            text[i] = bytes[j];
            mutated = rms_secret_new(text, -1);
            claims = rms_jwt_claims_decode(mutated);
            ck_assert(claims == NULL || cJSON_IsObject(claims));
            g_free(rms_jwt_claims_list_roles(claims));
        }
    }
}
END_TEST

START_TEST(test_claim_too_long)
{
    g_autofree char *longest = g_strnfill(512, 'a');
    g_autofree char *payload = g_strdup_printf("{\"a\":\"%s\",\"b\":\"%sa\"}", longest, longest);
    g_autoptr(RmsSecret) token = make_token(payload);
    g_autoptr(cJSON) claims = rms_jwt_claims_decode(token);

    ck_assert_str_eq(rms_provider_text_peek(claims, "a"), longest);
    ck_assert_ptr_null(rms_provider_text_peek(claims, "b"));
}
END_TEST

/* {"access_token":{}} */
#define CLAIMS "eyJhY2Nlc3NfdG9rZW4iOnt9fQ=="

static const struct {
    const char *challenge;
    gboolean found;
} challenges[] = {
    {"Bearer realm=\"\", error=\"insufficient_claims\", claims=\"" CLAIMS "\"",     TRUE },
    {"MSOID authorization_uri=\"https://a.example/x, y\", error=\"insufficient_claims\", "
     "claims=\"" CLAIMS "\"",
     TRUE                                                                                },
    {"Bearer error=\"insufficient_claims\", claims=\"eyJhY2Nlc3NfdG9rZW4iOnt9fQ\"",
     TRUE                                                                                }, /* no padding */
    {"Bearer error=insufficient_claims, claims=" CLAIMS,                            TRUE },
    {"Bearer error=\"invalid_token\", claims=\"" CLAIMS "\"",                       FALSE},
    {"Bearer claims=\"" CLAIMS "\"",                                                FALSE},
    {"Bearer error=\"insufficient_claims\"",                                        FALSE},
    {"Bearer error=\"insufficient_claims\", claims=\"\"",                           FALSE},
    {"Bearer error=\"insufficient_claims\", claims=\"W10=\"",                       FALSE}, /* [] */
    {"Bearer error=\"insufficient_claims\", claims=\"bm8=\"",                       FALSE}, /* no */
    {"Bearer error=\"insufficient_claims\", claims=\"e30Ae30=\"",                   FALSE}, /* a NUL inside */
    {"Bearer",                                                                      FALSE},
    {"",                                                                            FALSE},
};

START_TEST(test_claims_challenge)
{
    const char *const alone[] = {challenges[_i].challenge, NULL};
    const char *const second[] = {"Negotiate", challenges[_i].challenge, NULL};
    g_autofree char *claims = rms_claims_challenge_find(alone);
    g_autofree char *again = rms_claims_challenge_find(second);

    ck_assert_msg((claims != NULL) == challenges[_i].found, "%s", challenges[_i].challenge);
    ck_assert_str_eq(claims != NULL ? claims : "{\"access_token\":{}}", "{\"access_token\":{}}");
    ck_assert_int_eq(claims != NULL, again != NULL);
}
END_TEST

START_TEST(test_large_claims)
{
    g_autofree char *name = g_strnfill(RMS_SERVICE_MAX_CHALLENGE_BYTES, 'x');
    g_autofree char *claims = g_strdup_printf("{\"%s\":1}", name);

    ck_assert(!rms_claims_challenge_check(claims));
    ck_assert(!rms_claims_challenge_check(NULL));
    ck_assert(!rms_claims_challenge_check(""));
    ck_assert(rms_claims_challenge_check("{}"));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("service-client: tokens");
    TCase *tcase = tcase_create("all");
    SRunner *runner;
    int failed;

    tcase_add_test(tcase, test_base64url);
    tcase_add_test(tcase, test_challenge);
    tcase_add_test(tcase, test_random);
    tcase_add_test(tcase, test_equal);
    tcase_add_test(tcase, test_claims);
    tcase_add_test(tcase, test_no_roles);
    tcase_add_loop_test(tcase, test_garbage, 0, G_N_ELEMENTS(garbage));
    tcase_add_test(tcase, test_mutations);
    tcase_add_test(tcase, test_claim_too_long);
    tcase_add_loop_test(tcase, test_claims_challenge, 0, G_N_ELEMENTS(challenges));
    tcase_add_test(tcase, test_large_claims);
    suite_add_tcase(suite, tcase);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
