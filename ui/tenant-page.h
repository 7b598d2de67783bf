/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The page of the tenant: signing in, and who is signed in to what.
 */
#pragma once

#include <adwaita.h>

#include "ui/console.h"

G_BEGIN_DECLS

/* Signal "signed-in" (): by this page. */
#define RMS_TYPE_TENANT_PAGE (rms_tenant_page_get_type())
G_DECLARE_FINAL_TYPE(RmsTenantPage, rms_tenant_page, RMS, TENANT_PAGE, AdwBin)

/** rms_tenant_page_set_console: To be called once; keeps a reference. */
void rms_tenant_page_set_console(RmsTenantPage *self, RmsConsole *console);
/** rms_tenant_page_show_error: Shows why refreshing failed; %NULL hides it. */
void rms_tenant_page_show_error(RmsTenantPage *self, const GError *error);

G_END_DECLS
