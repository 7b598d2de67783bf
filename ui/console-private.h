/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the files of RmsConsole share: console.c keeps the state and edits the working copy,
 * console-session.c signs in and out, console-push.c pushes.
 */
#pragma once

#include "ui/console.h"

G_BEGIN_DECLS

struct _RmsConsole {
    GObject parent_instance;

    RmsConnector *connector;
    GListStore *forests; /* of RmsForest; never empty */
    RmsCloudEnvironment *environment;

    RmsServerList *saved; /* (nullable) sealed */
    RmsServerList *working;
    GListStore *pending; /* of RmsListChange */

    RmsAccount *account;
    RmsTenant *tenant;
    GError *connector_failure;
    gboolean signing_in;
    gboolean pushing;
    RmsPushObstacle obstacle;
    GListStore *dropped; /* (nullable) changes lost to a list that came into force while pushing */
};

/* Makes @list the saved list and puts the pending changes on top of it. */
void rms_console_adopt_list(RmsConsole *self, RmsServerList *list);
/* Says that the list in force is somebody else's, with the changes that it made pointless. */
void rms_console_announce_replaced_list(RmsConsole *self, GListModel *dropped);
/* Takes over a signed-in account and its tenant; %NULL for both forgets them. */
void rms_console_adopt_account(RmsConsole *self, RmsAccount *account, RmsTenant *tenant);
void rms_console_set_signing_in(RmsConsole *self, gboolean signing_in);
void rms_console_set_pushing(RmsConsole *self, gboolean pushing);
/* Looks again why pushing is not possible. */
void rms_console_update_obstacle(RmsConsole *self);

G_END_DECLS
