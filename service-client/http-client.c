/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * libcurl's multi-socket interface as one GSource of the owner's context.
 *
 *     send_async ──> multi ──(sockets, timer)──> source ──dispatch──> socket_action ──> finished
 *                      ▲                                                                  │
 *                      └───────────── cancelled: taken out, answered at once ─────────────┘
 *
 * libcurl is never entered from one of its own callbacks, and ready sockets are gathered before the
 * first is acted upon, because acting changes the table.
 */
#include "config.h"

#include "service-client/http-message-private.h"

#include <curl/curl.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <string.h>

#include "service-client/service-limits.h"
#include "service-client/service-url.h"
#include "service-client/provider-text.h"
#include "service-client/service-error-private.h"

struct _RmsHttpClient {
    GObject parent_instance;

    GMainContext *context;
    CURLM *multi;
    GSource *source;
    GHashTable *sockets; /* curl_socket_t → tag of g_source_add_unix_fd() */
    STACK_OF(X509_INFO) * authorities;
    char *proxy; /* NULL: what the process environment says */
    char *proxy_user;
    RmsSecret *proxy_password;
};

G_DEFINE_FINAL_TYPE(RmsHttpClient, rms_http_client, G_TYPE_OBJECT)

typedef struct {
    GSource parent;
    RmsHttpClient *client; /* borrowed: the client destroys its source */
} CurlSource;

/* What one GTask carries. */
typedef struct {
    RmsHttpRequest *request;
    char *host;
    CURL *easy;
    GSource *cancelled;
    char *body;
    gsize length;
    gsize allocated;
    gboolean too_large;
    gboolean proxied; /* by our settings; of the process environment we do not know */
    char message[CURL_ERROR_SIZE];
} Transfer;

typedef struct {
    curl_socket_t fd;
    int events;
} ReadySocket;

/* Transfers */

static void free_transfer(gpointer data)
{
    Transfer *transfer = data;

    g_clear_pointer(&transfer->easy, curl_easy_cleanup);
    if (transfer->body != NULL)
        explicit_bzero(transfer->body, transfer->length);
    g_free(transfer->body);
    g_free(transfer->host);
    rms_http_request_free(transfer->request);
    g_free(transfer);
}

/* Grows by copying and wiping, because realloc() leaves tokens behind in freed memory. */
static void append_body(Transfer *transfer, const char *data, gsize length)
{
    if (transfer->length + length + 1 > transfer->allocated) {
        gsize allocated = MAX(transfer->allocated * 2, transfer->length + length + 1);
        char *body = g_malloc(MAX(allocated, 4096));

        if (transfer->body != NULL) {
            memcpy(body, transfer->body, transfer->length);
            explicit_bzero(transfer->body, transfer->length);
            g_free(transfer->body);
        }
        transfer->body = body;
        transfer->allocated = MAX(allocated, 4096);
    }
    memcpy(transfer->body + transfer->length, data, length);
    transfer->length += length;
    transfer->body[transfer->length] = '\0';
}

static size_t on_body_received(char *data, size_t size, size_t count, void *user_data)
{
    Transfer *transfer = user_data;
    gsize length = size * count;

    if (length > transfer->request->max_bytes - transfer->length) {
        transfer->too_large = TRUE;
        return 0;
    }
    append_body(transfer, data, length);
    return length;
}

/* The private authorities join those that libcurl loaded from the system. */
static CURLcode on_tls_context_created(CURL *easy, void *tls_context, void *user_data)
{
    RmsHttpClient *client = user_data;
    X509_STORE *store = SSL_CTX_get_cert_store(tls_context);

    for (int i = 0; i < sk_X509_INFO_num(client->authorities); i++) {
        X509 *authority = sk_X509_INFO_value(client->authorities, i)->x509;

        if (authority != NULL && X509_STORE_add_cert(store, authority) != 1)
            return CURLE_SSL_CACERT_BADFILE;
    }
    return CURLE_OK;
}

/* What the proxy said to our CONNECT; 0: there is none, or it let us through. */
static long get_proxy_refusal(CURL *easy)
{
    long status = 0;

    curl_easy_getinfo(easy, CURLINFO_HTTP_CONNECTCODE, &status);
    return status >= 300 ? status : 0;
}

static RmsServiceProblem find_proxy_problem(const Transfer *transfer, CURLcode code)
{
    long status = get_proxy_refusal(transfer->easy);

    if (status == 407 || status == 401) /* RFC 9110 §15.5.8; tinyproxy refuses by 401 */
        return RMS_SERVICE_PROBLEM_PROXY_CREDENTIALS;
    if (status != 0)
        return RMS_SERVICE_PROBLEM_PROXY_REFUSED;
    if (code == CURLE_COULDNT_RESOLVE_PROXY || code == CURLE_PROXY ||
        (code == CURLE_COULDNT_CONNECT && transfer->proxied))
        return RMS_SERVICE_PROBLEM_PROXY_UNREACHABLE;
    return RMS_SERVICE_PROBLEM_NONE;
}

static RmsServiceError translate_curl_code(CURLcode code)
{
    switch (code) {
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS:
    case CURLE_USE_SSL_FAILED:
        return RMS_SERVICE_ERROR_TLS;
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
        return RMS_SERVICE_ERROR_SETTINGS;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
    case CURLE_OPERATION_TIMEDOUT:
    case CURLE_SEND_ERROR:
        return RMS_SERVICE_ERROR_UNREACHABLE;
    default: /* CURLE_RECV_ERROR, _PARTIAL_FILE, _GOT_NOTHING, _WEIRD_SERVER_REPLY, … */
        return RMS_SERVICE_ERROR_PROTOCOL;
    }
}

static const char *name_failure(RmsServiceError code, RmsServiceProblem problem)
{
    switch (problem) {
    case RMS_SERVICE_PROBLEM_PROXY_CREDENTIALS:
        return "cannot be reached, because the proxy wants a user name and password, or does not "
               "accept those that it got";
    case RMS_SERVICE_PROBLEM_PROXY_REFUSED:
        return "cannot be reached, because the proxy does not connect us to it";
    case RMS_SERVICE_PROBLEM_PROXY_UNREACHABLE:
        return "cannot be reached, because the proxy cannot";
    default:
        break;
    }
    switch (code) {
    case RMS_SERVICE_ERROR_TLS:
        return "cannot be trusted";
    case RMS_SERVICE_ERROR_UNREACHABLE:
        return "cannot be reached";
    case RMS_SERVICE_ERROR_SETTINGS:
        return "is no usable address";
    default:
        return "did not answer properly";
    }
}

/* libcurl's own words may quote the server, such as the name in its certificate. */
static GError *describe_failure(const Transfer *transfer, CURLcode code)
{
    RmsServiceProblem problem = find_proxy_problem(transfer, code);
    RmsServiceError result = problem != RMS_SERVICE_PROBLEM_NONE ? RMS_SERVICE_ERROR_UNREACHABLE
                                                                 : translate_curl_code(code);
    const char *words = *transfer->message != '\0' ? transfer->message : curl_easy_strerror(code);
    g_autofree char *reason = rms_provider_text_clean(words, RMS_SERVICE_MAX_PROVIDER_TEXT_BYTES);
    GError *error;

    if (transfer->too_large || code == CURLE_FILESIZE_EXCEEDED)
        return g_error_new(RMS_SERVICE_ERROR,
                           RMS_SERVICE_ERROR_PROTOCOL,
                           "%s answered with more than %" G_GSIZE_FORMAT " bytes",
                           transfer->host,
                           transfer->request->max_bytes);
    error = g_error_new(RMS_SERVICE_ERROR,
                        result,
                        "%s %s: %s",
                        transfer->host,
                        name_failure(result, problem),
                        reason);
    rms_service_error_set_problem(error, problem);
    return error;
}

static char *read_media_type(CURL *easy)
{
    const char *content_type = NULL;
    g_autofree char *media_type = NULL;
    g_autofree char *clean = NULL;

    if (curl_easy_getinfo(easy, CURLINFO_CONTENT_TYPE, &content_type) != CURLE_OK ||
        content_type == NULL)
        return g_strdup("");
    media_type = g_strndup(content_type, strcspn(content_type, "; \t"));
    clean = rms_provider_text_clean(media_type, RMS_SERVICE_MAX_CLAIM_BYTES);
    return g_ascii_strdown(clean, -1);
}

/* `WWW-Authenticate` can be there more than once, one line each. */
static char **read_challenges(CURL *easy)
{
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
    struct curl_header *header = NULL;

    for (gsize i = 0; i < RMS_SERVICE_MAX_CHALLENGES; i++) {
        if (curl_easy_header(easy, "WWW-Authenticate", i, CURLH_HEADER, -1, &header) != CURLHE_OK)
            break;
        g_strv_builder_add(builder, header->value);
    }
    return g_strv_builder_end(builder);
}

/* An answer with a NUL byte would mean one thing to its length and another to its end. */
static RmsHttpResponse *read_response(Transfer *transfer, GError **error)
{
    RmsHttpResponse *response;
    curl_off_t retry_after = 0;
    long status = 0;

    if (transfer->length > 0 && memchr(transfer->body, '\0', transfer->length) != NULL) {
        g_set_error(error,
                    RMS_SERVICE_ERROR,
                    RMS_SERVICE_ERROR_PROTOCOL,
                    "%s answered with something that is not text",
                    transfer->host);
        return NULL;
    }
    curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(transfer->easy, CURLINFO_RETRY_AFTER, &retry_after);
    response = g_new0(RmsHttpResponse, 1);
    response->host = g_strdup(transfer->host);
    response->status = (guint) status;
    response->media_type = read_media_type(transfer->easy);
    response->retry_after = (guint) CLAMP(retry_after, 0, RMS_SERVICE_MAX_RETRY_SECONDS);
    response->challenges = read_challenges(transfer->easy);
    response->body =
        transfer->body != NULL ? rms_secret_new_take(transfer->body) : rms_secret_new("", 0);
    transfer->body = NULL;
    transfer->length = transfer->allocated = 0;
    return response;
}

/* Takes the transfer out of libcurl; its reference to the task passes to the caller. */
static GTask *detach_transfer(GTask *task)
{
    RmsHttpClient *client = g_task_get_source_object(task);
    Transfer *transfer = g_task_get_task_data(task);

    curl_multi_remove_handle(client->multi, transfer->easy);
    if (transfer->cancelled != NULL)
        g_source_destroy(transfer->cancelled);
    g_clear_pointer(&transfer->cancelled, g_source_unref);
    return task;
}

static void finish_transfers(RmsHttpClient *client)
{
    CURLMsg *message;
    int left;

    while ((message = curl_multi_info_read(client->multi, &left)) != NULL) {
        g_autoptr(GTask) task = NULL;
        GError *error = NULL;
        RmsHttpResponse *response = NULL;
        Transfer *transfer;
        CURLcode code = message->data.result;
        char *private = NULL;

        if (message->msg != CURLMSG_DONE)
            continue;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &private);
        task = detach_transfer(G_TASK(private)); /* @message is gone from here on */
        transfer = g_task_get_task_data(task);
        if (code != CURLE_OK)
            error = describe_failure(transfer, code);
        else
            response = read_response(transfer, &error);
        if (response != NULL)
            g_task_return_pointer(task, response, (GDestroyNotify) rms_http_response_free);
        else
            g_task_return_error(task, error);
    }
}

static gboolean on_cancelled(GCancellable *cancellable, gpointer user_data)
{
    g_autoptr(GTask) task = detach_transfer(user_data);

    g_task_return_error_if_cancelled(task);
    return G_SOURCE_REMOVE;
}

/* The source */

static int on_socket_changed(
    CURL *easy, curl_socket_t fd, int what, void *client_pointer, void *socket_pointer)
{
    RmsHttpClient *client = client_pointer;
    gpointer key = GINT_TO_POINTER(fd);
    gpointer tag = g_hash_table_lookup(client->sockets, key);
    GIOCondition condition = 0;

    if (what == CURL_POLL_REMOVE) {
        if (tag != NULL)
            g_source_remove_unix_fd(client->source, tag);
        g_hash_table_remove(client->sockets, key);
        return 0;
    }
    if (what & CURL_POLL_IN)
        condition |= G_IO_IN;
    if (what & CURL_POLL_OUT)
        condition |= G_IO_OUT;
    if (tag != NULL)
        g_source_modify_unix_fd(client->source, tag, condition);
    else
        g_hash_table_insert(
            client->sockets, key, g_source_add_unix_fd(client->source, fd, condition));
    return 0;
}

static int on_timer_changed(CURLM *multi, long milliseconds, void *client_pointer)
{
    RmsHttpClient *client = client_pointer;

    g_source_set_ready_time(client->source,
                            milliseconds < 0 ? -1 : g_get_monotonic_time() + milliseconds * 1000);
    return 0;
}

static int translate_condition(GIOCondition condition)
{
    int events = 0;

    if (condition & G_IO_IN)
        events |= CURL_CSELECT_IN;
    if (condition & G_IO_OUT)
        events |= CURL_CSELECT_OUT;
    if (condition & (G_IO_ERR | G_IO_HUP | G_IO_NVAL))
        events |= CURL_CSELECT_ERR;
    return events;
}

static gboolean dispatch_source(GSource *source, GSourceFunc callback, gpointer user_data)
{
    g_autoptr(RmsHttpClient) client = g_object_ref(((CurlSource *) source)->client);
    g_autoptr(GArray) ready = g_array_new(FALSE, FALSE, sizeof(ReadySocket));
    gint64 due = g_source_get_ready_time(source);
    GHashTableIter iter;
    gpointer key, tag;
    int running;

    g_hash_table_iter_init(&iter, client->sockets);
    while (g_hash_table_iter_next(&iter, &key, &tag)) {
        ReadySocket item = {GPOINTER_TO_INT(key),
                            translate_condition(g_source_query_unix_fd(source, tag))};

        if (item.events != 0)
            g_array_append_val(ready, item);
    }
    for (guint i = 0; i < ready->len; i++) {
        ReadySocket *item = &g_array_index(ready, ReadySocket, i);

        if (g_hash_table_contains(client->sockets, GINT_TO_POINTER(item->fd)))
            curl_multi_socket_action(client->multi, item->fd, item->events, &running);
    }
    if (due != -1 && due <= g_source_get_time(source)) {
        if (g_source_get_ready_time(source) == due)
            g_source_set_ready_time(source, -1);
        curl_multi_socket_action(client->multi, CURL_SOCKET_TIMEOUT, 0, &running);
    }
    finish_transfers(client);
    return G_SOURCE_CONTINUE;
}

/* Without prepare and check, GLib itself looks at the sockets and the ready time. */
static GSourceFuncs source_funcs = {.dispatch = dispatch_source};

static void rms_http_client_finalize(GObject *object)
{
    RmsHttpClient *client = RMS_HTTP_CLIENT(object);

    /* Closing pooled connections still calls on_socket_changed(), so the source goes last. */
    g_clear_pointer(&client->multi, curl_multi_cleanup);
    if (client->source != NULL)
        g_source_destroy(client->source);
    g_clear_pointer(&client->source, g_source_unref);
    g_clear_pointer(&client->sockets, g_hash_table_unref);
    g_clear_pointer(&client->context, g_main_context_unref);
    sk_X509_INFO_pop_free(client->authorities, X509_INFO_free);
    g_free(client->proxy);
    g_free(client->proxy_user);
    rms_secret_unref(client->proxy_password);

    G_OBJECT_CLASS(rms_http_client_parent_class)->finalize(object);
}

static void rms_http_client_class_init(RmsHttpClientClass *klass)
{
    static gsize initialized;

    G_OBJECT_CLASS(klass)->finalize = rms_http_client_finalize;
    if (g_once_init_enter(&initialized)) {
        curl_global_init(CURL_GLOBAL_DEFAULT);
        g_once_init_leave(&initialized, 1);
    }
}

/* A callback may run a main loop of its own (a dialogue): the source stays alive meanwhile, which
 * is safe because libcurl has been left by then. */
static void rms_http_client_init(RmsHttpClient *client)
{
    client->context = g_main_context_ref_thread_default();
    client->sockets = g_hash_table_new(NULL, NULL);
    client->source = g_source_new(&source_funcs, sizeof(CurlSource));
    ((CurlSource *) client->source)->client = client;
    g_source_set_can_recurse(client->source, TRUE);
    g_source_set_static_name(client->source, "RmsHttpClient");
    g_source_attach(client->source, client->context);
    client->multi = curl_multi_init();
    curl_multi_setopt(client->multi, CURLMOPT_SOCKETFUNCTION, on_socket_changed);
    curl_multi_setopt(client->multi, CURLMOPT_SOCKETDATA, client);
    curl_multi_setopt(client->multi, CURLMOPT_TIMERFUNCTION, on_timer_changed);
    curl_multi_setopt(client->multi, CURLMOPT_TIMERDATA, client);
    curl_multi_setopt(client->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, 8L);
}

static gboolean read_authorities(RmsHttpClient *client, const char *ca_file, GError **error)
{
    g_autoptr(GError) local_error = NULL;
    g_autofree char *text = NULL;
    gboolean found = FALSE;
    gsize length;
    BIO *bio;

    if (!g_file_get_contents(ca_file, &text, &length, &local_error)) {
        g_set_error(error,
                    RMS_SERVICE_ERROR,
                    RMS_SERVICE_ERROR_SETTINGS,
                    "The file of certificate authorities cannot be read: %s",
                    local_error->message);
        return FALSE;
    }
    if (length <= RMS_SERVICE_MAX_CA_BYTES) {
        bio = BIO_new_mem_buf(text, (int) length);
        client->authorities = PEM_X509_INFO_read_bio(bio, NULL, NULL, NULL);
        BIO_free(bio);
        ERR_clear_error(); /* the end of the file is one */
    }
    for (int i = 0; i < sk_X509_INFO_num(client->authorities); i++)
        found |= sk_X509_INFO_value(client->authorities, i)->x509 != NULL;
    if (!found)
        g_set_error(error,
                    RMS_SERVICE_ERROR,
                    RMS_SERVICE_ERROR_SETTINGS,
                    "%s holds no certificate authority in PEM form",
                    ca_file);
    return found;
}

RmsHttpClient *rms_http_client_new(const char *ca_file, GError **error)
{
    g_autoptr(RmsHttpClient) client = g_object_new(RMS_TYPE_HTTP_CLIENT, NULL);

    if (ca_file != NULL && !read_authorities(client, ca_file, error))
        return NULL;
    return g_steal_pointer(&client);
}

void rms_http_client_set_proxy(RmsHttpClient *client,
                               const char *address,
                               const char *user,
                               RmsSecret *password)
{
    g_return_if_fail(RMS_IS_HTTP_CLIENT(client) && address != NULL);

    g_free(client->proxy);
    client->proxy = g_strdup(address);
    g_free(client->proxy_user);
    client->proxy_user = g_strdup(user);
    rms_secret_unref(client->proxy_password);
    client->proxy_password = password != NULL ? rms_secret_ref(password) : NULL;
}

/* libcurl refuses an option only if it was built without it, and then what the option guards is not
 * there either. So every refusal counts. */
static CURLcode set_options(RmsHttpClient *client, Transfer *transfer, GTask *task)
{
    RmsHttpRequest *request = transfer->request;
    CURL *easy = transfer->easy;
    CURLcode code = CURLE_OK;

#define SET(option, value)                                                                         \
    if (code == CURLE_OK)                                                                          \
    code = curl_easy_setopt(easy, option, value)

    SET(CURLOPT_PRIVATE, task);
    SET(CURLOPT_ERRORBUFFER, transfer->message);
    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_QUICK_EXIT, 1L); /* cancelling does not wait for a resolver thread */
    SET(CURLOPT_URL, request->url);
    SET(CURLOPT_PROTOCOLS_STR, "https");
    SET(CURLOPT_FOLLOWLOCATION, 0L);
    SET(CURLOPT_HTTP_VERSION, (long) CURL_HTTP_VERSION_1_1);
    SET(CURLOPT_SSLVERSION, (long) CURL_SSLVERSION_TLSv1_2);
    SET(CURLOPT_SSL_VERIFYPEER, 1L);
    SET(CURLOPT_SSL_VERIFYHOST, 2L);
    if (client->authorities != NULL) {
        SET(CURLOPT_SSL_CTX_FUNCTION, on_tls_context_created);
        SET(CURLOPT_SSL_CTX_DATA, client);
    }
    if (client->proxy != NULL) {
        transfer->proxied = strcmp(client->proxy, "none") != 0;
        SET(CURLOPT_PROXY, transfer->proxied ? client->proxy : "");
        SET(CURLOPT_NOPROXY, ""); /* `no_proxy` belongs to the other proxy */
    }
    if (client->proxy_user != NULL && client->proxy_password != NULL) {
        SET(CURLOPT_PROXYAUTH, (long) (CURLAUTH_BASIC | CURLAUTH_DIGEST));
        SET(CURLOPT_PROXYUSERNAME, client->proxy_user);
        SET(CURLOPT_PROXYPASSWORD, rms_secret_get(client->proxy_password));
    }
    SET(CURLOPT_PROXY_SSLVERSION, (long) CURL_SSLVERSION_TLSv1_2);
    SET(CURLOPT_PROXY_SSL_VERIFYPEER, 1L);
    SET(CURLOPT_PROXY_SSL_VERIFYHOST, 2L);
    SET(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    SET(CURLOPT_TIMEOUT_MS, (long) request->milliseconds);
    SET(CURLOPT_CONNECTTIMEOUT_MS,
        (long) MIN(request->milliseconds, RMS_SERVICE_CONNECT_SECONDS * 1000));
    SET(CURLOPT_MAXFILESIZE_LARGE, (curl_off_t) request->max_bytes);
    SET(CURLOPT_WRITEFUNCTION, on_body_received);
    SET(CURLOPT_WRITEDATA, transfer);
    SET(CURLOPT_USERAGENT, "rms-connector/" PACKAGE_VERSION);
    if (request->body != NULL) {
        /* libcurl sends from our memory; setting fields makes it a POST, hence the order. */
        SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t) rms_secret_get_length(request->body));
        SET(CURLOPT_POSTFIELDS, rms_secret_get(request->body));
    }
    SET(CURLOPT_CUSTOMREQUEST, request->method);
    SET(CURLOPT_HTTPHEADER, request->headers);
#undef SET
    return code;
}

void rms_http_client_send_async(RmsHttpClient *client,
                                RmsHttpRequest *request,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
    g_autoptr(GTask) task = NULL;
    Transfer *transfer;
    CURLcode code;

    g_return_if_fail(RMS_IS_HTTP_CLIENT(client) && request != NULL);

    task = g_task_new(client, cancellable, callback, user_data);
    g_task_set_source_tag(task, rms_http_client_send_async);
    transfer = g_new0(Transfer, 1);
    transfer->request = request;
    g_task_set_task_data(task, transfer, free_transfer);
    if (g_task_return_error_if_cancelled(task))
        return;
    transfer->host = rms_service_url_dup_host(request->url);
    if (transfer->host == NULL) {
        g_task_return_new_error(task,
                                RMS_SERVICE_ERROR,
                                RMS_SERVICE_ERROR_SETTINGS,
                                "An address of the service is not a https:// address");
        return;
    }
    if (request->malformed) {
        g_task_return_new_error(task,
                                RMS_SERVICE_ERROR,
                                RMS_SERVICE_ERROR_PROTOCOL,
                                "%s: a value for a request header holds characters that are not "
                                "allowed there",
                                transfer->host);
        return;
    }
    if (request->content_type != NULL)
        rms_http_request_add_header(request, "Content-Type", request->content_type);
    transfer->easy = curl_easy_init();
    code = set_options(client, transfer, task);
    if (code != CURLE_OK || curl_multi_add_handle(client->multi, transfer->easy) != CURLM_OK) {
        g_task_return_error(task, describe_failure(transfer, code));
        return;
    }
    if (cancellable != NULL) {
        transfer->cancelled = g_cancellable_source_new(cancellable);
        g_source_set_callback(transfer->cancelled, G_SOURCE_FUNC(on_cancelled), task, NULL);
        g_source_set_static_name(transfer->cancelled, "RmsHttpClient cancelled");
        g_source_attach(transfer->cancelled, client->context);
    }
    g_steal_pointer(&task); /* libcurl's now, until detach_transfer() */
}

RmsHttpResponse *
rms_http_client_send_finish(RmsHttpClient *client, GAsyncResult *result, GError **error)
{
    g_return_val_if_fail(g_task_is_valid(result, client), NULL);

    return g_task_propagate_pointer(G_TASK(result), error);
}
