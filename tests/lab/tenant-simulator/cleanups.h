/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Automatic cleanup for the types of OpenSSL, cJSON, cjose and libxml2 that the simulator uses.
 * Defined once; nothing else belongs here.
 */
#pragma once

#include <cjose/cjose.h>
#include <cjson/cJSON.h>
#include <glib.h>
#include <libxml/tree.h>
#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC(cJSON, cJSON_Delete)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EVP_PKEY, EVP_PKEY_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EVP_MD_CTX, EVP_MD_CTX_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(X509, X509_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(BIGNUM, BN_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(BIO, BIO_free_all)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(cjose_jwk_t, cjose_jwk_release)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(cjose_jws_t, cjose_jws_release)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(cjose_header_t, cjose_header_release)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(xmlDoc, xmlFreeDoc)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(xmlBuffer, xmlBufferFree)
