/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Calls to the tenant whose wire form nobody published: our own contract. Private to the room.
 *
 *     PUT {AdminV2}/SuperUserState    body: JSON 0 or 1    answer: 200, JSON, the new number
 *
 * The published read of the same state (protocol.md §3.3) says in what form the service keeps it;
 * that it is also written this way is an assumption (§3.5), which the tenant simulator shares. A
 * tenant that wants it otherwise needs a change here and nowhere else.
 */
#pragma once

#include "service-client/account.h"

G_BEGIN_DECLS

/** rms_unpublished_set_super_user_state_async: @admin_url: from discovery. The answer is a promise:
 * read the state back. */
void rms_unpublished_set_super_user_state_async(RmsAccount *account,
                                                const char *admin_url,
                                                gboolean enabled,
                                                GCancellable *cancellable,
                                                GAsyncReadyCallback callback,
                                                gpointer user_data);
/** rms_unpublished_set_super_user_state_finish: Errors: those of rms_service_call_finish(), or
 * %RMS_SERVICE_ERROR_REFUSED with the service's words. */
gboolean rms_unpublished_set_super_user_state_finish(GAsyncResult *result, GError **error);

G_END_DECLS
