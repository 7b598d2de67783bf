/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Randomness, base64url and S256; nothing of the flows that use them.
 */
#include "config.h"

#include "service-client/pkce.h"

#include <cjose/base64.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <stdlib.h>
#include <string.h>

char *rms_pkce_base64url(const guint8 *bytes, gsize length)
{
    char *encoded = NULL;
    size_t encoded_length = 0;
    char *copy;
    cjose_err ignored;

    if (!cjose_base64url_encode(bytes, length, &encoded, &encoded_length, &ignored))
        return NULL;
    copy = g_strndup(encoded, encoded_length);
    explicit_bzero(encoded, encoded_length);
    free(encoded);
    return copy;
}

RmsSecret *rms_pkce_random(void)
{
    guint8 bytes[32];
    char *text;

    if (RAND_bytes(bytes, sizeof bytes) != 1)
        return NULL;
    text = rms_pkce_base64url(bytes, sizeof bytes);
    explicit_bzero(bytes, sizeof bytes);
    return text != NULL ? rms_secret_new_take(text) : NULL;
}

char *rms_pkce_challenge(const RmsSecret *verifier)
{
    guint8 digest[EVP_MAX_MD_SIZE];
    unsigned int length = 0;

    g_return_val_if_fail(verifier != NULL, NULL);

    if (EVP_Digest(rms_secret_get(verifier),
                   rms_secret_get_length(verifier),
                   digest,
                   &length,
                   EVP_sha256(),
                   NULL) != 1)
        return NULL;
    return rms_pkce_base64url(digest, length);
}

gboolean rms_pkce_equal(const RmsSecret *secret, const char *text)
{
    gsize length = rms_secret_get_length(secret);

    return text != NULL && strlen(text) == length &&
           CRYPTO_memcmp(rms_secret_get(secret), text, length) == 0;
}
