/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Accounts, tickets, tokens and keytabs of the lab.
 */
#include "config.h"

#include "tests/lab/lab-tickets.h"

#include <gssapi/gssapi_ext.h>
#include <gssapi/gssapi_krb5.h>
#include <krb5.h>
#include <ldap.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>

#include "connector-core/gss-cleanup-private.h"
#include "connector-core/model/sid.h"

/* --- clock ------------------------------------------------------------------------------------ */

int lab_clock_offset;

int gettimeofday(struct timeval *restrict now, void *restrict zone)
{
    struct timespec real;

    clock_gettime(CLOCK_REALTIME, &real);
    now->tv_sec = real.tv_sec + lab_clock_offset;
    now->tv_usec = real.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *now)
{
    struct timeval value;

    gettimeofday(&value, NULL);
    if (now != NULL)
        *now = value.tv_sec;
    return value.tv_sec;
}

/* --- directory -------------------------------------------------------------------------------- */

static const char *lab(const char *name)
{
    const char *value = g_getenv(name);

    if (value == NULL)
        g_error("%s is not set: run this by tests/lab/lab with", name);
    return value;
}

static void must_ldap(int status, const char *what)
{
    if (status != LDAP_SUCCESS)
        g_error("%s: %s", what, ldap_err2string(status));
}

static LDAP *connect_directory(const char *user, const char *password)
{
    g_autofree char *uri = g_strconcat("ldaps://", lab("LAB_DC"), NULL);
    struct berval secret = {strlen(password), (char *) password};
    int version = LDAP_VERSION3;
    LDAP *ldap;

    must_ldap(ldap_initialize(&ldap, uri), uri);
    ldap_set_option(ldap, LDAP_OPT_PROTOCOL_VERSION, &version);
    ldap_set_option(ldap, LDAP_OPT_REFERRALS, LDAP_OPT_OFF);
    must_ldap(ldap_sasl_bind_s(ldap, user, LDAP_SASL_SIMPLE, &secret, NULL, NULL, NULL), user);
    return ldap;
}

static char *sid_text(const struct berval *value)
{
    RmsSid sid;

    if (!rms_sid_parse_bytes(&sid, (const guint8 *) value->bv_val, value->bv_len))
        g_error("the directory gave a SID that is none");
    return rms_sid_to_string(&sid);
}

/* The values of @attribute as SIDs. @dn: (out) (nullable): of the first entry found. */
static GPtrArray *read_sids(
    LDAP *ldap, const char *base, int scope, const char *filter, const char *attribute, char **dn)
{
    GPtrArray *sids = g_ptr_array_new_with_free_func(g_free);
    char *attributes[] = {(char *) attribute, NULL};
    struct berval **values;
    LDAPMessage *answer, *entry;

    must_ldap(
        ldap_search_ext_s(
            ldap, base, scope, filter, attributes, 0, NULL, NULL, NULL, LDAP_NO_LIMIT, &answer),
        filter);
    entry = ldap_first_entry(ldap, answer);
    if (entry == NULL)
        g_error("nothing in the directory for %s", filter);
    if (dn != NULL) {
        char *found = ldap_get_dn(ldap, entry);

        *dn = g_strdup(found);
        ldap_memfree(found);
    }
    values = ldap_get_values_len(ldap, entry, attribute);
    for (guint i = 0; values != NULL && values[i] != NULL; i++)
        g_ptr_array_add(sids, sid_text(values[i]));
    ldap_value_free_len(values);
    ldap_msgfree(answer);
    return sids;
}

LabAccount *lab_account_read(const char *name)
{
    LDAP *ldap = connect_directory(lab("LAB_READER"), lab("LAB_PASSWORD"));
    LabAccount *account = g_new0(LabAccount, 1);
    g_autofree char *filter = g_strdup_printf("(sAMAccountName=%s)", name);
    g_autoptr(GPtrArray) own =
        read_sids(ldap, lab("LAB_BASE"), LDAP_SCOPE_SUBTREE, filter, "objectSid", &account->dn);

    account->sid = g_strdup(own->pdata[0]);
    account->groups =
        read_sids(ldap, account->dn, LDAP_SCOPE_BASE, "(objectClass=*)", "tokenGroups", NULL);
    ldap_unbind_ext_s(ldap, NULL, NULL);
    return account;
}

void lab_account_free(LabAccount *account)
{
    g_free(account->dn);
    g_free(account->sid);
    g_ptr_array_unref(account->groups);
    g_free(account);
}

/* Through the database's own tool: over LDAP a thousand would take ten seconds. */
void lab_add_groups(const char *name, guint n)
{
    g_autoptr(LabAccount) account = lab_account_read(name);
    g_autoptr(GString) ldif = g_string_new(NULL);
    g_autoptr(GError) error = NULL;
    g_autofree char *file = g_build_filename(lab("LAB_HOME"), "groups.ldif", NULL);
    g_autofree char *configuration = g_strdup_printf("--configfile=%s/smb.conf", lab("LAB_HOME"));
    g_autofree char *database = g_build_filename(lab("LAB_HOME"), "dc/private/sam.ldb", NULL);
    g_autofree char *output = NULL;
    g_autofree char *errors = NULL;
    char *argv[] = {"ldbadd", configuration, "-H", database, "-o", "batch_mode:1", file, NULL};
    int status;

    for (guint i = 0; i < n; i++)
        g_string_append_printf(ldif,
                               "dn: CN=Many %04u,CN=Users,%s\nobjectClass: group\n"
                               "sAMAccountName: Many %04u\ngroupType: -2147483646\nmember: %s\n\n",
                               i,
                               lab("LAB_BASE"),
                               i,
                               account->dn);
    if (!g_file_set_contents(file, ldif->str, ldif->len, &error) ||
        !g_spawn_sync(
            NULL, argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &output, &errors, &status, &error) ||
        !g_spawn_check_wait_status(status, &error))
        g_error("ldbadd: %s %s%s", error->message, output, errors);
}

/* --- clients ---------------------------------------------------------------------------------- */

static gss_OID_desc oid_spnego = {6, "\x2b\x06\x01\x05\x05\x02"};

struct _LabClient {
    gss_ctx_id_t context;
    gss_name_t target;
    gss_cred_id_t credential;
    gss_OID mechanism;
    GBytes *token;
};

static char *describe(OM_uint32 major, OM_uint32 minor)
{
    g_auto(RmsGssBuffer) text = GSS_C_EMPTY_BUFFER;
    OM_uint32 ignored, more = 0;

    gss_display_status(&ignored,
                       minor != 0 ? minor : major,
                       minor != 0 ? GSS_C_MECH_CODE : GSS_C_GSS_CODE,
                       GSS_C_NO_OID,
                       &more,
                       &text);
    return g_strndup(text.value, text.length);
}

static gss_name_t import_name(const char *text, gss_OID type)
{
    gss_buffer_desc buffer = {strlen(text), (char *) text};
    OM_uint32 major, minor;
    gss_name_t name;

    major = gss_import_name(&minor, &buffer, type, &name);
    if (GSS_ERROR(major))
        g_error("%s is no name", text);
    return name;
}

static char *sign_in(const char *name, gss_cred_id_t *credential)
{
    gss_OID_desc both[] = {oid_spnego, *gss_mech_krb5};
    gss_OID_set_desc mechanisms = {G_N_ELEMENTS(both), both};
    gss_buffer_desc password = {strlen(lab("LAB_PASSWORD")), (char *) lab("LAB_PASSWORD")};
    g_auto(gss_name_t) user = import_name(name, GSS_C_NT_USER_NAME);
    OM_uint32 major, minor;

    major = gss_acquire_cred_with_password(&minor,
                                           user,
                                           &password,
                                           GSS_C_INDEFINITE,
                                           &mechanisms,
                                           GSS_C_INITIATE,
                                           credential,
                                           NULL,
                                           NULL);
    return GSS_ERROR(major) ? describe(major, minor) : NULL;
}

/* Returns: whether more has to come from the service. */
static gboolean step_client(LabClient *client, GBytes *input)
{
    gss_buffer_desc received = GSS_C_EMPTY_BUFFER;
    g_auto(RmsGssBuffer) made = GSS_C_EMPTY_BUFFER;
    OM_uint32 major, minor;

    if (input != NULL)
        received.value = (void *) g_bytes_get_data(input, &received.length);
    major = gss_init_sec_context(&minor,
                                 client->credential,
                                 &client->context,
                                 client->target,
                                 client->mechanism,
                                 GSS_C_MUTUAL_FLAG,
                                 0,
                                 GSS_C_NO_CHANNEL_BINDINGS,
                                 &received,
                                 NULL,
                                 &made,
                                 NULL,
                                 NULL);
    if (GSS_ERROR(major)) {
        g_autofree char *words = describe(major, minor);

        g_error("no token: %s", words);
    }
    g_clear_pointer(&client->token, g_bytes_unref);
    client->token = g_bytes_new(made.value, made.length);
    return (major & GSS_S_CONTINUE_NEEDED) != 0;
}

LabClient *lab_client_new(const char *name, const char *target, LabForm form)
{
    LabClient *client = g_new0(LabClient, 1);
    g_autofree char *problem = sign_in(name, &client->credential);

    if (problem != NULL)
        g_error("%s gets no ticket: %s", name, problem);
    client->target = import_name(target, GSS_C_NT_HOSTBASED_SERVICE);
    client->mechanism = form == LAB_SPNEGO ? &oid_spnego : (gss_OID) gss_mech_krb5;
    step_client(client, NULL);
    return client;
}

GBytes *lab_client_get_token(LabClient *client)
{
    return client->token;
}

gboolean lab_client_finish(LabClient *client, GBytes *reply)
{
    return !step_client(client, reply) && g_bytes_get_size(client->token) == 0;
}

void lab_client_free(LabClient *client)
{
    rms_gss_context_free(client->context);
    rms_gss_name_free(client->target);
    rms_gss_cred_free(client->credential);
    g_clear_pointer(&client->token, g_bytes_unref);
    g_free(client);
}

GBytes *lab_token_new(const char *name, const char *target, LabForm form)
{
    g_autoptr(LabClient) client = lab_client_new(name, target, form);

    return g_steal_pointer(&client->token);
}

char *lab_try_ticket(const char *name)
{
    g_auto(gss_cred_id_t) credential = GSS_C_NO_CREDENTIAL;

    return sign_in(name, &credential);
}

GBytes *lab_run_token_script(const char *folder, const char *script)
{
    g_autofree char *path = g_build_filename(folder, script, NULL);
    g_autofree char *output = NULL;
    g_autofree guint8 *token = NULL;
    g_autoptr(GError) error = NULL;
    char *argv[] = {path, NULL};
    int status;
    gsize length;

    if (!g_spawn_sync(
            NULL, argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, &output, NULL, &status, &error) ||
        !g_spawn_check_wait_status(status, &error))
        g_error("%s: %s", script, error->message);
    token = g_base64_decode(g_strstrip(output), &length);
    return g_bytes_new(token, length);
}

/* --- tickets ---------------------------------------------------------------------------------- */

struct _LabTicket {
    krb5_context context;
    krb5_creds *credentials;
};

static void must_krb5(krb5_context context, krb5_error_code code, const char *what)
{
    if (code != 0)
        g_error("%s: %s", what, krb5_get_error_message(context, code));
}

LabTicket *lab_ticket_get(const char *name, const char *target)
{
    LabTicket *ticket = g_new0(LabTicket, 1);
    g_auto(GStrv) parts = g_strsplit(target, "@", 2);
    krb5_creds initial = {0}, wanted = {0};
    krb5_ccache cache;

    must_krb5(NULL, krb5_init_context(&ticket->context), "context");
    must_krb5(ticket->context, krb5_parse_name(ticket->context, name, &wanted.client), name);
    must_krb5(ticket->context,
              krb5_sname_to_principal(
                  ticket->context, parts[1], parts[0], KRB5_NT_SRV_HST, &wanted.server),
              target);
    must_krb5(ticket->context,
              krb5_get_init_creds_password(ticket->context,
                                           &initial,
                                           wanted.client,
                                           lab("LAB_PASSWORD"),
                                           NULL,
                                           NULL,
                                           0,
                                           NULL,
                                           NULL),
              name);
    must_krb5(
        ticket->context, krb5_cc_new_unique(ticket->context, "MEMORY", NULL, &cache), "cache");
    must_krb5(ticket->context, krb5_cc_initialize(ticket->context, cache, wanted.client), "cache");
    must_krb5(ticket->context, krb5_cc_store_cred(ticket->context, cache, &initial), "cache");
    must_krb5(ticket->context,
              krb5_get_credentials(ticket->context, 0, cache, &wanted, &ticket->credentials),
              target);
    /* The client forgets what it was told; the ticket itself still says when it ends. */
    ticket->credentials->times.starttime = 1;
    ticket->credentials->times.endtime = G_MAXINT32;
    krb5_cc_destroy(ticket->context, cache);
    krb5_free_cred_contents(ticket->context, &initial);
    krb5_free_cred_contents(ticket->context, &wanted);
    return ticket;
}

/* Lengths in the shortest form, as DER wants them. */
static void append_der(GByteArray *bytes, guint8 tag, const guint8 *contents, gsize length)
{
    guint8 header[4] = {tag};
    guint n = 1;

    g_assert_cmpuint(length, <=, 0xffff);
    if (length >= 0x80)
        header[n++] = length > 0xff ? 0x82 : 0x81;
    if (length > 0xff)
        header[n++] = length >> 8;
    header[n++] = length;
    g_byte_array_append(bytes, header, n);
    if (length > 0)
        g_byte_array_append(bytes, contents, length);
}

/* @inner inside an element of @tag; consumes @inner. */
static GByteArray *enclose(guint8 tag, GByteArray *inner)
{
    GByteArray *outer = g_byte_array_new();

    append_der(outer, tag, inner->data, inner->len);
    g_byte_array_unref(inner);
    return outer;
}

static void append_oid(GByteArray *bytes, const char *oid)
{
    append_der(bytes, 0x06, (const guint8 *) oid, strlen(oid));
}

#define OID_KERBEROS "\x2a\x86\x48\x86\xf7\x12\x01\x02\x02"
#define OID_MS_KERBEROS "\x2a\x86\x48\x82\xf7\x12\x01\x02\x02"
#define OID_NTLM "\x2b\x06\x01\x04\x01\x82\x37\x02\x02\x0a"
#define OID_SPNEGO "\x2b\x06\x01\x05\x05\x02"

/* RFC 4121 §4.1: the AP-REQ behind token id 01 00, with the checksum of §4.1.1: no channel
 * bindings, no flags. */
GBytes *lab_ticket_make_token(LabTicket *ticket)
{
    static const guint8 token_id[] = {0x01, 0x00};
    guint8 checksum[24] = {16};
    krb5_data in = {0, sizeof checksum, (char *) checksum};
    krb5_data request;
    krb5_auth_context auth = NULL;
    GByteArray *bytes = g_byte_array_new();

    must_krb5(ticket->context, krb5_auth_con_init(ticket->context, &auth), "request");
    must_krb5(
        ticket->context, krb5_auth_con_set_req_cksumtype(ticket->context, auth, 0x8003), "request");
    must_krb5(ticket->context,
              krb5_mk_req_extended(ticket->context, &auth, 0, &in, ticket->credentials, &request),
              "request");
    append_oid(bytes, OID_KERBEROS);
    g_byte_array_append(bytes, token_id, sizeof token_id);
    g_byte_array_append(bytes, (guint8 *) request.data, request.length);
    krb5_free_data_contents(ticket->context, &request);
    krb5_auth_con_free(ticket->context, auth);
    return g_byte_array_free_to_bytes(enclose(0x60, bytes));
}

void lab_ticket_free(LabTicket *ticket)
{
    krb5_free_creds(ticket->context, ticket->credentials);
    krb5_free_context(ticket->context);
    g_free(ticket);
}

/* --- tokens by hand --------------------------------------------------------------------------- */

static void append_token(GByteArray *bytes, guint8 tag, GBytes *token)
{
    g_autoptr(GByteArray) octets = g_byte_array_new();

    append_der(octets, 0x04, g_bytes_get_data(token, NULL), g_bytes_get_size(token));
    append_der(bytes, tag, octets->data, octets->len);
}

GBytes *lab_wrap_offer(LabOffer offer, GBytes *token)
{
    GByteArray *mechanisms = g_byte_array_new();
    GByteArray *bytes = NULL, *initial = g_byte_array_new();

    if (offer == LAB_OFFER_WINDOWS)
        append_oid(mechanisms, OID_MS_KERBEROS);
    append_oid(mechanisms, OID_KERBEROS);
    if (offer == LAB_OFFER_WINDOWS)
        append_oid(mechanisms, OID_NTLM);
    bytes = enclose(0xa0, enclose(0x30, mechanisms));
    if (token != NULL)
        append_token(bytes, 0xa2, token);
    bytes = enclose(0xa0, enclose(0x30, bytes));
    append_oid(initial, OID_SPNEGO);
    g_byte_array_append(initial, bytes->data, bytes->len);
    g_byte_array_unref(bytes);
    return g_byte_array_free_to_bytes(enclose(0x60, initial));
}

GBytes *lab_wrap_follow_up(GBytes *token)
{
    GByteArray *bytes = g_byte_array_new();

    append_token(bytes, 0xa2, token);
    return g_byte_array_free_to_bytes(enclose(0xa1, enclose(0x30, bytes)));
}

GBytes *lab_flip_byte(GBytes *bytes, gsize position)
{
    gsize length;
    guint8 *copy = g_memdup2(g_bytes_get_data(bytes, &length), g_bytes_get_size(bytes));

    copy[position] ^= 0x01;
    return g_bytes_new_take(copy, length);
}

GBytes *lab_replace(GBytes *bytes, const char *text, const char *other)
{
    gsize length;
    guint8 *copy = g_memdup2(g_bytes_get_data(bytes, &length), g_bytes_get_size(bytes));
    guint8 *place = memmem(copy, length, text, strlen(text));

    if (place == NULL || strlen(text) != strlen(other))
        g_error("%s cannot be replaced", text);
    memcpy(place, other, strlen(other));
    return g_bytes_new_take(copy, length);
}

/* --- keytabs ---------------------------------------------------------------------------------- */

static void add_to_keytab(krb5_context context,
                          const char *path,
                          const char *principal,
                          krb5_keytab_entry entry)
{
    g_autofree char *name = g_strconcat("FILE:", path, NULL);
    krb5_keytab keytab;

    must_krb5(context, krb5_parse_name(context, principal, &entry.principal), principal);
    must_krb5(context, krb5_kt_resolve(context, name, &keytab), name);
    must_krb5(context, krb5_kt_add_entry(context, keytab, &entry), name);
    krb5_kt_close(context, keytab);
    krb5_free_principal(context, entry.principal);
}

void lab_keytab_copy_keys(const char *path, const char *principal)
{
    g_autofree char *name = g_strdup_printf("FILE:%s/connector.keytab", lab("LAB_KEYTABS"));
    krb5_context context;
    krb5_keytab keytab;
    krb5_kt_cursor cursor;
    krb5_keytab_entry entry;

    must_krb5(NULL, krb5_init_context(&context), "context");
    must_krb5(context, krb5_kt_resolve(context, name, &keytab), name);
    must_krb5(context, krb5_kt_start_seq_get(context, keytab, &cursor), name);
    while (krb5_kt_next_entry(context, keytab, &entry, &cursor) == 0) {
        add_to_keytab(context, path, principal, entry);
        krb5_free_keytab_entry_contents(context, &entry);
    }
    krb5_kt_end_seq_get(context, keytab, &cursor);
    krb5_kt_close(context, keytab);
    krb5_free_context(context);
}

void lab_keytab_add_noise(const char *path, const char *principal, guint version)
{
    guint8 key[32] = {version};
    krb5_keytab_entry entry = {.vno = version};
    krb5_context context;

    entry.key.enctype = ENCTYPE_AES256_CTS_HMAC_SHA1_96;
    entry.key.length = sizeof key;
    entry.key.contents = key;
    must_krb5(NULL, krb5_init_context(&context), "context");
    add_to_keytab(context, path, principal, entry);
    krb5_free_context(context);
}
