#include "support/proxy.h"
#include "base/ascii.h"

#include <arpa/inet.h>
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/buf.h"

#include "base/banned.h"

#define RULES_MAX 16
#define SEEN_MAX 2048
#define HEAD_MAX 1024

/* Shared between the test and the process of the proxy. */
struct book {
    int connections;
    int seen;
    char heads[SEEN_MAX][HEAD_MAX];
};

struct proxy {
    pid_t pid;
    int port;
    int upstream;
    char base_url[64];
    struct book *book;
    struct proxy_rule rules[RULES_MAX];
    size_t rule_count;
    pthread_mutex_t lock;
};

/* -- sockets -- */

static int listen_here(int *port)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof(at);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_true(fd >= 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
    assert_int_equal(listen(fd, 64), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &len), 0);
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

static bool ask_upstream(const struct proxy *proxy, const char *request, size_t len,
                         struct buf *answer)
{
    int fd = connect_to(proxy->upstream);
    bool ok = fd >= 0 && send_all(fd, request, len) && read_message(fd, answer);

    if (fd >= 0) {
        close(fd);
    }
    return ok;
}

/* -- rules -- */

static bool head_is(const char *head, const char *method, const char *path)
{
    const char *space = strchr(head, ' ');
    size_t len = space == NULL ? 0 : (size_t)(space - head);

    return space != NULL &&
           (method == NULL || (strlen(method) == len && strncmp(head, method, len) == 0)) &&
           (path == NULL || strncmp(space + 1, path, strlen(path)) == 0);
}

static struct proxy_rule choose_rule(struct proxy *proxy, const struct buf *request)
{
    struct proxy_rule chosen = {.act = PROXY_PASS};

    pthread_mutex_lock(&proxy->lock);
    if (proxy->book->seen < SEEN_MAX) {
        snprintf(proxy->book->heads[proxy->book->seen], HEAD_MAX, "%.*s", HEAD_MAX - 1,
                 request->data);
    }
    __atomic_add_fetch(&proxy->book->seen, 1, __ATOMIC_SEQ_CST);
    for (size_t i = 0; i < proxy->rule_count; i++) {
        struct proxy_rule *rule = &proxy->rules[i];

        if (rule->times < 0 || !head_is(request->data, rule->method, rule->path)) {
            continue;
        }
        if (rule->skip > 0) {
            rule->skip--;
            continue;
        }
        chosen = *rule;
        if (rule->times > 0 && --rule->times == 0) {
            rule->times = -1;
        }
        break;
    }
    pthread_mutex_unlock(&proxy->lock);
    return chosen;
}

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

static bool pass_on(struct proxy *proxy, int fd, const struct buf *request,
                    const struct proxy_rule *rule)
{
    struct buf answer;
    bool keep = false;

    buf_init(&answer, 0);
    if (rule->act == PROXY_WHEN) {
        ask_upstream(proxy, rule->bytes, strlen(rule->bytes), &answer);
        buf_clear(&answer);
    }
    if (ask_upstream(proxy, request->data, request->len, &answer) && rule->act != PROXY_LOST) {
        size_t cut = rule->act == PROXY_CUT ? (size_t)rule->value : 0;

        keep = send_all(fd, answer.data, answer.len > cut ? answer.len - cut : 0) && cut == 0 &&
               rule->act != PROXY_CLOSE;
    }
    buf_done(&answer);
    return keep;
}

/* Returns whether the connection lives on. */
static bool act(struct proxy *proxy, int fd, const struct buf *request)
{
    struct proxy_rule rule = choose_rule(proxy, request);
    struct linger hard = {1, 0};

    switch (rule.act) {
    case PROXY_NEVER:
        stay_silent(fd);
        return false;
    case PROXY_BYTES:
        send_all(fd, rule.bytes, strlen(rule.bytes));
        return false;
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
        return pass_on(proxy, fd, request, &rule);
    }
}

/* -- the process -- */

struct connection {
    struct proxy *proxy;
    int fd;
};

static void *serve(void *ctx)
{
    struct connection *connection = ctx;
    struct buf request;

    buf_init(&request, 0);
    while (read_message(connection->fd, &request) &&
           act(connection->proxy, connection->fd, &request)) {
        buf_clear(&request);
    }
    buf_done(&request);
    close(connection->fd);
    free(connection);
    return NULL;
}

static _Noreturn void run(struct proxy *proxy, int fd)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (;;) {
        struct connection *connection = xcalloc(1, sizeof(*connection));
        pthread_t thread;

        *connection = (struct connection){proxy, accept4(fd, NULL, NULL, SOCK_CLOEXEC)};
        if (connection->fd < 0) {
            _exit(1);
        }
        __atomic_add_fetch(&proxy->book->connections, 1, __ATOMIC_SEQ_CST);
        if (pthread_create(&thread, NULL, serve, connection) != 0) {
            _exit(1);
        }
        pthread_detach(thread);
    }
}

struct proxy *proxy_start(int upstream_port, const struct proxy_rule *rules, size_t count)
{
    struct proxy *proxy = xcalloc(1, sizeof(*proxy));
    int fd = listen_here(&proxy->port);

    assert_true(count <= RULES_MAX);
    for (size_t i = 0; i < count; i++) {
        proxy->rules[i] = rules[i];
        proxy->rules[i].bytes = xstrdup(rules[i].bytes != NULL ? rules[i].bytes : "");
    }
    proxy->rule_count = count;
    proxy->upstream = upstream_port;
    pthread_mutex_init(&proxy->lock, NULL);
    snprintf(proxy->base_url, sizeof(proxy->base_url), "http://127.0.0.1:%d/v1", proxy->port);
    proxy->book =
        mmap(NULL, sizeof(*proxy->book), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_true(proxy->book != MAP_FAILED);
    proxy->pid = fork();
    if (proxy->pid == 0) {
        run(proxy, fd);
    }
    assert_true(proxy->pid > 0);
    close(fd);
    return proxy;
}

void proxy_stop(struct proxy *proxy)
{
    if (proxy == NULL) {
        return;
    }
    kill(proxy->pid, SIGKILL);
    while (waitpid(proxy->pid, NULL, 0) < 0 && errno == EINTR) {
    }
    for (size_t i = 0; i < proxy->rule_count; i++) {
        free((char *)proxy->rules[i].bytes);
    }
    munmap(proxy->book, sizeof(*proxy->book));
    pthread_mutex_destroy(&proxy->lock);
    free(proxy);
}

const char *proxy_base_url(const struct proxy *proxy)
{
    return proxy->base_url;
}

int proxy_port(const struct proxy *proxy)
{
    return proxy->port;
}

const char *proxy_head(const struct proxy *proxy, int number)
{
    int seen = __atomic_load_n(&proxy->book->seen, __ATOMIC_SEQ_CST);

    return number < seen && number < SEEN_MAX ? proxy->book->heads[number] : NULL;
}

int proxy_seen(const struct proxy *proxy, const char *method, const char *path)
{
    const char *head;
    int count = 0;

    for (int i = 0; (head = proxy_head(proxy, i)) != NULL; i++) {
        count += head_is(head, method, path);
    }
    return count;
}

int proxy_connections(const struct proxy *proxy)
{
    return __atomic_load_n(&proxy->book->connections, __ATOMIC_SEQ_CST);
}
