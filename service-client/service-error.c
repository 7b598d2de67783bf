/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The room's error domain.
 */
#include "config.h"

#include "service-client/service-error.h"

G_DEFINE_QUARK(rms - service - error - quark, rms_service_error)
