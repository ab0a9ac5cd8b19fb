/* Creating and deleting: sent once and never again by itself, whatever becomes of the answer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "api/json.h"
#include "api/rig.h"
#include "base/alloc.h"
#include "base/text.h"
#include "support/proxy.h"
#include "support/sandbox.h"

#include "base/banned.h"

/* The API's own no. */
#define NO(code) "{\"success\":false,\"data\":{\"message\":\"no\",\"errorCode\":\"" code "\"}}"
#define STATUS(line, headers, body)                                                                \
    "HTTP/1.1 " line "\r\nContent-Type: application/json\r\n" headers                              \
    "Connection: close\r\n\r\n" body

static struct sandbox_process *world;

static int start_world(void **state)
{
    static const char *const args[] = {"--seed", "demo", NULL};

    (void)state;
    world = sandbox_start(args);
    return 0;
}

static int stop_world(void **state)
{
    (void)state;
    return sandbox_stop(world);
}

static void open_patient_rig(struct rig *rig, const char *base_url, int patience_ms)
{
    rig_init(rig, &(struct api_config){.base_url = base_url, .patience_ms = patience_ms},
             sandbox_admin_key(world, 0));
    rig->hurry = true;
}

static void open_rig(struct rig *rig, const char *base_url)
{
    open_patient_rig(rig, base_url, 20000);
}

static struct key_draft make_draft(const char *name)
{
    struct key_draft draft;

    draft_init(&draft, KEY_ORGANISATION_SERVICE);
    snprintf(draft.name, sizeof(draft.name), "%s", name);
    scope_set_add(&draft.scopes, scope_find("workspaces.list"));
    return draft;
}

static void call_create(struct rig *rig, const char *name, struct kept *kept)
{
    struct key_draft draft = make_draft(name);
    char *body = api_create_body(&draft, clock_now(&rig->clock));

    kept->done = false;
    assert_true(api_create_key(rig->client, draft.kind, body, keep_reply, kept) != 0);
    free(body);
    assert_false(kept->done);
    rig_wait(rig, &kept->done);
}

static void call_delete(struct rig *rig, const char *id, struct kept *kept)
{
    kept->done = false;
    api_delete_key(rig->client, id, keep_reply, kept);
    rig_wait(rig, &kept->done);
}

static void call_get(struct rig *rig, const char *id, struct kept *kept)
{
    kept->done = false;
    api_get_key(rig->client, id, keep_reply, kept);
    rig_wait(rig, &kept->done);
}

/* -- good days -- */

static void test_create_read_delete(void **state)
{
    struct inventory *inv = inventory_new();
    struct kept made = {0}, kept = {0};
    struct err err = {0};
    struct rig rig;
    char id[ID_TEXT_SIZE];
    int row = -1;

    (void)state;
    open_rig(&rig, sandbox_base_url(world));
    call_create(&rig, "n\xc3\xa4me \"q\"", &made);
    assert_true(made.ok);
    assert_non_null(made.id);
    assert_non_null(made.key);
    /* The whole secret is in the secret and nowhere else. */
    assert_null(strstr(made.body, secret_text(made.key)));
    assert_non_null(strstr(made.body, "*****"));
    call_get(&rig, made.id, &kept);
    assert_true(kept.ok);
    assert_null(kept.key);
    assert_true(api_key_into(inv, kept.body, strlen(kept.body), &row, &err));
    assert_string_equal(inventory_id_text(inv, inv->keys[row].id, id), made.id);
    assert_string_equal(inventory_raw(inv, inv->keys[row].name), "n\xc3\xa4me \"q\"");
    assert_int_equal(scope_set_count(&inv->keys[row].scopes), 1);
    /* Read again it replaces its row. */
    assert_true(api_key_into(inv, kept.body, strlen(kept.body), &row, &err));
    assert_int_equal(inv->key_count, 1);
    call_delete(&rig, made.id, &kept);
    assert_true(kept.ok);
    call_get(&rig, made.id, &kept);
    assert_int_equal(kept.err.kind, ERR_GONE);
    assert_string_equal(kept.err.code, "AB03");
    kept_clear(&made);
    kept_clear(&kept);
    inventory_free(inv);
    rig_done(&rig);
}

static void test_key_into_bad(void **state)
{
    struct inventory *inv = inventory_new();
    struct err err = {0};
    int row = 77;

    (void)state;
    assert_false(api_key_into(inv, "{\"id\":", 6, &row, &err));
    assert_int_equal(err.kind, ERR_DECODE);
    assert_false(api_key_into(inv, "{}", 2, &row, &err));
    assert_int_equal(err.kind, ERR_DECODE);
    assert_int_equal(row, 77);
    assert_int_equal(inv->key_count, 0);
    inventory_free(inv);
}

static void test_paths_and_body(void **state)
{
    struct key_draft draft = make_draft("x");
    struct rig rig;
    char *text;

    (void)state;
    open_rig(&rig, sandbox_base_url(world));
    text = api_create_path(rig.client, &draft);
    assert_string_equal(text, "/v1/api-keys/organisation/service");
    free(text);
    text = api_delete_path(rig.client, "a b");
    assert_string_equal(text, "/v1/api-keys/a%20b");
    free(text);
    text = api_create_body(&draft, 0);
    assert_string_equal(text,
                        "{\n  \"name\": \"x\",\n  \"scopes\": [\n    \"workspaces.list\"\n  ]\n}");
    free(text);
    rig_done(&rig);
}

/* What a screen cannot show as it is stands in the body as JSON escapes, and means the same: the
 * server has the very name. */
static void test_body_is_what_is_seen(void **state)
{
    static const char NAME[] = "a\x1b\x7f\xe2\x80\xae \xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x92\xbb "
                               "e\xcc\x81 \xc3\xa9 \xf3\xa0\x81\x81";
    struct key_draft draft = make_draft(NAME);
    struct kept made = {0}, kept = {0};
    char *body;
    struct buf clean;
    struct err err = {0};
    struct rig rig;
    json_t *json;

    (void)state;
    open_rig(&rig, sandbox_base_url(world));
    body = api_create_body(&draft, 0);
    assert_non_null(strstr(body, "a\\u001B\\u007F\\u202E \xf0\x9f\x91\xa9\\u200D\xf0\x9f\x92\xbb "
                                 "e\xcc\x81 \xc3\xa9 \\uDB40\\uDC41"));
    buf_init(&clean, 0);
    for (const char *line = body; *line != '\0'; line += strcspn(line, "\n") + 1) {
        assert_false(text_clean(line, strcspn(line, "\n"), &clean));
        if (line[strcspn(line, "\n")] == '\0') {
            break;
        }
    }
    buf_done(&clean);
    free(body);
    call_create(&rig, NAME, &made);
    assert_true(made.ok);
    call_get(&rig, made.id, &kept);
    assert_true(kept.ok);
    json = json_read(kept.body, strlen(kept.body), &err);
    assert_string_equal(json_string_value(json_object_get(json, "name")), NAME);
    json_decref(json);
    kept_clear(&made);
    kept_clear(&kept);
    rig_done(&rig);
}

/* -- refused -- */

static void test_create_refused(void **state)
{
    const struct proxy_rule rule = {
        .method = "POST",
        .act = PROXY_BYTES,
        .bytes = STATUS("400 Bad Request", "",
                        "{\"success\":false,\"data\":{\"message\":\"name is required\","
                        "\"errorCode\":\"AB01\"}}")};
    struct proxy *proxy = proxy_start(0, &rule, 1);
    struct kept kept = {0};
    struct rig rig;

    (void)state;
    open_rig(&rig, proxy_base_url(proxy));
    call_create(&rig, "x", &kept);
    assert_int_equal(kept.err.kind, ERR_REFUSED);
    assert_string_equal(kept.err.code, "AB01");
    assert_string_equal(kept.err.field, "name");
    assert_null(kept.key);
    kept_clear(&kept);
    rig_done(&rig);
    proxy_stop(proxy);
}

/* A 429 to a write did nothing, so it says so, is not repeated, and slows the rest down. */
static void test_create_429(void **state)
{
    const struct proxy_rule rule = {.method = "POST",
                                    .act = PROXY_BYTES,
                                    .bytes = STATUS("429 Slow", "Retry-After: 9\r\n", NO("AB06"))};
    struct proxy *proxy = proxy_start(0, &rule, 1);
    struct kept kept = {0};
    struct rig rig;

    (void)state;
    open_rig(&rig, proxy_base_url(proxy));
    rig.hurry = false;
    call_create(&rig, "x", &kept);
    assert_int_equal(kept.err.kind, ERR_RATE_LIMIT);
    assert_int_equal(proxy_seen(proxy, "POST", NULL), 1);
    assert_string_equal(api_client_status(rig.client)->text, "429: the server asks to wait 9 s");
    kept_clear(&kept);
    rig_done(&rig);
    proxy_stop(proxy);
}

/* -- lost -- */

struct lost_case {
    const char *name;
    enum proxy_act act;
    const char *bytes;
    long value;
    bool done; /* the server did the work */
};

static const struct lost_case LOST[] = {
    {"reply lost", PROXY_LOST, NULL, 0, true},
    {"reply cut", PROXY_CUT, NULL, 4, true},
    {"reply cut to nothing", PROXY_CUT, NULL, 100000, true},
    {"reset", PROXY_RST, NULL, 0, false},
    {"closed", PROXY_BYTES, "", 0, false},
    {"never answers", PROXY_NEVER, NULL, 0, false},
    {"500", PROXY_BYTES, STATUS("500 Oops", "", "{}"), 0, false},
    {"503 with a time", PROXY_BYTES, STATUS("503 Busy", "Retry-After: 1\r\n", "{}"), 0, false},
    {"a web page", PROXY_BYTES,
     "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n<html>", 0, false},
    {"broken JSON", PROXY_BYTES, STATUS("200 OK", "", "{\"id\":\"x"), 0, false},
    {"an array", PROXY_BYTES, STATUS("200 OK", "", "[]"), 0, false},
};

/* A connection that has been used before is the trap: libcurl sends again on another when it dies.
 */
static struct proxy *used_connection(struct rig *rig, const struct proxy_rule *rule)
{
    struct proxy *proxy = proxy_start(sandbox_port(world), rule, 1);
    struct kept kept = {0};

    open_patient_rig(rig, proxy_base_url(proxy), rule->act == PROXY_NEVER ? 2000 : 20000);
    api_probe(rig->client, keep_reply, &kept);
    rig_wait(rig, &kept.done);
    assert_true(kept.ok);
    kept_clear(&kept);
    return proxy;
}

static size_t count_named(const char *name)
{
    struct loaded loaded;
    struct rig rig;
    size_t count = 0;

    open_rig(&rig, sandbox_base_url(world));
    load_all(&rig, 1u << LIST_KEYS, &loaded);
    for (size_t i = 0; i < loaded.inv->key_count; i++) {
        count += strcmp(inventory_raw(loaded.inv, loaded.inv->keys[i].name), name) == 0;
    }
    loaded_clear(&loaded);
    rig_done(&rig);
    return count;
}

static void test_lost_create(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(LOST) / sizeof(LOST[0]); i++) {
        const struct lost_case *c = &LOST[i];
        struct proxy_rule rule = {
            .method = "POST", .act = c->act, .bytes = c->bytes, .value = c->value};
        struct kept kept = {0};
        struct rig rig;
        struct proxy *proxy = used_connection(&rig, &rule);

        call_create(&rig, c->name, &kept);
        if (kept.ok || kept.err.kind != ERR_UNKNOWN) {
            fail_msg("create, %s: ok %d, %s: %s", c->name, kept.ok, err_kind_name(kept.err.kind),
                     kept.err.text);
        }
        assert_null(kept.key);
        assert_int_equal(proxy_seen(proxy, "POST", NULL), 1);
        kept_clear(&kept);
        rig_done(&rig);
        proxy_stop(proxy);
        assert_int_equal(count_named(c->name), c->done ? 1 : 0);
    }
}

static void test_lost_delete(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(LOST) / sizeof(LOST[0]); i++) {
        const struct lost_case *c = &LOST[i];
        struct proxy_rule rule = {
            .method = "DELETE", .act = c->act, .bytes = c->bytes, .value = c->value};
        struct kept kept = {0}, made = {0};
        struct rig rig;
        struct proxy *proxy = used_connection(&rig, &rule);

        call_create(&rig, "to be deleted", &made);
        assert_true(made.ok);
        call_delete(&rig, made.id, &kept);
        if (kept.ok || kept.err.kind != ERR_UNKNOWN) {
            fail_msg("delete, %s: ok %d, %s: %s", c->name, kept.ok, err_kind_name(kept.err.kind),
                     kept.err.text);
        }
        assert_int_equal(proxy_seen(proxy, "DELETE", NULL), 1);
        call_get(&rig, made.id, &kept);
        assert_int_equal(kept.ok, !c->done);
        kept_clear(&kept);
        kept_clear(&made);
        rig_done(&rig);
        proxy_stop(proxy);
    }
}

/* A write that certainly never left may be sent again. */
static void test_never_left(void **state)
{
    struct proxy *proxy = proxy_start(0, NULL, 0);
    struct kept kept = {0};
    struct rig rig;

    (void)state;
    open_rig(&rig, proxy_base_url(proxy));
    proxy_stop(proxy); /* nobody listens there any more */
    call_create(&rig, "x", &kept);
    assert_int_equal(kept.err.kind, ERR_NETWORK);
    assert_non_null(strstr(kept.err.text, "refuses connections"));
    kept_clear(&kept);
    rig_done(&rig);
}

/* An answer that tells no secret, or an id that leads elsewhere, made a key that nobody has. */
static void test_create_without_key(void **state)
{
    static const char *const bodies[] = {"{\"id\":\"a\"}",
                                         "{\"key\":\"abcdefghijklmnop\"}",
                                         "{\"id\":\"..\",\"key\":\"abcdefghijklmnop\"}",
                                         "{\"id\":\"a\",\"key\":\"with\\nnewline\"}",
                                         "{\"id\":\"a\",\"key\":\"abcdefghijklmnop*\"}",
                                         "{\"id\":\"a\",\"key\":\"[abcdefghijklmnop]\"}",
                                         "{\"id\":\"a\",\"secret\":\"abcdefghijklmnop\"}"};

    (void)state;
    for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
        const struct proxy_rule rule = {.act = PROXY_JSON, .bytes = bodies[i]};
        struct proxy *proxy = proxy_start(0, &rule, 1);
        struct kept kept = {0};
        struct rig rig;

        open_rig(&rig, proxy_base_url(proxy));
        call_create(&rig, "x", &kept);
        assert_false(kept.ok);
        assert_int_equal(kept.err.kind, ERR_UNKNOWN);
        assert_null(kept.key);
        assert_null(strstr(kept.body, "abcdefghijklmnop"));
        assert_null(strstr(kept.err.text, "abcdefghijklmnop"));
        kept_clear(&kept);
        rig_done(&rig);
        proxy_stop(proxy);
    }
}

struct refusal {
    const char *status, *body;
    enum err_kind kind;
    enum err_source source;
};

/* Only the API's own words, or the gateway's, make a write refused. */
static const struct refusal REFUSALS[] = {
    {"400 Bad", NO("AB01"), ERR_REFUSED, ERR_FROM_API},
    {"401 No", NO("AB05"), ERR_AUTH, ERR_FROM_API},
    {"402 Pay", NO("AB09"), ERR_REFUSED, ERR_FROM_API},
    {"403 No", NO("AB03"), ERR_FORBIDDEN, ERR_FROM_API},
    {"404 Gone", NO("AB08"), ERR_GONE, ERR_FROM_API},
    {"409 Against", NO("AB07"), ERR_CONFLICT, ERR_FROM_API},
    {"429 Slow", NO("AB06"), ERR_RATE_LIMIT, ERR_FROM_API},
    {"200 OK", NO("AB01"), ERR_REFUSED, ERR_FROM_API},
    {"200 OK", "{\"success\":false,\"data\":{\"message\":\"no\"}}", ERR_REFUSED, ERR_FROM_API},
    {"200 OK", "{\"success\":false,\"message\":\"no\"}", ERR_REFUSED, ERR_FROM_API},
    {"401 No", "{\"success\":false,\"data\":{\"message\":\"no\"}}", ERR_AUTH, ERR_FROM_API},
    {"400 Bad", "{\"status\":\"failure\",\"message\":\"no\"}", ERR_REFUSED, ERR_FROM_GATEWAY},
    {"401 No", "{\"message\":\"Portkey Error: no\"}", ERR_AUTH, ERR_FROM_GATEWAY},
};

static void test_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(REFUSALS) / sizeof(REFUSALS[0]); i++) {
        const struct refusal *c = &REFUSALS[i];
        char *bytes = xasprintf("HTTP/1.1 %s\r\nContent-Type: application/json\r\n"
                                "Connection: close\r\n\r\n%s",
                                c->status, c->body);
        const struct proxy_rule rule = {.method = "DELETE", .act = PROXY_BYTES, .bytes = bytes};
        struct proxy *proxy = proxy_start(0, &rule, 1);
        struct kept kept = {0};
        struct rig rig;

        open_rig(&rig, proxy_base_url(proxy));
        call_delete(&rig, "a", &kept);
        if (kept.ok || kept.err.kind != c->kind || kept.err.source != c->source ||
            strstr(kept.err.text, "\"") == NULL) {
            fail_msg("%s %s: ok %d, %s, source %d: %s", c->status, c->body, kept.ok,
                     err_kind_name(kept.err.kind), kept.err.source, kept.err.text);
        }
        assert_int_equal(proxy_seen(proxy, "DELETE", NULL), 1);
        kept_clear(&kept);
        rig_done(&rig);
        proxy_stop(proxy);
        free(bytes);
    }
}

/* Whatever is not in their words leaves open what became of the write. */
static const struct lost_case OPEN[] = {
    {"no in other words", PROXY_BYTES, STATUS("403 Forbidden", "", "{\"message\":\"no\"}"), 0,
     false},
    {"401 of something else", PROXY_BYTES, STATUS("401 No", "", "{}"), 0, false},
    {"429 of something else", PROXY_BYTES, STATUS("429 Slow", "", "{}"), 0, false},
    {"429 without AB06", PROXY_BYTES, STATUS("429 Slow", "", NO("AB99")), 0, false},
    {"AB04 under 200", PROXY_BYTES, STATUS("200 OK", "", NO("AB04")), 0, false},
    {"499", PROXY_BYTES, STATUS("499 Closed", "", NO("AB01")), 0, false},
    {"a redirect", PROXY_BYTES, STATUS("302 Found", "Location: /v1/\r\n", "{}"), 0, false},
    {"407", PROXY_BYTES, STATUS("407 Proxy", "", "{}"), 0, false},
    {"nothing", PROXY_BYTES, "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n", 0, false},
    {"a receipt for another", PROXY_BYTES,
     STATUS("200 OK", "", "{\"id\":\"00000000-0000-4000-8000-000000000000\"}"), 0, false},
};

static void test_left_open(void **state)
{
    struct proxy_rule rules[sizeof(OPEN) / sizeof(OPEN[0])];
    size_t count = sizeof(OPEN) / sizeof(OPEN[0]);
    struct proxy *proxy;
    struct rig rig;

    (void)state;
    for (size_t i = 0; i < count; i++) {
        rules[i] = (struct proxy_rule){
            .method = "DELETE", .act = OPEN[i].act, .bytes = OPEN[i].bytes, .times = 1};
    }
    proxy = proxy_start(0, rules, count);
    open_rig(&rig, proxy_base_url(proxy));
    for (size_t i = 0; i < count; i++) {
        struct kept kept = {0};

        call_delete(&rig, "a", &kept);
        if (kept.ok || kept.err.kind != ERR_UNKNOWN) {
            fail_msg("%s: ok %d, %s: %s", OPEN[i].name, kept.ok, err_kind_name(kept.err.kind),
                     kept.err.text);
        }
        kept_clear(&kept);
    }
    assert_int_equal(proxy_seen(proxy, "DELETE", NULL), (int)count);
    rig_done(&rig);
    proxy_stop(proxy);
}

static void test_delete_answers(void **state)
{
    static const char *const answers[] = {"{}", "{\"success\":true}", "{\"id\":\"A\"}",
                                          "{\"object\":\"api-key\"}"};

    (void)state;
    for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
        const struct proxy_rule rule = {.act = PROXY_JSON, .bytes = answers[i]};
        struct proxy *proxy = proxy_start(0, &rule, 1);
        struct kept kept = {0};
        struct rig rig;

        open_rig(&rig, proxy_base_url(proxy));
        call_delete(&rig, "a", &kept);
        if (!kept.ok) {
            fail_msg("%s: %s", answers[i], kept.err.text);
        }
        kept_clear(&kept);
        rig_done(&rig);
        proxy_stop(proxy);
    }
}

/* -- recent keys -- */

struct newest {
    bool done, ok, whole;
    size_t count;
    struct err err;
};

static void keep_newest(void *ctx, const struct api_newest *came)
{
    struct newest *newest = ctx;

    newest->done = true;
    newest->ok = came->ok;
    newest->whole = came->whole;
    newest->count = came->found->key_count;
    newest->err = came->ok ? (struct err){0} : *came->err;
}

static void test_newest(void **state)
{
    struct newest all = {0}, page = {0};
    struct rig rig;

    (void)state;
    open_rig(&rig, sandbox_base_url(world));
    api_newest_keys(rig.client, 1, keep_newest, &page);
    assert_false(page.done);
    rig_wait(&rig, &page.done);
    assert_true(page.ok && !page.whole);
    assert_int_equal(page.count, 100);
    api_newest_keys(rig.client, 0, keep_newest, &all);
    rig_wait(&rig, &all.done);
    assert_true(all.ok && all.whole);
    assert_true(all.count > 100);
    api_cancel(rig.client, api_newest_keys(rig.client, 0, keep_newest, &all));
    rig_done(&rig);
}

static void test_newest_fails(void **state)
{
    const struct proxy_rule rule = {.act = PROXY_JSON, .bytes = "{\"total\":3}"};
    struct proxy *proxy = proxy_start(0, &rule, 1);
    struct newest newest = {0};
    struct rig rig;

    (void)state;
    open_rig(&rig, proxy_base_url(proxy));
    api_newest_keys(rig.client, 0, keep_newest, &newest);
    rig_wait(&rig, &newest.done);
    assert_false(newest.ok);
    assert_false(newest.whole);
    assert_int_equal(newest.err.kind, ERR_DECODE);
    rig_done(&rig);
    proxy_stop(proxy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_create_read_delete),
        cmocka_unit_test(test_key_into_bad),
        cmocka_unit_test(test_paths_and_body),
        cmocka_unit_test(test_body_is_what_is_seen),
        cmocka_unit_test(test_create_refused),
        cmocka_unit_test(test_create_429),
        cmocka_unit_test(test_lost_create),
        cmocka_unit_test(test_lost_delete),
        cmocka_unit_test(test_never_left),
        cmocka_unit_test(test_create_without_key),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_left_open),
        cmocka_unit_test(test_delete_answers),
        cmocka_unit_test(test_newest),
        cmocka_unit_test(test_newest_fails),
    };

    return cmocka_run_group_tests(tests, start_world, stop_world);
}
