/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a C test needs of the lab: accounts as the directory knows them, tickets and tokens of
 * theirs, keytabs that fit or do not, and a clock that can be wrong. Every function ends the
 * program if the lab does not play along.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The connector under test. */
#define LAB_TARGET "HTTP@rmsconnector.contoso.example"
#define LAB_SERVICE "HTTP/rmsconnector.contoso.example@CONTOSO.EXAMPLE"

/* Seconds that this process's clock is wrong: lab-tickets.c stands in for gettimeofday() and
 * time(), which is where the Kerberos library reads it. */
extern int lab_clock_offset;

/* @groups: (element-type utf8): tokenGroups. */
typedef struct {
    char *dn;
    char *sid;
    GPtrArray *groups;
} LabAccount;
/** lab_account_read: @name: a sAMAccountName. Returns: (transfer full) */
LabAccount *lab_account_read(const char *name);
void lab_account_free(LabAccount *account);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LabAccount, lab_account_free)
/** lab_add_groups: Makes @n security groups with the account @name in each. */
void lab_add_groups(const char *name, guint n);

typedef enum { LAB_SPNEGO, LAB_KERBEROS } LabForm;

/* A client in the middle of its exchange. */
typedef struct _LabClient LabClient;
/** lab_client_new: Signs @name in by the lab's password and makes a first token for @target
 * (`service@host`). Returns: (transfer full) */
LabClient *lab_client_new(const char *name, const char *target, LabForm form);
GBytes *lab_client_get_token(LabClient *client); /* (transfer none) */
/** lab_client_finish: Returns: whether @reply proves the service, and nothing is left to say. */
gboolean lab_client_finish(LabClient *client, GBytes *reply);
void lab_client_free(LabClient *client);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LabClient, lab_client_free)

/** lab_token_new: The first token alone. Returns: (transfer full) */
GBytes *lab_token_new(const char *name, const char *target, LabForm form);
/** lab_try_ticket: Returns: (transfer full) (nullable): why @name gets no ticket. */
char *lab_try_ticket(const char *name);
/** lab_run_token_script: Returns: (transfer full): what @script in @folder prints as base64. */
GBytes *lab_run_token_script(const char *folder, const char *script);

/* A service ticket, used without looking at the clock. */
typedef struct _LabTicket LabTicket;
LabTicket *lab_ticket_get(const char *name, const char *target); /* (transfer full) */
GBytes *lab_ticket_make_token(LabTicket *ticket);                /* (transfer full): raw Kerberos */
void lab_ticket_free(LabTicket *ticket);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LabTicket, lab_ticket_free)

/* Microsoft's Kerberos, Kerberos, NTLM; or Kerberos alone. */
typedef enum { LAB_OFFER_WINDOWS, LAB_OFFER_KERBEROS } LabOffer;
/** lab_wrap_offer: A NegTokenInit (RFC 4178 §4.2.1). @token: (nullable): raw Kerberos. */
GBytes *lab_wrap_offer(LabOffer offer, GBytes *token);
/** lab_wrap_follow_up: A NegTokenResp (RFC 4178 §4.2.2) with @token. */
GBytes *lab_wrap_follow_up(GBytes *token);
GBytes *lab_flip_byte(GBytes *bytes, gsize position); /* (transfer full) */
/** lab_replace: Returns: (transfer full): @bytes with the first @text as @other, which is as long.
 */
GBytes *lab_replace(GBytes *bytes, const char *text, const char *other);

/** lab_keytab_copy_keys: Adds the connector's real keys to the keytab @path as those of @principal.
 */
void lab_keytab_copy_keys(const char *path, const char *principal);
/** lab_keytab_add_noise: Adds a key that opens nothing. */
void lab_keytab_add_noise(const char *path, const char *principal, guint version);

G_END_DECLS
