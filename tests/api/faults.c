/* What a server can do wrong, byte by byte, and what the client makes of it: an error that says
 * what happened, the right number of requests, no crash, no key in a sentence. */
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

#define KEY "pk-Secret0123456789abcdefGHIJ"
#define HTML                                                                                       \
    "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: 15\r\n\r\n"      \
    "<html>x</html>\n"
#define STATUS(line, headers, body)                                                                \
    "HTTP/1.1 " line "\r\nContent-Type: application/json\r\n" headers                              \
    "Connection: close\r\n\r\n" body

/* The API's own no. */
#define NO(code) "{\"success\":false,\"data\":{\"message\":\"no\",\"errorCode\":\"" code "\"}}"

struct fault_case {
    const char *name;
    enum proxy_act act;
    const char *bytes;
    long value;
    enum err_kind kind;
    int status;
    int requests; /* that the server saw; 0: does not matter */
    const char *says;
};

/* All of them happen to GET /api-keys/{id}. */
static const struct fault_case CASES[] = {
    {"never answers", PROXY_NEVER, NULL, 0, ERR_TIMEOUT, 0, 4, "in time"},
    {"stalls in the head", PROXY_STALL, "HTTP/1.1 200 OK\r\nContent-", 0, ERR_TIMEOUT, 200, 4,
     "in time"},
    {"stalls in the body", PROXY_STALL,
     "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 90\r\n\r\n{\"id\":", 0,
     ERR_TIMEOUT, 200, 4, "in time"},
    {"body shorter than told", PROXY_BYTES,
     "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 90\r\n\r\n{\"id\":", 0,
     ERR_NETWORK, 200, 4, "cut short"},
    {"body cut at the close", PROXY_BYTES, STATUS("200 OK", "", "{\"id\":\"a\",\"na"), 0,
     ERR_DECODE, 200, 4, "ends in the middle"},
    {"empty body", PROXY_BYTES, STATUS("200 OK", "", ""), 0, ERR_DECODE, 200, 4, "empty"},
    {"closed without a word", PROXY_BYTES, "", 0, ERR_NETWORK, 0, 0, "closed"},
    {"reset", PROXY_RST, NULL, 0, ERR_NETWORK, 0, 0, "closed"},
    {"garbage", PROXY_BYTES, "SSH-2.0-OpenSSH_9.2\r\n", 0, ERR_NETWORK, 0, 1, "not HTTP"},
    {"no JSON", PROXY_BYTES, STATUS("200 OK", "", "{\"id\": nonsense }"), 0, ERR_DECODE, 200, 1,
     "no valid JSON"},
    {"an array", PROXY_BYTES, STATUS("200 OK", "", "[1,2,3]"), 0, ERR_DECODE, 200, 1,
     "not what the API promises"},
    {"a web page", PROXY_BYTES, HTML, 0, ERR_NETWORK, 200, 1, "dashboard"},
    {"cut, but of the length that was told", PROXY_BYTES,
     STATUS("200 OK", "Content-Length: 6\r\n", "{\"id\":"), 0, ERR_DECODE, 200, 1,
     "ends in the middle"},
    {"packed", PROXY_BYTES, STATUS("200 OK", "Content-Encoding: gzip\r\n", "\x1f\x8b"), 0,
     ERR_DECODE, 200, 1, "encoded as gzip"},
    {"another id", PROXY_BYTES, STATUS("200 OK", "", "{\"id\":\"b\"}"), 0, ERR_DECODE, 200, 1,
     "about another one"},
    {"no under 200", PROXY_BYTES, STATUS("200 OK", "", NO("AB01")), 0, ERR_REFUSED, 200, 1,
     "200 AB01: \"no\""},
    {"gone under 200", PROXY_BYTES, STATUS("200 OK", "", NO("AB03")), 0, ERR_GONE, 200, 1,
     "200 AB03: \"no\""},
    {"a firewall", PROXY_BYTES,
     "HTTP/1.1 403 Forbidden\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n"
     "<html><head><title>Access Denied</title></head><body>Reference&#32;#18.2f3c1702.1764 for " KEY
     "</body></html>",
     0, ERR_NETWORK, 403, 1, "403 text/html, \"Access Denied\", reference 18.2f3c1702.1764"},
    {"a firewall's 401", PROXY_BYTES, STATUS("401 Unauthorized", "", "{}"), 0, ERR_NETWORK, 401, 1,
     "in between"},
    {"401", PROXY_BYTES,
     STATUS("401 Unauthorized", "",
            "{\"success\":false,\"data\":{\"message\":\"Unauthorized " KEY "\"}}"),
     0, ERR_AUTH, 401, 1, "does not accept the key"},
    {"403", PROXY_BYTES,
     STATUS("403 Forbidden", "",
            "{\"success\":false,\"data\":{\"message\":\"You do not have enough permissions\","
            "\"errorCode\":\"AB03\"}}"),
     0, ERR_GONE, 403, 1, "AB03"},
    {"404", PROXY_BYTES, STATUS("404 Not Found", "", NO("AB08")), 0, ERR_GONE, 404, 1, "gone"},
    {"404 of somebody", PROXY_BYTES, STATUS("404 Not Found", "", "{}"), 0, ERR_NETWORK, 404, 1,
     "in between"},
    {"400", PROXY_BYTES, STATUS("400 Bad Request", "", NO("AB01")), 0, ERR_REFUSED, 400, 1,
     "\"no\""},
    {"409", PROXY_BYTES, STATUS("409 Conflict", "", NO("AB07")), 0, ERR_CONFLICT, 409, 1,
     "against it"},
    {"500 for ever", PROXY_BYTES, STATUS("500 Oops", "", "<html>"), 0, ERR_SERVER, 500, 4,
     "in between"},
    {"the API's own 500 for ever", PROXY_BYTES, STATUS("500 Oops", "", NO("AB04")), 0, ERR_SERVER,
     500, 4, "every time"},
    {"501", PROXY_BYTES, STATUS("501 Never", "", "{}"), 0, ERR_SERVER, 501, 1, "501"},
    {"429 for ever", PROXY_BYTES, STATUS("429 Slow", "", NO("AB06")), 0, ERR_RATE_LIMIT, 429, 4,
     "too often"},
    {"a redirect elsewhere", PROXY_BYTES,
     STATUS("302 Found", "Location: https://elsewhere.invalid/v1?key=" KEY "\r\n", ""), 0,
     ERR_NETWORK, 302, 1, "to https://elsewhere.invalid/v1 (not followed)"},
    {"a body without an end", PROXY_BIG, NULL, 100L << 20, ERR_NETWORK, 200, 1, "8 MiB"},
    {"a length of 100 MB", PROXY_STALL,
     "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 104857600\r\n\r\n ", 0,
     ERR_NETWORK, 200, 1, "8 MiB"},
    {"header lines without an end", PROXY_HEADERS, NULL, 0, ERR_NETWORK, 200, 1, "does not end"},
};

static void open_patient_rig(struct rig *rig, const struct proxy *proxy, int patience_ms)
{
    rig_init(rig,
             &(struct api_config){.base_url = proxy_base_url(proxy), .patience_ms = patience_ms},
             KEY);
    rig->hurry = true;
}

static void open_rig(struct rig *rig, const struct proxy *proxy)
{
    open_patient_rig(rig, proxy, 20000);
}

static void test_faults(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        const struct fault_case *c = &CASES[i];
        struct proxy_rule rule = {.act = c->act, .bytes = c->bytes, .value = c->value};
        struct proxy *proxy = proxy_start(0, &rule, 1);
        struct kept kept = {0};
        struct rig rig;

        open_patient_rig(&rig, proxy, c->kind == ERR_TIMEOUT ? 250 : 20000);
        api_get_key(rig.client, "a", keep_reply, &kept);
        assert_int_equal(kept.calls, 0);
        rig_wait(&rig, &kept.done);
        if (kept.ok || kept.err.kind != c->kind || kept.err.status != c->status ||
            strstr(kept.err.text, c->says) == NULL) {
            fail_msg("%s: ok %d, %s, %d, %s", c->name, kept.ok, err_kind_name(kept.err.kind),
                     kept.err.status, kept.err.text);
        }
        if (c->requests > 0 && proxy_seen(proxy, "GET", "/v1/api-keys/a") != c->requests) {
            fail_msg("%s: %d requests", c->name, proxy_seen(proxy, NULL, NULL));
        }
        assert_null(strstr(kept.err.text, "Secret0123"));
        assert_int_equal(kept.calls, 1);
        kept_clear(&kept);
        rig_done(&rig);
        proxy_stop(proxy);
    }
}

/* -- reads that get better -- */

static void test_flapping(void **state)
{
    const struct proxy_rule rules[] = {
        {.act = PROXY_BYTES, .bytes = STATUS("500 Oops", "", "{}"), .times = 2},
        {.act = PROXY_BYTES, .bytes = STATUS("200 OK", "", "{\"id\":"), .times = 1},
        {.act = PROXY_JSON, .bytes = "{\"id\":\"a\",\"key\":\"pk*****HIJ\"}"},
    };
    struct proxy *proxy = proxy_start(0, rules, 3);
    struct kept kept = {0};
    struct rig rig;

    (void)state;
    open_rig(&rig, proxy);
    api_get_key(rig.client, "a", keep_reply, &kept);
    rig_wait(&rig, &kept.done);
    assert_true(kept.ok);
    assert_int_equal(proxy_seen(proxy, NULL, NULL), 4);
    assert_string_equal(kept.body, "{\"id\":\"a\",\"key\":\"pk*****HIJ\"}");
    assert_string_equal(api_client_status(rig.client)->text, "");
    assert_true(api_client_status(rig.client)->last_ok != TIME_NONE);
    kept_clear(&kept);
    rig_done(&rig);
    proxy_stop(proxy);
}

static bool has_text(void *ctx)
{
    return api_client_status(ctx)->text[0] != '\0';
}

static void test_status_tells_the_retry(void **state)
{
    const struct proxy_rule rules[] = {
        {.act = PROXY_NEVER, .times = 1},
        {.act = PROXY_JSON, .bytes = "{\"id\":\"a\"}"},
    };
    struct proxy *proxy = proxy_start(0, rules, 2);
    struct kept kept = {0};
    struct rig rig;

    (void)state;
    open_patient_rig(&rig, proxy, 1000);
    rig.hurry = false;
    api_get_key(rig.client, "a", keep_reply, &kept);
    rig_wait_for(&rig, has_text, rig.client);
    assert_string_equal(api_client_status(rig.client)->text, "no answer: retry 2 of 4");
    assert_true(api_client_status(rig.client)->waiting);
    assert_int_equal(api_client_status(rig.client)->in_flight, 1);
    rig_wait(&rig, &kept.done);
    assert_true(kept.ok);
    assert_false(api_client_status(rig.client)->waiting);
    kept_clear(&kept);
    rig_done(&rig);
    proxy_stop(proxy);
}

static bool request_came(void *ctx)
{
    return proxy_seen(ctx, NULL, NULL) > 0;
}

/* -- 429 -- */

/* What the server asked for holds up the one who was told so, and the pages of lists; not what
 * somebody waits for, and no write. */
static void test_429_pauses_lists(void **state)
{
    const struct proxy_rule rules[] = {
        {.path = "/v1/api-keys/a",
         .act = PROXY_BYTES,
         .bytes = STATUS("429 Slow", "Retry-After: 7\r\n", NO("AB06")),
         .times = 1},
        {.path = "/v1/api-keys/b", .act = PROXY_JSON, .bytes = "{\"id\":\"b\"}"},
        {.path = "/v1/api-keys?", .act = PROXY_JSON, .bytes = "{\"data\":[],\"total\":0}"},
        {.act = PROXY_JSON, .bytes = "{\"id\":\"a\"}"},
    };
    struct proxy *proxy = proxy_start(0, rules, 4);
    struct kept first = {0}, second = {0}, gone = {0};
    const struct api_status *status;
    struct loaded loaded = {.inv = inventory_new()};
    struct rig rig;

    (void)state;
    open_rig(&rig, proxy);
    rig.hurry = false;
    status = api_client_status(rig.client);
    api_get_key(rig.client, "a", keep_reply, &first);
    rig_wait_for(&rig, has_text, rig.client);
    assert_string_equal(status->text, "429: the server asks to wait 7 s");
    assert_false(status->asks);
    assert_true(status->waiting);
    assert_true(status->until_mono > clock_mono_ms());
    loaded.load = api_load_start(rig.client, loaded.inv, 1u << LIST_KEYS, keep_load, &loaded);
    api_get_key(rig.client, "b", keep_reply, &second);
    rig_wait(&rig, &second.done);
    assert_true(second.ok);
    api_delete_key(rig.client, "a", keep_reply, &gone);
    rig_wait(&rig, &gone.done);
    assert_true(gone.ok);
    assert_int_equal(proxy_seen(proxy, "GET", "/v1/api-keys/a"), 1);
    assert_int_equal(proxy_seen(proxy, "GET", "/v1/api-keys?"), 0);
    assert_int_equal(status->in_flight, 2);
    api_retry_now(rig.client);
    rig_wait(&rig, &first.done);
    rig_wait(&rig, &loaded.done);
    assert_true(first.ok);
    kept_clear(&first);
    kept_clear(&second);
    kept_clear(&gone);
    loaded_clear(&loaded);
    rig_done(&rig);
    proxy_stop(proxy);
}

/* -- a dead server, by the loop's clock -- */

#define STEP_MS 100

static int64_t fake_now(void *ctx)
{
    return *(const int64_t *)ctx;
}

/* Lets time go by, a tenth of a second a turn, until *done; gives how much went by. *words_at gets
 * when the status first said something. */
static int64_t pass_time(struct rig *rig, int64_t *now, const bool *done, int64_t *words_at)
{
    int64_t start = *now;

    *words_at = -1;
    while (!*done && *now - start < 100000) {
        loop_turn(rig->loop, 2);
        if (*words_at < 0 && api_client_status(rig->client)->text[0] != '\0') {
            *words_at = *now - start;
            assert_string_equal(api_client_status(rig->client)->text,
                                "no answer for more than 3 s");
        }
        *now += STEP_MS;
    }
    return *now - start;
}

static void test_dead_server(void **state)
{
    const struct proxy_rule rule = {.act = PROXY_NEVER};
    struct proxy *proxy = proxy_start(0, &rule, 1);
    struct kept kept = {0};
    struct loaded loaded = {.inv = inventory_new()};
    int64_t now = 1000, words_at, took;
    struct rig rig;

    (void)state;
    open_patient_rig(&rig, proxy, 0);
    rig.hurry = false;
    loop_set_clock(rig.loop, fake_now, &now);
    api_get_key(rig.client, "a", keep_reply, &kept);
    took = pass_time(&rig, &now, &kept.done, &words_at);
    assert_int_equal(kept.err.kind, ERR_TIMEOUT);
    assert_in_range(took, 20000, 30000 + 5 * STEP_MS);
    assert_in_range(words_at, 3000, 3000 + 5 * STEP_MS);
    loaded.load = api_load_start(rig.client, loaded.inv, LOAD_ALL, keep_load, &loaded);
    took = pass_time(&rig, &now, &loaded.done, &words_at);
    assert_true(loaded.failed);
    assert_in_range(took, 20000, 30000 + 5 * STEP_MS);
    assert_in_range(words_at, 3000, 3000 + 5 * STEP_MS);
    kept_clear(&kept);
    loaded_clear(&loaded);
    rig_done(&rig);
    proxy_stop(proxy);
}

/* A write has one attempt, and its own ten seconds. */
static void test_dead_server_and_a_write(void **state)
{
    const struct proxy_rule rule = {.act = PROXY_NEVER};
    struct proxy *proxy = proxy_start(0, &rule, 1);
    struct kept kept = {0};
    int64_t now = 1000, words_at, took;
    struct rig rig;

    (void)state;
    open_patient_rig(&rig, proxy, 0);
    rig.hurry = false;
    loop_set_clock(rig.loop, fake_now, &now);
    api_delete_key(rig.client, "a", keep_reply, &kept);
    rig_wait_for(&rig, request_came, proxy);
    took = pass_time(&rig, &now, &kept.done, &words_at);
    assert_int_equal(kept.err.kind, ERR_UNKNOWN);
    assert_int_equal(proxy_seen(proxy, NULL, NULL), 1);
    assert_in_range(took, 9000, 10000 + 5 * STEP_MS);
    kept_clear(&kept);
    rig_done(&rig);
    proxy_stop(proxy);
}

static void test_long_wait_asks(void **state)
{
    const struct proxy_rule rules[] = {
        {.act = PROXY_BYTES, .bytes = STATUS("429 Slow", "Retry-After: 300\r\n", "{}"), .times = 1},
        {.act = PROXY_JSON, .bytes = "{\"id\":\"a\"}"},
    };
    struct proxy *proxy = proxy_start(0, rules, 2);
    struct kept kept = {0};
    struct rig rig;
    api_ticket ticket;

    (void)state;
    open_rig(&rig, proxy);
    rig.hurry = false;
    ticket = api_get_key(rig.client, "a", keep_reply, &kept);
    rig_wait_for(&rig, has_text, rig.client);
    assert_true(api_client_status(rig.client)->asks);
    assert_string_equal(api_client_status(rig.client)->text, "429: the server asks to wait 5m");
    api_cancel(rig.client, ticket);
    api_retry_now(rig.client);
    assert_false(api_client_status(rig.client)->asks);
    assert_int_equal(api_client_status(rig.client)->in_flight, 0);
    assert_int_equal(kept.calls, 0);
    api_get_key(rig.client, "a", keep_reply, &kept);
    rig_wait(&rig, &kept.done);
    assert_true(kept.ok);
    kept_clear(&kept);
    rig_done(&rig);
    proxy_stop(proxy);
}

/* A server that fails every other request is not asked four times for each. */
static void test_budget(void **state)
{
    const struct proxy_rule rule = {.act = PROXY_BYTES, .bytes = STATUS("503 Busy", "", "{}")};
    struct proxy *proxy = proxy_start(0, &rule, 1);
    struct rig rig;

    (void)state;
    open_rig(&rig, proxy);
    for (int i = 0; i < 10; i++) {
        struct kept kept = {0};

        api_get_key(rig.client, "a", keep_reply, &kept);
        rig_wait(&rig, &kept.done);
        assert_int_equal(kept.err.kind, ERR_SERVER);
        kept_clear(&kept);
    }
    assert_int_equal(proxy_seen(proxy, NULL, NULL), 10 + 20);
    rig_done(&rig);
    proxy_stop(proxy);
}

/* -- cancelling -- */

static void never(void *ctx, struct api_reply *reply)
{
    (void)ctx;
    (void)reply;
    fail_msg("a cancelled request called back");
}

static void test_cancel(void **state)
{
    const struct proxy_rule rules[] = {
        {.path = "/v1/api-keys/slow", .act = PROXY_NEVER},
        {.act = PROXY_JSON, .bytes = "{\"id\":\"a\"}"},
    };
    struct proxy *proxy = proxy_start(0, rules, 2);
    struct kept kept = {0};
    api_ticket before, flying;
    struct rig rig;

    (void)state;
    open_rig(&rig, proxy);
    before = api_get_key(rig.client, "a", never, NULL);
    api_cancel(rig.client, before);
    flying = api_get_key(rig.client, "slow", never, NULL);
    while (!request_came(proxy)) {
        loop_turn(rig.loop, 10);
    }
    api_cancel(rig.client, flying);
    api_cancel(rig.client, flying);
    api_cancel(rig.client, 0);
    assert_int_equal(api_client_status(rig.client)->in_flight, 0);
    api_get_key(rig.client, "a", keep_reply, &kept);
    rig_wait(&rig, &kept.done);
    assert_true(kept.ok);
    kept_clear(&kept);
    api_get_key(rig.client, "slow", never, NULL); /* and freed while it is under way */
    rig_done(&rig);
    proxy_stop(proxy);
}

static void free_client(void *ctx, struct api_reply *reply)
{
    struct rig *rig = ctx;

    assert_true(reply->ok);
    api_client_free(rig->client);
    rig->client = NULL;
}

static bool client_is_gone(void *ctx)
{
    return ((const struct rig *)ctx)->client == NULL;
}

static void test_freed_from_its_callback(void **state)
{
    const struct proxy_rule rule = {.act = PROXY_JSON, .bytes = "{\"id\":\"a\"}"};
    struct proxy *proxy = proxy_start(0, &rule, 1);
    struct rig rig;

    (void)state;
    open_rig(&rig, proxy);
    rig.hurry = false;
    api_get_key(rig.client, "a", free_client, &rig);
    api_get_key(rig.client, "b", never, NULL);
    rig_wait_for(&rig, client_is_gone, &rig);
    rig_done(&rig);
    proxy_stop(proxy);
}

/* An id that would change the path goes nowhere. */
static void test_bad_ids(void **state)
{
    static const char *const ids[] = {"", ".", ".."};
    const struct proxy_rule rule = {.act = PROXY_JSON, .bytes = "{}"};
    struct proxy *proxy = proxy_start(0, &rule, 1);
    struct kept kept = {0};
    struct rig rig;

    (void)state;
    open_rig(&rig, proxy);
    for (size_t i = 0; i < 3; i++) {
        kept.done = false;
        api_delete_key(rig.client, ids[i], keep_reply, &kept);
        assert_int_equal(kept.calls, i);
        rig_wait(&rig, &kept.done);
        assert_int_equal(kept.err.kind, ERR_INVALID);
    }
    kept.done = false;
    api_get_key(rig.client, "a/../b ?x#\xc3\xa9", keep_reply, &kept);
    rig_wait(&rig, &kept.done);
    assert_int_equal(proxy_seen(proxy, NULL, NULL), 1);
    assert_int_equal(proxy_seen(proxy, "GET", "/v1/api-keys/a%2F..%2Fb%20%3Fx%23%C3%A9 "), 1);
    kept_clear(&kept);
    rig_done(&rig);
    proxy_stop(proxy);
}

/* A key that a server sends unmasked is not lent to anybody. */
static void test_masking(void **state)
{
    const struct proxy_rule rule = {
        .act = PROXY_JSON,
        .bytes = "{\"id\":\"a\",\"key\":\"pk-Raw0123456789XYZ\",\"name\":\"\xc3\xa4\"}"};
    struct proxy *proxy = proxy_start(0, &rule, 1);
    struct kept kept = {0};
    struct rig rig;

    (void)state;
    open_rig(&rig, proxy);
    api_get_key(rig.client, "a", keep_reply, &kept);
    rig_wait(&rig, &kept.done);
    assert_true(kept.ok);
    assert_string_equal(kept.body, "{\"id\":\"a\",\"key\":\"pk*****XYZ\",\"name\":\"\xc3\xa4\"}");
    kept_clear(&kept);
    rig_done(&rig);
    proxy_stop(proxy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_faults),
        cmocka_unit_test(test_flapping),
        cmocka_unit_test(test_status_tells_the_retry),
        cmocka_unit_test(test_429_pauses_lists),
        cmocka_unit_test(test_dead_server),
        cmocka_unit_test(test_dead_server_and_a_write),
        cmocka_unit_test(test_long_wait_asks),
        cmocka_unit_test(test_budget),
        cmocka_unit_test(test_cancel),
        cmocka_unit_test(test_freed_from_its_callback),
        cmocka_unit_test(test_bad_ids),
        cmocka_unit_test(test_masking),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
