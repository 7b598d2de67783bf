/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A notice in a page.
 */
#include "config.h"

#include "ui/notice.h"

#include <glib/gi18n.h>

#include "ui/error-words.h"
#include "ui/widget-words.h"

struct _RmsNotice {
    AdwBin parent_instance;

    GtkWidget *box;
    GtkWidget *icon;
    GtkWidget *title;
    GtkWidget *advice;
    GtkWidget *expander;
    GtkWidget *details;
    GtkWidget *button;

    RmsNoticeLevel level;
};

enum { PROP_0, PROP_LEVEL, PROP_TITLE, PROP_ADVICE, PROP_DETAILS, PROP_BUTTON_LABEL, N_PROPERTIES };
static GParamSpec *properties[N_PROPERTIES];
static guint button_clicked;

G_DEFINE_TYPE(RmsNotice, rms_notice, ADW_TYPE_BIN)

GType rms_notice_level_get_type(void)
{
    static const GEnumValue values[] = {
        {RMS_NOTICE_INFORMATION, "RMS_NOTICE_INFORMATION", "information"},
        {RMS_NOTICE_WARNING,         "RMS_NOTICE_WARNING", "warning"},
        {RMS_NOTICE_ERROR,     "RMS_NOTICE_ERROR", "error"},
        {0            }
    };
    static gsize type;

    if (g_once_init_enter(&type))
        g_once_init_leave(&type, g_enum_register_static("RmsNoticeLevel", values));
    return type;
}

static const struct {
    const char *icon;
    const char *style;
    const char *word;
} levels[] = {
    [RMS_NOTICE_INFORMATION] = {"dialog-information-symbolic",
                                "level-information",                            N_("Information")},
    [RMS_NOTICE_WARNING] = {"dialog-warning-symbolic",     "level-warning", N_("Warning")    },
    [RMS_NOTICE_ERROR] = {"dialog-error-symbolic",       "level-error",   N_("Error")      },
};

static void update_level(RmsNotice *self)
{
    for (gsize i = 0; i < G_N_ELEMENTS(levels); i++) {
        if (i == self->level)
            gtk_widget_add_css_class(self->box, levels[i].style);
        else
            gtk_widget_remove_css_class(self->box, levels[i].style);
    }
    gtk_image_set_from_icon_name(GTK_IMAGE(self->icon), levels[self->level].icon);
    gtk_accessible_update_property(
        GTK_ACCESSIBLE(self->icon), GTK_ACCESSIBLE_PROPERTY_LABEL, _(levels[self->level].word), -1);
}

static void set_optional_text(GtkWidget *label, GtkWidget *shown, const char *text)
{
    gtk_label_set_label(GTK_LABEL(label), text != NULL ? text : "");
    gtk_widget_set_visible(shown, text != NULL && *text != '\0');
}

void rms_notice_show_error(RmsNotice *self, const GError *error)
{
    RmsErrorWords words;

    g_return_if_fail(RMS_IS_NOTICE(self));

    gtk_widget_set_visible(GTK_WIDGET(self), rms_error_words_worth_showing(error));
    if (!rms_error_words_worth_showing(error))
        return;
    words = rms_error_words(error);
    g_object_set(self,
                 "level",
                 RMS_NOTICE_ERROR,
                 "title",
                 words.title,
                 "advice",
                 words.advice,
                 "details",
                 error->message,
                 NULL);
    gtk_expander_set_expanded(GTK_EXPANDER(self->expander), FALSE);
}

static void on_button_clicked(RmsNotice *self)
{
    g_signal_emit(self, button_clicked, 0);
}

static void
rms_notice_get_property(GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
{
    RmsNotice *self = RMS_NOTICE(object);

    switch (property_id) {
    case PROP_LEVEL:
        g_value_set_enum(value, self->level);
        break;
    case PROP_TITLE:
        g_value_set_string(value, gtk_label_get_label(GTK_LABEL(self->title)));
        break;
    case PROP_ADVICE:
        g_value_set_string(value, gtk_label_get_label(GTK_LABEL(self->advice)));
        break;
    case PROP_DETAILS:
        g_value_set_string(value, gtk_label_get_label(GTK_LABEL(self->details)));
        break;
    case PROP_BUTTON_LABEL:
        g_value_set_string(value, gtk_button_get_label(GTK_BUTTON(self->button)));
        break;
    default:
        G_OBJECT_WARN_INVALID_PROPERTY_ID(object, property_id, pspec);
    }
}

static void
rms_notice_set_property(GObject *object, guint property_id, const GValue *value, GParamSpec *pspec)
{
    RmsNotice *self = RMS_NOTICE(object);
    const char *text = NULL;

    switch (property_id) {
    case PROP_LEVEL:
        self->level = g_value_get_enum(value);
        update_level(self);
        break;
    case PROP_TITLE:
        gtk_label_set_label(GTK_LABEL(self->title), g_value_get_string(value));
        break;
    case PROP_ADVICE:
        set_optional_text(self->advice, self->advice, g_value_get_string(value));
        break;
    case PROP_DETAILS:
        set_optional_text(self->details, self->expander, g_value_get_string(value));
        break;
    case PROP_BUTTON_LABEL:
        text = g_value_get_string(value);
        gtk_button_set_label(GTK_BUTTON(self->button), text != NULL ? text : "");
        gtk_widget_set_visible(self->button, text != NULL && *text != '\0');
        rms_widget_words_mend(self->button);
        break;
    default:
        G_OBJECT_WARN_INVALID_PROPERTY_ID(object, property_id, pspec);
    }
}

static void rms_notice_class_init(RmsNoticeClass *class)
{
    GObjectClass *object_class = G_OBJECT_CLASS(class);
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(class);
    const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;

    object_class->get_property = rms_notice_get_property;
    object_class->set_property = rms_notice_set_property;

    properties[PROP_LEVEL] = g_param_spec_enum(
        "level", NULL, NULL, RMS_TYPE_NOTICE_LEVEL, RMS_NOTICE_INFORMATION, flags);
    properties[PROP_TITLE] = g_param_spec_string("title", NULL, NULL, "", flags);
    properties[PROP_ADVICE] = g_param_spec_string("advice", NULL, NULL, "", flags);
    properties[PROP_DETAILS] = g_param_spec_string("details", NULL, NULL, "", flags);
    properties[PROP_BUTTON_LABEL] = g_param_spec_string("button-label", NULL, NULL, "", flags);
    g_object_class_install_properties(object_class, N_PROPERTIES, properties);
    button_clicked = g_signal_new(
        "button-clicked", RMS_TYPE_NOTICE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);

    gtk_widget_class_set_template_from_resource(widget_class,
                                                "/org/rmsconnector/Console/notice.ui");
    gtk_widget_class_bind_template_child(widget_class, RmsNotice, box);
    gtk_widget_class_bind_template_child(widget_class, RmsNotice, icon);
    gtk_widget_class_bind_template_child(widget_class, RmsNotice, title);
    gtk_widget_class_bind_template_child(widget_class, RmsNotice, advice);
    gtk_widget_class_bind_template_child(widget_class, RmsNotice, expander);
    gtk_widget_class_bind_template_child(widget_class, RmsNotice, details);
    gtk_widget_class_bind_template_child(widget_class, RmsNotice, button);
    gtk_widget_class_bind_template_callback(widget_class, on_button_clicked);
}

static void rms_notice_init(RmsNotice *self)
{
    gtk_widget_init_template(GTK_WIDGET(self));
    rms_widget_words_mend(GTK_WIDGET(self));
    update_level(self);
}
