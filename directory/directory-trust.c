/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Certificate authorities as one PEM file.
 */
#include "config.h"

#include "directory/directory-trust-private.h"

#include <gio/gio.h>
#include <ldap.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "directory/directory.h"

/* Where distributions keep the system's bundle, when ldap.conf does not say. */
static const char *const bundles[] = {
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
};

static gboolean write_all(int fd, const char *data, gsize length)
{
    while (length > 0) {
        gssize written = write(fd, data, length);
        if (written <= 0)
            return FALSE;
        data += written;
        length -= (gsize) written;
    }
    return TRUE;
}

/* ldap.conf is where a machine's administrator names CAs for LDAP; it stands for the system's. */
static gboolean write_system(int fd)
{
    char *configured = NULL;
    ldap_get_option(NULL, LDAP_OPT_X_TLS_CACERTFILE, &configured);
    g_autofree char *pem = NULL;
    gsize length = 0;
    if (configured != NULL)
        (void) g_file_get_contents(configured, &pem, &length, NULL);
    ldap_memfree(configured);
    for (gsize i = 0; pem == NULL && i < G_N_ELEMENTS(bundles); i++)
        (void) g_file_get_contents(bundles[i], &pem, &length, NULL);
    /* Without any, only @ca_file is trusted: less, never more. */
    return pem == NULL || (write_all(fd, pem, length) && write_all(fd, "\n", 1));
}

int rms_trust_open(const char *ca_file, char **path, GError **error)
{
    g_return_val_if_fail(path != NULL, -1);

    g_autofree char *pem = NULL;
    gsize length = 0;
    if (ca_file != NULL) {
        g_autoptr(GError) reading = NULL;
        if (!g_file_get_contents(ca_file, &pem, &length, &reading)) {
            g_set_error(error,
                        RMS_DIRECTORY_ERROR,
                        RMS_DIRECTORY_ERROR_TLS,
                        "The CA file cannot be read; choose another one (%s)",
                        reading->message);
            return -1;
        }
        if (strstr(pem, "-----BEGIN CERTIFICATE-----") == NULL) {
            g_set_error(error,
                        RMS_DIRECTORY_ERROR,
                        RMS_DIRECTORY_ERROR_TLS,
                        "The CA file %s holds no certificate in PEM form; choose another one",
                        ca_file);
            return -1;
        }
    }

    int fd = memfd_create("directory-ca", MFD_CLOEXEC);
    if (fd < 0 || !write_system(fd) || (pem != NULL && !write_all(fd, pem, length))) {
        g_set_error_literal(error,
                            RMS_DIRECTORY_ERROR,
                            RMS_DIRECTORY_ERROR_TLS,
                            "The certificate authorities cannot be put together; free some memory "
                            "and try again");
        if (fd >= 0)
            close(fd);
        return -1;
    }
    *path = g_strdup_printf("/proc/self/fd/%d", fd);
    return fd;
}
