/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which servers to try, and in which order: those of the settings, or those that DNS names for the
 * domain (MS-ADTS §6.3.2), the own site's first. Servers that failed lately come last.
 *
 *     domain ──SRV──▶ servers ──ping one──▶ own site ──SRV of the site──▶ its servers, then the
 * rest
 *
 * DNS and the ping are not authenticated. All they decide is which server inside the domain is
 * asked first; who that server is, Kerberos or its certificate has to prove.
 */
#pragma once

#include "directory/directory-target-private.h"
#include "directory/directory-watchdog-private.h"

G_BEGIN_DECLS

/**
 * rms_locator_find: Blocks, each question within the deadline of @settings.
 *
 * Returns: (transfer full) (element-type RmsTarget): at least one, the best first; or %NULL with
 * %RMS_DIRECTORY_ERROR_UNREACHABLE.
 */
GPtrArray *
rms_locator_find(const RmsDirectorySettings *settings, RmsWatchdog *watchdog, GError **error);

/** rms_locator_note: Remembers, for all connections of this process, whether @target @answers: one
 * that does not is tried last for some minutes. From any thread. */
void rms_locator_note(const RmsTarget *target, gboolean answers);
/** rms_locator_forget: For tests, whose ports come again: no server has failed. */
void rms_locator_forget(void);

G_END_DECLS
