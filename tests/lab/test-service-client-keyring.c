/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Accounts that outlive the console, in a real keyring on a bus of its own; and the same where
 * there is none.
 */
#include "config.h"

#include <libsecret/secret.h>
#include <string.h>

#include "service-client/account-private.h"
#include "service-client/kept-account.h"
#include "service-client/service-error.h"
#include "test-service-client.h"

static gboolean keep(RmsAccount *account, GError **error)
{
    g_autoptr(GAsyncResult) result = NULL;

    rms_account_keep_async(account, NULL, on_done, &result);
    return rms_account_keep_finish(account, wait_for(&result), error);
}

static GPtrArray *list(GError **error)
{
    g_autoptr(RmsCloudEnvironment) environment = make_environment(&usual);
    g_autoptr(GAsyncResult) result = NULL;

    rms_kept_accounts_list_async(environment, NULL, on_done, &result);
    return rms_kept_accounts_list_finish(wait_for(&result), error);
}

static RmsAccount *restore(const RmsKeptAccount *kept, GError **error)
{
    g_autoptr(RmsCloudEnvironment) environment = make_environment(&usual);
    g_autoptr(GAsyncResult) result = NULL;

    rms_kept_account_restore_async(environment, kept, NULL, on_done, &result);
    return rms_kept_account_restore_finish(wait_for(&result), error);
}

static void forget(const RmsKeptAccount *kept)
{
    g_autoptr(GAsyncResult) result = NULL;

    rms_kept_account_forget_async(kept, NULL, on_done, &result);
    ck_assert(rms_kept_account_forget_finish(wait_for(&result), NULL));
}

/* What the keyring has of @user, read past our own code. Returns: (nullable):
 * secret_password_free()
 */
static char *peek(const char *user)
{
    static const SecretSchema schema = {
        APPLICATION_ID ".RefreshToken",
        SECRET_SCHEMA_NONE,
        {{"user-name", SECRET_SCHEMA_ATTRIBUTE_STRING}, {NULL, 0}},
    };
    g_autofree char *name = g_strdup_printf("%s@contoso.example", user);
    char *token = secret_password_lookup_sync(&schema, NULL, NULL, "user-name", name, NULL);

    remember_secret(token);
    return token;
}

static void wait_until_not_kept(RmsAccount *account)
{
    gboolean kept = TRUE;

    while (kept) {
        g_main_context_iteration(NULL, TRUE);
        g_object_get(account, "kept", &kept, NULL);
    }
}

static void clear_keyring(void)
{
    g_autoptr(GPtrArray) kept = list(NULL);

    for (guint i = 0; i < kept->len; i++)
        forget(kept->pdata[i]);
}

/* Two accounts, kept, listed by name, restored in their turn, each as itself. */
START_TEST(test_several)
{
    static const char *const users[] = {"rms.admin", "global.admin"};
    g_autoptr(GPtrArray) kept = NULL;
    GError *error = NULL;

    clear_keyring();
    for (gsize i = 0; i < G_N_ELEMENTS(users); i++) {
        g_autoptr(RmsAccount) account = sign_in(&usual, users[i]);

        ck_assert_msg(keep(account, &error), "%s", error != NULL ? error->message : "");
        ck_assert_msg(
            keep(account, &error), "%s", error != NULL ? error->message : ""); /* once more */
    }
    kept = list(&error);
    ck_assert_uint_eq(kept->len, 2);
    for (guint i = 0; i < kept->len; i++) {
        const RmsKeptAccount *item = kept->pdata[i];
        g_autofree char *name = g_strdup_printf("%s@contoso.example", users[1 - i]);
        g_autoptr(RmsAccount) account = restore(item, &error);
        g_autoptr(RmsTenant) tenant = NULL;
        gboolean is_kept = FALSE;

        ck_assert_str_eq(item->user_name, name);
        ck_assert_msg(account != NULL, "%s", error != NULL ? error->message : "");
        ck_assert_str_eq(rms_account_get_user_name(account), name);
        g_object_get(account, "kept", &is_kept, NULL);
        ck_assert(is_kept);
        tenant = discover(account, &error);
        ck_assert_ptr_nonnull(tenant);
    }
}
END_TEST

/* The simulator's refresh tokens are good for one use: the keyring has to follow. */
START_TEST(test_rotation)
{
    g_autoptr(RmsAccount) account = NULL;
    g_autoptr(RmsAccount) again = NULL;
    g_autoptr(GPtrArray) kept = NULL;
    g_autoptr(RmsSecret) token = NULL;
    char *first, *second;
    GError *error = NULL;

    clear_keyring();
    account = sign_in(&usual, "global.admin");
    ck_assert_msg(keep(account, &error), "%s", error != NULL ? error->message : "");
    first = peek("global.admin");
    ck_assert_ptr_nonnull(first);
    rms_account_reject_token(account, token = get_token(account, &error));
    rms_secret_unref(get_token(account, &error));
    ck_assert(keep(account, &error)); /* ends behind the one of the refresh */
    second = peek("global.admin");
    ck_assert_str_ne(first, second);
    secret_password_free(first);
    secret_password_free(second);
    kept = list(&error);
    again = restore(kept->pdata[0], &error);
    ck_assert_msg(again != NULL, "%s", error != NULL ? error->message : "");
}
END_TEST

START_TEST(test_sign_out)
{
    g_autoptr(RmsAccount) account = NULL;
    g_autoptr(GPtrArray) kept = NULL;
    GError *error = NULL;

    clear_keyring();
    account = sign_in(&usual, "global.admin");
    ck_assert_msg(keep(account, &error), "%s", error != NULL ? error->message : "");
    rms_account_sign_out(account);
    wait_until_not_kept(account);
    ck_assert_ptr_null(peek("global.admin"));
    kept = list(&error);
    ck_assert_uint_eq(kept->len, 0);
    ck_assert(!keep(account, &error));
    check_error(&error, RMS_SERVICE_ERROR_STORE, "signed out");
}
END_TEST

/* Signing out while the token is on its way to the keyring: it must not stay there. */
START_TEST(test_sign_out_at_once)
{
    g_autoptr(RmsAccount) account = NULL;
    g_autoptr(GAsyncResult) result = NULL;

    clear_keyring();
    account = sign_in(&usual, "global.admin");
    rms_account_keep_async(account, NULL, on_done, &result);
    rms_account_sign_out(account);
    ck_assert(!rms_account_keep_finish(account, wait_for(&result), NULL));
    ck_assert_ptr_null(peek("global.admin"));
}
END_TEST

/* A token that the service does not take any more; one that is gone. */
START_TEST(test_not_restored)
{
    g_autoptr(RmsAccount) account = NULL;
    g_autoptr(GPtrArray) kept = NULL;
    GError *error = NULL;

    clear_keyring();
    account = sign_in(&usual, "plain.user");
    ck_assert_msg(keep(account, &error), "%s", error != NULL ? error->message : "");
    kept = list(&error);
    put_state(&usual, "{\"users\":{\"plain.user@contoso.example\":{\"disabled\":true}}}");
    ck_assert_ptr_null(restore(kept->pdata[0], &error));
    check_error(&error, RMS_SERVICE_ERROR_ACCOUNT, "disabled");
    forget(kept->pdata[0]);
    ck_assert_ptr_null(restore(kept->pdata[0], &error));
    check_error(&error, RMS_SERVICE_ERROR_STORE, "no sign-in");
}
END_TEST

/* Nobody on the bus, or no bus: it is said, and the account works. */
START_TEST(test_no_keyring)
{
    g_autoptr(RmsAccount) account = sign_in(&usual, "global.admin");
    g_autoptr(RmsTenant) tenant = NULL;
    gboolean kept = TRUE;
    GError *error = NULL;

    ck_assert(!keep(account, &error));
    check_error(&error, RMS_SERVICE_ERROR_STORE, "keyring");
    g_object_get(account, "kept", &kept, NULL);
    ck_assert(!kept);
    ck_assert_ptr_null(list(&error));
    check_error(&error, RMS_SERVICE_ERROR_STORE, "keyring");
    tenant = discover(account, &error);
    ck_assert_ptr_nonnull(tenant);
    rms_account_sign_out(account);
}
END_TEST

TCase *make_keyring_cases(void)
{
    TCase *tcase = tcase_create("keyring");

    tcase_add_test(tcase, test_several);
    tcase_add_test(tcase, test_rotation);
    tcase_add_test(tcase, test_sign_out);
    tcase_add_test(tcase, test_sign_out_at_once);
    tcase_add_test(tcase, test_not_restored);
    return tcase;
}

TCase *make_no_keyring_cases(void)
{
    TCase *tcase = tcase_create("no keyring");

    tcase_add_test(tcase, test_no_keyring);
    return tcase;
}
