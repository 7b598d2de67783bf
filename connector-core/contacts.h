/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is said about callers in the event log: 1002, 1003, 2002 once by account and scheme, 2000,
 * 2001 and 4004 for refusals (the repeat rules of protocol.md §5.1).
 *
 * Refusals that repeat within a minute are counted (event-limiter.h): 2001 by account and verdict,
 * 2000 and 4004 by client computer and reason. State is per process. Used on the connector's thread
 * only.
 */
#pragma once

#include "connector-core/admission.h"
#include "connector-core/caller.h"
#include "connector-core/event-log.h"

G_BEGIN_DECLS

typedef struct _RmsContacts RmsContacts;
/** rms_contacts_new: @spn: what servers must find a key for, e.g. `HTTP/rmsconnector.contoso.com`;
 * NTLM events name it. */
RmsContacts *rms_contacts_new(RmsEventLog *log, const char *spn);
/** rms_contacts_free: Logs what was counted and not yet said, so the log has to live still.
 * @contacts: (nullable) */
void rms_contacts_free(RmsContacts *contacts);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RmsContacts, rms_contacts_free)

/** rms_contacts_admitted: An admitted call was answered. @computer: client address as text. */
void rms_contacts_admitted(RmsContacts *contacts,
                           const RmsCaller *caller,
                           const RmsDecision *decision,
                           const char *computer,
                           gboolean https);
/** rms_contacts_refused: Authenticated, but not admitted: 2001. */
void rms_contacts_refused(RmsContacts *contacts,
                          const RmsCaller *caller,
                          const RmsDecision *decision,
                          const char *computer);
/** rms_contacts_unidentified: No usable identity: 2000 (4004 for NTLM). @detail: (nullable): of the
 * RmsAuthResult. @computer: client address as text. A first request without a
 * credential is a normal step of RFC 4559, so NO_CREDENTIAL is to be reported only when the
 * connection ends or goes on without ever bringing one. */
void rms_contacts_unidentified(RmsContacts *contacts,
                               RmsAuthReason reason,
                               const char *detail,
                               const char *computer);

G_END_DECLS
