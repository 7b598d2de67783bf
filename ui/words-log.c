/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The console's words: tenant, connector, events and times. The list's are in words.c.
 */
#include "config.h"

#include "ui/words.h"

#include <glib/gi18n.h>

static const char *const tenant_roles[] = {
    [RMS_TENANT_ROLE_NONE] = N_("None"),
    [RMS_TENANT_ROLE_TENANT_GLOBAL_ADMINISTRATOR] = N_("Global administrator of the tenant"),
    [RMS_TENANT_ROLE_RMS_GLOBAL_ADMINISTRATOR] = N_("Global administrator of Rights Management"),
    [RMS_TENANT_ROLE_CONNECTOR_ADMINISTRATOR] = N_("Connector administrator"),
};

const char *rms_words_log_tenant_role(RmsTenantRole role)
{
    g_return_val_if_fail((guint) role < G_N_ELEMENTS(tenant_roles), "");
    return tenant_roles[role];
}

const char *rms_words_tenant_role(RmsTenantRole role)
{
    return _(rms_words_log_tenant_role(role));
}

const char *rms_words_connector_state(RmsConnectorState state)
{
    switch (state) {
    case RMS_CONNECTOR_STOPPED:
        return _("Stopped: servers get no answer");
    case RMS_CONNECTOR_STARTING:
        return _("Starting");
    case RMS_CONNECTOR_SERVING:
        return _("Running");
    case RMS_CONNECTOR_STOPPING:
        return _("Stopping");
    }
    g_return_val_if_reached("");
}

const char *rms_words_event_level(RmsEventLevel level)
{
    switch (level) {
    case RMS_EVENT_LEVEL_INFORMATION:
        return _("Information");
    case RMS_EVENT_LEVEL_WARNING:
        return _("Warning");
    case RMS_EVENT_LEVEL_ERROR:
        return _("Error");
    }
    g_return_val_if_reached("");
}

const char *rms_words_event_level_icon(RmsEventLevel level)
{
    switch (level) {
    case RMS_EVENT_LEVEL_INFORMATION:
        return "dialog-information-symbolic";
    case RMS_EVENT_LEVEL_WARNING:
        return "dialog-warning-symbolic";
    case RMS_EVENT_LEVEL_ERROR:
        return "dialog-error-symbolic";
    }
    g_return_val_if_reached("");
}

const char *rms_words_event_title(guint number)
{
    switch (number) {
    case RMS_EVENT_STARTED:
        return _("Connector started");
    case RMS_EVENT_STOPPED:
        return _("Connector stopped");
    case RMS_EVENT_FIRST_CONNECTION:
        return _("First connection of an authorized server");
    case RMS_EVENT_NOW_HTTPS:
        return _("Server changed to HTTPS");
    case RMS_EVENT_LIST_UPDATED:
        return _("List of authorized servers updated");
    case RMS_EVENT_NO_IDENTITY:
        return _("Caller without a usable identity refused");
    case RMS_EVENT_NOT_AUTHORIZED:
        return _("Caller that is not authorized refused");
    case RMS_EVENT_PLAIN_HTTP:
        return _("Server connected over plain HTTP");
    case RMS_EVENT_LIST_EMPTY:
        return _("List of authorized servers is empty");
    case RMS_EVENT_EXCEPTION:
        return _("Something failed");
    case RMS_EVENT_LIST_FAILED:
        return _("List of authorized servers could not be loaded");
    case RMS_EVENT_LIST_PUSHED:
        return _("List pushed");
    case RMS_EVENT_SUPER_USER_GRANTED:
        return _("Super user granted");
    case RMS_EVENT_SUPER_USER_FEATURE:
        return _("Super-user feature switched");
    case RMS_EVENT_SIGNED_IN:
        return _("Administrator signed in");
    case RMS_EVENT_NTLM_REFUSED:
        return _("Caller with NTLM refused");
    case RMS_EVENT_KEYTAB_LACKS_NAME:
        return _("Keytab lacks the connector's name");
    case RMS_EVENT_GROUP_READ:
        return _("Distribution group changed");
    case RMS_EVENT_GROUP_FAILED:
        return _("Distribution group could not be read");
    case RMS_EVENT_CERTIFICATE_TAKEN:
        return _("Certificate in use");
    case RMS_EVENT_CERTIFICATE_TROUBLE:
        return _("Servers may refuse the certificate");
    case RMS_EVENT_CERTIFICATE_NOT_TAKEN:
        return _("Replaced certificate cannot be used");
    default:
        return NULL;
    }
}

char *rms_words_event_text(RmsEvent *event)
{
    g_autofree char *time = rms_words_log_time(rms_event_get_time(event));
    g_autoptr(GString) text = g_string_new(NULL);

    g_string_append_printf(text,
                           "%s  %s  %u\n",
                           time,
                           rms_words_event_level(rms_event_get_level(event)),
                           rms_event_get_number(event));
    if (rms_event_get_account(event) != NULL)
        g_string_append_printf(text, _("Account: %s\n"), rms_event_get_account(event));
    if (rms_event_get_sid(event) != NULL)
        g_string_append_printf(text, _("SID: %s\n"), rms_event_get_sid(event));
    if (rms_event_get_computer(event) != NULL)
        g_string_append_printf(text, _("Computer: %s\n"), rms_event_get_computer(event));
    g_string_append_printf(text, "%s\n", rms_event_get_message(event));
    return g_string_free(g_steal_pointer(&text), FALSE);
}

char *rms_words_date(gint64 seconds)
{
    g_autoptr(GDateTime) time = g_date_time_new_from_unix_local(seconds);

    /* Translators: day and time in sentences, as g_date_time_format() takes it: "23 November 2026,
     * 10:00". */
    return time != NULL ? g_date_time_format(time, _("%-d %B %Y, %H:%M")) : g_strdup("");
}

char *rms_words_log_time(gint64 microseconds)
{
    g_autoptr(GDateTime) time = g_date_time_new_from_unix_local(microseconds / G_USEC_PER_SEC);

    return time != NULL ? g_date_time_format(time, "%F %T") : g_strdup("");
}

char *rms_words_remaining(guint seconds)
{
    guint minutes = (seconds + 30) / 60;

    if (seconds == 0)
        return g_strdup(_("The code has expired."));
    if (seconds < 60)
        return g_strdup_printf(ngettext("The code is good for %u more second.",
                                        "The code is good for %u more seconds.",
                                        seconds),
                               seconds);
    return g_strdup_printf(ngettext("The code is good for %u more minute.",
                                    "The code is good for %u more minutes.",
                                    minutes),
                           minutes);
}
