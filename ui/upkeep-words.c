/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What upkeep found out, in words.
 */
#include "config.h"

#include "ui/upkeep-words.h"

#include <glib/gi18n.h>

#include "directory/directory-names.h"
#include "ui/words.h"

/* Names in a question; the review shows them all. */
#define NAMED_ORPHANS 10

/* The weightiest first: what keeps an account from calling, then what else changed. */
static const struct {
    RmsUpkeepState bit;
    const char *tag;
    const char *icon;
} tags[] = {
    {RMS_UPKEEP_GONE,       NC_("account", "Gone"),        "edit-delete-symbolic"       },
    {RMS_UPKEEP_DISABLED,   NC_("account", "Disabled"),    "action-unavailable-symbolic"},
    {RMS_UPKEEP_EXPIRED,    NC_("account", "Expired"),     "alarm-symbolic"             },
    {RMS_UPKEEP_OTHER_KIND, NC_("account", "Other kind"),  "dialog-warning-symbolic"    },
    {RMS_UPKEEP_RENAMED,    NC_("account", "Renamed"),     "document-edit-symbolic"     },
    {RMS_UPKEEP_MOVED,      NC_("account", "Moved"),       "folder-symbolic"            },
    {RMS_UPKEEP_UNKNOWN,    NC_("account", "Not checked"), "dialog-question-symbolic"   },
};

const char *rms_upkeep_words_tag(guint state)
{
    for (gsize i = 0; i < G_N_ELEMENTS(tags); i++)
        if ((state & tags[i].bit) != 0)
            return g_dpgettext2(NULL, "account", tags[i].tag);
    return NULL;
}

const char *rms_upkeep_words_icon(guint state)
{
    for (gsize i = 0; i < G_N_ELEMENTS(tags); i++)
        if ((state & tags[i].bit) != 0)
            return tags[i].icon;
    return NULL;
}

static const char *explain_unknown(RmsUpkeepFinding *finding)
{
    if (g_error_matches(
            rms_upkeep_finding_get_error(finding), RMS_DIRECTORY_ERROR, RMS_DIRECTORY_ERROR_NAME))
        return _("Not checked: the account is of a domain that this console does not know.");
    return _("Not checked: the directory could not be asked about this account.");
}

static char *describe_name(RmsUpkeepFinding *finding)
{
    g_autofree char *name = rms_words_name(
        rms_directory_object_get_account_name(rms_upkeep_finding_get_object(finding)));

    /* Translators: %s is the name of an account. */
    return g_strdup_printf(_("Now called %s."), name);
}

static char *describe_move(RmsUpkeepFinding *finding)
{
    g_autofree char *old =
        rms_place_from_dn(rms_entry_get_dn(rms_upkeep_finding_get_entry(finding)));
    g_autofree char *was = rms_words_name(old);
    g_autofree char *is =
        rms_words_name(rms_directory_object_get_place(rms_upkeep_finding_get_object(finding)));

    /* Translators: old place and new place in the directory, like contoso.example/Servers. */
    return g_strdup_printf(_("Moved: %s → %s."), was, is);
}

char *rms_upkeep_words_sentences(RmsUpkeepFinding *finding)
{
    RmsDirectoryObject *object = NULL;
    guint state;
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);

    g_return_val_if_fail(RMS_IS_UPKEEP_FINDING(finding), NULL);

    object = rms_upkeep_finding_get_object(finding);
    state = rms_upkeep_finding_get_state(finding);
    if ((state & RMS_UPKEEP_GONE) != 0)
        g_ptr_array_add(lines, g_strdup(_("The account no longer exists in the directory.")));
    if ((state & RMS_UPKEEP_UNKNOWN) != 0)
        g_ptr_array_add(lines, g_strdup(explain_unknown(finding)));
    if ((state & RMS_UPKEEP_RENAMED) != 0)
        g_ptr_array_add(lines, describe_name(finding));
    if ((state & RMS_UPKEEP_MOVED) != 0)
        g_ptr_array_add(lines, describe_move(finding));
    if ((state & RMS_UPKEEP_OTHER_KIND) != 0)
        g_ptr_array_add(
            lines,
            /* Translators: %s is a kind of account, like "Distribution group". */
            g_strdup_printf(_("In the directory it is now: %s."),
                            rms_words_kind_title(rms_directory_object_get_kind(object))));
    if ((state & RMS_UPKEEP_DISABLED) != 0)
        g_ptr_array_add(lines,
                        g_strdup(_("The account is disabled: it cannot call the connector.")));
    if ((state & RMS_UPKEEP_EXPIRED) != 0)
        g_ptr_array_add(lines,
                        g_strdup(_("The account has expired: it cannot call the connector.")));
    g_ptr_array_add(lines, NULL);
    return g_strjoinv("\n", (char **) lines->pdata);
}

char *rms_upkeep_words_orphans(guint n)
{
    return g_strdup_printf(ngettext("%u authorized account no longer exists",
                                    "%u authorized accounts no longer exist",
                                    n),
                           n);
}

char *rms_upkeep_words_remove_orphans(GPtrArray *orphans)
{
    g_autoptr(GString) text = NULL;

    g_return_val_if_fail(orphans != NULL, NULL);

    text = g_string_new(
        _("Their domain has no such accounts any more, or does not show them to you. Their entries "
          "are taken out of the list with your next push; until then you can undo it."));
    g_string_append_c(text, '\n');
    for (guint i = 0; i < MIN(orphans->len, NAMED_ORPHANS); i++) {
        g_autofree char *name = rms_words_name(rms_entry_get_name(orphans->pdata[i]));

        g_string_append_printf(text, "\n%s", name);
    }
    if (orphans->len > NAMED_ORPHANS) {
        guint more = orphans->len - NAMED_ORPHANS;

        g_string_append_c(text, '\n');
        g_string_append_printf(text, ngettext("and %u more", "and %u more", more), more);
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}
