/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The connector's own SOAP fault: the one that makes callers try again.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * rms_soap_fault_retry: A fault with an empty faultstring. Exchange takes it, with status 500, for
 * a passing condition and retries; 502, 503 and 504 it takes for final (protocol.md §2.11).
 * @soap12: in the form of SOAP 1.2.
 * @content_type: (out): of the body, in the version of the request.
 * Returns: (transfer none): the body.
 */
const char *rms_soap_fault_retry(gboolean soap12, const char **content_type);
/** rms_soap_is_soap12: @content_type: (array length=length) (nullable): of the request. */
gboolean rms_soap_is_soap12(const char *content_type, gsize length);

G_END_DECLS
