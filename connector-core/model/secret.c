/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Strings that are wiped when the last reference goes.
 */
#include "config.h"

#include "connector-core/model/secret.h"

#include <string.h>

struct _RmsSecret {
    gatomicrefcount references;
    gsize length;
    char *text;
};

static RmsSecret *secret_take(char *text, gsize length)
{
    RmsSecret *secret = g_new(RmsSecret, 1);

    g_atomic_ref_count_init(&secret->references);
    secret->text = text;
    secret->length = length;
    return secret;
}

RmsSecret *rms_secret_new(const char *text, gssize length)
{
    gsize bytes;
    char *copy;

    g_return_val_if_fail(text != NULL, NULL);

    bytes = length < 0 ? strlen(text) : (gsize) length;
    copy = g_malloc(bytes + 1);
    memcpy(copy, text, bytes);
    copy[bytes] = '\0';
    return secret_take(copy, bytes);
}

RmsSecret *rms_secret_new_take(char *text)
{
    g_return_val_if_fail(text != NULL, NULL);
    return secret_take(text, strlen(text));
}

RmsSecret *rms_secret_ref(RmsSecret *secret)
{
    g_return_val_if_fail(secret != NULL, NULL);
    g_atomic_ref_count_inc(&secret->references);
    return secret;
}

void rms_secret_unref(RmsSecret *secret)
{
    if (secret == NULL || !g_atomic_ref_count_dec(&secret->references))
        return;
    explicit_bzero(secret->text, secret->length);
    g_free(secret->text);
    g_free(secret);
}

const char *rms_secret_get(const RmsSecret *secret)
{
    g_return_val_if_fail(secret != NULL, NULL);
    return secret->text;
}

gsize rms_secret_get_length(const RmsSecret *secret)
{
    g_return_val_if_fail(secret != NULL, 0);
    return secret->length;
}

void rms_secret_wipe_string(char *text)
{
    if (text == NULL)
        return;
    explicit_bzero(text, strlen(text));
    g_free(text);
}
