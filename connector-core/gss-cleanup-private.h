/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Automatic release of what GSSAPI and krb5 hand out. For connector-core only.
 */
#pragma once

#include <glib.h>
#include <gssapi/gssapi.h>

G_BEGIN_DECLS

typedef gss_buffer_desc RmsGssBuffer;

static inline void rms_gss_buffer_clear(RmsGssBuffer *buffer)
{
    OM_uint32 minor;

    gss_release_buffer(&minor, buffer);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(RmsGssBuffer, rms_gss_buffer_clear)

static inline void rms_gss_name_free(gss_name_t name)
{
    OM_uint32 minor;

    gss_release_name(&minor, &name);
}
G_DEFINE_AUTO_CLEANUP_FREE_FUNC(gss_name_t, rms_gss_name_free, GSS_C_NO_NAME)

static inline void rms_gss_cred_free(gss_cred_id_t credential)
{
    OM_uint32 minor;

    gss_release_cred(&minor, &credential);
}
G_DEFINE_AUTO_CLEANUP_FREE_FUNC(gss_cred_id_t, rms_gss_cred_free, GSS_C_NO_CREDENTIAL)

static inline void rms_gss_context_free(gss_ctx_id_t context)
{
    OM_uint32 minor;

    gss_delete_sec_context(&minor, &context, GSS_C_NO_BUFFER);
}
G_DEFINE_AUTO_CLEANUP_FREE_FUNC(gss_ctx_id_t, rms_gss_context_free, GSS_C_NO_CONTEXT)

G_END_DECLS
