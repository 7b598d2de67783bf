/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The chips of all checked names.
 */
#include "config.h"

#include "ui/chip-list.h"

#include "ui/name-chip.h"
#include "ui/wrap-layout.h"

#define SPACING 6

struct _RmsChipList {
    GtkWidget parent_instance;

    GListModel *names;
    RmsServerList *list;
    RmsRole role;
    gboolean has_role;
    GPtrArray *chips; /* of RmsNameChip, in the order of names; borrowed */
    guint current;
};

enum { PRESSED, DROPPED, LEFT, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_TYPE(RmsChipList, rms_chip_list, GTK_TYPE_WIDGET)

static RmsNameChip *get_chip(RmsChipList *self, guint i)
{
    return g_ptr_array_index(self->chips, i);
}

static void set_current(RmsChipList *self, guint current)
{
    self->current = self->chips->len > 0 ? MIN(current, self->chips->len - 1) : 0;
    for (guint i = 0; i < self->chips->len; i++)
        rms_name_chip_set_current(get_chip(self, i), i == self->current);
}

static void show_chip(RmsChipList *self, guint i)
{
    g_autoptr(RmsCheckedName) name = g_list_model_get_item(self->names, i);

    rms_name_chip_show(get_chip(self, i), name, self->list, self->has_role ? &self->role : NULL);
}

static void on_chip_pressed(RmsChipList *self, RmsNameChip *chip)
{
    g_signal_emit(self, signals[PRESSED], 0, rms_name_chip_get_name(chip));
}

static void on_chip_dropped(RmsChipList *self, RmsNameChip *chip)
{
    g_signal_emit(self, signals[DROPPED], 0, rms_name_chip_get_name(chip));
}

static void add_chip(RmsChipList *self, guint i)
{
    GtkWidget *chip = rms_name_chip_new();

    gtk_widget_insert_after(
        chip, GTK_WIDGET(self), i > 0 ? GTK_WIDGET(get_chip(self, i - 1)) : NULL);
    g_ptr_array_insert(self->chips, (int) i, chip);
    g_signal_connect_swapped(chip, "pressed", G_CALLBACK(on_chip_pressed), self);
    g_signal_connect_swapped(chip, "dropped", G_CALLBACK(on_chip_dropped), self);
    show_chip(self, i);
}

static void remove_chip(RmsChipList *self, guint i)
{
    GtkWidget *chip = g_ptr_array_steal_index(self->chips, i);

    gtk_widget_unparent(chip);
}

static void
on_names_changed(GListModel *names, guint position, guint removed, guint added, RmsChipList *self)
{
    gboolean focused = gtk_widget_get_focus_child(GTK_WIDGET(self)) != NULL;

    if (removed == added) {
        for (guint i = 0; i < added; i++)
            show_chip(self, position + i);
        return;
    }
    for (guint i = 0; i < removed; i++)
        remove_chip(self, position);
    for (guint i = 0; i < added; i++)
        add_chip(self, position + i);
    set_current(self, self->current);
    if (!focused || removed == 0)
        return;
    if (self->chips->len > 0)
        rms_name_chip_focus(get_chip(self, self->current));
    else
        g_signal_emit(self, signals[LEFT], 0);
}

static gboolean move(RmsChipList *self, int step)
{
    guint to = self->current + (guint) step;

    if (self->chips->len == 0 || (step < 0 && self->current == 0) || to >= self->chips->len)
        return GDK_EVENT_PROPAGATE;
    set_current(self, to);
    rms_name_chip_focus(get_chip(self, to));
    return GDK_EVENT_STOP;
}

static gboolean on_key_pressed(GtkEventControllerKey *controller,
                               guint keyval,
                               guint keycode,
                               GdkModifierType state,
                               RmsChipList *self)
{
    int forward = gtk_widget_get_direction(GTK_WIDGET(self)) == GTK_TEXT_DIR_RTL ? -1 : 1;

    if (self->chips->len == 0 || (state & gtk_accelerator_get_default_mod_mask()) != 0)
        return GDK_EVENT_PROPAGATE;
    switch (keyval) {
    case GDK_KEY_Right:
    case GDK_KEY_KP_Right:
        return move(self, forward);
    case GDK_KEY_Left:
    case GDK_KEY_KP_Left:
        return move(self, -forward);
    case GDK_KEY_Home:
    case GDK_KEY_KP_Home:
        return move(self, -(int) self->current);
    case GDK_KEY_End:
    case GDK_KEY_KP_End:
        return move(self, (int) (self->chips->len - 1 - self->current));
    case GDK_KEY_Delete:
    case GDK_KEY_KP_Delete:
    case GDK_KEY_BackSpace:
        on_chip_dropped(self, get_chip(self, self->current));
        return GDK_EVENT_STOP;
    default:
        return GDK_EVENT_PROPAGATE;
    }
}

/* A click on a chip makes it the one that Tab comes back to. */
static void on_focus_moved(GtkEventControllerFocus *controller, RmsChipList *self)
{
    GtkWidget *chip = gtk_widget_get_focus_child(GTK_WIDGET(self));
    guint i = 0;

    if (chip != NULL && g_ptr_array_find(self->chips, chip, &i))
        set_current(self, i);
}

void rms_chip_list_set_names(RmsChipList *self, GListModel *names, RmsServerList *list)
{
    g_return_if_fail(RMS_IS_CHIP_LIST(self));
    g_return_if_fail(self->names == NULL);

    self->names = g_object_ref(names);
    self->list = g_object_ref(list);
    g_signal_connect(names, "items-changed", G_CALLBACK(on_names_changed), self);
    on_names_changed(names, 0, 0, g_list_model_get_n_items(names), self);
}

void rms_chip_list_set_role(RmsChipList *self, const RmsRole *role)
{
    g_return_if_fail(RMS_IS_CHIP_LIST(self));

    self->has_role = role != NULL;
    if (role != NULL)
        self->role = *role;
    for (guint i = 0; i < self->chips->len; i++)
        show_chip(self, i);
}

void rms_chip_list_focus(RmsChipList *self, RmsCheckedName *name)
{
    g_return_if_fail(RMS_IS_CHIP_LIST(self));

    for (guint i = 0; name != NULL && i < self->chips->len; i++)
        if (rms_name_chip_get_name(get_chip(self, i)) == name)
            set_current(self, i);
    if (self->chips->len > 0)
        rms_name_chip_focus(get_chip(self, self->current));
}

static void rms_chip_list_dispose(GObject *object)
{
    RmsChipList *self = RMS_CHIP_LIST(object);

    if (self->names != NULL)
        g_signal_handlers_disconnect_by_data(self->names, self);
    while (self->chips->len > 0)
        remove_chip(self, 0);
    g_clear_object(&self->names);
    g_clear_object(&self->list);
    G_OBJECT_CLASS(rms_chip_list_parent_class)->dispose(object);
}

static void rms_chip_list_finalize(GObject *object)
{
    g_ptr_array_unref(RMS_CHIP_LIST(object)->chips);
    G_OBJECT_CLASS(rms_chip_list_parent_class)->finalize(object);
}

static guint new_signal(const char *name, guint n_parameters)
{
    return g_signal_new(name,
                        RMS_TYPE_CHIP_LIST,
                        G_SIGNAL_RUN_LAST,
                        0,
                        NULL,
                        NULL,
                        NULL,
                        G_TYPE_NONE,
                        n_parameters,
                        RMS_TYPE_CHECKED_NAME);
}

static void rms_chip_list_class_init(RmsChipListClass *class)
{
    GObjectClass *object_class = G_OBJECT_CLASS(class);

    object_class->dispose = rms_chip_list_dispose;
    object_class->finalize = rms_chip_list_finalize;
    signals[PRESSED] = new_signal("pressed", 1);
    signals[DROPPED] = new_signal("dropped", 1);
    signals[LEFT] = new_signal("left", 0);
    gtk_widget_class_set_accessible_role(GTK_WIDGET_CLASS(class), GTK_ACCESSIBLE_ROLE_GROUP);
}

static void rms_chip_list_init(RmsChipList *self)
{
    GtkEventController *keys = gtk_event_controller_key_new();
    GtkEventController *focus = gtk_event_controller_focus_new();

    self->chips = g_ptr_array_new();
    gtk_widget_set_layout_manager(GTK_WIDGET(self), rms_wrap_layout_new(SPACING));
    gtk_event_controller_set_propagation_phase(keys, GTK_PHASE_CAPTURE);
    g_signal_connect(keys, "key-pressed", G_CALLBACK(on_key_pressed), self);
    gtk_widget_add_controller(GTK_WIDGET(self), keys);
    g_signal_connect(focus, "enter", G_CALLBACK(on_focus_moved), self);
    gtk_widget_add_controller(GTK_WIDGET(self), focus);
}
