/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * RmsCaller and RmsAuthResult, the values that authentication hands on. How a caller becomes known
 * is in acceptor.c.
 */
#include "config.h"

#include "connector-core/caller.h"

RmsCaller *rms_caller_new(const char *account,
                          const char *principal,
                          const RmsSid *sid,
                          const RmsSid *groups,
                          guint n_groups,
                          gboolean disabled)
{
    RmsCaller *caller;

    g_return_val_if_fail(account != NULL && principal != NULL && sid != NULL, NULL);
    g_return_val_if_fail(groups != NULL || n_groups == 0, NULL);

    caller = g_rc_box_new0(RmsCaller);
    caller->account = g_strdup(account);
    caller->principal = g_strdup(principal);
    caller->sid = *sid;
    caller->groups = g_memdup2(groups, n_groups * sizeof *groups);
    caller->n_groups = n_groups;
    caller->disabled = disabled;
    return caller;
}

RmsCaller *rms_caller_ref(RmsCaller *caller)
{
    return g_rc_box_acquire(caller);
}

static void clear_caller(gpointer data)
{
    RmsCaller *caller = data;

    g_free(caller->account);
    g_free(caller->principal);
    g_free(caller->groups);
}

void rms_caller_unref(RmsCaller *caller)
{
    g_rc_box_release_full(caller, clear_caller);
}

void rms_auth_result_clear(RmsAuthResult *result)
{
    g_clear_pointer(&result->caller, rms_caller_unref);
    g_free(result->reply_token);
    g_free(result->detail);
    *result = (RmsAuthResult){0};
}
