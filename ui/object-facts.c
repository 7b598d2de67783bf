/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is known of an object of the directory.
 */
#include "config.h"

#include "ui/object-facts.h"

#include <glib/gi18n.h>

#include "directory/directory-limits.h"
#include "ui/words.h"

static void fact_free(gpointer data)
{
    RmsFact *fact = data;

    g_free(fact->title);
    g_free(fact->value);
    g_free(fact);
}

static void take_fact(GPtrArray *facts, const char *title, char *value)
{
    RmsFact *fact = g_new0(RmsFact, 1);

    fact->title = g_strdup(title);
    fact->value = value;
    g_ptr_array_add(facts, fact);
}

static void add_fact(GPtrArray *facts, const char *title, const char *value)
{
    if (value != NULL && *value != '\0')
        take_fact(facts, title, rms_words_name(value));
}

static void add_time(GPtrArray *facts, const char *title, gint64 microseconds)
{
    if (microseconds != 0)
        take_fact(facts, title, rms_words_date(microseconds / G_USEC_PER_SEC));
}

static char *describe_last_logon(gint64 microseconds)
{
    g_autofree char *date = rms_words_date(microseconds / G_USEC_PER_SEC);

    /* Translators: %s is a date. Domain controllers share the time of the last logon only every 14
     * days. */
    return g_strdup_printf(_("%s, or up to 14 days later"), date);
}

static void add_details(GPtrArray *facts, RmsDirectoryObject *object, RmsObjectDetails *details)
{
    gboolean is_group = rms_kind_is_group(rms_directory_object_get_kind(object));

    add_fact(facts, _("Operating system"), details->operating_system);
    add_time(facts, _("Created"), details->created);
    add_time(facts, _("Changed"), details->changed);
    if (!is_group) {
        if (details->last_logon != 0)
            take_fact(facts, _("Last logon"), describe_last_logon(details->last_logon));
        else
            add_fact(facts, _("Last logon"), _("Not known: never, or within the last 14 days"));
        add_time(facts, _("Password set"), details->password_set);
        if (details->expires != 0)
            add_time(facts, _("Expires"), details->expires);
        else
            add_fact(facts, _("Expires"), _("Never"));
    }
    if (details->service_names != NULL && details->service_names[0] != NULL) {
        g_autofree char *names = NULL;
        g_auto(GStrv) shown = g_new0(char *, g_strv_length(details->service_names) + 1);

        for (guint i = 0; details->service_names[i] != NULL; i++)
            shown[i] = rms_words_name(details->service_names[i]);
        names = g_strjoinv("\n", shown);
        take_fact(facts, _("Service principal names"), g_steal_pointer(&names));
    }
}

GPtrArray *rms_object_facts(RmsDirectoryObject *object, RmsObjectDetails *details)
{
    GPtrArray *facts = NULL;
    g_autofree char *kind = NULL;

    g_return_val_if_fail(RMS_IS_DIRECTORY_OBJECT(object), NULL);

    facts = g_ptr_array_new_with_free_func(fact_free);
    kind = rms_words_object_kind(object);
    add_fact(facts, _("Kind"), kind);
    add_fact(facts, _("Account name"), rms_directory_object_get_account_name(object));
    add_fact(facts, _("Name"), rms_directory_object_get_name(object));
    add_fact(facts, _("Description"), rms_directory_object_get_description(object));
    add_fact(facts, _("Place"), rms_directory_object_get_place(object));
    add_fact(facts, _("Distinguished name"), rms_directory_object_get_dn(object));
    add_fact(facts, _("SID"), rms_directory_object_get_sid_text(object));
    add_fact(facts, _("GUID"), rms_directory_object_get_guid(object));
    add_fact(facts, _("User principal name"), rms_directory_object_get_upn(object));
    add_fact(facts, _("Mail"), rms_directory_object_get_mail(object));
    add_fact(facts, _("DNS name"), rms_directory_object_get_dns_host_name(object));
    if (details != NULL)
        add_details(facts, object, details);
    return facts;
}

char *rms_object_facts_to_text(GPtrArray *facts)
{
    g_autoptr(GString) text = g_string_new(NULL);

    g_return_val_if_fail(facts != NULL, NULL);

    for (guint i = 0; i < facts->len; i++) {
        const RmsFact *fact = facts->pdata[i];
        g_auto(GStrv) lines = g_strsplit(fact->value, "\n", -1);

        for (guint k = 0; lines[k] != NULL; k++)
            g_string_append_printf(text, "%s: %s\n", fact->title, lines[k]);
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}

char *rms_object_facts_path(const char *first, const char *const *between, const char *last)
{
    g_autoptr(GString) path = g_string_new(NULL);
    g_autofree char *shown = rms_words_name(first);

    g_string_append(path, shown);
    for (guint i = 0; between != NULL && between[i] != NULL; i++) {
        g_autofree char *name = rms_words_name(between[i]);

        g_string_append_printf(path, " → %s", name);
    }
    if (last != NULL) {
        g_autofree char *name = rms_words_name(last);

        g_string_append_printf(path, " → %s", name);
    }
    return g_string_free(g_steal_pointer(&path), FALSE);
}

char *rms_object_facts_membership(RmsMembership *membership, const char *account)
{
    const char *const *path = NULL;

    g_return_val_if_fail(RMS_IS_MEMBERSHIP(membership), NULL);

    path = rms_membership_get_path(membership);
    if (path[0] != NULL)
        return rms_object_facts_path(
            account,
            path,
            rms_directory_object_get_account_name(rms_membership_get_group(membership)));
    return g_strdup(rms_membership_get_primary(membership) ? _("Member, as its primary group")
                                                           : _("Direct member"));
}

char *rms_object_facts_members(guint n_listed, int count, const RmsMemberSummary *summary)
{
    g_autoptr(GString) text = g_string_new(NULL);

    g_return_val_if_fail(summary != NULL, NULL);

    if (!summary->truncated)
        g_string_append_printf(
            text, ngettext("%u direct member.", "%u direct members.", n_listed), n_listed);
    else if (count >= 0 && count <= RMS_LARGE_GROUP_MEMBERS)
        /* Translators: so many members are shown, of so many. */
        g_string_append_printf(text, _("The first %u of %d direct members."), n_listed, count);
    else
        g_string_append_printf(text, _("The first %u direct members; there are more."), n_listed);
    if (summary->elsewhere != NULL && summary->elsewhere->len > 0)
        g_string_append_printf(text,
                               ngettext(" %u more is in another domain.",
                                        " %u more are in other domains.",
                                        summary->elsewhere->len),
                               summary->elsewhere->len);
    if (summary->foreign != NULL && summary->foreign->len > 0)
        g_string_append_printf(
            text,
            ngettext(" %u more is of another forest and known by its SID only.",
                     " %u more are of other forests and known by their SIDs only.",
                     summary->foreign->len),
            summary->foreign->len);
    if (summary->n_others > 0)
        g_string_append_printf(text,
                               ngettext(" %u more is no account, such as a contact.",
                                        " %u more are no accounts, such as contacts.",
                                        summary->n_others),
                               summary->n_others);
    return g_string_free(g_steal_pointer(&text), FALSE);
}
