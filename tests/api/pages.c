/* Pages that a server should not send: totals that lie, pages of another size, rows twice, rows
 * that are none, members that nobody knows. Nothing crashes, nothing is read for ever, and only
 * what is whole is called complete. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "api/rig.h"
#include "base/alloc.h"
#include "base/buf.h"
#include "support/proxy.h"

#include "base/banned.h"

#define KEY "pkSecret0123456789abcdefGHIJ"
#define PAGES_MAX 6

/* Rows first .. first + count - 1 of keys; total is JSON text, NULL: the member is left out. */
static char *page_json(int first, int count, const char *total)
{
    struct buf out;

    buf_init(&out, 0);
    buf_adds(&out, "{\"object\":\"list\",");
    if (total != NULL) {
        buf_addf(&out, "\"total\":%s,", total);
    }
    buf_adds(&out, "\"data\":[");
    for (int i = first; i < first + count; i++) {
        buf_addf(&out,
                 "%s{\"id\":\"00000000-0000-4000-8000-%012d\",\"key\":\"ab*****%03d\","
                 "\"name\":\"k%d\",\"type\":\"workspace-service\",\"status\":\"active\"}",
                 i == first ? "" : ",", i + 1, i % 1000, i);
    }
    buf_adds(&out, "]}");
    return buf_take(&out);
}

struct given {
    int first, count;
    const char *total;
};

/* Serves these pages by number, and `rest` for every other. */
static struct proxy *serve(const struct given *pages, int count, const struct given *rest,
                           struct loaded *loaded)
{
    struct proxy_rule rules[PAGES_MAX + 1] = {{0}};
    char paths[PAGES_MAX + 1][80];
    char *bodies[PAGES_MAX + 1];
    struct proxy *proxy;
    struct rig rig;

    assert_true(count <= PAGES_MAX);
    for (int i = 0; i <= count; i++) {
        const struct given *given = i < count ? &pages[i] : rest;

        /* The space behind the number: page 1 is not page 10. */
        snprintf(paths[i], sizeof(paths[i]), "/v1/api-keys?page_size=100&current_page=%d ", i);
        bodies[i] = page_json(given->first, given->count, given->total);
        rules[i] = (struct proxy_rule){
            .path = i < count ? paths[i] : NULL, .act = PROXY_JSON, .bytes = bodies[i]};
    }
    proxy = proxy_start(0, rules, (size_t)count + 1);
    for (int i = 0; i <= count; i++) {
        free(bodies[i]);
    }
    rig_init(&rig, &(struct api_config){.base_url = proxy_base_url(proxy), .patience_ms = 20000},
             KEY);
    rig.hurry = true;
    load_all(&rig, 1u << LIST_KEYS, loaded);
    rig_done(&rig);
    return proxy;
}

struct page_case {
    const char *name;
    struct given pages[PAGES_MAX];
    int count;
    struct given rest;
    enum list_progress progress;
    int counted;
    int requests; /* 0: does not matter */
    const char *why;
};

static const struct page_case CASES[] = {
    {"none", {{0, 0, "0"}}, 1, {0, 0, "0"}, PROGRESS_COMPLETE, 0, 1, ""},
    {"one short page", {{0, 16, "16"}}, 1, {0, 0, "16"}, PROGRESS_COMPLETE, 16, 1, ""},
    {"a full page and one more",
     {{0, 100, "100"}},
     1,
     {0, 0, "100"},
     PROGRESS_COMPLETE,
     100,
     2,
     ""},
    {"the total drops to 0 behind the end",
     {{0, 100, "100"}},
     1,
     {0, 0, "0"},
     PROGRESS_COMPLETE,
     100,
     2,
     ""},
    {"a total that is too small",
     {{0, 100, "50"}, {100, 20, "50"}},
     2,
     {0, 0, "50"},
     PROGRESS_PARTIAL,
     120,
     0,
     "tells of 50 keys and gave 120"},
    {"a total that is too big",
     {{0, 100, "350"}, {100, 100, "350"}},
     2,
     {0, 0, "350"},
     PROGRESS_PARTIAL,
     200,
     0,
     "tells of 350 keys and gave 200"},
    {"a total beyond all reason",
     {{0, 100, "9000000000000000"}},
     1,
     {0, 0, "9000000000000000"},
     PROGRESS_PARTIAL,
     100,
     0,
     "second reading"},
    {"a total as text", {{0, 3, "\"3\""}}, 1, {0, 0, "3"}, PROGRESS_COMPLETE, 3, 1, ""},
    {"a total as a float", {{0, 3, "3.0"}}, 1, {0, 0, "3"}, PROGRESS_COMPLETE, 3, 1, ""},
    {"a negative total",
     {{0, 3, "-1"}},
     1,
     {0, 0, "-1"},
     PROGRESS_PARTIAL,
     3,
     2,
     "does not tell how many"},
    {"no total at all",
     {{0, 100, NULL}, {100, 100, NULL}, {200, 5, NULL}},
     3,
     {0, 0, NULL},
     PROGRESS_PARTIAL,
     205,
     3,
     "does not tell how many"},
    {"pages of fifty",
     {{0, 50, "120"}, {50, 50, "120"}, {100, 20, "120"}},
     3,
     {0, 0, "120"},
     PROGRESS_COMPLETE,
     120,
     3,
     ""},
    {"pages of fifty, the last full",
     {{0, 50, "100"}, {50, 50, "100"}},
     2,
     {0, 0, "100"},
     PROGRESS_COMPLETE,
     100,
     3,
     ""},
    {"the page number is not heeded",
     {{0, 100, "300"}},
     1,
     {0, 100, "300"},
     PROGRESS_PARTIAL,
     100,
     0,
     "gave 100"},
    {"the same page for ever, without a total",
     {{0, 100, NULL}},
     1,
     {0, 100, NULL},
     PROGRESS_PARTIAL,
     100,
     2,
     "does not tell"},
    {"rows that overlap",
     {{0, 100, "150"}, {90, 60, "150"}},
     2,
     {0, 0, "150"},
     PROGRESS_COMPLETE,
     150,
     2,
     ""},
    {"an empty page in the middle",
     {{0, 100, "300"}, {0, 0, "300"}, {200, 100, "300"}},
     3,
     {0, 0, "300"},
     PROGRESS_PARTIAL,
     200,
     0,
     "second reading"},
};

static void test_pages(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        const struct page_case *c = &CASES[i];
        struct loaded loaded;
        struct proxy *proxy = serve(c->pages, c->count, &c->rest, &loaded);
        const struct list_state *got = &loaded.inv->lists[LIST_KEYS];

        if (loaded.failed || got->progress != c->progress || (int)got->counted != c->counted ||
            (int)loaded.inv->key_count != c->counted || strstr(got->why, c->why) == NULL) {
            fail_msg("%s: progress %d, %zu of %lld, \"%s\"", c->name, got->progress, got->counted,
                     (long long)got->total, got->why);
        }
        if (c->requests > 0 && proxy_seen(proxy, NULL, NULL) != c->requests) {
            fail_msg("%s: %d requests", c->name, proxy_seen(proxy, NULL, NULL));
        }
        assert_true(proxy_seen(proxy, NULL, NULL) < 40);
        loaded_clear(&loaded);
        proxy_stop(proxy);
    }
}

/* -- rows -- */

static void load_body(const char *body, unsigned lists, struct loaded *loaded)
{
    const struct proxy_rule rule = {.act = PROXY_JSON, .bytes = body};
    struct proxy *proxy = proxy_start(0, &rule, 1);
    struct rig rig;

    rig_init(&rig, &(struct api_config){.base_url = proxy_base_url(proxy), .patience_ms = 20000},
             KEY);
    rig.hurry = true;
    load_all(&rig, lists, loaded);
    rig_done(&rig);
    proxy_stop(proxy);
}

/* A page that comes late stands where it belongs all the same. */
static void test_order(void **state)
{
    char paths[6][80], *bodies[6];
    struct proxy_rule rules[7] = {{.path = paths[1],
                                   .act = PROXY_BYTES,
                                   .bytes = "HTTP/1.1 503 Busy\r\nContent-Type: text/plain\r\n"
                                            "Connection: close\r\n\r\n",
                                   .times = 2}};
    struct loaded loaded;
    struct proxy *proxy;
    struct rig rig;

    (void)state;
    for (int i = 0; i < 6; i++) {
        snprintf(paths[i], sizeof(paths[i]), "/v1/api-keys?page_size=100&current_page=%d ", i);
        bodies[i] = page_json(i * 100, i < 5 ? 100 : 50, "550");
        rules[i + 1] = (struct proxy_rule){.path = paths[i], .act = PROXY_JSON, .bytes = bodies[i]};
    }
    proxy = proxy_start(0, rules, 7);
    rig_init(&rig, &(struct api_config){.base_url = proxy_base_url(proxy), .patience_ms = 20000},
             KEY);
    load_all(&rig, 1u << LIST_KEYS, &loaded);
    assert_int_equal(loaded.inv->lists[LIST_KEYS].progress, PROGRESS_COMPLETE);
    assert_int_equal(loaded.inv->key_count, 550);
    for (size_t i = 0; i < loaded.inv->key_count; i++) {
        char name[32];

        snprintf(name, sizeof(name), "k%zu", i);
        assert_string_equal(inventory_clean(loaded.inv, loaded.inv->keys[i].name), name);
    }
    assert_int_equal(proxy_seen(proxy, NULL, paths[1]), 3);
    loaded_clear(&loaded);
    rig_done(&rig);
    proxy_stop(proxy);
    for (int i = 0; i < 6; i++) {
        free(bodies[i]);
    }
}

/* Every page is full, and tells of more and more. */
static void test_endless(void **state)
{
    char *first = page_json(0, 100, "150"), *rest = page_json(100, 100, "100000000");
    const struct proxy_rule rules[] = {
        {.path = "/v1/api-keys?page_size=100&current_page=0 ", .act = PROXY_JSON, .bytes = first},
        {.act = PROXY_JSON, .bytes = rest},
    };
    struct proxy *proxy = proxy_start(0, rules, 2);
    struct loaded loaded;
    struct rig rig;

    (void)state;
    rig_init(&rig, &(struct api_config){.base_url = proxy_base_url(proxy), .patience_ms = 20000},
             KEY);
    load_all(&rig, 1u << LIST_KEYS, &loaded);
    assert_int_equal(loaded.inv->lists[LIST_KEYS].progress, PROGRESS_PARTIAL);
    assert_non_null(strstr(loaded.inv->lists[LIST_KEYS].why, "does not end"));
    assert_non_null(strstr(loaded.inv->lists[LIST_KEYS].why, "first told of 150"));
    /* Three times 150 and 10 000 are 105 pages, and what was under way by then. */
    assert_in_range(proxy_seen(proxy, NULL, NULL), 105, 105 + 8);
    loaded_clear(&loaded);
    rig_done(&rig);
    proxy_stop(proxy);
    free(first);
    free(rest);
}

static void test_broken_rows(void **state)
{
    struct loaded loaded;
    const struct list_state *got;

    (void)state;
    load_body("{\"total\":3,\"data\":[{\"id\":\"a\"},{\"id\":\"b\",\"x\":NaN},{\"id\":\"c\"}]}",
              1u << LIST_KEYS, &loaded);
    got = &loaded.inv->lists[LIST_KEYS];
    assert_int_equal(got->progress, PROGRESS_PARTIAL);
    assert_int_equal(got->counted, 2);
    assert_string_equal(got->why, "1 of the keys could not be understood: page 1, row 2: it is no "
                                  "valid JSON (id b)");
    loaded_clear(&loaded);
}

static void test_bad_rows(void **state)
{
    struct loaded loaded;
    const struct list_state *got;

    (void)state;
    load_body("{\"total\":6,\"data\":[null,7,\"x\",[],{\"name\":\"no id\"},{\"id\":\"good\"}]}",
              1u << LIST_KEYS, &loaded);
    got = &loaded.inv->lists[LIST_KEYS];
    assert_int_equal(got->progress, PROGRESS_PARTIAL);
    assert_int_equal(got->counted, 1);
    assert_non_null(strstr(got->why, "5 of the keys could not be understood"));
    loaded_clear(&loaded);
}

static void test_no_rows(void **state)
{
    static const char *const bodies[] = {"{}", "{\"data\":null,\"total\":0}",
                                         "{\"data\":{},\"total\":0}",
                                         "{\"error\":\"none of your business\"}"};

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        struct loaded loaded;

        load_body(bodies[i], LOAD_ALL, &loaded);
        assert_true(loaded.failed);
        assert_int_equal(loaded.err.kind, ERR_DECODE);
        assert_int_equal(loaded.inv->lists[LIST_KEYS].progress, PROGRESS_FAILED);
        assert_int_equal(loaded.inv->lists[LIST_KEYS].total, -1);
        loaded_clear(&loaded);
    }
}

/* Nothing that is not known is dropped or stops the rest. */
static void test_unknown(void **state)
{
    struct loaded loaded;
    const struct key_row *row;
    char why[256];

    (void)state;
    load_body("{\"total\":1.0,\"more\":{\"x\":1},\"data\":[{\"id\":\"k\",\"key\":\"pk*****HIJ\","
              "\"name\":null,\"type\":\"moon-service\",\"status\":\"sleeping\","
              "\"scopes\":[\"workspaces.list\",\"moons.land\",7,null],\"created_at\":\"never\","
              "\"rate_limits\":null,\"usage_limits\":{\"is_expired_alerts_sent\":true},"
              "\"orbit\":\"low\"}]}",
              1u << LIST_KEYS, &loaded);
    assert_int_equal(loaded.inv->lists[LIST_KEYS].progress, PROGRESS_COMPLETE);
    row = &loaded.inv->keys[0];
    assert_int_equal(row->kind, KEY_KIND_UNKNOWN);
    assert_string_equal(arena_text(&loaded.inv->arena, row->type_text), "moon-service");
    assert_int_equal(row->status, STATUS_OTHER);
    assert_string_equal(arena_text(&loaded.inv->arena, row->status_text), "sleeping");
    assert_string_equal(arena_text(&loaded.inv->arena, row->unknown_scopes), "moons.land");
    assert_int_equal(row->created_at, TIME_UNREAD);
    assert_null(inventory_raw(loaded.inv, row->name));
    assert_false(inventory_extra(loaded.inv, row)->usage.has_budget);
    assert_non_null(
        strstr(inventory_raw(loaded.inv, inventory_extra(loaded.inv, row)->unknown), "orbit"));
    /* Its mask is that of our own key. */
    assert_int_equal(loaded.inv->own_key, 0);
    assert_false(inventory_keys_complete(loaded.inv, why, sizeof(why)));
    loaded_clear(&loaded);
}

/* Whose mask shows more, or less, is found as well; what several share is nobody's. */
static void test_own_masks(void **state)
{
    static const struct {
        const char *body;
        int own, candidates;
    } cases[] = {
        {"{\"total\":1,\"data\":[{\"id\":\"a\",\"key\":\"pkSecret*****cdefGHIJ\"}]}", 0, 1},
        {"{\"total\":1,\"data\":[{\"id\":\"a\",\"key\":\"*****GHIJ\"}]}", 0, 1},
        {"{\"total\":1,\"data\":[{\"id\":\"a\",\"key\":\"pkX*****GHIJ\"}]}", -1, 0},
        {"{\"total\":1,\"data\":[{\"id\":\"a\",\"key\":\"**********\"}]}", -1, 0},
        {"{\"total\":1,\"data\":[{\"id\":\"a\",\"key\":null}]}", -1, 0},
        {"{\"total\":2,\"data\":[{\"id\":\"a\",\"key\":\"pk*****HIJ\"},"
         "{\"id\":\"b\",\"key\":\"pk*****HIJ\"}]}",
         -1, 2},
        /* A server may send the caller its own key unmasked. */
        {"{\"total\":1,\"data\":[{\"id\":\"a\",\"key\":\"" KEY "\"}]}", 0, 1},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct loaded loaded;

        load_body(cases[i].body, 1u << LIST_KEYS, &loaded);
        assert_int_equal(loaded.inv->own_key, cases[i].own);
        assert_int_equal(loaded.inv->own_candidates, cases[i].candidates);
        /* The secret is nowhere in what is held. */
        assert_null(memmem(loaded.inv->arena.data, loaded.inv->arena.len, KEY, strlen(KEY)));
        loaded_clear(&loaded);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order),       cmocka_unit_test(test_endless),
        cmocka_unit_test(test_broken_rows), cmocka_unit_test(test_pages),
        cmocka_unit_test(test_bad_rows),    cmocka_unit_test(test_no_rows),
        cmocka_unit_test(test_unknown),     cmocka_unit_test(test_own_masks),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
