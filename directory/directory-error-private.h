/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What libldap, Cyrus SASL and domain controllers answer, as an RmsDirectoryError with a line that
 * says what to do next. Only looks at codes and texts.
 */
#pragma once

#include "directory/directory.h"

G_BEGIN_DECLS

/* RmsDirectoryStep: what was being done; the same code means another thing in each. */
typedef enum {
    RMS_STEP_CONNECT,
    RMS_STEP_TLS,
    RMS_STEP_BIND_PASSWORD,
    RMS_STEP_BIND_TICKET,
    RMS_STEP_SEARCH
} RmsDirectoryStep;

/**
 * rms_directory_error_new: Returns: (transfer full): what to tell about @code.
 * @code: LDAP result (RFC 4511 appendix A) or libldap's own negative code
 * @diagnostic: (nullable): text from the server or from SASL; kept, cleaned, behind our sentence
 * @server: the name as configured
 */
GError *rms_directory_error_new(RmsDirectoryStep step,
                                int code,
                                const char *diagnostic,
                                const char *server);

/** rms_directory_error_is_lost: Returns: whether @code means that the connection or its sign-in is
 * gone, so that a new connection may succeed. */
gboolean rms_directory_error_is_lost(int code, const char *diagnostic);

/** rms_directory_error_find_data: Returns: the sub-code of Active Directory in @diagnostic
 * (`… data 52e, v…`: 0x52e), or 0. */
guint rms_directory_error_find_data(const char *diagnostic);

G_END_DECLS
