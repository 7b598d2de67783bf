/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The accounts that somebody is about to authorize: names that were typed or pasted and are looked
 * up exactly (*Check Names*), and objects that were picked from results.
 *
 * Each is looked up by itself: one that is wrong loses nothing of the others. A name goes to the
 * domain that it names; all other names go to the location that is searched.
 */
#pragma once

#include "connector-core/model/server-list.h"
#include "ui/location.h"

G_BEGIN_DECLS

/* Names checked at once at most; more of a pasted list is left unchecked. */
#define RMS_MAX_CHECKED_NAMES 500

/** rms_names_split: Returns: (transfer full): the names in @text, which semicolons and line breaks
 * part; each once. A semicolon within quotes, or escaped within a distinguished name (RFC 4514),
 * parts nothing; quotes around a whole name are dropped. */
GStrv rms_names_split(const char *text);
/** rms_names_dup_last: Returns: (transfer full): what stands behind the last separator: the name
 * that is being typed. */
char *rms_names_dup_last(const char *text);

/**
 * RmsCheckedState:
 * @RMS_CHECKED_WAITING: it is being looked up
 * @RMS_CHECKED_FOUND: one object is meant
 * @RMS_CHECKED_AMBIGUOUS: several are called so; somebody has to choose
 * @RMS_CHECKED_UNKNOWN: nothing is called so
 * @RMS_CHECKED_FAILED: the directory could not be asked
 */
typedef enum {
    RMS_CHECKED_WAITING,
    RMS_CHECKED_FOUND,
    RMS_CHECKED_AMBIGUOUS,
    RMS_CHECKED_UNKNOWN,
    RMS_CHECKED_FAILED
} RmsCheckedState;

#define RMS_TYPE_CHECKED_NAME (rms_checked_name_get_type())
G_DECLARE_FINAL_TYPE(RmsCheckedName, rms_checked_name, RMS, CHECKED_NAME, GObject)
/* As typed; for what was picked its account name. */
const char *rms_checked_name_get_text(RmsCheckedName *self);
RmsCheckedState rms_checked_name_get_state(RmsCheckedName *self);
/** rms_checked_name_get_object: Returns: (transfer none) (nullable): while it is found; soon with
 * its members counted. */
RmsDirectoryObject *rms_checked_name_get_object(RmsCheckedName *self);
/** rms_checked_name_get_candidates: Returns: (transfer none) (nullable) (element-type
 * RmsDirectoryObject): while it is ambiguous. */
GPtrArray *rms_checked_name_get_candidates(RmsCheckedName *self);
/** rms_checked_name_get_error: Returns: (nullable): why it failed, or cannot be looked up at all.
 */
const GError *rms_checked_name_get_error(RmsCheckedName *self);

/**
 * RmsPickObstacle: why it cannot be added, the first that holds.
 * @RMS_PICK_READY: it can
 * @RMS_PICK_UNSETTLED: no object yet
 * @RMS_PICK_ALREADY: the list has it
 * @RMS_PICK_KIND: the role is not for such accounts
 */
typedef enum {
    RMS_PICK_READY,
    RMS_PICK_UNSETTLED,
    RMS_PICK_ALREADY,
    RMS_PICK_KIND
} RmsPickObstacle;
/** rms_checked_name_get_obstacle: @role: (nullable): %NULL: none chosen yet */
RmsPickObstacle
rms_checked_name_get_obstacle(RmsCheckedName *self, RmsServerList *list, const RmsRole *role);

/* Signal: "changed" (): names came, went or changed. */
#define RMS_TYPE_NAME_CHECK (rms_name_check_get_type())
G_DECLARE_FINAL_TYPE(RmsNameCheck, rms_name_check, RMS, NAME_CHECK, GObject)

/** rms_name_check_new: @forests: a GListModel of RmsForest; kept */
RmsNameCheck *rms_name_check_new(GListModel *forests);
/** rms_name_check_stop: Cancels what is under way; to be called before the last reference goes. */
void rms_name_check_stop(RmsNameCheck *self);
/** rms_name_check_set_location: Where names are looked up from now on. */
void rms_name_check_set_location(RmsNameCheck *self, RmsLocation *location);
/** rms_name_check_get_names: A GListModel of RmsCheckedName, the same for the whole life. An item
 * that changed is reported as replaced by itself. */
GListModel *rms_name_check_get_names(RmsNameCheck *self);
gboolean rms_name_check_get_busy(RmsNameCheck *self);
/** rms_name_check_find: Returns: (transfer none) (nullable): the one that stands for @sid. */
RmsCheckedName *rms_name_check_find(RmsNameCheck *self, const RmsSid *sid);

/** rms_name_check_add_text: Looks up each name in @text. Returns: (transfer full) (nullable): names
 * beyond RMS_MAX_CHECKED_NAMES, parted by semicolons. */
char *rms_name_check_add_text(RmsNameCheck *self, const char *text);
/** rms_name_check_add_object: Adds what was picked from @directory's results, unless it is there.
 */
void rms_name_check_add_object(RmsNameCheck *self,
                               RmsDirectoryObject *object,
                               RmsDirectory *directory);
/** rms_name_check_choose: @object is what @name means. */
void rms_name_check_choose(RmsNameCheck *self, RmsCheckedName *name, RmsDirectoryObject *object);
void rms_name_check_retry(RmsNameCheck *self, RmsCheckedName *name);
void rms_name_check_remove(RmsNameCheck *self, RmsCheckedName *name);

G_END_DECLS
