/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The first bytes of a call's body, cut in two ways. What is found may differ where the body is not
 * XML (a push parser looks ahead); it is a name of the closed set in any case.
 *
 * The first byte chooses how the second reading is cut; the rest is the body.
 */
#include "config.h"

#include <stdint.h>

#include "connector-core/soap-operation.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static RmsSoapOperation sniff(const char *data, gsize length, gsize piece)
{
    g_autoptr(RmsSoapSniffer) sniffer = rms_soap_sniffer_new();

    for (gsize at = 0; at < length; at += piece) {
        if (!rms_soap_sniffer_feed(sniffer, data + at, MIN(piece, length - at))) {
            break;
        }
    }
    return rms_soap_sniffer_get(sniffer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *body = (const char *) data + 1;

    if (size < 2) {
        return 0;
    }
    g_assert_cmpuint(sniff(body, size - 1, size - 1), <, RMS_SOAP_N_OPERATIONS);
    g_assert_cmpuint(sniff(body, size - 1, 1 + (gsize) data[0] / 4), <, RMS_SOAP_N_OPERATIONS);
    return 0;
}
