/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reading JSON objects by a table of members. Unknown members are refused, so that a typing mistake
 * in a configuration or a fault never passes for a default. What the members mean is the caller's
 * business.
 */
#pragma once

#include "tests/lab/tenant-simulator/cleanups.h"

#define RMS_SIM_ERROR (rms_sim_error_quark())
/**
 * RmsSimError:
 * @RMS_SIM_ERROR_INVALID: input of the administrator of the simulator (configuration, control) is
 * wrong
 * @RMS_SIM_ERROR_FAILED: this machine or a library failed
 */
typedef enum { RMS_SIM_ERROR_INVALID, RMS_SIM_ERROR_FAILED } RmsSimError;
GQuark rms_sim_error_quark(void);

/** RmsSimJsonKind: type of the field a member is read into. */
typedef enum {
    RMS_SIM_JSON_STRING,  /* char *, owned; null leaves NULL */
    RMS_SIM_JSON_BOOLEAN, /* gboolean */
    RMS_SIM_JSON_INTEGER, /* gint64 */
    RMS_SIM_JSON_STRINGS, /* char **, owned */
    RMS_SIM_JSON_OBJECT,  /* const cJSON *, borrowed */
    RMS_SIM_JSON_ARRAY    /* const cJSON *, borrowed */
} RmsSimJsonKind;

typedef struct {
    const char *name;
    RmsSimJsonKind kind;
    gsize offset; /* of the field in the structure that is read into */
    gboolean required;
    gint64 minimum, maximum; /* of a RMS_SIM_JSON_INTEGER */
} RmsSimJsonMember;

/**
 * rms_sim_json_parse: Parses exactly one JSON text.
 * Returns: (transfer full): RMS_SIM_ERROR_INVALID when it is none.
 */
cJSON *rms_sim_json_parse(GBytes *text, GError **error);
/**
 * rms_sim_json_read: Fills the fields of @out from @object; fields of members that are not there
 * keep their value. @where names the object in errors.
 */
gboolean rms_sim_json_read(const cJSON *object,
                           const char *where,
                           const RmsSimJsonMember *members,
                           gsize n_members,
                           gpointer out,
                           GError **error);
/** rms_sim_json_print: Returns: (transfer full): unformatted text. */
char *rms_sim_json_print(const cJSON *json);
/** rms_sim_json_get_string: Returns: (nullable) (transfer none): a member that is a string. */
const char *rms_sim_json_get_string(const cJSON *object, const char *name);
