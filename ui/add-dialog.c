/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Adding servers.
 *
 * Accounts are picked one by one: from the results, or by their exact names, which are checked.
 * Each becomes a chip. What can be added is added together, with one role; what cannot stays behind
 * with the reason.
 */
#include "config.h"

#include "ui/add-dialog.h"

#include <glib/gi18n.h>

#include "ui/chip-list.h"
#include "ui/directory-finder.h"
#include "ui/kinds-button.h"
#include "ui/name-check.h"
#include "ui/notice.h"
#include "ui/object-row.h"
#include "ui/role-chooser.h"
#include "ui/role-rules.h"
#include "ui/widget-words.h"
#include "ui/words-picker.h"
#include "ui/words.h"
#include "ui/wrap-layout.h"

/* How long nothing may be typed before a search starts. */
#define PAUSE_MS 150
/* The group that Exchange makes (protocol.md §6.4). */
#define EXCHANGE_GROUP "Exchange Servers"

struct _RmsAddDialog {
    AdwWindow parent_instance;

    GtkWidget *add_button;
    RmsNotice *failure;
    GtkEditable *entry;
    GtkWidget *tools;
    RmsKindsButton *kinds;
    GtkWidget *check_button;
    GtkStack *stack;
    GtkLabel *hint;
    GtkSpinner *spinner;
    RmsNotice *directory_error;
    GtkListView *list;
    GtkLabel *results_note;
    GtkWidget *kinds_note;
    GtkLabel *kinds_words;
    GtkWidget *place_note;
    GtkLabel *place_words;
    GtkWidget *picked_title;
    RmsChipList *chips;
    RmsNotice *chosen_notice;
    GtkLabel *role_title;
    RmsRoleChooser *roles;
    GtkWidget *super_user_note;
    GtkEditable *note;

    RmsConsole *console;
    RmsDirectoryFinder *finder;
    RmsNameCheck *names;
    GHashTable *rows;       /* of RmsObjectRow that are bound */
    RmsCheckedName *choice; /* (nullable) whose candidates are the results */
    GCancellable *opening;
    gboolean unchecked;    /* the entry holds names, and not only what was searched for */
    gboolean checking;     /* somebody waits for what comes of the names */
    gboolean adds_checked; /* and wants them added then */
};

static guint added;

G_DEFINE_TYPE(RmsAddDialog, rms_add_dialog, ADW_TYPE_WINDOW)

static const RmsRole *get_role(RmsAddDialog *self, RmsRole *role)
{
    return rms_role_chooser_get_role(self->roles, role) ? role : NULL;
}

static RmsServerList *get_list(RmsAddDialog *self)
{
    return rms_console_get_working(self->console);
}

static guint count_names(RmsAddDialog *self)
{
    return g_list_model_get_n_items(rms_name_check_get_names(self->names));
}

/* Borrowed: the list keeps it. */
static RmsCheckedName *get_name(RmsAddDialog *self, guint i)
{
    g_autoptr(RmsCheckedName) name =
        g_list_model_get_item(rms_name_check_get_names(self->names), i);

    return name;
}

static guint count_ready(RmsAddDialog *self)
{
    RmsRole role;
    const RmsRole *chosen = get_role(self, &role);
    guint n = 0;

    for (guint i = 0; chosen != NULL && i < count_names(self); i++)
        if (rms_checked_name_get_obstacle(get_name(self, i), get_list(self), chosen) ==
            RMS_PICK_READY)
            n++;
    return n;
}

/* --- what is shown ------------------------------------------------------------------------- */

static const char *get_hint(RmsFinderState state)
{
    switch (state) {
    case RMS_FINDER_IDLE:
        return _("Type the start of a name: a security group, a service account, or a computer "
                 "(SERVERNAME$). The account that runs the service is the one to authorize.");
    case RMS_FINDER_TOO_SHORT:
        return _("Type at least two characters, or press Enter for exactly this name.");
    case RMS_FINDER_NOTHING:
        return _("Nothing in the directory is called so.");
    default:
        return "";
    }
}

static const char *choose_stack_page(RmsAddDialog *self, RmsFinderState state)
{
    GListModel *results = rms_directory_finder_get_results(self->finder);

    if (state == RMS_FINDER_FAILED)
        return "error";
    if (g_list_model_get_n_items(results) > 0)
        return "results";
    return state == RMS_FINDER_SEARCHING ? "searching" : "hint";
}

static char *describe_results(RmsAddDialog *self, RmsFinderState state)
{
    g_autofree char *where = NULL;
    g_autofree char *name = NULL;

    if (state == RMS_FINDER_SUGGESTED)
        return g_strdup(_("Suggested: the group that Exchange itself keeps of its servers."));
    if (state == RMS_FINDER_CHOICES && self->choice != NULL) {
        name = rms_words_name(rms_checked_name_get_text(self->choice));
        /* Translators: %s is a name that was typed. */
        return g_strdup_printf(_("Which one is meant by “%s”?"), name);
    }
    if (rms_directory_finder_get_truncated(self->finder))
        return g_strdup_printf(_("More than %u match; these are shown. Type more of the name."),
                               RMS_FINDER_LIMIT);
    if (state != RMS_FINDER_LISTED)
        return NULL;
    where = rms_words_location(rms_directory_finder_get_location(self->finder));
    /* Translators: %s is a place of the directory. */
    return g_strdup_printf(_("Directly in %s. Type to search all that is below it."), where);
}

static void show_words(GtkLabel *label, GtkWidget *shown, const char *words)
{
    gtk_label_set_label(label, words != NULL ? words : "");
    gtk_widget_set_visible(shown, words != NULL);
}

/* A word whenever a filter hides something. */
static void update_hidden(RmsAddDialog *self)
{
    gboolean more = FALSE;
    guint n = rms_directory_finder_get_hidden(self->finder, &more);
    g_autofree char *kinds = n > 0 ? rms_words_kinds_hide(n, more) : NULL;
    g_autofree char *place = NULL;

    n = rms_directory_finder_get_elsewhere(self->finder, &more);
    if (n > 0)
        place = rms_words_location_hides(rms_directory_finder_get_location(self->finder), n, more);
    show_words(self->kinds_words, self->kinds_note, kinds);
    show_words(self->place_words, self->place_note, place);
}

static void update_results(RmsAddDialog *self)
{
    RmsFinderState state = rms_directory_finder_get_state(self->finder);
    g_autofree char *note = NULL;

    if (state != RMS_FINDER_CHOICES)
        g_clear_object(&self->choice);
    note = describe_results(self, state);
    gtk_label_set_label(self->hint, get_hint(state));
    if (state == RMS_FINDER_FAILED)
        rms_notice_show_error(self->directory_error, rms_directory_finder_get_error(self->finder));
    gtk_stack_set_visible_child_name(self->stack, choose_stack_page(self, state));
    gtk_spinner_set_spinning(self->spinner, state == RMS_FINDER_SEARCHING);
    show_words(self->results_note, GTK_WIDGET(self->results_note), note);
    update_hidden(self);
}

static char *dup_shown_name(RmsCheckedName *name)
{
    RmsDirectoryObject *object = rms_checked_name_get_object(name);

    return rms_words_name(object != NULL ? rms_directory_object_get_account_name(object)
                                         : rms_checked_name_get_text(name));
}

/* What is to be known of the names: all of one, and of several what each is about. */
static char *describe_names(RmsAddDialog *self, gboolean *blocks)
{
    g_autoptr(GString) text = g_string_new(NULL);
    RmsRole role;
    const RmsRole *chosen = get_role(self, &role);
    guint n = count_names(self);

    *blocks = FALSE;
    for (guint i = 0; i < n; i++) {
        RmsCheckedName *name = get_name(self, i);
        g_autofree char *problem = rms_words_checked_problem(name, get_list(self), chosen);
        g_autofree char *shown = dup_shown_name(name);

        if (*problem == '\0')
            continue;
        *blocks |= rms_checked_name_get_obstacle(name, get_list(self), chosen) != RMS_PICK_READY;
        if (text->len > 0)
            g_string_append_c(text, '\n');
        if (n > 1)
            /* Translators: the name of an account, then what is to be known of it. */
            g_string_append_printf(text, _("%s: %s"), shown, problem);
        else
            g_string_append(text, problem);
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}

static void update_notice(RmsAddDialog *self)
{
    gboolean blocks = FALSE;
    g_autofree char *problem = describe_names(self, &blocks);
    g_autofree char *title = NULL;

    gtk_widget_set_visible(GTK_WIDGET(self->chosen_notice), *problem != '\0');
    if (*problem == '\0')
        return;
    if (count_names(self) == 1)
        title = dup_shown_name(get_name(self, 0));
    else
        title = g_strdup(blocks ? _("Not all can be added") : _("To be known before"));
    g_object_set(
        self->chosen_notice, "level", RMS_NOTICE_WARNING, "title", title, "advice", problem, NULL);
}

static void update_row(RmsAddDialog *self, RmsObjectRow *row)
{
    RmsDirectoryObject *object = rms_object_row_get_object(row);

    rms_object_row_set_picked(
        row, rms_name_check_find(self->names, rms_directory_object_get_sid(object)) != NULL);
}

static void update_rows(RmsAddDialog *self)
{
    GHashTableIter iter;
    gpointer row;

    g_hash_table_iter_init(&iter, self->rows);
    while (g_hash_table_iter_next(&iter, &row, NULL))
        update_row(self, row);
}

static void update_add(RmsAddDialog *self)
{
    RmsRole role;

    gtk_widget_set_sensitive(self->check_button, self->unchecked);
    gtk_widget_set_sensitive(self->add_button,
                             get_role(self, &role) != NULL &&
                                 (self->unchecked || count_ready(self) > 0));
}

/* What is picked, what speaks against it, and whether it can be added. */
static void update_picked(RmsAddDialog *self)
{
    guint n = count_names(self);
    guint kinds = 0;
    guint n_found = 0;
    RmsRole role;
    g_autofree char *title = rms_words_picked(n == 1 ? get_name(self, 0) : NULL, n);

    for (guint i = 0; i < n; i++) {
        RmsDirectoryObject *object = rms_checked_name_get_object(get_name(self, i));

        if (object != NULL) {
            kinds |= RMS_KIND_BIT(rms_directory_object_get_kind(object));
            n_found++;
        }
    }
    rms_role_chooser_limit(self->roles, n_found > 0 ? kinds : RMS_KIND_ALL);
    gtk_label_set_label(self->role_title, title);
    gtk_widget_set_visible(self->picked_title, n > 0);
    gtk_widget_set_visible(GTK_WIDGET(self->chips), n > 0);
    gtk_widget_set_visible(self->super_user_note,
                           get_role(self, &role) != NULL && rms_role_grants_super_user(role));
    rms_chip_list_set_role(self->chips, get_role(self, &role));
    update_notice(self);
    update_rows(self);
    update_add(self);
}

/* --- kinds and roles ------------------------------------------------------------------------ */

static void apply_kinds(RmsAddDialog *self)
{
    rms_directory_finder_set_kinds(self->finder, rms_kinds_button_get_kinds(self->kinds));
}

static void on_kinds_changed(RmsAddDialog *self)
{
    apply_kinds(self);
}

static void on_all_kinds_clicked(RmsAddDialog *self)
{
    rms_kinds_button_set_kinds(self->kinds, RMS_KIND_ALL, RMS_KIND_ALL);
    apply_kinds(self);
    gtk_widget_grab_focus(GTK_WIDGET(self->entry));
}

static void set_location(RmsAddDialog *self, RmsLocation *location)
{
    rms_name_check_set_location(self->names, location);
    rms_directory_finder_set_location(self->finder, location);
}

static void on_everywhere_clicked(RmsAddDialog *self)
{
    g_autoptr(RmsLocation) wider =
        rms_location_dup_wider(rms_directory_finder_get_location(self->finder));

    if (wider != NULL)
        set_location(self, wider);
    gtk_widget_grab_focus(GTK_WIDGET(self->entry));
}

/* The role sets which kinds are offered, and which are ticked to begin with. */
static void on_role_chosen(RmsAddDialog *self)
{
    RmsRole role;

    if (get_role(self, &role) != NULL) {
        rms_kinds_button_set_kinds(
            self->kinds, rms_role_rules_get_kinds(role), rms_role_rules_get_usual_kinds(role));
        apply_kinds(self);
        rms_directory_finder_set_suggestion(
            self->finder,
            role == RMS_ROLE_EXCHANGE && count_names(self) == 0 ? EXCHANGE_GROUP : NULL);
    }
    update_picked(self);
}

/* --- picking -------------------------------------------------------------------------------- */

static void focus_next(RmsAddDialog *self)
{
    RmsRole role;

    if (get_role(self, &role) != NULL && gtk_widget_is_sensitive(self->add_button))
        gtk_widget_grab_focus(self->add_button);
    else
        rms_role_chooser_focus(self->roles);
}

static void open_choice(RmsAddDialog *self, RmsCheckedName *name)
{
    g_set_object(&self->choice, name);
    rms_directory_finder_offer(self->finder, rms_checked_name_get_candidates(name));
    gtk_widget_grab_focus(GTK_WIDGET(self->list));
}

/* Leads to the first name that needs somebody, else on to what comes next. */
static void go_on(RmsAddDialog *self)
{
    for (guint i = 0; i < count_names(self); i++) {
        RmsCheckedName *name = get_name(self, i);

        switch (rms_checked_name_get_state(name)) {
        case RMS_CHECKED_AMBIGUOUS:
            open_choice(self, name);
            return;
        case RMS_CHECKED_UNKNOWN:
        case RMS_CHECKED_FAILED:
            rms_chip_list_focus(self->chips, name);
            return;
        case RMS_CHECKED_FOUND:
        case RMS_CHECKED_WAITING:
            break;
        }
    }
    focus_next(self);
}

static void add_all(RmsAddDialog *self);

static void on_names_changed(RmsAddDialog *self)
{
    gboolean adds = self->adds_checked;

    update_picked(self);
    if (!self->checking || rms_name_check_get_busy(self->names))
        return;
    self->checking = FALSE;
    self->adds_checked = FALSE;
    if (adds && count_ready(self) == count_names(self) && count_names(self) > 0)
        add_all(self);
    else
        go_on(self);
}

static void set_entry(RmsAddDialog *self, const char *text)
{
    gtk_editable_set_text(self->entry, text);
    gtk_editable_set_position(self->entry, -1);
}

static void check_names(RmsAddDialog *self)
{
    g_autofree char *text = g_strdup(gtk_editable_get_text(self->entry));
    g_autofree char *left = NULL;

    if (!self->unchecked)
        return;
    rms_notice_show_error(self->failure, NULL);
    set_entry(self, "");
    self->checking = TRUE;
    left = rms_name_check_add_text(self->names, text);
    if (left != NULL)
        set_entry(self, left);
    on_names_changed(self);
}

static void on_check_names(GtkWidget *widget, const char *action_name, GVariant *parameter)
{
    check_names(RMS_ADD_DIALOG(widget));
}

static void on_chip_pressed(RmsAddDialog *self, RmsCheckedName *pressed)
{
    g_autoptr(RmsCheckedName) name = g_object_ref(pressed);
    const char *text = gtk_editable_get_text(self->entry);
    g_autofree char *both = NULL;

    switch (rms_checked_name_get_state(name)) {
    case RMS_CHECKED_AMBIGUOUS:
        open_choice(self, name);
        break;
    case RMS_CHECKED_UNKNOWN:
        both = self->unchecked ? g_strdup_printf("%s; %s", text, rms_checked_name_get_text(name))
                               : g_strdup(rms_checked_name_get_text(name));
        gtk_widget_grab_focus(GTK_WIDGET(self->entry));
        rms_name_check_remove(self->names, name);
        set_entry(self, both);
        break;
    case RMS_CHECKED_FAILED:
        rms_name_check_retry(self->names, name);
        break;
    case RMS_CHECKED_FOUND:
    case RMS_CHECKED_WAITING:
        break;
    }
}

static void on_chip_dropped(RmsAddDialog *self, RmsCheckedName *name)
{
    if (name == self->choice)
        rms_directory_finder_retry(self->finder);
    rms_name_check_remove(self->names, name);
}

static void on_chips_left(RmsAddDialog *self)
{
    gtk_widget_grab_focus(GTK_WIDGET(self->entry));
}

/* Whether the object was picked, and not put back. */
static gboolean toggle(RmsAddDialog *self, RmsDirectoryObject *object)
{
    RmsCheckedName *there = rms_name_check_find(self->names, rms_directory_object_get_sid(object));
    RmsLocation *location = rms_directory_finder_get_location(self->finder);

    rms_notice_show_error(self->failure, NULL);
    /* What was typed was a search, then. */
    self->unchecked = FALSE;
    if (self->choice != NULL) {
        g_autoptr(RmsCheckedName) choice = g_steal_pointer(&self->choice);

        rms_name_check_choose(self->names, choice, object);
        rms_directory_finder_retry(self->finder);
        go_on(self);
        return TRUE;
    }
    if (there != NULL)
        rms_name_check_remove(self->names, there);
    else
        rms_name_check_add_object(self->names, object, rms_location_get_directory(location));
    return there == NULL;
}

static void on_result_clicked(RmsAddDialog *self, guint position)
{
    g_autoptr(RmsDirectoryObject) object =
        g_list_model_get_item(rms_directory_finder_get_results(self->finder), position);

    toggle(self, object);
}

/* --- the keyboard --------------------------------------------------------------------------- */

static RmsDirectoryObject *get_focused_object(RmsAddDialog *self)
{
    GtkWidget *focus = gtk_window_get_focus(GTK_WINDOW(self));
    GtkWidget *row = focus != NULL && gtk_widget_is_ancestor(focus, GTK_WIDGET(self->list))
                         ? gtk_widget_get_first_child(focus)
                         : NULL;

    return RMS_IS_OBJECT_ROW(row) ? rms_object_row_get_object(RMS_OBJECT_ROW(row)) : NULL;
}

/* Space picks and stays, for several; Enter picks and goes on. */
static gboolean on_list_key_pressed(GtkEventControllerKey *controller,
                                    guint keyval,
                                    guint keycode,
                                    GdkModifierType state,
                                    RmsAddDialog *self)
{
    g_autoptr(RmsDirectoryObject) object = NULL;

    if ((state & gtk_accelerator_get_default_mod_mask()) != 0)
        return GDK_EVENT_PROPAGATE;
    g_set_object(&object, get_focused_object(self));
    if (object == NULL)
        return GDK_EVENT_PROPAGATE;
    switch (keyval) {
    case GDK_KEY_space:
    case GDK_KEY_KP_Space:
        toggle(self, object);
        return GDK_EVENT_STOP;
    case GDK_KEY_Return:
    case GDK_KEY_KP_Enter:
    case GDK_KEY_ISO_Enter:
        if (rms_name_check_find(self->names, rms_directory_object_get_sid(object)) == NULL ||
            self->choice != NULL)
            toggle(self, object);
        if (self->choice == NULL)
            focus_next(self);
        return GDK_EVENT_STOP;
    default:
        return GDK_EVENT_PROPAGATE;
    }
}

static gboolean on_entry_key_pressed(GtkEventControllerKey *controller,
                                     guint keyval,
                                     guint keycode,
                                     GdkModifierType state,
                                     RmsAddDialog *self)
{
    GListModel *results = rms_directory_finder_get_results(self->finder);
    guint n = count_names(self);

    if ((keyval == GDK_KEY_Down || keyval == GDK_KEY_KP_Down) &&
        g_list_model_get_n_items(results) > 0) {
        gtk_widget_grab_focus(GTK_WIDGET(self->list));
        return GDK_EVENT_STOP;
    }
    if (keyval == GDK_KEY_BackSpace && *gtk_editable_get_text(self->entry) == '\0' && n > 0) {
        on_chip_dropped(self, get_name(self, n - 1));
        return GDK_EVENT_STOP;
    }
    return GDK_EVENT_PROPAGATE;
}

static void on_entry_changed(RmsAddDialog *self)
{
    g_autofree char *text = g_strstrip(g_strdup(gtk_editable_get_text(self->entry)));
    g_autofree char *last = rms_names_dup_last(text);

    self->unchecked = *text != '\0';
    rms_directory_finder_set_text(self->finder, last);
    update_add(self);
}

static void on_entry_activated(RmsAddDialog *self)
{
    if (self->unchecked)
        check_names(self);
    else if (count_names(self) > 0)
        go_on(self);
}

static void on_entry_stopped(RmsAddDialog *self)
{
    gtk_window_close(GTK_WINDOW(self));
}

static void on_retry_clicked(RmsAddDialog *self)
{
    rms_directory_finder_retry(self->finder);
}

/* --- adding --------------------------------------------------------------------------------- */

static void add_all(RmsAddDialog *self)
{
    g_autoptr(GPtrArray) done = g_ptr_array_new_with_free_func(g_object_unref);
    g_autoptr(GError) error = NULL;
    RmsRole role;

    if (get_role(self, &role) == NULL)
        return;
    for (guint i = 0; i < count_names(self) && error == NULL; i++) {
        RmsCheckedName *name = get_name(self, i);

        if (rms_checked_name_get_obstacle(name, get_list(self), &role) == RMS_PICK_READY &&
            rms_console_add(self->console,
                            rms_checked_name_get_object(name),
                            role,
                            gtk_editable_get_text(self->note),
                            &error))
            g_ptr_array_add(done, g_object_ref(name));
    }
    for (guint i = 0; i < done->len; i++)
        rms_name_check_remove(self->names, done->pdata[i]);
    if (done->len > 0)
        g_signal_emit(self, added, 0);
    if (error != NULL) {
        rms_notice_show_error(self->failure, error);
    } else if (count_names(self) == 0) {
        gtk_window_destroy(GTK_WINDOW(self));
    } else {
        g_autofree char *title = rms_words_left_unadded(done->len);

        g_object_set(self->failure,
                     "level",
                     RMS_NOTICE_INFORMATION,
                     "title",
                     title,
                     "advice",
                     _("Correct or drop them, or close the window."),
                     "details",
                     "",
                     "visible",
                     TRUE,
                     NULL);
    }
}

static void on_add_clicked(RmsAddDialog *self)
{
    if (self->unchecked) {
        self->adds_checked = TRUE;
        check_names(self);
    } else {
        add_all(self);
    }
}

void rms_add_dialog_find(RmsAddDialog *self, const char *text)
{
    g_return_if_fail(RMS_IS_ADD_DIALOG(self));

    set_entry(self, text);
    check_names(self);
}

/* ------------------------------------------------------------------------------------------- */

static void on_setup(GtkListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
    gtk_list_item_set_child(item, rms_object_row_new());
}

static void on_bind(GtkListItemFactory *factory, GtkListItem *item, RmsAddDialog *self)
{
    RmsDirectoryObject *object = gtk_list_item_get_item(item);
    RmsObjectRow *row = RMS_OBJECT_ROW(gtk_list_item_get_child(item));

    rms_object_row_set_object(
        row, object, rms_server_list_lookup(get_list(self), rms_directory_object_get_sid(object)));
    g_hash_table_add(self->rows, row);
    update_row(self, row);
}

static void on_unbind(GtkListItemFactory *factory, GtkListItem *item, RmsAddDialog *self)
{
    g_hash_table_remove(self->rows, gtk_list_item_get_child(item));
}

/* Not before: a window that gets its focus unrealized loses its accessible role in GTK 4.8. */
static void rms_add_dialog_map(GtkWidget *widget)
{
    GTK_WIDGET_CLASS(rms_add_dialog_parent_class)->map(widget);
    gtk_widget_grab_focus(GTK_WIDGET(RMS_ADD_DIALOG(widget)->entry));
}

static void rms_add_dialog_dispose(GObject *object)
{
    RmsAddDialog *self = RMS_ADD_DIALOG(object);

    g_cancellable_cancel(self->opening);
    g_clear_object(&self->opening);
    if (self->finder != NULL) {
        rms_directory_finder_stop(self->finder);
        rms_name_check_stop(self->names);
        g_signal_handlers_disconnect_by_data(self->finder, self);
        g_signal_handlers_disconnect_by_data(self->names, self);
    }
    g_clear_object(&self->choice);
    g_clear_object(&self->finder);
    g_clear_object(&self->names);
    g_clear_object(&self->console);
    G_OBJECT_CLASS(rms_add_dialog_parent_class)->dispose(object);
}

static void rms_add_dialog_finalize(GObject *object)
{
    g_hash_table_unref(RMS_ADD_DIALOG(object)->rows);
    G_OBJECT_CLASS(rms_add_dialog_parent_class)->finalize(object);
}

static void rms_add_dialog_class_init(RmsAddDialogClass *class)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(class);

    g_type_ensure(RMS_TYPE_NOTICE);
    g_type_ensure(RMS_TYPE_ROLE_CHOOSER);
    g_type_ensure(RMS_TYPE_CHIP_LIST);
    g_type_ensure(RMS_TYPE_KINDS_BUTTON);
    G_OBJECT_CLASS(class)->dispose = rms_add_dialog_dispose;
    G_OBJECT_CLASS(class)->finalize = rms_add_dialog_finalize;
    widget_class->map = rms_add_dialog_map;
    added = g_signal_new(
        "added", RMS_TYPE_ADD_DIALOG, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
    gtk_widget_class_install_action(widget_class, "picker.check-names", NULL, on_check_names);
    gtk_widget_class_set_template_from_resource(widget_class,
                                                "/org/rmsconnector/Console/add-dialog.ui");
    gtk_widget_class_bind_template_child(widget_class, RmsAddDialog, add_button);
    gtk_widget_class_bind_template_child(widget_class, RmsAddDialog, failure);
    gtk_widget_class_bind_template_child(widget_class, RmsAddDialog, entry);
    gtk_widget_class_bind_template_child(widget_class, RmsAddDialog, tools);
    gtk_widget_class_bind_template_child(widget_class, RmsAddDialog, kinds);
    gtk_widget_class_bind_template_child(widget_class, RmsAddDialog, check_button);
    gtk_widget_class_bind_template_child(widget_class, RmsAddDialog, stack);
    gtk_widget_class_bind_template_child(widget_class, RmsAddDialog, hint);
    gtk_widget_class_bind_template_child(widget_class, RmsAddDialog, spinner);
    gtk_widget_class_bind_template_child(widget_class, RmsAddDialog, directory_error);
    gtk_widget_class_bind_template_child(widget_class, RmsAddDialog, list);
    gtk_widget_class_bind_template_child(widget_class, RmsAddDialog, results_note);
    gtk_widget_class_bind_template_child(widget_class, RmsAddDialog, kinds_note);
    gtk_widget_class_bind_template_child(widget_class, RmsAddDialog, kinds_words);
    gtk_widget_class_bind_template_child(widget_class, RmsAddDialog, place_note);
    gtk_widget_class_bind_template_child(widget_class, RmsAddDialog, place_words);
    gtk_widget_class_bind_template_child(widget_class, RmsAddDialog, picked_title);
    gtk_widget_class_bind_template_child(widget_class, RmsAddDialog, chips);
    gtk_widget_class_bind_template_child(widget_class, RmsAddDialog, chosen_notice);
    gtk_widget_class_bind_template_child(widget_class, RmsAddDialog, role_title);
    gtk_widget_class_bind_template_child(widget_class, RmsAddDialog, roles);
    gtk_widget_class_bind_template_child(widget_class, RmsAddDialog, super_user_note);
    gtk_widget_class_bind_template_child(widget_class, RmsAddDialog, note);
    gtk_widget_class_bind_template_callback(widget_class, on_entry_changed);
    gtk_widget_class_bind_template_callback(widget_class, on_entry_activated);
    gtk_widget_class_bind_template_callback(widget_class, on_entry_stopped);
    gtk_widget_class_bind_template_callback(widget_class, on_kinds_changed);
    gtk_widget_class_bind_template_callback(widget_class, on_all_kinds_clicked);
    gtk_widget_class_bind_template_callback(widget_class, on_everywhere_clicked);
    gtk_widget_class_bind_template_callback(widget_class, check_names);
    gtk_widget_class_bind_template_callback(widget_class, on_result_clicked);
    gtk_widget_class_bind_template_callback(widget_class, on_chip_pressed);
    gtk_widget_class_bind_template_callback(widget_class, on_chip_dropped);
    gtk_widget_class_bind_template_callback(widget_class, on_chips_left);
    gtk_widget_class_bind_template_callback(widget_class, on_retry_clicked);
    gtk_widget_class_bind_template_callback(widget_class, on_role_chosen);
    gtk_widget_class_bind_template_callback(widget_class, on_add_clicked);
}

static void add_keys(GtkWidget *widget, GCallback callback, RmsAddDialog *self)
{
    GtkEventController *keys = gtk_event_controller_key_new();

    gtk_event_controller_set_propagation_phase(keys, GTK_PHASE_CAPTURE);
    g_signal_connect(keys, "key-pressed", callback, self);
    gtk_widget_add_controller(widget, keys);
}

static void rms_add_dialog_init(RmsAddDialog *self)
{
    g_autoptr(GtkListItemFactory) factory = gtk_signal_list_item_factory_new();

    self->rows = g_hash_table_new(NULL, NULL);
    self->opening = g_cancellable_new();
    gtk_widget_init_template(GTK_WIDGET(self));
    rms_widget_words_mend(GTK_WIDGET(self));
    gtk_widget_set_layout_manager(self->tools, rms_wrap_layout_new(6));
    gtk_widget_set_layout_manager(self->kinds_note, rms_wrap_layout_new(6));
    gtk_widget_set_layout_manager(self->place_note, rms_wrap_layout_new(6));
    g_signal_connect(factory, "setup", G_CALLBACK(on_setup), NULL);
    g_signal_connect(factory, "bind", G_CALLBACK(on_bind), self);
    g_signal_connect(factory, "unbind", G_CALLBACK(on_unbind), self);
    gtk_list_view_set_factory(self->list, factory);
    add_keys(GTK_WIDGET(self->entry), G_CALLBACK(on_entry_key_pressed), self);
    add_keys(GTK_WIDGET(self->list), G_CALLBACK(on_list_key_pressed), self);
}

static void on_forest_opened(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(RmsAddDialog) self = user_data;

    /* Nobody asked for it: searching shows why the directory fails. Now it is known whether there
     * are other domains, too. */
    rms_forest_open_finish(RMS_FOREST(source), result, NULL);
}

RmsAddDialog *rms_add_dialog_new(GtkWindow *parent, RmsConsole *console)
{
    RmsAddDialog *self = NULL;
    GListModel *forests;
    g_autoptr(RmsForest) home = NULL;
    g_autoptr(RmsLocation) location = NULL;
    g_autoptr(GtkNoSelection) selection = NULL;

    g_return_val_if_fail(RMS_IS_CONSOLE(console), NULL);

    self = g_object_new(RMS_TYPE_ADD_DIALOG, "transient-for", parent, NULL);
    self->console = g_object_ref(console);
    forests = rms_console_get_forests(console);
    home = g_list_model_get_item(forests, 0);
    location = rms_location_new_home(home);
    self->finder = rms_directory_finder_new(location, PAUSE_MS);
    self->names = rms_name_check_new(forests);
    selection = gtk_no_selection_new(g_object_ref(rms_directory_finder_get_results(self->finder)));
    gtk_list_view_set_model(self->list, GTK_SELECTION_MODEL(selection));
    rms_chip_list_set_names(
        self->chips, rms_name_check_get_names(self->names), rms_console_get_working(console));
    g_signal_connect_swapped(self->finder, "changed", G_CALLBACK(update_results), self);
    g_signal_connect_swapped(self->names, "changed", G_CALLBACK(on_names_changed), self);
    rms_forest_open_async(home, self->opening, on_forest_opened, g_object_ref(self));
    update_results(self);
    update_picked(self);
    return self;
}
