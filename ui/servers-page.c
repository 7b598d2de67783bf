/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The page of the authorized servers.
 */
#include "config.h"

#include "ui/servers-page.h"

#include <glib/gi18n.h>

#include "ui/error-words.h"
#include "ui/notice.h"
#include "ui/object-details.h"
#include "ui/role-dialog.h"
#include "ui/server-items.h"
#include "ui/server-row.h"
#include "ui/upkeep-words.h"
#include "ui/upkeep.h"
#include "ui/widget-words.h"
#include "ui/words.h"

/* First pause before a directory that did not answer is asked again. */
#define UPKEEP_PAUSE_SECONDS 30

struct _RmsServersPage {
    AdwBin parent_instance;

    GtkSearchBar *search_bar;
    GtkEditable *search_entry;
    GtkWidget *sign_in_notice;
    RmsNotice *orphans_notice;
    RmsNotice *unchecked_notice;
    GtkStack *stack;
    GtkLabel *revision;
    GtkListView *list;
    GtkRevealer *pending_revealer;
    GtkLabel *pending_label;

    RmsConsole *console;
    RmsUpkeep *upkeep;
    RmsServerItems *items;
    GtkCustomFilter *filter;
    GListModel *shown;
    char *folded;
};

G_DEFINE_TYPE(RmsServersPage, rms_servers_page, ADW_TYPE_BIN)

static GtkWindow *get_window(RmsServersPage *self)
{
    return GTK_WINDOW(gtk_widget_get_root(GTK_WIDGET(self)));
}

static const char *choose_stack_page(RmsServersPage *self)
{
    if (rms_console_get_saved(self->console) == NULL)
        return "loading";
    if (g_list_model_get_n_items(G_LIST_MODEL(self->items)) == 0)
        return "empty";
    return g_list_model_get_n_items(self->shown) > 0 ? "list" : "nothing";
}

static char *describe_pending(RmsServersPage *self, guint n_changes)
{
    RmsPushObstacle obstacle = rms_console_get_obstacle(self->console);
    g_autofree char *pending = rms_words_pending(n_changes);

    if (obstacle == RMS_OBSTACLE_NONE || obstacle == RMS_OBSTACLE_PUSHING)
        return g_steal_pointer(&pending);
    /* Translators: "3 changes are not pushed yet. Sign in to your tenant to push changes." */
    return g_strdup_printf(_("%s. %s"), pending, rms_words_obstacle(obstacle));
}

static void update_upkeep(RmsServersPage *self)
{
    g_autoptr(GPtrArray) orphans = rms_upkeep_dup_orphans(self->upkeep);
    const GError *failure = rms_upkeep_get_failure(self->upkeep);

    gtk_widget_set_visible(GTK_WIDGET(self->orphans_notice), orphans->len > 0);
    if (orphans->len > 0) {
        g_autofree char *title = rms_upkeep_words_orphans(orphans->len);

        g_object_set(self->orphans_notice, "title", title, NULL);
    }
    gtk_widget_set_visible(GTK_WIDGET(self->unchecked_notice), failure != NULL);
    gtk_widget_set_sensitive(GTK_WIDGET(self->unchecked_notice),
                             !rms_upkeep_get_checking(self->upkeep));
    if (failure != NULL)
        g_object_set(self->unchecked_notice,
                     "title",
                     _("Some accounts could not be looked up in the directory"),
                     "advice",
                     rms_error_words(failure).advice,
                     "details",
                     failure->message,
                     NULL);
}

/* The whole view from the console's state. */
static void update(RmsServersPage *self)
{
    guint n_changes = g_list_model_get_n_items(rms_console_get_pending(self->console));
    g_autofree char *revision = rms_words_revision(rms_console_get_saved(self->console));

    gtk_stack_set_visible_child_name(self->stack, choose_stack_page(self));
    gtk_label_set_label(self->revision, revision);
    gtk_widget_set_visible(self->sign_in_notice, rms_console_get_account(self->console) == NULL);
    gtk_revealer_set_reveal_child(self->pending_revealer, n_changes > 0);
    if (n_changes > 0) {
        g_autofree char *pending = describe_pending(self, n_changes);

        gtk_label_set_label(self->pending_label, pending);
    }
}

static void on_search_changed(RmsServersPage *self)
{
    g_free(self->folded);
    self->folded = g_utf8_casefold(gtk_editable_get_text(self->search_entry), -1);
    gtk_filter_changed(GTK_FILTER(self->filter), GTK_FILTER_CHANGE_DIFFERENT);
    update(self);
}

static gboolean match_item(gpointer item, gpointer user_data)
{
    return rms_server_item_matches(item, RMS_SERVERS_PAGE(user_data)->folded);
}

static void on_sign_in_clicked(RmsServersPage *self)
{
    gtk_widget_activate_action(GTK_WIDGET(self), "win.sign-in", NULL);
}

static const RmsSid *get_sid(RmsServerItem *item)
{
    return rms_entry_get_sid(rms_server_item_get_entry(item));
}

/* The forest that has the domain of @object; home, when none knows it yet. */
static RmsForest *find_forest(RmsServersPage *self, RmsDirectoryObject *object)
{
    GListModel *forests = rms_console_get_forests(self->console);
    g_autoptr(RmsForest) home = g_list_model_get_item(forests, 0);

    for (guint i = 0; i < g_list_model_get_n_items(forests); i++) {
        g_autoptr(RmsForest) forest = g_list_model_get_item(forests, i);

        if (rms_forest_find_domain_of_dn(forest, rms_directory_object_get_dn(object)) != NULL)
            return g_steal_pointer(&forest);
    }
    return g_steal_pointer(&home);
}

/* Of an account that the directory does not show, there is only what the entry says. */
static void show_entry(RmsServersPage *self, RmsServerItem *item)
{
    RmsEntry *entry = rms_server_item_get_entry(item);
    RmsUpkeepFinding *finding = rms_server_item_get_finding(item);
    g_autofree char *name = rms_words_name(rms_entry_get_name(entry));
    g_autofree char *dn =
        rms_words_name(rms_entry_get_dn(entry) != NULL ? rms_entry_get_dn(entry) : "");
    g_autofree char *found =
        finding != NULL ? rms_upkeep_words_sentences(finding)
                        : g_strdup(_("The directory has not answered yet. Try again in a moment."));
    GtkWidget *dialog = adw_message_dialog_new(get_window(self), name, NULL);

    adw_message_dialog_format_body(
        ADW_MESSAGE_DIALOG(dialog), "%s\n\n%s\n%s", found, rms_entry_get_sid_text(entry), dn);
    adw_message_dialog_add_response(ADW_MESSAGE_DIALOG(dialog), "close", _("_Close"));
    rms_widget_words_mend(dialog);
    gtk_window_present(GTK_WINDOW(dialog));
}

static void on_row_details(RmsServersPage *self, RmsServerItem *item)
{
    RmsUpkeepFinding *finding = rms_server_item_get_finding(item);
    RmsDirectoryObject *object = finding != NULL ? rms_upkeep_finding_get_object(finding) : NULL;
    g_autoptr(RmsForest) forest = NULL;

    if (object == NULL) {
        show_entry(self, item);
        return;
    }
    forest = find_forest(self, object);
    rms_object_details_present(
        get_window(self), rms_console_get_connector(self->console), forest, object);
}

static void on_row_change_role(RmsServersPage *self, RmsServerItem *item)
{
    rms_role_dialog_present(get_window(self), self->console, rms_server_item_get_entry(item));
}

/* Without asking: it can be undone until it is pushed. */
static void on_row_remove(RmsServersPage *self, RmsServerItem *item)
{
    rms_console_remove(self->console, get_sid(item), NULL);
}

static void on_row_undo(RmsServersPage *self, RmsServerItem *item)
{
    rms_console_undo(self->console, get_sid(item));
}

static void on_remove_orphans_response(RmsServersPage *self, const char *response)
{
    g_autoptr(GError) error = NULL;

    if (g_str_equal(response, "remove") && self->upkeep != NULL)
        rms_upkeep_remove_orphans(self->upkeep, &error);
    if (error != NULL)
        gtk_widget_activate_action(
            GTK_WIDGET(self), "win.show-toast", "s", rms_error_words(error).title);
}

static void on_remove_orphans_clicked(RmsServersPage *self)
{
    g_autoptr(GPtrArray) orphans = rms_upkeep_dup_orphans(self->upkeep);
    g_autofree char *body = rms_upkeep_words_remove_orphans(orphans);
    GtkWidget *dialog = adw_message_dialog_new(get_window(self), _("Remove Orphans?"), body);
    AdwMessageDialog *message = ADW_MESSAGE_DIALOG(dialog);

    adw_message_dialog_add_responses(message, "cancel", _("_Cancel"), "remove", _("_Remove"), NULL);
    adw_message_dialog_set_response_appearance(message, "remove", ADW_RESPONSE_DESTRUCTIVE);
    g_signal_connect_object(
        dialog, "response", G_CALLBACK(on_remove_orphans_response), self, G_CONNECT_SWAPPED);
    rms_widget_words_mend(dialog);
    gtk_window_present(GTK_WINDOW(dialog));
}

void rms_servers_page_check(RmsServersPage *self)
{
    g_return_if_fail(RMS_IS_SERVERS_PAGE(self));

    if (self->upkeep != NULL)
        rms_upkeep_check(self->upkeep);
}

static void on_setup(GtkListItemFactory *factory, GtkListItem *list_item, RmsServersPage *self)
{
    GtkWidget *row = rms_server_row_new();

    g_signal_connect_swapped(row, "details", G_CALLBACK(on_row_details), self);
    g_signal_connect_swapped(row, "change-role", G_CALLBACK(on_row_change_role), self);
    g_signal_connect_swapped(row, "remove", G_CALLBACK(on_row_remove), self);
    g_signal_connect_swapped(row, "undo", G_CALLBACK(on_row_undo), self);
    gtk_list_item_set_activatable(list_item, FALSE);
    gtk_list_item_set_selectable(list_item, FALSE);
    gtk_list_item_set_child(list_item, row);
}

static void on_bind(GtkListItemFactory *factory, GtkListItem *list_item, RmsServersPage *self)
{
    rms_server_row_set_item(RMS_SERVER_ROW(gtk_list_item_get_child(list_item)),
                            gtk_list_item_get_item(list_item));
}

GtkSearchBar *rms_servers_page_get_search_bar(RmsServersPage *self)
{
    g_return_val_if_fail(RMS_IS_SERVERS_PAGE(self), NULL);
    return self->search_bar;
}

static void rms_servers_page_dispose(GObject *object)
{
    RmsServersPage *self = RMS_SERVERS_PAGE(object);

    if (self->console != NULL) {
        g_signal_handlers_disconnect_by_data(self->console, self);
        g_signal_handlers_disconnect_by_data(self->shown, self);
    }
    if (self->upkeep != NULL) {
        rms_upkeep_stop(self->upkeep);
        g_signal_handlers_disconnect_by_data(self->upkeep, self);
    }
    g_clear_object(&self->upkeep);
    g_clear_object(&self->shown);
    g_clear_object(&self->filter);
    g_clear_object(&self->items);
    g_clear_object(&self->console);
    G_OBJECT_CLASS(rms_servers_page_parent_class)->dispose(object);
}

static void rms_servers_page_finalize(GObject *object)
{
    g_free(RMS_SERVERS_PAGE(object)->folded);
    G_OBJECT_CLASS(rms_servers_page_parent_class)->finalize(object);
}

static void rms_servers_page_class_init(RmsServersPageClass *class)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(class);

    g_type_ensure(RMS_TYPE_NOTICE);
    G_OBJECT_CLASS(class)->dispose = rms_servers_page_dispose;
    G_OBJECT_CLASS(class)->finalize = rms_servers_page_finalize;
    gtk_widget_class_set_template_from_resource(widget_class,
                                                "/org/rmsconnector/Console/servers-page.ui");
    gtk_widget_class_bind_template_child(widget_class, RmsServersPage, search_bar);
    gtk_widget_class_bind_template_child(widget_class, RmsServersPage, search_entry);
    gtk_widget_class_bind_template_child(widget_class, RmsServersPage, sign_in_notice);
    gtk_widget_class_bind_template_child(widget_class, RmsServersPage, orphans_notice);
    gtk_widget_class_bind_template_child(widget_class, RmsServersPage, unchecked_notice);
    gtk_widget_class_bind_template_child(widget_class, RmsServersPage, stack);
    gtk_widget_class_bind_template_child(widget_class, RmsServersPage, revision);
    gtk_widget_class_bind_template_child(widget_class, RmsServersPage, list);
    gtk_widget_class_bind_template_child(widget_class, RmsServersPage, pending_revealer);
    gtk_widget_class_bind_template_child(widget_class, RmsServersPage, pending_label);
    gtk_widget_class_bind_template_callback(widget_class, on_search_changed);
    gtk_widget_class_bind_template_callback(widget_class, on_sign_in_clicked);
    gtk_widget_class_bind_template_callback(widget_class, on_remove_orphans_clicked);
    gtk_widget_class_bind_template_callback(widget_class, rms_servers_page_check);
}

static void rms_servers_page_init(RmsServersPage *self)
{
    g_autoptr(GtkListItemFactory) factory = gtk_signal_list_item_factory_new();

    gtk_widget_init_template(GTK_WIDGET(self));
    rms_widget_words_mend(GTK_WIDGET(self));
    self->folded = g_strdup("");
    gtk_search_bar_connect_entry(self->search_bar, self->search_entry);
    g_signal_connect(factory, "setup", G_CALLBACK(on_setup), self);
    g_signal_connect(factory, "bind", G_CALLBACK(on_bind), self);
    gtk_list_view_set_factory(self->list, factory);
}

void rms_servers_page_set_console(RmsServersPage *self, RmsConsole *console)
{
    g_autoptr(GtkNoSelection) selection = NULL;

    g_return_if_fail(RMS_IS_SERVERS_PAGE(self));
    g_return_if_fail(self->console == NULL);

    self->console = g_object_ref(console);
    self->upkeep = rms_upkeep_new(console, rms_console_get_forests(console), UPKEEP_PAUSE_SECONDS);
    self->items = rms_server_items_new(console, self->upkeep);
    self->filter = gtk_custom_filter_new(match_item, self, NULL);
    g_object_ref(self->filter);
    self->shown = G_LIST_MODEL(gtk_filter_list_model_new(g_object_ref(G_LIST_MODEL(self->items)),
                                                         GTK_FILTER(self->filter)));
    selection = gtk_no_selection_new(g_object_ref(self->shown));
    gtk_list_view_set_model(self->list, GTK_SELECTION_MODEL(selection));
    g_signal_connect_swapped(self->shown, "items-changed", G_CALLBACK(update), self);
    g_signal_connect_swapped(console, "notify", G_CALLBACK(update), self);
    g_signal_connect_swapped(self->upkeep, "changed", G_CALLBACK(update_upkeep), self);
    update(self);
    update_upkeep(self);
}
