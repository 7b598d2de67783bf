/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * RSA keys, hashes and random values: the little of OpenSSL that tokens and XrML share. Knows
 * neither format.
 */
#pragma once

#include "tests/lab/tenant-simulator/cleanups.h"

#define RMS_SIM_KEY_BITS 2048 /* cryptographic mode 2: RSA-2048 and SHA-256; protocol.md §2.13 */

/** rms_sim_key_generate: Returns: (transfer full): a new RSA key; RMS_SIM_ERROR_FAILED. */
EVP_PKEY *rms_sim_key_generate(GError **error);
/**
 * rms_sim_key_load: The key in @directory/@name.key; made and stored with mode 0600 when there is
 * none. @directory: (nullable): none: always a new key.
 */
EVP_PKEY *rms_sim_key_load(const char *directory, const char *name, GError **error);
/** rms_sim_key_dup_number: Returns: (transfer full): big-endian bytes of an RSA parameter
 * (OSSL_PKEY_PARAM_RSA_…). */
GBytes *rms_sim_key_dup_number(EVP_PKEY *key, const char *parameter);
/** rms_sim_key_from_numbers: Returns: (transfer full) (nullable): the public key. */
EVP_PKEY *rms_sim_key_from_numbers(GBytes *modulus, GBytes *exponent);
/** rms_sim_key_sign: RSA PKCS#1 v1.5 over SHA-256. Returns: (transfer full) */
GBytes *rms_sim_key_sign(EVP_PKEY *key, gconstpointer data, gsize length);
gboolean rms_sim_key_verify(EVP_PKEY *key, gconstpointer data, gsize length, GBytes *signature);

/** rms_sim_base64url: Returns: (transfer full): unpadded (RFC 4648 §5). */
char *rms_sim_base64url(gconstpointer data, gsize length);
/** rms_sim_sha256_base64url: Returns: (transfer full): of the hash of @data. */
char *rms_sim_sha256_base64url(gconstpointer data, gsize length);
/** rms_sim_sha256_hex: Returns: (transfer full) */
char *rms_sim_sha256_hex(GBytes *data);
/** rms_sim_random: Returns: (transfer full): 256 random bits, base64url. */
char *rms_sim_random(void);
/** rms_sim_guid_from: Returns: (transfer full): a GUID that is always the same for @text. */
char *rms_sim_guid_from(const char *text);
