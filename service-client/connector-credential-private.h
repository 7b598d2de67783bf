/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * When a credential asks again, as numbers that a test can hold against a clock.
 */
#pragma once

#include "service-client/connector-credential.h"

G_BEGIN_DECLS

/** rms_connector_credential_plan: Seconds until the next request. @expires_in: life of the token
 * just got, when @failures is 0; never more than a day ahead. @failures: since the last token.
 * @random: any number; spreads the connectors of a site after a failure of the service. */
guint rms_connector_credential_plan(guint expires_in, guint failures, guint32 random);

G_END_DECLS
