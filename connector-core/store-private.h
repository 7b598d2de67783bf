/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * For the event log, which keeps its rows in the store's file.
 */
#pragma once

#include "connector-core/store.h"

/* (transfer none): the database file, for a connection of one's own. */
const char *rms_store_get_path(RmsStore *store);
