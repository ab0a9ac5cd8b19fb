#include "sandbox/http.h"

#include <arpa/inet.h>
#include <microhttpd.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "base/buf.h"

#include "base/banned.h"

#define BODY_MAX ((size_t)1 << 20)
#define PREFIX "/v1"

struct http_server {
    struct MHD_Daemon *daemon;
    struct sandbox *sandbox;
};

/* One request while its body comes in. */
struct incoming {
    struct buf body;
};

static enum MHD_Result send_reply(struct MHD_Connection *connection, const struct sandbox *sandbox,
                                  const struct reply *reply, int retry_after)
{
    static const char *const DAYS[] = {"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};
    char *text = json_dumps(reply->json, JSON_COMPACT);
    struct MHD_Response *response =
        MHD_create_response_from_buffer(strlen(text), text, MHD_RESPMEM_MUST_FREE);
    MHD_add_response_header(response, "Content-Type", "application/json; charset=utf-8");
    char date[64];
    char stamp[TIME_TEXT_SIZE];
    int64_t now = clock_now(&sandbox->clock);
    time_strftime(now, "%d %b %Y %H:%M:%S GMT", stamp, sizeof stamp);
    snprintf(date, sizeof date, "%s, %s", DAYS[now / 86400000 % 7], stamp);
    MHD_add_response_header(response, "Date", date);
    if (retry_after >= 0) {
        char seconds[16];
        snprintf(seconds, sizeof seconds, "%d", retry_after);
        MHD_add_response_header(response, "Retry-After", seconds);
    }
    enum MHD_Result result = MHD_queue_response(connection, (unsigned)reply->status, response);
    MHD_destroy_response(response);
    return result;
}

/* POST /_sandbox/clock {"advance_seconds": N}: only with --now. */
static bool move_clock(struct sandbox *sandbox, const char *method, const char *url,
                       const json_t *body, struct reply *reply)
{
    if (!sandbox->clock_moves || strcmp(url, "/_sandbox/clock") != 0 ||
        strcmp(method, "POST") != 0) {
        return false;
    }
    const json_t *seconds = json_object_get(body, "advance_seconds");
    if (!json_is_integer(seconds) || json_integer_value(seconds) < 0) {
        reply_invalid(reply, "advance_seconds must be a whole number of 0 or more");
        return true;
    }
    clock_advance(&sandbox->clock, json_integer_value(seconds) * 1000);
    reply_json(reply, json_pack("{s:o}", "now", time_json(clock_now(&sandbox->clock))));
    return true;
}

static json_t *read_body(const struct incoming *incoming)
{
    json_t *body = incoming->body.len == 0
                       ? NULL
                       : json_loadb(incoming->body.data, incoming->body.len, 0, NULL);
    if (body != NULL && !json_is_object(body)) {
        json_decref(body);
        return NULL;
    }
    return body;
}

static void wait_ms(int ms)
{
    struct timespec span = {ms / 1000, (long)(ms % 1000) * 1000000};
    nanosleep(&span, NULL);
}

static const char *behind_prefix(const char *url)
{
    bool fits = strncmp(url, PREFIX, strlen(PREFIX)) == 0 && url[strlen(PREFIX)] == '/';
    return fits ? url + strlen(PREFIX) : "";
}

/* The faults that come instead of the work; true when the reply is made. */
static bool instead(const struct fault *fault, struct reply *reply, int *retry_after)
{
    if (fault->kind == FAULT_RETRY_AFTER) {
        reply_error(reply, 429, "AB06", "Too many requests");
        *retry_after = fault->value;
        return true;
    }
    if (fault->kind == FAULT_STATUS) {
        reply_error(reply, fault->value, fault->value >= 500 ? "AB04" : NULL,
                    "A fault was asked for");
        return true;
    }
    return false;
}

static enum MHD_Result answer(struct http_server *server, struct MHD_Connection *connection,
                              const char *url, const char *method, const struct incoming *incoming)
{
    struct sandbox *sandbox = server->sandbox;
    struct reply reply = {0};
    int retry_after = -1;
    struct request request = {
        .sandbox = sandbox, .connection = connection, .method = method, .path = behind_prefix(url)};
    pthread_mutex_lock(&sandbox->lock);
    struct fault fault = faults_take(&sandbox->faults, method, request.path);
    pthread_mutex_unlock(&sandbox->lock);
    if (fault.kind == FAULT_DROP_BEFORE) {
        return MHD_NO;
    }
    if (fault.kind == FAULT_DELAY_MS) {
        wait_ms(fault.value);
    }
    request.body = read_body(incoming);
    pthread_mutex_lock(&sandbox->lock);
    if (!move_clock(sandbox, method, url, request.body, &reply) &&
        !instead(&fault, &reply, &retry_after)) {
        sandbox_handle(
            &request, MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "x-portkey-api-key"),
            &reply);
    }
    pthread_mutex_unlock(&sandbox->lock);
    enum MHD_Result result = fault.kind == FAULT_DROP_AFTER
                                 ? MHD_NO
                                 : send_reply(connection, sandbox, &reply, retry_after);
    json_decref(request.body);
    json_decref(reply.json);
    return result;
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *connection, const char *url,
                                  const char *method, const char *version, const char *upload,
                                  size_t *upload_len, void **context)
{
    (void)version;
    struct incoming *incoming = *context;
    if (incoming == NULL) {
        incoming = xcalloc(1, sizeof *incoming);
        buf_init(&incoming->body, BODY_MAX);
        *context = incoming;
        return MHD_YES;
    }
    if (*upload_len > 0) {
        if (!buf_add(&incoming->body, upload, *upload_len)) {
            return MHD_NO;
        }
        *upload_len = 0;
        return MHD_YES;
    }
    return answer(cls, connection, url, method, incoming);
}

static void on_done(void *cls, struct MHD_Connection *connection, void **context,
                    enum MHD_RequestTerminationCode code)
{
    (void)cls;
    (void)connection;
    (void)code;
    struct incoming *incoming = *context;
    if (incoming != NULL) {
        buf_done(&incoming->body);
        free(incoming);
        *context = NULL;
    }
}

/* MHD complains of clients that go away; they may. */
static void on_log(void *cls, const char *format, va_list args)
{
    (void)cls;
    (void)format;
    (void)args;
}

static bool parse_address(const char *address, bool allow_remote, struct sockaddr_in *out,
                          struct err *err)
{
    const char *colon = strrchr(address, ':');
    char *end = NULL;
    long port = colon != NULL ? strtol(colon + 1, &end, 10) : -1;
    char *host = colon != NULL ? xstrndup(address, (size_t)(colon - address)) : xstrdup("");
    *out = (struct sockaddr_in){.sin_family = AF_INET};
    bool ok = colon != NULL && colon[1] != '\0' && *end == '\0' && port >= 0 && port <= 65535 &&
              inet_pton(AF_INET, strcmp(host, "localhost") == 0 ? "127.0.0.1" : host,
                        &out->sin_addr) == 1;
    free(host);
    if (!ok) {
        return err_set(err, ERR_INVALID, "--listen \"%s\" is not ADDRESS:PORT, as 127.0.0.1:0.",
                       address);
    }
    out->sin_port = htons((uint16_t)port);
    if (ntohl(out->sin_addr.s_addr) >> 24 != 127 && !allow_remote) {
        return err_set(err, ERR_INVALID,
                       "--listen %s is not loopback: the sandbox has no TLS. Add --allow-remote if "
                       "you mean it.",
                       address);
    }
    return true;
}

struct http_server *http_start(struct sandbox *sandbox, const char *address, bool allow_remote,
                               int *port, struct err *err)
{
    struct sockaddr_in bind_to;
    if (!parse_address(address, allow_remote, &bind_to, err)) {
        return NULL;
    }
    struct http_server *server = xcalloc(1, sizeof *server);
    server->sandbox = sandbox;
    /* A thread a connection, so that a delayed answer holds up nobody else. */
    server->daemon = MHD_start_daemon(
        MHD_USE_THREAD_PER_CONNECTION | MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_POLL |
            MHD_USE_ERROR_LOG,
        0, NULL, NULL, on_request, server, MHD_OPTION_SOCK_ADDR, &bind_to,
        MHD_OPTION_NOTIFY_COMPLETED, on_done, NULL, MHD_OPTION_EXTERNAL_LOGGER, on_log, NULL,
        MHD_OPTION_CONNECTION_TIMEOUT, 60u, MHD_OPTION_CONNECTION_LIMIT, 256u, MHD_OPTION_END);
    if (server->daemon == NULL) {
        err_set(err, ERR_NETWORK, "Cannot listen on %s: the address is taken or not ours.",
                address);
        free(server);
        return NULL;
    }
    *port = MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_BIND_PORT)->port;
    return server;
}

void http_stop(struct http_server *server)
{
    if (server != NULL) {
        MHD_stop_daemon(server->daemon);
        free(server);
    }
}
