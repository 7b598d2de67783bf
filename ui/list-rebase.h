/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Making changes again on top of another list: undoing one of several changes, and keeping an
 * administrator's changes when somebody else pushed meanwhile.
 *
 * A pure function of its arguments. Changes meet entries by SID alone.
 */
#pragma once

#include "connector-core/model/server-list.h"

G_BEGIN_DECLS

/**
 * rms_list_rebase: Makes @changes on a copy of @base.
 * @changes: (nullable): a GListModel of RmsListChange
 * @except: (nullable): the change of this SID is left out
 * @dropped: (nullable) (element-type RmsListChange): gets a reference to each change that no longer
 * makes a difference: adding what is there with that role already, removing or changing what is
 * gone
 *
 * An entry that was added here and there with different roles becomes a change of its role. A
 * change of an entry that somebody removed is dropped, never turned into adding it again: taking
 * rights away wins.
 *
 * Returns: (transfer full): an editable list with the revision of @base.
 */
RmsServerList *
rms_list_rebase(RmsServerList *base, GListModel *changes, const RmsSid *except, GPtrArray *dropped);

G_END_DECLS
