/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A layout that wraps.
 */
#include "config.h"

#include "ui/wrap-layout.h"

struct _RmsWrapLayout {
    GtkLayoutManager parent_instance;
    int spacing;
};

G_DEFINE_TYPE(RmsWrapLayout, rms_wrap_layout, GTK_TYPE_LAYOUT_MANAGER)

static GtkSizeRequestMode get_request_mode(GtkLayoutManager *manager, GtkWidget *widget)
{
    return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static GtkWidget *skip_hidden(GtkWidget *child)
{
    while (child != NULL && !gtk_widget_should_layout(child))
        child = gtk_widget_get_next_sibling(child);
    return child;
}

/* No child gets more than the whole width. */
static int measure_width(GtkWidget *child, int width)
{
    int minimum = 0;
    int natural = 0;

    gtk_widget_measure(child, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, &natural, NULL, NULL);
    return width >= 0 ? CLAMP(natural, minimum, MAX(minimum, width)) : natural;
}

static int measure_height(GtkWidget *child, int width)
{
    int natural = 0;

    gtk_widget_measure(child, GTK_ORIENTATION_VERTICAL, width, NULL, &natural, NULL, NULL);
    return natural;
}

/* Returns: the first child of the next line; @line_height: (out): of the line that starts at
 * @child. */
static GtkWidget *measure_line(RmsWrapLayout *self, GtkWidget *child, int width, int *line_height)
{
    int used = 0;

    *line_height = 0;
    for (child = skip_hidden(child); child != NULL;
         child = skip_hidden(gtk_widget_get_next_sibling(child))) {
        int child_width = measure_width(child, width);

        if (used > 0 && width >= 0 && used + self->spacing + child_width > width)
            return child;
        used += child_width + (used > 0 ? self->spacing : 0);
        *line_height = MAX(*line_height, measure_height(child, child_width));
    }
    return NULL;
}

static int measure_lines(RmsWrapLayout *self, GtkWidget *widget, int width)
{
    GtkWidget *child = skip_hidden(gtk_widget_get_first_child(widget));
    int height = 0;

    while (child != NULL) {
        int line_height = 0;

        child = measure_line(self, child, width, &line_height);
        height += line_height + (child != NULL ? self->spacing : 0);
    }
    return height;
}

static void measure(GtkLayoutManager *manager,
                    GtkWidget *widget,
                    GtkOrientation orientation,
                    int for_size,
                    int *minimum,
                    int *natural,
                    int *minimum_baseline,
                    int *natural_baseline)
{
    RmsWrapLayout *self = RMS_WRAP_LAYOUT(manager);

    *minimum = *natural = 0;
    if (orientation == GTK_ORIENTATION_VERTICAL) {
        *minimum = *natural = measure_lines(self, widget, for_size);
        return;
    }
    for (GtkWidget *child = skip_hidden(gtk_widget_get_first_child(widget)); child != NULL;
         child = skip_hidden(gtk_widget_get_next_sibling(child))) {
        int least = 0;
        int wanted = 0;

        gtk_widget_measure(child, orientation, -1, &least, &wanted, NULL, NULL);
        *minimum = MAX(*minimum, least);
        *natural += wanted + (*natural > 0 ? self->spacing : 0);
    }
}

static void
allocate(GtkLayoutManager *manager, GtkWidget *widget, int width, int height, int baseline)
{
    RmsWrapLayout *self = RMS_WRAP_LAYOUT(manager);
    gboolean right_to_left = gtk_widget_get_direction(widget) == GTK_TEXT_DIR_RTL;
    GtkWidget *child = skip_hidden(gtk_widget_get_first_child(widget));
    int y = 0;

    while (child != NULL) {
        int line_height = 0;
        GtkWidget *next = measure_line(self, child, width, &line_height);
        int x = 0;

        for (; child != next; child = skip_hidden(gtk_widget_get_next_sibling(child))) {
            int child_width = measure_width(child, width);
            GtkAllocation place = {
                right_to_left ? width - x - child_width : x, y, child_width, line_height};

            gtk_widget_size_allocate(child, &place, -1);
            x += child_width + self->spacing;
        }
        y += line_height + self->spacing;
    }
}

static void rms_wrap_layout_class_init(RmsWrapLayoutClass *class)
{
    GtkLayoutManagerClass *manager_class = GTK_LAYOUT_MANAGER_CLASS(class);

    manager_class->get_request_mode = get_request_mode;
    manager_class->measure = measure;
    manager_class->allocate = allocate;
}

static void rms_wrap_layout_init(RmsWrapLayout *self)
{
}

GtkLayoutManager *rms_wrap_layout_new(int spacing)
{
    RmsWrapLayout *self = g_object_new(RMS_TYPE_WRAP_LAYOUT, NULL);

    self->spacing = spacing;
    return GTK_LAYOUT_MANAGER(self);
}
