/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Stand-in for connector-core/event.h, whose id and time a test can set.
 */
#include "config.h"

#include "tests/unit/ui/stand-ins.h"

struct _RmsEvent {
    GObject parent_instance;
    gint64 id;
    gint64 time;
    guint number;
    char *message;
    char *account;
    char *sid;
    char *computer;
};

G_DEFINE_TYPE(RmsEvent, rms_event, G_TYPE_OBJECT)

static void rms_event_finalize(GObject *object)
{
    RmsEvent *self = RMS_EVENT(object);

    g_free(self->message);
    g_free(self->account);
    g_free(self->sid);
    g_free(self->computer);
    G_OBJECT_CLASS(rms_event_parent_class)->finalize(object);
}

static void rms_event_class_init(RmsEventClass *class)
{
    G_OBJECT_CLASS(class)->finalize = rms_event_finalize;
}

static void rms_event_init(RmsEvent *self)
{
}

RmsEvent *rms_event_new(RmsEventNumber number,
                        const char *message,
                        const char *account,
                        const char *sid,
                        const char *computer)
{
    RmsEvent *self = g_object_new(RMS_TYPE_EVENT, NULL);

    self->number = number;
    self->message = g_strdup(message);
    self->account = g_strdup(account);
    self->sid = g_strdup(sid);
    self->computer = g_strdup(computer);
    return self;
}

void stand_in_event_set(RmsEvent *self, gint64 id, gint64 time)
{
    self->id = id;
    self->time = time;
}

gint64 rms_event_get_id(RmsEvent *self)
{
    return self->id;
}

gint64 rms_event_get_time(RmsEvent *self)
{
    return self->time;
}

guint rms_event_get_number(RmsEvent *self)
{
    return self->number;
}

RmsEventLevel rms_event_get_level(RmsEvent *self)
{
    if (self->number >= 3000 && self->number < 4000)
        return RMS_EVENT_LEVEL_ERROR;
    if ((self->number >= 2000 && self->number < 3000) ||
        self->number == RMS_EVENT_SUPER_USER_GRANTED || self->number == RMS_EVENT_NTLM_REFUSED)
        return RMS_EVENT_LEVEL_WARNING;
    return RMS_EVENT_LEVEL_INFORMATION;
}

const char *rms_event_get_message(RmsEvent *self)
{
    return self->message;
}

const char *rms_event_get_account(RmsEvent *self)
{
    return self->account;
}

const char *rms_event_get_sid(RmsEvent *self)
{
    return self->sid;
}

const char *rms_event_get_computer(RmsEvent *self)
{
    return self->computer;
}
