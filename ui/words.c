/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The console's words: the list and its accounts. Tenant, events and times are in words-log.c.
 */
#include "config.h"

#include "ui/words.h"

#include <glib/gi18n.h>

#include "ui/role-rules.h"

const char *rms_words_role_title(RmsRole role)
{
    switch (role) {
    case RMS_ROLE_EXCHANGE:
        return _("Exchange");
    case RMS_ROLE_SHAREPOINT:
        return _("SharePoint");
    case RMS_ROLE_FCI:
        /* Translators: FCI is File Classification Infrastructure, a feature of Windows file
         * servers. */
        return _("File server (FCI)");
    }
    g_return_val_if_reached("");
}

const char *rms_words_role_meaning(RmsRole role)
{
    switch (role) {
    case RMS_ROLE_EXCHANGE:
        return _("Super user: reads all protected content of the organization. Only for the group "
                 "of your Exchange servers.");
    case RMS_ROLE_SHAREPOINT:
        return _("Regular rights. For the service accounts of Central Administration and of the "
                 "application pool, or a group of them.");
    case RMS_ROLE_FCI:
        return _("Regular rights. For the computer accounts of file servers, or a group of them.");
    }
    g_return_val_if_reached("");
}

const char *rms_words_kind_title(RmsKind kind)
{
    switch (kind) {
    case RMS_KIND_SECURITY_GROUP:
        return _("Security group");
    case RMS_KIND_DISTRIBUTION_GROUP:
        return _("Distribution group");
    case RMS_KIND_USER:
        return _("User account");
    case RMS_KIND_COMPUTER:
        return _("Computer account");
    case RMS_KIND_MANAGED_SERVICE_ACCOUNT:
        return _("Managed service account");
    }
    g_return_val_if_reached("");
}

const char *rms_words_kind_icon(RmsKind kind)
{
    switch (kind) {
    case RMS_KIND_SECURITY_GROUP:
        return "system-users-symbolic";
    case RMS_KIND_DISTRIBUTION_GROUP:
        return "mail-unread-symbolic";
    case RMS_KIND_USER:
        return "avatar-default-symbolic";
    case RMS_KIND_COMPUTER:
        return "computer-symbolic";
    case RMS_KIND_MANAGED_SERVICE_ACCOUNT:
        return "system-run-symbolic";
    }
    g_return_val_if_reached("");
}

/* Directional overrides, embeddings, isolates and marks (Unicode UAX #9), and spaces of no width.
 */
static gboolean is_deceptive(gunichar c)
{
    return c == 0x061c || (c >= 0x200e && c <= 0x200f) || (c >= 0x202a && c <= 0x202e) ||
           (c >= 0x2066 && c <= 0x2069) || c == 0x200b || c == 0x2060 || c == 0xfeff;
}

char *rms_words_name(const char *name)
{
    g_autofree char *valid = g_utf8_make_valid(name != NULL ? name : "", -1);
    g_autoptr(GString) shown = g_string_new(NULL);

    for (const char *p = valid; *p != '\0'; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);

        g_string_append_unichar(shown, is_deceptive(c) ? 0xfffd : c);
    }
    return g_string_free(g_steal_pointer(&shown), FALSE);
}

/* A name within a sentence: whatever its direction, it does not reorder the sentence (UAX #9,
 * FSI and PDI). */
static char *isolate_name(RmsEntry *entry)
{
    g_autofree char *name = rms_words_name(rms_entry_get_name(entry));

    return g_strdup_printf("\u2068%s\u2069", name);
}

static const char *get_scope_title(RmsGroupScope scope)
{
    switch (scope) {
    case RMS_SCOPE_BUILTIN:
        /* Translators: scope of an Active Directory group, after its kind: "Security group,
         * built-in". */
        return _("built-in");
    case RMS_SCOPE_GLOBAL:
        return _("global");
    case RMS_SCOPE_DOMAIN_LOCAL:
        return _("domain local");
    case RMS_SCOPE_UNIVERSAL:
        return _("universal");
    case RMS_SCOPE_NONE:
        break;
    }
    return NULL;
}

char *rms_words_object_kind(RmsDirectoryObject *object)
{
    const char *kind = rms_words_kind_title(rms_directory_object_get_kind(object));
    const char *scope = get_scope_title(rms_directory_object_get_scope(object));

    if (scope == NULL)
        return g_strdup(kind);
    /* Translators: kind and scope of a group: "Security group, universal". */
    return g_strdup_printf(_("%s, %s"), kind, scope);
}

const char *rms_words_role_limits(RmsRole role)
{
    switch (role) {
    case RMS_ROLE_EXCHANGE:
        return _("The Exchange role takes security groups only.");
    case RMS_ROLE_SHAREPOINT:
        return _("The SharePoint role takes users, managed service accounts and groups.");
    case RMS_ROLE_FCI:
        return _("The file server role takes computers and groups.");
    }
    g_return_val_if_reached("");
}

const char *rms_words_role_refuses(RmsRole role, RmsKind kind)
{
    return rms_role_rules_allows(role, kind) ? NULL : rms_words_role_limits(role);
}

char *rms_words_hidden(RmsRole role, guint n_hidden, gboolean more)
{
    g_autofree char *count = NULL;

    if (more)
        count = g_strdup_printf(ngettext("At least %u other account matches but is not shown.",
                                         "At least %u other accounts match but are not shown.",
                                         n_hidden),
                                n_hidden);
    else
        count = g_strdup_printf(ngettext("%u other account matches but is not shown.",
                                         "%u other accounts match but are not shown.",
                                         n_hidden),
                                n_hidden);
    /* Translators: two sentences: "3 other accounts match but are not shown. The Exchange role
     * takes security groups only." */
    return g_strdup_printf(_("%s %s"), count, rms_words_role_limits(role));
}

char **rms_words_warnings(guint warnings)
{
    static const struct {
        RmsObjectWarning bit;
        const char *text;
    } texts[] = {
        {RMS_WARNING_DISABLED,           N_("The account is disabled: it cannot call the connector.")},
        {RMS_WARNING_EXPIRED,            N_("The account has expired: it cannot call the connector.")},
        {RMS_WARNING_EMPTY_GROUP,        N_("The group has no members: it authorizes nobody.")       },
        {RMS_WARNING_LARGE_GROUP,
         N_("The group has more than 5,000 members. Make sure that all of them are servers.")        },
        {RMS_WARNING_DISTRIBUTION_GROUP,
         N_("A distribution group is never part of a Kerberos ticket. The connector reads its "
            "members "
            "from the directory every 15 minutes.")                                                  },
        {RMS_WARNING_NESTED_GROUPS,
         N_("The group contains groups. Their members are authorized as well.")                      },
    };
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();

    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
        if ((warnings & texts[i].bit) != 0)
            g_strv_builder_add(builder, _(texts[i].text));
    return g_strv_builder_end(builder);
}

static char *describe_role_change(RmsListChange *change)
{
    RmsEntry *before = rms_list_change_get_before(change);
    RmsEntry *after = rms_list_change_get_after(change);
    g_autofree char *name = isolate_name(after);
    const char *from = rms_words_role_title(rms_entry_get_role(before));
    const char *to = rms_words_role_title(rms_entry_get_role(after));

    if (rms_role_grants_super_user(rms_entry_get_role(after)))
        /* Translators: account, role before, role after. */
        return g_strdup_printf(
            _("Change %s from %s to %s. It becomes super user."), name, from, to);
    if (rms_role_grants_super_user(rms_entry_get_role(before)))
        return g_strdup_printf(
            _("Change %s from %s to %s. It is no longer super user."), name, from, to);
    return g_strdup_printf(_("Change %s from %s to %s."), name, from, to);
}

char *rms_words_change(RmsListChange *change)
{
    RmsEntry *before = rms_list_change_get_before(change);
    RmsEntry *after = rms_list_change_get_after(change);
    RmsEntry *entry = after != NULL ? after : before;
    g_autofree char *name = isolate_name(entry);
    const char *role = rms_words_role_title(rms_entry_get_role(entry));

    switch (rms_list_change_get_kind(change)) {
    case RMS_CHANGE_ADDED:
        if (rms_role_grants_super_user(rms_entry_get_role(entry)))
            /* Translators: account, then role. */
            return g_strdup_printf(_("Add %s as %s. It becomes super user."), name, role);
        return g_strdup_printf(_("Add %s as %s."), name, role);
    case RMS_CHANGE_REMOVED:
        return g_strdup_printf(
            _("Remove %s (%s). It can no longer use the connector."), name, role);
    case RMS_CHANGE_ROLE:
        return describe_role_change(change);
    case RMS_CHANGE_DETAILS:
        return g_strdup_printf(_("Change the details of %s."), name);
    }
    g_return_val_if_reached(g_steal_pointer(&name));
}

const char *rms_words_change_marker(RmsChangeKind kind)
{
    switch (kind) {
    case RMS_CHANGE_ADDED:
        /* Translators: marks an entry of the list that will be added by the next push. */
        return C_("pending change", "Added");
    case RMS_CHANGE_REMOVED:
        return C_("pending change", "Removed");
    case RMS_CHANGE_ROLE:
    case RMS_CHANGE_DETAILS:
        return C_("pending change", "Changed");
    }
    g_return_val_if_reached("");
}

char *rms_words_entry_added(RmsEntry *entry)
{
    g_autofree char *date = NULL;

    if (rms_entry_get_added_at(entry) == 0)
        return g_strdup(_("Not pushed yet"));
    date = rms_words_date(rms_entry_get_added_at(entry));
    /* Translators: date, then the user name of the administrator. */
    return g_strdup_printf(_("Added %s by %s"), date, rms_entry_get_added_by(entry));
}

char *rms_words_pending(guint n_changes)
{
    return g_strdup_printf(
        ngettext("%u change is not pushed yet", "%u changes are not pushed yet", n_changes),
        n_changes);
}

char *rms_words_lost(guint n_changes)
{
    return g_strdup_printf(ngettext("%u change that is not pushed yet will be lost.",
                                    "%u changes that are not pushed yet will be lost.",
                                    n_changes),
                           n_changes);
}

char *rms_words_revision(RmsServerList *saved)
{
    g_autofree char *date = NULL;
    g_autofree char *revision = NULL;

    if (saved == NULL || rms_server_list_get_revision(saved) == 0)
        return g_strdup(_("No list was pushed yet."));
    date = rms_words_date(rms_server_list_get_saved_at(saved));
    revision = g_strdup_printf("%" G_GINT64_FORMAT, rms_server_list_get_revision(saved));
    /* Translators: number of the list's revision, date, user name of the administrator. */
    return g_strdup_printf(_("Revision %s is in force, pushed %s by %s."),
                           revision,
                           date,
                           rms_server_list_get_saved_by(saved));
}

const char *rms_words_obstacle(RmsPushObstacle obstacle)
{
    switch (obstacle) {
    case RMS_OBSTACLE_NONE:
        return "";
    case RMS_OBSTACLE_NOT_LOADED:
        return _("The list was not loaded yet.");
    case RMS_OBSTACLE_NOTHING_TO_PUSH:
        return _("There is nothing to push.");
    case RMS_OBSTACLE_PUSHING:
        return _("The list is being pushed.");
    case RMS_OBSTACLE_NOT_RUNNING:
        return _("The connector is not running, so nothing can be pushed to it.");
    case RMS_OBSTACLE_SIGNED_OUT:
        return _("Sign in to your tenant to push changes.");
    case RMS_OBSTACLE_NO_ROLE:
        return _("Your account has no role that may change the list. Sign in with an account that "
                 "is global administrator or connector administrator.");
    }
    g_return_val_if_reached("");
}

char *rms_words_super_user(RmsTenant *tenant)
{
    const char *feature =
        tenant != NULL && rms_tenant_get_super_user_feature(tenant)
            ? _("The super-user feature of your tenant is on already.")
            : _("The super-user feature of your tenant is off now; pushing switches it on.");

    /* Translators: %s is a sentence on whether the tenant's super-user feature is on. */
    return g_strdup_printf(_("A super user reads all protected content of the organization, "
                             "whoever protected it. Every member of a group becomes super user, "
                             "also those that join it later. %s"),
                           feature);
}

char *rms_words_list_replaced(gint64 revision, const char *author, GListModel *dropped)
{
    guint n = dropped != NULL ? g_list_model_get_n_items(dropped) : 0;
    g_autofree char *number = g_strdup_printf("%" G_GINT64_FORMAT, revision);
    g_autoptr(GString) text = g_string_new(NULL);

    /* Translators: user name of another administrator, number of the list's revision. */
    g_string_append_printf(text,
                           _("%s pushed revision %s meanwhile. Your changes were kept and now "
                             "stand on top of it."),
                           author,
                           number);
    for (guint i = 0; i < n; i++) {
        g_autoptr(RmsListChange) change = g_list_model_get_item(dropped, i);
        g_autofree char *words = rms_words_change(change);

        g_string_append_c(text, '\n');
        /* Translators: %s is a change as a sentence, like "Remove CONTOSO\EXCH01$ (Exchange)." */
        g_string_append_printf(text, _("No longer needed or possible: %s"), words);
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}
