/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The words of the object picker.
 */
#include "config.h"

#include "ui/words-picker.h"

#include <glib/gi18n.h>

#include "ui/error-words.h"
#include "ui/words.h"

static const char *get_obstacle_words(RmsPickObstacle obstacle)
{
    switch (obstacle) {
    case RMS_PICK_ALREADY:
        /* Translators: of an account that somebody wants to authorize. */
        return _("Authorized already");
    case RMS_PICK_KIND:
        return _("Not for this role");
    case RMS_PICK_READY:
    case RMS_PICK_UNSETTLED:
        break;
    }
    return NULL;
}

char *rms_words_checked(RmsCheckedName *name, RmsServerList *list, const RmsRole *role)
{
    const char *obstacle = get_obstacle_words(rms_checked_name_get_obstacle(name, list, role));
    guint n;

    switch (rms_checked_name_get_state(name)) {
    case RMS_CHECKED_WAITING:
        return g_strdup(_("Looking it up…"));
    case RMS_CHECKED_FOUND:
        return obstacle != NULL ? g_strdup(obstacle)
                                : rms_words_object_kind(rms_checked_name_get_object(name));
    case RMS_CHECKED_AMBIGUOUS:
        n = rms_checked_name_get_candidates(name)->len;
        return g_strdup_printf(ngettext("%u is called so: choose", "%u are called so: choose", n),
                               n);
    case RMS_CHECKED_UNKNOWN:
        return g_strdup(_("Not found: correct it"));
    case RMS_CHECKED_FAILED:
        return g_strdup(_("Not looked up: try again"));
    }
    g_return_val_if_reached(g_strdup(""));
}

const char *rms_words_checked_icon(RmsCheckedName *name, RmsServerList *list, const RmsRole *role)
{
    RmsDirectoryObject *object = rms_checked_name_get_object(name);

    switch (rms_checked_name_get_state(name)) {
    case RMS_CHECKED_WAITING:
        return "content-loading-symbolic";
    case RMS_CHECKED_FOUND:
        return rms_checked_name_get_obstacle(name, list, role) == RMS_PICK_READY
                   ? rms_words_kind_icon(rms_directory_object_get_kind(object))
                   : "dialog-warning-symbolic";
    case RMS_CHECKED_AMBIGUOUS:
        return "dialog-question-symbolic";
    case RMS_CHECKED_UNKNOWN:
    case RMS_CHECKED_FAILED:
        return "dialog-error-symbolic";
    }
    g_return_val_if_reached("");
}

static char *describe_found(RmsCheckedName *name, RmsServerList *list, const RmsRole *role)
{
    RmsDirectoryObject *object = rms_checked_name_get_object(name);
    RmsEntry *entry = rms_server_list_lookup(list, rms_directory_object_get_sid(object));
    g_auto(GStrv) warnings = rms_words_warnings(rms_directory_object_get_warnings(object));

    switch (rms_checked_name_get_obstacle(name, list, role)) {
    case RMS_PICK_ALREADY:
        /* Translators: %s is a role. */
        return g_strdup_printf(_("It is authorized already, as %s. An account stands in the list "
                                 "once; change its role there."),
                               rms_words_role_title(rms_entry_get_role(entry)));
    case RMS_PICK_KIND:
        return g_strdup(rms_words_role_limits(*role));
    case RMS_PICK_READY:
    case RMS_PICK_UNSETTLED:
        break;
    }
    return g_strjoinv("\n", warnings);
}

char *rms_words_checked_problem(RmsCheckedName *name, RmsServerList *list, const RmsRole *role)
{
    const GError *error = rms_checked_name_get_error(name);

    switch (rms_checked_name_get_state(name)) {
    case RMS_CHECKED_WAITING:
        return g_strdup("");
    case RMS_CHECKED_FOUND:
        return describe_found(name, list, role);
    case RMS_CHECKED_AMBIGUOUS:
        return g_strdup(_("Several are called so. Press it to choose the one that is meant."));
    case RMS_CHECKED_UNKNOWN:
        return g_strdup(error != NULL ? rms_error_words(error).advice
                                      : _("Nothing is called exactly so where you search. Press it "
                                          "to correct it, or drop it."));
    case RMS_CHECKED_FAILED:
        /* Translators: what happened, then what to do: two sentences. */
        return g_strdup_printf(
            _("%s. %s"), rms_error_words(error).title, rms_error_words(error).advice);
    }
    g_return_val_if_reached(g_strdup(""));
}

char *rms_words_left_unadded(guint n_added)
{
    return g_strdup_printf(ngettext("%u account was added. Those below were not.",
                                    "%u accounts were added. Those below were not.",
                                    n_added),
                           n_added);
}

char *rms_words_picked(RmsCheckedName *name, guint n)
{
    RmsDirectoryObject *object = name != NULL ? rms_checked_name_get_object(name) : NULL;
    g_autofree char *shown = NULL;

    if (n > 1)
        return g_strdup_printf(ngettext("Role of %u account", "Role of all %u accounts", n), n);
    if (object == NULL)
        return g_strdup(_("Role"));
    shown = rms_words_name(rms_directory_object_get_account_name(object));
    /* Translators: %s is the name of an account. */
    return g_strdup_printf(_("Role of %s"), shown);
}

char *rms_words_kinds_hide(guint n_hidden, gboolean more)
{
    if (more)
        return g_strdup_printf(ngettext("At least %u of another kind matches but is not shown.",
                                        "At least %u of other kinds match but are not shown.",
                                        n_hidden),
                               n_hidden);
    return g_strdup_printf(ngettext("%u of another kind matches but is not shown.",
                                    "%u of other kinds match but are not shown.",
                                    n_hidden),
                           n_hidden);
}

char *rms_words_location_hides(RmsLocation *location, guint n_elsewhere, gboolean more)
{
    g_autofree char *where = rms_words_location(location);

    if (more)
        /* Translators: number, then the place that was searched. */
        return g_strdup_printf(ngettext("At least %u more matches outside %s.",
                                        "At least %u more match outside %s.",
                                        n_elsewhere),
                               n_elsewhere,
                               where);
    /* Translators: number, then the place that was searched. */
    return g_strdup_printf(
        ngettext("%u more matches outside %s.", "%u more match outside %s.", n_elsewhere),
        n_elsewhere,
        where);
}

char *rms_words_location(RmsLocation *location)
{
    g_autofree char *path = rms_location_dup_path(location);
    g_autofree char *shown = rms_words_name(path);

    if (rms_location_get_kind(location) == RMS_LOCATION_FOREST)
        /* Translators: all domains of a forest of Active Directory; %s is its name. */
        return g_strdup_printf(_("Entire forest %s"), shown);
    return g_steal_pointer(&shown);
}

char *rms_words_kinds(guint kinds)
{
    guint n = 0;

    if (kinds == RMS_KIND_ALL)
        return g_strdup(_("All kinds"));
    for (guint i = 0; i < RMS_N_KINDS; i++) {
        if ((kinds & RMS_KIND_BIT(i)) == 0)
            continue;
        if (kinds == RMS_KIND_BIT(i))
            return g_strdup(rms_words_kind_title(i));
        n++;
    }
    /* Translators: kinds of account that are searched for, out of all. */
    return g_strdup_printf(_("%u of %u kinds"), n, (guint) RMS_N_KINDS);
}
