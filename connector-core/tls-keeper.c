/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Watching certificate and key; see tls-keeper.h. What is good and bad about a certificate stands
 * in tls-certificate.c.
 */
#include "config.h"

#include "connector-core/tls-keeper.h"

#include "connector-core/file-stamp.h"
#include "connector-core/tls-certificate.h"

/* The files are looked at when a connection comes, at most this often, */
#define LOOK_USEC (1 * G_TIME_SPAN_SECOND)
/* and without one this often, so that a bad replacement is told before somebody needs it. */
#define ROUND_SECONDS 60
/* Two files are replaced one after the other; what does not fit together for so long is a mistake.
 */
#define PATIENCE_USEC (2 * G_TIME_SPAN_SECOND)
#define DAY_USEC (24 * G_TIME_SPAN_HOUR)

/* What a thread that fetches revocation lists may still want to say; outlives both sides. */
typedef struct {
    gatomicrefcount references;
    GMutex lock;
    RmsTlsKeeper *keeper; /* (nullable): gone */
} Link;

typedef struct {
    RmsFileStamp certificate;
    RmsFileStamp key;
} Stamps;

struct _RmsTlsKeeper {
    char *certificate_file;
    char *key_file;
    char *name;
    RmsEventLog *events;
    SSL_CTX *context;
    Stamps taken;  /* the files that @context came from */
    Stamps failed; /* the files that could not be used; zeroed: none */
    gint64 failed_since;
    gboolean failure_told;
    gint64 looked_at;
    gint64 judged_at;
    GMainContext *main; /* from start on */
    GSource *round;
    Link *link;
};

static void link_unref(gpointer data)
{
    Link *link = data;

    if (!g_atomic_ref_count_dec(&link->references)) {
        return;
    }
    g_mutex_clear(&link->lock);
    g_free(link);
}

static Link *link_ref(Link *link)
{
    g_atomic_ref_count_inc(&link->references);
    return link;
}

static Stamps read_stamps(RmsTlsKeeper *self)
{
    return (Stamps){rms_file_stamp_read(self->certificate_file),
                    rms_file_stamp_read(self->key_file)};
}

static gboolean same_stamps(const Stamps *a, const Stamps *b)
{
    return rms_file_stamp_equal(&a->certificate, &b->certificate) &&
           rms_file_stamp_equal(&a->key, &b->key);
}

/* The stamps are older than the contents: whoever writes between the two is noticed next time. */
static gboolean take(RmsTlsKeeper *self, const Stamps *stamps, GError **error)
{
    SSL_CTX *context = rms_tls_server_context_new(self->certificate_file, self->key_file, error);

    if (context == NULL) {
        return FALSE;
    }
    /* Connections hold on to the context that they began with. */
    SSL_CTX_free(self->context);
    self->context = context;
    self->taken = *stamps;
    self->failed = (Stamps){0};
    return TRUE;
}

RmsTlsKeeper *rms_tls_keeper_new(const char *certificate_file,
                                 const char *key_file,
                                 const char *name,
                                 RmsEventLog *events,
                                 GError **error)
{
    g_autoptr(RmsTlsKeeper) self = g_new0(RmsTlsKeeper, 1);
    Stamps stamps;

    self->certificate_file = g_strdup(certificate_file);
    self->key_file = g_strdup(key_file);
    self->name = g_strdup(name);
    self->events = events;
    self->link = g_new0(Link, 1);
    g_atomic_ref_count_init(&self->link->references);
    g_mutex_init(&self->link->lock);
    self->link->keeper = self;
    stamps = read_stamps(self);
    return take(self, &stamps, error) ? g_steal_pointer(&self) : NULL;
}

void rms_tls_keeper_free(RmsTlsKeeper *self)
{
    if (self == NULL) {
        return;
    }
    g_mutex_lock(&self->link->lock);
    self->link->keeper = NULL;
    g_mutex_unlock(&self->link->lock);
    link_unref(self->link);
    if (self->round != NULL) {
        g_source_destroy(self->round);
        g_source_unref(self->round);
    }
    g_clear_pointer(&self->main, g_main_context_unref);
    SSL_CTX_free(self->context);
    g_free(self->certificate_file);
    g_free(self->key_file);
    g_free(self->name);
    g_free(self);
}

/* --- judging --- */

static void tell(RmsTlsKeeper *self, RmsEventNumber number, const char *text)
{
    g_autoptr(RmsEvent) event = rms_event_new(number, text, NULL, NULL, NULL);

    rms_event_log_add(self->events, event);
}

/* On its way from the thread that fetches. */
typedef struct {
    Link *link;
    char *text;
} News;

static void news_free(gpointer data)
{
    News *news = data;

    link_unref(news->link);
    g_free(news->text);
    g_free(news);
}

static gboolean on_news(gpointer user_data)
{
    News *news = user_data;

    /* The keeper is freed on this thread only. */
    if (news->link->keeper != NULL) {
        tell(news->link->keeper, RMS_EVENT_CERTIFICATE_TROUBLE, news->text);
    }
    return G_SOURCE_REMOVE;
}

typedef struct {
    Link *link;
    GMainContext *main;
    GStrv urls;
} Fetching;

/* Runs in a thread of its own: OpenSSL's HTTP client blocks. */
static gpointer fetch_lists(gpointer user_data)
{
    Fetching *fetching = user_data;

    for (guint i = 0; fetching->urls[i] != NULL; i++) {
        g_autofree char *trouble = rms_tls_certificate_try_crl(fetching->urls[i]);
        gboolean wanted;

        g_mutex_lock(&fetching->link->lock);
        wanted = fetching->link->keeper != NULL;
        if (wanted && trouble != NULL) {
            g_autoptr(GSource) source = g_idle_source_new();
            News *news = g_new0(News, 1);

            news->link = link_ref(fetching->link);
            news->text = g_steal_pointer(&trouble);
            g_source_set_callback(source, on_news, news, news_free);
            g_source_attach(source, fetching->main);
        }
        g_mutex_unlock(&fetching->link->lock);
        if (!wanted) {
            break;
        }
    }
    g_strfreev(fetching->urls);
    g_main_context_unref(fetching->main);
    link_unref(fetching->link);
    g_free(fetching);
    return NULL;
}

static void begin_fetching(RmsTlsKeeper *self)
{
    g_auto(GStrv) urls = rms_tls_certificate_dup_crl_urls(self->context);
    g_autoptr(GThread) thread = NULL;
    Fetching *fetching;

    if (urls[0] == NULL) {
        return;
    }
    fetching = g_new0(Fetching, 1);
    fetching->link = link_ref(self->link);
    fetching->main = g_main_context_ref(self->main);
    fetching->urls = g_steal_pointer(&urls);
    thread = g_thread_new("revocation-lists", fetch_lists, fetching);
}

static void judge(RmsTlsKeeper *self)
{
    g_autoptr(GPtrArray) troubles =
        rms_tls_certificate_judge(self->context, self->name, g_get_real_time() / G_USEC_PER_SEC);

    for (guint i = 0; i < troubles->len; i++) {
        tell(self, RMS_EVENT_CERTIFICATE_TROUBLE, troubles->pdata[i]);
    }
    begin_fetching(self);
    self->judged_at = g_get_monotonic_time();
}

static void announce(RmsTlsKeeper *self, const char *what)
{
    g_autofree char *description = rms_tls_certificate_describe(self->context);
    g_autofree char *text = g_strdup_printf("%s: %s.", what, description);

    tell(self, RMS_EVENT_CERTIFICATE_TAKEN, text);
    judge(self);
}

/* --- watching --- */

static void note_failure(RmsTlsKeeper *self, const Stamps *stamps, const GError *error, gint64 now)
{
    if (!same_stamps(stamps, &self->failed)) {
        self->failed = *stamps;
        self->failed_since = now;
        self->failure_told = FALSE;
    }
    if (!self->failure_told && now - self->failed_since >= PATIENCE_USEC) {
        g_autofree char *text = g_strdup_printf(
            "The connector's certificate was replaced by one that cannot be used, so the one "
            "before stays in use: %s.",
            error->message);

        tell(self, RMS_EVENT_CERTIFICATE_NOT_TAKEN, text);
        self->failure_told = TRUE;
    }
}

static void look(RmsTlsKeeper *self)
{
    g_autoptr(GError) error = NULL;
    gint64 now = g_get_monotonic_time();
    Stamps stamps = read_stamps(self);

    self->looked_at = now;
    if (same_stamps(&stamps, &self->taken) ||
        (self->failure_told && same_stamps(&stamps, &self->failed))) {
        return;
    }
    if (take(self, &stamps, &error)) {
        announce(self, "The connector's certificate was replaced, new connections get the new one");
    } else {
        note_failure(self, &stamps, error, now);
    }
}

static gboolean on_round(gpointer user_data)
{
    RmsTlsKeeper *self = user_data;

    look(self);
    if (g_get_monotonic_time() - self->judged_at >= DAY_USEC) {
        judge(self);
    }
    return G_SOURCE_CONTINUE;
}

void rms_tls_keeper_start(RmsTlsKeeper *self)
{
    g_return_if_fail(self->round == NULL);

    self->main = g_main_context_ref_thread_default();
    self->round = g_timeout_source_new_seconds(ROUND_SECONDS);
    g_source_set_callback(self->round, on_round, self, NULL);
    g_source_attach(self->round, self->main);
    self->looked_at = g_get_monotonic_time();
    announce(self, "The connector presents this certificate");
}

SSL_CTX *rms_tls_keeper_get_context(RmsTlsKeeper *self)
{
    if (self->main != NULL && g_get_monotonic_time() - self->looked_at >= LOOK_USEC) {
        look(self);
    }
    return self->context;
}

gint64 rms_tls_keeper_get_not_after(RmsTlsKeeper *self)
{
    return rms_tls_certificate_get_not_after(SSL_CTX_get0_certificate(self->context));
}
