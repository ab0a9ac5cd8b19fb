/* Which way a request goes: never through a proxy to this machine, through one elsewhere, and
 * without a word of the key or of a proxy's password. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "api/rig.h"
#include "base/alloc.h"
#include "support/proxy.h"

#include "base/banned.h"

#define KEY "pkSecret0123456789abcdefGHIJ"

static const char *const NAMES[] = {"http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy",
                                    "ALL_PROXY",  "no_proxy",    "NO_PROXY"};

static int clear_environment(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(NAMES) / sizeof(NAMES[0]); i++) {
        unsetenv(NAMES[i]);
    }
    return 0;
}

static void expect_route(const char *base_url, const char *proxy, const char *route)
{
    char *found = api_describe_route(base_url, proxy);

    if (strcmp(found, route) != 0) {
        fail_msg("%s: %s, not %s", base_url, found, route);
    }
    free(found);
}

static void test_routes(void **state)
{
    static const char api[] = "https://api.portkey.ai/v1";

    (void)state;
    expect_route(api, NULL, "direct");
    expect_route(api, "", "direct");
    expect_route(api, "http://user:pass@proxy.example:3128", "proxy http://proxy.example:3128");
    expect_route(api, "proxy.example:3128", "proxy proxy.example:3128");
    setenv("https_proxy", "http://u:p@env.example:1", 1);
    expect_route(api, NULL, "proxy http://env.example:1");
    expect_route(api, "", "direct");
    expect_route(api, "http://own.example:2", "proxy http://own.example:2");
    setenv("no_proxy", "localhost, .portkey.ai", 1);
    expect_route(api, NULL, "direct");
    setenv("no_proxy", "key.ai", 1); /* no whole label */
    expect_route(api, NULL, "proxy http://env.example:1");
    setenv("no_proxy", "*", 1);
    expect_route(api, NULL, "direct");
    unsetenv("no_proxy");
    /* In capitals, with blanks, dots, ports and other hosts beside it; a word that only looks so.
     */
    setenv("NO_PROXY", "internal.example , API.PORTKEY.AI", 1);
    expect_route(api, NULL, "direct");
    setenv("NO_PROXY", "internal.example", 1);
    expect_route(api, NULL, "proxy http://env.example:1");
    setenv("no_proxy", "portkey.ai", 1); /* in small letters it wins */
    expect_route(api, NULL, "direct");
    unsetenv("NO_PROXY");
    setenv("no_proxy", "", 1);
    expect_route(api, NULL, "proxy http://env.example:1");
    unsetenv("no_proxy");
    setenv("NOPROXY", "*", 1); /* nobody reads this one */
    expect_route(api, NULL, "proxy http://env.example:1");
    unsetenv("NOPROXY");
    unsetenv("https_proxy");
    setenv("HTTPS_PROXY", "http://capitals.example:1", 1);
    expect_route(api, NULL, "proxy http://capitals.example:1");
    unsetenv("HTTPS_PROXY");
    setenv("all_proxy", "socks5h://u:p@socks.example:1080", 1);
    expect_route(api, NULL, "proxy socks5h://socks.example:1080");
    unsetenv("all_proxy");
    setenv("http_proxy", "http://plain.example:1", 1); /* https does not go that way */
    expect_route(api, NULL, "direct");
    unsetenv("http_proxy");
    expect_route("https://127.0.0.1/v1", NULL, "direct");
    expect_route("http://localhost:9/v1", "http://own.example:2", "direct");
    expect_route("https://[::1]/v1", NULL, "direct");
}

/* To this machine no proxy is asked, whatever the profile or the environment says. */
static void test_loopback_is_direct(void **state)
{
    const struct proxy_rule rule = {.act = PROXY_JSON, .bytes = "{\"id\":\"a\"}"};
    struct proxy *server = proxy_start(0, &rule, 1);
    struct proxy *between = proxy_start(0, &rule, 1);
    char url[64];
    struct kept kept = {0};
    struct rig rig;

    (void)state;
    snprintf(url, sizeof(url), "http://127.0.0.1:%d", proxy_port(between));
    for (size_t i = 0; i < 5; i++) {
        setenv(NAMES[i], url, 1);
    }
    rig_init(&rig,
             &(struct api_config){
                 .base_url = proxy_base_url(server), .proxy = url, .patience_ms = 20000},
             KEY);
    api_get_key(rig.client, "a", keep_reply, &kept);
    rig_wait(&rig, &kept.done);
    assert_true(kept.ok);
    assert_int_equal(proxy_seen(server, "GET", "/v1/api-keys/a"), 1);
    assert_int_equal(proxy_connections(between), 0);
    kept_clear(&kept);
    rig_done(&rig);
    proxy_stop(server);
    proxy_stop(between);
}

/* A proxy that refuses sees the host's name and nothing else. */
static void test_proxy_refuses(void **state)
{
    const struct proxy_rule rule = {.act = PROXY_BYTES,
                                    .bytes = "HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n"};
    struct proxy *between = proxy_start(0, &rule, 1);
    char url[64];
    struct kept kept = {0};
    struct rig rig;

    (void)state;
    snprintf(url, sizeof(url), "http://127.0.0.1:%d", proxy_port(between));
    rig_init(&rig,
             &(struct api_config){
                 .base_url = "https://portkey.invalid/v1", .proxy = url, .patience_ms = 20000},
             KEY);
    rig.hurry = true;
    api_delete_key(rig.client, "a", keep_reply, &kept);
    rig_wait(&rig, &kept.done);
    /* Nothing of the request left, so it is known that nothing was done. */
    assert_int_equal(kept.err.kind, ERR_NETWORK);
    assert_non_null(strstr(kept.err.text, "proxy"));
    assert_true(proxy_seen(between, "CONNECT", "portkey.invalid:443") > 0);
    assert_int_equal(proxy_seen(between, "CONNECT", NULL), proxy_seen(between, NULL, NULL));
    for (int i = 0; proxy_head(between, i) != NULL; i++) {
        assert_null(strstr(proxy_head(between, i), "Secret"));
    }
    kept_clear(&kept);
    rig_done(&rig);
    proxy_stop(between);
}

/* What goes out, and that the key is in one header and nowhere else. */
static void test_request_head(void **state)
{
    const struct proxy_rule rule = {.act = PROXY_JSON, .bytes = "{\"id\":\"a\"}"};
    struct proxy *server = proxy_start(0, &rule, 1);
    struct kept kept = {0};
    const char *head, *key;
    struct rig rig;

    (void)state;
    rig_init(&rig, &(struct api_config){.base_url = proxy_base_url(server), .patience_ms = 20000},
             KEY);
    api_get_key(rig.client, "a", keep_reply, &kept);
    rig_wait(&rig, &kept.done);
    head = proxy_head(server, 0);
    assert_non_null(strstr(head, "\r\nAccept: application/json\r\n"));
    assert_non_null(strstr(head, "\r\nUser-Agent: portcullis/"));
    assert_null(strstr(head, "Authorization"));
    assert_null(strstr(head, "Cookie"));
    key = strstr(head, "\r\nx-portkey-api-key: " KEY "\r\n");
    assert_non_null(key);
    assert_null(strstr(key + 25, "Secret"));
    kept_clear(&kept);
    rig_done(&rig);
    proxy_stop(server);
}

static void test_bad_keys(void **state)
{
    static const char *const keys[] = {"", "with blank", "a\r\nX: y", "\xc3\xa9"};
    struct loop *loop = loop_new();
    struct clock clock;

    (void)state;
    clock_init(&clock);
    for (size_t i = 0; i < 4; i++) {
        struct api_config config = {.base_url = "https://api.portkey.ai/v1", .clock = &clock};
        struct err err = {0};

        assert_null(api_client_new(loop, &config, secret_new(keys[i], strlen(keys[i])), &err));
        assert_int_equal(err.kind, ERR_INVALID);
    }
    loop_free(loop);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_routes, clear_environment),
        cmocka_unit_test_setup(test_loopback_is_direct, clear_environment),
        cmocka_unit_test_setup(test_proxy_refuses, clear_environment),
        cmocka_unit_test_setup(test_request_head, clear_environment),
        cmocka_unit_test_setup(test_bad_keys, clear_environment),
    };

    return secret_setup() ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
