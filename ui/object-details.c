/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The details of one object of the directory.
 */
#include "config.h"

#include "ui/object-details.h"

#include <glib/gi18n.h>

#include "directory/directory-details.h"
#include "directory/directory-limits.h"
#include "ui/effective-members.h"
#include "ui/notice.h"
#include "ui/object-facts.h"
#include "ui/widget-words.h"
#include "ui/words.h"

/* Somebody who walks through results with the arrow keys asks for none of them. */
#define PAUSE_MS 200
/* Rows shown at first, and added by each "Show More". */
#define FIRST_ROWS 20
#define MORE_ROWS 200

struct _RmsObjectDetailsView {
    AdwBin parent_instance;

    GtkScrolledWindow *scroller;
    GtkImage *icon;
    GtkLabel *title;
    GtkSpinner *spinner;
    GtkLabel *warnings;
    GtkWidget *effective_button;
    RmsNotice *facts_notice;
    GtkBox *facts;
    GtkWidget *members_section;
    RmsNotice *members_notice;
    GtkLabel *members_summary;
    GtkListBox *members;
    GtkWidget *more_members;
    RmsNotice *memberships_notice;
    GtkLabel *memberships_summary;
    GtkListBox *memberships;
    GtkWidget *more_memberships;

    RmsConnector *connector; /* (nullable) */
    RmsForest *forest;
    RmsDirectoryObject *object;
    RmsObjectDetails *details; /* (nullable) */
    GtkSliceListModel *shown_members;
    GtkSliceListModel *shown_memberships;
    GCancellable *cancellable;
    guint pause;
    guint pending;   /* calls under way for this object */
    gboolean loaded; /* or being loaded */
    gboolean all_members;
};

/* A call for one object; late answers for another one are dropped by their cancellable. */
typedef struct {
    RmsObjectDetailsView *view;
    GCancellable *cancellable;
    GListStore *store; /* (nullable) */
} Call;

G_DEFINE_TYPE(RmsObjectDetailsView, rms_object_details_view, ADW_TYPE_BIN)

static Call *call_new(RmsObjectDetailsView *self, GListStore *store)
{
    Call *call = g_new0(Call, 1);

    call->view = g_object_ref(self);
    call->cancellable = g_object_ref(self->cancellable);
    g_set_object(&call->store, store);
    self->pending++;
    gtk_spinner_start(self->spinner);
    return call;
}

static void call_free(Call *call)
{
    g_object_unref(call->view);
    g_object_unref(call->cancellable);
    g_clear_object(&call->store);
    g_free(call);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Call, call_free)

/* Returns: whether the answer is for what is shown. */
static gboolean end_call(Call *call)
{
    RmsObjectDetailsView *self = call->view;

    if (g_cancellable_is_cancelled(call->cancellable) || call->cancellable != self->cancellable)
        return FALSE;
    self->pending--;
    if (self->pending == 0)
        gtk_spinner_stop(self->spinner);
    return TRUE;
}

static RmsDirectory *find_directory(RmsObjectDetailsView *self)
{
    RmsDirectory *own =
        rms_forest_find_domain_of_dn(self->forest, rms_directory_object_get_dn(self->object));

    return own != NULL ? own : rms_forest_get_home(self->forest);
}

/* --- facts -------------------------------------------------------------------------------- */

static GtkWidget *make_label(const char *text, const char *style)
{
    GtkWidget *label = g_object_new(GTK_TYPE_LABEL,
                                    "label",
                                    text,
                                    "xalign",
                                    0.0,
                                    "wrap",
                                    TRUE,
                                    "wrap-mode",
                                    PANGO_WRAP_WORD_CHAR,
                                    NULL);

    if (style != NULL)
        gtk_widget_add_css_class(label, style);
    return label;
}

static GtkWidget *make_fact(const RmsFact *fact)
{
    GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 0);
    GtkWidget *title = make_label(fact->title, "dim-label");
    GtkWidget *value = make_label(fact->value, NULL);

    gtk_widget_add_css_class(title, "caption");
    gtk_label_set_selectable(GTK_LABEL(value), TRUE);
    gtk_box_append(GTK_BOX(box), title);
    gtk_box_append(GTK_BOX(box), value);
    rms_widget_words_mend(box);
    return box;
}

static RmsDirectoryObject *get_newest(RmsObjectDetailsView *self)
{
    return self->details != NULL ? self->details->object : self->object;
}

static void show_facts(RmsObjectDetailsView *self)
{
    RmsDirectoryObject *object = get_newest(self);
    g_autofree char *name = rms_words_name(rms_directory_object_get_account_name(object));
    g_auto(GStrv) warnings = rms_words_warnings(rms_directory_object_get_warnings(object));
    g_autofree char *all_warnings = g_strjoinv("\n", warnings);
    g_autoptr(GPtrArray) facts = rms_object_facts(object, self->details);
    GtkWidget *child;

    gtk_image_set_from_icon_name(self->icon,
                                 rms_words_kind_icon(rms_directory_object_get_kind(object)));
    gtk_label_set_label(self->title, name);
    gtk_label_set_label(self->warnings, all_warnings);
    gtk_widget_set_visible(GTK_WIDGET(self->warnings), *all_warnings != '\0');
    while ((child = gtk_widget_get_first_child(GTK_WIDGET(self->facts))) != NULL)
        gtk_box_remove(self->facts, child);
    for (guint i = 0; i < facts->len; i++)
        gtk_box_append(self->facts, make_fact(facts->pdata[i]));
}

static void on_details_loaded(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(Call) call = user_data;
    RmsObjectDetailsView *self = call->view;
    g_autoptr(GError) error = NULL;
    g_autoptr(RmsObjectDetails) details =
        rms_directory_load_details_finish(RMS_DIRECTORY(source), result, &error);

    if (!end_call(call))
        return;
    rms_notice_show_error(self->facts_notice, error);
    if (error == NULL && details == NULL) {
        g_object_set(self->facts_notice,
                     "level",
                     RMS_NOTICE_WARNING,
                     "title",
                     _("The account no longer exists in the directory."),
                     "advice",
                     NULL,
                     "details",
                     NULL,
                     NULL);
        gtk_widget_set_visible(GTK_WIDGET(self->facts_notice), TRUE);
    }
    self->details = g_steal_pointer(&details);
    show_facts(self);
}

/* --- members and memberships ------------------------------------------------------------------ */

static GtkWidget *make_row(RmsDirectoryObject *object, const char *below)
{
    GtkWidget *row = gtk_list_box_row_new();
    GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 0);
    g_autofree char *name = rms_words_name(rms_directory_object_get_account_name(object));
    GtkWidget *title = make_label(name, NULL);
    GtkWidget *subtitle = make_label(below, "caption");

    gtk_label_set_selectable(GTK_LABEL(title), TRUE);
    gtk_label_set_selectable(GTK_LABEL(subtitle), TRUE);
    gtk_widget_add_css_class(subtitle, "dim-label");
    gtk_widget_add_css_class(box, "member-row");
    gtk_box_append(GTK_BOX(box), title);
    gtk_box_append(GTK_BOX(box), subtitle);
    gtk_list_box_row_set_child(GTK_LIST_BOX_ROW(row), box);
    gtk_list_box_row_set_activatable(GTK_LIST_BOX_ROW(row), FALSE);
    rms_widget_words_mend(row);
    return row;
}

static GtkWidget *make_member_row(gpointer item, gpointer user_data)
{
    g_autofree char *kind = rms_words_object_kind(item);
    g_autofree char *place = rms_words_name(rms_directory_object_get_place(item));
    /* Translators: kind of account, then where it is in the directory. */
    g_autofree char *below = g_strdup_printf(_("%s · %s"), kind, place);

    return make_row(item, below);
}

static GtkWidget *make_membership_row(gpointer item, gpointer user_data)
{
    RmsObjectDetailsView *self = user_data;
    g_autofree char *path =
        rms_object_facts_membership(item, rms_directory_object_get_account_name(self->object));

    return make_row(rms_membership_get_group(item), path);
}

static void show_list(GtkSliceListModel *slice, GtkListBox *list, GListStore *store)
{
    gtk_slice_list_model_set_model(slice, store != NULL ? G_LIST_MODEL(store) : NULL);
    gtk_widget_set_visible(GTK_WIDGET(list),
                           store != NULL && g_list_model_get_n_items(G_LIST_MODEL(store)) > 0);
}

/* Whether there is more to show than the slice does. */
static gboolean has_more(GtkSliceListModel *slice)
{
    GListModel *all = gtk_slice_list_model_get_model(slice);

    return all != NULL && g_list_model_get_n_items(all) > gtk_slice_list_model_get_size(slice);
}

static void on_members_listed(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(Call) call = user_data;
    RmsObjectDetailsView *self = call->view;
    g_autoptr(GError) error = NULL;
    g_auto(RmsMemberSummary) summary = {0};
    g_autofree char *text = NULL;
    gboolean listed =
        rms_directory_list_members_finish(RMS_DIRECTORY(source), result, &summary, &error);

    if (!end_call(call))
        return;
    rms_notice_show_error(self->members_notice, error);
    gtk_widget_set_sensitive(self->more_members, TRUE);
    if (!listed)
        return;
    show_list(self->shown_members, self->members, call->store);
    text = rms_object_facts_members(g_list_model_get_n_items(G_LIST_MODEL(call->store)),
                                    rms_directory_object_get_member_count(get_newest(self)),
                                    &summary);
    gtk_label_set_label(self->members_summary, text);
    gtk_widget_set_visible(self->more_members,
                           has_more(self->shown_members) ||
                               (summary.truncated && !self->all_members));
}

static void list_members(RmsObjectDetailsView *self, guint limit)
{
    g_autoptr(GListStore) store = g_list_store_new(RMS_TYPE_DIRECTORY_OBJECT);

    rms_directory_list_members_async(find_directory(self),
                                     rms_directory_object_get_sid(self->object),
                                     limit,
                                     store,
                                     self->cancellable,
                                     on_members_listed,
                                     call_new(self, store));
}

/* The rest is read when somebody wants to see it, and shown by the page. */
static void on_more_members_clicked(RmsObjectDetailsView *self)
{
    gtk_slice_list_model_set_size(self->shown_members,
                                  gtk_slice_list_model_get_size(self->shown_members) + MORE_ROWS);
    if (self->all_members) {
        gtk_widget_set_visible(self->more_members, has_more(self->shown_members));
        return;
    }
    self->all_members = TRUE;
    gtk_widget_set_sensitive(self->more_members, FALSE);
    list_members(self, RMS_MAX_EXPANDED_MEMBERS);
}

static void on_memberships_listed(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(Call) call = user_data;
    RmsObjectDetailsView *self = call->view;
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;
    gboolean truncated = FALSE;
    gboolean listed =
        rms_directory_list_memberships_finish(RMS_DIRECTORY(source), result, &truncated, &error);
    guint n = g_list_model_get_n_items(G_LIST_MODEL(call->store));

    if (!end_call(call))
        return;
    rms_notice_show_error(self->memberships_notice, error);
    if (!listed)
        return;
    show_list(self->shown_memberships, self->memberships, call->store);
    text = truncated ? g_strdup_printf(_("The first %u groups; there are more."), n)
                     : g_strdup_printf(ngettext("%u group, directly or through other groups.",
                                                "%u groups, directly or through other groups.",
                                                n),
                                       n);
    gtk_label_set_label(self->memberships_summary, n > 0 ? text : _("No groups."));
    gtk_widget_set_visible(self->more_memberships, has_more(self->shown_memberships));
}

static void on_more_memberships_clicked(RmsObjectDetailsView *self)
{
    gtk_slice_list_model_set_size(self->shown_memberships,
                                  gtk_slice_list_model_get_size(self->shown_memberships) +
                                      MORE_ROWS);
    gtk_widget_set_visible(self->more_memberships, has_more(self->shown_memberships));
}

/* --- loading ------------------------------------------------------------------------------ */

static void load(RmsObjectDetailsView *self)
{
    const RmsSid *sid = rms_directory_object_get_sid(self->object);
    g_autoptr(GListStore) memberships = g_list_store_new(RMS_TYPE_MEMBERSHIP);

    self->loaded = TRUE;
    rms_directory_load_details_async(
        find_directory(self), sid, self->cancellable, on_details_loaded, call_new(self, NULL));
    rms_directory_list_memberships_async(find_directory(self),
                                         sid,
                                         memberships,
                                         self->cancellable,
                                         on_memberships_listed,
                                         call_new(self, memberships));
    if (rms_kind_is_group(rms_directory_object_get_kind(self->object)))
        list_members(self, FIRST_ROWS);
}

static gboolean on_pause_over(gpointer user_data)
{
    RmsObjectDetailsView *self = user_data;

    self->pause = 0;
    load(self);
    return G_SOURCE_REMOVE;
}

static void load_if_shown(RmsObjectDetailsView *self)
{
    if (self->object != NULL && !self->loaded && self->pause == 0 &&
        gtk_widget_get_mapped(GTK_WIDGET(self)))
        self->pause = g_timeout_add(PAUSE_MS, on_pause_over, self);
}

static void rms_object_details_view_map(GtkWidget *widget)
{
    GTK_WIDGET_CLASS(rms_object_details_view_parent_class)->map(widget);
    load_if_shown(RMS_OBJECT_DETAILS_VIEW(widget));
}

static void forget(RmsObjectDetailsView *self)
{
    g_cancellable_cancel(self->cancellable);
    g_clear_object(&self->cancellable);
    g_clear_handle_id(&self->pause, g_source_remove);
    g_clear_pointer(&self->details, rms_object_details_unref);
    g_clear_object(&self->object);
    g_clear_object(&self->forest);
    self->pending = 0;
    self->loaded = FALSE;
    self->all_members = FALSE;
}

void rms_object_details_view_set_connector(RmsObjectDetailsView *self, RmsConnector *connector)
{
    g_return_if_fail(RMS_IS_OBJECT_DETAILS_VIEW(self));
    g_set_object(&self->connector, connector);
}

void rms_object_details_view_set_object(RmsObjectDetailsView *self,
                                        RmsForest *forest,
                                        RmsDirectoryObject *object)
{
    gboolean is_group;

    g_return_if_fail(RMS_IS_OBJECT_DETAILS_VIEW(self));
    g_return_if_fail(object == NULL || RMS_IS_FOREST(forest));

    if (object == self->object && forest == self->forest)
        return;
    forget(self);
    self->cancellable = g_cancellable_new();
    gtk_spinner_stop(self->spinner);
    gtk_widget_set_visible(GTK_WIDGET(self->scroller), object != NULL);
    if (object == NULL)
        return;
    self->object = g_object_ref(object);
    self->forest = g_object_ref(forest);
    is_group = rms_kind_is_group(rms_directory_object_get_kind(object));
    gtk_widget_set_visible(self->effective_button, is_group);
    gtk_widget_set_visible(self->members_section, is_group);
    rms_notice_show_error(self->facts_notice, NULL);
    rms_notice_show_error(self->members_notice, NULL);
    rms_notice_show_error(self->memberships_notice, NULL);
    gtk_slice_list_model_set_size(self->shown_members, FIRST_ROWS);
    gtk_slice_list_model_set_size(self->shown_memberships, FIRST_ROWS);
    show_list(self->shown_members, self->members, NULL);
    show_list(self->shown_memberships, self->memberships, NULL);
    gtk_label_set_label(self->members_summary, "");
    gtk_label_set_label(self->memberships_summary, "");
    gtk_widget_set_visible(self->more_members, FALSE);
    gtk_widget_set_visible(self->more_memberships, FALSE);
    gtk_adjustment_set_value(gtk_scrolled_window_get_vadjustment(self->scroller), 0);
    show_facts(self);
    load_if_shown(self);
}

static void on_copy_clicked(RmsObjectDetailsView *self)
{
    g_autoptr(GPtrArray) facts = rms_object_facts(get_newest(self), self->details);
    g_autofree char *text = rms_object_facts_to_text(facts);

    gdk_clipboard_set_text(gtk_widget_get_clipboard(GTK_WIDGET(self)), text);
}

static void on_effective_clicked(RmsObjectDetailsView *self)
{
    rms_effective_members_present(GTK_WINDOW(gtk_widget_get_root(GTK_WIDGET(self))),
                                  self->connector,
                                  self->forest,
                                  self->object);
}

static void rms_object_details_view_dispose(GObject *object)
{
    RmsObjectDetailsView *self = RMS_OBJECT_DETAILS_VIEW(object);

    forget(self);
    g_clear_object(&self->connector);
    g_clear_object(&self->shown_members);
    g_clear_object(&self->shown_memberships);
    G_OBJECT_CLASS(rms_object_details_view_parent_class)->dispose(object);
}

static void bind_children(GtkWidgetClass *class)
{
    gtk_widget_class_bind_template_child(class, RmsObjectDetailsView, scroller);
    gtk_widget_class_bind_template_child(class, RmsObjectDetailsView, icon);
    gtk_widget_class_bind_template_child(class, RmsObjectDetailsView, title);
    gtk_widget_class_bind_template_child(class, RmsObjectDetailsView, spinner);
    gtk_widget_class_bind_template_child(class, RmsObjectDetailsView, warnings);
    gtk_widget_class_bind_template_child(class, RmsObjectDetailsView, effective_button);
    gtk_widget_class_bind_template_child(class, RmsObjectDetailsView, facts_notice);
    gtk_widget_class_bind_template_child(class, RmsObjectDetailsView, facts);
    gtk_widget_class_bind_template_child(class, RmsObjectDetailsView, members_section);
    gtk_widget_class_bind_template_child(class, RmsObjectDetailsView, members_notice);
    gtk_widget_class_bind_template_child(class, RmsObjectDetailsView, members_summary);
    gtk_widget_class_bind_template_child(class, RmsObjectDetailsView, members);
    gtk_widget_class_bind_template_child(class, RmsObjectDetailsView, more_members);
    gtk_widget_class_bind_template_child(class, RmsObjectDetailsView, memberships_notice);
    gtk_widget_class_bind_template_child(class, RmsObjectDetailsView, memberships_summary);
    gtk_widget_class_bind_template_child(class, RmsObjectDetailsView, memberships);
    gtk_widget_class_bind_template_child(class, RmsObjectDetailsView, more_memberships);
}

static void rms_object_details_view_class_init(RmsObjectDetailsViewClass *class)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(class);

    g_type_ensure(RMS_TYPE_NOTICE);
    G_OBJECT_CLASS(class)->dispose = rms_object_details_view_dispose;
    widget_class->map = rms_object_details_view_map;
    gtk_widget_class_set_template_from_resource(widget_class,
                                                "/org/rmsconnector/Console/object-details.ui");
    bind_children(widget_class);
    gtk_widget_class_bind_template_callback(widget_class, on_copy_clicked);
    gtk_widget_class_bind_template_callback(widget_class, on_effective_clicked);
    gtk_widget_class_bind_template_callback(widget_class, on_more_members_clicked);
    gtk_widget_class_bind_template_callback(widget_class, on_more_memberships_clicked);
}

static void rms_object_details_view_init(RmsObjectDetailsView *self)
{
    gtk_widget_init_template(GTK_WIDGET(self));
    rms_widget_words_mend(GTK_WIDGET(self));
    self->cancellable = g_cancellable_new();
    self->shown_members = gtk_slice_list_model_new(NULL, 0, FIRST_ROWS);
    self->shown_memberships = gtk_slice_list_model_new(NULL, 0, FIRST_ROWS);
    gtk_list_box_bind_model(
        self->members, G_LIST_MODEL(self->shown_members), make_member_row, NULL, NULL);
    gtk_list_box_bind_model(
        self->memberships, G_LIST_MODEL(self->shown_memberships), make_membership_row, self, NULL);
    gtk_widget_set_visible(GTK_WIDGET(self->scroller), FALSE);
}

GtkWidget *rms_object_details_view_new(void)
{
    return g_object_new(RMS_TYPE_OBJECT_DETAILS_VIEW, NULL);
}

GtkWindow *rms_object_details_present(GtkWindow *parent,
                                      RmsConnector *connector,
                                      RmsForest *forest,
                                      RmsDirectoryObject *object)
{
    GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 0);
    GtkWidget *view = rms_object_details_view_new();
    GtkWidget *window = g_object_new(ADW_TYPE_WINDOW,
                                     "transient-for",
                                     parent,
                                     "modal",
                                     TRUE,
                                     "destroy-with-parent",
                                     TRUE,
                                     "title",
                                     _("Details"),
                                     "default-width",
                                     560,
                                     "default-height",
                                     640,
                                     "width-request",
                                     340,
                                     NULL);
    GtkEventController *keys = gtk_shortcut_controller_new();

    gtk_shortcut_controller_add_shortcut(GTK_SHORTCUT_CONTROLLER(keys),
                                         gtk_shortcut_new(gtk_keyval_trigger_new(GDK_KEY_Escape, 0),
                                                          gtk_named_action_new("window.close")));
    gtk_widget_add_controller(window, keys);
    rms_object_details_view_set_connector(RMS_OBJECT_DETAILS_VIEW(view), connector);
    rms_object_details_view_set_object(RMS_OBJECT_DETAILS_VIEW(view), forest, object);
    gtk_box_append(GTK_BOX(box), adw_header_bar_new());
    gtk_box_append(GTK_BOX(box), view);
    adw_window_set_content(ADW_WINDOW(window), box);
    gtk_window_present(GTK_WINDOW(window));
    return GTK_WINDOW(window);
}
