/* What the misbehaving server does with a request, seen from a socket. */
#include "support/proxy.h"

#include <arpa/inet.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/clock.h"
#include "support/sandbox.h"

#include "base/banned.h"

#define NOBODY "11111111-2222-4333-8444-555555555555"
#define TARGET "/v1/api-keys/"
#define PAGE "HTTP/1.1 403 Forbidden\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>"
#define WAIT_MS 20000

static struct sandbox_process *sandbox;
static char id[40];

/* The whole answer to a request on a connection of its own; "" when none comes. */
static char *ask(int port, const char *method, const char *target)
{
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                             .sin_port = htons((uint16_t)port)};
    char *request = xasprintf("%s %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                              "x-portkey-api-key: %s\r\n\r\n",
                              method, target, sandbox_admin_key(sandbox, 0));
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct buf answer;
    char block[4096];
    ssize_t got;
    char *text;

    buf_init(&answer, 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&at, sizeof(at)), 0);
    assert_int_equal(send(fd, request, strlen(request), 0), strlen(request));
    shutdown(fd, SHUT_WR);
    while ((got = recv(fd, block, sizeof(block), 0)) > 0) {
        buf_add(&answer, block, (size_t)got);
    }
    close(fd);
    free(request);
    text = xstrdup(answer.data);
    buf_done(&answer);
    return text;
}

static bool is_there(void)
{
    char *target = xasprintf(TARGET "%s", id);
    char *answer = ask(sandbox_port(sandbox), "GET", target);
    bool there = strncmp(answer, "HTTP/1.1 200", 12) == 0;

    free(answer);
    free(target);
    return there;
}

/* A fresh sandbox, and the id of a key that may be deleted. */
static int setup(void **state)
{
    static const char *const args[] = {"--seed", "demo", NULL};
    const char *at;
    char *list;

    (void)state;
    sandbox = sandbox_start(args);
    list = ask(sandbox_port(sandbox), "GET", "/v1/api-keys?page_size=1&current_page=0");
    at = strstr(list, "\"id\":\"");
    assert_non_null(at);
    memcpy(id, at + strlen("\"id\":\""), 36);
    free(list);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    assert_int_equal(sandbox_stop(sandbox), 0);
    return 0;
}

/* One rule for all; gives the answer to this request through it. */
static char *through(struct proxy_rule rule, const char *method, int times)
{
    struct proxy *proxy = proxy_start(sandbox_port(sandbox), &rule, 1);
    char *target = xasprintf(TARGET "%s", id);
    char *answer = NULL;

    for (int i = 0; i < times; i++) {
        free(answer);
        answer = ask(proxy_port(proxy), method, target);
    }
    free(target);
    proxy_stop(proxy);
    return answer;
}

static void the_work_is_done_and_something_else_is_said(void **state)
{
    char *answer = through((struct proxy_rule){.act = PROXY_INSTEAD, .bytes = PAGE}, "DELETE", 1);

    (void)state;
    assert_string_equal(answer, PAGE);
    assert_false(is_there());
    free(answer);
}

static void an_answer_names_another_id(void **state)
{
    char *answer = through((struct proxy_rule){.act = PROXY_WRONG_ID, .bytes = NOBODY}, "GET", 1);

    (void)state;
    assert_int_equal(strncmp(answer, "HTTP/1.1 200", 12), 0);
    assert_non_null(strstr(answer, "\"id\":\"" NOBODY "\""));
    assert_null(strstr(answer, id));
    free(answer);
}

static void header_lines_take_the_place_of_others(void **state)
{
    char *answer = through((struct proxy_rule){.act = PROXY_HEADED,
                                               .bytes = "Date: Thu, 01 Jan 2026 00:00:00 GMT\r\n"
                                                        "Age: 9\r\n"},
                           "GET", 1);
    const char *first = strstr(answer, "Date: ");

    (void)state;
    assert_non_null(strstr(answer, "\r\nAge: 9\r\n"));
    assert_non_null(strstr(answer, "\r\nDate: Thu, 01 Jan 2026"));
    assert_non_null(first);
    assert_null(strstr(first + 1, "\nDate: "));
    free(answer);
}

static void a_box_that_sends_twice_tells_the_second_answer(void **state)
{
    char *answer = through((struct proxy_rule){.act = PROXY_TWICE}, "DELETE", 1);

    (void)state;
    assert_int_equal(strncmp(answer, "HTTP/1.1 403", 12), 0);
    assert_false(is_there());
    free(answer);
}

static void a_cache_tells_what_was(void **state)
{
    const struct proxy_rule rules[] = {
        {.method = "GET", .times = 1},
        {.method = "GET", .act = PROXY_CACHED, .bytes = "Age: 60\r\n"},
    };
    struct proxy *proxy = proxy_start(sandbox_port(sandbox), rules, 2);
    char *target = xasprintf(TARGET "%s", id);
    char *answer = ask(proxy_port(proxy), "GET", target);

    (void)state;
    free(answer);
    free(ask(proxy_port(proxy), "DELETE", target));
    assert_false(is_there());
    answer = ask(proxy_port(proxy), "GET", target);
    assert_int_equal(strncmp(answer, "HTTP/1.1 200", 12), 0);
    assert_non_null(strstr(answer, "\r\nAge: 60\r\n"));
    free(answer);
    free(target);
    proxy_stop(proxy);
}

static void late_work_is_done_when_nobody_waits(void **state)
{
    struct proxy_rule rule = {.act = PROXY_LATER, .value = 300};
    struct proxy *proxy = proxy_start(sandbox_port(sandbox), &rule, 1);
    int64_t deadline = clock_mono_ms() + WAIT_MS;
    char *target = xasprintf(TARGET "%s", id);
    char *answer = ask(proxy_port(proxy), "DELETE", target);

    (void)state;
    assert_string_equal(answer, "");
    while (is_there()) {
        assert_true(clock_mono_ms() < deadline);
        poll(NULL, 0, 10);
    }
    free(answer);
    free(target);
    proxy_stop(proxy);
}

static void only_what_comes_after_a_write(void **state)
{
    struct proxy_rule rule = {
        .method = "GET", .act = PROXY_BYTES, .bytes = PAGE, .after_write = true};
    struct proxy *proxy = proxy_start(sandbox_port(sandbox), &rule, 1);
    char *target = xasprintf(TARGET "%s", id);
    char *before = ask(proxy_port(proxy), "GET", target);
    char *after;

    (void)state;
    free(ask(proxy_port(proxy), "DELETE", target));
    after = ask(proxy_port(proxy), "GET", target);
    assert_int_equal(strncmp(before, "HTTP/1.1 200", 12), 0);
    assert_string_equal(after, PAGE);
    free(before);
    free(after);
    free(target);
    proxy_stop(proxy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_work_is_done_and_something_else_is_said, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(an_answer_names_another_id, setup, teardown),
        cmocka_unit_test_setup_teardown(header_lines_take_the_place_of_others, setup, teardown),
        cmocka_unit_test_setup_teardown(a_box_that_sends_twice_tells_the_second_answer, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_cache_tells_what_was, setup, teardown),
        cmocka_unit_test_setup_teardown(late_work_is_done_when_nobody_waits, setup, teardown),
        cmocka_unit_test_setup_teardown(only_what_comes_after_a_write, setup, teardown),
    };

    return cmocka_run_group_tests_name("support.proxy", tests, NULL, NULL);
}
