/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A SoupServer on one address with a ceiling on request bodies: what the public and the control
 * listener share.
 */
#pragma once

#include <libsoup/soup.h>

#include "tests/lab/tenant-simulator/tenant-config.h"

/** rms_sim_soup_listen: @certificate: (nullable): HTTPS. @handler: gets every request. @port: (out)
 * Returns: (transfer full) */
SoupServer *rms_sim_soup_listen(const RmsSimListener *listener,
                                GTlsCertificate *certificate,
                                gsize max_body,
                                SoupServerCallback handler,
                                gpointer user_data,
                                guint *port,
                                GError **error);
/** rms_sim_soup_dup_body: Returns: (transfer full): the request's body; empty when it is too large.
 */
GBytes *rms_sim_soup_dup_body(SoupServerMessage *message);
/** rms_sim_soup_is_too_large: Whether the request's body went over the ceiling; what there was of
 * it is gone. */
gboolean rms_sim_soup_is_too_large(SoupServerMessage *message);
