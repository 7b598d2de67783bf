/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Signing in.
 */
#include "config.h"

#include "ui/sign-in-view.h"

#include <glib/gi18n.h>

#include "ui/notice.h"
#include "ui/widget-words.h"
#include "ui/words.h"

struct _RmsSignInView {
    AdwBin parent_instance;

    RmsNotice *failure;
    GtkStack *stack;
    GtkWidget *browser_button;
    GtkLabel *environment;
    GtkWidget *browser_cancel_button;
    GtkLabel *user_code;
    GtkWidget *copy_button;
    GtkLinkButton *link;
    GtkLabel *remaining;

    RmsConsole *console;
    GCancellable *cancellable; /* (nullable) of the sign-in under way */
    gint64 expires_at;         /* monotonic, microseconds */
    guint ticker;
};

static guint signed_in;

G_DEFINE_TYPE(RmsSignInView, rms_sign_in_view, ADW_TYPE_BIN)

static void show_page(RmsSignInView *self, const char *name, GtkWidget *focus)
{
    gtk_stack_set_visible_child_name(self->stack, name);
    if (focus != NULL && gtk_widget_get_mapped(GTK_WIDGET(self)))
        gtk_widget_grab_focus(focus);
}

static void end(RmsSignInView *self)
{
    g_clear_handle_id(&self->ticker, g_source_remove);
    g_cancellable_cancel(self->cancellable);
    g_clear_object(&self->cancellable);
}

static void on_signed_in(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(RmsSignInView) self = user_data;
    g_autoptr(GError) error = NULL;
    gboolean ok = rms_console_sign_in_finish(RMS_CONSOLE(source), result, &error);

    end(self);
    show_page(self, "choose", self->browser_button);
    rms_notice_show_error(self->failure, error);
    if (ok)
        g_signal_emit(self, signed_in, 0);
}

static void begin(RmsSignInView *self, const char *page, GtkWidget *focus)
{
    self->cancellable = g_cancellable_new();
    rms_notice_show_error(self->failure, NULL);
    show_page(self, page, focus);
}

static void on_uri_shown(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(RmsSignInView) self = user_data;
    g_autoptr(GError) error = NULL;

    /* The wait page says what to do when no browser opened. */
    if (!gtk_show_uri_full_finish(GTK_WINDOW(source), result, &error))
        g_info("no browser: %s", error->message);
}

static void open_uri(const char *uri, gpointer user_data)
{
    RmsSignInView *self = user_data;

    gtk_show_uri_full(GTK_WINDOW(gtk_widget_get_root(GTK_WIDGET(self))),
                      uri,
                      GDK_CURRENT_TIME,
                      NULL,
                      on_uri_shown,
                      g_object_ref(self));
}

static void on_browser_clicked(RmsSignInView *self)
{
    begin(self, "browser", self->browser_cancel_button);
    rms_console_sign_in_browser_async(self->console,
                                      open_uri,
                                      g_object_ref(self),
                                      g_object_unref,
                                      self->cancellable,
                                      on_signed_in,
                                      g_object_ref(self));
}

static gboolean on_tick(gpointer user_data)
{
    RmsSignInView *self = user_data;
    gint64 left = (self->expires_at - g_get_monotonic_time()) / G_USEC_PER_SEC;
    g_autofree char *text = rms_words_remaining(MAX(left, 0));

    gtk_label_set_label(self->remaining, text);
    return G_SOURCE_CONTINUE;
}

/* What the provider says to open is made a link only if it is a web page over TLS. */
static void show_link(RmsSignInView *self, const char *uri)
{
    g_autofree char *scheme = g_uri_parse_scheme(uri);
    gboolean secure = g_strcmp0(scheme, "https") == 0;

    gtk_link_button_set_uri(self->link, secure ? uri : "");
    gtk_button_set_label(GTK_BUTTON(self->link), uri);
    gtk_widget_set_sensitive(GTK_WIDGET(self->link), secure);
}

static void
show_code(const char *user_code, const char *verification_uri, guint expires_in, gpointer user_data)
{
    RmsSignInView *self = user_data;

    if (self->cancellable == NULL || g_cancellable_is_cancelled(self->cancellable))
        return;
    gtk_label_set_label(self->user_code, user_code);
    show_link(self, verification_uri);
    self->expires_at = g_get_monotonic_time() + (gint64) expires_in * G_USEC_PER_SEC;
    on_tick(self);
    g_clear_handle_id(&self->ticker, g_source_remove);
    self->ticker = g_timeout_add_seconds(1, on_tick, self);
    show_page(self, "code", self->copy_button);
}

static void on_code_clicked(RmsSignInView *self)
{
    begin(self, "working", NULL);
    rms_console_sign_in_device_async(self->console,
                                     show_code,
                                     g_object_ref(self),
                                     g_object_unref,
                                     self->cancellable,
                                     on_signed_in,
                                     g_object_ref(self));
}

static void on_copy_clicked(RmsSignInView *self)
{
    gdk_clipboard_set_text(gtk_widget_get_clipboard(GTK_WIDGET(self)),
                           gtk_label_get_label(self->user_code));
    gtk_widget_activate_action(GTK_WIDGET(self), "win.show-toast", "s", _("Code copied"));
}

/* on_signed_in() comes back when the sign-in has really ended: only then can another one begin. */
static void on_cancel_clicked(RmsSignInView *self)
{
    g_cancellable_cancel(self->cancellable);
}

static void rms_sign_in_view_dispose(GObject *object)
{
    RmsSignInView *self = RMS_SIGN_IN_VIEW(object);

    end(self);
    g_clear_object(&self->console);
    G_OBJECT_CLASS(rms_sign_in_view_parent_class)->dispose(object);
}

static void rms_sign_in_view_class_init(RmsSignInViewClass *class)
{
    GtkWidgetClass *widget_class = GTK_WIDGET_CLASS(class);

    g_type_ensure(RMS_TYPE_NOTICE);
    G_OBJECT_CLASS(class)->dispose = rms_sign_in_view_dispose;
    signed_in = g_signal_new(
        "signed-in", RMS_TYPE_SIGN_IN_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
    gtk_widget_class_set_template_from_resource(widget_class,
                                                "/org/rmsconnector/Console/sign-in-view.ui");
    gtk_widget_class_bind_template_child(widget_class, RmsSignInView, failure);
    gtk_widget_class_bind_template_child(widget_class, RmsSignInView, stack);
    gtk_widget_class_bind_template_child(widget_class, RmsSignInView, browser_button);
    gtk_widget_class_bind_template_child(widget_class, RmsSignInView, environment);
    gtk_widget_class_bind_template_child(widget_class, RmsSignInView, browser_cancel_button);
    gtk_widget_class_bind_template_child(widget_class, RmsSignInView, user_code);
    gtk_widget_class_bind_template_child(widget_class, RmsSignInView, copy_button);
    gtk_widget_class_bind_template_child(widget_class, RmsSignInView, link);
    gtk_widget_class_bind_template_child(widget_class, RmsSignInView, remaining);
    gtk_widget_class_bind_template_callback(widget_class, on_browser_clicked);
    gtk_widget_class_bind_template_callback(widget_class, on_code_clicked);
    gtk_widget_class_bind_template_callback(widget_class, on_copy_clicked);
    gtk_widget_class_bind_template_callback(widget_class, on_cancel_clicked);
}

static void rms_sign_in_view_init(RmsSignInView *self)
{
    gtk_widget_init_template(GTK_WIDGET(self));
    rms_widget_words_mend(GTK_WIDGET(self));
}

void rms_sign_in_view_set_console(RmsSignInView *self, RmsConsole *console)
{
    const RmsCloudEnvironment *environment = NULL;
    g_autofree char *text = NULL;

    g_return_if_fail(RMS_IS_SIGN_IN_VIEW(self));
    g_return_if_fail(self->console == NULL);

    self->console = g_object_ref(console);
    environment = rms_console_get_environment(console);
    /* Translators: name of the cloud, like AzureCloud; then the address where one signs in. */
    text = g_strdup_printf(_("Cloud environment: %s\n%s"),
                           environment->name,
                           environment->authority != NULL ? environment->authority : "");
    gtk_label_set_label(self->environment, text);
}
