#include "support/proxy.h"
#include "base/ascii.h"

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
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "support/proxy_serve.h"

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
    char base_url[64];
    struct book *book;
    struct proxy_rule rules[RULES_MAX];
    size_t rule_count;
    bool written; /* a request that is no GET has come */
    pthread_mutex_t lock;
};

/* -- rules -- */

static bool head_is(const char *head, const char *method, const char *path)
{
    const char *space = strchr(head, ' ');
    size_t len = space == NULL ? 0 : (size_t)(space - head);

    return space != NULL &&
           (method == NULL || (strlen(method) == len && strncmp(head, method, len) == 0)) &&
           (path == NULL || strncmp(space + 1, path, strlen(path)) == 0);
}

static struct proxy_rule choose_rule(void *ctx, int number, const char *request)
{
    struct proxy *proxy = ctx;
    struct proxy_rule chosen = {.act = PROXY_PASS};
    bool written;

    (void)number;
    pthread_mutex_lock(&proxy->lock);
    if (proxy->book->seen < SEEN_MAX) {
        snprintf(proxy->book->heads[proxy->book->seen], HEAD_MAX, "%.*s", HEAD_MAX - 1, request);
    }
    __atomic_add_fetch(&proxy->book->seen, 1, __ATOMIC_SEQ_CST);
    written = proxy->written;
    proxy->written = written || strncmp(request, "GET ", 4) != 0;
    for (size_t i = 0; i < proxy->rule_count; i++) {
        struct proxy_rule *rule = &proxy->rules[i];

        if (rule->times < 0 || !head_is(request, rule->method, rule->path) ||
            (rule->after_write && !written)) {
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

static void on_connected(void *ctx)
{
    struct proxy *proxy = ctx;

    __atomic_add_fetch(&proxy->book->connections, 1, __ATOMIC_SEQ_CST);
}

struct proxy *proxy_start(int upstream_port, const struct proxy_rule *rules, size_t count)
{
    struct proxy *proxy = xcalloc(1, sizeof(*proxy));
    int fd = proxy_listen(&proxy->port);

    assert_true(fd >= 0);
    assert_true(count <= RULES_MAX);
    for (size_t i = 0; i < count; i++) {
        proxy->rules[i] = rules[i];
        proxy->rules[i].bytes = xstrdup(rules[i].bytes != NULL ? rules[i].bytes : "");
    }
    proxy->rule_count = count;
    pthread_mutex_init(&proxy->lock, NULL);
    snprintf(proxy->base_url, sizeof(proxy->base_url), "http://127.0.0.1:%d/v1", proxy->port);
    proxy->book =
        mmap(NULL, sizeof(*proxy->book), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_true(proxy->book != MAP_FAILED);
    proxy->pid = fork();
    if (proxy->pid == 0) {
        struct proxy_service service = {.upstream_port = upstream_port,
                                        .choose = choose_rule,
                                        .connected = on_connected,
                                        .ctx = proxy};

        prctl(PR_SET_PDEATHSIG, SIGKILL);
        proxy_serve(&service, fd);
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
