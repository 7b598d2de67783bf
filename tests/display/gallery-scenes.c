/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The scenes of the gallery.
 */
#include "config.h"

#include "tests/display/gallery-scenes.h"

#include <string.h>

#include "tests/unit/ui/stand-ins.h"
#include "ui/effective-members.h"
#include "ui/object-details.h"

/* 23 November 2026, 10:00 UTC */
#define NOW G_GINT64_CONSTANT(1795428000)

typedef struct {
    const char *name;
    /* Where it starts. */
    gboolean signed_in;
    gboolean no_list;
    gboolean empty_list;
    /* What somebody does then; (nullable). */
    void (*play)(Gallery *gallery);
} Scene;

/* --- helpers ------------------------------------------------------------------------------ */

static GtkWidget *find_widget(GtkWidget *root, const char *type_name, const char *text)
{
    const char *name = G_OBJECT_TYPE_NAME(root);

    if (g_str_equal(name, type_name) &&
        (text == NULL ||
         (GTK_IS_BUTTON(root) && g_strcmp0(gtk_button_get_label(GTK_BUTTON(root)), text) == 0)))
        return root;
    for (GtkWidget *child = gtk_widget_get_first_child(root); child != NULL;
         child = gtk_widget_get_next_sibling(child)) {
        GtkWidget *found =
            gtk_widget_get_child_visible(child) ? find_widget(child, type_name, text) : NULL;

        if (found != NULL)
            return found;
    }
    return NULL;
}

static GtkWidget *find_dialog(const char *type_name)
{
    GListModel *toplevels = gtk_window_get_toplevels();

    for (guint i = 0; i < g_list_model_get_n_items(toplevels); i++) {
        g_autoptr(GtkWidget) window = g_list_model_get_item(toplevels, i);

        if (g_str_equal(G_OBJECT_TYPE_NAME(window), type_name))
            return window;
    }
    g_error("no %s", type_name);
}

static gboolean on_later(gpointer user_data)
{
    *(gboolean *) user_data = TRUE;
    return G_SOURCE_REMOVE;
}

/* Lets the window live for @ms. */
static void linger(guint ms)
{
    gboolean over = FALSE;

    g_timeout_add(ms, on_later, &over);
    while (!over)
        g_main_context_iteration(NULL, TRUE);
}

static void act(Gallery *gallery, const char *action, const char *parameter)
{
    if (parameter != NULL)
        gtk_widget_activate_action(GTK_WIDGET(gallery->window), action, "s", parameter);
    else
        gtk_widget_activate_action(GTK_WIDGET(gallery->window), action, NULL);
    linger(300);
}

static void on_signed_in(GObject *source, GAsyncResult *result, gpointer user_data)
{
    rms_console_sign_in_finish(RMS_CONSOLE(source), result, NULL);
    *(gboolean *) user_data = TRUE;
}

static void on_code(const char *code, const char *uri, guint expires_in, gpointer user_data)
{
}

static void sign_in(Gallery *gallery)
{
    gboolean done = FALSE;

    rms_console_sign_in_device_async(
        gallery->console, on_code, NULL, NULL, NULL, on_signed_in, &done);
    while (!done)
        g_main_context_iteration(NULL, TRUE);
}

static RmsDirectoryObject *get_object(guint i)
{
    return g_ptr_array_index(stand_ins.objects, i);
}

static void add(Gallery *gallery, guint object, RmsRole role, const char *note)
{
    g_assert(rms_console_add(gallery->console, get_object(object), role, note, NULL));
}

static const RmsSid *get_saved_sid(Gallery *gallery, guint i)
{
    return rms_entry_get_sid(rms_server_list_get(rms_console_get_saved(gallery->console), i));
}

/* --- what is there ------------------------------------------------------------------------ */

static void fill_directory(gboolean long_names)
{
    static const struct {
        const char *name;
        RmsKind kind;
        RmsGroupScope scope;
        const char *place;
        guint warnings;
    } objects[] = {
        {"Exchange Servers",
         RMS_KIND_SECURITY_GROUP,                               RMS_SCOPE_UNIVERSAL,
         "contoso.example/Microsoft Exchange Security Groups",                                                              RMS_WARNING_NESTED_GROUPS     },
        {"Exchange Trusted Subsystem",
         RMS_KIND_SECURITY_GROUP,                               RMS_SCOPE_UNIVERSAL,
         "contoso.example/Microsoft Exchange Security Groups",                                                              0                             },
        {"Exchange Operators",
         RMS_KIND_DISTRIBUTION_GROUP,                           RMS_SCOPE_UNIVERSAL,
         "contoso.example/Groups",                                                                                          RMS_WARNING_DISTRIBUTION_GROUP},
        {"EXCH01$",                    RMS_KIND_COMPUTER,       RMS_SCOPE_NONE,         "contoso.example/Servers/Exchange", 0                             },
        {"EXCH02$",
         RMS_KIND_COMPUTER,                                     RMS_SCOPE_NONE,
         "contoso.example/Servers/Exchange",                                                                                RMS_WARNING_DISABLED          },
        {"svc-spfarm",                 RMS_KIND_USER,           RMS_SCOPE_NONE,         "contoso.example/Service Accounts", 0                             },
        {"svc-spapppool",              RMS_KIND_USER,           RMS_SCOPE_NONE,         "contoso.example/Service Accounts", 0                             },
        {"gmsa-sharepoint$",
         RMS_KIND_MANAGED_SERVICE_ACCOUNT,                      RMS_SCOPE_NONE,
         "contoso.example/Managed Service Accounts",                                                                        0                             },
        {"FILESRV01$",                 RMS_KIND_COMPUTER,       RMS_SCOPE_NONE,         "contoso.example/Servers/File",     0                             },
        {"File Servers",
         RMS_KIND_SECURITY_GROUP,                               RMS_SCOPE_DOMAIN_LOCAL,
         "contoso.example/Servers/File",                                                                                    0                             },
        {"OUTSIDER01$",                RMS_KIND_COMPUTER,       RMS_SCOPE_NONE,         "contoso.example/Computers",        0                             },
        {"Exchange Servers of the former Northwind Traders subsidiary, Nuuk and Qaqortoq data "
         "centres",           RMS_KIND_SECURITY_GROUP,
         RMS_SCOPE_GLOBAL,                                                              "contoso.example/Acquired Companies/Northwind Traders/Greenland/Data "
         "Centres/Servers/Messaging",                                                             RMS_WARNING_LARGE_GROUP       },
    };

    for (gsize i = 0; i < G_N_ELEMENTS(objects) - (long_names ? 0 : 1); i++)
        g_ptr_array_add(stand_ins.objects,
                        stand_in_object(1100 + i,
                                        objects[i].name,
                                        objects[i].kind,
                                        objects[i].scope,
                                        objects[i].place,
                                        objects[i].warnings));
}

static RmsServerList *make_list(gboolean long_names)
{
    RmsServerList *list = rms_server_list_new();
    RmsEntry *entries[] = {
        stand_in_entry(1105,
                       "svc-spfarm",
                       RMS_KIND_USER,
                       RMS_ROLE_SHAREPOINT,
                       "Central Administration of the intranet farm"),
        stand_in_entry(1106, "svc-spapppool", RMS_KIND_USER, RMS_ROLE_SHAREPOINT, ""),
        stand_in_entry(1108, "FILESRV01$", RMS_KIND_COMPUTER, RMS_ROLE_FCI, "Finance share"),
        stand_in_entry(1109, "File Servers", RMS_KIND_SECURITY_GROUP, RMS_ROLE_FCI, ""),
        long_names
            ? stand_in_entry(
                  1111,
                  "Exchange Servers of the former Northwind Traders subsidiary, Nuuk and Qaqortoq "
                  "data centres",
                  RMS_KIND_SECURITY_GROUP,
                  RMS_ROLE_EXCHANGE,
                  "Until the migration is done; asked for by the messaging team in a ticket that "
                  "explains at length why this cannot wait for the consolidated group")
            : stand_in_entry(1101,
                             "Exchange Trusted Subsystem",
                             RMS_KIND_SECURITY_GROUP,
                             RMS_ROLE_EXCHANGE,
                             ""),
    };

    for (gsize i = 0; i < G_N_ELEMENTS(entries); i++) {
        g_assert(rms_server_list_add(list, entries[i], NULL));
        g_object_unref(entries[i]);
    }
    rms_server_list_seal(list, 7, NOW, "connector.admin@contoso.example");
    return list;
}

static void fill_log(Gallery *gallery)
{
    static const struct {
        RmsEventNumber number;
        const char *message;
        const char *account;
        const char *sid;
        const char *computer;
    } events[] = {
        {RMS_EVENT_STARTED,          "The connector has started.",                       NULL,                              NULL, NULL        },
        {RMS_EVENT_LIST_UPDATED,
         "The list of authorized accounts has been updated. Revision 7, 5 entries:\n"
         "S-1-5-21-1-2-3-1105 CONTOSO\\svc-spfarm (sharepoint)\n"
         "S-1-5-21-1-2-3-1106 CONTOSO\\svc-spapppool (sharepoint)\n"
         "S-1-5-21-1-2-3-1108 CONTOSO\\FILESRV01$ (fci)\n"
         "S-1-5-21-1-2-3-1109 CONTOSO\\File Servers (fci)\n"
         "S-1-5-21-1-2-3-1101 CONTOSO\\Exchange Trusted Subsystem (exchange)",           NULL,
         NULL,                                                                                                                    NULL        },
        {RMS_EVENT_SIGNED_IN,
         "connector.admin@contoso.example signed in to the tenant of Contoso. Role: connector "
         "administrator.",                                                               "connector.admin@contoso.example",
         NULL,                                                                                                                    NULL        },
        {RMS_EVENT_FIRST_CONNECTION,
         "The authorized account CONTOSO\\FILESRV01$ has connected for the first time.", "CONTOSO\\FILESRV01$",
         "S-1-5-21-1-2-3-1108",                                                                                                   "127.0.1.21"},
        {RMS_EVENT_PLAIN_HTTP,
         "The authorized account CONTOSO\\FILESRV01$ has connected over plain HTTP. Configure the "
         "server to use HTTPS.",                                                         "CONTOSO\\FILESRV01$",
         "S-1-5-21-1-2-3-1108",                                                                                                   "127.0.1.21"},
        {RMS_EVENT_EXCEPTION,
         "The tenant did not answer: Connection timed out after 15000 ms. The caller was told to "
         "try again later.",                                                             "CONTOSO\\svc-spfarm",
         "S-1-5-21-1-2-3-1105",                                                                                                   "127.0.1.11"},
        {RMS_EVENT_NOT_AUTHORIZED,
         "CONTOSO\\OUTSIDER01$ (S-1-5-21-1-2-3-1110) was refused: no entry of the list covers the "
         "account or one of its groups. If it is one of your servers, authorize it.",    "CONTOSO\\OUTSIDER01$",
         "S-1-5-21-1-2-3-1110",                                                                                                   "127.0.1.99"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(events); i++)
        stand_in_connector_add_event(gallery->connector,
                                     events[i].number,
                                     (NOW + (gint64) i * 61) * G_USEC_PER_SEC,
                                     events[i].message,
                                     events[i].account,
                                     events[i].sid,
                                     events[i].computer);
}

/* --- scenes ------------------------------------------------------------------------------- */

static void make_changes(Gallery *gallery)
{
    add(gallery, 0, RMS_ROLE_EXCHANGE, "All Exchange servers");
    add(gallery, 7, RMS_ROLE_SHAREPOINT, "");
    g_assert(rms_console_remove(gallery->console, get_saved_sid(gallery, 1), NULL));
    g_assert(rms_console_change_role(
        gallery->console, get_saved_sid(gallery, 3), RMS_ROLE_SHAREPOINT, NULL));
}

static void play_servers(Gallery *gallery)
{
    act(gallery, "win.show-page", "servers");
}

static void play_pending(Gallery *gallery)
{
    play_servers(gallery);
    make_changes(gallery);
    linger(300);
}

static void replace_object(guint i, const char *name, RmsKind kind, guint warnings)
{
    RmsDirectoryObject *object =
        stand_in_object(1100 + i, name, kind, RMS_SCOPE_NONE, "contoso.example/Servers", warnings);

    g_object_unref(stand_ins.objects->pdata[i]);
    stand_ins.objects->pdata[i] = object;
}

/* One account disabled, one gone, one renamed, and one whose group is of another kind now. */
static void play_upkeep(Gallery *gallery)
{
    play_servers(gallery);
    replace_object(5, "svc-spfarm", RMS_KIND_USER, RMS_WARNING_DISABLED);
    replace_object(8, "FILESRV09$", RMS_KIND_COMPUTER, RMS_WARNING_DISABLED);
    replace_object(9, "File Servers", RMS_KIND_DISTRIBUTION_GROUP, 0);
    g_ptr_array_remove_index(stand_ins.objects, 6);
    act(gallery, "win.refresh", NULL);
    linger(300);
}

static void play_remove_orphans(Gallery *gallery)
{
    play_upkeep(gallery);
    g_signal_emit_by_name(find_widget(GTK_WIDGET(gallery->window),
                                      "GtkButton",
                                      g_dgettext(GETTEXT_PACKAGE, "Remove _Orphans…")),
                          "clicked");
    linger(400);
}

static void play_unchecked(Gallery *gallery)
{
    play_upkeep(gallery);
    stand_ins.directory_error = g_error_new_literal(
        RMS_DIRECTORY_ERROR,
        RMS_DIRECTORY_ERROR_UNREACHABLE,
        "ldap://dc1.contoso.example: connect: Connection timed out after 10000 ms");
    act(gallery, "win.refresh", NULL);
    linger(300);
}

static void fill_groups(guint n_more)
{
    stand_in_add_member(get_object(0), get_object(1));
    stand_in_add_member(get_object(1), get_object(3));
    stand_in_add_member(get_object(1), get_object(4));
    stand_in_add_member(get_object(9), get_object(8));
    for (guint i = 0; i < n_more; i++) {
        g_autofree char *name = g_strdup_printf("EXCH%05u$", i);
        g_autoptr(RmsDirectoryObject) object = stand_in_object(20000 + i,
                                                               name,
                                                               RMS_KIND_COMPUTER,
                                                               RMS_SCOPE_NONE,
                                                               "contoso.example/Servers/Exchange",
                                                               0);

        stand_in_add_member(get_object(0), object);
    }
}

static void show_details(Gallery *gallery, guint object)
{
    play_servers(gallery);
    rms_object_details_present(
        gallery->window, gallery->connector, gallery->forest, get_object(object));
    linger(700);
}

static void play_details(Gallery *gallery)
{
    fill_groups(0);
    show_details(gallery, 3);
}

static void play_details_group(Gallery *gallery)
{
    fill_groups(30);
    show_details(gallery, 0);
}

static void play_details_error(Gallery *gallery)
{
    fill_groups(3);
    stand_ins.members_error = g_error_new_literal(
        RMS_DIRECTORY_ERROR, RMS_DIRECTORY_ERROR_REFUSED, "insufficient access rights");
    show_details(gallery, 0);
}

static void play_effective(Gallery *gallery)
{
    fill_groups(400);
    play_servers(gallery);
    rms_effective_members_present(
        gallery->window, gallery->connector, gallery->forest, get_object(0));
    linger(700);
}

static void play_effective_distribution(Gallery *gallery)
{
    RmsGroupStatus *status = g_new0(RmsGroupStatus, 1);

    status->sid = *rms_directory_object_get_sid(get_object(2));
    status->n_members = 2;
    status->read_at = NOW * G_USEC_PER_SEC;
    status->tried_at = (NOW + 900) * G_USEC_PER_SEC;
    status->failure = g_strdup("dc1.contoso.example: connection refused");
    g_ptr_array_add(stand_ins.groups, status);
    stand_in_add_member(get_object(2), get_object(3));
    stand_in_add_member(get_object(2), get_object(4));
    play_servers(gallery);
    rms_effective_members_present(
        gallery->window, gallery->connector, gallery->forest, get_object(2));
    linger(700);
}

static void play_search_nothing(Gallery *gallery)
{
    play_servers(gallery);
    act(gallery, "win.search", NULL);
    gtk_editable_set_text(
        GTK_EDITABLE(find_widget(GTK_WIDGET(gallery->window), "GtkSearchEntry", NULL)), "nowhere");
    linger(300);
}

static void open_add(Gallery *gallery, const char *text)
{
    play_servers(gallery);
    act(gallery, "win.add-server", NULL);
    if (text != NULL)
        gtk_editable_set_text(
            GTK_EDITABLE(find_widget(find_dialog("RmsAddDialog"), "GtkSearchEntry", NULL)), text);
    linger(500);
}

static void choose_role(RmsRole role)
{
    GtkWidget *chooser = find_widget(find_dialog("RmsAddDialog"), "RmsRoleChooser", NULL);
    GtkWidget *button = find_widget(chooser, "GtkCheckButton", NULL);

    for (int i = 0; i < (int) role; i++)
        button = gtk_widget_get_next_sibling(button);
    gtk_check_button_set_active(GTK_CHECK_BUTTON(button), TRUE);
    linger(300);
}

static void play_add_idle(Gallery *gallery)
{
    open_add(gallery, NULL);
}

static void play_add_results(Gallery *gallery)
{
    open_add(gallery, "exch");
}

static void play_add_hidden(Gallery *gallery)
{
    open_add(gallery, "exch");
    choose_role(RMS_ROLE_EXCHANGE);
}

static void play_add_suggestion(Gallery *gallery)
{
    open_add(gallery, NULL);
    choose_role(RMS_ROLE_EXCHANGE);
}

static void find_exactly(Gallery *gallery, const char *text)
{
    GtkWidget *entry = NULL;

    open_add(gallery, text);
    entry = find_widget(find_dialog("RmsAddDialog"), "GtkSearchEntry", NULL);
    g_signal_emit_by_name(entry, "activate");
    linger(300);
}

static void play_add_chosen(Gallery *gallery)
{
    find_exactly(gallery, "Exchange Servers");
    choose_role(RMS_ROLE_EXCHANGE);
}

static void play_add_already(Gallery *gallery)
{
    find_exactly(gallery, "svc-spfarm");
}

static void play_add_nothing(Gallery *gallery)
{
    open_add(gallery, "nowhere");
}

static void play_add_error(Gallery *gallery)
{
    stand_ins.directory_error = g_error_new_literal(
        RMS_DIRECTORY_ERROR,
        RMS_DIRECTORY_ERROR_TICKET,
        "dc1.contoso.example: SASL(-1): generic failure: GSSAPI Error: No Kerberos credentials "
        "available (default cache: FILE:/tmp/krb5cc_1000)");
    open_add(gallery, "exch");
}

static void play_add_searching(Gallery *gallery)
{
    stand_ins.directory_waits = TRUE;
    open_add(gallery, "exch");
}

static void play_role_dialog(Gallery *gallery)
{
    GtkWidget *row = NULL;

    play_servers(gallery);
    row = find_widget(GTK_WIDGET(gallery->window), "RmsServerRow", NULL);
    gtk_widget_activate_action(row, "row.change-role", NULL);
    linger(400);
}

static void play_row_menu(Gallery *gallery)
{
    GtkWidget *row = NULL;

    play_servers(gallery);
    row = find_widget(GTK_WIDGET(gallery->window), "RmsServerRow", NULL);
    gtk_menu_button_popup(GTK_MENU_BUTTON(find_widget(row, "GtkMenuButton", NULL)));
    linger(400);
}

static void play_review(Gallery *gallery)
{
    play_servers(gallery);
    add(gallery, 7, RMS_ROLE_SHAREPOINT, "");
    g_assert(rms_console_remove(gallery->console, get_saved_sid(gallery, 1), NULL));
    act(gallery, "win.review", NULL);
}

static void play_review_super_user(Gallery *gallery)
{
    play_pending(gallery);
    act(gallery, "win.review", NULL);
}

static void play_conflict(Gallery *gallery)
{
    g_autoptr(RmsServerList) theirs = NULL;

    play_pending(gallery);
    theirs = rms_server_list_copy(rms_console_get_saved(gallery->console));
    g_assert(rms_server_list_remove(theirs, get_saved_sid(gallery, 1), NULL));
    act(gallery, "win.review", NULL);
    stand_in_connector_replace_list(gallery->connector, theirs, "other.admin@contoso.example");
    linger(400);
}

static void play_events(Gallery *gallery)
{
    act(gallery, "win.show-page", "events");
}

static void play_events_details(Gallery *gallery)
{
    GtkWidget *view = NULL;

    play_events(gallery);
    view = find_widget(GTK_WIDGET(gallery->window), "GtkColumnListView", NULL);
    if (view == NULL)
        view = find_widget(GTK_WIDGET(gallery->window), "RmsEventsPage", NULL);
    if (g_str_equal(G_OBJECT_TYPE_NAME(view), "RmsEventsPage"))
        view = find_widget(view, "GtkListView", NULL);
    gtk_widget_activate_action(view, "list.select-item", "(ubb)", 0, FALSE, FALSE);
    linger(300);
}

static void play_events_nothing(Gallery *gallery)
{
    play_events(gallery);
    act(gallery, "win.search", NULL);
    gtk_editable_set_text(
        GTK_EDITABLE(find_widget(find_widget(GTK_WIDGET(gallery->window), "RmsEventsPage", NULL),
                                 "GtkSearchEntry",
                                 NULL)),
        "nowhere");
    linger(300);
}

static void click(Gallery *gallery, const char *label)
{
    GtkWidget *page = find_widget(GTK_WIDGET(gallery->window), "RmsTenantPage", NULL);

    g_signal_emit_by_name(find_widget(page, "GtkButton", g_dgettext(GETTEXT_PACKAGE, label)),
                          "clicked");
    linger(500);
}

static void play_sign_in(Gallery *gallery)
{
    act(gallery, "win.show-page", "tenant");
}

static void play_sign_in_code(Gallery *gallery)
{
    play_sign_in(gallery);
    stand_ins.sign_in_waits = TRUE;
    click(gallery, "Use a _Code on Another Device");
}

static void play_sign_in_error(Gallery *gallery)
{
    play_sign_in(gallery);
    stand_ins.sign_in_error = g_error_new_literal(
        RMS_SERVICE_ERROR,
        RMS_SERVICE_ERROR_DECLINED,
        "authorization_declined: AADSTS70020: The end user denied the request. Trace ID: "
        "2f0c8a4e-5f3c-4f6a-9f0e-0f7a1d6b2c00");
    click(gallery, "Use a _Code on Another Device");
}

static void play_tenant(Gallery *gallery)
{
    act(gallery, "win.show-page", "tenant");
}

static void play_connector_failed(Gallery *gallery)
{
    g_autoptr(GError) error =
        g_error_new_literal(RMS_CONNECTOR_ERROR,
                            RMS_CONNECTOR_ERROR_SETTINGS,
                            "the keytab /etc/rms-connector/connector.keytab cannot be read: "
                            "Permission denied");

    stand_in_connector_set_state(gallery->connector, RMS_CONNECTOR_STOPPED);
    rms_console_report_connector_failure(gallery->console, error);
    play_servers(gallery);
}

static void play_shortcuts(Gallery *gallery)
{
    play_servers(gallery);
    act(gallery, "win.show-help-overlay", NULL);
}

static void play_about(Gallery *gallery)
{
    play_servers(gallery);
    act(gallery, "win.about", NULL);
}

static void play_leave(Gallery *gallery)
{
    play_pending(gallery);
    gtk_window_close(gallery->window);
    linger(300);
}

static const Scene scenes[] = {
    {"servers-loading",        TRUE,  TRUE,  FALSE, play_servers               },
    {"servers-empty",          TRUE,  FALSE, TRUE,  play_servers               },
    {"servers",                TRUE,  FALSE, FALSE, play_servers               },
    {"servers-signed-out",     FALSE, FALSE, FALSE, play_pending               },
    {"servers-pending",        TRUE,  FALSE, FALSE, play_pending               },
    {"servers-nothing",        TRUE,  FALSE, FALSE, play_search_nothing        },
    {"servers-upkeep",         TRUE,  FALSE, FALSE, play_upkeep                },
    {"remove-orphans",         TRUE,  FALSE, FALSE, play_remove_orphans        },
    {"details",                TRUE,  FALSE, FALSE, play_details               },
    {"details-group",          TRUE,  FALSE, FALSE, play_details_group         },
    {"details-error",          TRUE,  FALSE, FALSE, play_details_error         },
    {"effective",              TRUE,  FALSE, FALSE, play_effective             },
    {"effective-distribution", TRUE,  FALSE, FALSE, play_effective_distribution},
    {"servers-unchecked",      TRUE,  FALSE, FALSE, play_unchecked             },
    {"row-menu",               TRUE,  FALSE, FALSE, play_row_menu              },
    {"role-dialog",            TRUE,  FALSE, FALSE, play_role_dialog           },
    {"add-idle",               TRUE,  FALSE, FALSE, play_add_idle              },
    {"add-searching",          TRUE,  FALSE, FALSE, play_add_searching         },
    {"add-results",            TRUE,  FALSE, FALSE, play_add_results           },
    {"add-hidden",             TRUE,  FALSE, FALSE, play_add_hidden            },
    {"add-suggestion",         TRUE,  FALSE, FALSE, play_add_suggestion        },
    {"add-chosen",             TRUE,  FALSE, FALSE, play_add_chosen            },
    {"add-already",            TRUE,  FALSE, FALSE, play_add_already           },
    {"add-nothing",            TRUE,  FALSE, FALSE, play_add_nothing           },
    {"add-error",              TRUE,  FALSE, FALSE, play_add_error             },
    {"review",                 TRUE,  FALSE, FALSE, play_review                },
    {"review-super-user",      TRUE,  FALSE, FALSE, play_review_super_user     },
    {"review-signed-out",      FALSE, FALSE, FALSE, play_review_super_user     },
    {"conflict",               TRUE,  FALSE, FALSE, play_conflict              },
    {"events",                 TRUE,  FALSE, FALSE, play_events                },
    {"events-details",         TRUE,  FALSE, FALSE, play_events_details        },
    {"events-nothing",         TRUE,  FALSE, FALSE, play_events_nothing        },
    {"events-empty",           TRUE,  TRUE,  FALSE, play_events                },
    {"sign-in",                FALSE, FALSE, FALSE, play_sign_in               },
    {"sign-in-code",           FALSE, FALSE, FALSE, play_sign_in_code          },
    {"sign-in-error",          FALSE, FALSE, FALSE, play_sign_in_error         },
    {"tenant",                 TRUE,  FALSE, FALSE, play_tenant                },
    {"connector-failed",       TRUE,  FALSE, FALSE, play_connector_failed      },
    {"shortcuts",              TRUE,  FALSE, FALSE, play_shortcuts             },
    {"about",                  TRUE,  FALSE, FALSE, play_about                 },
    {"leave",                  TRUE,  FALSE, FALSE, play_leave                 },
};

static const Scene *find_scene(const char *name)
{
    for (gsize i = 0; i < G_N_ELEMENTS(scenes); i++)
        if (g_str_equal(scenes[i].name, name))
            return &scenes[i];
    g_error("no scene %s", name);
}

void gallery_print_scenes(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(scenes); i++)
        g_print("%s\n", scenes[i].name);
}

void gallery_open(Gallery *gallery,
                  GtkApplication *application,
                  const char *scene_name,
                  gboolean long_names)
{
    const Scene *scene = find_scene(scene_name);
    g_autoptr(RmsCloudEnvironment) environment = rms_cloud_environment_new("AzureCloud");
    g_autoptr(RmsServerList) list =
        scene->empty_list ? rms_server_list_new() : make_list(long_names);

    stand_ins_reset();
    stand_ins.user_name =
        long_names ? "johannes.wilhelm.oberhauser-admin@subsidiaries.northwind-traders.example"
                   : "connector.admin@contoso.example";
    fill_directory(long_names);
    if (scene->empty_list)
        rms_server_list_seal(list, 0, 0, "");
    gallery->connector = stand_in_connector_new(scene->no_list ? NULL : list);
    gallery->forest = stand_in_forest_new("contoso.example", "S-1-5-21-1-2-3-");
    if (!scene->no_list)
        fill_log(gallery);
    gallery->console = rms_console_new(gallery->connector, gallery->forest, environment);
    gallery->window = GTK_WINDOW(rms_console_window_new(application, gallery->console));
    if (scene->signed_in)
        sign_in(gallery);
}

void gallery_play(Gallery *gallery, const char *scene_name)
{
    const Scene *scene = find_scene(scene_name);

    linger(200);
    scene->play(gallery);
}

void gallery_close(Gallery *gallery)
{
    stand_ins_release();
    g_clear_object(&gallery->console);
    g_clear_object(&gallery->connector);
    g_clear_object(&gallery->forest);
    stand_ins_reset();
}
