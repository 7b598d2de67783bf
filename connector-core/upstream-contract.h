/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How the connector presents itself and the admitted caller to the tenant: our own contract.
 *
 * Microsoft has not published what its connector sends on this hop (protocol.md §1.1, §3.6, §8 no.
 * 2). This module is the only place that knows what ours sends; the tenant simulator's README says
 * the same from the other side. Whoever learns the real thing changes this and nothing else.
 */
#pragma once

#include "connector-core/buffer.h"
#include "connector-core/model/entry.h"
#include "connector-core/model/secret.h"

G_BEGIN_DECLS

/** rms_upstream_contract_is_token: Returns: whether @text may stand in a header field at all (RFC
 * 6750 §2.1); anything else could forge fields. */
gboolean rms_upstream_contract_is_token(const char *text);
/**
 * rms_upstream_contract_append: Header lines of one request:
 *
 *     Authorization: Bearer <token>
 *     X-RMS-Connector-Entry-Sid: S-1-5-…
 *     X-RMS-Connector-Entry-Role: exchange | sharepoint | fci
 *     X-RMS-Connector-Entry-Name: <UTF-8, percent-encoded except unreserved characters>
 *
 * Fields of these names in a caller's request never reach the tenant (RMS_FIELD_CONNECTOR).
 */
void rms_upstream_contract_append(RmsBuffer *out, const RmsSecret *token, RmsEntry *entry);

G_END_DECLS
