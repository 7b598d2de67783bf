/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One event of the connector's log.
 */
#include "config.h"

#include "connector-core/event.h"

#include <string.h>

#include "connector-core/event-private.h"
#include "connector-core/limits.h"

struct _RmsEvent {
    GObject parent;
    gint64 id;
    gint64 time;
    guint number;
    char *message;
    char *account;
    char *sid;
    char *computer;
};

G_DEFINE_FINAL_TYPE(RmsEvent, rms_event, G_TYPE_OBJECT)

enum {
    PROP_0,
    PROP_ID,
    PROP_TIME,
    PROP_NUMBER,
    PROP_LEVEL,
    PROP_MESSAGE,
    PROP_ACCOUNT,
    PROP_SID,
    PROP_COMPUTER,
    N_PROPERTIES
};
static GParamSpec *properties[N_PROPERTIES];

GType rms_event_level_get_type(void)
{
    static gsize type = 0;
    static const GEnumValue values[] = {
        {RMS_EVENT_LEVEL_INFORMATION, "RMS_EVENT_LEVEL_INFORMATION", "information"},
        {RMS_EVENT_LEVEL_WARNING,     "RMS_EVENT_LEVEL_WARNING",     "warning"    },
        {RMS_EVENT_LEVEL_ERROR,       "RMS_EVENT_LEVEL_ERROR",       "error"      },
        {0,                           NULL,                          NULL         }
    };

    if (g_once_init_enter(&type))
        g_once_init_leave(&type, g_enum_register_static("RmsEventLevel", values));
    return type;
}

static void rms_event_get_property(GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
    RmsEvent *self = RMS_EVENT(object);

    switch (id) {
    case PROP_ID:
        g_value_set_int64(value, self->id);
        break;
    case PROP_TIME:
        g_value_set_int64(value, self->time);
        break;
    case PROP_NUMBER:
        g_value_set_uint(value, self->number);
        break;
    case PROP_LEVEL:
        g_value_set_enum(value, rms_event_get_level(self));
        break;
    case PROP_MESSAGE:
        g_value_set_string(value, self->message);
        break;
    case PROP_ACCOUNT:
        g_value_set_string(value, self->account);
        break;
    case PROP_SID:
        g_value_set_string(value, self->sid);
        break;
    case PROP_COMPUTER:
        g_value_set_string(value, self->computer);
        break;
    default:
        G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
    }
}

static void rms_event_finalize(GObject *object)
{
    RmsEvent *self = RMS_EVENT(object);

    g_free(self->message);
    g_free(self->account);
    g_free(self->sid);
    g_free(self->computer);
    G_OBJECT_CLASS(rms_event_parent_class)->finalize(object);
}

static void rms_event_class_init(RmsEventClass *klass)
{
    GObjectClass *object_class = G_OBJECT_CLASS(klass);
    const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

    object_class->get_property = rms_event_get_property;
    object_class->finalize = rms_event_finalize;
    properties[PROP_ID] = g_param_spec_int64("id", NULL, NULL, 0, G_MAXINT64, 0, flags);
    properties[PROP_TIME] = g_param_spec_int64("time", NULL, NULL, 0, G_MAXINT64, 0, flags);
    properties[PROP_NUMBER] = g_param_spec_uint("number", NULL, NULL, 0, G_MAXUINT, 0, flags);
    properties[PROP_LEVEL] = g_param_spec_enum(
        "level", NULL, NULL, RMS_TYPE_EVENT_LEVEL, RMS_EVENT_LEVEL_INFORMATION, flags);
    properties[PROP_MESSAGE] = g_param_spec_string("message", NULL, NULL, NULL, flags);
    properties[PROP_ACCOUNT] = g_param_spec_string("account", NULL, NULL, NULL, flags);
    properties[PROP_SID] = g_param_spec_string("sid", NULL, NULL, NULL, flags);
    properties[PROP_COMPUTER] = g_param_spec_string("computer", NULL, NULL, NULL, flags);
    g_object_class_install_properties(object_class, N_PROPERTIES, properties);
}

static void rms_event_init(RmsEvent *self)
{
}

/* Valid UTF-8 of at most @max_bytes, cut at a character's end. */
static char *clean_text(const char *text, gsize max_bytes)
{
    char *valid = text != NULL ? g_utf8_make_valid(text, -1) : NULL;

    if (valid != NULL && strlen(valid) > max_bytes) {
        char *end = g_utf8_find_prev_char(valid, valid + max_bytes + 1);

        *end = '\0';
    }
    return valid;
}

RmsEvent *rms_event_restore(gint64 id,
                            gint64 time,
                            guint number,
                            const char *message,
                            const char *account,
                            const char *sid,
                            const char *computer)
{
    RmsEvent *self = g_object_new(RMS_TYPE_EVENT, NULL);

    self->id = id;
    self->time = time;
    self->number = number;
    self->message = clean_text(message != NULL ? message : "", RMS_MAX_EVENT_MESSAGE_BYTES);
    self->account = clean_text(account, RMS_MAX_EVENT_MESSAGE_BYTES);
    self->sid = clean_text(sid, RMS_MAX_EVENT_MESSAGE_BYTES);
    self->computer = clean_text(computer, RMS_MAX_EVENT_MESSAGE_BYTES);
    return self;
}

RmsEvent *rms_event_new(RmsEventNumber number,
                        const char *message,
                        const char *account,
                        const char *sid,
                        const char *computer)
{
    g_return_val_if_fail(message != NULL, NULL);
    return rms_event_restore(0, g_get_real_time(), number, message, account, sid, computer);
}

void rms_event_set_id(RmsEvent *event, gint64 id)
{
    event->id = id;
}

gint64 rms_event_get_id(RmsEvent *event)
{
    g_return_val_if_fail(RMS_IS_EVENT(event), 0);
    return event->id;
}

gint64 rms_event_get_time(RmsEvent *event)
{
    g_return_val_if_fail(RMS_IS_EVENT(event), 0);
    return event->time;
}

guint rms_event_get_number(RmsEvent *event)
{
    g_return_val_if_fail(RMS_IS_EVENT(event), 0);
    return event->number;
}

RmsEventLevel rms_event_get_level(RmsEvent *event)
{
    g_return_val_if_fail(RMS_IS_EVENT(event), RMS_EVENT_LEVEL_INFORMATION);

    /* Microsoft's numbers say their level (protocol.md §5.1); ours are listed. */
    if ((event->number >= 3000 && event->number < 4000) ||
        event->number == RMS_EVENT_CERTIFICATE_NOT_TAKEN)
        return RMS_EVENT_LEVEL_ERROR;
    if ((event->number >= 2000 && event->number < 3000) ||
        event->number == RMS_EVENT_NTLM_REFUSED || event->number == RMS_EVENT_KEYTAB_LACKS_NAME ||
        event->number == RMS_EVENT_GROUP_FAILED || event->number == RMS_EVENT_CERTIFICATE_TROUBLE ||
        event->number == RMS_EVENT_SUPER_USER_GRANTED ||
        event->number == RMS_EVENT_SUPER_USER_FEATURE)
        return RMS_EVENT_LEVEL_WARNING;
    return RMS_EVENT_LEVEL_INFORMATION;
}

const char *rms_event_get_message(RmsEvent *event)
{
    g_return_val_if_fail(RMS_IS_EVENT(event), NULL);
    return event->message;
}

const char *rms_event_get_account(RmsEvent *event)
{
    g_return_val_if_fail(RMS_IS_EVENT(event), NULL);
    return event->account;
}

const char *rms_event_get_sid(RmsEvent *event)
{
    g_return_val_if_fail(RMS_IS_EVENT(event), NULL);
    return event->sid;
}

const char *rms_event_get_computer(RmsEvent *event)
{
    g_return_val_if_fail(RMS_IS_EVENT(event), NULL);
    return event->computer;
}
