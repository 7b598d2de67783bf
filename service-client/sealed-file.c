/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 *     magic (8) | nonce (12) | tag (16) | ciphertext
 *
 * Authenticated along with it: the magic and the purpose. The nonce is random for each writing
 * (NIST SP 800-38D §8.2.2: good for 2^32 of them).
 */
#include "config.h"

#include "service-client/sealed-file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <string.h>
#include <unistd.h>

#include "service-client/secret-file.h"
#include "service-client/service-error.h"
#include "service-client/service-limits.h"

#define MAGIC "RMSSEAL1"
#define MAGIC_BYTES 8
#define NONCE_BYTES 12
#define TAG_BYTES 16
#define KEY_BYTES 32
#define HEAD_BYTES (MAGIC_BYTES + NONCE_BYTES + TAG_BYTES)

G_DEFINE_AUTOPTR_CLEANUP_FUNC(EVP_CIPHER_CTX, EVP_CIPHER_CTX_free)

static gboolean refuse(const char *path, const char *reason, GError **error)
{
    g_set_error(error, RMS_SERVICE_ERROR, RMS_SERVICE_ERROR_SETTINGS, "%s %s", path, reason);
    return FALSE;
}

/* O_EXCL, because two makers at once must not both believe that theirs is the key. */
gboolean rms_sealed_file_make_key(const char *key_file, GError **error)
{
    guint8 key[KEY_BYTES];
    gboolean written;
    int fd;

    g_return_val_if_fail(key_file != NULL, FALSE);

    fd = g_open(key_file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return errno == EEXIST || refuse(key_file, g_strerror(errno), error);
    written = RAND_bytes(key, sizeof key) == 1 && write(fd, key, sizeof key) == sizeof key &&
              fsync(fd) == 0;
    explicit_bzero(key, sizeof key);
    close(fd);
    if (written)
        return TRUE;
    g_unlink(key_file);
    return refuse(key_file, "cannot be written", error);
}

static RmsSecret *read_key(const char *key_file, GError **error)
{
    g_autoptr(RmsSecret) key = rms_secret_file_read(key_file, KEY_BYTES, error);

    if (key == NULL)
        return NULL;
    if (rms_secret_get_length(key) != KEY_BYTES) {
        refuse(key_file, "does not hold a sealing key of 32 bytes", error);
        return NULL;
    }
    return g_steal_pointer(&key);
}

/* @encrypt: 1 or 0, as OpenSSL has it */
static EVP_CIPHER_CTX *
begin(const RmsSecret *key, const guint8 *nonce, const char *purpose, int encrypt)
{
    g_autoptr(EVP_CIPHER_CTX) context = EVP_CIPHER_CTX_new();
    g_autofree char *known = g_strconcat(MAGIC, purpose, NULL);
    int length = 0;

    if (context != NULL &&
        EVP_CipherInit_ex2(context,
                           EVP_aes_256_gcm(),
                           (const guint8 *) rms_secret_get(key),
                           nonce,
                           encrypt,
                           NULL) == 1 &&
        EVP_CipherUpdate(context, NULL, &length, (const guint8 *) known, (int) strlen(known)) == 1)
        return g_steal_pointer(&context);
    return NULL;
}

gboolean rms_sealed_file_write(const char *path,
                               const char *key_file,
                               const char *purpose,
                               const RmsSecret *secret,
                               GError **error)
{
    g_autoptr(RmsSecret) key = NULL;
    g_autoptr(EVP_CIPHER_CTX) context = NULL;
    g_autofree guint8 *file = NULL;
    gsize length;
    int written = 0;

    g_return_val_if_fail(path != NULL && key_file != NULL, FALSE);
    g_return_val_if_fail(purpose != NULL && secret != NULL, FALSE);

    length = rms_secret_get_length(secret);
    if (length > RMS_SERVICE_MAX_KEY_BYTES - HEAD_BYTES)
        return refuse(path, "would be too large", error);
    key = read_key(key_file, error);
    if (key == NULL)
        return FALSE;
    file = g_malloc0(HEAD_BYTES + length + EVP_MAX_BLOCK_LENGTH);
    memcpy(file, MAGIC, MAGIC_BYTES);
    if (RAND_bytes(file + MAGIC_BYTES, NONCE_BYTES) == 1)
        context = begin(key, file + MAGIC_BYTES, purpose, 1);
    if (context == NULL ||
        EVP_CipherUpdate(context,
                         file + HEAD_BYTES,
                         &written,
                         (const guint8 *) rms_secret_get(secret),
                         (int) length) != 1 ||
        written != (int) length || EVP_CipherFinal_ex(context, file + HEAD_BYTES, &written) != 1 ||
        EVP_CIPHER_CTX_ctrl(
            context, EVP_CTRL_AEAD_GET_TAG, TAG_BYTES, file + MAGIC_BYTES + NONCE_BYTES) != 1)
        return refuse(path, "cannot be sealed", error);
    return rms_secret_file_write(path, file, HEAD_BYTES + length, error);
}

RmsSecret *
rms_sealed_file_read(const char *path, const char *key_file, const char *purpose, GError **error)
{
    g_autoptr(RmsSecret) sealed = NULL;
    g_autoptr(RmsSecret) key = NULL;
    g_autoptr(EVP_CIPHER_CTX) context = NULL;
    RmsSecret *secret = NULL;
    const guint8 *file;
    guint8 tag[TAG_BYTES];
    guint8 *opened;
    gsize length;
    int written = 0;

    g_return_val_if_fail(path != NULL && key_file != NULL && purpose != NULL, NULL);

    sealed = rms_secret_file_read(path, RMS_SERVICE_MAX_KEY_BYTES, error);
    key = sealed != NULL ? read_key(key_file, error) : NULL;
    if (key == NULL)
        return NULL;
    file = (const guint8 *) rms_secret_get(sealed);
    length = rms_secret_get_length(sealed);
    if (length < HEAD_BYTES || memcmp(file, MAGIC, MAGIC_BYTES) != 0) {
        refuse(path, "is not a sealed file", error);
        return NULL;
    }
    length -= HEAD_BYTES;
    memcpy(tag, file + MAGIC_BYTES + NONCE_BYTES, TAG_BYTES);
    context = begin(key, file + MAGIC_BYTES, purpose, 0);
    opened = g_malloc0(length + EVP_MAX_BLOCK_LENGTH);
    if (context != NULL &&
        EVP_CipherUpdate(context, opened, &written, file + HEAD_BYTES, (int) length) == 1 &&
        written == (int) length &&
        EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, TAG_BYTES, tag) == 1 &&
        EVP_CipherFinal_ex(context, opened + length, &written) == 1)
        secret = rms_secret_new((const char *) opened, (gssize) length);
    else
        refuse(path, "was not sealed with this key, or has been changed since", error);
    explicit_bzero(opened, length);
    g_free(opened);
    return secret;
}
