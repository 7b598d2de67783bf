/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One event of the connector's log. Numbers 1000–3001 are Microsoft's (protocol.md §5.1), ours
 * start at 4000.
 *
 * Invariant: an RmsEvent never changes after it was logged. Its text never holds a token or a
 * secret.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum {
    RMS_EVENT_STARTED = 1000,
    RMS_EVENT_STOPPED = 1001,
    RMS_EVENT_FIRST_CONNECTION = 1002,
    RMS_EVENT_NOW_HTTPS = 1003,
    RMS_EVENT_LIST_UPDATED = 1004,
    RMS_EVENT_NO_IDENTITY = 2000,
    RMS_EVENT_NOT_AUTHORIZED = 2001,
    RMS_EVENT_PLAIN_HTTP = 2002,
    RMS_EVENT_LIST_EMPTY = 2003,
    RMS_EVENT_EXCEPTION = 3000,
    RMS_EVENT_LIST_FAILED = 3001,
    RMS_EVENT_LIST_PUSHED = 4000,        /* by whom, with which diff */
    RMS_EVENT_SUPER_USER_GRANTED = 4001, /* an entry of the Exchange role came into force */
    RMS_EVENT_SUPER_USER_FEATURE = 4002, /* the tenant's super-user feature was switched, by whom */
    RMS_EVENT_SIGNED_IN = 4003,
    RMS_EVENT_NTLM_REFUSED = 4004,      /* names the SPN to fix */
    RMS_EVENT_GROUP_READ = 4006,        /* a distribution group covers other accounts than before */
    RMS_EVENT_GROUP_FAILED = 4007,      /* one could not be read, or not whole */
    RMS_EVENT_KEYTAB_LACKS_NAME = 4005, /* no key of the connector's own name */

    RMS_EVENT_CERTIFICATE_TAKEN = 4010,    /* at start and when its files were replaced */
    RMS_EVENT_CERTIFICATE_TROUBLE = 4011,  /* callers will not like it */
    RMS_EVENT_CERTIFICATE_NOT_TAKEN = 4012 /* the replacement cannot be used */
} RmsEventNumber;

typedef enum {
    RMS_EVENT_LEVEL_INFORMATION,
    RMS_EVENT_LEVEL_WARNING,
    RMS_EVENT_LEVEL_ERROR
} RmsEventLevel;
#define RMS_TYPE_EVENT_LEVEL (rms_event_level_get_type())
GType rms_event_level_get_type(void);

#define RMS_TYPE_EVENT (rms_event_get_type())
G_DECLARE_FINAL_TYPE(RmsEvent, rms_event, RMS, EVENT, GObject)

/**
 * rms_event_new: Level follows from @number. @message: English, at most RMS_MAX_EVENT_MESSAGE_BYTES
 * (cut beyond).
 * @account, @sid, @computer: (nullable): whom it is about and the client computer's address.
 */
RmsEvent *rms_event_new(RmsEventNumber number,
                        const char *message,
                        const char *account,
                        const char *sid,
                        const char *computer);
gint64 rms_event_get_id(RmsEvent *event);   /* rises in the log's order; 0 before it was logged */
gint64 rms_event_get_time(RmsEvent *event); /* microseconds since 1970 UTC */
guint rms_event_get_number(RmsEvent *event);
RmsEventLevel rms_event_get_level(RmsEvent *event);
const char *rms_event_get_message(RmsEvent *event);
const char *rms_event_get_account(RmsEvent *event);  /* (nullable) */
const char *rms_event_get_sid(RmsEvent *event);      /* (nullable) */
const char *rms_event_get_computer(RmsEvent *event); /* (nullable) */
/* All of the above are properties too: "id", "time", "number", "level", "message", "account",
 * "sid", "computer". */

G_END_DECLS
