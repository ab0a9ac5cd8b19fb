/* Some keys by their ids or of one page, and answers that come from a cache. */
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
#include "support/sandbox.h"

#include "base/banned.h"

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

struct some {
    bool done, ok, cached;
    struct err err;
    size_t count, bad;
    int64_t total;
    char ids[3][ID_TEXT_SIZE];
    char workspace[ID_TEXT_SIZE]; /* the last row's */
};

static void keep_some(void *ctx, const struct api_keys *keys)
{
    struct some *some = ctx;
    const struct inventory *inv = keys->found;

    *some = (struct some){.done = true,
                          .ok = keys->ok,
                          .cached = keys->cached,
                          .err = keys->err,
                          .count = inv->key_count,
                          .bad = keys->bad_rows,
                          .total = keys->total};
    for (size_t i = 0; i < inv->key_count; i++) {
        if (i < 3) {
            inventory_id_text(inv, inv->keys[i].id, some->ids[i]);
        }
        inventory_id_text(inv, inv->keys[i].workspace_id, some->workspace);
    }
}

static void ask_page(struct rig *rig, const char *workspace, struct some *some)
{
    some->done = false;
    api_keys_page(rig->client, workspace, keep_some, some);
    rig_wait(rig, &some->done);
}

static void ask_ids(struct rig *rig, const char *const *ids, size_t count, struct some *some)
{
    some->done = false;
    api_keys_by_ids(rig->client, ids, count, keep_some, some);
    assert_false(some->done);
    rig_wait(rig, &some->done);
}

static void keys_by_ids(void **state)
{
    static const char NOBODY[] = "00000000-0000-4000-8000-000000000000";
    struct some page = {0}, some = {0};
    struct rig rig;

    (void)state;
    rig_init(&rig, &(struct api_config){.base_url = sandbox_base_url(world)},
             sandbox_admin_key(world, 0));
    ask_page(&rig, NULL, &page);
    assert_true(page.ok);
    assert_true(page.count > 10);
    assert_true(page.total >= (int64_t)page.count);
    ask_ids(&rig, (const char *const[]){page.ids[1], NOBODY, page.ids[0]}, 3, &some);
    assert_true(some.ok);
    assert_false(some.cached);
    assert_int_equal(some.count, 2);
    assert_int_equal(some.total, 2);
    ask_ids(&rig, (const char *const[]){NOBODY}, 1, &some);
    assert_true(some.ok);
    assert_int_equal(some.count, 0);
    rig_done(&rig);
}

static void a_page_of_a_workspace(void **state)
{
    struct some all = {0}, some = {0};
    char workspace[ID_TEXT_SIZE];
    struct rig rig;

    (void)state;
    rig_init(&rig, &(struct api_config){.base_url = sandbox_base_url(world)},
             sandbox_admin_key(world, 0));
    ask_page(&rig, NULL, &all);
    memcpy(workspace, all.workspace, sizeof(workspace));
    assert_true(workspace[0] != '\0');
    ask_page(&rig, workspace, &some);
    assert_true(some.ok);
    assert_true(some.count > 0 && some.count < all.count);
    assert_string_equal(some.workspace, workspace);
    rig_done(&rig);
}

/* An id goes into the query as data, and a comma in it makes no two of it. */
static void ids_are_encoded(void **state)
{
    const struct proxy_rule rule = {.act = PROXY_JSON, .bytes = "{\"data\":[7],\"total\":1}"};
    struct proxy *proxy = proxy_start(0, &rule, 1);
    struct some some = {0};
    struct rig rig;

    (void)state;
    rig_init(&rig, &(struct api_config){.base_url = proxy_base_url(proxy)}, "pk-Secret0123456789");
    ask_ids(&rig, (const char *const[]){"a,b", "c&d"}, 2, &some);
    assert_int_equal(
        proxy_seen(proxy, "GET", "/v1/api-keys?page_size=100&current_page=0&ids=a%2Cb,c%26d "), 1);
    assert_true(some.ok);
    assert_int_equal(some.count, 0);
    assert_int_equal(some.bad, 1);
    rig_done(&rig);
    proxy_stop(proxy);
}

/* -- caches -- */

/* An answer with this second of the minute in its Date. */
static char *dated(int second, const char *more)
{
    return xasprintf("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                     "Date: Tue, 01 Dec 2026 10:00:%02d GMT\r\n%sConnection: close\r\n\r\n"
                     "{\"id\":\"a\"}",
                     second, more);
}

static void what_is_old_is_told(void **state)
{
    static const struct {
        int second;
        const char *more;
        bool cached;
    } rows[] = {
        {30, "", false}, {31, "", false},           {29, "", false}, /* servers differ */
        {20, "", true},  {32, "Age: 0\r\n", false}, {59, "Age: 1\r\n", true},
        {33, "", false}, /* the answer with an age told no time */
    };
    struct proxy_rule rules[sizeof(rows) / sizeof(rows[0])];
    size_t count = sizeof(rows) / sizeof(rows[0]);
    struct proxy *proxy;
    struct rig rig;

    (void)state;
    for (size_t i = 0; i < count; i++) {
        rules[i] = (struct proxy_rule){
            .act = PROXY_BYTES, .bytes = dated(rows[i].second, rows[i].more), .times = 1};
    }
    proxy = proxy_start(0, rules, count);
    rig_init(&rig, &(struct api_config){.base_url = proxy_base_url(proxy)}, "pk-Secret0123456789");
    for (size_t i = 0; i < count; i++) {
        struct kept kept = {0};

        api_get_key(rig.client, "a", keep_reply, &kept);
        rig_wait(&rig, &kept.done);
        assert_true(kept.ok);
        if (kept.cached != rows[i].cached) {
            fail_msg("answer %zu: cached %d", i, kept.cached);
        }
        kept_clear(&kept);
        free((char *)rules[i].bytes);
    }
    rig_done(&rig);
    proxy_stop(proxy);
}

/* The Date of a page of something in between is no time of the API. */
static void a_page_tells_no_time(void **state)
{
    char *answer = dated(0, "");
    const struct proxy_rule rules[] = {
        {.act = PROXY_BYTES,
         .bytes = "HTTP/1.1 403 No\r\nContent-Type: text/html\r\nConnection: close\r\n"
                  "Date: Tue, 01 Dec 2026 11:00:00 GMT\r\n\r\n<html>",
         .times = 1},
        {.act = PROXY_BYTES, .bytes = answer},
    };
    struct proxy *proxy = proxy_start(0, rules, 2);
    struct kept kept = {0};
    struct rig rig;

    (void)state;
    rig_init(&rig, &(struct api_config){.base_url = proxy_base_url(proxy)}, "pk-Secret0123456789");
    api_get_key(rig.client, "a", keep_reply, &kept);
    rig_wait(&rig, &kept.done);
    assert_int_equal(kept.err.source, ERR_FROM_BETWEEN);
    kept.done = false;
    api_get_key(rig.client, "a", keep_reply, &kept);
    rig_wait(&rig, &kept.done);
    assert_true(kept.ok);
    assert_false(kept.cached);
    kept_clear(&kept);
    rig_done(&rig);
    proxy_stop(proxy);
    free(answer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_by_ids),          cmocka_unit_test(a_page_of_a_workspace),
        cmocka_unit_test(ids_are_encoded),      cmocka_unit_test(what_is_old_is_told),
        cmocka_unit_test(a_page_tells_no_time),
    };

    return cmocka_run_group_tests(tests, start_world, stop_world);
}
