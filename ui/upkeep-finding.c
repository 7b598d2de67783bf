/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The judgement on one answer of the directory.
 */
#include "config.h"

#include "ui/upkeep-finding.h"

#include "directory/directory-names.h"

struct _RmsUpkeepFinding {
    GObject parent_instance;

    RmsEntry *entry;
    RmsCheckResult result;
    RmsDirectoryObject *object; /* (nullable) */
    GError *error;              /* (nullable) */
    guint state;
};

G_DEFINE_TYPE(RmsUpkeepFinding, rms_upkeep_finding, G_TYPE_OBJECT)

static void rms_upkeep_finding_finalize(GObject *object)
{
    RmsUpkeepFinding *self = RMS_UPKEEP_FINDING(object);

    g_clear_object(&self->entry);
    g_clear_object(&self->object);
    g_clear_error(&self->error);
    G_OBJECT_CLASS(rms_upkeep_finding_parent_class)->finalize(object);
}

static void rms_upkeep_finding_class_init(RmsUpkeepFindingClass *class)
{
    G_OBJECT_CLASS(class)->finalize = rms_upkeep_finding_finalize;
}

static void rms_upkeep_finding_init(RmsUpkeepFinding *self)
{
}

static gboolean is_same_text(const char *a, const char *b)
{
    g_autofree char *folded_a = g_utf8_casefold(a, -1);
    g_autofree char *folded_b = g_utf8_casefold(b, -1);

    return g_str_equal(folded_a, folded_b);
}

/* The name of the object is the first part of its DN; where it stands is the rest. */
static gboolean has_moved(RmsEntry *entry, RmsDirectoryObject *object)
{
    const char *dn = rms_entry_get_dn(entry);
    g_autofree char *was = NULL;
    g_autofree char *is = NULL;

    if (dn == NULL || *dn == '\0')
        return FALSE;
    was = rms_place_from_dn(dn);
    is = rms_place_from_dn(rms_directory_object_get_dn(object));
    return *was != '\0' && !is_same_text(was, is);
}

static guint judge(RmsEntry *entry, RmsCheckResult result, RmsDirectoryObject *object)
{
    guint warnings;
    guint state = 0;

    if (result == RMS_CHECK_GONE)
        return RMS_UPKEEP_GONE;
    if (result != RMS_CHECK_FOUND || object == NULL)
        return RMS_UPKEEP_UNKNOWN;
    warnings = rms_directory_object_get_warnings(object);
    if (!is_same_text(rms_entry_get_name(entry), rms_directory_object_get_account_name(object)))
        state |= RMS_UPKEEP_RENAMED;
    if (has_moved(entry, object))
        state |= RMS_UPKEEP_MOVED;
    if (rms_entry_get_kind(entry) != rms_directory_object_get_kind(object))
        state |= RMS_UPKEEP_OTHER_KIND;
    if ((warnings & RMS_WARNING_DISABLED) != 0)
        state |= RMS_UPKEEP_DISABLED;
    if ((warnings & RMS_WARNING_EXPIRED) != 0)
        state |= RMS_UPKEEP_EXPIRED;
    return state;
}

static RmsUpkeepFinding *
make(RmsEntry *entry, RmsCheckResult result, RmsDirectoryObject *object, const GError *error)
{
    RmsUpkeepFinding *self = g_object_new(RMS_TYPE_UPKEEP_FINDING, NULL);

    self->entry = g_object_ref(entry);
    self->result = result;
    g_set_object(&self->object, object);
    self->error = error != NULL ? g_error_copy(error) : NULL;
    self->state = judge(entry, result, object);
    return self;
}

RmsUpkeepFinding *rms_upkeep_finding_new(RmsEntry *entry, const RmsObjectCheck *check)
{
    g_return_val_if_fail(RMS_IS_ENTRY(entry), NULL);
    g_return_val_if_fail(check != NULL, NULL);
    g_return_val_if_fail(rms_sid_equal(rms_entry_get_sid(entry), &check->sid), NULL);
    return make(entry, check->result, check->object, check->error);
}

RmsUpkeepFinding *rms_upkeep_finding_again(RmsUpkeepFinding *self, RmsEntry *entry)
{
    g_return_val_if_fail(RMS_IS_UPKEEP_FINDING(self), NULL);
    g_return_val_if_fail(RMS_IS_ENTRY(entry), NULL);
    return make(entry, self->result, self->object, self->error);
}

guint rms_upkeep_finding_get_state(RmsUpkeepFinding *self)
{
    g_return_val_if_fail(RMS_IS_UPKEEP_FINDING(self), RMS_UPKEEP_UNKNOWN);
    return self->state;
}

RmsEntry *rms_upkeep_finding_get_entry(RmsUpkeepFinding *self)
{
    g_return_val_if_fail(RMS_IS_UPKEEP_FINDING(self), NULL);
    return self->entry;
}

RmsDirectoryObject *rms_upkeep_finding_get_object(RmsUpkeepFinding *self)
{
    g_return_val_if_fail(RMS_IS_UPKEEP_FINDING(self), NULL);
    return self->object;
}

const GError *rms_upkeep_finding_get_error(RmsUpkeepFinding *self)
{
    g_return_val_if_fail(RMS_IS_UPKEEP_FINDING(self), NULL);
    return self->error;
}

gboolean rms_upkeep_finding_equal(RmsUpkeepFinding *a, RmsUpkeepFinding *b)
{
    if (a == b)
        return TRUE;
    if (a == NULL || b == NULL || a->state != b->state ||
        (a->object == NULL) != (b->object == NULL) || (a->error == NULL) != (b->error == NULL))
        return FALSE;
    if (a->error != NULL &&
        (a->error->domain != b->error->domain || a->error->code != b->error->code))
        return FALSE;
    return a->object == NULL || (g_str_equal(rms_directory_object_get_account_name(a->object),
                                             rms_directory_object_get_account_name(b->object)) &&
                                 g_str_equal(rms_directory_object_get_dn(a->object),
                                             rms_directory_object_get_dn(b->object)));
}
