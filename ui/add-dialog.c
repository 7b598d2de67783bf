/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Adding a server.
 *
 * What is chosen is the selected result. Choosing it looks the object up once more, because only a
 * look-up tells of members; adding does not wait for that.
 */
#include "config.h"

#include "ui/add-dialog.h"

#include <glib/gi18n.h>

#include "ui/directory-finder.h"
#include "ui/notice.h"
#include "ui/object-row.h"
#include "ui/role-chooser.h"
#include "ui/role-rules.h"
#include "ui/widget-words.h"
#include "ui/words.h"

/* How long nothing may be typed before a search starts. */
#define PAUSE_MS 150
/* The group that Exchange makes (protocol.md §6.4). */
#define EXCHANGE_GROUP "Exchange Servers"

struct _RmsAddDialog {
    AdwWindow parent_instance;

    GtkWidget *add_button;
    RmsNotice *failure;
    GtkEditable *entry;
    GtkStack *stack;
    GtkLabel *hint;
    GtkSpinner *spinner;
    RmsNotice *directory_error;
    GtkListView *list;
    GtkLabel *results_note;
    RmsNotice *chosen_notice;
    GtkLabel *role_title;
    RmsRoleChooser *roles;
    GtkWidget *super_user_note;
    GtkEditable *note;

    RmsConsole *console;
    RmsDirectoryFinder *finder;
    GtkSingleSelection *selection;
    RmsDirectoryObject *looked_up; /* (nullable) what is chosen, with its members counted */
    GCancellable *look_up;         /* (nullable) */
};

static guint added;

G_DEFINE_TYPE(RmsAddDialog, rms_add_dialog, ADW_TYPE_WINDOW)

static RmsDirectoryObject *get_chosen(RmsAddDialog *self)
{
    return gtk_single_selection_get_selected_item(self->selection);
}

static RmsEntry *find_entry(RmsAddDialog *self, RmsDirectoryObject *object)
{
    return rms_server_list_lookup(rms_console_get_working(self->console),
                                  rms_directory_object_get_sid(object));
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
    gboolean more = FALSE;
    guint n_hidden = rms_directory_finder_get_hidden(self->finder, &more);
    RmsRole role;

    if (state == RMS_FINDER_SUGGESTED)
        return g_strdup(_("Suggested: the group that Exchange itself keeps of its servers."));
    if (n_hidden > 0 && rms_role_chooser_get_role(self->roles, &role))
        return rms_words_hidden(role, n_hidden, more);
    if (rms_directory_finder_get_truncated(self->finder))
        return g_strdup_printf(_("Only the first %u matches are shown. Type more of the name."),
                               RMS_FINDER_LIMIT);
    return NULL;
}

static void update_results(RmsAddDialog *self)
{
    RmsFinderState state = rms_directory_finder_get_state(self->finder);
    g_autofree char *note = describe_results(self, state);

    gtk_label_set_label(self->hint, get_hint(state));
    if (state == RMS_FINDER_FAILED)
        rms_notice_show_error(self->directory_error, rms_directory_finder_get_error(self->finder));
    gtk_stack_set_visible_child_name(self->stack, choose_stack_page(self, state));
    gtk_spinner_set_spinning(self->spinner, state == RMS_FINDER_SEARCHING);
    gtk_label_set_label(self->results_note, note != NULL ? note : "");
    gtk_widget_set_visible(GTK_WIDGET(self->results_note), note != NULL);
}

static char *describe_problem(RmsAddDialog *self, RmsDirectoryObject *object, RmsEntry *entry)
{
    RmsDirectoryObject *known = self->looked_up != NULL ? self->looked_up : object;
    g_auto(GStrv) warnings = rms_words_warnings(rms_directory_object_get_warnings(known));
    RmsRole role;

    if (entry != NULL)
        /* Translators: %s is a role. */
        return g_strdup_printf(_("It is authorized already, as %s. An account stands in the list "
                                 "once; change its role there."),
                               rms_words_role_title(rms_entry_get_role(entry)));
    if (rms_role_chooser_get_role(self->roles, &role) &&
        !rms_role_rules_allows(role, rms_directory_object_get_kind(object)))
        return g_strdup(rms_words_role_limits(role));
    return g_strjoinv("\n", warnings);
}

/* What is chosen, what speaks against it, and whether it can be added. */
static void update_chosen(RmsAddDialog *self)
{
    RmsDirectoryObject *object = get_chosen(self);
    RmsEntry *entry = object != NULL ? find_entry(self, object) : NULL;
    g_autofree char *problem = object != NULL ? describe_problem(self, object, entry) : NULL;
    RmsRole role;
    gboolean has_role = rms_role_chooser_get_role(self->roles, &role);

    gtk_widget_set_visible(GTK_WIDGET(self->chosen_notice), problem != NULL && *problem != '\0');
    if (object != NULL) {
        g_autofree char *name = rms_words_name(rms_directory_object_get_account_name(object));
        g_autofree char *title = NULL;

        g_object_set(self->chosen_notice,
                     "level",
                     RMS_NOTICE_WARNING,
                     "title",
                     name,
                     "advice",
                     problem,
                     NULL);
        /* Translators: %s is the name of an account. */
        title = g_strdup_printf(_("Role of %s"), name);
        gtk_label_set_label(self->role_title, title);
    } else {
        gtk_label_set_label(self->role_title, _("Role"));
    }
    gtk_widget_set_visible(self->super_user_note, has_role && rms_role_grants_super_user(role));
    gtk_widget_set_sensitive(
        self->add_button,
        object != NULL && entry == NULL && has_role &&
            rms_role_rules_allows(role, rms_directory_object_get_kind(object)));
}

/* --- what somebody does -------------------------------------------------------------------- */

static void on_looked_up(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(RmsAddDialog) self = user_data;
    g_autoptr(GError) error = NULL;
    g_autoptr(RmsDirectoryObject) object =
        rms_directory_lookup_sid_finish(RMS_DIRECTORY(source), result, &error);
    RmsDirectoryObject *chosen = self->selection != NULL ? get_chosen(self) : NULL;

    /* Without it there are fewer warnings; searching shows why the directory fails. */
    if (object == NULL || chosen == NULL ||
        !rms_sid_equal(rms_directory_object_get_sid(object), rms_directory_object_get_sid(chosen)))
        return;
    g_set_object(&self->looked_up, object);
    update_chosen(self);
}

static void end_look_up(RmsAddDialog *self)
{
    g_cancellable_cancel(self->look_up);
    g_clear_object(&self->look_up);
    g_clear_object(&self->looked_up);
}

static void on_selected(RmsAddDialog *self)
{
    RmsDirectoryObject *object = get_chosen(self);
    RmsKind kind;

    end_look_up(self);
    rms_notice_show_error(self->failure, NULL);
    if (object != NULL) {
        kind = rms_directory_object_get_kind(object);
        self->look_up = g_cancellable_new();
        rms_directory_lookup_sid_async(rms_console_get_directory(self->console),
                                       rms_directory_object_get_sid(object),
                                       self->look_up,
                                       on_looked_up,
                                       g_object_ref(self));
    }
    rms_role_chooser_limit(self->roles, object != NULL ? &kind : NULL);
    update_chosen(self);
}

/* While something is chosen, its kind limits the roles; while nothing is, the role limits the
 * kinds. */
static void apply_role(RmsAddDialog *self)
{
    RmsRole role;
    gboolean has_role = rms_role_chooser_get_role(self->roles, &role);

    if (get_chosen(self) != NULL)
        return;
    rms_directory_finder_set_kinds(self->finder,
                                   has_role ? rms_role_rules_get_kinds(role) : RMS_KIND_ALL);
    rms_directory_finder_set_suggestion(
        self->finder, has_role && role == RMS_ROLE_EXCHANGE ? EXCHANGE_GROUP : NULL);
}

static void on_role_chosen(RmsAddDialog *self)
{
    apply_role(self);
    update_chosen(self);
}

static void on_entry_changed(RmsAddDialog *self)
{
    gtk_single_selection_set_selected(self->selection, GTK_INVALID_LIST_POSITION);
    apply_role(self);
    rms_directory_finder_set_text(self->finder, gtk_editable_get_text(self->entry));
}

static void on_entry_activated(RmsAddDialog *self)
{
    rms_directory_finder_resolve(self->finder, gtk_editable_get_text(self->entry));
}

static void on_entry_stopped(RmsAddDialog *self)
{
    gtk_window_close(GTK_WINDOW(self));
}

static void focus_next(RmsAddDialog *self)
{
    if (gtk_widget_is_sensitive(self->add_button))
        gtk_widget_grab_focus(self->add_button);
    else
        rms_role_chooser_focus(self->roles);
}

/* One object is what was meant; among several somebody has to choose. */
static void on_resolved(RmsAddDialog *self)
{
    guint n = g_list_model_get_n_items(rms_directory_finder_get_results(self->finder));

    update_results(self);
    if (n == 1) {
        gtk_single_selection_set_selected(self->selection, 0);
        focus_next(self);
    } else if (n > 1) {
        gtk_widget_grab_focus(GTK_WIDGET(self->list));
    }
}

static void on_result_activated(RmsAddDialog *self, guint position)
{
    gtk_single_selection_set_selected(self->selection, position);
    focus_next(self);
}

static gboolean on_entry_key_pressed(GtkEventControllerKey *controller,
                                     guint keyval,
                                     guint keycode,
                                     GdkModifierType state,
                                     RmsAddDialog *self)
{
    GListModel *results = rms_directory_finder_get_results(self->finder);

    if ((keyval != GDK_KEY_Down && keyval != GDK_KEY_KP_Down) ||
        g_list_model_get_n_items(results) == 0)
        return GDK_EVENT_PROPAGATE;
    gtk_widget_grab_focus(GTK_WIDGET(self->list));
    gtk_widget_activate_action(
        GTK_WIDGET(self->list), "list.select-item", "(ubb)", 0, FALSE, FALSE);
    return GDK_EVENT_STOP;
}

static void on_retry_clicked(RmsAddDialog *self)
{
    rms_directory_finder_retry(self->finder);
}

static void on_add_clicked(RmsAddDialog *self)
{
    RmsDirectoryObject *object = self->looked_up != NULL ? self->looked_up : get_chosen(self);
    g_autoptr(GError) error = NULL;
    RmsRole role;

    if (object == NULL || !rms_role_chooser_get_role(self->roles, &role))
        return;
    if (!rms_console_add(self->console, object, role, gtk_editable_get_text(self->note), &error)) {
        rms_notice_show_error(self->failure, error);
        return;
    }
    g_signal_emit(self, added, 0, rms_directory_object_get_account_name(object));
    gtk_window_destroy(GTK_WINDOW(self));
}

void rms_add_dialog_find(RmsAddDialog *self, const char *text)
{
    g_return_if_fail(RMS_IS_ADD_DIALOG(self));

    g_signal_handlers_block_by_func(self->entry, on_entry_changed, self);
    gtk_editable_set_text(self->entry, text);
    g_signal_handlers_unblock_by_func(self->entry, on_entry_changed, self);
    on_entry_activated(self);
}

/* ------------------------------------------------------------------------------------------- */

static void on_setup(GtkListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
    gtk_list_item_set_child(item, rms_object_row_new());
}

static void on_bind(GtkListItemFactory *factory, GtkListItem *item, RmsAddDialog *self)
{
    RmsDirectoryObject *object = gtk_list_item_get_item(item);

    rms_object_row_set_object(
        RMS_OBJECT_ROW(gtk_list_item_get_child(item)), object, find_entry(self, object));
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

    end_look_up(self);
    if (self->finder != NULL) {
        rms_directory_finder_stop(self->finder);
        g_signal_handlers_disconnect_by_data(self->finder, self);
        g_signal_handlers_disconnect_by_data(self->selection, self);
    }
    g_clear_object(&self->selection);
    g_clear_object(&self->finder);
    g_clear_object(&self->console);
    G_OBJECT_CLASS(rms_add_dialog_parent_class)->dispose(object);
}

static void rms_add_dialog_class_init(RmsAddDialogClass *class)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(class);

    g_type_ensure(RMS_TYPE_NOTICE);
    g_type_ensure(RMS_TYPE_ROLE_CHOOSER);
    G_OBJECT_CLASS(class)->dispose = rms_add_dialog_dispose;
    widget_class->map = rms_add_dialog_map;
    added = g_signal_new("added",
                         RMS_TYPE_ADD_DIALOG,
                         G_SIGNAL_RUN_LAST,
                         0,
                         NULL,
                         NULL,
                         NULL,
                         G_TYPE_NONE,
                         1,
                         G_TYPE_STRING);
    gtk_widget_class_set_template_from_resource(widget_class,
                                                "/org/rmsconnector/Console/add-dialog.ui");
    gtk_widget_class_bind_template_child(widget_class, RmsAddDialog, add_button);
    gtk_widget_class_bind_template_child(widget_class, RmsAddDialog, failure);
    gtk_widget_class_bind_template_child(widget_class, RmsAddDialog, entry);
    gtk_widget_class_bind_template_child(widget_class, RmsAddDialog, stack);
    gtk_widget_class_bind_template_child(widget_class, RmsAddDialog, hint);
    gtk_widget_class_bind_template_child(widget_class, RmsAddDialog, spinner);
    gtk_widget_class_bind_template_child(widget_class, RmsAddDialog, directory_error);
    gtk_widget_class_bind_template_child(widget_class, RmsAddDialog, list);
    gtk_widget_class_bind_template_child(widget_class, RmsAddDialog, results_note);
    gtk_widget_class_bind_template_child(widget_class, RmsAddDialog, chosen_notice);
    gtk_widget_class_bind_template_child(widget_class, RmsAddDialog, role_title);
    gtk_widget_class_bind_template_child(widget_class, RmsAddDialog, roles);
    gtk_widget_class_bind_template_child(widget_class, RmsAddDialog, super_user_note);
    gtk_widget_class_bind_template_child(widget_class, RmsAddDialog, note);
    gtk_widget_class_bind_template_callback(widget_class, on_entry_changed);
    gtk_widget_class_bind_template_callback(widget_class, on_entry_activated);
    gtk_widget_class_bind_template_callback(widget_class, on_entry_stopped);
    gtk_widget_class_bind_template_callback(widget_class, on_result_activated);
    gtk_widget_class_bind_template_callback(widget_class, on_retry_clicked);
    gtk_widget_class_bind_template_callback(widget_class, on_role_chosen);
    gtk_widget_class_bind_template_callback(widget_class, on_add_clicked);
}

static void rms_add_dialog_init(RmsAddDialog *self)
{
    g_autoptr(GtkListItemFactory) factory = gtk_signal_list_item_factory_new();
    GtkEventController *keys = gtk_event_controller_key_new();

    gtk_widget_init_template(GTK_WIDGET(self));
    rms_widget_words_mend(GTK_WIDGET(self));
    g_signal_connect(factory, "setup", G_CALLBACK(on_setup), NULL);
    g_signal_connect(factory, "bind", G_CALLBACK(on_bind), self);
    gtk_list_view_set_factory(self->list, factory);
    gtk_event_controller_set_propagation_phase(keys, GTK_PHASE_CAPTURE);
    g_signal_connect(keys, "key-pressed", G_CALLBACK(on_entry_key_pressed), self);
    gtk_widget_add_controller(GTK_WIDGET(self->entry), keys);
}

RmsAddDialog *rms_add_dialog_new(GtkWindow *parent, RmsConsole *console)
{
    RmsAddDialog *self = NULL;

    g_return_val_if_fail(RMS_IS_CONSOLE(console), NULL);

    self = g_object_new(RMS_TYPE_ADD_DIALOG, "transient-for", parent, NULL);
    self->console = g_object_ref(console);
    self->finder = rms_directory_finder_new(rms_console_get_directory(console), PAUSE_MS);
    self->selection = g_object_new(GTK_TYPE_SINGLE_SELECTION,
                                   "autoselect",
                                   FALSE,
                                   "can-unselect",
                                   TRUE,
                                   "model",
                                   rms_directory_finder_get_results(self->finder),
                                   NULL);
    gtk_list_view_set_model(self->list, GTK_SELECTION_MODEL(self->selection));
    g_signal_connect_swapped(self->finder, "changed", G_CALLBACK(update_results), self);
    g_signal_connect_swapped(self->finder, "resolved", G_CALLBACK(on_resolved), self);
    g_signal_connect_swapped(
        self->selection, "notify::selected-item", G_CALLBACK(on_selected), self);
    update_results(self);
    update_chosen(self);
    return self;
}
