/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Going from server to server. Where they come from is the locator's business; what to do when a
 * connection is lost later is the worker's.
 */
#include "config.h"

#include "directory/directory-failover-private.h"

#include "directory/directory-limits.h"
#include "directory/directory-locator-private.h"

/* Servers that may leave a sign-in unanswered before no other is bothered: a wrong password would
 * count at each, and domains lock accounts after few. */
#define MAX_UNANSWERED_SIGN_INS 1

gboolean rms_failover_may_go_on(RmsVerdict verdict, const GError *reason, guint *unanswered)
{
    gboolean unreachable =
        g_error_matches(reason, RMS_DIRECTORY_ERROR, RMS_DIRECTORY_ERROR_UNREACHABLE);
    switch (verdict) {
    case RMS_VERDICT_OTHERS_MAY_HELP:
        return !g_error_matches(reason, RMS_DIRECTORY_ERROR, RMS_DIRECTORY_ERROR_REFUSED);
    case RMS_VERDICT_SIGNING_IN:
        /* A password that was sent and not answered may be wrong, and each server counts. */
        return unreachable && ++*unanswered <= MAX_UNANSWERED_SIGN_INS;
    case RMS_VERDICT_FINAL:
    default:
        return FALSE;
    }
}

/* One error that names every server; its code is the first that says more than "no answer". */
static GError *join_errors(const GPtrArray *failures)
{
    const GError *first = failures->pdata[0];
    if (failures->len == 1)
        return g_error_copy(first);
    const GError *chosen = first;
    GString *text = g_string_new("No server could be used. ");
    for (guint i = 0; i < failures->len; i++) {
        const GError *failure = failures->pdata[i];
        if (chosen->code == RMS_DIRECTORY_ERROR_UNREACHABLE)
            chosen = failure;
        g_string_append_printf(text, "%s%s", i > 0 ? "; " : "", failure->message);
    }
    GError *joined = g_error_new_literal(chosen->domain, chosen->code, text->str);
    g_string_free(text, TRUE);
    return joined;
}

RmsConnection *rms_failover_connect(const RmsDirectorySettings *settings,
                                    RmsWatchdog *watchdog,
                                    GCancellable *give_up,
                                    GError **error)
{
    g_return_val_if_fail(settings != NULL && watchdog != NULL, NULL);

    g_autoptr(GPtrArray) targets = rms_locator_find(settings, watchdog, error);
    if (targets == NULL)
        return NULL;

    g_autoptr(GPtrArray) failures = g_ptr_array_new_with_free_func((GDestroyNotify) g_error_free);
    guint unanswered = 0;
    for (guint i = 0; i < MIN(targets->len, RMS_MAX_SERVERS_TRIED); i++) {
        RmsTarget *target = targets->pdata[i];
        GError *reason = NULL;
        RmsVerdict verdict;
        RmsConnection *connection =
            rms_connection_open(settings, watchdog, rms_target_copy(target), &verdict, &reason);
        if (connection != NULL) {
            rms_locator_note(target, TRUE);
            return connection;
        }
        g_ptr_array_add(failures, reason);
        if (!rms_failover_may_go_on(verdict, reason, &unanswered))
            break;
        rms_locator_note(target, FALSE);
        if (g_cancellable_is_cancelled(give_up))
            break;
    }
    g_propagate_error(error, join_errors(failures));
    return NULL;
}
