/* What was recorded of the live service and is easily missed: rows of defaults, null descriptions,
 * literal paths, chance where --now is not given; and rows that are kept as text follow each
 * change. */
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

#define NOW "2026-11-25T03:12:00Z"
#define CREATE "/api-keys/organisation/service"
#define BODY "{\"name\":\"made\",\"scopes\":[\"workspaces.list\"]"

static struct sandbox_process *start(void)
{
    return sandbox_start((const char *const[]){"--seed", "demo", "--now", NOW, NULL});
}

static void stop(struct sandbox_process *sandbox)
{
    assert_int_equal(sandbox_stop(sandbox), 0);
}

/* Gives the object of a key that is made with this behind the scopes. */
static json_t *made_with(const struct sandbox_process *sandbox, const char *more)
{
    const char *root = sandbox_admin_key(sandbox, 0);
    char *body = text(BODY "%s}", more);
    struct made_key made = make_key(sandbox, root, "organisation/service", body);
    char *path = text("/api-keys/%s", made.id);
    json_t *key = get(sandbox, root, path);
    free(path);
    free(body);
    return key;
}

/* Both members are set together, for keys with metadata or a config [LIVE]. */
static void defaults_have_a_row(void **state)
{
    (void)state;
    static const struct {
        const char *more;
        int override; /* -1: null */
        bool nested;
    } CASES[] = {
        {"", -1, false},
        {",\"defaults\":{}", -1, false},
        {",\"defaults\":{\"metadata\":null,\"config_id\":null}", -1, false},
        {",\"defaults\":{\"metadata\":{\"team\":\"x\"}}", 1, true},
        {",\"defaults\":{\"config_id\":\"pc-a\"}", 1, true},
        {",\"defaults\":{\"config_id\":\"pc-a\",\"allow_config_override\":true}", 1, true},
        {",\"defaults\":{\"config_id\":\"pc-a\",\"allow_config_override\":false}", 0, false},
    };
    struct sandbox_process *sandbox = start();
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        json_t *key = made_with(sandbox, CASES[i].more);
        if (CASES[i].override < 0) {
            assert_true(json_is_null(at(key, "allow_config_override")));
            assert_true(json_is_null(at(key, "api_key_defaults_id")));
        } else {
            assert_int_equal(number_at(key, "allow_config_override"), CASES[i].override);
            assert_int_equal(strlen(string_at(key, "api_key_defaults_id")), 36);
            assert_int_equal(string_at(key, "api_key_defaults_id")[14], '1');
        }
        assert_int_equal(json_is_true(at(key, "defaults.allow_config_override")), CASES[i].nested);
        json_decref(key);
    }
    stop(sandbox);
}

struct found {
    int metadata, configs, null_descriptions, automatic;
};

static void look_at(const json_t *key, struct found *found)
{
    bool has_row = json_is_string(at(key, "api_key_defaults_id"));
    bool metadata = json_is_object(at(key, "defaults.metadata"));
    bool config = json_is_string(at(key, "defaults.config_id"));
    bool automatic = strcmp(string_at(key, "creation_mode"), "auto") == 0;
    found->metadata += metadata;
    found->configs += config;
    found->automatic += automatic;
    found->null_descriptions += json_is_null(at(key, "description"));
    assert_int_equal(has_row, metadata || config || automatic);
    assert_int_equal(has_row, json_is_integer(at(key, "allow_config_override")));
    if (automatic) {
        assert_string_equal(string_at(key, "description"),
                            "Created by portkey on joining organisation");
        assert_string_equal(string_at(key, "name"), "default_user_key");
    }
}

static void seeds_hold_what_live_keys_hold(void **state)
{
    (void)state;
    struct sandbox_process *sandbox = start();
    struct found found = {0};
    for (int page = 0; page < 2; page++) {
        char *path = text("/api-keys?page_size=100&current_page=%d", page);
        json_t *list = get(sandbox, sandbox_admin_key(sandbox, 0), path);
        size_t i;
        json_t *key;
        json_array_foreach(at(list, "data"), i, key)
        {
            look_at(key, &found);
        }
        json_decref(list);
        free(path);
    }
    assert_true(found.metadata >= 3 && found.configs >= 3 && found.automatic >= 3);
    assert_true(found.null_descriptions >= 5);
    stop(sandbox);
}

/* Not somebody else's user, whatever the method: the list of invites. */
static void literal_paths_win(void **state)
{
    (void)state;
    static const char *const METHODS[] = {"PUT", "DELETE"};
    struct sandbox_process *sandbox = start();
    const char *root = sandbox_admin_key(sandbox, 0);
    json_t *list = get(sandbox, root, "/admin/users/invites");
    assert_string_equal(string_at(list, "object"), "list");
    json_decref(list);
    expect_error(sandbox, root, "POST", "/admin/users/invites", "{}", 400, "AB01");
    for (int i = 0; i < 2; i++) {
        json_t *json = expect(sandbox, root, METHODS[i], "/admin/users/invites", NULL, 400);
        assert_string_equal(string_at(json, "status"), "failure");
        json_decref(json);
    }
    expect_error(sandbox, root, "GET", "/admin/users/invite", NULL, 403, "AB03");
    expect_error(sandbox, root, "GET", "/admin/users/Invites", NULL, 403, "AB03");
    json_decref(expect(sandbox, root, "GET", CREATE, NULL, 400));
    stop(sandbox);
}

/* A C string would end there. */
static void a_nul_in_a_url_ends_nothing(void **state)
{
    (void)state;
    struct sandbox_process *sandbox = start();
    const char *root = sandbox_admin_key(sandbox, 0);
    json_decref(expect(sandbox, root, "GET", "/api-keys%00/x", NULL, 400));
    expect_error(sandbox, root, "GET", "/api-keys?page_size=1%00x", NULL, 400, "AB01");
    json_t *list = get(sandbox, root, "/api-keys?page%5fsize=1&x=%4");
    assert_int_equal(json_array_size(at(list, "data")), 1);
    char *path = text("/api-keys/%s%%00x", string_at(list, "data.0.id"));
    expect_error(sandbox, root, "GET", path, NULL, 403, "AB03");
    expect_error(sandbox, root, "DELETE", path, NULL, 403, "AB03");
    free(path);
    json_decref(list);
    stop(sandbox);
}

/* A seed's number is no secret: what is made later does not follow from it, but in the fixed world
 * of --now, where tests live. */
static void later_secrets_are_of_chance(void **state)
{
    (void)state;
    for (int fixed = 0; fixed < 2; fixed++) {
        struct made_key made[2];
        char admin[2][64];
        for (int i = 0; i < 2; i++) {
            const char *const chance[] = {"--seed", "demo", "--number", "7", NULL};
            const char *const still[] = {"--seed", "demo", "--number", "7", "--now", NOW, NULL};
            struct sandbox_process *sandbox = sandbox_start(fixed ? still : chance);
            const char *root = sandbox_admin_key(sandbox, 0);
            snprintf(admin[i], sizeof admin[i], "%s", root);
            made[i] = make_key(sandbox, root, "organisation/service", BODY "}");
            json_decref(get(sandbox, made[i].secret, "/admin/workspaces"));
            stop(sandbox);
        }
        assert_string_equal(admin[0], admin[1]);
        assert_int_equal(strcmp(made[0].secret, made[1].secret) == 0, fixed);
        assert_int_equal(strcmp(made[0].id, made[1].id) == 0, fixed);
    }
}

/* -- rows are kept as text -- */

/* A member of the key's row in the list, as text (gives). */
static char *in_list(const struct sandbox_process *sandbox, const char *id, const char *member)
{
    char *path = text("/api-keys?ids=%s", id);
    json_t *list = get(sandbox, sandbox_admin_key(sandbox, 0), path);
    char *value = json_dumps(at(at(list, "data.0"), member), JSON_ENCODE_ANY);
    json_decref(list);
    free(path);
    return value;
}

static void row_says(const struct sandbox_process *sandbox, const char *id, const char *member,
                     const char *want)
{
    for (int i = 0; i < 2; i++) { /* made, and kept */
        char *value = in_list(sandbox, id, member);
        assert_string_equal(value, want);
        free(value);
    }
}

static void rows_follow_each_change(void **state)
{
    (void)state;
    struct sandbox_process *sandbox = start();
    const char *root = sandbox_admin_key(sandbox, 0);
    json_t *places = get(sandbox, root, "/admin/workspaces");
    char *body =
        text("{\"name\":\"\\u0007 \\\"q\\\" \\\\ \\u007f é\",\"scopes\":[\"completions.write\"],"
             "\"workspace_id\":\"%s\",\"expires_at\":\"2026-12-25T00:00:00Z\","
             "\"usage_limits\":{\"credit_limit\":8,\"type\":\"tokens\",\"periodic_reset_days\":5}}",
             string_at(places, "data.0.id"));
    struct made_key made = make_key(sandbox, root, "workspace/service", body);
    char *path = text("/api-keys/%s", made.id);
    char *rotate = text("%s/rotate", path);
    row_says(sandbox, made.id, "name", "\"\\u0007 \\\"q\\\" \\\\ \x7f é\"");
    row_says(sandbox, made.id, "status", "\"active\"");
    json_decref(expect(sandbox, root, "PUT", path, "{\"name\":\"two\"}", 200));
    row_says(sandbox, made.id, "name", "\"two\"");
    char *mask = in_list(sandbox, made.id, "key");
    json_decref(expect(sandbox, root, "POST", rotate, NULL, 200));
    char *other = in_list(sandbox, made.id, "key");
    assert_string_not_equal(mask, other);
    json_decref(expect(
        sandbox, made.secret, "POST", "/chat/completions",
        "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"a b c d\"}]}", 200));
    row_says(sandbox, made.id, "status", "\"exhausted\"");
    advance(sandbox, 5 * 86400); /* the budget starts anew */
    row_says(sandbox, made.id, "status", "\"active\"");
    row_says(sandbox, made.id, "last_reset_at", "\"2026-11-30T00:00:00.000Z\"");
    advance(sandbox, 30LL * 86400);
    row_says(sandbox, made.id, "status", "\"expired\"");
    json_decref(expect(sandbox, root, "DELETE", path, NULL, 200));
    char *ids = text("/api-keys?ids=%s", made.id);
    json_t *none = get(sandbox, root, ids);
    assert_int_equal(json_array_size(at(none, "data")), 0);
    json_decref(none);
    json_decref(places);
    free(ids);
    free(mask);
    free(other);
    free(rotate);
    free(path);
    free(body);
    stop(sandbox);
}

/* -- raw requests -- */

static int send_bytes(const struct sandbox_process *sandbox, const char *bytes, size_t len)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)sandbox_port(sandbox))};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_true(fd >= 0);
    assert_int_equal(connect(fd, (const struct sockaddr *)&address, sizeof address), 0);
    send(fd, bytes, len, MSG_NOSIGNAL);
    return fd;
}

/* -- a NUL in the head -- */

/* The status of a GET whose head has `before`, the key, `behind`; a # is a NUL. */
static int status_with(const struct sandbox_process *sandbox, const char *before,
                       const char *behind)
{
    char *head =
        text("GET /v1/api-keys?page_size=1 HTTP/1.1\r\nHost: x\r\n%sx-portkey-api-key: %s%s"
             "\r\n\r\n",
             before, sandbox_admin_key(sandbox, 0), behind);
    size_t len = strlen(head);
    char got[16] = "";
    for (size_t i = 0; i < len; i++) {
        head[i] = head[i] == '#' ? '\0' : head[i];
    }
    int fd = send_bytes(sandbox, head, len);
    assert_true(recv(fd, got, sizeof got - 1, MSG_WAITALL) > 12);
    close(fd);
    free(head);
    return (int)strtol(got + 9, NULL, 10);
}

/* libmicrohttpd ends a value there: what stood behind it would not count. */
static void a_nul_in_the_head_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *before, *behind;
        int status;
    } CASES[] = {
        {"", "", 200},
        {"", "\r\nAccept: */*", 200},
        {"A:\r\nB: \r\n", "\r\nC:", 200},
        {"", "#", 400},
        {"", "##", 400},
        {"", "#tail", 400},
        {"", "#tail\r\nAccept: */*", 400},
        {"", "#\r\nAccept: */*", 400},
        {"", "\r\nAccept: a#b", 400},
        {"Accept: a#b\r\n", "", 400},
    };
    struct sandbox_process *sandbox = start();
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        int status = status_with(sandbox, CASES[i].before, CASES[i].behind);
        if (status != CASES[i].status) {
            fail_msg("case %zu: %d", i, status);
        }
    }
    stop(sandbox);
}

/* -- more half requests than places -- */

#define HALVES 700

/* More than there are places, in the head and in the body: who asks in full is answered. */
static void half_requests_keep_nobody_out(void **state)
{
    (void)state;
    static const char *const PARTS[] = {
        "", "GET /v1/api", "GET /v1/api-keys HTTP/1.1\r\nHost: x\r\n",
        "POST /v1/api-keys/x HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{"};
    struct sandbox_process *sandbox = start();
    int fds[HALVES];
    for (int i = 0; i < HALVES; i++) {
        fds[i] = send_bytes(sandbox, PARTS[i % 4], strlen(PARTS[i % 4]));
    }
    for (int i = 0; i < 3; i++) {
        json_decref(get(sandbox, sandbox_admin_key(sandbox, 0), "/api-keys?page_size=1"));
    }
    for (int i = 0; i < HALVES; i++) {
        close(fds[i]);
    }
    stop(sandbox);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults_have_a_row),
        cmocka_unit_test(seeds_hold_what_live_keys_hold),
        cmocka_unit_test(literal_paths_win),
        cmocka_unit_test(a_nul_in_a_url_ends_nothing),
        cmocka_unit_test(later_secrets_are_of_chance),
        cmocka_unit_test(rows_follow_each_change),
        cmocka_unit_test(half_requests_keep_nobody_out),
        cmocka_unit_test(a_nul_in_the_head_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
