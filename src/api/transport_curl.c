#include "api/transport.h"

#include <assert.h>
#include <curl/curl.h>
#include <limits.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/transport_internal.h"
#include "base/alloc.h"
#include "base/ascii.h"
#include "base/clock.h"
#include "base/testing.h"

#include "base/banned.h"

#define CONNECT_MS 5000L
/* Also counts while the first byte is waited for, so it has to be longer than a server thinks. */
#define STALL_SECONDS 20L
/* Pages of a list take four at a time (client.c); the other two are for what a person waits for. */
#define HOST_CONNECTIONS 6L
#define ALL_CONNECTIONS 8L

struct exchange {
    struct transport *transport;
    struct exchange *prev, *next;
    CURL *easy;
    struct curl_slist *headers;
    transport_fn *fn;
    void *ctx;
    struct http_result result;
    size_t header_bytes;
    bool header_big;
    bool outside;
    bool plain; /* http */
    int64_t started_at;
    char error[CURL_ERROR_SIZE];
};

struct transport {
    struct loop *loop;
    CURLM *multi;
    struct exchange *first;
    char *ca_file;
    char *proxy; /* NULL: as the environment says */
    bool plain;
    struct curl_waitfd *fds;
    size_t fds_cap;
};

/* -- libcurl's memory: header lines and send buffers hold the key, so every block is wiped -- */

static void wiping_free(void *block)
{
    if (block != NULL) {
        secret_wipe(block, malloc_usable_size(block));
        free(block);
    }
}

static void *wiping_realloc(void *block, size_t size)
{
    size_t old;
    void *grown;

    if (block == NULL) {
        return xmalloc(size);
    }
    grown = xmalloc(size);
    old = malloc_usable_size(block);
    memcpy(grown, block, old < size ? old : size);
    wiping_free(block);
    return grown;
}

bool transport_setup(void)
{
    /* Debian's libcurl would write the session keys of TLS into a file that all may read. */
    unsetenv("SSLKEYLOGFILE");
    /* Out of memory is not to be told as a network that fails, or as a setting that did not take.
     */
    return curl_global_init_mem(CURL_GLOBAL_DEFAULT, xmalloc, wiping_free, wiping_realloc, xstrdup,
                                xcalloc) == CURLE_OK;
}

/* -- one exchange -- */

static size_t on_body(char *bytes, size_t size, size_t count, void *ctx)
{
    struct exchange *exchange = ctx;
    struct buf *body = &exchange->result.body;
    curl_off_t length = -1;

    if (body->len == 0 &&
        curl_easy_getinfo(exchange->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length) ==
            CURLE_OK &&
        length > 0 && length <= (curl_off_t)TRANSPORT_BODY_MAX) {
        buf_reserve(body, (size_t)length);
    }
    return buf_add(body, bytes, size * count) ? size * count : 0;
}

static size_t on_header(char *bytes, size_t size, size_t count, void *ctx)
{
    struct exchange *exchange = ctx;

    (void)bytes;
    exchange->header_bytes += size * count;
    exchange->header_big = exchange->header_bytes > TRANSPORT_HEADER_MAX;
    return exchange->header_big ? 0 : size * count;
}

/* Called when connected, before the first byte of the request: a name that leads outside must not
 * make plain http leave this machine. From here on the request counts as sent. */
static int on_connected(void *ctx, char *peer, char *local, int peer_port, int local_port)
{
    struct exchange *exchange = ctx;

    (void)local;
    (void)peer_port;
    (void)local_port;
    if (exchange->plain && !transport_ip_is_loopback(peer)) {
        exchange->outside = true;
        return CURL_PREREQFUNC_ABORT;
    }
    exchange->result.sent = true;
    return CURL_PREREQFUNC_OK;
}

static void check(CURLcode code)
{
    /* Every option is known to the libcurl that we ask for; what is left is memory. */
    if (code != CURLE_OK) {
        die("libcurl refused an option.");
    }
}

#define SET(option, value) check(curl_easy_setopt(easy, (option), (value)))

static void set_protocol(CURL *easy, const struct exchange *exchange)
{
    SET(CURLOPT_PROTOCOLS_STR, exchange->plain ? "http,https" : "https");
    SET(CURLOPT_REDIR_PROTOCOLS_STR, "https");
    SET(CURLOPT_FOLLOWLOCATION, 0L);
    SET(CURLOPT_MAXREDIRS, 0L);
    SET(CURLOPT_UNRESTRICTED_AUTH, 0L);
    SET(CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
    SET(CURLOPT_PATH_AS_IS, 1L);
    SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    SET(CURLOPT_HTTP09_ALLOWED, 0L);
    SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
    SET(CURLOPT_HEADEROPT, (long)CURLHEADER_SEPARATE);
    SET(CURLOPT_ACCEPT_ENCODING, NULL);
    SET(CURLOPT_USERAGENT, "portcullis/" PORTCULLIS_VERSION);
}

static void set_tls_and_proxy(CURL *easy, const struct transport *transport)
{
    SET(CURLOPT_SSL_VERIFYPEER, 1L);
    SET(CURLOPT_SSL_VERIFYHOST, 2L);
    SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    if (transport->ca_file != NULL) {
        SET(CURLOPT_CAINFO, transport->ca_file);
        SET(CURLOPT_CAPATH, NULL);
    }
    if (transport->proxy != NULL) {
        SET(CURLOPT_PROXY, transport->proxy);
        /* What the profile says wins over no_proxy. */
        SET(CURLOPT_NOPROXY, "");
    }
    SET(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    SET(CURLOPT_PROXY_SSL_VERIFYPEER, 1L);
    SET(CURLOPT_PROXY_SSL_VERIFYHOST, 2L);
}

static void set_bounds(CURL *easy, struct exchange *exchange, int timeout_ms)
{
    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_CONNECTTIMEOUT_MS, (long)testing_deadline_ms(CONNECT_MS));
    SET(CURLOPT_TIMEOUT_MS, (long)timeout_ms);
    SET(CURLOPT_LOW_SPEED_LIMIT, 1L);
    SET(CURLOPT_LOW_SPEED_TIME, STALL_SECONDS);
    SET(CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)TRANSPORT_BODY_MAX);
    SET(CURLOPT_TCP_KEEPALIVE, 1L);
    SET(CURLOPT_MAXAGE_CONN, 60L);
    SET(CURLOPT_MAXLIFETIME_CONN, 600L);
    SET(CURLOPT_QUICK_EXIT, 1L);
    SET(CURLOPT_ERRORBUFFER, exchange->error);
    SET(CURLOPT_WRITEFUNCTION, on_body);
    SET(CURLOPT_WRITEDATA, exchange);
    SET(CURLOPT_HEADERFUNCTION, on_header);
    SET(CURLOPT_HEADERDATA, exchange);
    SET(CURLOPT_PREREQFUNCTION, on_connected);
    SET(CURLOPT_PREREQDATA, exchange);
    SET(CURLOPT_PRIVATE, exchange);
}

static void add_header(struct exchange *exchange, const char *line)
{
    struct curl_slist *longer = curl_slist_append(exchange->headers, line);

    if (longer == NULL) {
        die_no_memory();
    }
    exchange->headers = longer;
}

/* The key is opened here and nowhere else. libcurl's copy is wiped by wiping_free when the list is
 * freed. */
static void set_headers(CURL *easy, struct exchange *exchange, const struct http_request *request)
{
    struct buf line;

    buf_init(&line, SECRET_KEY_MAX + 64);
    buf_addf(&line, "x-portkey-api-key: %s", secret_text(request->key));
    add_header(exchange, line.data);
    buf_wipe_done(&line);
    add_header(exchange, "Accept: application/json");
    add_header(exchange, "Expect:");
    if (request->body != NULL) {
        add_header(exchange, "Content-Type: application/json");
    }
    SET(CURLOPT_HTTPHEADER, exchange->headers);
}

static void set_request(CURL *easy, const struct http_request *request)
{
    SET(CURLOPT_URL, request->url);
    if (request->method == HTTP_POST || request->method == HTTP_PUT) {
        SET(CURLOPT_POST, 1L);
        SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body_len);
        SET(CURLOPT_COPYPOSTFIELDS, request->body != NULL ? request->body : "");
        if (request->method == HTTP_PUT) {
            SET(CURLOPT_CUSTOMREQUEST, "PUT"); /* CURLOPT_UPLOAD would ask for a 100 first */
        }
    } else if (request->method == HTTP_DELETE) {
        SET(CURLOPT_CUSTOMREQUEST, "DELETE");
    } else {
        SET(CURLOPT_HTTPGET, 1L);
    }
    if (request->fresh) {
        SET(CURLOPT_FRESH_CONNECT, 1L);
    } else {
        SET(CURLOPT_PIPEWAIT, 1L);
    }
}

#undef SET

struct exchange *transport_start(struct transport *transport, const struct http_request *request,
                                 transport_fn *fn, void *ctx)
{
    struct exchange *exchange = xcalloc(1, sizeof(*exchange));

    exchange->transport = transport;
    exchange->fn = fn;
    exchange->ctx = ctx;
    exchange->plain = transport->plain;
    exchange->started_at = clock_mono_ms();
    exchange->result.date = TIME_NONE;
    buf_init(&exchange->result.body, TRANSPORT_BODY_MAX);
    exchange->easy = curl_easy_init();
    if (exchange->easy == NULL) {
        die_no_memory();
    }
    set_protocol(exchange->easy, exchange);
    set_tls_and_proxy(exchange->easy, transport);
    set_bounds(exchange->easy, exchange, request->timeout_ms);
    set_headers(exchange->easy, exchange, request);
    set_request(exchange->easy, request);
    exchange->next = transport->first;
    if (exchange->next != NULL) {
        exchange->next->prev = exchange;
    }
    transport->first = exchange;
    if (curl_multi_add_handle(transport->multi, exchange->easy) != CURLM_OK) {
        die("libcurl refused a transfer.");
    }
    return exchange;
}

/* Takes the exchange out of libcurl and of the list; the memory stays. Never from inside a curl
 * callback. */
static void detach(struct exchange *exchange)
{
    struct transport *transport = exchange->transport;

    curl_multi_remove_handle(transport->multi, exchange->easy);
    curl_easy_cleanup(exchange->easy);
    exchange->easy = NULL;
    curl_slist_free_all(exchange->headers);
    exchange->headers = NULL;
    if (exchange->prev != NULL) {
        exchange->prev->next = exchange->next;
    } else {
        transport->first = exchange->next;
    }
    if (exchange->next != NULL) {
        exchange->next->prev = exchange->prev;
    }
}

static void discard(struct exchange *exchange)
{
    buf_wipe_done(&exchange->result.body);
    secret_wipe(exchange, sizeof(*exchange));
    free(exchange);
}

void transport_cancel(struct transport *transport, struct exchange *exchange)
{
    assert(exchange->transport == transport);
    (void)transport;
    detach(exchange);
    discard(exchange);
}

/* -- results -- */

static enum http_failure failure_of(CURLcode code, const struct exchange *exchange)
{
    switch (code) {
    case CURLE_OK:
        return HTTP_WHOLE;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
        return HTTP_RESOLVE;
    case CURLE_COULDNT_CONNECT:
        return HTTP_CONNECT;
    case CURLE_SSL_CONNECT_ERROR:
        return HTTP_TLS;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
        return HTTP_UNTRUSTED;
    case CURLE_OPERATION_TIMEDOUT:
        return HTTP_TIMED_OUT;
    case CURLE_PARTIAL_FILE:
        return HTTP_CUT;
    case CURLE_GOT_NOTHING:
    case CURLE_SEND_ERROR:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
        return HTTP_CLOSED;
    case CURLE_RECV_ERROR:
        /* 56 is also "the proxy answered CONNECT with an error": then nothing of ours was sent. */
        return exchange->result.sent ? HTTP_CLOSED : HTTP_PROXY;
    case CURLE_PROXY:
        return HTTP_PROXY;
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_WEIRD_SERVER_REPLY:
        return HTTP_GARBAGE;
    case CURLE_FILESIZE_EXCEEDED:
        return HTTP_BODY_BIG;
    case CURLE_OUT_OF_MEMORY: /* one endless header line is told like this, at 100 KB */
        return HTTP_HEADER_BIG;
    case CURLE_WRITE_ERROR:
        return exchange->header_big ? HTTP_HEADER_BIG : HTTP_BODY_BIG;
    case CURLE_ABORTED_BY_CALLBACK:
        return exchange->outside ? HTTP_OUTSIDE : HTTP_OTHER;
    default:
        return HTTP_OTHER;
    }
}

static void copy_header(CURL *easy, const char *name, char *out, size_t size)
{
    struct curl_header *header = NULL;

    if (curl_easy_header(easy, name, 0, CURLH_HEADER, -1, &header) == CURLHE_OK) {
        snprintf(out, size, "%s", header->value);
    }
}

/* A proxy that refuses to let us through gives an answer of its own, and nothing of ours was sent.
 */
static void look_at_proxy(struct exchange *exchange, CURLcode code)
{
    struct http_result *result = &exchange->result;
    long status = 0;

    curl_easy_getinfo(exchange->easy, CURLINFO_HTTP_CONNECTCODE, &status);
    if (code != CURLE_OK && status >= 300) {
        result->failure = HTTP_PROXY;
        result->from_proxy = true;
        result->sent = false;
        result->status = status;
    }
}

/* Headers in which boxes and services number their answers. */
static void copy_reference(CURL *easy, struct http_result *result)
{
    static const char *const NAMES[] = {"cf-ray",           "x-azure-ref",      "x-amz-cf-id",
                                        "x-amzn-requestid", "x-sucuri-id",      "x-iinfo",
                                        "x-request-id",     "x-correlation-id", "x-trace-id"};

    for (size_t i = 0; i < sizeof(NAMES) / sizeof(NAMES[0]) && result->reference[0] == '\0'; i++) {
        copy_header(easy, NAMES[i], result->reference, sizeof(result->reference));
    }
}

static void copy_headers(CURL *easy, struct http_result *result, long version)
{
    curl_off_t length = -1;
    char text[64] = "";
    time_t at;

    copy_header(easy, "Content-Type", result->content_type, sizeof(result->content_type));
    copy_header(easy, "Location", result->location, sizeof(result->location));
    copy_header(easy, "Content-Encoding", result->encoding, sizeof(result->encoding));
    if (ascii_same(result->encoding, "identity")) {
        result->encoding[0] = '\0';
    }
    copy_reference(easy, result);
    copy_header(easy, "Age", text, sizeof(text));
    result->age = strtol(text, NULL, 10);
    text[0] = '\0';
    copy_header(easy, "Date", text, sizeof(text));
    at = text[0] == '\0' ? (time_t)-1 : curl_getdate(text, NULL);
    if (at >= 0) {
        result->date = (int64_t)at * 1000;
    }
    text[0] = '\0';
    copy_header(easy, "Transfer-Encoding", text, sizeof(text));
    curl_easy_getinfo(easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
    result->delimited = length >= 0 || text[0] != '\0' || version >= CURL_HTTP_VERSION_2_0;
}

static void fill_result(struct exchange *exchange, CURLcode code)
{
    struct http_result *result = &exchange->result;
    CURL *easy = exchange->easy;
    curl_off_t seconds = 0;
    long version = 0;

    result->failure = failure_of(code, exchange);
    result->took_ms = clock_mono_ms() - exchange->started_at;
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &result->status);
    curl_easy_getinfo(easy, CURLINFO_RETRY_AFTER, &seconds);
    curl_easy_getinfo(easy, CURLINFO_HTTP_VERSION, &version);
    result->retry_after_ms = seconds > 0 && seconds < INT_MAX ? (int64_t)seconds * 1000 : 0;
    result->multiplexed = version == CURL_HTTP_VERSION_2_0;
    copy_headers(easy, result, version);
    look_at_proxy(exchange, code);
    if (code != CURLE_OK) {
        snprintf(result->detail, sizeof(result->detail), "%s",
                 exchange->error[0] != '\0' ? exchange->error : curl_easy_strerror(code));
    }
}

/* -- the loop's wait -- */

static int wait_for(void *ctx, struct pollfd *fds, size_t count, int ms)
{
    struct transport *transport = ctx;
    int ready = 0;

    transport->fds = xgrow(transport->fds, &transport->fds_cap, count + 1, sizeof(*transport->fds));
    for (size_t i = 0; i < count; i++) {
        short events = (short)((fds[i].events & POLLIN ? CURL_WAIT_POLLIN : 0) |
                               (fds[i].events & POLLPRI ? CURL_WAIT_POLLPRI : 0) |
                               (fds[i].events & POLLOUT ? CURL_WAIT_POLLOUT : 0));

        transport->fds[i] = (struct curl_waitfd){.fd = fds[i].fd, .events = events};
        fds[i].revents = 0;
    }
    /* -1 is not a time that curl_multi_poll takes. */
    if (curl_multi_poll(transport->multi, transport->fds, (unsigned)count, ms < 0 ? INT_MAX : ms,
                        &ready) != CURLM_OK) {
        return -1;
    }
    for (size_t i = 0; i < count; i++) {
        short got = transport->fds[i].revents;

        fds[i].revents = (short)((got & CURL_WAIT_POLLIN ? POLLIN : 0) |
                                 (got & CURL_WAIT_POLLPRI ? POLLPRI : 0) |
                                 (got & CURL_WAIT_POLLOUT ? POLLOUT : 0));
    }
    return ready;
}

static void finish(struct exchange *exchange, CURLcode code)
{
    fill_result(exchange, code);
    detach(exchange);
    exchange->fn(exchange->ctx, &exchange->result);
    discard(exchange);
}

void transport_expire(struct transport *transport, struct exchange *exchange)
{
    assert(exchange->transport == transport);
    (void)transport;
    finish(exchange, CURLE_OPERATION_TIMEDOUT);
}

/* Finished transfers are collected first and called back after: a callback starts and cancels
 * others, and may free the transport's owner only from its own frame, never from here. */
static void run_transfers(void *ctx)
{
    struct transport *transport = ctx;
    int running = 0, left = 0;
    CURLMsg *message;

    curl_multi_perform(transport->multi, &running);
    while ((message = curl_multi_info_read(transport->multi, &left)) != NULL) {
        struct exchange *exchange = NULL;

        if (message->msg != CURLMSG_DONE) {
            continue;
        }
        CURLcode code = message->data.result;

        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &exchange);
        finish(exchange, code);
    }
}

/* -- life -- */

struct transport *transport_new(struct loop *loop, const struct transport_config *config,
                                struct err *err)
{
    struct transport *transport;

    if (!transport_setup()) {
        err_set(err, ERR_INTERNAL, "libcurl could not be started.");
        return NULL;
    }
    transport = xcalloc(1, sizeof(*transport));
    transport->loop = loop;
    transport->multi = curl_multi_init();
    if (transport->multi == NULL) {
        die_no_memory();
    }
    curl_multi_setopt(transport->multi, CURLMOPT_PIPELINING, (long)CURLPIPE_MULTIPLEX);
    curl_multi_setopt(transport->multi, CURLMOPT_MAX_HOST_CONNECTIONS, HOST_CONNECTIONS);
    curl_multi_setopt(transport->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, ALL_CONNECTIONS);
    curl_multi_setopt(transport->multi, CURLMOPT_MAXCONNECTS, ALL_CONNECTIONS);
    transport->ca_file = config->ca_file != NULL ? xstrdup(config->ca_file) : NULL;
    transport->plain = strncmp(config->base_url, "http://", 7) == 0;
    transport->proxy = transport_proxy(config);
    loop_set_wait(loop, wait_for, run_transfers, transport);
    return transport;
}

void transport_free(struct transport *transport)
{
    if (transport == NULL) {
        return;
    }
    for (struct exchange *exchange = transport->first, *next; exchange != NULL; exchange = next) {
        next = exchange->next;
        detach(exchange);
        discard(exchange);
    }
    loop_set_wait(transport->loop, NULL, NULL, NULL);
    curl_multi_cleanup(transport->multi);
    free(transport->ca_file);
    free(transport->proxy);
    free(transport->fds);
    free(transport);
    curl_global_cleanup();
}
