#include "base/ascii.h"

#include "base/ascii.h"
#include "support/proxy_serve.h"

#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/ascii.h"
#include "base/buf.h"
#include "base/testing.h"

#include "base/banned.h"

#define UUID_LENGTH 36

/* The last good answer to each line that was asked for, as a cache would keep it. */
struct kept {
    struct kept *next;
    char *line;
    char *answer;
    size_t len;
};

struct proxy_server {
    struct proxy_service service;
    int numbers;
    struct kept *kept;
    pthread_mutex_t lock;
};

struct connection {
    struct proxy_server *server;
    int fd;
};

/* A request that is being worked on. */
struct job {
    struct proxy_server *server;
    int number;
    long delay_ms;
    struct buf request;
};

/* -- sockets -- */

int proxy_listen(int *port)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof(at);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof(at)) != 0 || listen(fd, 64) != 0 ||
        getsockname(fd, (struct sockaddr *)&at, &len) != 0) {
        return -1;
    }
    *port = ntohs(at.sin_port);
    return fd;
}

static int connect_to(int port)
{
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                             .sin_port = htons((uint16_t)port)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (connect(fd, (struct sockaddr *)&at, sizeof(at)) != 0) {
        close(fd);
        return -1;
    }
    return fd;
}

static bool send_all(int fd, const char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t sent = send(fd, bytes, len, MSG_NOSIGNAL);

        if (sent <= 0) {
            return false;
        }
        bytes += sent;
        len -= (size_t)sent;
    }
    return true;
}

static size_t body_length(const char *head)
{
    const char *line = ascii_find(head, "\r\ncontent-length:");

    return line == NULL ? 0 : strtoul(line + strlen("\r\ncontent-length:"), NULL, 10);
}

/* One message: its head and as much body as Content-Length tells. False at the end of the
 * connection. */
static bool read_message(int fd, struct buf *out)
{
    size_t want = 0;

    for (;;) {
        const char *end = strstr(out->data, "\r\n\r\n");
        char block[4096];
        ssize_t got;

        if (end != NULL) {
            want = (size_t)(end - out->data) + 4 + body_length(out->data);
        }
        if (want > 0 && out->len >= want) {
            return true;
        }
        got = recv(fd, block, sizeof(block), 0);
        if (got <= 0 || !buf_add(out, block, (size_t)got)) {
            return false;
        }
    }
}

/* The status in the head of an answer; 0: there is none. */
static int status_of(const struct buf *answer)
{
    const char *space = strchr(answer->data, ' ');

    return space == NULL ? 0 : (int)strtol(space, NULL, 10);
}

/* number < 0: a request of our own, which nobody is told of. */
static bool ask_upstream(const struct proxy_server *server, int number, const char *request,
                         size_t len, struct buf *answer)
{
    int fd = connect_to(server->service.upstream_port);
    bool ok = fd >= 0 && send_all(fd, request, len) && read_message(fd, answer);

    if (fd >= 0) {
        close(fd);
    }
    if (number >= 0 && server->service.told != NULL) {
        server->service.told(server->service.ctx, number, ok ? status_of(answer) : 0);
    }
    return ok;
}

/* -- changed answers -- */

static struct kept *find_kept(struct proxy_server *server, const char *line)
{
    struct kept *kept = server->kept;

    while (kept != NULL && strcmp(kept->line, line) != 0) {
        kept = kept->next;
    }
    return kept;
}

/* The first line of a request names what is asked for. */
static char *line_of(const struct buf *request)
{
    return xstrndup(request->data, strcspn(request->data, "\r\n"));
}

static void keep_answer(struct proxy_server *server, const struct buf *request,
                        const struct buf *answer)
{
    char *line = line_of(request);
    struct kept *kept;

    if (strncmp(line, "GET ", 4) != 0 || status_of(answer) != 200) {
        free(line);
        return;
    }
    pthread_mutex_lock(&server->lock);
    kept = find_kept(server, line);
    if (kept == NULL) {
        kept = xcalloc(1, sizeof(*kept));
        *kept = (struct kept){.next = server->kept, .line = xstrdup(line)};
        server->kept = kept;
    }
    free(kept->answer);
    kept->answer = xstrndup(answer->data, answer->len);
    kept->len = answer->len;
    pthread_mutex_unlock(&server->lock);
    free(line);
}

/* Puts header lines (each with its end) behind the status line, in the place of those of the same
 * name. */
static void put_headers(const char *answer, const char *lines, struct buf *out)
{
    const char *end = strstr(answer, "\r\n\r\n");
    const char *at = strstr(answer, "\r\n") + 2;

    buf_add(out, answer, (size_t)(at - answer));
    buf_adds(out, lines);
    while (at < end) {
        size_t len = strcspn(at, "\r") + 2;
        size_t name = strcspn(at, ":") + 1;
        bool replaced = false;

        for (const char *line = lines; *line != '\0'; line += strcspn(line, "\n") + 1) {
            replaced = replaced || ascii_same_start(line, at, name);
        }
        if (!replaced) {
            buf_add(out, at, len);
        }
        at += len;
    }
    buf_adds(out, at);
}

/* Another id, of the same length, in the place of the first one of the body. */
static void put_id(struct buf *answer, const char *id)
{
    char *at = strstr(answer->data, "\r\n\r\n");

    at = at == NULL ? NULL : strstr(at, "\"id\"");
    at = at == NULL ? NULL : strchr(at + strlen("\"id\""), '"');
    if (at != NULL && strcspn(at + 1, "\"") == UUID_LENGTH && strlen(id) == UUID_LENGTH) {
        memcpy(at + 1, id, UUID_LENGTH);
    }
}

/* -- acts -- */

static void send_big(int fd, long size)
{
    static const char head[] = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                               "Transfer-Encoding: chunked\r\n\r\n";
    char chunk[65536 + 16];
    size_t text = (size_t)snprintf(chunk, sizeof(chunk), "10000\r\n");

    memset(chunk + text, ' ', 65536);
    memcpy(chunk + text + 65536, "\r\n", 2);
    if (send_all(fd, head, sizeof(head) - 1)) {
        while (size > 0 && send_all(fd, chunk, text + 65536 + 2)) {
            size -= 65536;
        }
        send_all(fd, "0\r\n\r\n", 5);
    }
}

static void send_headers(int fd)
{
    static const char line[] = "X-More: yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\r\n";

    if (send_all(fd, "HTTP/1.1 200 OK\r\n", 17)) {
        while (send_all(fd, line, sizeof(line) - 1)) {
        }
    }
}

static void stay_silent(int fd)
{
    char block[256];

    while (recv(fd, block, sizeof(block), 0) > 0) {
    }
}

static bool send_json(int fd, const char *body)
{
    char *text = xasprintf("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                           "Content-Length: %zu\r\n\r\n%s",
                           strlen(body), body);
    bool ok = send_all(fd, text, strlen(text));

    free(text);
    return ok;
}

/* The server's answer with what the rule changes in it. */
static void change_answer(const struct proxy_rule *rule, struct buf *answer)
{
    struct buf changed;

    if (rule->act == PROXY_WRONG_ID) {
        put_id(answer, rule->bytes);
    } else if (rule->act == PROXY_HEADED) {
        buf_init(&changed, 0);
        put_headers(answer->data, rule->bytes, &changed);
        buf_done(answer);
        *answer = changed;
    }
}

static bool pass_on(struct proxy_server *server, int fd, int number, const struct buf *request,
                    const struct proxy_rule *rule)
{
    struct buf answer;
    bool keep = false;

    buf_init(&answer, 0);
    if (rule->act == PROXY_WHEN) {
        ask_upstream(server, -1, rule->bytes, strlen(rule->bytes), &answer);
        buf_clear(&answer);
    } else if (rule->act == PROXY_TWICE) {
        ask_upstream(server, number, request->data, request->len, &answer);
        buf_clear(&answer);
    }
    if (ask_upstream(server, number, request->data, request->len, &answer) &&
        rule->act != PROXY_LOST) {
        size_t cut = rule->act == PROXY_CUT ? (size_t)rule->value : 0;

        keep_answer(server, request, &answer);
        change_answer(rule, &answer);
        keep = send_all(fd, answer.data, answer.len > cut ? answer.len - cut : 0) && cut == 0 &&
               rule->act != PROXY_CLOSE;
    }
    buf_done(&answer);
    return keep;
}

static void work_and_say(struct proxy_server *server, int fd, int number, const struct buf *request,
                         const char *bytes)
{
    struct buf answer;

    buf_init(&answer, 0);
    ask_upstream(server, number, request->data, request->len, &answer);
    buf_done(&answer);
    send_all(fd, bytes, strlen(bytes));
}

static void *work_later(void *ctx)
{
    struct job *job = ctx;
    struct buf answer;

    poll(NULL, 0, (int)testing_ms(job->delay_ms));
    buf_init(&answer, 0);
    ask_upstream(job->server, job->number, job->request.data, job->request.len, &answer);
    buf_done(&answer);
    buf_done(&job->request);
    free(job);
    return NULL;
}

static void start_later(struct proxy_server *server, int number, const struct buf *request,
                        long delay_ms)
{
    struct job *job = xcalloc(1, sizeof(*job));
    pthread_t thread;

    *job = (struct job){.server = server, .number = number, .delay_ms = delay_ms};
    buf_init(&job->request, 0);
    buf_add(&job->request, request->data, request->len);
    if (pthread_create(&thread, NULL, work_later, job) != 0) {
        _exit(1);
    }
    pthread_detach(thread);
}

/* What was answered to the same before; when nothing was, the server's own answer. */
static bool say_kept(struct proxy_server *server, int fd, int number, const struct buf *request,
                     const struct proxy_rule *rule)
{
    struct buf answer;
    struct kept *kept;
    char *line = line_of(request);
    bool ok;

    buf_init(&answer, 0);
    pthread_mutex_lock(&server->lock);
    kept = find_kept(server, line);
    if (kept != NULL) {
        put_headers(kept->answer, rule->bytes, &answer);
    }
    pthread_mutex_unlock(&server->lock);
    free(line);
    ok = answer.len > 0 ? send_all(fd, answer.data, answer.len)
                        : pass_on(server, fd, number, request, &(struct proxy_rule){0});
    buf_done(&answer);
    return ok;
}

/* Returns whether the connection lives on. */
static bool act(struct proxy_server *server, int fd, const struct buf *request)
{
    int number = __atomic_fetch_add(&server->numbers, 1, __ATOMIC_SEQ_CST);
    struct proxy_rule rule = server->service.choose(server->service.ctx, number, request->data);
    struct linger hard = {1, 0};

    switch (rule.act) {
    case PROXY_NEVER:
        stay_silent(fd);
        return false;
    case PROXY_BYTES:
        send_all(fd, rule.bytes, strlen(rule.bytes));
        return false;
    case PROXY_INSTEAD:
        work_and_say(server, fd, number, request, rule.bytes);
        return false;
    case PROXY_LATE:
        start_later(server, number, request, rule.value);
        stay_silent(fd);
        return false;
    case PROXY_LATER:
        start_later(server, number, request, rule.value);
        return false;
    case PROXY_CACHED:
        return say_kept(server, fd, number, request, &rule);
    case PROXY_STALL:
        send_all(fd, rule.bytes, strlen(rule.bytes));
        stay_silent(fd);
        return false;
    case PROXY_JSON:
        return send_json(fd, rule.bytes);
    case PROXY_RST:
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
        return false;
    case PROXY_BIG:
        send_big(fd, rule.value);
        return false;
    case PROXY_HEADERS:
        send_headers(fd);
        return false;
    default:
        return pass_on(server, fd, number, request, &rule);
    }
}

/* -- connections -- */

static void *serve(void *ctx)
{
    struct connection *connection = ctx;
    struct buf request;

    buf_init(&request, 0);
    while (read_message(connection->fd, &request) &&
           act(connection->server, connection->fd, &request)) {
        buf_clear(&request);
    }
    buf_done(&request);
    close(connection->fd);
    free(connection);
    return NULL;
}

_Noreturn void proxy_serve(const struct proxy_service *service, int fd)
{
    struct proxy_server server = {.service = *service, .lock = PTHREAD_MUTEX_INITIALIZER};

    for (;;) {
        struct connection *connection = xcalloc(1, sizeof(*connection));
        pthread_t thread;

        *connection = (struct connection){&server, accept4(fd, NULL, NULL, SOCK_CLOEXEC)};
        if (connection->fd < 0) {
            _exit(1);
        }
        if (service->connected != NULL) {
            service->connected(service->ctx);
        }
        if (pthread_create(&thread, NULL, serve, connection) != 0) {
            _exit(1);
        }
        pthread_detach(thread);
    }
}
