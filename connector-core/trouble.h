/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Event 3000 without the flood: an outage of the cloud hits every call. The first of each kind of
 * trouble is logged at once, then one a minute with the number of those that it stands for.
 */
#pragma once

#include "connector-core/event-log.h"

G_BEGIN_DECLS

typedef enum {
    RMS_TROUBLE_NO_TENANT,
    RMS_TROUBLE_NO_TOKEN,
    RMS_TROUBLE_NAME, /* the tenant's name does not resolve */
    RMS_TROUBLE_CONNECT,
    RMS_TROUBLE_TLS,
    RMS_TROUBLE_TIMEOUT,
    RMS_TROUBLE_CUT,      /* the answer broke off */
    RMS_TROUBLE_EMPTY,    /* an answer without a body */
    RMS_TROUBLE_NOT_SOAP, /* a web page, or no HTTP at all */
    RMS_TROUBLE_TOKEN_REFUSED,
    RMS_TROUBLE_STATUS, /* a status that would be final for the caller */
    RMS_TROUBLE_TOO_LARGE,
    RMS_TROUBLE_OVERLOAD,    /* too many calls wait for the tenant */
    RMS_TROUBLE_CONNECTIONS, /* no more connections, or no more descriptors */
    RMS_TROUBLE_CERTIFICATE  /* callers refuse our certificate */
} RmsTroubleKind;
#define RMS_N_TROUBLES 15

typedef struct _RmsTrouble RmsTrouble;
/** rms_trouble_new: Borrows @events. Whoever makes it runs the thread-default main context. */
RmsTrouble *rms_trouble_new(RmsEventLog *events);
/** rms_trouble_free: Logs what was held back. @trouble: (nullable) */
void rms_trouble_free(RmsTrouble *trouble);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RmsTrouble, rms_trouble_free)
/** rms_trouble_report: @sentence: English, without secrets; says what to do. */
void rms_trouble_report(RmsTrouble *trouble, RmsTroubleKind kind, const char *sentence);
/** rms_trouble_get_count: Returns: how often @kind was reported. */
guint64 rms_trouble_get_count(const RmsTrouble *trouble, RmsTroubleKind kind);
/** rms_trouble_get_name: Returns: (transfer none): one word for counters. */
const char *rms_trouble_get_name(RmsTroubleKind kind);

G_END_DECLS
