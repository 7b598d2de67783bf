/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Authorization code with PKCE on a loopback redirect (RFC 8252, RFC 7636, protocol.md §4.4).
 *
 *     listen on localhost ──> open the sign-in page ──> the browser comes back with a code
 *                                                           │ state checked, listener closed
 *     account <── id token's nonce checked <── tokens <─────┘ code + verifier
 *
 * Only this module ever listens, on 127.0.0.1 and ::1 alone, for one answer. libsoup reads the
 * HTTP.
 */
#include "config.h"

#include "service-client/account-private.h"

#include <glib/gi18n-lib.h>
#include <libsoup/soup.h>
#include <string.h>

#include "service-client/pkce.h"
#include "service-client/service-connection.h"
#include "service-client/service-limits.h"

typedef struct {
    RmsCloudEnvironment *environment;
    RmsHttpClient *client;
    RmsAccount *account; /* who signs in again; NULL: anybody, for the first time */
    RmsOpenUriFunc open;
    gpointer open_data;
    GDestroyNotify open_destroy;
    RmsSecret *state;
    RmsSecret *nonce;
    RmsSecret *verifier;
    char *challenge;
    char *redirect_uri;
    SoupServer *server;
    GSource *timer;            /* the one source whose callback owns the task while we listen */
    SoupServerMessage *answer; /* borrowed: the browser's answer while ours is being written */
    RmsSecret *code;
    GError *refusal;
} BrowserSignIn;

static void close_listener(BrowserSignIn *sign_in)
{
    if (sign_in->timer != NULL)
        g_source_destroy(sign_in->timer);
    g_clear_pointer(&sign_in->timer, g_source_unref);
    if (sign_in->server != NULL)
        soup_server_disconnect(sign_in->server);
    g_clear_object(&sign_in->server);
    sign_in->answer = NULL;
}

static void free_sign_in(gpointer data)
{
    BrowserSignIn *sign_in = data;

    close_listener(sign_in);
    if (sign_in->open_destroy != NULL)
        sign_in->open_destroy(sign_in->open_data);
    rms_cloud_environment_free(sign_in->environment);
    g_clear_object(&sign_in->client);
    g_clear_object(&sign_in->account);
    rms_secret_unref(sign_in->state);
    rms_secret_unref(sign_in->nonce);
    rms_secret_unref(sign_in->verifier);
    g_free(sign_in->challenge);
    rms_secret_unref(sign_in->code);
    g_clear_error(&sign_in->refusal);
    g_free(sign_in->redirect_uri);
    g_free(sign_in);
}

static void on_tokens_answered(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GTask) task = user_data;
    BrowserSignIn *sign_in = g_task_get_task_data(task);
    GError *error = NULL;
    g_autoptr(cJSON) answer = rms_oauth_post_finish(result, &error);

    if (answer == NULL)
        g_task_return_error(task, error);
    else
        rms_sign_in_complete(
            task, sign_in->environment, sign_in->client, sign_in->account, answer, sign_in->nonce);
}

/* @task: (transfer full) */
static void redeem_code(GTask *task)
{
    BrowserSignIn *sign_in = g_task_get_task_data(task);
    g_autofree char *endpoint = rms_oauth_endpoint(sign_in->environment, "token");
    g_autofree char *scope = rms_oauth_scope(sign_in->environment, TRUE);
    RmsOauthForm *form = rms_oauth_form_new();

    rms_oauth_form_add(form, "grant_type", "authorization_code");
    rms_oauth_form_add(form, "client_id", sign_in->environment->client_id);
    rms_oauth_form_add(form, "redirect_uri", sign_in->redirect_uri);
    rms_oauth_form_add(form, "scope", scope);
    rms_oauth_form_add_secret(form, "code", sign_in->code);
    rms_oauth_form_add_secret(form, "code_verifier", sign_in->verifier);
    rms_oauth_post_async(
        sign_in->client, endpoint, form, g_task_get_cancellable(task), on_tokens_answered, task);
}

/* The listener */

static void answer_page(SoupServerMessage *message, guint status, const char *sentence)
{
    SoupMessageHeaders *headers = soup_server_message_get_response_headers(message);
    g_autofree char *escaped = g_markup_escape_text(sentence, -1);
    char *page =
        g_strdup_printf("<!DOCTYPE html><html><head><meta charset=\"utf-8\">"
                        "<meta name=\"viewport\" content=\"width=device-width\">"
                        "<title>RMS connector</title></head><body><p>%s</p></body></html>\n",
                        escaped);

    soup_message_headers_replace(headers, "Cache-Control", "no-store");
    soup_message_headers_replace(headers, "Referrer-Policy", "no-referrer");
    soup_message_headers_replace(headers, "Content-Security-Policy", "default-src 'none'");
    soup_message_headers_replace(headers, "X-Content-Type-Options", "nosniff");
    soup_message_headers_replace(headers, "Connection", "close");
    soup_server_message_set_status(message, status, NULL);
    soup_server_message_set_response(
        message, "text/html; charset=utf-8", SOUP_MEMORY_TAKE, page, strlen(page));
}

/* A page of another site could have its visitor's browser call us under that site's name (DNS
 * rebinding); only our own address is answered. */
static gboolean
is_for_us(const BrowserSignIn *sign_in, SoupServerMessage *message, const char *path)
{
    SoupMessageHeaders *headers = soup_server_message_get_request_headers(message);
    const char *host = soup_message_headers_get_one(headers, "Host");

    return strcmp(path, "/") == 0 && host != NULL &&
           g_ascii_strcasecmp(host, sign_in->redirect_uri + strlen("http://")) == 0 &&
           strcmp(soup_server_message_get_method(message), "GET") == 0;
}

static const char *look_up(GHashTable *query, const char *name)
{
    const char *value = query != NULL ? g_hash_table_lookup(query, name) : NULL;

    return value != NULL && *value != '\0' && strlen(value) <= RMS_SERVICE_MAX_TOKEN_BYTES ? value
                                                                                           : NULL;
}

/* Keeps either the code or the reason why there is none. Whoever does not know the state has not
 * been sent by the page that we opened. */
static void judge_answer(BrowserSignIn *sign_in, GHashTable *query)
{
    const char *error = look_up(query, "error");
    const char *code = look_up(query, "code");

    if (!rms_pkce_equal(sign_in->state, look_up(query, "state")))
        sign_in->refusal =
            g_error_new(RMS_SERVICE_ERROR,
                        RMS_SERVICE_ERROR_PROTOCOL,
                        "The browser brought an answer that does not belong to this sign-in");
    else if (error != NULL)
        sign_in->refusal = rms_oauth_refuse_code(error, look_up(query, "error_description"), 0);
    else if (code == NULL)
        sign_in->refusal = g_error_new(RMS_SERVICE_ERROR,
                                       RMS_SERVICE_ERROR_PROTOCOL,
                                       "The browser came back without an answer");
    else
        sign_in->code = rms_secret_new(code, -1);
}

static void on_request(SoupServer *server,
                       SoupServerMessage *message,
                       const char *path,
                       GHashTable *query,
                       gpointer user_data)
{
    BrowserSignIn *sign_in = g_task_get_task_data(user_data);

    if (sign_in->answer != NULL || !is_for_us(sign_in, message, path) || query == NULL) {
        answer_page(message, SOUP_STATUS_NOT_FOUND, _("There is nothing here."));
        return;
    }
    judge_answer(sign_in, query);
    sign_in->answer = message;
    if (sign_in->refusal == NULL)
        answer_page(message,
                    SOUP_STATUS_OK,
                    /* Translators: shown in the web browser at the end of signing in. */
                    _("You can close this window and return to the RMS connector console."));
    else
        answer_page(
            message,
            SOUP_STATUS_BAD_REQUEST,
            /* Translators: shown in the web browser when signing in did not work. */
            _("You are not signed in. Return to the RMS connector console, which says why. You can "
              "close this window."));
}

/* There is one source at a time, so that exactly one callback gets the task that it owns. @source:
 * (transfer full) */
static void replace_timer(GTask *task, GSource *source, GSourceFunc function)
{
    BrowserSignIn *sign_in = g_task_get_task_data(task);

    if (sign_in->timer != NULL)
        g_source_destroy(sign_in->timer);
    g_clear_pointer(&sign_in->timer, g_source_unref);
    g_source_set_static_name(source, "RMS browser sign-in");
    g_source_set_callback(source, function, task, NULL);
    g_source_attach(source, g_task_get_context(task));
    sign_in->timer = source;
}

/* Runs outside of libsoup's handling of the request, so that the server may go. */
static gboolean on_answer_delivered(gpointer user_data)
{
    g_autoptr(GTask) task = user_data;
    BrowserSignIn *sign_in = g_task_get_task_data(task);

    close_listener(sign_in);
    if (g_task_return_error_if_cancelled(task))
        return G_SOURCE_REMOVE;
    if (sign_in->refusal != NULL)
        g_task_return_error(task, g_steal_pointer(&sign_in->refusal));
    else
        redeem_code(g_steal_pointer(&task));
    return G_SOURCE_REMOVE;
}

/* Our page has reached the browser, or the browser went away meanwhile. */
static void on_request_ended(SoupServer *server, SoupServerMessage *message, gpointer user_data)
{
    BrowserSignIn *sign_in = g_task_get_task_data(user_data);

    if (message == sign_in->answer)
        replace_timer(user_data, g_idle_source_new(), on_answer_delivered);
}

static gboolean on_gave_up(gpointer user_data)
{
    g_autoptr(GTask) task = user_data;

    close_listener(g_task_get_task_data(task));
    if (!g_task_return_error_if_cancelled(task))
        g_task_return_new_error(task,
                                RMS_SERVICE_ERROR,
                                RMS_SERVICE_ERROR_SIGN_IN,
                                "The sign-in was not finished in the browser within %d minutes. "
                                "Start it again.",
                                RMS_SERVICE_BROWSER_SECONDS / 60);
    return G_SOURCE_REMOVE;
}

/* Port 0 on both loopback addresses, since a browser may try either for `localhost`; on IPv4 alone
 * where there is no IPv6. */
static gboolean listen_on_loopback(GTask *task, GError **error)
{
    BrowserSignIn *sign_in = g_task_get_task_data(task);
    g_autoptr(GError) local_error = NULL;
    GSList *uris;

    sign_in->server = g_object_new(SOUP_TYPE_SERVER, NULL);
    soup_server_add_handler(sign_in->server, NULL, on_request, task, NULL);
    g_signal_connect(sign_in->server, "request-finished", G_CALLBACK(on_request_ended), task);
    g_signal_connect(sign_in->server, "request-aborted", G_CALLBACK(on_request_ended), task);
    if (!soup_server_listen_local(sign_in->server, 0, 0, NULL) &&
        !soup_server_listen_local(sign_in->server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, &local_error)) {
        g_set_error(error,
                    RMS_SERVICE_ERROR,
                    RMS_SERVICE_ERROR_UNREACHABLE,
                    "The browser cannot be listened for on this computer: %s",
                    local_error->message);
        return FALSE;
    }
    uris = soup_server_get_uris(sign_in->server);
    sign_in->redirect_uri = g_strdup_printf("http://localhost:%d", g_uri_get_port(uris->data));
    g_slist_free_full(uris, (GDestroyNotify) g_uri_unref);
    return TRUE;
}

static gboolean draw_secrets(BrowserSignIn *sign_in, GError **error)
{
    sign_in->state = rms_pkce_random();
    sign_in->nonce = rms_pkce_random();
    sign_in->verifier = rms_pkce_random();
    if (sign_in->verifier != NULL)
        sign_in->challenge = rms_pkce_challenge(sign_in->verifier);
    if (sign_in->state != NULL && sign_in->nonce != NULL && sign_in->challenge != NULL)
        return TRUE;
    g_set_error(error,
                RMS_SERVICE_ERROR,
                RMS_SERVICE_ERROR_SETTINGS,
                "This computer gives no random numbers");
    return FALSE;
}

/* @account: (nullable) */
static void add_account(RmsOauthForm *form, RmsAccount *account)
{
    if (account == NULL) {
        rms_oauth_form_add(form, "prompt", "select_account");
        return;
    }
    rms_oauth_form_add(form, "login_hint", rms_account_get_user_name(account));
    if (rms_account_peek_challenge(account) != NULL)
        rms_oauth_form_add(form, "claims", rms_account_peek_challenge(account));
}

static void open_page(BrowserSignIn *sign_in)
{
    g_autofree char *endpoint = rms_oauth_endpoint(sign_in->environment, "authorize");
    g_autofree char *scope = rms_oauth_scope(sign_in->environment, TRUE);
    g_autofree char *uri = NULL;
    g_autoptr(RmsSecret) query = NULL;
    g_autoptr(RmsOauthForm) form = rms_oauth_form_new();

    rms_oauth_form_add(form, "client_id", sign_in->environment->client_id);
    rms_oauth_form_add(form, "response_type", "code");
    rms_oauth_form_add(form, "redirect_uri", sign_in->redirect_uri);
    rms_oauth_form_add(form, "scope", scope);
    rms_oauth_form_add_secret(form, "state", sign_in->state);
    rms_oauth_form_add_secret(form, "nonce", sign_in->nonce);
    rms_oauth_form_add(form, "code_challenge", sign_in->challenge);
    rms_oauth_form_add(form, "code_challenge_method", "S256");
    add_account(form, sign_in->account);
    query = rms_oauth_form_encode(form);
    uri = g_strconcat(endpoint, "?", rms_secret_get(query), NULL);
    sign_in->open(uri, sign_in->open_data);
}

/* @account: (nullable) */
static void start(const RmsCloudEnvironment *environment,
                  RmsAccount *account,
                  RmsOpenUriFunc open,
                  gpointer open_data,
                  GDestroyNotify open_destroy,
                  GTask *task)
{
    GCancellable *cancellable = g_task_get_cancellable(task);
    GError *error = NULL;
    BrowserSignIn *sign_in;
    GSource *timer;

    sign_in = g_new0(BrowserSignIn, 1);
    sign_in->environment = rms_cloud_environment_copy(environment);
    sign_in->account = account != NULL ? g_object_ref(account) : NULL;
    sign_in->open = open;
    sign_in->open_data = open_data;
    sign_in->open_destroy = open_destroy;
    g_task_set_task_data(task, sign_in, free_sign_in);
    if (g_task_return_error_if_cancelled(task))
        return;
    if (rms_cloud_environment_validate(environment, &error))
        sign_in->client = rms_service_connection_new(environment, &error);
    if (sign_in->client == NULL || !draw_secrets(sign_in, &error) ||
        !listen_on_loopback(task, &error)) {
        g_task_return_error(task, error);
        return;
    }
    timer = g_timeout_source_new_seconds(RMS_SERVICE_BROWSER_SECONDS);
    if (cancellable != NULL) {
        g_autoptr(GSource) cancelled = g_cancellable_source_new(cancellable);

        g_source_set_dummy_callback(cancelled);
        g_source_add_child_source(timer, cancelled);
    }
    replace_timer(task, timer, on_gave_up);
    g_object_ref(task); /* the timer's callback has it */
    open_page(sign_in);
}

void rms_sign_in_browser_async(const RmsCloudEnvironment *environment,
                               RmsOpenUriFunc open,
                               gpointer open_data,
                               GDestroyNotify open_destroy,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
    g_autoptr(GTask) task = NULL;

    g_return_if_fail(environment != NULL && open != NULL);

    task = g_task_new(NULL, cancellable, callback, user_data);
    g_task_set_source_tag(task, rms_sign_in_browser_async);
    start(environment, NULL, open, open_data, open_destroy, task);
}

void rms_sign_in_again_async(RmsAccount *account,
                             RmsOpenUriFunc open,
                             gpointer open_data,
                             GDestroyNotify open_destroy,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
    g_autoptr(GTask) task = NULL;

    g_return_if_fail(RMS_IS_ACCOUNT(account) && open != NULL);

    task = g_task_new(account, cancellable, callback, user_data);
    g_task_set_source_tag(task, rms_sign_in_again_async);
    start(rms_account_get_environment(account), account, open, open_data, open_destroy, task);
}
