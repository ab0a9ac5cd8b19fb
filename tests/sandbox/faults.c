/* Each --fault, before and after the work is done, and that a fault holds up nobody else. */
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "sandbox/wire.h"

#include "base/banned.h"

#define ADMIN_BODY "{\"name\":\"made\",\"scopes\":[\"workspaces.list\"]}"
#define CREATE "/api-keys/organisation/service"

static struct sandbox_process *start(const char *fault)
{
    return sandbox_start((const char *const[]){"--seed", "demo", "--fault", fault, NULL});
}

static long long total_keys(const struct sandbox_process *sandbox)
{
    json_t *list = get(sandbox, sandbox_admin_key(sandbox, 0), "/api-keys?page_size=1");
    long long total = number_at(list, "total");
    json_decref(list);
    return total;
}

static void stop(struct sandbox_process *sandbox)
{
    assert_int_equal(sandbox_stop(sandbox), 0);
}

/* Instead of the work, so often, and in the control plane's words. */
static void statuses(void **state)
{
    (void)state;
    static const struct {
        const char *fault;
        int status;
        const char *code;
    } CASES[] = {
        {"POST:/api-keys:status=500:1", 500, "AB04"}, {"*:/api-keys/org:status=401:1", 401, "AB05"},
        {"POST:/:status=429:1", 429, "AB06"},         {"POST:/api-keys:status=403:1", 403, "AB03"},
        {"POST:/api-keys:status=409:1", 409, "AB07"}, {"POST:/api-keys:status=503:1", 503, NULL},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct sandbox_process *sandbox = start(CASES[i].fault);
        const char *root = sandbox_admin_key(sandbox, 0);
        assert_int_equal(total_keys(sandbox), 150);
        expect_error(sandbox, root, "POST", CREATE, ADMIN_BODY, CASES[i].status, CASES[i].code);
        assert_int_equal(total_keys(sandbox), 150);
        json_decref(expect(sandbox, root, "POST", CREATE, ADMIN_BODY, 200));
        assert_int_equal(total_keys(sandbox), 151);
        stop(sandbox);
    }
}

static void several_in_turn(void **state)
{
    (void)state;
    struct sandbox_process *sandbox = sandbox_start(
        (const char *const[]){"--seed", "demo", "--fault", "GET:/admin/users:status=500:2",
                              "--fault", "GET:/admin:status=502", NULL});
    const char *root = sandbox_admin_key(sandbox, 0);
    static const int USERS[] = {500, 500, 502, 502};
    for (int i = 0; i < 4; i++) {
        json_decref(expect(sandbox, root, "GET", "/admin/users", NULL, USERS[i]));
    }
    json_decref(expect(sandbox, root, "GET", "/admin/workspaces", NULL, 502));
    json_decref(get(sandbox, root, "/api-keys"));
    stop(sandbox);
}

static void retry_after(void **state)
{
    (void)state;
    struct sandbox_process *sandbox = start("GET:/api-keys:retry-after=7:1");
    const char *root = sandbox_admin_key(sandbox, 0);
    struct answer answer = call(sandbox, root, "GET", "/api-keys", NULL);
    assert_int_equal(answer.status, 429);
    assert_non_null(strstr(answer.head, "\r\nRetry-After: 7"));
    assert_string_equal(string_at(answer.json, "data.errorCode"), "AB06");
    answer_done(&answer);
    answer = call(sandbox, root, "GET", "/api-keys", NULL);
    assert_int_equal(answer.status, 200);
    assert_null(strstr(answer.head, "Retry-After"));
    answer_done(&answer);
    stop(sandbox);
}

static void dropped(void **state)
{
    (void)state;
    static const struct {
        const char *fault;
        int made;
    } CASES[] = {{"POST:/api-keys:drop-before:1", 0}, {"POST:/api-keys:drop-after:1", 1}};
    for (int i = 0; i < 2; i++) {
        struct sandbox_process *sandbox = start(CASES[i].fault);
        const char *root = sandbox_admin_key(sandbox, 0);
        struct answer answer = call(sandbox, root, "POST", CREATE, ADMIN_BODY);
        assert_int_equal(answer.status, 0);
        answer_done(&answer);
        assert_int_equal(total_keys(sandbox), 150 + CASES[i].made);
        stop(sandbox);
    }
}

/* The secret of a key that was changed, and the object, after a commit that failed. */
static void is_as_before(const struct sandbox_process *sandbox, const struct made_key *key,
                         const json_t *before)
{
    char *path = text("/api-keys/%s", key->id);
    json_t *now = get(sandbox, sandbox_admin_key(sandbox, 0), path);
    assert_true(json_equal(now, before));
    json_decref(get(sandbox, key->secret, "/admin/workspaces"));
    json_decref(now);
    free(path);
}

/* 500, and each list, object and secret is as it was. With lagging reads too: they hold copies. */
static void commits_that_fail(void **state)
{
    (void)state;
    static const char *const LAGS[] = {"stale-reads=0", "stale-reads=60"};
    for (int i = 0; i < 2; i++) {
        struct sandbox_process *sandbox = sandbox_start((const char *const[]){
            "--seed", "demo", "--now", "2026-11-25T03:12:00Z", "--quirk", LAGS[i], "--fault",
            "*:/no-such-route:commit-fail:1", "--fault", "PUT:/:commit-fail:1", "--fault",
            "DELETE:/:commit-fail:1", NULL});
        const char *root = sandbox_admin_key(sandbox, 0);
        struct made_key key = make_key(sandbox, root, "organisation/service", ADMIN_BODY);
        char *path = text("/api-keys/%s", key.id);
        advance(sandbox, 61);
        json_t *before = get(sandbox, root, path);
        json_decref(expect(sandbox, root, "GET", "/no-such-route", NULL, 400));
        expect_error(sandbox, root, "PUT", path, "{\"name\":\"other\"}", 500, "AB04");
        is_as_before(sandbox, &key, before);
        expect_error(sandbox, root, "DELETE", path, NULL, 500, "AB04");
        is_as_before(sandbox, &key, before);
        advance(sandbox, 61);
        is_as_before(sandbox, &key, before);
        assert_int_equal(total_keys(sandbox), 151);
        json_decref(expect(sandbox, root, "DELETE", path, NULL, 200));
        json_decref(before);
        free(path);
        stop(sandbox);
    }
}

/* All that the lists of people, places, invites, mappings and the log tell (gives). */
static char *whole(const struct sandbox_process *sandbox)
{
    static const char *const PATHS[] = {
        "/admin/users?pageSize=100",
        "/admin/workspaces?page_size=100&status=active,archived",
        "/admin/users/invites?pageSize=100",
        "/scim/workspaces",
        "/scim/groups",
        "/api-keys?page_size=100",
        "/audit-logs?start_time=2020-01-01&end_time=2030-01-01&page_size=100",
    };
    char *all = xstrdup("");
    for (size_t i = 0; i < sizeof PATHS / sizeof *PATHS; i++) {
        json_t *list = get(sandbox, sandbox_admin_key(sandbox, 0), PATHS[i]);
        char *dump = json_dumps(list, 0);
        char *longer = text("%s%s", all, dump);
        free(dump);
        free(all);
        json_decref(list);
        all = longer;
    }
    return all;
}

/* Each act on people and places, when nothing can be stored: 500, and all is as it was; then it
 * works. */
static void acts_that_are_not_stored(void **state)
{
    (void)state;
    static const struct {
        const char *method, *path, *body; /* %s: where `list` has it */
        const char *list, *where;
    } ACTS[] = {
        {"POST", "/admin/workspaces", "{\"name\":\"n\"}", NULL, NULL},
        {"PUT", "/admin/workspaces/%s", "{\"name\":\"n\"}", "/admin/workspaces", "data.4.id"},
        {"DELETE", "/admin/workspaces/%s", "{\"name\":\"finance\",\"force_delete\":true}",
         "/admin/workspaces?exact_name=finance", "data.0.id"},
        {"PUT", "/admin/users/%s", "{\"role\":\"admin\"}", "/admin/users?role=member", "data.5.id"},
        {"DELETE", "/admin/users/%s", NULL, "/admin/users?role=member", "data.5.id"},
        {"POST", "/admin/users/invites", "{\"email\":\"n@x.example\",\"role\":\"member\"}", NULL,
         NULL},
        {"POST", "/admin/users/invites/%s/resend", NULL, "/admin/users/invites?status=pending",
         "data.0.id"},
        {"DELETE", "/admin/users/invites/%s", NULL, "/admin/users/invites?status=pending",
         "data.0.id"},
        {"DELETE", "/scim/workspaces/%s", NULL, "/scim/workspaces", "mappings.0.id"},
    };
    for (size_t i = 0; i < sizeof ACTS / sizeof *ACTS; i++) {
        char *fault = text("%s:/:commit-fail:1", ACTS[i].method);
        struct sandbox_process *sandbox = sandbox_start((const char *const[]){
            "--seed", "demo", "--now", "2026-11-25T03:12:00Z", "--fault", fault, NULL});
        const char *root = sandbox_admin_key(sandbox, 0);
        char *path = xstrdup(ACTS[i].path);
        if (ACTS[i].list != NULL) {
            json_t *list = get(sandbox, root, ACTS[i].list);
            char *hole = strstr(path, "%s");
            char *filled = text("%.*s%s%s", (int)(hole - path), path,
                                string_at(list, ACTS[i].where), hole + 2);
            free(path);
            path = filled;
            json_decref(list);
        }
        char *before = whole(sandbox);
        expect_error(sandbox, root, ACTS[i].method, path, ACTS[i].body, 500, "AB04");
        char *after = whole(sandbox);
        assert_string_equal(before, after);
        json_decref(expect(sandbox, root, ACTS[i].method, path, ACTS[i].body, 200));
        free(after);
        after = whole(sandbox);
        assert_string_not_equal(before, after);
        free(after);
        free(before);
        free(path);
        stop(sandbox);
        free(fault);
    }
}

static void creates_and_rotations_that_are_not_stored(void **state)
{
    (void)state;
    struct sandbox_process *sandbox = start("POST:/api-keys:commit-fail:2");
    const char *root = sandbox_admin_key(sandbox, 0);
    expect_error(sandbox, root, "POST", CREATE, ADMIN_BODY, 500, "AB04");
    assert_int_equal(total_keys(sandbox), 150);
    json_t *list = get(sandbox, root, "/api-keys?page_size=1");
    char *rotate = text("/api-keys/%s/rotate", string_at(list, "data.0.id"));
    expect_error(sandbox, root, "POST", rotate, NULL, 500, "AB04");
    json_t *again = get(sandbox, root, "/api-keys?page_size=1");
    assert_true(json_equal(list, again));
    json_decref(expect(sandbox, root, "POST", rotate, NULL, 200)); /* no transition runs */
    json_decref(expect(sandbox, root, "POST", CREATE, ADMIN_BODY, 200));
    assert_int_equal(total_keys(sandbox), 151);
    json_decref(list);
    json_decref(again);
    free(rotate);
    stop(sandbox);
}

/* Opens a connection and asks on it, without waiting for the answer. */
static int ask(const struct sandbox_process *sandbox, const char *path)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)sandbox_port(sandbox))};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(connect(fd, (const struct sockaddr *)&address, sizeof address), 0);
    char *request = text("GET /v1%s HTTP/1.1\r\nHost: x\r\nx-portkey-api-key: %s\r\n\r\n", path,
                         sandbox_admin_key(sandbox, 0));
    assert_int_equal(send(fd, request, strlen(request), MSG_NOSIGNAL), strlen(request));
    free(request);
    return fd;
}

static void delays_work_in_the_end(void **state)
{
    (void)state;
    struct sandbox_process *sandbox = start("POST:/api-keys:delay-ms=30:1");
    json_decref(expect(sandbox, sandbox_admin_key(sandbox, 0), "POST", CREATE, ADMIN_BODY, 200));
    assert_int_equal(total_keys(sandbox), 151);
    stop(sandbox);
}

/* While one request waits for ten minutes others are answered, and SIGTERM ends the server. */
static void delays_hold_up_nobody(void **state)
{
    (void)state;
    struct sandbox_process *sandbox = start("GET:/admin/users:delay-ms=600000");
    int fd = ask(sandbox, "/admin/users");
    assert_int_equal(total_keys(sandbox), 150);
    stop(sandbox);
    char c;
    assert_true(recv(fd, &c, 1, 0) <= 0);
    close(fd);
}

/* The clock is never at fault. */
static void the_clock_has_no_faults(void **state)
{
    (void)state;
    struct sandbox_process *sandbox = sandbox_start((const char *const[]){
        "--seed", "demo", "--now", "2026-11-25T03:12:00Z", "--fault", "*:/:status=500", NULL});
    advance(sandbox, 1);
    json_decref(expect(sandbox, sandbox_admin_key(sandbox, 0), "GET", "/api-keys", NULL, 500));
    stop(sandbox);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(statuses),
        cmocka_unit_test(several_in_turn),
        cmocka_unit_test(retry_after),
        cmocka_unit_test(dropped),
        cmocka_unit_test(commits_that_fail),
        cmocka_unit_test(acts_that_are_not_stored),
        cmocka_unit_test(creates_and_rotations_that_are_not_stored),
        cmocka_unit_test(delays_work_in_the_end),
        cmocka_unit_test(delays_hold_up_nobody),
        cmocka_unit_test(the_clock_has_no_faults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
