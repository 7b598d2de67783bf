/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The dialog that shows every account that a group covers.
 */
#include "config.h"

#include "ui/effective-members.h"

#include <glib/gi18n.h>

#include "ui/coverage.h"
#include "ui/error-words.h"
#include "ui/notice.h"
#include "ui/widget-words.h"
#include "ui/words.h"

struct _RmsEffectiveMembers {
    AdwWindow parent_instance;

    AdwWindowTitle *window_title;
    GtkWidget *copy_button;
    GtkSpinner *spinner;
    RmsNotice *failure;
    RmsNotice *gaps;
    RmsNotice *group_notice;
    GtkEditable *filter_entry;
    GtkLabel *summary;
    GtkListView *list;

    RmsConnector *connector; /* (nullable) */
    RmsForest *forest;
    RmsDirectoryObject *group;
    RmsCoverage *coverage;
    GtkCustomFilter *filter;
    GListModel *shown;
    GCancellable *cancellable;
    char *folded;
};

G_DEFINE_TYPE(RmsEffectiveMembers, rms_effective_members, ADW_TYPE_WINDOW)

static char *describe_count(RmsEffectiveMembers *self)
{
    RmsExpansion *expansion = rms_coverage_get_expansion(self->coverage);
    guint n = g_list_model_get_n_items(self->shown);
    g_autofree char *summary = NULL;

    if (expansion == NULL)
        return rms_coverage_get_loading(self->coverage) ? g_strdup(_("Reading the members…"))
                                                        : g_strdup("");
    summary = rms_coverage_words_summary(expansion);
    if (*self->folded == '\0')
        return g_steal_pointer(&summary);
    /* Translators: "3 accounts are covered, all of them directly. 1 of them is shown." */
    return g_strdup_printf(
        ngettext("%s %u of them is shown.", "%s %u of them are shown.", n), summary, n);
}

/* The whole view from what was loaded. */
static void update(RmsEffectiveMembers *self)
{
    RmsExpansion *expansion = rms_coverage_get_expansion(self->coverage);
    g_autofree char *count = describe_count(self);
    g_autofree char *gaps =
        rms_coverage_words_gaps(expansion != NULL ? rms_expansion_get_gaps(expansion) : 0);
    g_autofree char *reason = expansion != NULL ? rms_expansion_dup_gap_text(expansion) : NULL;

    g_object_set(self->spinner, "spinning", rms_coverage_get_loading(self->coverage), NULL);
    rms_notice_show_error(self->failure, rms_coverage_get_failure(self->coverage));
    gtk_widget_set_visible(GTK_WIDGET(self->gaps), gaps != NULL);
    if (gaps != NULL)
        g_object_set(self->gaps, "advice", gaps, "details", reason, NULL);
    gtk_label_set_label(self->summary, count);
    gtk_widget_set_sensitive(self->copy_button, g_list_model_get_n_items(self->shown) > 0);
}

static void on_filter_changed(RmsEffectiveMembers *self)
{
    g_autofree char *before = self->folded;
    GtkFilterChange change = GTK_FILTER_CHANGE_DIFFERENT;

    self->folded = g_utf8_casefold(gtk_editable_get_text(self->filter_entry), -1);
    if (g_str_has_prefix(self->folded, before))
        change = GTK_FILTER_CHANGE_MORE_STRICT;
    else if (g_str_has_prefix(before, self->folded))
        change = GTK_FILTER_CHANGE_LESS_STRICT;
    gtk_filter_changed(GTK_FILTER(self->filter), change);
    update(self);
}

/* Escape clears what was typed, and then closes. */
static void on_filter_stopped(RmsEffectiveMembers *self)
{
    if (*gtk_editable_get_text(self->filter_entry) != '\0')
        gtk_editable_set_text(self->filter_entry, "");
    else
        gtk_window_close(GTK_WINDOW(self));
}

static gboolean match_account(gpointer item, gpointer user_data)
{
    return rms_covered_account_matches(item, RMS_EFFECTIVE_MEMBERS(user_data)->folded);
}

static void load(RmsEffectiveMembers *self)
{
    rms_coverage_load(self->coverage, self->forest, rms_directory_object_get_sid(self->group));
}

static void on_copy_clicked(RmsEffectiveMembers *self)
{
    g_autofree char *text = rms_coverage_dup_text(self->shown);

    gdk_clipboard_set_text(gtk_widget_get_clipboard(GTK_WIDGET(self)), text);
}

/* --- what the connector knows of a distribution group ------------------------------------------
 */

static void show_groups(RmsEffectiveMembers *self, GPtrArray *groups, const GError *error)
{
    const RmsGroupStatus *status = NULL;
    g_autofree char *text = NULL;

    for (guint i = 0; groups != NULL && i < groups->len; i++) {
        const RmsGroupStatus *one = groups->pdata[i];

        if (rms_sid_equal(&one->sid, rms_directory_object_get_sid(self->group)))
            status = one;
    }
    text =
        error != NULL ? g_strdup(rms_error_words(error).title) : rms_coverage_words_group(status);
    g_object_set(self->group_notice,
                 "level",
                 error != NULL || (status != NULL && status->failure != NULL)
                     ? RMS_NOTICE_WARNING
                     : RMS_NOTICE_INFORMATION,
                 "advice",
                 text,
                 "details",
                 error != NULL ? error->message : NULL,
                 NULL);
    gtk_widget_set_visible(GTK_WIDGET(self->group_notice), TRUE);
    gtk_widget_set_sensitive(GTK_WIDGET(self->group_notice), TRUE);
}

static void on_groups_known(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(RmsEffectiveMembers) self = user_data;
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) groups =
        rms_connector_query_groups_finish(RMS_CONNECTOR(source), result, &error);

    if (!g_cancellable_is_cancelled(self->cancellable))
        show_groups(self, groups, error);
}

static void on_groups_read(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(RmsEffectiveMembers) self = user_data;
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) groups =
        rms_connector_read_groups_finish(RMS_CONNECTOR(source), result, &error);

    if (g_cancellable_is_cancelled(self->cancellable))
        return;
    show_groups(self, groups, error);
    load(self);
}

static void on_read_again_clicked(RmsEffectiveMembers *self)
{
    gtk_widget_set_sensitive(GTK_WIDGET(self->group_notice), FALSE);
    rms_connector_read_groups_async(
        self->connector, self->cancellable, on_groups_read, g_object_ref(self));
}

/* --- rows ---------------------------------------------------------------------------------- */

static GtkWidget *make_label(const char *style)
{
    GtkWidget *label = g_object_new(GTK_TYPE_LABEL,
                                    "xalign",
                                    0.0,
                                    "wrap",
                                    TRUE,
                                    "wrap-mode",
                                    PANGO_WRAP_WORD_CHAR,
                                    "hexpand",
                                    TRUE,
                                    NULL);

    if (style != NULL) {
        gtk_widget_add_css_class(label, style);
        gtk_widget_add_css_class(label, "dim-label");
    }
    return label;
}

static void on_setup(GtkListItemFactory *factory, GtkListItem *list_item)
{
    GtkWidget *row = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 12);
    GtkWidget *icon = gtk_image_new();
    GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 2);

    gtk_widget_set_valign(icon, GTK_ALIGN_START);
    gtk_box_append(GTK_BOX(box), make_label(NULL));
    gtk_box_append(GTK_BOX(box), make_label("caption"));
    gtk_box_append(GTK_BOX(row), icon);
    gtk_box_append(GTK_BOX(row), box);
    gtk_widget_add_css_class(row, "covered-row");
    rms_widget_words_mend(row);
    gtk_list_item_set_child(list_item, row);
    gtk_list_item_set_activatable(list_item, FALSE);
}

static void on_bind(GtkListItemFactory *factory, GtkListItem *list_item)
{
    RmsCoveredAccount *account = gtk_list_item_get_item(list_item);
    GtkWidget *icon = gtk_widget_get_first_child(gtk_list_item_get_child(list_item));
    GtkWidget *box = gtk_widget_get_next_sibling(icon);
    GtkWidget *name = gtk_widget_get_first_child(box);
    RmsKind kind;
    gboolean known = rms_covered_account_get_kind(account, &kind);

    gtk_image_set_from_icon_name(GTK_IMAGE(icon),
                                 known ? rms_words_kind_icon(kind) : "dialog-question-symbolic");
    gtk_accessible_update_property(GTK_ACCESSIBLE(icon),
                                   GTK_ACCESSIBLE_PROPERTY_LABEL,
                                   known ? rms_words_kind_title(kind) : _("Of another forest"),
                                   -1);
    gtk_label_set_label(GTK_LABEL(name), rms_covered_account_get_name(account));
    gtk_label_set_label(GTK_LABEL(gtk_widget_get_next_sibling(name)),
                        rms_covered_account_get_path(account));
}

static void rms_effective_members_dispose(GObject *object)
{
    RmsEffectiveMembers *self = RMS_EFFECTIVE_MEMBERS(object);

    g_cancellable_cancel(self->cancellable);
    if (self->coverage != NULL) {
        g_signal_handlers_disconnect_by_data(self->coverage, self);
        rms_coverage_stop(self->coverage);
    }
    g_clear_object(&self->coverage);
    g_clear_object(&self->shown);
    g_clear_object(&self->filter);
    g_clear_object(&self->connector);
    g_clear_object(&self->forest);
    g_clear_object(&self->group);
    G_OBJECT_CLASS(rms_effective_members_parent_class)->dispose(object);
}

static void rms_effective_members_finalize(GObject *object)
{
    RmsEffectiveMembers *self = RMS_EFFECTIVE_MEMBERS(object);

    g_object_unref(self->cancellable);
    g_free(self->folded);
    G_OBJECT_CLASS(rms_effective_members_parent_class)->finalize(object);
}

static void rms_effective_members_class_init(RmsEffectiveMembersClass *class)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(class);

    g_type_ensure(RMS_TYPE_NOTICE);
    G_OBJECT_CLASS(class)->dispose = rms_effective_members_dispose;
    G_OBJECT_CLASS(class)->finalize = rms_effective_members_finalize;
    gtk_widget_class_set_template_from_resource(widget_class,
                                                "/org/rmsconnector/Console/effective-members.ui");
    gtk_widget_class_bind_template_child(widget_class, RmsEffectiveMembers, window_title);
    gtk_widget_class_bind_template_child(widget_class, RmsEffectiveMembers, copy_button);
    gtk_widget_class_bind_template_child(widget_class, RmsEffectiveMembers, spinner);
    gtk_widget_class_bind_template_child(widget_class, RmsEffectiveMembers, failure);
    gtk_widget_class_bind_template_child(widget_class, RmsEffectiveMembers, gaps);
    gtk_widget_class_bind_template_child(widget_class, RmsEffectiveMembers, group_notice);
    gtk_widget_class_bind_template_child(widget_class, RmsEffectiveMembers, filter_entry);
    gtk_widget_class_bind_template_child(widget_class, RmsEffectiveMembers, summary);
    gtk_widget_class_bind_template_child(widget_class, RmsEffectiveMembers, list);
    gtk_widget_class_bind_template_callback(widget_class, load);
    gtk_widget_class_bind_template_callback(widget_class, on_copy_clicked);
    gtk_widget_class_bind_template_callback(widget_class, on_filter_changed);
    gtk_widget_class_bind_template_callback(widget_class, on_filter_stopped);
    gtk_widget_class_bind_template_callback(widget_class, on_read_again_clicked);
}

static void rms_effective_members_init(RmsEffectiveMembers *self)
{
    g_autoptr(GtkListItemFactory) factory = gtk_signal_list_item_factory_new();
    g_autoptr(GtkNoSelection) selection = NULL;

    gtk_widget_init_template(GTK_WIDGET(self));
    rms_widget_words_mend(GTK_WIDGET(self));
    self->folded = g_strdup("");
    self->cancellable = g_cancellable_new();
    self->coverage = rms_coverage_new();
    self->filter = gtk_custom_filter_new(match_account, self, NULL);
    g_object_ref(self->filter);
    self->shown = G_LIST_MODEL(gtk_filter_list_model_new(
        g_object_ref(rms_coverage_get_accounts(self->coverage)), GTK_FILTER(self->filter)));
    selection = gtk_no_selection_new(g_object_ref(self->shown));
    g_signal_connect(factory, "setup", G_CALLBACK(on_setup), NULL);
    g_signal_connect(factory, "bind", G_CALLBACK(on_bind), NULL);
    gtk_list_view_set_factory(self->list, factory);
    gtk_list_view_set_model(self->list, GTK_SELECTION_MODEL(selection));
    g_signal_connect_swapped(self->coverage, "changed", G_CALLBACK(update), self);
}

void rms_effective_members_present(GtkWindow *parent,
                                   RmsConnector *connector,
                                   RmsForest *forest,
                                   RmsDirectoryObject *group)
{
    RmsEffectiveMembers *self = NULL;
    g_autofree char *name = NULL;

    g_return_if_fail(RMS_IS_FOREST(forest));
    g_return_if_fail(RMS_IS_DIRECTORY_OBJECT(group));

    self = g_object_new(RMS_TYPE_EFFECTIVE_MEMBERS, "transient-for", parent, NULL);
    name = rms_words_name(rms_directory_object_get_account_name(group));
    adw_window_title_set_subtitle(self->window_title, name);
    g_set_object(&self->connector, connector);
    self->forest = g_object_ref(forest);
    self->group = g_object_ref(group);
    if (connector != NULL && rms_directory_object_get_kind(group) == RMS_KIND_DISTRIBUTION_GROUP)
        rms_connector_query_groups_async(
            connector, self->cancellable, on_groups_known, g_object_ref(self));
    load(self);
    gtk_window_present(GTK_WINDOW(self));
    gtk_window_set_focus(GTK_WINDOW(self), GTK_WIDGET(self->filter_entry));
}
