/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The services behind the connector: paths, names and operations (protocol.md §1.2, §2).
 *
 * A path that is not in the table does not exist; nothing is decoded or normalised on the way to
 * it, so there is only one spelling of each, in any case.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * RmsOperation:
 * @request, @response: XML Schema particles inside the wrapper element; empty: none
 */
typedef struct {
    const char *name;
    const char *request;
    const char *response;
} RmsOperation;

/**
 * RmsService:
 * @path: as the tenant has it, lower case
 * @name: title of the service page, and the WSDL's service
 * @space: target namespace
 * @types: XML Schema types that the operations' particles name
 */
typedef struct {
    const char *path;
    const char *name;
    const char *space;
    const char *types;
    const RmsOperation *operations;
    guint n_operations;
} RmsService;

/** rms_operation_has_version: Returns: whether requests and answers of @operation carry VersionData
 * (protocol.md §1.5: all but GetServerInfo). */
gboolean rms_operation_has_version(const RmsOperation *operation);

/** rms_service_find: @path: (array length=length): without query. Returns: (nullable) */
const RmsService *rms_service_find(const char *path, gsize length);
/** rms_service_get_all: Returns: (array length=n): the table. */
const RmsService *rms_service_get_all(guint *n);

G_END_DECLS
