/* The misbehaving server as a program, for tests that are no C: `test-proxy UPSTREAM_PORT`. It
 * prints "port N"; for each request "ask NUMBER METHOD TARGET" and waits for "NUMBER ACT VALUE
 * LENGTH\n" with LENGTH bytes behind it on standard input; when a request was passed on "told
 * NUMBER STATUS". It ends with its standard input. */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/alloc.h"
#include "support/proxy_serve.h"

#include "base/banned.h"

#define ANSWERS_MAX 4096
#define BYTES_MAX 65536

static const char *const ACTS[] = {
    [PROXY_PASS] = "pass",       [PROXY_NEVER] = "never",       [PROXY_BYTES] = "bytes",
    [PROXY_JSON] = "json",       [PROXY_CUT] = "cut",           [PROXY_LOST] = "lost",
    [PROXY_RST] = "rst",         [PROXY_BIG] = "big",           [PROXY_HEADERS] = "headers",
    [PROXY_STALL] = "stall",     [PROXY_WHEN] = "when",         [PROXY_CLOSE] = "close",
    [PROXY_INSTEAD] = "instead", [PROXY_LATE] = "late",         [PROXY_LATER] = "later",
    [PROXY_TWICE] = "twice",     [PROXY_WRONG_ID] = "wrong-id", [PROXY_HEADED] = "headed",
    [PROXY_CACHED] = "cached",
};

struct desk {
    struct proxy_rule
        *rules[ANSWERS_MAX]; /* by the number of the request; NULL: not answered yet */
    pthread_mutex_t lock;
    pthread_cond_t answered;
};

static struct proxy_rule ask(void *ctx, int number, const char *request)
{
    struct desk *desk = ctx;
    struct proxy_rule rule;

    if (number >= ANSWERS_MAX) {
        _exit(1);
    }
    pthread_mutex_lock(&desk->lock);
    printf("ask %d %.*s\n", number, (int)strcspn(request, "\r\n"), request);
    fflush(stdout);
    while (desk->rules[number] == NULL) {
        pthread_cond_wait(&desk->answered, &desk->lock);
    }
    rule = *desk->rules[number];
    pthread_mutex_unlock(&desk->lock);
    return rule;
}

static void told(void *ctx, int number, int status)
{
    struct desk *desk = ctx;

    pthread_mutex_lock(&desk->lock);
    printf("told %d %d\n", number, status);
    fflush(stdout);
    pthread_mutex_unlock(&desk->lock);
}

static enum proxy_act act_of(const char *name)
{
    for (size_t i = 0; i < sizeof(ACTS) / sizeof(*ACTS); i++) {
        if (strcmp(ACTS[i], name) == 0) {
            return (enum proxy_act)i;
        }
    }
    fprintf(stderr, "test-proxy: there is no act %s\n", name);
    _exit(2);
}

/* One answer from standard input; false at its end. */
static bool read_answer(struct desk *desk)
{
    struct proxy_rule *rule = xcalloc(1, sizeof(*rule));
    char line[128], name[32];
    char *bytes;
    int number;
    size_t len;

    if (fgets(line, sizeof(line), stdin) == NULL ||
        sscanf(line, "%d %31s %ld %zu", &number, name, &rule->value, &len) != 4 || number < 0 ||
        number >= ANSWERS_MAX || len > BYTES_MAX) {
        free(rule);
        return false;
    }
    bytes = xcalloc(len + 1, 1);
    if (fread(bytes, 1, len, stdin) != len) {
        _exit(1);
    }
    rule->act = act_of(name);
    rule->bytes = bytes;
    pthread_mutex_lock(&desk->lock);
    desk->rules[number] = rule;
    pthread_cond_broadcast(&desk->answered);
    pthread_mutex_unlock(&desk->lock);
    return true;
}

static void *read_answers(void *ctx)
{
    while (read_answer(ctx)) {
    }
    _exit(0);
}

int main(int argc, char **argv)
{
    static struct desk desk = {.lock = PTHREAD_MUTEX_INITIALIZER,
                               .answered = PTHREAD_COND_INITIALIZER};
    struct proxy_service service = {.choose = ask, .told = told, .ctx = &desk};
    pthread_t reader;
    int port;
    int fd;

    if (argc != 2) {
        fputs("usage: test-proxy UPSTREAM_PORT\n", stderr);
        return 2;
    }
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    signal(SIGPIPE, SIG_IGN);
    service.upstream_port = (int)strtol(argv[1], NULL, 10);
    fd = proxy_listen(&port);
    if (fd < 0 || pthread_create(&reader, NULL, read_answers, &desk) != 0) {
        perror("test-proxy");
        return 1;
    }
    printf("port %d\n", port);
    fflush(stdout);
    proxy_serve(&service, fd);
}
