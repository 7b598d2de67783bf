/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The page of the event log.
 */
#include "config.h"

#include "ui/events-page.h"

#include <glib/gi18n.h>

#include "ui/event-details.h"
#include "ui/event-history.h"
#include "ui/notice.h"
#include "ui/widget-words.h"
#include "ui/words.h"

struct _RmsEventsPage {
    AdwBin parent_instance;

    GtkSearchBar *search_bar;
    GtkEditable *search_entry;
    GtkDropDown *levels;
    RmsNotice *failure;
    GtkStack *stack;
    GtkColumnView *table;
    GtkListView *list;
    RmsEventDetails *details;
    GtkLabel *count;
    GtkSpinner *spinner;
    GtkWidget *load_older_button;

    RmsEventHistory *history;
    GtkCustomFilter *filter;
    GtkSingleSelection *selection;
    char *folded;
    guint level_bits;
    gboolean narrow; /* the list of two-line rows instead of the table */
    guint narrow_idle;
};

static guint authorize;

G_DEFINE_TYPE(RmsEventsPage, rms_events_page, ADW_TYPE_BIN)

#define TABLE_CHARACTERS 90
#define LEVEL_BIT(level) (1u << (level))
#define ALL_LEVELS                                                                                 \
    (LEVEL_BIT(RMS_EVENT_LEVEL_INFORMATION) | LEVEL_BIT(RMS_EVENT_LEVEL_WARNING) |                 \
     LEVEL_BIT(RMS_EVENT_LEVEL_ERROR))

/* What the drop-down offers, in its order. */
static const guint level_choices[] = {
    ALL_LEVELS,
    LEVEL_BIT(RMS_EVENT_LEVEL_WARNING) | LEVEL_BIT(RMS_EVENT_LEVEL_ERROR),
    LEVEL_BIT(RMS_EVENT_LEVEL_ERROR),
};

/* --- columns ----------------------------------------------------------------------------- */

/* A column of text; @text returns (transfer full) (nullable). */
typedef struct {
    const char *title;
    char *(*text)(RmsEvent *event);
    gboolean expand;
    gboolean numeric;
    int max_chars; /* -1: no limit */
} Column;

static char *get_time_text(RmsEvent *event)
{
    return rms_words_log_time(rms_event_get_time(event));
}

static char *get_number_text(RmsEvent *event)
{
    return g_strdup_printf("%u", rms_event_get_number(event));
}

static char *get_account_text(RmsEvent *event)
{
    const char *account = rms_event_get_account(event);

    return account != NULL ? rms_words_name(account) : NULL;
}

static char *get_computer_text(RmsEvent *event)
{
    return g_strdup(rms_event_get_computer(event));
}

/* The first line: a row is one line high. */
static char *get_message_text(RmsEvent *event)
{
    const char *message = rms_event_get_message(event);
    g_autofree char *line = g_strndup(message, strcspn(message, "\n"));

    return rms_words_name(line);
}

static const Column columns[] = {
    {N_("Time"),     get_time_text,     FALSE, TRUE,  -1},
    {N_("Number"),   get_number_text,   FALSE, TRUE,  -1},
    {N_("Account"),  get_account_text,  FALSE, FALSE, 24},
    {N_("Computer"), get_computer_text, FALSE, FALSE, 16},
    {N_("Message"),  get_message_text,  TRUE,  FALSE, -1},
};

static GtkWidget *make_cell_label(gboolean numeric)
{
    GtkWidget *label = gtk_label_new(NULL);

    gtk_label_set_xalign(GTK_LABEL(label), 0);
    gtk_label_set_ellipsize(GTK_LABEL(label), numeric ? PANGO_ELLIPSIZE_NONE : PANGO_ELLIPSIZE_END);
    if (numeric) {
        gtk_widget_add_css_class(label, "numeric");
        /* A date and a time keep their order among right-to-left texts. */
        gtk_widget_set_direction(label, GTK_TEXT_DIR_LTR);
    }
    return label;
}

static void on_setup_text(GtkListItemFactory *factory, GtkListItem *item, const Column *column)
{
    GtkWidget *label = make_cell_label(column->numeric);

    gtk_label_set_max_width_chars(GTK_LABEL(label), column->max_chars);
    gtk_list_item_set_child(item, label);
}

static void on_bind_text(GtkListItemFactory *factory, GtkListItem *item, const Column *column)
{
    g_autofree char *text = column->text(gtk_list_item_get_item(item));

    gtk_label_set_label(GTK_LABEL(gtk_list_item_get_child(item)), text != NULL ? text : "–");
}

static GtkWidget *make_level_box(void)
{
    GtkWidget *box = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 6);

    gtk_box_append(GTK_BOX(box), gtk_image_new());
    gtk_box_append(GTK_BOX(box), gtk_label_new(NULL));
    return box;
}

static void show_level(GtkWidget *box, RmsEventLevel level)
{
    static const char *const styles[] = {"level-information", "level-warning", "level-error"};
    GtkWidget *image = gtk_widget_get_first_child(box);

    gtk_image_set_from_icon_name(GTK_IMAGE(image), rms_words_event_level_icon(level));
    gtk_label_set_label(GTK_LABEL(gtk_widget_get_next_sibling(image)),
                        rms_words_event_level(level));
    for (gsize i = 0; i < G_N_ELEMENTS(styles); i++)
        gtk_widget_remove_css_class(box, styles[i]);
    gtk_widget_add_css_class(box, styles[level]);
}

static void on_setup_level(GtkListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
    gtk_list_item_set_child(item, make_level_box());
}

static void on_bind_level(GtkListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
    show_level(gtk_list_item_get_child(item), rms_event_get_level(gtk_list_item_get_item(item)));
}

static void
append_column(RmsEventsPage *self, const char *title, GtkListItemFactory *factory, gboolean expand)
{
    g_autoptr(GtkColumnViewColumn) column = gtk_column_view_column_new(title, factory);

    gtk_column_view_column_set_expand(column, expand);
    gtk_column_view_column_set_resizable(column, TRUE);
    gtk_column_view_append_column(self->table, column);
}

static void make_columns(RmsEventsPage *self)
{
    GtkListItemFactory *factory = gtk_signal_list_item_factory_new();

    g_signal_connect(factory, "setup", G_CALLBACK(on_setup_level), NULL);
    g_signal_connect(factory, "bind", G_CALLBACK(on_bind_level), NULL);
    append_column(self, _("Level"), factory, FALSE);
    for (gsize i = 0; i < G_N_ELEMENTS(columns); i++) {
        factory = gtk_signal_list_item_factory_new();
        g_signal_connect(factory, "setup", G_CALLBACK(on_setup_text), (gpointer) &columns[i]);
        g_signal_connect(factory, "bind", G_CALLBACK(on_bind_text), (gpointer) &columns[i]);
        append_column(self, _(columns[i].title), factory, columns[i].expand);
    }
}

/* --- narrow rows: level and time above, the message below --------------------------------- */

static void on_setup_row(GtkListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
    GtkWidget *row = gtk_box_new(GTK_ORIENTATION_VERTICAL, 3);
    GtkWidget *top = make_level_box();
    GtkWidget *time = make_cell_label(TRUE);
    GtkWidget *message = make_cell_label(FALSE);

    gtk_widget_set_hexpand(time, TRUE);
    gtk_label_set_xalign(GTK_LABEL(time), 1);
    gtk_widget_add_css_class(time, "dim-label");
    gtk_box_append(GTK_BOX(top), time);
    gtk_label_set_wrap(GTK_LABEL(message), TRUE);
    gtk_label_set_lines(GTK_LABEL(message), 2);
    gtk_box_append(GTK_BOX(row), top);
    gtk_box_append(GTK_BOX(row), message);
    rms_widget_words_mend(row);
    gtk_list_item_set_child(item, row);
}

static void on_bind_row(GtkListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
    RmsEvent *event = gtk_list_item_get_item(item);
    GtkWidget *row = gtk_list_item_get_child(item);
    GtkWidget *top = gtk_widget_get_first_child(row);
    g_autofree char *time = get_time_text(event);
    g_autofree char *message = get_message_text(event);

    show_level(top, rms_event_get_level(event));
    gtk_label_set_label(GTK_LABEL(gtk_widget_get_last_child(top)), time);
    gtk_label_set_label(GTK_LABEL(gtk_widget_get_last_child(row)), message);
}

/* ------------------------------------------------------------------------------------------ */

static char *describe_count(guint n_shown, guint n_loaded)
{
    if (n_shown == n_loaded)
        return g_strdup_printf(ngettext("%u event", "%u events", n_loaded), n_loaded);
    /* Translators: how many events match the filter, how many were loaded. */
    return g_strdup_printf(
        ngettext("%u of %u loaded event", "%u of %u loaded events", n_loaded), n_shown, n_loaded);
}

static const char *choose_stack_page(RmsEventsPage *self, guint n_shown, guint n_loaded)
{
    if (n_loaded == 0)
        return "empty";
    if (n_shown == 0)
        return "nothing";
    return self->narrow ? "list" : "table";
}

/* The whole view from the history's state. */
static void update(RmsEventsPage *self)
{
    guint n_loaded = g_list_model_get_n_items(G_LIST_MODEL(self->history));
    guint n_shown = g_list_model_get_n_items(G_LIST_MODEL(self->selection));
    gboolean loading = rms_event_history_get_loading(self->history);
    g_autofree char *count = describe_count(n_shown, n_loaded);

    gtk_stack_set_visible_child_name(self->stack, choose_stack_page(self, n_shown, n_loaded));
    gtk_label_set_label(self->count, count);
    gtk_spinner_set_spinning(self->spinner, loading);
    gtk_widget_set_visible(self->load_older_button,
                           !rms_event_history_get_complete(self->history) && n_loaded > 0);
    gtk_widget_set_sensitive(self->load_older_button, !loading);
}

static void on_selected(RmsEventsPage *self)
{
    RmsEvent *event = gtk_single_selection_get_selected_item(self->selection);

    rms_event_details_set_event(self->details, event);
    gtk_widget_set_visible(GTK_WIDGET(self->details), event != NULL);
}

/* The list inside the table. */
static GtkWidget *get_table_view(RmsEventsPage *self)
{
    GtkWidget *child = gtk_widget_get_first_child(GTK_WIDGET(self->table));

    while (child != NULL && !GTK_IS_LIST_VIEW(child))
        child = gtk_widget_get_next_sibling(child);
    return child;
}

static void follow(GtkWidget *view, GtkAdjustment *adjustment)
{
    if (gtk_adjustment_get_value(adjustment) <= 0)
        gtk_widget_activate_action(view, "list.scroll-to-item", "u", 0);
}

/* Who looks at the newest events sees new ones come; who scrolled to older ones keeps the place. */
static void on_events_changed(RmsEventsPage *self, guint position, guint removed, guint added)
{
    if (position == 0 && added > 0) {
        follow(get_table_view(self), gtk_scrollable_get_vadjustment(GTK_SCROLLABLE(self->table)));
        follow(GTK_WIDGET(self->list), gtk_scrollable_get_vadjustment(GTK_SCROLLABLE(self->list)));
    }
    update(self);
}

static void on_filter_changed(RmsEventsPage *self)
{
    guint choice = gtk_drop_down_get_selected(self->levels);

    if (self->history == NULL)
        return;
    g_free(self->folded);
    self->folded = g_utf8_casefold(gtk_editable_get_text(self->search_entry), -1);
    self->level_bits = level_choices[MIN(choice, G_N_ELEMENTS(level_choices) - 1)];
    gtk_filter_changed(GTK_FILTER(self->filter), GTK_FILTER_CHANGE_DIFFERENT);
    update(self);
}

static gboolean match_event(gpointer item, gpointer user_data)
{
    RmsEventsPage *self = user_data;

    return rms_event_matches(item, self->level_bits, self->folded);
}

static void on_load_older_clicked(RmsEventsPage *self)
{
    rms_notice_show_error(self->failure, NULL);
    rms_event_history_load_older(self->history);
}

static void on_edge_reached(RmsEventsPage *self, GtkPositionType edge)
{
    if (edge == GTK_POS_BOTTOM)
        rms_event_history_load_older(self->history);
}

static void on_failed(RmsEventsPage *self, const GError *error)
{
    rms_notice_show_error(self->failure, error);
}

static void on_authorize(RmsEventsPage *self, const char *account)
{
    g_signal_emit(self, authorize, 0, account);
}

static void on_details_closed(RmsEventsPage *self)
{
    gtk_single_selection_set_selected(self->selection, GTK_INVALID_LIST_POSITION);
    gtk_widget_grab_focus(self->narrow ? GTK_WIDGET(self->list) : get_table_view(self));
}

GtkSearchBar *rms_events_page_get_search_bar(RmsEventsPage *self)
{
    g_return_val_if_fail(RMS_IS_EVENTS_PAGE(self), NULL);
    return self->search_bar;
}

static gboolean on_narrow_changed(gpointer user_data)
{
    RmsEventsPage *self = user_data;

    self->narrow_idle = 0;
    self->narrow = !self->narrow;
    if (self->history != NULL)
        update(self);
    return G_SOURCE_REMOVE;
}

/* Six columns need room for about ninety characters, whatever the size of the text. */
static gboolean is_narrow(GtkWidget *widget, int width)
{
    PangoContext *context = gtk_widget_get_pango_context(widget);
    PangoFontMetrics *metrics = pango_context_get_metrics(context, NULL, NULL);
    int character = pango_font_metrics_get_approximate_char_width(metrics);

    pango_font_metrics_unref(metrics);
    return width < TABLE_CHARACTERS * character / PANGO_SCALE;
}

static void rms_events_page_measure(GtkWidget *widget,
                                    GtkOrientation orientation,
                                    int for_size,
                                    int *minimum,
                                    int *natural,
                                    int *minimum_baseline,
                                    int *natural_baseline)
{
    gtk_widget_measure(adw_bin_get_child(ADW_BIN(widget)),
                       orientation,
                       for_size,
                       minimum,
                       natural,
                       minimum_baseline,
                       natural_baseline);
}

static void rms_events_page_size_allocate(GtkWidget *widget, int width, int height, int baseline)
{
    RmsEventsPage *self = RMS_EVENTS_PAGE(widget);

    gtk_widget_allocate(adw_bin_get_child(ADW_BIN(widget)), width, height, baseline, NULL);
    /* What is shown changes after this allocation, not in it. */
    if (is_narrow(widget, width) == self->narrow)
        g_clear_handle_id(&self->narrow_idle, g_source_remove);
    else if (self->narrow_idle == 0)
        self->narrow_idle = g_idle_add(on_narrow_changed, self);
}

static void rms_events_page_dispose(GObject *object)
{
    RmsEventsPage *self = RMS_EVENTS_PAGE(object);

    g_clear_handle_id(&self->narrow_idle, g_source_remove);
    if (self->history != NULL) {
        g_signal_handlers_disconnect_by_data(self->history, self);
        g_signal_handlers_disconnect_by_data(self->selection, self);
    }
    g_clear_object(&self->selection);
    g_clear_object(&self->filter);
    g_clear_object(&self->history);
    G_OBJECT_CLASS(rms_events_page_parent_class)->dispose(object);
}

static void rms_events_page_finalize(GObject *object)
{
    g_free(RMS_EVENTS_PAGE(object)->folded);
    G_OBJECT_CLASS(rms_events_page_parent_class)->finalize(object);
}

static void rms_events_page_class_init(RmsEventsPageClass *class)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(class);

    g_type_ensure(RMS_TYPE_NOTICE);
    g_type_ensure(RMS_TYPE_EVENT_DETAILS);
    G_OBJECT_CLASS(class)->dispose = rms_events_page_dispose;
    G_OBJECT_CLASS(class)->finalize = rms_events_page_finalize;
    widget_class->measure = rms_events_page_measure;
    widget_class->size_allocate = rms_events_page_size_allocate;
    authorize = g_signal_new("authorize",
                             RMS_TYPE_EVENTS_PAGE,
                             G_SIGNAL_RUN_LAST,
                             0,
                             NULL,
                             NULL,
                             NULL,
                             G_TYPE_NONE,
                             1,
                             G_TYPE_STRING);
    gtk_widget_class_set_template_from_resource(widget_class,
                                                "/org/rmsconnector/Console/events-page.ui");
    gtk_widget_class_bind_template_child(widget_class, RmsEventsPage, search_bar);
    gtk_widget_class_bind_template_child(widget_class, RmsEventsPage, search_entry);
    gtk_widget_class_bind_template_child(widget_class, RmsEventsPage, levels);
    gtk_widget_class_bind_template_child(widget_class, RmsEventsPage, failure);
    gtk_widget_class_bind_template_child(widget_class, RmsEventsPage, stack);
    gtk_widget_class_bind_template_child(widget_class, RmsEventsPage, table);
    gtk_widget_class_bind_template_child(widget_class, RmsEventsPage, list);
    gtk_widget_class_bind_template_child(widget_class, RmsEventsPage, details);
    gtk_widget_class_bind_template_child(widget_class, RmsEventsPage, count);
    gtk_widget_class_bind_template_child(widget_class, RmsEventsPage, spinner);
    gtk_widget_class_bind_template_child(widget_class, RmsEventsPage, load_older_button);
    gtk_widget_class_bind_template_callback(widget_class, on_filter_changed);
    gtk_widget_class_bind_template_callback(widget_class, on_load_older_clicked);
    gtk_widget_class_bind_template_callback(widget_class, on_edge_reached);
    gtk_widget_class_bind_template_callback(widget_class, on_authorize);
    gtk_widget_class_bind_template_callback(widget_class, on_details_closed);
}

static void rms_events_page_init(RmsEventsPage *self)
{
    g_autoptr(GtkListItemFactory) factory = gtk_signal_list_item_factory_new();

    self->folded = g_strdup("");
    self->level_bits = ALL_LEVELS;
    gtk_widget_init_template(GTK_WIDGET(self));
    rms_widget_words_mend(GTK_WIDGET(self));
    /* A layout manager would keep the width from this page. */
    gtk_widget_set_layout_manager(GTK_WIDGET(self), NULL);
    gtk_search_bar_connect_entry(self->search_bar, self->search_entry);
    make_columns(self);
    g_signal_connect(factory, "setup", G_CALLBACK(on_setup_row), NULL);
    g_signal_connect(factory, "bind", G_CALLBACK(on_bind_row), NULL);
    gtk_list_view_set_factory(self->list, factory);
}

void rms_events_page_set_console(RmsEventsPage *self, RmsConsole *console)
{
    GListModel *shown = NULL;

    g_return_if_fail(RMS_IS_EVENTS_PAGE(self));
    g_return_if_fail(self->history == NULL);

    self->history = rms_event_history_new(rms_console_get_connector(console));
    self->filter = gtk_custom_filter_new(match_event, self, NULL);
    shown = G_LIST_MODEL(gtk_filter_list_model_new(g_object_ref(G_LIST_MODEL(self->history)),
                                                   g_object_ref(GTK_FILTER(self->filter))));
    /* Nothing is selected before somebody selects it. */
    self->selection = g_object_new(
        GTK_TYPE_SINGLE_SELECTION, "autoselect", FALSE, "can-unselect", TRUE, "model", shown, NULL);
    g_object_unref(shown);
    gtk_column_view_set_model(self->table, GTK_SELECTION_MODEL(self->selection));
    gtk_list_view_set_model(self->list, GTK_SELECTION_MODEL(self->selection));
    g_signal_connect_swapped(
        self->selection, "notify::selected-item", G_CALLBACK(on_selected), self);
    g_signal_connect_swapped(self->selection, "items-changed", G_CALLBACK(on_events_changed), self);
    g_signal_connect_swapped(self->history, "notify", G_CALLBACK(update), self);
    g_signal_connect_swapped(self->history, "items-changed", G_CALLBACK(update), self);
    g_signal_connect_swapped(self->history, "failed", G_CALLBACK(on_failed), self);
    update(self);
}
