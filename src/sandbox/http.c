#include "sandbox/http.h"

#include <arpa/inet.h>
#include <microhttpd.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/ascii.h"
#include "base/buf.h"
#include "base/testing.h"
#include "sandbox/invites.h"

#include "base/banned.h"

#define BODY_MAX ((size_t)1 << 20)
#define PREFIX_LEN 3 /* of /v1, and of /v2 where a few routes are */

#define ADVANCE_MAX_SECONDS ((json_int_t)100 * 366 * 24 * 3600)

/* MHD takes no more connections than the first number; above the second the one that has been idle
 * longest is closed, so that half a request, or a thousand of them, keep nobody out. */
#define CONNECTIONS_MAX 512
#define CONNECTIONS_WANTED 448
#define STACK_BYTES ((size_t)512 << 10)

struct client {
    int fd;
    bool busy;   /* a whole request is there, and its answer is not sent */
    bool closed; /* by us: MHD has not noticed yet */
    int64_t idle_since;
    struct client *next;
};

struct http_server {
    struct MHD_Daemon *daemon;
    struct sandbox *sandbox;
    int stopping; /* an eventfd: readable from http_stop on, so that nobody waits any longer */
    pthread_mutex_t lock;
    struct client *clients; /* owned */
    size_t client_count;    /* those that are not closed */
};

/* One request while its body comes in. */
struct incoming {
    struct buf body;
};

static enum MHD_Result send_reply(struct MHD_Connection *connection, int64_t now,
                                  struct reply *reply, int retry_after)
{
    static const char *const DAYS[] = {"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};
    char *text = reply->text != NULL ? reply->text : json_dumps(reply->json, JSON_COMPACT);
    reply->text = NULL;
    struct MHD_Response *response =
        MHD_create_response_from_buffer(strlen(text), text, MHD_RESPMEM_MUST_FREE);
    MHD_add_response_header(response, "Content-Type", "application/json; charset=utf-8");
    char date[64];
    char stamp[TIME_TEXT_SIZE];
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

/* {"advance_seconds": N} */
static void move_clock(struct sandbox *sandbox, const json_t *body, struct reply *reply)
{
    const json_t *seconds = json_object_get(body, "advance_seconds");
    if (!json_is_integer(seconds) || json_integer_value(seconds) < 0 ||
        json_integer_value(seconds) > ADVANCE_MAX_SECONDS) {
        reply_invalid(reply, "advance_seconds must be a whole number from 0 to %lld",
                      (long long)ADVANCE_MAX_SECONDS);
        return;
    }
    clock_advance(&sandbox->clock, json_integer_value(seconds) * 1000);
    reply_json(reply, json_pack("{s:o}", "now", time_json(clock_now(&sandbox->clock))));
}

/* What is done to the world, not to the service: only with --now. False: it is none of this. */
static bool control(struct sandbox *sandbox, const char *method, const char *url,
                    const json_t *body, struct reply *reply)
{
    static const struct {
        const char *url;
        void (*act)(struct sandbox *sandbox, const json_t *body, struct reply *reply);
    } CONTROLS[] = {{"/_sandbox/clock", move_clock}, {"/_sandbox/accept-invite", accept_invite}};
    for (size_t i = 0; i < sizeof CONTROLS / sizeof *CONTROLS; i++) {
        if (sandbox->clock_moves && strcmp(url, CONTROLS[i].url) == 0 &&
            strcmp(method, "POST") == 0) {
            CONTROLS[i].act(sandbox, body, reply);
            return true;
        }
    }
    return false;
}

static void read_body(const struct incoming *incoming, struct request *request)
{
    if (incoming->body.overflow) {
        request->body_state = BODY_TOO_LARGE;
        return;
    }
    if (incoming->body.len == 0) {
        return;
    }
    request->body = json_loadb(incoming->body.data, incoming->body.len, 0, NULL);
    if (!json_is_object(request->body)) {
        json_decref(request->body);
        request->body = NULL;
        request->body_state = BODY_BAD;
    }
}

/* False when the server stops meanwhile. */
static bool wait_ms(const struct http_server *server, int ms)
{
    struct pollfd stopping = {.fd = server->stopping, .events = POLLIN};
    return poll(&stopping, 1, (int)testing_ms(ms)) == 0;
}

static const char *behind_prefix(const char *url, bool *v2)
{
    *v2 = strncmp(url, "/v2/", PREFIX_LEN + 1) == 0;
    return *v2 || strncmp(url, "/v1/", PREFIX_LEN + 1) == 0 ? url + PREFIX_LEN : "";
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
        reply_error(reply, fault->value, fault_code(fault->value), "A fault was asked for");
        return true;
    }
    return false;
}

/* -- a NUL in the head -- */

#if MHD_VERSION < 0x00097600
/* This MHD ends a value at a NUL and says nothing of what stood behind it, so that a key with a
 * tail would be the key. Its parser puts NULs where lines ended, in place, and names and values
 * point into that: behind a value, and the NULs that end it, a name has to begin, or the head ends.
 */
struct head {
    const char *begin, *end;
    const char *place; /* behind a value */
    bool named;        /* a name begins there */
    struct MHD_Connection *connection;
    bool cut;
};

static bool is_inside(const struct head *head, const char *text)
{
    return text >= head->begin && text < head->end;
}

static enum MHD_Result is_name(void *cls, enum MHD_ValueKind kind, const char *name,
                               const char *value)
{
    struct head *head = cls;
    (void)kind;
    (void)value;
    head->named = head->named || name == head->place;
    return head->named ? MHD_NO : MHD_YES;
}

static enum MHD_Result look_behind(void *cls, enum MHD_ValueKind kind, const char *name,
                                   const char *value)
{
    struct head *head = cls;
    (void)kind;
    (void)name;
    if (value == NULL || !is_inside(head, value)) {
        return MHD_YES;
    }
    const char *end = value + strnlen(value, (size_t)(head->end - value));
    for (head->place = end; is_inside(head, head->place) && *head->place == '\0';) {
        head->place++;
    }
    head->named = !is_inside(head, head->place);
    MHD_get_connection_values(head->connection, MHD_HEADER_KIND, is_name, head);
    /* CR and LF are two; behind the last line stands an empty one. */
    head->cut = !head->named || head->place - end > (is_inside(head, head->place) ? 2 : 4);
    return head->cut ? MHD_NO : MHD_YES;
}

static bool has_nul(struct MHD_Connection *connection, const char *method)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
    if (info == NULL) {
        return false;
    }
    struct head head = {
        .begin = method, .end = method + info->header_size, .connection = connection};
    MHD_get_connection_values(connection, MHD_HEADER_KIND, look_behind, &head);
    return head.cut;
}
#else
/* It refuses such a request by itself. */
static bool has_nul(struct MHD_Connection *connection, const char *method)
{
    (void)connection;
    (void)method;
    return false;
}
#endif

/* Everything that happens under the lock, when the waiting is over. */
static void work(struct request *request, const struct fault *fault, struct reply *reply,
                 int *retry_after)
{
    if (has_nul(request->connection, request->method)) {
        reply_error(reply, 400, "AB01", "Invalid request. Please check and try again.");
    } else if (!instead(fault, reply, retry_after)) {
        const char *api_key =
            MHD_lookup_connection_value(request->connection, MHD_HEADER_KIND, "x-portkey-api-key");
        request->commit_fails = fault->kind == FAULT_COMMIT_FAIL;
        sandbox_handle(request, api_key, reply);
    }
}

static struct client *client_of(struct MHD_Connection *connection)
{
    return MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
}

static void set_busy(struct http_server *server, struct MHD_Connection *connection, bool busy)
{
    struct client *client = client_of(connection);
    pthread_mutex_lock(&server->lock);
    client->busy = busy;
    client->idle_since = clock_mono_ms();
    pthread_mutex_unlock(&server->lock);
}

/* Closes the one that has been idle longest. Under the lock, so that its descriptor is still its.
 */
static void close_idle(struct http_server *server)
{
    struct client *oldest = NULL;
    for (struct client *client = server->clients; client != NULL; client = client->next) {
        if (!client->busy && !client->closed &&
            (oldest == NULL || client->idle_since < oldest->idle_since)) {
            oldest = client;
        }
    }
    if (oldest != NULL) {
        oldest->closed = true;
        server->client_count--;
        shutdown(oldest->fd, SHUT_RDWR);
    }
}

static void client_comes(struct http_server *server, struct MHD_Connection *connection,
                         void **context)
{
    struct client *client = xcalloc(1, sizeof *client);
    client->fd = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
    client->idle_since = clock_mono_ms();
    if (server->client_count >= CONNECTIONS_WANTED) {
        close_idle(server);
    }
    client->next = server->clients;
    server->clients = client;
    server->client_count++;
    *context = client;
}

static void client_goes(struct http_server *server, struct client *client)
{
    struct client **place = &server->clients;
    while (*place != client) {
        place = &(*place)->next;
    }
    *place = client->next;
    server->client_count -= !client->closed;
    free(client);
}

/* A connection that comes, or goes before its descriptor is closed. */
static void on_connection(void *cls, struct MHD_Connection *connection, void **context,
                          enum MHD_ConnectionNotificationCode code)
{
    struct http_server *server = cls;
    pthread_mutex_lock(&server->lock);
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        client_comes(server, connection, context);
    } else {
        client_goes(server, *context);
    }
    pthread_mutex_unlock(&server->lock);
}

/* As MHD does it, but %00 stays as it is: a C string would end there, and another path begin. */
static size_t unescape(void *cls, struct MHD_Connection *connection, char *text)
{
    (void)cls;
    (void)connection;
    char *out = text;
    for (const char *in = text; *in != '\0';) {
        unsigned value = 0;
        char digits[3] = {0};
        if (in[0] == '%' && ascii_is_hex(in[1]) && ascii_is_hex(in[2])) {
            memcpy(digits, in + 1, 2);
            value = (unsigned)strtoul(digits, NULL, 16);
        }
        *out++ = value != 0 ? (char)value : *in;
        in += value != 0 ? 3 : 1;
    }
    *out = '\0';
    return (size_t)(out - text);
}

static enum MHD_Result answer(struct http_server *server, struct MHD_Connection *connection,
                              const char *url, const char *method, const struct incoming *incoming)
{
    struct sandbox *sandbox = server->sandbox;
    struct reply reply = {0};
    int retry_after = -1;
    struct request request = {.sandbox = sandbox, .connection = connection, .method = method};
    request.path = behind_prefix(url, &request.v2);
    read_body(incoming, &request);
    pthread_mutex_lock(&sandbox->lock);
    struct fault fault = {.kind = FAULT_NONE};
    bool moved = control(sandbox, method, url, request.body, &reply);
    if (!moved) {
        fault = faults_take(&sandbox->faults, method, request.path);
    }
    pthread_mutex_unlock(&sandbox->lock);
    bool answers = fault.kind != FAULT_DROP_BEFORE &&
                   (fault.kind != FAULT_DELAY_MS || wait_ms(server, fault.value));
    pthread_mutex_lock(&sandbox->lock);
    if (answers && !moved) {
        work(&request, &fault, &reply, &retry_after);
    }
    int64_t now = clock_now(&sandbox->clock);
    pthread_mutex_unlock(&sandbox->lock);
    enum MHD_Result result = answers && fault.kind != FAULT_DROP_AFTER
                                 ? send_reply(connection, now, &reply, retry_after)
                                 : MHD_NO;
    json_decref(request.body);
    reply_done(&reply);
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
        if (!incoming->body.overflow) { /* the rest of one that is too large is read, not kept */
            buf_add(&incoming->body, upload, *upload_len);
        }
        *upload_len = 0;
        return MHD_YES;
    }
    set_busy(cls, connection, true);
    return answer(cls, connection, url, method, incoming);
}

static void on_done(void *cls, struct MHD_Connection *connection, void **context,
                    enum MHD_RequestTerminationCode code)
{
    (void)code;
    struct incoming *incoming = *context;
    set_busy(cls, connection, false);
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
    server->stopping = eventfd(0, EFD_CLOEXEC);
    pthread_mutex_init(&server->lock, NULL);
    /* A thread a connection, so that a delayed answer holds up nobody else. */
    server->daemon = MHD_start_daemon(
        MHD_USE_THREAD_PER_CONNECTION | MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_POLL |
            MHD_USE_ERROR_LOG,
        0, NULL, NULL, on_request, server, MHD_OPTION_SOCK_ADDR, &bind_to,
        MHD_OPTION_NOTIFY_COMPLETED, on_done, server, MHD_OPTION_NOTIFY_CONNECTION, on_connection,
        server, MHD_OPTION_UNESCAPE_CALLBACK, unescape, NULL, MHD_OPTION_EXTERNAL_LOGGER, on_log,
        NULL, MHD_OPTION_CONNECTION_TIMEOUT, 60u, MHD_OPTION_CONNECTION_LIMIT,
        (unsigned)CONNECTIONS_MAX, MHD_OPTION_THREAD_STACK_SIZE, STACK_BYTES, MHD_OPTION_END);
    if (server->daemon == NULL) {
        err_set(err, ERR_NETWORK, "Cannot listen on %s: the address is taken or not ours.",
                address);
        http_stop(server);
        return NULL;
    }
    *port = MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_BIND_PORT)->port;
    return server;
}

void http_stop(struct http_server *server)
{
    if (server != NULL) {
        eventfd_write(server->stopping, 1);
        if (server->daemon != NULL) {
            MHD_stop_daemon(server->daemon);
        }
        pthread_mutex_destroy(&server->lock);
        close(server->stopping);
        free(server);
    }
}
