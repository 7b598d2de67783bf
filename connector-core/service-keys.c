/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reading, judging and watching the keytab.
 */
#include "config.h"

#include "connector-core/service-keys.h"

#include <com_err.h>
#include <errno.h>
#include <fcntl.h>
#include <krb5.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "connector-core/connector.h"
#include "connector-core/file-stamp.h"

#define SERVICE "HTTP"

/* Principals of other services that an error names; more would not help. */
#define MAX_NAMED_PRINCIPALS 3

struct _RmsServiceKeys {
    char *path;
    char *name;
    RmsFileStamp stamp;
    krb5_context context;
    krb5_keytab memory; /* keeps what @name stands for alive */
    GPtrArray *hosts;   /* of char *: second part of the HTTP/ principals */
};

static gboolean G_GNUC_PRINTF(2, 3) refuse(GError **error, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    if (error != NULL)
        *error = g_error_new_valist(
            RMS_CONNECTOR_ERROR, RMS_CONNECTOR_ERROR_SETTINGS, format, arguments);
    va_end(arguments);
    return FALSE;
}

static gboolean refuse_krb5(RmsServiceKeys *keys, krb5_error_code code, GError **error)
{
    const char *words = krb5_get_error_message(keys->context, code);

    refuse(error,
           "the keytab %s cannot be used: %s. Export it anew from the account that owns the "
           "connector's name",
           keys->path,
           words);
    krb5_free_error_message(keys->context, words);
    return FALSE;
}

/* Who else can read the keys can decrypt and forge tickets for this service. */
static gboolean check_file(RmsServiceKeys *keys, GError **error)
{
    struct stat status;
    int fd = open(keys->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

    if (fd < 0 && errno == ENOENT)
        return refuse(error,
                      "the keytab %s does not exist. Export the keys of HTTP/<connector name> into "
                      "it from the account that owns that name",
                      keys->path);
    if (fd < 0)
        return refuse(error,
                      "the keytab %s cannot be read: %s. Give the file to the account that the "
                      "connector runs as",
                      keys->path,
                      g_strerror(errno));
    if (fstat(fd, &status) < 0)
        status.st_mode = 0;
    close(fd);
    if (!S_ISREG(status.st_mode))
        return refuse(error, "the keytab %s is not a file", keys->path);
    if ((status.st_mode & (S_IROTH | S_IWOTH | S_IWGRP)) != 0)
        return refuse(error,
                      "the keytab %s is open to other users of this machine (mode %04o), who could "
                      "forge any caller with it. Run: chmod 600 %s",
                      keys->path,
                      (guint) status.st_mode & 07777,
                      keys->path);
    keys->stamp = rms_file_stamp_make(&status);
    return TRUE;
}

static gboolean equals_ignoring_case(const krb5_data *data, const char *text)
{
    return data->length == strlen(text) && g_ascii_strncasecmp(data->data, text, data->length) == 0;
}

static void note_other(RmsServiceKeys *keys, GPtrArray *others, krb5_principal principal)
{
    char *name;

    if (others->len >= MAX_NAMED_PRINCIPALS ||
        krb5_unparse_name(keys->context, principal, &name) != 0)
        return;
    if (!g_ptr_array_find_with_equal_func(others, name, g_str_equal, NULL))
        g_ptr_array_add(others, g_strdup(name));
    krb5_free_unparsed_name(keys->context, name);
}

/* Takes @entry over into memory if it is of an HTTP/ service. */
static krb5_error_code take_entry(RmsServiceKeys *keys, krb5_keytab_entry *entry, GPtrArray *others)
{
    const krb5_data *parts = entry->principal->data;

    if (entry->principal->length != 2 || !equals_ignoring_case(&parts[0], SERVICE)) {
        note_other(keys, others, entry->principal);
        return 0;
    }
    g_ptr_array_add(keys->hosts, g_strndup(parts[1].data, parts[1].length));
    return krb5_kt_add_entry(keys->context, keys->memory, entry);
}

static gboolean copy_keys(RmsServiceKeys *keys, GPtrArray *others, GError **error)
{
    g_autofree char *file_name = g_strconcat("FILE:", keys->path, NULL);
    krb5_keytab file;
    krb5_kt_cursor cursor;
    krb5_keytab_entry entry;
    krb5_error_code code, end;

    code = krb5_kt_resolve(keys->context, file_name, &file);
    if (code != 0)
        return refuse_krb5(keys, code, error);
    code = krb5_kt_start_seq_get(keys->context, file, &cursor);
    if (code == 0) {
        while (code == 0 &&
               (code = krb5_kt_next_entry(keys->context, file, &entry, &cursor)) == 0) {
            code = take_entry(keys, &entry, others);
            krb5_free_keytab_entry_contents(keys->context, &entry);
        }
        end = krb5_kt_end_seq_get(keys->context, file, &cursor);
        code = code == KRB5_KT_END ? end : code;
    }
    krb5_kt_close(keys->context, file);
    return code == 0 || refuse_krb5(keys, code, error);
}

static gboolean load(RmsServiceKeys *keys, GError **error)
{
    static int serial = 0; /* a MEMORY keytab is known by its name all over the process */
    g_autoptr(GPtrArray) others = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *named = NULL;
    krb5_error_code code;

    if (!check_file(keys, error))
        return FALSE;
    code = krb5_init_context(&keys->context);
    if (code != 0)
        return refuse(error,
                      "the Kerberos library does not start: %s. Check /etc/krb5.conf",
                      error_message(code));
    keys->name = g_strdup_printf("MEMORY:rms-connector-%d", g_atomic_int_add(&serial, 1));
    code = krb5_kt_resolve(keys->context, keys->name, &keys->memory);
    if (code != 0)
        return refuse_krb5(keys, code, error);
    if (!copy_keys(keys, others, error))
        return FALSE;
    if (keys->hosts->len > 0)
        return TRUE;
    g_ptr_array_add(others, NULL);
    named = g_strjoinv(", ", (char **) others->pdata);
    return refuse(
        error,
        "the keytab %s holds no key of an HTTP/ service%s%s. Register HTTP/<connector "
        "name> on the connector's account (setspn -S) and export its keys (ktpass, adcli)",
        keys->path,
        *named != '\0' ? ", only of " : "",
        named);
}

RmsServiceKeys *rms_service_keys_load(const char *path, GError **error)
{
    g_autoptr(RmsServiceKeys) keys = g_new0(RmsServiceKeys, 1);

    g_return_val_if_fail(path != NULL, NULL);

    keys->path = g_strdup(g_str_has_prefix(path, "FILE:") ? path + strlen("FILE:") : path);
    keys->hosts = g_ptr_array_new_with_free_func(g_free);
    return load(keys, error) ? g_steal_pointer(&keys) : NULL;
}

void rms_service_keys_free(RmsServiceKeys *keys)
{
    if (keys == NULL)
        return;
    if (keys->memory != NULL)
        krb5_kt_close(keys->context, keys->memory);
    if (keys->context != NULL)
        krb5_free_context(keys->context);
    g_clear_pointer(&keys->hosts, g_ptr_array_unref);
    g_free(keys->name);
    g_free(keys->path);
    g_free(keys);
}

const char *rms_service_keys_get_name(RmsServiceKeys *keys)
{
    return keys->name;
}

gboolean rms_service_keys_has_host(RmsServiceKeys *keys, const char *host)
{
    for (guint i = 0; i < keys->hosts->len; i++)
        if (g_ascii_strcasecmp(keys->hosts->pdata[i], host) == 0)
            return TRUE;
    return FALSE;
}

gboolean rms_service_keys_notice_change(RmsServiceKeys *keys)
{
    struct stat status;
    RmsFileStamp stamp;

    if (stat(keys->path, &status) < 0)
        return FALSE;
    stamp = rms_file_stamp_make(&status);
    if (rms_file_stamp_equal(&stamp, &keys->stamp))
        return FALSE;
    keys->stamp = stamp;
    return TRUE;
}
