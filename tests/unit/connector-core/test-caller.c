/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What can be said of callers without a domain: the outside of tokens, keytabs good and bad, and
 * that nothing wrong is ever a caller. Real tickets are in tests/lab/test-caller.c.
 */
#include "config.h"

#include <check.h>
#include <glib/gstdio.h>
#include <krb5.h>
#include <string.h>
#include <unistd.h>

#include "connector-core/caller.h"
#include "connector-core/connector.h"
#include "connector-core/limits.h"
#include "connector-core/negotiate.h"

/* DER of tokens. Lengths are of what follows. */
#define SPNEGO "\x06\x06\x2b\x06\x01\x05\x05\x02"
#define KERBEROS "\x06\x09\x2a\x86\x48\x86\xf7\x12\x01\x02\x02"
#define MS_KERBEROS "\x06\x09\x2a\x86\x48\x82\xf7\x12\x01\x02\x02"
#define NTLM "\x06\x0a\x2b\x06\x01\x04\x01\x82\x37\x02\x02\x0a"
#define NEGOEX "\x06\x0a\x2b\x06\x01\x04\x01\x82\x37\x02\x02\x1e"
#define DATA(text) text, sizeof(text) - 1
#define NONE RMS_AUTH_REASON_NONE
#define MALFORMED RMS_AUTH_REASON_MALFORMED

static const struct {
    const char *title;
    const char *bytes;
    gsize length;
    RmsAuthReason reason;
    gboolean initial;
} tokens[] = {
    {"raw Kerberos",                                                                      DATA("\x60\x0d" KERBEROS "\x01\x00"),              NONE,TRUE},
    {"raw Kerberos, Microsoft's OID",                                                                                   DATA("\x60\x0d" MS_KERBEROS "\x01\x00"),                                                                                                      MALFORMED},
    {"SPNEGO, Kerberos alone",
     DATA("\x60\x1b" SPNEGO "\xa0\x11\x30\x0f\xa0\x0d\x30\x0b" KERBEROS),
     NONE,TRUE},
    {"SPNEGO, lengths in long form",
     DATA("\x60\x81\x1d" SPNEGO "\xa0\x82\x00\x11\x30\x0f\xa0\x0d\x30\x0b" KERBEROS),
     NONE,                              TRUE},
    {"SPNEGO, outer length in long form",
     DATA("\x60\x84\x00\x00\x00\x1b" SPNEGO "\xa0\x11\x30\x0f\xa0\x0d\x30\x0b" KERBEROS),
     NONE,TRUE},
    {"SPNEGO, NTLM first, then Kerberos",
     DATA("\x60\x27" SPNEGO "\xa0\x1d\x30\x1b\xa0\x19\x30\x17" NTLM KERBEROS),
     NONE,                                TRUE},
    {"SPNEGO, Kerberos twice and NTLM, as Windows does",
     DATA("\x60\x32" SPNEGO "\xa0\x28\x30\x26\xa0\x24\x30\x22" MS_KERBEROS KERBEROS NTLM),
     NONE,TRUE},
    {"SPNEGO, NTLM alone",
     DATA("\x60\x1c" SPNEGO "\xa0\x12\x30\x10\xa0\x0e\x30\x0c" NTLM),
     RMS_AUTH_REASON_NTLM},
    {"SPNEGO, NEGOEX and NTLM",
     DATA("\x60\x28" SPNEGO "\xa0\x1e\x30\x1c\xa0\x1a\x30\x18" NEGOEX NTLM),
     RMS_AUTH_REASON_NTLM},
    {"SPNEGO, NEGOEX alone",
     DATA("\x60\x1c" SPNEGO "\xa0\x12\x30\x10\xa0\x0e\x30\x0c" NEGOEX),
     MALFORMED                                    },
    {"SPNEGO, no mechanism",                                                                DATA("\x60\x10" SPNEGO "\xa0\x06\x30\x04\xa0\x02\x30\x00"),                                                                                                                 MALFORMED},
    {"SPNEGO, a mechanism that is no OID",
     DATA("\x60\x13" SPNEGO "\xa0\x09\x30\x07\xa0\x05\x30\x03\x02\x01\x05"),
     MALFORMED},
    {"SPNEGO, Kerberos and noise in the offer",
     DATA("\x60\x1d" SPNEGO "\xa0\x13\x30\x11\xa0\x0f\x30\x0d" KERBEROS "\x00\x00"),
     MALFORMED},
    {"SPNEGO, offer cut off",
     DATA("\x60\x1a" SPNEGO
          "\xa0\x11\x30\x0f\xa0\x0d\x30\x0b\x06\x09\x2a\x86\x48\x86\xf7\x12\x01\x02"),
     MALFORMED                 },
    {"SPNEGO and nothing",                                                                           DATA("\x60\x08" SPNEGO),                                                                                                                            MALFORMED                                                                  },
    {"another mechanism",                                                                           DATA("\x60\x0c" NTLM),                                                                                                                            MALFORMED},
    {"no mechanism",                                                                          DATA("\x60\x00"),MALFORMED},
    {"mechanism longer than the token",                                                                          DATA("\x60\x03\x06\x7f\x2a"),MALFORMED},
    {"token longer than it says",                                                                          DATA("\x60\x0d" KERBEROS "\x01\x00\x00"),                                                                                                                            MALFORMED                                                                                                                                                                                },
    {"token shorter than it says",                                                                          DATA("\x60\x0e" KERBEROS "\x01\x00"),                                                                                                                            MALFORMED                       },
    {"indefinite length",                                                                          DATA("\x60\x80" KERBEROS "\x00\x00"),MALFORMED},
    {"length of five octets",                                                                          DATA("\x60\x85\x00\x00\x00\x00\x0d" KERBEROS "\x01\x00"),MALFORMED},
    {"length of four octets, huge",                                                                          DATA("\x60\x84\xff\xff\xff\xff" KERBEROS),                                                                                                                            MALFORMED                                                                                                                                                                                                                                                                                                                 },
    {"length cut off",                                                                          DATA("\x60\x82\x01"),                                                                                                                            MALFORMED                                                                                                                                         },
    {"one byte",                                                                          DATA("\x60"),MALFORMED},
    {"follow-up",                                                                          DATA("\xa1\x07\x30\x05\xa0\x03\x0a\x01\x00"),NONE,FALSE},
    {"follow-up of indefinite length",                                                                          DATA("\xa1\x80"),                                                                                                                            MALFORMED                                                                                                                                                                                                                                                                                                                                                                                                                                                  },
    {"follow-up, cut off",                                                                               DATA("\xa1\x08\x30\x05\xa0\x03\x0a\x01\x00"),                                                                                                                            MALFORMED                                                                                                                                                                                                                                                                              },
    {"follow-up and more",DATA("\xa1\x06\x30\x05\xa0\x03\x0a\x01\x00"),MALFORMED},
    {"raw NTLM",DATA("NTLMSSP\0\x01\x00\x00\x00\x07\x82\x08\xa2"),RMS_AUTH_REASON_NTLM},
    {"NTLM's signature alone",                                              DATA("NTLMSSP\0"),                                                                                                                                                                                RMS_AUTH_REASON_NTLM                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                           },
    {"NTLM's signature cut off",                                                                          DATA("NTLMSS"),                                                                                                                                                                                                                                  MALFORMED                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                          },
    {"almost NTLM",                     DATA("NTLMSSPX\x01\x00\x00\x00"),MALFORMED},
    {"another DER element",DATA("\x30\x03\x02\x01\x05"),MALFORMED},
    {"a Kerberos message without its frame",                               DATA("\x6e\x03\x02\x01\x05"),                                                                                                                                                                                                     MALFORMED                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                             },
    {"text",                                                            DATA("hello"),                                                                                                                                                                                                                                                                                                  MALFORMED                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                         },
};

START_TEST(test_tokens)
{
    g_autofree char *base64 = g_base64_encode((const guchar *) tokens[_i].bytes, tokens[_i].length);
    g_autofree char *header = g_strconcat("Negotiate ", base64, NULL);
    g_auto(RmsNegotiateToken) token = {0};
    const char *problem = "";
    RmsAuthReason reason = rms_negotiate_read(header, &token, &problem);

    ck_assert_msg(reason == tokens[_i].reason,
                  "%s: %s",
                  tokens[_i].title,
                  problem != NULL ? problem : "accepted");
    if (reason == RMS_AUTH_REASON_NONE) {
        ck_assert_ptr_null(problem);
        ck_assert_uint_eq(token.length, tokens[_i].length);
        ck_assert_mem_eq(token.bytes, tokens[_i].bytes, token.length);
        ck_assert_msg(token.initial == tokens[_i].initial, "%s", tokens[_i].title);
    } else {
        ck_assert_ptr_nonnull(problem);
        ck_assert_ptr_null(token.bytes);
    }
}
END_TEST

/* A follow-up of four bytes, 30 02 05 00 in a1: base64 "oQQwAgUA". */
static const struct {
    const char *header;
    RmsAuthReason reason;
} headers[] = {
    {NULL,                           RMS_AUTH_REASON_NO_CREDENTIAL},
    {"Negotiate oQQwAgUA",           NONE                         },
    {"negotiate oQQwAgUA",           NONE                         },
    {"NEGOTIATE   oQQwAgUA",         NONE                         },
    {"Negotiate oQMwAQU=",           NONE                         },
    {"Negotiate oQIFAA==",           NONE                         },
    {"",                             MALFORMED                    },
    {"Negotiate",                    MALFORMED                    },
    {"Negotiate ",                   MALFORMED                    },
    {"Negotiate\toQQwAgUA",          MALFORMED                    },
    {"NegotiateoQQwAgUA",            MALFORMED                    },
    {"Negotiat oQQwAgUA",            MALFORMED                    },
    {" Negotiate oQQwAgUA",          MALFORMED                    },
    {"Negotiate oQQwAgUA ",          MALFORMED                    },
    {"Negotiate oQQw AgUA",          MALFORMED                    },
    {"Negotiate oQQw\nAgUA",         MALFORMED                    },
    {"Negotiate oQQwAgU",            MALFORMED                    },
    {"Negotiate oQIFAA=",            MALFORMED                    },
    {"Negotiate oQIFAA",             MALFORMED                    },
    {"Negotiate oQIFAA===",          MALFORMED                    },
    {"Negotiate oQIFAA==AAAA",       MALFORMED                    },
    {"Negotiate oQIF=A==",           MALFORMED                    },
    {"Negotiate oQIFAB==",           MALFORMED                    }, /* stray bits */
    {"Negotiate oQMwAQV=",           MALFORMED                    }, /* stray bits */
    {"Negotiate ====",               MALFORMED                    },
    {"Negotiate oQQwAgU-",           MALFORMED                    }, /* base64url */
    {"Negotiate oQQwAgUA, Basic eA", MALFORMED                    },
    {"Negotiate oQQwAgUA,oQQwAgUA",  MALFORMED                    },
    {"Basic dXNlcjpzZWNyZXQ=",       MALFORMED                    },
    {"Bearer secret",                MALFORMED                    },
    {"Digest secret",                MALFORMED                    },
    {"NTLM TlRMTVNTUAABAAAA",        RMS_AUTH_REASON_NTLM         },
    {"ntlm",                         RMS_AUTH_REASON_NTLM         },
    {"NTLMv9 x",                     MALFORMED                    },
};

START_TEST(test_headers)
{
    g_auto(RmsNegotiateToken) token = {0};
    const char *problem = "";
    RmsAuthReason reason = rms_negotiate_read(headers[_i].header, &token, &problem);

    ck_assert_msg(reason == headers[_i].reason,
                  "%s: %s",
                  headers[_i].header != NULL ? headers[_i].header : "no header",
                  problem != NULL ? problem : "accepted");
    if (problem != NULL)
        ck_assert_msg(strstr(problem, "secret") == NULL, "a credential got out: %s", problem);
}
END_TEST

/* The largest token that Windows sends, and one byte more. */
START_TEST(test_token_limit)
{
    for (guint extra = 0; extra < 2; extra++) {
        gsize length = RMS_MAX_TOKEN_BYTES + extra;
        g_autofree guint8 *bytes = g_malloc0(length);
        g_autofree char *base64 = NULL;
        g_autofree char *header = NULL;
        g_auto(RmsNegotiateToken) token = {0};
        const char *problem;

        bytes[0] = 0xa1;
        bytes[1] = 0x83;
        bytes[2] = (length - 5) >> 16;
        bytes[3] = (length - 5) >> 8;
        bytes[4] = length - 5;
        base64 = g_base64_encode(bytes, length);
        header = g_strconcat("Negotiate ", base64, NULL);
        ck_assert_int_eq(rms_negotiate_read(header, &token, &problem),
                         extra == 0 ? RMS_AUTH_REASON_NONE : RMS_AUTH_REASON_MALFORMED);
        if (extra > 0)
            ck_assert_ptr_nonnull(strstr(problem, "larger"));
    }
}
END_TEST

/* --- keytabs ---------------------------------------------------------------------------------- */

typedef struct {
    char *directory;
    char *path;
    krb5_context context;
} Keytab;

static void keytab_init(Keytab *keytab)
{
    keytab->directory = g_dir_make_tmp("rms-keytab-XXXXXX", NULL);
    keytab->path = g_build_filename(keytab->directory, "connector.keytab", NULL);
    ck_assert_int_eq(krb5_init_context(&keytab->context), 0);
}

static void keytab_clear(Keytab *keytab)
{
    g_unlink(keytab->path);
    g_rmdir(keytab->path);
    g_rmdir(keytab->directory);
    krb5_free_context(keytab->context);
    g_free(keytab->path);
    g_free(keytab->directory);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Keytab, keytab_clear)

/* Adds a key of @principal, making the file. */
static void keytab_add(Keytab *keytab, const char *principal)
{
    g_autofree char *name = g_strconcat("FILE:", keytab->path, NULL);
    guint8 key[32] = {1};
    krb5_keytab_entry entry = {.vno = 1};
    krb5_keytab file;

    entry.key.enctype = ENCTYPE_AES256_CTS_HMAC_SHA1_96;
    entry.key.length = sizeof key;
    entry.key.contents = key;
    ck_assert_int_eq(krb5_parse_name(keytab->context, principal, &entry.principal), 0);
    ck_assert_int_eq(krb5_kt_resolve(keytab->context, name, &file), 0);
    ck_assert_int_eq(krb5_kt_add_entry(keytab->context, file, &entry), 0);
    krb5_kt_close(keytab->context, file);
    krb5_free_principal(keytab->context, entry.principal);
}

typedef enum { MISSING, DIRECTORY, EMPTY, NOISE, KEYS } Content;

static const struct {
    const char *title;
    Content content;
    const char *principals; /* with blanks between */
    guint mode;
    const char *error; /* NULL: accepted */
} keytabs[] = {
    {"one key",                    KEYS,      "HTTP/rmsconnector.contoso.example@CONTOSO.EXAMPLE",                   0600, NULL                                                },
    {"readable for a group",       KEYS,      "HTTP/rmsconnector.contoso.example@CONTOSO.EXAMPLE",                   0640, NULL                                                },
    {"in small letters",           KEYS,      "http/RMSConnector.contoso.example@CONTOSO.EXAMPLE",                   0600, NULL                                                },
    {"among others",
     KEYS,                                    "host/n1@C.EXAMPLE HTTP/rmsconnector.contoso.example@CONTOSO.EXAMPLE",
     0600,                                                                                                                 NULL                                                },
    {"readable for all",           KEYS,      "HTTP/x@C.EXAMPLE",                                                    0604, "chmod 600"                                         },
    {"writable for a group",       KEYS,      "HTTP/x@C.EXAMPLE",                                                    0620, "chmod 600"                                         },
    {"other services' keys alone",
     KEYS,                                    "host/n1@C.EXAMPLE N1$@C.EXAMPLE",
     0600,                                                                                                                 "only of host/n1@C.EXAMPLE, N1$@C.EXAMPLE. Register"},
    {"many other keys",
     KEYS,                                    "a/n@C b/n@C c/n@C d/n@C e/n@C",
     0600,                                                                                                                 "only of a/n@C, b/n@C, c/n@C. Register"             },
    {"HTTP with a third part",     KEYS,      "HTTP/x/y@C.EXAMPLE",                                                  0600, "no key of an HTTP/ service"                        },
    {"HTTP alone",                 KEYS,      "HTTP@C.EXAMPLE",                                                      0600, "no key of an HTTP/ service"                        },
    {"missing",                    MISSING,   NULL,                                                                  0,    "does not exist"                                    },
    {"a directory",                DIRECTORY, NULL,                                                                  0,    "is not a file"                                     },
    {"empty",                      EMPTY,     NULL,                                                                  0600, "cannot be used"                                    },
    {"noise",                      NOISE,     NULL,                                                                  0600, "cannot be used"                                    },
};

START_TEST(test_keytabs)
{
    g_auto(Keytab) keytab = {0};
    g_autoptr(RmsAcceptor) acceptor = NULL;
    g_autoptr(GError) error = NULL;

    keytab_init(&keytab);
    if (keytabs[_i].content == DIRECTORY) {
        ck_assert_int_eq(g_mkdir(keytab.path, 0700), 0);
    } else if (keytabs[_i].content == EMPTY || keytabs[_i].content == NOISE) {
        ck_assert(g_file_set_contents(
            keytab.path, keytabs[_i].content == EMPTY ? "" : "no keytab at all", -1, NULL));
    } else if (keytabs[_i].content == KEYS) {
        g_auto(GStrv) principals = g_strsplit(keytabs[_i].principals, " ", -1);

        for (guint i = 0; principals[i] != NULL; i++)
            keytab_add(&keytab, principals[i]);
    }
    if (keytabs[_i].mode != 0)
        ck_assert_int_eq(g_chmod(keytab.path, keytabs[_i].mode), 0);

    acceptor = rms_acceptor_new(keytab.path, &error);
    if (keytabs[_i].error == NULL) {
        ck_assert_msg(acceptor != NULL, "%s: %s", keytabs[_i].title, error ? error->message : "");
        ck_assert(rms_acceptor_has_host(acceptor, "rmsconnector.CONTOSO.example"));
        ck_assert(!rms_acceptor_has_host(acceptor, "n1"));
    } else {
        ck_assert_msg(acceptor == NULL, "%s: was accepted", keytabs[_i].title);
        ck_assert(g_error_matches(error, RMS_CONNECTOR_ERROR, RMS_CONNECTOR_ERROR_SETTINGS));
        ck_assert_msg(strstr(error->message, keytabs[_i].error) != NULL, "%s", error->message);
        ck_assert_msg(strstr(error->message, keytab.path) != NULL, "%s", error->message);
    }
}
END_TEST

/* Root may read everything, so only other users see this. */
START_TEST(test_unreadable_keytab)
{
    g_auto(Keytab) keytab = {0};
    g_autoptr(GError) error = NULL;

    keytab_init(&keytab);
    keytab_add(&keytab, "HTTP/x@C.EXAMPLE");
    ck_assert_int_eq(g_chmod(keytab.path, 0), 0);
    if (access(keytab.path, R_OK) == 0) {
        g_autoptr(RmsAcceptor) acceptor = rms_acceptor_new(keytab.path, &error);

        ck_assert_ptr_nonnull(acceptor);
    } else {
        ck_assert_ptr_null(rms_acceptor_new(keytab.path, &error));
        ck_assert_ptr_nonnull(strstr(error->message, "cannot be read"));
    }
}
END_TEST

START_TEST(test_keytab_with_prefix)
{
    g_auto(Keytab) keytab = {0};
    g_autofree char *name = NULL;
    g_autoptr(RmsAcceptor) acceptor = NULL;

    keytab_init(&keytab);
    keytab_add(&keytab, "HTTP/x@C.EXAMPLE");
    name = g_strconcat("FILE:", keytab.path, NULL);
    acceptor = rms_acceptor_new(name, NULL);
    ck_assert_ptr_nonnull(acceptor);
    ck_assert(rms_acceptor_has_host(acceptor, "x"));
}
END_TEST

/* --- steps ------------------------------------------------------------------------------------ */

/* As rms_acceptor_step() for one header; nothing that this file holds is a valid ticket. */
static RmsAuthReason
step(RmsAcceptor *acceptor, RmsAuthExchange **exchange, const char *header, char **detail)
{
    g_auto(RmsAuthResult) result = {0};
    RmsAuthReason reason;

    rms_acceptor_step(acceptor, exchange, header, &result);
    ck_assert_int_eq(result.status, RMS_AUTH_REFUSED);
    ck_assert_ptr_null(result.caller);
    ck_assert_ptr_null(result.reply_token);
    ck_assert_ptr_nonnull(result.detail);
    ck_assert_ptr_null(*exchange);
    ck_assert_ptr_null(strchr(result.detail, '\n'));
    reason = result.reason;
    if (detail != NULL)
        *detail = g_steal_pointer(&result.detail);
    return reason;
}

/* All tokens and headers above, on one acceptor: what the outside lets through is no ticket
 * either. */
START_TEST(test_steps)
{
    g_auto(Keytab) keytab = {0};
    g_autoptr(RmsAcceptor) acceptor = NULL;
    g_autoptr(RmsAuthExchange) exchange = NULL;

    keytab_init(&keytab);
    keytab_add(&keytab, "HTTP/x@C.EXAMPLE");
    acceptor = rms_acceptor_new(keytab.path, NULL);
    for (guint i = 0; i < G_N_ELEMENTS(headers); i++) {
        RmsAuthReason reason = step(acceptor, &exchange, headers[i].header, NULL);

        ck_assert_msg(reason == (headers[i].reason != NONE ? headers[i].reason : MALFORMED),
                      "%s: %d",
                      headers[i].header,
                      reason);
    }
    for (guint i = 0; i < G_N_ELEMENTS(tokens); i++) {
        g_autofree char *base64 =
            g_base64_encode((const guchar *) tokens[i].bytes, tokens[i].length);
        g_autofree char *header = g_strconcat("Negotiate ", base64, NULL);
        g_auto(RmsAuthResult) result = {0};

        /* An offer without an optimistic token is a fair question, and gets an answer. */
        rms_acceptor_step(acceptor, &exchange, header, &result);
        ck_assert_msg(result.status != RMS_AUTH_DONE, "%s: authenticated", tokens[i].title);
        ck_assert_ptr_null(result.caller);
        ck_assert_int_eq(exchange != NULL, result.status == RMS_AUTH_CONTINUE);
        if (result.status == RMS_AUTH_CONTINUE)
            ck_assert_ptr_nonnull(result.reply_token);
        else if (tokens[i].reason != NONE)
            ck_assert_int_eq(result.reason, tokens[i].reason);
        g_clear_pointer(&exchange, rms_auth_exchange_free);
    }
}
END_TEST

/* The file is replaced, damaged and mended under a running acceptor. */
START_TEST(test_keytab_changes)
{
    static const char follow_up[] = "Negotiate YA0GCSqGSIb3EgECAgEA";
    g_auto(Keytab) keytab = {0};
    g_autoptr(RmsAcceptor) acceptor = NULL;
    g_autoptr(RmsAuthExchange) exchange = NULL;

    keytab_init(&keytab);
    keytab_add(&keytab, "HTTP/old@C.EXAMPLE");
    acceptor = rms_acceptor_new(keytab.path, NULL);
    ck_assert(rms_acceptor_has_host(acceptor, "old"));

    /* A new key is added to the file. */
    keytab_add(&keytab, "HTTP/new@C.EXAMPLE");
    step(acceptor, &exchange, follow_up, NULL);
    ck_assert(rms_acceptor_has_host(acceptor, "old"));
    ck_assert(rms_acceptor_has_host(acceptor, "new"));

    /* A damaged or missing file changes nothing. */
    ck_assert(g_file_set_contents(keytab.path, "damaged", -1, NULL));
    step(acceptor, &exchange, follow_up, NULL);
    ck_assert(rms_acceptor_has_host(acceptor, "new"));
    g_unlink(keytab.path);
    step(acceptor, &exchange, follow_up, NULL);
    ck_assert(rms_acceptor_has_host(acceptor, "new"));

    /* Another file takes its place. */
    keytab_add(&keytab, "HTTP/other@C.EXAMPLE");
    step(acceptor, &exchange, follow_up, NULL);
    ck_assert(!rms_acceptor_has_host(acceptor, "new"));
    ck_assert(rms_acceptor_has_host(acceptor, "other"));
}
END_TEST

START_TEST(test_caller_value)
{
    RmsSid sid, group;
    RmsCaller *caller;

    ck_assert(rms_sid_parse(&sid, "S-1-5-21-1-2-3-1103"));
    ck_assert(rms_sid_parse(&group, "S-1-5-21-1-2-3-513"));
    caller = rms_caller_new("CONTOSO\\A", "A@CONTOSO.EXAMPLE", &sid, &group, 1, TRUE);
    memset(&group, 0, sizeof group);
    ck_assert_ptr_eq(rms_caller_ref(caller), caller);
    rms_caller_unref(caller);
    ck_assert_str_eq(caller->account, "CONTOSO\\A");
    ck_assert_str_eq(caller->principal, "A@CONTOSO.EXAMPLE");
    ck_assert(rms_sid_equal(&caller->sid, &sid));
    ck_assert_uint_eq(caller->n_groups, 1);
    ck_assert_uint_eq(caller->groups[0].length, 28);
    ck_assert(caller->disabled);
    rms_caller_unref(caller);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("caller");
    TCase *tcase = tcase_create("outside");
    SRunner *runner;
    int failed;

    tcase_add_loop_test(tcase, test_tokens, 0, G_N_ELEMENTS(tokens));
    tcase_add_loop_test(tcase, test_headers, 0, G_N_ELEMENTS(headers));
    tcase_add_test(tcase, test_token_limit);
    tcase_add_loop_test(tcase, test_keytabs, 0, G_N_ELEMENTS(keytabs));
    tcase_add_test(tcase, test_unreadable_keytab);
    tcase_add_test(tcase, test_keytab_with_prefix);
    tcase_add_test(tcase, test_steps);
    tcase_add_test(tcase, test_keytab_changes);
    tcase_add_test(tcase, test_caller_value);
    suite_add_tcase(suite, tcase);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
