/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a GET of a service shows: the page that the documented installation check looks for
 * (protocol.md §1.7), and the WSDL. Pure text; who may see it is decided elsewhere.
 */
#pragma once

#include "connector-core/service-table.h"

G_BEGIN_DECLS

/** rms_service_page: Returns: (transfer full): the service page as HTML. */
GString *rms_service_page(const RmsService *service);
/**
 * rms_service_wsdl: Returns: (transfer full): WSDL 1.1 with SOAP 1.1 and 1.2 bindings,
 * document/literal wrapped.
 * @scheme: `http` or `https`; @host: (array length=host_length): as the client wrote it in Host.
 */
GString *rms_service_wsdl(const RmsService *service,
                          const char *scheme,
                          const char *host,
                          gsize host_length);

G_END_DECLS
