/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * RSA keys, hashes and random values (keys.h).
 */
#include "config.h"

#include "tests/lab/tenant-simulator/keys.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/core_names.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <string.h>
#include <unistd.h>

#include "tests/lab/tenant-simulator/json.h"

G_DEFINE_AUTOPTR_CLEANUP_FUNC(EVP_PKEY_CTX, EVP_PKEY_CTX_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(OSSL_PARAM_BLD, OSSL_PARAM_BLD_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(OSSL_PARAM, OSSL_PARAM_free)

EVP_PKEY *rms_sim_key_generate(GError **error)
{
    EVP_PKEY *key = EVP_RSA_gen(RMS_SIM_KEY_BITS);
    if (key == NULL)
        g_set_error(error, RMS_SIM_ERROR, RMS_SIM_ERROR_FAILED, "cannot make an RSA key");
    return key;
}

static gboolean store_key(EVP_PKEY *key, const char *path, GError **error)
{
    g_autoptr(BIO) memory = BIO_new(BIO_s_mem());
    char *pem = NULL;
    long length = 0;
    if (PEM_write_bio_PrivateKey(memory, key, NULL, NULL, 0, NULL, NULL) == 1)
        length = BIO_get_mem_data(memory, &pem);
    if (length <= 0) {
        g_set_error(error, RMS_SIM_ERROR, RMS_SIM_ERROR_FAILED, "cannot write a key as PEM");
        return FALSE;
    }
    return g_file_set_contents_full(path, pem, length, G_FILE_SET_CONTENTS_CONSISTENT, 0600, error);
}

EVP_PKEY *rms_sim_key_load(const char *directory, const char *name, GError **error)
{
    if (directory == NULL)
        return rms_sim_key_generate(error);
    g_autofree char *file = g_strconcat(name, ".key", NULL);
    g_autofree char *path = g_build_filename(directory, file, NULL);
    if (!g_file_test(path, G_FILE_TEST_EXISTS)) {
        g_autoptr(EVP_PKEY) key = rms_sim_key_generate(error);
        if (key == NULL || !store_key(key, path, error))
            return NULL;
        return g_steal_pointer(&key);
    }
    g_autofree char *pem = NULL;
    gsize length = 0;
    if (!g_file_get_contents(path, &pem, &length, error))
        return NULL;
    g_autoptr(BIO) memory = BIO_new_mem_buf(pem, (int) length);
    g_autoptr(EVP_PKEY) key = PEM_read_bio_PrivateKey(memory, NULL, NULL, NULL);
    if (key == NULL || !EVP_PKEY_is_a(key, "RSA") || EVP_PKEY_get_bits(key) < RMS_SIM_KEY_BITS) {
        g_set_error(error,
                    RMS_SIM_ERROR,
                    RMS_SIM_ERROR_INVALID,
                    "%s is not an RSA key of %d bits",
                    path,
                    RMS_SIM_KEY_BITS);
        return NULL;
    }
    return g_steal_pointer(&key);
}

GBytes *rms_sim_key_dup_number(EVP_PKEY *key, const char *parameter)
{
    BIGNUM *raw = NULL;
    if (EVP_PKEY_get_bn_param(key, parameter, &raw) != 1)
        return NULL;
    g_autoptr(BIGNUM) number = raw;
    gsize length = BN_num_bytes(number);
    guint8 *bytes = g_malloc(length);
    BN_bn2bin(number, bytes);
    return g_bytes_new_take(bytes, length);
}

static BIGNUM *number_from_bytes(GBytes *bytes)
{
    gsize length = 0;
    gconstpointer data = g_bytes_get_data(bytes, &length);
    return BN_bin2bn(data, (int) length, NULL);
}

EVP_PKEY *rms_sim_key_from_numbers(GBytes *modulus, GBytes *exponent)
{
    g_autoptr(BIGNUM) n = number_from_bytes(modulus);
    g_autoptr(BIGNUM) e = number_from_bytes(exponent);
    g_autoptr(OSSL_PARAM_BLD) builder = OSSL_PARAM_BLD_new();
    if (n == NULL || e == NULL || builder == NULL ||
        OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, n) != 1 ||
        OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_E, e) != 1)
        return NULL;
    g_autoptr(OSSL_PARAM) parameters = OSSL_PARAM_BLD_to_param(builder);
    g_autoptr(EVP_PKEY_CTX) context = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
    EVP_PKEY *key = NULL;
    if (parameters == NULL || context == NULL || EVP_PKEY_fromdata_init(context) != 1 ||
        EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, parameters) != 1)
        return NULL;
    return key;
}

GBytes *rms_sim_key_sign(EVP_PKEY *key, gconstpointer data, gsize length)
{
    g_autoptr(EVP_MD_CTX) context = EVP_MD_CTX_new();
    gsize size = EVP_PKEY_get_size(key);
    g_autofree guint8 *signature = g_malloc(size);
    if (EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, key) != 1 ||
        EVP_DigestSign(context, signature, &size, data, length) != 1)
        g_error("RSA signing failed");
    return g_bytes_new_take(g_steal_pointer(&signature), size);
}

gboolean rms_sim_key_verify(EVP_PKEY *key, gconstpointer data, gsize length, GBytes *signature)
{
    g_autoptr(EVP_MD_CTX) context = EVP_MD_CTX_new();
    gsize size = 0;
    gconstpointer bytes = g_bytes_get_data(signature, &size);
    return EVP_DigestVerifyInit(context, NULL, EVP_sha256(), NULL, key) == 1 &&
           EVP_DigestVerify(context, bytes, size, data, length) == 1;
}

char *rms_sim_base64url(gconstpointer data, gsize length)
{
    char *text = g_base64_encode(data, length);
    g_strdelimit(text, "+", '-');
    g_strdelimit(text, "/", '_');
    char *padding = strchr(text, '=');
    if (padding != NULL)
        *padding = '\0';
    return text;
}

char *rms_sim_sha256_base64url(gconstpointer data, gsize length)
{
    guint8 hash[EVP_MAX_MD_SIZE];
    unsigned int size = 0;
    EVP_Digest(data, length, hash, &size, EVP_sha256(), NULL);
    return rms_sim_base64url(hash, size);
}

char *rms_sim_sha256_hex(GBytes *data)
{
    return g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, data);
}

char *rms_sim_random(void)
{
    guint8 bytes[32];
    if (RAND_bytes(bytes, sizeof bytes) != 1)
        g_error("no random numbers");
    return rms_sim_base64url(bytes, sizeof bytes);
}

char *rms_sim_guid_from(const char *text)
{
    guint8 hash[EVP_MAX_MD_SIZE];
    EVP_Digest(text, strlen(text), hash, NULL, EVP_sha256(), NULL);
    /* A name-based GUID of our own kind: version 8, RFC 9562 variant. */
    hash[6] = (hash[6] & 0x0f) | 0x80;
    hash[8] = (hash[8] & 0x3f) | 0x80;
    GString *guid = g_string_new(NULL);
    for (guint i = 0; i < 16; i++)
        g_string_append_printf(
            guid, i == 4 || i == 6 || i == 8 || i == 10 ? "-%02x" : "%02x", hash[i]);
    return g_string_free(guid, FALSE);
}
